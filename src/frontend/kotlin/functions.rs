//! Functions, constructors and accessors.

use tree_sitter::Node;

use super::types::Modifiers;
use super::{Kotlin, types};
use crate::frontend::errors::is_trivial;
use crate::frontend::tree;
use crate::ir::{Arg, Call, Expr, ExprKind, FunctionId, FunctionKind, Param, TypeKind, Visibility};

impl<'t> Kotlin<'t> {
    /// A `function_declaration` of the open type.
    pub(super) fn function(&mut self, node: Node<'t>, kind: FunctionKind) -> FunctionId {
        let name_node = tree::child_of_kind(node, "simple_identifier").unwrap_or(node);
        let modifiers = self.modifiers(node);
        let mut function = self.build.new_function(kind, self.name(name_node), self.declaration_span(node));
        function.name_span = tree::span(name_node);
        function.receiver = node.child_by_field_name("receiver").and_then(|receiver| self.type_in(receiver));
        function.params = self.params_in(node);
        function.returns = self.type_after_colon(node);
        let after_colon = tree::all_children(node).into_iter().skip_while(|child| child.kind() != ":").find(|child| types::is_type(*child));
        function.may_give_null = after_colon.is_none_or(|ty| ty.kind() != "user_type");
        function.annotations = modifiers.annotations;
        function.visibility = if kind == FunctionKind::Local { Visibility::Private } else { modifiers.visibility };
        function.is_override = modifiers.is_override;
        function.is_static = kind != FunctionKind::Local && self.members_are_static();
        let (body, is_expression_body) = self.function_body(node);
        function.is_expression_body = is_expression_body;
        function.body = body.map(|mut body| {
            self.append_strays(node, &mut body);
            body
        });
        self.build.add_function(function)
    }

    /// Members of objects belong to no instance.
    pub(super) fn members_are_static(&mut self) -> bool {
        self.build.owner_decl().kind == TypeKind::Object
    }

    /// The `function_value_parameters` of a function.
    pub(super) fn params_in(&mut self, node: Node<'t>) -> Vec<Param> {
        let Some(list) = tree::child_of_kind(node, "function_value_parameters") else { return Vec::new() };
        let mut params: Vec<Param> = Vec::new();
        let mut modifiers: Option<Modifiers> = None;
        for part in tree::children(list) {
            match part.kind() {
                "parameter_modifiers" => {
                    let mut own = Modifiers { annotations: Vec::new(), visibility: Visibility::Public, is_override: false, is_variadic: false };
                    self.add_modifiers(part, &mut own);
                    modifiers = Some(own);
                }
                "parameter" => {
                    let mut param = self.variable(part);
                    if let Some(modifiers) = modifiers.take() {
                        param.annotations = modifiers.annotations;
                        param.is_variadic = modifiers.is_variadic;
                    }
                    params.push(param);
                }
                "ERROR" => {}
                _ if types::is_type(part) => {}
                _ => {
                    let default = self.expr(part);
                    if let Some(param) = params.last_mut() {
                        param.default = Some(default);
                    }
                }
            }
        }
        params
    }

    /// The body of a function, accessor or anonymous function, and whether it is an expression.
    pub(super) fn function_body(&mut self, node: Node<'t>) -> (Option<Expr>, bool) {
        let Some(body) = tree::child_of_kind(node, "function_body") else { return (None, false) };
        if tree::child_of_kind(body, "=").is_none() {
            return (Some(self.braces(body)), false);
        }
        let value = match self.node_after(body, "=") {
            Some(value) => self.expr(value),
            None => self.empty_block(body),
        };
        (Some(value), true)
    }

    /// Adds what stands in error nodes inside `node` to a body.
    pub(super) fn append_strays(&mut self, node: Node<'t>, body: &mut Expr) {
        let strays: Vec<Expr> = self.stray_errors(node).into_iter().filter(|stray| !is_trivial(stray)).collect();
        if strays.is_empty() {
            return;
        }
        if let ExprKind::Block { label: None, body } = &mut body.kind {
            body.extend(strays);
            return;
        }
        let placeholder = self.unknown(node);
        let own = std::mem::replace(body, placeholder);
        // What is not understood goes first, so that the value stays the last.
        let statements = strays.into_iter().chain(std::iter::once(own)).collect();
        body.kind = ExprKind::Block { label: None, body: statements };
    }

    /// `constructor(…) : this(…) { … }`
    pub(super) fn secondary_constructor(&mut self, node: Node<'t>) {
        let modifiers = self.modifiers(node);
        let owner_name = self.build.owner_decl().name.clone();
        let mut function = self.build.new_function(FunctionKind::Constructor, owner_name.clone(), tree::span(node));
        function.name_span = tree::child_of_kind(node, "constructor").map_or(function.span, tree::span);
        function.annotations = modifiers.annotations;
        function.visibility = modifiers.visibility;
        function.params = self.params_in(node);
        let delegation = tree::child_of_kind(node, "constructor_delegation_call").map(|call| self.delegation_call(call, owner_name));
        let mut body = self.braces(node);
        if let (ExprKind::Block { body, .. }, Some(delegation)) = (&mut body.kind, delegation) {
            body.insert(0, delegation);
        }
        self.append_strays(node, &mut body);
        function.body = Some(body);
        self.build.add_function(function);
    }

    /// `this(…)` calls the class's own constructor, `super(…)` that of its superclass.
    fn delegation_call(&mut self, node: Node<'t>, owner_name: String) -> Expr {
        let superclass = self.build.owner_decl().supertypes.first().map_or("super".to_owned(), |ty| ty.simple_name().to_owned());
        let keyword = node.child(0).unwrap_or(node);
        let name = if keyword.kind() == "this" { owner_name } else { superclass };
        let args = tree::child_of_kind(node, "value_arguments").map_or(Vec::new(), |args| self.value_arguments(args, ""));
        self.constructor_call(node, name, keyword, args)
    }

    pub(super) fn constructor_call(&mut self, node: Node<'t>, name: String, name_node: Node<'t>, args: Vec<Arg>) -> Expr {
        let name_span = tree::span(name_node);
        let call = Call { receiver: None, name, selector: None, is_new: false, safe: false, type_args: Vec::new(), args, name_span };
        self.tree.at(node, ExprKind::Call(Box::new(call)))
    }

    /// `get() …` or `set(value) …` of a property; `None` when it has no body.
    pub(super) fn accessor(&mut self, node: Node<'t>, property: &str) -> Option<FunctionId> {
        let kind = if node.kind() == "setter" { FunctionKind::Setter } else { FunctionKind::Getter };
        let (body, is_expression_body) = self.function_body(node);
        let mut body = body?;
        self.append_strays(node, &mut body);
        let modifiers = self.modifiers(node);
        let mut function = self.build.new_function(kind, property.to_owned(), tree::span(node));
        function.name_span = node.children(&mut node.walk()).find(|child| matches!(child.kind(), "get" | "set")).map_or(function.span, tree::span);
        function.annotations = modifiers.annotations;
        function.visibility = modifiers.visibility;
        function.is_static = self.members_are_static();
        function.params = tree::child_of_kind(node, "parameter_with_optional_type").map(|param| self.variable(param)).into_iter().collect();
        function.returns = self.type_after_colon(node);
        function.body = Some(body);
        function.is_expression_body = is_expression_body;
        Some(self.build.add_function(function))
    }
}
