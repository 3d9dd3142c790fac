//! Calls and reads that the catalogue knows as checks, requests, or as no checks at all.

use super::permissions::literal_text;
use super::{CheckPoint, Walker, check_origin};
use crate::analysis::facts::{Facts, Subject};
use crate::analysis::state::Flow;
use crate::analysis::value::{Alternative, Key, Value};
use crate::catalogue::{Answer, Check, Entry, Gives, Place, Subject as CheckSubject};
use crate::evidence::{Binding, SymbolMatch};
use crate::ir::{Call, Expr, ExprId, ExprKind, Literal};
use crate::source::{Language, Span};
use crate::verdict::{CheckHow, MissReason};

impl<'a, 'm> Walker<'a, 'm> {
    /// The value of an expression that is a check; `None` when it is none. Callbacks passed to it are walked.
    pub(super) fn check_value(&mut self, expr: &'m Expr, call: Option<&'m Call>, span: Span, args: &[Value], flow: &mut Flow) -> Option<Value> {
        let checks: Vec<(&'a Check, &'a SymbolMatch)> = self
            .symbols(expr.id)
            .iter()
            .filter_map(|found| match found.entry {
                Entry::Check(number) => Some((&self.catalogue.checks[number], found)),
                _ => None,
            })
            .collect();
        // Overloads differ in what they give: prefer the one whose form this call has.
        let passes_callback = args.iter().any(|arg| matches!(arg, Value::Closure(_) | Value::Functions(_) | Value::Object(_) | Value::ParamFunction(..)));
        let (check, found) = *checks
            .iter()
            .find(|(check, _)| check.callback.is_some() == passes_callback && (passes_callback || check.returns.is_some() || check.request))
            .or_else(|| checks.first())?;
        let labels = check.symbol.members.get(found.member).and_then(|member| member.labels.as_deref());
        let alternatives = self.subject_of(&check.subject, expr, call, args, labels);
        let origin = check_origin(span, CheckHow::Tested);
        let is_ignored = self.answer_is_ignored(expr, check, call);
        let is_launched = self.observe_launches(expr, &check.subject);
        // What is registered asks nobody until it is launched.
        if !is_launched || is_ignored {
            let point = CheckPoint {
                span,
                function: self.function,
                subjects: subjects_of(&alternatives),
                is_request: check.request,
                is_ignored,
                defect: self.in_assertion.then_some(MissReason::DebugOnly),
                within: None,
            };
            self.observe_check(expr, point);
        }
        if check.request && check.callback.is_none() && check.returns.is_none() {
            self.note_request(call, &alternatives);
        }
        if let (Some(gives), Some(call)) = (&check.callback, call) {
            self.walk_callback(gives, call, args, &alternatives, labels, span, flow);
        }
        Some(match check.returns {
            Some(Answer::Reached) => {
                let granted = self.granted(&alternatives, &check_origin(span, CheckHow::Returned));
                if let Some(state) = flow {
                    state.facts = state.facts.and(&granted);
                }
                Value::Unknown
            }
            // A list of what was granted speaks of everything.
            Some(answer) if alternatives.is_empty() && !matches!(answer, Answer::GrantedList | Answer::DeniedList) => Value::Unknown,
            Some(answer) => self.answer_value(answer, alternatives, &origin),
            None => Value::Unknown,
        })
    }

    /// Notes each place where a launcher that is registered here asks the person; whether there is any.
    fn observe_launches(&mut self, expr: &'m Expr, subject: &CheckSubject) -> bool {
        let CheckSubject::Argument { launched_by: Some(member), map, .. } = subject else { return false };
        let launches = self.launches(expr, member);
        for (launch, call) in &launches {
            let asked = call.args.first().map(|arg| self.launched_value(&arg.value, map));
            let subjects = match asked {
                Some(Value::Permissions(alternatives)) => subjects_of(&alternatives),
                _ => Vec::new(),
            };
            let Some(function) = self.function_around(call.name_span) else { continue };
            let point = CheckPoint { span: call.name_span, function, subjects, is_request: true, is_ignored: false, defect: None, within: None };
            self.observe_check(launch, point);
        }
        !launches.is_empty()
    }

    /// Calls of this member of what the expression is stored in.
    fn launches(&self, expr: &Expr, member: &str) -> Vec<(&'m Expr, &'m Call)> {
        let place = self.resolution.stored_in.get(&expr.id);
        let launches = place.and_then(|place| self.resolution.member_calls.get(&(*place, member.to_owned())));
        let call = |launch: &&'m Expr| match &launch.kind {
            ExprKind::Call(call) => Some((*launch, &**call)),
            _ => None,
        };
        launches.into_iter().flatten().filter_map(call).collect()
    }

    fn launched_value(&mut self, arg: &'m Expr, map: &rustc_hash::FxHashMap<String, crate::catalogue::PermissionId>) -> Value {
        let mut flow = Some(crate::analysis::state::State::default());
        let value = self.eval_quietly(arg, &mut flow);
        self.mapped(value, map, Some(arg))
    }

    /// The innermost function around a place.
    fn function_around(&self, span: Span) -> Option<crate::ir::FunctionId> {
        let around = self.module.functions.iter().enumerate().filter(|(_, function)| function.span.contains(span));
        around.min_by_key(|(_, function)| function.span.end - function.span.start).map(|(id, _)| id as crate::ir::FunctionId)
    }

    /// A request whose answer the platform brings to a callback, under the code that is its last argument.
    fn note_request(&mut self, call: Option<&'m Call>, alternatives: &[Alternative]) {
        let code = call.and_then(|call| call.args.last()).and_then(|arg| self.request_code(&arg.value));
        let class = self.outermost_class(self.function);
        for alternative in alternatives {
            let is_known = !alternative.all.is_empty() && !alternative.all.iter().any(|subject| matches!(subject, Subject::Param(..)));
            if is_known {
                self.next.requests.insert((class, code, alternative.all.clone()));
            }
        }
    }

    /// The closure that a local holds, if that is all that is put into it; else what is written.
    fn held_closure(&self, expr: &Expr) -> crate::ir::ExprId {
        match self.resolution.target(expr.id) {
            Some(crate::evidence::Target::Variable(id)) => match self.resolution.variables[id as usize].values.as_slice() {
                [only] => only.id,
                _ => expr.id,
            },
            _ => expr.id,
        }
    }

    /// Whether nothing depends on the answer.
    fn answer_is_ignored(&self, expr: &Expr, check: &Check, call: Option<&'m Call>) -> bool {
        let gives_answer = matches!(check.returns, Some(Answer::True | Answer::Status(_) | Answer::Answers | Answer::GrantedList | Answer::DeniedList));
        let callback_reads = call.and_then(|call| call.args.iter().rev().find_map(|arg| self.resolution.closure_params.get(&self.held_closure(&arg.value))));
        if let (Some(gives), Some(params)) = (&check.callback, callback_reads) {
            let read = params.get(gives.parameter as usize).is_some_and(|&id| self.resolution.variables[id as usize].reads > 0);
            return !read && gives.answer != Answer::Reached;
        }
        // The answer comes to code that is written elsewhere. (In Swift, what is not passed a block may be awaited.)
        let is_passed = call.and_then(|call| call.args.last()).is_some_and(|last| !matches!(last.value.kind, ExprKind::Literal(Literal::Null)));
        if check.callback.is_some() && is_passed && matches!(self.language(), Language::Rust | Language::ObjectiveC) {
            return false;
        }
        if !gives_answer {
            return false;
        }
        let never_read = match self.resolution.stored_in.get(&expr.id) {
            Some(crate::evidence::Target::Variable(id)) => self.resolution.variables[*id as usize].reads == 0,
            _ => false,
        };
        self.discarded == Some(expr.id) || never_read
    }

    #[allow(clippy::too_many_arguments)]
    fn walk_callback(
        &mut self,
        gives: &'a Gives,
        call: &'m Call,
        args: &[Value],
        alternatives: &[Alternative],
        labels: Option<&[String]>,
        span: Span,
        flow: &mut Flow,
    ) {
        let position = self.place_of(&gives.argument, call, labels);
        let how = check_origin(span, CheckHow::Callback);
        let reached = if gives.answer == Answer::Reached { self.granted(alternatives, &how) } else { Facts::none() };
        let mut params = vec![Value::Unknown; gives.parameter as usize + 1];
        if gives.answer != Answer::Reached && !alternatives.is_empty() {
            params[gives.parameter as usize] = self.answer_value(gives.answer, alternatives.to_vec(), &how);
        }
        for (index, value) in args.iter().enumerate() {
            if position.is_none_or(|position| position == index) {
                self.run_callable(value.clone(), gives.method.as_deref(), &reached, params.clone(), call.args[index].value.id, span, flow);
            } else {
                self.escape(value.clone(), flow);
            }
        }
    }

    fn place_of(&self, place: &Place, call: &Call, labels: Option<&[String]>) -> Option<usize> {
        match place {
            Place::Position(position) => Some(*position as usize),
            Place::Word(word) if word == "last" => call.args.len().checked_sub(1),
            Place::Word(word) if word == "any" => None,
            Place::Word(word) => {
                let labelled = call.args.iter().position(|arg| arg.label.as_deref() == Some(word));
                let selector_position = || labels?.iter().position(|label| label == word);
                labelled.or_else(selector_position).or(call.args.len().checked_sub(1))
            }
        }
    }

    /// The permissions that a check speaks of.
    fn subject_of(&mut self, subject: &'a CheckSubject, expr: &'m Expr, call: Option<&'m Call>, args: &[Value], labels: Option<&[String]>) -> Vec<Alternative> {
        let CheckSubject::Argument { argument, from, launched_by, chained, map } = subject else {
            return self.fixed_subject(subject);
        };
        let mut values = Vec::new();
        if let (Some(place), Some(call)) = (argument, call) {
            let position = match place {
                Place::Word(word) if word == "receiver" => None,
                place => self.place_of(place, call, labels),
            };
            match position {
                Some(position) => {
                    values.extend(args.get(position).cloned().map(|value| self.mapped(value, map, call.args.get(position).map(|arg| &arg.value))))
                }
                None => values.extend(call.receiver.as_ref().map(|receiver| self.mapped(Value::Unknown, map, Some(receiver)))),
            }
        }
        if let (Some(from), Some(call)) = (from, call) {
            for (index, value) in args.iter().enumerate().skip(*from as usize) {
                if !matches!(value, Value::Closure(_) | Value::Functions(_)) {
                    values.push(self.mapped(value.clone(), map, call.args.get(index).map(|arg| &arg.value)));
                }
            }
        }
        if !chained.is_empty() {
            values.extend(self.chained_values(expr, chained, map));
        }
        if let Some(member) = launched_by {
            let launched = self.launched_values(expr, member, map);
            if !launched.is_empty() {
                return launched;
            }
        }
        match self.collection(values) {
            Value::Permissions(alternatives) => alternatives,
            _ => Vec::new(),
        }
    }

    pub(super) fn fixed_subject(&self, subject: &CheckSubject) -> Vec<Alternative> {
        match subject {
            CheckSubject::Fixed(ids) => vec![Alternative::of(ids.iter().map(|id| Subject::Permission(*id)).collect())],
            CheckSubject::Argument { .. } => Vec::new(),
        }
    }

    /// A value of a check's own vocabulary (`.video`) as the permission that it names.
    fn mapped(&self, value: Value, map: &rustc_hash::FxHashMap<String, crate::catalogue::PermissionId>, expr: Option<&'m Expr>) -> Value {
        if matches!(value, Value::Permissions(_)) || map.is_empty() {
            return value;
        }
        let named = |name: &str| map.get(name.trim_start_matches('.')).or_else(|| map.get(&format!(".{name}")));
        let from_key = match value.single() {
            Some(Key::Constant(name)) => named(name),
            Some(Key::Int(number)) => named(&number.to_string()),
            _ => None,
        };
        let from_expr = || match &expr?.kind {
            // A variable that is called like a case may hold another one.
            _ if self.resolution.target(expr?.id).is_some() => None,
            ExprKind::Member { name, .. } | ExprKind::Name(name) => named(name),
            ExprKind::Call(call) => named(&call.name),
            ExprKind::Literal(_) => literal_text(expr?).and_then(named),
            _ => None,
        };
        match from_key.or_else(from_expr) {
            Some(id) => Value::Permissions(vec![Alternative::of(vec![Subject::Permission(*id)])]),
            None => value,
        }
    }

    /// What earlier calls of a chain were given: `builder.permission(P).request { … }`.
    fn chained_values(&mut self, expr: &'m Expr, chained: &[String], map: &rustc_hash::FxHashMap<String, crate::catalogue::PermissionId>) -> Vec<Value> {
        let mut values = Vec::new();
        let mut current = expr;
        for _ in 0..64 {
            let next = match &current.kind {
                ExprKind::Call(call) => {
                    if chained.contains(&call.name) {
                        for arg in &call.args {
                            let mut flow = Some(crate::analysis::state::State::default());
                            let value = self.eval_quietly(&arg.value, &mut flow);
                            values.push(self.mapped(value, map, Some(&arg.value)));
                        }
                    }
                    call.receiver.as_ref()
                }
                ExprKind::Member { receiver, .. } => Some(&**receiver),
                // A builder kept in a local.
                ExprKind::Name(_) => match self.resolution.bindings.get(&current.id) {
                    Some(Binding::Variable(id)) => self.resolution.variables[*id as usize].values.first().copied(),
                    Some(Binding::Field(field)) => self.resolution.field_values.get(field).and_then(|values| values.first().copied()),
                    _ => None,
                },
                _ => None,
            };
            let Some(next) = next else { break };
            current = next;
        }
        values
    }

    /// What is passed to `launch` of the launcher that a registration makes; several launches must agree on what they prove.
    fn launched_values(&mut self, expr: &'m Expr, member: &str, map: &rustc_hash::FxHashMap<String, crate::catalogue::PermissionId>) -> Vec<Alternative> {
        let mut all = Vec::new();
        for (_, call) in self.launches(expr, member) {
            let Some(arg) = call.args.first() else { continue };
            match self.launched_value(&arg.value, map) {
                Value::Permissions(alternatives) => all.extend(alternatives),
                _ => return Vec::new(),
            }
        }
        all
    }

    /// Evaluates an expression again, out of place, without anything of it being noted.
    pub(super) fn eval_quietly(&mut self, expr: &'m Expr, flow: &mut Flow) -> Value {
        // Locals of other functions are not in the state; their initial values are.
        if let Some(Binding::Variable(id)) = self.resolution.bindings.get(&expr.id) {
            let values = self.resolution.variables[*id as usize].values.clone();
            if let [value] = values.as_slice() {
                return self.eval_quietly(value, flow);
            }
        }
        self.quietly(|walker| walker.eval(expr, flow))
    }

    /// Notes what looks like a check and is none. Read of an answer, it speaks of what was asked.
    pub(super) fn observe_no_check(&mut self, expr: &'m Expr, span: Span, receiver: &Value) {
        let found = self.symbols(expr.id).iter().find_map(|found| match found.entry {
            Entry::NotACheck(number) => Some(&self.catalogue.not_checks[number]),
            _ => None,
        });
        if let Some(not_a_check) = found {
            let subjects = match receiver {
                Value::Status(_, alternatives) | Value::Answers(alternatives) => alternatives.iter().flat_map(|one| one.all.iter().copied()).collect(),
                _ => Vec::new(),
            };
            let point = CheckPoint {
                span,
                function: self.function,
                subjects,
                is_request: false,
                is_ignored: self.discarded == Some(expr.id),
                defect: Some(MissReason::NotACheck { tells: not_a_check.tells.clone() }),
                within: None,
            };
            self.observe_check(expr, point);
        }
    }

    /// Forgets what a revocation takes back.
    pub(super) fn apply_revocation(&mut self, expr: &'m Expr, call: &'m Call, args: &[Value], flow: &mut Flow) {
        let found = self.symbols(expr.id).iter().find_map(|found| match found.entry {
            Entry::Revocation(number) => Some(&self.catalogue.revocations[number]),
            _ => None,
        });
        let (Some(revocation), Some(state)) = (found, flow.as_mut()) else { return };
        let gone: Vec<Subject> =
            self.subject_of(&revocation.subject, expr, Some(call), args, None).into_iter().flat_map(|alternative| alternative.all).collect();
        state.facts = state.facts.filtered(|clause| {
            !clause.atoms.iter().any(|atom| match atom {
                crate::analysis::facts::Atom::Granted(subject) => gone.is_empty() || gone.contains(subject),
                _ => false,
            })
        });
        state.places.clear();
    }

    /// Members of a known value: `status.isGranted`, `map.values`, `list.isEmpty`.
    pub(super) fn member_of_value(&mut self, value: &Value, name: &str) -> Option<Value> {
        match value {
            Value::Status(Some(status), alternatives) => {
                let known = self.catalogue.status(*status);
                if known.true_members.iter().any(|member| member == name) {
                    let origin = check_origin(Span::default(), CheckHow::Tested);
                    let granted = self.granting_facts(*status, alternatives, &origin);
                    return Some(Value::truth(Some(granted), Some(Facts::none())));
                }
                known.same_members.iter().any(|member| member == name).then(|| value.clone())
            }
            Value::Answers(_) if ["value", "values", "entries", "key", "toList", "isGranted"].contains(&name) => Some(value.clone()),
            Value::Choice { .. } | Value::DeniedList(_) | Value::GrantedList(_) if ["isEmpty", "size", "count", "length", "isNotEmpty"].contains(&name) => {
                Some(self.emptiness(value, name))
            }
            Value::Permissions(_) if ["rawValue", "toTypedArray", "toList"].contains(&name) => Some(value.clone()),
            _ => None,
        }
    }

    /// Facts when an answer is one of those that grant.
    fn granting_facts(
        &mut self,
        status: crate::catalogue::StatusId,
        alternatives: &[Alternative],
        origin: &std::sync::Arc<crate::analysis::facts::Origin>,
    ) -> Facts {
        let values = &self.catalogue.status(status).values;
        let names: Vec<Key> = values
            .iter()
            .filter(|value| value.grants_subject || !value.grants.is_empty())
            .filter_map(|value| value.names.first().cloned().map(Key::Constant))
            .collect();
        let mut facts = None;
        for key in names {
            let (yes, _) = self.status_equal_key(Some(status), alternatives, &key);
            facts = crate::analysis::facts::either(facts, yes);
        }
        facts.unwrap_or_else(|| self.granted(alternatives, origin))
    }

    /// `isEmpty()` and its kin of a collection whose emptiness tells something.
    pub(super) fn emptiness(&mut self, value: &Value, name: &str) -> Value {
        let (empty, filled) = match value {
            Value::DeniedList(alternatives) => (Some(self.granted(alternatives, &check_origin(Span::default(), CheckHow::Tested))), Some(Facts::none())),
            Value::Choice { .. } => (value.facts_if(&Key::Empty), value.facts_if(&Key::NonEmpty)),
            _ => return Value::Unknown,
        };
        match name {
            "isEmpty" | "isNullOrEmpty" => Value::truth(empty, filled),
            "isNotEmpty" => Value::truth(filled, empty),
            _ => Value::Choice { known: empty.map(|facts| (Key::Int(0), facts)).into_iter().collect(), rest: filled },
        }
    }

    /// What a wrapper hands on: `.value` of a holder whose content is known.
    pub(super) fn handed_on(&self, value: Value, name: &str) -> Option<Value> {
        const TRANSPARENT: [&str; 6] = ["value", "wrappedValue", "rawValue", "boolValue", "projectedValue", "isGranted"];
        (TRANSPARENT.contains(&name) && !matches!(value, Value::Unknown | Value::Permissions(_))).then_some(value)
    }

    /// A check in `assert` says nothing in a release build.
    pub(super) fn eval_assertion(&mut self, condition: &'m Expr, flow: &Flow) {
        let outer = std::mem::replace(&mut self.in_assertion, true);
        self.eval(condition, &mut flow.clone());
        self.in_assertion = outer;
    }

    /// The expression number that a value's closure has.
    pub(super) fn closure_id(value: &Value) -> Option<ExprId> {
        match value {
            Value::Closure(id) => Some(*id),
            _ => None,
        }
    }
}

fn subjects_of(alternatives: &[Alternative]) -> Vec<Subject> {
    alternatives.iter().flat_map(|alternative| alternative.all.iter().copied()).collect()
}
