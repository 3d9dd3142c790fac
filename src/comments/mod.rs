//! Comments that speak to askfirst: those that start with `askfirst:`. What a comment is, each language's own reader says ([`of_toml`], [`of_xml`],
//! and the frontends for source code), so that what looks like one inside of a text is none.

mod of_toml;
mod of_xml;

pub use of_toml::of_toml;
pub use of_xml::of_xml;

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// How such a comment starts.
pub const ADDRESS: &str = "askfirst:";

/// What may stand before the address, and after what is said. `<!` is what is left of `<!--` without its hyphens.
const MARKERS: [char; 7] = ['/', '*', '#', '<', '!', '-', ' '];

/// A comment that speaks to askfirst.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The whole comment.
    pub span: Span,
    /// What it says after `askfirst:`.
    pub text: String,
    /// Where that starts.
    pub text_start: u32,
    /// No code stands before it in its line.
    pub is_alone: bool,
    /// Where the next code starts, after any other comments; at the end of the file, there.
    pub next: u32,
}

/// Those of a file's comments that speak to askfirst; `spans` are all its comments, in order.
pub fn addressed(text: &str, spans: &[Span]) -> Vec<Comment> {
    let comments = spans.iter().enumerate().filter_map(|(index, span)| {
        let whole = text.get(span.start as usize..span.end as usize)?.trim_end();
        let end = span.start as usize + whole.len();
        let said = whole.trim_start_matches(|letter: char| letter.is_whitespace() || MARKERS.contains(&letter));
        let rest = said.strip_prefix(ADDRESS)?;
        let text_start = end - rest.len();
        let closing = if whole.starts_with("<!--") { "-->" } else { "*/" };
        let rest = if whole.starts_with("/*") || whole.starts_with("<!--") { rest.strip_suffix(closing).unwrap_or(rest) } else { rest };
        Some(Comment {
            span: Span::new(span.start as usize, end),
            text: rest.trim_end().to_owned(),
            text_start: text_start as u32,
            is_alone: is_alone(text, &spans[..=index]),
            next: next_code(text, &spans[index..]),
        })
    });
    comments.collect()
}

/// Whether nothing but blanks and comments stands in the line before the last comment.
fn is_alone(text: &str, spans: &[Span]) -> bool {
    let mut before = spans.iter().rev();
    let mut end = before.next().map_or(0, |span| span.start as usize);
    for span in before {
        let between = text.get(span.end as usize..end).unwrap_or_default();
        if between.contains(['\n', '\r']) || !between.trim().is_empty() {
            break;
        }
        end = span.start as usize;
    }
    let line = text.get(..end).and_then(|before| before.rsplit(['\n', '\r']).next()).unwrap_or_default();
    line.trim().is_empty()
}

/// Where code goes on after the first comment.
fn next_code(text: &str, spans: &[Span]) -> u32 {
    let mut at = spans.first().map_or(text.len(), |span| span.end as usize);
    for span in &spans[1..] {
        if !text.get(at..span.start as usize).is_some_and(|between| between.trim().is_empty()) {
            break;
        }
        at = span.end as usize;
    }
    let blank = text.get(at..).map_or(0, |rest| rest.len() - rest.trim_start().len());
    (at + blank) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str, comments: &[&str]) -> Vec<Span> {
        let find = |comment: &&str| text.find(comment).map(|start| Span::new(start, start + comment.len())).expect("is there");
        comments.iter().map(find).collect()
    }

    #[test]
    fn only_what_starts_with_the_address_is_meant() {
        let text = "/// askfirst: allow(a)\n/* askfirst: allow(b) */ x // see askfirst: allow(c)\n";
        let comments = addressed(text, &spans(text, &["/// askfirst: allow(a)", "/* askfirst: allow(b) */", "// see askfirst: allow(c)"]));
        let said: Vec<&str> = comments.iter().map(|comment| comment.text.as_str()).collect();
        assert_eq!(said, [" allow(a)", " allow(b)"]);
        assert_eq!(&text[comments[0].text_start as usize..][..9], " allow(a)");
    }

    #[test]
    fn what_stands_around_a_comment_is_told() {
        let text = "a() // askfirst: x\n/* other */ // askfirst: y\n\n/** about b */\nb()\n// askfirst: z\n";
        let all = ["// askfirst: x", "/* other */", "// askfirst: y", "/** about b */", "// askfirst: z"];
        let comments = addressed(text, &spans(text, &all));
        assert_eq!(comments.iter().map(|comment| comment.is_alone).collect::<Vec<_>>(), [false, true, true]);
        let next: Vec<&str> = comments.iter().map(|comment| text[comment.next as usize..].lines().next().unwrap_or_default()).collect();
        assert_eq!(next, ["b()", "b()", ""]);
    }
}
