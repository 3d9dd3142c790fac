//! Which feature a gate asks for, and another in its place.

use askfirst::catalogue::DataCategory;
use askfirst::evidence::Binding;
use askfirst::gates::key_text;
use askfirst::ir::{Expr, ExprKind, Literal, walk};
use askfirst::policy::{Feature, Key, Policy};
use askfirst::source::Span;

use crate::mutating::{Access, CheckStep, Edit, Shape};

/// How a key is written: what replaces it is written the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Text,
    /// `PEN_PALS`, `PenPals`
    Upper,
    /// `penPals`
    Lower,
}

impl Style {
    fn of(key: &Key) -> Self {
        match key {
            Key::Text(_) => Self::Text,
            Key::Name { name, .. } if name.starts_with(char::is_uppercase) => Self::Upper,
            Key::Name { .. } => Self::Lower,
        }
    }
}

/// A key in code.
pub struct Token {
    file: usize,
    span: Span,
    style: Style,
}

/// What a gate asks for instead.
pub struct Swap {
    /// Edits of files by number.
    pub edits: Vec<(usize, Edit)>,
    /// The feature that is asked for.
    pub feature: String,
    /// What the policy says of it in addition, if it has no such feature.
    pub added: Option<String>,
}

/// A category for which a policy is made to declare a feature: no fixture has an access to it.
pub const SPARE: &str = "advertising-id";

/// The keys by which a gate of a proof names its features: in its own arguments, in what these hold, in calls through which its answer
/// came, or else anywhere in the functions of the proof.
pub fn tokens(shapes: &[Shape<'_>], policy: &Policy, access: &Access, gate: &CheckStep) -> Vec<Token> {
    let keys: Vec<&Key> = policy
        .features
        .iter()
        .filter(|feature| access.asked_for.contains(&feature.name.value))
        .flat_map(|feature| feature.keys.iter().map(|key| &key.value))
        .collect();
    let search = Search { shapes, keys: &keys };
    let calls = || access.calls.iter().map(|(file, span)| (*file, *span));
    let places: Vec<(usize, Span)> = calls().chain([(gate.file, gate.span)]).collect();
    let ways: [&dyn Fn() -> Vec<Token>; 4] = [
        &|| search.at_gate(gate, false),
        &|| search.at_gate(gate, true),
        &|| calls().flat_map(|(file, span)| shapes[file].named(span).map(|expr| search.within(file, expr, false)).unwrap_or_default()).collect(),
        &|| places.iter().flat_map(|(file, span)| search.around(*file, *span)).collect(),
    ];
    ways.iter().map(|way| way()).find(|found| !found.is_empty()).unwrap_or_default()
}

struct Search<'s, 'm> {
    shapes: &'s [Shape<'m>],
    keys: &'s [&'s Key],
}

impl Search<'_, '_> {
    fn at_gate(&self, gate: &CheckStep, follow: bool) -> Vec<Token> {
        let shape = &self.shapes[gate.file];
        match (shape.annotation(gate.span), shape.named(gate.span)) {
            (Some(annotation), _) => annotation.args.iter().flat_map(|arg| self.within(gate.file, &arg.value, follow)).collect(),
            (None, Some(expr)) => self.within(gate.file, expr, follow),
            (None, None) => Vec::new(),
        }
    }

    fn around(&self, file: usize, span: Span) -> Vec<Token> {
        let functions = self.shapes[file].module.functions.iter().filter(|function| function.span.contains(span));
        let innermost = functions.min_by_key(|function| function.span.end - function.span.start);
        let mut found = Vec::new();
        if let Some(body) = innermost.and_then(|function| function.body.as_ref()) {
            self.collect(file, body, false, true, &mut found);
        }
        found
    }

    /// Keys in an expression, but not in what it is passed to run.
    fn within(&self, file: usize, expr: &Expr, follow: bool) -> Vec<Token> {
        let mut found = Vec::new();
        self.collect(file, expr, follow, false, &mut found);
        found
    }

    fn collect(&self, file: usize, expr: &Expr, follow: bool, into_closures: bool, found: &mut Vec<Token>) {
        if matches!(expr.kind, ExprKind::Closure(_) | ExprKind::Object { .. }) && !into_closures {
            return;
        }
        if let Some(token) = self.token(file, expr) {
            found.push(token);
        } else if follow && let Some(value) = self.held(file, expr) {
            self.collect(file, value, false, false, found);
        }
        walk(expr, &mut |child| self.collect(file, child, follow, into_closures, found));
    }

    fn held(&self, file: usize, expr: &Expr) -> Option<&Expr> {
        let resolution = &self.shapes[file].resolution;
        match resolution.bindings.get(&expr.id)? {
            Binding::Variable(id) => match resolution.variables[*id as usize].values.as_slice() {
                [value] => Some(value),
                _ => None,
            },
            Binding::Field(field) => match resolution.field_values.get(field).map(Vec::as_slice) {
                Some([value]) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    fn token(&self, file: usize, expr: &Expr) -> Option<Token> {
        let (text, span) = match &expr.kind {
            ExprKind::Name(name) => (name, expr.span),
            ExprKind::Member { name, name_span, .. } => (name, *name_span),
            ExprKind::Literal(Literal::Text(text)) => (text, expr.span),
            _ => return None,
        };
        let is_text = matches!(expr.kind, ExprKind::Literal(_));
        let key = self.keys.iter().find(|key| key_text(key) == text)?;
        let style = if is_text { Style::Text } else { Style::of(key) };
        let style = if style == Style::Text && !is_text { Style::Upper } else { style };
        Some(Token { file, span, style })
    }
}

/// Another feature's keys in place of these: of one that the policy has and that does not declare the data, or of one that it is made to have.
pub fn swap(tokens: &[Token], policy: &Policy, category: DataCategory, texts: &[String]) -> Option<Swap> {
    let styles: Vec<Style> = tokens.iter().map(|token| token.style).collect();
    if styles.is_empty() {
        return None;
    }
    let declares = |feature: &Feature| feature.data.iter().any(|data| data.value == category);
    let key_of =
        |feature: &Feature, style: Style| feature.keys.iter().map(|key| &key.value).find(|key| Style::of(key) == style).map(|key| key_text(key).to_owned());
    let fits = |feature: &&Feature| !declares(feature) && styles.iter().all(|style| key_of(feature, *style).is_some());
    let known = policy.features.iter().find(fits);
    let new_key = |style: Style| match known {
        Some(feature) => key_of(feature, style).unwrap_or_default(),
        None => match style {
            Style::Text => "swapped-feature".to_owned(),
            Style::Upper => "SWAPPED_FEATURE".to_owned(),
            Style::Lower => "swappedFeature".to_owned(),
        },
    };
    let edits = tokens.iter().map(|token| {
        let Span { start, end } = token.span;
        let source = &texts[token.file][start as usize..end as usize];
        let quotes = if token.style == Style::Text { source.find('"').map_or((0, 0), |first| (first as u32 + 1, 1)) } else { (0, 0) };
        let dot = u32::from(source.starts_with('.'));
        (token.file, Edit { start: start + quotes.0 + dot, end: end - quotes.1, new: new_key(token.style), is_name: true })
    });
    let added = known.is_none().then(|| declared("swapped", "key = [\"X.SWAPPED_FEATURE\", \".swappedFeature\", \"swapped-feature\"]", SPARE));
    Some(Swap { edits: edits.collect(), feature: known.map_or_else(|| "swapped".to_owned(), |feature| feature.name.value.clone()), added })
}

/// A feature as a policy writes it.
pub fn declared(name: &str, how: &str, data: &str) -> String {
    format!("\n[feature.{name}]\n{how}\npurpose = \"Only for this test.\"\ndata = [\"{data}\"]\nopt-out = \"Settings\"\n")
}
