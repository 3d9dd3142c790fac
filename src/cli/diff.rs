//! `askfirst diff A..B`: what a change makes of an app's accesses and promises.

use super::args::{DiffArgs, DiffFormat};
use super::output::{Terminal, catalogue};
use super::settings::Settings;
use super::tree::{Named, Tree};
use super::{Exit, Wrong, progress};
use crate::catalogue::Catalogue;
use crate::difference::compare;
use crate::engine::{BaselineChoice, FactsPool, Options};
use crate::git::{Listing, Repository, renames};
use crate::report::difference::{Compared, json, markdown, pretty};
use crate::report::{escape, summary};
use crate::scan::Scan;

/// Compares two states, and reports how they differ. It is for reading: a difference is no failure.
pub(super) fn run(args: &DiffArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let catalogue = catalogue(args.rules.folder.as_deref(), terminal)?;
    let repository = Repository::find()?;
    let (before, after) = listings(&args.range, &repository)?;
    let pool = FactsPool::default();
    let tree = Tree::check_out(&before, &repository, &args.named())?;
    let old = scan(args, &tree, &pool, &catalogue, terminal)?;
    // Files on disk are compared by what git holds of them, so only those that are staged can be told to have moved.
    let (tree, moved) = match &after {
        Some(after) => (tree.turned_into(after, &repository, &args.named())?, renames(&before, after)),
        None => (Tree::Disk, renames(&before, &repository.index()?)),
    };
    let new = scan(args, &tree, &pool, &catalogue, terminal)?;
    let compared = Compared { range: &args.range, before: &old, after: &new, difference: &compare(&old, &new, &moved) };
    let report = match args.format {
        DiffFormat::Pretty => pretty::report(&compared, terminal.style(args.output.is_some())),
        DiffFormat::Json => json::report(&compared)?,
        DiffFormat::Markdown => markdown::report(&compared),
    };
    terminal.report(&report, args.output.as_deref())?;
    for scan in [&old, &new] {
        scan.notes.iter().for_each(|note| terminal.note(&format!("note: {}\n", escape::visible(note))));
        terminal.note(&summary::incomplete(scan));
    }
    let is_complete = args.allow_incomplete || (old.incomplete.is_empty() && new.incomplete.is_empty());
    Ok(if is_complete { Exit::Clean } else { Exit::Incomplete })
}

/// `A..B`, `A...B` (from where B left A), or `A` (up to the files on disk, which are no listing). What is left out is `HEAD`.
fn listings(range: &str, repository: &Repository) -> Result<(Listing, Option<Listing>), Wrong> {
    let or_head = |revision: &str| if revision.is_empty() { "HEAD".to_owned() } else { revision.to_owned() };
    if let Some((one, other)) = range.split_once("...") {
        let (one, other) = (or_head(one), or_head(other));
        return Ok((repository.merge_base(&one, &other)?, Some(repository.revision(&other)?)));
    }
    if let Some((one, other)) = range.split_once("..") {
        return Ok((repository.revision(&or_head(one))?, Some(repository.revision(&or_head(other))?)));
    }
    repository.root()?;
    Ok((repository.revision(range)?, None))
}

fn scan(args: &DiffArgs, tree: &Tree, pool: &FactsPool, catalogue: &Catalogue, terminal: &Terminal) -> Result<Scan, Wrong> {
    tree.within(|| {
        let Some(paths) = tree.those_there(&args.paths) else { return Ok(Scan::default()) };
        let options = Options {
            discover: args.files.settings(&paths, false),
            policy: args.policy.choice(),
            baseline: BaselineChoice::None,
            facts: Some(pool.clone()),
            ..Options::default()
        };
        let options = Settings::for_scan(&args.policy).complete(options, &args.files)?;
        progress::with_bar(|progress| terminal.scan(&options, catalogue, progress))
    })
}

impl DiffArgs {
    fn named(&self) -> Named<'_> {
        Named { paths: &self.paths, config: self.policy.config.as_ref(), baseline: None }
    }
}
