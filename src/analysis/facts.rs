//! What holds at a program point: facts as a conjunction of clauses, each a disjunction of atoms.
//!
//! A must-analysis needs two operations: knowing more ([`Facts::and`]) and joining paths ([`Facts::or`]), which keeps what both paths
//! know. Clauses keep a join of two different answers that both suffice: *fine granted* joined with *coarse granted* is the clause
//! "fine or coarse", which is what a location access needs; *below 23* joined with *granted* is "below 23 or granted".

use std::sync::Arc;

use crate::catalogue::{PermissionId, StatusId};
use crate::gates::FeatureId;
use crate::ir::{ExprId, FunctionId};
use crate::source::Span;
use crate::verdict::CheckHow;

/// More clauses than this are not kept: the first (in order of their atoms) are.
const MAX_CLAUSES: usize = 24;
/// A longer disjunction says too little to keep.
const MAX_ATOMS: usize = 8;

/// Whose grant an atom speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Subject {
    /// A permission.
    Permission(PermissionId),
    /// A feature of the policy.
    Feature(FeatureId),
    /// Whatever a parameter of a function names; replaced where the function is called.
    Param(FunctionId, u32),
    /// The element at hand of a list that a loop or quantifier goes through; replaced by all of them where it has gone through.
    Element(ExprId),
    /// One of those that a parameter of a function names, whichever; replaced by a choice of them where it is called.
    OneOf(FunctionId, u32),
}

impl Subject {
    /// Whether it stands for something that is only known elsewhere.
    pub(crate) fn is_placeholder(self) -> bool {
        !matches!(self, Subject::Permission(_) | Subject::Feature(_))
    }
}

/// The smallest statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Atom {
    /// A gate said yes for this feature.
    Gate(Subject),
    /// It is granted.
    Granted(Subject),
    /// A check answered with this value (by number in its status), which is no grant.
    Answered(Subject, StatusId, u8),
    /// The OS version is below.
    Below(u32),
    /// The OS version is at least.
    AtLeast(u32),
    /// A SecurityException thrown here is handled.
    Handled,
    /// The result speaks of the request with this code (by number of the constant).
    Code(u32),
    /// What a parameter of a function was passed is null.
    Absent(FunctionId, u32),
    /// What a parameter of a function was passed stands for one of these features, or, if they have [`Features::OTHERS`], for none of the others.
    Among(FunctionId, u32, Features),
}

/// A set of features, with one more element for all that is no feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Features(u128);

impl Features {
    /// What is no feature; those with larger numbers are not told apart from it.
    const OTHERS: u16 = 127;

    /// One feature; none when it is not told apart from others.
    pub(crate) fn one(id: FeatureId) -> Option<Self> {
        (id.0 < Self::OTHERS).then(|| Self(1 << id.0))
    }

    /// The only feature in it.
    pub(crate) fn single(self) -> Option<FeatureId> {
        (self.0.is_power_of_two() && self != Self::others()).then(|| FeatureId(self.0.trailing_zeros() as u16))
    }

    /// What is no feature that is told apart.
    pub(crate) fn others() -> Self {
        Self(1 << Self::OTHERS)
    }

    /// All that are not in it.
    pub(crate) fn complement(self) -> Self {
        Self(!self.0)
    }

    /// Whether the two share any.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn is_all(self) -> bool {
        self.0 == u128::MAX
    }
}

impl Atom {
    /// Whose grant it speaks of.
    pub(crate) fn subject(&self) -> Option<Subject> {
        match self {
            Self::Granted(subject) | Self::Gate(subject) | Self::Answered(subject, ..) => Some(*subject),
            _ => None,
        }
    }
}

/// Where a clause was established, for the proof.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A check.
    Check {
        /// Where.
        span: Span,
        /// How its answer shows.
        how: CheckHow,
    },
    /// It came through a call: out of a helper that checked, or into a function whose caller did.
    Through {
        /// The call.
        call: Span,
        /// Name of the called function.
        callee: Arc<str>,
        /// Where it came from.
        inner: Arc<Origin>,
    },
}

/// A disjunction of atoms.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    /// Sorted, without repetition.
    pub(crate) atoms: Vec<Atom>,
    /// Takes no part in comparisons.
    pub(crate) origin: Option<Arc<Origin>>,
}

/// A conjunction of clauses that hold on every path to a point.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Sorted by atoms; none contains another.
    clauses: Vec<Clause>,
}

/// Facts under a condition; `None` when the condition cannot be met.
pub(crate) type FactSet = Option<Facts>;

impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        self.clauses.len() == other.clauses.len() && self.clauses.iter().zip(&other.clauses).all(|(left, right)| left.atoms == right.atoms)
    }
}

impl Clause {
    pub(crate) fn new(mut atoms: Vec<Atom>, origin: Option<Arc<Origin>>) -> Self {
        atoms.sort_unstable();
        atoms.dedup();
        // Neighbours, because the features come last in the order.
        atoms.dedup_by(|second, first| match (first, second) {
            (Atom::Among(function, index, features), Atom::Among(other, position, more)) if (*function, *index) == (*other, *position) => {
                *features = features.with(*more);
                true
            }
            _ => false,
        });
        Self { atoms, origin }
    }

    fn implies(&self, other: &Clause) -> bool {
        self.atoms.iter().all(|atom| other.atoms.binary_search(atom).is_ok())
    }

    /// True on every OS version, whatever else: "below 23 or at least 23".
    fn is_tautology(&self) -> bool {
        self.atoms.iter().any(|atom| match atom {
            Atom::Among(_, _, features) => features.is_all(),
            Atom::Below(bound) => self.atoms.iter().any(|other| matches!(other, Atom::AtLeast(least) if least <= bound)),
            _ => false,
        })
    }

    /// The parameter that may have been passed null instead.
    pub(crate) fn absent_param(&self) -> Option<(FunctionId, u32)> {
        self.atoms.iter().find_map(|atom| match atom {
            Atom::Absent(function, index) => Some((*function, *index)),
            _ => None,
        })
    }

    /// Which features a parameter of a function may stand for: the atom, the parameter, the features.
    pub(crate) fn tested_param(&self, function: FunctionId) -> Option<(Atom, u32, Features)> {
        self.atoms.iter().find_map(|atom| match atom {
            Atom::Among(owner, index, features) if *owner == function => Some((*atom, *index, *features)),
            _ => None,
        })
    }

    /// A clause that says nothing but which features a parameter stands for.
    fn single_test(&self) -> Option<(FunctionId, u32, Features)> {
        match self.atoms.as_slice() {
            [Atom::Among(function, index, features)] => Some((*function, *index, *features)),
            _ => None,
        }
    }

    /// The request that a clause says the answer belongs to.
    fn single_code(&self) -> Option<u32> {
        match self.atoms.as_slice() {
            [Atom::Code(code)] => Some(*code),
            _ => None,
        }
    }

    /// The status that a clause enumerates answers of, when it does nothing else.
    fn enumerated(&self) -> Option<(Subject, StatusId)> {
        let mut found = None;
        for atom in &self.atoms {
            match atom {
                Atom::Answered(subject, status, _) if found.is_none_or(|known| known == (*subject, *status)) => found = Some((*subject, *status)),
                Atom::Granted(_) => {}
                _ => return None,
            }
        }
        found
    }
}

impl Facts {
    /// No knowledge.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// One clause.
    pub(crate) fn clause(atoms: Vec<Atom>, origin: Option<Arc<Origin>>) -> Self {
        let mut facts = Self::none();
        facts.insert(Clause::new(atoms, origin));
        facts
    }

    /// This clause.
    pub(crate) fn of(clause: Clause) -> Self {
        let mut facts = Self::none();
        facts.insert(clause);
        facts
    }

    /// The clauses.
    pub(crate) fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// Whether nothing is known.
    pub(crate) fn is_none(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Adds a clause; two that enumerate answers of the same check are narrowed to what both allow.
    pub(crate) fn insert(&mut self, mut clause: Clause) {
        let code = self.clauses.iter().find_map(Clause::single_code);
        if let Some(code) = code.filter(|_| clause.single_code().is_none()) {
            // One answer belongs to one request.
            clause.atoms.retain(|atom| !matches!(atom, Atom::Code(other) if *other != code));
        }
        self.insert_simplified(clause);
    }

    fn insert_simplified(&mut self, mut clause: Clause) {
        if clause.atoms.is_empty() || clause.atoms.len() > MAX_ATOMS || clause.is_tautology() {
            return;
        }
        if self.clauses.iter().any(|known| known.implies(&clause)) {
            return;
        }
        if let Some(enumerated) = clause.enumerated()
            && let Some(position) = self.clauses.iter().position(|known| known.enumerated() == Some(enumerated))
        {
            let known = &self.clauses[position];
            let both: Vec<Atom> = known.atoms.iter().copied().filter(|atom| clause.atoms.contains(atom)).collect();
            if !both.is_empty() {
                let origin = clause.origin.clone();
                self.clauses.remove(position);
                self.insert(Clause::new(both, origin));
                return;
            }
        }
        if let Some((function, index, features)) = clause.single_test()
            && let Some(position) =
                self.clauses.iter().position(|known| known.single_test().is_some_and(|(owner, param, _)| (owner, param) == (function, index)))
            && let Some((.., known)) = self.clauses[position].single_test()
        {
            self.clauses.remove(position);
            clause = Clause::new(vec![Atom::Among(function, index, features.within(known))], clause.origin);
        }
        self.clauses.retain(|known| !clause.implies(known));
        let position = self.clauses.partition_point(|known| known.atoms < clause.atoms);
        let tells_code = clause.single_code().is_some();
        self.clauses.insert(position, clause);
        self.clauses.truncate(MAX_CLAUSES);
        if tells_code {
            let (codes, others): (Vec<Clause>, Vec<Clause>) = std::mem::take(&mut self.clauses).into_iter().partition(|clause| clause.single_code().is_some());
            self.clauses = codes;
            others.into_iter().for_each(|clause| self.insert(clause));
        }
    }

    /// Both hold.
    pub(crate) fn and(&self, other: &Facts) -> Facts {
        if other.is_none() {
            return self.clone();
        }
        let mut all = self.clone();
        for clause in &other.clauses {
            all.insert(clause.clone());
        }
        all
    }

    /// One or the other holds: what both paths know.
    pub(crate) fn or(&self, other: &Facts) -> Facts {
        if self == other {
            return self.clone();
        }
        if let Some(joined) = self.or_by_param(other) {
            return joined;
        }
        let mut kept = Facts::none();
        for left in &self.clauses {
            for right in &other.clauses {
                let atoms = left.atoms.iter().chain(&right.atoms).copied().collect();
                kept.insert(Clause::new(atoms, left.origin.clone().or_else(|| right.origin.clone())));
            }
        }
        kept
    }

    /// The same where a parameter tells which of the two it is: then all that either knows is kept, under that condition.
    fn or_by_param(&self, other: &Facts) -> Option<Facts> {
        let (function, index, here, there) = self.clauses.iter().filter_map(Clause::single_test).find_map(|(function, index, here)| {
            let tests = other.clauses.iter().filter_map(Clause::single_test);
            let there = tests.filter(|(owner, param, _)| (*owner, *param) == (function, index)).map(|(.., features)| features).next()?;
            (!here.meets(there)).then_some((function, index, here, there))
        })?;
        let mut kept = Facts::clause(vec![Atom::Among(function, index, here.with(there))], None);
        for (facts, others, features) in [(self, other, here), (other, self, there)] {
            for clause in facts.clauses.iter().filter(|clause| clause.single_test().is_none_or(|(owner, param, _)| (owner, param) != (function, index))) {
                let is_shared = others.clauses.iter().any(|other| other.implies(clause));
                let condition = (!is_shared).then_some(Atom::Among(function, index, features.complement()));
                kept.insert(Clause::new(clause.atoms.iter().copied().chain(condition).collect(), clause.origin.clone()));
            }
        }
        Some(kept)
    }

    /// The features that a parameter of a function may stand for, as far as that was tested.
    pub(crate) fn features_of(&self, function: FunctionId, index: u32) -> Option<Features> {
        let tests = self.clauses.iter().filter_map(Clause::single_test);
        tests.filter(|(owner, param, _)| (*owner, *param) == (function, index)).map(|(.., features)| features).next()
    }

    /// Only the clauses that `keep` accepts.
    pub(crate) fn filtered(&self, keep: impl Fn(&Clause) -> bool) -> Facts {
        Facts { clauses: self.clauses.iter().filter(|clause| keep(clause)).cloned().collect() }
    }

    /// What is known beyond `base`.
    pub(crate) fn beyond(&self, base: &Facts) -> Facts {
        self.filtered(|clause| !base.clauses.iter().any(|known| known.atoms == clause.atoms))
    }

    /// Whether something is known that could decide about an access: an answer or a version, not just what a parameter was.
    pub(crate) fn tell(&self) -> bool {
        let tells = |clause: &Clause| !clause.atoms.iter().any(|atom| matches!(atom, Atom::Code(_) | Atom::Absent(..))) && clause.single_test().is_none();
        self.clauses.iter().any(tells)
    }

    /// Without what only holds while the enclosing `try` is on the stack.
    pub(crate) fn without_handler(&self) -> Facts {
        self.filtered(|clause| !clause.atoms.contains(&Atom::Handled))
    }

    /// Without statements about the parameters of functions, which mean nothing outside of them.
    pub(crate) fn without_params(&self) -> Facts {
        self.filtered(|clause| {
            !clause.atoms.iter().any(|atom| match atom {
                Atom::Granted(subject) | Atom::Gate(subject) | Atom::Answered(subject, ..) => subject.is_placeholder(),
                Atom::Absent(..) | Atom::Among(..) => true,
                _ => false,
            })
        })
    }

    /// The same facts, seen through a call.
    pub(crate) fn through(&self, call: Span, callee: &Arc<str>) -> Facts {
        let clauses = self.clauses.iter().map(|clause| Clause {
            atoms: clause.atoms.clone(),
            origin: clause.origin.as_ref().map(|inner| Arc::new(Origin::Through { call, callee: callee.clone(), inner: inner.clone() })),
        });
        Facts { clauses: clauses.collect() }
    }
}

/// Joins facts of two alternatives; an impossible one adds nothing.
pub(crate) fn either(left: FactSet, right: FactSet) -> FactSet {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.or(&right)),
        (one, None) | (None, one) => one,
    }
}

/// Both at once.
pub(crate) fn both(left: &FactSet, right: &FactSet) -> FactSet {
    Some(left.as_ref()?.and(right.as_ref()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(id: u16) -> Atom {
        Atom::Granted(Subject::Permission(PermissionId(id)))
    }

    fn facts(clauses: &[&[Atom]]) -> Facts {
        let mut all = Facts::none();
        clauses.iter().for_each(|atoms| all.insert(Clause::new(atoms.to_vec(), None)));
        all
    }

    #[test]
    fn a_join_keeps_what_both_paths_share() {
        let fine_and_camera = facts(&[&[granted(1)], &[granted(9)]]);
        let coarse_and_camera = facts(&[&[granted(2)], &[granted(9)]]);
        assert_eq!(fine_and_camera.or(&coarse_and_camera), facts(&[&[granted(1), granted(2)], &[granted(9)]]));
        assert_eq!(fine_and_camera.or(&Facts::none()), Facts::none());
    }

    #[test]
    fn versions_split_a_requirement_completely() {
        let below = facts(&[&[Atom::Below(33)], &[granted(1)]]);
        let above = facts(&[&[Atom::AtLeast(33)], &[granted(2)]]);
        let joined = below.or(&above);
        assert!(joined.clauses().iter().any(|clause| clause.atoms == vec![granted(1), Atom::AtLeast(33)]));
        assert!(joined.clauses().iter().any(|clause| clause.atoms == vec![granted(2), Atom::Below(33)]));
        assert!(!joined.clauses().iter().any(|clause| clause.is_tautology()));
    }

    #[test]
    fn excluding_answers_one_by_one_leaves_the_grant() {
        let subject = Subject::Permission(PermissionId(1));
        let answer = |value| Atom::Answered(subject, StatusId(0), value);
        let not_denied = facts(&[&[granted(1), answer(0), answer(1)]]);
        let not_restricted = facts(&[&[granted(1), answer(0), answer(2)]]);
        let not_undetermined = facts(&[&[granted(1), answer(1), answer(2)]]);
        assert_eq!(not_denied.and(&not_restricted).and(&not_undetermined), facts(&[&[granted(1)]]));
    }
}
