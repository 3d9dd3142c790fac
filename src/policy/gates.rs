//! Gates of all features and of one: the pattern, how it grants, and whether the two fit.

use std::ops::Range;

use super::apply::{Context, key_list};
use super::model::{Feature, Gate, GateKind, Grants};
use super::pattern;
use super::raw::{GRANTS, GateList, GateTable, Marked};

/// Adds the gates of all features to those that are known.
pub(super) fn shared(list: Option<&GateList>, context: &mut Context<'_, '_>, known: &mut Vec<Gate>) {
    let Some(list) = list else { return };
    empty(list, context);
    let mut of_file = Vec::new();
    for (span, table) in &list.items {
        let is_spoiled = context.is_spoiled(span);
        let Some(gate) = gate(table, span.clone(), is_spoiled, context) else { continue };
        if !gate.pattern.names_feature() {
            let help = "write `$feature` where it says for which feature it asks, or make it a `gate` of the one feature that it asks for".to_owned();
            let span = table.call.as_ref().map_or(span.clone(), Marked::span);
            context.problems.add(span, format!("`{}` does not say for which feature it asks", gate.text), "without `$feature`", Some(help));
        }
        once(gate, &mut of_file, context);
    }
    // A gate that an extended file has, too, is what this file says of it.
    for gate in of_file {
        match known.iter_mut().find(|other| is_same(other, &gate)) {
            Some(other) => *other = gate,
            None => known.push(gate),
        }
    }
}

/// The gates of one feature.
pub(super) fn own(list: &GateList, feature: &Feature, is_spoiled: bool, context: &mut Context<'_, '_>) -> Vec<Gate> {
    empty(list, context);
    let mut gates = Vec::new();
    for (span, table) in &list.items {
        let Some(gate) = gate(table, span.clone(), is_spoiled, context) else { continue };
        if gate.pattern.names_feature() && feature.keys.is_empty() && !is_spoiled {
            let help = "add `key = [\"…\"]` with what names the feature in code".to_owned();
            let call = table.call.as_ref().map_or(span.clone(), Marked::span);
            let message = format!("`$feature` in a gate of `{}`, which has no key", feature.name.value);
            context.problems.add(call, message, "stands for nothing", Some(help));
        }
        once(gate, &mut gates, context);
    }
    gates
}

fn empty(list: &GateList, context: &mut Context<'_, '_>) {
    if list.items.is_empty() {
        let help = "write what asks, as in `PrivacyGate.allows($feature)`, or remove it".to_owned();
        context.problems.add(list.span.clone(), "`gate` is empty".to_owned(), "nothing in it", Some(help));
    }
}

fn is_same(left: &Gate, right: &Gate) -> bool {
    left.pattern == right.pattern
}

fn once(gate: Gate, gates: &mut Vec<Gate>, context: &mut Context<'_, '_>) {
    let range = |gate: &Gate| gate.at.span.start as usize..gate.at.span.end as usize;
    match gates.iter().find(|known| is_same(known, &gate)) {
        Some(known) => {
            let help = Some("keep one of them".to_owned());
            let others = vec![(range(known), "here, too")];
            context.problems.add_with(range(&gate), format!("the gate `{}` is written twice", gate.text), "again", others, help);
        }
        None => gates.push(gate),
    }
}

fn gate(table: &GateTable, span: Range<usize>, is_spoiled: bool, context: &mut Context<'_, '_>) -> Option<Gate> {
    let Some(call) = &table.call else {
        if !is_spoiled {
            let help = "add `call = \"…\"` with what asks, as in `PrivacyGate.allows($feature)`".to_owned();
            context.problems.add(span, "a gate that does not say what asks".to_owned(), "without `call`", Some(help));
        }
        return None;
    };
    let pattern = pattern::gate(call.get()).map_err(|trouble| context.trouble(call, trouble)).ok();
    let granted_when = table.granted_when.as_ref().map(|list| key_list(list, context)).unwrap_or_default();
    let grants = grants(table, context);
    let pattern = pattern?;
    let grants = fitting(table, pattern.kind, call, grants?, context);
    Some(Gate { pattern, grants, granted_when, at: super::read::at(context.file, call.span()), text: call.get().clone() })
}

fn grants(table: &GateTable, context: &mut Context<'_, '_>) -> Option<Grants> {
    let Some(word) = &table.grants else { return Some(Grants::TrueOrCallback) };
    let found = GRANTS.iter().find(|(name, _)| name == word.get());
    if found.is_none() {
        context.problems.unknown(word.span(), "way to grant", word.get(), &GRANTS.map(|(name, _)| name));
    }
    found.map(|(_, grants)| *grants)
}

/// How the gate grants, by what it is; what cannot be is noted.
fn fitting(table: &GateTable, kind: GateKind, call: &Marked<String>, grants: Grants, context: &mut Context<'_, '_>) -> Grants {
    let said = table.grants.as_ref().map(|word| (word.span(), word.get().as_str()));
    let wrong = |message: String, help: &str, context: &mut Context<'_, '_>| {
        let (span, _) = said.clone().unwrap_or((call.span(), ""));
        context.problems.add_with(span, message, "does not fit", vec![(call.span(), "this gate")], Some(help.to_owned()));
    };
    let word = said.as_ref().map_or("", |(_, word)| word);
    match (kind, grants) {
        (GateKind::Annotation, Grants::TrueOrCallback | Grants::Annotation) => {}
        (GateKind::Annotation, _) => wrong(format!("an annotation cannot grant by `{word}`"), "write `grants = \"annotation\"`, or remove it", context),
        (_, Grants::Annotation) => wrong("this gate is no annotation".to_owned(), "write the gate as `@NAME($feature)`, or another way to grant", context),
        (GateKind::Value, Grants::Callback | Grants::Return) => {
            wrong(format!("a value cannot grant by `{word}`"), "write `grants = \"true\"`, or parentheses if it is a call", context);
        }
        _ => {}
    }
    if let Some(list) = &table.granted_when {
        let help = match grants {
            _ if list.items.is_empty() => Some(("`granted-when` is empty".to_owned(), "name the answers that are a yes, as in `[\".granted\"]`, or remove it")),
            _ if kind == GateKind::Annotation => Some(("`granted-when` on an annotation, which has no answer".to_owned(), "remove it")),
            Grants::Return => Some((format!("`granted-when` on a gate that grants by `{word}`"), "it is for gates that answer or call back")),
            _ => None,
        };
        if let Some((message, help)) = help {
            context.problems.add(list.span.clone(), message, "these answers", Some(help.to_owned()));
        }
    }
    if kind == GateKind::Annotation { Grants::Annotation } else { grants }
}
