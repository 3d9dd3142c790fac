//! What members of one object are passed, wherever it is held: in a variable, in a chain, or in the block that configures it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap as HashMap;

use super::{Resolution, Target, VariableId};
use crate::catalogue::setter_name;
use crate::ir::{Call, Expr, ExprId, ExprKind, walk};

/// Standard functions whose closure speaks of the receiver as `this`.
const WITH_THIS: [&str; 2] = ["apply", "run"];
/// Those that hand it to the closure.
const WITH_IT: [&str; 2] = ["also", "let"];
/// Links of a chain that are followed.
const MAX_LINKS: usize = 64;

/// An object of which no more is known than where it is made or held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Object {
    Held(Target),
    Made(ExprId),
}

/// The objects of a module.
#[derive(Debug)]
pub(super) struct Objects<'m> {
    /// What each is passed: to which member, at which position.
    passed: HashMap<Object, Vec<(String, u32, &'m Expr)>>,
    /// The object that a call or assignment is a member of.
    owner: HashMap<ExprId, Object>,
    /// Where made objects are kept.
    kept: HashMap<ExprId, Target>,
    /// Parameters of closures that stand for the receiver.
    handed: HashMap<VariableId, Object>,
    /// Names of the calls that get each, or are made on it.
    mentions: HashMap<Object, Vec<String>>,
    /// How often variables are read.
    reads: Vec<u32>,
}

impl<'m> Objects<'m> {
    pub(super) fn new(resolution: &Resolution<'m>) -> Self {
        let mut objects = Self {
            passed: HashMap::default(),
            owner: HashMap::default(),
            kept: HashMap::default(),
            handed: HashMap::default(),
            mentions: HashMap::default(),
            reads: Vec::new(),
        };
        objects.reads = resolution.variables.iter().map(|variable| variable.reads).collect();
        let variables = resolution.variables.iter().enumerate().map(|(id, variable)| (Target::Variable(id as VariableId), &variable.values));
        let fields = resolution.field_values.iter().map(|(field, values)| (Target::Field(*field), values));
        let mut places: Vec<_> = variables.chain(fields).collect();
        places.sort_by_key(|(place, _)| *place);
        for (place, value) in places.into_iter().flat_map(|(place, values)| values.iter().map(move |value| (place, value))) {
            if let Some(made) = origin(value, resolution).filter(|made| matches!(made.kind, ExprKind::Call(_))) {
                objects.kept.entry(made.id).or_insert(place);
            }
        }
        for body in resolution.module.functions.iter().filter_map(|function| function.body.as_ref()) {
            objects.visit(body, None, resolution);
        }
        objects
    }

    /// What members of the object at `expr` are passed: of the object that it makes, or whose member it is.
    pub(super) fn passed<'a>(&'a self, expr: &Expr, makes: bool, members: &'a BTreeMap<String, u32>) -> impl Iterator<Item = &'m Expr> + 'a {
        let object = if makes { Some(self.made(expr.id)) } else { self.owner.get(&expr.id).copied() };
        let all = object.and_then(|object| self.passed.get(&object)).into_iter().flatten();
        all.filter(|(member, position, _)| members.get(member) == Some(position)).map(|(_, _, value)| *value)
    }

    /// Whether all that is done with the object is to pass it to some members, or to call them on it.
    pub(super) fn is_only_asked(&self, expr: &Expr, makes: bool, by: &[String]) -> bool {
        let object = if makes { Some(self.made(expr.id)) } else { self.owner.get(&expr.id).copied() };
        let Some((object, mentions)) = object.and_then(|object| self.mentions.get(&object).map(|mentions| (object, mentions))) else { return false };
        let all_there = match object {
            Object::Held(Target::Variable(id)) => self.reads[id as usize] as usize == mentions.len(),
            Object::Held(Target::Field(_)) => false,
            Object::Made(_) => mentions.len() == 1,
        };
        all_there && mentions.iter().all(|name| by.contains(name))
    }

    fn made(&self, id: ExprId) -> Object {
        self.kept.get(&id).map_or(Object::Made(id), |place| Object::Held(*place))
    }

    fn object(&self, expr: &'m Expr, resolution: &Resolution<'m>) -> Option<Object> {
        let origin = origin(expr, resolution)?;
        match resolution.target(origin.id) {
            Some(Target::Variable(variable)) => Some(self.handed.get(&variable).copied().unwrap_or(Object::Held(Target::Variable(variable)))),
            Some(place) => Some(Object::Held(place)),
            None if matches!(origin.kind, ExprKind::Call(_)) => Some(self.made(origin.id)),
            None => None,
        }
    }

    fn visit(&mut self, expr: &'m Expr, this: Option<Object>, resolution: &Resolution<'m>) {
        match &expr.kind {
            ExprKind::Call(call) => return self.visit_call(expr, call, this, resolution),
            ExprKind::Assign { target, value, .. } => {
                let (owner, name) = match &target.kind {
                    ExprKind::Member { receiver, name, .. } => (self.object(receiver, resolution), name.as_str()),
                    ExprKind::Name(name) if resolution.target(target.id).is_none() => (this, name.as_str()),
                    _ => (None, ""),
                };
                self.note(expr, owner, &setter_name(name), [value.as_ref()]);
            }
            _ => {}
        }
        walk(expr, &mut |child| self.visit(child, this, resolution));
    }

    fn visit_call(&mut self, expr: &'m Expr, call: &'m Call, this: Option<Object>, resolution: &Resolution<'m>) {
        let owner = call.receiver.as_ref().map_or(this, |receiver| self.object(receiver, resolution));
        if !resolution.callees.contains_key(&expr.id) {
            self.note(expr, owner, &call.name, call.args.iter().map(|arg| &arg.value));
        }
        for mentioned in call.receiver.iter().chain(call.args.iter().map(|arg| &arg.value)) {
            if let Some(object) = self.object(mentioned, resolution) {
                self.mentions.entry(object).or_default().push(call.name.clone());
            }
        }
        call.receiver.iter().for_each(|receiver| self.visit(receiver, this, resolution));
        for (position, arg) in call.args.iter().enumerate() {
            let inner = match resolution.closure(arg.value.id) {
                Some(_) if call.receiver.is_some() && WITH_THIS.contains(&call.name.as_str()) => owner,
                Some(_) if call.receiver.is_none() && call.name == "with" && position == 1 => self.object(&call.args[0].value, resolution),
                Some(_) if WITH_IT.contains(&call.name.as_str()) => {
                    let it = resolution.closure_params.get(&arg.value.id).and_then(|params| params.first());
                    self.handed.extend(it.copied().zip(owner));
                    this
                }
                _ => this,
            };
            self.visit(&arg.value, inner, resolution);
        }
    }

    fn note(&mut self, expr: &Expr, owner: Option<Object>, member: &str, values: impl IntoIterator<Item = &'m Expr>) {
        let Some(owner) = owner else { return };
        self.owner.insert(expr.id, owner);
        let values = values.into_iter().enumerate().map(|(position, value)| (member.to_owned(), position as u32, value));
        self.passed.entry(owner).or_default().extend(values);
    }
}

/// Where a chain that hands one object on begins: `Intent(…).putExtra(…).apply { … }` with the construction.
fn origin<'m>(expr: &'m Expr, resolution: &Resolution<'m>) -> Option<&'m Expr> {
    let mut at = expr;
    for _ in 0..MAX_LINKS {
        at = match &at.kind {
            ExprKind::Cast { value, .. } => value,
            ExprKind::Call(call) => match &call.receiver {
                Some(receiver) if hands_on(at, call, receiver, resolution) => receiver,
                _ => return Some(at),
            },
            _ => return Some(at),
        };
    }
    None
}

/// A member of builder style has the type of its receiver.
fn hands_on(expr: &Expr, call: &Call, receiver: &Expr, resolution: &Resolution<'_>) -> bool {
    let ty = |id| resolution.types.get(&id).map(|typed| &typed.ty);
    let is_builder = || matches!((ty(expr.id), ty(receiver.id)), (Some(made), Some(given)) if made == given);
    ["apply", "also"].contains(&call.name.as_str()) || is_builder()
}
