//! The XML of Checkstyle, which many tools read. It has no published schema; the shape is what Checkstyle itself writes.

use std::collections::BTreeMap;
use std::io;

use super::{escape, worded, xml};
use crate::catalogue::Catalogue;
use crate::scan::Scan;

/// Version of Checkstyle whose format this is; some readers refuse a document without one.
const VERSION: &str = "10.0";

/// What is said about a file.
struct Entry {
    line: u32,
    column: u32,
    severity: &'static str,
    message: String,
    source: String,
}

/// All findings and files that could not be analysed, by file.
///
/// # Errors
/// None in practice: it is written to memory.
pub fn report(scan: &Scan, catalogue: &Catalogue) -> io::Result<String> {
    let files = entries(scan, catalogue);
    xml::document(|writer| {
        let root = writer.create_element("checkstyle").with_attribute(("version", VERSION));
        if files.is_empty() {
            root.write_empty()?;
            return Ok(());
        }
        root.write_inner_content(|writer| {
            for (path, entries) in &files {
                let file = writer.create_element("file").with_attribute(("name", escape::visible(path).as_ref()));
                file.write_inner_content(|writer| entries.iter().try_for_each(|entry| write(entry, writer)))?;
            }
            Ok(())
        })?;
        Ok(())
    })
}

fn entries<'s>(scan: &'s Scan, catalogue: &Catalogue) -> BTreeMap<&'s str, Vec<Entry>> {
    let mut files: BTreeMap<&str, Vec<Entry>> = BTreeMap::new();
    for worded in worded::findings(scan, catalogue) {
        files.entry(worded.path).or_default().push(Entry {
            line: worded.start.line,
            column: worded.start.column,
            severity: worded.finding.severity.name(),
            message: worded.in_sentences(scan),
            source: format!("askfirst.{}", worded.finding.rule),
        });
    }
    for one in &scan.incomplete {
        let message = worded::sentence(&format!("not analysed: {}", escape::visible(&one.reason)));
        files.entry(&one.path).or_default().push(Entry { line: 1, column: 1, severity: "error", message, source: "askfirst.not-analysed".to_owned() });
    }
    files
}

fn write(entry: &Entry, writer: &mut xml::Xml) -> io::Result<()> {
    let (line, column) = (entry.line.to_string(), entry.column.to_string());
    let attributes = [("line", line.as_str()), ("column", &column), ("severity", entry.severity), ("message", &entry.message), ("source", &entry.source)];
    writer.create_element("error").with_attributes(attributes).write_empty()?;
    Ok(())
}
