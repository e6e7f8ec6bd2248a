//! Where the commands of a tool go: to the server that runs on the folder, or to the folder.

use std::path::Path;

use mazad_client::{Client, ClientError};
use mazad_engine::Engine;
use mazad_engine::codec::command;
use mazad_engine::domain::{Answer, Code, Verdict};
use mazad_office::Caller;
use mazad_proto::v1;

use super::exit::{Exit, Failure};
use super::folder::OwnFolder;
use super::limits::TRIES_MAX;
use super::reach::{Reached, reach};

#[derive(Debug)]
pub(crate) enum CommandTarget {
    /// A server has the folder.
    Server(Client),
    /// Nobody else has it.
    Folder(OwnFolder),
    /// An engine of this process, which somebody else stops.
    Engine(Engine),
}

impl CommandTarget {
    /// The server that runs on a folder, or the folder itself.
    ///
    /// # Errors
    /// The folder cannot be opened.
    pub(crate) async fn of(dir: &Path) -> Result<Self, Failure> {
        Ok(match reach(dir).await? {
            Reached::Server(client) => Self::Server(client.trying(TRIES_MAX)),
            Reached::Folder(folder) => Self::Folder(folder),
        })
    }

    /// Submits commands one after the other and tells of each one done.
    ///
    /// # Errors
    /// The first refusal or failure. Nothing is begun after it.
    pub(crate) async fn submit(
        &mut self,
        commands: Vec<v1::Command>,
        mut done: impl FnMut(&v1::Command),
    ) -> Result<(), Failure> {
        for command in commands {
            match self {
                Self::Server(client) => post_one(client, &command).await?,
                Self::Folder(folder) => submit_one(&folder.engine, &command).await?,
                Self::Engine(engine) => submit_one(engine, &command).await?,
            }
            done(&command);
        }
        Ok(())
    }

    /// Gives the folder back, if it was taken.
    ///
    /// # Errors
    /// The store had stopped itself.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Folder(folder) => folder.close().await,
            Self::Server(_) | Self::Engine(_) => Ok(()),
        }
    }
}

/// Submits a command as the tools of this machine do, and expects a yes.
///
/// # Errors
/// A refusal, or no answer.
pub(crate) async fn submit_one(engine: &Engine, wire: &v1::Command) -> Result<(), Failure> {
    let actor = Caller::operator(None)
        .actor()
        .ok_or_else(|| Failure::told(Exit::Internal, "tools have no name to act under"))?;
    let hold = engine.arrive();
    let (sale, command) = command::command(wire, actor, hold.stamp(), engine.vault())
        .map_err(|place| Failure::told(Exit::Internal, place.to_string()))?;
    let answer = engine.submit(sale, command, hold).await?;
    accepted(&answer)
}

/// Sends a command to the server of this machine, and expects a yes.
async fn post_one(client: &Client, wire: &v1::Command) -> Result<(), Failure> {
    let told = match client.command(wire).await {
        Ok(answer) if answer.verdict() == v1::Verdict::Accepted => return Ok(()),
        Ok(answer) => {
            let lot = match answer.lot {
                0 => String::new(),
                lot => format!("lot {lot}: "),
            };
            format!("{lot}{} {} (200)", answer.code, answer.rule)
        }
        Err(ClientError::Fault(fault)) if fault.retry.is_some() => {
            "the server stays too busy: ask again later".to_owned()
        }
        Err(error) => return Err(error.into()),
    };
    Err(Failure::told(Exit::General, told))
}

fn accepted(answer: &Answer) -> Result<(), Failure> {
    match &answer.verdict {
        Verdict::Accepted(_) => Ok(()),
        Verdict::Refused(refusal) => {
            let code: Code = refusal.code;
            let lot = answer
                .lot
                .map(|lot| format!("lot {lot}: "))
                .unwrap_or_default();
            let told = format!("{lot}refused by rule {}: {}", code.rule(), code.as_str());
            Err(Failure::told(Exit::General, told))
        }
    }
}
