//! The files of an index or a commit, submodules included.

use std::collections::BTreeMap;

use gix::bstr::ByteSlice as _;
use gix::index::entry::{Flags, Mode, Stage};
use gix::{ObjectId, ThreadSafeRepository};

use super::{GitError, said, unreadable};

/// Submodules in submodules in … so deep.
const MOST_NESTED: usize = 16;

/// The files that an index or a commit holds, by path from the root, with `/`.
#[derive(Debug, Default)]
pub struct Listing {
    pub(super) files: BTreeMap<String, Held>,
    pub(super) repositories: Vec<ThreadSafeRepository>,
    /// Folders that are roots of repositories: the work tree, and its submodules. Empty for the work tree itself.
    pub(super) roots: Vec<String>,
    /// Submodules whose files are not at hand.
    pub missing: Vec<String>,
}

/// The content of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// Index into [`Listing::repositories`].
    pub repository: usize,
    pub id: ObjectId,
}

impl Listing {
    pub(super) fn of_index(repository: &gix::Repository, index: &gix::index::State) -> Result<Self, GitError> {
        let mut listing = Self::default();
        listing.add(repository, index, "", 0)?;
        Ok(listing)
    }

    pub(super) fn of_commit(repository: &gix::Repository, commit: ObjectId) -> Result<Self, GitError> {
        let mut listing = Self::default();
        listing.add_commit(repository, commit, "", 0)?;
        Ok(listing)
    }

    /// Whether a path is a folder with files; the root is one.
    pub fn has_folder(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty() || self.files.range(folder.clone()..).next().is_some_and(|(first, _)| first.starts_with(&folder))
    }

    /// Paths of files that only one of two listings has, or that have another content in it.
    pub fn changes<'l>(&'l self, other: &'l Self) -> impl Iterator<Item = &'l str> {
        let differs = |(path, held): &(&'l String, &Held)| other.files.get(*path).is_none_or(|there| there.id != held.id);
        let here = self.files.iter().filter(differs);
        let gone = other.files.iter().filter(|(path, _)| !self.files.contains_key(*path));
        here.chain(gone).map(|(path, _)| path.as_str())
    }

    fn add_commit(&mut self, repository: &gix::Repository, commit: ObjectId, folder: &str, depth: usize) -> Result<(), GitError> {
        let what = || format!("commit {commit}");
        let found = repository.find_commit(commit).map_err(|error| unreadable(&what(), &error))?;
        let tree = found.tree_id().map_err(|error| GitError::Unreadable { what: what(), reason: error.to_string() })?;
        let state = repository.index_from_tree(&tree).map_err(|error| unreadable(&what(), &error))?;
        self.add(repository, &state, folder, depth)
    }

    fn add(&mut self, repository: &gix::Repository, index: &gix::index::State, folder: &str, depth: usize) -> Result<(), GitError> {
        let number = self.repositories.len();
        self.repositories.push(repository.clone().into_sync());
        self.roots.push(folder.to_owned());
        for entry in index.entries() {
            // A name that is not UTF-8 is shown, and written, with what replaces its bytes.
            let path = below(folder, &entry.path(index).to_str_lossy());
            if entry.stage() != Stage::Unconflicted {
                return Err(GitError::Conflict(path));
            }
            // `git add --intent-to-add`: the commit will not have it.
            let is_kept = !entry.flags.contains(Flags::INTENT_TO_ADD) && is_plain(&path);
            if entry.mode == Mode::COMMIT {
                self.add_submodule(repository, entry.path(index), entry.id, &path, depth)?;
            } else if entry.mode == Mode::DIR {
                self.add_folder(repository, entry.id, path.trim_end_matches('/'), number)?;
            } else if is_kept && entry.mode != Mode::SYMLINK {
                self.files.insert(path, Held { repository: number, id: entry.id });
            }
        }
        Ok(())
    }

    /// A folder that a sparse index does not unfold.
    fn add_folder(&mut self, repository: &gix::Repository, tree: ObjectId, folder: &str, number: usize) -> Result<(), GitError> {
        let state = repository.index_from_tree(&tree).map_err(|error| unreadable(folder, &error))?;
        for entry in state.entries().iter().filter(|entry| !matches!(entry.mode, Mode::COMMIT | Mode::SYMLINK)) {
            let path = below(folder, &entry.path(&state).to_str_lossy());
            if is_plain(&path) {
                self.files.insert(path, Held { repository: number, id: entry.id });
            }
        }
        Ok(())
    }

    fn add_submodule(&mut self, repository: &gix::Repository, name: &gix::bstr::BStr, commit: ObjectId, folder: &str, depth: usize) -> Result<(), GitError> {
        let mut submodules = repository.submodules().map_err(|error| unreadable(".gitmodules", &error))?.into_iter().flatten();
        let found = submodules.find(|submodule| submodule.path().is_ok_and(|path| path == name)).and_then(|submodule| submodule.open().ok().flatten());
        match found {
            Some(inner) if depth < MOST_NESTED && inner.has_object(commit) => self.add_commit(&inner, commit, folder, depth + 1),
            _ => {
                self.missing.push(folder.to_owned());
                Ok(())
            }
        }
    }

    /// Reads a file.
    pub(super) fn read(repository: &gix::Repository, path: &str, held: Held) -> Result<Vec<u8>, GitError> {
        let unreadable = |error: gix::Error| GitError::Unreadable { what: path.to_owned(), reason: said(&error) };
        Ok(repository.find_object(held.id).map_err(unreadable)?.detach().data)
    }
}

fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// A path that stays where it belongs. Git makes no others, but a repository can be made by other hands.
fn is_plain(path: &str) -> bool {
    !path.contains(['\\', ':', '\0']) && path.split('/').all(|name| !matches!(name, "" | "." | "..") && !name.eq_ignore_ascii_case(".git"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_elsewhere_are_not_taken() {
        assert!(["A.kt", "app/src/A.kt", ".gitignore", "a b/ü.swift"].iter().all(|path| is_plain(path)));
        assert!(
            !["../A.kt", "a/../../A.kt", "/A.kt", "a//A.kt", ".git/hooks/x.kt", "a/.GIT/A.kt", "C:/A.kt", "..\\A.kt", ""].iter().any(|path| is_plain(path))
        );
    }
}
