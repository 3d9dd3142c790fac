//! The file around the facts: a header that says what follows, so that anything else is told apart before it is read.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `MAGIC` |
//! | 4 | [`VERSION`], little-endian |
//! | 8 | length of the rest after the checksum, little-endian |
//! | 32 | BLAKE3 hash of that rest |
//! | … | the facts, see `encoder.rs` |

use serde::Deserialize;

use super::decoder::Decoder;
use super::{FactsError, FileFacts, check, encoder};

/// The version of the format. It goes up with every change of what is encoded (the types of `ir` above all), and with every change of
/// what a frontend makes of the same source.
pub const VERSION: u32 = 8;

/// How a facts file starts. The first byte is in no text.
const MAGIC: [u8; 8] = *b"\xFFaskfact";

const CHECKSUM_BYTES: usize = 32;
const HEADER_BYTES: usize = MAGIC.len() + 4 + 8 + CHECKSUM_BYTES;

impl FileFacts {
    /// The facts as bytes. The only error to expect is [`FactsError::TooDeep`], and no module of a frontend is that deep.
    pub fn encode(&self) -> Result<Vec<u8>, FactsError> {
        encoder::encode(self).map(|payload| wrap(&payload))
    }

    /// The facts that [`encode`](Self::encode) made `bytes` of. Any other bytes are an error. What is read can be followed without fear: its
    /// nesting is bounded, and every index in it leads somewhere. Wants the stack that lowering wants.
    pub fn decode(bytes: &[u8]) -> Result<Self, FactsError> {
        let payload = unwrap(bytes)?;
        let mut decoder = Decoder::new(payload);
        let facts = Self::deserialize(&mut decoder)?;
        decoder.finish()?;
        check::check(&facts.module, payload.len()).map_err(|problem| FactsError::Malformed(problem.to_owned()))?;
        Ok(facts)
    }
}

/// Puts the header before it.
pub(super) fn wrap(payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
    bytes.extend(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend((payload.len() as u64).to_le_bytes());
    bytes.extend(blake3::hash(payload).as_bytes());
    bytes.extend(payload);
    bytes
}

/// What follows the header, if the header is right.
pub(super) fn unwrap(bytes: &[u8]) -> Result<&[u8], FactsError> {
    let cut_off = FactsError::Length { expected: HEADER_BYTES as u64, found: bytes.len() as u64 };
    let rest = bytes.strip_prefix(&MAGIC).ok_or(FactsError::Foreign)?;
    let (version, rest) = rest.split_first_chunk().ok_or(cut_off.clone())?;
    let version = u32::from_le_bytes(*version);
    if version != VERSION {
        return Err(FactsError::Version(version));
    }
    let (length, rest) = rest.split_first_chunk().ok_or(cut_off.clone())?;
    let (checksum, payload) = rest.split_first_chunk::<CHECKSUM_BYTES>().ok_or(cut_off)?;
    let length = u64::from_le_bytes(*length);
    if length != payload.len() as u64 {
        return Err(FactsError::Length { expected: length.saturating_add(HEADER_BYTES as u64), found: bytes.len() as u64 });
    }
    if blake3::hash(payload) != *checksum {
        return Err(FactsError::Checksum);
    }
    Ok(payload)
}
