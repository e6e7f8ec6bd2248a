//! R0, R12a: a hammer and a bid that race each other over real sockets. A lot is knocked down to the
//! bid that its clerk had seen, or to nobody.

use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use mazad_client::{Act, Connection, Encoding, command, flat_bid, v1};
use mazad_engine::domain::{Mode, Running};
use tokio::time::{Instant, sleep_until};

use crate::scene;
use crate::stage::Stage;
use crate::test_admin::{AdminSale, connect};

/// Lots of one sale: small, so that the picture of each sale stays small too.
const LOTS_OF_A_SALE: u32 = 500;

/// The bid that the clerk has seen, and the one that comes while the hammer falls.
const SEEN: i64 = 1_000;
const UNSEEN: i64 = 1_100;

/// What came of the races.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RaceTally {
    /// The hammer came first: the lot went to the bid that the clerk had seen.
    pub hammered: u32,
    /// The bid came first: the hammer was refused.
    pub overtaken: u32,
    /// Lots that were knocked down to a bid that the clerk had not seen.
    pub unseen: u32,
}

impl fmt::Display for RaceTally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            hammered,
            overtaken,
            unseen,
        } = self;
        let races = hammered + overtaken;
        write!(
            f,
            "races    {races}: {hammered} to the bid that was seen, {overtaken} refused for a bid that \
             had come, {unseen} to a bid that was not seen"
        )
    }
}

/// Races so often, each on a lot of its own.
///
/// # Errors
/// The server cannot be started or reached, or answers otherwise than the rules say.
pub async fn run(races: u32) -> anyhow::Result<RaceTally> {
    let stage = Stage::in_memory().await?;
    let clerk = stage.admin().staff("clerk").await?;
    let mut clerk = connect(&clerk, Encoding::Proto).await?;
    let mut tally = RaceTally::default();
    let mut left = races;
    while left > 0 {
        let lots = left.min(LOTS_OF_A_SALE);
        race_over(&stage, &mut clerk, lots, &mut tally).await?;
        left -= lots;
    }
    stage.stop().await?;
    Ok(tally)
}

async fn race_over(
    stage: &Stage,
    clerk: &mut Connection,
    lots: u32,
    tally: &mut RaceTally,
) -> anyhow::Result<()> {
    let mut sale = stage
        .admin()
        .sale(&scene::sale_terms("races", "EGP")?)
        .await?;
    let table = scene::increments(Mode::Additive, &[(0, 100)])?;
    let opening = scene::money(SEEN)?;
    let terms = scene::lot_terms("lot", opening, table, Running::Clerked);
    sale.alike(lots, &terms).await?;
    sale.open().await?;
    let mut first = connect(&sale.bidder(1).await?, Encoding::Proto).await?;
    let mut second = connect(&sale.bidder(2).await?, Encoding::Proto).await?;
    for lot in 1..=lots {
        sale.open_lot(lot).await?;
        asked(&mut first, &sale, flat_bid(lot, SEEN)).await?;
        let seen = Some(v1::Seen {
            bid: 1,
            leader: 1,
            price: SEEN,
        });
        let hammer = Act::HammerLot(v1::HammerLot { lot, seen });
        // Who sends first changes from race to race, by microseconds.
        let (start, lead) = (
            Instant::now(),
            Duration::from_micros(u64::from(lot % 7) * 20),
        );
        let (earlier, later) = (start, start + lead);
        let (bid_at, hammer_at) = if lot % 2 == 0 {
            (earlier, later)
        } else {
            (later, earlier)
        };
        let bids = async {
            sleep_until(bid_at).await;
            asked(&mut second, &sale, flat_bid(lot, UNSEEN)).await
        };
        let hammers = async {
            sleep_until(hammer_at).await;
            asked(clerk, &sale, hammer).await
        };
        let (bid, hammer) = tokio::try_join!(bids, hammers)?;
        tally.count(&bid, &hammer)?;
    }
    tally.check(&sale).await
}

async fn asked(
    connection: &mut Connection,
    sale: &AdminSale,
    act: Act,
) -> anyhow::Result<v1::Answer> {
    let (answer, _) = connection.ask(command(&sale.id, act)).await?.answer()?;
    Ok(answer)
}

impl RaceTally {
    /// One of the two was first, and the other was told so.
    fn count(&mut self, bid: &v1::Answer, hammer: &v1::Answer) -> anyhow::Result<()> {
        match (hammer.verdict(), bid.verdict()) {
            (v1::Verdict::Accepted, v1::Verdict::Refused) => {
                ensure!(bid.code == "lot-closed", "the bid was refused {}", bid.code);
                self.hammered += 1;
            }
            (v1::Verdict::Refused, v1::Verdict::Accepted) => {
                let code = hammer.code.as_str();
                ensure!(code == "bid-has-come", "the hammer was refused {code}");
                self.overtaken += 1;
            }
            _ => bail!("both were told the same: {bid:?} {hammer:?}"),
        }
        Ok(())
    }

    /// What the lots of a sale came to, as everyone may see it.
    async fn check(&mut self, sale: &AdminSale) -> anyhow::Result<()> {
        for lot in sale.snapshot().await?.lots {
            if lot.phase() == v1::LotPhase::Closed {
                let is_seen = (lot.leader, lot.price) == (1, SEEN);
                self.unseen += u32::from(!is_seen);
            } else {
                let last = lot.last.context("an open lot has the bid that came")?;
                ensure!(last.paddle == 2, "lot {} is open for nobody", lot.lot);
            }
        }
        Ok(())
    }
}
