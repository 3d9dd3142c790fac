//! What can be said on the command line.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

use crate::catalogue::DataCategory;
use crate::discover::Settings;
use crate::engine::{Options, PolicyChoice};
use crate::scan::SkipReason;
use crate::source::Platform;
use crate::verdict::Severity;

const EXIT_STATUS: &str = "\
Exit status:
  0  nothing at or above --fail-on
  1  findings
  2  the command or the rules are wrong
  3  a file could not be analysed, and --allow-incomplete was not given (findings come first)";

/// Finds every access to people's data in an app's source, and the paths on which the app does not ask first.
///
/// Reads Kotlin, Java, Swift, Objective-C and Rust. Needs no build and no network, and runs nothing of what it reads.
#[derive(Debug, Parser)]
#[command(name = "askfirst", version, arg_required_else_help = true, disable_help_subcommand = true, after_help = EXIT_STATUS)]
pub struct Arguments {
    /// When to use colours; `auto` minds NO_COLOR, CLICOLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report accesses that are reached without asking first
    #[command(after_help = EXIT_STATUS)]
    Check(CheckArgs),
    /// List every access: what, where, and how it is guarded
    Inventory(InventoryArgs),
    /// Write a first policy, askfirst.toml, from what the code does
    Init(InitArgs),
    /// Search the catalogue of accesses and checks
    Rules(RulesArgs),
    /// Explain a rule, or what stands at FILE:LINE
    Explain(ExplainArgs),
    /// Print the JSON Schema of askfirst.toml, for editors
    Schema,
    /// Show what a stage makes of one file (for contributors)
    Debug(DebugArgs),
}

/// `askfirst check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Shared with `inventory`.
    #[command(flatten)]
    pub scan: ScanArgs,
    /// List every access in the JSON report, too
    #[arg(long)]
    pub inventory: bool,
}

/// `askfirst inventory`
#[derive(Debug, Args)]
pub struct InventoryArgs {
    /// Shared with `check`.
    #[command(flatten)]
    pub scan: ScanArgs,
}

/// `askfirst init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder for which the policy speaks, and in which it is written [default: .]
    #[arg(value_name = "FOLDER")]
    pub path: Option<PathBuf>,
    /// Print the proposal instead of writing it
    #[arg(long)]
    pub stdout: bool,
    /// The catalogue.
    #[command(flatten)]
    pub rules: RulesFolder,
}

/// What is scanned and how the answer is given.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Files and folders to scan; what is named here is always looked at [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to write the report
    #[arg(long, value_name = "FORMAT", default_value = "pretty")]
    pub format: Format,
    /// Write the report to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Least severity for exit status 1 [default: error; inventory: never]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Exit with 0 or 1 even when a file could not be analysed
    #[arg(long)]
    pub allow_incomplete: bool,
    /// Look at what is left out by default, too (several with commas)
    #[arg(long, value_name = "KIND", value_delimiter = ',', help_heading = "Files")]
    pub include: Vec<Include>,
    /// Look at hidden files and folders, too: --include hidden
    #[arg(long, help_heading = "Files")]
    pub hidden: bool,
    /// Do not mind .gitignore and .ignore: --include ignored
    #[arg(long, help_heading = "Files")]
    pub no_ignore: bool,
    /// Leave out what matches, in the syntax of .gitignore, from the current folder (repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    pub exclude: Vec<String>,
    /// The catalogue.
    #[command(flatten)]
    pub rules: RulesFolder,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Number of threads [default: one per core]
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Do not use a cache (there is none yet)
    #[arg(long)]
    pub no_cache: bool,
    /// Parse every file (as is done anyway)
    #[arg(long, hide = true, conflicts_with = "on_demand")]
    pub parse_all: bool,
    /// Parse only files that name an access, and those that they ask for by name (slower than parsing all on large trees so far)
    #[arg(long, hide = true)]
    pub on_demand: bool,
    /// Print counts and times to standard error
    #[arg(long)]
    pub stats: bool,
}

/// Where rules come from besides those that are built in.
#[derive(Debug, Args)]
pub struct RulesFolder {
    /// Folder with further rule files; one of the same name (android/contacts.toml) replaces the built-in one
    #[arg(long = "rules", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// Which policy speaks.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// Policy for all files, instead of the nearest askfirst.toml above each; its paths start at the current folder
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Mind no policy: ask only whether the system was asked
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
}

impl PolicyArgs {
    /// For the engine.
    pub fn choice(&self) -> PolicyChoice {
        match &self.config {
            Some(file) => PolicyChoice::File(file.clone()),
            None if self.no_config => PolicyChoice::None,
            None => PolicyChoice::Nearest,
        }
    }
}

/// Formats of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Source excerpts for people
    Pretty,
    /// One line each
    Short,
    /// For programs
    Json,
}

/// Least severity that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors only
    Error,
    /// Errors and warnings
    Warning,
    /// Nothing
    Never,
}

impl FailOn {
    /// Whether a finding of this severity fails the run.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Never => false,
        }
    }
}

/// What a walk leaves out by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Include {
    /// src/test, src/androidTest, …Tests and the like
    Tests,
    /// Pods, Carthage, third_party, node_modules and the like
    Vendored,
    /// build, out, target, DerivedData and the like
    Build,
    /// Names that start with a dot
    Hidden,
    /// What .gitignore and .ignore name
    Ignored,
}

impl Include {
    fn reason(self) -> SkipReason {
        match self {
            Self::Tests => SkipReason::Tests,
            Self::Vendored => SkipReason::Vendored,
            Self::Build => SkipReason::Build,
            Self::Hidden => SkipReason::Hidden,
            Self::Ignored => SkipReason::Ignored,
        }
    }
}

impl ScanArgs {
    /// As the engine takes it.
    pub fn options(&self) -> Options {
        let mut include: HashSet<SkipReason> = self.include.iter().map(|kind| kind.reason()).collect();
        include.extend(self.hidden.then_some(SkipReason::Hidden));
        include.extend(self.no_ignore.then_some(SkipReason::Ignored));
        let discover = Settings {
            paths: self.paths.clone(),
            include,
            exclude: self.exclude.clone(),
            count_skipped: self.stats,
            jobs: self.jobs.map_or(0, NonZeroUsize::get),
        };
        Options { discover, on_demand: self.on_demand, policy: self.policy.choice() }
    }
}

/// `askfirst rules`
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// Show only entries with this text (in a symbol, a category, a permission …)
    pub query: Option<String>,
    /// Show only this data category
    #[arg(long, value_parser = category_parser())]
    pub category: Option<DataCategory>,
    /// Show only this platform
    #[arg(long)]
    pub platform: Option<PlatformName>,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "pretty")]
    pub format: RulesFormat,
    /// Print only the names of accesses, one a line: what a plain text search would look for
    #[arg(long, conflicts_with_all = ["query", "category", "format"])]
    pub names: bool,
    /// The catalogue.
    #[command(flatten)]
    pub rules: RulesFolder,
}

fn category_parser() -> impl TypedValueParser<Value = DataCategory> {
    PossibleValuesParser::new(DataCategory::ALL.map(DataCategory::name)).map(|name| DataCategory::from_name(&name).unwrap_or(DataCategory::Contacts))
}

/// Formats of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    /// A table
    Pretty,
    /// For programs
    Json,
}

/// Platforms by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum PlatformName {
    Android,
    Apple,
    Rust,
}

impl From<PlatformName> for Platform {
    fn from(name: PlatformName) -> Self {
        match name {
            PlatformName::Android => Self::Android,
            PlatformName::Apple => Self::Apple,
            PlatformName::Rust => Self::Rust,
        }
    }
}

/// `askfirst explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The id of a rule (`ungated-access`), or a place (`app/Contacts.kt:42`)
    #[arg(value_name = "RULE|FILE:LINE")]
    pub target: String,
    /// The catalogue.
    #[command(flatten)]
    pub rules: RulesFolder,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// `askfirst debug`
#[derive(Debug, Args)]
pub struct DebugArgs {
    /// Which stage
    pub stage: Stage,
    /// Which file
    pub file: PathBuf,
    /// The catalogue.
    #[command(flatten)]
    pub rules: RulesFolder,
}

/// Stages of the analysis of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    /// The parser's tree
    Tree,
    /// What the frontend lowers it to
    Ir,
    /// Accesses, with all that was concluded about them
    Sites,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
