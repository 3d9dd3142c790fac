//! Wording of what follows from the policy: its lines, gates, and what is wrong with itself.

use super::advice;
use super::words::{self, Help, Label, Message, StepKind, WordedStep};
use crate::catalogue::{Catalogue, DataCategory};
use crate::scan::Scan;
use crate::source::Language;
use crate::verdict::{CheckHow, Finding, GateCall, GateYes, MissReason, PolicySays, Rule, Site};

/// What a line of the policy says about an access.
pub(super) fn says(line: &PolicySays, category: DataCategory) -> String {
    match line {
        PolicySays::Declares { feature, .. } => format!("`{feature}` declares {category}"),
        PolicySays::DeclaresOther { feature, data } => {
            let declared: Vec<&str> = data.iter().map(|data| data.name()).collect();
            format!("`{feature}` declares {}, not {category}", listed(&declared, "and"))
        }
        PolicySays::Elsewhere { feature, scope } => {
            let scope: Vec<&str> = scope.iter().map(String::as_str).collect();
            format!("`{feature}` may use {category} only in {}", listed(&scope, "and"))
        }
    }
}

/// `` `a`, `b` or `c` ``
pub(super) fn named(features: &[String]) -> String {
    let quoted: Vec<String> = features.iter().map(|feature| format!("`{feature}`")).collect();
    let quoted: Vec<&str> = quoted.iter().map(String::as_str).collect();
    listed(&quoted, "or")
}

fn listed(items: &[&str], joint: &str) -> String {
    match items {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} {joint} {last}", first.join(", ")),
    }
}

/// A gate that said yes.
pub(super) fn gate_step(features: &[String], how: CheckHow) -> String {
    let features = named(features);
    match how {
        CheckHow::Callback => format!("the gate runs this only after a yes for {features}"),
        CheckHow::Returned => format!("the gate comes back only after a yes for {features}"),
        CheckHow::Annotation => format!("the annotation lets this run only after a yes for {features}"),
        _ => format!("the gate said yes for {features}"),
    }
}

/// What is wrong where no gate stands before an access, nor the system's question.
pub(super) fn ungated(used: &str, nearest: Option<&MissReason>) -> String {
    match nearest {
        Some(MissReason::OtherPath | MissReason::UncheckedCaller { .. }) => format!("{used} on a path that no gate covers"),
        Some(MissReason::Ignored) => format!("{used} whatever the gate before it answers"),
        Some(MissReason::TooLate) => format!("{used} before the gate is asked"),
        Some(MissReason::UnknownFeature) => format!("{used} behind a gate, and for which feature cannot be told"),
        _ => format!("{used} for a feature that nobody was asked about"),
    }
}

/// What to do where nobody asked for a feature.
pub(super) fn ask(site: &Site, language: Language) -> Help {
    let declares = match site.policy.as_ref().map(|line| &line.says) {
        Some(PolicySays::Declares { feature, gate: Some(gate) }) => return ask_gate(feature, gate, site.gives_result, language),
        Some(PolicySays::Declares { feature, gate: None }) => format!(" such as `{feature}`"),
        _ => String::new(),
    };
    let advice = format!("ask the gate of a feature that declares `{}`{declares} before this access, and leave when the answer is no", site.category);
    Help { advice, example: None }
}

fn ask_gate(feature: &str, gate: &GateCall, gives_result: bool, language: Language) -> Help {
    let then = match gate.yes {
        GateYes::Return => "it comes back only after a yes",
        GateYes::Answer | GateYes::Otherwise => "and leave when the answer is no",
    };
    // How the gate is got hold of differs too much between apps for the other languages.
    let example = match gate.yes {
        GateYes::Answer | GateYes::Return if language == Language::Rust => {
            advice::rust::leave_unless_allowed(&gate.text, gate.yes == GateYes::Return, gives_result)
        }
        _ => None,
    };
    Help { advice: format!("if this is for `{feature}`, ask `{}` before this access, {then}", gate.text), example }
}

/// A gate that does not ask the system.
pub(super) fn gate(finding: &Finding, site: &Site, scan: &Scan, catalogue: &Catalogue) -> Message {
    let feature = finding.feature.as_deref().unwrap_or_default();
    let needed = words::needed(site, catalogue);
    let primary = format!("says yes for `{feature}` without asking the system: {needed}");
    let access = format!("{} ({}), which relies on it", site.category, words::without_package(&site.api));
    let steps: Vec<WordedStep> = site.trace.iter().map(words::step).collect();
    let (path, at) = scan.locate(site.place);
    Message {
        rule: finding.rule,
        severity: finding.severity,
        title: format!("this gate lets `{feature}` use {} that the system was not asked for", site.category),
        primary: Label { place: finding.place, text: primary },
        secondary: vec![Label { place: site.place, text: access }],
        steps: steps.into_iter().filter(|step| step.kind != StepKind::Entry).collect(),
        help: Help { advice: format!("let the gate check the system's permission, too, or check it before the access in {path}:{}", at.line), example: None },
    }
}

/// What is wrong with the policy itself.
pub(super) fn message(finding: &Finding, scan: &Scan) -> Message {
    let feature = finding.feature.as_deref().unwrap_or_default();
    let category = finding.category.map_or("", DataCategory::name);
    let written = scan.file(finding.place.file).text_of(finding.place.span).trim_matches(['"', '\'']).to_owned();
    let (title, label, advice) = match finding.rule {
        Rule::OverclaimedData => (
            format!("`{feature}` declares {category}, and nothing accesses it"),
            "declared here, accessed nowhere".to_owned(),
            format!("drop `{category}` from the feature: what people are told must be what the app does"),
        ),
        Rule::UnusedFeature => (
            format!("`{feature}` is declared, and no code asks for it"),
            "none of its keys and gates is in the code".to_owned(),
            "drop the feature, or correct its key".to_owned(),
        ),
        Rule::UnreachableScope => (
            format!("the scope `{written}` of `{feature}` matches no file"),
            "no source file lies there".to_owned(),
            "correct the path, which is relative to the folder of the policy, or drop it".to_owned(),
        ),
        Rule::MissingPurpose => (
            format!("`{feature}` does not say what it is for"),
            "no `purpose`".to_owned(),
            "add `purpose = \"…\"`: one sentence that the people who use the app would understand".to_owned(),
        ),
        Rule::MissingOptOut => (
            format!("`{feature}` does not say how people turn it off"),
            "no `opt-out`".to_owned(),
            "add `opt-out = \"…\"`: where in the app the answer can be taken back".to_owned(),
        ),
        Rule::UnknownGate => (
            format!("no code defines or calls the gate `{written}`"),
            "found nowhere".to_owned(),
            "correct the pattern: TYPE.MEMBER(ARG, …), MEMBER(ARG), TYPE.PROPERTY or @ANNOTATION(ARG)".to_owned(),
        ),
        _ => {
            (format!("`{written}` is no data category"), "unknown".to_owned(), format!("name one of: {}", DataCategory::ALL.map(DataCategory::name).join(", ")))
        }
    };
    Message::of_place(finding, title, label, advice)
}
