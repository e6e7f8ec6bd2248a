//! The history of a lot, told line by line: what is in it, and how the lot stood after each event.
#![cfg(test)]

mod support;

use mazad_engine::domain::{
    Act, BidKind, BidNo, BidderAct, Closes, LotAct, LotNo, LotOutcome, Mode, Opens, Running,
    SaleAct, Span, VoidCause,
};
use mazad_engine::testing::{NOON, TestSale, money, officer};
use mazad_projections::history::{After, lines};
use mazad_projections::live::{LiveSale, LotPhase};
use support::stored::{evening, kind};
use support::{hammer, lot_terms, pass, prepared, sale_terms, timed, void, with_reserve};

const LOT: LotNo = LotNo(1);

fn history(sale: &TestSale) -> Vec<(String, After)> {
    let mut live = LiveSale::new(TestSale::ID);
    let mut told = Vec::new();
    for recorded in &sale.log {
        let touched = live.apply(recorded);
        let here = lines(recorded, &touched, &live);
        let here = here.into_iter().filter(|(lot, _)| *lot == LOT);
        let kind = kind(recorded);
        told.extend(here.map(|(_, after)| (kind.clone(), after)));
    }
    told
}

fn told((kind, after): &(String, After)) -> String {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let phase = match after.outcome {
        Some(LotOutcome::KnockedDown { .. }) => "knocked down".to_owned(),
        Some(LotOutcome::ForDecision(undecided)) => format!("{:?}", undecided.cause),
        Some(outcome) => format!("{outcome:?}"),
        None if after.paused && after.phase == LotPhase::Open => "paused".to_owned(),
        None => format!("{:?}", after.phase),
    };
    let price = or_none(after.price.map(|price| price.to_string()));
    let leader = or_none(after.leader.map(|leader| leader.to_string()));
    let ask = or_none(after.ask.map(|ask| ask.to_string()));
    format!(
        "{kind}: {phase}, {price} by {leader}, ask {ask}, {} bids",
        after.bids
    )
}

fn bid(sale: &mut TestSale, paddle: u32, amount: i64) {
    let act = BidderAct::PlaceBid {
        amount: money(amount),
        kind: BidKind::Flat,
        confirms: None,
    }
    .of(LOT);
    sale.bidder(paddle, act);
}

fn strike(sale: &mut TestSale, bid: u32) {
    let act = void(sale, LOT, BidNo(bid), VoidCause::ProvenError, "proven");
    sale.clerk(act);
}

#[test]
fn an_evening_is_told_with_its_pause() {
    let told: Vec<String> = history(&evening()).iter().map(told).collect();
    let expected = [
        "LotAdded: Upcoming, - by -, ask -, 0 bids",
        "LotOpened: Open, - by -, ask 10000, 0 bids",
        "BidAccepted: Open, 10000 by 1, ask 10500, 1 bids",
        "BidAccepted: Open, 11500 by 1, ask 12000, 2 bids",
        "BidAccepted: Open, 13500 by 1, ask 14000, 3 bids",
        "BidVoided: Open, 11500 by 1, ask 12000, 2 bids",
        "SalePaused: paused, 11500 by 1, ask 12000, 2 bids",
        "SaleResumed: Open, 11500 by 1, ask 12000, 2 bids",
        "LotClosed: knocked down, 11500 by 1, ask -, 2 bids",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_winner_who_is_struck_out_did_not_buy() {
    let lot = lot_terms(Running::Clerked, Mode::Additive);
    let mut sale = prepared(sale_terms(), vec![lot]);
    sale.clerk(Act::from(SaleAct::Open));
    sale.clerk(LotAct::Open.of(LOT));
    bid(&mut sale, 1, 10_000);
    let down = hammer(&sale, LOT);
    sale.clerk(down);
    strike(&mut sale, 1);
    let last = history(&sale).pop().unwrap();
    assert_eq!(
        told(&last),
        "BidVoided: WinnerStruckOut, 10000 by 1, ask -, 0 bids"
    );
}

#[test]
fn a_lot_that_is_opened_again_has_its_leader_again() {
    let lot = with_reserve(lot_terms(Running::Clerked, Mode::Additive), 90_000);
    let mut sale = prepared(sale_terms(), vec![lot]);
    sale.clerk(Act::from(SaleAct::Open));
    sale.clerk(LotAct::Open.of(LOT));
    bid(&mut sale, 1, 10_000);
    let passed = pass(&sale, LOT);
    sale.clerk(passed);
    sale.clerk(
        LotAct::Reopen {
            reason: "too fast".to_owned(),
        }
        .of(LOT),
    );
    let told: Vec<String> = history(&sale).iter().rev().take(2).map(told).collect();
    let expected = [
        "LotReopened: Open, 10000 by 1, ask 10500, 1 bids",
        "LotClosed: PassedByClerk, 10000 by 1, ask -, 1 bids",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_pause_moves_the_end_and_only_late_bids_are_counted_as_extensions() {
    let running = timed(
        Opens::At(NOON.after(Span::minutes(1))),
        Closes::After(Span::minutes(10)),
        0,
    );
    let mut sale = prepared(sale_terms(), vec![lot_terms(running, Mode::Additive)]);
    sale.clerk(Act::from(SaleAct::Open));
    sale.asks(
        Span::minutes(2),
        officer(1),
        Act::from(SaleAct::Pause {
            reason: "lights out".to_owned(),
        }),
    );
    sale.asks(Span::minutes(30), officer(1), Act::from(SaleAct::Resume));
    bid(&mut sale, 1, 10_000);
    bid(&mut sale, 2, 11_000);
    // The lead falls: the end is moved for the offer, but no late bid did it.
    let rest = Span::minutes(8);
    let act = void(&sale, LOT, BidNo(2), VoidCause::ProvenError, "proven");
    sale.asks(rest, officer(1), act);
    let lines = history(&sale);
    let after = |kind: &str| {
        let found = lines.iter().rev().find(|(one, _)| one == kind);
        found.unwrap_or_else(|| panic!("{kind}: {lines:?}")).1
    };
    let (opened, paused, resumed) = (
        after("LotOpened"),
        after("SalePaused"),
        after("SaleResumed"),
    );
    assert!(paused.paused && !resumed.paused);
    assert_eq!(
        opened.ends_at.map(|end| end.after(Span::minutes(30))),
        resumed.ends_at
    );
    assert!(after("BidVoided").ends_at >= resumed.ends_at);
    assert_eq!(lines.last().unwrap().1.extensions, 0);
}
