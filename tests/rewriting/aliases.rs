//! `import a.b.C` to `import a.b.C as CAlias`, in Kotlin.

use std::collections::BTreeSet;

use askfirst::source::Language;

use super::tree::{nodes, parse, replace};

pub fn of_imports(language: Language, text: &str) -> String {
    if language != Language::Kotlin {
        return text.to_owned();
    }
    let tree = parse(language, text);
    let all = nodes(&tree);
    let mut edits = Vec::new();
    let mut imported = BTreeSet::new();
    for header in all.iter().filter(|node| node.kind() == "import_header") {
        let written = text[header.byte_range()].trim_end();
        let last = written.rsplit('.').next().unwrap_or_default();
        let is_class = last.starts_with(|first: char| first.is_uppercase()) && last.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
        if is_class && imported.insert(last.to_owned()) {
            let end = header.start_byte() + written.len();
            edits.push((end..end, format!(" as {last}Alias")));
        }
    }
    for leaf in all.iter().filter(|node| node.child_count() == 0 && node.kind().contains("identifier")) {
        let name = &text[leaf.byte_range()];
        let is_in_header = std::iter::successors(Some(*leaf), |node| node.parent()).any(|node| ["import_header", "package_header"].contains(&node.kind()));
        if imported.contains(name) && !is_in_header && !text[..leaf.start_byte()].trim_end().ends_with('.') {
            edits.push((leaf.byte_range(), format!("{name}Alias")));
        }
    }
    replace(text, edits)
}
