//! Rule files to catalogue: decode each file, declare what has a name, then resolve the entries that refer to names.
//!
//! Every stage collects its mistakes and goes on, so that one run shows all of them.

mod closure;
mod declare;
mod entries;
mod members;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use walkdir::WalkDir;

use super::model::{Catalogue, DataCategory};
use super::objc2;
use super::schema::RuleFile;
use crate::document::{Mistake, Problems, decode};
use crate::source::Platform;

/// Path below `rules/` and text of every rule file of this build.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded_rules.rs"));

/// The text of one rule file.
#[derive(Clone, Debug)]
pub struct RuleSource {
    /// Path as people know it. The folder that the file is in names its platform, unless the file does.
    pub path: String,
    /// TOML.
    pub text: String,
    /// Whether its entries replace those of earlier files that speak of the same symbol.
    pub overrides: bool,
}

/// The catalogue of this build.
///
/// # Panics
/// When a rule file of this build is wrong, which its tests exclude.
pub fn embedded() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        load(embedded_sources().into_values().collect()).unwrap_or_else(|errors| {
            let list: String = errors.iter().map(|error| format!("\n{}: {error}: {}", error.path(), error.marked())).collect();
            panic!("the embedded rules are wrong:{list}")
        })
    })
}

/// The catalogue of this build, changed and extended by the rule files in a folder: a file at the place of an embedded one
/// (`android/contacts.toml`) replaces it, every other is added.
pub fn with_folder(folder: &Path) -> Result<Catalogue, Vec<Mistake>> {
    let mut embedded = embedded_sources();
    let mut added = Vec::new();
    let mut errors = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let path = match &entry {
            Ok(entry) if !entry.file_type().is_file() => continue,
            Ok(entry) => entry.path(),
            Err(error) => error.path().unwrap_or(folder),
        };
        if entry.is_ok() && path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        match entry.as_ref().map_err(|error| io::Error::other(error.to_string())).and_then(|_| std::fs::read_to_string(path)) {
            Ok(text) => {
                let below = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
                embedded.remove(&below);
                added.push(RuleSource { path: path.to_string_lossy().replace('\\', "/"), text, overrides: true });
            }
            Err(error) => Problems::new(&path.to_string_lossy(), "", &mut errors).add(0..0, format!("cannot read this rule file: {error}"), "", None),
        }
    }
    let mut sources: Vec<RuleSource> = embedded.into_values().collect();
    sources.append(&mut added);
    match load(sources) {
        Ok(catalogue) if errors.is_empty() => Ok(catalogue),
        Ok(_) => Err(errors),
        Err(mut more) => {
            errors.append(&mut more);
            Err(errors)
        }
    }
}

fn embedded_sources() -> BTreeMap<String, RuleSource> {
    EMBEDDED.iter().map(|(path, text)| ((*path).to_owned(), RuleSource { path: format!("rules/{path}"), text: (*text).to_owned(), overrides: false })).collect()
}

/// Builds the catalogue from rule files, or says everything that is wrong with them.
pub fn load(sources: Vec<RuleSource>) -> Result<Catalogue, Vec<Mistake>> {
    let mut errors = Vec::new();
    let files: Vec<LoadedFile> = sources.into_iter().filter_map(|source| LoadedFile::read(source, &mut errors)).collect();
    let mut catalogue = Catalogue::default();
    let names = declare::declare(&files, &mut catalogue, &mut errors);
    declare::link(&files, &names, &mut catalogue, &mut errors);
    entries::resolve(&files, &names, &mut catalogue, &mut errors);
    closure::close(&mut catalogue);
    objc2::derive(&mut catalogue);
    // Stages go over all files in turn; people read file by file.
    errors.sort_by(|left, right| (left.path(), left.span.offset()).cmp(&(right.path(), right.span.offset())));
    if errors.is_empty() { Ok(catalogue) } else { Err(errors) }
}

/// A decoded rule file and what it says of itself.
struct LoadedFile {
    source: RuleSource,
    rules: RuleFile,
    platform: Platform,
    category: Option<DataCategory>,
}

impl LoadedFile {
    fn read(source: RuleSource, errors: &mut Vec<Mistake>) -> Option<Self> {
        let mut problems = Problems::new(&source.path, &source.text, errors);
        let decoded = decode::<RuleFile>(&source.text, &mut problems);
        let rules = if decoded.is_toml { decoded.value } else { declarations(decoded.value) };
        let platform = platform_of(&source.path, &rules, &mut problems)?;
        let category = rules.category.as_ref().and_then(|name| words::category(name, &mut problems));
        Some(Self { source, rules, platform, category })
    }

    fn problems<'a>(&self, errors: &'a mut Vec<Mistake>) -> Problems<'a> {
        Problems::new(&self.source.path, &self.source.text, errors)
    }
}

/// What other files may refer to. The rest of half a file makes mistakes that nobody wrote.
fn declarations(rules: RuleFile) -> RuleFile {
    let RuleFile { platform, category, source, permission, values, types, service, status, .. } = rules;
    RuleFile { platform, category, source, permission, values, types, service, status, ..RuleFile::default() }
}

fn platform_of(path: &str, rules: &RuleFile, problems: &mut Problems<'_>) -> Option<Platform> {
    const KNOWN: &[&str] = &["android", "apple", "rust"];
    let (name, span): (&str, Range<usize>) = match &rules.platform {
        Some(name) => (name.as_ref(), name.span()),
        None => (path.rsplit('/').nth(1).unwrap_or_default(), 0..0),
    };
    match name {
        "android" => Some(Platform::Android),
        "apple" => Some(Platform::Apple),
        "rust" => Some(Platform::Rust),
        _ if rules.platform.is_some() => {
            problems.unknown(span, "platform", name, KNOWN);
            None
        }
        _ => {
            let help = "write `platform = \"android\"`, `\"apple\"` or `\"rust\"`, or put the file into a folder of that name".to_owned();
            problems.add(span, "this rule file does not say which platform it speaks of".to_owned(), "", Some(help));
            None
        }
    }
}
