//! The durable mark: how far the log was known durable, kept apart from it in the file `watermark`.
//!
//! It narrows the one case that a single copy cannot decide: an answered batch at the very end that
//! is also damaged looks like a torn write. Under the mark it is damage, whatever it looks like.

use std::io;
use std::sync::Arc;

use uuid::Uuid;

use crate::store::log::bytes::disk::{Access, DiskFile, read_file, write_all_at};
use crate::store::log::bytes::errors::{Damage, DiskError, OpenError};
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::{ChainHash, FORMAT_VERSION, Fields, is_zero};

const MAGIC: [u8; 8] = *b"MZDWMARK";
const SLOT_BYTES: usize = 4096;

/// Both slots are written before the first event, so that an empty one is never taken for one that
/// was not written yet.
pub(crate) const MARKS_BEFORE_EVENTS: u64 = 2;

/// How far the log was durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DurableMark {
    /// Rises by one with each write; its lowest bit is the slot.
    pub(crate) counter: u64,
    pub(crate) store: Uuid,
    pub(crate) epoch: u64,
    /// Number of the last durable batch, and the hash of its header.
    pub(crate) batch: u64,
    pub(crate) chain: ChainHash,
    /// Number of durable events.
    pub(crate) durable: u64,
}

impl DurableMark {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SLOT_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 6]);
        bytes.extend_from_slice(&self.counter.to_le_bytes());
        bytes.extend_from_slice(self.store.as_bytes());
        bytes.extend_from_slice(&self.epoch.to_le_bytes());
        bytes.extend_from_slice(&self.batch.to_le_bytes());
        bytes.extend_from_slice(&self.chain.0);
        bytes.extend_from_slice(&self.durable.to_le_bytes());
        bytes.resize(SLOT_BYTES - 4, 0);
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    fn decode(slot: &[u8]) -> Option<Self> {
        let (content, checksum) = slot.split_last_chunk::<4>()?;
        if crc32c::crc32c(content) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let mut fields = Fields(content.strip_prefix(&MAGIC)?);
        if fields.u16()? != FORMAT_VERSION || fields.array()? != [0; 6] {
            return None;
        }
        let mark = Self {
            counter: fields.u64()?,
            store: Uuid::from_bytes(fields.array()?),
            epoch: fields.u64()?,
            batch: fields.u64()?,
            chain: ChainHash(fields.array()?),
            durable: fields.u64()?,
        };
        is_zero(fields.0).then_some(mark)
    }
}

/// What the mark file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DurableMarks {
    pub(crate) newest: Option<DurableMark>,
    /// The slot that does not hold what was written there last, if one does not.
    pub(crate) broken: Option<BrokenMark>,
}

/// A slot of the durable mark that does not hold what was written there last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenMark {
    /// Which of the two, 0 or 1.
    pub slot: usize,
    /// Whether the power may have gone while it was being written. If not, bytes that were durable
    /// have changed.
    pub is_cut_write: bool,
}

impl BrokenMark {
    /// Offset of the slot in the mark file, in bytes.
    pub const fn offset(&self) -> usize {
        self.slot * SLOT_BYTES
    }
}

impl DurableMarks {
    /// The broken slot of a log that ends before the batch with this number. Under a mark that covers
    /// the whole log no further one was being written.
    pub(crate) fn broken_under(&self, next_batch: u64) -> Option<BrokenMark> {
        let covers_all = self.newest.is_some_and(|mark| mark.batch + 1 >= next_batch);
        self.broken.map(|broken| BrokenMark {
            is_cut_write: broken.is_cut_write && !covers_all,
            ..broken
        })
    }
}

/// Whether a slot may be what a cut write leaves: parts of the mark before the one that is left and
/// parts of the one after it, which differ in a few fields only.
fn is_cut_write(slot: &[u8], number: u64, store: Uuid, left: u64) -> bool {
    let fields = || {
        let mut fields = Fields(slot.strip_prefix(&MAGIC)?);
        let is_known = fields.u16()? == FORMAT_VERSION && fields.array()? == [0; 6];
        let counter = fields.u64()?;
        let is_ours = Uuid::from_bytes(fields.array()?) == store;
        // Epoch, batch, chain and durable events: of either mark.
        fields.bytes(8 + 8 + 32 + 8)?;
        let rest = fields.0.split_last_chunk::<4>()?.0;
        let in_turn = counter.abs_diff(left) == 1 && counter % 2 == number;
        Some(is_known && in_turn && is_ours && is_zero(rest))
    };
    // Over a slot that was never written, the front may be missing.
    let is_first = left < MARKS_BEFORE_EVENTS && is_zero(slot.split_at(SLOT_BYTES / 2).0);
    is_first || fields().unwrap_or(false)
}

/// Reads the mark file. Both slots broken is damage: they are never written together.
///
/// Beside a running writer a slot may be read while it is being written: what counts is what a second
/// look sees.
pub(crate) fn read_marks(folder: &Folder, store: Uuid) -> Result<DurableMarks, OpenError> {
    let marks = look_at_marks(folder, store);
    match marks {
        Ok(DurableMarks { broken: None, .. }) => marks,
        Ok(_) | Err(_) => look_at_marks(folder, store),
    }
}

fn look_at_marks(folder: &Folder, store: Uuid) -> Result<DurableMarks, OpenError> {
    let path = folder.durable_mark();
    let damage = |what: &str| OpenError::from(Damage::of_file(&path, what));
    let bytes = match read_file(folder.disk.as_ref(), &path, 2 * SLOT_BYTES as u64) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(damage("watermark file is missing"));
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(damage("watermark file is too long"));
        }
        Err(error) => return Err(DiskError::at("read", &path)(error).into()),
    };
    if bytes.len() != 2 * SLOT_BYTES {
        return Err(damage("watermark file is too short"));
    }
    let marks = bytes.chunks(SLOT_BYTES).zip(0u64..).map(|(slot, number)| {
        // In the other slot it cannot have been written.
        DurableMark::decode(slot).filter(|mark| mark.counter % 2 == number)
    });
    let slots: Vec<_> = marks.collect();
    if slots.iter().flatten().any(|mark| mark.store != store) {
        return Err(damage("watermark is of another store"));
    }
    let newest = slots.iter().flatten().max_by_key(|mark| mark.counter);
    let counter = newest.map_or(0, |mark| mark.counter);
    // The other slot holds the mark before, or nothing if that was never written.
    let is_whole = |(mark, bytes): &(&Option<DurableMark>, &[u8])| match mark {
        Some(mark) => counter - mark.counter <= 1,
        None => is_zero(bytes) && counter < MARKS_BEFORE_EVENTS,
    };
    let broken: Vec<_> = slots
        .iter()
        .zip(bytes.chunks(SLOT_BYTES))
        .enumerate()
        .filter(|(_, slot)| !is_whole(slot))
        .map(|(slot, (_, bytes))| BrokenMark {
            slot,
            is_cut_write: is_cut_write(bytes, slot as u64, store, counter),
        })
        .collect();
    match *broken.as_slice() {
        [_, _, ..] => Err(damage("both slots of the watermark are damaged")),
        ref broken => Ok(DurableMarks {
            newest: newest.copied(),
            broken: broken.first().copied(),
        }),
    }
}

/// Makes the empty mark file of a new store.
pub(crate) fn create_marks(folder: &Folder) -> Result<(), DiskError> {
    folder.replace(&folder.durable_mark(), &[0; 2 * SLOT_BYTES])
}

/// The open mark file of the writer.
#[derive(Debug)]
pub(crate) struct MarkFile {
    file: Arc<dyn DiskFile>,
    folder: Folder,
    counter: u64,
}

impl MarkFile {
    pub(crate) fn open(folder: &Folder, marks: &DurableMarks) -> Result<Self, DiskError> {
        let path = folder.durable_mark();
        let file = folder
            .disk
            .open(&path, Access::Write)
            .map_err(DiskError::at("open", &path))?;
        let counter = marks.newest.map_or(0, |mark| mark.counter);
        Ok(Self {
            file,
            folder: folder.clone(),
            counter,
        })
    }

    /// Whether both slots have been written.
    pub(crate) fn is_begun(&self) -> bool {
        self.counter >= MARKS_BEFORE_EVENTS
    }

    /// Writes the slot that does not hold the newest mark, so that one is whole at any moment.
    pub(crate) fn write(&mut self, mark: &DurableMark) -> Result<(), DiskError> {
        let counter = self.counter + 1;
        let bytes = DurableMark { counter, ..*mark }.encode();
        let path = self.folder.durable_mark();
        write_all_at(
            self.file.as_ref(),
            &bytes,
            (counter % 2) * SLOT_BYTES as u64,
        )
        .map_err(|(_, error)| DiskError::at("write", &path)(error))?;
        self.file
            .sync_data()
            .map_err(DiskError::at("sync", &path))?;
        self.counter = counter;
        Ok(())
    }
}
