//! Reports of a scan made by hand, so that wording and layout are tested apart from what finds anything.

use super::{Style, inventory, json, pretty, short, summary, words};
use crate::catalogue::{AccessClass, Catalogue, Conjunct, DataCategory, Levels, Permission, PermissionId};
use crate::scan::{Incomplete, Scan, ScannedFile};
use crate::source::{Language, Platform, Span};
use crate::verdict::{
    CheckHow, Confidence, Date, EntryReason, Finding, MissReason, NearMiss, Outcome, Place, Rule, Severity, Site, Step, StepWhat, SuppressionDefect, Verdict,
};

const PLAIN: Style = Style { color: false, unicode: false, width: 110 };

const WITH_ACCESSES: json::With = json::With { accesses: true, suppressed: false };

const KOTLIN: &str = "\
class Screen {
    fun onCreate() {
        if (allowed()) show()
        load()
    }

    fun load() {
\tresolver.query(uri, null, null, null, null)
    }

    fun careful() {
        if (!allowed()) return
        resolver.query(uri)
    }
}
";

fn catalogue() -> Catalogue {
    let permission = Permission {
        id: "android.permission.READ_CONTACTS".into(),
        platform: Platform::Android,
        category: DataCategory::Contacts,
        implies: Vec::new(),
        levels: Levels::ALL,
        usage_keys: Vec::new(),
        label: "read contacts".into(),
    };
    let mut catalogue = Catalogue::default();
    catalogue.permissions.push(permission);
    catalogue
}

/// The place of the `occurrence`th (from 0) `text` in a source.
fn place_of(source: &str, text: &str, occurrence: usize) -> Place {
    let start = source.match_indices(text).nth(occurrence).expect("the text is there").0;
    Place { file: 0, span: Span::new(start, start + text.len()) }
}

fn site(place: Place, verdict: Verdict, trace: Vec<Step>, near_miss: Option<NearMiss>) -> Site {
    Site {
        place,
        category: DataCategory::Contacts,
        class: AccessClass::Protected,
        api: "android.content.ContentResolver.query".into(),
        confidence: Confidence::Certain,
        evidence: "the receiver's type".into(),
        verdict,
        suppressed: None,
        needs: vec![Conjunct { any: vec![PermissionId(0)], levels: Levels::ALL }],
        trace,
        feature: None,
        asked_for: Vec::new(),
        policy: None,
        wrapper: None,
        near_miss,
        situation: Vec::new(),
        function: "load".into(),
        gives_result: false,
        dead_code: false,
    }
}

fn finding(rule: Rule, place: Place, site: usize, check: Option<MissReason>) -> Finding {
    Finding {
        rule,
        severity: rule.default_severity(),
        place,
        category: Some(DataCategory::Contacts),
        feature: None,
        site: Some(site),
        check,
        suppression: None,
        fingerprint: String::new(),
    }
}

fn scan_of(source: &str) -> Scan {
    let query = place_of(source, "query", 0);
    let guarded = place_of(source, "query", 1);
    let check = place_of(source, "allowed()", 0);
    let path = vec![
        Step { place: place_of(source, "onCreate", 0), what: StepWhat::Entry { function: "onCreate".into(), reason: EntryReason::Override } },
        Step { place: place_of(source, "load", 0), what: StepWhat::Call { callee: "load".into() } },
        Step { place: query, what: StepWhat::Access { api: "android.content.ContentResolver.query".into() } },
    ];
    let proof = vec![
        Step { place: place_of(source, "allowed()", 1), what: StepWhat::Check { proves: vec!["read contacts".into()], how: CheckHow::Tested } },
        Step { place: guarded, what: StepWhat::Access { api: "android.content.ContentResolver.query".into() } },
    ];
    let near = NearMiss { place: check, reason: MissReason::Ignored };
    let sites = vec![site(query, Verdict::Ungated, path, Some(near)), site(guarded, Verdict::Guarded, proof, None)];
    let findings = vec![finding(Rule::UngatedAccess, query, 0, None), finding(Rule::IgnoredAnswer, check, 0, Some(MissReason::Ignored))];
    let mut scan = Scan {
        files: vec![ScannedFile::new("app/Screen.kt".into(), Some(Language::Kotlin), source.to_owned())],
        outcome: Outcome { sites, findings, ..Outcome::default() },
        incomplete: vec![Incomplete { path: "app/Bad.kt".into(), reason: "looks like a binary file".into() }],
        ..Scan::default()
    };
    scan.stats.files = 12;
    scan.stats.parsed = 1;
    scan
}

#[test]
fn a_finding_shows_the_access_the_nearest_check_the_path_and_what_to_write() {
    let shown = pretty::findings(&scan_of(KOTLIN), &catalogue(), PLAIN);
    let expected = "\
error[ungated-access] app/Screen.kt:8:11
warning[ignored-answer] app/Screen.kt:3:13

  x contacts are accessed whatever the check before it answers
   ,-[app/Screen.kt:3:13]
 2 |     fun onCreate() {
 3 |         if (allowed()) show()
   :             ^^^^|^^^^
   :                 `-- checked here, but nothing depends on the answer
 4 |         load()
   `----
   ,-[app/Screen.kt:8:11]
 7 |     fun load() {
 8 |     resolver.query(uri, null, null, null, null)
   :              ^^|^^
   :                `-- contacts (ContentResolver.query), needs permission: read contacts
 9 |     }
   `----
  path: 1. `onCreate` is called by the platform or a library, at app/Screen.kt:2
        2. calls `load`, at app/Screen.kt:4
        3. the access, at app/Screen.kt:8
  help: let the access depend on the answer, for example
          if (ContextCompat.checkSelfPermission(context, Manifest.permission.READ_CONTACTS) != PackageManager.PERMISSION_GRANTED) return

";
    assert_eq!(shown, expected);
    assert!(shown.is_ascii(), "{shown}");
}

#[test]
fn a_finding_on_a_check_stands_alone_when_its_access_has_none() {
    let mut scan = scan_of(KOTLIN);
    scan.outcome.findings.remove(0);
    let title = "nothing depends on this check's answer, and contacts are accessed after it";
    assert_eq!(short::findings(&scan, &catalogue()), format!("app/Screen.kt:3:13: warning[ignored-answer]: {title}\n"));
    assert!(pretty::findings(&scan, &catalogue(), PLAIN).starts_with(&format!("warning[ignored-answer] app/Screen.kt:3:13\n\n  ! {title}\n")));
}

#[test]
fn accesses_that_fail_alike_share_a_block() {
    let source = KOTLIN.replace("null, null, null, null)", "null)\n        resolver.insert(uri)\n        resolver.delete(uri)");
    let mut scan = scan_of(&source);
    for name in ["insert", "delete"] {
        let mut other = scan.outcome.sites[0].clone();
        other.place = place_of(&source, name, 0);
        let site = scan.outcome.sites.len();
        scan.outcome.findings.push(finding(Rule::UngatedAccess, other.place, site, None));
        scan.outcome.sites.push(other);
    }
    scan.outcome.findings.remove(1);
    let shown = pretty::findings(&scan, &catalogue(), PLAIN);
    let head = "\
error[ungated-access] app/Screen.kt:8:11
error[ungated-access] app/Screen.kt:9:18
error[ungated-access] app/Screen.kt:10:18

  x contacts";
    assert!(shown.starts_with(head), "{shown}");
    assert_eq!([shown.matches("help:").count(), shown.matches("needs permission: read contacts").count()], [1, 3], "{shown}");
    scan.outcome.sites.last_mut().expect("sites").near_miss = None;
    assert_eq!(pretty::findings(&scan, &catalogue(), PLAIN).matches("help:").count(), 2);
}

const HELPER: &str = "\
object Contacts {
    fun asked() = checkSelfPermission(context, READ_CONTACTS)
}
";

/// A finding whose nearest check is in another file, reached through so many calls.
fn scan_of_two_files(calls: usize) -> Scan {
    let mut scan = scan_of(KOTLIN);
    scan.files.push(ScannedFile::new("lib/Contacts.kt".into(), Some(Language::Kotlin), HELPER.to_owned()));
    let elsewhere = |text| Place { file: 1, ..place_of(HELPER, text, 0) };
    scan.outcome.findings.truncate(1);
    let site = &mut scan.outcome.sites[0];
    site.near_miss = Some(NearMiss { place: elsewhere("checkSelfPermission"), reason: MissReason::OtherPath });
    let entry = StepWhat::Entry { function: "asked".into(), reason: EntryReason::Visible };
    let access = site.trace.pop().expect("an access");
    let call = |number| Step { place: elsewhere("Contacts"), what: StepWhat::Call { callee: format!("step{number}") } };
    site.trace = std::iter::once(Step { place: elsewhere("asked"), what: entry }).chain((1..=calls).map(call)).chain([access]).collect();
    scan
}

#[test]
fn a_check_in_another_file_is_shown_with_its_source() {
    let shown = pretty::findings(&scan_of_two_files(1), &catalogue(), PLAIN);
    let expected = "\
error[ungated-access] app/Screen.kt:8:11

  x contacts are accessed on a path that no permission check covers
   ,-[app/Screen.kt:8:11]
 7 |     fun load() {
 8 |     resolver.query(uri, null, null, null, null)
   :              ^^|^^
   :                `-- contacts (ContentResolver.query), needs permission: read contacts
 9 |     }
   `----
   ,-[lib/Contacts.kt:2:19]
 1 | object Contacts {
 2 |     fun asked() = checkSelfPermission(context, READ_CONTACTS)
   :                   ^^^^^^^^^|^^^^^^^^^
   :                            `-- checked here, but a path without a positive answer goes on to the access
 3 | }
   `----
  path: 1. `asked` can be called from outside this file, at lib/Contacts.kt:2
        2. calls `step1`, at lib/Contacts.kt:1
        3. the access, at app/Screen.kt:8
  help: leave";
    assert!(shown.starts_with(expected), "{shown}");
    let line = short::findings(&scan_of_two_files(1), &catalogue());
    assert!(line.contains("; lib/Contacts.kt:2: checked here"), "{line}");
}

#[test]
fn long_chains_are_cut_in_the_middle() {
    let shown = |calls| pretty::findings(&scan_of_two_files(calls), &catalogue(), PLAIN);
    assert!(!shown(5).contains("more calls"));
    let expected = "
        3. calls `step2`, at lib/Contacts.kt:1
           ... 4 more calls ...
        8. calls `step7`, at lib/Contacts.kt:1
        9. calls `step8`, at lib/Contacts.kt:1
        10. the access, at app/Screen.kt:8
";
    assert!(shown(8).contains(expected), "{}", shown(8));
}

#[test]
fn code_to_copy_is_never_broken_and_prose_is() {
    let shown = pretty::findings(&scan_of(KOTLIN), &catalogue(), Style { width: 50, ..PLAIN });
    assert!(shown.contains("          if (ContextCompat.checkSelfPermission(context, Manifest.permission.READ_CONTACTS) != "), "{shown}");
    assert!(shown.contains("  help: let the access depend on the answer, for\n        example\n"), "{shown}");
}

#[test]
fn line_breaks_of_any_kind_show_the_same() {
    let plain = pretty::findings(&scan_of(KOTLIN), &catalogue(), PLAIN);
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    for line_break in ["\r\n", "\r"] {
        let other = pretty::findings(&scan_of(&KOTLIN.replace('\n', line_break)), &catalogue(), PLAIN);
        assert_eq!(trimmed(&other), trimmed(&plain));
    }
}

#[test]
fn scanned_text_cannot_steer_the_terminal() {
    let hostile = KOTLIN.replace("resolver.query(uri, ", "/*\u{1B}]0;x\u{7}\u{202E}*/ resolver.query(uri, ");
    let mut scan = scan_of(&hostile);
    scan.files[0].path = "a\u{1B}[2J.kt".into();
    scan.outcome.sites[0].api = "x\u{202E}".into();
    let catalogue = catalogue();
    let all = [
        pretty::findings(&scan, &catalogue, PLAIN),
        short::findings(&scan, &catalogue),
        inventory::pretty(&scan, PLAIN),
        inventory::short(&scan),
        summary::incomplete(&scan),
    ];
    for text in all {
        assert!(!text.contains(['\u{1B}', '\u{7}', '\u{202E}']), "{text:?}");
    }
}

#[test]
fn long_lines_are_cut_around_the_access() {
    let long = KOTLIN.replace("\tresolver", &format!("\tval text = \"{}\"; resolver", "é".repeat(5000)));
    let shown = pretty::findings(&scan_of(&long), &catalogue(), Style { width: 400, ..PLAIN });
    assert!(shown.contains("resolver.query(uri, null"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 400), "{shown}");
}

#[test]
fn short_has_one_clickable_line_per_access() {
    let shown = short::findings(&scan_of(KOTLIN), &catalogue());
    let expected = "\
app/Screen.kt:8:11: error[ungated-access]: contacts are accessed whatever the check before it answers; \
line 3: checked here, but nothing depends on the answer
";
    assert_eq!(shown, expected);
}

#[test]
fn the_closing_line_counts() {
    let scan = scan_of(KOTLIN);
    assert_eq!(summary::line(&scan), "2 findings (1 error, 1 warning) in 12 files, 2 accesses: 1 guarded, 1 ungated");
    assert_eq!(summary::incomplete(&scan), "not analysed: app/Bad.kt: looks like a binary file\n");
}

#[test]
fn the_inventory_groups_by_category_and_file() {
    let shown = inventory::pretty(&scan_of(KOTLIN), PLAIN);
    let expected = "\
contacts (2 accesses)
  app/Screen.kt
    8:11      ungated          protected     android.content.ContentResolver.query  checked here, but nothing depends on the answer (line 3)
    13:18     guarded          protected     android.content.ContentResolver.query  checked here: read contacts (line 12)

category           all  ungated  guarded
contacts             2        1        1
";
    assert_eq!(shown, expected);
    assert!(inventory::short(&scan_of(KOTLIN)).starts_with("app/Screen.kt:8:11: contacts ungated android.content.ContentResolver.query: checked"));
}

#[test]
fn json_has_exactly_the_promised_keys_in_order() {
    let text = json::report(&scan_of(KOTLIN), &catalogue(), WITH_ACCESSES).expect("serialisable");
    let keys: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\":")).map(|(key, _)| key).collect();
    let finding = ["rule", "severity", "path", "line", "column", "end_line", "end_column", "category", "api", "feature", "message", "help", "trace"];
    let summary = [
        "summary",
        "files",
        "parsed",
        "accesses",
        "findings",
        "by_rule",
        "ignored-answer",
        "ungated-access",
        "suppressed",
        "known",
        "fixed",
        "incomplete",
        "path",
        "reason",
    ];
    let step = ["path", "line", "column", "kind", "message"];
    let mut expected = vec!["version", "tool", "name", "version", "mode"];
    expected.extend(summary);
    expected.push("findings");
    for _ in 0..2 {
        expected.extend(finding);
        // Entry, call, the nearest check, access.
        (0..4).for_each(|_| expected.extend(step));
        expected.push("fingerprint");
    }
    expected.push("accesses");
    for _ in 0..2 {
        expected.extend(["path", "line", "column", "category", "class", "api", "confidence", "verdict", "feature", "proof"]);
        (0..2).for_each(|_| expected.extend(step));
    }
    assert_eq!(keys, expected);
    assert!(!json::report(&scan_of(KOTLIN), &catalogue(), json::With::default()).expect("serialisable").contains("\"accesses\": ["));
}

#[test]
fn json_places_are_those_of_the_member() {
    let text = json::report(&scan_of(KOTLIN), &catalogue(), WITH_ACCESSES).expect("serialisable");
    let report: serde_json::Value = serde_json::from_str(&text).expect("valid");
    let finding = &report["findings"][0];
    assert_eq!([&finding["line"], &finding["column"], &finding["end_line"], &finding["end_column"]], [8, 11, 8, 16]);
    let kinds: Vec<&str> = finding["trace"].as_array().expect("a list").iter().filter_map(|step| step["kind"].as_str()).collect();
    assert_eq!(kinds, ["entry", "call", "check", "access"]);
    assert_eq!(report["accesses"][0]["verdict"], "ungated");
    assert_eq!(report["accesses"][1]["proof"][0]["kind"], "check");
}

/// Rules about what is wrong with a policy, which concern no access.
const ON_POLICIES: [Rule; 6] =
    [Rule::OverclaimedData, Rule::UnusedFeature, Rule::UnreachableScope, Rule::MissingPurpose, Rule::MissingOptOut, Rule::UnknownGate];

#[test]
fn messages_start_in_lower_case_and_end_without_a_full_stop() {
    let reasons = [
        None,
        Some(MissReason::OtherPath),
        Some(MissReason::Ignored),
        Some(MissReason::NotAwaited),
        Some(MissReason::TooLate),
        Some(MissReason::AskedTooLate),
        Some(MissReason::OtherPermission { proves: vec!["camera".into()] }),
        Some(MissReason::OneOfSeveral { proves: vec!["camera".into()] }),
        Some(MissReason::SomeVersions),
        Some(MissReason::LetsThrough { answers: vec!["notDetermined".into()] }),
        Some(MissReason::NotACheck { tells: "whether to explain".into() }),
        Some(MissReason::DebugOnly),
        Some(MissReason::UnknownSubject),
        Some(MissReason::BroadCatch),
        Some(MissReason::DoesNotThrow),
        Some(MissReason::UncheckedCaller { caller: "f".into() }),
        Some(MissReason::OverwrittenField { field: "f".into() }),
        Some(MissReason::OtherFeature { features: vec!["album".into()] }),
        Some(MissReason::UnknownFeature),
        Some(MissReason::OnlyPlatform { proves: vec!["camera".into()] }),
        Some(MissReason::OnlyPlatform { proves: Vec::new() }),
    ];
    let well_formed = |rule: Rule, text: &str| {
        assert!(text.starts_with(|first: char| first.is_lowercase() || first == '`'), "{rule}: {text}");
        assert!(!text.ends_with(['.', ' ']) && !text.contains('\n'), "{rule}: {text}");
    };
    // That is a mistake of the policy, and no finding.
    for rule in Rule::ALL.into_iter().filter(|rule| *rule != Rule::UnknownCategory && !rule.is_about_suppressions()) {
        for reason in &reasons {
            let mut scan = scan_of(KOTLIN);
            let site = &mut scan.outcome.sites[0];
            site.verdict = Verdict::ALL.into_iter().find(|verdict| verdict.rule() == Some(rule)).unwrap_or(Verdict::Ungated);
            site.near_miss = reason.clone().map(|reason| NearMiss { place: site.place, reason });
            let mut finding = finding(rule, scan.outcome.sites[0].place, 0, reason.clone());
            if ON_POLICIES.contains(&rule) {
                finding.site = None;
            }
            let message = words::message(&finding, &scan, &catalogue());
            well_formed(rule, &message.title);
            well_formed(rule, &message.help.text());
            message.secondary.iter().for_each(|label| well_formed(rule, &label.text));
            message.steps.iter().for_each(|step| well_formed(rule, &step.text));
        }
    }
    assert_eq!(Severity::Error.to_string(), "error");
}

#[test]
fn what_is_wrong_with_a_comment_is_said_with_what_to_do() {
    let until = Date::parse("2026-03-31").expect("a day");
    let text = || "x".to_owned();
    let defects = [
        SuppressionDefect::UnknownWord { word: String::new() },
        SuppressionDefect::UnknownWord { word: text() },
        SuppressionDefect::NoRules,
        SuppressionDefect::UnknownRule { name: text(), closest: None },
        SuppressionDefect::UnknownRule { name: "ungated-acess".to_owned(), closest: Some(Rule::UngatedAccess) },
        SuppressionDefect::CannotBeAllowed { rule: Rule::UnusedSuppression },
        SuppressionDefect::NoReason,
        SuppressionDefect::OpenReason,
        SuppressionDefect::NoDate { text: text() },
        SuppressionDefect::Unexpected { text: text() },
        SuppressionDefect::NotAtTop,
        SuppressionDefect::Lapsed { until },
        SuppressionDefect::Unused { rules: vec![Rule::UngatedAccess, Rule::NotACheck], are_all: true },
        SuppressionDefect::Unused { rules: vec![Rule::UngatedAccess], are_all: false },
    ];
    let mut said = std::collections::BTreeSet::new();
    for defect in defects {
        let scan = scan_of(KOTLIN);
        let mut finding = finding(defect.rule(), place_of(KOTLIN, "load", 0), 0, None);
        (finding.site, finding.suppression) = (None, Some(defect.clone()));
        let message = words::message(&finding, &scan, &catalogue());
        for shown in [&message.title, &message.primary.text, &message.help.text()] {
            assert!(!shown.is_empty() && !shown.ends_with(['.', ' ']) && shown.starts_with(|first: char| !first.is_uppercase()), "{defect:?}: {shown}");
        }
        said.insert((message.title, message.help.text()));
    }
    assert_eq!(said.len(), 14);
    assert!(said.iter().any(|(title, help)| title.ends_with("no rule `ungated-acess`") && help == "did you mean `ungated-access`?"), "{said:?}");
    assert!(said.iter().any(|(title, _)| title.ends_with("lapsed after 2026-03-31")), "{said:?}");
}
