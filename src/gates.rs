//! Features and gates of the policies of a scan, by number: what evidence and analysis need of them.

use rustc_hash::FxHashMap as HashMap;

use crate::policy::{At, Feature, Gate, Key, Member, Policy};
use crate::verdict::FileId;

/// Number of a feature. One name is one feature, however many policies declare it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureId(pub u16);

/// Number of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GateId(pub u16);

/// Number of a policy of the scan.
pub type PolicyId = u16;

/// A gate, and for whom it is declared.
#[derive(Debug)]
pub struct DeclaredGate<'p> {
    /// The policy that declares it.
    pub policy: PolicyId,
    /// The feature whose own gate it is; none for a gate of all features.
    pub feature: Option<FeatureId>,
    /// As the policy says it.
    pub gate: &'p Gate,
}

/// All gates and features of a scan.
#[derive(Debug, Default)]
pub struct Gates<'p> {
    policies: &'p [Policy],
    names: Vec<&'p str>,
    declared: Vec<DeclaredGate<'p>>,
    by_member: HashMap<&'p str, Vec<GateId>>,
    /// By policy: features by what they are called in code, the last segment or the text.
    keys: Vec<HashMap<&'p str, FeatureId>>,
}

impl<'p> Gates<'p> {
    /// Numbers what some policies declare.
    pub fn new(policies: &'p [Policy]) -> Self {
        let mut gates = Self { policies, ..Self::default() };
        for (number, policy) in policies.iter().enumerate() {
            let number = number as PolicyId;
            let mut keys = HashMap::default();
            for feature in &policy.features {
                let id = gates.number(&feature.name.value);
                keys.extend(feature.keys.iter().map(|key| (key_text(&key.value), id)));
            }
            gates.keys.push(keys);
            policy.gates.iter().for_each(|gate| gates.declare(DeclaredGate { policy: number, feature: None, gate }));
            for feature in &policy.features {
                let id = gates.number(&feature.name.value);
                feature.gates.iter().for_each(|gate| gates.declare(DeclaredGate { policy: number, feature: Some(id), gate }));
            }
        }
        gates
    }

    fn number(&mut self, name: &'p str) -> FeatureId {
        let known = self.names.iter().position(|known| *known == name);
        FeatureId(known.unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        }) as u16)
    }

    fn declare(&mut self, declared: DeclaredGate<'p>) {
        let id = GateId(self.declared.len() as u16);
        match &declared.gate.pattern.member {
            Member::Name(name) => self.by_member.entry(name.as_str()).or_default().push(id),
            Member::Feature => {
                for key in self.keys[declared.policy as usize].keys() {
                    self.by_member.entry(*key).or_default().push(id);
                }
            }
        }
        self.declared.push(declared);
    }

    /// The policies.
    pub fn policies(&self) -> &'p [Policy] {
        self.policies
    }

    /// Whether no policy declares any feature.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// A feature's name.
    pub fn name(&self, id: FeatureId) -> &'p str {
        self.names[id.0 as usize]
    }

    /// A gate by number.
    pub fn gate(&self, id: GateId) -> &DeclaredGate<'p> {
        &self.declared[id.0 as usize]
    }

    /// All gates, in the order of their numbers.
    pub fn all(&self) -> impl Iterator<Item = (GateId, &DeclaredGate<'p>)> {
        self.declared.iter().enumerate().map(|(number, gate)| (GateId(number as u16), gate))
    }

    /// Gates whose member has a name (of a selector, its first part).
    pub fn with_member(&self, name: &str) -> &[GateId] {
        self.by_member.get(name).map_or(&[], Vec::as_slice)
    }

    /// The feature that a constant or text stands for in files of a policy.
    pub fn keyed(&self, policy: PolicyId, text: &str) -> Option<FeatureId> {
        self.keys.get(policy as usize)?.get(text).copied()
    }

    /// What a policy says of a feature; none when it does not declare it.
    pub fn feature(&self, policy: PolicyId, id: FeatureId) -> Option<&'p Feature> {
        let name = self.name(id);
        self.policies.get(policy as usize)?.features.iter().find(|feature| feature.name.value == name)
    }
}

/// The gates of a scan, and which policy speaks for each file of a program.
#[derive(Debug)]
pub struct Gating<'p> {
    /// All of them.
    pub gates: &'p Gates<'p>,
    /// By file of the program: the policy that speaks for it, if that declares features.
    pub policies: Vec<Option<PolicyId>>,
    /// By file of the program: the nearest policy above it, whether or not it declares features.
    pub in_force: Vec<Option<PolicyId>>,
}

impl<'p> Gating<'p> {
    /// Platform mode for a program of so many files: no policy speaks for any.
    pub fn none(gates: &'p Gates<'p>, files: usize) -> Self {
        Self { gates, policies: vec![None; files], in_force: vec![None; files] }
    }

    /// The number of a policy's file beside those of the program: they come after them, in the order of the policies.
    pub fn file_number(&self, policy: PolicyId, at: At) -> FileId {
        let before: usize = self.gates.policies[..policy as usize].iter().map(|policy| policy.files.len()).sum();
        (self.policies.len() + before) as FileId + at.file
    }

    /// The policy that speaks for a file of the program; none in platform mode.
    pub fn policy_of(&self, file: usize) -> Option<PolicyId> {
        self.policies.get(file).copied().flatten()
    }
}

/// What stands in code for a feature, without its type.
pub fn key_text(key: &Key) -> &str {
    match key {
        Key::Name { name, .. } => name,
        Key::Text(text) => text,
    }
}
