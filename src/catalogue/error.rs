//! What is wrong with a rule file, shown like an error in code.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

/// One mistake in one rule file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct RuleError {
    /// What is wrong, in one sentence.
    pub message: String,
    /// The rule file; one without text when it could not be read.
    #[source_code]
    pub file: NamedSource<Arc<str>>,
    /// The text that is wrong.
    #[label("{label}")]
    pub span: SourceSpan,
    /// What stands beside the marked text.
    pub label: String,
    /// How to put it right.
    #[help]
    pub help: Option<String>,
}

impl RuleError {
    /// The marked text.
    pub fn marked(&self) -> &str {
        let start = self.span.offset();
        self.file.inner().get(start..start + self.span.len()).unwrap_or_default()
    }

    /// The rule file's path as people know it.
    pub fn path(&self) -> &str {
        self.file.name()
    }
}

/// Collects the mistakes of one rule file.
pub(super) struct Problems<'a> {
    path: String,
    text: Arc<str>,
    found: &'a mut Vec<RuleError>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(path: &str, text: &str, found: &'a mut Vec<RuleError>) -> Self {
        Self { path: path.to_owned(), text: Arc::from(text), found }
    }

    /// Notes a mistake.
    pub(super) fn add(&mut self, span: Range<usize>, message: String, label: &str, help: Option<String>) {
        let file = NamedSource::new(&self.path, Arc::clone(&self.text));
        self.found.push(RuleError { message, file, span: span.into(), label: label.to_owned(), help });
    }

    /// Notes a name that is none of the known ones, and what may have been meant.
    pub(super) fn unknown(&mut self, span: Range<usize>, what: &str, name: &str, known: &[&str]) {
        self.add(span, format!("unknown {what} `{name}`"), "not known", Some(suggestion(name, known)));
    }
}

/// A list that is longer than this tells people nothing; the closest name alone does.
const LONGEST_LIST: usize = 20;

/// `did you mean …`, or the names there are.
pub(super) fn suggestion(name: &str, known: &[&str]) -> String {
    let closest = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&name.to_lowercase(), &candidate.to_lowercase()), *candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0).then_with(|| right.1.cmp(left.1)));
    match closest {
        Some((_, candidate)) => format!("did you mean `{candidate}`?"),
        None if known.is_empty() => "no rule file declares any".to_owned(),
        None if known.len() > LONGEST_LIST => "no rule file declares this name".to_owned(),
        None => format!("one of: {}", known.iter().map(|candidate| format!("`{candidate}`")).collect::<Vec<_>>().join(", ")),
    }
}
