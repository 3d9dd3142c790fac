//! One page without scripts that needs nothing beside it and loads nothing.

use std::fmt::Write as _;

use super::blocks::{self, Block};
use super::words::Label;
use super::{chain, escape, pretty, rule_pages, summary, words};
use crate::catalogue::{Catalogue, DataCategory};
use crate::scan::Scan;
use crate::verdict::{Site, Verdict};

/// Nothing is loaded or run, whatever got into the page.
const HEAD: &str = "\
<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>askfirst report</title>
<style>
:root { color-scheme: light dark; --line: #8884; --error: #c62828; --warning: #9a6700; --info: #1565c0; --good: #2e7d32 }
@media (prefers-color-scheme: dark) { :root { --error: #ff8a80; --warning: #e3b341; --info: #82b1ff; --good: #81c784 } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem }
h2 { margin-top: 2.5rem } h3 { margin: 0; font-size: 1.05rem }
article { border: 1px solid var(--line); border-left: .4rem solid; border-radius: .3rem; padding: .7rem 1rem; margin: 1rem 0 }
article > * { color: CanvasText }
.error { border-left-color: var(--error) } .warning { border-left-color: var(--warning) } .info { border-left-color: var(--info) }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere }
pre { overflow-x: auto; background: #8881; padding: .5rem; margin: .3rem 0; overflow-wrap: normal }
mark { background: #f9a82566; color: inherit; font-weight: bold }
.where { margin: .2rem 0; opacity: .8 }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
.bad { color: var(--error) } .good { color: var(--good) } .other { color: var(--info) }
</style>
</head>
<body>
<h1>askfirst</h1>
";

/// All findings with source excerpts, and every access in a table when asked for.
pub fn report(scan: &Scan, catalogue: &Catalogue, with_accesses: bool) -> String {
    let mode = if scan.in_feature_mode() { "the app's own question for each feature" } else { "the system's permissions" };
    let mut out = format!("{HEAD}<p>{}. Judged by {mode}.</p>\n", html(&summary::line(scan)));
    if !scan.incomplete.is_empty() {
        out.push_str("<h2>Not analysed</h2>\n<ul>\n");
        scan.incomplete.iter().for_each(|one| put(&mut out, format_args!("<li><code>{}</code>: {}</li>", html(&one.path), html(&one.reason))));
        out.push_str("</ul>\n");
    }
    out.push_str("<h2>Findings</h2>\n");
    let blocks = blocks::of(scan);
    blocks.iter().for_each(|block| article(block, scan, catalogue, &mut out));
    if blocks.is_empty() {
        out.push_str("<p>Nothing to act on.</p>\n");
    }
    if with_accesses {
        accesses(scan, &mut out);
    }
    out + "</body>\n</html>\n"
}

fn article(block: &Block<'_>, scan: &Scan, catalogue: &Catalogue, out: &mut String) {
    let message = words::message(block.findings[0], scan, catalogue);
    put(out, format_args!("<article class=\"{}\">\n<h3>{}</h3>", message.severity, text(&message.title)));
    for finding in block.findings.iter().chain(&block.checks) {
        let (path, at) = scan.locate(finding.place);
        let place = html(&format!("{path}:{}:{}", at.line, at.column));
        let what = html(rule_pages::summary(finding.rule));
        put(out, format_args!("<p class=\"where\">{}: <abbr title=\"{what}\">{}</abbr> at <code>{place}</code></p>", finding.severity, finding.rule));
    }
    let labels = block.findings.iter().skip(1).map(|finding| words::message(finding, scan, catalogue).primary);
    let labels: Vec<Label> = std::iter::once(message.primary.clone()).chain(labels).chain(message.secondary.iter().cloned()).collect();
    labels.iter().for_each(|label| excerpt(label, scan, out));
    put(out, format_args!("<p>{}</p>", text(&super::worded::sentence(&message.help.advice))));
    if let Some(example) = &message.help.example {
        let lines: Vec<String> = example.lines().map(html).collect();
        put(out, format_args!("<pre>{}</pre>", lines.join("\n")));
    }
    if !message.steps.is_empty() {
        out.push_str("<details><summary>The path</summary>\n<ol>\n");
        for line in chain::lines(&message.steps) {
            match line {
                chain::Line::Step(number, step) => put(out, format_args!("<li value=\"{number}\">{}</li>", text(&chain::with_place(step, scan)))),
                chain::Line::LeftOut(_) => put(out, format_args!("</ol>\n<p>{}</p>\n<ol>", html(line.text(scan, true).trim()))),
            }
        }
        out.push_str("</ol>\n</details>\n");
    }
    out.push_str("</article>\n");
}

/// The line of a label, with what it speaks of marked.
fn excerpt(label: &Label, scan: &Scan, out: &mut String) {
    let file = scan.file(label.place.file);
    let (path, at) = scan.locate(label.place);
    put(out, format_args!("<p class=\"where\"><code>{}</code>: {}</p>", html(&format!("{path}:{}", at.line)), text(&label.text)));
    let Some(line) = file.lines.line_span(&file.text, at.line) else { return };
    let whole = file.text_of(line);
    let start = (label.place.span.start - line.start) as usize;
    let end = ((label.place.span.end.max(line.start) - line.start) as usize).min(whole.len());
    let shown = pretty::window(whole, Some(start));
    let parts = [shown.start..start, start..end, end..shown.end].map(|range| whole.get(range).map(html_of_source).unwrap_or_default());
    let [before, marked, after] = parts;
    put(out, format_args!("<pre>{}<mark>{marked}</mark>{}</pre>", before.trim_start(), after.trim_end()));
}

fn accesses(scan: &Scan, out: &mut String) {
    out.push_str("<h2>Every access</h2>\n");
    for category in DataCategory::ALL {
        let sites: Vec<&Site> = scan.outcome.sites.iter().filter(|site| site.category == category).collect();
        if sites.is_empty() {
            continue;
        }
        put(out, format_args!("<h3>{category}</h3>\n<table>\n<tr><th>where</th><th>what</th><th>class</th><th>verdict</th><th>why</th></tr>"));
        for site in sites {
            let (path, at) = scan.locate(site.place);
            let place = html(&format!("{path}:{}", at.line));
            let (api, guard) = (html(&site.api), text(&words::guard_in_one_line(site, scan)));
            let kind = match site.verdict {
                Verdict::Guarded => "good",
                verdict if verdict.rule().is_some() => "bad",
                _ => "other",
            };
            put(
                out,
                format_args!(
                    "<tr><td><code>{place}</code></td><td><code>{api}</code></td><td>{}</td><td class=\"{kind}\">{}</td><td>{guard}</td></tr>",
                    words::class_name(site.class),
                    site.verdict.name()
                ),
            );
        }
        out.push_str("</table>\n");
    }
}

/// A message: what stands between backticks is code.
fn text(message: &str) -> String {
    let parts: Vec<&str> = message.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return html(message);
    }
    parts.iter().enumerate().map(|(index, part)| if index % 2 == 0 { html(part) } else { format!("<code>{}</code>", html(part)) }).collect()
}

/// One line of text.
fn html(text: &str) -> String {
    escaped(&escape::visible(text))
}

fn html_of_source(text: &str) -> String {
    escaped(&escape::harmless_source(text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{line}");
}
