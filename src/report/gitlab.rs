//! GitLab's code quality report, which its merge requests show. The format is described in its manual and has no published schema.

use serde::Serialize;

use super::{escape, worded};
use crate::catalogue::Catalogue;
use crate::scan::Scan;
use crate::verdict::Severity;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// All findings and files that could not be analysed, as one indented document with a line break at its end.
pub fn report(scan: &Scan, catalogue: &Catalogue) -> Result<String, serde_json::Error> {
    let findings = worded::findings(scan, catalogue).into_iter().map(|worded| Issue {
        description: worded.in_sentences(scan),
        check_name: worded.finding.rule.id(),
        severity: severity(worded.finding.severity),
        location: location(worded.path, worded.start.line, worded.end.line),
        fingerprint: worded.finding.fingerprint.clone(),
    });
    let incomplete = scan.incomplete.iter().map(|one| Issue {
        description: worded::sentence(&format!("not analysed: {}", escape::visible(&one.reason))),
        check_name: "not-analysed",
        severity: severity(Severity::Error),
        location: location(&one.path, 1, 1),
        fingerprint: blake3::hash(format!("not-analysed {}", one.path).as_bytes()).to_hex()[..32].to_owned(),
    });
    let issues: Vec<Issue> = findings.chain(incomplete).collect();
    Ok(serde_json::to_string_pretty(&issues)? + "\n")
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "minor",
        Severity::Error => "major",
    }
}

fn location(path: &str, begin: u32, end: u32) -> Location {
    Location { path: escape::visible(path).into_owned(), lines: Lines { begin, end } }
}
