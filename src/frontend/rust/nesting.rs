//! Keeps nesting within what the parser's stack can take: what is deeper is blanked in a copy, so that the rest is still parsed.

use super::{Gap, GapKind};
use crate::source::Span;

/// Brackets nested deeper than this are emptied.
const MAX_BRACKETS: usize = 400;

/// Operators and keywords without a separator between them may nest as deeply as they are many (`!!!!x`, `a = b = c`, `A<B<C`). So many are
/// given to the parser, counted in all brackets that are open.
const MAX_RUN: usize = 4_000;
/// What may nest where it stands after an operand. Chains of the other operators and of calls are followed in loops.
const NESTING: &[u8] = b"=<>|";
/// Words that may stand before each other.
const KEYWORDS: [&[u8]; 14] = [b"async", b"await", b"break", b"dyn", b"else", b"fn", b"for", b"if", b"impl", b"in", b"match", b"move", b"return", b"while"];

/// A copy that the parser can take, with everything at its place, and what is left out of it. A first line for the shell becomes a comment.
pub(super) fn readable(text: &str) -> (String, Vec<Gap>) {
    let scan = Scan::over(text);
    let mut copy = text.as_bytes().to_vec();
    if text.starts_with("#!") && !text[2..].trim_start().starts_with('[') {
        copy[..2].copy_from_slice(b"//");
    }
    for span in &scan.blanked {
        for byte in &mut copy[span.start as usize..span.end as usize] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    let gaps = scan.blanked.into_iter().map(|span| Gap { span, kind: GapKind::TooDeep }).collect();
    // Only whole characters are blanked: spans start and end at brackets and separators.
    (String::from_utf8(copy).unwrap_or_else(|_| text.to_owned()), gaps)
}

/// The comments of a text, in order: `syn` has none.
pub(super) fn comments(text: &str) -> Vec<Span> {
    Scan::over(text).comments
}

/// A walk over the tokens, as far as brackets, separators, texts and comments go.
struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
    /// For each open bracket, and the file around them: what may nest since the last separator.
    runs: Vec<usize>,
    /// All of them.
    total: usize,
    /// Whether the last token is an operator or keyword: one more is a prefix.
    after_operator: bool,
    blanked: Vec<Span>,
    /// Where what is being left out starts, and how many brackets are open around it.
    open: Option<(usize, usize)>,
    comments: Vec<Span>,
}

impl<'t> Scan<'t> {
    fn over(text: &'t str) -> Self {
        let mut scan =
            Self { bytes: text.as_bytes(), at: 0, runs: vec![0], total: 0, after_operator: true, blanked: Vec::new(), open: None, comments: Vec::new() };
        scan.all();
        scan
    }

    fn all(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            let rest = &self.bytes[self.at..];
            match byte {
                b'/' if rest.starts_with(b"//") => self.comment(rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len())),
                b'/' if rest.starts_with(b"/*") => self.comment(block_comment(rest)),
                b'"' => self.text(1, 0, true),
                b'\'' => {
                    self.at += quote(rest);
                    self.after_operator = false;
                }
                b'(' | b'[' | b'{' => self.opened(),
                b')' | b']' | b'}' => self.closed(byte == b'}'),
                b',' | b';' => {
                    self.separated(self.at);
                    self.at += 1;
                }
                // Between operands: a chain of these is followed in a loop.
                b'&' | b'|' if !self.after_operator && rest.get(1) == Some(&byte) => {
                    self.at += 2;
                    self.after_operator = true;
                }
                byte if is_word(byte) => self.word(),
                byte if byte.is_ascii_whitespace() => self.at += 1,
                _ => {
                    self.at += 1;
                    if self.after_operator || NESTING.contains(&byte) {
                        self.nests();
                    }
                    self.after_operator = byte != b'.' && byte != b'?';
                }
            }
        }
        if let Some((start, _)) = self.open.take() {
            self.blanked.push(Span::new(start, self.bytes.len()));
        }
    }

    fn comment(&mut self, length: usize) {
        self.comments.push(Span::new(self.at, self.at + length));
        self.at += length;
    }

    fn opened(&mut self) {
        self.at += 1;
        self.after_operator = true;
        self.runs.push(0);
        if self.runs.len() > MAX_BRACKETS && self.open.is_none() {
            self.open = Some((self.at, self.runs.len()));
        }
    }

    fn closed(&mut self, ends_statement: bool) {
        if self.open.is_some_and(|(_, depth)| depth >= self.runs.len()) {
            self.leave_out_until(self.at);
        }
        if self.runs.len() > 1 {
            self.total -= self.runs.pop().unwrap_or_default();
        }
        self.after_operator = false;
        if ends_statement {
            self.separated(self.at + 1);
        }
        self.at += 1;
    }

    fn separated(&mut self, end: usize) {
        if self.open.is_some_and(|(_, depth)| depth == self.runs.len()) && self.total > MAX_RUN {
            self.leave_out_until(end);
        }
        if let Some(run) = self.runs.last_mut() {
            self.total -= std::mem::take(run);
        }
        self.after_operator = true;
    }

    fn leave_out_until(&mut self, end: usize) {
        if let Some((start, _)) = self.open.take() {
            self.blanked.push(Span::new(start, end.max(start)));
        }
    }

    /// Something that may nest what comes after it.
    fn nests(&mut self) {
        let depth = self.runs.len();
        let Some(run) = self.runs.last_mut() else { return };
        *run += 1;
        self.total += 1;
        if self.total > MAX_RUN && self.open.is_none() {
            self.open = Some((self.at, depth));
        }
    }

    /// A name, number, keyword, or the prefix of a text (`br#"`).
    fn word(&mut self) {
        let length = self.bytes[self.at..].iter().take_while(|&&byte| is_word(byte)).count();
        let word = &self.bytes[self.at..self.at + length];
        let after = &self.bytes[self.at + length..];
        let hashes = after.iter().take_while(|&&byte| byte == b'#').count();
        let is_raw = matches!(word, b"r" | b"br" | b"cr");
        if is_raw && after.get(hashes) == Some(&b'"') {
            return self.text(length + hashes + 1, hashes, false);
        }
        if matches!(word, b"b" | b"c") && after.first() == Some(&b'"') {
            return self.text(length + 1, 0, true);
        }
        let is_keyword = KEYWORDS.contains(&word);
        self.at += length;
        if is_keyword {
            self.nests();
        }
        self.after_operator = is_keyword;
    }

    /// A text whose opening has that many bytes, up to the quote with as many hashes after it.
    fn text(&mut self, opening: usize, hashes: usize, escapes: bool) {
        self.at += opening;
        while let Some(&byte) = self.bytes.get(self.at) {
            let ends = byte == b'"' && self.bytes[self.at + 1..].iter().take(hashes).filter(|&&byte| byte == b'#').count() == hashes;
            self.at += if escapes && byte == b'\\' { 2 } else { 1 };
            if ends {
                self.at += hashes;
                break;
            }
        }
        self.at = self.at.min(self.bytes.len());
        self.after_operator = false;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Bytes of a comment with those inside it.
fn block_comment(bytes: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes.get(at..at + 2) {
            Some(b"/*") => {
                depth += 1;
                at += 2;
            }
            Some(b"*/") => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Bytes of a character; a lifetime is only its quote.
fn quote(bytes: &[u8]) -> usize {
    match bytes.get(1) {
        Some(b'\\') => bytes.iter().skip(3).position(|&byte| byte == b'\'').map_or(2, |end| end + 4),
        Some(&first) => {
            let width = match first {
                0xF0.. => 4,
                0xE0.. => 3,
                0xC0.. => 2,
                _ => 1,
            };
            if bytes.get(1 + width) == Some(&b'\'') { width + 2 } else { 1 }
        }
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_characters_and_comments_do_not_count() {
        let text = "fn f<'a>() { g(\"((\", '(', b\"(\", r#\"(\"(\"#, c\"(\\\"(\"); /* ( /* ( */ ( */ } // ((\n";
        let repeated = text.repeat(MAX_BRACKETS);
        assert_eq!(readable(&repeated), (repeated.clone(), Vec::new()));
    }

    #[test]
    fn what_is_too_deep_is_emptied_and_the_rest_kept() {
        let deep = format!("fn f() {{ {}a{} }}\nfn g() {{}}\n", "(".repeat(1_000), ")".repeat(1_000));
        let (copy, gaps) = readable(&deep);
        assert_eq!((copy.len(), gaps.len()), (deep.len(), 1));
        assert!(!copy.contains('a') && copy.ends_with("fn g() {}\n"));
        assert_eq!(gaps[0].kind, GapKind::TooDeep);
    }

    #[test]
    fn a_first_line_for_the_shell_is_a_comment() {
        assert_eq!(readable("#!/usr/bin/env run\nfn f() {}").0, "///usr/bin/env run\nfn f() {}");
        assert_eq!(readable("#![allow(x)]").0, "#![allow(x)]");
    }
}
