//! Proof that two folders hold the same: digests of their streams and of the states of their sales.

use std::collections::BTreeMap;

use mazad_engine::domain::SaleId;
use mazad_engine::limits::SUBSCRIPTION_BATCH_MAX;
use mazad_engine::store::{EventStore, Position, RecordedEvent, StreamId};
use sha2::{Digest as _, Sha256};

use crate::cli::exit::Failure;
use crate::cli::folder::ReadFolder;
use crate::cli::output::Output;
use crate::cli::verify::audit;

/// What a comparison came to.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) streams: Vec<StreamDigest>,
    pub(super) states: Vec<StateDigest>,
    /// Whether there was something to compare with.
    pub(super) compared: bool,
    /// What is not equal, or not right.
    pub(super) wrong: Vec<String>,
}

/// A stream, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StreamDigest {
    pub(super) stream: StreamId,
    pub(super) events: u64,
    /// SHA-256 over its events, field by field.
    pub(super) digest: [u8; 32],
}

/// A sale as its events leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StateDigest {
    pub(super) sale: SaleId,
    /// `None` without the key.
    pub(super) digest: Option<Vec<u8>>,
    found: usize,
}

impl Proof {
    /// Whether nothing is wrong.
    pub(super) const fn is_equal(&self) -> bool {
        self.wrong.is_empty()
    }
}

/// Folds both folders from their first event and compares; the restored one's key serves both.
pub(super) async fn prove(
    restored: &ReadFolder,
    original: Option<&ReadFolder>,
    output: Output,
) -> Result<Proof, Failure> {
    let streams = digests(restored.store.as_ref()).await?;
    let states = states(restored, restored, output).await?;
    let mut wrong = Vec::new();
    for state in states.iter().filter(|state| state.found > 0) {
        let (sale, found) = (state.sale, state.found);
        wrong.push(format!("sale {sale}: {found} findings, see mazad verify"));
    }
    if let Some(original) = original {
        // One that is written meanwhile is compared as far as it was copied.
        let theirs = digests(original.store.as_ref()).await?;
        if theirs
            .iter()
            .filter(|stream| !streams.contains(stream))
            .count()
            > 0
        {
            wrong.push("a stream of the copy and of the folder differ".to_owned());
        }
        if self::states(original, restored, output).await? != states {
            wrong.push("the state of a sale differs between the copy and the folder".to_owned());
        }
    }
    Ok(Proof {
        streams,
        states,
        compared: original.is_some(),
        wrong,
    })
}

async fn digests(store: &dyn EventStore) -> Result<Vec<StreamDigest>, Failure> {
    let mut hashes: BTreeMap<StreamId, (Sha256, u64)> = BTreeMap::new();
    let mut next = Position(0);
    loop {
        let batch = store.read_all(next, SUBSCRIPTION_BATCH_MAX).await?;
        let Some(last) = batch.last() else { break };
        next = Position(last.position.0.saturating_add(1));
        for event in &batch {
            let (hash, events) = hashes.entry(event.stream.clone()).or_default();
            add(hash, event);
            *events = events.saturating_add(1);
        }
    }
    let done = hashes
        .into_iter()
        .map(|(stream, (hash, events))| StreamDigest {
            stream,
            events,
            digest: hash.finalize().into(),
        });
    Ok(done.collect())
}

/// Each field with its length, so that no two events are one row of bytes.
fn add(hash: &mut Sha256, event: &RecordedEvent) {
    hash.update(event.revision.0.to_le_bytes());
    hash.update(event.position.0.to_le_bytes());
    hash.update(event.id.as_bytes());
    hash.update(event.version.to_le_bytes());
    for field in [event.kind.as_bytes(), &event.metadata, &event.data] {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(field);
    }
}

async fn states(
    of: &ReadFolder,
    with_key: &ReadFolder,
    output: Output,
) -> Result<Vec<StateDigest>, Failure> {
    let bar = output.progress(*of.store.durable().borrow(), "events");
    let mut states = Vec::new();
    for sale in of.sales().await? {
        let audited = audit(of.store.as_ref(), sale, with_key.vault.as_ref(), &bar).await?;
        states.push(StateDigest {
            sale,
            digest: audited.digest.map(|digest| digest.to_vec()),
            found: audited.found,
        });
    }
    bar.finish_and_clear();
    Ok(states)
}
