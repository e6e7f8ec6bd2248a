//! Other standings, ends and outcomes than the rules leave, in logs that are whole otherwise: each
//! shows without the key.

use mazad_engine::codec::Vault;
use mazad_engine::codec::terms::lot_terms_to_proto;
use mazad_engine::domain::{LotNo, LotTerms, SaleTerms, Span};
use mazad_proto::v1;
use mazad_proto::v1::command::Act as Wire;

use super::forged::{Log, changed, left_out};
use super::player::{BY_HAND, NOON, Player, bidder, code, lot, officer, sale_terms};
use super::{FLAT, MAXIMUM, audited, is_good};

const ADDITIVE: v1::IncrementMode = v1::IncrementMode::Additive;
const STEPS: &[(i64, i64)] = &[(0, 500)];

/// Linked: both end ten minutes after noon, unless a late bid moves them.
fn linked() -> v1::LotTerms {
    let running = v1::running::Way::Timed(v1::Timed {
        soft_close: Some(v1::SoftClose {
            window: Span::minutes(2).0,
            extension: Span::minutes(2).0,
            ..v1::SoftClose::default()
        }),
        group: 1,
        opens: Some(v1::timed::Opens::OpensAt(NOON.after(Span::minutes(1)).0)),
        closes: Some(v1::timed::Closes::ClosesAt(NOON.after(Span::minutes(10)).0)),
    });
    lot(running, ADDITIVE, STEPS)
}

fn sale(terms: &SaleTerms, lots: Vec<(v1::LotTerms, i64)>) -> Player {
    let mut player = Player::new(0, Vault::from_key([3; 32]));
    player.creates(terms);
    for (no, (lot, base)) in (1..).zip(lots) {
        player.adds(no, lot, base);
    }
    for paddle in [1, 2, 3] {
        player.admits(paddle, 1_000_000);
    }
    player.admits(9, 0);
    player.begins();
    player
}

fn strikes(player: &mut Player, lot: u32, bid: u32, cause: v1::VoidCause) {
    let void = v1::VoidBid {
        lot,
        bid,
        cause: cause.into(),
        note: "proven".to_owned(),
        leads_to: None,
    };
    let void = player.void(void);
    let answer = player.clerk(void);
    assert_eq!(code(&answer), None);
}

fn opens(player: &mut Player, lot: u32) {
    player.clerk(Wire::OpenLot(v1::OpenLot { lot }));
}

fn hammers(player: &mut Player, lot: u32) {
    let hammer = player.hammer(lot);
    let answer = player.clerk(hammer);
    assert_eq!(code(&answer), None);
}

/// By hand, with a leader who is struck out, one who takes the lead again, and a shill.
fn struck_out() -> Player {
    let by_hand = || lot(BY_HAND, ADDITIVE, STEPS);
    let mut player = sale(&sale_terms(), vec![(by_hand(), 0)]);
    opens(&mut player, 1);
    player.bids(1, 1, 26_500, MAXIMUM);
    player.bids(2, 1, 29_000, FLAT);
    strikes(&mut player, 1, 2, v1::VoidCause::ProvenError);
    let reaffirm = Wire::Reaffirm(v1::Reaffirm { lot: 1 });
    player.asks(bidder(1), reaffirm);
    player.bids(3, 1, 12_000, FLAT);
    strikes(&mut player, 1, 4, v1::VoidCause::CourtOrder);
    hammers(&mut player, 1);
    player
}

fn by_clock() -> Player {
    let mut player = sale(&sale_terms(), vec![(linked(), 0), (linked(), 0)]);
    player.waits(Span::minutes(2));
    player.bids(1, 1, 10_000, FLAT);
    player.waits(Span::minutes(7));
    player.bids(2, 1, 11_000, FLAT);
    strikes(&mut player, 1, 2, v1::VoidCause::TypingError);
    player.waits(Span::minutes(2));
    player.waits(Span::minutes(20));
    player
}

/// R14: a lot gets another base.
fn amends(player: &mut Player, lot: u32, reserve: i64) {
    let terms = player.sale().lots[&LotNo(lot)].terms();
    let method = terms.method.clone().with_reserve(None);
    player.clerk(Wire::AmendLots(v1::AmendLots {
        lots: vec![v1::LotAmendment {
            lot,
            terms: Some(lot_terms_to_proto(&LotTerms { method, ..terms })),
            reserve,
            no_reserve: false,
        }],
        reason: "the base was another one".to_owned(),
    }));
}

/// Bases, warnings, the hall, and a leader who is barred before the hammer.
fn hall() -> Player {
    let by_hand = || lot(BY_HAND, ADDITIVE, STEPS);
    let terms = SaleTerms {
        hammer_warnings: 1,
        limit_needed: true,
        failed_attempt_opens_base: true,
        ..sale_terms()
    };
    let lots = vec![
        (by_hand(), 11_000),
        (by_hand(), 90_000),
        (by_hand(), 12_000),
    ];
    let mut player = sale(&terms, lots);
    opens(&mut player, 1);
    amends(&mut player, 3, 13_000);
    let floor = |amount| {
        Wire::FloorBid(v1::FloorBid {
            lot: 1,
            paddle: 9,
            amount,
            confirms: String::new(),
        })
    };
    player.clerk(floor(12_000));
    player.clerk(Wire::RaiseCeiling(v1::RaiseCeiling {
        lot: 1,
        ceiling: 2_000_000,
        reason: "more is wanted".to_owned(),
    }));
    player.clerk(Wire::WarnLot(v1::WarnLot { lot: 1 }));
    player.waits(Span::seconds(3));
    hammers(&mut player, 1);

    opens(&mut player, 2);
    player.bids(1, 2, 10_000, FLAT);
    let seen = player.seen(2);
    player.clerk(Wire::PassLot(v1::PassLot { lot: 2, seen }));
    player.clerk(Wire::ReofferLot(v1::ReofferLot {
        lot: 2,
        reserve: 13_000,
        ..v1::ReofferLot::default()
    }));
    let (lot, reason, seen) = (2, "not any more".to_owned(), player.seen(2));
    player.clerk(Wire::WithdrawLot(v1::WithdrawLot { lot, reason, seen }));

    opens(&mut player, 3);
    player.bids(2, 3, 13_000, FLAT);
    player.clerk(Wire::BarPaddle(v1::BarPaddle {
        paddle: 2,
        reason: "proven".to_owned(),
    }));
    player.clerk(Wire::WarnLot(v1::WarnLot { lot: 3 }));
    player.waits(Span::seconds(3));
    let hammer = player.hammer(3);
    player.asks(officer(2), hammer);
    player
}

async fn each_is_found(player: &Player, forgeries: Vec<(&str, Log)>) {
    is_good("as it was", player).await;
    for (name, forged) in forgeries {
        let without = audited(&forged, None).await;
        assert!(without.found > 0, "{name}");
        let with_key = audited(&forged, Some(&player.vault)).await;
        assert!(with_key.found > 0, "{name}, with the key");
    }
}

#[tokio::test]
async fn a_void_that_charges_more_than_the_bids_that_stand() {
    let player = struck_out();
    let log = &player.log;
    // The maximum that was sealed, told and charged.
    let told = changed(log, "ReaffirmOffered", |m: &mut v1::ReaffirmOffered| {
        (m.price, m.ask) = (26_500, 27_000);
    });
    let told = changed(&told, "LeadReaffirmed", |m: &mut v1::LeadReaffirmed| {
        (m.price, m.ask) = (26_500, 27_000);
    });
    let shill = changed(log, "BidVoided", |m: &mut v1::BidVoided| {
        if m.bid == 4 {
            (m.price, m.ask) = (12_500, 13_000);
            m.effect = v1::AppliedEffect::Unchanged.into();
        }
    });
    let to_other = changed(log, "ReaffirmOffered", |m: &mut v1::ReaffirmOffered| {
        m.paddle = 3;
    });
    let revived = changed(log, "BidVoided", |m: &mut v1::BidVoided| {
        if m.bid == 2 {
            (m.price, m.leader, m.ask) = (10_000, 1, 10_500);
            m.effect = v1::AppliedEffect::Revived.into();
        }
    });
    let forgeries = vec![
        ("a sealed maximum on offer", told),
        ("the price of a shill stays", shill),
        ("the lead is offered to who has not bid", to_other),
        ("a revival that the terms do not have", revived),
        (
            "nobody took the lead again",
            left_out(log, "LeadReaffirmed"),
        ),
    ];
    each_is_found(&player, forgeries).await;
}

#[tokio::test]
async fn an_end_that_does_not_move_or_moves_alone() {
    let player = by_clock();
    let log = &player.log;
    let soft = v1::ExtensionCause::SoftClose;
    let alone = changed(log, "LotExtended", |m: &mut v1::LotExtended| {
        if m.lot == 2 && m.cause() == soft {
            m.ends_at += 1;
        }
    });
    let no_cause = changed(log, "LotExtended", |m: &mut v1::LotExtended| {
        if m.cause() == soft {
            m.cause = v1::ExtensionCause::Outage.into();
        }
    });
    let snatched = changed(log, "LotExtended", |m: &mut v1::LotExtended| {
        if m.cause() == v1::ExtensionCause::Correction {
            m.ends_at -= Span::minutes(1).0;
        }
    });
    let outcome = changed(log, "LotClosed", |m: &mut v1::LotClosed| {
        if m.lot == 2 {
            m.outcome = v1::LotOutcome::Lapsed.into();
        }
    });
    let forgeries = vec![
        ("one of two linked lots ends alone", alone),
        ("an outage that was none", no_cause),
        ("a void in the last second", snatched),
        ("bids that were never made", outcome),
        ("an end that was not moved", left_out(log, "LotExtended")),
        (
            "a sale that was never published",
            left_out(log, "SalePublished"),
        ),
    ];
    each_is_found(&player, forgeries).await;
}

#[tokio::test]
async fn a_hammer_a_base_or_a_bid_of_the_hall_out_of_turn() {
    let player = hall();
    let log = &player.log;
    let refused = player
        .log
        .iter()
        .filter(|event| &*event.kind == "CommandRefused");
    assert_eq!(refused.count(), 0, "everything was taken");
    let unopened = changed(log, "LotClosed", |m: &mut v1::LotClosed| {
        m.reserve = 0;
        m.reserve_salt.clear();
    });
    let other_base = changed(log, "LotClosed", |m: &mut v1::LotClosed| m.reserve -= 1);
    let kept = changed(log, "LotWithdrawn", |m: &mut v1::LotWithdrawn| {
        m.reserve = 0;
        m.reserve_salt.clear();
    });
    let known = changed(log, "LotReoffered", |m: &mut v1::LotReoffered| {
        m.reserve = None;
    });
    let barred = changed(log, "LotClosed", |m: &mut v1::LotClosed| {
        if m.lot == 3 {
            m.outcome = v1::LotOutcome::KnockedDown.into();
        }
    });
    let terms = |change: fn(&mut v1::SaleTerms)| {
        changed(log, "SaleCreated", |m: &mut v1::SaleCreated| {
            change(m.terms.as_mut().unwrap());
        })
    };
    let by_web = changed(log, "BidAccepted", |m: &mut v1::BidAccepted| {
        if m.lot == 1 {
            (m.paddle, m.leader) = (1, 1);
        }
    });
    let low = changed(log, "LotAdded", |m: &mut v1::LotAdded| {
        m.terms.as_mut().unwrap().ceiling = 11_000;
    });
    let falls = changed(log, "CeilingRaised", |m: &mut v1::CeilingRaised| {
        m.ceiling = 1;
    });
    let no_limit = changed(log, "PaddleAdmitted", |m: &mut v1::PaddleAdmitted| {
        if m.paddle == 1 {
            m.limit = 0;
        }
    });
    let forgeries = vec![
        ("a base that stays sealed", unopened),
        ("another base", other_base),
        ("a withdrawn lot keeps its base", kept),
        ("another attempt over a base that is known", known),
        ("knocked down to who is barred", barred),
        (
            "two warnings were asked for",
            terms(|terms| terms.hammer_warnings = 2),
        ),
        (
            "the warning was too young",
            terms(|terms| terms.warning_age *= 10),
        ),
        (
            "no failed attempt opens a base",
            terms(|terms| terms.failed_attempt_opens_base = false),
        ),
        ("a clerk bids for who is not there", by_web),
        ("more than may be bid", low),
        ("a ceiling that falls", falls),
        ("a web paddle without a limit", no_limit),
        ("a warning left out", left_out(log, "LotWarned")),
    ];
    each_is_found(&player, forgeries).await;
}

/// R14: from other terms than stood, to what stood, without a word, or of a lot that is open.
#[tokio::test]
async fn an_amendment_that_cannot_have_been() {
    let player = hall();
    let amended = |change: fn(&mut v1::LotAmended)| changed(&player.log, "LotAmended", change);
    let forgeries = vec![
        (
            "amended from terms that never stood",
            amended(|m| m.before.as_mut().unwrap().reference = "other".to_owned()),
        ),
        (
            "amended to what stood",
            amended(|m| m.terms = m.before.clone()),
        ),
        ("amended without a reason", amended(|m| m.reason.clear())),
        ("a lot that is open is amended", amended(|m| m.lot = 1)),
    ];
    each_is_found(&player, forgeries).await;
}
