use serde::{Deserialize, Serialize};

use super::Span;

/// A 1-based line and a 1-based column that counts Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in Unicode scalar values.
    pub column: u32,
}

/// Turns byte offsets into lines and columns, without the text. `\n`, `\r\n` and a lone `\r` each end a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Packed", try_from = "Packed")]
pub struct LineIndex {
    /// Where each line starts.
    starts: Vec<u32>,
    /// Where characters of more than one byte stand, in order.
    wide: Vec<WideRun>,
    /// Length of the text in bytes.
    len: u32,
}

/// Neighbouring characters of the same length, of more than one byte each. A comment in Chinese is a run or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WideRun {
    /// First byte.
    start: u32,
    /// Bytes per character: 2 to 4.
    width: u32,
    /// How many characters.
    count: u32,
    /// By how much bytes outnumber characters before the run, from the start of the text.
    surplus: u32,
}

impl WideRun {
    fn end(self) -> u32 {
        self.start + self.width * self.count
    }

    /// By how much bytes outnumber characters before `offset`, which is not before the run. A character that it lies inside of does not count.
    fn surplus(self, offset: u32) -> u32 {
        let inside = offset.min(self.end()) - self.start;
        self.surplus + inside - inside / self.width
    }
}

impl LineIndex {
    /// Indexes `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut index = Self { starts: vec![0], wide: Vec::new(), len: bytes.len() as u32 };
        for (offset, &byte) in bytes.iter().enumerate() {
            let lone_carriage_return = byte == b'\r' && bytes.get(offset + 1) != Some(&b'\n');
            if byte == b'\n' || lone_carriage_return {
                index.starts.push(offset as u32 + 1);
            } else if byte >= 0xC0 {
                index.push_wide(offset as u32, byte.leading_ones(), 1);
            }
        }
        index
    }

    /// Adds characters after all others.
    fn push_wide(&mut self, start: u32, width: u32, count: u32) {
        let surplus = match self.wide.last_mut() {
            Some(last) if last.end() == start && last.width == width => {
                last.count += count;
                return;
            }
            Some(last) => last.surplus(start),
            None => 0,
        };
        self.wide.push(WideRun { start, width, count, surplus });
    }

    /// The place of a byte offset. An offset past the end is placed at the end; one inside a character at that character.
    pub fn place(&self, offset: u32) -> LineColumn {
        let offset = offset.min(self.len);
        let line = self.line(offset);
        let start = self.starts[line as usize - 1];
        let column = (offset - start) - (self.surplus(offset) - self.surplus(start)) + 1;
        LineColumn { line, column }
    }

    fn surplus(&self, offset: u32) -> u32 {
        let started = self.wide.partition_point(|run| run.start <= offset);
        started.checked_sub(1).map_or(0, |last| self.wide[last].surplus(offset))
    }

    /// The 1-based line of a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// How many bytes the text has.
    pub fn text_len(&self) -> u32 {
        self.len
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

/// What is written of a [`LineIndex`]: differences, which are small numbers.
#[derive(Serialize, Deserialize)]
struct Packed {
    /// Length of each line in bytes, with its line break.
    lines: Vec<u32>,
    /// Of each run of wide characters: bytes since the last one's end, bytes per character, characters.
    wide: Vec<(u32, u8, u32)>,
}

impl From<LineIndex> for Packed {
    fn from(index: LineIndex) -> Self {
        let ends = index.starts.iter().skip(1).chain([&index.len]);
        let lines = index.starts.iter().zip(ends).map(|(start, end)| end - start).collect();
        let ends = [0].into_iter().chain(index.wide.iter().map(|run| run.end()));
        let wide = index.wide.iter().zip(ends).map(|(run, end)| (run.start - end, run.width as u8, run.count)).collect();
        Self { lines, wide }
    }
}

/// What is written is no [`LineIndex`].
#[derive(Debug, thiserror::Error)]
#[error("lines and characters do not fit each other")]
struct PackedProblem;

impl TryFrom<Packed> for LineIndex {
    type Error = PackedProblem;

    fn try_from(packed: Packed) -> Result<Self, PackedProblem> {
        let (last, others) = packed.lines.split_last().ok_or(PackedProblem)?;
        let mut index = Self { starts: vec![0], wide: Vec::new(), len: 0 };
        for line in others {
            index.len = index.len.checked_add(*line).ok_or(PackedProblem)?;
            index.starts.push(index.len);
        }
        index.len = index.len.checked_add(*last).ok_or(PackedProblem)?;
        let mut end = 0_u32;
        for (gap, width, count) in packed.wide {
            let width = u32::from(width);
            let start = end.checked_add(gap).ok_or(PackedProblem)?;
            end = count.checked_mul(width).and_then(|bytes| start.checked_add(bytes)).ok_or(PackedProblem)?;
            if !(2..=4).contains(&width) || end > index.len {
                return Err(PackedProblem);
            }
            index.push_wide(start, width, count);
        }
        Ok(index)
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
        assert_eq!(index.place(x), LineColumn { line: 2, column: 4 });
        let z = text.find('z').expect("has a z") as u32;
        assert_eq!(index.place(z), LineColumn { line: 4, column: 1 });
        assert_eq!(index.line_count(), 4);
    }

    /// Every offset of a text with characters of all lengths, against a count of the characters before it.
    #[test]
    fn places_are_right_without_the_text() {
        let text = "ab é漢字x\r\n\u{1F600}\u{1F600}é\r\n\néé\u{301}e\rx漢";
        let index = LineIndex::new(text);
        for offset in 0..=text.len() {
            let before = &text[..text.floor_char_boundary(offset)];
            let after_break = |(at, _): (usize, &str)| at + usize::from(text[at..].starts_with("\r\n")) + 1;
            let start = before.rmatch_indices(['\r', '\n']).map(after_break).find(|&start| start <= before.len()).unwrap_or_default();
            assert_eq!(index.place(offset as u32).column as usize, before[start..].chars().count() + 1, "offset {offset}");
        }
        assert_eq!(index.place(u32::MAX), index.place(text.len() as u32));
    }

    #[test]
    fn packing_loses_nothing_and_refuses_what_does_not_fit() {
        for text in ["", "a", "\n", "é", "a\r\n漢字é\n\n\u{1F600} x"] {
            let index = LineIndex::new(text);
            let unpacked = LineIndex::try_from(Packed::from(index.clone()));
            assert!(unpacked.is_ok_and(|unpacked| unpacked == index), "{text:?}");
        }
        let refused =
            [(vec![], vec![]), (vec![u32::MAX, 1], vec![]), (vec![4], vec![(3, 2, 1)]), (vec![4], vec![(0, 1, 1)]), (vec![4], vec![(0, 4, u32::MAX)])];
        for (lines, wide) in refused {
            assert!(LineIndex::try_from(Packed { lines, wide }).is_err());
        }
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
