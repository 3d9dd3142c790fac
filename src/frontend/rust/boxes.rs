//! Cells, locks, atomics and channels: whoever holds one, under whatever name, may change what is inside. They are taken off, so that what is
//! inside stands for itself, and the names that hold them are noted.

use syn::{Expr as SynExpr, ExprRawAddr, ExprReference, GenericArgument, Pat, PathArguments, PointerMutability, Type};

use super::expressions::bare;
use super::patterns::binding_of;
use super::uses::plain;
use super::{Rust, paths};
use crate::ir::{Expr, ExprKind, Literal};
use crate::source::Span;

/// Types whose content changes though they are not mutable themselves.
const BOXES: [&str; 13] = [
    "Cell",
    "Mutex",
    "OnceCell",
    "OnceLock",
    "Receiver",
    "RefCell",
    "RwLock",
    "Sender",
    "SyncSender",
    "UnboundedReceiver",
    "UnboundedSender",
    "UnsafeCell",
    "SyncUnsafeCell",
];
/// What shares a box or may lack it.
const SHARING: [&str; 9] = ["Arc", "AssertUnwindSafe", "Box", "LazyLock", "Option", "Pin", "Rc", "Some", "State"];
/// Functions that make the two ends of a channel.
const CHANNELS: [&str; 6] = ["bounded", "channel", "oneshot", "sync_channel", "unbounded", "unbounded_channel"];
/// Types nested deeper than this are not followed.
const MAX_DEPTH: u32 = 8;

impl Rust<'_> {
    fn is_box_name(&self, name: &str) -> bool {
        let meant = self.meant(name);
        meant.starts_with("Atomic") || BOXES.contains(&meant) || self.box_aliases.contains(meant)
    }

    /// Whether something of a type is a box, or shares one.
    pub(super) fn is_box_type(&self, ty: &Type) -> bool {
        self.is_box_within(ty, MAX_DEPTH)
    }

    fn is_box_within(&self, ty: &Type, depth: u32) -> bool {
        if depth == 0 {
            return false;
        }
        let path = match ty {
            Type::Reference(reference) => return self.is_box_within(&reference.elem, depth - 1),
            Type::Paren(paren) => return self.is_box_within(&paren.elem, depth - 1),
            Type::Path(path) => &path.path,
            _ => return false,
        };
        let name = paths::last_name(path);
        if self.is_box_name(&name) {
            return true;
        }
        let Some(PathArguments::AngleBracketed(angle)) = path.segments.last().map(|last| &last.arguments) else { return false };
        let first = angle.args.iter().find_map(|arg| match arg {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        });
        SHARING.contains(&self.meant(&name)) && first.is_some_and(|ty| self.is_box_within(ty, depth - 1))
    }

    /// Whether an expression makes a box: `Arc::new(Mutex::new(x))`.
    pub(super) fn makes_box(&self, expr: &SynExpr) -> bool {
        let mut expr = bare(expr);
        for _ in 0..MAX_DEPTH {
            let SynExpr::Call(call) = expr else { return false };
            let SynExpr::Path(path) = bare(&call.func) else { return false };
            let names: Vec<String> = path.path.segments.iter().rev().take(2).map(|segment| plain(&segment.ident)).collect();
            if names.get(1).is_some_and(|outer| self.is_box_name(outer)) {
                return true;
            }
            let is_sharing = |name: Option<&String>| name.is_some_and(|name| SHARING.contains(&self.meant(name)));
            let Some(only) = call.args.first().filter(|_| call.args.len() == 1 && (is_sharing(names.get(1)) || is_sharing(names.first()))) else {
                return false;
            };
            expr = bare(only);
        }
        false
    }
}

/// Whether a value is read out of what an expression names: `*x`, `*x.lock().unwrap()`. Without the star, it is what is named.
pub(super) fn is_read_out(mut expr: &SynExpr) -> bool {
    loop {
        expr = match expr {
            SynExpr::Paren(paren) => &paren.expr,
            SynExpr::Group(group) => &group.expr,
            SynExpr::Unary(unary) => return matches!(unary.op, syn::UnOp::Deref(_)),
            _ => return false,
        };
    }
}

/// What is lent for writing: `&mut x`, `&mut self.x`.
fn lent(mut expr: &SynExpr) -> Option<&SynExpr> {
    loop {
        expr = match expr {
            SynExpr::Paren(paren) => &paren.expr,
            SynExpr::Group(group) => &group.expr,
            SynExpr::Cast(cast) => &cast.expr,
            SynExpr::Reference(ExprReference { mutability: Some(_), expr, .. })
            | SynExpr::RawAddr(ExprRawAddr { mutability: PointerMutability::Mut(_), expr, .. }) => {
                let place = bare(expr);
                return matches!(place, SynExpr::Path(_) | SynExpr::Field(_)).then_some(place);
            }
            _ => return None,
        };
    }
}

impl Rust<'_> {
    /// A value that is handed over. What is lent for writing is anything from here on.
    pub(super) fn handed_over(&mut self, expr: &SynExpr) -> Expr {
        let value = self.expr(expr);
        match lent(expr) {
            Some(place) => self.written_by_others(value, place),
            None => value,
        }
    }

    /// A place of which somebody is told where it is: it is anything from here on.
    pub(super) fn lent_for_writing(&mut self, place: &SynExpr) -> Expr {
        let value = self.expr(place);
        self.written_by_others(value, place)
    }

    fn written_by_others(&mut self, value: Expr, place: &SynExpr) -> Expr {
        let at = value.span;
        let target = Box::new(self.expr(place));
        let anything = Box::new(self.unknown(at));
        let written = self.tree.expr(at, ExprKind::Assign { target, value: anything, compound: false });
        self.tree.expr(at, ExprKind::Block { label: None, body: vec![written, value] })
    }

    /// What is read out of a place is no other name for it.
    pub(super) fn read_out(&mut self, value: Expr, written: &SynExpr) -> Expr {
        let is_place = matches!(value.kind, ExprKind::Name(_) | ExprKind::Member { .. });
        if is_place && is_read_out(written) { self.call_on(value, "get", Vec::new()) } else { value }
    }

    /// `let (tx, rx) = channel()`: one box by two names, with nothing inside at first.
    pub(super) fn channel(&mut self, pat: &Pat, made: Expr, written: &SynExpr, start: Span, body: &mut Vec<Expr>) -> Result<(), Expr> {
        let Some(((sender, sender_at), (receiver, receiver_at))) = ends(pat).filter(|_| is_channel(written)) else { return Err(made) };
        let first = match &made.kind {
            // `watch::channel(first)`
            ExprKind::Call(call) if is_called_on(written, "watch") => call.args.first().map(|arg| arg.value.clone()),
            _ => None,
        };
        let first = match first {
            Some(first) => first,
            None => {
                body.push(made);
                self.tree.expr(receiver_at, ExprKind::Literal(Literal::Null))
            }
        };
        self.build.module.boxes.push(receiver_at);
        let other = self.tree.expr(sender_at, ExprKind::Name(receiver.clone()));
        for (name, name_span, value) in [(receiver, receiver_at, first), (sender, sender_at, other)] {
            let at = super::between(start, name_span);
            let kind = ExprKind::Let { name, ty: None, value: Some(Box::new(value)), mutable: false, delegated: false, name_span };
            let declared = self.tree.expr(at, kind);
            body.push(declared);
        }
        Ok(())
    }
}

type Named = (String, Span);

fn ends(pat: &Pat) -> Option<(Named, Named)> {
    let Pat::Tuple(tuple) = pat else { return None };
    let both: Vec<Named> = tuple.elems.iter().filter_map(binding_of).filter(|(name, _)| name != "_").collect();
    match <[Named; 2]>::try_from(both) {
        Ok([sender, receiver]) if tuple.elems.len() == 2 => Some((sender, receiver)),
        _ => None,
    }
}

fn is_channel(expr: &SynExpr) -> bool {
    let SynExpr::Call(call) = bare(expr) else { return false };
    matches!(bare(&call.func), SynExpr::Path(path) if CHANNELS.contains(&paths::last_name(&path.path).as_str()))
}

fn is_called_on(expr: &SynExpr, module: &str) -> bool {
    let SynExpr::Call(call) = bare(expr) else { return false };
    matches!(bare(&call.func), SynExpr::Path(path) if path.path.segments.iter().rev().nth(1).is_some_and(|outer| plain(&outer.ident) == module))
}
