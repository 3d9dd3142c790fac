//! Files in TOML that people write: past every mistake to what they say, and mistakes that are shown like errors in code.

mod decode;
mod mistake;
mod shapes;

pub(crate) use decode::{Decoded, decode};
pub use mistake::Mistake;
pub(crate) use mistake::{Problems, suggestion};
pub(crate) use shapes::{Refused, Shapes, TextOr, Whole, read, read_text_or};
