//! From a module to verdicts: evidence, a walk per round until nothing changes, and the judgement of what the last walk saw.

mod facts;
mod judge;
mod near_miss;
mod requirement;
mod state;
mod tables;
mod value;
mod walker;

use std::collections::BTreeSet;

use crate::catalogue::{AnnotationMeaning, Catalogue, Entry};
use crate::evidence::{Resolution, resolve};
use crate::ir::{Expr, ExprKind, FunctionId, Literal, Module};
use crate::verdict::{FileId, Outcome};
use facts::Facts;
use tables::{Summary, Tables};
use value::Value;
use walker::{Observations, Walker};

/// Rounds after which a module's fixpoint is given up, in favour of knowing nothing of any function.
const MAX_ROUNDS: u32 = 24;

/// Analyses one file by itself.
pub fn analyse(file: FileId, module: &Module, catalogue: &Catalogue) -> Outcome {
    let resolution = resolve(module, catalogue);
    if !touches_data(&resolution, catalogue) {
        return Outcome::default();
    }
    let mut fixpoint = Fixpoint { resolution: &resolution, catalogue, known: Tables::default(), abandoned: BTreeSet::new() };
    let seen = fixpoint.run();
    judge::judge(file, &resolution, catalogue, &fixpoint.known, &fixpoint.abandoned, &seen)
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

struct Fixpoint<'a, 'm> {
    resolution: &'a Resolution<'m>,
    catalogue: &'a Catalogue,
    known: Tables,
    /// Functions that only this module could call and that nothing in it calls.
    abandoned: BTreeSet<FunctionId>,
}

impl Fixpoint<'_, '_> {
    /// Walks until the tables stay the same, then takes in what nobody calls, until everything was walked.
    fn run(&mut self) -> Observations {
        loop {
            let seen = self.stabilise();
            let unreached: Vec<FunctionId> = (0..self.resolution.module.functions.len() as FunctionId).filter(|&id| self.is_unreached(id)).collect();
            if unreached.is_empty() {
                return seen;
            }
            // Those without any call first: they may be the only callers of others.
            let uncalled: Vec<FunctionId> = unreached.iter().copied().filter(|id| !self.is_called(*id)).collect();
            self.abandoned.extend(if uncalled.is_empty() { unreached } else { uncalled });
        }
    }

    fn stabilise(&mut self) -> Observations {
        for _ in 0..MAX_ROUNDS {
            let (next, seen) = self.walk();
            if next == self.known {
                return seen;
            }
            self.known = next;
        }
        self.know_nothing();
        self.walk().1
    }

    fn walk(&self) -> (Tables, Observations) {
        Walker::new(self.resolution, self.catalogue, &self.known).run(&|id| self.abandoned.contains(&id))
    }

    /// The bottom of the lattice, which every module satisfies.
    fn know_nothing(&mut self) {
        let functions = 0..self.resolution.module.functions.len() as FunctionId;
        let unknown = || Summary { value: Some(Value::Unknown), always: Some(Facts::none()), ..Summary::default() };
        self.abandoned.extend(functions.clone());
        self.known = Tables { summaries: functions.map(|id| (id, unknown())).collect(), shared: self.known.shared.clone(), ..Tables::default() };
    }

    fn is_unreached(&self, id: FunctionId) -> bool {
        let has_body = self.resolution.module.functions[id as usize].body.is_some();
        has_body && self.known.summaries.get(&id).is_none_or(|summary| summary.value.is_none()) && !self.abandoned.contains(&id) && !self.is_in_place(id)
    }

    fn is_in_place(&self, id: FunctionId) -> bool {
        Walker::new(self.resolution, self.catalogue, &self.known).is_walked_in_place(id)
    }

    fn is_called(&self, id: FunctionId) -> bool {
        self.resolution.callees.values().any(|callees| callees.contains(&id))
    }
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
