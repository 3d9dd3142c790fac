//! What a file must hold for the analysis to find an access in it. Each rule here answers to one in [`evidence`](crate::evidence).

use std::collections::BTreeSet;

use super::words::{Word, last_segment, naming};
use crate::catalogue::{Catalogue, Evidence, Given, Member, Symbol, ValueSet, accessor_spellings, package_of};
use crate::source::Platform;

/// One way to an access: a conjunction.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Requirement {
    /// A word of each.
    pub groups: BTreeSet<BTreeSet<Word>>,
    /// The file must be able to have a value of each of these types.
    pub types: BTreeSet<String>,
}

impl Requirement {
    /// A group without a word could never be hit: nothing is known about how it looks in code.
    fn and(mut self, group: impl IntoIterator<Item = Word>) -> Self {
        let group: BTreeSet<Word> = group.into_iter().collect();
        if !group.is_empty() {
            self.groups.insert(group);
        }
        self
    }

    fn of_type(mut self, name: &str) -> Self {
        self.types.insert(name.to_owned());
        self
    }
}

/// All ways to what an access or check is.
pub(super) fn of_symbol(symbol: &Symbol, catalogue: &Catalogue) -> Vec<Requirement> {
    let mut conditions = Requirement::default();
    for when in &symbol.when {
        if let Given::PassedTo(members) = &when.value {
            conditions = conditions.and(members.keys().flat_map(|member| accessor_spellings(member)).map(Word::whole));
        }
        if let Some(set) = when.is {
            conditions = conditions.and(value_words(&catalogue.value_sets[set.0 as usize], symbol.platform));
        }
        if let Some(wanted) = &when.of_type {
            conditions = conditions.of_type(wanted);
        }
    }
    let by_name = symbol.members.iter().flat_map(|member| spelled(member, symbol.owner.as_deref(), symbol.platform, symbol.evidence, &conditions));
    by_name.flat_map(|named| with_evidence(named, symbol.owner.as_deref(), symbol.platform, symbol.evidence)).collect()
}

fn with_evidence(named: Requirement, owner: Option<&str>, platform: Platform, evidence: Evidence) -> Vec<Requirement> {
    match (evidence, owner) {
        (Evidence::Type, Some(owner)) => vec![named.of_type(owner)],
        // An unknown receiver will do where something of the package is imported.
        (Evidence::Name, Some(owner)) if platform == Platform::Android && !package_of(owner).is_empty() => {
            vec![named.clone().and([Word::whole(package_of(owner))]), named.of_type(owner)]
        }
        _ => vec![named],
    }
}

/// The ways to write a member, by the languages of its platform.
fn spelled(member: &Member, owner: Option<&str>, platform: Platform, evidence: Evidence, conditions: &Requirement) -> Vec<Requirement> {
    if member.is_constructor {
        // What it constructs has to be named, if only as the type of a variable.
        return owner.map(|owner| conditions.clone().and([Word::whole(last_segment(owner))]).and(naming(owner, platform))).into_iter().collect();
    }
    let spellings = |name: &str| accessor_spellings(name).into_iter().map(Word::whole);
    let mut ways = Vec::new();
    if let Some(name) = &member.name {
        let labels = member.labels.iter().flatten().filter(|label| *label != "_").map(Word::whole);
        // Where the name is all the evidence, the labels are a part of it; else a call may leave out those with default values.
        let labels: Vec<Word> = if evidence == Evidence::Name { labels.collect() } else { Vec::new() };
        ways.push(conditions.clone().and(spellings(name)).and(labels));
    }
    if let Some(selector) = &member.selector {
        let mut parts = selector.split(':').filter(|part| !part.is_empty());
        let first = conditions.clone().and(parts.next().into_iter().flat_map(spellings));
        ways.push(parts.fold(first, |way, part| way.and([Word::whole(part)])));
    }
    ways
}

/// How a value of a set shows in a file: the class that holds the constant is named, a case or C constant by its own name, or a
/// literal text starts so. Numbers and truth values have too many spellings to be searched for: a set with one of them gives no
/// words, which is no condition.
fn value_words(set: &ValueSet, platform: Platform) -> BTreeSet<Word> {
    let words: Option<Vec<Vec<Word>>> = set.constants.iter().map(|constant| constant_words(constant, platform)).collect();
    words.map_or_else(BTreeSet::new, |words| words.into_iter().flatten().chain(set.texts.iter().map(Word::prefix)).collect())
}

fn constant_words(constant: &str, platform: Platform) -> Option<Vec<Word>> {
    let named = constant.trim_end_matches(".*");
    let last = last_segment(named);
    let is_name = last.starts_with(|first: char| first.is_alphabetic() || first == '_') && !["true", "false"].contains(&last);
    let is_qualified = platform == Platform::Android && constant.starts_with(|first: char| first.is_lowercase()) && constant.contains('.');
    is_name.then(|| if is_qualified { naming(named, platform) } else { vec![Word::whole(last)] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_searched_for_by_what_every_use_of_them_names() {
        let first = |constant, platform| constant_words(constant, platform).and_then(|words| words.into_iter().next()).map(|word| word.text);
        let android = |constant| first(constant, Platform::Android);
        let apple = |constant| first(constant, Platform::Apple);
        assert_eq!(android("android.provider.ContactsContract.Contacts.*").as_deref(), Some("android.provider.ContactsContract"));
        assert_eq!(android("android.provider.CallLog.Calls.CONTENT_URI").as_deref(), Some("android.provider.CallLog"));
        assert_eq!(apple(".video").as_deref(), Some("video"));
        assert_eq!(apple("AVMediaTypeVideo").as_deref(), Some("AVMediaTypeVideo"));
        assert_eq!(apple("AVMediaType.video").as_deref(), Some("video"));
        assert_eq!(android("21"), None);
        assert_eq!(apple("true"), None);
    }
}
