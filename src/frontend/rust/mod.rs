//! Rust, by the parser `syn`. It is all or nothing, so a file is parsed item by item, and what it refuses is looked at as tokens.

mod attributes;
mod boxes;
mod cfg;
mod chains;
mod classes;
mod combinators;
mod conditions;
mod expressions;
mod functions;
mod items;
mod macros;
mod messages;
mod nesting;
mod parsing;
mod paths;
mod patterns;
mod statements;
mod tokens;
mod types;
mod uses;

use std::collections::{HashMap, HashSet};
use std::thread;

use super::builder::ModuleBuilder;
use super::tree::Lowering;
use super::{Gap, GapKind, Lowered};
use crate::ir::{Expr, ExprKind, Module, TypeRef};
use crate::source::{Language, Platform, Span};
use parsing::Piece;

/// The parser recurses, and an overflow cannot be caught: this is enough for what [`nesting`] lets through.
const PARSER_STACK_BYTES: usize = 64 * 1024 * 1024;

/// Lowers Rust source.
pub(crate) fn lower(text: &str) -> Lowered {
    on_a_deep_stack(|| lower_here(text)).unwrap_or_else(|| {
        let gap = Gap { span: Span::new(0, text.len()), kind: GapKind::Refused };
        Lowered { module: Module::new(Language::Rust), gaps: vec![gap], error_bytes: text.len() as u32 }
    })
}

/// What the parser makes of a source, one line for each item: `syn` prints no trees.
pub(crate) fn syntax_tree(text: &str) -> String {
    let listed = on_a_deep_stack(|| {
        let (readable, _) = nesting::readable(text);
        parsing::parse(&readable).map_or_else(|_| "not a sequence of tokens\n".to_owned(), |pieces| parsing::outline(&pieces))
    });
    listed.unwrap_or_else(|| "no thread to parse on\n".to_owned())
}

/// The comments of a source, in order.
pub(crate) fn comments(text: &str) -> Vec<Span> {
    nesting::comments(text)
}

/// Runs `work` where the parser has room; positions in the source live as long as the thread. `None` when there is no such thread.
fn on_a_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let running = thread::Builder::new().stack_size(PARSER_STACK_BYTES).spawn_scoped(scope, work).ok()?;
        match running.join() {
            Ok(result) => Some(result),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn lower_here(text: &str) -> Lowered {
    let (readable, too_deep) = nesting::readable(text);
    let mut rust = Rust {
        tree: Lowering::new(&readable),
        build: ModuleBuilder::new(Language::Rust),
        renamed: HashMap::new(),
        box_aliases: HashSet::new(),
        bounds: Vec::new(),
        is_absent_within: false,
        error_bytes: 0,
        near: Span::default(),
        platform: None,
    };
    rust.tree.gaps = too_deep;
    let whole = Span::new(0, text.len());
    rust.build.owner_decl().span = whole;
    match parsing::parse(&readable) {
        Ok(pieces) => rust.pieces(&pieces),
        Err(_) => {
            rust.error_bytes = text.len() as u32;
            rust.tree.gaps.push(Gap { span: whole, kind: GapKind::Syntax });
        }
    }
    rust.build.close_type_at(&mut rust.tree, whole);
    rust.build.module.expr_count = rust.tree.expr_count();
    let mut gaps = std::mem::take(&mut rust.tree.gaps);
    gaps.sort_by_key(|gap| gap.span);
    Lowered { module: rust.build.module, gaps, error_bytes: rust.error_bytes }
}

/// The state of lowering one file.
struct Rust<'t> {
    tree: Lowering<'t>,
    build: ModuleBuilder,
    /// Names of this file for what is called otherwise where it is declared.
    renamed: HashMap<String, String>,
    /// Other names of this file for types that are boxes.
    box_aliases: HashSet<String>,
    /// What type parameters are at least, from the outermost declaration inwards.
    bounds: Vec<HashMap<String, TypeRef>>,
    /// Whether the function at hand gives something that may be absent within what may be absent.
    is_absent_within: bool,
    error_bytes: u32,
    /// Where the walk is: the last name or bracket that it came by.
    near: Span,
    /// The platform for which alone the items are compiled that the walk is in.
    platform: Option<Platform>,
}

impl Rust<'_> {
    fn pieces(&mut self, pieces: &[Piece]) {
        let mut items = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Item(item) => items.push(&**item),
                Piece::Whole(attributes) if attributes::is_left_out(attributes) => return,
                Piece::Whole(attributes) => return self.built_for(attributes, |rust| rust.pieces(&pieces[1..])),
                Piece::Refused(tokens) => {
                    let span = tokens::span_of(tokens);
                    self.error_bytes += span.end - span.start;
                    self.tree.gaps.push(Gap { span, kind: GapKind::Syntax });
                    self.loose_tokens(tokens);
                }
            }
        }
        self.items(&items);
    }

    /// Lowers what has these attributes, which may say for which platform alone it is compiled.
    fn built_for(&mut self, attributes: &[syn::Attribute], lower: impl FnOnce(&mut Self)) {
        let platform = cfg::Cfg::of(attributes).and_then(|condition| condition.platform());
        self.on_platform(platform, lower);
    }

    fn on_platform(&mut self, platform: Option<Platform>, lower: impl FnOnce(&mut Self)) {
        let around = self.platform;
        self.platform = platform.or(around);
        lower(self);
        self.platform = around;
    }

    /// What stands for something that is not followed.
    fn unknown(&mut self, span: Span) -> Expr {
        self.tree.expr(span, ExprKind::Unknown(Vec::new()))
    }
}

/// A span of the parser in bytes of the source.
fn span(span: proc_macro2::Span) -> Span {
    let range = span.byte_range();
    Span::new(range.start, range.end)
}

/// From the start of one to the end of the other.
fn between(start: Span, end: Span) -> Span {
    Span { start: start.start.min(end.start), end: end.end.max(start.end) }
}
