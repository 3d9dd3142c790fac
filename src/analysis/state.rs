//! The state of the walk at one program point.

use std::collections::BTreeMap;

use super::facts::{FactSet, Facts};
use super::value::Value;
use crate::evidence::Target;

/// What is known at a reachable point.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) struct State {
    /// Facts that hold.
    pub(crate) facts: Facts,
    /// Values of locals, and of fields since their last write here.
    pub(crate) places: BTreeMap<Target, Value>,
}

/// A state, or none where control does not come.
pub(crate) type Flow = Option<State>;

impl State {
    /// The state with more facts.
    pub(crate) fn with(mut self, facts: &Facts) -> State {
        self.facts = self.facts.and(facts);
        self
    }

    /// Forgets what is known of fields: code that may write them has run.
    pub(crate) fn forget_fields(&mut self) {
        self.places.retain(|place, _| !place.is_field());
    }
}

/// The state where two paths meet.
pub(crate) fn join(left: Flow, right: Flow) -> Flow {
    let (left, right) = match (left, right) {
        (Some(left), Some(right)) => (left, right),
        (one, None) | (None, one) => return one,
    };
    let mut places = BTreeMap::new();
    let mut others = right.places;
    for (place, value) in left.places {
        if let Some(other) = others.remove(&place) {
            let joined = if value == other { value } else { value.join(&left.facts, other, &right.facts) };
            if joined != Value::Unknown {
                places.insert(place, joined);
            }
        }
    }
    Some(State { facts: left.facts.or(&right.facts), places })
}

/// The state under an assumption; none when it cannot hold.
pub(crate) fn assume(flow: Flow, facts: &FactSet) -> Flow {
    match (flow, facts) {
        (Some(state), Some(facts)) => Some(state.with(facts)),
        _ => None,
    }
}
