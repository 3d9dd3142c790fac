//! To which part of an app a file belongs, by the names of its module, its folders, or itself.

use std::collections::HashMap;

use crate::catalogue::DataCategory;

/// Names of folders that say how code is built, not what it is for.
const LAYERS: [&str; 89] = [
    "config",
    "ext",
    "loaders",
    "context",
    "contexts",
    "database",
    "databases",
    "job",
    "jobs",
    "simple",
    "my",
    "activities",
    "activity",
    "adapter",
    "adapters",
    "android",
    "androidmain",
    "api",
    "app",
    "application",
    "apps",
    "base",
    "classes",
    "common",
    "components",
    "compose",
    "controller",
    "controllers",
    "core",
    "data",
    "di",
    "domain",
    "extension",
    "extensions",
    "feature",
    "features",
    "fragment",
    "fragments",
    "helper",
    "helpers",
    "impl",
    "implementation",
    "internal",
    "interactor",
    "ios",
    "java",
    "kotlin",
    "libraries",
    "library",
    "libs",
    "main",
    "managers",
    "manager",
    "misc",
    "mobile",
    "model",
    "models",
    "module",
    "modules",
    "objc",
    "packages",
    "platform",
    "presentation",
    "presenter",
    "public",
    "repository",
    "repositories",
    "res",
    "screen",
    "screens",
    "service",
    "services",
    "shared",
    "source",
    "sources",
    "src",
    "swift",
    "swiftui",
    "tools",
    "ui",
    "usecase",
    "usecases",
    "util",
    "utilities",
    "utils",
    "view",
    "viewcontrollers",
    "viewmodels",
    "views",
];

/// Endings of type names that say what kind of type it is, not what it is for.
const KINDS: [&str; 39] = [
    "Activity",
    "Adapter",
    "BottomSheet",
    "Client",
    "Composable",
    "Content",
    "Controller",
    "Coordinator",
    "DataSource",
    "Delegate",
    "Dialog",
    "Engine",
    "Ext",
    "Extensions",
    "Factory",
    "Fragment",
    "Handler",
    "Helper",
    "Impl",
    "Interactor",
    "Manager",
    "Model",
    "Plugin",
    "Presenter",
    "Provider",
    "Receiver",
    "Repository",
    "Screen",
    "Service",
    "Sheet",
    "Source",
    "Store",
    "UseCase",
    "Util",
    "Utils",
    "View",
    "ViewController",
    "ViewModel",
    "Worker",
];

/// A part of an app.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Area {
    /// Its name, as a feature may be called.
    pub name: String,
    /// Where it lies.
    pub scope: String,
}

/// The folders of an app, with how much lies in each.
pub(super) struct Areas {
    files_below: HashMap<String, usize>,
    count: HashMap<bool, usize>,
}

impl Areas {
    pub fn new(paths: &[&str]) -> Self {
        let mut areas = Self { files_below: HashMap::new(), count: HashMap::new() };
        for path in paths {
            *areas.count.entry(is_apple(path)).or_default() += 1;
            for (end, _) in path.match_indices('/') {
                *areas.files_below.entry(path[..end].to_owned()).or_default() += 1;
            }
        }
        areas
    }

    /// The part that a file belongs to: the outermost folder that is named for something and holds less than half of the app, the file
    /// itself, or where its name says nothing the data.
    pub fn of(&self, path: &str, category: DataCategory) -> Area {
        let most = self.count.get(&is_apple(path)).copied().unwrap_or_default() / 2;
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            let name = folder.rsplit('/').next().unwrap_or(folder);
            let is_whole_app = self.files_below.get(folder).is_some_and(|&count| count > most.max(1));
            if !is_layer(name) && !is_whole_app && !is_package_prefix(folder) {
                return Area { name: kebab(name), scope: format!("{folder}/**") };
            }
        }
        let stem = path.rsplit('/').next().unwrap_or(path).split(['.', '+']).next().unwrap_or_default();
        let name = Some(without_kind(stem)).filter(|name| !is_layer(name)).map_or_else(|| category.name().to_owned(), kebab);
        Area { name, scope: path.to_owned() }
    }
}

fn is_apple(path: &str) -> bool {
    ["swift", "m", "mm", "h"].iter().any(|extension| path.ends_with(&format!(".{extension}")))
}

fn is_layer(name: &str) -> bool {
    let plain: String = name.to_lowercase().chars().filter(|character| character.is_alphanumeric()).collect();
    plain.is_empty() || LAYERS.contains(&plain.as_str())
}

/// The first folders of a package: `com/example` in `src/main/java/com/example/app`.
fn is_package_prefix(folder: &str) -> bool {
    let inside = ["/java/", "/kotlin/"].iter().find_map(|root| folder.split_once(root).map(|(_, inside)| inside));
    inside.is_some_and(|inside| inside.matches('/').count() < 2)
        || folder.ends_with("/src")
        || folder.rsplit_once("/src/").is_some_and(|(_, rest)| !rest.contains('/'))
}

fn without_kind(stem: &str) -> &str {
    let mut name = stem;
    while let Some(shorter) = KINDS.iter().filter_map(|kind| name.strip_suffix(kind)).filter(|rest| !rest.is_empty()).min_by_key(|rest| rest.len()) {
        name = shorter;
    }
    name
}

/// `PlaylistCover` and `playlist_cover` as `playlist-cover`.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    let characters: Vec<char> = name.chars().collect();
    for (index, &character) in characters.iter().enumerate() {
        let starts_word = character.is_uppercase()
            && (before.is_lowercase()
                || before.is_ascii_digit()
                || (before.is_uppercase() && characters.get(index + 1).is_some_and(|next| next.is_lowercase())));
        if (starts_word || !character.is_alphanumeric()) && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if character.is_ascii_alphanumeric() {
            out.push(character.to_ascii_lowercase());
        }
        before = character;
    }
    let name = out.trim_matches('-').to_owned();
    if name.is_empty() { "app".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(paths: &[&str]) -> (String, String) {
        let Area { name, scope } = Areas::new(paths).of(paths[0], DataCategory::Photos);
        (name, scope)
    }

    #[test]
    fn a_module_or_package_that_is_named_for_something_is_an_area() {
        let others =
            ["app/src/main/java/org/choir/app/ui/rehearsal/List.kt", "app/src/main/java/org/choir/app/App.kt", "core/src/main/java/org/choir/core/Log.kt"];
        let with = |path| [&[path], &others[..]].concat();
        let named = |name: &str, scope: &str| (name.to_owned(), scope.to_owned());
        assert_eq!(area(&with("features/seating/impl/src/main/java/org/choir/seating/impl/Map.kt")), named("seating", "features/seating/**"));
        assert_eq!(
            area(&with("app/src/main/java/org/choir/app/ui/voiceMemo/Recorder.kt")),
            named("voice-memo", "app/src/main/java/org/choir/app/ui/voiceMemo/**")
        );
    }

    #[test]
    fn a_file_among_layers_only_is_an_area_by_itself() {
        let paths = ["Choir/ViewControllers/SheetScannerViewController.swift", "Choir/Models/Song.swift", "Choir/AppDelegate.swift"];
        assert_eq!(area(&paths), ("sheet-scanner".to_owned(), paths[0].to_owned()));
    }

    #[test]
    fn names_of_types_become_names_of_features() {
        assert_eq!(kebab("GPSTrack"), "gps-track");
        assert_eq!(kebab("nearby_devices2"), "nearby-devices2");
        assert_eq!(kebab(without_kind("ContactsRepositoryImpl")), "contacts");
    }
}
