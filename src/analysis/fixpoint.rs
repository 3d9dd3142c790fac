//! Rounds of walks until nothing changes: the greatest fixpoint of what functions, fields and closures are known to do.
//!
//! Each function is walked by itself against the tables of the round before, so that a round runs in parallel, and a function is walked
//! again only when something changed that it looked at.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::entry_points::EntryPoints;
use super::facts::Facts;
use super::feature_mode::FeatureMode;
use super::relevance::Relevance;
use super::tables::{Key, Summary, Tables};
use super::value::Value;
use super::walker::{Contribution, Observations, Walker};
use crate::catalogue::Catalogue;
use crate::evidence::{Resolution, Target};
use crate::ir::{FunctionId, TypeKind};

/// Rounds after which a program's fixpoint is given up, in favour of knowing nothing of any function. Knowledge travels one call a round, and
/// only ever gets less; the longest chain seen in real apps took 31.
const MAX_ROUNDS: u32 = 400;

/// From this round on knowledge can only get less, whatever the walks say: then it ends.
const DESCENDING_FROM: u32 = 48;

/// More functions that nothing was seen to reach are not put in order.
const MAX_ORDERED: usize = 4000;

/// What the rounds end with.
pub(super) struct Fixpoint<'a, 'm> {
    resolution: &'a Resolution<'m>,
    catalogue: &'a Catalogue,
    entry_points: &'a EntryPoints,
    features: &'a FeatureMode<'a>,
    relevance: &'a mut Relevance,
    pub(super) known: Tables,
    /// Functions that only this program could call, and that nothing was seen to reach: nothing calls them, or only each other.
    pub(super) abandoned: BTreeSet<FunctionId>,
    /// Functions that would never come back because they call themselves on every path. Nobody writes that: what they call is another one of
    /// their name that was not found.
    misread: BTreeSet<FunctionId>,
    /// Functions that are walked by themselves.
    walked: Vec<FunctionId>,
    contributions: Vec<Contribution>,
    /// Functions that contribute to an entry, or did once.
    contributors: BTreeMap<Key, BTreeSet<FunctionId>>,
    /// Functions that looked at an entry, or did once.
    readers: BTreeMap<Key, BTreeSet<FunctionId>>,
    /// The bound on rounds was reached.
    pub(super) gave_up: bool,
}

impl<'a, 'm> Fixpoint<'a, 'm> {
    pub(super) fn new(
        resolution: &'a Resolution<'m>,
        catalogue: &'a Catalogue,
        entry_points: &'a EntryPoints,
        features: &'a FeatureMode<'a>,
        relevance: &'a mut Relevance,
    ) -> Self {
        let count = resolution.module.functions.len();
        Self {
            resolution,
            catalogue,
            entry_points,
            features,
            relevance,
            known: Tables::default(),
            abandoned: BTreeSet::new(),
            misread: BTreeSet::new(),
            walked: Vec::new(),
            contributions: std::iter::repeat_with(Contribution::default).take(count).collect(),
            contributors: BTreeMap::new(),
            readers: BTreeMap::new(),
            gave_up: false,
        }
    }

    /// Walks until the tables stay the same, then takes in what nobody calls, until everything was walked.
    pub(super) fn run(&mut self) -> Observations {
        self.take_in_relevant();
        let mut pending = self.walked.clone();
        loop {
            self.stabilise(pending);
            if self.gave_up {
                return self.observations();
            }
            let unwritten = std::mem::take(&mut self.known.awaited);
            let is_unwritten = |place: &&Target| self.known.places.get(place).is_none_or(Value::is_none_yet);
            let readers = unwritten.iter().filter(is_unwritten).filter_map(|place| self.readers.get(&Key::Place(*place)));
            let readers: BTreeSet<FunctionId> = readers.flatten().copied().collect();
            if !readers.is_empty() {
                pending = readers.into_iter().collect();
                continue;
            }
            let told = self.relevance.learn(&self.known, self.resolution.module, self.entry_points);
            if !told.is_empty() {
                self.take_in_relevant();
                pending = told.into_iter().filter(|id| self.walked.binary_search(id).is_ok()).collect();
                continue;
            }
            let misread: Vec<FunctionId> = self.walked.iter().copied().filter(|&id| self.only_calls_itself(id)).collect();
            if !misread.is_empty() {
                self.misread.extend(misread.iter().copied());
                pending = misread;
                continue;
            }
            let unreached: Vec<FunctionId> = self.walked.iter().copied().filter(|&id| self.is_unreached(id)).collect();
            if unreached.is_empty() {
                return self.observations();
            }
            let next = self.first_of(&unreached);
            self.abandoned.extend(next.iter().copied());
            pending = next;
        }
    }

    /// Functions of anonymous objects are walked where they stand.
    fn take_in_relevant(&mut self) {
        let program = self.resolution.module;
        let is_in_place = |id: FunctionId| program.types[program.functions[id as usize].owner as usize].kind == TypeKind::Anonymous;
        self.walked = (0..program.functions.len() as FunctionId).filter(|&id| self.relevance.relevant[id as usize] && !is_in_place(id)).collect();
        let places = &self.known.places;
        let written = self.relevance.written().map(Target::Field).filter(|place| !places.contains_key(place));
        self.known.awaited.extend(written);
    }

    /// Those to which none of the others gets, except where they get to each other: they may be the only ones that get to others.
    fn first_of(&self, unreached: &[FunctionId]) -> Vec<FunctionId> {
        if unreached.len() > MAX_ORDERED {
            return unreached.to_vec();
        }
        let among: BTreeSet<FunctionId> = unreached.iter().copied().collect();
        let before: BTreeMap<FunctionId, BTreeSet<FunctionId>> = unreached.iter().map(|&id| (id, self.all_before(id, &among))).collect();
        // Whatever gets to one of them is before it with all that is before itself: no fewer means that it gets to each of those, too.
        let is_first = |id: &&FunctionId| before[*id].iter().all(|other| before[other].len() == before[*id].len());
        unreached.iter().filter(is_first).copied().collect()
    }

    /// A function and all that may get to it.
    fn all_before(&self, id: FunctionId, among: &BTreeSet<FunctionId>) -> BTreeSet<FunctionId> {
        let mut found = BTreeSet::from([id]);
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            let before = self.relevance.before(id).filter(|other| among.contains(other));
            pending.extend(before.filter(|&other| found.insert(other)));
        }
        found
    }

    fn stabilise(&mut self, mut pending: Vec<FunctionId>) {
        for round in 0..MAX_ROUNDS {
            let touched = self.walk(&pending);
            let changed = self.update(touched, round >= DESCENDING_FROM);
            if changed.is_empty() {
                return;
            }
            let dependents: BTreeSet<FunctionId> = changed.iter().filter_map(|key| self.readers.get(key)).flatten().copied().collect();
            pending = dependents.into_iter().collect();
        }
        self.gave_up = true;
        self.know_nothing();
        self.walk(&self.walked.clone());
    }

    /// Walks functions; gives the entries to which they contribute, or did before.
    fn walk(&mut self, pending: &[FunctionId]) -> BTreeSet<Key> {
        let walk = |&id: &FunctionId| {
            let walker = Walker::new(self.resolution, self.catalogue, self.entry_points, self.features, &self.relevance.relevant, &self.known);
            let starts_with_nothing = self.abandoned.contains(&id) || self.relevance.starts_with_nothing[id as usize];
            (id, walker.run(id, starts_with_nothing, self.misread.contains(&id), &self.contributions[id as usize]))
        };
        let walked: Vec<(FunctionId, Contribution)> = pending.par_iter().map(walk).collect();
        let mut touched = BTreeSet::new();
        for (id, contribution) in walked {
            let keys = contribution.tables.keys();
            keys.iter().for_each(|key| {
                self.contributors.entry(*key).or_default().insert(id);
            });
            contribution.reads.iter().for_each(|key| {
                self.readers.entry(*key).or_default().insert(id);
            });
            let before = std::mem::replace(&mut self.contributions[id as usize], contribution);
            touched.extend(keys);
            touched.extend(before.tables.keys());
        }
        touched
    }

    /// Brings entries up to date with what the walks contribute; gives those that changed. `descending` entries only lose knowledge.
    fn update(&mut self, touched: BTreeSet<Key>, descending: bool) -> Vec<Key> {
        let next = |key: Key| {
            let mut next = Tables::default();
            for &id in self.contributors.get(&key).into_iter().flatten() {
                next.absorb(&self.contributions[id as usize].tables, key);
            }
            if descending {
                let mut before = Tables::default();
                before.absorb(&self.known, key);
                next = next.met(&before);
            }
            (key, next)
        };
        let updated: Vec<(Key, Tables)> = touched.into_par_iter().map(next).collect();
        updated.into_iter().filter_map(|(key, next)| self.known.replace(key, next).then_some(key)).collect()
    }

    /// The bottom of the lattice, which every program satisfies.
    fn know_nothing(&mut self) {
        let functions = 0..self.resolution.module.functions.len() as FunctionId;
        let unknown = || Summary { value: Some(Value::Unknown), always: Some(Facts::none()), ..Summary::default() };
        let shared = (0..self.resolution.variables.len() as u32).map(|id| (Target::Variable(id), ()));
        self.abandoned.extend(functions.clone());
        self.known = Tables { summaries: functions.map(|id| (id, unknown())).collect(), shared: shared.collect(), ..Tables::default() };
    }

    fn is_unreached(&self, id: FunctionId) -> bool {
        let has_body = self.resolution.module.functions[id as usize].body.is_some();
        has_body && self.known.summaries.get(&id).is_none_or(|summary| summary.value.is_none()) && !self.abandoned.contains(&id)
    }

    /// Whether a function was walked, never comes back, and was not seen to be misread yet, but calls itself.
    fn only_calls_itself(&self, id: FunctionId) -> bool {
        let never_comes_back = self.known.summaries.get(&id).is_some_and(|summary| summary.value.is_some() && summary.always.is_none());
        never_comes_back && self.relevance.calls_itself(id) && !self.misread.contains(&id)
    }

    fn observations(&self) -> Observations {
        let mut all = Observations::default();
        for &id in &self.walked {
            all.absorb(&self.contributions[id as usize].seen);
        }
        all
    }
}
