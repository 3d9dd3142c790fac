//! Which calls and reads are gates of the policy: the declared member, on the declared type.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap as HashMap;

use super::index::last_segment;
use super::rust::module_names;
use super::{Binding, FieldId, Resolution, Ty};
use crate::gates::{FeatureId, GateId, Gates, Gating, PolicyId, key_text};
use crate::ir::{Call, Expr, ExprId, ExprKind, FunctionId, Literal, TypeDecl, TypeId, TypeKind};
use crate::policy::{GateArg, GateKind, GatePattern, Key, Member};
use crate::source::Language;

/// Members that give the one instance of a type whose declaration is not at hand.
const SINGLETONS: [&str; 12] =
    ["shared", "sharedInstance", "instance", "INSTANCE", "getInstance", "default", "defaultInstance", "current", "main", "standard", "Companion", "self"];

/// How many locals and constants are looked through for what one holds.
const MAX_STEPS: u32 = 4;

/// A gate that a program point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateMatch {
    /// Which.
    pub gate: GateId,
    /// For which feature it asks.
    pub asks_for: AsksFor,
}

/// For which feature a gate asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsksFor {
    /// This one.
    Feature(FeatureId),
    /// The one that an argument names, by its position.
    Argument(u32),
}

/// Finds the gates in a program, by expression.
pub fn find_gates(resolution: &Resolution<'_>, gating: &Gating<'_>) -> HashMap<ExprId, Vec<GateMatch>> {
    let finder = Finder { resolution, gating, gates: gating.gates };
    let mut found = HashMap::default();
    if gating.gates.is_empty() {
        return found;
    }
    for expr in resolution.exprs.iter().flatten() {
        let gates = finder.at(expr);
        if !gates.is_empty() {
            found.insert(expr.id, gates);
        }
    }
    found
}

/// The gates that functions and properties of a program define.
pub fn defined_gates(resolution: &Resolution<'_>, gating: &Gating<'_>) -> BTreeSet<GateId> {
    let finder = Finder { resolution, gating, gates: gating.gates };
    let program = resolution.module;
    let fits = |id: GateId, owner: TypeId, name: &str| {
        let pattern = &gating.gates.gate(id).gate.pattern;
        let is_named = match &pattern.member {
            Member::Name(member) => member == name,
            Member::Feature => true,
        };
        is_named && pattern.owner.as_ref().is_none_or(|wanted| finder.is_app_type(owner, wanted))
    };
    let functions = program.functions.iter().map(|function| (function.owner, function.name.as_str()));
    let fields = program.types.iter().enumerate().flat_map(|(id, ty)| ty.fields.iter().map(move |field| (id as TypeId, field.name.as_str())));
    let types = program.types.iter().map(|ty| (ty.owner, ty.name.as_str()));
    let named = functions.chain(fields).chain(types);
    named.flat_map(|(owner, name)| gating.gates.with_member(name).iter().copied().filter(move |id| fits(*id, owner, name))).collect()
}

/// Gates that are functions of the program, by function.
pub fn gates_by_function(resolution: &Resolution<'_>, gating: &Gating<'_>) -> HashMap<FunctionId, Vec<GateId>> {
    let finder = Finder { resolution, gating, gates: gating.gates };
    let mut found: HashMap<FunctionId, Vec<GateId>> = HashMap::default();
    for (id, function) in resolution.module.functions.iter().enumerate() {
        let fits = |gate: &&GateId| {
            let pattern = &gating.gates.gate(**gate).gate.pattern;
            let is_free = resolution.module.is_file_scope(function.owner);
            pattern.kind == GateKind::Call && pattern.owner.as_ref().map_or(is_free, |wanted| finder.is_app_type(function.owner, wanted))
        };
        let gates: Vec<GateId> = gating.gates.with_member(&function.name).iter().filter(fits).copied().collect();
        if !gates.is_empty() {
            found.insert(id as FunctionId, gates);
        }
    }
    found
}

/// A call or read, in one form.
struct Point<'m> {
    expr: &'m Expr,
    name: &'m str,
    receiver: Option<&'m Expr>,
    call: Option<&'m Call>,
    language: Language,
    file: usize,
}

struct Finder<'a, 'm, 'p> {
    resolution: &'a Resolution<'m>,
    gating: &'a Gating<'p>,
    gates: &'a Gates<'p>,
}

impl<'m> Finder<'_, 'm, '_> {
    fn at(&self, expr: &'m Expr) -> Vec<GateMatch> {
        let (name, receiver, call) = match &expr.kind {
            ExprKind::Call(call) => (call.name.as_str(), call.receiver.as_ref(), Some(&**call)),
            ExprKind::Member { receiver, name, .. } => (name.as_str(), Some(&**receiver), None),
            ExprKind::Name(name) => (name.as_str(), None, None),
            _ => return Vec::new(),
        };
        let program = self.resolution.module;
        let file = program.file_of_expr(expr.id);
        let Some(policy) = self.gating.policy_of(file) else { return Vec::new() };
        let head = &program.files[file];
        let imported = head.imports.iter().find(|import| import.alias.as_deref() == Some(name));
        let name = imported.map_or(name, |import| last_segment(&import.path));
        let point = Point { expr, name, receiver, call, language: head.language, file };
        let candidates = self.gates.with_member(name).iter().filter(|&&id| self.gates.gate(id).policy == policy);
        candidates.filter_map(|&id| Some(GateMatch { gate: id, asks_for: self.asks_for(&point, id, policy)? })).collect()
    }

    /// For which feature a point asks, if it is the gate.
    fn asks_for(&self, point: &Point<'m>, id: GateId, policy: PolicyId) -> Option<AsksFor> {
        let declared = self.gates.gate(id);
        let pattern = &declared.gate.pattern;
        if !self.has_form(point, pattern) {
            return None;
        }
        let mut named = match pattern.member {
            Member::Feature => Some(self.gates.keyed(policy, point.name)?),
            Member::Name(_) => None,
        };
        let receiver = match (pattern.owner_feature, point.receiver) {
            (false, receiver) => receiver,
            (true, receiver) => {
                let (name, owner) = self.member_meant(receiver?, MAX_STEPS)?;
                named = Some(self.gates.keyed(policy, name)?);
                owner
            }
        };
        if !self.is_on_owner(point, receiver, pattern) {
            return None;
        }
        let mut asks_for = named.or(declared.feature).map(AsksFor::Feature);
        for (position, arg) in pattern.args.iter().flatten().enumerate() {
            match arg {
                GateArg::Feature => asks_for = Some(AsksFor::Argument(position as u32)),
                GateArg::Key(key) => {
                    let given = point.call?.args.get(position)?;
                    self.is_key(&given.value, key, MAX_STEPS).then_some(())?;
                }
            }
        }
        asks_for
    }

    /// `features.playlistCover`: the name, and on what it is read; looked through a local.
    fn member_meant(&self, expr: &'m Expr, steps: u32) -> Option<(&'m str, Option<&'m Expr>)> {
        match &expr.kind {
            ExprKind::Member { receiver, name, .. } => Some((name, Some(receiver))),
            ExprKind::Call(call) if call.args.is_empty() => Some((&call.name, call.receiver.as_ref())),
            ExprKind::Name(name) => match self.resolution.bindings.get(&expr.id) {
                Some(Binding::Variable(id)) => match self.resolution.variables[*id as usize].values.as_slice() {
                    [value] if steps > 0 => self.member_meant(value, steps - 1),
                    _ => None,
                },
                _ => Some((name, None)),
            },
            _ => None,
        }
    }

    fn has_form(&self, point: &Point<'_>, pattern: &GatePattern) -> bool {
        match (pattern.kind, point.call) {
            (GateKind::Annotation, _) => false,
            (GateKind::Call, Some(call)) => match (&call.selector, &pattern.selector) {
                (Some(sent), Some(selector)) => sent == selector,
                (None, Some(_)) => false,
                (_, None) => pattern.args.as_ref().is_none_or(|args| args.len() <= call.args.len()),
            },
            // `PrivacyGate.isAllowed` sends a message without arguments.
            (GateKind::Call, None) => point.language == Language::ObjectiveC && point.receiver.is_some() && pattern.args.as_ref().is_none_or(Vec::is_empty),
            (GateKind::Value, None) => true,
            (GateKind::Value, Some(call)) => call.args.is_empty() && point.language != Language::Swift,
        }
    }

    fn is_on_owner(&self, point: &Point<'m>, receiver: Option<&'m Expr>, pattern: &GatePattern) -> bool {
        let declaring = self.declaring(point);
        let Some(owner) = pattern.owner.as_deref() else { return self.is_free(point, &declaring) };
        if let Some(receiver) = receiver {
            let of_receiver = self.resolution.types.get(&receiver.id).map(|typed| self.is_type(typed.ty.instance(), owner));
            return of_receiver == Some(true)
                || self.are_all(&declaring, owner)
                || (of_receiver.is_none() && declaring.is_empty() && self.names_type(receiver, owner, point.file));
        }
        if !declaring.is_empty() {
            return self.are_all(&declaring, owner);
        }
        let imports = &self.resolution.module.files[point.file].imports;
        let is_imported = imports.iter().any(|import| {
            let (path, member) = import.path.rsplit_once('.').unwrap_or(("", &import.path));
            let from = if import.wildcard {
                import.path.as_str()
            } else if member == point.name {
                path
            } else {
                return false;
            };
            names_path(from, owner)
        });
        is_imported || self.enclosing_types(point).any(|ty| self.is_app_type(ty, owner))
    }

    /// Types in which what the point names is declared, as far as that is known.
    fn declaring(&self, point: &Point<'_>) -> Vec<TypeId> {
        let functions = self.resolution.callees.get(&point.expr.id).into_iter().flatten();
        let mut types: Vec<TypeId> = functions.map(|&id| self.owner_of(id)).collect();
        types.extend(self.resolution.property(point.expr.id).map(|FieldId { ty, .. }| ty));
        types
    }

    fn owner_of(&self, id: FunctionId) -> TypeId {
        self.resolution.module.functions[id as usize].owner
    }

    fn are_all(&self, declaring: &[TypeId], owner: &str) -> bool {
        !declaring.is_empty() && declaring.iter().all(|&ty| self.is_app_type(ty, owner))
    }

    /// Whether a bare name is a function of no type, or makes an instance of the type of that name.
    fn is_free(&self, point: &Point<'_>, declaring: &[TypeId]) -> bool {
        let program = self.resolution.module;
        if self.resolution.constructs.contains_key(&point.expr.id) {
            return true;
        }
        if declaring.is_empty() {
            return point.receiver.is_none() && !self.resolution.bindings.contains_key(&point.expr.id);
        }
        declaring.iter().all(|&ty| program.is_file_scope(ty) || program.types[ty as usize].name == point.name)
    }

    fn enclosing_types(&self, point: &Point<'_>) -> impl Iterator<Item = TypeId> {
        let program = self.resolution.module;
        let around = program.functions[program.files[point.file].functions.start as usize..program.files[point.file].functions.end as usize]
            .iter()
            .filter(|function| function.span.contains(point.expr.span))
            .map(|function| function.owner);
        around.collect::<Vec<_>>().into_iter()
    }

    /// Whether an expression whose type is not known is the type itself, or the one instance of it.
    fn names_type(&self, expr: &Expr, owner: &str, file: usize) -> bool {
        match &expr.kind {
            ExprKind::Name(name)
                if !self.resolution.bindings.contains_key(&expr.id) || matches!(self.resolution.bindings.get(&expr.id), Some(Binding::Type(_))) =>
            {
                let imports = &self.resolution.module.files[file].imports;
                let import = imports.iter().find(|import| import.alias.as_deref().unwrap_or_else(|| last_segment(&import.path)) == name);
                names_path(import.map_or(name, |import| &import.path), owner) || names_path(owner, name)
            }
            ExprKind::Member { receiver, name, .. } => {
                names_path(owner, name) || (SINGLETONS.contains(&name.as_str()) && self.names_type(receiver, owner, file))
            }
            ExprKind::Call(call) => match &call.receiver {
                Some(receiver) => SINGLETONS.contains(&call.name.as_str()) && self.names_type(receiver, owner, file),
                // An instance made in place: `PrivacyGate().allows(…)`.
                None => call.name == last_segment(owner),
            },
            _ => false,
        }
    }

    fn is_type(&self, ty: &Ty, owner: &str) -> bool {
        match ty {
            Ty::Named { name, .. } => names_path(name, owner),
            Ty::App { id, .. } => self.is_app_type(*id, owner),
            Ty::Class(inner) => self.is_type(inner, owner),
            Ty::Function(_) | Ty::Param { .. } => false,
        }
    }

    /// Whether a type of the program is the one that is named, or a subtype of it.
    fn is_app_type(&self, id: TypeId, owner: &str) -> bool {
        let program = self.resolution.module;
        let decl = &program.types[id as usize];
        if decl.is_companion {
            return self.is_app_type(decl.owner, owner);
        }
        let supertypes = self.resolution.supertypes.get(&id).into_iter().flatten();
        let foreign = self.resolution.foreign_supertypes.get(&id).into_iter().flatten();
        self.is_called(decl, id, owner)
            || supertypes.into_iter().any(|&ty| self.is_called(&program.types[ty as usize], ty, owner))
            || foreign.into_iter().any(|name| names_path(name, owner))
    }

    fn is_called(&self, decl: &TypeDecl, id: TypeId, owner: &str) -> bool {
        let program = self.resolution.module;
        let file = &program.files[program.file_of_type(id)];
        if decl.kind == TypeKind::File && file.language == Language::Rust {
            return module_names(&file.path).iter().any(|name| name == last_segment(owner));
        }
        if decl.kind == TypeKind::File || decl.name.is_empty() {
            return false;
        }
        if !owner.contains('.') {
            return last_segment(&decl.name) == owner;
        }
        let mut dotted = decl.name.clone();
        let mut around = decl.owner;
        while !program.is_file_scope(around) {
            dotted = format!("{}.{dotted}", program.types[around as usize].name);
            around = program.types[around as usize].owner;
        }
        let package = &program.files[program.file_of_type(id)].package;
        let qualified = if package.is_empty() { dotted } else { format!("{package}.{dotted}") };
        names_path(&qualified, owner)
    }

    /// Whether an expression is a constant or text, directly or held by a local or constant.
    fn is_key(&self, expr: &Expr, key: &Key, steps: u32) -> bool {
        let is_named = match (&expr.kind, key) {
            (ExprKind::Literal(Literal::Text(text)), _) => text == key_text(key),
            (ExprKind::Literal(Literal::Bool(truth)), _) => key_text(key) == truth.to_string(),
            (ExprKind::Literal(Literal::Int(number)), _) => key_text(key) == number.to_string(),
            (ExprKind::Member { name, .. } | ExprKind::Name(name), Key::Name { name: wanted, .. }) => name == wanted,
            _ => false,
        };
        let held = || match self.resolution.bindings.get(&expr.id) {
            Some(Binding::Variable(id)) => self.resolution.variables[*id as usize].values.as_slice(),
            Some(Binding::Field(field)) => self.resolution.field_values.get(field).map_or(&[][..], Vec::as_slice),
            _ => &[],
        };
        is_named || (steps > 0 && matches!(held(), [value] if self.is_key(value, key, steps - 1)))
    }
}

/// Whether a dotted path ends as a simple or partly qualified name says.
fn names_path(path: &str, wanted: &str) -> bool {
    path == wanted || path.strip_suffix(wanted).is_some_and(|before| before.ends_with('.'))
}
