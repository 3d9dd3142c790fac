//! Whether facts fulfil what an access needs, on every OS version.

use std::collections::BTreeSet;

use super::facts::{Atom, Clause, Facts, Subject};
use crate::catalogue::{Access, Catalogue, Conjunct, Failure, Levels, PermissionId};
use crate::source::Platform;

/// What must be granted, in one form for catalogue accesses and for functions that demand permissions.
pub(crate) struct Requirement {
    conjuncts: Vec<Conjunct>,
    levels: Levels,
    /// Handling SecurityException counts on these versions.
    throws: Option<Levels>,
}

impl Requirement {
    /// Of an access.
    pub(crate) fn of_access(access: &Access) -> Self {
        Self { conjuncts: access.needs.clone(), levels: access.levels, throws: (access.fails == Failure::SecurityException).then_some(access.fails_levels) }
    }

    /// Of a function with an annotation: one of each inner list.
    pub(crate) fn of_duty(needs: &[Vec<Subject>]) -> Self {
        let conjunct = |any: &Vec<Subject>| {
            let any = any.iter().filter_map(|subject| match subject {
                Subject::Permission(id) => Some(*id),
                Subject::Feature(_) | Subject::Param(..) | Subject::Element(_) | Subject::OneOf(..) => None,
            });
            Conjunct { any: any.collect(), levels: Levels::ALL }
        };
        Self { conjuncts: needs.iter().map(conjunct).collect(), levels: Levels::ALL, throws: Some(Levels::ALL) }
    }

    /// What is left of it in code that is compiled for one platform only: there another platform's permission proves nothing.
    pub(crate) fn on(mut self, platform: Platform, catalogue: &Catalogue) -> Self {
        for conjunct in &mut self.conjuncts {
            let there: Vec<PermissionId> = conjunct.any.iter().copied().filter(|id| catalogue.permission(*id).platform == platform).collect();
            if !there.is_empty() {
                conjunct.any = there;
            }
        }
        self
    }

    /// All permissions that it mentions.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = PermissionId> + '_ {
        self.conjuncts.iter().flat_map(|conjunct| conjunct.any.iter().copied())
    }

    /// What it needs, without the versions on which it asks for nothing.
    pub(crate) fn needs(&self) -> Vec<Conjunct> {
        let asked = |conjunct: &Conjunct| {
            let levels = Levels { min: conjunct.levels.min.max(self.levels.min), max: conjunct.levels.max.min(self.levels.max) };
            (levels.min <= levels.max).then(|| Conjunct { any: conjunct.any.clone(), levels })
        };
        self.conjuncts.iter().filter_map(asked).collect()
    }

    /// The clauses that fulfil it, each once; `None` when some version has a conjunct that none fulfils.
    pub(crate) fn fulfilled_by<'f>(&self, facts: &'f Facts, catalogue: &Catalogue) -> Option<Vec<&'f Clause>> {
        let mut used: Vec<&'f Clause> = Vec::new();
        let mut excluding: Vec<&'f Clause> = Vec::new();
        for level in self.interesting_levels(facts, catalogue).into_iter().filter(|level| self.levels.contains(*level)) {
            if let Some(clause) = excluding_clause(facts, level, catalogue) {
                if is_version_test(clause) && self.asks_on(level, catalogue) && !excluding.iter().any(|known| std::ptr::eq(*known, clause)) {
                    excluding.push(clause);
                }
                continue;
            }
            for conjunct in self.conjuncts.iter().filter(|conjunct| conjunct.levels.contains(level)) {
                // Where none of the alternatives exists yet, or any more, nothing needs asking.
                let is_asked_for = conjunct.any.iter().any(|id| catalogue.permission(*id).levels.contains(level));
                if !is_asked_for {
                    continue;
                }
                let clause = facts.clauses().iter().find(|clause| self.covers(clause, conjunct, level, catalogue))?;
                if !used.iter().any(|known| std::ptr::eq(*known, clause)) {
                    used.push(clause);
                }
            }
        }
        // Where nothing that is asked for is left, what leaves those versions out is all the proof there is.
        Some(if used.is_empty() { excluding } else { used })
    }

    /// Whether something is asked for on a version.
    fn asks_on(&self, level: u32, catalogue: &Catalogue) -> bool {
        let conjuncts = self.conjuncts.iter().filter(|conjunct| conjunct.levels.contains(level));
        conjuncts.flat_map(|conjunct| &conjunct.any).any(|id| catalogue.permission(*id).levels.contains(level))
    }

    fn covers(&self, clause: &Clause, conjunct: &Conjunct, level: u32, catalogue: &Catalogue) -> bool {
        let mut proves = false;
        for atom in &clause.atoms {
            match atom {
                Atom::Below(bound) if level < *bound => return false,
                Atom::AtLeast(bound) if level >= *bound => return false,
                Atom::Below(_) | Atom::AtLeast(_) => {}
                Atom::Handled if self.throws.is_some_and(|levels| levels.contains(level)) => proves = true,
                Atom::Granted(Subject::Permission(granted)) if proves_one(*granted, &conjunct.any, catalogue) => proves = true,
                _ => return false,
            }
        }
        proves
    }

    /// One version of every stretch on which nothing changes.
    fn interesting_levels(&self, facts: &Facts, catalogue: &Catalogue) -> Vec<u32> {
        let mut starts: BTreeSet<u32> = BTreeSet::from([1]);
        let mut note = |levels: Levels| {
            starts.insert(levels.min.max(1));
            starts.insert(levels.max.saturating_add(1));
        };
        note(self.levels);
        self.throws.into_iter().for_each(&mut note);
        for conjunct in &self.conjuncts {
            note(conjunct.levels);
            conjunct.any.iter().for_each(|id| note(catalogue.permission(*id).levels));
        }
        for atom in facts.clauses().iter().flat_map(|clause| &clause.atoms) {
            if let Atom::Below(bound) | Atom::AtLeast(bound) = atom {
                starts.insert((*bound).max(1));
            }
        }
        starts.into_iter().filter(|level| *level < 1000).collect()
    }
}

/// The version from which on permissions are asked for at run time. On older ones they are granted at install.
const RUNTIME_PERMISSIONS: u32 = 23;

/// Whether a clause speaks of nothing but the version.
fn is_version_test(clause: &Clause) -> bool {
    clause.atoms.iter().all(|atom| matches!(atom, Atom::Below(_) | Atom::AtLeast(_)))
}

/// What says that the point cannot be reached on a version: a test of the version, or a grant of a permission that cannot be had there.
fn excluding_clause<'f>(facts: &'f Facts, level: u32, catalogue: &Catalogue) -> Option<&'f Clause> {
    facts.clauses().iter().find(|clause| {
        clause.atoms.iter().all(|atom| match atom {
            Atom::Below(bound) => level >= *bound,
            Atom::AtLeast(bound) => level < *bound,
            Atom::Granted(Subject::Permission(id)) => {
                let permission = catalogue.permission(*id);
                permission.platform == Platform::Android && level >= RUNTIME_PERMISSIONS && !permission.levels.contains(level)
            }
            _ => false,
        })
    })
}

fn proves_one(granted: PermissionId, any: &[PermissionId], catalogue: &Catalogue) -> bool {
    any.contains(&granted) || catalogue.permission(granted).implies.iter().any(|implied| any.contains(implied))
}

/// Whether a clause is the positive answer of some platform check, whatever for.
pub(crate) fn is_grant(clause: &Clause) -> bool {
    clause.atoms.iter().all(|atom| matches!(atom, Atom::Granted(Subject::Permission(_))))
}
