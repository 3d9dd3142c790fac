//! What `Option`, `Result`, locks and owning references are made, taken apart and combined with. A value that may be absent or may
//! have failed is null then, and `?` returns null: so a function that fails reads like one that finds nothing.

use syn::{Expr as SynExpr, ExprCall, ExprClosure, ExprMethodCall, PathSegment};

use super::expressions::bare;
use super::patterns::binding_of;
use super::uses::plain;
use super::{Rust, between, span};
use crate::ir::{Call, CompareOp, ExitKind, Expr, ExprKind, Literal};
use crate::source::Span;

/// Members that give the same value, borrowed, owned or copied.
const SAME: [&str; 27] = [
    "as_bool",
    "as_deref",
    "as_deref_mut",
    "as_mut",
    "as_ref",
    "as_slice",
    "as_str",
    "borrow",
    "borrow_mut",
    "by_ref",
    "cast",
    "cast_const",
    "cast_mut",
    "clone",
    "cloned",
    "copied",
    "deref",
    "into",
    "into_iter",
    "is_true",
    "iter",
    "iter_mut",
    "ok",
    "retain",
    "to_owned",
    "to_string",
    "to_vec",
];
/// Members that wait for a lock.
const LOCKS: [&str; 3] = ["lock", "read", "write"];
/// Members that say otherwise why something failed.
const EXPLAINING: [&str; 9] = ["context", "inspect_err", "map_err", "ok_or", "ok_or_else", "with_context", "wrap_err", "wrap_err_with", "or_raise"];
/// Types that hold what they are made of.
const HOLDERS: [&str; 21] = [
    "Arc",
    "AtomicBool",
    "AtomicI32",
    "AtomicU32",
    "Box",
    "Cell",
    "ConcreteBlock",
    "Cow",
    "LazyCell",
    "LazyLock",
    "ManuallyDrop",
    "Mutex",
    "Pin",
    "RcBlock",
    "Rc",
    "RefCell",
    "RwLock",
    "StackBlock",
    "String",
    "CString",
    "OnceCell",
];
/// How they are made.
const MAKERS: [&str; 4] = ["from", "new", "pin", "try_new"];
/// Functions of references that are counted or owned that give what they point to.
const POINTERS: [&str; 3] = ["as_mut_ptr", "as_ptr", "into_raw"];

impl Rust<'_> {
    /// A call of a member of `Option`, `Result` and the like; the receiver when it is none.
    pub(super) fn combined(&mut self, receiver: Expr, call: &ExprMethodCall) -> Result<Expr, Expr> {
        let name = plain(&call.method);
        let at = between(receiver.span, span(call.paren_token.span.close()));
        let args: Vec<&SynExpr> = call.args.iter().collect();
        Ok(match (name.as_str(), args.as_slice()) {
            (same, []) if SAME.contains(&same) => receiver,
            ("load", [ordering]) if is_ordering(ordering) => self.call_on(receiver, "get", Vec::new()),
            ("store", [value, ordering]) if is_ordering(ordering) => {
                let value = Box::new(self.expr(value));
                self.tree.expr(at, ExprKind::Assign { target: Box::new(receiver), value, compound: false })
            }
            ("unwrap" | "unwrap_unchecked", []) => self.or_leave(receiver, ExitKind::Throw, at),
            ("expect", [message]) => {
                let message = self.expr(message);
                let leave = self.tree.expr(at, ExprKind::Exit { kind: ExitKind::Throw, label: None, value: Some(Box::new(message)) });
                self.tree.expr(at, ExprKind::Coalesce(Box::new(receiver), Box::new(leave)))
            }
            ("is_some" | "is_ok", []) => self.against_null(CompareOp::NotEqual, receiver, at),
            ("is_none" | "is_err", []) => self.against_null(CompareOp::Equal, receiver, at),
            ("unwrap_or" | "or", [other]) => {
                let other = self.expr(other);
                self.tree.expr(at, ExprKind::Coalesce(Box::new(receiver), Box::new(other)))
            }
            ("unwrap_or_default", []) => {
                let no = self.tree.expr(at, ExprKind::Literal(Literal::Bool(false)));
                self.tree.expr(at, ExprKind::Coalesce(Box::new(receiver), Box::new(no)))
            }
            ("unwrap_or_else" | "or_else", [SynExpr::Closure(closure)]) => {
                let other = self.closure(closure);
                let other = self.invoked(other);
                self.tree.expr(at, ExprKind::Coalesce(Box::new(receiver), Box::new(other)))
            }
            (explaining, [why]) if EXPLAINING.contains(&explaining) => {
                let why = self.expr(why);
                let absent = self.absent(vec![why], at);
                self.tree.expr(at, ExprKind::Coalesce(Box::new(receiver), Box::new(absent)))
            }
            ("is_some_and" | "is_ok_and", [SynExpr::Closure(closure)]) if parameter(closure).is_some() => self.present_and(receiver, closure, at),
            ("then", [SynExpr::Closure(closure)]) if closure.inputs.is_empty() => {
                let then = self.closure(closure);
                let then = self.invoked(then);
                self.if_true(receiver, then, at)
            }
            ("then_some", [value]) => {
                let then = self.expr(value);
                self.if_true(receiver, then, at)
            }
            ("map" | "and_then" | "inspect", [SynExpr::Closure(closure)]) => self.on_what_is_there(receiver, call, closure, at),
            _ => return Err(receiver),
        })
    }

    fn against_null(&mut self, op: CompareOp, value: Expr, at: Span) -> Expr {
        let null = Box::new(self.tree.expr(at, ExprKind::Literal(Literal::Null)));
        self.tree.expr(at, ExprKind::Compare { op, left: Box::new(value), right: null })
    }

    /// `x.is_some_and(|x| f(x))`
    fn present_and(&mut self, value: Expr, closure: &ExprClosure, at: Span) -> Expr {
        let name = parameter(closure).map_or_else(|| "_".to_owned(), |(name, _)| name);
        let present = self.tree.expr(at, ExprKind::LetCond { name, ty: None, value: Box::new(value) });
        let holds = self.expr(&closure.body);
        self.tree.expr(at, ExprKind::And(Box::new(present), Box::new(holds)))
    }

    fn if_true(&mut self, cond: Expr, then: Expr, at: Span) -> Expr {
        let null = self.tree.expr(at, ExprKind::Literal(Literal::Null));
        self.tree.expr(at, ExprKind::If { cond: Box::new(cond), then: Box::new(then), otherwise: Some(Box::new(null)) })
    }

    /// `x.map(|x| …)` runs its code with what is there: a value that may be absent, or each element.
    fn on_what_is_there(&mut self, receiver: Expr, call: &ExprMethodCall, closure: &ExprClosure, at: Span) -> Expr {
        let name = if call.method == "and_then" { "let".to_owned() } else { plain(&call.method) };
        let value = self.closure(closure);
        let args = vec![crate::ir::Arg { label: None, trailing: false, spread: false, value }];
        let name_span = span(call.method.span());
        let call = Call { receiver: Some(receiver), name, selector: None, is_new: false, safe: true, type_args: Vec::new(), args, name_span };
        self.tree.expr(at, ExprKind::Call(Box::new(call)))
    }

    /// Nothing, after what says why was evaluated.
    pub(super) fn absent(&mut self, why: Vec<Expr>, at: Span) -> Expr {
        let null = self.tree.expr(at, ExprKind::Literal(Literal::Null));
        let mut body: Vec<Expr> = why.into_iter().filter(|part| !matches!(part.kind, ExprKind::Literal(_) | ExprKind::Name(_))).collect();
        if body.is_empty() {
            return null;
        }
        body.push(null);
        self.tree.expr(at, ExprKind::Block { label: None, body })
    }

    /// `Some(x)`, `Ok(x)`, `Err(x)`, `Box::new(x)`: what is inside, or nothing.
    pub(super) fn wrapped(&mut self, call: &ExprCall, before: &[&PathSegment], last: &PathSegment) -> Option<Expr> {
        let [only] = call.args.iter().collect::<Vec<_>>()[..] else { return None };
        let outer = before.last().map(|segment| self.meant(&plain(&segment.ident)).to_owned());
        let at = between(span(last.ident.span()), span(call.paren_token.span.close()));
        let is_of_prelude = outer.as_ref().is_none_or(|outer| outer == "Option" || outer == "Result");
        match (plain(&last.ident).as_str(), outer.as_deref()) {
            ("Some" | "Ok", _) if is_of_prelude => {
                let value = self.expr(only);
                // `Ok(None)` is there.
                Some(if matches!(value.kind, ExprKind::Literal(Literal::Null)) { self.unknown(at) } else { value })
            }
            ("Err", _) if is_of_prelude => {
                let why = self.expr(only);
                Some(self.absent(vec![why], at))
            }
            ("clone", Some("Arc" | "Rc")) => Some(self.expr(only)),
            ("AssertUnwindSafe", None | Some("panic")) => Some(self.expr(only)),
            (maker, Some(outer)) if HOLDERS.contains(&outer) && MAKERS.contains(&maker) => Some(self.expr(only)),
            (pointer, Some("Arc" | "Box" | "Rc" | "RcBlock" | "Retained")) if POINTERS.contains(&pointer) => Some(self.expr(only)),
            _ => None,
        }
    }
}

/// The parameter of a closure that is nothing but an expression of it.
fn parameter(closure: &ExprClosure) -> Option<(String, Span)> {
    let [only] = closure.inputs.iter().collect::<Vec<_>>()[..] else { return None };
    binding_of(only).filter(|_| !matches!(&*closure.body, SynExpr::Block(_)))
}

/// `Ordering::SeqCst`, of which the members of atomic values have one.
fn is_ordering(expr: &SynExpr) -> bool {
    const ORDERINGS: [&str; 5] = ["AcqRel", "Acquire", "Relaxed", "Release", "SeqCst"];
    matches!(bare(expr), SynExpr::Path(path) if ORDERINGS.contains(&super::paths::last_name(&path.path).as_str()))
}

/// Whether a link of a chain waits for a lock: the next one takes what it gives.
pub(super) fn locks(link: &SynExpr, next: &SynExpr) -> bool {
    let SynExpr::MethodCall(call) = bare(link) else { return false };
    let takes = match bare(next) {
        SynExpr::MethodCall(next) => next.method == "unwrap" || next.method == "expect" || next.method == "unwrap_or_else",
        SynExpr::Await(_) | SynExpr::Try(_) => call.method == "lock",
        _ => false,
    };
    takes && call.args.is_empty() && LOCKS.iter().any(|lock| call.method == lock)
}
