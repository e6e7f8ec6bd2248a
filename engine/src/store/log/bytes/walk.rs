//! One step of the walk over the log: is the next batch there, and is it whole?

use super::format::{
    BatchHeader, BatchKind, ChainHash, FRAME_BYTES, HEADER_BYTES, is_zero, sha256,
};
use crate::limits::BATCH_BODY_BYTES_MAX;
use uuid::Uuid;

/// What the next batch must say. Also the state from which the writer builds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expect {
    pub(crate) store: Uuid,
    pub(crate) unit: u32,
    /// Number of the next batch.
    pub(crate) batch: u64,
    /// Epoch of the batch before; 0 before the first.
    pub(crate) epoch: u64,
    /// Position of the next event.
    pub(crate) position: u64,
    /// Hash of the header before; zeros before the first.
    pub(crate) chain: ChainHash,
}

impl Expect {
    pub(crate) fn first(store: Uuid, unit: u32) -> Self {
        Self {
            store,
            unit,
            batch: 0,
            epoch: 0,
            position: 0,
            chain: ChainHash::default(),
        }
    }

    /// What must follow a batch.
    pub(crate) fn after(&self, header: &BatchHeader) -> Self {
        Self {
            batch: header.batch + 1,
            epoch: header.epoch,
            position: header.first_position + u64::from(header.event_count),
            chain: header.chain(),
            ..*self
        }
    }

    /// Names the first field of a sound header that is not what must come here.
    fn mismatch(&self, header: &BatchHeader, segment: u64) -> Option<&'static str> {
        let epoch = match header.kind {
            BatchKind::Events => self.epoch,
            BatchKind::Epoch => self.epoch + 1,
        };
        let counted = match header.kind {
            BatchKind::Events => header.event_count > 0,
            BatchKind::Epoch => header.event_count == 0,
        };
        let checks = [
            (header.store == self.store, "store id"),
            (header.unit == self.unit, "unit"),
            (header.segment == segment, "segment number"),
            (header.batch == self.batch, "batch number"),
            (header.epoch == epoch && epoch > 0, "epoch"),
            (header.first_position == self.position, "first position"),
            (header.durable <= header.first_position, "durable position"),
            (header.previous == self.chain, "hash of the previous header"),
            (
                header.body_bytes as usize <= BATCH_BODY_BYTES_MAX,
                "body length",
            ),
            (counted, "event count"),
        ];
        checks
            .iter()
            .find(|(holds, _)| !holds)
            .map(|(_, field)| *field)
    }
}

/// How thorough a walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Checksums and header chain: at each start.
    Start,
    /// Also the SHA-256 of each body: when somebody asks for proof.
    Full,
}

/// What lies at the next place.
#[derive(Debug)]
pub(crate) enum Look<'a> {
    /// Zeros to the end of the segment.
    End,
    /// A whole batch, header and body.
    Batch(BatchHeader, &'a [u8]),
    /// Something else, and why.
    Bad(Bad),
}

/// Bytes that are not the batch that must come here.
#[derive(Debug)]
pub(crate) struct Bad {
    pub(crate) what: String,
    /// Set if the header is the one that must come here, so that only the rest is bad.
    pub(crate) header: Option<BatchHeader>,
    pub(crate) unknown_format: bool,
}

impl Bad {
    fn because<'a>(what: impl Into<String>) -> Look<'a> {
        Look::Bad(Bad {
            what: what.into(),
            header: None,
            unknown_format: false,
        })
    }
}

/// Looks at the rest of a segment, which starts where the next batch must.
pub(crate) fn look<'a>(rest: &'a [u8], segment: u64, expect: &Expect, depth: Depth) -> Look<'a> {
    let unit = expect.unit as usize;
    let front = rest.get(..unit).unwrap_or(rest);
    if is_zero(front) {
        return match is_zero(rest) {
            true => Look::End,
            false => Bad::because("zeros where a batch must start, but bytes after them"),
        };
    }
    let header = match BatchHeader::decode(rest) {
        None => return Bad::because("no batch header with a right checksum"),
        Some(Err(_)) => {
            let what = "batch of an unknown format".to_owned();
            return Look::Bad(Bad {
                what,
                header: None,
                unknown_format: true,
            });
        }
        Some(Ok(header)) => header,
    };
    if let Some(field) = expect.mismatch(&header, segment) {
        return Bad::because(format!("sound batch header, but its {field} is wrong"));
    }
    look_at_body(rest, header, depth)
}

fn look_at_body(rest: &[u8], header: BatchHeader, depth: Depth) -> Look<'_> {
    let body_bytes = header.body_bytes as usize;
    let after_header = rest.get(HEADER_BYTES..).unwrap_or_default();
    let bad = |what: &str| {
        let what = what.to_owned();
        Look::Bad(Bad {
            what,
            header: Some(header),
            unknown_format: false,
        })
    };
    let Some((body, after_body)) = after_header.split_at_checked(body_bytes) else {
        return bad("batch is longer than the segment");
    };
    let padding = usize::try_from(header.batch_bytes())
        .ok()
        .and_then(|length| after_body.get(4..length.checked_sub(FRAME_BYTES - 4 + body_bytes)?));
    let (Some(checksum), Some(padding)) = (after_body.first_chunk::<4>(), padding) else {
        return bad("batch is longer than the segment");
    };
    if crc32c::crc32c(body) != u32::from_le_bytes(*checksum) {
        return bad("sound batch header, but the checksum of the body is wrong");
    }
    if !is_zero(padding) {
        return bad("whole batch, but its padding is not zero");
    }
    if depth == Depth::Full && sha256(body) != header.body_hash {
        return bad("whole batch, but the SHA-256 of the body is wrong");
    }
    Look::Batch(header, body)
}
