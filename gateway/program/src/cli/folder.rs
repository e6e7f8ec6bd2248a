//! A data folder: the store, the engine's key, and the engine on both.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use mazad_engine::clock::SystemClock;
use mazad_engine::codec::{DecodeError, Vault, decode};
use mazad_engine::domain::{Recorded, SaleId};
use mazad_engine::limits::SUBSCRIPTION_BATCH_MAX;
use mazad_engine::store::log::{EmbeddedStore, OpenError, OpenOptions, SnapshotStore};
use mazad_engine::store::{EventStore, RecordedEvent, Revision, StreamId};
use mazad_engine::{EmbeddedSnapshots, Engine, StartError};
use mazad_projections::export::ExportError;
use mazad_projections::sql::ModelError;

use super::exit::{Exit, Failure};

/// The file of the engine's key.
pub(crate) fn key_file(dir: &Path) -> PathBuf {
    dir.join("engine.key")
}

/// A folder that this process writes.
#[derive(Debug, Clone)]
pub(crate) struct OwnFolder {
    pub(crate) store: Arc<EmbeddedStore>,
    /// Every sale in it.
    pub(crate) engine: Engine,
}

impl OwnFolder {
    /// Opens a folder for writing, making it if there is none, and starts the engine on it.
    ///
    /// # Errors
    /// With the number that says what to do about it.
    pub(crate) async fn open(dir: &Path, adopt: Option<String>) -> Result<Self, Failure> {
        let store = lock(dir, adopt)?;
        let vault = own_key(dir, store.as_ref())?;
        let files = SnapshotStore::open(dir).context("folder of snapshots")?;
        let snapshots = EmbeddedSnapshots::new(Arc::clone(&store), files, Arc::clone(&vault));
        let events: Arc<dyn EventStore> = Arc::<EmbeddedStore>::clone(&store);
        let engine = Engine::start_with(
            events,
            vault,
            Arc::new(SystemClock::new()),
            Some(Arc::new(snapshots)),
        )
        .await
        .map_err(start_failure)?;
        Ok(Self { store, engine })
    }

    /// Stops the engine and gives the folder back.
    ///
    /// # Errors
    /// The store had stopped itself.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        self.engine.stop().await;
        let store = self.store;
        let closed = tokio::task::spawn_blocking(move || store.close()).await;
        match closed {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reason)) => Err(Failure::told(Exit::SyncFailed, reason)),
            Err(panicked) => Err(Failure::new(Exit::Internal, panicked)),
        }
    }
}

/// The key of a folder that this process writes. It is made with the first event of the folder, and
/// never again: a new key would open nothing of what is sealed.
fn own_key(dir: &Path, store: &EmbeddedStore) -> Result<Arc<Vault>, Failure> {
    let file = key_file(dir);
    let vault = if *store.durable().borrow() == 0 {
        Vault::open_or_create(&file)
    } else {
        Vault::open(&file)
    };
    vault.map(Arc::new).map_err(|error| {
        let exit = match error.kind() {
            ErrorKind::NotFound => Exit::KeyMissing,
            _ => Exit::General,
        };
        let told = anyhow::Error::new(error);
        Failure::new(
            exit,
            told.context(format!("key of the engine, {}", file.display())),
        )
    })
}

/// Opens the log of a folder for writing, making it if there is none.
///
/// # Errors
/// With the number that says what to do about it.
pub(crate) fn lock(dir: &Path, adopt: Option<String>) -> Result<Arc<EmbeddedStore>, Failure> {
    let mut options = OpenOptions::new().on_poison(|reason| {
        tracing::error!(%reason, "a write of the log failed: the process ends");
        // Promise 1: after a failed sync nothing may be built on what the disk says.
        end_at_once(Exit::SyncFailed);
    });
    if let Some(reason) = adopt {
        options = options.adopt(reason);
    }
    let store = EmbeddedStore::open(dir, options).map_err(|error| open_failure(dir, error))?;
    if let Err(error) = fs::set_permissions(dir, Permissions::from_mode(0o700)) {
        tracing::warn!(%error, "others may look into the folder");
    }
    for torn in &store.report().discarded {
        tracing::warn!(
            ?torn,
            "a write that was never answered was cut short and set aside"
        );
    }
    Ok(Arc::new(store))
}

/// Ends the process without unwinding through those who wait for the log.
#[expect(clippy::exit, reason = "the store is poisoned: nothing may run on")]
fn end_at_once(exit: Exit) {
    std::process::exit(i32::from(exit.code()));
}

/// A folder that is only read, perhaps beside the process that writes it.
#[derive(Debug, Clone)]
pub(crate) struct ReadFolder {
    pub(crate) store: Arc<EmbeddedStore>,
    /// The engine's key, if the folder has it.
    pub(crate) vault: Option<Arc<Vault>>,
}

impl ReadFolder {
    /// Opens a folder for reading.
    ///
    /// # Errors
    /// With the number that says what to do about it.
    pub(crate) fn open(dir: &Path) -> Result<Self, Failure> {
        let store = EmbeddedStore::open_read_only(dir).map_err(|error| open_failure(dir, error))?;
        let key = key_file(dir);
        let vault = match Vault::open(&key) {
            Ok(vault) => Some(Arc::new(vault)),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                let told = anyhow::Error::new(error);
                let told = told.context(format!("key of the engine, {}", key.display()));
                return Err(told.into());
            }
        };
        Ok(Self {
            store: Arc::new(store),
            vault,
        })
    }

    /// Every sale in the log.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) async fn sales(&self) -> Result<Vec<SaleId>, Failure> {
        let streams = self.store.streams().await?;
        Ok(streams
            .iter()
            .filter_map(|stream| stream.sale_id().map(SaleId))
            .collect())
    }

    /// The sale that is meant: the one named, or the only one there is.
    ///
    /// # Errors
    /// There is none, or the choice is not clear.
    pub(crate) async fn choose(&self, named: Option<uuid::Uuid>) -> Result<SaleId, Failure> {
        let sales = self.sales().await?;
        match (named.map(SaleId), sales.as_slice()) {
            (Some(named), _) if sales.contains(&named) => Ok(named),
            (Some(named), _) => Err(Failure::told(
                Exit::NotFound,
                format!("no sale {named} in this folder"),
            )),
            (None, [only]) => Ok(*only),
            (None, []) => Err(Failure::told(Exit::NotFound, "no sale in this folder")),
            (None, several) => {
                let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
                let told = format!(
                    "several sales here, name one with --sale: {}",
                    ids.join(", ")
                );
                Err(Failure::told(Exit::Usage, told))
            }
        }
    }

    /// Gives every event of a sale to a visitor, in order, until it answers `false`.
    ///
    /// # Errors
    /// The log cannot be read, or the visitor's own.
    pub(crate) async fn each(
        &self,
        sale: SaleId,
        visit: impl FnMut(&RecordedEvent) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        each_event(self.store.as_ref(), sale, visit).await
    }
}

/// Gives every event of a sale to a visitor, in order, until it answers `false`.
///
/// # Errors
/// The store cannot be read, or the visitor's own.
pub(crate) async fn each_event(
    store: &dyn EventStore,
    sale: SaleId,
    mut visit: impl FnMut(&RecordedEvent) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let (stream, mut next) = (StreamId::sale(sale.0), Revision(0));
    loop {
        let batch = store.read(&stream, next, SUBSCRIPTION_BATCH_MAX).await?;
        let Some(last) = batch.last() else {
            return Ok(());
        };
        next = Revision(last.revision.0.saturating_add(1));
        for event in &batch {
            if !visit(event)? {
                return Ok(());
            }
        }
    }
}

/// An event as whoever has no key reads it.
///
/// # Errors
/// It is not one that this program wrote.
pub(crate) fn read_event(event: &RecordedEvent) -> Result<Recorded, Failure> {
    decode(event, None).map_err(decode_failure)
}

/// The number for an event that this program does not read.
pub(crate) fn decode_failure(error: DecodeError) -> Failure {
    Failure::new(decode_exit(&error), error)
}

const fn decode_exit(error: &DecodeError) -> Exit {
    match error {
        DecodeError::BeforeRelease => Exit::BeforeRelease,
        DecodeError::UnknownKind(_) | DecodeError::UnknownVersion { .. } => Exit::OtherVersion,
        DecodeError::Malformed(_) | DecodeError::Seal => Exit::Damaged,
    }
}

/// The number for a log on which the engine does not start.
fn start_failure(error: StartError) -> Failure {
    let exit = match &error {
        StartError::Decode { error, .. } => decode_exit(error),
        StartError::Read(_) | StartError::Contradiction { .. } => Exit::Damaged,
    };
    Failure::new(exit, error)
}

/// The number for an export that stopped.
pub(crate) fn export_failure(error: ExportError) -> Failure {
    let exit = match &error {
        ExportError::Decode { error, .. } => decode_exit(error),
        ExportError::Io(_) => Exit::General,
    };
    Failure::new(exit, error)
}

/// The number for read models that could not be made.
pub(crate) fn model_failure(error: ModelError) -> Failure {
    let exit = match &error {
        ModelError::Decode { error, .. } => decode_exit(error),
        ModelError::Sqlite(_)
        | ModelError::OtherForm
        | ModelError::OtherStore { .. }
        | ModelError::OtherHistory
        | ModelError::Gap { .. }
        | ModelError::Cold(_)
        | ModelError::Read(_)
        | ModelError::Io(_)
        | ModelError::Died => Exit::General,
    };
    Failure::new(exit, error)
}

/// The number for a folder that could not be opened.
pub(crate) fn open_failure(dir: &Path, error: OpenError) -> Failure {
    let exit = match &error {
        OpenError::Locked => Exit::Locked,
        OpenError::Damaged(_) => Exit::Damaged,
        OpenError::CutCopy(_) => Exit::CutCopy,
        OpenError::UnknownFormat { .. } => Exit::OtherVersion,
        OpenError::OtherHost => Exit::OtherHost,
        OpenError::NotAStore { .. } => Exit::NotFound,
        OpenError::Unfit(_) => Exit::Unfit,
        // What the disk says while the end of the log is made durable is a failed disk, as later.
        OpenError::Disk(error) if matches!(error.operation, "write" | "sync" | "rename") => {
            Exit::SyncFailed
        }
        OpenError::Option(_) | OpenError::Disk(_) => Exit::General,
    };
    let told = anyhow::Error::new(error).context(format!("data folder {}", dir.display()));
    Failure { exit, error: told }
}
