//! Which permissions a value means, and what an answer about them proves.

use std::sync::Arc;

use super::{Walker, check_origin};
use crate::analysis::facts::{Atom, Clause, FactSet, Facts, Origin, Subject, either};
use crate::analysis::value::{Alternative, Key, Value};
use crate::catalogue::{Answer, Entry, PermissionId, StatusId, StatusValue};
use crate::evidence::{Binding, FieldId, Ty, VariableId, param_index};
use crate::ir::{Annotation, Arg, Expr, ExprKind, FunctionId, Literal, walk};
use crate::source::{Language, Span};
use crate::verdict::CheckHow;

/// How many helpers deep a parameter is followed to a check.
const MAX_HELPERS: u32 = 3;

impl<'a, 'm> Walker<'a, 'm> {
    /// `"android.permission.READ_CONTACTS"`.
    pub(super) fn permission_text(&self, text: &str) -> Value {
        match self.catalogue.permission_named(text) {
            Some(id) => Value::Permissions(vec![Alternative::of(vec![Subject::Permission(id)])]),
            None => Value::key(Key::Constant(text.to_owned())),
        }
    }

    /// The permission that a constant names: `Manifest.permission.READ_CONTACTS`, or a static import of it.
    fn permission_constant(&self, expr: &Expr, name: &str) -> Option<PermissionId> {
        let qualified = match &expr.kind {
            ExprKind::Member { receiver, .. } => match self.resolution.types.get(&receiver.id).map(|typed| &typed.ty) {
                Some(Ty::Class(inner)) => match &**inner {
                    Ty::Named { name: owner, .. } => format!("{owner}.{name}"),
                    _ => return None,
                },
                _ => return None,
            },
            _ => {
                let imports = &self.module.files[self.module.file_of_expr(expr.id)].imports;
                let named = imports.iter().find(|import| !import.wildcard && import.path.rsplit('.').next() == Some(name));
                let all = || imports.iter().find(|import| import.wildcard && import.path.ends_with("Manifest.permission"));
                match named {
                    Some(import) => import.path.clone(),
                    None => format!("{}.{name}", all()?.path),
                }
            }
        };
        // Android's own `Manifest`, or a constant class of the same shape (Health Connect's).
        let id = qualified.split_once("Manifest.permission.").map(|(_, last)| format!("android.permission.{last}"));
        id.and_then(|id| self.catalogue.permission_named(&id))
    }

    /// See [`unaliased`](super::unaliased).
    pub(super) fn unaliased<'n>(&self, name: &'n str) -> &'n str
    where
        'm: 'n,
    {
        super::unaliased(&self.module.files[self.file()].imports, name)
    }

    /// A constant as a value: a permission, or a key by its last segment.
    pub(super) fn constant_value(&self, expr: &Expr, name: &str) -> Value {
        let name = if matches!(expr.kind, ExprKind::Name(_)) { self.unaliased(name) } else { name };
        if let Some(id) = self.permission_constant(expr, name) {
            return Value::Permissions(vec![Alternative::of(vec![Subject::Permission(id)])]);
        }
        match &expr.kind {
            ExprKind::Member { receiver, .. } if matches!(&receiver.kind, ExprKind::Name(owner) if owner == "Boolean") => match name {
                "TRUE" => Value::key(Key::True),
                "FALSE" => Value::key(Key::False),
                _ => Value::Unknown,
            },
            ExprKind::Member { receiver, .. } => match (&receiver.kind, self.resolution.bindings.get(&receiver.id)) {
                (ExprKind::Implicit, _) | (_, Some(Binding::Type(_))) => Value::key(Key::Constant(name.to_owned())),
                _ if self.resolution.types.get(&receiver.id).is_some_and(|typed| matches!(typed.ty, Ty::Class(_))) => {
                    Value::key(Key::Constant(name.to_owned()))
                }
                _ => Value::Unknown,
            },
            ExprKind::Name(_) if looks_constant(name) => Value::key(Key::Constant(name.to_owned())),
            _ => Value::Unknown,
        }
    }

    /// A field that nothing was seen to write: perhaps an enum case or constant of this module, or another name for a constant
    /// (`const val GRANTED = PackageManager.PERMISSION_GRANTED`).
    pub(super) fn constant_field(&self, field: FieldId) -> Value {
        let declared = &self.module.types[field.ty as usize].fields[field.index as usize];
        match self.resolution.field_values.get(&field).map(Vec::as_slice) {
            None if looks_constant(&declared.name) => Value::key(Key::Constant(declared.name.clone())),
            Some([value]) if !declared.mutable => match &value.kind {
                ExprKind::Member { name, .. } | ExprKind::Name(name) if self.resolution.target(value.id).is_none() => self.constant_value(value, name),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// An array or list of values: permissions together, or a list.
    pub(super) fn collection(&self, items: Vec<Value>) -> Value {
        let mut all = vec![Alternative::of(Vec::new())];
        for item in &items {
            let Value::Permissions(alternatives) = item else { return Value::List(items) };
            let mut extended = Vec::new();
            for known in &all {
                for more in alternatives {
                    let subjects = known.all.iter().chain(&more.all).copied().collect();
                    extended.push(Alternative { given: known.given.and(&more.given), all: subjects, origin: None });
                }
            }
            all = extended;
            if all.len() > 16 {
                return Value::Unknown;
            }
        }
        if items.is_empty() { Value::List(items) } else { Value::Permissions(all) }
    }

    /// Facts when all of the permissions are granted, whichever alternative is meant.
    pub(super) fn granted(&self, alternatives: &[Alternative], origin: &Arc<Origin>) -> Facts {
        facts_of(alternatives, Atom::Granted, origin)
    }

    /// An answer of a form about permissions.
    pub(super) fn answer_value(&self, answer: Answer, alternatives: Vec<Alternative>, origin: &Arc<Origin>) -> Value {
        let marked = |alternatives: Vec<Alternative>| -> Vec<Alternative> {
            alternatives.into_iter().map(|one| Alternative { origin: Some(origin.clone()), ..one }).collect()
        };
        match answer {
            Answer::True => {
                let granted = self.granted(&alternatives, origin);
                Value::truth(Some(granted), Some(Facts::none()))
            }
            Answer::Reached => Value::Unknown,
            Answer::Status(status) => Value::Status(Some(status), marked(alternatives)),
            Answer::Answers => Value::Answers(marked(alternatives)),
            Answer::GrantedList => Value::GrantedList(marked(alternatives)),
            Answer::DeniedList => Value::DeniedList(marked(alternatives)),
        }
    }

    /// The status of plain grant results, for arrays of answers.
    pub(super) fn default_status(&self) -> Option<StatusId> {
        let is_it = |value: &StatusValue| value.names.iter().any(|name| name == "PERMISSION_GRANTED");
        self.catalogue.statuses.iter().position(|status| status.values.len() == 2 && status.values.iter().any(is_it)).map(|index| StatusId(index as u16))
    }

    /// Facts when an answer equals a constant, and when it does not.
    pub(super) fn status_equal_key(&mut self, status: Option<StatusId>, alternatives: &[Alternative], key: &Key) -> (FactSet, FactSet) {
        let nothing = (Some(Facts::none()), Some(Facts::none()));
        let Some(id) = status else { return nothing };
        let values = &self.catalogue.status(id).values;
        let Some(position) = values.iter().position(|value| names_key(value, key)) else { return nothing };
        let mut yes: FactSet = None;
        let mut no: FactSet = None;
        for alternative in alternatives {
            let origin = alternative.origin.clone().unwrap_or_else(|| check_origin(Span::default(), CheckHow::Tested));
            let is_value = self.value_facts(id, &[position], alternative, &origin);
            let others: Vec<usize> = (0..values.len()).filter(|&other| other != position).collect();
            let is_other = self.value_facts(id, &others, alternative, &origin);
            yes = either(yes, Some(is_value));
            no = either(no, if others.is_empty() { None } else { Some(is_other) });
        }
        (yes, no)
    }

    /// An answer as a choice of its status's values, spelled as this language does.
    pub(super) fn status_choice(&mut self, status: StatusId, alternatives: &[Alternative]) -> Value {
        let language = self.language();
        let keys: Vec<Option<Key>> = self.catalogue.status(status).values.iter().map(|value| spelling(value, language)).collect();
        let keys = keys.into_iter().flatten();
        let mut known: Vec<(Key, Facts)> = keys
            .filter_map(|key| {
                let (yes, _) = self.status_equal_key(Some(status), alternatives, &key);
                Some((key, yes?))
            })
            .collect();
        known.sort_by(|left, right| left.0.cmp(&right.0));
        Value::Choice { known, rest: None }
    }

    /// The value of one of two paths. An answer that may also be a constant is one of the values of its status.
    pub(super) fn joined(&mut self, left: Value, here: &Facts, right: Value, there: &Facts) -> Value {
        let is_choice = |value: &Value| matches!(value, Value::Choice { .. }) && !value.is_none_yet();
        if is_choice(&left) == is_choice(&right) {
            return left.join(here, right, there);
        }
        self.spelled(left).join(here, self.spelled(right), there)
    }

    /// An answer as a choice of the values of its status; anything else as it is.
    pub(super) fn spelled(&mut self, value: Value) -> Value {
        match &value {
            Value::Status(Some(status), alternatives) => self.status_choice(*status, alternatives),
            _ => value,
        }
    }

    /// Facts when an answer is one of some values.
    fn value_facts(&self, status: StatusId, positions: &[usize], alternative: &Alternative, origin: &Arc<Origin>) -> Facts {
        let mut facts = alternative.given.clone();
        for &subject in &alternative.all {
            let each = positions.iter().map(|&position| self.one_value_facts(status, position, subject, origin));
            facts = facts.and(&each.reduce(|left, right| left.or(&right)).unwrap_or_default());
        }
        facts
    }

    fn one_value_facts(&self, status: StatusId, position: usize, subject: Subject, origin: &Arc<Origin>) -> Facts {
        let value = &self.catalogue.status(status).values[position];
        let mut granted: Vec<Subject> = value.grants.iter().map(|id| Subject::Permission(*id)).collect();
        if value.grants_subject && !granted.contains(&subject) {
            granted.push(subject);
        }
        if granted.is_empty() {
            return Facts::clause(vec![Atom::Answered(subject, status, position as u8)], Some(origin.clone()));
        }
        // What another of them proves anyway would only lengthen the disjunctions.
        let implied = |one: &Subject| granted.iter().any(|other| other != one && self.implies(*other, *one));
        let mut facts = Facts::none();
        for subject in granted.iter().filter(|one| !implied(one)) {
            facts.insert(Clause::new(vec![Atom::Granted(*subject)], Some(origin.clone())));
        }
        facts
    }

    /// Facts without what is true whatever a check answers ("granted or refused"): that is left where the paths of a check meet.
    pub(super) fn informative(&self, facts: &Facts) -> Facts {
        facts.filtered(|clause| !self.allows_every_answer(clause))
    }

    fn allows_every_answer(&self, clause: &Clause) -> bool {
        let grants = |subject: Subject| clause.atoms.contains(&Atom::Granted(subject));
        clause.atoms.iter().any(|atom| {
            let Atom::Answered(subject, status, _) = *atom else { return false };
            self.catalogue.status(status).values.iter().enumerate().all(|(position, value)| {
                let is_granting = value.grants_subject || !value.grants.is_empty();
                let allows_grant = (value.grants_subject && grants(subject)) || value.grants.iter().any(|id| grants(Subject::Permission(*id)));
                if is_granting { allows_grant } else { clause.atoms.contains(&Atom::Answered(subject, status, position as u8)) }
            })
        })
    }

    fn implies(&self, granted: Subject, other: Subject) -> bool {
        match (granted, other) {
            (Subject::Permission(granted), Subject::Permission(other)) => self.catalogue.permission(granted).implies.contains(&other),
            _ => false,
        }
    }

    /// What an annotation demands: one of each inner list.
    pub(super) fn annotated_needs(&mut self, annotation: &'m Annotation) -> Vec<Vec<Subject>> {
        let mut needs = Vec::new();
        for arg in &annotation.args {
            let mut flow = Some(crate::analysis::state::State::default());
            let value = self.eval(&arg.value, &mut flow);
            let Value::Permissions(alternatives) = value else { continue };
            let subjects: Vec<Subject> = alternatives.into_iter().flat_map(|alternative| alternative.all).collect();
            match annotation_label(arg) {
                Some("anyOf") => needs.push(subjects),
                Some("conditional" | "apis") => {}
                _ => needs.extend(subjects.into_iter().map(|subject| vec![subject])),
            }
        }
        needs
    }

    /// The value of the element of a list, for as long as `self.elements` holds it; unknown when nothing is known of the list.
    pub(super) fn element_value(&self, list: &Value, id: crate::ir::ExprId) -> (Value, Vec<Alternative>) {
        let one = || vec![Alternative::of(vec![Subject::Element(id)])];
        match list {
            Value::Permissions(all) => (Value::Permissions(one()), all.clone()),
            Value::Answers(all) => {
                let origin = all.first().and_then(|one| one.origin.clone());
                (Value::Answers(vec![Alternative { origin, ..Alternative::of(vec![Subject::Element(id)]) }]), all.clone())
            }
            Value::List(items) => match self.as_permissions(&Value::List(items.clone())) {
                Some(all) => (Value::Permissions(one()), all),
                None => (Value::Unknown, Vec::new()),
            },
            _ => (Value::Unknown, Vec::new()),
        }
    }

    /// What was found out of the element of a list, said of all of them: nothing but statements about it.
    pub(super) fn of_all(&self, facts: &Facts, id: crate::ir::ExprId, list: &[Alternative]) -> Facts {
        let element = Subject::Element(id);
        let mut all = Facts::none();
        for clause in facts.clauses().iter().filter(|clause| mentions(clause, element)) {
            let each = list.iter().map(|alternative| {
                let mut facts = alternative.given.clone();
                for subject in &alternative.all {
                    facts.insert(Clause::new(clause.atoms.iter().map(|atom| replace(*atom, element, *subject)).collect(), clause.origin.clone()));
                }
                facts
            });
            all = all.and(&each.reduce(|left, right| left.or(&right)).unwrap_or_default());
        }
        all
    }

    /// What is known of the elements at hand, said of one of their lists: all that can be said where a loop is left early.
    pub(super) fn of_some(&self, facts: &Facts) -> Facts {
        self.elements.iter().fold(facts.clone(), |facts, (id, list)| {
            let element = Subject::Element(*id);
            let mut kept = facts.filtered(|clause| !mentions(clause, element));
            for clause in facts.clauses().iter().filter(|clause| mentions(clause, element)) {
                kept = kept.and(&one_of(clause, element, list));
            }
            kept
        })
    }

    /// Facts when one of several answers equals a constant, and when none does.
    pub(super) fn some_equal_key(&mut self, alternatives: &[Alternative], key: &Key, at: crate::ir::ExprId) -> (FactSet, FactSet) {
        let (element, list) = self.element_value(&Value::Answers(alternatives.to_vec()), at);
        let Value::Answers(element) = element else { return (Some(Facts::none()), Some(Facts::none())) };
        let (yes, no) = match key {
            Key::True | Key::False => {
                let granted = self.granted(&element, &check_origin(Span::default(), CheckHow::Tested));
                let refused = Facts::none();
                if *key == Key::True { (Some(granted), Some(refused)) } else { (Some(refused), Some(granted)) }
            }
            _ => {
                let status = self.default_status();
                self.status_equal_key(status, &element, key)
            }
        };
        self.elements.push((at, list.clone()));
        let yes = yes.map(|facts| self.of_some(&facts));
        let no = no.map(|facts| self.of_all(&facts, at, &list));
        self.elements.pop();
        (yes.or(Some(Facts::none())), no.or(Some(Facts::none())))
    }

    /// Replaces what stands for a function's parameters by what a call passes.
    pub(super) fn instantiate(&self, facts: &Facts, function: FunctionId, args: &[Value]) -> Facts {
        let mut all = Facts::none();
        for clause in facts.clauses() {
            all = all.and(&self.instantiate_clause(clause, function, args));
        }
        all
    }

    /// The permissions that an argument names, in the vocabulary of some check (`.video`) where it is no permission itself.
    fn as_permissions(&self, value: &Value) -> Option<Vec<Alternative>> {
        match value {
            Value::Permissions(alternatives) => Some(alternatives.clone()),
            Value::List(items) => {
                let items = items.iter().map(|item| self.as_permissions(item).map(Value::Permissions)).collect::<Option<Vec<Value>>>()?;
                match self.collection(items) {
                    Value::Permissions(alternatives) => Some(alternatives),
                    _ => None,
                }
            }
            _ => {
                let Key::Constant(name) = value.single()? else { return None };
                let platform = self.language().platform();
                let maps = self.catalogue.checks.iter().filter(|check| check.symbol.platform == platform).filter_map(|check| match &check.subject {
                    crate::catalogue::Subject::Argument { map, .. } => map.get(name),
                    crate::catalogue::Subject::Fixed(_) => None,
                });
                maps.min().map(|id| vec![Alternative::of(vec![Subject::Permission(*id)])])
            }
        }
    }

    fn instantiate_clause(&self, clause: &Clause, function: FunctionId, args: &[Value]) -> Facts {
        if let Some((owner, index)) = clause.absent_param()
            && owner == function
        {
            if !self.is_there(function, index, args) {
                return Facts::none();
            }
            let others = clause.atoms.iter().copied().filter(|atom| *atom != Atom::Absent(owner, index)).collect();
            return self.instantiate_clause(&Clause::new(others, clause.origin.clone()), function, args);
        }
        if let Some(decided) = self.decide_param(clause, function, args) {
            return decided;
        }
        let param = clause.atoms.iter().find_map(|atom| match atom.subject()? {
            subject @ (Subject::Param(owner, index) | Subject::OneOf(owner, index)) if owner == function => Some((*atom, subject, index)),
            _ => None,
        });
        let Some((atom, named, index)) = param else { return Facts::clause(clause.atoms.clone(), clause.origin.clone()) };
        let asked_for = |arg: &Value| if matches!(atom, Atom::Gate(_)) { self.features_named(arg) } else { self.as_permissions(arg) };
        let Some(alternatives) = args.get(index as usize).and_then(asked_for) else { return Facts::none() };
        if matches!(named, Subject::OneOf(..)) {
            let chosen = one_of(clause, named, &alternatives);
            return chosen.clauses().iter().fold(Facts::none(), |all, clause| all.and(&self.instantiate_clause(clause, function, args)));
        }
        let each = alternatives.iter().map(|alternative| {
            let mut facts = alternative.given.clone();
            for subject in &alternative.all {
                let replaced = clause.atoms.iter().map(|atom| replace(*atom, Subject::Param(function, index), *subject)).collect();
                let clause = Clause::new(replaced, clause.origin.clone());
                facts = facts.and(&self.instantiate_clause(&clause, function, args));
            }
            facts
        });
        each.reduce(|left, right| left.or(&right)).unwrap_or_default()
    }

    /// Whether what a call passes is there. Of what is not known that is said only where the function checks with it (`context`): who has none
    /// cannot go on to the access either.
    fn is_there(&self, function: FunctionId, index: u32, args: &[Value]) -> bool {
        match args.get(index as usize) {
            None => false,
            Some(value) if value.facts_if(&Key::Null).is_none() => true,
            Some(Value::Choice { known, .. }) if known.iter().any(|(key, _)| *key == Key::Null) => false,
            Some(_) => self.checks_with(function, index, MAX_HELPERS),
        }
    }

    /// Whether a function passes a parameter to a platform check, or to a helper that does, or calls it on it.
    fn checks_with(&self, function: FunctionId, index: u32, depth: u32) -> bool {
        let Some(&variable) = self.resolution.function_params[function as usize].get(index as usize) else { return false };
        let body = self.module.functions[function as usize].body.as_ref();
        depth > 0 && body.is_some_and(|body| self.is_checked_with(body, variable, depth))
    }

    fn is_checked_with(&self, expr: &'m Expr, variable: VariableId, depth: u32) -> bool {
        let is_it = |expr: &Expr| self.resolution.bindings.get(&expr.id) == Some(&Binding::Variable(variable));
        if let ExprKind::Call(call) = &expr.kind {
            let is_check = self.symbols(expr.id).iter().any(|found| matches!(found.entry, Entry::Check(_)));
            if is_check && call.receiver.iter().chain(call.args.iter().map(|arg| &arg.value)).any(is_it) {
                return true;
            }
            let helpers = self.callees(expr.id).into_iter().flatten();
            let passed = || call.args.iter().enumerate().filter(|(_, arg)| is_it(&arg.value));
            let asks = |helper: FunctionId| {
                let params = &self.module.functions[helper as usize].params;
                passed()
                    .filter_map(|(position, arg)| param_index(params, call.args.len(), position, arg))
                    .any(|index| self.checks_with(helper, index as u32, depth - 1))
            };
            if helpers.copied().any(asks) {
                return true;
            }
        }
        let mut found = false;
        walk(expr, &mut |child| found = found || self.is_checked_with(child, variable, depth));
        found
    }

    /// The same for a value.
    pub(super) fn instantiate_value(&self, value: Value, function: FunctionId, args: &[Value]) -> Value {
        let alternatives = |all: Vec<Alternative>| -> Option<Vec<Alternative>> {
            let mut out = Vec::new();
            for one in all {
                out.extend(self.instantiate_alternative(one, function, args)?);
            }
            Some(out)
        };
        match value {
            Value::Permissions(all) => alternatives(all).map_or(Value::Unknown, Value::Permissions),
            Value::Status(status, all) => alternatives(all).map_or(Value::Unknown, |all| Value::Status(status, all)),
            Value::Answers(all) => alternatives(all).map_or(Value::Unknown, Value::Answers),
            Value::GrantedList(all) => alternatives(all).map_or(Value::Unknown, Value::GrantedList),
            Value::DeniedList(all) => alternatives(all).map_or(Value::Unknown, Value::DeniedList),
            Value::ParamFunction(owner, index) if owner == function => args.get(index as usize).cloned().unwrap_or(Value::Unknown),
            Value::Choice { known, rest } => {
                // What is not known comes from branches for other features. What is known stays, so that what depends on it is looked at.
                let is_ruled_out = |facts: &Facts| facts.clauses().iter().any(|clause| self.rules_out(clause, function, args));
                let known = known.into_iter().map(|(key, facts)| (key, self.instantiate(&facts, function, args))).collect();
                Value::Choice { known, rest: rest.filter(|facts| !is_ruled_out(facts)).map(|facts| self.instantiate(&facts, function, args)) }
            }
            other => other.map_facts(&|facts| self.instantiate(facts, function, args)),
        }
    }

    fn instantiate_alternative(&self, one: Alternative, function: FunctionId, args: &[Value]) -> Option<Vec<Alternative>> {
        let mut out = vec![Alternative { given: self.instantiate(&one.given, function, args), all: Vec::new(), origin: one.origin.clone() }];
        for subject in &one.all {
            let replacements = match subject {
                Subject::Param(owner, index) if *owner == function => args.get(*index as usize).and_then(|arg| self.as_permissions(arg))?,
                _ => vec![Alternative::of(vec![*subject])],
            };
            let mut extended = Vec::new();
            for known in &out {
                for replacement in &replacements {
                    let all = known.all.iter().chain(&replacement.all).copied().collect();
                    extended.push(Alternative { given: known.given.and(&replacement.given), all, origin: known.origin.clone() });
                }
            }
            out = extended;
            if out.len() > 8 {
                return None;
            }
        }
        Some(out)
    }

    /// A number for the constant that a request code is.
    pub(super) fn request_code(&self, expr: &'m Expr) -> Option<u32> {
        super::super::request_code_of(self.resolution, expr)
    }
}

/// Facts when something holds of all subjects of an alternative, whichever is meant.
pub(super) fn facts_of(alternatives: &[Alternative], holds: fn(Subject) -> Atom, origin: &Arc<Origin>) -> Facts {
    let each = alternatives.iter().map(|alternative| {
        let mut facts = alternative.given.clone();
        for subject in &alternative.all {
            facts.insert(Clause::new(vec![holds(*subject)], Some(alternative.origin.clone().unwrap_or_else(|| origin.clone()))));
        }
        facts
    });
    each.reduce(|left, right| left.or(&right)).unwrap_or_default()
}

fn annotation_label(arg: &Arg) -> Option<&str> {
    arg.label.as_deref()
}

fn mentions(clause: &Clause, wanted: Subject) -> bool {
    clause.atoms.iter().any(|atom| atom.subject() == Some(wanted))
}

/// A clause about one of a list, whichever it is: about a choice of them. Nothing can be said when there is none, or when one is not told.
fn one_of(clause: &Clause, from: Subject, list: &[Alternative]) -> Facts {
    let each = list.iter().map(|alternative| {
        let is_told = |subject: &Subject| !matches!(subject, Subject::Element(_));
        if alternative.all.is_empty() || !alternative.all.iter().all(is_told) {
            return Facts::none();
        }
        let chosen = |subject: &Subject| match subject {
            Subject::Param(owner, index) => Subject::OneOf(*owner, *index),
            known => *known,
        };
        let atoms = clause.atoms.iter().flat_map(|atom| alternative.all.iter().map(|subject| replace(*atom, from, chosen(subject))));
        let mut facts = alternative.given.clone();
        facts.insert(Clause::new(atoms.collect(), clause.origin.clone()));
        facts
    });
    each.reduce(|left, right| left.or(&right)).unwrap_or_default()
}

fn replace(atom: Atom, from: Subject, to: Subject) -> Atom {
    match atom {
        Atom::Granted(subject) if subject == from => Atom::Granted(to),
        Atom::Gate(subject) if subject == from => Atom::Gate(to),
        Atom::Answered(subject, status, value) if subject == from => Atom::Answered(to, status, value),
        other => other,
    }
}

/// How a language spells a value: Objective-C with its prefix, Rust in capitals, or as the number behind a constant of Java.
fn spelling(value: &StatusValue, language: Language) -> Option<Key> {
    let first = value.names.first()?;
    if language == Language::Rust {
        let number = value.names.iter().find_map(|name| name.parse().ok()).filter(|_| !first.contains(char::is_lowercase));
        return Some(number.map_or_else(|| Key::Constant(capitalised(first)), Key::Int));
    }
    let is_prefixed = |name: &&String| name.len() > 12 && name.starts_with(|first: char| first.is_uppercase() || first == 'k');
    let prefixed = value.names.iter().find(is_prefixed).filter(|_| language == Language::ObjectiveC);
    Some(Key::Constant(prefixed.unwrap_or(first).clone()))
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whether a value of a status is spelled like a constant in code: the last segment, Swift's old capitals included.
fn names_key(value: &StatusValue, key: &Key) -> bool {
    match key {
        Key::Constant(constant) => value.names.iter().any(|name| {
            let mut left = name.chars();
            let mut right = constant.chars();
            match (left.next(), right.next()) {
                (Some(first), Some(second)) => first.eq_ignore_ascii_case(&second) && left.as_str() == right.as_str(),
                _ => false,
            }
        }),
        Key::Int(number) => value.names.iter().any(|name| *name == number.to_string()),
        _ => false,
    }
}

/// Names that are written like constants: `PERMISSION_GRANTED`, `CNAuthorizationStatusAuthorized`, `kCL…`.
fn looks_constant(name: &str) -> bool {
    let mut characters = name.chars();
    match characters.next() {
        Some('k') => characters.next().is_some_and(char::is_uppercase),
        Some(first) => first.is_uppercase(),
        None => false,
    }
}

/// A text literal's value.
pub(super) fn literal_text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(text),
        _ => None,
    }
}
