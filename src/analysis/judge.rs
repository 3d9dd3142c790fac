//! From what the walk saw to verdicts, proofs and findings.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap as HashMap;

use super::built_for::BuiltFor;
use super::entry_points::EntryPoints;
use super::facts::{Clause, Facts, Origin, Subject};
use super::feature_mode::FeatureMode;
use super::near_miss::NearMissFinder;
use super::requirement::{Requirement, is_grant};
use super::situation::Around;
use super::tables::{CallSite, Tables};
use super::walker::{AccessPoint, Observations, member_span};
use crate::catalogue::{Access, AccessClass, Catalogue, DataCategory, Entry, MemberKind};
use crate::evidence::Resolution;
use crate::ir::{Expr, FunctionId, FunctionKind, TypeKind};
use crate::source::{Language, Span};
use crate::verdict::{CheckHow, EntryReason, FileId, Finding, MissReason, Outcome, Place, Rule, Site, Step, StepWhat, Verdict};

/// Judges everything that was seen in a program.
pub(crate) fn judge(
    resolution: &Resolution<'_>,
    catalogue: &Catalogue,
    entry_points: &EntryPoints,
    features: &FeatureMode<'_>,
    known: &Tables,
    abandoned: &BTreeSet<FunctionId>,
    seen: &Observations,
) -> Outcome {
    let judge = Judge {
        resolution,
        catalogue,
        entry_points,
        features,
        known,
        abandoned,
        seen,
        calls: OnceCell::new(),
        around: OnceCell::new(),
        built_for: OnceCell::new(),
    };
    let mut points: Vec<&AccessPoint> = seen.accesses.values().collect();
    points.sort_by_key(|point| (point.span, point.duty.is_some()));
    let mut outcome = Outcome::default();
    for point in points {
        if let Some(site) = judge.site(point) {
            judge.findings(&site, outcome.sites.len(), &mut outcome.findings);
            judge.defective_gates(point, &site, outcome.sites.len(), &mut outcome.findings);
            outcome.sites.push(site);
        }
    }
    let key = |finding: &Finding| (finding.place, finding.rule, finding.feature.clone(), finding.category);
    outcome.findings.sort_by_key(key);
    outcome.findings.dedup_by(|second, first| match first.rule {
        Rule::GateWithoutPlatformCheck => key(first) == key(second),
        _ => (first.place, first.rule) == (second.place, second.rule),
    });
    outcome
}

pub(super) struct Judge<'a, 'm> {
    pub(super) resolution: &'a Resolution<'m>,
    pub(super) catalogue: &'a Catalogue,
    entry_points: &'a EntryPoints,
    pub(super) features: &'a FeatureMode<'a>,
    pub(super) known: &'a Tables,
    abandoned: &'a BTreeSet<FunctionId>,
    pub(super) seen: &'a Observations,
    /// Calls and reads by the place of their names; few programs need them.
    calls: OnceCell<HashMap<Span, &'m Expr>>,
    /// What is asked in each function; only what is not guarded needs it.
    around: OnceCell<Around<'a>>,
    /// Files that are compiled for one platform only.
    built_for: OnceCell<BuiltFor>,
}

impl<'a, 'm> Judge<'a, 'm> {
    fn site(&self, point: &AccessPoint) -> Option<Site> {
        match (&point.duty, point.found.entry) {
            (Some(duty), _) => self.duty_site(point, duty),
            (None, Entry::Access(number)) => Some(self.access_site(point, &self.catalogue.accesses[number])),
            _ => None,
        }
    }

    fn access_site(&self, point: &AccessPoint, access: &Access) -> Site {
        let member = access.symbol.members.get(point.found.member);
        let api = api_name(access, member);
        let requirement = self.requirement(point, access);
        let mut site = self.blank_site(point, api, access.category, access.class);
        site.needs = requirement.needs();
        if let Some(policy) = self.policy_of(point) {
            self.conclude_by_policy(&mut site, point, &requirement, policy);
            return site;
        }
        match access.class {
            AccessClass::Open => site.verdict = Verdict::Open,
            AccessClass::UserMediated => site.verdict = Verdict::UserMediated,
            AccessClass::Protected => self.conclude(&mut site, point, &requirement),
        }
        site
    }

    /// What an access needs where it is.
    pub(super) fn requirement(&self, point: &AccessPoint, access: &Access) -> Requirement {
        let requirement = Requirement::of_access(access);
        match self.built_for.get_or_init(|| BuiltFor::of(self.resolution.module)).platform_at(point.span, self.resolution.module) {
            Some(platform) => requirement.on(platform, self.catalogue),
            None => requirement,
        }
    }

    /// Calling a function that demands permissions is a finding when they are not there; when they are, the access is the callee's.
    fn duty_site(&self, point: &AccessPoint, duty: &super::walker::Duty) -> Option<Site> {
        let requirement = Requirement::of_duty(&duty.needs);
        let category = requirement.permissions().next().map(|id| self.catalogue.permission(id).category)?;
        if requirement.fulfilled_by(&point.facts, self.catalogue).is_some() {
            return None;
        }
        let mut site = self.blank_site(point, duty.callee.clone(), category, AccessClass::Protected);
        site.needs = requirement.needs();
        if let Some(policy) = self.policy_of(point) {
            return self.conclude_duty_by_policy(&mut site, point, &requirement, policy).then_some(site);
        }
        self.conclude(&mut site, point, &requirement);
        Some(site)
    }

    fn blank_site(&self, point: &AccessPoint, api: String, category: DataCategory, class: AccessClass) -> Site {
        Site {
            place: self.place(point.span),
            category,
            class,
            api,
            confidence: point.found.confidence,
            evidence: point.found.evidence.to_owned(),
            verdict: Verdict::Ungated,
            suppressed: None,
            needs: Vec::new(),
            trace: Vec::new(),
            feature: None,
            asked_for: Vec::new(),
            policy: None,
            near_miss: None,
            situation: Vec::new(),
            wrapper: None,
            function: self.function_name(point.function),
            gives_result: self.gives_result(point.function),
            dead_code: self.abandoned.contains(&point.function) && !self.entry_points.is_called(point.function),
        }
    }

    fn conclude(&self, site: &mut Site, point: &AccessPoint, requirement: &Requirement) {
        let access = Step { place: site.place, what: StepWhat::Access { api: site.api.clone() } };
        if let Some(clauses) = requirement.fulfilled_by(&point.facts, self.catalogue) {
            site.verdict = Verdict::Guarded;
            site.wrapper = clauses.iter().find_map(|clause| self.wrapper(clause));
            for clause in clauses {
                self.proof_steps(clause, &mut site.trace);
            }
        } else {
            let any_grant = point.facts.clauses().iter().any(is_grant);
            site.verdict = if any_grant { Verdict::WrongPermission } else { Verdict::Ungated };
            let path = self.unguarded_path(point.function, &|facts| requirement.fulfilled_by(facts, self.catalogue).is_some());
            site.near_miss = NearMissFinder { judge: self, requirement, point, path: &path }.find();
            site.trace = self.path_steps(&path, point.function);
            site.situation = self.situation(site, point, requirement, &|facts| requirement.fulfilled_by(facts, self.catalogue).is_some());
        }
        site.trace.push(access);
    }

    pub(super) fn calls_by_name(&self) -> &HashMap<Span, &'m Expr> {
        self.calls
            .get_or_init(|| self.resolution.callees.keys().filter_map(|&id| self.resolution.exprs[id as usize]).map(|expr| (member_span(expr), expr)).collect())
    }

    pub(super) fn around(&self) -> &Around<'a> {
        self.around.get_or_init(|| self.collect_around())
    }

    pub(super) fn place(&self, span: Span) -> Place {
        let (file, span) = self.resolution.module.locate(span);
        Place { file: file as FileId, span }
    }

    pub(super) fn function_name(&self, id: FunctionId) -> String {
        let function = &self.resolution.module.functions[id as usize];
        match function.kind {
            FunctionKind::Initializer => String::new(),
            _ => function.name.clone(),
        }
    }

    /// Whether who leaves a function has to hand something back. Kotlin's `fun f() = …` mostly does.
    fn gives_result(&self, id: FunctionId) -> bool {
        let module = self.resolution.module;
        let function = &module.functions[id as usize];
        match &function.returns {
            Some(ty) => !matches!(ty.simple_name(), "" | "()" | "Never" | "Nothing" | "Unit" | "Void" | "void"),
            // `Result<(), E>` gives nothing, but has to be made.
            None if function.may_give_null => true,
            None => function.is_expression_body && module.language_of_function(id) == Language::Kotlin,
        }
    }

    /// The chain that proves a clause: the check, then the calls through which its answer came.
    pub(super) fn proof_steps(&self, clause: &Clause, steps: &mut Vec<Step>) {
        let mut calls = Vec::new();
        let mut current = clause.origin.as_deref();
        while let Some(origin) = current {
            match origin {
                Origin::Check { span, how } => {
                    push_new(steps, Step { place: self.place(*span), what: self.established(clause, *how) });
                    break;
                }
                Origin::Through { call, callee, inner } => {
                    calls.push(Step { place: self.place(*call), what: StepWhat::Call { callee: callee.to_string() } });
                    current = Some(inner);
                }
            }
        }
        calls.into_iter().rev().for_each(|call| push_new(steps, call));
    }

    /// What a check or gate says that established a clause.
    fn established(&self, clause: &Clause, how: CheckHow) -> StepWhat {
        let features = self.features_of(clause);
        if features.is_empty() {
            StepWhat::Check { proves: self.labels(clause.atoms.iter().filter_map(granted_subject)), how }
        } else {
            StepWhat::Gate { features, how }
        }
    }

    pub(super) fn labels(&self, subjects: impl Iterator<Item = Subject>) -> Vec<String> {
        let mut labels = Vec::new();
        for subject in subjects {
            if let Subject::Permission(id) = subject {
                let label = self.catalogue.permission(id).label.clone();
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
        }
        labels
    }

    /// Call sites, from the outermost to the innermost, by which a function is reached without what is required.
    pub(super) fn unguarded_path(&self, function: FunctionId, is_fulfilled: &dyn Fn(&Facts) -> bool) -> Vec<&'a CallSite> {
        let mut path: Vec<&CallSite> = Vec::new();
        let mut visited = BTreeSet::from([function]);
        let mut current = function;
        while !self.entry_points.is_open(current) && !self.abandoned.contains(&current) {
            let sites = self.known.sites.get(&current).into_iter().flat_map(|sites| sites.values());
            let unguarded = sites.filter(|site| !is_fulfilled(&site.facts));
            let Some(site) = unguarded.min_by_key(|site| (visited.contains(&site.caller), site.span)) else { break };
            path.push(site);
            current = site.caller;
            if !visited.insert(current) {
                break;
            }
        }
        path.reverse();
        path
    }

    pub(super) fn path_steps(&self, path: &[&CallSite], function: FunctionId) -> Vec<Step> {
        let first = path.first().map_or(function, |site| site.caller);
        let module = self.resolution.module;
        let declared = &module.functions[first as usize];
        let entry_place = if declared.kind == FunctionKind::Initializer { declared.span } else { declared.name_span };
        let reason = self.entry_reason(first);
        let mut steps = vec![Step { place: self.place(entry_place), what: StepWhat::Entry { function: self.function_name(first), reason } }];
        for (index, site) in path.iter().enumerate() {
            let callee = path.get(index + 1).map_or(function, |next| next.caller);
            steps.push(Step { place: self.place(site.span), what: StepWhat::Call { callee: self.function_name(callee) } });
        }
        steps
    }

    fn entry_reason(&self, id: FunctionId) -> EntryReason {
        let module = self.resolution.module;
        let function = &module.functions[id as usize];
        let owner = &module.types[function.owner as usize];
        if function.kind == FunctionKind::Initializer {
            EntryReason::Initializer
        } else if self.abandoned.contains(&id) {
            if self.entry_points.is_called(id) { EntryReason::Unreached } else { EntryReason::Uncalled }
        } else if owner.kind == TypeKind::Anonymous {
            EntryReason::Escapes
        } else if function.is_override {
            EntryReason::Override
        } else {
            EntryReason::Visible
        }
    }

    fn findings(&self, site: &Site, index: usize, out: &mut Vec<Finding>) {
        let Some(rule) = site.verdict.rule() else { return };
        let mut report = |rule: Rule, place: Place, check: Option<MissReason>| {
            let Some(severity) = self.severity(rule, site) else { return };
            let (category, feature) = (Some(site.category), site.feature.clone());
            out.push(Finding { category, feature, site: Some(index), check, ..Finding::new(rule, severity, place) });
        };
        report(rule, site.place, None);
        let Some(near_miss) = &site.near_miss else { return };
        let defect = match &near_miss.reason {
            MissReason::Ignored => Rule::IgnoredAnswer,
            MissReason::NotACheck { .. } => Rule::NotACheck,
            MissReason::DebugOnly => Rule::DebugOnlyCheck,
            _ => return,
        };
        report(defect, near_miss.place, Some(near_miss.reason.clone()));
    }
}

/// Steps that several clauses share stand once.
fn push_new(steps: &mut Vec<Step>, step: Step) {
    let repeats = |known: &Step| match (&known.what, &step.what) {
        (StepWhat::Check { how: first, .. }, StepWhat::Check { how: second, .. }) => {
            known.place == step.place && first == second && *first != CheckHow::OsVersion
        }
        _ => *known == step,
    };
    if !steps.iter().any(repeats) {
        steps.push(step);
    }
}

fn granted_subject(atom: &super::facts::Atom) -> Option<Subject> {
    match atom {
        super::facts::Atom::Granted(subject) => Some(*subject),
        _ => None,
    }
}

/// The symbol as reports name it: Apple's in Swift, whichever language the access is written in.
fn api_name(access: &Access, member: Option<&crate::catalogue::Member>) -> String {
    let owner = access.symbol.owner.as_deref();
    let Some(member) = member else { return owner.unwrap_or_default().to_owned() };
    let shown = member.display(Language::Swift);
    match owner {
        Some(owner) if member.is_constructor && access.symbol.kind == MemberKind::Call && access.symbol.platform == crate::source::Platform::Android => {
            owner.to_owned()
        }
        Some(owner) => format!("{owner}.{shown}"),
        None => shown,
    }
}
