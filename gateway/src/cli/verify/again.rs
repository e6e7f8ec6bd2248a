//! Decides again: the commands behind the recorded events are rebuilt, given to the same rules on
//! the state before them, and what follows is compared with what was recorded.
//!
//! Needs the engine's key, since a decision rests on maxima. Refusals are facts of their own: what
//! was asked is not stored with them, so they are counted and not decided again.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mazad_engine::domain::decide::decide;
use mazad_engine::domain::{
    Act, Actor, BidKind, BidOrigin, Command, CommandId, Due, Event, LotNo, Meta, Phase, Play,
    Recorded, Sale,
};

/// The decision that is being compared.
#[derive(Debug, Default)]
pub(crate) struct Again {
    current: Option<Current>,
    agreed: u64,
}

#[derive(Debug)]
struct Current {
    actor: Actor,
    command: CommandId,
    /// What may follow by the rules: one list for each command that can have been asked.
    open: Vec<Vec<Event>>,
    is_refusal: bool,
    seen: usize,
}

impl Again {
    /// Decisions that came out the same. The last one counts once something has followed it.
    pub(crate) fn agreed(&self) -> u64 {
        let last = self.current.as_ref().is_some_and(Current::is_whole);
        self.agreed.saturating_add(u64::from(last))
    }

    /// Compares the next event, given the state before it; says what is wrong.
    pub(crate) fn take(&mut self, before: &Sale, recorded: &Recorded) -> Option<String> {
        let Meta { actor, command, .. } = recorded.meta;
        let goes_on = self
            .current
            .as_ref()
            .is_some_and(|current| current.actor == actor && current.command == command);
        let mut wrong = None;
        if !goes_on {
            let is_settled = self.current.as_ref().is_none_or(Current::is_settled);
            wrong = (!is_settled).then(|| "the decision before this had other effects".to_owned());
            self.agreed = self.agreed();
            self.current = Some(Current {
                actor,
                command,
                open: decided(before, recorded),
                is_refusal: matches!(recorded.event, Event::CommandRefused { .. }),
                seen: 0,
            });
        }
        let current = self.current.as_mut()?;
        let at = current.seen;
        current.seen = at.saturating_add(1);
        let was_open = !current.open.is_empty() || at == 0;
        current
            .open
            .retain(|events| events.get(at) == Some(&recorded.event));
        if current.is_refusal || !current.open.is_empty() || !was_open {
            return wrong;
        }
        Some(not_decided(recorded))
    }
}

impl Current {
    /// Every effect was recorded.
    fn is_whole(&self) -> bool {
        self.open.iter().any(|events| events.len() == self.seen)
    }

    /// Nothing is left to say about it: also if it has been found wrong already.
    fn is_settled(&self) -> bool {
        self.is_refusal || self.open.is_empty() || self.is_whole()
    }
}

fn not_decided(recorded: &Recorded) -> String {
    let lot = recorded
        .event
        .lot()
        .map(|lot| format!("lot {lot}: "))
        .unwrap_or_default();
    format!("{lot}the rules decide otherwise than was recorded")
}

/// What may follow by the rules: from each command that can have led to this event.
fn decided(before: &Sale, recorded: &Recorded) -> Vec<Vec<Event>> {
    let Meta {
        at,
        arrived,
        actor,
        command,
        digest,
    } = recorded.meta;
    let decide_act = |act: Act| {
        let command = Command {
            id: command,
            actor,
            arrived,
            digest,
            act,
        };
        // A forged log can break what the rules take for granted.
        catch_unwind(AssertUnwindSafe(|| decide(before, &command, at))).ok()
    };
    acts(before, recorded)
        .into_iter()
        .filter_map(decide_act)
        .collect()
}

fn acts(before: &Sale, recorded: &Recorded) -> Vec<Act> {
    match recorded.meta.actor {
        Actor::Engine => by_engine(&recorded.event),
        Actor::Bidder(_) => by_bidder(before, recorded),
        Actor::Staff(_) => by_staff(before, &recorded.event),
    }
}

fn by_engine(event: &Event) -> Vec<Act> {
    let of_lot = |lot: LotNo| {
        [
            Due::OpenLot(lot),
            Due::LapseFloorBid(lot),
            Due::LapseOffer(lot),
            Due::CloseLot(lot),
        ]
    };
    match (event, event.lot()) {
        (Event::WriterStarted { epoch }, _) => vec![Act::StartWriter { epoch: *epoch }],
        (_, Some(lot)) => of_lot(lot).map(Act::Timer).to_vec(),
        (_, None) => vec![Act::Timer(Due::OpenSale), Act::Outage],
    }
}

fn by_bidder(before: &Sale, recorded: &Recorded) -> Vec<Act> {
    let (lot, amount, kind) = match &recorded.event {
        Event::BidAccepted(bid) => (bid.lot, bid.maximum.open(), bid.kind),
        Event::MaximumChanged { lot, maximum, .. } => (*lot, maximum.open(), BidKind::Maximum),
        Event::LeadReaffirmed { lot, .. } => return vec![Act::Reaffirm { lot: *lot }],
        _ => return Vec::new(),
    };
    let Some(amount) = amount else {
        return Vec::new();
    };
    let bid = |confirms: Option<CommandId>| Act::PlaceBid {
        lot,
        amount,
        kind,
        confirms,
    };
    let waiting = confirmation(before, lot, recorded.meta.actor);
    waiting
        .into_iter()
        .map(Some)
        .chain([None])
        .map(bid)
        .collect()
}

/// R1: the command that this bid can be the confirmation of.
fn confirmation(before: &Sale, lot: LotNo, actor: Actor) -> Option<CommandId> {
    let Actor::Bidder(account) = actor else {
        return None;
    };
    let paddle = before.paddles.get(&account)?;
    let Play::English(state) = &before.lots.get(&lot)?.open()?.play;
    state
        .confirmations
        .get(paddle)
        .map(|waiting| waiting.command)
}

fn by_staff(before: &Sale, event: &Event) -> Vec<Act> {
    if let Event::LotsReordered { order } = event {
        let is_upcoming = |no: &LotNo| {
            let lot = before.lots.get(no);
            lot.is_some_and(|lot| matches!(lot.phase, Phase::Upcoming { .. }))
        };
        let order = order.iter().copied().filter(is_upcoming).collect();
        return vec![Act::ReorderLots { order }];
    }
    by_staff_on_sale(event)
        .or_else(|| by_staff_on_lot(event))
        .unwrap_or_default()
}

fn by_staff_on_sale(event: &Event) -> Option<Vec<Act>> {
    let act = match event.clone() {
        Event::SaleCreated { terms } => Act::CreateSale { terms },
        Event::SaleOpened => Act::OpenSale,
        Event::SaleEnded => Act::EndSale,
        Event::SalePaused { reason, .. } => Act::PauseSale { reason },
        Event::SaleResumed { .. } => Act::ResumeSale,
        Event::PaddleAdmitted {
            paddle,
            account,
            limit,
        } => Act::AdmitPaddle {
            paddle,
            account,
            limit,
        },
        Event::PaddleBarred { paddle, reason } => Act::BarPaddle { paddle, reason },
        Event::LotAdded { lot, terms } => Act::AddLot { lot, terms },
        _ => return None,
    };
    Some(vec![act])
}

fn by_staff_on_lot(event: &Event) -> Option<Vec<Act>> {
    let lot = event.lot()?;
    let floor = |paddle, amount| {
        let enter = Act::FloorBid {
            lot,
            paddle,
            amount,
        };
        vec![enter, Act::ConfirmFloorBid { lot }]
    };
    Some(match event.clone() {
        Event::LotOpened { .. } => vec![Act::OpenLot { lot }],
        Event::LotWarned { .. } => vec![Act::WarnLot { lot }],
        Event::AskSet { ask, .. } => vec![Act::SetAsk { lot, ask }],
        // A bid that waits lapses first, and a reserve is lifted first.
        Event::LotClosed { .. } | Event::ReserveLifted { .. } | Event::FloorBidLapsed { .. } => {
            vec![Act::HammerLot { lot }, Act::PassLot { lot }]
        }
        Event::LotWithdrawn { reason, .. } => vec![Act::WithdrawLot { lot, reason }],
        Event::LotReoffered {
            opening, running, ..
        } => vec![Act::ReofferLot {
            lot,
            opening: Some(opening),
            running,
        }],
        Event::LotReopened { reason, .. } => vec![Act::ReopenLot { lot, reason }],
        Event::BidAccepted(bid) if bid.origin == BidOrigin::Floor => {
            floor(bid.paddle, bid.maximum.open()?)
        }
        Event::FloorBidHeld { paddle, amount, .. } => floor(paddle, amount),
        Event::LeadReaffirmed { paddle, amount, .. } => floor(paddle, amount),
        Event::VoidRequested { bid, cause, .. } => vec![Act::VoidBid {
            lot,
            bid,
            cause,
            // Kept with the void itself only; any text will do to ask.
            note: "-".to_owned(),
        }],
        Event::BidVoided(void) => vec![Act::VoidBid {
            lot,
            bid: void.bid,
            cause: void.cause,
            note: void.note,
        }],
        _ => return None,
    })
}
