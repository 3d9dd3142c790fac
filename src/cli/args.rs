//! What can be said on the command line.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ColorChoice, Parser, Subcommand, ValueEnum};

use super::outputs::Output;
use super::tree::Named;
use crate::catalogue::DataCategory;
use crate::discover::Settings;
use crate::engine::{BaselineChoice, Options, PolicyChoice};
use crate::policy;
use crate::scan::SkipReason;
use crate::source::Platform;
use crate::verdict::Severity;

const EXIT_STATUS: &str = "\
Exit status:
  0  nothing at or above --fail-on
  1  findings
  2  the command or the rules are wrong
  3  a file could not be analysed, and --allow-incomplete was not given (findings come first)";

const EXIT_STATUS_OF_BASELINE: &str = "\
Exit status:
  0  the baseline is written, or with --check is as it would be written
  1  with --check: something is new or fixed
  2  the command or its files are wrong
  3  a file could not be analysed, and --allow-incomplete was not given; nothing is written";

const PRECEDENCE: &str = "\
What counts, from the strongest to the weakest:
  a flag, an environment variable (ASKFIRST_FORMAT …), the nearest policy, the default";
/// For `--version`; `-V` tells the first line only.
const LONG_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\ncommit: ", env!("ASKFIRST_COMMIT"), "\ntarget: ", env!("ASKFIRST_TARGET"));

/// Flags that contradict each other. A flag and a variable do not: the flag counts.
const CONTRADICTIONS: [[(&str, &str); 2]; 2] =
    [[("config", "--config"), ("no_config", "--no-config")], [("file", "--baseline"), ("no_baseline", "--no-baseline")]];

/// What is wrong with the flags of a command together.
pub fn contradiction(matches: &ArgMatches) -> Option<String> {
    let is_flag = |id: &str| matches.try_get_raw(id).is_ok() && matches.value_source(id) == Some(ValueSource::CommandLine);
    let both = CONTRADICTIONS.iter().find(|pair| pair.iter().all(|(id, _)| is_flag(id)));
    both.map(|[(_, left), (_, right)]| format!("`{left}` and `{right}` contradict each other"))
}

/// Finds every access to people's data in an app's source, and the paths on which the app does not ask first.
///
/// Reads Kotlin, Java, Swift, Objective-C and Rust. Needs no build and no network, and runs nothing of what it reads.
#[derive(Debug, Parser)]
#[command(name = "askfirst", version, long_version = LONG_VERSION, arg_required_else_help = true, disable_help_subcommand = true, after_help = EXIT_STATUS)]
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
    /// Show what a change makes of the app's accesses: what is new, gone, or guarded differently
    Diff(DiffArgs),
    /// Record today's findings, so that `check` reports only new ones
    #[command(after_help = EXIT_STATUS_OF_BASELINE)]
    Baseline(RecordArgs),
    /// Search the catalogue of accesses and checks
    Rules(RulesArgs),
    /// Explain a rule, or what stands at FILE:LINE
    Explain(ExplainArgs),
    /// Show what counts here: each setting with its value and where it comes from
    #[command(after_help = PRECEDENCE)]
    Config(ConfigArgs),
    /// Print the JSON Schema of askfirst.toml, for editors
    Schema,
    /// Print what completes commands in a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands
    Man(ManArgs),
    /// Show what a stage makes of one file (for contributors)
    Debug(DebugArgs),
}

/// `askfirst check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Shared with `inventory`.
    #[command(flatten)]
    pub scan: ScanArgs,
    /// Report only what a change made.
    #[command(flatten)]
    pub since: SinceArgs,
    /// Mend what can be mended without a change of what the app does, and report the rest
    #[arg(long, conflicts_with = "staged")]
    pub fix: bool,
    /// With --fix: change nothing, print a diff instead of the report; exit status 1 if there is one
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// List every access, too, in the formats json and html
    #[arg(long)]
    pub inventory: bool,
}

/// `askfirst diff`
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Two revisions of git, A..B; A...B compares B with where it left A, and A alone is compared with the files on disk
    #[arg(value_name = "A..B")]
    pub range: String,
    /// Files and folders to compare [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to write the report
    #[arg(long, value_name = "FORMAT", default_value = "pretty")]
    pub format: DiffFormat,
    /// Write the report to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Exit with 0 even when a file could not be analysed
    #[arg(long)]
    pub allow_incomplete: bool,
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// The catalogue.
    #[command(flatten)]
    pub rules: RulesFolder,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Formats of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people
    Pretty,
    /// For programs
    Json,
    /// For a comment on a pull request
    Markdown,
}

/// Against which state only new findings are reported.
#[derive(Debug, Args)]
pub struct SinceArgs {
    /// Report only findings that were not there at the last common commit with REV
    #[arg(long, value_name = "REV", help_heading = "Git")]
    pub since: Option<String>,
    /// Report only findings that were not there at the last commit: --since HEAD
    #[arg(long, conflicts_with = "since", help_heading = "Git")]
    pub diff: bool,
}

impl SinceArgs {
    /// The revision; none when everything is reported.
    pub fn revision(&self) -> Option<&str> {
        if self.diff { Some("HEAD") } else { self.since.as_deref() }
    }
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
    /// How to write the report; inventories have pretty, short, json, markdown and html
    #[arg(long, value_name = "FORMAT", default_value = "pretty", env = "ASKFIRST_FORMAT", hide_env_values = true)]
    pub format: Format,
    /// Write the report to FILE instead of standard output; or with FORMAT:FILE one more report, beside that of --format (repeatable)
    #[arg(long, short, value_name = "[FORMAT:]FILE", value_parser = OsStringValueParser::new().try_map(Output::parse))]
    pub output: Vec<Output>,
    /// Least severity for exit status 1 [default: that of the policy, else error; inventory: never]
    #[arg(long, value_name = "SEVERITY", env = "ASKFIRST_FAIL_ON", hide_env_values = true)]
    pub fail_on: Option<FailOn>,
    /// Exit with 0 or 1 even when a file could not be analysed
    #[arg(long)]
    pub allow_incomplete: bool,
    /// Look at what the next commit will hold (git's index) instead of the files on disk
    #[arg(long, help_heading = "Git")]
    pub staged: bool,
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// The catalogue.
    #[command(flatten)]
    pub rules: RulesFolder,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// The baseline.
    #[command(flatten)]
    pub baseline: BaselineArgs,
    /// Do not use a cache (there is none yet)
    #[arg(long)]
    pub no_cache: bool,
    /// Parse every file, which is the default
    #[arg(long, conflicts_with = "on_demand", help_heading = "Files")]
    pub parse_all: bool,
    /// Parse only files that name an access, and those that they ask for by name: same answers, less memory, more time
    #[arg(long, help_heading = "Files")]
    pub on_demand: bool,
    /// Show what is allowed by comments or a baseline, too
    #[arg(long)]
    pub show_suppressed: bool,
    /// Print counts and times to standard error
    #[arg(long)]
    pub stats: bool,
}

/// Which files below the named folders are looked at, and by how many at once.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// Look at what is left out by default, too (several with commas) [default: as the policy says]
    #[arg(long, value_name = "KIND", value_delimiter = ',', help_heading = "Files", env = "ASKFIRST_INCLUDE", hide_env_values = true)]
    pub include: Vec<Include>,
    /// Look at hidden files and folders, too: --include hidden
    #[arg(long, help_heading = "Files")]
    pub hidden: bool,
    /// Do not mind .gitignore and .ignore: --include ignored
    #[arg(long, help_heading = "Files")]
    pub no_ignore: bool,
    /// Leave out what matches, in the syntax of .gitignore, from the current folder (repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Files", env = "ASKFIRST_EXCLUDE", hide_env_values = true)]
    pub exclude: Vec<String>,
    /// Number of threads [default: one per core]
    #[arg(long, short, value_name = "N", env = "ASKFIRST_JOBS", hide_env_values = true)]
    pub jobs: Option<NonZeroUsize>,
}

/// Which findings are known.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// Baseline for all files, instead of the nearest askfirst-baseline.txt above each
    #[arg(long = "baseline", value_name = "FILE", env = "ASKFIRST_BASELINE", hide_env_values = true)]
    pub file: Option<PathBuf>,
    /// Mind no baseline: report what is known, too
    #[arg(long)]
    pub no_baseline: bool,
}

impl BaselineArgs {
    /// For the engine.
    pub fn choice(&self) -> BaselineChoice {
        match &self.file {
            // What is said on the command line counts more than a variable.
            _ if self.no_baseline => BaselineChoice::None,
            Some(file) => BaselineChoice::File(file.clone()),
            None => BaselineChoice::Nearest,
        }
    }
}

/// Where rules come from besides those that are built in.
#[derive(Debug, Args)]
pub struct RulesFolder {
    /// Folder with further rule files; one of the same name (android/contacts.toml) replaces the built-in one
    #[arg(long = "rules", value_name = "DIR", env = "ASKFIRST_RULES", hide_env_values = true)]
    pub folder: Option<PathBuf>,
}

/// Which policy speaks.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// Policy for all files, instead of the nearest askfirst.toml above each; its paths start at the current folder
    #[arg(long, value_name = "FILE", env = "ASKFIRST_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// Mind no policy: ask only whether the system was asked
    #[arg(long)]
    pub no_config: bool,
}

impl PolicyArgs {
    /// For the engine.
    pub fn choice(&self) -> PolicyChoice {
        match &self.config {
            // What is said on the command line counts more than a variable.
            _ if self.no_config => PolicyChoice::None,
            Some(file) => PolicyChoice::File(file.clone()),
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
    /// SARIF 2.1.0, for code scanning services and viewers
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// Checkstyle's XML, which many tools read
    Checkstyle,
    /// JUnit's XML: each access is a test
    Junit,
    /// A comment for a pull request
    Markdown,
    /// A page without scripts
    Html,
    /// Lines that Xcode shows beside the code
    Xcode,
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

impl From<policy::FailOn> for FailOn {
    fn from(fail_on: policy::FailOn) -> Self {
        match fail_on {
            policy::FailOn::Error => Self::Error,
            policy::FailOn::Warning => Self::Warning,
            policy::FailOn::Never => Self::Never,
        }
    }
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
    /// Files that say at their top that a program wrote them
    Generated,
    /// Names that start with a dot
    Hidden,
    /// What .gitignore and .ignore name
    Ignored,
}

impl Include {
    /// As the engine knows it.
    pub fn reason(self) -> SkipReason {
        match self {
            Self::Tests => SkipReason::Tests,
            Self::Vendored => SkipReason::Vendored,
            Self::Build => SkipReason::Build,
            Self::Generated => SkipReason::Generated,
            Self::Hidden => SkipReason::Hidden,
            Self::Ignored => SkipReason::Ignored,
        }
    }
}

impl FileArgs {
    /// As the walk takes it.
    pub fn settings(&self, paths: &[PathBuf], count_skipped: bool) -> Settings {
        let mut include: HashSet<SkipReason> = self.include.iter().map(|kind| kind.reason()).collect();
        include.extend(self.hidden.then_some(SkipReason::Hidden));
        include.extend(self.no_ignore.then_some(SkipReason::Ignored));
        Settings { paths: paths.to_vec(), include, exclude: self.exclude.clone(), count_skipped, jobs: self.jobs.map_or(0, NonZeroUsize::get) }
    }
}

impl ScanArgs {
    /// What is named on the command line.
    pub(super) fn named(&self) -> Named<'_> {
        Named { paths: &self.paths, config: self.policy.config.as_ref(), baseline: self.baseline.file.as_ref() }
    }

    /// As the engine takes it.
    pub fn options(&self) -> Options {
        let discover = self.files.settings(&self.paths, self.stats);
        Options { discover, on_demand: self.on_demand, policy: self.policy.choice(), baseline: self.baseline.choice(), ..Options::default() }
    }
}

/// `askfirst config`
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// As `check` takes them.
    #[command(flatten)]
    pub scan: ScanArgs,
}

/// `askfirst baseline`
#[derive(Debug, Args)]
pub struct RecordArgs {
    /// Files and folders to scan [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Baseline to write, instead of the nearest askfirst-baseline.txt above each file (if there is none, in the current folder)
    #[arg(long, value_name = "FILE", env = "ASKFIRST_BASELINE", hide_env_values = true)]
    pub baseline: Option<PathBuf>,
    /// Drop what is fixed, and add nothing
    #[arg(long)]
    pub prune: bool,
    /// Write nothing; exit with 1 if something is new or fixed
    #[arg(long, conflicts_with = "prune")]
    pub check: bool,
    /// Go on although a file could not be analysed: what it has is missing from the baseline
    #[arg(long)]
    pub allow_incomplete: bool,
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// The catalogue.
    #[command(flatten)]
    pub rules: RulesFolder,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
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

/// `askfirst completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell
    pub shell: clap_complete::Shell,
}

/// `askfirst man`
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
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
