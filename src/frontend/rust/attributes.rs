//! Attributes, as annotations.

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

use super::cfg::Cfg;
use super::classes::KEPT;
use super::{Rust, between, paths, span, tokens};
use crate::ir::{Annotation, Arg, Expr, ExprKind, Literal};

/// Attributes of functions that only tests run.
const TESTS: [&str; 4] = ["test", "bench", "rstest", "test_case"];

/// Whether something is no part of an app: a test, or code for other systems.
pub(super) fn is_left_out(attributes: &[Attribute]) -> bool {
    let is_test = |attribute: &Attribute| TESTS.contains(&paths::last_name(attribute.path()).as_str());
    attributes.iter().any(is_test) || Cfg::of(attributes).is_some_and(|cfg| cfg.is_never())
}

/// Whether instances are made out of bytes or texts by code that a macro writes.
pub(super) fn is_read_from_elsewhere(attributes: &[Attribute]) -> bool {
    const READING: [&str; 6] = ["Decode", "Deserialize", "FromBytes", "FromRow", "Pod", "Queryable"];
    let derives = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let derived = derives.filter_map(|attribute| attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated).ok()).flatten();
    derived.into_iter().any(|path| READING.contains(&paths::last_name(&path).as_str()))
}

impl Rust<'_> {
    /// Annotations; documentation, lints and conditions are none.
    pub(super) fn annotations(&mut self, attributes: &[Attribute]) -> Vec<Annotation> {
        const SILENT: [&str; 13] = ["doc", "cfg", "cfg_attr", "allow", "expect", "warn", "deny", "inline", "must_use", "derive", "deprecated", "default", KEPT];
        let speaking = attributes.iter().filter(|attribute| !SILENT.contains(&paths::last_name(attribute.path()).as_str()));
        speaking.map(|attribute| self.annotation(attribute)).collect()
    }

    fn annotation(&mut self, attribute: &Attribute) -> Annotation {
        let at = between(span(attribute.pound_token.span), span(attribute.bracket_token.span.close()));
        // `#[unsafe(no_mangle)]` is `#[no_mangle]`.
        let inner = match &attribute.meta {
            Meta::List(list) if list.path.is_ident("unsafe") => syn::parse2::<Meta>(list.tokens.clone()).ok(),
            _ => None,
        };
        let meta = inner.as_ref().unwrap_or(&attribute.meta);
        let args = match meta {
            Meta::List(list) => match syn::parse::Parser::parse2(Punctuated::<syn::Expr, Token![,]>::parse_terminated, list.tokens.clone()) {
                Ok(values) => values.iter().map(|value| self.expr(value)).collect(),
                // The selector of a method: `#[unsafe(method(a:b:))]`.
                Err(_) => vec![self.tree.expr(at, ExprKind::Literal(Literal::Text(tokens::text_of(&list.tokens))))],
            },
            _ => Vec::new(),
        };
        let arg = |value: Expr| Arg { label: None, trailing: false, spread: false, value };
        Annotation { name: paths::dotted(meta.path()), args: args.into_iter().map(arg).collect(), span: at }
    }
}

/// The Objective-C selector that a method of a class written in Rust has.
pub(super) fn selector(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let inner = match &attribute.meta {
            Meta::List(list) if list.path.is_ident("unsafe") => Some(syn::parse2::<Meta>(list.tokens.clone()).ok()?),
            _ => None,
        };
        match inner.as_ref().unwrap_or(&attribute.meta) {
            Meta::List(list) if ["method", "method_id"].contains(&paths::last_name(&list.path).as_str()) => Some(tokens::text_of(&list.tokens)),
            _ => None,
        }
    })
}
