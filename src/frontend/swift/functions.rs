//! Functions, initialisers, subscripts and their parameters.

use tree_sitter::Node;

use super::Swift;
use super::attributes::Modifiers;
use crate::frontend::tree;
use crate::ir::{Expr, ExprKind, Function, FunctionId, FunctionKind, Param, TypeRef, Visibility};
use crate::source::Span;

impl Swift<'_> {
    /// A function of the open type, or of the file.
    pub(super) fn function(&mut self, node: Node<'_>) -> FunctionId {
        self.lowered.insert(node.id());
        let kind = match node.kind() {
            "init_declaration" => FunctionKind::Constructor,
            _ if self.in_function => FunctionKind::Local,
            _ => FunctionKind::Method,
        };
        let children = tree::all_children(node);
        let name_node = node.child_by_field_name("name").or_else(|| tree::child_of_kind(node, "deinit")).unwrap_or(node);
        let name = match kind {
            FunctionKind::Constructor => self.owner_name(),
            _ => self.name_of(name_node),
        };
        let base = self.name_of(name_node);
        let params = self.parameters(&children);
        let modifiers = self.modifiers(node);
        let returns = self.return_type(&children);
        let body = node.child_by_field_name("body").or_else(|| children.iter().copied().find(|child| child.kind() == "function_body"));
        let has_result = returns.as_ref().is_some_and(|ty| ty.name != "Void" && (ty.name != "()" || !ty.args.is_empty()));
        let body = body.map(|body| self.function_block(body));
        let is_single = body.as_ref().is_some_and(is_single_expression);
        let mut function = self.new_function(kind, name, node, name_node, modifiers);
        function.selector = Some(selector(&base, &params));
        function.params = params;
        function.returns = returns;
        function.may_give_null = Self::may_give_null(&children);
        function.body = body;
        function.is_expression_body = is_single && has_result;
        self.builder.add_function(function)
    }

    /// `init` is named like its type.
    fn owner_name(&mut self) -> String {
        self.builder.owner_decl().name.clone()
    }

    pub(super) fn new_function(&mut self, kind: FunctionKind, name: String, node: Node<'_>, name_node: Node<'_>, modifiers: Modifiers) -> Function {
        let mut function = self.builder.new_function(kind, name, tree::span(node));
        function.name_span = tree::span(name_node);
        function.annotations = modifiers.annotations;
        function.visibility = self.visibility(modifiers.visibility);
        function.is_static = modifiers.is_static;
        function.is_override = modifiers.is_override;
        function
    }

    /// What a declaration says, else what an extension gives to its members, else internal.
    pub(super) fn visibility(&self, written: Option<Visibility>) -> Visibility {
        written.or(self.member_visibility).unwrap_or(Visibility::Internal)
    }

    fn return_type(&self, children: &[Node<'_>]) -> Option<TypeRef> {
        let arrow = children.iter().position(|child| child.kind() == "->")?;
        self.type_among(&children[arrow + 1..])
    }

    /// Whether a result is an optional, or not written so that it could be told: `Optional<Answer>` has arguments.
    fn may_give_null(children: &[Node<'_>]) -> bool {
        let after = children.iter().skip_while(|child| child.kind() != "->");
        let ty = after.copied().find(|child| super::types::is_type(*child));
        ty.is_none_or(|ty| ty.kind() != "user_type" || tree::child_of_kind(ty, "type_arguments").is_some())
    }

    /// The statements in the braces of `node`, as the body of a function.
    pub(super) fn function_block(&mut self, node: Node<'_>) -> Expr {
        let outside = std::mem::replace(&mut self.in_function, true);
        let block = self.block_in(node);
        self.in_function = outside;
        block
    }

    /// All parameters among the children of a declaration.
    pub(super) fn parameters(&mut self, children: &[Node<'_>]) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        let mut annotations = Vec::new();
        let mut index = 0;
        while index < children.len() {
            let child = children[index];
            match child.kind() {
                "attribute" => annotations.push(self.attribute(child)),
                "parameter" => {
                    let mut param = self.parameter(child);
                    param.annotations = std::mem::take(&mut annotations);
                    params.push(param);
                }
                "=" => {
                    let end = children[index..].iter().position(|node| matches!(node.kind(), "," | ")")).map_or(children.len(), |length| index + length);
                    let value = self.expression(&children[index + 1..end]);
                    if let Some(param) = params.last_mut() {
                        param.default = Some(value);
                    }
                    index = end;
                }
                "function_body" => break,
                "(" => annotations.clear(),
                _ => {}
            }
            index += 1;
        }
        params
    }

    fn parameter(&mut self, node: Node<'_>) -> Param {
        let children = tree::all_children(node);
        let name = node.child_by_field_name("name").unwrap_or(node);
        let label = node.child_by_field_name("external_name").unwrap_or(name);
        let label = Some(self.name_of(label)).filter(|label| label != "_");
        let is_variadic = children.iter().any(|child| child.kind() == "...");
        let ty = self.type_among(&children);
        Param { name: self.name_of(name), label, ty, default: None, is_variadic, annotations: Vec::new(), span: tree::span(name) }
    }

    /// `subscript(…) { … }`: a method for reading, and a setter.
    pub(super) fn subscript(&mut self, node: Node<'_>) {
        let children = tree::all_children(node);
        let mut params = self.parameters(&children);
        let returns = self.return_type(&children);
        let keyword = tree::child_of_kind(node, "subscript").unwrap_or(node);
        let Some(accessors) = tree::child_of_kind(node, "computed_property") else { return };
        let (getter, setter) = self.accessor_bodies(accessors);
        for (kind, body) in [(FunctionKind::Method, getter), (FunctionKind::Setter, setter)] {
            let Some(body) = body else { continue };
            let modifiers = self.modifiers(node);
            let mut function = self.new_function(kind, "subscript".to_owned(), node, keyword, modifiers);
            function.selector = Some(selector("subscript", &params));
            function.params = params.clone();
            // Default values belong to one function only, because their expressions are numbered.
            params.iter_mut().for_each(|param| param.default = None);
            if kind == FunctionKind::Setter {
                function.params.push(self.implied_param(self.setter_parameter(accessors), tree::span(accessors), returns.clone()));
            }
            function.returns = returns.clone().filter(|_| kind == FunctionKind::Method);
            function.is_expression_body = kind == FunctionKind::Method && is_single_expression(&body);
            function.body = Some(body);
            self.builder.add_function(function);
        }
    }

    /// A parameter without a declaration: `newValue`.
    pub(super) fn implied_param(&self, name: String, span: Span, ty: Option<TypeRef>) -> Param {
        Param { name, label: None, ty, default: None, is_variadic: false, annotations: Vec::new(), span }
    }
}

/// The name with labels, `fetch(for:completion:)`.
pub(super) fn selector(name: &str, params: &[Param]) -> String {
    let labels: String = params.iter().map(|param| format!("{}:", param.label.as_deref().unwrap_or("_"))).collect();
    format!("{name}({labels})")
}

/// Whether a body is one expression, whose value is then the result.
pub(super) fn is_single_expression(body: &Expr) -> bool {
    let ExprKind::Block { body, .. } = &body.kind else { return false };
    match body.as_slice() {
        [only] => !matches!(
            only.kind,
            ExprKind::Exit { .. }
                | ExprKind::Let { .. }
                | ExprKind::Assign { .. }
                | ExprKind::Loop { .. }
                | ExprKind::LocalFunction(_)
                | ExprKind::Object { .. }
        ),
        _ => false,
    }
}
