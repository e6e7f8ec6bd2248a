//! The server under load: a child process of this program, or one that runs elsewhere.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use mazad_engine::store::embedded::{EmbeddedStore, OpenOptions};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::counting::CountingDisk;
use crate::desk::Desk;
use crate::figures::cpu_of;
use crate::http::Api;
use crate::output;
use crate::stage::Stage;

/// What the child says first.
#[derive(Debug, Serialize, Deserialize)]
struct Hello {
    url: String,
    token: String,
}

/// Serves a folder until stdin ends; each line on stdin is answered with the syncs so far.
///
/// # Errors
/// The server does not start, or does not stop.
pub async fn stage(data: &Path) -> anyhow::Result<()> {
    let disk = CountingDisk::default();
    let options = OpenOptions::new().disk(Arc::new(disk.clone()));
    let store = Arc::new(EmbeddedStore::open(data, options)?);
    let stage = Stage::over(store).await?;
    let token = stage
        .desk()
        .api()
        .token()
        .context("an administrator")?
        .to_owned();
    let url = stage.server().url().to_owned();
    output::say(serde_json::to_string(&Hello { url, token })?)?;
    let asked = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        for line in std::io::stdin().lines() {
            line?;
            output::say(disk.syncs())?;
        }
        Ok(())
    });
    asked.await??;
    stage.stop().await
}

/// A server under load.
#[derive(Debug)]
pub(super) enum Loaded {
    /// A child of ours.
    Own(OwnServer),
    /// Somewhere else: only what it answers can be measured.
    Elsewhere(Api),
}

#[derive(Debug)]
pub(super) struct OwnServer {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    admin: Api,
    _folder: TempDir,
}

/// What a server has used up to a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    pub(super) cpu: Duration,
    pub(super) syncs: u64,
}

impl Loaded {
    /// The server at an address, or a new child over an empty folder.
    pub(super) fn start(elsewhere: Option<(&str, &str)>) -> anyhow::Result<Self> {
        match elsewhere {
            Some((url, token)) => Ok(Self::Elsewhere(Api::new(url)?.with_token(token))),
            None => Ok(Self::Own(OwnServer::start()?)),
        }
    }

    pub(super) fn desk(&self) -> Desk {
        match self {
            Self::Own(own) => Desk::new(own.admin.clone()),
            Self::Elsewhere(api) => Desk::new(api.clone()),
        }
    }

    /// What it has used so far, if that can be seen from here.
    pub(super) fn used(&mut self) -> anyhow::Result<Option<Used>> {
        match self {
            Self::Own(own) => own.used().map(Some),
            Self::Elsewhere(_) => Ok(None),
        }
    }

    pub(super) fn told(&self) -> &'static str {
        match self {
            Self::Own(_) => "a process of its own, embedded store in a temporary folder",
            Self::Elsewhere(_) => "running elsewhere",
        }
    }
}

impl OwnServer {
    fn start() -> anyhow::Result<Self> {
        // On a real disk: where temporary files live in memory, the folder of the program is better.
        let beside = std::env::current_exe()?
            .parent()
            .context("a folder")?
            .to_owned();
        let folder = tempfile::Builder::new()
            .prefix("mazad-load-")
            .tempdir_in(beside)?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["stage", "--data"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take().context("stdin")?;
        let mut stdout = BufReader::new(child.stdout.take().context("stdout")?);
        let mut line = String::new();
        ensure!(stdout.read_line(&mut line)? > 0, "the server did not start");
        let hello: Hello = serde_json::from_str(&line)?;
        let admin = Api::new(&hello.url)?.with_token(hello.token);
        Ok(Self {
            child,
            stdin,
            stdout,
            admin,
            _folder: folder,
        })
    }

    fn used(&mut self) -> anyhow::Result<Used> {
        writeln!(self.stdin)?;
        let mut line = String::new();
        ensure!(
            self.stdout.read_line(&mut line)? > 0,
            "the server has ended"
        );
        let cpu = cpu_of(self.child.id())?;
        Ok(Used {
            cpu,
            syncs: line.trim().parse()?,
        })
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}
