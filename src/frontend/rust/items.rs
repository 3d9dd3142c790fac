//! Items: types, traits, implementations, modules, constants.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{
    Attribute, Expr as SynExpr, Fields, ForeignItem, Generics, ImplItem, Item, ItemEnum, ItemImpl, ItemMod, ItemTrait, Signature, TraitItem, Type,
    TypeParamBound,
};

use super::functions::{Declared, visibility};
use super::parsing::{self, Piece};
use super::uses::plain;
use super::{Rust, attributes, between, classes, paths, span};
use crate::ir::{ExprKind, Field, FunctionKind, TypeKind, TypeRef, Visibility};
use crate::source::Span;

impl Rust<'_> {
    /// Items that see each other: imports and types first, so that it is known what is implemented for them.
    pub(super) fn items(&mut self, items: &[&Item]) {
        let stage = |item: &Item| match item {
            Item::Use(_) => 0,
            Item::Type(_) => 1,
            Item::Struct(_) | Item::Enum(_) | Item::Union(_) => 2,
            _ => 3,
        };
        for now in 0..=3 {
            items.iter().filter(|item| stage(item) == now).for_each(|item| self.item(item));
        }
    }

    pub(super) fn item(&mut self, item: &Item) {
        let attributes = attributes_of(item);
        if !attributes::is_left_out(attributes) {
            self.built_for(attributes, |rust| rust.kept_item(item));
        }
    }

    fn kept_item(&mut self, item: &Item) {
        match item {
            Item::Use(item) => self.use_item(item),
            Item::ExternCrate(item) => self.extern_crate(item),
            Item::Fn(item) => {
                let end = span(item.block.brace_token.span.close());
                let declared = Declared { attributes: &item.attrs, visibility: visibility(&item.vis), signature: &item.sig, body: Some(&item.block), end };
                self.function(&declared, FunctionKind::Method);
            }
            Item::Struct(item) => {
                let end = match (&item.fields, &item.semi_token) {
                    (_, Some(semi)) => span(semi.span),
                    (Fields::Named(fields), None) => span(fields.brace_token.span.close()),
                    (_, None) => span(item.ident.span()),
                };
                let at = between(span(item.struct_token.span), end);
                self.structure(&item.attrs, visibility(&item.vis), &item.ident, &item.generics, &item.fields, at);
            }
            Item::Union(item) => {
                let at = between(span(item.union_token.span), span(item.fields.brace_token.span.close()));
                let fields = item.fields.named.iter().map(|field| (field.ident.as_ref(), &field.ty, &field.vis));
                let fields: Vec<Field> = fields.enumerate().map(|(index, (name, ty, vis))| self.field(index, name, ty, visibility(vis))).collect();
                self.open(&item.attrs, visibility(&item.vis), &item.ident, &item.generics, TypeKind::Class, at);
                self.build.owner_decl().fields = fields;
                self.close(at);
            }
            Item::Enum(item) => self.enumeration(item),
            Item::Trait(item) => self.trait_item(item),
            Item::Impl(item) => self.implementation(item),
            Item::Mod(item) => self.module(item),
            Item::Const(item) => self.constant(&item.ident, &item.ty, Some(&item.expr), visibility(&item.vis), false),
            Item::Static(item) => {
                let mutable = matches!(item.mutability, syn::StaticMutability::Mut(_)) || self.is_box_type(&item.ty);
                self.constant(&item.ident, &item.ty, Some(&item.expr), visibility(&item.vis), mutable);
            }
            Item::Type(item) => {
                if self.is_box_type(&item.ty) {
                    self.box_aliases.insert(plain(&item.ident));
                }
                let target = self.type_ref(&item.ty);
                self.build.module.aliases.push((plain(&item.ident), target));
            }
            Item::Macro(item) => self.item_macro(item),
            Item::Verbatim(tokens) => self.loose_tokens(tokens),
            // Functions of other languages are declared there: a call of one is a call of a name.
            Item::ForeignMod(item) => {
                for member in &item.items {
                    if let ForeignItem::Fn(function) = member {
                        self.foreign(function);
                    }
                }
            }
            _ => {}
        }
    }

    /// A macro in the place of an item: its tokens may be items, as those of `thread_local!` and `define_class!` are.
    fn item_macro(&mut self, item: &syn::ItemMacro) {
        if paths::last_name(&item.mac.path) == "cfg_if"
            && let Some(branches) = super::cfg::branches(item.mac.tokens.clone())
        {
            for branch in branches.into_iter().filter(|branch| !branch.is_never()) {
                self.on_platform(branch.where_taken.platform(), |rust| rust.pieces(&parsing::pieces(branch.tokens)));
            }
            return;
        }
        // `static ref NAME: T = value;`
        let tokens = if paths::last_name(&item.mac.path) == "lazy_static" { without_ref(item.mac.tokens.clone()) } else { item.mac.tokens.clone() };
        let pieces = parsing::pieces(classes::with_readable_attributes(tokens));
        let is_definition = item.ident.is_some() || paths::last_name(&item.mac.path) == "macro_rules";
        let are_items = !pieces.is_empty() && pieces.iter().all(|piece| matches!(piece, Piece::Item(_)));
        if are_items && !is_definition {
            if self.tree.enter_at(span(item.mac.bang_token.span), 1) {
                self.pieces(&pieces);
                self.tree.leave(1);
            }
            return;
        }
        if is_definition {
            return self.loose_tokens(&item.mac.tokens);
        }
        let called = self.macro_call(&item.mac);
        self.build.initial(called);
    }

    fn structure(&mut self, attrs: &[Attribute], vis: Visibility, ident: &Ident, generics: &Generics, fields: &Fields, at: Span) {
        self.open(attrs, vis, ident, generics, TypeKind::Class, at);
        let declared = fields.iter().filter(|field| !attributes::is_left_out(&field.attrs)).enumerate();
        let mut declared: Vec<Field> = declared.map(|(index, field)| self.field(index, field.ident.as_ref(), &field.ty, visibility(&field.vis))).collect();
        if let Some(kept) = classes::instance_variables(attrs) {
            declared.push(self.field(declared.len(), Some(&Ident::new(classes::KEPT, ident.span())), &kept, Visibility::Private));
        }
        let names: Vec<(String, Span)> = declared.iter().map(|field| (field.name.clone(), field.span)).collect();
        self.build.owner_decl().fields = declared;
        if attributes::is_read_from_elsewhere(attrs) {
            for (name, at) in names {
                let value = Box::new(self.unknown(at));
                let read = self.tree.expr(at, ExprKind::FieldInit { name, value, delegated: false });
                self.build.initial_value(read, false);
            }
        }
        self.close(at);
    }

    fn enumeration(&mut self, item: &ItemEnum) {
        let at = between(span(item.enum_token.span), span(item.brace_token.span.close()));
        self.open(&item.attrs, visibility(&item.vis), &item.ident, &item.generics, TypeKind::Enum, at);
        self.build.owner_decl().cases = item.variants.iter().map(|variant| plain(&variant.ident)).collect();
        self.close(at);
    }

    fn trait_item(&mut self, item: &ItemTrait) {
        let at = between(span(item.trait_token.span), span(item.brace_token.span.close()));
        self.open(&item.attrs, visibility(&item.vis), &item.ident, &item.generics, TypeKind::Interface, at);
        let supertraits = item.supertraits.iter().filter_map(|bound| match bound {
            TypeParamBound::Trait(one) => Some(TypeRef::named(paths::dotted(&one.path))),
            _ => None,
        });
        self.build.owner_decl().supertypes = supertraits.collect();
        for member in &item.items {
            match member {
                TraitItem::Fn(method) => {
                    let end = method.default.as_ref().map_or(span(method.sig.ident.span()), |body| span(body.brace_token.span.close()));
                    self.member(&method.attrs, Visibility::Public, &method.sig, method.default.as_ref(), end);
                }
                TraitItem::Const(constant) => {
                    self.constant(&constant.ident, &constant.ty, constant.default.as_ref().map(|(_, value)| value), Visibility::Public, false);
                }
                TraitItem::Macro(one) => self.loose_tokens(&one.mac.tokens),
                TraitItem::Verbatim(tokens) => self.loose_tokens(tokens),
                _ => {}
            }
        }
        self.close(at);
    }

    /// `impl T { … }` beside the type is a part of it; anywhere else, and for a trait, it is an extension.
    fn implementation(&mut self, item: &ItemImpl) {
        self.open_generics(&item.generics);
        let extended = self.type_ref(&item.self_ty);
        let at = between(span(item.impl_token.span), span(item.brace_token.span.close()));
        let owner = self.build.owner();
        let beside = self.build.module.types.iter().position(|decl| {
            decl.owner == owner && decl.name == extended.name && matches!(decl.kind, TypeKind::Class | TypeKind::Enum) && item.trait_.is_none()
        });
        match beside {
            Some(id) => self.build.reopen_type(id as crate::ir::TypeId),
            None => {
                let mut decl = self.build.new_type(TypeKind::Extension, extended.name, at);
                decl.supertypes = item.trait_.iter().map(|(path, _)| TypeRef::named(paths::dotted(path))).collect();
                decl.supertypes.extend(self.stands_for(item));
                decl.annotations = self.annotations(&item.attrs);
                self.build.open_type(decl);
            }
        }
        for member in &item.items {
            match member {
                ImplItem::Fn(method) => {
                    // What a trait declares can be called wherever the trait can be named.
                    let visibility = if item.trait_.is_some() { Visibility::Public } else { visibility(&method.vis) };
                    self.member(&method.attrs, visibility, &method.sig, Some(&method.block), span(method.block.brace_token.span.close()));
                }
                ImplItem::Const(constant) => self.constant(&constant.ident, &constant.ty, Some(&constant.expr), visibility(&constant.vis), false),
                ImplItem::Macro(one) => self.loose_tokens(&one.mac.tokens),
                ImplItem::Verbatim(tokens) => self.loose_tokens(tokens),
                _ => {}
            }
        }
        self.close(at);
    }

    /// What `impl Deref for T` makes a `T` stand for: members of that are members of it, too.
    fn stands_for(&self, item: &ItemImpl) -> Option<TypeRef> {
        let is_deref = item.trait_.as_ref().is_some_and(|(path, _)| self.meant(&paths::last_name(path)) == "Deref");
        let target = item.items.iter().find_map(|member| match member {
            ImplItem::Type(target) if target.ident == "Target" => Some(self.type_ref(&target.ty)),
            _ => None,
        });
        target.filter(|_| is_deref)
    }

    /// A module with its content is an object whose members are called by its name.
    fn module(&mut self, item: &ItemMod) {
        let Some((brace, items)) = &item.content else { return self.module_elsewhere(item) };
        let at = between(span(item.mod_token.span), span(brace.span.close()));
        if !self.tree.enter_at(at, 1) {
            return;
        }
        let mut decl = self.build.new_type(TypeKind::Object, plain(&item.ident), at);
        decl.visibility = visibility(&item.vis);
        self.build.open_type(decl);
        let items: Vec<&Item> = items.iter().collect();
        self.items(&items);
        self.build.close_type_at(&mut self.tree, at);
        self.tree.leave(1);
    }

    /// A module that is a file.
    fn module_elsewhere(&mut self, item: &ItemMod) {
        let Some(platform) = self.platform else { return };
        let written = item.attrs.iter().filter(|attribute| attribute.path().is_ident("path")).find_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(syn::MetaNameValue { value: SynExpr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. }), .. }) => Some(path.value()),
            _ => None,
        });
        self.build.module.files_built_for.push((written.unwrap_or_else(|| plain(&item.ident)), platform));
    }

    fn member(&mut self, attrs: &[Attribute], visibility: Visibility, signature: &Signature, body: Option<&syn::Block>, end: Span) {
        if !attributes::is_left_out(attrs) {
            let declared = Declared { attributes: attrs, visibility, signature, body, end };
            self.built_for(attrs, |rust| {
                rust.function(&declared, FunctionKind::Method);
            });
        }
    }

    fn constant(&mut self, ident: &Ident, ty: &Type, value: Option<&SynExpr>, visibility: Visibility, mutable: bool) {
        let name = plain(ident);
        let at = span(ident.span());
        self.build.module.boxes.extend(self.is_box_type(ty).then_some(at));
        let ty = Some(self.type_ref(ty)).filter(|ty| ty.name != "?");
        let field = Field { name: name.clone(), ty, mutable, is_static: true, getter: None, setter: None, annotations: Vec::new(), visibility, span: at };
        self.build.owner_decl().fields.push(field);
        if let Some(value) = value {
            let value = self.expr(value);
            let span = between(at, value.span);
            let initial = self.tree.expr(span, ExprKind::FieldInit { name, value: Box::new(value), delegated: false });
            self.build.initial_value(initial, true);
        }
    }

    fn field(&mut self, index: usize, ident: Option<&Ident>, ty: &Type, visibility: Visibility) -> Field {
        let (name, at) = ident.map_or_else(|| (index.to_string(), Span::default()), |ident| (plain(ident), span(ident.span())));
        self.build.module.boxes.extend((self.is_box_type(ty) && ident.is_some()).then_some(at));
        let ty = Some(self.type_ref(ty)).filter(|ty| ty.name != "?");
        Field { name, ty, mutable: true, is_static: false, getter: None, setter: None, annotations: Vec::new(), visibility, span: at }
    }

    fn open(&mut self, attrs: &[Attribute], visibility: Visibility, ident: &Ident, generics: &Generics, kind: TypeKind, at: Span) {
        let mut decl = self.build.new_type(kind, plain(ident), at);
        decl.type_params = self.type_params(generics);
        decl.annotations = self.annotations(attrs);
        decl.visibility = visibility;
        self.open_generics(&Generics::default());
        self.build.open_type(decl);
    }

    fn close(&mut self, at: Span) {
        self.build.close_type_at(&mut self.tree, at);
        self.close_generics();
    }
}

/// Tokens of items without the `ref` behind `static`.
fn without_ref(tokens: TokenStream) -> TokenStream {
    let is_word = |tree: Option<&TokenTree>, word: &str| matches!(tree, Some(TokenTree::Ident(ident)) if ident == word);
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let kept = trees
        .iter()
        .enumerate()
        .filter(|(index, tree)| !(is_word(Some(tree), "ref") && is_word(index.checked_sub(1).and_then(|before| trees.get(before)), "static")));
    kept.map(|(_, tree)| tree.clone()).collect()
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
