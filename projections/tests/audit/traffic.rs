//! Random sales: what people ask of a sale, picked at random.

use mazad_engine::codec::Vault;
use mazad_engine::domain::{Lot, LotNo, Method, Money, Phase, SaleTerms, Span, VoidEffect};
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
        let [booklet, second, lift, fall, ends, floor] = player.rng.random::<[bool; 6]>();
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
            floor_confirm_above: floor.then(|| Money::new(20_000).unwrap()),
            floor_confirm_window: Span::seconds(20),
            ..sale_terms()
        });
        let steps_rise: &[(i64, i64)] = &[(0, 500), (20_000, 1_000), (50_000, 700)];
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
        player.clerk(Wire::OpenSale(v1::OpenSale {}));
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
            _ => {
                let act = self.by_staff(lot, amount);
                let officer = officer(self.rng.random_range(1..3));
                self.asks(officer, act);
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each act")]
    fn by_staff(&mut self, lot: u32, amount: i64) -> Wire {
        let reason = || "reason".to_owned();
        let last = self.sale().last_opened.map_or(lot, |last| last.0);
        let upcoming = |lot: &Lot| matches!(lot.phase, Phase::Upcoming { .. });
        if self.sale().pause.is_some() && self.rng.random_range(0..2) == 0 {
            return Wire::ResumeSale(v1::ResumeSale {});
        }
        match self.rng.random_range(0..20) {
            0..4 => Wire::FloorBid(v1::FloorBid {
                lot,
                paddle: if amount % 2 == 0 { 9 } else { 1 },
                amount,
            }),
            4..6 => Wire::ConfirmFloorBid(v1::ConfirmFloorBid { lot }),
            6..9 => {
                let next = self.sale().lots.get(&LotNo(lot));
                let next = next.map_or(1, |lot| lot.next_bid().0);
                let back = self.rng.random_range(1..4);
                let causes = [v1::VoidCause::TypingError, v1::VoidCause::CourtOrder];
                let cause = causes[self.rng.random_range(0..2)];
                Wire::VoidBid(v1::VoidBid {
                    lot,
                    bid: next.saturating_sub(back),
                    cause: cause.into(),
                    note: format!("note {back}"),
                })
            }
            9 => Wire::OpenLot(v1::OpenLot {
                lot: if amount % 2 == 0 { 1 } else { 6 },
            }),
            10 => Wire::WarnLot(v1::WarnLot { lot }),
            11 => Wire::HammerLot(v1::HammerLot { lot: last }),
            12 => Wire::PassLot(v1::PassLot { lot }),
            13 => Wire::ReopenLot(v1::ReopenLot {
                lot: last,
                reason: reason(),
            }),
            14 => Wire::SetAsk(v1::SetAsk { lot, ask: amount }),
            15 => Wire::ReofferLot(v1::ReofferLot {
                lot: self.rng.random_range(1..7),
                opening: if amount % 2 == 0 { 8_000 } else { 0 },
                running: None,
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
                }),
                2 => Wire::EndSale(v1::EndSale {}),
                3 => Wire::OpenSale(v1::OpenSale {}),
                _ => Wire::ResumeSale(v1::ResumeSale {}),
            },
            _ => Wire::AdmitPaddle(v1::AdmitPaddle {
                paddle: 1,
                account: String::new(),
                limit: 0,
            }),
        }
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
