//! Findings for people at a terminal: the source, the access, the nearest check and why it does not cover it, the path, the help.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use miette::{ThemeCharacters, ThemeStyles};

use super::words::{Label, Message, StepKind, WordedStep};
use super::{Style, escape, words};
use crate::catalogue::Catalogue;
use crate::scan::{Scan, ScannedFile};
use crate::source::Span;
use crate::verdict::{Finding, Severity};

/// Lines longer than this are cut around what is marked in them.
const LONGEST_LINE: usize = 240;

/// All findings, each followed by an empty line.
pub fn findings(scan: &Scan, catalogue: &Catalogue, style: Style) -> String {
    let handler = handler(style);
    let mut out = String::new();
    for finding in &scan.outcome.findings {
        // Writing to a string cannot fail, and the excerpt answers for every span that it was built from.
        let shown = Shown::new(finding, words::message(finding, scan, catalogue), scan);
        let _ = handler.render_report(&mut out, &shown);
        out.push('\n');
    }
    out
}

/// The handler that draws diagnostics in this style; rule files with mistakes are shown by it, too.
pub fn handler(style: Style) -> GraphicalReportHandler {
    let characters = if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let styles = if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles }).with_width(style.width).with_context_lines(1).tab_width(4).with_links(false)
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Shown {
    code: String,
    title: String,
    severity: miette::Severity,
    help: String,
    excerpt: Excerpt,
    labels: Vec<LabeledSpan>,
}

impl Shown {
    fn new(finding: &Finding, message: Message, scan: &Scan) -> Self {
        let (path, at) = scan.locate(finding.place);
        let file = scan.file(finding.place.file);
        let here = |label: &&Label| label.place.file == finding.place.file;
        let elsewhere = message.secondary.iter().filter(|label| !here(label)).map(|label| beside(label, scan));
        let advice = match &message.help.example {
            Some(example) => format!("{}, for example\n  {example}", message.help.advice),
            None => message.help.advice.clone(),
        };
        let help: Vec<String> = std::iter::once(advice).chain(elsewhere).chain(path_note(&message, scan)).collect();
        let marked: Vec<&Label> = std::iter::once(&message.primary).chain(message.secondary.iter().filter(here)).collect();
        let spans: Vec<Span> = marked.iter().map(|label| label.place.span).collect();
        let (excerpt, spans) = Excerpt::new(file, &spans);
        let labels = marked.iter().zip(spans).enumerate().map(|(index, (label, span))| {
            let text = Some(escape::visible(&label.text).into_owned());
            let span = SourceSpan::from((span.start as usize, (span.end - span.start) as usize));
            if index == 0 { LabeledSpan::new_primary_with_span(text, span) } else { LabeledSpan::new_with_span(text, span) }
        });
        Self {
            code: escape::visible(&format!("{}[{}] {path}:{}:{}", message.severity, message.rule, at.line, at.column)).into_owned(),
            title: escape::visible(&message.title).into_owned(),
            severity: match message.severity {
                Severity::Info => miette::Severity::Advice,
                Severity::Warning => miette::Severity::Warning,
                Severity::Error => miette::Severity::Error,
            },
            help: help.iter().flat_map(|part| part.lines()).map(escape::visible).collect::<Vec<_>>().join("\n"),
            labels: labels.collect(),
            excerpt,
        }
    }
}

fn beside(label: &Label, scan: &Scan) -> String {
    let (path, at) = scan.locate(label.place);
    format!("see {path}:{}: {}", at.line, label.text)
}

/// The way to the access; none when there is nothing but the access itself.
fn path_note(message: &Message, scan: &Scan) -> Option<String> {
    let steps: Vec<&WordedStep> = message.steps.iter().filter(|step| step.kind != StepKind::Check).collect();
    if steps.iter().all(|step| step.kind == StepKind::Access) {
        return None;
    }
    let lines = steps.iter().map(|step| {
        let (path, at) = scan.locate(step.place);
        let place = if step.place.file == message.primary.place.file { format!("line {}", at.line) } else { format!("{path}:{}", at.line) };
        format!("\n  {place}: {}", if step.kind == StepKind::Access { "the access" } else { &step.text })
    });
    Some(format!("path:{}", lines.collect::<String>()))
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.title)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// The marked lines of a file and those around them, made harmless; all other lines are empty, so that line numbers stay right.
#[derive(Debug)]
struct Excerpt {
    name: String,
    text: String,
    first_line: usize,
}

impl Excerpt {
    /// Also gives the spans as they are in the excerpt.
    fn new(file: &ScannedFile, spans: &[Span]) -> (Self, Vec<Span>) {
        let lines: Vec<u32> = spans.iter().map(|span| file.lines.line(span.start)).collect();
        let first = lines.iter().min().copied().unwrap_or(1).saturating_sub(2).max(1);
        let last = (lines.iter().max().copied().unwrap_or(1) + 2).min(file.lines.line_count());
        let mut text = String::new();
        let mut moved = spans.to_vec();
        for line in first..=last {
            let is_near = lines.iter().any(|marked| marked.abs_diff(line) <= 2);
            if let Some(whole) = file.lines.line_span(&file.text, line).filter(|_| is_near) {
                let in_line = || spans.iter().enumerate().filter(|(_, span)| file.lines.line(span.start) == line);
                let kept = window(file.text_of(whole), in_line().map(|(_, span)| (span.start - whole.start) as usize).min());
                let start = whole.start + kept.start as u32;
                let length = (kept.end - kept.start) as u32;
                in_line().for_each(|(index, span)| {
                    let offset = span.start.saturating_sub(start).min(length);
                    let end = span.end.saturating_sub(start).clamp(offset, length);
                    moved[index] = Span { start: text.len() as u32 + offset, end: text.len() as u32 + end };
                });
                text.push_str(&escape::harmless_source(&file.text_of(whole)[kept]));
            }
            text.push('\n');
        }
        (Self { name: escape::visible(&file.path).into_owned(), text, first_line: first as usize - 1 }, moved)
    }
}

/// Which part of a line is shown.
fn window(line: &str, marked: Option<usize>) -> std::ops::Range<usize> {
    if line.len() <= LONGEST_LINE {
        return 0..line.len();
    }
    let boundary_before = |offset: usize| (0..=offset.min(line.len())).rev().find(|&offset| line.is_char_boundary(offset)).unwrap_or(0);
    let start = boundary_before(marked.unwrap_or(0).saturating_sub(LONGEST_LINE / 3));
    start..boundary_before(start + LONGEST_LINE)
}

impl SourceCode for Excerpt {
    fn read_span<'a>(&'a self, span: &SourceSpan, before: usize, after: usize) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.as_str().read_span(span, before, after)?;
        let named = MietteSpanContents::new_named(
            self.name.clone(),
            contents.data(),
            *contents.span(),
            contents.line() + self.first_line,
            contents.column(),
            contents.line_count(),
        );
        Ok(Box::new(named))
    }
}
