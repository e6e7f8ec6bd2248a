//! A scripted bidder: looks, wishes, bids, and takes the answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use mazad_proto::v1;
use mazad_proto::v1::command::Act;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::actor::{Actor, Answered};
use super::catalogue::Worth;
use super::client::LineError;
use super::pace::Pace;
use super::temper::{Mind, Temper, Wish};

/// A scripted bidder.
#[derive(Debug)]
pub(crate) struct Bidder {
    pub(crate) paddle: u32,
    pub(crate) temper: Temper,
    pub(crate) actor: Actor,
    pub(crate) mind: Mind,
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
            self.actor.tally.wrong.push(format!("gave up: {error}"));
        }
        self
    }

    async fn bid_on(&mut self) -> Result<(), LineError> {
        while !self.actor.is_done() {
            let next = Instant::now() + self.mind.next_look();
            // Answers are waited for where the command is sent; what else comes moves the picture.
            while Instant::now() < next && !self.actor.is_done() {
                self.actor.follow(next).await?;
            }
            if let Some((lot, wish)) = self.wish() {
                self.bid(lot, wish).await?;
            }
        }
        Ok(())
    }

    /// A wish for one of the open lots, any of them.
    fn wish(&mut self) -> Option<(u32, Wish)> {
        let now = self.actor.picture.now();
        let (mind, paddle) = (&mut self.mind, self.paddle);
        let mut wishes: Vec<(u32, Wish)> = Vec::new();
        for lot in self.actor.picture.open_lots() {
            let wish = self
                .worths
                .get(&lot.lot)
                .and_then(|worth| mind.wish(lot, *worth, paddle, now));
            wishes.extend(wish.map(|wish| (lot.lot, wish)));
        }
        let roll = usize::try_from(self.mind.roll()).unwrap_or(0);
        let chosen = roll.checked_rem(wishes.len())?;
        wishes.get(chosen).copied()
    }

    async fn bid(&mut self, lot: u32, wish: Wish) -> Result<(), LineError> {
        let id = self
            .actor
            .command(place_bid(lot, wish, String::new()))
            .await;
        match self.temper {
            Temper::Clumsy if self.mind.roll() < 25 => self.actor.again(&id).await,
            Temper::Offline if self.mind.roll() < 25 => {
                self.actor.hang_up();
                sleep(self.pace.seconds(6.0)).await;
            }
            Temper::Patient
            | Temper::EarlyMaximum
            | Temper::Sniper
            | Temper::Nibbler
            | Temper::Clumsy
            | Temper::Offline => {}
        }
        if let Some(answered) = self.actor.answer().await? {
            self.react(lot, wish, &answered).await?;
        }
        Ok(())
    }

    /// R1: a jump is confirmed if it was meant. R13: past the limit there is nothing to do.
    async fn react(&mut self, lot: u32, wish: Wish, answered: &Answered) -> Result<(), LineError> {
        match answered.answer.code.as_str() {
            "needs-confirmation" => {
                let worth = self.worths.get(&lot).copied();
                let value = worth.and_then(|worth| self.mind.value(lot, worth));
                if value.is_some_and(|value| wish.amount <= value) {
                    let confirms = answered.command.id.clone();
                    self.actor.command(place_bid(lot, wish, confirms)).await;
                    self.actor.answer().await?;
                }
            }
            "over-limit" => self.mind.give_up(lot),
            _ => {}
        }
        Ok(())
    }
}

fn place_bid(lot: u32, wish: Wish, confirms: String) -> Act {
    Act::PlaceBid(v1::PlaceBid {
        lot,
        amount: wish.amount,
        kind: wish.kind.into(),
        confirms,
    })
}
