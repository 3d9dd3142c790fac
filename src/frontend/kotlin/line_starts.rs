//! A line that starts with a parenthesis starts a statement, `(x as T).f()`. The grammar reads it as the arguments of a call of
//! whatever ends the line before, so a semicolon is put between them. `(x).f()` it reads as a destructuring declaration that goes
//! wrong, so superfluous parentheses around a name are taken away.

/// A token, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Names, dotted or not, keywords and numbers.
    Word,
    /// What ends an operand: `)`, `]`, `}`, a string, `!!`.
    End,
    /// The `)` of `if (…)` and the like.
    Condition,
    /// Anything else.
    Other,
}

#[derive(Clone, Copy)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

/// What is open around a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `{`
    Braces,
    /// `(` or `[`, and whether a keyword stands before it.
    Group { is_condition: bool },
    /// A string.
    Text { is_raw: bool, dollars: usize },
    /// `${` in a string.
    Template,
}

struct Scan<'t> {
    text: &'t [u8],
    open: Vec<Open>,
    /// The last three tokens, the last one first.
    last: [Option<Token>; 3],
    repairs: Vec<(usize, u8)>,
}

/// Which bytes to replace by what.
pub(super) fn repairs(text: &[u8]) -> Vec<(usize, u8)> {
    let mut scan = Scan { text, open: Vec::new(), last: [None; 3], repairs: Vec::new() };
    let mut at = 0;
    while at < text.len() {
        at = match scan.open.last() {
            Some(&Open::Text { is_raw, dollars }) => scan.step_in_text(at, is_raw, dollars),
            _ => scan.step(at),
        };
    }
    scan.repairs
}

impl Scan<'_> {
    /// Moves on in code.
    fn step(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        match rest[0] {
            byte if byte.is_ascii_whitespace() => at + 1,
            byte if is_word_byte(byte) => self.word(at),
            b'/' if rest.starts_with(b"//") => at + rest.iter().take_while(|byte| **byte != b'\n').count(),
            b'/' if rest.starts_with(b"/*") => at + comment_length(rest),
            b'"' => self.open_text(at),
            b'\'' => self.token(Kind::End, at, character_length(rest)),
            b'`' => {
                let length = rest.iter().skip(1).take_while(|byte| !matches!(byte, b'`' | b'\n')).count() + 2;
                self.token(Kind::Word, at, length.min(rest.len()))
            }
            b'!' if rest.starts_with(b"!!") => self.token(Kind::End, at, 2),
            b'(' | b'[' | b'{' => self.open(at),
            b')' | b']' | b'}' => self.close(at),
            _ => self.token(Kind::Other, at, 1),
        }
    }

    fn token(&mut self, kind: Kind, start: usize, length: usize) -> usize {
        let end = start + length;
        self.last = [Some(Token { kind, start, end }), self.last[0], self.last[1]];
        end
    }

    /// A word; one after a dot continues the one before it, one after `@` its label.
    fn word(&mut self, at: usize) -> usize {
        let length = self.text[at..].iter().take_while(|byte| is_word_byte(**byte)).count();
        if let [Some(joint), Some(Token { kind: Kind::Word, start, end }), before] = self.last {
            let is_label = self.text[joint.start] == b'@' && joint.start == end && joint.end == at;
            if is_label || self.text[joint.start] == b'.' {
                self.last = [Some(Token { kind: Kind::Word, start, end: at + length }), before, None];
                return at + length;
            }
        }
        self.token(Kind::Word, at, length)
    }

    fn open(&mut self, at: usize) -> usize {
        let byte = self.text[at];
        if byte == b'(' {
            self.separate(at);
            self.unwrap_name(at);
        }
        let is_condition = self.last[0]
            .is_some_and(|last| last.kind == Kind::Word && matches!(&self.text[last.start..last.end], b"if" | b"while" | b"for" | b"when" | b"catch"));
        self.open.push(if byte == b'{' { Open::Braces } else { Open::Group { is_condition } });
        self.token(Kind::Other, at, 1)
    }

    fn close(&mut self, at: usize) -> usize {
        match self.open.pop() {
            Some(Open::Template) => at + 1,
            Some(Open::Group { is_condition: true }) => self.token(Kind::Condition, at, 1),
            _ => self.token(Kind::End, at, 1),
        }
    }

    fn open_text(&mut self, at: usize) -> usize {
        let is_raw = self.text[at..].starts_with(b"\"\"\"");
        let dollars = self.text[..at].iter().rev().take_while(|byte| **byte == b'$').count().max(1);
        self.open.push(Open::Text { is_raw, dollars });
        at + if is_raw { 3 } else { 1 }
    }

    /// Moves on in a string.
    fn step_in_text(&mut self, at: usize, is_raw: bool, dollars: usize) -> usize {
        let rest = &self.text[at..];
        let quotes = rest.iter().take_while(|byte| **byte == b'"').count();
        let run = rest.iter().take_while(|byte| **byte == b'$').count();
        match rest[0] {
            b'\\' if !is_raw => at + 2,
            b'$' if run >= dollars && rest.get(run) == Some(&b'{') => {
                self.open.push(Open::Template);
                at + run + 1
            }
            b'$' => at + run,
            b'"' if !is_raw || quotes >= 3 => {
                self.open.pop();
                self.token(Kind::End, at, if is_raw { quotes } else { 1 })
            }
            // A line break ends a string that nobody closed.
            b'\n' if !is_raw => {
                self.open.pop();
                at + 1
            }
            _ => at + 1,
        }
    }

    /// Puts a semicolon before the parenthesis at `at` if that starts a statement.
    fn separate(&mut self, at: usize) {
        let Some(last) = self.last[0] else { return };
        let in_statements = !matches!(self.open.last(), Some(Open::Group { .. }));
        let has_room = self.text[last.end].is_ascii_whitespace();
        if in_statements && has_room && self.breaks_line(last.end, at) && self.ends_statement(last) {
            self.repairs.push((last.end, b';'));
        }
    }

    /// Takes the parentheses of `(x).` away at the start of a statement.
    fn unwrap_name(&mut self, at: usize) {
        let starts_statement = self.last[0].is_none_or(|last| matches!(self.text[last.start], b'{' | b';') || self.breaks_line(last.end, at));
        let length = self.text[at + 1..].iter().take_while(|byte| is_word_byte(**byte)).count();
        let close = at + 1 + length;
        let is_name = length > 0 && self.text.get(close) == Some(&b')');
        if starts_statement && is_name && matches!(self.text.get(close + 1), Some(b'.' | b'?' | b'!' | b'[')) {
            self.repairs.extend([(at, b' '), (close, b' ')]);
        }
    }

    fn breaks_line(&self, from: usize, to: usize) -> bool {
        self.text[from..to].contains(&b'\n')
    }

    /// Whether a statement can end with a token: not with a keyword, an operator, or the name of an infix function.
    fn ends_statement(&self, last: Token) -> bool {
        match last.kind {
            Kind::End => true,
            Kind::Condition | Kind::Other => false,
            Kind::Word => {
                let before = self.last[1].filter(|before| !self.breaks_line(before.end, last.start));
                !awaits_more(&self.text[last.start..last.end]) && before.is_none_or(|before| self.precedes_last_word(before))
            }
        }
    }

    /// Whether the word after a token of the same line can be the last of its statement.
    fn precedes_last_word(&self, before: Token) -> bool {
        let text = &self.text[before.start..before.end];
        match before.kind {
            Kind::Other => text != b"@",
            Kind::Condition => true,
            Kind::End => false,
            Kind::Word => awaits_more(text) && !matches!(text, b"fun" | b"class" | b"interface" | b"object" | b"constructor") || text == b"return",
        }
    }
}

/// Keywords after which something must follow.
fn awaits_more(word: &[u8]) -> bool {
    matches!(
        word,
        b"as"
            | b"by"
            | b"class"
            | b"constructor"
            | b"do"
            | b"else"
            | b"finally"
            | b"for"
            | b"fun"
            | b"get"
            | b"if"
            | b"in"
            | b"init"
            | b"interface"
            | b"is"
            | b"object"
            | b"set"
            | b"suspend"
            | b"throw"
            | b"try"
            | b"typealias"
            | b"val"
            | b"var"
            | b"when"
            | b"where"
            | b"while"
    )
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
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

    /// Every `|` in `marked` must be a blank that becomes a semicolon, and nothing else may.
    #[track_caller]
    fn check(marked: &str) {
        let text = marked.replace('|', "\n");
        let expected: Vec<usize> = marked.match_indices('|').map(|(at, _)| at).collect();
        let semicolons: Vec<usize> = repairs(text.as_bytes()).into_iter().filter(|(_, byte)| *byte == b';').map(|(at, _)| at).collect();
        assert_eq!(semicolons, expected, "{marked}");
    }

    #[test]
    fn a_parenthesis_on_a_new_line_starts_a_statement() {
        check("val d = p|  (x as T).y = 3");
        check("f()|(x).g()|(y).h()");
        check("{ a ->\n b|\n (c).d()\n }");
        check("x ?: return|(x as T).g()");
        check("f { return@f|(x).g()\n }");
        check("if (a) b|(c).d()");
        check("a.b!!|(c).d()");
        check("a[0]|// comment\n(c).d()");
        check("x as T|(c).d()");
        check("\"${f { a|(b).c() }}\"|(c).d()");
        check("'('|(c).d()");
    }

    #[test]
    fn superfluous_parentheses_go() {
        for (text, repaired) in
            [("x;(a).b()", "x; a .b()"), ("{ (é)?.b() }", "{  é ?.b() }"), ("f<A>(a).b()", "f<A>(a).b()"), ("fun (A).f() {}", "fun (A).f() {}")]
        {
            let mut bytes = text.as_bytes().to_vec();
            repairs(text.as_bytes()).into_iter().for_each(|(at, byte)| bytes[at] = byte);
            assert_eq!(String::from_utf8_lossy(&bytes), repaired);
        }
    }

    #[test]
    fn what_goes_on_is_not_broken() {
        for text in [
            "val flags = A or\n (B)",
            "f(a) to\n (b)",
            "f(a\n (b))",
            "a +\n (b)",
            "if (a)\n (b).c()",
            "x = if (a) b else\n (c)",
            "fun f\n(a: A) {}",
            "fun A.f\n(a: A) {}",
            "class A\n(val a: B)",
            "class A @Inject constructor\n(val a: B)",
            "@A\n(b).c()",
            "val a: suspend\n () -> Unit",
            "f(\"a\n",
            "f\n/* \n */",
            "throw\n(a)",
            "(a)",
            "'",
            "\"${\"",
        ] {
            check(text);
        }
    }
}
