//! The privacy difference for programs. `version` counts changes of its shape.

use serde::Serialize;

use super::{Compared, Mark, details};
use crate::difference::UseKind;
use crate::scan::DeclaredFeature;

#[derive(Serialize)]
struct Report<'s> {
    version: u32,
    tool: Tool,
    range: &'s str,
    uses: Vec<WireUse<'s>>,
    features: Vec<WireFeature<'s>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct WireUse<'s> {
    /// `new`, `changed` or `gone`.
    kind: &'static str,
    subject: &'s str,
    category: &'static str,
    accesses: Vec<WireAccess<'s>>,
}

#[derive(Serialize)]
struct WireAccess<'s> {
    /// `appeared`, `went` or `changed`.
    change: &'static str,
    path: &'s str,
    line: u32,
    column: u32,
    api: &'s str,
    verdict: &'static str,
    /// Of a changed one: the verdict before.
    before: Option<&'static str>,
    feature: Option<&'s str>,
}

#[derive(Serialize)]
struct WireFeature<'s> {
    name: &'s str,
    before: Option<WirePromise<'s>>,
    after: Option<WirePromise<'s>>,
}

#[derive(Serialize)]
struct WirePromise<'s> {
    purpose: Option<&'s str>,
    data: Vec<&'static str>,
    opt_out: Option<&'s str>,
    retention: Option<&'s str>,
    shared_with: &'s [String],
}

/// One indented document with a line break at its end.
pub fn report(compared: &Compared<'_>) -> Result<String, serde_json::Error> {
    let uses = compared.difference.uses.iter().map(|change| WireUse {
        kind: match change.kind {
            UseKind::New => "new",
            UseKind::Changed => "changed",
            UseKind::Gone => "gone",
        },
        subject: &change.subject,
        category: change.category.name(),
        accesses: details(change, compared)
            .into_iter()
            .map(|detail| {
                let (path, at) = detail.scan.locate(detail.site.place);
                let old = change.changed.iter().find(|(_, new)| std::ptr::eq(*new, detail.site)).map(|(old, _)| old.verdict.name());
                WireAccess {
                    change: match detail.mark {
                        Mark::Came => "appeared",
                        Mark::Went => "went",
                        Mark::Other => "changed",
                    },
                    path,
                    line: at.line,
                    column: at.column,
                    api: &detail.site.api,
                    verdict: detail.site.verdict.name(),
                    before: old,
                    feature: detail.site.feature.as_deref(),
                }
            })
            .collect(),
    });
    let features = compared.difference.promises.iter().map(|change| WireFeature {
        name: change.after.or(change.before).map_or("", |feature| &feature.name),
        before: change.before.map(wire_promise),
        after: change.after.map(wire_promise),
    });
    let tool = Tool { name: "askfirst", version: env!("CARGO_PKG_VERSION") };
    let report = Report { version: 1, tool, range: compared.range, uses: uses.collect(), features: features.collect() };
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

fn wire_promise(feature: &DeclaredFeature) -> WirePromise<'_> {
    WirePromise {
        purpose: feature.purpose.as_deref(),
        data: feature.data.iter().map(|data| data.name()).collect(),
        opt_out: feature.opt_out.as_deref(),
        retention: feature.retention.as_deref(),
        shared_with: &feature.shared_with,
    }
}
