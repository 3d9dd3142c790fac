//! What boxes and places that are lent out hold: whoever has them may write them.

use super::Walker;
use crate::analysis::facts::Facts;
use crate::analysis::state::Flow;
use crate::analysis::value::Value;
use crate::evidence::{BOXES, Target, WAITING};
use crate::ir::{Call, Expr, ExprKind, TypeRef};
use crate::source::Language;

/// Types as which a box only shows what it holds.
const SHOWING: [&str; 8] = ["AnyPublisher", "Flow", "LiveData", "Observable", "Publisher", "SharedFlow", "State", "StateFlow"];
/// Functions of Rust that are passed a box and leave it as it is.
const LEAVE_ALONE: [&str; 2] = ["drop", "forget"];
/// Members of what Rust's standard library declares that change what they are called on, whether it is mutable or a box.
const CHANGING: [&str; 14] = [
    "compare_exchange",
    "compare_exchange_weak",
    "fetch_and",
    "fetch_not",
    "fetch_or",
    "fetch_update",
    "fetch_xor",
    "get_or_init",
    "get_or_insert",
    "get_or_insert_with",
    "insert",
    "replace",
    "swap",
    "update",
];
/// Members of a mutable variable that leave it as it is.
const READING: [&str; 10] = ["and_then", "clone", "cmp", "eq", "fmt", "get", "inspect", "let", "map", "ne"];

impl<'m> Walker<'_, 'm> {
    /// What a call puts into a box, or into a copy of an instance of a data class.
    pub(super) fn put_into_box(&mut self, call: &'m Call, receiver: &Value, args: &[Value], flow: &mut Flow) {
        let place = call.receiver.as_ref().and_then(|receiver| self.resolution.target(receiver.id));
        let ty = call.receiver.as_ref().and_then(|receiver| self.resolution.types.get(&receiver.id)).and_then(|typed| typed.ty.simple_name());
        let is_box = ty.is_some_and(|name| BOXES.contains(&name)) || place.is_some_and(|place| self.resolution.is_box(place));
        for (arg, value) in call.args.iter().zip(args) {
            let Some(state) = flow.as_ref() else { return };
            for &field in self.resolution.set_by.get(&arg.value.id).into_iter().flatten() {
                let value = if super::calls::is_callable(value) { Value::Unknown } else { value.clone() };
                let value = if self.language() == Language::Rust { self.spelled(value) } else { value };
                self.next.write(Target::Field(field), value, &state.facts.without_handler());
            }
            let Some(place) = place.filter(|place| self.resolution.stored_in.get(&arg.value.id) == Some(place)) else { continue };
            let put = match value {
                Value::Closure(id) if is_box => self.walk_inline(*id, vec![receiver.clone()], flow),
                value if is_box && !super::calls::is_callable(value) => value.clone(),
                _ => Value::Unknown,
            };
            self.store(place, put, flow);
        }
    }

    /// Who is passed a box may put anything into it.
    pub(super) fn hand_out_boxes(&mut self, call: &'m Call) {
        let name = call.name.as_str();
        let leaves_alone = if call.receiver.is_none() { LEAVE_ALONE.contains(&name) } else { WAITING.contains(&name) };
        if leaves_alone && self.language() == Language::Rust {
            return;
        }
        call.args.iter().for_each(|arg| self.hand_out_box(&arg.value, None));
    }

    /// Boxes that go where they are not followed may be written there, unless they go as something that only shows what they hold.
    pub(super) fn hand_out_box(&mut self, value: &Expr, shown_as: Option<&TypeRef>) {
        if shown_as.is_some_and(|ty| SHOWING.contains(&ty.simple_name())) {
            return;
        }
        let mut places = Vec::new();
        self.boxes_in(value, &mut places);
        for place in places {
            self.next.write(place, Value::Unknown, &Facts::none());
        }
    }

    /// The boxes that a value has in it: itself, or what it was made of without being called.
    fn boxes_in(&self, value: &Expr, found: &mut Vec<Target>) {
        match &value.kind {
            ExprKind::Name(_) | ExprKind::Member { .. } => {
                let is_renamed = self.resolution.renamed.contains(&value.id);
                found.extend(self.resolution.target(value.id).filter(|&place| !is_renamed && self.resolution.is_box(place)));
            }
            ExprKind::Collection(items) | ExprKind::Unknown(items) => items.iter().for_each(|item| self.boxes_in(item, found)),
            ExprKind::Cast { value, .. } => self.boxes_in(value, found),
            _ => {}
        }
    }

    /// What a field is declared to be.
    pub(super) fn declared_type(&self, place: Target) -> Option<&'m TypeRef> {
        let Target::Field(field) = place else { return None };
        self.module.types[field.ty as usize].fields[field.index as usize].ty.as_ref()
    }

    /// What a function gives back goes to whoever calls it.
    pub(super) fn hand_out_result(&mut self, value: &Expr) {
        let function = &self.module.functions[self.function as usize];
        let property = || self.module.types[function.owner as usize].fields.iter().find(|field| field.getter == Some(self.function));
        let declared = function.returns.as_ref().or_else(|| property()?.ty.as_ref()).filter(|_| self.closure_depth == 0);
        match &value.kind {
            ExprKind::Block { body, .. } => body.last().into_iter().for_each(|last| self.hand_out_result(last)),
            _ => self.hand_out_box(value, declared),
        }
    }

    /// A method of Rust may change what it is called on, if that is mutable.
    pub(super) fn change_by_method(&mut self, call: &'m Call, flow: &mut Flow) {
        let Some(receiver) = call.receiver.as_ref().filter(|_| self.language() == Language::Rust) else { return };
        let Some(place) = self.resolution.target(receiver.id) else { return };
        let name = call.name.as_str();
        let may_change = match place {
            Target::Variable(id) => {
                let reads = READING.contains(&name) || ["is_", "as_", "to_", "has_", "contains"].iter().any(|prefix| name.starts_with(prefix));
                CHANGING.contains(&name) || self.resolution.variables[id as usize].is_mutable && !self.resolution.is_box(place) && !reads
            }
            Target::Field(_) => CHANGING.contains(&name),
        };
        if may_change {
            self.store(place, Value::Unknown, flow);
        }
    }
}
