//! From zero: a new file beside the old one, then put in its place.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mazad_engine::store::EventStore;
use rusqlite::{Connection, OpenFlags};

use super::follow::take;
use super::{ModelError, QueryModel};
use crate::limits::APPLY_EVENTS_MAX;

/// A model that was rebuilt and is in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Events of the store that it reflects.
    pub events: u64,
}

/// Rebuilds the model in `path` from the whole store, as the store is now. `progress` hears how
/// many events are done, of how many.
///
/// Nobody may have the old model open. Two rebuilds of one history are the same bytes, by the same
/// release of SQLite.
///
/// # Errors
/// [`ModelError`]; the old file is untouched then, unless the last step of all failed: that leaves
/// no file, which is an empty model.
pub async fn rebuild(
    store: Arc<dyn EventStore>,
    path: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<Rebuilt, ModelError> {
    let (building, built) = (beside(path, "building"), beside(path, "rebuilt"));
    let begun = tokio::task::spawn_blocking({
        let (path, building, built) = (path.to_owned(), building.clone(), built.clone());
        move || {
            claim(&path)?;
            remove_model(&building)?;
            remove_model(&built)?;
            QueryModel::scratch(&building)
        }
    });
    let mut model = begun.await.map_err(|_| ModelError::Died)??;
    model.bind(store.identity().store)?;
    let total = *store.durable().borrow();
    while model.next_position().0 < total {
        let mut batch = store
            .read_all(model.next_position(), APPLY_EVENTS_MAX)
            .await?;
        batch.retain(|event| event.position.0 < total);
        if batch.is_empty() {
            let (expected, found) = (total, model.next_position().0);
            return Err(ModelError::Gap { expected, found });
        }
        model = take(model, &store, batch).await?;
        progress(model.next_position().0, total);
    }
    let events = model.next_position().0;
    let place = path.to_owned();
    let last = tokio::task::spawn_blocking(move || put_in_place(model, &building, &built, &place));
    last.await.map_err(|_| ModelError::Died)??;
    Ok(Rebuilt { events })
}

/// Makes sure that nobody else has the old model open, and leaves it without a journal: one that
/// stayed behind would be read into the new file.
fn claim(path: &Path) -> Result<(), ModelError> {
    if !path.exists() {
        return Ok(());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let closed = Connection::open_with_flags(path, flags)
        .and_then(|old| old.pragma_update(None, "journal_mode", "DELETE"));
    match closed {
        Ok(()) => Ok(()),
        Err(error) => match error.sqlite_error_code() {
            // Whatever this is, it is about to be replaced.
            Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
                Ok(())
            }
            _ => Err(ModelError::Sqlite(error)),
        },
    }
}

/// The compact copy is the one that is kept: where its pages lie depends on its rows alone, not on
/// how they were batched.
fn put_in_place(
    model: QueryModel,
    building: &Path,
    built: &Path,
    path: &Path,
) -> Result<(), ModelError> {
    model.copy_to(built)?;
    drop(model);
    File::open(built)?.sync_all()?;
    claim(path)?;
    remove_model(path)?;
    fs::rename(built, path)?;
    remove_model(building)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Removes a model with the files that SQLite keeps beside it; the file itself first, since a
/// journal without its file is harmless and a file without its journal is not.
fn remove_model(path: &Path) -> io::Result<()> {
    let mut files = vec![path.to_owned()];
    files.extend(["-wal", "-shm", "-journal"].map(|end| ending(path, end)));
    for file in files {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn beside(path: &Path, word: &str) -> PathBuf {
    ending(path, &format!(".{word}"))
}

fn ending(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    PathBuf::from(name)
}
