//! What the rules say of Apple's frameworks, said of the crates that wrap them for Rust. The crates are generated from the frameworks'
//! headers, so a rule holds for both: the framework `CoreLocation` is the crate `objc2_core_location`, and the message
//! `requestAccessForEntityType:completionHandler:` the method `requestAccessForEntityType_completionHandler`.

use rustc_hash::FxHashMap as HashMap;

use super::model::{Access, Callback, Catalogue, Check, Member, NotACheck, Place, PlatformType, Subject, Symbol};
use super::names::capitalised;
use crate::source::Platform;

/// The crates that are generated so are called with this before the framework's name.
const PREFIX: &str = "objc2_";

/// Adds to a catalogue what follows for Rust from what it knows of Apple's frameworks.
pub(super) fn derive(catalogue: &mut Catalogue) {
    let crates: HashMap<String, String> =
        catalogue.types.values().filter_map(|ty| Some((ty.name.clone(), format!("{}.{}", crate_of(ty.module.as_deref()?), ty.name)))).collect();
    let types: Vec<PlatformType> = catalogue.types.values().filter(|ty| crates.contains_key(&ty.name)).map(|ty| wrapped_type(ty, &crates)).collect();
    // `.event` is `EKEntityType::Event`, and a status is a number that can be taken out: `status.0`.
    for set in &mut catalogue.value_sets {
        let cases: Vec<String> = set.constants.iter().filter_map(|constant| Some(format!(".{}", capitalised(constant.strip_prefix('.')?)))).collect();
        set.constants.extend(cases);
    }
    catalogue.statuses.iter_mut().for_each(|status| status.same_members.push("0".to_owned()));
    let derived = Derived { crates: &crates };
    let accesses: Vec<Access> = catalogue.accesses.iter().filter_map(|access| derived.access(access)).collect();
    let checks: Vec<Check> = catalogue.checks.iter().filter_map(|check| derived.check(check)).collect();
    let callbacks: Vec<Callback> = catalogue.callbacks.iter().filter_map(|callback| derived.callback(callback)).collect();
    let not_checks: Vec<NotACheck> = catalogue.not_checks.iter().filter_map(|entry| derived.not_a_check(entry)).collect();
    catalogue.types.extend(types.into_iter().map(|ty| (ty.name.clone(), ty)));
    catalogue.accesses.extend(accesses);
    catalogue.checks.extend(checks);
    catalogue.callbacks.extend(callbacks);
    catalogue.not_checks.extend(not_checks);
}

struct Derived<'c> {
    /// By class: its path in Rust.
    crates: &'c HashMap<String, String>,
}

impl Derived<'_> {
    fn symbol(&self, symbol: &Symbol) -> Option<Symbol> {
        let owner = match &symbol.owner {
            Some(owner) => Some(self.crates.get(owner)?.clone()),
            None => None,
        };
        let members: Vec<Member> = symbol.members.iter().flat_map(|member| methods(member, owner.is_none())).collect();
        let labels: Vec<&[String]> = symbol.members.iter().filter_map(|member| member.labels.as_deref()).collect();
        let mut when = symbol.when.clone();
        for condition in &mut when {
            if let super::model::Given::Argument(place) = &mut condition.value {
                *place = by_position(place, &labels)?;
            }
        }
        (symbol.platform == Platform::Apple && !members.is_empty()).then(|| Symbol { platform: Platform::Rust, owner, members, when, ..symbol.clone() })
    }

    fn access(&self, access: &Access) -> Option<Access> {
        Some(Access { symbol: self.symbol(&access.symbol)?, ..access.clone() })
    }

    fn check(&self, check: &Check) -> Option<Check> {
        let labels: Vec<&[String]> = check.symbol.members.iter().filter_map(|member| member.labels.as_deref()).collect();
        let mut derived = Check { symbol: self.symbol(&check.symbol)?, ..check.clone() };
        if let Some(gives) = &mut derived.callback {
            gives.argument = by_position(&gives.argument, &labels)?;
        }
        if let Subject::Argument { argument, map, .. } = &mut derived.subject {
            if let Some(place) = argument {
                *place = by_position(place, &labels)?;
            }
            // `.video` is `AVMediaType::Video`.
            let cases: Vec<_> = map.iter().map(|(case, id)| (capitalised(case), *id)).collect();
            map.extend(cases);
        }
        Some(derived)
    }

    fn callback(&self, callback: &Callback) -> Option<Callback> {
        let members: Vec<Member> = callback.members.iter().flat_map(|member| methods(member, false)).collect();
        (callback.platform == Platform::Apple && !members.is_empty()).then(|| Callback { platform: Platform::Rust, members, ..callback.clone() })
    }

    fn not_a_check(&self, entry: &NotACheck) -> Option<NotACheck> {
        Some(NotACheck { symbol: self.symbol(&entry.symbol)?, ..entry.clone() })
    }
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

/// A label of Swift as a position, which is the same in Objective-C.
fn by_position(place: &Place, labels: &[&[String]]) -> Option<Place> {
    match place {
        Place::Word(word) if !["any", "last", "receiver"].contains(&word.as_str()) => {
            let position = labels.iter().find_map(|labels| labels.iter().position(|label| label == word))?;
            Some(Place::Position(position as u32))
        }
        other => Some(other.clone()),
    }
}

fn wrapped_type(ty: &PlatformType, crates: &HashMap<String, String>) -> PlatformType {
    let wrapped = |name: &String| crates.get(name).cloned().unwrap_or_else(|| name.clone());
    PlatformType {
        name: wrapped(&ty.name),
        platform: Platform::Rust,
        module: None,
        supertypes: ty.supertypes.iter().map(wrapped).collect(),
        yields: ty.yields.iter().map(|(member, product)| (member.clone(), wrapped(product))).collect(),
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
