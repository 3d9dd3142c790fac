//! What a scan brings home: plain data, filled in by the [engine](crate::engine) and read by the [reports](crate::report).

use std::collections::BTreeMap;
use std::time::Duration;

use crate::baseline::Entry;
use crate::catalogue::DataCategory;
use crate::source::{Language, LineColumn, LineIndex, Span};
use crate::verdict::{FileId, Outcome, Place};

/// Everything that is known after a scan.
#[derive(Debug, Default)]
pub struct Scan {
    /// The files that were analysed, sorted by path, then those of policies; a [`FileId`] is an index into it.
    pub files: Vec<ScannedFile>,
    /// Conclusions about them.
    pub outcome: Outcome,
    /// What could not be analysed, or not well enough, sorted by path.
    pub incomplete: Vec<Incomplete>,
    /// What a person may want to know although it needs no action: a named file that no frontend reads.
    pub notes: Vec<String>,
    /// The baselines that speak for some of it.
    pub baselines: Vec<Baseline>,
    /// What was set aside because it was there before a change.
    pub earlier: Option<Earlier>,
    /// A policy that speaks for some of the files declares features.
    pub has_features: bool,
    /// The features that policies declare, by folder and name.
    pub features: Vec<DeclaredFeature>,
    /// Counts and times.
    pub stats: Stats,
}

impl Scan {
    /// Whether a policy that speaks for some of it declares features.
    pub fn in_feature_mode(&self) -> bool {
        self.has_features
    }

    /// The file of a place.
    pub fn file(&self, id: FileId) -> &ScannedFile {
        &self.files[id as usize]
    }

    /// The path of a place, and where it starts.
    pub fn locate(&self, place: Place) -> (&str, LineColumn) {
        let file = self.file(place.file);
        (&file.path, file.place(place.span.start))
    }
}

/// One analysed file, or one of a policy.
#[derive(Clone, Debug)]
pub struct ScannedFile {
    /// Path as it is shown: relative to the folder of the run, with `/`.
    pub path: String,
    /// Path from the root of the repository that it lies in, with `/`; without a repository, from the folder of the run. Fingerprints and baselines
    /// know it by that.
    pub rooted: String,
    /// Index into [`Scan::baselines`] of the one that speaks for it.
    pub baseline: Option<usize>,
    /// Its language; none for a policy.
    pub language: Option<Language>,
    /// Its text.
    pub text: String,
    /// Its lines.
    pub lines: LineIndex,
}

impl ScannedFile {
    /// Indexes the text of a file of which nothing is known but how it is shown.
    pub fn new(path: String, language: Option<Language>, text: String) -> Self {
        let lines = LineIndex::new(&text);
        Self { rooted: path.clone(), path, baseline: None, language, text, lines }
    }

    /// Line and column of a byte offset.
    pub fn place(&self, offset: u32) -> LineColumn {
        self.lines.place(offset)
    }

    /// The source text of a span; empty when the span does not fit.
    pub fn text_of(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// What a policy promises of a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredFeature {
    /// Folder that the policy speaks for, as it is shown.
    pub folder: String,
    /// Its name.
    pub name: String,
    /// What it is for, in words for people.
    pub purpose: Option<String>,
    /// What it may use, in the order of the policy.
    pub data: Vec<DataCategory>,
    /// Where the person turns it off.
    pub opt_out: Option<String>,
    /// How long its data is kept.
    pub retention: Option<String>,
    /// Who else gets its data.
    pub shared_with: Vec<String>,
}

/// Findings that were there before a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// What the person called the state before it.
    pub revision: String,
    /// How many there were of those that are still there.
    pub findings: u64,
}

/// A list of known findings.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// Path as it is shown.
    pub path: String,
    /// All of them, sorted.
    pub entries: Vec<Entry>,
    /// Those that were looked for and are not there any more.
    pub stale: Vec<Entry>,
}

/// A file or folder that was not analysed, or not well enough to call its silence an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Incomplete {
    /// Path as it is shown.
    pub path: String,
    /// Why, as a sentence fragment.
    pub reason: String,
}

/// Why something in a walked folder was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// A name that starts with a dot.
    Hidden,
    /// Named by a `.gitignore` or `.ignore`.
    Ignored,
    /// Made by a build.
    Build,
    /// Source that says at its top that a program wrote it.
    Generated,
    /// Somebody else's code, kept inside the project.
    Vendored,
    /// Test sources.
    Tests,
    /// Left out by `--exclude`.
    Excluded,
    /// A symbolic link; what it points to is scanned where it lives.
    Symlink,
}

impl SkipReason {
    /// All reasons, in the order in which they are listed.
    pub const ALL: [SkipReason; 8] = [Self::Hidden, Self::Ignored, Self::Build, Self::Generated, Self::Vendored, Self::Tests, Self::Excluded, Self::Symlink];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Ignored => "ignored by .gitignore or .ignore",
            Self::Build => "build output",
            Self::Generated => "generated code",
            Self::Vendored => "vendored",
            Self::Tests => "tests",
            Self::Excluded => "--exclude, or exclude in a policy",
            Self::Symlink => "symbolic links",
        }
    }
}

/// Counts and times of a scan.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Source files found by the walk.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Source files left out by reason; only counted when asked for, because it means looking into the folders left out.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Files that name nothing of the catalogue.
    pub prefiltered: u64,
    /// Files that were parsed.
    pub parsed: u64,
    /// Bytes that were parsed.
    pub parsed_bytes: u64,
    /// Places in parsed files that the grammar could not follow.
    pub gaps: u64,
    /// Bytes in such places.
    pub gap_bytes: u64,
    /// Wall-clock time of the walk.
    pub walk_time: Duration,
    /// Wall-clock time of reading and prefiltering.
    pub read_time: Duration,
    /// Wall-clock time of parsing and lowering.
    pub lowering_time: Duration,
    /// Wall-clock time of linking and analysing.
    pub analysis_time: Duration,
}
