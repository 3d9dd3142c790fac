//! What comments allow in the files of a scan, and which policy says how much it matters when one is wrong.

use std::collections::BTreeMap;

use super::policies::Policies;
use crate::comments::{self, addressed};
use crate::facts::FileFacts;
use crate::ir::{FunctionKind, Module, TypeKind};
use crate::scan::Scan;
use crate::source::Span;
use crate::suppressions::{self, Context, FileComments};
use crate::verdict::{Date, FileId, Rule};

/// Collects the comments of a scan.
pub(super) struct Suppressing<'s> {
    policies: &'s Policies,
    today: Option<Date>,
    files: Vec<FileComments>,
    /// By file: the policy in force.
    in_force: Vec<Option<usize>>,
}

impl<'s> Suppressing<'s> {
    pub fn new(policies: &'s Policies, today: Option<Date>) -> Self {
        Self { policies, today, files: Vec::new(), in_force: Vec::new() }
    }

    /// Notes the source file that the scan has next; `number` is its number among those that were found.
    pub fn add_source(&mut self, scan: &Scan, number: usize, facts: &FileFacts) {
        let policy = self.policies.of_file[number].map(usize::from);
        self.in_force.push(policy);
        if facts.comments.is_empty() {
            return;
        }
        self.files.push(FileComments {
            file: scan.files.len() as FileId,
            comments: facts.comments.clone(),
            declarations: declarations(&facts.module),
            properties: properties(&facts.module),
            is_incomplete: scan.incomplete.iter().any(|one| one.path == facts.path),
            in_feature_mode: policy.is_some_and(|policy| self.policies.all()[policy].has_features()),
        });
    }

    /// Notes the file of a policy that the scan has next.
    pub fn add_policy(&mut self, scan: &Scan, policy: usize, text: &str) {
        self.in_force.push(Some(policy));
        let comments = addressed(text, &comments::of_toml(text));
        if !comments.is_empty() {
            let file = scan.files.len() as FileId;
            self.files.push(FileComments { file, comments, declarations: Vec::new(), properties: Vec::new(), is_incomplete: false, in_feature_mode: true });
        }
    }

    /// Sets aside what is allowed, and says what is wrong with comments.
    pub fn apply(self, scan: &mut Scan) {
        let severity = |file: FileId, rule: Rule| {
            let policy = self.in_force.get(file as usize).copied().flatten().map(|policy| &self.policies.all()[policy]);
            policy.map_or(Some(rule.default_severity()), |policy| policy.severity(rule, &scan.files[file as usize].path))
        };
        // A base that several policies extend is there once for each.
        let mut copies: BTreeMap<&str, FileId> = BTreeMap::new();
        let of_policies = (0..).zip(&scan.files).filter(|(_, file)| file.language.is_none());
        of_policies.for_each(|(id, file)| _ = copies.entry(file.path.as_str()).or_insert(id));
        let is_source = |id: FileId| scan.files[id as usize].language.is_some();
        let stands_for = |id: FileId| if is_source(id) { id } else { copies.get(scan.files[id as usize].path.as_str()).copied().unwrap_or(id) };
        let files: Vec<FileComments> = self.files.into_iter().filter(|file| stands_for(file.file) == file.file).collect();
        let context = Context { files: &scan.files, stands_for: &stands_for, today: self.today, severity: &severity };
        suppressions::apply(&files, &context, &mut scan.outcome);
        scan.outcome.sort();
    }
}

/// What a comment above it speaks of as a whole.
fn declarations(module: &Module) -> Vec<Span> {
    let functions = module.functions.iter().filter(|function| function.kind != FunctionKind::Initializer).map(|function| function.span);
    let types = module.types.iter().filter(|ty| !matches!(ty.kind, TypeKind::File | TypeKind::Anonymous)).map(|ty| ty.span);
    functions.chain(types).collect()
}

/// Properties whose accessors may stand below their names.
fn properties(module: &Module) -> Vec<(Span, u32)> {
    let fields = module.types.iter().flat_map(|ty| &ty.fields);
    let with_code = fields.filter_map(|field| {
        let ends = field.getter.iter().chain(&field.setter).map(|&accessor| module.functions[accessor as usize].span.end);
        ends.max().map(|end| (field.span, end))
    });
    with_code.collect()
}
