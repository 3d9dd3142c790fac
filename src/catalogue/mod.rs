//! The catalogue: which symbols are accesses, which are checks, and which permission each needs. Data from `rules/`, not code.
//!
//! [`schema`] is what a rule file may say, [`load`] turns rule files into the [`Catalogue`] or into errors with positions.

mod index;
pub mod load;
mod model;
mod names;
mod objc2;
pub mod schema;
mod shapes;

pub use index::{Entry, Index, accessor_twin, setter_name};
pub use load::{RuleSource, embedded, with_folder};
pub use model::*;
pub use names::{accessor_spellings, capitalised, decapitalised, package_of};
pub(crate) use objc2::is_initializer;
