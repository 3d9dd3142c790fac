//! String templates nest, and the grammar's scanner has a fixed table for the strings that are open at once: it aborts the process
//! when the table is full. An error inside a template is enough to leave its string open for good, so a file with more templates
//! than the table has places is parsed without them.

use super::tokens::{character_length, comment_length};
use crate::frontend::blanking::blank;

/// The table holds 512 strings; this stays clear of it. Hardly any file that a person wrote has as many templates.
const MAX_TEMPLATES: usize = 500;

/// Makes a text safe to parse. `None` when its templates nest too deep, or when it is not even clear where they are.
///
/// Each string with templates becomes a sum of what it interpolates, at the same offsets: `"a ${b} c"` becomes `(  +(b)  )`.
pub(super) fn defuse(text: Vec<u8>) -> Option<Vec<u8>> {
    if count(&text) < MAX_TEMPLATES {
        return Some(text);
    }
    let mut scan = Scan { text: &text, inside: Vec::new(), deepest: 0, defused: text.clone() };
    scan.run();
    (scan.deepest < MAX_TEMPLATES && count(&scan.defused) < MAX_TEMPLATES).then_some(scan.defused)
}

fn count(text: &[u8]) -> usize {
    text.windows(2).filter(|pair| *pair == b"${").count()
}

/// What the scanner is in.
enum Inside {
    /// A string.
    Text(Text),
    /// Code of a template, with the braces that are open in it.
    Code { braces: usize },
}

struct Text {
    is_raw: bool,
    /// How many dollars make a template.
    dollars: usize,
    /// Where it starts, with its dollars.
    start: usize,
    /// Where the text after the last template starts.
    text_start: usize,
    /// Texts between templates.
    texts: Vec<std::ops::Range<usize>>,
}

/// A walk through the text that reads it as the scanner does.
struct Scan<'t> {
    text: &'t [u8],
    inside: Vec<Inside>,
    deepest: usize,
    defused: Vec<u8>,
}

impl Scan<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while at < self.text.len() {
            at = match self.inside.last() {
                Some(Inside::Text(_)) => self.step_in_text(at),
                _ => self.step_in_code(at),
            };
            self.deepest = self.deepest.max(self.inside.len().div_ceil(2));
        }
    }

    /// Moves on inside a string.
    fn step_in_text(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let Some(Inside::Text(string)) = self.inside.last_mut() else { return at + 1 };
        match rest[0] {
            b'\\' if !string.is_raw => at + 2,
            b'$' => {
                let run = rest.iter().take_while(|byte| **byte == b'$').count();
                if run < string.dollars || rest.get(run) != Some(&b'{') {
                    return at + run;
                }
                string.texts.push(string.text_start..at + run - 1);
                self.inside.push(Inside::Code { braces: 0 });
                at + run + 1
            }
            b'"' if !string.is_raw => self.close(at, 1),
            b'"' if rest.starts_with(b"\"\"\"") => self.close(at, rest.iter().take_while(|byte| **byte == b'"').count()),
            _ => at + 1,
        }
    }

    /// Ends a string with that many quotes, and makes it a sum if it has templates.
    fn close(&mut self, at: usize, quotes: usize) -> usize {
        let end = at + quotes;
        let Some(Inside::Text(string)) = self.inside.pop() else { return end };
        if string.texts.is_empty() {
            return end;
        }
        for text in string.texts {
            let template = text.end;
            blank(&mut self.defused, text);
            self.defused[template..template + 2].copy_from_slice(b"+(");
        }
        blank(&mut self.defused, string.text_start..end);
        self.defused[string.start] = b'(';
        self.defused[end - 1] = b')';
        end
    }

    /// Moves on in code.
    fn step_in_code(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        match rest[0] {
            b'"' => {
                let is_raw = rest.starts_with(b"\"\"\"");
                let dollars = self.text[..at].iter().rev().take_while(|byte| **byte == b'$').count();
                let start = at - dollars;
                self.inside.push(Inside::Text(Text { is_raw, dollars: dollars.max(1), start, text_start: start, texts: Vec::new() }));
                at + if is_raw { 3 } else { 1 }
            }
            b'/' if rest.starts_with(b"//") => at + rest.iter().take_while(|byte| **byte != b'\n').count(),
            b'/' if rest.starts_with(b"/*") => at + comment_length(rest),
            b'\'' => at + character_length(rest),
            b'{' => {
                if let Some(Inside::Code { braces }) = self.inside.last_mut() {
                    *braces += 1;
                }
                at + 1
            }
            b'}' => self.close_brace(at),
            _ => at + 1,
        }
    }

    fn close_brace(&mut self, at: usize) -> usize {
        match self.inside.last_mut() {
            Some(Inside::Code { braces: 0 }) => {
                self.inside.pop();
                if let Some(Inside::Text(string)) = self.inside.last_mut() {
                    string.text_start = at + 1;
                }
                // In a string that never ends this is harmless: nothing opens it any more.
                self.defused[at] = b')';
            }
            Some(Inside::Code { braces }) => *braces -= 1,
            _ => {}
        }
        at + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, deepest: usize, defused: &str) {
        let mut scan = Scan { text: text.as_bytes(), inside: Vec::new(), deepest: 0, defused: text.as_bytes().to_vec() };
        scan.run();
        assert_eq!(String::from_utf8_lossy(&scan.defused), defused);
        assert_eq!(scan.deepest, deepest);
    }

    #[test]
    fn strings_become_sums_of_their_templates() {
        check("a", 0, "a");
        check("\"a\" + \"${x}b${y}\"", 1, "\"a\" + (+(x) +(y))");
        check("\"${f { \"a\" }}\" + \"\"", 2, "(+(f { \"a\" })) + \"\"");
        check(r#""a\"${"b" + """c ${'"'} " ""d"""}""#, 2, r#"(   +("b" + (    +('"')        )))"#);
        check("$$\"${ $${x}\" // \"${\n/* \"${ */ \"\"", 1, "(      +(x)) // \"${\n/* \"${ */ \"\"");
    }

    #[test]
    fn many_templates_are_fine_when_they_do_not_nest() {
        let many = "val a = \"${b} {\"\n".repeat(2000);
        assert_eq!(defuse(many.into_bytes()), Some("val a = (+(b)  )\n".repeat(2000).into_bytes()));
        let nested = "\"${".repeat(600) + "1" + &"}\"".repeat(600);
        assert_eq!(defuse(nested.into_bytes()), None);
        let hidden = "\"${".to_owned() + &"\"}${".repeat(600);
        assert_eq!(defuse(hidden.into_bytes()), None, "the closing braces are text");
        assert_eq!(defuse(b"\"${a}\"".to_vec()), Some(b"\"${a}\"".to_vec()), "few are left alone");
    }
}
