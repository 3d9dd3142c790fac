//! Stored and computed properties, observers, and local variables.

use tree_sitter::Node;

use super::attributes::Modifiers;
use super::functions::is_single_expression;
use super::{Swift, span_of_all};
use crate::frontend::tree;
use crate::ir::{Closure, Expr, ExprKind, Field, FunctionId, FunctionKind, Param, Pattern, TypeRef};
use crate::source::Span;

/// One variable of a `let` or `var`.
struct Variable<'n> {
    pattern: Option<Node<'n>>,
    ty: Option<TypeRef>,
    value: Vec<Node<'n>>,
    computed: Option<Node<'n>>,
    observers: Option<Node<'n>>,
    span: Span,
}

/// What the accessors of a property share.
struct Property<'a, 'n> {
    node: Node<'n>,
    name: Node<'n>,
    ty: Option<TypeRef>,
    span: Span,
    modifiers: &'a Modifiers,
}

impl<'t> Swift<'t> {
    /// A property of the open type, or a top-level variable.
    pub(super) fn property(&mut self, node: Node<'_>) {
        let mutable = self.is_var(node);
        for variable in self.variables(node) {
            let modifiers = self.modifiers(node);
            let name_node = variable.pattern.and_then(bound_identifier);
            match name_node {
                Some(name) => self.field(node, name, variable, modifiers, mutable),
                None => self.destructured_fields(variable, mutable, &modifiers),
            }
        }
    }

    fn is_var(&self, node: Node<'_>) -> bool {
        let binding = tree::child_of_kind(node, "value_binding_pattern").or_else(|| {
            let pattern = tree::child_of_kind(node, "pattern")?;
            tree::child_of_kind(pattern, "value_binding_pattern")
        });
        binding.is_some_and(|binding| self.text(binding) == "var")
    }

    fn variables<'n>(&self, node: Node<'n>) -> Vec<Variable<'n>> {
        let children = tree::all_children(node);
        let start = children.iter().position(|child| child.kind() == "pattern").unwrap_or(children.len());
        let parts = children[start..].split(|child| child.kind() == ",").filter(|part| !part.is_empty());
        parts.map(|part| self.variable(part)).collect()
    }

    fn variable<'n>(&self, part: &[Node<'n>]) -> Variable<'n> {
        let find = |kind: &str| part.iter().copied().find(|child| child.kind() == kind);
        let equals = part.iter().position(|child| child.kind() == "=").map_or(part.len(), |equals| equals + 1);
        Variable {
            pattern: find("pattern"),
            ty: self.annotated_type(part),
            value: part[equals..].iter().copied().filter(|child| child.kind() != "willset_didset_block").collect(),
            computed: find("computed_property").or_else(|| find("protocol_property_requirements")),
            observers: find("willset_didset_block"),
            span: span_of_all(part),
        }
    }

    fn field(&mut self, node: Node<'_>, name_node: Node<'_>, variable: Variable<'_>, modifiers: Modifiers, mutable: bool) {
        let name = self.name_of(name_node);
        if !variable.value.is_empty() {
            let value = self.initial_value(&variable.value);
            let kind = ExprKind::FieldInit { name: name.clone(), value: Box::new(value), delegated: modifiers.is_lazy };
            let statement = self.tree.expr(variable.span, kind);
            self.builder.initial_value(statement, modifiers.is_static);
        }
        let property = Property { node, name: name_node, ty: variable.ty.clone(), span: variable.span, modifiers: &modifiers };
        let (getter, setter) = match (variable.computed, variable.observers) {
            (Some(computed), _) => self.accessors(&property, computed),
            (None, Some(observers)) => (None, self.observers(&property, observers)),
            (None, None) => (None, None),
        };
        let is_computed = variable.computed.is_some_and(|computed| computed.kind() == "computed_property");
        let field = Field {
            name,
            ty: variable.ty,
            mutable: mutable && (!is_computed || setter.is_some()),
            is_static: modifiers.is_static,
            getter,
            setter,
            visibility: self.visibility(modifiers.visibility),
            annotations: modifiers.annotations,
            span: tree::span(name_node),
        };
        self.builder.owner_decl().fields.push(field);
    }

    /// Property initialisers are no function's body, but closures in them are.
    fn initial_value(&mut self, nodes: &[Node<'_>]) -> Expr {
        let outside = std::mem::replace(&mut self.in_function, true);
        let value = self.expression(nodes);
        self.in_function = outside;
        value
    }

    /// `let (a, b) = f()` outside of functions: the first field holds the value.
    fn destructured_fields(&mut self, variable: Variable<'_>, mutable: bool, modifiers: &Modifiers) {
        let pattern = variable.pattern.map(|pattern| self.pattern(pattern, true));
        let mut value = if variable.value.is_empty() { None } else { Some(self.initial_value(&variable.value)) };
        for name in pattern.as_ref().map(names_of).unwrap_or_default() {
            let initial = match value.take() {
                Some(value) => value,
                None => self.unknown(variable.span, Vec::new()),
            };
            let kind = ExprKind::FieldInit { name: name.clone(), value: Box::new(initial), delegated: false };
            let statement = self.tree.expr(variable.span, kind);
            self.builder.initial_value(statement, modifiers.is_static);
            let (is_static, visibility) = (modifiers.is_static, self.visibility(modifiers.visibility));
            let field = Field { name, ty: None, mutable, is_static, getter: None, setter: None, annotations: Vec::new(), visibility, span: variable.span };
            self.builder.owner_decl().fields.push(field);
        }
        value.into_iter().for_each(|value| self.builder.initial_value(value, modifiers.is_static));
    }

    fn accessors(&mut self, property: &Property<'_, '_>, computed: Node<'_>) -> (Option<FunctionId>, Option<FunctionId>) {
        if computed.kind() != "computed_property" {
            return (None, None);
        }
        let parameter = self.setter_parameter(computed);
        let (getter, setter) = self.accessor_bodies(computed);
        let getter = getter.map(|body| self.accessor(property, FunctionKind::Getter, Vec::new(), body));
        let param = self.implied_param(parameter, tree::span(computed), property.ty.clone());
        let setter = setter.map(|body| self.accessor(property, FunctionKind::Setter, vec![param], body));
        (getter, setter)
    }

    fn accessor(&mut self, property: &Property<'_, '_>, kind: FunctionKind, params: Vec<Param>, body: Expr) -> FunctionId {
        // The attributes are the field's.
        let modifiers = Modifiers { annotations: Vec::new(), ..*property.modifiers };
        let mut function = self.new_function(kind, self.name_of(property.name), property.node, property.name, modifiers);
        function.params = params;
        function.returns = property.ty.clone().filter(|_| kind == FunctionKind::Getter);
        function.is_expression_body = kind == FunctionKind::Getter && is_single_expression(&body);
        function.span = property.span;
        function.body = Some(body);
        self.builder.add_function(function)
    }

    /// The bodies of `get` (or of a getter without the word) and `set`.
    pub(super) fn accessor_bodies(&mut self, computed: Node<'_>) -> (Option<Expr>, Option<Expr>) {
        let parts: Vec<_> = tree::children(computed).into_iter().filter(|child| child.kind().starts_with("computed_")).collect();
        if parts.is_empty() {
            return (Some(self.function_block(computed)), None);
        }
        let (mut getter, mut setter) = (None, None);
        for part in parts.into_iter().filter(|part| tree::child_of_kind(*part, "{").is_some()) {
            let body = self.function_block(part);
            let slot = if part.kind() == "computed_getter" { &mut getter } else { &mut setter };
            *slot = Some(match slot.take() {
                Some(earlier) => self.sequence(vec![earlier, body]),
                None => body,
            });
        }
        (getter, setter)
    }

    pub(super) fn setter_parameter(&self, computed: Node<'_>) -> String {
        let setter = tree::child_of_kind(computed, "computed_setter");
        let name = setter.and_then(|setter| tree::child_of_kind(setter, "simple_identifier"));
        name.map_or("newValue".to_owned(), |name| self.name_of(name))
    }

    /// `willSet` and `didSet` are one setter that runs both.
    fn observers(&mut self, property: &Property<'_, '_>, observers: Node<'_>) -> Option<FunctionId> {
        let mut params = Vec::new();
        let mut bodies = Vec::new();
        for clause in tree::children(observers).into_iter().filter(|child| child.kind().ends_with("set_clause")) {
            let implied = if clause.kind() == "willset_clause" { "newValue" } else { "oldValue" };
            let written = tree::child_of_kind(clause, "simple_identifier").map(|name| self.name_of(name));
            params.push(self.implied_param(written.unwrap_or_else(|| implied.to_owned()), tree::span(clause), property.ty.clone()));
            bodies.push(self.function_block(clause));
        }
        let body = if bodies.len() == 1 { bodies.pop()? } else { self.sequence(bodies) };
        Some(self.accessor(property, FunctionKind::Setter, params, body))
    }

    fn sequence(&mut self, body: Vec<Expr>) -> Expr {
        let span = match (body.first(), body.last()) {
            (Some(first), Some(last)) => Span { start: first.span.start, end: last.span.end },
            _ => Span::default(),
        };
        self.tree.expr(span, ExprKind::Block { label: None, body })
    }

    /// `let a = 1, b: Int` in a function.
    pub(super) fn local_variables(&mut self, node: Node<'_>, out: &mut Vec<Expr>) {
        let mutable = self.is_var(node);
        let is_lazy = self.modifiers(node).is_lazy;
        for variable in self.variables(node) {
            let mut value = if variable.value.is_empty() { None } else { Some(self.expression(&variable.value)) };
            let mut delegated = is_lazy;
            if let Some(computed) = variable.computed {
                value = Some(self.computed_local(computed));
                delegated = true;
            }
            let pattern = variable.pattern.map(|pattern| self.pattern(pattern, true));
            let mut names = pattern.as_ref().map(names_of).unwrap_or_default();
            if names.is_empty() {
                names.push("_".to_owned());
            }
            let name_span = variable.pattern.map_or(variable.span, tree::span);
            let is_single = names.len() == 1;
            for name in names {
                let ty = if is_single { variable.ty.clone() } else { None };
                let kind = ExprKind::Let { name, ty, value: value.take().map(Box::new), mutable, delegated, name_span };
                out.push(self.tree.expr(variable.span, kind));
            }
            if let Some(observers) = variable.observers {
                self.local_observers(observers, out);
            }
        }
    }

    /// A computed local variable is a closure that runs when it is read.
    fn computed_local(&mut self, computed: Node<'_>) -> Expr {
        let (getter, setter) = self.accessor_bodies(computed);
        let bodies: Vec<_> = getter.into_iter().chain(setter).map(|body| self.parameterless_closure(computed, body)).collect();
        let mut bodies = bodies.into_iter();
        match (bodies.next(), bodies.next()) {
            (Some(only), None) => only,
            (first, second) => {
                let all = first.into_iter().chain(second).collect();
                self.unknown(tree::span(computed), all)
            }
        }
    }

    fn local_observers(&mut self, observers: Node<'_>, out: &mut Vec<Expr>) {
        let clauses = tree::children(observers).into_iter().filter(|child| child.kind().ends_with("set_clause"));
        let closures = clauses.map(|clause| {
            let body = self.function_block(clause);
            self.parameterless_closure(clause, body)
        });
        let closures = closures.collect();
        out.push(self.unknown(tree::span(observers), closures));
    }

    fn parameterless_closure(&mut self, node: Node<'_>, body: Expr) -> Expr {
        let is_expression_body = is_single_expression(&body);
        let closure = Closure { params: Vec::new(), implicit_params: false, body, is_expression_body, captures_return: true, labels: Vec::new() };
        self.tree.at(node, ExprKind::Closure(Box::new(closure)))
    }
}

/// The name of a pattern that is just a name.
fn bound_identifier(pattern: Node<'_>) -> Option<Node<'_>> {
    pattern.child_by_field_name("bound_identifier")
}

/// The names that a pattern binds, in order; `_` for the parts that it ignores.
pub(super) fn names_of(pattern: &Pattern) -> Vec<String> {
    let mut names = Vec::new();
    let mut pending = vec![pattern];
    while let Some(pattern) = pending.pop() {
        match pattern {
            Pattern::Binding(name) => names.push(name.clone()),
            Pattern::Is { binding, .. } => names.extend(binding.clone()),
            Pattern::NotNull(inner) | Pattern::Not(inner) => pending.push(inner),
            Pattern::Tuple(parts) | Pattern::Case { fields: parts, .. } => pending.extend(parts.iter().rev()),
            Pattern::Wildcard => names.push("_".to_owned()),
            Pattern::Value(_) | Pattern::In(_) => {}
        }
    }
    names
}
