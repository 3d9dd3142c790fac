//! Rule files are in order, and every access in them has fixture lines both ways.

use std::collections::{BTreeMap, BTreeSet};

use askfirst::catalogue::{Access, AccessClass};
use askfirst::source::Language;
use askfirst::verdict::Verdict;
use toml::{Table, Value};

/// Shorter lists may have an order of their own.
const SORTED_FROM: usize = 4;
/// Crates that there are not, as of version 0.3.2 of those that there are: nobody can use what follows for them from Apple's rules.
const NO_CRATES: [&str; 7] =
    ["objc2_address_book_ui", "objc2_ap_address_book", "objc2_assets_library", "objc2_google_maps", "objc2_mapbox", "objc2_vision_kit", "objc2_web_rtc"];
/// What the crates of that version leave out: they are made from the headers for the Mac.
const LEFT_OUT: [&str; 7] = [
    "objc2_contacts_ui.CNContactPickerViewController.init",
    "objc2_contacts_ui.CNContactViewController.viewControllerForNewContact",
    "objc2_map_kit.MKUserTrackingBarButtonItem.initWithMapView",
    "objc2_map_kit.MKUserTrackingButton.userTrackingButtonWithMapView",
    "objc2_photos.PHImageManager.requestImageDataForAsset_options_resultHandler",
    "objc2_photos.PHPhotoLibrary.presentLimitedLibraryPickerFromViewController",
    "objc2_photos.PHPhotoLibrary.presentLimitedLibraryPickerFromViewController_completionHandler",
];

#[test]
fn lists_of_rules_are_sorted() {
    let mut problems = Vec::new();
    for path in super::files("rules", "toml") {
        let rules: Table = super::read(&path).parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let entries = rules.iter().filter(|(key, _)| ["access", "values"].contains(&key.as_str())).filter_map(|(_, entries)| entries.as_array()).flatten();
        for (key, list) in entries.filter_map(Value::as_table).flatten() {
            let names: Option<Vec<&str>> = list.as_array().map(|list| list.iter().filter_map(Value::as_str).collect());
            let is_checked = ["constants", "members", "texts"].contains(&key.as_str());
            if let Some(names) = names.filter(|names| is_checked && names.len() >= SORTED_FROM && !names.is_sorted()) {
                let misplaced = names.windows(2).find(|pair| pair[0] > pair[1]).map_or("", |pair| pair[1]);
                problems.push(format!("{}: `{key}` with {misplaced}", path.display()));
            }
        }
    }
    super::none("lists in rule files are sorted", &problems);
}

#[test]
fn keys_of_rules_are_in_kebab_case() {
    let mut problems = Vec::new();
    for path in super::files("rules", "toml") {
        let rules: Table = super::read(&path).parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let entries = rules.iter().filter_map(|(_, entries)| entries.as_array()).flatten().filter_map(Value::as_table);
        let keys = rules.keys().chain(entries.flat_map(Table::keys));
        let is_kebab = |key: &&String| !key.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
        problems.extend(keys.filter(is_kebab).map(|key| format!("{}: {key}", path.display())));
    }
    super::none("keys of rule files are in kebab case", &problems);
}

/// What a fixture shows of an access.
type Shown = BTreeMap<(String, String), BTreeSet<&'static str>>;

/// A protected access is shown guarded and ungated, any other one once. Of an entry with several types and members, each type and
/// each member is shown with some of the other.
#[test]
fn every_access_has_fixture_lines_both_ways() {
    let shown = shown();
    let mut problems = BTreeSet::new();
    let can_be_shown = |access: &&Access| !names_of(access).iter().all(|name| is_lacking(name));
    let accesses: Vec<Access> = askfirst::catalogue::embedded().accesses.iter().filter(can_be_shown).cloned().collect();
    for entry in entries(&accesses) {
        for wanted in wanted_ways(entry[0].class) {
            problems.extend(missing(&entry, wanted, &shown));
        }
    }
    let problems: Vec<String> = problems.into_iter().collect();
    super::none("these accesses have no line in fixtures/catalogue; add one in a file of the same stem that ends as shown", &problems);
}

/// The lists of what nobody can use name nothing that somebody does, and nothing that no rule is about any more.
#[test]
fn what_the_crates_lack_is_in_rules_and_in_no_fixture() {
    let shown = shown();
    let rules: Vec<String> = askfirst::catalogue::embedded().accesses.iter().flat_map(names_of).collect();
    let problem = |lacking: &str| {
        let is_it = |name: &str| plain_name(name) == plain_name(lacking) || name.starts_with(&format!("{lacking}."));
        if shown.keys().any(|(name, _)| is_it(name)) {
            Some(format!("{lacking}: a fixture shows it"))
        } else {
            (!rules.iter().any(|name| is_it(name))).then(|| format!("{lacking}: no rule leads to it"))
        }
    };
    let problems: Vec<String> = NO_CRATES.into_iter().chain(LEFT_OUT).filter_map(problem).collect();
    super::none("what the crates lack is still in rules and not in fixtures; take these off the list", &problems);
}

/// Whether it follows from rules for a framework, but the crates do not have it.
pub(super) fn is_lacking(name: &str) -> bool {
    NO_CRATES.iter().any(|lacking| name.starts_with(&format!("{lacking}."))) || LEFT_OUT.iter().any(|lacking| plain_name(lacking) == plain_name(name))
}

fn shown() -> Shown {
    let mut shown = Shown::new();
    for site in &super::scan_of_fixtures().outcome.sites {
        shown.entry((plain_name(&site.api), site.category.name().to_owned())).or_default().insert(way(site.verdict));
    }
    shown
}

fn way(verdict: Verdict) -> &'static str {
    // A check that does not fit shows as well as none that it is no grant.
    if verdict == Verdict::WrongPermission { Verdict::Ungated.name() } else { verdict.name() }
}

fn wanted_ways(class: AccessClass) -> &'static [&'static str] {
    match class {
        AccessClass::Protected => &["guarded", "ungated"],
        AccessClass::Open => &["open"],
        AccessClass::UserMediated => &["user-mediated"],
    }
}

/// Accesses by the entry of the rule file that they come from: one for each of its types, all with the same members.
fn entries(accesses: &[Access]) -> Vec<Vec<&Access>> {
    let members = |access: &Access| access.symbol.members.iter().map(|member| member.display(Language::Swift)).collect::<Vec<_>>();
    let is_same = |left: &Access, right: &Access| {
        left.file == right.file && left.category == right.category && left.class == right.class && members(left) == members(right)
    };
    accesses.chunk_by(is_same).map(|chunk| chunk.iter().collect()).collect()
}

/// Stubs for the types and members of an entry that nothing shows in this way.
fn missing(entry: &[&Access], wanted: &str, shown: &Shown) -> Vec<String> {
    let is_shown = |name: &str, access: &Access| shown.get(&(plain_name(name), access.category.name().to_owned())).is_some_and(|ways| ways.contains(wanted));
    let names: Vec<Vec<String>> = entry.iter().map(|access| names_of(access)).collect();
    let types = (0..entry.len()).filter(|&ty| !names[ty].iter().any(|name| is_shown(name, entry[ty])));
    let types = types.filter_map(|ty| names[ty].first().map(|name| (name, entry[ty])));
    let members = (0..names[0].len()).filter(|&member| !is_lacking(&names[0][member]) && !(0..entry.len()).any(|ty| is_shown(&names[ty][member], entry[ty])));
    let members = members.map(|member| (&names[0][member], entry[0]));
    types.chain(members).map(|(name, access)| format!("{}: {name} //~ {wanted} {}", access.file, access.category)).collect()
}

fn names_of(access: &Access) -> Vec<String> {
    access.symbol.members.iter().map(|member| api_name(access, &member.display(Language::Swift))).collect()
}

fn api_name(access: &Access, member: &str) -> String {
    access.symbol.owner.as_ref().map_or_else(|| member.to_owned(), |owner| format!("{owner}.{member}"))
}

/// The name without what tells overloads and accessors apart: one line for all of them will do.
fn plain_name(api: &str) -> String {
    let base = api.split(['(', ':']).next().unwrap_or_default();
    // A crate tells the method of a class so where its instances have one of the same name.
    let base = base.strip_suffix("_class").unwrap_or(base);
    let base = [".new", ".init"].iter().find_map(|maker| base.strip_suffix(maker)).unwrap_or(base);
    let (owner, member) = base.rsplit_once('.').unwrap_or(("", base));
    let stem = ["set", "is"].iter().find_map(|prefix| member.strip_prefix(prefix).filter(|rest| rest.starts_with(|first: char| first.is_uppercase())));
    format!("{owner}.{}", stem.unwrap_or(member).to_lowercase())
}
