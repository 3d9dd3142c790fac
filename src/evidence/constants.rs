//! Which constants an expression may stand for: through locals, fields, branches, carriers and functions of the same file.

use rustc_hash::FxHashMap as HashMap;

use super::index::last_segment;
use super::resolver::Resolver;
use super::types::Ty;
use super::{Binding, Resolution, Target, VariableKind};
use crate::catalogue::{Carrier, Entry, Place, ValueSet, ValueSetId, accessor_twin};
use crate::evidence::resolver::{dotted, param_index};
use crate::ir::{Call, ExitKind, Expr, ExprId, ExprKind, FunctionId, Literal, walk};

/// A value that can be told from the source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Constant {
    /// A named constant: qualified as far as imports tell; `.video` for a Swift case without type; `true` and `false`.
    Path(String),
    /// A text literal (or the start of one).
    Text(String),
    /// An integer literal.
    Int(i64),
}

/// The constants that an expression may stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constants {
    /// Possible values.
    pub values: Vec<Constant>,
    /// Whether it may be something else, too.
    pub incomplete: bool,
}

impl Constants {
    fn unknown() -> Self {
        Self { values: Vec::new(), incomplete: true }
    }

    fn one(value: Constant) -> Self {
        Self { values: vec![value], incomplete: false }
    }

    fn join(mut self, other: Self) -> Self {
        for value in other.values {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
        self.incomplete |= other.incomplete;
        self
    }
}

impl ValueSet {
    /// Whether a constant belongs to the set.
    pub fn holds(&self, constant: &Constant) -> bool {
        match constant {
            Constant::Path(path) => self.constants.iter().any(|member| path_is(path, member)),
            Constant::Text(text) => self.texts.iter().any(|prefix| text.starts_with(prefix.as_str())) || self.constants.contains(text),
            Constant::Int(number) => self.constants.contains(&number.to_string()),
        }
    }
}

/// Whether a path in code is a rule's constant: `.video` (a case of any type), `a.b.C.*` (any member), or the whole path.
fn path_is(path: &str, member: &str) -> bool {
    if let Some(case) = member.strip_prefix('.') {
        return path.rsplit('.').next() == Some(case);
    }
    if let Some(parent) = member.strip_suffix(".*") {
        return path.rsplit_once('.').is_some_and(|(owner, _)| owner == parent);
    }
    path == member || is_wrapped_constant(path, member)
}

/// Whether a path of Rust is a constant of Objective-C, as the crates spell it that wrap its frameworks: `CNEntityType.Contacts` of
/// `CNEntityTypeContacts`, and what is in no enum under its own name.
fn is_wrapped_constant(path: &str, member: &str) -> bool {
    let Some((owner, name)) = path.rsplit_once('.').filter(|_| path.starts_with("objc2")) else { return false };
    name == member || member.strip_suffix(name).is_some_and(|prefix| !prefix.is_empty() && last_segment(owner) == prefix)
}

/// Functions that make a collection of their arguments.
pub(crate) const COLLECTION_BUILDERS: [&str; 14] = [
    "arrayOf",
    "listOf",
    "setOf",
    "mutableListOf",
    "mutableSetOf",
    "arrayListOf",
    "hashSetOf",
    "linkedSetOf",
    "listOfNotNull",
    "asList",
    "of",
    "singletonList",
    "persistentListOf",
    "immutableListOf",
];

/// Depth to which values are followed.
const MAX_STEPS: u32 = 12;
/// Expressions looked at for one question: values of parameters fan out over all call sites.
const MAX_LOOKUPS: u32 = 500;

impl<'m> Resolver<'m> {
    /// The constants that an expression may stand for.
    pub(super) fn constants(&self, expr: &'m Expr, wanted: Option<ValueSetId>, sites: &CallSites<'m>) -> Constants {
        sites.fuel.set(MAX_LOOKUPS);
        sites.wanted.set(wanted);
        self.constants_within(expr, sites, MAX_STEPS)
    }

    fn ask_for_value(&self, expr: ExprId, sites: &CallSites<'m>) {
        self.questions.borrow_mut().unknown_values.extend(sites.wanted.get().map(|wanted| (expr, wanted)));
    }

    fn constants_within(&self, expr: &'m Expr, sites: &CallSites<'m>, steps: u32) -> Constants {
        let fuel = sites.fuel.get();
        if steps == 0 || fuel == 0 {
            return Constants::unknown();
        }
        sites.fuel.set(fuel - 1);
        let next = |expr: &'m Expr| self.constants_within(expr, sites, steps - 1);
        match &expr.kind {
            ExprKind::Literal(Literal::Text(text)) => Constants::one(Constant::Text(text.clone())),
            ExprKind::Literal(Literal::Int(number)) => Constants::one(Constant::Int(*number)),
            ExprKind::Literal(Literal::Bool(value)) => Constants::one(Constant::Path(value.to_string())),
            ExprKind::Name(_) | ExprKind::Member { .. } => self.named_constants(expr, sites, steps),
            ExprKind::ClassRef(ty) => Constants::one(Constant::Path(ty.name.clone())),
            ExprKind::If { then, otherwise, .. } => {
                let other = otherwise.as_deref().map_or(Constants::default(), next);
                next(then).join(other)
            }
            ExprKind::Match { arms, .. } => arms.iter().map(|arm| next(&arm.body)).fold(Constants::default(), Constants::join),
            ExprKind::Coalesce(left, right) => next(left).join(next(right)),
            ExprKind::Cast { value, .. } => next(value),
            ExprKind::Block { body, .. } => body.last().map_or(Constants::unknown(), next),
            ExprKind::Exit { kind: ExitKind::Return, value: Some(value), .. } => next(value),
            ExprKind::Exit { .. } | ExprKind::Literal(Literal::Null) => Constants::default(),
            ExprKind::Collection(items) => items.iter().map(next).fold(Constants::default(), Constants::join),
            // A text built from pieces starts with its first piece.
            ExprKind::Unknown(items) => match items.first().map(next) {
                Some(Constants { values, .. }) if values.iter().all(|value| matches!(value, Constant::Text(_))) && !values.is_empty() => {
                    Constants { values, incomplete: true }
                }
                _ => Constants::unknown(),
            },
            ExprKind::Call(call) => self.call_constants(expr, call, sites, steps),
            _ => Constants::unknown(),
        }
    }

    fn named_constants(&self, expr: &'m Expr, sites: &CallSites<'m>, steps: u32) -> Constants {
        let next = |expr: &'m Expr| self.constants_within(expr, sites, steps - 1);
        match self.out.bindings.get(&expr.id) {
            Some(Binding::Variable(id)) => {
                let variable = &self.out.variables[*id as usize];
                let assigned = variable.values.iter().map(|value| next(value)).fold(Constants::default(), Constants::join);
                match variable.kind {
                    VariableKind::Param(function, index) => {
                        let handed = sites.handed.get(&function).into_iter().flatten().map(|value| next(value));
                        handed.fold(assigned.join(self.argument_constants(function, index, sites, steps)), Constants::join)
                    }
                    VariableKind::ClosureParam(..) => Constants::unknown(),
                    VariableKind::Local if variable.values.is_empty() => Constants::unknown(),
                    VariableKind::Local => assigned,
                }
            }
            Some(Binding::Field(field)) => {
                let decl = &self.module.types[field.ty as usize];
                let declared = &decl.fields[field.index as usize];
                if let Some(getter) = declared.getter {
                    return self.returned_constants(getter, sites, steps);
                }
                self.questions.borrow_mut().writers_of.extend(sites.wanted.get().map(|wanted| (*field, wanted)));
                match self.out.field_values.get(field) {
                    Some(values) => values.iter().map(|value| next(value)).fold(Constants::default(), Constants::join),
                    None => Constants::one(Constant::Path(format!("{}.{}", decl.name, declared.name))).join(Constants::unknown()),
                }
            }
            Some(Binding::Type(Ty::Named { name, .. })) => Constants::one(Constant::Path(name.clone())),
            Some(Binding::Type(_)) => Constants::unknown(),
            None => self.unbound_constant(expr, sites, steps),
        }
    }

    fn unbound_constant(&self, expr: &'m Expr, sites: &CallSites<'m>, steps: u32) -> Constants {
        if let Some((_, from)) = self.carried(expr) {
            return self.constants_within(from, sites, steps - 1);
        }
        let path = match &expr.kind {
            ExprKind::Member { receiver, name, .. } => match (&receiver.kind, self.out.types.get(&receiver.id)) {
                (ExprKind::Implicit, _) => Some(format!(".{name}")),
                (_, Some(typed)) => match &typed.ty {
                    Ty::Class(inner) => match &**inner {
                        Ty::Named { name: owner, .. } => Some(format!("{owner}.{name}")),
                        Ty::App { id, .. } => Some(format!("{}.{name}", self.module.types[*id as usize].name)),
                        _ => None,
                    },
                    // What a getter of a platform object gives, by its name: `request.resources`.
                    Ty::Named { name: owner, .. } if self.names.has_property_syntax(self.module.file_of_expr(expr.id)) => {
                        return Constants {
                            values: accessor_twin(name).map(|getter| Constant::Path(format!("{owner}.{getter}"))).into_iter().collect(),
                            incomplete: true,
                        };
                    }
                    _ => None,
                },
                (_, None) => dotted(expr),
            },
            ExprKind::Name(name) => Some(match self.names.import_of(self.module.file_of_expr(expr.id), name) {
                Some(import) => import.path.clone(),
                None => name.clone(),
            }),
            _ => None,
        };
        // What neither an import nor a type explains may be declared in a file that is not at hand.
        if !path.as_ref().is_some_and(|path| path.contains('.')) {
            self.ask_for_value(expr.id, sites);
        }
        path.map_or(Constants::unknown(), |path| Constants::one(Constant::Path(path)))
    }

    fn call_constants(&self, expr: &'m Expr, call: &'m Call, sites: &CallSites<'m>, steps: u32) -> Constants {
        let next = |expr: &'m Expr| self.constants_within(expr, sites, steps - 1);
        if let Some((_, from)) = self.carried(expr) {
            return next(from);
        }
        if let Some(values) = self.put_under(expr, call, sites) {
            return values.into_iter().map(next).fold(Constants::unknown(), Constants::join);
        }
        if COLLECTION_BUILDERS.contains(&call.name.as_str()) {
            return call.args.iter().map(|arg| next(&arg.value)).fold(Constants::default(), Constants::join);
        }
        if let Some(callees) = self.out.callees.get(&expr.id) {
            return callees.iter().map(|&callee| self.returned_constants(callee, sites, steps)).fold(Constants::default(), Constants::join);
        }
        let wraps = ["lazy", "remember", "let", "run", "also", "apply", "with", "requireNotNull", "checkNotNull", "toTypedArray", "toList", "plus"];
        if wraps.contains(&call.name.as_str()) {
            let body = call.args.last().and_then(|arg| self.out.closure(arg.value.id));
            return match (body, &call.receiver) {
                (Some(closure), None) => next(&closure.body),
                (Some(_), Some(receiver)) if call.name == "also" || call.name == "apply" => next(receiver),
                (Some(closure), Some(_)) => next(&closure.body),
                (None, Some(receiver)) => next(receiver),
                (None, None) => call.args.first().map_or(Constants::unknown(), |arg| next(&arg.value)),
            };
        }
        match call.receiver.as_ref().map(|receiver| (receiver, self.out.types.get(&receiver.id))) {
            Some((_, Some(super::Typed { ty: Ty::Class(owner), .. }))) => match &**owner {
                Ty::Named { name, .. } => Constants::one(Constant::Path(format!("{name}.{}", call.name))),
                _ => Constants::unknown(),
            },
            Some((Expr { kind: ExprKind::Implicit, .. }, _)) => Constants::one(Constant::Path(format!(".{}", call.name))),
            Some((_, Some(super::Typed { ty: Ty::Named { name, .. }, .. }))) => {
                Constants { values: vec![Constant::Path(format!("{name}.{}", call.name))], incomplete: true }
            }
            _ => match self.out.types.get(&expr.id).map(|typed| &typed.ty) {
                // A constructed object stands for its class (activity result contracts).
                Some(Ty::Named { name, .. }) if name.rsplit('.').next() == Some(call.name.as_str()) => Constants::one(Constant::Path(name.clone())),
                _ => {
                    self.ask_for_value(expr.id, sites);
                    Constants::unknown()
                }
            },
        }
    }

    /// The input that the result of a carrier stands for.
    fn carried(&self, expr: &'m Expr) -> Option<(&'m Carrier, &'m Expr)> {
        let found = self.out.symbols.get(&expr.id)?.iter().find_map(|found| match found.entry {
            Entry::Carrier(number) => Some(&self.catalogue.carriers[number]).filter(|carrier| carrier.is_direct()),
            _ => None,
        })?;
        let from = match &expr.kind {
            ExprKind::Call(call) => argument(call, &found.from, None)?,
            ExprKind::Member { receiver, .. } => receiver,
            _ => return None,
        };
        Some((found, from))
    }

    fn argument_constants(&self, function: FunctionId, index: u32, sites: &CallSites<'m>, steps: u32) -> Constants {
        let declared = &self.module.functions[function as usize];
        let default = declared.params[index as usize].default.as_ref().map(|default| self.constants_within(default, sites, steps - 1));
        if declared.visibility != crate::ir::Visibility::Private || declared.kind == crate::ir::FunctionKind::Constructor {
            self.questions.borrow_mut().callers_of.extend(sites.wanted.get().map(|wanted| (function, wanted)));
        }
        let Some(calls) = sites.by_function.get(&function) else { return default.unwrap_or_default().join(Constants::unknown()) };
        let mut all = Constants { values: Vec::new(), incomplete: declared.visibility != crate::ir::Visibility::Private };
        for call in calls {
            let given =
                call.args.iter().enumerate().find(|(position, arg)| param_index(&declared.params, call.args.len(), *position, arg) == Some(index as usize));
            all = all.join(match given {
                Some((_, arg)) => self.constants_within(&arg.value, sites, steps - 1),
                None => default.clone().unwrap_or_else(Constants::unknown),
            });
        }
        all
    }

    /// What was put under the key for which a call asks; code that was not scanned may put something else there.
    fn put_under(&self, expr: &Expr, call: &Call, sites: &CallSites<'m>) -> Option<Vec<&'m Expr>> {
        let carrier = self.out.symbols.get(&expr.id)?.iter().find_map(|found| match found.entry {
            Entry::Carrier(number) => Some(&self.catalogue.carriers[number]).filter(|carrier| !carrier.put_by.is_empty()),
            _ => None,
        })?;
        let key = self.out.target(argument(call, &carrier.from, None)?.id)?;
        let puts = sites.puts.get(&key)?.iter();
        let value = |put: &&'m Call| carrier.put_by.get(&put.name).and_then(|position| put.args.get(*position as usize)).map(|arg| &arg.value);
        Some(puts.filter_map(value).collect())
    }

    /// What the functions of objects get that were passed along with it.
    pub(super) fn handed(&self) -> HashMap<FunctionId, Vec<&'m Expr>> {
        let mut handed: HashMap<FunctionId, Vec<&'m Expr>> = HashMap::default();
        for expr in self.out.exprs.iter().flatten() {
            let ExprKind::Call(call) = &expr.kind else { continue };
            let found = self.out.symbols.get(&expr.id).into_iter().flatten().find_map(|found| match found.entry {
                Entry::Carrier(number) => self.catalogue.carriers[number].to.as_ref().map(|to| (to, &self.catalogue.carriers[number].from)),
                _ => None,
            });
            let Some((to, from)) = found else { continue };
            let object = call.args.get(to.argument as usize).and_then(|arg| self.out.types.get(&arg.value.id)).map(|typed| typed.ty.instance());
            if let (Some(Ty::App { id, .. }), Some(given)) = (object, argument(call, from, None)) {
                let callbacks = self.methods(*id, &to.callback);
                callbacks.into_iter().for_each(|callback| handed.entry(callback).or_default().push(given));
            }
        }
        handed
    }

    fn returned_constants(&self, function: FunctionId, sites: &CallSites<'m>, steps: u32) -> Constants {
        let declared = &self.module.functions[function as usize];
        let Some(body) = &declared.body else { return Constants::unknown() };
        let mut returned = Vec::new();
        collect_returns(body, &mut returned);
        if returned.is_empty() && declared.is_expression_body {
            return self.constants_within(body, sites, steps - 1);
        }
        // A body with a value of its own may be left before.
        let value = Some(body).filter(|_| declared.is_expression_body);
        returned.into_iter().chain(value).map(|value| self.constants_within(value, sites, steps - 1)).fold(Constants::default(), Constants::join)
    }
}

fn collect_returns<'m>(expr: &'m Expr, out: &mut Vec<&'m Expr>) {
    match &expr.kind {
        ExprKind::Exit { kind: ExitKind::Return, value: Some(value), .. } => out.push(value),
        ExprKind::Closure(closure) if closure.captures_return => {}
        _ => walk(expr, &mut |child| collect_returns(child, out)),
    }
}

/// Calls of the functions of a module.
#[derive(Default)]
pub(super) struct CallSites<'m> {
    pub(super) by_function: HashMap<FunctionId, Vec<&'m Call>>,
    /// What functions get by being called back, apart from those calls.
    pub(super) handed: HashMap<FunctionId, Vec<&'m Expr>>,
    /// Calls that are given a constant of the program first and something else after it, by the constant.
    puts: HashMap<Target, Vec<&'m Call>>,
    /// Lookups left for the question at hand.
    fuel: std::cell::Cell<u32>,
    /// What the question at hand is about.
    wanted: std::cell::Cell<Option<ValueSetId>>,
}

impl<'m> CallSites<'m> {
    pub(super) fn new(resolution: &Resolution<'m>) -> Self {
        let (callees, exprs) = (&resolution.callees, &resolution.exprs);
        let mut ids: Vec<&ExprId> = callees.keys().collect();
        ids.sort();
        let mut sites = Self::default();
        for expr in exprs.iter().flatten() {
            if let ExprKind::Call(call) = &expr.kind
                && let [key, _, ..] = call.args.as_slice()
                && let Some(key @ Target::Field(_)) = resolution.target(key.value.id)
            {
                sites.puts.entry(key).or_default().push(call);
            }
        }
        for id in ids {
            if let Some(Some(Expr { kind: ExprKind::Call(call), .. })) = exprs.get(*id as usize) {
                for callee in &callees[id] {
                    sites.by_function.entry(*callee).or_default().push(call);
                }
            }
        }
        sites
    }
}

/// The argument at a place. A word is `last`, `receiver`, or a label; in Objective-C the labels of the Swift spelling give the position.
pub(crate) fn argument<'m>(call: &'m Call, place: &Place, labels: Option<&[String]>) -> Option<&'m Expr> {
    match place {
        Place::Position(position) => call.args.get(*position as usize).map(|arg| &arg.value),
        Place::Word(word) if word == "receiver" => call.receiver.as_ref(),
        Place::Word(word) if word == "last" => call.args.last().map(|arg| &arg.value),
        Place::Word(word) => {
            let labelled = call.args.iter().find(|arg| arg.label.as_deref() == Some(word));
            let by_position = || {
                let position = labels?.iter().position(|label| label == word)?;
                call.selector.as_ref().and_then(|_| call.args.get(position))
            };
            labelled.or_else(by_position).map(|arg| &arg.value)
        }
    }
}

/// What a variable or field is called, for messages.
impl Target {
    /// Whether the target is a field.
    pub fn is_field(self) -> bool {
        matches!(self, Target::Field(_))
    }
}
