//! What is wrong with the policies themselves, in the light of what the code does: above all, claims on data that nothing accesses.

use std::collections::BTreeMap;

use crate::catalogue::DataCategory;
use crate::gates::{FeatureId, Gates, PolicyId};
use crate::policy::{At, Feature, Gate, Policy};
use crate::source::Span;
use crate::verdict::{FileId, Finding, Outcome, Place, Rule, Site, Verdict};

/// The scan as the audit needs it.
pub struct Scanned<'s> {
    /// Paths of all source files, as they are shown.
    pub paths: &'s [&'s str],
    /// By file: the policy that speaks for it.
    pub policies: &'s [Option<PolicyId>],
    /// By policy: all files that it speaks for were scanned, so that what was not found is not there.
    pub is_whole: &'s [bool],
    /// Accesses, and what the code has of gates and features.
    pub outcome: &'s Outcome,
    /// The number of the first policy's first file.
    pub first_file: FileId,
}

/// Audits all policies.
pub fn audit(gates: &Gates<'_>, scanned: &Scanned<'_>) -> Vec<Finding> {
    let mut found: BTreeMap<Line<'_>, Vec<Opinion>> = BTreeMap::new();
    let mut first_file = scanned.first_file;
    for (number, policy) in gates.policies().iter().enumerate() {
        let audit = Audit { gates, scanned, number: number as PolicyId, policy, first_file };
        let mut opinions = Vec::new();
        policy.features.iter().for_each(|feature| audit.feature(feature, &mut opinions));
        audit.gates(&mut opinions);
        for opinion in opinions {
            let Finding { place, rule, category, .. } = opinion.finding;
            let path = policy.files[(place.file - first_file) as usize].path.as_str();
            found.entry(Line { path, span: place.span, rule, category }).or_default().push(opinion);
        }
        first_file += policy.files.len() as FileId;
    }
    // What several policies take from one base is wrong only if it is wrong for each of them.
    let sharing = |path: &str| gates.policies().iter().filter(|policy| policy.files.iter().any(|file| file.path == path)).count();
    let agreed = found.into_iter().filter(|(line, opinions)| opinions.len() == sharing(line.path));
    agreed.filter_map(|(_, opinions)| in_the_end(opinions)).collect()
}

/// What one policy says about a line.
struct Opinion {
    finding: Finding,
    /// It is a line of the policy's own file.
    is_own: bool,
    /// The policy turns the rule off.
    is_off: bool,
}

/// The line's own policy decides whether it is reported; without one (a base that speaks for no file itself), any that extends it.
fn in_the_end(mut opinions: Vec<Opinion>) -> Option<Finding> {
    opinions.sort_by_key(|opinion| (!opinion.is_own, opinion.is_off));
    opinions.into_iter().next().filter(|opinion| !opinion.is_off).map(|opinion| opinion.finding)
}

/// What is said about a line of a policy.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Line<'p> {
    path: &'p str,
    span: Span,
    rule: Rule,
    category: Option<DataCategory>,
}

struct Audit<'a, 'p> {
    gates: &'a Gates<'p>,
    scanned: &'a Scanned<'a>,
    number: PolicyId,
    policy: &'a Policy,
    first_file: FileId,
}

impl Audit<'_, '_> {
    fn feature(&self, feature: &Feature, out: &mut Vec<Opinion>) {
        let name = &feature.name;
        if feature.purpose.is_none() {
            self.report(Rule::MissingPurpose, name.at, Some(name.value.as_str()), None, out);
        }
        if feature.opt_out.is_none() {
            self.report(Rule::MissingOptOut, name.at, Some(name.value.as_str()), None, out);
        }
        if !self.scanned.is_whole[self.number as usize] {
            return;
        }
        // That its gates are nowhere is said of them.
        let can_be_asked_for = self.policy.gates_of(feature).any(|gate| self.is_known(gate));
        if can_be_asked_for && !self.is_used(feature) {
            self.report(Rule::UnusedFeature, name.at, Some(name.value.as_str()), None, out);
        }
        for data in feature.data.iter().filter(|data| !self.is_accessed(feature, data.value)) {
            self.report(Rule::OverclaimedData, data.at, Some(name.value.as_str()), Some(data.value), out);
        }
        for scope in feature.scope.iter().flatten() {
            let lies_there = |path: &&str| self.policy.relative(path).is_some_and(|path| scope.value.covers(&path));
            if !self.own_paths().any(|path| lies_there(&path)) {
                self.report(Rule::UnreachableScope, scope.at, Some(name.value.as_str()), None, out);
            }
        }
    }

    fn gates(&self, out: &mut Vec<Opinion>) {
        if !self.scanned.is_whole[self.number as usize] {
            return;
        }
        let of_features = self.policy.features.iter().flat_map(|feature| feature.gates.iter().map(move |gate| (Some(feature.name.value.as_str()), gate)));
        for (feature, gate) in self.policy.gates.iter().map(|gate| (None, gate)).chain(of_features).filter(|(_, gate)| !self.is_known(gate)) {
            self.report(Rule::UnknownGate, gate.at, feature, None, out);
        }
    }

    /// Whether code calls or defines a gate.
    fn is_known(&self, gate: &Gate) -> bool {
        let alike = self.gates.all().filter(|(_, known)| known.policy == self.number && known.gate.text == gate.text);
        alike.into_iter().any(|(id, _)| self.scanned.outcome.policy_uses.gates.contains(&id.0))
    }

    fn own_paths(&self) -> impl Iterator<Item = &str> {
        self.scanned.paths.iter().zip(self.scanned.policies).filter(|(_, policy)| **policy == Some(self.number)).map(|(path, _)| *path)
    }

    fn is_used(&self, feature: &Feature) -> bool {
        let uses = &self.scanned.outcome.policy_uses;
        let is_named = |id: FeatureId| self.gates.name(id) == feature.name.value;
        let own = self.gates.all().filter(|(_, declared)| declared.policy == self.number && declared.feature.is_some_and(is_named));
        uses.keys.iter().any(|&(policy, id)| policy == self.number && is_named(FeatureId(id))) || own.into_iter().any(|(id, _)| uses.gates.contains(&id.0))
    }

    /// Whether some access may be the feature's: one that its gate lets through, or one of which nobody can tell whose it is.
    fn is_accessed(&self, feature: &Feature, category: DataCategory) -> bool {
        self.scanned.outcome.sites.iter().filter(|site| site.category == category).any(|site| self.may_be_of(site, feature))
    }

    fn may_be_of(&self, site: &Site, feature: &Feature) -> bool {
        let file = site.place.file as usize;
        if self.scanned.policies[file] != Some(self.number) {
            return false;
        }
        match site.verdict {
            Verdict::Guarded | Verdict::OutsideScope => site.asked_for.contains(&feature.name.value),
            _ => self.policy.relative(self.scanned.paths[file]).is_none_or(|path| feature.covers(&path)),
        }
    }

    fn report(&self, rule: Rule, at: At, feature: Option<&str>, category: Option<DataCategory>, out: &mut Vec<Opinion>) {
        let set = self.policy.severity(rule, &self.policy.file(at).path);
        let severity = set.unwrap_or(rule.default_severity());
        let place = Place { file: self.first_file + at.file, span: at.span };
        let finding = Finding { category, feature: feature.map(str::to_owned), ..Finding::new(rule, severity, place) };
        out.push(Opinion { finding, is_own: at.file == 0, is_off: set.is_none() });
    }
}
