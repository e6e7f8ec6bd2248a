//! A sale as lines that an auctioneer can read aloud: who did what, when, and what it came to.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mazad_engine::domain::{
    AppliedEffect, BidAccepted, BidEvent, BidKind, BidOrigin, BidVoided, Bilingual, Currency,
    DecisionCause, Event, ExtensionCause, Figure, LotEvent, LotNo, LotOutcome, Money, Opens,
    Paddle, PauseCause, Recorded, Refusal, ReserveOpening, Running, SaleEvent, SaleTerms, Time,
    Undecided,
};
use mazad_projections::export_text::decimal;
use mazad_projections::live::LiveSale;
use mazad_projections::public::Audience;

use mazad_texts::{Change, Lang, Locale, lot_changes, sale_changes, shown};

/// The language of these lines.
const ENGLISH: Locale = Locale::of(Lang::En);

/// Writes the lines of one sale.
#[derive(Debug)]
pub(crate) struct Teller {
    zone: TimeZone,
    currency: Option<Currency>,
    day: Option<jiff::civil::Date>,
}

impl Teller {
    /// A teller that knows nothing of the sale yet.
    pub(crate) fn new() -> Self {
        Self {
            zone: TimeZone::UTC,
            currency: None,
            day: None,
        }
    }

    /// A teller of a sale with these terms.
    pub(crate) fn of(terms: &SaleTerms) -> Self {
        let mut teller = Self::new();
        teller.learn(terms);
        teller
    }

    fn learn(&mut self, terms: &SaleTerms) {
        self.zone = mazad_texts::zone(&terms.time_zone).unwrap_or(TimeZone::UTC);
        self.currency = Some(terms.currency);
    }

    /// The lines of the next event, given the sale after it, for somebody who may see so much.
    pub(crate) fn lines(
        &mut self,
        recorded: &Recorded,
        after: &LiveSale,
        audience: Audience,
    ) -> Vec<String> {
        if let Event::Sale(SaleEvent::Created { terms } | SaleEvent::Amended { terms, .. }) =
            &recorded.event
        {
            self.learn(terms);
        }
        let mut lines = Vec::new();
        let local = self.local(recorded.meta.at);
        if self.day != Some(local.date()) {
            self.day = Some(local.date());
            let zone = self.zone.iana_name().unwrap_or("UTC");
            lines.push(format!("--- {} ({zone})", local.date()));
        }
        let clock = self.clock(recorded.meta.at, 3);
        if audience == Audience::Everyone && is_withheld(&recorded.event) {
            lines.push(format!("{clock} #{} withheld", recorded.revision));
            return lines;
        }
        let what = self.what(&recorded.event, after, audience);
        let refusal = matches!(recorded.event, Event::Refused { .. });
        let subject = match recorded.event.lot() {
            // As it is printed in the catalogue, where that is another number.
            Some(lot) => match after.lot(lot).map(|live| live.terms.label.as_str()) {
                None | Some("") => format!("lot {lot}: "),
                Some(label) => format!("lot {label} ({lot}): "),
            },
            None => String::new(),
        };
        let by = if refusal {
            self.asker(recorded)
        } else {
            String::new()
        };
        let line = format!("{clock} #{} {subject}{by}{what}", recorded.revision);
        lines.push(shown(&line).into_owned());
        lines
    }

    fn local(&self, time: Time) -> jiff::civil::DateTime {
        let micros = i64::try_from(time.0).unwrap_or(i64::MAX);
        let instant = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX);
        self.zone.to_datetime(instant)
    }

    /// The time of day in the zone of the sale.
    pub(crate) fn clock(&self, time: Time, decimals: usize) -> String {
        let local = self.local(time);
        let (hour, minute, second) = (local.hour(), local.minute(), local.second());
        let plain = format!("{hour:02}:{minute:02}:{second:02}");
        if decimals == 0 {
            return plain;
        }
        format!("{plain}.{:03}", local.millisecond())
    }

    /// An amount with its thousands set off.
    pub(crate) fn money(&self, amount: Money) -> String {
        match self.currency {
            Some(currency) => grouped(&decimal(amount, currency)),
            None => amount.to_string(),
        }
    }

    fn asker(&self, recorded: &Recorded) -> String {
        use mazad_engine::domain::Actor;
        match recorded.meta.actor {
            Actor::Engine => "engine ".to_owned(),
            Actor::Staff(_) => "staff ".to_owned(),
            Actor::Bidder(_) => "bidder ".to_owned(),
        }
    }

    fn what(&self, event: &Event, after: &LiveSale, audience: Audience) -> String {
        match event {
            Event::Sale(event) => self.of_sale(event),
            Event::Lot(lot, event) => self.of_lot(*lot, event, after, audience),
            Event::Refused { refusal, .. } => self.refused(refusal),
        }
    }

    fn of_sale(&self, event: &SaleEvent) -> String {
        match event {
            SaleEvent::Created { terms } => {
                let code = terms.currency.code();
                format!("sale drafted: {}, in {code}", both(&terms.title))
            }
            SaleEvent::Amended {
                terms,
                before,
                reason,
            } => amended(&sale_changes(&ENGLISH, before, terms), reason),
            SaleEvent::LotsCleared => "the draft has no lots any more".to_owned(),
            SaleEvent::Published => "sale published".to_owned(),
            SaleEvent::WriterStarted { epoch } => format!("engine starts, epoch {epoch}"),
            SaleEvent::Opened => "sale opens".to_owned(),
            SaleEvent::Ended => "sale ends".to_owned(),
            SaleEvent::Paused {
                cause: PauseCause::Outage,
                ..
            } => "sale pauses: technical interruption".to_owned(),
            SaleEvent::Paused {
                cause: PauseCause::Clock { .. },
                ..
            } => "sale pauses: the clock of the machine was set".to_owned(),
            SaleEvent::Paused {
                reason,
                cause: PauseCause::Staff,
            } => format!("sale pauses: {reason}"),
            SaleEvent::StoodStill { gap } => {
                format!("the engine stood still for {} s", gap.0 / 1_000_000)
            }
            SaleEvent::Resumed { shift } => {
                format!("sale resumes, {} s later", shift.0 / 1_000_000)
            }
            SaleEvent::PaddleAdmitted { paddle, limit, .. } => {
                let limit = limit.map(|limit| format!(", limit {}", self.money(limit)));
                format!("paddle {paddle} admitted{}", limit.unwrap_or_default())
            }
            SaleEvent::LimitSet { paddle, limit } => match limit {
                Some(limit) => format!("paddle {paddle} has the limit {}", self.money(*limit)),
                None => format!("paddle {paddle} has no limit"),
            },
            SaleEvent::PresenceMarked { paddle, present } => {
                let is_there = if *present {
                    "is in the hall"
                } else {
                    "has left the hall"
                };
                format!("the owner of paddle {paddle} {is_there}")
            }
            SaleEvent::PaddleBarred { paddle, reason } => {
                format!("paddle {paddle} barred: {reason}")
            }
            SaleEvent::LotsReordered { order } => {
                let order: Vec<String> = order.iter().map(ToString::to_string).collect();
                format!("order of sale: {}", order.join(" "))
            }
        }
    }

    fn refused(&self, refusal: &Refusal) -> String {
        let figures = refusal.figures.iter().map(|(figure, value)| {
            let shown = match figure {
                Figure::JudgedAt | Figure::EndsAt | Figure::OpensAt | Figure::Until => {
                    u64::try_from(*value)
                        .map_or_else(|_| value.to_string(), |at| self.clock(Time(at), 3))
                }
                Figure::Bound | Figure::Bid | Figure::Paddle | Figure::Lot => value.to_string(),
                Figure::Amount
                | Figure::Ask
                | Figure::Price
                | Figure::Maximum
                | Figure::Limit
                | Figure::Exposure
                | Figure::Missing
                | Figure::Ceiling => Money::new(*value)
                    .map_or_else(|| value.to_string(), |amount| self.money(amount)),
            };
            format!(", {} {shown}", figure.as_str())
        });
        let figures: String = figures.collect();
        format!(
            "refused => {} ({}){figures}",
            refusal.code.as_str(),
            refusal.code.rule()
        )
    }

    fn of_bid(&self, event: &BidEvent, audience: Audience) -> String {
        match event {
            BidEvent::Accepted(bid) => self.bid(bid, audience),
            BidEvent::MaximumChanged { paddle, .. } => {
                format!("paddle {paddle} moves its own maximum")
            }
            BidEvent::AskSet { ask } => format!("the clerk asks {}", self.money(*ask)),
            BidEvent::ReserveLifted { price } => {
                format!("the price is lifted to the base, {}", self.money(*price))
            }
            BidEvent::FloorBidHeld {
                held,
                paddle,
                amount,
                ..
            } => {
                let amount = self.money(*amount);
                format!(
                    "paddle {paddle} bids {amount} in the hall => number {held} waits for a second clerk"
                )
            }
            BidEvent::FloorBidLapsed => "the bid that waited lapses".to_owned(),
            BidEvent::ReaffirmOffered { paddle, price, .. } => {
                let price = self.money(*price);
                format!("paddle {paddle} may take the lead again at {price}")
            }
            BidEvent::LeadReaffirmed {
                paddle, price, ask, ..
            } => {
                let (price, ask) = (self.money(*price), self.money(*ask));
                format!("paddle {paddle} takes the lead again at {price} => ask {ask}")
            }
            BidEvent::ReaffirmEnded { ask } => {
                format!("nobody takes the lead again => ask {}", self.money(*ask))
            }
        }
    }

    fn voided(&self, lot: LotNo, void: &BidVoided, after: &LiveSale) -> String {
        let effect = match void.effect {
            AppliedEffect::Unchanged => "nothing else changes",
            AppliedEffect::Lapsed => "nobody leads",
            AppliedEffect::Revived => "the bids before it revive",
            AppliedEffect::Repriced => "the price falls",
            AppliedEffect::ForDecision => "the committee decides",
        };
        let stands = match void.effect {
            AppliedEffect::ForDecision => self.reckoned(void.leader.zip(void.price)),
            AppliedEffect::Unchanged
            | AppliedEffect::Lapsed
            | AppliedEffect::Revived
            | AppliedEffect::Repriced => self.stands(lot, after),
        };
        let with_it = if void.all_of_paddle {
            ", and every other bid of its paddle"
        } else {
            ""
        };
        let (bid, note) = (void.bid, &void.note);
        format!("bid {bid} void{with_it}: {note} => {effect}{stands}")
    }

    /// Shows no maximum that still stands.
    fn bid(&self, bid: &BidAccepted, audience: Audience) -> String {
        let how = match (bid.origin, bid.kind, audience) {
            (BidOrigin::Floor, ..) => " (hall)",
            (BidOrigin::Web, BidKind::Maximum, Audience::Staff) => " (with a maximum)",
            (BidOrigin::Web, ..) => "",
        };
        let (shown, ask) = (self.money(bid.shown), self.money(bid.ask));
        let result = if bid.leader == bid.paddle {
            "leads".to_owned()
        } else {
            format!(
                "beaten by paddle {} at {}",
                bid.leader,
                self.money(bid.price)
            )
        };
        format!(
            "paddle {} bids {shown}{how} => {result}, ask {ask}",
            bid.paddle
        )
    }

    fn of_lot(&self, lot: LotNo, event: &LotEvent, after: &LiveSale, audience: Audience) -> String {
        match event {
            LotEvent::Added { terms } => {
                let way = match terms.running {
                    Running::Timed {
                        opens: Opens::At(at),
                        ..
                    } => format!("by the clock from {}", self.clock(at, 0)),
                    Running::Timed { .. } => "by the clock".to_owned(),
                    Running::Clerked => "by a clerk".to_owned(),
                };
                format!("added: {}, {way}", both(&terms.title))
            }
            LotEvent::Amended {
                terms,
                before,
                reason,
            } => {
                let sale = after.board().terms.as_ref();
                let changes = sale.map(|sale| {
                    let of_sale = (sale.currency.code(), sale.time_zone.as_str());
                    lot_changes(&ENGLISH, of_sale, before, terms)
                });
                amended(&changes.unwrap_or_default(), reason)
            }
            LotEvent::Scheduled { opens_at } => match opens_at {
                Some(at) => format!("opens at {}", self.clock(*at, 0)),
                None => "waits for its turn".to_owned(),
            },
            LotEvent::Opened { ask, ends_at, .. } => {
                let end = ends_at.map(|end| format!(", ends at {}", self.clock(end, 3)));
                format!("opens, ask {}{}", self.money(*ask), end.unwrap_or_default())
            }
            LotEvent::Warned { warning: 0 } => "warnings taken back".to_owned(),
            LotEvent::Warned { warning } => format!("warning {warning}"),
            LotEvent::Extended { ends_at, cause } => {
                let cause = match cause {
                    ExtensionCause::SoftClose => "late bid",
                    ExtensionCause::Outage => "outage",
                    ExtensionCause::Correction => "correction",
                };
                format!("ends at {} now ({cause})", self.clock(*ends_at, 3))
            }
            LotEvent::Closed {
                outcome, reserve, ..
            } => {
                format!("{}{}", self.outcome(*outcome), self.base(*reserve))
            }
            LotEvent::CeilingRaised { ceiling, reason } => {
                format!("up to {} may be bid now: {reason}", self.money(*ceiling))
            }
            LotEvent::Withdrawn { reason, reserve } => {
                format!("withdrawn: {reason}{}", self.base(*reserve))
            }
            LotEvent::Reoffered {
                attempt,
                opening,
                reserve,
                ..
            } => {
                let opening = self.money(*opening);
                let base = reserve.map_or("", |_| ", with a new base");
                format!("offered again, attempt {attempt}, opening {opening}{base}")
            }
            LotEvent::Reopened { reason } => {
                format!("opened again: {reason}{}", self.stands(lot, after))
            }
            LotEvent::VoidRequested { bid, .. } => format!("one officer asks to void bid {bid}"),
            LotEvent::BidVoided(void) => self.voided(lot, void, after),
            LotEvent::Bid(event) => self.of_bid(event, audience),
        }
    }

    /// How a lot ended, in words.
    pub(crate) fn outcome(&self, outcome: LotOutcome) -> String {
        match outcome {
            LotOutcome::KnockedDown { paddle, price } => {
                format!("KNOCKED DOWN to paddle {paddle} at {}", self.money(price))
            }
            LotOutcome::NoBid => "no bid".to_owned(),
            LotOutcome::BelowBase => "below the base".to_owned(),
            LotOutcome::PassedByClerk => "passed by the clerk".to_owned(),
            LotOutcome::Withdrawn => "withdrawn".to_owned(),
            LotOutcome::Lapsed => "lapsed: bids were made, and none stands".to_owned(),
            LotOutcome::ForDecision(undecided) => self.undecided(undecided),
        }
    }

    fn undecided(&self, undecided: Undecided) -> String {
        let cause = match undecided.cause {
            DecisionCause::LeaderBarred => "its leader is barred",
            DecisionCause::WinnerStruckOut => "its winner was struck out",
            DecisionCause::PriceDiffers => "without void bids its price differs",
        };
        let (paddle, price) = (undecided.paddle, self.money(undecided.price));
        let reckoned = self.reckoned(undecided.reckoned);
        format!("for decision, {cause}: paddle {paddle} led at {price}{reckoned}")
    }

    /// What stands without the bids that were struck out.
    fn reckoned(&self, lead: Option<(Paddle, Money)>) -> String {
        lead.map_or_else(String::new, |(paddle, price)| {
            format!("; reckoned: paddle {paddle} at {}", self.money(price))
        })
    }

    fn base(&self, opened: Option<ReserveOpening>) -> String {
        let told = |base: ReserveOpening| format!(", the base was {}", self.money(base.amount));
        opened.map_or_else(String::new, told)
    }

    fn stands(&self, lot: LotNo, after: &LiveSale) -> String {
        let Some(lot) = after.lot(lot) else {
            return String::new();
        };
        let leader = match (lot.leader, lot.price) {
            (Some(leader), Some(price)) => {
                format!("; paddle {leader} leads at {}", self.money(price))
            }
            _ => String::new(),
        };
        let ask = lot.ask.map(|ask| format!(", ask {}", self.money(ask)));
        format!("{leader}{}", ask.unwrap_or_default())
    }
}

/// R14: every term that is another one, from what to what, and why.
fn amended(changes: &[Change], reason: &str) -> String {
    let told = changes.iter().map(|change| {
        let Change {
            name,
            before,
            after,
            ..
        } = change;
        format!("{name} from {before} to {after}")
    });
    let told: Vec<String> = told.collect();
    // The marks that keep a value apart on a page show as signs of their own on a terminal.
    let told = told.join("; ").replace(['\u{2068}', '\u{2069}'], "");
    if reason.is_empty() {
        return format!("amended: {told}");
    }
    format!("amended, {reason}: {told}")
}

/// What `projections::public` keeps from everyone.
fn is_withheld(event: &Event) -> bool {
    matches!(
        event,
        Event::Sale(SaleEvent::PaddleAdmitted { .. })
            | Event::Sale(SaleEvent::PaddleBarred { .. })
            | Event::Sale(SaleEvent::LimitSet { .. })
            | Event::Sale(SaleEvent::PresenceMarked { .. })
            | Event::Lot(_, LotEvent::Bid(BidEvent::MaximumChanged { .. }))
            | Event::Lot(_, LotEvent::VoidRequested { .. })
    )
}

/// A title in one language, Arabic first.
pub(crate) fn both(title: &Bilingual) -> &str {
    if title.ar.is_empty() {
        &title.en
    } else {
        &title.ar
    }
}

/// `1234567.00` as `1,234,567.00`.
fn grouped(plain: &str) -> String {
    let (whole, fraction) = plain
        .split_once('.')
        .map_or((plain, None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(plain.len().saturating_mul(2));
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_off() {
        let table = [
            ("0.05", "0.05"),
            ("999.00", "999.00"),
            ("1250.00", "1,250.00"),
            ("1234567", "1,234,567"),
            ("38000000.50", "38,000,000.50"),
        ];
        for (plain, shown) in table {
            assert_eq!(grouped(plain), shown);
        }
    }
}
