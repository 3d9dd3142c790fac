//! The files that a scan looks at: those of the disk, or those that git holds, written to a folder of their own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Wrong;
use crate::baseline;
use crate::discover::{BUILD_SCRIPTS, without_dots};
use crate::git::{Checkout, Listing, Repository};
use crate::source::Language;

/// What is named on the command line.
#[derive(Clone, Copy, Default)]
pub(super) struct Named<'a> {
    /// Files and folders to scan.
    pub paths: &'a [PathBuf],
    /// A policy.
    pub config: Option<&'a PathBuf>,
    /// A baseline.
    pub baseline: Option<&'a PathBuf>,
}

/// Files to scan.
pub(super) enum Tree {
    /// Those on disk.
    Disk,
    /// Those that git holds, in a folder of their own.
    Checkout {
        checkout: Checkout,
        /// The root of the work tree that it stands for; none for a repository without one.
        root: Option<PathBuf>,
        /// The folder of the run below it.
        prefix: PathBuf,
    },
}

impl Tree {
    /// Writes what git holds, as far as a scan reads it.
    pub fn check_out(listing: &Listing, repository: &Repository, named: &Named<'_>) -> Result<Self, Wrong> {
        let prefix = repository.prefix().to_owned();
        let root = repository.root().ok().map(Path::to_owned);
        let files = named_files(named, repository);
        let checkout = Checkout::new(listing, &prefix, &|path| is_read(path) || files.contains(path))?;
        let tree = Self::Checkout { checkout, root, prefix };
        tree.add_from_disk(named)?;
        tree.keep_named_folders(listing, named)?;
        Ok(tree)
    }

    /// The same folder with what another listing holds.
    pub fn turned_into(self, listing: &Listing, repository: &Repository, named: &Named<'_>) -> Result<Self, Wrong> {
        let Self::Checkout { mut checkout, root, prefix } = self else { return Self::check_out(listing, repository, named) };
        let files = named_files(named, repository);
        checkout.turn_into(listing, &|path| is_read(path) || files.contains(path))?;
        let tree = Self::Checkout { checkout, root, prefix };
        tree.keep_named_folders(listing, named)?;
        Ok(tree)
    }

    /// Does something with the current folder as it is in this tree, so that all paths are told as they are on disk.
    pub fn within<T>(&self, work: impl FnOnce() -> Result<T, Wrong>) -> Result<T, Wrong> {
        let Self::Checkout { checkout, prefix, .. } = self else { return work() };
        let here = std::env::current_dir()?;
        std::env::set_current_dir(checkout.root().join(prefix))?;
        let result = work();
        std::env::set_current_dir(here)?;
        result
    }

    /// Of the paths that the person named those that are there, as they are called from the current folder of this tree, which has to be that of
    /// the process; none when all of them are missing. When none is named there is nothing to miss.
    pub fn those_there(&self, named: &[PathBuf]) -> Option<Vec<PathBuf>> {
        let there: Vec<PathBuf> = named.iter().map(|path| self.path(path)).filter(|path| path.exists()).collect();
        (named.is_empty() || !there.is_empty()).then_some(there)
    }

    /// A path that the person named, as it is called from the current folder of this tree.
    pub fn path(&self, path: &Path) -> PathBuf {
        let Self::Checkout { checkout, root: Some(root), .. } = self else { return path.to_owned() };
        if path.is_relative() {
            return path.to_owned();
        }
        let resolved = path.canonicalize();
        let below = [Some(path), resolved.as_deref().ok()].into_iter().flatten().find_map(|path| path.strip_prefix(root).ok());
        below.map_or_else(|| path.to_owned(), |below| checkout.root().join(below))
    }

    /// A policy or baseline that is named counts as it is on disk if git does not hold it.
    fn add_from_disk(&self, named: &Named<'_>) -> Result<(), Wrong> {
        let Self::Checkout { checkout, prefix, .. } = self else { return Ok(()) };
        for file in [named.config, named.baseline].into_iter().flatten().filter(|file| file.is_relative() && file.is_file()) {
            let there = checkout.root().join(without_dots(&prefix.join(file)));
            if !there.exists() && there.starts_with(checkout.root()) {
                std::fs::create_dir_all(there.parent().unwrap_or(checkout.root()))?;
                std::fs::copy(file, there)?;
            }
        }
        Ok(())
    }

    /// A named folder is there even if a scan reads nothing in it.
    fn keep_named_folders(&self, listing: &Listing, named: &Named<'_>) -> Result<(), Wrong> {
        let Self::Checkout { checkout, prefix, .. } = self else { return Ok(()) };
        let folders = named.paths.iter().filter(|path| path.is_relative()).map(|path| without_dots(&prefix.join(path)));
        for folder in folders.chain([prefix.clone()]).filter(|path| listing.has_folder(&with_slashes(path)) || path == prefix) {
            std::fs::create_dir_all(checkout.root().join(folder))?;
        }
        Ok(())
    }
}

/// Whether a scan may read a file of this name: source, what a scan is told by, and what says what a folder is.
pub(super) fn is_read(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_told_by = extension == "toml" || name == baseline::FILE_NAME || name == ".gitignore" || name == ".ignore";
    is_told_by || Language::from_extension(extension).is_some() || BUILD_SCRIPTS.contains(&name)
}

/// Files that are named, from the root of the repository.
fn named_files(named: &Named<'_>, repository: &Repository) -> BTreeSet<String> {
    let all = named.paths.iter().chain(named.config).chain(named.baseline).filter(|path| path.is_relative());
    all.map(|path| with_slashes(&without_dots(&repository.prefix().join(path)))).collect()
}

fn with_slashes(path: &Path) -> String {
    path.components().map(|name| name.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
