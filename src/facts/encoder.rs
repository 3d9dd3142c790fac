//! The encoding proper. Integers are LEB128, signed ones zigzag; a list is its length and its elements, an option is 0 or 1 and its value, an
//! enum is the number of its variant and its fields, a struct is its fields. A string is 0, its length and its bytes; where it was written
//! before, it is the number that it got by that, counted from 1. Names repeat all over a module: this saves a quarter of its facts.

use std::collections::HashMap;

use serde::ser::{self, Serialize};

use super::FactsError;

/// How many structs and enums may lie within each other: twice as many as in the deepest trees that the frontends make. A thread with the
/// stack that those want can write, read and follow this much.
pub(super) const MAX_NESTING: u32 = 2_500;

/// The struct whose numbers are offsets: each is written as its difference to the offset before. Spans lie close together, so that most of
/// them take two bytes. (serde hands on the name of [`Span`](crate::source::Span), and no other hint.)
pub(super) const OFFSETS: &str = "Span";

/// Encodes a value.
pub(super) fn encode(value: &impl Serialize) -> Result<Vec<u8>, FactsError> {
    let mut encoder = Encoder { out: Vec::new(), strings: HashMap::new(), nesting: 0, in_offsets: false, last_offset: 0 };
    value.serialize(&mut encoder)?;
    Ok(encoder.out)
}

struct Encoder {
    out: Vec<u8>,
    /// Strings written so far, with their numbers.
    strings: HashMap<Box<str>, u64>,
    nesting: u32,
    /// Whether the numbers that come are [`OFFSETS`].
    in_offsets: bool,
    last_offset: u32,
}

impl Encoder {
    fn unsigned(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.out.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.out.push(value as u8);
    }

    fn signed(&mut self, value: i64) {
        self.unsigned(((value << 1) ^ (value >> 63)) as u64);
    }

    fn text(&mut self, text: &str) {
        if let Some(&number) = self.strings.get(text) {
            return self.unsigned(number);
        }
        self.strings.insert(text.into(), self.strings.len() as u64 + 1);
        self.unsigned(0);
        self.unsigned(text.len() as u64);
        self.out.extend(text.as_bytes());
    }

    fn enter(&mut self) -> Result<(), FactsError> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING { Err(FactsError::TooDeep) } else { Ok(()) }
    }

    fn leave(&mut self) {
        self.nesting -= 1;
    }

    /// The number of a variant, whose fields follow up to [`leave`](Self::leave).
    fn variant(&mut self, index: u32) -> Result<(), FactsError> {
        self.enter()?;
        self.unsigned(index.into());
        Ok(())
    }
}

/// No type of the facts has such a part; who adds one adds it here and in the decoder.
fn unused(what: &str) -> FactsError {
    ser::Error::custom(format_args!("{what} cannot be encoded"))
}

macro_rules! unused {
    ($($method:ident($ty:ty)),*) => {
        $(fn $method(self, _: $ty) -> Result<(), FactsError> {
            Err(unused(stringify!($ty)))
        })*
    };
}

impl ser::Serializer for &mut Encoder {
    type Ok = ();
    type Error = FactsError;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = ser::Impossible<(), FactsError>;
    type SerializeTupleVariant = Self;
    type SerializeMap = ser::Impossible<(), FactsError>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    unused! {
        serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i128(i128), serialize_u16(u16), serialize_u64(u64), serialize_u128(u128),
        serialize_f32(f32), serialize_f64(f64), serialize_char(char), serialize_bytes(&[u8])
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Result<(), FactsError> {
        self.unsigned(value.into());
        Ok(())
    }

    fn serialize_i64(self, value: i64) -> Result<(), FactsError> {
        self.signed(value);
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), FactsError> {
        self.out.push(value);
        Ok(())
    }

    fn serialize_u32(self, value: u32) -> Result<(), FactsError> {
        if self.in_offsets {
            self.signed(i64::from(value) - i64::from(self.last_offset));
            self.last_offset = value;
        } else {
            self.unsigned(value.into());
        }
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), FactsError> {
        self.text(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), FactsError> {
        self.serialize_bool(false)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), FactsError> {
        self.unsigned(1);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), FactsError> {
        Err(unused("a unit"))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), FactsError> {
        Err(unused("a unit"))
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Result<(), FactsError> {
        self.variant(index)?;
        self.leave();
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), FactsError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, index: u32, _: &'static str, value: &T) -> Result<(), FactsError> {
        self.variant(index)?;
        value.serialize(&mut *self)?;
        self.leave();
        Ok(())
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self, FactsError> {
        self.unsigned(length.ok_or_else(|| unused("a list of unknown length"))? as u64);
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, FactsError> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, FactsError> {
        Err(unused("a tuple struct"))
    }

    fn serialize_tuple_variant(self, _: &'static str, index: u32, _: &'static str, _: usize) -> Result<Self, FactsError> {
        self.variant(index)?;
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, FactsError> {
        Err(unused("a map"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self, FactsError> {
        self.enter()?;
        self.in_offsets = name == OFFSETS;
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, index: u32, _: &'static str, _: usize) -> Result<Self, FactsError> {
        self.variant(index)?;
        Ok(self)
    }
}

impl ser::SerializeSeq for &mut Encoder {
    type Ok = ();
    type Error = FactsError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), FactsError> {
        Ok(())
    }
}

impl ser::SerializeTuple for &mut Encoder {
    type Ok = ();
    type Error = FactsError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), FactsError> {
        Ok(())
    }
}

impl ser::SerializeTupleVariant for &mut Encoder {
    type Ok = ();
    type Error = FactsError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), FactsError> {
        self.leave();
        Ok(())
    }
}

impl ser::SerializeStruct for &mut Encoder {
    type Ok = ();
    type Error = FactsError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Result<(), FactsError> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), FactsError> {
        self.in_offsets = false;
        self.leave();
        Ok(())
    }
}

impl ser::SerializeStructVariant for &mut Encoder {
    type Ok = ();
    type Error = FactsError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Result<(), FactsError> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), FactsError> {
        self.leave();
        Ok(())
    }
}
