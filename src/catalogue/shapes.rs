//! Reads the values of rule files that have several shapes. Serde's untagged enums would lose the position of what is wrong and
//! say only that nothing matched.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::schema::{AppleMember, Asks, AsksArgument, MemberEntry, Needs, Owners, RequirementEntry};

/// A value that may be a string, a list or a table.
trait Shapes: Sized {
    /// For the error message.
    const EXPECTED: &'static str;
    /// What a list holds.
    type Item: for<'de> Deserialize<'de>;
    /// What a table is.
    type Table: for<'de> Deserialize<'de>;

    fn from_text(text: String) -> Option<Self>;
    fn from_list(list: Vec<Self::Item>) -> Option<Self>;
    fn from_table(table: Self::Table) -> Option<Self>;
}

struct ShapesVisitor<T>(PhantomData<T>);

impl<'de, T: Shapes> Visitor<'de> for ShapesVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text.to_owned()).ok_or_else(|| E::invalid_type(de::Unexpected::Str(text), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::from_list(Vec::deserialize(SeqAccessDeserializer::new(list))?).ok_or_else(|| de::Error::invalid_type(de::Unexpected::Seq, &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<T, A::Error> {
        T::from_table(T::Table::deserialize(MapAccessDeserializer::new(table))?).ok_or_else(|| de::Error::invalid_type(de::Unexpected::Map, &self))
    }
}

fn read<'de, T: Shapes, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(ShapesVisitor(PhantomData))
}

/// What a shape that a value cannot have is read as; the value is refused afterwards with the message of the whole.
type Refused = de::IgnoredAny;

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

/// A single text carries its position only when the whole value is read with it.
enum TextOr<T> {
    Text(String),
    Other(T),
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

/// A [`Shapes`] value as a whole, so that it can be wrapped in [`Spanned`].
struct Whole<T>(T);

impl<'de, T: Shapes> Deserialize<'de> for Whole<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer).map(Whole)
    }
}

fn read_text_or<'de, T, D>(deserializer: D, from_text: impl FnOnce(Spanned<String>) -> T) -> Result<T, D::Error>
where
    TextOr<T>: Shapes,
    D: Deserializer<'de>,
{
    let spanned = Spanned::<Whole<TextOr<T>>>::deserialize(deserializer)?;
    let span = spanned.span();
    Ok(match spanned.into_inner().0 {
        TextOr::Text(text) => from_text(Spanned::new(span, text)),
        TextOr::Other(other) => other,
    })
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
