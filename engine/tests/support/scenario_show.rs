//! What is heard of a sale, in words: answers, events and what everyone may see.

use mazad_engine::domain::{
    Answer, AppliedEffect, BidEvent, BidResult, BidVoided, Event, ExtensionCause, Figure, LotEvent,
    LotNo, LotOutcome, Money, Paddle, PauseCause, Phase, Refusal, Sale, SaleEvent, SalePhase, Time,
    Verdict, VoidCause,
};

use crate::scenario_grammar::Shown;
use crate::scenario_words::{clock, length};

/// An answer, as whoever asked hears it.
pub(crate) fn answer(answer: &Answer, events: &[Event]) -> String {
    let result = match &answer.verdict {
        Verdict::Refused(refusal) => return refused(refusal),
        Verdict::Accepted(None) => return "accepted".to_owned(),
        Verdict::Accepted(Some(result)) => result,
    };
    let word = match result {
        BidResult::Leading => "leading",
        BidResult::Outbid => "outbid",
        BidResult::MaximumMoved => "maximum-moved",
        BidResult::Held => "held",
    };
    let mut text = format!("accepted {word}");
    let price = answer.price.map(|price| price.to_string());
    let leader = answer.leader.map(|paddle| format!("p{paddle}"));
    let ask = answer.ask.map(|ask| ask.to_string());
    for (name, value) in [("price", price), ("leader", leader), ("ask", ask)] {
        if let Some(value) = value {
            text.push_str(&format!(" {name} {value}"));
        }
    }
    let is_short = |event: &Event| matches!(event, Event::Lot(_, LotEvent::Bid(BidEvent::Accepted(bid))) if bid.short_step);
    if events.iter().any(is_short) {
        text.push_str(" short-step");
    }
    text
}

fn refused(refusal: &Refusal) -> String {
    let mut text = format!("rejected {}", refusal.code.as_str());
    for (name, value) in &refusal.figures {
        let value = match name {
            Figure::JudgedAt | Figure::EndsAt | Figure::OpensAt | Figure::Until => {
                clock(Time(u64::try_from(*value).expect("a time is not negative")))
            }
            Figure::Amount
            | Figure::Ask
            | Figure::Price
            | Figure::Maximum
            | Figure::Limit
            | Figure::Exposure
            | Figure::Missing
            | Figure::Bound => value.to_string(),
        };
        text.push_str(&format!(" {} {value}", name.as_str()));
    }
    text
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each event, most of them one line"
)]
/// An event in words; `None` for those that only repeat the line or the answer.
pub(crate) fn event(event: &Event) -> Option<String> {
    Some(match event {
        Event::Sale(SaleEvent::Created { .. })
        | Event::Sale(SaleEvent::PaddleAdmitted { .. })
        | Event::Lot(_, LotEvent::Added { .. })
        | Event::Lot(_, LotEvent::Bid(BidEvent::Accepted(_)))
        | Event::Lot(_, LotEvent::Bid(BidEvent::MaximumChanged { .. }))
        | Event::Refused { .. } => return None,
        Event::Sale(SaleEvent::WriterStarted { epoch }) => format!("WriterStarted {epoch}"),
        Event::Sale(SaleEvent::Opened) => "SaleOpened".to_owned(),
        Event::Sale(SaleEvent::Ended) => "SaleEnded".to_owned(),
        Event::Sale(SaleEvent::Paused { cause, .. }) => match cause {
            PauseCause::Staff => "SalePaused".to_owned(),
            PauseCause::Outage => "SalePaused outage".to_owned(),
        },
        Event::Sale(SaleEvent::Resumed { shift }) => {
            format!("SaleResumed {} later", length(*shift))
        }
        Event::Sale(SaleEvent::PaddleBarred { paddle, .. }) => format!("PaddleBarred p{paddle}"),
        Event::Sale(SaleEvent::LotsReordered { order }) => {
            let order = order.iter().map(|no| format!(" lot{no}"));
            format!("LotsReordered{}", order.collect::<String>())
        }
        Event::Lot(lot, LotEvent::Scheduled { opens_at }) => {
            let hour = opens_at.map_or("waits".to_owned(), clock);
            format!("LotScheduled lot{lot} {hour}")
        }
        Event::Lot(
            lot,
            LotEvent::Opened {
                attempt,
                ask,
                ends_at,
            },
        ) => {
            let again = if *attempt > 1 {
                format!(" attempt {attempt}")
            } else {
                String::new()
            };
            format!("LotOpened lot{lot}{again} ask {ask}{}", ends(*ends_at))
        }
        Event::Lot(lot, LotEvent::Warned { warning }) => format!("LotWarned lot{lot} {warning}"),
        Event::Lot(lot, LotEvent::Bid(BidEvent::AskSet { ask })) => {
            format!("AskSet lot{lot} {ask}")
        }
        Event::Lot(lot, LotEvent::Extended { ends_at, cause }) => {
            let cause = match cause {
                ExtensionCause::SoftClose => "",
                ExtensionCause::Outage => " outage",
                ExtensionCause::Void => " void",
            };
            format!("LotExtended lot{lot} {}{cause}", clock(*ends_at))
        }
        Event::Lot(
            lot,
            LotEvent::Closed {
                outcome,
                bidders,
                reserve,
            },
        ) => {
            let opened = reserve.map(|reserve| format!(" reserve {}", reserve.amount));
            let end = format!("{} bidders {bidders}", outcome_of(outcome));
            format!("LotClosed lot{lot} {end}{}", opened.unwrap_or_default())
        }
        Event::Lot(lot, LotEvent::Withdrawn { .. }) => format!("LotWithdrawn lot{lot}"),
        Event::Lot(
            lot,
            LotEvent::Reoffered {
                attempt, opening, ..
            },
        ) => format!("LotReoffered lot{lot} attempt {attempt} opening {opening}"),
        Event::Lot(lot, LotEvent::Reopened { .. }) => format!("LotReopened lot{lot}"),
        Event::Lot(lot, LotEvent::Bid(BidEvent::ReserveLifted { price })) => {
            format!("ReserveLifted lot{lot} {price}")
        }
        Event::Lot(
            lot,
            LotEvent::Bid(BidEvent::FloorBidHeld {
                paddle,
                amount,
                until,
            }),
        ) => format!(
            "FloorBidHeld lot{lot} p{paddle} {amount} until {}",
            clock(*until)
        ),
        Event::Lot(lot, LotEvent::Bid(BidEvent::FloorBidLapsed)) => {
            format!("FloorBidLapsed lot{lot}")
        }
        Event::Lot(lot, LotEvent::VoidRequested { bid, cause }) => {
            format!("VoidRequested lot{lot} bid {bid} {}", cause_of(*cause))
        }
        Event::Lot(lot, LotEvent::BidVoided(void)) => voided(*lot, void),
        Event::Lot(
            lot,
            LotEvent::Bid(BidEvent::ReaffirmOffered {
                paddle,
                amount,
                until,
                ask,
            }),
        ) => {
            let until = clock(*until);
            format!("ReaffirmOffered lot{lot} p{paddle} {amount} until {until} ask {ask}")
        }
        Event::Lot(
            lot,
            LotEvent::Bid(BidEvent::LeadReaffirmed {
                paddle,
                amount,
                ask,
                ..
            }),
        ) => format!("LeadReaffirmed lot{lot} p{paddle} {amount} ask {ask}"),
        Event::Lot(lot, LotEvent::Bid(BidEvent::ReaffirmEnded { ask })) => {
            format!("ReaffirmEnded lot{lot} ask {ask}")
        }
    })
}

fn voided(lot: LotNo, void: &BidVoided) -> String {
    let effect = match void.effect {
        AppliedEffect::Unchanged => "unchanged",
        AppliedEffect::Lapsed => "lapsed",
        AppliedEffect::Revived => "revived",
        AppliedEffect::WinnerVoided => "winner-voided",
    };
    let BidVoided { bid, ask, .. } = void;
    let standing = standing(void.price, void.leader);
    let cause = cause_of(void.cause);
    format!("BidVoided lot{lot} bid {bid} {cause} {effect}{standing} ask {ask}")
}

fn cause_of(cause: VoidCause) -> &'static str {
    match cause {
        VoidCause::TypingError => "typing-error",
        VoidCause::Eligibility => "eligibility",
        VoidCause::ProvenError => "proven-error",
        VoidCause::CourtOrder => "court-order",
    }
}

fn outcome_of(outcome: &LotOutcome) -> String {
    match outcome {
        LotOutcome::Sold { paddle, price } => format!("sold p{paddle} {price}"),
        LotOutcome::PassedNoBids => "passed-no-bids".to_owned(),
        LotOutcome::PassedBelowReserve => "passed-below-reserve".to_owned(),
        LotOutcome::PassedByClerk => "passed-by-clerk".to_owned(),
        LotOutcome::Withdrawn => "withdrawn".to_owned(),
        LotOutcome::WinnerVoided => "winner-voided".to_owned(),
    }
}

fn ends(ends_at: Option<Time>) -> String {
    ends_at.map_or_else(String::new, |end| format!(" ends {}", clock(end)))
}

fn standing(price: Option<Money>, leader: Option<Paddle>) -> String {
    let price = price.map(|price| format!(" price {price}"));
    let leader = leader.map(|leader| format!(" leader p{leader}"));
    price.unwrap_or_default() + &leader.unwrap_or_default()
}

/// What everyone may see of the sale or a lot, and what a bidder sees of the own limit.
pub(crate) fn shown(sale: &Sale, what: Shown) -> String {
    match what {
        Shown::Sale => {
            let phase = match sale.phase {
                SalePhase::Announced => "announced",
                SalePhase::Open if sale.pause.is_some() => "paused",
                SalePhase::Open => "open",
                SalePhase::Ended => "ended",
            };
            let order = sale.order.iter().map(|no| format!(" lot{no}"));
            format!("sale {phase}{}", order.collect::<String>())
        }
        Shown::Lot(no) => {
            let Some(lot) = sale.lots.get(&no) else {
                return format!("lot{no} unknown");
            };
            let seen = lot.standing();
            let phase = match &lot.phase {
                Phase::Upcoming { opens_at: None } => "upcoming".to_owned(),
                Phase::Upcoming { opens_at: Some(at) } => format!("upcoming opens {}", clock(*at)),
                Phase::Open(_) => "open".to_owned(),
                Phase::Closed(closed) => outcome_of(&closed.outcome),
            };
            let ask = seen
                .ask
                .map(|ask| format!(" ask {ask}"))
                .unwrap_or_default();
            let stands = match &lot.phase {
                Phase::Closed(_) => String::new(),
                Phase::Upcoming { .. } | Phase::Open(_) => standing(seen.price, seen.leader),
            };
            format!("lot{no} {phase}{stands}{ask}{}", ends(seen.ends_at))
        }
        Shown::Paddle(paddle) => match sale.admissions.get(&paddle) {
            None => format!("p{paddle} unknown"),
            Some(admission) => {
                let limit = admission.limit.map(|limit| format!(" limit {limit}"));
                let limit = limit.unwrap_or_default();
                let barred = if admission.barred { " barred" } else { "" };
                format!("p{paddle}{limit} exposure {}{barred}", admission.exposure)
            }
        },
    }
}
