//! One scan: discover, read, pick, lower, analyse. Everything else in askfirst is a function of what one of these steps gives.
//!
//! The result is the same for any number of threads: work is spread by file, and everything is put in order by path.

use std::cell::RefCell;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::analysis;
use crate::catalogue::Catalogue;
use crate::discover::{self, DiscoverError, Discovery, FoundFile};
use crate::frontend::{self, GapKind, Lowered};
use crate::prefilter::Prefilter;
use crate::scan::{Incomplete, Scan, ScannedFile, Stats};
use crate::source::{self, SourceFile};
use crate::verdict::{FileId, Outcome};

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
    /// Parse every file, also those that name nothing of the catalogue.
    pub parse_all: bool,
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
    let found = discover::discover(&options.discover)?;
    let walk_time = started.elapsed();
    progress.total.store(found.files.len() as u64, Ordering::Relaxed);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.discover.jobs).stack_size(WORKER_STACK_BYTES).build()?;
    let files_of = |platform| found.files.iter().filter(|file| !options.parse_all && file.language.platform() == platform).count();
    let prefilter = Prefilter::new(catalogue, files_of)?;
    let picker = Picker { prefilter: &prefilter, parse_all: options.parse_all, progress };
    let mut scan = pool.install(|| scan_found(found, &picker, catalogue));
    scan.stats.walk_time = walk_time;
    Ok(scan)
}

/// Runs `work` where recursion has the stack that lowering needs.
pub fn with_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, ScanError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(WORKER_STACK_BYTES).build()?;
    Ok(pool.install(work))
}

fn scan_found(found: Discovery, picker: &Picker<'_>, catalogue: &Catalogue) -> Scan {
    let mut scan = Scan { incomplete: found.incomplete, notes: found.notes, ..Scan::default() };
    scan.stats = Stats { files: found.files.len() as u64, skipped: found.skipped, ..Stats::default() };
    let started = Instant::now();
    let read: Vec<Read> = found.files.par_iter().map(|file| picker.read(file)).collect();
    let files = sort_out(read, &mut scan);
    scan.stats.read_time = started.elapsed();

    let started = Instant::now();
    let analysed: Vec<Analysed> = files
        .par_iter()
        .enumerate()
        .map(|(index, file)| {
            let analysed = analyse_guarded(index as FileId, file, catalogue);
            picker.progress.done.fetch_add(1, Ordering::Relaxed);
            analysed
        })
        .collect();
    for one in analysed {
        merge(one, &mut scan);
    }
    scan.outcome.findings.sort_by_key(|finding| (finding.place, finding.rule));
    scan.files = files.into_iter().map(|file| ScannedFile::new(file.path, file.language, file.text)).collect();
    scan.incomplete.sort();
    scan.stats.analysis_time = started.elapsed();
    scan
}

/// What reading a file gives.
enum Read {
    /// It names nothing of the catalogue; its size.
    NotPicked(u64),
    /// It is worth parsing; its size on disk and its text.
    Picked(u64, SourceFile),
    /// It cannot be read.
    Incomplete(Incomplete),
}

struct Picker<'s> {
    prefilter: &'s Prefilter,
    parse_all: bool,
    progress: &'s Progress,
}

impl Picker<'_> {
    fn read(&self, file: &FoundFile) -> Read {
        let read = self.try_read(file).unwrap_or_else(|reason| Read::Incomplete(Incomplete { path: file.shown.clone(), reason }));
        if !matches!(read, Read::Picked(..)) {
            self.progress.done.fetch_add(1, Ordering::Relaxed);
        }
        read
    }

    fn try_read(&self, file: &FoundFile) -> Result<Read, String> {
        let bytes = read_bytes(&file.path)?;
        let size = bytes.len() as u64;
        // Everything but UTF-16 can be searched as it is, so most files are never copied.
        let is_utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
        if !is_utf16 && !self.picks(file, &bytes) {
            source::decode(&bytes[..bytes.len().min(8 * 1024)]).map_err(|problem| problem.to_string())?;
            return Ok(Read::NotPicked(size));
        }
        let text = source::decode(&bytes).map_err(|problem| problem.to_string())?;
        if is_utf16 && !self.picks(file, text.as_bytes()) {
            return Ok(Read::NotPicked(size));
        }
        if size > MAX_FILE_BYTES {
            return Err(format!("larger than {} MiB", MAX_FILE_BYTES / 1024 / 1024));
        }
        Ok(Read::Picked(size, SourceFile { path: file.shown.clone(), language: file.language, text }))
    }

    fn picks(&self, file: &FoundFile, text: &[u8]) -> bool {
        self.parse_all || self.prefilter.picks(file.language.platform(), text)
    }
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

fn sort_out(read: Vec<Read>, scan: &mut Scan) -> Vec<SourceFile> {
    let mut files = Vec::new();
    for one in read {
        match one {
            Read::NotPicked(size) => {
                scan.stats.bytes += size;
                scan.stats.prefiltered += 1;
            }
            Read::Picked(size, file) => {
                scan.stats.bytes += size;
                scan.stats.parsed += 1;
                scan.stats.parsed_bytes += file.text.len() as u64;
                files.push(file);
            }
            Read::Incomplete(incomplete) => scan.incomplete.push(incomplete),
        }
    }
    files
}

/// What one file gives.
#[derive(Default)]
struct Analysed {
    outcome: Outcome,
    incomplete: Option<Incomplete>,
    gaps: u64,
    gap_bytes: u64,
    lowering: Duration,
    analysis: Duration,
}

/// A defect of askfirst that shows in one file must not take the answers about all others with it.
fn analyse_guarded(id: FileId, file: &SourceFile, catalogue: &Catalogue) -> Analysed {
    let result = catch_quietly(|| analyse_file(id, file, catalogue));
    result.unwrap_or_else(|message| Analysed {
        incomplete: Some(Incomplete { path: file.path.clone(), reason: format!("internal error, please report it: {message}") }),
        ..Analysed::default()
    })
}

fn analyse_file(id: FileId, file: &SourceFile, catalogue: &Catalogue) -> Analysed {
    let started = Instant::now();
    let lowered = frontend::lower(file);
    let lowering = started.elapsed();
    let started = Instant::now();
    let outcome = analysis::analyse(id, &lowered.module, catalogue);
    Analysed {
        outcome,
        incomplete: quality_problem(file, &lowered).map(|reason| Incomplete { path: file.path.clone(), reason }),
        gaps: lowered.gaps.len() as u64,
        gap_bytes: u64::from(lowered.error_bytes),
        lowering,
        analysis: started.elapsed(),
    }
}

/// Why silence about a file would say nothing. A small syntax gap is no reason: what stands in it is still looked at.
fn quality_problem(file: &SourceFile, lowered: &Lowered) -> Option<String> {
    let of_kind = |kind: GapKind| lowered.gaps.iter().find(|gap| gap.kind == kind);
    if of_kind(GapKind::TimedOut).is_some() {
        return Some("the parser gave up: it took too long".to_owned());
    }
    if of_kind(GapKind::Refused).is_some() {
        return Some("the parser cannot take it: strings or templates are nested too deeply".to_owned());
    }
    if let Some(gap) = of_kind(GapKind::TooDeep) {
        let line = source::LineIndex::new(&file.text).line(gap.span.start);
        return Some(format!("nested too deeply at line {line}; what is inside was not analysed"));
    }
    let share = u64::from(lowered.error_bytes) * 100 / (file.text.len() as u64).max(1);
    (share > 20).then(|| format!("{share} % of it could not be parsed as {}", file.language.name()))
}

fn merge(mut one: Analysed, scan: &mut Scan) {
    let first_site = scan.outcome.sites.len();
    one.outcome.findings.iter_mut().for_each(|finding| finding.site += first_site);
    scan.outcome.sites.append(&mut one.outcome.sites);
    scan.outcome.findings.append(&mut one.outcome.findings);
    scan.incomplete.extend(one.incomplete);
    scan.stats.gaps += one.gaps;
    scan.stats.gap_bytes += one.gap_bytes;
    scan.stats.lowering_work += one.lowering;
    scan.stats.analysis_work += one.analysis;
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
