//! One line per finding: `path:line:column: error[ungated-access]: message`, which editors and terminals make clickable.

use super::{escape, words};
use crate::catalogue::Catalogue;
use crate::scan::Scan;

/// All findings.
pub fn findings(scan: &Scan, catalogue: &Catalogue) -> String {
    let lines = scan.outcome.findings.iter().map(|finding| {
        let message = words::message(finding, scan, catalogue);
        let (path, at) = scan.locate(finding.place);
        let line = format!("{path}:{}:{}: {}[{}]: {}", at.line, at.column, finding.severity, finding.rule, message.title);
        format!("{}\n", escape::visible(&line))
    });
    lines.collect()
}
