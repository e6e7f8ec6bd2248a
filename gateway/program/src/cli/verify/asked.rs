//! What can have been asked: every command that can have led to a recorded event, rebuilt from the
//! event itself and from the state before it.

use mazad_engine::domain::{
    Act, Actor, BidKind, BidOrigin, CommandId, Due, Event, Figure, LotNo, Money, Phase, Play,
    Recorded, Refusal, Sale,
};

use crate::cli::limits::PADDLES_TRIED_MAX;

/// The acts that can have led to the first event of a decision.
pub(super) fn acts(before: &Sale, recorded: &Recorded) -> Vec<Act> {
    match (&recorded.event, recorded.meta.actor) {
        (Event::CommandRefused { lot, refusal }, actor) => refused(before, actor, *lot, refusal),
        (event, Actor::Engine) => by_engine(event),
        (_, Actor::Bidder(_)) => by_bidder(before, recorded),
        (event, Actor::Staff(_)) => by_staff(before, event),
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
    bids(before, recorded.meta.actor, lot, amount, &[kind])
}

/// A bid of these kinds, and the same as the confirmation of what waits for one (R1).
fn bids(before: &Sale, actor: Actor, lot: LotNo, amount: Money, kinds: &[BidKind]) -> Vec<Act> {
    let confirms = [confirmation(before, lot, actor), None];
    let bid = |kind: &BidKind, confirms: Option<CommandId>| Act::PlaceBid {
        lot,
        amount,
        kind: *kind,
        confirms,
    };
    let of_kind = |kind| confirms.map(|confirms| bid(kind, confirms));
    kinds.iter().flat_map(of_kind).collect()
}

fn confirmation(before: &Sale, lot: LotNo, actor: Actor) -> Option<CommandId> {
    let Actor::Bidder(account) = actor else {
        return None;
    };
    let paddle = before.paddles.get(&account)?;
    let Play::English(state) = &before.lots.get(&lot)?.open()?.play;
    let waiting = state.confirmations.get(paddle)?;
    Some(waiting.command)
}

/// What a refusal tells of its command: the lot, and for some the amount. The rest is tried.
fn refused(before: &Sale, actor: Actor, lot: Option<LotNo>, refusal: &Refusal) -> Vec<Act> {
    let amount = refusal.figure(Figure::Amount).and_then(Money::new);
    match (actor, lot, amount) {
        (Actor::Engine, _, _) | (Actor::Bidder(_), None, _) => Vec::new(),
        (Actor::Bidder(_), Some(lot), None) => vec![Act::Reaffirm { lot }],
        (Actor::Bidder(_), Some(lot), Some(amount)) => {
            let kinds = [BidKind::Flat, BidKind::Maximum];
            let mut acts = bids(before, actor, lot, amount, &kinds);
            acts.push(Act::Reaffirm { lot });
            acts
        }
        (Actor::Staff(_), None, _) => vec![Act::OpenSale, Act::ResumeSale, Act::EndSale],
        (Actor::Staff(_), Some(lot), amount) => {
            let plain = [
                Act::OpenLot { lot },
                Act::WarnLot { lot },
                Act::HammerLot { lot },
                Act::PassLot { lot },
                Act::ConfirmFloorBid { lot },
            ];
            let paddles = before.admissions.keys().take(PADDLES_TRIED_MAX);
            let with_amount = amount.into_iter().flat_map(|amount| {
                let floor = paddles.clone().map(move |paddle| Act::FloorBid {
                    lot,
                    paddle: *paddle,
                    amount,
                });
                [Act::SetAsk { lot, ask: amount }].into_iter().chain(floor)
            });
            plain.into_iter().chain(with_amount).collect()
        }
    }
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
        // The opening may have been left as it was.
        Event::LotReoffered {
            opening, running, ..
        } => [Some(opening), None]
            .map(|opening| Act::ReofferLot {
                lot,
                opening,
                running,
            })
            .to_vec(),
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
