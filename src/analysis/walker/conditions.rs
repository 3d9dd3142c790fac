//! Conditions: one pass gives the state if true and the state if false.

use super::{Walker, check_origin, version_constant};
use crate::analysis::facts::{Atom, FactSet, Facts, either};
use crate::analysis::state::{Flow, assume, join};
use crate::analysis::value::{Key, Value};
use crate::catalogue::Entry;
use crate::evidence::{Binding, Target};
use crate::ir::{CompareOp, Expr, ExprKind, Pattern};
use crate::source::Language;
use crate::verdict::CheckHow;

impl<'a, 'm> Walker<'a, 'm> {
    /// Evaluates a condition; gives the states in which it is true and false.
    pub(crate) fn split(&mut self, expr: &'m Expr, flow: Flow) -> (Flow, Flow) {
        match &expr.kind {
            ExprKind::Not(inner) => {
                let (yes, no) = self.split(inner, flow);
                (no, yes)
            }
            ExprKind::And(left, right) => {
                let (yes, no) = self.split(left, flow);
                let (both, second_no) = self.split(right, yes);
                (both, join(no, second_no))
            }
            ExprKind::Or(left, right) => {
                let (yes, no) = self.split(left, flow);
                let (second_yes, neither) = self.split(right, no);
                (join(yes, second_yes), neither)
            }
            ExprKind::Case { value, pattern } => {
                let mut flow = flow;
                let subject = self.eval(value, &mut flow);
                self.match_pattern(expr, Some(value), &subject, pattern, flow)
            }
            ExprKind::Is { value, ty, binding } => {
                let mut flow = flow;
                let subject = self.eval(value, &mut flow);
                let tested = Pattern::Is { ty: ty.clone(), binding: binding.clone() };
                let (yes, no) = self.test_pattern(&subject, &tested);
                (assume(flow.clone(), &yes), assume(flow, &no))
            }
            ExprKind::LetCond { name, value, .. } => {
                let mut flow = flow;
                let bound = self.eval(value, &mut flow);
                let mut present = assume(flow.clone(), &bound.facts_if(&Key::NonNull));
                let absent = assume(flow, &bound.facts_if(&Key::Null));
                if let (Some(state), Some(&id)) = (present.as_mut(), self.resolution.declared.get(&(expr.id, name.clone()))) {
                    self.declared_depth.insert(id, self.closure_depth);
                    state.places.insert(Target::Variable(id), bound.present());
                }
                (present, absent)
            }
            ExprKind::Available { versions, negated } => {
                let (yes, no) = available(versions, expr);
                let (yes, no) = if *negated { (no, yes) } else { (yes, no) };
                (assume(flow.clone(), &yes), assume(flow, &no))
            }
            ExprKind::Block { label: None, body } if body.len() == 1 => self.split(&body[0], flow),
            _ => {
                let mut flow = flow;
                let value = self.eval(expr, &mut flow);
                self.split_value(&value, flow)
            }
        }
    }

    /// A condition as a value that remembers both outcomes.
    pub(super) fn eval_condition(&mut self, expr: &'m Expr, flow: &mut Flow) -> Value {
        let base = flow.as_ref().map(|state| state.facts.clone()).unwrap_or_default();
        let (yes, no) = self.split(expr, flow.take());
        let facts = |flow: &Flow| flow.as_ref().map(|state| state.facts.beyond(&base));
        let value = Value::truth(facts(&yes), facts(&no));
        *flow = join(yes, no);
        value
    }

    pub(super) fn compare(&mut self, op: CompareOp, left: (&'m Expr, Value), right: (&'m Expr, Value)) -> Value {
        match op {
            CompareOp::Equal | CompareOp::NotEqual => {
                let (yes, no) = self.equal(&left, &right);
                if op == CompareOp::Equal { Value::truth(yes, no) } else { Value::truth(no, yes) }
            }
            _ => self.ordered(op, left, right),
        }
    }

    /// Facts if two values are equal, and if they are not.
    fn equal(&mut self, left: &(&'m Expr, Value), right: &(&'m Expr, Value)) -> (FactSet, FactSet) {
        let nothing = || (Some(Facts::none()), Some(Facts::none()));
        match (&left.1, &right.1) {
            (Value::OsVersion, _) => self.version_equal(right.0),
            (_, Value::OsVersion) => self.version_equal(left.0),
            (Value::RequestCode, _) => self.code_equal(right.0),
            (_, Value::RequestCode) => self.code_equal(left.0),
            (Value::Status(..) | Value::Answers(_), other) => {
                let other = self.fixed_constant(right.0, other);
                self.answer_equal(&left.1, &other)
            }
            (other, Value::Status(..) | Value::Answers(_)) => {
                let other = self.fixed_constant(left.0, other);
                self.answer_equal(&right.1, &other)
            }
            (value @ Value::Choice { .. }, Value::Unknown) if value.single().is_none() => match self.fixed_constant(right.0, &Value::Unknown).single() {
                Some(key) => (value.facts_if(key), value.facts_unless(key)),
                None => nothing(),
            },
            (value, other) => match (value.single(), other.single()) {
                // A name that looks like a constant may be a property that holds the other one.
                (Some(left @ Key::Constant(_)), Some(right @ Key::Constant(_))) if left != right => nothing(),
                // In Rust, what is absent is no case of an enum.
                (_, Some(key)) if is_case(key) && self.language() == Language::Rust && value.names(&Key::Null) => {
                    (value.clone().present().facts_if(key), value.facts_unless(key))
                }
                (_, Some(key)) => self.param_is(value, key).unwrap_or_else(|| (value.facts_if(key), value.facts_unless(key))),
                (Some(key), None) => self.param_is(other, key).unwrap_or_else(|| (other.facts_if(key), other.facts_unless(key))),
                (None, None) => nothing(),
            },
        }
    }

    /// What an answer is compared with: a field of this module that is written once, where it is declared, is the constant that it holds.
    fn fixed_constant(&self, operand: &Expr, value: &Value) -> Value {
        let constant = || {
            let Some(Binding::Field(field)) = self.resolution.bindings.get(&operand.id) else { return None };
            let is_fixed = !self.module.types[field.ty as usize].fields[field.index as usize].mutable;
            self.known.place(Target::Field(*field)).filter(|held| is_fixed && held.is_constant()).cloned()
        };
        if *value == Value::Unknown { constant().unwrap_or(Value::Unknown) } else { value.clone() }
    }

    /// Facts when the OS version is in a range, and when it is not. Whether the range takes its end in is not kept, so the least is said.
    pub(super) fn version_range(&self, range: &Expr) -> Option<(FactSet, FactSet)> {
        let ExprKind::Unknown(ends) = &range.kind else { return None };
        let [first, last] = ends.as_slice() else { return None };
        let (first, last) = (version_constant(first)?, version_constant(last)?);
        let origin = || version_origin(range);
        let mut inside = Facts::clause(vec![Atom::AtLeast(first)], origin());
        inside.insert(crate::analysis::facts::Clause::new(vec![Atom::Below(last.saturating_add(1))], origin()));
        Some((Some(inside), Some(Facts::clause(vec![Atom::Below(first), Atom::AtLeast(last)], origin()))))
    }

    /// An answer compared with a constant.
    fn answer_equal(&mut self, answer: &Value, constant: &Value) -> (FactSet, FactSet) {
        let nothing = (Some(Facts::none()), Some(Facts::none()));
        let Some(key) = constant.single() else { return nothing };
        match (answer, key) {
            (Value::Answers(_), Key::True) => {
                let (yes, no) = self.truth_of(answer);
                (yes, no)
            }
            (Value::Answers(_), Key::False) => {
                let (yes, no) = self.truth_of(answer);
                (no, yes)
            }
            (Value::Answers(alternatives), _) => {
                let status = self.default_status();
                self.status_equal_key(status, alternatives, key)
            }
            (Value::Status(status, alternatives), _) => self.status_equal_key(*status, alternatives, key),
            _ => nothing,
        }
    }

    fn version_equal(&self, other: &Expr) -> (FactSet, FactSet) {
        let facts = version_constant(other).map(|level| {
            let mut facts = Facts::clause(vec![Atom::AtLeast(level)], version_origin(other));
            facts.insert(crate::analysis::facts::Clause::new(vec![Atom::Below(level.saturating_add(1))], version_origin(other)));
            facts
        });
        (Some(facts.unwrap_or_default()), Some(Facts::none()))
    }

    fn code_equal(&mut self, other: &'m Expr) -> (FactSet, FactSet) {
        // The code of a request that this module does not make may stand for anything.
        let is_known = |code: &u32| self.known.requests().iter().any(|(_, known, _)| *known == Some(*code));
        let code = self.request_code(other).filter(is_known);
        (Some(code.map_or(Facts::none(), |code| Facts::clause(vec![Atom::Code(code)], None))), Some(Facts::none()))
    }

    /// `BuildCompat.isAtLeastT()`
    pub(super) fn version_test(&self, expr: &Expr) -> Option<Value> {
        let from = self.symbols(expr.id).iter().find_map(|found| match found.entry {
            Entry::VersionTest(number) => Some(self.catalogue.version_tests[number].from),
            _ => None,
        })?;
        let fact = |atom| Some(Facts::clause(vec![atom], version_origin(expr)));
        Some(Value::truth(fact(Atom::AtLeast(from)), fact(Atom::Below(from))))
    }

    fn ordered(&self, op: CompareOp, left: (&'m Expr, Value), right: (&'m Expr, Value)) -> Value {
        let (op, version) = match (&left.1, &right.1) {
            (Value::OsVersion, _) => (op, version_constant(right.0)),
            (_, Value::OsVersion) => (mirrored(op), version_constant(left.0)),
            (value, _) | (_, value) if count_facts(value).is_some() => return self.ordered_count(op, left, right),
            _ => return Value::Unknown,
        };
        let Some(version) = version else { return Value::Unknown };
        let at_least = |level: u32| Some(Facts::clause(vec![Atom::AtLeast(level)], version_origin(right.0)));
        let below = |level: u32| Some(Facts::clause(vec![Atom::Below(level)], version_origin(right.0)));
        match op {
            CompareOp::GreaterOrEqual => Value::truth(at_least(version), below(version)),
            CompareOp::Greater => Value::truth(at_least(version + 1), below(version + 1)),
            CompareOp::Less => Value::truth(below(version), at_least(version)),
            CompareOp::LessOrEqual => Value::truth(below(version + 1), at_least(version + 1)),
            CompareOp::Equal | CompareOp::NotEqual => Value::Unknown,
        }
    }

    /// `list.size > 0` and the like.
    fn ordered_count(&self, op: CompareOp, left: (&'m Expr, Value), right: (&'m Expr, Value)) -> Value {
        let (op, count, bound) = if count_facts(&left.1).is_some() { (op, &left.1, &right.1) } else { (mirrored(op), &right.1, &left.1) };
        let Some((empty, filled)) = count_facts(count) else { return Value::Unknown };
        match (op, bound.single()) {
            (CompareOp::Greater, Some(Key::Int(0))) | (CompareOp::GreaterOrEqual, Some(Key::Int(1))) => Value::truth(filled, empty),
            (CompareOp::Less, Some(Key::Int(1))) | (CompareOp::LessOrEqual, Some(Key::Int(0))) => Value::truth(empty, filled),
            _ => Value::Unknown,
        }
    }

    /// Matches a value against a pattern: the states when it fits and when it does not.
    pub(super) fn match_pattern(&mut self, at: &'m Expr, subject: Option<&'m Expr>, value: &Value, pattern: &'m Pattern, flow: Flow) -> (Flow, Flow) {
        match pattern {
            // In a `when` without subject, a pattern is a condition.
            Pattern::Value(condition) if subject.is_none() => self.split(condition, flow),
            Pattern::Value(constant) => {
                let mut flow = flow;
                let constant_value = self.eval(constant, &mut flow);
                let subject = subject.unwrap_or(constant);
                let (yes, no) = self.equal(&(subject, value.clone()), &(constant, constant_value));
                (assume(flow.clone(), &yes), assume(flow, &no))
            }
            Pattern::Not(inner) => {
                let (yes, no) = self.match_pattern(at, subject, value, inner, flow);
                (no, yes)
            }
            Pattern::Case { path, fields } => {
                let mut flow = flow;
                let constant_value = self.eval(path, &mut flow);
                let (yes, no) = self.equal(&(subject.unwrap_or(path), value.clone()), &(path, constant_value));
                let mut matched = assume(flow.clone(), &yes);
                let mut refused = assume(flow, &no);
                for field in fields {
                    let (yes, no) = self.match_pattern(at, subject, &Value::Unknown, field, matched);
                    matched = yes;
                    refused = join(refused, no);
                }
                (matched, refused)
            }
            Pattern::Binding(name) => {
                let mut flow = flow;
                if let (Some(state), Some(&id)) = (flow.as_mut(), self.resolution.declared.get(&(at.id, name.clone()))) {
                    self.declared_depth.insert(id, self.closure_depth);
                    state.places.insert(Target::Variable(id), value.clone());
                }
                (flow, None)
            }
            Pattern::NotNull(inner) => {
                let present = assume(flow.clone(), &value.facts_if(&Key::NonNull));
                let absent = assume(flow, &value.facts_if(&Key::Null));
                let (yes, no) = self.match_pattern(at, subject, &value.clone().present(), inner, present);
                (yes, join(absent, no))
            }
            Pattern::Tuple(parts) => self.match_tuple(at, subject, parts, flow),
            Pattern::In(list) => {
                let mut flow = flow;
                let items = self.eval(list, &mut flow);
                let versions = if *value == Value::OsVersion { self.version_range(list) } else { None };
                let (yes, no) = versions.unwrap_or_else(|| self.contained(&items, value, subject.unwrap_or(at)));
                (assume(flow.clone(), &yes), assume(flow, &no))
            }
            Pattern::Is { .. } => {
                let (yes, no) = self.test_pattern(value, pattern);
                (assume(flow.clone(), &yes), assume(flow, &no))
            }
            Pattern::Wildcard => (flow, None),
        }
    }

    /// A tuple pattern against a tuple literal goes part by part.
    fn match_tuple(&mut self, at: &'m Expr, subject: Option<&'m Expr>, parts: &'m [Pattern], flow: Flow) -> (Flow, Flow) {
        let items: &'m [Expr] = match subject.map(|subject| &subject.kind) {
            Some(ExprKind::Collection(items) | ExprKind::Unknown(items)) if items.len() == parts.len() => items,
            _ => return (flow.clone(), flow),
        };
        let mut matched = flow;
        let mut refused = None;
        for (part, item) in parts.iter().zip(items) {
            let value = self.eval(item, &mut matched);
            let (yes, no) = self.match_pattern(at, Some(item), &value, part, matched);
            matched = yes;
            refused = join(refused, no);
        }
        (matched, refused)
    }

    /// `is Granted`: a status whose values are types.
    fn test_pattern(&mut self, value: &Value, pattern: &Pattern) -> (FactSet, FactSet) {
        let nothing = (Some(Facts::none()), Some(Facts::none()));
        let Pattern::Is { ty, .. } = pattern else { return nothing };
        let key = Key::Constant(ty.simple_name().to_owned());
        match value {
            Value::Status(status, alternatives) => self.status_equal_key(*status, alternatives, &key),
            // The type may be one of which several cases are.
            Value::Choice { .. } if value.is_named() && !value.names(&key) => nothing,
            Value::Choice { .. } => (value.facts_if(&key), value.facts_unless(&key)),
            Value::Permissions(_) => self.param_is(value, &key).unwrap_or(nothing),
            _ => nothing,
        }
    }

    /// `value in list`, `list.contains(value)`.
    pub(super) fn contained(&mut self, list: &Value, value: &Value, at: &'m Expr) -> (FactSet, FactSet) {
        match (list, value) {
            (Value::List(items), _) => {
                let mut yes: FactSet = None;
                let mut no: FactSet = Some(Facts::none());
                for item in items {
                    let (equal, different) = match value {
                        Value::Status(..) | Value::Answers(_) => self.answer_equal(value, item),
                        _ => match item.single() {
                            Some(key) => (value.facts_if(key), value.facts_unless(key)),
                            None => (Some(Facts::none()), Some(Facts::none())),
                        },
                    };
                    yes = either(yes, equal);
                    no = crate::analysis::facts::both(&no, &different);
                }
                (yes.or(Some(Facts::none())), no)
            }
            (Value::GrantedList(_), Value::Permissions(wanted)) => (Some(self.granted(wanted, &check_origin(at.span, CheckHow::Tested))), Some(Facts::none())),
            (Value::DeniedList(_), Value::Permissions(wanted)) => (Some(Facts::none()), Some(self.granted(wanted, &check_origin(at.span, CheckHow::Tested)))),
            // `grantResults.contains(DENIED)`.
            (Value::Answers(alternatives), constant) if constant.single().is_some() => {
                let key = constant.single().cloned().unwrap_or(Key::Null);
                self.some_equal_key(alternatives, &key, at.id)
            }
            _ => (Some(Facts::none()), Some(Facts::none())),
        }
    }
}

/// Whether a constant is written like a case of an enum: `Authorized`.
fn is_case(key: &Key) -> bool {
    matches!(key, Key::Constant(name) if name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase))
}

/// Facts when a collection is empty and when it is not, if the value tells.
fn count_facts(value: &Value) -> Option<(FactSet, FactSet)> {
    match value {
        Value::Choice { known, .. } if known.iter().any(|(key, _)| matches!(key, Key::Empty | Key::NonEmpty)) => {
            Some((value.facts_if(&Key::Empty), value.facts_if(&Key::NonEmpty)))
        }
        Value::Choice { known, rest: Some(_) } if known.iter().any(|(key, facts)| *key == Key::Int(0) && !facts.is_none()) => {
            Some((value.facts_if(&Key::Int(0)), value.facts_unless(&Key::Int(0))))
        }
        _ => None,
    }
}

fn mirrored(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessOrEqual => CompareOp::GreaterOrEqual,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterOrEqual => CompareOp::LessOrEqual,
        same => same,
    }
}

fn version_origin(at: &Expr) -> Option<std::sync::Arc<crate::analysis::facts::Origin>> {
    Some(check_origin(at.span, CheckHow::OsVersion))
}

/// `#available(iOS 14, *)`: only iOS versions are compared with the catalogue's.
fn available(versions: &[(String, u32)], at: &Expr) -> (FactSet, FactSet) {
    let ios = versions.iter().find(|(platform, _)| platform == "iOS");
    match ios {
        Some((_, level)) => {
            (Some(Facts::clause(vec![Atom::AtLeast(*level)], version_origin(at))), Some(Facts::clause(vec![Atom::Below(*level)], version_origin(at))))
        }
        None => (Some(Facts::none()), Some(Facts::none())),
    }
}
