//! Loops over lists of permissions or answers: the position in the list, and the flags that rounds raise or lower.

use super::expressions::MAX_LOOP_ROUNDS;
use super::{FrameKind, Walker};
use crate::analysis::facts::{Facts, either};
use crate::analysis::state::{Flow, State, assume, join};
use crate::analysis::value::{Alternative, Key, Value};
use crate::evidence::{Binding, Target, VariableId};
use crate::ir::{Call, CompareOp, Expr, ExprId, ExprKind, Literal, LoopKind, Param};

/// A loop that writes more flags than this is not looked into.
const MAX_FLAGS: usize = 4;

impl<'a, 'm> Walker<'a, 'm> {
    /// Over permissions or answers: what the body finds out of its element when it comes to its end, it finds out of each.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn eval_for_each(
        &mut self,
        expr: &'m Expr,
        labels: Vec<String>,
        positions: &[VariableId],
        bindings: &'m [Param],
        subject: Value,
        body: &'m Expr,
        flow: &mut Flow,
    ) -> Value {
        let (element, list) = self.element_value(&subject, expr.id);
        self.elements.push((expr.id, list.clone()));
        let flags = if element == Value::Unknown { Vec::new() } else { self.flags_before(body, flow) };
        let mut entry = flow.take();
        // There are rounds only where there is something to go through.
        let there = subject.facts_if(&Key::NonNull);
        for round in 0..=MAX_LOOP_ROUNDS {
            let mut back = None;
            let start = entry.clone();
            let (after, _) = self.in_frame(FrameKind::Loop, labels.clone(), |walker| {
                let mut inside = assume(start.clone(), &there);
                for binding in bindings {
                    if let (Some(&id), Some(state)) = (walker.resolution.declared.get(&(expr.id, binding.name.clone())), inside.as_mut()) {
                        walker.declared_depth.insert(id, walker.closure_depth);
                        state.places.insert(Target::Variable(id), element.clone());
                    }
                }
                if let Some(state) = inside.as_mut() {
                    state.places.extend(positions.iter().map(|id| (Target::Variable(*id), Value::Position(expr.id))));
                }
                let round = inside.clone();
                walker.eval(body, &mut inside);
                if let Some(frame) = walker.frames.last_mut() {
                    inside = join(inside, frame.continues.take());
                }
                let of_all = inside.as_ref().map_or(Facts::none(), |state| walker.of_all(&state.facts, expr.id, &list));
                back = walker.without_elements(inside);
                let is_settled = join(start.clone(), back.clone()) == start;
                let mut end = join(start, back.clone()).map(|state| state.with(&of_all));
                if is_settled {
                    walker.settle_flags(&flags, (&labels, &round), body, (expr.id, &list), &mut end);
                }
                (end, Value::Unknown)
            });
            let next = join(entry.clone(), back);
            if next == entry || round == MAX_LOOP_ROUNDS {
                *flow = after;
                break;
            }
            entry = next;
        }
        self.elements.pop();
        Value::Unknown
    }

    /// The list that a loop goes through where its head counts (`p.indices`, `0 until p.size`, `0..<p.count`) or gives both position and
    /// element (`p.withIndex()`), with the variables that hold the position. Else what the head is.
    pub(super) fn counted(&mut self, expr: &'m Expr, head: Option<&'m Expr>, subject: Value, bindings: &'m [Param], flow: &Flow) -> (Value, Vec<VariableId>) {
        let counted = head.and_then(|head| numbered_list(head).filter(|_| bindings.len() == 2).or_else(|| indexed_list(head).filter(|_| bindings.len() == 1)));
        let Some(list) = counted else { return (subject, Vec::new()) };
        let position = bindings.first().and_then(|binding| self.resolution.declared.get(&(expr.id, binding.name.clone())));
        (self.eval_quietly(list, &mut flow.clone()), position.into_iter().copied().collect())
    }

    /// `for (int i = 0; i < p.length; i++)` and its kin: the list and the variable that holds the position.
    pub(super) fn index_loop(&self, kind: LoopKind, head: Option<&'m Expr>, body: &'m Expr, flow: &Flow) -> Option<(&'m Expr, VariableId)> {
        let (list, counter) = match &head.filter(|_| kind == LoopKind::While)?.kind {
            ExprKind::Compare { op: CompareOp::Less | CompareOp::NotEqual, left, right } => (measured_list(right)?, left),
            ExprKind::Compare { op: CompareOp::Greater, left, right } => (measured_list(left)?, right),
            _ => return None,
        };
        let Some(Binding::Variable(index)) = self.resolution.bindings.get(&counter.id) else { return None };
        let place = Target::Variable(*index);
        let starts_at_first = flow.as_ref()?.places.get(&place)?.single() == Some(&Key::Int(0));
        let ExprKind::Block { body: statements, .. } = &body.kind else { return None };
        let ExprKind::Assign { target, value, compound: true } = &statements.last()?.kind else { return None };
        let by_one = matches!(value.kind, ExprKind::Unknown(_) | ExprKind::Literal(Literal::Int(1)));
        let mut assigned = Vec::new();
        self.assigned_places(body, &mut assigned);
        let list_stays = self.resolution.target(list.id).is_none_or(|list| !assigned.contains(&list));
        let steps_once = self.resolution.target(target.id) == Some(place) && assigned.iter().filter(|known| **known == place).count() == 1;
        (starts_at_first && by_one && steps_once && list_stays).then_some((list, *index))
    }

    /// `p[i]`, where a loop around goes through `p` and `i` is its position: the element at hand.
    pub(super) fn element_at_position(&self, list: &Value, index: Option<&Value>) -> Option<Value> {
        let Some(Value::Position(at)) = index else { return None };
        let (element, all) = self.element_value(list, *at);
        let (_, walked) = self.elements.iter().find(|(id, _)| id == at)?;
        (element != Value::Unknown && *walked == all).then_some(element)
    }

    /// The flags that a loop's body writes, with what they are before it.
    pub(super) fn flags_before(&self, body: &'m Expr, flow: &Flow) -> Vec<(Target, Value)> {
        let mut assigned = Vec::new();
        self.assigned_places(body, &mut assigned);
        assigned.sort_unstable();
        assigned.dedup();
        let is_flag = |place: &Target| !place.is_field() && !self.is_known_shared(*place);
        let before = |place: Target| Some((place, flow.as_ref()?.places.get(&place).filter(|value| is_truth(value))?.clone()));
        let flags: Vec<(Target, Value)> = assigned.into_iter().filter(is_flag).filter_map(before).collect();
        if flags.len() > MAX_FLAGS { Vec::new() } else { flags }
    }

    /// What the flags say after a loop. One that no round raises again, and that stands, stood after each round: what a round proves by leaving
    /// it standing is proved of all elements. Otherwise some round raised it, and what that proves is proved of one.
    pub(super) fn settle_flags(
        &mut self,
        flags: &[(Target, Value)],
        round: (&[String], &Flow),
        body: &'m Expr,
        list: (ExprId, &[Alternative]),
        end: &mut Flow,
    ) {
        for (place, before) in flags {
            let from_true = self.flag_after(*place, Key::True, round, body);
            let from_false = self.flag_after(*place, Key::False, round, body);
            let (Some(from_true), Some(from_false), Some(state)) = (from_true, from_false, end.as_mut()) else { continue };
            let settled = |key: &Key, stays: &Value, turns: &Value, other: &Key| {
                let at_first = before.facts_if(key);
                let raised = turns.facts_if(key);
                if raised.is_none() {
                    let each = stays.facts_if(key).map_or(Facts::none(), |facts| self.of_all(&facts, list.0, list.1));
                    return at_first.map(|facts| facts.and(&each));
                }
                let is_kept = stays.facts_if(other).is_none();
                let last = if is_kept { raised } else { either(raised, stays.facts_if(key)) };
                either(at_first, last.map(|facts| self.of_some(&facts)))
            };
            let yes = settled(&Key::True, &from_true, &from_false, &Key::False);
            let no = settled(&Key::False, &from_false, &from_true, &Key::True);
            match Value::truth(yes, no) {
                Value::Unknown => {}
                settled => {
                    state.places.insert(*place, settled);
                }
            }
        }
    }

    /// What a flag is after a round that it enters as `key`; none when it may be something else than true or false.
    fn flag_after(&mut self, place: Target, key: Key, round: (&[String], &Flow), body: &'m Expr) -> Option<Value> {
        let (labels, start) = round;
        let mut inside: Flow = start.clone();
        inside.as_mut()?.places.insert(place, Value::key(key));
        let end = self.quietly(|walker| {
            let mut end = None;
            walker.in_frame(FrameKind::Loop, labels.to_vec(), |walker| {
                walker.eval(body, &mut inside);
                let continues = walker.frames.last_mut().and_then(|frame| frame.continues.take());
                end = join(inside.take(), continues);
                (None, Value::Unknown)
            });
            end
        });
        match end {
            None => Some(Value::Choice { known: Vec::new(), rest: None }),
            Some(State { places, .. }) => places.get(&place).filter(|value| is_truth(value)).cloned(),
        }
    }
}

/// Whether a value is true or false and nothing else.
fn is_truth(value: &Value) -> bool {
    matches!(value, Value::Choice { known, rest: None } if known.iter().all(|(key, _)| matches!(key, Key::True | Key::False)))
}

/// X of `X.length`, `X.size()`, `X.count`.
fn measured_list(expr: &Expr) -> Option<&Expr> {
    const MEASURES: [&str; 4] = ["length", "size", "count", "len"];
    match &expr.kind {
        ExprKind::Member { receiver, name, .. } => MEASURES.contains(&name.as_str()).then_some(receiver),
        ExprKind::Call(call) => call.receiver.as_ref().filter(|_| call.args.is_empty() && MEASURES.contains(&call.name.as_str())),
        _ => None,
    }
}

/// X of `X.indices`, `0 until X.size`, `0..<X.count`.
fn indexed_list(head: &Expr) -> Option<&Expr> {
    match &head.kind {
        ExprKind::Member { receiver, name, .. } if name == "indices" => Some(receiver),
        ExprKind::Call(call) if call.name == "until" && call.receiver.as_ref().is_some_and(is_zero) => measured_list(&call.args.first()?.value),
        // A range, whose operator is not kept: one that took in the end would fail there.
        ExprKind::Unknown(ends) => match ends.as_slice() {
            [first, end] if is_zero(first) => measured_list(end),
            _ => None,
        },
        _ => None,
    }
}

/// X of `X.withIndex()`, `X.enumerated()`.
fn numbered_list(head: &Expr) -> Option<&Expr> {
    let ExprKind::Call(call) = &head.kind else { return None };
    let Call { receiver, name, .. } = &**call;
    receiver.as_ref().filter(|_| ["withIndex", "enumerated"].contains(&name.as_str()))
}

fn is_zero(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(Literal::Int(0)))
}
