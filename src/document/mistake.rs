//! What is wrong with a file that people write, shown like an error in code.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceSpan};

/// One mistake in one file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct Mistake {
    /// What is wrong, in one sentence.
    pub message: String,
    /// The file; one without text when it could not be read.
    #[source_code]
    pub file: NamedSource<Arc<str>>,
    /// The text that is wrong.
    #[label("{label}")]
    pub span: SourceSpan,
    /// What stands beside the marked text.
    pub label: String,
    /// Other places of the file that it has to do with.
    #[label(collection)]
    pub others: Vec<LabeledSpan>,
    /// How to put it right.
    #[help]
    pub help: Option<String>,
}

impl Mistake {
    /// What is wrong with a file as a whole, which may not be there.
    pub fn of_file(path: &str, message: String, help: Option<String>) -> Self {
        let file = NamedSource::new(path, Arc::from(""));
        Self { message, file, span: (0..0).into(), label: String::new(), others: Vec::new(), help }
    }

    /// The marked text.
    pub fn marked(&self) -> &str {
        let start = self.span.offset();
        self.file.inner().get(start..start + self.span.len()).unwrap_or_default()
    }

    /// The same with other texts: `line` words what is one line, `source` the file, which must keep its places.
    #[must_use]
    pub fn reworded(&self, line: impl Fn(&str) -> String, source: impl Fn(&str) -> String) -> Self {
        let other = |label: &LabeledSpan| LabeledSpan::new_with_span(label.label().map(&line), *label.inner());
        Self {
            message: line(&self.message),
            file: NamedSource::new(line(self.path()), Arc::from(source(self.file.inner()))),
            span: self.span,
            label: line(&self.label),
            others: self.others.iter().map(other).collect(),
            help: self.help.as_deref().map(&line),
        }
    }

    /// The file's path as people know it.
    pub fn path(&self) -> &str {
        self.file.name()
    }
}

/// Collects the mistakes of one file.
pub(crate) struct Problems<'a> {
    path: String,
    text: Arc<str>,
    found: &'a mut Vec<Mistake>,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(path: &str, text: &str, found: &'a mut Vec<Mistake>) -> Self {
        Self { path: path.to_owned(), text: Arc::from(text), found }
    }

    /// Notes a mistake.
    pub(crate) fn add(&mut self, span: Range<usize>, message: String, label: &str, help: Option<String>) {
        self.add_with(span, message, label, Vec::new(), help);
    }

    /// Notes a mistake that has to do with other places, too.
    pub(crate) fn add_with(&mut self, span: Range<usize>, message: String, label: &str, others: Vec<(Range<usize>, &str)>, help: Option<String>) {
        let file = NamedSource::new(&self.path, Arc::clone(&self.text));
        let others = others.into_iter().map(|(span, label)| LabeledSpan::new_with_span(Some(label.to_owned()), span)).collect();
        self.found.push(Mistake { message, file, span: span.into(), label: label.to_owned(), others, help });
    }

    /// Notes a name that is none of the known ones, and what may have been meant.
    pub(crate) fn unknown(&mut self, span: Range<usize>, what: &str, name: &str, known: &[&str]) {
        self.add(span, format!("unknown {what} `{name}`"), "not known", Some(suggestion(name, known)));
    }
}

/// A list that is longer than this tells people nothing; the closest name alone does.
const LONGEST_LIST: usize = 20;

/// `did you mean …`, or the names there are.
pub(crate) fn suggestion(name: &str, known: &[&str]) -> String {
    let closest = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&name.to_lowercase(), &candidate.to_lowercase()), *candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0).then_with(|| right.1.cmp(left.1)));
    match closest {
        Some((_, candidate)) => format!("did you mean `{candidate}`?"),
        None if known.is_empty() => "none is declared".to_owned(),
        None if known.len() > LONGEST_LIST => "nothing of this name is declared".to_owned(),
        None => format!("one of: {}", known.iter().map(|candidate| format!("`{candidate}`")).collect::<Vec<_>>().join(", ")),
    }
}
