//! Same-length replacements made before parsing, for constructs that a grammar cannot read (macros, an annotation before a
//! function type). Every byte offset stays right, because a blanked region becomes spaces.

/// Replaces `text[range]` by spaces, keeping line breaks.
pub(crate) fn blank(text: &mut [u8], range: std::ops::Range<usize>) {
    for byte in &mut text[range] {
        if *byte != b'\n' && *byte != b'\r' {
            *byte = b' ';
        }
    }
}
