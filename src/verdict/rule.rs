use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// To know.
    Info,
    /// To look at.
    Warning,
    /// To fix.
    Error,
}

impl Severity {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The rules of findings; their ids are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Rule {
    UngatedAccess,
    WrongPermission,
    IgnoredAnswer,
    NotACheck,
    DebugOnlyCheck,
    UndeclaredData,
    PlatformCheckOnly,
    WrongFeature,
    OutsideFeatureScope,
    OverclaimedData,
    UnusedFeature,
    UnreachableScope,
    MissingPurpose,
    MissingOptOut,
    UnknownCategory,
    UnknownGate,
    GateWithoutPlatformCheck,
    MalformedSuppression,
    SuppressionWithoutReason,
    ExpiredSuppression,
    UnusedSuppression,
}

impl Rule {
    /// All rules, in the order in which they are listed to people.
    pub const ALL: [Rule; 21] = [
        Self::UngatedAccess,
        Self::WrongPermission,
        Self::IgnoredAnswer,
        Self::NotACheck,
        Self::DebugOnlyCheck,
        Self::UndeclaredData,
        Self::PlatformCheckOnly,
        Self::WrongFeature,
        Self::OutsideFeatureScope,
        Self::OverclaimedData,
        Self::UnusedFeature,
        Self::UnreachableScope,
        Self::MissingPurpose,
        Self::MissingOptOut,
        Self::UnknownCategory,
        Self::UnknownGate,
        Self::GateWithoutPlatformCheck,
        Self::MalformedSuppression,
        Self::SuppressionWithoutReason,
        Self::ExpiredSuppression,
        Self::UnusedSuppression,
    ];

    /// Its stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::UngatedAccess => "ungated-access",
            Self::WrongPermission => "wrong-permission",
            Self::IgnoredAnswer => "ignored-answer",
            Self::NotACheck => "not-a-check",
            Self::DebugOnlyCheck => "debug-only-check",
            Self::UndeclaredData => "undeclared-data",
            Self::PlatformCheckOnly => "platform-check-only",
            Self::WrongFeature => "wrong-feature",
            Self::OutsideFeatureScope => "outside-feature-scope",
            Self::OverclaimedData => "overclaimed-data",
            Self::UnusedFeature => "unused-feature",
            Self::UnreachableScope => "unreachable-scope",
            Self::MissingPurpose => "missing-purpose",
            Self::MissingOptOut => "missing-opt-out",
            Self::UnknownCategory => "unknown-category",
            Self::UnknownGate => "unknown-gate",
            Self::GateWithoutPlatformCheck => "gate-without-platform-check",
            Self::MalformedSuppression => "malformed-suppression",
            Self::SuppressionWithoutReason => "suppression-without-reason",
            Self::ExpiredSuppression => "expired-suppression",
            Self::UnusedSuppression => "unused-suppression",
        }
    }

    /// The rule of that id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.id() == id)
    }

    /// Whether it is about the policy itself, in the light of all that the policy speaks for.
    pub fn is_about_policy(self) -> bool {
        matches!(
            self,
            Self::OverclaimedData
                | Self::UnusedFeature
                | Self::UnreachableScope
                | Self::MissingPurpose
                | Self::MissingOptOut
                | Self::UnknownCategory
                | Self::UnknownGate
        )
    }

    /// Whether it is about a comment that should allow something.
    pub fn is_about_suppressions(self) -> bool {
        matches!(self, Self::MalformedSuppression | Self::SuppressionWithoutReason | Self::ExpiredSuppression | Self::UnusedSuppression)
    }

    /// Whether a comment can allow it. What is wrong with such comments, and what keeps a policy from being used, has to be put right.
    pub fn can_be_allowed(self) -> bool {
        !self.is_about_suppressions() && self != Self::UnknownCategory
    }

    /// Whether only feature mode has it.
    pub fn is_of_feature_mode(self) -> bool {
        let on_accesses = [Self::UndeclaredData, Self::PlatformCheckOnly, Self::WrongFeature, Self::OutsideFeatureScope, Self::GateWithoutPlatformCheck];
        on_accesses.contains(&self) || self.is_about_policy()
    }

    /// Severity when no policy says otherwise.
    pub fn default_severity(self) -> Severity {
        match self {
            Self::UngatedAccess | Self::WrongPermission | Self::UndeclaredData | Self::PlatformCheckOnly | Self::WrongFeature => Severity::Error,
            Self::UnknownCategory | Self::GateWithoutPlatformCheck => Severity::Error,
            Self::MalformedSuppression | Self::SuppressionWithoutReason => Severity::Error,
            Self::ExpiredSuppression | Self::UnusedSuppression => Severity::Warning,
            Self::IgnoredAnswer | Self::NotACheck | Self::DebugOnlyCheck | Self::OutsideFeatureScope => Severity::Warning,
            Self::OverclaimedData | Self::UnusedFeature | Self::UnreachableScope | Self::UnknownGate => Severity::Warning,
            Self::MissingPurpose | Self::MissingOptOut => Severity::Warning,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}
