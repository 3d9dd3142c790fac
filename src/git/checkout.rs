//! The files of a [`Listing`] in a temporary folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tempfile::TempDir;

use super::listing::Held;
use super::{GitError, Listing};

/// Files of a listing in a temporary folder, which goes when this does.
#[derive(Debug)]
pub struct Checkout {
    folder: TempDir,
    /// Without symbolic links.
    root: PathBuf,
    written: BTreeMap<String, gix::ObjectId>,
}

impl Checkout {
    /// Writes the files of a listing that are asked for. All folders that are roots of repositories can be told for such, and `prefix`, the
    /// folder of the run, is there in any case.
    pub fn new(listing: &Listing, prefix: &Path, is_wanted: &(dyn Fn(&str) -> bool + Sync)) -> Result<Self, GitError> {
        let folder = tempfile::Builder::new().prefix("askfirst-").tempdir()?;
        let root = folder.path().canonicalize()?;
        let mut checkout = Self { folder, root, written: BTreeMap::new() };
        fs::create_dir_all(checkout.root.join(prefix))?;
        checkout.turn_into(listing, is_wanted)?;
        Ok(checkout)
    }

    /// The folder that stands for the root of the work tree.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes it hold the files of another listing instead; those that are the same stay.
    pub fn turn_into(&mut self, listing: &Listing, is_wanted: &(dyn Fn(&str) -> bool + Sync)) -> Result<(), GitError> {
        let wanted: BTreeMap<&String, Held> = listing.files.iter().filter(|(path, _)| is_wanted(path)).map(|(path, held)| (path, *held)).collect();
        // What goes makes room first: a file may have become a folder.
        let gone: Vec<String> = self.written.keys().filter(|path| !wanted.contains_key(path)).cloned().collect();
        for path in gone {
            self.remove(&path)?;
        }
        let written = &self.written;
        let new: Vec<(&String, Held)> = wanted.into_iter().filter(|(path, held)| written.get(*path) != Some(&held.id)).collect();
        for (path, _) in &new {
            fs::create_dir_all(self.root.join(path).parent().unwrap_or(&self.root))?;
        }
        let root = &self.root;
        new.par_iter().try_for_each_init(
            || listing.repositories.iter().map(gix::ThreadSafeRepository::to_thread_local).collect::<Vec<_>>(),
            |repositories, (path, held)| -> Result<(), GitError> {
                let bytes = Listing::read(&repositories[held.repository], path, *held)?;
                Ok(fs::write(root.join(path), bytes)?)
            },
        )?;
        self.written.extend(new.into_iter().map(|(path, held)| (path.clone(), held.id)));
        for folder in &listing.roots {
            fs::create_dir_all(self.root.join(folder).join(".git"))?;
        }
        Ok(())
    }

    fn remove(&mut self, path: &str) -> Result<(), GitError> {
        self.written.remove(path);
        fs::remove_file(self.root.join(path))?;
        // A folder without files is none for git. The topmost one stays, and what is not empty says so itself.
        for folder in Path::new(path).ancestors().skip(1).take_while(|folder| !folder.as_os_str().is_empty()) {
            if fs::remove_dir(self.root.join(folder)).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Removes the folder, and tells if that fails.
    pub fn close(self) -> Result<(), GitError> {
        Ok(self.folder.close()?)
    }
}
