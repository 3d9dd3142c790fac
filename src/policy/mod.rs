//! What `askfirst.toml` says: the features of an app, the data that each may use, and how each asks.

mod model;
mod raw;

pub use model::*;
pub use raw::json_schema;
