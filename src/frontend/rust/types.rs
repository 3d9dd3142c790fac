//! Types as written, without references, ownership and what says that something may be absent or fail.

use std::collections::HashMap;

use syn::{GenericArgument, GenericParam, Generics, Path, PathArguments, ReturnType, Type, TypeParamBound, WherePredicate};

use super::uses::plain;
use super::{Rust, paths};
use crate::ir::{TypeParam, TypeRef};

/// Types that stand for the first of their arguments: references that own, cells, locks, and what may be absent.
const TRANSPARENT: [&str; 27] = [
    "Arc",
    "Box",
    "Cow",
    "Id",
    "Option",
    "Pin",
    "Rc",
    "Ref",
    "RefMut",
    "Result",
    "Retained",
    "Weak",
    "Cell",
    "LazyCell",
    "LazyLock",
    "Lazy",
    "Mutex",
    "MutexGuard",
    "OnceCell",
    "OnceLock",
    "RefCell",
    "RwLock",
    "ManuallyDrop",
    "MainThreadBound",
    "Allocated",
    "RcBlock",
    "State",
];
/// Lists: their argument is the element.
const LISTS: [&str; 6] = ["Vec", "VecDeque", "SmallVec", "HashSet", "BTreeSet", "NSArray"];
/// Tables: what is looked up in them is the last of their arguments.
const TABLES: [&str; 4] = ["BTreeMap", "DashMap", "HashMap", "IndexMap"];
/// Traits and types of functions.
const FUNCTIONS: [&str; 7] = ["Fn", "FnMut", "FnOnce", "AsyncFn", "AsyncFnMut", "AsyncFnOnce", "DynBlock"];
/// Traits of which many are named where one is meant.
const MARKERS: [&str; 8] = ["Send", "Sync", "Sized", "Unpin", "Copy", "Clone", "Debug", "UnwindSafe"];

/// Types nested deeper than this are not followed.
const MAX_DEPTH: u32 = 40;

impl Rust<'_> {
    pub(super) fn type_ref(&self, ty: &Type) -> TypeRef {
        self.type_within(ty, MAX_DEPTH)
    }

    fn type_within(&self, ty: &Type, depth: u32) -> TypeRef {
        if depth == 0 {
            return TypeRef::named("?");
        }
        let inner = |ty: &Type| self.type_within(ty, depth - 1);
        match ty {
            Type::Reference(reference) => inner(&reference.elem),
            Type::Ptr(pointer) => inner(&pointer.elem),
            Type::Paren(paren) => inner(&paren.elem),
            Type::Group(group) => inner(&group.elem),
            Type::Array(array) => TypeRef { name: "[]".to_owned(), args: vec![inner(&array.elem)] },
            Type::Slice(slice) => TypeRef { name: "[]".to_owned(), args: vec![inner(&slice.elem)] },
            Type::Tuple(tuple) => TypeRef { name: "()".to_owned(), args: tuple.elems.iter().map(inner).collect() },
            Type::ImplTrait(bounds) => self.bound_type(bounds.bounds.iter(), depth - 1),
            Type::TraitObject(object) => self.bound_type(object.bounds.iter(), depth - 1),
            Type::FnPtr(function) => {
                let mut args: Vec<TypeRef> = function.inputs.iter().map(|input| inner(&input.ty)).collect();
                args.push(self.result_type(&function.output, depth - 1));
                TypeRef { name: "->".to_owned(), args }
            }
            Type::Path(path) => self.path_type(&path.path, depth - 1),
            _ => TypeRef::named("?"),
        }
    }

    fn path_type(&self, path: &Path, depth: u32) -> TypeRef {
        let name = paths::dotted(path);
        // What any object of Objective-C, or anything at all, may be says nothing.
        if ["AnyObject", "NSObject", "Object", "c_void", "id"].contains(&self.meant(&paths::last_name(path))) {
            return TypeRef::named("?");
        }
        let Some(last) = path.segments.last() else { return TypeRef::named("?") };
        let simple = self.meant(&plain(&last.ident)).to_owned();
        // `Self::Item` and `T::Item` are whatever an implementation says.
        let first = path.segments.first().map(|first| plain(&first.ident)).unwrap_or_default();
        if path.segments.len() > 1 && (first == "Self" || self.bounds.iter().any(|bounds| bounds.contains_key(&first))) {
            return TypeRef::named("?");
        }
        if path.segments.len() == 1
            && let Some(bound) = self.bounds.iter().rev().find_map(|bounds| bounds.get(&plain(&last.ident)))
        {
            return bound.clone();
        }
        let args: Vec<TypeRef> = match &last.arguments {
            PathArguments::None => Vec::new(),
            PathArguments::AngleBracketed(angle) => {
                let types = angle.args.iter().filter_map(|arg| match arg {
                    GenericArgument::Type(ty) => Some(self.type_within(ty, depth.saturating_sub(1))),
                    // `impl Future<Output = T>` is awaited.
                    GenericArgument::AssocType(output) if output.ident == "Output" || output.ident == "Item" => {
                        Some(self.type_within(&output.ty, depth.saturating_sub(1)))
                    }
                    _ => None,
                });
                types.collect()
            }
            PathArguments::Parenthesized(function) => {
                let mut args: Vec<TypeRef> = function.inputs.iter().map(|input| self.type_within(&input.ty, depth.saturating_sub(1))).collect();
                args.push(self.result_type(&function.output, depth));
                args
            }
        };
        if FUNCTIONS.contains(&simple.as_str()) {
            let is_block = simple == "DynBlock";
            return if is_block { args.into_iter().next().unwrap_or_else(|| TypeRef::named("?")) } else { TypeRef { name: "->".to_owned(), args } };
        }
        if (TRANSPARENT.contains(&simple.as_str()) || simple == "Future")
            && let Some(held) = args.first()
        {
            return held.clone();
        }
        if LISTS.contains(&simple.as_str()) {
            return TypeRef { name: "[]".to_owned(), args };
        }
        if TABLES.contains(&simple.as_str()) {
            return TypeRef { name: "[]".to_owned(), args: args.into_iter().skip(1).take(1).collect() };
        }
        TypeRef { name, args }
    }

    fn result_type(&self, output: &ReturnType, depth: u32) -> TypeRef {
        match output {
            ReturnType::Default => TypeRef::named("()"),
            ReturnType::Type(_, ty) => self.type_within(ty, depth),
        }
    }

    /// What a declared result is; none when nothing comes back.
    pub(super) fn returned(&self, output: &ReturnType) -> Option<TypeRef> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) if matches!(&**ty, Type::Tuple(tuple) if tuple.elems.is_empty()) || matches!(&**ty, Type::Never(_)) => None,
            ReturnType::Type(_, ty) => Some(self.type_ref(ty)).filter(|ty| ty.name != "()" || !ty.args.is_empty()),
        }
    }

    fn bound_type<'b>(&self, bounds: impl Iterator<Item = &'b TypeParamBound>, depth: u32) -> TypeRef {
        self.bound(bounds, depth).unwrap_or_else(|| TypeRef::named("?"))
    }

    /// The first trait among bounds that says what something can do.
    fn bound<'b>(&self, bounds: impl Iterator<Item = &'b TypeParamBound>, depth: u32) -> Option<TypeRef> {
        let traits = bounds.filter_map(|bound| match bound {
            TypeParamBound::Trait(one) if one.maybe.is_none() && !MARKERS.contains(&paths::last_name(&one.path).as_str()) => Some(&one.path),
            _ => None,
        });
        traits.map(|path| self.path_type(path, depth)).next()
    }

    /// What the type parameters of a declaration are at least; those of which that is not written are unknown.
    pub(super) fn open_generics(&mut self, generics: &Generics) {
        let mut bounds = HashMap::new();
        for param in &generics.params {
            if let GenericParam::Type(param) = param {
                let bound = self.bound(param.bounds.iter(), MAX_DEPTH);
                bounds.insert(plain(&param.ident), bound.unwrap_or_else(|| TypeRef::named("?")));
            }
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            if let WherePredicate::Type(predicate) = predicate
                && let Type::Path(path) = &predicate.bounded_ty
                && let Some(name) = path.path.get_ident().map(plain)
                && bounds.get(&name).is_some_and(|known| known.name == "?")
                && let Some(bound) = self.bound(predicate.bounds.iter(), MAX_DEPTH)
            {
                bounds.insert(name, bound);
            }
        }
        self.bounds.push(bounds);
    }

    pub(super) fn close_generics(&mut self) {
        self.bounds.pop();
    }

    /// The type parameters of a type or trait as declared.
    pub(super) fn type_params(&self, generics: &Generics) -> Vec<TypeParam> {
        let declared = generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(TypeParam { name: plain(&param.ident), bound: self.bound(param.bounds.iter(), MAX_DEPTH) }),
            _ => None,
        });
        declared.collect()
    }
}

/// Whether a declared result says that there may be none: `Option` and `Result`.
pub(super) fn may_be_absent(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, ty) if held(ty).is_some())
}

/// Whether a declared result may be absent within what may be absent: `Result<Option<T>, E>`.
pub(super) fn may_be_absent_within(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, ty) if held(ty).flatten().and_then(held).is_some())
}

/// What a type that may be absent holds, if that is written; `None` when it is none.
fn held(mut ty: &Type) -> Option<Option<&Type>> {
    loop {
        ty = match ty {
            Type::Paren(paren) => &paren.elem,
            Type::Group(group) => &group.elem,
            Type::Path(path) if matches!(paths::last_name(&path.path).as_str(), "Option" | "Result" | "LockResult") => {
                let PathArguments::AngleBracketed(angle) = &path.path.segments.last()?.arguments else { return Some(None) };
                return Some(angle.args.iter().find_map(|arg| match arg {
                    GenericArgument::Type(ty) => Some(ty),
                    _ => None,
                }));
            }
            _ => return None,
        };
    }
}
