//! The text of the proposal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Proposed, Purposes};
use crate::catalogue::{AccessClass, DataCategory};
use crate::scan::Scan;
use crate::verdict::{Site, Verdict, Wrapper, WrapperGrants};

/// Accesses of one category that a comment lists.
const MOST_LISTED: usize = 4;

/// What stands above a policy that was proposed.
const HEAD: &str = "\
# A first policy, proposed by `askfirst init` from what the code does. It is a draft: go through it feature by feature.
#  - A feature is something that people see and decide about. Rename, join and split them until they are that.
#  - `data` is what the feature may use. What stands here is what it uses today.
#  - `gate` is how the app asks for this feature. A check of the system's permission holds for the whole app: where the comment says that
#    a gate is one, put the app's own question in its place.
# `askfirst check` now tells how far the code is from it; `askfirst explain RULE` tells why a rule matters.
";

pub(super) fn write(scan: &Scan, features: &BTreeMap<String, Proposed<'_>>, purposes: &Purposes) -> String {
    let mut out = HEAD.to_owned();
    let needs_shared = features.values().any(|feature| feature.needs_gate);
    if needs_shared {
        out.push_str("\n# The question that the app asks before a feature uses data. There is no such code yet, unless you have it under another name.\n");
        out.push_str("[[gate]]\ncall = \"PrivacyGate.allows($feature)\"\n");
    }
    for (name, feature) in features {
        out.push('\n');
        // Writing to a string cannot fail.
        let _ = write_feature(&mut out, scan, name, feature, purposes);
    }
    if features.is_empty() {
        out.push_str("\n# No access was found. A feature looks like this:\n#\n# [feature.find-friends]\n# key = [\"Feature.FIND_FRIENDS\"]\n# purpose = \"See which of your contacts are here too.\"\n# data = [\"contacts\"]\n# gate = \"PrivacyGate.allows($feature)\"\n");
    }
    out
}

fn write_feature(out: &mut String, scan: &Scan, name: &str, feature: &Proposed<'_>, purposes: &Purposes) -> std::fmt::Result {
    for (category, sites) in &feature.accesses {
        write_accesses(out, scan, *category, sites)?;
    }
    writeln!(out, "[feature.{name}]")?;
    if feature.needs_gate {
        writeln!(out, "key = [{}]", keys(name, feature).join(", "))?;
    }
    write_purpose(out, feature, purposes)?;
    let data: Vec<String> = feature.accesses.keys().map(|category| format!("\"{category}\"")).collect();
    writeln!(out, "data = [{}]", data.join(", "))?;
    let scope: Vec<String> = feature.scope.iter().map(|glob| text(glob)).collect();
    match scope.as_slice() {
        [only] => writeln!(out, "scope = [{only}]")?,
        several => writeln!(out, "scope = [\n    {},\n]", several.join(",\n    "))?,
    }
    if !feature.wrappers.is_empty() {
        writeln!(out, "# These wrap the system's permission, which holds for the whole app.")?;
        writeln!(out, "gate = [")?;
        feature.wrappers.iter().try_for_each(|wrapper| writeln!(out, "    {},", gate(wrapper)))?;
        writeln!(out, "]")?;
    }
    writeln!(out, "# opt-out = \"Settings > …\"  # where people take their answer back")
}

fn write_accesses(out: &mut String, scan: &Scan, category: DataCategory, sites: &[&Site]) -> std::fmt::Result {
    writeln!(out, "# {category}")?;
    for site in sites.iter().take(MOST_LISTED) {
        let (path, at) = scan.locate(site.place);
        writeln!(out, "#   {path}:{}  {}, {}", at.line, site.api, state(site))?;
    }
    if sites.len() > MOST_LISTED {
        writeln!(out, "#   and {} more", sites.len() - MOST_LISTED)?;
    }
    Ok(())
}

fn state(site: &Site) -> &'static str {
    match (site.class, site.verdict) {
        (AccessClass::UserMediated, _) => "the person picks",
        (AccessClass::Open, _) => "the system hands it out without asking",
        (_, Verdict::Guarded) if site.wrapper.is_some() => "the system is asked by a function of the app",
        (_, Verdict::Guarded) => "the system is asked",
        _ => "not asked",
    }
}

fn write_purpose(out: &mut String, feature: &Proposed<'_>, purposes: &Purposes) -> std::fmt::Result {
    let told: Vec<(&str, &str)> = feature.accesses.keys().filter_map(|category| purposes.of(*category)).collect();
    match told.as_slice() {
        [] => writeln!(out, "# purpose = \"…\"  # what people get from it, in one sentence"),
        [(first, from), others @ ..] => {
            writeln!(out, "purpose = {}  # from {from}", text(first))?;
            others.iter().filter(|(other, _)| other != first).try_for_each(|(other, from)| writeln!(out, "# {from} also says: {}", one_line(other)))
        }
    }
}

/// What stands for a feature in code that is still to be written.
fn keys(name: &str, feature: &Proposed<'_>) -> Vec<String> {
    let words: Vec<&str> = name.split('-').collect();
    let mut keys = Vec::new();
    if ["Kotlin", "Java"].iter().any(|language| feature.languages.contains(language)) {
        keys.push(text(&format!("Feature.{}", words.join("_").to_uppercase())));
    }
    if ["Swift", "Objective-C"].iter().any(|language| feature.languages.contains(language)) {
        let camel: String = words.iter().enumerate().map(|(index, word)| if index == 0 { (*word).to_owned() } else { capitalised(word) }).collect();
        keys.push(text(&format!(".{camel}")));
    }
    keys
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn gate(wrapper: &Wrapper) -> String {
    let owner = wrapper.owner.as_ref().map_or_else(String::new, |owner| format!("{owner}."));
    let member = wrapper.selector.as_ref().unwrap_or(&wrapper.member);
    let args = wrapper.args.as_ref().map_or_else(String::new, |args| format!("({})", args.join(", ")));
    let call = text(&format!("{owner}{member}{args}"));
    match wrapper.grants {
        WrapperGrants::True => call,
        WrapperGrants::Callback => format!("{{ call = {call}, grants = \"callback\" }}"),
        WrapperGrants::Return => format!("{{ call = {call}, grants = \"return\" }}"),
    }
}

/// A TOML text.
fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for character in one_line(value).chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// Without line breaks and other control characters.
fn one_line(value: &str) -> String {
    value.split(|character: char| character.is_control() || character.is_whitespace()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
