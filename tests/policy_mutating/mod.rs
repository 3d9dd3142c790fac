//! Mutants of a project with a policy: a gate is removed, asks for something else or stands on the other branch, or the policy says less.

mod keys;
pub mod policies;

pub use keys::{swap, tokens};
