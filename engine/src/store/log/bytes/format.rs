//! The batch: the unit of write, of durability and of the hash chain. `docs/FORMAT.md` says it all
//! again for a stranger; the two change together or not at all.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// First bytes of every batch.
pub(crate) const MAGIC: [u8; 8] = *b"MZDBATCH";

/// Version of this format. Another one refuses to open, it is never skipped.
pub(crate) const FORMAT_VERSION: u16 = 1;

/// Bytes of a batch header.
pub(crate) const HEADER_BYTES: usize = 160;

/// Bytes around a body: header before, checksum after.
pub(crate) const FRAME_BYTES: usize = HEADER_BYTES + 4;

/// SHA-256 of a batch header; each header holds that of the one before. The first batch holds zeros.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ChainHash(pub [u8; 32]);

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// What a batch holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchKind {
    /// Events of one or more appends.
    Events,
    /// The start of an epoch, with notes on what was found at start-up. No events.
    Epoch,
}

/// The fixed front of a batch, with a checksum of its own: a bad body behind a good header still
/// tells where the next batch starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchHeader {
    pub(crate) kind: BatchKind,
    /// Batches start at multiples of this and are padded with zeros up to it.
    pub(crate) unit: u32,
    pub(crate) store: Uuid,
    pub(crate) segment: u64,
    pub(crate) batch: u64,
    pub(crate) epoch: u64,
    pub(crate) first_position: u64,
    pub(crate) event_count: u32,
    pub(crate) body_bytes: u32,
    /// Number of events known durable when the batch was built.
    pub(crate) durable: u64,
    pub(crate) previous: ChainHash,
    pub(crate) body_hash: [u8; 32],
}

impl BatchHeader {
    pub(crate) fn encode(&self) -> [u8; HEADER_BYTES] {
        let kind: u16 = match self.kind {
            BatchKind::Events => 1,
            BatchKind::Epoch => 2,
        };
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes.extend_from_slice(&kind.to_le_bytes());
        bytes.extend_from_slice(&self.unit.to_le_bytes());
        bytes.extend_from_slice(self.store.as_bytes());
        bytes.extend_from_slice(&self.segment.to_le_bytes());
        bytes.extend_from_slice(&self.batch.to_le_bytes());
        bytes.extend_from_slice(&self.epoch.to_le_bytes());
        bytes.extend_from_slice(&self.first_position.to_le_bytes());
        bytes.extend_from_slice(&self.event_count.to_le_bytes());
        bytes.extend_from_slice(&self.body_bytes.to_le_bytes());
        bytes.extend_from_slice(&self.durable.to_le_bytes());
        bytes.extend_from_slice(&self.previous.0);
        bytes.extend_from_slice(&self.body_hash);
        bytes.extend_from_slice(&[0; 12]);
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        let mut header = [0; HEADER_BYTES];
        assert!(
            bytes.len() == HEADER_BYTES,
            "batch header has its fixed length"
        );
        header.copy_from_slice(&bytes);
        header
    }

    /// Reads a header whose magic and checksum are right; `None` if they are not.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Result<Self, UnknownFormat>> {
        let header = bytes.first_chunk::<HEADER_BYTES>()?;
        let (content, checksum) = header.split_last_chunk::<4>()?;
        let sound = crc32c::crc32c(content) == u32::from_le_bytes(*checksum);
        if !content.starts_with(&MAGIC) || !sound {
            return None;
        }
        Some(Self::decode_fields(content.get(MAGIC.len()..)?))
    }

    fn decode_fields(content: &[u8]) -> Result<Self, UnknownFormat> {
        let mut fields = Fields(content);
        let version = fields.u16().ok_or(UnknownFormat)?;
        let kind = match fields.u16() {
            Some(1) => BatchKind::Events,
            Some(2) => BatchKind::Epoch,
            _ => return Err(UnknownFormat),
        };
        let header = Self {
            kind,
            unit: fields.u32().ok_or(UnknownFormat)?,
            store: Uuid::from_bytes(fields.array().ok_or(UnknownFormat)?),
            segment: fields.u64().ok_or(UnknownFormat)?,
            batch: fields.u64().ok_or(UnknownFormat)?,
            epoch: fields.u64().ok_or(UnknownFormat)?,
            first_position: fields.u64().ok_or(UnknownFormat)?,
            event_count: fields.u32().ok_or(UnknownFormat)?,
            body_bytes: fields.u32().ok_or(UnknownFormat)?,
            durable: fields.u64().ok_or(UnknownFormat)?,
            previous: ChainHash(fields.array().ok_or(UnknownFormat)?),
            body_hash: fields.array().ok_or(UnknownFormat)?,
        };
        let reserved_is_zero = fields.array() == Some([0; 12]);
        if version != FORMAT_VERSION || !reserved_is_zero || !fields.0.is_empty() {
            return Err(UnknownFormat);
        }
        Ok(header)
    }

    /// The hash that the next batch's header carries.
    pub(crate) fn chain(&self) -> ChainHash {
        ChainHash(sha256(&self.encode()))
    }

    /// Bytes on disk, padding included.
    pub(crate) fn batch_bytes(&self) -> u64 {
        padded(u64::from(self.body_bytes) + FRAME_BYTES as u64, self.unit)
    }
}

/// A sound header of a format that this program does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnknownFormat;

/// Rounds a length up to whole units.
pub(crate) fn padded(bytes: u64, unit: u32) -> u64 {
    bytes.next_multiple_of(u64::from(unit))
}

/// Puts header, checksum and padding around a body for which the front was left free.
///
/// Building in place saves copying each batch once more on its way to the disk.
pub(crate) fn seal(mut batch: Vec<u8>, header: &BatchHeader) -> Vec<u8> {
    let body = batch.get(HEADER_BYTES..).unwrap_or_default();
    assert!(
        body.len() as u64 == u64::from(header.body_bytes),
        "header states the body's length"
    );
    let checksum = crc32c::crc32c(body).to_le_bytes();
    batch.extend_from_slice(&checksum);
    let length = padded(batch.len() as u64, header.unit);
    batch.resize(usize::try_from(length).unwrap_or(batch.len()), 0);
    if let Some(front) = batch.first_chunk_mut::<HEADER_BYTES>() {
        *front = header.encode();
    }
    assert!(
        batch.len() as u64 == header.batch_bytes(),
        "batch fills whole units"
    );
    batch
}

/// Whether all bytes are zero, eight at a time in the long middle.
pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    let (chunks, rest) = bytes.as_chunks::<64>();
    chunks.iter().all(|chunk| *chunk == [0; 64]) && rest.iter().all(|byte| *byte == 0)
}

/// Reads little-endian fields from the front of a slice.
#[derive(Debug)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (front, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*front)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}
