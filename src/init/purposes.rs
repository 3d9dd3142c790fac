//! What an app already tells people about why it asks: purpose strings of Info.plist, and strings of Android that explain a permission.

use std::collections::BTreeMap;
use std::path::Path;

use ignore::WalkBuilder;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use crate::catalogue::{Catalogue, DataCategory};

/// Words in names of Android strings that tell for which data a permission is explained.
const WORDS: [(&str, DataCategory); 22] = [
    ("contact", DataCategory::Contacts),
    ("location", DataCategory::Location),
    ("gps", DataCategory::Location),
    ("activity_recognition", DataCategory::Sensors),
    ("sensor", DataCategory::Sensors),
    ("photo", DataCategory::Photos),
    ("gallery", DataCategory::Photos),
    ("image", DataCategory::Photos),
    ("media", DataCategory::Photos),
    ("storage", DataCategory::Photos),
    ("microphone", DataCategory::Microphone),
    ("record", DataCategory::Microphone),
    ("audio", DataCategory::Microphone),
    ("camera", DataCategory::Camera),
    ("calendar", DataCategory::Calendar),
    ("call_log", DataCategory::CallLog),
    ("sms", DataCategory::Messages),
    ("phone", DataCategory::PhoneIdentity),
    ("bluetooth", DataCategory::NearbyDevices),
    ("nearby", DataCategory::NearbyDevices),
    ("health", DataCategory::Health),
    ("advertising", DataCategory::AdvertisingId),
];

/// Shorter texts are titles and buttons.
const SHORTEST: usize = 25;

/// Texts by category, each with the file and name under which it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purposes {
    texts: BTreeMap<DataCategory, (String, String)>,
}

impl Purposes {
    /// The text for a category, and where it comes from.
    pub(super) fn of(&self, category: DataCategory) -> Option<(&str, &str)> {
        self.texts.get(&category).map(|(text, from)| (text.as_str(), from.as_str()))
    }

    fn add(&mut self, category: DataCategory, text: &str, from: String) {
        let text = text.trim();
        // A text with gaps says nothing by itself.
        if !text.is_empty() && !text.contains(['{', '%']) && !text.contains("$(") {
            self.texts.entry(category).or_insert_with(|| (text.to_owned(), from));
        }
    }
}

/// Reads the texts below a folder. What cannot be read tells nothing: a proposal does without it.
pub fn read_purposes(root: &Path, catalogue: &Catalogue) -> Purposes {
    let mut purposes = Purposes::default();
    let files = WalkBuilder::new(root).sort_by_file_path(Path::cmp).build().filter_map(Result::ok);
    for path in files.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())).map(ignore::DirEntry::into_path) {
        let shown = || path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
        if name.ends_with("Info.plist") {
            read_info(&path, &shown(), catalogue, &mut purposes);
        } else if folder == "values"
            && name.ends_with(".xml")
            && name.starts_with("string")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            read_strings(&text, &shown(), &mut purposes);
        }
    }
    purposes
}

fn read_info(path: &Path, shown: &str, catalogue: &Catalogue, purposes: &mut Purposes) {
    let Ok(value) = plist::Value::from_file(path) else { return };
    let Some(entries) = value.as_dictionary() else { return };
    for permission in &catalogue.permissions {
        for key in &permission.usage_keys {
            if let Some(text) = entries.get(key).and_then(plist::Value::as_string) {
                purposes.add(permission.category, text, format!("{shown}, {key}"));
            }
        }
    }
}

fn read_strings(xml: &str, shown: &str, purposes: &mut Purposes) {
    let mut reader = Reader::from_str(xml);
    let mut current: Option<String> = None;
    let mut text = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) if tag.name().as_ref() == "string" => {
                let name = tag.try_get_attribute("name").ok().flatten();
                current = name.map(|name| name.value.into_owned());
                text.clear();
            }
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(entity) => text.push_str(resolve_predefined_entity(&entity).unwrap_or_default()),
            Event::End(tag) if tag.name().as_ref() == "string" => {
                if let Some(name) = current.take() {
                    note_string(&name, &text, shown, purposes);
                }
            }
            Event::Eof => return,
            _ => {}
        }
    }
}

fn note_string(name: &str, text: &str, shown: &str, purposes: &mut Purposes) {
    let lower = name.to_lowercase();
    let is_about_something_else = ["declin", "denied", "error", "fail", "missed", "missing", "not_granted", "title", "toast", "button", "settings"]
        .iter()
        .any(|word| lower.contains(word));
    let explains = lower.contains("rationale") || (lower.contains("permission") && !is_about_something_else);
    let category = WORDS.iter().find(|(word, _)| lower.contains(word)).map(|(_, category)| *category);
    if let (true, Some(category)) = (explains && text.chars().count() >= SHORTEST, category) {
        purposes.add(category, &text.replace("\\'", "'").replace("\\n", " ").replace("\\\"", "\""), format!("{shown}, {name}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_that_explains_a_permission_is_a_purpose() {
        let mut purposes = Purposes::default();
        let xml = r#"<resources>
            <string name="location_permission_title">Location</string>
            <string name="location_permission_rationale">We use where you are to show who\'s singing nearby.</string>
            <string name="location_share">Send everybody in the choir where you are now</string>
        </resources>"#;
        read_strings(xml, "values/strings.xml", &mut purposes);
        let expected = ("We use where you are to show who's singing nearby.", "values/strings.xml, location_permission_rationale");
        assert_eq!(purposes.of(DataCategory::Location), Some(expected));
    }
}
