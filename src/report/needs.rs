//! What an access needs, version by version: the same permission is called otherwise, asked for only from some version on, or split.

use std::collections::BTreeSet;

use crate::catalogue::{Catalogue, Conjunct, Levels, Permission, PermissionId};
use crate::source::Platform;

/// The Android version from which on permissions are asked for at run time: below it, there is nothing to say.
const FIRST_ASKED: u32 = 23;

/// Android's names of its API levels, for people who think in those.
const ANDROID_NAMES: [(u32, &str); 14] = [
    (23, "6"),
    (24, "7"),
    (25, "7.1"),
    (26, "8"),
    (27, "8.1"),
    (28, "9"),
    (29, "10"),
    (30, "11"),
    (31, "12"),
    (32, "12L"),
    (33, "13"),
    (34, "14"),
    (35, "15"),
    (36, "16"),
];

/// Neighbouring versions on which the same is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch<T> {
    /// The first version; 0 when nothing lies below it.
    pub(super) from: u32,
    /// The last; `u32::MAX` when it goes on.
    pub(super) until: u32,
    /// What is needed there, all of it.
    pub(super) all: Vec<T>,
}

impl<T> Stretch<T> {
    /// `from API 33`; `None` for all versions.
    fn range(&self, version: impl Fn(u32) -> String) -> Option<String> {
        match (self.from, self.until) {
            (0, u32::MAX) => None,
            (0, until) => Some(format!("below {}", version(until + 1))),
            (from, u32::MAX) => Some(format!("from {} on", version(from))),
            (from, until) if from == until => Some(format!("on {}", version(from))),
            (from, until) => Some(format!("from {} to {}", version(from), version(until))),
        }
    }
}

/// What is needed on one platform; nothing where all of it is another one's.
pub(super) fn on(platform: Platform, needs: &[Conjunct], catalogue: &Catalogue) -> Vec<Conjunct> {
    let there = |any: &[PermissionId]| any.iter().copied().filter(|id| catalogue.permission(*id).platform == platform).collect::<Vec<_>>();
    let all = needs.iter().map(|conjunct| Conjunct { any: there(&conjunct.any), levels: conjunct.levels });
    all.filter(|conjunct| !conjunct.any.is_empty()).collect()
}

/// In the catalogue's words: `read shared files below API 33, photos from API 33 on`.
pub(super) fn in_words(needs: &[Conjunct], catalogue: &Catalogue) -> String {
    // What a crate for several platforms needs is told of each, because their versions have nothing to do with each other.
    let platforms = [Platform::Android, Platform::Apple].map(|platform| (platform, on(platform, needs, catalogue)));
    match platforms {
        [(_, android), (_, apple)] if !android.is_empty() && !apple.is_empty() => {
            let (android, apple) = (on_one_platform(&android, catalogue), on_one_platform(&apple, catalogue));
            if android == apple { android } else { format!("{android} (Android), {apple} (Apple)") }
        }
        _ => on_one_platform(needs, catalogue),
    }
}

fn on_one_platform(needs: &[Conjunct], catalogue: &Catalogue) -> String {
    let label = |id: &PermissionId| catalogue.permission(*id).label.as_str();
    let version = |level| format!("{} {level}", if is_android(needs, catalogue) { "API" } else { "version" });
    let worded = asked(needs, catalogue).into_iter().map(|stretch| {
        let alternatives = |any: &Vec<PermissionId>| {
            let mut labels: Vec<&str> = any.iter().map(label).collect();
            labels.dedup();
            labels.join(" or ")
        };
        let all: Vec<String> = stretch.all.iter().map(alternatives).collect();
        with_range(&all, stretch.range(version))
    });
    worded.collect::<Vec<_>>().join(", ")
}

/// By the names that code uses: `READ_EXTERNAL_STORAGE below Android 13 (API 33), …`; `None` when all versions need the same.
pub(super) fn by_version(stretches: &[Stretch<Vec<PermissionId>>], catalogue: &Catalogue) -> Option<String> {
    let ranges: Vec<Option<String>> = stretches.iter().map(|stretch| stretch.range(android_version)).collect();
    let platform = catalogue.permission(*stretches.first()?.all.first()?.first()?).platform;
    if platform != Platform::Android || ranges.iter().all(Option::is_none) {
        return None;
    }
    let worded = stretches.iter().zip(ranges).map(|(stretch, range)| {
        let name = |id: &PermissionId| format!("`{}`", short_name(catalogue.permission(*id)));
        let names: Vec<String> = stretch.all.iter().map(|any| any.iter().map(name).collect::<Vec<_>>().join(" or ")).collect();
        with_range(&names, range)
    });
    Some(worded.collect::<Vec<_>>().join(", "))
}

fn with_range(names: &[String], range: Option<String>) -> String {
    let names = names.join(" and ");
    range.map_or_else(|| names.clone(), |range| format!("{names} {range}"))
}

/// `READ_CONTACTS`
pub(super) fn short_name(permission: &Permission) -> &str {
    permission.id.rsplit('.').next().unwrap_or(&permission.id)
}

/// `Android 13 (API 33)`
fn android_version(level: u32) -> String {
    let named = ANDROID_NAMES.iter().find(|(known, _)| *known == level);
    named.map_or_else(|| format!("API {level}"), |(_, name)| format!("Android {name} (API {level})"))
}

fn is_android(needs: &[Conjunct], catalogue: &Catalogue) -> bool {
    let first = needs.iter().find_map(|conjunct| conjunct.any.first());
    first.is_some_and(|id| catalogue.permission(*id).platform == Platform::Android)
}

/// What to ask for: for each thing that is needed the permission that suffices on the most versions, with those that suffice just as well on
/// all of them.
pub(super) fn to_ask_for(needs: &[Conjunct], catalogue: &Catalogue) -> Vec<Stretch<Vec<PermissionId>>> {
    let mut chosen: Vec<Stretch<Vec<PermissionId>>> = Vec::new();
    for stretch in asked(needs, catalogue) {
        let mut all: Vec<Vec<PermissionId>> = Vec::new();
        for any in stretch.all {
            match all.iter_mut().find(|known| known.first() == any.first()) {
                Some(known) => known.retain(|id| any.contains(id)),
                None => all.push(any),
            }
        }
        let firsts = |all: &[Vec<PermissionId>]| all.iter().map(|any| any.first().copied()).collect::<Vec<_>>();
        match chosen.last_mut() {
            Some(last) if firsts(&last.all) == firsts(&all) && last.until.checked_add(1) == Some(stretch.from) => {
                last.until = stretch.until;
                last.all.iter_mut().zip(&all).for_each(|(known, any)| known.retain(|id| any.contains(id)));
            }
            _ => chosen.push(Stretch { from: stretch.from, until: stretch.until, all }),
        }
    }
    chosen
}

fn asked(needs: &[Conjunct], catalogue: &Catalogue) -> Vec<Stretch<Vec<PermissionId>>> {
    let oldest = if is_android(needs, catalogue) { FIRST_ASKED } else { 1 };
    let mut starts = BTreeSet::from([oldest]);
    let mut note = |levels: Levels| {
        starts.insert(levels.min.max(oldest));
        starts.extend(levels.max.checked_add(1).filter(|next| *next > oldest));
    };
    for conjunct in needs {
        note(conjunct.levels);
        conjunct.any.iter().for_each(|id| note(catalogue.permission(*id).levels));
    }
    let starts: Vec<u32> = starts.into_iter().collect();
    let stretches = starts.iter().enumerate().map(|(index, &start)| Stretch {
        from: if start == oldest { 0 } else { start },
        until: starts.get(index + 1).map_or(u32::MAX, |next| next - 1),
        all: asked_on(start, needs, catalogue),
    });
    merged(stretches.filter(|stretch| !stretch.all.is_empty()))
}

/// What is asked for on one version, without what follows from the rest.
fn asked_on(level: u32, needs: &[Conjunct], catalogue: &Catalogue) -> Vec<Vec<PermissionId>> {
    let exists = |id: &PermissionId| catalogue.permission(*id).levels.contains(level);
    let here = needs.iter().filter(|conjunct| conjunct.levels.contains(level));
    let all: Vec<Vec<PermissionId>> =
        here.map(|conjunct| conjunct.any.iter().copied().filter(exists).collect()).filter(|any: &Vec<_>| !any.is_empty()).collect();
    let proves =
        |granted: &PermissionId, any: &[PermissionId]| any.contains(granted) || catalogue.permission(*granted).implies.iter().any(|id| any.contains(id));
    let follows = |index: usize| {
        let from = |other: usize| all[other].iter().all(|granted| proves(granted, &all[index]));
        (0..all.len()).any(|other| other != index && from(other) && (other < index || all[other] != all[index]))
    };
    (0..all.len()).filter(|index| !follows(*index)).map(|index| all[index].clone()).collect()
}

/// Joins neighbours on which the same is needed.
fn merged<T: PartialEq>(stretches: impl Iterator<Item = Stretch<T>>) -> Vec<Stretch<T>> {
    let mut merged: Vec<Stretch<T>> = Vec::new();
    for stretch in stretches {
        match merged.last_mut() {
            Some(last) if last.all == stretch.all && last.until.checked_add(1) == Some(stretch.from) => last.until = stretch.until,
            _ => merged.push(stretch),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::embedded;

    fn needs(conjuncts: &[(&[&str], u32, u32)]) -> Vec<Conjunct> {
        let id = |name: &&str| {
            let position = embedded().permissions.iter().position(|permission| permission.id.ends_with(name));
            PermissionId(position.expect("a permission") as u16)
        };
        conjuncts.iter().map(|(any, min, max)| Conjunct { any: any.iter().map(id).collect(), levels: Levels { min: *min, max: *max } }).collect()
    }

    #[test]
    fn each_version_is_named_once_with_what_it_needs() {
        let images = ".READ_MEDIA_IMAGES";
        let photos = needs(&[(&[".READ_EXTERNAL_STORAGE"], 0, 32), (&[images], 33, 33), (&[images, ".READ_MEDIA_VISUAL_USER_SELECTED"], 34, u32::MAX)]);
        let words = "read shared files below API 33, photos on API 33, photos or some photos and videos from API 34 on";
        assert_eq!(in_words(&photos, embedded()), words);
        let asked = to_ask_for(&photos, embedded());
        let sentence = "`READ_EXTERNAL_STORAGE` below Android 13 (API 33), `READ_MEDIA_IMAGES` from Android 13 (API 33) on";
        assert_eq!(by_version(&asked, embedded()).as_deref(), Some(sentence));
    }

    #[test]
    fn what_follows_from_the_rest_is_not_said() {
        let (fine, coarse) = (".ACCESS_FINE_LOCATION", ".ACCESS_COARSE_LOCATION");
        let both = needs(&[(&[fine], 0, u32::MAX), (&[fine, coarse], 0, u32::MAX)]);
        assert_eq!(in_words(&both, embedded()), "precise location");
        let split = needs(&[(&[fine], 29, u32::MAX), (&[fine, coarse], 0, 28)]);
        assert_eq!(in_words(&split, embedded()), "precise location or approximate location below API 29, precise location from API 29 on");
        assert_eq!(by_version(&to_ask_for(&split, embedded()), embedded()), None);
    }

    #[test]
    fn alternatives_are_asked_for_where_they_suffice_on_all_versions() {
        let (fine, coarse) = (".ACCESS_FINE_LOCATION", ".ACCESS_COARSE_LOCATION");
        let names = |needs: &[Conjunct]| -> Vec<usize> { to_ask_for(needs, embedded()).iter().flat_map(|stretch| &stretch.all).map(Vec::len).collect() };
        assert_eq!(names(&needs(&[(&[fine, coarse], 0, u32::MAX)])), [2]);
        assert_eq!(names(&needs(&[(&[fine], 29, u32::MAX), (&[fine, coarse], 0, 28)])), [1]);
    }

    #[test]
    fn a_permission_that_came_late_is_not_asked_for_before() {
        let scan = needs(&[(&[".BLUETOOTH_SCAN"], 0, u32::MAX)]);
        assert_eq!(by_version(&to_ask_for(&scan, embedded()), embedded()).as_deref(), Some("`BLUETOOTH_SCAN` from Android 12 (API 31) on"));
    }
}
