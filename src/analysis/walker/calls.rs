//! Calls: of the platform, of functions in the module, of functions kept in variables, and of unknown code.

use std::sync::Arc;

use super::expressions::member_span;
use super::{Duty, Walker};
use crate::analysis::facts::Facts;
use crate::analysis::state::{Flow, assume, join};
use crate::analysis::tables::{Promise, Summary, add};
use crate::analysis::value::{Key, Value};
use crate::catalogue::{AnnotationMeaning, Entry, ValueSetId, When};
use crate::evidence::{Binding, SymbolMatch, Target, Ty, VariableKind, argument, param_index, receiver_args};
use crate::ir::{Call, Expr, ExprId, ExprKind, FunctionId, FunctionKind, TypeId, TypeKind};
use crate::source::{Language, Span};
use crate::verdict::Confidence;

/// Code that runs code that runs code, deeper than this, gives something of which nothing is known.
const MAX_KEPT_DEPTH: usize = 4;

impl<'a, 'm> Walker<'a, 'm> {
    pub(super) fn eval_call(&mut self, expr: &'m Expr, call: &'m Call, flow: &mut Flow) -> Value {
        if let Some(value) = self.eval_demand(expr, call, flow) {
            return value;
        }
        let discarded = self.discarded.take();
        let receiver = match &call.receiver {
            Some(receiver) if !matches!(self.resolution.bindings.get(&receiver.id), Some(Binding::Type(_))) => {
                self.eval_gated_receiver(expr, call, receiver, flow)
            }
            _ => Value::Unknown,
        };
        if !call.safe {
            return self.eval_call_on(expr, call, receiver, discarded, flow);
        }
        let mut present = assume(flow.clone(), &receiver.facts_if(&Key::NonNull));
        let absent = assume(flow.take(), &receiver.facts_if(&Key::Null));
        let value = self.eval_call_on(expr, call, receiver, discarded, &mut present);
        self.meet(flow, present, value, absent, Value::key(Key::Null))
    }

    fn eval_call_on(&mut self, expr: &'m Expr, call: &'m Call, receiver: Value, discarded: Option<ExprId>, flow: &mut Flow) -> Value {
        let value = self.eval_call_itself(expr, call, receiver, discarded, flow);
        self.change_by_method(call, flow);
        value
    }

    fn eval_call_itself(&mut self, expr: &'m Expr, call: &'m Call, receiver: Value, discarded: Option<ExprId>, flow: &mut Flow) -> Value {
        let args: Vec<Value> = call.args.iter().map(|arg| self.eval(&arg.value, flow)).collect();
        self.discarded = discarded;
        if !self.is_gate(expr.id) {
            let value = self.eval_call_with(expr, call, &receiver, args, flow);
            return if value == Value::Unknown { self.made_case(expr, call) } else { value };
        }
        let grants = self.grants(expr, &args, call.name_span, flow);
        self.pass_gates(expr, call, &args, &grants);
        let value = self.eval_call_with(expr, call, &receiver, args, flow);
        self.answered(expr, &grants, value, flow)
    }

    fn eval_call_with(&mut self, expr: &'m Expr, call: &'m Call, receiver: &Value, args: Vec<Value>, flow: &mut Flow) -> Value {
        let Some(state) = flow.as_ref() else { return Value::Unknown };
        let facts = self.when_switched_on(expr, call, &args, &state.facts);
        self.observe_accesses(expr, call.name_span, &facts);
        self.observe_construction(expr, call, &facts);
        self.resumption_facts = flow.as_ref().map(|state| state.facts.clone()).unwrap_or_default();
        self.observe_no_check(expr, call.name_span, receiver);
        self.observe_receiver_call(call, receiver, &args, flow);
        self.put_into_box(call, receiver, &args, flow);
        self.hand_out_boxes(call);
        if let Some(value) = self.check_value(expr, Some(call), call.name_span, &args, flow) {
            return value;
        }
        if let Some(value) = self.version_test(expr) {
            return value;
        }
        self.apply_revocation(expr, call, &args, flow);
        if let Some(&field) = self.resolution.accessors.get(&expr.id) {
            return self.eval_field(expr, field, flow);
        }
        let told = self.told_by_method(expr, call, receiver, flow);
        if let Some(callees) = self.callees(expr.id) {
            let value = self.call_functions(expr, callees, call.name_span, self.positioned(call, &args), flow);
            return told.unwrap_or(value);
        }
        if let Some(told) = told {
            return told;
        }
        if let Some(value) = self.call_kept(expr, call, &args, flow) {
            return value;
        }
        if let Some(value) = self.eval_builtin(expr, call, receiver, &args, flow) {
            return value;
        }
        if let Some(value) = self.converted_function(expr, &args) {
            return value;
        }
        let value = self.carried_value(expr, call, receiver, &args);
        for (arg, value) in call.args.iter().zip(args) {
            self.hand_over(value, arg.value.id, call.name_span, flow);
        }
        value
    }

    /// `state.is_granted()`: what a method of Rust that looks at nothing but its receiver says of this one.
    fn told_by_method(&mut self, expr: &Expr, call: &'m Call, receiver: &Value, flow: &Flow) -> Option<Value> {
        let [only] = *self.resolution.callees.get(&expr.id)?.as_slice() else { return None };
        let declared = &self.module.functions[only as usize];
        let looks_at_itself = self.language() == Language::Rust && call.args.is_empty() && !declared.is_static && *receiver != Value::Unknown;
        if !looks_at_itself {
            return None;
        }
        self.value_on(only, receiver, flow).filter(|value| *value != Value::Unknown)
    }

    /// An instance is made: what is known here holds in its functions, if it is known wherever one is made.
    fn observe_construction(&mut self, expr: &Expr, call: &Call, facts: &Facts) {
        if let Some(&class) = self.resolution.constructs.get(&expr.id) {
            let name: Arc<str> = Arc::from(call.name.as_str());
            self.next.build(class, &facts.without_handler().without_params().through(call.name_span, &name));
        }
    }

    /// `Decision.Refused("why")`: a case that carries something, by its name.
    fn made_case(&self, expr: &Expr, call: &Call) -> Value {
        let case = || Value::key(Key::Constant(call.name.clone()));
        if let Some(&class) = self.resolution.constructs.get(&expr.id) {
            return if self.is_plain_case(class) { case() } else { Value::Unknown };
        }
        let receiver = call.receiver.as_ref().and_then(|receiver| self.resolution.types.get(&receiver.id)).map(|typed| &typed.ty);
        match receiver {
            Some(Ty::Class(owner)) => match &**owner {
                Ty::App { id, .. } if self.module.types[*id as usize].cases.contains(&call.name) => case(),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// Whether a class is one of several things and does nothing but carry something: nobody extends it, and it has no functions.
    fn is_plain_case(&self, class: TypeId) -> bool {
        let declared = &self.module.types[class as usize];
        let only_carries = |&member: &FunctionId| matches!(self.module.functions[member as usize].kind, FunctionKind::Constructor | FunctionKind::Initializer);
        declared.kind == TypeKind::Class
            && self.resolution.supertypes.get(&class).is_some_and(|supertypes| !supertypes.is_empty())
            && !self.resolution.extended.contains(&class)
            && self.resolution.members.get(&class).is_none_or(|members| members.iter().all(only_carries))
    }

    /// `setMyLocationEnabled(granted)`: the access happens only when the argument that decides says so.
    fn when_switched_on(&self, expr: &Expr, call: &'m Call, args: &[Value], facts: &Facts) -> Facts {
        let mut all = facts.clone();
        for found in self.accesses_at(expr.id) {
            let Entry::Access(number) = found.entry else { continue };
            let symbol = &self.catalogue.accesses[number].symbol;
            for decider in symbol.when.iter().filter(|when| self.is_switch(when)).filter_map(|when| when.argument()) {
                let labels = symbol.members[found.member].labels.as_deref();
                let given = argument(call, decider, labels).and_then(|given| call.args.iter().position(|arg| arg.value.id == given.id));
                if let Some(on) = given.and_then(|position| args.get(position)).and_then(|value| value.facts_if(&Key::True)) {
                    all = all.and(&on);
                }
            }
        }
        all
    }

    fn is_switch(&self, when: &When) -> bool {
        let holds =
            |set: Option<ValueSetId>, value: &str| set.is_some_and(|set| self.catalogue.value_sets[set.0 as usize].constants.iter().any(|one| one == value));
        holds(when.is, "true") || holds(when.is_not, "false")
    }

    /// `OnGranted { … }`: the lambda, as an instance of an interface.
    fn converted_function(&self, expr: &Expr, args: &[Value]) -> Option<Value> {
        let made = *self.resolution.constructs.get(&expr.id)?;
        let is_interface = self.module.types[made as usize].kind == TypeKind::Interface;
        match args {
            [only] if is_interface && is_callable(only) => Some(only.clone()),
            _ => None,
        }
    }

    fn positioned<'v>(&self, call: &'m Call, args: &'v [Value]) -> Vec<(&'m crate::ir::Arg, &'v Value)> {
        call.args.iter().zip(args).collect()
    }

    /// The result of a carrier stands for its input; a constructor of a constant-like thing for its argument.
    fn carried_value(&self, expr: &Expr, call: &'m Call, receiver: &Value, args: &[Value]) -> Value {
        let carrier = self.symbols(expr.id).iter().find_map(|found| match found.entry {
            Entry::Carrier(number) => Some(&self.catalogue.carriers[number]).filter(|carrier| carrier.is_direct()),
            _ => None,
        });
        match carrier.map(|carrier| &carrier.from) {
            Some(crate::catalogue::Place::Position(position)) => args.get(*position as usize).cloned().unwrap_or(Value::Unknown),
            Some(_) => receiver.clone(),
            None if matches!(call.receiver, Some(Expr { kind: ExprKind::Implicit, .. })) => Value::key(Key::Constant(call.name.clone())),
            None => Value::Unknown,
        }
    }

    /// A call on a parameter or kept object: what it promises to whoever passed it.
    fn observe_receiver_call(&mut self, call: &'m Call, value: &Value, args: &[Value], flow: &Flow) {
        let (Some(receiver), Some(state)) = (&call.receiver, flow) else { return };
        let facts = state.facts.clone();
        // `runnable.run()`
        if let (Value::Closure(id), false) = (value, matches!(receiver.kind, ExprKind::Closure(_))) {
            add(&mut self.next.closure_uses, *id, Promise { facts: facts.clone(), args: args.to_vec() });
        }
        let method = (call.name != "invoke").then(|| call.name.clone());
        match self.resolution.target(receiver.id) {
            Some(Target::Variable(id)) => {
                if let VariableKind::Param(function, index) = self.resolution.variables[id as usize].kind {
                    self.observe_param_call(function, index, method, &facts, args.to_vec());
                }
            }
            Some(field @ Target::Field(_)) => add(&mut self.next.stored_calls, (field, method), Promise { facts, args: args.to_vec() }),
            None => {}
        }
    }

    /// Calls a function that a variable, parameter or field keeps.
    fn call_kept(&mut self, expr: &'m Expr, call: &'m Call, args: &[Value], flow: &mut Flow) -> Option<Value> {
        let (place, value) = match self.resolution.bindings.get(&expr.id) {
            Some(Binding::Variable(id)) => (Target::Variable(*id), self.load(Target::Variable(*id), flow)),
            Some(Binding::Field(field)) => (Target::Field(*field), self.load(Target::Field(*field), flow)),
            _ if call.name == "invoke" => {
                let receiver = call.receiver.as_ref()?;
                let value = self.eval_again(receiver, flow);
                (self.resolution.target(receiver.id)?, value)
            }
            None | Some(Binding::Type(_)) => return None,
        };
        let facts = flow.as_ref()?.facts.clone();
        if let Target::Variable(id) = place
            && let VariableKind::Param(function, index) = self.resolution.variables[id as usize].kind
        {
            self.observe_param_call(function, index, None, &facts, args.to_vec());
        }
        if place.is_field() {
            add(&mut self.next.stored_calls, (place, None), Promise { facts: facts.clone(), args: args.to_vec() });
        }
        let result = match value {
            Value::Closure(id) => {
                let promise = Promise { facts, args: args.to_vec() };
                add(&mut self.next.closure_uses, id, promise.clone());
                self.answer_of_kept(id, promise, flow)
            }
            Value::Functions(functions) => {
                let value = self.call_functions(expr, &functions, call.name_span, self.positioned(call, args), flow);
                match functions.as_slice() {
                    [only] => {
                        let grants = self.grants_of_function(*only, expr, args, call.name_span, flow);
                        self.answered(expr, &grants, value, flow)
                    }
                    _ => value,
                }
            }
            _ => Value::Unknown,
        };
        for (arg, value) in call.args.iter().zip(args) {
            self.hand_over(value.clone(), arg.value.id, call.name_span, flow);
        }
        Some(result)
    }

    /// What code gives that was kept, and is run here.
    fn answer_of_kept(&mut self, id: ExprId, promise: Promise, flow: &Flow) -> Value {
        let Some(state) = flow.clone().filter(|_| self.active.len() < MAX_KEPT_DEPTH) else { return Value::Unknown };
        self.quietly(|walker| walker.walk_closure(id, promise.facts, promise.args, state))
    }

    /// The value of a receiver that was evaluated already: only names and members are looked up again.
    fn eval_again(&mut self, receiver: &'m Expr, flow: &Flow) -> Value {
        match self.resolution.target(receiver.id) {
            Some(place) => self.load(place, flow),
            None => Value::Unknown,
        }
    }

    /// Calls functions of the module, one of which runs.
    pub(super) fn call_functions(
        &mut self,
        expr: &'m Expr,
        callees: &[FunctionId],
        span: Span,
        args: Vec<(&'m crate::ir::Arg, &Value)>,
        flow: &mut Flow,
    ) -> Value {
        let Some(state) = flow.take() else { return Value::Unknown };
        let mut after: Flow = None;
        let mut result: Option<(Value, Facts)> = None;
        for &callee in callees {
            let mut entry = Some(state.clone());
            let value = self.call_function(expr, callee, span, &args, &mut entry);
            if let Some(end) = &entry {
                result = Some(match result {
                    Some((known, facts)) => (self.joined(known, &facts, value, &end.facts), facts.or(&end.facts)),
                    None => (value, end.facts.clone()),
                });
            }
            after = join(after, entry);
        }
        *flow = after;
        result.map_or(Value::Unknown, |(value, _)| value)
    }

    fn call_function(&mut self, expr: &'m Expr, callee: FunctionId, span: Span, args: &[(&'m crate::ir::Arg, &Value)], flow: &mut Flow) -> Value {
        let module = self.module;
        let function = &module.functions[callee as usize];
        let args = args.get(receiver_args(function, self.language())..).unwrap_or_default();
        let values = self.param_values(callee, args, flow);
        let Some(state) = flow.as_mut() else { return Value::Unknown };
        let facts = state.facts.clone();
        state.forget_fields();
        self.observe_duty(expr, callee, span, &facts);
        self.observe_site(callee, expr.id, span, &facts, values.clone());
        let is_another = self.is_misread && callee == self.function;
        if function.body.is_none() || !self.relevant[callee as usize] || is_another {
            for (arg, value) in args {
                self.hand_over((*value).clone(), arg.value.id, span, flow);
            }
            return Value::Unknown;
        }
        let Some(summary) = self.known.summary(callee) else {
            // Not reached yet: nothing is known to come back from it in this round.
            *flow = None;
            return Value::Unknown;
        };
        let name: Arc<str> = Arc::from(function.name.as_str());
        self.run_arguments(callee, summary, args, &values, span, &name, flow);
        let always = summary.always.as_ref().map(|facts| self.instantiate(&facts.without_handler(), callee, &values).through(span, &name));
        *flow = assume(flow.take(), &always);
        let value = summary.value.clone().unwrap_or(Value::Unknown);
        self.instantiate_value(value, callee, &values).through(span, &name)
    }

    /// Values by parameter: what is passed, or the default.
    fn param_values(&mut self, callee: FunctionId, args: &[(&'m crate::ir::Arg, &Value)], flow: &mut Flow) -> Vec<Value> {
        let module = self.module;
        let params = &module.functions[callee as usize].params;
        let mut given: Vec<Vec<Value>> = vec![Vec::new(); params.len()];
        for (index, (arg, value)) in args.iter().enumerate() {
            if let Some(position) = param_index(params, args.len(), index, arg) {
                given[position].push((*value).clone());
            }
        }
        let mut values = Vec::new();
        for (param, mut passed) in params.iter().zip(given) {
            values.push(match (passed.len(), &param.default) {
                (0, Some(default)) => self.eval_quietly(default, &mut flow.clone()),
                (0, None) => Value::Unknown,
                (1, _) => passed.remove(0),
                _ => self.collection(passed),
            });
        }
        values
    }

    /// Runs what is passed, with what the callee promises to each of its parameters.
    #[allow(clippy::too_many_arguments)]
    fn run_arguments(
        &mut self,
        callee: FunctionId,
        summary: &'a Summary,
        args: &[(&'m crate::ir::Arg, &Value)],
        values: &[Value],
        span: Span,
        name: &Arc<str>,
        flow: &mut Flow,
    ) {
        let module = self.module;
        let params = &module.functions[callee as usize].params;
        for (index, (arg, value)) in args.iter().enumerate() {
            if !is_callable(value) {
                continue;
            }
            let promised = param_index(params, args.len(), index, arg).map(|position| position as u32);
            let calls: Vec<(&Option<String>, &Promise)> =
                summary.calls.iter().filter(|((param, _), _)| Some(*param) == promised).map(|((_, method), promise)| (method, promise)).collect();
            if calls.is_empty() {
                self.hand_over((*value).clone(), arg.value.id, span, flow);
                continue;
            }
            let promises: Vec<(Option<String>, Promise)> = self.merged_for(value, calls);
            let promises = promises.into_iter().map(|(method, promise)| {
                let facts = self.instantiate(&promise.facts, callee, values).through(span, name);
                let args = promise.args.into_iter().map(|arg| self.instantiate_value(arg, callee, values).through(span, name)).collect();
                (method, Promise { facts, args })
            });
            let promises: Vec<_> = promises.collect();
            self.keep_promises(value, promises, arg.value.id, span, flow);
        }
    }

    /// Runs a closure or function with each promise, and an object written here with all of them at once.
    fn keep_promises(&mut self, value: &Value, promises: Vec<(Option<String>, Promise)>, at: ExprId, span: Span, flow: &mut Flow) {
        if let (Value::Object(id), Some(state)) = (value, flow.as_ref())
            && *id == at
        {
            let state = state.clone();
            let here = state.facts.without_handler();
            let promises = promises.into_iter().map(|(method, promise)| (method, Promise { facts: here.and(&promise.facts), ..promise }));
            self.walk_object(*id, promises.collect(), state);
            return;
        }
        for (method, promise) in promises {
            self.run_callable(value.clone(), method.as_deref(), &promise.facts, promise.args, at, span, flow);
        }
    }

    /// A closure has one body for all methods by which it may be called; an object one for each.
    fn merged_for(&self, value: &Value, calls: Vec<(&Option<String>, &Promise)>) -> Vec<(Option<String>, Promise)> {
        if matches!(value, Value::Object(_)) {
            return calls.into_iter().map(|(method, promise)| (method.clone(), promise.clone())).collect();
        }
        let mut merged = std::collections::BTreeMap::new();
        calls.into_iter().for_each(|(_, promise)| add(&mut merged, (), promise.clone()));
        merged.into_values().map(|promise| (None, promise)).collect()
    }

    /// A call of a function that demands permissions of its callers is an access that must be guarded.
    fn observe_duty(&mut self, expr: &'m Expr, callee: FunctionId, span: Span, facts: &Facts) {
        let module = self.module;
        let function = &module.functions[callee as usize];
        let mut needs = Vec::new();
        for annotation in &function.annotations {
            if self.annotation_meaning(&annotation.name) == Some(AnnotationMeaning::Requires) {
                needs.extend(self.annotated_needs(annotation));
            }
        }
        if !needs.is_empty() {
            let found = SymbolMatch::of_duty(Confidence::Certain);
            self.observe_access(expr, super::DUTY, found, span, facts, Some(Duty { callee: function.name.clone(), needs }));
        }
    }

    /// Hands a function or object to code that is not known: it may run it at any time after.
    pub(super) fn hand_over(&mut self, value: Value, at: ExprId, span: Span, flow: &mut Flow) {
        match value {
            Value::Closure(_) | Value::Functions(_) | Value::Object(_) | Value::ParamFunction(..) => {
                self.run_callable(value, None, &Facts::none(), Vec::new(), at, span, flow);
            }
            Value::List(items) => items.into_iter().for_each(|item| self.hand_over(item, at, span, flow)),
            _ => {}
        }
    }

    /// The same for a value that is dropped or returned.
    pub(super) fn escape(&mut self, value: Value, flow: &mut Flow) {
        if let Value::Closure(id) | Value::Object(id) = value {
            let span = self.resolution.exprs.get(id as usize).copied().flatten().map(member_span).unwrap_or_default();
            self.hand_over(value, id, span, flow);
        }
    }
}

pub(super) fn is_callable(value: &Value) -> bool {
    matches!(value, Value::Closure(_) | Value::Functions(_) | Value::Object(_) | Value::ParamFunction(..))
}
