//! What a copy lacks: against the original folder, against its own mark, against what people have seen.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use mazad_engine::domain::SaleId;
use mazad_engine::limits::SUBSCRIPTION_BATCH_MAX;
use mazad_engine::store::log::Copied;
use mazad_engine::store::{EventStore, Revision, StreamId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cli::exit::Failure;
use crate::cli::folder::ReadFolder;

/// A revision that somebody has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    sale: SaleId,
    revision: u64,
}

impl FromStr for Seen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || "a sale's id, a colon and a revision, as 0190…:341".to_owned();
        let (sale, revision) = text.split_once(':').ok_or_else(wanted)?;
        Ok(Self {
            sale: SaleId(Uuid::parse_str(sale).map_err(|_| wanted())?),
            revision: revision.parse().map_err(|_| wanted())?,
        })
    }
}

/// Something that was told once and is not in the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lack {
    /// The copy's own mark speaks of events that it does not have.
    Marked { events: u64 },
    /// The original has more.
    Events {
        stream: StreamId,
        /// First and last revision.
        from: u64,
        to: u64,
        /// How many of each kind.
        kinds: BTreeMap<String, u64>,
    },
    /// The original has other events where the copy has its last one.
    OtherHistory { stream: StreamId, revision: u64 },
    /// The original cannot be read.
    Unknown { why: String },
    /// Somebody has seen a revision that is not there.
    Seen { sale: SaleId, from: u64, to: u64 },
}

/// Finds what is known to be lacking.
pub(super) async fn find(
    restored: &ReadFolder,
    copied: &Copied,
    against: Option<&Path>,
    seen: &[Seen],
) -> Result<Vec<Lack>, Failure> {
    let mut lacks = Vec::new();
    let missing = copied.events_known.saturating_sub(copied.events);
    if missing > 0 {
        lacks.push(Lack::Marked { events: missing });
    }
    if let Some(dir) = against {
        match ReadFolder::open(dir) {
            Ok(original) => lacks.extend(compare(restored, &original).await?),
            Err(failure) => lacks.push(Lack::Unknown {
                why: failure.to_string(),
            }),
        }
    }
    for seen in seen {
        let next = next_revision(restored, &StreamId::sale(seen.sale.0)).await?;
        if seen.revision >= next {
            lacks.push(Lack::Seen {
                sale: seen.sale,
                from: next,
                to: seen.revision,
            });
        }
    }
    Ok(lacks)
}

async fn next_revision(folder: &ReadFolder, stream: &StreamId) -> Result<u64, Failure> {
    let head = folder.store.head(stream).await?;
    Ok(head.map_or(0, |Revision(last)| last.saturating_add(1)))
}

async fn compare(restored: &ReadFolder, original: &ReadFolder) -> Result<Vec<Lack>, Failure> {
    let mut lacks = Vec::new();
    for stream in original.store.streams().await? {
        let from = next_revision(restored, &stream).await?;
        if let Some(last) = from.checked_sub(1) {
            let ours = restored.store.read(&stream, Revision(last), 1).await?;
            let theirs = original.store.read(&stream, Revision(last), 1).await?;
            if ours != theirs && !theirs.is_empty() {
                let revision = last;
                lacks.push(Lack::OtherHistory { stream, revision });
                continue;
            }
        }
        let (mut kinds, mut next) = (BTreeMap::new(), from);
        loop {
            let store = &original.store;
            let batch = store.read(&stream, Revision(next), SUBSCRIPTION_BATCH_MAX);
            let batch = batch.await?;
            let Some(last) = batch.last() else { break };
            next = last.revision.0.saturating_add(1);
            for event in &batch {
                *kinds.entry(event.kind.to_string()).or_insert(0u64) += 1;
            }
        }
        if let Some(to) = next.checked_sub(1).filter(|_| next > from) {
            lacks.push(Lack::Events {
                stream,
                from,
                to,
                kinds,
            });
        }
    }
    Ok(lacks)
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Marked { events } => {
                write!(f, "{events} events that the copy's own mark speaks of")
            }
            Self::Events {
                stream,
                from,
                to,
                kinds,
            } => {
                let kinds: Vec<String> = kinds
                    .iter()
                    .map(|(kind, count)| format!("{count} {kind}"))
                    .collect();
                write!(f, "{stream}: #{from} to #{to} ({})", kinds.join(", "))
            }
            Self::OtherHistory { stream, revision } => write!(
                f,
                "{stream}: the original has another event at #{revision}; the two have gone apart"
            ),
            Self::Unknown { why } => write!(f, "what the original cannot tell: {why}"),
            Self::Seen { sale, from, to } => {
                write!(f, "sale {sale}: #{from} to #{to}, which somebody has seen")
            }
        }
    }
}

impl Lack {
    /// The same for programs.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Marked { events } => json!({ "why": "marked", "events": events }),
            Self::Events {
                stream,
                from,
                to,
                kinds,
            } => json!({
                "why": "original",
                "stream": stream.as_str(),
                "from": from,
                "to": to,
                "kinds": kinds,
            }),
            Self::OtherHistory { stream, revision } => json!({
                "why": "other-history",
                "stream": stream.as_str(),
                "revision": revision,
            }),
            Self::Unknown { why } => json!({ "why": "unknown", "told": why }),
            Self::Seen { sale, from, to } => json!({
                "why": "seen",
                "sale": sale.to_string(),
                "from": from,
                "to": to,
            }),
        }
    }
}
