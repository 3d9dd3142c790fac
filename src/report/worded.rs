//! Findings with all that reports say of them.

use super::words::{self, Message};
use super::{chain, escape};
use crate::catalogue::Catalogue;
use crate::scan::Scan;
use crate::source::LineColumn;
use crate::verdict::{Finding, NearMiss};

/// A finding, where it is, and its words.
pub(super) struct WordedFinding<'s> {
    pub(super) finding: &'s Finding,
    pub(super) message: Message,
    pub(super) path: &'s str,
    pub(super) start: LineColumn,
    pub(super) end: LineColumn,
}

/// All findings of a scan, in their order.
pub(super) fn findings<'s>(scan: &'s Scan, catalogue: &Catalogue) -> Vec<WordedFinding<'s>> {
    scan.outcome.findings.iter().map(|finding| WordedFinding::new(finding, scan, catalogue)).collect()
}

/// The check that comes closest and is not what the finding points at.
pub(super) fn near_miss<'s>(finding: &Finding, scan: &'s Scan) -> Option<&'s NearMiss> {
    let site = finding.site.map(|site| &scan.outcome.sites[site]).filter(|site| site.place == finding.place || finding.check.is_some())?;
    site.near_miss.as_ref().filter(|near| near.place != finding.place)
}

/// The same in words, from where the finding is: `line 17: only the system was asked here`.
pub(super) fn near_miss_in_words(finding: &Finding, scan: &Scan) -> Option<String> {
    near_miss(finding, scan).map(|near| format!("{}: {}", words::seen_from(finding.place, near.place, scan), words::miss(near)))
}

impl<'s> WordedFinding<'s> {
    /// Puts a finding into words.
    pub(super) fn new(finding: &'s Finding, scan: &'s Scan, catalogue: &Catalogue) -> Self {
        let file = scan.file(finding.place.file);
        let (start, end) = (file.place(finding.place.span.start), file.place(finding.place.span.end));
        Self { finding, message: words::message(finding, scan, catalogue), path: &file.path, start, end }
    }

    /// What is wrong, the nearest check and why it does not do, and what to do about it: a sentence each, in one line.
    pub(super) fn in_sentences(&self, scan: &Scan) -> String {
        let parts = [Some(self.message.title.clone()), near_miss_in_words(self.finding, scan), Some(self.message.help.text())];
        let sentences: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).map(|part| sentence(&part)).collect();
        escape::visible(&sentences.join(" ")).into_owned()
    }

    /// The same, and the path, in lines.
    pub(super) fn in_lines(&self, scan: &Scan) -> Vec<String> {
        let place = format!("{}:{}:{}", self.path, self.start.line, self.start.column);
        let mut lines = vec![format!("{}[{}] {place}", self.finding.severity, self.finding.rule), self.message.title.clone()];
        lines.extend(near_miss_in_words(self.finding, scan));
        lines.extend(chain::lines(&self.message.steps).iter().map(|line| line.text(scan, true)));
        lines.push(format!("help: {}", self.message.help.text()));
        lines.iter().map(|line| escape::visible(line).into_owned()).collect()
    }
}

/// A message as a sentence. Names stay as they are spelled.
pub(super) fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}
