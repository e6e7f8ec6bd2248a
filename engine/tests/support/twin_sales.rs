//! Random sales: terms, lots and people. Amounts are small, so that bids meet each other often.

use mazad_engine::domain::{
    Act, Bilingual, Closes, Currency, EnglishTerms, JumpGuard, LotNo, LotTerms, MethodTerms, Mode,
    Money, Opens, Paddle, Reserve, ReserveOpening, Running, SaleAct, SaleTerms, SoftClose, Span,
    Time, VoidEffect,
};
use mazad_engine::proof::reserve_commitment;
use mazad_engine::testing::{NOON, TestSale, account, english_lot, increments, money};
use proptest::prelude::*;

/// Lots 1 to 3 run by the clock, 4, 5 and 7 by hand, 6 follows 5.
pub(crate) const LOTS: u32 = 7;
/// Paddles 1 to 5 are of the web, 6 and 7 of the hall.
pub(crate) const PADDLES: u32 = 7;

/// What a sale is made of.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) terms: SaleTerms,
    pub(crate) lots: Vec<(LotNo, LotTerms)>,
    pub(crate) limits: Vec<Option<Money>>,
    /// How much of the traffic comes before the sale is published, and before it opens.
    pub(crate) early: (usize, usize),
}

/// Random flags and small numbers, of which the terms are made.
pub(crate) fn setups() -> impl Strategy<Value = Setup> {
    let lots = prop::collection::vec((any::<u16>(), 0_i64..1_000), LOTS as usize);
    let limits = prop::collection::vec(prop_oneof![2 => 0_i64..3_000, 1 => 3_000_i64..9_000], 7);
    (any::<u32>(), lots, limits, (0_usize..4, 0_usize..4)).prop_map(
        |(bits, lots, limits, early)| {
            let terms = sale_terms(bits);
            let lots = (1..).map(LotNo).zip(lots);
            let lots = lots.map(|(no, (bits, salt))| (no, lot_terms(no, bits, salt)));
            let mut lots: Vec<_> = lots.collect();
            link(&mut lots);
            let limit = |(place, limit): (usize, &i64)| {
                let needs = terms.limit_needed && place < 5;
                (needs || limit % 3 > 0).then(|| money(4_000 + limit))
            };
            Setup {
                limits: limits.iter().enumerate().map(limit).collect(),
                terms,
                lots,
                early,
            }
        },
    )
}

fn bit(bits: u32, place: u32) -> bool {
    bits >> place & 1 == 1
}

fn sale_terms(bits: u32) -> SaleTerms {
    let egp = Currency::parse("EGP").expect("ISO 4217 knows EGP");
    let preset = SaleTerms::preset(Bilingual::both("sale"), egp);
    SaleTerms {
        ends_itself: bit(bits, 0),
        void_effect: if bits >> 1 & 3 == 0 {
            VoidEffect::Booklet
        } else {
            VoidEffect::Strict
        },
        void_needs_second: bit(bits, 3) && bit(bits, 4),
        reserve_lift: bit(bits, 5),
        maximum_may_fall: bit(bits, 6),
        floor_second_steps: [0, 3, 10, 5][(bits >> 7 & 3) as usize],
        hammer_warnings: [0, 2, 2, 1][(bits >> 9 & 3) as usize],
        limit_needed: bit(bits, 11),
        failed_attempt_opens_base: bit(bits, 12) && bit(bits, 13),
        reopen_window: Span::minutes(if bit(bits, 14) { 1 } else { 10 }),
        correction_minimum: if bit(bits, 15) {
            Span::seconds(10)
        } else {
            preset.correction_minimum
        },
        resume_minimum: if bit(bits, 16) {
            Span::seconds(30)
        } else {
            preset.resume_minimum
        },
        opens_at: (bits >> 17 & 3 == 0).then(|| NOON.after(Span::minutes(1))),
        ..preset
    }
}

fn lot_terms(no: LotNo, bits: u16, salt: i64) -> LotTerms {
    let bits = u32::from(bits);
    let bands: &[(i64, i64)] = match bits & 3 {
        0 => &[(0, 100)],
        1 => &[(0, 100), (2_000, 250), (5_000, 500)],
        2 => &[(0, 300), (1_500, 40), (4_000, 1_000)],
        _ => &[(0, 50), (2_500, 200)],
    };
    let mode = match (no.0, bit(bits, 2)) {
        (4, _) => Mode::Clerk,
        (_, true) => Mode::Grid,
        (_, false) => Mode::Additive,
    };
    let guard = if bit(bits, 3) {
        JumpGuard {
            times: 3,
            steps: 20,
        }
    } else {
        JumpGuard {
            times: if bit(bits, 4) { 2 } else { 0 },
            steps: if bit(bits, 5) { 12 } else { 0 },
        }
    };
    let opening = [1_000, 999, 400, 1_000][(bits >> 6 & 3) as usize];
    let english = EnglishTerms {
        opening: money(opening),
        increments: increments(mode, bands),
        first_bid_above_opening: bit(bits, 8) && bit(bits, 9),
        jump_guard: guard,
        reserve: ([2, 3, 5].contains(&no.0) || bit(bits, 10)).then(|| reserve(no, 1_500 + salt)),
    };
    let estimate = bit(bits, 11).then(|| (money(opening), money(2_000 + salt)));
    let ceiling = if bit(bits, 12) {
        money(6_000 + salt)
    } else {
        Money::MAX_BID
    };
    LotTerms {
        estimate,
        ceiling,
        ..english_lot(running(no, bits, salt), english)
    }
}

/// A base, sealed as the gateway seals it.
pub(crate) fn reserve(lot: LotNo, amount: i64) -> Reserve {
    let opening = ReserveOpening {
        amount: money(amount),
        salt: [7; 32],
    };
    Reserve {
        commitment: reserve_commitment(TestSale::ID, lot, opening.amount, &opening.salt),
        opening: Some(opening),
    }
}

fn minute(minutes: u64) -> Time {
    NOON.after(Span::minutes(minutes))
}

fn running(no: LotNo, bits: u32, salt: i64) -> Running {
    let soft = SoftClose {
        window: Span::seconds(u64::try_from(salt).expect("small") % 200),
        extension: Span::seconds(60 + u64::from(bits >> 8 & 0x7f)),
        on_price_change: bit(bits, 13),
        extensions_max: bit(bits, 14).then_some(1 + (bits >> 5 & 3)),
        hard_stop: bit(bits, 15).then(|| minute(12)),
    };
    let timed = |opens, closes, soft_close, group| Running::Timed {
        opens,
        closes,
        soft_close,
        group,
    };
    match no.0 {
        1 => timed(
            Opens::At(minute(0)),
            Closes::At(minute(5)),
            Some(soft).filter(|_| salt > 100),
            0,
        ),
        2 | 3 => timed(Opens::At(minute(0)), Closes::At(minute(6)), Some(soft), 1),
        6 => {
            let soft = SoftClose {
                hard_stop: None,
                ..soft
            };
            timed(
                Opens::AfterPrevious(Span::seconds(10)),
                Closes::After(Span::minutes(3)),
                Some(soft),
                0,
            )
        }
        _ => Running::Clerked,
    }
}

/// R3.6: linked lots have one way of ending.
fn link(lots: &mut [(LotNo, LotTerms)]) {
    let first = lots[1].1.running;
    lots[2].1.running = first;
}

impl Setup {
    /// The same sale in other money: every amount so many times as large, and bases with a mark.
    pub(crate) fn times(mut self, unit: i64) -> Self {
        let times = |amount: Money| money(amount.minor().saturating_mul(unit));
        for limit in self.limits.iter_mut().flatten() {
            *limit = times(*limit);
        }
        for (no, terms) in &mut self.lots {
            let MethodTerms::English(english) = &mut terms.method;
            english.opening = times(english.opening);
            let bands = english.increments.bands().iter();
            let rows: Vec<_> = bands
                .map(|band| (times(band.from).minor(), times(band.step).minor()))
                .collect();
            english.increments = increments(english.increments.mode, &rows);
            let base = english.reserve.and_then(|reserve| reserve.opening);
            let marked = |base: ReserveOpening| times(base.amount).minor() + i64::from(no.0);
            english.reserve = base.map(|base| reserve(*no, marked(base)));
            terms.estimate = terms.estimate.map(|(low, high)| (times(low), times(high)));
            terms.ceiling = times(terms.ceiling).min(Money::MAX_BID);
        }
        self
    }

    /// The acts that prepare the sale, up to its publication.
    pub(crate) fn draft(&self) -> Vec<Act> {
        let egp = self.terms.currency;
        let first = SaleTerms::preset(Bilingual::both("draft"), egp);
        let mut acts: Vec<Act> = vec![
            SaleAct::Create { terms: first }.into(),
            SaleAct::AddLots {
                lots: self.lots[..1].to_vec(),
            }
            .into(),
            SaleAct::ClearLots.into(),
            SaleAct::Amend {
                terms: self.terms.clone(),
                reason: String::new(),
            }
            .into(),
            SaleAct::AddLots {
                lots: self.lots.clone(),
            }
            .into(),
        ];
        for (paddle, limit) in (1..).zip(&self.limits) {
            let admit = SaleAct::AdmitPaddle {
                paddle: Paddle(paddle),
                account: (paddle <= 5).then(|| account(paddle)),
                limit: *limit,
            };
            acts.push(admit.into());
        }
        acts
    }
}
