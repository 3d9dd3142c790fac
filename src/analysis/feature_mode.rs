//! What the policy adds to a program: which calls are gates, and which functions of the program they are.

use rustc_hash::FxHashMap as HashMap;

use crate::evidence::{AsksFor, GateMatch, Resolution, defined_gates, find_gates, gates_by_function};
use crate::gates::{FeatureId, GateId, Gates, Gating, PolicyId};
use crate::ir::{Expr, ExprId, ExprKind, Function, FunctionId, Literal, Program, TypeId, walk};
use crate::policy::{At, Gate, GateArg, GateKind};
use crate::verdict::{FileId, PolicyUses};

/// The policy's gates in a program. In platform mode there are none.
pub(crate) struct FeatureMode<'a> {
    gating: &'a Gating<'a>,
    /// Gates by expression.
    pub(crate) matches: HashMap<ExprId, Vec<GateMatch>>,
    /// Gates by the function of the program that they are.
    by_function: HashMap<FunctionId, Vec<GateId>>,
}

impl<'a> FeatureMode<'a> {
    pub(crate) fn new(resolution: &Resolution<'_>, gating: &'a Gating<'a>) -> Self {
        Self { gating, matches: find_gates(resolution, gating), by_function: gates_by_function(resolution, gating) }
    }

    /// All gates and features.
    pub(crate) fn gates(&self) -> &'a Gates<'a> {
        self.gating.gates
    }

    /// As the policy says it.
    pub(crate) fn gate(&self, id: GateId) -> &'a Gate {
        self.gating.gates.gate(id).gate
    }

    /// The policy that speaks for a file; none in platform mode.
    pub(crate) fn policy_of(&self, file: usize) -> Option<PolicyId> {
        self.gating.policy_of(file)
    }

    /// The policy whose severities hold in a file.
    pub(crate) fn policy_in_force(&self, file: usize) -> Option<PolicyId> {
        self.gating.in_force.get(file).copied().flatten()
    }

    /// See [`Gating::file_number`].
    pub(crate) fn file_number(&self, policy: PolicyId, at: At) -> FileId {
        self.gating.file_number(policy, at)
    }

    /// What the program has of gates and features.
    pub(crate) fn uses(&self, resolution: &Resolution<'_>) -> PolicyUses {
        if self.gates().is_empty() {
            return PolicyUses::default();
        }
        let called = self.matches.values().flatten().map(|found| found.gate.0);
        let defined = defined_gates(resolution, self.gating).into_iter().map(|id| id.0);
        let mut uses = PolicyUses { gates: called.chain(defined).collect(), ..PolicyUses::default() };
        let program = resolution.module;
        let of_functions = program.functions.iter().map(|function| (function.owner, &function.annotations));
        let of_types = program.types.iter().enumerate().map(|(id, ty)| (id as TypeId, &ty.annotations));
        let fields = program.types.iter().enumerate().flat_map(|(id, ty)| ty.fields.iter().map(move |field| (id as TypeId, &field.annotations)));
        for (owner, annotations) in of_functions.chain(of_types).chain(fields) {
            let file = program.file_of_type(owner);
            uses.gates.extend(annotations.iter().flat_map(|annotation| self.annotated(&annotation.name, file)).map(|(id, _)| id.0));
            annotations.iter().flat_map(|annotation| &annotation.args).for_each(|arg| self.note_keys(&arg.value, file, &mut uses));
        }
        for expr in resolution.exprs.iter().flatten() {
            self.note_key(expr, program.file_of_expr(expr.id), &mut uses);
        }
        uses
    }

    fn note_keys(&self, expr: &Expr, file: usize, uses: &mut PolicyUses) {
        self.note_key(expr, file, uses);
        walk(expr, &mut |child| self.note_keys(child, file, uses));
    }

    fn note_key(&self, expr: &Expr, file: usize, uses: &mut PolicyUses) {
        let (ExprKind::Name(name) | ExprKind::Member { name, .. } | ExprKind::Literal(Literal::Text(name))) = &expr.kind else { return };
        uses.keys.extend(self.policy_of(file).and_then(|policy| Some((policy, self.keyed(name, file)?.0))));
    }

    /// Gates at an expression.
    pub(crate) fn at(&self, id: ExprId) -> &[GateMatch] {
        self.matches.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The gates that a function is for who calls it in a file by another name. What they ask for must be seen from what is passed.
    pub(crate) fn of_function(&self, function: FunctionId, file: usize) -> Vec<GateMatch> {
        let policy = self.policy_of(file);
        let gates = self.by_function.get(&function).into_iter().flatten().filter(|&&id| Some(self.gates().gate(id).policy) == policy);
        let found = gates.filter_map(|&gate| {
            let declared = self.gates().gate(gate);
            let asks_for = match declared.gate.pattern.args.as_deref().unwrap_or_default() {
                [] => AsksFor::Feature(declared.feature?),
                [GateArg::Feature] => AsksFor::Argument(0),
                _ => return None,
            };
            Some(GateMatch { gate, asks_for })
        });
        found.collect()
    }

    /// The gates that an annotation is.
    pub(crate) fn annotated(&self, name: &str, file: usize) -> impl Iterator<Item = (GateId, &'a Gate)> {
        let policy = self.policy_of(file);
        let simple = name.rsplit('.').next().unwrap_or(name);
        let gates = self.gating.gates;
        let ids = gates.with_member(simple).iter().copied();
        ids.filter(move |&id| gates.gate(id).gate.pattern.kind == GateKind::Annotation && Some(gates.gate(id).policy) == policy)
            .map(move |id| (id, gates.gate(id).gate))
    }

    /// Whether a function has an annotation that is a gate, or its type has.
    pub(crate) fn is_annotated(&self, program: &Program, function: &Function) -> bool {
        let annotations = function.annotations.iter().chain(&program.types[function.owner as usize].annotations);
        !self.gating.gates.is_empty()
            && annotations.map(|annotation| &annotation.name).any(|name| self.annotated(name, program.file_of_type(function.owner)).next().is_some())
    }

    /// The feature for which a name stands in a file: what its policy says, or, where a gate serves several, what another does.
    pub(crate) fn keyed(&self, name: &str, file: usize) -> Option<FeatureId> {
        let gates = self.gating.gates;
        let own = self.policy_of(file)?;
        gates.keyed(own, name).or_else(|| (0..gates.policies().len() as PolicyId).find_map(|policy| gates.keyed(policy, name)))
    }

    /// Whether a name stands for a feature in a file.
    pub(crate) fn is_key(&self, name: &str, file: usize) -> bool {
        self.keyed(name, file).is_some()
    }
}
