//! The data map for people: every access, grouped by category and file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Style, escape, summary, words};
use crate::catalogue::DataCategory;
use crate::scan::Scan;
use crate::verdict::{Site, Verdict};

/// Grouped by category, then by file, with a table at the end.
pub fn pretty(scan: &Scan, style: Style) -> String {
    let mut out = String::new();
    for category in DataCategory::ALL {
        let sites: Vec<&Site> = scan.outcome.sites.iter().filter(|site| site.category == category).collect();
        if !sites.is_empty() {
            category_section(category, &sites, scan, style, &mut out);
        }
    }
    if !scan.outcome.sites.is_empty() {
        table(scan, style, &mut out);
    }
    out
}

fn category_section(category: DataCategory, sites: &[&Site], scan: &Scan, style: Style, out: &mut String) {
    line(out, &format!("{} ({})", painted(category.name(), "1", style), words::counted(sites.len() as u64, "access", "accesses")));
    let mut file = None;
    let api_width = sites.iter().map(|site| site.api.chars().count()).max().unwrap_or(0).min(60);
    for site in sites {
        let (path, at) = scan.locate(site.place);
        if file != Some(site.place.file) {
            file = Some(site.place.file);
            line(out, &format!("  {}", escape::visible(path)));
        }
        let place = format!("{}:{}", at.line, at.column);
        let api = escape::visible(&site.api);
        let likely = if site.confidence == crate::verdict::Confidence::Likely { " (likely)" } else { "" };
        let verdict = painted(&format!("{:<16}", site.verdict.name()), color(site.verdict), style);
        let guard = words::guard_in_one_line(site, scan);
        line(out, &format!("    {place:<9} {verdict} {:<13} {api:<api_width$}{likely}  {}", words::class_name(site.class), escape::visible(&guard)));
    }
    line(out, "");
}

/// One row per category, one column per verdict that occurs.
fn table(scan: &Scan, style: Style, out: &mut String) {
    let mut counts: BTreeMap<(DataCategory, Verdict), u64> = BTreeMap::new();
    scan.outcome.sites.iter().for_each(|site| *counts.entry((site.category, site.verdict)).or_insert(0) += 1);
    let verdicts: Vec<Verdict> = Verdict::ALL.into_iter().filter(|verdict| counts.keys().any(|(_, of)| of == verdict)).collect();
    let header: String = verdicts.iter().map(|verdict| format!("  {}", verdict.name())).collect();
    line(out, &painted(&format!("{:<16}   all{header}", "category"), "1", style));
    for category in DataCategory::ALL.into_iter().filter(|category| counts.keys().any(|(of, _)| of == category)) {
        let count = |verdict: &Verdict| counts.get(&(category, *verdict)).copied().unwrap_or(0);
        let all: u64 = verdicts.iter().map(count).sum();
        let columns: String = verdicts.iter().map(|verdict| format!("  {:>width$}", count(verdict), width = verdict.name().len())).collect();
        line(out, &format!("{:<16} {all:>5}{columns}", category.name()));
    }
}

/// One line per access: `path:line:column: contacts guarded android.content.ContentResolver.query: checked here …`.
pub fn short(scan: &Scan) -> String {
    let mut out = String::new();
    for site in &scan.outcome.sites {
        let (path, at) = scan.locate(site.place);
        let guard = words::guard_in_one_line(site, scan);
        let shown = format!("{path}:{}:{}: {} {} {}: {guard}", at.line, at.column, site.category, site.verdict.name(), site.api);
        line(&mut out, &escape::visible(&shown));
    }
    out
}

/// The line that closes an inventory.
pub fn closing_line(scan: &Scan) -> String {
    format!("{} in {}", summary::accesses(scan), words::counted(scan.stats.files, "file", "files"))
}

fn color(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Guarded => "32",
        Verdict::Open | Verdict::UserMediated | Verdict::Suppressed => "36",
        Verdict::PlatformOnly | Verdict::OutsideScope => "33",
        Verdict::Undeclared | Verdict::Ungated | Verdict::WrongPermission | Verdict::WrongFeature => "31",
    }
}

fn painted(text: &str, code: &str, style: Style) -> String {
    if style.color { format!("\u{1B}[{code}m{text}\u{1B}[0m") } else { text.to_owned() }
}

fn line(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", text.trim_end());
}
