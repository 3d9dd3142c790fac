//! Code that is compiled for one platform only, though its program is for several: Rust's, by conditions on modules, items and statements.

use std::collections::BTreeMap;

use crate::ir::Program;
use crate::source::{Platform, Span};

/// Files by the platform for which alone they are compiled.
pub(crate) struct BuiltFor {
    /// By the number of the file; `None` where several files disagree.
    files: BTreeMap<usize, Option<Platform>>,
}

impl BuiltFor {
    pub(crate) fn of(program: &Program) -> Self {
        let mut files: BTreeMap<usize, Option<Platform>> = BTreeMap::new();
        let named = program.files.iter().flat_map(|file| file.files_built_for.iter().map(|(name, platform)| (file.path.as_str(), name.as_str(), *platform)));
        for (parent, name, platform) in named {
            let paths = || program.files.iter().map(|file| file.path.as_str()).enumerate();
            // A module is a file beside a folder of the same name with the modules inside it.
            let is_of = |module: &str, path: &str| path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'));
            let found = modules(parent, name).into_iter().find(|module| paths().any(|(_, path)| is_of(module, path)));
            for (number, _) in found.iter().flat_map(|module| paths().filter(|(_, path)| is_of(module, path))) {
                let known = files.entry(number).or_insert(Some(platform));
                *known = known.filter(|known| *known == platform);
            }
        }
        Self { files }
    }

    /// The platform for which alone the code at a place is compiled.
    pub(crate) fn platform_at(&self, at: Span, program: &Program) -> Option<Platform> {
        let (number, _) = program.locate(at);
        let here = program.files[number].built_for.iter().find(|(span, _)| span.start <= at.start && at.end <= span.end);
        here.map(|(_, platform)| *platform).or_else(|| self.files.get(&number).copied().flatten())
    }
}

/// Where a module may be that a file names, without `.rs`: the file may be a module in a folder of its own, or the root of a crate.
fn modules(parent: &str, name: &str) -> Vec<String> {
    let (folder, file) = parent.rsplit_once('/').map_or(("", parent), |(folder, file)| (folder, file));
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let below = |folder: &str, name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    match name.strip_suffix(".rs") {
        Some(path) => vec![below(folder, path.strip_suffix("/mod").unwrap_or(path))],
        None if ["lib", "main", "mod"].contains(&stem) => vec![below(folder, name)],
        None => vec![below(&below(folder, stem), name), below(folder, name)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_by_what_rust_does() {
        assert_eq!(modules("src/lib.rs", "android"), ["src/android"]);
        assert_eq!(modules("src/sys/mod.rs", "android"), ["src/sys/android"]);
        assert_eq!(modules("src/sys.rs", "android"), ["src/sys/android", "src/android"]);
        assert_eq!(modules("main.rs", "android"), ["android"]);
        assert_eq!(modules("src/lib.rs", "sys/phone/mod.rs"), ["src/sys/phone"]);
        assert_eq!(modules("src/lib.rs", "sys/phone.rs"), ["src/sys/phone"]);
    }
}
