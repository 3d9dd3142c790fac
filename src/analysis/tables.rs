//! What is known about functions, fields and closures of a module between two rounds of the fixpoint.
//!
//! All tables start at the top of the lattice (nothing reached, nothing written, never called) and only lose knowledge from
//! round to round, so that the rounds end in the greatest fixpoint.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{FactSet, Facts, Subject};
use super::value::Value;
use crate::evidence::Target;
use crate::ir::{ExprId, FunctionId, TypeId};
use crate::source::Span;

/// What is known where something is called: facts, and the values of its arguments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Promise {
    /// Facts at every call.
    pub(crate) facts: Facts,
    /// Arguments by position; those of several calls are joined.
    pub(crate) args: Vec<Value>,
}

impl Promise {
    fn join(self, other: Promise) -> Promise {
        let count = self.args.len().min(other.args.len());
        let args = self.args.into_iter().zip(other.args).take(count);
        let args = args.map(|(left, right)| left.join(&self.facts, right, &other.facts)).collect();
        Promise { facts: self.facts.or(&other.facts), args }
    }
}

/// Adds a promise to an entry that starts as "never called".
pub(crate) fn add<K: Ord>(table: &mut BTreeMap<K, Promise>, key: K, promise: Promise) {
    let joined = match table.remove(&key) {
        Some(known) => known.join(promise),
        None => promise,
    };
    table.insert(key, joined);
}

/// A call of a parameter: which parameter, and which method of it when it is an object.
pub(crate) type ParamCall = (u32, Option<String>);

/// What a function does, for its callers.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) struct Summary {
    /// Its value; none when it was not seen to return.
    pub(crate) value: Option<Value>,
    /// Facts when it returns; none when it never does.
    pub(crate) always: FactSet,
    /// What it promises to the functions that it is passed.
    pub(crate) calls: BTreeMap<ParamCall, Promise>,
}

/// A call site of a function of the module.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CallSite {
    /// The name in the call.
    pub(crate) span: Span,
    /// The calling function.
    pub(crate) caller: FunctionId,
    /// Facts there.
    pub(crate) facts: Facts,
    /// Values of its parameters; the last known ones.
    pub(crate) args: Vec<Value>,
}

/// Everything that the rounds compute.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) struct Tables {
    /// Summaries; a function without one was not reached.
    pub(crate) summaries: BTreeMap<FunctionId, Summary>,
    /// Known call sites, by called function and position of the call.
    pub(crate) sites: BTreeMap<FunctionId, BTreeMap<ExprId, CallSite>>,
    /// What fields and shared variables hold: the join of all writes.
    pub(crate) places: BTreeMap<Target, Value>,
    /// Calls of functions kept in fields and variables.
    pub(crate) stored_calls: BTreeMap<(Target, Option<String>), Promise>,
    /// Calls and hand-overs of closures that are kept in variables.
    pub(crate) closure_uses: BTreeMap<ExprId, Promise>,
    /// Values with which continuations are resumed.
    pub(crate) resumed: BTreeMap<ExprId, (Value, Facts)>,
    /// What is requested with an answer that comes to a callback of the platform: the class, the request code and the permissions.
    pub(crate) requests: BTreeSet<(TypeId, Option<u32>, Vec<Subject>)>,
    /// Variables that are written inside of closures that run later.
    pub(crate) shared: BTreeMap<Target, ()>,
}

impl Tables {
    /// Facts and arguments at the entry of a function, over all known call sites; none when there is none.
    pub(crate) fn entry(&self, function: FunctionId) -> Option<Promise> {
        let sites = self.sites.get(&function)?;
        let promises = sites.values().map(|site| Promise { facts: site.facts.clone(), args: site.args.clone() });
        promises.reduce(Promise::join)
    }

    /// Notes a write.
    pub(crate) fn write(&mut self, place: Target, value: Value, facts: &Facts) {
        let folded = value.folded(facts);
        let joined = match self.places.remove(&place) {
            Some(known) => known.join(&Facts::none(), folded, &Facts::none()),
            None => folded,
        };
        self.places.insert(place, joined);
    }

    /// Notes a value with which a continuation is resumed.
    pub(crate) fn resume(&mut self, continuation: ExprId, value: Value, facts: &Facts) {
        let joined = match self.resumed.remove(&continuation) {
            Some((known, known_facts)) => (known.join(&known_facts, value, facts), known_facts.or(facts)),
            None => (value, facts.clone()),
        };
        self.resumed.insert(continuation, joined);
    }
}
