//! Closures, anonymous objects, and references to functions.

use super::{FrameKind, Walker};
use crate::analysis::facts::Facts;
use crate::analysis::state::{Flow, State};
use crate::analysis::tables::{Promise, add};
use crate::analysis::value::Value;
use crate::evidence::Target;
use crate::ir::{ExprId, ExprKind, FunctionId, FunctionKind};
use crate::source::Span;

impl<'a, 'm> Walker<'a, 'm> {
    /// Runs what a value stands for, at some later time: with the facts here, and what the one who runs it promises.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn run_callable(&mut self, value: Value, method: Option<&str>, promise: &Facts, params: Vec<Value>, at: ExprId, span: Span, flow: &mut Flow) {
        let Some(state) = flow.as_ref() else { return };
        let facts = state.facts.without_handler().and(promise);
        let Promise { facts, args: params } = self.with_passed_gate(at, &value, Promise { facts, args: params });
        match value {
            // Written where it is passed.
            Value::Closure(id) if id == at => {
                self.walk_closure(id, facts, params, state.clone());
            }
            Value::Closure(id) => add(&mut self.next.closure_uses, id, Promise { facts, args: params }),
            // Kept in a variable, where it is walked with what all its uses know.
            Value::Object(id) if id != at => add(&mut self.next.closure_uses, id, Promise { facts, args: Vec::new() }),
            Value::Functions(functions) => {
                for function in functions {
                    self.observe_site(function, at, span, &facts, params.clone());
                }
            }
            Value::Object(id) => {
                let state = state.clone();
                self.walk_object(id, vec![(method.map(str::to_owned), Promise { facts, args: params })], state);
            }
            Value::ParamFunction(function, index) => self.observe_param_call(function, index, method.map(str::to_owned), &facts, params),
            _ => {}
        }
    }

    /// Walks a closure that runs later. Captured locals keep what they know only when nothing writes them again.
    pub(super) fn walk_closure(&mut self, id: ExprId, facts: Facts, params: Vec<Value>, created: State) -> Value {
        let Some(closure) = self.resolution.closure(id).filter(|_| !self.active.contains(&id)) else { return Value::Unknown };
        self.active.push(id);
        self.code.walked.insert(id);
        let mut places = created.places;
        places.retain(|place, _| match place {
            Target::Variable(id) => self.resolution.variables[*id as usize].values.len() <= 1,
            Target::Field(_) => false,
        });
        let mut state = State { facts, places };
        self.closure_depth += 1;
        self.bind_params(id, &params, &mut state);
        let kind = if closure.captures_return { FrameKind::Function } else { FrameKind::Lambda };
        let (_, value) = self.in_frame(kind, closure.labels.clone(), |walker| {
            let mut flow = Some(state);
            let value = walker.eval(&closure.body, &mut flow);
            // What is returned elsewhere escapes there, with what is known there.
            walker.escape(value.clone(), &mut flow);
            (flow, value)
        });
        self.closure_depth -= 1;
        self.active.pop();
        value
    }

    fn bind_params(&mut self, id: ExprId, params: &[Value], state: &mut State) {
        let declared = self.resolution.closure_params.get(&id).cloned().unwrap_or_default();
        for (index, variable) in declared.into_iter().enumerate() {
            self.declared_depth.insert(variable, self.closure_depth);
            let place = Target::Variable(variable);
            match params.get(index) {
                Some(value) if *value != Value::Unknown => {
                    state.places.insert(place, value.clone());
                }
                _ => {
                    state.places.remove(&place);
                }
            }
        }
    }

    /// Walks a closure that runs here and now, exactly once: what it finds out holds after it.
    pub(super) fn walk_inline(&mut self, id: ExprId, params: Vec<Value>, flow: &mut Flow) -> Value {
        let Some(closure) = self.resolution.closure(id).filter(|_| !self.active.contains(&id)) else { return Value::Unknown };
        let Some(mut state) = flow.take() else { return Value::Unknown };
        self.active.push(id);
        self.code.walked.insert(id);
        self.bind_params(id, &params, &mut state);
        let kind = if closure.captures_return { FrameKind::Function } else { FrameKind::Lambda };
        let (after, value) = self.in_frame(kind, closure.labels.clone(), |walker| {
            let mut flow = Some(state);
            let value = walker.eval(&closure.body, &mut flow);
            (flow, value)
        });
        *flow = after;
        self.active.pop();
        value
    }

    /// Walks a closure that runs here, perhaps several times or not at all; gives the facts of its result being true and false.
    pub(super) fn walk_predicate(&mut self, id: ExprId, element: Value, flow: &mut Flow) -> Value {
        let Some(state) = flow.as_ref() else { return Value::Unknown };
        let base = state.facts.clone();
        let mut inside = Some(state.clone());
        let value = self.walk_inline(id, vec![element.clone(), element], &mut inside);
        value.map_facts(&|facts| facts.beyond(&base))
    }

    /// Walks the functions of an anonymous object, each with what is promised to it by name, or to whichever is called.
    pub(super) fn walk_object(&mut self, id: ExprId, promises: Vec<(Option<String>, Promise)>, created: State) {
        let Some(Some(expr)) = self.resolution.exprs.get(id as usize) else { return };
        let ExprKind::Object { ty, .. } = expr.kind else { return };
        if self.active.contains(&id) {
            return;
        }
        self.active.push(id);
        self.code.walked.insert(id);
        let frames = std::mem::take(&mut self.frames);
        self.closure_depth += 1;
        let plain = Promise { facts: created.facts.without_handler(), args: Vec::new() };
        let is_method = |function: &crate::ir::Function| function.owner == ty && function.kind != FunctionKind::Local;
        let members: &'a [FunctionId] = self.resolution.members.get(&ty).map_or(&[], Vec::as_slice);
        let methods = members.iter().map(|&id| &self.module.functions[id as usize]).filter(|function| is_method(function));
        let has_one_method = methods.filter(|function| function.kind == FunctionKind::Method).count() == 1;
        for &function in members {
            let declared = &self.module.functions[function as usize];
            if !is_method(declared) {
                continue;
            }
            let by_name = promises.iter().find(|(method, _)| method.as_ref() == Some(&declared.name));
            let promised = by_name.or_else(|| promises.iter().find(|(method, _)| method.is_none()));
            let Promise { facts, args } = promised.map_or_else(|| plain.clone(), |(_, promise)| promise.clone());
            // Arguments are those of a method that is known.
            let args = if by_name.is_some() || has_one_method { args } else { Vec::new() };
            let is_only = has_one_method && declared.kind == FunctionKind::Method;
            let Promise { facts, args } = self.with_gate_for_method(id, declared, is_only, Promise { facts, args });
            let mut places = created.places.clone();
            places.retain(|place, _| !place.is_field());
            let mut state = State { facts, places };
            let mut args = args;
            if declared.visibility == crate::ir::Visibility::Private
                && !declared.is_override
                && let Some(entry) = self.known_entry(function)
            {
                state.facts = state.facts.and(&entry.facts);
                args = entry.args;
            }
            self.walk_function(function, state, args);
        }
        self.closure_depth -= 1;
        self.frames = frames;
        self.active.pop();
    }

    /// The value of a closure or object where it stands.
    pub(super) fn made(&mut self, value: Value, id: ExprId, flow: &Flow) -> Value {
        self.code.made.extend(flow.as_ref().map(|state| (id, state.clone())));
        value
    }

    /// Walks closures and objects that nothing was seen to run or keep, because they are a part of something else: they may run at any time
    /// after they were made.
    pub(super) fn walk_left_over(&mut self) {
        while !self.code.made.is_empty() {
            let mut left = std::mem::take(&mut self.code.made);
            left.retain(|(id, _)| !self.code.walked.contains(id));
            for (id, state) in left {
                let promise = promised_later(&state.facts.without_handler(), self.known.closure_uses(id));
                match self.resolution.closure(id) {
                    Some(_) => drop(self.walk_closure(id, promise.facts, promise.args, state)),
                    None => self.walk_object(id, vec![(None, promise)], state),
                }
            }
        }
    }

    /// Calls of the function that a place keeps.
    fn stored_call(&self, place: Target) -> Option<&'a Promise> {
        self.known.stored_calls(place).find(|(method, _)| method.is_none()).map(|(_, promise)| promise)
    }

    /// What each method of what a place keeps is called with, on top of what is known here.
    fn stored_promises(&self, place: Target, here: &Facts) -> Vec<(Option<String>, Promise)> {
        self.known.stored_calls(place).map(|(method, promise)| (method.clone(), promised_later(here, Some(promise)))).collect()
    }

    /// A function that is put into a variable or field: it runs when somebody calls it there.
    pub(super) fn keep(&mut self, place: Target, value: &Value, at: Option<ExprId>, flow: &mut Flow) {
        let Some(state) = flow.as_ref() else { return };
        let facts = state.facts.without_handler();
        match value {
            Value::Closure(id) => {
                let promise = match place {
                    Target::Field(_) => self.stored_call(place),
                    Target::Variable(_) => self.known.closure_uses(*id),
                };
                let promise = promised_later(&facts, promise);
                let state = state.clone();
                self.walk_closure(*id, promise.facts, promise.args, state);
            }
            Value::ParamFunction(function, index) => {
                let mut promises = self.stored_promises(place, &facts);
                if promises.is_empty() {
                    promises.push((None, promised_later(&facts, None)));
                }
                for (method, promise) in promises {
                    self.observe_param_call(*function, *index, method, &promise.facts, promise.args);
                }
            }
            Value::Object(id) => {
                let mut promises = self.stored_promises(place, &facts);
                if promises.is_empty() {
                    promises.push((None, promised_later(&facts, self.known.closure_uses(*id))));
                }
                let state = state.clone();
                self.walk_object(*id, promises, state);
            }
            Value::Functions(_) => {
                let value = value.clone();
                if let Some(at) = at {
                    self.run_callable(value, None, &Facts::none(), Vec::new(), at, Span::default(), flow);
                }
            }
            _ => {}
        }
    }
}

/// What code starts with that is made here and run later: what is known here, and what the one who runs it promises, if anybody was seen to.
fn promised_later(here: &Facts, promise: Option<&Promise>) -> Promise {
    match promise {
        Some(promise) => Promise { facts: here.and(&promise.facts), args: promise.args.clone() },
        None => Promise { facts: here.clone(), args: Vec::new() },
    }
}
