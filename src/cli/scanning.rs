//! `askfirst check` and `askfirst inventory`.

use super::args::{CheckArgs, FailOn, Format, InventoryArgs, ScanArgs};
use super::output::{Terminal, catalogue};
use super::settings::Settings;
use super::{Exit, Wrong, progress};
use crate::catalogue::Catalogue;
use crate::report::{escape, inventory, json, pretty, short, summary, suppressed};
use crate::scan::Scan;

/// Reports findings.
pub(super) fn check(args: &CheckArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let catalogue = catalogue(args.scan.rules.folder.as_deref(), terminal)?;
    let settings = Settings::for_scan(&args.scan.policy);
    let scan = scan(&args.scan, &settings, &catalogue, terminal)?;
    let style = terminal.style(args.scan.output.is_some());
    let report = match args.scan.format {
        Format::Pretty => pretty::findings(&scan, &catalogue, style),
        Format::Short => short::findings(&scan, &catalogue),
        Format::Json => json::report(&scan, &catalogue, json::With { accesses: args.inventory, suppressed: args.scan.show_suppressed })?,
    };
    let report = report + &suppressed_lines(&args.scan, &scan, &catalogue);
    finish(&args.scan, &scan, &report, &summary::line(&scan), settings.fail_on().unwrap_or(FailOn::Error), terminal)
}

/// Lists accesses.
pub(super) fn inventory(args: &InventoryArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let catalogue = catalogue(args.scan.rules.folder.as_deref(), terminal)?;
    let settings = Settings::for_scan(&args.scan.policy);
    let scan = scan(&args.scan, &settings, &catalogue, terminal)?;
    let style = terminal.style(args.scan.output.is_some());
    let report = match args.scan.format {
        Format::Pretty => inventory::pretty(&scan, style),
        Format::Short => inventory::short(&scan),
        Format::Json => json::report(&scan, &catalogue, json::With { accesses: true, suppressed: args.scan.show_suppressed })?,
    };
    finish(&args.scan, &scan, &report, &inventory::closing_line(&scan), FailOn::Never, terminal)
}

fn scan(args: &ScanArgs, settings: &Settings, catalogue: &Catalogue, terminal: &Terminal) -> Result<Scan, Wrong> {
    let options = settings.complete(args.options(), &args.files)?;
    let scan = progress::with_bar(|progress| terminal.scan(&options, catalogue, progress))?;
    settings.note_mistakes(terminal);
    Ok(scan)
}

/// What is allowed, where it is asked for and the report is for people; the inventory has it anyway.
fn suppressed_lines(args: &ScanArgs, scan: &Scan, catalogue: &Catalogue) -> String {
    if args.show_suppressed && args.format != Format::Json { suppressed::lines(scan, catalogue) } else { String::new() }
}

/// Writes the report, then what else there is to say, and tells how the run ended. A program that reads the report finds there
/// what the closing line would say.
fn finish(args: &ScanArgs, scan: &Scan, report: &str, closing: &str, default: FailOn, terminal: &Terminal) -> Result<Exit, Wrong> {
    terminal.report(report, args.output.as_deref())?;
    scan.notes.iter().for_each(|note| terminal.note(&format!("note: {}\n", escape::visible(note))));
    terminal.note(&suppressed::stale(scan));
    terminal.note(&summary::incomplete(scan));
    if args.format != Format::Json {
        terminal.note(&format!("{closing}\n"));
    }
    if scan.stats.files == 0 && scan.incomplete.is_empty() {
        terminal.note("note: no Kotlin, Java, Swift or Objective-C file to look at (--stats tells what was left out)\n");
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
