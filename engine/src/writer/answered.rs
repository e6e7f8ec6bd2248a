//! Which commands of a sale were answered, and where: the answers themselves are in the log, and are
//! read from there (`recall.rs`). Each command takes 16 bytes and one more in a table, at most 40 while
//! that is 7/16 full after growing, and the next one is taken in as fast as the first.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::codec::{ANSWERED_ENTRY_BYTES, AnsweredPart, Vault};
use crate::domain::{Actor, AnswerKey, SaleId};
use crate::limits::ANSWERED_SHARDS;
use crate::store::Revision;

/// What tells one command of a sale from every other.
pub(crate) type Fingerprint = [u8; 12];

/// A command and the revision of the first event that answers it.
pub(crate) type Entry = (Fingerprint, u32);

/// Where the answer to a command is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recall {
    /// Whose command it answers.
    pub key: AnswerKey,
    /// Its first event in the stream of the sale.
    pub first: Revision,
}

/// Every command of a sale that was answered.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Many small tables: one large one would stop the sale for as long as it takes to grow.
    shards: Vec<HashMap<Fingerprint, u32>>,
    /// Entries that no file has yet, in order.
    unsaved: Vec<Entry>,
    parts: Vec<AnsweredPart>,
}

impl Default for Answered {
    fn default() -> Self {
        Self {
            shards: vec![HashMap::new(); ANSWERED_SHARDS],
            unsaved: Vec::new(),
            parts: Vec::new(),
        }
    }
}

/// The fingerprint of a command.
pub(crate) fn fingerprint(sale: SaleId, key: &AnswerKey, vault: &Vault) -> Fingerprint {
    let mut bytes = sale.0.as_bytes().to_vec();
    let (kind, author) = match key.actor {
        Actor::Engine => (0, uuid::Uuid::nil()),
        Actor::Staff(staff) => (1, staff.0),
        Actor::Bidder(account) => (2, account.0),
    };
    bytes.push(kind);
    bytes.extend_from_slice(author.as_bytes());
    bytes.extend_from_slice(key.command.0.as_bytes());
    vault.fingerprint(&bytes)
}

impl Answered {
    /// The entries of some files, which is what was answered up to a snapshot.
    pub(crate) fn from_parts(parts: Vec<(AnsweredPart, Vec<Entry>)>) -> Self {
        let mut answered = Self::default();
        for (part, entries) in parts {
            for (command, first) in entries {
                answered.insert(command, u64::from(first));
            }
            answered.parts.push(part);
        }
        answered.unsaved.clear();
        answered
    }

    /// Revision of the first event that answers a command, if it was answered.
    pub(crate) fn first(&self, command: &Fingerprint) -> Option<u64> {
        let shard = self.shards.get(self.shard(command))?;
        shard.get(command).copied().map(u64::from)
    }

    /// Notes an answer; of a command that was noted before, nothing.
    pub(crate) fn insert(&mut self, command: Fingerprint, first: u64) {
        let Ok(first) = u32::try_from(first) else {
            unreachable!("a log of 2^32 events would fill any disk first");
        };
        let index = self.shard(&command);
        let Some(shard) = self.shards.get_mut(index) else {
            unreachable!("every command has its shard");
        };
        if shard.contains_key(&command) {
            return;
        }
        shard.insert(command, first);
        self.unsaved.push((command, first));
    }

    /// Takes back what begins at a revision or after it: it did not become durable.
    pub(crate) fn take_back(&mut self, from: u64) {
        while let Some((command, _)) = self.unsaved.pop_if(|(_, first)| u64::from(*first) >= from) {
            let index = self.shard(&command);
            if let Some(shard) = self.shards.get_mut(index) {
                shard.remove(&command);
            }
        }
    }

    /// The files so far, and what the next one has to hold.
    pub(crate) fn take_unsaved(&mut self) -> (Vec<AnsweredPart>, Vec<Entry>) {
        (self.parts.clone(), std::mem::take(&mut self.unsaved))
    }

    /// A file was written.
    pub(crate) fn saved(&mut self, part: AnsweredPart) {
        self.parts.push(part);
    }

    /// It was not: its entries wait for the next one.
    pub(crate) fn not_saved(&mut self, mut entries: Vec<Entry>) {
        entries.append(&mut self.unsaved);
        self.unsaved = entries;
    }

    /// No file will ever be written.
    pub(crate) fn forget_unsaved(&mut self) {
        self.unsaved = Vec::new();
    }

    fn shard(&self, command: &Fingerprint) -> usize {
        usize::from(command[0]) % ANSWERED_SHARDS
    }
}

/// A file of entries, and what names it.
pub(crate) fn part_bytes(last: u64, entries: &[Entry]) -> (AnsweredPart, Vec<u8>) {
    let mut bytes = Vec::with_capacity(entries.len().saturating_mul(ANSWERED_ENTRY_BYTES));
    for (command, first) in entries {
        bytes.extend_from_slice(command);
        bytes.extend_from_slice(&first.to_le_bytes());
    }
    let part = AnsweredPart {
        last,
        entries: entries.len() as u64,
        digest: Sha256::digest(&bytes).into(),
    };
    (part, bytes)
}

/// The entries of a file; `None` if it is not the one that was written.
pub(crate) fn part_entries(part: &AnsweredPart, bytes: &[u8]) -> Option<Vec<Entry>> {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    let (entries, rest) = bytes.as_chunks::<ANSWERED_ENTRY_BYTES>();
    let is_whole = rest.is_empty() && entries.len() as u64 == part.entries;
    if digest != part.digest || !is_whole {
        return None;
    }
    let entry = |bytes: &[u8; ANSWERED_ENTRY_BYTES]| {
        let (command, first) = bytes.split_first_chunk::<12>()?;
        Some((*command, u32::from_le_bytes(first.try_into().ok()?)))
    };
    entries.iter().map(entry).collect()
}
