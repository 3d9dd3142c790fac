//! Tokens that are no expression, statement or item: what is plainly written as a call in them is still a call.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr as SynExpr, Token};

use super::uses::plain;
use super::{Rust, between, span};
use crate::ir::{Arg, Call, Expr, ExprKind, Literal};
use crate::source::Span;

/// Words before a parenthesis that are no function.
const KEYWORDS: [&str; 16] = ["as", "break", "else", "fn", "for", "if", "impl", "in", "let", "loop", "match", "move", "mut", "return", "unsafe", "while"];

impl Rust<'_> {
    /// Adds the calls among tokens at the place of an item to what the open type does at first.
    pub(super) fn loose_tokens(&mut self, tokens: &TokenStream) {
        for call in self.calls_in(tokens) {
            self.build.initial(call);
        }
    }

    /// The calls among tokens, in order.
    pub(super) fn calls_in(&mut self, tokens: &TokenStream) -> Vec<Expr> {
        if !self.tree.enter_at(span_of(tokens), 1) {
            return Vec::new();
        }
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let mut calls = Vec::new();
        for (index, tree) in trees.iter().enumerate() {
            let TokenTree::Group(group) = tree else { continue };
            let called = before_type_arguments(&trees, index);
            match named_before(&trees, called).filter(|_| group.delimiter() == Delimiter::Parenthesis) {
                Some(start) => {
                    let call = self.loose_call(&trees[start..called], &group.stream(), span(group.span_close()));
                    calls.push(call);
                }
                None => calls.extend(self.calls_in(&group.stream())),
            }
        }
        self.tree.leave(1);
        calls
    }

    /// `a::b(…)` and `x.b(…)`; what a longer chain is called on is not known.
    fn loose_call(&mut self, path: &[TokenTree], args: &TokenStream, close: Span) -> Expr {
        let names: Vec<(String, Span)> = path.iter().filter_map(named).collect();
        let is_method = matches!(path.first(), Some(TokenTree::Punct(_)));
        let (name, name_span) = names.last().cloned().unwrap_or_default();
        let mut receiver = None;
        for (part, at) in &names[..names.len().saturating_sub(1)] {
            receiver = Some(match receiver.take() {
                None if part == "self" || part == "Self" => self.tree.expr(*at, ExprKind::This(None)),
                None => self.tree.expr(*at, ExprKind::Name(part.clone())),
                Some(before) => self.member_of(before, part.clone(), *at),
            });
        }
        if is_method && receiver.is_none() {
            receiver = Some(self.unknown(Span { start: name_span.start, end: name_span.start }));
        }
        let args = match Punctuated::<SynExpr, Token![,]>::parse_terminated.parse2(args.clone()) {
            Ok(values) => values.iter().map(|value| self.expr(value)).collect(),
            Err(_) => self.calls_in(args),
        };
        let args = args.into_iter().map(|value| Arg { label: None, trailing: false, spread: false, value }).collect();
        let call = Call { receiver, name, selector: None, is_new: false, safe: false, type_args: Vec::new(), args, name_span };
        let at = names.first().map_or(close, |(_, first)| between(*first, close));
        self.tree.expr(at, ExprKind::Call(Box::new(call)))
    }

    /// A text among the tokens of a macro, when that is all there is.
    pub(super) fn only_text(&mut self, tokens: &TokenStream) -> Option<Expr> {
        let mut trees = tokens.clone().into_iter();
        let (Some(TokenTree::Literal(literal)), None) = (trees.next(), trees.next()) else { return None };
        let at = span(literal.span());
        let text = super::expressions::text_of_literal(&syn::parse2::<syn::Lit>(TokenStream::from(TokenTree::Literal(literal))).ok()?)?;
        Some(self.tree.expr(at, ExprKind::Literal(Literal::Text(text))))
    }

    pub(super) fn member_of(&mut self, receiver: Expr, name: String, name_span: Span) -> Expr {
        let at = between(receiver.span, name_span);
        self.tree.expr(at, ExprKind::Member { receiver: Box::new(receiver), name, name_span, safe: false, is_variable: false })
    }
}

/// Where `::<A, B>` before a parenthesis starts, or the parenthesis itself.
fn before_type_arguments(trees: &[TokenTree], group: usize) -> usize {
    let is = |index: usize, wanted: char| matches!(&trees[index], TokenTree::Punct(punct) if punct.as_char() == wanted);
    let mut depth = 0;
    for index in (0..group).rev() {
        if is(index, '>') {
            depth += 1;
        } else if depth > 0 && is(index, '<') {
            depth -= 1;
            if depth == 0 {
                let is_turbofish = index >= 2 && is(index - 1, ':') && is(index - 2, ':');
                return if is_turbofish { index - 2 } else { group };
            }
        } else if depth == 0 {
            break;
        }
    }
    group
}

/// Where the path or member that ends before a parenthesis starts; `None` when nothing is called there.
fn named_before(trees: &[TokenTree], group: usize) -> Option<usize> {
    let last = group.checked_sub(1)?;
    let TokenTree::Ident(name) = &trees[last] else { return None };
    if KEYWORDS.contains(&name.to_string().as_str()) || matches!(last.checked_sub(1).map(|before| &trees[before]), Some(TokenTree::Ident(word)) if word == "fn")
    {
        return None;
    }
    let is = |index: Option<usize>, wanted: char| matches!(index.map(|index| &trees[index]), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted);
    let is_name = |index: Option<usize>| matches!(index.map(|index| &trees[index]), Some(TokenTree::Ident(_)));
    let mut start = last;
    loop {
        let before = start.checked_sub(1);
        let is_path = is(before, ':') && is(start.checked_sub(2), ':') && is_name(start.checked_sub(3));
        if is_path {
            start -= 3;
        } else if is(before, '.') && !is(start.checked_sub(2), '.') {
            // A method, of a plain name at best.
            start -= if is_name(start.checked_sub(2)) { 2 } else { 1 };
            if start + 2 <= last && !matches!(trees[start], TokenTree::Ident(_)) {
                return Some(start);
            }
            if !is_name(Some(start)) {
                return Some(start);
            }
        } else {
            return Some(start);
        }
    }
}

fn named(tree: &TokenTree) -> Option<(String, Span)> {
    match tree {
        TokenTree::Ident(name) => Some((plain(name), span(name.span()))),
        _ => None,
    }
}

/// From the first to the last of some tokens.
pub(super) fn span_of(tokens: &TokenStream) -> Span {
    let mut all = tokens.clone().into_iter();
    let Some(first) = all.next() else { return Span::default() };
    let start = span(first.span());
    let end = all.last().map_or(start, |last| span(last.span()));
    between(start, end)
}

/// Tokens written together, as in a selector: `a:b:`.
pub(super) fn text_of(tokens: &TokenStream) -> String {
    let mut text = String::new();
    for tree in tokens.clone() {
        match tree {
            TokenTree::Ident(name) => text.push_str(&plain(&name)),
            TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint || punct.as_char() == ':' => text.push(punct.as_char()),
            other => text.push_str(&other.to_string()),
        }
    }
    text
}
