//! Scanned text is untrusted: it must not steer the terminal, nor show something else than what stands there.

use std::borrow::Cow;

/// Characters that a terminal acts on, or that change how others are shown: controls, bidirectional marks, invisible ones, and
/// what is no character.
fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{FFFE}'..='\u{FFFF}' | '\u{E0000}'..='\u{E007F}')
}

/// One line of text (a path, a name) with deceptive characters spelled out.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let spelled = text.chars().flat_map(|character| {
        let escaped = is_deceptive(character).then(|| character.escape_unicode());
        let plain = escaped.is_none().then_some(character);
        escaped.into_iter().flatten().chain(plain)
    });
    Cow::Owned(spelled.collect())
}

/// Source text in which every deceptive character is replaced by a harmless one of the same length in bytes, so that spans still
/// fit. Tabs stay. Line breaks all become `\n`, which keeps their number.
pub fn harmless_source(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' | '\t' => harmless.push(character),
            '\r' if characters.peek() == Some(&'\n') => harmless.push(' '),
            '\r' => harmless.push('\n'),
            _ if is_deceptive(character) => harmless.push_str(stand_in(character.len_utf8())),
            _ => harmless.push(character),
        }
    }
    harmless
}

fn stand_in(bytes: usize) -> &'static str {
    match bytes {
        1 => "?",
        2 => "\u{BF}",
        3 => "\u{FFFD}",
        _ => "\u{FFFD}?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_bidi_characters_are_spelled_out() {
        assert_eq!(visible("a\u{1B}[31mb\u{202E}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(visible("é.kt"), "é.kt");
    }

    #[test]
    fn harmless_source_keeps_offsets_and_lines() {
        let text = "a\u{1B}\u{85}\u{202E}\u{E0041}\tb\r\nc\rd";
        let harmless = harmless_source(text);
        assert_eq!(harmless.len(), text.len());
        assert_eq!(harmless, "a?\u{BF}\u{FFFD}\u{FFFD}?\tb \nc\nd");
    }
}
