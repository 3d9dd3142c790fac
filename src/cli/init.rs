//! `askfirst init`

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use super::args::InitArgs;
use super::output::{Terminal, catalogue, wrong};
use super::{Exit, Wrong, progress};
use crate::discover::{self, Settings, plain_io_error};
use crate::engine::{BaselineChoice, Options, PolicyChoice};
use crate::init;
use crate::policy::{FILE_NAME, Policy};
use crate::report::{escape, summary, words};

/// Proposes a policy and writes it, never over another.
pub(super) fn run(args: &InitArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let root = args.path.as_deref().unwrap_or(Path::new("."));
    if !root.is_dir() {
        return Err(Wrong(format!("{}: not a folder; a policy speaks for a folder and all below it", root.display())));
    }
    let file = root.join(FILE_NAME);
    if !args.stdout && file.symlink_metadata().is_ok() {
        return Err(Wrong(already_there(&file)));
    }
    let catalogue = catalogue(args.rules.folder.as_deref(), terminal)?;
    let options = Options {
        discover: Settings { paths: vec![root.to_owned()], ..Settings::default() },
        policy: PolicyChoice::None,
        baseline: BaselineChoice::None,
        ..Options::default()
    };
    let scan = progress::with_bar(|progress| terminal.scan(&options, &catalogue, progress))?;
    let text = init::propose(&scan, &discover::shown_folder(root)?, &init::read_purposes(root, &catalogue));
    if let Err(errors) = Policy::parse(&[(FILE_NAME, &text)]) {
        return Err(wrong("internal error, please report it: the proposal", &errors.mistakes, terminal));
    }
    terminal.note(&summary::incomplete(&scan));
    if args.stdout {
        terminal.report(&text, None)?;
    } else {
        let mut target = OpenOptions::new().write(true).create_new(true).open(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Wrong(already_there(&file)),
            _ => Wrong(format!("{}: {}", file.display(), plain_io_error(&error))),
        })?;
        target.write_all(text.as_bytes()).map_err(|error| Wrong(format!("{}: {}", file.display(), plain_io_error(&error))))?;
        let accesses = words::counted(scan.outcome.sites.len() as u64, "access", "accesses");
        let note = format!("wrote {}, from {accesses}: go through it, then run askfirst check {}", file.display(), root.display());
        terminal.note(&format!("{}\n", escape::visible(&note)));
    }
    Ok(if scan.incomplete.is_empty() { Exit::Clean } else { Exit::Incomplete })
}

fn already_there(file: &Path) -> String {
    format!("{}: there is a policy already, and init never overwrites one; askfirst init --stdout shows the proposal", file.display())
}
