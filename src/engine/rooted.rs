//! Paths from the root of the repository that a file lies in. They are the same from whichever folder of it the program is run.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::discover::without_dots;

/// Finds the repositories of files; each folder is looked at once.
#[derive(Debug)]
pub(super) struct Roots {
    /// The folder of the run, absolute.
    run: PathBuf,
    /// By folder: the nearest one, itself or above, that is the root of a repository.
    known: HashMap<PathBuf, Option<PathBuf>>,
}

impl Roots {
    pub fn new() -> Self {
        Self { run: std::env::current_dir().unwrap_or_default(), known: HashMap::new() }
    }

    /// The path of a file or folder, as it is shown, from the root of its repository; without one from the folder of the run. With `/`.
    pub fn rooted(&mut self, shown: &str) -> String {
        let path = without_dots(&self.run.join(shown));
        let folder = path.parent().unwrap_or(&path).to_owned();
        let root = self.root_of(&folder).filter(|root| path.starts_with(root) && path != *root);
        let names = |path: &Path| path.components().map(|name| name.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/");
        match (&root, path.strip_prefix(&self.run)) {
            (Some(root), _) => names(path.strip_prefix(root).unwrap_or(&path)),
            (None, Ok(below)) => names(below),
            (None, Err(_)) => shown.to_owned(),
        }
    }

    /// The root of the repository that a folder lies in, absolute.
    pub fn root_of(&mut self, folder: &Path) -> Option<PathBuf> {
        if let Some(known) = self.known.get(folder) {
            return known.clone();
        }
        let mut passed = Vec::new();
        let mut found = None;
        for above in folder.ancestors() {
            if let Some(known) = self.known.get(above) {
                found.clone_from(known);
                break;
            }
            passed.push(above.to_owned());
            if std::fs::symlink_metadata(above.join(".git")).is_ok() {
                found = Some(above.to_owned());
                break;
            }
        }
        passed.into_iter().for_each(|above| _ = self.known.insert(above, found.clone()));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(run: &Path) -> Roots {
        Roots { run: run.to_owned(), known: HashMap::new() }
    }

    #[test]
    fn a_path_is_the_same_from_every_folder_of_a_repository() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let inner = folder.path().join("shop/app/src");
        std::fs::create_dir_all(&inner).expect("made");
        std::fs::create_dir_all(folder.path().join("shop/.git")).expect("made");
        assert_eq!(roots(&folder.path().join("shop")).rooted("app/src/A.kt"), "app/src/A.kt");
        assert_eq!(roots(&inner).rooted("A.kt"), "app/src/A.kt");
        assert_eq!(roots(&inner).rooted("../../lib/B.kt"), "lib/B.kt");
        assert_eq!(roots(folder.path()).rooted("shop/app/src/A.kt"), "app/src/A.kt");
    }

    #[test]
    fn without_a_repository_paths_start_at_the_run() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(roots(folder.path()).rooted("app/./A.kt"), "app/A.kt");
        assert_eq!(roots(folder.path()).rooted("../other/A.kt"), "../other/A.kt");
    }
}
