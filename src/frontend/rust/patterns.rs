//! Patterns. `Some` and `Ok` are there, `None` and `Err` are not: what may fail is absent where it did.

use syn::{Expr as SynExpr, ExprPath, Member, Pat};

use super::uses::plain;
use super::{Rust, paths, span};
use crate::ir::{Expr, ExprKind, Literal, Pattern};
use crate::source::Span;

/// Patterns nested deeper than this match anything.
const MAX_DEPTH: u32 = 40;
/// Alternatives inside others are spelled out up to this number.
const MAX_ALTERNATIVES: usize = 64;

/// What a pattern is: its alternatives, and names for what went wrong, of which nothing is known.
#[derive(Default)]
pub(super) struct Lowered {
    pub alternatives: Vec<Pattern>,
    pub errors: Vec<(String, Span)>,
}

impl Rust<'_> {
    pub(super) fn pattern(&mut self, pat: &Pat) -> Lowered {
        let mut lowered = Lowered::default();
        lowered.alternatives = self.alternatives(pat, &mut lowered.errors, MAX_DEPTH);
        lowered
    }

    fn alternatives(&mut self, pat: &Pat, errors: &mut Vec<(String, Span)>, depth: u32) -> Vec<Pattern> {
        if depth == 0 {
            return vec![Pattern::Wildcard];
        }
        match pat {
            Pat::Or(or) => or.cases.iter().flat_map(|case| self.alternatives(case, errors, depth - 1)).take(MAX_ALTERNATIVES).collect(),
            Pat::Paren(paren) => self.alternatives(&paren.pat, errors, depth - 1),
            Pat::Reference(reference) => self.alternatives(&reference.pat, errors, depth - 1),
            Pat::Type(typed) => self.alternatives(&typed.pat, errors, depth - 1),
            Pat::Guard(guarded) => self.alternatives(&guarded.pat, errors, depth - 1),
            Pat::TupleStruct(case) => {
                let name = paths::last_name(&case.path);
                let is_alone = case.path.segments.len() == 1 || ["Option", "Result"].contains(&outer_name(&case.path).as_str());
                match (name.as_str(), case.elems.first()) {
                    ("Some" | "Ok", Some(inner)) if is_alone && case.elems.len() == 1 => {
                        self.alternatives(inner, errors, depth - 1).into_iter().map(present).collect()
                    }
                    ("Err", inner) if is_alone => {
                        let null = self.tree.expr(path_span(&case.path), ExprKind::Literal(Literal::Null));
                        let Some(inner) = inner.filter(|inner| !takes_anything(inner)) else {
                            errors.extend(inner.map(names_in).unwrap_or_default());
                            return vec![Pattern::Value(null)];
                        };
                        // Some errors and not others.
                        vec![Pattern::Case { path: null, fields: vec![self.single(inner, errors, depth)] }]
                    }
                    _ => {
                        let path = self.case_path(&case.path);
                        let fields = case.elems.iter().map(|field| self.single(field, errors, depth)).collect();
                        vec![Pattern::Case { path, fields }]
                    }
                }
            }
            Pat::Struct(case) => {
                let path = self.case_path(&case.path);
                let fields = case.fields.iter().map(|field| self.single(&field.pat, errors, depth)).collect();
                vec![Pattern::Case { path, fields }]
            }
            Pat::Tuple(tuple) => {
                let parts = tuple.elems.iter().map(|part| self.single(part, errors, depth)).collect();
                vec![Pattern::Tuple(parts)]
            }
            Pat::Slice(slice) => {
                let parts = slice.elems.iter().map(|part| self.single(part, errors, depth)).collect();
                vec![Pattern::Tuple(parts)]
            }
            // The name of the whole is declared beside what it has to be.
            Pat::Ident(ident) if let Some((_, inner)) = &ident.subpat => {
                errors.push((plain(&ident.ident), span(ident.ident.span())));
                self.alternatives(inner, errors, depth - 1)
            }
            other => vec![self.simple(other)],
        }
    }

    /// A pattern inside another: where it has alternatives it is whatever they say, which is not known.
    fn single(&mut self, pat: &Pat, errors: &mut Vec<(String, Span)>, depth: u32) -> Pattern {
        let mut alternatives = self.alternatives(pat, errors, depth - 1);
        if alternatives.len() == 1 { alternatives.remove(0) } else { Pattern::Value(self.unknown(Span::default())) }
    }

    fn simple(&mut self, pat: &Pat) -> Pattern {
        match pat {
            Pat::Wild(_) | Pat::Rest(_) => Pattern::Wildcard,
            Pat::Ident(ident) => {
                let (name, at) = (plain(&ident.ident), span(ident.ident.span()));
                match name.as_str() {
                    "None" => Pattern::Value(self.tree.expr(at, ExprKind::Literal(Literal::Null))),
                    // A constant or a case that was imported by its name.
                    _ if name.starts_with(char::is_uppercase) => Pattern::Value(self.tree.expr(at, ExprKind::Name(name))),
                    _ => Pattern::Binding(name),
                }
            }
            Pat::Path(path) => Pattern::Value(self.path_expr(path)),
            Pat::Lit(literal) => Pattern::Value(self.literal(&literal.lit)),
            Pat::Const(constant) => Pattern::Value(self.block(&constant.block, None)),
            _ => Pattern::Value(self.unknown(Span::default())),
        }
    }

    fn case_path(&mut self, path: &syn::Path) -> Expr {
        self.path_expr(&ExprPath { attrs: Vec::new(), qself: None, path: syn::Path { leading_colon: None, segments: copied(path) } })
    }
}

/// The segments of a path without their arguments, which name no value.
fn copied(path: &syn::Path) -> syn::punctuated::Punctuated<syn::PathSegment, syn::Token![::]> {
    path.segments.iter().map(|segment| syn::PathSegment::from(segment.ident.clone())).collect()
}

/// What is there and fits a pattern.
fn present(inner: Pattern) -> Pattern {
    let is_absence = |value: &Expr| matches!(value.kind, ExprKind::Literal(Literal::Null));
    match inner {
        // `Some(None)`: whether that is there is not told from `None`.
        Pattern::Value(value) if is_absence(&value) => Pattern::Value(Expr { kind: ExprKind::Unknown(Vec::new()), ..value }),
        Pattern::Case { path, .. } if is_absence(&path) => Pattern::Value(Expr { kind: ExprKind::Unknown(Vec::new()), ..path }),
        other => Pattern::NotNull(Box::new(other)),
    }
}

/// Whether a pattern fits whatever there is.
fn takes_anything(pat: &Pat) -> bool {
    match pat {
        Pat::Wild(_) | Pat::Rest(_) => true,
        Pat::Tuple(tuple) => tuple.elems.is_empty(),
        other => binding_of(other).is_some(),
    }
}

fn outer_name(path: &syn::Path) -> String {
    path.segments.iter().rev().nth(1).map_or_else(String::new, |segment| plain(&segment.ident))
}

fn path_span(path: &syn::Path) -> Span {
    path.segments.last().map_or(Span::default(), |segment| span(segment.ident.span()))
}

/// The name that a pattern binds the whole value to.
pub(super) fn binding_of(pat: &Pat) -> Option<(String, Span)> {
    match pat {
        Pat::Ident(ident) if ident.subpat.is_none() && !ident.ident.to_string().starts_with(char::is_uppercase) => {
            Some((plain(&ident.ident), span(ident.ident.span())))
        }
        Pat::Wild(wild) => Some(("_".to_owned(), span(wild.underscore_token.span))),
        Pat::Type(typed) => binding_of(&typed.pat),
        Pat::Paren(paren) => binding_of(&paren.pat),
        Pat::Reference(reference) => binding_of(&reference.pat),
        _ => None,
    }
}

/// All names that a pattern binds, in order.
pub(super) fn names_in(pat: &Pat) -> Vec<(String, Span)> {
    let mut names = Vec::new();
    let mut waiting = vec![pat];
    while let Some(pat) = waiting.pop() {
        let inner: Vec<&Pat> = match pat {
            Pat::Ident(ident) => {
                let name = plain(&ident.ident);
                if !name.starts_with(char::is_uppercase) {
                    names.push((name, span(ident.ident.span())));
                }
                ident.subpat.iter().map(|(_, inner)| &**inner).collect()
            }
            Pat::Guard(guarded) => vec![&guarded.pat],
            Pat::Or(or) => or.cases.first().into_iter().collect(),
            Pat::Paren(paren) => vec![&paren.pat],
            Pat::Reference(reference) => vec![&reference.pat],
            Pat::Slice(slice) => slice.elems.iter().collect(),
            Pat::Struct(case) => case.fields.iter().map(|field| &*field.pat).collect(),
            Pat::Tuple(tuple) => tuple.elems.iter().collect(),
            Pat::TupleStruct(case) => case.elems.iter().collect(),
            Pat::Type(typed) => vec![&typed.pat],
            _ => Vec::new(),
        };
        waiting.extend(inner.into_iter().rev());
    }
    names
}

/// The name of a field of a struct, or its position in a tuple.
pub(super) fn member_name(member: &Member) -> (String, Span) {
    match member {
        Member::Named(name) => (plain(name), span(name.span())),
        Member::Unnamed(index) => (index.index.to_string(), span(index.span)),
    }
}

/// The guard behind a pattern, if there is one.
pub(super) fn guard_of(pat: &Pat) -> Option<&SynExpr> {
    match pat {
        Pat::Guard(guarded) => Some(&guarded.guard),
        _ => None,
    }
}
