//! Boxes: things that hold one value, which whoever has the box may change. A variable that holds one is written by other names, too.

use super::resolver::Resolver;
use super::{FieldId, Target, Typed};
use crate::ir::{Call, Expr, ExprKind};
use crate::source::Language;

/// Types of things that hold one value, which changes.
pub(crate) const BOXES: [&str; 13] = [
    "MutableStateFlow",
    "StateFlow",
    "MutableLiveData",
    "LiveData",
    "MutableState",
    "State",
    "AtomicBoolean",
    "AtomicReference",
    "ObservableBoolean",
    "ObservableField",
    "CurrentValueSubject",
    "BehaviorSubject",
    "BehaviorRelay",
];
/// Those of them that only show what they hold.
const READ_ONLY: [&str; 3] = ["StateFlow", "LiveData", "State"];
/// Functions that make a box of a type which does not say so where it is made.
const MAKERS: [&str; 1] = ["mutableStateOf"];
/// Functions whose result is that of their lambda.
const KEEPING: [&str; 3] = ["lazy", "remember", "rememberSaveable"];
/// Functions that give a view of a box, which shows what it holds whenever it is read.
pub(crate) const BOX_VIEWS: [&str; 7] =
    ["asStateFlow", "asSharedFlow", "asLiveData", "distinctUntilChanged", "collectAsState", "collectAsStateWithLifecycle", "eraseToAnyPublisher"];
/// Members of Rust's boxes that give what is inside for writing.
const LENT: [&str; 9] = ["blocking_lock", "borrow_mut", "get_mut", "lock", "take", "try_borrow_mut", "try_lock", "try_write", "write"];

/// Members of Rust's condition variables that give back the lock that they are passed.
pub(crate) const WAITING: [&str; 4] = ["wait", "wait_timeout", "wait_timeout_while", "wait_while"];

impl<'m> Resolver<'m> {
    /// Whether something of a type is a box that others may write.
    pub(super) fn is_box_type(typed: Option<&Typed>) -> bool {
        let name = typed.and_then(|typed| typed.ty.simple_name());
        name.is_some_and(|name| BOXES.contains(&name) && !READ_ONLY.contains(&name))
    }

    /// Whether a value is made as a box whose type does not tell: `mutableStateOf(false)`, `remember { mutableStateOf(false) }`.
    pub(super) fn makes_box(value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Call(call) if call.receiver.is_some() => false,
            ExprKind::Call(call) if MAKERS.contains(&call.name.as_str()) => true,
            ExprKind::Call(call) if KEEPING.contains(&call.name.as_str()) => call.args.last().is_some_and(|arg| Self::makes_box(&arg.value)),
            ExprKind::Closure(closure) => Self::makes_box(&closure.body),
            ExprKind::Block { body, .. } => body.last().is_some_and(Self::makes_box),
            _ => false,
        }
    }

    /// Whether a place holds a box that others may write.
    pub(super) fn is_box(&mut self, place: Target) -> bool {
        match place {
            Target::Variable(id) => self.out.variables[id as usize].is_box,
            Target::Field(field) => self.is_box_field(field),
        }
    }

    /// Whether a field does.
    pub(super) fn is_box_field(&mut self, field: FieldId) -> bool {
        let declared = &self.module.types[field.ty as usize].fields[field.index as usize];
        self.boxes.contains(&declared.span) || Self::is_box_type(self.field_type(field).as_ref())
    }

    /// The place whose box a value is, so that a variable which is declared with it is another name for that place.
    pub(super) fn box_behind(&mut self, value: &Expr) -> Option<Target> {
        let place = match &value.kind {
            // `lock.wait(guard).unwrap()`
            ExprKind::Coalesce(value, otherwise) if matches!(otherwise.kind, ExprKind::Exit { .. }) => return self.box_behind(value),
            ExprKind::Call(call) => self.out.target(self.lent_by(value, call)?.id),
            _ => self.out.target(value.id),
        }?;
        self.is_box(place).then_some(place)
    }

    /// What a call of a member of Rust's standard library gives again.
    fn lent_by<'e>(&self, expr: &Expr, call: &'e Call) -> Option<&'e Expr> {
        let is_own = self.out.callees.get(&expr.id).is_some_and(|callees| !callees.is_empty());
        if self.language() != Language::Rust || is_own {
            return None;
        }
        match call.args.first() {
            None if LENT.contains(&call.name.as_str()) => call.receiver.as_ref(),
            Some(first) if WAITING.contains(&call.name.as_str()) => Some(&first.value),
            _ => None,
        }
    }
}
