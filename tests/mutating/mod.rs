//! Mutants of a fixture: one check in it proves nothing any more, and all else is as before.

// Each test that includes this module uses its own part of it.
#![allow(dead_code)]

mod edits;
mod project;
mod shape;

use askfirst::catalogue::Answer;
use askfirst::evidence::Target;
use askfirst::ir::{Expr, ExprKind};
use askfirst::source::{Language, Span};
use askfirst::verdict::CheckHow;

pub use edits::{Edit, Edits};
pub use project::{Access, CheckStep, Project};
pub use shape::Shape;

/// A name that means nothing to anybody.
const UNKNOWN: &str = "unknownAnswer";

/// What is done to a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something unknown is asked, caught, declared or tested instead.
    Unasked,
    /// The variable, field or parameter that holds the answer is never read: something unknown is.
    Unread,
    /// All reads of it are negated.
    ReadInverted,
    /// The part of the condition that the answer decides is unknown.
    Untested,
    /// The answer is compared with something unknown.
    ComparedWithUnknown,
    /// A switch over the answer has unknown cases only.
    CasesUnknown,
    /// That part is negated.
    Negated,
    /// The whole condition is negated.
    WholeNegated,
}

impl Kind {
    pub const ALL: [Kind; 8] =
        [Self::Unasked, Self::Unread, Self::ReadInverted, Self::Untested, Self::ComparedWithUnknown, Self::CasesUnknown, Self::Negated, Self::WholeNegated];

    pub fn name(self) -> &'static str {
        match self {
            Self::Unasked => "unasked",
            Self::Unread => "unread",
            Self::ReadInverted => "read-inverted",
            Self::Untested => "untested",
            Self::ComparedWithUnknown => "compared-with-unknown",
            Self::CasesUnknown => "cases-unknown",
            Self::Negated => "negated",
            Self::WholeNegated => "whole-negated",
        }
    }

    /// Whether it only takes knowledge away, and gives none.
    pub fn only_removes(self) -> bool {
        !matches!(self, Self::ReadInverted | Self::Negated | Self::WholeNegated)
    }
}

/// One way to spoil a check.
pub struct Mutant {
    pub kind: Kind,
    /// Edits of the check's file.
    pub edits: Vec<Edit>,
}

/// Makes the mutants of the checks of one file.
pub struct Mutator<'s, 'm> {
    pub shape: &'s Shape<'m>,
    pub text: &'s str,
    /// Where the file's accesses are: they have to stay.
    pub accesses: Vec<u32>,
    /// No other file can read what this one writes.
    pub is_alone: bool,
    /// What is spoiled are gates of a policy whose answer is a truth, or that pass one to a closure.
    pub are_true_gates: bool,
}

impl<'m> Mutator<'_, 'm> {
    /// All mutants of a check. The first is [`Kind::Unasked`]; without it something is wrong with this test.
    pub fn mutants(&self, step: &CheckStep) -> Result<Vec<Mutant>, String> {
        let unasked = self.unasked(step).filter(|edits| !edits.is_empty());
        let unasked = unasked.ok_or_else(|| format!("no way is known to spoil `{}` ({:?})", self.source(step.span), step.how))?;
        let mut mutants = vec![Mutant { kind: Kind::Unasked, edits: unasked }];
        match step.how {
            CheckHow::Tested | CheckHow::OsVersion => {
                if let Some(answer) = self.shape.named(step.span) {
                    self.of_answer(answer, &mut mutants);
                }
            }
            CheckHow::Callback => {
                if let Some((expr, ExprKind::Call(call))) = self.shape.named(step.span).map(|expr| (expr, &expr.kind)) {
                    let answered = self.shape.answered(expr, call);
                    let reads = answered.iter().flat_map(|(variable, _)| self.shape.reads(Target::Variable(*variable))).collect();
                    self.of_reads(reads, answered.iter().all(|(_, answer)| *answer == Answer::True), &mut mutants);
                    let told = if self.are_true_gates { self.shape.told_truth(call) } else { Vec::new() };
                    self.of_reads(told.into_iter().flat_map(|variable| self.shape.reads(Target::Variable(variable))).collect(), true, &mut mutants);
                }
            }
            CheckHow::PlatformCallback => {
                let told = self.shape.function_named(step.span).and_then(|(id, function)| self.shape.told(id, function));
                if let Some((variable, answer)) = told {
                    self.of_reads(self.shape.reads(Target::Variable(variable)), answer == Answer::True, &mut mutants);
                }
            }
            CheckHow::Returned | CheckHow::CaughtSecurityException | CheckHow::DeclaredSecurityException | CheckHow::Annotation => {}
        }
        mutants.retain(|mutant| !self.reaches_access(mutant));
        Ok(mutants)
    }

    /// Whether an access would go with what is replaced, or stands in the condition that is negated, where it is as guarded as before.
    fn reaches_access(&self, mutant: &Mutant) -> bool {
        let within = |start: u32, end: u32| self.accesses.iter().any(|access| start <= *access && *access < end);
        match (mutant.kind, mutant.edits.as_slice()) {
            (Kind::Negated | Kind::WholeNegated, [first, .., last]) => within(first.start, last.end),
            (_, edits) => edits.iter().any(|edit| within(edit.start, edit.end)),
        }
    }

    fn unasked(&self, step: &CheckStep) -> Option<Vec<Edit>> {
        match step.how {
            CheckHow::CaughtSecurityException => {
                let catch = self.shape.catch(step.span)?;
                Some(self.other_exception(Span { start: step.span.start, end: catch.body.span.start }))
            }
            CheckHow::DeclaredSecurityException => match self.shape.function_named(step.span) {
                Some((_, function)) => {
                    let end = function.body.as_ref().map_or(function.span.end, |body| body.span.start);
                    Some(self.other_exception(Span { start: step.span.end, end }))
                }
                None => Some(self.other_exception(self.shape.annotation(step.span)?.span)),
            },
            CheckHow::Annotation => self.other_annotation(step.span),
            CheckHow::OsVersion if self.shape.annotation(step.span).is_some() => self.other_annotation(step.span),
            CheckHow::OsVersion => Some(vec![self.unknown(step.span)]),
            CheckHow::PlatformCallback => match self.shape.message(step.span) {
                Some(attribute) => self.other_annotation(attribute.span),
                None => Some(vec![self.other_name(step.span)]),
            },
            CheckHow::Tested | CheckHow::Callback | CheckHow::Returned => {
                let source = self.source(step.span);
                let is_name = !source.is_empty() && source.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
                if is_name { Some(vec![self.other_name(step.span)]) } else { self.shape.named(step.span).map(|expr| vec![self.unknown(expr.span)]) }
            }
        }
    }

    /// The checks of the file that no proof names, each asking something unknown.
    pub fn unproven(&self, proven: &[&CheckStep]) -> Vec<Mutant> {
        let checks = self.shape.answering_names().into_iter().filter(|span| !proven.iter().any(|step| step.span == *span));
        checks.map(|span| Mutant { kind: Kind::Unasked, edits: vec![self.other_name(span)] }).filter(|mutant| !self.reaches_access(mutant)).collect()
    }

    /// Every check and every test of the version at once.
    pub fn all_unasked(&self) -> Vec<Edit> {
        let names = self.shape.check_names().into_iter().map(|span| self.other_name(span));
        names.chain(self.shape.version_tests().into_iter().map(|span| self.unknown(span))).collect()
    }

    fn of_answer(&self, answer: &'m Expr, mutants: &mut Vec<Mutant>) {
        if let Some((target, is_condition)) = self.shape.stored(answer, self.are_true_gates)
            && (self.is_alone || self.shape.is_private(target))
        {
            self.of_reads(self.shape.reads(target), is_condition, mutants);
        }
        if let Some(subject) = self.shape.matched(answer) {
            mutants.push(Mutant { kind: Kind::Untested, edits: vec![self.unknown(subject.span)] });
            self.of_cases(&[subject], mutants);
        }
        let Some(part) = self.shape.decided(answer) else { return };
        mutants.push(Mutant { kind: Kind::Untested, edits: vec![self.unknown(part.span)] });
        if let ExprKind::Compare { left, right, .. } = &part.kind {
            let other = if left.span.contains(answer.span) { right } else { left };
            mutants.push(Mutant { kind: Kind::ComparedWithUnknown, edits: vec![self.unknown(other.span)] });
        }
        // Swift's `#available` takes no operator.
        if self.shape.module.files[0].language != Language::Swift || !matches!(part.kind, ExprKind::Available { .. }) {
            mutants.push(Mutant { kind: Kind::Negated, edits: self.negated(part.span) });
        }
        // A comma between conditions is no operator.
        if self.shape.module.files[0].language != Language::Swift
            && let Some(whole) = self.shape.whole_condition(part)
        {
            mutants.push(Mutant { kind: Kind::WholeNegated, edits: self.negated(whole.span) });
        }
    }

    fn of_reads(&self, reads: Vec<&'m Expr>, is_condition: bool, mutants: &mut Vec<Mutant>) {
        // `x &= y` reads what it writes, without saying so.
        let reads: Vec<&Expr> = reads.into_iter().filter(|read| read.span.start < read.span.end).collect();
        if reads.is_empty() {
            return;
        }
        // A closure that does not read its `$0` is one without parameters.
        if reads.iter().all(|read| self.source(read.span) != "$0") {
            mutants.push(Mutant { kind: Kind::Unread, edits: reads.iter().map(|read| self.unknown(read.span)).collect() });
        }
        if let Some(subjects) = reads.iter().map(|read| self.shape.matched(read)).collect::<Option<Vec<_>>>() {
            self.of_cases(&subjects, mutants);
        }
        if is_condition {
            mutants.push(Mutant { kind: Kind::ReadInverted, edits: reads.iter().flat_map(|read| self.negated(read.span)).collect() });
        }
    }

    fn of_cases(&self, subjects: &[&'m Expr], mutants: &mut Vec<Mutant>) {
        let cases: Option<Vec<Vec<&Expr>>> = subjects.iter().map(|subject| self.shape.cases(subject)).collect();
        let cases: Vec<Edit> = cases.into_iter().flatten().flatten().map(|case| self.unknown(case.span)).collect();
        if !cases.is_empty() {
            mutants.push(Mutant { kind: Kind::CasesUnknown, edits: cases });
        }
    }

    fn source(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// A call of something unknown, over as many lines.
    fn unknown(&self, span: Span) -> Edit {
        let lines = self.source(span).matches('\n').count();
        Edit { start: span.start, end: span.end, new: format!("{}{UNKNOWN}({})", self.shorthand(span), "\n".repeat(lines)), is_name: false }
    }

    /// In front of `await` and `try`, which belong to what is negated.
    fn negated(&self, span: Span) -> Vec<Edit> {
        let put = |place: u32, new: &str| Edit { start: place, end: place, new: new.to_owned(), is_name: false };
        let before = self.text.get(..span.start as usize).unwrap_or_default();
        let marked = before.trim_end_matches("await ").trim_end_matches("try ");
        vec![put(marked.len() as u32, &format!("{}(!(", self.shorthand(span))), put(span.end, "))")]
    }

    /// Another name, of the same kind: a type's name stays one.
    fn other_name(&self, span: Span) -> Edit {
        let is_type = self.source(span).starts_with(char::is_uppercase);
        let new = if is_type { format!("U{}", &UNKNOWN[1..]) } else { UNKNOWN.to_owned() };
        Edit { start: span.start, end: span.end, new, is_name: true }
    }

    fn is_rust(&self) -> bool {
        self.shape.module.files[0].language == Language::Rust
    }

    /// The name of a field that stands for its value, too: `State { granted }`.
    fn shorthand(&self, span: Span) -> String {
        let before = self.text.get(..span.start as usize).unwrap_or_default().trim_end();
        let is_label = |read: &Expr| match self.shape.parent(read).map(|parent| &parent.kind) {
            Some(ExprKind::Call(call)) => call.args.iter().any(|arg| arg.value.id == read.id && arg.label.as_deref() == Some(self.source(span))),
            _ => false,
        };
        let is_shorthand = self.is_rust() && !before.ends_with(':') && self.shape.named(span).is_some_and(is_label);
        if is_shorthand { format!("{}: ", self.source(span)) } else { String::new() }
    }

    fn other_annotation(&self, span: Span) -> Option<Vec<Edit>> {
        let annotation = self.shape.annotation(span)?;
        let start = span.start + self.source(span).find(&annotation.name)? as u32;
        Some(vec![self.other_name(Span { start, end: start + annotation.name.len() as u32 })])
    }

    fn other_exception(&self, span: Span) -> Vec<Edit> {
        const CAUGHT: &str = "SecurityException";
        let found = self.source(span).match_indices(CAUGHT).map(|(at, _)| {
            let start = span.start + at as u32;
            Edit { start, end: start + CAUGHT.len() as u32, new: "IllegalStateException".to_owned(), is_name: true }
        });
        found.collect()
    }
}
