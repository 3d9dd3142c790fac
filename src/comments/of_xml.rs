use crate::source::Span;

/// The comments of an XML file. What looks like one in a tag's attribute or in a CDATA section is none.
pub fn of_xml(text: &str) -> Vec<Span> {
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('<')).map(|offset| at + offset) {
        let rest = &text[start..];
        let end_after = |mark: &str, opening: usize| rest[opening..].find(mark).map_or(text.len(), |offset| start + opening + offset + mark.len());
        at = if rest.starts_with("<!--") {
            let end = end_after("-->", 4);
            comments.push(Span::new(start, end));
            end
        } else if rest.starts_with("<![CDATA[") {
            end_after("]]>", 9)
        } else if rest.starts_with("<?") {
            end_after("?>", 2)
        } else {
            end_of_tag(text, start)
        };
    }
    comments
}

/// Where a tag ends, whose attributes may hold any `>`.
fn end_of_tag(text: &str, start: usize) -> usize {
    let mut quote = None;
    for (offset, byte) in text.bytes().enumerate().skip(start + 1) {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return offset + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_told_from_what_looks_like_one() {
        let text = "<?xml version='1.0'?><!-- one -->\n<a b=\"<!-- no -->\" c='>' ><![CDATA[<!-- no -->]]><!-- two\n > --></a><!-- open";
        let found: Vec<&str> = of_xml(text).into_iter().map(|span| &text[span.start as usize..span.end as usize]).collect();
        assert_eq!(found, ["<!-- one -->", "<!-- two\n > -->", "<!-- open"]);
    }

    #[test]
    fn they_speak_to_askfirst_as_those_of_code_do() {
        let text = "<manifest>\n    <!-- askfirst: allow(unused-feature) because \"soon\" -->\n    <uses-permission/>\n</manifest>\n";
        let comments = crate::comments::addressed(text, &of_xml(text));
        assert_eq!(comments.len(), 1);
        assert_eq!(comments[0].text, " allow(unused-feature) because \"soon\"");
        assert!(comments[0].is_alone && text[comments[0].next as usize..].starts_with("<uses-permission/>"));
    }
}
