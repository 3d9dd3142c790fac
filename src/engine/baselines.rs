//! Which baseline speaks for which file of a scan, and what of it is fixed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::ScanError;
use super::rooted::Roots;
use crate::baseline::{self, FILE_NAME};
use crate::document::Mistake;
use crate::policy::NearestFiles;
use crate::scan::{Baseline, Scan};
use crate::verdict::{Allowance, Rule};

/// Which findings are known.
#[derive(Clone, Debug, Default)]
pub enum BaselineChoice {
    /// Those in the nearest `askfirst-baseline.txt` above the file, up to the root of its repository.
    #[default]
    Nearest,
    /// Those in this file.
    File(PathBuf),
    /// Those in this file, which need not be there yet.
    Written(PathBuf),
    /// None.
    None,
}

/// Longer files are none that askfirst wrote.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// The baselines of a scan.
pub(super) struct Baselines(NearestFiles<Baseline>);

impl Baselines {
    /// Finds and reads the baselines for files, named as they are shown.
    pub fn find<'f>(files: impl IntoIterator<Item = &'f str>, choice: &BaselineChoice) -> Result<Self, ScanError> {
        let one = |path: &Path| read(path, &shown(path)).map(NearestFiles::single);
        let found = match choice {
            BaselineChoice::None => Ok(NearestFiles::default()),
            BaselineChoice::File(path) => one(path),
            BaselineChoice::Written(path) if path.exists() => one(path),
            BaselineChoice::Written(path) => Ok(NearestFiles::single(Baseline { path: shown(path), entries: Vec::new(), stale: Vec::new() })),
            BaselineChoice::Nearest => NearestFiles::discover(files, FILE_NAME, |_, path| read(Path::new(path), path)),
        };
        found.map(Self).map_err(ScanError::Baseline)
    }

    /// Sets aside what is known, and tells what of it was looked for and not found.
    pub fn apply(self, scan: &mut Scan, looked_at: &LookedAt<'_>, roots: &mut Roots) {
        let Self(nearest) = self;
        scan.files.iter_mut().for_each(|file| file.baseline = nearest.index_for(&file.path));
        let mut baselines = nearest.into_all();
        let known: Vec<BTreeSet<&str>> = baselines.iter().map(|file| file.entries.iter().map(|entry| entry.fingerprint.as_str()).collect()).collect();
        let mut found: Vec<BTreeSet<String>> = vec![BTreeSet::new(); baselines.len()];
        let Scan { files, outcome, .. } = scan;
        outcome.suppress(&mut |finding| {
            let index = files[finding.place.file as usize].baseline?;
            known[index].contains(finding.fingerprint.as_str()).then(|| {
                found[index].insert(finding.fingerprint.clone());
                Allowance::Baseline { path: baselines[index].path.clone() }
            })
        });
        let searched: BTreeSet<&str> = scan.files.iter().filter(|file| looked_at.is_complete(&file.path)).map(|file| file.rooted.as_str()).collect();
        for (baseline, found) in baselines.iter_mut().zip(&found) {
            let of = looked_at.of_baseline(baseline, roots);
            let is_fixed = |entry: &&baseline::Entry| !found.contains(&entry.fingerprint) && of.was_looked_for(entry, &searched);
            baseline.stale = baseline.entries.iter().filter(is_fixed).cloned().collect();
        }
        scan.baselines = baselines;
    }
}

/// Which part of a tree was looked at, and how well.
pub(super) struct LookedAt<'s> {
    /// Folders and files that were to be scanned.
    pub roots: &'s [PathBuf],
    /// Shown paths of files of which not all could be told.
    pub incomplete: &'s BTreeSet<String>,
}

/// The same in the eyes of one baseline.
struct Searched {
    /// The folder that paths of entries start at.
    base: PathBuf,
    /// The folders that were scanned, absolute.
    scanned: Vec<PathBuf>,
    /// All that the baseline may speak of was scanned.
    is_whole: bool,
}

impl LookedAt<'_> {
    fn is_complete(&self, shown: &str) -> bool {
        !self.incomplete.contains(shown)
    }

    fn of_baseline(&self, baseline: &Baseline, roots: &mut Roots) -> Searched {
        let run = std::env::current_dir().unwrap_or_default();
        let folder = run.join(&baseline.path).parent().and_then(|folder| folder.canonicalize().ok());
        let base = folder.as_deref().and_then(|folder| roots.root_of(folder)).unwrap_or(run);
        let scanned: Vec<PathBuf> = self.roots.iter().filter_map(|root| root.canonicalize().ok()).collect();
        let is_whole = folder.is_some_and(|folder| scanned.iter().any(|root| folder.starts_with(root)));
        Searched { base, scanned, is_whole }
    }
}

impl Searched {
    /// Whether a finding would have been found again if it were still there: its file was scanned, or is gone from what was scanned.
    fn was_looked_for(&self, entry: &baseline::Entry, searched: &BTreeSet<&str>) -> bool {
        // What is wrong with a policy or a gate depends on more than the file that says it.
        let needs_all = Rule::from_id(&entry.rule).is_some_and(|rule| rule.is_about_policy() || rule == Rule::GateWithoutPlatformCheck);
        let path = self.base.join(&entry.path);
        let is_gone = || !path.exists() && self.scanned.iter().any(|root| path.starts_with(root));
        (self.is_whole || !needs_all) && (searched.contains(entry.path.as_str()) || is_gone())
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Only what is a plain file of a sensible size is read.
fn read(path: &Path, shown: &str) -> Result<Baseline, Vec<Mistake>> {
    let cannot = |reason: String| {
        let help = "`askfirst baseline` writes one".to_owned();
        vec![Mistake::of_file(shown, format!("this baseline cannot be read: {reason}"), Some(help))]
    };
    let metadata = std::fs::metadata(path).map_err(|error| cannot(crate::discover::plain_io_error(&error)))?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return Err(cannot("not a file of sensible size".to_owned()));
    }
    let bytes = std::fs::read(path).map_err(|error| cannot(crate::discover::plain_io_error(&error)))?;
    let text = String::from_utf8(bytes).map_err(|_| cannot("it is not UTF-8".to_owned()))?;
    let entries = baseline::parse(text.strip_prefix('\u{FEFF}').unwrap_or(&text), shown, &Rule::ALL.map(Rule::id))?;
    Ok(Baseline { path: shown.to_owned(), entries, stale: Vec::new() })
}
