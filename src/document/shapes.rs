//! Reads values that have several shapes. Serde's untagged enums would lose the position of what is wrong and say only that nothing
//! matched.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// A value that may be a string, a list or a table.
pub(crate) trait Shapes: Sized {
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

pub(crate) fn read<'de, T: Shapes, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(ShapesVisitor(PhantomData))
}

/// What a shape that a value cannot have is read as; the value is refused afterwards with the message of the whole.
pub(crate) type Refused = de::IgnoredAny;

/// A single text carries its position only when the whole value is read with it.
pub(crate) enum TextOr<T> {
    Text(String),
    Other(T),
}

/// A [`Shapes`] value as a whole, so that it can be wrapped in [`Spanned`].
pub(crate) struct Whole<T>(pub T);

impl<'de, T: Shapes> Deserialize<'de> for Whole<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer).map(Whole)
    }
}

pub(crate) fn read_text_or<'de, T, D>(deserializer: D, from_text: impl FnOnce(Spanned<String>) -> T) -> Result<T, D::Error>
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
