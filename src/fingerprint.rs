//! By what a finding is known again: in a hook, in CI, in an editor, in a baseline, in two versions of the same code.
//!
//! A fingerprint is made of the rule, the file, the function, the symbol, the data, and how the access stands to the checks around it
//! ([`Site::situation`]). So it survives moved lines, reformatting and renamed locals, and not a changed guard. It knows no line, no revision and no
//! absolute path: the file goes by its [path from the root](crate::scan::ScannedFile::rooted), so that it does not matter from where the
//! program is run. Findings that are alike in all of that are numbered in the order of their places.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::catalogue::DataCategory;
use crate::scan::{Scan, ScannedFile};
use crate::verdict::{FileId, Finding, Outcome, Rule, Site};

/// Changes whenever the same finding gets another fingerprint: baselines have to be written anew then.
const VERSION: u32 = 1;

/// Gives every finding that has none its fingerprint. They have to be in the order of their places, and of those that may be alike none may be
/// left out yet.
pub fn assign(scan: &mut Scan) {
    let Scan { files, outcome, .. } = scan;
    let fingerprints = of_findings(files, outcome);
    let without = outcome.findings.iter_mut().filter(|finding| finding.fingerprint.is_empty());
    without.zip(fingerprints).for_each(|(finding, fingerprint)| finding.fingerprint = fingerprint);
}

fn of_findings(files: &[ScannedFile], outcome: &Outcome) -> Vec<String> {
    let mut alike: HashMap<Vec<Cow<'_, str>>, u32> = HashMap::new();
    let without = outcome.findings.iter().filter(|finding| finding.fingerprint.is_empty());
    let fingerprints = without.map(|finding| {
        let identity = identity(finding, &|id: FileId| &files[id as usize], &outcome.sites);
        let ordinal = alike.entry(identity.clone()).and_modify(|ordinal| *ordinal += 1).or_insert(0);
        hash(&identity, *ordinal)
    });
    fingerprints.collect()
}

/// All that stays the same about a finding as long as it is the same finding.
fn identity<'s>(finding: &'s Finding, file: &dyn Fn(FileId) -> &'s ScannedFile, sites: &'s [Site]) -> Vec<Cow<'s, str>> {
    let here = file(finding.place.file);
    let mut parts: Vec<Cow<'s, str>> = vec![finding.rule.id().into(), here.rooted.as_str().into(), finding.category.map_or("", DataCategory::name).into()];
    match finding.site.map(|site| &sites[site]) {
        // Which of the accesses that rely on a gate is shown with it is chance.
        Some(site) if finding.rule != Rule::GateWithoutPlatformCheck => {
            parts.extend([site.api.as_str().into(), site.function.as_str().into()]);
            // What is wrong with a check is said in the file of the check.
            parts.extend((site.place.file != finding.place.file).then(|| file(site.place.file).rooted.as_str().into()));
            parts.extend(site.asked_for.iter().chain(&site.situation).map(|part| part.as_str().into()));
        }
        // What is wrong with the policy, a gate, or a comment goes by what is written there.
        _ => {
            let written = here.text_of(finding.place.span).trim_matches(['"', '\'']);
            parts.push(finding.feature.as_deref().unwrap_or_default().into());
            parts.push(written.split_whitespace().collect::<Vec<_>>().join(" ").into());
        }
    }
    parts
}

fn hash(identity: &[Cow<'_, str>], ordinal: u32) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&VERSION.to_le_bytes());
    for part in identity {
        // The length keeps neighbouring parts from running into each other.
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(&ordinal.to_le_bytes());
    hasher.finalize().to_hex()[..32].to_owned()
}
