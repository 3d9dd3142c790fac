//! Reports: the one place where conclusions become text. [`words`] holds all wording; the other modules only lay it out.
//!
//! Reports read a finished [`Scan`](crate::scan::Scan) and never look at the scanned tree, the clock or the environment, so the same
//! scan always reads the same. What comes from scanned files is untrusted and goes through [`escape`].

mod advice;
mod blocks;
mod by_policy;
pub mod chain;
pub mod escape;
pub mod inventory;
pub mod json;
mod needs;
pub mod pretty;
pub mod short;
pub mod summary;
pub mod suppressed;
#[cfg(test)]
mod tests;
pub mod words;

/// How text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
    /// With box-drawing characters; otherwise plain ASCII.
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
}
