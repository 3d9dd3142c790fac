//! What the reports say of a project with a policy, word for word: `fixtures/render/*/expected/`. With `UPDATE_EXPECT=1` that is rewritten.

use std::fs;
use std::path::Path;
use std::process::Command;

use askfirst::catalogue;
use askfirst::discover::Settings;
use askfirst::engine::{self, Options, Progress};
use askfirst::report::words;
use askfirst::verdict::{Rule, Verdict};
use tempfile::TempDir;
use walkdir::WalkDir;

const PROJECT: &str = "fixtures/render/hikers";

/// Arguments, and the file that has what is printed then.
const REPORTS: [(&[&str], &str); 16] = [
    (&["check"], "check.txt"),
    (&["check", "--format", "short"], "check-short.txt"),
    (&["check", "--format", "json"], "check.json"),
    (&["check", "--format", "sarif"], "check.sarif"),
    (&["check", "--format", "github"], "check-github.txt"),
    (&["check", "--format", "gitlab"], "check-gitlab.json"),
    (&["check", "--format", "checkstyle"], "check-checkstyle.xml"),
    (&["check", "--format", "junit"], "check-junit.xml"),
    (&["check", "--format", "markdown"], "check.md"),
    (&["check", "--format", "html"], "check.html"),
    (&["check", "--format", "xcode"], "check-xcode.txt"),
    (&["inventory"], "inventory.txt"),
    (&["inventory", "--format", "json"], "inventory.json"),
    (&["inventory", "--format", "short"], "inventory-short.txt"),
    (&["inventory", "--format", "markdown"], "inventory.md"),
    (&["inventory", "--format", "html"], "inventory.html"),
];

/// A copy that is a repository by itself: fingerprints depend on where in its repository a file lies.
fn copy() -> TempDir {
    let copy = tempfile::tempdir().expect("a temporary folder");
    for entry in WalkDir::new(PROJECT).into_iter().map(|entry| entry.expect("can be listed")).filter(|entry| entry.file_type().is_file()) {
        let path = copy.path().join(entry.path().strip_prefix(PROJECT).expect("is below"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::copy(entry.path(), path).expect("copied");
    }
    fs::create_dir(copy.path().join(".git")).expect("made");
    copy
}

fn report(arguments: &[&str]) -> String {
    let project = copy();
    let mut command = Command::new(env!("CARGO_BIN_EXE_askfirst"));
    command.args(arguments).args(["--color", "never"]).current_dir(project.path()).env("LC_ALL", "C.UTF-8").env_remove("COLUMNS");
    let output = command.output().expect("runs");
    assert!(output.status.code().is_some_and(|status| status < 2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let folder = fs::canonicalize(project.path()).expect("the project").to_string_lossy().into_owned();
    let text = String::from_utf8(output.stdout).expect("text").replace(&folder, "/…/hikers");
    // The version changes with each release.
    let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
    let without = |text: String, key: &str| text.replace(&format!("\"{key}\": {version}"), &format!("\"{key}\": \"…\""));
    let text = without(without(text, "version"), "semanticVersion");
    // The pages of the rules are elsewhere, and have tests of their own.
    text.split_inclusive('\n').map(|line| line.split_once("\": \"# ").map_or(line.to_owned(), |(key, _)| format!("{key}\": …\n"))).collect()
}

#[test]
fn reports_are_as_expected() {
    let mut differences = Vec::new();
    for (arguments, name) in REPORTS {
        let path = Path::new(PROJECT).join("expected").join(name);
        let actual = report(arguments);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(&path, &actual).expect("the expectation can be written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if actual != expected {
            differences.push(format!("{}\n--- expected\n{expected}--- actual\n{actual}", path.display()));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// The project shows every rule that only feature mode has, and each where it is to be looked for.
#[test]
fn the_project_shows_what_feature_mode_adds() {
    let shown = report(&["check", "--format", "short"]);
    for part in [
        "app/covers/Covers.kt:18:40: error[wrong-feature]",
        "app/covers/Covers.kt:23:40: warning[outside-feature-scope]",
        "app/friends/Friends.kt:18:33: error[platform-check-only]",
        "app/privacy/PrivacyGate.kt:11:9: error[gate-without-platform-check]",
        "askfirst.toml:8:21: warning[overclaimed-data]",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(shown.lines().count(), 5, "{shown}");
}

/// What the code in the help leaves to people: to import what it names, and to get hold of Java.
const IMPORTS: &str = "use {objc2_av_foundation::*, objc2_contacts::*, objc2_core_bluetooth::*, objc2_core_location::*, objc2_core_motion::*};";
const FROM_JAVA: &str = "let env: &mut jni::JNIEnv = attached();";

/// What the help shows for Rust, written before each access of `fixtures/catalogue/rust/` that nothing guards, is a guard.
#[test]
fn the_code_that_the_help_shows_for_rust_guards_the_access() {
    let scan = |text: &str| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("access.rs");
        fs::write(&file, text).expect("written");
        let discover = Settings { paths: vec![file], ..Settings::default() };
        engine::scan(&Options { discover, ..Options::default() }, catalogue::embedded(), &Progress::default()).expect("scanned")
    };
    let (mut tried, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir("fixtures/catalogue/rust").expect("the fixtures") {
        let path = entry.expect("can be listed").path();
        let text = fs::read_to_string(&path).expect("readable");
        let lines: Vec<&str> = text.lines().collect();
        let found = scan(&text);
        for finding in found.outcome.findings.iter().filter(|finding| finding.rule == Rule::UngatedAccess) {
            let Some(example) = words::message(finding, &found, catalogue::embedded()).help.example else { continue };
            let at = found.locate(finding.place).1.line as usize - 1;
            // Before an arm of a match no statement can stand.
            if lines[at].contains("=>") {
                continue;
            }
            tried += 1;
            let guarded = [&lines[..at], &[FROM_JAVA, example.as_str()], &lines[at..], &[IMPORTS]].concat().join("\n");
            let then = scan(&guarded);
            let line = at + 2 + example.lines().count();
            let access = then.outcome.sites.iter().find(|site| then.locate(site.place).1.line as usize == line);
            if access.is_none_or(|site| site.verdict != Verdict::Guarded) {
                wrong.push(format!("{}:{}\n{example}", path.display(), at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "not guarded by what the help shows:\n{}", wrong.join("\n"));
    assert!(tried > 25, "{tried}");
}
