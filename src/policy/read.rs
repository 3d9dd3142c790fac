//! Policy files to a [`Policy`]: each file decoded, checked, and put on top of those that it extends.
//!
//! Nothing stops at a mistake, so that one run shows all of them; follow-ups of a mistake are left out.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use super::apply;
use super::model::{At, Policy, PolicyFile};
use super::raw::{Marked, PolicyText};
use crate::document::{Mistake, Problems, decode};
use crate::source::Span;

/// Everything that is wrong with a policy and what it extends: each mistake is a diagnostic with its source.
#[derive(Debug)]
pub struct PolicyErrors {
    /// In the order of files and places.
    pub mistakes: Vec<Mistake>,
}

/// Longer files are none that people wrote.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// What was found under a path.
struct Opened {
    /// The same for all paths that lead to one file.
    identity: PathBuf,
    bytes: Vec<u8>,
}

type Open<'a> = &'a dyn Fn(&Path) -> io::Result<Opened>;

impl Policy {
    /// Reads a policy file.
    ///
    /// `shown` is its path for people, with `/`; the folder of that is the one it speaks for.
    pub fn read(path: &Path, shown: &str) -> Result<Self, PolicyErrors> {
        Reader::new(&open).policy(path, shown)
    }

    /// Reads a policy from texts: the policy itself, and what it may extend, each with its path.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, PolicyErrors> {
        let open = |path: &Path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            let (name, text) = found.ok_or(io::Error::from(io::ErrorKind::NotFound))?;
            Ok(Opened { identity: PathBuf::from(name), bytes: text.as_bytes().to_vec() })
        };
        let shown = files.first().map_or("askfirst.toml", |(name, _)| name);
        Reader::new(&open).policy(Path::new(shown), shown)
    }
}

/// Opens only what is a plain file of a sensible size: what a policy extends is named by whoever wrote the scanned code.
fn open(path: &Path) -> io::Result<Opened> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::other("too large for a policy"));
    }
    Ok(Opened { identity: path.canonicalize()?, bytes })
}

struct Reader<'a> {
    open: Open<'a>,
    policy: Policy,
    errors: Vec<Mistake>,
    /// Files that are being read: each extends the next.
    stack: Vec<(PathBuf, String)>,
    done: HashSet<PathBuf>,
    /// A file is not TOML, or not UTF-8: parts of it are missing, and nothing is said about what that leads to.
    is_text_damaged: bool,
}

impl<'a> Reader<'a> {
    fn new(open: Open<'a>) -> Self {
        Self { open, policy: Policy::default(), errors: Vec::new(), stack: Vec::new(), done: HashSet::new(), is_text_damaged: false }
    }

    fn policy(mut self, path: &Path, shown: &str) -> Result<Policy, PolicyErrors> {
        self.policy.folder = shown.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default();
        match (self.open)(path) {
            Ok(opened) => self.file(path, shown, opened),
            Err(error) => {
                let message = format!("this policy cannot be read: {}", plain(&error));
                Problems::new(shown, "", &mut self.errors).add(0..0, message, "", None);
            }
        }
        self.policy.features.sort_by(|left, right| left.name.value.cmp(&right.name.value));
        if !self.is_text_damaged {
            apply::check_whole(&self.policy, &mut self.errors);
        }
        if self.errors.is_empty() {
            return Ok(self.policy);
        }
        let order = |mistake: &Mistake| self.policy.files.iter().position(|file| file.path == mistake.path());
        self.errors.sort_by_key(|mistake| (order(mistake), mistake.span.offset()));
        Err(PolicyErrors { mistakes: self.errors })
    }

    /// Puts a file, after all that it extends, on top of the policy.
    fn file(&mut self, path: &Path, shown: &str, opened: Opened) {
        let file = self.policy.files.len() as u32;
        let text = self.text(shown, opened.bytes);
        self.policy.files.push(PolicyFile { path: shown.to_owned(), text: text.clone() });
        let mut problems = Problems::new(shown, &text, &mut self.errors);
        let decoded = decode::<PolicyText>(&text, &mut problems);
        self.is_text_damaged |= !decoded.is_toml;
        self.stack.push((opened.identity.clone(), shown.to_owned()));
        let bases = decoded.value.project.extends.as_ref();
        if let Some(list) = bases.filter(|list| list.items.is_empty()) {
            Problems::new(shown, &text, &mut self.errors).add(list.span.clone(), "`extends` names no file".to_owned(), "empty", Some("remove it".to_owned()));
        }
        for base in bases.map(|list| list.items.as_slice()).unwrap_or_default() {
            self.base(path, shown, &text, base);
        }
        self.stack.pop();
        self.done.insert(opened.identity);
        if !decoded.is_toml {
            // The rest of half a file makes mistakes that nobody wrote.
            return;
        }
        let mut problems = Problems::new(shown, &text, &mut self.errors);
        apply::apply(&decoded, &text, file, &mut self.policy, &mut problems);
    }

    /// The text of a file; where it is not UTF-8 that is noted.
    fn text(&mut self, shown: &str, bytes: Vec<u8>) -> String {
        let start = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        match std::str::from_utf8(&bytes[start..]) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                let text = String::from_utf8_lossy(&bytes[start..]).into_owned();
                let at = error.valid_up_to();
                let help = Some("save the file as UTF-8".to_owned());
                let mut problems = Problems::new(shown, &text, &mut self.errors);
                problems.add(at..at + char::REPLACEMENT_CHARACTER.len_utf8(), "this file is not UTF-8".to_owned(), "no character", help);
                // What follows would be read as something else than was meant.
                self.is_text_damaged = true;
                String::new()
            }
        }
    }

    fn base(&mut self, path: &Path, shown: &str, text: &str, base: &Marked<String>) {
        let name = base.get().as_str();
        let found = base_path(name).and_then(|below| {
            let base_path = path.parent().unwrap_or(Path::new("")).join(below);
            let base_shown = joined(shown.rsplit_once('/').map_or("", |(folder, _)| folder), name);
            match (self.open)(&base_path) {
                Ok(opened) => self.no_cycle(&opened, &base_shown).map(|()| (base_path, base_shown, opened)),
                Err(error) => Err((format!("`{name}` cannot be read: {}", plain(&error)), format!("it is looked for at {base_shown}"))),
            }
        });
        match found {
            Ok((_, _, opened)) if self.done.contains(&opened.identity) => {}
            Ok((base_path, base_shown, opened)) => self.file(&base_path, &base_shown, opened),
            Err((message, help)) => {
                Problems::new(shown, text, &mut self.errors).add(base.span(), message, "extended here", Some(help));
            }
        }
    }

    fn no_cycle(&self, opened: &Opened, shown: &str) -> Result<(), (String, String)> {
        let Some(first) = self.stack.iter().position(|(identity, _)| *identity == opened.identity) else { return Ok(()) };
        let ring: Vec<&str> = self.stack[first..].iter().map(|(_, shown)| shown.as_str()).chain([shown]).collect();
        Err(("this policy extends itself".to_owned(), format!("{}; one of them must not extend the next", ring.join(" extends "))))
    }
}

/// What may be extended: a path on this machine, relative to the file that says it.
fn base_path(name: &str) -> Result<&Path, (String, String)> {
    let relative = || "write a path relative to this file, as in `privacy/base.toml`".to_owned();
    if name.trim().is_empty() {
        return Err(("an empty path".to_owned(), relative()));
    }
    if name.contains("://") {
        return Err((
            format!("`{name}` is not a file of this project"),
            "askfirst never uses the network; copy it into the project and extend the copy".to_owned(),
        ));
    }
    if name.contains('\\') {
        return Err((format!("a backslash in `{name}`"), format!("write `{}`", name.replace('\\', "/"))));
    }
    let path = Path::new(name);
    let has_drive = name.as_bytes().get(1) == Some(&b':');
    if has_drive || path.components().any(|part| matches!(part, Component::RootDir | Component::Prefix(_))) {
        return Err((format!("`{name}` is an absolute path"), relative()));
    }
    Ok(path)
}

/// `name` as seen from a folder, without `.` and as few `..` as can be.
fn joined(folder: &str, name: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." if names.last().is_some_and(|last| *last != "..") => _ = names.pop(),
            _ => names.push(part),
        }
    }
    names.join("/")
}

/// What the operating system says, in lower case and without its number, so that it is the same everywhere.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase(),
    }
}

/// The place of a span in a file of the policy.
pub(super) fn at(file: u32, span: Range<usize>) -> At {
    At { file, span: Span::new(span.start, span.end) }
}
