//! Same-length replacements for Swift that the grammar cannot read otherwise.

use crate::frontend::blanking::blank;
use crate::frontend::conditionals::{Conditional, blank_conditionals};

/// The text to parse, as long as `text`, and the conditional directives that were blanked.
pub(super) fn prepare(text: &str) -> (String, Vec<Conditional>) {
    let mut bytes = text.as_bytes().to_vec();
    let conditionals = blank_conditionals(&mut bytes, false);
    blank_markers(&mut bytes);
    for start in line_starts(&bytes) {
        blank_comment(&mut bytes, start);
        blank_in_line(&mut bytes, start);
    }
    let prepared = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    (prepared, conditionals)
}

/// Words that say nothing about control flow. `if await x.y {` makes the grammar read the block as a trailing closure; the others
/// are legacy spellings that it does not know.
const MARKERS: [&[u8]; 5] = [b"await", b"try", b"__owned", b"__shared", b"__consuming"];

/// Blanks [`MARKERS`] that stand before another word on the same line. String literals are touched too, but their text is read from the
/// source, not from the prepared text.
fn blank_markers(text: &mut [u8]) {
    let mut start = 0;
    let mut previous: &[u8] = b"";
    while start < text.len() {
        if !is_word(text[start]) {
            if !matches!(text[start], b' ' | b'\t') {
                previous = b"";
            }
            start += 1;
            continue;
        }
        let length = text[start..].iter().position(|byte| !is_word(*byte)).unwrap_or(text.len() - start);
        let end = start + length;
        let marker = MARKERS.iter().find(|marker| **marker == &text[start..end]);
        match marker {
            Some(marker) if previous != b"for" && is_followed_by_word(text, end) && !is_member(text, start) => blank(text, start..start + marker.len()),
            Some(_) => {}
            None => previous = if &text[start..end] == b"for" { b"for" } else { b"" },
        }
        start = end;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Whether the next thing on the line, after at least one blank, starts a name. (`await (a)` after blanking could become a call of what
/// stands on the line before.)
fn is_followed_by_word(text: &[u8], end: usize) -> bool {
    let blanks = text[end..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    blanks > 0 && text.get(end + blanks).is_some_and(|byte| (is_word(*byte) && !byte.is_ascii_digit()) || matches!(byte, b'$' | b'`'))
}

/// Whether the word is a member's name or an attribute.
fn is_member(text: &[u8], start: usize) -> bool {
    start > 0 && matches!(text[start - 1], b'.' | b'@' | b'#' | b'$' | b'`')
}

fn line_starts(text: &[u8]) -> Vec<usize> {
    let after_breaks = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(offset, _)| offset + 1);
    std::iter::once(0).chain(after_breaks).filter(|start| *start < text.len()).collect()
}

fn line_end(text: &[u8], start: usize) -> usize {
    text[start..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |length| start + length)
}

/// A comment between operators or before a declaration upsets the grammar. Only lines without quotes: in a string it is none.
fn blank_comment(text: &mut [u8], start: usize) {
    let end = line_end(text, start);
    let mut from = start;
    while let (false, Some(open)) = (text[start..end].contains(&b'"'), find(&text[from..end], b"/*")) {
        let open = from + open;
        if find(&text[start..open], b"//").is_some() {
            return;
        }
        let Some(length) = find(&text[open + 2..end], b"*/") else { return };
        from = open + length + 4;
        blank(text, open..from);
    }
}

/// Small things within a line that the grammar does not know.
fn blank_in_line(text: &mut [u8], start: usize) {
    let end = line_end(text, start);
    for at in start..end {
        match text[at] {
            // A semicolon at the end of a line says nothing; between members it is an error.
            b';' if text[at + 1..end].trim_ascii().is_empty() => text[at] = b' ',
            // `for i in 0... {`
            b'.' if text[at..end].starts_with(b"...") && next_is(text, at + 3, b"{") => blank(text, at..at + 3),
            // `{ [] in`
            b'[' if text[at..end].starts_with(b"[]") && next_is(text, at + 2, b"in ") && last_solid(text, at) == Some(b'{') => blank(text, at..at + 2),
            // `{ (x: T!) in`
            b'!' if text[at..end].starts_with(b"!)") && next_is(text, at + 2, b"in") => text[at] = b' ',
            // `{ (self: Self, _) in`
            b'(' if text[at..end].starts_with(b"(self:") => blank_type_of_self(text, at + 5, end),
            // `Type<T>.member` would be two comparisons.
            b'<' => blank_type_arguments(text, at, end),
            // `outer : for`
            b':' => join_label(text, at),
            b'}' => join_trailing_closure(text, at),
            b'n' if text[at..end].starts_with(b"nonisolated ") && matches!(last_solid(text, at), Some(b',' | b':')) => blank(text, at..at + 11),
            _ => {}
        }
    }
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}

/// Whether the next thing on the line is `pattern`.
fn next_is(text: &[u8], at: usize, pattern: &[u8]) -> bool {
    let blanks = text[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    text[at + blanks..].starts_with(pattern)
}

fn last_solid(text: &[u8], at: usize) -> Option<u8> {
    text[..at].iter().rev().copied().find(|byte| !byte.is_ascii_whitespace())
}

fn blank_type_of_self(text: &mut [u8], colon: usize, end: usize) {
    if let Some(length) = text[colon..end].iter().position(|byte| matches!(byte, b',' | b')')) {
        blank(text, colon..colon + length);
    }
}

fn blank_type_arguments(text: &mut [u8], open: usize, end: usize) {
    let name = text[..open].iter().rev().take_while(|byte| is_word(**byte)).count();
    if name == 0 || !text[open - name].is_ascii_uppercase() {
        return;
    }
    let mut depth = 0;
    for at in open..end {
        match text[at] {
            b'<' => depth += 1,
            b'>' if text[at - 1] != b'-' => depth -= 1,
            byte if is_word(byte) || b" .,:?!&[]()->".contains(&byte) => {}
            _ => return,
        }
        if depth == 0 {
            if text.get(at + 1) == Some(&b'.') && text.get(at + 2).is_some_and(|byte| is_word(*byte)) {
                blank(text, open..at + 1);
            }
            return;
        }
    }
}

/// Moves the colon of a label to its name.
fn join_label(text: &mut [u8], colon: usize) {
    let blanks = text[..colon].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let is_label = [b"for ".as_slice(), b"while ", b"repeat ", b"do ", b"switch "].iter().any(|keyword| next_is(text, colon + 1, keyword));
    if blanks > 0 && is_label && text[..colon - blanks].last().is_some_and(|byte| is_word(*byte)) {
        text.swap(colon, colon - blanks);
    }
}

/// `}` and `label: {` on the next line are one call: the line break goes.
fn join_trailing_closure(text: &mut [u8], brace: usize) {
    let rest = &text[brace + 1..];
    let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let name = rest[space..].iter().take_while(|byte| is_word(**byte)).count();
    let after = brace + 1 + space + name;
    let is_label = name > 0 && text.get(after) == Some(&b':') && next_is(text, after + 1, b"{") && &text[after - name..after] != b"default";
    if is_label {
        text[brace + 1..brace + 1 + space].fill(b' ');
    }
}
