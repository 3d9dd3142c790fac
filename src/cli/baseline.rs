//! `askfirst baseline`: writes down which findings are known.

use std::collections::BTreeMap;
use std::path::Path;

use super::args::RecordArgs;
use super::output::{Terminal, catalogue};
use super::settings::Settings;
use super::{Exit, Wrong, progress};
use crate::baseline::{self, Entry, FILE_NAME};
use crate::discover::plain_io_error;
use crate::engine::{BaselineChoice, Options};
use crate::report::{escape, summary, words};
use crate::scan::Scan;

/// Writes baselines, or tells whether they would change.
pub(super) fn run(args: &RecordArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let catalogue = catalogue(args.rules.folder.as_deref(), terminal)?;
    let options = Options {
        discover: args.files.settings(&args.paths, false),
        policy: args.policy.choice(),
        baseline: args.baseline.clone().map_or(BaselineChoice::Nearest, BaselineChoice::Written),
        ..Options::default()
    };
    let options = Settings::for_scan(&args.policy).complete(options, &args.files)?;
    let scan = progress::with_bar(|progress| terminal.scan(&options, &catalogue, progress))?;
    terminal.note(&summary::incomplete(&scan));
    if !scan.incomplete.is_empty() && !args.allow_incomplete {
        terminal.note("nothing is written: what could not be analysed would be missing from the baseline (--allow-incomplete writes it all the same)\n");
        return Ok(Exit::Incomplete);
    }
    if args.prune && scan.baselines.is_empty() {
        terminal.note("note: there is no baseline to drop anything from\n");
    }
    let mut changed = false;
    for change in changes(&scan, args) {
        changed |= change.added > 0 || change.dropped > 0;
        terminal.note(&format!("{}\n", change.told(args)));
        if !args.check {
            change.write()?;
        }
    }
    Ok(if args.check && changed { Exit::Findings } else { Exit::Clean })
}

/// What becomes of one baseline.
struct Change {
    path: String,
    entries: Vec<Entry>,
    added: u64,
    /// Fixed, and dropped or to be dropped.
    dropped: u64,
    /// Fixed, and kept.
    stale: u64,
}

fn changes(scan: &Scan, args: &RecordArgs) -> Vec<Change> {
    let blank = |path: &str, entries: &[Entry]| Change { path: path.to_owned(), entries: entries.to_vec(), added: 0, dropped: 0, stale: 0 };
    let mut changes: BTreeMap<String, Change> = BTreeMap::new();
    for known in &scan.baselines {
        let mut change = blank(&known.path, &known.entries);
        let fixed = known.stale.len() as u64;
        if args.prune || args.check {
            change.entries.retain(|entry| !known.stale.contains(entry));
            change.dropped = fixed;
        } else {
            change.stale = fixed;
        }
        changes.insert(known.path.clone(), change);
    }
    for finding in scan.outcome.findings.iter().filter(|_| !args.prune) {
        let file = scan.file(finding.place.file);
        let path = file.baseline.map_or(FILE_NAME, |index| scan.baselines[index].path.as_str());
        let change = changes.entry(path.to_owned()).or_insert_with(|| blank(path, &[]));
        change.added += 1;
        change.entries.push(Entry {
            rule: finding.rule.id().to_owned(),
            path: file.rooted.clone(),
            api: finding.site.map(|site| scan.outcome.sites[site].api.clone()).unwrap_or_default(),
            fingerprint: finding.fingerprint.clone(),
        });
    }
    if changes.is_empty() && !args.prune && !args.check {
        changes.insert(FILE_NAME.to_owned(), blank(FILE_NAME, &[]));
    }
    changes.into_values().collect()
}

impl Change {
    /// `askfirst-baseline.txt: 12 added, 3 dropped; 240 known`
    fn told(&self, args: &RecordArgs) -> String {
        let path = escape::visible(&self.path);
        let known = words::counted(self.entries.len() as u64, "finding is known", "findings are known");
        let mut parts = Vec::new();
        if args.check {
            parts.extend((self.added > 0).then(|| format!("{} new", self.added)));
            parts.extend((self.dropped > 0).then(|| format!("{} fixed", self.dropped)));
            return if parts.is_empty() { format!("{path} is up to date: {known}") } else { format!("{path} is out of date: {}", parts.join(", ")) };
        }
        parts.extend((self.added > 0).then(|| format!("{} added", self.added)));
        parts.extend((self.dropped > 0).then(|| format!("{} dropped", self.dropped)));
        parts.extend((self.stale > 0).then(|| format!("{} fixed, which --prune drops", self.stale)));
        let what = if parts.is_empty() { "nothing new".to_owned() } else { parts.join(", ") };
        format!("{path}: {what}; {known}")
    }

    /// Writes the file, if it is not the same already.
    fn write(&self) -> Result<(), Wrong> {
        let path = Path::new(&self.path);
        let old = std::fs::read_to_string(path).ok();
        let text = baseline::render(&self.entries, old.as_deref());
        if old.as_deref() == Some(text.as_str()) {
            return Ok(());
        }
        std::fs::write(path, text).map_err(|error| Wrong(format!("{}: {}", self.path, plain_io_error(&error))))
    }
}
