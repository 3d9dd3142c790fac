//! Builds a module: which type is open, and what its initializer collects.

use tree_sitter::Node;

use super::tree::{self, Lowering};
use crate::ir::{Expr, ExprKind, FILE_SCOPE, Function, FunctionId, FunctionKind, Module, TypeDecl, TypeId, TypeKind, Visibility};
use crate::source::{Language, Span};

/// A module in the making.
pub(crate) struct ModuleBuilder {
    /// What is built so far.
    pub module: Module,
    open: Vec<OpenType>,
}

struct OpenType {
    id: TypeId,
    initial: Vec<Expr>,
    initial_of_class: Vec<Expr>,
}

impl OpenType {
    fn new(id: TypeId) -> Self {
        Self { id, initial: Vec::new(), initial_of_class: Vec::new() }
    }
}

impl ModuleBuilder {
    /// An empty module whose file scope is open.
    pub(crate) fn new(language: Language) -> Self {
        Self { module: Module::new(language), open: vec![OpenType::new(FILE_SCOPE)] }
    }

    /// The innermost open type.
    pub(crate) fn owner(&self) -> TypeId {
        self.open.last().map_or(FILE_SCOPE, |open| open.id)
    }

    /// The declaration of the innermost open type.
    pub(crate) fn owner_decl(&mut self) -> &mut TypeDecl {
        let id = self.owner();
        &mut self.module.types[id as usize]
    }

    /// A declaration inside the open type with nothing in it yet.
    pub(crate) fn new_type(&self, kind: TypeKind, name: String, span: Span) -> TypeDecl {
        TypeDecl {
            name,
            kind,
            owner: self.owner(),
            is_companion: false,
            type_params: Vec::new(),
            supertypes: Vec::new(),
            fields: Vec::new(),
            cases: Vec::new(),
            annotations: Vec::new(),
            visibility: Visibility::Public,
            span,
        }
    }

    /// Adds a type and makes it the open one.
    pub(crate) fn open_type(&mut self, decl: TypeDecl) -> TypeId {
        let id = self.module.types.len() as TypeId;
        self.module.types.push(decl);
        self.open.push(OpenType::new(id));
        id
    }

    /// Makes a type the open one that was closed before.
    pub(crate) fn reopen_type(&mut self, id: TypeId) {
        self.open.push(OpenType::new(id));
    }

    /// Adds a statement to the initializer of the open type.
    pub(crate) fn initial(&mut self, expr: Expr) {
        self.initial_value(expr, false);
    }

    /// Adds the initial value of a field; of a static one to what runs once, when the open type is first used.
    pub(crate) fn initial_value(&mut self, expr: Expr, is_static: bool) {
        if let Some(open) = self.open.last_mut() {
            let all = if is_static { &mut open.initial_of_class } else { &mut open.initial };
            all.push(expr);
        }
    }

    /// Closes the open type and adds its initializers, if it has any.
    pub(crate) fn close_type(&mut self, tree: &mut Lowering<'_>, node: Node<'_>) {
        self.close_type_at(tree, tree::span(node));
    }

    /// The same for a type that stands at a span.
    pub(crate) fn close_type_at(&mut self, tree: &mut Lowering<'_>, span: Span) {
        let Some(open) = self.open.pop() else { return };
        for (body, is_static) in [(open.initial_of_class, true), (open.initial, false)] {
            if body.is_empty() {
                continue;
            }
            let is_same = |function: &&mut Function| function.kind == FunctionKind::Initializer && function.owner == open.id && function.is_static == is_static;
            let earlier = self.module.functions.iter_mut().find(is_same).and_then(|function| function.body.as_mut());
            if let Some(Expr { kind: ExprKind::Block { body: earlier, .. }, .. }) = earlier {
                earlier.extend(body);
                continue;
            }
            let mut function = self.new_function(FunctionKind::Initializer, String::new(), span);
            function.owner = open.id;
            function.is_static = is_static;
            function.name_span = Span { start: span.start, end: span.start };
            function.body = Some(tree.expr(span, ExprKind::Block { label: None, body }));
            self.module.functions.push(function);
        }
    }

    /// A function of the open type with nothing in it yet.
    pub(crate) fn new_function(&self, kind: FunctionKind, name: String, span: Span) -> Function {
        Function {
            name,
            selector: None,
            kind,
            owner: self.owner(),
            receiver: None,
            params: Vec::new(),
            returns: None,
            may_give_null: true,
            annotations: Vec::new(),
            throws: Vec::new(),
            visibility: Visibility::Public,
            is_static: false,
            is_override: false,
            body: None,
            is_expression_body: false,
            name_span: span,
            span,
        }
    }

    /// Adds a function.
    pub(crate) fn add_function(&mut self, function: Function) -> FunctionId {
        let id = self.module.functions.len() as FunctionId;
        self.module.functions.push(function);
        id
    }
}
