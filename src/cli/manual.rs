//! `askfirst completions` and `askfirst man`: made of the arguments themselves, so they never lag behind.

use clap::CommandFactory;
use clap_mangen::Man;

use super::args::{CompletionsArgs, ManArgs};
use super::output::Terminal;
use super::{Arguments, Exit, Wrong};
use crate::discover::plain_io_error;

/// Prints a shell's completion script.
pub(super) fn completions(args: &CompletionsArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "askfirst", &mut script);
    terminal.report(&String::from_utf8(script)?, None)?;
    Ok(Exit::Clean)
}

/// The same for every build of a version.
fn command() -> clap::Command {
    Arguments::command().long_version(None)
}

/// Prints the page of the program, or writes all pages.
pub(super) fn pages(args: &ManArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let Some(folder) = &args.out else {
        let mut page = Vec::new();
        Man::new(command()).render(&mut page)?;
        terminal.report(&String::from_utf8(page)?, None)?;
        return Ok(Exit::Clean);
    };
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command(), folder));
    written.map_err(|error| Wrong(format!("--out {}: {}", folder.display(), plain_io_error(&error))))?;
    Ok(Exit::Clean)
}
