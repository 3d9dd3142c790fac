//! Runs every fixture: each access carries a mark, and every line without one stays silent.

mod fixture;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use askfirst::catalogue;
use askfirst::discover::Settings;
use askfirst::engine::{self, Options, Progress};
use askfirst::scan::Scan;
use askfirst::verdict::Date;
use fixture::{Claim, Fixture, Placed};
use libtest_mimic::{Arguments, Failed, Trial};

/// What may lapse is marked as of this day.
const TODAY: &str = "2026-06-15";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = vec![Trial::test("there_are_fixtures", there_are_fixtures)];
    for fixture in fixture::with_marks() {
        trials.push(Trial::test(fixture.name.clone(), move || run(&fixture)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A wrong folder would make all other tests vanish.
fn there_are_fixtures() -> Result<(), Failed> {
    if fixture::source_files().is_empty() { Err("no fixture was found below fixtures/".into()) } else { Ok(()) }
}

fn run(fixture: &Fixture) -> Result<(), Failed> {
    let scan = scan(fixture, false)?;
    if let Some(one) = scan.incomplete.first() {
        return Err(format!("{}: {}", one.path, one.reason).into());
    }
    let on_demand = scan_answers(&self::scan(fixture, true)?);
    if on_demand != scan_answers(&scan) {
        return Err(format!("parsing on demand must not change the answers; they are\n{on_demand:#?}").into());
    }
    compare_with_marks(fixture, &scan)
}

fn scan(fixture: &Fixture, on_demand: bool) -> Result<Scan, Failed> {
    let discover = Settings { paths: vec![PathBuf::from(&fixture.name)], jobs: 1, ..Settings::default() };
    Ok(engine::scan(&Options { discover, on_demand, today: Date::parse(TODAY), ..Options::default() }, catalogue::embedded(), &Progress::default())?)
}

fn scan_answers(scan: &Scan) -> Vec<Placed> {
    fixture::answers(&scan.outcome, |place| {
        let (path, at) = scan.locate(place);
        (path.to_owned(), at.line)
    })
}

fn compare_with_marks(fixture: &Fixture, scan: &Scan) -> Result<(), Failed> {
    let mut unexpected = scan_answers(scan);
    let mut missed = Vec::new();
    let mut outdated = Vec::new();
    for path in &fixture.files {
        for mark in fixture::marks(&fixture::read(path)).map_err(|problem| format!("{path}: {problem}"))? {
            let wanted = (path.clone(), mark.line, mark.answer);
            let given = unexpected.iter().position(|answer| *answer == wanted);
            match (mark.claim, given) {
                (Claim::Right | Claim::FalseAlarm, Some(index)) => {
                    unexpected.swap_remove(index);
                }
                (Claim::Right, None) => missed.push(wanted),
                (Claim::Missed, None) => {}
                (Claim::Missed, Some(index)) => {
                    unexpected.swap_remove(index);
                    outdated.push((wanted, "is found now; take `missed` out of the mark"));
                }
                (Claim::FalseAlarm, None) => outdated.push((wanted, "is no longer said; remove the mark")),
            }
        }
    }
    unexpected.sort();
    report(&missed, &unexpected, &outdated, &scan_answers(scan))
}

fn report(missed: &[Placed], unexpected: &[Placed], outdated: &[(Placed, &str)], given: &[Placed]) -> Result<(), Failed> {
    let mut text = String::new();
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = writeln!(text, "{title}\n  {}", lines.join("\n  "));
        }
    };
    section("missed: marked, but not found", missed.iter().map(|(path, line, answer)| format!("{path}:{line}: {answer}")).collect());
    let marked = |(path, line, answer): &Placed| format!("{path}:{line}: {answer}\n    {}", marked_line(path, *line, given));
    section("unexpected: found, but not marked; if it is right, the line is", unexpected.iter().map(marked).collect());
    section("outdated marks", outdated.iter().map(|((path, line, answer), what)| format!("{path}:{line}: {answer} {what}")).collect());
    if text.is_empty() { Ok(()) } else { Err(text.into()) }
}

/// The line with a mark for each answer that is given about it.
fn marked_line(path: &str, line: u32, given: &[Placed]) -> String {
    let text = fixture::read(path);
    let source = text.lines().nth(line as usize - 1).unwrap_or_default().split("//~").next().unwrap_or_default().trim_end();
    let here = given.iter().filter(|(other_path, other_line, _)| other_path == path && *other_line == line);
    format!("{source}{}", here.map(|(_, _, answer)| format!(" //~ {answer}")).collect::<String>())
}
