//! What `Option`, `Result`, locks and owning references are made, taken apart and combined with. A value that may be absent or may
//! have failed is null then, and `?` returns null: so a function that fails reads like one that finds nothing.

use syn::{Expr as SynExpr, ExprCall, ExprClosure, ExprMethodCall, PathSegment};

use super::expressions::bare;
use super::patterns::binding_of;
use super::uses::plain;
use super::{Rust, between, span};
use crate::ir::{Arg, Call, Catch, Closure, CompareOp, ExitKind, Expr, ExprKind, Literal, Param};
use crate::source::Span;

/// Members that give the same value, borrowed, owned or copied.
const SAME: [&str; 29] = [
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
    "copy",
    "deref",
    "flatten",
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
/// Members that run code with one element after the other.
const ELEMENT_BY_ELEMENT: [&str; 5] = ["all", "any", "filter_map", "find_map", "flat_map"];
/// How they are made.
const MAKERS: [&str; 4] = ["from", "new", "pin", "try_new"];
/// Functions of references that are counted or owned that give what they point to.
const POINTERS: [&str; 3] = ["as_mut_ptr", "as_ptr", "into_raw"];

/// What code is given that is nothing but the name of a function; no name that could be written.
const GIVEN: &str = "<given>";

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
                self.or_evaluated(receiver, other, at)
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
            ("unwrap_or_else" | "or_else", [SynExpr::Path(path)]) => {
                let other = self.call_of_path(path, Vec::new(), span(call.paren_token.span.close()));
                self.tree.expr(at, ExprKind::Coalesce(Box::new(receiver), Box::new(other)))
            }
            ("map_or", [other, run]) => {
                let there = self.on_what_is_there(receiver, "let", run, call);
                let other = self.expr(other);
                self.or_evaluated(there, other, at)
            }
            ("map_or_else", [other, run]) => {
                let there = self.on_what_is_there(receiver, "let", run, call);
                let other = self.code(other);
                let other = self.invoked(other);
                self.tree.expr(at, ExprKind::Coalesce(Box::new(there), Box::new(other)))
            }
            (explaining, [why]) if EXPLAINING.contains(&explaining) => {
                let why = self.expr(why);
                let absent = self.absent(vec![why], at);
                self.tree.expr(at, ExprKind::Coalesce(Box::new(receiver), Box::new(absent)))
            }
            ("is_some_and" | "is_ok_and", [SynExpr::Closure(closure)]) if parameter(closure).is_some() => self.present_and(receiver, closure, at),
            ("is_some_and" | "is_ok_and", [test]) => self.tested(receiver, test, true, call),
            ("is_none_or", [test]) => {
                let fails = self.tested(receiver, test, false, call);
                self.tree.expr(at, ExprKind::Not(Box::new(fails)))
            }
            ("then", [SynExpr::Closure(closure)]) if closure.inputs.is_empty() => {
                let then = self.closure(closure);
                let then = self.invoked(then);
                self.if_true(receiver, then, at)
            }
            ("then_some", [value]) => {
                let then = self.expr(value);
                if !does_something(&then) {
                    return Ok(self.if_true(receiver, then, at));
                }
                // It is evaluated whatever the answer is.
                let something = self.unknown(at);
                let chosen = self.if_true(receiver, something, at);
                self.tree.expr(at, ExprKind::Block { label: None, body: vec![then, chosen] })
            }
            ("block_on", [waited]) => self.waited(receiver, waited, at),
            ("and_then", [run]) => self.on_what_is_there(receiver, "let", run, call),
            ("for_each", [run]) => self.on_what_is_there(receiver, "forEach", run, call),
            ("map" | "inspect" | "filter", [run]) => self.on_what_is_there(receiver, &name, run, call),
            (walk, [run @ SynExpr::Path(_)]) if ELEMENT_BY_ELEMENT.contains(&walk) => {
                let run = Arg { label: None, trailing: false, spread: false, value: self.code(run) };
                self.finish_call(Some(receiver), name, span(call.method.span()), Vec::new(), vec![run], span(call.paren_token.span.close()))
            }
            _ => return Err(receiver),
        })
    }

    /// `x.unwrap_or(f())`: the other value, which is evaluated even where it is not wanted.
    fn or_evaluated(&mut self, value: Expr, other: Expr, at: Span) -> Expr {
        if !does_something(&other) {
            return self.tree.expr(at, ExprKind::Coalesce(Box::new(value), Box::new(other)));
        }
        let anything = Box::new(self.unknown(at));
        let chosen = self.tree.expr(at, ExprKind::Coalesce(Box::new(value), anything));
        self.tree.expr(at, ExprKind::Block { label: None, body: vec![other, chosen] })
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
        let both = self.tree.expr(at, ExprKind::And(Box::new(present), Box::new(holds)));
        // The name is nobody else's.
        self.tree.expr(at, ExprKind::Block { label: None, body: vec![both] })
    }

    /// What is awaited is what comes back; a block of code runs here then.
    pub(super) fn awaited(&mut self, value: Expr) -> Expr {
        if matches!(value.kind, ExprKind::Closure(_)) { self.invoked(value) } else { value }
    }

    /// `runtime.block_on(f())`: what is waited for, as with `.await`.
    fn waited(&mut self, runtime: Expr, waited: &SynExpr, at: Span) -> Expr {
        let waited = self.expr(waited);
        let value = self.awaited(waited);
        if matches!(runtime.kind, ExprKind::Name(_) | ExprKind::Member { .. }) {
            return value;
        }
        self.tree.expr(at, ExprKind::Block { label: None, body: vec![runtime, value] })
    }

    fn if_true(&mut self, cond: Expr, then: Expr, at: Span) -> Expr {
        let null = self.tree.expr(at, ExprKind::Literal(Literal::Null));
        self.tree.expr(at, ExprKind::If { cond: Box::new(cond), then: Box::new(then), otherwise: Some(Box::new(null)) })
    }

    /// `x.is_some_and(f)`: whether something is there for which a test gives `wanted`.
    fn tested(&mut self, value: Expr, test: &SynExpr, wanted: bool, call: &ExprMethodCall) -> Expr {
        let answer = Box::new(self.on_what_is_there(value, "let", test, call));
        let at = answer.span;
        let wanted = Box::new(self.tree.expr(at, ExprKind::Literal(Literal::Bool(wanted))));
        self.tree.expr(at, ExprKind::Compare { op: CompareOp::Equal, left: answer, right: wanted })
    }

    /// `x.map(|x| …)` runs its code with what is there: a value that may be absent, or each element.
    fn on_what_is_there(&mut self, receiver: Expr, name: &str, run: &SynExpr, call: &ExprMethodCall) -> Expr {
        let at = between(receiver.span, span(call.paren_token.span.close()));
        let name_span = span(call.method.span());
        let args = vec![Arg { label: None, trailing: false, spread: false, value: self.code(run) }];
        let call = Call { receiver: Some(receiver), name: name.to_owned(), selector: None, is_new: false, safe: true, type_args: Vec::new(), args, name_span };
        self.tree.expr(at, ExprKind::Call(Box::new(call)))
    }

    /// Code that is passed: a function by its name is code that calls it with what it is given.
    pub(super) fn code(&mut self, written: &SynExpr) -> Expr {
        let SynExpr::Path(path) = bare(written) else { return self.expr(written) };
        let name = super::paths::last_name(&path.path);
        if !name.starts_with(char::is_lowercase) || path.path.segments.len() > 1 && name == "from" {
            return self.expr(written);
        }
        let start = path.path.segments.first().map_or(self.near, |first| span(first.ident.span()));
        let end = path.path.segments.last().map_or(start, |last| span(last.ident.span()));
        let at = between(start, end);
        let given = self.tree.expr(at, ExprKind::Name(GIVEN.to_owned()));
        let body = self.call_of_path(path, vec![given], end);
        let param = Param { name: GIVEN.to_owned(), label: None, ty: None, default: None, is_variadic: false, annotations: Vec::new(), span: at };
        let closure = Closure { params: vec![param], implicit_params: false, body, is_expression_body: true, captures_return: true, labels: Vec::new() };
        self.tree.expr(at, ExprKind::Closure(Box::new(closure)))
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
                // `Ok(None)` is there, and so is `Ok(f())` where that gives none.
                let is_absence = matches!(value.kind, ExprKind::Literal(Literal::Null));
                let is_told = !self.is_absent_within || is_present(only);
                if !is_absence && is_told {
                    return Some(value);
                }
                let there = self.unknown(at);
                Some(if is_absence { there } else { self.tree.expr(at, ExprKind::Block { label: None, body: vec![value, there] }) })
            }
            ("Err", _) if is_of_prelude => {
                let why = self.expr(only);
                Some(self.absent(vec![why], at))
            }
            ("block_on", _) => {
                let waited = self.expr(only);
                Some(self.awaited(waited))
            }
            // What panics in it did not give anything.
            ("catch_unwind", _) => {
                let code = self.code(only);
                let body = Box::new(self.invoked(code));
                let null = self.tree.expr(at, ExprKind::Literal(Literal::Null));
                let caught = Catch { types: Vec::new(), name: None, pattern: None, body: null, span: at };
                Some(self.tree.expr(at, ExprKind::Try { body, catches: vec![caught], finally: None }))
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

/// Whether evaluating something may do more than give a value.
fn does_something(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Call(_) | ExprKind::Block { .. } | ExprKind::If { .. } | ExprKind::Match { .. } | ExprKind::Unknown(_))
}

/// Whether something is said to be there: `Some(x)`, `Ok(x)`.
fn is_present(expr: &SynExpr) -> bool {
    let SynExpr::Call(call) = bare(expr) else { return false };
    matches!(bare(&call.func), SynExpr::Path(path) if ["Ok", "Some"].contains(&super::paths::last_name(&path.path).as_str()))
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
