//! Functions of the languages' standard libraries whose meaning the analysis has to know: scope functions, quantifiers over
//! collections, demands (`require`), what never returns, and continuations.

use super::Walker;
use crate::analysis::facts::{FactSet, Facts, both, either};
use crate::analysis::state::{Flow, join};
use crate::analysis::value::{Alternative, Key, Value};
use crate::evidence::{BOX_VIEWS, COLLECTION_BUILDERS, WAITING};
use crate::ir::{Call, Expr, ExprKind};
use crate::source::Language;

/// `require(c)`: comes back only when `c` holds.
const DEMANDS: [&str; 8] = ["require", "check", "precondition", "checkState", "checkArgument", "NSParameterAssert", "assertTrue", "XCTAssertTrue"];
/// `requireNotNull(x)`: comes back only when `x` is not null, with it.
const NOT_NULL_DEMANDS: [&str; 5] = ["requireNotNull", "checkNotNull", "requireNonNull", "XCTUnwrap", "assertNotNull"];
/// Checked in debug builds only.
const ASSERTIONS: [&str; 6] = ["debug_assert", "assert", "NSAssert", "NSCAssert", "assertionFailure", "debugAssert"];
/// Never come back.
const NEVER: [&str; 9] = ["fatalError", "preconditionFailure", "abort", "exitProcess", "TODO", "error", "exit", "_exit", "NSException"];
/// Members that never come back: their type and name.
const NEVER_MEMBERS: [(&str, &str); 11] = [
    ("process", "abort"),
    ("process", "exit"),
    ("System", "exit"),
    ("NSException", "raise"),
    ("Thread", "exit"),
    ("panic", "panic_any"),
    ("panic", "resume_unwind"),
    ("hint", "unreachable_unchecked"),
    ("libc", "abort"),
    ("libc", "exit"),
    ("libc", "_exit"),
];
/// Run their lambda here, once; the result is the lambda's.
const RUN_ONCE: [&str; 16] = [
    "run",
    "let",
    "with",
    "use",
    "withContext",
    "runBlocking",
    "coroutineScope",
    "supervisorScope",
    "synchronized",
    "withLock",
    "autoreleasepool",
    "measureTimeMillis",
    "invoke",
    "lazy",
    "remember",
    "derivedStateOf",
];
/// Run their closure whenever the value that they are called on, or given, has changed, with that value as the last argument.
const OBSERVERS: [&str; 3] = ["sink", "onReceive", "onChange"];
/// Run their lambda here, once; the result is the receiver.
const RUN_ONCE_AND_PASS: [&str; 3] = ["apply", "also", "onEach"];
/// Calls that suspend until a continuation is resumed.
const CONTINUATIONS: [&str; 6] = [
    "withCheckedContinuation",
    "withCheckedThrowingContinuation",
    "withUnsafeContinuation",
    "withUnsafeThrowingContinuation",
    "suspendCancellableCoroutine",
    "suspendCoroutine",
];
/// Boxes whose content is their value: what is put in comes out.
const HOLDERS: [&str; 12] = [
    "mutableStateOf",
    "MutableStateFlow",
    "MutableLiveData",
    "AtomicBoolean",
    "ObservableBoolean",
    "ObservableField",
    "CurrentValueSubject",
    "BehaviorSubject",
    "BehaviorRelay",
    "State",
    "Published",
    "flowOf",
];

/// Whether a call of that name may never come back.
pub(crate) fn never_comes_back(name: &str) -> bool {
    NEVER.contains(&name) || NEVER_MEMBERS.iter().any(|(_, member)| *member == name)
}

/// Whether a call of that name may bring another call, which waits, back.
pub(crate) fn brings_another_back(name: &str) -> bool {
    ["resume", "resumeWith", "tryResume"].contains(&name)
}

/// What a box holds that nothing was put into: nothing, or no.
fn empty_box() -> Value {
    Value::Choice { known: vec![(Key::False, Facts::none()), (Key::Null, Facts::none())], rest: None }
}

/// Whether a value is one of which it is known when it is there, and no collection.
fn is_present_or_not(value: &Value) -> bool {
    match value {
        Value::Choice { known, .. } => !known.iter().any(|(key, _)| matches!(key, Key::Empty | Key::NonEmpty)),
        Value::Status(..) => true,
        _ => false,
    }
}

impl<'a, 'm> Walker<'a, 'm> {
    /// Demands and assertions, whose argument is a condition.
    pub(super) fn eval_demand(&mut self, expr: &'m Expr, call: &'m Call, flow: &mut Flow) -> Option<Value> {
        if self.resolution.callees.contains_key(&expr.id) || !self.symbols(expr.id).is_empty() || self.is_gate(expr.id) {
            return None;
        }
        let name = call.name.as_str();
        let is_never = match call.receiver.as_ref().map(|receiver| &receiver.kind) {
            // Any crate may have an `error` or `exit`: in Rust it counts where the name is imported from.
            None if self.language() == Language::Rust => self.is_imported_never(name),
            None => NEVER.contains(&name),
            Some(ExprKind::Name(owner) | ExprKind::Member { name: owner, .. }) => NEVER_MEMBERS.contains(&(owner.as_str(), name)),
            _ => false,
        };
        if is_never {
            for arg in &call.args {
                self.eval(&arg.value, flow);
            }
            *flow = None;
            return Some(Value::Unknown);
        }
        let has_receiver =
            call.receiver.as_ref().is_some_and(|receiver| !matches!(self.resolution.bindings.get(&receiver.id), Some(crate::evidence::Binding::Type(_))));
        if has_receiver {
            return None;
        }
        let first = call.args.first().map(|arg| &arg.value);
        if DEMANDS.contains(&name)
            && let Some(condition) = first
        {
            let (yes, no) = self.split(condition, flow.take());
            *flow = yes;
            let mut refused = no;
            for arg in &call.args[1..] {
                let value = self.eval(&arg.value, &mut refused);
                self.hand_over(value, arg.value.id, call.name_span, &mut refused);
            }
            return Some(Value::Unknown);
        }
        if ASSERTIONS.contains(&name) {
            if let Some(condition) = first {
                self.eval_assertion(condition, flow);
            }
            return Some(Value::Unknown);
        }
        None
    }

    fn is_imported_never(&self, name: &str) -> bool {
        let imports = &self.module.files[self.file()].imports;
        let path = imports.iter().find(|import| !import.wildcard && import.alias.as_deref().or(import.path.rsplit('.').next()) == Some(name));
        path.and_then(|import| import.path.rsplit_once('.')).is_some_and(|(module, member)| {
            let module = module.rsplit('.').next().unwrap_or(module);
            NEVER_MEMBERS.contains(&(module, member))
        })
    }

    pub(super) fn eval_builtin(&mut self, expr: &'m Expr, call: &'m Call, receiver: &Value, args: &[Value], flow: &mut Flow) -> Option<Value> {
        let name = self.unaliased(&call.name);
        let called = (name == "invoke").then(|| Self::closure_id(receiver)).flatten();
        let closure = called.or_else(|| args.iter().rev().find_map(Self::closure_id));
        if let Some(id) = closure {
            if let Some(value) = self.eval_with_closure(expr, call, name, id, receiver, args, flow) {
                return Some(value);
            }
        } else if name == "forEach"
            && let Some(Value::Functions(_)) = args.first()
        {
            return None;
        }
        if NOT_NULL_DEMANDS.contains(&name) {
            let value = args.first()?.clone();
            *flow = crate::analysis::state::assume(flow.take(), &value.facts_if(&Key::NonNull));
            return Some(value);
        }
        if COLLECTION_BUILDERS.contains(&name) {
            return Some(self.collection(args.to_vec()));
        }
        if (name == "stream" || name == "of") && matches!(args.first(), Some(Value::Permissions(_) | Value::Answers(_))) {
            return args.first().cloned();
        }
        if HOLDERS.contains(&name) && closure.is_none() {
            return Some(args.first().cloned().unwrap_or_else(empty_box));
        }
        self.eval_member_builtin(call, name, receiver, args)
    }

    /// Members of known values.
    fn eval_member_builtin(&mut self, call: &'m Call, name: &str, receiver: &Value, args: &[Value]) -> Option<Value> {
        let target = call.receiver.as_ref()?;
        if BOX_VIEWS.contains(&name) {
            return Some(self.held_at_any_time(target, receiver)).filter(|value| !value.says_nothing());
        }
        match name {
            "equals" | "isEqual" | "isEqualToString" | "isEqualToNumber" => {
                let argument = call.args.first()?;
                Some(self.compare(crate::ir::CompareOp::Equal, (target, receiver.clone()), (&argument.value, args.first()?.clone())))
            }
            "not" => {
                let (yes, no) = self.truth_of(receiver);
                Some(Value::truth(no, yes))
            }
            "and" => Some(self.conjunction(receiver, args.first()?)),
            "or" => {
                let (left_yes, left_no) = self.truth_of(receiver);
                let (right_yes, right_no) = self.truth_of(args.first()?);
                Some(Value::truth(either(left_yes, right_yes), both(&left_no, &right_no)))
            }
            "contains" | "containsAll" | "containsObject" | "containsKey" => {
                let argument = call.args.first()?;
                let versions = if args.first() == Some(&Value::OsVersion) { self.version_range(target) } else { None };
                let (yes, no) = versions.unwrap_or(self.contained(receiver, args.first()?, &argument.value));
                Some(Value::truth(yes, no))
            }
            "containsValue" => {
                let argument = call.args.first()?;
                let (yes, no) = self.contained(receiver, args.first()?, &argument.value);
                Some(Value::truth(yes, no))
            }
            "isEmpty" | "isNotEmpty" | "isNullOrEmpty" | "size" | "count" | "length" => match receiver {
                Value::DeniedList(_) | Value::Choice { .. } => Some(self.emptiness(receiver, name)),
                _ => self.member_of_value(receiver, name),
            },
            "get" | "getOrDefault" | "getOrElse" | "getValue" | "objectForKey" | "elementAt" | "getOrNull" if matches!(receiver, Value::Answers(_)) => {
                Some(self.element_at(receiver.clone(), call.args.first().map(|arg| &arg.value), args.first()))
            }
            "first" | "firstOrNull" | "last" | "single" if matches!(receiver, Value::Answers(_)) => {
                Some(self.element_at(receiver.clone(), None, Some(&Value::key(Key::Int(0)))))
            }
            "resume" | "resumeWith" | "tryResume" => {
                // One that is resumed by throwing does not come back.
                let throws = call.args.first().is_some_and(|arg| arg.label.as_deref() == Some("throwing"));
                if let (Value::Continuation(at), false) = (receiver, throws) {
                    self.note_resumption(*at, args);
                }
                None
            }
            "await" | "get" | "getValue" | "value" | "booleanValue" | "boolValue" | "blockingGet" | "blockingFirst" | "first" | "isTrue" | "toList"
            | "toTypedArray" | "asList" | "toSet" | "orFalse" | "invoke" | "recv" | "try_recv" | "recv_timeout" | "blocking_recv" | "recv_async" => {
                (!matches!(receiver, Value::Unknown | Value::ParamFunction(..) | Value::Closure(_) | Value::Code)).then(|| receiver.clone())
            }
            waiting if WAITING.contains(&waiting) && !args.is_empty() => args.first().cloned(),
            "take" if call.args.is_empty() && *receiver != Value::Unknown => Some(receiver.clone()),
            _ => self.member_of_value(receiver, name),
        }
    }

    /// What a box holds whenever somebody looks: for a field, what is put there anywhere.
    fn held_at_any_time(&mut self, target: &'m Expr, now: &Value) -> Value {
        match self.resolution.target(target.id) {
            Some(field) if field.is_field() => self.load(field, &None),
            _ => now.clone(),
        }
    }

    /// A quantifier over permissions or answers. What it proves of its element, it proves of all; it proves nothing else, because there may be none.
    fn eval_quantifier(
        &mut self,
        name: &str,
        closure: crate::ir::ExprId,
        element: Value,
        list: (crate::ir::ExprId, &[Alternative]),
        flow: &mut Flow,
    ) -> Option<Value> {
        let (yes, no) = match name {
            "all" | "allMatch" | "every" | "allSatisfy" | "none" | "noneMatch" | "any" | "anyMatch" | "contains" | "filter" | "filterNot" => {
                let predicate = self.walk_predicate(closure, element, flow);
                self.truth_of(&predicate)
            }
            "forEach" | "enumerateObjectsUsingBlock" => {
                let before = flow.clone();
                self.walk_inline(closure, vec![element], flow);
                let each = flow.as_ref().map_or(Facts::none(), |state| self.of_all(&state.facts, list.0, list.1));
                let after = self.without_elements(flow.take());
                *flow = join(before, after).map(|state| state.with(&each));
                return Some(Value::Unknown);
            }
            _ => return None,
        };
        let of_all = |facts: &FactSet| Some(facts.as_ref().map_or(Facts::none(), |facts| self.of_all(facts, list.0, list.1)));
        let of_some = |facts: &FactSet| Some(facts.as_ref().map_or(Facts::none(), |facts| self.of_some(facts)));
        Some(match name {
            "all" | "allMatch" | "every" | "allSatisfy" => Value::truth(of_all(&yes), of_some(&no)),
            "none" | "noneMatch" => Value::truth(of_all(&no), of_some(&yes)),
            "any" | "anyMatch" | "contains" => Value::truth(of_some(&yes), of_all(&no)),
            "filter" => Value::one_of(Key::Empty, of_all(&no), Key::NonEmpty, of_some(&yes)),
            _ => Value::one_of(Key::Empty, of_all(&yes), Key::NonEmpty, of_some(&no)),
        })
    }

    fn note_resumption(&mut self, at: crate::ir::ExprId, args: &[Value]) {
        let facts = self.resumption_facts.clone();
        self.next.resume(at, args.first().cloned().unwrap_or(Value::Unknown), &facts);
    }

    #[allow(clippy::too_many_arguments)]
    fn eval_with_closure(
        &mut self,
        expr: &'m Expr,
        call: &'m Call,
        name: &str,
        id: crate::ir::ExprId,
        receiver: &Value,
        args: &[Value],
        flow: &mut Flow,
    ) -> Option<Value> {
        let is_literal = call.args.iter().any(|arg| arg.value.id == id && matches!(arg.value.kind, ExprKind::Closure(_)));
        let calls_literal = name == "invoke" && call.receiver.as_ref().is_some_and(|target| target.id == id);
        if !is_literal && !calls_literal {
            return None;
        }
        if RUN_ONCE.contains(&name) || RUN_ONCE_AND_PASS.contains(&name) {
            let subject = if name == "with" { args.first().cloned().unwrap_or(Value::Unknown) } else { receiver.clone() };
            let value = self.walk_inline(id, vec![subject], flow);
            return Some(if RUN_ONCE_AND_PASS.contains(&name) { receiver.clone() } else { value });
        }
        if CONTINUATIONS.contains(&name) {
            self.walk_inline(id, vec![Value::Continuation(expr.id)], flow);
            let resumed = self.known.resumed(expr.id).cloned();
            return Some(match resumed {
                Some((value, facts)) => {
                    if let Some(state) = flow.as_mut() {
                        state.facts = state.facts.and(&facts.without_handler());
                    }
                    value
                }
                None => Value::Unknown,
            });
        }
        if OBSERVERS.contains(&name) {
            let observed = if name == "sink" { Some(receiver) } else { args.first() };
            let mut params = vec![Value::Unknown; self.resolution.closure(id).map_or(0, |closure| closure.params.len().saturating_sub(1))];
            params.extend(observed.cloned());
            let state = flow.clone()?;
            self.walk_closure(id, state.facts.without_handler(), params, state);
            return Some(Value::Unknown);
        }
        if name == "async" {
            let state = flow.as_ref()?.clone();
            return Some(self.walk_closure(id, state.facts.without_handler(), Vec::new(), state));
        }
        let (element, list) = self.element_value(receiver, expr.id);
        let is_rust = self.language() == Language::Rust;
        let knows_elements = element != Value::Unknown && !(is_rust && name == "filter");
        if knows_elements {
            self.elements.push((expr.id, list.clone()));
            let value = self.eval_quantifier(name, id, element, (expr.id, &list), flow);
            self.elements.pop();
            if value.is_some() {
                return value;
            }
        }
        match name {
            // What is there, if it is there, made into something else.
            "map" if is_rust && call.safe && is_present_or_not(receiver) => Some(self.walk_inline(id, vec![receiver.clone()], flow)),
            "inspect" if is_rust && call.safe => {
                self.walk_inline(id, vec![receiver.clone()], flow);
                Some(receiver.clone())
            }
            "takeIf" | "takeUnless" | "filter" if name != "filter" || is_rust => {
                let predicate = self.walk_predicate(id, receiver.clone(), flow);
                let (yes, no) = self.truth_of(&predicate);
                let (present, absent) = if name == "takeUnless" { (no, yes) } else { (yes, no) };
                Some(Value::one_of(Key::NonNull, present, Key::Null, absent))
            }
            "forEach" | "map" | "filter" | "any" | "all" | "none" | "forEachIndexed" | "repeat" | "runCatching" | "mapNotNull" | "first" | "find"
            | "firstOrNull" => {
                let before = flow.clone();
                self.walk_inline(id, Vec::new(), flow);
                *flow = join(before, flow.take());
                Some(Value::Unknown)
            }
            _ => None,
        }
    }
}
