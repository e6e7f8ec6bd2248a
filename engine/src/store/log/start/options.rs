//! How a store is opened.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::limits::{
    ADOPT_REASON_BYTES_MAX, SEGMENT_BYTES, SEGMENT_BYTES_MAX, SEGMENT_BYTES_MIN, WRITER_STALL_MS,
};
use crate::store::log::bytes::disk::{Disk, RealDisk};
use crate::store::log::bytes::errors::{OnPoison, OpenError, PoisonReason};

/// What batches are padded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// 4 KiB: no later write touches a sector that holds answered bids, on any disk.
    #[default]
    Page,
    /// 512 bytes: less padding, but on a disk with larger sectors a power cut during a later write
    /// may tear what was already answered.
    Sector,
}

impl Unit {
    pub(crate) fn bytes(self) -> u32 {
        match self {
            Self::Page => 4096,
            Self::Sector => 512,
        }
    }
}

/// How a store is opened. The defaults are for production, but for [`OpenOptions::on_poison`].
pub struct OpenOptions {
    pub(crate) segment_bytes: u64,
    pub(crate) unit: Unit,
    pub(crate) adopt: Option<String>,
    /// `None`: that of this machine.
    pub(crate) host_mark: Option<[u8; 32]>,
    pub(crate) known_durable: u64,
    pub(crate) stall: Duration,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) on_poison: OnPoison,
}

impl OpenOptions {
    /// What production uses, with a poisoned store told to nobody.
    pub fn new() -> Self {
        Self {
            segment_bytes: SEGMENT_BYTES,
            unit: Unit::default(),
            adopt: None,
            host_mark: None,
            known_durable: 0,
            stall: Duration::from_millis(WRITER_STALL_MS),
            disk: Arc::new(RealDisk),
            on_poison: Box::new(|_| {}),
        }
    }

    /// Size of the segment files of a new store; an existing store keeps its own.
    #[must_use]
    pub fn segment_bytes(mut self, bytes: u64) -> Self {
        self.segment_bytes = bytes;
        self
    }

    /// Padding of the batches of a new store; an existing store keeps its own.
    #[must_use]
    pub fn unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    /// Takes over a folder that was written on another machine, or a copy of one; the reason is kept
    /// in the log.
    #[must_use]
    pub fn adopt(mut self, reason: impl Into<String>) -> Self {
        self.adopt = Some(reason.into());
        self
    }

    /// Stands in for the mark of this machine.
    #[must_use]
    pub fn host_mark(mut self, mark: [u8; 32]) -> Self {
        self.host_mark = Some(mark);
        self
    }

    /// Number of events that are known to have been durable, for example from the last published
    /// checkpoint: a log that ends before is damaged, not torn.
    #[must_use]
    pub fn known_durable(mut self, events: u64) -> Self {
        self.known_durable = events;
        self
    }

    /// Stands in for the time after which a writer that has stood still checks that the folder is
    /// still its own; zero: with each batch.
    #[must_use]
    pub fn stall(mut self, stall: Duration) -> Self {
        self.stall = stall;
        self
    }

    /// Stands in for the operating system's disk.
    #[must_use]
    pub fn disk(mut self, disk: Arc<dyn Disk>) -> Self {
        self.disk = disk;
        self
    }

    /// Called once, from the writer's thread, when a failed write or sync has stopped the store and
    /// every waiting append has been answered `Unknown`. The process should end with code 74.
    #[must_use]
    pub fn on_poison(mut self, call: impl Fn(&PoisonReason) + Send + Sync + 'static) -> Self {
        self.on_poison = Box::new(call);
        self
    }

    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let whole_pages = self.segment_bytes.is_multiple_of(4096);
        let in_bounds = (SEGMENT_BYTES_MIN..=SEGMENT_BYTES_MAX).contains(&self.segment_bytes);
        if !whole_pages || !in_bounds {
            return Err(OpenError::Option("segment bytes"));
        }
        if self
            .adopt
            .as_ref()
            .is_some_and(|reason| reason.len() > ADOPT_REASON_BYTES_MAX)
        {
            return Err(OpenError::Option("length of the reason to adopt"));
        }

        Ok(())
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenOptions")
            .field("segment_bytes", &self.segment_bytes)
            .field("unit", &self.unit)
            .field("adopt", &self.adopt)
            .field("known_durable", &self.known_durable)
            .field("stall", &self.stall)
            .field("disk", &self.disk)
            .finish_non_exhaustive()
    }
}
