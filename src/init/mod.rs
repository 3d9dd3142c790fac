//! A first policy, proposed from what the code does: features from the places that share accesses, gates from the functions that wrap
//! checks, purposes from what the app already tells people. It is a draft: each proposal says in a comment on what it rests.

mod areas;
mod draft;
mod purposes;

use std::collections::{BTreeMap, BTreeSet};

pub use purposes::{Purposes, read_purposes};

use crate::catalogue::{AccessClass, DataCategory};
use crate::scan::Scan;
use crate::source::Language;
use crate::verdict::{Site, Wrapper};
use areas::Areas;

/// A feature as it is proposed.
#[derive(Debug, Default)]
struct Proposed<'s> {
    /// Accesses, by category, in the order of places.
    accesses: BTreeMap<DataCategory, Vec<&'s Site>>,
    /// Globs, relative to the folder of the policy.
    scope: BTreeSet<String>,
    /// Functions that wrap the checks of its accesses.
    wrappers: BTreeSet<&'s Wrapper>,
    /// Languages of its files.
    languages: BTreeSet<&'static str>,
    /// Whether some access that needs a gate is reached without any of the wrappers.
    needs_gate: bool,
}

/// The text of a policy for what lies below `root` (as paths of the scan start; empty for the folder of the run).
pub fn propose(scan: &Scan, root: &str, purposes: &Purposes) -> String {
    let paths: Vec<&str> = scan.files.iter().filter(|file| file.language.is_some()).filter_map(|file| below(&file.path, root)).collect();
    let areas = Areas::new(&paths);
    let mut features: BTreeMap<String, Proposed<'_>> = BTreeMap::new();
    for site in &scan.outcome.sites {
        let file = scan.file(site.place.file);
        let Some(path) = below(&file.path, root) else { continue };
        let area = areas.of(path, site.category);
        let feature = features.entry(area.name).or_default();
        feature.accesses.entry(site.category).or_default().push(site);
        feature.scope.insert(area.scope);
        feature.wrappers.extend(&site.wrapper);
        feature.languages.extend(file.language.map(Language::name));
        feature.needs_gate |= site.class != AccessClass::UserMediated && site.wrapper.is_none();
    }
    draft::write(scan, &features, purposes)
}

fn below<'p>(path: &'p str, root: &str) -> Option<&'p str> {
    if root.is_empty() { Some(path) } else { path.strip_prefix(root)?.strip_prefix('/') }
}
