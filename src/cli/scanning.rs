//! `askfirst check` and `askfirst inventory`.

use clap::ValueEnum;

use super::args::{CheckArgs, FailOn, Format, InventoryArgs, ScanArgs};
use super::output::{Terminal, catalogue};
use super::outputs::Plan;
use super::{Exit, Wrong, fixing, revisions};
use crate::catalogue::Catalogue;
use crate::report::{Style, checkstyle, escape, github, gitlab, html, inventory, json, junit, markdown, pretty, sarif, short, summary, suppressed, xcode};
use crate::scan::Scan;

/// Reports findings.
pub(super) fn check(args: &CheckArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let plan = Plan::new(&args.scan.output)?;
    let catalogue = catalogue(args.scan.rules.folder.as_deref(), terminal)?;
    let scan = || revisions::scan(&args.scan, args.since.revision(), &catalogue, terminal);
    let (mut scanned, mut settings) = scan()?;
    if args.dry_run {
        let diff = fixing::diff(&scanned);
        terminal.report(&diff, plan.main)?;
        return Ok(if diff.is_empty() { Exit::Clean } else { Exit::Findings });
    }
    if args.fix && fixing::fix(&scanned, terminal)? {
        (scanned, settings) = scan()?;
    }
    let scan = scanned;
    let with = json::With { accesses: args.inventory, suppressed: args.scan.show_suppressed };
    write(&args.scan, &plan, terminal, |format, style| findings(format, &scan, &catalogue, style, with))?;
    finish(&args.scan, &scan, &summary::line(&scan), settings.fail_on().unwrap_or(FailOn::Error), terminal)
}

fn findings(format: Format, scan: &Scan, catalogue: &Catalogue, style: Style, with: json::With) -> Result<String, Wrong> {
    // What is allowed is shown to people where it is asked for.
    let allowed = || if with.suppressed { suppressed::lines(scan, catalogue) } else { String::new() };
    Ok(match format {
        Format::Pretty => pretty::findings(scan, catalogue, style) + &allowed(),
        Format::Short => short::findings(scan, catalogue) + &allowed(),
        Format::Json => json::report(scan, catalogue, with)?,
        Format::Sarif => sarif::report(scan, catalogue)?,
        Format::Github => github::report(scan, catalogue),
        Format::Gitlab => gitlab::report(scan, catalogue)?,
        Format::Checkstyle => checkstyle::report(scan, catalogue)?,
        Format::Junit => junit::report(scan, catalogue)?,
        Format::Markdown => markdown::findings(scan, catalogue),
        Format::Html => html::report(scan, catalogue, with.accesses),
        Format::Xcode => xcode::report(scan, catalogue, &std::env::current_dir()?.to_string_lossy().replace('\\', "/")),
    })
}

/// Formats of data maps; the others can only say what is wrong.
const OF_INVENTORIES: &str = "pretty, short, json, markdown, html";

/// Lists accesses.
pub(super) fn inventory(args: &InventoryArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let plan = Plan::new(&args.scan.output)?;
    let formats = plan.further.iter().map(|(format, _)| *format).chain([args.scan.format]);
    if let Some(format) = formats.filter(|format| !lists_accesses(*format)).filter_map(|format| format.to_possible_value()).next() {
        let name = format.get_name();
        return Err(Wrong(format!("an inventory has no format `{name}`, which is for findings: askfirst check --format {name}; it has {OF_INVENTORIES}")));
    }
    let catalogue = catalogue(args.scan.rules.folder.as_deref(), terminal)?;
    let (scan, _) = revisions::scan(&args.scan, None, &catalogue, terminal)?;
    let with = json::With { accesses: true, suppressed: args.scan.show_suppressed };
    write(&args.scan, &plan, terminal, |format, style| accesses(format, &scan, &catalogue, style, with))?;
    finish(&args.scan, &scan, &inventory::closing_line(&scan), FailOn::Never, terminal)
}

fn lists_accesses(format: Format) -> bool {
    matches!(format, Format::Pretty | Format::Short | Format::Json | Format::Markdown | Format::Html)
}

fn accesses(format: Format, scan: &Scan, catalogue: &Catalogue, style: Style, with: json::With) -> Result<String, Wrong> {
    Ok(match format {
        Format::Short => inventory::short(scan),
        Format::Json => json::report(scan, catalogue, with)?,
        Format::Markdown => markdown::inventory(scan),
        Format::Html => html::report(scan, catalogue, true),
        _ => inventory::pretty(scan, style),
    })
}

/// Writes all reports. That of `--format` comes first: if a further file cannot be written, what was found is known all the same.
fn write(args: &ScanArgs, plan: &Plan<'_>, terminal: &Terminal, report: impl Fn(Format, Style) -> Result<String, Wrong>) -> Result<(), Wrong> {
    terminal.report(&report(args.format, terminal.style(plan.main.is_some()))?, plan.main)?;
    plan.further.iter().try_for_each(|(format, file)| terminal.report(&report(*format, terminal.style(true))?, Some(file)))
}

/// Says what else there is to say, and tells how the run ended. Who reads a whole document finds there what the closing line would say.
fn finish(args: &ScanArgs, scan: &Scan, closing: &str, default: FailOn, terminal: &Terminal) -> Result<Exit, Wrong> {
    scan.notes.iter().for_each(|note| terminal.note(&format!("note: {}\n", escape::visible(note))));
    terminal.note(&suppressed::stale(scan));
    terminal.note(&summary::incomplete(scan));
    if matches!(args.format, Format::Pretty | Format::Short | Format::Github | Format::Xcode) {
        terminal.note(&format!("{closing}\n"));
    }
    summary::nothing_to_look_at(scan).iter().for_each(|note| terminal.note(&format!("note: {note}\n")));
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
