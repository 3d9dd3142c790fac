//! What is allowed: by a comment, with the reason that it gives, or by a baseline.

use super::words::Message;
use super::{escape, words};
use crate::catalogue::Catalogue;
use crate::scan::Scan;
use crate::verdict::{Allowance, Finding, Rule, Site, Suppressed, SuppressionDefect};

/// What allows a finding, in words: `because "…", until 2027-03-31`.
pub fn why(by: &Allowance) -> String {
    match by {
        Allowance::Inline { reason, until: None, .. } => format!("allowed because \"{reason}\""),
        Allowance::Inline { reason, until: Some(until), .. } => format!("allowed until {until} because \"{reason}\""),
        Allowance::Baseline { path } => format!("known, says {path}"),
    }
}

/// The finding on an access that is allowed.
pub fn of_site<'s>(site: &Site, scan: &'s Scan) -> Option<&'s Suppressed> {
    let rule = site.suppressed?.rule();
    scan.outcome.suppressed.iter().find(|suppressed| suppressed.finding.place == site.place && Some(suppressed.finding.rule) == rule)
}

/// How many findings baselines know.
pub fn known(scan: &Scan) -> usize {
    scan.outcome.suppressed.iter().filter(|suppressed| matches!(suppressed.by, Allowance::Baseline { .. })).count()
}

/// How many entries of baselines are fixed.
pub fn fixed(scan: &Scan) -> usize {
    scan.baselines.iter().map(|baseline| baseline.stale.len()).sum()
}

/// A note for each baseline with entries that are fixed.
pub fn stale(scan: &Scan) -> String {
    let with_stale = scan.baselines.iter().filter(|baseline| !baseline.stale.is_empty());
    let lines = with_stale.map(|baseline| {
        let fixed = words::counted(baseline.stale.len() as u64, "known finding is fixed", "known findings are fixed");
        format!("note: {}: {fixed}; `askfirst baseline --prune` drops what is fixed\n", escape::visible(&baseline.path))
    });
    lines.collect()
}

/// One line per finding that is allowed: `path:line:column: suppressed[ungated-access]: message; allowed because "…"`.
pub fn lines(scan: &Scan, catalogue: &Catalogue) -> String {
    let lines = scan.outcome.suppressed.iter().map(|suppressed| {
        let finding = &suppressed.finding;
        let (path, at) = scan.locate(finding.place);
        let title = words::message(finding, scan, catalogue).title;
        let line = format!("{path}:{}:{}: suppressed[{}]: {title}; {}", at.line, at.column, finding.rule, why(&suppressed.by));
        format!("{}\n", escape::visible(&line))
    });
    lines.collect()
}

/// What is wrong with a comment that should allow something.
pub(super) fn message(finding: &Finding, defect: &SuppressionDefect) -> Message {
    let (title, label) = said(defect);
    Message::of_place(finding, title, label, advice(defect))
}

/// A sentence, and what stands at the place.
fn said(defect: &SuppressionDefect) -> (String, String) {
    let (title, label) = match defect {
        SuppressionDefect::UnknownWord { word } if word.is_empty() => ("this comment allows nothing".to_owned(), "`allow` is missing"),
        SuppressionDefect::UnknownWord { word } => (format!("this comment allows nothing: `{word}` is neither `allow` nor `allow-file`"), "unknown"),
        SuppressionDefect::NoRules => ("this comment allows nothing: it names no rule in parentheses".to_owned(), "no rules here"),
        SuppressionDefect::UnknownRule { name, .. } => (format!("this comment allows nothing: there is no rule `{name}`"), "no rule of this name"),
        SuppressionDefect::CannotBeAllowed { rule } => (format!("this comment allows nothing: `{rule}` cannot be allowed"), "not to be allowed"),
        SuppressionDefect::NoReason => ("this comment allows nothing, because it gives no reason".to_owned(), "no reason"),
        SuppressionDefect::OpenReason => ("this comment allows nothing: its reason does not end".to_owned(), "the closing quote is missing"),
        SuppressionDefect::NoDate { text } => (format!("this comment allows nothing: `{text}` is no day"), "no day"),
        SuppressionDefect::Unexpected { text } => (format!("this comment allows nothing: `{text}` cannot be read"), "not expected here"),
        SuppressionDefect::NotAtTop => ("this comment allows nothing: `allow-file` stands below a declaration".to_owned(), "not at the top"),
        SuppressionDefect::Lapsed { until } => (format!("what this comment allowed is allowed no longer: it lapsed after {until}"), "lapsed"),
        SuppressionDefect::Unused { rules, .. } => {
            let rules: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
            (format!("there is no finding of {} that this comment could allow", rules.join(" or ")), "nothing to allow")
        }
    };
    (title, label.to_owned())
}

fn advice(defect: &SuppressionDefect) -> String {
    const FORM: &str = "`askfirst: allow(rule) because \"…\" until 2027-03-31`, the day only if there is one";
    match defect {
        SuppressionDefect::UnknownRule { closest: Some(closest), .. } => format!("did you mean `{closest}`?"),
        SuppressionDefect::UnknownRule { closest: None, .. } => format!("the rules are {}", listed(&|rule| rule.can_be_allowed())),
        SuppressionDefect::CannotBeAllowed { .. } => "put right what it is about".to_owned(),
        SuppressionDefect::NoReason => "add `because \"…\"` with why this is fine, for whoever reads it next".to_owned(),
        SuppressionDefect::OpenReason => "close the reason with a quote in the same comment".to_owned(),
        SuppressionDefect::NoDate { .. } => "write the last day on which it is allowed like 2027-03-31".to_owned(),
        SuppressionDefect::NotAtTop => "move it above the first declaration of the file, or write `allow` for a line or a declaration".to_owned(),
        SuppressionDefect::Lapsed { .. } => "fix what it allowed, or look whether its reason still holds and set another day".to_owned(),
        SuppressionDefect::Unused { are_all: true, .. } => {
            "remove the comment, or move it to the line or right above the declaration that it is for".to_owned()
        }
        SuppressionDefect::Unused { are_all: false, .. } => "take that rule out of the comment".to_owned(),
        SuppressionDefect::UnknownWord { .. } | SuppressionDefect::NoRules | SuppressionDefect::Unexpected { .. } => format!("write {FORM}"),
    }
}

fn listed(is_meant: &dyn Fn(Rule) -> bool) -> String {
    Rule::ALL.into_iter().filter(|rule| is_meant(*rule)).map(Rule::id).collect::<Vec<_>>().join(", ")
}
