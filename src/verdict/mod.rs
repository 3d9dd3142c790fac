//! What askfirst concludes: typed data without wording. Analyses fill it in, the reports puts it into words.

mod date;
mod rule;
mod suppressed;

use std::collections::BTreeSet;

pub use date::Date;
pub use rule::{Rule, Severity};
pub use suppressed::{Allowance, Suppressed, SuppressionDefect};

use crate::catalogue::{AccessClass, Conjunct, DataCategory};
use crate::source::Span;

/// Index of a file in the scan's sorted list of analysed files.
pub type FileId = u32;

/// A place in a scanned file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// File.
    pub file: FileId,
    /// Bytes.
    pub span: Span,
}

/// How sure it is that a program point is the catalogue's symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// On indirect evidence: a distinctive name, an argument, an inherited member.
    Likely,
    /// By import, declared type, or full name.
    Certain,
}

/// The verdict on one access. The order is that in which the first that fits is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Feature mode: no feature declares the category.
    Undeclared,
    /// Some path reaches it with neither a gate nor a platform check that fits.
    Ungated,
    /// Every path has a platform check, but for another category or a weaker permission.
    WrongPermission,
    /// Feature mode: only the OS was asked.
    PlatformOnly,
    /// Gated by a feature that does not declare the category.
    WrongFeature,
    /// Gated by the right feature, outside its scope.
    OutsideScope,
    /// Fine, with its proof.
    Guarded,
    /// The person picks the item.
    UserMediated,
    /// Handed out by the OS without asking.
    Open,
    /// Allowed inline or by the baseline.
    Suppressed,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Verdict; 10] = [
        Self::Undeclared,
        Self::Ungated,
        Self::WrongPermission,
        Self::PlatformOnly,
        Self::WrongFeature,
        Self::OutsideScope,
        Self::Guarded,
        Self::UserMediated,
        Self::Open,
        Self::Suppressed,
    ];

    /// Its name in marks and in the JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Undeclared => "undeclared",
            Self::Ungated => "ungated",
            Self::WrongPermission => "wrong-permission",
            Self::PlatformOnly => "platform-only",
            Self::WrongFeature => "wrong-feature",
            Self::OutsideScope => "outside-scope",
            Self::Guarded => "guarded",
            Self::UserMediated => "user-mediated",
            Self::Open => "open",
            Self::Suppressed => "suppressed",
        }
    }

    /// The rule that a bad verdict breaks.
    pub fn rule(self) -> Option<Rule> {
        match self {
            Self::Undeclared => Some(Rule::UndeclaredData),
            Self::Ungated => Some(Rule::UngatedAccess),
            Self::WrongPermission => Some(Rule::WrongPermission),
            Self::PlatformOnly => Some(Rule::PlatformCheckOnly),
            Self::WrongFeature => Some(Rule::WrongFeature),
            Self::OutsideScope => Some(Rule::OutsideFeatureScope),
            Self::Guarded | Self::UserMediated | Self::Open | Self::Suppressed => None,
        }
    }
}

/// One access and what was concluded about it.
#[derive(Clone, Debug)]
pub struct Site {
    /// The member of the call (constructor: the type name; message: the first selector part).
    pub place: Place,
    /// Category of the data.
    pub category: DataCategory,
    /// Access class.
    pub class: AccessClass,
    /// Symbol for people and the JSON: `android.content.ContentResolver.query`, `CNContactStore.enumerateContacts(with:usingBlock:)`.
    pub api: String,
    /// How sure the match is.
    pub confidence: Confidence,
    /// On which evidence: one sentence fragment for `explain FILE:LINE`.
    pub evidence: String,
    /// Conclusion.
    pub verdict: Verdict,
    /// Where that is [`Verdict::Suppressed`]: what was concluded.
    pub suppressed: Option<Verdict>,
    /// The permissions needed, each conjunct on the versions on which this access asks for it.
    pub needs: Vec<Conjunct>,
    /// Guarded: entry or check → calls → access. Bad verdict: the unguarded path, entry → calls → access. Empty for open and user-mediated.
    pub trace: Vec<Step>,
    /// Feature mode: the feature for which the person was asked, or was not.
    pub feature: Option<String>,
    /// Feature mode: all features for one of which a gate on the way here said yes.
    pub asked_for: Vec<String>,
    /// Feature mode: the line of the policy on which the verdict rests.
    pub policy: Option<PolicyLine>,
    /// Bad verdict: the nearest check that does not cover it.
    pub near_miss: Option<NearMiss>,
    /// Bad verdict: what is known and asked around it, spelled without places and names of locals, sorted. Fingerprints tell a changed guard by it.
    pub situation: Vec<String>,
    /// Guarded by a check that a function of the app wraps: how that is called.
    pub wrapper: Option<Wrapper>,
    /// Name of the enclosing function, for people and fingerprints; empty at top level.
    pub function: String,
    /// The enclosing function gives a result.
    pub gives_result: bool,
    /// Nobody calls the private function that it is in.
    pub dead_code: bool,
}

impl Site {
    /// What was concluded, whether or not it is allowed.
    pub fn concluded(&self) -> Verdict {
        self.suppressed.unwrap_or(self.verdict)
    }
}

/// A function of the app that wraps a check, as it is called before an access.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrapper {
    /// The type that has it; none at the top level.
    pub owner: Option<String>,
    /// Its base name; of a selector the first part.
    pub member: String,
    /// The whole selector of Objective-C, where it has several parts.
    pub selector: Option<String>,
    /// The constants with which the call starts, as they are written; none for a property.
    pub args: Option<Vec<String>>,
    /// How it says yes.
    pub grants: WrapperGrants,
}

/// How a wrapper says yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WrapperGrants {
    /// It answers true.
    True,
    /// It calls what it is passed.
    Callback,
    /// It comes back.
    Return,
}

/// A line of the policy, and what it says about an access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLine {
    /// Where.
    pub place: Place,
    /// What it says.
    pub says: PolicySays,
}

/// How to ask a gate of the policy for a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateCall {
    /// The gate as the policy calls it, for the feature: `ConsentGate.allows(Feature.PenPals)`.
    pub text: String,
    /// How it says yes.
    pub yes: GateYes,
}

/// How a gate says yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateYes {
    /// It is true.
    Answer,
    /// It comes back; after a no it fails.
    Return,
    /// It runs what it is given, or answers otherwise than by true and false.
    Otherwise,
}

/// What a line of the policy says about an access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicySays {
    /// The feature may use this data when its gate said yes.
    Declares {
        /// The feature.
        feature: String,
        /// Its gate, as it is called for the feature; none for an annotation.
        gate: Option<GateCall>,
    },
    /// The feature may use other data only.
    DeclaresOther {
        /// The feature.
        feature: String,
        /// The data that it declares.
        data: Vec<DataCategory>,
    },
    /// The feature may use this data elsewhere.
    Elsewhere {
        /// The feature.
        feature: String,
        /// Its scope, as written.
        scope: Vec<String>,
    },
}

/// One step of a proof or of an unguarded path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where.
    pub place: Place,
    /// What happens there.
    pub what: StepWhat,
}

/// What a [`Step`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepWhat {
    /// Control comes in here from outside: a function that the platform, or code outside of what was scanned, may call.
    Entry {
        /// Name of the function; empty for initialisers and top-level code.
        function: String,
        /// Why nothing is known when it starts.
        reason: EntryReason,
    },
    /// A function is called.
    Call {
        /// Its name.
        callee: String,
    },
    /// A check whose answer is positive from here on.
    Check {
        /// Labels of the permissions that are granted.
        proves: Vec<String>,
        /// How it shows.
        how: CheckHow,
    },
    /// A gate of the policy said yes from here on.
    Gate {
        /// The features for one of which it did.
        features: Vec<String>,
        /// How it shows.
        how: CheckHow,
    },
    /// The access itself.
    Access {
        /// The symbol.
        api: String,
    },
}

/// Why nothing is known at a function's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryReason {
    /// Visible outside the file, so others may call it.
    Visible,
    /// Overrides or implements something that the platform or a library calls.
    Override,
    /// Runs when an instance is made or the file is loaded.
    Initializer,
    /// A closure or object that is handed over to unknown code.
    Escapes,
    /// Nobody calls it.
    Uncalled,
    /// It is called, but nothing was seen to get to those calls.
    Unreached,
}

/// How a check shows its positive answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckHow {
    /// A condition tests it.
    Tested,
    /// The callback of a request carries it.
    Callback,
    /// The called function returns only when granted.
    Returned,
    /// SecurityException, and no other, is caught around the access.
    CaughtSecurityException,
    /// The function declares that it throws SecurityException.
    DeclaredSecurityException,
    /// An annotation: callers have checked.
    Annotation,
    /// The OS version needs no permission here.
    OsVersion,
    /// The platform calls this only when granted.
    PlatformCallback,
}

/// The nearest check that does not cover an access, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The check.
    pub place: Place,
    /// Why it does not cover the access.
    pub reason: MissReason,
}

/// Why a check does not cover an access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissReason {
    /// Its positive answer holds only on another branch, or the branch for a refusal goes on to the access.
    OtherPath,
    /// Nothing depends on its answer.
    Ignored,
    /// It asks the person and does not wait for the answer.
    NotAwaited,
    /// It comes after the access.
    TooLate,
    /// It asks the person, after the access.
    AskedTooLate,
    /// It is for something else.
    OtherPermission {
        /// Labels of what it proves.
        proves: Vec<String>,
    },
    /// It proves only one of several permissions, not this one.
    OneOfSeveral {
        /// Labels of the alternatives.
        proves: Vec<String>,
    },
    /// It covers only some OS versions.
    SomeVersions,
    /// It lets an answer through that is no grant (`!= .denied`).
    LetsThrough {
        /// The answers that are no grants.
        answers: Vec<String>,
    },
    /// It is no check at all.
    NotACheck {
        /// What it tells instead.
        tells: String,
    },
    /// It vanishes in release builds.
    DebugOnly,
    /// Which permission it asks about could not be told.
    UnknownSubject,
    /// A catch that is broader than SecurityException.
    BroadCatch,
    /// A catch of SecurityException around an API that does not throw it.
    DoesNotThrow,
    /// Other callers check, but the call named here does not.
    UncheckedCaller {
        /// The caller's name.
        caller: String,
    },
    /// It is a gate for a feature that does not declare this data.
    OtherFeature {
        /// The features.
        features: Vec<String>,
    },
    /// It is a gate, and for which feature could not be told.
    UnknownFeature,
    /// It is the system's own question, and no gate.
    OnlyPlatform {
        /// Labels of what it proves.
        proves: Vec<String>,
    },
    /// The answer is kept in a field that is also written elsewhere, without it.
    OverwrittenField {
        /// The field.
        field: String,
    },
}

/// Something that a person must act on.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Rule broken.
    pub rule: Rule,
    /// Severity after policy.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// Category concerned.
    pub category: Option<DataCategory>,
    /// The feature concerned.
    pub feature: Option<String>,
    /// Index into [`Outcome::sites`] of the access concerned: the access itself, or one that relies on a defective check or gate; none for what is
    /// wrong with the policy.
    pub site: Option<usize>,
    /// For the rules on checks: what is wrong with the check.
    pub check: Option<MissReason>,
    /// For the rules on suppressions: what is wrong with the comment.
    pub suppression: Option<SuppressionDefect>,
    /// By what it is known again (see [`fingerprint`](crate::fingerprint)); empty until all findings are together.
    pub fingerprint: String,
}

impl Finding {
    /// One of which nothing more is known.
    pub fn new(rule: Rule, severity: Severity, place: Place) -> Self {
        Self { rule, severity, place, category: None, feature: None, site: None, check: None, suppression: None, fingerprint: String::new() }
    }
}

/// What code has of the policy.
#[derive(Clone, Debug, Default)]
pub struct PolicyUses {
    /// Numbers of the gates that it calls or defines.
    pub gates: BTreeSet<u16>,
    /// Policies and features that it names.
    pub keys: BTreeSet<(u16, u16)>,
}

/// Conclusions about a set of files, sorted by place.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Every access.
    pub sites: Vec<Site>,
    /// Everything to act on, sorted by place, then rule.
    pub findings: Vec<Finding>,
    /// What would be to act on if it were not allowed, sorted by place, then rule.
    pub suppressed: Vec<Suppressed>,
    /// What the code has of the policy's gates and features.
    pub policy_uses: PolicyUses,
    /// The analysis was cut short: nothing is known of what functions tell each other, and more is reported than is right.
    pub is_cut_short: bool,
}

impl Outcome {
    /// Adds the conclusions about other files.
    pub fn append(&mut self, mut other: Outcome) {
        let first_site = self.sites.len();
        other.findings.iter_mut().for_each(|finding| finding.site = finding.site.map(|site| site + first_site));
        self.sites.append(&mut other.sites);
        self.findings.append(&mut other.findings);
        self.policy_uses.gates.append(&mut other.policy_uses.gates);
        self.policy_uses.keys.append(&mut other.policy_uses.keys);
        self.is_cut_short |= other.is_cut_short;
    }

    /// The same with file `n` called `files[n]`.
    #[must_use]
    pub fn renumbered(mut self, files: &[FileId]) -> Self {
        let renumber = |place: &mut Place| place.file = files[place.file as usize];
        for site in &mut self.sites {
            renumber(&mut site.place);
            site.trace.iter_mut().for_each(|step| renumber(&mut step.place));
            site.near_miss.iter_mut().for_each(|near_miss| renumber(&mut near_miss.place));
            site.policy.iter_mut().for_each(|line| renumber(&mut line.place));
        }
        self.findings.iter_mut().for_each(|finding| renumber(&mut finding.place));
        self
    }

    /// Puts everything in the order of places.
    pub fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.sites.len()).collect();
        order.sort_by_key(|&index| (self.sites[index].place, index));
        let mut position = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| position[old] = new);
        let mut sites: Vec<Option<Site>> = std::mem::take(&mut self.sites).into_iter().map(Some).collect();
        self.sites = order.iter().filter_map(|&old| sites[old].take()).collect();
        let allowed = self.suppressed.iter_mut().map(|suppressed| &mut suppressed.finding);
        self.findings.iter_mut().chain(allowed).for_each(|finding| finding.site = finding.site.map(|site| position[site]));
        self.findings.sort_by_key(|finding| (finding.place, finding.rule));
    }
}
