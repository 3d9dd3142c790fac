//! Finds catalogue entries by the name that stands in the code.

use rustc_hash::FxHashMap as HashMap;

use super::model::{Catalogue, Member, MemberKind, Symbol};
use super::names::{capitalised, getter_of, property_of};
use crate::source::Platform;

/// An entry of the catalogue by kind and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// [`Catalogue::accesses`]
    Access(usize),
    /// [`Catalogue::checks`]
    Check(usize),
    /// [`Catalogue::not_checks`]
    NotACheck(usize),
    /// [`Catalogue::carriers`]
    Carrier(usize),
    /// [`Catalogue::revocations`]
    Revocation(usize),
    /// [`Catalogue::version_tests`]
    VersionTest(usize),
}

/// Entries by the base name of a member: the Java or Swift name, the first part of a selector, or the simple name of a constructed type.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// One for each of [`Platform::ALL`].
    tables: [HashMap<String, Vec<(Entry, usize)>>; Platform::ALL.len()],
}

impl Index {
    /// Indexes a catalogue.
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut index = Self::default();
        for entry in catalogue.entries() {
            let symbol = catalogue.symbol(entry);
            for (number, member) in symbol.members.iter().enumerate() {
                for key in keys(symbol, member) {
                    let found = index.table_mut(symbol.platform).entry(key).or_default();
                    if !found.contains(&(entry, number)) {
                        found.push((entry, number));
                    }
                }
            }
        }
        index
    }

    /// Entries and member numbers for a name.
    pub fn find(&self, platform: Platform, name: &str) -> &[(Entry, usize)] {
        self.tables[platform as usize].get(name).map_or(&[], Vec::as_slice)
    }

    fn table_mut(&mut self, platform: Platform) -> &mut HashMap<String, Vec<(Entry, usize)>> {
        &mut self.tables[platform as usize]
    }
}

/// The names by which code may reach a member: accessors go by two names.
fn keys(symbol: &Symbol, member: &Member) -> Vec<String> {
    if member.is_constructor {
        let simple = symbol.owner.as_deref().and_then(|owner| owner.rsplit('.').next()).unwrap_or_default().to_owned();
        return vec![simple];
    }
    let selector_part = member.selector.as_ref().map(|selector| selector.split(':').next().unwrap_or_default().to_owned());
    let mut keys: Vec<String> = member.name.iter().cloned().chain(selector_part).collect();
    for name in keys.clone() {
        match symbol.kind {
            MemberKind::Assignment => keys.push(setter_name(&name)),
            MemberKind::Call | MemberKind::Property | MemberKind::Constant => keys.extend(accessor_twin(&name)),
        }
    }
    keys
}

/// `setShowsUserLocation` for `showsUserLocation`, `setMyLocationEnabled` for `isMyLocationEnabled`.
pub fn setter_name(property: &str) -> String {
    let stem = property.strip_prefix("is").filter(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase())).unwrap_or(property);
    format!("set{}", capitalised(stem))
}

/// `lastLocation` for `getLastLocation` and the reverse; `ssid` for `getSSID`.
pub fn accessor_twin(name: &str) -> Option<String> {
    Some(property_of(name).unwrap_or_else(|| getter_of(name)))
}

impl Catalogue {
    /// All entries that a program point can match.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        let accesses = (0..self.accesses.len()).map(Entry::Access);
        let checks = (0..self.checks.len()).map(Entry::Check);
        let not_checks = (0..self.not_checks.len()).map(Entry::NotACheck);
        let carriers = (0..self.carriers.len()).map(Entry::Carrier);
        let revocations = (0..self.revocations.len()).map(Entry::Revocation);
        let version_tests = (0..self.version_tests.len()).map(Entry::VersionTest);
        accesses.chain(checks).chain(not_checks).chain(carriers).chain(revocations).chain(version_tests)
    }

    /// The symbol of an entry.
    pub fn symbol(&self, entry: Entry) -> &Symbol {
        match entry {
            Entry::Access(number) => &self.accesses[number].symbol,
            Entry::Check(number) => &self.checks[number].symbol,
            Entry::NotACheck(number) => &self.not_checks[number].symbol,
            Entry::Carrier(number) => &self.carriers[number].symbol,
            Entry::Revocation(number) => &self.revocations[number].symbol,
            Entry::VersionTest(number) => &self.version_tests[number].symbol,
        }
    }

    /// The name index, built at first use.
    pub fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(self))
    }
}
