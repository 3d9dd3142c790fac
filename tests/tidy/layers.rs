//! Each module of `src/` uses only what its row of the table in `ARCHITECTURE.md` allows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, ItemMod, Macro, UseTree};

/// A row of the table: modules and crates that a module may use.
#[derive(Default)]
struct Layer {
    modules: BTreeSet<String>,
    crates: BTreeSet<String>,
}

/// Modules that hold the others together.
const WITHOUT_LAYER: [&str; 2] = ["lib", "main"];

/// Longer files are hard to read. Each of these has a reason.
const LONG_FILES: [(&str, &str); 1] = [("src/evidence/resolver.rs", "one walk over all kinds of expressions, whose arms are short")];
const MAX_LINES: usize = 750;

#[test]
fn modules_keep_to_their_layer() {
    let layers = layers();
    let restricted: BTreeSet<&String> = layers.values().flat_map(|layer| &layer.crates).collect();
    let mut problems = Vec::new();
    let mut found = BTreeMap::new();
    for (path, module) in modules() {
        let Some(layer) = layers.get(&module[0]) else {
            problems.push(format!("{path}: ARCHITECTURE.md has no row for `{}`", module[0]));
            continue;
        };
        for used in uses(&path, &module) {
            match &used[..] {
                [first, other, ..] if first == "crate" => {
                    if *other != module[0] && !layer.modules.contains(other) {
                        problems.push(format!("{path}: `{}` must not use `{other}`", module[0]));
                    }
                    found.entry(module[0].clone()).or_insert_with(Layer::default).modules.insert(other.clone());
                }
                [name, ..] if restricted.contains(name) => {
                    if !layer.crates.contains(name) {
                        problems.push(format!("{path}: `{}` must not use the crate `{name}`", module[0]));
                    }
                    found.entry(module[0].clone()).or_insert_with(Layer::default).crates.insert(name.clone());
                }
                _ => {}
            }
        }
    }
    problems.sort();
    problems.dedup();
    super::none("see the table of layers in ARCHITECTURE.md", &problems);
    super::none("the table of layers in ARCHITECTURE.md allows what nobody uses", &unused(&layers, &found));
}

fn unused(layers: &BTreeMap<String, Layer>, found: &BTreeMap<String, Layer>) -> Vec<String> {
    let nothing = Layer::default();
    let of_layer = |(name, layer): (&String, &Layer)| {
        let used = found.get(name).unwrap_or(&nothing);
        let more = layer.modules.difference(&used.modules).chain(layer.crates.difference(&used.crates));
        more.map(|other| format!("`{name}` does not use `{other}`")).collect::<Vec<_>>()
    };
    layers.iter().flat_map(of_layer).collect()
}

#[test]
fn files_stay_short() {
    let mut problems = Vec::new();
    for path in super::files("src", "rs") {
        let shown = path.to_string_lossy().replace('\\', "/");
        let lines = super::read(&path).lines().count();
        let is_excepted = LONG_FILES.iter().any(|(excepted, _)| *excepted == shown);
        match (lines > MAX_LINES, is_excepted) {
            (true, false) => problems.push(format!("{shown} has {lines} lines; split it")),
            (false, true) => problems.push(format!("{shown} is short now; take it off the list")),
            _ => {}
        }
    }
    super::none(&format!("files in src/ have {MAX_LINES} lines at most"), &problems);
}

/// The table of `ARCHITECTURE.md`.
fn layers() -> BTreeMap<String, Layer> {
    let text = super::read("ARCHITECTURE.md");
    let section = text.split("\n## Layers\n").nth(1).expect("there is a section on layers").split("\n## ").next().unwrap_or_default();
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")).map(|row| {
        let cells: Vec<&str> = row.split('|').collect();
        let module = cells[0].trim().trim_end_matches('`').to_owned();
        (module, Layer { modules: names(cells[1]), crates: names(cells[2]) })
    });
    rows.collect()
}

/// Source files with their module paths, without those that hold only tests.
fn modules() -> Vec<(String, Vec<String>)> {
    let files = super::files("src", "rs").into_iter().map(|path| {
        let inner = path.strip_prefix("src").expect("is below src").with_extension("");
        let mut module: Vec<String> = inner.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        module.pop_if(|last| last == "mod");
        (path.to_string_lossy().replace('\\', "/"), module)
    });
    files.filter(|(_, module)| !WITHOUT_LAYER.contains(&module[0].as_str()) && module.last().is_none_or(|last| last != "tests")).collect()
}

/// Paths that a file uses, `super` and `self` resolved as far as they lead out of the file.
fn uses(path: &str, module: &[String]) -> BTreeSet<Vec<String>> {
    let file = syn::parse_file(&super::read(Path::new(path))).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut collector = Collector { module: module.to_vec(), found: BTreeSet::new() };
    collector.visit_file(&file);
    collector.found
}

struct Collector {
    module: Vec<String>,
    found: BTreeSet<Vec<String>>,
}

impl Collector {
    fn note(&mut self, path: Vec<String>) {
        let mut absolute = vec!["crate".to_owned()];
        let ups = path.iter().take_while(|part| *part == "super").count();
        match path.first().map(String::as_str) {
            Some("super") => absolute.extend(self.module[..self.module.len().saturating_sub(ups)].iter().cloned()),
            Some("self") => absolute.extend(self.module.iter().cloned()),
            _ => absolute.clear(),
        }
        absolute.extend(path.into_iter().skip_while(|part| part == "super" || part == "self"));
        self.found.insert(absolute);
    }

    fn note_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: String| before.iter().cloned().chain([name]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.note_tree(&with(path.ident.to_string()), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.note_tree(before, item)),
            UseTree::Name(name) => self.note(with(name.ident.to_string())),
            UseTree::Rename(rename) => self.note(with(rename.ident.to_string())),
            _ => self.note(before.to_vec()),
        }
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.note(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    /// The arguments of macros are only tokens.
    fn visit_macro(&mut self, invocation: &'ast Macro) {
        let tokens = invocation.tokens.to_string();
        for (start, _) in tokens.match_indices("crate ::") {
            let name = tokens[start..].split_whitespace().nth(2).unwrap_or_default();
            self.note(vec!["crate".to_owned(), name.to_owned()]);
        }
        visit::visit_macro(self, invocation);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let Some((_, items)) = &item.content else { return };
        if item.attrs.iter().any(is_test) {
            return;
        }
        self.module.push(item.ident.to_string());
        items.iter().for_each(|item| self.visit_item(item));
        self.module.pop();
    }

    /// Links in documentation are no use.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if !attribute.path().is_ident("doc") {
            // `#[derive(serde::Serialize)]`, `#[error(…)]`: what a derive expands to belongs to the crate that is named.
            visit::visit_attribute(self, attribute);
        }
    }
}

fn is_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string() == "test")
}
