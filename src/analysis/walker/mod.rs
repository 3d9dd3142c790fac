//! The forward must-analysis: one structured walk over a function's body, in evaluation order.
//!
//! The walk carries a [`Flow`]. Conditions give two of them at once ([`Walker::split`]); leaving makes a flow unreachable; joins keep
//! what both sides know. There is no control-flow graph: branch facts follow structure.

mod boxes;
mod builtins;
mod calls;
mod checks;
mod closures;
mod conditions;
mod expressions;
mod gates;
mod loops;
mod permissions;
mod reads;

pub(crate) use builtins::{brings_another_back, never_comes_back};
pub(crate) use expressions::member_span;
pub(crate) use gates::GatePoint;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap as HashMap;

use super::entry_points::EntryPoints;
use super::facts::{Atom, FactSet, Facts, Origin, Subject};
use super::feature_mode::FeatureMode;
use super::state::{Flow, State, join};
use super::tables::{CallSite, Key as TableKey, Promise, Tables, View, add};
use super::value::{Alternative, Value};
use crate::catalogue::{AnnotationMeaning, Answer, Callback, Catalogue, DataCategory, Entry};
use crate::evidence::{Resolution, SymbolMatch, Target, VariableId};
use crate::ir::{Expr, ExprId, ExprKind, Function, FunctionId, FunctionKind, Import, Literal, Program, TypeId};
use crate::source::{Language, Span};
use crate::verdict::{CheckHow, MissReason};

/// An access that the walk came by.
#[derive(Clone, Debug)]
pub(crate) struct AccessPoint {
    /// Symbol.
    pub(crate) found: SymbolMatch,
    /// The member.
    pub(crate) span: Span,
    /// Enclosing function.
    pub(crate) function: FunctionId,
    /// Facts on every path.
    pub(crate) facts: Facts,
    /// For a call of a function that demands permissions: its name and what it demands.
    pub(crate) duty: Option<Duty>,
}

/// A function of the app that hands the duty to check to its callers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Duty {
    /// Name.
    pub(crate) callee: String,
    /// Demanded: one of each inner list.
    pub(crate) needs: Vec<Vec<Subject>>,
}

/// A check, request, or what looks like one, that the walk came by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CheckPoint {
    /// The member.
    pub(crate) span: Span,
    /// Enclosing function.
    pub(crate) function: FunctionId,
    /// What it speaks of; empty when that could not be told.
    pub(crate) subjects: Vec<Subject>,
    /// It asks the person.
    pub(crate) is_request: bool,
    /// Nothing depends on its answer.
    pub(crate) is_ignored: bool,
    /// A defect of its own.
    pub(crate) defect: Option<MissReason>,
    /// It only concerns what lies within.
    pub(crate) within: Option<Span>,
}

/// What the walk tells, beyond the tables.
#[derive(Default)]
pub(crate) struct Observations {
    /// Accesses, by expression.
    pub(crate) accesses: BTreeMap<(ExprId, u32), AccessPoint>,
    /// Checks, by expression.
    pub(crate) checks: BTreeMap<ExprId, CheckPoint>,
    /// Gates, by expression.
    pub(crate) gates: BTreeMap<ExprId, GatePoint>,
}

impl Observations {
    /// Takes in what another walk saw.
    pub(crate) fn absorb(&mut self, other: &Observations) {
        for (key, point) in &other.accesses {
            let joined = match self.accesses.remove(key) {
                Some(known) => AccessPoint { facts: known.facts.or(&point.facts), ..known },
                None => point.clone(),
            };
            self.accesses.insert(*key, joined);
        }
        self.checks.extend(other.checks.iter().map(|(id, point)| (*id, point.clone())));
        self.gates.extend(other.gates.iter().map(|(id, point)| (*id, point.clone())));
    }
}

/// What the walk over one function gives.
#[derive(Default)]
pub(crate) struct Contribution {
    /// Its part of the tables of the next round.
    pub(crate) tables: Tables,
    /// Accesses and checks.
    pub(crate) seen: Observations,
    /// What it depends on.
    pub(crate) reads: BTreeSet<TableKey>,
    /// Parameters of which callers told nothing at some time: they stand for themselves from then on. What a function finds out of a parameter
    /// that stands for itself may be more than of one about which something is known, and going back and forth would never end.
    pub(crate) untold: BTreeSet<(FunctionId, u32)>,
}

/// Parts of an expression: a handed-over duty, then its accesses.
const DUTY: u32 = 0;
const FIRST_ACCESS: u32 = 1;

/// Where `return`, `break` and `continue` lead.
struct Frame {
    kind: FrameKind,
    labels: Vec<String>,
    /// Joined states of those that leave to its end.
    exits: Flow,
    /// Joined states of those that go on with the next round.
    continues: Flow,
    /// Joined value of those that return from it.
    value: Option<Value>,
}

/// Closures and objects that were come by in a function.
#[derive(Default)]
struct Code {
    /// All of them, with what was known there.
    made: Vec<(ExprId, State)>,
    /// Those whose body was walked.
    walked: BTreeSet<ExprId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FrameKind {
    /// A function or closure that `return` leaves.
    Function,
    /// A closure that only a labelled `return` leaves.
    Lambda,
    Loop,
    /// `switch`: `break` leaves it.
    Match,
    /// A labelled block.
    Block,
}

/// The walk over one function of a program, in one round.
pub(crate) struct Walker<'a, 'm> {
    pub(crate) resolution: &'a Resolution<'m>,
    pub(crate) module: &'m Program,
    pub(crate) catalogue: &'a Catalogue,
    /// Results of the round before.
    pub(crate) known: View<'a>,
    entry_points: &'a EntryPoints,
    features: &'a FeatureMode<'a>,
    /// By function: whether it matters, and is walked.
    relevant: &'a [bool],
    /// Results of this round.
    pub(crate) next: Tables,
    pub(crate) seen: Observations,
    /// See [`Contribution::untold`].
    untold: BTreeSet<(FunctionId, u32)>,
    frames: Vec<Frame>,
    function: FunctionId,
    /// What the function seems to call by its own name is another one, about which nothing is known.
    is_misread: bool,
    /// How many closures that run later surround the walk.
    closure_depth: u32,
    /// At which closure depth variables were declared.
    declared_depth: HashMap<VariableId, u32>,
    /// Within `assert`.
    in_assertion: bool,
    /// The call whose answer is thrown away.
    discarded: Option<ExprId>,
    /// Closures and objects whose body is being walked: one that hands itself on is not walked within itself.
    active: Vec<ExprId>,
    code: Code,
    /// Lists that loops and quantifiers around the walk go through, with the number by which their element is called.
    elements: Vec<(ExprId, Vec<Alternative>)>,
    /// What `this` is known to be, in an extension's body that is evaluated for one receiver.
    this_value: Option<Value>,
    /// Facts at the call that is being evaluated, for what it resumes.
    resumption_facts: Facts,
    /// What all callers of the function that is walked are known to pass.
    entry_args: Vec<Value>,
    /// What is passed to a gate, by expression: on what it may rely.
    passed: HashMap<ExprId, gates::PassedGate>,
}

impl<'a, 'm> Walker<'a, 'm> {
    pub(crate) fn new(
        resolution: &'a Resolution<'m>,
        catalogue: &'a Catalogue,
        entry_points: &'a EntryPoints,
        features: &'a FeatureMode<'a>,
        relevant: &'a [bool],
        known: &'a Tables,
    ) -> Self {
        Self {
            resolution,
            module: resolution.module,
            catalogue,
            known: View::new(known),
            entry_points,
            features,
            relevant,
            next: Tables::default(),
            seen: Observations::default(),
            untold: BTreeSet::new(),
            frames: Vec::new(),
            function: 0,
            is_misread: false,
            closure_depth: 0,
            declared_depth: HashMap::default(),
            in_assertion: false,
            discarded: None,
            active: Vec::new(),
            code: Code::default(),
            elements: Vec::new(),
            this_value: None,
            resumption_facts: Facts::none(),
            entry_args: Vec::new(),
            passed: HashMap::default(),
        }
    }

    /// Walks one function, if something may call it. An `abandoned` one (nobody calls it) starts as if anybody did; one that is `misread`
    /// does not call itself.
    pub(crate) fn run(mut self, id: FunctionId, abandoned: bool, misread: bool, before: &Contribution) -> Contribution {
        self.is_misread = misread;
        self.untold = before.untold.clone();
        self.function = id;
        let entry = if self.is_open(id) || abandoned { Some(Promise { facts: Facts::none(), args: Vec::new() }) } else { self.known_entry(id) };
        let built = if abandoned { Some(Facts::none()) } else { self.creation_facts(id) };
        if let (Some(entry), Some(built)) = (&entry, &built) {
            self.entry_args = entry.args.clone();
            self.walk_function(id, State { facts: entry.facts.and(built), places: BTreeMap::new() }, entry.args.clone());
            // That an instance exists says something; that a function of what may be no instance was called does not.
            let inherited = built.beyond(&entry.facts);
            if let Some(summary) = self.next.summaries.get_mut(&id) {
                summary.always = summary.always.take().map(|facts| facts.beyond(&inherited));
                summary.value = summary.value.take().map(|value| value.map_facts(&|facts| facts.beyond(&inherited)));
            }
        }
        Contribution { tables: self.next, seen: self.seen, reads: self.known.into_reads(), untold: self.untold }
    }

    /// What holds at a function's entry, and the values of its parameters, over all known call sites; none when there is none.
    fn known_entry(&mut self, id: FunctionId) -> Option<Promise> {
        let mut promises: Vec<Promise> = self.known.sites(id)?.collect();
        let count = promises.iter().map(|promise| promise.args.len()).min().unwrap_or_default();
        for index in 0..count {
            if promises.iter().any(|promise| matches!(promise.args[index], Value::Choice { .. }) && !promise.args[index].is_none_yet()) {
                for promise in &mut promises {
                    let value = std::mem::replace(&mut promise.args[index], Value::Unknown);
                    promise.args[index] = self.spelled(value);
                }
            }
        }
        promises.into_iter().reduce(Promise::join)
    }

    /// What holds in an instance's functions because of where all instances are made; none when none was seen to be made.
    fn creation_facts(&self, id: FunctionId) -> FactSet {
        let function = &self.module.functions[id as usize];
        let makers = self.entry_points.makers_of(function.owner).filter(|_| !function.is_static);
        makers.map_or(Some(Facts::none()), |makers| self.known.built(makers))
    }

    /// The language of the function at hand.
    pub(super) fn language(&self) -> Language {
        self.module.language_of_function(self.function)
    }

    /// The file of the function at hand.
    pub(super) fn file(&self) -> usize {
        self.module.file_of_function(self.function)
    }

    /// Whether code outside of this program may call a function.
    pub(crate) fn is_open(&self, id: FunctionId) -> bool {
        self.entry_points.is_open(id)
    }

    /// The functions of this program that a call may run, if one of them matters; otherwise the call is one of code that was not scanned.
    fn callees(&self, call: ExprId) -> Option<&'a [FunctionId]> {
        let callees = self.resolution.callees.get(&call)?;
        callees.iter().any(|&callee| self.relevant[callee as usize]).then_some(callees.as_slice())
    }

    /// The functions of this program that a reference may mean, if one of them matters or is a gate.
    fn referred_to(&self, reference: ExprId) -> Option<&'a [FunctionId]> {
        let referred = self.resolution.callees.get(&reference)?;
        let is_gate = |&function: &FunctionId| !self.features.of_function(function, self.file()).is_empty();
        self.callees(reference).or_else(|| referred.iter().any(is_gate).then_some(referred.as_slice()))
    }

    /// Walks something out of turn, without anything of it being noted.
    fn quietly<T>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> T {
        let seen = std::mem::take(&mut self.seen);
        let code = std::mem::take(&mut self.code);
        let next = std::mem::take(&mut self.next);
        self.next.shared = next.shared.clone();
        let frames = std::mem::take(&mut self.frames);
        let discarded = self.discarded.take();
        let result = walk(self);
        self.seen = seen;
        self.code = code;
        self.next = next;
        self.frames = frames;
        self.discarded = discarded;
        result
    }

    pub(crate) fn walk_function(&mut self, id: FunctionId, mut state: State, args: Vec<Value>) {
        let module = self.module;
        let function = &module.functions[id as usize];
        let Some(body) = &function.body else { return };
        let outer = std::mem::replace(&mut self.function, id);
        let declared = self.declared_facts(id, function);
        state.facts = state.facts.and(&declared);
        for (index, &variable) in self.resolution.function_params[id as usize].iter().enumerate() {
            let given = args.get(index).cloned().unwrap_or(Value::Unknown);
            // Which permission a parameter names, and what code it is, is left to each call.
            let is_untold = self.untold.contains(&(id, index as u32));
            let value = match given {
                given if given.is_passed_code() => {
                    self.untold.insert((id, index as u32));
                    Value::ParamFunction(id, index as u32)
                }
                given if is_untold || matches!(given, Value::Permissions(_)) || self.says_nothing_beyond(&given, &state.facts) => {
                    self.untold.insert((id, index as u32));
                    self.param_value(id, index as u32, function)
                }
                given => given,
            };
            state.places.insert(Target::Variable(variable), value);
            self.declared_depth.insert(variable, self.closure_depth);
        }
        self.bind_platform_callback(id, function, &mut state);
        let code = std::mem::take(&mut self.code);
        // Who leaves an argument out runs what stands for it.
        for default in function.params.iter().filter_map(|param| param.default.as_ref()) {
            self.eval(default, &mut Some(state.clone()));
        }
        let labels = vec![function.name.clone()];
        let (flow, value) = self.in_frame(FrameKind::Function, labels, |walker| {
            let mut flow = Some(state);
            if function.is_expression_body || function.kind == FunctionKind::Getter {
                walker.hand_out_result(body);
            }
            let value = walker.eval(body, &mut flow);
            // What is returned elsewhere escapes there, with what is known there.
            walker.escape(value.clone(), &mut flow);
            (flow, if function.is_expression_body { value } else { Value::Unknown })
        });
        self.walk_left_over();
        self.code = code;
        // What a declaration demands was not found out here, so callers do not learn it.
        let always = flow.map(|state| state.facts.beyond(&declared));
        let value = value.map_facts(&|facts| facts.beyond(&declared));
        let summary = self.next.summaries.entry(id).or_default();
        summary.value = Some(value);
        summary.always = always;
        self.function = outer;
    }

    /// Runs `body` as what a frame encloses; gives the state and value where all ways of leaving it meet.
    fn in_frame(&mut self, kind: FrameKind, labels: Vec<String>, body: impl FnOnce(&mut Self) -> (Flow, Value)) -> (Flow, Value) {
        self.frames.push(Frame { kind, labels, exits: None, continues: None, value: None });
        let (flow, value) = body(self);
        let frame = self.frames.pop();
        let Some(frame) = frame else { return (flow, value) };
        match (flow, frame.exits) {
            (Some(end), Some(exits)) => {
                let value = self.joined(value, &end.facts, frame.value.unwrap_or(Value::Unknown), &exits.facts);
                (join(Some(end), Some(exits)), value)
            }
            (Some(end), None) => (Some(end), value),
            (None, exits) => (exits, frame.value.unwrap_or(Value::Unknown)),
        }
    }

    /// Whether a value tells nothing that is not known where it is: several calls fold what they know into what they pass.
    fn says_nothing_beyond(&self, value: &Value, facts: &Facts) -> bool {
        value.clone().map_facts(&|own| self.informative(&own.beyond(facts))).says_nothing()
    }

    /// A parameter that nothing is known about stands for whatever callers pass.
    fn param_value(&self, id: FunctionId, index: u32, function: &Function) -> Value {
        if takes_function(function, index as usize) {
            return Value::ParamFunction(id, index);
        }
        Value::Permissions(vec![Alternative::of(vec![Subject::Param(id, index)])])
    }

    /// What a function's declaration says: annotations, `throws`, being called by the platform.
    fn declared_facts(&mut self, id: FunctionId, function: &'m Function) -> Facts {
        let mut facts = Facts::none();
        let throws = function.throws.iter().map(|ty| (ty.simple_name(), function.name_span));
        if throws.clone().any(|(name, _)| name == "SecurityException") {
            facts = facts.and(&handled(function.name_span, CheckHow::DeclaredSecurityException));
        }
        let around = &self.module.types[function.owner as usize].annotations;
        for annotation in function.annotations.iter().chain(around) {
            facts = facts.and(&self.annotated_gates(annotation));
        }
        for annotation in &function.annotations {
            match self.annotation_meaning(&annotation.name) {
                Some(AnnotationMeaning::Requires) if self.entry_points.is_unheeded(id) => {}
                Some(AnnotationMeaning::Requires | AnnotationMeaning::Guarded) => {
                    for any in self.annotated_needs(annotation) {
                        let atoms = any.into_iter().map(Atom::Granted).collect();
                        facts.insert(super::facts::Clause::new(atoms, Some(check_origin(annotation.span, CheckHow::Annotation))));
                    }
                }
                Some(AnnotationMeaning::SecurityException) => {
                    let names_it = annotation.args.iter().any(|arg| match &arg.value.kind {
                        ExprKind::ClassRef(ty) => ty.simple_name() == "SecurityException",
                        _ => false,
                    });
                    if names_it {
                        facts = facts.and(&handled(annotation.span, CheckHow::DeclaredSecurityException));
                    }
                }
                None => {}
            }
            if matches!(annotation.name.rsplit('.').next(), Some("RequiresApi" | "TargetApi"))
                && let Some(level) = annotation.args.first().and_then(|arg| version_constant(&arg.value))
            {
                facts.insert(super::facts::Clause::new(vec![Atom::AtLeast(level)], Some(check_origin(annotation.span, CheckHow::OsVersion))));
            }
        }
        facts
    }

    pub(super) fn annotation_meaning(&self, name: &str) -> Option<AnnotationMeaning> {
        let name = self.unaliased(name);
        let simple = name.rsplit('.').next().unwrap_or(name);
        let known = self.catalogue.annotations.iter().find(|(qualified, _)| {
            let matches_simple = qualified.rsplit('.').next() == Some(simple);
            let outer = name.contains('.') && !qualified.ends_with(name);
            matches_simple && !outer
        });
        known.map(|(_, meaning)| *meaning)
    }

    fn bind_platform_callback(&mut self, id: FunctionId, function: &'m Function, state: &mut State) {
        let Some(callback) = self.platform_callback(function) else { return };
        let alternatives = match &callback.subject {
            Some(subject) => self.fixed_subject(subject),
            None => self.requested_alternatives(self.outermost_class(id)),
        };
        if alternatives.is_empty() {
            return;
        }
        let origin = check_origin(function.name_span, CheckHow::PlatformCallback);
        match (callback.parameter, callback.answer) {
            (None, Answer::Reached) => {
                let granted = self.granted(&alternatives, &origin);
                state.facts = state.facts.and(&granted);
            }
            (parameter, answer) => {
                let parameter = parameter.unwrap_or(0) as usize;
                if let Some(&variable) = self.resolution.function_params[id as usize].get(parameter) {
                    let value = self.answer_value(answer, alternatives, &origin);
                    state.places.insert(Target::Variable(variable), value);
                }
            }
        }
        if let Some(&code) = self.resolution.function_params[id as usize].first()
            && callback.parameter == Some(2)
        {
            state.places.insert(Target::Variable(code), Value::RequestCode);
        }
    }

    fn platform_callback(&self, function: &Function) -> Option<&'a Callback> {
        let platform = self.language().platform();
        self.catalogue.callbacks.iter().filter(|callback| callback.platform == platform).find(|callback| {
            callback.members.iter().any(|member| match self.language() {
                Language::ObjectiveC => function.selector.is_some() && function.selector == member.selector,
                Language::Swift => {
                    member.name.as_deref() == Some(&function.name) && swift_selector(member).is_none_or(|wanted| function.selector.as_deref() == Some(&wanted))
                }
                Language::Kotlin | Language::Java => member.name.as_deref() == Some(&function.name),
                Language::Rust => member
                    .name
                    .as_deref()
                    .is_some_and(|name| name == function.name || function.selector.as_deref().is_some_and(|selector| is_called(selector, name))),
            })
        })
    }

    /// The class around a function that lies in no other.
    pub(super) fn outermost_class(&self, id: FunctionId) -> TypeId {
        let mut class = self.module.functions[id as usize].owner;
        while !self.module.is_file_scope(self.module.types[class as usize].owner) {
            class = self.module.types[class as usize].owner;
        }
        class
    }

    /// What the requests of a class ask for, each under its code; those of the whole module when the class makes none.
    fn requested_alternatives(&self, class: TypeId) -> Vec<Alternative> {
        let all = self.known.requests();
        let makes_any = all.iter().any(|(requester, ..)| *requester == class);
        let requests = || all.iter().filter(move |(requester, ..)| !makes_any || *requester == class);
        let codes: std::collections::BTreeSet<Option<u32>> = requests().map(|(_, code, _)| *code).collect();
        let alternatives = requests().map(|(_, code, all)| {
            let given = match code {
                Some(code) if codes.len() > 1 => Facts::clause(vec![Atom::Code(*code)], None),
                _ => Facts::none(),
            };
            Alternative { given, all: all.clone(), origin: None }
        });
        alternatives.collect()
    }

    pub(super) fn observe_access(&mut self, expr: &Expr, part: u32, found: SymbolMatch, span: Span, facts: &Facts, duty: Option<Duty>) {
        let function = self.function;
        let facts = &self.with_known_params(&self.of_some(facts));
        let known = self.seen.accesses.remove(&(expr.id, part));
        let facts = match &known {
            Some(known) => known.facts.or(facts),
            None => facts.clone(),
        };
        self.seen.accesses.insert((expr.id, part), AccessPoint { found, span, function, facts, duty });
    }

    /// Which permission a parameter of this function names, where its callers are known and pass one.
    fn with_known_params(&mut self, facts: &Facts) -> Facts {
        let id = self.function;
        match self.known_entry(id) {
            Some(entry) if !self.is_open(id) => {
                let told = facts.filtered(|clause| clause.absent_param().is_none());
                facts.and(&self.instantiate(&told, id, &entry.args))
            }
            _ => facts.clone(),
        }
    }

    pub(super) fn observe_check(&mut self, expr: &Expr, point: CheckPoint) {
        self.seen.checks.insert(expr.id, point);
    }

    pub(super) fn observe_site(&mut self, callee: FunctionId, at: ExprId, span: Span, facts: &Facts, args: Vec<Value>) {
        let name: Arc<str> = Arc::from(self.module.functions[callee as usize].name.as_str());
        // What holds in a helper of another function's parameters means nothing in the callee.
        let facts = facts.without_params().through(span, &name);
        let args = args.into_iter().map(|value| outside_params(value.map_facts(&|facts| facts.without_params()))).collect::<Vec<_>>();
        let caller = self.function;
        let sites = self.next.sites.entry(callee).or_default();
        let joined = match sites.remove(&at) {
            Some(known) => known.join(CallSite { span, caller, facts, args }),
            None => CallSite { span, caller, facts, args },
        };
        sites.insert(at, joined);
    }

    pub(super) fn observe_param_call(&mut self, function: FunctionId, param: u32, method: Option<String>, facts: &Facts, args: Vec<Value>) {
        let summary = self.next.summaries.entry(function).or_default();
        add(&mut summary.calls, (param, method), Promise { facts: facts.without_handler(), args });
    }

    /// Catalogue entries at an expression.
    pub(super) fn symbols(&self, id: ExprId) -> &'a [SymbolMatch] {
        self.resolution.symbols.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The accesses that an expression is: the most specific of each category.
    pub(super) fn accesses_at(&self, id: ExprId) -> Vec<&'a SymbolMatch> {
        let mut best: Vec<(DataCategory, &'a SymbolMatch)> = Vec::new();
        for found in self.symbols(id) {
            if let Entry::Access(number) = found.entry {
                let category = self.catalogue.accesses[number].category;
                if !best.iter().any(|(known, _)| *known == category) {
                    best.push((category, found));
                }
            }
        }
        best.into_iter().map(|(_, found)| found).collect()
    }

    /// Notes the accesses that an expression is.
    pub(super) fn observe_accesses(&mut self, expr: &Expr, span: Span, facts: &Facts) {
        for (part, found) in self.accesses_at(expr.id).into_iter().enumerate() {
            self.observe_access(expr, part as u32 + FIRST_ACCESS, found.clone(), span, facts, None);
        }
    }
}

/// A permission that stands for a parameter of the caller means nothing to the callee.
fn outside_params(value: Value) -> Value {
    let speaks_of_params = |all: &[Alternative]| all.iter().any(|one| one.all.iter().any(|subject| subject.is_placeholder()));
    match &value {
        Value::Permissions(all) | Value::Status(_, all) | Value::Answers(all) | Value::GrantedList(all) | Value::DeniedList(all) if speaks_of_params(all) => {
            Value::Unknown
        }
        Value::ParamFunction(..) => Value::Code,
        Value::Position(_) => Value::Unknown,
        _ => value,
    }
}

/// Whether a parameter is declared as a function.
fn takes_function(function: &Function, index: usize) -> bool {
    function.params.get(index).and_then(|param| param.ty.as_ref()).is_some_and(|ty| ty.name == "->")
}

/// `locationManager(_:didChangeAuthorization:)` of a member.
fn swift_selector(member: &crate::catalogue::Member) -> Option<String> {
    let labels = member.labels.as_ref()?;
    Some(format!("{}({})", member.name.as_deref()?, labels.iter().map(|label| format!("{label}:")).collect::<String>()))
}

/// Whether a selector is what a name of Rust spells: `a:b:` is `a_b`.
fn is_called(selector: &str, name: &str) -> bool {
    selector.trim_end_matches(':').replace(':', "_") == name
}

/// `import a.b.C as D`: what D is called where it is declared.
pub(crate) fn unaliased<'n>(imports: &'n [Import], name: &'n str) -> &'n str {
    let import = imports.iter().find(|import| import.alias.as_deref() == Some(name));
    import.and_then(|import| import.path.rsplit('.').next()).unwrap_or(name)
}

pub(super) fn check_origin(span: Span, how: CheckHow) -> Arc<Origin> {
    Arc::new(Origin::Check { span, how })
}

pub(super) fn handled(span: Span, how: CheckHow) -> Facts {
    Facts::clause(vec![Atom::Handled], Some(check_origin(span, how)))
}

/// Android's names for its versions (`Build.VERSION_CODES`).
const VERSION_CODES: [(&str, u32); 27] = [
    ("JELLY_BEAN", 16),
    ("JELLY_BEAN_MR1", 17),
    ("JELLY_BEAN_MR2", 18),
    ("KITKAT", 19),
    ("KITKAT_WATCH", 20),
    ("LOLLIPOP", 21),
    ("LOLLIPOP_MR1", 22),
    ("M", 23),
    ("N", 24),
    ("N_MR1", 25),
    ("O", 26),
    ("O_MR1", 27),
    ("P", 28),
    ("Q", 29),
    ("R", 30),
    ("S", 31),
    ("S_V2", 32),
    ("TIRAMISU", 33),
    ("UPSIDE_DOWN_CAKE", 34),
    ("VANILLA_ICE_CREAM", 35),
    ("BAKLAVA", 36),
    ("ICE_CREAM_SANDWICH", 14),
    ("ICE_CREAM_SANDWICH_MR1", 15),
    ("HONEYCOMB", 11),
    ("GINGERBREAD", 9),
    ("FROYO", 8),
    ("ECLAIR", 5),
];

/// The OS version that a literal or one of [`VERSION_CODES`] names.
pub(super) fn version_constant(expr: &Expr) -> Option<u32> {
    match &expr.kind {
        ExprKind::Literal(Literal::Int(number)) => u32::try_from(*number).ok(),
        ExprKind::Member { name, .. } | ExprKind::Name(name) => VERSION_CODES.iter().find(|(code, _)| code == name).map(|(_, level)| *level),
        _ => None,
    }
}
