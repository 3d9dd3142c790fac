//! The project's own rules: layers, texts that name what exists, and rule files with a fixture for everything.

#[path = "tidy/catalogue.rs"]
mod catalogue;
#[path = "tidy/checks.rs"]
mod checks;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/texts.rs"]
mod texts;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use askfirst::discover::Settings;
use askfirst::engine::{self, Options, Progress};
use askfirst::scan::Scan;
use walkdir::WalkDir;

/// Files below a folder with an extension, sorted, as paths from the root of the repository.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.expect("can be listed").into_path());
    entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All fixtures with marks, in one scan.
fn scan_of_fixtures() -> &'static Scan {
    static SCAN: OnceLock<Scan> = OnceLock::new();
    SCAN.get_or_init(|| {
        let paths = ["fixtures/catalogue", "fixtures/apps"].map(PathBuf::from).to_vec();
        let options = Options { discover: Settings { paths, ..Settings::default() }, ..Options::default() };
        engine::scan(&options, askfirst::catalogue::embedded(), &Progress::default()).expect("the fixtures can be scanned")
    })
}

/// Fails with a list, if there is anything in it.
fn none(what: &str, problems: &[String]) {
    assert!(problems.is_empty(), "{what}:\n  {}", problems.join("\n  "));
}
