//! The `office` stream, as one process appends to it and reads what others appended.

use std::sync::Arc;

use mazad_engine::domain::Time;
use mazad_engine::limits::{UNKNOWN_PAUSE, UNKNOWN_PAUSE_MAX};
use mazad_engine::store::{AppendError, EventStore, Expected, NewEvent, StoreRefusal, StreamId};

use crate::OfficeError;
use crate::fact::Fact;
use crate::limits::{OFFERS_MAX, READ_EVENTS_MAX};

/// The stream and the place in it up to which this process knows it.
#[derive(Debug)]
pub(crate) struct Log {
    store: Arc<dyn EventStore>,
    stream: StreamId,
    expected: Expected,
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Landed {
    Written,
    /// Somebody else has appended before: read, then decide anew.
    Behind,
}

impl Log {
    pub(crate) fn new(store: Arc<dyn EventStore>) -> Self {
        Self {
            store,
            stream: StreamId::office(),
            expected: Expected::NoStream,
        }
    }

    /// Offers events at exactly the place that this process knows as the end. An unknown outcome is
    /// answered by the identical offer, with pauses, and never by a guess. Where the caller has to be told
    /// that it stays unknown, the next change settles it: it is offered at the same place, and where the
    /// earlier one stands there, that is read first.
    pub(crate) async fn append(&mut self, events: Vec<NewEvent>) -> Result<Landed, OfficeError> {
        let mut pause = UNKNOWN_PAUSE;
        for tried in 0..OFFERS_MAX {
            let offer = self
                .store
                .append(&self.stream, self.expected, events.clone());
            match offer.await {
                Ok(appended) => {
                    self.expected = Expected::Exact(appended.last);
                    return Ok(Landed::Written);
                }
                Err(AppendError::Conflict { .. }) => return Ok(Landed::Behind),
                Err(AppendError::Refused(why)) if tried == 0 => return Err(why.into()),
                // What was unknown once stays so: the bytes may be on the disk.
                Err(AppendError::Refused(StoreRefusal::Closed | StoreRefusal::Size)) => break,
                Err(AppendError::Unknown | AppendError::Refused(StoreRefusal::DiskFull)) => {}
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2).min(UNKNOWN_PAUSE_MAX);
        }
        Err(OfficeError::Unsure)
    }

    /// Whether the stream has events that this process has not read.
    pub(crate) async fn is_behind(&self) -> Result<bool, OfficeError> {
        let head = self.store.head(&self.stream).await?;
        Ok(head.is_some_and(|head| head >= self.expected.next()))
    }

    /// The next page of facts that this process has not read; empty at the end.
    pub(crate) async fn read(&mut self) -> Result<Vec<(Fact, Time)>, OfficeError> {
        let from = self.expected.next();
        let page = self.store.read(&self.stream, from, READ_EVENTS_MAX).await?;
        let facts = page.iter().map(Fact::of_event).collect::<Result<_, _>>()?;
        if let Some(last) = page.last() {
            self.expected = Expected::Exact(last.revision);
        }
        Ok(facts)
    }
}
