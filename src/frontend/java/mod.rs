//! Java, by the grammar `tree-sitter-java`.

mod calls;
mod closures;
mod control;
mod declarations;
mod expressions;
mod members;
mod statements;
mod switches;
mod types;

use tree_sitter::Node;

use super::builder::ModuleBuilder;
use super::errors::{Errors, children_and_errors, is_trivial};
use super::tree::{self, Lowering};
use super::{Gap, GapKind, Lowered};
use crate::ir::{Expr, ExprKind, Import, Module};
use crate::source::{Language, Span};

/// Lowers Java source.
pub(crate) fn lower(text: &str) -> Lowered {
    let Some(parsed) = tree::parse(Language::Java, text.as_bytes()) else {
        let gap = Gap { span: Span::new(0, text.len()), kind: GapKind::TimedOut };
        return Lowered { module: Module::new(Language::Java), gaps: vec![gap], error_bytes: 0 };
    };
    let (mut gaps, error_bytes) = tree::syntax_gaps(&parsed);
    let root = parsed.root_node();
    let mut java = Java { tree: Lowering::new(text), build: ModuleBuilder::new(Language::Java), errors: Errors::new(root) };
    java.program(root);
    java.build.module.expr_count = java.tree.expr_count();
    gaps.append(&mut java.tree.gaps);
    gaps.sort_by_key(|gap| gap.span);
    Lowered { module: java.build.module, gaps, error_bytes }
}

/// The state of lowering one file.
struct Java<'t> {
    tree: Lowering<'t>,
    build: ModuleBuilder,
    errors: Errors<'t>,
}

impl<'t> Java<'t> {
    fn program(&mut self, node: Node<'t>) {
        self.build.owner_decl().span = tree::span(node);
        let mut members = Vec::new();
        for child in children_and_errors(node) {
            match child.kind() {
                "package_declaration" => self.build.module.package = self.path_in(child),
                "import_declaration" => self.import(child),
                "module_declaration" => {}
                _ => members.push(child),
            }
        }
        self.members(&members);
        self.stray_errors_to_initializer(node);
        self.build.close_type(&mut self.tree, node);
    }

    fn import(&mut self, node: Node<'t>) {
        let path = self.path_in(node);
        if path.is_empty() {
            return;
        }
        let wildcard = tree::child_of_kind(node, "asterisk").is_some();
        let is_static = tree::child_of_kind(node, "static").is_some();
        self.build.module.imports.push(Import { path, alias: None, wildcard, is_static, span: tree::span(node) });
    }

    /// The dotted name of a package or import.
    fn path_in(&self, node: Node<'t>) -> String {
        let name = tree::children(node).into_iter().find(|child| matches!(child.kind(), "identifier" | "scoped_identifier"));
        name.map_or(String::new(), |name| self.dotted(name))
    }

    /// A dotted name without the blanks that may stand in it.
    fn dotted(&self, node: Node<'t>) -> String {
        self.tree.text_of(node).split_whitespace().collect()
    }

    fn name(&self, node: Node<'t>) -> String {
        self.tree.text_of(node).to_owned()
    }

    /// The text of a field of a node, empty when it is missing.
    fn name_in(&self, node: Node<'t>, field: &str) -> String {
        node.child_by_field_name(field).map_or(String::new(), |name| self.name(name))
    }

    /// What stands for a node that is nested too deep.
    fn unknown(&mut self, node: Node<'t>) -> Expr {
        self.tree.at(node, ExprKind::Unknown(Vec::new()))
    }

    fn empty_block(&mut self, node: Node<'t>) -> Expr {
        self.tree.at(node, ExprKind::Block { label: None, body: Vec::new() })
    }

    /// Error nodes inside `node` that nobody lowered: their calls and declarations, so that none is lost.
    fn stray_errors(&mut self, node: Node<'t>) -> Vec<Expr> {
        let mut lowered = Vec::new();
        for stray in self.errors.left_in(node) {
            // Lowering one may have lowered those inside it.
            if !self.errors.is_lowered(stray) {
                lowered.push(self.expr(stray));
            }
        }
        lowered.retain(|stray| !is_trivial(stray));
        lowered
    }

    fn stray_errors_to_initializer(&mut self, node: Node<'t>) {
        for stray in self.stray_errors(node) {
            self.build.initial(stray);
        }
    }

    /// Adds what stands in error nodes inside `node` to a block.
    fn append_strays(&mut self, node: Node<'t>, block: &mut Expr) {
        let strays = self.stray_errors(node);
        if let ExprKind::Block { body, .. } = &mut block.kind {
            body.extend(strays);
        }
    }
}
