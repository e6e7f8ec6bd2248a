//! The history of a lot, told line by line: what is in it, and how the lot stood after each event.
#![cfg(test)]

mod room;

use mazad_engine::domain::{
    Act, BidKind, BidNo, BidderAct, Closes, LotAct, LotNo, LotOutcome, Mode, Opens, Running,
    SaleAct, Span, VoidCause,
};
use mazad_projections::history::{After, lines};
use mazad_projections::live::{LiveSale, LotPhase};
use room::stored::{evening, kind};
use room::{Room, lot_terms, money, sale_id, sale_terms, timed, with_reserve};

const LOT: LotNo = LotNo(1);

fn history(room: &Room) -> Vec<(String, After)> {
    let mut live = LiveSale::new(sale_id());
    let mut told = Vec::new();
    for recorded in &room.log {
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
        Some(LotOutcome::Sold { .. }) => "sold".to_owned(),
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

fn bid(room: &mut Room, paddle: u32, amount: i64) {
    let act = BidderAct::PlaceBid {
        amount: money(amount),
        kind: BidKind::Flat,
        confirms: None,
    }
    .of(LOT);
    room.bidder(paddle, act);
}

fn strike(room: &mut Room, bid: u32) {
    room.clerk(
        LotAct::VoidBid {
            bid: BidNo(bid),
            cause: VoidCause::ProvenError,
            note: "proven".to_owned(),
        }
        .of(LOT),
    );
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
        "BidVoided: Open, 13500 by 1, ask 14000, 2 bids",
        "SalePaused: paused, 13500 by 1, ask 14000, 2 bids",
        "SaleResumed: Open, 13500 by 1, ask 14000, 2 bids",
        "LotClosed: sold, 13500 by 1, ask -, 2 bids",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_winner_who_is_struck_out_did_not_buy() {
    let lot = lot_terms(Running::Clerked, Mode::Additive);
    let mut room = Room::prepared(sale_terms(), vec![lot]);
    room.clerk(Act::from(SaleAct::Open));
    room.clerk(LotAct::Open.of(LOT));
    bid(&mut room, 1, 10_000);
    room.clerk(LotAct::Hammer.of(LOT));
    strike(&mut room, 1);
    let last = history(&room).pop().unwrap();
    assert_eq!(
        told(&last),
        "BidVoided: WinnerVoided, - by -, ask -, 0 bids"
    );
}

#[test]
fn a_lot_that_is_opened_again_has_its_leader_again() {
    let lot = with_reserve(lot_terms(Running::Clerked, Mode::Additive), 90_000);
    let mut room = Room::prepared(sale_terms(), vec![lot]);
    room.clerk(Act::from(SaleAct::Open));
    room.clerk(LotAct::Open.of(LOT));
    bid(&mut room, 1, 10_000);
    room.clerk(LotAct::Pass.of(LOT));
    room.clerk(
        LotAct::Reopen {
            reason: "too fast".to_owned(),
        }
        .of(LOT),
    );
    let told: Vec<String> = history(&room).iter().rev().take(2).map(told).collect();
    let expected = [
        "LotReopened: Open, 10000 by 1, ask 10500, 1 bids",
        "LotClosed: PassedBelowReserve, - by -, ask -, 1 bids",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_pause_moves_the_end_and_only_late_bids_are_counted_as_extensions() {
    let running = timed(
        Opens::At(room::NOON.after(Span::minutes(1))),
        Closes::After(Span::minutes(10)),
        0,
    );
    let mut room = Room::prepared(sale_terms(), vec![lot_terms(running, Mode::Additive)]);
    room.clerk(Act::from(SaleAct::Open));
    room.asks(
        Span::minutes(2),
        room::officer(1),
        Act::from(SaleAct::Pause {
            reason: "lights out".to_owned(),
        }),
    );
    room.asks(
        Span::minutes(30),
        room::officer(1),
        Act::from(SaleAct::Resume),
    );
    bid(&mut room, 1, 10_000);
    bid(&mut room, 2, 11_000);
    // The lead falls: the end is moved for the offer, but no late bid did it.
    let rest = Span::minutes(8);
    room.asks(
        rest,
        room::officer(1),
        LotAct::VoidBid {
            bid: BidNo(2),
            cause: VoidCause::ProvenError,
            note: "proven".to_owned(),
        }
        .of(LOT),
    );
    let lines = history(&room);
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
