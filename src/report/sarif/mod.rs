//! SARIF 2.1.0: what code scanning services and viewers read.
//!
//! Paths are relative to the folder of the run, which whoever reads the log binds to `%SRCROOT%`.

mod log;

use std::collections::BTreeMap;

use log::{
    ArtifactLocation, BaseUri, CodeFlow, Configuration, Descriptor, Driver, Flow, FlowLocation, Invocation, Level, Location, Log, MarkdownText, Notification,
    PhysicalLocation, Properties, Reference, Region, Result as LogResult, Run, Suppression, Text, ThreadFlow, Tool,
};

use super::worded::{self, WordedFinding};
use super::words::{Label, StepKind, WordedStep};
use super::{escape, rule_pages, summary, suppressed};
use crate::catalogue::{Catalogue, DataCategory};
use crate::scan::Scan;
use crate::verdict::{Allowance, Place, Rule, Severity};

/// To what paths are relative.
const ROOT: &str = "%SRCROOT%";
/// Under which name results keep their fingerprint. Not that of a platform, which computes its own.
const FINGERPRINT: &str = "askfirst/v1";
/// Notifications by id, with what they mean.
const NOT_ANALYSED: (&str, &str) = ("not-analysed", "A file could not be analysed, or not well enough for its silence to be an answer.");
const NOTE: (&str, &str) = ("note", "Something to know about the run that needs no action.");

/// The log as one indented document with a line break at its end.
pub fn report(scan: &Scan, catalogue: &Catalogue) -> Result<String, serde_json::Error> {
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: driver() },
            invocations: [invocation(scan)],
            original_uri_base_ids: BTreeMap::from([(ROOT, BaseUri { description: Text::new("The folder in which askfirst ran.") })]),
            column_kind: "unicodeCodePoints",
            results: results(scan, catalogue),
        }],
    };
    Ok(serde_json::to_string_pretty(&log)? + "\n")
}

fn driver() -> Driver {
    Driver {
        name: "askfirst",
        semantic_version: env!("CARGO_PKG_VERSION"),
        short_description: Text::new("Finds accesses to people's data that some path reaches without asking first."),
        rules: Rule::ALL.map(rule_descriptor).into(),
        notifications: [NOT_ANALYSED, NOTE].map(|(id, text)| Descriptor { id, short_description: Text::new(text), ..Descriptor::default() }).into(),
    }
}

fn rule_descriptor(rule: Rule) -> Descriptor {
    let page = rule_pages::page(rule);
    Descriptor {
        id: rule.id(),
        short_description: Text::new(rule_pages::summary(rule)),
        full_description: Some(Text { text: rule_pages::why(rule).split_whitespace().collect::<Vec<_>>().join(" ") }),
        default_configuration: Some(Configuration { level: level(rule.default_severity()) }),
        help: Some(MarkdownText { text: page, markdown: page }),
        properties: Some(BTreeMap::from([("tags", ["privacy"])])),
    }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Info => Level::Note,
        Severity::Warning => Level::Warning,
        Severity::Error => Level::Error,
    }
}

/// A run that could not analyse everything has not succeeded, whatever it found.
fn invocation(scan: &Scan) -> Invocation {
    let incomplete = scan.incomplete.iter().map(|one| Notification {
        descriptor: Reference { id: NOT_ANALYSED.0 },
        level: Level::Error,
        message: plain(&format!("not analysed: {}", one.reason)),
        locations: vec![Location { physical_location: PhysicalLocation { artifact_location: artifact(&one.path), region: None }, id: None, message: None }],
    });
    let notes = scan.notes.iter().map(String::as_str).chain(summary::nothing_to_look_at(scan));
    let notes = notes.map(|note| Notification { descriptor: Reference { id: NOTE.0 }, level: Level::Note, message: plain(note), locations: Vec::new() });
    Invocation { execution_successful: scan.incomplete.is_empty(), tool_execution_notifications: incomplete.chain(notes).collect() }
}

/// All findings, those that are allowed included, in the order of their places.
fn results(scan: &Scan, catalogue: &Catalogue) -> Vec<LogResult> {
    let reported = scan.outcome.findings.iter().map(|finding| (finding, None));
    let mut all: Vec<_> = reported.chain(scan.outcome.suppressed.iter().map(|one| (&one.finding, Some(&one.by)))).collect();
    all.sort_by_key(|(finding, _)| (finding.place, finding.rule));
    all.into_iter().map(|(finding, by)| result(&WordedFinding::new(finding, scan, catalogue), by, scan)).collect()
}

fn suppression(by: &Allowance, scan: &Scan) -> Suppression {
    let (kind, location) = match by {
        Allowance::Inline { place, .. } => ("inSource", Some(Location { physical_location: physical(*place, scan), id: None, message: None })),
        Allowance::Baseline { .. } => ("external", None),
    };
    Suppression { kind, status: "accepted", justification: escape::visible(&suppressed::why(by)).into_owned(), location }
}

fn result(worded: &WordedFinding<'_>, by: Option<&Allowance>, scan: &Scan) -> LogResult {
    let WordedFinding { finding, message, .. } = worded;
    let site = finding.site.map(|site| &scan.outcome.sites[site]);
    let related = message.secondary.iter().zip(1..);
    LogResult {
        rule_id: finding.rule.id(),
        rule_index: Rule::ALL.iter().position(|rule| *rule == finding.rule).unwrap_or_default(),
        level: level(finding.severity),
        message: plain(&worded.in_sentences(scan)),
        locations: [located(&message.primary, None, scan)],
        related_locations: related.map(|(label, id)| located(label, Some(id), scan)).collect(),
        code_flows: (!message.steps.is_empty()).then(|| code_flow(&message.steps, scan)).into_iter().collect(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, worded.finding.fingerprint.clone())]),
        suppressions: by.map(|by| suppression(by, scan)).into_iter().collect(),
        properties: Properties {
            api: site.map(|site| escape::visible(&site.api).into_owned()),
            category: finding.category.map(DataCategory::name),
            feature: finding.feature.as_deref().map(|feature| escape::visible(feature).into_owned()),
        },
    }
}

fn located(label: &Label, id: Option<usize>, scan: &Scan) -> Location {
    Location { physical_location: physical(label.place, scan), id, message: Some(plain(&worded::sentence(&label.text))) }
}

fn code_flow(steps: &[WordedStep], scan: &Scan) -> CodeFlow {
    let locations = steps.iter().map(|step| FlowLocation {
        location: Location { physical_location: physical(step.place, scan), id: None, message: Some(plain(&worded::sentence(&step.text))) },
        kinds: [step.kind.name()],
        importance: if step.kind == StepKind::Call { "important" } else { "essential" },
    });
    CodeFlow { thread_flows: [ThreadFlow { locations: locations.collect::<Flow>() }] }
}

fn physical(place: Place, scan: &Scan) -> PhysicalLocation {
    let file = scan.file(place.file);
    let (start, end) = (file.place(place.span.start), file.place(place.span.end));
    let region = Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column };
    PhysicalLocation { artifact_location: artifact(&file.path), region: Some(region) }
}

fn artifact(path: &str) -> ArtifactLocation {
    if path.starts_with('/') {
        return ArtifactLocation { uri: format!("file://{}", encoded(path)), uri_base_id: None };
    }
    ArtifactLocation { uri: encoded(path), uri_base_id: Some(ROOT) }
}

/// A path as part of a URI: all but what never means anything there is percent-encoded.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Text of a message. In it `[text](target)` would be a link, and `{0}` would stand for an argument.
fn plain(text: &str) -> Text {
    let mut plain = escape::visible(text).into_owned();
    if plain.contains("](") {
        plain = plain.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    }
    if has_placeholder(&plain) {
        plain = plain.replace('{', "{{").replace('}', "}}");
    }
    Text { text: plain }
}

/// Whether a number stands in braces somewhere.
fn has_placeholder(text: &str) -> bool {
    let numbers = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(number, _)| number);
    numbers.map(str::bytes).any(|mut bytes| bytes.len() > 0 && bytes.all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uris() {
        let uri = |path| artifact(path).uri;
        assert_eq!(uri("app/My Screen#1%20.kt"), "app/My%20Screen%231%2520.kt");
        assert_eq!(uri("a:b/é.kt"), "a%3Ab/%C3%A9.kt");
        assert_eq!(uri("/srv/a b.kt"), "file:///srv/a%20b.kt");
        assert_eq!([artifact("a.kt").uri_base_id, artifact("/a.kt").uri_base_id], [Some(ROOT), None]);
    }

    #[test]
    fn names_make_no_links_and_no_placeholders() {
        let text = |text| plain(text).text;
        assert_eq!(text("calls `a[0]`"), "calls `a[0]`");
        assert_eq!(text("calls `[x](http://evil)`"), "calls `\\[x\\](http://evil)`");
        assert_eq!(text("calls `f{0}`, { it }"), "calls `f{{0}}`, {{ it }}");
        assert_eq!(text("a\u{202E}b"), "a\\u{202e}b");
    }
}
