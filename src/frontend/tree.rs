//! What all tree-sitter frontends share: parsing within a budget, fresh expression numbers, the depth guard, gaps, and the
//! re-association of operators.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::{Gap, GapKind};
use crate::ir::{Expr, ExprId, ExprKind};
use crate::source::{Language, SourceFile, Span};

/// Deeper nesting than this is not followed (workers have stacks for it).
pub(crate) const MAX_DEPTH: u32 = 400;

/// How long the parser may take for one file. The largest real files need a small part of it.
const PARSE_BUDGET: Duration = Duration::from_secs(5);

thread_local! {
    static PARSERS: RefCell<HashMap<Language, Parser>> = RefCell::new(HashMap::new());
}

/// The grammar of a language; none for Rust, which is parsed without one.
fn grammar(language: Language) -> Option<tree_sitter::Language> {
    match language {
        Language::Kotlin => Some(tree_sitter_kotlin::LANGUAGE.into()),
        Language::Java => Some(tree_sitter_java::LANGUAGE.into()),
        Language::Swift => Some(tree_sitter_swift::LANGUAGE.into()),
        Language::ObjectiveC => Some(tree_sitter_objc::LANGUAGE.into()),
        Language::Rust => None,
    }
}

/// Parses within the time budget; `None` when the parser gave up.
pub(crate) fn parse(language: Language, text: &[u8]) -> Option<Tree> {
    let grammar = grammar(language)?;
    PARSERS.with_borrow_mut(|parsers| {
        let parser = parsers.entry(language).or_insert_with(|| {
            let mut parser = Parser::new();
            parser.set_language(&grammar).expect("the grammar fits the tree-sitter core that it is pinned with");
            parser
        });
        let deadline = Instant::now() + PARSE_BUDGET;
        let mut give_up_late = |_: &ParseState| if Instant::now() > deadline { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let tree = parser.parse_with_options(
            &mut |offset, _| text.get(offset..).unwrap_or_default(),
            None,
            Some(ParseOptions::new().progress_callback(&mut give_up_late)),
        );
        if tree.is_none() {
            parser.reset();
        }
        tree
    })
}

/// State of lowering one file: the text, expression numbers, depth and gaps.
pub(crate) struct Lowering<'t> {
    /// The text as it is parsed (blanked, same offsets as the source).
    pub text: &'t str,
    next_id: ExprId,
    depth: u32,
    /// Found so far.
    pub gaps: Vec<Gap>,
}

impl<'t> Lowering<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, next_id: 0, depth: 0, gaps: Vec::new() }
    }

    /// One past the last number handed out.
    pub(crate) fn expr_count(&self) -> ExprId {
        self.next_id
    }

    /// An expression with a fresh number.
    pub(crate) fn expr(&mut self, span: Span, kind: ExprKind) -> Expr {
        let id = self.next_id;
        self.next_id += 1;
        Expr { id, span, kind }
    }

    /// An expression at a node.
    pub(crate) fn at(&mut self, node: Node<'_>, kind: ExprKind) -> Expr {
        self.expr(span(node), kind)
    }

    /// Source text of a node.
    pub(crate) fn text_of(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// Goes `levels` deeper if there is room for them, else notes the gap. Each `true` wants a [`leave`](Self::leave).
    pub(crate) fn enter(&mut self, node: Node<'_>, levels: u32) -> bool {
        self.enter_at(span(node), levels)
    }

    /// The same for what stands at a span.
    pub(crate) fn enter_at(&mut self, span: Span, levels: u32) -> bool {
        let fits = levels <= self.room();
        if fits {
            self.depth += levels;
        } else {
            self.gaps.push(Gap { span, kind: GapKind::TooDeep });
        }
        fits
    }

    /// Comes back from [`enter`](Self::enter).
    pub(crate) fn leave(&mut self, levels: u32) {
        self.depth -= levels;
    }

    /// How many levels there are until [`MAX_DEPTH`].
    pub(crate) fn room(&self) -> u32 {
        MAX_DEPTH.saturating_sub(self.depth)
    }
}

/// The span of a node.
pub(crate) fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// Named children, without comments.
pub(crate) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra() && !child.kind().contains("comment")).collect()
}

/// All children with the tokens, without comments.
pub(crate) fn all_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect()
}

/// The first child of a kind, named or not.
pub(crate) fn child_of_kind<'n>(node: Node<'n>, kind: &str) -> Option<Node<'n>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|child| child.kind() == kind)
}

/// Outermost error nodes (zero-width MISSING nodes are no error) as gaps, and how many bytes lie under them.
pub(crate) fn syntax_gaps(tree: &Tree) -> (Vec<Gap>, u32) {
    let mut gaps = Vec::new();
    let mut error_bytes = 0;
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let is_error = node.is_error();
        if is_error {
            error_bytes += (node.end_byte() - node.start_byte()) as u32;
            gaps.push(Gap { span: span(node), kind: GapKind::Syntax });
        }
        if !is_error && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return (gaps, error_bytes);
            }
        }
    }
}

/// All error nodes, also nested ones, in source order.
pub(crate) fn error_nodes(root: Node<'_>) -> Vec<Node<'_>> {
    let mut errors = Vec::new();
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() {
            errors.push(node);
        }
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return errors;
            }
        }
    }
}

/// All comments, in order; none when the parser gives up.
pub(crate) fn comments(language: Language, text: &[u8]) -> Vec<Span> {
    let Some(tree) = parse(language, text) else { return Vec::new() };
    let mut comments = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let is_comment = node.is_named() && node.kind().contains("comment");
        comments.extend(is_comment.then(|| span(node)));
        if !is_comment && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return comments;
            }
        }
    }
}

/// The syntax tree of a text as indented text, with the leaves of the source at the same offsets.
pub(crate) fn syntax_tree(file: &SourceFile, text: &[u8]) -> String {
    let Some(tree) = parse(file.language, text) else {
        return "the parser gave up\n".to_owned();
    };
    let mut out = String::new();
    let mut cursor = tree.walk();
    let mut depth = 0;
    loop {
        let node = cursor.node();
        if node.is_named() || node.is_missing() {
            let field = cursor.field_name().map_or(String::new(), |field| format!("{field}: "));
            let leaf = if node.child_count() == 0 { format!(" {:?}", file.text.get(node.byte_range()).unwrap_or_default()) } else { String::new() };
            out.push_str(&format!("{:width$}{field}{}{leaf}\n", "", node.kind(), width = depth * 2));
        }
        if cursor.goto_first_child() {
            depth += 1;
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return out;
            }
            depth -= 1;
        }
    }
}
