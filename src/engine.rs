//! One scan: discover, read, pick, lower, analyse. Everything else in askfirst is a function of what one of these steps gives.
//!
//! The result is the same for any number of threads: work is spread by file, and everything is put in order by path.

mod baselines;
mod choice;
mod facts_pool;
mod generated;
mod policies;
mod previews;
mod rooted;
mod suppressing;
mod typed_elsewhere;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use crate::analysis;
use crate::audit::{Scanned, audit};
use crate::catalogue::Catalogue;
use crate::comments;
use crate::discover::{self, DiscoverError, Discovery, FoundFile};
use crate::document::Mistake;
use crate::facts::{ContentHash, FileFacts, Gaps, GivenUp};
use crate::fingerprint;
use crate::frontend::{self, GapKind};
use crate::gates::Gates;
use crate::ir::{LinkUnit, Module, Program};
use crate::mentions::Mentions;
use crate::policy::PolicyErrors;
use crate::prefilter::{Pick, Prefilter};
use crate::scan::{Incomplete, Scan, ScannedFile, SkipReason, Stats};
use crate::source::{self, LineIndex, Platform, SourceFile};
use crate::verdict::{Date, FileId, Outcome};
pub use baselines::BaselineChoice;
use baselines::{Baselines, LookedAt};
use choice::{Candidate, Choice};
pub use facts_pool::FactsPool;
use policies::Policies;
use rooted::Roots;
use suppressing::Suppressing;
use typed_elsewhere::TypedElsewhere;

/// Larger files are not parsed. Hand-written source stays far below; larger files are generated tables.
pub const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024;

/// Larger files are not even searched for names.
const MAX_SEARCHED_BYTES: u64 = 64 * 1024 * 1024;

/// Deep nesting is followed by recursion, up to the frontends' depth guard.
const WORKER_STACK_BYTES: usize = 32 * 1024 * 1024;

/// What to scan and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which files.
    pub discover: discover::Settings,
    /// Parse only files that may hold an access or check, and those that they ask for by name. The answers are the same, and it takes
    /// longer on large trees: all that is parsed is resolved again whenever more was asked for.
    pub on_demand: bool,
    /// Which policy speaks for the files.
    pub policy: PolicyChoice,
    /// Which findings are known.
    pub baseline: BaselineChoice,
    /// Today, as far as it decides which comments still allow something; none when nothing lapses.
    pub today: Option<Date>,
    /// Facts that scans of several states of a tree share.
    pub facts: Option<FactsPool>,
}

/// Which policy speaks for a file.
#[derive(Clone, Debug, Default)]
pub enum PolicyChoice {
    /// The nearest `askfirst.toml` above it.
    #[default]
    Nearest,
    /// This one for all files; its paths start at the folder of the run.
    File(PathBuf),
    /// None: platform mode.
    None,
}

/// Why a scan could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A path or glob is wrong.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// The catalogue is too large.
    #[error("the rules cannot be searched for: {0}")]
    Prefilter(#[from] aho_corasick::BuildError),
    /// A policy is wrong.
    #[error("the policy has mistakes")]
    Policy(PolicyErrors),
    /// A baseline is wrong.
    #[error("the baseline has mistakes")]
    Baseline(Vec<Mistake>),
    /// No threads.
    #[error("threads cannot be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// How far a running scan is; read by whoever shows progress.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files found.
    pub total: AtomicU64,
    /// Files done.
    pub done: AtomicU64,
}

/// Scans.
pub fn scan(options: &Options, catalogue: &Catalogue, progress: &Progress) -> Result<Scan, ScanError> {
    let started = Instant::now();
    let mut found = discover::discover(&options.discover)?;
    let walk_time = started.elapsed();
    progress.total.store(found.files.len() as u64, Ordering::Relaxed);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.discover.jobs).stack_size(WORKER_STACK_BYTES).build()?;
    let mut policies = Policies::find(&found.files, &options.policy)?;
    let left_out = policies.leave_out(&mut found.files, &options.discover.paths);
    if options.discover.count_skipped && left_out > 0 {
        *found.skipped.entry(SkipReason::Excluded).or_insert(0) += left_out;
    }
    let of_policies = policies.all().iter().flat_map(|policy| &policy.files).map(|file| file.path.as_str());
    let baselines = Baselines::find(found.files.iter().map(|file| file.shown.as_str()).chain(of_policies), &options.baseline)?;
    // Which files a gate could concern is not worked out, so all are read.
    let on_demand = options.on_demand && policies.all().is_empty();
    let is_searched = |file: &FoundFile| on_demand || std::fs::metadata(&file.path).is_ok_and(|metadata| metadata.len() > MAX_FILE_BYTES);
    let files_of = |platform| found.files.iter().filter(|file| file.language.platform() == platform && is_searched(file)).count();
    let prefilter = Prefilter::new(catalogue, files_of)?;
    let of_generated = (!options.discover.include.contains(&SkipReason::Generated)).then(|| OfGenerated {
        named: &options.discover.paths,
        names: generated::names_of_gates(policies.all()),
        catalogue,
        prefilter: OnceLock::new(),
    });
    let picker = Picker {
        of_generated,
        prefilter: &prefilter,
        on_demand,
        roots: whole_roots(&options.discover),
        progress,
        today: options.today,
        facts: options.facts.as_ref(),
    };
    let mut scan = pool.install(|| scan_found(found, &picker, &policies, catalogue));
    let incomplete = scan.incomplete.iter().map(|one| one.path.clone()).collect();
    let named = if options.discover.paths.is_empty() { &[PathBuf::from(".")][..] } else { &options.discover.paths };
    baselines.apply(&mut scan, &LookedAt { roots: named, incomplete: &incomplete }, &mut Roots::new());
    scan.stats.walk_time = walk_time;
    Ok(scan)
}

/// The paths below which everything is scanned; none when something was left out by hand.
fn whole_roots(settings: &discover::Settings) -> Vec<PathBuf> {
    match (settings.exclude.is_empty(), settings.paths.is_empty()) {
        (true, true) => vec![PathBuf::from(".")],
        (true, false) => settings.paths.clone(),
        (false, _) => Vec::new(),
    }
}

/// Runs `work` where recursion has the stack that lowering needs.
pub fn with_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, ScanError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(WORKER_STACK_BYTES).build()?;
    Ok(pool.install(work))
}

fn scan_found(found: Discovery, picker: &Picker<'_>, policies: &Policies, catalogue: &Catalogue) -> Scan {
    let mut scan = Scan { incomplete: found.incomplete, notes: found.notes, ..Scan::default() };
    scan.stats = Stats { files: found.files.len() as u64, skipped: found.skipped, ..Stats::default() };
    let started = Instant::now();
    let read: Vec<Read> = found.files.par_iter().map(|file| picker.read(file)).collect();
    let generated = read.iter().filter(|one| matches!(one, Read::LeftOut)).count() as u64;
    scan.stats.files -= generated;
    scan.stats.skipped.extend((generated > 0).then_some((SkipReason::Generated, generated)));
    let gates = Gates::new(policies.all());
    scan.has_features = !gates.is_empty();
    scan.features = policies.features();
    let mut project = Project::new(&found.files, read, picker, policies, &gates, &mut scan);
    scan.stats.read_time = started.elapsed();
    for platform in Platform::ALL {
        project.analyse(platform, catalogue, &mut scan);
    }
    project.audit(&mut scan);
    project.finish(&mut scan);
    scan
}

/// What reading a file gives.
enum Read {
    /// Worth parsing only if something asks for it (a check may stand in it); its size and names.
    Waiting { size: u64, mentions: Mentions, may_check: bool },
    /// It is worth parsing; its size on disk, its text and names.
    Picked(u64, SourceFile, Mentions),
    /// A program wrote it, and it names nothing that matters.
    LeftOut,
    /// It cannot be read.
    Incomplete(Incomplete),
}

/// A file on its way.
enum State {
    /// Not parsed.
    Waiting { may_check: bool },
    /// Parsed.
    Parsed(Box<(SourceFile, FileFacts)>),
    /// Cannot be read, or is left out.
    Lost,
}

/// The files of a scan, and how far each is.
struct Project<'s> {
    files: &'s [FoundFile],
    mentions: Vec<Mentions>,
    states: Vec<State>,
    picker: &'s Picker<'s>,
    policies: &'s Policies,
    gates: &'s Gates<'s>,
}

impl<'s> Project<'s> {
    fn new(files: &'s [FoundFile], read: Vec<Read>, picker: &'s Picker<'s>, policies: &'s Policies, gates: &'s Gates<'s>, scan: &mut Scan) -> Self {
        let mut project = Self { files, mentions: Vec::with_capacity(read.len()), states: Vec::with_capacity(read.len()), picker, policies, gates };
        let mut picked = Vec::new();
        for (number, one) in read.into_iter().enumerate() {
            let (mentions, state) = match one {
                Read::Waiting { size, mentions, may_check } => {
                    scan.stats.bytes += size;
                    (mentions, State::Waiting { may_check })
                }
                Read::Picked(size, file, mentions) => {
                    scan.stats.bytes += size;
                    picked.push((number, file));
                    (mentions, State::Waiting { may_check: false })
                }
                Read::LeftOut => (Mentions::default(), State::Lost),
                Read::Incomplete(incomplete) => {
                    scan.incomplete.push(incomplete);
                    (Mentions::default(), State::Lost)
                }
            };
            project.mentions.push(mentions);
            project.states.push(state);
        }
        project.parse(picked, scan);
        project
    }

    fn parse(&mut self, picked: Vec<(usize, SourceFile)>, scan: &mut Scan) {
        let started = Instant::now();
        let lowered: Vec<(usize, SourceFile, FileFacts)> = picked
            .into_par_iter()
            .map(|(number, file)| {
                let facts = self.picker.facts_of(&file);
                self.picker.progress.done.fetch_add(1, Ordering::Relaxed);
                (number, file, facts)
            })
            .collect();
        for (number, file, facts) in lowered {
            scan.stats.gaps += u64::from(facts.gaps.count);
            scan.stats.gap_bytes += u64::from(facts.gaps.bytes);
            scan.stats.parsed += 1;
            scan.stats.parsed_bytes += file.text.len() as u64;
            scan.incomplete.extend(quality_problem(&facts).map(|reason| Incomplete { path: facts.path.clone(), reason }));
            self.states[number] = State::Parsed(Box::new((file, facts)));
        }
        scan.stats.lowering_time += started.elapsed();
    }

    /// Parses waiting files.
    fn fetch(&mut self, wanted: &[usize], scan: &mut Scan) {
        let texts: Vec<(usize, Result<SourceFile, String>)> = wanted.par_iter().map(|&number| (number, read_source(&self.files[number]))).collect();
        let mut picked = Vec::new();
        for (number, text) in texts {
            match text {
                Ok(file) => picked.push((number, file)),
                Err(reason) => {
                    self.states[number] = State::Lost;
                    scan.incomplete.push(Incomplete { path: self.files[number].shown.clone(), reason });
                }
            }
        }
        self.parse(picked, scan);
    }

    /// Links what is parsed of a platform and asks it what else could matter, until that is nothing; then concludes.
    fn analyse(&mut self, platform: Platform, catalogue: &Catalogue, scan: &mut Scan) {
        if self.parsed(platform).is_empty() && !self.picker.on_demand {
            return;
        }
        if self.picker.on_demand {
            let more = self.worth_a_look(platform, catalogue);
            self.fetch(&more, scan);
        }
        loop {
            let started = Instant::now();
            let numbers = self.parsed(platform);
            let program = self.link(&numbers);
            let result = catch_quietly(|| self.conclude_or_want(&program, &numbers, platform, catalogue));
            scan.stats.analysis_time += started.elapsed();
            match result {
                Ok(Next::Parse(wanted)) => self.fetch(&wanted, scan),
                Ok(Next::Done(outcome)) => {
                    if outcome.is_cut_short {
                        let reason = "calls between its functions were not followed: they depend on each other too long".to_owned();
                        scan.incomplete.extend(numbers.first().map(|&number| Incomplete { path: self.files[number].shown.clone(), reason }));
                    }
                    let of_policies = (0..self.policies.file_count()).map(|index| self.files.len() + index);
                    let files: Vec<FileId> = numbers.iter().copied().chain(of_policies).map(|number| number as FileId).collect();
                    scan.outcome.append(outcome.renumbered(&files));
                    return;
                }
                // Nothing is known of any of them then.
                Err(message) => {
                    let reason = format!("internal error, please report it: {message}");
                    scan.incomplete.extend(numbers.iter().map(|&number| Incomplete { path: self.files[number].shown.clone(), reason: reason.clone() }));
                    return;
                }
            }
        }
    }

    /// Files that may check something, or access something of a type that another file names.
    fn worth_a_look(&self, platform: Platform, catalogue: &Catalogue) -> Vec<usize> {
        let candidate = |number: usize| Candidate { path: &self.files[number].shown, platform, mentions: &self.mentions[number] };
        let is_here = |number: &usize| self.files[*number].language.platform() == platform && !matches!(self.states[*number], State::Lost);
        let all: Vec<Candidate<'_>> = (0..self.files.len()).filter(is_here).map(candidate).collect();
        let elsewhere = TypedElsewhere::new(catalogue, platform, &all);
        self.waiting(platform, |may_check, mentions| may_check || elsewhere.may_use(mentions))
    }

    fn conclude_or_want(&self, program: &Program, numbers: &[usize], platform: Platform, catalogue: &Catalogue) -> Next {
        let gating = self.policies.gating(self.gates, numbers);
        let analysis = analysis::Analysis::new(program, catalogue, &gating);
        let candidate = |&number: &usize| Candidate { path: &self.files[number].shown, platform, mentions: &self.mentions[number] };
        let waiting = self.waiting(platform, |_, _| true);
        if self.picker.on_demand && !waiting.is_empty() {
            let wants = analysis.wants();
            let parsed: Vec<Candidate<'_>> = numbers.iter().map(candidate).collect();
            let others: Vec<Candidate<'_>> = waiting.iter().map(candidate).collect();
            let choice = Choice::new(&wants, &parsed, &others);
            let wanted: Vec<usize> = others.par_iter().zip(&waiting).filter(|(other, _)| choice.wants(other)).map(|(_, &number)| number).collect();
            if !wanted.is_empty() {
                return Next::Parse(wanted);
            }
        }
        Next::Done(analysis.outcome)
    }

    fn link(&self, numbers: &[usize]) -> Program {
        let units: Vec<LinkUnit> = numbers
            .par_iter()
            .filter_map(|&number| match &self.states[number] {
                State::Parsed(parsed) => {
                    let facts = &parsed.1;
                    Some(LinkUnit { path: facts.path.clone(), length: facts.lines.text_len(), module: facts.module.clone() })
                }
                _ => None,
            })
            .collect();
        let mut program = Program::link(units);
        previews::leave_out(&mut program);
        program
    }

    fn parsed(&self, platform: Platform) -> Vec<usize> {
        let is_it = |number: &usize| matches!(self.states[*number], State::Parsed(_)) && self.files[*number].language.platform() == platform;
        (0..self.files.len()).filter(is_it).collect()
    }

    fn waiting(&self, platform: Platform, filter: impl Fn(bool, &Mentions) -> bool) -> Vec<usize> {
        let is_it = |number: &usize| match self.states[*number] {
            State::Waiting { may_check } => self.files[*number].language.platform() == platform && filter(may_check, &self.mentions[*number]),
            _ => false,
        };
        (0..self.files.len()).filter(is_it).collect()
    }

    /// Looks at the policies, now that it is known what the code does.
    fn audit(&self, scan: &mut Scan) {
        let paths: Vec<&str> = self.files.iter().map(|file| file.shown.as_str()).collect();
        let is_whole = self.policies.are_whole(&self.picker.roots);
        let first_file = self.files.len() as FileId;
        let scanned = Scanned { paths: &paths, policies: &self.policies.of_file, is_whole: &is_whole, outcome: &scan.outcome, first_file };
        let findings = audit(self.gates, &scanned);
        scan.outcome.findings.extend(findings);
    }

    /// Keeps the parsed files for the reports, and calls them by their numbers there.
    fn finish(self, scan: &mut Scan) {
        let mut roots = Roots::new();
        let mut suppressing = Suppressing::new(self.policies, self.picker.today);
        let mut renumbered = vec![0; self.files.len() + self.policies.file_count()];
        for (number, state) in self.states.into_iter().enumerate() {
            if let State::Parsed(parsed) = state {
                let (file, facts) = *parsed;
                renumbered[number] = scan.files.len() as FileId;
                suppressing.add_source(scan, number, &facts);
                let rooted = roots.rooted(&file.path);
                scan.files.push(ScannedFile { path: file.path, rooted, baseline: None, language: Some(file.language), text: file.text, lines: facts.lines });
            } else {
                scan.stats.prefiltered += u64::from(matches!(state, State::Waiting { .. }));
                self.picker.progress.done.fetch_add(1, Ordering::Relaxed);
            }
        }
        let of_policies = self.policies.all().iter().enumerate().flat_map(|(policy, of)| of.files.iter().map(move |file| (policy, file)));
        for (index, (policy, file)) in of_policies.enumerate() {
            renumbered[self.files.len() + index] = scan.files.len() as FileId;
            suppressing.add_policy(scan, policy, &file.text);
            let rooted = roots.rooted(&file.path);
            scan.files.push(ScannedFile { rooted, ..ScannedFile::new(file.path.clone(), None, file.text.clone()) });
        }
        scan.outcome = std::mem::take(&mut scan.outcome).renumbered(&renumbered);
        scan.outcome.sort();
        fingerprint::assign(scan);
        suppressing.apply(scan);
        fingerprint::assign(scan);
        scan.incomplete.sort();
    }
}

/// What to do after a look at what is parsed.
enum Next {
    /// Parse these files, too.
    Parse(Vec<usize>),
    /// There is nothing more to ask for.
    Done(Outcome),
}

/// What generated files are left out by.
struct OfGenerated<'s> {
    /// Paths that the person named: files among them are never left out.
    named: &'s [PathBuf],
    /// By what code asks for features.
    names: Vec<String>,
    catalogue: &'s Catalogue,
    /// Only few scans come by generated files.
    prefilter: OnceLock<Option<Prefilter>>,
}

impl OfGenerated<'_> {
    /// Whether a file is left out: a program wrote it, and it names neither an access nor a check nor a gate, so that it hides none.
    fn leaves_out(&self, file: &FoundFile, text: &[u8]) -> bool {
        if !generated::says_so(text) || self.named.contains(&file.path) || generated::names_one(text, &self.names) {
            return false;
        }
        let prefilter = self.prefilter.get_or_init(|| Prefilter::new(self.catalogue, |_| 1).ok());
        prefilter.as_ref().is_some_and(|prefilter| prefilter.picks(file.language.platform(), text).is_none())
    }
}

struct Picker<'s> {
    /// None where generated files are looked at, too.
    of_generated: Option<OfGenerated<'s>>,
    prefilter: &'s Prefilter,
    on_demand: bool,
    /// What was asked to be scanned.
    roots: Vec<PathBuf>,
    progress: &'s Progress,
    /// See [`Options::today`].
    today: Option<Date>,
    facts: Option<&'s FactsPool>,
}

impl Picker<'_> {
    fn facts_of(&self, file: &SourceFile) -> FileFacts {
        match self.facts {
            Some(pool) => pool.facts_of(file, || lower_guarded(file)),
            None => lower_guarded(file),
        }
    }

    fn read(&self, file: &FoundFile) -> Read {
        self.try_read(file).unwrap_or_else(|reason| Read::Incomplete(Incomplete { path: file.shown.clone(), reason }))
    }

    fn try_read(&self, file: &FoundFile) -> Result<Read, String> {
        let bytes = read_bytes(&file.path)?;
        let size = bytes.len() as u64;
        // Everything but UTF-16 can be searched as it is, so most files are never copied.
        let is_utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
        let decoded = if is_utf16 { Some(source::decode(&bytes).map_err(|problem| problem.to_string())?) } else { None };
        let searched = decoded.as_deref().map_or(bytes.as_slice(), str::as_bytes);
        let is_left_out = |of: &OfGenerated<'_>| of.leaves_out(file, searched);
        if self.of_generated.as_ref().is_some_and(is_left_out) {
            return Ok(Read::LeftOut);
        }
        // A file too large to parse is no loss if it names nothing.
        // Modules of Rust hand each other's names on under other names, which no search would find.
        let may_wait = self.on_demand && file.language.platform() != Platform::Rust;
        let pick = if may_wait || size > MAX_FILE_BYTES { self.prefilter.picks(file.language.platform(), searched) } else { Some(Pick::Access) };
        let mentions = if self.on_demand { Mentions::of(searched, file.language) } else { Mentions::default() };
        if pick != Some(Pick::Access) {
            source::decode(&bytes[..bytes.len().min(8 * 1024)]).map_err(|problem| problem.to_string())?;
            return Ok(Read::Waiting { size, mentions, may_check: pick == Some(Pick::Check) });
        }
        Ok(Read::Picked(size, to_source(file, &bytes)?, mentions))
    }
}

/// Reads a file that is to be parsed.
fn read_source(file: &FoundFile) -> Result<SourceFile, String> {
    to_source(file, &read_bytes(&file.path)?)
}

fn to_source(file: &FoundFile, bytes: &[u8]) -> Result<SourceFile, String> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("larger than {} MiB", MAX_FILE_BYTES / 1024 / 1024));
    }
    let text = source::decode(bytes).map_err(|problem| problem.to_string())?;
    Ok(SourceFile { path: file.shown.clone(), language: file.language, text })
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {}", discover::plain_io_error(&error));
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    if !metadata.is_file() {
        return Err("not a regular file".to_owned());
    }
    if metadata.len() > MAX_SEARCHED_BYTES {
        return Err(format!("larger than {} MiB", MAX_SEARCHED_BYTES / 1024 / 1024));
    }
    std::fs::read(path).map_err(cannot)
}

/// A defect of askfirst that shows in one file must not take the answers about all others with it.
fn lower_guarded(file: &SourceFile) -> FileFacts {
    catch_quietly(|| lower(file)).unwrap_or_else(|_| {
        let module = Module::new(file.language);
        let gaps = Gaps { given_up: Some(GivenUp::Refused), ..Gaps::default() };
        let (content, lines) = (ContentHash::of(file.text.as_bytes()), LineIndex::new(&file.text));
        FileFacts { path: file.path.clone(), content, module, gaps, lines, comments: Vec::new() }
    })
}

fn lower(file: &SourceFile) -> FileFacts {
    let lowered = frontend::lower(file);
    let start_of = |kind| lowered.gaps.iter().find(|gap| gap.kind == kind).map(|gap| gap.span.start);
    let given_up = start_of(GapKind::TimedOut).map(|_| GivenUp::TimedOut).or(start_of(GapKind::Refused).map(|_| GivenUp::Refused));
    let gaps = Gaps { count: lowered.gaps.len() as u32, bytes: lowered.error_bytes, given_up, too_deep: start_of(GapKind::TooDeep) };
    let comments = if file.text.contains(comments::ADDRESS) { comments::addressed(&file.text, &frontend::comments(file)) } else { Vec::new() };
    let (content, lines) = (ContentHash::of(file.text.as_bytes()), LineIndex::new(&file.text));
    FileFacts { path: file.path.clone(), content, module: lowered.module, gaps, lines, comments }
}

/// Why silence about a file would say nothing. A small syntax gap is no reason: what stands in it is still looked at.
fn quality_problem(facts: &FileFacts) -> Option<String> {
    match facts.gaps.given_up {
        Some(GivenUp::TimedOut) => return Some("the parser gave up: it took too long".to_owned()),
        Some(GivenUp::Refused) => return Some("the parser cannot take it: strings or templates are nested too deeply".to_owned()),
        None => {}
    }
    if let Some(offset) = facts.gaps.too_deep {
        return Some(format!("nested too deeply at line {}; what is inside was not analysed", facts.lines.line(offset)));
    }
    let share = facts.unparsed_percent();
    (share > 20).then(|| format!("{share} % of it could not be parsed as {}", facts.language().name()))
}

thread_local! {
    /// Message of the panic that is being caught on this thread; `None` when none is to be caught.
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`; a panic in it becomes its message instead of a trace on standard error.
fn catch_quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_caught = CAUGHT.with_borrow_mut(|caught| {
                caught.as_mut().map(|message| {
                    let place = panic.location().map_or_else(String::new, |place| format!(" ({}:{})", place.file(), place.line()));
                    let payload = panic.payload();
                    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
                    *message = format!("{}{place}", text.unwrap_or("a panic"));
                })
            });
            if is_caught.is_none() {
                usual(panic);
            }
        }));
    });
    CAUGHT.set(Some(String::new()));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    let message = CAUGHT.take().unwrap_or_default();
    result.map_err(|_| message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        let caught = catch_quietly(|| -> u32 { panic!("index {} is gone", 3) });
        assert!(caught.is_err_and(|message| message.starts_with("index 3 is gone (src/engine.rs:")));
        assert_eq!(catch_quietly(|| 7), Ok(7));
    }
}
