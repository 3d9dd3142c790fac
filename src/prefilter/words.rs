//! What is searched for, and the spellings that a name can have in code.

use crate::source::Platform;

/// A text to search for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    /// The text.
    pub text: String,
    /// It must not go on as a longer word.
    whole_at_end: bool,
}

impl Word {
    pub fn whole(text: impl Into<String>) -> Self {
        Self { text: text.into(), whole_at_end: true }
    }

    pub fn prefix(text: impl Into<String>) -> Self {
        Self { text: text.into(), whole_at_end: false }
    }

    /// Whether what was found at `start..end` is this word, and not a part of a longer one.
    pub fn stands_alone(&self, text: &[u8], start: usize, end: usize) -> bool {
        let pattern = self.text.as_bytes();
        let joins = |inside: Option<&u8>, outside: Option<&u8>| inside.copied().is_some_and(is_word_byte) && outside.copied().is_some_and(is_word_byte);
        let before = start.checked_sub(1).and_then(|index| text.get(index));
        let goes_on = self.whole_at_end && joins(pattern.last(), text.get(end));
        !goes_on && !joins(pattern.first(), before)
    }
}

/// `$` is left out: in a Kotlin string template it stands right before a name.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What a file that names a class holds. A Java class has to be imported, by name or with its package, or be written in full.
pub(super) fn naming(class: &str, platform: Platform) -> Vec<Word> {
    let is_class = |segment: &&str| segment.starts_with(|first: char| !first.is_lowercase());
    match (platform, class.split('.').position(|segment| is_class(&segment))) {
        (Platform::Android, Some(depth)) if depth > 0 => {
            let segments: Vec<&str> = class.split('.').collect();
            let package = segments[..depth].join(".");
            vec![
                Word::whole(format!("{package}.{}", segments[depth])),
                Word::prefix(format!("{package}.*")),
                // Inside of the package itself nothing needs to be imported.
                Word::whole(format!("package {package}")),
            ]
        }
        _ => vec![Word::whole(last_segment(class))],
    }
}

pub(super) fn last_segment(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_java_class_is_named_with_its_package() {
        let texts = |class, platform| naming(class, platform).into_iter().map(|word| word.text).collect::<Vec<_>>();
        assert_eq!(texts("a.b.Outer.Inner", Platform::Android), ["a.b.Outer", "a.b.*", "package a.b"]);
        assert_eq!(texts("CNContactStore", Platform::Apple), ["CNContactStore"]);
    }
}
