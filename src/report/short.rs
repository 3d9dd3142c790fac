//! One line per finding: `path:line:column: error[ungated-access]: message`, which editors and terminals make clickable. A finding on a
//! check is told in the line of the access that relies on it.

use super::{blocks, escape, worded, words};
use crate::catalogue::Catalogue;
use crate::scan::Scan;
use crate::verdict::Finding;

/// All findings.
pub fn findings(scan: &Scan, catalogue: &Catalogue) -> String {
    let shown = scan.outcome.findings.iter().filter(|finding| !blocks::is_folded(finding, scan));
    shown.map(|finding| format!("{}\n", escape::visible(&line(finding, scan, catalogue)))).collect()
}

fn line(finding: &Finding, scan: &Scan, catalogue: &Catalogue) -> String {
    let message = words::message(finding, scan, catalogue);
    let (path, at) = scan.locate(finding.place);
    let near = worded::near_miss_in_words(finding, scan).map(|near| format!("; {near}"));
    format!("{path}:{}:{}: {}[{}]: {}{}", at.line, at.column, finding.severity, finding.rule, message.title, near.unwrap_or_default())
}
