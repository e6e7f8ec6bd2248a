//! Random sales: what people ask of a sale, picked at random.

use mazad_engine::codec::Vault;
use mazad_engine::codec::terms::lot_terms_to_proto;
use mazad_engine::domain::{
    Lot, LotNo, Method, Money, Phase, Running, SaleTerms, Span, VoidEffect,
};
use mazad_proto::v1;
use mazad_proto::v1::command::Act as Wire;
use rand::RngExt as _;

use super::player::{BY_HAND, NOON, Player, bidder, lot, officer, sale_terms};

fn timed(opens: v1::timed::Opens, group: u32) -> v1::running::Way {
    v1::running::Way::Timed(v1::Timed {
        soft_close: Some(v1::SoftClose {
            window: Span::minutes(2).0,
            extension: Span::minutes(2).0,
            on_price_change: true,
            extensions_max: 4,
            hard_stop: 0,
        }),
        group,
        opens: Some(opens),
        closes: Some(v1::timed::Closes::RunsFor(Span::minutes(6).0)),
    })
}

impl Player {
    /// A sale of lots that run in every way, at terms picked at random.
    pub(super) fn random(seed: u64, steps: usize) -> Self {
        let mut player = Self::new(seed, Vault::from_key([3; 32]));
        let [booklet, second, lift, fall, ends, floor, opens_base, warned] =
            player.rng.random::<[bool; 8]>();
        player.creates(&SaleTerms {
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
            hammer_warnings: warned.into(),
            warning_age: Span::seconds(1),
            reopen_window: Span::minutes(1),
            failed_attempt_opens_base: opens_base,
            ..sale_terms()
        });
        let steps_rise: &[(i64, i64)] = &[(0, 500), (20_000, 1_000), (50_000, 1_500)];
        let steps_fall: &[(i64, i64)] = &[(0, 9_000), (12_000, 100)];
        let soon = v1::timed::Opens::OpensAt(NOON.after(Span::minutes(1)).0);
        let then = v1::timed::Opens::AfterPrevious(Span::seconds(30).0);
        let (additive, grid) = (v1::IncrementMode::Additive, v1::IncrementMode::Grid);
        player.adds(
            1,
            lot(BY_HAND, v1::IncrementMode::Clerk, steps_rise),
            21_000,
        );
        player.adds(2, lot(timed(soon, 1), additive, steps_fall), 15_000);
        player.adds(3, lot(timed(soon, 1), grid, steps_rise), 0);
        player.adds(4, lot(timed(then, 0), additive, steps_rise), 0);
        player.adds(5, lot(timed(then, 0), grid, steps_fall), 0);
        player.adds(6, lot(BY_HAND, additive, steps_fall), 0);
        for (paddle, limit) in [(1, 0), (2, 45_000), (9, 0)] {
            player.admits(paddle, limit);
        }
        player.admits_by_invite(3, None);
        player.admits_by_invite(4, Money::new(60_000));
        player.begins();
        player.clerk(Wire::OpenLot(v1::OpenLot { lot: 1 }));
        for _ in 0..steps {
            player.step();
        }
        player
    }

    fn step(&mut self) {
        let wait = match self.rng.random_range(0..20) {
            0..14 => 0,
            14..19 => self.rng.random_range(3..40),
            _ => self.rng.random_range(60..500),
        };
        self.waits(Span::seconds(wait));
        let (lot, paddle) = (self.pick_lot(), self.rng.random_range(1..6));
        let above = match self.rng.random_range(0..10) {
            0..4 => 0,
            4..8 => self.rng.random_range(0..6_000),
            8 => self.rng.random_range(0..60_000),
            _ => -700,
        };
        let amount = (self.ask_of(lot) + above).max(1);
        match self.rng.random_range(0..100) {
            0..30 => drop(self.bids(paddle, lot, amount, v1::BidKind::Flat)),
            30..55 => drop(self.bids(paddle, lot, amount, v1::BidKind::Maximum)),
            55..58 => {
                if let Some((paddle, bid)) = self.questioned.take() {
                    self.asks(bidder(paddle), Wire::PlaceBid(bid));
                }
            }
            58..61 => {
                let offered = self.offered(lot).unwrap_or(paddle);
                self.asks(bidder(offered), Wire::Reaffirm(v1::Reaffirm { lot }));
            }
            61 => self.restarts(),
            62 => self.falls_silent(),
            63 => self.stands_still(),
            64 => self.clock_is_set(amount % 3 * 3_600_000_000),
            _ => {
                let act = self.by_staff(lot, amount);
                let officer = officer(self.rng.random_range(1..3));
                self.asks_at_hall(officer, act);
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each act")]
    fn by_staff(&mut self, lot: u32, amount: i64) -> Wire {
        let reason = || "reason".to_owned();
        let last = self.called().unwrap_or(lot);
        if self.sale().pause.is_some() && self.rng.random_range(0..2) == 0 {
            return Wire::ResumeSale(v1::ResumeSale {});
        }
        match self.rng.random_range(0..24) {
            0..4 => match self.questioned_floor.take() {
                Some(bid) => Wire::FloorBid(bid),
                None => Wire::FloorBid(v1::FloorBid {
                    lot,
                    paddle: if amount % 2 == 0 { 9 } else { 1 },
                    amount,
                    confirms: String::new(),
                }),
            },
            4..6 => self.confirms(lot, amount),
            6..9 => {
                let next = self.sale().lots.get(&LotNo(lot));
                let next = next.map_or(1, |lot| lot.next_bid().0);
                let back = self.rng.random_range(1..4);
                let cause = match self.rng.random_range(0..20) {
                    0 => v1::VoidCause::Eligibility,
                    1..10 => v1::VoidCause::TypingError,
                    _ => v1::VoidCause::CourtOrder,
                };
                self.void(v1::VoidBid {
                    lot,
                    bid: next.saturating_sub(back),
                    cause: cause.into(),
                    note: format!("note {back}"),
                    leads_to: None,
                })
            }
            9 => Wire::OpenLot(v1::OpenLot {
                lot: if amount % 2 == 0 { 1 } else { 6 },
            }),
            10 => Wire::WarnLot(v1::WarnLot { lot }),
            11 => self.hammer(last),
            12 => {
                let seen = self.seen(lot).filter(|_| amount % 3 != 0);
                let seen = Some(seen.unwrap_or_default());
                Wire::PassLot(v1::PassLot { lot, seen })
            }
            13 => Wire::ReopenLot(v1::ReopenLot {
                lot: last,
                reason: reason(),
            }),
            14 => Wire::SetAsk(v1::SetAsk { lot, ask: amount }),
            15 => Wire::ReofferLot(v1::ReofferLot {
                lot: self.rng.random_range(1..7),
                opening: if amount % 2 == 0 { 8_000 } else { 0 },
                running: None,
                reserve: if amount % 3 == 0 { 12_000 } else { 0 },
            }),
            16 => Wire::ReorderLots(v1::ReorderLots {
                order: {
                    let lots = self.sale().lots.iter();
                    let mut order: Vec<u32> = lots
                        .filter(|(_, lot)| upcoming(lot))
                        .map(|(no, _)| no.0)
                        .collect();
                    order.reverse();
                    order
                },
            }),
            17 => Wire::PauseSale(v1::PauseSale {
                reason: if amount % 3 == 0 {
                    String::new()
                } else {
                    reason()
                },
            }),
            18 => match amount % 5 {
                0 => Wire::BarPaddle(v1::BarPaddle {
                    paddle: 3,
                    reason: reason(),
                }),
                1 => Wire::WithdrawLot(v1::WithdrawLot {
                    lot,
                    reason: reason(),
                    seen: self.seen(lot),
                }),
                2 => Wire::EndSale(v1::EndSale {}),
                3 => Wire::OpenSale(v1::OpenSale {}),
                _ => Wire::ResumeSale(v1::ResumeSale {}),
            },
            19 => Wire::RaiseCeiling(v1::RaiseCeiling {
                lot,
                ceiling: 1_000_000 + amount,
                reason: reason(),
            }),
            20 => Wire::SetLimit(v1::SetLimit {
                paddle: 2,
                limit: amount * 2,
            }),
            21 => Wire::MarkPresence(v1::MarkPresence {
                paddle: 1,
                present: amount % 3 > 0,
            }),
            22 => self.amends(amount),
            _ => Wire::AdmitPaddle(v1::AdmitPaddle {
                paddle: 1,
                account: String::new(),
                limit: 0,
            }),
        }
    }

    /// R14: a lot, mostly one that has not opened, with another opening or another base.
    fn amends(&mut self, amount: i64) -> Wire {
        let lots = self.sale().lots.values();
        let mut coming = lots.filter(|lot| upcoming(lot)).map(|lot| lot.no);
        let coming = coming.next();
        let lot = coming.filter(|_| amount % 4 != 0).unwrap_or(LotNo(1));
        let mut terms = self.sale().lots[&lot].terms();
        let base = if amount % 3 == 0 { 12_500 } else { 0 };
        if amount % 2 == 0 {
            let opening = terms.method.opening().minor() + 100;
            terms.method = terms.method.with_opening(Money::new(opening).unwrap());
        }
        terms.method = terms.method.with_reserve(None);
        Wire::AmendLots(v1::AmendLots {
            lots: vec![v1::LotAmendment {
                lot: lot.0,
                terms: Some(lot_terms_to_proto(&terms)),
                reserve: base,
                no_reserve: false,
            }],
            reason: if amount % 5 == 0 {
                String::new()
            } else {
                "a slip".to_owned()
            },
        })
    }

    /// The floor bid that waits, as a second clerk names it.
    fn confirms(&self, lot: u32, amount: i64) -> Wire {
        let held = self.sale().lots.get(&LotNo(lot)).and_then(|lot| {
            let Method::English(english) = &lot.method;
            english.held
        });
        Wire::ConfirmFloorBid(v1::ConfirmFloorBid {
            lot,
            held: held.map_or(1, |held| held.no),
            paddle: held.map_or(9, |held| held.paddle.0),
            amount: held.map_or(amount, |held| held.amount.minor()),
        })
    }

    /// The lot that the clerk has called, or has sold last.
    fn called(&self) -> Option<u32> {
        let lots = self.sale().lots.values();
        let clerked = lots.filter(|lot| lot.running == Running::Clerked);
        let moment = |lot: &&Lot| match &lot.phase {
            Phase::Upcoming { .. } => None,
            Phase::Open(open) => Some((true, open.opened_at)),
            Phase::Closed(closed) => Some((false, closed.at)),
        };
        clerked.max_by_key(moment).map(|lot| lot.no.0)
    }

    /// Mostly one of the open lots.
    fn pick_lot(&mut self) -> u32 {
        let open = self.sale().lots.iter();
        let open: Vec<u32> = open
            .filter_map(|(no, lot)| lot.open().map(|_| no.0))
            .collect();
        match self.rng.random_range(0..12_usize) {
            pick @ 0..10 if !open.is_empty() => open[pick % open.len()],
            _ => self.rng.random_range(1..8),
        }
    }

    fn ask_of(&self, lot: u32) -> i64 {
        let lot = self.sale().lots.get(&LotNo(lot));
        lot.and_then(|lot| lot.standing().ask)
            .map_or(10_000, Money::minor)
    }

    fn offered(&self, lot: u32) -> Option<u32> {
        let lot = self.sale().lots.get(&LotNo(lot))?;
        let Method::English(english) = &lot.method;
        let offer = english.offer.filter(|_| lot.open().is_some());
        offer.map(|offer| offer.paddle.0)
    }
}

fn upcoming(lot: &Lot) -> bool {
    matches!(lot.phase, Phase::Upcoming { .. })
}
