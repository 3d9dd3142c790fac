//! Which commit is being built, read from files: a build runs no git, and the same files always give the same answer.

use std::fs;
use std::path::{Path, PathBuf};

/// A commit, and the files that would change with it.
#[derive(Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its hash.
    pub hash: String,
    /// What it was read from.
    pub files: Vec<PathBuf>,
}

/// The commit of a checkout, or that of which a package was made. None of a folder inside of some other repository.
pub fn of(root: &Path) -> Option<Commit> {
    of_package(root).or_else(|| of_checkout(root))
}

/// What `cargo package` leaves in a package.
fn of_package(root: &Path) -> Option<Commit> {
    let file = root.join(".cargo_vcs_info.json");
    let text = fs::read_to_string(&file).ok()?;
    let hash = text.split_once("\"sha1\"")?.1.split('"').nth(1)?;
    is_hash(hash).then(|| Commit { hash: hash.to_owned(), files: vec![file] })
}

fn of_checkout(root: &Path) -> Option<Commit> {
    let folder = git_folder(root)?;
    let head = folder.join("HEAD");
    let text = fs::read_to_string(&head).ok()?;
    let Some(name) = text.trim().strip_prefix("ref: ") else {
        return is_hash(text.trim()).then(|| Commit { hash: text.trim().to_owned(), files: vec![head] });
    };
    // A linked work tree has its own HEAD, and shares the branches.
    let shared = fs::read_to_string(folder.join("commondir")).map_or(folder.clone(), |path| folder.join(path.trim()));
    let (loose, packed) = (shared.join(name), shared.join("packed-refs"));
    let hash = fs::read_to_string(&loose).ok().map(|hash| hash.trim().to_owned()).or_else(|| {
        let lines = fs::read_to_string(&packed).ok()?;
        lines.lines().find_map(|line| line.split_once(' ').filter(|(_, of)| *of == name).map(|(hash, _)| hash.to_owned()))
    })?;
    // The log grows with each commit, also where a branch moves from the packed ones to a file of its own.
    let files = [head, folder.join("logs/HEAD"), loose, packed].into_iter().filter(|file| file.exists()).collect();
    is_hash(&hash).then_some(Commit { hash, files })
}

/// `.git`, which in a linked work tree is a file that names the folder.
fn git_folder(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let text = fs::read_to_string(git).ok()?;
    Some(root.join(text.trim().strip_prefix("gitdir: ")?))
}

fn is_hash(text: &str) -> bool {
    [40, 64].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
