//! TOML text to what it says, past every mistake.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer, Error};

use super::{Problems, suggestion};

/// A file with more mistakes is not what it was taken for; to look for all would take long.
const MOST_MISTAKES: usize = 100;

/// What could be read of a file.
pub(crate) struct Decoded<T> {
    /// What it says, without what is wrong.
    pub value: T,
    /// Whether the text is TOML throughout; else parts are missing without a trace.
    pub is_toml: bool,
    /// Where the mistakes are, in the order in which they were found.
    pub mistakes: Vec<Range<usize>>,
}

/// Reads what can be read. What is wrong is noted, then taken out, and the rest read again: serde stops at the first mistake,
/// people want to see all.
pub(crate) fn decode<T: DeserializeOwned + Default>(text: &str, problems: &mut Problems<'_>) -> Decoded<T> {
    let (mut document, syntax_errors) = DeTable::parse_recoverable(text);
    let is_toml = syntax_errors.is_empty();
    let mut mistakes = Vec::new();
    note_syntax(&syntax_errors, text, problems);
    mistakes.extend(syntax_errors.iter().map(|error| error.span().unwrap_or(0..0)));
    // Entries with a wrong value: without it they would mean something else, so they go once all their mistakes are known.
    let mut wrong_entries = Vec::new();
    loop {
        let error = match T::deserialize(Deserializer::from(document.clone())) {
            Ok(value) if !is_toml || wrong_entries.is_empty() => return Decoded { value, is_toml, mistakes },
            Ok(_) => {
                wrong_entries.drain(..).for_each(|span| _ = remove_entry(document.get_mut(), &span));
                continue;
            }
            Err(error) => error,
        };
        let span = error.span().unwrap_or(0..0);
        let is_unknown_key = error.message().starts_with("unknown field");
        let entry = entry_at(document.get_ref(), &span).filter(|entry| !wrong_entries.contains(entry));
        // Of a wrong entry, keys are missing that were taken out.
        if is_toml && (entry.is_some() || !error.message().starts_with("missing field")) {
            note(error.message(), span.clone(), problems);
        }
        mistakes.push(span.clone());
        wrong_entries.extend(entry.filter(|_| !is_unknown_key));
        if mistakes.len() > MOST_MISTAKES || !(remove_key(document.get_mut(), &span) || remove_entry(document.get_mut(), &span)) {
            return Decoded { value: T::default(), is_toml: false, mistakes };
        }
    }
}

/// What the parser says, our way: once a line, because one slip makes it stumble several times.
fn note_syntax(errors: &[Error], text: &str, problems: &mut Problems<'_>) {
    let line_of = |at: usize| text.get(..at).map_or(0, |before| before.matches('\n').count());
    let header_before = |at: usize| text.get(..at).and_then(|before| before.rfind("\n[").map(|header| header + 1));
    let mut last_line = None;
    let mut repeated_table = None;
    let mut errors: Vec<&Error> = errors.iter().collect();
    errors.sort_by_key(|error| error.span().map(|span| span.start));
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let line = line_of(span.start);
        let table = header_before(span.start);
        if last_line == Some(line) || error.message() == DUPLICATE && table.is_some() && repeated_table == table {
            continue;
        }
        last_line = Some(line);
        if error.message() != DUPLICATE {
            problems.add(span, format!("this is not TOML: {}", error.message()), "here", None);
            continue;
        }
        let is_header = table.is_some_and(|table| line_of(table) == line);
        repeated_table = table.filter(|_| is_header);
        let whole = text.lines().nth(line).filter(|_| is_header).map(str::trim);
        let name = whole.or_else(|| text.get(span.clone())).unwrap_or_default();
        problems.add(span, format!("`{name}` is written twice"), "again", Some("keep one of them".to_owned()));
    }
}

/// What the parser says of a key or table that is there already.
const DUPLICATE: &str = "duplicate key";

/// Words one of serde's messages our way.
fn note(message: &str, span: Range<usize>, problems: &mut Problems<'_>) {
    let mut names = message.split('`').skip(1).step_by(2);
    let name = names.next().unwrap_or_default();
    let known: Vec<&str> = names.collect();
    if message.starts_with("unknown field") {
        problems.add(span, format!("unknown key `{name}`"), "not a key of this table", Some(suggestion(name, &known)));
    } else if message.starts_with("unknown variant") {
        problems.add(span, format!("unknown word `{name}`"), "not known", Some(suggestion(name, &known)));
    } else if message.starts_with("missing field") {
        let name = if name == "ty" { "type" } else { name };
        problems.add(span, format!("`{name}` is missing"), "in this entry", None);
    } else {
        problems.add(span, wrong_type(message).unwrap_or_else(|| message.to_owned()), "here", None);
    }
}

/// `invalid type: sequence, expected a string` in words of TOML.
fn wrong_type(message: &str) -> Option<String> {
    let (found, expected) = message.strip_prefix("invalid type: ")?.split_once(", expected ")?;
    let found = match found.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(_) => format!("the {found}"),
        None if found == "sequence" => "a list".to_owned(),
        None => "a table".to_owned(),
    };
    let expected = match expected {
        "a map" => "a table",
        "a sequence" => "a list",
        "a string" => "a text",
        other => other,
    };
    Some(format!("{found} instead of {expected}"))
}

/// Removes the innermost key that is at `span` or whose value `span` lies in.
fn remove_key(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    if table.iter_mut().any(|(_, value)| remove_key_in(value, span)) {
        return true;
    }
    let found = table.iter().find(|(key, value)| key.span() == *span || !is_list_of_tables(value) && covers(value, span));
    match found.map(|(key, _)| key.clone()) {
        Some(key) => table.remove(&key).is_some(),
        None => false,
    }
}

fn remove_key_in(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    match value.get_mut() {
        DeValue::Table(table) => remove_key(table, span),
        DeValue::Array(items) => items.iter_mut().any(|item| remove_key_in(item, span)),
        _ => false,
    }
}

fn is_list_of_tables(value: &Spanned<DeValue<'_>>) -> bool {
    matches!(value.get_ref(), DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()))
}

/// Removes the entry of a top-level list that `span` lies in.
fn remove_entry(document: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    for (_, value) in document.iter_mut() {
        if let DeValue::Array(items) = value.get_mut()
            && let Some(index) = items.iter().position(|item| covers(item, span))
        {
            let all = std::mem::replace(items, DeArray::new());
            *items = all.into_iter().enumerate().filter(|(at, _)| *at != index).map(|(_, item)| item).collect();
            return true;
        }
    }
    false
}

/// The span by which the entry that `span` lies in is known.
fn entry_at(document: &DeTable<'_>, span: &Range<usize>) -> Option<Range<usize>> {
    let lists = document.values().filter_map(|value| value.get_ref().as_array());
    lists.flat_map(|items| items.iter()).find(|item| covers(item, span)).map(Spanned::span)
}

/// Whether `span` lies in a value. The span of a `[[table]]` is that of its header, so its content is asked, too.
fn covers(value: &Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    let own = value.span();
    if own.start <= span.start && span.end <= own.end {
        return true;
    }
    match value.get_ref() {
        DeValue::Table(table) => table.iter().any(|(key, value)| key.span() == *span || covers(value, span)),
        DeValue::Array(items) => items.iter().any(|item| covers(item, span)),
        _ => false,
    }
}
