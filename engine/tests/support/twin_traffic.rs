//! Random traffic for a whole sale: mostly bids, and everything else that people do to one.

use mazad_engine::domain::{
    Act, Actor, BidKind, BidNo, BidderAct, Closes, CommandId, FloorAct, Lot, LotAct, LotNo, Method,
    Money, Opens, Paddle, Phase, Running, Sale, SaleAct, Span, VoidCause,
};
use proptest::prelude::*;

use crate::scenario_words::{account, staff};

/// Lots 1 to 3 run by the clock, 4 and 5 by hand, 6 follows 5.
pub(crate) const LOTS: u32 = 6;
/// Paddles 1 to 5 are of the web, 6 and 7 of the hall.
pub(crate) const PADDLES: u32 = 7;

/// Lines that prepare every sale, in the words of the scenarios.
pub(crate) const CATALOGUE: [&str; 8] = [
    "lot 1 soft-close 2m 2m timed 12:00:00 12:05:00",
    "lot 2..3 soft-close 1m 3m on-price most 4 hard-stop 12:12:00 group 1 jump 3 20 \
     timed 12:00:00 12:06:00 reserve 2500 grid 0:100 2000:250",
    "lot 4 clerked clerk-asks 0:100 1500:200",
    "lot 5 clerked reserve 1800",
    "lot 6 after 10s for 3m soft-close 5m 5m",
    "paddle 1..2",
    "paddle 3..5 limit 6000",
    "paddle 6..7 limit 4000 hall",
];

/// What an amount is measured from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Base {
    Ask,
    Price,
    LeaderMaximum,
    Nothing,
}

/// One thing that somebody does.
#[derive(Debug, Clone)]
pub(crate) enum Move {
    Bid(u32, u32, BidKind, Base, i64),
    Floor(u32, u32, Base, i64, bool),
    ConfirmFloor(u32, bool),
    /// By the one who is asked, or by somebody else.
    Reaffirm(u32, bool),
    /// The leading bid or another one; a void that waits is confirmed instead.
    Void(u32, Option<u32>, VoidCause),
    ByHand(u32, u8),
    SetAsk(u32, i64),
    Bar(u32),
    Pause,
    Resume,
    Order(Vec<u32>),
    Restart,
    Outage,
    Repeat(prop::sample::Index),
}

/// A move with the time since the one before and how far the stamp is off, in milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) wait_ms: u64,
    pub(crate) stamp_ms: i64,
    pub(crate) what: Move,
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wait_ms = prop_oneof![4 => 0_u64..3_000, 2 => 3_000_u64..40_000, 1 => 40_000_u64..150_000];
    let stamp_ms = prop_oneof![3 => Just(0_i64), 1 => -2_500_i64..2_500];
    let step = (wait_ms, stamp_ms, moves()).prop_map(|(wait_ms, stamp_ms, what)| Step {
        wait_ms,
        stamp_ms,
        what,
    });
    prop::collection::vec(step, 10..90)
}

fn moves() -> impl Strategy<Value = Move> {
    let lot = || 1..=LOTS;
    let paddle = || 1..=PADDLES + 1;
    let kind = prop_oneof![Just(BidKind::Flat), Just(BidKind::Maximum)];
    let cause = prop_oneof![
        Just(VoidCause::TypingError),
        Just(VoidCause::Eligibility),
        Just(VoidCause::CourtOrder)
    ];
    let order = Just((1..=LOTS).collect::<Vec<_>>()).prop_shuffle();
    let by_hand = prop_oneof![6 => Just(6_u8), 8 => 0_u8..5, 1 => Just(5_u8)];
    let bid = prop_oneof![2 => Just(None), 1 => (1_u32..9).prop_map(Some)];
    prop_oneof![
        40 => (paddle(), lot(), kind, base(), delta())
            .prop_map(|(who, lot, kind, base, delta)| Move::Bid(who, lot, kind, base, delta)),
        8 => (paddle(), lot(), base(), delta(), any::<bool>())
            .prop_map(|(who, lot, base, delta, first)| Move::Floor(who, lot, base, delta, first)),
        4 => (lot(), any::<bool>()).prop_map(|(lot, first)| Move::ConfirmFloor(lot, first)),
        8 => (lot(), prop::bool::weighted(0.8)).prop_map(|(lot, own)| Move::Reaffirm(lot, own)),
        10 => (lot(), bid, cause).prop_map(|(lot, bid, cause)| Move::Void(lot, bid, cause)),
        12 => (4..=5_u32, by_hand).prop_map(|(lot, how)| Move::ByHand(lot, how)),
        1 => (lot(), 0_u8..7).prop_map(|(lot, how)| Move::ByHand(lot, how)),
        3 => delta().prop_map(|delta| Move::SetAsk(4, delta)),
        1 => paddle().prop_map(Move::Bar),
        1 => Just(Move::Pause),
        6 => Just(Move::Resume),
        1 => order.prop_map(Move::Order),
        1 => Just(Move::Restart),
        1 => Just(Move::Outage),
        3 => any::<prop::sample::Index>().prop_map(Move::Repeat),
    ]
}

pub(crate) fn base() -> impl Strategy<Value = Base> {
    prop_oneof![
        4 => Just(Base::Ask),
        1 => Just(Base::Price),
        2 => Just(Base::LeaderMaximum),
        1 => Just(Base::Nothing),
    ]
}

pub(crate) fn delta() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(0_i64), 3 => -120_i64..600, 1 => 600_i64..5_000]
}

/// The move as a command's author and act; `None` for those that are not commands of people.
pub(crate) fn asked(sale: &Sale, what: &Move) -> Option<(Actor, Act)> {
    let bidder = |who: u32| Actor::Bidder(account(Paddle(who)));
    let clerk = |first: bool| Actor::Staff(staff(if first { "clerk" } else { "clerk2" }));
    let reason = || "why".to_owned();
    Some(match what {
        Move::Bid(who, lot, kind, base, delta) => {
            let act = BidderAct::PlaceBid {
                amount: amount(sale, *lot, *base, *delta),
                kind: *kind,
                confirms: None,
            }
            .of(LotNo(*lot));
            (bidder(*who), act)
        }
        Move::Floor(who, lot, base, delta, first) => {
            let act = FloorAct::Bid {
                paddle: Paddle(*who),
                amount: amount(sale, *lot, *base, *delta),
            }
            .of(LotNo(*lot));
            (clerk(*first), act)
        }
        Move::ConfirmFloor(lot, first) => (clerk(*first), FloorAct::ConfirmBid.of(LotNo(*lot))),
        Move::Reaffirm(lot, own) => {
            let offered = offered(sale).filter(|_| *own);
            let (lot, paddle) = offered.unwrap_or((LotNo(*lot), Paddle(1)));
            (Actor::Bidder(account(paddle)), BidderAct::Reaffirm.of(lot))
        }
        Move::Void(lot, bid, cause) => void(sale, *lot, *bid, *cause),
        Move::ByHand(lot, how) => (clerk(true), by_hand(LotNo(*lot), *how)),
        Move::SetAsk(lot, delta) => {
            let ask = amount(sale, *lot, Base::Ask, *delta);
            let lot = LotNo(*lot);
            (clerk(true), FloorAct::SetAsk { ask }.of(lot))
        }
        Move::Bar(who) => {
            let (paddle, reason) = (Paddle(*who), reason());
            (
                clerk(true),
                Act::from(SaleAct::BarPaddle { paddle, reason }),
            )
        }
        Move::Pause => (clerk(true), Act::from(SaleAct::Pause { reason: reason() })),
        Move::Resume => (clerk(true), Act::from(SaleAct::Resume)),
        Move::Order(order) => {
            let upcoming = |no: &LotNo| {
                sale.lots
                    .get(no)
                    .is_some_and(|lot| matches!(lot.phase, Phase::Upcoming { .. }))
            };
            let order = order.iter().copied().map(LotNo).filter(upcoming).collect();
            (clerk(true), Act::from(SaleAct::ReorderLots { order }))
        }
        Move::Restart | Move::Outage | Move::Repeat(_) => return None,
    })
}

/// A lot whose lead is offered, and to whom.
fn offered(sale: &Sale) -> Option<(LotNo, Paddle)> {
    sale.lots.iter().find_map(|(no, lot)| {
        let Method::English(state) = &lot.method;
        let offer = state.offer.filter(|_| lot.open().is_some());
        offer.map(|offer| (*no, offer.paddle))
    })
}

/// A void: of a bid by its number, else of what another officer asked for,
/// else of the bid that leads.
fn void(sale: &Sale, lot: u32, bid: Option<u32>, cause: VoidCause) -> (Actor, Act) {
    let waiting = sale.lots.iter().find_map(|(no, lot)| {
        let asked = lot.void_request.filter(|_| !lot.bids.is_empty())?;
        Some((*no, asked.bid, asked.cause))
    });
    let (officer, (lot, bid, cause)) = match (bid, waiting) {
        (None, Some((lot, bid, cause))) if cause != VoidCause::TypingError => {
            ("officer2", (lot, bid, cause))
        }
        (bid, _) => {
            let lot = LotNo(lot);
            let found = sale.lots.get(&lot);
            let leading = found.filter(|lot| lot.open().is_some()).and_then(|lot| {
                let Method::English(state) = &lot.method;
                state.lead.map(|lead| lead.bid)
            });
            let last = found.and_then(|lot| lot.bids.last()).map(|bid| bid.no);
            let bid = bid.map(BidNo).or(leading).or(last).unwrap_or(BidNo(1));
            ("officer", (lot, bid, cause))
        }
    };
    let note = "why".to_owned();
    let act = LotAct::VoidBid { bid, cause, note }.of(lot);
    (Actor::Staff(staff(officer)), act)
}

fn by_hand(lot: LotNo, how: u8) -> Act {
    let reason = "why".to_owned();
    match how {
        0 => LotAct::Warn.of(lot),
        1 => LotAct::Hammer.of(lot),
        2 => LotAct::Pass.of(lot),
        3 => LotAct::Reopen { reason }.of(lot),
        4 => LotAct::Reoffer {
            opening: None,
            running: Running::Timed {
                opens: Opens::AfterPrevious(Span::seconds(5)),
                closes: Closes::After(Span::minutes(3)),
                soft_close: None,
                group: 0,
            },
        }
        .of(lot),
        5 => LotAct::Withdraw { reason }.of(lot),
        _ => LotAct::Open.of(lot),
    }
}

fn amount(sale: &Sale, lot: u32, base: Base, delta: i64) -> Money {
    let lot = sale.lots.get(&LotNo(lot));
    let seen = lot.map(Lot::standing).unwrap_or_default();
    let claim = lot.and_then(Lot::claim);
    let from = match base {
        Base::Ask => seen.ask,
        Base::Price => seen.price,
        Base::LeaderMaximum => claim.map(|(_, maximum)| maximum),
        Base::Nothing => None,
    };
    let minor = from.map_or(0, Money::minor).saturating_add(delta).max(0);
    Money::new(minor).expect("not negative")
}

/// The id of the n-th command.
pub(crate) fn id(number: usize) -> CommandId {
    CommandId(uuid::Uuid::from_u128(number as u128 + 1))
}
