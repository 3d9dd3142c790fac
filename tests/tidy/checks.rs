//! Every way in which an Apple framework is asked is shown in Rust, too, where the names follow from the rules: by an access that relies on
//! the answer, and by one that it does not cover.

use std::collections::{BTreeMap, BTreeSet};

use askfirst::catalogue::Check;
use askfirst::source::Platform;
use askfirst::verdict::{MissReason, Place, StepWhat, Verdict};

use super::catalogue::is_lacking;

/// Functions of frameworks that no crate wraps, as of version 0.3.2 of those that there are.
const LEFT_OUT: [&str; 2] = ["ABAddressBookGetAuthorizationStatus", "ABAddressBookRequestAccessWithCompletion"];

#[test]
fn every_check_is_shown_to_grant_and_not_to() {
    let (relied, missed) = (names_at(relied_on()), names_at(missed()));
    let mut problems = BTreeSet::new();
    for check in askfirst::catalogue::embedded().checks.iter().filter(|check| check.symbol.platform == Platform::Rust && check.file.contains("rules/apple/")) {
        let names: Vec<String> = names_of(check).into_iter().filter(|name| !is_lacking(name)).collect();
        let Some(first) = names.first() else { continue };
        let is_in = |shown: &BTreeSet<String>| names.iter().any(|name| shown.contains(last_part(name)));
        if LEFT_OUT.contains(&first.as_str()) {
            assert!(!is_in(&missed), "{first} is shown: take it off the list of what no crate has");
            continue;
        }
        let answers = check.returns.is_some() || check.callback.is_some();
        if answers && !is_in(&relied) {
            problems.insert(format!("{}: {first}, relied on by a guarded access", check.file));
        }
        if !is_in(&missed) {
            problems.insert(format!("{}: {first}, before an access that it does not cover", check.file));
        }
    }
    let problems: Vec<String> = problems.into_iter().collect();
    super::none("these checks are not shown in fixtures/catalogue/rust", &problems);
}

#[test]
fn what_looks_like_a_check_is_shown() {
    let shown = names_at(missed());
    let derived = askfirst::catalogue::embedded().not_checks.iter().filter(|entry| entry.symbol.platform == Platform::Rust);
    let names = derived.map(|entry| entry.symbol.members.iter().filter_map(|member| member.name.clone()).collect::<Vec<_>>());
    let unshown = names.filter(|names| !names.iter().any(|name| shown.contains(name.as_str())));
    let problems: Vec<String> = unshown.filter_map(|names| names.into_iter().next()).collect();
    super::none("these are no checks, and no fixture in fixtures/catalogue/rust shows it", &problems);
}

fn names_of(check: &Check) -> Vec<String> {
    let owner = check.symbol.owner.as_ref().map(|owner| format!("{owner}.")).unwrap_or_default();
    check.symbol.members.iter().filter_map(|member| Some(format!("{owner}{}", member.name.as_ref()?))).collect()
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Where the checks stand on which guarded accesses rely.
fn relied_on() -> Vec<Place> {
    let guarded = super::scan_of_fixtures().outcome.sites.iter().filter(|site| site.verdict == Verdict::Guarded);
    guarded.flat_map(|site| &site.trace).filter(|step| matches!(step.what, StepWhat::Check { .. })).map(|step| step.place).collect()
}

/// Where the checks stand that do not cover accesses.
fn missed() -> Vec<Place> {
    let sites = super::scan_of_fixtures().outcome.sites.iter().filter_map(|site| site.near_miss.as_ref());
    sites.filter(|miss| !matches!(miss.reason, MissReason::UncheckedCaller { .. })).map(|miss| miss.place).collect()
}

/// The names that stand at places in fixtures of Rust.
fn names_at(places: Vec<Place>) -> BTreeSet<String> {
    let scan = super::scan_of_fixtures();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for place in places {
        let path = scan.locate(place).0;
        if path.ends_with(".rs") {
            let text = texts.entry(path.to_owned()).or_insert_with(|| super::read(path));
            let from = &text[place.span.start as usize..];
            names.insert(from.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default().to_owned());
        }
    }
    names
}
