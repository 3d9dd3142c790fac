//! The pages of `askfirst explain`: each rule's examples do what the page says.

use std::path::Path;

use askfirst::catalogue;
use askfirst::discover::Settings;
use askfirst::engine::{self, Options, Progress};
use askfirst::policy::Policy;
use askfirst::scan::Scan;
use askfirst::verdict::{Rule, Verdict};

/// Rules that need no policy, and have examples in all languages.
const WITH_EXAMPLES: [Rule; 5] = [Rule::UngatedAccess, Rule::WrongPermission, Rule::IgnoredAnswer, Rule::NotACheck, Rule::DebugOnlyCheck];
/// Rules of feature mode, whose examples are code and a policy. What is the same in the bad and the good one stands before both.
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
/// Fences of code blocks, and extensions of files.
const LANGUAGES: [(&str, &str); 4] = [("kotlin", "kt"), ("java", "java"), ("swift", "swift"), ("objc", "m")];

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
    engine::scan(&Options { discover, ..Options::default() }, catalogue::embedded(), &Progress::default()).expect("scanned")
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

/// The bad and the good policy of each page are read, and there is an access in the code beside them.
#[test]
fn examples_of_feature_mode_are_a_policy_and_code() {
    assert_eq!(WITH_EXAMPLES.len() + WITH_POLICY.len(), Rule::ALL.len());
    for rule in WITH_POLICY {
        let page = page(rule);
        for heading in ["Bad", "Good"] {
            let find = |fence| {
                let own = section(&page, heading).and_then(|section| example(section, fence));
                own.or_else(|| example(&page, fence)).unwrap_or_else(|| panic!("{rule}: {heading} {fence}"))
            };
            let policy = Policy::parse(&[("askfirst.toml", find("toml"))]);
            let is_mistake = rule == Rule::UnknownCategory && heading == "Bad";
            assert_eq!(policy.is_err(), is_mistake, "{rule}: {heading}: {:?}", policy.err());
            assert!(policy.is_ok_and(|policy| policy.has_features()) || is_mistake, "{rule}: {heading}");
            for (fence, extension) in [("kotlin", "kt"), ("swift", "swift")] {
                assert!(!scan(find(fence), extension).outcome.sites.is_empty(), "{rule}: {heading} {fence}");
            }
        }
    }
}
