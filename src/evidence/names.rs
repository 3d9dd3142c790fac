//! Type names as written to types.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::index::{Index, is_nameable, last_segment};
use super::rust::Modules;
use super::types::{Ty, Typed};
use crate::catalogue::{Catalogue, package_of};
use crate::ir::{FileHead, Import, Program, TypeId, TypeKind, TypeRef};
use crate::source::{Language, Platform};

/// Frameworks that an import of another one makes usable, too.
const RE_EXPORTS: [(&str, &[&str]); 9] = [
    ("ContactsUI", &["Contacts"]),
    ("PhotosUI", &["Photos"]),
    ("MapKit", &["CoreLocation"]),
    ("CoreLocationUI", &["CoreLocation"]),
    ("EventKitUI", &["EventKit"]),
    ("AVFoundation", &["AVFAudio", "CoreMedia"]),
    ("AVKit", &["AVFoundation", "AVFAudio"]),
    ("ARKit", &["AVFoundation"]),
    ("HealthKitUI", &["HealthKit"]),
];

/// Supertypes looked at for the type arguments of one.
const MAX_SUPERTYPES: u32 = 100;

/// Types of Java that are there without an import, in Kotlin as well; those that matter to anybody.
const JAVA_LANG: [&str; 7] = ["AutoCloseable", "Comparable", "Iterable", "Object", "Runnable", "String", "Thread"];

/// Resolves names of types in a program.
pub(super) struct Names<'m> {
    program: &'m Program,
    pub(super) catalogue: &'m Catalogue,
    pub(super) index: Index<'m>,
    pub(super) modules: Modules<'m>,
    /// By file: imports of single names; the first of a name counts.
    imported: Vec<HashMap<&'m str, &'m Import>>,
    /// Qualified names under which the catalogue knows constants or members.
    owners: HashSet<&'m str>,
    supertypes: RefCell<HashMap<TypeId, Rc<[Ty]>>>,
}

impl<'m> Names<'m> {
    pub(super) fn new(program: &'m Program, catalogue: &'m Catalogue) -> Self {
        let imported = program.files.iter().map(|file| {
            let mut imported = HashMap::default();
            for import in file.imports.iter().filter(|import| !import.wildcard) {
                let name = import.alias.as_deref().unwrap_or_else(|| last_segment(&import.path));
                let first: &mut &Import = imported.entry(name).or_insert(import);
                // Rust imports one name from several places, each for some systems: what is known to matter counts.
                if catalogue.types.get(&import.path).is_some_and(|known| known.platform == Platform::Rust) {
                    *first = import;
                }
            }
            imported
        });
        Self {
            program,
            catalogue,
            index: Index::new(program),
            modules: Modules::new(program, catalogue),
            imported: imported.collect(),
            owners: owners(catalogue),
            supertypes: RefCell::new(HashMap::default()),
        }
    }

    /// The type that a reference names, seen from within `scope`.
    pub(super) fn resolve(&self, reference: &TypeRef, scope: TypeId) -> Option<Typed> {
        self.bounded(self.resolve_generic(reference, scope, scope)?)
    }

    /// The same with the type parameters of `generic` and of what is around it left open.
    pub(super) fn resolve_generic(&self, reference: &TypeRef, scope: TypeId, generic: TypeId) -> Option<Typed> {
        self.resolve_within(reference, scope, generic, 8)
    }

    /// The type with what type parameters are at least in their place.
    pub(super) fn bounded(&self, typed: Typed) -> Option<Typed> {
        if !typed.ty.has_params() {
            return Some(typed);
        }
        Some(Typed { ty: self.bounded_within(&typed.ty, 2)?, ..typed })
    }

    fn bounded_within(&self, ty: &Ty, depth: u32) -> Option<Ty> {
        ty.with_params(&|owner, index| {
            let bound = self.program.types[owner as usize].type_params.get(index as usize)?.bound.as_ref().filter(|_| depth > 0 && ty.is_small())?;
            self.bounded_within(&self.resolve_generic(bound, owner, owner)?.ty, depth - 1).filter(Ty::is_small)
        })
    }

    /// The type as a member of an instance of `receiver` has it: with what the receiver, or a subtype on the way to it, gives for type
    /// parameters.
    pub(super) fn seen_from(&self, typed: Typed, receiver: &Ty) -> Option<Typed> {
        if !typed.ty.has_params() {
            return Some(typed);
        }
        let is_small = typed.ty.is_small();
        let given = |owner, index| {
            let args = self.args_for(receiver, owner, &Cell::new(MAX_SUPERTYPES));
            Some(args.and_then(|args| args.get(index as usize).filter(|arg| is_small && !arg.is_unknown()).cloned()).unwrap_or(Ty::Param { owner, index }))
        };
        let ty = typed.ty.with_params(&given)?;
        self.bounded(Typed { ty, ..typed })
    }

    /// The type arguments that a type, or a supertype of it, has for the parameters of `owner`.
    fn args_for(&self, ty: &Ty, owner: TypeId, fuel: &Cell<u32>) -> Option<Vec<Ty>> {
        let Ty::App { id, args } = ty.instance() else { return None };
        if fuel.get() == 0 || !ty.is_small() {
            return None;
        }
        fuel.set(fuel.get() - 1);
        if *id == owner {
            return Some(args.clone());
        }
        let given = |of: TypeId, index: u32| {
            let arg = args.get(index as usize).filter(|_| of == *id).cloned();
            Some(arg.unwrap_or(Ty::Param { owner: of, index }))
        };
        let supertypes = self.supertypes(*id);
        let small = supertypes.iter().filter(|supertype| supertype.is_small());
        small.filter_map(|supertype| supertype.with_params(&given)).find_map(|supertype| self.args_for(&supertype, owner, fuel))
    }

    /// The type parameter that a simple name means within a type.
    fn type_param(&self, name: &str, within: TypeId) -> Option<Ty> {
        let mut owner = within;
        loop {
            let decl = &self.program.types[owner as usize];
            if let Some(index) = decl.type_params.iter().position(|param| param.name == name) {
                return Some(Ty::Param { owner, index: index as u32 });
            }
            if decl.kind == TypeKind::File {
                return None;
            }
            owner = decl.owner;
        }
    }

    fn resolve_within(&self, reference: &TypeRef, scope: TypeId, generic: TypeId, depth: u32) -> Option<Typed> {
        if let Some(param) = self.type_param(&reference.name, generic) {
            return Some(Typed::certain(param));
        }
        let resolve = |reference: &TypeRef| self.resolve_within(reference, scope, generic, depth.saturating_sub(1));
        let args = || reference.args.iter().map(|arg| resolve(arg).map_or_else(Ty::unknown, |typed| typed.ty)).collect();
        if reference.name == "->" {
            let result = reference.args.last().and_then(resolve);
            return Some(Typed::certain(Ty::Function(result.map(|typed| Box::new(typed.ty)))));
        }
        let mut typed = self.resolve_name(&reference.name, scope, depth)?;
        if let Ty::Named { args: slot, .. } | Ty::App { args: slot, .. } = &mut typed.ty {
            *slot = args();
        }
        Some(typed)
    }

    /// The type of a dotted name.
    pub(super) fn resolve_name(&self, name: &str, scope: TypeId, depth: u32) -> Option<Typed> {
        if depth == 0 || name.is_empty() || name == "?" {
            return None;
        }
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        if let Some(id) = self.app_type(first, scope) {
            return match rest {
                None => Some(Typed::certain(Ty::App { id, args: Vec::new() })),
                Some(rest) => self.app_type_in(rest, id).or(Some(Typed::likely(Ty::named(name)))),
            };
        }
        let file = self.program.file_of_type(scope);
        if let Some((target, declared_in)) = self.alias(first, file)
            && target.name != name
        {
            let dotted = rest.map_or(target.name.clone(), |rest| format!("{}.{rest}", target.name));
            let scope = self.program.files[declared_in].scope;
            return self.resolve_within(&TypeRef { name: dotted, args: target.args.clone() }, scope, scope, depth - 1);
        }
        match self.program.files[file].language.platform() {
            Platform::Android => Some(self.java_name(name, first, rest, file)),
            Platform::Apple => Some(self.apple_name(name, first, rest, file)),
            Platform::Rust => Some(self.rust_name(name, file)),
        }
    }

    fn app_type_in(&self, name: &str, owner: TypeId) -> Option<Typed> {
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        let id = self.declared_in(first, owner)?;
        match rest {
            None => Some(Typed::certain(Ty::App { id, args: Vec::new() })),
            Some(rest) => self.app_type_in(rest, id),
        }
    }

    /// What a type alias stands for, and the file that declares it: this one, one of the package, an imported one, or for Swift any.
    fn alias(&self, name: &str, file: usize) -> Option<(&'m TypeRef, usize)> {
        let declared_in = |number: usize| {
            let found = self.program.files[number].aliases.iter().find(|(alias, _)| alias == name);
            found.map(|(_, target)| (target, number))
        };
        if let Some(found) = declared_in(file) {
            return Some(found);
        }
        let head = &self.program.files[file];
        if head.language.platform() == Platform::Apple {
            return self.index.files_of_package("").iter().find_map(|&number| declared_in(number));
        }
        if head.language.platform() == Platform::Rust {
            let is_imported = self.import_of(file, name).is_some_and(|import| self.rust_module(&import.path, file).is_none());
            return self.index.files_of_package("").iter().filter(|_| is_imported).find_map(|&number| declared_in(number));
        }
        let packages = match self.import_of(file, name) {
            Some(import) => vec![import.path.rsplit_once('.').map_or("", |(package, _)| package)],
            None => vec![head.package.as_str()],
        };
        packages.into_iter().flat_map(|package| self.index.files_of_package(package)).find_map(|&number| declared_in(number))
    }

    fn declared_in(&self, name: &str, owner: TypeId) -> Option<TypeId> {
        self.index.nested(owner, name)
    }

    /// A type of this program by simple name: from the innermost scope outwards, anywhere in the file, then in other files.
    pub(super) fn app_type(&self, name: &str, scope: TypeId) -> Option<TypeId> {
        let file = self.program.file_of_type(scope);
        let mut current = scope;
        loop {
            if let Some(id) = self.declared_in(name, current) {
                return Some(id);
            }
            let decl = &self.program.types[current as usize];
            if decl.name == name && is_nameable(decl.kind) {
                return Some(current);
            }
            if decl.kind == TypeKind::Extension
                && let Some(extended) = self.index.visible_type(last_segment(&decl.name), file)
                && let Some(id) = self.declared_in(name, extended)
            {
                return Some(id);
            }
            if decl.kind == TypeKind::File {
                break;
            }
            current = decl.owner;
        }
        self.index.in_file(file, name).or_else(|| self.elsewhere(name, file))
    }

    /// A type of another file by simple name.
    fn elsewhere(&self, name: &str, file: usize) -> Option<TypeId> {
        let head = &self.program.files[file];
        if head.language.platform() == Platform::Apple {
            return self.index.visible_type(name, file);
        }
        if head.language.platform() == Platform::Rust {
            return self.rust_type_elsewhere(name, file);
        }
        if let Some(import) = self.import_of(file, name) {
            return self.own_type(&import.path, file);
        }
        let in_package = |package: &str| {
            let qualified = if package.is_empty() { name.to_owned() } else { format!("{package}.{name}") };
            self.own_type(&qualified, file)
        };
        in_package(&head.package).or_else(|| {
            let wildcards = head.imports.iter().filter(|import| import.wildcard && !import.is_static);
            wildcards.map(|import| import.path.as_str()).find_map(in_package)
        })
    }

    /// A type of this program by full name. What the catalogue knows by that name is the platform's, also where the program has a stub of it.
    fn own_type(&self, qualified: &str, file: usize) -> Option<TypeId> {
        let is_known = self.catalogue.types.contains_key(qualified) || self.owns_something(qualified);
        self.index.qualified(qualified, file).filter(|_| !is_known)
    }

    fn java_name(&self, name: &str, first: &str, rest: Option<&str>, file: usize) -> Typed {
        let head = &self.program.files[file];
        let with_rest = |head: &str| rest.map_or(head.to_owned(), |rest| format!("{head}.{rest}"));
        if let Some(import) = self.import_of(file, first) {
            return self.app_or_foreign(with_rest(&import.path), file);
        }
        let wildcards = head.imports.iter().filter(|import| import.wildcard && !import.is_static);
        for import in wildcards {
            let candidate = format!("{}.{first}", import.path);
            if self.catalogue.types.contains_key(&candidate) || self.owns_something(&candidate) {
                return Typed::certain(Ty::named(with_rest(&candidate)));
            }
        }
        let is_package_qualified = first.starts_with(|character: char| character.is_lowercase()) && rest.is_some();
        if is_package_qualified {
            return self.app_or_foreign(name.to_owned(), file);
        }
        if JAVA_LANG.contains(&first) {
            return Typed::certain(Ty::named(format!("java.lang.{name}")));
        }
        if head.package.is_empty() {
            return Typed::certain(Ty::named(name));
        }
        Typed::certain(Ty::named(format!("{}.{name}", head.package)))
    }

    fn app_or_foreign(&self, qualified: String, file: usize) -> Typed {
        Typed::certain(match self.own_type(&qualified, file) {
            Some(id) => Ty::App { id, args: Vec::new() },
            None => Ty::named(qualified),
        })
    }

    /// Whether the catalogue knows constants or members under a qualified name.
    pub(super) fn owns_something(&self, qualified: &str) -> bool {
        self.owners.contains(qualified)
    }

    pub(super) fn program_files(&self) -> &'m [FileHead] {
        &self.program.files
    }

    pub(super) fn file_of(&self, id: TypeId) -> usize {
        self.program.file_of_type(id)
    }

    /// The import that gives a simple name its meaning in a file.
    pub(super) fn import_of(&self, file: usize, simple: &str) -> Option<&'m Import> {
        self.imported[file].get(simple).copied()
    }

    fn apple_name(&self, name: &str, first: &str, rest: Option<&str>, file: usize) -> Typed {
        // `Contacts.CNContactStore` names the module, too.
        let bare = match rest {
            Some(rest) if self.program.files[file].imports.iter().any(|import| import.path == first) => rest,
            _ => name,
        };
        let module = self.catalogue.types.get(bare).and_then(|known| known.module.as_deref());
        let certain = module.is_none_or(|module| self.imports_module(file, module));
        Typed { ty: Ty::named(bare), certain }
    }

    pub(super) fn imports_module(&self, file: usize, wanted: &str) -> bool {
        self.program.files[file].imports.iter().any(|import| {
            let imported = import.path.split('.').next().unwrap_or(&import.path);
            imported == wanted || RE_EXPORTS.iter().any(|(module, others)| *module == imported && others.contains(&wanted))
        })
    }

    /// Android: something of the same package (or deeper) as `owner` is imported or named, so that `owner`'s members are plausible here.
    pub(super) fn mentions_package_of(&self, file: usize, owner: &str) -> bool {
        if self.program.files[file].language.platform() == Platform::Apple {
            return true;
        }
        let prefix = package_of(owner);
        if self.program.files[file].language.platform() == Platform::Rust {
            let root = |path: &str| path.split('.').next().map(str::to_owned);
            return self.program.files[file].imports.iter().any(|import| root(&import.path) == root(&prefix));
        }
        self.program.files[file].imports.iter().any(|import| import.path == prefix || import.path.starts_with(&format!("{prefix}.")))
    }

    /// Supertypes of a type of this program, resolved; its own type parameters are left open in their arguments.
    pub(super) fn supertypes(&self, id: TypeId) -> Rc<[Ty]> {
        if let Some(known) = self.supertypes.borrow().get(&id) {
            return known.clone();
        }
        let decl = &self.program.types[id as usize];
        let mut found: Vec<Ty> = decl.supertypes.iter().filter_map(|supertype| self.resolve_generic(supertype, decl.owner, id)).map(|typed| typed.ty).collect();
        if decl.kind == TypeKind::Extension {
            let file_scope = self.program.file_scope(id);
            found.extend(self.resolve_name(&decl.name, file_scope, 8).map(|typed| typed.ty).filter(|ty| *ty != Ty::App { id, args: Vec::new() }));
        }
        let found: Rc<[Ty]> = found.into();
        self.supertypes.borrow_mut().insert(id, found.clone());
        found
    }

    /// Whether names of members may be written in two ways (`x` and `getX()`).
    pub(super) fn has_property_syntax(&self, file: usize) -> bool {
        matches!(self.program.files[file].language, Language::Kotlin)
    }
}

/// Every qualified name that owns a member, and every prefix of a type's or constant's name.
fn owners(catalogue: &Catalogue) -> HashSet<&str> {
    let mut owners = HashSet::default();
    let constants = catalogue.value_sets.iter().flat_map(|set| &set.constants);
    for name in catalogue.types.keys().chain(constants) {
        owners.extend(name.match_indices('.').map(|(end, _)| &name[..end]));
    }
    owners.extend(catalogue.entries().filter_map(|entry| catalogue.symbol(entry).owner.as_deref()));
    owners
}
