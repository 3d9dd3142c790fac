//! Each format is what its readers take it for, whatever files and functions are called.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;
use tempfile::TempDir;

/// A name that means something in every format: a command, a link, a mention, a tag, a table, an entity, an end of code, a reversal.
const HOSTILE: &str = "::error a,line=9::b%0A##[error]<i>&amp;\"'|@team#1 `](http:x)`$1$\u{202E}\u{1B}[31m\n-->.kt";
/// Its function, which Kotlin takes.
const FUNCTION: &str = "`{0} ](evil) @team <script>alert(1)<script> |&amp;`";

fn tree(files: &[(&str, &str)]) -> TempDir {
    let tree = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        fs::create_dir_all(tree.path().join(path).parent().expect("has a folder")).expect("made");
        fs::write(tree.path().join(path), text).expect("written");
    }
    tree
}

/// So many functions that read contacts without asking.
fn ungated(names: &[String]) -> String {
    let functions = names.iter().map(|name| format!("    fun {name}() = context.contentResolver.query(Contacts.CONTENT_URI, null, null, null, null)\n"));
    let head = "import android.content.Context\nimport android.provider.ContactsContract.Contacts\n\nclass People(private val context: Context) {\n";
    format!("{head}{}}}\n", functions.collect::<String>())
}

/// Two findings in a file of a hostile name, and one that cannot be read.
fn hostile() -> TempDir {
    tree(&[(HOSTILE, &ungated(&[FUNCTION.to_owned(), "plain".to_owned()])), ("b<\u{202E}.kt", "\0\0\0\0binary\0")])
}

fn report(tree: &Path, format: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_askfirst"));
    let output = command.args(["check", "--format", format]).current_dir(tree).output().expect("runs");
    assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "{format}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// An element with its attributes, as a reader of XML understands them.
type Element = (String, BTreeMap<String, String>);

fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    let mut elements = Vec::new();
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}")) {
            Event::Start(tag) | Event::Empty(tag) => {
                let attributes = tag.attributes().map(|attribute| attribute.expect("well formed")).map(|attribute| {
                    let value = quick_xml::escape::unescape(&attribute.value).expect("known entities").into_owned();
                    (attribute.key.as_ref().to_owned(), value)
                });
                elements.push((tag.name().as_ref().to_owned(), attributes.collect()));
            }
            Event::Eof => return elements,
            _ => {}
        }
    }
}

fn all<'e>(elements: &'e [Element], name: &str) -> Vec<&'e BTreeMap<String, String>> {
    elements.iter().filter(|(of, _)| of == name).map(|(_, attributes)| attributes).collect()
}

const FORMATS: [&str; 10] = ["short", "json", "sarif", "github", "gitlab", "checkstyle", "junit", "markdown", "html", "xcode"];

#[test]
fn nothing_reverses_or_steers_and_every_line_is_one() {
    let tree = hostile();
    for format in FORMATS {
        let text = report(tree.path(), format);
        let deceptive = |character: char| character == '\u{202E}' || (character.is_control() && character != '\n');
        // Programs read JSON, which keeps what a path is, and escapes what is no text.
        let is_kept = format == "json";
        assert!(is_kept || !text.contains(deceptive), "{format}: {text:?}");
        assert!(text.contains("202e") || text.contains("%E2%80%AE") || is_kept, "{format}: the name is told: {text}");
        // The line break in the path starts no line.
        assert!(!text.contains("\n-->"), "{format}: {text}");
    }
}

#[test]
fn what_could_not_be_analysed_is_in_every_report_for_programs() {
    let tree = hostile();
    for format in FORMATS.into_iter().filter(|format| *format != "short") {
        assert!(report(tree.path(), format).to_lowercase().contains("looks like a binary file"), "{format}");
    }
}

#[test]
fn sarif_keeps_paths_apart_from_what_they_mean() {
    let log: Value = serde_json::from_str(&report(hostile().path(), "sarif")).expect("JSON");
    let run = &log["runs"][0];
    let location = &run["results"][0]["locations"][0]["physicalLocation"];
    let uri = location["artifactLocation"]["uri"].as_str().expect("a URI");
    assert_eq!(decoded(uri), HOSTILE);
    assert_eq!(location["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    assert_eq!(location["region"]["startLine"], 5);
    let messages = run["results"][0]["codeFlows"].to_string();
    assert!(messages.contains("{{0}} \\\\](evil)"), "no placeholder and no link: {messages}");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"][0]["level"], "error");
}

/// What percent-encoding stands for.
fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let [first, others @ ..] = rest {
        let (byte, after) = match (first, others) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                (u8::from_str_radix(std::str::from_utf8(&digits).expect("digits"), 16).expect("digits"), after)
            }
            _ => (*first, others),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).expect("text")
}

#[test]
fn sarif_points_at_rules_and_follows_the_path() {
    let log: Value = serde_json::from_str(&report(Path::new("fixtures/apps/pacemate-android"), "sarif")).expect("JSON");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert!(results.len() > 2);
    let mut fingerprints: Vec<&Value> = Vec::new();
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["markdown"].as_str().is_some_and(|help| help.contains("## How to fix it")), "{rule}");
        let flow = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("a path");
        assert!(flow.iter().any(|step| step["kinds"][0] == "access"), "{result}");
        fingerprints.push(&result["partialFingerprints"]["askfirst/v1"]);
    }
    let count = fingerprints.len();
    fingerprints.sort_by_key(|fingerprint| fingerprint.to_string());
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), count);
    assert_eq!([&run["columnKind"], &run["invocations"][0]["executionSuccessful"]], [&Value::from("unicodeCodePoints"), &Value::from(true)]);
}

#[test]
fn github_gets_a_command_for_each_and_no_other() {
    let text = report(hostile().path(), "github");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    for line in lines {
        let (properties, message) = line.strip_prefix("::error file=").and_then(|rest| rest.split_once("::")).expect("a command");
        assert!(!properties.contains([':', '\n']) && !message.is_empty() && !line.contains("##["), "{line}");
        let keys: Vec<&str> = properties.split(',').skip(1).filter_map(|property| property.split_once('=')).map(|(key, _)| key).collect();
        assert!(keys == ["line", "endLine", "col", "endColumn", "title"] || keys == ["title"], "{line}");
    }
}

#[test]
fn github_shows_the_worst_first_and_counts_the_rest() {
    let names: Vec<String> = (1..=12).map(|number| format!("names{number}")).collect();
    let guarded = "import android.content.Context\nimport android.provider.ContactsContract.Contacts\n\nclass A(private val context: Context) {\n    \
                   private fun unused() = context.contentResolver.query(Contacts.CONTENT_URI, null, null, null, null)\n}\n";
    let text = report(tree(&[("a.kt", guarded), ("b.kt", &ungated(&names))]).path(), "github");
    let starts: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(starts[..11], [&["::error"; 10][..], &["::notice"]].concat()[..], "{text}");
    assert_eq!(starts[11..], ["error", "error", "and"], "{text}");
    assert!(text.ends_with("and 2 more that are not annotated, in the lines above: a step has 10 annotations of a level\n"), "{text}");
}

#[test]
fn gitlab_gets_what_its_manual_asks_for() {
    let issues: Value = serde_json::from_str(&report(hostile().path(), "gitlab")).expect("JSON");
    let issues = issues.as_array().expect("a list");
    assert_eq!(issues.len(), 3);
    let mut fingerprints: Vec<&str> = Vec::new();
    for issue in issues {
        let keys: Vec<&String> = issue.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["check_name", "description", "fingerprint", "location", "severity"]);
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().expect("text")));
        assert!(issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line > 0));
        assert!(issue["location"]["path"].as_str().is_some_and(|path| !path.starts_with("./")));
        fingerprints.push(issue["fingerprint"].as_str().expect("text"));
    }
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), 3);
}

#[test]
fn checkstyle_has_errors_in_files() {
    let elements = elements(&report(hostile().path(), "checkstyle"));
    assert_eq!(elements[0].0, "checkstyle");
    let files = all(&elements, "file");
    assert!(files.iter().any(|file| file["name"].starts_with("::error a,line=9::b%0A##[error]<i>&amp;\"'|@team")), "{files:?}");
    let errors = all(&elements, "error");
    assert_eq!([files.len(), errors.len()], [2, 3]);
    for error in errors {
        assert_eq!(error.keys().collect::<Vec<_>>(), ["column", "line", "message", "severity", "source"]);
        assert!(["error", "warning", "info"].contains(&error["severity"].as_str()) && error["source"].starts_with("askfirst."));
    }
}

#[test]
fn junit_counts_what_it_holds_and_names_no_lines() {
    let elements = elements(&report(hostile().path(), "junit"));
    let (root, suites, cases) = (&elements[0].1, all(&elements, "testsuite"), all(&elements, "testcase"));
    assert_eq!([root["tests"].as_str(), &root["failures"], &root["errors"]], ["3", "2", "1"]);
    let sum = |key: &str| suites.iter().map(|suite| suite[key].parse::<usize>().expect("a number")).sum::<usize>();
    assert_eq!([sum("tests"), sum("failures"), sum("errors")], [cases.len(), all(&elements, "failure").len(), all(&elements, "error").len()]);
    assert!(cases.iter().any(|case| case["name"] == "plain: contacts (ContentResolver.query)"), "{cases:?}");
}

#[test]
fn a_clean_tree_makes_whole_documents() {
    let tree = tree(&[("a.kt", "class A\n")]);
    assert_eq!(elements(&report(tree.path(), "checkstyle")).len(), 1);
    assert_eq!(elements(&report(tree.path(), "junit")).len(), 1);
    assert_eq!(report(tree.path(), "gitlab"), "[]\n");
    assert_eq!(report(tree.path(), "github"), "");
    assert!(report(tree.path(), "markdown").starts_with("### askfirst: nothing to act on\n"));
    assert!(report(tree.path(), "html").contains("Nothing to act on."));
}

#[test]
fn markdown_has_no_tags_but_its_own() {
    let text = report(hostile().path(), "markdown");
    let outside = without_code(&text).replace("\\<", "");
    for tag in outside.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
        assert!(["details", "/details", "summary", "/summary", "span", "/span", "!-- --"].contains(&tag), "<{tag}> in {text}");
    }
    assert!(!outside.contains("@team") && !outside.replace("\\]", "").contains("]("), "{text}");
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

/// Markdown without code spans, each of which ends with as many backticks as it starts with.
fn without_code(markdown: &str) -> String {
    let mut outside = String::new();
    let mut rest = markdown;
    while let Some(start) = rest.find('`') {
        let is_escaped = rest[..start].ends_with('\\');
        let fence: String = rest[start..].chars().take_while(|character| *character == '`').collect();
        outside.push_str(&rest[..start]);
        rest = &rest[start + fence.len()..];
        if is_escaped {
            continue;
        }
        let ends = rest.match_indices(&fence).map(|(at, _)| at).find(|&at| !rest[..at].ends_with('`') && !rest[at + fence.len()..].starts_with('`'));
        rest = &rest[ends.map_or(0, |at| at + fence.len())..];
    }
    outside + rest
}

#[test]
fn markdown_fits_into_a_comment() {
    let names: Vec<String> = (0..400).map(|number| format!("names{number}")).collect();
    let text = report(tree(&[("b.kt", &ungated(&names))]).path(), "markdown");
    assert!(text.len() < 65_536 && text.contains("for which there is no room here"), "{}", text.len());
}

#[test]
fn html_has_no_tags_but_its_own_and_loads_nothing() {
    let text = report(hostile().path(), "html");
    let body = text.split_once("<body>").expect("a body").1;
    let own = ["h1", "h2", "h3", "p", "code", "pre", "mark", "ul", "ol", "li", "article", "details", "summary", "abbr", "body", "html"];
    for tag in body.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        assert!(own.contains(&name), "<{tag}>");
        let balanced = |open: usize, closed: usize| assert_eq!(open, closed, "<{name}>");
        if !["body", "html"].contains(&name) {
            let open = body.matches(&format!("<{name}>")).count() + body.matches(&format!("<{name} ")).count();
            balanced(open, body.matches(&format!("</{name}>")).count());
        }
    }
    assert!(!text.contains("src=") && !text.contains("href=") && !text.contains("@import"), "{text}");
    assert!(text.contains("default-src 'none'"));
}

#[test]
fn xcode_gets_absolute_paths() {
    let tree = tree(&[("a/b.kt", &ungated(&["names".to_owned()]))]);
    let folder = fs::canonicalize(tree.path()).expect("a folder");
    let text = report(tree.path(), "xcode");
    let head = format!("{}/a/b.kt:5:43: error: contacts are accessed without asking first [ungated-access]\n", folder.display());
    assert_eq!(text, head);
}
