//! Long chains of one operator. The parser nests them to the left, one level an operand; generated code has thousands.

use crate::ir::Expr;
use crate::source::Span;

/// Chains up to this length keep the shape of the source; longer ones are balanced, which means the same for `&&`, `||` and `??`.
const LONGEST_PLAIN_CHAIN: usize = 32;

/// The operands of a left-nested chain in source order. `operands` splits a link into its left and right side, and answers `None`
/// for what is no link.
pub(crate) fn flatten_left<N: Copy>(node: N, operands: impl Fn(N) -> Option<(N, N)>) -> Vec<N> {
    let mut flat = Vec::new();
    let mut link = node;
    while let Some((left, right)) = operands(link) {
        flat.push(right);
        link = left;
    }
    flat.push(link);
    flat.reverse();
    flat
}

/// How many levels [`join`] nests `count` operands.
pub(crate) fn levels(count: usize) -> u32 {
    if count <= LONGEST_PLAIN_CHAIN { count as u32 } else { count.ilog2() + 1 }
}

/// Nests operands pairwise with `pair`, which gets the span of both.
pub(crate) fn join(mut operands: Vec<Expr>, pair: &mut dyn FnMut(Span, Expr, Expr) -> Expr) -> Option<Expr> {
    let mut both = |left: Expr, right: Expr| {
        let span = Span { start: left.span.start.min(right.span.start), end: left.span.end.max(right.span.end) };
        pair(span, left, right)
    };
    if operands.len() <= LONGEST_PLAIN_CHAIN {
        return operands.into_iter().reduce(both);
    }
    while operands.len() > 1 {
        let mut halved = Vec::with_capacity(operands.len().div_ceil(2));
        let mut rest = operands.into_iter();
        while let Some(left) = rest.next() {
            halved.push(match rest.next() {
                Some(right) => both(left, right),
                None => left,
            });
        }
        operands = halved;
    }
    operands.pop()
}
