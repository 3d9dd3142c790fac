//! Verdicts in feature mode: whether the person said yes for a feature that declares the data, where the feature may use it.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Atom, Clause, Facts, Subject};
use super::judge::Judge;
use super::near_miss::{NearMissFinder, check_span};
use super::requirement::Requirement;
use super::tables::CallSite;
use super::walker::{AccessPoint, GatePoint};
use crate::catalogue::{AccessClass, DataCategory};
use crate::gates::{FeatureId, PolicyId};
use crate::ir::{FunctionId, FunctionKind};
use crate::policy::{Feature, GateKind, Grants, Key};
use crate::source::Span;
use crate::verdict::{Finding, GateCall, GateYes, MissReason, NearMiss, PolicyLine, PolicySays, Rule, Severity, Site, Step, StepWhat, Verdict};

impl<'a> Judge<'a, '_> {
    /// The policy that speaks for where an access stands; none in platform mode.
    pub(super) fn policy_of(&self, point: &AccessPoint) -> Option<PolicyId> {
        let (file, _) = self.resolution.module.locate(point.span);
        self.features.policy_of(file)
    }

    pub(super) fn conclude_by_policy(&self, site: &mut Site, point: &AccessPoint, requirement: &Requirement, policy: PolicyId) {
        let view = PolicyView { judge: self, policy, category: site.category };
        let access = Step { place: site.place, what: StepWhat::Access { api: site.api.clone() } };
        let declaring = view.declaring();
        if site.class == AccessClass::UserMediated {
            site.verdict = if declaring.is_none() { Verdict::Undeclared } else { Verdict::UserMediated };
            if site.verdict == Verdict::Undeclared {
                site.trace.push(access);
            }
            return;
        }
        let asked = view.asked(point);
        site.verdict = match &asked {
            _ if declaring.is_none() => Verdict::Undeclared,
            Asked::Inside(_) => Verdict::Guarded,
            Asked::Outside(_) => Verdict::OutsideScope,
            Asked::OtherFeature(_) => Verdict::WrongFeature,
            Asked::Nobody if view.asks_platform(point, requirement) => Verdict::PlatformOnly,
            Asked::Nobody => Verdict::Ungated,
        };
        match &asked {
            Asked::Inside(clause) | Asked::Outside(clause) if declaring.is_some() => {
                self.proof_steps(clause, &mut site.trace);
                requirement.fulfilled_by(&point.facts, self.catalogue).into_iter().flatten().for_each(|clause| self.proof_steps(clause, &mut site.trace));
            }
            _ => {
                let path = self.unguarded_path(point.function, &|facts| view.is_asked_in(facts));
                site.near_miss = view.near_miss(site.verdict, point, requirement, &path, &asked);
                site.trace = self.path_steps(&path, point.function);
                site.situation = self.situation(site, point, requirement, &|facts| view.is_asked_in(facts));
            }
        }
        site.trace.push(access);
        site.asked_for = asked.clause().map(|clause| self.features_of(clause)).unwrap_or_default();
        (site.feature, site.policy) = view.speaks(site.verdict, &asked);
    }

    /// A call that does not fulfil what the called function demands of the system: whether it is reported. Where a gate said yes, the access in the
    /// called function answers for the rest.
    pub(super) fn conclude_duty_by_policy(&self, site: &mut Site, point: &AccessPoint, requirement: &Requirement, policy: PolicyId) -> bool {
        self.conclude_by_policy(site, point, requirement, policy);
        matches!(site.verdict, Verdict::Undeclared | Verdict::Ungated)
    }

    /// Severity of a rule at a site: as the policy has it; none when it turns the rule off.
    pub(super) fn severity(&self, rule: Rule, site: &Site) -> Option<Severity> {
        let file = site.place.file as usize;
        let severity = match self.features.policy_in_force(file) {
            Some(policy) => self.features.gates().policies()[policy as usize].severity(rule, &self.resolution.module.files[file].path)?,
            None => rule.default_severity(),
        };
        Some(if site.dead_code { Severity::Info } else { severity })
    }

    /// Names of the features that a clause speaks of, in the order of their numbers.
    pub(super) fn features_of(&self, clause: &Clause) -> Vec<String> {
        features_in(clause).map(|id| self.features.gates().name(id).to_owned()).collect()
    }

    /// Gates on which a site relies although neither they nor the site ask the system.
    pub(super) fn defective_gates(&self, point: &AccessPoint, site: &Site, index: usize, out: &mut Vec<Finding>) {
        let is_gated = matches!(site.verdict, Verdict::Guarded | Verdict::OutsideScope) && site.class == AccessClass::Protected;
        let (Some(policy), super::super::catalogue::Entry::Access(number), true) = (self.policy_of(point), point.found.entry, is_gated) else { return };
        let requirement = self.requirement(point, &self.catalogue.accesses[number]);
        if requirement.fulfilled_by(&point.facts, self.catalogue).is_some() {
            return;
        }
        let view = PolicyView { judge: self, policy, category: site.category };
        let (Asked::Inside(clause) | Asked::Outside(clause)) = view.asked(point) else { return };
        let Some(severity) = self.severity(Rule::GateWithoutPlatformCheck, site) else { return };
        let unclear = self.asking_unclearly();
        let relied_on = self.gates_behind(point, clause);
        let asks_nobody = |gate: &GatePoint| requirement.fulfilled_by(&gate.implied, self.catalogue).is_none();
        for (expr, _) in self.seen.gates.iter().filter(|(_, gate)| relied_on.contains(&gate.span) && asks_nobody(gate)) {
            for &function in self.resolution.callees.get(expr).into_iter().flatten() {
                let declared = &self.resolution.module.functions[function as usize];
                // What a view keeps runs when it is drawn: that is not its constructor's doing.
                let is_known = declared.body.is_some() && declared.kind != FunctionKind::Constructor;
                if is_known && !unclear.contains(&function) {
                    let place = self.place(declared.name_span);
                    let (category, feature) = (Some(site.category), site.feature.clone());
                    out.push(Finding { category, feature, site: Some(index), ..Finding::new(Rule::GateWithoutPlatformCheck, severity, place) });
                }
            }
        }
    }
}

/// Calls that are followed upwards from a check of which it could not be told what it asks about.
const MAX_CALLS_ABOVE: u32 = 4;

impl Judge<'_, '_> {
    /// Places of the gates that said yes for one of the features of a clause, in the function or in those that call it.
    fn gates_behind(&self, point: &AccessPoint, clause: &Clause) -> BTreeSet<Span> {
        let features: BTreeSet<FeatureId> = features_in(clause).collect();
        let origin = |clause: &Clause| clause.origin.as_deref().map(check_span);
        let mut found: BTreeSet<Span> = origin(clause).into_iter().collect();
        let mut seen = BTreeSet::from([point.function]);
        let mut pending = vec![point.function];
        while let Some(function) = pending.pop().filter(|_| features.len() > 1) {
            for site in self.known.sites.get(&function).into_iter().flat_map(BTreeMap::values) {
                let gated = site.facts.clauses().iter().filter(|clause| is_gated(clause) && features_in(clause).all(|id| features.contains(&id)));
                found.extend(gated.filter_map(origin));
                if seen.insert(site.caller) {
                    pending.push(site.caller);
                }
            }
        }
        // Of `a || b` in one function, a clause has only one place.
        let here = self.seen.gates.values().filter(|gate| features.len() > 1 && gate.function == point.function);
        let asks_for_one = |gate: &&GatePoint| gate.features.iter().any(|subject| matches!(subject, Subject::Feature(id) if features.contains(id)));
        found.extend(here.filter(asks_for_one).map(|gate| gate.span));
        found
    }

    /// Functions that get to a check of which it could not be told what it asks about: they may well ask for the right thing.
    fn asking_unclearly(&self) -> BTreeSet<FunctionId> {
        let unclear = self.seen.checks.values().filter(|check| check.defect.is_none() && check.subjects.is_empty());
        let mut found: BTreeSet<FunctionId> = unclear.map(|check| check.function).collect();
        for _ in 0..MAX_CALLS_ABOVE {
            let callers = found.iter().filter_map(|function| self.known.sites.get(function)).flat_map(BTreeMap::values).map(|site| site.caller);
            let callers: Vec<FunctionId> = callers.collect();
            found.extend(callers);
        }
        found
    }
}

fn features_in(clause: &Clause) -> impl Iterator<Item = FeatureId> {
    clause.atoms.iter().filter_map(|atom| match atom {
        Atom::Gate(Subject::Feature(id)) => Some(*id),
        _ => None,
    })
}

/// Whether a clause says nothing but that gates said yes, for one feature or another.
fn is_gated(clause: &Clause) -> bool {
    clause.atoms.iter().all(|atom| matches!(atom, Atom::Gate(Subject::Feature(_))))
}

/// For whom the person was asked.
enum Asked<'f> {
    /// For features that declare the data, where they may use it.
    Inside(&'f Clause),
    /// For features that declare the data, somewhere else.
    Outside(&'f Clause),
    /// For a feature that does not declare the data.
    OtherFeature(&'f Clause),
    /// For no feature.
    Nobody,
}

impl<'f> Asked<'f> {
    fn clause(&self) -> Option<&'f Clause> {
        match self {
            Self::Inside(clause) | Self::Outside(clause) | Self::OtherFeature(clause) => Some(clause),
            Self::Nobody => None,
        }
    }
}

/// Whether a near miss is about a question: handling a refusal asks nobody for a feature.
fn speaks_of_asking(reason: &MissReason) -> bool {
    !matches!(reason, MissReason::BroadCatch | MissReason::DoesNotThrow)
}

/// One category in the eyes of one policy.
struct PolicyView<'j, 'a, 'm> {
    judge: &'j Judge<'a, 'm>,
    policy: PolicyId,
    category: DataCategory,
}

impl<'a> PolicyView<'_, 'a, '_> {
    /// The first feature that declares the category.
    fn declaring(&self) -> Option<&'a Feature> {
        let policy = &self.judge.features.gates().policies()[self.policy as usize];
        policy.features.iter().find(|feature| self.declares(feature))
    }

    fn declares(&self, feature: &Feature) -> bool {
        feature.data.iter().any(|data| data.value == self.category)
    }

    fn feature(&self, id: FeatureId) -> Option<&'a Feature> {
        self.judge.features.gates().feature(self.policy, id)
    }

    fn asked<'f>(&self, point: &'f AccessPoint) -> Asked<'f> {
        let (file, _) = self.judge.resolution.module.locate(point.span);
        let path = &self.judge.resolution.module.files[file].path;
        let gated = || point.facts.clauses().iter().filter(|clause| is_gated(clause));
        let all = |clause: &Clause, fits: &dyn Fn(&Feature) -> bool| features_in(clause).all(|id| self.feature(id).is_some_and(fits));
        let declared = || gated().filter(|clause| all(clause, &|feature| self.declares(feature)));
        if let Some(clause) = declared().find(|clause| all(clause, &|feature| self.covers(feature, path))) {
            return Asked::Inside(clause);
        }
        match (declared().next(), gated().next()) {
            (Some(clause), _) => Asked::Outside(clause),
            (None, Some(clause)) => Asked::OtherFeature(clause),
            (None, None) => Asked::Nobody,
        }
    }

    fn covers(&self, feature: &Feature, path: &str) -> bool {
        self.judge.features.gates().policies()[self.policy as usize].relative(path).is_none_or(|path| feature.covers(&path))
    }

    fn is_asked_in(&self, facts: &Facts) -> bool {
        facts.clauses().iter().any(|clause| self.is_asked_by(clause))
    }

    /// Whether a clause says that a gate said yes for a feature that declares the category.
    fn is_asked_by(&self, clause: &Clause) -> bool {
        is_gated(clause) && features_in(clause).all(|id| self.feature(id).is_some_and(|feature| self.declares(feature)))
    }

    /// Whether every path has the system's own question, where it has no gate.
    fn asks_platform(&self, point: &AccessPoint, requirement: &Requirement) -> bool {
        let mut facts = Facts::none();
        for clause in point.facts.clauses() {
            let atoms: Vec<Atom> = clause.atoms.iter().copied().filter(|atom| !matches!(atom, Atom::Gate(_))).collect();
            facts.insert(Clause::new(atoms, clause.origin.clone()));
        }
        requirement.fulfilled_by(&facts, self.judge.catalogue).is_some_and(|clauses| !clauses.is_empty())
    }

    /// The feature that a verdict is about, and the line of the policy on which it rests.
    fn speaks(&self, verdict: Verdict, asked: &Asked<'_>) -> (Option<String>, Option<PolicyLine>) {
        let of_clause = asked.clause().and_then(|clause| {
            let mut features = features_in(clause).filter_map(|id| self.feature(id));
            match verdict {
                Verdict::WrongFeature => features.find(|feature| !self.declares(feature)),
                _ => features.next(),
            }
        });
        let at = |at| crate::verdict::Place { file: self.judge.features.file_number(self.policy, at), span: at.span };
        let named = |feature: &Feature| feature.name.value.clone();
        match (verdict, of_clause) {
            (Verdict::Guarded, Some(feature)) => {
                let data = feature.data.iter().find(|data| data.value == self.category).map_or(feature.name.at, |data| data.at);
                (Some(named(feature)), Some(PolicyLine { place: at(data), says: PolicySays::Declares { feature: named(feature), gate: None } }))
            }
            (Verdict::OutsideScope, Some(feature)) => {
                let scope = feature.scope.iter().flatten();
                let place = scope.clone().next().map_or(feature.name.at, |scope| scope.at);
                let says = PolicySays::Elsewhere { feature: named(feature), scope: scope.map(|scope| scope.value.glob.clone()).collect() };
                (Some(named(feature)), Some(PolicyLine { place: at(place), says }))
            }
            (Verdict::WrongFeature, Some(feature)) => {
                let place = feature.data.first().map_or(feature.name.at, |data| data.at);
                let says = PolicySays::DeclaresOther { feature: named(feature), data: feature.data.iter().map(|data| data.value).collect() };
                (Some(named(feature)), Some(PolicyLine { place: at(place), says }))
            }
            (Verdict::Ungated | Verdict::PlatformOnly, _) => {
                let line = self.declaring().map(|feature| {
                    let data = feature.data.iter().find(|data| data.value == self.category).map_or(feature.name.at, |data| data.at);
                    PolicyLine { place: at(data), says: PolicySays::Declares { feature: named(feature), gate: self.gate_of(feature) } }
                });
                (None, line)
            }
            _ => (None, None),
        }
    }

    /// The gate of a feature as code calls it.
    fn gate_of(&self, feature: &Feature) -> Option<GateCall> {
        let policy = &self.judge.features.gates().policies()[self.policy as usize];
        let own = policy.gates_of(feature).find(|gate| gate.pattern.kind != GateKind::Annotation)?;
        let key = feature.keys.first().map(|key| match &key.value {
            Key::Name { owner: Some(owner), name } => format!("{owner}.{name}"),
            Key::Name { owner: None, name } => format!(".{name}"),
            Key::Text(text) => format!("\"{text}\""),
        });
        let yes = match own.grants {
            Grants::Return => GateYes::Return,
            Grants::True | Grants::TrueOrCallback if own.granted_when.is_empty() => GateYes::Answer,
            _ => GateYes::Otherwise,
        };
        Some(GateCall { text: key.map_or_else(|| own.text.clone(), |key| own.text.replace("$feature", &key)), yes })
    }

    fn near_miss(&self, verdict: Verdict, point: &AccessPoint, requirement: &Requirement, path: &[&'a CallSite], asked: &Asked<'_>) -> Option<NearMiss> {
        let judge = self.judge;
        let place_of = |clause: &Clause| clause.origin.as_deref().map(|origin| judge.place(check_span(origin)));
        match verdict {
            Verdict::Undeclared => None,
            Verdict::WrongFeature => {
                let clause = asked.clause()?;
                Some(NearMiss { place: place_of(clause)?, reason: MissReason::OtherFeature { features: judge.features_of(clause) } })
            }
            Verdict::PlatformOnly => self.gated_elsewhere(point, path).or_else(|| self.nearest_gate(point, path)).or_else(|| {
                let clauses = requirement.fulfilled_by(&point.facts, judge.catalogue)?;
                let clause = clauses.into_iter().find(|clause| clause.origin.is_some())?;
                let proves = judge.labels(clause.atoms.iter().filter_map(Atom::subject));
                Some(NearMiss { place: place_of(clause)?, reason: MissReason::OnlyPlatform { proves } })
            }),
            _ => self
                .gated_elsewhere(point, path)
                .or_else(|| self.nearest_gate(point, path))
                .or_else(|| NearMissFinder { judge, requirement, point, path }.find().filter(|near| speaks_of_asking(&near.reason))),
        }
    }

    /// Other callers of the function (or of one above it) do ask.
    fn gated_elsewhere(&self, point: &AccessPoint, path: &[&'a CallSite]) -> Option<NearMiss> {
        let mut called = point.function;
        for site in path.iter().rev() {
            let sites = self.judge.known.sites.get(&called)?;
            let gated = sites.values().flat_map(|other| other.facts.clauses()).find(|clause| self.is_asked_by(clause));
            if let Some(span) = gated.and_then(|clause| clause.origin.as_deref()).map(check_span) {
                let caller = self.judge.function_name(site.caller);
                return Some(NearMiss { place: self.judge.place(span), reason: MissReason::UncheckedCaller { caller } });
            }
            called = site.caller;
        }
        None
    }

    /// The nearest gate in the function or, outwards, in those that call it.
    fn nearest_gate(&self, point: &AccessPoint, path: &[&'a CallSite]) -> Option<NearMiss> {
        let mut functions = vec![(point.function, point.span)];
        functions.extend(path.iter().rev().map(|site| (site.caller, site.span)));
        functions.into_iter().find_map(|(function, at)| self.nearest_in(function, at))
    }

    fn nearest_in(&self, function: FunctionId, at: Span) -> Option<NearMiss> {
        let gates = self.judge.seen.gates.values().filter(|gate| gate.function == function);
        let nearest = gates.min_by_key(|gate| (gate.span.start > at.start, gate.span.start.abs_diff(at.start)))?;
        Some(NearMiss { place: self.judge.place(nearest.span), reason: self.reason(nearest, at) })
    }

    fn reason(&self, gate: &GatePoint, at: Span) -> MissReason {
        let features: Vec<FeatureId> = gate
            .features
            .iter()
            .filter_map(|subject| match subject {
                Subject::Feature(id) => Some(*id),
                _ => None,
            })
            .collect();
        if features.is_empty() {
            return MissReason::UnknownFeature;
        }
        let declares = |id: &FeatureId| self.feature(*id).is_some_and(|feature| self.declares(feature));
        if !features.iter().any(declares) {
            let features = features.into_iter().map(|id| self.judge.features.gates().name(id).to_owned()).collect();
            return MissReason::OtherFeature { features };
        }
        match gate {
            gate if gate.is_ignored => MissReason::Ignored,
            gate if gate.span.start > at.start => MissReason::TooLate,
            _ => MissReason::OtherPath,
        }
    }
}
