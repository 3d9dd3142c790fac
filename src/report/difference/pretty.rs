//! The privacy difference for the terminal.

use super::{Compared, Detail, Mark, NOTHING, details, headline, promise};
use crate::report::{Style, escape};

/// A paragraph for each change, then those of the policy.
pub fn report(compared: &Compared<'_>, style: Style) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    let difference = compared.difference;
    if difference.is_empty() {
        line(format!("{}: {NOTHING}", escape::visible(compared.range)));
        return out;
    }
    for change in &difference.uses {
        let (mark, text) = headline(change);
        line(painted(&format!("{} {}", mark.sign(), escape::visible(&text)), mark, style));
        details(change, compared).iter().for_each(|detail| line(format!("    {}", told(detail))));
    }
    for change in &difference.promises {
        let (mark, text, parts) = promise(change);
        line(painted(&format!("{} {}", mark.sign(), escape::visible(&text)), mark, style));
        parts.iter().for_each(|part| line(format!("    {}", escape::visible(part))));
    }
    out
}

fn told(detail: &Detail<'_>) -> String {
    let before = if detail.mark == Mark::Went { " (before)" } else { "" };
    let text = format!("{} {}{before}  {}  {}", detail.mark.sign(), detail.place(), detail.site.api, detail.verdict);
    escape::visible(&text).into_owned()
}

fn painted(text: &str, mark: Mark, style: Style) -> String {
    let code = match mark {
        Mark::Came => "1;31",
        Mark::Went => "1;32",
        Mark::Other => "1;33",
    };
    if style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}
