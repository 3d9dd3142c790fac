//! What other entries refer to by name: permissions, sets of values, statuses, types, services.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use toml::Spanned;

use super::super::model::{Catalogue, Permission, PermissionId, PlatformType, Service, Status, StatusId, StatusValue, ValueSet, ValueSetId};
use super::super::names::{getter_of, property_of};
use super::super::schema::{PermissionEntry, StatusEntry, TypeEntry};
use super::{LoadedFile, words};
use crate::document::{Mistake, Problems};
use crate::source::Platform;

/// Names to numbers. Sets and statuses are known within their platform.
#[derive(Default)]
pub(super) struct Names {
    permissions: HashMap<String, PermissionId>,
    values: HashMap<(Platform, String), ValueSetId>,
    statuses: HashMap<(Platform, String), StatusId>,
}

impl Names {
    /// The permission of that id.
    pub(super) fn permission(&self, id: &Spanned<String>, problems: &mut Problems<'_>) -> Option<PermissionId> {
        let found = self.permissions.get(id.as_ref()).copied();
        if found.is_none() {
            let known: Vec<&str> = self.permissions.keys().map(String::as_str).collect();
            problems.unknown(id.span(), "permission", id.as_ref(), &known);
        }
        found
    }

    /// The permissions of those ids; unknown ones are noted and left out.
    pub(super) fn permissions(&self, ids: &[Spanned<String>], problems: &mut Problems<'_>) -> Vec<PermissionId> {
        ids.iter().filter_map(|id| self.permission(id, problems)).collect()
    }

    /// The set of values of that name.
    pub(super) fn values(&self, platform: Platform, name: &Spanned<String>, problems: &mut Problems<'_>) -> Option<ValueSetId> {
        let found = self.values.get(&(platform, name.as_ref().clone())).copied();
        if found.is_none() {
            problems.unknown(name.span(), "set of values", name.as_ref(), &of_platform(&self.values, platform));
        }
        found
    }

    /// The status of that name.
    pub(super) fn status(&self, platform: Platform, name: &str) -> Option<StatusId> {
        self.statuses.get(&(platform, name.to_owned())).copied()
    }

    /// All statuses of a platform.
    pub(super) fn status_names(&self, platform: Platform) -> Vec<&str> {
        of_platform(&self.statuses, platform)
    }
}

fn of_platform<T>(names: &HashMap<(Platform, String), T>, platform: Platform) -> Vec<&str> {
    let mut found: Vec<&str> = names.keys().filter(|(of, _)| *of == platform).map(|(_, name)| name.as_str()).collect();
    found.sort_unstable();
    found
}

/// Numbers everything that has a name.
pub(super) fn declare(files: &[LoadedFile], catalogue: &mut Catalogue, errors: &mut Vec<Mistake>) -> Names {
    let mut names = Names::default();
    for file in files {
        let mut problems = file.problems(errors);
        for entry in &file.rules.permission {
            let id = PermissionId(catalogue.permissions.len() as u16);
            if declared(&mut names.permissions, entry.id.as_ref().clone(), id, "permission", &entry.id, &mut problems) {
                declare_permission(entry, file, catalogue, &mut problems);
            }
        }
        for entry in &file.rules.values {
            let id = ValueSetId(catalogue.value_sets.len() as u16);
            if declared(&mut names.values, (file.platform, entry.name.as_ref().clone()), id, "set of values", &entry.name, &mut problems) {
                let (constants, texts) = (entry.constants.clone(), entry.texts.clone());
                if constants.is_empty() && texts.is_empty() {
                    problems.add(entry.name.span(), format!("the set `{}` is empty", entry.name.as_ref()), "give `constants` or `texts`", None);
                }
                catalogue.value_sets.push(ValueSet { name: entry.name.as_ref().clone(), constants, texts });
            }
        }
        for entry in &file.rules.status {
            let id = StatusId(catalogue.statuses.len() as u16);
            if declared(&mut names.statuses, (file.platform, entry.name.as_ref().clone()), id, "status", &entry.name, &mut problems) {
                declare_status(entry, catalogue, &mut problems);
            }
        }
        for entry in &file.rules.types {
            declare_type(entry, file.platform, catalogue);
        }
        let services = file.rules.service.iter();
        catalogue.services.extend(services.map(|entry| Service { constant: entry.constant.clone(), text: entry.text.clone(), ty: entry.ty.clone() }));
    }
    names
}

/// Enters a name; a second entry of the same name is a mistake.
fn declared<K: Eq + Hash, V>(names: &mut HashMap<K, V>, key: K, value: V, what: &str, name: &Spanned<String>, problems: &mut Problems<'_>) -> bool {
    if name.as_ref().trim().is_empty() {
        problems.add(name.span(), format!("a {what} without a name"), "empty", None);
        return false;
    }
    if names.contains_key(&key) {
        let message = format!("the {what} `{}` is declared twice", name.as_ref());
        problems.add(name.span(), message, "declared before", Some("keep one of the entries".to_owned()));
        return false;
    }
    names.insert(key, value);
    true
}

fn declare_permission(entry: &PermissionEntry, file: &LoadedFile, catalogue: &mut Catalogue, problems: &mut Problems<'_>) {
    let id = entry.id.as_ref();
    let category = entry.category.as_ref().map_or(file.category, |name| words::category(name, problems));
    if category.is_none() && entry.category.is_none() && file.rules.category.is_none() {
        missing_category(entry.id.span(), problems);
    }
    let last_segment = id.rsplit('.').next().unwrap_or(id);
    catalogue.permissions.push(Permission {
        id: id.clone(),
        platform: file.platform,
        // The entry is wrong in that case and the catalogue will not be used; its number must be taken all the same.
        category: category.unwrap_or(super::DataCategory::Contacts),
        implies: Vec::new(),
        levels: words::levels(entry.levels.as_ref(), problems),
        usage_keys: entry.usage_keys.clone(),
        label: entry.label.clone().unwrap_or_else(|| last_segment.to_owned()),
    });
}

/// Notes that neither an entry nor its file names a category.
pub(super) fn missing_category(span: Range<usize>, problems: &mut Problems<'_>) {
    let help = "write `category = \"…\"` here or at the top of the file".to_owned();
    problems.add(span, "no data category".to_owned(), "of which category?", Some(help));
}

fn declare_status(entry: &StatusEntry, catalogue: &mut Catalogue, problems: &mut Problems<'_>) {
    if entry.values.is_empty() && entry.true_members.is_empty() {
        let message = format!("the status `{}` has no values", entry.name.as_ref());
        problems.add(entry.name.span(), message, "give `values` or `true-members`", None);
    }
    catalogue.statuses.push(Status {
        name: entry.name.as_ref().clone(),
        values: Vec::new(),
        true_members: entry.true_members.clone(),
        same_members: entry.same_members.clone(),
    });
}

/// Several files may tell about one type; what they tell is put together.
fn declare_type(entry: &TypeEntry, platform: Platform, catalogue: &mut Catalogue) {
    let name = entry.name.as_ref();
    let ty = catalogue.types.entry(name.clone()).or_insert_with(|| PlatformType {
        name: name.clone(),
        platform,
        module: None,
        supertypes: Vec::new(),
        yields: HashMap::default(),
        implicit: false,
    });
    ty.module = entry.module.clone().or(ty.module.take());
    ty.implicit |= entry.implicit;
    ty.supertypes.extend(entry.supertypes.iter().filter(|supertype| !ty.supertypes.contains(supertype)).cloned().collect::<Vec<_>>());
    for (member, yielded) in &entry.yields {
        ty.yields.insert(member.clone(), yielded.clone());
        if platform == Platform::Android {
            // Kotlin reads `getX()` as `x`; a name that the rules give themselves wins over one derived from another.
            let twin = property_of(member).unwrap_or_else(|| getter_of(member));
            if !entry.yields.contains_key(&twin) {
                ty.yields.insert(twin, yielded.clone());
            }
        }
    }
}

/// Resolves what the declared things say of each other.
pub(super) fn link(files: &[LoadedFile], names: &Names, catalogue: &mut Catalogue, errors: &mut Vec<Mistake>) {
    for file in files {
        let mut problems = file.problems(errors);
        for entry in &file.rules.permission {
            let implies = names.permissions(&entry.implies, &mut problems);
            if let Some(id) = names.permissions.get(entry.id.as_ref()) {
                catalogue.permissions[id.0 as usize].implies = implies;
            }
        }
        for entry in &file.rules.status {
            let values = entry.values.iter().map(|value| {
                let (subject, permissions): (Vec<_>, Vec<_>) = value.grants.iter().cloned().partition(|grant| grant.as_ref() == "$");
                StatusValue { names: value.names.clone(), grants_subject: !subject.is_empty(), grants: names.permissions(&permissions, &mut problems) }
            });
            let values = values.collect();
            if let Some(id) = names.status(file.platform, entry.name.as_ref()) {
                catalogue.statuses[id.0 as usize].values = values;
            }
        }
    }
}
