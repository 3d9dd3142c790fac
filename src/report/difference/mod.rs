//! The privacy difference: what a change lets an app do, for whoever reviews it.

pub mod json;
pub mod markdown;
pub mod pretty;

use super::words;
use crate::difference::{Difference, PromiseChange, UseChange, UseKind};
use crate::scan::{DeclaredFeature, Scan};
use crate::verdict::Site;

/// The two states that are compared, and how they differ.
pub struct Compared<'s> {
    /// What the person called them: `main..HEAD`.
    pub range: &'s str,
    /// The state before.
    pub before: &'s Scan,
    /// The state after.
    pub after: &'s Scan,
    /// How they differ.
    pub difference: &'s Difference<'s>,
}

/// Whether something came, went, or is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Came,
    Went,
    Other,
}

impl Mark {
    fn sign(self) -> &'static str {
        match self {
            Self::Came => "+",
            Self::Went => "-",
            Self::Other => "~",
        }
    }
}

/// `"Nearby" accesses location (new)`; what stands between the quotes is untrusted.
fn headline(change: &UseChange<'_>) -> (Mark, String) {
    let (subject, category) = (&change.subject, change.category);
    match change.kind {
        UseKind::New => (Mark::Came, format!("\u{201C}{subject}\u{201D} accesses {category} (new)")),
        UseKind::Gone => (Mark::Went, format!("\u{201C}{subject}\u{201D} no longer accesses {category}")),
        UseKind::Changed => {
            let places = |count: usize| words::counted(count as u64, "place", "places");
            let mut parts = Vec::new();
            parts.extend((!change.appeared.is_empty()).then(|| format!("at {} more", places(change.appeared.len()))));
            parts.extend((!change.went.is_empty()).then(|| format!("at {} less", places(change.went.len()))));
            parts.extend((!change.changed.is_empty()).then(|| format!("with another verdict at {}", places(change.changed.len()))));
            (Mark::Other, format!("\u{201C}{subject}\u{201D} accesses {category} {}", parts.join(", ")))
        }
    }
}

/// A line about an access.
struct Detail<'s> {
    mark: Mark,
    site: &'s Site,
    /// The scan that it is of.
    scan: &'s Scan,
    /// `guarded`, or `guarded before, ungated now`.
    verdict: String,
}

impl Detail<'_> {
    /// `app/Nearby.kt:12:5`
    fn place(&self) -> String {
        let (path, at) = self.scan.locate(self.site.place);
        format!("{path}:{}:{}", at.line, at.column)
    }
}

fn details<'s>(change: &UseChange<'s>, compared: &Compared<'s>) -> Vec<Detail<'s>> {
    let detail = |mark, site: &'s Site, scan, verdict| Detail { mark, site, scan, verdict };
    let came = change.appeared.iter().map(|site| detail(Mark::Came, site, compared.after, site.verdict.name().to_owned()));
    let went = change.went.iter().map(|site| detail(Mark::Went, site, compared.before, site.verdict.name().to_owned()));
    let other = change.changed.iter().map(|(old, new)| {
        let verdict = format!("{} before, {} now", old.verdict.name(), new.verdict.name());
        detail(Mark::Other, new, compared.after, verdict)
    });
    came.chain(other).chain(went).collect()
}

/// What a change makes of a promise: a headline, and a line for each part of it that is another.
fn promise(change: &PromiseChange<'_>) -> (Mark, String, Vec<String>) {
    match (change.before, change.after) {
        (None, Some(new)) => (Mark::Came, format!("feature {} (new)", new.name), told(new)),
        (Some(old), None) => (Mark::Went, format!("feature {} is gone", old.name), told(old)),
        (Some(old), Some(new)) => (Mark::Other, format!("feature {}", new.name), changes(old, new)),
        (None, None) => (Mark::Other, String::new(), Vec::new()),
    }
}

fn told(feature: &DeclaredFeature) -> Vec<String> {
    parts(feature).into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?))).collect()
}

fn changes(old: &DeclaredFeature, new: &DeclaredFeature) -> Vec<String> {
    let pairs = parts(old).into_iter().zip(parts(new)).filter(|((_, old), (_, new))| old != new);
    let none = || "nothing".to_owned();
    pairs.map(|((name, old), (_, new))| format!("{name}: {} before, {} now", old.unwrap_or_else(none), new.unwrap_or_else(none))).collect()
}

fn parts(feature: &DeclaredFeature) -> [(&'static str, Option<String>); 5] {
    let quoted = |text: &Option<String>| text.as_ref().map(|text| format!("\u{201C}{text}\u{201D}"));
    let data: Vec<&str> = feature.data.iter().map(|data| data.name()).collect();
    [
        ("purpose", quoted(&feature.purpose)),
        ("data", Some(data.join(", "))),
        ("opt-out", quoted(&feature.opt_out)),
        ("retention", quoted(&feature.retention)),
        ("shared with", (!feature.shared_with.is_empty()).then(|| feature.shared_with.join(", "))),
    ]
}

/// Said when there is nothing to say.
const NOTHING: &str = "nothing changes in what the app accesses, or promises";
