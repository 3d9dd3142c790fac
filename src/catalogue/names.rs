//! The names by which code reaches what the catalogue knows.

use std::collections::BTreeSet;

use super::model::{Catalogue, Member, Symbol, ValueSet};
use crate::source::Platform;

/// The Kotlin property of a Java getter: `getLastLocation` → `lastLocation`, `getURL` → `url`. None when it is no getter.
pub fn property_of(getter: &str) -> Option<String> {
    let rest = getter.strip_prefix("get")?;
    rest.starts_with(char::is_uppercase).then(|| decapitalised_acronym(rest))
}

/// The Java getter of a Kotlin property: `lastLocation` → `getLastLocation`.
pub fn getter_of(property: &str) -> String {
    format!("get{}", capitalised(property))
}

/// A name with its first letter large.
pub fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A name with its first letter small.
pub fn decapitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The package of a Java or Kotlin class by full name, nested or not: `a.b` of `a.b.Outer.Inner`.
pub fn package_of(class: &str) -> String {
    class.split('.').take_while(|segment| segment.starts_with(|first: char| first.is_lowercase())).collect::<Vec<_>>().join(".")
}

/// A name, and the names that property and accessor syntax make of it: `getLatitude` and `latitude` are one.
pub fn accessor_spellings(name: &str) -> BTreeSet<String> {
    const PREFIXES: [&str; 3] = ["get", "set", "is"];
    let stem = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix).filter(|rest| rest.starts_with(|first: char| !first.is_lowercase())));
    let mut spellings = BTreeSet::from([name.to_owned()]);
    if let Some(stem) = stem {
        spellings.extend([decapitalised(stem), decapitalised_acronym(stem)]);
    }
    for stem in [Some(name), stem].into_iter().flatten() {
        spellings.extend(PREFIXES.iter().map(|prefix| format!("{prefix}{}", capitalised(stem))));
    }
    spellings
}

/// Kotlin's way: `URL` is `url`, and of `URLName` the last capital begins the next word: `urlName`.
fn decapitalised_acronym(name: &str) -> String {
    let upper = name.chars().take_while(|letter| letter.is_uppercase()).count();
    let lowered = if upper == name.chars().count() { upper } else { upper.saturating_sub(1).max(1) };
    name.chars().enumerate().flat_map(|(index, letter)| if index < lowered { letter.to_lowercase().collect() } else { vec![letter] }).collect()
}

impl ValueSet {
    /// Words of which a file that gives one of some values says one, as far as one is telling; none where there is no telling.
    pub fn words(&self) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for constant in &self.constants {
            match constant_word(constant) {
                Some(word) => words.insert(word.to_owned()),
                None => return BTreeSet::new(),
            };
        }
        let last_names =
            self.texts.iter().filter_map(|text| text.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').find(|name| !name.is_empty()));
        words.extend(last_names.filter(|name| name.len() >= MIN_TELLING).map(str::to_owned));
        words
    }
}

/// A shorter last name of a literal text is a word that everybody uses.
const MIN_TELLING: usize = 6;

/// What every use of a constant names: its own name, or the class around all like it.
fn constant_word(constant: &str) -> Option<&str> {
    let last = constant.rsplit('.').next().filter(|last| !last.is_empty())?;
    let is_name = last.starts_with(|first: char| first.is_alphabetic() || first == '_') && !["true", "false"].contains(&last);
    if last == "*" || last == "CONTENT_URI" {
        return constant.split('.').find(|segment| segment.starts_with(char::is_uppercase));
    }
    is_name.then_some(last)
}

impl Catalogue {
    /// Words of which a file that gives a value of a platform's type says one: its names, those of its subtypes, and of members that yield it.
    pub fn words_of_type(&self, owner: &str) -> BTreeSet<String> {
        let simple = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
        let mut words = BTreeSet::from([simple(owner)]);
        for (name, known) in &self.types {
            if known.supertypes.iter().any(|supertype| supertype == owner) {
                words.insert(simple(name));
            }
            for (member, _) in known.yields.iter().filter(|(_, product)| *product == owner) {
                words.extend(accessor_spellings(member));
            }
        }
        words
    }

    /// Every text of which a file must contain one for an access of this platform to be in it.
    pub fn access_names(&self, platform: Platform) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for access in &self.accesses {
            add_symbol(&access.symbol, platform, &mut names);
        }
        names
    }

    /// Every text by which code of this platform reaches something in the catalogue: accesses, checks, callbacks, annotations.
    pub fn names(&self, platform: Platform) -> BTreeSet<String> {
        let mut names = self.access_names(platform);
        let symbols = self.checks.iter().map(|check| &check.symbol);
        let symbols = symbols.chain(self.not_checks.iter().map(|entry| &entry.symbol)).chain(self.revocations.iter().map(|entry| &entry.symbol));
        let symbols = symbols.chain(self.version_tests.iter().map(|test| &test.symbol));
        for symbol in symbols {
            add_symbol(symbol, platform, &mut names);
        }
        for callback in self.callbacks.iter().filter(|callback| callback.platform == platform) {
            for member in &callback.members {
                add_member(member, None, &mut names);
            }
        }
        if platform == Platform::Android {
            names.extend(self.annotations.keys().map(|name| last_segment(name).to_owned()));
        }
        names
    }
}

fn add_symbol(symbol: &Symbol, platform: Platform, names: &mut BTreeSet<String>) {
    if symbol.platform == platform {
        for member in &symbol.members {
            add_member(member, symbol.owner.as_deref(), names);
        }
    }
}

fn add_member(member: &Member, owner: Option<&str>, names: &mut BTreeSet<String>) {
    if member.is_constructor {
        names.extend(owner.map(|owner| last_segment(owner).to_owned()));
    } else if let Some(name) = &member.name {
        names.extend(property_of(name));
        names.insert(name.clone());
    }
    if let Some(selector) = &member.selector {
        names.extend(selector.split(':').next().map(str::to_owned));
    }
}

fn last_segment(name: &str) -> &str {
    name.rsplit(['.', '$']).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn property_syntax_has_the_acronyms_of_kotlin() {
        assert_eq!(decapitalised_acronym("URL"), "url");
        assert_eq!(decapitalised_acronym("URLName"), "urlName");
        assert_eq!(decapitalised_acronym("Latitude"), "latitude");
        assert!(accessor_spellings("latitude").contains("getLatitude"));
        assert!(accessor_spellings("isMyLocationEnabled").contains("setMyLocationEnabled"));
    }

    #[test]
    fn a_package_ends_where_a_class_begins() {
        assert_eq!(package_of("a.b.Outer.Inner"), "a.b");
    }
}
