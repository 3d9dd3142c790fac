//! The walk that gives names their meaning. Scopes follow the structure of the IR; every function is visited once, local
//! functions and anonymous types where they stand, so that they see what they capture.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::bridging;
use super::index::last_segment;
use super::names::Names;
use super::types::{Fit, Ty, Typed, fits};
use super::{Binding, FieldId, OpenQuestions, Resolution, Target, Variable, VariableId, VariableKind};
use crate::catalogue::{Catalogue, accessor_twin, decapitalised};
use crate::ir::{
    Arg, Call, Closure, Expr, ExprId, ExprKind, FunctionId, FunctionKind, LoopKind, Param, Pattern, Program, TypeId, TypeKind, TypeRef, Visibility, walk,
};
use crate::source::{Language, Platform, Span};

/// Types whose first argument is what their accessors give.
const HOLDERS: [&str; 25] = [
    "AtomicBoolean",
    "Lazy",
    "Provider",
    "WeakReference",
    "SoftReference",
    "Optional",
    "AtomicReference",
    "ThreadLocal",
    "Supplier",
    "State",
    "MutableState",
    "StateFlow",
    "MutableStateFlow",
    "LiveData",
    "MutableLiveData",
    "ListenableFuture",
    "Task",
    "Deferred",
    "CompletableFuture",
    "Published",
    "Binding",
    "Observable",
    "List",
    "Set",
    "[]",
];
/// Put another value into a box, which depends on what is in it.
const BOX_REPLACERS: [&str; 6] = ["update", "updateAndGet", "getAndUpdate", "compareAndSet", "getAndSet", "lazySet"];
/// Members of [`HOLDERS`] that give what is held.
const HOLDER_ACCESSORS: [&str; 15] = [
    "firstOrNull",
    "lastOrNull",
    "get",
    "value",
    "getValue",
    "invoke",
    "await",
    "orElse",
    "orElseThrow",
    "wrappedValue",
    "first",
    "last",
    "result",
    "getResult",
    "element",
];
/// Kotlin scope functions in whose lambda the receiver is `this`.
const RECEIVER_SCOPES: [&str; 3] = ["apply", "run", "with"];
/// Functions in whose lambda the receiver is the parameter.
const PARAMETER_SCOPES: [&str; 6] = ["let", "also", "takeIf", "takeUnless", "use", "map"];
/// Functions whose lambda receives the elements.
const ELEMENT_SCOPES: [&str; 14] =
    ["ifPresent", "ifPresentOrElse", "forEach", "map", "filter", "all", "any", "none", "first", "firstOrNull", "find", "mapNotNull", "flatMap", "onEach"];

/// Types that are followed for the family of one.
const MAX_FAMILY: usize = 64;

#[derive(Default)]
struct Frame {
    variables: HashMap<String, VariableId>,
    /// Other names for fields, whose boxes they hold.
    fields: HashMap<String, FieldId>,
    functions: HashMap<String, FunctionId>,
    receiver: Option<Typed>,
    /// It rebinds `this` to something of unknown type.
    rebinds_to_unknown: bool,
}

/// What a bare name may be called on, innermost first; filled in for calls and names without receiver.
#[derive(Clone, Debug, Default)]
pub(super) struct Bare {
    pub(super) receivers: Vec<Typed>,
    /// One more receiver is there, of unknown type.
    pub(super) has_unknown: bool,
    /// It is a local, or a member or function of this module.
    pub(super) is_own: bool,
}

pub(super) struct Resolver<'m> {
    pub(super) out: Resolution<'m>,
    pub(super) module: &'m Program,
    pub(super) catalogue: &'m Catalogue,
    pub(super) names: Names<'m>,
    pub(super) bare: HashMap<ExprId, Bare>,
    /// Where the names of boxes are declared, of which the types do not say so.
    pub(super) boxes: HashSet<Span>,
    /// Kotlin's classes by the names of their fields, once somebody asked.
    classes_by_field: Option<HashMap<&'m str, Vec<TypeId>>>,
    frames: Vec<Frame>,
    this: Vec<TypeId>,
    /// The file that the walk is in.
    file: usize,
    families: RefCell<HashMap<TypeId, Rc<[TypeId]>>>,
    pub(super) questions: RefCell<OpenQuestions>,
    visited: Vec<bool>,
    field_types: HashMap<FieldId, Option<Typed>>,
    initialisers: HashMap<FieldId, (&'m Expr, bool)>,
    /// What is assigned to members of `this` that this module does not declare (a header or superclass elsewhere does), by name.
    undeclared: HashMap<String, &'m Expr>,
}

impl<'m> Resolver<'m> {
    pub(super) fn new(module: &'m Program, catalogue: &'m Catalogue) -> Self {
        let mut resolver = Self {
            out: Resolution::new(module),
            module,
            catalogue,
            names: Names::new(module, catalogue),
            bare: HashMap::default(),
            frames: Vec::new(),
            this: Vec::new(),
            file: 0,
            families: RefCell::new(HashMap::default()),
            boxes: module.files.iter().flat_map(|file| file.boxes.iter().copied()).collect(),
            classes_by_field: None,
            questions: RefCell::default(),
            visited: vec![false; module.functions.len()],
            field_types: HashMap::default(),
            initialisers: HashMap::default(),
            undeclared: HashMap::default(),
        };
        resolver.find_initialisers();
        resolver.find_empty_fields();
        resolver.find_undeclared();
        resolver
    }

    pub(super) fn run(mut self) -> Resolution<'m> {
        for id in 0..self.module.functions.len() as FunctionId {
            if !self.is_captured(id) {
                self.function(id);
            }
        }
        // What stands behind no visited expression (an anonymous type that a frontend could not place) is still looked at.
        for id in 0..self.module.functions.len() as FunctionId {
            self.function(id);
        }
        self.note_types();
        self.relate_types();
        self.relate_functions();
        self.relate_fields();
        self.match_symbols();
        self.out.questions = self.questions.take();
        self.out
    }

    fn note_types(&mut self) {
        for id in 0..self.module.types.len() as TypeId {
            for index in 0..self.module.types[id as usize].fields.len() as u32 {
                let field = FieldId { ty: id, index };
                if let Some(typed) = self.field_type(field) {
                    self.out.field_types.insert(field, typed.ty);
                }
                if self.is_box_field(field) {
                    self.out.box_fields.insert(field);
                }
            }
        }
        for id in 0..self.module.functions.len() as FunctionId {
            if let Some(typed) = self.return_type(id) {
                self.out.return_types.insert(id, typed.ty);
            }
        }
    }

    fn relate_types(&mut self) {
        for id in 0..self.module.types.len() as TypeId {
            let decl = &self.module.types[id as usize];
            if matches!(decl.kind, TypeKind::File | TypeKind::Extension) {
                continue;
            }
            let family = self.family(id);
            let is_super = |ty: &TypeId| *ty != id && matches!(self.module.types[*ty as usize].kind, TypeKind::Class | TypeKind::Interface | TypeKind::Enum);
            let supertypes: Vec<TypeId> = family.iter().copied().filter(is_super).collect();
            let foreign = family.iter().flat_map(|&ty| self.names.supertypes(ty).to_vec()).filter_map(|ty| match ty {
                Ty::Named { name, .. } => Some(name),
                _ => None,
            });
            let foreign: Vec<String> = foreign.collect();
            if !supertypes.is_empty() {
                self.out.extended.extend(&supertypes);
                self.out.supertypes.insert(id, supertypes);
            }
            if !foreign.is_empty() {
                self.out.foreign_supertypes.insert(id, foreign);
            }
        }
    }

    fn relate_functions(&mut self) {
        for (id, function) in self.module.functions.iter().enumerate() {
            let id = id as FunctionId;
            self.out.members.entry(function.owner).or_default().push(id);
            if function.kind != FunctionKind::Method {
                continue;
            }
            let family = self.family(function.owner);
            let others = family.iter().filter(|&&ty| ty != function.owner);
            let candidates = others.flat_map(|&ty| self.names.index.methods(ty, &function.name));
            let overridden: Vec<FunctionId> = candidates.copied().filter(|&other| self.has_same_shape(other, function)).collect();
            if !overridden.is_empty() {
                self.out.overrides.insert(id, overridden);
            }
        }
    }

    /// Properties that override or implement others are read through them.
    fn relate_fields(&mut self) {
        for (ty, decl) in self.module.types.iter().enumerate() {
            let ty = ty as TypeId;
            let Some(supertypes) = self.out.supertypes.get(&ty) else { continue };
            let same_class = self.same_class(ty);
            for index in 0..decl.fields.len() as u32 {
                let field = FieldId { ty, index };
                if !self.can_be_overridden(field) {
                    continue;
                }
                let above = supertypes.iter().filter(|other| !same_class.contains(other));
                let overridden = above.filter_map(|&other| self.names.index.field(other, &decl.fields[index as usize].name));
                let overridden: Vec<FieldId> = overridden.filter(|&overridden| self.can_be_overridden(overridden)).collect();
                overridden.into_iter().for_each(|overridden| self.out.field_overrides.entry(overridden).or_default().push(field));
            }
        }
    }

    /// Whether a property is one that subtypes share: Java's fields only hide each other.
    fn can_be_overridden(&self, field: FieldId) -> bool {
        let declared = &self.module.types[field.ty as usize].fields[field.index as usize];
        declared.visibility != Visibility::Private && !declared.is_static && self.module.language_of_type(field.ty) != Language::Java
    }

    fn has_same_shape(&self, other: FunctionId, function: &crate::ir::Function) -> bool {
        let other = &self.module.functions[other as usize];
        other.params.len() == function.params.len() && (other.selector.is_none() || function.selector.is_none() || other.selector == function.selector)
    }

    fn find_initialisers(&mut self) {
        let module = self.module;
        for function in &module.functions {
            let Some(body) = &function.body else { continue };
            if !matches!(function.kind, FunctionKind::Initializer | FunctionKind::Constructor) {
                continue;
            }
            let mut pending = vec![body];
            while let Some(expr) = pending.pop() {
                if let ExprKind::FieldInit { name, value, delegated } = &expr.kind
                    && let Some(field) = self.field_in(function.owner, name)
                {
                    self.initialisers.entry(field).or_insert((value, *delegated));
                }
                if matches!(expr.kind, ExprKind::Block { .. }) {
                    walk(expr, &mut |child| pending.push(child));
                }
            }
        }
    }

    /// Fields that hold null or false until somebody writes them: neither their declaration nor a constructor does. Kotlin has none.
    fn find_empty_fields(&mut self) {
        let module = self.module;
        let mut written: HashSet<FieldId> = self.initialisers.keys().copied().collect();
        for function in module.functions.iter().filter(|function| matches!(function.kind, FunctionKind::Initializer | FunctionKind::Constructor)) {
            let mut pending: Vec<&Expr> = function.body.iter().collect();
            while let Some(expr) = pending.pop() {
                match &expr.kind {
                    ExprKind::Assign { target, .. } => written.extend(own_member(target).and_then(|name| self.field_in(function.owner, name))),
                    // `if (self) { … }` in Objective-C.
                    ExprKind::Block { .. } | ExprKind::If { .. } | ExprKind::Try { .. } => walk(expr, &mut |child| pending.push(child)),
                    _ => {}
                }
            }
        }
        for (ty, decl) in module.types.iter().enumerate() {
            if module.language_of_type(ty as TypeId) == Language::Kotlin || decl.kind == TypeKind::Interface {
                continue;
            }
            // An instance variable of Objective-C is called like its property, whoever reads that for it.
            let is_variable = module.language_of_type(ty as TypeId) == Language::ObjectiveC;
            let fields = decl.fields.iter().enumerate().filter(|(_, field)| field.mutable && (is_variable || field.getter.is_none()));
            let fields = fields.map(|(index, _)| FieldId { ty: ty as TypeId, index: index as u32 });
            self.out.empty_at_first.extend(fields.filter(|field| !written.contains(field)));
        }
    }

    fn find_undeclared(&mut self) {
        let exprs = self.out.exprs.clone();
        for expr in exprs.into_iter().flatten() {
            if let ExprKind::Assign { target, value, .. } = &expr.kind
                && let ExprKind::Member { receiver, name, .. } = &target.kind
                && matches!(receiver.kind, ExprKind::This(None))
                && matches!(value.kind, ExprKind::Call(_) | ExprKind::Cast { .. })
            {
                self.undeclared.entry(name.clone()).or_insert(value);
            }
        }
    }

    /// The type of an undeclared member of `this`, by what is assigned to it.
    fn undeclared_type(&mut self, receiver: &Expr, name: &str) -> Option<Typed> {
        if !matches!(receiver.kind, ExprKind::This(None)) {
            return None;
        }
        let value = self.undeclared.remove(name)?;
        let known = self.out.types.get(&value.id).cloned();
        let ty = known.or_else(|| self.visit(value));
        self.undeclared.insert(name.to_owned(), value);
        ty.map(|typed| Typed::likely(typed.ty))
    }

    /// Functions that see the locals around them: local ones and those of anonymous and local types.
    fn is_captured(&self, id: FunctionId) -> bool {
        let function = &self.module.functions[id as usize];
        function.kind == FunctionKind::Local || self.module.types[function.owner as usize].kind == TypeKind::Anonymous
    }

    fn function(&mut self, id: FunctionId) {
        if std::mem::replace(&mut self.visited[id as usize], true) {
            return;
        }
        let module = self.module;
        let function = &module.functions[id as usize];
        let receiver = function.receiver.as_ref().and_then(|receiver| self.names.resolve(receiver, function.owner));
        self.frames.push(Frame { receiver, ..Frame::default() });
        self.this.push(function.owner);
        let outer_file = std::mem::replace(&mut self.file, self.module.file_of_type(function.owner));
        let variables = function.params.iter().enumerate().map(|(index, param)| self.param(param, VariableKind::Param(id, index as u32), None)).collect();
        self.out.function_params[id as usize] = variables;
        for param in &function.params {
            self.visit_all(&param.default);
        }
        self.visit_all(function.annotations.iter().flat_map(|annotation| &annotation.args).map(|arg| &arg.value));
        if let Some(body) = &function.body {
            self.visit(body);
        }
        self.file = outer_file;
        self.this.pop();
        self.frames.pop();
    }

    /// Visits a function out of order, with only its type's scope around it.
    fn function_now(&mut self, id: FunctionId) {
        if self.visited[id as usize] || self.is_captured(id) {
            return;
        }
        let frames = std::mem::take(&mut self.frames);
        let this = std::mem::take(&mut self.this);
        self.function(id);
        self.frames = frames;
        self.this = this;
    }

    fn param(&mut self, param: &Param, kind: VariableKind, hint: Option<Typed>) -> VariableId {
        let declared = param.ty.as_ref().and_then(|ty| self.names.resolve(ty, self.this_type()));
        self.declare(&param.name, kind, declared.or(hint), param.span)
    }

    fn declare(&mut self, name: &str, kind: VariableKind, ty: Option<Typed>, span: Span) -> VariableId {
        let id = self.out.variables.len() as VariableId;
        let is_box = self.boxes.contains(&span) || Self::is_box_type(ty.as_ref());
        self.out.variables.push(Variable { name: name.to_owned(), ty, kind, values: Vec::new(), span, reads: 0, is_mutable: false, is_box });
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.variables.insert(name.to_owned(), id);
            frame.fields.remove(name);
        }
        id
    }

    /// From here on a name is another one for the place whose box a value is, if it is one.
    fn rename_box(&mut self, name: &str, value: &Expr) {
        let Some(place) = self.box_behind(value) else { return };
        self.out.renamed.insert(value.id);
        let Some(frame) = self.frames.last_mut() else { return };
        match place {
            Target::Variable(id) => {
                frame.variables.insert(name.to_owned(), id);
            }
            Target::Field(field) => {
                frame.fields.insert(name.to_owned(), field);
            }
        }
    }

    /// What Rust lets be written though it is not mutable, it lets be written by whoever else has it.
    fn note_written_through(&mut self, place: Target) {
        if let (Target::Variable(id), Language::Rust) = (place, self.language()) {
            let variable = &mut self.out.variables[id as usize];
            let has_value = !variable.values.is_empty() || matches!(variable.kind, VariableKind::Param(..));
            variable.is_box |= has_value && !variable.is_mutable;
        }
    }

    fn declare_at(&mut self, expr: &Expr, name: &str, ty: Option<Typed>, span: Span) -> VariableId {
        let id = self.declare(name, VariableKind::Local, ty, span);
        self.out.declared.insert((expr.id, name.to_owned()), id);
        id
    }

    pub(super) fn this_type(&self) -> TypeId {
        self.this.last().copied().unwrap_or(self.module.files[self.file].scope)
    }

    /// The type whose members `this` has: for an extension of a type of this module, that type.
    fn base_type(&self, id: TypeId) -> TypeId {
        let decl = &self.module.types[id as usize];
        if decl.kind != TypeKind::Extension {
            return id;
        }
        self.names.app_type(last_segment(&decl.name), self.module.file_scope(id)).unwrap_or(id)
    }

    /// A type, its extensions, companions and supertypes in this program.
    pub(super) fn family(&self, id: TypeId) -> Rc<[TypeId]> {
        if let Some(known) = self.families.borrow().get(&id) {
            return known.clone();
        }
        let mut family = vec![self.base_type(id)];
        let mut next = 0;
        while next < family.len() && next < MAX_FAMILY {
            let current = family[next];
            next += 1;
            let decl = &self.module.types[current as usize];
            let index = &self.names.index;
            let extensions = if decl.name.is_empty() { &[] } else { index.extensions_of(&decl.name) };
            let platform = self.module.language_of_type(current).platform();
            let related = extensions.iter().copied().filter(|&other| self.module.language_of_type(other).platform() == platform);
            let related: Vec<TypeId> = related.chain(index.companions_of(current).iter().copied()).chain(index.twins(current)).collect();
            let supertypes = self.names.supertypes(current);
            let supertypes = supertypes.iter().filter_map(|ty| match ty {
                Ty::App { id, .. } => Some(*id),
                _ => None,
            });
            for other in related.into_iter().chain(supertypes) {
                if !family.contains(&other) {
                    family.push(other);
                }
            }
        }
        let family: Rc<[TypeId]> = family.into();
        self.families.borrow_mut().insert(id, family.clone());
        family
    }

    pub(super) fn field_in(&self, ty: TypeId, name: &str) -> Option<FieldId> {
        self.family(ty).iter().find_map(|&ty| self.names.index.field(ty, name))
    }

    pub(super) fn language(&self) -> Language {
        self.module.files[self.file].language
    }

    pub(super) fn platform(&self) -> Platform {
        self.language().platform()
    }

    pub(super) fn file(&self) -> usize {
        self.file
    }

    /// The walk is over; look at what stands in a file.
    pub(super) fn enter_file_of(&mut self, expr: ExprId) {
        self.file = self.module.file_of_expr(expr);
    }

    /// Enclosing types from the innermost outwards, the file scope last.
    fn enclosing(&self) -> Vec<TypeId> {
        let mut enclosing = Vec::new();
        for &ty in self.this.iter().rev() {
            let mut current = ty;
            loop {
                if !enclosing.contains(&current) {
                    enclosing.push(current);
                }
                if self.module.is_file_scope(current) {
                    break;
                }
                current = self.module.types[current as usize].owner;
            }
        }
        enclosing.retain(|&ty| !self.module.is_file_scope(ty));
        enclosing.push(self.module.files[self.file].scope);
        enclosing
    }

    /// Types and modules whose members a bare name may mean: in Rust the members of a type are never named without it.
    fn named_scopes(&self) -> Vec<TypeId> {
        if self.language() == Language::Rust { self.enclosing_modules() } else { self.enclosing() }
    }

    /// Modules around the walk, from the innermost outwards.
    pub(super) fn enclosing_modules(&self) -> Vec<TypeId> {
        let mut modules = self.enclosing();
        modules.retain(|&ty| matches!(self.module.types[ty as usize].kind, TypeKind::Object | TypeKind::File));
        modules
    }

    /// Functions of a module or type of Rust.
    fn own_functions(&self, id: TypeId, name: &str) -> Vec<FunctionId> {
        match self.module.types[id as usize].kind {
            TypeKind::File | TypeKind::Object => self.names.rust_functions(id, name, 6),
            _ => self.methods(id, name),
        }
    }

    pub(super) fn is_local_name(&self, name: &str) -> bool {
        self.frames.iter().any(|frame| frame.variables.contains_key(name))
    }

    pub(super) fn field_type(&mut self, field: FieldId) -> Option<Typed> {
        if let Some(known) = self.field_types.get(&field) {
            return known.clone();
        }
        self.field_types.insert(field, None);
        let decl = &self.module.types[field.ty as usize];
        let declared = decl.fields[field.index as usize].ty.as_ref().and_then(|ty| self.names.resolve(ty, field.ty));
        let ty = declared.or_else(|| self.field_type_from_values(field));
        self.field_types.insert(field, ty.clone());
        ty
    }

    /// The type of a field in an instance of a type, which may say what the type parameters of the field's are.
    fn field_type_in(&mut self, field: FieldId, receiver: &Ty) -> Option<Typed> {
        let declared = self.module.types[field.ty as usize].fields[field.index as usize].ty.as_ref();
        self.generic_type(declared, field.ty, receiver).or_else(|| self.field_type(field))
    }

    /// A declared type in which there are type parameters, as an instance of the receiver's type has it.
    fn generic_type(&self, declared: Option<&TypeRef>, owner: TypeId, receiver: &Ty) -> Option<Typed> {
        let open = self.names.resolve_generic(declared?, owner, owner).filter(|typed| typed.ty.has_params())?;
        self.names.seen_from(open, receiver)
    }

    fn field_type_from_values(&mut self, field: FieldId) -> Option<Typed> {
        if let Some(&(value, _)) = self.initialisers.get(&field) {
            let frames = std::mem::take(&mut self.frames);
            let this = std::mem::replace(&mut self.this, vec![field.ty]);
            let file = std::mem::replace(&mut self.file, self.module.file_of_type(field.ty));
            let ty = self.visit(value);
            self.frames = frames;
            self.this = this;
            self.file = file;
            return ty;
        }
        let getter = self.module.types[field.ty as usize].fields[field.index as usize].getter?;
        self.return_type(getter)
    }

    fn return_type(&mut self, id: FunctionId) -> Option<Typed> {
        let module = self.module;
        let function = &module.functions[id as usize];
        let is_own_type = |ty: &TypeRef| matches!(ty.name.as_str(), "instancetype" | "Self") && !self.module.is_file_scope(function.owner);
        if function.returns.as_ref().is_some_and(is_own_type) {
            return Some(Typed::certain(Ty::App { id: self.base_type(function.owner), args: Vec::new() }));
        }
        if let Some(returns) = &function.returns {
            return self.names.resolve(returns, function.owner);
        }
        if function.kind == FunctionKind::Constructor {
            return Some(Typed::certain(Ty::App { id: self.base_type(function.owner), args: Vec::new() }));
        }
        let body = function.body.as_ref().filter(|_| function.is_expression_body)?;
        self.function_now(id);
        self.value_type(body)
    }

    /// The type of what a function returns when it is called on a type.
    fn return_type_in(&mut self, id: FunctionId, receiver: Option<&Ty>) -> Option<Typed> {
        let function = &self.module.functions[id as usize];
        let generic = receiver.and_then(|receiver| self.generic_type(function.returns.as_ref(), function.owner, receiver));
        generic.or_else(|| self.return_type(id))
    }

    /// The type of the value of a body, already visited.
    fn value_type(&self, body: &Expr) -> Option<Typed> {
        match &body.kind {
            ExprKind::Block { body, .. } => self.value_type(body.last()?),
            ExprKind::Exit { value, .. } => self.value_type(value.as_deref()?),
            _ => self.out.types.get(&body.id).cloned(),
        }
    }

    fn visit_all<'e>(&mut self, exprs: impl IntoIterator<Item = &'m Expr>)
    where
        'm: 'e,
    {
        for expr in exprs {
            self.visit(expr);
        }
    }

    fn scoped<T>(&mut self, visit: impl FnOnce(&mut Self) -> T) -> T {
        self.frames.push(Frame::default());
        let result = visit(self);
        self.frames.pop();
        result
    }

    /// Resolves an expression and everything in it; gives its type.
    pub(super) fn visit(&mut self, expr: &'m Expr) -> Option<Typed> {
        let ty = self.visit_kind(expr).filter(|typed| !matches!(typed.ty, Ty::Param { .. }));
        if let Some(ty) = &ty {
            self.out.types.insert(expr.id, ty.clone());
        }
        ty
    }

    fn visit_kind(&mut self, expr: &'m Expr) -> Option<Typed> {
        match &expr.kind {
            ExprKind::Block { body, .. } => self.scoped(|resolver| {
                for statement in body {
                    if let ExprKind::LocalFunction(id) = statement.kind
                        && let Some(frame) = resolver.frames.last_mut()
                    {
                        frame.functions.insert(resolver.module.functions[id as usize].name.clone(), id);
                    }
                }
                let mut last = None;
                for statement in body {
                    last = resolver.visit(statement);
                }
                last
            }),
            ExprKind::Let { name, ty, value, name_span, delegated, mutable } => {
                let initial = value.as_deref().and_then(|value| self.visit(value));
                let declared = ty.as_ref().and_then(|ty| self.names.resolve(ty, self.this_type()));
                let held = if *delegated { initial.map(|typed| held_type(&typed).unwrap_or(typed)) } else { initial };
                let id = self.declare_at(expr, name, declared.or(held), *name_span);
                self.write(Target::Variable(id), value.as_deref());
                let variable = &mut self.out.variables[id as usize];
                variable.is_mutable = *mutable;
                variable.is_box = !delegated && (variable.is_box || value.as_deref().is_some_and(Self::makes_box));
                // Rust's guards of locks are mutable for the sake of what they guard.
                let may_be_another_name = !delegated && (!mutable || self.language() == Language::Rust);
                if let Some(value) = value.as_deref().filter(|_| may_be_another_name) {
                    self.rename_box(name, value);
                }
                None
            }
            ExprKind::FieldInit { name, value, .. } => {
                self.visit(value);
                if let Some(field) = self.field_in(self.this_type(), name) {
                    self.write(Target::Field(field), Some(value));
                }
                None
            }
            ExprKind::Assign { target, value, .. } => {
                self.visit(value);
                self.visit(target);
                if let Some(place) = self.written_target(target) {
                    self.note_written_through(place);
                    self.write(place, Some(value));
                }
                None
            }
            ExprKind::If { cond, then, otherwise } => {
                // Bindings of a `guard` condition, which is one that does not hold, stay in scope after it.
                let stays = matches!(cond.kind, ExprKind::Not(_) | ExprKind::Or(..));
                let branch = |resolver: &mut Self| {
                    resolver.visit(cond);
                    resolver.visit(then)
                };
                let then = if stays { branch(self) } else { self.scoped(branch) };
                let otherwise = otherwise.as_deref().and_then(|otherwise| self.visit(otherwise));
                then.or(otherwise)
            }
            ExprKind::Loop { kind, bindings, head, body, .. } => self.scoped(|resolver| {
                let element = head.as_deref().and_then(|head| resolver.visit(head)).and_then(|typed| resolver.element_type(&typed));
                if *kind == LoopKind::ForEach {
                    for (index, binding) in bindings.iter().enumerate() {
                        let declared = binding.ty.as_ref().and_then(|ty| resolver.names.resolve(ty, resolver.this_type()));
                        // In Rust, what stands before it is where it is: a position or a key.
                        let is_element = resolver.language() != Language::Rust || index + 1 == bindings.len();
                        let element = element.clone().filter(|_| is_element);
                        resolver.declare_at(expr, &binding.name, declared.or(element), binding.span);
                    }
                }
                resolver.visit(body);
                None
            }),
            ExprKind::Match { subject, binding, arms } => self.scoped(|resolver| {
                let ty = subject.as_deref().and_then(|subject| resolver.visit(subject));
                if let Some(name) = binding {
                    let id = resolver.declare_at(expr, name, ty.clone(), expr.span);
                    resolver.write(Target::Variable(id), subject.as_deref());
                }
                let mut result = None;
                for arm in arms {
                    let arm_type = resolver.scoped(|resolver| {
                        arm.patterns.iter().for_each(|pattern| resolver.pattern(expr, pattern, ty.as_ref()));
                        arm.guard.iter().for_each(|guard| {
                            resolver.visit(guard);
                        });
                        resolver.visit(&arm.body)
                    });
                    result = result.or(arm_type);
                }
                result
            }),
            ExprKind::Try { body, catches, finally } => {
                let ty = self.visit(body);
                for catch in catches {
                    self.scoped(|resolver| {
                        let caught = catch.types.first().and_then(|ty| resolver.names.resolve(ty, resolver.this_type()));
                        if let Some(name) = &catch.name {
                            resolver.declare_at(expr, name, caught, catch.span);
                        }
                        resolver.visit_all(&catch.pattern);
                        resolver.visit(&catch.body);
                    });
                }
                self.visit_all(finally.as_deref());
                ty
            }
            ExprKind::Exit { value, .. } => {
                self.visit_all(value.as_deref());
                None
            }
            ExprKind::Call(call) => self.call(expr, call),
            ExprKind::Closure(closure) => self.closure(expr, closure, &[], None),
            ExprKind::LocalFunction(id) => {
                self.function(*id);
                None
            }
            ExprKind::Object { ty, args } => {
                self.args(args);
                for id in self.names.index.members(*ty).to_vec() {
                    self.function(id);
                }
                Some(Typed::certain(Ty::App { id: *ty, args: Vec::new() }))
            }
            ExprKind::Not(inner) => {
                self.visit(inner);
                None
            }
            ExprKind::And(left, right) | ExprKind::Or(left, right) | ExprKind::Compare { left, right, .. } => {
                self.visit(left);
                self.visit(right);
                None
            }
            ExprKind::Coalesce(left, right) => {
                let left = self.visit(left);
                let right = self.visit(right);
                left.or(right)
            }
            ExprKind::Is { value, ty, binding } => {
                self.visit(value);
                let tested = self.names.resolve(ty, self.this_type());
                if let Some(name) = binding {
                    let id = self.declare_at(expr, name, tested, expr.span);
                    self.write(Target::Variable(id), Some(value));
                } else if let (Some(Target::Variable(id)), Some(tested)) = (self.out.target(value.id), tested) {
                    // A smart cast: only where nothing better is known, because the test holds for one branch.
                    let variable = &mut self.out.variables[id as usize];
                    variable.ty.get_or_insert(Typed::likely(tested.ty));
                }
                None
            }
            ExprKind::Case { value, pattern } => {
                let ty = self.visit(value);
                self.pattern(expr, pattern, ty.as_ref());
                None
            }
            ExprKind::LetCond { name, ty, value } => {
                let initial = self.visit(value);
                let declared = ty.as_ref().and_then(|ty| self.names.resolve(ty, self.this_type()));
                let id = self.declare_at(expr, name, declared.or(initial), expr.span);
                self.write(Target::Variable(id), Some(value));
                self.rename_box(name, value);
                None
            }
            ExprKind::Member { receiver, name, .. } => self.member(expr, receiver, name),
            ExprKind::Index { receiver, args } => {
                let ty = self.visit(receiver);
                self.visit_all(args);
                ty.and_then(|typed| self.element_type(&typed))
            }
            ExprKind::Name(name) => self.name(expr, name),
            ExprKind::This(label) => self.this_expr(label.as_deref()),
            ExprKind::Cast { value, ty, .. } => {
                self.visit(value);
                self.names.resolve(ty, self.this_type())
            }
            ExprKind::FunctionRef { receiver, name } => {
                let ty = receiver.as_deref().and_then(|receiver| self.visit(receiver));
                let call = Call {
                    receiver: receiver.as_deref().cloned(),
                    name: name.clone(),
                    selector: None,
                    is_new: false,
                    safe: false,
                    type_args: Vec::new(),
                    args: Vec::new(),
                    name_span: expr.span,
                };
                let callees = self.callees(&call, ty.as_ref(), true);
                self.out.callees.insert(expr.id, callees);
                None
            }
            ExprKind::ClassRef(ty) => self.names.resolve(ty, self.this_type()).map(|typed| Typed { ty: Ty::Class(Box::new(typed.ty)), certain: typed.certain }),
            ExprKind::Collection(items) => {
                let mut element = None;
                for item in items {
                    element = self.visit(item).or(element);
                }
                element.map(|typed| Typed { ty: Ty::Named { name: "[]".to_owned(), args: vec![typed.ty] }, certain: typed.certain })
            }
            ExprKind::Unknown(items) => {
                self.visit_all(items);
                None
            }
            ExprKind::Super => {
                let supertypes = self.names.supertypes(self.this_type());
                supertypes.first().cloned().map(Typed::certain).and_then(|typed| self.names.bounded(typed))
            }
            ExprKind::Available { .. } | ExprKind::Implicit | ExprKind::Literal(_) => None,
        }
    }

    fn pattern(&mut self, at: &'m Expr, pattern: &'m Pattern, subject: Option<&Typed>) {
        match pattern {
            Pattern::Value(value) | Pattern::In(value) => {
                self.visit(value);
            }
            Pattern::Case { path, fields } => {
                self.visit(path);
                fields.iter().for_each(|field| self.pattern(at, field, None));
            }
            Pattern::Is { ty, binding } => {
                let tested = self.names.resolve(ty, self.this_type());
                if let Some(name) = binding {
                    self.declare_at(at, name, tested, at.span);
                }
            }
            Pattern::Not(inner) | Pattern::NotNull(inner) => self.pattern(at, inner, subject),
            Pattern::Binding(name) => {
                self.declare_at(at, name, subject.cloned(), at.span);
            }
            Pattern::Tuple(parts) => parts.iter().for_each(|part| self.pattern(at, part, None)),
            Pattern::Wildcard => {}
        }
    }

    /// The place that an assignment writes: also through a holder (`state.value = x`).
    fn written_target(&self, target: &Expr) -> Option<Target> {
        if let Some(place) = self.out.target(target.id) {
            return Some(place);
        }
        match &target.kind {
            ExprKind::Member { receiver, name, .. } if name == "value" || name == "wrappedValue" => self.out.target(receiver.id),
            _ => None,
        }
    }

    fn write(&mut self, place: Target, value: Option<&'m Expr>) {
        let Some(value) = value else { return };
        self.out.stored_in.insert(value.id, place);
        match place {
            Target::Variable(id) => self.out.variables[id as usize].values.push(value),
            Target::Field(field) => self.out.field_values.entry(field).or_default().push(value),
        }
    }

    fn this_expr(&self, label: Option<&str>) -> Option<Typed> {
        if let Some(label) = label {
            let labelled = self.enclosing().into_iter().find(|&ty| self.module.types[ty as usize].name == label)?;
            return Some(Typed::certain(Ty::App { id: self.base_type(labelled), args: Vec::new() }));
        }
        if let Some(receiver) = self.frames.iter().rev().find_map(|frame| frame.receiver.clone()) {
            return Some(receiver);
        }
        let ty = self.this_type();
        (!self.module.is_file_scope(ty)).then(|| Typed::certain(Ty::App { id: self.base_type(ty), args: Vec::new() }))
    }

    /// Receivers that a bare name may have, innermost first.
    fn implicit_receivers(&self) -> Vec<Typed> {
        let scoped = self.frames.iter().rev().filter_map(|frame| frame.receiver.clone());
        let enclosing = self.enclosing().into_iter().filter(|&ty| !self.module.is_file_scope(ty));
        scoped.chain(enclosing.map(|ty| Typed::certain(Ty::App { id: self.base_type(ty), args: Vec::new() }))).collect()
    }

    fn has_unknown_receiver(&self) -> bool {
        self.frames.iter().any(|frame| frame.rebinds_to_unknown)
    }

    fn name(&mut self, expr: &'m Expr, name: &str) -> Option<Typed> {
        let name = unprojected(name);
        for index in (0..self.frames.len()).rev() {
            if let Some(&field) = self.frames[index].fields.get(name) {
                self.out.bindings.insert(expr.id, Binding::Field(field));
                return self.field_type(field);
            }
            if let Some(&id) = self.frames[index].variables.get(name) {
                self.out.bindings.insert(expr.id, Binding::Variable(id));
                let variable = &mut self.out.variables[id as usize];
                variable.reads += 1;
                return variable.ty.clone();
            }
            if let Some(receiver) = self.frames[index].receiver.clone()
                && let Some(ty) = self.own_or_platform_member(expr, &receiver, name)
            {
                return ty;
            }
        }
        for enclosing in self.named_scopes() {
            if let Some(field) = self.field_in(enclosing, name) {
                self.out.bindings.insert(expr.id, Binding::Field(field));
                return self.field_type_in(field, &Ty::App { id: self.base_type(enclosing), args: Vec::new() });
            }
        }
        if self.language() == Language::Swift
            && let Some(methods) = self.enclosing().into_iter().map(|ty| self.methods(ty, name)).find(|methods| !methods.is_empty())
        {
            self.out.callees.insert(expr.id, methods);
            return None;
        }
        let may_be_a_variable = !is_type_name(name) || is_written_large(name);
        // Kotlin's constants are often written like types; the package or the import says which is meant.
        let is_no_type = || self.platform() == Platform::Android && self.names.app_type(name, self.this_type()).is_none();
        if let Some(field) = self.field_elsewhere(name).filter(|_| may_be_a_variable || is_no_type()) {
            self.out.bindings.insert(expr.id, Binding::Field(field));
            return self.field_type(field);
        }
        if self.language() == Language::Swift && may_be_a_variable {
            let functions = self.functions_elsewhere(name);
            if !functions.is_empty() {
                self.out.callees.insert(expr.id, functions);
                return None;
            }
        }
        if self.language() == Language::Rust {
            let functions = self.rust_functions_named(name);
            if !functions.is_empty() {
                self.out.callees.insert(expr.id, functions);
                return None;
            }
            if let Some(found) = self.rust_path(expr) {
                return Some(found);
            }
        }
        if let Some(ty) = self.type_named(name) {
            self.out.bindings.insert(expr.id, Binding::Type(ty.ty.clone()));
            return Some(Typed { ty: Ty::Class(Box::new(ty.ty)), certain: ty.certain });
        }
        let receivers = self.implicit_receivers();
        let yielded = receivers.iter().find_map(|receiver| self.yields(&receiver.ty, name, None)).or_else(|| self.implicit_yield(name, None));
        self.bare.insert(expr.id, Bare { receivers, has_unknown: self.has_unknown_receiver(), is_own: false });
        yielded
    }

    /// `Some(type)` when an implicit receiver has the member.
    fn own_or_platform_member(&mut self, expr: &'m Expr, receiver: &Typed, name: &str) -> Option<Option<Typed>> {
        if let Ty::App { id, .. } = receiver.ty
            && let Some(field) = self.field_in(id, name)
        {
            self.out.bindings.insert(expr.id, Binding::Field(field));
            return Some(self.field_type_in(field, &receiver.ty));
        }
        None
    }

    /// A name that stands for a type.
    fn type_named(&self, name: &str) -> Option<Typed> {
        let looks_like_a_type = is_type_name(name) || (self.platform() == Platform::Apple && name.starts_with(char::is_uppercase));
        if !looks_like_a_type && self.names.import_of(self.file, name).is_none() {
            return None;
        }
        if self.names.import_of(self.file, name).is_some_and(|import| import.is_static) {
            return None;
        }
        // `import android.Manifest.permission`: a type that is written small, because what it stands in is a type.
        let stands_in_a_type = |path: &str| {
            if name.starts_with(|first: char| first.is_uppercase()) {
                return false;
            }
            let outer = path.rsplit('.').nth(1);
            outer.is_some_and(|outer| outer.starts_with(|first: char| first.is_uppercase()))
        };
        if !looks_like_a_type && !self.names.import_of(self.file, name).is_some_and(|import| stands_in_a_type(&import.path)) {
            return None;
        }
        self.names.resolve_name(name, self.this_type(), 8)
    }

    fn member(&mut self, expr: &'m Expr, receiver: &'m Expr, name: &str) -> Option<Typed> {
        let name = unprojected(name);
        if let Some(found) = self.rust_path(expr) {
            return Some(found);
        }
        let Some(receiver_type) = self.visit(receiver) else { return self.qualified_type(expr, name) };
        match &receiver_type.ty {
            Ty::App { id, .. } => {
                let field = self.field_in(*id, name);
                if let Some(field) = field {
                    self.out.bindings.insert(expr.id, Binding::Field(field));
                    return self.field_type_in(field, &receiver_type.ty);
                }
                // `isOpen` is the getter of a property of that name.
                let is_getter = name.strip_prefix("is").is_some_and(|rest| rest.starts_with(|first: char| first.is_uppercase()));
                let getter = if is_getter { Some(name.to_owned()) } else { accessor_twin(name) };
                let getter = getter.filter(|_| self.names.has_property_syntax(self.file));
                let methods = getter.map(|getter| self.methods(*id, &getter)).unwrap_or_default();
                if !methods.is_empty() {
                    let ty = self.return_type_in(methods[0], Some(&receiver_type.ty));
                    self.out.callees.insert(expr.id, methods);
                    return ty;
                }
                if let Some(ty) = self.sent_by_dot(expr, *id, name) {
                    return ty;
                }
                let unapplied = if self.language() == Language::Swift { self.methods(*id, name) } else { Vec::new() };
                if !unapplied.is_empty() {
                    self.out.callees.insert(expr.id, unapplied);
                    return None;
                }
                match self.extension_property(name, &receiver_type.ty) {
                    Some(field) => {
                        self.out.bindings.insert(expr.id, Binding::Field(field));
                        self.field_type(field)
                    }
                    None => self.undeclared_type(receiver, name),
                }
            }
            Ty::Class(inner) => self.static_member(expr, inner, name, receiver_type.certain),
            Ty::Named { .. } => {
                if HOLDER_ACCESSORS.contains(&name)
                    && let Some(held) = held_type(&receiver_type)
                {
                    return Some(held);
                }
                let yielded = self.yields(&receiver_type.ty, name, None);
                if yielded.is_none()
                    && let Some(field) = self.extension_property(name, &receiver_type.ty)
                {
                    self.out.bindings.insert(expr.id, Binding::Field(field));
                    return self.field_type(field);
                }
                yielded.map(|typed| Typed { certain: typed.certain && receiver_type.certain, ..typed })
            }
            Ty::Function(_) | Ty::Param { .. } => None,
        }
    }

    /// Objective-C's `x.isOpen` for `[x isOpen]`.
    fn sent_by_dot(&mut self, expr: &Expr, ty: TypeId, name: &str) -> Option<Option<Typed>> {
        if self.language() != Language::ObjectiveC {
            return None;
        }
        let takes_nothing = |id: &FunctionId| self.module.functions[*id as usize].params.is_empty();
        let methods: Vec<FunctionId> = self.methods(ty, name).into_iter().filter(takes_nothing).collect();
        let first = *methods.first()?;
        let methods = self.with_implementations(methods, Some(ty));
        self.out.callees.insert(expr.id, methods);
        Some(self.return_type(first))
    }

    /// `android.Manifest`, written out.
    fn qualified_type(&mut self, expr: &'m Expr, name: &str) -> Option<Typed> {
        let path = dotted(expr).filter(|path| name.starts_with(|first: char| first.is_uppercase()) && path.starts_with(|first: char| first.is_lowercase()))?;
        let is_package = path.rsplit('.').skip(1).all(|part| part.starts_with(|first: char| first.is_lowercase()));
        if !is_package || self.platform() == Platform::Apple || self.is_local_path(expr) {
            return None;
        }
        let ty = Ty::named(path);
        self.out.bindings.insert(expr.id, Binding::Type(ty.clone()));
        Some(Typed::certain(Ty::Class(Box::new(ty))))
    }

    /// Whether a dotted path starts at a variable or field.
    fn is_local_path(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Member { receiver, .. } => self.is_local_path(receiver),
            _ => self.out.bindings.contains_key(&expr.id),
        }
    }

    /// A property declared in an extension in this program (Swift, Kotlin), of the receiver's type or by name alone: then one of the same
    /// file wins.
    fn extension_property(&self, name: &str, receiver: &Ty) -> Option<FieldId> {
        let all = self.names.index.extension_properties(name);
        let extends_it = |field: &&FieldId| Some(last_segment(&self.module.types[field.ty as usize].name)) == receiver.simple_name();
        let is_near = |field: &&FieldId| self.module.file_of_type(field.ty) == self.file;
        let visible = |field: &&FieldId| {
            let declared = &self.module.types[field.ty as usize].fields[field.index as usize];
            declared.visibility != Visibility::Private && self.module.language_of_type(field.ty).platform() == self.platform()
        };
        all.iter().filter(visible).find(extends_it).or_else(|| all.iter().find(is_near)).or_else(|| all.iter().find(visible)).copied()
    }

    fn static_member(&mut self, expr: &'m Expr, owner: &Ty, name: &str, certain: bool) -> Option<Typed> {
        match owner {
            Ty::App { id, .. } => {
                let decl = &self.module.types[*id as usize];
                if decl.kind == TypeKind::Object && name == "INSTANCE" {
                    return Some(Typed::certain(owner.clone()));
                }
                if decl.cases.iter().any(|case| case == name) {
                    return Some(Typed::certain(owner.clone()));
                }
                if let Some(field) = self.field_in(*id, name) {
                    self.out.bindings.insert(expr.id, Binding::Field(field));
                    return self.field_type(field);
                }
                if let Some(ty) = self.sent_by_dot(expr, *id, name) {
                    return ty;
                }
                let functions = if self.language() == Language::Rust { self.own_functions(*id, name) } else { Vec::new() };
                if !functions.is_empty() {
                    self.out.callees.insert(expr.id, functions);
                    return None;
                }
                let nested = self.names.index.nested(*id, name)?;
                let ty = Ty::App { id: nested, args: Vec::new() };
                self.out.bindings.insert(expr.id, Binding::Type(ty.clone()));
                Some(Typed::certain(Ty::Class(Box::new(ty))))
            }
            Ty::Named { name: outer, .. } => {
                if let Some(typed) = self.yields(owner, name, None) {
                    return Some(typed);
                }
                let nested = format!("{outer}.{name}");
                let is_constant = name.len() > 1 && !name.contains(|character: char| character.is_lowercase());
                let is_type = (is_type_name(name) && !is_constant) || outer.ends_with("Manifest") || self.names.owns_something(&nested);
                let nested = Ty::named(is_type.then_some(nested)?);
                self.out.bindings.insert(expr.id, Binding::Type(nested.clone()));
                Some(Typed { ty: Ty::Class(Box::new(nested)), certain })
            }
            Ty::Class(_) | Ty::Function(_) | Ty::Param { .. } => None,
        }
    }

    /// What a member of a type yields, by the catalogue.
    fn yields(&self, ty: &Ty, member: &str, call: Option<&Call>) -> Option<Typed> {
        match ty.instance() {
            Ty::Named { name, .. } => {
                let known = self.catalogue.types.get(name)?;
                let own = known.yields.get(member);
                let inherited = || known.supertypes.iter().find_map(|supertype| self.catalogue.types.get(supertype)?.yields.get(member));
                let product = own.or_else(inherited)?;
                self.product(product, ty.instance(), call)
            }
            Ty::App { id, .. } => {
                let family = self.family(*id);
                family.iter().find_map(|&ty| {
                    let supertypes = self.names.supertypes(ty);
                    supertypes.iter().filter(|supertype| matches!(supertype, Ty::Named { .. })).find_map(|supertype| self.yields(supertype, member, call))
                })
            }
            Ty::Class(_) | Ty::Function(_) | Ty::Param { .. } => None,
        }
    }

    fn product(&self, product: &str, receiver: &Ty, call: Option<&Call>) -> Option<Typed> {
        match product {
            "this" => Some(Typed::certain(receiver.clone())),
            "$0" => self.class_argument(call?),
            name => Some(Typed::certain(Ty::named(name))),
        }
    }

    /// A bare name that a superclass elsewhere (an activity, say) is likely to have.
    fn implicit_yield(&self, member: &str, call: Option<&Call>) -> Option<Typed> {
        let mut implicit: Vec<&String> = self.catalogue.types.values().filter(|ty| ty.implicit && ty.yields.contains_key(member)).map(|ty| &ty.name).collect();
        implicit.sort();
        let owner = implicit.first()?;
        let may_inherit = self.enclosing().into_iter().any(|ty| self.has_unknown_supertype(ty));
        if !may_inherit {
            return None;
        }
        self.yields(&Ty::named(owner.as_str()), member, call).map(|typed| Typed::likely(typed.ty))
    }

    /// Whether a type of this module has a supertype that neither this module nor the catalogue knows.
    pub(super) fn has_unknown_supertype(&self, id: TypeId) -> bool {
        self.family(id).iter().any(|&ty| {
            let decl = &self.module.types[ty as usize];
            decl.kind != TypeKind::File
                && self.names.supertypes(ty).iter().any(|supertype| matches!(supertype, Ty::Named { name, .. } if !self.catalogue.types.contains_key(name)))
        })
    }

    pub(super) fn fit(&self, ty: &Ty, owner: &str) -> Fit {
        let supertypes = |id: TypeId| {
            let family = self.family(id);
            family.iter().flat_map(|&ty| self.names.supertypes(ty).to_vec()).filter(|ty| !matches!(ty, Ty::App { .. })).collect()
        };
        fits(ty, owner, self.module, self.catalogue, &supertypes)
    }

    fn class_argument(&self, call: &Call) -> Option<Typed> {
        let explicit = call.type_args.first().and_then(|ty| self.names.resolve(ty, self.this_type()));
        explicit.or_else(|| {
            call.args.iter().find_map(|arg| match &arg.value.kind {
                ExprKind::ClassRef(ty) => self.names.resolve(ty, self.this_type()),
                _ => None,
            })
        })
    }

    fn args(&mut self, args: &'m [Arg]) {
        for arg in args {
            if !matches!(arg.value.kind, ExprKind::Closure(_)) {
                self.visit(&arg.value);
            }
        }
    }

    fn call(&mut self, expr: &'m Expr, call: &'m Call) -> Option<Typed> {
        let receiver = call.receiver.as_ref().and_then(|receiver| self.visit(receiver));
        self.args(&call.args);
        let callees = if self.local_callable(call).is_some() { Vec::new() } else { self.callees(call, receiver.as_ref(), false) };
        let callees = if callees.is_empty() { self.called_as_function(call) } else { callees };
        if callees.is_empty()
            && let Some(field) = self.property_behind(call, receiver.as_ref())
        {
            self.out.accessors.insert(expr.id, field);
            return receiver.and_then(|receiver| self.field_type_in(field, &receiver.ty));
        }
        self.record_bare(expr, call, &callees);
        self.record_member_call(expr, call);
        if callees.is_empty() {
            self.record_copy(call, receiver.as_ref());
        }
        let constructed = self.constructed(call, receiver.as_ref());
        self.closure_args(call, receiver.as_ref(), &callees);
        if let Some(Typed { ty: Ty::App { id, .. }, .. }) = &constructed {
            self.out.constructs.insert(expr.id, *id);
            if callees.is_empty() {
                self.record_memberwise(call, *id);
            }
        }
        let own = callees.first().and_then(|&callee| {
            let called_on = if call.receiver.is_some() { receiver.clone().map(|typed| typed.ty) } else { self.inheritor(callee) };
            self.return_type_in(callee, called_on.as_ref())
        });
        if !callees.is_empty() {
            self.out.callees.insert(expr.id, callees);
        }
        constructed.or(own).or_else(|| self.call_type(call, receiver.as_ref()))
    }

    /// The implicit receiver that has a function of its own or of a supertype.
    fn inheritor(&self, callee: FunctionId) -> Option<Ty> {
        let owner = self.module.functions[callee as usize].owner;
        let has_it = |receiver: &Typed| matches!(receiver.ty, Ty::App { id, .. } if self.family(id).contains(&owner));
        self.implicit_receivers().into_iter().find(has_it).map(|typed| typed.ty)
    }

    fn record_bare(&mut self, expr: &Expr, call: &Call, callees: &[FunctionId]) {
        if let Some(kept) = self.kept_function(call, callees) {
            self.out.bindings.insert(expr.id, kept);
        }
        if call.receiver.is_none() {
            let is_own = !callees.is_empty() || self.out.bindings.contains_key(&expr.id);
            let receivers = self.implicit_receivers();
            self.bare.insert(expr.id, Bare { receivers, has_unknown: self.has_unknown_receiver(), is_own });
        }
    }

    /// What a call of an object runs: `mayRead()`, where `mayRead` is of a type of this program.
    fn called_as_function(&mut self, call: &Call) -> Vec<FunctionId> {
        let kept = self.kept_function(call, &[]);
        let ty = match kept {
            Some(Binding::Variable(id)) => self.out.variables[id as usize].ty.clone(),
            Some(Binding::Field(field)) => self.field_type(field),
            _ => None,
        };
        let Some(Typed { ty: Ty::App { id, .. }, .. }) = ty else { return Vec::new() };
        let operator = if self.platform() == Platform::Apple { "callAsFunction" } else { "invoke" };
        let fitting = self.methods(id, operator).into_iter().filter(|&id| self.accepts(id, call)).collect();
        self.with_implementations(fitting, Some(id))
    }

    /// The variable or field whose function a call runs.
    fn kept_function(&mut self, call: &Call, callees: &[FunctionId]) -> Option<Binding> {
        if let Some(variable) = self.local_callable(call) {
            return Some(Binding::Variable(variable));
        }
        if !callees.is_empty() {
            return None;
        }
        let owners = match &call.receiver {
            None => self.enclosing(),
            Some(receiver) => match self.out.types.get(&receiver.id).map(|typed| &typed.ty) {
                Some(Ty::App { id, .. }) => vec![*id],
                _ => return None,
            },
        };
        owners.into_iter().find_map(|owner| self.field_in(owner, &call.name)).map(Binding::Field)
    }

    fn record_member_call(&mut self, expr: &'m Expr, call: &'m Call) {
        let Some(receiver) = &call.receiver else { return };
        let place = self.out.target(receiver.id);
        let Some(place) = place else { return };
        self.out.member_calls.entry((place, call.name.clone())).or_default().push(expr);
        let sets_holder = ["postValue", "setValue", "set", "emit", "tryEmit", "accept", "onNext", "send"].contains(&call.name.as_str());
        if let ([arg], true) = (call.args.as_slice(), sets_holder) {
            self.write(place, Some(&arg.value));
        }
        let is_holder = || self.out.types.get(&receiver.id).and_then(|typed| typed.ty.simple_name()).is_some_and(|name| HOLDERS.contains(&name));
        if BOX_REPLACERS.contains(&call.name.as_str()) && is_holder() {
            self.write(place, call.args.last().map(|arg| &arg.value));
        }
    }

    /// `state.copy(mayRead = answer)` makes an instance of a data class, of which it sets fields. Where the class is not known it may be any that
    /// has these.
    fn record_copy(&mut self, call: &'m Call, receiver: Option<&Typed>) {
        let Some(first) = call.args.first().filter(|_| call.name == "copy" && self.language() == Language::Kotlin) else { return };
        let classes: Vec<TypeId> = match (receiver.map(|typed| typed.ty.instance()), &first.label) {
            (Some(Ty::App { id, .. }), _) => vec![*id],
            (_, Some(label)) => self.classes_with(label),
            _ => return,
        };
        for class in classes {
            let fields = &self.module.types[class as usize].fields;
            let set = call.args.iter().enumerate().map(|(position, arg)| match &arg.label {
                Some(label) => fields.iter().position(|field| field.name == *label),
                None => (position < fields.len()).then_some(position),
            });
            let Some(set) = set.collect::<Option<Vec<usize>>>() else { continue };
            for (arg, index) in call.args.iter().zip(set) {
                let field = FieldId { ty: class, index: index as u32 };
                self.out.set_by.entry(arg.value.id).or_default().push(field);
                self.out.field_values.entry(field).or_default().push(&arg.value);
            }
        }
    }

    /// A Swift struct without an initializer of its own is made with the values of its fields.
    fn record_memberwise(&mut self, call: &'m Call, made: TypeId) {
        if !matches!(self.language(), Language::Swift | Language::Rust) {
            return;
        }
        for arg in &call.args {
            let fields = &self.module.types[made as usize].fields;
            let set = arg.label.as_ref().and_then(|label| fields.iter().position(|field| field.name == *label));
            if let Some(index) = set {
                let field = FieldId { ty: made, index: index as u32 };
                self.out.set_by.entry(arg.value.id).or_default().push(field);
                self.out.field_values.entry(field).or_default().push(&arg.value);
            }
        }
    }

    /// Kotlin's classes that have a field of a name.
    fn classes_with(&mut self, field: &str) -> Vec<TypeId> {
        let module = self.module;
        let all = self.classes_by_field.get_or_insert_with(|| {
            let mut all: HashMap<&'m str, Vec<TypeId>> = HashMap::default();
            for (id, ty) in module.types.iter().enumerate().filter(|(_, ty)| ty.kind == TypeKind::Class) {
                if module.language_of_type(id as TypeId) == Language::Kotlin {
                    ty.fields.iter().for_each(|field| all.entry(&field.name).or_default().push(id as TypeId));
                }
            }
            all
        });
        all.get(field).cloned().unwrap_or_default()
    }

    /// A local variable that a bare call calls.
    pub(super) fn local_callable(&mut self, call: &Call) -> Option<VariableId> {
        if call.receiver.is_some() {
            return None;
        }
        let found = self.frames.iter().rev().find_map(|frame| frame.variables.get(&call.name).copied())?;
        self.out.variables[found as usize].reads += 1;
        Some(found)
    }

    /// The type that a constructor call makes.
    fn constructed(&self, call: &Call, receiver: Option<&Typed>) -> Option<Typed> {
        if call.name == "init" && self.language() == Language::Swift {
            return receiver.filter(|typed| matches!(typed.ty, Ty::Class(_))).map(|typed| Typed { ty: typed.ty.instance().clone(), certain: typed.certain });
        }
        let looks_like_a_type = call.name.starts_with(|first: char| first.is_uppercase());
        if !looks_like_a_type && !call.is_new {
            return None;
        }
        let typed = match (&call.receiver, receiver) {
            (None, _) => self.names.resolve_name(&call.name, self.this_type(), 8)?,
            (Some(_), Some(Typed { ty: Ty::Class(outer), certain })) => match &**outer {
                Ty::Named { name, .. } => Typed { ty: Ty::named(format!("{name}.{}", call.name)), certain: *certain },
                Ty::App { id, .. } => {
                    let nested = self.names.index.nested(*id, &call.name)?;
                    Typed::certain(Ty::App { id: nested, args: Vec::new() })
                }
                Ty::Class(_) | Ty::Function(_) | Ty::Param { .. } => return None,
            },
            (Some(receiver), _) if call.is_new || receiver_is_package(receiver) => Typed::certain(Ty::named(format!("{}.{}", dotted(receiver)?, call.name))),
            _ => return None,
        };
        let is_known = match &typed.ty {
            Ty::Named { name, .. } => {
                call.is_new || self.catalogue.types.contains_key(name) || self.names.import_of(self.file, &call.name).is_some() || self.is_owner(name)
            }
            _ => true,
        };
        if !is_known && self.language() == Language::Kotlin && !self.callees_named(&call.name).is_empty() {
            return None;
        }
        let mut args: Vec<Ty> = call.type_args.iter().filter_map(|ty| self.names.resolve(ty, self.this_type())).map(|typed| typed.ty).collect();
        // `MutableStateFlow(ScreenState())`
        if let ([first], true, Ty::Named { name, .. }) = (call.args.as_slice(), args.is_empty(), &typed.ty)
            && HOLDERS.contains(&name.rsplit('.').next().unwrap_or(name))
        {
            args.extend(self.out.types.get(&first.value.id).map(|held| held.ty.clone()));
        }
        Some(match typed.ty {
            Ty::Named { name, .. } => Typed { ty: Ty::Named { name, args }, certain: typed.certain },
            Ty::App { id, .. } => Typed { ty: Ty::App { id, args }, certain: typed.certain },
            other => Typed { ty: other, certain: typed.certain },
        })
    }

    fn is_owner(&self, name: &str) -> bool {
        let simple = name.rsplit('.').next().unwrap_or(name);
        let found = self.catalogue.index().find(self.platform(), simple);
        found.iter().any(|(entry, _)| self.catalogue.symbol(*entry).owner.as_deref() == Some(name))
    }

    fn callees_named(&self, name: &str) -> Vec<FunctionId> {
        self.names.index.methods_named(name).iter().copied().filter(|&id| self.module.file_of_function(id) == self.file).collect()
    }

    /// The type of a call that is neither of this module nor a constructor.
    fn call_type(&self, call: &Call, receiver: Option<&Typed>) -> Option<Typed> {
        if call.name == "getSystemService" || call.name == "systemService" {
            return self.service(call);
        }
        if call.name == "lazy" || call.name == "remember" || call.name == "invoke" {
            let body = call
                .args
                .last()
                .and_then(|arg| self.out.closure(arg.value.id))
                .or_else(|| call.receiver.as_ref().and_then(|receiver| self.out.closure(receiver.id)));
            return body.and_then(|closure| self.value_type(&closure.body));
        }
        if ["also", "apply", "takeIf", "takeUnless", "requireNotNull", "checkNotNull", "onEach"].contains(&call.name.as_str()) {
            return receiver.cloned().or_else(|| self.out.types.get(&call.args.first()?.value.id).cloned());
        }
        let scoped = call.args.last().and_then(|arg| self.out.closure(arg.value.id));
        if let (Some(closure), true) = (scoped, ["let", "run", "with", "use"].contains(&call.name.as_str())) {
            return self.value_type(&closure.body);
        }
        match receiver {
            Some(receiver) => {
                if HOLDER_ACCESSORS.contains(&call.name.as_str())
                    && let Some(held) = held_type(receiver)
                {
                    return Some(held);
                }
                if self.language() == Language::Rust
                    && self.yields(&receiver.ty, &call.name, Some(call)).is_none()
                    && let Some(same) = self.rust_member_type(receiver, &call.name)
                {
                    return Some(same);
                }
                if let Ty::Function(Some(result)) = &receiver.ty
                    && call.name == "invoke"
                {
                    return Some(Typed { ty: (**result).clone(), certain: receiver.certain });
                }
                let yielded = self.yields(&receiver.ty, &call.name, Some(call)).map(|typed| Typed { certain: typed.certain && receiver.certain, ..typed });
                yielded.or_else(|| call.type_args.first().and_then(|ty| self.names.resolve(ty, self.this_type())).map(|typed| Typed::likely(typed.ty)))
            }
            None if call.receiver.is_some() => {
                call.type_args.first().and_then(|ty| self.names.resolve(ty, self.this_type())).map(|typed| Typed::likely(typed.ty))
            }
            None => {
                let receivers = self.implicit_receivers();
                let yielded = receivers.iter().find_map(|receiver| self.yields(&receiver.ty, &call.name, Some(call)));
                let imported = || {
                    let import = self.names.import_of(self.file, &call.name)?;
                    let (owner, member) = import.path.rsplit_once('.')?;
                    self.yields(&Ty::named(owner), member, Some(call))
                };
                yielded
                    .or_else(imported)
                    .or_else(|| self.implicit_yield(&call.name, Some(call)))
                    .or_else(|| call.type_args.first().and_then(|ty| self.names.resolve(ty, self.this_type())).map(|typed| Typed::likely(typed.ty)))
            }
        }
    }

    /// The type of a system service, by class or constant.
    fn service(&self, call: &Call) -> Option<Typed> {
        self.class_argument(call).or_else(|| {
            let found = call.args.iter().find_map(|arg| {
                let text = match &arg.value.kind {
                    ExprKind::Literal(crate::ir::Literal::Text(text)) => text.clone(),
                    _ => dotted(&arg.value)?.rsplit('.').next()?.to_owned(),
                };
                self.catalogue.services.iter().find(|service| service.text == text || service.constant.rsplit('.').next() == Some(&text))
            });
            found.map(|service| Typed::certain(Ty::named(service.ty.as_str())))
        })
    }

    fn closure_args(&mut self, call: &'m Call, receiver: Option<&Typed>, callees: &[FunctionId]) {
        let module = self.module;
        for (index, arg) in call.args.iter().enumerate() {
            let ExprKind::Closure(closure) = &arg.value.kind else { continue };
            let name = call.name.as_str();
            let subject = receiver
                .cloned()
                .or_else(|| (name == "with").then(|| call.args.first().and_then(|first| self.out.types.get(&first.value.id).cloned())).flatten());
            let element = receiver.and_then(held_type).filter(|_| ELEMENT_SCOPES.contains(&name));
            let (implicit, hint) = if RECEIVER_SCOPES.contains(&name) {
                (subject, None)
            } else if let Some(element) = element {
                (None, Some(element))
            } else if PARAMETER_SCOPES.contains(&name) || self.language() == Language::Rust && (ELEMENT_SCOPES.contains(&name) || name == "inspect") {
                (None, subject)
            } else {
                (None, None)
            };
            let declared: Vec<TypeRef> = callees
                .first()
                .and_then(|&callee| param_for(&module.functions[callee as usize].params, call.args.len(), index, arg))
                .and_then(|param| param.ty.as_ref())
                .filter(|ty| ty.name == "->")
                .map(|ty| ty.args.split_last().map(|(_, params)| params.to_vec()).unwrap_or_default())
                .unwrap_or_default();
            // They are written where the function is declared.
            let scope = callees.first().map_or(self.this_type(), |&callee| module.functions[callee as usize].owner);
            let hints: Vec<Option<Typed>> = if declared.is_empty() { vec![hint] } else { declared.iter().map(|ty| self.names.resolve(ty, scope)).collect() };
            let rebinds_to_unknown = implicit.is_none() && RECEIVER_SCOPES.contains(&name) && (call.receiver.is_some() || name == "with");
            self.frames.push(Frame { rebinds_to_unknown, ..Frame::default() });
            let ty = self.closure(&arg.value, closure, &hints, implicit);
            self.frames.pop();
            if let Some(ty) = ty {
                self.out.types.insert(arg.value.id, ty);
            }
        }
    }

    fn closure(&mut self, expr: &'m Expr, closure: &'m Closure, hints: &[Option<Typed>], receiver: Option<Typed>) -> Option<Typed> {
        self.frames.push(Frame { receiver, ..Frame::default() });
        let hint = |index: usize| hints.get(index).cloned().flatten();
        let mut params = Vec::new();
        if closure.params.is_empty() && closure.implicit_params {
            params.push(self.declare("it", VariableKind::ClosureParam(expr.id, 0), hint(0), expr.span));
            if self.language() == Language::Swift {
                if let Some(frame) = self.frames.last_mut() {
                    frame.variables.insert("$0".to_owned(), params[0]);
                    frame.variables.remove("it");
                }
                for index in 1..4 {
                    params.push(self.declare(&format!("${index}"), VariableKind::ClosureParam(expr.id, index), hint(index as usize), expr.span));
                }
            }
        }
        for (index, param) in closure.params.iter().enumerate() {
            params.push(self.param(param, VariableKind::ClosureParam(expr.id, index as u32), hint(index)));
        }
        self.out.closure_params.insert(expr.id, params);
        self.visit(&closure.body);
        self.frames.pop();
        let result = self.value_type(&closure.body);
        Some(Typed { certain: true, ty: Ty::Function(result.map(|typed| Box::new(typed.ty))) })
    }

    /// Functions of this module that a call may run.
    fn callees(&self, call: &Call, receiver: Option<&Typed>, is_reference: bool) -> Vec<FunctionId> {
        let mut on = match receiver.map(|typed| &typed.ty) {
            Some(Ty::App { id, .. }) => Some(*id),
            _ => None,
        };
        let calls_super = matches!(call.receiver, Some(Expr { kind: ExprKind::Super, .. }));
        let candidates = match (&call.receiver, receiver) {
            (None, _) => {
                let (found, owner) = self.bare_callees(call);
                on = owner;
                found
            }
            (Some(_), _) if calls_super => self.above(&call.name),
            (Some(Expr { kind: ExprKind::Implicit, .. }), _) => Vec::new(),
            (Some(_), Some(typed)) => match &typed.ty {
                Ty::App { id, .. } => self.methods(*id, &call.name),
                Ty::Class(inner) => match &**inner {
                    Ty::App { id, .. } if self.language() == Language::Rust => self.own_functions(*id, &call.name),
                    Ty::App { id, .. } if call.name == "init" || call.name == "new" => self.constructors(*id),
                    Ty::App { id, .. } => {
                        let mut found = self.methods(*id, &call.name);
                        if found.is_empty()
                            && let Some(nested) = self.names.index.nested(*id, &call.name)
                        {
                            found = self.constructors(nested);
                        }
                        found
                    }
                    _ => self.extension_functions(call, receiver),
                },
                _ => self.extension_functions(call, receiver),
            },
            // Of a value of unknown type any method of that name could be meant, which says nothing.
            (Some(_), None) if self.language() == Language::Rust => Vec::new(),
            (Some(_), None) => self.extension_functions(call, None),
        };
        let candidates = if candidates.is_empty() && call.receiver.is_some() && (receiver.is_some() || self.language() != Language::Rust) {
            self.extension_functions(call, receiver)
        } else {
            candidates
        };
        let fitting: Vec<FunctionId> = candidates.iter().copied().filter(|&id| is_reference || self.accepts(id, call)).collect();
        match on.filter(|_| fitting.is_empty() && self.platform() == Platform::Apple) {
            _ if calls_super => fitting,
            Some(ty) => self.bridged_methods(ty, call),
            None => self.with_implementations(fitting, on),
        }
    }

    fn accepts(&self, id: FunctionId, call: &Call) -> bool {
        let function = &self.module.functions[id as usize];
        accepts(function, call, receiver_args(function, self.language()))
    }

    /// Methods of a type that were declared in the other of Apple's two languages, under the name that they have there.
    fn bridged_methods(&self, ty: TypeId, call: &Call) -> Vec<FunctionId> {
        let family = self.family(ty);
        let members = family.iter().flat_map(|&ty| self.names.index.members(ty)).copied();
        let found = members.filter(|&id| {
            let function = &self.module.functions[id as usize];
            function.kind == FunctionKind::Method && bridging::means(call, self.language(), function, self.module.language_of_function(id))
        });
        self.with_implementations(found.collect(), Some(ty))
    }

    /// Methods with a body that `super` means: those of the nearest type above that has some.
    fn above(&self, name: &str) -> Vec<FunctionId> {
        let here = self.same_class(self.base_type(self.this_type()));
        let family = self.family(self.this_type());
        let with_body = |ty: &TypeId| -> Vec<FunctionId> {
            let declared = self.names.index.methods(*ty, name).iter().copied();
            declared.filter(|&id| self.module.functions[id as usize].body.is_some()).collect()
        };
        family.iter().filter(|ty| !here.contains(ty)).map(with_body).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// All declarations of one class: in a header, in an implementation, in extensions.
    fn same_class(&self, id: TypeId) -> Vec<TypeId> {
        let index = &self.names.index;
        let name = self.module.types[id as usize].name.as_str();
        let mut all = vec![id];
        all.extend(index.twins(id));
        if !name.is_empty() {
            let platform = self.module.language_of_type(id).platform();
            all.extend(index.extensions_of(name).iter().filter(|&&other| self.module.language_of_type(other).platform() == platform));
        }
        all
    }

    /// What a call without receiver runs, and the type of the receiver that it is short for.
    fn bare_callees(&self, call: &Call) -> (Vec<FunctionId>, Option<TypeId>) {
        if let Some(&local) = self.frames.iter().rev().find_map(|frame| frame.functions.get(&call.name)) {
            return (vec![local], None);
        }
        let rebound = self.frames.iter().rev().filter_map(|frame| match &frame.receiver {
            Some(Typed { ty: Ty::App { id, .. }, .. }) => Some(*id),
            _ => None,
        });
        for owner in rebound.chain(self.named_scopes()) {
            let found = self.methods(owner, &call.name);
            if !found.is_empty() {
                return (found, Some(owner).filter(|&owner| !self.module.is_file_scope(owner)));
            }
        }
        let found = match self.names.app_type(&call.name, self.this_type()) {
            Some(id) => self.constructors(id),
            None if self.language() == Language::Rust => self.rust_functions_named(&call.name),
            None => self.functions_elsewhere(self.called_name(call)),
        };
        (found, None)
    }

    /// Functions of other files that a bare name may call: top-level ones, extensions of an implicit receiver, imported members.
    fn functions_elsewhere(&self, name: &str) -> Vec<FunctionId> {
        let candidates = self.names.index.methods_named(name).iter().copied();
        candidates
            .filter(|&id| {
                let owner = &self.module.types[self.module.functions[id as usize].owner as usize];
                self.module.file_of_function(id) != self.file && (owner.kind == TypeKind::File || self.imports_member(id)) && self.sees(id, true)
            })
            .collect()
    }

    /// Whether a member of a type is imported by its own name, or all of the type's are.
    fn imports_member(&self, id: FunctionId) -> bool {
        let function = &self.module.functions[id as usize];
        let owner = &self.module.types[function.owner as usize];
        let is_it = |path: &str| last_segment(path) == owner.name || (owner.is_companion && last_segment(path) == self.module.types[owner.owner as usize].name);
        self.module.files[self.file].imports.iter().any(|import| match import.path.rsplit_once('.') {
            _ if import.wildcard => is_it(&import.path),
            Some((path, last)) => last == function.name && is_it(path),
            None => false,
        })
    }

    /// A variable of another file that a bare name means: a top-level one, or an imported member.
    fn field_elsewhere(&self, name: &str) -> Option<FieldId> {
        if self.language() == Language::Rust {
            return self.names.rust_field_elsewhere(name, self.file);
        }
        let here = &self.module.files[self.file];
        let import = self.names.import_of(self.file, name);
        if let Some((path, last)) = import.and_then(|import| import.path.rsplit_once('.'))
            && let Some(owner) = self.names.index.qualified(path, self.file)
            && let Some(field) = self.field_in(owner, last)
        {
            return Some(field);
        }
        let candidates = self.names.index.top_level_fields(import.map_or(name, |import| last_segment(&import.path)));
        candidates.iter().copied().find(|field| {
            let declared = &self.module.types[field.ty as usize].fields[field.index as usize];
            let there = &self.module.files[self.module.file_of_type(field.ty)];
            let is_near = match here.language.platform() {
                Platform::Apple => there.language.platform() == Platform::Apple,
                Platform::Android => {
                    here.package == there.package
                        || import.is_some_and(|import| import.path.rsplit_once('.').is_some_and(|(package, _)| package == there.package))
                        || here.imports.iter().any(|import| import.wildcard && import.path == there.package)
                }
                Platform::Rust => false,
            };
            is_near && (declared.visibility != Visibility::Private || self.module.file_of_type(field.ty) == self.file)
        })
    }

    /// The property that a call reads: of a Kotlin class, through its getter in Java; any, in Objective-C.
    fn property_behind(&self, call: &Call, receiver: Option<&Typed>) -> Option<FieldId> {
        let Ty::App { id, .. } = &receiver?.ty.instance() else { return None };
        if !call.args.is_empty() || call.is_new {
            return None;
        }
        match self.language() {
            // `x.handler()` runs what the property keeps.
            Language::ObjectiveC => return call.selector.as_ref().and_then(|_| self.field_in(*id, &call.name)),
            Language::Java => {}
            Language::Kotlin | Language::Swift | Language::Rust => return None,
        }
        let property = call.name.strip_prefix("get").map(decapitalised);
        property.and_then(|name| self.field_in(*id, &name)).or_else(|| self.field_in(*id, &call.name).filter(|_| call.name.starts_with("is")))
    }

    fn constructors(&self, id: TypeId) -> Vec<FunctionId> {
        let is_constructor = |member: &FunctionId| self.module.functions[*member as usize].kind == FunctionKind::Constructor;
        let declared = |ty: &TypeId| self.names.index.members(*ty).iter().copied().filter(is_constructor).collect::<Vec<_>>();
        self.same_class(id).iter().flat_map(declared).collect()
    }

    fn declared_methods(&self, ty: TypeId, name: &str) -> Vec<FunctionId> {
        self.names.index.methods(ty, name).to_vec()
    }

    /// Methods of a type and its family; the nearest declaration wins.
    pub(super) fn methods(&self, ty: TypeId, name: &str) -> Vec<FunctionId> {
        if self.module.language_of_type(ty) == Language::Rust {
            // A type has as many `impl`s as it has variants for systems: any of them may be the one.
            let own: Vec<FunctionId> = self.same_class(self.base_type(ty)).into_iter().flat_map(|ty| self.declared_methods(ty, name)).collect();
            let with_body: Vec<FunctionId> = own.iter().copied().filter(|&id| self.module.functions[id as usize].body.is_some()).collect();
            if !own.is_empty() {
                return if with_body.is_empty() { own } else { with_body };
            }
        }
        self.family(ty).iter().map(|&ty| self.declared_methods(ty, name)).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// Kotlin extension functions and Swift extension methods of foreign types, declared in this program.
    fn extension_functions(&self, call: &Call, receiver: Option<&Typed>) -> Vec<FunctionId> {
        let receiver_name = receiver.and_then(|typed| typed.ty.simple_name());
        let original = |name: &'m str| {
            self.names.import_of(self.file, name).filter(|import| import.alias.is_some()).and_then(|import| import.path.rsplit('.').next()).unwrap_or(name)
        };
        let called = self.called_name(call);
        let found = self.names.index.methods_named(called).iter().copied().filter(|&id| {
            let function = &self.module.functions[id as usize];
            let extended = match &function.receiver {
                Some(extended) => Some(extended.simple_name()),
                None => {
                    let decl = &self.module.types[function.owner as usize];
                    (decl.kind == TypeKind::Extension && !self.extends_own_type(function.owner, receiver)).then(|| last_segment(&decl.name))
                }
            };
            extended.map(original).is_some_and(|extended| receiver_name.is_none_or(|name| name == extended || self.is_subtype_name(receiver, extended)))
                && self.sees(id, receiver_name.is_some())
        });
        found.collect()
    }

    /// Whether an `impl` of Rust is for a type of this program, while the receiver has a foreign one, which may have the same name.
    fn extends_own_type(&self, extension: TypeId, receiver: Option<&Typed>) -> bool {
        let is_foreign = receiver.is_some_and(|typed| matches!(typed.ty.instance(), Ty::Named { .. }));
        is_foreign && self.module.language_of_type(extension) == Language::Rust && self.base_type(extension) != extension
    }

    /// The name under which a called function is declared, behind an import alias.
    fn called_name<'c>(&self, call: &'c Call) -> &'c str
    where
        'm: 'c,
    {
        let alias = self.names.import_of(self.file, &call.name).filter(|import| import.alias.is_some());
        alias.map_or(&call.name, |import| last_segment(&import.path))
    }

    /// Whether the file at hand sees a function of another file without a receiver that leads to it: by package or import. In Swift and
    /// Objective-C every file of the program is seen.
    fn sees(&self, id: FunctionId, receiver_is_known: bool) -> bool {
        let function = &self.module.functions[id as usize];
        let declared_in = self.module.file_of_function(id);
        if declared_in == self.file {
            return true;
        }
        let (here, there) = (&self.module.files[self.file], &self.module.files[declared_in]);
        if function.visibility == Visibility::Private || here.language.platform() != there.language.platform() {
            return false;
        }
        if here.language.platform() != Platform::Android {
            return receiver_is_known;
        }
        let owner = &self.module.types[function.owner as usize];
        let is_imported = here.imports.iter().any(|import| {
            let in_package =
                |path: &str| path == there.package || path.strip_prefix(&there.package).is_some_and(|rest| rest.strip_prefix('.') == Some(&owner.name));
            if import.wildcard {
                in_package(&import.path)
            } else {
                import.path.rsplit_once('.').is_some_and(|(path, last)| last == function.name && in_package(path))
            }
        });
        is_imported || here.package == there.package
    }

    fn is_subtype_name(&self, receiver: Option<&Typed>, extended: &str) -> bool {
        let Some(Ty::Named { name, .. }) = receiver.map(|typed| typed.ty.instance()) else { return false };
        let known = self.catalogue.types.get(name);
        known.is_none_or(|known| known.supertypes.iter().any(|supertype| supertype.rsplit('.').next() == Some(extended)))
    }

    /// Adds what implements or overrides the functions: any of them may be what runs, if an instance of the receiver's type may have it. Where
    /// none of those is found, the receiver hands the call on to something that is not known (Kotlin's `by`), and it may be any.
    fn with_implementations(&self, functions: Vec<FunctionId>, receiver: Option<TypeId>) -> Vec<FunctionId> {
        let has_body = |id: &FunctionId| self.module.functions[*id as usize].body.is_some();
        let of_receiver = receiver.map(|id| self.implementations(&functions, Some(self.base_type(id)))).filter(|found| found.iter().any(has_body));
        let mut all = of_receiver.unwrap_or_else(|| self.implementations(&functions, None));
        if all.iter().any(has_body) {
            all.retain(has_body);
        }
        all
    }

    fn implementations(&self, functions: &[FunctionId], receiver: Option<TypeId>) -> Vec<FunctionId> {
        // What a subtype declares, or what the receiver inherits (a protocol's extension).
        let may_have = |owner: TypeId| receiver.is_none_or(|id| self.family(owner).contains(&id) || self.family(id).contains(&owner));
        let mut all = functions.to_vec();
        for &id in functions {
            let function = &self.module.functions[id as usize];
            if function.kind != FunctionKind::Method || function.visibility == Visibility::Private && function.body.is_some() {
                continue;
            }
            for &other_id in self.names.index.methods_named(&function.name) {
                let other = &self.module.functions[other_id as usize];
                let runs_instead = other.body.is_some() && self.has_same_shape(other_id, function) && !all.contains(&other_id);
                let is_related = || other.owner == function.owner || self.family(other.owner).contains(&function.owner);
                if runs_instead && is_related() && may_have(other.owner) {
                    all.push(other_id);
                }
            }
        }
        all
    }
}

/// Swift's `$value` is what a wrapper makes of `value`: a publisher or binding of it. (`$0` is a parameter.)
fn unprojected(name: &str) -> &str {
    name.strip_prefix('$').filter(|rest| rest.starts_with(char::is_alphabetic)).unwrap_or(name)
}

/// Whether a name is written like a type's, and not like a constant's (`CONTENT_URI`). A lone capital is a type.
fn is_type_name(name: &str) -> bool {
    let is_constant = name.len() > 1 && name.contains('_') && !name.contains(|character: char| character.is_lowercase());
    name.starts_with(|first: char| first.is_uppercase()) && !is_constant
}

/// `GRANTED`: a constant's name, perhaps a type's.
fn is_written_large(name: &str) -> bool {
    name.len() > 1 && !name.contains(|character: char| character.is_lowercase())
}

/// What a holder type holds.
pub(super) fn held_type(typed: &Typed) -> Option<Typed> {
    let simple = typed.ty.simple_name()?;
    let held = typed.ty.first_arg().filter(|_| HOLDERS.contains(&simple))?;
    Some(Typed { ty: held.clone(), certain: typed.certain })
}

/// The member of `this` that a target of an assignment names.
fn own_member(target: &Expr) -> Option<&str> {
    match &target.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Member { receiver, name, .. } if matches!(receiver.kind, ExprKind::This(None)) => Some(name),
        _ => None,
    }
}

fn receiver_is_package(receiver: &Expr) -> bool {
    dotted(receiver).is_some_and(|name| name.starts_with(|first: char| first.is_lowercase()) && name.contains('.'))
}

/// A chain of plain names as a dotted text.
pub(super) fn dotted(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Member { receiver, name, .. } => Some(format!("{}.{name}", dotted(receiver)?)),
        _ => None,
    }
}

/// The parameter that takes an argument.
pub(crate) fn param_for<'p>(params: &'p [Param], args: usize, index: usize, arg: &Arg) -> Option<&'p Param> {
    param_index(params, args, index, arg).map(|index| &params[index])
}

/// The index of the parameter that takes one of a number of arguments: by label, a trailing closure after which nothing comes the last one,
/// else by position.
pub(crate) fn param_index(params: &[Param], args: usize, index: usize, arg: &Arg) -> Option<usize> {
    if let Some(label) = &arg.label
        && let Some(found) = params.iter().position(|param| param.label.as_ref() == Some(label))
    {
        return Some(found);
    }
    if arg.trailing && arg.label.is_none() && index + 1 == args {
        return params.len().checked_sub(1);
    }
    if index < params.len() {
        return Some(index);
    }
    params.len().checked_sub(1).filter(|&last| params[last].is_variadic)
}

/// How many arguments are the receiver: Java calls a Kotlin extension function with it as the first.
pub(crate) fn receiver_args(function: &crate::ir::Function, caller: Language) -> usize {
    usize::from(function.receiver.is_some() && caller == Language::Java)
}

/// Whether a function can take the arguments of a call, after the ones that are its receiver.
fn accepts(function: &crate::ir::Function, call: &Call, receivers: usize) -> bool {
    if let (Some(selector), Some(sent)) = (&function.selector, &call.selector)
        && sent.contains(':') == selector.contains(':')
        && !selector.contains('(')
    {
        return selector == sent;
    }
    let variadic = function.params.iter().any(|param| param.is_variadic);
    let required = function.params.iter().filter(|param| param.default.is_none() && !param.is_variadic).count();
    let Some(count) = call.args.len().checked_sub(receivers) else { return false };
    let labels_known =
        call.args.iter().filter_map(|arg| arg.label.as_ref()).all(|label| function.params.iter().any(|param| param.label.as_ref() == Some(label)));
    count >= required.min(count + usize::from(variadic)) && (variadic || count <= function.params.len()) && count >= required && labels_known
}
