//! The catalogue: which symbols are accesses, which are checks, and which permission each needs. Data from `rules/`, not code.

mod model;
pub mod schema;

pub use model::*;
