//! What stands outside of functions: imports, types, properties and variables.

use tree_sitter::Node;

use super::types::declarator;
use super::{ObjC, without_underscore};
use crate::frontend::tree;
use crate::ir::{Expr, ExprKind, FILE_SCOPE, Field, Import, Literal, TypeKind, TypeRef, Visibility};
use crate::source::Span;

impl ObjC<'_> {
    /// One pass over the file: the parts of every class, and the names that lowering has to know beforehand.
    pub(super) fn survey<'n>(&mut self, root: Node<'n>) -> Vec<Vec<Node<'n>>> {
        let mut classes: Vec<(String, Vec<Node<'n>>)> = Vec::new();
        let mut blocks = Vec::new();
        let mut depth = 0usize;
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            match node.kind() {
                "class_interface" | "class_implementation" => {
                    let key = self.class_key(node);
                    match classes.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, parts)) => parts.push(node),
                        None => classes.push((key, vec![node])),
                    }
                }
                "property_implementation" => self.synthesized(node),
                "goto_statement" => {
                    let label = node.child_by_field_name("label").map(|label| self.text(label).to_owned());
                    self.jump_targets.extend(label);
                }
                "declaration" if blocks.is_empty() => self.remember_globals(node),
                "compound_statement" => blocks.push(depth),
                _ => {}
            }
            if cursor.goto_first_child() {
                depth += 1;
                continue;
            }
            loop {
                if blocks.last() == Some(&depth) {
                    blocks.pop();
                }
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    return classes.into_iter().map(|(_, parts)| parts).collect();
                }
                depth -= 1;
            }
        }
    }

    /// A class with its extensions is one type, each of its categories another.
    fn class_key(&self, node: Node<'_>) -> String {
        let name = tree::child_of_kind(node, "identifier").map_or("", |name| self.text(name));
        match node.child_by_field_name("category") {
            Some(category) => format!("{name} ({})", self.text(category)),
            None => name.to_owned(),
        }
    }

    /// `@synthesize name = variable;`
    fn synthesized(&mut self, node: Node<'_>) {
        let parts = tree::all_children(node);
        for part in parts.windows(3).filter(|part| part[1].kind() == "=") {
            let (property, variable) = (self.text(part[0]).to_owned(), self.text(part[2]).to_owned());
            self.variable_aliases.insert(variable, property);
        }
    }

    fn remember_globals(&mut self, node: Node<'_>) {
        for inner in tree::children(node).into_iter().filter(|child| super::types::is_declarator(*child)) {
            if let Some(name) = declarator(inner, self.tree.text).name.map(|name| self.text(name)).filter(|name| name.starts_with('_')) {
                self.globals.insert(name.to_owned());
            }
        }
    }

    /// Something at file level, in an implementation, or in a conditional directive there.
    pub(super) fn top_level(&mut self, node: Node<'_>) {
        match node.kind() {
            "preproc_include" => self.include(node),
            "module_import" => self.module_import(node),
            "preproc_def" => self.constant_macro(node),
            "class_interface" | "class_implementation" => {}
            "class_declaration" | "protocol_forward_declaration" | "compatibility_alias_declaration" => {}
            "preproc_function_def" | "preproc_call" | "preproc_undef" | "preproc_linemarker" => {}
            "protocol_declaration" => self.protocol(node),
            "function_definition" => self.c_function(node),
            "declaration" => self.file_variables(node),
            "type_definition" => self.type_definition(node),
            "method_definition" | "method_declaration" => self.method(node),
            "property_declaration" => self.property(node),
            "enum_specifier" => self.enumeration(node, None),
            "struct_specifier" | "union_specifier" | "property_implementation" => {}
            "identifier" | "preproc_defined" | "preproc_arg" | "string_literal" | "protocol_reference_list" | "parameterized_arguments" => {}
            "implementation_definition"
            | "linkage_specification"
            | "declaration_list"
            | "preproc_if"
            | "preproc_ifdef"
            | "preproc_else"
            | "preproc_elif"
            | "preproc_elifdef"
            | "ERROR"
            | "qualified_protocol_interface_declaration" => self.nested_declarations(node),
            _ => self.file_statement(node),
        }
    }

    fn nested_declarations(&mut self, node: Node<'_>) {
        if !self.tree.enter(node, 1) {
            return;
        }
        self.lowered.insert(node.id());
        for child in tree::children(node) {
            self.top_level(child);
        }
        self.tree.leave(1);
    }

    fn file_statement(&mut self, node: Node<'_>) {
        let outside = std::mem::replace(&mut self.in_method, false);
        let statements = self.statements(vec![node], tree::span(node));
        self.file_statements.extend(statements);
        self.in_method = outside;
    }

    /// `#import <Contacts/Contacts.h>` is the module, `#import "Local.h"` the file.
    fn include(&mut self, node: Node<'_>) {
        let Some(path) = node.child_by_field_name("path") else { return };
        let text = self.text(path).trim_matches(['"', '<', '>']);
        let is_system = path.kind() == "system_lib_string";
        let segment = if is_system { text.split('/').next() } else { text.rsplit('/').next() };
        let name = segment.map_or(text, |segment| segment.split('.').next().unwrap_or(segment));
        self.add_import(name.to_owned(), tree::span(node));
    }

    fn module_import(&mut self, node: Node<'_>) {
        let segments: Vec<_> = tree::children(node).into_iter().map(|segment| self.text(segment)).collect();
        self.add_import(segments.join("."), tree::span(node));
    }

    fn add_import(&mut self, path: String, span: Span) {
        self.builder.module.imports.push(Import { path, alias: None, wildcard: true, is_static: false, span });
    }

    /// `#define NAME @"text"`: a constant of the file.
    fn constant_macro(&mut self, node: Node<'_>) {
        let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else { return };
        let written = self.source.get(value.byte_range()).unwrap_or_default().trim();
        let quoted = written.trim_start_matches('@');
        let is_text = quoted.len() >= 2 && quoted.starts_with('"') && quoted.ends_with('"') && !quoted[1..quoted.len() - 1].contains('"');
        let is_name =
            !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !written.as_bytes()[0].is_ascii_digit();
        let kind = if is_text {
            ExprKind::Literal(Literal::Text(crate::frontend::literal::unescape(&quoted[1..quoted.len() - 1])))
        } else if is_name {
            super::expressions::keyword_value(written).unwrap_or_else(|| ExprKind::Name(written.to_owned()))
        } else {
            match super::literals::number(written.trim_matches(['(', ')'])) {
                Literal::Other => return,
                literal => ExprKind::Literal(literal),
            }
        };
        let value = self.tree.at(value, kind);
        self.file_constant(name, None, value, tree::span(node), false);
    }

    fn file_constant(&mut self, name: Node<'_>, ty: Option<TypeRef>, value: Expr, span: Span, mutable: bool) {
        let text = self.text(name).to_owned();
        let statement = self.tree.expr(span, ExprKind::FieldInit { name: text, value: Box::new(value), delegated: false });
        self.file_statements.push(statement);
        self.file_field(name, ty, mutable, Visibility::Internal);
    }

    fn file_field(&mut self, name: Node<'_>, ty: Option<TypeRef>, mutable: bool, visibility: Visibility) {
        let field = new_field(self.text(name).to_owned(), ty, mutable, true, visibility, tree::span(name));
        self.builder.module.types[FILE_SCOPE as usize].fields.push(field);
    }

    /// Variables of the file, and prototypes of functions.
    fn file_variables(&mut self, node: Node<'_>) {
        let is_static = self.has_storage(node, "static");
        let is_const = tree::children(node).into_iter().any(|child| child.kind() == "type_qualifier" && self.text(child) == "const");
        for child in tree::children(node) {
            match child.kind() {
                "enum_specifier" => self.enumeration(child, None),
                "ERROR" => self.top_level(child),
                kind if kind.ends_with("declarator") || kind == "identifier" => {
                    let inner = declarator(child, self.tree.text);
                    let Some(name) = inner.name else { continue };
                    if inner.parameters.is_some() && !inner.is_pointer_to_function {
                        self.prototype(node, &inner);
                        continue;
                    }
                    let ty = self.declared_type(node, &inner);
                    let mutable = !inner.is_const && !is_const;
                    match inner.initial {
                        Some(initial) => {
                            let value = self.expression(initial);
                            self.file_constant(name, ty, value, tree::span(child), mutable);
                        }
                        None => self.file_field(name, ty, mutable, if is_static { Visibility::Private } else { Visibility::Internal }),
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn has_storage(&self, node: Node<'_>, word: &str) -> bool {
        tree::children(node).into_iter().any(|child| child.kind() == "storage_class_specifier" && self.text(child) == word)
    }

    /// `typedef`: an enum, or another name for a type.
    fn type_definition(&mut self, node: Node<'_>) {
        let children = tree::children(node);
        let names: Vec<_> = children.iter().copied().filter(|child| child.kind().ends_with("declarator") || child.kind() == "type_identifier").collect();
        let Some(last) = names.last() else { return };
        let inner = declarator(*last, self.tree.text);
        if let Some(specifier) = children.iter().find(|child| child.kind() == "enum_specifier" && tree::child_of_kind(**child, "enumerator_list").is_some()) {
            return self.enumeration(*specifier, inner.name);
        }
        let Some(name) = inner.name else { return };
        if let Some(ty) = self.declared_type(node, &inner) {
            self.builder.module.aliases.push((self.text(name).to_owned(), ty));
        }
    }

    /// `enum Name { … }`; a name behind the braces wins.
    pub(super) fn enumeration(&mut self, node: Node<'_>, name: Option<Node<'_>>) {
        let Some(list) = tree::child_of_kind(node, "enumerator_list") else { return };
        let name = name.or_else(|| node.child_by_field_name("name")).map_or(String::new(), |name| self.text(name).to_owned());
        let mut decl = self.builder.new_type(TypeKind::Enum, name, tree::span(node));
        decl.owner = FILE_SCOPE;
        let cases = tree::children(list).into_iter().filter_map(|case| case.child_by_field_name("name"));
        decl.cases = cases.map(|name| self.text(name).to_owned()).collect();
        self.builder.open_type(decl);
        self.builder.close_type(&mut self.tree, node);
    }

    /// All parts of a class, or of one category.
    pub(super) fn class(&mut self, parts: &[Node<'_>]) {
        let Some(first) = parts.first() else { return };
        let name = tree::child_of_kind(*first, "identifier").map_or(String::new(), |name| self.text(name).to_owned());
        let is_category = first.child_by_field_name("category").is_some();
        let kind = if is_category { TypeKind::Extension } else { TypeKind::Class };
        // The whole of the class is where its methods are.
        let whole = parts.iter().find(|part| part.kind() == "class_implementation").unwrap_or(first);
        let mut decl = self.builder.new_type(kind, name, tree::span(*whole));
        for part in parts {
            decl.supertypes.extend(part.child_by_field_name("superclass").map(|name| TypeRef::named(self.text(name))));
            decl.supertypes.extend(self.adopted(*part));
        }
        self.builder.open_type(decl);
        for part in parts {
            self.lowered.insert(part.id());
            for child in tree::children(*part) {
                self.class_member(child);
            }
        }
        self.connect_accessors();
        self.builder.close_type(&mut self.tree, *whole);
    }

    /// The protocols in `<P, Q>`.
    fn adopted(&self, node: Node<'_>) -> Vec<TypeRef> {
        let lists = tree::children(node).into_iter().filter(|child| matches!(child.kind(), "parameterized_arguments" | "protocol_reference_list"));
        let names = lists.flat_map(tree::children).filter(|child| matches!(child.kind(), "type_name" | "identifier" | "type_identifier"));
        names.map(|name| TypeRef::named(self.text(name).trim())).collect()
    }

    fn class_member(&mut self, node: Node<'_>) {
        match node.kind() {
            "instance_variables" => self.instance_variables(node),
            "identifier" | "parameterized_arguments" | "generic_arguments" | "attribute_specifier" | "property_implementation" => {}
            "type_qualifier" | "storage_class_specifier" | "availability_attribute_specifier" => {}
            _ => self.top_level(node),
        }
    }

    fn protocol(&mut self, node: Node<'_>) {
        let name = tree::child_of_kind(node, "identifier").map_or(String::new(), |name| self.text(name).to_owned());
        let mut decl = self.builder.new_type(TypeKind::Interface, name, tree::span(node));
        decl.supertypes = self.adopted(node);
        self.builder.open_type(decl);
        for child in tree::children(node) {
            self.class_member(child);
        }
        self.builder.close_type(&mut self.tree, node);
    }

    /// `@property (…) T *name;`
    fn property(&mut self, node: Node<'_>) {
        let attributes: Vec<_> = tree::child_of_kind(node, "property_attributes_declaration").map(tree::children).unwrap_or_default();
        let attributes: Vec<_> = attributes.into_iter().map(|attribute| self.text(attribute)).collect();
        let mutable = !attributes.contains(&"readonly");
        let is_static = attributes.contains(&"class");
        let Some(declaration) = tree::child_of_kind(node, "struct_declaration") else { return };
        for (name, ty) in self.declared_names(declaration) {
            let field = new_field(self.text(name).to_owned(), ty, mutable, is_static, Visibility::Public, tree::span(name));
            self.add_field(field);
        }
    }

    /// The names of a `struct_declaration` with their types.
    fn declared_names<'n>(&self, declaration: Node<'n>) -> Vec<(Node<'n>, Option<TypeRef>)> {
        let declarators = tree::children(declaration).into_iter().filter(|child| child.kind() == "struct_declarator");
        let names = declarators.filter_map(|child| {
            let inner = declarator(tree::children(child).first().copied()?, self.tree.text);
            Some((inner.name?, self.declared_type(declaration, &inner)))
        });
        names.collect()
    }

    fn instance_variables(&mut self, node: Node<'_>) {
        for variable in tree::children(node) {
            let Some(declaration) = tree::child_of_kind(variable, "struct_declaration") else { continue };
            for (name, ty) in self.declared_names(declaration) {
                let text = self.field_name(self.text(name));
                let field = new_field(text, ty, true, false, Visibility::Private, tree::span(name));
                self.add_field(field);
            }
        }
    }

    /// An instance variable's name as a field's.
    pub(super) fn field_name(&self, variable: &str) -> String {
        self.variable_aliases.get(variable).cloned().unwrap_or_else(|| without_underscore(variable).to_owned())
    }

    /// A property that is declared again in an extension, or next to its variable, is one field.
    fn add_field(&mut self, field: Field) {
        let fields = &mut self.builder.owner_decl().fields;
        match fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => {
                known.mutable |= field.mutable;
                if field.visibility == Visibility::Public {
                    known.visibility = Visibility::Public;
                }
            }
            None => fields.push(field),
        }
    }
}

fn new_field(name: String, ty: Option<TypeRef>, mutable: bool, is_static: bool, visibility: Visibility, span: Span) -> Field {
    Field { name, ty, mutable, is_static, getter: None, setter: None, annotations: Vec::new(), visibility, span }
}
