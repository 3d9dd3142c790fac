//! The pages of `askfirst explain`: each rule's examples do what the page says.

use std::path::Path;

use askfirst::catalogue;
use askfirst::discover::Settings;
use askfirst::engine::{self, Options, Progress, ScanError};
use askfirst::scan::Scan;
use askfirst::verdict::{Date, Finding, Rule, Site, Verdict};

/// Rules that need no policy, and have examples in all languages.
const WITH_EXAMPLES: [Rule; 5] = [Rule::UngatedAccess, Rule::WrongPermission, Rule::IgnoredAnswer, Rule::NotACheck, Rule::DebugOnlyCheck];
/// Rules of feature mode, whose examples are code and a policy.
const WITH_POLICY: [Rule; 12] = [
    Rule::UndeclaredData,
    Rule::PlatformCheckOnly,
    Rule::WrongFeature,
    Rule::OutsideFeatureScope,
    Rule::OverclaimedData,
    Rule::UnusedFeature,
    Rule::UnreachableScope,
    Rule::MissingPurpose,
    Rule::MissingOptOut,
    Rule::UnknownCategory,
    Rule::UnknownGate,
    Rule::GateWithoutPlatformCheck,
];
/// Rules on comments that allow something; their examples are code that needs no policy.
const ON_COMMENTS: [Rule; 4] = [Rule::MalformedSuppression, Rule::SuppressionWithoutReason, Rule::ExpiredSuppression, Rule::UnusedSuppression];
/// Fences of code blocks, and extensions of files.
const LANGUAGES: [(&str, &str); 5] = [("kotlin", "kt"), ("java", "java"), ("swift", "swift"), ("objc", "m"), ("rust", "rs")];

fn page(rule: Rule) -> String {
    let path = Path::new("docs/rules").join(format!("{rule}.md"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The text under a heading of the second level.
fn section<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let start = page.find(&format!("\n## {heading}\n"))? + 1;
    let rest = &page[start..];
    Some(rest[1..].find("\n## ").map_or(rest, |end| &rest[..end + 1]))
}

fn example<'p>(section: &'p str, fence: &str) -> Option<&'p str> {
    let start = section.find(&format!("```{fence}\n"))? + fence.len() + 4;
    section[start..].find("```").map(|end| &section[start..start + end])
}

fn scan(text: &str, extension: &str) -> Scan {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join(format!("Example.{extension}"));
    std::fs::write(&file, text).expect("written");
    let discover = Settings { paths: vec![file], ..Settings::default() };
    engine::scan(&Options { discover, today: Date::parse("2026-10-01"), ..Options::default() }, catalogue::embedded(), &Progress::default()).expect("scanned")
}

#[test]
fn every_page_says_what_why_and_what_to_do() {
    for rule in Rule::ALL {
        let page = page(rule);
        assert!(page.starts_with(&format!("# {rule}\n\nSeverity: {}.", rule.default_severity())), "{rule}");
        for heading in ["Why", "How to fix it", "How to allow it"] {
            assert!(section(&page, heading).is_some(), "{rule}: {heading}");
        }
    }
}

#[test]
fn bad_examples_are_found_and_good_ones_pass() {
    let mut wrong = Vec::new();
    for rule in WITH_EXAMPLES {
        let page = page(rule);
        for (fence, extension) in LANGUAGES {
            let find = |heading| section(&page, heading).and_then(|section| example(section, fence)).unwrap_or_else(|| panic!("{rule}: {heading} {fence}"));
            let bad = scan(find("Bad"), extension);
            if !bad.outcome.findings.iter().any(|finding| finding.rule == rule) {
                wrong.push(format!("{rule}: the bad {fence} example is not found: {:?}", bad.outcome));
            }
            let good = scan(find("Good"), extension);
            let is_guarded = good.outcome.sites.iter().any(|site| site.verdict == Verdict::Guarded);
            if !good.outcome.findings.is_empty() || !is_guarded {
                wrong.push(format!("{rule}: the good {fence} example is not good: {:?}", good.outcome));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The bad comment breaks the rule, and the good one allows the access.
#[test]
fn comments_allow_what_the_page_says() {
    for rule in ON_COMMENTS {
        let page = page(rule);
        for (fence, extension) in OF_POLICIES {
            let find = |heading| section(&page, heading).and_then(|section| example(section, fence)).unwrap_or_else(|| panic!("{rule}: {heading} {fence}"));
            let bad = scan(find("Bad"), extension);
            assert!(bad.outcome.findings.iter().any(|finding| finding.rule == rule), "{rule}: the bad {fence} example is not found: {:?}", bad.outcome);
            let good = scan(find("Good"), extension);
            assert!(good.outcome.findings.is_empty(), "{rule}: the good {fence} example is not good: {:?}", good.outcome.findings);
            assert!(good.outcome.sites.iter().all(|site| site.verdict == Verdict::Suppressed), "{rule}: {fence}");
        }
    }
}

/// The rules of [`WITH_POLICY`] that speak of code: each language shows them.
const ON_CODE: [Rule; 5] = [Rule::UndeclaredData, Rule::PlatformCheckOnly, Rule::WrongFeature, Rule::OutsideFeatureScope, Rule::GateWithoutPlatformCheck];

/// An example of feature mode: the policy and all code, as one project. What is the same in the bad and the good one stands before both.
fn scan_project(page: &str, heading: &str) -> Result<Scan, ScanError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let find = |fence| {
        let own = section(page, heading).and_then(|section| example(section, fence));
        own.or_else(|| example(page, fence)).unwrap_or_else(|| panic!("{heading} {fence}"))
    };
    std::fs::write(folder.path().join("askfirst.toml"), find("toml")).expect("written");
    for (fence, extension) in OF_POLICIES {
        let text = find(fence);
        // The first line may say where the file is.
        let said = text.lines().next().and_then(|line| line.strip_prefix("// ")).filter(|path| path.ends_with(extension) && !path.contains(' '));
        let path = folder.path().join(said.map_or_else(|| format!("Example.{extension}"), str::to_owned));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    let discover = Settings { paths: vec![folder.path().to_owned()], ..Settings::default() };
    engine::scan(&Options { discover, ..Options::default() }, catalogue::embedded(), &Progress::default())
}

/// The languages of these pages.
const OF_POLICIES: [(&str, &str); 2] = [("kotlin", "kt"), ("swift", "swift")];

fn findings(scan: &Scan) -> Vec<String> {
    let shown = |finding: &Finding| {
        let (path, at) = scan.locate(finding.place);
        format!("{} {}:{}", finding.rule, path.rsplit('/').next().unwrap_or(path), at.line)
    };
    scan.outcome.findings.iter().map(shown).collect()
}

/// The bad example breaks the rule, in each language if it is about code, and the good one breaks none.
#[test]
fn examples_of_feature_mode_do_what_the_page_says() {
    assert_eq!(WITH_EXAMPLES.len() + WITH_POLICY.len() + ON_COMMENTS.len(), Rule::ALL.len());
    let mut wrong = Vec::new();
    for rule in WITH_POLICY {
        let page = page(rule);
        match scan_project(&page, "Good") {
            Ok(good) if findings(&good).is_empty() => {
                let is_fine = |site: &Site| matches!(site.verdict, Verdict::Guarded | Verdict::UserMediated);
                if !good.in_feature_mode() || good.outcome.sites.is_empty() || !good.outcome.sites.iter().all(is_fine) {
                    wrong.push(format!("{rule}: the good example has nothing that is fine"));
                }
            }
            Ok(good) => wrong.push(format!("{rule}: the good example is not good: {:?}", findings(&good))),
            Err(error) => wrong.push(format!("{rule}: the good example: {error:?}")),
        }
        let found = match scan_project(&page, "Bad") {
            Ok(bad) => findings(&bad),
            // A category that is none is a mistake of the policy, which is not used then.
            Err(ScanError::Policy(errors)) if rule == Rule::UnknownCategory => {
                let shown = format!("{errors:?}");
                if shown.contains("category") { vec![format!("{rule} .toml")] } else { vec![shown] }
            }
            Err(error) => vec![format!("{error:?}")],
        };
        let is_there = |extension: &str| found.iter().any(|one| one.starts_with(&format!("{rule} ")) && one.contains(extension));
        let is_found = if ON_CODE.contains(&rule) { OF_POLICIES.iter().all(|(_, extension)| is_there(&format!(".{extension}"))) } else { is_there(".toml") };
        if !is_found {
            wrong.push(format!("{rule}: the bad example is not found: {found:?}"));
        }
        // What nobody asks for or accesses shows in the policy, too.
        let others: Vec<&String> = found.iter().filter(|one| !one.starts_with(&format!("{rule} ")) && !one.contains(".toml")).collect();
        if !others.is_empty() {
            wrong.push(format!("{rule}: the bad example shows something else, too: {others:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
