//! Picks the files that are worth parsing: one search over the bytes for the names that the catalogue's accesses need.
//!
//! Names alone pick too many files (`query`, `start`), so an access is a conjunction: its member's name *and* something from which
//! its type, or the value of a deciding argument, can follow. The filter only ever errs towards parsing: whenever the analysis could
//! find an access in a file, the file is picked. Checks alone pick nothing, because without an access there is nothing to say.

use std::collections::{BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use crate::catalogue::{Access, Catalogue, Evidence, Member, PlatformType, ValueSet};
use crate::source::Platform;

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
    /// For each access (alike ones merged), the groups of which each must have a hit.
    conjunctions: Vec<Vec<u32>>,
}

/// What is searched for, and whether it must stand as a whole word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    text: String,
    whole_at_end: bool,
}

impl Word {
    fn whole(text: impl Into<String>) -> Self {
        Self { text: text.into(), whole_at_end: true }
    }

    fn prefix(text: impl Into<String>) -> Self {
        Self { text: text.into(), whole_at_end: false }
    }
}

/// Words of which one must be there.
type Group = BTreeSet<Word>;

impl PlatformFilter {
    fn new(catalogue: &Catalogue, platform: Platform) -> Result<Self, BuildError> {
        let types = TypeWords::new(catalogue);
        let mut groups: Vec<Group> = Vec::new();
        let mut conjunctions = BTreeSet::new();
        for access in catalogue.accesses.iter().filter(|access| access.symbol.platform == platform) {
            let numbers: BTreeSet<u32> = access_groups(access, catalogue, &types).into_iter().map(|group| number_of(group, &mut groups)).collect();
            conjunctions.insert(numbers.into_iter().collect::<Vec<u32>>());
        }
        let words: Vec<Word> = groups.iter().flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let groups_of_word = words.iter().map(|word| (0..groups.len() as u32).filter(|&group| groups[group as usize].contains(word)).collect()).collect();
        let automaton =
            AhoCorasick::builder().match_kind(MatchKind::Standard).kind(Some(AhoCorasickKind::DFA)).build(words.iter().map(|word| word.text.as_bytes()))?;
        Ok(Self { automaton, words, groups_of_word, group_count: groups.len(), conjunctions: conjunctions.into_iter().collect() })
    }

    fn picks(&self, text: &[u8]) -> bool {
        let mut seen = vec![false; self.words.len()];
        let mut hit_groups = vec![false; self.group_count];
        for found in self.automaton.find_overlapping_iter(text) {
            let word = found.pattern().as_usize();
            if !seen[word] && self.stands_alone(word, text, found.start(), found.end()) {
                seen[word] = true;
                self.groups_of_word[word].iter().for_each(|&group| hit_groups[group as usize] = true);
            }
        }
        self.conjunctions.iter().any(|groups| groups.iter().all(|&group| hit_groups[group as usize]))
    }

    fn stands_alone(&self, word: usize, text: &[u8], start: usize, end: usize) -> bool {
        let word = &self.words[word];
        let pattern = word.text.as_bytes();
        let joins = |inside: Option<&u8>, outside: Option<&u8>| inside.copied().is_some_and(is_word_byte) && outside.copied().is_some_and(is_word_byte);
        let before = start.checked_sub(1).and_then(|index| text.get(index));
        !joins(pattern.first(), before) && !(word.whole_at_end && joins(pattern.last(), text.get(end)))
    }
}

/// `$` is left out: in a Kotlin string template it stands right before a name.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn number_of(group: Group, groups: &mut Vec<Group>) -> u32 {
    let index = groups.iter().position(|known| *known == group).unwrap_or_else(|| {
        groups.push(group);
        groups.len() - 1
    });
    index as u32
}

/// What a file must hold for the analysis to find `access` in it; a word of each group.
fn access_groups(access: &Access, catalogue: &Catalogue, types: &TypeWords) -> Vec<Group> {
    let symbol = &access.symbol;
    let owner = symbol.owner.as_deref();
    let mut groups = vec![symbol.members.iter().flat_map(|member| member_words(member, owner)).collect::<Group>()];
    if symbol.evidence == Evidence::Type {
        groups.extend(owner.and_then(|owner| types.words(owner)));
    }
    for when in &symbol.when {
        if let Some(set) = when.is {
            groups.push(value_words(&catalogue.value_sets[set.0 as usize]));
        }
    }
    // A group without a word would never be hit; nothing is known about how its values look in code.
    groups.retain(|group| !group.is_empty());
    groups
}

/// All spellings by which code of the platform's languages can use a member.
fn member_words(member: &Member, owner: Option<&str>) -> Vec<Word> {
    if member.is_constructor {
        return owner.map(|owner| Word::whole(last_segment(owner))).into_iter().collect();
    }
    let first_selector_part = member.selector.as_deref().and_then(|selector| selector.split(':').next());
    member.name.as_deref().into_iter().chain(first_selector_part).flat_map(accessor_spellings).map(Word::whole).collect()
}

/// A name, and the names that property and accessor syntax make of it: `getLatitude` and `latitude` are one.
fn accessor_spellings(name: &str) -> BTreeSet<String> {
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

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn decapitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Kotlin's way: `URL` is `url`, `URLName` is `urlName`.
fn decapitalised_acronym(name: &str) -> String {
    let upper = name.chars().take_while(|letter| letter.is_uppercase()).count();
    let lowered = if upper == name.chars().count() { upper } else { upper.saturating_sub(1).max(1) };
    name.chars().enumerate().map(|(index, letter)| if index < lowered { letter.to_ascii_lowercase() } else { letter }).collect()
}

/// How a value of a set shows in a file: the name of the class that holds the constant (in the expression, or in the import that
/// leaves it out), a case or C constant by its own name, or the start of a literal text. Numbers have too many spellings to be
/// searched for: a set with one of them gives no words, which is no condition.
fn value_words(set: &ValueSet) -> Group {
    let words: Option<Group> = set.constants.iter().map(|constant| constant_word(constant).map(Word::whole)).collect();
    words.map_or_else(Group::new, |words| words.into_iter().chain(set.texts.iter().map(Word::prefix)).collect())
}

fn constant_word(constant: &str) -> Option<&str> {
    let mut segments = constant.rsplit('.').filter(|segment| !segment.is_empty());
    let last = segments.next()?;
    let holder = segments.next();
    let is_java_name = constant.starts_with(|first: char| first.is_lowercase());
    let is_class = |name: &&str| name.starts_with(|first: char| first.is_uppercase());
    let word = match holder {
        holder if last == "*" => holder?,
        Some(holder) if is_java_name && is_class(&holder) => holder,
        _ => last,
    };
    word.starts_with(|first: char| first.is_alphabetic() || first == '_').then_some(word)
}

fn last_segment(name: &str) -> &str {
    name.rsplit(['.', '$']).next().unwrap_or(name)
}

/// For each platform type, the words from which a file can come by a value of it.
struct TypeWords<'c> {
    catalogue: &'c Catalogue,
    /// Type to the types that have it as a supertype.
    subtypes: HashMap<&'c str, Vec<&'c PlatformType>>,
    /// Type to the members, constants and texts that yield it.
    sources: HashMap<&'c str, BTreeSet<Word>>,
}

impl<'c> TypeWords<'c> {
    fn new(catalogue: &'c Catalogue) -> Self {
        let mut subtypes: HashMap<&str, Vec<&PlatformType>> = HashMap::new();
        let mut sources: HashMap<&str, BTreeSet<Word>> = HashMap::new();
        for platform_type in catalogue.types.values() {
            for supertype in &platform_type.supertypes {
                subtypes.entry(supertype).or_default().push(platform_type);
            }
            for (member, yielded) in &platform_type.yields {
                sources.entry(yielded).or_default().extend(accessor_spellings(member).into_iter().map(Word::whole));
            }
        }
        for service in &catalogue.services {
            let words = [Word::whole(last_segment(&service.constant)), Word::whole(format!("\"{}\"", service.text))];
            sources.entry(&service.ty).or_default().extend(words);
        }
        Self { catalogue, subtypes, sources }
    }

    /// `None` when code can have a value of the type without naming anything: an implicit receiver.
    fn words(&self, owner: &str) -> Option<Group> {
        let own = self.catalogue.types.get(owner);
        let subtypes = self.subtypes.get(owner).map_or(&[][..], Vec::as_slice);
        if own.into_iter().chain(subtypes.iter().copied()).any(|platform_type| platform_type.implicit) {
            return None;
        }
        let names = std::iter::once(owner).chain(subtypes.iter().map(|subtype| subtype.name.as_str()));
        let mut group = Group::new();
        for name in names {
            group.insert(Word::whole(last_segment(name)));
            group.extend(self.sources.get(name).into_iter().flatten().cloned());
        }
        Some(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{AccessClass, DataCategory, Direction, Failure, Levels, MemberKind, Place, Service, Symbol, ValueSetId, When};

    fn access(owner: &str, member: &str, evidence: Evidence, when: Vec<When>) -> Access {
        let member = Member { name: Some(member.to_owned()), labels: None, selector: None, is_constructor: false };
        let symbol = Symbol { platform: Platform::Android, owner: Some(owner.to_owned()), members: vec![member], kind: MemberKind::Call, evidence, when };
        Access {
            symbol,
            class: AccessClass::Protected,
            category: DataCategory::Location,
            direction: Direction::Read,
            needs: Vec::new(),
            fails: Failure::Silent,
            levels: Levels::ALL,
            source: None,
            file: String::new(),
            unlisted: None,
        }
    }

    fn filter(accesses: Vec<Access>) -> Prefilter {
        let mut catalogue = Catalogue::default();
        catalogue.accesses = accesses;
        let resolver = "android.content.ContentResolver";
        let context = PlatformType {
            name: "android.content.Context".into(),
            module: None,
            supertypes: Vec::new(),
            yields: HashMap::from([("contentResolver".to_owned(), resolver.to_owned())]),
            implicit: true,
        };
        catalogue.types.insert(context.name.clone(), context);
        catalogue.services.push(Service {
            constant: "android.content.Context.LOCATION_SERVICE".into(),
            text: "location".into(),
            ty: "android.location.LocationManager".into(),
        });
        catalogue.value_sets.push(ValueSet {
            name: "contacts".into(),
            constants: vec!["android.provider.ContactsContract.Contacts.*".into()],
            texts: vec!["content://com.android.contacts".into()],
        });
        Prefilter::new(&catalogue).expect("a small automaton")
    }

    fn picks(filter: &Prefilter, text: &str) -> bool {
        filter.picks(Platform::Android, text.as_bytes())
    }

    #[test]
    fn a_member_needs_something_that_gives_its_type() {
        let filter = filter(vec![access("android.location.LocationManager", "getLastKnownLocation", Evidence::Type, Vec::new())]);
        assert!(picks(&filter, "(LocationManager) x; getLastKnownLocation(p)"));
        assert!(picks(&filter, "val m = getSystemService(LOCATION_SERVICE) as Any; m.lastKnownLocation"));
        assert!(picks(&filter, "getSystemService(\"location\").getLastKnownLocation(p)"));
        assert!(!picks(&filter, "getLastKnownLocation(p)"));
        assert!(!picks(&filter, "MyLocationManager.getLastKnownLocation(p)"));
        assert!(!filter.picks(Platform::Apple, b"LocationManager.getLastKnownLocation"));
    }

    #[test]
    fn chains_and_arguments_count() {
        let when = vec![When { argument: Place::Position(0), is: Some(ValueSetId(0)), is_not: None, of_type: None }];
        let by_argument = filter(vec![access("android.content.ContentResolver", "query", Evidence::Argument, when.clone())]);
        assert!(picks(&by_argument, "x.query(Contacts.CONTENT_URI)"));
        assert!(picks(&by_argument, "x.query(Uri.parse(\"content://com.android.contacts/data\"))"));
        assert!(!picks(&by_argument, "x.query(People.CONTENT_URI)"));
        let by_type = filter(vec![access("android.content.ContentResolver", "query", Evidence::Type, when)]);
        assert!(picks(&by_type, "context.contentResolver.query(Contacts.CONTENT_URI)"));
        assert!(picks(&by_type, "\"$contentResolver\"; getContentResolver().query(Contacts.CONTENT_URI)"));
        assert!(!picks(&by_type, "database.query(Contacts.CONTENT_URI)"));
    }

    #[test]
    fn members_of_an_implicit_receiver_need_no_type() {
        let filter = filter(vec![access("android.content.Context", "registerSensor", Evidence::Type, Vec::new())]);
        assert!(picks(&filter, "registerSensor()"));
    }

    #[test]
    fn constants_are_searched_for_by_what_every_use_of_them_names() {
        assert_eq!(constant_word("android.provider.ContactsContract.Contacts.*"), Some("Contacts"));
        assert_eq!(constant_word("android.provider.CallLog.Calls.CONTENT_URI"), Some("Calls"));
        assert_eq!(constant_word("android.provider.ContactsContract"), Some("ContactsContract"));
        assert_eq!(constant_word(".video"), Some("video"));
        assert_eq!(constant_word("AVMediaTypeVideo"), Some("AVMediaTypeVideo"));
        assert_eq!(constant_word("AVMediaType.video"), Some("video"));
        assert_eq!(constant_word("21"), None);
    }

    #[test]
    fn names_stand_alone() {
        let filter = filter(vec![access("a.B", "read", Evidence::Name, Vec::new())]);
        assert!(picks(&filter, "é.read("));
        assert!(picks(&filter, "read"));
        assert!(!picks(&filter, "reader bread read_1"));
    }

    #[test]
    fn property_syntax_has_the_acronyms_of_kotlin() {
        assert_eq!(decapitalised_acronym("URL"), "url");
        assert_eq!(decapitalised_acronym("URLName"), "urlName");
        assert_eq!(decapitalised_acronym("Latitude"), "latitude");
        assert!(accessor_spellings("latitude").contains("getLatitude"));
        assert!(accessor_spellings("isMyLocationEnabled").contains("setMyLocationEnabled"));
    }
}
