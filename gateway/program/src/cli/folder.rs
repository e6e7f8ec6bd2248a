//! A data folder: the store, the engine's key, and the engine on both.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use mazad_engine::clock::SystemClock;
use mazad_engine::codec::{DecodeError, Vault, decode};
use mazad_engine::domain::{Recorded, SaleId};
use mazad_engine::limits::SUBSCRIPTION_BATCH_MAX;
use mazad_engine::store::log::{
    BrokenMark, EmbeddedStore, OpenError, OpenOptions, PoisonReason, SnapshotStore,
};
use mazad_engine::store::{EventStore, ReadError, RecordedEvent, Revision, StreamId};
use mazad_engine::{EmbeddedSnapshots, Engine, Snapshots, StartError};
use mazad_office::OfficeError;
use mazad_projections::export::ExportError;
use mazad_projections::sql::ModelError;
use mazad_texts::is_hidden;

use super::damage;
use super::exit::{Exit, Failure};

/// Folders of ours in a data folder; it may be the home of somebody who has other things there.
const OWN_FOLDERS: [&str; 3] = ["log", "quarantine", "snapshots"];

/// Files of ours beside them.
const OWN_FILES: [&str; 9] = [
    "identity",
    "watermark",
    "ballast",
    "lock",
    "queries.sqlite",
    "queries.sqlite-wal",
    "queries.sqlite-shm",
    "server.json",
    "backup.json",
];

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
    failed: StoreFailure,
}

/// Why the store of a folder has stopped itself, as soon as it has: the process is about to end, and
/// promises nothing meanwhile.
#[derive(Debug, Clone, Default)]
struct StoreFailure(Arc<OnceLock<PoisonReason>>);

impl StoreFailure {
    fn tell(&self, reason: &PoisonReason) {
        // The first reason is kept.
        let _later = self.0.set(reason.clone());
    }

    fn check(&self) -> Result<(), Failure> {
        let failed = self.0.get().cloned();
        failed.map_or(Ok(()), |reason| {
            Err(Failure::told(Exit::DiskFailed, reason))
        })
    }
}

impl OwnFolder {
    /// Opens a folder for writing, making it if there is none, and starts the engine on it.
    ///
    /// # Errors
    /// With the number that says what to do about it.
    pub(crate) async fn open(dir: &Path, adopt: Option<String>) -> Result<Self, Failure> {
        let failed = StoreFailure::default();
        let store = lock_watched(dir, adopt, failed.clone())?;
        let vault = own_key(dir, store.as_ref())?;
        let snapshots = snapshots(dir, &store, &vault);
        let events: Arc<dyn EventStore> = Arc::<EmbeddedStore>::clone(&store);
        let engine = Engine::start_with(events, vault, Arc::new(SystemClock::new()), snapshots)
            .await
            .map_err(start_failure)?;
        Ok(Self {
            store,
            engine,
            failed,
        })
    }

    /// Whether its log can still be written.
    ///
    /// # Errors
    /// The store has stopped itself.
    pub(crate) fn must_be_written(&self) -> Result<(), Failure> {
        self.failed.check()
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
            Ok(Err(reason)) => Err(Failure::told(Exit::DiskFailed, reason)),
            Err(panicked) => Err(Failure::new(Exit::Internal, panicked)),
        }
    }
}

/// Snapshots only make a start shorter: without them the log is read from its beginning.
fn snapshots(
    dir: &Path,
    store: &Arc<EmbeddedStore>,
    vault: &Arc<Vault>,
) -> Option<Arc<dyn Snapshots>> {
    let files = SnapshotStore::open(dir)
        .inspect_err(|error| tracing::warn!(%error, "no snapshots are read or kept"))
        .ok()?;
    let snapshots = EmbeddedSnapshots::new(Arc::clone(store), files, Arc::clone(vault));
    Some(Arc::new(snapshots))
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
    vault
        .map(Arc::new)
        .map_err(|error| key_failure(&file, error))
}

/// The number for a key that cannot be read.
fn key_failure(file: &Path, error: io::Error) -> Failure {
    let exit = match error.kind() {
        ErrorKind::NotFound => Exit::KeyMissing,
        ErrorKind::InvalidData => Exit::General,
        _ => Exit::of_io(&error),
    };
    let told = anyhow::Error::new(error);
    Failure::new(
        exit,
        told.context(format!("key of the engine, {}", file.display())),
    )
}

/// Opens the log of a folder for writing, making it if there is none.
///
/// # Errors
/// With the number that says what to do about it.
pub(crate) fn lock(dir: &Path, adopt: Option<String>) -> Result<Arc<EmbeddedStore>, Failure> {
    lock_watched(dir, adopt, StoreFailure::default())
}

fn lock_watched(
    dir: &Path,
    adopt: Option<String>,
    failed: StoreFailure,
) -> Result<Arc<EmbeddedStore>, Failure> {
    let mut options = OpenOptions::new().on_poison(move |reason| {
        failed.tell(reason);
        // It may have been a listing, or a file that was to be made: the reason says which.
        tracing::error!(%reason, "the log can no longer be written: the process ends");
        // Promise 1: after a failed sync nothing may be built on what the disk says.
        end_at_once(Exit::DiskFailed);
    });
    if let Some(reason) = adopt {
        if reason.contains(is_hidden) {
            // It stays in the log, and is shown to whoever reads it.
            let told = "the reason to adopt has letters that hide what it says";
            return Err(Failure::told(Exit::Usage, told));
        }
        options = options.adopt(reason);
    }
    let store = EmbeddedStore::open(dir, options).map_err(|error| open_failure(dir, error))?;
    keep_private(dir);
    if let Some(broken) = store.report().broken_mark {
        let BrokenMark { slot, is_cut_write } = broken;
        tracing::warn!(
            slot,
            is_cut_write,
            "a slot of the durability mark was broken and is written anew"
        );
    }
    for torn in &store.report().discarded {
        tracing::warn!(
            ?torn,
            "a write that was never answered was cut short and set aside"
        );
    }
    Ok(Arc::new(store))
}

/// The folder is its owner's alone, with what an earlier version or a backup has left in it for others
/// to read. The key is not among it: one that others may have read is refused.
fn keep_private(dir: &Path) {
    let below = OWN_FOLDERS.map(|name| dir.join(name));
    for folder in below.iter().map(PathBuf::as_path).chain([dir]) {
        only_for_owner(folder, 0o700);
    }
    let files = OWN_FILES.map(|name| dir.join(name));
    let within = below.iter().filter_map(|folder| fs::read_dir(folder).ok());
    let within = within.flatten().flatten().map(|entry| entry.path());
    for file in files.into_iter().chain(within) {
        only_for_owner(&file, 0o600);
    }
}

/// Takes the rights of others to a file or folder of ours, if it is there and they have any.
fn only_for_owner(path: &Path, mode: u32) {
    let taken = fs::symlink_metadata(path).and_then(|found| {
        let is_open = found.permissions().mode() & 0o077 != 0 && !found.is_symlink();
        match is_open {
            true => fs::set_permissions(path, Permissions::from_mode(mode)),
            false => Ok(()),
        }
    });
    if let Err(error) = taken
        && error.kind() != ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "others may look into it");
    }
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
            Err(error) => return Err(key_failure(&key, error)),
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
        let streams = self.store.streams().await.map_err(read_failure)?;
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
        let batch = store.read(&stream, next, SUBSCRIPTION_BATCH_MAX).await;
        let batch = batch.map_err(read_failure)?;
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

/// A read that the operating system failed is no damage: the next start may do it.
fn read_exit(error: &ReadError) -> Exit {
    match error {
        ReadError::Damaged(_) => Exit::Damaged,
        ReadError::Io(error) => Exit::of_io(error),
    }
}

/// The number for a log that cannot be read.
pub(crate) fn read_failure(error: ReadError) -> Failure {
    Failure::new(read_exit(&error), error)
}

/// The number for a log on which the engine does not start.
fn start_failure(error: StartError) -> Failure {
    let exit = match &error {
        StartError::Decode { error, .. } => decode_exit(error),
        StartError::Read(error) => read_exit(error),
        StartError::Contradiction { .. } => Exit::Damaged,
    };
    Failure::new(exit, error)
}

/// The number for an office that cannot be opened.
pub(crate) fn office_failure(error: OfficeError) -> Failure {
    let exit = match &error {
        OfficeError::Read(error) => read_exit(error),
        OfficeError::Damaged { .. } => Exit::Damaged,
        _ => Exit::General,
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
        ModelError::Read(error) => read_exit(error),
        ModelError::Sqlite(_)
        | ModelError::OtherForm
        | ModelError::OtherStore { .. }
        | ModelError::OtherHistory
        | ModelError::Gone
        | ModelError::Gap { .. }
        | ModelError::Cold(_)
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
        OpenError::Disk(error) => Exit::of_io(&error.source),
        OpenError::Option(_) => Exit::General,
    };
    let detail = match &error {
        OpenError::Damaged(damage) => Some(Box::new(damage::detail(damage))),
        _ => None,
    };
    let error = anyhow::Error::new(error).context(format!("data folder {}", dir.display()));
    Failure {
        exit,
        error,
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_has_stopped_itself_is_served_by_nobody() {
        let failed = StoreFailure::default();
        failed.check().unwrap();
        let reason = |operation| PoisonReason {
            operation,
            path: PathBuf::from("log"),
            error: "input/output error".to_owned(),
        };
        failed.tell(&reason("list"));
        failed.tell(&reason("sync"));
        let failure = failed.clone().check().unwrap_err();
        assert_eq!(failure.exit, Exit::DiskFailed);
        assert!(failure.error.to_string().starts_with("list of log failed"));
    }
}
