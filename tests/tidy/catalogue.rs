//! Rule files are in order, and every access in them has fixture lines both ways.

use std::collections::{BTreeMap, BTreeSet};

use askfirst::catalogue::{Access, AccessClass};
use askfirst::source::Language;
use askfirst::verdict::Verdict;
use toml::{Table, Value};

/// Shorter lists may have an order of their own.
const SORTED_FROM: usize = 4;

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
    let scan = super::scan_of_fixtures();
    let mut shown = Shown::new();
    for site in &scan.outcome.sites {
        shown.entry((plain_name(&site.api), site.category.name().to_owned())).or_default().insert(way(site.verdict));
    }
    let mut problems = BTreeSet::new();
    let accesses: Vec<Access> = askfirst::catalogue::embedded().accesses.clone();
    for entry in entries(&accesses) {
        for wanted in wanted_ways(entry[0].class) {
            problems.extend(missing(&entry, wanted, &shown));
        }
    }
    let problems: Vec<String> = problems.into_iter().collect();
    super::none("these accesses have no line in fixtures/catalogue; add one in a file of the same stem that ends as shown", &problems);
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
    let names_of = |access: &Access| -> Vec<String> { access.symbol.members.iter().map(|member| api_name(access, &member.display(Language::Swift))).collect() };
    let names: Vec<Vec<String>> = entry.iter().map(|access| names_of(access)).collect();
    let types = (0..entry.len()).filter(|&ty| !names[ty].iter().any(|name| is_shown(name, entry[ty])));
    let types = types.filter_map(|ty| names[ty].first().map(|name| (name, entry[ty])));
    let members = (0..names[0].len()).filter(|&member| !(0..entry.len()).any(|ty| is_shown(&names[ty][member], entry[ty])));
    let members = members.map(|member| (&names[0][member], entry[0]));
    types.chain(members).map(|(name, access)| format!("{}: {name} //~ {wanted} {}", access.file, access.category)).collect()
}

fn api_name(access: &Access, member: &str) -> String {
    access.symbol.owner.as_ref().map_or_else(|| member.to_owned(), |owner| format!("{owner}.{member}"))
}

/// The name without what tells overloads and accessors apart: one line for all of them will do.
fn plain_name(api: &str) -> String {
    let base = api.split(['(', ':']).next().unwrap_or_default();
    let base = base.strip_suffix(".new").unwrap_or(base);
    let (owner, member) = base.rsplit_once('.').unwrap_or(("", base));
    let stem = ["set", "is"].iter().find_map(|prefix| member.strip_prefix(prefix).filter(|rest| rest.starts_with(|first: char| first.is_uppercase())));
    format!("{owner}.{}", stem.unwrap_or(member).to_lowercase())
}
