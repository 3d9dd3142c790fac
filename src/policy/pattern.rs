//! What gates and keys look like in code, from how the policy writes it.

use std::ops::Range;

use super::model::{GateArg, GateKind, GatePattern, Key, Member};

/// What is wrong with a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Bytes of the pattern.
    pub at: Range<usize>,
    /// What is wrong there.
    pub message: String,
    /// How to put it right.
    pub help: String,
}

const FEATURE: &str = "$feature";
const GATE_HELP: &str = "write `TYPE.MEMBER($feature)`, `FUNCTION($feature)`, `TYPE.$feature.PROPERTY` or `@ANNOTATION($feature)`";
const KEY_HELP: &str = "write an enum case (`.playlistCover`, `Feature.PLAYLIST_COVER`), a constant's name, or a text in quotes (`'\"playlist-cover\"'`)";

fn trouble<T>(at: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble { at, message: message.into(), help: help.into() })
}

/// A piece of a pattern, with where it begins.
#[derive(Clone, Copy)]
struct Piece<'t> {
    text: &'t str,
    start: usize,
}

impl<'t> Piece<'t> {
    fn range(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// From a byte of it to another.
    fn part(self, range: Range<usize>) -> Self {
        Self { text: &self.text[range.clone()], start: self.start + range.start }
    }

    fn trimmed(self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        self.part(start..start + self.text.trim().len())
    }

    fn split(self, separator: char) -> impl Iterator<Item = Self> {
        let mut next = 0;
        self.text.split(separator).map(move |text| {
            let start = self.start + next;
            next += text.len() + separator.len_utf8();
            Self { text, start }
        })
    }
}

/// Reads a gate.
pub(super) fn gate(text: &str) -> Result<GatePattern, Trouble> {
    let whole = Piece { text, start: 0 };
    if text.trim().is_empty() {
        return trouble(whole.range(), "a gate that says nothing", GATE_HELP);
    }
    if text != text.trim() {
        return trouble(whole.range(), format!("spaces around `{}`", text.trim()), "write it without them");
    }
    let is_annotation = text.starts_with('@');
    let rest = whole.part(usize::from(is_annotation)..text.len());
    let (head, args) = match rest.text.find('(') {
        Some(open) => (rest.part(0..open), Some(arguments(rest.part(open..rest.text.len()))?)),
        None => (rest, None),
    };
    let pattern = head_of(head, args, is_annotation)?;
    let count = usize::from(pattern.owner_feature) + usize::from(pattern.member == Member::Feature) + occurrences(pattern.args.as_deref());
    if count > 1 {
        return trouble(whole.range(), format!("`{FEATURE}` stands in this gate {count} times"), "once is enough");
    }
    Ok(pattern)
}

fn occurrences(args: Option<&[GateArg]>) -> usize {
    args.unwrap_or_default().iter().filter(|arg| **arg == GateArg::Feature).count()
}

/// The arguments, from `(` to the end.
fn arguments(text: Piece<'_>) -> Result<Vec<GateArg>, Trouble> {
    let mut quote: Option<(usize, char)> = None;
    let mut items = Vec::new();
    let mut start = 1;
    let mut close = None;
    for (at, letter) in text.text.char_indices().skip(1) {
        match (quote, letter) {
            (Some((_, open)), _) => quote = quote.filter(|_| letter != open),
            (None, '"' | '\'') => quote = Some((at, letter)),
            (None, ',' | ')') => {
                items.push(text.part(start..at));
                start = at + 1;
                close = (letter == ')').then_some(at);
            }
            _ => {}
        }
        if close.is_some() {
            break;
        }
    }
    match (close, quote) {
        (Some(close), _) if close + 1 < text.text.len() => {
            let rest = text.part(close + 1..text.text.len());
            return trouble(rest.range(), format!("`{}` after the arguments", rest.text), "a gate ends with its arguments");
        }
        (None, Some((open, _))) => return trouble(text.part(open..text.text.len()).range(), "this quote is never closed", "close it"),
        (None, None) => return trouble(text.range(), "this parenthesis is never closed", "close it with `)`"),
        (Some(_), _) => {}
    }
    if let [only] = items[..]
        && only.trimmed().text.is_empty()
    {
        return Ok(Vec::new());
    }
    items.into_iter().map(Piece::trimmed).map(argument).collect()
}

fn argument(text: Piece<'_>) -> Result<GateArg, Trouble> {
    if text.text == FEATURE {
        return Ok(GateArg::Feature);
    }
    if text.text.is_empty() {
        // What is empty cannot be marked; its comma or parenthesis can.
        return trouble(text.start..text.start + 1, "an argument is missing before this", "write it, or leave out the comma");
    }
    if text.text.starts_with('$') {
        return unknown_placeholder(text);
    }
    if !text.text.starts_with(['"', '\''])
        && let Some((label, value)) = text.text.split_once(':')
    {
        return trouble(text.part(0..label.len() + 1).range(), "a label before an argument", format!("labels do not count, write `{}`", value.trim()));
    }
    if matches!(text.text, "_" | "true" | "false" | "nil" | "null") || text.text.starts_with(|first: char| first.is_ascii_digit()) {
        let help = format!("write `{FEATURE}`, a name or a text in quotes; arguments after the last that matters are left out");
        return trouble(text.range(), format!("`{}` names no feature", text.text), help);
    }
    key_in(text).map(GateArg::Key)
}

fn unknown_placeholder<T>(text: Piece<'_>) -> Result<T, Trouble> {
    trouble(text.range(), format!("unknown `{}`", text.text), format!("did you mean `{FEATURE}`?"))
}

/// One name of a gate's path.
enum Segment<'t> {
    Feature,
    Name(&'t str),
    Selector(&'t str),
}

fn head_of(head: Piece<'_>, args: Option<Vec<GateArg>>, is_annotation: bool) -> Result<GatePattern, Trouble> {
    if let Some(close) = head.text.find(')') {
        return trouble(head.part(close..close + 1).range(), "a `)` without its `(`", GATE_HELP);
    }
    if head.text.is_empty() {
        let message = if is_annotation { "an annotation without a name" } else { "arguments without anything that takes them" };
        return trouble(0..1, message, GATE_HELP);
    }
    let pieces: Vec<Piece<'_>> = head.split('.').collect();
    let mut segments = pieces.iter().enumerate().map(|(index, piece)| segment(*piece, index, pieces.len())).collect::<Result<Vec<_>, _>>()?;
    let Some(last) = segments.pop() else { return trouble(head.range(), "a gate that says nothing", GATE_HELP) };
    let owner_feature = matches!(segments.last(), Some(Segment::Feature));
    if owner_feature {
        segments.pop();
    }
    if let Some(index) = segments.iter().position(|segment| matches!(segment, Segment::Feature)) {
        return trouble(pieces[index].range(), format!("`{FEATURE}` too far from the end"), "it stands for the last name, the one before that, or an argument");
    }
    if let Some(index) = segments.iter().position(|segment| matches!(segment, Segment::Selector(_))) {
        return trouble(pieces[index].range(), "a selector before the last name", GATE_HELP);
    }
    let names: Vec<&str> = pieces[..segments.len()].iter().map(|piece| piece.text).collect();
    let owner = (!names.is_empty()).then(|| names.join("."));
    let (member, selector) = match last {
        Segment::Feature => (Member::Feature, None),
        Segment::Name(name) => (Member::Name(name.to_owned()), None),
        Segment::Selector(selector) => (Member::Name(selector.split(':').next().unwrap_or_default().to_owned()), Some(selector.to_owned())),
    };
    let kind = match (is_annotation, &args) {
        (true, _) => GateKind::Annotation,
        (false, Some(_)) => GateKind::Call,
        (false, None) => GateKind::Value,
    };
    let pattern = GatePattern { owner, owner_feature, member, selector, kind, args };
    sensible(&pattern, head, &names).map(|()| pattern)
}

fn segment<'t>(piece: Piece<'t>, index: usize, count: usize) -> Result<Segment<'t>, Trouble> {
    let text = piece.text;
    let is_last = index + 1 == count;
    if text.is_empty() {
        let message = match index {
            0 => "no type before the dot",
            _ if is_last => "no member after the dot",
            _ => "no name between the dots",
        };
        let dot = if index == 0 { piece.start } else { piece.start - 1 };
        return trouble(dot..dot + 1, message, GATE_HELP);
    }
    if let Some(space) = text.find(char::is_whitespace) {
        let message = format!("a space in `{}`", text.trim());
        return trouble(piece.start + space..piece.start + space + 1, message, "names have none; receiver and arguments of a message are written as of a call");
    }
    match text {
        FEATURE => Ok(Segment::Feature),
        _ if text.starts_with('$') => unknown_placeholder(piece),
        _ if is_name(text) => Ok(Segment::Name(text)),
        _ if text.contains(':') => match text.strip_suffix(':') {
            Some(parts) if parts.split(':').all(is_name) => Ok(Segment::Selector(text)),
            Some(_) => trouble(piece.range(), format!("`{text}` is no selector"), "write `first:` or `first:second:`"),
            None => trouble(piece.range(), format!("`{text}` is no selector"), format!("each of its parts ends with a colon: `{text}:`")),
        },
        _ => trouble(piece.range(), format!("`{text}` is no name"), GATE_HELP),
    }
}

/// Refuses what reads as a pattern and can never be what was meant.
fn sensible(pattern: &GatePattern, head: Piece<'_>, owner: &[&str]) -> Result<(), Trouble> {
    let is_bare = pattern.owner.is_none() && !pattern.owner_feature;
    match (pattern.kind, &pattern.member) {
        (GateKind::Annotation, member) if *member == Member::Feature || pattern.owner_feature || pattern.selector.is_some() => {
            return trouble(head.range(), format!("`{}` is no annotation", head.text), format!("write its name, and `{FEATURE}` as its argument"));
        }
        (GateKind::Value, _) if pattern.selector.is_some() => {
            return trouble(head.range(), "a message without its arguments", format!("write `{}({FEATURE})`", head.text));
        }
        (GateKind::Value, Member::Name(name)) if is_bare => {
            return trouble(head.range(), format!("`{name}` may be anything"), format!("write `{name}()` for a function, `TYPE.{name}` for a property"));
        }
        (GateKind::Value | GateKind::Call, Member::Feature) if is_bare => {
            return trouble(head.range(), format!("`{FEATURE}` alone is no gate"), GATE_HELP);
        }
        _ => {}
    }
    let is_type = |name: &str| name.starts_with(char::is_uppercase);
    match owner {
        // `PrivacyGate.shared.allows`: what a member of a type is can only be told by its type.
        [.., before, last] if is_type(before) && last.starts_with(char::is_lowercase) => {
            let help = format!("write the type that has the member, as in `{before}.MEMBER`; all its instances count");
            trouble(head.range(), format!("`{last}` is no type"), help)
        }
        _ => Ok(()),
    }
}

/// Reads a key, or an answer of a gate.
pub(super) fn key(text: &str) -> Result<Key, Trouble> {
    key_in(Piece { text, start: 0 })
}

fn key_in(piece: Piece<'_>) -> Result<Key, Trouble> {
    let text = piece.text;
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        return match text[1..].strip_suffix(quote) {
            Some("") => trouble(piece.range(), "a text without letters", KEY_HELP),
            Some(inner) if !inner.contains(quote) => Ok(Key::Text(inner.to_owned())),
            Some(_) => trouble(piece.range(), format!("a quote inside of {text}"), KEY_HELP),
            None => trouble(piece.range(), "this quote is never closed", "close it"),
        };
    }
    if text.trim().is_empty() {
        return trouble(piece.range(), "a name without letters", KEY_HELP);
    }
    if text.starts_with('$') {
        return trouble(piece.range(), format!("`{text}` stands for no name here"), KEY_HELP);
    }
    // What cannot be a name is a text: the quotes may be left out.
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_/:".contains(letter);
    if !is_name(text) && text.chars().all(is_plain) {
        return Ok(Key::Text(text.to_owned()));
    }
    let (owner, name) = match text.rsplit_once('.') {
        Some(("", name)) => (None, name),
        Some((owner, name)) => (Some(owner), name),
        None => (None, text),
    };
    if !is_name(name) || !owner.is_none_or(|owner| owner.split('.').all(is_name)) {
        let help = match text.strip_suffix("()") {
            Some(without) => format!("write `{without}`"),
            None => KEY_HELP.to_owned(),
        };
        return trouble(piece.range(), format!("`{text}` is no name in code"), help);
    }
    Ok(Key::Name { owner: owner.map(str::to_owned), name: name.to_owned() })
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_') && text.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Key {
        Key::Name { owner: None, name: text.to_owned() }
    }

    fn pattern(owner: Option<&str>, member: &str, kind: GateKind, args: Option<Vec<GateArg>>) -> Result<GatePattern, Trouble> {
        let member = if member == FEATURE { Member::Feature } else { Member::Name(member.to_owned()) };
        Ok(GatePattern { owner: owner.map(str::to_owned), owner_feature: false, member, selector: None, kind, args })
    }

    #[test]
    fn gates_as_they_are_meant() {
        use GateKind::{Annotation, Call, Value};
        let feature = || Some(vec![GateArg::Feature]);
        assert_eq!(gate("PrivacyGate.allows($feature)"), pattern(Some("PrivacyGate"), "allows", Call, feature()));
        assert_eq!(gate("app.privacy.Gate.allows( $feature )"), pattern(Some("app.privacy.Gate"), "allows", Call, feature()));
        assert_eq!(gate("FeatureGate($feature)"), pattern(None, "FeatureGate", Call, feature()));
        assert_eq!(gate("Gate.ask()"), pattern(Some("Gate"), "ask", Call, Some(vec![])));
        assert_eq!(gate("@Gated"), pattern(None, "Gated", Annotation, None));
        assert_eq!(gate("@app.Gated($feature)"), pattern(Some("app"), "Gated", Annotation, feature()));
        assert_eq!(gate("Consent.$feature"), pattern(Some("Consent"), FEATURE, Value, None));
        let args = vec![GateArg::Key(name("covers")), GateArg::Key(Key::Text("a, b)".into())), GateArg::Feature];
        assert_eq!(gate("Gate.allows(.covers, \"a, b)\", $feature)"), pattern(Some("Gate"), "allows", Call, Some(args)));
        let through = |owner| pattern(owner, "isAllowed", Value, None).map(|pattern| GatePattern { owner_feature: true, ..pattern });
        assert_eq!(gate("Features.$feature.isAllowed"), through(Some("Features")));
        assert_eq!(gate("$feature.isAllowed"), through(None));
        let selector = |text: &str| pattern(Some("Gate"), "allowsFeature", Call, feature()).map(|p| GatePattern { selector: Some(text.to_owned()), ..p });
        assert_eq!(gate("Gate.allowsFeature:($feature)"), selector("allowsFeature:"));
        assert_eq!(gate("Gate.allowsFeature:forUser:($feature)"), selector("allowsFeature:forUser:"));
    }

    #[test]
    fn keys_as_they_are_meant() {
        assert_eq!(key(".covers"), Ok(name("covers")));
        assert_eq!(key("COVERS"), Ok(name("COVERS")));
        assert_eq!(key("app.Feature.COVERS"), Ok(Key::Name { owner: Some("app.Feature".into()), name: "COVERS".into() }));
        assert_eq!(key("\"my covers\""), Ok(Key::Text("my covers".into())));
        assert_eq!(key("my-covers"), Ok(Key::Text("my-covers".into())));
    }

    /// Whatever is written, the marked part lies within it, on whole characters, and the mistake has words.
    #[test]
    fn any_text_is_a_pattern_or_a_mistake_in_it() {
        let pieces = ["", "@", "$feature", "$", "Gate", ".", ":", "(", ")", ",", "\"", "'", " ", "é", "_", "1"];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    for d in pieces {
                        let text = [a, b, c, d].concat();
                        for found in [gate(&text).err(), key(&text).err()].into_iter().flatten() {
                            assert!(text.is_empty() || text.get(found.at.clone()).is_some(), "{text:?}: {found:?}");
                            assert!(!found.message.is_empty() && !found.help.is_empty(), "{text:?}");
                        }
                    }
                }
            }
        }
    }
}
