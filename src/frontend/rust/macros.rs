//! Macros. Those of the language are what they stand for; of any other the tokens are looked at as expressions or statements, if they
//! can be read so.

use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Block, Expr as SynExpr, Macro, MacroDelimiter, Pat, Stmt, Token};

use super::uses::plain;
use super::{Gap, GapKind, Rust, between, paths, span};
use crate::ir::{Arg, Call, CompareOp, ExitKind, Expr, ExprKind, Literal, Pattern, TypeRef};
use crate::source::Span;

/// Never come back.
const NEVER: [&str; 4] = ["panic", "todo", "unimplemented", "unreachable"];
/// Return that the function failed.
const FAILING: [&str; 1] = ["bail"];
/// Evaluate what they are passed, as a call does.
const FORMATTING: [&str; 17] = [
    "debug",
    "eprint",
    "eprintln",
    "error",
    "format",
    "format_args",
    "info",
    "join",
    "log",
    "print",
    "println",
    "trace",
    "try_join",
    "warn",
    "write",
    "writeln",
    "anyhow",
];
/// Read a file or variable of the build.
const OF_THE_BUILD: [&str; 6] = ["concat", "env", "include", "include_bytes", "include_str", "option_env"];
/// Names that classes and selectors of Objective-C have in Rust.
pub(super) const CLASSES: &str = "objc";

impl Rust<'_> {
    pub(super) fn macro_call(&mut self, mac: &Macro) -> Expr {
        let at = span_of(mac);
        if !self.tree.enter_at(at, 1) {
            return self.unknown(at);
        }
        let name = paths::last_name(&mac.path);
        let lowered = self.known_macro(&name, mac, at).unwrap_or_else(|| self.any_macro(mac, at));
        self.tree.leave(1);
        lowered
    }

    fn known_macro(&mut self, name: &str, mac: &Macro, at: Span) -> Option<Expr> {
        match name {
            "matches" => self.matches(mac, at),
            "assert" | "assert_eq" | "assert_ne" | "assert_matches" | "ensure" => {
                let (cond, others) = self.asserted(name, mac, at)?;
                let cond = self.negated(cond);
                let kind = if name == "ensure" { ExitKind::Return } else { ExitKind::Throw };
                Some(self.leave_if(cond, kind, others, at))
            }
            // Checked in debug builds only.
            "debug_assert" | "debug_assert_eq" | "debug_assert_ne" | "debug_assert_matches" => {
                let (cond, others) = self.asserted(name, mac, at)?;
                let args = std::iter::once(cond).chain(others).map(|value| Arg { label: None, trailing: false, spread: false, value }).collect();
                let name_span = mac.path.segments.last().map_or(at, |segment| span(segment.ident.span()));
                Some(self.finish_call(None, "debug_assert".to_owned(), name_span, Vec::new(), args, at))
            }
            "dbg" => match expressions(mac)?.as_slice() {
                [only] => Some(self.expr(only)),
                _ => None,
            },
            "available" => self.available(mac, at),
            // A place, lent for writing.
            "addr_of_mut" => {
                let place: SynExpr = mac.parse_body().ok()?;
                Some(self.lent_for_writing(&place))
            }
            "vec" => {
                let items = match expressions(mac) {
                    Some(items) => items,
                    None => repeated.parse2(mac.tokens.clone()).ok()?,
                };
                let items = items.iter().map(|item| self.expr(item)).collect();
                Some(self.tree.expr(at, ExprKind::Collection(items)))
            }
            "msg_send" | "msg_send_id" | "msg_send_bool" => self.message(mac, at),
            "cfg_if" => {
                let branches = super::cfg::branches(mac.tokens.clone())?;
                Some(self.conditional(branches, at))
            }
            "class" => {
                let class: syn::Ident = mac.parse_body().ok()?;
                Some(self.tree.expr(at, ExprKind::ClassRef(TypeRef::named(format!("{CLASSES}.{}", plain(&class))))))
            }
            "sel" | "selector" => {
                let selector = super::tokens::text_of(&mac.tokens);
                let name = selector.split(':').next().unwrap_or_default().to_owned();
                Some(self.tree.expr(at, ExprKind::FunctionRef { receiver: None, name }))
            }
            "r#try" | "try" => {
                let value: SynExpr = mac.parse_body().ok()?;
                let value = self.expr(&value);
                Some(self.or_leave(value, ExitKind::Return, at))
            }
            _ if NEVER.contains(&name) => {
                let parts = self.parts(mac);
                let why = Box::new(self.tree.expr(at, ExprKind::Unknown(parts)));
                Some(self.tree.expr(at, ExprKind::Exit { kind: ExitKind::Throw, label: None, value: Some(why) }))
            }
            _ if FAILING.contains(&name) => {
                let parts = self.parts(mac);
                let null = self.absent(parts, at);
                Some(self.tree.expr(at, ExprKind::Exit { kind: ExitKind::Return, label: None, value: Some(Box::new(null)) }))
            }
            "cfg" => match super::cfg::Cfg::parse(mac.tokens.clone())? {
                never if never.is_never() => Some(self.tree.expr(at, ExprKind::Literal(Literal::Bool(false)))),
                always if super::cfg::Cfg::Not(Box::new(always.clone())).is_never() => Some(self.tree.expr(at, ExprKind::Literal(Literal::Bool(true)))),
                _ => Some(self.unknown(at)),
            },
            _ if OF_THE_BUILD.contains(&name) => Some(self.unknown(at)),
            // A text that is checked or made anew: `format!("a")`, `c_str!("a")`.
            _ => self.only_text(&mac.tokens),
        }
    }

    /// `cfg_if! { if #[cfg(…)] { … } else { … } }` in a function.
    fn conditional(&mut self, branches: Vec<super::cfg::Branch>, at: Span) -> Expr {
        let mut otherwise: Option<Expr> = None;
        for branch in branches.into_iter().rev().filter(|branch| !branch.is_never()) {
            self.note_condition(&branch.where_taken, super::tokens::span_of(&branch.tokens));
            let body = match Block::parse_within.parse2(branch.tokens.clone()) {
                Ok(statements) => self.statements(&statements),
                Err(_) => self.calls_in(&branch.tokens),
            };
            let then = self.tree.expr(at, ExprKind::Block { label: None, body });
            otherwise = Some(match branch.condition {
                Some(_) => self.perhaps(then, otherwise),
                None => then,
            });
        }
        otherwise.unwrap_or_else(|| self.unknown(at))
    }

    fn leave_if(&mut self, cond: Expr, kind: ExitKind, others: Vec<Expr>, at: Span) -> Expr {
        let null = self.absent(others, at);
        let leave = self.tree.expr(at, ExprKind::Exit { kind, label: None, value: Some(Box::new(null)) });
        self.tree.expr(at, ExprKind::If { cond: Box::new(cond), then: Box::new(leave), otherwise: None })
    }

    /// What an assertion says, and what else it is passed.
    fn asserted(&mut self, name: &str, mac: &Macro, at: Span) -> Option<(Expr, Vec<Expr>)> {
        let name = name.strip_prefix("debug_").unwrap_or(name);
        if name == "assert_matches" {
            let (value, pat, guard, others) = match_arguments.parse2(mac.tokens.clone()).ok()?;
            let cond = self.fits(&value, &pat, guard.as_ref(), at);
            return Some((cond, others.iter().map(|other| self.expr(other)).collect()));
        }
        let values = expressions(mac)?;
        let (cond, others) = match (name, values.as_slice()) {
            ("assert_eq" | "assert_ne", [left, right, others @ ..]) => {
                let (left, right) = (Box::new(self.expr(left)), Box::new(self.expr(right)));
                let op = if name == "assert_eq" { CompareOp::Equal } else { CompareOp::NotEqual };
                (self.tree.expr(at, ExprKind::Compare { op, left, right }), others)
            }
            ("assert" | "ensure", [cond, others @ ..]) => (self.expr(cond), others),
            _ => return None,
        };
        Some((cond, others.iter().map(|other| self.expr(named_value(other))).collect()))
    }

    fn negated(&mut self, cond: Expr) -> Expr {
        let at = cond.span;
        match cond.kind {
            ExprKind::Compare { op: CompareOp::Equal, left, right } => self.tree.expr(at, ExprKind::Compare { op: CompareOp::NotEqual, left, right }),
            ExprKind::Compare { op: CompareOp::NotEqual, left, right } => self.tree.expr(at, ExprKind::Compare { op: CompareOp::Equal, left, right }),
            kind => {
                let cond = Box::new(Expr { kind, ..cond });
                self.tree.expr(at, ExprKind::Not(cond))
            }
        }
    }

    /// `available!(ios = 14.0, macos = 11.0, ..)`
    fn available(&mut self, mac: &Macro, at: Span) -> Option<Expr> {
        let versions = versions.parse2(mac.tokens.clone()).ok()?;
        Some(self.tree.expr(at, ExprKind::Available { versions, negated: false }))
    }

    /// `matches!(value, pattern if guard)`
    fn matches(&mut self, mac: &Macro, at: Span) -> Option<Expr> {
        let (value, pat, guard, _) = match_arguments.parse2(mac.tokens.clone()).ok()?;
        Some(self.fits(&value, &pat, guard.as_ref(), at))
    }

    fn fits(&mut self, value: &SynExpr, pat: &Pat, guard: Option<&SynExpr>, at: Span) -> Expr {
        let (value, mut patterns) = (self.expr(value), self.pattern(pat).alternatives);
        let guard = guard.or(super::patterns::guard_of(pat)).map(|guard| self.expr(guard));
        if patterns.len() != 1 || guard.is_some() {
            return self.one_of_patterns(value, patterns, guard, at);
        }
        let pattern: Box<Pattern> = Box::new(patterns.remove(0));
        self.tree.expr(at, ExprKind::Case { value: Box::new(value), pattern })
    }

    /// A macro of which nothing is known but its tokens: when its code runs, and whether it does, is its own affair.
    fn any_macro(&mut self, mac: &Macro, at: Span) -> Expr {
        let parts = self.parts(mac);
        let is_certain = parts.iter().all(|part| !has_code(part)) || FORMATTING.contains(&paths::last_name(&mac.path).as_str());
        let all = self.tree.expr(at, ExprKind::Unknown(parts));
        if is_certain { all } else { self.perhaps(all, None) }
    }

    fn parts(&mut self, mac: &Macro) -> Vec<Expr> {
        if mac.tokens.is_empty() {
            return Vec::new();
        }
        if let Some(values) = expressions(mac) {
            return values.iter().map(|value| self.macro_part(named_value(value))).collect();
        }
        if let Ok(statements) = Block::parse_within.parse2(mac.tokens.clone())
            && !statements.iter().any(|statement| matches!(statement, Stmt::Expr(SynExpr::Verbatim(_), _)))
        {
            let body = self.statements(&statements);
            return vec![self.tree.expr(span_of(mac), ExprKind::Block { label: None, body })];
        }
        self.tree.gaps.push(Gap { span: span_of(mac), kind: GapKind::Opaque });
        self.calls_in(&mac.tokens)
    }

    /// Of a text into which values are put, what stands before the first of them.
    fn macro_part(&mut self, value: &SynExpr) -> Expr {
        let mut lowered = self.expr(value);
        if let ExprKind::Literal(Literal::Text(text)) = &mut lowered.kind
            && let Some(end) = text.find('{')
        {
            text.truncate(end);
        }
        lowered
    }

    /// A class of Objective-C by a text: `AnyClass::get(c"Name")`.
    pub(super) fn class_by_name(&mut self, call: &Call, at: Span) -> Option<Expr> {
        const CLASS_TYPES: [&str; 2] = ["AnyClass", "Class"];
        let is_class = matches!(call.receiver.as_ref().map(|receiver| &receiver.kind), Some(ExprKind::Name(name)) if CLASS_TYPES.contains(&self.meant(name)));
        let [Arg { value: Expr { kind: ExprKind::Literal(Literal::Text(name)), .. }, .. }] = call.args.as_slice() else { return None };
        (is_class && call.name == "get").then(|| self.tree.expr(at, ExprKind::ClassRef(TypeRef::named(format!("{CLASSES}.{name}")))))
    }
}

/// Whether something does more than stand for a value.
fn has_code(part: &Expr) -> bool {
    !matches!(part.kind, ExprKind::Name(_) | ExprKind::Literal(_) | ExprKind::Member { .. })
}

/// The tokens as expressions with commas between them.
fn expressions(mac: &Macro) -> Option<Vec<SynExpr>> {
    let values = mac.parse_body_with(Punctuated::<SynExpr, Token![,]>::parse_terminated).ok()?;
    Some(values.into_iter().collect())
}

/// `name = value` in the arguments of a macro assigns nothing.
fn named_value(value: &SynExpr) -> &SynExpr {
    match value {
        SynExpr::Assign(assign) if matches!(&*assign.left, SynExpr::Path(_)) => &assign.right,
        other => other,
    }
}

fn repeated(input: ParseStream<'_>) -> syn::Result<Vec<SynExpr>> {
    let item: SynExpr = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok(vec![item, input.parse()?])
}

/// A value, a pattern with its guard, and what follows them.
type Matched = (SynExpr, Pat, Option<SynExpr>, Vec<SynExpr>);

fn match_arguments(input: ParseStream<'_>) -> syn::Result<Matched> {
    let value = input.parse()?;
    input.parse::<Token![,]>()?;
    let pat = Pat::parse_multi_with_leading_vert(input)?;
    let guard = if input.peek(Token![if]) {
        input.parse::<Token![if]>()?;
        Some(input.parse()?)
    } else {
        None
    };
    let comma: Option<Token![,]> = input.parse()?;
    let others = if comma.is_some() { Punctuated::<SynExpr, Token![,]>::parse_terminated(input)?.into_iter().collect() } else { Vec::new() };
    Ok((value, pat, guard, others))
}

/// `ios = 14.0, macos = 11, ..`: names of platforms as the others write them, and major versions.
fn versions(input: ParseStream<'_>) -> syn::Result<Vec<(String, u32)>> {
    let mut versions = Vec::new();
    while !input.is_empty() {
        if input.peek(Token![..]) {
            input.parse::<Token![..]>()?;
        } else {
            let platform: syn::Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let version: syn::Lit = input.parse()?;
            let written = match &version {
                syn::Lit::Int(number) => number.base10_digits(),
                syn::Lit::Float(number) => number.base10_digits(),
                other => return Err(syn::Error::new(other.span(), "no version")),
            };
            let major = written.split('.').next().and_then(|major| major.parse().ok()).unwrap_or_default();
            let name = plain(&platform);
            let name = if name == "ios" { "iOS".to_owned() } else { name };
            versions.push((name, major));
        }
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(versions)
}

fn span_of(mac: &Macro) -> Span {
    let start = mac.path.segments.first().map_or(span(mac.bang_token.span), |segment| span(segment.ident.span()));
    let close = match &mac.delimiter {
        MacroDelimiter::Paren(token) => token.span.close(),
        MacroDelimiter::Brace(token) => token.span.close(),
        MacroDelimiter::Bracket(token) => token.span.close(),
    };
    between(start, span(close))
}
