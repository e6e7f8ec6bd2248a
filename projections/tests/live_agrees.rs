//! The view that everyone sees agrees with the state that decides, after every event.

#![cfg(test)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use mazad_engine::domain::{
    AppliedEffect, BidEvent, BidNo, Event, Lot, LotEvent, LotNo, LotOutcome, LotTerms, Method,
    Paddle, Pause, Phase, Recorded, Sale, SaleEvent, SalePhase,
};
use mazad_engine::testing::TestSale;
use mazad_projections::live::{BoardPhase, LiveSale, LotLive, LotPhase, Touched};
use proptest::prelude::ProptestConfig;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{TestCaseError, TestRunner};
use proptest::{prop_assert, prop_assert_eq, proptest};
use support::play::{open_sale, steps, take_step, terms};
use support::{sealed, stored};

type Checked = Result<(), TestCaseError>;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_public_fact_agrees_after_every_event(terms in terms(), steps in steps(120)) {
        let mut sale = open_sale(terms);
        for step in &steps {
            take_step(&mut sale, step);
        }
        follow(&sale.log)?;
    }

    #[test]
    fn a_reader_without_the_key_sees_the_same(terms in terms(), steps in steps(60)) {
        let mut sale = open_sale(terms);
        for step in &steps {
            take_step(&mut sale, step);
        }
        let (mut with, mut without) = (LiveSale::new(TestSale::ID), LiveSale::new(TestSale::ID));
        for recorded in &sale.log {
            prop_assert_eq!(with.apply(recorded), without.apply(&sealed(recorded)));
        }
        prop_assert_eq!(with, without);
    }
}

/// Without this the two properties above could pass by never getting anywhere.
#[test]
fn random_sales_reach_every_kind_of_event() {
    let mut runner = TestRunner::deterministic();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..384 {
        let (terms, steps) = (terms(), steps(120))
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let mut sale = open_sale(terms);
        for step in &steps {
            take_step(&mut sale, step);
        }
        for recorded in &sale.log {
            *kinds.entry(stored::kind(recorded)).or_default() += 1;
        }
    }
    assert_eq!(kinds.len(), 38, "{kinds:#?}");
}

/// Folds a log twice, as the engine and as everyone, and compares after each event.
fn follow(log: &[Recorded]) -> Checked {
    let (mut sale, mut live) = (Sale::default(), LiveSale::new(TestSale::ID));
    for recorded in log {
        let before = live.clone();
        sale.apply(recorded);
        let touched = live.apply(&sealed(recorded));
        check_board(&live, &sale)?;
        prop_assert!(live.lots().map(|(no, _)| no).eq(sale.lots.keys()));
        for (no, lot) in live.lots() {
            check_lot(lot, &sale.lots[no], recorded)?;
            let remains = sale
                .pause
                .as_ref()
                .filter(|_| sale.phase == SalePhase::Open);
            let remains = remains.and_then(|pause| Some(lot.ends_at?.since(pause.since)));
            prop_assert_eq!(lot.remains, remains);
        }
        check_touched(&before, &live, &touched, recorded)?;
        check_told(&before, &live, &sale, recorded)?;
        let again = live.clone();
        prop_assert!(live.apply(recorded).is_empty());
        prop_assert_eq!(&live, &again, "an event applied before changes nothing");
    }
    Ok(())
}

fn check_board(live: &LiveSale, sale: &Sale) -> Checked {
    let board = live.board();
    let phase = match (sale.phase, &sale.pause) {
        (SalePhase::Draft, _) => BoardPhase::Draft,
        (SalePhase::Announced, _) => BoardPhase::Announced,
        (SalePhase::Open, None) => BoardPhase::Open,
        (SalePhase::Open, Some(_)) => BoardPhase::Paused,
        (SalePhase::Ended, _) => BoardPhase::Ended,
    };
    prop_assert_eq!(board.phase, phase);
    if phase != BoardPhase::Ended {
        // Where a clock has to go back to concerns only whoever decides.
        let pause = sale.pause.clone();
        let pause = pause.map(|pause| Pause {
            offset_before: 0,
            ..pause
        });
        prop_assert_eq!(&board.pause, &pause);
    }
    prop_assert_eq!(&board.terms, &sale.terms);
    prop_assert_eq!(&board.order, &sale.order);
    let epochs = board.epochs.iter().map(|start| start.epoch);
    prop_assert!(epochs.eq(sale.epochs.iter().map(|epoch| epoch.epoch)));
    prop_assert_eq!(board.public_revision, sale.public_revision);
    prop_assert_eq!(live.epoch(), sale.epoch());
    prop_assert_eq!(live.next_revision(), sale.next_revision);
    prop_assert_eq!(board.at, sale.now);
    Ok(())
}

fn check_lot(live: &LotLive, lot: &Lot, recorded: &Recorded) -> Checked {
    prop_assert_eq!(live.attempt, lot.attempt);
    let terms = lot.terms();
    let method = terms.method.clone().public();
    prop_assert_eq!(&live.terms, &LotTerms { method, ..terms });
    prop_assert_eq!(live.last_bid.unwrap_or(BidNo(0)), lot.last_bid());

    let standing = lot.standing();
    prop_assert_eq!(live.price, standing.price);
    prop_assert_eq!(live.leader, standing.leader);
    prop_assert_eq!(live.ends_at, standing.ends_at);
    // A void that lapses the lead already tells the ask beside the offer, which the next event of
    // the same append makes.
    let offer_follows = matches!(&recorded.event, Event::Lot(_, LotEvent::BidVoided(void)) if void.effect == AppliedEffect::Lapsed);
    if !offer_follows {
        prop_assert_eq!(live.ask, standing.ask, "after {:?}", recorded.event);
    }

    let stands: Vec<_> = lot.bids.iter().filter(|bid| bid.void.is_none()).collect();
    prop_assert_eq!(live.bids as usize, stands.len());
    let last = live
        .last
        .map(|line| (line.bid, line.paddle, line.origin, line.at));
    let theirs = stands
        .last()
        .map(|bid| (bid.no, bid.paddle, bid.origin, bid.at));
    prop_assert_eq!(last, theirs);
    for bid in &lot.bids {
        prop_assert_eq!(live.is_void(bid.no), Some(bid.void.is_some()));
    }
    check_phase(live, lot)
}

fn check_phase(live: &LotLive, lot: &Lot) -> Checked {
    match &lot.phase {
        Phase::Upcoming { opens_at } => {
            prop_assert_eq!(live.phase, LotPhase::Upcoming);
            prop_assert_eq!(live.opens_at, *opens_at);
        }
        Phase::Open(open) => {
            prop_assert_eq!(live.phase, LotPhase::Open);
            prop_assert_eq!(live.opens_at, Some(open.opened_at));
            prop_assert_eq!(live.extensions, open.extensions);
            prop_assert_eq!(
                (live.warnings, live.warned_at),
                (open.warnings, open.warned_at)
            );
            let Method::English(state) = &lot.method;
            let offer = live
                .offer
                .map(|offer| (offer.paddle, offer.price, offer.until));
            let theirs = state.offer.as_ref();
            prop_assert_eq!(
                offer,
                theirs.map(|offer| (offer.paddle, offer.price, offer.until))
            );
            let held = live.held;
            let held = held.map(|held| (held.held, held.paddle, held.amount, held.until));
            let theirs = state
                .held
                .map(|held| (held.no, held.paddle, held.amount, held.until));
            prop_assert_eq!(held, theirs);
        }
        Phase::Closed(closed) => {
            prop_assert_eq!(live.phase, LotPhase::Closed);
            prop_assert_eq!(live.closed_at, Some(closed.at));
            prop_assert_eq!(live.outcome, Some(closed.outcome));
            let buyer = match closed.outcome {
                LotOutcome::KnockedDown { paddle, .. } => Some(paddle),
                _ => None,
            };
            prop_assert_eq!(live.buyer, buyer);
        }
    }
    let is_closed = live.phase == LotPhase::Closed;
    prop_assert!(is_closed || (live.outcome, live.closed_at, live.buyer) == (None, None, None));
    Ok(())
}

/// What the state that decides does not keep: the note, and what is opened and counted at the close.
fn check_told(before: &LiveSale, live: &LiveSale, sale: &Sale, recorded: &Recorded) -> Checked {
    let Some((no, lot)) = recorded
        .event
        .lot()
        .and_then(|no| Some((no, live.lot(no)?)))
    else {
        return Ok(());
    };
    let was = before.lot(no);
    let note = match &recorded.event {
        Event::Lot(_, LotEvent::Withdrawn { reason, .. })
        | Event::Lot(_, LotEvent::Reopened { reason, .. }) => reason.as_str(),
        Event::Lot(_, LotEvent::BidVoided(void)) => void.note.as_str(),
        Event::Lot(_, LotEvent::Reoffered { .. }) => "",
        _ => was.map_or("", |was| was.note.as_str()),
    };
    prop_assert_eq!(lot.note.as_str(), note);
    let (bidders, reserve) = match &recorded.event {
        Event::Lot(_, LotEvent::Closed { reserve, .. }) => {
            let own = &sale.lots[&no];
            let stood = own.bids.iter().filter(|bid| bid.void.is_none());
            let paddles: BTreeSet<Paddle> = stood.map(|bid| bid.paddle).collect();
            (u32::try_from(paddles.len()).unwrap(), *reserve)
        }
        Event::Lot(_, LotEvent::Withdrawn { reserve, .. }) => (was.unwrap().bidders, *reserve),
        Event::Lot(_, LotEvent::Reopened { .. }) | Event::Lot(_, LotEvent::Reoffered { .. }) => {
            (0, None)
        }
        _ => was.map_or((0, None), |was| (was.bidders, was.reserve)),
    };
    prop_assert_eq!((lot.bidders, lot.reserve), (bidders, reserve));
    Ok(())
}

/// Nothing changes unsaid, what is said to change carries the revision, private facts say nothing.
fn check_touched(
    before: &LiveSale,
    after: &LiveSale,
    touched: &Touched,
    recorded: &Recorded,
) -> Checked {
    let is_private = matches!(
        recorded.event,
        Event::Refused { .. }
            | Event::Lot(_, LotEvent::Bid(BidEvent::MaximumChanged { .. }))
            | Event::Lot(_, LotEvent::VoidRequested { .. })
            | Event::Sale(SaleEvent::PaddleAdmitted { .. })
            | Event::Sale(SaleEvent::PaddleBarred { .. })
            | Event::Sale(SaleEvent::LimitSet { .. })
            | Event::Sale(SaleEvent::PresenceMarked { .. })
            | Event::Sale(SaleEvent::WriterStarted { .. })
            | Event::Sale(SaleEvent::StoodStill { .. })
    );
    prop_assert_eq!(touched.is_empty(), is_private, "{:?}", recorded.event);
    prop_assert_eq!(recorded.event.is_public(), !is_private);
    let is_new = |revision: u64| revision > before.public_revision();
    prop_assert!(touched.lots.is_sorted());
    let old: BTreeMap<LotNo, &LotLive> = before.lots().map(|(no, lot)| (*no, lot)).collect();
    for (no, lot) in after.lots() {
        let is_touched = touched.lots.contains(no);
        prop_assert!(
            is_touched || old.get(no) == Some(&lot),
            "lot {} changed unsaid",
            no
        );
        prop_assert_eq!(is_touched, is_new(lot.revision));
    }
    prop_assert_eq!(touched.board, is_new(after.board().revision));
    Ok(())
}
