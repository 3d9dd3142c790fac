//! Closes what rules state step by step: a permission implies what its implied ones imply, a type has its supertypes' supertypes.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::super::model::{Catalogue, PermissionId};

/// Makes `implies` and `supertypes` transitive; neither contains its owner, also in a circle.
pub(super) fn close(catalogue: &mut Catalogue) {
    let implied: HashMap<PermissionId, Vec<PermissionId>> =
        catalogue.permissions.iter().enumerate().map(|(index, permission)| (PermissionId(index as u16), permission.implies.clone())).collect();
    for (index, permission) in catalogue.permissions.iter_mut().enumerate() {
        permission.implies = reachable(&PermissionId(index as u16), &implied);
    }
    let supertypes: HashMap<String, Vec<String>> = catalogue.types.iter().map(|(name, ty)| (name.clone(), ty.supertypes.clone())).collect();
    for (name, ty) in &mut catalogue.types {
        ty.supertypes = reachable(name, &supertypes);
    }
}

/// All that can be reached from `start`, nearest first.
fn reachable<T: Clone + Eq + Ord + Hash>(start: &T, steps: &HashMap<T, Vec<T>>) -> Vec<T> {
    let mut seen = BTreeSet::from([start.clone()]);
    let mut found: Vec<T> = Vec::new();
    let mut next = vec![start.clone()];
    while !next.is_empty() {
        let targets = next.iter().filter_map(|from| steps.get(from)).flatten();
        next = targets.filter(|target| seen.insert((*target).clone())).cloned().collect();
        found.extend(next.iter().cloned());
    }
    found
}
