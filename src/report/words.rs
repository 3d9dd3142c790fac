//! All wording of findings, proofs and verdicts. Messages start in lower case and end without a full stop.

use super::{advice, by_policy, needs, suppressed};
use crate::catalogue::{AccessClass, Catalogue, DataCategory};
use crate::scan::Scan;
use crate::source::{Language, Platform};
use crate::verdict::{CheckHow, Confidence, EntryReason, Finding, MissReason, NearMiss, Place, PolicyLine, Rule, Severity, Site, Step, StepWhat, Verdict};

/// A finding in words.
#[derive(Clone, Debug)]
pub struct Message {
    /// Rule broken.
    pub rule: Rule,
    /// Severity.
    pub severity: Severity,
    /// What is wrong.
    pub title: String,
    /// Where, and what stands there.
    pub primary: Label,
    /// What else to look at.
    pub secondary: Vec<Label>,
    /// The path or proof, step by step.
    pub steps: Vec<WordedStep>,
    /// What to do about it.
    pub help: Help,
}

impl Message {
    /// About what is no access: a sentence, what stands at the place, and what to do.
    pub(super) fn of_place(finding: &Finding, title: String, label: String, advice: String) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity,
            title,
            primary: Label { place: finding.place, text: label },
            secondary: Vec::new(),
            steps: Vec::new(),
            help: Help { advice, example: None },
        }
    }
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// In words.
    pub advice: String,
    /// In code.
    pub example: Option<String>,
}

impl Help {
    /// In one line.
    pub fn text(&self) -> String {
        match &self.example {
            Some(example) => format!("{}, for example `{}`", self.advice, one_line(example)),
            None => self.advice.clone(),
        }
    }
}

/// Statements of several lines in one. A line that ends with an operator goes on in the next.
fn one_line(code: &str) -> String {
    let mut joined = String::new();
    for line in code.lines().map(str::trim) {
        if !joined.is_empty() {
            let goes_on = joined.ends_with("&&") || joined.ends_with("||");
            joined.push_str(if goes_on || joined.ends_with(';') { " " } else { "; " });
        }
        joined.push_str(line);
    }
    joined
}

/// Text at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What to say about it.
    pub text: String,
}

/// A step in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordedStep {
    /// Where.
    pub place: Place,
    /// Which kind.
    pub kind: StepKind,
    /// What happens there.
    pub text: String,
}

/// Kinds of steps, as the JSON names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum StepKind {
    Entry,
    Call,
    Check,
    Gate,
    Access,
}

impl StepKind {
    /// Its name in the JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Call => "call",
            Self::Check => "check",
            Self::Gate => "gate",
            Self::Access => "access",
        }
    }
}

/// Words a finding.
pub fn message(finding: &Finding, scan: &Scan, catalogue: &Catalogue) -> Message {
    if let Some(defect) = &finding.suppression {
        return suppressed::message(finding, defect);
    }
    let site = match finding.site.map(|site| &scan.outcome.sites[site]) {
        Some(site) if finding.rule == Rule::GateWithoutPlatformCheck => return by_policy::gate(finding, site, scan, catalogue),
        Some(site) if !finding.rule.is_about_policy() => site,
        _ => return by_policy::message(finding, scan),
    };
    let (primary, secondary) = labels(finding, site, catalogue);
    Message {
        rule: finding.rule,
        severity: finding.severity,
        title: title(finding, site),
        primary,
        secondary,
        steps: finding_steps(site),
        help: help(finding, site, scan, catalogue),
    }
}

fn title(finding: &Finding, site: &Site) -> String {
    let used = is_used(site.category);
    let title = match finding.rule {
        Rule::UngatedAccess if site.policy.is_some() => by_policy::ungated(used, site.near_miss.as_ref().map(|near| &near.reason)),
        Rule::UngatedAccess => ungated(used, site.near_miss.as_ref().map(|near| &near.reason)),
        Rule::WrongPermission => format!("{used}, but what is checked before it does not suffice"),
        Rule::IgnoredAnswer => match finding.check {
            Some(MissReason::NotAwaited) => format!("this request's answer is not awaited, and {used} after it"),
            _ => format!("nothing depends on this check's answer, and {used} after it"),
        },
        Rule::NotACheck => format!("this is no permission check, and {used} on the strength of it"),
        Rule::DebugOnlyCheck => format!("this check is gone in release builds, and {used} after it"),
        Rule::UndeclaredData => format!("{used}, but no feature declares `{}`", site.category),
        Rule::PlatformCheckOnly => format!("{used} for a feature that the person was not asked about"),
        Rule::WrongFeature => format!("{used}, but the feature that was asked about does not declare `{}`", site.category),
        Rule::OutsideFeatureScope => format!("{used} outside the scope of its feature"),
        rule => rule.id().to_owned(),
    };
    if site.dead_code { format!("{title} (in a function that nobody calls)") } else { title }
}

/// What is wrong, by the check that comes closest: without one that asks for a permission, nobody was asked at all.
fn ungated(used: &str, nearest: Option<&MissReason>) -> String {
    match nearest {
        None | Some(MissReason::NotACheck { .. } | MissReason::BroadCatch | MissReason::DoesNotThrow) => format!("{used} without asking first"),
        Some(MissReason::DebugOnly) => format!("{used} without asking first in release builds"),
        Some(MissReason::Ignored) => format!("{used} whatever the check before it answers"),
        Some(MissReason::NotAwaited) => format!("{used} before the person has answered"),
        Some(MissReason::TooLate) => format!("{used} before the permission is checked"),
        Some(MissReason::AskedTooLate) => format!("{used} before the person is asked"),
        Some(_) => format!("{used} on a path that no permission check covers"),
    }
}

/// What an access does with a category, as the start of a sentence.
pub fn is_used(category: DataCategory) -> &'static str {
    match category {
        DataCategory::Contacts => "contacts are accessed",
        DataCategory::Location => "the location is accessed",
        DataCategory::Sensors => "sensors are read",
        DataCategory::Photos => "photos are accessed",
        DataCategory::Microphone => "the microphone is used",
        DataCategory::Camera => "the camera is used",
        DataCategory::Calendar => "the calendar is accessed",
        DataCategory::CallLog => "the call log is accessed",
        DataCategory::Messages => "messages are accessed",
        DataCategory::PhoneIdentity => "the phone's identity is read",
        DataCategory::NearbyDevices => "nearby devices are accessed",
        DataCategory::Health => "health data is accessed",
        DataCategory::AdvertisingId => "the advertising id is read",
    }
}

fn labels(finding: &Finding, site: &Site, catalogue: &Catalogue) -> (Label, Vec<Label>) {
    let access = Label { place: site.place, text: access_label(site, catalogue) };
    if finding.place == site.place {
        let near = site.near_miss.iter().map(|near| Label { place: near.place, text: miss(near) });
        let policy = site.policy.iter().map(|line| Label { place: line.place, text: by_policy::says(&line.says, site.category) });
        return (access, near.chain(policy).collect());
    }
    let check = finding.check.as_ref().map_or_else(|| "this check".to_owned(), miss_reason);
    (Label { place: finding.place, text: check }, vec![access])
}

/// `contacts (ContentResolver.query), needs permission: read contacts`
fn access_label(site: &Site, catalogue: &Catalogue) -> String {
    let needs = if site.needs.is_empty() { String::new() } else { format!(", needs permission: {}", needed(site, catalogue)) };
    format!("{} ({}){needs}", site.category, without_package(&site.api))
}

/// What an access needs, in the catalogue's words, by versions of the system where they differ.
pub fn needed(site: &Site, catalogue: &Catalogue) -> String {
    needs::in_words(&site.needs, catalogue)
}

/// A symbol from its class on: `ContentResolver.query`.
pub(super) fn without_package(api: &str) -> &str {
    let package: usize =
        api.split_inclusive('.').take_while(|part| part.starts_with(|first: char| first.is_lowercase()) && part.ends_with('.')).map(str::len).sum();
    &api[package..]
}

/// What a line of the policy says about an access.
pub fn policy_line(line: &PolicyLine, site: &Site) -> String {
    by_policy::says(&line.says, site.category)
}

/// Why a check does not cover an access.
pub fn miss(near: &NearMiss) -> String {
    miss_reason(&near.reason)
}

fn miss_reason(reason: &MissReason) -> String {
    match reason {
        MissReason::OtherPath => "checked here, but a path without a positive answer goes on to the access".to_owned(),
        MissReason::Ignored => "checked here, but nothing depends on the answer".to_owned(),
        MissReason::NotAwaited => "asked here, but the answer is not awaited".to_owned(),
        MissReason::TooLate => "checked here, after the access".to_owned(),
        MissReason::AskedTooLate => "asked here, after the access".to_owned(),
        MissReason::OtherPermission { proves } => format!("this check proves only: {}", proves.join(", ")),
        MissReason::OneOfSeveral { proves } => format!("a positive answer may mean only one of these: {}", proves.join(", ")),
        MissReason::SomeVersions => "checked here, but not on all versions of the system".to_owned(),
        MissReason::LetsThrough { answers } => format!("this also lets through what is no grant: {}", answers.join(", ")),
        MissReason::NotACheck { tells } => format!("this is no permission check: it tells {tells}"),
        MissReason::DebugOnly => "checked here, but only in debug builds".to_owned(),
        MissReason::UnknownSubject => "a check, but which permission it asks about cannot be told".to_owned(),
        MissReason::BroadCatch => "this catch takes any error: a refusal counts as handled only where SecurityException has a catch of its own".to_owned(),
        MissReason::DoesNotThrow => "a refusal is handled here, but this access does not throw SecurityException when permission is missing".to_owned(),
        MissReason::UncheckedCaller { caller } if caller.is_empty() => "checked here for other callers, but an initialiser calls without".to_owned(),
        MissReason::UncheckedCaller { caller } => format!("checked here for other callers, but `{caller}` calls without"),
        MissReason::OtherFeature { features } => format!("this gate asks for {}", by_policy::named(features)),
        MissReason::UnknownFeature => "a gate, but for which feature it asks cannot be told".to_owned(),
        MissReason::OnlyPlatform { proves } if proves.is_empty() => "only the system decides here, and nobody was asked for the feature".to_owned(),
        MissReason::OnlyPlatform { proves } => format!("only the system was asked here: {}", proves.join(", ")),
        MissReason::OverwrittenField { field } => format!("the answer is kept in `{field}`, which is also written elsewhere without a check"),
    }
}

/// The steps of a site's proof or unguarded path, with the nearest check among them.
fn finding_steps(site: &Site) -> Vec<WordedStep> {
    let mut steps: Vec<WordedStep> = site.trace.iter().map(step).collect();
    if let Some(near) = &site.near_miss {
        let worded = WordedStep { place: near.place, kind: StepKind::Check, text: miss(near) };
        let comes_after = matches!(near.reason, MissReason::TooLate | MissReason::AskedTooLate);
        let index = if comes_after { steps.len() } else { steps.iter().position(|step| step.kind == StepKind::Access).unwrap_or(steps.len()) };
        steps.insert(index, worded);
    }
    steps
}

/// Words a step.
pub fn step(step: &Step) -> WordedStep {
    let (kind, text) = match &step.what {
        StepWhat::Entry { function, reason } => (StepKind::Entry, entry(function, *reason)),
        StepWhat::Call { callee } => (StepKind::Call, format!("calls `{callee}`")),
        StepWhat::Check { proves, how } => (StepKind::Check, check(proves, *how)),
        StepWhat::Gate { features, how } => (StepKind::Gate, by_policy::gate_step(features, *how)),
        StepWhat::Access { api } => (StepKind::Access, format!("access by `{api}`")),
    };
    WordedStep { place: step.place, kind, text }
}

fn entry(function: &str, reason: EntryReason) -> String {
    let name = if function.is_empty() { "this code".to_owned() } else { format!("`{function}`") };
    match reason {
        EntryReason::Visible => format!("{name} can be called from outside this file"),
        EntryReason::Override => format!("{name} is called by the platform or a library"),
        EntryReason::Initializer => format!("{name} runs when an instance is made or the file is loaded"),
        EntryReason::Escapes => format!("{name} is handed to code that may run it at any time"),
        EntryReason::Uncalled => format!("{name} is called by nobody"),
        EntryReason::Unreached => format!("{name} is called only where nothing was seen to get to"),
    }
}

fn check(proves: &[String], how: CheckHow) -> String {
    let granted = if proves.is_empty() { "permission".to_owned() } else { proves.join(", ") };
    match how {
        CheckHow::Tested => format!("checked here: {granted}"),
        CheckHow::Callback => format!("asked, and granted in this callback: {granted}"),
        CheckHow::Returned => format!("comes back only when granted: {granted}"),
        CheckHow::CaughtSecurityException => "the refusal is handled: SecurityException has a catch of its own".to_owned(),
        CheckHow::DeclaredSecurityException => "the refusal is passed on: the function declares SecurityException".to_owned(),
        CheckHow::Annotation => format!("callers must have checked, says the annotation: {granted}"),
        CheckHow::OsVersion if proves.is_empty() => "this version of the system needs no permission".to_owned(),
        CheckHow::OsVersion => format!("checked where this version of the system asks for it: {granted}"),
        CheckHow::PlatformCallback => format!("the platform calls this only when granted: {granted}"),
    }
}

fn help(finding: &Finding, site: &Site, scan: &Scan, catalogue: &Catalogue) -> Help {
    let in_words = |advice: String| Help { advice, example: None };
    let language = scan.file(site.place.file).language.unwrap_or(Language::Kotlin);
    match finding.rule {
        Rule::UndeclaredData => in_words(format!("declare `{}` in the policy for the feature that uses it, or remove the access", site.category)),
        Rule::PlatformCheckOnly | Rule::WrongFeature => by_policy::ask(site, language),
        Rule::UngatedAccess if site.policy.is_some() => by_policy::ask(site, language),
        Rule::OutsideFeatureScope => in_words("move the access into the feature's scope, or widen the scope in the policy".to_owned()),
        Rule::UngatedAccess | Rule::WrongPermission | Rule::IgnoredAnswer | Rule::NotACheck | Rule::DebugOnlyCheck => {
            let reason = finding.check.as_ref().or(site.near_miss.as_ref().map(|near| &near.reason));
            let asked_on = |platform| needs::to_ask_for(&needs::on(platform, &site.needs, catalogue), catalogue);
            let (on_android, on_apple) = (asked_on(Platform::Android), asked_on(Platform::Apple));
            let by_version = needs::by_version(&on_android, catalogue).map(|versions| format!(": {versions}")).unwrap_or_default();
            let example = match language.platform() {
                Platform::Android => advice::leave_unless_granted(&on_android, language, site.gives_result, catalogue),
                Platform::Apple => advice::leave_unless_granted(&on_apple, language, site.gives_result, catalogue),
                Platform::Rust => {
                    let access = advice::rust::Access { api: &site.api, on_android: &on_android, on_apple: &on_apple, gives_result: site.gives_result };
                    advice::rust::leave_unless_granted(&access, catalogue)
                }
            };
            Help { advice: format!("{}{by_version}", lead(reason, site)), example }
        }
        _ => in_words(String::new()),
    }
}

/// What to do, by what is wrong.
fn lead(reason: Option<&MissReason>, site: &Site) -> &'static str {
    match reason {
        None if site.concluded() == Verdict::WrongPermission => "check the permission that this access needs",
        None => "check before the access, and leave when the answer is no",
        Some(MissReason::OtherPath) => "leave when the answer is no, or move the access into the branch where it was yes",
        Some(MissReason::Ignored) => "let the access depend on the answer",
        Some(MissReason::NotAwaited) => "move the access into the callback, where the answer was yes, or check right before it",
        Some(MissReason::TooLate) => "move the check before the access",
        Some(MissReason::AskedTooLate) => "ask before the access, and go on to it only where the answer was yes, or check right before it",
        Some(MissReason::OtherPermission { .. }) => "check the permission that this access needs",
        Some(MissReason::OneOfSeveral { .. }) => "look at the answer for this permission alone",
        Some(MissReason::SomeVersions) => "check on the other versions, too",
        Some(MissReason::LetsThrough { .. }) => "go on only when the answer is a grant",
        Some(MissReason::NotACheck { .. }) => "ask for the permission itself",
        Some(MissReason::DebugOnly) => "use a check that stays in release builds",
        Some(MissReason::UnknownSubject) => "name the permission where it is checked",
        Some(MissReason::BroadCatch) => "give SecurityException a catch of its own before this one, or check before the access",
        Some(MissReason::DoesNotThrow) => "check before the access, and leave when the answer is no",
        Some(MissReason::UncheckedCaller { .. }) => "check in that caller, too, or right before the access",
        Some(MissReason::OtherFeature { .. } | MissReason::OnlyPlatform { .. }) => "ask the gate of a feature that declares this data",
        Some(MissReason::UnknownFeature) => "name the feature where its gate is asked",
        Some(MissReason::OverwrittenField { .. }) => "check right before the access instead of keeping the answer",
    }
}

/// In one line how a site is guarded, or why it counts as it does.
pub fn guard_in_one_line(site: &Site, scan: &Scan) -> String {
    let in_line = |place: Place| seen_from(site.place, place, scan);
    match site.verdict {
        Verdict::Guarded | Verdict::OutsideScope => {
            let shown = site.trace.iter().find(|step| matches!(step.what, StepWhat::Check { .. } | StepWhat::Gate { .. })).or(site.trace.first());
            shown.map_or_else(|| "guarded".to_owned(), |shown| format!("{} ({})", step(shown).text, in_line(shown.place)))
        }
        Verdict::Undeclared => "no feature declares it".to_owned(),
        Verdict::Open => "the system hands it out without asking".to_owned(),
        Verdict::UserMediated => "the person picks what is shared".to_owned(),
        Verdict::Suppressed => suppressed::of_site(site, scan).map_or_else(|| "allowed".to_owned(), |allowed| suppressed::why(&allowed.by)),
        _ => site.near_miss.as_ref().map_or_else(
            || site.trace.first().map_or_else(|| "no check".to_owned(), |first| format!("no check: {} ({})", step(first).text, in_line(first.place))),
            |near| format!("{} ({})", miss(near), in_line(near.place)),
        ),
    }
}

/// The line of a place, with its file where that is another one.
pub fn seen_from(here: Place, place: Place, scan: &Scan) -> String {
    let (path, at) = scan.locate(place);
    if place.file == here.file { format!("line {}", at.line) } else { format!("{path}:{}", at.line) }
}

/// Name of an access class.
pub fn class_name(class: AccessClass) -> &'static str {
    match class {
        AccessClass::Protected => "protected",
        AccessClass::Open => "open",
        AccessClass::UserMediated => "user-mediated",
    }
}

/// Name of a confidence.
pub fn confidence_name(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
    }
}

/// `1 file`, `2 files`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_one_line_stays_code() {
        assert_eq!(one_line("if (a &&\n    (b ||\n    c)) return"), "if (a && (b || c)) return");
        assert_eq!(one_line("val a = 1\nif (a) return"), "val a = 1; if (a) return");
        assert_eq!(one_line("int a = 1;\nif (a) return;"), "int a = 1; if (a) return;");
    }
}
