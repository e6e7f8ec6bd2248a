//! The moves of the traffic as commands, in the eyes of whoever makes them.

use mazad_engine::domain::{
    Act, Actor, BaseAmendment, BidKind, BidNo, BidderAct, Bilingual, Closes, CommandId,
    EnglishTerms, FloorAct, Lot, LotAct, LotAmendment, LotNo, LotTerms, Method, Mode, Money, Opens,
    Paddle, Phase, Running, Sale, SaleAct, Seen, SoftClose, Span, VoidCause, seen,
};
use mazad_engine::testing::{
    NOON, bidder, english_lot, english_terms, increments, money, officer, sale_terms,
};

use crate::twin_sales::reserve;

use crate::twin_traffic::{Amount, Base, Hand, House, Move};

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
#[expect(clippy::too_many_lines, reason = "one arm for each move")]
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
        Move::Amend(lots, says_why) => {
            let lots = lots.iter().map(|(lot, how)| amendment(eyes, *lot, *how));
            let act = SaleAct::AmendLots {
                lots: lots.collect(),
                reason: if *says_why { reason() } else { String::new() },
            };
            (clerk, act.into())
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
        House::Amend(how) => {
            let mut terms = terms();
            match how {
                0 => terms.title = Bilingual::default(),
                1 => {}
                2 => terms.limit_needed = !terms.limit_needed,
                _ => terms.correction_minimum = Span(terms.correction_minimum.0 + 1_000_000),
            }
            let reason = reason();
            SaleAct::Amend { terms, reason }.into()
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

/// R14: a lot that has not opened if there is one, with one term another one.
fn amendment(eyes: Eyes<'_>, lot: u32, how: u8) -> LotAmendment {
    let sale = eyes.sale;
    let lot = one_of(sale, lot, |lot| matches!(lot.phase, Phase::Upcoming { .. }));
    let lot = LotNo(lot);
    let had = sale.lots.get(&lot).map(Lot::terms);
    let mut terms = had.unwrap_or_else(|| added(eyes, 0));
    let mut base = BaseAmendment::Keep;
    match how {
        0 => terms.title = Bilingual::both("another title"),
        1 => {
            let opening = terms
                .method
                .opening()
                .saturating_add(money(100 * eyes.unit));
            terms.method = terms.method.with_opening(opening);
        }
        2 => {
            // Another one for each lot, so that one that is opened tells nothing of the others.
            let amount = (1_500 + i64::from(lot.0)) * eyes.unit + eyes.mark;
            base = BaseAmendment::Set(reserve(lot, amount));
        }
        3 => base = BaseAmendment::Remove,
        4 => terms.running = late(sale, u32::from(lot.0 <= 2)),
        5 => {
            terms.running = Running::Timed {
                opens: Opens::AfterPrevious(Span::seconds(7)),
                closes: Closes::After(Span::minutes(3)),
                soft_close: None,
                group: 0,
            };
        }
        6 => terms.title = Bilingual::default(),
        _ => {}
    }
    terms.method = terms.method.with_reserve(None);
    LotAmendment { lot, terms, base }
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
