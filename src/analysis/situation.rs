//! How an access that is not guarded stands to the checks around it, spelled without places and names of locals: what fingerprints tell a
//! changed guard by. Moving code, reformatting it or renaming a local leaves it as it is; adding, removing or changing a check does not.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Atom, Clause, Facts, Subject};
use super::judge::Judge;
use super::near_miss::NearMissFinder;
use super::requirement::Requirement;
use super::value::Value;
use super::walker::{AccessPoint, CheckPoint, GatePoint};
use crate::ir::FunctionId;
use crate::source::Span;
use crate::verdict::{MissReason, Site, Verdict};

/// By function, what of it a situation may be made of.
#[derive(Default)]
pub(super) struct Around<'a> {
    checks: BTreeMap<FunctionId, Vec<&'a CheckPoint>>,
    gates: BTreeMap<FunctionId, Vec<&'a GatePoint>>,
    /// The functions that it calls, once for each call.
    called: BTreeMap<FunctionId, Vec<FunctionId>>,
}

impl<'a, 'm> Judge<'a, 'm> {
    /// The situation of an access, sorted.
    pub(super) fn situation(&self, site: &Site, point: &AccessPoint, requirement: &Requirement, is_fulfilled: &dyn Fn(&Facts) -> bool) -> Vec<String> {
        let speller = Speller { judge: self, site, requirement, finder: NearMissFinder { judge: self, requirement, point, path: &[] } };
        let mut spelled: Vec<String> =
            point.facts.clauses().iter().filter_map(|clause| speller.clause(clause)).map(|clause| format!("known: {clause}")).collect();
        spelled.extend(speller.asked_in(point.function, point.span));
        // Of those that call it how often they ask does not count, so that one more caller that asks for nothing changes nothing.
        let mut above = BTreeSet::new();
        let mut seen = BTreeSet::from([point.function]);
        let mut pending = vec![point.function];
        while let Some(function) = pending.pop() {
            for call in self.known.sites.get(&function).into_iter().flat_map(BTreeMap::values) {
                if is_fulfilled(&call.facts) {
                    above.insert("another caller asks".to_owned());
                } else {
                    above.extend(speller.asked_in(call.caller, call.span).map(|asked| format!("above: {asked}")));
                    pending.extend(seen.insert(call.caller).then_some(call.caller));
                }
            }
        }
        spelled.extend(above);
        spelled.sort();
        spelled
    }

    /// What checks stand in each function.
    pub(super) fn collect_around(&self) -> Around<'a> {
        let mut around = Around::default();
        self.seen.checks.values().for_each(|check| around.checks.entry(check.function).or_default().push(check));
        self.seen.gates.values().for_each(|gate| around.gates.entry(gate.function).or_default().push(gate));
        for (callee, sites) in &self.known.sites {
            sites.values().for_each(|site| around.called.entry(site.caller).or_default().push(*callee));
        }
        around
    }
}

struct Speller<'j, 'a, 'm> {
    judge: &'j Judge<'a, 'm>,
    site: &'j Site,
    requirement: &'j Requirement,
    finder: NearMissFinder<'j, 'a, 'm>,
}

impl Speller<'_, '_, '_> {
    /// What is asked in a function, as far as it could be meant for what happens at a place in it.
    fn asked_in(&self, function: FunctionId, at: Span) -> impl Iterator<Item = String> {
        let around = self.judge.around();
        let checks = around.checks.get(&function).into_iter().flatten();
        let checks = checks.filter(|check| self.finder.is_relevant(check, at)).map(|check| self.check(check, at));
        let gates = around.gates.get(&function).into_iter().flatten().map(|gate| self.gate(gate, at));
        let helpers = around.called.get(&function).into_iter().flatten().filter_map(|callee| self.helper(*callee));
        checks.chain(gates).chain(helpers).collect::<Vec<_>>().into_iter()
    }

    fn check(&self, check: &CheckPoint, at: Span) -> String {
        let subjects: BTreeSet<String> = check.subjects.iter().map(|subject| self.subject(*subject)).collect();
        let subjects = subjects.into_iter().collect::<Vec<_>>().join(", ");
        let what = if check.is_request { "asks for" } else { "checks" };
        let defect = match &check.defect {
            None => "",
            Some(MissReason::NotACheck { tells }) => tells,
            Some(MissReason::DebugOnly) => "in debug builds",
            Some(MissReason::BroadCatch) => "in a broad catch",
            Some(_) => "defective",
        };
        format!("{what} {subjects}{}{} {defect}", ignored(check.is_ignored), after(check.span, at))
    }

    fn gate(&self, gate: &GatePoint, at: Span) -> String {
        let features: BTreeSet<String> = gate.features.iter().map(|subject| self.subject(*subject)).collect();
        let text = &self.judge.features.gates().gate(gate.gate).gate.text;
        let features = features.into_iter().collect::<Vec<_>>().join(", ");
        format!("gate {text} for {features}{}{}", ignored(gate.is_ignored), after(gate.span, at))
    }

    /// A function of the app that finds out something which could be meant for the access.
    fn helper(&self, function: FunctionId) -> Option<String> {
        let summary = self.judge.known.summaries.get(&function)?;
        let always = summary.always.iter().flat_map(|facts| facts.clauses().iter().cloned());
        let promised = summary.calls.values().flat_map(|promise| promise.facts.clauses().iter().cloned());
        let told = always.chain(promised).chain(summary.value.iter().flat_map(Value::clauses));
        let spelled: BTreeSet<String> = told.filter(|clause| self.speaks_of_asking(clause)).filter_map(|clause| self.clause(&clause)).collect();
        (!spelled.is_empty()).then(|| format!("a function finds out {}", spelled.into_iter().collect::<Vec<_>>().join("; ")))
    }

    fn speaks_of_asking(&self, clause: &Clause) -> bool {
        clause.atoms.iter().any(|atom| matches!(atom, Atom::Granted(_) | Atom::Gate(_) | Atom::Answered(..)))
    }

    /// A clause that has to do with the access.
    fn clause(&self, clause: &Clause) -> Option<String> {
        let permissions = clause.atoms.iter().filter_map(|atom| match atom {
            Atom::Granted(Subject::Permission(id)) | Atom::Answered(Subject::Permission(id), ..) => Some(*id),
            _ => None,
        });
        let permissions: Vec<_> = permissions.collect();
        let is_meant = permissions.is_empty() || permissions.iter().any(|id| self.is_of_its_kind(*id));
        if !is_meant && self.site.verdict != Verdict::WrongPermission {
            return None;
        }
        let mut atoms = clause.atoms.iter().map(|atom| self.atom(atom)).collect::<Option<Vec<_>>>()?;
        atoms.sort();
        Some(atoms.join(" or "))
    }

    fn is_of_its_kind(&self, id: crate::catalogue::PermissionId) -> bool {
        let catalogue = self.judge.catalogue;
        let category = catalogue.permission(id).category;
        category == self.site.category || self.requirement.permissions().any(|needed| catalogue.permission(needed).category == category)
    }

    fn atom(&self, atom: &Atom) -> Option<String> {
        match atom {
            Atom::Granted(subject) => Some(format!("granted {}", self.subject(*subject))),
            Atom::Gate(subject) => Some(format!("yes for {}", self.subject(*subject))),
            Atom::Answered(subject, status, value) => {
                let names = &self.judge.catalogue.status(*status).values.get(*value as usize)?.names;
                Some(format!("answered {} {}", self.subject(*subject), names.first()?))
            }
            Atom::Below(level) => Some(format!("below {level}")),
            Atom::AtLeast(level) => Some(format!("at least {level}")),
            Atom::Handled => Some("refusal handled".to_owned()),
            _ => None,
        }
    }

    fn subject(&self, subject: Subject) -> String {
        match subject {
            Subject::Permission(id) => self.judge.catalogue.permission(id).id.clone(),
            Subject::Feature(id) => self.judge.features.gates().name(id).to_owned(),
            Subject::Param(_, index) | Subject::OneOf(_, index) => format!("parameter {index}"),
            Subject::Element(_) => "each".to_owned(),
        }
    }
}

fn ignored(is_ignored: bool) -> &'static str {
    if is_ignored { ", ignored" } else { "" }
}

fn after(what: Span, at: Span) -> &'static str {
    if what.start > at.start { ", after" } else { "" }
}
