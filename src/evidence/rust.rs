//! Names in Rust. Paths start at a module of the program or at a crate; a module is a file, or stands in one with its content. What
//! crates the program is made of is told by its folders, since no manifest is read.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::index::last_segment;
use super::names::Names;
use super::resolver::{Resolver, dotted, held_type};
use super::types::{Ty, Typed};
use super::{Binding, FieldId};
use crate::catalogue::{Catalogue, is_initializer};
use crate::ir::{Expr, ExprKind, FunctionId, Program, TypeId, TypeKind};
use crate::source::{Language, Platform};

/// How often a name is followed from one module that hands it on to the next.
const MAX_RE_EXPORTS: u32 = 6;
/// What a path inside the program starts with.
const OWN_ROOTS: [&str; 3] = ["crate", "self", "super"];
/// Where the frontend puts classes of Objective-C that are named by a macro or text.
const CLASSES: &str = "objc";
/// How the crates are called that wrap Apple's frameworks.
const WRAPPERS: &str = "objc2_";
/// The member of a class of Objective-C, written in Rust, that gives what an instance keeps.
const KEPT: &str = "ivars";
/// Members of any type that make an instance of it.
const MAKERS: [&str; 4] = ["alloc", "default", "new", "new_in"];
/// Members of any type that give what they are called on, what it holds, or some of it.
const SAME: [&str; 30] = [
    "as_ptr",
    "autorelease",
    "blocking_lock",
    "borrow",
    "borrow_mut",
    "drain",
    "enumerate",
    "filter",
    "first",
    "get",
    "get_mut",
    "get_or_init",
    "inner",
    "into_inner",
    "into_values",
    "last",
    "lock",
    "next",
    "nth",
    "read",
    "retain",
    "rev",
    "skip",
    "state",
    "to_vec",
    "try_lock",
    "upgrade",
    "values",
    "values_mut",
    "write",
];

/// Modules of a program by name.
#[derive(Default)]
pub(super) struct Modules<'m> {
    by_name: HashMap<String, Vec<TypeId>>,
    /// Types at the top level of modules, by simple name.
    types: HashMap<&'m str, Vec<TypeId>>,
    /// Types of the catalogue that stand for classes of Objective-C, by the class.
    classes: HashMap<&'m str, &'m str>,
    /// Crates that the catalogue knows.
    crates: HashSet<&'m str>,
}

impl<'m> Modules<'m> {
    pub fn new(program: &'m Program, catalogue: &'m Catalogue) -> Self {
        let mut modules = Self::default();
        if program.files.iter().all(|file| file.language != Language::Rust) {
            return modules;
        }
        let symbols = catalogue.entries().map(|entry| catalogue.symbol(entry)).filter(|symbol| symbol.platform == Platform::Rust);
        let owners = symbols.filter_map(|symbol| symbol.owner.as_deref());
        let types = catalogue.types.values().filter(|ty| ty.platform == Platform::Rust);
        for name in types.map(|ty| ty.name.as_str()).chain(owners) {
            let root = name.split('.').next().unwrap_or(name);
            if !root.starts_with(char::is_uppercase) {
                modules.crates.insert(root);
            }
            if root.starts_with(WRAPPERS) {
                modules.classes.insert(last_segment(name), name);
            }
        }
        for file in program.files.iter().filter(|file| file.language == Language::Rust) {
            for name in module_names(&file.path) {
                modules.by_name.entry(name).or_default().push(file.scope);
            }
        }
        for (id, decl) in program.types.iter().enumerate() {
            let id = id as TypeId;
            if program.language_of_type(id) != Language::Rust {
                continue;
            }
            if decl.kind == TypeKind::Object {
                modules.by_name.entry(decl.name.clone()).or_default().push(id);
            } else if super::index::is_nameable(decl.kind) {
                modules.types.entry(decl.name.as_str()).or_default().push(id);
            }
        }
        modules
    }

    /// Whether a path that starts so stays in the program.
    fn is_own(&self, root: &str) -> bool {
        OWN_ROOTS.contains(&root) || self.by_name.contains_key(root)
    }
}

/// The names of the module that a file is: its own, or for the root of a folder or crate that of the folder.
pub(super) fn module_names(path: &str) -> Vec<String> {
    let mut folders: Vec<&str> = path.split('/').collect();
    let stem = folders.pop().and_then(|file| file.strip_suffix(".rs")).unwrap_or_default();
    match stem {
        "mod" => folders.last().map(|folder| (*folder).to_owned()).into_iter().collect(),
        "lib" | "main" => {
            let folder = if folders.last() == Some(&"src") { folders.iter().rev().nth(1) } else { folders.last() };
            folder.map(|folder| folder.replace('-', "_")).into_iter().chain(["crate".to_owned()]).collect()
        }
        _ => vec![stem.to_owned()],
    }
}

impl<'m> Names<'m> {
    /// A path with its first name spelled out as the imports of a file say.
    fn spelled_out(&self, path: &str, file: usize) -> String {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let head = self.import_of(file, first).map_or(first, |import| import.path.as_str());
        rest.map_or(head.to_owned(), |rest| format!("{head}.{rest}"))
    }

    /// Whether a path leads to something that the program declares, rather than to a crate that the catalogue or nobody knows.
    fn is_own_path(&self, path: &str, file: usize) -> bool {
        let root = path.split('.').next().unwrap_or(path);
        self.modules.is_own(root) && (!self.modules.crates.contains(root) || self.has_module(root, file))
    }

    /// Whether a module of this name stands in a file or in a file beside it, as modules do that it declares: its name goes before a crate's.
    fn has_module(&self, name: &str, file: usize) -> bool {
        let here = &self.program_files()[file];
        let (folder, last) = here.path.rsplit_once('/').map_or(("", here.path.as_str()), |(folder, last)| (folder, last));
        let is_root = ["lib.rs", "main.rs", "mod.rs"].contains(&last);
        let folder = if is_root { folder } else { here.path.strip_suffix(".rs").unwrap_or(&here.path) };
        let is_inside = |id: &TypeId| {
            let there = self.file_of(*id);
            let below = self.program_files()[there].path.strip_prefix(folder).map(|rest| rest.trim_start_matches('/'));
            let is_below = below.is_some_and(|rest| rest == format!("{name}.rs") || rest == format!("{name}/mod.rs"));
            if there == file { *id != here.scope } else { is_below }
        };
        self.modules.by_name.get(name).is_some_and(|modules| modules.iter().any(is_inside))
    }

    /// The module that a path leads to, as seen from a file.
    pub(super) fn rust_module(&self, path: &str, file: usize) -> Option<TypeId> {
        let path = self.spelled_out(path, file);
        if !self.is_own_path(&path, file) {
            return None;
        }
        let name = last_segment(&path);
        match name {
            "self" => Some(self.program_files()[file].scope),
            "super" => self.parent_module(file),
            _ => self.nearest_of(self.modules.by_name.get(name)?, file),
        }
    }

    fn parent_module(&self, file: usize) -> Option<TypeId> {
        let here = &self.program_files()[file];
        let folders: Vec<&str> = here.path.split('/').collect();
        let is_root = ["mod.rs", "lib.rs", "main.rs"].iter().any(|root| folders.last() == Some(root));
        let folder = folders.iter().rev().nth(if is_root { 2 } else { 1 })?;
        let name = if *folder == "src" { "crate" } else { folder };
        self.nearest_of(self.modules.by_name.get(name)?, file)
    }

    fn nearest_of(&self, candidates: &[TypeId], from: usize) -> Option<TypeId> {
        let files = self.program_files();
        let shared = |id: TypeId| {
            let there = &files[self.file_of(id)].path;
            files[from].path.split('/').zip(there.split('/')).take_while(|(left, right)| left == right).count()
        };
        candidates.iter().copied().max_by_key(|&id| (self.file_of(id) == from, shared(id), std::cmp::Reverse(id)))
    }

    /// A type of the program by its path, as seen from a file.
    pub(super) fn rust_type(&self, path: &str, file: usize) -> Option<TypeId> {
        let path = self.spelled_out(path, file);
        let (module, name) = path.rsplit_once('.')?;
        if !self.is_own_path(&path, file) {
            return None;
        }
        let within = self.rust_module(module, file).and_then(|module| self.type_in_module(module, name, MAX_RE_EXPORTS));
        // It may be handed on by a module in a way that is not followed.
        within.or_else(|| self.nearest_of(self.modules.types.get(name)?, file))
    }

    fn type_in_module(&self, module: TypeId, name: &str, steps: u32) -> Option<TypeId> {
        if let Some(found) = self.index.nested(module, name) {
            return Some(found);
        }
        let file = self.file_of(module);
        let import = self.import_of(file, name).filter(|import| steps > 0 && self.is_own_path(&import.path, file))?;
        let (outer, last) = import.path.rsplit_once('.')?;
        self.type_in_module(self.rust_module(outer, file)?, last, steps - 1)
    }

    /// A type that a simple name means in a file without standing in it: one that is imported, by name or with all of its module.
    pub(super) fn rust_type_elsewhere(&self, name: &str, file: usize) -> Option<TypeId> {
        if let Some(import) = self.import_of(file, name) {
            return self.rust_type(&import.path, file).filter(|_| import.path.contains('.'));
        }
        let wildcards = self.program_files()[file].imports.iter().filter(|import| import.wildcard && self.is_own_path(&import.path, file));
        wildcards.filter_map(|import| self.rust_module(&import.path, file)).find_map(|module| self.type_in_module(module, name, MAX_RE_EXPORTS))
    }

    /// The type that a path names, of the program or not.
    pub(super) fn rust_name(&self, name: &str, file: usize) -> Typed {
        if let Some(class) = name.strip_prefix(CLASSES).and_then(|rest| rest.strip_prefix('.')) {
            return Typed::certain(Ty::named(self.modules.classes.get(class).copied().unwrap_or(name)));
        }
        let full = self.spelled_out(name, file);
        // Crates hand on each other's types.
        if full.starts_with(WRAPPERS)
            && let Some(class) = self.modules.classes.get(last_segment(&full))
        {
            return Typed::certain(Ty::named(*class));
        }
        if let Some(id) = self.rust_type(&full, file) {
            return Typed::certain(Ty::App { id, args: Vec::new() });
        }
        if !full.contains('.') {
            let wildcards = self.program_files()[file].imports.iter().filter(|import| import.wildcard);
            let wildcards = wildcards.map(|import| import.path.as_str());
            let class = self.modules.classes.get(full.as_str()).filter(|_| wildcards.clone().any(|path| path.starts_with(WRAPPERS)));
            let known = class.map(|class| (*class).to_owned()).or_else(|| wildcards.map(|path| format!("{path}.{full}")).find(|name| self.is_known(name)));
            return Typed::certain(Ty::named(known.unwrap_or(full)));
        }
        Typed::certain(Ty::named(full))
    }

    fn is_known(&self, name: &str) -> bool {
        self.catalogue.types.contains_key(name) || self.owns_something(name)
    }

    /// Functions that a path means: of a module, or handed on by it.
    pub(super) fn rust_functions(&self, module: TypeId, name: &str, steps: u32) -> Vec<FunctionId> {
        let own = self.index.methods(module, name);
        if !own.is_empty() || steps == 0 {
            return own.to_vec();
        }
        let file = self.file_of(module);
        let head = &self.program_files()[file];
        if let Some(import) = self.import_of(file, name) {
            let handed = import.path.rsplit_once('.').filter(|_| self.is_own_path(&import.path, file));
            let outer = handed.and_then(|(outer, last)| Some((self.rust_module(outer, file)?, last)));
            return outer.map(|(outer, last)| self.rust_functions(outer, last, steps - 1)).unwrap_or_default();
        }
        let wildcards = head.imports.iter().filter(|import| import.wildcard && self.is_own_path(&import.path, file));
        let modules = wildcards.filter_map(|import| self.rust_module(&import.path, file)).filter(|&outer| outer != module);
        modules.map(|outer| self.rust_functions(outer, name, steps - 1)).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// A constant or static of another module that a simple name means: by an import.
    pub(super) fn rust_field_elsewhere(&self, name: &str, file: usize) -> Option<FieldId> {
        let in_module = |path: &str, name: &str| {
            let module = self.rust_module(path, file)?;
            self.index.field(module, name)
        };
        match self.import_of(file, name) {
            Some(import) => import.path.rsplit_once('.').and_then(|(path, last)| in_module(path, last)),
            None => self.program_files()[file].imports.iter().filter(|import| import.wildcard).find_map(|import| in_module(&import.path, name)),
        }
    }
}

impl<'m> Resolver<'m> {
    /// The module or foreign crate, module or type that a path names.
    pub(super) fn rust_path(&mut self, expr: &'m Expr) -> Option<Typed> {
        if self.platform() != Platform::Rust || !self.is_free_path(expr) {
            return None;
        }
        let path = dotted(expr)?;
        let file = self.file();
        let ty = match self.names.rust_module(&path, file) {
            Some(id) => Ty::App { id, args: Vec::new() },
            None => Ty::named(self.names.foreign_path(&path, file)?),
        };
        self.out.bindings.insert(expr.id, Binding::Type(ty.clone()));
        Some(Typed::certain(Ty::Class(Box::new(ty))))
    }

    /// Whether a path starts at no local variable.
    fn is_free_path(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Member { receiver, .. } => self.is_free_path(receiver),
            ExprKind::Name(name) => !self.is_local_name(name),
            _ => false,
        }
    }

    /// Functions of this program that a path names without calling them.
    pub(super) fn rust_functions_named(&self, name: &str) -> Vec<FunctionId> {
        let own = self.enclosing_modules().into_iter().map(|scope| self.names.rust_functions(scope, name, MAX_RE_EXPORTS));
        own.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// What a collection holds. In Rust the catalogue says of a member that gives several what they are, and none of these types is a collection
    /// itself.
    pub(super) fn element_type(&self, collection: &Typed) -> Option<Typed> {
        held_type(collection).or_else(|| {
            let is_known = matches!(&collection.ty, Ty::Named { name, .. } if self.catalogue.types.contains_key(name));
            (is_known && self.platform() == Platform::Rust).then(|| collection.clone())
        })
    }

    /// What a member gives that every type may have.
    pub(super) fn rust_member_type(&self, receiver: &Typed, name: &str) -> Option<Typed> {
        // What an instance of a class of Objective-C keeps, which it has no method of its own for.
        if let (Ty::App { id, .. }, KEPT) = (receiver.ty.instance(), name)
            && let Some(kept) = self.field_in(*id, KEPT)
        {
            let declared = self.module.types[kept.ty as usize].fields[kept.index as usize].ty.as_ref()?;
            return self.names.resolve(declared, kept.ty);
        }
        let is_made = matches!(receiver.ty, Ty::Class(_)) && (MAKERS.contains(&name) || is_initializer(name));
        let is_same = !matches!(receiver.ty, Ty::Class(_)) && (SAME.contains(&name) || name == "init");
        (is_made || is_same).then(|| Typed { ty: receiver.ty.instance().clone(), certain: receiver.certain })
    }
}

impl<'m> Names<'m> {
    /// The full path of something that the catalogue knows by it.
    fn foreign_path(&self, path: &str, file: usize) -> Option<String> {
        let full = self.spelled_out(path, file);
        let root = full.split('.').next().unwrap_or(&full);
        let is_of_crate = self.modules.crates.contains(root) && !self.has_module(root, file);
        (is_of_crate && self.is_known(&full)).then_some(full)
    }
}
