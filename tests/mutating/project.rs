//! A fixture as it is, or edited: what the analysis says about it, in places of the text as it was.

use std::path::Path;

use askfirst::catalogue::{self, DataCategory};
use askfirst::discover::{self, Settings};
use askfirst::engine::{self, Options, PolicyChoice, Progress};
use askfirst::frontend::{self, Lowered};
use askfirst::ir::{Expr, ExprKind, walk};
use askfirst::source::{LineIndex, SourceFile, Span};
use askfirst::verdict::{CheckHow, Outcome, Place, StepWhat, Verdict};
use tempfile::TempDir;
use walkdir::WalkDir;

use super::edits::Edits;
use crate::fixture::{self, Fixture};

/// Texts of a fixture.
pub struct Project {
    pub paths: Vec<String>,
    pub texts: Vec<String>,
    /// A copy to scan; a single file needs none.
    copy: Option<Copy>,
}

struct Copy {
    folder: TempDir,
    /// Paths in it, in the order of the project's.
    paths: Vec<String>,
}

/// An access and how it is guarded.
#[derive(Clone, Debug)]
pub struct Access {
    pub file: usize,
    pub start: u32,
    pub category: DataCategory,
    pub api: String,
    pub verdict: Verdict,
    /// The checks of its proof, if there is one.
    pub checks: Vec<CheckStep>,
    /// Whether the proof says of each check where it is, and names one at all.
    pub is_proven: bool,
    /// The gates of its proof.
    pub gates: Vec<CheckStep>,
    /// The features for one of which a gate said yes.
    pub asked_for: Vec<String>,
    /// The calls through which the answers came: where their names are.
    pub calls: Vec<(usize, Span)>,
    /// Where the nearest check or gate is that does not cover it.
    pub near: Option<(usize, u32)>,
    /// Name of the function around it.
    pub function: String,
}

/// A check in a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckStep {
    pub file: usize,
    pub span: Span,
    pub how: CheckHow,
}

impl Access {
    pub fn is(&self, other: &Access) -> bool {
        (self.file, self.start, self.category, &self.api) == (other.file, other.start, other.category, &other.api)
    }

    pub fn is_guarded(&self) -> bool {
        self.verdict == Verdict::Guarded
    }

    pub fn is_bad(&self) -> bool {
        self.verdict.rule().is_some()
    }
}

impl Project {
    pub fn of(fixture: &Fixture) -> Result<Self, String> {
        let paths: Vec<String> = fixture.files.iter().filter(|path| fixture::language_of(path).is_some()).cloned().collect();
        let texts = paths.iter().map(|path| fixture::read(path)).collect();
        let is_single = paths == [fixture.name.clone()];
        let copy = if is_single { None } else { Some(Copy::of(fixture, &paths)?) };
        Ok(Self { paths, texts, copy })
    }

    pub fn unedited(&self) -> Vec<Edits> {
        vec![Edits::default(); self.paths.len()]
    }

    /// Line of a place, for people.
    pub fn line(&self, file: usize, start: u32) -> u32 {
        LineIndex::new(&self.texts[file]).line(start)
    }

    /// A file as its frontend reads it.
    pub fn lower(&self, file: usize, edits: &Edits) -> Lowered {
        let path = &self.paths[file];
        let language = fixture::language_of(path).expect("fixtures are source files");
        frontend::lower(&SourceFile { path: path.clone(), language, text: edits.apply(&self.texts[file]) })
    }

    /// Where the copy of a file lies, as a scan shows it: policies are found by that.
    pub fn copied(&self, file: usize) -> Option<String> {
        let copy = self.copy.as_ref()?;
        let folder = discover::shown_folder(copy.folder.path()).ok()?;
        Some(format!("{folder}/{}", copy.paths[file]))
    }

    /// Every access, once the edits are made.
    pub fn accesses(&self, edits: &[Edits]) -> Result<Vec<Access>, String> {
        self.accesses_by(edits, &PolicyChoice::Nearest)
    }

    /// The same with or without the policies of the project.
    pub fn accesses_by(&self, edits: &[Edits], policy: &PolicyChoice) -> Result<Vec<Access>, String> {
        match &self.copy {
            None => {
                let text = edits[0].apply(&self.texts[0]);
                let outcome = fixture::analyse(&self.paths[0], &text, catalogue::embedded());
                Ok(accesses(&outcome, &[Some(0)], edits))
            }
            Some(copy) => self.scan(copy, edits, policy),
        }
    }

    fn scan(&self, copy: &Copy, edits: &[Edits], policy: &PolicyChoice) -> Result<Vec<Access>, String> {
        for ((path, text), edits) in copy.paths.iter().zip(&self.texts).zip(edits) {
            write(&copy.folder.path().join(path), edits.apply(text).as_bytes())?;
        }
        let discover = Settings { paths: vec![copy.folder.path().to_owned()], jobs: 1, ..Settings::default() };
        let options = Options { discover, policy: policy.clone(), ..Options::default() };
        let scan = engine::scan(&options, catalogue::embedded(), &Progress::default()).map_err(|error| format!("{error:?}"))?;
        if let Some(one) = scan.incomplete.first() {
            return Err(format!("{}: {}", one.path, one.reason));
        }
        let number = |path: &str| self.paths.iter().zip(&copy.paths).position(|(_, copied)| path.ends_with(&format!("/{copied}")));
        let files: Vec<Option<usize>> = scan.files.iter().map(|file| number(&file.path)).collect();
        if scan.files.iter().zip(&files).any(|(file, number)| file.language.is_some() && number.is_none()) {
            return Err("the copy holds other files than the fixture".to_owned());
        }
        Ok(accesses(&scan.outcome, &files, edits))
    }

    /// What an edit must not do besides: lose or make calls, or leave what cannot be parsed.
    pub fn side_effect(&self, file: usize, edits: &Edits) -> Option<String> {
        let before = self.lower(file, &Edits::default());
        let after = self.lower(file, edits);
        if after.gaps.len() > before.gaps.len() || after.error_bytes > before.error_bytes {
            return Some("it cannot be parsed".to_owned());
        }
        let is_kept = |place: u32| edits.replacing(place).is_none_or(|edit| edit.is_name);
        let expected = calls(&before).into_iter().filter(|(place, _)| is_kept(*place));
        let expected = expected.map(|(place, name)| match edits.replacing(place) {
            Some(edit) => (edits.to_edited(place), edit.new.clone()),
            None => (edits.to_edited(place), name),
        });
        let is_old = |place: u32| edits.to_original(place).1.is_none_or(|edit| edit.is_name);
        let mut expected: Vec<_> = expected.collect();
        let mut found: Vec<_> = calls(&after).into_iter().filter(|(place, _)| is_old(*place)).collect();
        expected.sort();
        found.sort();
        let lost = expected.iter().find(|call| !found.contains(call)).map(|(_, name)| format!("the call of {name} is gone"));
        let made = found.iter().find(|call| !expected.contains(call)).map(|(_, name)| format!("a call of {name} is new"));
        lost.or(made).or((expected != found).then(|| "a call is there more or less often".to_owned()))
    }
}

impl Copy {
    fn of(fixture: &Fixture, paths: &[String]) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        // Whatever else is there belongs to the project, too.
        for entry in WalkDir::new(&fixture.name).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
            let inner = entry.path().strip_prefix(&fixture.name).map_err(|error| error.to_string())?;
            write(&folder.path().join(inner), &std::fs::read(entry.path()).map_err(|error| error.to_string())?)?;
        }
        let inner = |path: &String| path.strip_prefix(&fixture.name).map(|path| path.trim_start_matches('/').to_owned());
        let paths: Option<Vec<String>> = paths.iter().map(inner).collect();
        Ok(Self { folder, paths: paths.ok_or("a file of a project lies in its folder")? })
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let write = || {
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(path, bytes)
    };
    write().map_err(|error| format!("{}: {error}", path.display()))
}

/// The accesses of an outcome; `files` has the number in the project of each file of the scan that is source.
fn accesses(outcome: &Outcome, files: &[Option<usize>], edits: &[Edits]) -> Vec<Access> {
    let original = |place: Place| {
        let file = files[place.file as usize].expect("a source file");
        let end_of = |place: u32| edits[file].to_original(place).0;
        (file, Span { start: end_of(place.span.start), end: end_of(place.span.end) })
    };
    let sites = outcome.sites.iter().map(|site| {
        let (file, span) = original(site.place);
        let step = |place: Place, how: CheckHow| {
            let (file, span) = original(place);
            CheckStep { file, span, how }
        };
        let checks = site.trace.iter().filter_map(|one| match &one.what {
            StepWhat::Check { how, .. } => Some(step(one.place, *how)),
            _ => None,
        });
        let (placed, elsewhere): (Vec<CheckStep>, Vec<CheckStep>) = checks.partition(|check| check.span != Span::default());
        let gates = site.trace.iter().filter_map(|one| match &one.what {
            StepWhat::Gate { how, .. } => Some(step(one.place, *how)),
            _ => None,
        });
        let calls = site.trace.iter().filter(|one| matches!(one.what, StepWhat::Call { .. })).map(|one| original(one.place));
        Access {
            file,
            start: span.start,
            category: site.category,
            api: site.api.clone(),
            verdict: site.verdict,
            is_proven: !placed.is_empty() && elsewhere.is_empty(),
            checks: placed,
            gates: gates.collect(),
            asked_for: site.asked_for.clone(),
            calls: calls.collect(),
            near: site.near_miss.as_ref().map(|near| original(near.place)).map(|(file, span)| (file, span.start)),
            function: site.function.clone(),
        }
    });
    sites.collect()
}

/// Calls with the places of their names.
fn calls(lowered: &Lowered) -> Vec<(u32, String)> {
    fn collect(expr: &Expr, out: &mut Vec<(u32, String)>) {
        if let ExprKind::Call(call) = &expr.kind {
            out.push((call.name_span.start, call.name.clone()));
        }
        walk(expr, &mut |child| collect(child, out));
    }
    let mut out = Vec::new();
    for function in &lowered.module.functions {
        function.params.iter().filter_map(|param| param.default.as_ref()).for_each(|default| collect(default, &mut out));
        function.body.iter().for_each(|body| collect(body, &mut out));
    }
    out
}
