//! An audit finds nothing in honest logs, and something in each forged one.
#![cfg(test)]

use std::sync::Arc;

use mazad_engine::codec::Vault;
use mazad_engine::domain::{SaleTerms, VoidEffect};
use mazad_engine::store::NewEvent;
use mazad_proto::v1;
use mazad_proto::v1::command::Act as Wire;

use mazad_engine::store::{EventStore as _, Revision, StreamId};
use mazad_projections::audit::{Audit, Audited};

use self::player::{BY_HAND, Player, SALE, lot, sale_terms, stored};

mod forged;
mod player;
mod standings;
mod traffic;

const FLAT: v1::BidKind = v1::BidKind::Flat;
const MAXIMUM: v1::BidKind = v1::BidKind::Maximum;

async fn audited(log: &[NewEvent], vault: Option<&Arc<Vault>>) -> Audited {
    let store = stored(log).await;
    let stream = StreamId::sale(SALE.0);
    let events = store.read(&stream, Revision(0), usize::MAX).await.unwrap();
    let mut audit = Audit::new(SALE, vault.cloned());
    let _last = events.iter().take_while(|event| audit.take(event)).count();
    audit.finish()
}

#[track_caller]
fn assert_good(name: &str, audited: &Audited) {
    assert_eq!(audited.findings, [], "{name}");
    assert_eq!(audited.found, 0, "{name}");
}

async fn is_good(name: &str, player: &Player) -> Audited {
    assert_good(name, &audited(&player.log, None).await);
    let audited = audited(&player.log, Some(&player.vault)).await;
    assert_good(name, &audited);
    let state = mazad_engine::codec::state_digest(player.sale());
    assert_eq!(audited.digest, Some(state), "{name}");
    audited
}

#[tokio::test]
async fn random_sales_are_good() {
    let (mut commands, mut refusals) = (0, 0);
    for seed in 0..60 {
        let player = Player::random(seed, 250);
        let counts = is_good(&format!("seed {seed}"), &player).await.counts;
        assert_eq!(
            counts.opened, counts.commands,
            "seed {seed}: every command is there"
        );
        assert_eq!(
            counts.decided_again, counts.commands,
            "seed {seed}: every decision is made again"
        );
        commands += counts.commands;
        refusals += counts.refusals;
    }
    assert!(
        commands > 5_000 && refusals > 2_000,
        "{commands} {refusals}"
    );
}

/// RULES.md, decision 2: where steps fall, a maximum may take the lead below the ask.
#[tokio::test]
async fn falling_steps_are_good() {
    let mut player = Player::new(0, Vault::from_key([3; 32]));
    player.creates(&sale_terms());
    player.adds(
        1,
        lot(
            BY_HAND,
            v1::IncrementMode::Additive,
            &[(0, 9_000), (12_000, 100)],
        ),
        0,
    );
    player.admits(1, 0);
    player.admits(2, 0);
    player.begins();
    player.clerk(Wire::OpenLot(v1::OpenLot { lot: 1 }));
    player.bids(1, 1, 12_500, MAXIMUM);
    let answer = player.bids(2, 1, 19_000, MAXIMUM);
    assert_eq!(
        answer.standing.price.unwrap().minor(),
        12_600,
        "the ask was 19,000"
    );
    is_good("falling steps", &player).await;
}

/// RULES.md, decision 15: a revival may leave a bidder above the limit.
#[tokio::test]
async fn a_revival_over_the_limit_is_good() {
    let mut player = Player::new(0, Vault::from_key([3; 32]));
    player.creates(&SaleTerms {
        void_effect: VoidEffect::Booklet,
        ..sale_terms()
    });
    for no in [1, 2] {
        player.adds(
            no,
            lot(BY_HAND, v1::IncrementMode::Additive, &[(0, 500)]),
            0,
        );
    }
    player.admits(1, 25_000);
    player.admits(2, 0);
    player.begins();
    for no in [1, 2] {
        player.clerk(Wire::OpenLot(v1::OpenLot { lot: no }));
    }
    player.bids(1, 1, 20_000, FLAT);
    player.bids(2, 1, 30_000, FLAT);
    player.bids(1, 2, 20_000, FLAT);
    let void = v1::VoidBid {
        lot: 1,
        bid: 2,
        cause: v1::VoidCause::CourtOrder.into(),
        note: "court".to_owned(),
        leads_to: None,
    };
    let void = player.void(void);
    player.clerk(void);
    let mut admissions = player.sale().admissions.values();
    assert!(admissions.any(|one| one.limit.is_some_and(|limit| one.exposure > limit)));
    let hammer = player.hammer(1);
    player.clerk(hammer);
    is_good("revival", &player).await;
}
