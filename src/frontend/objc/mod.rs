//! Objective-C and Objective-C++.

mod blanking;
mod declarations;
mod expressions;
mod literals;
mod messages;
mod methods;
mod recovery;
mod statements;
mod switches;
#[cfg(test)]
mod tests;
mod types;

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use super::builder::ModuleBuilder;
use super::conditionals::Conditional;
use super::tree::{self, Lowering};
use super::{Gap, GapKind, Lowered};
use crate::ir::{Expr, ExprKind, Module};
use crate::source::{Language, Span};

/// Lowers Objective-C source and headers.
pub(crate) fn lower(text: &str) -> Lowered {
    let (prepared, conditionals) = blanking::prepare(text);
    let Some(parsed) = tree::parse(Language::ObjectiveC, prepared.as_bytes()) else {
        let gap = Gap { span: Span::new(0, text.len()), kind: GapKind::TimedOut };
        return Lowered { module: Module::new(Language::ObjectiveC), gaps: vec![gap], error_bytes: 0 };
    };
    let (mut gaps, error_bytes) = tree::syntax_gaps(&parsed);
    let mut frontend = ObjC {
        tree: Lowering::new(&prepared),
        source: text,
        builder: ModuleBuilder::new(Language::ObjectiveC),
        conditionals,
        lowered: HashSet::new(),
        file_statements: Vec::new(),
        globals: HashSet::new(),
        variable_aliases: HashMap::new(),
        locals: Vec::new(),
        jump_targets: HashSet::new(),
        labels: 0,
        in_method: false,
    };
    frontend.file(parsed.root_node());
    gaps.append(&mut frontend.tree.gaps);
    gaps.sort_by_key(|gap| gap.span);
    let mut module = frontend.builder.module;
    module.expr_count = frontend.tree.expr_count();
    Lowered { module, gaps, error_bytes }
}

/// What is parsed: the text without what the grammar stumbles over, at the same offsets.
pub(crate) fn readable(text: &str) -> Vec<u8> {
    blanking::prepare(text).0.into_bytes()
}

/// State of lowering one file.
struct ObjC<'t> {
    /// The prepared text and expression numbers.
    tree: Lowering<'t>,
    /// The text as it was written, for literals.
    source: &'t str,
    builder: ModuleBuilder,
    conditionals: Vec<Conditional>,
    /// Calls, messages, functions and classes that were lowered, so that what was missed can be found.
    lowered: HashSet<usize>,
    /// Initialisers of variables and statements outside of all functions.
    file_statements: Vec<Expr>,
    /// Variables of the file that start with an underscore.
    globals: HashSet<String>,
    /// `@synthesize name = variable`: the property of a variable that is named otherwise.
    variable_aliases: HashMap<String, String>,
    /// Names that start with an underscore and are locals or parameters, by scope.
    locals: Vec<HashSet<String>>,
    /// Labels that some `goto` of the file names.
    jump_targets: HashSet<String>,
    /// Labels of the current function that are targets.
    labels: u32,
    /// Inside a method, where `_name` can be an instance variable.
    in_method: bool,
}

impl<'t> ObjC<'t> {
    fn file(&mut self, root: Node<'_>) {
        for parts in self.survey(root) {
            self.class(&parts);
        }
        for node in tree::children(root) {
            self.top_level(node);
        }
        self.sweep(root);
        for statement in std::mem::take(&mut self.file_statements) {
            self.builder.initial(statement);
        }
        self.builder.close_type(&mut self.tree, root);
    }

    fn text(&self, node: Node<'_>) -> &'t str {
        self.tree.text_of(node)
    }

    fn unknown(&mut self, node: Node<'_>, children: Vec<Expr>) -> Expr {
        self.tree.at(node, ExprKind::Unknown(children))
    }

    /// Remembers a local whose name looks like that of an instance variable.
    fn declare_local(&mut self, name: &str) {
        if (name.starts_with('_') || self.variable_aliases.contains_key(name))
            && let Some(scope) = self.locals.last_mut()
        {
            scope.insert(name.to_owned());
        }
    }

    fn is_local(&self, name: &str) -> bool {
        self.locals.iter().any(|scope| scope.contains(name))
    }
}

/// An instance variable's name as its property's.
fn without_underscore(name: &str) -> &str {
    match name.strip_prefix('_') {
        Some(rest) if !rest.is_empty() => rest,
        _ => name,
    }
}
