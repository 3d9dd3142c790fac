//! Markdown, for a comment on a pull request: short, with the details folded.
//!
//! Names and paths are untrusted: they must not become links, mentions or references, nor end a fold.

use std::collections::BTreeMap;

use super::blocks::{self, Block};
use super::{chain, escape, summary, words};
use crate::catalogue::{Catalogue, DataCategory};
use crate::scan::Scan;
use crate::verdict::Site;

/// Longer texts are cut between findings: GitHub takes 65536 characters.
const LONGEST: usize = 60_000;

/// All findings, by file.
pub fn findings(scan: &Scan, catalogue: &Catalogue) -> String {
    let title = summary::by_severity(scan).unwrap_or_else(|| "nothing to act on".to_owned());
    let mut out = format!("### askfirst: {title}\n\nLooked at {}.\n", text(&summary::looked_at(scan)));
    let mut file = None;
    let blocks = blocks::of(scan);
    for (index, block) in blocks.iter().enumerate() {
        let (path, _) = scan.locate(block.findings[0].place);
        let head = if file == Some(path) { String::new() } else { format!("\n#### {}\n", code(path)) };
        let item = item(block, scan, catalogue);
        if out.len() + head.len() + item.len() > LONGEST {
            let left_out: usize = blocks[index..].iter().map(|block| block.findings.len() + block.checks.len()).sum();
            out.push_str(&format!("\nAnd {}, for which there is no room here.\n", words::counted(left_out as u64, "more finding", "more findings")));
            break;
        }
        file = Some(path);
        out.push_str(&head);
        out.push_str(&item);
    }
    out + &incomplete(scan)
}

fn item(block: &Block<'_>, scan: &Scan, catalogue: &Catalogue) -> String {
    let first = block.findings[0];
    let message = words::message(first, scan, catalogue);
    let lines: Vec<String> = block.findings.iter().map(|finding| scan.locate(finding.place).1.line.to_string()).collect();
    let lines = if lines.len() == 1 { format!("line {}", lines[0]) } else { format!("lines {}", lines.join(", ")) };
    let mut out = format!("\n- **{}**, {lines}: {} ({})\n", message.severity, text(&message.title), code(message.rule.id()));
    out.push_str("\n  <details><summary>The path, and what to do</summary>\n\n");
    for label in std::iter::once(&message.primary).chain(&message.secondary) {
        out.push_str(&format!("  - {}: {}\n", text(&words::seen_from(first.place, label.place, scan)), text(&label.text)));
    }
    if !message.steps.is_empty() {
        out.push('\n');
        chain::lines(&message.steps).iter().for_each(|line| out.push_str(&format!("  {}\n", chain_line(line, scan))));
    }
    out.push_str(&format!("\n  {}\n", text(&super::worded::sentence(&message.help.advice))));
    if let Some(example) = &message.help.example {
        out.push_str(&fenced(example));
    }
    out + "\n  </details>\n"
}

/// The number of a step stays one, the rest is text.
fn chain_line(line: &chain::Line<'_>, scan: &Scan) -> String {
    match line {
        chain::Line::Step(number, step) => format!("{number}. {}", text(&chain::with_place(step, scan))),
        chain::Line::LeftOut(_) => format!("   {}", text(line.text(scan, true).trim())),
    }
}

fn fenced(example: &str) -> String {
    let fence = "`".repeat(longest_run(example).max(2) + 1);
    let lines = example.lines().map(|line| format!("  {}\n", escape::visible(line))).collect::<String>();
    format!("\n  {fence}\n{lines}  {fence}\n")
}

fn incomplete(scan: &Scan) -> String {
    let lines = scan.incomplete.iter().map(|one| format!("- {}: {}\n", code(&one.path), text(&one.reason)));
    let lines: String = lines.collect();
    if lines.is_empty() { lines } else { format!("\n#### Not analysed\n\n{lines}") }
}

/// The data map: a table for each category.
pub fn inventory(scan: &Scan) -> String {
    let mut out = format!("### Data map\n\n{}.\n", text(&super::inventory::closing_line(scan)));
    let mut by_category: BTreeMap<DataCategory, Vec<&Site>> = BTreeMap::new();
    scan.outcome.sites.iter().for_each(|site| by_category.entry(site.category).or_default().push(site));
    for (category, sites) in by_category {
        out.push_str(&format!("\n#### {category}\n\n| where | what | class | verdict | why |\n| --- | --- | --- | --- | --- |\n"));
        for site in sites {
            let (path, at) = scan.locate(site.place);
            let place = in_cell(&code(&format!("{path}:{}", at.line)));
            let guard = in_cell(&text(&words::guard_in_one_line(site, scan)));
            let (api, class) = (in_cell(&code(&site.api)), words::class_name(site.class));
            out.push_str(&format!("| {place} | {api} | {class} | {} | {guard} |\n", site.verdict.name()));
        }
    }
    out + &incomplete(scan)
}

/// Code spans do not keep a cell from ending.
fn in_cell(markdown: &str) -> String {
    markdown.replace("\\|", "|").replace('|', "\\|")
}

/// A message: what stands between backticks is code, all else is nothing but text.
pub(super) fn text(message: &str) -> String {
    let parts: Vec<&str> = message.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return plain(message);
    }
    parts.iter().enumerate().map(|(index, part)| if index % 2 == 0 || part.is_empty() { plain(part) } else { code(part) }).collect()
}

fn plain(text: &str) -> String {
    let shown = escape::visible(text);
    let mut out = String::with_capacity(shown.len());
    let mut characters = shown.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            // Mentions and references are looked for in each run of text, which a comment ends.
            '@' | '#' => out.extend([character.to_string().as_str(), "<!-- -->"]),
            // Otherwise mathematics.
            '$' => out.push_str("<span>$</span>"),
            // Otherwise addresses.
            ':' | '.' if characters.peek().is_none_or(|next| next.is_whitespace() || next.is_ascii_digit()) => out.push(character),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | ':' | '.' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out
}

/// A code span, in which nothing means anything.
pub(super) fn code(text: &str) -> String {
    let shown = escape::visible(text);
    let fence = "`".repeat(longest_run(&shown) + 1);
    let space = if shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{space}{shown}{space}{fence}")
}

/// The longest row of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_nothing_but_text() {
        assert_eq!(text("see `a_b` or a_b, at x.kt:4."), "see `a_b` or a\\_b, at x\\.kt:4.");
        assert_eq!(plain("@team, #12 <b>&amp; [x](y) www.x.org http://x"), "@<!-- -->team, #<!-- -->12 \\<b\\>\\&amp; \\[x\\](y) www\\.x\\.org http\\://x");
        assert_eq!(plain("$x$ | \u{202E}"), "<span>$</span>x<span>$</span> \\| \\\\u{202e}");
    }

    #[test]
    fn backticks_do_not_end_code() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``a"), "``` ``a ```");
        // One without its partner is text.
        assert_eq!(text("a `b"), "a \\`b");
        assert_eq!(fenced("```\nx"), "\n  ````\n  ```\n  x\n  ````\n");
    }

    #[test]
    fn bars_do_not_end_cells() {
        assert_eq!(in_cell(&code("a|b")), "`a\\|b`");
        assert_eq!(in_cell(&plain("a|b")), "a\\|b");
    }
}
