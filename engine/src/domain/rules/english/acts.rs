//! Who asks what of an open English lot.

use super::bid::Bidding;
use super::{English, floor, void};
use crate::domain::case::{Case, OpenLot};
use crate::domain::{BidderAct, Event, FloorAct, Money, Refusal};

/// A bidder's act on an open lot.
pub(in crate::domain::rules) fn by_bidder(
    case: &Case<'_>,
    on: OpenLot<'_>,
    english: &English,
    act: &BidderAct,
) -> Result<Vec<Event>, Refusal> {
    let paddle = case.own_paddle()?;
    match *act {
        BidderAct::PlaceBid {
            amount,
            kind,
            confirms,
        } => Bidding {
            kind,
            confirms,
            ..Bidding::new(case, on, english, paddle, amount)
        }
        .decide(),
        BidderAct::Reaffirm => {
            void::reaffirm(&Bidding::new(case, on, english, paddle, Money::ZERO))
        }
    }
}

/// A clerk's act for the hall.
pub(in crate::domain::rules) fn by_clerk(
    case: &Case<'_>,
    on: OpenLot<'_>,
    english: &English,
    act: &FloorAct,
) -> Result<Vec<Event>, Refusal> {
    match *act {
        FloorAct::SetAsk { ask } => floor::set_ask(case, on, english, ask),
        FloorAct::Bid {
            paddle,
            amount,
            confirms,
        } => {
            let bidding = Bidding::new(case, on, english, paddle, amount);
            floor::floor_bid(&Bidding {
                confirms,
                ..bidding
            })
        }
        FloorAct::ConfirmBid {
            held,
            paddle,
            amount,
        } => {
            let named = (held, paddle, amount);
            let held = floor::waiting(english)?;
            let bidding = Bidding::new(case, on, english, held.paddle, held.amount);
            floor::confirmed(held, named, &bidding)
        }
    }
}
