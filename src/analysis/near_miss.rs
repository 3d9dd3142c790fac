//! For a bad verdict: the nearest check that does not cover the access, and why not.

use super::facts::{Atom, Clause, Facts, Origin, Subject};
use super::judge::Judge;
use super::requirement::Requirement;
use super::tables::CallSite;
use super::walker::{AccessPoint, CheckPoint};
use crate::catalogue::DataCategory;
use crate::ir::FunctionId;
use crate::source::Span;
use crate::verdict::{CheckHow, MissReason, NearMiss};

pub(super) struct NearMissFinder<'j, 'a, 'm> {
    pub(super) judge: &'j Judge<'a, 'm>,
    pub(super) requirement: &'j Requirement,
    pub(super) point: &'j AccessPoint,
    /// Call sites of the unguarded path, outermost first.
    pub(super) path: &'j [&'a CallSite],
}

impl NearMissFinder<'_, '_, '_> {
    pub(super) fn find(&self) -> Option<NearMiss> {
        self.checked_elsewhere().or_else(|| self.partly_covering_clause()).or_else(|| self.handled_in_vain()).or_else(|| self.nearest_check())
    }

    /// Other callers of the function (or of one above it) do check.
    fn checked_elsewhere(&self) -> Option<NearMiss> {
        let mut called = self.point.function;
        for site in self.path.iter().rev() {
            let sites = self.judge.known.sites.get(&called)?;
            let guarded = sites.values().filter_map(|other| self.requirement.fulfilled_by(&other.facts, self.judge.catalogue));
            let origin = guarded.flatten().find_map(|clause| clause.origin.as_deref().map(check_span));
            if let Some(span) = origin {
                let caller = self.judge.function_name(site.caller);
                return Some(NearMiss { place: self.judge.place(span), reason: MissReason::UncheckedCaller { caller } });
            }
            called = site.caller;
        }
        None
    }

    /// Something is known, and it is not enough.
    fn partly_covering_clause(&self) -> Option<NearMiss> {
        let facts = &self.point.facts;
        let found = facts.clauses().iter().filter(|clause| self.mentions_need(clause)).find_map(|clause| {
            let span = check_span(clause.origin.as_deref()?);
            Some(NearMiss { place: self.judge.place(span), reason: self.reason_of_clause(clause)? })
        });
        found.or_else(|| self.other_permission(facts))
    }

    fn mentions_need(&self, clause: &Clause) -> bool {
        clause.atoms.iter().any(|atom| match atom {
            Atom::Granted(Subject::Permission(id)) | Atom::Answered(Subject::Permission(id), ..) => self.is_needed(*id),
            _ => false,
        })
    }

    fn is_needed(&self, id: crate::catalogue::PermissionId) -> bool {
        let implies = &self.judge.catalogue.permission(id).implies;
        self.requirement.permissions().any(|needed| needed == id || implies.contains(&needed))
    }

    fn reason_of_clause(&self, clause: &Clause) -> Option<MissReason> {
        let answers: Vec<String> = clause.atoms.iter().filter_map(|atom| self.answer_name(atom)).collect();
        if !answers.is_empty() {
            return Some(MissReason::LetsThrough { answers });
        }
        if clause.atoms.iter().any(|atom| matches!(atom, Atom::Below(_) | Atom::AtLeast(_))) {
            return Some(MissReason::SomeVersions);
        }
        let proves = self.labels_of(clause);
        (proves.len() > 1).then_some(MissReason::OneOfSeveral { proves })
    }

    fn labels_of(&self, clause: &Clause) -> Vec<String> {
        self.judge.labels(clause.atoms.iter().filter_map(|atom| match atom {
            Atom::Granted(subject) => Some(*subject),
            _ => None,
        }))
    }

    fn answer_name(&self, atom: &Atom) -> Option<String> {
        match atom {
            Atom::Answered(_, status, value) => self.judge.catalogue.status(*status).values.get(*value as usize)?.names.first().cloned(),
            _ => None,
        }
    }

    fn other_permission(&self, facts: &Facts) -> Option<NearMiss> {
        let clause = facts.clauses().iter().find(|clause| super::requirement::is_grant(clause) && clause.origin.is_some())?;
        let span = check_span(clause.origin.as_deref()?);
        Some(NearMiss { place: self.judge.place(span), reason: MissReason::OtherPermission { proves: self.labels_of(clause) } })
    }

    /// SecurityException is caught around an API that does not throw it.
    fn handled_in_vain(&self) -> Option<NearMiss> {
        let clause = self.point.facts.clauses().iter().find(|clause| clause.atoms == [Atom::Handled])?;
        let span = check_span(clause.origin.as_deref()?);
        Some(NearMiss { place: self.judge.place(span), reason: MissReason::DoesNotThrow })
    }

    /// The nearest check in the function or, outwards, in those that call it.
    fn nearest_check(&self) -> Option<NearMiss> {
        let mut functions = vec![(self.point.function, self.point.span)];
        functions.extend(self.path.iter().rev().map(|site| (site.caller, site.span)));
        functions.into_iter().find_map(|(function, at)| self.nearest_in(function, at))
    }

    fn nearest_in(&self, function: FunctionId, at: Span) -> Option<NearMiss> {
        let candidates = self.judge.seen.checks.values().filter(|check| check.function == function && self.is_relevant(check, at));
        let nearest = candidates.min_by_key(|check| {
            let is_after = check.span.start > at.start;
            (!self.speaks_of_need(check), is_after, check.span.start.abs_diff(at.start))
        })?;
        Some(NearMiss { place: self.judge.place(nearest.span), reason: self.reason(nearest, at) })
    }

    /// Whether a check could be meant for what happens at a place of its function.
    pub(super) fn is_relevant(&self, check: &CheckPoint, at: Span) -> bool {
        if let Some(within) = check.within {
            return within.contains(at);
        }
        // What is no check at all only matters before the access, where its answer is used; what asks for something else only when it is of
        // the same kind of data.
        match &check.defect {
            Some(MissReason::NotACheck { .. }) => check.span.start < at.start && !check.is_ignored,
            Some(_) => true,
            None => check.subjects.is_empty() || self.speaks_of_need(check) || self.same_category(check),
        }
    }

    fn speaks_of_need(&self, check: &CheckPoint) -> bool {
        check.subjects.iter().any(|subject| matches!(subject, Subject::Permission(id) if self.is_needed(*id)))
    }

    fn same_category(&self, check: &CheckPoint) -> bool {
        let category = |id| -> DataCategory { self.judge.catalogue.permission(id).category };
        let needed: Vec<DataCategory> = self.requirement.permissions().map(category).collect();
        check.subjects.iter().any(|subject| matches!(subject, Subject::Permission(id) if needed.contains(&category(*id))))
    }

    fn reason(&self, check: &CheckPoint, at: Span) -> MissReason {
        if let Some(defect) = &check.defect {
            return defect.clone();
        }
        let speaks_of_need = self.speaks_of_need(check);
        if check.subjects.iter().all(|subject| matches!(subject, Subject::Param(..))) {
            return MissReason::UnknownSubject;
        }
        if !speaks_of_need {
            return MissReason::OtherPermission { proves: self.judge.labels(check.subjects.iter().copied()) };
        }
        if check.is_ignored {
            return MissReason::Ignored;
        }
        if check.span.start > at.start {
            return if check.is_request { MissReason::AskedTooLate } else { MissReason::TooLate };
        }
        if check.is_request {
            return MissReason::NotAwaited;
        }
        MissReason::OtherPath
    }
}

/// The place of the check that a fact goes back to.
pub(super) fn check_span(origin: &Origin) -> Span {
    match origin {
        Origin::Check { span, how: CheckHow::OsVersion } | Origin::Check { span, .. } => *span,
        Origin::Through { inner, .. } => check_span(inner),
    }
}
