//! Same-length replacements for Objective-C: the grammar sees no expanded macros, so the common ones are taken out of its way.

use std::ops::Range;

use crate::frontend::blanking::blank;
use crate::frontend::conditionals::{Conditional, blank_conditionals};

/// The text to parse, as long as `text`, and the conditional directives that were blanked.
pub(super) fn prepare(text: &str) -> (String, Vec<Conditional>) {
    let mut bytes = text.as_bytes().to_vec();
    let conditionals = blank_conditionals(&mut bytes, true);
    blank_pragmas(&mut bytes);
    replace_handlers(&mut bytes);
    replace_macros(&mut bytes);
    let prepared = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    (prepared, conditionals)
}

fn blank_pragmas(text: &mut [u8]) {
    let mut start = 0;
    while start < text.len() {
        let end = start + text[start..].iter().position(|byte| *byte == b'\n').map_or(text.len() - start, |length| length + 1);
        let line = text[start..end].trim_ascii_start();
        if line.strip_prefix(b"#").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"pragma")) {
            blank(text, start..end);
        }
        start = end;
    }
}

/// Replaces macros that open a function which a line `$$` closes, such as `$$class_handler(name, …)`.
fn replace_handlers(text: &mut [u8]) {
    let mut start = 0;
    let mut is_open = false;
    while start < text.len() {
        let end = start + text[start..].iter().position(|byte| *byte == b'\n').unwrap_or(text.len() - start);
        let line = &text[start..end];
        if line.starts_with(b"$$") && line.trim_ascii_end() == b"$$" {
            if std::mem::take(&mut is_open) {
                text[start..start + 2].copy_from_slice(b"} ");
            }
        } else if line.starts_with(b"$$")
            && let Some(arguments) = arguments_after(text, start + 2 + text[start + 2..end].iter().take_while(|byte| is_word(**byte)).count())
        {
            is_open = open_handler(text, start, arguments);
        }
        start = end + 1;
    }
}

fn open_handler(text: &mut [u8], start: usize, arguments: Range<usize>) -> bool {
    let inside = &text[arguments.start + 1..arguments.end - 1];
    let name = inside.split(|byte| *byte == b',').next().unwrap_or_default().trim_ascii();
    let sign = if text[start + 2..].starts_with(b"class") { "+" } else { "-" };
    let replacement = [sign.as_bytes(), b"(void)", name, b"{"].concat();
    let fits = !name.is_empty() && name.iter().all(|byte| is_word(*byte)) && replacement.len() <= arguments.end - start;
    if fits {
        overwrite(text, start..arguments.end, &replacement);
    }
    fits
}

/// Qualifiers and macros without arguments that say nothing about control flow.
const WORDS: [&str; 20] = [
    "NS_ASSUME_NONNULL_BEGIN",
    "NS_ASSUME_NONNULL_END",
    "CF_ASSUME_NONNULL_BEGIN",
    "CF_ASSUME_NONNULL_END",
    "NS_DESIGNATED_INITIALIZER",
    "NS_UNAVAILABLE",
    "NS_REQUIRES_SUPER",
    "NS_NOESCAPE",
    "nullable",
    "nonnull",
    "null_unspecified",
    "_Nullable",
    "_Nonnull",
    "_Null_unspecified",
    "_Nullable_result",
    "__nullable",
    "__nonnull",
    "__autoreleasing",
    "__kindof",
    "__unused",
];

/// Parts of the names of macros that annotate a declaration, with or without arguments.
const ANNOTATION_PARTS: [&str; 13] = [
    "SWIFT_NAME",
    "SWIFT_UI",
    "SWIFT_SENDABLE",
    "SWIFT_NONISOLATED",
    "FOR_SWIFT",
    "AVAILABLE",
    "DEPRECATED",
    "deprecated",
    "FORMAT_FUNCTION",
    "STRING_ENUM",
    "TYPED_ENUM",
    "TYPED_EXTENSIBLE_ENUM",
    "STRING_ENUM",
];

/// What the scanner remembers of the text before a word.
#[derive(Default)]
struct Before {
    /// The last byte that is no blank.
    byte: Option<u8>,
    /// Where it stands.
    offset: usize,
    /// The last word, if nothing but blanks followed it.
    word: Range<usize>,
}

fn replace_macros(text: &mut [u8]) {
    let mut before = Before::default();
    let mut at = 0;
    while at < text.len() {
        let end = match text[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if matches!(text.get(at + 1), Some(b'/' | b'*')) => {
                at = comment_end(text, at);
                continue;
            }
            // What a directive holds is not declared here.
            b'#' if starts_line(text, at) => directive_end(text, at),
            b'@' if text[at..].starts_with(b"@class") => forward_declaration_end(text, at),
            quote @ (b'"' | b'\'') => quoted_end(text, at, quote),
            byte if is_word(byte) => {
                let end = at + text[at..].iter().take_while(|byte| is_word(**byte)).count();
                if let Some(resume) = replace_word(text, at..end, &before) {
                    at = resume.max(at + 1);
                    continue;
                }
                before.word = at..end;
                end
            }
            _ => at + 1,
        };
        before.byte = Some(if matches!(text[at], b'#') { b';' } else { text[end - 1] });
        before.offset = end - 1;
        at = end;
    }
}

/// `space::name` of C++ is as good as `name`.
fn qualifier_end(text: &[u8], word: &Range<usize>) -> Option<usize> {
    let is_qualifier = text[word.end..].starts_with(b"::") && text.get(word.end + 2).is_some_and(|byte| is_word(*byte) || *byte == b'~');
    is_qualifier.then_some(word.end + 2)
}

/// Replaces one word, perhaps with its arguments. The result is where to go on, when something was replaced.
fn replace_word(text: &mut [u8], word: Range<usize>, before: &Before) -> Option<usize> {
    let name = std::str::from_utf8(&text[word.clone()]).ok()?.to_owned();
    if let Some(end) = qualifier_end(text, &word) {
        blank(text, word.start..end);
        return Some(end);
    }
    let arguments = arguments_after(text, word.end);
    if WORDS.contains(&name.as_str()) {
        if is_list_item(text, word.end, before) {
            return None;
        }
        blank(text, word.clone());
        return Some(word.end);
    }
    if matches!(name.as_str(), "NS_ENUM" | "NS_OPTIONS" | "NS_CLOSED_ENUM" | "NS_ERROR_ENUM" | "CF_ENUM" | "CF_OPTIONS" | "CF_CLOSED_ENUM") {
        return replace_enum(text, word, arguments?, before);
    }
    if name.starts_with("RCT_") {
        return replace_react_native(text, &name, word, arguments);
    }
    if name.starts_with("PRI") && before.byte == Some(b'"') {
        let next = next_solid(text, word.end)?;
        if text[next] == b'"' {
            blank(text, before.offset..next + 1);
            return Some(quoted_end(text, next, b'"'));
        }
        return None;
    }
    let end = arguments.as_ref().map_or(word.end, |arguments| arguments.end);
    if is_annotation(text, &name, end, before) {
        blank(text, word.start..end);
        return Some(end);
    }
    None
}

/// Whether a qualifier stands alone in a property's attribute list, where it must stay.
fn is_list_item(text: &[u8], end: usize, before: &Before) -> bool {
    let next = next_solid(text, end).map(|next| text[next]);
    matches!(before.byte, Some(b',' | b'(')) && matches!(next, Some(b',' | b')'))
}

/// Whether a macro annotates a declaration: by its name, or because it stands alone before one.
fn is_annotation(text: &[u8], name: &str, end: usize, before: &Before) -> bool {
    let is_upper = name.len() > 3
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let next = next_solid(text, end).map_or(&b""[..], |next| &text[next..]);
    let after_declaration = before.byte.is_none_or(|byte| is_word(byte) || matches!(byte, b')' | b';' | b'}' | b'>' | b'*' | b']'));
    let after_keyword = matches!(text.get(before.word.clone()), Some(b"return" | b"case" | b"goto" | b"else" | b"defined")) && before.byte.is_some_and(is_word);
    if after_keyword {
        return false;
    }
    let has_part = ANNOTATION_PARTS.iter().any(|part| name.contains(part)) && (is_upper || name.starts_with("__deprecated"));
    let before_declaration =
        next.starts_with(b"@interface") || next.starts_with(b"@implementation") || next.starts_with(b"@protocol") || next.starts_with(b"@property");
    // `PROJECT_EXPORT int f(void);`
    let is_linkage = is_upper && ["_API", "_EXPORT", "_EXTERN", "_INLINE"].iter().any(|suffix| name.ends_with(suffix));
    if is_linkage && before.byte.is_none_or(|byte| matches!(byte, b';' | b'}' | b'{')) && next.first().is_some_and(|byte| is_word(*byte)) {
        return true;
    }
    let ends_declaration =
        matches!(next.first(), Some(b';' | b'{' | b',' | b'}' | b'@' | b'-' | b'+') | None) || next.first().is_some_and(|byte| is_word(*byte));
    (has_part && after_declaration && ends_declaration) || (is_upper && before_declaration && !matches!(before.byte, Some(b'(' | b',')))
}

/// `typedef NS_ENUM(T, N)` → `enum N`
fn replace_enum(text: &mut [u8], word: Range<usize>, arguments: Range<usize>, before: &Before) -> Option<usize> {
    let inside = &text[arguments.start + 1..arguments.end - 1];
    let name = match inside.iter().position(|byte| *byte == b',') {
        Some(comma) => inside[comma + 1..].trim_ascii().to_vec(),
        None => Vec::new(),
    };
    if text.get(before.word.clone()) == Some(b"typedef") {
        blank(text, before.word.clone());
    }
    let replacement = [b"enum ".as_slice(), &name].concat();
    overwrite(text, word.start..arguments.end, &replacement);
    Some(arguments.end)
}

/// `RCT_EXPORT_METHOD(signature)` → `- (void)signature`
fn replace_react_native(text: &mut [u8], name: &str, word: Range<usize>, arguments: Option<Range<usize>>) -> Option<usize> {
    let Some(arguments) = arguments else {
        blank(text, word.clone());
        return Some(word.end);
    };
    let result = match name {
        "RCT_EXPORT_METHOD" | "RCT_EXTERN_METHOD" | "RCT_REMAP_METHOD" => "- (void)",
        "RCT_EXPORT_BLOCKING_SYNCHRONOUS_METHOD" | "RCT_REMAP_BLOCKING_SYNCHRONOUS_METHOD" => "- (id)",
        _ if name.starts_with("RCT_EXPORT_") || name.starts_with("RCT_EXTERN_") || name.starts_with("RCT_CUSTOM_") || name.starts_with("RCT_REMAP_") => {
            blank(text, word.start..arguments.end);
            return Some(arguments.end);
        }
        _ => return None,
    };
    let mut signature = arguments.start + 1;
    if name.starts_with("RCT_REMAP") {
        signature += text[signature..arguments.end].iter().position(|byte| *byte == b',')? + 1;
    }
    overwrite(text, word.start..signature, result.as_bytes());
    text[arguments.end - 1] = if name == "RCT_EXTERN_METHOD" { b';' } else { b' ' };
    Some(signature)
}

/// Writes `replacement` over the start of the range and blanks the rest; does nothing when it does not fit.
fn overwrite(text: &mut [u8], range: Range<usize>, replacement: &[u8]) {
    if replacement.len() <= range.len() {
        blank(text, range.clone());
        text[range.start..range.start + replacement.len()].copy_from_slice(replacement);
    }
}

/// The parentheses after a word with everything in them.
fn arguments_after(text: &[u8], end: usize) -> Option<Range<usize>> {
    let open = next_solid(text, end).filter(|open| text[*open] == b'(')?;
    let mut depth = 0usize;
    let mut at = open;
    while at < text.len() {
        match text[at] {
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(open..at + 1);
                }
            }
            quote @ (b'"' | b'\'') => {
                at = quoted_end(text, at, quote);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn starts_line(text: &[u8], at: usize) -> bool {
    text[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| *byte == b'\n')
}

fn directive_end(text: &[u8], start: usize) -> usize {
    let mut end = start;
    loop {
        end += text[end..].iter().position(|byte| *byte == b'\n').map_or(text.len() - end, |length| length + 1);
        if end >= text.len() || !text[start..end].trim_ascii_end().ends_with(b"\\") {
            return end;
        }
    }
}

/// `@class A, B<__covariant T>;` says nothing that lowering wants to know.
fn forward_declaration_end(text: &mut [u8], start: usize) -> usize {
    let length = text[start..].iter().position(|byte| matches!(byte, b';' | b'{' | b'}' | b'(' | b'#'));
    match length {
        Some(length) if text[start + length] == b';' => {
            blank(text, start..start + length);
            start + length + 1
        }
        _ => start + 1,
    }
}

fn next_solid(text: &[u8], start: usize) -> Option<usize> {
    text[start..].iter().position(|byte| !byte.is_ascii_whitespace()).map(|length| start + length)
}

fn comment_end(text: &[u8], start: usize) -> usize {
    let rest = &text[start..];
    let length = if rest.starts_with(b"//") {
        rest.iter().position(|byte| *byte == b'\n')
    } else {
        rest.get(2..).and_then(|inside| inside.windows(2).position(|pair| pair == b"*/")).map(|length| length + 4)
    };
    length.map_or(text.len(), |length| start + length.max(1))
}

/// One past the closing quote, or the end of the line.
fn quoted_end(text: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
