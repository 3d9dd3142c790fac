//! The shape of `askfirst.toml`: the types that it is read into, of which its JSON Schema is made, too. What the comments say is what
//! editors show.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::model::{FailOn, Grants, Level};
use crate::catalogue::DataCategory;
use crate::document::{Refused, Shapes, Whole};
use crate::verdict::{Rule, Severity};

/// The privacy policy of an app: its features, the data that each may use, and how each asks first.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(title = "askfirst.toml")]
pub(super) struct PolicyText {
    /// What the policy speaks for.
    pub project: ProjectTable,
    /// How the app asks, for all features: each gate names `$feature`, which stands for a feature's keys.
    pub gate: Option<GateList>,
    /// The features: what people know them for, and the data that each may use.
    #[schemars(with = "BTreeMap<FeatureName, FeatureTable>")]
    pub feature: BTreeMap<Marked<String>, FeatureTable>,
    /// Severity per rule: `error`, `warning`, `info` or `off`.
    #[schemars(schema_with = "severities")]
    pub rules: BTreeMap<Marked<String>, Marked<String>>,
    /// Severities in some folders or files only; of several that speak of a file the last one counts.
    pub overrides: Vec<OverrideTable>,
    /// What is scanned, and what makes a check fail; flags and environment variables count more.
    pub scan: ScanTable,
}

/// Severities in some folders or files.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(extend("required" = ["paths", "rules"]))]
pub(super) struct OverrideTable {
    /// Globs of the folders and files, relative to the folder that the policy speaks for.
    pub paths: Option<Texts>,
    /// Severity per rule: `error`, `warning`, `info` or `off`.
    #[schemars(schema_with = "severities")]
    pub rules: BTreeMap<Marked<String>, Marked<String>>,
}

/// What is scanned, and what makes a check fail.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct ScanTable {
    /// What is looked at although it is left out by default. It counts where the policy speaks for the folder in which the program is run.
    #[schemars(schema_with = "included")]
    pub include: Option<Texts>,
    /// Globs of what is left out, relative to the folder that the policy speaks for. Files that are named on the command line are looked at all the same.
    pub exclude: Option<Texts>,
    /// The least severity that makes `askfirst check` fail. It counts where the policy speaks for the folder in which the program is run.
    #[schemars(schema_with = "fail_on")]
    pub fail_on: Option<Marked<String>>,
}

/// What the policy speaks for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct ProjectTable {
    /// Policy files that this one builds on: paths relative to this file. Their gates, features and severities come first; a feature of
    /// the same name is replaced as a whole.
    pub extends: Option<Texts>,
}

/// How the app asks.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(extend("required" = ["call"]))]
pub(super) struct GateTable {
    /// What it looks like in code: `TYPE.MEMBER($feature)`, `MEMBER($feature)`, `TYPE.$feature.PROPERTY`, `@ANNOTATION($feature)`.
    pub call: Option<Marked<String>>,
    /// How it says yes: its answer is true, it calls the closure that it is passed, it returns at all, or code has its annotation.
    /// Without this, its answer is true or it calls the closure.
    #[schemars(schema_with = "grants")]
    pub grants: Option<Marked<String>>,
    /// The answers that are a yes, where they are more than true and false: `.granted`, `Decision.ALLOWED`.
    pub granted_when: Option<Texts>,
}

/// A purpose that people know, and the data that it may use.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(extend("required" = ["data"]))]
pub(super) struct FeatureTable {
    /// What `$feature` is in code: an enum case with or without its type, a constant, or a text in quotes.
    pub key: Option<Texts>,
    /// What it is for, in words for people.
    pub purpose: Option<Marked<String>>,
    /// The data that it may use.
    #[schemars(schema_with = "categories")]
    pub data: Option<Texts>,
    /// Globs of its files, relative to the folder that the policy speaks for; by default all.
    pub scope: Option<Texts>,
    /// Where the person turns it off.
    pub opt_out: Option<Marked<String>>,
    /// Who answers for it; for reports.
    pub owner: Option<Marked<String>>,
    /// How long its data is kept; for reports.
    pub retention: Option<Marked<String>>,
    /// Who else gets its data; for reports.
    pub shared_with: Option<Texts>,
    /// Gates of its own.
    pub gate: Option<GateList>,
}

/// A value with the place where it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub(super) struct Marked<T>(Spanned<T>);

impl<T> Marked<T> {
    pub(super) fn new(span: Range<usize>, value: T) -> Self {
        Self(Spanned::new(span, value))
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.0.span()
    }

    pub(super) fn get(&self) -> &T {
        self.0.get_ref()
    }
}

impl<T: JsonSchema> JsonSchema for Marked<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A text, or a list of texts.
#[derive(Debug)]
pub(super) struct Texts {
    /// The value as a whole.
    pub span: Range<usize>,
    /// Its texts.
    pub items: Vec<Marked<String>>,
}

enum TextList {
    One(String),
    Several(Vec<Marked<String>>),
}

impl Shapes for TextList {
    const EXPECTED: &'static str = "a text, or a list of texts";
    type Item = Marked<String>;
    type Table = Refused;

    fn from_text(text: String) -> Option<Self> {
        Some(Self::One(text))
    }

    fn from_list(list: Vec<Marked<String>>) -> Option<Self> {
        Some(Self::Several(list))
    }

    fn from_table(_: Refused) -> Option<Self> {
        None
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Spanned::<Whole<TextList>>::deserialize(deserializer)?;
        let span = list.span();
        let items = match list.into_inner().0 {
            TextList::One(text) => vec![Marked::new(span.clone(), text)],
            TextList::Several(items) => items,
        };
        Ok(Self { span, items })
    }
}

/// Gates: a text, a table, or a list of them.
#[derive(Debug)]
pub(super) struct GateList {
    /// The value as a whole.
    pub span: Range<usize>,
    /// Its gates, each with the place of its text or table.
    pub items: Vec<(Range<usize>, GateTable)>,
}

enum GateEntry {
    Text(String),
    Table(GateTable),
}

impl GateEntry {
    fn into_table(self, span: Range<usize>) -> (Range<usize>, GateTable) {
        let table = match self {
            Self::Text(text) => GateTable { call: Some(Marked::new(span.clone(), text)), ..GateTable::default() },
            Self::Table(table) => table,
        };
        (span, table)
    }
}

impl Shapes for GateEntry {
    const EXPECTED: &'static str = "a gate: a text, or { call = \"…\", grants = \"…\" }";
    type Item = Refused;
    type Table = GateTable;

    fn from_text(text: String) -> Option<Self> {
        Some(Self::Text(text))
    }

    fn from_list(_: Vec<Refused>) -> Option<Self> {
        None
    }

    fn from_table(table: GateTable) -> Option<Self> {
        Some(Self::Table(table))
    }
}

enum Gates {
    One(GateEntry),
    Several(Vec<Spanned<Whole<GateEntry>>>),
}

impl Shapes for Gates {
    const EXPECTED: &'static str = "a gate: a text, { call = \"…\", grants = \"…\" }, or a list of such";
    type Item = Spanned<Whole<GateEntry>>;
    type Table = GateTable;

    fn from_text(text: String) -> Option<Self> {
        Some(Self::One(GateEntry::Text(text)))
    }

    fn from_list(list: Vec<Self::Item>) -> Option<Self> {
        Some(Self::Several(list))
    }

    fn from_table(table: GateTable) -> Option<Self> {
        Some(Self::One(GateEntry::Table(table)))
    }
}

impl<'de> Deserialize<'de> for GateList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Spanned::<Whole<Gates>>::deserialize(deserializer)?;
        let span = list.span();
        let items = match list.into_inner().0 {
            Gates::One(entry) => vec![entry.into_table(span.clone())],
            Gates::Several(items) => items.into_iter().map(|item| (item.span(), item)).map(|(span, item)| item.into_inner().0.into_table(span)).collect(),
        };
        Ok(Self { span, items })
    }
}

impl JsonSchema for Texts {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Texts".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        text_or_list(&json_schema!({ "type": "string" }))
    }
}

impl JsonSchema for GateList {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Gates".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = json_schema!({ "anyOf": [{ "type": "string" }, generator.subschema_for::<GateTable>()] });
        text_or_list(&one)
    }
}

fn text_or_list(one: &Schema) -> Schema {
    json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
}

/// Names of features.
struct FeatureName;

impl JsonSchema for FeatureName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "FeatureName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$" })
    }
}

/// Words of `grants`.
pub(super) const GRANTS: [(&str, Grants); 4] =
    [("true", Grants::True), ("callback", Grants::Callback), ("return", Grants::Return), ("annotation", Grants::Annotation)];

/// Words of severities.
pub(super) const LEVELS: [(&str, Level); 4] = [
    (Severity::Error.name(), Level::At(Severity::Error)),
    (Severity::Warning.name(), Level::At(Severity::Warning)),
    (Severity::Info.name(), Level::At(Severity::Info)),
    ("off", Level::Off),
];

/// Words of `include`, which are those of `--include`.
pub(super) const INCLUDED: [&str; 6] = ["tests", "vendored", "build", "generated", "hidden", "ignored"];

/// Words of `fail-on`.
pub(super) const FAIL_ON: [(&str, FailOn); 3] = [("error", FailOn::Error), ("warning", FailOn::Warning), ("never", FailOn::Never)];

fn included(_: &mut SchemaGenerator) -> Schema {
    text_or_list(&json_schema!({ "enum": INCLUDED }))
}

fn fail_on(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": FAIL_ON.map(|(word, _)| word) })
}

fn grants(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": GRANTS.map(|(word, _)| word) })
}

fn severities(_: &mut SchemaGenerator) -> Schema {
    let level = json_schema!({ "enum": LEVELS.map(|(word, _)| word) });
    let rules: BTreeMap<&str, &Schema> = Rule::ALL.iter().filter(|rule| **rule != Rule::UnknownCategory).map(|rule| (rule.id(), &level)).collect();
    json_schema!({ "type": "object", "properties": rules, "additionalProperties": false })
}

fn categories(_: &mut SchemaGenerator) -> Schema {
    text_or_list(&json_schema!({ "enum": DataCategory::ALL.map(DataCategory::name) }))
}

/// The JSON Schema of `askfirst.toml`.
pub fn json_schema() -> String {
    let mut generator = SchemaSettings::draft07().with_transform(RecursiveTransform(without_null)).into_generator();
    let schema = generator.root_schema_for::<PolicyText>();
    // A schema is made of maps with texts as keys: it can be written.
    serde_json::to_string_pretty(&schema).map(|text| text + "\n").unwrap_or_default()
}

/// What may be left out may be null in JSON; TOML has no null.
fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(serde_json::Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(serde_json::Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if let [serde_json::Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            only.into_iter().for_each(|(key, value)| _ = object.entry(key).or_insert(value));
        }
    }
}
