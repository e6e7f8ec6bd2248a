//! The rules twice: the engine beside a naive twin written from the rules alone, and what must hold
//! in every sale whatever people do.
//!
//! The seed is fixed, so that every run sees the same sales; `MAZAD_SEED=7` sees others, and
//! `MAZAD_CASES=9` nine times as many. A failure prints its seed and the smallest traffic that still
//! fails.
#![cfg(test)]

#[path = "support/twin_acts.rs"]
mod twin_acts;
#[path = "support/twin_amend.rs"]
mod twin_amend;
#[path = "support/twin_bids.rs"]
mod twin_bids;
#[path = "support/twin_book.rs"]
mod twin_book;
#[path = "support/twin_checks.rs"]
mod twin_checks;
#[path = "support/twin_closing.rs"]
mod twin_closing;
#[path = "support/twin_hall.rs"]
mod twin_hall;
#[path = "support/twin_house.rs"]
mod twin_house;
#[path = "support/twin_lots.rs"]
mod twin_lots;
#[path = "support/twin_offers.rs"]
mod twin_offers;
#[path = "support/twin_paper.rs"]
mod twin_paper;
#[path = "support/twin_pauses.rs"]
mod twin_pauses;
#[path = "support/twin_room.rs"]
mod twin_room;
#[path = "support/twin_runs.rs"]
mod twin_runs;
#[expect(dead_code, reason = "the properties use the rest")]
#[path = "support/twin_sales.rs"]
mod twin_sales;
#[path = "support/twin_traffic.rs"]
mod twin_traffic;
#[path = "support/twin_voids.rs"]
mod twin_voids;

use std::cell::RefCell;
use std::collections::BTreeMap;

use mazad_engine::domain::{
    Actor, Answer, BidKind, BidderAct, Code, LotNo, Money, Paddle, SaleAct, Span, Verdict,
};
use mazad_engine::domain::{Closes, Opens, Time};
use mazad_engine::testing::{
    Judged, NOON, TestSale, account, add_lot, bidder, lot_terms, money, officer, sale_terms,
    soft_close, timed,
};
use twin_acts::id;
use twin_room::play;
use twin_runs::{for_all, is_daily, tally};
use twin_sales::setups;
use twin_traffic::steps;

/// What a run must have seen: all events, all effects and outcomes, and every refusal but these.
const NEVER: [&str; 2] = ["overflow", "too-many"];

#[test]
fn engine_and_twin_agree_on_every_event_and_every_answer() {
    let seen = RefCell::new(BTreeMap::new());
    for_all(1_000, &(setups(), steps()), |(setup, traffic)| {
        let room = play(&setup, &traffic);
        tally(&room, &mut seen.borrow_mut());
    });
    let seen = seen.into_inner();
    println!("{seen:#?}");
    let never: Vec<&str> = twin_runs::WORDS
        .iter()
        .copied()
        .chain(Code::ALL.iter().map(|code| code.as_str()))
        .filter(|word| !seen.contains_key(*word))
        .collect();
    if is_daily() {
        assert_eq!(never, NEVER);
    }
}

/// A sale with one timed lot from noon to ten past, open.
fn one_lot(paddles: u32, on_price_change: bool) -> TestSale {
    let mut room = TestSale::default();
    let mut soft = soft_close(2);
    soft.on_price_change = on_price_change;
    let end = NOON.after(Span::minutes(10));
    let running = timed(Opens::At(NOON), Closes::At(end), Some(soft));
    let mut acts = vec![
        SaleAct::Create {
            terms: sale_terms(),
        },
        add_lot(LotNo(1), lot_terms(running)),
    ];
    acts.extend((1..=paddles).map(|paddle| SaleAct::AdmitPaddle {
        paddle: Paddle(paddle),
        account: Some(account(paddle)),
        limit: None,
    }));
    acts.extend([SaleAct::Publish, SaleAct::Open]);
    for (number, act) in acts.into_iter().enumerate() {
        let asked = TestSale::command(id(1_000_000 + number), officer(1), NOON, act);
        let Judged::Decided(_) = room.judge(&asked, NOON) else {
            panic!("it was asked before");
        };
        let answer = room.answer(&asked).unwrap();
        assert!(matches!(answer.verdict, Verdict::Accepted(_)), "{answer:?}");
    }
    room
}

fn bid(room: &mut TestSale, number: usize, paddle: u32, amount: i64, at: Time) -> Answer {
    let act = BidderAct::PlaceBid {
        amount: money(amount),
        kind: BidKind::Maximum,
        confirms: None,
    }
    .of(LotNo(1));
    let who: Actor = bidder(Paddle(paddle));
    let asked = TestSale::command(id(number), who, at, act);
    room.judge(&asked, at);
    room.answer(&asked).unwrap().clone()
}

/// R2.4, R16: whoever came first among equals holds, and pays the tied amount.
#[test]
fn first_of_any_number_of_equals_leads_at_the_whole_amount() {
    for equals in 2..=50_u32 {
        let mut room = one_lot(50, false);
        room.timers(NOON, NOON);
        for paddle in 1..=equals {
            // After the first tie the price has reached the amount: the others are below the ask.
            let answer = bid(&mut room, paddle as usize, paddle, 7_777, NOON);
            let refused = matches!(answer.verdict, Verdict::Refused(_));
            assert_eq!(refused, paddle > 2, "bid of p{paddle}");
        }
        let seen = room.sale.lots[&LotNo(1)].standing();
        assert_eq!(seen.leader, Some(Paddle(1)));
        assert_eq!(seen.price.map(Money::minor), Some(7_777));
    }
}

/// R3.2, R16: refusals never move an end, however many.
#[test]
fn ten_thousand_refusals_leave_the_end_where_it_is() {
    let mut room = one_lot(2, true);
    let late = NOON.after(Span::minutes(9));
    room.timers(late, late);
    let end = room.sale.lots[&LotNo(1)].standing().ends_at;
    for number in 0..10_000 {
        let answer = bid(&mut room, number, 1, 999, late.after(Span(number as u64)));
        assert!(matches!(answer.verdict, Verdict::Refused(_)));
    }
    assert_eq!(room.sale.lots[&LotNo(1)].standing().ends_at, end);
    let lot = &room.sale.lots[&LotNo(1)];
    assert!(lot.bids.is_empty());
    assert_eq!(room.sale.now, late.after(Span(9_999)));
}
