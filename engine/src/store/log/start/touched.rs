//! Which streams a damage touches, as far as anything still tells: the records of the damaged place
//! that can be read, the revisions that whole batches after it leave out, and the snapshots.
//!
//! Only told, never served: nothing is proved of what is read here.

use std::collections::{BTreeMap, BTreeSet};

use crate::limits::{DAMAGED_EVENTS_TOLD_MAX, SEGMENT_BYTES_MAX};
use crate::store::log::bytes::disk::read_file;
use crate::store::log::bytes::errors::Damage;
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::{BatchHeader, BatchKind, HEADER_BYTES, is_zero};
use crate::store::log::bytes::identity::IdentityFile;
use crate::store::log::bytes::record::{RecordView, decode_records};
use crate::store::log::run::index::Index;
use crate::store::log::run::snapshot::snapshots_of;
use crate::store::{Position, RecordedEvent, StreamId};

/// The damage with what it touches. `index`: the log before it, which ends at this offset of this
/// segment. What cannot be read is left out.
pub(crate) fn with_touched(
    mut damage: Box<Damage>,
    folder: &Folder,
    identity: &IdentityFile,
    index: &Index,
    (segment_walked, offset_walked): (u64, u64),
) -> Box<Damage> {
    let name = damage.file.file_stem().and_then(|name| name.to_str());
    let number = name.and_then(|name| name.parse().ok());
    let Some(number) = number.filter(|number| folder.segment(*number) == damage.file) else {
        return damage;
    };
    let mut reading = Reading {
        index,
        position: damage.position,
        next: BTreeMap::new(),
        streams: BTreeSet::new(),
        events: Vec::new(),
    };
    for segment in folder.segments().unwrap_or_default() {
        if segment < number {
            continue;
        }
        let path = folder.segment(segment);
        let Ok(bytes) = read_file(folder.disk.as_ref(), &path, SEGMENT_BYTES_MAX) else {
            continue;
        };
        let from = match segment == segment_walked {
            true => offset_walked,
            false => 0,
        };
        let has_damage = segment == number && from == damage.offset;
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let rest = bytes.get(from..).unwrap_or_default();
        reading.segment(rest, identity, has_damage);
    }
    let covered = snapshots_of(folder, identity.store).into_iter();
    let lost = covered.filter(|(_, position)| *position >= damage.position);
    reading.streams.extend(lost.map(|(stream, _)| stream));
    damage.streams = reading.streams.into_iter().collect();
    damage.events = reading.events;
    damage
}

struct Reading<'a> {
    index: &'a Index,
    /// Of the first event that is not whole.
    position: Position,
    /// The revision that must come next in each stream met.
    next: BTreeMap<StreamId, u64>,
    streams: BTreeSet<StreamId>,
    events: Vec<RecordedEvent>,
}

impl Reading<'_> {
    /// Reads what can be read of the rest of a segment, which may begin with the damaged place.
    fn segment(&mut self, bytes: &[u8], identity: &IdentityFile, has_damage: bool) {
        let (unit, mut at) = (identity.unit as usize, 0);
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let is_damaged = has_damage && at == 0;
            let step = match BatchHeader::decode(rest) {
                Some(Ok(header)) if header.store == identity.store => {
                    self.batch(rest, &header, is_damaged)
                }
                _ if is_damaged && !rest.get(..unit).is_none_or(is_zero) => {
                    let body = rest.get(HEADER_BYTES..).unwrap_or_default();
                    self.records(body, self.position, true);
                    None
                }
                _ => None,
            };
            at = at.saturating_add(step.unwrap_or(unit));
        }
    }

    /// Reads a batch with a sound header; says where the next one begins, if this one is whole.
    fn batch(&mut self, rest: &[u8], header: &BatchHeader, is_damaged: bool) -> Option<usize> {
        if header.kind != BatchKind::Events {
            return None;
        }
        let after_header = rest.get(HEADER_BYTES..).unwrap_or_default();
        let body_bytes = header.body_bytes as usize;
        let (body, after) = after_header
            .split_at_checked(body_bytes)
            .unwrap_or((after_header, &[]));
        let checksum = after.first_chunk::<4>().copied().map(u32::from_le_bytes);
        let is_whole = checksum == Some(crc32c::crc32c(body));
        let first = Position(header.first_position);
        self.records(body, first, is_damaged || !is_whole);
        let bytes = usize::try_from(header.batch_bytes()).ok();
        bytes.filter(|_| is_whole)
    }

    fn records(&mut self, body: &[u8], first: Position, is_broken: bool) {
        let records = decode_records(body).map_while(|record| record);
        for (record, position) in records.zip(first.0..) {
            self.record(record, Position(position), is_broken);
        }
    }

    fn record(&mut self, record: RecordView<'_>, position: Position, is_broken: bool) {
        let Some(stream) = StreamId::parse(record.stream) else {
            return;
        };
        let next = self
            .next
            .entry(stream.clone())
            .or_insert_with(|| self.index.next_revision(&stream));
        // Revisions have no holes: what is missing before this one is damaged or lost.
        let leaves_out = record.revision > *next;
        *next = (*next).max(record.revision.saturating_add(1));
        if is_broken || leaves_out {
            self.streams.insert(stream);
        }
        if is_broken && self.events.len() < DAMAGED_EVENTS_TOLD_MAX {
            self.events.extend(record.to_event(position));
        }
    }
}
