//! One lot of a picture, in the words of a bidder.

use std::time::Duration;

use mazad_proto::v1;
use mazad_proto::v1::command::Act;

use crate::SalePicture;

/// A lot as it stands: what the last update said, and what the answers to own commands said since.
///
/// Amounts are minor units of the sale's currency (`1_000` in EGP is ten pounds), times microseconds
/// since 1970 UTC by the engine's clock.
///
/// ```
/// use mazad_client::{OwnStanding, SalePicture, v1};
///
/// let mut picture = SalePicture::new("sale");
/// picture.snapshot(v1::Snapshot {
///     sale: "sale".to_owned(),
///     cursor: Some(v1::Cursor { epoch: 1, revision: 9 }),
///     board: Some(v1::SaleView { phase: v1::SalePhase::Open.into(), ..v1::SaleView::default() }),
///     lots: vec![v1::LotView {
///         lot: 7, revision: 9, phase: v1::LotPhase::Open.into(), price: 1_000, ask: 1_100, leader: 3,
///         ..v1::LotView::default()
///     }],
///     ..v1::Snapshot::default()
/// })?;
/// let lot = picture.lot(7).unwrap();
/// assert!(lot.is_open());
/// assert_eq!((lot.price(), lot.ask(), lot.leader()), (Some(1_000), Some(1_100), Some(3)));
/// assert_eq!(lot.standing(), OwnStanding::None, "a watcher bids nothing");
/// # Ok::<(), mazad_client::OrderError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LotPicture<'a> {
    pub(crate) view: &'a v1::LotView,
    /// The answer to an own command that is newer than the view.
    pub(crate) newer: Option<&'a v1::Answer>,
    pub(crate) picture: &'a SalePicture,
}

/// Where the bidder of a connection stands in a lot.
///
/// ```
/// use mazad_client::OwnStanding;
///
/// let may_bid = |standing| matches!(standing, OwnStanding::None | OwnStanding::Outbid | OwnStanding::Unled);
/// assert!(may_bid(OwnStanding::Outbid) && !may_bid(OwnStanding::Leading));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnStanding {
    /// No own bid, or nobody's connection.
    None,
    /// The own bid leads.
    Leading,
    /// Somebody else leads.
    Outbid,
    /// Nobody leads, though there was an own bid: it was struck out, or the lot is offered again.
    Unled,
    /// The lot was knocked down to the own paddle.
    Won,
    /// The lot has ended otherwise.
    Lost,
}

impl<'a> LotPicture<'a> {
    /// Its number in the catalogue.
    pub const fn number(&self) -> u32 {
        self.view.lot
    }

    /// The last update's view of it, with everything that is not told here.
    pub const fn view(&self) -> &'a v1::LotView {
        self.view
    }

    /// Whether it takes bids now: the lot is open, and the sale is neither paused nor over.
    pub fn is_open(&self) -> bool {
        self.picture.board().phase() == v1::SalePhase::Open
            && self.view.phase() == v1::LotPhase::Open
    }

    /// Whether it has ended: knocked down, passed, withdrawn or left for decision. It may be offered
    /// again.
    pub fn has_ended(&self) -> bool {
        self.view.phase() == v1::LotPhase::Closed
    }

    /// Price of the highest bid that stands, in minor units, after the close too; `None`: none does.
    pub fn price(&self) -> Option<i64> {
        let price = self.newer.map_or(self.view.price, |answer| answer.price);
        (price > 0).then_some(price)
    }

    /// The least amount that is taken now, in minor units; `None`: none is.
    pub fn ask(&self) -> Option<i64> {
        let ask = self.newer.map_or(self.view.ask, |answer| answer.ask);
        (ask > 0).then_some(ask)
    }

    /// Paddle of that bid: who leads, or led when the lot closed.
    pub fn leader(&self) -> Option<u32> {
        let leader = self.newer.map_or(self.view.leader, |answer| answer.leader);
        (leader > 0).then_some(leader)
    }

    /// When it ends by itself, microseconds since 1970 UTC; `None`: when the hammer falls. A late bid
    /// may move it.
    pub fn ends_at(&self) -> Option<u64> {
        let ends_at = self
            .newer
            .map_or(self.view.ends_at, |answer| answer.ends_at);
        (ends_at > 0).then_some(ends_at)
    }

    /// What is left until then by the engine's clock, as far as it is known here; what will be left
    /// after a pause, while the sale is paused. `None`: no end is set, or the lot is not open. Zero does
    /// not mean that it has ended: only the engine says so.
    pub fn time_left(&self) -> Option<Duration> {
        if self.view.phase() != v1::LotPhase::Open {
            return None;
        }
        if self.view.remains > 0 {
            return Some(Duration::from_micros(self.view.remains));
        }
        let (ends_at, now) = (self.ends_at()?, self.picture.now()?);
        Some(Duration::from_micros(ends_at.saturating_sub(now)))
    }

    /// How the lot stands in the last update, for an act that has to name it: if anything else stands
    /// by then, the act has no effect and is refused with `bid-has-come`.
    pub fn seen(&self) -> v1::Seen {
        v1::Seen {
            bid: self.view.last_bid,
            leader: self.view.leader,
            price: self.view.price,
        }
    }

    /// Knocks it down as it stands here, by a clerk or an auctioneer.
    ///
    /// ```no_run
    /// # async fn run(mut sale: mazad_client::JoinedSale) -> Result<(), mazad_client::ClientError> {
    /// if let Some(hammer) = sale.picture().lot(7).map(|lot| lot.hammer()) {
    ///     sale.send(hammer).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn hammer(&self) -> Act {
        let (lot, seen) = (self.number(), Some(self.seen()));
        Act::HammerLot(v1::HammerLot { lot, seen })
    }

    /// Closes it as it stands here, without knocking it down.
    pub fn pass(&self) -> Act {
        let (lot, seen) = (self.number(), Some(self.seen()));
        Act::PassLot(v1::PassLot { lot, seen })
    }

    /// Takes it out of the sale as it stands here, for a reason that everybody may read.
    pub fn withdraw(&self, reason: &str) -> Act {
        Act::WithdrawLot(v1::WithdrawLot {
            lot: self.number(),
            reason: reason.to_owned(),
            seen: Some(self.seen()),
        })
    }

    /// Confirms the floor bid that waits here, and no other, as a second clerk; `None`: none waits.
    pub fn confirm_floor_bid(&self) -> Option<Act> {
        let held = self.view.held.as_ref()?;
        Some(Act::ConfirmFloorBid(v1::ConfirmFloorBid {
            lot: self.number(),
            held: held.held,
            paddle: held.paddle,
            amount: held.amount,
        }))
    }

    /// Where the bidder of this connection stands.
    pub fn standing(&self) -> OwnStanding {
        let Some(paddle) = self.picture.paddle() else {
            return OwnStanding::None;
        };
        let leads = self.leader() == Some(paddle);
        let has_bid = leads || self.picture.has_bid(self.number());
        match self.view.phase() {
            v1::LotPhase::Closed if leads && self.view.outcome() == v1::LotOutcome::KnockedDown => {
                OwnStanding::Won
            }
            v1::LotPhase::Closed if has_bid => OwnStanding::Lost,
            v1::LotPhase::Open if leads => OwnStanding::Leading,
            v1::LotPhase::Open if has_bid && self.leader().is_some() => OwnStanding::Outbid,
            v1::LotPhase::Open if has_bid => OwnStanding::Unled,
            v1::LotPhase::Closed
            | v1::LotPhase::Open
            | v1::LotPhase::Upcoming
            | v1::LotPhase::Unspecified => OwnStanding::None,
        }
    }
}
