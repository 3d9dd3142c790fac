//! JUnit's XML, for systems that show test results: an access is a test, which fails when it is a finding, and so is each other finding.
//!
//! Without times and hosts, which a report does not know; Jenkins' schema asks for neither. Names hold no lines, so that a test stays the
//! same while code moves.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use quick_xml::events::BytesText;

use super::worded::{self, WordedFinding};
use super::{escape, words, xml};
use crate::catalogue::Catalogue;
use crate::scan::Scan;
use crate::verdict::{Place, Severity, Site};

/// One test.
struct Case {
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    /// Something to know.
    Noted(String),
    Failed {
        kind: &'static str,
        message: String,
        text: String,
    },
    /// The file could not be analysed.
    Erred(String),
}

/// All accesses and findings, by file.
///
/// # Errors
/// None in practice: it is written to memory.
pub fn report(scan: &Scan, catalogue: &Catalogue) -> io::Result<String> {
    let suites = suites(scan, catalogue);
    let all = || suites.values().flatten();
    let attributes = [("name", "askfirst"), ("tests", &all().count().to_string()), ("failures", &failures(all())), ("errors", &errors(all()))];
    xml::document(|writer| {
        let root = writer.create_element("testsuites").with_attributes(attributes);
        if suites.is_empty() {
            root.write_empty()?;
            return Ok(());
        }
        root.write_inner_content(|writer| suites.iter().try_for_each(|(path, cases)| suite(path, cases, writer)))?;
        Ok(())
    })
}

fn failures<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    cases.filter(|case| matches!(case.outcome, Outcome::Failed { .. })).count().to_string()
}

fn errors<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    cases.filter(|case| matches!(case.outcome, Outcome::Erred(_))).count().to_string()
}

fn suites<'s>(scan: &'s Scan, catalogue: &Catalogue) -> BTreeMap<&'s str, Vec<Case>> {
    let findings = worded::findings(scan, catalogue);
    let mut suites: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    let places: HashSet<Place> = scan.outcome.sites.iter().map(|site| site.place).collect();
    let (on_accesses, others): (Vec<_>, Vec<_>) = findings.iter().partition(|worded| worded.finding.check.is_none() && places.contains(&worded.finding.place));
    let on_accesses: HashMap<Place, &WordedFinding<'_>> = on_accesses.into_iter().map(|worded| (worded.finding.place, worded)).collect();
    for site in &scan.outcome.sites {
        let outcome = on_accesses.get(&site.place).map_or(Outcome::Passed, |worded| outcome(worded, scan));
        suites.entry(scan.locate(site.place).0).or_default().push(Case { name: name_of_access(site), outcome });
    }
    for worded in others {
        let name = format!("{}: {}", worded.finding.rule, worded.message.title);
        suites.entry(worded.path).or_default().push(Case { name, outcome: outcome(worded, scan) });
    }
    for one in &scan.incomplete {
        let case = Case { name: "can be analysed".to_owned(), outcome: Outcome::Erred(format!("not analysed: {}", one.reason)) };
        suites.entry(&one.path).or_default().push(case);
    }
    suites.values_mut().for_each(|cases| tell_apart(cases));
    suites
}

/// `find: contacts (ContentResolver.query)`
fn name_of_access(site: &Site) -> String {
    let function = if site.function.is_empty() { "top level" } else { &site.function };
    format!("{function}: {} ({})", site.category, words::without_package(&site.api))
}

/// Numbers tests of the same name.
fn tell_apart(cases: &mut [Case]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for case in cases {
        let count = seen.entry(case.name.clone()).and_modify(|count| *count += 1).or_insert(1);
        if *count > 1 {
            case.name.push_str(&format!(" ({count})"));
        }
    }
}

fn outcome(worded: &WordedFinding<'_>, scan: &Scan) -> Outcome {
    let text = worded.in_lines(scan).join("\n");
    if worded.finding.severity == Severity::Info {
        return Outcome::Noted(text);
    }
    Outcome::Failed { kind: worded.finding.rule.id(), message: worded.message.title.clone(), text }
}

fn suite(path: &str, cases: &[Case], writer: &mut xml::Xml) -> io::Result<()> {
    let path = escape::visible(path);
    let (tests, failures, errors) = (cases.len().to_string(), failures(cases.iter()), errors(cases.iter()));
    let attributes = [("name", path.as_ref()), ("tests", &tests), ("failures", &failures), ("errors", &errors)];
    let suite = writer.create_element("testsuite").with_attributes(attributes);
    suite.write_inner_content(|writer| cases.iter().try_for_each(|one| case(&path, one, writer)))?;
    Ok(())
}

fn case(path: &str, case: &Case, writer: &mut xml::Xml) -> io::Result<()> {
    let name = escape::visible(&case.name);
    let element = writer.create_element("testcase").with_attributes([("classname", path), ("name", name.as_ref())]);
    match &case.outcome {
        Outcome::Passed => element.write_empty().map(drop),
        Outcome::Noted(text) => {
            element.write_inner_content(|writer| writer.create_element("system-out").write_text_content(BytesText::new(text)).map(drop)).map(drop)
        }
        Outcome::Failed { kind, message, text } => {
            let attributes = [("type", *kind), ("message", &*escape::visible(message))];
            let failure =
                |writer: &mut xml::Xml| writer.create_element("failure").with_attributes(attributes).write_text_content(BytesText::new(text)).map(drop);
            element.write_inner_content(failure).map(drop)
        }
        Outcome::Erred(reason) => {
            let attributes = [("type", "not-analysed"), ("message", &*escape::visible(reason))];
            element.write_inner_content(|writer| writer.create_element("error").with_attributes(attributes).write_empty().map(drop)).map(drop)
        }
    }
}
