//! Which policy speaks for which file of a scan.

use std::path::{Path, PathBuf};

use super::{PolicyChoice, ScanError};
use crate::discover::{FoundFile, shown_folder};
use crate::gates::{Gates, Gating, PolicyId};
use crate::policy::{Feature, Located, Policy, PolicySet};
use crate::scan::DeclaredFeature;

/// The policies of a scan.
pub(super) struct Policies {
    set: PolicySet,
    /// By file of the scan: the nearest policy above it.
    pub of_file: Vec<Option<PolicyId>>,
}

impl Policies {
    pub fn find(files: &[FoundFile], choice: &PolicyChoice) -> Result<Self, ScanError> {
        let set = match choice {
            PolicyChoice::Nearest => PolicySet::discover(files.iter().map(|file| file.shown.as_str())).map_err(ScanError::Policy)?,
            PolicyChoice::File(path) => {
                let policy = Policy::read(path, &path.to_string_lossy().replace('\\', "/")).map_err(ScanError::Policy)?;
                PolicySet::single(Policy { folder: String::new(), above: Vec::new(), ..policy })
            }
            PolicyChoice::None => PolicySet::default(),
        };
        let of_file = files.iter().map(|file| set.index_for(&file.shown).map(|index| index as PolicyId)).collect();
        Ok(Self { set, of_file })
    }

    /// All of them, in the order of their numbers.
    pub fn all(&self) -> &[Policy] {
        self.set.policies()
    }

    /// Takes out what the nearest policy above it leaves out, unless it was named, or a folder that is left out as a whole; gives the number of those.
    pub fn leave_out(&mut self, files: &mut Vec<FoundFile>, named: &[PathBuf]) -> u64 {
        let policies = self.set.policies();
        let named: Vec<String> = named.iter().filter_map(|path| shown_folder(path).ok()).filter(|shown| !shown.is_empty()).collect();
        let is_left_out = |(file, policy): (&FoundFile, &Option<PolicyId>)| {
            let Some(policy) = policy.map(|policy| &policies[policy as usize]).filter(|policy| policy.excludes(&file.shown)) else { return false };
            let is_below = |folder: &String| file.shown.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
            // Any file in the folder: it need not be there.
            !named.iter().any(|named| *named == file.shown || is_below(named) && policy.excludes(&format!("{named}/any")))
        };
        let left_out: Vec<bool> = files.iter().zip(&self.of_file).map(is_left_out).collect();
        let mut kept = left_out.iter().map(|is_left_out| !is_left_out);
        files.retain(|_| kept.next().unwrap_or(true));
        let mut kept = left_out.iter().map(|is_left_out| !is_left_out);
        self.of_file.retain(|_| kept.next().unwrap_or(true));
        left_out.into_iter().filter(|is_left_out| *is_left_out).count() as u64
    }

    /// What they promise.
    pub fn features(&self) -> Vec<DeclaredFeature> {
        let text = |text: &Option<Located<String>>| text.as_ref().map(|text| text.value.clone());
        let declared = |(policy, feature): (&Policy, &Feature)| DeclaredFeature {
            folder: policy.folder.clone(),
            name: feature.name.value.clone(),
            purpose: text(&feature.purpose),
            data: feature.data.iter().map(|data| data.value).collect(),
            opt_out: text(&feature.opt_out),
            retention: text(&feature.retention),
            shared_with: feature.shared_with.iter().map(|other| other.value.clone()).collect(),
        };
        self.all().iter().flat_map(|policy| policy.features.iter().map(move |feature| (policy, feature))).map(declared).collect()
    }

    /// How many files the policies were read from.
    pub fn file_count(&self) -> usize {
        self.all().iter().map(|policy| policy.files.len()).sum()
    }

    /// By policy: whether all that it speaks for lies below one of these paths.
    pub fn are_whole(&self, roots: &[PathBuf]) -> Vec<bool> {
        let roots: Vec<PathBuf> = roots.iter().filter_map(|root| root.canonicalize().ok()).collect();
        let folder = |policy: &Policy| Path::new(if policy.folder.is_empty() { "." } else { &policy.folder }).canonicalize().ok();
        let is_below = |folder: PathBuf| roots.iter().any(|root| folder.starts_with(root));
        self.all().iter().map(|policy| folder(policy).is_some_and(is_below)).collect()
    }

    /// Which policies speak for the files of a program, which are those of the scan with these numbers.
    pub fn gating<'p>(&self, gates: &'p Gates<'p>, numbers: &[usize]) -> Gating<'p> {
        let in_force: Vec<Option<PolicyId>> = numbers.iter().map(|&number| self.of_file[number]).collect();
        let has_features = |policy: &PolicyId| self.all()[*policy as usize].has_features();
        Gating { gates, policies: in_force.iter().map(|policy| policy.filter(has_features)).collect(), in_force }
    }
}
