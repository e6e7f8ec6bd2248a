//! Golden logs: what version 1 wrote is read for ever, and folds to the state it folded to then.
//!
//! A golden file is never edited. If it no longer decodes, the code is wrong. A new version of an
//! event adds a new file: `MAZAD_GOLDEN_WRITE=v2 cargo test -p mazad-engine --test golden` writes it,
//! and refuses to touch one that is there.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mazad_engine::codec::command::{asked, command, of_act};
use mazad_engine::codec::terms::lot_terms_to_proto;
use mazad_engine::codec::{Vault, decode, encode, state_digest, tell};
use mazad_engine::domain::{
    AccountId, Act, Actor, Band, BidKind, BidNo, BidderAct, Bilingual, Closes, Command, CommandId,
    Currency, EnglishTerms, FloorAct, Increments, JumpGuard, LotAct, LotNo, LotTerms, MethodTerms,
    Mode, Money, Opens, Paddle, Place, Running, Sale, SaleAct, SaleId, SaleTerms, Seen, SoftClose,
    Span, StaffId, Time, VoidCause, seen,
};
use mazad_engine::store::{NewEvent, Position, RecordedEvent, Revision, StreamId};
use mazad_engine::writer::Writer;
use mazad_proto::v1;
use uuid::Uuid;

const SALE: SaleId = SaleId(Uuid::from_u128(0x1f));
const KEY: [u8; 32] = [0x5a; 32];
const START: Time = Time(1_790_000_000_000_000);

/// Every type of event that version 1 can write.
const KINDS: &[&str] = &[
    "SaleCreated",
    "WriterStarted",
    "SaleAmended",
    "LotsCleared",
    "SalePublished",
    "SaleOpened",
    "SaleEnded",
    "SalePaused",
    "SaleResumed",
    "StoodStill",
    "PaddleAdmitted",
    "PaddleBarred",
    "LimitSet",
    "PresenceMarked",
    "LotAdded",
    "LotAmended",
    "LotsReordered",
    "LotScheduled",
    "LotOpened",
    "LotWarned",
    "AskSet",
    "LotExtended",
    "LotClosed",
    "LotWithdrawn",
    "CeilingRaised",
    "LotReoffered",
    "LotReopened",
    "ReserveLifted",
    "BidAccepted",
    "MaximumChanged",
    "FloorBidHeld",
    "FloorBidLapsed",
    "VoidRequested",
    "BidVoided",
    "ReaffirmOffered",
    "LeadReaffirmed",
    "ReaffirmEnded",
    "CommandRefused",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[test]
fn every_golden_log_still_decodes_and_folds_to_its_digest() {
    if let Ok(name) = std::env::var("MAZAD_GOLDEN_WRITE") {
        write(&name);
    }
    let mut read = 0;
    for file in std::fs::read_dir(folder()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let (events, digest) = parse(&text);
        assert_eq!(hex(&fold(&events)), digest);
        read += 1;
    }
    assert!(read >= 1, "the golden logs are part of the project");
}

#[test]
fn golden_log_has_every_type_of_event() {
    let text = std::fs::read_to_string(folder().join("v1.log")).unwrap();
    let (events, _) = parse(&text);
    let found: BTreeSet<&str> = events.iter().map(|event| &*event.kind).collect();
    assert_eq!(found, KINDS.iter().copied().collect());
}

#[test]
fn todays_code_writes_the_bytes_of_the_newest_golden_log() {
    let text = std::fs::read_to_string(folder().join("v1.log")).unwrap();
    let (golden, _) = parse(&text);
    let vault = Vault::from_key(KEY);
    let mut sale = Sale::default();
    let mut rest = golden.iter().peekable();
    while let Some(first) = rest.next() {
        let command = asked(first, &vault)
            .unwrap()
            .expect("a command begins here");
        let mut events = vec![first];
        while let Some(next) = rest.next_if(|next| asked(next, &vault) == Ok(None)) {
            events.push(next);
        }
        let recorded = events
            .iter()
            .map(|event| decode(event, Some(&vault)).unwrap());
        let recorded: Vec<_> = recorded.collect();
        let decided: Vec<_> = recorded.iter().map(|one| one.event.clone()).collect();
        let place = (SALE, first.revision.0);
        let mut written = encode(place, &command, recorded[0].meta.at, &decided, &vault);
        for one in &recorded {
            sale.apply(one);
        }
        if command.actor != Actor::Engine {
            tell(&mut written, sale.told(decided[0].lot()));
        }
        for (written, golden) in written.iter().zip(events) {
            assert_eq!(
                (written.id, &written.data, &written.metadata),
                (golden.id, &golden.data, &golden.metadata),
                "{}",
                golden.revision.0
            );
        }
    }
}

#[test]
fn unknown_type_or_version_is_refused_and_never_skipped() {
    let text = std::fs::read_to_string(folder().join("v1.log")).unwrap();
    let (events, _) = parse(&text);
    let vault = Vault::from_key(KEY);
    let newer = RecordedEvent {
        version: 2,
        ..events[0].clone()
    };
    decode(&newer, Some(&vault)).unwrap_err();
    let other = RecordedEvent {
        kind: "SaleForgotten".into(),
        ..events[0].clone()
    };
    decode(&other, Some(&vault)).unwrap_err();
}

#[test]
fn without_the_key_everything_but_the_secrets_is_there() {
    let text = std::fs::read_to_string(folder().join("v1.log")).unwrap();
    let (events, _) = parse(&text);
    let other = Vault::from_key([1; 32]);
    let secrets = ["BidAccepted", "MaximumChanged"];
    for event in &events {
        decode(event, None).unwrap();
        if secrets.contains(&&*event.kind) {
            assert!(
                decode(event, Some(&other)).is_err(),
                "another key does not open it"
            );
        }
    }
}

fn fold(events: &[RecordedEvent]) -> [u8; 32] {
    let vault = Vault::from_key(KEY);
    let mut sale = Sale::default();
    for event in events {
        sale.apply(&decode(event, Some(&vault)).unwrap());
    }
    state_digest(&sale)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}

fn parse(text: &str) -> (Vec<RecordedEvent>, String) {
    let mut events = Vec::new();
    let mut digest = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["digest", value] => digest = value.to_owned(),
            [kind, version, id, metadata, data] => {
                let place = events.len() as u64;
                events.push(RecordedEvent {
                    stream: StreamId::sale(SALE.0),
                    revision: Revision(place),
                    position: Position(place),
                    id: Uuid::parse_str(id).unwrap(),
                    kind: kind.into(),
                    version: version.parse().unwrap(),
                    metadata: unhex(metadata).into(),
                    data: unhex(data.trim_start_matches('-')).into(),
                });
            }
            _ => panic!("not a line of a golden log: {line}"),
        }
    }
    (events, digest)
}

fn write(name: &str) {
    let path = folder().join(format!("{name}.log"));
    assert!(!path.exists(), "a golden log is never rewritten");
    let events = played();
    let mut text = String::from("# kind version id metadata data (- is empty); then the digest\n");
    let mut recorded = Vec::new();
    for (place, event) in (0_u64..).zip(&events) {
        let data = if event.data.is_empty() {
            "-".to_owned()
        } else {
            hex(&event.data)
        };
        let (kind, version, id) = (&event.kind, event.version, event.id);
        writeln!(
            text,
            "{kind} {version} {id} {} {data}",
            hex(&event.metadata)
        )
        .unwrap();
        recorded.push(RecordedEvent {
            stream: StreamId::sale(SALE.0),
            revision: Revision(place),
            position: Position(place),
            id: event.id,
            kind: event.kind.clone(),
            version: event.version,
            metadata: event.metadata.clone(),
            data: event.data.clone(),
        });
    }
    writeln!(text, "digest {}", hex(&fold(&recorded))).unwrap();
    std::fs::create_dir_all(folder()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A sale in which everything happens once.
struct Play {
    writer: Writer,
    now: Time,
    serial: u128,
    events: Vec<NewEvent>,
}

impl Play {
    fn settle(&mut self, commands: &mut Vec<(Command, ())>) {
        let batch = self.writer.prepare(commands, self.now, Time(u64::MAX));
        self.events.extend(batch.events.iter().cloned());
        self.writer.commit(batch);
    }

    fn act(&mut self, actor: Actor, act: Act) {
        self.serial += 1;
        self.now = self.now.after(Span::seconds(1));
        let id = (SALE, CommandId(Uuid::from_u128(self.serial)));
        let command = of_act(id, actor, self.now, act, &Vault::from_key(KEY));
        self.settle(&mut vec![(command, ())]);
    }

    fn adds(&mut self, lot: u32, terms: &LotTerms, reserve: i64) {
        let lots = vec![v1::NewLot {
            lot,
            terms: Some(lot_terms_to_proto(terms)),
            reserve,
        }];
        self.asks(v1::command::Act::AddLots(v1::AddLots { lots }));
    }

    /// R14: another opening and another base.
    fn amends(&mut self, lot: u32, opening: i64) {
        let had = self.writer.sale().lots[&LotNo(lot)].terms();
        let mut terms = had.clone();
        terms.method = terms.method.with_reserve(None);
        terms.method = terms.method.with_opening(Money::new(opening).unwrap());
        let lots = vec![v1::LotAmendment {
            lot,
            terms: Some(lot_terms_to_proto(&terms)),
            reserve: 5_500,
            no_reserve: false,
        }];
        let reason = "خطأ كتابي / a slip".to_owned();
        self.asks(v1::command::Act::AmendLots(v1::AmendLots { lots, reason }));
    }

    /// As a client asks: the engine makes the salt of a reserve.
    fn asks(&mut self, act: v1::command::Act) {
        self.serial += 1;
        self.now = self.now.after(Span::seconds(1));
        let wire = v1::Command {
            id: Uuid::from_u128(self.serial).to_string(),
            sale: SALE.to_string(),
            act: Some(act),
        };
        let staff = Actor::Staff(StaffId(Uuid::from_u128(900)));
        let (_, command) = command(&wire, staff, self.now, &Vault::from_key(KEY)).unwrap();
        self.settle(&mut vec![(command, ())]);
    }

    fn staff(&mut self, act: Act) {
        self.act(Actor::Staff(StaffId(Uuid::from_u128(900))), act);
    }

    fn second(&mut self, act: Act) {
        self.act(Actor::Staff(StaffId(Uuid::from_u128(901))), act);
    }

    fn bid(&mut self, bidder: u128, lot: u32, minor: i64, kind: BidKind) {
        let (lot, amount) = (LotNo(lot), Money::new(minor).unwrap());
        let actor = Actor::Bidder(AccountId(Uuid::from_u128(bidder)));
        self.act(
            actor,
            BidderAct::PlaceBid {
                amount,
                kind,
                confirms: None,
            }
            .of(lot),
        );
    }

    fn seen(&self, lot: LotNo) -> Seen {
        seen(self.writer.sale().lots.get(&lot).unwrap())
    }

    fn stands_still(&mut self) {
        self.now = self.now.after(Span::seconds(5));
        let batch = self
            .writer
            .prepare_stood_still::<()>(Span::seconds(5), self.now);
        self.events.extend(batch.events.iter().cloned());
        self.writer.commit(batch);
    }

    /// An hour ahead, and back again.
    fn clock_is_set(&mut self) {
        for offset in [3_600_000_000, 0] {
            self.now = self.now.after(Span::seconds(1));
            let batch = self.writer.prepare_clock_stepped::<()>(offset, self.now);
            self.events.extend(batch.events.iter().cloned());
            self.writer.commit(batch);
        }
    }

    /// Twice warned, and old enough.
    fn hammers(&mut self, lot: LotNo) {
        self.staff(LotAct::Warn.of(lot));
        self.staff(LotAct::Warn.of(lot));
        self.wait(Span::seconds(2));
        let seen = self.seen(lot);
        self.staff(LotAct::Hammer { seen }.of(lot));
    }

    fn wait(&mut self, span: Span) {
        self.now = self.now.after(span);
        self.settle(&mut Vec::new());
    }
}

fn terms(running: Running, mode: Mode) -> LotTerms {
    let band = |from, step| Band {
        from: Money::new(from).unwrap(),
        step: Money::new(step).unwrap(),
    };
    let bands = vec![band(0, 100), band(10_000, 500)];
    let name = Bilingual {
        ar: "أرض".to_owned(),
        en: "land".to_owned(),
    };
    LotTerms {
        title: name.clone(),
        description: Bilingual::both("one feddan"),
        label: "12A".to_owned(),
        reference: "A-1".to_owned(),
        kind: "land-lease".to_owned(),
        unit: "year".to_owned(),
        quantity_milli: 3_000,
        place: Some(Place {
            name,
            latitude_e6: 27_180_000,
            longitude_e6: 31_190_000,
        }),
        estimate: Some((Money::new(2_000).unwrap(), Money::new(4_000).unwrap())),
        running,
        method: MethodTerms::English(EnglishTerms {
            opening: Money::new(1_000).unwrap(),
            increments: Increments::new(mode, bands).unwrap(),
            first_bid_above_opening: false,
            jump_guard: JumpGuard {
                times: 0,
                steps: 200,
            },
            reserve: None,
        }),
        ceiling: Money::new(400_000).unwrap(),
    }
}

fn in_turn(group: u32) -> Running {
    Running::Timed {
        opens: Opens::AfterPrevious(Span::seconds(5)),
        closes: Closes::After(Span::minutes(5)),
        soft_close: Some(SoftClose {
            window: Span::minutes(6),
            extension: Span::minutes(6),
            on_price_change: true,
            extensions_max: Some(3),
            hard_stop: Some(START.after(Span::minutes(600))),
        }),
        group,
    }
}

fn played() -> Vec<NewEvent> {
    let writer = Writer::new(SALE, Arc::new(Vault::from_key(KEY)));
    let mut play = Play {
        writer,
        now: START,
        serial: 0,
        events: Vec::new(),
    };
    let batch = play.writer.prepare_start::<()>(1, START);
    play.events.extend(batch.events.iter().cloned());
    play.writer.commit(batch);
    let mut sale = SaleTerms::preset(Bilingual::both("sale"), Currency::parse("EGP").unwrap());
    sale.reserve_lift = true;
    sale.void_needs_second = true;
    sale.warning_age = Span::seconds(1);
    let first = SaleTerms {
        title: Bilingual::both("a draft"),
        ..sale.clone()
    };
    play.staff(Act::from(SaleAct::Create { terms: first }));
    play.adds(9, &terms(Running::Clerked, Mode::Grid), 0);
    play.staff(Act::from(SaleAct::ClearLots));
    play.staff(Act::from(SaleAct::Amend {
        terms: sale,
        reason: "the title".to_owned(),
    }));
    for (lot, running, mode, reserve) in [
        (1, Running::Clerked, Mode::Clerk, None),
        (2, in_turn(0), Mode::Additive, Some(5_000)),
        (3, Running::Clerked, Mode::Grid, None),
        (4, Running::Clerked, Mode::Additive, None),
    ] {
        play.adds(lot, &terms(running, mode), reserve.unwrap_or(0));
    }
    for paddle in 1..=4_u32 {
        let account = (paddle < 4).then(|| AccountId(Uuid::from_u128(paddle.into())));
        let limit = (paddle != 4).then(|| Money::new(1_000_000).unwrap());
        play.staff(Act::from(SaleAct::AdmitPaddle {
            paddle: Paddle(paddle),
            account,
            limit,
        }));
    }
    play.staff(Act::from(SaleAct::SetLimit {
        paddle: Paddle(4),
        limit: Money::new(2_000_000),
    }));
    play.staff(Act::from(SaleAct::MarkPresence {
        paddle: Paddle(3),
        present: true,
    }));
    play.staff(Act::from(SaleAct::Publish));
    play.amends(2, 800);
    play.staff(Act::from(SaleAct::Open));
    play_hall_lot(&mut play);
    play.stands_still();
    play.clock_is_set();
    play_timed_lot(&mut play);
    play_voids(&mut play);
    play.staff(Act::from(SaleAct::End));
    play.events
}

fn play_hall_lot(play: &mut Play) {
    let lot = LotNo(1);
    play.staff(LotAct::Open.of(lot));
    play.bid(1, 1, 900, BidKind::Flat);
    play.staff(
        FloorAct::SetAsk {
            ask: Money::new(1_500).unwrap(),
        }
        .of(lot),
    );
    play.bid(1, 1, 1_500, BidKind::Flat);
    play.staff(LotAct::Warn.of(lot));
    let floor = |paddle, minor| {
        FloorAct::Bid {
            paddle: Paddle(paddle),
            amount: Money::new(minor).unwrap(),
            confirms: None,
        }
        .of(LotNo(1))
    };
    play.staff(floor(4, 2_000));
    play.staff(floor(3, 20_000));
    play.wait(Span::seconds(10));
    play.staff(Act::from(SaleAct::Pause {
        reason: "صلاة / prayer".to_owned(),
    }));
    play.wait(Span::minutes(3));
    play.staff(Act::from(SaleAct::Resume));
    play.staff(
        LotAct::RaiseCeiling {
            ceiling: Money::new(500_000).unwrap(),
            reason: "two heirs".to_owned(),
        }
        .of(lot),
    );
    play.hammers(lot);
    play.staff(
        LotAct::Reopen {
            reason: "a hand was overlooked".to_owned(),
        }
        .of(lot),
    );
    play.bid(2, 1, 3_000, BidKind::Maximum);
    play.hammers(lot);
}

fn play_timed_lot(play: &mut Play) {
    play.wait(Span::seconds(10));
    play.bid(1, 2, 6_000, BidKind::Maximum);
    play.bid(2, 2, 2_000, BidKind::Maximum);
    play.bid(1, 2, 7_000, BidKind::Maximum);
    play.wait(Span::minutes(10));
    play.staff(Act::from(SaleAct::ReorderLots {
        order: vec![LotNo(4), LotNo(3)],
    }));
    play.staff(LotAct::Open.of(LotNo(4)));
    play.staff(
        LotAct::Withdraw {
            reason: "title in dispute".to_owned(),
            seen: play.seen(LotNo(4)),
        }
        .of(LotNo(4)),
    );
    play.asks(v1::command::Act::ReofferLot(v1::ReofferLot {
        lot: 4,
        opening: 0,
        running: None,
        reserve: 3_000,
    }));
}

fn play_voids(play: &mut Play) {
    let lot = LotNo(3);
    play.staff(LotAct::Open.of(lot));
    play.bid(1, 3, 1_000, BidKind::Maximum);
    play.bid(2, 3, 2_000, BidKind::Maximum);
    play.bid(3, 3, 9_000, BidKind::Maximum);
    let void = |bid, lead: Option<(u32, i64)>| {
        LotAct::VoidBid {
            bid: BidNo(bid),
            cause: VoidCause::ProvenError,
            note: "shown to be an error".to_owned(),
            leads_to: lead.map(|(paddle, price)| (Paddle(paddle), Money::new(price).unwrap())),
        }
        .of(LotNo(3))
    };
    play.staff(void(3, Some((2, 1_100))));
    play.second(void(3, Some((2, 1_100))));
    play.act(
        Actor::Bidder(AccountId(Uuid::from_u128(2))),
        BidderAct::Reaffirm.of(lot),
    );
    play.staff(void(4, Some((2, 1_100))));
    play.second(void(4, Some((2, 1_100))));
    play.wait(Span::minutes(2));
    play.wait(Span::minutes(2));
    play.wait(Span::minutes(2));
    play.staff(Act::from(SaleAct::BarPaddle {
        paddle: Paddle(3),
        reason: "not eligible".to_owned(),
    }));
    let seen = play.seen(lot);
    play.staff(LotAct::Pass { seen }.of(lot));
}
