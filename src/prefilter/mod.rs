//! Picks the files that are worth parsing: one search over the bytes for the names that the catalogue's accesses need.
//!
//! Names alone pick too many files (`query`, `start`), so each way to an access is a conjunction: its member's name, *and* something
//! from which its type, its package, or the value of a deciding argument can follow. The filter only ever errs towards parsing:
//! whenever the analysis could find an access in a file, the file is picked. Checks alone pick nothing, because without an access
//! there is nothing to say.

mod requirements;
mod types;
mod words;

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use crate::catalogue::Catalogue;
use crate::source::Platform;
use requirements::Requirement;
use types::TypeGraph;
use words::Word;

/// The filter for both platforms.
#[derive(Clone, Debug)]
pub struct Prefilter {
    android: PlatformFilter,
    apple: PlatformFilter,
}

impl Prefilter {
    /// Builds it from the catalogue's accesses. Fails only when the catalogue holds more text than an automaton can.
    pub fn new(catalogue: &Catalogue) -> Result<Self, BuildError> {
        Ok(Self { android: PlatformFilter::new(catalogue, Platform::Android)?, apple: PlatformFilter::new(catalogue, Platform::Apple)? })
    }

    /// Whether a file with these bytes may hold an access.
    pub fn picks(&self, platform: Platform, text: &[u8]) -> bool {
        match platform {
            Platform::Android => self.android.picks(text),
            Platform::Apple => self.apple.picks(text),
        }
    }
}

#[derive(Clone, Debug)]
struct PlatformFilter {
    automaton: AhoCorasick,
    words: Vec<Word>,
    /// For each word, the groups that it is in.
    groups_of_word: Vec<Vec<u32>>,
    group_count: usize,
    /// Each stands for a way to an access; one that is fulfilled picks the file.
    requirements: Vec<Numbered>,
    types: TypeGraph,
}

/// A [`Requirement`] by numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Numbered {
    /// Groups of words of which each must have a hit.
    groups: Vec<u32>,
    /// Types that the file must be able to have a value of.
    types: Vec<u32>,
}

impl PlatformFilter {
    fn new(catalogue: &Catalogue, platform: Platform) -> Result<Self, BuildError> {
        let wanted: BTreeSet<Requirement> = catalogue
            .accesses
            .iter()
            .filter(|access| access.symbol.platform == platform)
            .flat_map(|access| requirements::of_access(access, catalogue))
            .collect();
        let mut groups: Vec<BTreeSet<Word>> = Vec::new();
        let mut types = TypeGraph::new(catalogue, platform);
        let requirements = wanted.into_iter().map(|requirement| Numbered {
            groups: requirement.groups.into_iter().map(|group| number_of(group, &mut groups)).collect(),
            types: requirement.types.iter().map(|name| types.number_of(name, platform)).collect(),
        });
        let requirements: BTreeSet<Numbered> = requirements.collect();
        types.keep_what_leads_to(requirements.iter().flat_map(|requirement| &requirement.types).copied());
        let words: BTreeSet<&Word> = groups.iter().flatten().chain(types.words()).collect();
        let words: Vec<Word> = words.into_iter().cloned().collect();
        types.number_words(&words);
        let groups_of_word = words.iter().map(|word| (0..groups.len() as u32).filter(|&group| groups[group as usize].contains(word)).collect());
        let automaton =
            AhoCorasick::builder().match_kind(MatchKind::Standard).kind(Some(AhoCorasickKind::DFA)).build(words.iter().map(|word| word.text.as_bytes()))?;
        let groups_of_word = groups_of_word.collect();
        Ok(Self { automaton, groups_of_word, group_count: groups.len(), requirements: requirements.into_iter().collect(), types, words })
    }

    fn picks(&self, text: &[u8]) -> bool {
        let mut seen = vec![false; self.words.len()];
        let mut hit_groups = vec![false; self.group_count];
        for found in self.automaton.find_overlapping_iter(text) {
            let word = found.pattern().as_usize();
            if !seen[word] && self.words[word].stands_alone(text, found.start(), found.end()) {
                seen[word] = true;
                self.groups_of_word[word].iter().for_each(|&group| hit_groups[group as usize] = true);
            }
        }
        let mut named = self.requirements.iter().filter(|requirement| requirement.groups.iter().all(|&group| hit_groups[group as usize])).peekable();
        if named.peek().is_none() {
            return false;
        }
        let reached = self.types.reached(&seen);
        named.any(|requirement| requirement.types.iter().all(|&ty| reached[ty as usize]))
    }
}

fn number_of<T: PartialEq>(item: T, known: &mut Vec<T>) -> u32 {
    let index = known.iter().position(|other| *other == item).unwrap_or_else(|| {
        known.push(item);
        known.len() - 1
    });
    index as u32
}

#[cfg(test)]
mod tests;
