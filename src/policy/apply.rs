//! What one file says, checked and put on top of a policy; then what can only be checked of all files together.

use std::collections::BTreeMap;
use std::ops::Range;

use globset::{GlobBuilder, GlobMatcher};

use super::gates;
use super::model::{Feature, Key, Level, Located, Override, Policy, Scope};
use super::pattern;
use super::raw::{FAIL_ON, FeatureTable, INCLUDED, LEVELS, Marked, OverrideTable, PolicyText, ScanTable, Texts};
use super::read::at;
use crate::catalogue::DataCategory;
use crate::document::{Decoded, Mistake, Problems, suggestion};
use crate::verdict::Rule;

/// One file while it is put on top of a policy.
pub(super) struct Context<'a, 'p> {
    /// Index of the file in the policy.
    pub file: u32,
    /// Its text.
    pub text: &'a str,
    /// Its mistakes.
    pub problems: &'a mut Problems<'p>,
    /// What is wrong so far.
    /// Where decoding found mistakes.
    spoiled: &'a [Range<usize>],
    /// Where tables of the file begin, in order.
    tables: Vec<usize>,
}

impl Context<'_, '_> {
    /// Something with its place.
    pub fn located<T>(&self, span: Range<usize>, value: T) -> Located<T> {
        Located { value, at: at(self.file, span) }
    }

    /// Whether something in the table that begins there could not be decoded. What is missing from it may be just that.
    pub fn is_spoiled(&self, table: &Range<usize>) -> bool {
        let next = self.tables.iter().find(|start| **start > table.start).copied().unwrap_or(self.text.len());
        self.spoiled.iter().any(|mistake| table.start <= mistake.start && mistake.start < next.max(table.end))
    }

    /// Notes what is wrong inside of a text in quotes.
    pub fn trouble(&mut self, text: &Marked<String>, trouble: pattern::Trouble) {
        let whole = text.span();
        // Where the text has escapes, its bytes are not those of the file.
        let inner = whole.start + 1..whole.end.saturating_sub(1);
        let is_plain = self.text.get(inner.clone()) == Some(text.get().as_str());
        let span = if is_plain && !trouble.at.is_empty() { inner.start + trouble.at.start..inner.start + trouble.at.end } else { whole };
        self.problems.add(span, trouble.message, "here", Some(trouble.help));
    }

    /// Notes a list that has nothing in it.
    fn empty(&mut self, name: &str, list: &Texts, help: &str) {
        if list.items.is_empty() {
            self.problems.add(list.span.clone(), format!("`{name}` is empty"), "nothing in it", Some(help.to_owned()));
        }
    }
}

/// Puts what a file says on top of a policy.
pub(super) fn apply(decoded: &Decoded<PolicyText>, text: &str, file: u32, policy: &mut Policy, problems: &mut Problems<'_>) {
    let said = &decoded.value;
    let tables = table_starts(said);
    let mut context = Context { file, text, problems, spoiled: &decoded.mistakes, tables };
    gates::shared(said.gate.as_ref(), &mut context, &mut policy.gates);
    for (name, table) in &said.feature {
        if let Some(feature) = feature(name, table, &mut context) {
            policy.features.retain(|known| known.name.value != feature.name.value);
            policy.features.push(feature);
        }
    }
    severities(&said.rules, &mut policy.severities, &mut context);
    for table in &said.overrides {
        overridden(table, policy, &mut context);
    }
    scan(&said.scan, policy, &mut context);
}

fn severities(rules: &BTreeMap<Marked<String>, Marked<String>>, severities: &mut BTreeMap<Rule, Located<Level>>, context: &mut Context<'_, '_>) {
    rules.iter().for_each(|(rule, level)| severity(rule, level, severities, context));
}

/// Severities in some folders.
fn overridden(table: &OverrideTable, policy: &mut Policy, context: &mut Context<'_, '_>) {
    let mut one = Override { paths: Vec::new(), severities: BTreeMap::new() };
    severities(&table.rules, &mut one.severities, context);
    match (&table.paths, table.rules.keys().next()) {
        (Some(paths), Some(_)) => {
            one.paths = globs(paths, "paths", "name the folders or files", context);
            policy.overrides.push(one);
        }
        (Some(paths), None) => {
            let help = "add `rules = { ungated-access = \"warning\" }` with the severities there".to_owned();
            context.problems.add(paths.span.clone(), "this override changes nothing".to_owned(), "without `rules`", Some(help));
        }
        (None, Some(rule)) => {
            let help = "add `paths = [\"legacy/**\"]`, or move the rule to `[rules]`, which holds everywhere".to_owned();
            context.problems.add(rule.span(), "this override does not say where".to_owned(), "without `paths`", Some(help));
        }
        (None, None) => {}
    }
}

/// What is scanned.
fn scan(table: &ScanTable, policy: &mut Policy, context: &mut Context<'_, '_>) {
    if let Some(list) = &table.include {
        for word in list.items.iter().filter(|word| !INCLUDED.contains(&word.get().as_str())) {
            context.problems.unknown(word.span(), "kind of files", word.get(), &INCLUDED);
        }
        policy.scan.include = Some(list.items.iter().map(|word| context.located(word.span(), word.get().clone())).collect());
    }
    if let Some(list) = &table.exclude {
        policy.scan.exclude.extend(globs(list, "exclude", "name what is left out, or remove it", context));
    }
    if let Some(word) = &table.fail_on {
        match FAIL_ON.iter().find(|(known, _)| known == word.get()) {
            Some((_, fail_on)) => policy.scan.fail_on = Some(context.located(word.span(), *fail_on)),
            None => context.problems.unknown(word.span(), "severity", word.get(), &FAIL_ON.map(|(known, _)| known)),
        }
    }
}

fn table_starts(said: &PolicyText) -> Vec<usize> {
    let features = said.feature.keys().map(|name| name.span().start);
    let rules = said.rules.keys().map(|rule| rule.span().start).min();
    let mut starts: Vec<usize> = said.gate.iter().flat_map(|list| &list.items).map(|(span, _)| span.start).chain(features).chain(rules).collect();
    starts.sort_unstable();
    starts
}

fn severity(rule: &Marked<String>, level: &Marked<String>, severities: &mut BTreeMap<Rule, Located<Level>>, context: &mut Context<'_, '_>) {
    let known = Rule::from_id(rule.get());
    if known.is_none() {
        let closest = suggestion(rule.get(), &Rule::ALL.map(Rule::id));
        context.problems.add(rule.span(), format!("unknown rule `{}`", rule.get()), "no rule of this name", Some(closest));
    }
    if known == Some(Rule::UnknownCategory) {
        let help = "remove this line".to_owned();
        context.problems.add(rule.span(), format!("`{}` is always an error", rule.get()), "cannot be changed", Some(help));
    }
    let word = LEVELS.iter().find(|(word, _)| word == level.get());
    match (known, word) {
        (Some(known), Some((_, word))) => _ = severities.insert(known, context.located(rule.span(), *word)),
        (_, None) => context.problems.unknown(level.span(), "severity", level.get(), &LEVELS.map(|(word, _)| word)),
        (None, Some(_)) => {}
    }
}

fn feature(name: &Marked<String>, table: &FeatureTable, context: &mut Context<'_, '_>) -> Option<Feature> {
    let is_spoiled = context.is_spoiled(&name.span());
    let mut feature = Feature {
        name: context.located(name.span(), name.get().clone()),
        keys: keys(table.key.as_ref(), context),
        purpose: sentence("purpose", table.purpose.as_ref(), "say in a sentence what the person gets from it", context),
        data: Vec::new(),
        scope: table.scope.as_ref().map(|list| scopes(list, context)),
        opt_out: sentence("opt-out", table.opt_out.as_ref(), "say where the person turns it off, as in \"Settings > Privacy > Photos\"", context),
        owner: sentence("owner", table.owner.as_ref(), "remove it, or say who answers for the feature", context),
        retention: sentence("retention", table.retention.as_ref(), "remove it, or say how long the data is kept", context),
        shared_with: table.shared_with.iter().flat_map(|list| &list.items).map(|name| context.located(name.span(), name.get().clone())).collect(),
        gates: Vec::new(),
    };
    feature_name(name, context);
    match &table.data {
        Some(list) => feature.data = categories(list, context),
        None if !is_spoiled => {
            let help = format!("add `data = [\"…\"]` with what it uses; {}", one_of(&DataCategory::ALL.map(DataCategory::name)));
            context.problems.add(name.span(), format!("the feature `{}` does not say which data it uses", name.get()), "without `data`", Some(help));
        }
        None => {}
    }
    if let Some(list) = &table.gate {
        gates::own(list, &feature, is_spoiled, context).into_iter().for_each(|gate| feature.gates.push(gate));
    }
    if let Some(shared) = &table.shared_with {
        context.empty("shared-with", shared, "remove it, or name who gets the data");
    }
    Some(feature)
}

fn one_of(names: &[&str]) -> String {
    format!("one or more of {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
}

fn feature_name(name: &Marked<String>, context: &mut Context<'_, '_>) {
    let text = name.get();
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    if text.starts_with(is_plain) && text.chars().all(|letter| is_plain(letter) || matches!(letter, '.' | '_' | '-')) {
        return;
    }
    let help = match kebab(text) {
        plain if plain.is_empty() => "names are of small letters, digits, `-`, `_` and `.`, as in `playlist-cover`".to_owned(),
        plain => format!("names are of small letters, digits, `-`, `_` and `.`: write `{plain}`"),
    };
    context.problems.add(name.span(), format!("`{text}` is no name for a feature"), "this name", Some(help));
}

/// `PlaylistCover`, `PLAYLIST_COVER` and `Playlist cover` as `playlist-cover`.
fn kebab(text: &str) -> String {
    let mut plain = String::new();
    let mut before = ' ';
    for letter in text.chars() {
        if letter.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            plain.push('-');
        }
        before = letter;
        match letter.to_ascii_lowercase() {
            letter if letter.is_ascii_lowercase() || letter.is_ascii_digit() => plain.push(letter),
            _ if !plain.is_empty() && !plain.ends_with('-') => plain.push('-'),
            _ => {}
        }
    }
    plain.trim_end_matches('-').to_owned()
}

/// A text for people, which has to say something.
fn sentence(name: &str, text: Option<&Marked<String>>, help: &str, context: &mut Context<'_, '_>) -> Option<Located<String>> {
    let text = text?;
    if text.get().trim().is_empty() {
        context.problems.add(text.span(), format!("`{name}` says nothing"), "empty", Some(help.to_owned()));
    }
    Some(context.located(text.span(), text.get().clone()))
}

fn keys(list: Option<&Texts>, context: &mut Context<'_, '_>) -> Vec<Located<Key>> {
    let Some(list) = list else { return Vec::new() };
    context.empty("key", list, "write what names the feature in code, as in `[\"Feature.PLAYLIST_COVER\", \".playlistCover\"]`, or remove it");
    key_list(list, context)
}

/// Keys, or answers of a gate; each once.
pub(super) fn key_list(list: &Texts, context: &mut Context<'_, '_>) -> Vec<Located<Key>> {
    let mut keys: Vec<Located<Key>> = Vec::new();
    let mut spans: Vec<Range<usize>> = Vec::new();
    for text in &list.items {
        match pattern::key(text.get()) {
            Err(trouble) => context.trouble(text, trouble),
            Ok(key) => match keys.iter().position(|known| known.value == key) {
                Some(index) => {
                    let others = vec![(spans[index].clone(), "here, too")];
                    context.problems.add_with(text.span(), format!("`{}` is written twice", text.get()), "again", others, Some("keep one of them".to_owned()));
                }
                None => {
                    keys.push(context.located(text.span(), key));
                    spans.push(text.span());
                }
            },
        }
    }
    keys
}

fn categories(list: &Texts, context: &mut Context<'_, '_>) -> Vec<Located<DataCategory>> {
    let names = DataCategory::ALL.map(DataCategory::name);
    context.empty("data", list, &format!("name what the feature uses: {}", one_of(&names)));
    let mut found: Vec<Located<DataCategory>> = Vec::new();
    for text in &list.items {
        match DataCategory::from_name(text.get()) {
            None => {
                let label = Rule::UnknownCategory.id();
                context.problems.add(text.span(), format!("there is no data category `{}`", text.get()), label, Some(suggestion(text.get(), &names)));
            }
            Some(category) if found.iter().any(|known| known.value == category) => {
                context.problems.add(text.span(), format!("`{category}` is written twice"), "again", Some("keep one of them".to_owned()));
            }
            Some(category) => found.push(context.located(text.span(), category)),
        }
    }
    found
}

fn scopes(list: &Texts, context: &mut Context<'_, '_>) -> Vec<Located<Scope>> {
    globs(list, "scope", "name the feature's folders, or remove `scope` if it may be anywhere", context)
}

/// Paths relative to the folder that the policy speaks for, under a key of that name.
fn globs(list: &Texts, key: &str, help: &str, context: &mut Context<'_, '_>) -> Vec<Located<Scope>> {
    context.empty(key, list, help);
    let mut scopes = Vec::new();
    for text in &list.items {
        match scope(text.get(), key) {
            Ok(scope) => scopes.push(context.located(text.span(), scope)),
            Err((message, help)) => {
                let label = if key == "scope" { "this scope" } else { "this path" };
                context.problems.add(text.span(), message, label, Some(help));
            }
        }
    }
    scopes
}

fn scope(glob: &str, key: &str) -> Result<Scope, (String, String)> {
    let what = if key == "scope" { "scopes" } else { "paths" };
    let relative = || format!("{what} are relative to the folder that the policy is in, as in `ios/Playlist/**`");
    let plain = glob.strip_prefix("./").unwrap_or(glob);
    let has_drive = plain.as_bytes().get(1) == Some(&b':');
    if plain.trim().is_empty() {
        return Err((format!("an empty {}", what.trim_end_matches('s')), relative()));
    }
    if plain.starts_with('/') || has_drive {
        return Err((format!("`{glob}` is an absolute path"), relative()));
    }
    if plain.contains('\\') {
        return Err((format!("a backslash in `{glob}`"), format!("write `{}`", plain.replace('\\', "/"))));
    }
    if plain.split('/').any(|name| name == "..") {
        return Err((
            format!("`{glob}` leads out of the policy's folder"),
            "a policy speaks for its own folder; put it further up, or a second one beside that code".to_owned(),
        ));
    }
    if let Some(kept) = plain.strip_prefix('!') {
        return Err((
            format!("`{glob}` excludes"),
            match key {
                "scope" => format!("a scope says where the feature may be, and nothing else: name the other folders instead of `{kept}`"),
                _ => format!("name what is meant instead of what is not: the other folders than `{kept}`"),
            },
        ));
    }
    let trimmed = plain.trim_end_matches('/');
    let below = matcher(&format!("{trimmed}/**"));
    let matchers = if trimmed == "." { matcher("**").map(|all| vec![all]) } else { below.and_then(|below| Ok(vec![matcher(trimmed)?, below])) };
    match matchers {
        // `folder/` is no file.
        Ok(mut matchers) => {
            if trimmed != plain {
                matchers.remove(0);
            }
            Ok(Scope { glob: glob.to_owned(), matchers })
        }
        Err(reason) => {
            Err((format!("`{glob}` is no path: {reason}"), "`*` stands for part of a name, `**` for folders, `{a,b}` for one of several".to_owned()))
        }
    }
}

fn matcher(glob: &str) -> Result<GlobMatcher, String> {
    let glob = GlobBuilder::new(glob).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|error| error.kind().to_string().to_lowercase())
}

/// What can only be said once all files are together.
pub(super) fn check_whole(policy: &Policy, errors: &mut Vec<Mistake>) {
    let mut add = |found: &Located<String>, message: String, label: &str, others: Vec<(Range<usize>, &str)>, help: String| {
        let file = policy.file(found.at);
        let span = found.at.span.start as usize..found.at.span.end as usize;
        Problems::new(&file.path, &file.text, errors).add_with(span, message, label, others, Some(help));
    };
    let keys: Vec<(&Feature, &Located<Key>)> = policy.features.iter().flat_map(|feature| feature.keys.iter().map(move |key| (feature, key))).collect();
    for (index, (feature, key)) in keys.iter().enumerate() {
        let Some((other, first)) = keys[..index].iter().find(|(other, known)| other.name != feature.name && same(&known.value, &key.value)) else { continue };
        // Whoever stands later is wrong; of two files the one that extends the other.
        let is_later = (first.at.file != key.at.file && key.at.file < first.at.file) || (first.at.file == key.at.file && first.at.span < key.at.span);
        let (late, early, late_of, early_of) = if is_later { (key, first, feature, other) } else { (first, key, other, feature) };
        let message = format!("a key of the feature `{}` is one of `{}`, too", late_of.name.value, early_of.name.value);
        let range = early.at.span.start as usize..early.at.span.end as usize;
        let others = if early.at.file == late.at.file { vec![(range, "here, too")] } else { Vec::new() };
        let found = Located { value: String::new(), at: late.at };
        add(&found, message, "names two features", others, "a key tells for which feature the app asks; give each feature its own".to_owned());
    }
}

/// Whether code may mean either: the type may be left out, or be qualified.
fn same(left: &Key, right: &Key) -> bool {
    match (left, right) {
        (Key::Name { owner: Some(one), name }, Key::Name { owner: Some(other), name: other_name }) => {
            let is_end = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            name == other_name && (is_end(one, other) || is_end(other, one))
        }
        (Key::Name { name, .. }, Key::Name { name: other, .. }) => name == other,
        _ => left == right,
    }
}
