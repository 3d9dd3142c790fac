//! The pages of rules, `docs/rules/`, and the parts of them that reports show.

use crate::verdict::Rule;

/// The whole page, as it is printed by `askfirst explain RULE`.
pub fn page(rule: Rule) -> &'static str {
    match rule {
        Rule::UngatedAccess => include_str!("../../docs/rules/ungated-access.md"),
        Rule::WrongPermission => include_str!("../../docs/rules/wrong-permission.md"),
        Rule::IgnoredAnswer => include_str!("../../docs/rules/ignored-answer.md"),
        Rule::NotACheck => include_str!("../../docs/rules/not-a-check.md"),
        Rule::DebugOnlyCheck => include_str!("../../docs/rules/debug-only-check.md"),
        Rule::UndeclaredData => include_str!("../../docs/rules/undeclared-data.md"),
        Rule::PlatformCheckOnly => include_str!("../../docs/rules/platform-check-only.md"),
        Rule::WrongFeature => include_str!("../../docs/rules/wrong-feature.md"),
        Rule::OutsideFeatureScope => include_str!("../../docs/rules/outside-feature-scope.md"),
        Rule::OverclaimedData => include_str!("../../docs/rules/overclaimed-data.md"),
        Rule::UnusedFeature => include_str!("../../docs/rules/unused-feature.md"),
        Rule::UnreachableScope => include_str!("../../docs/rules/unreachable-scope.md"),
        Rule::MissingPurpose => include_str!("../../docs/rules/missing-purpose.md"),
        Rule::MissingOptOut => include_str!("../../docs/rules/missing-opt-out.md"),
        Rule::UnknownCategory => include_str!("../../docs/rules/unknown-category.md"),
        Rule::UnknownGate => include_str!("../../docs/rules/unknown-gate.md"),
        Rule::GateWithoutPlatformCheck => include_str!("../../docs/rules/gate-without-platform-check.md"),
        Rule::MalformedSuppression => include_str!("../../docs/rules/malformed-suppression.md"),
        Rule::SuppressionWithoutReason => include_str!("../../docs/rules/suppression-without-reason.md"),
        Rule::ExpiredSuppression => include_str!("../../docs/rules/expired-suppression.md"),
        Rule::UnusedSuppression => include_str!("../../docs/rules/unused-suppression.md"),
    }
}

/// What the rule is about, in one sentence.
pub fn summary(rule: Rule) -> &'static str {
    let opening = page(rule).lines().find_map(|line| line.strip_prefix("Severity: ")).unwrap_or_default();
    opening.split_once(". ").map_or(opening, |(_, summary)| summary)
}

/// Why it matters, with the line breaks of the page.
pub fn why(rule: Rule) -> &'static str {
    let section = page(rule).split_once("\n## Why\n").map_or("", |(_, section)| section);
    section.split("\n## ").next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_rule_its_severity_and_what_reports_show() {
        for rule in Rule::ALL {
            assert!(page(rule).starts_with(&format!("# {rule}\n\nSeverity: {}. ", rule.default_severity())), "{rule}");
            assert!(summary(rule).ends_with('.') && summary(rule).len() > 20, "{rule}: {}", summary(rule));
            assert!(why(rule).ends_with('.') && !why(rule).contains('#'), "{rule}: {}", why(rule));
        }
    }
}
