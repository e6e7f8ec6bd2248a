//! No sealed maximum and no base is anywhere before its rule opens it (R2, R4, R12b): not in an event
//! as it is stored, told or exported, not in a view, a fold or the query model. Every amount is one of
//! a kind, and the bytes of all of them are searched for each.
#![cfg(test)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mazad_engine::domain::{
    BidEvent, Closes, Code, EnglishTerms, Event, Figure, JumpGuard, LotEvent, LotNo, LotTerms,
    Mode, Money, Opens, Recorded, Reserve, Running, Span,
};
use mazad_engine::store::{EventStore as _, MemoryStore, RecordedEvent, Revision, StreamId};
use mazad_engine::testing::{NOON, TestSale, english_terms, increments, money};
use mazad_projections::bids::BidBook;
use mazad_projections::export::{self, EventExport, Format};
use mazad_projections::live::LiveSale;
use mazad_projections::public::{Audience, body};
use mazad_projections::sql::{ModelError, QueryModel};
use mazad_projections::view::{catalogue_lot, lot_view, sale_view};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use prost::Message as _;
use support::play::{open_sale_of, steps, take_step, terms};
use support::stored::{append, empty_store};
use support::{lot_terms, timed, with_reserve};

const FORMATS: [Format; 2] = [Format::JsonLines, Format::Csv];
const AUDIENCES: [Audience; 2] = [Audience::Everyone, Audience::Staff];

/// A lot that opens far above every other number of its sale, at an amount of its own.
fn large(no: i64, running: Running, mode: Mode) -> LotTerms {
    let rows = [(0, 1_000_003), (7_400_000_000_000, 2_000_003)];
    let english = EnglishTerms {
        opening: money(7_310_000_000_000 + no * 17_000_000_001),
        increments: increments(mode, &rows),
        jump_guard: JumpGuard { times: 0, steps: 2 },
        ..english_terms()
    };
    LotTerms {
        method: english.into(),
        ceiling: money(900_000_000_000_000),
        ..lot_terms(running, mode)
    }
}

/// Three lots by hand and two by the clock, three of them with a base a few steps above the opening.
fn catalogue() -> Vec<LotTerms> {
    let (soon, later) = (NOON.after(Span::minutes(1)), NOON.after(Span::minutes(12)));
    let by_clock = timed(Opens::At(soon), Closes::At(later), 1);
    let based = |no: i64, terms: LotTerms| {
        let opening = terms.method.opening().minor();
        with_reserve(terms, opening + 1_234_567 + no)
    };
    vec![
        based(1, large(1, Running::Clerked, Mode::Clerk)),
        based(2, large(2, by_clock, Mode::Additive)),
        large(3, by_clock, Mode::Additive),
        large(4, Running::Clerked, Mode::Additive),
        large(5, Running::Clerked, Mode::Additive),
        based(6, large(6, Running::Clerked, Mode::Additive)),
    ]
}

/// What is sealed of a sale, and what has been said of each of its lots.
#[derive(Default)]
struct Secrets {
    maxima: BTreeSet<(LotNo, i64)>,
    bases: BTreeMap<LotNo, i64>,
    replaced: BTreeSet<i64>,
    /// R2: an exhausted maximum is public as a price; what is above all prices is not.
    top: BTreeMap<LotNo, i64>,
    /// Amounts that were asked, or bid aloud in the hall.
    said: BTreeSet<(LotNo, i64)>,
    opened: usize,
}

impl Secrets {
    /// Takes in an event with its secrets opened.
    fn take(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Lot(no, event) => self.take_of_lot(*no, event),
            Event::Refused {
                lot: Some(lot),
                refusal,
            } => {
                // What was bid and not taken is its bidder's own: it may be bid again.
                let is_own = matches!(
                    refusal.code,
                    Code::OverLimit
                        | Code::NeedsConfirmation
                        | Code::AboveCeiling
                        | Code::MaximumNotRaised
                );
                let amount = refusal.figure(Figure::Amount).filter(|_| is_own);
                self.maxima.extend(amount.map(|amount| (*lot, amount)));
            }
            Event::Sale(_) | Event::Refused { lot: None, .. } => {}
        }
    }

    fn take_of_lot(&mut self, no: LotNo, event: &LotEvent) {
        let base = |reserve: Option<&Reserve>| Some(reserve?.opening?.amount.minor());
        match event {
            LotEvent::Added { terms } => {
                self.bases
                    .extend(base(terms.method.reserve()).map(|base| (no, base)));
            }
            // R14: a base that was replaced is never opened.
            LotEvent::Amended { terms, .. } => {
                let before = self.bases.remove(&no);
                let now = base(terms.method.reserve());
                self.replaced.extend(before.filter(|_| before != now));
                self.bases.extend(now.map(|base| (no, base)));
            }
            LotEvent::Reoffered { reserve, .. } => {
                self.bases
                    .extend(base(reserve.as_ref()).map(|base| (no, base)));
            }
            LotEvent::Closed { reserve, .. } | LotEvent::Withdrawn { reserve, .. } => {
                if reserve.is_some() {
                    self.opened += usize::from(self.bases.remove(&no).is_some());
                }
            }
            LotEvent::Opened { ask, .. } => self.says(no, *ask),
            LotEvent::BidVoided(void) => self.says(no, void.ask),
            LotEvent::Bid(event) => self.take_bid(no, event),
            LotEvent::Scheduled { .. }
            | LotEvent::Warned { .. }
            | LotEvent::Extended { .. }
            | LotEvent::CeilingRaised { .. }
            | LotEvent::Reopened { .. }
            | LotEvent::VoidRequested { .. } => {}
        }
    }

    fn take_bid(&mut self, no: LotNo, event: &BidEvent) {
        match event {
            BidEvent::Accepted(bid) => {
                self.maxima
                    .insert((no, bid.maximum.open().unwrap().minor()));
                self.rises(no, bid.price.max(bid.shown));
                self.says(no, bid.ask);
            }
            BidEvent::MaximumChanged { maximum, .. } => {
                self.maxima.insert((no, maximum.open().unwrap().minor()));
            }
            BidEvent::ReserveLifted { price } => {
                self.bases.remove(&no);
                self.rises(no, *price);
            }
            BidEvent::AskSet { ask } | BidEvent::ReaffirmEnded { ask } => self.says(no, *ask),
            BidEvent::FloorBidHeld { amount, .. } => self.says(no, *amount),
            BidEvent::ReaffirmOffered { ask, .. } | BidEvent::LeadReaffirmed { ask, .. } => {
                self.says(no, *ask);
            }
            BidEvent::FloorBidLapsed => {}
        }
    }

    fn rises(&mut self, no: LotNo, price: Money) {
        let top = self.top.entry(no).or_default();
        *top = price.minor().max(*top);
    }

    fn says(&mut self, no: LotNo, amount: Money) {
        self.said.insert((no, amount.minor()));
    }

    /// The amounts that nobody may find.
    fn sealed(&self) -> impl Iterator<Item = i64> {
        let above = |(no, amount): &&(LotNo, i64)| {
            let top = self.top.get(no).copied().unwrap_or(0);
            *amount > top && !self.said.contains(&(*no, *amount))
        };
        let maxima = self.maxima.iter().filter(above).map(|(_, amount)| *amount);
        let replaced = self.replaced.iter().copied();
        maxima.chain(self.bases.values().copied()).chain(replaced)
    }
}

/// Every number that somebody can read: as text in minor units or as a decimal, or as stored bytes.
#[derive(Default)]
struct Found(BTreeSet<u64>);

impl Found {
    fn text(&mut self, text: &[u8]) {
        let tokens = text.split(|byte| !byte.is_ascii_digit() && *byte != b'.');
        for token in tokens.filter(|token| token.len() >= 13) {
            let digits = token.iter().filter(|byte| **byte != b'.');
            let digits: String = digits.map(|byte| char::from(*byte)).collect();
            self.0.extend(digits.parse::<u64>());
        }
    }

    /// At each place, the number that a protocol buffer has there.
    fn bytes(&mut self, bytes: &[u8]) {
        for start in 0..bytes.len() {
            let mut rest = &bytes[start..];
            self.0.extend(prost::encoding::decode_varint(&mut rest));
        }
    }
}

/// All that is made of an event.
fn all_of(stored: &RecordedEvent, live: &LiveSale, book: &BidBook, exports: &[Vec<u8>]) -> Found {
    let mut found = Found::default();
    found.bytes(&stored.data);
    found.bytes(&stored.metadata);
    for audience in AUDIENCES {
        let body = body(stored, audience).unwrap();
        found.text(body.unwrap_or_default().to_string().as_bytes());
    }
    found.text(format!("{live:?}").as_bytes());
    found.bytes(&sale_view(live.board()).encode_to_vec());
    for (no, lot) in live.lots() {
        found.bytes(&lot_view(*no, lot).encode_to_vec());
        found.bytes(&catalogue_lot(lot).encode_to_vec());
    }
    for format in FORMATS {
        let mut out = Vec::new();
        export::lots(&mut out, format, live).unwrap();
        export::bids(&mut out, format, live, book).unwrap();
        found.text(&out);
    }
    exports.iter().for_each(|lines| found.text(lines));
    found
}

/// The lines of each event, by audience and format.
fn exported(events: &[RecordedEvent]) -> Vec<Vec<Vec<u8>>> {
    let mut of_event = vec![Vec::new(); events.len()];
    for (audience, format) in AUDIENCES.into_iter().flat_map(|a| FORMATS.map(|f| (a, f))) {
        let mut out = Vec::new();
        let mut export = EventExport::new(&mut out, format, TestSale::ID, audience);
        events.iter().for_each(|event| export.write(event).unwrap());
        export.finish().unwrap();
        let lines: Vec<&[u8]> = out.split(|byte| *byte == b'\n').collect();
        let skipped = usize::from(format == Format::Csv);
        for (lines_of, line) in of_event.iter_mut().zip(lines.into_iter().skip(skipped)) {
            lines_of.push(line.to_vec());
        }
    }
    of_event
}

/// The rows of the query model once it has taken in these events.
async fn modelled(
    model: &mut QueryModel,
    store: &Arc<MemoryStore>,
    events: &[RecordedEvent],
) -> Vec<u8> {
    while let Err(error) = model.apply(events) {
        assert!(matches!(error, ModelError::Cold(_)), "{error}");
        model.warm(store.as_ref(), TestSale::ID).await.unwrap();
    }
    model.dump().unwrap()
}

/// Plays a sale and searches everything that is made of it; tells how many secrets were kept.
async fn search(runner: &mut TestRunner) -> (usize, usize) {
    let (terms, steps) = (terms(), steps(160)).new_tree(runner).unwrap().current();
    let mut sale = open_sale_of(terms, catalogue());
    for step in &steps {
        take_step(&mut sale, step);
    }
    let store = empty_store();
    append(&store, TestSale::ID, &sale, 0).await;
    let stream = StreamId::sale(TestSale::ID.0);
    let events = store.read(&stream, Revision(0), usize::MAX).await.unwrap();
    let exports = exported(&events);
    let folder = tempfile::tempdir().unwrap();
    let mut model = QueryModel::open(&folder.path().join("model")).unwrap();
    let (mut live, mut book) = (LiveSale::new(TestSale::ID), BidBook::default());
    let (mut secrets, mut kept) = (Secrets::default(), BTreeSet::new());
    for ((stored, recorded), exports) in events.iter().zip(&sale.log).zip(&exports) {
        live.apply(recorded);
        book.apply(recorded, &live);
        secrets.take(recorded);
        let mut found = all_of(stored, &live, &book, exports);
        let number = stored.revision.0 + 1;
        if number.is_multiple_of(16) || number == events.len() as u64 {
            let so_far = usize::try_from(number).unwrap();
            found.text(&modelled(&mut model, &store, &events[..so_far]).await);
        }
        for amount in secrets.sealed() {
            let is_found = found.0.contains(&u64::try_from(amount).unwrap());
            assert!(!is_found, "{amount} is told: {recorded:#?}");
            kept.insert(amount);
        }
    }
    (kept.len(), secrets.opened)
}

#[tokio::test]
async fn no_secret_is_told_before_its_rule_opens_it() {
    let mut runner = TestRunner::deterministic();
    let (mut kept, mut opened) = (0, 0);
    for _ in 0..24 {
        let (more, bases) = search(&mut runner).await;
        kept += more;
        opened += bases;
    }
    assert!(kept > 150 && opened > 20, "{kept} kept, {opened} opened");
}

/// Without this the search above could pass by finding nothing at all.
#[test]
fn the_search_finds_what_is_there() {
    let mut found = Found::default();
    found.text(br#"{"price":"7310000001234","shown":73100000099.87}"#);
    let wire = mazad_proto::v1::FloorBidHeld {
        amount: 7_310_000_005_555,
        ..Default::default()
    };
    found.bytes(&wire.encode_to_vec());
    for amount in [7_310_000_001_234, 7_310_000_009_987, 7_310_000_005_555] {
        assert!(found.0.contains(&amount), "{amount}");
    }
}
