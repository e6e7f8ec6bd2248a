//! A batch in the making: appends of any streams that will share one write and one sync.

use std::collections::HashMap;

use tokio::sync::oneshot;
use uuid::Uuid;

use super::queue::{AppendAnswer, AppendRequest};
use super::shared_log::SharedLog;
use crate::limits::BATCH_BODY_BYTES_MAX;
use crate::store::log::bytes::format::{BatchHeader, BatchKind, HEADER_BYTES, seal, sha256};
use crate::store::log::bytes::record::{decode_events, encode_record};
use crate::store::log::bytes::walk::Expect;
use crate::store::{
    AppendError, Appended, Expected, NewEvent, Position, ReadError, RecordedEvent, Revision,
    StoreRefusal, StreamId,
};

/// Answers are held back with the batch: even a conflict may speak of events that are in it.
#[derive(Debug)]
pub(crate) struct Staging {
    /// DiskSpace for the header, then the records.
    bytes: Vec<u8>,
    first_position: u64,
    event_count: u32,
    streams: HashMap<StreamId, Staged>,
    answers: Answers,
}

/// What this batch adds to one stream.
#[derive(Debug)]
struct Staged {
    first_revision: u64,
    /// Id and position of each event.
    events: Vec<(Uuid, u64)>,
}

/// A batch ready for the disk.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) header: BatchHeader,
    pub(crate) bytes: Vec<u8>,
}

impl Staging {
    pub(crate) fn new(first_position: u64) -> Self {
        Self {
            bytes: vec![0; HEADER_BYTES],
            first_position,
            event_count: 0,
            streams: HashMap::new(),
            answers: Answers {
                durable: first_position,
                waiting: Vec::new(),
            },
        }
    }

    fn body_bytes(&self) -> usize {
        self.bytes.len() - HEADER_BYTES
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.event_count == 0
    }

    /// Takes an append in, or gives it back if the body would grow past `body_bytes_max`.
    pub(crate) fn offer(
        &mut self,
        request: AppendRequest,
        body_bytes_max: usize,
        shared: &SharedLog,
    ) -> Option<AppendRequest> {
        let AppendRequest {
            stream,
            expected,
            events,
            answer,
        } = request;
        let next = self.next_revision(&stream, shared);
        if expected.next().0 != next {
            let verdict = self.judge_elsewhere(&stream, expected, &events, next, shared);
            self.answers.waiting.push((answer, verdict));
            return None;
        }
        let request = AppendRequest {
            stream,
            expected,
            events,
            answer,
        };
        if self.body_bytes() + request.record_bytes() > body_bytes_max.min(BATCH_BODY_BYTES_MAX) {
            return Some(request);
        }
        self.take(request, next);
        None
    }

    fn take(&mut self, request: AppendRequest, next: u64) {
        let AppendRequest {
            stream,
            expected: _,
            events,
            answer,
        } = request;
        let mut appended = Appended {
            first: Revision(next),
            last: Revision(next),
            position: Position(0),
        };
        let staged = self
            .streams
            .entry(stream.clone())
            .or_insert_with(|| Staged {
                first_revision: next,
                events: Vec::new(),
            });
        for (event, revision) in events.iter().zip(next..) {
            let position = self.first_position + u64::from(self.event_count);
            encode_record(&mut self.bytes, &stream, Revision(revision), event);
            staged.events.push((event.id, position));
            self.event_count += 1;
            appended.last = Revision(revision);
            appended.position = Position(position);
        }
        self.answers.waiting.push((answer, Ok(appended)));
    }

    fn next_revision(&self, stream: &StreamId, shared: &SharedLog) -> u64 {
        match self.streams.get(stream) {
            Some(staged) => staged.first_revision + staged.events.len() as u64,
            None => shared.next_revision(stream),
        }
    }

    /// The append does not continue the stream: a repeat of one made before, or a conflict.
    fn judge_elsewhere(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: &[NewEvent],
        next: u64,
        shared: &SharedLog,
    ) -> AppendAnswer {
        match self.repeated(stream, expected.next(), events, shared) {
            Ok(Some(appended)) => Ok(appended),
            Ok(None) => Err(AppendError::Conflict {
                current: next.checked_sub(1).map(Revision),
            }),
            Err(error) => {
                tracing::error!(%error, %stream, "cannot tell whether an append is a repeat");
                Err(AppendError::Unknown)
            }
        }
    }

    /// Where the same events already are, at exactly this place.
    fn repeated(
        &self,
        stream: &StreamId,
        first: Revision,
        events: &[NewEvent],
        shared: &SharedLog,
    ) -> Result<Option<Appended>, ReadError> {
        let plan = shared.plan_stream(stream, first, events.len());
        let mut there: Vec<(Uuid, u64)> = shared
            .fetch(plan)?
            .iter()
            .map(|event| (event.id, event.position.0))
            .collect();
        if let Some(staged) = self.streams.get(stream) {
            let skip = first.0.saturating_sub(staged.first_revision);
            let skip = usize::try_from(skip).unwrap_or(usize::MAX);
            let missing = events.len() - there.len();
            there.extend(staged.events.iter().skip(skip).take(missing));
        }
        let same = there.len() == events.len()
            && there
                .iter()
                .zip(events)
                .all(|((id, _), event)| *id == event.id);
        Ok(there.last().filter(|_| same).map(|(_, position)| Appended {
            first,
            last: Revision(first.0 + events.len() as u64 - 1),
            position: Position(*position),
        }))
    }

    /// Closes the batch: header, checksum, padding. Also gives the answers to hold until it is durable.
    pub(crate) fn seal(self, expect: &Expect, segment: u64) -> (Sealed, Answers) {
        assert!(
            self.first_position == expect.position,
            "a batch continues the log"
        );
        let sealed = seal_batch(
            self.bytes,
            BatchKind::Events,
            self.event_count,
            expect,
            segment,
        );
        (sealed, self.answers)
    }

    /// The answers of a batch that turned out to hold no events.
    pub(crate) fn into_answers(self) -> Answers {
        assert!(
            self.event_count == 0,
            "a batch with events is written before it is answered"
        );
        self.answers
    }
}

/// Seals a body in front of which the room for a header was left.
pub(crate) fn seal_batch(
    bytes: Vec<u8>,
    kind: BatchKind,
    event_count: u32,
    expect: &Expect,
    segment: u64,
) -> Sealed {
    let body = bytes.get(HEADER_BYTES..).unwrap_or_default();
    let header = BatchHeader {
        kind,
        unit: expect.unit,
        store: expect.store,
        segment,
        batch: expect.batch,
        epoch: match kind {
            BatchKind::Events => expect.epoch,
            BatchKind::Epoch => expect.epoch + 1,
        },
        first_position: expect.position,
        event_count,
        body_bytes: u32::try_from(body.len()).unwrap_or(u32::MAX),
        // One batch is in flight at a time, so all before it is durable.
        durable: expect.position,
        previous: expect.chain,
        body_hash: sha256(body),
    };
    Sealed {
        header,
        bytes: seal(bytes, &header),
    }
}

impl Sealed {
    /// The events as a reader will find them.
    pub(crate) fn events(&self) -> Vec<RecordedEvent> {
        let end = HEADER_BYTES + self.header.body_bytes as usize;
        let body = self.bytes.get(HEADER_BYTES..end).unwrap_or_default();
        let events = decode_events(body, self.header.first_position, self.header.event_count);
        assert!(events.is_some(), "a batch reads back as it was written");
        events.unwrap_or_default()
    }
}

/// Answers that wait for their batch. Dropped instead of sent, they tell "unknown".
#[derive(Debug)]
pub(crate) struct Answers {
    /// Number of events before the batch.
    durable: u64,
    waiting: Vec<(oneshot::Sender<AppendAnswer>, AppendAnswer)>,
}

impl Answers {
    /// The batch is durable: everybody hears.
    pub(crate) fn send(self) {
        for (answer, verdict) in self.waiting {
            // The caller may have gone; the append stands all the same.
            let _ = answer.send(verdict);
        }
    }

    /// Nothing of the batch was written. A conflict may have spoken of it, so it is refused as well;
    /// a repeat of what was there before stands.
    pub(crate) fn refuse(self, why: StoreRefusal) {
        for (answer, verdict) in self.waiting {
            let stands = verdict
                .ok()
                .filter(|landed| landed.position.0 < self.durable);
            let _ = answer.send(stands.ok_or(AppendError::Refused(why)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn landed(position: u64) -> AppendAnswer {
        Ok(Appended {
            first: Revision(0),
            last: Revision(0),
            position: Position(position),
        })
    }

    #[test]
    fn repeat_of_a_durable_append_stands_when_the_batch_beside_it_is_refused() {
        let verdicts = [
            landed(4),
            landed(5),
            Err(AppendError::Conflict { current: None }),
        ];
        let (waiting, answered): (Vec<_>, Vec<_>) = verdicts
            .into_iter()
            .map(|verdict| {
                let (answer, answered) = oneshot::channel();
                ((answer, verdict), answered)
            })
            .unzip();
        Answers {
            durable: 5,
            waiting,
        }
        .refuse(StoreRefusal::DiskFull);
        let refused = Err(AppendError::Refused(StoreRefusal::DiskFull));
        let told: Vec<_> = answered
            .into_iter()
            .filter_map(|mut answered| answered.try_recv().ok())
            .collect();
        assert_eq!(told, [landed(4), refused.clone(), refused]);
    }
}
