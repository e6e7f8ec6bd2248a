//! What must hold after every append.

use std::collections::{BTreeMap, BTreeSet};

use mazad_engine::codec::{public_json, told};
use mazad_engine::domain::{
    Act, BidEvent, Code, Command, Event, Figure, Lot, LotAct, LotEvent, LotNo, LotOutcome,
    LotPreview, Method, Money, Recorded, Refusal, Sale, StaffAct, Time,
};
use mazad_engine::store::{NewEvent, Position, RecordedEvent, Revision, StreamId};
use mazad_engine::testing::TestSale;

use crate::properties_books::{Books, Kept};

/// An append, with the sale before and after it.
pub(crate) struct Seen<'a> {
    pub(crate) before: &'a Sale,
    pub(crate) after: &'a Sale,
    pub(crate) events: &'a [Event],
}

/// What is counted, so that a run shows that it was tried.
pub(crate) const COUNTED: [&str; 11] = [
    "voids that left the leader",
    "offers at the reckoned price",
    "leads as reckoned, untouched",
    "leads as reckoned, after voids",
    "hammers",
    "groups that closed at once",
    "groups with one end",
    "sealed values searched for",
    "previews that came true",
    "previews that refused",
    "states read and replayed",
];

pub(crate) fn count(counts: &mut BTreeMap<&'static str, u32>, what: &'static str) {
    *counts.entry(what).or_default() += 1;
}

/// R12b: no void raises what anybody pays, and nobody is asked for more than the standing reckoned
/// without the void bids.
pub(crate) fn voids_raise_nothing(
    books: &Books,
    seen: &Seen<'_>,
    counts: &mut BTreeMap<&'static str, u32>,
) {
    for event in seen.events {
        match event {
            Event::Lot(no, LotEvent::BidVoided(void)) => {
                let before = seen.before.lots[no].standing();
                // Of a lot that has closed it is told what stands; nobody pays by it.
                let is_open = seen.before.lots[no].open().is_some();
                if is_open && before.leader.is_some() && before.leader == void.leader {
                    assert!(
                        void.price <= before.price,
                        "a void raised the price of lot {no}: {before:?} {void:?}"
                    );
                    count(counts, "voids that left the leader");
                }
            }
            Event::Lot(no, LotEvent::Bid(BidEvent::ReaffirmOffered { paddle, price, .. })) => {
                let reckoned = books.0[&no.0].reckoned().expect("somebody would lead");
                assert_eq!(reckoned.paddle, paddle.0, "the one who would lead is asked");
                assert!(
                    price.minor() <= reckoned.price,
                    "more than reckoned is asked"
                );
                count(counts, "offers at the reckoned price");
            }
            _ => {}
        }
    }
}

/// R12b: the standing that the bids give when they are run again is the lead, of a lot that no void has
/// touched to the last figure; after voids nobody pays more than it says.
pub(crate) fn prices_are_reckoned(
    books: &Books,
    seen: &Seen<'_>,
    counts: &mut BTreeMap<&'static str, u32>,
) {
    let touched: BTreeSet<LotNo> = seen.events.iter().filter_map(Event::lot).collect();
    for (no, lot) in touched
        .iter()
        .filter_map(|no| Some((no, seen.after.lots.get(no)?)))
    {
        let kept = &books.0[&no.0];
        let Method::English(english) = &lot.method;
        if let Some(lead) = english.lead.filter(|_| lot.open().is_some()) {
            let reckoned = kept.reckoned().expect("somebody leads");
            let told = (lead.paddle.0, lead.maximum.minor());
            if !kept.is_touched {
                let whole = (reckoned.paddle, reckoned.maximum, reckoned.price);
                assert_eq!((told.0, told.1, lead.price.minor()), whole, "lot {no}");
                count(counts, "leads as reckoned, untouched");
            } else {
                assert_eq!(told.0, reckoned.paddle, "the leader of lot {no}");
                assert!(
                    lead.price.minor() <= reckoned.price,
                    "lot {no} costs more than reckoned"
                );
                count(counts, "leads as reckoned, after voids");
            }
            assert!(lead.price <= lead.maximum, "more than the own maximum");
        }
    }
    for event in seen.events.iter().filter(|event| is_lift(event)) {
        let is_sold = |other: &Event| {
            let knocked_down = matches!(
                other,
                Event::Lot(
                    _,
                    LotEvent::Closed {
                        outcome: LotOutcome::KnockedDown { .. },
                        reserve: Some(_),
                        ..
                    }
                )
            );
            knocked_down && other.lot() == event.lot()
        };
        assert!(
            seen.events.iter().any(is_sold),
            "a base is told that is not opened"
        );
    }
    for event in seen.events {
        if let Event::Lot(no, LotEvent::Closed { outcome, .. }) = event
            && let LotOutcome::KnockedDown { paddle, price } = outcome
        {
            let reckoned = books.0[&no.0].reckoned().expect("somebody won");
            let terms = seen.before.lots[no].method.terms();
            let base = terms.reserve().and_then(|reserve| reserve.opening);
            let base = base.map_or(0, |base| base.amount.minor());
            assert_eq!(reckoned.paddle, paddle.0);
            assert!(
                price.minor() <= reckoned.price.max(base),
                "sold for more than reckoned"
            );
            assert!(
                price.minor() <= reckoned.maximum,
                "sold for more than was bid"
            );
        }
    }
}

/// R0: a hammer sells what its clerk saw, and no bid that came later.
pub(crate) fn hammers_sell_what_they_named(
    command: &Command,
    seen: &Seen<'_>,
    counts: &mut BTreeMap<&'static str, u32>,
) {
    let Act::Staff(StaffAct::Lot(no, LotAct::Hammer { seen: named })) = &command.act else {
        return;
    };
    for event in seen.events {
        if let Event::Lot(lot, LotEvent::Closed { outcome, .. }) = event {
            assert_eq!(lot, no, "a hammer falls for one lot");
            let before = &seen.before.lots[no];
            assert_eq!(named.bid, before.last_bid());
            assert_eq!(named.lead, before.lead());
            let (paddle, price) = named.lead.expect("somebody led");
            if let LotOutcome::KnockedDown {
                paddle: to,
                price: at,
            } = outcome
            {
                assert_eq!(*to, paddle, "sold to somebody else");
                let lifted = seen.events.iter().any(is_lift);
                assert!(*at == price || lifted, "sold at another price");
            }
            count(counts, "hammers");
        }
    }
}

fn is_lift(event: &Event) -> bool {
    matches!(
        event,
        Event::Lot(_, LotEvent::Bid(BidEvent::ReserveLifted { .. }))
    )
}

/// R3.6: linked lots have one end, and close in one append.
pub(crate) fn linked_lots_end_together(seen: &Seen<'_>, counts: &mut BTreeMap<&'static str, u32>) {
    let mut ends: BTreeMap<u32, BTreeSet<Option<Time>>> = BTreeMap::new();
    let mut open: BTreeMap<u32, u32> = BTreeMap::new();
    let end = |lot: &Lot| lot.open().map(|open| open.ends_at);
    for lot in seen
        .after
        .lots
        .values()
        .filter(|lot| lot.running.group() != 0)
    {
        if let Some(end) = end(lot) {
            ends.entry(lot.running.group()).or_default().insert(end);
            *open.entry(lot.running.group()).or_default() += 1;
        }
    }
    for (group, ends) in &ends {
        assert_eq!(ends.len(), 1, "group {group} has several ends");
        if open[group] > 1 {
            count(counts, "groups with one end");
        }
    }
    let closed = seen.events.iter().filter_map(|event| match event {
        Event::Lot(no, LotEvent::Closed { .. }) => Some(seen.before.lots[no].running.group()),
        _ => None,
    });
    let closed: Vec<u32> = closed.filter(|group| *group != 0).collect();
    for group in &closed {
        assert!(!open.contains_key(group), "group {group} closes in parts");
    }
    if closed.len() > 1 {
        count(counts, "groups that closed at once");
    }
}

/// What was shown of an act before is what it then did.
pub(crate) fn acts_are_as_shown(
    command: &Command,
    shown: &Result<Vec<LotPreview<'_>>, Refusal>,
    seen: &Seen<'_>,
    counts: &mut BTreeMap<&'static str, u32>,
) {
    match (shown, seen.events) {
        (Err(refusal), [Event::Refused { refusal: said, .. }]) => {
            let has_preview = refusal.code != Code::NotAllowed;
            let names_it = said.code != Code::BidHasCome;
            let is_second = said.code != Code::SecondOfficerNeeded;
            if has_preview && names_it && is_second {
                assert_eq!(refusal, said, "{:?}", command.act);
                count(counts, "previews that refused");
            }
        }
        (Err(refusal), _) => {
            assert_eq!(refusal.code, Code::NotAllowed, "{:?}", command.act);
        }
        (Ok(_), [Event::Refused { refusal, .. }]) => {
            let is_known = matches!(
                refusal.code,
                Code::BidHasCome | Code::SecondOfficerNeeded | Code::ReserveNotMet
            );
            assert!(is_known, "{refusal:?} was not shown of {:?}", command.act);
        }
        (Ok(_), [Event::Lot(_, LotEvent::VoidRequested { .. })]) => {}
        (Ok(lots), _) => {
            for lot in lots.iter().filter(|lot| !lot.base_decides) {
                let real = &seen.after.lots[&lot.after.no];
                let told = |lot: &Lot| {
                    (
                        lot.standing(),
                        lot.lead(),
                        lot.method.offer(),
                        lot.open().copied(),
                    )
                };
                assert_eq!(told(&lot.after), told(real), "{:?}", command.act);
                count(counts, "previews that came true");
            }
        }
    }
}

/// R2, R4: no stored event tells a maximum or a base before its rule opens it: neither its bytes nor
/// what is published of it.
pub(crate) fn nothing_sealed_is_told(
    books: &Books,
    recorded: &Recorded,
    stored: &NewEvent,
    counts: &mut BTreeMap<&'static str, u32>,
) {
    let event = RecordedEvent {
        stream: StreamId::sale(TestSale::ID.0),
        revision: Revision(recorded.revision),
        position: Position(recorded.revision),
        id: stored.id,
        kind: stored.kind.clone(),
        version: stored.version,
        metadata: stored.metadata.clone(),
        data: stored.data.clone(),
    };
    let json = public_json(&event)
        .expect("an event is published")
        .to_string();
    let numbers: BTreeSet<&str> = json.split(|c: char| !c.is_ascii_digit()).collect();
    let mut secrets: BTreeSet<i64> = books.0.values().flat_map(Kept::sealed).collect();
    if let Event::Refused { refusal, .. } = &recorded.event {
        // What a bidder named is told to nobody else, unless everyone knows it anyway.
        let public = told(&event).expect("a standing is read").standing;
        let public = [public.price, public.ask].map(|amount| amount.map(Money::minor));
        let named = [Figure::Amount, Figure::Maximum].map(|figure| refusal.figure(figure));
        secrets.extend(
            named
                .into_iter()
                .flatten()
                .filter(|named| *named > 1_000_000 && !public.contains(&Some(*named))),
        );
    }
    for sealed in secrets {
        let decimal = sealed.to_string();
        assert!(
            !numbers.contains(decimal.as_str()),
            "{sealed} is published: {json}"
        );
        let bytes = varint(sealed);
        for part in [&stored.data, &stored.metadata] {
            let found = part.windows(bytes.len()).any(|window| window == bytes);
            assert!(!found, "{sealed} is in the bytes of {json}");
        }
        count(counts, "sealed values searched for");
    }
}

/// An amount as the stored form has it.
fn varint(amount: i64) -> Vec<u8> {
    let mut rest = u64::try_from(amount).expect("not negative");
    let mut bytes = Vec::new();
    while rest >= 0x80 {
        bytes.push(u8::try_from(rest & 0x7f).expect("seven bits") | 0x80);
        rest >>= 7;
    }
    bytes.push(u8::try_from(rest).expect("seven bits"));
    bytes
}
