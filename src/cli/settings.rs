//! What counts where neither a flag nor a variable says it: the policy that speaks for the folder of the run, and the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::ValueEnum;

use super::Wrong;
use super::args::{FailOn, FileArgs, Include, PolicyArgs};
use super::output::{Terminal, wrong};
use crate::engine::{Options, PolicyChoice};
use crate::policy::{Policy, PolicyErrors, PolicySet};
use crate::verdict::Date;

/// The variable that says which day it is.
pub(super) const TODAY: &str = "ASKFIRST_TODAY";

const SECONDS_OF_A_DAY: u64 = 24 * 60 * 60;

/// Settings of the policy that speaks for the folder of the run.
pub(super) struct Settings {
    /// That policy.
    pub policy: Option<Policy>,
    /// It has mistakes, so it does not count.
    is_mistaken: bool,
}

impl Settings {
    /// Reads it; mistakes are shown.
    pub fn read(args: &PolicyArgs, terminal: &Terminal) -> Result<Self, Wrong> {
        let policy = policy_of_run(args);
        policy.map(|policy| Self { policy, is_mistaken: false }).map_err(|errors| wrong("the policy", &errors.mistakes, terminal))
    }

    /// Reads it for a scan. Whether mistakes in it matter is for the scan to say: it may speak for nothing that is scanned.
    pub fn for_scan(args: &PolicyArgs) -> Self {
        policy_of_run(args).map_or(Self { policy: None, is_mistaken: true }, |policy| Self { policy, is_mistaken: false })
    }

    /// Says that its settings do not count.
    pub fn note_mistakes(&self, terminal: &Terminal) {
        if self.is_mistaken {
            terminal.note("note: the policy of the current folder has mistakes, so its settings do not count; `askfirst config` shows them\n");
        }
    }

    /// Fills in what is not said otherwise.
    pub fn complete(&self, mut options: Options, args: &FileArgs) -> Result<Options, Wrong> {
        if args.include.is_empty() {
            options.discover.include.extend(self.include().map(Include::reason));
        }
        options.today = Some(today()?);
        Ok(options)
    }

    /// The kinds of files that the policy looks at, too.
    pub fn include(&self) -> impl Iterator<Item = Include> {
        let words = self.policy.iter().filter_map(|policy| policy.scan.include.as_ref()).flatten();
        words.filter_map(|word| Include::from_str(&word.value, false).ok())
    }

    /// The least severity that makes a check fail, if the policy says it.
    pub fn fail_on(&self) -> Option<FailOn> {
        Some(self.policy.as_ref()?.scan.fail_on.as_ref()?.value.into())
    }
}

/// The policy that speaks for the folder of the run.
fn policy_of_run(args: &PolicyArgs) -> Result<Option<Policy>, PolicyErrors> {
    // Any file in the folder: it need not be there.
    const HERE: &str = "here";
    match args.choice() {
        PolicyChoice::None => Ok(None),
        PolicyChoice::File(path) => Policy::read(&path, &path.to_string_lossy().replace('\\', "/")).map(Some),
        PolicyChoice::Nearest => PolicySet::discover([HERE]).map(|set| set.for_file(HERE).cloned()),
    }
}

/// The day in UTC; `ASKFIRST_TODAY` for runs that must not depend on it.
pub(super) fn today() -> Result<Date, Wrong> {
    match std::env::var(TODAY) {
        Ok(day) => Date::parse(&day).ok_or_else(|| Wrong(format!("{TODAY}: `{day}` is no day; write it like 2027-03-31"))),
        Err(_) => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Ok(Date::from_days(since.as_secs() / SECONDS_OF_A_DAY))
        }
    }
}
