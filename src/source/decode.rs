use std::borrow::Cow;

/// Why the bytes of a file could not be read as source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeProblem {
    /// A NUL byte near the start and no byte order mark of UTF-16.
    #[error("looks like a binary file")]
    Binary,
    /// A byte order mark of UTF-16, but not valid UTF-16 after it.
    #[error("starts like UTF-16 but is not valid UTF-16")]
    BadUtf16,
}

/// How many bytes at the start decide whether a file is binary.
const BINARY_PROBE: usize = 8 * 1024;

/// Decodes source bytes: UTF-8 with or without a byte order mark, or UTF-16 with one. Invalid UTF-8 becomes U+FFFD
/// (so that one bad string literal does not hide a file), which keeps line numbers right.
pub fn decode(bytes: &[u8]) -> Result<String, DecodeProblem> {
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        return decode_utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        return decode_utf16(rest, u16::from_be_bytes);
    }
    let rest = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    if rest.iter().take(BINARY_PROBE).any(|&byte| byte == 0) {
        return Err(DecodeProblem::Binary);
    }
    Ok(match String::from_utf8_lossy(rest) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    })
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, DecodeProblem> {
    if !bytes.len().is_multiple_of(2) {
        return Err(DecodeProblem::BadUtf16);
    }
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| DecodeProblem::BadUtf16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_and_byte_order_marks_are_read() {
        assert_eq!(decode(b"\xEF\xBB\xBFabc").as_deref(), Ok("abc"));
        assert_eq!(decode(b"\xFF\xFEa\0b\0").as_deref(), Ok("ab"));
        assert_eq!(decode(b"\xFE\xFF\0a\0b").as_deref(), Ok("ab"));
        assert_eq!(decode(b"\xFF\xFEa"), Err(DecodeProblem::BadUtf16));
        assert_eq!(decode(b"a\0b"), Err(DecodeProblem::Binary));
        assert_eq!(decode(b"a\xFFb").as_deref(), Ok("a\u{FFFD}b"));
    }
}
