//! What each function does by itself, before anything is walked: whom it calls, what it reads and writes, and whether it may tell something.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashSet as HashSet;

use super::feature_mode::FeatureMode;
use super::walker::{brings_another_back, never_comes_back};
use crate::catalogue::{AccessClass, AnnotationMeaning, Catalogue, Entry, Subject};
use crate::evidence::{AsksFor, FieldId, Resolution, Target, Ty, VariableKind};
use crate::ir::{ExitKind, Expr, ExprId, ExprKind, Function, FunctionId, FunctionKind, Literal, Program, TypeId, TypeKind, walk};

/// What one function does, as far as it decides who matters.
#[derive(Default)]
pub(super) struct Role {
    /// It reaches for data that needs asking, or calls what hands it the duty to check.
    pub(super) accesses: bool,
    /// It reaches for data that is only listed.
    pub(super) lists: bool,
    /// By itself it may tell its callers something: it checks, never comes back, names permissions.
    pub(super) tells: bool,
    pub(super) callees: BTreeSet<FunctionId>,
    /// Functions any one of which a call may run.
    pub(super) alternatives: Vec<Vec<FunctionId>>,
    pub(super) reads: BTreeSet<FieldId>,
    /// Targets of assignments that are still to be looked at.
    targets: BTreeSet<ExprId>,
    pub(super) writes: BTreeSet<FieldId>,
    /// Fields that say for which feature a gate is asked.
    pub(super) asks_for: BTreeSet<FieldId>,
    /// Fields into which it puts functions or objects that others call there.
    pub(super) keeps: BTreeSet<FieldId>,
    pub(super) constructs: BTreeSet<TypeId>,
    /// Functions of anonymous objects that are made in it: they are walked where they stand.
    pub(super) hosts: Vec<FunctionId>,
    /// The platform brings it the answers of requests.
    pub(super) is_callback: bool,
}

/// What each function of a program does.
pub(super) fn survey(resolution: &Resolution<'_>, catalogue: &Catalogue, features: &FeatureMode<'_>) -> Vec<Role> {
    Surveyor { resolution, program: resolution.module, catalogue, features, vocabulary: vocabulary(catalogue) }.survey()
}

struct Surveyor<'a, 'm> {
    resolution: &'a Resolution<'m>,
    program: &'m Program,
    catalogue: &'a Catalogue,
    features: &'a FeatureMode<'a>,
    vocabulary: HashSet<&'a str>,
}

/// Words by which checks are asked and answered: `.video`, `.authorized`. Who names one may hand it on.
pub(super) fn vocabulary(catalogue: &Catalogue) -> HashSet<&str> {
    let asked = catalogue.checks.iter().filter_map(|check| match &check.subject {
        Subject::Argument { map, .. } => Some(map.keys()),
        Subject::Fixed(_) => None,
    });
    let answered = catalogue.statuses.iter().flat_map(|status| &status.values).flat_map(|value| &value.names);
    asked.flatten().chain(answered).map(String::as_str).collect()
}

impl<'m> Surveyor<'_, 'm> {
    fn survey(&self) -> Vec<Role> {
        let role = |function: &'m Function| {
            let mut role = self.declared(function);
            // Functions of anonymous objects are looked into where they stand.
            if self.program.types[function.owner as usize].kind != TypeKind::Anonymous {
                self.look_into(function, &mut role);
            }
            role
        };
        self.program.functions.par_iter().map(role).collect()
    }

    fn declared(&self, function: &Function) -> Role {
        let annotated = function.annotations.iter().any(|annotation| self.meaning(&annotation.name).is_some());
        let annotated = annotated || self.features.is_annotated(self.program, function);
        let throws = !function.throws.is_empty() && function.throws.iter().any(|ty| ty.simple_name() == "SecurityException");
        Role { tells: annotated || throws || never_returns(function), is_callback: self.is_callback(function), ..Role::default() }
    }

    /// Whether the platform brings it the answers of requests; its name is enough of a hint.
    fn is_callback(&self, function: &Function) -> bool {
        let named = |member: &crate::catalogue::Member| member.name.as_deref() == Some(&function.name);
        self.catalogue.callbacks.iter().any(|callback| callback.subject.is_none() && callback.members.iter().any(named))
    }

    fn meaning(&self, name: &str) -> Option<AnnotationMeaning> {
        let simple = name.rsplit('.').next();
        let known = self.catalogue.annotations.iter().find(|(known, _)| known.rsplit('.').next() == simple);
        known.map(|(_, meaning)| *meaning)
    }

    fn look_into(&self, function: &'m Function, role: &mut Role) {
        let defaults = function.params.iter().filter_map(|param| param.default.as_ref());
        defaults.chain(&function.body).for_each(|expr| self.look_at(expr, role));
    }

    fn look_at(&self, expr: &'m Expr, role: &mut Role) {
        self.note_symbols(expr, role);
        if let Some(callees) = self.resolution.callees.get(&expr.id) {
            role.callees.extend(callees);
            if callees.len() > 1 {
                role.alternatives.push(callees.clone());
            }
            role.accesses |= callees.iter().any(|&callee| self.hands_duty_over(callee));
        }
        self.note_field(expr, role);
        if let ExprKind::Assign { target, compound: false, .. } = &expr.kind {
            self.note_target(target, role);
        }
        if let Some(&class) = self.resolution.constructs.get(&expr.id) {
            role.constructs.insert(class);
            // Initial values of its fields are written there.
            let members = self.resolution.members.get(&class).into_iter().flatten().copied();
            role.callees.extend(members.filter(|&member| self.program.functions[member as usize].kind == FunctionKind::Initializer));
        }
        self.note_gate(expr, role);
        role.tells |= !self.features.at(expr.id).is_empty() || self.names_feature(expr);
        match &expr.kind {
            ExprKind::Available { .. } => role.tells = true,
            ExprKind::Literal(Literal::Text(text)) => role.tells |= self.catalogue.permission_named(text).is_some(),
            ExprKind::Name(name) | ExprKind::Member { name, .. }
                if name == "SDK_INT" || self.vocabulary.contains(name.as_str()) || self.is_permission(expr, name) =>
            {
                role.tells = true;
            }
            ExprKind::Call(call) => role.tells |= brings_another_back(&call.name),
            ExprKind::LocalFunction(id) => {
                role.callees.insert(*id);
            }
            ExprKind::Object { ty, .. } => {
                for &member in self.resolution.members.get(ty).into_iter().flatten() {
                    let declared = &self.program.functions[member as usize];
                    role.tells |= self.declared(declared).tells;
                    role.hosts.push(member);
                    role.is_callback |= self.is_callback(declared);
                    self.look_into(declared, role);
                }
            }
            _ => {}
        }
        walk(expr, &mut |child| self.look_at(child, role));
    }

    fn policy_speaks_for(&self, expr: &Expr) -> bool {
        !self.features.gates().is_empty() && self.features.policy_of(self.program.file_of_expr(expr.id)).is_some()
    }

    fn note_gate(&self, expr: &Expr, role: &mut Role) {
        let ExprKind::Call(call) = &expr.kind else { return };
        for found in self.features.at(expr.id) {
            if let AsksFor::Argument(position) = found.asks_for
                && let Some(field) = call.args.get(position as usize).and_then(|arg| self.resolution.property(arg.value.id))
            {
                role.asks_for.insert(field);
            }
        }
    }

    /// Who names a feature may hand it on to a gate.
    fn names_feature(&self, expr: &Expr) -> bool {
        let name = match &expr.kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } | ExprKind::Literal(Literal::Text(name)) => name,
            _ => return false,
        };
        !self.features.gates().is_empty() && self.features.is_key(name, self.program.file_of_expr(expr.id))
    }

    fn note_symbols(&self, expr: &Expr, role: &mut Role) {
        for found in self.resolution.symbols.get(&expr.id).into_iter().flatten() {
            match found.entry {
                Entry::Access(number) => match self.catalogue.accesses[number].class {
                    AccessClass::Protected => role.accesses = true,
                    // A gate has to stand before what the system hands out without asking, too.
                    AccessClass::Open if self.policy_speaks_for(expr) => role.accesses = true,
                    AccessClass::Open | AccessClass::UserMediated => role.lists = true,
                },
                Entry::Check(_) | Entry::NotACheck(_) | Entry::Revocation(_) | Entry::VersionTest(_) => role.tells = true,
                _ => {}
            }
        }
    }

    fn note_field(&self, expr: &'m Expr, role: &mut Role) {
        let behind: Vec<FieldId> = self.resolution.property(expr.id).into_iter().flat_map(|field| self.resolution.fields_behind(field)).collect();
        let declared = |field: &FieldId| &self.program.types[field.ty as usize].fields[field.index as usize];
        if matches!(&expr.kind, ExprKind::Name(name) if name.starts_with('$')) {
            role.writes.extend(&behind);
        }
        if !role.targets.remove(&expr.id) {
            role.reads.extend(behind.iter().filter_map(|&field| self.resolution.viewed(field)));
            role.reads.extend(&behind);
        }
        role.writes.extend(self.resolution.set_by.get(&expr.id).into_iter().flatten());
        if !self.resolution.is_variable(expr.id) {
            role.callees.extend(behind.iter().map(declared).flat_map(|field| field.getter.into_iter().chain(field.setter)));
            if behind.len() > 1 {
                role.alternatives.push(behind.iter().filter_map(|field| declared(field).getter).collect());
            }
        }
        if let Some(Target::Field(field)) = self.resolution.stored_in.get(&expr.id) {
            role.writes.insert(*field);
            if matches!(expr.kind, ExprKind::Closure(_) | ExprKind::Object { .. } | ExprKind::FunctionRef { .. }) || self.is_param(expr) {
                role.keeps.insert(*field);
            }
        }
    }

    /// What is assigned is not read.
    fn note_target(&self, target: &Expr, role: &mut Role) {
        if self.resolution.property(target.id).is_some() {
            role.targets.insert(target.id);
        }
    }

    fn hands_duty_over(&self, id: FunctionId) -> bool {
        let function = &self.program.functions[id as usize];
        function.annotations.iter().any(|annotation| self.meaning(&annotation.name) == Some(AnnotationMeaning::Requires))
    }

    /// A parameter of a function: what is passed may be called.
    fn is_param(&self, expr: &Expr) -> bool {
        match self.resolution.target(expr.id) {
            Some(Target::Variable(id)) => matches!(self.resolution.variables[id as usize].kind, VariableKind::Param(..)),
            _ => false,
        }
    }

    fn is_permission(&self, expr: &Expr, name: &str) -> bool {
        match &expr.kind {
            ExprKind::Member { receiver, .. } => match self.resolution.types.get(&receiver.id).map(|typed| &typed.ty) {
                Some(Ty::Class(inner)) => matches!(&**inner, Ty::Named { name: owner, .. } if owner.ends_with("Manifest.permission")),
                _ => false,
            },
            _ => self.catalogue.permission_named(&format!("android.permission.{name}")).is_some(),
        }
    }
}

/// Whether a function is declared never to return, or ends by throwing or by a call that does not come back.
fn never_returns(function: &Function) -> bool {
    let declared = function.returns.as_ref().is_some_and(|ty| matches!(ty.simple_name(), "Nothing" | "Never"));
    declared || function.body.as_ref().is_some_and(ends_by_leaving)
}

fn ends_by_leaving(body: &Expr) -> bool {
    match &body.kind {
        ExprKind::Block { body, .. } => body.last().is_some_and(ends_by_leaving),
        ExprKind::Exit { kind: ExitKind::Throw, .. } => true,
        ExprKind::Call(call) => never_comes_back(&call.name),
        _ => false,
    }
}
