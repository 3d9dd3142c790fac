//! The validated catalogue: what [`schema`](super::schema) says, with names resolved and members parsed.

use std::collections::BTreeMap;
use std::fmt;

use rustc_hash::FxHashMap as HashMap;

pub use super::schema::{AccessClass, Direction, Evidence, Failure, HandedTo, MemberKind, Place};
use crate::source::{Language, Platform};

/// What kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum DataCategory {
    Contacts,
    Location,
    Sensors,
    Photos,
    Microphone,
    Camera,
    Calendar,
    CallLog,
    Messages,
    PhoneIdentity,
    NearbyDevices,
    Health,
    AdvertisingId,
}

impl DataCategory {
    /// All categories; the five that the mission names come first.
    pub const ALL: [DataCategory; 13] = [
        Self::Contacts,
        Self::Location,
        Self::Sensors,
        Self::Photos,
        Self::Microphone,
        Self::Camera,
        Self::Calendar,
        Self::CallLog,
        Self::Messages,
        Self::PhoneIdentity,
        Self::NearbyDevices,
        Self::Health,
        Self::AdvertisingId,
    ];

    /// Its name in rules, policies, marks and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Location => "location",
            Self::Sensors => "sensors",
            Self::Photos => "photos",
            Self::Microphone => "microphone",
            Self::Camera => "camera",
            Self::Calendar => "calendar",
            Self::CallLog => "call-log",
            Self::Messages => "messages",
            Self::PhoneIdentity => "phone-identity",
            Self::NearbyDevices => "nearby-devices",
            Self::Health => "health",
            Self::AdvertisingId => "advertising-id",
        }
    }

    /// The category of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }
}

impl fmt::Display for DataCategory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// An inclusive range of OS versions (Android API levels, Apple major versions).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// Lowest.
    pub min: u32,
    /// Highest.
    pub max: u32,
}

impl Levels {
    /// Every version.
    pub const ALL: Levels = Levels { min: 0, max: u32::MAX };

    /// Whether `level` is in it.
    pub fn contains(self, level: u32) -> bool {
        self.min <= level && level <= self.max
    }
}

/// Index into [`Catalogue::permissions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermissionId(pub u16);

/// Index into [`Catalogue::value_sets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueSetId(pub u16);

/// Index into [`Catalogue::statuses`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusId(pub u16);

/// A permission.
#[derive(Clone, Debug)]
pub struct Permission {
    /// See [`PermissionEntry::id`](super::schema::PermissionEntry::id).
    pub id: String,
    /// Platform.
    pub platform: Platform,
    /// Category.
    pub category: DataCategory,
    /// Permissions that a grant also proves, transitively closed, without itself.
    pub implies: Vec<PermissionId>,
    /// Versions on which it must be asked for.
    pub levels: Levels,
    /// Info.plist keys.
    pub usage_keys: Vec<String>,
    /// How people say it: `read contacts`; by default the id's last segment.
    pub label: String,
}

/// A named set of constants.
#[derive(Clone, Debug)]
pub struct ValueSet {
    /// Name.
    pub name: String,
    /// Fully qualified constants, `*` as the last segment for any.
    pub constants: Vec<String>,
    /// Prefixes of literal texts.
    pub texts: Vec<String>,
}

/// A platform type.
#[derive(Clone, Debug)]
pub struct PlatformType {
    /// Qualified name (Android, Rust) or class name (Apple).
    pub name: String,
    /// Whose rules tell about it.
    pub platform: Platform,
    /// Apple framework.
    pub module: Option<String>,
    /// Supertypes, transitively closed.
    pub supertypes: Vec<String>,
    /// Member to type. `x` and `getX` are both keys.
    pub yields: HashMap<String, String>,
    /// See [`TypeEntry::implicit`](super::schema::TypeEntry::implicit).
    pub implicit: bool,
}

/// A member as rules name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Android name, Swift base name, or C function; none when only Objective-C has it.
    pub name: Option<String>,
    /// Swift argument labels (`["with", "usingBlock"]`, `_` for none); none for a property, for Android, and where any will do.
    pub labels: Option<Vec<String>>,
    /// Objective-C selector, or the property's name.
    pub selector: Option<String>,
    /// Whether it constructs the owner type.
    pub is_constructor: bool,
}

impl Member {
    /// As people read it in a language: `query`, `requestAccess(for:completionHandler:)`.
    pub fn display(&self, language: Language) -> String {
        let swift = || {
            self.name.as_ref().map(|name| match &self.labels {
                Some(labels) => format!("{name}({})", labels.iter().map(|label| format!("{label}:")).collect::<String>()),
                None => name.clone(),
            })
        };
        let selector = || self.selector.clone();
        let shown = if language == Language::ObjectiveC { selector().or_else(swift) } else { swift().or_else(selector) };
        shown.unwrap_or_default()
    }
}

/// A value that a condition speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// An argument of the call itself.
    Argument(Place),
    /// An argument of another call on the same object: by member, and its position.
    PassedTo(BTreeMap<String, u32>),
}

/// A condition on an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// Which value.
    pub value: Given,
    /// Must be in the set.
    pub is: Option<ValueSetId>,
    /// Must not be in the set.
    pub is_not: Option<ValueSetId>,
    /// Must be of the type.
    pub of_type: Option<String>,
}

impl When {
    /// The argument of the call itself that it speaks of.
    pub fn argument(&self) -> Option<&Place> {
        match &self.value {
            Given::Argument(place) => Some(place),
            Given::PassedTo(_) => None,
        }
    }
}

/// One conjunct of a requirement: one of `any` must be granted, on these versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conjunct {
    /// Alternatives.
    pub any: Vec<PermissionId>,
    /// Versions on which it is demanded.
    pub levels: Levels,
}

/// What identifies a platform symbol: shared by accesses, checks and the rest.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// Platform.
    pub platform: Platform,
    /// Owner type; none for a free function.
    pub owner: Option<String>,
    /// Members.
    pub members: Vec<Member>,
    /// Call, property …
    pub kind: MemberKind,
    /// Evidence needed.
    pub evidence: Evidence,
    /// Conditions on arguments.
    pub when: Vec<When>,
}

/// An access API.
#[derive(Clone, Debug)]
pub struct Access {
    /// Which symbol.
    pub symbol: Symbol,
    /// Class.
    pub class: AccessClass,
    /// Category.
    pub category: DataCategory,
    /// Direction.
    pub direction: Direction,
    /// What it needs; empty for `open` and `user-mediated`.
    pub needs: Vec<Conjunct>,
    /// What happens without.
    pub fails: Failure,
    /// Versions on which it does; on others it is silent.
    pub fails_levels: Levels,
    /// Versions on which it needs anything.
    pub levels: Levels,
    /// Members that only ask about the object that it makes.
    pub asked_by: Vec<String>,
    /// Documentation.
    pub source: Option<String>,
    /// Rule file, for `askfirst rules`.
    pub file: String,
    /// Why no symbol list has it.
    pub unlisted: Option<String>,
}

/// What a check speaks of.
#[derive(Clone, Debug)]
pub enum Subject {
    /// These permissions.
    Fixed(Vec<PermissionId>),
    /// Named by an argument.
    Argument {
        /// Which; none when it comes only from `launched_by` or `chained`.
        argument: Option<Place>,
        /// This and all following.
        from: Option<u32>,
        /// Member of the result to which it is passed.
        launched_by: Option<String>,
        /// Earlier members of the chain.
        chained: Vec<String>,
        /// Other values (last segment, without a leading dot) that name permissions.
        map: HashMap<String, PermissionId>,
    },
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A boolean.
    True,
    /// Coming back at all (returns only when granted), or being called at all.
    Reached,
    /// A value of a status.
    Status(StatusId),
    /// Map or array of answers, one for each permission asked.
    Answers,
    /// The list of granted permissions.
    GrantedList,
    /// The list of denied permissions.
    DeniedList,
}

/// What a closure or object passed to a request learns.
#[derive(Clone, Debug)]
pub struct Gives {
    /// Which argument; `last` by default.
    pub argument: Place,
    /// Which parameter is the answer.
    pub parameter: u32,
    /// Its form.
    pub answer: Answer,
    /// Method, when an object is passed.
    pub method: Option<String>,
}

/// A check or request.
#[derive(Clone, Debug)]
pub struct Check {
    /// Which symbol.
    pub symbol: Symbol,
    /// What it speaks of.
    pub subject: Subject,
    /// What it returns.
    pub returns: Option<Answer>,
    /// What a callback learns.
    pub callback: Option<Gives>,
    /// Asks the person.
    pub request: bool,
    /// Rule file.
    pub file: String,
    /// Why no symbol list has it.
    pub unlisted: Option<String>,
}

/// The values that a check can answer with.
#[derive(Clone, Debug)]
pub struct Status {
    /// Name.
    pub name: String,
    /// All values: spellings, and what each grants.
    pub values: Vec<StatusValue>,
    /// Boolean members, true exactly when granted.
    pub true_members: Vec<String>,
    /// Members that hand it on.
    pub same_members: Vec<String>,
}

/// A value of a status.
#[derive(Clone, Debug)]
pub struct StatusValue {
    /// Spellings, last segment.
    pub names: Vec<String>,
    /// Grants what was asked about.
    pub grants_subject: bool,
    /// Grants these.
    pub grants: Vec<PermissionId>,
}

/// A function that the platform calls.
#[derive(Clone, Debug)]
pub struct Callback {
    /// Platform.
    pub platform: Platform,
    /// Type that the app's class extends or implements; none when the name is distinctive.
    pub owner: Option<String>,
    /// How apps declare it.
    pub members: Vec<Member>,
    /// What it speaks of; none: the request names it.
    pub subject: Option<Subject>,
    /// Which parameter is the answer; none: being called is.
    pub parameter: Option<u32>,
    /// Form of the answer.
    pub answer: Answer,
}

/// What an annotation means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnotationMeaning {
    /// Callers must have checked.
    Requires,
    /// A library calls the function only when granted.
    Guarded,
    /// The function declares that it throws SecurityException.
    SecurityException,
}

/// Why something is no check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCheckReason {
    /// Tells whether to explain.
    Rationale,
    /// Tells whether hardware or a service is there.
    Availability,
    /// Speaks of the caller of an IPC, not of this app.
    CallerIdentity,
    /// Tells what the manifest declares.
    Declared,
}

/// What looks like a check and is none.
#[derive(Clone, Debug)]
pub struct NotACheck {
    /// Which symbol.
    pub symbol: Symbol,
    /// Why.
    pub reason: NoCheckReason,
    /// What it tells instead, for people.
    pub tells: String,
    /// Why no symbol list has it.
    pub unlisted: Option<String>,
}

/// A call whose result stands for an input.
#[derive(Clone, Debug)]
pub struct Carrier {
    /// Which symbol.
    pub symbol: Symbol,
    /// Which input.
    pub from: Place,
    /// Who gets it; none for the result of the call.
    pub to: Option<HandedTo>,
    /// Members that put something under the key that the input is, and where they are given it.
    pub put_by: BTreeMap<String, u32>,
}

impl Carrier {
    /// Whether the result of the call stands for its input.
    pub fn is_direct(&self) -> bool {
        self.to.is_none() && self.put_by.is_empty()
    }
}

/// A function that tells whether the system has a version or a later one.
#[derive(Clone, Debug)]
pub struct VersionTest {
    /// Which symbol.
    pub symbol: Symbol,
    /// The version.
    pub from: u32,
    /// Why no symbol list has it.
    pub unlisted: Option<String>,
}

/// A call after which a permission may be gone.
#[derive(Clone, Debug)]
pub struct Revocation {
    /// Which symbol.
    pub symbol: Symbol,
    /// What it takes back.
    pub subject: Subject,
    /// Why no symbol list has it.
    pub unlisted: Option<String>,
}

/// A system service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Fully qualified constant.
    pub constant: String,
    /// Value of the constant.
    pub text: String,
    /// Type.
    pub ty: String,
}

/// The whole catalogue.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// Permissions.
    pub permissions: Vec<Permission>,
    /// Value sets.
    pub value_sets: Vec<ValueSet>,
    /// Platform types by name.
    pub types: HashMap<String, PlatformType>,
    /// System services.
    pub services: Vec<Service>,
    /// Accesses.
    pub accesses: Vec<Access>,
    /// Checks.
    pub checks: Vec<Check>,
    /// Statuses.
    pub statuses: Vec<Status>,
    /// Platform callbacks.
    pub callbacks: Vec<Callback>,
    /// Annotations: qualified name to meaning.
    pub annotations: HashMap<String, AnnotationMeaning>,
    /// What is no check.
    pub not_checks: Vec<NotACheck>,
    /// Carriers.
    pub carriers: Vec<Carrier>,
    /// Revocations.
    pub revocations: Vec<Revocation>,
    /// Tests of the version.
    pub version_tests: Vec<VersionTest>,
    /// See [`Catalogue::index`].
    pub(super) index: std::sync::OnceLock<super::index::Index>,
}

impl Catalogue {
    /// A permission by number.
    pub fn permission(&self, id: PermissionId) -> &Permission {
        &self.permissions[id.0 as usize]
    }

    /// A permission by its id text.
    pub fn permission_named(&self, id: &str) -> Option<PermissionId> {
        self.permissions.iter().position(|permission| permission.id == id).map(|index| PermissionId(index as u16))
    }

    /// A status by number.
    pub fn status(&self, id: StatusId) -> &Status {
        &self.statuses[id.0 as usize]
    }
}
