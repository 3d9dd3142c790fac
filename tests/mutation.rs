//! Every guard of every fixture, spoiled in turn: what relied on it must not be guarded by it any longer.

mod fixture;
mod mutating;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::process::ExitCode;

use askfirst::ir::Program;
use fixture::{Claim, Fixture};
use libtest_mimic::{Arguments, Failed, Trial};
use mutating::{Access, CheckStep, Edits, Kind, Mutant, Mutator, Project, Shape};

/// Wrong answers of the analysis about mutants, each with its reason. The test fails when one is right at last, and it goes.
const SURVIVORS: [Survivor; 1] = [Survivor {
    fixture: "fixtures/guards/assert-only.rs",
    function: "demanded_equal",
    mutant: Kind::Negated,
    answer: Wrong::Guarded,
    reason: "what `assert_eq!` says is not written as a condition: to negate the macro negates nothing",
}];

/// An access about which the answer is wrong when one of its checks is spoiled.
struct Survivor {
    fixture: &'static str,
    /// The function that the access is in.
    function: &'static str,
    mutant: Kind,
    answer: Wrong,
    #[allow(dead_code, reason = "for readers")]
    reason: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    /// It is still guarded by the spoiled check.
    Guarded,
    /// Nothing is said of it any more.
    Gone,
}

/// Accesses that are guarded by a proof that does not say by which check, or not where it is.
const UNPROVEN: [Unproven; 1] = [Unproven { fixture: "fixtures/guards/os-versions.kt", function: "theWrongWayRound", reason: NO_SUCH_VERSION }];

const NO_SUCH_VERSION: &str = "the test that leaves out all versions on which there is something to ask is in no clause that the proof uses";

struct Unproven {
    fixture: &'static str,
    function: &'static str,
    #[allow(dead_code, reason = "for readers")]
    reason: &'static str,
}

/// More checks than this are in no proof, one behind the other.
const MAX_ROUNDS: usize = 8;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("there_are_mutants_of_every_kind", there_are_mutants_of_every_kind)];
    trials.extend(guarded_fixtures().map(|fixture| Trial::test(fixture.name.clone(), move || run(&fixture))));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn guarded_fixtures() -> impl Iterator<Item = Fixture> {
    fixture::with_marks().into_iter().filter(|fixture| !fixture.has_policy() && !marked_guarded(fixture).is_empty())
}

/// File and line of each access that is rightly guarded.
fn marked_guarded(fixture: &Fixture) -> Vec<(usize, u32)> {
    let of_file = |(file, path): (usize, &String)| {
        let marks = fixture::marks(&fixture::read(path)).unwrap_or_default();
        let guarded = marks.into_iter().filter(|mark| mark.claim == Claim::Right && mark.answer.starts_with("guarded "));
        guarded.map(move |mark| (file, mark.line)).collect::<Vec<_>>()
    };
    fixture.files.iter().enumerate().flat_map(of_file).collect()
}

fn run(fixture: &Fixture) -> Result<(), Failed> {
    let problems = with_test(fixture, |test| {
        let mut problems = test.one_by_one();
        problems.extend(test.all_of_each_access());
        problems.extend(test.known_and_right());
        problems
    })?;
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

/// So many mutants that one way to make them cannot be lost unseen.
fn there_are_mutants_of_every_kind() -> Result<(), Failed> {
    const AT_LEAST: usize = 10;
    let mut kinds = Vec::new();
    for fixture in guarded_fixtures() {
        kinds.extend(with_test(&fixture, |test| test.checks().into_iter().flat_map(|check| test.kinds_of(check)).collect::<Vec<_>>())?);
    }
    for kind in Kind::ALL {
        let number = kinds.iter().filter(|other| **other == kind).count();
        if number < AT_LEAST {
            return Err(format!("only {number} mutants are {}", kind.name()).into());
        }
    }
    Ok(())
}

fn with_test<T>(fixture: &Fixture, work: impl FnOnce(&Test<'_>) -> T) -> Result<T, Failed> {
    let project = Project::of(fixture)?;
    let before = project.accesses(&project.unedited())?;
    let marked = marked_guarded(fixture);
    let is_marked = |access: &&Access| access.is_guarded() && marked.contains(&(access.file, project.line(access.file, access.start)));
    let guarded: Vec<&Access> = before.iter().filter(is_marked).collect();
    let modules = (0..project.paths.len()).map(|file| Program::of_one("", u32::MAX / 2, project.lower(file, &Edits::default()).module));
    let modules: Vec<Program> = modules.collect();
    let shapes: Vec<Shape<'_>> = modules.iter().map(Shape::of).collect();
    Ok(work(&Test { fixture, project: &project, shapes: &shapes, before: &before, guarded, survived: RefCell::default() }))
}

struct Test<'a> {
    fixture: &'a Fixture,
    project: &'a Project,
    shapes: &'a [Shape<'a>],
    before: &'a [Access],
    guarded: Vec<&'a Access>,
    /// The numbers of the known survivors that were met.
    survived: RefCell<BTreeSet<usize>>,
}

impl Test<'_> {
    /// The checks that some proof names.
    fn checks(&self) -> Vec<&CheckStep> {
        let mut checks: Vec<&CheckStep> = Vec::new();
        for check in self.guarded.iter().flat_map(|access| &access.checks) {
            if !checks.contains(&check) {
                checks.push(check);
            }
        }
        checks
    }

    fn kinds_of(&self, check: &CheckStep) -> Vec<Kind> {
        self.mutator(check.file).mutants(check).unwrap_or_default().iter().map(|mutant| mutant.kind).collect()
    }

    fn mutator(&self, file: usize) -> Mutator<'_, '_> {
        let accesses = self.before.iter().filter(|access| access.file == file).map(|access| access.start).collect();
        Mutator { shape: &self.shapes[file], text: &self.project.texts[file], accesses, is_alone: self.project.paths.len() == 1, are_true_gates: false }
    }

    /// Each check by itself, in every way.
    fn one_by_one(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let checks = self.checks();
        for check in &checks {
            match self.mutator(check.file).mutants(check) {
                Ok(mutants) => mutants.iter().for_each(|mutant| problems.extend(self.problems_of(check.file, Some(check), mutant))),
                Err(problem) => problems.push(format!("{}: {problem}", self.place(check.file, check.span.start))),
            }
        }
        for file in 0..self.project.paths.len() {
            let proven: Vec<&CheckStep> = checks.iter().copied().filter(|check| check.file == file).collect();
            self.mutator(file).unproven(&proven).iter().for_each(|mutant| problems.extend(self.problems_of(file, None, mutant)));
        }
        problems
    }

    fn problems_of(&self, file: usize, check: Option<&CheckStep>, mutant: &Mutant) -> Vec<String> {
        let mut edits = self.project.unedited();
        edits[file].add(mutant.edits.iter().cloned());
        let name = format!("{} {}", self.place(file, mutant.edits[0].start), mutant.kind.name());
        let shown = || self.edited_lines(file, &edits[file]);
        if let Some(effect) = self.project.side_effect(file, &edits[file]) {
            return vec![format!("{name}: this mutant changes more than the check: {effect}\n{}", shown())];
        }
        let after = match self.project.accesses(&edits) {
            Ok(after) => after,
            Err(problem) => return vec![format!("{name}: {problem}\n{}", shown())],
        };
        let mut problems = Vec::new();
        for access in self.before {
            let relied = check.filter(|check| self.guarded.iter().any(|guarded| guarded.is(access)) && access.checks.contains(check));
            let wrong = match (after.iter().find(|other| other.is(access)), relied) {
                (None, _) if check.is_some_and(|check| self.is_duty(access, check)) => continue,
                (None, _) => Wrong::Gone,
                (Some(mutated), Some(check)) if relies_on(mutated, check, &edits[file]) => Wrong::Guarded,
                // Who knows less cannot be surer, nor need less of a proof. (A negation may lead to where no version gets.)
                (Some(mutated), _) if mutant.kind.only_removes() && mutated.is_guarded() && (access.is_bad() || access.is_proven && !mutated.is_proven) => {
                    Wrong::Guarded
                }
                _ => continue,
            };
            if !self.is_known(access, mutant.kind, wrong) {
                problems.push(format!("{name}: the access in {} at {} is {wrong:?}\n{}", access.function, self.place(access.file, access.start), shown()));
            }
        }
        problems
    }

    /// Calling a function counts as an access when its annotation says so.
    fn is_duty(&self, access: &Access, check: &CheckStep) -> bool {
        let annotated = self.shapes[check.file].annotated(check.span);
        access.is_bad() && annotated.is_some_and(|function| function.name == access.api)
    }

    fn is_known(&self, access: &Access, mutant: Kind, answer: Wrong) -> bool {
        let is_it = |known: &Survivor| (known.fixture, known.function, known.mutant, known.answer) == (&self.fixture.name, &access.function, mutant, answer);
        let found = SURVIVORS.iter().position(is_it);
        self.survived.borrow_mut().extend(found);
        found.is_some()
    }

    /// What is on the lists and right by now.
    fn known_and_right(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (number, known) in SURVIVORS.iter().enumerate().filter(|(_, known)| known.fixture == self.fixture.name) {
            if !self.survived.borrow().contains(&number) {
                problems.push(format!("{} {} {:?} is right now; take it off the list of survivors", known.function, known.mutant.name(), known.answer));
            }
        }
        for known in UNPROVEN.iter().filter(|known| known.fixture == self.fixture.name) {
            if !self.guarded.iter().any(|access| access.function == known.function && !access.is_proven) {
                problems.push(format!("{} has a proof now; take it off the list of what has none", known.function));
            }
        }
        problems
    }

    /// All checks of an access, round by round, until nothing guards it.
    fn all_of_each_access(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for access in &self.guarded {
            let is_known = UNPROVEN.iter().any(|known| (known.fixture, known.function) == (&self.fixture.name, &access.function));
            if !access.is_proven && !is_known {
                let place = self.place(access.file, access.start);
                problems.push(format!("{place}: the access in {} is guarded, and its proof does not say where by which check", access.function));
            }
            problems.extend(self.never_flips(access));
        }
        problems
    }

    fn never_flips(&self, access: &Access) -> Option<String> {
        let place = self.place(access.file, access.start);
        let mut edits = self.project.unedited();
        let mut current = access.clone();
        for _ in 0..MAX_ROUNDS {
            let before = edits.clone();
            if !current.is_proven {
                edits[access.file] = Edits::default();
                edits[access.file].add(self.mutator(access.file).all_unasked());
            }
            for check in current.checks.iter().filter(|_| current.is_proven) {
                match self.mutator(check.file).mutants(check) {
                    Ok(mutants) => edits[check.file].add(mutants[0].edits.iter().cloned()),
                    Err(problem) => return Some(format!("{place}: {problem}")),
                }
            }
            if edits == before {
                return Some(format!("{place}: guarded by checks that are spoiled already"));
            }
            let after = match self.project.accesses(&edits) {
                Ok(after) => after,
                Err(problem) => return Some(format!("{place}: {problem}")),
            };
            match after.into_iter().find(|other| other.is(access)) {
                None if self.is_known(access, Kind::Unasked, Wrong::Gone) => return None,
                None => return Some(format!("{place}: gone with its checks\n{}", self.edited_lines(access.file, &edits[access.file]))),
                Some(mutated) if mutated.is_bad() => return None,
                Some(mutated) if !mutated.is_guarded() => return Some(format!("{place}: {} without its checks", mutated.verdict.name())),
                Some(mutated) => current = mutated,
            }
        }
        Some(format!("{place}: still guarded after {MAX_ROUNDS} rounds\n{}", self.edited_lines(access.file, &edits[access.file])))
    }

    fn place(&self, file: usize, start: u32) -> String {
        format!("{}:{}", self.project.paths[file], self.project.line(file, start))
    }

    /// The lines that differ, for people.
    fn edited_lines(&self, file: usize, edits: &Edits) -> String {
        let text = &self.project.texts[file];
        let edited = edits.apply(text);
        let lines = text.lines().zip(edited.lines()).filter(|(old, new)| old != new);
        lines.map(|(old, new)| format!("    - {}\n    + {}\n", old.trim(), new.trim())).collect()
    }
}

/// Whether a proof goes through a check, or through what stands in its place.
fn relies_on(access: &Access, check: &CheckStep, edits: &Edits) -> bool {
    let start = edits.replacing(check.span.start).map_or(check.span.start, |edit| edit.start);
    let is_it = |other: &CheckStep| other.file == check.file && other.how == check.how && [check.span.start, start].contains(&other.span.start);
    access.is_guarded() && access.checks.iter().any(is_it)
}
