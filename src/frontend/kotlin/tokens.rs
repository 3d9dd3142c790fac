//! A rough tokenizer for the repairs that are made before parsing: it knows strings, comments and brackets.

/// What a token is, as far as the repairs care.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A name, keyword or number.
    Word,
    /// A string or character literal, or the last piece of one with templates.
    Text,
    /// `(`, `[`, `{`
    Open,
    /// `)`, `]`, `}`; whether it closes the condition of `if (…)` and the like.
    Close { is_condition: bool },
    /// Any other byte; `!!` is one.
    Other,
}

/// A token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// Whether it stands on another line than the token before it.
    pub starts_line: bool,
    /// Whether it stands directly in parentheses or square brackets rather than braces.
    pub in_group: bool,
    /// For a bracket the index of the one that belongs to it; the token itself when there is none.
    pub partner: usize,
}

/// What is open around a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Braces,
    /// `(` or `[`, and whether a keyword that takes a condition stands before it.
    Group {
        is_condition: bool,
    },
    /// A string, and how many dollars make a template in it.
    Text {
        is_raw: bool,
        dollars: usize,
    },
    /// `${` in a string.
    Template,
}

struct Scan<'t> {
    text: &'t [u8],
    around: Vec<Around>,
    /// Indices of the brackets that are open.
    open: Vec<usize>,
    tokens: Vec<Token>,
}

/// The tokens of a text. Templates in strings are tokenized, too.
pub(super) fn tokens(text: &[u8]) -> Vec<Token> {
    let mut scan = Scan { text, around: Vec::new(), open: Vec::new(), tokens: Vec::new() };
    let mut at = 0;
    while at < text.len() {
        at = match scan.around.last() {
            Some(&Around::Text { is_raw, dollars }) => scan.step_in_text(at, is_raw, dollars),
            _ => scan.step(at),
        };
    }
    scan.tokens
}

impl Scan<'_> {
    fn push(&mut self, kind: Kind, start: usize, length: usize) -> usize {
        let end = (start + length).min(self.text.len());
        let before = self.tokens.last().map_or(0, |last| last.end);
        let starts_line = self.tokens.is_empty() || self.text[before..start].contains(&b'\n');
        let in_group = matches!(self.around.last(), Some(Around::Group { .. }));
        let partner = self.tokens.len();
        self.tokens.push(Token { kind, start, end, starts_line, in_group, partner });
        end
    }

    /// Moves on in code.
    fn step(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        match rest[0] {
            byte if byte.is_ascii_whitespace() => at + 1,
            byte if is_word_byte(byte) => self.push(Kind::Word, at, word_length(rest)),
            b'/' if rest.starts_with(b"//") => at + rest.iter().take_while(|byte| **byte != b'\n').count(),
            b'/' if rest.starts_with(b"/*") => at + comment_length(rest),
            b'"' => self.open_text(at),
            b'\'' => self.push(Kind::Text, at, character_length(rest)),
            b'`' => self.push(Kind::Word, at, rest.iter().skip(1).take_while(|byte| !matches!(byte, b'`' | b'\n')).count() + 2),
            b'!' if rest.starts_with(b"!!") => self.push(Kind::Other, at, 2),
            b'(' | b'[' | b'{' => self.open(at),
            b')' | b']' | b'}' => self.close(at),
            _ => self.push(Kind::Other, at, 1),
        }
    }

    fn open(&mut self, at: usize) -> usize {
        let keyword = self.tokens.last().filter(|last| last.kind == Kind::Word).map(|last| &self.text[last.start..last.end]);
        let is_condition = keyword.is_some_and(|word| matches!(word, b"if" | b"while" | b"for" | b"when" | b"catch"));
        let end = self.push(Kind::Open, at, 1);
        self.open.push(self.tokens.len() - 1);
        self.around.push(if self.text[at] == b'{' { Around::Braces } else { Around::Group { is_condition } });
        end
    }

    fn close(&mut self, at: usize) -> usize {
        let closed = self.around.pop();
        if closed == Some(Around::Template) {
            return at + 1;
        }
        let end = self.push(Kind::Close { is_condition: closed == Some(Around::Group { is_condition: true }) }, at, 1);
        if let (Some(opener), Some(close)) = (self.open.pop().filter(|_| closed.is_some()), self.tokens.len().checked_sub(1)) {
            self.tokens[opener].partner = close;
            self.tokens[close].partner = opener;
        }
        end
    }

    fn open_text(&mut self, at: usize) -> usize {
        let is_raw = self.text[at..].starts_with(b"\"\"\"");
        let dollars = self.text[..at].iter().rev().take_while(|byte| **byte == b'$').count().max(1);
        let end = self.push(Kind::Text, at, if is_raw { 3 } else { 1 });
        self.around.push(Around::Text { is_raw, dollars });
        end
    }

    /// Moves on inside a string.
    fn step_in_text(&mut self, at: usize, is_raw: bool, dollars: usize) -> usize {
        let rest = &self.text[at..];
        let quotes = rest.iter().take_while(|byte| **byte == b'"').count();
        let run = rest.iter().take_while(|byte| **byte == b'$').count();
        match rest[0] {
            b'\\' if !is_raw => at + 2,
            b'$' if run >= dollars && rest.get(run) == Some(&b'{') => {
                self.around.push(Around::Template);
                at + run + 1
            }
            b'$' => at + run,
            b'"' if !is_raw || quotes >= 3 => {
                self.around.pop();
                self.push(Kind::Text, at, if is_raw { quotes } else { 1 })
            }
            // A line break ends a string that nobody closed.
            b'\n' if !is_raw => {
                self.around.pop();
                at + 1
            }
            _ => at + 1,
        }
    }
}

/// Whether a byte can be part of a name or number.
pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The length of the name or number at the start.
pub(super) fn word_length(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_word_byte(**byte)).count()
}

/// The length of a block comment, which may hold others.
pub(super) fn comment_length(text: &[u8]) -> usize {
    let (mut at, mut depth) = (2, 1);
    while at < text.len() && depth > 0 {
        match text[at..] {
            [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
            [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    at
}

/// The length of a character literal that could be taken for the start of something else, or of a lone quote.
pub(super) fn character_length(text: &[u8]) -> usize {
    match text {
        [_, b'\\', _, b'\'', ..] => 4,
        [_, _, b'\'', ..] => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = tokens(text.as_bytes()).into_iter().map(|token| &text[token.start..token.end]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn strings_and_comments_hold_no_tokens() {
        check("a.b(1) // c\n/* d /* e */ */ 'f' `g h`", &["a", ".", "b", "(", "1", ")", "'f'", "`g h`"]);
        check("\"a ${b { \"c\" }} \\\" d\" e", &["\"", "b", "{", "\"", "\"", "}", "\"", "e"]);
        check("\"\"\"a \" ${b}\"\"\"\" c", &["\"\"\"", "b", "\"\"\"\"", "c"]);
        check("$$\"${a} $${b}\"", &["$", "$", "\"", "b", "\""]);
        check("\"a\nb", &["\"", "b"]);
        check("'", &["'"]);
        check("`", &["`"]);
    }

    #[test]
    fn brackets_and_lines_are_known() {
        let tokens = tokens(b"if (a) {\n b }");
        assert_eq!(tokens[3].kind, Kind::Close { is_condition: true });
        assert!(tokens[2].in_group && !tokens[5].in_group && tokens[5].starts_line && !tokens[6].starts_line);
    }
}
