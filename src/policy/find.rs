//! Which policy speaks for which file: the nearest `askfirst.toml` above it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::model::Policy;
use super::read::PolicyErrors;
use crate::document::Mistake;

/// The name of a policy file.
pub const FILE_NAME: &str = "askfirst.toml";

/// What a folder holds, as far as policies are concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// A policy file.
    pub has_policy: bool,
    /// It is the root of a repository: what lies above is somebody else's.
    pub is_repository: bool,
}

/// What speaks for source files: of files of one name, the nearest above each, or one for everything.
#[derive(Clone, Debug)]
pub struct NearestFiles<T> {
    all: Vec<T>,
    /// Folder of source files, as it is shown, to the index of what speaks for them.
    by_folder: HashMap<String, usize>,
    /// There is one, and it speaks for everything.
    is_single: bool,
}

impl<T> Default for NearestFiles<T> {
    fn default() -> Self {
        Self { all: Vec::new(), by_folder: HashMap::new(), is_single: false }
    }
}

impl<T> NearestFiles<T> {
    /// Finds the files called `name` that speak for source files, named as they are shown, and reads each from its folder and shown path. All
    /// mistakes in them are told together.
    ///
    /// A file speaks for all that lies below it and has no nearer one. It may also lie above the folder of the run, up to the root of
    /// the repository that this belongs to.
    pub fn discover<'f>(
        files: impl IntoIterator<Item = &'f str>,
        name: &str,
        mut read: impl FnMut(&str, &str) -> Result<T, Vec<Mistake>>,
    ) -> Result<Self, Vec<Mistake>> {
        let found = nearest(files, depth_of_run(), &mut |folder: &str| probe(folder, name));
        let mut set = Self::default();
        let mut mistakes = Vec::new();
        let mut indices = BTreeMap::new();
        for folder in found.values().collect::<BTreeSet<_>>() {
            match read(folder, &below(folder, name)) {
                Ok(one) => {
                    indices.insert(folder.clone(), set.all.len());
                    set.all.push(one);
                }
                Err(mut wrong) => mistakes.append(&mut wrong),
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        set.by_folder = found.into_iter().filter_map(|(folder, above)| Some((folder, *indices.get(&above)?))).collect();
        Ok(set)
    }

    /// One for everything, wherever it lies.
    pub fn single(one: T) -> Self {
        Self { all: vec![one], by_folder: HashMap::new(), is_single: true }
    }

    /// All of them, in the order of their folders.
    pub fn all(&self) -> &[T] {
        &self.all
    }

    /// The same, to keep.
    pub fn into_all(self) -> Vec<T> {
        self.all
    }

    /// Index into [`NearestFiles::all`] of the one that speaks for a file, named as it is shown.
    pub fn index_for(&self, shown: &str) -> Option<usize> {
        if self.is_single { Some(0) } else { self.by_folder.get(folder_of(shown)).copied() }
    }
}

/// The policies of a scan.
#[derive(Clone, Debug, Default)]
pub struct PolicySet(NearestFiles<Policy>);

impl PolicySet {
    /// Finds and reads the policies for source files, named as they are shown: see [`NearestFiles::discover`].
    pub fn discover<'f>(files: impl IntoIterator<Item = &'f str>) -> Result<Self, PolicyErrors> {
        let run = std::env::current_dir().unwrap_or_default();
        let run: Vec<String> = run.iter().skip(1).map(|name| name.to_string_lossy().into_owned()).collect();
        let read = |folder: &str, shown: &str| match Policy::read(Path::new(shown), shown) {
            Ok(policy) => Ok(Policy { above: names_above(folder, &run), ..policy }),
            Err(errors) => Err(errors.mistakes),
        };
        NearestFiles::discover(files, FILE_NAME, read).map(Self).map_err(|mistakes| PolicyErrors { mistakes })
    }

    /// One policy for everything, wherever it lies.
    pub fn single(policy: Policy) -> Self {
        Self(NearestFiles::single(policy))
    }

    /// All of them, in the order of their folders.
    pub fn policies(&self) -> &[Policy] {
        self.0.all()
    }

    /// The policy that speaks for a file, named as it is shown.
    pub fn for_file(&self, shown: &str) -> Option<&Policy> {
        self.index_for(shown).map(|index| &self.policies()[index])
    }

    /// Index into [`PolicySet::policies`] of the one that speaks for a file.
    pub fn index_for(&self, shown: &str) -> Option<usize> {
        self.0.index_for(shown)
    }
}

/// What a folder holds, for files of a name that are looked up as policies are.
fn probe(folder: &str, name: &str) -> Folder {
    // What cannot be read as a policy is one all the same: to go on without it would be a silent pass.
    let is_there = |name: &str| std::fs::symlink_metadata(below(folder, name)).is_ok();
    Folder { has_policy: is_there(name), is_repository: is_there(".git") }
}

/// How many folders there are above that of the run.
fn depth_of_run() -> usize {
    std::env::current_dir().map_or(0, |run| run.components().count().saturating_sub(1))
}

/// The file of a name that is looked up as policies are and speaks for the folder of the run.
pub fn nearest_to_run(name: &str) -> Option<String> {
    let found = nearest([name], depth_of_run(), &mut |folder: &str| probe(folder, name));
    found.values().next().map(|folder| below(folder, name))
}

fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn folder_of(shown: &str) -> &str {
    shown.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folder of the policy that speaks for each folder with files; folders without one are left out. Each folder is probed once;
/// those above a policy that lies above the run are, too.
///
/// Below the folder of the run a policy speaks for repositories within, too: they are part of what is scanned. Above it, only what
/// belongs to the same repository counts. `depth` is how many folders there are above that of the run.
pub fn nearest<'f>(files: impl IntoIterator<Item = &'f str>, depth: usize, probe: &mut dyn FnMut(&str) -> Folder) -> BTreeMap<String, String> {
    let mut known: HashMap<String, Option<String>> = HashMap::new();
    let folders: BTreeSet<&str> = files.into_iter().map(folder_of).collect();
    let found = folders.into_iter().filter_map(|folder| Some((folder.to_owned(), policy_of(folder, depth, probe, &mut known)?)));
    found.collect()
}

fn policy_of(folder: &str, depth: usize, probe: &mut dyn FnMut(&str) -> Folder, known: &mut HashMap<String, Option<String>>) -> Option<String> {
    let mut passed = Vec::new();
    let mut current = folder.to_owned();
    let found = loop {
        if let Some(found) = known.get(&current) {
            break found.clone();
        }
        let what = probe(&current);
        passed.push(current.clone());
        let is_below_run = !current.is_empty() && !current.split('/').any(|name| name == "..");
        if what.has_policy && (!is_above_run(&current) || is_in_repository(&current, what, depth, probe)) {
            break Some(current);
        }
        match parent(&current, depth) {
            Some(parent) if is_below_run || !what.is_repository => current = parent,
            _ => break None,
        }
    };
    passed.into_iter().for_each(|folder| _ = known.insert(folder, found.clone()));
    found
}

/// Whether a folder, which lies above that of the run, belongs to a repository. Without one, nothing says that it is the same project.
fn is_in_repository(folder: &str, what: Folder, depth: usize, probe: &mut dyn FnMut(&str) -> Folder) -> bool {
    let mut current = folder.to_owned();
    let mut is_repository = what.is_repository;
    while !is_repository {
        let Some(parent) = parent(&current, depth) else { return false };
        is_repository = probe(&parent).is_repository;
        current = parent;
    }
    true
}

fn is_above_run(folder: &str) -> bool {
    folder.split('/').all(|name| name == "..")
}

/// The folder above; `None` above the topmost.
fn parent(folder: &str, depth: usize) -> Option<String> {
    if folder.is_empty() {
        return (depth > 0).then(|| "..".to_owned());
    }
    if is_above_run(folder) {
        return (folder.split('/').count() < depth).then(|| format!("{folder}/.."));
    }
    Some(folder_of(folder).to_owned())
}

/// Names from a folder above that of the run down to it.
fn names_above(folder: &str, run: &[String]) -> Vec<String> {
    if folder.is_empty() || !is_above_run(folder) {
        return Vec::new();
    }
    run[run.len().saturating_sub(folder.split('/').count())..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Policies for files, given which folders have one and which are repositories; the run is three folders deep.
    fn found(files: &[&str], policies: &[&str], repositories: &[&str]) -> Vec<(String, String)> {
        let mut probed = Vec::new();
        let mut probe = |folder: &str| {
            probed.push(folder.to_owned());
            Folder { has_policy: policies.contains(&folder), is_repository: repositories.contains(&folder) }
        };
        nearest(files.iter().copied(), 3, &mut probe).into_iter().collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(folder, policy)| ((*folder).to_owned(), (*policy).to_owned())).collect()
    }

    #[test]
    fn the_nearest_policy_speaks() {
        let files = ["ios/app/A.swift", "ios/B.swift", "android/C.kt", "D.kt"];
        assert_eq!(found(&files, &["", "ios/app"], &[]), pairs(&[("", ""), ("android", ""), ("ios", ""), ("ios/app", "ios/app")]));
        assert_eq!(found(&files, &["android"], &[]), pairs(&[("android", "android")]));
        assert_eq!(found(&files, &[], &[""]), []);
    }

    #[test]
    fn a_policy_above_the_run_belongs_to_its_repository() {
        let files = ["src/A.kt"];
        assert_eq!(found(&files, &["../.."], &["../.."]), pairs(&[("src", "../..")]));
        assert_eq!(found(&files, &[".."], &["../.."]), pairs(&[("src", "..")]));
        // Above the repository, and without one.
        assert_eq!(found(&files, &["../.."], &[".."]), []);
        assert_eq!(found(&files, &[".."], &[""]), []);
        assert_eq!(found(&files, &[".."], &[]), []);
        assert_eq!(found(&files, &[""], &[]), pairs(&[("src", "")]));
    }

    #[test]
    fn a_repository_within_is_spoken_for_and_one_beside_is_not() {
        assert_eq!(found(&["lib/src/A.kt"], &[""], &["", "lib"]), pairs(&[("lib/src", "")]));
        assert_eq!(found(&["../other/src/A.kt"], &[".."], &["..", "../other"]), []);
        assert_eq!(found(&["../other/src/A.kt"], &[".."], &[".."]), pairs(&[("../other/src", "..")]));
        assert_eq!(found(&["../other/src/A.kt"], &["../other"], &[]), pairs(&[("../other/src", "../other")]));
    }

    #[test]
    fn each_folder_is_probed_once() {
        let mut probed = Vec::new();
        let files = ["a/b/A.kt", "a/b/B.kt", "a/c/C.kt", "a/D.kt"];
        nearest(files, 2, &mut |folder: &str| {
            probed.push(folder.to_owned());
            Folder::default()
        });
        probed.sort();
        assert_eq!(probed, ["", "..", "../..", "a", "a/b", "a/c"]);
    }

    #[test]
    fn paths_are_told_from_the_policy() {
        let run: Vec<String> = ["home", "project", "app"].map(str::to_owned).to_vec();
        let relative = |folder: &str, shown: &str| {
            let policy = Policy { folder: folder.to_owned(), above: names_above(folder, &run), ..Policy::default() };
            policy.relative(shown)
        };
        assert_eq!(relative("", "src/A.kt").as_deref(), Some("src/A.kt"));
        assert_eq!(relative("..", "src/A.kt").as_deref(), Some("app/src/A.kt"));
        assert_eq!(relative("../..", "../lib/A.kt").as_deref(), Some("project/lib/A.kt"));
        assert_eq!(relative("src", "src/A.kt").as_deref(), Some("A.kt"));
        assert_eq!(relative("../lib", "../lib/A.kt").as_deref(), Some("A.kt"));
        assert_eq!(relative("src", "source/A.kt"), None);
        assert_eq!(relative("", "../A.kt"), None);
    }
}
