//! Random sales: steps that proptest picks and shrinks.

use mazad_engine::domain::{
    Act, Actor, BaseAmendment, BidKind, BidNo, BidderAct, Bilingual, Closes, CommandId, EngineAct,
    FloorAct, Lot, LotAct, LotAmendment, LotNo, LotTerms, Method, Mode, Money, Opens, Paddle,
    Phase, Running, SaleAct, SaleTerms, Seen, Span, VoidCause, VoidEffect,
};
use mazad_engine::testing::{NOON, TestSale, account, add_lot, money, officer, reserve};
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use uuid::Uuid;

use super::{
    drafted, furnish, hammer, lot_terms, pass, sale_terms, seen_now, timed, void, with_reserve,
};

/// One thing that somebody asks, after a wait.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) wait_s: u64,
    pub(crate) ask: Ask,
}

/// Asks by what a person would say; amounts are relative to the ask of the moment.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    Bid {
        paddle: u32,
        lot: u32,
        above: i64,
        maximum: bool,
    },
    Confirm {
        paddle: u32,
        lot: u32,
        amount: i64,
    },
    Floor {
        lot: u32,
        paddle: u32,
        above: i64,
        clerk: u8,
    },
    ConfirmFloor {
        lot: u32,
        clerk: u8,
    },
    Ceiling {
        lot: u32,
        above: i64,
    },
    Limit {
        paddle: u32,
        limit: i64,
    },
    Presence {
        paddle: u32,
        present: bool,
    },
    Void {
        lot: u32,
        back: u32,
        cause: VoidCause,
        clerk: u8,
    },
    Reaffirm {
        lot: u32,
    },
    Lot {
        lot: u32,
        act: u8,
    },
    Higher {
        lot: u32,
        above: i64,
    },
    Reoffer {
        lot: u32,
        running: u8,
    },
    Reorder {
        seed: u64,
    },
    Amend {
        lot: u32,
        how: u8,
    },
    Sale {
        act: u8,
    },
    Bar {
        paddle: u32,
    },
    Restart,
    Outage,
    StoodStill,
    Clock {
        offset: i64,
    },
}

pub(crate) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = (wait(), ask()).prop_map(|(wait_s, ask)| Step { wait_s, ask });
    proptest::collection::vec(step, 0..most)
}

fn wait() -> impl Strategy<Value = u64> {
    prop_oneof![20 => 0..3u64, 6 => 3..40u64, 1 => 60..500u64]
}

fn ask() -> BoxedStrategy<Ask> {
    let lot = || 0..18u32;
    let paddle = || 1..5u32;
    let above =
        || prop_oneof![4 => Just(0i64), 2 => Just(500), 4 => 0..5_000i64, 1 => 0..60_000i64];
    let bid =
        (paddle(), lot(), above(), any::<bool>()).prop_map(|(paddle, lot, above, maximum)| {
            Ask::Bid {
                paddle,
                lot,
                above,
                maximum,
            }
        });
    let confirm =
        (paddle(), lot(), 40_000..80_000i64).prop_map(|(paddle, lot, amount)| Ask::Confirm {
            paddle,
            lot,
            amount,
        });
    let in_hall = prop_oneof![3 => Just(9u32), 1 => Just(2u32)];
    let floor =
        (lot(), in_hall, above(), 1..3u8).prop_map(|(lot, paddle, above, clerk)| Ask::Floor {
            lot,
            paddle,
            above,
            clerk,
        });
    let confirm_floor = (lot(), 1..3u8).prop_map(|(lot, clerk)| Ask::ConfirmFloor { lot, clerk });
    let cause = prop_oneof![
        8 => Just(VoidCause::TypingError),
        1 => Just(VoidCause::Eligibility),
        8 => Just(VoidCause::CourtOrder)
    ];
    let void = (lot(), 0..3u32, cause, 1..3u8).prop_map(|(lot, back, cause, clerk)| Ask::Void {
        lot,
        back,
        cause,
        clerk,
    });
    prop_oneof![
        24 => bid,
        1 => confirm,
        4 => floor,
        2 => confirm_floor,
        6 => void,
        4 => lot().prop_map(|lot| Ask::Reaffirm { lot }),
        10 => (lot(), 0..11u8).prop_map(|(lot, act)| Ask::Lot { lot, act }),
        3 => (lot(), above()).prop_map(|(lot, above)| Ask::Higher { lot, above }),
        2 => (lot(), 0..3u8).prop_map(|(lot, running)| Ask::Reoffer { lot, running }),
        1 => any::<u64>().prop_map(|seed| Ask::Reorder { seed }),
        3 => (1..7u32, 0..5u8).prop_map(|(lot, how)| Ask::Amend { lot, how }),
        2 => (0..8u8).prop_map(|act| Ask::Sale { act }),
        1 => (1..4u32).prop_map(|paddle| Ask::Bar { paddle }),
        1 => (lot(), -1..90_000i64).prop_map(|(lot, above)| Ask::Ceiling { lot, above }),
        1 => (paddle(), 20_000..90_000i64).prop_map(|(paddle, limit)| Ask::Limit { paddle, limit }),
        1 => (1..3u32, any::<bool>()).prop_map(|(paddle, present)| Ask::Presence { paddle, present }),
        1 => Just(Ask::Restart),
        1 => Just(Ask::Outage),
        1 => Just(Ask::StoodStill),
        1 => (0..3i64).prop_map(|hours| Ask::Clock { offset: hours * 3_600_000_000 }),
    ]
    .boxed()
}

pub(crate) fn terms() -> impl Strategy<Value = SaleTerms> {
    (any::<[bool; 7]>(), 0..2u32).prop_map(|(flags, hammer_warnings)| {
        let [booklet, second, lift, fall, ends, floor, opens_base] = flags;
        SaleTerms {
            void_effect: if booklet {
                VoidEffect::Booklet
            } else {
                VoidEffect::Strict
            },
            void_needs_second: second,
            reserve_lift: lift,
            maximum_may_fall: fall,
            ends_itself: ends,
            floor_second_steps: if floor { 6 } else { 0 },
            floor_confirm_window: Span::seconds(20),
            hammer_warnings,
            warning_age: Span::seconds(1),
            reopen_window: Span::minutes(1),
            failed_attempt_opens_base: opens_base,
            ..sale_terms()
        }
    })
}

/// Six lots that run in every way.
pub(crate) fn catalogue() -> Vec<LotTerms> {
    let soon = NOON.after(Span::minutes(1));
    let later = NOON.after(Span::minutes(12));
    let at = |group| timed(Opens::At(soon), Closes::At(later), group);
    let chain = timed(
        Opens::AfterPrevious(Span::seconds(30)),
        Closes::After(Span::minutes(6)),
        0,
    );
    let lots = vec![
        with_reserve(lot_terms(Running::Clerked, Mode::Clerk), 21_000),
        with_reserve(lot_terms(at(1), Mode::Additive), 15_000),
        lot_terms(at(1), Mode::Grid),
        lot_terms(chain, Mode::Additive),
        lot_terms(chain, Mode::Grid),
        lot_terms(Running::Clerked, Mode::Clerk),
    ];
    let ceiling = money(90_000);
    let bounded = |terms| LotTerms { ceiling, ..terms };
    lots.into_iter().map(bounded).collect()
}

/// A sale with those lots, of a draft that was another one before; open, the first lot called.
pub(crate) fn open_sale(terms: SaleTerms) -> TestSale {
    open_sale_of(terms, catalogue())
}

/// The same with other lots.
pub(crate) fn open_sale_of(terms: SaleTerms, lots: Vec<LotTerms>) -> TestSale {
    let mut sale = drafted(sale_terms());
    sale.clerk(add_lot(LotNo(7), lot_terms(Running::Clerked, Mode::Grid)));
    sale.clerk(SaleAct::ClearLots);
    sale.clerk(SaleAct::Amend {
        terms,
        reason: String::new(),
    });
    furnish(&mut sale, lots);
    sale.clerk(SaleAct::Open);
    sale.clerk(LotAct::Open.of(LotNo(1)));
    sale
}

/// Somebody asks. A paused sale is resumed by the next one who would call a lot.
pub(crate) fn take_step(sale: &mut TestSale, step: &Step) {
    let is_paused = sale.sale.pause.is_some();
    let (actor, act) = match &step.ask {
        Ask::Lot { .. } | Ask::Higher { .. } if is_paused => {
            (officer(1), Act::from(SaleAct::Resume))
        }
        ask => asked(sale, ask),
    };
    sale.asks(Span::seconds(step.wait_s), actor, act);
}

/// Mostly one of the open lots, sometimes any other.
fn target(sale: &TestSale, pick: u32) -> LotNo {
    let open = sale
        .sale
        .lots
        .iter()
        .filter(|(_, lot)| lot.open().is_some());
    let open: Vec<LotNo> = open.map(|(no, _)| *no).collect();
    match usize::try_from(pick).unwrap() {
        pick @ 0..12 if !open.is_empty() => open[pick % open.len()],
        pick => LotNo(u32::try_from(pick % 7).unwrap()),
    }
}

fn ask_of(sale: &TestSale, lot: LotNo) -> i64 {
    let lot = sale.sale.lots.get(&lot);
    lot.and_then(|lot| lot.standing().ask)
        .map_or(10_000, Money::minor)
}

/// So much above the ask; on a lot of billions much more, so that it is steps away there too.
fn above_ask(sale: &TestSale, lot: LotNo, above: i64) -> Money {
    let ask = ask_of(sale, lot);
    let times = if ask > 1_000_000_000 { 50 } else { 1 };
    money(ask + above * times)
}

fn asked(sale: &TestSale, ask: &Ask) -> (Actor, Act) {
    match *ask {
        Ask::Bid {
            paddle,
            lot,
            above,
            maximum,
        } => {
            let kind = if maximum {
                BidKind::Maximum
            } else {
                BidKind::Flat
            };
            let act = BidderAct::PlaceBid {
                amount: above_ask(sale, target(sale, lot), above),
                kind,
                confirms: None,
            }
            .of(target(sale, lot));
            (Actor::Bidder(account(paddle)), act)
        }
        Ask::Confirm {
            paddle,
            lot,
            amount,
        } => {
            let act = BidderAct::PlaceBid {
                amount: money(amount),
                kind: BidKind::Maximum,
                confirms: Some(CommandId(Uuid::from_u128(1))),
            }
            .of(target(sale, lot));
            (Actor::Bidder(account(paddle)), act)
        }
        Ask::Reaffirm { lot } => {
            let lot_asked = sale.sale.lots.get(&target(sale, lot));
            let open = lot_asked.filter(|lot| lot.open().is_some());
            let offered = open.and_then(|lot| {
                let Method::English(state) = &lot.method;
                state.offer.map(|offer| offer.paddle.0)
            });
            let actor = Actor::Bidder(account(offered.unwrap_or(1)));
            (actor, BidderAct::Reaffirm.of(target(sale, lot)))
        }
        Ask::Restart => (
            Actor::Engine,
            Act::from(EngineAct::StartWriter {
                epoch: sale.sale.epoch() + 1,
            }),
        ),
        Ask::Outage => (Actor::Engine, Act::from(EngineAct::Outage)),
        Ask::StoodStill => {
            let gap = Span::seconds(4);
            (Actor::Engine, Act::from(EngineAct::StoodStill { gap }))
        }
        Ask::Clock { offset } => {
            let act = EngineAct::ClockStepped { offset };
            (Actor::Engine, Act::from(act))
        }
        Ask::Floor { clerk, .. } | Ask::ConfirmFloor { clerk, .. } | Ask::Void { clerk, .. } => {
            (officer(clerk), staff_act(sale, ask))
        }
        _ => (officer(1), staff_act(sale, ask)),
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each act")]
fn staff_act(sale: &TestSale, ask: &Ask) -> Act {
    match *ask {
        Ask::Floor {
            lot,
            paddle,
            above,
            clerk,
        } => floor_bid(sale, target(sale, lot), (paddle, above), clerk),
        Ask::ConfirmFloor { lot, .. } => confirm(sale, target(sale, lot)),
        Ask::Void {
            lot, back, cause, ..
        } => {
            let lot = target(sale, lot);
            let next = sale.sale.lots.get(&lot).map_or(1, |lot| lot.next_bid().0);
            let bid = BidNo(next.saturating_sub(back + 1));
            void(sale, lot, bid, cause, &format!("note {back}"))
        }
        Ask::Ceiling { lot, above } => {
            let lot = target(sale, lot);
            let ceiling = sale
                .sale
                .lots
                .get(&lot)
                .map_or(1, |lot| lot.ceiling.minor());
            LotAct::RaiseCeiling {
                ceiling: money(ceiling + above),
                reason: "more is wanted".to_owned(),
            }
            .of(lot)
        }
        Ask::Limit { paddle, limit } => Act::from(SaleAct::SetLimit {
            paddle: Paddle(paddle),
            limit: Some(money(limit)),
        }),
        Ask::Presence { paddle, present } => Act::from(SaleAct::MarkPresence {
            paddle: Paddle(paddle),
            present,
        }),
        Ask::Higher { lot, above } => FloorAct::SetAsk {
            ask: above_ask(sale, target(sale, lot), above),
        }
        .of(target(sale, lot)),
        Ask::Reoffer { lot, running } => {
            let lot = ended(sale, lot);
            let found = sale.sale.lots.get(&lot);
            let opening = found.map_or(10_000, |lot| lot.method.opening().minor());
            let attempt = found.map_or(1, |lot| i64::from(lot.attempt));
            LotAct::Reoffer {
                opening: (running == 1).then(|| money(opening * 4 / 5)),
                running: way(sale, running),
                reserve: (running > 0)
                    .then(|| reserve(opening * 6 / 5 + attempt))
                    .flatten(),
            }
            .of(lot)
        }
        Ask::Reorder { seed } => Act::from(SaleAct::ReorderLots {
            order: shuffled(sale, seed),
        }),
        Ask::Amend { lot, how } => amended(sale, lot, how),
        Ask::Bar { paddle } => Act::from(SaleAct::BarPaddle {
            paddle: Paddle(paddle),
            reason: "barred".to_owned(),
        }),
        Ask::Sale { act } => match act {
            0 => Act::from(SaleAct::Pause {
                reason: "lights out".to_owned(),
            }),
            3 => Act::from(SaleAct::End),
            _ => Act::from(SaleAct::Resume),
        },
        Ask::Lot { lot, act } => by_hand(sale, lot, act),
        _ => unreachable!("not asked by staff"),
    }
}

/// R14: an upcoming lot, if there is one, with one term another one.
fn amended(sale: &TestSale, lot: u32, how: u8) -> Act {
    let lots = sale.sale.lots.values();
    let upcoming = lots.filter(|lot| matches!(lot.phase, Phase::Upcoming { .. }));
    let upcoming: Vec<LotNo> = upcoming.map(|lot| lot.no).collect();
    let pick = usize::try_from(lot).unwrap();
    let lot = match upcoming.as_slice() {
        [] => LotNo(lot),
        upcoming => upcoming[pick % upcoming.len()],
    };
    let known = sale.sale.lots.get(&lot).map(Lot::terms);
    let mut terms = known.unwrap_or_else(|| lot_terms(Running::Clerked, Mode::Grid));
    let opening = terms.method.opening().minor();
    let mut base = BaseAmendment::Keep;
    match how {
        0 => terms.title = Bilingual::both(&format!("amended at {}", sale.sale.now)),
        1 => terms.method = terms.method.with_opening(money(opening + 500)),
        2 => terms.running = way(sale, 2),
        3 => base = reserve(opening * 7 / 5 + 3).map_or(base, BaseAmendment::Set),
        _ => base = BaseAmendment::Remove,
    }
    terms.method = terms.method.with_reserve(None);
    let lots = vec![LotAmendment { lot, terms, base }];
    let reason = "a slip".to_owned();
    Act::from(SaleAct::AmendLots { lots, reason })
}

/// A bid of the hall. A jump that was questioned is confirmed.
fn floor_bid(sale: &TestSale, lot: LotNo, (paddle, above): (u32, i64), clerk: u8) -> Act {
    let questioned = sale.sale.lots.get(&lot).and_then(|lot| {
        let Method::English(state) = &lot.method;
        state.confirmations.get(&officer(clerk)).copied()
    });
    let bid = match questioned {
        Some(asked) => FloorAct::Bid {
            paddle: asked.paddle,
            amount: asked.amount,
            confirms: Some(asked.command),
        },
        None => FloorAct::Bid {
            paddle: Paddle(paddle),
            amount: above_ask(sale, lot, above),
            confirms: None,
        },
    };
    bid.of(lot)
}

/// The second clerk confirms what waits, if anything does.
fn confirm(sale: &TestSale, lot: LotNo) -> Act {
    let held = sale.sale.lots.get(&lot).and_then(|lot| {
        let Method::English(state) = &lot.method;
        state.held.map(|held| (held.no, held.paddle, held.amount))
    });
    let nothing = || (1, Paddle(9), money(1));
    let (held, paddle, amount) = held.unwrap_or_else(nothing);
    FloorAct::ConfirmBid {
        held,
        paddle,
        amount,
    }
    .of(lot)
}

fn way(sale: &TestSale, number: u8) -> Running {
    let soon = sale.sale.now.after(Span::seconds(40));
    match number {
        0 => Running::Clerked,
        1 => timed(Opens::At(soon), Closes::After(Span::minutes(4)), 1),
        _ => timed(
            Opens::AfterPrevious(Span::seconds(20)),
            Closes::At(soon.after(Span::minutes(5))),
            0,
        ),
    }
}

fn shuffled(sale: &TestSale, seed: u64) -> Vec<LotNo> {
    let upcoming = |no: &LotNo| {
        let phase = sale.sale.lots.get(no).map(|lot| &lot.phase);
        matches!(phase, Some(Phase::Upcoming { .. }))
    };
    let mut order: Vec<LotNo> = sale.sale.order.iter().copied().filter(upcoming).collect();
    let turn = usize::try_from(seed % 7).unwrap();
    if !order.is_empty() {
        let by = turn % order.len();
        order.rotate_left(by);
    }
    order
}

/// What a clerk does with a lot: each act mostly on a lot that it fits.
fn by_hand(sale: &TestSale, pick: u32, act: u8) -> Act {
    let reason = "by hand".to_owned();
    let lot = target(sale, pick);
    let last = called(sale).unwrap_or(lot);
    match act {
        0 => LotAct::Open.of(LotNo(1)),
        1 => LotAct::Open.of(LotNo(6)),
        2 => LotAct::Warn.of(lot),
        3 | 4 => hammer(sale, last),
        5 => pass(sale, last),
        6 | 7 => LotAct::Reopen { reason }.of(last),
        8 => pass(sale, lot),
        9 => LotAct::Hammer {
            seen: Seen {
                bid: BidNo(0),
                lead: None,
            },
        }
        .of(last),
        _ => {
            let seen = seen_now(sale, lot);
            LotAct::Withdraw { reason, seen }.of(lot)
        }
    }
}

/// The lot that the clerk has called, or has sold last.
fn called(sale: &TestSale) -> Option<LotNo> {
    let clerked = sale
        .sale
        .lots
        .values()
        .filter(|lot| lot.running == Running::Clerked);
    let moment = |lot: &&Lot| match &lot.phase {
        Phase::Upcoming { .. } => None,
        Phase::Open(open) => Some((true, open.opened_at)),
        Phase::Closed(closed) => Some((false, closed.at)),
    };
    clerked.max_by_key(moment).map(|lot| lot.no)
}

/// Mostly a lot that has ended.
fn ended(sale: &TestSale, pick: u32) -> LotNo {
    let ended = |lot: &Lot| matches!(lot.phase, Phase::Closed(_));
    let ended = sale.sale.lots.iter().filter(|(_, lot)| ended(lot));
    let ended: Vec<LotNo> = ended.map(|(no, _)| *no).collect();
    match usize::try_from(pick).unwrap() {
        pick @ 0..15 if !ended.is_empty() => ended[pick % ended.len()],
        _ => target(sale, pick),
    }
}
