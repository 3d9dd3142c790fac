//! Locals and parameters with other names, where every use of a name in the file is a use of such a variable.

use std::collections::BTreeSet;

use askfirst::frontend;
use askfirst::ir::{Expr, ExprKind, Function, Module, Param, walk};
use askfirst::source::{Language, SourceFile};
use tree_sitter::Node;

use super::tree::{nodes, parse, replace};

/// Names that a language gives a meaning of its own.
const SPECIAL: [&str; 10] = ["self", "this", "super", "it", "error", "newValue", "oldValue", "field", "value", "_"];

pub fn renamed(language: Language, text: &str) -> String {
    let tree = parse(language, text);
    if tree.root_node().has_error() {
        return text.to_owned();
    }
    let path = match language {
        Language::Kotlin => "a.kt",
        Language::Java => "a.java",
        Language::Swift => "a.swift",
        Language::ObjectiveC => "a.m",
        Language::Rust => "a.rs",
    };
    let file = SourceFile { path: path.to_owned(), language, text: text.to_owned() };
    let module = frontend::lower(&file).module;
    let leaves: Vec<Node<'_>> = nodes(&tree).into_iter().filter(|node| node.child_count() == 0 && !node.is_extra()).collect();
    let mut edits = Vec::new();
    for name in local_names(&module).difference(&other_names(&module)) {
        let uses: Vec<&Node<'_>> = leaves.iter().filter(|leaf| &text[leaf.byte_range()] == name.as_str()).collect();
        let named_in_text = text.matches(name.as_str()).count();
        if !uses.is_empty() && uses.iter().all(|leaf| is_use_of_variable(**leaf, text)) && named_in_text >= uses.len() {
            edits.extend(uses.iter().map(|leaf| (leaf.byte_range(), format!("{name}Renamed"))));
        }
    }
    replace(text, edits)
}

/// Names of locals and of parameters whose name is not what callers write.
fn local_names(module: &Module) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for function in &module.functions {
        names.extend(function.params.iter().filter(|param| !is_label(module.language, param)).map(|param| param.name.clone()));
        function.body.iter().for_each(|body| collect(body, &mut names));
    }
    names.retain(|name| !SPECIAL.contains(&name.as_str()) && !name.starts_with('$'));
    names
}

fn is_label(language: Language, param: &Param) -> bool {
    language == Language::Swift && param.label.as_deref() == Some(&param.name)
}

fn collect(expr: &Expr, names: &mut BTreeSet<String>) {
    match &expr.kind {
        ExprKind::Let { name, .. } => {
            names.insert(name.clone());
        }
        ExprKind::Closure(closure) => names.extend(closure.params.iter().map(|param| param.name.clone())),
        _ => {}
    }
    walk(expr, &mut |child| collect(child, names));
}

/// Names that mean something else somewhere in the file.
fn other_names(module: &Module) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for decl in &module.types {
        names.insert(decl.name.clone());
        names.extend(decl.fields.iter().map(|field| field.name.clone()));
        names.extend(decl.cases.iter().cloned());
    }
    names.extend(module.functions.iter().map(|function: &Function| function.name.clone()));
    // Parameters whose name callers write.
    let labels = module.functions.iter().flat_map(|function| &function.params).filter_map(|param| param.label.clone());
    if module.language == Language::Swift {
        names.extend(labels);
    }
    names
}

fn is_use_of_variable(leaf: Node<'_>, text: &str) -> bool {
    let before = text[..leaf.start_byte()].trim_end();
    let after = text[leaf.end_byte()..].trim_start();
    let parent = leaf.parent().map_or("", |parent| parent.kind());
    let is_identifier = leaf.kind().contains("identifier") && leaf.kind() != "type_identifier";
    let is_member = before.ends_with('.') || before.ends_with("->") || before.ends_with("::") || before.ends_with('@');
    // `name:` and `name =` in a call are labels, and so is what follows a colon in a selector.
    let is_label = after.starts_with(':') && !after.starts_with("::") && !is_declaration(parent);
    let is_named_argument = parent == "value_argument" && after.starts_with('=') && !after.starts_with("==");
    let is_selector = parent.contains("message_expression") && leaf.parent().and_then(|parent| parent.child(1)) != Some(leaf) && is_method_name(leaf);
    is_identifier
        && !is_member
        && !is_label
        && !is_named_argument
        && !is_selector
        && !parent.contains("keyword")
        && (!after.starts_with('!') || after.starts_with("!="))
        && !parent.contains("label")
}

/// A place where `name: Type` declares.
fn is_declaration(parent: &str) -> bool {
    ["parameter", "variable_declaration", "class_parameter", "pattern", "lambda_parameter", "function_value_parameter"].contains(&parent)
        || parent.contains("parameter")
}

fn is_method_name(leaf: Node<'_>) -> bool {
    let Some(parent) = leaf.parent() else { return false };
    let mut cursor = parent.walk();
    let methods: Vec<Node<'_>> = parent.children_by_field_name("method", &mut cursor).collect();
    methods.contains(&leaf)
}
