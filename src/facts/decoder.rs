//! Reads what `encoder.rs` writes, and trusts none of it: no length is believed before the bytes are there.

use serde::de::value::U32Deserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::FactsError;
use super::encoder::{MAX_NESTING, OFFSETS};

/// How many elements of a list get their memory at once. A file may claim any length at each level of its nesting.
const RESERVED_ELEMENTS: usize = 32;

pub(super) struct Decoder<'de> {
    rest: &'de [u8],
    /// Strings read so far.
    strings: Vec<&'de str>,
    nesting: u32,
    /// Whether the numbers that come are [`OFFSETS`].
    in_offsets: bool,
    last_offset: u32,
}

impl<'de> Decoder<'de> {
    pub(super) fn new(bytes: &'de [u8]) -> Self {
        Self { rest: bytes, strings: Vec::new(), nesting: 0, in_offsets: false, last_offset: 0 }
    }

    /// Nothing may be left.
    pub(super) fn finish(self) -> Result<(), FactsError> {
        if self.rest.is_empty() { Ok(()) } else { Err(malformed("there is something after its end")) }
    }

    fn byte(&mut self) -> Result<u8, FactsError> {
        let (first, rest) = self.rest.split_first().ok_or_else(|| malformed("it ends early"))?;
        self.rest = rest;
        Ok(*first)
    }

    fn unsigned(&mut self) -> Result<u64, FactsError> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            value |= bits << shift;
            if (bits << shift) >> shift != bits {
                break;
            }
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(malformed("a number is too large"))
    }

    fn number<T: TryFrom<u64>>(&mut self) -> Result<T, FactsError> {
        T::try_from(self.unsigned()?).map_err(|_| malformed("a number is too large"))
    }

    fn signed(&mut self) -> Result<i64, FactsError> {
        let zigzag = self.unsigned()?;
        Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    fn offset(&mut self) -> Result<u32, FactsError> {
        let offset = self.signed()?.checked_add(self.last_offset.into()).and_then(|offset| offset.try_into().ok());
        self.last_offset = offset.ok_or_else(|| malformed("a place is outside of every file"))?;
        Ok(self.last_offset)
    }

    fn flag(&mut self) -> Result<bool, FactsError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(malformed("neither yes nor no")),
        }
    }

    /// A length of something whose parts have at least a byte each.
    fn length(&mut self) -> Result<usize, FactsError> {
        let length = self.number()?;
        if length > self.rest.len() { Err(malformed("it ends early")) } else { Ok(length) }
    }

    fn text(&mut self) -> Result<&'de str, FactsError> {
        let number: usize = self.number()?;
        if let Some(index) = number.checked_sub(1) {
            return self.strings.get(index).copied().ok_or_else(|| malformed("a string is missing"));
        }
        let length = self.length()?;
        let (bytes, rest) = self.rest.split_at(length);
        self.rest = rest;
        let text = std::str::from_utf8(bytes).map_err(|_| malformed("a string is not UTF-8"))?;
        self.strings.push(text);
        Ok(text)
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, FactsError>) -> Result<T, FactsError> {
        if self.nesting >= MAX_NESTING {
            return Err(FactsError::TooDeep);
        }
        self.nesting += 1;
        let result = read(self);
        self.nesting -= 1;
        result
    }
}

fn malformed(problem: &str) -> FactsError {
    FactsError::Malformed(problem.to_owned())
}

impl<'de> de::Deserializer<'de> for &mut Decoder<'de> {
    type Error = FactsError;

    fn is_human_readable(&self) -> bool {
        false
    }

    /// The bytes do not say what they are.
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, FactsError> {
        Err(malformed("its types do not fit"))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FactsError> {
        visitor.visit_bool(self.flag()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FactsError> {
        visitor.visit_i64(self.signed()?)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FactsError> {
        visitor.visit_u8(self.byte()?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FactsError> {
        visitor.visit_u32(if self.in_offsets { self.offset()? } else { self.number()? })
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FactsError> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FactsError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FactsError> {
        if self.flag()? { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, FactsError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FactsError> {
        let left = self.length()?;
        visitor.visit_seq(Elements { decoder: self, left })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, FactsError> {
        visitor.visit_seq(Elements { decoder: self, left })
    }

    fn deserialize_struct<V: Visitor<'de>>(self, name: &'static str, fields: &'static [&'static str], visitor: V) -> Result<V::Value, FactsError> {
        self.in_offsets = name == OFFSETS;
        let result = self.nested(|decoder| decoder.deserialize_tuple(fields.len(), visitor));
        self.in_offsets = false;
        result
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, FactsError> {
        self.nested(|decoder| visitor.visit_enum(decoder))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u16 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct map identifier ignored_any
    }
}

/// The elements of a list or the fields of a struct.
struct Elements<'d, 'de> {
    decoder: &'d mut Decoder<'de>,
    left: usize,
}

impl<'de> de::SeqAccess<'de> for Elements<'_, 'de> {
    type Error = FactsError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, FactsError> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.decoder).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.min(RESERVED_ELEMENTS))
    }
}

impl<'de> de::EnumAccess<'de> for &mut Decoder<'de> {
    type Error = FactsError;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), FactsError> {
        let index: U32Deserializer<FactsError> = self.number::<u32>()?.into_deserializer();
        Ok((seed.deserialize(index)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for &mut Decoder<'de> {
    type Error = FactsError;

    fn unit_variant(self) -> Result<(), FactsError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, FactsError> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, FactsError> {
        de::Deserializer::deserialize_tuple(self, length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, FactsError> {
        de::Deserializer::deserialize_tuple(self, fields.len(), visitor)
    }
}
