//! By which names Swift and Objective-C call each other's methods.

use crate::catalogue::capitalised;
use crate::ir::{Arg, Call, ExprKind, Function, Literal};
use crate::source::Language;

/// Words with which the first label goes on in a selector by itself (`hasAccess(to:)` is `hasAccessTo:`); others are joined by `With`.
const PREPOSITIONS: [&str; 14] = ["at", "by", "for", "from", "in", "into", "of", "on", "to", "using", "via", "with", "within", "without"];

/// Whether a call in one of the two languages means a method that is declared in the other.
pub(super) fn means(call: &Call, caller: Language, function: &Function, declared: Language) -> bool {
    match (caller, declared) {
        (Language::ObjectiveC, Language::Swift) => call.selector.as_ref().is_some_and(|sent| *sent == selector_of(function)),
        (Language::Swift, Language::ObjectiveC) => function.selector.as_ref().is_some_and(|selector| is_called_so(selector, call)),
        _ => false,
    }
}

/// The selector of a Swift method: the one that it declares, or that of its name and labels.
fn selector_of(function: &Function) -> String {
    let declared = function.annotations.iter().filter(|annotation| annotation.name == "objc").find_map(|annotation| spelled(&annotation.args));
    if let Some(declared) = declared {
        return declared;
    }
    let mut selector = function.name.clone();
    for (index, param) in function.params.iter().enumerate() {
        let label = param.label.as_deref().unwrap_or_default();
        match index {
            0 if label.is_empty() => {}
            0 if PREPOSITIONS.contains(&label) => selector.push_str(&capitalised(label)),
            0 => selector.push_str(&format!("With{}", capitalised(label))),
            _ => selector.push_str(label),
        }
        selector.push(':');
    }
    selector
}

/// `@objc(hasAccessToMedia:)`, however it was read.
fn spelled(args: &[Arg]) -> Option<String> {
    let arg = args.first()?;
    let name = match &arg.value.kind {
        ExprKind::Name(name) | ExprKind::FunctionRef { name, .. } | ExprKind::Literal(Literal::Text(name)) => Some(name.clone()),
        _ => None,
    };
    match (&arg.label, name) {
        (Some(label), Some(name)) => Some(format!("{label}:{name}:")),
        (Some(label), None) => Some(format!("{label}:")),
        (None, name) => name,
    }
}

/// Whether Swift calls a method of this selector by the name and labels of a call: the end of the first part became a label, or was dropped.
fn is_called_so(selector: &str, call: &Call) -> bool {
    if selector.matches(':').count() != call.args.len() {
        return false;
    }
    let mut parts = selector.split(':');
    let Some(end) = parts.next().and_then(|first| first.strip_prefix(&call.name)) else { return false };
    let Some(first) = call.args.first() else { return end.is_empty() };
    let starts = match &first.label {
        Some(label) => end == format!("With{}", capitalised(label)) || end.starts_with(&capitalised(label)),
        None => end.is_empty() || (first.trailing && end.starts_with("With")),
    };
    let rest = call.args.iter().skip(1).zip(parts);
    starts && rest.into_iter().all(|(arg, part)| arg.label.as_deref().is_none_or(|label| part.starts_with(label)))
}
