//! Baselines: findings that are known and not reported again, one a line, so that a project with many can begin to mind new ones.
//!
//! The lines are sorted and say all by themselves, so that branches that add or drop some merge; a merge that keeps the lines of both sides is
//! right, because neither order nor repetition matters when a baseline is read.

use std::fmt::Write as _;
use std::ops::Range;

use crate::document::{Mistake, Problems, suggestion};

/// The name of a baseline file.
pub const FILE_NAME: &str = "askfirst-baseline.txt";

/// How a new baseline begins.
const HEADER: &str = "\
# Findings that are known: `askfirst check` reports only others.
# A line is a rule, a path, a symbol (or -) and a fingerprint. `askfirst baseline` adds what is new; with --prune it drops what is fixed.
";

/// What stands for no symbol.
const NO_SYMBOL: &str = "-";

/// Hexadecimal digits of a fingerprint.
const DIGITS: usize = 32;

/// A known finding. All but the fingerprint is for people, and the path says whether it was looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The rule's id.
    pub rule: String,
    /// Path from the root of the repository.
    pub path: String,
    /// The symbol of the access; empty for what is no access.
    pub api: String,
    /// The finding's fingerprint.
    pub fingerprint: String,
}

/// Reads a baseline. `shown` is its path for people, and `rules` are the ids of all rules; the entries are sorted, each once.
pub fn parse(text: &str, shown: &str, rules: &[&str]) -> Result<Vec<Entry>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut problems = Problems::new(shown, text, &mut mistakes);
    let mut entries = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let span = start..start + content.len();
        start += line.len();
        if !content.trim().is_empty() && !content.starts_with('#') {
            entries.extend(entry(content, span, rules, &mut problems));
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    entries.sort();
    entries.dedup();
    Ok(entries)
}

/// One line, or what is wrong with it.
fn entry(line: &str, span: Range<usize>, rules: &[&str], problems: &mut Problems<'_>) -> Option<Entry> {
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker)) {
        let help = "keep the entries of both sides and remove this line; order and repetition do not matter";
        problems.add(span, "a conflict of a merge is left here".to_owned(), "no entry", Some(help.to_owned()));
        return None;
    }
    let parts = line.split_once(' ').and_then(|(rule, rest)| {
        let (rest, fingerprint) = rest.rsplit_once(' ')?;
        let (path, api) = rest.rsplit_once(' ')?;
        Some((rule, path, api, fingerprint))
    });
    let Some((rule, path, api, fingerprint)) = parts.filter(|(_, path, ..)| !path.trim().is_empty()) else {
        let help = "a line is a rule, a path, a symbol (or -) and a fingerprint; `askfirst baseline` writes such lines";
        problems.add(span, "this is no entry of a baseline".to_owned(), "this line", Some(help.to_owned()));
        return None;
    };
    if !rules.contains(&rule) {
        problems.add(span.start..span.start + rule.len(), format!("unknown rule `{rule}`"), "no rule of this name", Some(suggestion(rule, rules)));
        return None;
    }
    if fingerprint.len() != DIGITS || !fingerprint.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        let help = format!("a fingerprint has {DIGITS} digits of 0-9 and a-f; remove the line, and let `askfirst baseline` write it again");
        problems.add(span.end - fingerprint.len()..span.end, format!("`{fingerprint}` is no fingerprint"), "this part", Some(help));
        return None;
    }
    let api = if api == NO_SYMBOL { String::new() } else { unescaped(api) };
    Some(Entry { rule: rule.to_owned(), path: unescaped(path), api, fingerprint: fingerprint.to_owned() })
}

/// A baseline with these entries, sorted, each once. The comment at the top of the `old` text is kept.
pub fn render(entries: &[Entry], old: Option<&str>) -> String {
    let head: String = old.unwrap_or_default().split_inclusive('\n').take_while(|line| line.starts_with('#')).collect();
    let mut text = if head.is_empty() { HEADER.to_owned() } else { head };
    let mut lines: Vec<String> = entries.iter().map(line).collect();
    lines.sort();
    lines.dedup();
    for line in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

/// An entry as its line.
pub fn line(entry: &Entry) -> String {
    let api = if entry.api.is_empty() { NO_SYMBOL.to_owned() } else { escaped(&entry.api).replace(' ', "%20") };
    format!("{} {} {api} {}", entry.rule, escaped(&entry.path), entry.fingerprint)
}

/// Control characters would end the line or hide in it.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter == '%' || letter.is_ascii_control() {
            // Writing to a string cannot fail.
            let _ = write!(plain, "%{:02X}", u32::from(letter));
        } else {
            plain.push(letter);
        }
    }
    plain
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('%');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(u8::is_ascii);
        match code {
            Some(code) => {
                plain.push(char::from(code));
                plain.push_str(&part[2..]);
            }
            None => plain.extend(["%", part]),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [&str; 2] = ["ungated-access", "not-a-check"];
    const PRINT: &str = "00112233445566778899aabbccddeeff";

    fn entry(rule: &str, path: &str, api: &str) -> Entry {
        Entry { rule: rule.to_owned(), path: path.to_owned(), api: api.to_owned(), fingerprint: PRINT.to_owned() }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let entries = [
            entry("not-a-check", "app/A.kt", "x.Y.z"),
            entry("ungated-access", "my app/100%/B\t\n.kt", "Store.run(with: other)"),
            entry("ungated-access", "z/askfirst.toml", ""),
        ];
        let text = render(&entries, None);
        assert_eq!(text.lines().count(), 2 + entries.len(), "{text}");
        assert_eq!(parse(&text, "b.txt", &RULES).expect("readable"), entries);
    }

    #[test]
    fn order_and_repetition_do_not_matter_and_are_put_right() {
        let entries = [entry("not-a-check", "A.kt", "y"), entry("ungated-access", "A.kt", "x")];
        let sorted = render(&entries, None);
        let lines: Vec<String> = entries.iter().map(line).collect();
        let muddled = format!("# ours\n{}\n\n{}\r\n{}\n", lines[1], lines[0], lines[1]);
        let read = parse(&muddled, "b.txt", &RULES).expect("readable");
        assert_eq!(read, entries);
        assert_eq!(render(&read, Some(&muddled)), sorted.replace(HEADER, "# ours\n"));
    }

    #[test]
    fn a_broken_line_is_shown_with_what_is_wrong() {
        let wrong = |line: &str| {
            let text = format!("# head\n{line}\n");
            let mistakes = parse(&text, "b.txt", &RULES).expect_err("must not be read");
            let mistake = mistakes.into_iter().next().expect("one");
            (mistake.message.clone(), mistake.marked().to_owned(), mistake.help.clone().unwrap_or_default())
        };
        assert_eq!(wrong("just words").0, "this is no entry of a baseline");
        assert_eq!(wrong("<<<<<<< ours").0, "a conflict of a merge is left here");
        let (message, marked, help) = wrong(&format!("ungated-acess A.kt x {PRINT}"));
        assert_eq!((message.as_str(), marked.as_str()), ("unknown rule `ungated-acess`", "ungated-acess"));
        assert_eq!(help, "did you mean `ungated-access`?");
        let (message, marked, _) = wrong("ungated-access A.kt x 1234");
        assert_eq!((message.as_str(), marked.as_str()), ("`1234` is no fingerprint", "1234"));
    }
}
