//! The values of rule files that have several shapes.

use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::schema::{AppleMember, Asks, AsksArgument, MemberEntry, Needs, Owners, RequirementEntry};
use crate::document::{Refused, Shapes, TextOr, read, read_text_or};

impl Shapes for MemberEntry {
    const EXPECTED: &'static str = "a member's name, or { swift = \"…\", objc = \"…\" }";
    type Item = Refused;
    type Table = AppleMember;

    fn from_text(text: String) -> Option<Self> {
        Some(Self::Plain(text))
    }

    fn from_list(_: Vec<Refused>) -> Option<Self> {
        None
    }

    fn from_table(table: AppleMember) -> Option<Self> {
        Some(Self::Apple(table))
    }
}

impl<'de> Deserialize<'de> for MemberEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl Shapes for TextOr<Needs> {
    const EXPECTED: &'static str = "a permission, { any = [\"…\"] }, { all = [\"…\"] }, or a list of such tables";
    type Item = RequirementEntry;
    type Table = RequirementEntry;

    fn from_text(text: String) -> Option<Self> {
        Some(Self::Text(text))
    }

    fn from_list(list: Vec<RequirementEntry>) -> Option<Self> {
        Some(Self::Other(Needs::ByLevel(list)))
    }

    fn from_table(table: RequirementEntry) -> Option<Self> {
        Some(Self::Other(Needs::Requirement(table)))
    }
}

impl Shapes for TextOr<Asks> {
    const EXPECTED: &'static str = "a permission, a list of permissions, or a table that names the argument";
    type Item = Spanned<String>;
    type Table = AsksArgument;

    fn from_text(text: String) -> Option<Self> {
        Some(Self::Text(text))
    }

    fn from_list(list: Vec<Spanned<String>>) -> Option<Self> {
        Some(Self::Other(Asks::All(list)))
    }

    fn from_table(table: AsksArgument) -> Option<Self> {
        Some(Self::Other(Asks::Argument(table)))
    }
}

impl Shapes for TextOr<Owners> {
    const EXPECTED: &'static str = "a type's name, or a list of names";
    type Item = Spanned<String>;
    type Table = Refused;

    fn from_text(text: String) -> Option<Self> {
        Some(Self::Text(text))
    }

    fn from_list(list: Vec<Spanned<String>>) -> Option<Self> {
        Some(Self::Other(Owners(list)))
    }

    fn from_table(_: Refused) -> Option<Self> {
        None
    }
}

impl<'de> Deserialize<'de> for Needs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text_or(deserializer, Needs::One)
    }
}

impl<'de> Deserialize<'de> for Asks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text_or(deserializer, Asks::Fixed)
    }
}

impl<'de> Deserialize<'de> for Owners {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text_or(deserializer, |name| Owners(vec![name]))
    }
}
