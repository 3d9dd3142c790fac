//! `askfirst debug`: what each stage makes of one file.

use std::path::Path;

use super::args::{DebugArgs, Stage};
use super::output::{Terminal, catalogue};
use super::{Exit, Wrong};
use crate::discover::plain_io_error;
use crate::source::{Language, SourceFile, decode};
use crate::{analysis, engine, frontend, ir};

/// Shows a stage.
pub(super) fn run(args: &DebugArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let file = open(&args.file)?;
    let catalogue = catalogue(args.rules.folder.as_deref(), terminal)?;
    let text = engine::with_deep_stack(|| match args.stage {
        Stage::Tree => frontend::syntax_tree(&file),
        Stage::Ir => {
            let lowered = frontend::lower(&file);
            let gaps: String = lowered.gaps.iter().map(|gap| format!("gap: {gap:?}\n")).collect();
            format!("{}{gaps}", ir::dump(&lowered.module))
        }
        Stage::Sites => {
            format!("{:#?}\n", analysis::analyse(&ir::Program::of_one(&file.path, file.text.len() as u32, frontend::lower(&file).module), &catalogue))
        }
    })?;
    terminal.report(&text, None)?;
    Ok(Exit::Clean)
}

fn open(path: &Path) -> Result<SourceFile, Wrong> {
    let wrong = |reason: String| Wrong(format!("{}: {reason}", path.display()));
    let language = path.extension().and_then(|extension| extension.to_str()).and_then(Language::from_extension);
    let language = language.ok_or_else(|| wrong("not a language that askfirst reads".to_owned()))?;
    let bytes = std::fs::read(path).map_err(|error| wrong(plain_io_error(&error)))?;
    let text = decode(&bytes).map_err(|problem| wrong(problem.to_string()))?;
    Ok(SourceFile { path: path.to_string_lossy().into_owned(), language, text })
}
