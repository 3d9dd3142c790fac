//! What a change makes of an app's accesses to people's data, and of what its policy promises: two scans compared.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::DataCategory;
use crate::scan::{DeclaredFeature, Scan};
use crate::verdict::Site;

/// How two states of an app differ.
#[derive(Debug, Default)]
pub struct Difference<'s> {
    /// What somebody accesses that was not accessed, or is not any more, or differently; by who and what.
    pub uses: Vec<UseChange<'s>>,
    /// What the policy promises.
    pub promises: Vec<PromiseChange<'s>>,
}

/// Who accesses what, and how that changed.
#[derive(Debug)]
pub struct UseChange<'s> {
    /// A feature; without one, the file, by its name without the extension.
    pub subject: String,
    /// What is accessed.
    pub category: DataCategory,
    /// What that means as a whole.
    pub kind: UseKind,
    /// Accesses that were not there before.
    pub appeared: Vec<&'s Site>,
    /// Accesses that are not there any more; places are those of the state before.
    pub went: Vec<&'s Site>,
    /// Accesses with another verdict, before and after.
    pub changed: Vec<(&'s Site, &'s Site)>,
}

/// What a [`UseChange`] means as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UseKind {
    /// It was not accessed before.
    New,
    /// It is accessed at other places, or differently.
    Changed,
    /// It is not accessed any more.
    Gone,
}

/// How a feature of the policy changed.
#[derive(Debug, PartialEq, Eq)]
pub struct PromiseChange<'s> {
    /// The feature before; none for a new one.
    pub before: Option<&'s DeclaredFeature>,
    /// The feature after; none for one that is gone.
    pub after: Option<&'s DeclaredFeature>,
}

/// Compares two states. `moved` is where files of the first are in the second, by their paths from the root of the repository.
pub fn compare<'s>(before: &'s Scan, after: &'s Scan, moved: &BTreeMap<String, String>) -> Difference<'s> {
    let here = |site: &Site| after.file(site.place.file).rooted.clone();
    let there = |site: &Site| {
        let path = &before.file(site.place.file).rooted;
        moved.get(path).unwrap_or(path).clone()
    };
    let mut pairs = Pairs { before: before.outcome.sites.iter().collect(), after: after.outcome.sites.iter().collect(), same: Vec::new() };
    // The closer two accesses are, the sooner they are taken for the same one.
    pairs.take(
        |site| (there(site), site.function.clone(), site.api.clone(), answer(site)),
        |site| (here(site), site.function.clone(), site.api.clone(), answer(site)),
    );
    pairs.take(|site| (there(site), site.function.clone(), site.api.clone()), |site| (here(site), site.function.clone(), site.api.clone()));
    pairs.take(|site| (there(site), site.api.clone(), answer(site)), |site| (here(site), site.api.clone(), answer(site)));
    pairs.take(|site| (there(site), site.api.clone()), |site| (here(site), site.api.clone()));
    let uses = uses(pairs, &|site| subject(site, &there(site)), &|site| subject(site, &here(site)), before, after);
    Difference { uses, promises: promises(before, after) }
}

impl Difference<'_> {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.uses.is_empty() && self.promises.is_empty()
    }
}

/// All that a reviewer is told about an access: what it is, and what was concluded.
fn answer(site: &Site) -> (DataCategory, &'static str, Option<String>) {
    (site.category, site.verdict.name(), site.feature.clone())
}

struct Pairs<'s> {
    before: Vec<&'s Site>,
    after: Vec<&'s Site>,
    same: Vec<(&'s Site, &'s Site)>,
}

impl Pairs<'_> {
    /// Pairs what has the same key, in the order of places.
    fn take<K: Ord>(&mut self, key_before: impl Fn(&Site) -> K, key_after: impl Fn(&Site) -> K) {
        let mut free: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        for (index, site) in self.before.iter().enumerate().rev() {
            free.entry(key_before(site)).or_default().push(index);
        }
        let mut taken = BTreeSet::new();
        let (before, same) = (&self.before, &mut self.same);
        self.after.retain(|site| match free.get_mut(&key_after(site)).and_then(Vec::pop) {
            Some(index) => {
                taken.insert(index);
                same.push((before[index], site));
                false
            }
            None => true,
        });
        let mut index = 0;
        self.before.retain(|_| {
            index += 1;
            !taken.contains(&(index - 1))
        });
    }
}

/// The feature that an access is for, or else the file that it stands in.
fn subject(site: &Site, path: &str) -> String {
    let stem = || {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(name).to_owned()
    };
    site.feature.clone().unwrap_or_else(stem)
}

type Subject<'a> = &'a dyn Fn(&Site) -> String;

fn uses<'s>(pairs: Pairs<'s>, subject_before: Subject<'_>, subject_after: Subject<'_>, before: &'s Scan, after: &'s Scan) -> Vec<UseChange<'s>> {
    let had: BTreeSet<(String, DataCategory)> = before.outcome.sites.iter().map(|site| (subject_before(site), site.category)).collect();
    let has: BTreeSet<(String, DataCategory)> = after.outcome.sites.iter().map(|site| (subject_after(site), site.category)).collect();
    let mut changes: BTreeMap<(String, DataCategory), UseChange<'s>> = BTreeMap::new();
    let mut of = |subject: String, category: DataCategory, note: &dyn Fn(&mut UseChange<'s>)| {
        let key = (subject, category);
        let kind = match (had.contains(&key), has.contains(&key)) {
            (false, true) => UseKind::New,
            (true, false) => UseKind::Gone,
            _ => UseKind::Changed,
        };
        let (subject, _) = key.clone();
        let empty = || UseChange { subject, category, kind, appeared: Vec::new(), went: Vec::new(), changed: Vec::new() };
        note(changes.entry(key).or_insert_with(empty));
    };
    pairs.after.iter().for_each(|site| of(subject_after(site), site.category, &|change| change.appeared.push(site)));
    pairs.before.iter().for_each(|site| of(subject_before(site), site.category, &|change| change.went.push(site)));
    for &(old, new) in pairs.same.iter().filter(|(old, new)| answer(old) != answer(new)) {
        let (from, to) = (subject_before(old), subject_after(new));
        if from == to && old.category == new.category {
            of(to, new.category, &|change| change.changed.push((old, new)));
        } else {
            // Another feature accesses it now.
            of(from, old.category, &|change| change.went.push(old));
            of(to, new.category, &|change| change.appeared.push(new));
        }
    }
    let mut changes: Vec<UseChange<'s>> = changes.into_values().collect();
    for change in &mut changes {
        change.appeared.sort_by_key(|site| site.place);
        change.went.sort_by_key(|site| site.place);
        change.changed.sort_by_key(|(_, site)| site.place);
    }
    changes.sort_by_key(|change| change.kind);
    changes
}

fn promises<'s>(before: &'s Scan, after: &'s Scan) -> Vec<PromiseChange<'s>> {
    let of = |scan: &'s Scan| -> BTreeMap<(&'s str, &'s str), &'s DeclaredFeature> {
        scan.features.iter().map(|feature| ((feature.folder.as_str(), feature.name.as_str()), feature)).collect()
    };
    let (old, new) = (of(before), of(after));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    let changes = keys.into_iter().map(|key| PromiseChange { before: old.get(&key).copied(), after: new.get(&key).copied() });
    changes.filter(|change| change.before != change.after).collect()
}
