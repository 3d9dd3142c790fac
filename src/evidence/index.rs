//! Declarations of a program by name, for look-ups.

use rustc_hash::FxHashMap as HashMap;

use super::FieldId;
use crate::catalogue::capitalised;
use crate::ir::{Function, FunctionId, FunctionKind, Program, TypeDecl, TypeId, TypeKind, Visibility};
use crate::source::{Language, Platform};

/// Where each name is declared.
pub(super) struct Index<'m> {
    program: &'m Program,
    /// Types at the top level of their files, by simple name.
    top_level_types: HashMap<&'m str, Vec<TypeId>>,
    /// Types that can be named, by the type around them.
    nested: HashMap<(TypeId, &'m str), TypeId>,
    /// All types that can be named, by file and simple name; the first of each.
    in_file: HashMap<(usize, &'m str), TypeId>,
    /// Kotlin and Java types by package and dotted name; several where variants of a build declare it.
    qualified: HashMap<String, Vec<TypeId>>,
    /// Extensions and categories, by the simple name of what they extend.
    extensions: HashMap<&'m str, Vec<TypeId>>,
    companions: HashMap<TypeId, Vec<TypeId>>,
    /// Functions by owner.
    members: HashMap<TypeId, Vec<FunctionId>>,
    /// Methods by owner and name.
    methods: HashMap<(TypeId, &'m str), Vec<FunctionId>>,
    /// Methods of any owner by name.
    by_name: HashMap<&'m str, Vec<FunctionId>>,
    fields: HashMap<(TypeId, &'m str), FieldId>,
    /// Properties with a getter, declared in extensions or at the top level of Kotlin files, by name.
    extension_properties: HashMap<&'m str, Vec<FieldId>>,
    /// Properties and variables at the top level of files, by name.
    top_level_fields: HashMap<&'m str, Vec<FieldId>>,
    /// Files of each Kotlin and Java package.
    packages: HashMap<&'m str, Vec<usize>>,
}

impl<'m> Index<'m> {
    pub fn new(program: &'m Program) -> Self {
        let mut index = Self {
            program,
            top_level_types: HashMap::default(),
            nested: HashMap::default(),
            in_file: HashMap::default(),
            qualified: HashMap::default(),
            extensions: HashMap::default(),
            companions: HashMap::default(),
            members: HashMap::default(),
            methods: HashMap::default(),
            by_name: HashMap::default(),
            fields: HashMap::default(),
            extension_properties: HashMap::default(),
            top_level_fields: HashMap::default(),
            packages: HashMap::default(),
        };
        for (id, decl) in program.types.iter().enumerate() {
            index.add_type(id as TypeId, decl);
        }
        for (id, function) in program.functions.iter().enumerate() {
            index.add_function(id as FunctionId, function);
        }
        for (number, file) in program.files.iter().enumerate() {
            index.packages.entry(file.package.as_str()).or_default().push(number);
            if file.language == Language::Kotlin
                && let Some(facade) = facade_name(&file.path)
            {
                index.qualified.entry(join(&file.package, &facade)).or_default().push(file.scope);
            }
        }
        index
    }

    fn add_type(&mut self, id: TypeId, decl: &'m TypeDecl) {
        let file = self.program.file_of_type(id);
        for (number, field) in decl.fields.iter().enumerate() {
            let field_id = FieldId { ty: id, index: number as u32 };
            self.fields.entry((id, field.name.as_str())).or_insert(field_id);
            if decl.kind == TypeKind::File {
                self.top_level_fields.entry(field.name.as_str()).or_default().push(field_id);
            }
            let is_place = decl.kind == TypeKind::Extension || (decl.kind == TypeKind::File && self.program.files[file].language == Language::Kotlin);
            if is_place && field.getter.is_some() {
                self.extension_properties.entry(field.name.as_str()).or_default().push(field_id);
            }
        }
        if decl.kind == TypeKind::Extension {
            self.extensions.entry(last_segment(&decl.name)).or_default().push(id);
        }
        if decl.is_companion {
            self.companions.entry(decl.owner).or_default().push(id);
        }
        if !is_nameable(decl.kind) {
            return;
        }
        self.nested.entry((decl.owner, decl.name.as_str())).or_insert(id);
        if !decl.is_companion {
            self.in_file.entry((file, decl.name.as_str())).or_insert(id);
        }
        if self.program.is_file_scope(decl.owner) {
            self.top_level_types.entry(decl.name.as_str()).or_default().push(id);
        }
        let head = &self.program.files[file];
        if head.language.platform() == Platform::Android {
            self.qualified.entry(join(&head.package, &self.dotted_name(id))).or_default().push(id);
        }
    }

    fn add_function(&mut self, id: FunctionId, function: &'m Function) {
        self.members.entry(function.owner).or_default().push(id);
        if function.kind == FunctionKind::Method {
            self.methods.entry((function.owner, function.name.as_str())).or_default().push(id);
            self.by_name.entry(function.name.as_str()).or_default().push(id);
        }
    }

    /// `Outer.Inner`.
    fn dotted_name(&self, id: TypeId) -> String {
        let mut segments = vec![self.program.types[id as usize].name.as_str()];
        let mut owner = self.program.types[id as usize].owner;
        while !self.program.is_file_scope(owner) {
            segments.push(&self.program.types[owner as usize].name);
            owner = self.program.types[owner as usize].owner;
        }
        segments.reverse();
        segments.join(".")
    }

    /// A type declared directly in another.
    pub fn nested(&self, owner: TypeId, name: &str) -> Option<TypeId> {
        self.nested.get(&(owner, name)).copied()
    }

    /// A type declared anywhere in a file.
    pub fn in_file(&self, file: usize, name: &str) -> Option<TypeId> {
        self.in_file.get(&(file, name)).copied()
    }

    /// The Kotlin or Java type of a full name, as seen from a file.
    pub fn qualified(&self, name: &str, from: usize) -> Option<TypeId> {
        self.nearest(self.qualified.get(name)?, from)
    }

    /// The type of a simple name in another file of an Apple program, as seen from a file.
    pub fn visible_type(&self, name: &str, from: usize) -> Option<TypeId> {
        self.nearest(self.top_level_types.get(name)?, from)
    }

    /// Other declarations of the same type: in a header, or in another variant of the build.
    pub fn twins(&self, id: TypeId) -> Vec<TypeId> {
        let decl = &self.program.types[id as usize];
        if !is_nameable(decl.kind) {
            return Vec::new();
        }
        let file = self.program.file_of_type(id);
        let all = match self.program.files[file].language {
            Language::Kotlin | Language::Java => self.qualified.get(&join(&self.program.files[file].package, &self.dotted_name(id))),
            Language::ObjectiveC => self.top_level_types.get(decl.name.as_str()),
            Language::Swift | Language::Rust => None,
        };
        all.into_iter().flatten().copied().filter(|&other| other != id).collect()
    }

    /// Of several declarations of one name, the one whose path shares most with the file that names it.
    fn nearest(&self, candidates: &[TypeId], from: usize) -> Option<TypeId> {
        let here = &self.program.files[from].path;
        let visible = candidates.iter().copied().filter(|&id| {
            let file = self.program.file_of_type(id);
            file == from || self.program.types[id as usize].visibility != Visibility::Private || self.program.files[file].language == Language::ObjectiveC
        });
        visible.max_by_key(|&id| (shared_folders(here, &self.program.files[self.program.file_of_type(id)].path), std::cmp::Reverse(id)))
    }

    pub fn extensions_of(&self, name: &str) -> &[TypeId] {
        self.extensions.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn companions_of(&self, id: TypeId) -> &[TypeId] {
        self.companions.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Functions that a type declares, of every kind.
    pub fn members(&self, owner: TypeId) -> &[FunctionId] {
        self.members.get(&owner).map_or(&[], Vec::as_slice)
    }

    /// Methods that a type declares under a name.
    pub fn methods<'a>(&'a self, owner: TypeId, name: &'a str) -> &'a [FunctionId] {
        self.methods.get(&(owner, name)).map_or(&[], Vec::as_slice)
    }

    /// Methods of any type under a name.
    pub fn methods_named(&self, name: &str) -> &[FunctionId] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn field(&self, owner: TypeId, name: &str) -> Option<FieldId> {
        self.fields.get(&(owner, name)).copied()
    }

    pub fn top_level_fields(&self, name: &str) -> &[FieldId] {
        self.top_level_fields.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn extension_properties(&self, name: &str) -> &[FieldId] {
        self.extension_properties.get(name).map_or(&[], Vec::as_slice)
    }

    /// File scopes whose top-level declarations a file sees without naming them: those of its package, or of its Swift or C program.
    pub fn files_of_package(&self, package: &str) -> &[usize] {
        self.packages.get(package).map_or(&[], Vec::as_slice)
    }
}

pub(super) fn is_nameable(kind: TypeKind) -> bool {
    !matches!(kind, TypeKind::Extension | TypeKind::Anonymous | TypeKind::File)
}

pub(super) fn last_segment(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn join(package: &str, name: &str) -> String {
    if package.is_empty() { name.to_owned() } else { format!("{package}.{name}") }
}

/// The class by which Java calls a Kotlin file's top-level functions: `a/places.kt` is `PlacesKt`.
fn facade_name(path: &str) -> Option<String> {
    let stem = path.rsplit('/').next()?.strip_suffix(".kt")?;
    (!stem.is_empty()).then(|| format!("{}Kt", capitalised(stem)))
}

fn shared_folders(left: &str, right: &str) -> usize {
    left.split('/').zip(right.split('/')).take_while(|(left, right)| left == right).count()
}
