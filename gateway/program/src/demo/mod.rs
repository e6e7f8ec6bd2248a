//! The demo sale: a catalogue as a governorate would offer it, bidders of different strategies on the
//! real socket, and a clerk where nobody else is one. The same program, store and protocol as in
//! earnest: kill it, start it again on its folder, and the sale goes on.

mod actor;
mod bidder;
mod catalogue;
mod clerk;
mod pace;
mod record;
mod seed;
mod strategy;
mod summary;
mod welcome;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mazad_client::{Client, Encoding, ServerAddress};
use mazad_engine::clock::{Clock as _, SystemClock};
use mazad_engine::domain::{Event, LotEvent, SaleEvent, SaleId, Time};
use mazad_engine::store::{Revision, StreamId, Subscription};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::actor::ScriptedActor;
use self::bidder::Bidder;
use self::catalogue::Worth;
use self::clerk::Clerk;
use self::record::Record;
use self::strategy::{BIDDERS, BidderScript};
use self::welcome::Links;
use crate::cli::{
    exit::{Exit, Failure},
    folder::read_event,
    output::Output,
    served_folder::ServedFolder,
};

pub(crate) use self::pace::Pace;
pub(crate) use self::summary::Summary;

/// What a demo is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// 0: any.
    pub(crate) port: u16,
    /// Loopback, or an address by which a whole classroom comes in.
    pub(crate) listen: IpAddr,
    /// How many people bid, each with a link of their own.
    pub(crate) guests: u32,
    /// Of the bidders' choices, if somebody chose one.
    pub(crate) seed: Option<u64>,
    /// Of everything, if somebody chose it.
    pub(crate) speed: Option<Pace>,
    /// A scripted clerk drives the clerked lots.
    pub(crate) auto_clerk: bool,
}

/// A demo that runs.
#[derive(Debug)]
pub(crate) struct Demo {
    dir: PathBuf,
    served: ServedFolder,
    record: Record,
    settings: Settings,
    pace: Pace,
    worths: Arc<BTreeMap<u32, Worth>>,
    links: Links,
    /// When the last timed lot would end if nobody bid late.
    last_end: Time,
}

impl Demo {
    /// Opens the folder, makes the sale if there is none yet, and lets the scripted people in.
    ///
    /// # Errors
    /// The folder cannot be used or the port not listened on.
    pub(crate) async fn start(
        dir: &Path,
        settings: Settings,
        output: Output,
    ) -> Result<Self, Failure> {
        seed::may_use(dir, settings).await?;
        let served = seed::serve(dir, settings).await?;
        match Self::prepare(dir, &served, settings, output).await {
            Ok((record, seeded, links)) => Ok(Self {
                dir: dir.to_owned(),
                served,
                settings,
                pace: record.speed,
                worths: Arc::new(seeded.worths),
                last_end: seeded.last_end,
                links,
                record,
            }),
            Err(failure) => {
                served.stop().await?;
                Err(failure)
            }
        }
    }

    async fn prepare(
        dir: &Path,
        served: &ServedFolder,
        settings: Settings,
        output: Output,
    ) -> Result<(Record, seed::Seeded, Links), Failure> {
        let mut record = seed::record(dir, settings)?;
        let seeded = seed::sale(served, &record, output).await?;
        seed::people(dir, served, &mut record).await?;
        let links = Links::make(served, &mut record, settings).await?;
        record.write(dir)?;
        Ok((record, seeded, links))
    }

    /// Says where everything is and what to try.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn tell(&self, output: Output, until_end: bool) -> std::io::Result<()> {
        // With results to come, addresses are talk.
        self.links.tell(
            output,
            until_end,
            &self.dir,
            &self.record,
            self.settings.auto_clerk,
        )
    }

    /// Lets everybody loose until the sale has ended (`until_end`) or somebody stops the program,
    /// and says what came of it.
    ///
    /// # Errors
    /// The sale did not end in time, or the stop was not clean.
    pub(crate) async fn run(self, until_end: bool, output: Output) -> Result<Summary, Failure> {
        let stop = CancellationToken::new();
        let anybody = Client::to(ServerAddress::local(&self.local_url())?);
        let bidders: Vec<JoinHandle<Bidder>> = self
            .bidders(&anybody)
            .map(|bidder| tokio::spawn(bidder.run(stop.clone())))
            .collect();
        let clerk = self
            .clerk(&anybody)
            .map(|clerk| tokio::spawn(clerk.run(stop.clone())));
        let limit = self.time_limit();
        let ended = tokio::select! {
            // Following is over with the demo; nothing is lost.
            ended = self.ends(until_end, output) => ended,
            // Safe to drop: a signal stays one.
            () = self.served.wait(std::future::pending()) => match until_end {
                true => Err(Failure::told(Exit::Stopped, "stopped before the sale had ended")),
                false => Ok(()),
            },
            // Safe to drop: a clock.
            () = tokio::time::sleep(limit), if until_end => {
                Err(Failure::told(Exit::DemoFailed, format!("the sale did not end in {limit:?}")))
            }
        };
        if ended.is_err() || !until_end {
            stop.cancel();
        }
        let mut summary = Summary::new(SaleId(self.record.sale), self.pace.speed());
        let gathered = tokio::select! {
            gathered = gather(&mut summary, bidders, clerk) => gathered,
            // Nobody's report is worth waiting for any more.
            () = self.served.wait(std::future::pending()), if !stop.is_cancelled() => {
                Err(Failure::told(Exit::Stopped, "stopped before everybody had reported"))
            }
        };
        stop.cancel();
        self.served.stop().await?;
        ended.and(gathered).map(|()| summary)
    }

    fn bidders(&self, anybody: &Client) -> impl Iterator<Item = Bidder> {
        let people = BIDDERS
            .into_iter()
            .zip(self.record.tokens.clone())
            .enumerate();
        people.map(|(index, ((paddle, strategy, _), token))| Bidder {
            paddle,
            strategy,
            actor: self.actor(anybody, token, index),
            script: BidderScript::new(strategy, self.pace, self.record.seed, paddle),
            pace: self.pace,
            worths: Arc::clone(&self.worths),
        })
    }

    fn clerk(&self, anybody: &Client) -> Option<Clerk> {
        let token = self
            .record
            .tokens
            .get(BIDDERS.len())
            .filter(|_| self.settings.auto_clerk)?;
        Some(Clerk::new(
            self.actor(anybody, token.clone(), 0),
            self.pace,
            Arc::clone(&self.worths),
            self.record.seed,
        ))
    }

    /// Half of them speak JSON, half protobuf.
    fn actor(&self, anybody: &Client, token: String, index: usize) -> ScriptedActor {
        let encoding = if index.is_multiple_of(2) {
            Encoding::Json
        } else {
            Encoding::Proto
        };
        ScriptedActor::new(&anybody.with_token(token), self.record.sale, encoding)
    }

    fn local_url(&self) -> String {
        self.served.tools_url().to_owned()
    }

    /// Follows the log until the sale ends; after that, for ever, unless that was all.
    async fn ends(&self, until_end: bool, output: Output) -> Result<(), Failure> {
        let stream = StreamId::sale(self.record.sale);
        let mut events = Subscription::stream(self.served.store(), stream, Revision(0));
        let bar = output.progress(self.worths.len() as u64, "lots ended");
        while let Some(batch) = events.next_batch().await? {
            for event in &batch {
                match read_event(event)?.event {
                    Event::Lot(_, LotEvent::Closed { .. })
                    | Event::Lot(_, LotEvent::Withdrawn { .. })
                        if until_end =>
                    {
                        bar.inc(1)
                    }
                    Event::Sale(SaleEvent::Ended) => {
                        bar.finish_and_clear();
                        if until_end {
                            return Ok(());
                        }
                        output
                            .talk("the sale has ended; the pages stay until you stop the program");
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Far more than a sale takes, even one that begins to wait for each late bid.
    fn time_limit(&self) -> Duration {
        let timed = self.last_end.since(SystemClock::new().now());
        Duration::from_micros(timed.0) + self.pace.seconds(1200.0) + Duration::from_secs(30)
    }
}

/// What everybody saw, once they have gone home.
async fn gather(
    summary: &mut Summary,
    bidders: Vec<JoinHandle<Bidder>>,
    clerk: Option<JoinHandle<Clerk>>,
) -> Result<(), Failure> {
    for bidder in bidders {
        summary.take_bidder(bidder.await?);
    }
    if let Some(clerk) = clerk {
        summary.take_clerk(clerk.await?);
    }
    Ok(())
}
