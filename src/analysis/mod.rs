//! From a program to verdicts: evidence, a walk per function and round until nothing changes, and the judgement of what the walks saw.

mod built_for;
mod by_policy;
mod demand;
mod entry_points;
mod facts;
mod feature_mode;
mod fixpoint;
mod judge;
mod near_miss;
mod relevance;
mod requirement;
mod situation;
mod state;
mod survey;
mod tables;
mod value;
mod walker;
mod wrappers;

use crate::catalogue::{AnnotationMeaning, Catalogue, Entry};
use crate::evidence::{Resolution, resolve};
use crate::gates::{Gates, Gating};
use crate::ir::{Expr, ExprKind, Literal, Program};
use crate::verdict::Outcome;
use entry_points::EntryPoints;
use feature_mode::FeatureMode;
use fixpoint::Fixpoint;
use relevance::Relevance;

pub use demand::Wants;

/// Analyses linked files. In the outcome, a file's number is its index in the program.
pub fn analyse(program: &Program, catalogue: &Catalogue) -> Outcome {
    let gates = Gates::default();
    Analysis::new(program, catalogue, &Gating::none(&gates, program.files.len())).outcome
}

/// What is found out about a program.
pub struct Analysis<'m> {
    resolution: Resolution<'m>,
    catalogue: &'m Catalogue,
    entry_points: EntryPoints,
    relevance: Relevance,
    /// Accesses and findings.
    pub outcome: Outcome,
}

impl<'m> Analysis<'m> {
    /// Resolves names, walks what matters, and judges every access.
    pub fn new(program: &'m Program, catalogue: &'m Catalogue, gating: &Gating<'_>) -> Self {
        let resolution = resolve(program, catalogue);
        let entry_points = EntryPoints::new(&resolution, catalogue);
        let features = FeatureMode::new(&resolution, gating);
        let mut relevance = Relevance::new(&resolution, catalogue, &entry_points, &features);
        let mut outcome = Outcome::default();
        if touches_data(&resolution, catalogue) {
            let mut fixpoint = Fixpoint::new(&resolution, catalogue, &entry_points, &features, &mut relevance);
            let seen = fixpoint.run();
            outcome = judge::judge(&resolution, catalogue, &entry_points, &features, &fixpoint.known, &fixpoint.abandoned, &seen);
            outcome.is_cut_short = fixpoint.gave_up;
        }
        outcome.policy_uses = features.uses(&resolution);
        Self { resolution, catalogue, entry_points, relevance, outcome }
    }

    /// By which names files are found that could still change an answer.
    pub fn wants(&self) -> Wants {
        demand::wants(&self.resolution, self.catalogue, &self.entry_points, &self.relevance)
    }
}

/// Whether there is anything to conclude: an access, or a function that hands its duty to callers.
fn touches_data(resolution: &Resolution<'_>, catalogue: &Catalogue) -> bool {
    let accesses = resolution.symbols.values().flatten().any(|found| matches!(found.entry, Entry::Access(_)));
    let requires = |name: &str| {
        let simple = name.rsplit('.').next();
        catalogue.annotations.iter().any(|(known, meaning)| *meaning == AnnotationMeaning::Requires && known.rsplit('.').next() == simple)
    };
    accesses || resolution.module.functions.iter().flat_map(|function| &function.annotations).any(|annotation| requires(&annotation.name))
}

/// A number for the constant that a request code is: the same constant has the same number.
fn request_code_of(resolution: &Resolution<'_>, expr: &Expr) -> Option<u32> {
    let text = match &expr.kind {
        ExprKind::Literal(Literal::Int(number)) => format!("#{number}"),
        ExprKind::Name(name) | ExprKind::Member { name, .. } => match resolution.target(expr.id) {
            Some(crate::evidence::Target::Variable(_)) => return None,
            _ => name.clone(),
        },
        _ => return None,
    };
    // FNV-1a: no two constants of one module are likely to meet.
    Some(text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
}
