//! Findings for people at a terminal: the source, the access, the nearest check and why it does not cover it, the path, the help.

use std::fmt::{self, Write as _};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use miette::{ThemeCharacters, ThemeStyles};

use super::blocks::{self, Block};
use super::words::{Label, Message, StepKind, WordedStep};
use super::{Style, chain, escape, words};
use crate::catalogue::Catalogue;
use crate::scan::{Scan, ScannedFile};
use crate::source::Span;
use crate::verdict::{FileId, Severity};

/// Lines longer than this are cut around what is marked in them.
const LONGEST_LINE: usize = 240;
/// Accesses of a block whose source is shown; of the others the head tells the place.
const MOST_SHOWN: usize = 4;
/// What stands before each line of the notes below an excerpt.
const INDENT: &str = "        ";

/// All findings, those that say the same thing in one block, each block followed by an empty line.
pub fn findings(scan: &Scan, catalogue: &Catalogue, style: Style) -> String {
    let handler = handler(style);
    let mut out = String::new();
    for block in blocks::of(scan) {
        let message = words::message(block.findings[0], scan, catalogue);
        head(&block, scan, style, &mut out);
        // Writing to a string cannot fail, and the excerpt answers for every span that it was built from.
        let _ = handler.render_report(&mut out, &Shown::new(&block, &message, scan, catalogue));
        way(&message, scan, style, &mut out);
        help(&message, style, &mut out);
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

/// One line for each finding of the block, so that each can be clicked and counted.
fn head(block: &Block<'_>, scan: &Scan, style: Style, out: &mut String) {
    for finding in block.findings.iter().chain(&block.checks) {
        let (path, at) = scan.locate(finding.place);
        let code = match finding.severity {
            Severity::Error => "31",
            Severity::Warning => "33",
            Severity::Info => "36",
        };
        let text = format!("{}[{}] {path}:{}:{}", finding.severity, finding.rule, at.line, at.column);
        put(out, &painted(&escape::visible(&text), code, style));
    }
    out.push('\n');
}

/// The way to the access: one sentence when it is entered right there, numbered steps when it is called from elsewhere.
fn way(message: &Message, scan: &Scan, style: Style, out: &mut String) {
    let steps: Vec<WordedStep> = message.steps.iter().filter(|step| step.kind != StepKind::Check).cloned().collect();
    match steps.as_slice() {
        [] => {}
        [only] if only.kind == StepKind::Access => {}
        [entry, access] if access.kind == StepKind::Access => note("path", &[chain::with_place(entry, scan)], style, out),
        steps => {
            let lines: Vec<String> = chain::lines(steps).iter().map(|line| line.text(scan, style.unicode)).collect();
            note("path", &lines, style, out);
        }
    }
}

/// What to do. Code stands in lines of its own that are never broken, so that it can be copied.
fn help(message: &Message, style: Style, out: &mut String) {
    let advice = &message.help.advice;
    let text = if message.help.example.is_some() { format!("{advice}, for example") } else { advice.clone() };
    let mut lines = wrapped(&text, style.width.saturating_sub(INDENT.len()));
    lines.extend(message.help.example.iter().flat_map(|code| code.lines()).map(|line| format!("  {line}")));
    note("help", &lines, style, out);
}

fn note(title: &str, lines: &[String], style: Style, out: &mut String) {
    for (index, line) in lines.iter().enumerate() {
        let before = if index == 0 { format!("  {} ", painted(&format!("{title}:"), "36", style)) } else { INDENT.to_owned() };
        put(out, &format!("{before}{}", escape::visible(line)));
    }
}

fn put(out: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{line}");
}

fn painted(text: &str, code: &str, style: Style) -> String {
    if style.color { format!("\u{1B}[{code}m{text}\u{1B}[0m") } else { text.to_owned() }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().filter(|line| line.is_empty() || line.chars().count() + 1 + word.chars().count() <= width);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => line.extend([" ", word]),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A block as miette wants it.
#[derive(Debug)]
struct Shown {
    title: String,
    severity: miette::Severity,
    excerpt: Excerpt,
    labels: Vec<LabeledSpan>,
}

impl Shown {
    fn new(block: &Block<'_>, message: &Message, scan: &Scan, catalogue: &Catalogue) -> Self {
        let others = block.findings.iter().skip(1).take(MOST_SHOWN - 1).map(|finding| words::message(finding, scan, catalogue).primary);
        let mut marked: Vec<Label> = std::iter::once(message.primary.clone()).chain(others).chain(message.secondary.iter().cloned()).collect();
        // One place has one label.
        let mut index = 0;
        while index < marked.len() {
            let is_known = marked[..index].iter().any(|label| label.place == marked[index].place);
            if is_known {
                marked.remove(index);
            } else {
                index += 1;
            }
        }
        let (excerpt, spans) = Excerpt::new(&marked, scan);
        let labels = marked.iter().zip(spans).enumerate().map(|(index, (label, span))| {
            let text = Some(escape::visible(&label.text).into_owned());
            if index == 0 { LabeledSpan::new_primary_with_span(text, span) } else { LabeledSpan::new_with_span(text, span) }
        });
        Self {
            title: escape::visible(&message.title).into_owned(),
            severity: match message.severity {
                Severity::Info => miette::Severity::Advice,
                Severity::Warning => miette::Severity::Warning,
                Severity::Error => miette::Severity::Error,
            },
            labels: labels.collect(),
            excerpt,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.title)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// What is shown of the files that have a label, one part after the other. miette knows one source per diagnostic; offsets into this one run
/// through all parts, and no span that crosses from one part to the next can be read, so each part is drawn by itself, under its own name.
#[derive(Debug)]
struct Excerpt {
    parts: Vec<Part>,
}

impl Excerpt {
    /// Parts in the order in which files are first marked. Also gives the spans of the labels as they are in the excerpt.
    fn new(marked: &[Label], scan: &Scan) -> (Self, Vec<SourceSpan>) {
        let mut files: Vec<FileId> = Vec::new();
        for label in marked {
            if !files.contains(&label.place.file) {
                files.push(label.place.file);
            }
        }
        let mut spans = vec![SourceSpan::from(0); marked.len()];
        let mut parts: Vec<Part> = Vec::new();
        for file in files {
            let here: Vec<usize> = (0..marked.len()).filter(|&index| marked[index].place.file == file).collect();
            let in_file: Vec<Span> = here.iter().map(|&index| marked[index].place.span).collect();
            let start = parts.last().map_or(0, Part::end);
            let (part, moved) = Part::new(scan.file(file), &in_file, start);
            for (index, span) in here.into_iter().zip(moved) {
                spans[index] = SourceSpan::from((start + span.start as usize, (span.end - span.start) as usize));
            }
            parts.push(part);
        }
        (Self { parts }, spans)
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(&'a self, span: &SourceSpan, before: usize, after: usize) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let holds = |part: &&Part| part.start <= span.offset() && span.offset() + span.len() <= part.end();
        self.parts.iter().find(holds).ok_or(MietteError::OutOfBounds)?.read_span(span, before, after)
    }
}

/// The marked lines of a file and those around them, made harmless; all other lines are empty, so that line numbers stay right.
#[derive(Debug)]
struct Part {
    name: String,
    text: String,
    first_line: usize,
    /// Offset of the text in the excerpt.
    start: usize,
}

impl Part {
    /// Also gives the spans as they are in the text.
    fn new(file: &ScannedFile, spans: &[Span], start: usize) -> (Self, Vec<Span>) {
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
                let kept_from = whole.start + kept.start as u32;
                let length = (kept.end - kept.start) as u32;
                in_line().for_each(|(index, span)| {
                    let offset = span.start.saturating_sub(kept_from).min(length);
                    let end = span.end.saturating_sub(kept_from).clamp(offset, length);
                    moved[index] = Span { start: text.len() as u32 + offset, end: text.len() as u32 + end };
                });
                text.push_str(&escape::harmless_source(&file.text_of(whole)[kept]));
            }
            text.push('\n');
        }
        (Self { name: escape::visible(&file.path).into_owned(), text, first_line: first as usize - 1, start }, moved)
    }

    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn read_span(&self, span: &SourceSpan, before: usize, after: usize) -> Result<Box<dyn SpanContents<'_> + '_>, MietteError> {
        let here = SourceSpan::from((span.offset() - self.start, span.len()));
        let contents = self.text.as_str().read_span(&here, before, after)?;
        let shown = SourceSpan::from((self.start + contents.span().offset(), contents.span().len()));
        let line = contents.line() + self.first_line;
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), contents.data(), shown, line, contents.column(), contents.line_count())))
    }
}

/// Which part of a line is shown.
pub(super) fn window(line: &str, marked: Option<usize>) -> std::ops::Range<usize> {
    if line.len() <= LONGEST_LINE {
        return 0..line.len();
    }
    let boundary_before = |offset: usize| (0..=offset.min(line.len())).rev().find(|&offset| line.is_char_boundary(offset)).unwrap_or(0);
    let start = boundary_before(marked.unwrap_or(0).saturating_sub(LONGEST_LINE / 3));
    start..boundary_before(start + LONGEST_LINE)
}
