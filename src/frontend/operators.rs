//! Operator precedence. Some grammars nest operators wrongly without an error node (`!ok(a)` as `(!ok)(a)`), and all of them nest
//! long chains deeply. So a frontend flattens an operator expression into tokens in source order, and [`rebuild`] nests them
//! again by precedence, without recursion and without deep trees.

use super::tree::Lowering;
use crate::ir::{Catch, CompareOp, Expr, ExprKind, Literal, TypeRef};
use crate::source::Span;

/// Chains of one associative operator longer than this are nested as a balanced tree instead of to one side.
const LONG_CHAIN: usize = 64;

/// Operators nested deeper than this become one flat `Unknown` of their operands.
const MAX_OPERATOR_DEPTH: u32 = 100;

/// A piece of an operator expression, in source order. Higher precedences bind tighter.
pub(crate) enum Token {
    /// An operand, already with its calls and member accesses.
    Operand(Expr),
    /// An operator before its operand.
    Prefix(Prefix, Span),
    /// An operator between two operands.
    Infix(Infix, u8),
    /// A type test or cast after its operand, ending at the offset.
    Tail(Tail, u8, u32),
    /// `?` of a ternary.
    Question(u8),
    /// `:` of a ternary.
    Colon,
}

/// Operators before their operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// `!`
    Not,
    /// Minus: the value is something else, unless it is an integer.
    Minus,
    /// Any other operator: the value is something else.
    Other,
    /// Swift's `try?`: covers everything to its right and yields null instead of throwing.
    TryOptional,
}

/// Operators between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Infix {
    /// `=`, or with a compound operator.
    Assign {
        /// `+=` and the like.
        compound: bool,
    },
    /// `||`
    Or,
    /// `&&`
    And,
    /// `??`, `?:`
    Coalesce,
    /// A comparison.
    Compare(CompareOp),
    /// Arithmetic and everything else.
    Other,
}

/// Operators after their operand that take a type.
pub(crate) enum Tail {
    /// A cast.
    Cast {
        /// To this type.
        ty: TypeRef,
        /// Null when it does not fit.
        safe: bool,
    },
    /// A type test.
    Is(TypeRef),
}

/// The expression that the tokens stand for. Malformed sequences (after a syntax error) and absurdly deep ones yield `Unknown`s;
/// no operand is lost.
pub(crate) fn rebuild(lowering: &mut Lowering<'_>, tokens: Vec<Token>) -> Expr {
    let mut builder = Builder { lowering, operands: Vec::new(), operators: Vec::new() };
    let mut operand_expected = true;
    for token in tokens {
        operand_expected = builder.push(token, operand_expected);
    }
    if operand_expected {
        builder.missing_operand();
    }
    builder.reduce_all();
    let built = builder.operands.pop();
    match built {
        Some(built) => builder.finish(built).expr,
        None => builder.lowering.expr(Span::default(), ExprKind::Unknown(Vec::new())),
    }
}

/// An operator waiting for its right operand.
enum Pending {
    Prefix(Prefix, Span),
    Infix(Infix, u8),
    Question(u8),
    Ternary(Expr, u8),
}

impl Pending {
    fn precedence(&self) -> u8 {
        match self {
            Pending::Prefix(Prefix::TryOptional, _) => 0,
            Pending::Prefix(..) => u8::MAX,
            Pending::Infix(_, precedence) | Pending::Ternary(_, precedence) => *precedence,
            Pending::Question(_) => 0,
        }
    }
}

/// An operand in the making.
struct Built {
    expr: Expr,
    depth: u32,
    /// The further operands of an unfinished chain of one operator, whose first is `expr`.
    chain: Option<(Infix, Vec<Expr>)>,
}

struct Builder<'l, 't> {
    lowering: &'l mut Lowering<'t>,
    operands: Vec<Built>,
    operators: Vec<Pending>,
}

impl Builder<'_, '_> {
    /// Takes one token; the result says whether an operand must follow.
    fn push(&mut self, token: Token, operand_expected: bool) -> bool {
        match token {
            Token::Operand(expr) => {
                if !operand_expected {
                    self.push_infix(Infix::Other, 1);
                }
                self.operands.push(Built { expr, depth: 1, chain: None });
                false
            }
            Token::Prefix(prefix, span) => {
                if !operand_expected {
                    self.push_infix(Infix::Other, 1);
                }
                self.operators.push(Pending::Prefix(prefix, span));
                true
            }
            Token::Infix(infix, precedence) => {
                if operand_expected {
                    self.missing_operand();
                }
                self.push_infix(infix, precedence);
                true
            }
            Token::Tail(tail, precedence, end) => {
                if operand_expected {
                    self.missing_operand();
                }
                self.reduce_while(|pending| pending.precedence() >= precedence);
                self.apply_tail(tail, end);
                false
            }
            Token::Question(precedence) => {
                if operand_expected {
                    self.missing_operand();
                }
                self.reduce_while(|pending| pending.precedence() > precedence);
                self.operators.push(Pending::Question(precedence));
                true
            }
            Token::Colon => {
                if operand_expected {
                    self.missing_operand();
                }
                self.close_question();
                true
            }
        }
    }

    fn push_infix(&mut self, infix: Infix, precedence: u8) {
        let from_the_right = matches!(infix, Infix::Assign { .. });
        self.reduce_while(|pending| if from_the_right { pending.precedence() > precedence } else { pending.precedence() >= precedence });
        self.operators.push(Pending::Infix(infix, precedence));
    }

    fn missing_operand(&mut self) {
        let end = self.operands.last().map_or(0, |built| built.expr.span.end);
        let expr = self.lowering.expr(Span { start: end, end }, ExprKind::Unknown(Vec::new()));
        self.operands.push(Built { expr, depth: 1, chain: None });
    }

    /// The middle of a ternary is complete: its `?` becomes an operator that holds it.
    fn close_question(&mut self) {
        self.reduce_while(|pending| !matches!(pending, Pending::Question(_)));
        let Some(Pending::Question(precedence)) = self.operators.pop() else {
            return self.operators.push(Pending::Infix(Infix::Other, 1));
        };
        if let Some(middle) = self.operands.pop() {
            let middle = self.finish(middle);
            self.operators.push(Pending::Ternary(middle.expr, precedence));
        }
    }

    fn reduce_all(&mut self) {
        self.reduce_while(|_| true);
    }

    fn reduce_while(&mut self, condition: impl Fn(&Pending) -> bool) {
        while self.operators.last().is_some_and(&condition) {
            let (Some(operator), Some(right)) = (self.operators.pop(), self.operands.pop()) else { return };
            if let Pending::Prefix(prefix, span) = operator {
                self.apply_prefix(prefix, span, right);
                continue;
            }
            let Some(left) = self.operands.pop() else { return self.operands.push(right) };
            match operator {
                Pending::Infix(infix, _) => self.apply_infix(infix, left, right),
                Pending::Ternary(middle, _) => self.apply_ternary(left, middle, right),
                Pending::Question(_) | Pending::Prefix(..) => self.apply_infix(Infix::Other, left, right),
            }
        }
    }

    fn apply_prefix(&mut self, prefix: Prefix, span: Span, operand: Built) {
        let operand = self.finish(operand);
        let span = Span { start: span.start, end: operand.expr.span.end };
        let value = operand.expr;
        let kind = match (prefix, value.kind) {
            // `!!!a` is `!a`, and so on.
            (Prefix::Not, ExprKind::Not(inner)) if matches!(inner.kind, ExprKind::Not(_)) => inner.kind,
            (Prefix::Not, kind) => ExprKind::Not(Box::new(Expr { kind, ..value })),
            (Prefix::Minus, ExprKind::Literal(Literal::Int(number))) => ExprKind::Literal(Literal::Int(number.wrapping_neg())),
            (Prefix::Minus | Prefix::Other, kind @ ExprKind::Unknown(_)) => kind,
            (Prefix::Minus | Prefix::Other, kind) => ExprKind::Unknown(vec![Expr { kind, ..value }]),
            (Prefix::TryOptional, kind) => {
                let null = self.lowering.expr(span, ExprKind::Literal(Literal::Null));
                let catch = Catch { types: Vec::new(), pattern: None, name: None, body: null, span };
                ExprKind::Try { body: Box::new(Expr { kind, ..value }), catches: vec![catch], finally: None }
            }
        };
        self.push_built(span, kind, operand.depth + 1);
    }

    fn apply_tail(&mut self, tail: Tail, end: u32) {
        let Some(operand) = self.operands.pop() else { return };
        let operand = self.finish(operand);
        let span = Span { start: operand.expr.span.start, end };
        let value = Box::new(operand.expr);
        let kind = match tail {
            Tail::Cast { ty, safe } => ExprKind::Cast { value, ty, safe },
            Tail::Is(ty) => ExprKind::Is { value, ty, binding: None },
        };
        self.push_built(span, kind, operand.depth + 1);
    }

    fn apply_ternary(&mut self, condition: Built, middle: Expr, otherwise: Built) {
        let (condition, otherwise) = (self.finish(condition), self.finish(otherwise));
        let span = Span { start: condition.expr.span.start, end: otherwise.expr.span.end };
        let depth = condition.depth.max(otherwise.depth) + 1;
        let kind = ExprKind::If { cond: Box::new(condition.expr), then: Box::new(middle), otherwise: Some(Box::new(otherwise.expr)) };
        self.push_built(span, kind, depth);
    }

    fn apply_infix(&mut self, infix: Infix, mut left: Built, right: Built) {
        if matches!(infix, Infix::Or | Infix::And | Infix::Coalesce | Infix::Other) {
            let right = self.finish(right);
            match &mut left.chain {
                Some((operator, parts)) if *operator == infix => parts.push(right.expr),
                _ => {
                    left = self.finish(left);
                    left.chain = Some((infix, vec![right.expr]));
                }
            }
            left.depth = left.depth.max(right.depth);
            return self.operands.push(left);
        }
        let (left, right) = (self.finish(left), self.finish(right));
        let span = Span { start: left.expr.span.start, end: right.expr.span.end };
        let depth = left.depth.max(right.depth) + 1;
        let (left, right) = (Box::new(left.expr), Box::new(right.expr));
        let kind = match infix {
            Infix::Assign { compound } => ExprKind::Assign { target: left, value: right, compound },
            Infix::Compare(op) => ExprKind::Compare { op, left, right },
            Infix::Or | Infix::And | Infix::Coalesce | Infix::Other => ExprKind::Unknown(vec![*left, *right]),
        };
        self.push_built(span, kind, depth);
    }

    fn push_built(&mut self, span: Span, kind: ExprKind, depth: u32) {
        let (kind, depth) = if depth > MAX_OPERATOR_DEPTH { (ExprKind::Unknown(operands_of(kind)), 1) } else { (kind, depth) };
        let expr = self.lowering.expr(span, kind);
        self.operands.push(Built { expr, depth, chain: None });
    }

    /// Nests a chain that is complete: to the side on which the language nests it, or balanced when it is long.
    fn finish(&mut self, built: Built) -> Built {
        let Some((operator, parts)) = built.chain else { return built };
        let count = parts.len() as u32;
        let mut all = vec![built.expr];
        all.extend(parts);
        let (expr, added) = match operator {
            Infix::Other => {
                let span = Span { start: all[0].span.start, end: all[all.len() - 1].span.end };
                (self.lowering.expr(span, ExprKind::Unknown(all)), 1)
            }
            _ if all.len() > LONG_CHAIN => (self.balanced(operator, all), count.ilog2() + 1),
            Infix::Coalesce => (self.nested_to_the_right(all), count),
            _ => (self.nested_to_the_left(operator, all), count),
        };
        Built { expr, depth: built.depth + added, chain: None }
    }

    fn nested_to_the_left(&mut self, operator: Infix, parts: Vec<Expr>) -> Expr {
        let mut parts = parts.into_iter();
        let first = parts.next();
        let nested = parts.fold(first, |left, right| {
            Some(match left {
                Some(left) => self.join(operator, left, right),
                None => right,
            })
        });
        nested.unwrap_or_else(|| self.lowering.expr(Span::default(), ExprKind::Unknown(Vec::new())))
    }

    fn nested_to_the_right(&mut self, parts: Vec<Expr>) -> Expr {
        let mut parts = parts.into_iter().rev();
        let last = parts.next();
        let nested = parts.fold(last, |right, left| {
            Some(match right {
                Some(right) => self.join(Infix::Coalesce, left, right),
                None => left,
            })
        });
        nested.unwrap_or_else(|| self.lowering.expr(Span::default(), ExprKind::Unknown(Vec::new())))
    }

    /// Joins neighbours pairwise until one is left. `&&`, `||` and `??` are associative, so this means the same.
    fn balanced(&mut self, operator: Infix, mut parts: Vec<Expr>) -> Expr {
        while parts.len() > 1 {
            let mut joined = Vec::with_capacity(parts.len().div_ceil(2));
            let mut rest = parts.into_iter();
            while let Some(left) = rest.next() {
                joined.push(match rest.next() {
                    Some(right) => self.join(operator, left, right),
                    None => left,
                });
            }
            parts = joined;
        }
        self.nested_to_the_left(operator, parts)
    }

    fn join(&mut self, operator: Infix, left: Expr, right: Expr) -> Expr {
        let span = Span { start: left.span.start, end: right.span.end };
        let kind = match operator {
            Infix::Or => ExprKind::Or(Box::new(left), Box::new(right)),
            Infix::And => ExprKind::And(Box::new(left), Box::new(right)),
            Infix::Coalesce => ExprKind::Coalesce(Box::new(left), Box::new(right)),
            Infix::Other | Infix::Assign { .. } | Infix::Compare(_) => ExprKind::Unknown(vec![left, right]),
        };
        self.lowering.expr(span, kind)
    }
}

/// The conditions of a list, all of which must hold.
pub(crate) fn conjunction(lowering: &mut Lowering<'_>, conditions: Vec<Expr>) -> Option<Expr> {
    let mut tokens = Vec::new();
    for condition in conditions {
        if !tokens.is_empty() {
            tokens.push(Token::Infix(Infix::And, 1));
        }
        tokens.push(Token::Operand(condition));
    }
    if tokens.is_empty() { None } else { Some(rebuild(lowering, tokens)) }
}

/// What the operators at the top of an expression work on, in source order.
fn operands_of(kind: ExprKind) -> Vec<Expr> {
    let mut operands = Vec::new();
    let mut pending = parts_of(kind).unwrap_or_default();
    pending.reverse();
    while let Some(Expr { id, span, kind }) = pending.pop() {
        match parts_of(kind) {
            Ok(parts) => pending.extend(parts.into_iter().rev()),
            Err(kind) => operands.push(Expr { id, span, kind }),
        }
    }
    operands
}

/// The operands of one operator, or the kind itself when it is none.
fn parts_of(kind: ExprKind) -> Result<Vec<Expr>, ExprKind> {
    match kind {
        ExprKind::Not(value) | ExprKind::Cast { value, .. } | ExprKind::Is { value, .. } => Ok(vec![*value]),
        ExprKind::And(left, right) | ExprKind::Or(left, right) | ExprKind::Coalesce(left, right) | ExprKind::Compare { left, right, .. } => {
            Ok(vec![*left, *right])
        }
        ExprKind::Assign { target, value, .. } => Ok(vec![*target, *value]),
        ExprKind::If { cond, then, otherwise: Some(otherwise) } => Ok(vec![*cond, *then, *otherwise]),
        ExprKind::Unknown(parts) => Ok(parts),
        other => Err(other),
    }
}
