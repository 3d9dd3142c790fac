//! Expressions other than calls.

use syn::{
    Attribute, BinOp, Expr as SynExpr, ExprAssign, ExprBinary, ExprBreak, ExprForLoop, ExprReference, ExprStruct, ExprUnary, ExprWhile, Label, Lit, Stmt, Type,
    UnOp,
};

use super::patterns::{binding_of, member_name, names_in};
use super::uses::plain;
use super::{Rust, attributes, between, span};
use crate::frontend::chain;
use crate::ir::{Arg, Call, CompareOp, ExitKind, Expr, ExprKind, Literal, LoopKind, Param};
use crate::source::Span;

impl Rust<'_> {
    /// Lowers any expression. Parentheses, references and `unsafe` cost no depth.
    pub(super) fn expr(&mut self, expr: &SynExpr) -> Expr {
        let mut lowered = self.bare_expr(expr);
        self.widen(&mut lowered, expr);
        lowered
    }

    /// An expression in parentheses stands where they do.
    pub(super) fn widen(&mut self, lowered: &mut Expr, mut written: &SynExpr) {
        while let SynExpr::Reference(ExprReference { expr, .. }) | SynExpr::Unary(ExprUnary { op: UnOp::Deref(_), expr, .. }) = written {
            written = expr;
        }
        if let SynExpr::Paren(paren) = written {
            lowered.span = between(span(paren.paren_token.span.open()), span(paren.paren_token.span.close()));
        }
    }

    fn bare_expr(&mut self, expr: &SynExpr) -> Expr {
        let expr = bare(expr);
        if !self.tree.enter_at(self.near, 1) {
            return self.unknown(self.near);
        }
        let lowered = self.expr_unguarded(expr);
        self.tree.leave(1);
        lowered
    }

    fn expr_unguarded(&mut self, expr: &SynExpr) -> Expr {
        match expr {
            SynExpr::Path(path) => self.path_expr(path),
            SynExpr::Lit(literal) => self.literal(&literal.lit),
            SynExpr::MethodCall(_) | SynExpr::Field(_) | SynExpr::Await(_) | SynExpr::Try(_) | SynExpr::Index(_) | SynExpr::Call(_) => self.chain(expr),
            SynExpr::Binary(binary) => self.binary(binary),
            SynExpr::Unary(unary) => self.unary(unary),
            SynExpr::Assign(assign) => self.assign(assign),
            SynExpr::If(one) => self.if_expr(one),
            SynExpr::Match(one) => self.match_expr(one),
            SynExpr::Let(one) => self.let_expr(one),
            SynExpr::Block(block) => self.block(&block.block, label_of(block.label.as_ref())),
            SynExpr::Unsafe(block) => match block.block.stmts.as_slice() {
                // `unsafe { f() }` is `f()`.
                [Stmt::Expr(only, None)] => {
                    let mut lowered = self.expr(only);
                    lowered.span = between(span(block.unsafe_token.span), span(block.block.brace_token.span.close()));
                    lowered
                }
                _ => self.block(&block.block, None),
            },
            SynExpr::Const(block) => self.block(&block.block, None),
            SynExpr::Async(block) => self.deferred(&block.block, span(block.async_token.span)),
            SynExpr::TryBlock(block) => {
                let closure = self.deferred(&block.block, span(block.try_token.span));
                self.invoked(closure)
            }
            SynExpr::Closure(closure) => self.closure(closure),
            SynExpr::ForLoop(one) => self.for_loop(one),
            SynExpr::While(one) => self.while_loop(one),
            SynExpr::Loop(one) => {
                let body = self.block(&one.body, None);
                let at = between(span(one.loop_token.span), body.span);
                let label = label_of(one.label.as_ref());
                self.tree.expr(at, ExprKind::Loop { kind: LoopKind::While, label, bindings: Vec::new(), head: None, body: Box::new(body) })
            }
            SynExpr::Return(one) => {
                let value = one.expr.as_ref().map(|value| Box::new(self.expr(value)));
                self.exit(ExitKind::Return, None, value, span(one.return_token.span))
            }
            SynExpr::Break(one) => self.break_expr(one),
            SynExpr::Continue(one) => {
                let label = one.label.as_ref().map(|label| plain(&label.ident));
                self.exit(ExitKind::Continue, label, None, span(one.continue_token.span))
            }
            SynExpr::Struct(one) => self.struct_expr(one),
            SynExpr::Macro(one) => self.macro_call(&one.mac),
            SynExpr::Cast(cast) => self.cast(&cast.expr, &cast.ty),
            SynExpr::Array(array) => {
                let items = array.elems.iter().map(|item| self.expr(item)).collect();
                let at = between(span(array.bracket_token.span.open()), span(array.bracket_token.span.close()));
                self.tree.expr(at, ExprKind::Collection(items))
            }
            SynExpr::Repeat(repeat) => {
                let items = vec![self.expr(&repeat.expr)];
                let at = between(span(repeat.bracket_token.span.open()), span(repeat.bracket_token.span.close()));
                self.tree.expr(at, ExprKind::Collection(items))
            }
            SynExpr::Tuple(tuple) => {
                let items = tuple.elems.iter().map(|item| self.expr(item)).collect();
                let at = between(span(tuple.paren_token.span.open()), span(tuple.paren_token.span.close()));
                self.tree.expr(at, ExprKind::Unknown(items))
            }
            SynExpr::Range(range) => {
                let ends = [&range.start, &range.end].into_iter().flatten().map(|end| self.expr(end)).collect::<Vec<_>>();
                let at = ends.iter().map(|end| end.span).reduce(between).unwrap_or_default();
                self.tree.expr(at, ExprKind::Unknown(ends))
            }
            SynExpr::Yield(one) => {
                let parts: Vec<Expr> = one.expr.iter().map(|value| self.expr(value)).collect();
                self.tree.expr(span(one.yield_token.span), ExprKind::Unknown(parts))
            }
            SynExpr::Verbatim(tokens) => {
                let at = super::tokens::span_of(tokens);
                let calls = self.calls_in(tokens);
                self.tree.expr(at, ExprKind::Unknown(calls))
            }
            _ => self.unknown(Span::default()),
        }
    }

    pub(super) fn literal(&mut self, literal: &Lit) -> Expr {
        let kind = match literal {
            Lit::Bool(value) => Literal::Bool(value.value),
            Lit::Int(number) => number.base10_parse::<i64>().map_or(Literal::Other, Literal::Int),
            other => text_of_literal(other).map_or(Literal::Other, Literal::Text),
        };
        self.tree.expr(span(literal.span()), ExprKind::Literal(kind))
    }

    fn exit(&mut self, kind: ExitKind, label: Option<String>, value: Option<Box<Expr>>, start: Span) -> Expr {
        let at = value.as_ref().map_or(start, |value| between(start, value.span));
        self.tree.expr(at, ExprKind::Exit { kind, label, value })
    }

    fn break_expr(&mut self, expr: &ExprBreak) -> Expr {
        let label = expr.label.as_ref().map(|label| plain(&label.ident));
        let value = expr.expr.as_ref().map(|value| Box::new(self.expr(value)));
        self.exit(ExitKind::Break, label, value, span(expr.break_token.span))
    }

    fn unary(&mut self, expr: &ExprUnary) -> Expr {
        let value = self.expr(&expr.expr);
        match &expr.op {
            UnOp::Not(not) => self.tree.expr(between(span(not.span), value.span), ExprKind::Not(Box::new(value))),
            UnOp::Neg(minus) => {
                let at = between(span(minus.span), value.span);
                match value.kind {
                    ExprKind::Literal(Literal::Int(number)) => self.tree.expr(at, ExprKind::Literal(Literal::Int(number.wrapping_neg()))),
                    _ => self.tree.expr(at, ExprKind::Unknown(vec![value])),
                }
            }
            _ => value,
        }
    }

    fn binary(&mut self, expr: &ExprBinary) -> Expr {
        match expr.op {
            BinOp::And(_) | BinOp::Or(_) => self.logical(expr),
            BinOp::Eq(_) => self.compare(CompareOp::Equal, expr),
            BinOp::Ne(_) => self.compare(CompareOp::NotEqual, expr),
            BinOp::Lt(_) => self.compare(CompareOp::Less, expr),
            BinOp::Le(_) => self.compare(CompareOp::LessOrEqual, expr),
            BinOp::Gt(_) => self.compare(CompareOp::Greater, expr),
            BinOp::Ge(_) => self.compare(CompareOp::GreaterOrEqual, expr),
            BinOp::BitAndAssign(_) | BinOp::BitOrAssign(_) => self.strict_assign(expr),
            BinOp::BitAnd(_) => self.strict("and", expr),
            BinOp::BitOr(_) => self.strict("or", expr),
            _ if is_assignment(&expr.op) => {
                let target = Box::new(self.expr(&expr.left));
                let value = Box::new(self.expr(&expr.right));
                self.tree.expr(between(target.span, value.span), ExprKind::Assign { target, value, compound: true })
            }
            _ => self.arithmetic(expr),
        }
    }

    fn compare(&mut self, op: CompareOp, expr: &ExprBinary) -> Expr {
        let left = Box::new(self.expr(&expr.left));
        let right = Box::new(self.expr(&expr.right));
        self.tree.expr(between(left.span, right.span), ExprKind::Compare { op, left, right })
    }

    /// Chains of one operator; the parser nests them to the left.
    fn logical(&mut self, expr: &ExprBinary) -> Expr {
        let is_and = matches!(expr.op, BinOp::And(_));
        let first: (&SynExpr, &SynExpr) = (&expr.left, &expr.right);
        let mut operands = chain::flatten_left(first.0, |link| match bare(link) {
            SynExpr::Binary(binary) if matches!(binary.op, BinOp::And(_)) == is_and && matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
                Some((&*binary.left, &*binary.right))
            }
            _ => None,
        });
        operands.push(first.1);
        let levels = chain::levels(operands.len());
        if !self.tree.enter_at(self.near, levels) {
            return self.unknown(self.near);
        }
        let operands: Vec<Expr> = operands.into_iter().map(|operand| self.expr(operand)).collect();
        let tree = &mut self.tree;
        let joined = chain::join(operands, &mut |span, left, right| {
            let (left, right) = (Box::new(left), Box::new(right));
            tree.expr(span, if is_and { ExprKind::And(left, right) } else { ExprKind::Or(left, right) })
        });
        self.tree.leave(levels);
        joined.unwrap_or_else(|| self.unknown(Span::default()))
    }

    fn arithmetic(&mut self, expr: &ExprBinary) -> Expr {
        let mut operands = chain::flatten_left(&*expr.left, |link| match bare(link) {
            SynExpr::Binary(binary) if is_arithmetic(&binary.op) => Some((&*binary.left, &*binary.right)),
            _ => None,
        });
        operands.push(&expr.right);
        let operands: Vec<Expr> = operands.into_iter().map(|operand| self.expr(operand)).collect();
        let at = operands.iter().map(|operand| operand.span).reduce(between).unwrap_or_default();
        self.tree.expr(at, ExprKind::Unknown(operands))
    }

    /// `a & b` and `a | b`, which evaluate both.
    fn strict(&mut self, name: &str, expr: &ExprBinary) -> Expr {
        let left = self.expr(&expr.left);
        let right = self.expr(&expr.right);
        self.call_on(left, name, vec![right])
    }

    /// `x &= a`
    fn strict_assign(&mut self, expr: &ExprBinary) -> Expr {
        let name = if matches!(expr.op, BinOp::BitAndAssign(_)) { "and" } else { "or" };
        let target = Box::new(self.expr(&expr.left));
        let mut old = self.expr(&expr.left);
        old.span = Span { start: old.span.start, end: old.span.start };
        let more = self.expr(&expr.right);
        let value = Box::new(self.call_on(old, name, vec![more]));
        self.tree.expr(between(target.span, value.span), ExprKind::Assign { target, value, compound: false })
    }

    /// A call that nobody wrote, of a function that the analysis knows.
    pub(super) fn call_on(&mut self, receiver: Expr, name: &str, args: Vec<Expr>) -> Expr {
        let at = args.last().map_or(receiver.span, |last| between(receiver.span, last.span));
        let args = args.into_iter().map(|value| Arg { label: None, trailing: false, spread: false, value }).collect();
        let name_span = Span { start: at.start, end: at.start };
        let call = Call { receiver: Some(receiver), name: name.to_owned(), selector: None, is_new: false, safe: false, type_args: Vec::new(), args, name_span };
        self.tree.expr(at, ExprKind::Call(Box::new(call)))
    }

    /// Code run here.
    pub(super) fn invoked(&mut self, closure: Expr) -> Expr {
        self.call_on(closure, "invoke", Vec::new())
    }

    fn assign(&mut self, expr: &ExprAssign) -> Expr {
        if let places @ [_, ..] = places_in(&expr.left).as_slice() {
            return self.assign_parts(places, &expr.right);
        }
        let value = self.handed_over(&expr.right);
        let value = Box::new(self.read_out(value, &expr.right));
        let target = Box::new(self.expr(&expr.left));
        self.tree.expr(between(target.span, value.span), ExprKind::Assign { target, value, compound: false })
    }

    /// `(a, b) = f()`: of the parts nothing is known.
    fn assign_parts(&mut self, places: &[&SynExpr], value: &SynExpr) -> Expr {
        let mut body = vec![self.expr(value)];
        for place in places {
            let target = Box::new(self.expr(place));
            let at = target.span;
            let part = Box::new(self.unknown(at));
            body.push(self.tree.expr(at, ExprKind::Assign { target, value: part, compound: false }));
        }
        let at = body.iter().map(|part| part.span).reduce(between).unwrap_or_default();
        self.tree.expr(at, ExprKind::Block { label: None, body })
    }

    fn for_loop(&mut self, expr: &ExprForLoop) -> Expr {
        let head = self.expr(&expr.expr);
        let names = binding_of(&expr.pat).map_or_else(|| names_in(&expr.pat), |only| vec![only]);
        let param = |(name, span)| Param { name, label: None, ty: None, default: None, is_variadic: false, annotations: Vec::new(), span };
        let bindings = names.into_iter().map(param).collect();
        let body = self.block(&expr.body, None);
        let at = between(span(expr.for_token.span), body.span);
        let label = label_of(expr.label.as_ref());
        self.tree.expr(at, ExprKind::Loop { kind: LoopKind::ForEach, label, bindings, head: Some(Box::new(head)), body: Box::new(body) })
    }

    fn while_loop(&mut self, expr: &ExprWhile) -> Expr {
        let mut errors = Vec::new();
        let head = self.condition(&expr.cond, &mut errors);
        let body = self.block(&expr.body, None);
        let body = self.with_names(body, errors);
        let at = between(span(expr.while_token.span), body.span);
        let label = label_of(expr.label.as_ref());
        self.tree.expr(at, ExprKind::Loop { kind: LoopKind::While, label, bindings: Vec::new(), head: Some(Box::new(head)), body: Box::new(body) })
    }

    /// `T { a: 1, ..rest }` makes an instance, and reads like a call with labels.
    fn struct_expr(&mut self, expr: &ExprStruct) -> Expr {
        let fields = expr.fields.iter().filter(|field| !attributes::is_left_out(&field.attrs));
        let mut args: Vec<Arg> = Vec::new();
        for field in fields {
            let value = self.expr(&field.expr);
            args.push(Arg { label: Some(member_name(&field.member).0), trailing: false, spread: false, value });
        }
        if let Some(rest) = &expr.rest {
            let value = self.expr(rest);
            args.push(Arg { label: None, trailing: false, spread: true, value });
        }
        let segments: Vec<_> = expr.path.segments.iter().collect();
        let Some((last, before)) = segments.split_last() else { return self.unknown(Span::default()) };
        let name_span = span(last.ident.span());
        let name = plain(&last.ident);
        let name = if name == "Self" { self.own_type_name() } else { name };
        let receiver = self.segments(expr.qself.as_ref(), before);
        let at = between(receiver.as_ref().map_or(name_span, |receiver| receiver.span), span(expr.brace_token.span.close()));
        let call = Call { receiver, name, selector: None, is_new: false, safe: false, type_args: Vec::new(), args, name_span };
        self.tree.expr(at, ExprKind::Call(Box::new(call)))
    }

    /// What `Self` is called here.
    pub(super) fn own_type_name(&mut self) -> String {
        let name = &self.build.owner_decl().name;
        name.rsplit('.').next().unwrap_or(name).to_owned()
    }

    /// Between numbers a cast keeps the value.
    fn cast(&mut self, value: &SynExpr, ty: &Type) -> Expr {
        let value = self.expr(value);
        let to = self.type_ref(ty);
        let is_number = matches!(ty, Type::Path(path) if path.path.get_ident().is_some_and(|name| name.to_string().starts_with(char::is_lowercase)));
        if is_number || to.name == "?" {
            return value;
        }
        self.tree.expr(value.span, ExprKind::Cast { value: Box::new(value), ty: to, safe: false })
    }
}

/// An expression without parentheses, references and dereferences around it.
pub(super) fn bare(mut expr: &SynExpr) -> &SynExpr {
    loop {
        expr = match expr {
            SynExpr::Paren(paren) => &paren.expr,
            SynExpr::Group(group) => &group.expr,
            SynExpr::Reference(reference) => &reference.expr,
            SynExpr::RawAddr(address) => &address.expr,
            SynExpr::Unary(ExprUnary { op: UnOp::Deref(_), expr, .. }) => expr,
            _ => return expr,
        };
    }
}

pub(super) fn text_of_literal(literal: &Lit) -> Option<String> {
    match literal {
        Lit::Str(text) => Some(text.value()),
        Lit::CStr(text) => text.value().into_string().ok(),
        Lit::ByteStr(text) => String::from_utf8(text.value()).ok().map(|text| text.trim_end_matches('\0').to_owned()),
        _ => None,
    }
}

/// The places that an assignment to several writes; none where it writes one.
fn places_in(target: &SynExpr) -> Vec<&SynExpr> {
    let mut places = Vec::new();
    let mut waiting: Vec<&SynExpr> = parts_of(target).unwrap_or_default();
    while let Some(part) = waiting.pop() {
        match parts_of(part) {
            Some(parts) => waiting.extend(parts),
            None if matches!(bare(part), SynExpr::Path(_) | SynExpr::Field(_) | SynExpr::Index(_)) => places.push(part),
            None => {}
        }
    }
    places
}

fn parts_of(target: &SynExpr) -> Option<Vec<&SynExpr>> {
    match bare(target) {
        SynExpr::Tuple(tuple) => Some(tuple.elems.iter().collect()),
        SynExpr::Array(array) => Some(array.elems.iter().collect()),
        SynExpr::Struct(one) => Some(one.fields.iter().map(|field| &field.expr).collect()),
        SynExpr::Call(call) => Some(call.args.iter().collect()),
        _ => None,
    }
}

fn label_of(label: Option<&Label>) -> Option<String> {
    label.map(|label| plain(&label.name.ident))
}

fn is_assignment(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}

fn is_arithmetic(op: &BinOp) -> bool {
    matches!(op, BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_) | BinOp::BitXor(_) | BinOp::Shl(_) | BinOp::Shr(_))
}

/// Attributes of an expression that stands as a statement.
pub(super) fn attributes_of(expr: &SynExpr) -> &[Attribute] {
    match expr {
        SynExpr::Assign(one) => &one.attrs,
        SynExpr::Async(one) => &one.attrs,
        SynExpr::Await(one) => &one.attrs,
        SynExpr::Binary(one) => &one.attrs,
        SynExpr::Block(one) => &one.attrs,
        SynExpr::Break(one) => &one.attrs,
        SynExpr::Call(one) => &one.attrs,
        SynExpr::Continue(one) => &one.attrs,
        SynExpr::Field(one) => &one.attrs,
        SynExpr::ForLoop(one) => &one.attrs,
        SynExpr::If(one) => &one.attrs,
        SynExpr::Lit(one) => &one.attrs,
        SynExpr::Loop(one) => &one.attrs,
        SynExpr::Macro(one) => &one.attrs,
        SynExpr::Match(one) => &one.attrs,
        SynExpr::MethodCall(one) => &one.attrs,
        SynExpr::Path(one) => &one.attrs,
        SynExpr::Return(one) => &one.attrs,
        SynExpr::Struct(one) => &one.attrs,
        SynExpr::Try(one) => &one.attrs,
        SynExpr::Tuple(one) => &one.attrs,
        SynExpr::Unary(one) => &one.attrs,
        SynExpr::Unsafe(one) => &one.attrs,
        SynExpr::While(one) => &one.attrs,
        _ => &[],
    }
}
