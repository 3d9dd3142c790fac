//! `askfirst config`: what counts, and where it comes from.

use std::fmt::Write as _;

use clap::parser::ValueSource;
use clap::{ArgMatches, ValueEnum};

use super::args::{ConfigArgs, FailOn};
use super::output::Terminal;
use super::settings::{Settings, TODAY, today};
use super::{Exit, Wrong};
use crate::baseline;
use crate::engine::{BaselineChoice, PolicyChoice};
use crate::policy::{At, FILE_NAME, Level, Policy, nearest_to_run};
use crate::report::escape;
use crate::source::LineIndex;
use crate::verdict::Rule;

/// Shows every setting.
pub(super) fn run(args: &ConfigArgs, matches: &ArgMatches, terminal: &Terminal) -> Result<Exit, Wrong> {
    let settings = Settings::read(&args.scan.policy, terminal)?;
    let said = matches.subcommand_matches("config").map_or_else(Said::default, |matches| Said { matches: Some(matches) });
    let rows = Rows { args, said, settings: &settings };
    let mut out = String::new();
    for (name, value, source) in rows.all()? {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{name:<10} {:<36} {}", escape::visible(&value), escape::visible(&source));
    }
    for (rule, value, source) in settings.policy.iter().flat_map(severities) {
        let _ = writeln!(out, "{:<10} {:<36} {}", "severity", format!("{rule} = {value}"), escape::visible(&source));
    }
    terminal.report(&out, None)?;
    Ok(Exit::Clean)
}

type Row = (&'static str, String, String);

const DEFAULT: &str = "default";

/// What was said on the command line and in variables.
#[derive(Default)]
struct Said<'m> {
    matches: Option<&'m ArgMatches>,
}

impl Said<'_> {
    /// The value as it was written, and whether a flag or a variable says it; none when neither does.
    fn of(&self, id: &str, flag: &str, variable: &str) -> Option<(String, String)> {
        let matches = self.matches?;
        let source = match matches.value_source(id)? {
            ValueSource::CommandLine => flag.to_owned(),
            ValueSource::EnvVariable => variable.to_owned(),
            _ => return None,
        };
        let values: Vec<String> = matches.get_raw(id)?.map(|value| value.to_string_lossy().into_owned()).collect();
        Some((values.join(", "), source))
    }

    fn is_flag(&self, id: &str) -> bool {
        self.matches.is_some_and(|matches| matches.value_source(id) == Some(ValueSource::CommandLine))
    }
}

struct Rows<'a> {
    args: &'a ConfigArgs,
    said: Said<'a>,
    settings: &'a Settings,
}

impl Rows<'_> {
    fn all(&self) -> Result<Vec<Row>, Wrong> {
        let row = |name: &'static str, (value, source): (String, String)| (name, value, source);
        Ok(vec![
            row("policy", self.policy()),
            row("baseline", self.baseline()),
            row("rules", self.said.of("folder", "--rules", "ASKFIRST_RULES").unwrap_or(("built in".to_owned(), DEFAULT.to_owned()))),
            row("format", self.said.of("format", "--format", "ASKFIRST_FORMAT").unwrap_or(("pretty".to_owned(), DEFAULT.to_owned()))),
            row("fail-on", self.fail_on()),
            row("include", self.include()),
            row("exclude", self.exclude()),
            row("jobs", self.said.of("jobs", "--jobs", "ASKFIRST_JOBS").unwrap_or(("one per core".to_owned(), DEFAULT.to_owned()))),
            row("today", (today()?.to_string(), if std::env::var_os(TODAY).is_some() { TODAY.to_owned() } else { "the clock, in UTC".to_owned() })),
        ])
    }

    fn policy(&self) -> (String, String) {
        match (self.args.scan.policy.choice(), &self.settings.policy) {
            (PolicyChoice::None, _) => ("none".to_owned(), "--no-config".to_owned()),
            (PolicyChoice::File(path), _) => {
                let source = self.said.of("config", "--config", "ASKFIRST_CONFIG").map_or(String::new(), |(_, source)| source);
                (path.to_string_lossy().into_owned(), source)
            }
            (PolicyChoice::Nearest, Some(policy)) => (path_of(policy), "the nearest above the current folder".to_owned()),
            (PolicyChoice::Nearest, None) => ("none".to_owned(), format!("no {FILE_NAME} in the current folder or above")),
        }
    }

    fn baseline(&self) -> (String, String) {
        let file = baseline::FILE_NAME;
        match self.args.scan.baseline.choice() {
            BaselineChoice::None => ("none".to_owned(), "--no-baseline".to_owned()),
            BaselineChoice::File(path) | BaselineChoice::Written(path) => {
                let source = self.said.of("file", "--baseline", "ASKFIRST_BASELINE").map_or(String::new(), |(_, source)| source);
                (path.to_string_lossy().into_owned(), source)
            }
            BaselineChoice::Nearest => match nearest_to_run(file) {
                Some(path) => (path, "the nearest above the current folder".to_owned()),
                None => ("none".to_owned(), format!("no {file} in the current folder or above")),
            },
        }
    }

    fn fail_on(&self) -> (String, String) {
        let in_policy = || {
            let policy = self.settings.policy.as_ref()?;
            let set = policy.scan.fail_on.as_ref()?;
            Some((name(set.value.into()), place(policy, set.at)))
        };
        let flagged = self.said.of("fail_on", "--fail-on", "ASKFIRST_FAIL_ON");
        flagged.or_else(in_policy).unwrap_or_else(|| (name(FailOn::Error), DEFAULT.to_owned()))
    }

    fn include(&self) -> (String, String) {
        let in_policy = || {
            let policy = self.settings.policy.as_ref()?;
            let words = policy.scan.include.as_ref()?;
            let first = words.first()?;
            Some((words.iter().map(|word| word.value.as_str()).collect::<Vec<_>>().join(", "), place(policy, first.at)))
        };
        let said = self.said.of("include", "--include", "ASKFIRST_INCLUDE").or_else(in_policy);
        let flags = [("hidden", "--hidden", "hidden"), ("no_ignore", "--no-ignore", "ignored")];
        let flags = flags.into_iter().filter(|(id, ..)| self.said.is_flag(id)).map(|(_, flag, kind)| (kind.to_owned(), flag.to_owned()));
        let all: Vec<(String, String)> = said.into_iter().chain(flags).collect();
        joined(all).unwrap_or_else(|| ("nothing more".to_owned(), DEFAULT.to_owned()))
    }

    /// What flags and variables leave out, and what the policy does: both count.
    fn exclude(&self) -> (String, String) {
        let policy = self.settings.policy.as_ref().filter(|policy| !policy.scan.exclude.is_empty());
        let in_policy = policy.map(|policy| {
            let globs: Vec<&str> = policy.scan.exclude.iter().map(|glob| glob.value.glob.as_str()).collect();
            (globs.join(", "), place(policy, policy.scan.exclude[0].at))
        });
        let all = self.said.of("exclude", "--exclude", "ASKFIRST_EXCLUDE").into_iter().chain(in_policy).collect();
        joined(all).unwrap_or_else(|| ("nothing more".to_owned(), DEFAULT.to_owned()))
    }
}

/// As it is written on the command line.
fn name(fail_on: FailOn) -> String {
    fail_on.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn joined(all: Vec<(String, String)>) -> Option<(String, String)> {
    let (values, sources): (Vec<String>, Vec<String>) = all.into_iter().unzip();
    (!values.is_empty()).then(|| (values.join(", "), sources.join(", ")))
}

/// Severities that the policy sets.
fn severities(policy: &Policy) -> Vec<(Rule, &'static str, String)> {
    let word = |level: Level| match level {
        Level::Off => "off",
        Level::At(severity) => severity.name(),
    };
    let everywhere = policy.severities.iter().map(|(rule, set)| (*rule, word(set.value), place(policy, set.at)));
    let somewhere = policy.overrides.iter().flat_map(|one| {
        let paths: Vec<&str> = one.paths.iter().map(|glob| glob.value.glob.as_str()).collect();
        let paths = paths.join(", ");
        one.severities.iter().map(move |(rule, set)| (*rule, word(set.value), format!("{}, in {paths}", place(policy, set.at))))
    });
    everywhere.chain(somewhere).collect()
}

fn path_of(policy: &Policy) -> String {
    policy.files.first().map_or_else(String::new, |file| file.path.clone())
}

/// `askfirst.toml:12`
fn place(policy: &Policy, at: At) -> String {
    let file = policy.file(at);
    format!("{}:{}", file.path, LineIndex::new(&file.text).line(at.span.start))
}
