//! Which functions matter for a verdict: those that an access is reached through, and those that tell them something.
//!
//! Everything else is treated like code that was not scanned. That keeps the walk small, and it makes the answer independent of how much of
//! an app was parsed beyond what matters.
//!
//! Who tells something is found out by walking: at first only functions that check, demand or leave by themselves are looked at. Whoever
//! calls one that turned out to tell something, or reads a field in which something that tells was put, is looked at next.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap as HashMap;

use super::entry_points::EntryPoints;
use super::feature_mode::FeatureMode;
use super::survey::{Role, survey};
use super::tables::Tables;
use crate::catalogue::Catalogue;
use crate::evidence::{FieldId, Resolution, Target};
use crate::ir::{FunctionId, FunctionKind, Program, TypeId};

/// What matters in a program, as far as it is known.
pub(crate) struct Relevance {
    /// By function: an access is reached through it.
    pub(crate) reaching: Vec<bool>,
    /// By function: it is reaching, or may tell a reaching one something, or reaches for data that is only listed.
    pub(crate) relevant: Vec<bool>,
    /// By function: nothing is known where it starts, because somebody gets to it from a function that is not walked: one that does not matter,
    /// or any, where what it reaches for is only listed.
    pub(crate) starts_with_nothing: Vec<bool>,
    /// Functions that were seen to tell their callers something.
    pub(crate) telling: BTreeSet<FunctionId>,
    /// Fields in which something is kept that tells, or that is told something where it is called.
    pub(crate) fields: BTreeSet<FieldId>,
    roles: Vec<Role>,
    relations: Relations,
    /// By function: who gets to it. Only of those that matter.
    comers: HashMap<FunctionId, Vec<FunctionId>>,
}

/// Who calls, writes and makes what.
struct Relations {
    callers: Vec<Vec<FunctionId>>,
    readers: HashMap<FieldId, Vec<FunctionId>>,
    writers: HashMap<FieldId, Vec<FunctionId>>,
    keepers: HashMap<FieldId, Vec<FunctionId>>,
    makers: HashMap<TypeId, Vec<FunctionId>>,
}

impl Relations {
    fn new(roles: &[Role]) -> Self {
        let mut relations = Self {
            callers: vec![Vec::new(); roles.len()],
            readers: HashMap::default(),
            writers: HashMap::default(),
            keepers: HashMap::default(),
            makers: HashMap::default(),
        };
        for (id, role) in roles.iter().enumerate() {
            let id = id as FunctionId;
            role.callees.iter().for_each(|&callee| relations.callers[callee as usize].push(id));
            role.reads.iter().for_each(|&field| relations.readers.entry(field).or_default().push(id));
            role.writes.iter().for_each(|&field| relations.writers.entry(field).or_default().push(id));
            role.keeps.iter().for_each(|&field| relations.keepers.entry(field).or_default().push(id));
            role.constructs.iter().for_each(|&class| relations.makers.entry(class).or_default().push(id));
        }
        relations
    }
}

fn all_in(found: &HashMap<FieldId, Vec<FunctionId>>, field: FieldId) -> &[FunctionId] {
    found.get(&field).map_or(&[], Vec::as_slice)
}

impl Relevance {
    /// What matters before anything was walked.
    pub(crate) fn new(resolution: &Resolution<'_>, catalogue: &Catalogue, entry_points: &EntryPoints, features: &FeatureMode<'_>) -> Self {
        let roles = survey(resolution, catalogue, features);
        let mut relevance = Self {
            reaching: vec![false; roles.len()],
            relevant: vec![false; roles.len()],
            starts_with_nothing: vec![false; roles.len()],
            telling: BTreeSet::new(),
            fields: BTreeSet::new(),
            relations: Relations::new(&roles),
            comers: HashMap::default(),
            roles,
        };
        let program = resolution.module;
        relevance.reach(program, entry_points);
        let first = (0..relevance.roles.len() as FunctionId).filter(|&id| {
            let role = &relevance.roles[id as usize];
            relevance.reaching[id as usize] || role.tells || role.lists || role.is_callback
        });
        let first: Vec<FunctionId> = first.chain(relevance.naming_features(program)).collect();
        relevance.add(first, program, entry_points);
        relevance
    }

    /// Who puts into a field for which feature a gate is asked there, and who makes what has the field.
    fn naming_features(&self, program: &Program) -> Vec<FunctionId> {
        let mut found = Vec::new();
        for &field in self.roles.iter().flat_map(|role| &role.asks_for) {
            let writers = all_in(&self.relations.writers, field);
            let makers = writers.iter().filter(|&&writer| program.functions[writer as usize].kind == FunctionKind::Constructor);
            found.extend(writers.iter().copied());
            found.extend(makers.flat_map(|&maker| &self.relations.callers[maker as usize]).copied());
        }
        found
    }

    /// Who gets to accesses.
    fn reach(&mut self, program: &Program, entry_points: &EntryPoints) {
        let mut pending: Vec<FunctionId> = (0..self.roles.len() as FunctionId).filter(|&id| self.roles[id as usize].accesses).collect();
        while let Some(id) = pending.pop() {
            if !std::mem::replace(&mut self.reaching[id as usize], true) {
                pending.extend(self.comers(id, program, entry_points));
            }
        }
    }

    /// Who gets to a function: its callers, who makes instances of its class, who calls what it keeps, the function around it.
    fn comers(&self, id: FunctionId, program: &Program, entry_points: &EntryPoints) -> Vec<FunctionId> {
        let role = &self.roles[id as usize];
        let mut found = self.relations.callers[id as usize].clone();
        found.extend(role.hosts.iter().flat_map(|&hosted| &self.relations.callers[hosted as usize]));
        for maker in entry_points.makers_of(program.functions[id as usize].owner).into_iter().flatten() {
            found.extend(self.relations.makers.get(maker).into_iter().flatten());
        }
        found.extend(role.keeps.iter().flat_map(|&field| all_in(&self.relations.readers, field)));
        found
    }

    /// Looks at who is told by what the walks found out; gives the functions that are to be walked because of it, and for the first time.
    pub(crate) fn learn(&mut self, known: &Tables, program: &Program, entry_points: &EntryPoints) -> BTreeSet<FunctionId> {
        let mut told = Vec::new();
        for id in known.telling() {
            if self.telling.insert(id) {
                told.extend(&self.relations.callers[id as usize]);
            }
        }
        // What a field holds counts when all that is put there is known.
        let fields = known.telling_places().filter_map(|place| match place {
            Target::Field(field) => Some(field),
            Target::Variable(_) => None,
        });
        for field in fields {
            if self.fields.insert(field) {
                for relation in [&self.relations.readers, &self.relations.writers, &self.relations.keepers] {
                    told.extend(all_in(relation, field));
                }
            }
        }
        // One of several that may run tells nothing without the others.
        for role in self.roles.iter().zip(&self.relevant).filter(|(_, relevant)| **relevant).map(|(role, _)| role) {
            let told_by_some = role.alternatives.iter().filter(|all| all.iter().any(|callee| self.telling.contains(callee)));
            told.extend(told_by_some.flatten());
        }
        self.add(told, program, entry_points)
    }

    /// Fields that are written by what matters.
    pub(crate) fn written(&self) -> impl Iterator<Item = FieldId> {
        let roles = self.roles.iter().zip(&self.relevant).filter(|(_, relevant)| **relevant);
        roles.flat_map(|(role, _)| role.writes.iter().copied())
    }

    /// Functions that matter and get to one that does.
    pub(crate) fn before(&self, id: FunctionId) -> impl Iterator<Item = FunctionId> {
        self.comers.get(&id).into_iter().flatten().copied().filter(|&from| self.relevant[from as usize])
    }

    /// Whether a call in a function may be one of the function itself.
    pub(crate) fn calls_itself(&self, id: FunctionId) -> bool {
        self.roles[id as usize].callees.contains(&id)
    }

    fn add(&mut self, mut pending: Vec<FunctionId>, program: &Program, entry_points: &EntryPoints) -> BTreeSet<FunctionId> {
        let mut added = BTreeSet::new();
        while let Some(id) = pending.pop() {
            if std::mem::replace(&mut self.relevant[id as usize], true) {
                continue;
            }
            added.insert(id);
            self.comers.insert(id, self.comers(id, program, entry_points));
            let role = &self.roles[id as usize];
            pending.extend(&role.hosts);
            // Who runs what it keeps for later.
            pending.extend(role.keeps.iter().flat_map(|&field| all_in(&self.relations.readers, field)));
            // What a constant holds may be what an answer is compared with.
            let constants = role.reads.iter().filter(|field| !program.types[field.ty as usize].fields[field.index as usize].mutable);
            let initial = constants.flat_map(|&field| all_in(&self.relations.writers, field));
            pending.extend(initial.filter(|&&writer| program.functions[writer as usize].kind == FunctionKind::Initializer));
        }
        let mut changed = added.clone();
        for (&id, comers) in &self.comers {
            let is_reached_unseen = comers.iter().any(|&from| !self.relevant[from as usize]);
            let starts_with_nothing = !self.reaching[id as usize] && (self.roles[id as usize].lists || is_reached_unseen);
            if std::mem::replace(&mut self.starts_with_nothing[id as usize], starts_with_nothing) != starts_with_nothing {
                changed.insert(id);
            }
        }
        // Their calls were calls of unknown code until now.
        changed.extend(added.iter().flat_map(|&id| &self.relations.callers[id as usize]).filter(|&&caller| self.relevant[caller as usize]));
        if added.is_empty() { BTreeSet::new() } else { changed }
    }
}
