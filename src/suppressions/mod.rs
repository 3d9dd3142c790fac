//! Comments that allow findings: `// askfirst: allow(rule) because "…" until 2027-03-31`.
//!
//! A comment behind code speaks of its line; one that stands alone of the line in which the next code starts, or, if that is a
//! declaration, of all of it; one with `allow-file`, before all declarations, of the file. Of several that speak of a finding the one that
//! covers the least counts. A comment without a reason, one that cannot be read and one that has lapsed allow nothing, and that is said.

mod directive;

use crate::comments::Comment;
use crate::scan::ScannedFile;
use crate::source::Span;
use crate::verdict::{Allowance, Date, FileId, Finding, Outcome, Place, Rule, Severity, SuppressionDefect};
use directive::Directive;

/// The comments of one file that speak to askfirst.
#[derive(Clone, Debug)]
pub struct FileComments {
    /// The file.
    pub file: FileId,
    /// In the order of their places.
    pub comments: Vec<Comment>,
    /// Whole declarations of functions and types; none in a file that has no such.
    pub declarations: Vec<Span>,
    /// Properties with code of their own: the name, and where that code ends.
    pub properties: Vec<(Span, u32)>,
    /// Not all that the file does could be told: what is unused may well be used.
    pub is_incomplete: bool,
    /// A policy with features speaks for it.
    pub in_feature_mode: bool,
}

/// What a scan says to suppressions.
pub struct Context<'s> {
    /// All files of the scan.
    pub files: &'s [ScannedFile],
    /// What stands for a file: of a policy that several extend, the first of its copies.
    pub stands_for: &'s dyn Fn(FileId) -> FileId,
    /// Today; none when nothing lapses.
    pub today: Option<Date>,
    /// Severity of a rule in a file; none where it is off.
    pub severity: &'s dyn Fn(FileId, Rule) -> Option<Severity>,
}

/// Sets aside what comments allow, and adds what is wrong with them to the findings.
pub fn apply(all: &[FileComments], context: &Context<'_>, outcome: &mut Outcome) {
    let mut problems: Vec<(Place, SuppressionDefect)> = Vec::new();
    let mut suppressions: Vec<Suppression> = Vec::new();
    for file in all {
        for comment in &file.comments {
            match Suppression::read(file, comment, context) {
                Ok(suppression) => suppressions.push(suppression),
                Err(problem) => problems.push(problem),
            }
        }
    }
    outcome.suppress(&mut |finding| {
        let fitting = suppressions.iter_mut().filter(|suppression| suppression.covers(finding, (context.stands_for)(finding.place.file)));
        let narrowest = fitting.min_by_key(|suppression| suppression.scope.end - suppression.scope.start)?;
        narrowest.used.push(finding.rule);
        Some(Allowance::Inline { place: narrowest.place, reason: narrowest.reason.clone(), until: narrowest.directive.until })
    });
    allow_checks(outcome);
    problems.extend(suppressions.iter().filter_map(Suppression::unused));
    let found = problems.into_iter().filter_map(|(place, defect)| {
        let rule = defect.rule();
        let severity = (context.severity)(place.file, rule)?;
        Some(Finding { suppression: Some(defect), ..Finding::new(rule, severity, place) })
    });
    outcome.findings.extend(found);
}

/// A defective check matters because of the accesses that rely on it: it is allowed when all of them are.
fn allow_checks(outcome: &mut Outcome) {
    let of_accesses: Vec<Option<Allowance>> = outcome
        .sites
        .iter()
        .map(|site| {
            let rule = site.suppressed?.rule();
            outcome.suppressed.iter().find(|one| one.finding.place == site.place && Some(one.finding.rule) == rule).map(|one| one.by.clone())
        })
        .collect();
    let relying: Vec<(Place, Option<Allowance>)> = outcome
        .sites
        .iter()
        .zip(of_accesses)
        .filter(|(site, _)| site.concluded().rule().is_some())
        .filter_map(|(site, allowance)| Some((site.near_miss.as_ref()?.place, allowance)))
        .collect();
    outcome.suppress(&mut |finding| {
        finding.check.as_ref()?;
        let allowances: Option<Vec<&Allowance>> = relying.iter().filter(|(near, _)| *near == finding.place).map(|(_, allowance)| allowance.as_ref()).collect();
        allowances?.first().map(|allowance| (*allowance).clone())
    });
}

/// A comment that allows something, and what it did.
struct Suppression {
    place: Place,
    /// Where findings must start.
    scope: Span,
    directive: Directive,
    reason: String,
    /// Rules of which something was allowed.
    used: Vec<Rule>,
    /// Rules of which nothing can be said here.
    unasked: Vec<Rule>,
}

impl Suppression {
    fn read(file: &FileComments, comment: &Comment, context: &Context<'_>) -> Result<Self, (Place, SuppressionDefect)> {
        let at = |range: std::ops::Range<usize>| {
            let start = comment.text_start as usize;
            Place { file: file.file, span: Span::new(start + range.start, start + range.end) }
        };
        let whole = Place { file: file.file, span: comment.span };
        let directive = directive::parse(&comment.text).map_err(|(range, defect)| (if range.is_empty() { whole } else { at(range) }, defect))?;
        let Some(reason) = directive.reason.clone() else { return Err((whole, SuppressionDefect::NoReason)) };
        if let Some(until) = directive.until.filter(|until| context.today.is_some_and(|today| *until < today)) {
            return Err((whole, SuppressionDefect::Lapsed { until }));
        }
        if directive.is_for_file && file.declarations.iter().any(|declaration| declaration.start < comment.span.start) {
            return Err((whole, SuppressionDefect::NotAtTop));
        }
        let scope = if directive.is_for_file { Span { start: 0, end: u32::MAX } } else { scope(file, comment, &context.files[file.file as usize]) };
        let is_unasked = |rule: &Rule| file.is_incomplete || rule.is_of_feature_mode() != file.in_feature_mode && rule.is_of_feature_mode();
        let unasked = directive.rules.iter().copied().filter(is_unasked).collect();
        Ok(Self { place: whole, scope, directive, reason, used: Vec::new(), unasked })
    }

    fn covers(&self, finding: &Finding, file: FileId) -> bool {
        let start = finding.place.span.start;
        file == self.place.file && self.scope.start <= start && start < self.scope.end && self.directive.rules.contains(&finding.rule)
    }

    /// The rules of which there was nothing to allow.
    fn unused(&self) -> Option<(Place, SuppressionDefect)> {
        let rules: Vec<Rule> = self.directive.rules.iter().copied().filter(|rule| !self.used.contains(rule) && !self.unasked.contains(rule)).collect();
        let are_all = rules.len() == self.directive.rules.len();
        (!rules.is_empty()).then_some((self.place, SuppressionDefect::Unused { rules, are_all }))
    }
}

/// The line or declaration of which a comment speaks.
fn scope(file: &FileComments, comment: &Comment, scanned: &ScannedFile) -> Span {
    let line_of = |offset: u32| {
        let line = scanned.lines.line(offset);
        scanned.lines.line_span(&scanned.text, line).map_or(Span { start: offset, end: offset }, |span| Span { start: span.start, end: span.end + 1 })
    };
    if !comment.is_alone {
        return line_of(comment.span.start);
    }
    let declared = file.declarations.iter().filter(|declaration| declaration.start == comment.next).max_by_key(|declaration| declaration.end);
    declared.copied().unwrap_or_else(|| {
        let line = line_of(comment.next);
        let property = file.properties.iter().find(|(name, _)| line.contains(*name));
        Span { start: line.start, end: property.map_or(line.end, |(_, end)| line.end.max(*end)) }
    })
}
