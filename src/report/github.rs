//! Workflow commands of GitHub Actions, which become annotations.
//!
//! Of each level a step gets so many annotations and no more; further commands would vanish. So the worst come first, and what is left is told
//! in plain lines.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{escape, worded};
use crate::catalogue::Catalogue;
use crate::scan::Scan;
use crate::verdict::Severity;

/// Annotations of a level that a step gets.
const MOST_SHOWN: usize = 10;

/// What is said at a place.
struct Annotation {
    severity: Severity,
    path: String,
    /// First line and column, and the last line and the column after it.
    range: Option<[u32; 4]>,
    title: String,
    message: String,
}

/// All findings and files that could not be analysed, a line each, and a last line that counts those that are no annotations.
pub fn report(scan: &Scan, catalogue: &Catalogue) -> String {
    let mut annotations: Vec<Annotation> = findings(scan, catalogue).chain(incomplete(scan)).collect();
    annotations.sort_by_key(|annotation| Reverse(annotation.severity));
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    let (shown, others): (Vec<_>, Vec<_>) = annotations.into_iter().partition(|annotation| {
        let count = counts.entry(annotation.severity).or_insert(0);
        *count += 1;
        *count <= MOST_SHOWN
    });
    let mut out: String = shown.iter().map(Annotation::command).chain(others.iter().map(Annotation::plain_line)).collect();
    if !others.is_empty() {
        out.push_str(&format!("and {} more that are not annotated, in the lines above: a step has {MOST_SHOWN} annotations of a level\n", others.len()));
    }
    out
}

fn findings<'s>(scan: &'s Scan, catalogue: &'s Catalogue) -> impl Iterator<Item = Annotation> + 's {
    worded::findings(scan, catalogue).into_iter().map(move |worded| Annotation {
        severity: worded.finding.severity,
        path: escape::visible(worded.path).into_owned(),
        range: Some([worded.start.line, worded.start.column, worded.end.line, worded.end.column]),
        title: format!("askfirst: {}", worded.finding.rule),
        message: worded.in_sentences(scan),
    })
}

fn incomplete(scan: &Scan) -> impl Iterator<Item = Annotation> + '_ {
    scan.incomplete.iter().map(|one| Annotation {
        severity: Severity::Error,
        path: escape::visible(&one.path).into_owned(),
        range: None,
        title: "askfirst: not analysed".to_owned(),
        message: worded::sentence(&escape::visible(&one.reason)),
    })
}

impl Annotation {
    fn command(&self) -> String {
        let level = match self.severity {
            Severity::Info => "notice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let range = self.range.map_or_else(String::new, |[line, column, end_line, end_column]| match line == end_line {
            true => format!(",line={line},endLine={end_line},col={column},endColumn={end_column}"),
            // Columns are for annotations of one line.
            false => format!(",line={line},endLine={end_line}"),
        });
        format!("::{level} file={}{range},title={}::{}\n", property(&self.path), property(&self.title), data(&self.message))
    }

    /// Starts with a word of its own: a path could look like a command.
    fn plain_line(&self) -> String {
        let place = self.range.map_or_else(String::new, |[line, column, ..]| format!(":{line}:{column}"));
        format!("{} {}{place}: {}: {}\n", self.severity, harmless(&self.path), self.title, harmless(&self.message))
    }
}

/// Commands of the older kind are found anywhere in a line.
fn harmless(text: &str) -> String {
    text.replace("##[", "# #[")
}

fn data(text: &str) -> String {
    harmless(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_end_a_command_nor_start_another() {
        let annotation = Annotation {
            severity: Severity::Error,
            path: "a,line=1::b%.kt".to_owned(),
            range: Some([2, 3, 2, 4]),
            title: "askfirst: x".to_owned(),
            message: "100% :: ##[error]\r\n::error::".to_owned(),
        };
        let expected = "::error file=a%2Cline=1%3A%3Ab%25.kt,line=2,endLine=2,col=3,endColumn=4,title=askfirst%3A x::\
                        100%25 :: # #[error]%0D%0A::error::\n";
        assert_eq!(annotation.command(), expected);
        assert!(annotation.plain_line().starts_with("error a,line=1::b%.kt:2:3: "), "{}", annotation.plain_line());
    }

    #[test]
    fn columns_are_given_for_one_line_only() {
        let annotation =
            |end| Annotation { severity: Severity::Info, path: "a".to_owned(), range: Some([2, 3, end, 1]), title: "t".to_owned(), message: "m".to_owned() };
        assert_eq!(annotation(4).command(), "::notice file=a,line=2,endLine=4,title=t::m\n");
    }
}
