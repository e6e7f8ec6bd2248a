//! Random traffic for a whole sale: mostly bids, and everything else that people do to one.

use mazad_engine::domain::{
    Act, Actor, BidKind, BidNo, BidderAct, Bilingual, Closes, CommandId, Due, EnglishTerms,
    FloorAct, Lot, LotAct, LotNo, LotTerms, Method, Mode, Money, Opens, Paddle, Phase, Running,
    Sale, SaleAct, Seen, SoftClose, Span, Time, VoidCause, seen,
};
use mazad_engine::testing::{
    NOON, bidder, english_lot, english_terms, increments, money, officer, sale_terms,
};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::twin_sales::{LOTS, PADDLES, reserve};

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
    ChangeTerms,
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
    let at_end = prop::bool::weighted(0.08);
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

/// Opened, bid on, warned and hammered.
fn hammered() -> impl Strategy<Value = Vec<Step>> {
    let lot = prop::sample::select(vec![4_u32, 5, 7]);
    (lot, bids(), any::<bool>(), any::<bool>()).prop_map(|(lot, bids, bid_comes, again)| {
        let hand = |hand| now(Move::ByHand(lot, hand, true));
        let mut steps = vec![hand(Hand::Open)];
        steps.extend(
            bids.into_iter()
                .map(|(who, kind, amount)| now(Move::Bid(who, lot, kind, amount))),
        );
        steps.extend([hand(Hand::Warn), hand(Hand::Warn)]);
        if bid_comes {
            steps.push(now(Move::Bid(
                2,
                lot,
                BidKind::Flat,
                (Base::LeaderMaximum, 400),
            )));
        }
        let mut hammer = hand(Hand::Hammer);
        hammer.wait_ms = 3_500;
        steps.push(hammer);
        if again {
            steps.push(hand(Hand::Reopen));
        }
        steps
    })
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

fn house() -> impl Strategy<Value = House> {
    prop_oneof![
        1 => Just(House::Create),
        1 => Just(House::ChangeTerms),
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

/// R12b: what a void leads to, for whoever has to name it.
pub(crate) type LeadsTo<'a> = &'a dyn Fn(LotNo, BidNo, VoidCause) -> Option<(Paddle, Money)>;

/// What people see who make a move, and how they count.
#[derive(Clone, Copy)]
pub(crate) struct Eyes<'a> {
    pub(crate) sale: &'a Sale,
    pub(crate) leads_to: LeadsTo<'a>,
    /// What one is, in minor units.
    pub(crate) unit: i64,
    /// What every amount that somebody names has above whole units.
    pub(crate) mark: i64,
}

/// The move as a command's author and act; `None` for those that are not commands of people.
pub(crate) fn asked(eyes: Eyes<'_>, what: &Move) -> Option<(Actor, Act)> {
    let (sale, leads_to) = (eyes.sale, eyes.leads_to);
    let reason = || "why".to_owned();
    let clerk = officer(1);
    Some(match what {
        Move::Bid(who, lot, kind, amount) => {
            let lot = if_open(sale, *lot);
            let act = BidderAct::PlaceBid {
                amount: named(eyes, lot, *amount),
                kind: *kind,
                confirms: None,
            };
            (bidder(Paddle(*who)), act.of(LotNo(lot)))
        }
        Move::Meant(who, lot) => meant(sale, bidder(Paddle(*who)), LotNo(*lot)),
        Move::Floor(who, lot, amount, by) => {
            let lot = if_open(sale, *lot);
            let act = FloorAct::Bid {
                paddle: Paddle(*who),
                amount: named(eyes, lot, *amount),
                confirms: None,
            };
            (officer(*by), act.of(LotNo(lot)))
        }
        Move::FloorMeant(lot) => floor_meant(sale, LotNo(*lot)),
        Move::ConfirmFloor(lot, by, right) => confirm_floor(sale, LotNo(*lot), *by, *right),
        Move::Reaffirm(lot, own) => {
            let offered = offered(sale).filter(|_| *own);
            let (lot, paddle, _) = offered.unwrap_or((LotNo(*lot), Paddle(1), Money::ZERO));
            (bidder(paddle), BidderAct::Reaffirm.of(lot))
        }
        Move::FloorReaffirm => {
            let (lot, paddle, amount) =
                offered(sale).unwrap_or_else(|| (LotNo(1), Paddle(6), money(1_000)));
            let act = FloorAct::Bid {
                paddle,
                amount,
                confirms: None,
            };
            (clerk, act.of(lot))
        }
        Move::Void(lot, bid, cause, by, right) => {
            let lot = one_of(sale, *lot, |lot| !lot.bids.is_empty());
            void(sale, (LotNo(lot), *bid, *cause), *by, *right, leads_to)
        }
        Move::ByHand(lot, hand, right) => (clerk, by_hand_act(sale, LotNo(*lot), *hand, *right)),
        Move::Reoffer(lot, how, base) => {
            let lot = one_of(sale, *lot, |lot| matches!(lot.phase, Phase::Closed(_)));
            (clerk, reoffer(eyes, LotNo(lot), *how, *base))
        }
        Move::SetAsk(lot, delta) => {
            let ask = named(eyes, *lot, (Base::Ask, *delta));
            (clerk, FloorAct::SetAsk { ask }.of(LotNo(*lot)))
        }
        Move::RaiseCeiling(lot, delta) => {
            let ceiling = named(eyes, *lot, (Base::Ceiling, *delta));
            let reason = reason();
            (
                clerk,
                LotAct::RaiseCeiling { ceiling, reason }.of(LotNo(*lot)),
            )
        }
        Move::Bar(who) => {
            let (paddle, reason) = (Paddle(*who), reason());
            (clerk, SaleAct::BarPaddle { paddle, reason }.into())
        }
        Move::Limit(who, above) => {
            let paddle = Paddle(*who);
            let exposure = sale
                .admissions
                .get(&paddle)
                .map_or(0, |own| own.exposure.minor());
            let limit = above.map(|above| money((exposure + above * eyes.unit).max(0)));
            (clerk, SaleAct::SetLimit { paddle, limit }.into())
        }
        Move::Present(who, present) => {
            let (paddle, present) = (Paddle(*who), *present);
            (clerk, SaleAct::MarkPresence { paddle, present }.into())
        }
        Move::Order(order, whole) => (clerk, reorder(sale, order, *whole)),
        Move::House(House::ByBidder) => (bidder(Paddle(1)), SaleAct::Open.into()),
        Move::House(house) => (clerk, of_house(eyes, *house)),
        Move::Restart | Move::Outage | Move::Repeat(_) => return None,
    })
}

/// This lot, but for the third rather one that is open if it is not.
fn if_open(sale: &Sale, lot: u32) -> u32 {
    one_of(sale, lot, |lot| lot.open().is_some())
}

fn one_of(sale: &Sale, lot: u32, fits: impl Fn(&Lot) -> bool) -> u32 {
    let fitting: Vec<u32> = sale
        .lots
        .values()
        .filter(|lot| fits(lot))
        .map(|lot| lot.no.0)
        .collect();
    if lot == 3 || fitting.is_empty() || fitting.contains(&lot) {
        return lot;
    }
    fitting[lot as usize % fitting.len()]
}

fn of_house(eyes: Eyes<'_>, house: House) -> Act {
    let sale = eyes.sale;
    let terms = || sale.terms.clone().unwrap_or_else(sale_terms);
    let reason = || "why".to_owned();
    match house {
        House::Create => SaleAct::Create { terms: terms() }.into(),
        House::ChangeTerms => {
            let mut terms = terms();
            terms.title = Bilingual::default();
            SaleAct::ChangeTerms { terms }.into()
        }
        House::AddLot(lot, group) => SaleAct::AddLots {
            lots: vec![(LotNo(lot), added(eyes, group))],
        }
        .into(),
        House::ClearLots => SaleAct::ClearLots.into(),
        House::Publish => SaleAct::Publish.into(),
        House::Admit(who, web) => SaleAct::AdmitPaddle {
            paddle: Paddle(who),
            account: web.then(|| mazad_engine::testing::account(who)),
            limit: None,
        }
        .into(),
        House::Open => SaleAct::Open.into(),
        House::Pause => SaleAct::Pause { reason: reason() }.into(),
        House::PauseSilently => SaleAct::Pause {
            reason: String::new(),
        }
        .into(),
        House::Resume => SaleAct::Resume.into(),
        House::End => SaleAct::End.into(),
        House::ByBidder => unreachable!("a bidder asks"),
    }
}

/// A lot that comes in while the sale goes on.
fn added(eyes: Eyes<'_>, group: u32) -> LotTerms {
    let english = EnglishTerms {
        opening: money(1_000 * eyes.unit),
        increments: increments(Mode::Additive, &[(0, 100 * eyes.unit)]),
        ..english_terms()
    };
    english_lot(late(eyes.sale, group), english)
}

/// By the clock from now on, in a group or alone.
fn late(sale: &Sale, group: u32) -> Running {
    Running::Timed {
        opens: Opens::At(sale.now.max(NOON).after(Span::seconds(20))),
        closes: Closes::After(Span::minutes(4)),
        soft_close: Some(SoftClose {
            window: Span::minutes(2),
            extension: Span::minutes(2),
            on_price_change: false,
            extensions_max: None,
            hard_stop: None,
        }),
        group,
    }
}

fn reorder(sale: &Sale, order: &[u32], whole: bool) -> Act {
    let upcoming = |no: &LotNo| {
        let lot = sale.lots.get(no);
        lot.is_some_and(|lot| matches!(lot.phase, Phase::Upcoming { .. }))
    };
    let order = order.iter().copied().map(LotNo).filter(upcoming);
    let order = order.skip(usize::from(!whole)).collect();
    SaleAct::ReorderLots { order }.into()
}

/// A jump that waits for this actor, confirmed; else something that nobody asked about.
fn meant(sale: &Sale, who: Actor, lot: LotNo) -> (Actor, Act) {
    let jump = jump(sale, who, Some(lot));
    let (lot, command, _, amount) = jump.unwrap_or_else(|| (lot, id(0), Paddle(1), money(2_000)));
    let act = |kind| BidderAct::PlaceBid {
        amount,
        kind,
        confirms: Some(command),
    };
    let kind = if amount.minor() % 2 == 0 {
        BidKind::Flat
    } else {
        BidKind::Maximum
    };
    (who, act(kind).of(lot))
}

fn floor_meant(sale: &Sale, lot: LotNo) -> (Actor, Act) {
    let jump = jump(sale, officer(1), None);
    let (lot, command, paddle, amount) =
        jump.unwrap_or_else(|| (lot, id(0), Paddle(6), money(2_000)));
    let act = FloorAct::Bid {
        paddle,
        amount,
        confirms: Some(command),
    };
    (officer(1), act.of(lot))
}

fn jump(sale: &Sale, who: Actor, only: Option<LotNo>) -> Option<(LotNo, CommandId, Paddle, Money)> {
    let lots = sale.lots.values();
    let mut lots = lots.filter(|lot| only.is_none_or(|only| lot.no == only));
    lots.find_map(|lot| {
        let Method::English(state) = &lot.method;
        let jump = state
            .confirmations
            .get(&who)
            .filter(|_| lot.open().is_some())?;
        Some((lot.no, jump.command, jump.paddle, jump.amount))
    })
}

fn confirm_floor(sale: &Sale, lot: LotNo, by: u8, right: bool) -> (Actor, Act) {
    let waiting = sale.lots.values().find_map(|lot| {
        let Method::English(state) = &lot.method;
        let held = state.held.filter(|_| lot.open().is_some())?;
        Some((lot.no, held.no, held.paddle, held.amount))
    });
    let (lot, held, paddle, amount) = waiting.unwrap_or_else(|| (lot, 1, Paddle(6), money(2_000)));
    let amount = if right {
        amount
    } else {
        money(amount.minor() / 10)
    };
    let act = FloorAct::ConfirmBid {
        held,
        paddle,
        amount,
    };
    (officer(by), act.of(lot))
}

/// A lot whose lead is offered, to whom, and at what price.
fn offered(sale: &Sale) -> Option<(LotNo, Paddle, Money)> {
    sale.lots.values().find_map(|lot| {
        let Method::English(state) = &lot.method;
        let offer = state.offer.filter(|_| lot.open().is_some())?;
        Some((lot.no, offer.paddle, offer.price))
    })
}

/// A void: of a bid by its number in this attempt, else of what another officer asked for, else of
/// the bid that leads.
fn void(
    sale: &Sale,
    (lot, bid, cause): (LotNo, Option<u32>, VoidCause),
    by: u8,
    right: bool,
    leads_to: LeadsTo<'_>,
) -> (Actor, Act) {
    let waiting = sale.lots.values().find_map(|lot| {
        let asked = lot.void_request.filter(|_| !lot.bids.is_empty())?;
        Some((lot.no, asked.bid, asked.cause))
    });
    let (lot, bid, cause) = match (bid, waiting) {
        (None, Some(waiting)) => waiting,
        (bid, _) => {
            let found = sale.lots.get(&lot);
            let leading = found.and_then(|lot| {
                let Method::English(state) = &lot.method;
                state.lead.map(|lead| lead.bid)
            });
            let last = found.and_then(|lot| lot.bids.last()).map(|bid| bid.no);
            let before = found.map_or(0, |lot| lot.bids_before);
            let named = bid.map(|bid| BidNo(before + bid));
            (lot, named.or(leading).or(last).unwrap_or(BidNo(1)), cause)
        }
    };
    let shown = leads_to(lot, bid, cause);
    let wrong = Some((Paddle(1), money(1)));
    let act = LotAct::VoidBid {
        bid,
        cause,
        note: if right || by == 1 { "why" } else { " " }.to_owned(),
        leads_to: if right { shown } else { wrong },
    };
    (officer(10 + by), act.of(lot))
}

fn by_hand_act(sale: &Sale, lot: LotNo, hand: Hand, right: bool) -> Act {
    let reason = if right { "why" } else { "" }.to_owned();
    let stands = sale.lots.get(&lot).map(seen);
    let mut seen = stands.unwrap_or(Seen {
        bid: BidNo(0),
        lead: None,
    });
    if !right {
        seen.lead = Some((Paddle(1), money(1)));
    }
    match hand {
        Hand::Open => LotAct::Open,
        Hand::Warn => LotAct::Warn,
        Hand::Hammer => LotAct::Hammer { seen },
        Hand::Pass => LotAct::Pass { seen },
        Hand::Reopen => LotAct::Reopen { reason },
        Hand::Withdraw => LotAct::Withdraw {
            reason: "why".to_owned(),
            seen,
        },
    }
    .of(lot)
}

fn reoffer(eyes: Eyes<'_>, lot: LotNo, how: u8, base: Option<i64>) -> Act {
    let sale = eyes.sale;
    let had = sale.lots.get(&lot).map(|lot| lot.running);
    let group = u32::from(how == 3);
    LotAct::Reoffer {
        opening: (how == 2).then(|| money(800 * eyes.unit)),
        running: match how {
            0 => Running::Timed {
                opens: Opens::AfterPrevious(Span::seconds(5)),
                closes: Closes::After(Span::minutes(3)),
                soft_close: None,
                group: 0,
            },
            1 => had.unwrap_or(Running::Clerked),
            4 => Running::Timed {
                opens: Opens::At(NOON),
                closes: Closes::At(NOON),
                soft_close: None,
                group: 0,
            },
            _ if lot.0 <= 3 => late(sale, group),
            _ => Running::Clerked,
        },
        reserve: base.map(|base| reserve(lot, base * eyes.unit + eyes.mark)),
    }
    .of(lot)
}

fn named(eyes: Eyes<'_>, lot: u32, (base, delta): Amount) -> Money {
    let lot = eyes.sale.lots.get(&LotNo(lot));
    let seen = lot.map(Lot::standing).unwrap_or_default();
    let from = match base {
        Base::Ask => seen.ask,
        Base::Price => seen.price,
        Base::LeaderMaximum => lot.and_then(Lot::claim).map(|(_, maximum)| maximum),
        Base::Ceiling => lot.map(|lot| lot.ceiling),
        Base::Nothing => None,
    };
    let more = delta.saturating_mul(eyes.unit).saturating_add(eyes.mark);
    money(from.map_or(0, Money::minor).saturating_add(more).max(0))
}

/// The id of the n-th command.
pub(crate) fn id(number: usize) -> CommandId {
    CommandId(uuid::Uuid::from_u128(number as u128 + 1))
}
