//! A path or proof as numbered steps, each with its place.

use super::words::{StepKind, WordedStep};
use crate::scan::Scan;

/// Calls in a row that are all shown; of longer rows the middle is left out.
const LONGEST_ROW: usize = 5;
/// How many are shown at each end of a row that is cut.
const KEPT: usize = 2;

/// One line of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'s> {
    /// A step, and its number from 1.
    Step(usize, &'s WordedStep),
    /// So many calls are left out.
    LeftOut(usize),
}

impl Line<'_> {
    /// In words: `2. calls `load`, at app/Screen.kt:4`.
    pub fn text(&self, scan: &Scan, unicode: bool) -> String {
        match self {
            Self::Step(number, step) => format!("{number}. {}", with_place(step, scan)),
            Self::LeftOut(count) => {
                let dots = if unicode { "…" } else { "..." };
                format!("   {dots} {count} more calls {dots}")
            }
        }
    }
}

/// The lines of a chain. Only calls are left out: where it starts, what is checked, and the access are the point of it.
pub fn lines(steps: &[WordedStep]) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut index = 0;
    while index < steps.len() {
        let row = steps[index..].iter().take_while(|step| step.kind == StepKind::Call).count();
        if row > LONGEST_ROW {
            lines.extend((index..index + KEPT).map(|at| Line::Step(at + 1, &steps[at])));
            lines.push(Line::LeftOut(row - 2 * KEPT));
            lines.extend((index + row - KEPT..index + row).map(|at| Line::Step(at + 1, &steps[at])));
        } else {
            lines.extend((index..index + row.max(1)).map(|at| Line::Step(at + 1, &steps[at])));
        }
        index += row.max(1);
    }
    lines
}

/// `calls `load`, at app/Screen.kt:4`
pub fn with_place(step: &WordedStep, scan: &Scan) -> String {
    let (path, at) = scan.locate(step.place);
    let text = if step.kind == StepKind::Access { "the access" } else { &step.text };
    format!("{text}, at {path}:{}", at.line)
}
