//! Edits of a text that keep its lines, and where places come to lie.

/// What becomes of a stretch of source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// First byte.
    pub start: u32,
    /// One past the last byte; the same as `start` where something is only put in.
    pub end: u32,
    /// What stands there instead.
    pub new: String,
    /// One name for another: a call that has this name stays a call.
    pub is_name: bool,
}

impl Edit {
    fn covers(&self, place: u32) -> bool {
        self.start <= place && place < self.end
    }

    fn growth(&self) -> i64 {
        self.new.len() as i64 - i64::from(self.end - self.start)
    }
}

/// Edits of one text that do not overlap, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits(Vec<Edit>);

impl Edits {
    /// Adds edits; what is there already stays once.
    pub fn add(&mut self, edits: impl IntoIterator<Item = Edit>) {
        self.0.extend(edits);
        self.0.sort();
        self.0.dedup();
        let overlap = self.0.windows(2).find(|pair| pair[1].start < pair[0].end);
        assert!(overlap.is_none(), "two edits of one stretch: {overlap:?}");
    }

    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for edit in &self.0 {
            out.push_str(&text[done..edit.start as usize]);
            out.push_str(&edit.new);
            done = edit.end as usize;
        }
        out + &text[done..]
    }

    /// The edit that replaces the text around a place.
    pub fn replacing(&self, place: u32) -> Option<&Edit> {
        self.0.iter().find(|edit| edit.covers(place))
    }

    /// Where a place comes to lie; the start of what replaces it.
    pub fn to_edited(&self, place: u32) -> u32 {
        let before = self.0.iter().take_while(|edit| edit.start <= place && !edit.covers(place));
        let moved: i64 = before.map(Edit::growth).sum();
        (i64::from(self.replacing(place).map_or(place, |edit| edit.start)) + moved) as u32
    }

    /// Where a place of the edited text came from, and the edit that made its text, if one did.
    pub fn to_original(&self, place: u32) -> (u32, Option<&Edit>) {
        let mut moved = 0;
        for edit in &self.0 {
            let start = i64::from(edit.start) + moved;
            if i64::from(place) < start {
                break;
            }
            if i64::from(place) < start + edit.new.len() as i64 {
                return (edit.start, Some(edit));
            }
            moved += edit.growth();
        }
        ((i64::from(place) - moved) as u32, None)
    }
}
