//! Findings that are allowed: they stay in what a scan knows, with who allows them, and are no findings any more.

use super::{Date, Finding, Outcome, Place, Rule, Verdict};

/// A finding that is allowed.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// What would be reported.
    pub finding: Finding,
    /// What allows it.
    pub by: Allowance,
}

/// What allows a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// A comment in the code or policy.
    Inline {
        /// The comment.
        place: Place,
        /// Why, as it says.
        reason: String,
        /// The last day on which it does.
        until: Option<Date>,
    },
    /// A baseline: it was known before.
    Baseline {
        /// Path of the baseline as it is shown.
        path: String,
    },
}

/// What is wrong with a comment that should allow something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuppressionDefect {
    /// It starts neither with `allow` nor with `allow-file`.
    UnknownWord {
        /// With what instead; may be empty.
        word: String,
    },
    /// It names no rule in parentheses.
    NoRules,
    /// It names a rule that there is not.
    UnknownRule {
        /// As it is written.
        name: String,
        /// The rule that may have been meant.
        closest: Option<Rule>,
    },
    /// It names a rule that is not to be allowed.
    CannotBeAllowed {
        /// The rule.
        rule: Rule,
    },
    /// It gives no reason.
    NoReason,
    /// The text of its reason does not end.
    OpenReason,
    /// What should be a day is none.
    NoDate {
        /// As it is written.
        text: String,
    },
    /// Something else is said where nothing is expected any more.
    Unexpected {
        /// As it is written.
        text: String,
    },
    /// It speaks for the file, and stands below a declaration.
    NotAtTop,
    /// It is over.
    Lapsed {
        /// The last day on which it counted.
        until: Date,
    },
    /// There is nothing to allow.
    Unused {
        /// Of these rules.
        rules: Vec<Rule>,
        /// It names no others.
        are_all: bool,
    },
}

impl SuppressionDefect {
    /// The rule of findings about it.
    pub fn rule(&self) -> Rule {
        match self {
            Self::NoReason => Rule::SuppressionWithoutReason,
            Self::Lapsed { .. } => Rule::ExpiredSuppression,
            Self::Unused { .. } => Rule::UnusedSuppression,
            _ => Rule::MalformedSuppression,
        }
    }
}

impl Outcome {
    /// Sets those findings aside that are allowed; the verdict on their accesses is [`Verdict::Suppressed`] then.
    pub fn suppress(&mut self, allowance: &mut dyn FnMut(&Finding) -> Option<Allowance>) {
        for finding in std::mem::take(&mut self.findings) {
            match allowance(&finding) {
                Some(by) => {
                    // Of several accesses at one place one finding speaks for all.
                    let meant = self.sites.iter_mut().filter(|site| site.place == finding.place && site.verdict.rule() == Some(finding.rule));
                    meant.for_each(|site| site.suppressed = Some(std::mem::replace(&mut site.verdict, Verdict::Suppressed)));
                    self.suppressed.push(Suppressed { finding, by });
                }
                None => self.findings.push(finding),
            }
        }
        self.suppressed.sort_by_key(|suppressed| (suppressed.finding.place, suppressed.finding.rule));
    }
}
