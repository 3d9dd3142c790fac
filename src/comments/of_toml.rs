use crate::source::Span;

/// The comments of a TOML file. A `#` in a text is none.
pub fn of_toml(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut comments = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'#' => {
                let end = at + bytes[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len() - at);
                comments.push(Span::new(at, end));
                at = end;
            }
            quote @ (b'"' | b'\'') => at = end_of_text(bytes, at, quote),
            _ => at += 1,
        }
    }
    comments
}

/// Where the text that starts at a quote ends. One that is not closed ends with its line, or, if it may have several, with the file.
fn end_of_text(bytes: &[u8], start: usize, quote: u8) -> usize {
    let is_long = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if is_long { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !is_long => return at,
            byte if byte == quote && !is_long => return at + 1,
            // Two more may belong to the text: `""""a"""""`.
            byte if byte == quote && bytes[at..].starts_with(&[quote; 3]) => {
                return at + 3 + bytes[at + 3..].iter().take(2).take_while(|byte| **byte == quote).count();
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_in_a_text_starts_no_comment() {
        let text = "# one\na = \"# \\\" # no\" # two\nb = '# \\' # three\r\nc = \"\"\"\n# no \\\"\"\" # no\n\"\"\"\"\" # four\nd = '''# no\n# no''' # five\ne = \"open # no\n# six";
        let found: Vec<&str> = of_toml(text).into_iter().map(|span| &text[span.start as usize..span.end as usize]).collect();
        assert_eq!(found, ["# one", "# two", "# three", "# four", "# five", "# six"]);
    }
}
