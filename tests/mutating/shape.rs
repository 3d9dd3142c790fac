//! What stands at a place of a file: expressions with what is around them, and what variables hold.

use std::collections::{BTreeSet, HashMap};

use askfirst::catalogue::{self, Answer, Check, Entry, Gives};
use askfirst::evidence::{Resolution, Target, VariableId, resolve};
use askfirst::ir::{Annotation, Call, Catch, Expr, ExprId, ExprKind, Function, FunctionId, LoopKind, Pattern, Program, Visibility, walk, walk_pattern};
use askfirst::source::Span;

/// A lowered file with its names resolved.
pub struct Shape<'m> {
    pub module: &'m Program,
    pub resolution: Resolution<'m>,
    parents: HashMap<ExprId, &'m Expr>,
}

impl<'m> Shape<'m> {
    pub fn of(module: &'m Program) -> Self {
        let mut parents = HashMap::new();
        module.functions.iter().filter_map(|function| function.body.as_ref()).for_each(|body| note_parents(body, &mut parents));
        Self { module, resolution: resolve(module, catalogue::embedded()), parents }
    }

    fn exprs(&self) -> impl Iterator<Item = &'m Expr> {
        self.resolution.exprs.iter().copied().flatten()
    }

    pub fn parent(&self, expr: &Expr) -> Option<&'m Expr> {
        self.parents.get(&expr.id).copied()
    }

    /// The expression with that name, or that is all of that span.
    pub fn named(&self, span: Span) -> Option<&'m Expr> {
        let has_name = |expr: &&Expr| match &expr.kind {
            ExprKind::Call(call) => call.name_span == span,
            ExprKind::Member { name_span, .. } => *name_span == span,
            _ => false,
        };
        self.exprs().find(has_name).or_else(|| self.exprs().find(|expr| expr.span == span))
    }

    pub fn function_named(&self, span: Span) -> Option<(FunctionId, &'m Function)> {
        (0..).zip(&self.module.functions).find(|(_, function)| function.name_span == span)
    }

    /// Rust: the attribute that says which message of Objective-C a method answers, whatever it is called itself.
    pub fn message(&self, name: Span) -> Option<&'m Annotation> {
        let (_, function) = self.function_named(name)?;
        function.annotations.iter().find(|annotation| ["method", "method_id"].contains(&annotation.name.as_str()))
    }

    pub fn annotation(&self, span: Span) -> Option<&'m Annotation> {
        let of_functions = self.module.functions.iter().flat_map(|function| &function.annotations);
        let of_types = self.module.types.iter().flat_map(|ty| ty.annotations.iter().chain(ty.fields.iter().flat_map(|field| &field.annotations)));
        of_functions.chain(of_types).find(|annotation| annotation.span == span)
    }

    /// The function with that annotation.
    pub fn annotated(&self, span: Span) -> Option<&'m Function> {
        self.module.functions.iter().find(|function| function.annotations.iter().any(|annotation| annotation.span == span))
    }

    pub fn catch(&self, span: Span) -> Option<&'m Catch> {
        let catches = self.exprs().filter_map(|expr| match &expr.kind {
            ExprKind::Try { catches, .. } => Some(catches),
            _ => None,
        });
        catches.flatten().find(|catch| catch.span == span)
    }

    /// The checks that an expression may be.
    pub fn checks(&self, expr: &Expr) -> Vec<&'static Check> {
        let found = self.resolution.symbols.get(&expr.id).into_iter().flatten();
        let checks = found.filter_map(|found| match found.entry {
            Entry::Check(number) => Some(&catalogue::embedded().checks[number]),
            _ => None,
        });
        checks.collect()
    }

    /// The parameters that a request's answer is passed to, each with the answer's form.
    pub fn answered(&self, expr: &Expr, call: &Call) -> Vec<(VariableId, Answer)> {
        let mut answered = Vec::new();
        for gives in self.checks(expr).into_iter().filter_map(|check| check.callback.as_ref()).filter(|gives| gives.answer != Answer::Reached) {
            for arg in &call.args {
                answered.extend(self.params_of(&arg.value, gives).into_iter().map(|variable| (variable, gives.answer)));
            }
        }
        answered.sort_by_key(|(variable, _)| *variable);
        answered.dedup_by_key(|(variable, _)| *variable);
        answered
    }

    fn params_of(&self, arg: &Expr, gives: &Gives) -> Vec<VariableId> {
        let of_functions = |functions: Vec<FunctionId>| {
            functions.into_iter().filter_map(|id| self.resolution.function_params[id as usize].get(gives.parameter as usize).copied()).collect()
        };
        match &arg.kind {
            ExprKind::Closure(_) => {
                self.resolution.closure_params.get(&arg.id).and_then(|params| params.get(gives.parameter as usize)).copied().into_iter().collect()
            }
            ExprKind::Object { ty, .. } => {
                let is_it = |function: &Function| function.owner == *ty && gives.method.as_ref().is_none_or(|method| *method == function.name);
                of_functions((0..).zip(&self.module.functions).filter(|(_, function)| is_it(function)).map(|(id, _)| id).collect())
            }
            _ => of_functions(self.resolution.callees.get(&arg.id).cloned().unwrap_or_default()),
        }
    }

    /// The parameter by which the platform tells the answer to a function that it calls.
    pub fn told(&self, id: FunctionId, function: &Function) -> Option<(VariableId, Answer)> {
        let platform = self.module.files[0].language.platform();
        let is_it = |callback: &&catalogue::Callback| {
            let has_name = |member: &catalogue::Member| {
                let is_selector = function.selector.is_some() && member.selector == function.selector;
                // The crates for Rust call a method after the whole of the message.
                let in_rust = function.selector.as_ref().map(|selector| selector.trim_end_matches(':').replace(':', "_"));
                is_selector || member.name.as_deref().is_some_and(|name| name == function.name || in_rust.as_deref() == Some(name))
            };
            callback.platform == platform && callback.answer != Answer::Reached && callback.members.iter().any(has_name)
        };
        let callback = catalogue::embedded().callbacks.iter().find(is_it)?;
        let variable = self.resolution.function_params[id as usize].get(callback.parameter.unwrap_or(0) as usize)?;
        Some((*variable, callback.answer))
    }

    /// The first parameters of closures that a call is passed, where they are read as a condition.
    pub fn told_truth(&self, call: &'m Call) -> Vec<VariableId> {
        let closures = call.args.iter().filter(|arg| matches!(arg.value.kind, ExprKind::Closure(_)));
        let first = closures.filter_map(|arg| self.resolution.closure_params.get(&arg.value.id)?.first().copied());
        let is_condition = |read: &&Expr| self.decided(read).is_some();
        first.filter(|&variable| self.reads(Target::Variable(variable)).iter().any(is_condition)).collect()
    }

    /// The variable or field that holds an answer, and whether what it holds is a condition; `is_truth` says so of the answer itself.
    pub fn stored(&self, answer: &'m Expr, is_truth: bool) -> Option<(Target, bool)> {
        let mut current = answer;
        let mut is_condition = is_truth || self.checks(answer).iter().any(|check| check.returns == Some(Answer::True));
        loop {
            let parent = self.parent(current)?;
            match &parent.kind {
                ExprKind::Compare { .. } | ExprKind::Not(_) | ExprKind::And(..) | ExprKind::Or(..) => is_condition = true,
                ExprKind::Cast { .. } | ExprKind::Coalesce(..) => {}
                ExprKind::Member { receiver, .. } if receiver.id == current.id => is_condition = false,
                ExprKind::Call(call) if call.receiver.as_ref().is_some_and(|receiver| receiver.id == current.id) => is_condition = false,
                ExprKind::Let { .. } | ExprKind::Assign { .. } | ExprKind::FieldInit { .. } => {
                    let written = match &parent.kind {
                        ExprKind::Let { name, .. } => self.resolution.declared.get(&(parent.id, name.clone())).map(|id| Target::Variable(*id)),
                        ExprKind::Assign { target, .. } => self.resolution.target(target.id),
                        _ => None,
                    };
                    let target = self.resolution.stored_in.get(&current.id).copied().or(written)?;
                    return Some((target, is_condition));
                }
                _ => return None,
            }
            current = parent;
        }
    }

    /// Whether only this file can read it.
    pub fn is_private(&self, target: Target) -> bool {
        match target {
            Target::Variable(_) => true,
            Target::Field(field) => self.module.types[field.ty as usize].fields[field.index as usize].visibility == Visibility::Private,
        }
    }

    /// Every read of a variable or field, outermost first.
    pub fn reads(&self, target: Target) -> Vec<&'m Expr> {
        let is_written = |expr: &Expr| matches!(self.parent(expr).map(|parent| &parent.kind), Some(ExprKind::Assign { target, compound: false, .. }) if target.id == expr.id);
        self.exprs().filter(|expr| self.resolution.target(expr.id) == Some(target) && !is_written(expr)).collect()
    }

    /// The part of a condition that an answer decides: a comparison, or what stands for itself in a condition.
    pub fn decided(&self, answer: &'m Expr) -> Option<&'m Expr> {
        let mut current = answer;
        loop {
            if matches!(current.kind, ExprKind::Compare { .. }) {
                return Some(current);
            }
            let parent = self.parent(current)?;
            if is_condition_of(parent, current) {
                return Some(current);
            }
            let is_answer = match &parent.kind {
                ExprKind::Compare { .. } | ExprKind::Cast { .. } | ExprKind::Coalesce(..) => true,
                ExprKind::Member { receiver, .. } => receiver.id == current.id,
                ExprKind::Call(call) => call.receiver.as_ref().is_some_and(|receiver| receiver.id == current.id),
                _ => false,
            };
            if !is_answer {
                return None;
            }
            current = parent;
        }
    }

    /// The whole condition, when it is more than one part.
    pub fn whole_condition(&self, part: &'m Expr) -> Option<&'m Expr> {
        let mut current = part;
        while let Some(parent) = self.parent(current).filter(|parent| matches!(parent.kind, ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Not(_))) {
            current = parent;
        }
        (matches!(current.kind, ExprKind::And(..) | ExprKind::Or(..)) && self.parent(current).is_some_and(|parent| is_condition_of(parent, current)))
            .then_some(current)
    }

    /// The names of all checks.
    pub fn check_names(&self) -> Vec<Span> {
        let names = self.exprs().filter(|expr| !self.checks(expr).is_empty()).filter_map(check_name);
        names.collect::<BTreeSet<Span>>().into_iter().collect()
    }

    /// The names of checks that answer where they stand. A request whose answer comes to the class is none: with one request less, an
    /// answer can only be that of another.
    pub fn answering_names(&self) -> Vec<Span> {
        let answers = |check: &&Check| check.returns.is_some() || check.callback.is_some();
        let names = self.exprs().filter(|expr| self.checks(expr).iter().any(answers)).filter_map(check_name);
        names.collect::<BTreeSet<Span>>().into_iter().collect()
    }

    /// All comparisons with the version of the system, and what stands for one.
    pub fn version_tests(&self) -> Vec<Span> {
        let is_version = |expr: &Expr| matches!(&expr.kind, ExprKind::Name(name) | ExprKind::Member { name, .. } if name == "SDK_INT");
        let tests = self.exprs().filter_map(|expr| match &expr.kind {
            ExprKind::Compare { left, right, .. } if is_version(left) || is_version(right) => Some(expr.span),
            ExprKind::Available { .. } => Some(expr.span),
            // `when (version) { in 1..22 -> … }`, `version in 1..22`
            ExprKind::Match { subject: Some(subject), .. } if is_version(subject) => Some(subject.span),
            ExprKind::Call(call) if call.name == "contains" => call.args.iter().map(|arg| &arg.value).find(|arg| is_version(arg)).map(|arg| arg.span),
            _ => None,
        });
        tests.collect()
    }

    /// The values that a switch has cases for; none when it binds what it looks at, or tests its type: then they are not all that decides.
    pub fn cases(&self, subject: &Expr) -> Option<Vec<&'m Expr>> {
        let ExprKind::Match { arms, binding: None, .. } = &self.parent(subject)?.kind else { return None };
        let patterns: Vec<&Pattern> = arms.iter().flat_map(|arm| &arm.patterns).collect();
        let mut cases = Vec::new();
        patterns.iter().for_each(|pattern| walk_pattern(pattern, &mut |case| cases.push(case)));
        patterns.into_iter().all(is_of_values).then_some(cases)
    }

    /// What a switch looks at, when it is an answer.
    pub fn matched(&self, answer: &'m Expr) -> Option<&'m Expr> {
        let is_subject = |parent: &Expr, expr: &Expr| matches!(&parent.kind, ExprKind::Match { subject: Some(subject), .. } if subject.id == expr.id);
        let mut current = answer;
        loop {
            let parent = self.parent(current)?;
            match &parent.kind {
                _ if is_subject(parent, current) => return Some(current),
                ExprKind::Member { receiver, .. } if receiver.id == current.id => current = parent,
                ExprKind::Call(call) if call.receiver.as_ref().is_some_and(|receiver| receiver.id == current.id) => current = parent,
                _ => return None,
            }
        }
    }
}

/// Whether `part` is a condition of what is around it, or a part of one.
fn is_condition_of(around: &Expr, part: &Expr) -> bool {
    match &around.kind {
        ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Not(_) => true,
        ExprKind::If { cond, .. } => cond.id == part.id,
        ExprKind::Loop { head: Some(head), kind, .. } => head.id == part.id && *kind != LoopKind::ForEach,
        _ => false,
    }
}

fn check_name(check: &Expr) -> Option<Span> {
    match &check.kind {
        ExprKind::Call(call) => Some(call.name_span),
        ExprKind::Member { name_span, .. } => Some(*name_span),
        ExprKind::Name(_) => Some(check.span),
        _ => None,
    }
}

fn is_of_values(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Value(_) | Pattern::In(_) | Pattern::Wildcard => true,
        Pattern::Case { fields, .. } => fields.iter().all(is_of_values),
        Pattern::Not(inner) | Pattern::NotNull(inner) => is_of_values(inner),
        Pattern::Tuple(parts) => parts.iter().all(is_of_values),
        Pattern::Is { .. } | Pattern::Binding(_) => false,
    }
}

fn note_parents<'m>(expr: &'m Expr, parents: &mut HashMap<ExprId, &'m Expr>) {
    walk(expr, &mut |child| {
        parents.insert(child.id, expr);
        note_parents(child, parents);
    });
}
