//! Findings that can be mended without a change of what the app does: the edits that do so.
//!
//! Only what speaks of the app is touched, never what it does: a comment that allows nothing, data that a feature declares and nobody
//! accesses for it. To put a guard before an access changes the program; the help of such a finding shows the code instead.

use crate::scan::{Scan, ScannedFile};
use crate::source::Span;
use crate::verdict::{FileId, Finding, Rule, SuppressionDefect};

/// A change of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The file.
    pub file: FileId,
    /// What is replaced, in bytes.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// The edits for all findings that have one, in the order of their places; none touches what another does.
pub fn edits(scan: &Scan) -> Vec<Edit> {
    let mut edits: Vec<Edit> = scan.outcome.findings.iter().filter_map(|finding| edit(finding, scan.file(finding.place.file))).collect();
    edits.sort_by_key(|edit| (edit.file, edit.span.start));
    let mut end = (0, 0);
    // What overlaps is left for the next run.
    edits.retain(|edit| {
        let is_free = edit.file != end.0 || edit.span.start >= end.1;
        end = if is_free { (edit.file, edit.span.end) } else { end };
        is_free
    });
    edits
}

/// The text of a file with its edits made.
pub fn apply<'e>(text: &str, edits: impl DoubleEndedIterator<Item = &'e Edit>) -> String {
    let mut text = text.to_owned();
    for edit in edits.rev() {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.replacement);
    }
    text
}

fn edit(finding: &Finding, file: &ScannedFile) -> Option<Edit> {
    let change = |(span, replacement)| Edit { file: finding.place.file, span, replacement };
    let (start, end) = (finding.place.span.start as usize, finding.place.span.end as usize);
    match (&finding.suppression, finding.rule) {
        (Some(SuppressionDefect::Unused { are_all: true, .. }), _) => Some(change((without_comment(&file.text, start, end)?, String::new()))),
        (Some(SuppressionDefect::Unused { are_all: false, rules }), _) => without_rules(&file.text, start, end, rules).map(change),
        (None, Rule::OverclaimedData) => Some(change((without_item(&file.text, start, end)?, String::new()))),
        _ => None,
    }
}

/// The lines of a comment that stands alone, or else the comment and the blanks before it.
fn without_comment(text: &str, start: usize, end: usize) -> Option<Span> {
    let before = text.get(..start)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(end..)?;
    let rest_of_line = rest.find('\n').map_or(rest.len(), |at| at + 1);
    if before[line_start..].trim().is_empty() && rest[..rest_of_line].trim().is_empty() {
        return Some(Span::new(line_start, end + rest_of_line));
    }
    Some(Span::new(before.trim_end_matches([' ', '\t']).len(), end))
}

/// The list of rules of a comment without some of them.
fn without_rules(text: &str, start: usize, end: usize, rules: &[Rule]) -> Option<(Span, String)> {
    let comment = text.get(start..end)?;
    let open = comment.find('(')? + 1;
    let close = open + comment[open..].find(')')?;
    let kept: Vec<&str> = comment[open..close].split(',').map(str::trim).filter(|name| !rules.iter().any(|rule| rule.id() == *name)).collect();
    (!kept.is_empty()).then(|| (Span::new(start + open, start + close), kept.join(", ")))
}

/// An item of a list with one comma; none where it is the only item, since a list needs one.
fn without_item(text: &str, start: usize, end: usize) -> Option<Span> {
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    let after_comma = after.trim_start().strip_prefix(',');
    let is_last = after_comma.is_none_or(|rest| rest.trim_start().starts_with(']'));
    let before_item = before.trim_end();
    if !is_last {
        let rest = after_comma?;
        return Some(Span::new(start, text.len() - rest.trim_start_matches([' ', '\t']).len()));
    }
    before_item.strip_suffix(',').map(|kept| Span::new(kept.len(), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, part: &str, cut: impl Fn(&str, usize, usize) -> Option<Span>) -> Option<String> {
        let start = text.find(part).expect("the part is there");
        let span = cut(text, start, start + part.len())?;
        Some(apply(text, [Edit { file: 0, span, replacement: String::new() }].iter()))
    }

    #[test]
    fn a_comment_goes_with_its_line_or_with_the_blanks_before_it() {
        let gone = |text, comment| without(text, comment, without_comment).expect("a comment");
        assert_eq!(gone("a()\n    // x\nb()\n", "// x"), "a()\nb()\n");
        assert_eq!(gone("a() // x\r\nb()\r\n", "// x"), "a()\r\nb()\r\n");
        assert_eq!(gone("a() /* x */ b()", "/* x */"), "a() b()");
        assert_eq!(gone("// x", "// x"), "");
    }

    #[test]
    fn an_item_goes_with_its_comma() {
        let gone = |text, item| without(text, item, without_item);
        assert_eq!(gone("data = [\"a\", \"b\"]", "\"a\"").as_deref(), Some("data = [\"b\"]"));
        assert_eq!(gone("data = [\"a\", \"b\"]", "\"b\"").as_deref(), Some("data = [\"a\"]"));
        assert_eq!(gone("data = [\n  \"a\",\n  \"b\",\n]", "\"b\"").as_deref(), Some("data = [\n  \"a\",\n]"));
        assert_eq!(gone("data = [\"a\"]", "\"a\""), None);
        assert_eq!(gone("data = [\"a\",]", "\"a\""), None);
    }

    #[test]
    fn a_rule_goes_and_the_others_stay() {
        let text = "// askfirst: allow(ungated-access, not-a-check) because \"x\"";
        let (span, replacement) = without_rules(text, 0, text.len(), &[Rule::NotACheck]).expect("a list");
        assert_eq!(apply(text, [Edit { file: 0, span, replacement }].iter()), "// askfirst: allow(ungated-access) because \"x\"");
    }
}
