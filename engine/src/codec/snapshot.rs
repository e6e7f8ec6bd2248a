//! A snapshot of a sale: its state, and the names of the files that tell which commands were answered.

use bytes::Bytes;
use mazad_proto::v1;
use prost::Message;

use super::error::DecodeError;
use super::parts::{canonical, present};
use super::state;
use crate::domain::Sale;

/// Bytes of an entry in a file of answered commands.
pub(crate) const ANSWERED_ENTRY_BYTES: usize = 16;

/// A file of entries beside the snapshots of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnsweredPart {
    /// Revision of the snapshot with which it was written: its name.
    pub last: u64,
    /// How many entries it has.
    pub entries: u64,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
}

impl AnsweredPart {
    /// Bytes of the file.
    pub(crate) fn bytes(&self) -> u64 {
        self.entries.saturating_mul(ANSWERED_ENTRY_BYTES as u64)
    }
}

/// The bytes of a snapshot. They hold every secret of the sale: seal them before they are stored.
pub(crate) fn snapshot_bytes(sale: &Sale, answered: &[AnsweredPart]) -> Vec<u8> {
    let part = |part: &AnsweredPart| v1::AnsweredPart {
        last: part.last,
        entries: part.entries,
        digest: Bytes::copy_from_slice(&part.digest),
    };
    let snapshot = v1::SaleSnapshot {
        state: Some(state::to_proto(sale)),
        answered: answered.iter().map(part).collect(),
    };
    snapshot.encode_to_vec()
}

/// Reads what [`snapshot_bytes`] wrote.
///
/// # Errors
/// [`DecodeError::Malformed`]: replay instead.
pub(crate) fn snapshot_from_bytes(bytes: &[u8]) -> Result<(Sale, Vec<AnsweredPart>), DecodeError> {
    let wire: v1::SaleSnapshot = canonical(bytes, "SaleSnapshot")?;
    let sale = state::from_proto(present(wire.state, "state")?)?;
    let part = |part: v1::AnsweredPart| {
        let digest = part.digest.as_ref().try_into();
        Ok(AnsweredPart {
            last: part.last,
            entries: part.entries,
            digest: digest.map_err(|_| DecodeError::Malformed("answered.digest"))?,
        })
    };
    let answered: Result<_, DecodeError> = wire.answered.into_iter().map(part).collect();
    Ok((sale, answered?))
}
