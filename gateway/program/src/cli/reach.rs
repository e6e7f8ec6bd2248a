//! Who has a data folder: the server that runs on it, or else this process.

use std::path::Path;

use mazad_client::Client;
use mazad_gateway::auth::LocalAccess;

use super::exit::{Exit, Failure};
use super::folder::OwnFolder;

/// Whoever a tool asks.
#[derive(Debug)]
pub(crate) enum Reached {
    /// A server runs on the folder.
    Server(Client),
    /// None does: the folder is this process's own, made if there was none.
    Folder(OwnFolder),
}

/// Finds out by the lock of the folder.
///
/// # Errors
/// The folder cannot be opened and no server can be reached.
pub(crate) async fn reach(dir: &Path) -> Result<Reached, Failure> {
    match OwnFolder::open(dir, None).await {
        Ok(folder) => Ok(Reached::Folder(folder)),
        Err(locked) if locked.exit == Exit::Locked => {
            let LocalAccess { url, token, .. } = LocalAccess::read(dir)?.ok_or(locked)?;
            Ok(Reached::Server(Client::new(&url)?.with_token(token)))
        }
        Err(failure) => Err(failure),
    }
}
