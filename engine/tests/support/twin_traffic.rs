//! Random traffic for a whole sale: mostly bids, and everything else that people do to one.

use mazad_engine::domain::{BidKind, Due, Sale, Span, Time, VoidCause};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::twin_sales::{LOTS, PADDLES};

/// What an amount is measured from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Base {
    Ask,
    Price,
    LeaderMaximum,
    Ceiling,
    Nothing,
}

/// An amount: so far from something.
pub(crate) type Amount = (Base, i64);

/// One thing that somebody does.
#[derive(Debug, Clone)]
pub(crate) enum Move {
    Bid(u32, u32, BidKind, Amount),
    /// Confirms the jump that waits, or says so without one.
    Meant(u32, u32),
    Floor(u32, u32, Amount, u8),
    FloorMeant(u32),
    /// By whom, and whether it names what waits.
    ConfirmFloor(u32, u8, bool),
    /// By the one who is asked, or by somebody else.
    Reaffirm(u32, bool),
    /// For the one who is asked, by a clerk.
    FloorReaffirm,
    /// The leading bid or another one, by whom, and whether it names what it leads to.
    Void(u32, Option<u32>, VoidCause, u8, bool),
    /// The last bool: whether it names what stands.
    ByHand(u32, Hand, bool),
    Reoffer(u32, u8, Option<i64>),
    SetAsk(u32, i64),
    RaiseCeiling(u32, i64),
    /// R14: lots, what about each, and whether it says why.
    Amend(Vec<(u32, u8)>, bool),
    Bar(u32),
    Limit(u32, Option<i64>),
    Present(u32, bool),
    /// Whether all of them are named.
    Order(Vec<u32>, bool),
    House(House),
    Restart,
    Outage,
    Repeat(Index),
}

/// What is done to a lot by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    Open,
    Warn,
    Hammer,
    Pass,
    Reopen,
    Withdraw,
}

/// What is done to the sale.
#[derive(Debug, Clone, Copy)]
pub(crate) enum House {
    Create,
    Amend(u8),
    AddLot(u32, u32),
    ClearLots,
    Publish,
    Admit(u32, bool),
    Open,
    Pause,
    PauseSilently,
    Resume,
    End,
    /// A bidder asks for what only staff may ask.
    ByBidder,
}

/// A move with the time since the one before and how far the stamp is off, in milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) wait_ms: u64,
    pub(crate) stamp_ms: i64,
    /// It comes about the end of the next lot that closes, if that is ahead.
    pub(crate) at_end: bool,
    pub(crate) what: Move,
}

fn now(what: Move) -> Step {
    Step {
        wait_ms: 800,
        stamp_ms: 0,
        at_end: false,
        what,
    }
}

impl Step {
    /// When it comes.
    pub(crate) fn at(&self, sale: &Sale, last: Time) -> Time {
        let wait = Span(self.wait_ms * 1_000);
        let ends = sale
            .due
            .iter()
            .filter(|(_, due)| matches!(due, Due::CloseLot(_)));
        let end = ends.map(|(end, _)| *end).find(|end| *end > last);
        match end.filter(|_| self.at_end) {
            // From a second and a half before to one after.
            Some(end) => Time(end.0 - 1_500_000 + wait.0 % 2_500_000).max(last),
            None => last.after(wait),
        }
    }
}

/// Moves one by one, and here and there some that belong together.
pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wait_ms = prop_oneof![10 => 0_u64..3_000, 4 => 3_000_u64..30_000, 1 => 30_000_u64..150_000];
    let stamp_ms = prop_oneof![3 => Just(0_i64), 1 => -2_500_i64..2_500];
    let at_end = prop::bool::weighted(0.15);
    let step = (wait_ms, stamp_ms, at_end, moves());
    let step = step
        .prop_map(|(wait_ms, stamp_ms, at_end, what)| {
            vec![Step {
                wait_ms,
                stamp_ms,
                at_end,
                what,
            }]
        })
        .boxed();
    let some = prop_oneof![
        28 => step.clone(),
        4 => hammered(),
        4 => disputed(),
        2 => held(),
    ];
    let first = prop::collection::vec(some, 8..60);
    let end = prop::option::weighted(0.4, finished());
    let after = prop::collection::vec(step, 0..10);
    (first, end, after).prop_map(|(first, end, after)| {
        first
            .into_iter()
            .chain(end)
            .chain(after)
            .flatten()
            .collect()
    })
}

/// Opened, bid on, warned and hammered; or passed, or with a leader who was barred meanwhile.
fn hammered() -> impl Strategy<Value = Vec<Step>> {
    let lot = prop::sample::select(vec![4_u32, 5, 7]);
    (lot, bids(), any::<bool>(), any::<bool>(), 0_u8..6).prop_map(
        |(lot, bids, bid_comes, again, how)| {
            let hand = |hand| now(Move::ByHand(lot, hand, true));
            let last = bids.last().map_or(1, |(who, ..)| *who);
            let mut steps = vec![hand(Hand::Open)];
            let bid = |(who, kind, amount)| now(Move::Bid(who, lot, kind, amount));
            steps.extend(bids.into_iter().map(bid));
            steps.extend([hand(Hand::Warn), hand(Hand::Warn)]);
            if bid_comes {
                let amount = (Base::LeaderMaximum, 400);
                steps.push(now(Move::Bid(2, lot, BidKind::Flat, amount)));
            }
            if how == 1 {
                steps.push(now(Move::Bar(last)));
            }
            steps.push(Step {
                wait_ms: 3_500,
                ..hand(if how == 0 { Hand::Pass } else { Hand::Hammer })
            });
            if again {
                steps.push(hand(Hand::Reopen));
            }
            steps
        },
    )
}

/// Bid on, struck out, and offered again.
fn disputed() -> impl Strategy<Value = Vec<Step>> {
    let cause = prop::sample::select(vec![VoidCause::CourtOrder, VoidCause::Eligibility]);
    let lot = 1..=LOTS;
    (lot, bids(), cause, any::<bool>(), any::<bool>()).prop_map(
        |(lot, bids, cause, takes, lower)| {
            let mut steps: Vec<Step> = bids
                .into_iter()
                .map(|(who, kind, amount)| now(Move::Bid(who, lot, kind, amount)))
                .collect();
            steps.extend([1, 2].map(|by| now(Move::Void(lot, None, cause, by, true))));
            if lower {
                steps.push(now(Move::Void(
                    lot,
                    Some(1),
                    VoidCause::ProvenError,
                    1,
                    true,
                )));
            }
            if takes {
                steps.push(now(Move::Reaffirm(lot, true)));
                steps.push(now(Move::FloorReaffirm));
            }
            steps
        },
    )
}

/// Every lot is taken out, and a sale that ends itself ends.
fn finished() -> impl Strategy<Value = Vec<Step>> {
    (any::<bool>(), any::<bool>()).prop_map(|(again, waits)| {
        let withdraw = |lot| now(Move::ByHand(lot, Hand::Withdraw, true));
        let mut steps: Vec<Step> = (1..=LOTS + 3).map(withdraw).collect();
        if again {
            steps.push(now(Move::Reoffer(4, 2, None)));
            steps.push(now(Move::ByHand(4, Hand::Open, true)));
        }
        if waits {
            let wait_ms = 700_000;
            steps.push(Step {
                wait_ms,
                ..now(Move::House(House::Resume))
            });
        }
        steps
    })
}

/// A jump in the hall, confirmed by its clerk and then by a second one.
fn held() -> impl Strategy<Value = Vec<Step>> {
    (1..=LOTS, 6..=7_u32, 500_i64..4_000, any::<bool>()).prop_map(|(lot, who, above, right)| {
        vec![
            now(Move::Floor(who, lot, (Base::Ask, above), 1)),
            now(Move::FloorMeant(lot)),
            now(Move::ConfirmFloor(lot, 2, right)),
        ]
    })
}

fn bids() -> impl Strategy<Value = Vec<(u32, BidKind, Amount)>> {
    prop::collection::vec((1..=5_u32, kind(), amount()), 1..6)
}

fn kind() -> impl Strategy<Value = BidKind> {
    prop_oneof![Just(BidKind::Flat), Just(BidKind::Maximum)]
}

pub(crate) fn amount() -> impl Strategy<Value = Amount> {
    let base = prop_oneof![
        12 => Just(Base::Ask),
        3 => Just(Base::Price),
        6 => Just(Base::LeaderMaximum),
        1 => Just(Base::Ceiling),
        2 => Just(Base::Nothing),
    ];
    let delta = prop_oneof![4 => Just(0_i64), 4 => -120_i64..600, 1 => 600_i64..5_000];
    (base, delta)
}

fn moves() -> impl Strategy<Value = Move> {
    let lot = || 1..=LOTS;
    let paddle = || 1..=PADDLES + 1;
    let by = || 1_u8..=2;
    prop_oneof![
        40 => (paddle(), lot(), kind(), amount())
            .prop_map(|(who, lot, kind, amount)| Move::Bid(who, lot, kind, amount)),
        6 => (1..=5_u32, lot()).prop_map(|(who, lot)| Move::Meant(who, lot)),
        12 => (paddle(), lot(), amount(), by())
            .prop_map(|(who, lot, amount, by)| Move::Floor(who, lot, amount, by)),
        3 => lot().prop_map(Move::FloorMeant),
        4 => (lot(), by(), prop::bool::weighted(0.8))
            .prop_map(|(lot, by, right)| Move::ConfirmFloor(lot, by, right)),
        6 => (lot(), prop::bool::weighted(0.8)).prop_map(|(lot, own)| Move::Reaffirm(lot, own)),
        2 => Just(Move::FloorReaffirm),
        12 => voids(),
        12 => by_hand(),
        4 => (lot(), 0_u8..5, prop::option::of(1_500_i64..2_500))
            .prop_map(|(lot, how, base)| Move::Reoffer(lot, how, base)),
        3 => (Just(4), -100_i64..500).prop_map(|(lot, delta)| Move::SetAsk(lot, delta)),
        1 => (lot(), -100_i64..500).prop_map(|(lot, delta)| Move::SetAsk(lot, delta)),
        2 => (lot(), -100_i64..3_000).prop_map(|(lot, delta)| Move::RaiseCeiling(lot, delta)),
        4 => amend(),
        2 => paddle().prop_map(Move::Bar),
        3 => (paddle(), prop::option::weighted(0.8, -1_000_i64..5_000))
            .prop_map(|(who, limit)| Move::Limit(who, limit)),
        4 => (paddle(), prop::bool::weighted(0.8)).prop_map(|(who, here)| Move::Present(who, here)),
        1 => order(),
        12 => house().prop_map(Move::House),
        1 => Just(Move::Restart),
        1 => Just(Move::Outage),
        3 => any::<Index>().prop_map(Move::Repeat),
    ]
}

fn order() -> impl Strategy<Value = Move> {
    let order = Just((1..=LOTS).collect::<Vec<_>>()).prop_shuffle();
    (order, prop::bool::weighted(0.8)).prop_map(|(order, whole)| Move::Order(order, whole))
}

fn voids() -> impl Strategy<Value = Move> {
    let cause = prop::sample::select(vec![
        VoidCause::TypingError,
        VoidCause::Eligibility,
        VoidCause::ProvenError,
        VoidCause::CourtOrder,
    ]);
    let bid = prop_oneof![2 => Just(None), 2 => (1_u32..9).prop_map(Some)];
    let named = (1_u8..=2, prop::bool::weighted(0.85));
    (1..=LOTS, bid, cause, named)
        .prop_map(|(lot, bid, cause, (by, right))| Move::Void(lot, bid, cause, by, right))
}

fn by_hand() -> impl Strategy<Value = Move> {
    let lot = prop_oneof![6 => prop::sample::select(vec![4_u32, 5, 7]), 1 => 1..=LOTS + 1];
    let hand = prop::sample::select(vec![
        Hand::Open,
        Hand::Open,
        Hand::Open,
        Hand::Warn,
        Hand::Hammer,
        Hand::Hammer,
        Hand::Pass,
        Hand::Reopen,
        Hand::Reopen,
        Hand::Withdraw,
    ]);
    (lot, hand, prop::bool::weighted(0.85))
        .prop_map(|(lot, hand, right)| Move::ByHand(lot, hand, right))
}

/// R14: one lot or two, seldom without a reason.
fn amend() -> impl Strategy<Value = Move> {
    let lots = prop::collection::vec((1..=LOTS + 3, 0..8_u8), 1..3);
    (lots, prop::bool::weighted(0.9)).prop_map(|(lots, says_why)| Move::Amend(lots, says_why))
}

fn house() -> impl Strategy<Value = House> {
    prop_oneof![
        1 => Just(House::Create),
        2 => (0..4_u8).prop_map(House::Amend),
        2 => (1..=LOTS + 3, 0..2_u32).prop_map(|(lot, group)| House::AddLot(lot, group)),
        1 => Just(House::ClearLots),
        1 => Just(House::Publish),
        2 => (PADDLES - 1..PADDLES + 3, any::<bool>()).prop_map(|(who, web)| House::Admit(who, web)),
        3 => Just(House::Open),
        2 => Just(House::Pause),
        1 => Just(House::PauseSilently),
        24 => Just(House::Resume),
        1 => Just(House::End),
        1 => Just(House::ByBidder),
    ]
}
