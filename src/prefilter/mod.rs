//! Picks the files that are worth parsing: one search over the bytes for the names that the catalogue's accesses need.
//!
//! Names alone pick too many files (`query`, `start`), so each way to an access is a conjunction: its member's name, *and* something
//! from which its type, its package, or the value of a deciding argument can follow. The filter only ever errs towards parsing:
//! whenever the analysis could find an access in a file, the file is picked. Checks alone pick nothing, because without an access
//! there is nothing to say.

mod requirements;
mod types;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use crate::catalogue::Catalogue;
use crate::source::Platform;
use requirements::Requirement;
use types::TypeGraph;
use words::Word;

/// From this many files on, the automaton that takes longer to build and less to run pays.
const MANY_FILES: usize = 2000;

/// Why a file is worth parsing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pick {
    /// It may hold an access.
    Access,
    /// It may hold a check, which matters when there are accesses elsewhere.
    Check,
}

/// The filters of the platforms.
#[derive(Clone, Debug)]
pub struct Prefilter {
    /// One for each of [`Platform::ALL`]; none where there is no file to pick from.
    filters: [Option<PlatformFilter>; Platform::ALL.len()],
}

impl Prefilter {
    /// Builds it from the catalogue's accesses, for so many files of each platform; for a platform without files nothing is built
    /// (and nothing picked). Fails only when the catalogue holds more text than an automaton can.
    pub fn new(catalogue: &Catalogue, files_of: impl Fn(Platform) -> usize) -> Result<Self, BuildError> {
        let build = |platform| match files_of(platform) {
            0 => Ok(None),
            files => PlatformFilter::new(catalogue, platform, files).map(Some),
        };
        Ok(Self { filters: [build(Platform::Android)?, build(Platform::Apple)?, build(Platform::Rust)?] })
    }

    /// Whether a file with these bytes may hold an access, or else a check.
    pub fn picks(&self, platform: Platform, text: &[u8]) -> Option<Pick> {
        self.filters[platform as usize].as_ref()?.picks(text)
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
    pick: Pick,
    /// Groups of words of which each must have a hit.
    groups: Vec<u32>,
    /// Types that the file must be able to have a value of.
    types: Vec<u32>,
}

impl PlatformFilter {
    fn new(catalogue: &Catalogue, platform: Platform, files: usize) -> Result<Self, BuildError> {
        let accesses = catalogue.accesses.iter().map(|access| (&access.symbol, Pick::Access));
        let checks = catalogue.checks.iter().map(|check| (&check.symbol, Pick::Check));
        let here = accesses.chain(checks).filter(|(symbol, _)| symbol.platform == platform);
        let wanted: BTreeSet<(Requirement, Pick)> =
            here.flat_map(|(symbol, pick)| requirements::of_symbol(symbol, catalogue).into_iter().map(move |way| (way, pick))).collect();
        let mut groups: BTreeMap<BTreeSet<Word>, u32> = BTreeMap::new();
        let mut types = TypeGraph::new(catalogue, platform);
        let mut requirements: BTreeSet<Numbered> = BTreeSet::new();
        for (requirement, pick) in wanted {
            let mut number_of = |group| {
                let next = groups.len() as u32;
                *groups.entry(group).or_insert(next)
            };
            let groups = requirement.groups.into_iter().map(&mut number_of).collect();
            requirements.insert(Numbered { pick, groups, types: requirement.types.iter().map(|name| types.number_of(name, platform)).collect() });
        }
        types.keep_what_leads_to(requirements.iter().flat_map(|requirement| &requirement.types).copied());
        let words: BTreeSet<&Word> = groups.keys().flatten().chain(types.words()).collect();
        let words: Vec<Word> = words.into_iter().cloned().collect();
        types.number_words(&words);
        let mut groups_of_word = vec![Vec::new(); words.len()];
        for (group, number) in &groups {
            group.iter().filter_map(|word| words.binary_search(word).ok()).for_each(|word| groups_of_word[word].push(*number));
        }
        let kind = if files < MANY_FILES { AhoCorasickKind::ContiguousNFA } else { AhoCorasickKind::DFA };
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).kind(Some(kind)).build(words.iter().map(|word| word.text.as_bytes()))?;
        Ok(Self { automaton, groups_of_word, group_count: groups.len(), requirements: requirements.into_iter().collect(), types, words })
    }

    fn picks(&self, text: &[u8]) -> Option<Pick> {
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
        named.peek()?;
        let reached = self.types.reached(&seen);
        // Accesses come first.
        named.find(|requirement| requirement.types.iter().all(|&ty| reached[ty as usize])).map(|requirement| requirement.pick)
    }
}

#[cfg(test)]
mod tests;
