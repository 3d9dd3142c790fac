//! `--staged`, `--since` and `--diff`: scans of what git holds, and of what a change made.

use std::collections::{BTreeMap, BTreeSet};

use super::args::ScanArgs;
use super::output::Terminal;
use super::settings::Settings;
use super::tree::{Tree, is_read};
use super::{Wrong, progress};
use crate::catalogue::Catalogue;
use crate::engine::{self, FactsPool, Options, Progress, ScanError};
use crate::fingerprint;
use crate::git::{Listing, Repository, renames};
use crate::scan::{Earlier, Scan};

/// Scans what the arguments name: the files on disk, or with `--staged` those of git's index. With `since`, findings that were there at
/// the last common commit with that revision are set aside.
pub(super) fn scan(args: &ScanArgs, since: Option<&str>, catalogue: &Catalogue, terminal: &Terminal) -> Result<(Scan, Settings), Wrong> {
    let with = Scanner { args, facts: since.map(|_| FactsPool::default()), catalogue, terminal };
    if !args.staged && since.is_none() {
        return with.scan(&Tree::Disk);
    }
    let repository = Repository::find()?;
    let Some(revision) = since else {
        let index = repository.index()?;
        let tree = Tree::check_out(&index, &repository, &args.named())?;
        return with.scan_index(&tree, &index);
    };
    let before = if repository.is_unborn() { Listing::default() } else { repository.merge_base(revision, "HEAD")? };
    // Of files on disk it tells only which ones moved.
    let index = if args.staged { repository.index()? } else { repository.index().unwrap_or_default() };
    let mut earlier = Earlier { revision: revision.to_owned(), findings: 0 };
    if args.staged && !index.changes(&before).any(is_read) {
        let notes = vec![format!("nothing that askfirst reads has changed since {revision}")];
        return Ok((Scan { earlier: Some(earlier), notes, ..Scan::default() }, Settings::for_scan(&args.policy)));
    }
    let tree = if args.staged { Tree::check_out(&index, &repository, &args.named())? } else { Tree::Disk };
    let (mut scan, settings) = if args.staged { with.scan_index(&tree, &index)? } else { with.scan(&tree)? };
    if !scan.outcome.findings.is_empty() {
        let tree = tree.turned_into(&before, &repository, &args.named())?;
        match with.scan_again(&tree, &settings)? {
            Ok(mut old) => earlier.findings = set_aside(&mut scan, &mut old, &renames(&before, &index)),
            // A change that mends the policy is not to blame for what that finds.
            Err(error) => scan.notes.push(format!("every finding counts as new, since there is nothing to compare with at {revision}: {error}")),
        }
    }
    scan.earlier = Some(earlier);
    Ok((scan, settings))
}

/// Takes away the findings that were there before, and counts them.
fn set_aside(scan: &mut Scan, old: &mut Scan, moved: &BTreeMap<String, String>) -> u64 {
    if !moved.is_empty() {
        old.files.iter_mut().for_each(|file| file.rooted = moved.get(&file.rooted).unwrap_or(&file.rooted).clone());
        old.outcome.findings.iter_mut().for_each(|finding| finding.fingerprint.clear());
        fingerprint::assign(old);
    }
    let known: BTreeSet<&str> = old.outcome.findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
    let all = scan.outcome.findings.len();
    scan.outcome.findings.retain(|finding| !known.contains(finding.fingerprint.as_str()));
    (all - scan.outcome.findings.len()) as u64
}

/// Scans different trees in the same way.
struct Scanner<'a> {
    args: &'a ScanArgs,
    /// What was found out about files of one tree, for the next.
    facts: Option<FactsPool>,
    catalogue: &'a Catalogue,
    terminal: &'a Terminal,
}

impl Scanner<'_> {
    fn scan(&self, tree: &Tree) -> Result<(Scan, Settings), Wrong> {
        tree.within(|| {
            let settings = Settings::for_scan(&self.args.policy);
            let options = self.options(tree, &settings)?;
            let scan = progress::with_bar(|progress| self.terminal.scan(&options, self.catalogue, progress))?;
            settings.note_mistakes(self.terminal);
            Ok((scan, settings))
        })
    }

    fn scan_index(&self, tree: &Tree, index: &Listing) -> Result<(Scan, Settings), Wrong> {
        let mut scanned = self.scan(tree)?;
        scanned.0.notes.extend(index.missing.iter().map(|folder| format!("{folder}: a submodule that is not checked out as it is staged; not looked at")));
        Ok(scanned)
    }

    /// Scans the state before a change. Mistakes that were mended since are not told as if they were there.
    fn scan_again(&self, tree: &Tree, settings: &Settings) -> Result<Result<Scan, ScanError>, Wrong> {
        tree.within(|| {
            let Some(paths) = tree.those_there(&self.args.paths) else { return Ok(Ok(Scan::default())) };
            let mut options = self.options(tree, settings)?;
            options.discover.paths = paths;
            Ok(engine::scan(&options, self.catalogue, &Progress::default()))
        })
    }

    fn options(&self, tree: &Tree, settings: &Settings) -> Result<Options, Wrong> {
        let mut options = self.args.options();
        options.discover.paths.iter_mut().for_each(|path| *path = tree.path(path));
        Ok(Options { facts: self.facts.clone(), ..settings.complete(options, &self.args.files)? })
    }
}
