//! Classes of Objective-C that are written in Rust, with `define_class!`.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Attribute, Meta, Type};

/// By this attribute and this member an instance has what it keeps.
pub(super) const KEPT: &str = "ivars";

/// The tokens of a macro, with `#[ivars(Cell<u8>)]` in the place of `#[ivars = Cell<u8>]`, which no parser of Rust takes for an attribute.
pub(super) fn with_readable_attributes(tokens: TokenStream) -> TokenStream {
    let mut is_attribute = false;
    let readable = tokens.into_iter().map(|token| {
        let follows_hash = std::mem::replace(&mut is_attribute, matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#'));
        match token {
            TokenTree::Group(group) if follows_hash => TokenTree::Group(readable(group)),
            other => other,
        }
    });
    readable.collect()
}

fn readable(group: Group) -> Group {
    let mut inside = group.stream().into_iter();
    match (inside.next(), inside.next()) {
        (Some(TokenTree::Ident(name)), Some(TokenTree::Punct(equals))) if name == KEPT && equals.as_char() == '=' => {
            let at = |mut made: Group| {
                made.set_span(group.span());
                made
            };
            let ty = at(Group::new(Delimiter::Parenthesis, inside.collect()));
            at(Group::new(Delimiter::Bracket, [TokenTree::Ident(name), TokenTree::Group(ty)].into_iter().collect()))
        }
        _ => group,
    }
}

/// The type of what an instance keeps.
pub(super) fn instance_variables(attributes: &[Attribute]) -> Option<Type> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident(KEPT) => syn::parse2(list.tokens.clone()).ok(),
        _ => None,
    })
}
