//! The command line: arguments in, exit status out. Findings go to standard output, everything else to standard error.

mod args;
mod baseline;
mod config;
mod debug;
mod diff;
mod explain;
mod fixing;
mod init;
mod manual;
mod output;
mod outputs;
mod progress;
mod revisions;
mod rules;
mod scanning;
mod settings;
mod tree;

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches};

use crate::policy;
pub use args::{Arguments, Command};
use output::Terminal;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to act on.
    Clean = 0,
    /// Findings at or above `--fail-on`.
    Findings = 1,
    /// The command, or the rules, are wrong.
    Usage = 2,
    /// A file could not be analysed.
    Incomplete = 3,
}

/// Something is wrong with the command or its files; said on standard error, exit status 2.
#[derive(Debug)]
struct Wrong(String);

impl<E: std::error::Error> From<E> for Wrong {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let parsed = Arguments::command().try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches).map(|arguments| (arguments, matches)));
    let (arguments, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return usage_problem(&error),
    };
    let terminal = Terminal::new(arguments.color);
    if let Some(wrong) = matches.subcommand().and_then(|(_, matches)| args::contradiction(matches)) {
        terminal.note(&format!("error: {wrong}\n"));
        return ExitCode::from(Exit::Usage as u8);
    }
    let result = match arguments.command {
        Command::Check(check) => scanning::check(&check, &terminal),
        Command::Inventory(inventory) => scanning::inventory(&inventory, &terminal),
        Command::Diff(diff) => diff::run(&diff, &terminal),
        Command::Baseline(record) => baseline::run(&record, &terminal),
        Command::Init(init) => init::run(&init, &terminal),
        Command::Rules(query) => rules::run(&query, &terminal),
        Command::Explain(target) => explain::run(&target, &terminal),
        Command::Config(config) => config::run(&config, &matches, &terminal),
        Command::Schema => terminal.report(&policy::json_schema(), None).map(|()| Exit::Clean),
        Command::Completions(args) => manual::completions(&args, &terminal),
        Command::Man(args) => manual::pages(&args, &terminal),
        Command::Debug(stage) => debug::run(&stage, &terminal),
    };
    let exit = result.unwrap_or_else(|Wrong(message)| {
        terminal.note(&format!("error: {message}\n"));
        Exit::Usage
    });
    ExitCode::from(exit as u8)
}

fn usage_problem(error: &clap::Error) -> ExitCode {
    // Nothing is left to be done when even the complaint cannot be written.
    let _ = error.print();
    if let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue)
        && let Some((name, _)) = std::env::vars().find(|(name, set)| name.starts_with("ASKFIRST_") && set.split(',').any(|part| part == value))
        && !std::env::args().any(|argument| argument.contains(value.as_str()))
    {
        Terminal::new(clap::ColorChoice::Auto).note(&format!("\nthe value comes from the environment variable {name}\n"));
    }
    if error.kind() == ErrorKind::InvalidSubcommand
        && let Some(path) = std::env::args().nth(1).filter(|path| std::path::Path::new(path).exists())
    {
        Terminal::new(clap::ColorChoice::Auto).note(&format!("\nto scan it: askfirst check {path}\n"));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Usage as u8))
}
