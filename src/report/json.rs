//! The JSON report. Its shape is a promise to other programs, so it has its own structs, and `version` counts its changes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::suppressed;
use super::worded::WordedFinding;
use super::words::{self, StepKind, WordedStep};
use crate::catalogue::Catalogue;
use crate::scan::Scan;
use crate::verdict::{Allowance, Finding, Site};

#[derive(Serialize)]
struct Report<'s> {
    version: u32,
    tool: Tool,
    mode: &'static str,
    summary: Summary<'s>,
    findings: Vec<WireFinding<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Vec<WireSuppressed<'s>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accesses: Option<Vec<WireAccess<'s>>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary<'s> {
    files: u64,
    parsed: u64,
    accesses: usize,
    findings: usize,
    by_rule: BTreeMap<&'static str, usize>,
    /// What would be findings if it were not allowed, by a comment or by a baseline.
    suppressed: usize,
    /// Those of them that a baseline knows.
    known: usize,
    /// What baselines know and is not there any more.
    fixed: usize,
    /// With `--since`: what was there before, and is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<WireEarlier<'s>>,
    incomplete: Vec<WireIncomplete<'s>>,
}

#[derive(Serialize)]
struct WireEarlier<'s> {
    since: &'s str,
    findings: u64,
}

#[derive(Serialize)]
struct WireIncomplete<'s> {
    path: &'s str,
    reason: &'s str,
}

#[derive(Serialize)]
struct WireFinding<'s> {
    rule: &'static str,
    severity: &'static str,
    path: &'s str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    category: Option<&'static str>,
    api: &'s str,
    feature: Option<&'s str>,
    message: String,
    help: String,
    trace: Vec<WireStep<'s>>,
    fingerprint: &'s str,
}

#[derive(Serialize)]
struct WireAccess<'s> {
    path: &'s str,
    line: u32,
    column: u32,
    category: &'static str,
    class: &'static str,
    api: &'s str,
    confidence: &'static str,
    verdict: &'static str,
    feature: Option<&'s str>,
    proof: Vec<WireStep<'s>>,
    /// Of a suppressed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppression: Option<WireSuppression<'s>>,
}

/// What allows a finding.
#[derive(Serialize)]
struct WireSuppression<'s> {
    kind: &'static str,
    reason: &'s str,
    until: Option<String>,
    /// The file that says so, and where.
    path: &'s str,
    line: Option<u32>,
}

#[derive(Serialize)]
struct WireSuppressed<'s> {
    #[serde(flatten)]
    finding: WireFinding<'s>,
    suppression: WireSuppression<'s>,
}

#[derive(Serialize)]
struct WireStep<'s> {
    path: &'s str,
    line: u32,
    column: u32,
    kind: &'static str,
    message: String,
}

/// What the report has besides findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct With {
    /// Every access.
    pub accesses: bool,
    /// What would be findings if it were not allowed.
    pub suppressed: bool,
}

/// The report as one indented document with a line break at its end.
pub fn report(scan: &Scan, catalogue: &Catalogue, with: With) -> Result<String, serde_json::Error> {
    let suppressed = scan
        .outcome
        .suppressed
        .iter()
        .map(|suppressed| WireSuppressed { finding: wire_finding(&suppressed.finding, scan, catalogue), suppression: suppression(&suppressed.by, scan) });
    let mut by_rule = BTreeMap::new();
    for finding in &scan.outcome.findings {
        *by_rule.entry(finding.rule.id()).or_insert(0) += 1;
    }
    let report = Report {
        version: 1,
        tool: Tool { name: "askfirst", version: env!("CARGO_PKG_VERSION") },
        mode: if scan.in_feature_mode() { "feature" } else { "platform" },
        summary: Summary {
            files: scan.stats.files,
            parsed: scan.stats.parsed,
            accesses: scan.outcome.sites.len(),
            findings: scan.outcome.findings.len(),
            by_rule,
            suppressed: scan.outcome.suppressed.len(),
            known: suppressed::known(scan),
            fixed: suppressed::fixed(scan),
            earlier: scan.earlier.as_ref().map(|earlier| WireEarlier { since: &earlier.revision, findings: earlier.findings }),
            incomplete: scan.incomplete.iter().map(|one| WireIncomplete { path: &one.path, reason: &one.reason }).collect(),
        },
        findings: scan.outcome.findings.iter().map(|finding| wire_finding(finding, scan, catalogue)).collect(),
        suppressed: with.suppressed.then(|| suppressed.collect()),
        accesses: with.accesses.then(|| scan.outcome.sites.iter().map(|site| access(site, scan)).collect()),
    };
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

fn wire_finding<'s>(finding: &'s Finding, scan: &'s Scan, catalogue: &Catalogue) -> WireFinding<'s> {
    let WordedFinding { message, path, start, end, .. } = WordedFinding::new(finding, scan, catalogue);
    WireFinding {
        rule: finding.rule.id(),
        severity: finding.severity.name(),
        path,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        category: finding.category.map(|category| category.name()),
        api: finding.site.map_or("", |site| &scan.outcome.sites[site].api),
        feature: finding.feature.as_deref(),
        message: message.title,
        help: message.help.text(),
        trace: message.steps.into_iter().map(|step| wire_step(step, scan)).collect(),
        fingerprint: &finding.fingerprint,
    }
}

fn suppression<'s>(by: &'s Allowance, scan: &'s Scan) -> WireSuppression<'s> {
    match by {
        Allowance::Inline { place, reason, until } => {
            let (path, at) = scan.locate(*place);
            WireSuppression { kind: "inline", reason, until: until.map(|date| date.to_string()), path, line: Some(at.line) }
        }
        Allowance::Baseline { path } => WireSuppression { kind: "baseline", reason: "known before", until: None, path, line: None },
    }
}

fn access<'s>(site: &'s Site, scan: &'s Scan) -> WireAccess<'s> {
    let (path, at) = scan.locate(site.place);
    let steps = site.trace.iter().map(words::step).filter(|step| step.kind != StepKind::Entry);
    WireAccess {
        path,
        line: at.line,
        column: at.column,
        category: site.category.name(),
        class: words::class_name(site.class),
        api: &site.api,
        confidence: words::confidence_name(site.confidence),
        verdict: site.verdict.name(),
        feature: site.feature.as_deref(),
        proof: steps.map(|step| wire_step(step, scan)).collect(),
        suppression: suppressed::of_site(site, scan).map(|allowed| suppression(&allowed.by, scan)),
    }
}

fn wire_step(step: WordedStep, scan: &Scan) -> WireStep<'_> {
    let (path, at) = scan.locate(step.place);
    WireStep { path, line: at.line, column: at.column, kind: step.kind.name(), message: step.text }
}
