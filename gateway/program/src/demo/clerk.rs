//! A scripted clerk: opens the clerked lots one after the other, enters a bid of the hall now and
//! then, is the second clerk for those that wait, warns twice, and lets the hammer fall on what was seen.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mazad_client::{Act, ClientError, v1};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::actor::ScriptedActor;
use super::catalogue::Worth;
use super::pace::Pace;

/// The paddle of the hall: nobody's account.
pub(crate) const HALL_PADDLE: u32 = 200;

#[derive(Debug)]
pub(crate) struct Clerk {
    pub(crate) actor: ScriptedActor,
    pub(crate) pace: Pace,
    pub(crate) worths: Arc<BTreeMap<u32, Worth>>,
    pub(crate) rng: StdRng,
    /// Revision of the lot in hand, and since when it stands.
    pub(crate) quiet: (u64, Instant),
}

impl Clerk {
    /// A clerk who has not come in yet.
    pub(crate) fn new(
        actor: ScriptedActor,
        pace: Pace,
        worths: Arc<BTreeMap<u32, Worth>>,
        seed: u64,
    ) -> Self {
        Self {
            actor,
            pace,
            worths,
            rng: StdRng::seed_from_u64(seed),
            quiet: (0, Instant::now()),
        }
    }

    /// Clerks until the sale has ended, or until told to stop.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> Self {
        let done = tokio::select! {
            // A command that was on its way is decided or not; nobody waits for it any more.
            () = stop.cancelled() => Ok(()),
            done = self.clerk() => done,
        };
        if let Err(error) = done {
            self.actor.wrong(format!("gave up: {error}"));
        }
        self
    }

    async fn clerk(&mut self) -> Result<(), ClientError> {
        while !self.actor.is_done() {
            let next = Instant::now() + self.pace.seconds(0.5);
            while Instant::now() < next && !self.actor.is_done() {
                self.actor.follow(next).await?;
            }
            if let Some(act) = self.next_act() {
                self.act(act).await?;
            }
        }
        Ok(())
    }

    /// What the sale needs now.
    fn next_act(&mut self) -> Option<Act> {
        match self.actor.picture().board().phase() {
            v1::SalePhase::Paused => return Some(Act::ResumeSale(v1::ResumeSale {})),
            v1::SalePhase::Open => {}
            v1::SalePhase::Draft
            | v1::SalePhase::Announced
            | v1::SalePhase::Ended
            | v1::SalePhase::Unspecified => return None,
        }
        let lot = self.in_hand()?.clone();
        if self.quiet.0 != lot.revision {
            self.quiet = (lot.revision, Instant::now());
        }
        let quiet = self.quiet.1.elapsed();
        if lot.phase() == v1::LotPhase::Upcoming {
            let is_time = quiet >= self.pace.seconds(2.0);
            return is_time.then_some(Act::OpenLot(v1::OpenLot { lot: lot.lot }));
        }
        self.on_open(&lot, quiet)
    }

    /// The first clerked lot that has not ended.
    fn in_hand(&self) -> Option<&v1::LotView> {
        let picture = self.actor.picture();
        let clerked = |no: &&u32| self.worths.get(no).is_some_and(|worth| worth.clerked);
        let order = picture.board().order.iter().filter(clerked);
        let mut waiting = order.filter_map(|no| Some(picture.lot(*no)?.view()));
        waiting.find(|lot| lot.phase() != v1::LotPhase::Closed)
    }

    fn on_open(&mut self, lot: &v1::LotView, quiet: Duration) -> Option<Act> {
        let (no, has_bids) = (lot.lot, lot.leader != 0);
        if let Some(held) = lot.held {
            // R12a: as the second clerk, for the bid that stands there and no other.
            return Some(Act::ConfirmFloorBid(v1::ConfirmFloorBid {
                lot: no,
                held: held.held,
                paddle: held.paddle,
                amount: held.amount,
            }));
        }
        let patience = match (has_bids, lot.warnings) {
            (false, 0) => 12.0,
            (true, 0) => 6.0,
            _ => 3.0,
        };
        if quiet < self.pace.seconds(patience) {
            return None;
        }
        let worth = self.worths.get(&no)?;
        let in_hall = lot.leader != HALL_PADDLE && lot.ask <= worth.low;
        if in_hall && lot.warnings == 0 && self.rng.random_range(0..100) < 35 {
            return Some(Act::FloorBid(v1::FloorBid {
                lot: no,
                paddle: HALL_PADDLE,
                amount: lot.ask,
                confirms: String::new(),
            }));
        }
        let seen = Some(seen(lot));
        Some(match (lot.warnings, has_bids) {
            (0 | 1, true) => Act::WarnLot(v1::WarnLot { lot: no }),
            (_, true) => Act::HammerLot(v1::HammerLot { lot: no, seen }),
            (_, false) => Act::PassLot(v1::PassLot { lot: no, seen }),
        })
    }

    /// R4: below the base the hammer does not fall; the lot passes, as it was seen. R1: a bid of the hall
    /// that jumps is meant.
    async fn act(&mut self, act: Act) -> Result<(), ClientError> {
        let Some(answer) = self.ask(act.clone()).await? else {
            return Ok(());
        };
        let next = match (act, answer.code.as_str()) {
            (Act::HammerLot(hammer), "reserve-not-met" | "no-bids") => {
                let (lot, seen) = (hammer.lot, hammer.seen);
                Act::PassLot(v1::PassLot { lot, seen })
            }
            (Act::FloorBid(bid), "needs-confirmation") => Act::FloorBid(v1::FloorBid {
                confirms: answer.id,
                ..bid
            }),
            // Whatever else stands in the way is seen by the next look: a bid that has come (R0),
            // warnings that are too young (R12a).
            _ => return Ok(()),
        };
        self.ask(next).await.map(|_| ())
    }

    async fn ask(&mut self, act: Act) -> Result<Option<v1::Answer>, ClientError> {
        self.actor.command(act).await?;
        let answered = self.actor.answer().await?;
        Ok(answered.map(|answered| answered.answer))
    }
}

/// R0: a lot as the clerk sees it.
const fn seen(lot: &v1::LotView) -> v1::Seen {
    v1::Seen {
        bid: lot.last_bid,
        leader: lot.leader,
        price: lot.price,
    }
}
