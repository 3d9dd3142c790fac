//! Gates of the policy: what their answers, their callbacks and their returning prove.

use super::permissions::facts_of;
use super::{Walker, check_origin};
use crate::analysis::facts::{Atom, Clause, FactSet, Facts, Features, Subject, either};
use crate::analysis::state::Flow;
use crate::analysis::tables::Promise;
use crate::analysis::value::{Alternative, Key, Value};
use crate::evidence::{AsksFor, Binding, GateMatch, Target, Ty, VariableId, param_index};
use crate::gates::{GateId, key_text};
use crate::ir::{Annotation, Arg, Call, Expr, ExprId, ExprKind, Function, FunctionId, Literal, TypeKind, TypeRef, names_truth};
use crate::policy::{Gate, GateArg, Grants};
use crate::source::{Language, Span};
use crate::verdict::CheckHow;

/// A gate that the walk came by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GatePoint {
    /// The member.
    pub(crate) span: Span,
    /// Enclosing function.
    pub(crate) function: FunctionId,
    /// Which.
    pub(crate) gate: GateId,
    /// For whom it asks; empty when that could not be told.
    pub(crate) features: Vec<Subject>,
    /// Nothing depends on its answer.
    pub(crate) is_ignored: bool,
    /// What holds after a yes, apart from the yes: what the gate's body found out, if its source is known.
    pub(crate) implied: Facts,
}

/// What a gate proves where it stands.
pub(super) struct Grant<'a> {
    gate: &'a Gate,
    /// For which features.
    alternatives: Vec<Alternative>,
    span: Span,
    /// The gate's expression.
    at: ExprId,
}

/// What what is passed to a gate may rely on.
#[derive(Clone)]
pub(super) struct PassedGate {
    /// The gate's expression.
    gate: ExprId,
    facts: Facts,
    /// Methods of an object that are called when the gate says yes; empty: the only one.
    methods: Vec<String>,
    /// The argument in which it says yes to what it calls, if it passes a truth on; not known where its declaration is not at hand.
    answer: Option<Option<usize>>,
}

impl Grant<'_> {
    fn facts(&self, how: CheckHow) -> Facts {
        let origin = check_origin(self.span, how);
        facts_of(&self.alternatives, Atom::Gate, &origin)
    }

    fn answers(&self) -> bool {
        matches!(self.gate.grants, Grants::True | Grants::TrueOrCallback)
    }

    fn calls_back(&self) -> bool {
        matches!(self.gate.grants, Grants::Callback | Grants::TrueOrCallback)
    }
}

impl<'a, 'm> Walker<'a, 'm> {
    /// Whether an expression is a gate.
    pub(super) fn is_gate(&self, id: ExprId) -> bool {
        !self.features.at(id).is_empty()
    }

    /// What the gates that an expression is prove.
    pub(super) fn grants(&mut self, expr: &'m Expr, args: &[Value], span: Span, flow: &Flow) -> Vec<Grant<'a>> {
        let matches: &'a [GateMatch] = self.features.at(expr.id);
        self.grants_of(matches, expr, args, span, flow)
    }

    /// The same for a call of a function that a variable, parameter or field keeps.
    pub(super) fn grants_of_function(&mut self, function: FunctionId, expr: &'m Expr, args: &[Value], span: Span, flow: &Flow) -> Vec<Grant<'a>> {
        let matches = self.features.of_function(function, self.file());
        self.grants_of(&matches, expr, args, span, flow)
    }

    fn grants_of(&mut self, matches: &[GateMatch], expr: &Expr, args: &[Value], span: Span, flow: &Flow) -> Vec<Grant<'a>> {
        let features = self.features;
        let mut grants = Vec::new();
        for found in matches {
            let gate = features.gate(found.gate);
            let alternatives = match found.asks_for {
                AsksFor::Feature(id) => Some(vec![Alternative::of(vec![Subject::Feature(id)])]),
                AsksFor::Argument(position) => args.get(position as usize).and_then(|value| self.features_named(value)),
            };
            let alternatives = self.told_apart(alternatives.unwrap_or_default(), flow);
            let point = GatePoint {
                span,
                function: self.function,
                gate: found.gate,
                features: alternatives.iter().flat_map(|one| one.all.iter().copied()).collect(),
                is_ignored: (gate.grants == Grants::True || gate.grants == Grants::Return && self.may_fail(expr)) && self.discarded == Some(expr.id),
                implied: Facts::none(),
            };
            self.seen.gates.insert(expr.id, point);
            if !self.in_assertion && !alternatives.is_empty() {
                grants.push(Grant { gate, alternatives, span, at: expr.id });
            }
        }
        grants
    }

    /// A parameter that was found to be one feature's constant stands for that.
    fn told_apart(&self, mut alternatives: Vec<Alternative>, flow: &Flow) -> Vec<Alternative> {
        for subject in alternatives.iter_mut().flat_map(|one| &mut one.all) {
            if let (Subject::Param(function, index), Some(state)) = (*subject, flow)
                && let Some(feature) = state.facts.features_of(function, index).and_then(Features::single)
            {
                *subject = Subject::Feature(feature);
            }
        }
        alternatives
    }

    fn note_implied(&mut self, gate: ExprId, facts: &Facts) {
        if let Some(point) = self.seen.gates.get_mut(&gate) {
            point.implied = point.implied.and(facts);
        }
    }

    /// The features that a value names.
    pub(super) fn features_named(&self, value: &Value) -> Option<Vec<Alternative>> {
        match value {
            Value::Permissions(all) => {
                let is_feature = |subject: &Subject| !matches!(subject, Subject::Permission(_));
                all.iter().all(|one| !one.all.is_empty() && one.all.iter().all(is_feature)).then(|| all.clone())
            }
            Value::Choice { known, rest: None } if !known.is_empty() => {
                let policy = self.features.policy_of(self.file())?;
                let named = |(key, given): &(Key, Facts)| match key {
                    Key::Constant(text) => {
                        let id = self.features.gates().keyed(policy, text)?;
                        Some(Alternative { given: given.clone(), all: vec![Subject::Feature(id)], origin: None })
                    }
                    _ => None,
                };
                known.iter().map(named).collect()
            }
            _ => None,
        }
    }

    /// A constant or text that stands for a feature: as such, whatever it holds.
    pub(super) fn feature_key(&self, expr: &Expr, value: Value) -> Value {
        if value != Value::Unknown {
            return value;
        }
        let file = self.module.file_of_expr(expr.id);
        let (ExprKind::Member { name, .. } | ExprKind::Name(name)) = &expr.kind else { return value };
        if self.features.is_key(name, file) && !matches!(self.resolution.bindings.get(&expr.id), Some(Binding::Variable(_))) {
            return Value::key(Key::Constant(name.clone()));
        }
        let Some(Binding::Field(field)) = self.resolution.bindings.get(&expr.id) else { return value };
        match self.resolution.field_values.get(field).map(Vec::as_slice) {
            Some([Expr { kind: ExprKind::Literal(Literal::Text(text)), .. }]) if self.features.is_key(text, file) => Value::key(Key::Constant(text.clone())),
            _ => value,
        }
    }

    /// Remembers for which arguments of a call a gate vouches.
    pub(super) fn pass_gates(&mut self, expr: &'m Expr, call: &'m Call, args: &[Value], grants: &[Grant<'a>]) {
        for grant in grants.iter().filter(|grant| grant.calls_back()) {
            let Some(arg) = self.granted_argument(expr, call, args, grant.gate) else { continue };
            let methods = grant.gate.granted_when.iter().map(|key| key_text(&key.value).to_owned()).collect();
            let facts = grant.facts(CheckHow::Callback);
            let passed = match self.passed.remove(&arg.value.id) {
                Some(known) => PassedGate { facts: known.facts.and(&facts), ..known },
                None => PassedGate { gate: grant.at, facts, methods, answer: self.passed_answer(expr, call, arg) },
            };
            self.passed.insert(arg.value.id, passed);
        }
    }

    /// The argument that runs when the gate says yes: the only one that can run, or among several the one that the policy names, or the
    /// one without a label.
    fn granted_argument(&self, expr: &Expr, call: &'m Call, args: &[Value], gate: &Gate) -> Option<&'m Arg> {
        let callable: Vec<usize> = (0..args.len()).filter(|&index| super::calls::is_callable(&args[index])).collect();
        if let [only] = callable.as_slice() {
            return call.args.get(*only);
        }
        let callee = self.resolution.callees.get(&expr.id).and_then(|callees| callees.first());
        let named = |index: usize| {
            let arg = &call.args[index];
            let param = callee.and_then(|&callee| {
                let params = &self.module.functions[callee as usize].params;
                params.get(param_index(params, call.args.len(), index, arg)?).map(|param| param.name.as_str())
            });
            let wanted = |name: &str| gate.granted_when.iter().any(|key| key_text(&key.value) == name);
            arg.label.as_deref().is_some_and(wanted) || param.is_some_and(wanted)
        };
        let unlabelled: Vec<usize> = callable.iter().copied().filter(|&index| call.args[index].label.is_none()).collect();
        let chosen = callable.iter().copied().find(|&index| named(index)).or(match unlabelled.as_slice() {
            [only] => Some(*only),
            _ => None,
        })?;
        call.args.get(chosen)
    }

    /// In which argument the function that a call runs says yes to what it is passed, by the type of its parameter.
    fn passed_answer(&self, expr: &Expr, call: &Call, arg: &Arg) -> Option<Option<usize>> {
        let callee = *self.resolution.callees.get(&expr.id)?.first()?;
        let params = &self.module.functions[callee as usize].params;
        let position = call.args.iter().position(|other| other.value.id == arg.value.id)?;
        let ty = params.get(param_index(params, call.args.len(), position, arg)?)?.ty.as_ref()?;
        (ty.name == "->").then(|| answer_of(ty))
    }

    /// What a closure or function that is passed to a gate starts with, on top of what else is promised to it.
    pub(super) fn with_passed_gate(&mut self, at: ExprId, value: &Value, promise: Promise) -> Promise {
        let Some(passed) = self.passed.get(&at).cloned() else { return promise };
        let answer = promise.args.first().and_then(|answer| answer.truth_facts().0).unwrap_or_default();
        self.note_implied(passed.gate, &promise.facts.and(&answer));
        self.vouched(&passed, value, promise)
    }

    fn vouched(&self, passed: &PassedGate, value: &Value, mut promise: Promise) -> Promise {
        let answer = match value {
            Value::Closure(id) => passed.answer.unwrap_or_else(|| self.closure_takes_answer(*id).then_some(0)),
            Value::Functions(functions) => functions.iter().find_map(|&id| answer_among(&self.module.functions[id as usize])),
            Value::ParamFunction(function, index) => {
                let ty = self.module.functions[*function as usize].params.get(*index as usize).and_then(|param| param.ty.as_ref());
                ty.and_then(answer_of)
            }
            _ => None,
        };
        match answer {
            Some(position) => with_answer(promise, position, &passed.facts),
            None => {
                promise.facts = passed.facts.and(&promise.facts);
                promise
            }
        }
    }

    /// What a method of an object that is passed to a gate starts with.
    pub(super) fn with_gate_for_method(&mut self, object: ExprId, method: &Function, is_only: bool, promise: Promise) -> Promise {
        let Some(passed) = self.passed.get(&object).cloned() else { return promise };
        let is_named = passed.methods.contains(&method.name);
        let is_meant = is_named || (is_only && passed.methods.is_empty());
        if !is_meant {
            return promise;
        }
        self.note_implied(passed.gate, &promise.facts);
        match answer_among(method) {
            Some(position) => with_answer(promise, position, &passed.facts),
            None => Promise { facts: passed.facts.and(&promise.facts), ..promise },
        }
    }

    /// Whether a closure is told the answer: it declares or reads a first parameter, which may be a truth.
    fn closure_takes_answer(&self, id: ExprId) -> bool {
        let (Some(closure), Some(params)) = (self.resolution.closure(id), self.resolution.closure_params.get(&id)) else { return false };
        let Some(&first): Option<&VariableId> = params.first() else { return false };
        let variable = &self.resolution.variables[first as usize];
        let may_be_truth = match variable.ty.as_ref().map(|typed| typed.ty.instance()) {
            Some(Ty::Named { name, .. }) => names_truth(name.rsplit('.').next().unwrap_or(name)),
            Some(_) => false,
            None => true,
        };
        may_be_truth && (!closure.params.is_empty() || variable.reads > 0)
    }

    /// A read that is a gate, or that names a feature.
    pub(super) fn gated_read(&mut self, expr: &'m Expr, value: Value, flow: &mut Flow) -> Value {
        if self.features.gates().is_empty() {
            return value;
        }
        if !self.is_gate(expr.id) {
            let value = self.feature_key(expr, value);
            return self.annotated_read(expr, value);
        }
        let grants = self.grants(expr, &[], super::expressions::member_span(expr), flow);
        self.answered(expr, &grants, value, flow)
    }

    /// A read of a property whose annotation is a gate: it is true only after a yes.
    fn annotated_read(&mut self, expr: &Expr, value: Value) -> Value {
        let Some(Binding::Field(field)) = self.resolution.bindings.get(&expr.id) else { return value };
        let module = self.module;
        let mut facts = Facts::none();
        for annotation in &module.types[field.ty as usize].fields[field.index as usize].annotations {
            facts = facts.and(&self.annotated_gates(annotation));
        }
        if facts.is_none() {
            return value;
        }
        true_only_with(&value, &facts)
    }

    /// The receiver of a call. A modifier that is a gate and is passed nothing that it could run vouches for what it is called on:
    /// `Grid().gated(by: .nearby)`.
    pub(super) fn eval_gated_receiver(&mut self, expr: &'m Expr, call: &'m Call, receiver: &'m Expr, flow: &mut Flow) -> Value {
        let features = self.features;
        let is_modifier = |found: &GateMatch| features.gate(found.gate).grants == Grants::Callback;
        let runs = |arg: &Arg| matches!(arg.value.kind, ExprKind::Closure(_) | ExprKind::FunctionRef { .. } | ExprKind::Object { .. });
        if !features.at(expr.id).iter().any(is_modifier) || call.args.iter().any(runs) {
            return self.eval(receiver, flow);
        }
        let args: Vec<Value> = call.args.iter().map(|arg| self.eval_quietly(&arg.value, &mut flow.clone())).collect();
        let grants = self.grants(expr, &args, call.name_span, flow);
        let promised_facts = self.promised_to_self(expr, &args);
        let vouched = grants.iter().fold(promised_facts.clone(), |all, grant| all.and(&grant.facts(CheckHow::Callback)));
        let before = flow.as_ref().map(|state| state.facts.clone()).unwrap_or_default();
        self.note_implied(expr.id, &promised_facts);
        if let Some(state) = flow {
            state.facts = state.facts.and(&vouched);
        }
        let value = self.eval(receiver, flow);
        if let Some(state) = flow {
            state.facts = state.facts.beyond(&vouched.beyond(&before));
        }
        value
    }

    /// What a modifier promises to what it is called on: what it knows wherever it hands that on.
    pub(super) fn observe_self(&mut self, flow: &Flow) {
        let function = &self.module.functions[self.function as usize];
        if let (Some(state), false, TypeKind::Extension) = (flow, self.features.gates().is_empty(), self.module.types[function.owner as usize].kind) {
            let facts = state.facts.clone();
            self.observe_param_call(self.function, SELF, None, &facts, Vec::new());
        }
    }

    fn promised_to_self(&self, expr: &Expr, args: &[Value]) -> Facts {
        let callees = self.callees(expr.id).into_iter().flatten();
        let promised = callees.map(|&callee| {
            let promise = self.known.summary(callee).and_then(|summary| summary.calls.get(&(SELF, None)));
            promise.map_or_else(Facts::none, |promise| self.instantiate(&promise.facts, callee, args))
        });
        promised.reduce(|left, right| left.or(&right)).unwrap_or_default()
    }

    /// The value of a gate, and the state after it.
    pub(super) fn answered(&mut self, expr: &Expr, grants: &[Grant<'a>], value: Value, flow: &mut Flow) -> Value {
        let mut value = value;
        for grant in grants {
            if grant.gate.grants == Grants::Return && self.may_fail(expr) {
                let facts = grant.facts(CheckHow::Returned);
                let (present, absent) = (value.facts_if(&Key::NonNull), value.facts_if(&Key::Null));
                self.note_implied(grant.at, &present.clone().unwrap_or_default());
                value = Value::one_of(Key::NonNull, present.map(|own| facts.and(&own)), Key::Null, absent.or(Some(Facts::none())));
            } else if grant.gate.grants == Grants::Return {
                let facts = grant.facts(CheckHow::Returned);
                if let Some(state) = flow {
                    let known = state.facts.clone();
                    state.facts = facts.and(&known);
                    self.note_implied(grant.at, &known);
                }
            } else if grant.answers() {
                value = self.with_grant(expr, value, grant);
            }
        }
        value
    }

    /// Whether a call comes back also when it fails: in Rust a refusal is a result, unless the function is known to give none.
    fn may_fail(&self, expr: &Expr) -> bool {
        let callees = self.resolution.callees.get(&expr.id).filter(|callees| !callees.is_empty());
        let all_succeed = callees.is_some_and(|callees| !callees.iter().any(|&callee| self.module.functions[callee as usize].may_give_null));
        self.language() == Language::Rust && !all_succeed
    }

    fn with_grant(&mut self, expr: &Expr, value: Value, grant: &Grant<'_>) -> Value {
        let facts = grant.facts(CheckHow::Tested);
        if grant.gate.granted_when.is_empty() {
            self.note_implied(grant.at, &value.truth_facts().0.unwrap_or_default());
            return true_only_with(&value, &facts);
        }
        let granting: Vec<Key> = grant.gate.granted_when.iter().map(|key| Key::Constant(key_text(&key.value).to_owned())).collect();
        let (mut known, rest) = match self.spelled(value) {
            Value::Choice { known, rest: None } => (known, None),
            _ => (self.cases_of_result(expr).unwrap_or_else(|| vec![(Key::Other, Facts::none())]), None),
        };
        let missing: Vec<Key> = granting.iter().filter(|key| !known.iter().any(|(known, _)| known == *key)).cloned().collect();
        known.extend(missing.into_iter().map(|key| (key, Facts::none())));
        let mut implied = None;
        for (_, own) in known.iter_mut().filter(|(key, _)| granting.contains(key)) {
            implied = either(implied, Some(own.clone()));
            *own = facts.and(own);
        }
        self.note_implied(grant.at, &implied.unwrap_or_default());
        known.sort_by(|left, right| left.0.cmp(&right.0));
        Value::Choice { known, rest }
    }

    /// What a call may give, if that is a case of an enum of this program: all of them.
    fn cases_of_result(&self, expr: &Expr) -> Option<Vec<(Key, Facts)>> {
        let callees = self.resolution.callees.get(&expr.id)?;
        let Ty::App { id, .. } = self.resolution.types.get(&expr.id)?.ty.instance() else { return None };
        let declared = &self.module.types[*id as usize];
        let is_complete = declared.kind == TypeKind::Enum && !callees.iter().any(|&callee| self.module.functions[callee as usize].may_give_null);
        let cases = || declared.cases.iter().map(|case| (Key::Constant(case.clone()), Facts::none())).collect::<Vec<_>>();
        (is_complete && !declared.cases.is_empty()).then(cases)
    }

    /// Facts that an annotation which is a gate gives to what it stands on.
    pub(super) fn annotated_gates(&mut self, annotation: &'m Annotation) -> Facts {
        let features = self.features;
        let gates: Vec<(GateId, &'a Gate)> = features.annotated(&annotation.name, self.file()).collect();
        let mut facts = Facts::none();
        for (id, gate) in gates {
            let position = gate.pattern.args.iter().flatten().position(|arg| matches!(arg, GateArg::Feature));
            let alternatives = match (features.gates().gate(id).feature, position) {
                (_, Some(position)) => annotation.args.get(position).and_then(|arg| {
                    let value = self.eval_quietly(&arg.value, &mut Some(crate::analysis::state::State::default()));
                    self.features_named(&value)
                }),
                (Some(feature), None) => Some(vec![Alternative::of(vec![Subject::Feature(feature)])]),
                (None, None) => None,
            };
            let origin = check_origin(annotation.span, CheckHow::Annotation);
            facts = facts.and(&facts_of(&alternatives.unwrap_or_default(), Atom::Gate, &origin));
        }
        facts
    }

    /// Whether a value may stand for a feature that only callers know.
    pub(super) fn stands_for_feature(&self, value: &Value) -> bool {
        let is_param = |one: &Alternative| matches!(one.all.as_slice(), [Subject::Param(..)]);
        !self.features.gates().is_empty() && matches!(value, Value::Permissions(all) if all.iter().all(is_param))
    }

    /// A parameter that stands for a feature, as what all callers pass: it may be kept.
    pub(super) fn passed_feature(&self, value: Value) -> Value {
        let Value::Permissions(all) = &value else { return value };
        let [Alternative { all, .. }] = all.as_slice() else { return value };
        let [Subject::Param(function, index)] = all.as_slice() else { return value };
        match self.entry_args.get(*index as usize) {
            Some(passed @ Value::Choice { .. }) if *function == self.function && self.features_named(passed).is_some() => passed.clone(),
            _ => value,
        }
    }

    /// Whether a constant is a feature's, in a field that only this program sets, when it makes an instance.
    pub(super) fn holds_feature(&self, place: Target, value: &Value) -> bool {
        let (Target::Field(field), Some(Key::Constant(name))) = (place, value.single()) else { return false };
        let declared = &self.module.types[field.ty as usize].fields[field.index as usize];
        !declared.mutable && self.features.is_key(name, self.module.file_of_type(field.ty)) && self.entry_points.makers_of(field.ty).is_some()
    }

    /// Facts when a parameter is the constant of a feature, and when it is not: a gate may ask for each feature in another way.
    pub(super) fn param_is(&self, value: &Value, key: &Key) -> Option<(FactSet, FactSet)> {
        let (Value::Permissions(all), Key::Constant(name)) = (value, key) else { return None };
        let [Alternative { given, all, .. }] = all.as_slice() else { return None };
        let [Subject::Param(function, index)] = all.as_slice() else { return None };
        let feature = self.features.keyed(name, self.file()).and_then(Features::one).filter(|_| given.is_none())?;
        let among = |features| Some(Facts::clause(vec![Atom::Among(*function, *index, features)], None));
        Some((among(feature), among(feature.complement())))
    }

    /// Whether a clause says that a parameter stands for features that are not the one that is passed.
    pub(super) fn rules_out(&self, clause: &Clause, function: FunctionId, args: &[Value]) -> bool {
        let Some((_, index, features)) = clause.tested_param(function).filter(|_| clause.atoms.len() == 1) else { return false };
        let Some(Value::Choice { known, rest: None }) = args.get(index as usize) else { return false };
        let is_other = |key: &Key| match key {
            // A name that is no feature's may be another name for one.
            Key::Constant(name) => self.features.keyed(name, self.file()).and_then(Features::one).is_some_and(|passed| !features.meets(passed)),
            _ => false,
        };
        !known.is_empty() && known.iter().all(|(key, _)| is_other(key))
    }

    /// What remains of a clause about what a parameter stands for, once that is passed.
    pub(super) fn decide_param(&self, clause: &Clause, function: FunctionId, args: &[Value]) -> Option<Facts> {
        let (atom, index, features) = clause.tested_param(function)?;
        let without = || clause.atoms.iter().copied().filter(|other| *other != atom);
        let instantiated = |atoms: Vec<Atom>| self.instantiate(&Facts::of(Clause::new(atoms, clause.origin.clone())), function, args);
        let decided = |passed: Features| if features.meets(passed) { Facts::none() } else { instantiated(without().collect()) };
        Some(match args.get(index as usize) {
            Some(Value::Choice { known, rest: None }) if !known.is_empty() => {
                let each = known.iter().map(|(key, given)| match key {
                    Key::Constant(name) => {
                        let passed = self.features.keyed(name, self.file()).and_then(Features::one).unwrap_or_else(Features::others);
                        given.and(&decided(passed))
                    }
                    _ => Facts::none(),
                });
                each.reduce(|left, right| left.or(&right)).unwrap_or_default()
            }
            Some(Value::Permissions(all)) => match all.as_slice() {
                [Alternative { all, .. }] => match all.as_slice() {
                    [Subject::Param(owner, position)] if *owner != function => {
                        instantiated(without().chain([Atom::Among(*owner, *position, features)]).collect())
                    }
                    _ => Facts::none(),
                },
                _ => Facts::none(),
            },
            _ => Facts::none(),
        })
    }
}

/// Stands for the receiver among the parameters to which a function promises something.
const SELF: u32 = u32::MAX;

/// The parameter of a function type that is a truth; the last of its arguments is the result.
fn answer_of(ty: &TypeRef) -> Option<usize> {
    let params = ty.args.len().checked_sub(1)?;
    ty.args[..params].iter().position(TypeRef::is_truth)
}

/// The parameter of a function that is a truth.
fn answer_among(function: &Function) -> Option<usize> {
    function.params.iter().position(|param| param.ty.as_ref().is_some_and(TypeRef::is_truth))
}

/// The same truth, which is true only where these facts hold, too.
fn true_only_with(value: &Value, facts: &Facts) -> Value {
    let (yes, no) = value.truth_facts();
    Value::truth(yes.map(|yes| facts.and(&yes)), no)
}

/// An argument is true only when the gate said yes.
fn with_answer(promise: Promise, position: usize, facts: &Facts) -> Promise {
    let Promise { facts: promised, mut args } = promise;
    while args.len() <= position {
        args.push(Value::Unknown);
    }
    args[position] = true_only_with(&args[position], facts);
    Promise { facts: promised, args }
}
