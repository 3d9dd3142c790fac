//! What `askfirst.toml` says: the features of an app, the data that each may use, and how each asks.

mod apply;
mod find;
mod gates;
mod model;
mod pattern;
mod raw;
mod read;
#[cfg(test)]
mod tests;

pub use find::{FILE_NAME, Folder, NearestFiles, PolicySet, nearest, nearest_to_run};
pub use model::*;
pub use raw::json_schema;
pub use read::PolicyErrors;
