//! What rule files may say, and what is said about their mistakes.

use super::*;
use crate::catalogue::model::{Answer, Evidence, Levels, MemberKind, PermissionId, Subject};

const PERMISSIONS: &str = r#"
category = "contacts"
[[permission]]
id = "android.permission.READ_CONTACTS"
levels = "23.."
[[permission]]
id = "android.permission.WRITE_CONTACTS"
"#;

fn source(path: &str, text: &str) -> RuleSource {
    RuleSource { path: path.to_owned(), text: text.to_owned(), overrides: false }
}

/// Loads one Android rule file that begins with two permissions.
fn load_after_permissions(text: &str) -> Result<Catalogue, Vec<Mistake>> {
    load(vec![source("rules/android/test.toml", &format!("{PERMISSIONS}{text}"))])
}

/// (message, marked text, help) of every mistake in the text.
fn mistakes(text: &str) -> Vec<(String, String, String)> {
    load_after_permissions(text).err().unwrap_or_default().iter().map(described).collect()
}

fn described(error: &Mistake) -> (String, String, String) {
    (error.message.clone(), error.marked().to_owned(), error.help.clone().unwrap_or_default())
}

#[track_caller]
fn assert_mistake(text: &str, message: &str, marked: &str, help: &str) {
    assert_eq!(mistakes(text), [(message.to_owned(), marked.to_owned(), help.to_owned())]);
}

#[track_caller]
fn good(text: &str) -> Catalogue {
    load_after_permissions(text).unwrap_or_else(|errors| panic!("{:#?}", errors.iter().map(described).collect::<Vec<_>>()))
}

#[test]
fn the_embedded_rules_are_right() {
    assert!(!embedded().permissions.is_empty());
}

#[test]
fn broken_toml() {
    let found = mistakes("[[access]]\nmembers = [\"query\"\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0.starts_with("this is not TOML: "), "{found:?}");
}

#[test]
fn unknown_key() {
    let text = "[[access]]\nmember = [\"query\"]\nmembers = [\"query\"]\nneeds = \"android.permission.READ_CONTACTS\"";
    assert_mistake(text, "unknown key `member`", "member", "did you mean `members`?");
}

#[test]
fn unknown_key_in_a_nested_table() {
    let text = "[[access]]\nmembers = [\"query\"]\nneeds = { any = [\"android.permission.READ_CONTACTS\"], level = \"23..\" }";
    assert_mistake(text, "unknown key `level`", "level", "did you mean `levels`?");
}

#[test]
fn every_mistake_of_a_file_is_found() {
    let text =
        "[[access]]\nmember = 1\nmembers = []\nkin = 2\nclass = \"opn\"\n[[acess]]\nx = 1\n[[check]]\nmembers = [\"a b\"]\nasks = \"x\"\nreturns = \"true\"";
    let messages: Vec<String> = mistakes(text).into_iter().map(|(message, _, _)| message).collect();
    assert_eq!(
        messages,
        ["unknown key `member`", "unknown key `kin`", "unknown word `opn`", "unknown key `acess`", "`a b` is no member name", "unknown permission `x`"]
    );
}

#[test]
fn unknown_word() {
    let text = "[[access]]\nmembers = [\"query\"]\nclass = \"user-mediate\"";
    assert_mistake(text, "unknown word `user-mediate`", "\"user-mediate\"", "did you mean `user-mediated`?");
}

#[test]
fn missing_key() {
    assert_mistake("[[access]]\nneeds = \"android.permission.READ_CONTACTS\"", "`members` is missing", "[[access]]", "");
}

#[test]
fn wrong_shape() {
    let text = "[[access]]\nmembers = [\"query\"]\nneeds = 23";
    let expected = "the integer `23` instead of a permission, { any = [\"…\"] }, { all = [\"…\"] }, or a list of such tables";
    assert_mistake(text, expected, "23", "");
}

#[test]
fn unknown_category() {
    let text = "[[access]]\nmembers = [\"query\"]\ncategory = \"contact\"\nneeds = \"android.permission.READ_CONTACTS\"";
    assert_mistake(text, "unknown data category `contact`", "\"contact\"", "did you mean `contacts`?");
}

#[test]
fn unknown_permission() {
    let text = "[[access]]\nmembers = [\"query\"]\nneeds = \"android.permission.READ_CONTACT\"";
    let help = "did you mean `android.permission.READ_CONTACTS`?";
    assert_mistake(text, "unknown permission `android.permission.READ_CONTACT`", "\"android.permission.READ_CONTACT\"", help);
}

#[test]
fn unknown_values() {
    let text = "[[values]]\nname = \"contact-uris\"\ntexts = [\"content://contacts\"]\n[[access]]\nmembers = [\"query\"]\nwhen = [{ argument = 0, is = \"contacts-uris\" }]\nneeds = \"android.permission.READ_CONTACTS\"";
    assert_mistake(text, "unknown set of values `contacts-uris`", "\"contacts-uris\"", "did you mean `contact-uris`?");
}

#[test]
fn unknown_answer() {
    let text = "[[check]]\nmembers = [\"isGranted\"]\nasks = { argument = 0 }\nreturns = \"tru\"";
    assert_mistake(text, "unknown answer `tru`", "\"tru\"", "did you mean `true`?");
}

#[test]
fn unknown_platform() {
    let text = "platform = \"androd\"";
    let found: Vec<_> = load(vec![source("rules/test.toml", text)]).err().unwrap_or_default().iter().map(described).collect();
    assert_eq!(found, [("unknown platform `androd`".to_owned(), "\"androd\"".to_owned(), "did you mean `android`?".to_owned())]);
}

#[test]
fn no_platform() {
    let found: Vec<_> = load(vec![source("test.toml", "")]).err().unwrap_or_default().iter().map(described).collect();
    assert_eq!(found[0].0, "this rule file does not say which platform it speaks of");
    assert!(found[0].2.contains("platform = \"android\""));
}

#[test]
fn bad_levels() {
    let text = "[[access]]\nmembers = [\"query\"]\nneeds = \"android.permission.READ_CONTACTS\"\nlevels = ";
    let help = "write `\"23..\"`, `\"..28\"`, `\"29..32\"` or `\"30\"`; both ends belong to it";
    assert_mistake(&format!("{text}\"32..29\""), "`32..29` ends before it begins", "\"32..29\"", help);
    assert_mistake(&format!("{text}\"23+\""), "`23+` is no range of OS versions", "\"23+\"", help);
}

#[test]
fn needs_and_class() {
    let help = "write `needs = \"…\"`, or `class = \"open\"` or `class = \"user-mediated\"`";
    assert_mistake("[[access]]\nmembers = [\"query\"]", "a protected access without the permission that it needs", "[\"query\"]", help);
    let text = "[[access]]\nmembers = [\"query\"]\nclass = \"open\"\nneeds = \"android.permission.READ_CONTACTS\"";
    assert_mistake(text, "this access needs a permission, so it is protected", "[\"query\"]", "remove `needs`, or `class`");
}

#[test]
fn members() {
    let needs = "needs = \"android.permission.READ_CONTACTS\"";
    assert_mistake(&format!("[[access]]\nmembers = []\n{needs}"), "an entry without members", "[]", "");
    let help = "write the member's Java name alone, without type, parentheses or arguments; `new` for a constructor";
    assert_mistake(&format!("[[access]]\nmembers = [\"query()\"]\n{needs}"), "`query()` is no member name", "\"query()\"", help);
    let text = format!("[[access]]\nmembers = [{{ swift = \"a\" }}]\n{needs}");
    assert_mistake(&text, "Swift and Objective-C spellings in an Android rule", "{ swift = \"a\" }", "write the Java name: \"query\"");
    assert_mistake(&format!("[[access]]\nmembers = [\"new\"]\n{needs}"), "a constructor without its `type`", "[\"new\"]", "");
}

#[test]
fn apple_members() {
    let text = |member: &str| format!("category = \"contacts\"\n[[access]]\nclass = \"open\"\ntype = \"CNContactStore\"\nmembers = [{member}]");
    let found = |member: &str| load(vec![source("rules/apple/test.toml", &text(member))]).err().unwrap_or_default().iter().map(described).collect::<Vec<_>>();
    for (member, message) in [
        ("{ objc = \"alloc:foo\" }", "`alloc:foo` is no Objective-C selector"),
        ("{ swift = \"f(a:b)\" }", "`f(a:b)` is no Swift member"),
        ("{ swift = \"f(a\" }", "`f(a` is no Swift member"),
        ("\"f(a:)\"", "`f(a:)` is no C function or property"),
        ("{}", "a member without any spelling"),
    ] {
        let found = found(member);
        assert_eq!((found[0].0.as_str(), found[0].1.as_str()), (message, member));
    }
    let catalogue = load(vec![source(
        "rules/apple/test.toml",
        &text("{ swift = \"unified(for:_:)\", objc = \"unified:x:\" }, { swift = \"init(device:)\", objc = \"initWithDevice:\" }, \"CFRead\""),
    )])
    .unwrap_or_default();
    let members = &catalogue.accesses[0].symbol.members;
    assert_eq!(members[0].labels.as_deref(), Some(&["for".to_owned(), "_".to_owned()][..]));
    assert_eq!(members[0].selector.as_deref(), Some("unified:x:"));
    assert!(members[1].is_constructor && !members[0].is_constructor);
    assert_eq!((members[2].name.as_deref(), members[2].selector.as_deref()), (Some("CFRead"), Some("CFRead")));
    assert!(catalogue.names(Platform::Apple).contains("initWithDevice"));
}

#[test]
fn declared_twice() {
    let help = "keep one of the entries";
    let text = "[[permission]]\nid = \"android.permission.READ_CONTACTS\"";
    assert_mistake(text, "the permission `android.permission.READ_CONTACTS` is declared twice", "\"android.permission.READ_CONTACTS\"", help);
    let status = "[[status]]\nname = \"Result\"\nvalues = [{ names = [\"YES\"], grants = [\"$\"] }]\n";
    assert_mistake(&format!("{status}{status}"), "the status `Result` is declared twice", "\"Result\"", help);
}

#[test]
fn conditions_and_checks_that_say_nothing() {
    let needs = "needs = \"android.permission.READ_CONTACTS\"\nmembers = [\"query\"]";
    let help = "add `when`, or change `evidence`";
    assert_mistake(&format!("[[access]]\n{needs}\nevidence = \"argument\""), "`evidence = \"argument\"` without a `when`", "[\"query\"]", help);
    let text = format!("[[access]]\n{needs}\nwhen = [{{ argument = 0 }}]");
    assert_mistake(&text, "a `when` that says nothing about its argument", "[\"query\"]", "write `is`, `is-not` or `of-type`");
    for about in ["", "argument = 0, passed-to = { setType = 0 }, "] {
        let text = format!("[[access]]\n{needs}\nwhen = [{{ {about}of-type = \"a.B\" }}]");
        assert_mistake(&text, "a `when` that does not say what it is about", "[\"query\"]", "write either `argument` or `passed-to`");
    }
    let help = "write `returns = \"true\"` or a status, `callback = { gives = \"…\" }`, or `request = true`";
    assert_mistake("[[check]]\nmembers = [\"has\"]\nasks = { argument = 0 }", "a check that nobody learns anything from", "[\"has\"]", help);
    let help = "give `argument`, `arguments-from`, `launched-by` or `chained`";
    let text = "[[check]]\nmembers = [\"has\"]\nasks = {}\nreturns = \"true\"";
    assert_mistake(text, "`asks` does not say which argument names the permission", "[\"has\"]", help);
    assert_mistake("[[annotation]]\nnames = [\"A\"]\nmeans = \"require\"", "unknown meaning `require`", "\"require\"", "did you mean `requires`?");
}

#[test]
fn an_access_as_it_is_meant() {
    let text = r#"
[[values]]
name = "uris"
constants = ["a.B.*"]
[[access]]
type = ["a.C", "old.C"]
members = ["query", "new"]
evidence = "argument"
when = [{ argument = 0, is = "uris" }]
needs = [{ any = ["android.permission.READ_CONTACTS", "android.permission.WRITE_CONTACTS"], levels = "..28" }, { all = ["android.permission.READ_CONTACTS"] }]
fails = "security-exception"
"#;
    let catalogue = good(text);
    let owners: Vec<_> = catalogue.accesses.iter().map(|access| access.symbol.owner.as_deref()).collect();
    assert_eq!(owners, [Some("a.C"), Some("old.C")]);
    let access = &catalogue.accesses[1];
    assert_eq!((access.symbol.kind, access.symbol.evidence), (MemberKind::Call, Evidence::Argument));
    assert_eq!(access.needs.len(), 2);
    assert_eq!(access.needs[0].any, [PermissionId(0), PermissionId(1)]);
    assert_eq!(access.needs[0].levels, Levels { min: 0, max: 28 });
    assert_eq!(access.needs[1].any, [PermissionId(0)]);
    assert_eq!(catalogue.permission(PermissionId(0)).label, "READ_CONTACTS");
}

#[test]
fn closures_and_getters() {
    let text = r#"
[[permission]]
id = "p.A"
implies = ["p.B"]
[[permission]]
id = "p.B"
implies = ["android.permission.READ_CONTACTS", "p.A"]
[[type]]
name = "a.A"
supertypes = ["a.B"]
yields = { getLastLocation = "a.Location", owner = "a.B", isReady = "a.Flag" }
[[type]]
name = "a.B"
supertypes = ["a.C", "a.A"]
"#;
    let catalogue = good(text);
    let a = catalogue.permission_named("p.A").map(|id| catalogue.permission(id).implies.clone());
    assert_eq!(a, Some(vec![PermissionId(3), PermissionId(0)]));
    let ty = &catalogue.types["a.A"];
    assert_eq!(ty.supertypes, ["a.B", "a.C"]);
    for (member, yielded) in [("lastLocation", "a.Location"), ("getOwner", "a.B"), ("isReady", "a.Flag")] {
        assert_eq!(ty.yields.get(member).map(String::as_str), Some(yielded), "{member}");
    }
}

#[test]
fn checks_as_they_are_meant() {
    let text = r#"
[[status]]
name = "Result"
values = [{ names = ["GRANTED", "0"], grants = ["$"] }, { names = ["DENIED"] }]
[[check]]
type = "a.Compat"
members = ["check"]
asks = { argument = 1, map = { X = "android.permission.READ_CONTACTS" } }
returns = "Result"
[[check]]
members = ["register"]
asks = { launched-by = "launch" }
request = true
callback = { gives = "true" }
[[callback]]
members = ["onResult"]
parameter = 2
gives = "answers"
"#;
    let catalogue = good(text);
    assert!(matches!(catalogue.checks[0].returns, Some(Answer::Status(id)) if catalogue.status(id).values[0].grants_subject));
    assert!(matches!(&catalogue.checks[0].subject, Subject::Argument { map, .. } if map["X"] == PermissionId(0)));
    assert_eq!(catalogue.checks[1].callback.as_ref().map(|gives| gives.answer), Some(Answer::True));
    assert_eq!(catalogue.callbacks[0].answer, Answer::Answers);
    assert!(catalogue.names(Platform::Android).contains("onResult"));
    assert!(!catalogue.access_names(Platform::Android).contains("onResult"));
}

#[test]
fn later_rules_replace_earlier_ones_of_the_same_symbol() {
    let earlier = format!("{PERMISSIONS}[[access]]\ntype = \"a.C\"\nmembers = [\"one\", \"two\"]\nneeds = \"android.permission.READ_CONTACTS\"");
    let later = "category = \"photos\"\n[[access]]\ntype = \"a.C\"\nmembers = [\"two\"]\nclass = \"open\"";
    let mut sources = vec![source("rules/android/a.toml", &earlier), source("mine/android/b.toml", later)];
    let count = |sources: &[RuleSource]| {
        load(sources.to_vec()).map(|catalogue| catalogue.accesses.iter().map(|access| access.symbol.members.len()).collect::<Vec<_>>())
    };
    assert_eq!(count(&sources).ok(), Some(vec![2, 1]));
    sources[1].overrides = true;
    assert_eq!(count(&sources).ok(), Some(vec![1, 1]));
}

#[test]
fn a_folder_replaces_and_adds_files() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::create_dir(folder.path().join("android"))?;
    std::fs::write(folder.path().join("android/ours.toml"), "[[annotation]]\nnames = [\"our.Asked\"]\nmeans = \"guarded\"")?;
    assert!(with_folder(folder.path()).is_ok_and(|catalogue| catalogue.annotations.contains_key("our.Asked")));
    std::fs::write(folder.path().join("android/wrong.toml"), "[[annotatio]]")?;
    let errors = with_folder(folder.path()).err().unwrap_or_default();
    assert!(errors.len() == 1 && errors[0].path().ends_with("android/wrong.toml"), "{errors:?}");
    assert_eq!(with_folder(&folder.path().join("nowhere")).err().map(|errors| errors.len()), Some(1));
    Ok(())
}
