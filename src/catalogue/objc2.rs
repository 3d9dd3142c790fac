//! What the rules say of Apple's frameworks, said of the crates that wrap them for Rust. The crates are generated from the frameworks'
//! headers, so a rule holds for both: the framework `CoreLocation` is the crate `objc2_core_location`, and the message
//! `requestAccessForEntityType:completionHandler:` the method `requestAccessForEntityType_completionHandler`.

use rustc_hash::FxHashMap as HashMap;

use super::model::{Access, Callback, Carrier, Catalogue, Check, Given, Member, NotACheck, Place, PlatformType, Subject, Symbol, When};
use super::names::capitalised;
use crate::source::Platform;

/// The crates that are generated so are called with this before the framework's name.
const PREFIX: &str = "objc2_";

/// Adds to a catalogue what follows for Rust from what it knows of Apple's frameworks.
pub(super) fn derive(catalogue: &mut Catalogue) {
    let crates: HashMap<String, String> =
        catalogue.types.values().filter_map(|ty| Some((ty.name.clone(), format!("{}.{}", crate_of(ty.module.as_deref()?), ty.name)))).collect();
    let known = methods_by_first_word(catalogue);
    let types: Vec<PlatformType> = catalogue.types.values().filter(|ty| crates.contains_key(&ty.name)).map(|ty| wrapped_type(ty, &crates, &known)).collect();
    // `.event` is `EKEntityType::Event`, and a status is a number that can be taken out: `status.0`.
    for set in &mut catalogue.value_sets {
        let cases: Vec<String> = set.constants.iter().filter_map(|constant| Some(format!(".{}", capitalised(constant.strip_prefix('.')?)))).collect();
        set.constants.extend(cases);
    }
    catalogue.statuses.iter_mut().for_each(|status| status.same_members.push("0".to_owned()));
    let derived = Derived { crates: &crates };
    let accesses: Vec<Access> = catalogue.accesses.iter().flat_map(|access| derived.accesses(access)).collect();
    let checks: Vec<Check> = catalogue.checks.iter().flat_map(|check| derived.checks(check)).collect();
    let callbacks: Vec<Callback> = catalogue.callbacks.iter().filter_map(|callback| derived.callback(callback)).collect();
    let not_checks: Vec<NotACheck> = catalogue.not_checks.iter().flat_map(|entry| derived.not_checks(entry)).collect();
    let carriers: Vec<Carrier> = catalogue.carriers.iter().flat_map(|carrier| derived.carriers(carrier)).collect();
    catalogue.types.extend(types.into_iter().map(|ty| (ty.name.clone(), ty)));
    catalogue.accesses.extend(accesses);
    catalogue.checks.extend(checks);
    catalogue.callbacks.extend(callbacks);
    catalogue.not_checks.extend(not_checks);
    catalogue.carriers.extend(carriers);
}

struct Derived<'c> {
    /// By class: its path in Rust.
    crates: &'c HashMap<String, String>,
}

impl Derived<'_> {
    /// What a symbol is in Rust, with where its arguments stand: once for the methods that are passed what they initialise, once for the others.
    fn symbols<'s>(&self, symbol: &'s Symbol) -> Vec<(Symbol, Places<'s>)> {
        let (makers, others): (Vec<&Member>, Vec<&Member>) = symbol.members.iter().partition(|member| member.selector.as_deref().is_some_and(is_initializer));
        let labels: Vec<&[String]> = symbol.members.iter().filter_map(|member| member.labels.as_deref()).collect();
        let both = [(makers, Places { labels: labels.clone(), before: 1 }), (others, Places { labels, before: 0 })];
        both.into_iter().filter_map(|(members, places)| Some((self.symbol(symbol, &members, &places)?, places))).collect()
    }

    fn symbol(&self, symbol: &Symbol, members: &[&Member], places: &Places<'_>) -> Option<Symbol> {
        let owner = match &symbol.owner {
            Some(owner) => Some(self.crates.get(owner)?.clone()),
            None => None,
        };
        let members: Vec<Member> = members.iter().flat_map(|member| methods(member, owner.is_none())).collect();
        if symbol.platform != Platform::Apple || members.is_empty() {
            return None;
        }
        let when = symbol.when.iter().map(|when| self.condition(when, places)).collect::<Option<_>>()?;
        Some(Symbol { platform: Platform::Rust, owner, members, when, ..symbol.clone() })
    }

    fn condition(&self, when: &When, places: &Places<'_>) -> Option<When> {
        let value = match &when.value {
            Given::Argument(place) => Given::Argument(places.of(place)?),
            passed => passed.clone(),
        };
        let of_type = when.of_type.as_ref().map(|ty| self.crates.get(ty).unwrap_or(ty).clone());
        Some(When { value, of_type, ..when.clone() })
    }

    fn accesses(&self, access: &Access) -> Vec<Access> {
        self.symbols(&access.symbol).into_iter().map(|(symbol, _)| Access { symbol, ..access.clone() }).collect()
    }

    fn checks(&self, check: &Check) -> Vec<Check> {
        self.symbols(&check.symbol).into_iter().filter_map(|(symbol, places)| check_in_rust(check, symbol, &places)).collect()
    }

    fn callback(&self, callback: &Callback) -> Option<Callback> {
        let members: Vec<Member> = callback.members.iter().flat_map(|member| methods(member, false)).collect();
        (callback.platform == Platform::Apple && !members.is_empty()).then(|| Callback { platform: Platform::Rust, members, ..callback.clone() })
    }

    fn not_checks(&self, entry: &NotACheck) -> Vec<NotACheck> {
        self.symbols(&entry.symbol).into_iter().map(|(symbol, _)| NotACheck { symbol, ..entry.clone() }).collect()
    }

    fn carriers(&self, carrier: &Carrier) -> Vec<Carrier> {
        let symbols = self.symbols(&carrier.symbol).into_iter();
        symbols.filter_map(|(symbol, places)| Some(Carrier { symbol, from: places.of(&carrier.from)?, ..carrier.clone() })).collect()
    }
}

fn check_in_rust(check: &Check, symbol: Symbol, places: &Places<'_>) -> Option<Check> {
    let mut derived = Check { symbol, ..check.clone() };
    if let Some(gives) = &mut derived.callback {
        gives.argument = places.of(&gives.argument)?;
    }
    if let Subject::Argument { argument, map, .. } = &mut derived.subject {
        if let Some(place) = argument {
            *place = places.of(place)?;
        }
        // `.video` is `AVMediaType::Video`.
        let cases: Vec<_> = map.iter().map(|(case, id)| (capitalised(case), *id)).collect();
        map.extend(cases);
    }
    Some(derived)
}

/// Where the arguments of a symbol stand in Rust.
struct Places<'s> {
    /// Labels of its members in Swift.
    labels: Vec<&'s [String]>,
    /// How many arguments stand before those that the message has.
    before: u32,
}

impl Places<'_> {
    /// A label of Swift as a position, which is the same in Objective-C; none where no member has it.
    fn of(&self, place: &Place) -> Option<Place> {
        match place {
            Place::Word(word) if !["any", "last", "receiver"].contains(&word.as_str()) => {
                let position = self.labels.iter().find_map(|labels| labels.iter().position(|label| label == word))?;
                Some(Place::Position(position as u32 + self.before))
            }
            Place::Position(position) => Some(Place::Position(position + self.before)),
            Place::Word(_) => Some(place.clone()),
        }
    }
}

/// Whether a selector or method is called as those are that initialise what was allocated, and give it back.
pub(crate) fn is_initializer(name: &str) -> bool {
    name.strip_prefix("init").is_some_and(|rest| !rest.starts_with(|next: char| next.is_lowercase() || next == '_'))
}

/// By class and first word of a selector: the methods that the catalogue knows of.
type MethodsByFirstWord = HashMap<(String, String), Vec<String>>;

fn methods_by_first_word(catalogue: &Catalogue) -> MethodsByFirstWord {
    let mut found = MethodsByFirstWord::default();
    for symbol in catalogue.entries().map(|entry| catalogue.symbol(entry)).filter(|symbol| symbol.platform == Platform::Apple) {
        for member in &symbol.members {
            if let (Some(owner), Some((first, _))) = (&symbol.owner, member.selector.as_ref().and_then(|selector| selector.split_once(':'))) {
                let names = methods(member, false).into_iter().filter_map(|method| method.name);
                found.entry((owner.clone(), first.to_owned())).or_default().extend(names);
            }
        }
    }
    found
}

/// The methods that a member is in Rust; none where Objective-C does not have it.
fn methods(member: &Member, is_function: bool) -> Vec<Member> {
    let Some(selector) = &member.selector else { return Vec::new() };
    let method = selector.trim_end_matches(':').replace(':', "_");
    let named = |name: String| Member { name: Some(name), labels: None, selector: None, is_constructor: false };
    // A name in small letters could be any function's.
    if is_function && !method.starts_with(char::is_uppercase) {
        return Vec::new();
    }
    let mut all = vec![named(method.clone())];
    if selector == "init" {
        all.push(named("new".to_owned()));
    }
    if !selector.contains(':') && !is_function {
        // Where a class and its instances answer to one name, that of the class is told apart.
        all.push(named(format!("{method}_class")));
    }
    all
}

fn wrapped_type(ty: &PlatformType, crates: &HashMap<String, String>, known: &MethodsByFirstWord) -> PlatformType {
    let wrapped = |name: &String| crates.get(name).cloned().unwrap_or_else(|| name.clone());
    // What the rules call by a message's first word has the whole of it for a name.
    let spellings = |member: &String| known.get(&(ty.name.clone(), member.clone())).into_iter().flatten().chain([member]).cloned().collect::<Vec<_>>();
    PlatformType {
        name: wrapped(&ty.name),
        platform: Platform::Rust,
        module: None,
        supertypes: ty.supertypes.iter().map(wrapped).collect(),
        yields: ty.yields.iter().flat_map(|(member, product)| spellings(member).into_iter().map(|member| (member, wrapped(product)))).collect(),
        implicit: false,
    }
}

/// The crate of a framework: `objc2_av_foundation` of `AVFoundation`.
fn crate_of(framework: &str) -> String {
    let letters: Vec<char> = framework.chars().collect();
    let mut name = PREFIX.to_owned();
    for (index, letter) in letters.iter().enumerate() {
        let after_small = index > 0 && letters[index - 1].is_lowercase();
        let begins_word = index > 0 && letters.get(index + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_small || begins_word) {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Entry, embedded};

    #[test]
    fn crates_are_called_after_their_frameworks() {
        let all = [
            ("Contacts", "objc2_contacts"),
            ("CoreLocation", "objc2_core_location"),
            ("AVFoundation", "objc2_av_foundation"),
            ("AVFAudio", "objc2_avf_audio"),
            ("UIKit", "objc2_ui_kit"),
            ("PhotosUI", "objc2_photos_ui"),
        ];
        for (framework, name) in all {
            assert_eq!(crate_of(framework), name);
        }
    }

    #[test]
    fn selectors_are_methods() {
        let found = |name: &str| embedded().index().find(Platform::Rust, name).to_vec();
        let is_access = |(entry, _): &(Entry, usize)| matches!(entry, Entry::Access(_));
        assert!(found("enumerateContactsWithFetchRequest_error_usingBlock").iter().any(is_access));
        assert!(found("requestAccessForEntityType_completionHandler").iter().any(|(entry, _)| matches!(entry, Entry::Check(_))));
        assert!(found("authorizationStatus_class").iter().any(|(entry, _)| matches!(entry, Entry::Check(_))));
        // Only Swift has it.
        assert!(found("liveUpdates").is_empty());
    }
}
