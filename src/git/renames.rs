//! Files that only moved.

use std::collections::BTreeMap;
use std::hash::Hash;

use rustc_hash::FxHashMap as HashMap;

use super::Listing;

/// Where files of one listing are in a later one under another path: the same content, or the only file of its name that went, and came.
///
/// What moves and changes so much that neither holds counts as new; its findings do as well.
pub fn renames(before: &Listing, after: &Listing) -> BTreeMap<String, String> {
    let mut gone: Vec<&String> = before.files.keys().filter(|path| !after.files.contains_key(*path)).collect();
    let mut come: Vec<&String> = after.files.keys().filter(|path| !before.files.contains_key(*path)).collect();
    let same_content = pairs(&gone, &come, |path| before.files[path].id, |path| after.files[path].id);
    gone.retain(|path| !same_content.contains_key(*path));
    come.retain(|path| !same_content.values().any(|taken| taken == *path));
    let same_name = pairs(&gone, &come, |path| name(path), |path| name(path));
    same_content.into_iter().chain(same_name).collect()
}

/// Pairs what is the only one with its key on either side.
fn pairs<'p, K: Eq + Hash>(
    gone: &[&'p String],
    come: &[&'p String],
    key_of_gone: impl Fn(&'p str) -> K,
    key_of_come: impl Fn(&'p str) -> K,
) -> BTreeMap<String, String> {
    let mut by_key: HashMap<K, (Vec<&String>, Vec<&String>)> = HashMap::default();
    gone.iter().for_each(|path| by_key.entry(key_of_gone(path)).or_default().0.push(path));
    come.iter().for_each(|path| by_key.entry(key_of_come(path)).or_default().1.push(path));
    let only = |(gone, come): (Vec<&String>, Vec<&String>)| match (gone.as_slice(), come.as_slice()) {
        ([gone], [come]) => Some(((*gone).clone(), (*come).clone())),
        _ => None,
    };
    by_key.into_values().filter_map(only).collect()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
