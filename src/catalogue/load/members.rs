//! How rules spell members.

use std::ops::Range;

use super::super::model::Member;
use super::super::schema::{AppleMember, MemberEntry};
use crate::document::Problems;
use crate::source::Platform;

/// The member that an entry names; a mistake is noted and gives none.
pub(super) fn parse_member(entry: &MemberEntry, span: Range<usize>, platform: Platform, problems: &mut Problems<'_>) -> Option<Member> {
    let parsed = match (platform, entry) {
        (Platform::Android, MemberEntry::Plain(name)) => android(name),
        (Platform::Apple, MemberEntry::Plain(name)) => apple_plain(name),
        (Platform::Apple, MemberEntry::Apple(both)) => apple(both),
        (Platform::Rust, MemberEntry::Plain(name)) => rust(name),
        (Platform::Android, MemberEntry::Apple(_)) => Err(("Swift and Objective-C spellings in an Android rule".to_owned(), "write the Java name: \"query\"")),
        (Platform::Rust, MemberEntry::Apple(_)) => Err(("Swift and Objective-C spellings in a Rust rule".to_owned(), RUST_HELP)),
    };
    parsed.map_err(|(message, help)| problems.add(span, message, "this member", Some(help.to_owned()))).ok()
}

type Parsed = Result<Member, (String, &'static str)>;

const ANDROID_HELP: &str = "write the member's Java name alone, without type, parentheses or arguments; `new` for a constructor";
const RUST_HELP: &str = "write the name of the function or method alone: \"requestLocation\"";
const PLAIN_HELP: &str = "a method needs both spellings: { swift = \"name(label:_:)\", objc = \"selector:part:\" }";
const SWIFT_HELP: &str = "write `name` for a property, `name()`, `name(label:_:)`, or `init(label:)` for a constructor";
const OBJC_HELP: &str = "write `selector` or `selector:part:`, every part with its colon";

fn android(name: &str) -> Parsed {
    if !is_identifier(name) {
        return Err((format!("`{name}` is no member name"), ANDROID_HELP));
    }
    Ok(Member { name: Some(name.to_owned()), labels: None, selector: None, is_constructor: name == "new" })
}

/// Functions that make an instance are called like any other.
fn rust(name: &str) -> Parsed {
    if !is_identifier(name) {
        return Err((format!("`{name}` is no member name"), RUST_HELP));
    }
    Ok(Member { name: Some(name.to_owned()), labels: None, selector: None, is_constructor: false })
}

fn apple_plain(name: &str) -> Parsed {
    if !is_identifier(name) {
        return Err((format!("`{name}` is no C function or property"), PLAIN_HELP));
    }
    Ok(Member { name: Some(name.to_owned()), labels: None, selector: Some(name.to_owned()), is_constructor: false })
}

fn apple(both: &AppleMember) -> Parsed {
    let mut member = Member { name: None, labels: None, selector: None, is_constructor: false };
    if let Some(swift) = &both.swift {
        let (name, labels) = parse_swift(swift).ok_or_else(|| (format!("`{swift}` is no Swift member"), SWIFT_HELP))?;
        member.is_constructor = name == "init";
        member.name = Some(name);
        member.labels = labels;
    }
    if let Some(selector) = &both.objc {
        if !is_selector(selector) {
            return Err((format!("`{selector}` is no Objective-C selector"), OBJC_HELP));
        }
        member.is_constructor |= both.swift.is_none() && is_init_selector(selector);
        member.selector = Some(selector.clone());
    }
    if member.name.is_none() && member.selector.is_none() {
        return Err(("a member without any spelling".to_owned(), PLAIN_HELP));
    }
    Ok(member)
}

fn parse_swift(text: &str) -> Option<(String, Option<Vec<String>>)> {
    let Some((name, rest)) = text.split_once('(') else {
        return is_identifier(text).then(|| (text.to_owned(), None));
    };
    let labels = rest.strip_suffix(')')?;
    if !is_identifier(name) || !(labels.is_empty() || labels.ends_with(':')) {
        return None;
    }
    let labels: Vec<String> = labels.split_terminator(':').map(str::to_owned).collect();
    labels.iter().all(|label| is_identifier(label)).then(|| (name.to_owned(), Some(labels)))
}

fn is_selector(text: &str) -> bool {
    match text.split_once(':') {
        None => is_identifier(text),
        Some(_) => text.ends_with(':') && text.split_terminator(':').enumerate().all(|(index, part)| is_identifier(part) || index > 0 && part.is_empty()),
    }
}

fn is_init_selector(selector: &str) -> bool {
    selector.strip_prefix("init").is_some_and(|rest| rest.chars().next().is_none_or(|next| next.is_uppercase() || next == ':'))
}

fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_' || first == '$')
        && characters.all(|character| character.is_alphanumeric() || character == '_' || character == '$')
}
