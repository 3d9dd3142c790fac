//! Reads of names, properties and members.

use super::expressions::member_span;
use super::{FrameKind, Walker};
use crate::analysis::facts::{FactSet, Facts};
use crate::analysis::state::{Flow, State, assume};
use crate::analysis::value::{Key, Value};
use crate::catalogue::Entry;
use crate::evidence::{Binding, FieldId, Target, Ty};
use crate::ir::{Expr, ExprKind, FunctionId, TypeId, TypeKind};
use crate::source::Language;

impl<'a, 'm> Walker<'a, 'm> {
    pub(super) fn eval_name(&mut self, expr: &'m Expr, name: &str, flow: &mut Flow) -> Value {
        if self.unaliased(name) == "SDK_INT" {
            return Value::OsVersion;
        }
        match self.resolution.bindings.get(&expr.id) {
            Some(Binding::Variable(id)) => self.load(Target::Variable(*id), flow),
            Some(Binding::Field(field)) => {
                let field = *field;
                self.hand_out(field, name, flow);
                self.eval_field(expr, field, flow)
            }
            Some(Binding::Type(_)) => self.constant_value(expr, name),
            None => match self.referred_to(expr.id) {
                Some(callees) => Value::Functions(callees.to_vec()),
                None => self.eval_platform_member(expr, None, name, flow),
            },
        }
    }

    /// `$flag` lets whoever gets it write the property, unless it is a publisher, which only tells of writes.
    fn hand_out(&mut self, field: FieldId, name: &str, flow: &Flow) {
        let declared = &self.module.types[field.ty as usize].fields[field.index as usize];
        let only_tells = declared.annotations.iter().any(|annotation| annotation.name == "Published");
        if let (Some(_), true, false) = (flow, name.starts_with('$'), only_tells) {
            self.next.write(Target::Field(field), Value::Unknown, &Facts::none());
        }
    }

    /// The value of a property; where subtypes have their own, that of any of them.
    pub(super) fn eval_field(&mut self, expr: &'m Expr, field: FieldId, flow: &mut Flow) -> Value {
        if self.resolution.is_variable(expr.id) {
            return self.eval_held(field, flow);
        }
        if !self.resolution.field_overrides.contains_key(&field) {
            return self.eval_field_itself(expr, field, flow);
        }
        let before = flow.take();
        let mut result = Value::Unknown;
        for one in self.fields_read(expr, field) {
            let mut there = before.clone();
            let value = self.eval_field_itself(expr, one, &mut there);
            let so_far = flow.take();
            result = self.meet(flow, so_far, result, there, value);
        }
        result
    }

    /// The properties any of which a read may mean: those that an instance of the receiver's type may have.
    fn fields_read(&self, expr: &Expr, field: FieldId) -> Vec<FieldId> {
        let receiver = match &expr.kind {
            ExprKind::Member { receiver, .. } => Some(&**receiver),
            ExprKind::Call(call) => call.receiver.as_ref(),
            _ => None,
        };
        if receiver.is_some_and(|receiver| matches!(receiver.kind, ExprKind::Super)) {
            return vec![field];
        }
        let is_a = |ty: TypeId, other: TypeId| ty == other || self.resolution.supertypes.get(&ty).is_some_and(|all| all.contains(&other));
        let owner = match receiver.map(|receiver| self.resolution.types.get(&receiver.id).map(|typed| &typed.ty)) {
            Some(Some(Ty::App { id, .. })) => Some(*id),
            Some(_) => None,
            None => self.enclosing_that(|ty| is_a(ty, field.ty)),
        };
        let overriding = self.resolution.fields_behind(field).skip(1).filter(|other| owner.is_none_or(|owner| is_a(other.ty, owner)));
        let all: Vec<FieldId> = std::iter::once(field).filter(|&field| !self.is_only_demanded(field)).chain(overriding).collect();
        if all.is_empty() { vec![field] } else { all }
    }

    fn enclosing_that(&self, fits: impl Fn(TypeId) -> bool) -> Option<TypeId> {
        let mut owner = self.module.functions[self.function as usize].owner;
        while !fits(owner) && !self.module.is_file_scope(owner) {
            owner = self.module.types[owner as usize].owner;
        }
        fits(owner).then_some(owner)
    }

    /// Whether a property is one that a protocol asks for: a type of the platform may have it.
    fn is_asked_for(&self, field: FieldId) -> bool {
        let decl = &self.module.types[field.ty as usize];
        decl.kind == TypeKind::Interface && decl.fields[field.index as usize].getter.is_none()
    }

    /// Whether subtypes must have the property, because it is abstract.
    fn is_only_demanded(&self, field: FieldId) -> bool {
        let decl = &self.module.types[field.ty as usize];
        let may_be_abstract = decl.kind == TypeKind::Interface || self.module.language_of_type(field.ty) == Language::Kotlin;
        may_be_abstract && decl.fields[field.index as usize].getter.is_none() && !self.resolution.field_values.contains_key(&field)
    }

    fn eval_field_itself(&mut self, expr: &'m Expr, field: FieldId, flow: &mut Flow) -> Value {
        let declared = &self.module.types[field.ty as usize].fields[field.index as usize];
        // In its own getter a property is what it holds (Kotlin's `field`).
        if let Some(getter) = declared.getter.filter(|&getter| getter != self.function) {
            return self.call_functions(expr, &[getter], expr.span, Vec::new(), flow);
        }
        self.eval_held(field, flow)
    }

    /// What a property holds, whatever its getter does.
    fn eval_held(&mut self, field: FieldId, flow: &mut Flow) -> Value {
        let value = self.load(Target::Field(field), flow);
        if value == Value::Unknown {
            return self.constant_field(field);
        }
        value
    }

    pub(super) fn eval_member(&mut self, expr: &'m Expr, receiver: &'m Expr, name: &str, flow: &mut Flow) -> Value {
        if name == "SDK_INT" {
            return Value::OsVersion;
        }
        let receiver_value =
            if matches!(self.resolution.bindings.get(&receiver.id), Some(Binding::Type(_))) { Value::Unknown } else { self.eval(receiver, flow) };
        let (present, absent) = (receiver_value.facts_if(&Key::NonNull), receiver_value.facts_if(&Key::Null));
        let tells = |facts: &FactSet| facts.as_ref().is_none_or(|facts| !facts.is_none());
        if !matches!(expr.kind, ExprKind::Member { safe: true, .. }) || !(tells(&present) || tells(&absent)) {
            return self.eval_member_of(expr, receiver, receiver_value, name, flow);
        }
        // `session?.isRunning` is null where there is no session.
        let mut there = assume(flow.clone(), &present);
        let elsewhere = assume(flow.take(), &absent);
        let value = self.eval_member_of(expr, receiver, receiver_value, name, &mut there);
        let value = if value == Value::Unknown { Value::something() } else { value };
        self.meet(flow, there, value, elsewhere, Value::key(Key::Null))
    }

    fn eval_member_of(&mut self, expr: &'m Expr, receiver: &'m Expr, receiver_value: Value, name: &str, flow: &mut Flow) -> Value {
        if let Some(Binding::Field(field)) = self.resolution.bindings.get(&expr.id) {
            let field = *field;
            if self.is_asked_for(field)
                && let Some(value) = self.platform_value(expr, flow)
            {
                return value;
            }
            let getter = self.module.types[field.ty as usize].fields[field.index as usize].getter;
            if let Some(value) = getter.and_then(|getter| self.value_on(getter, &receiver_value, flow)) {
                return value;
            }
            return self.eval_field(expr, field, flow);
        }
        if self.language() == Language::Swift
            && let Some(callees) = self.referred_to(expr.id)
        {
            return Value::Functions(callees.to_vec());
        }
        if let Some(callees) = self.callees(expr.id) {
            return self.call_functions(expr, callees, member_span(expr), Vec::new(), flow);
        }
        if let Some(value) = self.member_of_value(&receiver_value, name) {
            return value;
        }
        if let Some(value) = self.status_extension(&receiver_value, name).and_then(|getter| self.value_on(getter, &receiver_value, flow)) {
            return value;
        }
        self.eval_platform_member(expr, Some((receiver, receiver_value)), name, flow)
    }

    /// The getter by which an extension in this module adds a property to the type of a status.
    fn status_extension(&self, receiver: &Value, name: &str) -> Option<FunctionId> {
        let Value::Status(Some(status), _) = receiver else { return None };
        let extended = &self.catalogue.status(*status).name;
        let extensions = self.module.types.iter().filter(|ty| ty.kind == TypeKind::Extension && ty.name == *extended);
        extensions.flat_map(|ty| &ty.fields).find(|field| field.name == name)?.getter
    }

    /// The value of an extension's getter or function on a receiver that says something (an answer, say): its body, evaluated with that as `self`.
    pub(super) fn value_on(&mut self, function: FunctionId, receiver: &Value, flow: &Flow) -> Option<Value> {
        let module = self.module;
        let declared = &module.functions[function as usize];
        let is_telling = matches!(receiver, Value::Status(..) | Value::Answers(_) | Value::Choice { .. }) || self.stands_for_feature(receiver);
        let body = declared.body.as_ref().filter(|_| is_telling && self.this_value.is_none())?;
        let base = flow.as_ref()?.facts.clone();
        let state = State { facts: base.clone(), places: Default::default() };
        let outer = self.this_value.replace(receiver.clone());
        let (_, value) = self.quietly(|walker| {
            walker.in_frame(FrameKind::Function, vec![declared.name.clone()], |walker| {
                let mut flow = Some(state);
                let value = walker.eval(body, &mut flow);
                (flow, value)
            })
        });
        self.this_value = outer;
        Some(value.map_facts(&|facts| facts.beyond(&base)))
    }

    /// What is read of the platform: notes an access; gives the answer of a check.
    fn platform_value(&mut self, expr: &'m Expr, flow: &mut Flow) -> Option<Value> {
        let span = member_span(expr);
        if let Some(state) = flow.as_ref() {
            let facts = state.facts.clone();
            self.observe_accesses(expr, span, &facts);
        }
        self.check_value(expr, None, span, &[], flow)
    }

    /// A read of something that is not of this module: an access, a check, or a constant.
    fn eval_platform_member(&mut self, expr: &'m Expr, receiver: Option<(&'m Expr, Value)>, name: &str, flow: &mut Flow) -> Value {
        if let Some(value) = self.platform_value(expr, flow) {
            return value;
        }
        self.observe_no_check(expr, member_span(expr), receiver.as_ref().map_or(&Value::Unknown, |(_, value)| value));
        let carried = self.symbols(expr.id).iter().any(|found| matches!(found.entry, Entry::Carrier(_)));
        match receiver {
            Some((_, value)) if carried => value,
            Some((_, value)) => self.handed_on(value, name).unwrap_or_else(|| self.constant_value(expr, name)),
            None => self.constant_value(expr, name),
        }
    }
}
