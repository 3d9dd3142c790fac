//! Files that may use a platform type without naming it, because what they use is declared elsewhere: `tracker.start()`.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::choice::Candidate;
use crate::catalogue::{Catalogue, Member, accessor_spellings, setter_name};
use crate::mentions::{Mentions, Name};
use crate::source::Platform;

/// One in so many files, and more than [`MAX_FILES`], make a name common.
const COMMON_SHARE: usize = 200;
/// See [`COMMON_SHARE`].
const MAX_FILES: usize = 8;

/// A platform type that accesses or checks are members of, by number.
type Owner = u16;

/// Names by which a file shows that it may use what another declares.
pub(super) struct TypedElsewhere {
    /// Names of the members of each type that are accesses or checks.
    members: FxHashMap<Name, Vec<Owner>>,
    /// Names of what may be declared to be of a type, or to give one.
    carriers: FxHashMap<Name, Vec<Owner>>,
    count: usize,
    /// By type: names that a file which names it mentions, too: its package, and the class around it.
    paths: Vec<Vec<Name>>,
    /// Members by whose name so many files call something that it is no evidence without what it is called on.
    common: FxHashSet<Name>,
}

impl TypedElsewhere {
    /// Looks for what `files` of a platform declare to be of a type of its catalogue.
    pub fn new(catalogue: &Catalogue, platform: Platform, files: &[Candidate<'_>]) -> Self {
        let mut found = Self { members: FxHashMap::default(), carriers: FxHashMap::default(), count: 0, paths: Vec::new(), common: FxHashSet::default() };
        let mut words: FxHashMap<Name, Vec<Owner>> = FxHashMap::default();
        let mut numbers: FxHashMap<&str, Owner> = FxHashMap::default();
        let symbols = catalogue.accesses.iter().map(|access| &access.symbol).chain(catalogue.checks.iter().map(|check| &check.symbol));
        for symbol in symbols.filter(|symbol| symbol.platform == platform) {
            // A type that code has without naming anything is no evidence.
            let Some(owner) = symbol.owner.as_deref().filter(|owner| !catalogue.types.get(*owner).is_some_and(|known| known.implicit)) else { continue };
            let next = numbers.len() as Owner;
            let number = *numbers.entry(owner).or_insert(next);
            if number == next {
                catalogue.words_of_type(owner).iter().for_each(|word| note(&mut words, Name::of(word), number));
                found.paths.push(path_of(owner, platform));
            }
            symbol.members.iter().flat_map(spellings).for_each(|name| note(&mut found.members, name, number));
        }
        found.count = numbers.len();
        found.note_common(files);
        for file in files {
            found.note_types(file.mentions, &mut words);
        }
        for file in files {
            found.note_carriers(file.mentions, &words);
        }
        found
    }

    /// A subclass is of the type, too.
    fn note_types(&mut self, mentions: &Mentions, words: &mut FxHashMap<Name, Vec<Owner>>) {
        let extended: BTreeSet<Owner> = mentions.heads().iter().filter_map(|name| words.get(name)).flatten().copied().collect();
        for &owner in &extended {
            for &declared in mentions.declared_types() {
                note(words, declared, owner);
                note(&mut self.carriers, declared, owner);
            }
        }
    }

    fn note_carriers(&mut self, mentions: &Mentions, words: &FxHashMap<Name, Vec<Owner>>) {
        for member in mentions.members() {
            for &owner in member.near().iter().filter_map(|name| words.get(name)).flatten() {
                if self.paths[usize::from(owner)].iter().all(|name| mentions.mentions(*name)) {
                    note(&mut self.carriers, member.name, owner);
                }
            }
        }
    }

    fn note_common(&mut self, files: &[Candidate<'_>]) {
        let mut counts: FxHashMap<Name, usize> = FxHashMap::default();
        for name in files.iter().flat_map(|file| file.mentions.mentioned()).filter(|name| self.members.contains_key(name)) {
            *counts.entry(*name).or_default() += 1;
        }
        let most = MAX_FILES.max(files.len() / COMMON_SHARE);
        self.common = counts.into_iter().filter(|(_, count)| *count > most).map(|(name, _)| name).collect();
    }

    /// Whether a file may use a member of a type that is only named elsewhere.
    pub fn may_use(&self, mentions: &Mentions) -> bool {
        let mut used = vec![false; self.count];
        let mut common: Vec<(Name, &[Owner])> = Vec::new();
        for name in mentions.mentioned() {
            let Some(owners) = self.members.get(name) else { continue };
            if self.common.contains(name) {
                common.push((*name, owners));
            } else {
                owners.iter().for_each(|&owner| used[usize::from(owner)] = true);
            }
        }
        mentions.mentioned().iter().any(|carrier| {
            self.carriers.get(carrier).is_some_and(|carried| {
                let is_used = |owner: &Owner| used[usize::from(*owner)];
                let is_linked = |(member, owners): &(Name, &[Owner])| carried.iter().any(|owner| owners.contains(owner)) && mentions.links(*carrier, *member);
                carried.iter().any(is_used) || common.iter().any(is_linked)
            })
        })
    }
}

/// Names of the package and of the class around one.
fn path_of(owner: &str, platform: Platform) -> Vec<Name> {
    match platform {
        Platform::Android | Platform::Rust => owner.rsplit('.').skip(1).map(Name::of).collect(),
        Platform::Apple => Vec::new(),
    }
}

fn note(table: &mut FxHashMap<Name, Vec<Owner>>, name: Name, owner: Owner) {
    let owners = table.entry(name).or_default();
    if !owners.contains(&owner) {
        owners.push(owner);
    }
}

fn spellings(member: &Member) -> Vec<Name> {
    let selector = member.selector.iter().filter_map(|selector| selector.split(':').next());
    let named = member.name.iter().flat_map(|name| accessor_spellings(name).into_iter().chain([setter_name(name)]));
    named.chain(selector.map(str::to_owned)).map(|name| Name::of(&name)).collect()
}
