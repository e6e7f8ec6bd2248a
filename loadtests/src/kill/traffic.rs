//! Bidders and a clerk under fire, and the answers that they hold.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, ensure};
use bytes::Bytes;
use mazad_client::{Act, Answered, JoinedSale, bid, command, flat_bid, v1};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::PATIENCE;

/// An answer that somebody holds, with the bytes it came in.
#[derive(Debug, Clone)]
pub(super) struct Receipt {
    /// Who sent it; 0 for the clerk.
    pub(super) paddle: u32,
    pub(super) command: v1::Command,
    pub(super) answer: v1::Answer,
    pub(super) bytes: Bytes,
}

impl Receipt {
    pub(super) fn is_accepted(&self) -> bool {
        self.answer.verdict() == v1::Verdict::Accepted
    }
}

/// What bidders are told to do. A command on its way is settled in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Bid,
    Rest,
    Leave,
}

/// What all bidders share.
#[derive(Debug)]
pub(super) struct Traffic {
    receipts: Mutex<Vec<Receipt>>,
    count: watch::Sender<u64>,
    /// What bidders shall do.
    word: watch::Sender<Word>,
    /// The last ask that anybody heard of, by lot.
    asks: Vec<AtomicI64>,
}

impl Traffic {
    pub(super) fn new(lots: u32) -> Self {
        Self {
            receipts: Mutex::default(),
            count: watch::Sender::new(0),
            word: watch::Sender::new(Word::Rest),
            asks: (0..lots).map(|_| AtomicI64::new(1_000)).collect(),
        }
    }

    fn held(&self) -> MutexGuard<'_, Vec<Receipt>> {
        self.receipts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every answer so far.
    pub(super) fn receipts(&self) -> Vec<Receipt> {
        self.held().clone()
    }

    pub(super) fn word(&self) -> Word {
        *self.word.borrow()
    }

    pub(super) fn say(&self, word: Word) {
        self.word.send_replace(word);
    }

    fn take(&self, receipt: Receipt) {
        if let Some(ask) = self.asks.get(index_of(receipt.answer.lot)) {
            ask.fetch_max(receipt.answer.ask, Ordering::SeqCst);
        }
        self.held().push(receipt);
        self.count.send_modify(|count| *count += 1);
    }

    /// Waits for so many more answers; a bidder that gave up is an error at once.
    pub(super) async fn wait_for_more(
        &self,
        more: u64,
        bidders: &mut JoinSet<anyhow::Result<JoinedSale>>,
    ) -> anyhow::Result<()> {
        let mut count = self.count.subscribe();
        let wanted = *count.borrow() + more;
        tokio::select! {
            counted = timeout(PATIENCE, count.wait_for(|count| *count >= wanted)) => {
                counted.context("no more answers")??;
                Ok(())
            }
            Some(ended) = bidders.join_next() => {
                ended??;
                anyhow::bail!("a bidder stopped")
            }
        }
    }
}

fn index_of(lot: u32) -> usize {
    usize::try_from(lot).unwrap_or(usize::MAX).wrapping_sub(1)
}

/// Asks until it is told to stop; the command on its way is settled first. Paddle 0 is the clerk.
pub(super) async fn ask_until_told(
    mut bidder: JoinedSale,
    paddle: u32,
    traffic: std::sync::Arc<Traffic>,
    seed: u64,
) -> anyhow::Result<JoinedSale> {
    let mut random = StdRng::seed_from_u64(seed ^ (u64::from(paddle) << 32));
    let mut word = traffic.word.subscribe();
    while *word.wait_for(|word| *word != Word::Rest).await? == Word::Bid {
        let index = random.random_range(0..traffic.asks.len());
        let lot = u32::try_from(index)?.saturating_add(1);
        let ask = traffic
            .asks
            .get(index)
            .context("a lot")?
            .load(Ordering::SeqCst);
        let act = match (paddle, random.random_bool(0.5)) {
            (0, true) => Act::WarnLot(v1::WarnLot { lot }),
            // Often below what stands by now: refused.
            (0, false) => Act::SetAsk(v1::SetAsk { lot, ask }),
            // Some too low, some exact, some with room.
            (_, true) => bid(lot, ask + random.random_range(-100..500)),
            (_, false) => flat_bid(lot, ask + random.random_range(-100..500)),
        };
        let sent = command(bidder.picture().sale(), act);
        let Answered { answer, bytes, .. } = bidder.settle(sent.clone()).await?;
        if random.random_bool(0.2) {
            // The same bytes once more, perhaps to the next process.
            let again = bidder.settle(sent.clone()).await?;
            ensure!(again.bytes == bytes, "two answers to {}", sent.id);
        }
        traffic.take(Receipt {
            paddle,
            command: sent,
            answer,
            bytes,
        });
    }
    Ok(bidder)
}
