//! Paths: `a::b::c` reads like the member `c` of `a.b`.

use syn::{AngleBracketedGenericArguments, ExprPath, GenericArgument, Path, PathSegment, QSelf};

use super::uses::plain;
use super::{Rust, between, span};
use crate::ir::{Expr, ExprKind, Literal, TypeRef};
use crate::source::Span;

/// Longer paths are not followed.
const MAX_SEGMENTS: usize = 32;

impl Rust<'_> {
    pub(super) fn path_expr(&mut self, path: &ExprPath) -> Expr {
        let segments: Vec<&PathSegment> = path.path.segments.iter().collect();
        if let ([only], None) = (segments.as_slice(), &path.qself)
            && only.ident == "None"
        {
            return self.tree.expr(span(only.ident.span()), ExprKind::Literal(Literal::Null));
        }
        self.segments(path.qself.as_ref(), &segments).unwrap_or_else(|| self.unknown(Span::default()))
    }

    /// The value that segments of a path name; `None` when there are none.
    pub(super) fn segments(&mut self, qself: Option<&QSelf>, segments: &[&PathSegment]) -> Option<Expr> {
        let mut rest = segments.iter().take(MAX_SEGMENTS);
        let mut value = match qself {
            // `<T as Trait>::f` is a member of the type.
            Some(qself) => {
                let ty = self.type_ref(&qself.ty);
                rest = segments.get(qself.position.min(segments.len())..).unwrap_or_default().iter().take(MAX_SEGMENTS);
                let at = between(span(qself.lt_token.span), span(qself.gt_token.span));
                if ty.name == "Self" { self.tree.expr(at, ExprKind::This(None)) } else { self.tree.expr(at, ExprKind::Name(ty.name)) }
            }
            None => {
                let first = rest.next()?;
                let at = span(first.ident.span());
                self.near = at;
                match plain(&first.ident).as_str() {
                    "self" if segments.len() == 1 => self.tree.expr(at, ExprKind::This(None)),
                    // `Self::Case` is a constant; what is called is a member.
                    "Self" if segments.len() == 2 && self.is_own_case(&plain(&segments[1].ident)) => {
                        let own = self.own_type_name();
                        self.tree.expr(at, ExprKind::Name(own))
                    }
                    "Self" => self.tree.expr(at, ExprKind::This(None)),
                    name => self.tree.expr(at, ExprKind::Name(name.to_owned())),
                }
            }
        };
        for segment in rest {
            let name_span = span(segment.ident.span());
            let at = between(value.span, name_span);
            value = self.tree.expr(at, ExprKind::Member { receiver: Box::new(value), name: plain(&segment.ident), name_span, safe: false, is_variable: false });
        }
        Some(value)
    }

    /// Whether the type whose part this is has a case of that name.
    pub(super) fn is_own_case(&mut self, case: &str) -> bool {
        let own = self.own_type_name();
        self.build.module.types.iter().any(|decl| decl.name == own && decl.cases.iter().any(|known| known == case))
    }

    /// Type arguments written at a segment: `collect::<Vec<_>>`.
    pub(super) fn type_arguments(&self, angle: Option<&AngleBracketedGenericArguments>) -> Vec<TypeRef> {
        let Some(angle) = angle else { return Vec::new() };
        let types = angle.args.iter().filter_map(|arg| match arg {
            GenericArgument::Type(ty) => Some(self.type_ref(ty)),
            _ => None,
        });
        types.filter(|ty| ty.name != "?").collect()
    }
}

/// `a.b.C` of `a::b::C<T>`.
pub(super) fn dotted(path: &Path) -> String {
    path.segments.iter().take(MAX_SEGMENTS).map(|segment| plain(&segment.ident)).collect::<Vec<_>>().join(".")
}

/// The last name of a path.
pub(super) fn last_name(path: &Path) -> String {
    path.segments.last().map_or_else(String::new, |segment| plain(&segment.ident))
}
