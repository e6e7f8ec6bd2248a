//! The only place that says yes or no: a command against a sale gives the events that follow.
//!
//! A refusal is an event too ([`Event::Refused`]), so that the log tells who asked what, when, and by
//! which rule it was refused (R0). Checks run in the order of [`Code`].

mod amend;
mod lot;
mod sale;
mod timer;
mod turns;
mod void;

use super::case::Case;
use super::rules::decisions;
use super::{Act, Actor, Code, Command, EngineAct, Event, Refusal, Sale, SaleAct, StaffAct, Time};

/// The events that follow from a command at an instant.
///
/// Never empty, except for a timer that is not due (any more). The caller has looked whether the
/// command was answered before, and has made `at` not fall below [`Sale::now`] (R0).
pub fn decide(sale: &Sale, command: &Command, at: Time) -> Vec<Event> {
    assert!(at >= sale.now, "time never falls within a sale");
    decided(sale, command, at).unwrap_or_else(|refusal| {
        vec![Event::Refused {
            lot: command.act.lot(),
            refusal,
        }]
    })
}

fn decided(sale: &Sale, command: &Command, at: Time) -> Result<Vec<Event>, Refusal> {
    if let Act::Engine(EngineAct::StartWriter { epoch }) = command.act
        && command.actor == Actor::Engine
    {
        return Ok(timer::start_writer(sale, epoch, at));
    }
    if let Act::Staff(StaffAct::Sale(SaleAct::Create { terms })) = &command.act {
        return sale::create(sale, command.actor, terms);
    }
    let terms = sale
        .terms
        .as_ref()
        .ok_or_else(|| Refusal::new(Code::SaleUnknown))?;
    let case = Case::new(sale, terms, command, at);
    match (&command.act, command.actor) {
        (Act::Engine(act), Actor::Engine) => Ok(timer::act(&case, *act)),
        (Act::Bidder(lot, act), Actor::Bidder(_)) => {
            decisions::by_bidder(&case, case.bidding_lot(*lot)?, act)
        }
        (Act::Staff(StaffAct::Sale(act)), Actor::Staff(_)) => sale::act(&case, act),
        (Act::Staff(StaffAct::Floor(lot, act)), Actor::Staff(_)) => {
            case.running()?;
            decisions::by_floor(&case, case.open_lot(*lot)?, act)
        }
        (Act::Staff(StaffAct::Lot(lot, act)), Actor::Staff(officer)) => {
            lot::act(&case, *lot, officer, act)
        }
        (Act::Engine(_), Actor::Bidder(_) | Actor::Staff(_))
        | (Act::Bidder(..), Actor::Engine | Actor::Staff(_))
        | (Act::Staff(_), Actor::Engine | Actor::Bidder(_)) => Err(Refusal::new(Code::NotAllowed)),
    }
}
