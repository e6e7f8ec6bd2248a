//! Where the commands of an import go: to the server that runs on the folder, or to the folder.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt as _, stream};
use mazad_client::{Client, ClientError};
use mazad_engine::Engine;
use mazad_engine::codec::command;
use mazad_engine::domain::{Answer, Code, Verdict};
use mazad_import::Plan;
use mazad_office::Caller;
use mazad_proto::v1;

use crate::cli::limits::{TRIES_MAX, UNDER_WAY_MAX};
use crate::cli::output::Output;
use crate::cli::{
    exit::{Exit, Failure},
    folder::OwnFolder,
    reach::{Reached, reach},
};

#[derive(Debug)]
pub(crate) enum ImportTarget {
    /// A server has the folder.
    Server(Client),
    /// Nobody else has it.
    Folder(OwnFolder),
    /// An engine of this process, which somebody else stops.
    Engine(Engine),
}

impl ImportTarget {
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

    /// Submits commands in their order and tells of each one done.
    ///
    /// # Errors
    /// The first refusal or failure. Nothing is begun after it; what was begun is told if it is done.
    pub(crate) async fn submit(
        &mut self,
        commands: Vec<v1::Command>,
        mut done: impl FnMut(&v1::Command),
    ) -> Result<(), Failure> {
        let engine = match self {
            Self::Server(client) => {
                for command in commands {
                    post_one(client, &command).await?;
                    done(&command);
                }
                return Ok(());
            }
            Self::Folder(folder) => &folder.engine,
            Self::Engine(engine) => &*engine,
        };
        let stopped = AtomicBool::new(false);
        // Taken up in order, so that lots stand in the catalogue in the order of the table.
        let begun = commands
            .into_iter()
            .take_while(|_| !stopped.load(Ordering::Relaxed));
        let mut answers = stream::iter(begun)
            .map(|command| async move { submit_one(engine, &command).await.map(|()| command) })
            .buffered(UNDER_WAY_MAX);
        let mut first = Ok(());
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(command) => done(&command),
                Err(failure) => {
                    stopped.store(true, Ordering::Relaxed);
                    first = first.and(Err(failure));
                }
            }
        }
        first
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

/// Does what is planned: the sale if it is new, then each new lot in the order of the table.
///
/// # Errors
/// Something was refused or failed; the same import again goes on where this one stopped.
pub(crate) async fn carry_out(
    plan: &Plan,
    target: &mut ImportTarget,
    output: Output,
) -> Result<(), Failure> {
    if let Some(create) = plan.create_command() {
        target.submit(vec![create], |_| {}).await?;
    }
    let commands = plan.add_commands();
    let total = commands.len();
    let bar = output.progress(total as u64, "lots");
    let mut done = 0_usize;
    let carried = target
        .submit(commands, |_| {
            done = done.saturating_add(1);
            bar.inc(1);
        })
        .await;
    bar.finish_and_clear();
    carried.map_err(|failure| Failure {
        exit: failure.exit,
        error: failure.error.context(format!(
            "{done} of {total} lots are in, the same import again goes on / \
             أضيف {done} من {total}، وتكرار الاستيراد نفسه يكمل الباقي"
        )),
    })
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
            "the server stays too busy; the same import again goes on".to_owned()
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

#[cfg(test)]
#[path = "submit_tests.rs"]
mod tests;
