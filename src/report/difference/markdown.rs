//! The privacy difference as a comment on a pull request.

use super::{Compared, NOTHING, details, headline, promise};
use crate::report::markdown::{code, text};

/// A list item for each change, with its places folded.
pub fn report(compared: &Compared<'_>) -> String {
    let difference = compared.difference;
    if difference.is_empty() {
        return format!("### askfirst: {NOTHING}\n\nCompared {}.\n", code(compared.range));
    }
    let mut out = format!("### askfirst: what this change lets the app do\n\nCompared {}.\n\n", code(compared.range));
    for change in &difference.uses {
        let (_, told) = headline(change);
        out.push_str(&format!("- {}\n\n  <details><summary>Where</summary>\n\n", text(&told)));
        for detail in details(change, compared) {
            out.push_str(&format!(
                "  - {} {}: {}, {}\n",
                detail.mark.sign().replace('-', "\u{2212}").replace('+', "\\+").replace('~', "\\~"),
                code(&detail.place()),
                code(&detail.site.api),
                detail.verdict
            ));
        }
        out.push_str("\n  </details>\n");
    }
    for change in &difference.promises {
        let (_, told, parts) = promise(change);
        out.push_str(&format!("- {}\n", text(&told)));
        parts.iter().for_each(|part| out.push_str(&format!("  - {}\n", text(part))));
    }
    out
}
