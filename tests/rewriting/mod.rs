//! Rewritings of source that keep its meaning and its lines.

mod aliases;
mod conditions;
mod locals;
mod tree;

use askfirst::source::Language;

/// A rewriting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewriting {
    /// Lines end with a carriage return and a line feed.
    CrLf,
    /// Conditions stand in one more pair of parentheses.
    Parentheses,
    /// Locals and parameters have other names.
    RenamedLocals,
    /// Kotlin imports have an alias.
    AliasedImports,
}

impl Rewriting {
    pub const ALL: [Rewriting; 4] = [Self::CrLf, Self::Parentheses, Self::RenamedLocals, Self::AliasedImports];

    pub fn name(self) -> &'static str {
        match self {
            Self::CrLf => "with-crlf",
            Self::Parentheses => "with-parentheses",
            Self::RenamedLocals => "with-renamed-locals",
            Self::AliasedImports => "with-aliased-imports",
        }
    }

    /// The rewritten text; none where there is nothing to rewrite.
    pub fn apply(self, language: Language, text: &str) -> Option<String> {
        let rewritten = match self {
            Self::CrLf => text.replace("\r\n", "\n").replace('\n', "\r\n"),
            Self::Parentheses => conditions::in_parentheses(language, text),
            Self::RenamedLocals => locals::renamed(language, text),
            Self::AliasedImports => aliases::of_imports(language, text),
        };
        (rewritten != text).then_some(rewritten)
    }
}
