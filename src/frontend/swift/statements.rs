//! Statements.

use tree_sitter::Node;

use super::{Swift, properties, span_between};
use crate::frontend::conditionals::{self, Branches, Group};
use crate::frontend::tree;
use crate::ir::{Catch, ExitKind, Expr, ExprKind, LoopKind, Param, Pattern, TypeRef};
use crate::source::Span;

/// The children of a node between the braces, and the range that they take.
pub(super) fn braced<'n>(children: &[Node<'n>]) -> Option<(Vec<Node<'n>>, Span)> {
    let open = children.iter().position(|child| matches!(child.kind(), "{" | "^{"))?;
    let close = children[open..].iter().position(|child| child.kind() == "}").map_or(children.len(), |length| open + length);
    let end = children.get(close).or(children.last())?;
    let inside = &children[open + 1..close];
    let statements = inside.iter().flat_map(|child| if child.kind() == "statements" { tree::all_children(*child) } else { vec![*child] });
    Some((statements.collect(), span_between(children[open], *end)))
}

/// More `defer`s than this in one list are not taken apart.
const MAX_DEFERS: usize = 50;

/// How many levels a `defer` nests what follows it.
const DEFER_LEVELS: u32 = 2;

/// A `defer` whose rest of the list is still being lowered.
struct Deferred {
    place: Span,
    before: Vec<Expr>,
    finally: Expr,
}

impl Swift<'_> {
    /// The statements in the braces directly in `node`, as a block.
    pub(super) fn block_in(&mut self, node: Node<'_>) -> Expr {
        self.block_of(&tree::all_children(node), node)
    }

    /// The statements in the first braces among the children.
    pub(super) fn block_of(&mut self, children: &[Node<'_>], node: Node<'_>) -> Expr {
        let (statements, range) = braced(children).unwrap_or((Vec::new(), tree::span(node)));
        if !self.tree.enter(node, 1) {
            return self.unknown(range, Vec::new());
        }
        let body = self.statements(statements, range);
        self.tree.leave(1);
        self.tree.expr(range, ExprKind::Block { label: None, body })
    }

    /// Statements of one list, which takes the range `within`.
    pub(super) fn statements(&mut self, nodes: Vec<Node<'_>>, within: Span) -> Vec<Expr> {
        let nodes = self.without_errors(nodes);
        let groups = conditionals::group(nodes, within, &self.conditionals);
        let mut out = Vec::new();
        // A `defer` runs after the rest of its list: the rest becomes the body of a `Try`.
        let mut deferred: Vec<Deferred> = Vec::new();
        let mut label = None;
        for group in groups {
            match group {
                Group::Branches(branches) => self.conditional(branches, within.end, &mut out),
                Group::Plain(node) if node.kind() == "statement_label" => label = Some(self.text(node).trim_end_matches(':').to_owned()),
                Group::Plain(node) => match deferred_block(node, self.tree.text) {
                    Some(block) => self.defer(node, block, &mut deferred, &mut out),
                    None => self.statement(node, label.take(), &mut out),
                },
            }
        }
        while let Some(Deferred { place, before, finally }) = deferred.pop() {
            self.tree.leave(DEFER_LEVELS);
            out = self.deferred(place, before, finally, out);
        }
        out
    }

    /// Code of all branches of a conditional; past the depth limit one after the other.
    fn conditional(&mut self, branches: Branches<'_>, end: u32, out: &mut Vec<Expr>) {
        let Branches { span, branches, has_else } = branches;
        let Some(first) = branches.iter().find_map(|(_, nodes)| nodes.first().copied()) else { return };
        let levels = 1 + branches.len() as u32;
        if !self.tree.enter(first, levels) {
            return branches.into_iter().flat_map(|(_, nodes)| nodes).for_each(|node| self.statement(node, None, out));
        }
        let lowered = branches.into_iter().map(|(range, nodes)| self.statements(nodes, range)).collect();
        self.tree.leave(levels);
        out.extend(conditionals::branch_expressions(&mut self.tree, span, end, lowered, has_else));
    }

    fn defer(&mut self, node: Node<'_>, block: Node<'_>, deferred: &mut Vec<Deferred>, out: &mut Vec<Expr>) {
        let finally = self.block_in(block);
        if deferred.len() < MAX_DEFERS && self.tree.enter(node, DEFER_LEVELS) {
            return deferred.push(Deferred { place: tree::span(node), before: std::mem::take(out), finally });
        }
        out.push(self.unknown(tree::span(node), vec![finally]));
    }

    fn deferred(&mut self, place: Span, mut before: Vec<Expr>, finally: Expr, rest: Vec<Expr>) -> Vec<Expr> {
        let end = rest.last().map_or(place.end, |last| last.span.end);
        let body = self.tree.expr(Span { start: place.end, end }, ExprKind::Block { label: None, body: rest });
        let kind = ExprKind::Try { body: Box::new(body), catches: Vec::new(), finally: Some(Box::new(finally)) };
        before.push(self.tree.expr(Span { start: place.start, end }, kind));
        before
    }

    /// One statement, which may become several expressions.
    fn statement(&mut self, node: Node<'_>, label: Option<String>, out: &mut Vec<Expr>) {
        match node.kind() {
            "property_declaration" => self.local_variables(node, out),
            "typealias_declaration" => self.type_alias(node),
            "import_declaration" => self.member(node),
            "function_declaration" => {
                let id = self.function(node);
                out.push(self.tree.at(node, ExprKind::LocalFunction(id)));
            }
            "class_declaration" | "protocol_declaration" => out.push(self.local_type(node)),
            "init_declaration" | "deinit_declaration" | "subscript_declaration" | "protocol_function_declaration" | "enum_entry" => self.member(node),
            "for_statement" | "while_statement" | "repeat_while_statement" => {
                let statement = self.guarded_depth(node, |this| this.loop_statement(node, label));
                out.push(statement);
            }
            "if_statement" | "switch_statement" | "do_statement" | "guard_statement" => {
                let statement = self.guarded_depth(node, |this| this.branching(node));
                out.push(self.labelled(node, label, statement));
            }
            "control_transfer_statement" => self.exit(node, out),
            "?" | ";" | "directive" => {}
            _ if !node.is_named() => {}
            _ => out.push(self.expression_statement(node)),
        }
    }

    fn guarded_depth(&mut self, node: Node<'_>, lower: impl FnOnce(&mut Self) -> Expr) -> Expr {
        if !self.tree.enter(node, 1) {
            return self.unknown(tree::span(node), Vec::new());
        }
        let lowered = lower(self);
        self.tree.leave(1);
        lowered
    }

    /// `_ = f()` is a binding that is ignored.
    fn expression_statement(&mut self, node: Node<'_>) -> Expr {
        let lowered = self.expression(&[node]);
        let ExprKind::Assign { target, value, compound: false } = lowered.kind else { return lowered };
        if matches!(&target.kind, ExprKind::Name(name) if name == "_") {
            let kind = ExprKind::Let { name: "_".to_owned(), ty: None, value: Some(value), mutable: false, delegated: false, name_span: target.span };
            return Expr { kind, ..lowered };
        }
        Expr { kind: ExprKind::Assign { target, value, compound: false }, ..lowered }
    }

    fn labelled(&mut self, node: Node<'_>, label: Option<String>, statement: Expr) -> Expr {
        match label {
            Some(label) => self.tree.at(node, ExprKind::Block { label: Some(label), body: vec![statement] }),
            None => statement,
        }
    }

    /// `if`, `guard`, `switch` and `do`, which are expressions, too.
    pub(super) fn branching(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "if_statement" => self.if_chain(node),
            "guard_statement" => self.guard(node),
            "switch_statement" => self.switch(node),
            _ => self.do_statement(node),
        }
    }

    /// `if … else if … else`, without recursion over the chain's nodes.
    fn if_chain(&mut self, node: Node<'_>) -> Expr {
        let mut links = Vec::new();
        let mut link = Some(node);
        let mut otherwise = None;
        let mut levels = 0;
        while let Some(current) = link.take() {
            if !self.tree.enter(current, 1) {
                break;
            }
            levels += 1;
            let children = tree::all_children(current);
            let cond = self.conditions(&children[1.min(children.len())..], current);
            let then = self.block_of(&children, current);
            links.push((current, cond, then));
            let Some(position) = children.iter().position(|child| child.kind() == "else") else { break };
            match children[position + 1..].iter().find(|child| child.kind() == "if_statement") {
                Some(next) => link = Some(*next),
                None => otherwise = Some(self.block_of(&children[position + 1..], current)),
            }
        }
        self.tree.leave(levels);
        for (current, cond, then) in links.into_iter().rev() {
            let kind = ExprKind::If { cond: Box::new(cond), then: Box::new(then), otherwise: otherwise.map(Box::new) };
            otherwise = Some(self.tree.at(current, kind));
        }
        match otherwise {
            Some(chain) => chain,
            None => self.unknown(tree::span(node), Vec::new()),
        }
    }

    /// `guard c else { … }`
    fn guard(&mut self, node: Node<'_>) -> Expr {
        let children = tree::all_children(node);
        let cond = self.conditions(&children[1.min(children.len())..], node);
        let cond = self.tree.expr(cond.span, ExprKind::Not(Box::new(cond)));
        let then = self.block_of(&children, node);
        self.tree.at(node, ExprKind::If { cond: Box::new(cond), then: Box::new(then), otherwise: None })
    }

    fn loop_statement(&mut self, node: Node<'_>, label: Option<String>) -> Expr {
        let children = tree::all_children(node);
        let (kind, bindings, head) = match node.kind() {
            "for_statement" => return self.for_statement(node, &children, label),
            "while_statement" => (LoopKind::While, Vec::new(), self.conditions(&children[1.min(children.len())..], node)),
            _ => {
                let after = children.iter().rposition(|child| child.kind() == "while").map_or(children.len(), |position| position + 1);
                (LoopKind::DoWhile, Vec::new(), self.conditions(&children[after..], node))
            }
        };
        let body = self.block_of(&children, node);
        self.tree.at(node, ExprKind::Loop { kind, label, bindings, head: Some(Box::new(head)), body: Box::new(body) })
    }

    /// `for x in xs where c { … }`: the `where` is an `if` around the body.
    fn for_statement(&mut self, node: Node<'_>, children: &[Node<'_>], label: Option<String>) -> Expr {
        let position = |kind: &str| children.iter().position(|child| child.kind() == kind);
        let open = position("{").unwrap_or(children.len());
        let filter = position("where_clause");
        let sequence_start = position("in").map_or(open, |position| position + 1);
        let sequence_end = filter.unwrap_or(open).max(sequence_start);
        let item = children.iter().copied().find(|child| child.kind() == "pattern");
        let pattern = item.map(|item| self.pattern(item, true)).unwrap_or(Pattern::Wildcard);
        let ty = self.annotated_type(children);
        let span = item.map_or(tree::span(node), tree::span);
        let names = properties::names_of(&pattern);
        let is_single = names.len() == 1;
        let bindings = names.into_iter().map(|name| self.implied_param(name, span, ty.clone().filter(|_| is_single))).collect::<Vec<Param>>();
        let head = self.expression(&children[sequence_start..sequence_end]);
        let filter = filter.map(|position| self.where_clause(children[position]));
        let mut body = self.block_of(children, node);
        if let Some(filter) = filter {
            let kind = ExprKind::If { cond: Box::new(filter), then: Box::new(body), otherwise: None };
            body = self.tree.at(node, kind);
        }
        self.tree.at(node, ExprKind::Loop { kind: LoopKind::ForEach, label, bindings, head: Some(Box::new(head)), body: Box::new(body) })
    }

    /// The condition of a `where_clause`.
    pub(super) fn where_clause(&mut self, node: Node<'_>) -> Expr {
        let children: Vec<_> = tree::all_children(node).into_iter().filter(|child| child.kind() != "where_keyword").collect();
        self.expression(&children)
    }

    /// `do { … }` is a block, with `catch` a `Try`.
    fn do_statement(&mut self, node: Node<'_>) -> Expr {
        let children = tree::all_children(node);
        let body = self.block_of(&children, node);
        let clauses: Vec<_> = children.into_iter().filter(|child| child.kind() == "catch_block").collect();
        if clauses.is_empty() {
            return body;
        }
        let catches = clauses.into_iter().map(|clause| self.catch(clause)).collect();
        self.tree.at(node, ExprKind::Try { body: Box::new(body), catches, finally: None })
    }

    fn catch(&mut self, node: Node<'_>) -> Catch {
        let mut types: Vec<TypeRef> = Vec::new();
        let mut pattern = None;
        let mut name = None;
        match tree::child_of_kind(node, "pattern").map(|error| self.pattern(error, false)) {
            Some(Pattern::Is { ty, binding }) => {
                types.push(ty);
                name = binding;
            }
            Some(Pattern::Binding(binding)) => name = Some(binding),
            Some(Pattern::Value(value)) => pattern = Some(value),
            Some(Pattern::Case { path, fields }) => {
                name = fields.iter().flat_map(properties::names_of).find(|name| name != "_");
                pattern = Some(path);
            }
            Some(_) => {}
            None => name = Some("error".to_owned()),
        }
        let condition = tree::child_of_kind(node, "where_clause").map(|clause| self.where_clause(clause));
        let mut body = self.block_in(node);
        if let Some(condition) = condition {
            self.rethrow_unless(condition, &mut body);
        }
        Catch { types, pattern, name, body, span: tree::span(node) }
    }

    /// `catch … where c`: an error for which `c` does not hold is thrown on.
    fn rethrow_unless(&mut self, condition: Expr, body: &mut Expr) {
        let span = condition.span;
        let cond = self.tree.expr(span, ExprKind::Not(Box::new(condition)));
        let then = self.tree.expr(span, ExprKind::Exit { kind: ExitKind::Throw, label: None, value: None });
        let check = self.tree.expr(span, ExprKind::If { cond: Box::new(cond), then: Box::new(then), otherwise: None });
        if let ExprKind::Block { body, .. } = &mut body.kind {
            body.insert(0, check);
        }
    }

    /// `return`, `throw`, `break`, `continue`; a `yield` of an accessor goes on.
    fn exit(&mut self, node: Node<'_>, out: &mut Vec<Expr>) {
        let children = tree::all_children(node);
        let keyword = children.first().map_or("", |keyword| self.text(*keyword));
        let kind = match keyword {
            "return" => ExitKind::Return,
            "throw" => ExitKind::Throw,
            "break" => ExitKind::Break,
            "continue" => ExitKind::Continue,
            _ => {
                let value = self.expression(&children[1.min(children.len())..]);
                return out.push(self.unknown(tree::span(node), vec![value]));
            }
        };
        let rest = &children[1.min(children.len())..];
        if matches!(kind, ExitKind::Return | ExitKind::Throw) {
            let value = if rest.is_empty() { None } else { Some(Box::new(self.expression(rest))) };
            return out.push(self.tree.at(node, ExprKind::Exit { kind, label: None, value }));
        }
        let label = rest.iter().find(|child| child.kind() == "simple_identifier").map(|label| self.name_of(*label));
        let is_label = rest.is_empty() || (label.is_some() && rest.len() == 1);
        out.push(self.tree.at(node, ExprKind::Exit { kind, label, value: None }));
        if !is_label {
            out.push(self.expression(rest));
        }
    }
}

/// The closure of `defer { … }`, which the grammar reads as a call.
fn deferred_block<'n>(node: Node<'n>, text: &str) -> Option<Node<'n>> {
    if node.kind() != "call_expression" || text.get(node.child(0)?.byte_range()) != Some("defer") {
        return None;
    }
    let suffix = tree::child_of_kind(node, "call_suffix")?;
    if suffix.named_child_count() != 1 {
        return None;
    }
    tree::child_of_kind(suffix, "lambda_literal")
}
