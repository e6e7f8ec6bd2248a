//! What is heard of a sale, in words: answers, events and what everyone may see.

use mazad_engine::domain::{
    Answer, AppliedEffect, BidEvent, BidResult, BidVoided, Closed, DecisionCause, Event,
    ExtensionCause, Figure, Lot, LotEvent, LotNo, LotOutcome, LotPreview, Money, Paddle,
    PauseCause, Phase, Refusal, Sale, SaleEvent, SalePhase, Time, Verdict, VoidCause,
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
    let price = answer.standing.price.map(|price| price.to_string());
    let leader = answer.standing.leader.map(|paddle| format!("p{paddle}"));
    let ask = answer.standing.ask.map(|ask| ask.to_string());
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
            | Figure::Bound
            | Figure::Bid
            | Figure::Ceiling
            | Figure::Lot => value.to_string(),
            Figure::Paddle => format!("p{value}"),
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
        Event::Sale(SaleEvent::Amended { .. }) => "SaleAmended".to_owned(),
        Event::Lot(lot, LotEvent::Amended { terms, before, .. }) => {
            let (old, new) = (before.method.opening(), terms.method.opening());
            let opening = (old != new).then(|| format!(" opening {old} to {new}"));
            let base = match (before.method.reserve(), terms.method.reserve()) {
                (Some(old), Some(new)) if old.commitment == new.commitment => "",
                (None, None) => "",
                (_, Some(_)) => " new base",
                (Some(_), None) => " no base",
            };
            format!("LotAmended lot{lot}{}{base}", opening.unwrap_or_default())
        }
        Event::Sale(SaleEvent::LotsCleared) => "LotsCleared".to_owned(),
        Event::Sale(SaleEvent::Published) => "SalePublished".to_owned(),
        Event::Sale(SaleEvent::LimitSet { paddle, limit }) => {
            let limit = limit.map_or("none".to_owned(), |limit| limit.to_string());
            format!("LimitSet p{paddle} {limit}")
        }
        Event::Sale(SaleEvent::PresenceMarked { paddle, present }) => {
            let word = if *present { "present" } else { "absent" };
            format!("PresenceMarked p{paddle} {word}")
        }
        Event::Sale(SaleEvent::Opened) => "SaleOpened".to_owned(),
        Event::Sale(SaleEvent::Ended) => "SaleEnded".to_owned(),
        Event::Sale(SaleEvent::Paused { cause, .. }) => match cause {
            PauseCause::Staff => "SalePaused".to_owned(),
            PauseCause::Outage => "SalePaused outage".to_owned(),
            PauseCause::Clock { offset } => format!("SalePaused clock off by {}ms", offset / 1_000),
        },
        Event::Sale(SaleEvent::StoodStill { gap }) => format!("StoodStill {}", length(*gap)),
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
                ExtensionCause::Correction => " correction",
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
        Event::Lot(lot, LotEvent::CeilingRaised { ceiling, .. }) => {
            format!("CeilingRaised lot{lot} {ceiling}")
        }
        Event::Lot(lot, LotEvent::Withdrawn { reserve, .. }) => {
            let opened = reserve.map(|reserve| format!(" reserve {}", reserve.amount));
            format!("LotWithdrawn lot{lot}{}", opened.unwrap_or_default())
        }
        Event::Lot(
            lot,
            LotEvent::Reoffered {
                attempt,
                opening,
                reserve,
                ..
            },
        ) => {
            let sealed = if reserve.is_some() { " new base" } else { "" };
            format!("LotReoffered lot{lot} attempt {attempt} opening {opening}{sealed}")
        }
        Event::Lot(lot, LotEvent::Reopened { .. }) => format!("LotReopened lot{lot}"),
        Event::Lot(lot, LotEvent::Bid(BidEvent::ReserveLifted { price })) => {
            format!("ReserveLifted lot{lot} {price}")
        }
        Event::Lot(
            lot,
            LotEvent::Bid(BidEvent::FloorBidHeld {
                held,
                paddle,
                amount,
                until,
            }),
        ) => format!(
            "FloorBidHeld lot{lot} held {held} p{paddle} {amount} until {}",
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
                price,
                until,
                ask,
            }),
        ) => {
            let until = clock(*until);
            format!("ReaffirmOffered lot{lot} p{paddle} {price} until {until} ask {ask}")
        }
        Event::Lot(
            lot,
            LotEvent::Bid(BidEvent::LeadReaffirmed {
                paddle, price, ask, ..
            }),
        ) => format!("LeadReaffirmed lot{lot} p{paddle} {price} ask {ask}"),
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
        AppliedEffect::Repriced => "repriced",
        AppliedEffect::ForDecision => "for-decision",
    };
    let bid = if void.all_of_paddle {
        format!("{} and all of its paddle", void.bid)
    } else {
        void.bid.to_string()
    };
    let ask = void.ask;
    let standing = standing(void.price, void.leader);
    let cause = cause_of(void.cause);
    format!("BidVoided lot{lot} bid {bid} {cause} {effect}{standing} ask {ask}")
}

/// What an act would lead to, a line for each lot that it would change.
pub(crate) fn previewed(previews: &Result<Vec<LotPreview<'_>>, Refusal>) -> Vec<String> {
    match previews {
        Err(refusal) => vec![refused(refusal)],
        Ok(lots) if lots.is_empty() => vec!["nothing".to_owned()],
        Ok(lots) => lots.iter().map(previewed_lot).collect(),
    }
}

fn previewed_lot(preview: &LotPreview<'_>) -> String {
    let (before, after) = (of_lot(preview.before), of_lot(&preview.after));
    let base = if preview.base_decides {
        " if the base is reached"
    } else {
        ""
    };
    format!("would turn {before} into {after}{base}")
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
        LotOutcome::KnockedDown { paddle, price } => format!("knocked-down p{paddle} {price}"),
        LotOutcome::NoBid => "no-bid".to_owned(),
        LotOutcome::BelowBase => "below-base".to_owned(),
        LotOutcome::PassedByClerk => "passed-by-clerk".to_owned(),
        LotOutcome::Lapsed => "lapsed".to_owned(),
        LotOutcome::Withdrawn => "withdrawn".to_owned(),
        LotOutcome::ForDecision(undecided) => {
            let cause = match undecided.cause {
                DecisionCause::LeaderBarred => "leader-barred",
                DecisionCause::WinnerStruckOut => "winner-struck-out",
                DecisionCause::PriceDiffers => "price-differs",
            };
            let reckoned = undecided.reckoned;
            let reckoned = reckoned.map(|(paddle, price)| format!(" reckoned p{paddle} {price}"));
            let (paddle, price) = (undecided.paddle, undecided.price);
            let reckoned = reckoned.unwrap_or_default();
            format!("for-decision {cause} p{paddle} {price}{reckoned}")
        }
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
                SalePhase::Draft => "draft",
                SalePhase::Announced => "announced",
                SalePhase::Open if sale.pause.is_some() => "paused",
                SalePhase::Open => "open",
                SalePhase::Ended => "ended",
            };
            let order = sale.order.iter().map(|no| format!(" lot{no}"));
            format!("sale {phase}{}", order.collect::<String>())
        }
        Shown::Lot(no) => {
            let lot = sale.lots.get(&no);
            lot.map_or_else(|| format!("lot{no} unknown"), of_lot)
        }
        Shown::Paddle(paddle) => match sale.admissions.get(&paddle) {
            None => format!("p{paddle} unknown"),
            Some(admission) => {
                let limit = admission.limit.map(|limit| format!(" limit {limit}"));
                let limit = limit.unwrap_or_default();
                let barred = if admission.barred { " barred" } else { "" };
                let present = if admission.present { " present" } else { "" };
                format!(
                    "p{paddle}{limit} exposure {}{barred}{present}",
                    admission.exposure
                )
            }
        },
    }
}

/// What everyone may see of a lot.
fn of_lot(lot: &Lot) -> String {
    let no = lot.no;
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
    let says_lead = |closed: &Closed| {
        matches!(
            closed.outcome,
            LotOutcome::KnockedDown { .. } | LotOutcome::ForDecision(_)
        )
    };
    let stands = match &lot.phase {
        Phase::Closed(closed) if says_lead(closed) => String::new(),
        _ => standing(seen.price, seen.leader),
    };
    let offer = lot.method.offer().filter(|_| lot.open().is_some());
    let offer = offer.map(|(paddle, price, _)| format!(" offered p{paddle} {price}"));
    let offer = offer.unwrap_or_default();
    format!("lot{no} {phase}{stands}{offer}{ask}{}", ends(seen.ends_at))
}
