//! Writing: to standard output, a file, and standard error.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use clap::ColorChoice;

use super::Wrong;
use crate::catalogue::{self, Catalogue};
use crate::discover::plain_io_error;
use crate::document::Mistake;
use crate::engine::{self, Options, Progress, ScanError};
use crate::report::{Style, escape, pretty, words};
use crate::scan::Scan;

/// Columns when nobody looks at a terminal: wide enough for most lines of source.
const PLAIN_WIDTH: usize = 120;

/// What is known about the terminal.
pub(super) struct Terminal {
    color: ColorChoice,
}

impl Terminal {
    pub fn new(color: ColorChoice) -> Self {
        Self { color }
    }

    /// How to draw a report that goes to standard output, or to a file.
    pub fn style(&self, to_file: bool) -> Style {
        let color = match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => !to_file && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        };
        let is_terminal = !to_file && io::stdout().is_terminal();
        let width = terminal_size::terminal_size().filter(|_| is_terminal).map_or(PLAIN_WIDTH, |(width, _)| usize::from(width.0).max(40));
        Style { color, unicode: has_unicode(), width }
    }

    /// How to draw on standard error.
    fn style_of_notes(&self) -> Style {
        let color = match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never,
        };
        Style { color, ..self.style(true) }
    }

    /// Writes a report.
    pub fn report(&self, text: &str, file: Option<&Path>) -> Result<(), Wrong> {
        let Some(file) = file else { return ignore_closed(io::stdout().lock().write_all(text.as_bytes())) };
        std::fs::write(file, text).map_err(|error| Wrong(format!("--output {}: {}", file.display(), plain_io_error(&error))))
    }

    /// Scans; what is wrong with a policy is shown.
    pub fn scan(&self, options: &Options, catalogue: &Catalogue, progress: &Progress) -> Result<Scan, Wrong> {
        engine::scan(options, catalogue, progress).map_err(|error| match error {
            ScanError::Policy(errors) => wrong("the policy", &errors.mistakes, self),
            ScanError::Baseline(mistakes) => wrong("the baseline", &mistakes, self),
            other => Wrong(other.to_string()),
        })
    }

    /// Writes to standard error; when that is gone, there is nobody to tell.
    pub fn note(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// A reader that has seen enough (`head`) is no error.
fn ignore_closed(result: io::Result<()>) -> Result<(), Wrong> {
    match result.and_then(|()| io::stdout().lock().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Wrong(format!("standard output: {}", plain_io_error(&error)))),
        _ => Ok(()),
    }
}

/// Whether the locale says that the terminal can show more than ASCII.
fn has_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    let is_plain_terminal = std::env::var("TERM").is_ok_and(|term| term == "linux" || term == "dumb");
    let says_unicode = locale.map(|locale| locale.to_lowercase()).is_some_and(|locale| locale.contains("utf-8") || locale.contains("utf8"));
    (says_unicode || cfg!(windows)) && !is_plain_terminal
}

/// The built-in catalogue, or with the rules of a folder. Mistakes in those are shown like mistakes in code.
pub(super) fn catalogue(folder: Option<&Path>, terminal: &Terminal) -> Result<Cow<'static, Catalogue>, Wrong> {
    let Some(folder) = folder else { return Ok(Cow::Borrowed(catalogue::embedded())) };
    catalogue::with_folder(folder).map(Cow::Owned).map_err(|mistakes| wrong(&format!("--rules {}", folder.display()), &mistakes, terminal))
}

/// Shows mistakes of files that people write. Those files may be part of what is scanned, so their text is untrusted.
pub(super) fn wrong(what: &str, mistakes: &[Mistake], terminal: &Terminal) -> Wrong {
    let handler = pretty::handler(terminal.style_of_notes());
    let mut shown = String::new();
    for mistake in mistakes {
        // Writing to a string cannot fail.
        let _ = handler.render_report(&mut shown, &mistake.reworded(|line| escape::visible(line).into_owned(), escape::harmless_source));
        shown.push('\n');
    }
    terminal.note(&shown);
    Wrong(format!("{what}: {}", words::counted(mistakes.len() as u64, "mistake", "mistakes")))
}
