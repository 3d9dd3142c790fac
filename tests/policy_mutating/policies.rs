//! Policies that say something else.

use askfirst::catalogue::DataCategory;
use askfirst::policy::{At, Feature, Gate, GateKind, Grants, Key, Policy};

use super::keys::{SPARE, declared};
use crate::mutating::{Edit, Edits};

/// New texts of a policy's files, by their paths.
pub type Texts = Vec<(String, String)>;

/// Edits of a policy's files, and what comes to the end of the first.
struct Rewriting<'p> {
    policy: &'p Policy,
    edits: Vec<Edits>,
    added: String,
}

impl<'p> Rewriting<'p> {
    fn of(policy: &'p Policy) -> Self {
        Self { policy, edits: vec![Edits::default(); policy.files.len()], added: String::new() }
    }

    /// Replaces a text in quotes.
    fn quoted(&mut self, at: At, new: &str) {
        self.replace(at.file, at.span.start, at.span.end, format!("\"{new}\""));
    }

    fn replace(&mut self, file: u32, start: u32, end: u32, new: String) {
        self.edits[file as usize].add([Edit { start, end, new, is_name: false }]);
    }

    fn texts(self) -> Texts {
        let files = self.policy.files.iter().zip(&self.edits).enumerate();
        files.map(|(number, (file, edits))| (file.path.clone(), edits.apply(&file.text) + if number == 0 { &self.added } else { "" })).collect()
    }
}

/// With more at its end.
pub fn with(policy: &Policy, added: &str) -> Texts {
    let mut rewriting = Rewriting::of(policy);
    rewriting.added.push_str(added);
    rewriting.texts()
}

/// Features that declare a category declare another, which nothing accesses: all of them, or one. When nobody else declares it then, somebody is
/// made to.
pub fn without_category(policy: &Policy, category: DataCategory, only: Option<&str>) -> Texts {
    let mut rewriting = Rewriting::of(policy);
    let mut is_left = false;
    for feature in &policy.features {
        let is_meant = only.is_none_or(|name| name == feature.name.value);
        for data in feature.data.iter().filter(|data| data.value == category) {
            if is_meant { rewriting.quoted(data.at, SPARE) } else { is_left = true }
        }
    }
    if only.is_some() && !is_left {
        rewriting.added = declared("bystander", "gate = \"NoSuchGate.given()\"", category.name());
    }
    rewriting.texts()
}

/// A feature whose scope holds no file.
pub fn out_of_scope(policy: &Policy, feature: &Feature) -> Texts {
    let mut rewriting = Rewriting::of(policy);
    match &feature.scope {
        Some(scopes) => scopes.iter().enumerate().for_each(|(number, scope)| rewriting.quoted(scope.at, &format!("no-such-folder-{number}/**"))),
        None => {
            let text = &policy.files[feature.name.at.file as usize].text;
            let end = feature.name.at.span.end;
            let line_end = text[end as usize..].find('\n').map_or(text.len() as u32, |length| end + length as u32 + 1);
            rewriting.replace(feature.name.at.file, line_end, line_end, "scope = [\"no-such-folder/**\"]\n".to_owned());
        }
    }
    rewriting.texts()
}

/// All gates are others, which no code has.
pub fn without_gates(policy: &Policy) -> Texts {
    let mut rewriting = Rewriting::of(policy);
    let own = policy.features.iter().flat_map(|feature| &feature.gates);
    for (number, gate) in policy.gates.iter().chain(own).enumerate() {
        rewriting.quoted(gate.at, &unknown(gate, number));
    }
    rewriting.texts()
}

fn unknown(gate: &Gate, number: usize) -> String {
    let feature = if gate.pattern.names_feature() { "$feature" } else { "" };
    match (gate.pattern.kind, feature) {
        (GateKind::Annotation, _) => format!("@NoSuchGate{number}({feature})"),
        (GateKind::Call, _) => format!("NoSuchGate{number}.given({feature})"),
        (GateKind::Value, "") => format!("NoSuchGate{number}.isGiven"),
        (GateKind::Value, _) => format!("NoSuchGate{number}.$feature"),
    }
}

/// A feature's own gate is that of another, which declares other data.
pub fn given_away(policy: &Policy, gate: &Gate) -> Texts {
    let mut rewriting = Rewriting::of(policy);
    rewriting.quoted(gate.at, &unknown(gate, 0));
    let grants = match gate.grants {
        Grants::TrueOrCallback | Grants::Annotation => "",
        Grants::True => ", grants = \"true\"",
        Grants::Callback => ", grants = \"callback\"",
        Grants::Return => ", grants = \"return\"",
    };
    let keys: Vec<String> = gate.granted_when.iter().map(|key| format!("{:?}", written(&key.value))).collect();
    let when = if keys.is_empty() { String::new() } else { format!(", granted-when = [{}]", keys.join(", ")) };
    rewriting.added = declared("swapped", &format!("gate = {{ call = {:?}{grants}{when} }}", gate.text), SPARE);
    rewriting.texts()
}

fn written(key: &Key) -> String {
    match key {
        Key::Name { owner: Some(owner), name } => format!("{owner}.{name}"),
        Key::Name { owner: None, name } => format!(".{name}"),
        Key::Text(text) => text.clone(),
    }
}
