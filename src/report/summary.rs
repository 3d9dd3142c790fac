//! The line that closes a check, what could not be analysed, and the numbers of `--stats`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::{escape, suppressed, words};
use crate::scan::{Scan, SkipReason};
use crate::verdict::{Severity, Verdict};

/// `3 findings (2 errors, 1 warning) in 812 files, 41 accesses: 30 guarded, 8 open, 3 ungated`; with a baseline also how many are new and known.
pub fn line(scan: &Scan) -> String {
    let detail = by_severity(scan).map(|counts| format!(" ({counts})")).unwrap_or_default();
    let detail =
        scan.earlier.as_ref().map_or(detail.clone(), |earlier| format!("{detail} since {}, {} earlier,", escape::visible(&earlier.revision), earlier.findings));
    format!("{}{detail} in {}", words::counted(scan.outcome.findings.len() as u64, "finding", "findings"), looked_at(scan))
}

/// `2 errors, 1 warning`; none without findings.
pub fn by_severity(scan: &Scan) -> Option<String> {
    let of = |severity: Severity| scan.outcome.findings.iter().filter(|finding| finding.severity == severity).count() as u64;
    let severities = [(of(Severity::Error), "error", "errors"), (of(Severity::Warning), "warning", "warnings"), (of(Severity::Info), "info", "infos")];
    let shown: Vec<String> = severities.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| words::counted(count, one, many)).collect();
    (!shown.is_empty()).then(|| shown.join(", "))
}

/// `812 files, 41 accesses: 30 guarded, 8 open, 3 ungated`; with a baseline `812 files: 12 new, 240 known; 41 accesses: …`
pub fn looked_at(scan: &Scan) -> String {
    let files = words::counted(scan.stats.files, "file", "files");
    if scan.baselines.is_empty() {
        return format!("{files}, {}", accesses(scan));
    }
    format!("{files}: {} new, {} known; {}", scan.outcome.findings.len(), suppressed::known(scan), accesses(scan))
}

/// `41 accesses: 30 guarded, 8 open, 3 ungated`
pub fn accesses(scan: &Scan) -> String {
    let sites = &scan.outcome.sites;
    let mut counts: BTreeMap<Verdict, u64> = BTreeMap::new();
    sites.iter().for_each(|site| *counts.entry(site.verdict).or_insert(0) += 1);
    // Good news first: the order of verdicts is that of their weight.
    let mut listed: Vec<String> = [Verdict::Guarded, Verdict::UserMediated, Verdict::Open, Verdict::Suppressed]
        .into_iter()
        .filter_map(|verdict| counts.remove(&verdict).map(|count| format!("{count} {}", verdict.name())))
        .collect();
    listed.extend(counts.iter().map(|(verdict, count)| format!("{count} {}", verdict.name())));
    let total = words::counted(sites.len() as u64, "access", "accesses");
    if listed.is_empty() { total } else { format!("{total}: {}", listed.join(", ")) }
}

/// One line for each file that could not be analysed; empty when there is none.
pub fn incomplete(scan: &Scan) -> String {
    let lines = scan.incomplete.iter().map(|one| format!("not analysed: {}: {}\n", escape::visible(&one.path), escape::visible(&one.reason)));
    lines.collect()
}

/// What to say when there was nothing to look at, so that silence is not taken for an answer.
pub fn nothing_to_look_at(scan: &Scan) -> Option<&'static str> {
    let is_empty = scan.stats.files == 0 && scan.incomplete.is_empty();
    is_empty.then_some("no Kotlin, Java, Swift, Objective-C or Rust file to look at (--stats tells what was left out)")
}

/// What was counted and how long it took.
pub fn stats(scan: &Scan) -> String {
    let stats = &scan.stats;
    let mut out = String::new();
    let mut row = |name: &str, value: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{name:<44} {value:>14}");
    };
    row("source files", stats.files.to_string());
    for reason in SkipReason::ALL {
        row(&format!("  left out, {}", reason.name()), stats.skipped.get(&reason).copied().unwrap_or(0).to_string());
    }
    row("read", bytes(stats.bytes));
    row("files that name no access", stats.prefiltered.to_string());
    row("files parsed", stats.parsed.to_string());
    row("parsed", bytes(stats.parsed_bytes));
    row("places not understood", format!("{} ({})", stats.gaps, bytes(stats.gap_bytes)));
    row("files not analysed", scan.incomplete.len().to_string());
    row("time to find files", time(stats.walk_time));
    row("time to read and pick", time(stats.read_time));
    row("time to parse", time(stats.lowering_time));
    row("time to link and analyse", time(stats.analysis_time));
    out
}

fn bytes(count: u64) -> String {
    match count {
        0..1024 => format!("{count} B"),
        1024..1_048_576 => format!("{:.1} KiB", count as f64 / 1024.0),
        _ => format!("{:.1} MiB", count as f64 / 1_048_576.0),
    }
}

fn time(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
