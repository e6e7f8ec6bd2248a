//! What whoever can write the folder may do to it, short of using the engine's key.

use mazad_engine::codec::Vault;
use mazad_engine::domain::{Code, Money, SaleTerms, Span};
use mazad_engine::store::NewEvent;
use mazad_proto::v1;
use mazad_proto::v1::command::Act as Wire;
use prost::Message;

use super::player::{BY_HAND, Player, code, lot, officer, sale_terms};
use super::{FLAT, MAXIMUM, audited, is_good};

/// A short sale with a bit of everything, whose last decision has two events.
fn evening(vault: Vault) -> Player {
    let mut player = Player::new(0, vault);
    player.creates(&SaleTerms {
        ends_itself: true,
        void_needs_second: true,
        reopen_window: Span::minutes(1),
        ..sale_terms()
    });
    for (no, reserve) in [(1, 11_000), (2, 0)] {
        player.adds(
            no,
            lot(BY_HAND, v1::IncrementMode::Additive, &[(0, 500)]),
            reserve,
        );
    }
    player.admits(1, 0);
    player.admits(2, 60_000);
    player.admits_by_invite(3, Money::new(70_000));
    player.begins();
    player.clerk(Wire::OpenLot(v1::OpenLot { lot: 1 }));
    player.bids(1, 1, 10_000, FLAT);
    player.bids(2, 1, 12_000, MAXIMUM);
    let below = player.bids(1, 1, 10_100, FLAT);
    assert_eq!(code(&below), Some(Code::BelowAsk));
    player.bids(2, 1, 65_000, MAXIMUM);
    player.bids(3, 1, 13_000, FLAT);
    player.clerk(Wire::WarnLot(v1::WarnLot { lot: 1 }));
    let hammer = player.hammer(1);
    player.clerk(hammer);
    player.clerk(Wire::OpenLot(v1::OpenLot { lot: 2 }));
    player.bids(1, 2, 20_000, FLAT);
    let void = v1::VoidBid {
        lot: 2,
        bid: 1,
        cause: v1::VoidCause::ProvenError.into(),
        note: "misheard".to_owned(),
        leads_to: None,
    };
    let void = player.void(void);
    player.asks(officer(1), void.clone());
    player.asks(officer(2), void);
    player.bids(2, 2, 10_000, FLAT);
    let reason = "lights out".to_owned();
    player.clerk(Wire::PauseSale(v1::PauseSale { reason }));
    player.bids(1, 2, 11_000, FLAT);
    player.waits(Span::minutes(3));
    player.clerk(Wire::ResumeSale(v1::ResumeSale {}));
    let hammer = player.hammer(2);
    player.clerk(hammer);
    let more = |no| v1::NewLot {
        lot: no,
        terms: Some(lot(BY_HAND, v1::IncrementMode::Additive, &[(0, 500)])),
        reserve: 0,
    };
    let lots = vec![more(3), more(4)];
    player.clerk(Wire::AddLots(v1::AddLots { lots }));
    player
}

pub(super) type Log = Vec<NewEvent>;

/// The log with every event of a kind changed, as whoever can write the folder can.
pub(super) fn changed<M: Message + Default>(log: &Log, kind: &str, change: impl Fn(&mut M)) -> Log {
    let mut log = log.clone();
    let mut seen = false;
    for event in log.iter_mut().filter(|event| &*event.kind == kind) {
        let mut message = M::decode(&*event.data).unwrap();
        change(&mut message);
        let data = message.encode_to_vec();
        seen |= data != *event.data;
        event.data = data.into();
    }
    assert!(seen, "{kind} was changed");
    log
}

fn meta_changed(log: &Log, kind: &str, change: impl Fn(&mut v1::EventMeta)) -> Log {
    let mut log = log.clone();
    for event in log.iter_mut().filter(|event| &*event.kind == kind) {
        let mut meta = v1::EventMeta::decode(&*event.metadata).unwrap();
        change(&mut meta);
        event.metadata = meta.encode_to_vec().into();
    }
    log
}

fn refusals_changed(log: &Log, from: &str, change: impl Fn(&mut v1::CommandRefused)) -> Log {
    changed(log, "CommandRefused", |refused: &mut v1::CommandRefused| {
        if refused.code == from {
            change(refused);
        }
    })
}

pub(super) fn left_out(log: &Log, kind: &str) -> Log {
    let mut log = log.clone();
    let at = log.iter().rposition(|event| &*event.kind == kind).unwrap();
    log.remove(at);
    log
}

/// A forgery: what it is called, the log, and whether it shows without the key too.
type Forgery = (&'static str, Log, bool);

/// Other words and numbers in what somebody sent.
fn of_commands(log: &Log) -> Vec<Forgery> {
    let limits = changed(log, "PaddleAdmitted", |m: &mut v1::PaddleAdmitted| {
        m.limit *= 1000;
    });
    let text = changed(log, "LotAdded", |m: &mut v1::LotAdded| {
        m.terms.as_mut().unwrap().reference = "B-2".to_owned();
    });
    let terms = changed(log, "SaleCreated", |m: &mut v1::SaleCreated| {
        m.terms.as_mut().unwrap().typing_error_window = 1;
    });
    let reason = changed(log, "SalePaused", |m: &mut v1::SalePaused| {
        m.reason = "no light".to_owned();
    });
    let note = changed(log, "BidVoided", |m: &mut v1::BidVoided| {
        m.note = "heard well".to_owned();
    });
    let digest = meta_changed(log, "LotWarned", |meta| {
        meta.command_digest = vec![7; 32].into();
    });
    let bare = meta_changed(log, "LotWarned", |meta| meta.command.clear());
    let other = log
        .iter()
        .find(|event| &*event.kind == "LotOpened")
        .unwrap();
    let other = v1::EventMeta::decode(&*other.metadata).unwrap().command;
    let swapped = meta_changed(log, "LotWarned", |meta| meta.command = other.clone());
    vec![
        ("no command", bare, true),
        ("the command of another event", swapped, false),
        ("limits raised", limits, false),
        ("a lot's text changed", text, false),
        ("a sale's terms changed", terms, false),
        ("a reason changed", reason, false),
        ("a note changed", note, false),
        ("another digest", digest, false),
    ]
}

/// Other refusals than there were.
fn of_refusals(log: &Log) -> Vec<Forgery> {
    let as_if = |code: Code| {
        move |m: &mut v1::CommandRefused| {
            m.code = code.as_str().to_owned();
            m.rule = code.rule().to_owned();
            m.figures.clear();
            m.own = None;
        }
    };
    let below = "below-ask";
    let ask = refusals_changed(log, below, |m| {
        m.figures.iter_mut().for_each(|figure| figure.value += 500);
    });
    let limit = refusals_changed(log, below, |m| {
        m.code = Code::OverLimit.as_str().to_owned();
        m.rule = Code::OverLimit.rule().to_owned();
    });
    vec![
        (
            "a pause that was none",
            refusals_changed(log, below, as_if(Code::SalePaused)),
            true,
        ),
        (
            "an end that was none",
            refusals_changed(log, below, as_if(Code::LotClosed)),
            true,
        ),
        ("another ask", ask, true),
        ("a limit that was none", limit, false),
    ]
}

/// Other answers than were given.
fn of_answers(log: &Log) -> Vec<Forgery> {
    let told = |kind, change: &dyn Fn(&mut v1::Standing)| {
        meta_changed(log, kind, |meta| {
            meta.standing.as_mut().into_iter().for_each(change);
        })
    };
    let price = told("BidAccepted", &|told| {
        told.price = told.price.map(|price| price + 1)
    });
    let leader = told("CommandRefused", &|told| told.leader = Some(3));
    let end = told("BidAccepted", &|told| told.ends_at = Some(1));
    let untold = meta_changed(log, "CommandRefused", |meta| meta.standing = None);
    let engine = meta_changed(log, "WriterStarted", |meta| {
        meta.standing = Some(v1::Standing {
            leader: Some(1),
            ..v1::Standing::default()
        });
    });
    vec![
        ("told another price", price, false),
        ("told another leader", leader, false),
        ("told another end", end, false),
        ("not told how the lot stood", untold, false),
        ("the engine told itself", engine, false),
    ]
}

/// Another course of the sale.
fn of_effects(log: &Log) -> Vec<Forgery> {
    let dearer = changed(log, "LotClosed", |m: &mut v1::LotClosed| m.price += 500);
    let buyer = changed(log, "LotClosed", |m: &mut v1::LotClosed| m.paddle = 1);
    let price = changed(log, "BidAccepted", |m: &mut v1::BidAccepted| m.price += 1);
    let bidder = changed(log, "BidAccepted", |m: &mut v1::BidAccepted| m.paddle = 4);
    let epoch = changed(log, "WriterStarted", |m: &mut v1::WriterStarted| {
        m.epoch = 0
    });
    let command = meta_changed(log, "LotWarned", |meta| {
        meta.command_id = vec![7; 16].into();
    });
    let falls = meta_changed(log, "LotWarned", |meta| meta.at -= 100_000_000);
    vec![
        ("a dearer hammer", dearer, true),
        ("another buyer", buyer, true),
        ("another price", price, true),
        ("another bidder", bidder, true),
        ("a start that was none", epoch, true),
        ("another command", command, true),
        ("time that falls", falls, true),
        ("a bid left out", left_out(log, "BidAccepted"), true),
        (
            "an end amid a decision",
            log[..log.len() - 1].to_vec(),
            false,
        ),
    ]
}

#[tokio::test]
async fn each_forgery_is_found() {
    let player = evening(Vault::from_key([3; 32]));
    is_good("evening", &player).await;
    let log = &player.log;
    let forgeries = [
        of_commands(log),
        of_refusals(log),
        of_answers(log),
        of_effects(log),
    ];
    for (name, forged, is_public) in forgeries.into_iter().flatten() {
        let with_key = audited(&forged, Some(&player.vault)).await;
        assert!(with_key.found > 0, "{name}");
        let without = audited(&forged, None).await;
        assert_eq!(
            without.found > 0,
            is_public,
            "{name}: {:?}",
            without.findings
        );
    }
}
