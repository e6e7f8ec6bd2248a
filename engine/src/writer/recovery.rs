//! From the log to the writers of its sales: all of them in one pass, or one alone.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::answered::Answered;
use super::core::Writer;
use super::snapshots::{SaleSnapshot, Snapshots};
use crate::codec::{DecodeError, Vault};
use crate::domain::SaleId;
use crate::store::{
    EventStore, Position, ReadError, RecordedEvent, Revision, StreamId, Subscription,
};

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store holds events that this program does not understand, or another key sealed them.
    #[error("sale {sale}, revision {revision}: {error}")]
    Decode {
        /// The sale in whose stream it stands.
        sale: SaleId,
        /// Its place in that stream.
        revision: u64,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// An event that cannot follow on those before it: not written by this engine.
    #[error("sale {sale}, revision {revision}: cannot follow on what was before it")]
    Contradiction {
        /// The sale in whose stream it stands.
        sale: SaleId,
        /// Its place in that stream.
        revision: u64,
    },
}

/// A sale as its log tells it.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(crate) writer: Writer,
    /// Events that no snapshot had.
    pub(crate) replayed: u64,
}

impl From<Writer> for Recovered {
    fn from(writer: Writer) -> Self {
        Self {
            writer,
            replayed: 0,
        }
    }
}

/// Folds the whole store into a writer for each sale, from snapshots where they fit. Sales that ran
/// at the same time lie side by side in the log, so one pass reads each byte of it once.
pub(crate) async fn recover_all(
    store: &Arc<dyn EventStore>,
    vault: &Arc<Vault>,
    snapshots: Option<&Arc<dyn Snapshots>>,
) -> Result<BTreeMap<SaleId, Recovered>, StartError> {
    let (mut writers, from) = begin(store, vault, snapshots).await?;
    let mut events = Subscription::all(Arc::clone(store), from);
    loop {
        let batch = events.ready_batch().await?;
        if batch.is_empty() {
            return Ok(writers);
        }
        for event in &batch {
            let Some(sale) = event.stream.sale_id().map(SaleId) else {
                continue;
            };
            let new = || Recovered::from(Writer::new(sale, Arc::clone(vault)));
            let recovered = writers.entry(sale).or_insert_with(new);
            if event.revision.0 >= recovered.writer.sale().next_revision {
                fold(&mut recovered.writer, sale, event)?;
                recovered.replayed = recovered.replayed.saturating_add(1);
            }
        }
    }
}

/// The writers as far as snapshots bring them, and the first position that any of them lacks.
async fn begin(
    store: &Arc<dyn EventStore>,
    vault: &Arc<Vault>,
    snapshots: Option<&Arc<dyn Snapshots>>,
) -> Result<(BTreeMap<SaleId, Recovered>, Position), StartError> {
    let mut writers = BTreeMap::new();
    let mut from = *store.durable().borrow();
    let mut without = Vec::new();
    for stream in store.streams().await? {
        let Some(sale) = stream.sale_id().map(SaleId) else {
            continue;
        };
        let Some((snapshot, position)) = snapshots.and_then(|snapshots| snapshots.load(sale))
        else {
            without.push(stream);
            continue;
        };
        let SaleSnapshot {
            sale: state,
            answered,
        } = snapshot;
        // A sale that ended long ago must not make the pass begin where it ended.
        let lacks = store.head(&stream).await? >= Some(Revision(state.next_revision));
        if lacks {
            from = from.min(position.0.saturating_add(1));
        }
        let writer = Writer::with_answered(sale, Arc::clone(vault), state, answered);
        writers.insert(sale, Recovered::from(writer));
    }
    if writers.is_empty() {
        return Ok((writers, Position(0)));
    }
    for stream in &without {
        from = from.min(beginning(store, stream).await?.0);
    }
    Ok((writers, Position(from)))
}

async fn beginning(store: &Arc<dyn EventStore>, stream: &StreamId) -> Result<Position, ReadError> {
    let first = store.read(stream, Revision(0), 1).await?;
    Ok(first.first().map_or(Position(0), |event| event.position))
}

/// Folds the stream of one sale into a writer again, from a snapshot where one fits. What was answered
/// is known.
pub(crate) async fn recover(
    store: &Arc<dyn EventStore>,
    sale: SaleId,
    vault: &Arc<Vault>,
    snapshots: Option<&Arc<dyn Snapshots>>,
    answered: Answered,
) -> Result<Writer, StartError> {
    let loaded = snapshots.and_then(|snapshots| snapshots.load_state(sale));
    let state = loaded.unwrap_or_default();
    let next = Revision(state.next_revision);
    let mut writer = Writer::with_answered(sale, Arc::clone(vault), state, answered);
    let mut events = Subscription::stream(Arc::clone(store), StreamId::sale(sale.0), next);
    loop {
        let batch = events.ready_batch().await?;
        if batch.is_empty() {
            return Ok(writer);
        }
        for event in &batch {
            fold(&mut writer, sale, event)?;
        }
    }
}

/// What the rules never write is damage, found by an assertion of the fold: it names the event and
/// ends the start, not the process.
pub(super) fn fold(
    writer: &mut Writer,
    sale: SaleId,
    event: &RecordedEvent,
) -> Result<(), StartError> {
    let revision = event.revision.0;
    let folded = catch_unwind(AssertUnwindSafe(|| writer.recover(event)));
    match folded {
        Ok(read) => read.map_err(|error| StartError::Decode {
            sale,
            revision,
            error,
        }),
        Err(_) => Err(StartError::Contradiction { sale, revision }),
    }
}
