//! Which folders and files hold no source of the app's own.

use std::collections::HashSet;
use std::path::Path;

use ignore::overrides::Override;

use super::paths::Root;
use crate::scan::SkipReason;

/// Written by a build wherever they stand.
const BUILD_FOLDERS: [&str; 2] = ["DerivedData", ".gradle"];
/// Written by a build next to sources, but also names that an app's own packages have.
const MAYBE_BUILD_FOLDERS: [&str; 4] = ["build", "out", "target", "dist"];
/// Somebody else's code wherever they stand.
const VENDORED_FOLDERS: [&str; 8] = ["Pods", "Carthage", "third_party", "third-party", "node_modules", "bower_components", ".build", "SourcePackages"];
/// Somebody else's code next to sources, but also names that an app's own packages have.
const MAYBE_VENDORED_FOLDERS: [&str; 3] = ["vendor", "external", "externals"];
/// Below one of these, folders are packages of the app.
const SOURCE_FOLDERS: [&str; 5] = ["src", "Sources", "java", "kotlin", "swift"];
/// A folder called like a build's output is that beside one of these.
pub const BUILD_SCRIPTS: [&str; 11] = [
    "Cargo.toml",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "pom.xml",
    "package.json",
    "Package.swift",
    "Podfile",
    "CMakeLists.txt",
    "BUILD",
];

/// Why an entry below a named folder is left out; `None` when it is looked at.
pub(super) fn reason(path: &Path, is_folder: bool, root: &Root, include: &HashSet<SkipReason>, excluded: &Override) -> Option<SkipReason> {
    if excluded.matched(path, is_folder).is_ignore() {
        return Some(SkipReason::Excluded);
    }
    let name = path.file_name()?.to_string_lossy();
    if name == ".git" {
        return Some(SkipReason::Hidden);
    }
    let mut reasons = Vec::new();
    if is_folder {
        let parents = root.names_above(path);
        let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
        let has_sibling = |sibling: &str| path.with_file_name(sibling).exists();
        reasons.extend(folder_reason(&name, &parents, &has_sibling));
    }
    if name.starts_with('.') {
        // `.build` is vendored and hidden: bringing back one of the two is enough to look into it.
        reasons.push(SkipReason::Hidden);
    }
    if reasons.iter().any(|reason| include.contains(reason)) { None } else { reasons.first().copied() }
}

/// Why a folder is left out, by its name, the names of the folders above it, and what stands beside it.
fn folder_reason(name: &str, parents: &[&str], has_sibling: &dyn Fn(&str) -> bool) -> Option<SkipReason> {
    let is_package = || parents.iter().any(|parent| SOURCE_FOLDERS.contains(parent));
    let is_beside_build_script = || BUILD_SCRIPTS.iter().any(|script| has_sibling(script));
    if is_test_folder(name, parents.last().copied(), has_sibling) {
        Some(SkipReason::Tests)
    } else if BUILD_FOLDERS.contains(&name) || (MAYBE_BUILD_FOLDERS.contains(&name) && (!is_package() || is_beside_build_script())) {
        Some(SkipReason::Build)
    } else if VENDORED_FOLDERS.contains(&name) || (MAYBE_VENDORED_FOLDERS.contains(&name) && !is_package()) {
        Some(SkipReason::Vendored)
    } else {
        None
    }
}

fn is_test_folder(name: &str, parent: Option<&str>, has_sibling: &dyn Fn(&str) -> bool) -> bool {
    if parent == Some("src") {
        let variant = |prefix: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(|first: char| first.is_uppercase()));
        if variant("test") || variant("androidTest") || name.ends_with("Test") {
            return true;
        }
    }
    let is_plain = ["benches", "test", "tests"].contains(&name);
    name.ends_with("Tests") || name.ends_with("UITest") || (is_plain && has_sibling("src"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(path: &str) -> Option<SkipReason> {
        let mut names: Vec<&str> = path.split('/').collect();
        let name = names.pop().expect("has a name");
        folder_reason(name, &names, &|_| false)
    }

    #[test]
    fn build_output_is_told_from_packages_of_that_name() {
        assert_eq!(skipped("app/build"), Some(SkipReason::Build));
        assert_eq!(skipped("build"), Some(SkipReason::Build));
        assert_eq!(skipped("app/src/main/java/com/x/build"), None);
        assert_eq!(skipped("Sources/App/target"), None);
        assert_eq!(folder_reason("build", &["src", "lib"], &|sibling| sibling == "build.gradle"), Some(SkipReason::Build));
        assert_eq!(skipped("DerivedData"), Some(SkipReason::Build));
    }

    #[test]
    fn vendored_code_is_told_from_packages_of_that_name() {
        for path in ["ios/Pods", "Carthage", "third_party", "a/node_modules", "vendor", "external", "SourcePackages", ".build"] {
            assert_eq!(skipped(path), Some(SkipReason::Vendored), "{path}");
        }
        assert_eq!(skipped("app/src/main/java/com/x/vendor"), None);
    }

    #[test]
    fn test_sources_are_known_by_their_place() {
        for path in ["app/src/test", "app/src/androidTest", "app/src/testDebug", "x/src/commonTest", "ios/AppTests", "Tests", "AppUITests", "src/iosTest"] {
            assert_eq!(skipped(path), Some(SkipReason::Tests), "{path}");
        }
        for path in ["app/src/testing", "test", "src/main/java/com/x/test", "src/main", "Contest"] {
            assert_eq!(skipped(path), None, "{path}");
        }
        assert_eq!(folder_reason("tests", &[], &|sibling| sibling == "src"), Some(SkipReason::Tests));
    }
}
