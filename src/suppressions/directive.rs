//! What a comment allows: `allow(rule, rule) because "…" until 2027-03-31`, or `allow-file(…)`.

use crate::verdict::{Date, Rule, SuppressionDefect};

/// A comment that allows something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// The whole file, rather than a line or declaration.
    pub is_for_file: bool,
    /// The rules, each once.
    pub rules: Vec<Rule>,
    /// Why; none when it does not say.
    pub reason: Option<String>,
    /// The last day on which it does.
    pub until: Option<Date>,
}

/// A part of the text in bytes, and what is wrong with it.
pub(super) type Trouble = (std::ops::Range<usize>, SuppressionDefect);

/// Reads what a comment says after `askfirst:`.
pub(super) fn parse(text: &str) -> Result<Directive, Trouble> {
    let mut reader = Reader { text, at: 0 };
    let word = reader.word();
    let is_for_file = match &text[word.clone()] {
        "allow" => false,
        "allow-file" => true,
        other => return Err((word, SuppressionDefect::UnknownWord { word: other.to_owned() })),
    };
    let rules = reader.rules()?;
    let mut directive = Directive { is_for_file, rules, reason: None, until: None };
    while !reader.is_at_end() {
        let start = reader.at;
        let word = reader.word();
        match &text[word.clone()] {
            "because" if directive.reason.is_none() => directive.reason = Some(reader.quoted()?),
            "until" if directive.until.is_none() => directive.until = Some(reader.date()?),
            _ => return Err((start..text.len(), SuppressionDefect::Unexpected { text: text[start..].trim().to_owned() })),
        }
    }
    directive.reason = directive.reason.filter(|reason| reason.chars().any(char::is_alphanumeric));
    Ok(directive)
}

/// The rule that may have been meant.
fn closest(name: &str) -> Option<Rule> {
    let similar = Rule::ALL.into_iter().map(|rule| (strsim::jaro_winkler(rule.id(), &name.to_lowercase()), rule)).filter(|(similarity, _)| *similarity > 0.8);
    similar.max_by(|left, right| left.0.total_cmp(&right.0).then(right.1.cmp(&left.1))).map(|(_, rule)| rule)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Whether all is said: at the end, or where another remark begins.
    fn is_at_end(&mut self) -> bool {
        self.skip_blanks();
        self.rest().is_empty() || self.rest().starts_with("//") || self.rest().starts_with('#')
    }

    /// The range of a word; empty when there is none.
    fn word(&mut self) -> std::ops::Range<usize> {
        self.skip_blanks();
        let start = self.at;
        let ends = |letter: char| !(letter.is_alphanumeric() || matches!(letter, '-' | '_'));
        self.at += self.rest().find(ends).unwrap_or(self.rest().len());
        start..self.at
    }

    fn take(&mut self, mark: char) -> bool {
        self.skip_blanks();
        let is_there = self.rest().starts_with(mark);
        self.at += if is_there { mark.len_utf8() } else { 0 };
        is_there
    }

    fn rules(&mut self) -> Result<Vec<Rule>, Trouble> {
        let start = self.at;
        let open = self.take('(');
        let Some(length) = self.rest().find(')').filter(|_| open) else { return Err((start..self.text.len(), SuppressionDefect::NoRules)) };
        let inside = self.at..self.at + length;
        self.at = inside.end + 1;
        let mut rules = Vec::new();
        let mut offset = inside.start;
        for name in self.text[inside.clone()].split(',') {
            let from = offset + (name.len() - name.trim_start().len());
            offset += name.len() + 1;
            let name = name.trim();
            if name.is_empty() {
                return Err((inside, SuppressionDefect::NoRules));
            }
            let rule = Rule::from_id(name)
                .ok_or_else(|| (from..from + name.len(), SuppressionDefect::UnknownRule { name: name.to_owned(), closest: closest(name) }))?;
            if !rule.can_be_allowed() {
                return Err((from..from + name.len(), SuppressionDefect::CannotBeAllowed { rule }));
            }
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
        Ok(rules)
    }

    /// A text in quotes, also in those that an editor makes of them. It may go on in the next line.
    fn quoted(&mut self) -> Result<String, Trouble> {
        self.skip_blanks();
        let start = self.at;
        let ends: &[char] = match self.rest().chars().next() {
            Some('"') => &['"'],
            Some('\'') => &['\''],
            Some('“' | '„') => &['”', '“', '"'],
            _ => return Err((start..self.text.len(), SuppressionDefect::NoReason)),
        };
        let first = self.rest().chars().next().map_or(0, char::len_utf8);
        let inside = &self.rest()[first..];
        let Some(length) = inside.find(ends) else { return Err((start..self.text.len(), SuppressionDefect::OpenReason)) };
        let end = inside[length..].chars().next().map_or(0, char::len_utf8);
        self.at += first + length + end;
        Ok(inside[..length].split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn date(&mut self) -> Result<Date, Trouble> {
        let word = self.word();
        Date::parse(&self.text[word.clone()]).ok_or_else(|| (word.clone(), SuppressionDefect::NoDate { text: self.text[word].to_owned() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defect(text: &str) -> (String, SuppressionDefect) {
        let (range, defect) = parse(text).expect_err("must not be read");
        (text[range].trim().to_owned(), defect)
    }

    #[test]
    fn rules_a_reason_and_a_day_are_read() {
        let directive = parse(" allow( ungated-access,not-a-check ) because \"the picker shows\n it (once)\" until 2027-03-31 // more").expect("read");
        assert_eq!(directive.rules, [Rule::UngatedAccess, Rule::NotACheck]);
        assert_eq!(directive.reason.as_deref(), Some("the picker shows it (once)"));
        assert_eq!(directive.until, Date::parse("2027-03-31"));
        assert!(!directive.is_for_file);
        let directive = parse("allow-file(undeclared-data) until 2027-03-31 because “a tool for developers”").expect("read");
        assert!(directive.is_for_file && directive.reason.as_deref() == Some("a tool for developers"));
    }

    #[test]
    fn a_reason_that_says_nothing_is_none() {
        for text in ["allow(ungated-access)", "allow(ungated-access) because \"\"", "allow(ungated-access) because ' … '"] {
            assert_eq!(parse(text).expect("read").reason, None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_where_it_is_wrong() {
        let word = |word: &str| SuppressionDefect::UnknownWord { word: word.to_owned() };
        assert_eq!(defect(" ignore(ungated-access)"), ("ignore".to_owned(), word("ignore")));
        assert_eq!(defect(""), (String::new(), word("")));
        assert_eq!(defect("allow because \"x\"").1, SuppressionDefect::NoRules);
        assert_eq!(defect("allow() because \"x\"").1, SuppressionDefect::NoRules);
        assert_eq!(defect("allow(ungated-access, ) because \"x\"").1, SuppressionDefect::NoRules);
        assert_eq!(defect("allow(ungated-access because \"x\"").1, SuppressionDefect::NoRules);
        let unknown = SuppressionDefect::UnknownRule { name: "ungated-acess".to_owned(), closest: Some(Rule::UngatedAccess) };
        assert_eq!(defect("allow(not-a-check, ungated-acess) because \"x\""), ("ungated-acess".to_owned(), unknown));
        assert_eq!(defect("allow(unused-suppression) because \"x\"").1, SuppressionDefect::CannotBeAllowed { rule: Rule::UnusedSuppression });
        assert_eq!(defect("allow(ungated-access) because it is").1, SuppressionDefect::NoReason);
        assert_eq!(defect("allow(ungated-access) because \"it is").1, SuppressionDefect::OpenReason);
        let day = SuppressionDefect::NoDate { text: "2027-02-30".to_owned() };
        assert_eq!(defect("allow(ungated-access) because \"x\" until 2027-02-30"), ("2027-02-30".to_owned(), day));
        assert_eq!(defect("allow(ungated-access) because \"x\" forever").1, SuppressionDefect::Unexpected { text: "forever".to_owned() });
        assert_eq!(defect("allow(ungated-access) because \"x\" because \"y\"").0, "because \"y\"");
    }
}
