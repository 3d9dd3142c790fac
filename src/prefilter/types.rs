//! Which platform types a file can have values of: those that it names, and those that members of such types yield.

use std::collections::{BTreeSet, HashMap};

use super::words::{Word, last_segment, naming};
use crate::catalogue::{Catalogue, accessor_spellings};
use crate::source::Platform;

/// Types as nodes; what leads from one to another as edges.
#[derive(Clone, Debug, Default)]
pub(super) struct TypeGraph {
    numbers: HashMap<String, u32>,
    /// By type: words that name it.
    naming: Vec<BTreeSet<Word>>,
    /// By type: what its members yield.
    yields: Vec<Vec<Yield>>,
    /// By type: its supertypes.
    supertypes: Vec<Vec<u32>>,
    /// Types that code has without naming anything: implicit receivers.
    implicit: Vec<u32>,
    /// By word: types that it names.
    named_by: Vec<Vec<u32>>,
}

#[derive(Clone, Debug)]
struct Yield {
    spellings: BTreeSet<Word>,
    /// Numbers of the spellings.
    words: Vec<u32>,
    ty: u32,
}

impl TypeGraph {
    pub fn new(catalogue: &Catalogue, platform: Platform) -> Self {
        let mut graph = Self::default();
        let mut names: Vec<&String> = catalogue.types.keys().collect();
        // Numbers do not show in the result, but what is the same in each run is easier to think about.
        names.sort();
        for name in names {
            let known = &catalogue.types[name];
            let number = graph.number_of(name, platform);
            if known.implicit {
                graph.implicit.push(number);
            }
            for supertype in &known.supertypes {
                let supertype = graph.number_of(supertype, platform);
                graph.supertypes[number as usize].push(supertype);
            }
            let mut members: Vec<_> = known.yields.iter().collect();
            members.sort();
            for (member, product) in members {
                let ty = if product == "this" { number } else { graph.number_of(product, platform) };
                let spellings = accessor_spellings(member).into_iter().map(Word::whole).collect();
                graph.yields[number as usize].push(Yield { spellings, words: Vec::new(), ty });
            }
        }
        for service in &catalogue.services {
            let number = graph.number_of(&service.ty, platform);
            graph.naming[number as usize].extend([Word::whole(last_segment(&service.constant)), Word::whole(format!("\"{}\"", service.text))]);
        }
        graph
    }

    /// The number of a type; of a new one, too.
    pub fn number_of(&mut self, name: &str, platform: Platform) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.naming.len() as u32;
        self.numbers.insert(name.to_owned(), number);
        self.naming.push(naming(name, platform).into_iter().collect());
        self.yields.push(Vec::new());
        self.supertypes.push(Vec::new());
        number
    }

    /// Forgets every type from which none of `wanted` can be reached: less to search for.
    pub fn keep_what_leads_to(&mut self, wanted: impl Iterator<Item = u32>) {
        let mut useful = vec![false; self.naming.len()];
        wanted.for_each(|ty| useful[ty as usize] = true);
        loop {
            let before = useful.iter().filter(|&&kept| kept).count();
            for ty in 0..useful.len() {
                let leads = self.supertypes[ty].iter().chain(self.yields[ty].iter().map(|one| &one.ty)).any(|&next| useful[next as usize]);
                useful[ty] |= leads;
            }
            if useful.iter().filter(|&&kept| kept).count() == before {
                break;
            }
        }
        for ty in 0..useful.len() {
            self.yields[ty].retain(|one| useful[one.ty as usize] && one.ty != ty as u32);
            if !useful[ty] {
                self.naming[ty].clear();
            }
        }
    }

    /// All words that matter.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.naming.iter().flatten().chain(self.yields.iter().flatten().flat_map(|one| &one.spellings))
    }

    /// Learns the numbers of its words in the sorted list of all.
    pub fn number_words(&mut self, all: &[Word]) {
        let number = |word: &Word| all.binary_search(word).ok();
        self.named_by = vec![Vec::new(); all.len()];
        for (ty, words) in self.naming.iter().enumerate() {
            words.iter().filter_map(number).for_each(|word| self.named_by[word].push(ty as u32));
        }
        for one in self.yields.iter_mut().flatten() {
            one.words = one.spellings.iter().filter_map(number).map(|word| word as u32).collect();
        }
    }

    /// Which types a file with these words can have values of. A value of a subtype is one of its supertypes.
    pub fn reached(&self, seen: &[bool]) -> Vec<bool> {
        let mut reached = vec![false; self.naming.len()];
        let named = self.named_by.iter().zip(seen).filter(|(_, seen)| **seen).flat_map(|(types, _)| types);
        let mut pending: Vec<u32> = self.implicit.iter().chain(named).copied().collect();
        while let Some(ty) = pending.pop() {
            if std::mem::replace(&mut reached[ty as usize], true) {
                continue;
            }
            pending.extend(&self.supertypes[ty as usize]);
            let yielded = self.yields[ty as usize].iter().filter(|one| one.words.iter().any(|&word| seen[word as usize]));
            pending.extend(yielded.map(|one| one.ty));
        }
        reached
    }
}
