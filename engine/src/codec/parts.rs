//! What every reader and writer of messages needs: canonical bytes, ids, texts.

use bytes::Bytes;
use mazad_proto::v1;
use prost::Message;
use uuid::Uuid;

use super::error::DecodeError;

/// Decodes a message and makes sure that its bytes are the ones that the encoder writes.
pub(super) fn canonical<M: Message + Default>(
    bytes: &[u8],
    name: &'static str,
) -> Result<M, DecodeError> {
    let message = M::decode(bytes).map_err(|_| DecodeError::Malformed(name))?;
    if message.encode_to_vec() == bytes {
        Ok(message)
    } else {
        Err(DecodeError::Malformed(name))
    }
}

pub(super) fn uuid_of(bytes: &[u8], name: &'static str) -> Result<Uuid, DecodeError> {
    Uuid::from_slice(bytes).map_err(|_| DecodeError::Malformed(name))
}

pub(super) fn bytes_of(id: Uuid) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

pub(super) fn present<T>(value: Option<T>, name: &'static str) -> Result<T, DecodeError> {
    value.ok_or(DecodeError::Malformed(name))
}

pub(super) fn bilingual(text: &crate::domain::Bilingual) -> v1::Bilingual {
    v1::Bilingual {
        ar: text.ar.clone(),
        en: text.en.clone(),
    }
}

/// One byte that ends the message and zeros up to a whole block (ISO/IEC 7816-4): what is sealed does
/// not tell by its length how large an amount is.
pub(super) fn padded(mut plain: Vec<u8>, block: usize) -> Vec<u8> {
    plain.push(0x80);
    plain.resize(plain.len().next_multiple_of(block), 0);
    plain
}

/// The message in its padding; `None` if it is not padded to whole blocks.
pub(super) fn unpadded(plain: &[u8], block: usize) -> Option<&[u8]> {
    let end = plain.iter().rposition(|byte| *byte != 0)?;
    let (message, rest) = plain.split_at_checked(end)?;
    let is_padded = rest.first() == Some(&0x80) && plain.len().is_multiple_of(block);
    is_padded.then_some(message)
}
