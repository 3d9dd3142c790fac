//! Macros. Those of the language are what they stand for; of any other the tokens are looked at as expressions or statements, if they
//! can be read so.

use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Block, Expr as SynExpr, Macro, MacroDelimiter, Pat, Stmt, Token};

use super::cfg::Cfg;
use super::uses::plain;
use super::{Gap, GapKind, Rust, between, paths, span};
use crate::ir::{Arg, Call, CompareOp, ExitKind, Expr, ExprKind, Literal, Pattern, TypeRef};
use crate::source::Span;

/// Never come back.
const NEVER: [&str; 4] = ["panic", "todo", "unimplemented", "unreachable"];
/// Return that the function failed.
const FAILING: [&str; 3] = ["bail", "err", "raise"];
/// Read a file or variable of the build.
const OF_THE_BUILD: [&str; 7] = ["cfg", "concat", "env", "include", "include_bytes", "include_str", "option_env"];
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
            "assert" | "ensure" => {
                let values = expressions(mac)?;
                let (condition, others) = values.split_first()?;
                let cond = self.expr(condition);
                let cond = self.tree.expr(cond.span, ExprKind::Not(Box::new(cond)));
                let kind = if name == "assert" { ExitKind::Throw } else { ExitKind::Return };
                let others = others.iter().map(|other| self.expr(other)).collect();
                Some(self.leave_if(cond, kind, others, at))
            }
            "assert_eq" | "assert_ne" => {
                let values = expressions(mac)?;
                let [left, right, ..] = values.as_slice() else { return None };
                let (left, right) = (Box::new(self.expr(left)), Box::new(self.expr(right)));
                let op = if name == "assert_eq" { CompareOp::NotEqual } else { CompareOp::Equal };
                let cond = self.tree.expr(at, ExprKind::Compare { op, left, right });
                Some(self.leave_if(cond, ExitKind::Throw, Vec::new(), at))
            }
            // Checked in debug builds only.
            "debug_assert" => {
                let args = expressions(mac)?.iter().map(|value| self.arg(value)).collect();
                let name_span = mac.path.segments.last().map_or(at, |segment| span(segment.ident.span()));
                let call = Call { receiver: None, name: name.to_owned(), selector: None, is_new: false, safe: false, type_args: Vec::new(), args, name_span };
                Some(self.tree.expr(at, ExprKind::Call(Box::new(call))))
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
            _ if OF_THE_BUILD.contains(&name) => Some(self.unknown(at)),
            // A text that is checked or made anew: `format!("a")`, `c_str!("a")`.
            _ => self.only_text(&mac.tokens),
        }
    }

    /// `cfg_if! { if #[cfg(…)] { … } else { … } }` in a function.
    fn conditional(&mut self, branches: Vec<super::cfg::Branch>, at: Span) -> Expr {
        let conditions: Vec<Cfg> = branches.iter().filter_map(|(condition, _)| condition.clone()).collect();
        let before: Vec<&Cfg> = conditions.iter().collect();
        let mut otherwise: Option<Expr> = None;
        for (index, (condition, tokens)) in branches.into_iter().enumerate().rev() {
            let where_taken = Cfg::of_branch(&before[..index.min(before.len())], condition.as_ref());
            self.note_condition(&where_taken, super::tokens::span_of(&tokens));
            if condition.as_ref().is_some_and(super::cfg::Cfg::is_never) {
                continue;
            }
            let body = match Block::parse_within.parse2(tokens.clone()) {
                Ok(statements) => self.statements(&statements),
                Err(_) => self.calls_in(&tokens),
            };
            let then = self.tree.expr(at, ExprKind::Block { label: None, body });
            otherwise = Some(match condition {
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

    /// `matches!(value, pattern if guard)`
    fn matches(&mut self, mac: &Macro, at: Span) -> Option<Expr> {
        let (value, pat, guard) = match_arguments.parse2(mac.tokens.clone()).ok()?;
        let (value, mut patterns) = (self.expr(&value), self.pattern(&pat).alternatives);
        let guard = guard.as_ref().or(super::patterns::guard_of(&pat)).map(|guard| self.expr(guard));
        if patterns.len() != 1 || guard.is_some() {
            return Some(self.one_of_patterns(value, patterns, guard, at));
        }
        let pattern: Box<Pattern> = Box::new(patterns.remove(0));
        Some(self.tree.expr(at, ExprKind::Case { value: Box::new(value), pattern }))
    }

    /// A macro of which nothing is known but its tokens.
    fn any_macro(&mut self, mac: &Macro, at: Span) -> Expr {
        let parts = self.parts(mac);
        self.tree.expr(at, ExprKind::Unknown(parts))
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

fn match_arguments(input: ParseStream<'_>) -> syn::Result<(SynExpr, Pat, Option<SynExpr>)> {
    let value = input.parse()?;
    input.parse::<Token![,]>()?;
    let pat = Pat::parse_multi_with_leading_vert(input)?;
    let guard = if input.peek(Token![if]) {
        input.parse::<Token![if]>()?;
        Some(input.parse()?)
    } else {
        None
    };
    let _trailing: Option<Token![,]> = input.parse()?;
    Ok((value, pat, guard))
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
