use super::Span;

/// A 1-based line and a 1-based column that counts Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in Unicode scalar values.
    pub column: u32,
}

/// Turns byte offsets into lines and columns. `\n`, `\r\n` and a lone `\r` each end a line.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (offset, &byte) in bytes.iter().enumerate() {
            let lone_carriage_return = byte == b'\r' && bytes.get(offset + 1) != Some(&b'\n');
            if byte == b'\n' || lone_carriage_return {
                starts.push(offset as u32 + 1);
            }
        }
        Self { starts }
    }

    /// The place of a byte offset. An offset past the end is placed at the end; one inside a character at that character.
    pub fn place(&self, text: &str, offset: u32) -> LineColumn {
        let offset = offset.min(text.len() as u32);
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts[line - 1] as usize;
        let before = &text.as_bytes()[start..offset as usize];
        let column = before.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u32 + 1;
        LineColumn { line: line as u32, column }
    }

    /// The 1-based line of a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// How many lines the text has.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The span of a 1-based line without its line break; `None` past the end.
    pub fn line_span(&self, text: &str, line: u32) -> Option<Span> {
        let start = *self.starts.get(line.checked_sub(1)? as usize)? as usize;
        let end = self.starts.get(line as usize).map_or(text.len(), |&next| next as usize);
        let content = text.get(start..end)?.trim_end_matches(['\n', '\r']);
        Some(Span::new(start, start + content.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "a\n\u{1F600}é x\r\ny\rz";
        let index = LineIndex::new(text);
        let x = text.find('x').expect("has an x") as u32;
        assert_eq!(index.place(text, x), LineColumn { line: 2, column: 4 });
        let z = text.find('z').expect("has a z") as u32;
        assert_eq!(index.place(text, z), LineColumn { line: 4, column: 1 });
        assert_eq!(index.line_count(), 4);
    }

    #[test]
    fn a_line_span_leaves_out_the_line_break() {
        let text = "one\r\ntwo";
        let index = LineIndex::new(text);
        assert_eq!(index.line_span(text, 1), Some(Span::new(0, 3)));
        assert_eq!(index.line_span(text, 2), Some(Span::new(5, 8)));
        assert_eq!(index.line_span(text, 3), None);
    }
}
