//! Reading batches back from the segment files. Whatever is read is checked again.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;

use super::index::BatchPlace;
use crate::limits::SEGMENT_FILES_OPEN_MAX;
use crate::store::log::bytes::disk::{Access, DiskFile, read_exact_at};
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::{BatchHeader, FRAME_BYTES, HEADER_BYTES};
use crate::store::log::bytes::identity::IdentityFile;
use crate::store::log::bytes::record::decode_records;
use crate::store::{Position, ReadError, RecordedEvent};

/// Reads from the segment files, a bounded number of which it keeps open.
#[derive(Debug)]
pub(crate) struct LogReader {
    folder: Folder,
    identity: IdentityFile,
    /// Most recently used last.
    files: Mutex<VecDeque<(u64, Arc<dyn DiskFile>)>>,
}

impl LogReader {
    pub(crate) fn new(folder: &Folder, identity: &IdentityFile) -> Self {
        Self {
            folder: folder.clone(),
            identity: *identity,
            files: Mutex::new(VecDeque::with_capacity(SEGMENT_FILES_OPEN_MAX)),
        }
    }

    fn file(&self, segment: u64) -> Result<Arc<dyn DiskFile>, ReadError> {
        let mut files = self.files.lock();
        if let Some(at) = files.iter().position(|(number, _)| *number == segment)
            && let Some((number, file)) = files.remove(at)
        {
            files.push_back((number, Arc::clone(&file)));
            return Ok(file);
        }
        let file = self
            .folder
            .disk
            .open(&self.folder.segment(segment), Access::Read)?;
        if files.len() == SEGMENT_FILES_OPEN_MAX {
            files.pop_front();
        }
        files.push_back((segment, Arc::clone(&file)));
        Ok(file)
    }

    /// Header and body of a batch, both checked.
    pub(crate) fn batch(&self, place: &BatchPlace) -> Result<(BatchHeader, Bytes), ReadError> {
        let mut bytes = vec![0; FRAME_BYTES + place.body_bytes as usize];
        read_exact_at(self.file(place.segment)?.as_ref(), &mut bytes, place.offset)?;
        let damaged = |what: &str| {
            let path = self.folder.segment(place.segment);
            ReadError::Damaged(format!(
                "{} at byte {}: {what}",
                path.display(),
                place.offset
            ))
        };
        let Some(Ok(header)) = BatchHeader::decode(&bytes) else {
            return Err(damaged("batch header"));
        };
        let same_store = header.store == self.identity.store;
        if !same_store || BatchPlace::of(&header, place.offset) != *place {
            return Err(damaged("another batch than was written there"));
        }
        let body = Bytes::from(bytes).slice(HEADER_BYTES..);
        let Some((content, checksum)) = body.split_last_chunk::<4>() else {
            return Err(damaged("batch length"));
        };
        if crc32c::crc32c(content) != u32::from_le_bytes(*checksum) {
            return Err(damaged("checksum of the body"));
        }
        Ok((header, body.slice(..content.len())))
    }

    /// Events of a batch at some of its positions, which must rise.
    pub(crate) fn events(
        &self,
        place: &BatchPlace,
        positions: &[u64],
        into: &mut Vec<RecordedEvent>,
    ) -> Result<(), ReadError> {
        let (_, body) = self.batch(place)?;
        let mut wanted = positions.iter().peekable();
        for (record, position) in decode_records(&body).zip(place.first_position..) {
            if wanted.peek().is_some_and(|wanted| **wanted == position) {
                wanted.next();
                let event = record.and_then(|record| record.to_event(Position(position)));
                into.push(
                    event.ok_or_else(|| {
                        ReadError::Damaged(format!("record at position {position}"))
                    })?,
                );
            }
        }
        match wanted.next() {
            Some(position) => Err(ReadError::Damaged(format!(
                "no record at position {position}"
            ))),
            None => Ok(()),
        }
    }
}
