//! The items of a file, one by one, so that one that the parser refuses does not take the others with it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Item};

/// A part of a file.
pub(super) enum Piece {
    /// An item.
    Item(Box<Item>),
    /// Tokens that are none.
    Refused(TokenStream),
    /// Attributes of all that follows, the first part if there are any.
    Whole(Vec<Attribute>),
}

/// The parts of a file. An error where it cannot even be told which tokens there are: brackets or quotes are open.
pub(super) fn parse(text: &str) -> Result<Vec<Piece>, proc_macro2::LexError> {
    let tokens: TokenStream = text.parse()?;
    Ok(pieces(tokens))
}

/// The same for the tokens of a macro or an item.
pub(super) fn pieces(tokens: TokenStream) -> Vec<Piece> {
    let parser = |input: ParseStream<'_>| {
        let mut pieces = Vec::new();
        match input.call(Attribute::parse_inner) {
            // Others of the whole file say nothing that matters here.
            Ok(attributes) if attributes.iter().any(|attribute| attribute.path().is_ident("cfg")) => pieces.push(Piece::Whole(attributes)),
            Ok(_) => {}
            Err(_refused) => pieces.push(Piece::Refused(skipped(input)?)),
        }
        while !input.is_empty() {
            let ahead = input.fork();
            match ahead.parse::<Item>() {
                Ok(Item::Verbatim(tokens)) => {
                    input.advance_to(&ahead);
                    pieces.push(Piece::Refused(tokens));
                }
                Ok(item) => {
                    input.advance_to(&ahead);
                    pieces.push(Piece::Item(Box::new(item)));
                }
                Err(_) => pieces.push(Piece::Refused(skipped(input)?)),
            }
        }
        Ok(pieces)
    };
    parser.parse2(tokens).unwrap_or_default()
}

/// Takes tokens up to what may be the end of an item.
fn skipped(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() {
        let token: TokenTree = input.parse()?;
        let is_end = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        tokens.extend([token]);
        if is_end {
            break;
        }
    }
    Ok(tokens)
}

/// One line for each part, for contributors.
pub(super) fn outline(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        out.push_str(&match piece {
            Piece::Item(item) => match &**item {
                Item::Const(item) => format!("const {}", item.ident),
                Item::Enum(item) => format!("enum {}", item.ident),
                Item::Fn(item) => format!("fn {}", item.sig.ident),
                Item::Impl(_) => "impl".to_owned(),
                Item::Macro(item) => format!("macro {}", super::paths::last_name(&item.mac.path)),
                Item::Mod(item) => format!("mod {}", item.ident),
                Item::Static(item) => format!("static {}", item.ident),
                Item::Struct(item) => format!("struct {}", item.ident),
                Item::Trait(item) => format!("trait {}", item.ident),
                Item::Type(item) => format!("type {}", item.ident),
                Item::Use(_) => "use".to_owned(),
                _ => "item".to_owned(),
            },
            Piece::Whole(_) => "attributes of the whole".to_owned(),
            Piece::Refused(tokens) => {
                let span = super::tokens::span_of(tokens);
                format!("refused, bytes {} to {}", span.start, span.end)
            }
        });
        out.push('\n');
    }
    out
}
