//! Evaluation of expressions: state in, state and value out.

use super::{Frame, FrameKind, Walker, check_origin, handled};
use crate::analysis::facts::{FactSet, Facts, both};
use crate::analysis::state::{Flow, State, assume, join};
use crate::analysis::value::{Alternative, Key, Value};
use crate::evidence::{Binding, Target};
use crate::ir::{Arm, Catch, ExitKind, Expr, ExprKind, FunctionKind, Literal, LoopKind, Param, Pattern, TypeKind, walk};
use crate::source::{Language, Platform, Span};
use crate::verdict::CheckHow;

/// Rounds after which a loop's state is cut down to what cannot change any more.
pub(super) const MAX_LOOP_ROUNDS: u32 = 6;

impl<'a, 'm> Walker<'a, 'm> {
    /// Evaluates an expression: `flow` becomes the state after it.
    pub(crate) fn eval(&mut self, expr: &'m Expr, flow: &mut Flow) -> Value {
        if flow.is_none() {
            return Value::Unknown;
        }
        match &expr.kind {
            ExprKind::Block { label, body } => self.eval_block(label.as_deref(), body, flow),
            ExprKind::Let { name, ty, value, .. } => {
                value.iter().for_each(|value| self.hand_out_box(value, ty.as_ref()));
                let value = self.eval_optional(value.as_deref(), flow);
                if let Some(&id) = self.resolution.declared.get(&(expr.id, name.clone())) {
                    self.declared_depth.insert(id, self.closure_depth);
                    self.store(Target::Variable(id), value, flow);
                }
                Value::Unknown
            }
            ExprKind::FieldInit { value, .. } => {
                let evaluated = self.eval(value, flow);
                if let Some(&place) = self.resolution.stored_in.get(&value.id) {
                    self.hand_out_box(value, self.declared_type(place));
                    self.store(place, evaluated, flow);
                }
                Value::Unknown
            }
            ExprKind::Assign { target, value, compound } => self.eval_assign(expr, target, value, *compound, flow),
            ExprKind::If { cond, then, otherwise } => {
                let (mut yes, mut no) = self.split(cond, flow.take());
                let then = self.eval(then, &mut yes);
                let otherwise = self.eval_optional(otherwise.as_deref(), &mut no);
                self.meet(flow, yes, then, no, otherwise)
            }
            ExprKind::Loop { kind, label, bindings, head, body } => self.eval_loop(expr, *kind, label.as_deref(), bindings, head.as_deref(), body, flow),
            ExprKind::Match { subject, binding, arms } => self.eval_match(expr, subject.as_deref(), binding.as_deref(), arms, flow),
            ExprKind::Try { body, catches, finally } => self.eval_try(body, catches, finally.as_deref(), flow),
            ExprKind::Exit { kind, label, value } => {
                value.iter().for_each(|value| self.hand_out_result(value));
                let value = self.eval_optional(value.as_deref(), flow);
                self.escape(value.clone(), flow);
                self.leave(*kind, label.as_deref(), value, flow.take());
                Value::Unknown
            }
            ExprKind::Call(call) => self.eval_call(expr, call, flow),
            ExprKind::Closure(_) => self.made(Value::Closure(expr.id), expr.id, flow),
            // Its calls are known, so it is walked with the others, with what its callers know.
            ExprKind::LocalFunction(_) => Value::Unknown,
            ExprKind::Object { ty, args } => {
                for arg in args {
                    self.eval(&arg.value, flow);
                }
                if self.module.types[*ty as usize].kind == TypeKind::Anonymous { self.made(Value::Object(expr.id), expr.id, flow) } else { Value::Unknown }
            }
            ExprKind::Not(_)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::Is { .. }
            | ExprKind::Case { .. }
            | ExprKind::LetCond { .. }
            | ExprKind::Available { .. } => self.eval_condition(expr, flow),
            ExprKind::Compare { op, left, right } => {
                let first = self.eval(left, flow);
                let second = self.eval(right, flow);
                self.compare(*op, (left, first), (right, second))
            }
            ExprKind::Coalesce(left, right) => {
                // `check()?;` looks at nothing but whether it failed.
                if self.discarded == Some(expr.id) && matches!(right.kind, ExprKind::Exit { .. }) {
                    self.discarded = Some(left.id);
                }
                let first = self.eval(left, flow);
                let present = assume(flow.clone(), &first.facts_if(&Key::NonNull));
                let mut absent = assume(flow.take(), &first.facts_if(&Key::Null));
                let second = self.eval(right, &mut absent);
                let first = match (&first, second.single()) {
                    // `answers[P] ?: false`
                    (Value::Answers(_), Some(Key::True | Key::False)) => {
                        let (yes, no) = self.truth_of(&first);
                        Value::truth(yes, no)
                    }
                    _ => first.present(),
                };
                self.meet(flow, present, first, absent, second)
            }
            ExprKind::Member { receiver, name, .. } => {
                let value = self.eval_member(expr, receiver, name, flow);
                self.gated_read(expr, value, flow)
            }
            ExprKind::Index { receiver, args } => {
                let receiver = self.eval(receiver, flow);
                let index = args.iter().map(|arg| self.eval(arg, flow)).collect::<Vec<_>>();
                self.element_at(receiver, args.first(), index.first())
            }
            ExprKind::Name(name) => {
                let value = self.eval_name(expr, name, flow);
                self.gated_read(expr, value, flow)
            }
            ExprKind::Literal(literal) => match literal {
                Literal::Bool(true) => Value::key(Key::True),
                Literal::Bool(false) => Value::key(Key::False),
                Literal::Null => Value::key(Key::Null),
                Literal::Int(number) => Value::key(Key::Int(*number)),
                Literal::Text(text) => self.permission_text(text),
                Literal::Other => Value::Unknown,
            },
            ExprKind::Collection(items) => {
                let items: Vec<Value> = items.iter().map(|item| self.eval(item, flow)).collect();
                self.collection(items)
            }
            ExprKind::Cast { value, ty, safe } => {
                let value = self.eval(value, flow);
                self.cast(value, ty.simple_name(), *safe, flow)
            }
            ExprKind::FunctionRef { receiver, .. } => {
                self.eval_optional(receiver.as_deref(), flow);
                if let Some(state) = flow.as_ref() {
                    let facts = state.facts.clone();
                    self.observe_accesses(expr, expr.span, &facts);
                }
                self.referred_to(expr.id).map_or(Value::Unknown, |callees| Value::Functions(callees.to_vec()))
            }
            ExprKind::Unknown(items) => {
                for item in items {
                    let value = self.eval(item, flow);
                    self.escape(value, flow);
                }
                self.forget_address(items, flow);
                Value::Unknown
            }
            ExprKind::This(None) => {
                self.observe_self(flow);
                self.this_value.clone().unwrap_or(Value::Unknown)
            }
            ExprKind::This(_) | ExprKind::Super | ExprKind::Implicit | ExprKind::ClassRef(_) => Value::Unknown,
        }
    }

    /// `decision as? Decision.Granted`: present if it is that case. Any other cast keeps the value.
    fn cast(&self, value: Value, name: &str, safe: bool, flow: &mut Flow) -> Value {
        let key = Key::Constant(name.to_owned());
        if !value.names(&key) {
            return value;
        }
        if safe {
            return Value::one_of(Key::NonNull, value.facts_if(&key), Key::Null, value.facts_unless(&key));
        }
        *flow = assume(flow.take(), &value.facts_if(&key));
        value
    }

    /// `&error`: whoever gets the address may write it.
    fn forget_address(&self, items: &'m [Expr], flow: &mut Flow) {
        if let ([item], Some(state), Platform::Apple) = (items, flow, self.language().platform())
            && let Some(place) = self.resolution.target(item.id)
        {
            state.places.remove(&place);
        }
    }

    pub(super) fn eval_optional(&mut self, expr: Option<&'m Expr>, flow: &mut Flow) -> Value {
        expr.map_or(Value::Unknown, |expr| self.eval(expr, flow))
    }

    /// Joins two paths with their values.
    pub(super) fn meet(&mut self, flow: &mut Flow, left: Flow, left_value: Value, right: Flow, right_value: Value) -> Value {
        let value = match (&left, &right) {
            (Some(here), Some(there)) => self.joined(left_value, &here.facts, right_value, &there.facts),
            (Some(_), None) => left_value,
            (None, Some(_)) => right_value,
            (None, None) => Value::Unknown,
        };
        *flow = join(left, right);
        value
    }

    fn eval_block(&mut self, label: Option<&str>, body: &'m [Expr], flow: &mut Flow) -> Value {
        if let Some(label) = label {
            let state = flow.take();
            let (after, value) = self.in_frame(FrameKind::Block, vec![label.to_owned()], |walker| {
                let mut flow = state;
                let value = walker.eval_block(None, body, &mut flow);
                (flow, value)
            });
            *flow = after;
            return value;
        }
        let mut last = Value::Unknown;
        for (index, statement) in body.iter().enumerate() {
            let is_last = index + 1 == body.len();
            self.discarded = (!is_last || self.value_is_unused()).then_some(statement.id);
            last = self.eval(statement, flow);
            if !is_last {
                let value = std::mem::replace(&mut last, Value::Unknown);
                self.escape(value, flow);
            }
        }
        last
    }

    /// The last statement of a body without result is discarded like the others.
    fn value_is_unused(&self) -> bool {
        let function = &self.module.functions[self.function as usize];
        self.closure_depth == 0 && self.frames.len() == 1 && !function.is_expression_body && function.kind != FunctionKind::Getter
    }

    fn eval_assign(&mut self, expr: &'m Expr, target: &'m Expr, value: &'m Expr, compound: bool, flow: &mut Flow) -> Value {
        self.hand_out_box(value, self.resolution.target(target.id).and_then(|place| self.declared_type(place)));
        let mut evaluated = self.eval(value, flow);
        match &target.kind {
            ExprKind::Member { receiver, .. } => {
                self.eval(receiver, flow);
            }
            ExprKind::Index { receiver, args } => {
                self.eval(receiver, flow);
                for arg in args {
                    self.eval(arg, flow);
                }
            }
            ExprKind::Name(_) => {}
            _ => {
                self.eval(target, flow);
            }
        }
        if let (Some(state), false) = (flow.as_ref(), self.accesses_at(expr.id).is_empty()) {
            // `showsUserLocation = granted`: the access happens only when the value says so.
            let facts = evaluated.facts_if(&Key::True).map_or_else(|| state.facts.clone(), |yes| state.facts.and(&yes));
            self.observe_accesses(expr, member_span(target), &facts);
        }
        if compound {
            evaluated = Value::Unknown;
        }
        let place = self.resolution.stored_in.get(&value.id).copied().or_else(|| self.resolution.target(target.id));
        match place {
            Some(place) => self.store(place, evaluated.clone(), flow),
            None => self.escape(evaluated.clone(), flow),
        }
        self.run_setter(target, flow);
        if super::calls::is_callable(&evaluated) { Value::Unknown } else { evaluated }
    }

    /// Observers and setters of this module's own properties run with what is known at the write.
    fn run_setter(&mut self, target: &'m Expr, flow: &Flow) {
        let Some(Binding::Field(field)) = self.resolution.bindings.get(&target.id) else { return };
        let setter = self.module.types[field.ty as usize].fields[field.index as usize].setter.filter(|_| !self.resolution.is_variable(target.id));
        if let (Some(setter), Some(state)) = (setter, flow) {
            let facts = state.facts.clone();
            self.observe_site(setter, target.id, member_span(target), &facts, Vec::new());
        }
    }

    /// Writes a place: fields and shared variables also remember all writes together.
    pub(super) fn store(&mut self, place: Target, value: Value, flow: &mut Flow) {
        self.keep(place, &value, None, flow);
        let is_shared = self.is_shared(place);
        let value = self.spelled_out(place, value);
        let value = if place.is_field() { self.passed_feature(value) } else { value };
        let Some(state) = flow else { return };
        if place.is_field() || is_shared {
            self.next.write(place, value.clone(), &state.facts.without_handler());
        }
        match value {
            Value::Unknown if is_shared => {
                state.places.remove(&place);
            }
            Value::Unknown => {
                state.places.insert(place, Value::something());
            }
            // Forgotten at the next call, or at once when a closure may write it at any time.
            value if !is_shared => {
                state.places.insert(place, value);
            }
            _ => {
                state.places.remove(&place);
            }
        }
    }

    /// An answer in a field that also holds other values (`.notDetermined` at first) is one of the values of its status, each with what it proves.
    fn spelled_out(&mut self, place: Target, value: Value) -> Value {
        let Target::Field(field) = place else { return value };
        let writes = self.resolution.field_values.get(&field).map_or(0, Vec::len);
        if writes > 1 || self.language() == Language::Rust { self.spelled(value) } else { value }
    }

    /// A variable that a closure writes which runs later; noted for the next round when first seen.
    fn is_shared(&mut self, place: Target) -> bool {
        if let Target::Variable(id) = place
            && self.declared_depth.get(&id).is_some_and(|&depth| depth < self.closure_depth)
        {
            self.next.shared.insert(place, ());
        }
        self.is_known_shared(place)
    }

    pub(super) fn is_known_shared(&self, place: Target) -> bool {
        !place.is_field() && (self.resolution.is_box(place) || self.next.shared.contains_key(&place) || self.known.is_shared(place))
    }

    /// The value of a place.
    pub(super) fn load(&mut self, place: Target, flow: &Flow) -> Value {
        let place = match place {
            Target::Field(field) => self.resolution.viewed(field).map_or(place, Target::Field),
            Target::Variable(_) => place,
        };
        let shared = self.is_known_shared(place);
        if let Some(state) = flow
            && !shared
            && let Some(value) = state.places.get(&place)
        {
            return value.clone();
        }
        if place.is_field() || shared {
            // A field that is only ever seen to hold one constant may be set by what is not seen here (a store, another file, a build flag).
            let written = match self.known.place(place) {
                None if self.known.is_awaited(place) => Value::none_yet(),
                // Fields that only ever hold each other's values are never written by anybody else that was seen.
                Some(value) if value.is_none_yet() && !self.known.is_awaited(place) => Value::Unknown,
                written => written.filter(|value| !value.is_constant() || self.holds_feature(place, value)).cloned().unwrap_or(Value::Unknown),
            };
            return self.or_empty(place, written);
        }
        Value::Unknown
    }

    /// What was written to a field, or what it holds before.
    fn or_empty(&self, place: Target, written: Value) -> Value {
        let Target::Field(field) = place else { return written };
        if !matches!(written, Value::Choice { .. }) || !self.resolution.empty_at_first.contains(&field) {
            return written;
        }
        let declared = self.module.types[field.ty as usize].fields[field.index as usize].ty.as_ref();
        let is_truth = declared.is_some_and(|ty| ["boolean", "Bool", "BOOL", "bool"].contains(&ty.name.as_str()));
        written.join(&Facts::none(), Value::key(if is_truth { Key::False } else { Key::Null }), &Facts::none())
    }

    fn eval_try(&mut self, body: &'m Expr, catches: &'m [Catch], finally: Option<&'m Expr>, flow: &mut Flow) -> Value {
        let before = flow.take();
        let catches_refusal = catches.iter().find(|catch| catch.types.iter().any(|ty| ty.simple_name() == "SecurityException"));
        let mut inner = before.clone();
        let already_handled = before.as_ref().is_some_and(|state| state.facts != state.facts.without_handler());
        if let (Some(catch), Some(state)) = (catches_refusal, inner.as_mut()) {
            state.facts = state.facts.and(&handled(catch.span, CheckHow::CaughtSecurityException));
        }
        self.observe_broad_catch(body, catches);
        let value = self.eval(body, &mut inner);
        if let (Some(state), false) = (inner.as_mut(), already_handled) {
            state.facts = state.facts.without_handler();
        }
        let mut assigned = Vec::new();
        self.assigned_places(body, &mut assigned);
        let at_throw = before.map(|mut state| {
            state.places.retain(|place, _| !assigned.contains(place) && !place.is_field());
            state
        });
        let mut after = inner;
        let mut result = value;
        for catch in catches {
            let mut caught = at_throw.clone();
            self.eval_optional(catch.pattern.as_ref(), &mut caught);
            let handled = self.eval(&catch.body, &mut caught);
            let mut joined = None;
            result = self.meet(&mut joined, after, result, caught, handled);
            after = joined;
        }
        if let Some(finally) = finally {
            // It also runs when something leaves or throws; what it does then is seen once, with the least that is known.
            let mut any = join(after.clone(), at_throw);
            self.eval(finally, &mut any);
            after = if any.is_none() { None } else { after };
        }
        *flow = after;
        result
    }

    /// A catch that would also swallow a refusal, for near misses.
    fn observe_broad_catch(&mut self, body: &'m Expr, catches: &'m [Catch]) {
        const BROAD: [&str; 4] = ["Exception", "RuntimeException", "Throwable", "Error"];
        let is_broad = |catch: &&Catch| catch.types.iter().any(|ty| BROAD.contains(&ty.simple_name()));
        let refusal_too = |catch: &Catch| catch.types.iter().any(|ty| ty.simple_name() == "SecurityException");
        if let (Some(catch), false) = (catches.iter().find(is_broad), catches.iter().any(refusal_too)) {
            let point = super::CheckPoint {
                span: Span::new(catch.span.start as usize, catch.body.span.start as usize),
                function: self.function,
                subjects: Vec::new(),
                is_request: false,
                is_ignored: false,
                defect: Some(crate::verdict::MissReason::BroadCatch),
                within: Some(body.span),
            };
            self.observe_check(&catch.body, point);
        }
    }

    /// Places that an expression assigns, closures included.
    pub(super) fn assigned_places(&self, expr: &'m Expr, out: &mut Vec<Target>) {
        if let ExprKind::Assign { target, .. } = &expr.kind {
            out.extend(self.resolution.target(target.id));
        }
        walk(expr, &mut |child| self.assigned_places(child, out));
    }

    pub(super) fn leave(&mut self, kind: ExitKind, label: Option<&str>, value: Value, flow: Flow) {
        let leaves_elements = kind != ExitKind::Continue && !self.elements.is_empty();
        let value = if leaves_elements { value.map_facts(&|facts| self.of_some(facts)) } else { value };
        let Some(state) = (if leaves_elements { self.without_elements(flow) } else { flow }) else { return };
        let is_target = |frame: &Frame| match (kind, label) {
            (ExitKind::Return, Some(label)) => matches!(frame.kind, FrameKind::Function | FrameKind::Lambda) && frame.labels.iter().any(|known| known == label),
            (ExitKind::Return, None) => frame.kind == FrameKind::Function,
            (ExitKind::Break, Some(label)) | (ExitKind::Continue, Some(label)) => frame.labels.iter().any(|known| known == label),
            (ExitKind::Break, None) => matches!(frame.kind, FrameKind::Loop | FrameKind::Match),
            (ExitKind::Continue, None) => frame.kind == FrameKind::Loop,
            (ExitKind::Throw, _) => false,
        };
        let Some(target) = self.frames.iter().rposition(is_target) else { return };
        let frame = &mut self.frames[target];
        if kind == ExitKind::Continue {
            frame.continues = join(frame.continues.take(), Some(state));
            return;
        }
        let value = match (frame.value.take(), frame.exits.as_ref().map(|exits| exits.facts.clone())) {
            (Some(known), Some(before)) => self.joined(known, &before, value, &state.facts),
            _ => value.folded(&state.facts),
        };
        let frame = &mut self.frames[target];
        frame.value = Some(value);
        frame.exits = join(frame.exits.take(), Some(state));
    }

    #[allow(clippy::too_many_arguments)]
    fn eval_loop(
        &mut self,
        expr: &'m Expr,
        kind: LoopKind,
        label: Option<&str>,
        bindings: &'m [Param],
        head: Option<&'m Expr>,
        body: &'m Expr,
        flow: &mut Flow,
    ) -> Value {
        let labels: Vec<String> = label.map(str::to_owned).into_iter().collect();
        if kind == LoopKind::ForEach {
            let subject = self.eval_optional(head, flow);
            let (subject, positions) = self.counted(expr, head, subject, bindings, flow);
            return self.eval_for_each(expr, labels, &positions, bindings, subject, body, flow);
        }
        if let Some((list, index)) = self.index_loop(kind, head, body, flow) {
            self.eval_optional(head, &mut flow.clone());
            let subject = self.eval(list, flow);
            return self.eval_for_each(expr, labels, &[index], &[], subject, body, flow);
        }
        let mut entry = flow.take();
        for round in 0.. {
            let (after, value, back) = self.loop_round(kind, &labels, head, body, entry.clone());
            let next = join(entry.clone(), back);
            if next == entry || entry.is_none() {
                *flow = after;
                // Only what is left by `break` alone has a value.
                return if head.is_none() { value } else { Value::Unknown };
            }
            entry = next;
            if round == MAX_LOOP_ROUNDS {
                // Joins only lose knowledge, so this is reached by contrived code alone; it then knows nothing.
                entry = Some(State::default());
            }
        }
        Value::Unknown
    }

    /// One round of a loop: the state after the loop with the value that it is left with, and the state that goes back to its start.
    fn loop_round(&mut self, kind: LoopKind, labels: &[String], head: Option<&'m Expr>, body: &'m Expr, entry: Flow) -> (Flow, Value, Flow) {
        let mut back = None;
        let (after, value) = self.in_frame(FrameKind::Loop, labels.to_vec(), |walker| {
            let test_first = kind == LoopKind::While;
            let (mut inside, mut done) = match (test_first, head) {
                (true, Some(head)) => walker.split(head, entry),
                _ => (entry, None),
            };
            walker.eval(body, &mut inside);
            if let Some(frame) = walker.frames.last_mut() {
                inside = join(inside, frame.continues.take());
            }
            if let (false, Some(head)) = (test_first, head) {
                let (again, out) = walker.split(head, inside);
                inside = again;
                done = join(done, out);
            }
            back = inside;
            (done, Value::Unknown)
        });
        (after, value, back)
    }

    /// A state where the elements at hand are no longer at hand.
    pub(super) fn without_elements(&self, flow: Flow) -> Flow {
        let mut state = flow?;
        state.facts = self.of_some(&state.facts);
        for value in state.places.values_mut() {
            *value = std::mem::replace(value, Value::Unknown).map_facts(&|facts| self.of_some(facts));
        }
        Some(state)
    }

    fn eval_match(&mut self, expr: &'m Expr, subject: Option<&'m Expr>, binding: Option<&str>, arms: &'m [Arm], flow: &mut Flow) -> Value {
        let value = self.eval_optional(subject, flow);
        if let (Some(name), Some(state)) = (binding, flow.as_mut())
            && let Some(&id) = self.resolution.declared.get(&(expr.id, name.to_owned()))
        {
            self.declared_depth.insert(id, self.closure_depth);
            state.places.insert(Target::Variable(id), value.clone());
        }
        let entry = flow.take();
        let (after, result) = self.in_frame(FrameKind::Match, Vec::new(), |walker| walker.eval_arms(expr, subject, &value, arms, entry));
        *flow = after;
        result
    }

    fn eval_arms(&mut self, expr: &'m Expr, subject: Option<&'m Expr>, value: &Value, arms: &'m [Arm], entry: Flow) -> (Flow, Value) {
        let mut unmatched = entry;
        let mut falling = None;
        let mut after = None;
        let mut result = Value::Unknown;
        // A default arm may stand before others; it takes what all of them leave.
        let has_default_first = arms.iter().position(|arm| arm.patterns.is_empty()).is_some_and(|position| position + 1 < arms.len());
        let mut left_for_default = unmatched.clone();
        if has_default_first {
            for arm in arms {
                for pattern in &arm.patterns {
                    left_for_default = self.match_pattern(expr, subject, value, pattern, left_for_default).1;
                }
            }
        }
        for arm in arms {
            let mut matched = None;
            if arm.patterns.is_empty() {
                matched = if has_default_first { left_for_default.take() } else { unmatched.take() };
            }
            for pattern in &arm.patterns {
                let (yes, no) = self.match_pattern(expr, subject, value, pattern, unmatched.take());
                matched = join(matched, yes);
                unmatched = no;
            }
            if let Some(guard) = &arm.guard {
                let (yes, no) = self.split(guard, matched);
                matched = yes;
                unmatched = join(unmatched, no);
            }
            let mut inside = join(matched, falling.take());
            let arm_value = self.eval(&arm.body, &mut inside);
            if arm.falls_through {
                falling = inside;
            } else {
                let mut joined = None;
                result = self.meet(&mut joined, after, result, inside, arm_value);
                after = joined;
            }
        }
        let is_exhaustive =
            arms.iter().any(|arm| arm.patterns.is_empty()) || matches!(self.language(), Language::Swift | Language::Rust) || names_both_booleans(arms);
        let rest = if is_exhaustive { None } else { unmatched };
        let mut joined = None;
        let leftover = join(rest, falling);
        result = if after.is_none() { Value::Unknown } else { result };
        let result = if leftover.is_some() {
            self.meet(&mut joined, after, result, leftover, Value::Unknown)
        } else {
            self.meet(&mut joined, after, result, None, Value::Unknown)
        };
        (joined, result)
    }

    /// `grantResults[0]`, `results[P]`.
    pub(super) fn element_at(&mut self, receiver: Value, index: Option<&'m Expr>, index_value: Option<&Value>) -> Value {
        if let Some(element) = self.element_at_position(&receiver, index_value) {
            return element;
        }
        let Value::Answers(all) = receiver else {
            return match receiver {
                Value::Permissions(all) => Value::Permissions(all),
                _ => Value::Unknown,
            };
        };
        match (index_value, index) {
            (Some(Value::Choice { known, rest: None }), _) if known.len() == 1 => match known[0].0 {
                Key::Int(position) => {
                    // A shorter array has no such element, so it is not the one.
                    let one = |alternative: Alternative| {
                        let subject = alternative.all.get(usize::try_from(position).ok()?).copied();
                        Some(Alternative { all: vec![subject?], ..alternative })
                    };
                    let narrowed: Vec<Alternative> = all.into_iter().filter_map(one).collect();
                    if narrowed.is_empty() { Value::Unknown } else { Value::Answers(narrowed) }
                }
                _ => Value::Answers(all),
            },
            (Some(Value::Permissions(wanted)), _) => {
                let origin = all.first().and_then(|one| one.origin.clone());
                Value::Answers(wanted.iter().map(|one| Alternative { origin: origin.clone(), ..one.clone() }).collect())
            }
            // An index that runs over all of them.
            _ => Value::Answers(all),
        }
    }

    /// Facts of a truth value.
    pub(super) fn truth_of(&mut self, value: &Value) -> (FactSet, FactSet) {
        match value {
            Value::Answers(alternatives) => {
                let granted = self.granted(alternatives, &check_origin(crate::source::Span::default(), CheckHow::Tested));
                (Some(granted), Some(Facts::none()))
            }
            Value::Status(..) | Value::Permissions(_) => (Some(Facts::none()), Some(Facts::none())),
            other => other.truth_facts(),
        }
    }

    /// Combines an evaluated condition with a state.
    pub(super) fn split_value(&mut self, value: &Value, flow: Flow) -> (Flow, Flow) {
        let (yes, no) = self.truth_of(value);
        (assume(flow.clone(), &yes), assume(flow, &no))
    }

    /// Both operands of an infix `and`, which always evaluates both.
    pub(super) fn conjunction(&mut self, left: &Value, right: &Value) -> Value {
        let (left_yes, left_no) = self.truth_of(left);
        let (right_yes, right_no) = self.truth_of(right);
        Value::truth(both(&left_yes, &right_yes), crate::analysis::facts::either(left_no, right_no))
    }
}

/// Arms for `true` and for `false` leave nothing out.
fn names_both_booleans(arms: &[Arm]) -> bool {
    let names = |wanted: bool| {
        let is_it = |pattern: &Pattern| matches!(pattern, Pattern::Value(Expr { kind: ExprKind::Literal(Literal::Bool(value)), .. }) if *value == wanted);
        arms.iter().any(|arm| arm.guard.is_none() && arm.patterns.iter().any(is_it))
    };
    names(true) && names(false)
}

/// The name in a member expression; else the whole.
pub(crate) fn member_span(expr: &Expr) -> crate::source::Span {
    match &expr.kind {
        ExprKind::Member { name_span, .. } => *name_span,
        ExprKind::Call(call) => call.name_span,
        _ => expr.span,
    }
}
