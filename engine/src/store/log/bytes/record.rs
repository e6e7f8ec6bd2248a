//! What a body holds: event records, or the notes of an epoch. One encoding for each value.

use bytes::Bytes;
use uuid::Uuid;

use super::format::Fields;
use crate::limits::KIND_BYTES_MAX;
use crate::store::{NewEvent, Position, RecordedEvent, Revision, StreamId};

/// A record as it lies in the body, nothing copied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordView<'a> {
    pub(crate) stream: &'a str,
    pub(crate) revision: u64,
    pub(crate) id: Uuid,
    pub(crate) kind: &'a str,
    pub(crate) version: u16,
    pub(crate) metadata: &'a [u8],
    pub(crate) data: &'a [u8],
}

/// Bytes that an event takes in a body.
pub(crate) fn record_bytes(stream: &StreamId, event: &NewEvent) -> usize {
    4 + 1
        + stream.as_str().len()
        + 8
        + 16
        + 1
        + event.kind.len()
        + 2
        + 4
        + event.metadata.len()
        + 4
        + event.data.len()
}

/// Appends one event's record to a body.
pub(crate) fn encode_record(
    body: &mut Vec<u8>,
    stream: &StreamId,
    revision: Revision,
    event: &NewEvent,
) {
    let start = body.len();
    let length = record_bytes(stream, event);
    body.extend_from_slice(&length_u32(length - 4).to_le_bytes());
    push_short(body, stream.as_str());
    body.extend_from_slice(&revision.0.to_le_bytes());
    body.extend_from_slice(event.id.as_bytes());
    push_short(body, &event.kind);
    body.extend_from_slice(&event.version.to_le_bytes());
    body.extend_from_slice(&length_u32(event.metadata.len()).to_le_bytes());
    body.extend_from_slice(&event.metadata);
    body.extend_from_slice(&length_u32(event.data.len()).to_le_bytes());
    body.extend_from_slice(&event.data);
    assert!(
        body.len() - start == length,
        "record has the length it states"
    );
}

/// Walks the records of a body; `None` if they are not exactly what [`encode_record`] writes.
pub(crate) fn decode_records(mut body: &[u8]) -> impl Iterator<Item = Option<RecordView<'_>>> {
    let mut broken = false;
    std::iter::from_fn(move || {
        if body.is_empty() || broken {
            return None;
        }
        let record = split_record(&mut body);
        broken = record.is_none();
        Some(record)
    })
}

fn split_record<'a>(body: &mut &'a [u8]) -> Option<RecordView<'a>> {
    let mut outer = Fields(body);
    let length = usize::try_from(outer.u32()?).ok()?;
    let mut fields = Fields(outer.bytes(length)?);
    let record = RecordView {
        stream: short(&mut fields)?,
        revision: fields.u64()?,
        id: Uuid::from_bytes(fields.array()?),
        kind: short(&mut fields)?,
        version: fields.u16()?,
        metadata: long(&mut fields)?,
        data: long(&mut fields)?,
    };
    let sound = !record.kind.is_empty() && record.kind.len() <= KIND_BYTES_MAX;
    *body = outer.0;
    (fields.0.is_empty() && sound).then_some(record)
}

fn short<'a>(fields: &mut Fields<'a>) -> Option<&'a str> {
    let length = usize::from(fields.u8()?);
    str::from_utf8(fields.bytes(length)?).ok()
}

fn long<'a>(fields: &mut Fields<'a>) -> Option<&'a [u8]> {
    let length = usize::try_from(fields.u32()?).ok()?;
    fields.bytes(length)
}

fn push_short(body: &mut Vec<u8>, text: &str) {
    let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
    assert!(
        usize::from(length) == text.len(),
        "names are bounded where they enter"
    );
    body.push(length);
    body.extend_from_slice(text.as_bytes());
}

fn length_u32(length: usize) -> u32 {
    let short = u32::try_from(length).unwrap_or(u32::MAX);
    assert!(
        short as usize == length,
        "appends are bounded where they enter"
    );
    short
}

impl RecordView<'_> {
    /// The event. Its payload is copied: a slice would keep the whole batch in memory.
    pub(crate) fn to_event(self, position: Position) -> Option<RecordedEvent> {
        Some(RecordedEvent {
            stream: StreamId::parse(self.stream)?,
            revision: Revision(self.revision),
            position,
            id: self.id,
            kind: self.kind.into(),
            version: self.version,
            metadata: Bytes::copy_from_slice(self.metadata),
            data: Bytes::copy_from_slice(self.data),
        })
    }
}

/// Decodes a body of events; `None` if a record is broken or their number is another.
pub(crate) fn decode_events(
    body: &[u8],
    first_position: u64,
    event_count: u32,
) -> Option<Vec<RecordedEvent>> {
    let events: Option<Vec<_>> = decode_records(body)
        .zip(first_position..)
        .map(|(record, position)| record?.to_event(Position(position)))
        .collect();
    events.filter(|events| events.len() as u64 == u64::from(event_count))
}

/// What an epoch batch tells about the start-up that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Bytes after the last whole batch were set aside: a write that no sync had covered.
    TailDiscarded(TailDiscarded),
    /// The folder was taken over on another machine, or as a copy on the same one.
    Adopted(Adopted),
}

/// A torn tail that was set aside in the quarantine folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailDiscarded {
    /// Segment it was found in.
    pub segment: u64,
    /// Offset in the segment's file.
    pub offset: u64,
    /// Number of bytes up to the last one that was not zero.
    pub length: u64,
    /// SHA-256 of those bytes.
    pub sha256: [u8; 32],
}

/// A folder that was taken over on another machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// DurableMark of the machine that wrote the log before.
    pub from: [u8; 32],
    /// DurableMark of the machine that writes it from now on.
    pub to: [u8; 32],
    /// Why, in the words of the operator.
    pub reason: String,
}

/// Appends one note to the body of an epoch batch.
pub(crate) fn encode_note(body: &mut Vec<u8>, note: &Note) {
    let mut content = Vec::new();
    let tag: u16 = match note {
        Note::TailDiscarded(tail) => {
            content.extend_from_slice(&tail.segment.to_le_bytes());
            content.extend_from_slice(&tail.offset.to_le_bytes());
            content.extend_from_slice(&tail.length.to_le_bytes());
            content.extend_from_slice(&tail.sha256);
            1
        }
        Note::Adopted(adopted) => {
            content.extend_from_slice(&adopted.from);
            content.extend_from_slice(&adopted.to);
            content.extend_from_slice(adopted.reason.as_bytes());
            2
        }
    };
    body.extend_from_slice(&tag.to_le_bytes());
    body.extend_from_slice(&length_u32(content.len()).to_le_bytes());
    body.extend_from_slice(&content);
}

/// Decodes the body of an epoch batch; `None` if it is not exactly what [`encode_note`] writes.
pub(crate) fn decode_notes(body: &[u8]) -> Option<Vec<Note>> {
    let mut fields = Fields(body);
    let mut notes = Vec::new();
    while !fields.0.is_empty() {
        let tag = fields.u16()?;
        let mut content = Fields(long(&mut fields)?);
        notes.push(match tag {
            1 => Note::TailDiscarded(TailDiscarded {
                segment: content.u64()?,
                offset: content.u64()?,
                length: content.u64()?,
                sha256: content.array()?,
            }),
            2 => Note::Adopted(Adopted {
                from: content.array()?,
                to: content.array()?,
                reason: String::from_utf8(std::mem::take(&mut content.0).to_vec()).ok()?,
            }),
            _ => return None,
        });
        if !content.0.is_empty() {
            return None;
        }
    }
    Some(notes)
}
