//! The server under load: `mazad serve` as a child process, or one that runs elsewhere.

use std::time::Duration;

use anyhow::Context;
use mazad_client::{Client, ServerAddress};
use mazad_engine::store::log::verify;
use tempfile::TempDir;

use crate::figures::cpu_of;
use crate::process::{Served, program};
use crate::test_admin::TestAdmin;

/// A server under load.
#[derive(Debug)]
pub(super) enum Loaded {
    /// A child of ours, on a folder of ours.
    Own(Served, TempDir),
    /// Somewhere else: only what it answers can be measured.
    Elsewhere(Client),
}

/// What has been used up to a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    /// What the server has used of the processors.
    cpu: Duration,
    /// The same of this process.
    own_cpu: Duration,
    /// Batches in the log: each is one write and one sync.
    pub(super) batches: u64,
}

impl Loaded {
    /// The server at an address, or a new child over an empty folder.
    pub(super) async fn start(elsewhere: Option<(&str, &str)>) -> anyhow::Result<Self> {
        match elsewhere {
            Some((url, token)) => {
                let address = ServerAddress::on_trusted_network(url)?;
                Ok(Self::Elsewhere(Client::to(address).with_token(token)))
            }
            None => tokio::task::spawn_blocking(start).await?,
        }
    }

    pub(super) fn admin(&self) -> TestAdmin {
        match self {
            Self::Own(served, _) => served.admin(),
            Self::Elsewhere(client) => TestAdmin::new(client.clone()),
        }
    }

    /// What has been used so far, if that can be seen from here.
    pub(super) fn used(&self) -> anyhow::Result<Option<Used>> {
        let Self::Own(served, folder) = self else {
            return Ok(None);
        };
        let log = verify(&folder.path().join("data")).context("the server's log")?;
        Ok(Some(Used {
            cpu: cpu_of(served.pid())?,
            own_cpu: cpu_of(std::process::id())?,
            batches: log.batches,
        }))
    }

    pub(super) fn told(&self) -> &'static str {
        match self {
            Self::Own(..) => "mazad serve, a process of its own on an empty folder",
            Self::Elsewhere(_) => "running elsewhere",
        }
    }
}

impl Used {
    /// Microseconds of server and of this process for each of so many things.
    pub(super) fn cpu_since(&self, before: &Self, count: u64) -> (String, String) {
        let each = |now: Duration, before: Duration| {
            let nanos = now.saturating_sub(before).as_nanos() / u128::from(count.max(1));
            format!("{}.{:02}", nanos / 1_000, nanos % 1_000 / 10)
        };
        (
            each(self.cpu, before.cpu),
            each(self.own_cpu, before.own_cpu),
        )
    }
}

fn start() -> anyhow::Result<Loaded> {
    let program = program()?;
    // On a real disk: where temporary files live in memory, the folder of the program is better.
    let beside = program.parent().context("a folder")?;
    let folder = tempfile::Builder::new()
        .prefix("mazad-load-")
        .tempdir_in(beside)?;
    let served = Served::start_with(&program, &folder.path().join("data"), &["--unhindered"])?;
    Ok(Loaded::Own(served, folder))
}
