//! Kotlin, by the grammar `tree-sitter-kotlin-sg`.

mod blanking;
mod calls;
mod closures;
mod control;
mod declarations;
mod expressions;
mod functions;
mod literals;
mod matching;
mod objects;
mod properties;
mod repairs;
mod statements;
mod templates;
mod tokens;
mod types;

use std::collections::HashMap;

use tree_sitter::Node;

use super::builder::ModuleBuilder;
use super::errors::{Errors, children_and_errors, is_trivial};
use super::tree::{self, Lowering};
use super::{Gap, GapKind, Lowered};
use crate::ir::{Expr, ExprKind, Import, Module};
use crate::source::{Language, Span};

/// Lowers Kotlin source.
pub(crate) fn lower(text: &str) -> Lowered {
    let nothing = |kind| {
        let gap = Gap { span: Span::new(0, text.len()), kind };
        Lowered { module: Module::new(Language::Kotlin), gaps: vec![gap], error_bytes: 0 }
    };
    let Some(readable) = readable(text) else {
        return nothing(GapKind::Refused);
    };
    let Some(parsed) = tree::parse(Language::Kotlin, &readable) else {
        return nothing(GapKind::TimedOut);
    };
    let (mut gaps, error_bytes) = tree::syntax_gaps(&parsed);
    // Names and texts come from the source itself, only its structure from what was parsed.
    let mut kotlin = Kotlin::new(text, parsed.root_node());
    kotlin.source_file(parsed.root_node());
    kotlin.build.module.expr_count = kotlin.tree.expr_count();
    gaps.append(&mut kotlin.tree.gaps);
    gaps.sort_by_key(|gap| gap.span);
    Lowered { module: kotlin.build.module, gaps, error_bytes }
}

/// The text with what the grammar cannot read made harmless, at the same offsets. `None` when it would crash the parser all the same.
pub(crate) fn readable(text: &str) -> Option<Vec<u8>> {
    let mut readable = blanking::blank_unreadable(text.as_bytes());
    repairs::repair(text.as_bytes(), &mut readable);
    templates::defuse(readable)
}

/// The state of lowering one file.
struct Kotlin<'t> {
    tree: Lowering<'t>,
    build: ModuleBuilder,
    errors: Errors<'t>,
    /// Links of call chains by the node of the operand that they belong to.
    torn_links: HashMap<usize, Vec<calls::Link<'t>>>,
}

impl<'t> Kotlin<'t> {
    fn new(text: &'t str, root: Node<'t>) -> Self {
        Self { tree: Lowering::new(text), build: ModuleBuilder::new(Language::Kotlin), errors: Errors::new(root), torn_links: HashMap::new() }
    }

    fn source_file(&mut self, node: Node<'t>) {
        self.build.owner_decl().span = tree::span(node);
        let mut members = Vec::new();
        for child in children_and_errors(node) {
            match child.kind() {
                "shebang_line" => {}
                "file_annotation" => {
                    let annotations = self.annotation(child);
                    self.build.owner_decl().annotations.extend(annotations);
                }
                "package_header" => self.build.module.package = self.dotted(child),
                "import_list" => tree::children(child).into_iter().for_each(|import| self.import(import)),
                "import_header" => self.import(child),
                _ => members.push(child),
            }
        }
        self.members(&members);
        self.stray_errors_to_initializer(node);
        self.build.close_type(&mut self.tree, node);
    }

    fn import(&mut self, node: Node<'t>) {
        let path = self.dotted(node);
        if path.is_empty() {
            return;
        }
        let alias = tree::child_of_kind(node, "import_alias").and_then(|alias| tree::children(alias).first().copied());
        let alias = alias.map(|name| self.name(name));
        let wildcard = tree::child_of_kind(node, "wildcard_import").is_some();
        self.build.module.imports.push(Import { path, alias, wildcard, is_static: false, span: tree::span(node) });
    }

    /// The dotted name in a package header or import.
    fn dotted(&self, node: Node<'t>) -> String {
        let Some(identifier) = tree::child_of_kind(node, "identifier") else {
            return String::new();
        };
        let parts: Vec<String> = tree::children(identifier).into_iter().map(|part| self.name(part)).collect();
        parts.join(".")
    }

    /// An identifier without backticks.
    fn name(&self, node: Node<'t>) -> String {
        self.tree.text_of(node).trim_matches('`').to_owned()
    }

    /// What stands for a node that is nested too deep.
    fn unknown(&mut self, node: Node<'t>) -> Expr {
        self.tree.at(node, ExprKind::Unknown(Vec::new()))
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
        lowered
    }

    fn stray_errors_to_initializer(&mut self, node: Node<'t>) {
        for stray in self.stray_errors(node) {
            if !is_trivial(&stray) {
                self.build.initial(stray);
            }
        }
    }
}
