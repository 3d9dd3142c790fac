//! Reports: the one place where conclusions become text. [`words`] holds all wording; the other modules only lay it out.
//!
//! Reports read a finished [`Scan`](crate::scan::Scan) and never look at the scanned tree, the clock or the environment, so the same
//! scan always reads the same. What comes from scanned files is untrusted and goes through [`escape`].

mod advice;
mod blocks;
mod by_policy;
pub mod chain;
pub mod checkstyle;
pub mod difference;
pub mod escape;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod inventory;
pub mod json;
pub mod junit;
pub mod markdown;
mod needs;
pub mod pretty;
pub mod rule_pages;
pub mod sarif;
pub mod short;
pub mod summary;
pub mod suppressed;
#[cfg(test)]
mod tests;
mod worded;
pub mod words;
pub mod xcode;
mod xml;

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
