//! One idiom, several languages, one IR: every `fixtures/rosetta/*/x.*` must lower to the `expected.ir` beside it.
//! With `UPDATE_EXPECT=1` the expectations are rewritten from the first language of each folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use askfirst::source::{Language, SourceFile, decode};
use askfirst::{frontend, ir};

#[test]
fn every_language_lowers_an_idiom_alike() {
    let mut differences = Vec::new();
    for (folder, sources) in idioms() {
        let dumps: Vec<(PathBuf, String)> = sources.into_iter().map(|path| (path.clone(), dump(&path))).collect();
        let expected_path = folder.join("expected.ir");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected_path, &dumps[0].1).expect("the expectation can be written");
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        for (path, actual) in dumps {
            if actual != expected {
                differences.push(format!("{}\n--- expected\n{expected}--- actual\n{actual}", path.display()));
            }
        }
    }
    assert!(differences.is_empty(), "{} sources lower differently:\n{}", differences.len(), differences.join("\n"));
}

/// The folders and their sources, Kotlin first: it has most of the idioms.
fn idioms() -> BTreeMap<PathBuf, Vec<PathBuf>> {
    let mut idioms: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rosetta");
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let path = entry.expect("fixtures can be listed").into_path();
        if path.is_file() && path.file_stem().is_some_and(|stem| stem == "x") {
            idioms.entry(path.parent().expect("a file is in a folder").to_owned()).or_default().push(path);
        }
    }
    idioms.values_mut().for_each(|sources| sources.sort_by_key(|path| language(path)));
    idioms
}

fn language(path: &Path) -> Language {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    Language::from_extension(extension).unwrap_or_else(|| panic!("{} is in no known language", path.display()))
}

fn dump(path: &Path) -> String {
    let text = decode(&fs::read(path).expect("a fixture can be read")).expect("a fixture is text");
    let file = SourceFile { path: path.display().to_string(), language: language(path), text };
    let lowered = frontend::lower(&file);
    let gaps: String = lowered.gaps.iter().map(|gap| format!("gap {:?}\n", gap.kind)).collect();
    ir::dump(&lowered.module) + &gaps
}
