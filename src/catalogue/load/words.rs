//! Words of rule files that stand for a closed list of things.

use std::ops::Range;

use toml::Spanned;

use super::super::model::{AnnotationMeaning, DataCategory, Levels, NoCheckReason};
use crate::document::Problems;

/// The category of a name.
pub(super) fn category(name: &Spanned<String>, problems: &mut Problems<'_>) -> Option<DataCategory> {
    let found = DataCategory::from_name(name.as_ref());
    if found.is_none() {
        problems.unknown(name.span(), "data category", name.as_ref(), &DataCategory::ALL.map(DataCategory::name));
    }
    found
}

/// One of a few words.
fn word<T: Copy>(name: &Spanned<String>, what: &str, known: &[(&str, T)], problems: &mut Problems<'_>) -> Option<T> {
    let found = known.iter().find(|(word, _)| word == name.as_ref()).map(|(_, meaning)| *meaning);
    if found.is_none() {
        problems.unknown(name.span(), what, name.as_ref(), &known.iter().map(|(word, _)| *word).collect::<Vec<_>>());
    }
    found
}

/// What an annotation means.
pub(super) fn annotation_meaning(name: &Spanned<String>, problems: &mut Problems<'_>) -> Option<AnnotationMeaning> {
    let known =
        [("requires", AnnotationMeaning::Requires), ("guarded", AnnotationMeaning::Guarded), ("security-exception", AnnotationMeaning::SecurityException)];
    word(name, "meaning", &known, problems)
}

/// Why something is no check.
pub(super) fn no_check_reason(name: &Spanned<String>, problems: &mut Problems<'_>) -> Option<NoCheckReason> {
    let known = [
        ("rationale", NoCheckReason::Rationale),
        ("availability", NoCheckReason::Availability),
        ("caller-identity", NoCheckReason::CallerIdentity),
        ("declared", NoCheckReason::Declared),
    ];
    word(name, "reason", &known, problems)
}

/// A range of OS versions; every version where none is given.
pub(super) fn levels(text: Option<&Spanned<String>>, problems: &mut Problems<'_>) -> Levels {
    let Some(text) = text else { return Levels::ALL };
    match parse_levels(text.as_ref()) {
        Some(levels) if levels.min <= levels.max => levels,
        Some(_) => bad_levels(text.as_ref(), text.span(), "ends before it begins", problems),
        None => bad_levels(text.as_ref(), text.span(), "is no range of OS versions", problems),
    }
}

fn parse_levels(text: &str) -> Option<Levels> {
    let Some((first, last)) = text.split_once("..") else {
        return text.parse().ok().map(|level| Levels { min: level, max: level });
    };
    if first.is_empty() && last.is_empty() {
        return None;
    }
    let min = if first.is_empty() { Levels::ALL.min } else { first.parse().ok()? };
    let max = if last.is_empty() { Levels::ALL.max } else { last.parse().ok()? };
    Some(Levels { min, max })
}

fn bad_levels(text: &str, span: Range<usize>, why: &str, problems: &mut Problems<'_>) -> Levels {
    let help = "write `\"23..\"`, `\"..28\"`, `\"29..32\"` or `\"30\"`; both ends belong to it".to_owned();
    problems.add(span, format!("`{text}` {why}"), "this range", Some(help));
    Levels::ALL
}
