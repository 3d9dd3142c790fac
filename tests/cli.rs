//! The program as people and other programs run it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with files, in which the program runs.
struct Tree(TempDir);

/// An access without any check, in Kotlin.
const UNGATED: &str = "\
package com.example

import android.content.Context
import android.provider.ContactsContract

class People(private val context: Context) {
    fun names() = context.contentResolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null)
}
";

/// The same behind a check.
const GUARDED: &str = "\
package com.example

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.provider.ContactsContract
import androidx.core.content.ContextCompat

class Friends(private val context: Context) {
    fun names() {
        if (ContextCompat.checkSelfPermission(context, Manifest.permission.READ_CONTACTS) != PackageManager.PERMISSION_GRANTED) return
        context.contentResolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null)
    }
}
";

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().expect("a temporary folder"));
        for (path, text) in files {
            tree.write(path, text.as_bytes());
        }
        tree
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("has a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_askfirst"));
        command.args(arguments).current_dir(self.path()).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("LC_ALL", "C");
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::new(self.command(arguments).output().expect("runs"))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:?}"))
    }

    /// How many files a check of these arguments finds.
    fn files(&self, arguments: &[&str]) -> u64 {
        self.json(&[&["check"], arguments].concat())["summary"]["files"].as_u64().expect("a number")
    }
}

#[derive(Debug)]
struct Run {
    status: i32,
    out: String,
    err: String,
}

impl Run {
    fn new(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Self { status: output.status.code().expect("a status"), out: text(output.stdout), err: text(output.stderr) }
    }
}

#[test]
fn an_ungated_access_fails_the_check() {
    let tree = Tree::new(&[("app/People.kt", UNGATED)]);
    let run = tree.run(&["check", "."]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.out.contains("error[ungated-access] app/People.kt:7:"), "{run:?}");
    assert!(run.err.contains("1 finding (1 error) in 1 file"), "{run:?}");
    assert_eq!(tree.run(&["check", "--fail-on", "never"]).status, 0);
    assert_eq!(tree.run(&["inventory"]).status, 0);
    let short = tree.run(&["check", "--format", "short"]);
    assert!(short.out.starts_with("app/People.kt:7:43: error[ungated-access]: contacts are accessed"), "{short:?}");
    assert_eq!(short.out.lines().count(), 1);
}

#[test]
fn a_guarded_access_passes() {
    let tree = Tree::new(&[("app/Friends.kt", GUARDED)]);
    let run = tree.run(&["check"]);
    assert_eq!((run.status, run.out.as_str()), (0, ""), "{run:?}");
    assert!(run.err.contains("0 findings in 1 file, 1 access: 1 guarded"), "{run:?}");
}

#[test]
fn only_what_nobody_calls_is_a_mere_notice() {
    let uncalled = UNGATED.replace("    fun names", "    private fun names");
    let each_other = uncalled.replace("null)\n}", "null).also { again() }\n\n    private fun again() { names() }\n}");
    assert_ne!(each_other, uncalled);
    let severity_of = |text: &str| Tree::new(&[("People.kt", text)]).json(&["check"])["findings"][0]["severity"].clone();
    assert_eq!(severity_of(&uncalled), "info");
    // That nothing was seen to get to its calls may be for want of seeing.
    assert_eq!(severity_of(&each_other), "error");
}

#[test]
fn the_json_report_has_the_promised_shape() {
    let tree = Tree::new(&[("app/People.kt", UNGATED), ("app/Friends.kt", GUARDED), ("Other.swift", "let a = 1\n")]);
    let report = tree.json(&["check"]);
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<String>>();
    assert_eq!(keys(&report).len(), 5);
    assert!(report.get("accesses").is_none());
    assert_eq!(report["version"], 1);
    assert_eq!(report["tool"]["name"], "askfirst");
    assert_eq!(report["tool"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["mode"], "platform");
    assert_eq!(report["summary"]["files"], 3);
    assert_eq!(report["summary"]["parsed"], 3);
    assert_eq!(report["summary"]["accesses"], 2);
    assert_eq!(report["summary"]["findings"], 1);
    assert_eq!(report["summary"]["by_rule"]["ungated-access"], 1);
    assert_eq!(report["summary"]["incomplete"], Value::Array(Vec::new()));
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "ungated-access");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["path"], "app/People.kt");
    assert_eq!([&finding["line"], &finding["column"], &finding["end_line"], &finding["end_column"]], [7, 43, 7, 48]);
    assert_eq!(finding["category"], "contacts");
    assert_eq!(finding["api"], "android.content.ContentResolver.query");
    assert_eq!(finding["feature"], Value::Null);
    assert!(finding["help"].as_str().is_some_and(|help| help.contains("READ_CONTACTS")), "{finding}");
    assert!(finding["message"].is_string() && finding["fingerprint"].is_string() && finding["trace"].is_array());
    let inventory = tree.json(&["inventory"]);
    assert_eq!(inventory["accesses"].as_array().map(Vec::len), Some(2));
    assert_eq!(tree.json(&["check", "--inventory"])["accesses"], inventory["accesses"]);
    let guarded = &inventory["accesses"][0];
    assert_eq!([&guarded["path"], &guarded["verdict"], &guarded["class"], &guarded["confidence"]], ["app/Friends.kt", "guarded", "protected", "certain"]);
    assert_eq!(guarded["proof"][0]["kind"], "check");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let names: Vec<String> = (0..40).map(|number| format!("m{}/F{number}.kt", number % 7)).collect();
    let files: Vec<(&str, &str)> = names.iter().enumerate().map(|(index, name)| (name.as_str(), if index % 3 == 0 { GUARDED } else { UNGATED })).collect();
    let tree = Tree::new(&files);
    for command in [vec!["inventory", "--format", "json"], vec!["check"], vec!["check", "--format", "short"]] {
        let of_jobs = |jobs: &str| tree.run(&[command.as_slice(), &["--jobs", jobs]].concat()).out;
        assert_eq!(of_jobs("1"), of_jobs("8"));
    }
}

#[test]
fn colours_are_for_terminals_and_for_who_asks() {
    let tree = Tree::new(&[("A.kt", UNGATED)]);
    assert!(!tree.run(&["check"]).out.contains('\u{1B}'));
    assert!(tree.run(&["check", "--color", "always"]).out.contains('\u{1B}'));
    let forced = |name: &str, value: &str| tree.command(&["check"]).env("CLICOLOR_FORCE", "1").env(name, value).output().expect("runs");
    assert!(String::from_utf8_lossy(&forced("IRRELEVANT", "1").stdout).contains('\u{1B}'));
    assert!(!String::from_utf8_lossy(&forced("NO_COLOR", "1").stdout).contains('\u{1B}'));
}

#[test]
fn a_report_goes_to_a_file_when_told() {
    let tree = Tree::new(&[("A.kt", UNGATED)]);
    let run = tree.run(&["check", "--format", "json", "--output", "report.json"]);
    assert_eq!((run.status, run.out.as_str()), (1, ""));
    let report: Value = serde_json::from_slice(&fs::read(tree.path().join("report.json")).expect("written")).expect("valid");
    assert_eq!(report["summary"]["findings"], 1);
    let run = tree.run(&["check", "--output", "no/such/folder/x"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("no/such/folder/x: no such file or directory"), "{run:?}");
}

#[test]
fn several_reports_are_written_at_once() {
    let tree = Tree::new(&[("a.kt", UNGATED)]);
    let run = tree.run(&["check", "--output", "sarif:out.sarif", "--output", "junit:x:y.xml", "--output", "json:out.json"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.out.starts_with("error[ungated-access] a.kt:7:43"), "{run:?}");
    let read = |name: &str| fs::read_to_string(tree.path().join(name)).expect("written");
    assert!(read("out.sarif").contains("\"version\": \"2.1.0\"") && read("x:y.xml").starts_with("<?xml"));
    let alone = tree.run(&["check", "--format", "json"]).out;
    assert_eq!(read("out.json"), alone);

    let run = tree.run(&["check", "--format", "short", "--output", "out.txt", "--output", "markdown:out.md"]);
    assert_eq!(run.out, "");
    assert!(read("out.txt").starts_with("a.kt:7:43: error[ungated-access]: ") && read("out.md").starts_with("### askfirst: 1 error\n"));
}

#[test]
fn mistakes_in_outputs_are_told_before_anything_is_scanned() {
    let tree = Tree::new(&[("a.kt", UNGATED)]);
    let wrong = |arguments: &[&str], part: &str| {
        let run = tree.run(arguments);
        assert!(run.status == 2 && run.out.is_empty() && run.err.contains(part), "{arguments:?}: {run:?}");
    };
    wrong(&["check", "--output", "sarfi:x"], "no format `sarfi`; did you mean `sarif:x`?");
    wrong(&["check", "--format", "sarfi"], "'sarif'");
    wrong(&["check", "--output", "a.txt", "--output", "b.txt"], "FORMAT:b.txt");
    wrong(&["check", "--output", "sarif:a", "--output", "json:a"], "two reports for a");
    wrong(&["inventory", "--output", "junit:a.xml"], "an inventory has no format `junit`");
    assert_eq!(fs::read_dir(tree.path()).expect("a folder").count(), 1);
    let run = tree.run(&["check", "--output", "sarif:gone/out.sarif"]);
    assert!(run.status == 2 && run.out.contains("ungated-access") && run.err.contains("gone/out.sarif"), "{run:?}");
}

#[test]
fn the_version_tells_what_was_built() {
    let tree = Tree::new(&[]);
    let first = format!("askfirst {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(tree.run(&["-V"]).out, first);
    let long = tree.run(&["--version"]).out;
    let lines: Vec<&str> = long.lines().collect();
    assert!(long.starts_with(&first) && lines[1].starts_with("commit: ") && lines[2].starts_with("target: "), "{long}");
}

#[test]
fn shells_and_man_learn_every_command() {
    let tree = Tree::new(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = tree.run(&["completions", shell]).out;
        assert!(script.contains("inventory") && script.contains("fail-on"), "{shell}: {script}");
    }
    assert!(tree.run(&["man"]).out.contains(".TH askfirst 1"));
    assert_eq!(tree.run(&["man", "--out", "share/man1"]).status, 0);
    for page in ["askfirst.1", "askfirst-check.1", "askfirst-man.1"] {
        assert!(fs::read_to_string(tree.path().join("share/man1").join(page)).is_ok_and(|text| text.contains(".TH")), "{page}");
    }
}

#[test]
fn wrong_commands_are_told_from_findings() {
    let tree = Tree::new(&[("A.kt", UNGATED)]);
    let run = tree.run(&["check", "A.kt", "missing.kt"]);
    assert_eq!((run.status, run.out.as_str(), run.err.as_str()), (2, "", "error: missing.kt: no such file or directory\n"));
    assert_eq!(tree.run(&[]).status, 2);
    let path = tree.run(&["A.kt"]);
    assert_eq!(path.status, 2);
    assert!(path.err.contains("askfirst check A.kt"), "{path:?}");
    for arguments in [vec!["check", "--format", "yaml"], vec!["check", "--jobs", "0"], vec!["check", "--exclude", "[a"], vec!["frobnicate"]] {
        let run = tree.run(&arguments);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(!run.err.is_empty());
    }
}

#[test]
fn mistakes_in_rules_are_shown_where_they_are() {
    let tree = Tree::new(&[("rules/android/mine.toml", "category = \"contacs\"\n")]);
    let run = tree.run(&["check", "--rules", "rules"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("mine.toml:1:12") && run.err.contains("did you mean `contacts`"), "{run:?}");
    let tree = Tree::new(&[("rules/android/mine.toml", "category = \"con\\u001b[31mtacts\" # \u{202E}\n")]);
    let run = tree.run(&["check", "--rules", "rules"]);
    assert!(run.status == 2 && !run.err.contains(['\u{1B}', '\u{202E}']), "{run:?}");
}

#[test]
fn the_schema_of_policies_is_printed() {
    let run = Tree::new(&[]).run(&["schema"]);
    assert_eq!((run.status, run.out.as_str()), (0, include_str!("../docs/askfirst.schema.json")));
}

#[test]
fn what_cannot_be_analysed_is_never_passed_over() {
    let huge = format!("{UNGATED}// {}\n", "x".repeat(3 * 1024 * 1024));
    let tree = Tree::new(&[("Huge.kt", &huge), ("HugeButHarmless.kt", &"// x\n".repeat(1024 * 1024))]);
    tree.write("Binary.swift", b"let a\0 = 1");
    tree.write("BadUtf16.swift", b"\xFF\xFEa");
    let run = tree.run(&["check"]);
    assert_eq!(run.status, 3, "{run:?}");
    let report = tree.json(&["check"]);
    let incomplete = report["summary"]["incomplete"].as_array().expect("a list");
    let reasons: Vec<String> =
        incomplete.iter().map(|one| format!("{}: {}", one["path"].as_str().unwrap_or_default(), one["reason"].as_str().unwrap_or_default())).collect();
    let expected = ["BadUtf16.swift: starts like UTF-16 but is not valid UTF-16", "Binary.swift: looks like a binary file", "Huge.kt: larger than 2 MiB"];
    assert_eq!(reasons, expected);
    assert!(run.err.contains("not analysed: Binary.swift: looks like a binary file"), "{run:?}");
    assert_eq!(tree.run(&["check", "--allow-incomplete"]).status, 0);
    tree.write("A.kt", UNGATED.as_bytes());
    assert_eq!(tree.run(&["check"]).status, 1, "findings come before incompleteness");
}

#[test]
fn a_file_that_is_mostly_not_its_language_is_incomplete() {
    let tree = Tree::new(&[("A.java", &format!("{UNGATED}\n{}", "%%% )( ]] fun fun 12 ;;; == }{ ".repeat(200)))]);
    let report = tree.json(&["check"]);
    let reason = report["summary"]["incomplete"][0]["reason"].as_str().unwrap_or_default().to_owned();
    assert!(reason.contains("% of it could not be parsed as Java"), "{report}");
}

#[cfg(unix)]
#[test]
fn unreadable_files_are_incomplete() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::new(&[("A.kt", UNGATED)]);
    fs::set_permissions(tree.path().join("A.kt"), fs::Permissions::from_mode(0o000)).expect("set");
    if fs::read(tree.path().join("A.kt")).is_ok() {
        // A superuser reads everything.
        return;
    }
    let run = tree.run(&["check"]);
    assert_eq!(run.status, 3);
    assert!(run.err.contains("A.kt: cannot be read: permission denied"), "{run:?}");
}

#[test]
fn every_encoding_gives_the_same_places() {
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(UNGATED.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let tree = Tree::new(&[("crlf/A.kt", &UNGATED.replace('\n', "\r\n")), ("bom/A.kt", &format!("\u{FEFF}{UNGATED}"))]);
    tree.write("utf16/A.kt", &utf16);
    let report = tree.json(&["check"]);
    let findings = report["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), 3, "{report}");
    assert!(findings.iter().all(|finding| [&finding["line"], &finding["column"]] == [7, 43]), "{report}");
}

#[test]
fn ignore_files_hold_with_and_without_git() {
    let tree = Tree::new(&[(".gitignore", "gen/\n*.java\n"), ("gen/A.kt", ""), ("B.java", ""), ("C.kt", ""), ("sub/.ignore", "D.kt\n"), ("sub/D.kt", "")]);
    assert_eq!(tree.files(&["."]), 1);
    assert_eq!(tree.files(&["--no-ignore"]), 4);
    assert_eq!(tree.files(&["--include", "ignored"]), 4);
    assert_eq!(tree.files(&["B.java"]), 1, "a named file is always looked at");
    assert_eq!(tree.files(&["gen"]), 1, "a named folder is always looked at");
    let stats = tree.run(&["check", "--stats"]);
    assert!(stats.err.lines().any(|line| line.contains("ignored by .gitignore") && line.ends_with(" 3")), "{stats:?}");
}

#[test]
fn code_that_is_not_the_apps_own_is_left_out() {
    let tree = Tree::new(&[
        ("app/src/main/java/com/x/build/A.java", ""),
        ("app/build/generated/B.java", ""),
        ("ios/Pods/C.swift", ""),
        ("app/src/test/java/D.java", ""),
        ("ios/AppTests/E.swift", ""),
        (".hidden/F.swift", ""),
        ("node_modules/m/G.java", ""),
        ("build/Tests/H.swift", ""),
    ]);
    assert_eq!(tree.files(&[]), 1);
    assert_eq!(tree.files(&["--include", "tests"]), 3);
    assert_eq!(tree.files(&["--include", "tests,build,vendored", "--hidden"]), 8);
    assert_eq!(tree.files(&["ios/Pods", "app/src/test"]), 2);
    assert_eq!(tree.files(&["build"]), 0, "what lies below a named folder is left out by its own name");
    assert_eq!(tree.files(&["--include", "tests,build,vendored,hidden", "--exclude", "ios", "--exclude", "*.java"]), 2);
    let stats = tree.run(&["check", "--stats"]).err;
    for (reason, count) in [("hidden", 1), ("build output", 2), ("vendored", 2), ("tests", 2)] {
        assert!(stats.lines().any(|line| line.contains(&format!("left out, {reason}")) && line.ends_with(&format!(" {count}"))), "{reason}: {stats}");
    }
}

#[test]
fn overlapping_paths_are_scanned_once() {
    let tree = Tree::new(&[("a/b/A.kt", UNGATED)]);
    let absolute = tree.path().join("a").display().to_string();
    let report = tree.json(&["check", ".", "a", "./a/b", "a/b/A.kt", "a/../a", &absolute]);
    assert_eq!(report["summary"]["files"], 1);
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["findings"][0]["path"], "a/b/A.kt");
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_where_they_are_named() {
    use std::os::unix::fs::symlink;
    let tree = Tree::new(&[("real/A.kt", UNGATED)]);
    symlink(tree.path(), tree.path().join("real/loop")).expect("linked");
    symlink(tree.path().join("real"), tree.path().join("link")).expect("linked");
    symlink(tree.path().join("nowhere"), tree.path().join("dangling.kt")).expect("linked");
    let report = tree.json(&["check"]);
    assert_eq!(report["summary"]["files"], 1);
    assert_eq!(report["summary"]["incomplete"], Value::Array(Vec::new()));
    assert_eq!(tree.json(&["check", "link"])["findings"][0]["path"], "link/A.kt");
    assert_eq!(tree.run(&["check", "dangling.kt"]).status, 2);
}

#[test]
fn an_empty_answer_says_what_it_rests_on() {
    let tree = Tree::new(&[("README.md", "")]);
    let run = tree.run(&["check"]);
    assert_eq!(run.status, 0);
    assert!(run.err.contains("no Kotlin, Java, Swift, Objective-C or Rust file to look at"), "{run:?}");
    assert!(tree.run(&["check", "README.md"]).err.contains("README.md: not a language that askfirst reads"));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let files: Vec<String> = (0..60).map(|number| format!("F{number}.kt")).collect();
    let tree = Tree::new(&files.iter().map(|name| (name.as_str(), UNGATED)).collect::<Vec<_>>());
    let mut child = tree.command(&["check"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(!err.contains("error:") && !err.contains("panicked"), "{err}");
}

#[test]
fn rules_are_explained_and_listed() {
    let tree = Tree::new(&[]);
    for rule in askfirst::verdict::Rule::ALL {
        let run = tree.run(&["explain", rule.id()]);
        assert_eq!(run.status, 0);
        assert!(run.out.starts_with(&format!("# {rule}\n")), "{run:?}");
    }
    let wrong = tree.run(&["explain", "ungated-acess"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.err.contains("did you mean `ungated-access`"), "{wrong:?}");
    let listed = tree.run(&["rules", "ContentResolver", "--category", "contacts"]);
    assert!(listed.out.contains("android.content.ContentResolver.query"), "{listed:?}");
    assert!(!listed.out.contains("apple"));
    let rules: Value = serde_json::from_str(&tree.run(&["rules", "--format", "json", "--platform", "android"]).out).expect("valid");
    assert!(rules["accesses"].as_array().is_some_and(|rows| rows.len() > 50 && rows.iter().all(|row| row["platform"] == "android")));
}

#[test]
fn a_place_is_explained() {
    let tree = Tree::new(&[("A.kt", UNGATED), ("B.kt", GUARDED), ("C.kt", "fun f() {}\n")]);
    let ungated = tree.run(&["explain", "A.kt:7"]);
    assert_eq!(ungated.status, 0);
    for part in [
        "A.kt:7:43",
        "android.content.ContentResolver.query (contacts, protected)",
        "certain: ",
        "verdict   ungated",
        "function  `names`",
        "error[ungated-access]",
    ] {
        assert!(ungated.out.contains(part), "{part}: {ungated:?}");
    }
    assert!(tree.run(&["explain", "B.kt:12"]).out.contains("verdict   guarded: every path to it has a check that fits"));
    assert!(tree.run(&["explain", "A.kt:2"]).out.starts_with("nothing here; the nearest accesses of this file:\n  A.kt:7:43: contacts ungated"));
    assert_eq!(tree.run(&["explain", "C.kt:1"]).out, "nothing here, nor anywhere in this file\n");
    assert!(tree.run(&["explain", "A.kt"]).err.contains("which line?"));
    assert_eq!(tree.run(&["explain", "Z.kt:1"]).status, 2);
}

#[test]
fn each_stage_can_be_looked_at() {
    let tree = Tree::new(&[("A.kt", UNGATED)]);
    assert!(tree.run(&["debug", "tree", "A.kt"]).out.contains("import"));
    assert!(tree.run(&["debug", "ir", "A.kt"]).out.contains("contentResolver"));
    assert!(tree.run(&["debug", "sites", "A.kt"]).out.contains("Ungated"));
}

/// A policy with one gate, and two features.
const POLICY: &str = "\
[[gate]]
call = \"PrivacyGate.allows($feature)\"

[feature.find-friends]
key = \"Feature.FIND_FRIENDS\"
purpose = \"See which of your contacts are here, too.\"
data = [\"contacts\"]
scope = [\"app/friends/**\"]
opt-out = \"Settings > Privacy\"

[feature.cover]
key = \"Feature.COVER\"
purpose = \"Put a photo on your list.\"
data = [\"photos\"]
opt-out = \"Settings > Privacy\"
";

const GATE: &str = "\
package com.example

enum class Feature { FIND_FRIENDS, COVER }

interface PrivacyGate {
    fun allows(feature: Feature): Boolean
}
";

/// An access behind the gate of a feature.
fn gated(feature: &str) -> String {
    let import = "import android.content.Context\nimport android.provider.ContactsContract.Contacts\n";
    let query = "context.contentResolver.query(Contacts.CONTENT_URI, null, null, null, null)";
    format!(
        "package com.example\n\n{import}\nclass Friends(val context: Context, val gate: PrivacyGate) {{\n    fun find() {{\n        if (gate.allows(Feature.{feature})) {query}\n    }}\n}}\n"
    )
}

fn project(policy: &str, feature: &str) -> Tree {
    Tree::new(&[("askfirst.toml", policy), ("app/Gate.kt", GATE), ("app/friends/Friends.kt", &gated(feature))])
}

/// Rule, path and line of each finding.
fn found(report: &Value) -> Vec<String> {
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().expect("a list");
    findings.iter().map(|finding| format!("{} {}:{}", text(finding, "rule"), text(finding, "path"), finding["line"])).collect()
}

#[test]
fn a_policy_makes_the_check_one_by_feature() {
    let report = project(POLICY, "FIND_FRIENDS").json(&["check", "--inventory"]);
    assert_eq!(report["mode"], "feature");
    assert_eq!(found(&report), ["unused-feature askfirst.toml:11", "overclaimed-data askfirst.toml:14"]);
    assert_eq!(report["findings"][1]["feature"], "cover");
    assert_eq!(report["findings"][1]["category"], "photos");
    let access = &report["accesses"][0];
    assert_eq!([&access["verdict"], &access["feature"]], ["guarded", "find-friends"]);
    assert_eq!(access["proof"][0]["kind"], "gate");

    let tree = project(POLICY, "COVER");
    let report = tree.json(&["check"]);
    assert_eq!(found(&report), ["wrong-feature app/friends/Friends.kt:8", "unused-feature askfirst.toml:4", "overclaimed-data askfirst.toml:14"]);
    assert_eq!(report["findings"][0]["feature"], "cover");
    let shown = tree.run(&["check"]);
    assert!(shown.status == 1 && shown.out.contains("askfirst.toml:14:"), "the policy's line is shown: {shown:?}");

    let without = Tree::new(&[("askfirst.toml", "[rules]\nungated-access = \"warning\"\n"), ("app/Gate.kt", GATE), ("app/A.kt", &gated("COVER"))]);
    assert_eq!(without.json(&["check"])["mode"], "platform", "a policy without features asks for no gates");
}

#[test]
fn what_was_not_scanned_is_not_missed() {
    let tree = project(POLICY, "FIND_FRIENDS");
    tree.write("app/Other.kt", b"package com.example\n");
    for path in ["app/Other.kt", "app/friends/Friends.kt", "app"] {
        let report = tree.json(&["check", path]);
        assert_eq!((report["mode"].as_str(), found(&report)), (Some("feature"), Vec::new()), "{path}");
    }
    // Above the folder of the run the repository ends the search.
    tree.write(".git/HEAD", b"");
    let below = Run::new(tree.command(&["check", "--format", "short"]).current_dir(tree.path().join("app")).output().expect("runs"));
    assert_eq!((below.status, below.out.as_str()), (0, ""), "{below:?}");
    let outside = Run::new(tree.command(&["check", "--format", "short", "../Friends.kt"]).current_dir(tree.path().join("app/friends")).output().expect("runs"));
    assert_eq!(outside.status, 2, "{outside:?}");
}

#[test]
fn severities_are_those_of_the_policy() {
    let with = |rules: &str| project(&format!("{POLICY}\n[rules]\nunused-feature = \"off\"\noverclaimed-data = \"off\"\n{rules}"), "COVER");
    let run = |rules: &str| with(rules).run(&["check", "--format", "short"]);
    let error = run("");
    assert!(error.status == 1 && error.out.contains("error[wrong-feature]"), "{error:?}");
    let warning = run("wrong-feature = \"warning\"\n");
    assert!(warning.status == 0 && warning.out.contains("warning[wrong-feature]"), "{warning:?}");
    assert_eq!(with("wrong-feature = \"warning\"\n").run(&["check", "--fail-on", "warning"]).status, 1);
    let info = run("wrong-feature = \"info\"\n");
    assert!(info.status == 0 && info.out.contains("info[wrong-feature]"), "{info:?}");
    let off = with("wrong-feature = \"off\"\n");
    assert_eq!((run("wrong-feature = \"off\"\n").status, off.run(&["check"]).out), (0, String::new()));
    assert_eq!(off.json(&["inventory"])["accesses"][0]["verdict"], "wrong-feature", "it is not fine, it is only not reported");
}

#[test]
fn mistakes_in_a_policy_are_shown_and_stop_the_scan() {
    let mistaken = POLICY.replace("\"photos\"", "\"fotos\"").replace("opt-out", "optout");
    let tree = project(&mistaken, "COVER");
    for command in ["check", "inventory"] {
        let run = tree.run(&[command]);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{run:?}");
        for part in ["askfirst.toml:14:9", "did you mean `photos`", "askfirst.toml:9:1", "`opt-out`", "3 mistakes"] {
            assert!(run.err.contains(part), "{part}: {run:?}");
        }
    }
    // A mistake elsewhere is none of what was asked.
    tree.write("other/askfirst.toml", b"[feature]\n");
    tree.write("other/B.kt", b"package other\n");
    assert_eq!(tree.run(&["check", "other"]).status, 0);
}

#[test]
fn the_nearest_policy_speaks_for_a_file() {
    let base = POLICY.replace("scope = [\"app/friends/**\"]\n", "");
    let tree = project(&base, "COVER");
    let nested = "[project]\nextends = [\"../askfirst.toml\"]\n\n[feature.cover]\nkey = \"Feature.COVER\"\npurpose = \"Another.\"\ndata = [\"contacts\"]\nopt-out = \"S\"\n";
    assert_eq!(found(&tree.json(&["check", "app"])), ["wrong-feature app/friends/Friends.kt:8"]);
    tree.write("app/askfirst.toml", nested.as_bytes());
    let report = tree.json(&["check", "app/friends"]);
    assert_eq!(found(&report), Vec::<String>::new(), "its own policy declares contacts for it");
    assert_eq!(report["mode"], "feature");
}

#[test]
fn init_writes_a_policy_that_check_reads() {
    let tree = Tree::new(&[("app/people/People.kt", UNGATED), ("app/friends/Friends.kt", GUARDED)]);
    let shown = tree.run(&["init", "--stdout"]);
    assert_eq!(shown.status, 0, "{shown:?}");
    assert!(!tree.path().join("askfirst.toml").exists());
    let run = tree.run(&["init"]);
    assert_eq!((run.status, run.out.as_str()), (0, ""), "{run:?}");
    assert!(run.err.contains("askfirst.toml, from 2 accesses") && run.err.ends_with('\n') && !run.err.contains("\\u{"), "{run:?}");
    let written = fs::read_to_string(tree.path().join("askfirst.toml")).expect("written");
    assert_eq!(written, shown.out);
    assert!(written.contains("data = [\"contacts\"]") && written.contains("#   app/people/People.kt:7"), "{written}");

    let report = tree.json(&["check"]);
    assert_eq!(report["mode"], "feature");
    let ungated = found(&report).into_iter().filter(|one| one.starts_with("ungated-access")).collect::<Vec<_>>();
    assert_eq!(ungated, ["ungated-access app/people/People.kt:7"], "{report}");
    let rules: Vec<&String> = report["summary"]["by_rule"].as_object().expect("an object").keys().collect();
    for rule in ["missing-purpose", "missing-opt-out"] {
        assert!(rules.contains(&&rule.to_owned()), "{rule} is left to be written: {rules:?}");
    }
    assert!(
        !rules.iter().any(|rule| ["undeclared-data", "overclaimed-data", "unreachable-scope", "outside-feature-scope"].contains(&rule.as_str())),
        "{rules:?}"
    );
}

#[test]
fn init_never_overwrites() {
    let tree = Tree::new(&[("A.kt", UNGATED), ("askfirst.toml", "# mine\n")]);
    let run = tree.run(&["init"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""), "{run:?}");
    assert!(run.err.contains("there is a policy already"), "{run:?}");
    assert_eq!(fs::read_to_string(tree.path().join("askfirst.toml")).expect("there"), "# mine\n");
    assert_eq!(tree.run(&["init", "--stdout"]).status, 0);
    assert_eq!(tree.run(&["init", "nowhere"]).status, 2);
    assert_eq!(tree.run(&["init", "A.kt"]).status, 2);
    tree.write("sub/Bad.kt", b"let a\0 = 1");
    assert_eq!(tree.run(&["init", "sub"]).status, 3, "what could not be read is not in the proposal");
    assert!(tree.path().join("sub/askfirst.toml").exists());
}
