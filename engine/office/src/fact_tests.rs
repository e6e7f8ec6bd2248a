//! The golden log of the office: what version 1 wrote is read for ever, tells of the same people, and is
//! written again byte for byte. It is never edited; `MAZAD_GOLDEN_WRITE=v2` writes the next one.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mazad_engine::store::{Position, Revision, StreamId};

use super::*;
use crate::fold::Fold;
use crate::people;

const START: u64 = 1_790_000_000_000_000;
const CLERK: Actor = Actor::Staff(StaffId(id(2)));

const fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0ff1_ce00_0000_0000_0000_0000_0000_0000 + number)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// Every fact of version 1, with and without what may be missing.
fn history() -> Vec<(Fact, Actor)> {
    let issued = |invite, role, account, paddle: Option<u32>, label: &str| {
        Fact::InviteIssued(InviteIssued {
            invite: id(invite),
            secret: Digest::from_bytes(&[u8::try_from(invite).unwrap(); 32]).unwrap(),
            role,
            account: id(account),
            sale: paddle.map(|_| SaleId(id(1))),
            paddle: paddle.map(Paddle),
            expires_at: Time(START + 86_400_000_000),
            label: label.to_owned(),
        })
    };
    let redeemed = |invite, token| Fact::InviteRedeemed {
        invite: id(invite),
        token: id(token),
        digest: Digest::from_bytes(&[u8::try_from(token).unwrap(); 32]).unwrap(),
        expires_at: Time(START + 43_200_000_000),
    };
    let ended = |token, why| Fact::TokenRevoked {
        token: id(token),
        why,
    };
    let bidder = Actor::Bidder(AccountId(id(3)));
    vec![
        (
            issued(10, Role::Admin, 2, None, "first admin"),
            Actor::Engine,
        ),
        (redeemed(10, 20), CLERK),
        (issued(11, Role::Bidder, 3, Some(7), "مضرب ٧"), CLERK),
        (redeemed(11, 21), bidder),
        (issued(12, Role::Clerk, 4, None, "hall"), CLERK),
        (issued(13, Role::Auctioneer, 5, None, ""), CLERK),
        (issued(14, Role::Analyst, 6, None, "court"), CLERK),
        (redeemed(14, 22), Actor::Staff(StaffId(id(6)))),
        (Fact::InviteRevoked { invite: id(12) }, CLERK),
        (
            Fact::DeviceAdded {
                token: id(23),
                digest: Digest::from_bytes(&[23; 32]).unwrap(),
                expires_at: Time(START + 43_200_000_000),
                by: id(21),
            },
            bidder,
        ),
        (ended(21, LoginEnd::Ended), bidder),
        (ended(23, LoginEnd::TooManyDevices), bidder),
        (ended(20, LoginEnd::Replaced), CLERK),
        (Fact::AccountDisabled { account: id(6) }, CLERK),
    ]
}

/// The events of a golden log, and who is known after them.
fn parse(text: &str) -> (Vec<RecordedEvent>, String) {
    let (events, people) = text.split_once("---\n").unwrap();
    let event = |(line, index): (&str, u64)| {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap();
        RecordedEvent {
            stream: StreamId::office(),
            revision: Revision(index),
            position: Position(index),
            id: Uuid::nil(),
            kind: word().into(),
            version: word().parse().unwrap(),
            metadata: unhex(word()),
            data: unhex(word()),
        }
    };
    let events = events.lines().zip(0..).map(event).collect();
    (events, people.to_owned())
}

/// Who is known, in words that no name in the code can change.
fn people_after(events: &[RecordedEvent]) -> String {
    let mut fold = Fold::default();
    for event in events {
        let (fact, at) = Fact::of_event(event).unwrap();
        fold.apply(fact, at);
    }
    let mut text = String::new();
    for person in people::list(&fold, None, usize::MAX) {
        let role = person.role.to_proto().as_str_name();
        let (sale, paddle) = (
            person.sale.map(|sale| sale.0),
            person.paddle.map(|one| one.0),
        );
        let people::Person {
            account,
            label,
            disabled,
            ..
        } = person;
        write!(text, "{account} {role} {label:?} disabled {disabled}").unwrap();
        write!(text, " sale {sale:?} paddle {paddle:?}").unwrap();
        if let Some((invite, until)) = person.invite {
            write!(text, " invite {invite} until {until}").unwrap();
        }
        for (token, until) in person.tokens {
            write!(text, " token {token} until {until}").unwrap();
        }
        text.push('\n');
    }
    text
}

fn actor_of(event: &RecordedEvent) -> Actor {
    use v1::event_meta::Actor as Wire;
    let meta: v1::EventMeta = decode(event, &event.metadata).unwrap();
    match meta.actor.unwrap() {
        Wire::Engine(_) => Actor::Engine,
        Wire::Staff(id) => Actor::Staff(StaffId(Uuid::from_slice(&id).unwrap())),
        Wire::Bidder(id) => Actor::Bidder(AccountId(Uuid::from_slice(&id).unwrap())),
    }
}

fn write(name: &str) {
    let mut text = String::new();
    for ((fact, actor), at) in history().into_iter().zip(START..) {
        let event = fact.to_event(Time(at), actor).unwrap();
        let (meta, data) = (hex(&event.metadata), hex(&event.data));
        writeln!(text, "{} {} {meta} {data}", event.kind, event.version).unwrap();
    }
    text.push_str("---\n");
    let people = people_after(&parse(&text).0);
    let path = folder().join(format!("{name}.log"));
    let file = std::fs::File::create_new(path).expect("a golden log is never rewritten");
    std::io::Write::write_all(&mut &file, (text + &people).as_bytes()).unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Bytes {
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

#[test]
fn golden_logs_of_the_office_tell_of_the_same_people_for_ever() {
    if let Ok(name) = std::env::var("MAZAD_GOLDEN_WRITE") {
        write(&name);
    }
    let mut read = 0;
    for file in std::fs::read_dir(folder()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let (events, people) = parse(&text);
        assert_eq!(people_after(&events), people);
        read += 1;
    }
    assert!(read >= 1, "the golden logs are part of the project");
}

#[test]
fn todays_office_writes_the_bytes_of_the_newest_golden_log() {
    let text = std::fs::read_to_string(folder().join("v1.log")).unwrap();
    let (events, _) = parse(&text);
    let kinds: std::collections::BTreeSet<&str> = events.iter().map(|event| &*event.kind).collect();
    assert_eq!(kinds.len(), 6, "every type of fact");
    for event in &events {
        let (fact, at) = Fact::of_event(event).unwrap();
        let written = fact.to_event(at, actor_of(event)).unwrap();
        assert_eq!(
            (&*written.kind, &written.metadata, &written.data),
            (&*event.kind, &event.metadata, &event.data)
        );
    }
    let newer = RecordedEvent {
        version: 2,
        ..events[0].clone()
    };
    Fact::of_event(&newer).unwrap_err();
}
