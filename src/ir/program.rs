//! Many modules as one: what a linker makes of them. Numbers of types, functions and expressions run through all files, and so do
//! positions: each file has a range of them to itself, so that a [`Span`] says by itself in which file it lies.

use std::ops::Range;

use rustc_hash::FxHashMap as HashMap;

use super::relocate::{Offsets, relocate};
use super::{ExprId, Function, FunctionId, FunctionKind, Import, Module, TypeDecl, TypeId, TypeKind, TypeRef};
use crate::source::{Language, Platform, Span};

/// One file to link.
#[derive(Clone, Debug)]
pub struct LinkUnit {
    /// Path as it is shown, with `/`.
    pub path: String,
    /// Length of its text in bytes.
    pub length: u32,
    /// What it was lowered to.
    pub module: Module,
}

/// What a file says at its head.
#[derive(Clone, Debug)]
pub struct FileHead {
    /// Path as it is shown, with `/`.
    pub path: String,
    /// The language it was written in.
    pub language: Language,
    /// Kotlin and Java package, dotted; empty when there is none.
    pub package: String,
    /// Imports in source order.
    pub imports: Vec<Import>,
    /// Type aliases: name and what it stands for.
    pub aliases: Vec<(String, TypeRef)>,
    /// See [`Module::built_for`].
    pub built_for: Vec<(Span, Platform)>,
    /// See [`Module::files_built_for`].
    pub files_built_for: Vec<(String, Platform)>,
    /// See [`Module::boxes`].
    pub boxes: Vec<Span>,
    /// The pseudo type that owns its top-level functions and properties.
    pub scope: TypeId,
    /// Its functions.
    pub functions: Range<FunctionId>,
    /// Its expressions.
    pub exprs: Range<ExprId>,
    /// Where its positions start.
    pub start: u32,
}

/// Linked files of one platform.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Heads of the files, in the order in which they were given.
    pub files: Vec<FileHead>,
    /// Types of all files.
    pub types: Vec<TypeDecl>,
    /// Functions of all files.
    pub functions: Vec<Function>,
    /// One past the largest [`ExprId`] in use.
    pub expr_count: u32,
    /// The file of each type.
    type_files: Vec<u32>,
}

impl Program {
    /// Links files. The order decides all numbers, so that the same files in the same order give the same program.
    pub fn link(units: Vec<LinkUnit>) -> Self {
        let mut program = Self::default();
        let mut next = Offsets::default();
        for (number, LinkUnit { path, length, mut module }) in units.into_iter().enumerate() {
            relocate(&mut module, next);
            let after = Offsets {
                types: next.types + module.types.len() as u32,
                functions: next.functions + module.functions.len() as u32,
                exprs: next.exprs + module.expr_count,
                // One position between two files belongs to the end of the first.
                positions: next.positions + length + 1,
            };
            program.type_files.extend(std::iter::repeat_n(number as u32, module.types.len()));
            program.files.push(FileHead {
                path,
                language: module.language,
                package: module.package,
                imports: module.imports,
                aliases: module.aliases,
                built_for: module.built_for,
                files_built_for: module.files_built_for,
                boxes: module.boxes,
                scope: next.types,
                functions: next.functions..after.functions,
                exprs: next.exprs..after.exprs,
                start: next.positions,
            });
            program.types.append(&mut module.types);
            program.functions.append(&mut module.functions);
            next = after;
        }
        program.expr_count = next.exprs;
        program.pair_accessors();
        program
    }

    /// Finds the methods by which Objective-C properties that were declared in another file, a header, are read.
    fn pair_accessors(&mut self) {
        let is_class = |ty: &TypeDecl| matches!(ty.kind, TypeKind::Class | TypeKind::Extension);
        let mut getters: HashMap<(&str, &str), FunctionId> = HashMap::default();
        for (id, function) in self.functions.iter().enumerate() {
            let owner = &self.types[function.owner as usize];
            let reads = function.kind == FunctionKind::Method && function.params.is_empty() && function.body.is_some();
            if reads && is_class(owner) && self.language_of_type(function.owner) == Language::ObjectiveC {
                getters.entry((owner.name.as_str(), function.name.as_str())).or_insert(id as FunctionId);
            }
        }
        let mut pairs = Vec::new();
        for (id, ty) in self.types.iter().enumerate() {
            if !is_class(ty) || self.language_of_type(id as TypeId) != Language::ObjectiveC {
                continue;
            }
            for (index, field) in ty.fields.iter().enumerate().filter(|(_, field)| field.getter.is_none()) {
                pairs.extend(getters.get(&(ty.name.as_str(), field.name.as_str())).map(|&getter| (id, index, getter)));
            }
        }
        for (id, index, getter) in pairs {
            self.types[id].fields[index].getter = Some(getter);
        }
    }

    /// A program of one file.
    pub fn of_one(path: &str, length: u32, module: Module) -> Self {
        Self::link(vec![LinkUnit { path: path.to_owned(), length, module }])
    }

    /// Index of the file that declares a type.
    pub fn file_of_type(&self, id: TypeId) -> usize {
        self.type_files[id as usize] as usize
    }

    /// Index of the file that declares a function.
    pub fn file_of_function(&self, id: FunctionId) -> usize {
        self.file_of_type(self.functions[id as usize].owner)
    }

    /// Index of the file that an expression stands in.
    pub fn file_of_expr(&self, id: ExprId) -> usize {
        self.files.partition_point(|file| file.exprs.start <= id).saturating_sub(1)
    }

    /// The language that an expression is written in.
    pub fn language_of_expr(&self, id: ExprId) -> Language {
        self.files[self.file_of_expr(id)].language
    }

    /// The language of a type.
    pub fn language_of_type(&self, id: TypeId) -> Language {
        self.files[self.file_of_type(id)].language
    }

    /// The language that a function is written in.
    pub fn language_of_function(&self, id: FunctionId) -> Language {
        self.files[self.file_of_function(id)].language
    }

    /// The file scope around a type.
    pub fn file_scope(&self, id: TypeId) -> TypeId {
        self.files[self.file_of_type(id)].scope
    }

    /// Whether a type is the scope of a file.
    pub fn is_file_scope(&self, id: TypeId) -> bool {
        self.types[id as usize].kind == TypeKind::File
    }

    /// The file of a position, and the same span counted from the file's start.
    pub fn locate(&self, span: Span) -> (usize, Span) {
        let file = self.files.partition_point(|file| file.start <= span.start).saturating_sub(1);
        let start = self.files.get(file).map_or(0, |file| file.start);
        (file, Span { start: span.start - start, end: span.end.saturating_sub(start) })
    }
}
