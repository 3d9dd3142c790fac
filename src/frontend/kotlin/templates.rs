//! How deep string templates nest: the grammar's scanner has a fixed table for them and aborts the process when it is full.

/// The table holds 512 strings that are open at once; this stays clear of it.
const MAX_OPEN_STRINGS: usize = 500;

/// Whether the parser survives the text: few string templates, or at least not nested too deep.
pub(super) fn is_safe_to_parse(text: &str) -> bool {
    let text = text.as_bytes();
    let openings = text.windows(2).filter(|pair| *pair == b"${").count();
    openings < MAX_OPEN_STRINGS || deepest_string(text).max(deepest_brace(text)) < MAX_OPEN_STRINGS
}

/// How deep `${ … }` nest when neither quotes nor comments are trusted.
fn deepest_brace(text: &[u8]) -> usize {
    let mut open_braces: Vec<bool> = Vec::new();
    let (mut templates, mut deepest) = (0_usize, 0);
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'{' => {
                let is_template = index > 0 && text[index - 1] == b'$';
                open_braces.push(is_template);
                templates += usize::from(is_template);
                deepest = deepest.max(templates);
            }
            b'}' if open_braces.pop() == Some(true) => templates -= 1,
            _ => {}
        }
    }
    deepest
}

/// What the scanner is in.
enum Inside {
    /// A string with that many quotes and dollars.
    Text { is_raw: bool, dollars: usize },
    /// Code of a template, with the braces open in it.
    Code { braces: usize },
}

/// How many strings are open at once, read as the scanner reads them.
fn deepest_string(text: &[u8]) -> usize {
    let mut inside: Vec<Inside> = Vec::new();
    let mut deepest = 0;
    let mut at = 0;
    while at < text.len() {
        at += match inside.last_mut() {
            Some(Inside::Text { is_raw, dollars }) => {
                let (is_raw, dollars) = (*is_raw, *dollars);
                step_in_text(&text[at..], is_raw, dollars, &mut inside)
            }
            _ => step_in_code(&text[at..], text[..at].iter().rev().take_while(|byte| **byte == b'$').count(), &mut inside),
        };
        deepest = deepest.max(inside.len().div_ceil(2));
    }
    deepest
}

/// Moves on inside a string; answers how far.
fn step_in_text(rest: &[u8], is_raw: bool, dollars: usize, inside: &mut Vec<Inside>) -> usize {
    match rest[0] {
        b'\\' if !is_raw => 2,
        b'$' => {
            let run = rest.iter().take_while(|byte| **byte == b'$').count();
            if run >= dollars && rest.get(run) == Some(&b'{') {
                inside.push(Inside::Code { braces: 0 });
                return run + 1;
            }
            run
        }
        b'"' if !is_raw => {
            inside.pop();
            1
        }
        b'"' if rest.starts_with(b"\"\"\"") => {
            inside.pop();
            rest.iter().take_while(|byte| **byte == b'"').count()
        }
        _ => 1,
    }
}

/// Moves on in code, after so many dollars; answers how far.
fn step_in_code(rest: &[u8], dollars: usize, inside: &mut Vec<Inside>) -> usize {
    match rest[0] {
        b'"' => {
            let is_raw = rest.starts_with(b"\"\"\"");
            inside.push(Inside::Text { is_raw, dollars: dollars.max(1) });
            if is_raw { 3 } else { 1 }
        }
        b'/' if rest.starts_with(b"//") => rest.iter().take_while(|byte| **byte != b'\n').count(),
        b'/' if rest.starts_with(b"/*") => comment_length(rest),
        b'\'' => character_length(rest),
        b'{' => {
            if let Some(Inside::Code { braces }) = inside.last_mut() {
                *braces += 1;
            }
            1
        }
        b'}' => {
            match inside.last_mut() {
                Some(Inside::Code { braces: 0 }) => {
                    inside.pop();
                }
                Some(Inside::Code { braces }) => *braces -= 1,
                _ => {}
            }
            1
        }
        _ => 1,
    }
}

/// The length of a block comment, which may hold others.
fn comment_length(text: &[u8]) -> usize {
    let (mut at, mut depth) = (2, 1);
    while at < text.len() && depth > 0 {
        match text[at..] {
            [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
            [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    at
}

/// The length of a character literal, or of a lone quote.
fn character_length(text: &[u8]) -> usize {
    match text {
        [_, b'\\', _, b'\'', ..] => 4,
        [_, b'"', b'\'', ..] => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_in_templates_in_strings_are_counted() {
        assert_eq!(deepest_string(b"a"), 0);
        assert_eq!(deepest_string(b"\"${x}\" + \"${y}\""), 1);
        assert_eq!(deepest_string(b"\"${f { \"a\" }}\" + \"\""), 2);
        assert_eq!(deepest_string(br#""a\"${"b" + """c ${'"'} " ""d"""}""#), 2);
        assert_eq!(deepest_string(b"$$\"${\" // \"${\n/* \"${ */ \"\""), 1);
    }

    #[test]
    fn many_templates_are_fine_when_they_do_not_nest() {
        assert!(is_safe_to_parse(&"val a = \"${b} {\"\n".repeat(2000)));
        let nested = "\"${".repeat(600) + "1" + &"}\"".repeat(600);
        assert!(!is_safe_to_parse(&nested));
        let hidden = "\"${".to_owned() + &"\"}${".repeat(600);
        assert!(!is_safe_to_parse(&hidden), "the closing braces are text");
    }
}
