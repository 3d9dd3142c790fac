//! What is written for people names what exists, and reads as it should.

use std::path::Path;
use std::process::Command;

use askfirst::report::words;

/// Texts whose paths have to exist.
const TEXTS: [&str; 5] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/integrations.md"];
const FOLDERS: [&str; 10] = ["src/", "rules/", "fixtures/", "tests/", "bench/", "build/", "scripts/", "docs/", "ci/", ".ci/"];
const EXTENSIONS: [&str; 4] = [".md", ".toml", ".rs", ".svg"];

#[test]
fn paths_in_texts_exist() {
    let mut problems = Vec::new();
    for text in TEXTS {
        let read = super::read(text);
        let quoted = read.split('`').skip(1).step_by(2);
        let linked = read.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for path in quoted.chain(linked).flat_map(str::split_whitespace).filter(|word| is_path(word)) {
            if !Path::new(path).exists() {
                problems.push(format!("{text}: {path}"));
            }
        }
    }
    super::none("these paths do not exist", &problems);
}

/// Whether a word is a path of the repository, and no pattern of one.
fn is_path(word: &str) -> bool {
    let is_pattern = word.contains(['*', '<', '…', '{', '$', '"', '[']) || word.contains("://");
    let is_root_file = !word.contains('/') && EXTENSIONS.iter().any(|extension| word.len() > extension.len() && word.ends_with(extension));
    let is_example = word == "askfirst.toml";
    !is_pattern && !is_example && (is_root_file || FOLDERS.iter().any(|folder| word.starts_with(folder)))
}

#[test]
fn messages_start_in_lower_case_and_end_without_a_full_stop() {
    let scan = super::scan_of_fixtures();
    let mut problems = Vec::new();
    for finding in &scan.outcome.findings {
        let message = words::message(finding, scan, askfirst::catalogue::embedded());
        let labels = message.secondary.iter().chain([&message.primary]).map(|label| &label.text);
        let steps = message.steps.iter().map(|step| &step.text);
        for text in labels.chain(steps).chain([&message.title, &message.help.advice]) {
            // Names of the platform are spelled as they are.
            let is_lower = text.starts_with(|first: char| !first.is_uppercase());
            if !is_lower || text.ends_with('.') || text.trim() != text {
                problems.push(format!("{}: {text:?}", message.rule));
            }
        }
    }
    problems.sort();
    problems.dedup();
    assert!(!scan.outcome.findings.is_empty());
    super::none("messages start in lower case and end without a full stop", &problems);
}

/// Every line of `docs/check.svg` is one of today's output, apart from the remark on what is left out.
#[test]
fn the_picture_shows_what_the_program_prints() {
    let output = Command::new(env!("CARGO_BIN_EXE_askfirst"))
        .args(["check", "fixtures/apps/pacemate-android"])
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "xterm")
        .output()
        .expect("the program runs");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let printed: Vec<String> = printed.lines().map(without_spaces).collect();
    let mut problems = Vec::new();
    for line in super::read("docs/check.svg").lines().filter(|line| line.starts_with("<text")) {
        let text = without_spaces(plain(line));
        let is_remark = text.starts_with('…') || text.starts_with("$askfirst");
        if !is_remark && !printed.contains(&text) {
            problems.push(plain(line));
        }
    }
    super::none("docs/check.svg is out of date; run scripts/draw-check. Not printed any more", &problems);
}

fn without_spaces(line: impl AsRef<str>) -> String {
    line.as_ref().split_whitespace().collect()
}

/// The text of an SVG line without its tags.
fn plain(line: &str) -> String {
    let text: String = line.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'").replace("&amp;", "&")
}
