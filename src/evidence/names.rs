//! Type names as written to types.

use std::collections::HashMap;

use super::types::{Ty, Typed};
use crate::catalogue::Catalogue;
use crate::ir::{FILE_SCOPE, Import, Module, TypeId, TypeKind, TypeRef};
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

/// Resolves names of types in one module.
pub(super) struct Names<'m> {
    module: &'m Module,
    catalogue: &'m Catalogue,
    platform: Platform,
    /// Imports of single names; the first of a name counts.
    imported: HashMap<&'m str, &'m Import>,
}

impl<'m> Names<'m> {
    pub(super) fn new(module: &'m Module, catalogue: &'m Catalogue) -> Self {
        let mut imported = HashMap::new();
        for import in module.imports.iter().filter(|import| !import.wildcard) {
            let name = import.alias.as_deref().unwrap_or_else(|| import.path.rsplit('.').next().unwrap_or(&import.path));
            imported.entry(name).or_insert(import);
        }
        Self { module, catalogue, platform: module.language.platform(), imported }
    }

    /// The type that a reference names, seen from within `scope`.
    pub(super) fn resolve(&self, reference: &TypeRef, scope: TypeId) -> Option<Typed> {
        self.resolve_within(reference, scope, 8)
    }

    fn resolve_within(&self, reference: &TypeRef, scope: TypeId, depth: u32) -> Option<Typed> {
        let args = || reference.args.iter().filter_map(|arg| self.resolve_within(arg, scope, depth.saturating_sub(1))).map(|typed| typed.ty).collect();
        if reference.name == "->" {
            let result = reference.args.last().and_then(|result| self.resolve_within(result, scope, depth.saturating_sub(1)));
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
        if let Some((_, target)) = self.module.aliases.iter().find(|(alias, _)| alias == first)
            && target.name != name
        {
            let dotted = rest.map_or(target.name.clone(), |rest| format!("{}.{rest}", target.name));
            return self.resolve_within(&TypeRef { name: dotted, args: target.args.clone() }, scope, depth - 1);
        }
        match self.platform {
            Platform::Android => Some(self.java_name(name, first, rest)),
            Platform::Apple => Some(self.apple_name(name, first, rest)),
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

    fn declared_in(&self, name: &str, owner: TypeId) -> Option<TypeId> {
        let found = self.module.types.iter().enumerate().find(|(_, decl)| decl.owner == owner && decl.name == name && is_nameable(decl.kind));
        found.map(|(id, _)| id as TypeId)
    }

    /// A type of this module by simple name, from the innermost scope outwards, then anywhere in the file.
    pub(super) fn app_type(&self, name: &str, scope: TypeId) -> Option<TypeId> {
        let mut current = scope;
        loop {
            if let Some(id) = self.declared_in(name, current) {
                return Some(id);
            }
            let decl = &self.module.types[current as usize];
            if decl.name == name && is_nameable(decl.kind) {
                return Some(current);
            }
            if current == FILE_SCOPE {
                break;
            }
            current = decl.owner;
        }
        let nested = self.module.types.iter().position(|decl| decl.name == name && is_nameable(decl.kind) && !decl.is_companion);
        nested.map(|id| id as TypeId)
    }

    fn java_name(&self, name: &str, first: &str, rest: Option<&str>) -> Typed {
        let with_rest = |head: &str| rest.map_or(head.to_owned(), |rest| format!("{head}.{rest}"));
        if let Some(import) = self.import_of(first) {
            return Typed::certain(Ty::named(with_rest(&import.path)));
        }
        let wildcards = self.module.imports.iter().filter(|import| import.wildcard && !import.is_static);
        for import in wildcards {
            let candidate = format!("{}.{first}", import.path);
            if self.catalogue.types.contains_key(&candidate) || self.owns_something(&candidate) {
                return Typed::certain(Ty::named(with_rest(&candidate)));
            }
        }
        let is_package_qualified = first.starts_with(|character: char| character.is_lowercase()) && rest.is_some();
        if is_package_qualified || self.module.package.is_empty() {
            return Typed::certain(Ty::named(name));
        }
        Typed::certain(Ty::named(format!("{}.{name}", self.module.package)))
    }

    /// Whether the catalogue knows constants or members under a qualified name.
    pub(super) fn owns_something(&self, qualified: &str) -> bool {
        let nested = format!("{qualified}.");
        self.catalogue.types.keys().any(|name| name.starts_with(&nested))
            || self.catalogue.value_sets.iter().flat_map(|set| &set.constants).any(|constant| constant.starts_with(&nested))
            || self.catalogue.entries().any(|entry| self.catalogue.symbol(entry).owner.as_deref() == Some(qualified))
    }

    /// The import that gives a simple name its meaning.
    pub(super) fn import_of(&self, simple: &str) -> Option<&'m Import> {
        self.imported.get(simple).copied()
    }

    fn apple_name(&self, name: &str, first: &str, rest: Option<&str>) -> Typed {
        // `Contacts.CNContactStore` names the module, too.
        let bare = match rest {
            Some(rest) if self.module.imports.iter().any(|import| import.path == first) => rest,
            _ => name,
        };
        let module = self.catalogue.types.get(bare).and_then(|known| known.module.as_deref());
        let certain = module.is_none_or(|module| self.imports_module(module));
        Typed { ty: Ty::named(bare), certain }
    }

    pub(super) fn imports_module(&self, wanted: &str) -> bool {
        self.module.imports.iter().any(|import| {
            let imported = import.path.split('.').next().unwrap_or(&import.path);
            imported == wanted || RE_EXPORTS.iter().any(|(module, others)| *module == imported && others.contains(&wanted))
        })
    }

    /// Android: something of the same package (or deeper) as `owner` is imported or named, so that `owner`'s members are plausible here.
    pub(super) fn mentions_package_of(&self, owner: &str) -> bool {
        if self.module.language.platform() == Platform::Apple {
            return true;
        }
        let package: Vec<&str> = owner.split('.').take_while(|part| part.starts_with(|character: char| character.is_lowercase())).collect();
        let prefix = package.join(".");
        self.module.imports.iter().any(|import| import.path == prefix || import.path.starts_with(&format!("{prefix}.")))
    }

    /// Supertypes of a type of this module, resolved; those of its extensions in this module count, too.
    pub(super) fn supertypes(&self, id: TypeId) -> Vec<Ty> {
        let decl = &self.module.types[id as usize];
        let mut found: Vec<Ty> = decl.supertypes.iter().filter_map(|supertype| self.resolve(supertype, decl.owner)).map(|typed| typed.ty).collect();
        if decl.kind == TypeKind::Extension {
            found.extend(self.resolve_name(&decl.name, FILE_SCOPE, 8).map(|typed| typed.ty).filter(|ty| *ty != Ty::App { id, args: Vec::new() }));
        }
        found
    }

    /// Whether names of members may be written in two ways (`x` and `getX()`).
    pub(super) fn has_property_syntax(&self) -> bool {
        matches!(self.module.language, Language::Kotlin)
    }
}

fn is_nameable(kind: TypeKind) -> bool {
    !matches!(kind, TypeKind::Extension | TypeKind::Anonymous | TypeKind::File)
}
