//! Which files that were not parsed could still change an answer: those that may call, declare, write or make what matters.

use std::collections::{BTreeMap, BTreeSet};

use super::entry_points::EntryPoints;
use super::relevance::Relevance;
use crate::catalogue::{Catalogue, capitalised, decapitalised};
use crate::evidence::{FieldId, Resolution, Ty};
use crate::ir::{Expr, ExprKind, FunctionId, FunctionKind, Program, TypeId, TypeKind, Visibility, walk};

/// Names by which further files are found. What is wanted too often costs time; what is wanted too rarely costs an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Files that mention a name and one of some others (any, if there are none).
    pub users: BTreeMap<String, BTreeSet<String>>,
    /// Files that mention the name of a top-level function and see one of these files.
    pub top_level_users: BTreeMap<String, BTreeSet<usize>>,
    /// Files that may declare a type of this name.
    pub types: BTreeSet<String>,
    /// Files that may declare a type alias of this name.
    pub aliases: BTreeSet<String>,
    /// Functions that can tell something, with names one of which is mentioned where they are called: what is declared in a file is only
    /// wanted if the file may tell something, too.
    pub tellers: BTreeMap<String, BTreeSet<String>>,
    /// Files that may declare a member of this name and mention one of these types.
    pub overrides: BTreeMap<String, BTreeSet<String>>,
    /// By file that matters: names in it of which no declaration is known. Wanted are files that may declare one, and a type that the file
    /// (or one of its supertypes' files) mentions.
    pub unknown: BTreeMap<usize, BTreeSet<String>>,
    /// By file: files in which what it inherits is declared, and names of types that its expressions have.
    pub around: BTreeMap<usize, (BTreeSet<usize>, BTreeSet<String>)>,
}

/// What is still to be found for the answers about a program.
pub(crate) fn wants(resolution: &Resolution<'_>, catalogue: &Catalogue, entry_points: &EntryPoints, relevance: &Relevance) -> Wants {
    let mut finder = Finder { resolution, program: resolution.module, catalogue, entry_points, carriers: carriers(resolution), wants: Wants::default() };
    for id in 0..resolution.module.functions.len() as FunctionId {
        if relevance.reaching[id as usize] {
            finder.want_callers(id);
        }
        if relevance.relevant[id as usize] {
            finder.want_declarations(id);
        }
    }
    for &id in &relevance.telling {
        finder.note_teller(id);
    }
    relevance.fields.iter().for_each(|field| finder.want_writers(*field));
    finder.wants
}

struct Finder<'a, 'm> {
    resolution: &'a Resolution<'m>,
    program: &'m Program,
    catalogue: &'a Catalogue,
    entry_points: &'a EntryPoints,
    /// By type: names of members that give one.
    carriers: BTreeMap<TypeId, BTreeSet<String>>,
    wants: Wants,
}

fn carriers(resolution: &Resolution<'_>) -> BTreeMap<TypeId, BTreeSet<String>> {
    let mut carriers: BTreeMap<TypeId, BTreeSet<String>> = BTreeMap::new();
    let mut note = |ty: &Ty, name: &str| {
        mentioned_types(ty).into_iter().for_each(|id| {
            carriers.entry(id).or_default().insert(name.to_owned());
        });
    };
    for (field, ty) in &resolution.field_types {
        note(ty, &resolution.module.types[field.ty as usize].fields[field.index as usize].name);
    }
    for (function, ty) in &resolution.return_types {
        note(ty, &resolution.module.functions[*function as usize].name);
    }
    carriers
}

/// The types of the program that a type is made of.
fn mentioned_types(ty: &Ty) -> Vec<TypeId> {
    match ty {
        Ty::App { id, args } => std::iter::once(*id).chain(args.iter().flat_map(mentioned_types)).collect(),
        Ty::Named { args, .. } => args.iter().flat_map(mentioned_types).collect(),
        Ty::Class(inner) => mentioned_types(inner),
        Ty::Function(result) => result.iter().flat_map(|result| mentioned_types(result)).collect(),
        Ty::Param { .. } => Vec::new(),
    }
}

impl<'m> Finder<'_, 'm> {
    fn want_callers(&mut self, id: FunctionId) {
        let function = &self.program.functions[id as usize];
        let owner = &self.program.types[function.owner as usize];
        let is_seen_elsewhere =
            function.visibility != Visibility::Private && !matches!(function.kind, FunctionKind::Local) && owner.kind != TypeKind::Anonymous;
        if owner.kind == TypeKind::Class && self.entry_points.may_be_made_here(function.owner) && !function.is_static {
            self.want_users(&owner.name.clone(), BTreeSet::new());
        }
        let is_called_by_name = !matches!(function.kind, FunctionKind::Initializer | FunctionKind::Constructor);
        if !is_seen_elsewhere || !is_called_by_name || self.entry_points.is_called_from_outside(id) {
            return;
        }
        let is_top_level = owner.kind == TypeKind::File || function.receiver.is_some();
        if is_top_level {
            let file = self.program.file_of_function(id);
            self.wants.top_level_users.entry(function.name.clone()).or_default().insert(file);
            return;
        }
        let names = self.owner_names(function.owner);
        for spelling in spellings(&function.name) {
            self.want_users(&spelling, names.clone());
        }
    }

    fn note_teller(&mut self, id: FunctionId) {
        let function = &self.program.functions[id as usize];
        let owner = &self.program.types[function.owner as usize];
        let is_seen_elsewhere = function.visibility != Visibility::Private && !function.name.is_empty();
        if !is_seen_elsewhere || matches!(function.kind, FunctionKind::Local | FunctionKind::Initializer) || owner.kind == TypeKind::Anonymous {
            return;
        }
        let is_top_level = owner.kind == TypeKind::File || function.receiver.is_some();
        let names = if is_top_level { BTreeSet::from([function.name.clone()]) } else { self.owner_names(function.owner) };
        for spelling in spellings(&function.name) {
            self.wants.tellers.entry(spelling).or_default().extend(names.iter().cloned());
        }
    }

    fn want_writers(&mut self, field: FieldId) {
        let declared = &self.program.types[field.ty as usize].fields[field.index as usize];
        if declared.visibility == Visibility::Private || !declared.mutable {
            return;
        }
        let names = self.owner_names(field.ty);
        for spelling in spellings(&declared.name) {
            self.want_users(&spelling, names.clone());
        }
    }

    fn want_users(&mut self, name: &str, with: BTreeSet<String>) {
        match self.wants.users.get_mut(name) {
            // Without condition is more than with one.
            Some(known) if known.is_empty() || with.is_empty() => known.clear(),
            Some(known) => known.extend(with),
            None => {
                self.wants.users.insert(name.to_owned(), with);
            }
        }
    }

    /// Names by which code gets at a value of a type: its own, those of what it is and of what is it, and of members that give one.
    fn owner_names(&self, id: TypeId) -> BTreeSet<String> {
        let program = self.program;
        let mut types: BTreeSet<TypeId> = BTreeSet::from([id]);
        types.extend(self.resolution.supertypes.get(&id).into_iter().flatten());
        types.extend(self.resolution.supertypes.iter().filter(|(_, supertypes)| supertypes.contains(&id)).map(|(subtype, _)| *subtype));
        let mut names = BTreeSet::new();
        for ty in types {
            let decl = &program.types[ty as usize];
            let named = if decl.is_companion { &program.types[decl.owner as usize].name } else { &decl.name };
            names.insert(named.rsplit('.').next().unwrap_or(named).to_owned());
            names.extend(self.carriers.get(&ty).into_iter().flatten().cloned());
        }
        names.remove("");
        names
    }

    fn want_declarations(&mut self, id: FunctionId) {
        let function = &self.program.functions[id as usize];
        let file = self.program.file_of_function(id);
        let family = self.resolution.supertypes.get(&function.owner).into_iter().flatten().copied();
        let files: BTreeSet<usize> = family.map(|ty| self.program.file_of_type(ty)).collect();
        self.wants.around.entry(file).or_default().0.extend(files);
        for name in self.resolution.foreign_supertypes.get(&function.owner).into_iter().flatten() {
            self.want_type(name);
        }
        for expr in function.params.iter().filter_map(|param| param.default.as_ref()).chain(&function.body) {
            self.look_at(expr, file);
        }
    }

    fn want_type(&mut self, qualified: &str) {
        let is_platform = self.catalogue.types.contains_key(qualified) || PLATFORM_PREFIXES.iter().any(|prefix| qualified.starts_with(prefix));
        let simple = qualified.rsplit('.').next().unwrap_or(qualified);
        if !is_platform && simple.len() > 1 && simple.starts_with(char::is_uppercase) {
            self.wants.types.insert(simple.to_owned());
        }
    }

    fn look_at(&mut self, expr: &'m Expr, file: usize) {
        let is_known = self.resolution.bindings.contains_key(&expr.id) || self.resolution.symbols.contains_key(&expr.id);
        if let Some(Ty::Named { name, .. }) = self.resolution.types.get(&expr.id).map(|typed| typed.ty.instance()) {
            let simple = name.rsplit('.').next().unwrap_or(name).to_owned();
            self.wants.aliases.insert(simple.clone());
            self.wants.around.entry(file).or_default().1.insert(simple);
        }
        match &expr.kind {
            ExprKind::Call(call) => self.name(expr, &call.name, is_known, file),
            ExprKind::Member { name, .. } | ExprKind::Name(name) | ExprKind::FunctionRef { name, .. } => self.name(expr, name, is_known, file),
            ExprKind::Object { ty, .. } => {
                for &member in self.resolution.members.get(ty).into_iter().flatten() {
                    let body = self.program.functions[member as usize].body.as_ref();
                    body.into_iter().for_each(|body| self.look_at(body, file));
                }
            }
            _ => {}
        }
        walk(expr, &mut |child| self.look_at(child, file));
    }

    fn name(&mut self, expr: &Expr, name: &str, is_known: bool, file: usize) {
        if let Some(callees) = self.resolution.callees.get(&expr.id) {
            for &callee in callees {
                let declared = &self.program.functions[callee as usize];
                let owner = &self.program.types[declared.owner as usize];
                if declared.kind == FunctionKind::Method && declared.visibility != Visibility::Private && !owner.name.is_empty() {
                    self.wants.overrides.entry(declared.name.clone()).or_default().insert(owner.name.clone());
                }
            }
        } else if !is_known {
            self.wants.unknown.entry(file).or_default().extend(spellings(name));
        }
    }
}

/// Names of the same member in the two languages of a platform.
fn spellings(name: &str) -> Vec<String> {
    let capitalised = capitalised(name);
    let mut all = vec![name.to_owned(), format!("get{capitalised}"), format!("set{capitalised}")];
    if let Some(rest) = ["get", "set"].iter().find_map(|prefix| name.strip_prefix(prefix)).filter(|rest| rest.starts_with(char::is_uppercase)) {
        all.push(decapitalised(rest));
    }
    all
}

/// What no app declares.
const PLATFORM_PREFIXES: [&str; 6] = ["android.", "androidx.", "java.", "javax.", "kotlin.", "kotlinx."];

impl Wants {
    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
