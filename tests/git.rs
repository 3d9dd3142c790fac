//! What git holds, and what a change made: `--staged`, `--since`, `--diff`, in repositories that git itself makes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Who may read contacts: the one helper that all depends on.
const MAY_READ: &str = "\
package com.example

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import androidx.core.content.ContextCompat

fun mayRead(context: Context) = ContextCompat.checkSelfPermission(context, Manifest.permission.READ_CONTACTS) == PackageManager.PERMISSION_GRANTED
";

/// The same without the check.
const MAY_ALWAYS: &str = "\
package com.example

import android.content.Context

fun mayRead(context: Context) = true
";

fn reader(name: &str, guard: &str) -> String {
    format!(
        "package com.example\n\nimport android.content.Context\nimport android.provider.ContactsContract\n\nclass {name}(private val context: Context) {{\n    \
         fun names() {{\n        {guard}\n        context.contentResolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null)\n    }}\n}}\n"
    )
}

fn guarded(name: &str) -> String {
    reader(name, "if (!mayRead(context)) return")
}

fn ungated(name: &str) -> String {
    reader(name, "")
}

struct Repository {
    folder: TempDir,
}

struct Run {
    status: i32,
    out: String,
    err: String,
}

impl Run {
    /// Paths of the findings.
    fn paths(&self) -> Vec<String> {
        let report: Value = serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err));
        let findings = report["findings"].as_array().expect("findings");
        findings.iter().map(|finding| finding["path"].as_str().expect("a path").to_owned()).collect()
    }
}

impl Repository {
    fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    /// With a first commit.
    fn with(files: &[(&str, &str)]) -> Self {
        let repository = Self::new();
        files.iter().for_each(|(path, text)| repository.write(path, text));
        repository.commit("first");
        repository
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn git(&self, args: &[&str]) -> Output {
        let output = git(self.path(), args);
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn check(&self, args: &[&str]) -> Run {
        check_in(self.path(), args)
    }
}

/// Git without what the person's own settings would change.
fn git(folder: &Path, args: &[&str]) -> Output {
    let names = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false"];
    let mut command = clean(Command::new("git"));
    command.current_dir(folder).args(names).args(args).output().expect("git runs")
}

fn clean(mut command: Command) -> Command {
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "ASKFIRST_FORMAT", "ASKFIRST_FAIL_ON"] {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command
}

fn check_in(folder: &Path, args: &[&str]) -> Run {
    let mut command = clean(Command::new(env!("CARGO_BIN_EXE_askfirst")));
    let output = command.current_dir(folder).args(["check", "--format", "json"]).args(args).output().expect("the program runs");
    Run {
        status: output.status.code().expect("a status"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

#[test]
fn staged_is_what_the_index_holds() {
    let repository = Repository::with(&[("app/A.kt", &guarded("A")), ("app/MayRead.kt", MAY_READ)]);
    repository.write("app/A.kt", &ungated("A"));
    assert_eq!(repository.check(&["--staged"]).paths(), [""; 0], "not staged yet");
    assert_eq!(repository.check(&[]).paths(), ["app/A.kt"]);
    repository.git(&["add", "app/A.kt"]);
    repository.write("app/A.kt", &guarded("A"));
    let run = repository.check(&["--staged"]);
    assert_eq!((run.paths(), run.status), (vec!["app/A.kt".to_owned()], 1), "staged, and mended only on disk");
    assert_eq!(repository.check(&[]).paths(), [""; 0]);
}

#[test]
fn a_file_may_be_staged_in_part() {
    let repository = Repository::with(&[("A.kt", "package com.example\n")]);
    repository.write("A.kt", &ungated("A"));
    repository.git(&["add", "A.kt"]);
    repository.write("A.kt", &format!("{}{}", ungated("A"), ungated("B").replace("package com.example\n", "")));
    let run = repository.check(&["--staged"]);
    assert_eq!(run.paths(), ["A.kt"], "the second class is not staged");
    assert_eq!(repository.check(&[]).paths().len(), 2);
}

#[test]
fn the_rest_of_the_tree_is_linked_as_it_will_be() {
    let repository = Repository::with(&[("A.kt", &guarded("A")), ("MayRead.kt", MAY_READ)]);
    // What unguards A is in another file.
    repository.write("MayRead.kt", MAY_ALWAYS);
    repository.git(&["add", "MayRead.kt"]);
    assert_eq!(repository.check(&["--staged"]).paths(), ["A.kt"]);
    repository.git(&["rm", "-q", "--cached", "MayRead.kt"]);
    assert_eq!(repository.check(&["--staged"]).paths(), ["A.kt"], "the helper is deleted in the index, not on disk");
}

#[test]
fn an_index_without_a_commit_is_one() {
    let repository = Repository::new();
    assert_eq!(repository.check(&["--staged"]).paths(), [""; 0]);
    repository.write("A.kt", &ungated("A"));
    assert_eq!(repository.check(&["--staged"]).paths(), [""; 0]);
    repository.git(&["add", "A.kt"]);
    assert_eq!(repository.check(&["--staged"]).paths(), ["A.kt"]);
    assert_eq!(repository.check(&["--staged", "--diff"]).paths(), ["A.kt"]);
    repository.git(&["rm", "-q", "--cached", "A.kt"]);
    repository.git(&["add", "--intent-to-add", "A.kt"]);
    assert_eq!(repository.check(&["--staged"]).paths(), [""; 0], "what is only to be added is in no commit");
}

#[test]
fn paths_are_told_from_the_folder_of_the_run() {
    let repository = Repository::with(&[("app/src/A.kt", &ungated("A")), ("lib/B.kt", &ungated("B"))]);
    assert_eq!(check_in(&repository.path().join("app"), &["--staged"]).paths(), ["src/A.kt"]);
    assert_eq!(check_in(&repository.path().join("app"), &["--staged", "../lib"]).paths(), ["../lib/B.kt"]);
    assert_eq!(repository.check(&["--staged", "lib"]).paths(), ["lib/B.kt"]);
    let absolute = repository.path().join("lib/B.kt");
    assert_eq!(repository.check(&["--staged", absolute.to_str().expect("UTF-8")]).paths(), ["lib/B.kt"]);
}

#[test]
fn a_clean_tree_reads_the_same_on_disk_and_in_the_index() {
    let tree = [
        ("A.kt", ungated("A")),
        ("build/B.kt", ungated("B")),
        ("src/test/C.kt", ungated("C")),
        ("ignored/D.kt", ungated("D")),
        (".ignore", "ignored/\n".to_owned()),
        ("askfirst.toml", "[rules]\nungated-access = \"warning\"\n".to_owned()),
    ];
    let files: Vec<(&str, &str)> = tree.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let repository = Repository::with(&files);
    let (disk, staged) = (repository.check(&["--inventory"]), repository.check(&["--inventory", "--staged"]));
    assert_eq!(disk.out, staged.out);
    assert_eq!(disk.paths(), ["A.kt"]);
    assert_eq!(disk.status, 0, "a warning");
}

#[test]
fn the_policy_and_the_baseline_are_those_of_the_index() {
    let repository = Repository::with(&[("A.kt", &ungated("A")), ("askfirst.toml", "[rules]\nungated-access = \"off\"\n")]);
    repository.write("askfirst.toml", "[rules]\n");
    assert_eq!(repository.check(&["--staged"]).paths(), [""; 0]);
    assert_eq!(repository.check(&[]).paths(), ["A.kt"]);
    repository.git(&["add", "askfirst.toml"]);
    assert_eq!(repository.check(&["--staged"]).paths(), ["A.kt"]);
    repository.write("other.toml", "[rules]\nungated-access = \"off\"\n");
    assert_eq!(repository.check(&["--staged", "--config", "other.toml"]).paths(), [""; 0], "what is named counts, staged or not");
}

#[test]
fn conflicts_and_missing_repositories_are_errors() {
    let repository = Repository::with(&[("A.kt", &guarded("A"))]);
    repository.git(&["switch", "-q", "-c", "other"]);
    repository.write("A.kt", &ungated("A"));
    repository.commit("other");
    repository.git(&["switch", "-q", "main"]);
    repository.write("A.kt", &reader("A", "if (!mayRead(context)) error(\"no\")"));
    repository.commit("main");
    assert!(!git(repository.path(), &["merge", "other"]).status.success());
    let run = repository.check(&["--staged"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("A.kt: has a merge conflict"), "{}", run.err);

    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = check_in(folder.path(), &["--staged"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("not in a git repository"), "{}", run.err);
    let run = repository.check(&["--since", "nowhere"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("nowhere: no such revision"), "{}", run.err);
}

#[test]
fn since_reports_what_the_change_made() {
    let repository = Repository::with(&[("Old.kt", &ungated("Old")), ("A.kt", &guarded("A")), ("MayRead.kt", MAY_READ)]);
    assert_eq!(repository.check(&["--diff"]).paths(), [""; 0]);
    // Moved lines change nothing.
    repository.write("Old.kt", &format!("// A remark.\n\n{}", ungated("Old")));
    assert_eq!(repository.check(&["--diff"]).paths(), [""; 0]);
    repository.write("MayRead.kt", MAY_ALWAYS);
    let run = repository.check(&["--diff"]);
    assert_eq!(run.paths(), ["A.kt"], "not touched, and unguarded all the same");
    assert_eq!(run.status, 1);
    let report: Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(report["summary"]["earlier"], serde_json::json!({"since": "HEAD", "findings": 1}));
    assert_eq!(repository.check(&["--staged", "--diff"]).paths(), [""; 0]);
    repository.git(&["add", "--all"]);
    assert_eq!(repository.check(&["--staged", "--diff"]).paths(), ["A.kt"]);
    let mut command = clean(Command::new(env!("CARGO_BIN_EXE_askfirst")));
    let output = command.current_dir(repository.path()).args(["check", "--diff", "--format", "short"]).output().expect("runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("1 finding (1 error) since HEAD, 1 earlier, in 3 files"), "{told}");
}

#[test]
fn since_goes_back_to_where_the_branch_began() {
    let repository = Repository::with(&[("A.kt", &ungated("A"))]);
    repository.git(&["switch", "-q", "-c", "feature"]);
    repository.write("B.kt", &ungated("B"));
    repository.commit("feature");
    repository.git(&["switch", "-q", "main"]);
    // The target of the pull request moved on, and mended A.
    repository.write("A.kt", &guarded("A"));
    repository.write("MayRead.kt", MAY_READ);
    repository.commit("main");
    repository.git(&["switch", "-q", "feature"]);
    assert_eq!(repository.check(&["--since", "main"]).paths(), ["B.kt"]);
}

#[test]
fn a_renamed_file_is_no_new_one() {
    let repository = Repository::with(&[("Old.kt", &ungated("Old")), ("Other.kt", &ungated("Other"))]);
    fs::create_dir_all(repository.path().join("moved")).expect("made");
    repository.git(&["mv", "Old.kt", "moved/New.kt"]);
    repository.git(&["mv", "Other.kt", "moved/Other.kt"]);
    repository.write("moved/Other.kt", &format!("// Changed a little.\n{}", ungated("Other")));
    repository.git(&["add", "--all"]);
    assert_eq!(repository.check(&["--staged", "--diff"]).paths(), [""; 0]);
    assert_eq!(repository.check(&["--diff"]).paths(), [""; 0]);
    repository.git(&["rm", "-q", "-f", "moved/New.kt"]);
    assert_eq!(repository.check(&["--staged", "--diff"]).paths(), [""; 0], "a deleted file makes nothing");
}

#[test]
fn what_is_allowed_no_more_is_the_doing_of_the_change() {
    let allowed = ungated("A").replace("        context.content", "        // askfirst: allow(ungated-access) because \"a demo\"\n        context.content");
    let repository = Repository::with(&[("A.kt", &allowed)]);
    assert_eq!(repository.check(&[]).paths(), [""; 0]);
    repository.write("A.kt", &ungated("A"));
    assert_eq!(repository.check(&["--diff"]).paths(), ["A.kt"]);
}

#[test]
fn a_change_that_mends_the_policy_can_be_checked() {
    let repository = Repository::with(&[("A.kt", &ungated("A")), ("askfirst.toml", "[rules\n")]);
    repository.write("askfirst.toml", "[rules]\nungated-access = \"warning\"\n");
    let run = repository.check(&["--diff"]);
    assert_eq!((run.paths(), run.status), (vec!["A.kt".to_owned()], 0));
    assert!(run.err.contains("every finding counts as new"), "{}", run.err);
}

#[test]
fn nothing_is_scanned_when_nothing_changed_that_is_read() {
    let repository = Repository::with(&[("A.kt", &ungated("A"))]);
    repository.write("README.md", "# Text\n");
    repository.git(&["add", "--all"]);
    let run = repository.check(&["--staged", "--diff"]);
    assert_eq!((run.paths(), run.status), (Vec::new(), 0));
    assert!(run.err.contains("nothing that askfirst reads has changed since HEAD"), "{}", run.err);
}

#[test]
fn submodules_belong_to_the_tree() {
    let library = Repository::with(&[("MayRead.kt", MAY_READ)]);
    let repository = Repository::with(&[("A.kt", &guarded("A"))]);
    let source = library.path().to_str().expect("UTF-8").to_owned();
    repository.git(&["submodule", "--quiet", "add", &source, "lib"]);
    assert_eq!(repository.check(&["--staged"]).paths(), [""; 0], "the helper is in the submodule");
    repository.commit("lib");
    // The submodule is at another commit on disk, which is not staged.
    fs::write(repository.path().join("lib/MayRead.kt"), MAY_ALWAYS).expect("written");
    git(&repository.path().join("lib"), &["commit", "-q", "-a", "-m", "always"]);
    assert_eq!(repository.check(&["--staged"]).paths(), [""; 0]);
    repository.git(&["add", "lib"]);
    assert_eq!(repository.check(&["--staged"]).paths(), ["A.kt"]);
    assert_eq!(repository.check(&["--staged", "--diff"]).paths(), ["A.kt"]);

    let clone = tempfile::tempdir().expect("a temporary folder");
    let there = clone.path().to_str().expect("UTF-8");
    assert!(git(repository.path(), &["clone", "-q", ".", there]).status.success());
    let run = check_in(clone.path(), &["--staged"]);
    assert_eq!(run.paths(), ["A.kt"]);
    assert!(run.err.contains("lib: a submodule that is not checked out"), "{}", run.err);
}

#[test]
fn a_linked_worktree_has_an_index_of_its_own() {
    let repository = Repository::with(&[("A.kt", &guarded("A")), ("MayRead.kt", MAY_READ)]);
    let beside = tempfile::tempdir().expect("a temporary folder");
    let tree: PathBuf = beside.path().join("tree");
    repository.git(&["worktree", "add", "-q", tree.to_str().expect("UTF-8")]);
    fs::write(tree.join("A.kt"), ungated("A")).expect("written");
    assert!(git(&tree, &["add", "--all"]).status.success());
    assert_eq!(check_in(&tree, &["--staged"]).paths(), ["A.kt"]);
    assert_eq!(check_in(&tree, &["--staged", "--diff"]).paths(), ["A.kt"]);
    assert_eq!(repository.check(&["--staged"]).paths(), [""; 0]);
}

#[test]
fn a_shallow_clone_says_what_is_missing() {
    let repository = Repository::with(&[("A.kt", &guarded("A"))]);
    repository.git(&["tag", "start"]);
    repository.write("A.kt", &ungated("A"));
    repository.commit("second");
    let clone = tempfile::tempdir().expect("a temporary folder");
    let source = format!("file://{}", repository.path().display());
    let there = clone.path().to_str().expect("UTF-8");
    assert!(git(repository.path(), &["clone", "-q", "--depth", "1", &source, there]).status.success());
    let run = check_in(clone.path(), &["--since", "start"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("start: no such revision; the clone is shallow"), "{}", run.err);
    assert_eq!(check_in(clone.path(), &["--since", "HEAD"]).paths(), [""; 0]);
}

/// A hook, as git runs it: with an index of its own when files are named on the command line of the commit.
#[cfg(unix)]
#[test]
fn a_hook_blocks_the_commit_that_it_should() {
    use std::os::unix::fs::PermissionsExt as _;

    let repository = Repository::with(&[("A.kt", &guarded("A")), ("MayRead.kt", MAY_READ)]);
    let hook = repository.path().join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().expect("a folder")).expect("made");
    fs::write(&hook, format!("#!/bin/sh\nexec '{}' check --staged --diff --format short\n", env!("CARGO_BIN_EXE_askfirst"))).expect("written");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("set");
    repository.write("A.kt", &ungated("A"));
    repository.write("C.kt", "package com.example\n");
    repository.git(&["add", "--all"]);
    let blocked = git(repository.path(), &["commit", "-m", "unguarded"]);
    assert!(!blocked.status.success());
    assert!(String::from_utf8_lossy(&blocked.stdout).contains("A.kt:9:") || String::from_utf8_lossy(&blocked.stderr).contains("A.kt:9:"));
    // Only the harmless file is committed, though the other is staged.
    let passed = git(repository.path(), &["commit", "-q", "-m", "harmless", "C.kt"]);
    assert!(passed.status.success(), "{}", String::from_utf8_lossy(&passed.stderr));
    assert!(!git(repository.path(), &["commit", "-m", "all", "--all"]).status.success());
}

fn diff(repository: &Repository, args: &[&str]) -> Run {
    let mut command = clean(Command::new(env!("CARGO_BIN_EXE_askfirst")));
    let output = command.current_dir(repository.path()).arg("diff").args(args).output().expect("the program runs");
    Run {
        status: output.status.code().expect("a status"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// One state of an app, and another.
fn changed_app() -> Repository {
    let repository = Repository::with(&[
        ("app/Invite.kt", &guarded("Invite")),
        ("app/People.kt", &guarded("People")),
        ("app/Same.kt", &guarded("Same")),
        ("MayRead.kt", MAY_READ),
    ]);
    repository.git(&["rm", "-q", "app/Invite.kt"]);
    repository.write("app/People.kt", &ungated("People"));
    repository.write(
        "app/Nearby.kt",
        "package com.example\n\nimport android.location.LocationManager\n\nclass Nearby(private val manager: LocationManager) {\n    \
         fun last() = manager.getLastKnownLocation(\"gps\")\n}\n",
    );
    repository.git(&["mv", "app/Same.kt", "Moved.kt"]);
    repository.commit("second");
    repository
}

#[test]
fn the_difference_tells_what_a_change_lets_the_app_do() {
    let repository = changed_app();
    let run = diff(&repository, &["HEAD~1..HEAD"]);
    let expected = "\
+ “Nearby” accesses location (new)
    + app/Nearby.kt:6:26  android.location.LocationManager.getLastKnownLocation  ungated
~ “People” accesses contacts with another verdict at 1 place
    ~ app/People.kt:9:33  android.content.ContentResolver.query  guarded before, ungated now
- “Invite” no longer accesses contacts
    - app/Invite.kt:9:33 (before)  android.content.ContentResolver.query  guarded
";
    assert_eq!((run.out.as_str(), run.status), (expected, 0), "{}", run.err);
    assert_eq!(diff(&repository, &["HEAD..HEAD"]).out, "HEAD..HEAD: nothing changes in what the app accesses, or promises\n");
    assert_eq!(diff(&repository, &["HEAD"]).out, "HEAD: nothing changes in what the app accesses, or promises\n");
    repository.write("app/People.kt", &guarded("People"));
    assert!(diff(&repository, &["HEAD"]).out.contains("ungated before, guarded now"));
    assert!(diff(&repository, &["HEAD~1...", "app/People.kt"]).out.starts_with("~ “People”"));
}

#[test]
fn the_difference_is_there_for_programs_and_for_pull_requests() {
    let repository = changed_app();
    let report: Value = serde_json::from_str(&diff(&repository, &["HEAD~1..", "--format", "json"]).out).expect("JSON");
    let kinds: Vec<&str> = report["uses"].as_array().expect("uses").iter().map(|change| change["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["new", "changed", "gone"]);
    assert_eq!(report["uses"][1]["accesses"][0]["before"], "guarded");
    let markdown = diff(&repository, &["HEAD~1..HEAD", "--format", "markdown"]).out;
    assert!(markdown.contains("- “Nearby” accesses location (new)\n\n  <details><summary>Where</summary>"), "{markdown}");
    let run = diff(&repository, &["nowhere..HEAD"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("nowhere: no such revision"), "{}", run.err);
}

#[test]
fn the_difference_tells_promises_and_features() {
    let policy = |purpose: &str, data: &str| {
        format!(
            "[[gate]]\ncall = \"Gate.allows($feature)\"\n\n[feature.friends]\nkey = [\"Feature.FRIENDS\"]\npurpose = \"{purpose}\"\ndata = [{data}]\nopt-out = \"Settings\"\n"
        )
    };
    let repository = Repository::with(&[("askfirst.toml", &policy("Find friends.", "\"contacts\"")), ("A.kt", &ungated("A"))]);
    repository.write("askfirst.toml", &policy("Find friends, and sell them things.", "\"contacts\", \"location\""));
    repository.write("A.kt", &reader("A", "if (!Gate.allows(Feature.FRIENDS)) return"));
    repository.write(
        "Gate.kt",
        "package com.example\n\nenum class Feature { FRIENDS }\n\nobject Gate {\n    fun allows(feature: Feature): Boolean = stored(feature)\n}\n",
    );
    repository.commit("second");
    let told = diff(&repository, &["HEAD~1..HEAD"]).out;
    let expected = "\
+ “friends” accesses contacts (new)
    + A.kt:9:33  android.content.ContentResolver.query  guarded
- “A” no longer accesses contacts
    - A.kt:9:33 (before)  android.content.ContentResolver.query  ungated
~ feature friends
    purpose: “Find friends.” before, “Find friends, and sell them things.” now
    data: contacts before, contacts, location now
";
    assert_eq!(told, expected);
}
