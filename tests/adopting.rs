//! How a project that has findings begins: baselines, comments that allow, settings, generated code.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// Accesses without any check.
const PEOPLE: &str = "\
package com.example

import android.content.Context
import android.provider.ContactsContract

class People(private val context: Context) {
    fun names() = context.contentResolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null)
}
";

/// A folder with files, in which the program runs.
struct Tree(TempDir);

#[derive(Debug)]
struct Run {
    status: i32,
    out: String,
    err: String,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().expect("a temporary folder"));
        files.iter().for_each(|(path, text)| tree.write(path, text));
        tree
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn run_in(&self, folder: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_askfirst"));
        let before = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("ASKFIRST_"));
        before.for_each(|name| _ = command.env_remove(name));
        command.args(arguments).current_dir(self.path().join(folder)).env("LC_ALL", "C").env("NO_COLOR", "1").env("ASKFIRST_TODAY", "2026-10-01");
        command.envs(variables.iter().copied());
        let output = command.output().expect("runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Run { status: output.status.code().expect("a status"), out: text(output.stdout), err: text(output.stderr) }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.run_in("", &[], arguments)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:?}"))
    }

    /// Rules of the findings, in their order.
    fn rules(&self, arguments: &[&str]) -> Vec<String> {
        let report = self.json(&[&["check"], arguments].concat());
        report["findings"].as_array().expect("a list").iter().filter_map(|finding| finding["rule"].as_str()).map(str::to_owned).collect()
    }
}

/// The class under another name, in a file of its own.
fn people(name: &str) -> String {
    PEOPLE.replace("People", name)
}

#[test]
fn a_baseline_lets_only_new_findings_fail() {
    let tree = Tree::new(&[(".git/HEAD", ""), ("app/People.kt", PEOPLE)]);
    let recorded = tree.run(&["baseline"]);
    assert_eq!((recorded.status, recorded.out.as_str()), (0, ""), "{recorded:?}");
    assert!(recorded.err.contains("askfirst-baseline.txt: 1 added; 1 finding is known"), "{recorded:?}");
    let baseline = tree.read("askfirst-baseline.txt");
    let entry = baseline.lines().last().expect("an entry");
    assert!(entry.starts_with("ungated-access app/People.kt android.content.ContentResolver.query "), "{baseline}");

    let known = tree.run(&["check"]);
    assert_eq!((known.status, known.out.as_str()), (0, ""), "{known:?}");
    assert!(known.err.contains("0 findings in 1 file: 0 new, 1 known; 1 access: 1 suppressed"), "{known:?}");

    tree.write("app/Others.kt", &people("Others"));
    let new = tree.run(&["check", "--format", "short"]);
    assert_eq!(new.status, 1);
    assert!(new.out.starts_with("app/Others.kt:7:43: error[ungated-access]") && new.out.lines().count() == 1, "{new:?}");
    assert!(new.err.contains("1 finding (1 error) in 2 files: 1 new, 1 known; 2 accesses: 1 suppressed, 1 ungated"), "{new:?}");

    let report = tree.json(&["inventory", "--show-suppressed"]);
    assert_eq!([&report["summary"]["findings"], &report["summary"]["suppressed"], &report["summary"]["known"]], [1, 1, 1]);
    let access = &report["accesses"].as_array().expect("a list")[1];
    assert_eq!((&access["verdict"], &access["suppression"]["kind"]), (&Value::from("suppressed"), &Value::from("baseline")));
    assert_eq!(report["suppressed"][0]["fingerprint"], entry.rsplit(' ').next().expect("a fingerprint"));
    assert_eq!(tree.run(&["check", "--no-baseline"]).err.lines().last().map(|line| line.contains("2 findings")), Some(true));
}

#[test]
fn a_baseline_holds_from_every_folder_of_the_repository() {
    let tree = Tree::new(&[(".git/HEAD", ""), ("app/src/People.kt", PEOPLE)]);
    assert_eq!(tree.run(&["baseline"]).status, 0);
    for (folder, path) in [("app", "."), ("app/src", "People.kt"), ("", "app/src")] {
        let run = tree.run_in(folder, &[], &["check", path]);
        assert_eq!(run.status, 0, "{folder}: {run:?}");
        assert!(run.err.contains("0 new, 1 known"), "{folder}: {run:?}");
    }
    // Recording from there changes nothing.
    let before = tree.read("askfirst-baseline.txt");
    let again = tree.run_in("app", &[], &["baseline"]);
    assert!(again.err.contains("../askfirst-baseline.txt: nothing new; 1 finding is known"), "{again:?}");
    assert_eq!(tree.read("askfirst-baseline.txt"), before);
}

#[test]
fn a_changed_guard_makes_a_known_finding_new() {
    let tree = Tree::new(&[("People.kt", PEOPLE)]);
    assert_eq!(tree.run(&["baseline"]).status, 0);
    let asked = "fun names() {\n        context.checkSelfPermission(android.Manifest.permission.READ_CONTACTS)\n        context";
    tree.write("People.kt", &PEOPLE.replace("fun names() = context", asked).replace("null)\n}", "null)\n    }\n}"));
    let run = tree.run(&["check"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.err.contains("1 known finding is fixed"), "{run:?}");
}

#[test]
fn fixed_entries_are_told_and_pruned() {
    let tree = Tree::new(&[("app/People.kt", PEOPLE), ("app/Gone.kt", &people("Gone")), ("lib/Others.kt", &people("Others"))]);
    assert_eq!(tree.run(&["baseline"]).status, 0);
    assert_eq!(tree.run(&["baseline", "--check"]).status, 0);
    tree.write("app/People.kt", "package com.example\n");
    tree.write("lib/Others.kt", "package com.example\n");
    fs::remove_file(tree.path().join("app/Gone.kt")).expect("removed");
    // Only what was looked at can be told to be fixed.
    let part = tree.run(&["check", "app"]);
    assert_eq!(part.status, 0);
    assert!(part.err.contains("note: askfirst-baseline.txt: 2 known findings are fixed"), "{part:?}");
    let checked = tree.run(&["baseline", "--check"]);
    assert_eq!(checked.status, 1);
    assert!(checked.err.contains("askfirst-baseline.txt is out of date: 3 fixed"), "{checked:?}");
    let kept = tree.run(&["baseline"]);
    assert!(kept.err.contains("3 fixed, which --prune drops; 3 findings are known"), "{kept:?}");
    tree.write("app/New.kt", &people("New"));
    let pruned = tree.run(&["baseline", "--prune", "app"]);
    assert!(pruned.err.contains("2 dropped; 1 finding is known"), "{pruned:?}");
    let left: Vec<String> = tree.read("askfirst-baseline.txt").lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    assert!(left.len() == 1 && left[0].contains("lib/Others.kt"), "{left:?}");
    assert_eq!(tree.run(&["check"]).status, 1, "pruning accepts nothing new");
}

#[test]
fn a_broken_baseline_is_shown_where_it_is_broken() {
    let tree = Tree::new(&[("People.kt", PEOPLE), ("askfirst-baseline.txt", "# ours\n<<<<<<< HEAD\nungated-acess a.kt x 1\n")]);
    let run = tree.run(&["check"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""), "{run:?}");
    for part in
        ["askfirst-baseline.txt:2:1", "a conflict of a merge", "askfirst-baseline.txt:3:1", "did you mean `ungated-access`?", "the baseline: 2 mistakes"]
    {
        assert!(run.err.contains(part), "{part}: {}", run.err);
    }
    let missing = tree.run(&["check", "--baseline", "none.txt"]);
    assert_eq!(missing.status, 2);
    assert!(missing.err.contains("this baseline cannot be read"), "{missing:?}");
    // Written under that name, it is read.
    assert_eq!(tree.run(&["baseline", "--baseline", "none.txt"]).status, 0);
    assert_eq!(tree.run_in("", &[("ASKFIRST_BASELINE", "none.txt")], &["check"]).status, 0);
}

#[test]
fn what_could_not_be_analysed_is_in_no_baseline() {
    let tree = Tree::new(&[("People.kt", PEOPLE), ("Binary.kt", "\0")]);
    let run = tree.run(&["baseline"]);
    assert_eq!(run.status, 3, "{run:?}");
    assert!(run.err.contains("not analysed: Binary.kt") && run.err.contains("--allow-incomplete"), "{run:?}");
    assert!(!tree.path().join("askfirst-baseline.txt").exists());
    assert_eq!(tree.run(&["baseline", "--allow-incomplete"]).status, 0);
    assert!(tree.read("askfirst-baseline.txt").contains("ungated-access People.kt"));
    // A file of which not all could be told has nothing that is fixed.
    tree.write("People.kt", "\0");
    let unread = tree.run(&["check", "--allow-incomplete"]);
    assert!(unread.status == 0 && !unread.err.contains("fixed"), "{unread:?}");
}

/// `PEOPLE` with a line above the function.
fn with_comment(comment: &str) -> String {
    PEOPLE.replace("    fun names", &format!("    {comment}\n    fun names"))
}

#[test]
fn a_comment_allows_an_access_with_its_reason() {
    let allowed = with_comment("// askfirst: allow(ungated-access) because \"the installer asks\" until 2026-10-01");
    let tree = Tree::new(&[("People.kt", &allowed)]);
    let run = tree.run(&["check", "--show-suppressed"]);
    assert_eq!(run.status, 0, "{run:?}");
    let shown =
        "People.kt:8:43: suppressed[ungated-access]: contacts are accessed without asking first; allowed until 2026-10-01 because \"the installer asks\"\n";
    assert_eq!(run.out, shown);
    let inventory = tree.run(&["inventory", "--format", "short"]);
    assert!(inventory.out.contains("contacts suppressed android.content.ContentResolver.query: allowed until 2026-10-01 because"), "{inventory:?}");
    let explained = tree.run(&["explain", "People.kt:8"]);
    assert!(explained.out.contains("verdict   suppressed") && explained.out.contains("the installer asks"), "{explained:?}");
    // A day later the finding is back, and it is said since when.
    let lapsed = tree.run_in("", &[("ASKFIRST_TODAY", "2026-10-02")], &["check", "--format", "short"]);
    assert_eq!(lapsed.status, 1);
    assert!(lapsed.out.contains("warning[expired-suppression]: what this comment allowed is allowed no longer: it lapsed after 2026-10-01"), "{lapsed:?}");
    assert!(lapsed.out.contains("error[ungated-access]"), "{lapsed:?}");
    let wrong = tree.run_in("", &[("ASKFIRST_TODAY", "tomorrow")], &["check"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.err.contains("ASKFIRST_TODAY: `tomorrow` is no day"), "{wrong:?}");
}

#[test]
fn comments_that_allow_nothing_are_findings() {
    for (comment, rule) in [
        ("// askfirst: allow(ungated-access)", "suppression-without-reason"),
        ("// askfirst: allow(ungated-acess) because \"x\"", "malformed-suppression"),
        ("/* askfirst: allow-file(ungated-access) because \"x\" */", "malformed-suppression"),
        ("// askfirst: allow(wrong-permission) because \"x\"", "unused-suppression"),
    ] {
        let tree = Tree::new(&[("People.kt", &with_comment(comment))]);
        assert_eq!(tree.rules(&[]), [rule, "ungated-access"], "{comment}");
    }
    // In a text, or in the middle of a remark, it is no comment that speaks to askfirst.
    for no_comment in ["val text = \"// askfirst: allow(ungated-access)\"", "// Write askfirst: allow(ungated-access) to allow it."] {
        let tree = Tree::new(&[("People.kt", &with_comment(no_comment))]);
        assert_eq!(tree.rules(&[]), ["ungated-access"], "{no_comment}");
    }
}

#[test]
fn a_lapsed_or_unused_comment_hides_nothing_from_a_baseline() {
    let tree = Tree::new(&[("People.kt", &with_comment("// askfirst: allow(ungated-access) because \"x\""))]);
    assert_eq!(tree.run(&["baseline"]).status, 0);
    assert!(tree.read("askfirst-baseline.txt").lines().all(|line| line.starts_with('#')), "what a comment allows need not be known");
}

const POLICY: &str = "\
[scan]
include = [\"tests\"]
exclude = [\"legacy\"]
fail-on = \"never\"

[rules]
ungated-access = \"warning\"

[[overrides]]
paths = [\"app/old/**\"]
rules = { ungated-access = \"off\", not-a-check = \"info\" }
";

#[test]
fn a_policy_without_features_sets_severities_and_what_is_scanned() {
    let files = [
        ("askfirst.toml", POLICY.to_owned()),
        ("app/People.kt", PEOPLE.to_owned()),
        ("app/old/Old.kt", people("Old")),
        ("legacy/Legacy.kt", people("Legacy")),
        ("src/test/Tests.kt", people("Tests")),
    ];
    let tree = Tree::new(&files.each_ref().map(|(path, text)| (*path, text.as_str())));
    let run = tree.run(&["check", "--format", "short"]);
    assert_eq!(run.status, 0, "{run:?}");
    let found: Vec<&str> = run.out.lines().filter_map(|line| line.split(": ").nth(1)).collect();
    assert_eq!(found, ["warning[ungated-access]"; 2], "{run:?}");
    assert!(run.out.contains("app/People.kt:") && run.out.contains("src/test/Tests.kt:"), "{run:?}");
    let report = tree.json(&["check"]);
    assert_eq!((&report["mode"], &report["summary"]["files"]), (&Value::from("platform"), &Value::from(3)));
    // Flags count more than variables, and those more than the policy.
    assert_eq!(tree.run_in("", &[("ASKFIRST_FAIL_ON", "warning")], &["check"]).status, 1);
    assert_eq!(tree.run_in("", &[("ASKFIRST_FAIL_ON", "warning")], &["check", "--fail-on", "error"]).status, 0);
    assert_eq!(tree.run_in("", &[("ASKFIRST_INCLUDE", "hidden"), ("ASKFIRST_FORMAT", "short")], &["check"]).out.lines().count(), 1);
    // What is named is looked at.
    assert_eq!(tree.json(&["check", "legacy/Legacy.kt"])["summary"]["findings"], 1);
    assert_eq!(tree.json(&["check", "legacy"])["summary"]["findings"], 1);
    let without = tree.run_in("", &[("ASKFIRST_CONFIG", "none.toml")], &["check", "--no-config"]);
    assert_eq!(without.status, 1, "{without:?}");
    let both = tree.run(&["check", "--no-config", "--config", "askfirst.toml"]);
    assert_eq!((both.status, both.err.as_str()), (2, "error: `--config` and `--no-config` contradict each other\n"));
}

#[test]
fn settings_are_shown_with_where_they_come_from() {
    let tree = Tree::new(&[("askfirst.toml", POLICY), ("askfirst-baseline.txt", "")]);
    let run = tree.run_in("", &[("ASKFIRST_JOBS", "3")], &["config", "--format", "short", "--exclude", "*.java"]);
    assert_eq!(run.status, 0, "{run:?}");
    let rows: Vec<String> = run.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "policy askfirst.toml the nearest above the current folder",
        "baseline askfirst-baseline.txt the nearest above the current folder",
        "rules built in default",
        "format short --format",
        "fail-on never askfirst.toml:4",
        "include tests askfirst.toml:2",
        "exclude *.java, legacy --exclude, askfirst.toml:3",
        "jobs 3 ASKFIRST_JOBS",
        "today 2026-10-01 ASKFIRST_TODAY",
        "severity ungated-access = warning askfirst.toml:7",
        "severity ungated-access = off askfirst.toml:11, in app/old/**",
        "severity not-a-check = info askfirst.toml:11, in app/old/**",
    ];
    assert_eq!(rows, expected);
    let plain = Tree::new(&[]).run(&["config"]);
    assert!(plain.out.contains("no askfirst.toml in the current folder or above") && plain.out.contains("error"), "{plain:?}");
    let wrong = tree.run_in("", &[("ASKFIRST_FORMAT", "shrot")], &["check"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.err.contains("the value comes from the environment variable ASKFIRST_FORMAT"), "{wrong:?}");
}

#[test]
fn generated_code_is_left_out_unless_it_names_an_access() {
    let header = "// Code generated by Wire protocol buffer compiler, do not edit.\n";
    let (message, access) = (format!("{header}package com.example\nclass Message\n"), format!("{header}{PEOPLE}"));
    let tree = Tree::new(&[("Message.kt", &message), ("People.kt", &access), ("Other.kt", "package com.example\nclass Other\n")]);
    let files = |arguments: &[&str]| tree.json(&[&["check"], arguments].concat())["summary"]["files"].clone();
    assert_eq!(files(&[]), 2);
    assert_eq!(files(&["--include", "generated"]), 3);
    assert_eq!(files(&["Message.kt"]), 1);
    assert_eq!(tree.rules(&[]), ["ungated-access"], "an access in generated code is one, too");
    let stats = tree.run(&["check", "--stats"]).err;
    let row: Vec<&str> = stats.lines().filter(|line| line.contains("generated code")).collect();
    assert!(row.len() == 1 && row[0].ends_with(" 1"), "{stats}");
}
