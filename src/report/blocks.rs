//! Which findings people read as one: those that say the same thing are shown together, and each is still counted.
//!
//! A defective check (`not-a-check` …) is a finding of its own, but it is also the near miss of the access that relies on it: it is folded
//! into that one. Accesses of one function that are reached on the same path, need the same and fail for the same reason share a block.

use crate::scan::Scan;
use crate::verdict::{Finding, Site};

/// Findings that are shown together.
#[derive(Debug)]
pub(super) struct Block<'s> {
    /// On accesses, the first of which speaks for all; or one finding on a check whose access has none.
    pub(super) findings: Vec<&'s Finding>,
    /// On checks, folded into them.
    pub(super) checks: Vec<&'s Finding>,
}

/// All findings in blocks, in the order of their first.
pub(super) fn of(scan: &Scan) -> Vec<Block<'_>> {
    let (folded, others): (Vec<&Finding>, Vec<&Finding>) = scan.outcome.findings.iter().partition(|finding| is_folded(finding, scan));
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for finding in others {
        let same_file = |block: &&mut Block<'_>| block.findings[0].place.file == finding.place.file;
        match blocks.iter_mut().rev().take_while(same_file).find(|block| says_the_same(block.findings[0], finding, scan)) {
            Some(block) => block.findings.push(finding),
            None => blocks.push(Block { findings: vec![finding], checks: Vec::new() }),
        }
    }
    for check in folded {
        if let Some(block) = blocks.iter_mut().find(|block| block.findings.iter().any(|finding| finding.check.is_none() && finding.site == check.site)) {
            block.checks.push(check);
        }
    }
    blocks
}

/// Whether a finding on a check is told by the finding on its access.
pub(super) fn is_folded(finding: &Finding, scan: &Scan) -> bool {
    let Some(site) = finding.site.map(|site| &scan.outcome.sites[site]) else { return false };
    let is_near_miss = site.near_miss.as_ref().is_some_and(|near| near.place == finding.place);
    let has_own = || scan.outcome.findings.iter().any(|other| other.check.is_none() && other.site == finding.site);
    finding.check.is_some() && is_near_miss && has_own()
}

fn says_the_same(first: &Finding, second: &Finding, scan: &Scan) -> bool {
    let site = |finding: &Finding| finding.site.map(|site| &scan.outcome.sites[site]).filter(|site| site.place == finding.place);
    let (Some(left), Some(right)) = (site(first), site(second)) else { return false };
    let are_accesses = first.check.is_none() && second.check.is_none();
    let way = |site: &Site| site.trace.split_last().map(|(_, way)| way.to_vec());
    are_accesses
        && (first.rule, first.severity, left.category, &left.function) == (second.rule, second.severity, right.category, &right.function)
        && (&left.needs, &left.near_miss) == (&right.needs, &right.near_miss)
        && way(left) == way(right)
}
