//! `if (a)` to `if ((a))`.

use askfirst::source::Language;
use tree_sitter::Node;

use super::tree::{nodes, parse, replace};

const KINDS: [&str; 8] =
    ["while_expression", "if_expression", "if_statement", "while_statement", "do_while_statement", "do_statement", "guard_statement", "repeat_while_statement"];
/// Conditions that are more than an expression, or that a compiler wants to see bare.
const NOT_EXPRESSIONS: [&str; 8] = ["let ", "var ", "case ", "#", "@available", "__builtin_available", "if ", "("];

pub fn in_parentheses(language: Language, text: &str) -> String {
    let tree = parse(language, text);
    let conditions = nodes(&tree).into_iter().filter(|node| KINDS.contains(&node.kind())).filter_map(|node| condition(language, node));
    let mut edits = Vec::new();
    for condition in conditions {
        let source = &text[condition.clone()];
        // A `let` in a chain of Rust may not stand in parentheses.
        let has_let = language == Language::Rust && source.contains("let ");
        if !has_let && !NOT_EXPRESSIONS.iter().any(|start| source.starts_with(start)) && !source.contains("@available") {
            edits.push((condition.start..condition.start, "(".to_owned()));
            edits.push((condition.end..condition.end, ")".to_owned()));
        }
    }
    replace(text, edits)
}

/// The condition without the parentheses that the statement itself demands.
fn condition(language: Language, node: Node<'_>) -> Option<std::ops::Range<usize>> {
    match language {
        Language::Java | Language::ObjectiveC | Language::Rust => inside_parentheses(node.child_by_field_name("condition")?),
        Language::Swift => {
            let mut cursor = node.walk();
            let conditions: Vec<Node<'_>> = node.children_by_field_name("condition", &mut cursor).collect();
            let is_plain = !node.has_error() && conditions.len() == 1 && !conditions[0].kind().contains("binding");
            is_plain.then(|| conditions[0].byte_range())
        }
        Language::Kotlin => {
            let mut cursor = node.walk();
            let mut children = node.children(&mut cursor).skip_while(|child| child.kind() != "(");
            children.next()?;
            children.find(|child| child.is_named() && !child.kind().contains("comment")).map(|child| child.byte_range())
        }
    }
}

fn inside_parentheses(node: Node<'_>) -> Option<std::ops::Range<usize>> {
    if node.kind() != "parenthesized_expression" {
        return Some(node.byte_range());
    }
    node.named_child(0).map(|inner| inner.byte_range())
}
