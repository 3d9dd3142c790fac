//! The catalogue: which symbols are accesses, which are checks, and which permission each needs. Data from `rules/`, not code.

mod index;
mod model;
pub mod schema;

pub use index::{Entry, Index, accessor_twin, setter_name};
pub use model::*;
