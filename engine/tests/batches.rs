//! What falls due and what is asked at one moment: the writer decides openings, then commands, then
//! endings, in one batch.
#![cfg(test)]

use std::sync::Arc;

use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{
    AccountId, Act, Actor, BidKind, BidResult, BidderAct, Closes, Code, CommandId, FloorAct, LotNo,
    LotTerms, Opens, Paddle, SaleAct, SaleId, Span, StaffId, Time, Verdict,
};
use mazad_engine::testing::{add_lot, lot_terms, money, sale_terms, timed};
use mazad_engine::writer::{Outcome, Writer};
use uuid::Uuid;

const START: Time = Time(1_790_000_000_000_000);
const OPENS: Time = START.after(Span::minutes(1));

fn staff(number: u128) -> Actor {
    Actor::Staff(StaffId(Uuid::from_u128(number)))
}

fn lot() -> LotTerms {
    lot_terms(timed(
        Opens::At(OPENS),
        Closes::After(Span::minutes(10)),
        None,
    ))
}

struct Desk {
    writer: Writer,
    commands: u128,
}

impl Desk {
    fn open() -> Self {
        let writer = Writer::new(
            SaleId(Uuid::from_u128(1)),
            Arc::new(Vault::from_key([7; 32])),
        );
        let mut desk = Self {
            writer,
            commands: 0,
        };
        let mut terms = sale_terms();
        terms.floor_second_steps = 40;
        let acts = vec![
            Act::from(SaleAct::Create { terms }),
            Act::from(add_lot(LotNo(1), lot())),
            Act::from(SaleAct::AdmitPaddle {
                paddle: Paddle(7),
                account: Some(AccountId(Uuid::from_u128(7))),
                limit: None,
            }),
            Act::from(SaleAct::MarkPresence {
                paddle: Paddle(7),
                present: true,
            }),
            Act::from(SaleAct::Publish),
            Act::from(SaleAct::Open),
        ];
        for act in acts {
            let verdict = desk.asked(staff(99), act, START, START);
            assert_eq!(verdict, Verdict::Accepted(None));
        }
        desk
    }

    /// One command in a batch of its own: stamped at one instant, decided at another.
    fn asked(&mut self, actor: Actor, act: Act, stamp: Time, now: Time) -> Verdict {
        self.commands += 1;
        let id = (self.writer.id(), CommandId(Uuid::from_u128(self.commands)));
        let command = of_act(id, actor, stamp, act, &Vault::from_key([7; 32]));
        let mut commands = vec![(command, ())];
        let batch = self.writer.prepare(&mut commands, now, Time(u64::MAX));
        match self.writer.commit(batch).pop() {
            Some(((), Outcome::Answered(answer))) => answer.verdict,
            other => panic!("{other:?}"),
        }
    }
}

fn after(time: Time, millis: u64) -> Time {
    time.after(Span(millis * 1_000))
}

/// R0: a lot that is due to open is open for what arrived after its hour.
#[test]
fn bid_in_the_batch_that_opens_its_lot_is_taken() {
    let mut desk = Desk::open();
    let bid = BidderAct::PlaceBid {
        amount: money(1_000),
        kind: BidKind::Flat,
        confirms: None,
    }
    .of(LotNo(1));
    let bidder = Actor::Bidder(AccountId(Uuid::from_u128(7)));
    let verdict = desk.asked(bidder, bid, after(OPENS, 10), after(OPENS, 20));
    assert_eq!(verdict, Verdict::Accepted(Some(BidResult::Leading)));
}

/// A bidder is told what is theirs, by the writer that took it and by one that begins with the state.
#[test]
fn own_maxima_are_told_before_and_after_a_start() {
    let mut desk = Desk::open();
    let seven = AccountId(Uuid::from_u128(7));
    for amount in [1_000, 5_000] {
        let bid = BidderAct::PlaceBid {
            amount: money(amount),
            kind: BidKind::Maximum,
            confirms: None,
        };
        let stamp = after(OPENS, 10);
        desk.asked(Actor::Bidder(seven), bid.of(LotNo(1)), stamp, stamp);
    }
    let vault = Arc::new(Vault::from_key([7; 32]));
    let again = Writer::with_state(desk.writer.id(), vault, desk.writer.sale().clone());
    for writer in [&desk.writer, &again] {
        assert_eq!(writer.mine(seven).maxima, [(LotNo(1), money(5_000))]);
        assert_eq!(writer.mine(AccountId(Uuid::from_u128(8))).maxima, []);
    }
}

/// R12a: five seconds are five seconds, also for a command that meets its lapse in one batch.
#[test]
fn confirmation_in_the_batch_in_which_the_floor_bid_lapses_comes_too_late() {
    let mut desk = Desk::open();
    let floor = FloorAct::Bid {
        paddle: Paddle(7),
        amount: money(6_000),
        confirms: None,
    }
    .of(LotNo(1));
    let entered = after(OPENS, 1_000);
    let held = desk.asked(staff(1), floor, entered, entered);
    assert_eq!(held, Verdict::Accepted(Some(BidResult::Held)));
    let confirm = FloorAct::ConfirmBid {
        held: 1,
        paddle: Paddle(7),
        amount: money(6_000),
    }
    .of(LotNo(1));
    let late = after(entered, 9_000);
    match desk.asked(staff(2), confirm, late, late) {
        Verdict::Refused(refusal) => assert_eq!(refusal.code, Code::NothingWaits),
        accepted @ Verdict::Accepted(_) => panic!("{accepted:?}"),
    }
}
