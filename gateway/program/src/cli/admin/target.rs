//! The target that does it: the server that runs on the folder, or this process on the folder itself.

use std::path::Path;
use std::sync::Arc;

use mazad_client::{Client, ClientError};
use mazad_engine::clock::SystemClock;
use mazad_engine::store::EventStore;
use mazad_engine::store::log::EmbeddedStore;
use mazad_gateway::auth::{InviteReply, InviteRequest, invite};
use mazad_office::{Caller, Office, OfficeError, Person};
use uuid::Uuid;

use crate::cli::{
    exit::{Exit, Failure},
    folder::{OwnFolder, ReadFolder},
    reach::{Reached, reach},
};

/// What links begin with if no server runs that knows better, and nobody says.
const URL: &str = "http://localhost:8080";

/// Who does what an admin asks.
#[derive(Debug)]
pub(super) enum AdminTarget {
    /// A server runs on the folder.
    Server(Client),
    /// None does.
    Folder { folder: OwnFolder, office: Office },
}

impl AdminTarget {
    /// The target of a folder, which is made if there is none: the first admin is invited before the
    /// first start of the server.
    ///
    /// # Errors
    /// The folder cannot be opened and no server can be reached.
    pub(super) async fn open(dir: &Path) -> Result<Self, Failure> {
        Ok(match reach(dir).await? {
            // Whoever sits before a terminal is told that the server is busy.
            Reached::Server(client) => Self::Server(client.trying(1)),
            Reached::Folder(folder) => {
                let office = open_office(&folder.store).await?;
                Self::Folder { folder, office }
            }
        })
    }

    /// The target of a folder that is there.
    ///
    /// # Errors
    /// As [`AdminTarget::open`]; or there is no store in the folder.
    pub(super) async fn open_existing(dir: &Path) -> Result<Self, Failure> {
        ReadFolder::open(dir)?;
        Self::open(dir).await
    }

    /// Invites somebody.
    ///
    /// # Errors
    /// The office or the sale says no.
    pub(super) async fn invite(
        &mut self,
        request: &InviteRequest,
        url: Option<&str>,
    ) -> Result<InviteReply, Failure> {
        let reply = match self {
            Self::Server(client) => client.post("/api/invites", request).await.map_err(told)?,
            Self::Folder { folder, office } => {
                let operator = Caller::operator(None);
                invite(office, &folder.engine, &operator, request, URL).await?
            }
        };
        Ok(match url {
            Some(url) => reply.reached_at(url),
            None => reply,
        })
    }

    /// Ends a token or withdraws an invite.
    ///
    /// # Errors
    /// There is none with this id.
    pub(super) async fn revoke(&mut self, id: Uuid) -> Result<(), Failure> {
        match self {
            Self::Server(client) => client.revoke(&id.to_string()).await.map_err(told),
            Self::Folder { office, .. } => office
                .revoke(&Caller::operator(None), id)
                .await
                .map_err(failure),
        }
    }

    /// Disables an account.
    ///
    /// # Errors
    /// There is none with this id, or it is disabled already.
    pub(super) async fn disable(&mut self, id: Uuid) -> Result<(), Failure> {
        match self {
            Self::Server(client) => client.disable(&id.to_string()).await.map_err(told),
            Self::Folder { office, .. } => office
                .disable(&Caller::operator(None), id)
                .await
                .map_err(failure),
        }
    }

    /// Gives the folder back, if it was taken.
    ///
    /// # Errors
    /// The store had stopped itself.
    pub(super) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Server(_) => Ok(()),
            Self::Folder { folder, .. } => folder.close().await,
        }
    }
}

/// Everybody, read from the folder beside whoever writes it.
///
/// # Errors
/// The folder cannot be read.
pub(super) async fn people(dir: &Path) -> Result<Vec<Person>, Failure> {
    let folder = ReadFolder::open(dir)?;
    let office = open_office(&folder.store).await?;
    let operator = Caller::operator(None);
    let mut people: Vec<Person> = Vec::new();
    loop {
        let after = people.last().map(|person| person.account);
        let page = office
            .people(&operator, after, usize::MAX)
            .map_err(failure)?;
        if page.is_empty() {
            return Ok(people);
        }
        people.extend(page);
    }
}

async fn open_office(store: &Arc<EmbeddedStore>) -> Result<Office, Failure> {
    let events: Arc<dyn EventStore> = Arc::<EmbeddedStore>::clone(store);
    Office::open(events, Arc::new(SystemClock::new()))
        .await
        .map_err(failure)
}

fn told(error: ClientError) -> Failure {
    let is_missing = matches!(&error, ClientError::Fault(fault) if fault.status == Some(404));
    let exit = if is_missing {
        Exit::NotFound
    } else {
        Exit::General
    };
    Failure::new(exit, error)
}

fn failure(error: OfficeError) -> Failure {
    let exit = match &error {
        OfficeError::NotFound => Exit::NotFound,
        OfficeError::Damaged { .. } | OfficeError::Read(_) => Exit::Damaged,
        OfficeError::Malformed(_) => Exit::Usage,
        OfficeError::Denied(_)
        | OfficeError::InviteInvalid
        | OfficeError::Disabled
        | OfficeError::Full(_)
        | OfficeError::Busy
        | OfficeError::Unsure
        | OfficeError::Refused(_) => Exit::General,
    };
    Failure::new(exit, error)
}
