//! `--fix`: makes the edits that mend findings, or shows them.

use std::path::Path;

use similar::TextDiff;

use super::Wrong;
use super::output::Terminal;
use crate::discover::plain_io_error;
use crate::fixes::{self, Edit};
use crate::report::{escape, words};
use crate::scan::{Scan, ScannedFile};

/// Makes all edits, and says so. Whether there were any: what was found is out of date then.
pub(super) fn fix(scan: &Scan, terminal: &Terminal) -> Result<bool, Wrong> {
    let mut fixed = 0;
    for (file, edits) in by_file(scan) {
        match on_disk(file) {
            Ok(mark) => {
                let text = format!("{mark}{}", fixes::apply(&file.text, edits.iter()));
                std::fs::write(&file.path, text).map_err(|error| Wrong(format!("{}: {}", file.path, plain_io_error(&error))))?;
                fixed += edits.len() as u64;
            }
            Err(reason) => terminal.note(&format!("not fixed: {}: {reason}\n", escape::visible(&file.path))),
        }
    }
    if fixed > 0 {
        terminal.note(&format!("fixed {}\n", words::counted(fixed, "finding", "findings")));
    }
    Ok(fixed > 0)
}

/// What `fix` would do, as a unified diff; empty when that is nothing.
pub(super) fn diff(scan: &Scan) -> String {
    let diffs = by_file(scan).into_iter().map(|(file, edits)| {
        let text = fixes::apply(&file.text, edits.iter());
        let diff = TextDiff::from_lines(file.text.as_str(), text.as_str());
        let path = escape::visible(&file.path);
        diff.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")).to_string()
    });
    // A line break is all that may steer; the rest is spelled out.
    diffs.map(|diff| diff.lines().map(|line| format!("{}\n", escape::visible(line))).collect::<String>()).collect()
}

fn by_file(scan: &Scan) -> Vec<(&ScannedFile, Vec<Edit>)> {
    let mut files: Vec<(&ScannedFile, Vec<Edit>)> = Vec::new();
    for edit in fixes::edits(scan) {
        let file = scan.file(edit.file);
        match files.last_mut().filter(|(last, _)| std::ptr::eq(*last, file)) {
            Some((_, edits)) => edits.push(edit),
            None => files.push((file, vec![edit])),
        }
    }
    files
}

/// The byte order mark of the file on disk, if that still holds what was read.
fn on_disk(file: &ScannedFile) -> Result<&'static str, String> {
    let bytes = std::fs::read(Path::new(&file.path)).map_err(|error| plain_io_error(&error))?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    if text == file.text {
        return Ok("");
    }
    if text.strip_prefix('\u{FEFF}') == Some(file.text.as_str()) { Ok("\u{FEFF}") } else { Err("it has changed since it was read".to_owned()) }
}
