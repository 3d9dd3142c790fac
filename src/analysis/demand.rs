//! Which files that were not parsed could still change an answer: those that may call, declare, write or make what matters.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap as HashMap;

use super::entry_points::EntryPoints;
use super::relevance::Relevance;
use super::survey::vocabulary;
use crate::catalogue::{Catalogue, ValueSet, capitalised, decapitalised};
use crate::evidence::{FieldId, Resolution, Target, Ty};
use crate::ir::{Expr, ExprId, ExprKind, FunctionId, FunctionKind, Program, TypeId, TypeKind, Visibility, walk};
use crate::source::Language;

/// Names by which further files are found. What is wanted too often costs time; what is wanted too rarely costs an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Files that mention a name and one of some others (any, if there are none).
    pub users: BTreeMap<String, BTreeSet<String>>,
    /// Files that mention the name of a top-level function and see one of these files.
    pub top_level_users: BTreeMap<String, BTreeSet<usize>>,
    /// Files that may declare a type that extends one of this name, or a member of such a type.
    pub relatives: BTreeSet<String>,
    /// Files that may declare a type of this name.
    pub types: BTreeSet<String>,
    /// Files that may declare a type alias of this name.
    pub aliases: BTreeSet<String>,
    /// Words by which checks are asked and answered.
    pub vocabulary: BTreeSet<String>,
    /// Functions that can tell something, with names one of which is mentioned where they are called: what is declared in a file is only
    /// wanted if the file may tell something, too.
    pub tellers: BTreeMap<String, BTreeSet<String>>,
    /// Files that may declare a member of this name and mention one of these types: what tells something tells it no more where it is overridden.
    pub overrides: BTreeMap<String, BTreeSet<String>>,
    /// By file that matters: names in it of which no declaration is known. Wanted are files that may declare one, and a type that the file
    /// (or one of its supertypes' files) mentions.
    pub unknown: BTreeMap<usize, BTreeSet<String>>,
    /// By file: names in it that decide what something is, each with words. Wanted are files that may declare one, mention one of its words (any, if
    /// there are none), and declare a type that the file mentions.
    pub deciding: BTreeMap<usize, BTreeMap<String, BTreeSet<String>>>,
    /// By file: files in which what it inherits is declared, and names of types that its expressions have.
    pub around: BTreeMap<usize, (BTreeSet<usize>, BTreeSet<String>)>,
}

/// What is still to be found for the answers about a program.
pub(crate) fn wants(resolution: &Resolution<'_>, catalogue: &Catalogue, entry_points: &EntryPoints, relevance: &Relevance) -> Wants {
    let mut finder = Finder {
        resolution,
        program: resolution.module,
        catalogue,
        entry_points,
        relevance,
        carriers: carriers(resolution),
        telling_names: relevance.telling.iter().map(|&id| resolution.module.functions[id as usize].name.as_str()).collect(),
        declared: declared_names(resolution.module),
        wants: Wants::default(),
    };
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
    let questions = &resolution.questions;
    let value_words: Vec<BTreeSet<String>> = catalogue.value_sets.iter().map(ValueSet::words).collect();
    for (function, wanted) in &questions.callers_of {
        finder.want_passers(*function, &value_words[wanted.0 as usize]);
    }
    for (field, wanted) in &questions.writers_of {
        let name = resolution.module.types[field.ty as usize].fields[field.index as usize].name.clone();
        finder.want_users_with(&spellings(&name), &value_words[wanted.0 as usize]);
        finder.want_writers(*field);
    }
    let expr = |id: ExprId| resolution.exprs.get(id as usize).copied().flatten();
    for (value, wanted) in &questions.unknown_values {
        expr(*value).into_iter().for_each(|value| finder.want_meaning(value, &value_words[wanted.0 as usize], MAX_STEPS));
    }
    let mut type_words: HashMap<&str, BTreeSet<String>> = HashMap::default();
    for (receiver, entry) in &questions.unknown_receivers {
        let Some(owner) = catalogue.symbol(*entry).owner.as_deref() else { continue };
        let words = type_words.entry(owner).or_insert_with(|| catalogue.words_of_type(owner));
        expr(*receiver).into_iter().for_each(|receiver| finder.want_meaning(receiver, words, MAX_STEPS));
    }
    finder.wants.vocabulary = vocabulary(catalogue).into_iter().map(str::to_owned).collect();
    finder.want_receivers();
    relevance.fields.iter().for_each(|field| finder.want_writers(*field));
    finder.wants
}

/// So far what a name stands for is followed through variables and fields.
const MAX_STEPS: u32 = 6;

struct Finder<'a, 'm> {
    resolution: &'a Resolution<'m>,
    program: &'m Program,
    catalogue: &'a Catalogue,
    entry_points: &'a EntryPoints,
    relevance: &'a Relevance,
    /// Names of functions that were seen to tell something.
    telling_names: BTreeSet<&'m str>,
    /// Names of functions and fields that are declared somewhere.
    declared: BTreeSet<&'m str>,
    /// By type: names of members that give one.
    carriers: BTreeMap<TypeId, BTreeSet<String>>,
    wants: Wants,
}

fn declared_names(program: &Program) -> BTreeSet<&str> {
    let functions = program.functions.iter().map(|function| function.name.as_str());
    functions.chain(program.types.iter().flat_map(|ty| &ty.fields).map(|field| field.name.as_str())).collect()
}

/// A member, and its getter or the property that it is the getter of.
fn readable_spellings(name: &str) -> Vec<String> {
    spellings(name).into_iter().filter(|spelling| spelling == name || !spelling.starts_with("set")).collect()
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
        let is_told_by_makers = owner.kind == TypeKind::Class && self.entry_points.may_be_made_here(function.owner) && !function.is_static;
        if is_told_by_makers || function.kind == FunctionKind::Constructor {
            self.want_users(&owner.name.clone(), BTreeSet::new());
        }
        let is_called_by_name = !matches!(function.kind, FunctionKind::Initializer | FunctionKind::Constructor);
        if !is_seen_elsewhere || !is_called_by_name || self.entry_points.is_called_from_outside(id) {
            return;
        }
        if !self.want_calls(id) {
            return;
        }
        // What is of its type, or gives something that is, may be declared where its own name is not mentioned.
        let supertypes = self.resolution.supertypes.get(&function.owner).into_iter().flatten();
        for ty in std::iter::once(&function.owner).chain(supertypes) {
            let name = self.program.types[*ty as usize].name.rsplit('.').next().unwrap_or_default();
            if !name.is_empty() {
                self.wants.relatives.insert(name.to_owned());
            }
        }
    }

    /// Wants what may call a function by its name. Whether it is a member, so that its receiver may be declared elsewhere.
    fn want_calls(&mut self, id: FunctionId) -> bool {
        let function = &self.program.functions[id as usize];
        let is_top_level = self.program.types[function.owner as usize].kind == TypeKind::File || function.receiver.is_some();
        if is_top_level {
            let file = self.program.file_of_function(id);
            self.wants.top_level_users.entry(function.name.clone()).or_default().insert(file);
            return false;
        }
        let names = self.owner_names(function.owner);
        for spelling in spellings(&function.name) {
            self.want_users(&spelling, names.clone());
        }
        true
    }

    /// What is called by the name of something that matters may be it.
    fn want_receivers(&mut self) {
        let relevance = self.relevance;
        let mut owners: HashMap<&'m str, BTreeSet<String>> = HashMap::default();
        for (id, function) in self.program.functions.iter().enumerate() {
            let id = id as FunctionId;
            let matters = relevance.reaching[id as usize] || relevance.telling.contains(&id);
            if matters && function.kind == FunctionKind::Method && function.visibility != Visibility::Private {
                owners.entry(&function.name).or_default().extend(self.owner_names(function.owner));
            }
        }
        for expr in self.resolution.exprs.iter().flatten() {
            let ExprKind::Call(call) = &expr.kind else { continue };
            if let (Some(receiver), Some(words)) = (&call.receiver, owners.get(call.name.as_str()))
                && !self.resolution.callees.contains_key(&expr.id)
            {
                self.want_meaning(receiver, words, MAX_STEPS);
            }
        }
    }

    /// Who calls a function may pass it what decides about an access: by its name, whatever the receiver is declared as, or through any number of
    /// functions that do not name it.
    fn want_passers(&mut self, id: FunctionId, words: &BTreeSet<String>) {
        let function = &self.program.functions[id as usize];
        if function.kind == FunctionKind::Constructor {
            let made = self.program.types[function.owner as usize].name.clone();
            self.want_users(&made, BTreeSet::new());
            return;
        }
        self.want_users_with(&spellings(&function.name), words);
        if function.visibility != Visibility::Private {
            self.want_calls(id);
        }
    }

    fn want_users_with(&mut self, names: &[String], words: &BTreeSet<String>) {
        // Without words there is nothing to pass, rather than no condition.
        for name in names.iter().filter(|_| !words.is_empty()) {
            self.want_users(name, words.clone());
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
        if declared.visibility == Visibility::Private || (!declared.mutable && !self.may_be_box(field)) {
            return;
        }
        let names = self.owner_names(field.ty);
        for spelling in spellings(&declared.name) {
            self.want_users(&spelling, names.clone());
        }
    }

    /// Whether something can be put into what a field holds, without the field being written: a flow, a live value.
    fn may_be_box(&self, field: FieldId) -> bool {
        match self.resolution.field_types.get(&field).map(Ty::instance) {
            Some(Ty::Named { name, .. }) => !PLAIN_TYPES.contains(&name.rsplit('.').next().unwrap_or(name)),
            Some(Ty::Function(_)) => false,
            _ => true,
        }
    }

    fn want_users(&mut self, name: &str, with: BTreeSet<String>) {
        add_condition(&mut self.wants.users, name.to_owned(), &with);
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
        if self.program.language_of_function(id) == Language::ObjectiveC {
            self.want_type(&self.program.types[function.owner as usize].name.clone());
        }
        for expr in function.params.iter().filter_map(|param| param.default.as_ref()).chain(&function.body) {
            self.look_at(expr, file);
        }
    }

    /// Wants the declarations that tell what an expression is: those of the names along its receivers, and of what is put into them. Where
    /// `words` are given, the file that declares the last of them has to mention one: it names the type that is looked for.
    fn want_meaning(&mut self, expr: &'m Expr, words: &BTreeSet<String>, steps: u32) {
        if steps == 0 || self.resolution.types.contains_key(&expr.id) {
            return;
        }
        match self.resolution.target(expr.id) {
            Some(Target::Variable(id)) => {
                let values = &self.resolution.variables[id as usize].values;
                return values.iter().for_each(|value| self.want_meaning(value, words, steps - 1));
            }
            Some(Target::Field(field)) => {
                let values = self.resolution.field_values.get(&field);
                values.into_iter().flatten().for_each(|value| self.want_meaning(value, words, steps - 1));
                return self.want_writers(field);
            }
            None => {}
        }
        match &expr.kind {
            ExprKind::Call(call) => self.want_link(expr, &call.name, call.receiver.as_ref(), words, steps),
            ExprKind::Member { receiver, name, .. } => self.want_link(expr, name, Some(receiver), words, steps),
            ExprKind::Name(name) => self.want_link(expr, name, None, words, steps),
            ExprKind::Closure(_) => {}
            _ => walk(expr, &mut |child| self.want_meaning(child, words, steps - 1)),
        }
    }

    fn want_link(&mut self, expr: &'m Expr, name: &str, receiver: Option<&'m Expr>, words: &BTreeSet<String>, steps: u32) {
        if self.is_of_platform(expr, name, receiver) {
            return;
        }
        if !self.resolution.callees.contains_key(&expr.id) {
            let file = self.program.file_of_expr(expr.id);
            let names = self.wants.deciding.entry(file).or_default();
            for spelling in readable_spellings(name) {
                add_condition(names, spelling, words);
            }
            self.wants.around.entry(file).or_default();
        }
        let Some(receiver) = receiver else { return };
        // Whether a member of this name can be what is looked for is asked first.
        if self.declared.contains(name) {
            self.want_meaning(receiver, &BTreeSet::new(), steps - 1);
        }
    }

    /// Whether a name is one that no app declares: a member of a platform's type, or imported from it.
    fn is_of_platform(&self, expr: &Expr, name: &str, receiver: Option<&Expr>) -> bool {
        match receiver {
            Some(receiver) => match self.resolution.types.get(&receiver.id).map(|typed| typed.ty.instance()) {
                Some(Ty::Named { name, .. }) => is_platform_name(name, self.catalogue),
                _ => false,
            },
            None => {
                let imports = &self.program.files[self.program.file_of_expr(expr.id)].imports;
                let import = imports.iter().find(|import| !import.wildcard && import.path.rsplit('.').next() == Some(name));
                import.is_some_and(|import| is_platform_name(&import.path, self.catalogue))
            }
        }
    }

    fn want_type(&mut self, qualified: &str) {
        let is_platform = is_platform_name(qualified, self.catalogue);
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
            let tells = callees.iter().any(|callee| self.relevance.telling.contains(callee));
            for &callee in callees.iter().filter(|_| tells) {
                let declared = &self.program.functions[callee as usize];
                let owner = &self.program.types[declared.owner as usize];
                if declared.kind == FunctionKind::Method && declared.visibility != Visibility::Private && !owner.name.is_empty() {
                    let names = self.owner_names(declared.owner);
                    self.wants.overrides.entry(declared.name.clone()).or_default().extend(names);
                }
            }
        } else if !is_known {
            self.wants.unknown.entry(file).or_default().extend(spellings(name));
            let receiver = match &expr.kind {
                ExprKind::Call(call) => call.receiver.as_ref(),
                ExprKind::Member { receiver, .. } => Some(&**receiver),
                _ => None,
            };
            match receiver.and_then(|receiver| self.resolution.types.get(&receiver.id)).map(|typed| typed.ty.instance()) {
                Some(Ty::Named { name: ty, .. }) if self.telling_names.contains(name) => self.want_type(&ty.clone()),
                // Objective-C declares in one file and implements in another.
                Some(Ty::App { id, .. }) if self.program.language_of_type(*id) == Language::ObjectiveC => {
                    self.want_type(&self.program.types[*id as usize].name.clone());
                }
                _ => {}
            }
        }
    }
}

/// Adds a name on condition that one of some words is mentioned, too; without words there is no condition, which is more than with one.
fn add_condition(names: &mut BTreeMap<String, BTreeSet<String>>, name: String, words: &BTreeSet<String>) {
    match names.get_mut(&name) {
        Some(known) if known.is_empty() || words.is_empty() => known.clear(),
        Some(known) => known.extend(words.iter().cloned()),
        None => {
            names.insert(name, words.clone());
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

/// Types whose values are only themselves.
const PLAIN_TYPES: [&str; 12] = ["Boolean", "boolean", "Bool", "BOOL", "Int", "int", "Long", "long", "String", "NSString", "Uri", "URL"];

/// What no app declares.
const PLATFORM_PREFIXES: [&str; 6] = ["android.", "androidx.", "java.", "javax.", "kotlin.", "kotlinx."];

fn is_platform_name(qualified: &str, catalogue: &Catalogue) -> bool {
    catalogue.types.contains_key(qualified) || PLATFORM_PREFIXES.iter().any(|prefix| qualified.starts_with(prefix))
}

impl Wants {
    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
