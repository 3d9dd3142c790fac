//! Paths as they are opened, resolved and shown.

use std::path::{Component, Path, PathBuf};

use super::DiscoverError;

/// A path named by the person.
pub(super) struct Root {
    /// As it is opened.
    pub path: PathBuf,
    /// Without symbolic links.
    pub resolved: PathBuf,
    /// How it is shown: its names below (or beside) the current folder.
    shown: Vec<String>,
    /// A folder, or a link to one.
    pub is_folder: bool,
}

impl Root {
    pub fn new(path: &Path, current: &Path) -> Result<Self, DiscoverError> {
        let unreachable = |error: std::io::Error| DiscoverError::Unreachable { path: path.display().to_string(), reason: plain_io_error(&error) };
        let metadata = std::fs::metadata(path).map_err(unreachable)?;
        let resolved = path.canonicalize().map_err(unreachable)?;
        let current = if path.is_relative() { current.to_owned() } else { closest_current(path, current) };
        let shown = relative_names(&without_dots(&current.join(path)), &current);
        // A link is opened by the name that it resolves to: the walk follows no links, not even a named one.
        let is_link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_symlink());
        let opened = if is_link { resolved.clone() } else { path.to_owned() };
        Ok(Self { path: opened, resolved, shown, is_folder: metadata.is_dir() })
    }

    /// The resolved form of a path at or below this root.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        let below = self.below(path);
        if below.as_os_str().is_empty() { self.resolved.clone() } else { self.resolved.join(below) }
    }

    /// How a path at or below this root is shown: relative to the current folder, with `/`.
    pub fn show(&self, path: &Path) -> String {
        let mut names = self.shown.clone();
        names.extend(self.below(path).components().map(|name| name.as_os_str().to_string_lossy().into_owned()));
        if names.is_empty() { ".".to_owned() } else { names.join("/") }
    }

    /// Names of the folders above a path, as far as the person has named them.
    pub fn names_above(&self, path: &Path) -> Vec<String> {
        let mut names: Vec<String> = self.shown.iter().filter(|name| *name != "..").cloned().collect();
        names.extend(self.below(path).components().map(|name| name.as_os_str().to_string_lossy().into_owned()));
        names.pop();
        names
    }

    fn below<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.path).unwrap_or(path)
    }
}

/// The spelling of the current folder that an absolute path starts with, if it does: the folder may be reached through a link.
fn closest_current(path: &Path, current: &Path) -> PathBuf {
    let logical = std::env::var_os("PWD")
        .map(PathBuf::from)
        .filter(|logical| logical.is_absolute() && path.starts_with(logical) && logical.canonicalize().ok() == current.canonicalize().ok());
    logical.unwrap_or_else(|| current.to_owned())
}

/// Takes out `.` and resolves `..` by name.
pub fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

fn relative_names(path: &Path, current: &Path) -> Vec<String> {
    let shared = path.components().zip(current.components()).take_while(|(left, right)| left == right).count();
    let up = current.components().skip(shared).map(|_| "..".to_owned());
    let down = path.components().skip(shared).map(|name| name.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect()
}

/// The path that an error of the walk speaks of.
pub(super) fn path_of_error(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of_error(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

/// What the operating system says, in lower case and without its number.
pub(crate) fn plain_io_error(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_current_folder() {
        let current = Path::new("/home/a/project");
        let shown = |path: &str| relative_names(&without_dots(&current.join(path)), current).join("/");
        assert_eq!(shown("."), "");
        assert_eq!(shown("./app/../lib/x.kt"), "lib/x.kt");
        assert_eq!(shown("/home/a/project/app"), "app");
        assert_eq!(shown("/home/a/other/x.kt"), "../other/x.kt");
    }
}
