//! Expressions. The grammar nests operators wrongly (`!ok(a)` as `(!ok)(a)`, `s == .on && t` as `s == (.on && t)`), so every operator expression
//! is flattened into pieces in source order and nested again by precedence.

use tree_sitter::Node;

use super::calls::LONGEST_CHAIN;
use super::{Swift, span_of_all};
use crate::frontend::operators::{self, Infix, Prefix, Tail, Token};
use crate::frontend::tree;
use crate::ir::{CompareOp, Expr, ExprKind};

/// A piece of an expression.
#[derive(Clone, Copy)]
pub(super) enum Piece<'n> {
    /// Something without operators outside of its brackets.
    Atom(Node<'n>),
    /// The dot before a member whose type is left out.
    Dot(Node<'n>),
    /// Arguments of a call or subscript.
    Arguments(Node<'n>),
    /// `.name`
    Navigation(Node<'n>),
    /// `?` of optional chaining.
    Optional,
    /// `!` after an expression, and the like, which change nothing.
    Postfix,
    Prefix(Prefix, Node<'n>),
    Infix(Node<'n>),
    Cast(Node<'n>, Node<'n>),
    Is(Node<'n>),
    Question,
    Colon,
}

const ASSIGNMENT: u8 = 10;
const TERNARY: u8 = 20;
const CAST: u8 = 70;

/// The operator of a token, and how tightly it binds.
fn infix(operator: &str) -> (Infix, u8) {
    match operator {
        "=" => (Infix::Assign { compound: false }, ASSIGNMENT),
        "+=" | "-=" | "*=" | "/=" | "%=" | "&=" | "|=" | "^=" | "<<=" | ">>=" => (Infix::Assign { compound: true }, ASSIGNMENT),
        "||" => (Infix::Or, 30),
        "&&" => (Infix::And, 40),
        "==" | "===" => (Infix::Compare(CompareOp::Equal), 50),
        "!=" | "!==" => (Infix::Compare(CompareOp::NotEqual), 50),
        "<" => (Infix::Compare(CompareOp::Less), 50),
        "<=" => (Infix::Compare(CompareOp::LessOrEqual), 50),
        ">" => (Infix::Compare(CompareOp::Greater), 50),
        ">=" => (Infix::Compare(CompareOp::GreaterOrEqual), 50),
        "??" => (Infix::Coalesce, 60),
        "..." | "..<" => (Infix::Other, 80),
        "+" | "-" | "&+" | "&-" | "|" | "^" => (Infix::Other, 90),
        "*" | "/" | "%" | "&*" | "&" => (Infix::Other, 100),
        "<<" | ">>" | "&<<" | "&>>" => (Infix::Other, 110),
        // The precedence of custom operators is declared somewhere; most are like comparisons.
        _ => (Infix::Other, 50),
    }
}

impl<'t> Swift<'t> {
    /// The expression that the nodes, which stand side by side, make up.
    pub(super) fn expression(&mut self, nodes: &[Node<'_>]) -> Expr {
        let pieces = self.flatten(nodes);
        let Some(node) = nodes.first() else { return self.unknown(Default::default(), Vec::new()) };
        let levels = levels(&pieces);
        if !self.tree.enter(*node, levels) {
            return self.unknown(span_of_all(nodes), Vec::new());
        }
        let mut tokens = self.tokens(&pieces);
        let expr = match tokens.pop() {
            Some(Token::Operand(only)) if tokens.is_empty() => only,
            Some(last) => {
                tokens.push(last);
                operators::rebuild(&mut self.tree, tokens)
            }
            None => self.unknown(span_of_all(nodes), Vec::new()),
        };
        self.tree.leave(levels);
        expr
    }

    fn tokens(&mut self, pieces: &[Piece<'_>]) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut index = 0;
        while index < pieces.len() {
            let mut end = index + 1;
            match pieces[index] {
                Piece::Atom(head) => {
                    end += suffixes(&pieces[end..]);
                    tokens.push(Token::Operand(self.chain(None, Some(head), &pieces[index + 1..end])));
                }
                Piece::Dot(dot) => {
                    let head = match pieces.get(end) {
                        Some(Piece::Atom(head)) => Some(*head),
                        _ => None,
                    };
                    end += usize::from(head.is_some());
                    let first = end;
                    end += suffixes(&pieces[end..]);
                    tokens.push(Token::Operand(self.chain(Some(dot), head, &pieces[first..end])));
                }
                // Without something before it: what a syntax error leaves behind.
                Piece::Arguments(_) | Piece::Navigation(_) => {
                    end += suffixes(&pieces[end..]);
                    tokens.push(Token::Operand(self.chain(None, None, &pieces[index..end])));
                }
                Piece::Optional | Piece::Postfix => {}
                Piece::Prefix(prefix, node) => tokens.push(Token::Prefix(prefix, tree::span(node))),
                Piece::Infix(node) => {
                    let (operator, precedence) = infix(self.text(node));
                    tokens.push(Token::Infix(operator, precedence));
                }
                Piece::Cast(operator, ty) => {
                    let tail = Tail::Cast { ty: self.type_ref(ty), safe: self.text(operator) == "as?" };
                    tokens.push(Token::Tail(tail, CAST, ty.end_byte() as u32));
                }
                Piece::Is(ty) => tokens.push(Token::Tail(Tail::Is(self.type_ref(ty)), CAST, ty.end_byte() as u32)),
                Piece::Question => tokens.push(Token::Question(TERNARY)),
                Piece::Colon => tokens.push(Token::Colon),
            }
            index = end;
        }
        tokens
    }

    /// Pieces in source order, without recursion.
    fn flatten<'n>(&self, nodes: &[Node<'n>]) -> Vec<Piece<'n>> {
        let mut pieces = Vec::new();
        let mut pending: Vec<(Node<'n>, &'static str)> = nodes.iter().rev().map(|node| (*node, "")).collect();
        while let Some((node, parent)) = pending.pop() {
            if is_composite(node) {
                let kind = node.kind();
                pending.extend(tree::all_children(node).into_iter().rev().map(|child| (child, kind)));
            } else {
                self.piece(node, parent, &mut pieces);
            }
        }
        pieces
    }

    fn piece<'n>(&self, node: Node<'n>, parent: &str, pieces: &mut Vec<Piece<'n>>) {
        let kind = node.kind();
        match (parent, kind) {
            // `!(a)` parses as a call of the operator: the arguments are its operand.
            (_, "call_suffix" | "value_arguments") if expects_operand(pieces) => pieces.push(Piece::Atom(node)),
            (_, "call_suffix" | "constructor_suffix" | "value_arguments") => pieces.push(Piece::Arguments(node)),
            ("call_expression", "bang") => pieces.push(Piece::Prefix(Prefix::Not, node)),
            ("call_expression", "-") => pieces.push(Piece::Prefix(Prefix::Minus, node)),
            ("call_expression", _) if is_operator(node) => pieces.push(Piece::Prefix(Prefix::Other, node)),
            (_, "navigation_suffix") => pieces.push(Piece::Navigation(node)),
            (_, "?") if node.child_count() > 0 || parent != "ternary_expression" => pieces.push(Piece::Optional),
            ("ternary_expression", "?") => pieces.push(Piece::Question),
            ("ternary_expression", ":") => pieces.push(Piece::Colon),
            ("try_expression", "try_operator") => {
                if self.text(node).ends_with('?') {
                    pieces.push(Piece::Prefix(Prefix::TryOptional, node));
                }
            }
            ("prefix_expression", ".") => pieces.push(Piece::Dot(node)),
            ("prefix_expression", "bang") => pieces.push(Piece::Prefix(Prefix::Not, node)),
            ("prefix_expression" | "open_start_range_expression", _) if !node.is_named() || kind == "custom_operator" => {
                let prefix = if self.text(node) == "-" { Prefix::Minus } else { Prefix::Other };
                pieces.push(Piece::Prefix(prefix, node));
            }
            ("postfix_expression", "bang" | "++" | "--") => pieces.push(Piece::Postfix),
            ("as_expression", "as_operator") => pieces.push(Piece::Cast(node, node)),
            ("as_expression", _) if super::types::is_type(node) => self.complete_cast(node, pieces),
            ("check_expression", "is") => {}
            ("check_expression", _) if super::types::is_type(node) => pieces.push(Piece::Is(node)),
            ("infix_expression", "custom_operator") => pieces.push(Piece::Infix(node)),
            (parent, _) if is_binary(parent) && !node.is_named() => pieces.push(Piece::Infix(node)),
            ("ERROR" | "", _) if !node.is_named() => {}
            (_, "await" | "consume" | "copy" | "unsafe" | "each" | "repeat" | "(" | ")") if !node.is_named() => {}
            (_, "type_modifiers") => {}
            _ => pieces.push(Piece::Atom(node)),
        }
    }

    fn complete_cast<'n>(&self, ty: Node<'n>, pieces: &mut [Piece<'n>]) {
        if let Some(Piece::Cast(_, to)) = pieces.last_mut() {
            *to = ty;
        }
    }

    /// Something without operators outside of its brackets.
    pub(super) fn atom(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "simple_identifier" | "_expression" if !node.is_missing() => self.name_expr(node),
            "self_expression" | "discard_statement" => self.tree.at(node, ExprKind::This(None)),
            "super_expression" => self.tree.at(node, ExprKind::Super),
            "lambda_literal" => self.closure(node),
            "tuple_expression" => self.tuple(node),
            "call_suffix" | "value_arguments" => self.parenthesized(node),
            "array_literal" | "dictionary_literal" => self.collection(node),
            "if_statement" | "switch_statement" | "do_statement" | "guard_statement" => self.nested_statement(node),
            "macro_invocation" => self.macro_call(node),
            "selector_expression" | "key_path_string_expression" => self.selector_reference(node),
            "availability_condition" => self.availability(node),
            kind if kind.ends_with("_literal") => self.literal(node),
            _ if super::types::is_type(node) => self.type_as_value(node),
            _ => self.generic(node),
        }
    }

    fn nested_statement(&mut self, node: Node<'_>) -> Expr {
        if !self.tree.enter(node, 1) {
            return self.unknown(tree::span(node), Vec::new());
        }
        let expr = self.branching(node);
        self.tree.leave(1);
        expr
    }

    /// The operand of a prefix operator that the grammar takes for arguments.
    fn parenthesized(&mut self, node: Node<'_>) -> Expr {
        self.lowered.insert(node.id());
        let list = if node.kind() == "value_arguments" { Some(node) } else { tree::child_of_kind(node, "value_arguments") };
        let is_array = list.is_some_and(|list| tree::child_of_kind(list, "[").is_some());
        let mut values: Vec<Expr> = self.arguments(node).into_iter().map(|arg| arg.value).collect();
        match values.len() {
            _ if is_array => self.tree.at(node, ExprKind::Collection(values)),
            1 => values.remove(0),
            _ => self.unknown(tree::span(node), values),
        }
    }

    /// `(a)` is a; `(a, b)` is unknown.
    fn tuple(&mut self, node: Node<'_>) -> Expr {
        let mut node = node;
        while let [inner] = tree::children(node).as_slice()
            && inner.kind() == "tuple_expression"
        {
            node = *inner;
        }
        let children = tree::all_children(node);
        let inside = children.get(1..children.len().saturating_sub(1)).unwrap_or_default();
        let mut values = Vec::new();
        for part in super::conditions::split_at_commas(inside) {
            let colon = part.iter().position(|child| child.kind() == ":").map_or(0, |colon| colon + 1);
            if part[colon..].iter().any(|child| !child.is_missing()) {
                values.push(self.expression(&part[colon..]));
            }
        }
        if values.len() == 1 { values.remove(0) } else { self.unknown(tree::span(node), values) }
    }

    fn collection(&mut self, node: Node<'_>) -> Expr {
        let children = tree::all_children(node);
        let inside = children.get(1..children.len().saturating_sub(1)).unwrap_or_default();
        let parts = inside.split(|child| matches!(child.kind(), "," | ":")).filter(|part| !part.is_empty());
        let items = parts.map(|part| self.expression(part)).collect();
        self.tree.at(node, ExprKind::Collection(items))
    }

    /// `#selector(Type.name(_:))`, `#keyPath(…)`
    fn selector_reference(&mut self, node: Node<'_>) -> Expr {
        let children = tree::all_children(node);
        let inside: Vec<_> = children.into_iter().filter(|child| child.is_named()).collect();
        let target = self.expression(&inside);
        let kind = match target.kind {
            ExprKind::Name(name) => ExprKind::FunctionRef { receiver: None, name },
            ExprKind::Member { receiver, name, .. } => ExprKind::FunctionRef { receiver: Some(receiver), name },
            // A reference with labels is one already.
            ExprKind::FunctionRef { .. } => return target,
            other => ExprKind::Unknown(vec![Expr { kind: other, ..target }]),
        };
        self.tree.at(node, kind)
    }
}

/// How many levels the pieces nest in the IR at most.
fn levels(pieces: &[Piece<'_>]) -> u32 {
    let mut operators = 0;
    let mut longest = 0;
    let mut chain = 0;
    for piece in pieces {
        match piece {
            Piece::Arguments(_) | Piece::Navigation(_) => chain += 1,
            Piece::Optional | Piece::Postfix => {}
            Piece::Atom(_) | Piece::Dot(_) => chain = 0,
            Piece::Prefix(..) | Piece::Infix(_) | Piece::Cast(..) | Piece::Is(_) | Piece::Question | Piece::Colon => operators += 1,
        }
        longest = longest.max(chain);
    }
    1 + operators.min(LONGEST_CHAIN as u32) + longest.min(LONGEST_CHAIN as u32)
}

/// How many pieces belong to the operand before them.
fn suffixes(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().take_while(|piece| matches!(piece, Piece::Arguments(_) | Piece::Navigation(_) | Piece::Optional | Piece::Postfix)).count()
}

/// Whether what comes next is an operand.
fn expects_operand(pieces: &[Piece<'_>]) -> bool {
    matches!(pieces.last(), Some(Piece::Prefix(..) | Piece::Infix(_) | Piece::Question | Piece::Colon))
}

/// Whether a node that is called is an operator.
fn is_operator(node: Node<'_>) -> bool {
    node.kind() == "custom_operator" || (!node.is_named() && !matches!(node.kind(), "?" | "(" | ")"))
}

fn is_binary(kind: &str) -> bool {
    matches!(
        kind,
        "multiplicative_expression"
            | "additive_expression"
            | "range_expression"
            | "infix_expression"
            | "nil_coalescing_expression"
            | "equality_expression"
            | "comparison_expression"
            | "conjunction_expression"
            | "disjunction_expression"
            | "bitwise_operation"
            | "assignment"
            | "open_end_range_expression"
    )
}

fn is_composite(node: Node<'_>) -> bool {
    is_binary(node.kind())
        || matches!(
            node.kind(),
            "prefix_expression"
                | "postfix_expression"
                | "navigation_expression"
                | "call_expression"
                | "constructor_expression"
                | "as_expression"
                | "check_expression"
                | "ternary_expression"
                | "directly_assignable_expression"
                | "try_expression"
                | "await_expression"
                | "consume_expression"
                | "unsafe_expression"
                | "open_start_range_expression"
                | "value_parameter_pack"
                | "value_pack_expansion"
        )
}
