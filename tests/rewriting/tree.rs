//! Syntax trees for rewriting, apart from those of the frontends.

use askfirst::source::Language;
use tree_sitter::{Node, Parser, Tree};

pub fn parse(language: Language, text: &str) -> Tree {
    let grammar = match language {
        Language::Kotlin => tree_sitter_kotlin::LANGUAGE,
        Language::Java => tree_sitter_java::LANGUAGE,
        Language::Swift => tree_sitter_swift::LANGUAGE,
        Language::ObjectiveC => tree_sitter_objc::LANGUAGE,
        Language::Rust => tree_sitter_rust::LANGUAGE,
    };
    let mut parser = Parser::new();
    parser.set_language(&grammar.into()).expect("the grammar fits");
    parser.parse(text, None).expect("no time limit")
}

/// All nodes, parents before children.
pub fn nodes(tree: &Tree) -> Vec<Node<'_>> {
    let mut all = Vec::new();
    let mut pending = vec![tree.root_node()];
    while let Some(node) = pending.pop() {
        all.push(node);
        let mut cursor = node.walk();
        pending.extend(node.children(&mut cursor));
    }
    all
}

/// Makes replacements of byte ranges that do not overlap.
pub fn replace(text: &str, mut edits: Vec<(std::ops::Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in edits {
        out.push_str(&text[done..range.start]);
        out.push_str(&new);
        done = range.end;
    }
    out + &text[done..]
}
