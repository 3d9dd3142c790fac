//! `use` and `extern crate`.

use syn::{ItemExternCrate, ItemUse, UseTree};

use super::{Rust, span};
use crate::ir::Import;

impl Rust<'_> {
    pub(super) fn use_item(&mut self, item: &ItemUse) {
        let at = super::between(span(item.use_token.span), span(item.semi_token.span));
        // What is imported under each tree that is still to be looked at.
        let mut waiting = vec![(String::new(), &item.tree)];
        while let Some((prefix, tree)) = waiting.pop() {
            let joined = |name: String| if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            let import = |path: String, alias: Option<String>, wildcard: bool| Import { path, alias, wildcard, is_static: false, span: at };
            match tree {
                UseTree::Path(path) => waiting.push((joined(plain(&path.ident)), &path.tree)),
                // `use a::b::{self}` is `use a::b`.
                UseTree::Name(name) if name.ident == "self" => self.build.module.imports.push(import(prefix, None, false)),
                UseTree::Name(name) => self.build.module.imports.push(import(joined(plain(&name.ident)), None, false)),
                UseTree::Rename(rename) => {
                    let path = if rename.ident == "self" { prefix } else { joined(plain(&rename.ident)) };
                    let declared = path.rsplit('.').next().unwrap_or(&path).to_owned();
                    self.renamed.insert(plain(&rename.rename), declared);
                    self.build.module.imports.push(import(path, Some(plain(&rename.rename)), false));
                }
                UseTree::Glob(_) => self.build.module.imports.push(import(prefix, None, true)),
                UseTree::Group(group) => waiting.extend(group.items.iter().rev().map(|tree| (prefix.clone(), tree))),
            }
        }
    }

    /// What a name of this file is called where it is declared.
    pub(super) fn meant<'n>(&'n self, name: &'n str) -> &'n str {
        self.renamed.get(name).map_or(name, String::as_str)
    }

    pub(super) fn extern_crate(&mut self, item: &ItemExternCrate) {
        let Some((_, alias)) = &item.rename else { return };
        let at = super::between(span(item.extern_token.span), span(item.semi_token.span));
        self.build.module.imports.push(Import { path: plain(&item.ident), alias: Some(plain(alias)), wildcard: false, is_static: false, span: at });
    }
}

/// A name without the mark that it is no keyword.
pub(super) fn plain(ident: &proc_macro2::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}
