//! `check --fix`: what is mended without a change of what the app does.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const PEOPLE: &str = "\
package com.example

import android.content.Context
import android.provider.ContactsContract

class People(private val context: Context) {
    // askfirst: allow(ungated-access, wrong-permission) because \"a demo\"
    fun names() = context.contentResolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null)

    // askfirst: allow(ungated-access) because \"it was mended long ago\"
    fun none() = emptyList<String>()
}
";

fn tree(files: &[(&str, &str)]) -> TempDir {
    let tree = tempfile::tempdir().expect("a temporary folder");
    files.iter().for_each(|(path, text)| fs::write(tree.path().join(path), text).expect("written"));
    tree
}

fn check(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_askfirst"));
    let Output { status, stdout, stderr } = command.current_dir(folder).args(["check", "--format", "short"]).args(args).output().expect("runs");
    (status.code().expect("a status"), String::from_utf8(stdout).expect("UTF-8"), String::from_utf8(stderr).expect("UTF-8"))
}

#[test]
fn comments_that_allow_nothing_go() {
    let tree = tree(&[("People.kt", PEOPLE)]);
    let (status, out, err) = check(tree.path(), &["--fix", "--fail-on", "warning"]);
    assert_eq!((status, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("fixed 2 findings"), "{err}");
    let left = PEOPLE.replace(", wrong-permission", "").replace("    // askfirst: allow(ungated-access) because \"it was mended long ago\"\n", "");
    assert_eq!(fs::read_to_string(tree.path().join("People.kt")).expect("read"), left);
    let (_, _, err) = check(tree.path(), &["--fix"]);
    assert!(!err.contains("fixed"), "once is enough: {err}");
}

#[test]
fn a_dry_run_only_shows_what_would_go() {
    let tree = tree(&[("People.kt", PEOPLE)]);
    let (status, out, _) = check(tree.path(), &["--fix", "--dry-run"]);
    assert_eq!(status, 1);
    assert!(out.starts_with("--- a/People.kt\n+++ b/People.kt\n@@ "), "{out}");
    assert!(out.contains("\n-    // askfirst: allow(ungated-access) because \"it was mended long ago\"\n"), "{out}");
    assert_eq!(fs::read_to_string(tree.path().join("People.kt")).expect("read"), PEOPLE);
    let (status, out, _) = check(tree.path(), &["--fix", "--dry-run", "--exclude", "*.kt"]);
    assert_eq!((status, out.as_str()), (0, ""));
}

#[test]
fn a_policy_claims_no_more_than_is_used() {
    let policy = "\
[[gate]]
call = \"Gate.allows($feature)\"

[feature.friends]
key = [\"Feature.FRIENDS\"]
purpose = \"Find friends.\"
data = [\"contacts\", \"location\"]
opt-out = \"Settings\"
";
    let code = "\
package com.example

import android.content.Context
import android.provider.ContactsContract

enum class Feature { FRIENDS }

class People(private val context: Context) {
    fun names() {
        if (!Gate.allows(Feature.FRIENDS)) return
        context.contentResolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null)
    }
}
";
    let tree = tree(&[("askfirst.toml", policy), ("People.kt", code)]);
    check(tree.path(), &["--fix"]);
    assert_eq!(fs::read_to_string(tree.path().join("askfirst.toml")).expect("read"), policy.replace(", \"location\"", ""));
    assert_eq!(fs::read_to_string(tree.path().join("People.kt")).expect("read"), code, "no guard is put into the program");
}
