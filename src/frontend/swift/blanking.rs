//! Same-length replacements for Swift that the grammar cannot read otherwise.

use crate::frontend::blanking::blank;
use crate::frontend::conditionals::{Conditional, blank_conditionals};

/// The text to parse, as long as `text`, and the conditional directives that were blanked.
pub(super) fn prepare(text: &str) -> (String, Vec<Conditional>) {
    let mut bytes = text.as_bytes().to_vec();
    let conditionals = blank_conditionals(&mut bytes, false);
    blank_markers(&mut bytes);
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
