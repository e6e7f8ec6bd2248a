//! A scripted bidder: looks, candidates, bids, and takes the answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use mazad_client::{Act, Answered, ClientError, v1};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::actor::ScriptedActor;
use super::catalogue::Worth;
use super::pace::Pace;
use super::strategy::{BidderScript, PlannedBid, Strategy};

#[derive(Debug)]
pub(crate) struct Bidder {
    pub(crate) paddle: u32,
    pub(crate) strategy: Strategy,
    pub(crate) actor: ScriptedActor,
    pub(crate) script: BidderScript,
    pub(crate) pace: Pace,
    pub(crate) worths: Arc<BTreeMap<u32, Worth>>,
}

impl Bidder {
    /// Bids until the sale has ended, or until told to stop.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> Self {
        let done = tokio::select! {
            // A bid that was on its way is decided or not; nobody waits for it any more.
            () = stop.cancelled() => Ok(()),
            done = self.bid_on() => done,
        };
        if let Err(error) = done {
            self.actor.wrong(format!("gave up: {error}"));
        }
        self
    }

    async fn bid_on(&mut self) -> Result<(), ClientError> {
        while !self.actor.is_done() {
            let next = Instant::now() + self.script.next_look();
            // Answers are waited for where the command is sent; what else comes moves the picture.
            while Instant::now() < next && !self.actor.is_done() {
                self.actor.follow(next).await?;
            }
            if let Some((lot, plan_bid)) = self.plan_bid() {
                self.bid(lot, plan_bid).await?;
            }
        }
        Ok(())
    }

    /// A bid on one of the open lots, any of them.
    fn plan_bid(&mut self) -> Option<(u32, PlannedBid)> {
        let now = self.actor.picture().now().unwrap_or(0);
        let (script, paddle) = (&mut self.script, self.paddle);
        let mut candidates: Vec<(u32, PlannedBid)> = Vec::new();
        for lot in self.actor.open_lots() {
            let planned = self
                .worths
                .get(&lot.lot)
                .and_then(|worth| script.plan_bid(lot, *worth, paddle, now));
            candidates.extend(planned.map(|bid| (lot.lot, bid)));
        }
        let roll = usize::try_from(self.script.roll()).unwrap_or(0);
        let chosen = roll.checked_rem(candidates.len())?;
        candidates.get(chosen).copied()
    }

    async fn bid(&mut self, lot: u32, plan_bid: PlannedBid) -> Result<(), ClientError> {
        let id = self
            .actor
            .command(place_bid(lot, plan_bid, String::new()))
            .await?;
        match self.strategy {
            Strategy::Clumsy if self.script.roll() < 25 => self.actor.again(&id).await,
            Strategy::Offline if self.script.roll() < 25 => {
                self.actor.hang_up();
                sleep(self.pace.seconds(6.0)).await;
            }
            Strategy::Patient
            | Strategy::EarlyMaximum
            | Strategy::Sniper
            | Strategy::Nibbler
            | Strategy::Clumsy
            | Strategy::Offline => {}
        }
        if let Some(answered) = self.actor.answer().await? {
            self.react(lot, plan_bid, &answered).await?;
        }
        Ok(())
    }

    /// R1: a jump is confirmed if it was meant. R13: past the limit there is nothing to do.
    async fn react(
        &mut self,
        lot: u32,
        plan_bid: PlannedBid,
        answered: &Answered,
    ) -> Result<(), ClientError> {
        match answered.answer.code.as_str() {
            "needs-confirmation" => {
                let worth = self.worths.get(&lot).copied();
                let value = worth.and_then(|worth| self.script.value(lot, worth));
                if value.is_some_and(|value| plan_bid.amount <= value) {
                    let confirms = answered.answer.id.clone();
                    let confirmed = place_bid(lot, plan_bid, confirms);
                    self.actor.command(confirmed).await?;
                    self.actor.answer().await?;
                }
            }
            "over-limit" => self.script.give_up(lot),
            _ => {}
        }
        Ok(())
    }
}

fn place_bid(lot: u32, plan_bid: PlannedBid, confirms: String) -> Act {
    Act::PlaceBid(v1::PlaceBid {
        lot,
        amount: plan_bid.amount,
        kind: plan_bid.kind.into(),
        confirms,
    })
}
