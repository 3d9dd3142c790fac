//! The names by which code reaches what the catalogue knows.

use std::collections::BTreeSet;

use super::model::{Catalogue, Member, Symbol};
use crate::source::Platform;

/// The Kotlin property of a Java getter: `getLastLocation` → `lastLocation`, `getURL` → `url`. None when it is no getter.
pub fn property_of(getter: &str) -> Option<String> {
    let rest = getter.strip_prefix("get")?;
    let capitals = rest.chars().take_while(|character| character.is_uppercase()).count();
    let lowered = match capitals {
        0 => return None,
        1 => 1,
        all if all == rest.chars().count() => all,
        // The last capital begins the next word: `URLName` → `urlName`.
        more => more - 1,
    };
    Some(rest.chars().enumerate().flat_map(|(index, character)| if index < lowered { character.to_lowercase().collect() } else { vec![character] }).collect())
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

impl Catalogue {
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
    fn a_package_ends_where_a_class_begins() {
        assert_eq!(package_of("a.b.Outer.Inner"), "a.b");
    }
}
