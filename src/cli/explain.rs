//! `askfirst explain`: a rule, or what stands at a place.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::args::ExplainArgs;
use super::output::{Terminal, catalogue};
use super::settings::today;
use super::{Exit, Wrong};
use crate::catalogue::Catalogue;
use crate::discover::Settings;
use crate::engine::{Options, Progress};
use crate::report::words::{self, StepKind};
use crate::report::{chain, escape, rule_pages, summary, suppressed};
use crate::scan::Scan;
use crate::verdict::{FileId, Place, Rule, Site, Verdict};

/// How many neighbours are named when nothing stands at a place.
const NEIGHBOURS: usize = 3;

/// Explains.
pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    if let Some(rule) = Rule::from_id(&args.target) {
        terminal.report(rule_pages::page(rule), None)?;
        return Ok(Exit::Clean);
    }
    let (path, line) = place(&args.target).ok_or_else(|| Wrong(unknown_target(&args.target)))?;
    let catalogue = catalogue(args.rules.folder.as_deref(), terminal)?;
    let settings = Settings { paths: surroundings(&path), ..Settings::default() };
    let options = Options { discover: settings, policy: args.policy.choice(), today: Some(today()?), ..Options::default() };
    let scan = terminal.scan(&options, &catalogue, &Progress::default())?;
    let file = scan.files.iter().position(|file| is_same_file(Path::new(&file.path), &path));
    terminal.report(&explain_line(&scan, file.map(|file| file as FileId), line, &catalogue), None)?;
    scan.notes.iter().for_each(|note| terminal.note(&format!("note: {}\n", escape::visible(note))));
    terminal.note(&summary::incomplete(&scan));
    Ok(if scan.incomplete.is_empty() { Exit::Clean } else { Exit::Incomplete })
}

/// `FILE:LINE` or `FILE:LINE:COLUMN`.
fn place(target: &str) -> Option<(PathBuf, u32)> {
    let (rest, last) = target.rsplit_once(':')?;
    let last: u32 = last.parse().ok()?;
    match rest.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))) {
        Some((file, line)) if !Path::new(rest).exists() => Some((PathBuf::from(file), line)),
        _ => Some((PathBuf::from(rest), last)),
    }
}

fn unknown_target(target: &str) -> String {
    if Path::new(target).exists() {
        return format!("{target}: which line? askfirst explain {target}:LINE");
    }
    let closest = Rule::ALL.into_iter().map(|rule| (strsim::jaro_winkler(rule.id(), target), rule)).max_by(|left, right| left.0.total_cmp(&right.0));
    let rules = Rule::ALL.map(Rule::id).join(", ");
    match closest {
        Some((similarity, rule)) if similarity > 0.8 => format!("no rule `{target}`; did you mean `{rule}`?"),
        _ => format!("no rule `{target}`, and no FILE:LINE; the rules are {rules}"),
    }
}

/// A file is judged with what is around it: the folder of the run, when the file lies in it.
fn surroundings(path: &Path) -> Vec<PathBuf> {
    let folder = std::env::current_dir().and_then(|folder| folder.canonicalize());
    let lies_within = matches!((path.canonicalize(), folder), (Ok(path), Ok(folder)) if path.starts_with(&folder));
    let around = lies_within.then(|| PathBuf::from("."));
    around.into_iter().chain([path.to_owned()]).collect()
}

fn is_same_file(left: &Path, right: &Path) -> bool {
    left.file_name() == right.file_name() && matches!((left.canonicalize(), right.canonicalize()), (Ok(left), Ok(right)) if left == right)
}

fn explain_line(scan: &Scan, file: Option<FileId>, line: u32, catalogue: &Catalogue) -> String {
    let mut out = String::new();
    let line_of = |site: &Site| scan.locate(site.place).1.line;
    let of_file: Vec<usize> = (0..scan.outcome.sites.len()).filter(|&index| Some(scan.outcome.sites[index].place.file) == file).collect();
    let here: Vec<usize> = (0..scan.outcome.sites.len()).filter(|&index| touches(scan, index, file, line)).collect();
    for &index in &here {
        explain_site(scan, index, catalogue, &mut out);
    }
    if here.is_empty() {
        let mut nearest: Vec<&Site> = of_file.iter().map(|&index| &scan.outcome.sites[index]).collect();
        nearest.sort_by_key(|site| (line_of(site).abs_diff(line), site.place));
        nearest.truncate(NEIGHBOURS);
        put(&mut out, if nearest.is_empty() { "nothing here, nor anywhere in this file" } else { "nothing here; the nearest accesses of this file:" });
        for site in nearest {
            let (path, at) = scan.locate(site.place);
            put(&mut out, &format!("  {path}:{}:{}: {} {} {}", at.line, at.column, site.category, site.verdict.name(), site.api));
        }
    }
    out
}

/// Whether an access, or a finding about one, starts on the line.
fn touches(scan: &Scan, index: usize, file: Option<FileId>, line: u32) -> bool {
    let starts_here = |place: Place| Some(place.file) == file && scan.locate(place).1.line == line;
    let findings = || scan.outcome.findings.iter().filter(|finding| finding.site == Some(index));
    starts_here(scan.outcome.sites[index].place) || findings().any(|finding| starts_here(finding.place))
}

fn explain_site(scan: &Scan, index: usize, catalogue: &Catalogue, out: &mut String) {
    let site = &scan.outcome.sites[index];
    let (path, at) = scan.locate(site.place);
    put(out, &format!("{path}:{}:{}", at.line, at.column));
    put(out, &format!("    {}\n", source_line(site.place, scan)));
    put(out, &format!("  access    {} ({}, {})", site.api, site.category, words::class_name(site.class)));
    put(out, &format!("  match     {}: {}", words::confidence_name(site.confidence), site.evidence));
    if !site.needs.is_empty() {
        put(out, &format!("  needs     permission: {}", words::needed(site, catalogue)));
    }
    put(out, &format!("  verdict   {}: {}", site.verdict.name(), meaning(site.verdict)));
    let function = if site.function.is_empty() { "top level or initialiser".to_owned() } else { format!("`{}`", site.function) };
    let dead = if site.dead_code { ", which nobody calls" } else { "" };
    put(out, &format!("  function  {function}{dead}"));
    if let Some(allowed) = suppressed::of_site(site, scan) {
        put(out, &format!("  allowed   {}: {}", allowed.finding.rule, suppressed::why(&allowed.by)));
    }
    if let Some(line) = &site.policy {
        put(out, &format!("  policy    {}, in {}", words::policy_line(line, site), words::seen_from(site.place, line.place, scan)));
    }
    explain_way(site, scan, out);
    for finding in scan.outcome.findings.iter().filter(|finding| finding.site == Some(index)) {
        let message = words::message(finding, scan, catalogue);
        put(out, &format!("  finding   {}: {}[{}]: {}", words::seen_from(site.place, finding.place, scan), message.severity, message.rule, message.title));
        let start = if message.help.example.is_some() { ", for example" } else { "" };
        put(out, &format!("  help      {}{start}", message.help.advice));
        message.help.example.iter().flat_map(|code| code.lines()).for_each(|line| put(out, &format!("                 {line}")));
    }
    put(out, "");
}

/// The proof or the unguarded path in numbered steps, and for a bad verdict the nearest check; with the source of the check that decides.
fn explain_way(site: &Site, scan: &Scan, out: &mut String) {
    let title = if site.verdict == Verdict::Guarded { "proof" } else { "path" };
    let steps: Vec<_> = site.trace.iter().map(words::step).collect();
    for (index, line) in chain::lines(&steps).iter().enumerate() {
        put(out, &format!("  {:<9} {}", if index == 0 { title } else { "" }, line.text(scan, false)));
        if let chain::Line::Step(_, step) = line
            && matches!(step.kind, StepKind::Check | StepKind::Gate)
        {
            put(out, &format!("                 {}", source_line(step.place, scan)));
        }
    }
    if let Some(near) = &site.near_miss {
        let (path, at) = scan.locate(near.place);
        put(out, &format!("  but       {}, at {path}:{}", words::miss(near), at.line));
        put(out, &format!("                 {}", source_line(near.place, scan)));
    }
}

/// What stands in the line of a place.
fn source_line(place: Place, scan: &Scan) -> String {
    let file = scan.file(place.file);
    let line = file.lines.line_span(&file.text, scan.locate(place).1.line);
    line.map(|span| file.text_of(span)).unwrap_or_default().trim().chars().take(160).collect()
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Undeclared => "no feature declares this category",
        Verdict::Ungated => "some path reaches it without a check that fits",
        Verdict::WrongPermission => "every path has a check, but for another category or a weaker permission",
        Verdict::PlatformOnly => "only the system was asked, no gate of a feature",
        Verdict::WrongFeature => "the feature that was asked about does not declare this category",
        Verdict::OutsideScope => "the right feature was asked about, in a file outside its scope",
        Verdict::Guarded => "every path to it has a check that fits",
        Verdict::UserMediated => "the person picks what is shared",
        Verdict::Open => "the system hands it out without asking",
        Verdict::Suppressed => "allowed",
    }
}

/// A line, harmless for the terminal.
fn put(out: &mut String, text: &str) {
    for line in text.split('\n') {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", escape::visible(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_file_and_a_line() {
        assert_eq!(place("a/b.kt:42"), Some((PathBuf::from("a/b.kt"), 42)));
        assert_eq!(place("a/b.kt:42:7"), Some((PathBuf::from("a/b.kt"), 42)));
        assert_eq!(place("ungated-access"), None);
    }

    #[test]
    fn a_mistyped_rule_is_guessed() {
        assert!(unknown_target("ungated-acess").contains("did you mean `ungated-access`"));
    }
}
