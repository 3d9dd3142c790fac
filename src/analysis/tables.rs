//! What is known about functions, fields and closures of a program between two rounds of the fixpoint.
//!
//! All tables start at the top of the lattice (nothing reached, nothing written, never called) and only lose knowledge from
//! round to round, so that the rounds end in the greatest fixpoint.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::facts::{FactSet, Facts, Subject, either};
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
    fn tells(&self, known: &Facts) -> bool {
        self.facts.beyond(known).tell() || self.args.iter().any(|arg| arg.tells(known))
    }

    pub(crate) fn join(self, other: Promise) -> Promise {
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

/// A call site of a function of the program.
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

impl CallSite {
    pub(crate) fn join(self, other: CallSite) -> CallSite {
        let args = self.args.into_iter().zip(other.args).map(|(left, right)| left.join(&self.facts, right, &other.facts)).collect();
        CallSite { facts: self.facts.or(&other.facts), args, ..self }
    }
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
    /// Fields of which nobody knows anything before the first write was seen.
    pub(crate) awaited: BTreeSet<Target>,
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
    /// What is known wherever an instance of a class is made.
    pub(crate) built: BTreeMap<TypeId, Facts>,
}

/// An entry of the tables, for telling who depends on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Summary(FunctionId),
    /// What holds at a function's entry.
    Entry(FunctionId),
    Place(Target),
    /// Calls of what a place keeps.
    Stored(Target),
    Closure(ExprId),
    Resumed(ExprId),
    Requests,
    Built(TypeId),
    Shared(Target),
}

/// The tables of the round before, as one walk sees them: it notes what it looks at.
pub(crate) struct View<'a> {
    tables: &'a Tables,
    reads: RefCell<BTreeSet<Key>>,
}

impl<'a> View<'a> {
    pub(crate) fn new(tables: &'a Tables) -> Self {
        Self { tables, reads: RefCell::default() }
    }

    /// Everything that was looked at.
    pub(crate) fn into_reads(self) -> BTreeSet<Key> {
        self.reads.into_inner()
    }

    fn read(&self, key: Key) -> &'a Tables {
        self.reads.borrow_mut().insert(key);
        self.tables
    }

    pub(crate) fn summary(&self, function: FunctionId) -> Option<&'a Summary> {
        self.read(Key::Summary(function)).summaries.get(&function)
    }

    /// Facts and arguments at each known call site of a function; none when there is none.
    pub(crate) fn sites(&self, function: FunctionId) -> Option<impl Iterator<Item = Promise> + 'a> {
        let sites = self.read(Key::Entry(function)).sites.get(&function)?;
        Some(sites.values().map(|site| Promise { facts: site.facts.clone(), args: site.args.clone() }))
    }

    pub(crate) fn place(&self, place: Target) -> Option<&'a Value> {
        self.read(Key::Place(place)).places.get(&place)
    }

    /// Whether writes of a place are still to be seen.
    pub(crate) fn is_awaited(&self, place: Target) -> bool {
        self.read(Key::Place(place)).awaited.contains(&place)
    }

    /// Calls of what a place keeps, by method.
    pub(crate) fn stored_calls(&self, place: Target) -> impl Iterator<Item = (&'a Option<String>, &'a Promise)> {
        let calls = self.read(Key::Stored(place)).stored_calls.range((place, None)..);
        calls.take_while(move |((kept, _), _)| *kept == place).map(|((_, method), promise)| (method, promise))
    }

    pub(crate) fn closure_uses(&self, closure: ExprId) -> Option<&'a Promise> {
        self.read(Key::Closure(closure)).closure_uses.get(&closure)
    }

    pub(crate) fn resumed(&self, continuation: ExprId) -> Option<&'a (Value, Facts)> {
        self.read(Key::Resumed(continuation)).resumed.get(&continuation)
    }

    pub(crate) fn requests(&self) -> &'a BTreeSet<(TypeId, Option<u32>, Vec<Subject>)> {
        &self.read(Key::Requests).requests
    }

    /// What is known wherever an instance of one of some classes is made; none when none is.
    pub(crate) fn built(&self, classes: &[TypeId]) -> FactSet {
        let facts = classes.iter().map(|&class| self.read(Key::Built(class)).built.get(&class).cloned());
        facts.fold(None, either)
    }

    pub(crate) fn is_shared(&self, place: Target) -> bool {
        self.read(Key::Shared(place)).shared.contains_key(&place)
    }
}

impl Tables {
    /// Functions that tell their callers, or what these pass, more than was known where they start.
    pub(crate) fn telling(&self) -> impl Iterator<Item = FunctionId> {
        let telling = self.summaries.iter().filter(|(id, summary)| {
            let sites = self.sites.get(id).into_iter().flat_map(BTreeMap::values);
            let before = sites.map(|site| site.facts.clone()).reduce(|left, right| left.or(&right)).unwrap_or_default();
            let at_return = match (&summary.value, &summary.always) {
                (Some(_), None) => true,
                (Some(value), Some(always)) => value.tells(&before) || always.beyond(&before).tell(),
                (None, _) => false,
            };
            at_return || summary.calls.values().any(|promise| promise.tells(&before))
        });
        telling.map(|(id, _)| *id)
    }

    /// Fields and variables that hold something that tells, or keep code that is told something where it is called.
    pub(crate) fn telling_places(&self) -> impl Iterator<Item = Target> {
        let nothing = Facts::none();
        let held = self.places.iter().filter(|(_, value)| value.tells(&Facts::none())).map(|(place, _)| *place);
        let called = self.stored_calls.iter().filter(move |(_, promise)| promise.tells(&nothing)).map(|((place, _), _)| *place);
        held.chain(called)
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

    /// Notes what is known where an instance of a class is made.
    pub(crate) fn build(&mut self, class: TypeId, facts: &Facts) {
        let joined = self.built.get(&class).map_or_else(|| facts.clone(), |known| known.or(facts));
        self.built.insert(class, joined);
    }

    /// Every entry, by key.
    pub(crate) fn keys(&self) -> BTreeSet<Key> {
        let mut keys = BTreeSet::new();
        keys.extend(self.summaries.keys().map(|function| Key::Summary(*function)));
        keys.extend(self.sites.keys().map(|function| Key::Entry(*function)));
        keys.extend(self.places.keys().map(|place| Key::Place(*place)));
        keys.extend(self.stored_calls.keys().map(|(place, _)| Key::Stored(*place)));
        keys.extend(self.closure_uses.keys().map(|closure| Key::Closure(*closure)));
        keys.extend(self.resumed.keys().map(|at| Key::Resumed(*at)));
        keys.extend(self.built.keys().map(|class| Key::Built(*class)));
        keys.extend(self.shared.keys().map(|place| Key::Shared(*place)));
        keys.extend((!self.requests.is_empty()).then_some(Key::Requests));
        keys
    }

    /// Takes in what another walk found out about one thing.
    pub(crate) fn absorb(&mut self, other: &Tables, key: Key) {
        match key {
            Key::Summary(function) => other.summaries.get(&function).into_iter().for_each(|summary| self.absorb_summary(function, summary)),
            Key::Entry(callee) => other.sites.get(&callee).into_iter().for_each(|sites| self.absorb_sites(callee, sites)),
            Key::Place(place) => other.places.get(&place).into_iter().for_each(|value| self.write(place, value.clone(), &Facts::none())),
            Key::Stored(place) => {
                let calls = other.stored_calls.range((place, None)..).take_while(|((kept, _), _)| *kept == place);
                calls.for_each(|(key, promise)| add(&mut self.stored_calls, key.clone(), promise.clone()));
            }
            Key::Closure(closure) => {
                other.closure_uses.get(&closure).into_iter().for_each(|promise| add(&mut self.closure_uses, closure, promise.clone()));
            }
            Key::Resumed(at) => other.resumed.get(&at).into_iter().for_each(|(value, facts)| self.resume(at, value.clone(), facts)),
            Key::Built(class) => other.built.get(&class).into_iter().for_each(|facts| self.build(class, facts)),
            Key::Shared(place) => self.shared.extend(other.shared.get_key_value(&place).map(|(place, ())| (*place, ()))),
            Key::Requests => self.requests.extend(other.requests.iter().cloned()),
        }
    }

    fn absorb_summary(&mut self, function: FunctionId, summary: &Summary) {
        let known = self.summaries.entry(function).or_default();
        if summary.value.is_some() {
            known.value = summary.value.clone();
            known.always = summary.always.clone();
        }
        for (call, promise) in &summary.calls {
            add(&mut known.calls, call.clone(), promise.clone());
        }
    }

    fn absorb_sites(&mut self, callee: FunctionId, sites: &BTreeMap<ExprId, CallSite>) {
        let known = self.sites.entry(callee).or_default();
        for (&at, site) in sites {
            let joined = match known.remove(&at) {
                Some(first) => first.join(site.clone()),
                None => site.clone(),
            };
            known.insert(at, joined);
        }
    }

    /// Puts in place of everything that is known of one thing what `other`, which speaks of nothing else, says; tells whether that is news.
    pub(crate) fn replace(&mut self, key: Key, mut other: Tables) -> bool {
        fn put<K: Ord, V: PartialEq>(table: &mut BTreeMap<K, V>, other: &mut BTreeMap<K, V>, key: K) -> bool {
            match other.remove(&key) {
                Some(value) => {
                    let is_news = table.get(&key) != Some(&value);
                    table.insert(key, value);
                    is_news
                }
                None => table.remove(&key).is_some(),
            }
        }
        match key {
            Key::Summary(function) => put(&mut self.summaries, &mut other.summaries, function),
            Key::Entry(callee) => put(&mut self.sites, &mut other.sites, callee),
            Key::Place(place) => put(&mut self.places, &mut other.places, place),
            Key::Closure(closure) => put(&mut self.closure_uses, &mut other.closure_uses, closure),
            Key::Resumed(at) => put(&mut self.resumed, &mut other.resumed, at),
            Key::Built(class) => put(&mut self.built, &mut other.built, class),
            Key::Shared(place) => put(&mut self.shared, &mut other.shared, place),
            Key::Requests => std::mem::replace(&mut self.requests, other.requests.clone()) != other.requests,
            Key::Stored(place) => {
                let known: Vec<_> = self.stored_calls.range((place, None)..).take_while(|((kept, _), _)| *kept == place).map(|(key, _)| key.clone()).collect();
                let before: BTreeMap<_, _> = known.into_iter().filter_map(|key| self.stored_calls.remove_entry(&key)).collect();
                let is_news = before != other.stored_calls;
                // Few entries into many: `append` would rebuild the whole map.
                self.stored_calls.extend(other.stored_calls);
                is_news
            }
        }
    }

    /// What holds by these tables and by those of the round before.
    pub(crate) fn met(mut self, before: &Tables) -> Tables {
        for (function, summary) in &mut self.summaries {
            let Some(known) = before.summaries.get(function) else { continue };
            let nothing = Facts::none();
            summary.value = match (summary.value.take(), &known.value) {
                (Some(value), Some(known_value)) if value != *known_value => {
                    let (here, there) = (summary.always.as_ref().unwrap_or(&nothing), known.always.as_ref().unwrap_or(&nothing));
                    Some(value.join(here, known_value.clone(), there))
                }
                (value, _) => value,
            };
            summary.always = either(summary.always.take(), known.always.clone());
            known.calls.iter().for_each(|(call, promise)| add(&mut summary.calls, call.clone(), promise.clone()));
        }
        for (callee, sites) in &mut self.sites {
            for (at, known) in before.sites.get(callee).into_iter().flatten() {
                if let Some(site) = sites.remove(at) {
                    sites.insert(*at, site.join(known.clone()));
                }
            }
        }
        before.places.iter().for_each(|(place, value)| self.write(*place, value.clone(), &Facts::none()));
        before.stored_calls.iter().for_each(|(key, promise)| add(&mut self.stored_calls, key.clone(), promise.clone()));
        before.closure_uses.iter().for_each(|(key, promise)| add(&mut self.closure_uses, *key, promise.clone()));
        before.resumed.iter().for_each(|(at, (value, facts))| self.resume(*at, value.clone(), facts));
        before.built.iter().for_each(|(class, facts)| self.build(*class, facts));
        self
    }
}
