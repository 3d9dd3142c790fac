//! The JSON report. Its shape is a promise to other programs, so it has its own structs, and `version` counts its changes.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::worded::{self, WordedFinding};
use super::words::{self, StepKind, WordedStep};
use crate::catalogue::{Catalogue, DataCategory};
use crate::scan::Scan;
use crate::verdict::{Finding, Rule, Site};

#[derive(Serialize)]
struct Report<'s> {
    version: u32,
    tool: Tool,
    mode: &'static str,
    summary: Summary<'s>,
    findings: Vec<WireFinding<'s>>,
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
    incomplete: Vec<WireIncomplete<'s>>,
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
    fingerprint: String,
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
}

#[derive(Serialize)]
struct WireStep<'s> {
    path: &'s str,
    line: u32,
    column: u32,
    kind: &'static str,
    message: String,
}

/// The report as one indented document with a line break at its end.
pub fn report(scan: &Scan, catalogue: &Catalogue, with_accesses: bool) -> Result<String, serde_json::Error> {
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
            incomplete: scan.incomplete.iter().map(|one| WireIncomplete { path: &one.path, reason: &one.reason }).collect(),
        },
        findings: findings(scan, catalogue),
        accesses: with_accesses.then(|| scan.outcome.sites.iter().map(|site| access(site, scan)).collect()),
    };
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

fn findings<'s>(scan: &'s Scan, catalogue: &Catalogue) -> Vec<WireFinding<'s>> {
    worded::findings(scan, catalogue)
        .into_iter()
        .map(|WordedFinding { finding, message, path, start, end, fingerprint }| {
            let identity = Identity::new(finding, scan);
            WireFinding {
                rule: finding.rule.id(),
                severity: finding.severity.name(),
                path,
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
                category: finding.category.map(|category| category.name()),
                api: identity.api,
                feature: finding.feature.as_deref(),
                message: message.title,
                help: message.help.text(),
                trace: message.steps.into_iter().map(|step| wire_step(step, scan)).collect(),
                fingerprint,
            }
        })
        .collect()
}

/// The fingerprint of each finding of a scan, in their order: what tools know it by when lines move.
pub(super) fn fingerprints(scan: &Scan) -> Vec<String> {
    let mut ordinals: HashMap<Identity<'_>, u32> = HashMap::new();
    let identities = scan.outcome.findings.iter().map(|finding| Identity::new(finding, scan));
    identities.map(|identity| identity.fingerprint(*ordinals.entry(identity).and_modify(|ordinal| *ordinal += 1).or_insert(0))).collect()
}

/// What stays the same about a finding when lines move.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Identity<'s> {
    rule: Rule,
    path: &'s str,
    api: &'s str,
    function: &'s str,
    /// The feature and category of what is no access.
    subject: Option<&'s str>,
    category: Option<DataCategory>,
}

impl<'s> Identity<'s> {
    fn new(finding: &'s Finding, scan: &'s Scan) -> Self {
        let site = finding.site.map(|site| &scan.outcome.sites[site]);
        let file = scan.file(finding.place.file);
        // What is wrong with the policy goes by what is written there.
        let (api, function) = site.map_or_else(|| ("", file.text_of(finding.place.span)), |site| (site.api.as_str(), site.function.as_str()));
        let subject = finding.feature.as_deref().filter(|_| site.is_none_or(|site| site.place != finding.place));
        Self { rule: finding.rule, path: &file.path, api, function, subject, category: subject.and(finding.category) }
    }

    /// `ordinal` tells findings apart that are alike in all else.
    fn fingerprint(&self, ordinal: u32) -> String {
        let mut hasher = blake3::Hasher::new();
        let more = [self.subject, self.category.map(DataCategory::name)];
        for part in [self.rule.id(), self.path, self.api, self.function].into_iter().chain(more.into_iter().flatten()) {
            // The length keeps neighbouring parts from running into each other.
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.update(&ordinal.to_le_bytes());
        hasher.finalize().to_hex()[..32].to_owned()
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
    }
}

fn wire_step(step: WordedStep, scan: &Scan) -> WireStep<'_> {
    let (path, at) = scan.locate(step.place);
    WireStep { path, line: at.line, column: at.column, kind: step.kind.name(), message: step.text }
}
