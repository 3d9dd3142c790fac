//! `import a.b.C` to `import a.b.C as CAlias`, in Kotlin and Rust.

use std::collections::BTreeSet;

use askfirst::source::Language;

use super::tree::{nodes, parse, replace};

pub fn of_imports(language: Language, text: &str) -> String {
    if language == Language::Rust {
        return of_uses(text);
    }
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

/// `use a::{B, c}` to `use a::{B as BAlias, c}`: types, which nothing else in the file names.
fn of_uses(text: &str) -> String {
    let tree = parse(Language::Rust, text);
    let all = nodes(&tree);
    let ancestors = |node: tree_sitter::Node<'_>| std::iter::successors(Some(node), |node| node.parent()).map(|node| node.kind()).collect::<Vec<_>>();
    let is_type = |name: &str| name.starts_with(|first: char| first.is_uppercase()) && name.contains(|letter: char| letter.is_lowercase());
    let leaves: Vec<_> = all.iter().filter(|node| node.child_count() == 0 && node.kind().contains("identifier")).collect();
    let mut edits = Vec::new();
    let mut imported = BTreeSet::new();
    for leaf in leaves.iter().filter(|leaf| ancestors(***leaf).contains(&"use_declaration")) {
        let name = &text[leaf.byte_range()];
        let goes_on = text[leaf.end_byte()..].starts_with("::") || text[leaf.end_byte()..].trim_start().starts_with("as ");
        let is_alias = text[..leaf.start_byte()].trim_end().ends_with(" as");
        // What a macro names is not looked at as types.
        let in_macro = leaves.iter().any(|other| &text[other.byte_range()] == name && ancestors(**other).contains(&"token_tree"));
        if is_type(name) && !goes_on && !is_alias && !in_macro && imported.insert(name.to_owned()) {
            edits.push((leaf.end_byte()..leaf.end_byte(), format!(" as {name}Alias")));
        }
    }
    for leaf in leaves.iter().filter(|leaf| !ancestors(***leaf).contains(&"use_declaration")) {
        let name = &text[leaf.byte_range()];
        if imported.contains(name) && !text[..leaf.start_byte()].ends_with("::") && !text[..leaf.start_byte()].trim_end().ends_with('.') {
            edits.push((leaf.byte_range(), format!("{name}Alias")));
        }
    }
    replace(text, edits)
}
