//! A policy as data: every name resolved, every pattern parsed, and for each the place where it is written.

use std::collections::BTreeMap;

use globset::GlobMatcher;

use crate::catalogue::DataCategory;
use crate::source::Span;
use crate::verdict::{Rule, Severity};

/// A file that a policy was read from: the policy itself, or one that it extends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// Path as it is shown to people, with `/`.
    pub path: String,
    /// TOML.
    pub text: String,
}

/// Where something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// Index into [`Policy::files`].
    pub file: u32,
    /// Bytes of that file.
    pub span: Span,
}

/// Something with the place where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// What is written.
    pub value: T,
    /// Where.
    pub at: At,
}

/// What a policy file, with those that it extends, says.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The policy file, then those that it extends.
    pub files: Vec<PolicyFile>,
    /// Folder that it speaks for, as shown paths have it; empty for the folder of the run. Scopes are relative to it, also those of files that
    /// are extended.
    pub folder: String,
    /// Names of the folders on the way from `folder` down to the folder of the run, where `folder` is above that (`..`); else none.
    pub above: Vec<String>,
    /// How the app asks, for all features that have a key; each names `$feature`.
    pub gates: Vec<Gate>,
    /// Features, in the order of their names.
    pub features: Vec<Feature>,
    /// Severities that are not the usual ones.
    pub severities: BTreeMap<Rule, Located<Level>>,
    /// Severities in some folders or files; of several that speak of a file the last one counts.
    pub overrides: Vec<Override>,
    /// What is scanned, and what makes a check fail.
    pub scan: ScanSettings,
}

/// Severities in some folders or files.
#[derive(Clone, Debug)]
pub struct Override {
    /// Where.
    pub paths: Vec<Located<Scope>>,
    /// Severities there.
    pub severities: BTreeMap<Rule, Located<Level>>,
}

/// What is scanned, and what makes a check fail.
#[derive(Clone, Debug, Default)]
pub struct ScanSettings {
    /// Kinds of what is looked at although it is left out by default, as `--include` names them; none when it does not say.
    pub include: Option<Vec<Located<String>>>,
    /// What is left out.
    pub exclude: Vec<Located<Scope>>,
    /// The least severity that makes a check fail; none when it does not say.
    pub fail_on: Option<Located<FailOn>>,
}

/// The least severity that makes a check fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Errors only.
    Error,
    /// Errors and warnings.
    Warning,
    /// None does.
    Never,
}

/// How a rule's findings are to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not reported.
    Off,
    /// Reported with this severity.
    At(Severity),
}

/// A purpose that the person can see, with the data that it may use.
#[derive(Clone, Debug)]
pub struct Feature {
    /// Its name, from the header of its table.
    pub name: Located<String>,
    /// What stands for it in code.
    pub keys: Vec<Located<Key>>,
    /// What it is for, in words for people. One that is missing is a finding; an empty one is a mistake.
    pub purpose: Option<Located<String>>,
    /// What it may use: at least one category.
    pub data: Vec<Located<DataCategory>>,
    /// Where its code lies; everywhere, if it does not say.
    pub scope: Option<Vec<Located<Scope>>>,
    /// Where the person turns it off. One that is missing is a finding; an empty one is a mistake.
    pub opt_out: Option<Located<String>>,
    /// Who answers for it.
    pub owner: Option<Located<String>>,
    /// How long its data is kept.
    pub retention: Option<Located<String>>,
    /// Who else gets its data.
    pub shared_with: Vec<Located<String>>,
    /// Gates of its own. Those of the policy count, too, if it has a key.
    pub gates: Vec<Gate>,
}

/// Paths, relative to the folder that the policy speaks for.
#[derive(Clone, Debug)]
pub struct Scope {
    /// As written.
    pub glob: String,
    /// What matches it, and what lies below that.
    pub(super) matchers: Vec<GlobMatcher>,
}

/// The app's own question whether a feature may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// What it looks like in code.
    pub pattern: GatePattern,
    /// How it says yes.
    pub grants: Grants,
    /// Where its answer is one of several cases: those that are a yes. Where it calls back: names of the methods or parameters that it calls
    /// then.
    pub granted_when: Vec<Located<Key>>,
    /// Where the pattern is written.
    pub at: At,
    /// The pattern as written.
    pub text: String,
}

/// How a gate says yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grants {
    /// Nothing is said: its answer is true (or one of [`Gate::granted_when`]), or it calls the closure that it is passed, or does so with true.
    TrueOrCallback,
    /// Its answer is true, or one of [`Gate::granted_when`].
    True,
    /// It calls the closure that it is passed, or, if the closure has a Bool parameter, does so with true.
    Callback,
    /// It returns at all.
    Return,
    /// What has the annotation runs only after a yes.
    Annotation,
}

/// What a gate looks like in code: `TYPE.MEMBER(ARG, …)`, `MEMBER(ARG)`, `TYPE.PROPERTY`, `TYPE.$feature.MEMBER`, `@ANNOTATION(ARG)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GatePattern {
    /// Simple or qualified name of the type that has the member; none for a free function, a constructor and an annotation without package.
    pub owner: Option<String>,
    /// Whether `$feature` stands between owner and member: `Features.$feature.isAllowed`.
    pub owner_feature: bool,
    /// The member, or the annotation's simple name.
    pub member: Member,
    /// The whole selector of Objective-C, if it is written with its colons: `allowsFeature:forUser:`. Without, its first part counts.
    pub selector: Option<String>,
    /// What it is.
    pub kind: GateKind,
    /// The first arguments; none where no parentheses are written (a value, an annotation without arguments).
    pub args: Option<Vec<GateArg>>,
}

/// The last name of a gate's pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Member {
    /// Base name of a function, a constructor's type, a property, an annotation; of a selector the first part without its colon.
    Name(String),
    /// `$feature`: the feature is the name itself, as in `Consent.$feature`.
    Feature,
}

/// What a gate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GateKind {
    /// A call: a function, a constructor, a message.
    Call,
    /// A property or constant.
    Value,
    /// An annotation, an attribute, a property wrapper.
    Annotation,
}

/// An argument of a gate's pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GateArg {
    /// `$feature`: any of the feature's keys.
    Feature,
    /// This one.
    Key(Key),
}

/// A value by which code names a feature, or one of the answers of a gate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// An enum case (`.playlistCover`, `Feature.playlistCover`), an object, a constant.
    Name {
        /// Type that has it, if it is said.
        owner: Option<String>,
        /// Its own name.
        name: String,
    },
    /// A text in quotes, or a constant that holds it.
    Text(String),
}

impl Policy {
    /// A path of the scan, as it is shown, relative to the folder that the policy speaks for; `None` if it lies elsewhere.
    pub fn relative(&self, shown: &str) -> Option<String> {
        let ups = |path: &str| path.split('/').take_while(|name| *name == "..").count();
        if self.folder.split('/').all(|name| name == "..") {
            let back = self.above.len().checked_sub(ups(shown))?;
            let names = self.above[..back].iter().map(String::as_str).chain(shown.split('/').skip(ups(shown)));
            return Some(names.collect::<Vec<_>>().join("/"));
        }
        let below = if self.folder.is_empty() { Some(shown) } else { shown.strip_prefix(&self.folder).and_then(|rest| rest.strip_prefix('/')) };
        below.filter(|below| ups(below) == 0).map(str::to_owned)
    }

    /// Severity of a rule in a file, named as it is shown: as the policy has it, or the usual one. None where the rule is off.
    pub fn severity(&self, rule: Rule, shown: &str) -> Option<Severity> {
        let level = self.relative(shown).and_then(|path| {
            let covers = |one: &&Override| one.paths.iter().any(|glob| glob.value.covers(&path));
            self.overrides.iter().rev().filter(covers).find_map(|one| one.severities.get(&rule))
        });
        match level.or(self.severities.get(&rule)).map(|set| set.value) {
            Some(Level::Off) => None,
            Some(Level::At(severity)) => Some(severity),
            None => Some(rule.default_severity()),
        }
    }

    /// Whether a file, named as it is shown, is left out.
    pub fn excludes(&self, shown: &str) -> bool {
        !self.scan.exclude.is_empty() && self.relative(shown).is_some_and(|path| self.scan.exclude.iter().any(|glob| glob.value.covers(&path)))
    }

    /// Whether it declares any feature, so that accesses are judged by feature.
    pub fn has_features(&self) -> bool {
        !self.features.is_empty()
    }

    /// The feature of that name.
    pub fn feature(&self, name: &str) -> Option<&Feature> {
        self.features.iter().find(|feature| feature.name.value == name)
    }

    /// All gates by which a feature may be asked for: its own, and those for all if it has a key.
    pub fn gates_of<'p>(&'p self, feature: &'p Feature) -> impl Iterator<Item = &'p Gate> {
        let shared = if feature.keys.is_empty() { &[] } else { self.gates.as_slice() };
        feature.gates.iter().chain(shared)
    }

    /// The file that something is written in.
    pub fn file(&self, at: At) -> &PolicyFile {
        &self.files[at.file as usize]
    }
}

impl Feature {
    /// Whether a file lies in its scope; the path is relative to the folder that the policy speaks for ([`Policy::relative`]).
    pub fn covers(&self, path: &str) -> bool {
        self.scope.as_ref().is_none_or(|scopes| scopes.iter().any(|scope| scope.value.covers(path)))
    }
}

impl Scope {
    /// Whether a path, relative to the folder that the policy speaks for, is in it.
    pub fn covers(&self, path: &str) -> bool {
        self.matchers.iter().any(|matcher| matcher.is_match(path))
    }
}

impl GatePattern {
    /// Whether `$feature` stands anywhere in it.
    pub fn names_feature(&self) -> bool {
        self.owner_feature || self.member == Member::Feature || self.args.iter().flatten().any(|arg| *arg == GateArg::Feature)
    }
}
