//! What policies may say, and what is said about their mistakes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use miette::{GraphicalReportHandler, GraphicalTheme};

use super::*;
use crate::catalogue::DataCategory;
use crate::document::Mistake;
use crate::verdict::{Rule, Severity};

const GATE: &str = "[[gate]]\ncall = \"PrivacyGate.allows($feature)\"\n";
/// Everything that a policy may say.
const WHOLE: &str = r#"
[[gate]]
call   = "PrivacyGate.allows($feature)"
grants = "true"

[[gate]]
call   = "@Gated($feature)"

[feature.playlist-cover]
key     = ["Feature.PLAYLIST_COVER", ".playlistCover"]
purpose = "Put one of your own photos on a playlist you made."
data    = ["photos"]
scope   = ["android/**/playlist/**", "ios/Playlist/**"]
opt-out = "Settings > Privacy > Photos"
owner   = "team-playlists"
shared-with = "nobody"

[feature.find-friends]
data    = ["contacts"]
gate    = ["ContactsGate.isAllowed()", { call = "ContactsGate.require()", grants = "return" }, { call = "ContactsGate.ask()", granted-when = ".yes" }]

[rules]
outside-feature-scope = "error"
missing-opt-out = "off"
"#;
const COVER: &str = "[feature.playlist-cover]\nkey = \".playlistCover\"\ndata = [\"photos\"]\n";

fn shown(mistakes: &[Mistake]) -> String {
    let theme = GraphicalTheme { characters: miette::ThemeCharacters::unicode(), styles: miette::ThemeStyles::none() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(120).with_context_lines(1).with_links(false);
    let mut text = String::new();
    for mistake in mistakes {
        handler.render_report(&mut text, mistake).expect("a string takes everything");
    }
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[track_caller]
fn good(files: &[(&str, &str)]) -> Policy {
    Policy::parse(files).unwrap_or_else(|errors| panic!("{}", shown(&errors.mistakes)))
}

/// Each file (or folder with an `askfirst.toml`) of `fixtures/policy/` is wrong in a way; beside it stands what is said. With
/// `UPDATE_EXPECT=1` that is written anew.
#[test]
fn mistakes_are_shown_where_they_are() {
    let folder = Path::new("fixtures/policy");
    let mut wrong = Vec::new();
    let mut messages = BTreeSet::new();
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("can be listed") {
        let path = entry.expect("can be listed").path();
        names.insert(path.with_extension(""));
    }
    for name in names {
        let file = if name.is_dir() { name.join("askfirst.toml") } else { name.with_extension("toml") };
        let mistakes = Policy::read(&file, "askfirst.toml").err().map(|errors| errors.mistakes).unwrap_or_default();
        if mistakes.is_empty() {
            wrong.push(format!("{}: nothing is wrong", file.display()));
        }
        messages.extend(mistakes.iter().map(|mistake| mistake.message.clone()));
        let (actual, expected) = (shown(&mistakes), name.with_extension("txt"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &actual).expect("can be written");
        } else if std::fs::read_to_string(&expected).ok().as_ref() != Some(&actual) {
            wrong.push(format!("{}:\n{actual}", expected.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(messages.len() > 60, "{}", messages.len());
}

#[test]
fn messages_start_in_lower_case_and_end_without_a_full_stop() {
    for entry in walkdir::WalkDir::new("fixtures/policy") {
        let entry = entry.expect("can be listed");
        for mistake in Policy::read(entry.path(), "askfirst.toml").err().into_iter().flat_map(|errors| errors.mistakes) {
            for text in [&mistake.message, &mistake.label, mistake.help.as_ref().unwrap_or(&String::new())] {
                let is_lower = text.starts_with(|first: char| !first.is_uppercase());
                assert!(text.is_empty() || is_lower && !text.ends_with('.') && text.trim() == text, "{}: {text:?}", entry.path().display());
            }
        }
    }
}

#[test]
fn a_policy_as_it_is_meant() {
    let policy = good(&[("app/askfirst.toml", WHOLE)]);
    assert_eq!(policy.folder, "app");
    assert_eq!(policy.gates.iter().map(|gate| gate.grants).collect::<Vec<_>>(), [Grants::True, Grants::Annotation]);
    let names: Vec<&str> = policy.features.iter().map(|feature| feature.name.value.as_str()).collect();
    assert_eq!(names, ["find-friends", "playlist-cover"]);
    let friends = policy.feature("find-friends").expect("is declared");
    let grants: Vec<_> = policy.gates_of(friends).map(|gate| (gate.text.as_str(), gate.grants)).collect();
    let own =
        [("ContactsGate.isAllowed()", Grants::TrueOrCallback), ("ContactsGate.require()", Grants::Return), ("ContactsGate.ask()", Grants::TrueOrCallback)];
    assert_eq!(grants, own);
    assert_eq!(friends.gates[2].granted_when[0].value, Key::Name { owner: None, name: "yes".into() });
    assert!(friends.purpose.is_none() && friends.covers("anywhere/at/All.kt"));
    let cover = policy.feature("playlist-cover").expect("is declared");
    assert_eq!((cover.keys.len(), policy.gates_of(cover).count(), cover.data[0].value), (2, 2, DataCategory::Photos));
    let written = |at: At| &policy.file(at).text[at.span.start as usize..at.span.end as usize];
    assert_eq!(written(cover.data[0].at), "\"photos\"");
    assert_eq!(written(cover.name.at), "playlist-cover");
    assert_eq!(written(friends.gates[1].at), "\"ContactsGate.require()\"");
    let levels: Vec<_> = policy.severities.iter().map(|(rule, level)| (*rule, level.value)).collect();
    assert_eq!(levels, [(Rule::OutsideFeatureScope, Level::At(Severity::Error)), (Rule::MissingOptOut, Level::Off)]);
}

#[test]
fn scopes_are_folders_and_globs() {
    let covers = |scope: &str, path: &str| {
        let policy = good(&[("askfirst.toml", &format!("{GATE}{COVER}scope = {scope}"))]);
        policy.features[0].covers(path)
    };
    for (scope, path, expected) in [
        ("'ios/Playlist/**'", "ios/Playlist/Cover.swift", true),
        ("'ios/Playlist/**'", "ios/Playlist/a/b/Cover.swift", true),
        ("'ios/Playlist/**'", "ios/PlaylistEditor/Cover.swift", false),
        ("'ios/Playlist/*'", "ios/Playlist/Cover.swift", true),
        ("'ios/*/Cover.swift'", "ios/a/b/Cover.swift", false),
        ("'ios/Playlist'", "ios/Playlist/a/Cover.swift", true),
        ("'ios/Playlist/'", "ios/Playlist/a/Cover.swift", true),
        ("'./ios/Playlist'", "ios/Playlist/Cover.swift", true),
        ("'Playlist'", "ios/Playlist/Cover.swift", false),
        ("'**/playlist/**'", "android/app/playlist/Cover.kt", true),
        ("'**/playlist/**'", "playlist/Cover.kt", true),
        ("['a', 'b']", "b/Cover.kt", true),
        ("'ios/{Playlist,Cover}/**'", "ios/Cover/A.swift", true),
        ("'ios/Cover.swift'", "ios/Cover.swift", true),
        ("'.'", "a/b.kt", true),
    ] {
        assert_eq!(covers(scope, path), expected, "{scope} {path}");
    }
}

#[test]
fn a_policy_comes_on_top_of_what_it_extends() {
    let policy = good(&[
        (
            "app/askfirst.toml",
            "[project]\nextends = [\"../privacy/base.toml\", \"more.toml\"]\n[feature.playlist-cover]\nkey=\".other\"\ndata=[\"camera\"]\n[rules]\nwrong-feature = \"info\"\n",
        ),
        (
            "app/../privacy/base.toml",
            &format!(
                "{GATE}{COVER}purpose = \"Covers.\"\n[feature.friends]\ndata = \"contacts\"\nkey = \".friends\"\n[rules]\nwrong-feature = \"off\"\nungated-access = \"warning\"\n"
            ),
        ),
        (
            "app/more.toml",
            "[project]\nextends = \"../privacy/base.toml\"\n[[gate]]\ncall = \"Other.asks($feature)\"\n[[gate]]\ncall = \"PrivacyGate.allows($feature)\"\ngrants = \"callback\"\n",
        ),
    ]);
    let paths: Vec<&str> = policy.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["app/askfirst.toml", "privacy/base.toml", "app/more.toml"]);
    let gates: Vec<(&str, u32)> = policy.gates.iter().map(|gate| (gate.text.as_str(), gate.at.file)).collect();
    assert_eq!(gates, [("PrivacyGate.allows($feature)", 2), ("Other.asks($feature)", 2)]);
    assert_eq!(policy.gates[0].grants, Grants::Callback, "the extending file says how");
    let features: Vec<(&str, u32)> = policy.features.iter().map(|feature| (feature.name.value.as_str(), feature.name.at.file)).collect();
    assert_eq!(features, [("friends", 1), ("playlist-cover", 0)]);
    let cover = policy.feature("playlist-cover").expect("is declared");
    assert!(cover.purpose.is_none(), "a feature is replaced as a whole");
    let levels: BTreeMap<Rule, Level> = policy.severities.iter().map(|(rule, level)| (*rule, level.value)).collect();
    assert_eq!(levels[&Rule::WrongFeature], Level::At(Severity::Info));
    assert_eq!(levels[&Rule::UngatedAccess], Level::At(Severity::Warning));
}

#[test]
fn what_is_missing_is_not_said_of_what_could_not_be_read() {
    let found = |text: &str| {
        let errors = Policy::parse(&[("askfirst.toml", text)]).err();
        errors.into_iter().flat_map(|errors| errors.mistakes).map(|mistake| mistake.message).collect::<Vec<_>>()
    };
    assert_eq!(found("[[gate]]\ncall = \"A.b(\"\n[feature.a]\nkey = \".a\"\ndata = \"photos\""), ["this parenthesis is never closed"]);
    assert_eq!(found(&format!("{GATE}[feature.a]\nkye = \".a\"\ndata = \"photos\"")), ["unknown key `kye`"]);
    assert_eq!(found(&format!("{GATE}[feature.a]\nkey = \".a\"\ndaat = \"photos\"")), ["unknown key `daat`"]);
    assert_eq!(found("[[gates]]\ncall = \"A.b($feature)\"\n[feature.a]\nkey = \".a\"\ndata = \"photos\""), ["unknown key `gates`"]);
    assert_eq!(found("[feature.a]\nkey = \".a\"\ndata = \"photos\"\ngate = [\"A.b($featur)\"]").len(), 1);
}

/// Whatever is cut off, doubled or nested, there is a policy or there are mistakes that can be shown.
#[test]
fn no_text_is_too_strange() {
    let parse = |text: &str| shown(&Policy::parse(&[("askfirst.toml", text)]).err().map(|errors| errors.mistakes).unwrap_or_default());
    for (at, _) in WHOLE.char_indices() {
        parse(&WHOLE[..at]);
        parse(&WHOLE[at..]);
        parse(&[&WHOLE[..at], "\"é", &WHOLE[at..]].concat());
    }
    for nested in ["[", "{a=", "gate = [", "a."] {
        assert!(!parse(&nested.repeat(20_000)).is_empty());
    }
    assert!(parse(&"[[gate]]\nx = 1\n".repeat(2_000)).len() < 100_000);
}

/// `UPDATE_EXPECT=1` writes it anew.
#[test]
fn the_schema_is_current() {
    let path = "docs/askfirst.schema.json";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, json_schema()).expect("can be written");
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), json_schema(), "{path} is out of date; write it by askfirst schema");
}

#[test]
fn severities_may_differ_by_folder_and_the_last_one_counts() {
    let base =
        "[[overrides]]\npaths = \"old\"\nrules = { ungated-access = \"info\", not-a-check = \"info\" }\n[scan]\nexclude = \"gen/**\"\nfail-on = \"never\"\n";
    let own = "[project]\nextends = \"base.toml\"\n[rules]\nungated-access = \"warning\"\n[scan]\nexclude = [\"third/*.kt\"]\nfail-on = \"warning\"\n\
        [[overrides]]\npaths = [\"old/more/**\", \"odd/A.kt\"]\nrules = { ungated-access = \"off\" }\n";
    let policy = good(&[("app/askfirst.toml", own), ("app/base.toml", base)]);
    let severity = |rule: Rule, path: &str| policy.severity(rule, path);
    assert_eq!(severity(Rule::UngatedAccess, "app/new/A.kt"), Some(Severity::Warning));
    assert_eq!(severity(Rule::UngatedAccess, "app/old/A.kt"), Some(Severity::Info));
    assert_eq!(severity(Rule::UngatedAccess, "app/old/more/A.kt"), None);
    assert_eq!(severity(Rule::UngatedAccess, "app/odd/A.kt"), None);
    assert_eq!(severity(Rule::NotACheck, "app/old/more/A.kt"), Some(Severity::Info));
    assert_eq!(severity(Rule::NotACheck, "app/new/A.kt"), Some(Severity::Warning));
    assert!(policy.excludes("app/gen/a/A.kt") && policy.excludes("app/third/A.kt"));
    assert!(!policy.excludes("app/third/a/A.kt") && !policy.excludes("gen/A.kt"));
    assert_eq!(policy.scan.fail_on.as_ref().map(|set| set.value), Some(FailOn::Warning));
    assert!(!policy.has_features());
}
