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

    /// A name as a member of what another is called: `tracker.start`.
    pub fn linked(self, member: Self) -> Self {
        Self(self.0.rotate_left(7).wrapping_mul(0x9E37_79B1) ^ member.0)
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
    /// Names with the one before them, where a dot joins them.
    links: Vec<Name>,
    declared_types: Vec<Name>,
    /// Names in the headers of types: what they extend, and what they are made with.
    heads: Vec<Name>,
    aliases: Vec<Name>,
}

/// A function or variable that a file may declare.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: Name,
    /// Names between it and the next declaration of its kind, sorted.
    says: Vec<Name>,
    /// Names before it on its line, and the first after it: its type is among them, if the file says it at all.
    near: Vec<Name>,
    /// What comes next may still be its type.
    is_open: bool,
    /// One of these says a thing that can change what is known: a version, a permission, leaving, bringing back.
    pub tells: bool,
}

impl Member {
    /// Whether a name stands in it.
    pub fn mentions(&self, name: Name) -> bool {
        self.says.binary_search(&name).is_ok()
    }

    /// Names of which its type may be one.
    pub fn near(&self) -> &[Name] {
        &self.near
    }

    /// Names that stand in it.
    pub fn mentioned(&self) -> &[Name] {
        &self.says
    }
}

impl Mentions {
    /// Reads the names of a text.
    pub fn of(text: &[u8], language: Language) -> Self {
        let mut reader = Reader { text, language, found: Self::default(), function: None, variable: None, in_head: false, is_link: false, line: 0 };
        reader.read();
        let mut found = reader.found;
        for member in &mut found.members {
            member.says.sort_unstable();
            member.says.dedup();
        }
        found.members.sort_by_key(|member| member.name);
        for list in [&mut found.mentioned, &mut found.declared_types, &mut found.heads, &mut found.aliases, &mut found.links] {
            list.sort_unstable();
            list.dedup();
        }
        found
    }

    /// Whether the file mentions a name.
    pub fn mentions(&self, name: Name) -> bool {
        self.mentioned.binary_search(&name).is_ok()
    }

    /// Whether a name stands there as a member of what another is called.
    pub fn links(&self, owner: Name, member: Name) -> bool {
        self.links.binary_search(&owner.linked(member)).is_ok()
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

    /// Names in the headers of types: what they may extend, or be made with.
    pub fn heads(&self) -> &[Name] {
        &self.heads
    }

    /// Whether a type that it declares may extend another, or be made with one.
    pub fn has_head_with(&self, name: Name) -> bool {
        self.heads.binary_search(&name).is_ok()
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

/// So many names after a declared one are taken to be near it.
const MAX_NEAR: usize = 16;

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
    /// Within the header of a type.
    in_head: bool,
    /// A dot was the last thing before what comes next.
    is_link: bool,
    /// How many names came before this line.
    line: usize,
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
                b'\n' => self.line = self.found.mentioned.len(),
                b'{' => {
                    self.in_head = false;
                    if let Some(function) = self.function {
                        self.found.members[function].is_open = false;
                    }
                }
                b'.' => self.is_link = true,
                b'?' | b'!' | b' ' | b'\t' | b'\r' => {}
                // A message: what stands before the name is what it is sent to.
                b']' if self.language == Language::ObjectiveC => {}
                _ => self.is_link = false,
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
        if let Some(&before) = self.found.mentioned.last()
            && (std::mem::take(&mut self.is_link) || self.language == Language::ObjectiveC)
        {
            self.found.links.push(before.linked(name));
        }
        self.found.mentioned.push(name);
        let tells = TELLING_WORDS.contains(&bytes) && self.is_telling(bytes, start);
        for current in [self.function, self.variable].into_iter().flatten() {
            let member = &mut self.found.members[current];
            member.says.push(name);
            if member.is_open && member.near.len() < MAX_NEAR {
                member.near.push(name);
            }
            member.tells |= tells;
        }
        if self.in_head {
            self.found.heads.push(name);
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
                self.in_head = true;
                (self.function, self.variable) = (None, None);
            }
            Before::AliasKeyword => {
                self.found.aliases.push(name);
                self.member(name, false);
            }
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
        let near = self.found.mentioned[self.line..].to_vec();
        self.found.members.push(Member { name, says: Vec::new(), near, is_open: true, tells: false });
        if is_function {
            self.in_head = false;
        }
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
