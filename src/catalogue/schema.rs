//! What a rule file says: the TOML shapes, one struct per table. `CONTRIBUTING.md` explains them by example.
//!
//! Names of types, members and constants are spelled as the platform documents them: Android with the fully qualified Java
//! name (`android.content.ContentResolver`), Apple with the class name and both spellings of a member.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// One rule file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RuleFile {
    /// `android` or `apple`; by default the name of the folder that the file is in.
    pub platform: Option<Spanned<String>>,
    /// Data category of the permissions, accesses and checks in this file that name none of their own.
    pub category: Option<Spanned<String>>,
    /// Documentation that the file's entries rest on, where an entry names none of its own.
    pub source: Option<String>,
    /// Permissions.
    pub permission: Vec<PermissionEntry>,
    /// Named sets of constants.
    pub values: Vec<ValuesEntry>,
    /// Platform types.
    #[serde(rename = "type")]
    pub types: Vec<TypeEntry>,
    /// System services by constant.
    pub service: Vec<ServiceEntry>,
    /// Calls whose result stands for one of their inputs.
    pub carrier: Vec<CarrierEntry>,
    /// Accesses.
    pub access: Vec<AccessEntry>,
    /// Answers of checks.
    pub status: Vec<StatusEntry>,
    /// Checks and requests.
    pub check: Vec<CheckEntry>,
    /// Functions that the platform calls.
    pub callback: Vec<CallbackEntry>,
    /// Annotations.
    pub annotation: Vec<AnnotationEntry>,
    /// What looks like a check and is none.
    pub not_a_check: Vec<NotACheckEntry>,
    /// Calls that take a grant back.
    pub revocation: Vec<RevocationEntry>,
    /// Functions that test the version of the system.
    pub version_test: Vec<VersionTestEntry>,
}

/// `[[permission]]`: a thing that the OS asks the person for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PermissionEntry {
    /// Android: the manifest string, which is also how constants are recognised (`Manifest.permission.X`). Apple: `apple.contacts`,
    /// `apple.location.always`.
    pub id: Spanned<String>,
    /// Data category, where it is not the file's.
    pub category: Option<Spanned<String>>,
    /// Permissions that a grant of this one also proves.
    #[serde(default)]
    pub implies: Vec<Spanned<String>>,
    /// OS versions (Android API levels) on which it is asked for at run time, `"23.."` or `"29..32"`; on others nothing needs asking.
    pub levels: Option<Spanned<String>>,
    /// Info.plist keys that must explain it.
    #[serde(default)]
    pub usage_keys: Vec<String>,
    /// How people say it: `read contacts`.
    pub label: Option<String>,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}

/// `[[values]]`: constants that mean the same to a rule, such as the URIs of the address book.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ValuesEntry {
    /// What rules call it.
    pub name: Spanned<String>,
    /// Constants and calls that give one: fully qualified, `*` for any last segment (`android.provider.ContactsContract.Contacts.*`);
    /// `true` and `false` for those literals, `YES` and `NO` included.
    /// Apple: enum cases with a leading dot and their Objective-C constants.
    #[serde(default)]
    pub constants: Vec<String>,
    /// Literal texts; a text that starts with one of these is one.
    #[serde(default)]
    pub texts: Vec<String>,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}

/// `[[type]]`: a platform or library type, and what its members yield, so that chains carry their type.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TypeEntry {
    /// Name.
    pub name: Spanned<String>,
    /// Apple: framework.
    pub module: Option<String>,
    /// Types whose members it has, too.
    #[serde(default)]
    pub supertypes: Vec<String>,
    /// Member (property or function; `getX` and `x` are one) to the type of its value. `this` for builder style. A generic result
    /// may name its argument: `$0` is the class passed as a literal or type argument.
    #[serde(default)]
    pub yields: BTreeMap<String, String>,
    /// Names that an app's code uses for an implicit receiver of this type without naming it (members of an unresolved superclass).
    #[serde(default)]
    pub implicit: bool,
    /// Where it is documented.
    pub source: Option<String>,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}

/// `[[service]]`: `getSystemService(constant)` yields `type`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServiceEntry {
    /// Constant, fully qualified.
    pub constant: String,
    /// Its value.
    pub text: String,
    /// Type of the service.
    #[serde(rename = "type")]
    pub ty: String,
}

/// `[[carrier]]`: the result stands for an input: `Uri.withAppendedPath(base, …)` for `base`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CarrierEntry {
    /// Type; none for any receiver.
    #[serde(rename = "type", default)]
    pub ty: Owners,
    /// Members.
    pub members: Spanned<Vec<Spanned<MemberEntry>>>,
    /// `"receiver"`, or the argument's place.
    pub from: Place,
    /// It is not the result that stands for it, but what an object that is passed along gets when it is called back.
    pub to: Option<HandedTo>,
    /// The input is a key, a constant of the app: the result stands for what these members are given along with it, at which position.
    #[serde(default)]
    pub put_by: BTreeMap<String, u32>,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}

/// Who gets the input of a carrier: `{ argument = 2, callback = "onChange" }`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HandedTo {
    /// The argument that is the object.
    pub argument: u32,
    /// Its function that is called.
    pub callback: String,
}

/// The owner types of an entry: one name, or a list of types that have the members alike (`type = ["androidx.…", "android.support.…"]`).
/// For a Kotlin top-level or extension function it is the package.
#[derive(Clone, Debug, Default)]
pub struct Owners(pub Vec<Spanned<String>>);

/// A member: one name for Android, both spellings for Apple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberEntry {
    /// Android: the Java name; `new` is a constructor. Apple: a C function, or a property named alike in both languages.
    Plain(String),
    /// Apple.
    Apple(AppleMember),
}

/// Swift and Objective-C spellings of one member; either may be missing.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AppleMember {
    /// `enumerateContacts(with:usingBlock:)`; `init(device:)` for a constructor. Without parentheses a property, or, for a call,
    /// whatever the labels (`init` of SwiftUI's views, which have dozens).
    pub swift: Option<String>,
    /// `enumerateContactsWithFetchRequest:error:usingBlock:`; `initWithDevice:error:` for a constructor.
    pub objc: Option<String>,
}

/// Which argument: a 0-based position, a label (Swift and Kotlin; in Objective-C the position counts), or a word: `any`, `last`, `receiver`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged, expecting = "a position (0 is the first), a label, or one of `any`, `last`, `receiver`")]
pub enum Place {
    /// 0-based.
    Position(u32),
    /// `any`, `last`, `receiver`, or a label.
    Word(String),
}

/// Condition on an argument.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WhenEntry {
    /// Which argument; for `kind = "assignment"` the assigned value is argument 0.
    pub argument: Option<Place>,
    /// In place of `argument`: what some member of the same object is passed, before or after. Which member, and which of its
    /// arguments: `{ setDataAndType = 1, setType = 0 }`.
    #[serde(default)]
    pub passed_to: BTreeMap<String, u32>,
    /// Name of a `[[values]]` set that it must belong to.
    pub is: Option<Spanned<String>>,
    /// It must not belong to this set.
    pub is_not: Option<Spanned<String>>,
    /// The type that it must have.
    pub of_type: Option<String>,
}

/// `[[access]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AccessEntry {
    /// Owner type; none for a C or top-level function.
    #[serde(rename = "type", default)]
    pub ty: Owners,
    /// Members that do the same.
    pub members: Spanned<Vec<Spanned<MemberEntry>>>,
    /// `call` (default; also constructors `new` and C functions), `property` (read), `assignment` (written), `constant` (a constant whose use is the access).
    #[serde(default)]
    pub kind: MemberKind,
    /// Access class.
    #[serde(default)]
    pub class: AccessClass,
    /// Data category, where it is not the file's.
    pub category: Option<Spanned<String>>,
    /// `read` (default), `write`, `subscribe`.
    #[serde(default)]
    pub direction: Direction,
    /// How a match is evidenced.
    #[serde(default)]
    pub evidence: Evidence,
    /// Conditions on arguments; all must hold.
    #[serde(default)]
    pub when: Vec<WhenEntry>,
    /// Members that only ask whether something could be done with the object that it makes: one that only they get, or are called on, is no
    /// access.
    #[serde(default)]
    pub asked_by: Vec<String>,
    /// Permissions needed; none for `open` and `user-mediated`.
    #[serde(default)]
    pub needs: Option<Needs>,
    /// What happens without permission.
    #[serde(default)]
    pub fails: Failure,
    /// OS versions on which it fails so, where it is silent on others: `"..28"`.
    pub fails_levels: Option<Spanned<String>>,
    /// OS versions on which the call needs its permission: `"..28"`.
    pub levels: Option<Spanned<String>>,
    /// Where it is documented, where it is not the file's.
    pub source: Option<String>,
    /// The entry whose symbol no published symbol list holds: why it is right all the same.
    pub unlisted: Option<String>,
}

/// What a rule's member is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum MemberKind {
    #[default]
    Call,
    Property,
    Assignment,
    Constant,
}

/// How the OS hands the data out.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum AccessClass {
    /// The OS demands a permission.
    #[default]
    Protected,
    /// Personal data that the OS hands out without asking.
    Open,
    /// The person picks the item in a system picker.
    UserMediated,
}

/// What an access does.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Direction {
    #[default]
    Read,
    Write,
    Subscribe,
}

/// How much must be seen before a member's name counts as the symbol.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The name is distinctive: an unknown receiver will do where the file imports something of the owner's package (Android).
    Name,
    /// The receiver must be known to have the owner's type.
    #[default]
    Type,
    /// The arguments decide (`when`): an unknown receiver will do.
    Argument,
}

/// What happens when the permission is missing.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// Throws SecurityException, so that catching exactly it handles the refusal.
    SecurityException,
    /// Throws something else.
    OtherException,
    /// Error callback or failed task.
    Callback,
    /// Empty, redacted, null or no events.
    #[default]
    Silent,
}

/// Permissions needed: one, or alternatives by OS version.
#[derive(Clone, Debug)]
pub enum Needs {
    /// One permission.
    One(Spanned<String>),
    /// A requirement.
    Requirement(RequirementEntry),
    /// Several: all that speak of an OS version must hold on it.
    ByLevel(Vec<RequirementEntry>),
}

/// `{ any = [...] }` or `{ all = [...] }`, on some OS versions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RequirementEntry {
    /// One of these suffices. Where one of them needs no asking for, the requirement asks nothing: give `levels` so that all do.
    #[serde(default)]
    pub any: Vec<Spanned<String>>,
    /// All of these.
    #[serde(default)]
    pub all: Vec<Spanned<String>>,
    /// OS versions, all by default.
    pub levels: Option<Spanned<String>>,
}

/// `[[status]]`: the values that a check can answer with. The list is complete: excluding all others leaves the granting ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StatusEntry {
    /// What `returns` and `gives` call it; for Apple the enum's name.
    pub name: Spanned<String>,
    /// All values; none when only the boolean members can be read.
    #[serde(default)]
    pub values: Vec<StatusValue>,
    /// Boolean members of the answer that are true exactly when it grants: `isGranted`.
    #[serde(default)]
    pub true_members: Vec<String>,
    /// Members that hand the answer on: `status`.
    #[serde(default)]
    pub same_members: Vec<String>,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}

/// One value of a status.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StatusValue {
    /// Spellings, last segment only: `PERMISSION_GRANTED`, `authorized`, `CNAuthorizationStatusAuthorized`, and its number as text.
    pub names: Vec<String>,
    /// What it grants: `$` for what the check asked about, or permission ids; none for a refusal.
    #[serde(default)]
    pub grants: Vec<Spanned<String>>,
}

/// `[[check]]`: asks the OS, or asks the person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckEntry {
    /// Owner type; none for a free function or an extension function.
    #[serde(rename = "type", default)]
    pub ty: Owners,
    /// Members.
    pub members: Spanned<Vec<Spanned<MemberEntry>>>,
    /// `call` or `property`.
    #[serde(default)]
    pub kind: MemberKind,
    /// How a match is evidenced.
    #[serde(default)]
    pub evidence: Evidence,
    /// Conditions on arguments.
    #[serde(default)]
    pub when: Vec<WhenEntry>,
    /// What it speaks of.
    pub asks: Asks,
    /// What it returns: `true` (a boolean), `throws` (returns only when granted), or a status's name. None: nothing to go by.
    pub returns: Option<Spanned<String>>,
    /// What the closure or object passed to it learns.
    pub callback: Option<CallbackGives>,
    /// It puts the question to the person (a request) rather than reading the answer.
    #[serde(default)]
    pub request: bool,
    /// Where it is documented.
    pub source: Option<String>,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}

/// What a check speaks of.
#[derive(Clone, Debug)]
pub enum Asks {
    /// A permission.
    Fixed(Spanned<String>),
    /// Permissions, all of them.
    All(Vec<Spanned<String>>),
    /// Named by an argument.
    Argument(AsksArgument),
}

/// The permission is named by an argument.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AsksArgument {
    /// The argument (a permission constant, an array or list of them, or a value of `map`).
    pub argument: Option<Place>,
    /// This and all following arguments.
    pub arguments_from: Option<u32>,
    /// What is passed to this member of the result later: `launch` of a request launcher.
    pub launched_by: Option<String>,
    /// An earlier call of the chain that names it: `permission`, `withPermissions`.
    #[serde(default)]
    pub chained: Vec<String>,
    /// Values that are no permission constants: `.video` → `apple.camera`.
    #[serde(default)]
    pub map: BTreeMap<String, Spanned<String>>,
}

/// What a closure learns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CallbackGives {
    /// Which argument is the closure; `last` by default. An object passed instead must have `method`.
    pub argument: Option<Place>,
    /// Which of its parameters is the answer.
    #[serde(default)]
    pub parameter: u32,
    /// `true` (a boolean answer), `called` (it is called only when granted), `answers` (a map or array of answers), `granted-list`
    /// (the list of granted permissions), `denied-list` or a status's name.
    pub gives: Spanned<String>,
    /// Method of an object passed instead of a closure.
    pub method: Option<String>,
}

/// `[[callback]]`: a function that apps implement and the platform calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CallbackEntry {
    /// Type that the app's class extends or implements; none when the name is distinctive.
    #[serde(rename = "type", default)]
    pub ty: Owners,
    /// The function as apps declare it.
    pub members: Spanned<Vec<Spanned<MemberEntry>>>,
    /// What it speaks of; none when the request names it.
    pub asks: Option<Asks>,
    /// Which parameter is the answer; none when being called is.
    pub parameter: Option<u32>,
    /// As in [`CallbackGives::gives`].
    pub gives: Spanned<String>,
    /// Where it is documented.
    pub source: Option<String>,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}

/// `[[annotation]]` on a function.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnnotationEntry {
    /// Fully qualified names that mean the same.
    pub names: Vec<Spanned<String>>,
    /// `requires` (callers must have checked: their duty), `guarded` (a library calls it only when granted), `security-exception`
    /// (`@Throws`).
    pub means: Spanned<String>,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}

/// `[[not-a-check]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NotACheckEntry {
    /// Owner type.
    #[serde(rename = "type", default)]
    pub ty: Owners,
    /// Members.
    pub members: Spanned<Vec<Spanned<MemberEntry>>>,
    /// `call` or `property`.
    #[serde(default)]
    pub kind: MemberKind,
    /// How a match is evidenced.
    #[serde(default)]
    pub evidence: Evidence,
    /// `rationale`, `availability`, `caller-identity`, `declared`.
    pub why: Spanned<String>,
    /// A sentence for people: what it tells instead.
    pub tells: String,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}

/// `[[version-test]]`: true from a version of the system on, and false before.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VersionTestEntry {
    /// Owner type.
    #[serde(rename = "type", default)]
    pub ty: Owners,
    /// Members.
    pub members: Spanned<Vec<Spanned<MemberEntry>>>,
    /// The version.
    pub from: u32,
    /// Where it is documented.
    pub source: Option<String>,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}

/// `[[revocation]]`: after it the permission may be gone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RevocationEntry {
    /// Owner type.
    #[serde(rename = "type", default)]
    pub ty: Owners,
    /// Members.
    pub members: Spanned<Vec<Spanned<MemberEntry>>>,
    /// Which permission.
    pub asks: Asks,
    /// See [`AccessEntry::unlisted`].
    pub unlisted: Option<String>,
}
