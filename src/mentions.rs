//! Which names a file mentions and which it may declare, without parsing: what decides whether a file is worth parsing for another one.
//!
//! Names are kept as hashes: two that meet make a file parsed in vain, nothing worse. Comments and texts count as well. A declaration is
//! guessed from the token before a name, and guessed too often rather than too rarely.

use std::collections::BTreeSet;

use crate::source::Language;

/// A name, for looking it up in many files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

impl Name {
    /// The same name always gives the same value.
    pub fn of(name: &str) -> Self {
        Self::of_bytes(name.as_bytes())
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        // FNV-1a: short names are hashed while they are found.
        Self(bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)))
    }
}

/// The names of one file, each list sorted.
#[derive(Clone, Debug, Default)]
pub struct Mentions {
    mentioned: Vec<Name>,
    /// Functions and variables, sorted by name.
    members: Vec<Member>,
    declared_types: Vec<Name>,
    aliases: Vec<Name>,
}

/// A function or variable that a file may declare.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: Name,
    /// Names between it and the next declaration of its kind, sorted.
    says: Vec<Name>,
    /// One of these says a thing that can change what is known: a version, a permission, leaving, bringing back.
    pub tells: bool,
}

impl Member {
    /// Whether a name stands in it.
    pub fn mentions(&self, name: Name) -> bool {
        self.says.binary_search(&name).is_ok()
    }

    /// Names that stand in it.
    pub fn mentioned(&self) -> &[Name] {
        &self.says
    }
}

impl Mentions {
    /// Reads the names of a text.
    pub fn of(text: &[u8], language: Language) -> Self {
        let mut reader = Reader { text, language, found: Self::default(), function: None, variable: None };
        reader.read();
        let mut found = reader.found;
        for member in &mut found.members {
            member.says.sort_unstable();
            member.says.dedup();
        }
        found.members.sort_by_key(|member| member.name);
        for list in [&mut found.mentioned, &mut found.declared_types, &mut found.aliases] {
            list.sort_unstable();
            list.dedup();
        }
        found
    }

    /// Whether the file mentions a name.
    pub fn mentions(&self, name: Name) -> bool {
        self.mentioned.binary_search(&name).is_ok()
    }

    /// Names that it mentions.
    pub fn mentioned(&self) -> &[Name] {
        &self.mentioned
    }

    /// Functions and variables that it may declare, sorted by name.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Names of types that it may declare or extend.
    pub fn declared_types(&self) -> &[Name] {
        &self.declared_types
    }

    /// Names of type aliases that it may declare.
    pub fn aliases(&self) -> &[Name] {
        &self.aliases
    }

    /// Whether it may declare or extend one of some types.
    pub fn declares_one_of(&self, types: &BTreeSet<Name>) -> bool {
        self.declared_types.iter().any(|ty| types.contains(ty))
    }
}

const TYPE_KEYWORDS: [&[u8]; 10] = [b"class", b"interface", b"object", b"struct", b"enum", b"protocol", b"extension", b"actor", b"record", b"implementation"];
const MEMBER_KEYWORDS: [&[u8]; 5] = [b"fun", b"func", b"val", b"var", b"let"];
/// Words that can change what is known without calling anything of the app.
const TELLING_WORDS: [&[u8]; 17] = [
    b"SDK_INT",
    b"available",
    b"unavailable",
    b"permission",
    b"Nothing",
    b"Never",
    b"noreturn",
    b"throw",
    b"raise",
    b"fatalError",
    b"preconditionFailure",
    b"abort",
    b"exit",
    b"exitProcess",
    b"resume",
    b"resumeWith",
    b"tryResume",
];
/// Words before a name and a parenthesis that make a call of it.
const CALLING_KEYWORDS: [&[u8]; 8] = [b"return", b"new", b"throw", b"else", b"case", b"await", b"try", b"in"];

/// What stood before a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// `class` and its like.
    TypeKeyword,
    /// `typealias`
    AliasKeyword,
    /// `fun` and its like.
    MemberKeyword,
    /// Another name, or the end of a type.
    Type,
}

struct Reader<'t> {
    text: &'t [u8],
    language: Language,
    found: Mentions,
    /// The function and the variable whose declarations came last, as indices of members.
    function: Option<usize>,
    variable: Option<usize>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut before = Before::Nothing;
        let mut at = 0;
        let mut angle_depth = 0_u32;
        while let Some(&byte) = self.text.get(at) {
            if is_name_start(byte) {
                let end = self.name_end(at);
                before = self.name(at, end, before, angle_depth > 0);
                at = end;
                continue;
            }
            match byte {
                // A type parameter list may stand between `fun` and the name.
                b'<' if before == Before::MemberKeyword => angle_depth += 1,
                b'>' if angle_depth > 0 => angle_depth -= 1,
                b'>' | b']' | b'*' | b'?' => before = if before == Before::MemberKeyword { before } else { Before::Type },
                b' ' | b'\t' | b'\n' | b'\r' | b'.' => {}
                b')' if self.language == Language::ObjectiveC => before = Before::Type,
                _ if angle_depth == 0 => before = Before::Nothing,
                _ => {}
            }
            at += 1;
        }
    }

    fn name_end(&self, start: usize) -> usize {
        let length = self.text[start..].iter().take_while(|byte| is_name_byte(**byte)).count();
        start + length
    }

    fn name(&mut self, start: usize, end: usize, before: Before, in_type_parameters: bool) -> Before {
        let bytes = &self.text[start..end];
        if TYPE_KEYWORDS.contains(&bytes) {
            return Before::TypeKeyword;
        }
        if bytes == b"typealias" {
            return Before::AliasKeyword;
        }
        if MEMBER_KEYWORDS.contains(&bytes) {
            return Before::MemberKeyword;
        }
        let name = Name::of_bytes(bytes);
        self.found.mentioned.push(name);
        let tells = TELLING_WORDS.contains(&bytes) && self.is_telling(bytes, start);
        for current in [self.function, self.variable].into_iter().flatten() {
            let member = &mut self.found.members[current];
            member.says.push(name);
            member.tells |= tells;
        }
        if in_type_parameters {
            return before;
        }
        if CALLING_KEYWORDS.contains(&bytes) {
            return Before::Nothing;
        }
        let next = self.text[end..].iter().copied().find(|byte| !matches!(byte, b' ' | b'\t'));
        match before {
            Before::TypeKeyword => {
                self.found.declared_types.push(name);
                (self.function, self.variable) = (None, None);
            }
            Before::AliasKeyword => self.found.aliases.push(name),
            Before::MemberKeyword if next == Some(b'.') => return Before::MemberKeyword,
            Before::MemberKeyword => {
                self.member(name, matches!(next, Some(b'(' | b'<')));
            }
            Before::Type if matches!(self.language, Language::Java | Language::ObjectiveC) => {
                if matches!(next, Some(b'(' | b'=' | b';' | b',' | b':' | b'{' | b'\n' | b'\r')) {
                    let is_method = next == Some(b'(') || (self.language == Language::ObjectiveC && matches!(next, Some(b':' | b'{' | b'\n' | b'\r')));
                    self.member(name, is_method);
                }
            }
            Before::Type | Before::Nothing => {}
        }
        Before::Type
    }

    fn member(&mut self, name: Name, is_function: bool) {
        let index = self.found.members.len();
        self.found.members.push(Member { name, says: Vec::new(), tells: false });
        self.variable = Some(index);
        if is_function {
            self.function = Some(index);
            self.variable = None;
        }
    }

    /// `available` and `permission` are ordinary words without what makes them more.
    fn is_telling(&self, word: &[u8], start: usize) -> bool {
        let before = &self.text[..start];
        match word {
            b"available" | b"unavailable" => before.ends_with(b"#") || before.ends_with(b"@"),
            b"permission" => before.ends_with(b"Manifest.") || before.ends_with(b"android."),
            _ => true,
        }
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_name_byte(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(text: &str, language: Language) -> Vec<&str> {
        let mentions = Mentions::of(text.as_bytes(), language);
        let mut names: Vec<&str> = text.split(|character: char| !character.is_alphanumeric()).filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| {
            let hash = Name::of(name);
            mentions.declared_types().contains(&hash) || mentions.members().iter().any(|member| member.name == hash)
        });
        names
    }

    #[test]
    fn declarations_are_told_by_what_stands_before_them() {
        assert_eq!(declared("class A(val b: C) { fun d() = e() }", Language::Kotlin), ["A", "b", "d"]);
        assert_eq!(declared("fun <T : Any> Context.ask(x: T) { call(x) }", Language::Kotlin), ["ask"]);
        assert_eq!(declared("extension Foo: Bar { func go() -> Bool { return stop() } }", Language::Swift), ["Foo", "go"]);
        assert_eq!(declared("final class A { static boolean may(Context c) { return ask(c); } }", Language::Java), ["A", "may"]);
        // A message looks like a declaration, and may be taken for one.
        assert_eq!(declared("- (BOOL)isAllowed {\n return [self ask:1];\n}", Language::ObjectiveC), ["ask", "isAllowed"]);
    }
}
