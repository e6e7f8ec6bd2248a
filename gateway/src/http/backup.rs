//! `/api/v1/backup`: when the house was last backed up, for whoever looks after it.

use axum::extract::State;
use axum::response::Response;
use mazad_office::Right;
use mazad_proto::FaultCode;
use serde::Serialize;

use super::authenticated::Authenticated;
use super::respond::fresh;
use crate::backup_note::BackupNote;
use crate::faults::Fault;
use crate::gateway::Gateway;

/// The last backup.
#[derive(Debug, Serialize)]
pub(super) struct BackupState {
    /// The data folder, as the machine names it; absent: the house is in memory only.
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
    /// What the last backup came to; absent: none was ever made from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<BackupNote>,
}

/// What the last `mazad backup` of this folder has left to be read.
pub(super) async fn state(
    State(gateway): State<Gateway>,
    caller: Authenticated,
) -> Result<Response, Fault> {
    caller.may(Right::ReadBackup, None)?;
    let Some(folder) = gateway.folder().map(ToOwned::to_owned) else {
        let (folder, last) = (None, None);
        return Ok(fresh(BackupState { folder, last }));
    };
    let shown = folder.display().to_string();
    // Off the threads that answer bids: a disk may take its time.
    let read = tokio::task::spawn_blocking(move || BackupNote::read(&folder)).await;
    let last = read.map_err(std::io::Error::other).flatten();
    let last = last.map_err(|error| {
        tracing::warn!(%error, "the note of the last backup cannot be read");
        FaultCode::Internal
    })?;
    Ok(fresh(BackupState {
        folder: Some(shown),
        last,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::openapi::is_described;
    use super::*;

    #[test]
    fn a_backup_is_told_as_described() {
        let note = BackupNote {
            at: "1".to_owned(),
            to: "/mnt/backup/house".to_owned(),
            events: 1,
            bytes: 2,
            chain: "ab".to_owned(),
        };
        assert!(is_described("BackupNote", &note));
        let state = BackupState {
            folder: Some("house".to_owned()),
            last: Some(note),
        };
        assert!(is_described("BackupState", &state));
    }
}
