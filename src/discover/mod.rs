//! Finds the source files of a scan: a parallel walk that honours ignore files and leaves out what is not the app's own code.
//!
//! What a person names on the command line is always looked at; the rules on what to leave out speak only of what lies below it.
//! Nothing is left out silently: each skip has a [`SkipReason`] that `--stats` counts.

mod paths;
mod skip;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::scan::{Incomplete, SkipReason};
use crate::source::Language;
use paths::Root;

pub(crate) use paths::{plain_io_error, without_dots};
pub use skip::BUILD_SCRIPTS;

/// What to look at.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Files and folders named by the person; the current folder when empty.
    pub paths: Vec<PathBuf>,
    /// What is looked at although it would be left out.
    pub include: HashSet<SkipReason>,
    /// Globs of what is left out, in the syntax of `.gitignore`, relative to the current folder.
    pub exclude: Vec<String>,
    /// Count the source files that are left out.
    pub count_skipped: bool,
    /// Number of threads; 0 for one per core.
    pub jobs: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Source files, sorted by the path that is shown; each once.
    pub files: Vec<FoundFile>,
    /// How many source files were left out; empty unless asked for.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// What could not be read.
    pub incomplete: Vec<Incomplete>,
    /// Things to tell.
    pub notes: Vec<String>,
}

/// A source file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundFile {
    /// As it is shown.
    pub shown: String,
    /// As it is opened.
    pub path: PathBuf,
    /// By its extension.
    pub language: Language,
}

/// Why there is nothing to look at.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// A named path is not there.
    #[error("{path}: {reason}")]
    Unreachable {
        /// As the person wrote it.
        path: String,
        /// From the operating system.
        reason: String,
    },
    /// A glob cannot be read.
    #[error("--exclude {glob}: {reason}")]
    BadGlob {
        /// As the person wrote it.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The current folder is gone.
    #[error("the current folder cannot be told: {0}")]
    NoCurrentFolder(std::io::Error),
}

/// Walks what `settings` names.
pub fn discover(settings: &Settings) -> Result<Discovery, DiscoverError> {
    let current = std::env::current_dir().map_err(DiscoverError::NoCurrentFolder)?;
    let excluded = excludes(&current, &settings.exclude)?;
    let named = if settings.paths.is_empty() { vec![PathBuf::from(".")] } else { settings.paths.clone() };
    let roots = named.iter().map(|path| Root::new(path, &current)).collect::<Result<Vec<_>, _>>()?;
    let mut found = Findings::default();
    let (folders, files): (Vec<&Root>, Vec<&Root>) = roots.iter().partition(|root| root.is_folder);
    for root in files {
        found.add_named_file(root);
    }
    if !folders.is_empty() {
        found = walk(&folders, settings, &excluded, found);
    }
    Ok(found.finish(&roots, settings.count_skipped))
}

/// How the paths of files below a folder start when they are shown; empty for the current folder.
pub fn shown_folder(path: &Path) -> Result<String, DiscoverError> {
    let root = Root::new(path, &std::env::current_dir().map_err(DiscoverError::NoCurrentFolder)?)?;
    let shown = root.show(&root.path);
    Ok(if shown == "." { String::new() } else { shown })
}

fn excludes(current: &Path, globs: &[String]) -> Result<Override, DiscoverError> {
    let mut builder = OverrideBuilder::new(current);
    for glob in globs {
        let bad = |error: ignore::Error| DiscoverError::BadGlob { glob: glob.clone(), reason: error.to_string() };
        // An override is a list of what to keep; `!` turns its meaning round.
        builder.add(&format!("!{glob}")).map_err(bad)?;
    }
    builder.build().map_err(|error| DiscoverError::BadGlob { glob: globs.join(" "), reason: error.to_string() })
}

/// What the walk has come across so far. The keys are resolved paths, so that overlapping arguments count once.
#[derive(Default)]
struct Findings {
    files: HashMap<PathBuf, FoundFile>,
    skipped: HashMap<PathBuf, SkipReason>,
    incomplete: Vec<Incomplete>,
    notes: Vec<String>,
}

fn walk(folders: &[&Root], settings: &Settings, excluded: &Override, found: Findings) -> Findings {
    let mut builder = WalkBuilder::new(&folders[0].path);
    folders[1..].iter().for_each(|root| {
        builder.add(&root.path);
    });
    let honour_ignore_files = !settings.include.contains(&SkipReason::Ignored);
    builder
        .standard_filters(false)
        .parents(honour_ignore_files)
        .ignore(honour_ignore_files)
        .git_ignore(honour_ignore_files)
        .git_exclude(honour_ignore_files)
        .git_global(honour_ignore_files)
        .require_git(false)
        .follow_links(false)
        .threads(settings.jobs);
    let by_path: HashMap<&Path, &Root> = folders.iter().map(|root| (root.path.as_path(), *root)).collect();
    let shared = Mutex::new(found);
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            let visit = || match entry {
                Ok(entry) => visit_entry(&entry, &by_path, settings, excluded, &shared),
                Err(error) => {
                    note_walk_error(&error, &by_path, &shared);
                    WalkState::Continue
                }
            };
            visit()
        })
    });
    shared.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn visit_entry(entry: &DirEntry, roots: &HashMap<&Path, &Root>, settings: &Settings, excluded: &Override, shared: &Mutex<Findings>) -> WalkState {
    let path = entry.path();
    let Some(root) = path.ancestors().nth(entry.depth()).and_then(|root| roots.get(root)) else {
        return WalkState::Continue;
    };
    if entry.depth() == 0 {
        return WalkState::Continue;
    }
    let Some(kind) = entry.file_type() else { return WalkState::Continue };
    let language = language_of(path);
    if !kind.is_dir() && language.is_none() {
        return WalkState::Continue;
    }
    let reason = if kind.is_symlink() { Some(SkipReason::Symlink) } else { skip::reason(path, kind.is_dir(), root, &settings.include, excluded) };
    let mut found = shared.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    match (reason, language) {
        (Some(reason), _) => {
            found.skipped.insert(root.resolve(path), reason);
            return WalkState::Skip;
        }
        (None, Some(language)) if kind.is_file() => found.add(root, path, language),
        _ => {}
    }
    WalkState::Continue
}

fn note_walk_error(error: &ignore::Error, roots: &HashMap<&Path, &Root>, shared: &Mutex<Findings>) {
    let mut found = shared.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let path = paths::path_of_error(error);
    let root = path.and_then(|path| path.ancestors().find_map(|ancestor| roots.get(ancestor)));
    match (path, root) {
        (Some(path), Some(root)) if error.io_error().is_some() => {
            let reason = error.io_error().map_or_else(String::new, |error| format!("cannot be read: {}", paths::plain_io_error(error)));
            found.incomplete.push(Incomplete { path: root.show(path), reason });
        }
        _ => found.notes.push(error.to_string()),
    }
}

fn language_of(path: &Path) -> Option<Language> {
    path.extension().and_then(|extension| extension.to_str()).and_then(Language::from_extension)
}

impl Findings {
    fn add(&mut self, root: &Root, path: &Path, language: Language) {
        let file = FoundFile { shown: root.show(path), path: path.to_owned(), language };
        let known = self.files.entry(root.resolve(path)).or_insert_with(|| file.clone());
        // Whichever argument the walk came by first, the same name is shown.
        if file.shown < known.shown {
            *known = file;
        }
    }

    fn add_named_file(&mut self, root: &Root) {
        match language_of(&root.path) {
            Some(language) => self.add(root, &root.path, language),
            None => self.notes.push(format!("{}: not a language that askfirst reads", root.show(&root.path))),
        }
    }

    fn finish(mut self, roots: &[Root], count_skipped: bool) -> Discovery {
        for root in roots {
            self.skipped.remove(&root.resolved);
        }
        let skipped = if count_skipped { count(roots, &self) } else { BTreeMap::new() };
        let mut files: Vec<FoundFile> = self.files.into_values().collect();
        files.sort();
        self.incomplete.sort();
        self.incomplete.dedup();
        self.notes.sort();
        self.notes.dedup();
        Discovery { files, skipped, incomplete: self.incomplete, notes: self.notes }
    }
}

/// Counts the source files that were left out. What an ignore file names never reaches the walk's visitor, so its number is what
/// is left when everything else is taken from a plain walk over all files.
fn count(roots: &[Root], found: &Findings) -> BTreeMap<SkipReason, u64> {
    let mut counts = BTreeMap::new();
    for root in roots.iter().filter(|root| root.is_folder) {
        let mut walk = walkdir::WalkDir::new(&root.resolved).into_iter();
        while let Some(entry) = walk.next() {
            let Ok(entry) = entry else { continue };
            if entry.file_name() == ".git" {
                walk.skip_current_dir();
            } else if language_of(entry.path()).is_some() && !entry.file_type().is_dir() && !found.files.contains_key(entry.path()) {
                let reason = entry.path().ancestors().find_map(|ancestor| found.skipped.get(ancestor));
                *counts.entry(*reason.unwrap_or(&SkipReason::Ignored)).or_insert(0) += 1;
            }
        }
    }
    counts
}
