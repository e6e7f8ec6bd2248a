//! A bidder who never gives up: on any doubt the same bytes with the same id again, over a new
//! connection if it must be, until there is an answer (docs/PROTOCOL.md).

use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::{Encoding, v1};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::desk::line_of;
use crate::http::Api;
use crate::line::{Line, PATIENCE, Told};

/// Tries of one command: with the pauses between them far more than any outage of a test.
const TRIES_MAX: usize = 500;

/// The pause before a server that does not answer is tried again.
const PAUSE: Duration = Duration::from_millis(20);

/// How long one answer may take before the bidder doubts that it comes.
const DOUBT: Duration = Duration::from_secs(5);

/// Where the server is, for anybody; `None` while it is down.
pub type Whereabouts = watch::Receiver<Option<Api>>;

/// One bidder.
#[derive(Debug)]
pub struct Bidder {
    token: String,
    encoding: Encoding,
    server: Whereabouts,
    line: Option<(String, Line)>,
    /// Sendings after the first one.
    pub retries: u64,
}

impl Bidder {
    /// A bidder who has entered.
    ///
    /// # Errors
    /// The caller has no token.
    pub fn new(api: &Api, encoding: Encoding, server: Whereabouts) -> anyhow::Result<Self> {
        let token = api.token().context("somebody who has entered")?.to_owned();
        Ok(Self {
            token,
            encoding,
            server,
            line: None,
            retries: 0,
        })
    }

    /// The encoding.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Sends a command until it is answered.
    ///
    /// # Errors
    /// A fault that repeating does not help, or no answer after very many tries.
    pub async fn settle(&mut self, command: &v1::Command) -> anyhow::Result<(v1::Answer, Bytes)> {
        for attempt in 0..TRIES_MAX {
            self.retries += u64::from(attempt > 0);
            match self.try_once(command).await {
                Ok(Told::Answer(answer, bytes)) => return Ok((answer, bytes)),
                Ok(Told::Fault(fault)) if fault.retry_ms > 0 => {
                    sleep(Duration::from_millis(fault.retry_ms.into())).await;
                }
                // Ours, or the server's while it stops: whoever is not sure asks again.
                Ok(Told::Fault(fault)) if fault.code == "outcome-unknown" => self.line = None,
                Ok(other) => bail!("{}: {other:?}", command.id),
                Err(_) => {
                    self.line = None;
                    sleep(PAUSE).await;
                }
            }
        }
        bail!("{}: no answer after {TRIES_MAX} tries", command.id)
    }

    /// Asks for the answer given before, and gives its bytes.
    ///
    /// # Errors
    /// There is none, or the server cannot be reached.
    pub async fn look_up(&mut self, sale: &str, id: &str) -> anyhow::Result<Bytes> {
        for _ in 0..TRIES_MAX {
            match self.look_up_once(sale, id).await {
                Ok(Told::Fault(fault)) if fault.retry_ms > 0 => {
                    sleep(Duration::from_millis(fault.retry_ms.into())).await;
                }
                Ok(told) => return Ok(told.answer()?.1),
                Err(_) => {
                    self.line = None;
                    sleep(PAUSE).await;
                }
            }
        }
        bail!("{id}: no answer after {TRIES_MAX} tries")
    }

    async fn look_up_once(&mut self, sale: &str, id: &str) -> anyhow::Result<Told> {
        let line = self.connected().await?;
        let lookup = v1::Lookup {
            sale: sale.to_owned(),
            id: id.to_owned(),
        };
        line.say(Said::Lookup(lookup)).await?;
        timeout(DOUBT, line.told(id)).await?
    }

    async fn try_once(&mut self, command: &v1::Command) -> anyhow::Result<Told> {
        let line = self.connected().await?;
        timeout(DOUBT, line.ask(command.clone())).await?
    }

    /// The connection to wherever the server is now.
    ///
    /// # Errors
    /// It cannot be reached.
    pub async fn connected(&mut self) -> anyhow::Result<&mut Line> {
        let found = timeout(PATIENCE, self.server.wait_for(Option::is_some))
            .await??
            .clone();
        let server = found.context("a server")?;
        let address = server.address().to_owned();
        let kept = self.line.take().filter(|(at, _)| *at == address);
        let line = match kept {
            Some((_, line)) => line,
            None => {
                let own = server.with_token(self.token.clone());
                timeout(DOUBT, line_of(&own, self.encoding)).await??
            }
        };
        Ok(&mut self.line.insert((address, line)).1)
    }
}
