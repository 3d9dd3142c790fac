//! Which commit a build says that it is of.

#[path = "../build/commit.rs"]
mod commit;

use std::fs;
use std::path::Path;

const HASH: &str = "0123456789abcdef0123456789abcdef01234567";

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let tree = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = tree.path().join(path);
        fs::create_dir_all(path.parent().expect("has a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    tree
}

fn hash(root: &Path) -> Option<String> {
    commit::of(root).map(|commit| commit.hash)
}

#[test]
fn a_checkout_tells_its_commit_however_it_is_stored() {
    let detached = tree(&[(".git/HEAD", &format!("{HASH}\n"))]);
    let loose = tree(&[(".git/HEAD", "ref: refs/heads/a/b\n"), (".git/refs/heads/a/b", &format!("{HASH}\n"))]);
    let packed = format!("# pack-refs with: peeled\n{} refs/heads/main2\n{HASH} refs/heads/main\n", HASH.replace('0', "f"));
    let packed = tree(&[(".git/HEAD", "ref: refs/heads/main\n"), (".git/packed-refs", &packed)]);
    for checkout in [&detached, &loose, &packed] {
        assert_eq!(hash(checkout.path()).as_deref(), Some(HASH));
    }
    let watched = commit::of(loose.path()).expect("a commit").files;
    assert_eq!(watched, [".git/HEAD", ".git/refs/heads/a/b"].map(|file| loose.path().join(file)));
}

#[test]
fn a_linked_work_tree_shares_the_branches() {
    let repository = tree(&[
        ("main/.git/worktrees/side/HEAD", "ref: refs/heads/side\n"),
        ("main/.git/worktrees/side/commondir", "../..\n"),
        ("main/.git/refs/heads/side", HASH),
        ("side/.git", "gitdir: ../main/.git/worktrees/side\n"),
    ]);
    assert_eq!(hash(&repository.path().join("side")).as_deref(), Some(HASH));
}

#[test]
fn a_package_tells_of_which_commit_it_was_made() {
    let package = tree(&[(".cargo_vcs_info.json", &format!("{{\n  \"git\": {{\n    \"sha1\": \"{HASH}\"\n  }},\n  \"path_in_vcs\": \"\"\n}}"))]);
    assert_eq!(hash(package.path()).as_deref(), Some(HASH));
}

#[test]
fn what_cannot_be_told_is_not_made_up() {
    let broken = tree(&[(".git/HEAD", "ref: refs/heads/gone\n")]);
    let other = tree(&[(".git/HEAD", &format!("{HASH}\n")), ("vendor/askfirst/Cargo.toml", "")]);
    let strange = tree(&[(".git/HEAD", "\u{1B}[31m0123456789abcdef0123456789abcdef")]);
    assert_eq!([hash(broken.path()), hash(&other.path().join("vendor/askfirst")), hash(strange.path())], [None, None, None]);
}
