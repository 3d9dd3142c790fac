//! What expressions are known to be: values that remember an answer.

use std::sync::Arc;

use super::facts::{Atom, Clause, FactSet, Facts, Origin, Subject, either};
use crate::catalogue::StatusId;
use crate::ir::{ExprId, FunctionId};
use crate::source::Span;

/// A known value, or a class of values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    True,
    False,
    Null,
    /// Anything but null.
    NonNull,
    /// An empty collection.
    Empty,
    /// A collection with elements.
    NonEmpty,
    /// An enum case or named constant, by its last segment.
    Constant(String),
    /// A constant that is none of those beside which it stands.
    Other,
    Int(i64),
}

/// One way in which permissions may be meant.
#[derive(Clone, Debug)]
pub(crate) struct Alternative {
    /// What holds when this is it (an OS version, say).
    pub(crate) given: Facts,
    /// The permissions, in order, all of them.
    pub(crate) all: Vec<Subject>,
    /// Of an answer: the check that gave it. Takes no part in comparisons.
    pub(crate) origin: Option<Arc<Origin>>,
}

impl PartialEq for Alternative {
    fn eq(&self, other: &Self) -> bool {
        self.given == other.given && self.all == other.all
    }
}

impl Alternative {
    /// These permissions, whatever holds.
    pub(crate) fn of(all: Vec<Subject>) -> Self {
        Self { given: Facts::none(), all, origin: None }
    }
}

/// The abstract value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Nothing is known.
    Unknown,
    /// One of some known values, each with the facts that hold when it is that; `rest` when it is none of them.
    Choice {
        /// Known values, sorted by key.
        known: Vec<(Key, Facts)>,
        /// Facts when it is something else; none when it cannot be.
        rest: FactSet,
    },
    /// One or several permissions (a constant, an array, a list).
    Permissions(Vec<Alternative>),
    /// The answer of a check.
    Status(Option<StatusId>, Vec<Alternative>),
    /// A boolean or status answer, or a map or array of them, in the order of the permissions.
    Answers(Vec<Alternative>),
    /// The list of those that were granted.
    GrantedList(Vec<Alternative>),
    /// The list of those that were denied.
    DeniedList(Vec<Alternative>),
    /// Several values (a list literal).
    List(Vec<Value>),
    /// A closure.
    Closure(ExprId),
    /// References to functions.
    Functions(Vec<FunctionId>),
    /// An anonymous object, by its expression.
    Object(ExprId),
    /// A function that was passed in as a parameter.
    ParamFunction(FunctionId, u32),
    /// Code of which only who passes it knows which it is: one of several, or a function that was passed to the caller.
    Code,
    /// The version of the OS.
    OsVersion,
    /// The code of a permission request.
    RequestCode,
    /// The position of the element at hand in the list that this loop goes through.
    Position(ExprId),
    /// A continuation: what it is resumed with is the value of this call.
    Continuation(ExprId),
}

/// More known values than this are not told apart.
const MAX_KNOWN: usize = 12;
/// More alternatives than this are given up.
const MAX_ALTERNATIVES: usize = 8;

impl Key {
    /// Whether a value of class `self` may equal `other`.
    fn may_be(&self, other: &Key) -> bool {
        if self == other {
            return true;
        }
        match (self, other) {
            // Two names are two values; what a name stands for otherwise is not known.
            (Key::Constant(_), Key::Constant(_)) => false,
            (Key::Constant(_) | Key::Other, _) | (_, Key::Constant(_) | Key::Other) => true,
            (Key::NonNull, wanted) | (wanted, Key::NonNull) => *wanted != Key::Null,
            _ => false,
        }
    }

    /// Whether a value of class `self` is certainly of class `other`.
    fn is(&self, other: &Key) -> bool {
        self == other || (*other == Key::NonNull && !matches!(self, Key::Null | Key::Constant(_) | Key::Other))
    }
}

impl Value {
    /// A value with nothing to learn from it.
    pub(crate) fn key(key: Key) -> Self {
        Value::Choice { known: vec![(key, Facts::none())], rest: None }
    }

    /// No value at all: what a field holds before anybody was seen to write it. Joined with a value it is that value.
    pub(crate) fn none_yet() -> Self {
        Value::Choice { known: Vec::new(), rest: None }
    }

    pub(crate) fn is_none_yet(&self) -> bool {
        matches!(self, Value::Choice { known, rest: None } if known.is_empty())
    }

    /// A boolean: facts when true, facts when false.
    pub(crate) fn truth(yes: FactSet, no: FactSet) -> Self {
        Self::one_of(Key::True, yes, Key::False, no)
    }

    /// One of two known values.
    pub(crate) fn one_of(first: Key, first_facts: FactSet, second: Key, second_facts: FactSet) -> Self {
        let uninformative = |facts: &FactSet| facts.as_ref().is_some_and(Facts::is_none);
        if uninformative(&first_facts) && uninformative(&second_facts) {
            return Value::Unknown;
        }
        let known = [(first, first_facts), (second, second_facts)].into_iter().filter_map(|(key, facts)| Some((key, facts?))).collect();
        Value::Choice { known, rest: None }
    }

    /// Facts when the value is `key`; `None` when it cannot be.
    pub(crate) fn facts_if(&self, key: &Key) -> FactSet {
        match self {
            Value::Choice { known, rest } => {
                let is_named = known.iter().any(|(known, _)| known == key);
                let may_be = |known: &Key| known.may_be(key) && !(is_named && *known == Key::Other);
                let matching = known.iter().filter(|(known, _)| may_be(known)).map(|(_, facts)| Some(facts.clone()));
                matching.fold(rest.clone(), either)
            }
            _ if *key == Key::Null && self.is_never_null() => None,
            Value::Permissions(all) if *key == Key::Null => Some(absence(all)),
            _ => Some(Facts::none()),
        }
    }

    /// Functions, objects and constants are there. What a parameter stands for may not be.
    fn is_never_null(&self) -> bool {
        match self {
            Value::Closure(_) | Value::Functions(_) | Value::Object(_) | Value::Code => true,
            Value::Permissions(all) => !all.iter().any(|one| one.all.iter().any(|subject| matches!(subject, Subject::Param(..)))),
            _ => false,
        }
    }

    /// Facts when the value is not `key`; `None` when it always is.
    pub(crate) fn facts_unless(&self, key: &Key) -> FactSet {
        match self {
            Value::Choice { known, rest } => {
                let others = known.iter().filter(|(known, _)| !known.is(key)).map(|(_, facts)| Some(facts.clone()));
                others.fold(rest.clone(), either)
            }
            _ => Some(Facts::none()),
        }
    }

    /// Facts when the value counts as true, and when it counts as false: in Objective-C null and 0 are false, too.
    pub(crate) fn truth_facts(&self) -> (FactSet, FactSet) {
        let Value::Choice { known, rest } = self else { return (Some(Facts::none()), Some(Facts::none())) };
        let (mut yes, mut no) = (rest.clone(), rest.clone());
        for (key, facts) in known {
            if !matches!(key, Key::False | Key::Null | Key::Int(0)) {
                yes = either(yes, Some(facts.clone()));
            }
            if matches!(key, Key::False | Key::Null | Key::Int(0) | Key::Constant(_) | Key::Other) {
                no = either(no, Some(facts.clone()));
            }
        }
        (yes, no)
    }

    /// Whether it is told apart from the others that this is `key`.
    pub(crate) fn names(&self, key: &Key) -> bool {
        matches!(self, Value::Choice { known, .. } if known.iter().any(|(known, _)| known == key))
    }

    /// Whether it is known to be one of some named constants, or may be.
    pub(crate) fn is_named(&self) -> bool {
        matches!(self, Value::Choice { known, .. } if known.iter().any(|(key, _)| matches!(key, Key::Constant(_))))
    }

    /// Whether no fact depends on which value it is.
    pub(crate) fn says_nothing(&self) -> bool {
        match self {
            Value::Unknown => true,
            Value::Choice { known, rest } => {
                let is_text = |key: &Key| matches!(key, Key::Constant(_) | Key::Other | Key::NonNull);
                !self.is_none_yet() && known.iter().all(|(key, facts)| is_text(key) && facts.is_none()) && rest.as_ref().is_none_or(Facts::is_none)
            }
            _ => false,
        }
    }

    /// Whether it could decide about an access, or say what is asked for, beyond what is known anyway.
    pub(crate) fn tells(&self, known: &Facts) -> bool {
        match self {
            Value::Choice { known: keys, rest } => keys.iter().map(|(_, facts)| facts).chain(rest).any(|facts| facts.beyond(known).tell()),
            Value::Permissions(all) => all.iter().flat_map(|one| &one.all).any(|subject| !subject.is_placeholder()),
            Value::Status(..) | Value::Answers(_) | Value::GrantedList(_) | Value::DeniedList(_) | Value::OsVersion => true,
            Value::List(items) => items.iter().any(|item| item.tells(known)),
            _ => false,
        }
    }

    /// Everything that it may say, whatever it is.
    pub(crate) fn clauses(&self) -> Vec<Clause> {
        let of = |all: &[Alternative]| {
            let named = all.iter().flat_map(|one| &one.all).map(|subject| Clause::new(vec![Atom::Granted(*subject)], None));
            let given = all.iter().flat_map(|one| one.given.clauses().iter().cloned());
            named.chain(given).collect()
        };
        match self {
            Value::Choice { known, rest } => known.iter().map(|(_, facts)| facts).chain(rest).flat_map(|facts| facts.clauses().iter().cloned()).collect(),
            Value::Permissions(all) | Value::Status(_, all) | Value::Answers(all) | Value::GrantedList(all) | Value::DeniedList(all) => of(all),
            Value::List(items) => items.iter().flat_map(Value::clauses).collect(),
            _ => Vec::new(),
        }
    }

    /// The single known value that this is.
    pub(crate) fn single(&self) -> Option<&Key> {
        match self {
            Value::Choice { known, rest: None } if known.len() == 1 => Some(&known[0].0),
            _ => None,
        }
    }

    /// The value of one of two paths, with what holds on each folded in: that is how `if (check) ok = true` remembers the check.
    pub(crate) fn join(self, here: &Facts, other: Value, there: &Facts) -> Value {
        if self == other && !matches!(self, Value::Choice { .. }) {
            return self;
        }
        match (self, other) {
            (left, right) if right.is_none_yet() => left.folded(here),
            (left, right) if left.is_none_yet() => right.folded(there),
            (Value::Permissions(left), Value::Permissions(right)) => Value::alternatives(Value::Permissions, left, here, right, there),
            (Value::Permissions(left), right) if right.is_other_permission() => {
                Value::alternatives(Value::Permissions, left, here, vec![Alternative::of(Vec::new())], there)
            }
            (left, Value::Permissions(right)) if left.is_other_permission() => {
                Value::alternatives(Value::Permissions, vec![Alternative::of(Vec::new())], here, right, there)
            }
            (Value::Status(status, left), Value::Status(other, right)) if status == other => {
                Value::alternatives(|all| Value::Status(status, all), left, here, right, there)
            }
            (Value::Answers(left), Value::Answers(right)) => Value::alternatives(Value::Answers, left, here, right, there),
            (Value::Functions(mut left), Value::Functions(right)) => {
                left.extend(right.into_iter().filter(|function| !left.contains(function)).collect::<Vec<_>>());
                Value::Functions(left)
            }
            (left, right) if left.is_passed_code() && right.is_passed_code() => Value::Code,
            (left, right) => Value::join_choices(left, here, right, there),
        }
    }

    /// The value with what holds where it was made folded in.
    pub(crate) fn folded(self, facts: &Facts) -> Value {
        match self {
            Value::Choice { known, rest } => {
                Value::Choice { known: known.into_iter().map(|(key, own)| (key, own.and(facts))).collect(), rest: rest.map(|own| own.and(facts)) }
            }
            Value::Unknown if !facts.is_none() => Value::Choice { known: Vec::new(), rest: Some(facts.clone()) },
            other => other,
        }
    }

    /// Something, whatever it is: joined with null or false it still remembers under which facts it was put there.
    pub(crate) fn something() -> Value {
        Value::Choice { known: Vec::new(), rest: Some(Facts::none()) }
    }

    /// Whether it is code: who runs it promises what holds to whoever passes it.
    pub(crate) fn is_passed_code(&self) -> bool {
        matches!(self, Value::Closure(_) | Value::Object(_) | Value::Functions(_) | Value::Code)
    }

    /// The text of a permission that no rule speaks of: a grant of it proves nothing.
    fn is_other_permission(&self) -> bool {
        matches!(self.single(), Some(Key::Constant(text)) if text.contains(".permission."))
    }

    /// Whether it can only be one known value.
    pub(crate) fn is_constant(&self) -> bool {
        self.single().is_some()
    }

    fn alternatives(make: impl Fn(Vec<Alternative>) -> Value, left: Vec<Alternative>, here: &Facts, right: Vec<Alternative>, there: &Facts) -> Value {
        let fold = |alternative: Alternative, facts: &Facts| Alternative { given: alternative.given.and(&versions_only(facts)), ..alternative };
        let mut all: Vec<Alternative> = left.into_iter().map(|alternative| fold(alternative, here)).collect();
        for alternative in right.into_iter().map(|alternative| fold(alternative, there)) {
            match all.iter_mut().find(|known| known.all == alternative.all) {
                Some(known) => known.given = known.given.or(&alternative.given),
                None => all.push(alternative),
            }
        }
        if all.len() > MAX_ALTERNATIVES { Value::Unknown } else { make(all) }
    }

    fn join_choices(left: Value, here: &Facts, right: Value, there: &Facts) -> Value {
        let (Some((left_known, left_rest)), Some((right_known, right_rest))) = (left.as_choice(here), right.as_choice(there)) else {
            return Value::Unknown;
        };
        let rest = either(left_rest, right_rest);
        let mut known = left_known;
        for (key, facts) in right_known {
            match known.iter_mut().find(|(existing, _)| *existing == key) {
                Some((_, existing)) => *existing = existing.or(&facts),
                None => known.push((key, facts)),
            }
        }
        known.sort_by(|left, right| left.0.cmp(&right.0));
        let says_nothing = rest.as_ref().is_some_and(Facts::is_none) && known.iter().all(|(_, facts)| facts.is_none());
        if says_nothing || known.len() > MAX_KNOWN { Value::Unknown } else { Value::Choice { known, rest } }
    }

    fn as_choice(&self, facts: &Facts) -> Option<(Vec<(Key, Facts)>, FactSet)> {
        match self {
            Value::Choice { known, rest } => {
                let known = known.iter().map(|(key, own)| (key.clone(), own.and(facts))).collect();
                Some((known, rest.as_ref().map(|own| own.and(facts))))
            }
            // Answers of checks joined with constants: what they are when they grant would have to be spelled out; see `Walker::as_truth`.
            Value::Unknown => Some((Vec::new(), Some(facts.clone()))),
            _ if self.is_never_null() => Some((vec![(Key::NonNull, facts.clone())], None)),
            _ => Some((Vec::new(), Some(facts.clone()))),
        }
    }

    /// The value seen through a call that returned it.
    pub(crate) fn through(self, call: Span, callee: &Arc<str>) -> Value {
        let wrap = |one: Alternative| {
            let origin = one.origin.map(|inner| Arc::new(Origin::Through { call, callee: callee.clone(), inner }));
            Alternative { origin, ..one }
        };
        let all = |alternatives: Vec<Alternative>| alternatives.into_iter().map(wrap).collect::<Vec<_>>();
        match self.map_facts(&|facts| facts.through(call, callee)) {
            Value::Status(status, alternatives) => Value::Status(status, all(alternatives)),
            Value::Answers(alternatives) => Value::Answers(all(alternatives)),
            Value::GrantedList(alternatives) => Value::GrantedList(all(alternatives)),
            Value::DeniedList(alternatives) => Value::DeniedList(all(alternatives)),
            other => other,
        }
    }

    /// What it is where it is there.
    pub(crate) fn present(self) -> Value {
        match self {
            Value::Choice { known, rest } => Value::Choice { known: known.into_iter().filter(|(key, _)| *key != Key::Null).collect(), rest },
            other => other,
        }
    }

    /// Applies `change` to all facts inside.
    pub(crate) fn map_facts(self, change: &dyn Fn(&Facts) -> Facts) -> Value {
        let alternatives = |all: Vec<Alternative>| all.into_iter().map(|one| Alternative { given: change(&one.given), ..one }).collect::<Vec<_>>();
        match self {
            Value::Choice { known, rest } => {
                Value::Choice { known: known.into_iter().map(|(key, facts)| (key, change(&facts))).collect(), rest: rest.map(|facts| change(&facts)) }
            }
            Value::Permissions(all) => Value::Permissions(alternatives(all)),
            Value::Status(status, all) => Value::Status(status, alternatives(all)),
            Value::Answers(all) => Value::Answers(alternatives(all)),
            Value::GrantedList(all) => Value::GrantedList(alternatives(all)),
            Value::DeniedList(all) => Value::DeniedList(alternatives(all)),
            Value::List(items) => Value::List(items.into_iter().map(|item| item.map_facts(change)).collect()),
            other => other,
        }
    }
}

/// Facts when what a parameter stands for is null.
fn absence(alternatives: &[Alternative]) -> Facts {
    match alternatives {
        [Alternative { given, all, .. }] if given.is_none() => match all.as_slice() {
            [Subject::Param(function, index)] => Facts::clause(vec![Atom::Absent(*function, *index)], None),
            _ => Facts::none(),
        },
        _ => Facts::none(),
    }
}

/// What of the facts of a branch decides which permission is meant: the OS version.
fn versions_only(facts: &Facts) -> Facts {
    facts.filtered(|clause| clause.atoms.iter().all(|atom| matches!(atom, Atom::Below(_) | Atom::AtLeast(_) | Atom::Code(_))))
}
