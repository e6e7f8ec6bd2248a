//! Somebody at the demo's sale: one of the client's joined sales, and the tally of what was seen and
//! done in it.

use std::collections::BTreeMap;
use std::time::Duration;

use mazad_client::{
    Act, Answered, Client, ClientError, Encoding, JoinedSale, News, OnDoubt, SalePicture, v1,
};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

/// How long a command is waited for at a time, before somebody looks whether the sale has ended.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(8);

/// Mistakes that are listed: the first ones are the cause of the rest.
const WRONG_LISTED_MAX: usize = 20;

/// What somebody has seen and done.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Commands sent for the first time.
    pub(crate) sent: u32,
    pub(crate) accepted: u32,
    pub(crate) refused: u32,
    /// Faults: nothing was decided.
    pub(crate) faults: u32,
    /// Connections after the first.
    pub(crate) reconnects: u32,
    /// Commands that were asked about after a cut.
    pub(crate) looked_up: u32,
    /// What must not happen.
    pub(crate) wrong: Vec<String>,
}

/// Somebody at a sale.
#[derive(Debug)]
pub(crate) struct ScriptedActor {
    sale: JoinedSale,
    answers: BTreeMap<String, v1::Answer>,
    tally: Tally,
}

/// What somebody brings home from a sale.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) tally: Tally,
    /// Lots by number, as they were seen last.
    pub(crate) lots: BTreeMap<u32, v1::LotView>,
    /// What was answered, by command.
    pub(crate) answers: BTreeMap<String, v1::Answer>,
}

impl ScriptedActor {
    /// Somebody who has not come in yet. Whatever is in doubt is looked up first, so that the demo
    /// shows that too.
    pub(crate) fn new(client: &Client, sale: Uuid, encoding: Encoding) -> Self {
        let sale = client.join(&sale.to_string(), encoding);
        Self {
            sale: sale.on_doubt(OnDoubt::LookUp),
            answers: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    pub(crate) const fn picture(&self) -> &SalePicture {
        self.sale.picture()
    }

    /// The lots that take bids.
    pub(crate) fn open_lots(&self) -> impl Iterator<Item = &v1::LotView> {
        let open = self.picture().lots().filter(|lot| lot.is_open());
        open.map(|lot| lot.view())
    }

    /// What has been seen and done.
    pub(crate) fn into_report(self) -> Report {
        let counts = self.sale.counts();
        let lots = self.picture().lots();
        let lots = lots.map(|lot| (lot.number(), lot.view().clone())).collect();
        let tally = Tally {
            faults: counts.faults,
            reconnects: counts.reconnects,
            looked_up: counts.lookups,
            ..self.tally
        };
        Report {
            tally,
            lots,
            answers: self.answers,
        }
    }

    /// Whether there is nothing more to do: the sale has ended and everything is answered.
    pub(crate) fn is_done(&self) -> bool {
        self.picture().has_ended() && !self.sale.is_waiting()
    }

    /// Leaves without a word, as a phone in a tunnel does.
    pub(crate) fn hang_up(&mut self) {
        self.sale.hang_up();
    }

    /// Sends a command under a new id.
    pub(crate) async fn command(&mut self, act: Act) -> Result<String, ClientError> {
        self.tally.sent = self.tally.sent.saturating_add(1);
        self.sale.send(act).await
    }

    /// Sends a command that was sent before once more: a double click.
    pub(crate) async fn again(&mut self, id: &str) {
        self.sale.repeat(id).await;
    }

    /// Takes in what comes until an instant, or until a command of ours is answered. Comes back
    /// sooner if the sale ends.
    ///
    /// # Errors
    /// The server is gone for good.
    pub(crate) async fn follow(&mut self, until: Instant) -> Result<Option<Answered>, ClientError> {
        while let Ok(news) = timeout_at(until, self.sale.next()).await {
            match news {
                Ok(News::Answered(answered)) => return Ok(Some(self.answered(*answered))),
                Ok(News::NotDecided(no)) => self.wrong(format!("fault {}", no.fault.code)),
                Ok(News::Fault(fault)) if fault.retry.is_none() => {
                    self.wrong(format!("fault {}", fault.code));
                }
                Err(error @ (ClientError::Order(_) | ClientError::Unreadable(_))) => {
                    self.wrong(error.to_string());
                }
                Err(error) => return Err(error),
                Ok(_) if self.is_done() => return Ok(None),
                Ok(_) => {}
            }
        }
        Ok(None)
    }

    /// Waits for the answer to a command that was sent.
    ///
    /// # Errors
    /// The server is gone for good.
    pub(crate) async fn answer(&mut self) -> Result<Option<Answered>, ClientError> {
        while self.sale.is_waiting() {
            let answered = self.follow(Instant::now() + ANSWER_TIME_MAX).await?;
            if answered.is_some() {
                return Ok(answered);
            }
        }
        Ok(None)
    }

    fn answered(&mut self, answered: Answered) -> Answered {
        let counted = match answered.is_accepted() {
            true => &mut self.tally.accepted,
            false => &mut self.tally.refused,
        };
        *counted = counted.saturating_add(1);
        let answer = answered.answer.clone();
        self.answers.insert(answer.id.clone(), answer);
        answered
    }

    /// Notes what must not happen.
    pub(crate) fn wrong(&mut self, what: String) {
        if self.tally.wrong.len() < WRONG_LISTED_MAX {
            self.tally.wrong.push(what);
        }
    }
}
