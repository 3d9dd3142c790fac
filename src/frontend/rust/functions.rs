//! Functions, closures and their parameters.

use syn::{Attribute, Block, ExprClosure, FnArg, ForeignItemFn, Pat, ReturnType, Signature, Stmt, Type, Visibility as SynVisibility};

use super::patterns::{binding_of, names_in};
use super::uses::plain;
use super::{Rust, attributes, between, span, types};
use crate::ir::{Closure, ExitKind, Expr, ExprKind, FunctionId, FunctionKind, Param, TypeRef, Visibility};
use crate::source::Span;

/// A function as it is written anywhere: in a file, type, trait or function.
pub(super) struct Declared<'s> {
    pub attributes: &'s [Attribute],
    pub visibility: Visibility,
    pub signature: &'s Signature,
    pub body: Option<&'s Block>,
    pub end: Span,
}

impl Rust<'_> {
    pub(super) fn function(&mut self, declared: &Declared<'_>, kind: FunctionKind) -> FunctionId {
        let signature = declared.signature;
        self.open_generics(&signature.generics);
        let start = declared.attributes.first().map_or(span(signature.fn_token.span), |first| span(first.pound_token.span));
        let mut function = self.build.new_function(kind, plain(&signature.ident), between(start, declared.end));
        self.build.module.built_for.extend(self.platform.map(|platform| (function.span, platform)));
        function.name_span = span(signature.ident.span());
        function.annotations = self.annotations(declared.attributes);
        function.selector = attributes::selector(declared.attributes);
        function.visibility = declared.visibility;
        function.is_static = signature.receiver().is_none();
        function.returns = self.returned(&signature.output);
        function.may_give_null = types::may_be_absent(&signature.output);
        function.params = signature.inputs.iter().filter_map(|input| self.param(input)).collect();
        if let Some(body) = declared.body {
            function.is_expression_body = function.returns.is_some() && ends_with_value(body) || function.may_give_null && ends_with_value(body);
            let destructured = self.destructured_params(signature);
            let around = std::mem::replace(&mut self.is_absent_within, types::may_be_absent_within(&signature.output));
            function.body = Some(self.body(body, destructured));
            self.is_absent_within = around;
            if never_returns(&signature.output) {
                function.body = function.body.take().map(|body| self.without_end(body));
            }
        }
        self.close_generics();
        self.build.add_function(function)
    }

    fn param(&mut self, input: &FnArg) -> Option<Param> {
        let FnArg::Typed(typed) = input else { return None };
        let name = binding_of(&typed.pat).filter(|_| self.is_box_type(&typed.ty));
        self.build.module.boxes.extend(name.map(|(_, at)| at));
        Some(self.typed_param(&typed.pat, Some(self.type_ref(&typed.ty))))
    }

    fn typed_param(&mut self, pat: &Pat, ty: Option<TypeRef>) -> Param {
        let (name, at) = binding_of(pat).unwrap_or_else(|| ("_".to_owned(), names_in(pat).first().map_or(Span::default(), |(_, at)| *at)));
        Param { label: Some(name.clone()), name, ty: ty.filter(|ty| ty.name != "?"), default: None, is_variadic: false, annotations: Vec::new(), span: at }
    }

    /// Names that parameters are taken apart into: `State(gate): State<Gate>` has the type of the whole.
    fn destructured_params(&mut self, signature: &Signature) -> Vec<Expr> {
        let mut lets = Vec::new();
        for input in &signature.inputs {
            if let FnArg::Typed(typed) = input
                && binding_of(&typed.pat).is_none()
            {
                let names = names_in(&typed.pat);
                let ty = Some(self.type_ref(&typed.ty)).filter(|ty| names.len() == 1 && ty.name != "?");
                for (name, name_span) in names {
                    lets.push(self.tree.expr(name_span, ExprKind::Let { name, ty: ty.clone(), value: None, mutable: false, delegated: false, name_span }));
                }
            }
        }
        lets
    }

    pub(super) fn closure(&mut self, closure: &ExprClosure) -> Expr {
        let params = closure.inputs.iter().map(|input| match input {
            Pat::Type(typed) => self.typed_param(&typed.pat, Some(self.type_ref(&typed.ty))),
            other => self.typed_param(other, None),
        });
        let params = params.collect();
        let lets: Vec<(String, Span)> = closure.inputs.iter().filter(|input| binding_of(input).is_none()).flat_map(names_in).collect();
        let mut is_expression_body = true;
        let body = match &*closure.body {
            syn::Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => {
                is_expression_body = ends_with_value(&block.block);
                self.block(&block.block, None)
            }
            syn::Expr::Async(block) => {
                is_expression_body = ends_with_value(&block.block);
                self.block(&block.block, None)
            }
            other => self.expr(other),
        };
        let body = self.with_names(body, lets);
        let start = span(closure.inputs_begin.span);
        let at = between(start, body.span);
        let closure = Closure { params, implicit_params: false, body, is_expression_body, captures_return: true, labels: Vec::new() };
        self.tree.expr(at, ExprKind::Closure(Box::new(closure)))
    }

    /// A body before which names are declared of whose value nothing is known.
    pub(super) fn with_names(&mut self, body: Expr, names: Vec<(String, Span)>) -> Expr {
        if names.is_empty() {
            return body;
        }
        let at = body.span;
        let mut lets: Vec<Expr> = Vec::new();
        for (name, name_span) in names {
            lets.push(self.tree.expr(name_span, ExprKind::Let { name, ty: None, value: None, mutable: false, delegated: false, name_span }));
        }
        match body.kind {
            ExprKind::Block { label: None, body } => {
                lets.extend(body);
                self.tree.expr(at, ExprKind::Block { label: None, body: lets })
            }
            kind => {
                lets.push(Expr { id: body.id, span: body.span, kind });
                self.tree.expr(at, ExprKind::Block { label: None, body: lets })
            }
        }
    }

    /// Code of its own, which is run when somebody waits for it: `async { … }`.
    pub(super) fn deferred(&mut self, block: &Block, start: Span) -> Expr {
        let body = self.block(block, None);
        let at = between(start, body.span);
        let closure =
            Closure { params: Vec::new(), implicit_params: false, body, is_expression_body: ends_with_value(block), captures_return: true, labels: Vec::new() };
        self.tree.expr(at, ExprKind::Closure(Box::new(closure)))
    }

    /// A body whose end is never reached, as its function declares.
    fn without_end(&mut self, body: Expr) -> Expr {
        let (at, end) = (body.span, Span { start: body.span.end, end: body.span.end });
        let leave = self.tree.expr(end, ExprKind::Exit { kind: ExitKind::Throw, label: None, value: None });
        self.tree.expr(at, ExprKind::Block { label: None, body: vec![body, leave] })
    }

    /// A function of another language that is declared never to come back. Of the others nothing is known but their names.
    pub(super) fn foreign(&mut self, function: &ForeignItemFn) {
        if attributes::is_left_out(&function.attrs) || !never_returns(&function.sig.output) {
            return;
        }
        let end = span(function.semi_token.span);
        let declared = Declared { attributes: &function.attrs, visibility: visibility(&function.vis), signature: &function.sig, body: None, end };
        let id = self.function(&declared, FunctionKind::Method);
        let body = self.tree.expr(end, ExprKind::Block { label: None, body: Vec::new() });
        self.build.module.functions[id as usize].body = Some(self.without_end(body));
    }

    /// A body with what its parameters are taken apart into; `a()` alone is `{ a() }`.
    fn body(&mut self, block: &Block, before: Vec<Expr>) -> Expr {
        let mut body = self.block(block, None);
        if let ExprKind::Block { body: statements, .. } = &mut body.kind {
            statements.splice(0..0, before);
        }
        body
    }
}

fn never_returns(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, ty) if matches!(&**ty, Type::Never(_)))
}

/// Whether a block has a value: its last expression has no semicolon.
pub(super) fn ends_with_value(block: &Block) -> bool {
    match block.stmts.last() {
        Some(Stmt::Expr(_, None)) => true,
        Some(Stmt::Macro(last)) => last.semi_token.is_none(),
        _ => false,
    }
}

pub(super) fn visibility(written: &SynVisibility) -> Visibility {
    match written {
        SynVisibility::Public(_) => Visibility::Public,
        SynVisibility::Restricted(_) => Visibility::Internal,
        SynVisibility::Inherited => Visibility::Private,
    }
}
