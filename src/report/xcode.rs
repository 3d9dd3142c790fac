//! Lines that Xcode shows beside the code when a build phase prints them: `/path/File.swift:4:9: warning: message`.

use super::{escape, worded, words};
use crate::catalogue::Catalogue;
use crate::scan::Scan;
use crate::source::LineColumn;
use crate::verdict::Severity;

/// All findings and files that could not be analysed. Xcode wants absolute paths: `folder` is that of the run.
pub fn report(scan: &Scan, catalogue: &Catalogue, folder: &str) -> String {
    let mut out = String::new();
    let mut put = |path: &str, at: LineColumn, kind: &str, message: &str| {
        let absolute = if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", folder.trim_end_matches('/')) };
        let line = format!("{absolute}:{}:{}: {kind}: {message}", at.line, at.column);
        out.push_str(&escape::visible(&line));
        out.push('\n');
    };
    for worded in worded::findings(scan, catalogue) {
        let kind = match worded.finding.severity {
            Severity::Info => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        put(worded.path, worded.start, kind, &format!("{} [{}]", worded.message.title, worded.finding.rule));
        if let Some(near) = worded::near_miss(worded.finding, scan) {
            let (path, at) = scan.locate(near.place);
            put(path, at, "note", &words::miss(near));
        }
    }
    for one in &scan.incomplete {
        put(&one.path, LineColumn { line: 1, column: 1 }, "error", &format!("not analysed: {}", one.reason));
    }
    out
}
