//! Start-up: walk the log, and tell a torn tail from damage.
//!
//! Torn means: a write that no sync had covered when the power went, so nobody has been told. That is
//! believed only where nothing speaks against it; everything else is damage and refuses to start.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::touched::with_touched;
use crate::limits::BATCH_BODY_BYTES_MAX;
use crate::store::Position;
use crate::store::log::bytes::disk::{Access, DiskFile, read_exact_at};
use crate::store::log::bytes::errors::{Damage, DiskError, OpenError};
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::{BatchHeader, BatchKind, is_zero, padded, sha256};
use crate::store::log::bytes::identity::IdentityFile;
use crate::store::log::bytes::record::{Note, TailDiscarded, decode_notes, decode_records};
use crate::store::log::bytes::walk::{Bad, Depth, Expect, Look, look};
use crate::store::log::run::durable_mark::{DurableMarks, MARKS_BEFORE_EVENTS};
use crate::store::log::run::index::{BatchPlace, Index};

/// What must be in the log, whatever its end looks like.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Witnesses {
    pub(crate) marks: DurableMarks,
    /// Number of events that a snapshot or a published checkpoint covers.
    pub(crate) durable: u64,
}

/// Where a walk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WalkEnd {
    /// With the log, which must reach every witness; what follows its last whole batch is judged.
    Log,
    /// After so many batches: what follows them is of a copy that was not finished.
    Batches(u64),
    /// Before the first batch that is not whole: all that can be had of a copy that was cut.
    FirstBad,
}

impl WalkEnd {
    /// A backup is what its mark says: the mark is written when the bytes have been proved.
    pub(crate) fn of(identity: &IdentityFile, marks: &DurableMarks) -> Self {
        if !identity.is_backup() {
            return Self::Log;
        }
        Self::Batches(marks.newest.map_or(0, |mark| mark.batch + 1))
    }
}

/// The log as it was found.
#[derive(Debug, Clone)]
pub(crate) struct Walked {
    pub(crate) index: Index,
    pub(crate) notes: Vec<Note>,
    /// What the next batch must say.
    pub(crate) expect: Expect,
    /// Where the next batch goes.
    pub(crate) segment: u64,
    pub(crate) offset: u64,
    /// Whether the segment after that one is there, all zeros.
    pub(crate) has_spare: bool,
    pub(crate) torn: Option<TailDiscarded>,
    pub(crate) segments: u64,
    /// Bytes of whole batches.
    pub(crate) bytes: u64,
}

impl Walked {
    /// Nothing yet.
    pub(crate) fn begin(identity: &IdentityFile) -> Self {
        Self {
            index: Index::default(),
            notes: Vec::new(),
            expect: Expect::first(identity.store, identity.unit),
            segment: 1,
            offset: 0,
            has_spare: false,
            torn: None,
            segments: 0,
            bytes: 0,
        }
    }
}

/// Walks the whole log.
pub(crate) fn walk_log(
    folder: &Folder,
    identity: &IdentityFile,
    witnesses: &Witnesses,
    depth: Depth,
) -> Result<Walked, OpenError> {
    let end = WalkEnd::of(identity, &witnesses.marks);
    walk_on(
        folder,
        identity,
        witnesses,
        depth,
        end,
        Walked::begin(identity),
    )
}

/// Walks from where a walk over the same bytes, perhaps in another folder, has ended.
pub(crate) fn walk_on(
    folder: &Folder,
    identity: &IdentityFile,
    witnesses: &Witnesses,
    depth: Depth,
    end: WalkEnd,
    from: Walked,
) -> Result<Walked, OpenError> {
    let mut walk = Walk {
        folder,
        identity,
        witnesses,
        depth,
        end,
        tail: BTreeMap::new(),
        walked: from,
    };
    // Beside a running writer a place may be looked at while it is being written, or a segment be
    // left for the next one behind our back. What counts is what a second look sees.
    let mut looked_at = None;
    loop {
        match walk.go_on() {
            Err(OpenError::Damaged(damage)) => {
                let place = (walk.walked.segment, walk.walked.offset);
                if looked_at == Some(place) || !walk.can_go_on() {
                    let touched = with_touched(damage, folder, identity, &walk.walked.index, place);
                    return Err(OpenError::Damaged(touched));
                }
                looked_at = Some(place);
            }
            Err(error) => return Err(error),
            Ok(()) => {
                walk.sync_again()?;
                return Ok(walk.walked);
            }
        }
    }
}

struct Walk<'a> {
    folder: &'a Folder,
    identity: &'a IdentityFile,
    witnesses: &'a Witnesses,
    depth: Depth,
    end: WalkEnd,
    walked: Walked,
    /// The last segments, open since before they were read.
    tail: BTreeMap<u64, Arc<dyn DiskFile>>,
}

impl Walk<'_> {
    /// Walks from where the walk stands to the end.
    fn go_on(&mut self) -> Result<(), OpenError> {
        let segments = self.folder.segments()?;
        let last = segments.last().copied().unwrap_or(0);
        self.walked.segments = segments.len() as u64;
        let missing = (1..)
            .zip(&segments)
            .find(|(expected, number)| expected != *number);
        if let Some((missing, _)) = missing.or_else(|| segments.is_empty().then_some((1, &0))) {
            return Err(self.damage(missing, 0, "segment file is missing").into());
        }
        for number in self.walked.segment..=last {
            if !self.walk_segment(number, last)? {
                break;
            }
        }
        self.check_end()
    }

    /// Whether the state is that after a whole batch.
    fn can_go_on(&self) -> bool {
        self.walked.index.durable() == self.walked.expect.position
    }

    /// Whether the next segment is of interest too.
    fn walk_segment(&mut self, number: u64, last: u64) -> Result<bool, OpenError> {
        let bytes = self.read_segment(number, last)?;
        if self.walked.segment != number && is_zero(&bytes) {
            // Made ahead of need. Only one is ever made, so nothing may follow it.
            if number != last {
                return Err(self
                    .damage(number, 0, "segment is empty, but others follow")
                    .into());
            }
            self.walked.has_spare = true;
            return Ok(true);
        }
        let mut offset = if self.walked.segment == number {
            self.walked.offset
        } else {
            0
        };
        loop {
            if self.end == WalkEnd::Batches(self.walked.expect.batch) {
                return Ok(false);
            }
            let start = usize::try_from(offset).unwrap_or(usize::MAX);
            let rest = bytes.get(start..).unwrap_or_default();
            match look(rest, number, &self.walked.expect, self.depth) {
                Look::End => return Ok(true),
                Look::Batch(header, body) => {
                    (self.walked.segment, self.walked.offset) = (number, offset);
                    self.take_batch(&header, body)?;
                    offset = self.walked.offset;
                }
                Look::Bad(bad) if self.end == WalkEnd::FirstBad && !bad.unknown_format => {
                    return Ok(false);
                }
                Look::Bad(bad) => {
                    let torn = self.judge(number, last, offset, rest, &bad)?;
                    (self.walked.segment, self.walked.offset) = (number, offset);
                    // All that follows has been found empty.
                    self.walked.has_spare = number < last;
                    self.walked.torn = Some(torn);
                    return Ok(false);
                }
            }
        }
    }

    /// Reads a segment whole. The last two are synced and their cached pages dropped first: after a
    /// failed sync in an earlier process the cache may hold what the disk does not.
    fn read_segment(&mut self, number: u64, last: u64) -> Result<Vec<u8>, OpenError> {
        let path = self.folder.segment(number);
        let file = self.folder.disk.open(&path, Access::Read);
        let file = file.map_err(DiskError::at("open", &path))?;
        if number + 1 >= last {
            file.sync_data().map_err(DiskError::at("sync", &path))?;
            file.drop_cache()
                .map_err(DiskError::at("drop of cached pages", &path))?;
            self.tail.entry(number).or_insert_with(|| Arc::clone(&file));
        }
        let length = file.length().map_err(DiskError::at("length", &path))?;
        if length != self.identity.segment_bytes {
            let what = format!(
                "segment has {length} bytes, not {}",
                self.identity.segment_bytes
            );
            return Err(self.damage(number, length, &what).into());
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        read_exact_at(file.as_ref(), &mut bytes, 0).map_err(DiskError::at("read", &path))?;
        Ok(bytes)
    }

    /// Beside a running writer a batch may have been read that is written but not synced. After this
    /// it is; through the same descriptors, so that a sync that fails meanwhile is told here too.
    fn sync_again(&self) -> Result<(), DiskError> {
        for (number, file) in &self.tail {
            let path = self.folder.segment(*number);
            file.sync_data().map_err(DiskError::at("sync", &path))?;
        }
        Ok(())
    }

    fn take_batch(&mut self, header: &BatchHeader, body: &[u8]) -> Result<(), OpenError> {
        let (segment, offset) = (header.segment, self.walked.offset);
        let known = match header.kind {
            BatchKind::Events => self.take_events(header, body),
            BatchKind::Epoch => decode_notes(body).map(|notes| self.walked.notes.extend(notes)),
        };
        if known.is_none() {
            return Err(self
                .damage(segment, offset, "whole batch, but a record is wrong")
                .into());
        }
        self.walked.index.push_batch(BatchPlace::of(header, offset));
        self.walked.expect = self.walked.expect.after(header);
        self.walked.offset += header.batch_bytes();
        self.walked.bytes += header.batch_bytes();
        let marked = self
            .witnesses
            .marks
            .newest
            .filter(|mark| mark.batch == header.batch);
        if marked.is_some_and(|mark| mark.chain != self.walked.expect.chain) {
            let what = "batch is not the one that the watermark names";
            return Err(self.damage(segment, offset, what).into());
        }
        Ok(())
    }

    fn take_events(&mut self, header: &BatchHeader, body: &[u8]) -> Option<()> {
        for record in decode_records(body) {
            let record = record?;
            self.walked
                .index
                .push_event(record.stream, record.revision)?;
        }
        let end = header.first_position + u64::from(header.event_count);
        (self.walked.index.durable() == end).then_some(())
    }

    /// Torn, or damage? Every reason against torn is looked for.
    fn judge(
        &mut self,
        number: u64,
        last: u64,
        offset: u64,
        rest: &[u8],
        bad: &Bad,
    ) -> Result<TailDiscarded, OpenError> {
        if bad.unknown_format {
            return Err(OpenError::UnknownFormat {
                path: self.folder.segment(number),
            });
        }
        let mut is_last = true;
        for later in number + 1..=last {
            is_last = is_last && is_zero(&self.read_segment(later, last)?);
        }
        let against = |why: &str| {
            Err(OpenError::from(self.damage(
                number,
                offset,
                &format!("{}; {why}", bad.what),
            )))
        };
        // A unit of zeros with bytes after it is no batch that has changed: it was copied before it
        // was written, and the rest after.
        let front = rest.get(..self.identity.unit as usize).unwrap_or(rest);
        if is_last && self.identity.is_copy && is_zero(front) {
            return Err(OpenError::CutCopy(self.damage(number, offset, &bad.what)));
        }
        if !is_last {
            return against("a later segment is not empty");
        }
        // The header at the very place may be right with the body cut; any other one was written
        // after this batch had been synced.
        let skip = usize::from(bad.header.is_some());
        for unit in rest.chunks(self.identity.unit as usize).skip(skip) {
            if BatchHeader::decode(unit).is_some() {
                return against("a whole batch header lies here or after it");
            }
        }
        let length = rest
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |at| at + 1);
        let longest = padded(BATCH_BODY_BYTES_MAX as u64, self.identity.unit)
            + 2 * u64::from(self.identity.unit);
        if length as u64 > longest {
            return against("more bytes than one batch can have");
        }
        if let Some(why) = self.witness() {
            if self.identity.is_copy {
                return Err(OpenError::CutCopy(self.damage(number, offset, &why)));
            }
            return against(&why);
        }
        let torn = rest.get(..length).unwrap_or_default();
        Ok(TailDiscarded {
            segment: number,
            offset,
            length: length as u64,
            sha256: sha256(torn),
        })
    }

    /// Who says that the next batch was durable, if anybody does.
    fn witness(&self) -> Option<String> {
        let expect = &self.walked.expect;
        if let Some(mark) = self
            .witnesses
            .marks
            .newest
            .filter(|mark| mark.batch >= expect.batch)
        {
            let what = "the watermark says that the log was durable up to batch";
            return Some(format!("{what} {} ({} events)", mark.batch, mark.durable));
        }
        let covered = self.witnesses.durable;
        (covered > expect.position)
            .then(|| format!("a snapshot or a published checkpoint covers {covered} events"))
    }

    /// A log that ends cleanly must still reach every witness, and start with an epoch.
    fn check_end(&self) -> Result<(), OpenError> {
        let (segment, offset) = (self.walked.segment, self.walked.offset);
        if self.end == WalkEnd::FirstBad {
            return Ok(());
        }
        let marked = self.witnesses.marks.newest.map_or(0, |mark| mark.counter);
        if self.walked.expect.position > 0 && marked < MARKS_BEFORE_EVENTS {
            let mut damage = self.damage(segment, 0, "there are events, but their marks are gone");
            damage.file = self.folder.durable_mark();
            return Err(damage.into());
        }
        let Some(why) = self.witness() else {
            return Ok(());
        };
        let damage = self.damage(segment, offset, &format!("the log ends here; {why}"));
        Err(match self.identity.is_copy {
            true => OpenError::CutCopy(damage),
            false => OpenError::Damaged(damage),
        })
    }

    fn damage(&self, segment: u64, offset: u64, what: &str) -> Box<Damage> {
        let mut damage = Damage::of_file(&self.folder.segment(segment), what);
        damage.offset = offset;
        damage.position = Position(self.walked.expect.position);
        damage
    }
}
