//! What the Kotlin grammar cannot read, made harmless without moving a byte.

use super::tokens::word_length;
use crate::frontend::blanking::blank;

/// Annotations that stand before function types, where the grammar takes the parameters for their arguments.
const BEFORE_FUNCTION_TYPES: [&str; 4] = ["Composable", "UiComposable", "ReadOnlyComposable", "ComposableTarget"];

/// Blanks annotations before function types and puts letters that the grammar knows in place of those that it does not know.
pub(super) fn blank_unreadable(text: &[u8]) -> Vec<u8> {
    let mut blanked = text.to_vec();
    let mut offset = 0;
    while let Some(found) = text[offset..].iter().position(|byte| matches!(byte, b'@' | FIRST_UNKNOWN_LETTER..)) {
        let start = offset + found;
        let rest = &text[start..];
        let length = if rest[0] == b'@' {
            let length = annotations_before_type(rest);
            blank(&mut blanked, start..start + length);
            length
        } else {
            let length = if text[..start].ends_with(b"'") { 0 } else { unknown_letter(rest) };
            blanked[start..start + length].fill(b'z');
            length
        };
        offset = start + length.max(1);
    }
    blanked
}

/// The first byte of U+3000; what stands before that, the grammar knows.
const FIRST_UNKNOWN_LETTER: u8 = 0xE3;

/// The length of an ideograph or Hangul syllable at the start of the text: the grammar knows neither.
fn unknown_letter(text: &[u8]) -> usize {
    let length = if text[0] < 0xF0 { 3 } else { 4 };
    let character = text.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok()).and_then(|text| text.chars().next());
    match character {
        Some('\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{20000}'..='\u{3FFFF}') => length,
        _ => 0,
    }
}

/// The length of a run of annotations without arguments, one of them known to stand before function types, when blanks and an
/// opening parenthesis follow. The grammar would take what the parenthesis holds for the arguments of the last one.
fn annotations_before_type(text: &[u8]) -> usize {
    let mut end = 0;
    let mut is_known = false;
    let mut next = 0;
    while text.get(next) == Some(&b'@') {
        let length = word_length(&text[next + 1..]);
        if length == 0 {
            return 0;
        }
        end = next + 1 + length;
        is_known |= BEFORE_FUNCTION_TYPES.iter().any(|known| known.as_bytes() == &text[next + 1..end]);
        next = end + blanks_and_comments(&text[end..]);
    }
    if is_known && next > end && text.get(next) == Some(&b'(') { end } else { 0 }
}

/// The length of the blanks and block comments at the start.
fn blanks_and_comments(text: &[u8]) -> usize {
    let mut rest = text.trim_ascii_start();
    while let Some(comment) = rest.strip_prefix(b"/*") {
        let Some(close) = comment.windows(2).position(|pair| pair == b"*/") else { break };
        rest = comment[close + 2..].trim_ascii_start();
    }
    text.len() - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&blank_unreadable(text.as_bytes())), expected);
    }

    #[test]
    fn annotations_before_function_types_are_blanked() {
        check("a: @Composable () -> Unit", "a:             () -> Unit");
        check("(@Composable\n(A) -> B)?", "(           \n(A) -> B)?");
        check("a: @A @Composable /* x */ (B) -> C", "a:                /* x */ (B) -> C");
    }

    #[test]
    fn other_annotations_stay() {
        for text in ["@Composable fun f()", "@Composable() fun f()", "@Composables (A)", "@A (1)", "@A(1) @Composable { }", "@"] {
            check(text, text);
        }
    }

    #[test]
    fn all_letters_are_letters() {
        check("val 名x = 한 + é + \"😀\"", "val zzzx = zzz + é + \"😀\"");
        check("'名'", "'名'");
    }
}
