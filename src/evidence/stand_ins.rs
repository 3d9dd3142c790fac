//! Protocols of the program by which it speaks of a type of the platform: `extension CLLocationManager: Locating {}`.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::names::Names;
use super::resolver::Resolver;
use super::types::{Fit, Ty, Typed};
use crate::catalogue::Entry;
use crate::ir::{Program, TypeId, TypeKind};

/// Which protocols stand for which types.
pub(super) struct StandIns {
    /// Types of the catalogue that were declared to conform, by protocol.
    conforming: HashMap<TypeId, Vec<String>>,
    /// Protocols that types of the program conform to, too.
    shared: HashSet<TypeId>,
}

impl StandIns {
    /// What the extensions and categories of a program declare; `supertypes` is what its own types are.
    pub(super) fn new(program: &Program, names: &Names<'_>, supertypes: &HashMap<TypeId, Vec<TypeId>>) -> Self {
        let is_protocol = |id: &TypeId| program.types[*id as usize].kind == TypeKind::Interface;
        let mut conforming: HashMap<TypeId, Vec<String>> = HashMap::default();
        let extensions = program.types.iter().enumerate().filter(|(_, decl)| decl.kind == TypeKind::Extension);
        for (id, decl) in extensions.filter(|(_, decl)| !decl.supertypes.is_empty()) {
            let declared = names.supertypes(id as TypeId);
            let Some(extended) = names.resolve_name(&decl.name, program.file_scope(id as TypeId), 8) else { continue };
            let Ty::Named { name: extended, .. } = extended.ty else { continue };
            let adopted = declared.iter().filter_map(|ty| match ty {
                Ty::App { id, .. } => Some(*id),
                _ => None,
            });
            // Whoever conforms to a protocol conforms to those that it inherits from.
            let all = adopted.flat_map(|id| std::iter::once(id).chain(supertypes.get(&id).into_iter().flatten().copied()));
            for protocol in all.filter(is_protocol) {
                conforming.entry(protocol).or_default().push(extended.clone());
            }
        }
        let own = supertypes.iter().filter(|(id, _)| !is_protocol(id));
        let shared = own.flat_map(|(_, supertypes)| supertypes).copied().filter(is_protocol).collect();
        Self { conforming, shared }
    }
}

impl Resolver<'_> {
    /// Whether a member of a protocol may be that of a type which conforms to it. An answer counts only if nothing else gives one.
    pub(super) fn stands_for(&self, receiver: &Typed, owner: &str, entry: Entry, member: &str, stand_ins: &StandIns) -> bool {
        let Ty::App { id, .. } = receiver.ty else { return false };
        let Some(conforming) = stand_ins.conforming.get(&id) else { return false };
        let declares = || self.family(id).iter().any(|&ty| self.declares_without_body(ty, member));
        let may_be_another = stand_ins.shared.contains(&id) && !matches!(entry, Entry::Access(_));
        !may_be_another && conforming.iter().any(|name| self.fit(&Ty::named(name.as_str()), owner) == Fit::Yes) && declares()
    }

    /// Whether a type is a protocol that asks those who conform for a member.
    fn declares_without_body(&self, ty: TypeId, member: &str) -> bool {
        let index = &self.names.index;
        let decl = &self.module.types[ty as usize];
        let is_asked_for = || {
            let methods = index.methods(ty, member).iter().any(|&id| self.module.functions[id as usize].body.is_none());
            methods || index.field(ty, member).is_some_and(|field| decl.fields[field.index as usize].getter.is_none())
        };
        decl.kind == TypeKind::Interface && is_asked_for()
    }
}
