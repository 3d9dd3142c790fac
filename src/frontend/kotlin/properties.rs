//! Properties of types and of the file.

use tree_sitter::Node;

use super::Kotlin;
use crate::frontend::tree;
use crate::ir::{ExprKind, Field, TypeId};

impl<'t> Kotlin<'t> {
    /// A property of the open type: its field, its initialiser, and its accessors. Answers the index of the (first) field.
    pub(super) fn property(&mut self, node: Node<'t>) -> usize {
        let modifiers = self.modifiers(node);
        let mutable = self.is_mutable(node);
        let is_static = self.members_are_static();
        let receiver = node.child_by_field_name("receiver").and_then(|receiver| self.type_in(receiver));
        let declared = tree::children(node).into_iter().find(|child| matches!(child.kind(), "variable_declaration" | "multi_variable_declaration"));
        let variables = declared.map_or(Vec::new(), |declared| self.variables(declared));
        let first = self.build.owner_decl().fields.len();
        let names: Vec<String> = variables.iter().map(|variable| variable.name.clone()).collect();
        for variable in variables {
            self.build.owner_decl().fields.push(Field {
                name: variable.name,
                ty: variable.ty,
                mutable,
                is_static,
                getter: None,
                setter: None,
                annotations: modifiers.annotations.clone(),
                visibility: modifiers.visibility,
                span: variable.span,
            });
        }
        self.property_initializer(node, names);
        let owner = self.build.owner();
        for accessor in tree::children(node).into_iter().filter(|child| matches!(child.kind(), "getter" | "setter")) {
            self.property_accessor(accessor, owner, first);
        }
        if receiver.is_some() {
            self.set_accessor_receiver(owner, first, receiver);
        }
        first
    }

    fn property_initializer(&mut self, node: Node<'t>, names: Vec<String>) {
        let (value, delegated) = self.property_value(node);
        let mut value = value;
        for name in names {
            let Some(value) = value.take() else { break };
            let init = self.tree.at(node, ExprKind::FieldInit { name, value: Box::new(value), delegated });
            self.build.initial(init);
        }
        if let Some(unnamed) = value {
            self.build.initial(unnamed);
        }
    }

    /// An accessor of the field with that index, inside the declaration or on the line after it.
    pub(super) fn property_accessor(&mut self, node: Node<'t>, owner: TypeId, field: usize) {
        let Some(name) = self.build.module.types[owner as usize].fields.get(field).map(|field| field.name.clone()) else { return };
        let Some(id) = self.accessor(node, &name) else { return };
        let field = &mut self.build.module.types[owner as usize].fields[field];
        if node.kind() == "setter" {
            field.setter = Some(id)
        } else {
            field.getter = Some(id)
        }
        // A property without an own type has that of its getter.
        if node.kind() == "getter" && field.ty.is_none() {
            field.ty = self.build.module.functions[id as usize].returns.clone();
        }
        let ty = self.build.module.types[owner as usize].fields.iter().find(|field| field.getter == Some(id)).and_then(|field| field.ty.clone());
        let function = &mut self.build.module.functions[id as usize];
        if function.returns.is_none() {
            function.returns = ty;
        }
    }

    /// The accessors of an extension property extend its type.
    fn set_accessor_receiver(&mut self, owner: TypeId, field: usize, receiver: Option<crate::ir::TypeRef>) {
        let Some(field) = self.build.module.types[owner as usize].fields.get(field) else { return };
        for id in [field.getter, field.setter].into_iter().flatten() {
            self.build.module.functions[id as usize].receiver = receiver.clone();
        }
    }
}
