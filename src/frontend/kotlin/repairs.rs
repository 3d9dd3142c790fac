//! What the grammar misreads without an error, put right in the parsed copy of the text, byte for byte:
//!
//! - `private fun A.f() { … }` it may take for a call of `fun` with the name `private` as its receiver, and likewise for all modifiers,
//!   which can be names in Kotlin. The parsed copy has none; they are read from the source.
//! - A line that starts with a parenthesis, `(x as T).f()`, it takes for the arguments of a call of what ends the line before.
//! - `(x).f()` it takes for a destructuring declaration that goes wrong.
//! - A declaration on the line on which the body of the one before ends, `fun f() {} fun g() {}`, and imports on one line it does not read.
//! - A class without a body it may take for part of an expression that goes on with the annotations of the next declaration.

use super::tokens::{Kind, Token, tokens};

/// Words that can stand before a declaration. `enum` is not among them: the grammar needs it.
const MODIFIERS: [&[u8]; 24] = [
    b"abstract",
    b"actual",
    b"annotation",
    b"companion",
    b"const",
    b"data",
    b"expect",
    b"external",
    b"final",
    b"infix",
    b"inline",
    b"inner",
    b"internal",
    b"lateinit",
    b"open",
    b"operator",
    b"override",
    b"private",
    b"protected",
    b"public",
    b"sealed",
    b"suspend",
    b"tailrec",
    b"value",
];

/// Words that start a declaration after its modifiers.
const DECLARATIONS: [&[u8]; 8] = [b"class", b"enum", b"fun", b"interface", b"object", b"typealias", b"val", b"var"];

/// Words after which something must follow.
const UNFINISHED: [&[u8]; 26] = [
    b"as",
    b"by",
    b"class",
    b"constructor",
    b"do",
    b"else",
    b"finally",
    b"for",
    b"fun",
    b"get",
    b"if",
    b"in",
    b"init",
    b"interface",
    b"is",
    b"object",
    b"set",
    b"suspend",
    b"throw",
    b"try",
    b"typealias",
    b"val",
    b"var",
    b"when",
    b"where",
    b"while",
];

/// Repairs the copy.
pub(super) fn repair(text: &[u8], copy: &mut [u8]) {
    let tokens = tokens(text);
    let mut repairs = Repairs { text, tokens: &tokens, copy };
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => {
                repairs.separate(index);
                repairs.unwrap_name(index);
            }
            Kind::Word => {
                repairs.end_body(index);
                repairs.end_import(index);
                repairs.declaration(index);
            }
            Kind::Other => repairs.end_class(index),
            _ => {}
        }
    }
}

/// Whether a word is a modifier.
pub(super) fn is_modifier(word: &[u8]) -> bool {
    MODIFIERS.contains(&word)
}

struct Repairs<'r> {
    text: &'r [u8],
    tokens: &'r [Token],
    copy: &'r mut [u8],
}

impl<'r> Repairs<'r> {
    fn word(&self, token: Token) -> &'r [u8] {
        &self.text[token.start..token.end]
    }

    fn before(&self, index: usize) -> Option<Token> {
        self.tokens.get(index.checked_sub(1)?).copied()
    }

    fn first_byte(&self, token: Token) -> u8 {
        self.text[token.start]
    }

    /// Blanks the modifiers before the word that starts a declaration.
    fn declaration(&mut self, index: usize) {
        let keyword = self.tokens[index];
        if keyword.in_group || !DECLARATIONS.contains(&self.word(keyword)) {
            return;
        }
        let first = self.first_modifier(index);
        if first == index || !self.can_start_declaration(first) {
            return;
        }
        let is_companion = self.word(self.tokens[index - 1]) == b"companion";
        for &modifier in &self.tokens[first..index] {
            self.copy[modifier.start..modifier.end].fill(b' ');
        }
        let is_named = self.tokens.get(index + 1).is_some_and(|name| name.kind == Kind::Word && !name.starts_line);
        if is_companion && !is_named {
            self.name_companion(self.tokens[index - 1], keyword);
        }
    }

    /// The first of the modifiers that stand before a word on its line, or the word.
    fn first_modifier(&self, index: usize) -> usize {
        let mut first = index;
        while let Some(before) = self.before(first).filter(|_| !self.tokens[first].starts_line) {
            if before.kind != Kind::Word || !is_modifier(self.word(before)) {
                break;
            }
            first -= 1;
        }
        first
    }

    /// Puts a semicolon between a body and the declaration that follows it on its last line.
    fn end_body(&mut self, index: usize) {
        if self.tokens[index].in_group || !DECLARATIONS.contains(&self.word(self.tokens[index])) {
            return;
        }
        let first = self.first_modifier(index);
        let Some(end) = self.before(first).filter(|_| !self.tokens[first].starts_line) else { return };
        if self.word(end) == b"}" && self.text[end.end].is_ascii_whitespace() {
            self.copy[end.end] = b';';
        }
    }

    /// Puts an import that follows a semicolon on a line of its own.
    fn end_import(&mut self, index: usize) {
        let Some(before) = self.before(index) else { return };
        if self.word(self.tokens[index]) == b"import" && self.word(before) == b";" {
            self.copy[before.start] = b'\n';
        }
    }

    /// `companion object` becomes `object Companion`.
    fn name_companion(&mut self, modifier: Token, keyword: Token) {
        self.copy[modifier.start..keyword.end].fill(b' ');
        self.copy[modifier.start..modifier.start + b"object".len()].copy_from_slice(b"object");
        self.copy[keyword.end - b"Companion".len()..keyword.end].copy_from_slice(b"Companion");
    }

    /// Puts a semicolon between a class without a body and the annotations of the next declaration.
    fn end_class(&mut self, index: usize) {
        let mark = self.tokens[index];
        if self.first_byte(mark) != b'@' || !mark.starts_line || mark.in_group || index < 2 {
            return;
        }
        let last = self.tokens[index - 1];
        let name = if self.word(last) == b")" { last.partner.saturating_sub(1) } else { index - 1 };
        let is_class = name >= 1
            && self.tokens[name].kind == Kind::Word
            && !self.tokens[name].starts_line
            && matches!(self.word(self.tokens[name - 1]), b"class" | b"interface" | b"object");
        if is_class && self.text[last.end].is_ascii_whitespace() && !self.annotates_constructor(index) {
            self.copy[last.end] = b';';
        }
    }

    /// Whether the annotations that start at `index` belong to the constructor in the head of a class.
    fn annotates_constructor(&self, index: usize) -> bool {
        let mut next = index;
        while let Some(&token) = self.tokens.get(next) {
            let is_annotation = matches!(self.first_byte(token), b'@' | b'.' | b':' | b'<' | b'>' | b',');
            let is_argument = token.kind == Kind::Open && self.first_byte(token) == b'(';
            let is_name = token.kind == Kind::Word && matches!(self.first_byte(self.tokens[next - 1]), b'@' | b'.' | b':' | b'<' | b',');
            match () {
                () if is_argument && token.partner > next => next = token.partner + 1,
                () if is_annotation || is_name || is_modifier(self.word(token)) => next += 1,
                () => return self.word(token) == b"constructor",
            }
        }
        false
    }

    /// Whether a declaration can start with a token: not in the middle of an expression.
    fn can_start_declaration(&self, index: usize) -> bool {
        let Some(before) = self.before(index) else { return true };
        match (before.kind, self.tokens[index].starts_line) {
            (Kind::Open, _) => self.first_byte(before) == b'{',
            (Kind::Close { .. }, _) | (Kind::Word | Kind::Text, true) => true,
            (Kind::Other, true) => matches!(self.first_byte(before), b';' | b'>' | b'*' | b'?' | b'!'),
            (Kind::Other, false) => self.first_byte(before) == b';',
            // `@A private fun`, `@field:A private val`
            (Kind::Word, false) => self.before_path(index - 1).is_some_and(|mark| matches!(self.first_byte(mark), b'@' | b':')),
            (Kind::Text, false) => false,
        }
    }

    /// The token before the dotted name that ends at `index`.
    fn before_path(&self, index: usize) -> Option<Token> {
        let mut start = index;
        while start >= 2 && self.first_byte(self.tokens[start - 1]) == b'.' && self.tokens[start - 2].kind == Kind::Word {
            start -= 2;
        }
        // `return@label` is one word.
        let is_label = |at: Token, word: Token| self.first_byte(at) == b'@' && at.start == word.end && word.kind == Kind::Word;
        if start >= 2 && is_label(self.tokens[start - 1], self.tokens[start - 2]) {
            start -= 2;
        }
        self.before(start).filter(|_| !self.tokens[start].starts_line)
    }

    /// Puts a semicolon before a parenthesis that starts a statement.
    fn separate(&mut self, index: usize) {
        let parenthesis = self.tokens[index];
        if self.first_byte(parenthesis) != b'(' || parenthesis.in_group || !parenthesis.starts_line {
            return;
        }
        let Some(last) = self.before(index) else { return };
        if self.text[last.end].is_ascii_whitespace() && self.ends_statement(index - 1) {
            self.copy[last.end] = b';';
        }
    }

    /// Whether a statement can end with a token: not with a keyword, an operator, or the name of an infix function.
    fn ends_statement(&self, index: usize) -> bool {
        let last = self.tokens[index];
        match last.kind {
            Kind::Close { is_condition } => !is_condition,
            Kind::Text => true,
            Kind::Open => false,
            Kind::Other => self.word(last) == b"!!" || self.ends_type_arguments(index),
            Kind::Word => !UNFINISHED.contains(&self.word(last)) && self.before_path(index).is_none_or(|before| self.precedes_last_word(before)),
        }
    }

    /// Whether a `>` closes type arguments: nobody writes a comparison without a blank before it.
    fn ends_type_arguments(&self, index: usize) -> bool {
        let Some(before) = self.before(index) else { return false };
        let is_joined = before.end == self.tokens[index].start;
        self.first_byte(self.tokens[index]) == b'>' && is_joined && (before.kind == Kind::Word || matches!(self.first_byte(before), b'>' | b'?' | b'*'))
    }

    /// Whether the word after a token of the same line can be the last of its statement.
    fn precedes_last_word(&self, before: Token) -> bool {
        let word = self.word(before);
        match before.kind {
            Kind::Open => true,
            Kind::Other => word != b"@" && word != b"!!",
            Kind::Close { is_condition } => is_condition,
            Kind::Text => false,
            Kind::Word => {
                let declares = matches!(word, b"fun" | b"class" | b"interface" | b"object" | b"constructor");
                word == b"return" || UNFINISHED.contains(&word) && !declares
            }
        }
    }

    /// Takes the parentheses of `(x).` away at the start of a statement.
    fn unwrap_name(&mut self, index: usize) {
        let [open, name, close, next, ..] = self.tokens[index..] else { return };
        let before = self.before(index);
        let starts_statement = open.starts_line || before.is_none_or(|before| matches!(self.first_byte(before), b'{' | b';'));
        let is_name = name.kind == Kind::Word && self.word(open) == b"(" && self.word(close) == b")";
        if starts_statement && is_name && next.start == close.end && matches!(self.first_byte(next), b'.' | b'?' | b'!' | b'[') {
            self.copy[open.start] = b' ';
            self.copy[close.start] = b' ';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut copy = text.as_bytes().to_vec();
        repair(text.as_bytes(), &mut copy);
        assert_eq!(String::from_utf8_lossy(&copy), expected);
    }

    /// Every `|` in `marked` must be a blank that becomes a semicolon, and nothing else may.
    #[track_caller]
    fn check_semicolons(marked: &str) {
        check(&marked.replace('|', "\n"), &marked.replace('|', ";"));
    }

    #[test]
    fn declarations_lose_their_modifiers() {
        check("import a.*\nprivate fun A.f()", "import a.*\n        fun A.f()");
        check("@A(1) internal sealed interface B", "@A(1)                 interface B");
        check("@a.A private val b", "@a.A         val b");
        check("{ override suspend fun f() }", "{                  fun f() }");
        check("private enum class A", "        enum class A");
        check("f { \"${g { data class A }}\" }", "f { \"${g {      class A }}\" }");
        check("}\n\n  private companion object {", "}\n\n          object Companion {");
        check("companion object A", "          object A");
        check("companion  object", "object  Companion");
    }

    #[test]
    fn names_that_look_like_modifiers_stay() {
        for text in
            ["val a = data\nfun b()", "a.data\nfun b()", "f(private val a)", "// data class", "val data: Data", "suspend { }", "\"data class\"", "open()"]
        {
            check(text, text);
        }
    }

    #[test]
    fn a_parenthesis_on_a_new_line_starts_a_statement() {
        check_semicolons("val d = p|  (x as T).y = 3");
        check_semicolons("f()|(x()).g()|(y()).h()");
        check_semicolons("{ a ->\n b|\n (c()).d()\n }");
        check_semicolons("x ?: return|(x as T).g()");
        check_semicolons("f { return@f|(x()).g()\n }");
        check_semicolons("if (a) b|(c()).d()");
        check_semicolons("a.b!!|(c()).d()");
        check_semicolons("a[0]|// comment\n(c()).d()");
        check_semicolons("x as T|(c()).d()");
        check_semicolons("x as a.T<List<U?>>|(c()).d()");
        check_semicolons("\"${f { a|(b()).c() }}\"|(c()).d()");
        check_semicolons("'('|(c()).d()");
    }

    #[test]
    fn what_goes_on_is_not_broken() {
        for text in [
            "val flags = A or\n (B)",
            "f(a) to\n (b)",
            "f(a\n (b))",
            "a +\n (b)",
            "a >\n (b)",
            "a ->\n (b)",
            "if (a)\n (b)",
            "x = if (a) b else\n (c)",
            "fun f\n(a: A) {}",
            "fun A.f\n(a: A) {}",
            "class A\n(val a: B)",
            "class A @Inject constructor\n(val a: B)",
            "@A\n(b)",
            "val a: suspend\n () -> Unit",
            "f(\"a\n",
            "f\n/* \n */",
            "throw\n(a)",
            "(a)",
            "'",
            "\"${\"",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn a_body_ends_before_the_next_declaration() {
        check("class A { fun f() {} fun g() = 1 }", "class A { fun f() {};fun g() = 1 }");
        check("class A { init {} private val b = 1 }", "class A { init {};        val b = 1 }");
        check("package a; import b.C; import d.E", "package a\n import b.C\n import d.E");
        check("val f = { } ; fun g() {}", "val f = { } ; fun g() {}");
    }

    #[test]
    fn a_class_without_a_body_ends_before_annotations() {
        check_semicolons("class A|\n@B\n@C(d)\nobject E");
        check_semicolons("class A(val a: B)|  @C fun d()");
        for text in ["class A\n@Inject constructor()", "class A\n@a.B(c) @D internal constructor()", "@A\n@B\nclass C", "@A(b)\n@C class D", "a: A\n@B"] {
            check(text, text);
        }
    }

    #[test]
    fn superfluous_parentheses_go() {
        check("x;(a).b()", "x; a .b()");
        check("{ (é)?.b() }", "{  é ?.b() }");
        check("f<A>(a).b()", "f<A>(a).b()");
        check("fun (A).f() {}", "fun (A).f() {}");
    }
}
