//! `askfirst check` and `askfirst inventory`.

use super::args::{CheckArgs, FailOn, Format, InventoryArgs, ScanArgs};
use super::output::{Terminal, catalogue};
use super::{Exit, Wrong, progress};
use crate::catalogue::Catalogue;
use crate::report::{escape, inventory, json, pretty, short, summary};
use crate::scan::Scan;

/// Reports findings.
pub(super) fn check(args: &CheckArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let catalogue = catalogue(args.scan.rules.folder.as_deref(), terminal)?;
    let scan = scan(&args.scan, &catalogue, terminal)?;
    let style = terminal.style(args.scan.output.is_some());
    let report = match args.scan.format {
        Format::Pretty => pretty::findings(&scan, &catalogue, style),
        Format::Short => short::findings(&scan, &catalogue),
        Format::Json => json::report(&scan, &catalogue, args.inventory)?,
    };
    finish(&args.scan, &scan, &report, &summary::line(&scan), FailOn::Error, terminal)
}

/// Lists accesses.
pub(super) fn inventory(args: &InventoryArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let catalogue = catalogue(args.scan.rules.folder.as_deref(), terminal)?;
    let scan = scan(&args.scan, &catalogue, terminal)?;
    let style = terminal.style(args.scan.output.is_some());
    let report = match args.scan.format {
        Format::Pretty => inventory::pretty(&scan, style),
        Format::Short => inventory::short(&scan),
        Format::Json => json::report(&scan, &catalogue, true)?,
    };
    finish(&args.scan, &scan, &report, &inventory::closing_line(&scan), FailOn::Never, terminal)
}

fn scan(args: &ScanArgs, catalogue: &Catalogue, terminal: &Terminal) -> Result<Scan, Wrong> {
    progress::with_bar(|progress| terminal.scan(&args.options(), catalogue, progress))
}

/// Writes the report, then what else there is to say, and tells how the run ended. A program that reads the report finds there
/// what the closing line would say.
fn finish(args: &ScanArgs, scan: &Scan, report: &str, closing: &str, default: FailOn, terminal: &Terminal) -> Result<Exit, Wrong> {
    terminal.report(report, args.output.as_deref())?;
    scan.notes.iter().for_each(|note| terminal.note(&format!("note: {}\n", escape::visible(note))));
    terminal.note(&summary::incomplete(scan));
    if args.format != Format::Json {
        terminal.note(&format!("{closing}\n"));
    }
    if scan.stats.files == 0 && scan.incomplete.is_empty() {
        terminal.note("note: no Kotlin, Java, Swift, Objective-C or Rust file to look at (--stats tells what was left out)\n");
    }
    if args.stats {
        terminal.note(&summary::stats(scan));
    }
    Ok(exit(scan, args.fail_on.unwrap_or(default), args.allow_incomplete))
}

/// Findings come before incompleteness: there is something to fix whatever else there may be.
fn exit(scan: &Scan, fail_on: FailOn, allow_incomplete: bool) -> Exit {
    if scan.outcome.findings.iter().any(|finding| fail_on.fails(finding.severity)) {
        Exit::Findings
    } else if !scan.incomplete.is_empty() && !allow_incomplete {
        Exit::Incomplete
    } else {
        Exit::Clean
    }
}
