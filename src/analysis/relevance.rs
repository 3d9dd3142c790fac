//! Which functions matter for a verdict: those that an access is reached through, and those that can tell them something.
//!
//! Everything else is treated like code that was not scanned. That keeps the walk small, and it makes the answer independent of how much of
//! an app was parsed beyond what matters.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::entry_points::EntryPoints;
use super::walker::{brings_another_back, never_comes_back};
use crate::catalogue::{AccessClass, AnnotationMeaning, Catalogue, Entry, Subject};
use crate::evidence::{FieldId, Resolution, Target, Ty, VariableKind};
use crate::ir::{ExitKind, Expr, ExprKind, Function, FunctionId, FunctionKind, Literal, Program, TypeId, TypeKind, walk};

/// What one function does, as far as it decides who matters.
#[derive(Default)]
struct Role {
    /// It reaches for data that needs asking, or calls what hands it the duty to check.
    accesses: bool,
    /// It reaches for data that is only listed.
    lists: bool,
    /// It can tell its callers something: it checks, never comes back, names permissions.
    tells: bool,
    callees: BTreeSet<FunctionId>,
    /// Functions any one of which a call may run.
    alternatives: Vec<Vec<FunctionId>>,
    reads: BTreeSet<FieldId>,
    writes: BTreeSet<FieldId>,
    /// Fields into which it puts functions or objects that others call there.
    keeps: BTreeSet<FieldId>,
    constructs: BTreeSet<TypeId>,
    /// Functions of anonymous objects that are made in it: they are walked where they stand.
    hosts: Vec<FunctionId>,
    /// It asks the person, and the platform brings the answer to a callback.
    requests: bool,
    /// It is such a callback.
    is_callback: bool,
}

/// What matters in a program.
pub(crate) struct Relevance {
    /// By function: an access is reached through it.
    pub(crate) reaching: Vec<bool>,
    /// By function: it is reaching, or can tell a reaching one something, or reaches for data that is only listed.
    pub(crate) relevant: Vec<bool>,
    /// By function: nothing is known where it starts, because somebody gets to it from a function that is not walked: one that does not matter,
    /// or any, where what it reaches for is only listed.
    pub(crate) starts_with_nothing: Vec<bool>,
    /// By function: it can tell its callers something.
    pub(crate) telling: Vec<bool>,
    /// Fields that relevant functions read, and in which something may be kept that tells.
    pub(crate) fields: BTreeSet<FieldId>,
}

/// The functions and fields that matter.
pub(crate) fn relevance(resolution: &Resolution<'_>, catalogue: &Catalogue, entry_points: &EntryPoints) -> Relevance {
    let roles = Surveyor { resolution, program: resolution.module, catalogue, vocabulary: vocabulary(catalogue) }.survey();
    let relations = Relations::new(&roles);
    let mut spreading = Spreading {
        resolution,
        entry_points,
        telling: relations.telling(&roles),
        roles: &roles,
        relations,
        reaching: vec![false; roles.len()],
        relevant: vec![false; roles.len()],
        fields: BTreeSet::new(),
    };
    spreading.spread();
    let mut starts_with_nothing: Vec<bool> = (0..roles.len() as FunctionId).map(|id| spreading.is_reached_unseen(id)).collect();
    let Spreading { mut relevant, reaching, fields, telling, .. } = spreading;
    for (id, role) in roles.iter().enumerate() {
        let only_lists = role.lists && !relevant[id];
        relevant[id] |= only_lists;
        starts_with_nothing[id] |= only_lists;
    }
    for (id, role) in roles.iter().enumerate() {
        role.hosts.iter().for_each(|&hosted| relevant[hosted as usize] |= relevant[id]);
    }
    Relevance { reaching, relevant, starts_with_nothing, telling, fields }
}

/// Who calls, writes and makes what.
struct Relations {
    callers: Vec<Vec<FunctionId>>,
    readers: HashMap<FieldId, Vec<FunctionId>>,
    writers: HashMap<FieldId, Vec<FunctionId>>,
    keepers: HashMap<FieldId, Vec<FunctionId>>,
    makers: HashMap<TypeId, Vec<FunctionId>>,
}

impl Relations {
    fn new(roles: &[Role]) -> Self {
        let mut relations =
            Self { callers: vec![Vec::new(); roles.len()], readers: HashMap::new(), writers: HashMap::new(), keepers: HashMap::new(), makers: HashMap::new() };
        for (id, role) in roles.iter().enumerate() {
            let id = id as FunctionId;
            role.callees.iter().for_each(|&callee| relations.callers[callee as usize].push(id));
            role.reads.iter().for_each(|&field| relations.readers.entry(field).or_default().push(id));
            role.writes.iter().for_each(|&field| relations.writers.entry(field).or_default().push(id));
            role.keeps.iter().for_each(|&field| relations.keepers.entry(field).or_default().push(id));
            role.constructs.iter().for_each(|&class| relations.makers.entry(class).or_default().push(id));
        }
        relations
    }

    /// Functions that can tell their callers something, also what others told them, or what a field holds that such a function writes.
    fn telling(&self, roles: &[Role]) -> Vec<bool> {
        let mut telling = vec![false; roles.len()];
        let mut pending: Vec<FunctionId> = (0..roles.len() as FunctionId).filter(|&id| roles[id as usize].tells).collect();
        while let Some(id) = pending.pop() {
            if std::mem::replace(&mut telling[id as usize], true) {
                continue;
            }
            pending.extend(&self.callers[id as usize]);
            let written = roles[id as usize].writes.iter().filter_map(|field| self.readers.get(field)).flatten();
            pending.extend(written);
            // What is kept there is called with what it tells.
            let read = roles[id as usize].reads.iter().filter_map(|field| self.keepers.get(field)).flatten();
            pending.extend(read);
        }
        telling
    }
}

struct Spreading<'a, 'm> {
    resolution: &'a Resolution<'m>,
    entry_points: &'a EntryPoints,
    roles: &'a [Role],
    relations: Relations,
    telling: Vec<bool>,
    /// An access is reached through it.
    reaching: Vec<bool>,
    relevant: Vec<bool>,
    fields: BTreeSet<FieldId>,
}

impl Spreading<'_, '_> {
    fn spread(&mut self) {
        let mut outwards: Vec<FunctionId> = (0..self.roles.len() as FunctionId).filter(|&id| self.roles[id as usize].accesses).collect();
        let mut inwards = Vec::new();
        while !outwards.is_empty() || !inwards.is_empty() {
            while let Some(id) = outwards.pop() {
                if std::mem::replace(&mut self.reaching[id as usize], true) {
                    continue;
                }
                inwards.push(id);
                outwards.extend(self.outwards(id));
            }
            if let Some(id) = inwards.pop()
                && !std::mem::replace(&mut self.relevant[id as usize], true)
            {
                let more = self.inwards(id);
                inwards.extend(more);
            }
        }
    }

    /// Who gets to a function: its callers, who makes instances of its class, who calls what it keeps, the function around it.
    fn outwards(&self, id: FunctionId) -> Vec<FunctionId> {
        let function = &self.resolution.module.functions[id as usize];
        let role = &self.roles[id as usize];
        let mut found = self.relations.callers[id as usize].clone();
        found.extend(role.hosts.iter().flat_map(|&hosted| &self.relations.callers[hosted as usize]));
        for maker in self.entry_points.makers_of(function.owner).into_iter().flatten() {
            found.extend(self.relations.makers.get(maker).into_iter().flatten());
        }
        let kept = role.keeps.iter();
        found.extend(kept.filter_map(|field| self.relations.readers.get(field)).flatten());
        found
    }

    /// Whether somebody gets to a function without being walked. What the others know when they do says nothing then about what it starts with.
    fn is_reached_unseen(&self, id: FunctionId) -> bool {
        self.relevant[id as usize] && !self.reaching[id as usize] && self.outwards(id).iter().any(|&from| !self.relevant[from as usize])
    }

    /// Whether a field may hold something that tells: its writers in the files at hand do, or its type is that of answers.
    fn may_tell(&self, field: FieldId) -> bool {
        let writers = self.relations.writers.get(&field).map_or(&[][..], Vec::as_slice);
        writers.iter().any(|&writer| self.telling[writer as usize])
    }

    /// Who tells a function something.
    fn inwards(&mut self, id: FunctionId) -> Vec<FunctionId> {
        let role = &self.roles[id as usize];
        let mut found: Vec<FunctionId> = role.callees.iter().copied().filter(|&callee| self.telling[callee as usize]).collect();
        // One of several that may run tells nothing without the others.
        let told_by_some = role.alternatives.iter().filter(|all| all.iter().any(|&callee| self.telling[callee as usize]));
        found.extend(told_by_some.flatten());
        if role.is_callback {
            found.extend((0..self.roles.len() as FunctionId).filter(|&id| self.roles[id as usize].requests));
        }
        let telling_fields: Vec<FieldId> = role.reads.iter().copied().filter(|&field| self.may_tell(field)).collect();
        self.fields.extend(telling_fields);
        // Who runs what it keeps for later.
        found.extend(role.keeps.iter().filter_map(|field| self.relations.readers.get(field)).flatten());
        for field in &role.reads {
            let writers = self.relations.writers.get(field).map_or(&[][..], Vec::as_slice);
            // What a constant holds may be what an answer is compared with.
            if !self.resolution.module.types[field.ty as usize].fields[field.index as usize].mutable {
                let is_initial = |writer: &&FunctionId| self.resolution.module.functions[**writer as usize].kind == FunctionKind::Initializer;
                found.extend(writers.iter().filter(is_initial));
            }
            // What others write there counts as soon as somebody writes something that tells.
            if writers.iter().any(|&writer| self.telling[writer as usize]) {
                found.extend(writers);
            }
        }
        found
    }
}

struct Surveyor<'a, 'm> {
    resolution: &'a Resolution<'m>,
    program: &'m Program,
    catalogue: &'a Catalogue,
    vocabulary: HashSet<&'a str>,
}

/// Words by which checks are asked and answered: `.video`, `.authorized`. Who names one may hand it on.
fn vocabulary(catalogue: &Catalogue) -> HashSet<&str> {
    let asked = catalogue.checks.iter().filter_map(|check| match &check.subject {
        Subject::Argument { map, .. } => Some(map.keys()),
        Subject::Fixed(_) => None,
    });
    let answered = catalogue.statuses.iter().flat_map(|status| &status.values).flat_map(|value| &value.names);
    asked.flatten().chain(answered).map(String::as_str).collect()
}

impl<'m> Surveyor<'_, 'm> {
    fn survey(&self) -> Vec<Role> {
        let mut roles: Vec<Role> = self.program.functions.iter().map(|function| self.declared(function)).collect();
        for id in 0..roles.len() as FunctionId {
            let function = &self.program.functions[id as usize];
            let is_in_place = self.program.types[function.owner as usize].kind == TypeKind::Anonymous;
            if is_in_place {
                continue;
            }
            let mut role = std::mem::take(&mut roles[id as usize]);
            self.look_into(function, &mut role);
            roles[id as usize] = role;
        }
        roles
    }

    fn declared(&self, function: &Function) -> Role {
        let annotated = function.annotations.iter().any(|annotation| self.meaning(&annotation.name).is_some());
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
        if let Some(&class) = self.resolution.constructs.get(&expr.id) {
            role.constructs.insert(class);
            // Initial values of its fields are written there.
            let members = self.resolution.members.get(&class).into_iter().flatten().copied();
            role.callees.extend(members.filter(|&member| self.program.functions[member as usize].kind == FunctionKind::Initializer));
        }
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

    fn note_symbols(&self, expr: &Expr, role: &mut Role) {
        for found in self.resolution.symbols.get(&expr.id).into_iter().flatten() {
            match found.entry {
                Entry::Access(number) => match self.catalogue.accesses[number].class {
                    AccessClass::Protected => role.accesses = true,
                    AccessClass::Open | AccessClass::UserMediated => role.lists = true,
                },
                Entry::Check(number) => {
                    let check = &self.catalogue.checks[number];
                    role.tells = true;
                    role.requests |= check.request && check.callback.is_none() && check.returns.is_none();
                }
                Entry::NotACheck(_) | Entry::Revocation(_) => role.tells = true,
                _ => {}
            }
        }
    }

    fn note_field(&self, expr: &'m Expr, role: &mut Role) {
        let behind: Vec<FieldId> = self.resolution.property(expr.id).into_iter().flat_map(|field| self.resolution.fields_behind(field)).collect();
        let declared = |field: &FieldId| &self.program.types[field.ty as usize].fields[field.index as usize];
        role.reads.extend(&behind);
        role.callees.extend(behind.iter().map(declared).flat_map(|field| field.getter.into_iter().chain(field.setter)));
        if behind.len() > 1 {
            role.alternatives.push(behind.iter().filter_map(|field| declared(field).getter).collect());
        }
        if let Some(Target::Field(field)) = self.resolution.stored_in.get(&expr.id) {
            role.writes.insert(*field);
            if matches!(expr.kind, ExprKind::Closure(_) | ExprKind::Object { .. } | ExprKind::FunctionRef { .. }) || self.is_param(expr) {
                role.keeps.insert(*field);
            }
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
