//! Fingerprints: they survive what changes no guard, and nothing else.

mod fixture;
#[allow(unused_imports)]
mod mutating;
mod rewriting;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use askfirst::catalogue;
use askfirst::discover::Settings;
use askfirst::engine::{self, Options, Progress};
use askfirst::frontend;
use askfirst::ir::Program;
use askfirst::scan::Scan;
use askfirst::source::{Language, SourceFile};
use mutating::{Edit, Edits, Shape};
use rewriting::Rewriting;
use tempfile::TempDir;

/// A folder with one file, which is scanned again and again.
struct Bench {
    folder: TempDir,
    file: PathBuf,
}

impl Bench {
    fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join(name);
        Self { folder, file }
    }

    fn scan(&self, text: &str) -> Scan {
        std::fs::write(&self.file, text).expect("written");
        scan(self.folder.path())
    }

    /// Fingerprints with what is found, sorted.
    fn fingerprints(&self, text: &str) -> BTreeMap<String, String> {
        fingerprints(&self.scan(text))
    }
}

fn scan(folder: &Path) -> Scan {
    let discover = Settings { paths: vec![folder.to_owned()], jobs: 1, ..Settings::default() };
    engine::scan(&Options { discover, ..Options::default() }, catalogue::embedded(), &Progress::default()).expect("scanned")
}

fn fingerprints(scan: &Scan) -> BTreeMap<String, String> {
    let found = scan.outcome.findings.iter().map(|finding| {
        let (path, at) = scan.locate(finding.place);
        let situation = finding.site.map(|site| scan.outcome.sites[site].situation.join(" | ")).unwrap_or_default();
        (finding.fingerprint.clone(), format!("{} {}:{} {situation}", finding.rule, path.rsplit('/').next().unwrap_or(path), at.line))
    });
    let found: Vec<_> = found.collect();
    let map: BTreeMap<_, _> = found.iter().cloned().collect();
    assert_eq!(map.len(), found.len(), "each finding has a fingerprint of its own: {found:?}");
    map
}

/// Fixtures that are a file each, with the language and the text.
fn single_files() -> Vec<(String, Language, String)> {
    // What cannot be parsed is read otherwise once it is written otherwise.
    let is_readable = |fixture: &fixture::Fixture| !fixture.name.starts_with("fixtures/broken/");
    let files = fixture::with_marks().into_iter().filter(|fixture| !fixture.needs_linking() && fixture.files == [fixture.name.clone()]).filter(is_readable);
    files.filter_map(|fixture| fixture::language_of(&fixture.name).map(|language| (fixture.name.clone(), language, fixture::read(&fixture.name)))).collect()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Lines are indented otherwise and stand further apart; none where that would change a text or a macro.
fn reformatted(text: &str) -> Option<String> {
    let is_fragile = text.contains("\"\"\"") || text.lines().any(|line| line.trim_end().ends_with('\\'));
    (!is_fragile).then(|| text.lines().map(|line| format!("   {line}\n\n")).collect())
}

#[test]
fn fingerprints_survive_what_changes_no_guard() {
    let mut problems = Vec::new();
    let mut compared = 0;
    for (path, language, text) in single_files() {
        let bench = Bench::new(file_name(&path));
        let before = bench.fingerprints(&text);
        if before.is_empty() {
            continue;
        }
        let rewritten = Rewriting::ALL.into_iter().filter_map(|rewriting| Some((rewriting.name(), rewriting.apply(language, &text)?)));
        let moved = [("moved", format!("\n// Moved.\n\n{text}"))].into_iter().chain(reformatted(&text).map(|text| ("reformatted", text)));
        for (how, after) in rewritten.chain(moved) {
            let after = bench.fingerprints(&after);
            compared += before.len();
            let difference = |left: &BTreeMap<String, String>, right: &BTreeMap<String, String>| -> Vec<String> {
                left.iter().filter(|(print, _)| !right.contains_key(*print)).map(|(_, what)| format!("    {what}")).collect()
            };
            let (gone, new) = (difference(&before, &after), difference(&after, &before));
            if !gone.is_empty() || !new.is_empty() {
                problems.push(format!("{path} {how}: gone\n{}\n  new\n{}", gone.join("\n"), new.join("\n")));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(compared > 2000, "only {compared} fingerprints were compared");
}

/// Where the nearest check of a finding is spoiled, it is another finding, or none.
#[test]
fn fingerprints_do_not_survive_a_changed_guard() {
    let mut problems = Vec::new();
    let mut compared = 0;
    for (path, language, text) in single_files() {
        let bench = Bench::new(file_name(&path));
        let before = bench.scan(&text);
        let module = frontend::lower(&SourceFile { path: path.clone(), language, text: text.clone() }).module;
        let program = Program::of_one(&path, text.len() as u32, module);
        for check in Shape::of(&program).answering_names() {
            let is_near = |site: usize| before.outcome.sites[site].near_miss.as_ref().is_some_and(|near| near.place.span == check);
            let relying: Vec<_> = before.outcome.findings.iter().filter(|finding| finding.site.is_some_and(is_near)).collect();
            if relying.is_empty() {
                continue;
            }
            let mut edits = Edits::default();
            edits.add([Edit { start: check.start, end: check.end, new: "unknownAnswer".to_owned(), is_name: true }]);
            let after = bench.fingerprints(&edits.apply(&text));
            for finding in relying {
                compared += 1;
                if let Some(what) = after.get(&finding.fingerprint) {
                    let line = before.locate(finding.place).1.line;
                    problems.push(format!("{path}:{line}: {} without {}: {what}", finding.rule, &text[check.start as usize..check.end as usize]));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(compared > 200, "only {compared} guards were changed");
}

const FRIENDS: &str = "\
package com.example

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.provider.ContactsContract

class Friends(private val context: Context) {
    fun names() = context.contentResolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null)

    fun again() = context.contentResolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null)

    private fun mayRead() = context.checkSelfPermission(Manifest.permission.READ_CONTACTS) == PackageManager.PERMISSION_GRANTED
}
";

/// What is done in both functions.
const QUERY: &str = "context.contentResolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null)";

#[test]
fn functions_may_be_reordered() {
    let bench = Bench::new("Friends.kt");
    let (before, rest) = FRIENDS.split_once("    fun names").expect("is there");
    let (first, rest) = rest.split_once("    fun again").expect("is there");
    let (second, end) = rest.split_once("    private").expect("is there");
    let swapped = format!("{before}    fun again{second}    fun names{first}    private{end}");
    assert_ne!(swapped, FRIENDS);
    assert_eq!(bench.fingerprints(FRIENDS).keys().collect::<Vec<_>>(), bench.fingerprints(&swapped).keys().collect::<Vec<_>>());
}

/// A helper that asks counts as a check where it is called, although the question is somewhere else.
#[test]
fn a_call_of_a_helper_that_checks_is_part_of_the_guard() {
    let bench = Bench::new("Friends.kt");
    let with_first_line = |line: &str| {
        let text = FRIENDS.replacen(&format!("fun names() = {QUERY}"), &format!("fun names() {{\n        {line}\n        {QUERY}\n    }}"), 1);
        assert_ne!(text, FRIENDS);
        bench.fingerprints(&text)
    };
    let (without, with) = (with_first_line("println(1)"), with_first_line("if (mayRead()) println(1)"));
    let kept = without.keys().filter(|print| with.contains_key(*print)).count();
    assert_eq!((without.len(), with.len(), kept), (2, 2, 1), "{without:?} {with:?}");
}

#[test]
fn like_findings_are_told_apart() {
    let bench = Bench::new("Friends.kt");
    let twice = FRIENDS.replacen(&format!("fun names() = {QUERY}"), &format!("fun names() {{\n        {QUERY}\n        {QUERY}\n    }}"), 1);
    let (once, twice) = (bench.fingerprints(FRIENDS), bench.fingerprints(&twice));
    assert_eq!((once.len(), twice.len()), (2, 3));
    assert!(once.keys().all(|print| twice.contains_key(print)));
}

/// Findings of a repository, scanned from the outside, as a whole and in part.
#[test]
fn the_folder_of_the_run_does_not_matter_in_a_repository() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    write("one/.git/HEAD", "");
    write("one/app/src/Friends.kt", FRIENDS);
    write("two/.git/HEAD", "");
    write("two/app/src/Friends.kt", FRIENDS);
    write("two/app/other/Friends.kt", FRIENDS);
    let of = |path: &str| fingerprints(&scan(&folder.path().join(path))).into_keys().collect::<Vec<_>>();
    assert_eq!(of("one"), of("two/app/src"));
    assert_ne!(of("one"), of("two/app/other"));
}

const GATED: &str = "\
package com.example

import android.content.Context
import android.provider.ContactsContract

enum class Feature { FRIENDS, COVERS }

interface PrivacyGate {
    fun allows(feature: Feature): Boolean
}

class Friends(private val context: Context, private val gate: PrivacyGate) {
    fun names() {
        // Here.
        context.contentResolver.query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null)
    }

    fun other() {
        if (gate.allows(Feature.COVERS)) names()
    }
}
";

const POLICY: &str = "\
[[gate]]
call = \"PrivacyGate.allows($feature)\"

[feature.friends]
key = \"Feature.FRIENDS\"
purpose = \"See which of your contacts are here, too.\"
data = [\"contacts\"]
opt-out = \"Settings\"

[feature.covers]
key = \"Feature.COVERS\"
purpose = \"Put one of your own photos on a playlist.\"
data = [\"photos\"]
opt-out = \"Settings\"
";

/// A gate that does not cover the access is part of the guard, where it stands and for which feature it asks.
#[test]
fn gates_around_an_access_are_part_of_the_guard() {
    let bench = Bench::new("Friends.kt");
    std::fs::write(bench.folder.path().join("askfirst.toml"), POLICY).expect("written");
    let of_access = |text: &str| {
        let found = bench.fingerprints(text);
        let on_access: Vec<_> = found.into_iter().filter(|(_, what)| what.contains(" Friends.kt:")).collect();
        assert_eq!(on_access.len(), 1, "{on_access:?}");
        on_access[0].0.clone()
    };
    let with = |line: &str| GATED.replace("        // Here.\n", &format!("        // Here.\n        {line}\n"));
    let texts = [
        GATED.to_owned(),
        with("gate.allows(Feature.FRIENDS)"),
        with("println(gate.allows(Feature.COVERS))"),
        GATED.replace("if (gate.allows(Feature.COVERS)) names()", "println(gate.allows(Feature.COVERS)); names()"),
        GATED.replace("if (gate.allows(Feature.COVERS)) names()", "names()"),
    ];
    let mut prints: Vec<String> = texts.iter().map(|text| of_access(text)).collect();
    assert_eq!(of_access(&with("println(\"nothing is asked\")")), prints[0]);
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), texts.len(), "{prints:?}");
}
