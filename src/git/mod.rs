//! What a git repository holds: the files of its index, and those of its revisions, to be scanned as if they were checked out.
//!
//! Nothing is run and nothing is written into the repository: objects are read by a library, and a [`Checkout`] lies in a temporary folder.

mod checkout;
mod listing;
mod renames;

use std::path::{Path, PathBuf};

use gix::ObjectId;

pub use checkout::Checkout;
pub use listing::Listing;
pub use renames::renames;

/// Why a repository cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is none.
    #[error("not in a git repository: {0}")]
    NoRepository(String),
    /// It has no work tree, which this needs.
    #[error("this repository has no work tree")]
    Bare,
    /// The folder of the run is not part of what the repository holds.
    #[error("the current folder is not in the work tree of its git repository")]
    Outside,
    /// A revision is not there.
    #[error("{revision}: no such revision{}", if *is_shallow { "; the clone is shallow, fetch more of it (`git fetch --unshallow`; `fetch-depth: 0` in GitHub Actions, `GIT_DEPTH: 0` in GitLab)" } else { "" })]
    NoRevision {
        /// As the person wrote it.
        revision: String,
        /// Parts of the history are not at hand.
        is_shallow: bool,
    },
    /// Two revisions have no common ancestor.
    #[error("{one} and {other} have no common ancestor{}", if *is_shallow { " in this shallow clone: fetch more of it (`git fetch --unshallow`; `fetch-depth: 0` in GitHub Actions, `GIT_DEPTH: 0` in GitLab)" } else { "" })]
    NoMergeBase {
        /// As the person wrote it.
        one: String,
        /// Likewise.
        other: String,
        /// Parts of the history are not at hand.
        is_shallow: bool,
    },
    /// The index holds several versions of a file.
    #[error("{0}: has a merge conflict; resolve it and stage the file")]
    Conflict(String),
    /// An object cannot be read.
    #[error("{what}: {reason}")]
    Unreadable {
        /// A path or revision.
        what: String,
        /// From the library.
        reason: String,
    },
    /// The temporary folder cannot be written.
    #[error("a temporary folder for the files of git: {0}")]
    Temporary(#[from] std::io::Error),
}

/// A repository, as seen from the folder of the run.
#[derive(Debug)]
pub struct Repository {
    inner: gix::Repository,
    /// The root of the work tree, absolute; none without one.
    root: Option<PathBuf>,
    /// The folder of the run below it.
    prefix: PathBuf,
}

impl Repository {
    /// The repository that the current folder lies in. In a hook this is the one that git speaks of in its variables, with the index that
    /// the commit will be made of.
    pub fn find() -> Result<Self, GitError> {
        let inner = gix::discover_with_environment_overrides(".").map_err(|error| GitError::NoRepository(said(&error)))?;
        let prefix = match inner.workdir() {
            None => PathBuf::new(),
            Some(_) => inner.prefix().map_err(|error| unreadable("the work tree", &error))?.ok_or(GitError::Outside)?.to_owned(),
        };
        let root = inner.workdir().map(Path::canonicalize).transpose()?;
        Ok(Self { inner, root, prefix })
    }

    /// The folder of the run below the root of the work tree.
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// The root of the work tree, absolute.
    pub fn root(&self) -> Result<&Path, GitError> {
        self.root.as_deref().ok_or(GitError::Bare)
    }

    /// What the next commit will hold.
    pub fn index(&self) -> Result<Listing, GitError> {
        self.root()?;
        let index = self.inner.index_or_empty().map_err(|error| unreadable("the index", &error))?;
        Listing::of_index(&self.inner, &index)
    }

    /// What a revision holds.
    pub fn revision(&self, revision: &str) -> Result<Listing, GitError> {
        Listing::of_commit(&self.inner, self.commit(revision)?)
    }

    /// What the best common ancestor of two revisions holds. For CI, where the target of a pull request has moved on since.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<Listing, GitError> {
        let (first, second) = (self.commit(one)?, self.commit(other)?);
        let none = || GitError::NoMergeBase { one: one.to_owned(), other: other.to_owned(), is_shallow: self.is_shallow() };
        let base = self.inner.merge_base(first, second).map_err(|error| if self.is_shallow() { none() } else { unreadable(one, &error) })?;
        Listing::of_commit(&self.inner, base.ok_or_else(none)?.detach())
    }

    /// Whether there is no commit yet.
    pub fn is_unborn(&self) -> bool {
        self.inner.head().is_ok_and(|head| head.is_unborn())
    }

    fn commit(&self, revision: &str) -> Result<ObjectId, GitError> {
        let missing = || GitError::NoRevision { revision: revision.to_owned(), is_shallow: self.is_shallow() };
        let found = self.inner.rev_parse_single(revision).map_err(|_| missing())?;
        let commit = found.object().map_err(|_| missing())?.peel_to_commit().map_err(|_| missing())?;
        Ok(commit.id)
    }

    fn is_shallow(&self) -> bool {
        self.inner.is_shallow().unwrap_or(false)
    }
}

fn unreadable(what: &str, error: &gix::Error) -> GitError {
    GitError::Unreadable { what: what.to_owned(), reason: said(error) }
}

/// The first line of what the library says; the rest is its own code.
fn said(error: &gix::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
