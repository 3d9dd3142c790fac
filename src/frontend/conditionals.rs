//! Conditional compilation (`#if … #else … #endif`). The directives are blanked before parsing, so that the code of all branches is
//! seen and a directive in the middle of an expression does not upset the grammar. Where a directive stands between two
//! statements, the statements of its branches are grouped again afterwards, because a `return` in one branch must
//! not make the code of the other branch look unreachable.

use tree_sitter::Node;

use super::blanking::blank;
use super::tree::Lowering;
use crate::ir::{Expr, ExprKind};
use crate::source::Span;

/// One `#if … #endif`.
#[derive(Clone, Debug)]
pub(crate) struct Conditional {
    /// Offset of `#if`.
    start: usize,
    /// Offsets of `#else` and the like.
    separators: Vec<usize>,
    /// Offset of `#endif`.
    end: usize,
}

/// Blanks all lines that start with a conditional directive (and, where `continued`, their continuations), and says where they stood, by start.
pub(crate) fn blank_conditionals(text: &mut [u8], continued: bool) -> Vec<Conditional> {
    let mut open: Vec<Conditional> = Vec::new();
    let mut closed = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = line_end(text, start, false);
        let Some((offset, directive)) = directive(text, start, end) else {
            start = end;
            continue;
        };
        match directive {
            Directive::If => open.push(Conditional { start: offset, separators: Vec::new(), end: offset }),
            Directive::Else => open.iter_mut().next_back().into_iter().for_each(|conditional| conditional.separators.push(offset)),
            Directive::EndIf => closed.extend(open.pop().map(|conditional| Conditional { end: offset, ..conditional })),
        }
        let end = line_end(text, start, continued);
        let blanked = offset..comment_start(text, offset, end);
        blank(text, blanked);
        start = end;
    }
    closed.sort_by_key(|conditional| conditional.start);
    closed
}

enum Directive {
    If,
    Else,
    EndIf,
}

fn directive(text: &[u8], start: usize, end: usize) -> Option<(usize, Directive)> {
    let offset = start + text[start..end].iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
    let rest = text[offset..end].strip_prefix(b"#")?;
    let word = rest.trim_ascii_start().split(|byte| !byte.is_ascii_alphabetic()).next()?;
    let directive = match word {
        b"if" | b"ifdef" | b"ifndef" => Directive::If,
        b"else" | b"elseif" | b"elif" | b"elifdef" | b"elifndef" => Directive::Else,
        b"endif" => Directive::EndIf,
        _ => return None,
    };
    Some((offset, directive))
}

/// One past the line's end; lines that end in a backslash go on where `continued`.
fn line_end(text: &[u8], start: usize, continued: bool) -> usize {
    let mut end = start;
    loop {
        end += text[end..].iter().position(|byte| *byte == b'\n').map_or(text.len() - end, |length| length + 1);
        let line = text[start..end].trim_ascii_end();
        if end >= text.len() || !continued || !line.ends_with(b"\\") {
            return end;
        }
    }
}

/// Where a block comment starts or ends in the line: blanking that would change how far the comment reaches.
fn comment_start(text: &[u8], start: usize, end: usize) -> usize {
    text[start..end].windows(2).position(|pair| pair == b"/*" || pair == b"*/").map_or(end, |length| start + length)
}

/// A statement, or the statements of the branches of a conditional.
pub(crate) enum Group<'n> {
    /// A statement outside of all conditionals.
    Plain(Node<'n>),
    /// The branches of a conditional.
    Branches(Branches<'n>),
}

/// The branches of a conditional, each with the range it takes and its statements.
pub(crate) struct Branches<'n> {
    /// From `#if` to `#endif`.
    pub span: Span,
    /// Range and statements of every branch.
    pub branches: Vec<(Span, Vec<Node<'n>>)>,
    /// Whether one branch is always taken.
    pub has_else: bool,
}

/// Groups statements of a list that takes the range `within` by the conditionals that stand between them. Those that cut through a
/// statement are left alone.
pub(crate) fn group<'n>(nodes: Vec<Node<'n>>, within: Span, conditionals: &[Conditional]) -> Vec<Group<'n>> {
    let first = conditionals.partition_point(|conditional| conditional.start < within.start as usize);
    let mut groups = Vec::new();
    let mut nodes = nodes.into_iter().peekable();
    for conditional in &conditionals[first..] {
        if conditional.start >= within.end as usize {
            break;
        }
        let taken_already = groups.last().is_some_and(|group| matches!(group, Group::Branches(branches) if branches.span.end as usize > conditional.start));
        if taken_already || conditional.end > within.end as usize {
            continue;
        }
        while let Some(node) = nodes.next_if(|node| node.end_byte() <= conditional.start) {
            groups.push(Group::Plain(node));
        }
        let inside: Vec<_> = nodes.clone().take_while(|node| node.start_byte() < conditional.end).collect();
        if inside.is_empty() || inside.iter().any(|node| conditional.cuts(*node)) {
            continue;
        }
        nodes.by_ref().take(inside.len()).for_each(drop);
        groups.push(Group::Branches(conditional.branches(inside)));
    }
    groups.extend(nodes.map(Group::Plain));
    groups
}

impl Conditional {
    fn cuts(&self, node: Node<'_>) -> bool {
        let cuts = |offset: usize| node.start_byte() < offset && offset < node.end_byte();
        cuts(self.start) || cuts(self.end) || self.separators.iter().any(|separator| cuts(*separator))
    }

    fn branches<'n>(&self, nodes: Vec<Node<'n>>) -> Branches<'n> {
        let mut starts = vec![self.start];
        starts.extend(&self.separators);
        let ends = self.separators.iter().copied().chain([self.end]);
        let mut branches: Vec<(Span, Vec<Node<'n>>)> = starts.iter().zip(ends).map(|(start, end)| (Span::new(*start + 1, end), Vec::new())).collect();
        for node in nodes {
            let index = self.separators.partition_point(|separator| *separator <= node.start_byte());
            branches[index].1.push(node);
        }
        Branches { span: Span::new(self.start, self.end), branches, has_else: !self.separators.is_empty() }
    }
}

/// The lowered branches as an `If` with an unknown condition, after the declarations that they share with what follows up to `end`.
pub(crate) fn branch_expressions(lowering: &mut Lowering<'_>, span: Span, end: u32, branches: Vec<Vec<Expr>>, has_else: bool) -> Vec<Expr> {
    let mut hoisted = Hoisted { whole: span, rest: rest_of(lowering, span.end, end), declarations: Vec::new() };
    let branches: Vec<Expr> = branches.into_iter().map(|body| branch_block(lowering, body, &mut hoisted)).collect();
    let mut branches = branches.into_iter().rev();
    let mut otherwise = if has_else { branches.next() } else { None };
    for branch in branches {
        let condition = lowering.expr(span, ExprKind::Unknown(Vec::new()));
        let kind = ExprKind::If { cond: Box::new(condition), then: Box::new(branch), otherwise: otherwise.map(Box::new) };
        otherwise = Some(lowering.expr(span, kind));
    }
    hoisted.declarations.extend(otherwise);
    hoisted.declarations
}

fn rest_of<'t>(lowering: &Lowering<'t>, start: u32, end: u32) -> &'t str {
    lowering.text.get(start as usize..end as usize).unwrap_or_default()
}

/// Declarations that move before a block, because they are in scope after it.
struct Hoisted<'t> {
    /// The range that the block stands for.
    whole: Span,
    /// The text after it in the same list of statements: only what it mentions has to move.
    rest: &'t str,
    declarations: Vec<Expr>,
}

/// Statements that become a block, perhaps with a label, though what they declare is in scope after it: the declarations come first.
pub(crate) fn hoisted_block(lowering: &mut Lowering<'_>, whole: Span, end: u32, body: Vec<Expr>, label: Option<String>) -> Vec<Expr> {
    let mut hoisted = Hoisted { whole, rest: rest_of(lowering, whole.start, end), declarations: Vec::new() };
    let mut block = branch_block(lowering, body, &mut hoisted);
    if let ExprKind::Block { label: slot, .. } = &mut block.kind {
        *slot = label;
    }
    hoisted.declarations.push(block);
    hoisted.declarations
}

/// A branch's statements as a block. What it declares is in scope after the branch, so the declaration moves before the
/// whole conditional and an assignment takes its place.
fn branch_block(lowering: &mut Lowering<'_>, mut body: Vec<Expr>, hoisted: &mut Hoisted<'_>) -> Expr {
    for statement in &mut body {
        let ExprKind::Let { name, ty, value, delegated: false, name_span, .. } = &mut statement.kind else { continue };
        if name == "_" || !hoisted.rest.contains(name.as_str()) {
            continue;
        }
        let (name, name_span) = (name.clone(), *name_span);
        if !hoisted.declarations.iter().any(|known| matches!(&known.kind, ExprKind::Let { name: known, .. } if *known == name)) {
            let kind = ExprKind::Let { name: name.clone(), ty: ty.take(), value: None, mutable: true, delegated: false, name_span };
            hoisted.declarations.push(lowering.expr(statement.span, kind));
        }
        statement.kind = match value.take() {
            Some(value) => ExprKind::Assign { target: Box::new(lowering.expr(name_span, ExprKind::Name(name))), value, compound: false },
            None => ExprKind::Unknown(Vec::new()),
        };
    }
    let span = match (body.first(), body.last()) {
        (Some(first), Some(last)) => Span { start: first.span.start, end: last.span.end },
        _ => hoisted.whole,
    };
    lowering.expr(span, ExprKind::Block { label: None, body })
}
