//! Conditional compilation: what is never part of an app is left out, and what is part of some is a branch.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Lit, Meta, Token, punctuated::Punctuated};

use super::uses::plain;
use crate::source::Platform;

/// The systems of whose programs a source may be a part, the two of phones first.
const SYSTEMS: [&str; 6] = ["android", "ios", "macos", "tvos", "visionos", "watchos"];

/// How many of [`SYSTEMS`] are those of phones.
const PHONES: usize = 2;

/// A condition of `#[cfg(…)]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cfg {
    All(Vec<Cfg>),
    Any(Vec<Cfg>),
    Not(Box<Cfg>),
    /// `name` or `name = "value"`.
    Option(String, Option<String>),
}

impl Cfg {
    /// The condition that attributes put on something; `None` when there is none.
    pub(super) fn of(attributes: &[Attribute]) -> Option<Cfg> {
        let mut all: Vec<Cfg> = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).filter_map(parsed).collect();
        if all.len() > 1 { Some(Cfg::All(all)) } else { all.pop() }
    }

    /// The condition that tokens are, as in `cfg!(…)`.
    pub(super) fn parse(tokens: TokenStream) -> Option<Cfg> {
        let mut parts = conditions.parse2(tokens).ok()?;
        (parts.len() == 1).then(|| parts.pop()).flatten()
    }

    /// Whether it never holds in an app: code for tests, or for systems that are none of phones or of Apple.
    pub(super) fn is_never(&self) -> bool {
        SYSTEMS.iter().all(|system| self.holds_on(system) == Some(false))
    }

    /// The platform on whose systems alone it can hold.
    pub(super) fn platform(&self) -> Option<Platform> {
        let mut possible = SYSTEMS.iter().filter(|system| self.holds_on(system) != Some(false)).map(|system| match *system {
            "android" => Platform::Android,
            _ => Platform::Apple,
        });
        let first = possible.next()?;
        possible.all(|other| other == first).then_some(first)
    }

    /// Whether at most one of two can hold.
    pub(super) fn excludes(&self, other: &Cfg) -> bool {
        let is_opposite = matches!(other, Cfg::Not(inner) if **inner == *self) || matches!(self, Cfg::Not(inner) if **inner == *other);
        is_opposite || SYSTEMS.iter().all(|system| self.holds_on(system) == Some(false) || other.holds_on(system) == Some(false))
    }

    /// Whether one of them always holds in an app for phones.
    pub(super) fn cover(all: &[&Cfg]) -> bool {
        let has_opposite = |one: &Cfg| all.iter().any(|other| matches!(other, Cfg::Not(inner) if **inner == *one));
        all.iter().any(|one| has_opposite(one)) || SYSTEMS[..PHONES].iter().all(|system| all.iter().any(|one| one.holds_on(system) == Some(true)))
    }

    /// Whether it holds on a system; `None` when that depends on something else.
    fn holds_on(&self, system: &str) -> Option<bool> {
        match self {
            Cfg::Not(inner) => inner.holds_on(system).map(|holds| !holds),
            Cfg::All(parts) => {
                let parts: Vec<Option<bool>> = parts.iter().map(|part| part.holds_on(system)).collect();
                if parts.contains(&Some(false)) { Some(false) } else { parts.iter().all(|part| *part == Some(true)).then_some(true) }
            }
            Cfg::Any(parts) => {
                let parts: Vec<Option<bool>> = parts.iter().map(|part| part.holds_on(system)).collect();
                if parts.contains(&Some(true)) { Some(true) } else { parts.iter().all(|part| *part == Some(false)).then_some(false) }
            }
            Cfg::Option(name, value) => option_holds(name, value.as_deref(), system),
        }
    }
}

fn option_holds(name: &str, value: Option<&str>, system: &str) -> Option<bool> {
    let is_phone = SYSTEMS[..PHONES].contains(&system);
    match (name, value) {
        ("test" | "doctest" | "miri" | "windows", None) => Some(false),
        ("unix", None) => Some(true),
        // Tauri's.
        ("mobile", None) => Some(is_phone),
        ("desktop", None) => Some(!is_phone),
        ("target_os", Some(wanted)) => Some(wanted == system),
        ("target_vendor", Some("apple")) => Some(system != "android"),
        ("target_family", Some(family)) => Some(family == "unix"),
        ("target_arch", Some(arch)) if arch.starts_with("wasm") => Some(false),
        _ => None,
    }
}

fn parsed(attribute: &Attribute) -> Option<Cfg> {
    match &attribute.meta {
        Meta::List(list) => Cfg::parse(list.tokens.clone()),
        _ => None,
    }
}

fn conditions(input: ParseStream<'_>) -> syn::Result<Vec<Cfg>> {
    let parts = Punctuated::<Meta, Token![,]>::parse_terminated(input)?;
    parts.iter().map(|part| condition(part, 0)).collect()
}

/// A branch of `cfg_if!`.
pub(super) struct Branch {
    /// Its own condition; none if it is an `else`.
    pub condition: Option<Cfg>,
    /// What holds where it is taken: its own condition, and none of those before it.
    pub where_taken: Cfg,
    pub tokens: TokenStream,
}

impl Branch {
    /// Whether no app can have it.
    pub(super) fn is_never(&self) -> bool {
        self.condition.as_ref().is_some_and(Cfg::is_never)
    }
}

/// The branches of `cfg_if!`; `None` when the tokens are none.
pub(super) fn branches(tokens: TokenStream) -> Option<Vec<Branch>> {
    let parser = |input: ParseStream<'_>| {
        let mut branches = Vec::new();
        let mut none_before: Vec<Cfg> = Vec::new();
        loop {
            let condition = if input.peek(Token![if]) {
                input.parse::<Token![if]>()?;
                Cfg::of(&input.call(Attribute::parse_outer)?)
            } else {
                None
            };
            let content;
            syn::braced!(content in input);
            let is_last = condition.is_none();
            let where_taken = Cfg::All(none_before.iter().chain(&condition).cloned().collect());
            none_before.extend(condition.clone().map(|condition| Cfg::Not(Box::new(condition))));
            branches.push(Branch { condition, where_taken, tokens: content.parse()? });
            if is_last || !input.peek(Token![else]) {
                return Ok(branches);
            }
            input.parse::<Token![else]>()?;
        }
    };
    parser.parse2(tokens).ok()
}

/// Deeper conditions than this are not understood.
const MAX_DEPTH: u32 = 16;

fn condition(meta: &Meta, depth: u32) -> syn::Result<Cfg> {
    let name = super::paths::last_name(meta.path());
    Ok(match meta {
        Meta::Path(path) => Cfg::Option(path.segments.last().map_or_else(String::new, |segment| plain(&segment.ident)), None),
        Meta::NameValue(pair) => {
            let value = match &pair.value {
                syn::Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            };
            Cfg::Option(name, value.or(Some(String::new())))
        }
        Meta::List(list) if depth < MAX_DEPTH => {
            let inner = |input: ParseStream<'_>| -> syn::Result<Vec<Cfg>> {
                Punctuated::<Meta, Token![,]>::parse_terminated(input)?.iter().map(|part| condition(part, depth + 1)).collect()
            };
            let mut parts = inner.parse2(list.tokens.clone())?;
            match (name.as_str(), parts.len()) {
                ("all", _) => Cfg::All(parts),
                ("any", _) => Cfg::Any(parts),
                ("not", 1) => Cfg::Not(Box::new(parts.remove(0))),
                _ => Cfg::Option(name, Some(String::new())),
            }
        }
        Meta::List(_) => Cfg::Option(name, Some(String::new())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cfg(text: &str) -> Cfg {
        conditions.parse_str(text).expect("a condition").remove(0)
    }

    #[test]
    fn code_for_tests_and_other_systems_is_never_there() {
        for never in ["test", "all(test, feature = \"x\")", "target_os = \"windows\"", "any(windows, target_arch = \"wasm32\")", "not(unix)"] {
            assert!(cfg(never).is_never(), "{never}");
        }
        for perhaps in ["not(test)", "feature = \"x\"", "any(windows, target_os = \"ios\")", "mobile", "desktop", "debug_assertions"] {
            assert!(!cfg(perhaps).is_never(), "{perhaps}");
        }
    }

    #[test]
    fn a_condition_may_hold_on_one_platform_only() {
        for android in ["target_os = \"android\"", "all(feature = \"x\", target_os = \"android\")", "not(target_vendor = \"apple\")"] {
            assert_eq!(cfg(android).platform(), Some(Platform::Android), "{android}");
        }
        for apple in ["any(target_os = \"ios\", target_os = \"macos\")", "not(target_os = \"android\")", "target_vendor = \"apple\"", "desktop"] {
            assert_eq!(cfg(apple).platform(), Some(Platform::Apple), "{apple}");
        }
        for both in
            ["mobile", "unix", "feature = \"x\"", "any(target_os = \"android\", feature = \"x\")", "not(all(target_os = \"ios\", feature = \"x\"))", "test"]
        {
            assert_eq!(cfg(both).platform(), None, "{both}");
        }
    }

    #[test]
    fn conditions_may_exclude_each_other_and_cover_all_phones() {
        let (android, ios) = (cfg("target_os = \"android\""), cfg("target_os = \"ios\""));
        assert!(android.excludes(&ios) && Cfg::cover(&[&android, &ios]));
        assert!(!android.excludes(&cfg("mobile")) && !Cfg::cover(&[&android]));
        let feature = cfg("feature = \"x\"");
        assert!(feature.excludes(&cfg("not(feature = \"x\")")) && Cfg::cover(&[&feature, &cfg("not(feature = \"x\")")]));
        assert!(!feature.excludes(&android));
    }
}
