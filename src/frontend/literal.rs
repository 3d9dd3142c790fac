//! Numbers and escapes of Kotlin and Java.

use crate::ir::Literal;

/// An integer literal with an optional prefix (`0x`, `0b`), `_` and suffix.
pub(crate) fn integer(text: &str, leading_zero_is_octal: bool) -> Literal {
    let digits: String = text.trim().chars().filter(|&character| character != '_').collect::<String>().to_ascii_lowercase();
    let digits = digits.trim_end_matches(['l', 'u']);
    let value = if let Some(hex) = digits.strip_prefix("0x") {
        i64::from_str_radix(hex, 16)
    } else if let Some(binary) = digits.strip_prefix("0b") {
        i64::from_str_radix(binary, 2)
    } else if leading_zero_is_octal && digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(digits, 8)
    } else {
        digits.parse()
    };
    value.map_or(Literal::Other, Literal::Int)
}

/// Replaces the simple escapes and `\uXXXX`; what it does not know stays as it is.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let (known, length) = escaped_character(escape);
        out.push_str(&known);
        rest = &escape[length..];
    }
    out.push_str(rest);
    out
}

/// What an escape without its backslash stands for, and how many bytes it takes.
fn escaped_character(escape: &str) -> (String, usize) {
    let Some(first) = escape.chars().next() else {
        return ("\\".to_owned(), 0);
    };
    let plain = match first {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        's' => ' ',
        '0' => '\0',
        '"' | '\'' | '\\' | '$' => first,
        'u' => {
            let code = escape.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
            return code.map_or_else(|| ("\\u".to_owned(), 1), |character| (character.to_string(), 5));
        }
        other => return (format!("\\{other}"), other.len_utf8()),
    };
    (plain.to_string(), first.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_all_bases() {
        assert_eq!(integer("1_000L", false), Literal::Int(1000));
        assert_eq!(integer("0xFFu", false), Literal::Int(255));
        assert_eq!(integer("0b11", true), Literal::Int(3));
        assert_eq!(integer("017", true), Literal::Int(15));
        assert_eq!(integer("99999999999999999999", false), Literal::Other);
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape(r#"a\n\"\$\u0041\q\"#), "a\n\"$A\\q\\");
        assert_eq!(unescape(r"\u00"), "\\u00");
        assert_eq!(unescape("\\é"), "\\é");
    }
}
