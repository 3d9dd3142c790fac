//! `msg_send![object, name: value]`, messages of Objective-C, called as the crates that wrap them are: `a:b:` is `a_b`.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr as SynExpr, Macro, Token, parenthesized};

use super::uses::plain;
use super::{Rust, between, span};
use crate::ir::{Arg, Call, Expr, ExprKind};

/// A message as it is written.
struct Message {
    /// None for `super(object)`.
    receiver: Option<SynExpr>,
    parts: Vec<(Ident, Option<SynExpr>)>,
}

impl Rust<'_> {
    /// `None` when the tokens are no message.
    pub(super) fn message(&mut self, mac: &Macro, at: crate::source::Span) -> Option<Expr> {
        let message = message.parse2(mac.tokens.clone()).ok()?;
        let receiver = match &message.receiver {
            Some(receiver) => self.expr(receiver),
            None => self.tree.expr(at, ExprKind::Super),
        };
        let (first, last) = (message.parts.first()?, message.parts.last()?);
        let name_span = between(span(first.0.span()), span(last.0.span()));
        let name_span = if message.parts.len() == 1 { span(first.0.span()) } else { name_span };
        let name = message.parts.iter().map(|(part, _)| plain(part)).collect::<Vec<_>>().join("_");
        let has_args = first.1.is_some();
        let selector = message.parts.iter().map(|(part, _)| format!("{}{}", plain(part), if has_args { ":" } else { "" })).collect();
        let args = message.parts.iter().filter_map(|(_, value)| value.as_ref());
        let args = args.map(|value| Arg { label: None, trailing: false, spread: false, value: self.expr(value) }).collect();
        let call = Call { receiver: Some(receiver), name, selector: Some(selector), is_new: false, safe: false, type_args: Vec::new(), args, name_span };
        Some(self.tree.expr(at, ExprKind::Call(Box::new(call))))
    }
}

fn message(input: ParseStream<'_>) -> syn::Result<Message> {
    let receiver = if input.peek(Token![super]) {
        input.parse::<Token![super]>()?;
        let _object;
        parenthesized!(_object in input);
        let _all: proc_macro2::TokenStream = _object.parse()?;
        None
    } else {
        Some(input.parse::<SynExpr>()?)
    };
    input.parse::<Token![,]>()?;
    let mut parts = Vec::new();
    while !input.is_empty() {
        let part = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            Some(input.parse::<SynExpr>()?)
        } else {
            None
        };
        parts.push((part, value));
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
        }
    }
    if parts.is_empty() { Err(input.error("a message without a name")) } else { Ok(Message { receiver, parts }) }
}
