//! Counts and rates, and who goes when the house is full.

use futures_util::FutureExt;

use super::*;
use crate::limits::per_second;

fn connection_limits() -> Arc<ConnectionLimits> {
    ConnectionLimits::new(&Limits {
        connections: 3,
        connections_per_address: 2,
        connections_per_account: 1,
        ..Limits::default()
    })
}

#[test]
fn an_address_has_so_many_newcomers_and_gets_them_back() {
    let connection_limits = ConnectionLimits::new(&Limits {
        connections: 8,
        connections_per_address: 1,
        newcomers_per_address: 100,
        ..Limits::default()
    });
    let home: IpAddr = "2001:db8::1".parse().unwrap();
    let neighbour: IpAddr = "2001:db8::ffff:2".parse().unwrap();
    let elsewhere: IpAddr = "2001:db8:0:1::1".parse().unwrap();
    let come = |address| connection_limits.admit_connection(Some(address));
    let (first, second) = (come(home).unwrap(), come(neighbour).unwrap());
    assert_eq!(
        come(home).unwrap_err(),
        FaultCode::TooManyConnections,
        "a quarter of the house, and the same /64"
    );
    let others = [come(elsewhere).unwrap(), come(elsewhere).unwrap()];
    drop(first);
    let again = come(home).unwrap();
    drop((second, others, again));
    assert!(connection_limits.counts.lock().newcomers.is_empty());
    assert_eq!(connection_limits.len(), 0);
}

#[test]
fn a_house_without_a_place_says_so() {
    let connection_limits = connection_limits();
    let come = |last: u8| {
        let address = IpAddr::from([203, 0, 113, last]);
        connection_limits.admit_connection(Some(address))
    };
    let _inside = [1, 2, 3].map(|last| come(last).unwrap());
    assert_eq!(come(4).unwrap_err(), FaultCode::Busy);
}

/// The kind of the carrier's address: thousands of phones behind one.
#[test]
fn people_who_are_known_count_by_account_and_not_by_their_address() {
    let connection_limits = ConnectionLimits::new(&Limits {
        connections_per_address: 2,
        ..Limits::default()
    });
    let carrier: IpAddr = "203.0.113.7".parse().unwrap();
    let come = || connection_limits.admit_peer(carrier).unwrap();
    let watchers = [come(), come(), come()];
    let places = watchers.each_ref().map(|peer| peer.identify(None));
    assert_eq!(places, [Place::Own, Place::Own, Place::None]);
    let people: Vec<PeerPermit> = (0..500).map(|_| come()).collect();
    for (account, peer) in (1..).zip(&people) {
        let account = Uuid::from_u128(account);
        assert_eq!(peer.identify(Some(account)), Place::Own);
        assert_eq!(peer.identify(Some(account)), Place::Own, "counted once");
    }
    assert_eq!(connection_limits.counts.lock().people.len(), 500);
    // Logged out: nobody in particular again, for whom there is no place.
    assert_eq!(people[0].identify(None), Place::None);
    assert!(people[0].is_newcomer());
    assert_eq!(connection_limits.counts.lock().people.len(), 499);
    drop(watchers);
    assert_eq!(people[0].identify(None), Place::Own);
    drop(people);
    let counts = connection_limits.counts.lock();
    assert!(counts.newcomers.is_empty() && counts.people.is_empty());
    assert!(counts.addresses.is_empty());
}

#[test]
fn what_is_too_much_for_one_person_counts_for_the_address() {
    let connection_limits = ConnectionLimits::new(&Limits {
        connections_per_address: 1,
        ..Limits::default()
    });
    let home: IpAddr = "203.0.113.7".parse().unwrap();
    let account = Some(Uuid::from_u128(7));
    let tabs: Vec<PeerPermit> = (0..34)
        .map(|_| connection_limits.admit_peer(home).unwrap())
        .collect();
    let places: Vec<Place> = tabs.iter().map(|tab| tab.identify(account)).collect();
    assert!(places[..33].iter().all(|place| *place == Place::Own));
    assert_eq!(places[33], Place::None);
}

#[test]
fn a_guest_is_answered_once_where_places_are_scarce() {
    let connection_limits = ConnectionLimits::new(&Limits {
        connections: 20,
        connections_per_address: 1,
        ..Limits::default()
    });
    let come = |last: u8| {
        let address = IpAddr::from([203, 0, 113, last]);
        let permit = connection_limits.admit_connection(Some(address)).unwrap();
        permit.identify(None);
        permit
    };
    let (stays, guest) = (come(1), come(1));
    assert!(!stays.ends_after_answer() && !guest.ends_after_answer());
    let others: Vec<_> = (10..20).map(come).collect();
    assert!(!stays.ends_after_answer() && guest.ends_after_answer());
    let more: Vec<_> = (20..25).map(come).collect();
    assert!(stays.ends_after_answer(), "only the reserve is left");
    drop((others, more));
    assert!(!guest.ends_after_answer());
}

#[test]
fn a_mapped_address_is_the_address_it_maps() {
    let mapped: IpAddr = "::ffff:203.0.113.7".parse().unwrap();
    assert_eq!(
        Prefix::of(mapped),
        Prefix::of("203.0.113.7".parse().unwrap())
    );
}

#[tokio::test(start_paused = true)]
async fn connections_of_an_address_wait_for_their_turn() {
    let connection_limits = ConnectionLimits::new(&Limits {
        handshakes_per_second: crate::limits::per_second(5),
        ..Limits::default()
    });
    let address: IpAddr = "203.0.113.7".parse().unwrap();
    for _ in 0..10 {
        let turn = connection_limits.handshake_turn(address);
        assert!(turn.now_or_never().is_some(), "as many again at once");
    }
    let turn = connection_limits.handshake_turn(address);
    assert!(turn.now_or_never().is_none(), "one more waits");
    let other = connection_limits.handshake_turn("203.0.113.8".parse().unwrap());
    assert!(other.now_or_never().is_some(), "nobody else does");
}

#[test]
fn commands_have_a_rate() {
    let connection_limits = ConnectionLimits::new(&Limits::default());
    let account = Uuid::from_u128(7);
    let taken = (0..1000)
        .filter(|_| connection_limits.may_command(account))
        .count();
    assert!((40..1000).contains(&taken), "{taken}");
    assert!(
        connection_limits.may_command(Uuid::from_u128(8)),
        "another account has its own rate"
    );
}

#[test]
fn an_account_has_so_many_sockets() {
    let connection_limits = connection_limits();
    let first = connection_limits.admit_account(Uuid::from_u128(1));
    assert!(first.is_some());
    assert!(
        connection_limits
            .admit_account(Uuid::from_u128(1))
            .is_none()
    );
    drop(first);
    assert!(
        connection_limits
            .admit_account(Uuid::from_u128(1))
            .is_some()
    );
}

fn house(connections: usize) -> Arc<ConnectionLimits> {
    ConnectionLimits::new(&Limits {
        connections,
        ..Limits::default()
    })
}

#[test]
fn a_full_house_is_full_for_watchers_first_then_for_bidders_then_for_staff() {
    let connection_limits = house(10);
    assert_eq!(reserve(10), 3);
    let come = || connection_limits.admit_connection(None).unwrap();
    let watchers: Vec<_> = (0..7)
        .map(|_| (come(), connection_limits.admit_watcher().unwrap()))
        .collect();
    let _eighth = come();
    assert!(
        connection_limits.admit_watcher().is_none(),
        "the reserve is not for watchers"
    );
    let needed: Vec<_> = watchers.iter().map(|(_, seat)| seat.needed()).collect();
    let gone = || needed.iter().filter(|token| token.is_cancelled()).count();
    assert!(connection_limits.admit_known(Role::Bidder));
    assert_eq!(gone(), 1);
    assert!(needed[6].is_cancelled(), "the youngest");
    assert!(connection_limits.admit_known(Role::Clerk));
    assert_eq!(gone(), 2);
    for left in (0..5).rev() {
        assert!(connection_limits.admit_known(Role::Analyst));
        assert_eq!(gone(), 7 - left);
    }
    assert!(
        connection_limits.admit_known(Role::Bidder),
        "eight of ten: room is left"
    );
    let _ninth = come();
    assert!(
        !connection_limits.admit_known(Role::Bidder),
        "nobody is left to go"
    );
    assert!(connection_limits.admit_known(Role::Auctioneer));
    let _tenth = come();
    assert!(connection_limits.admit_known(Role::Admin));
    let no = connection_limits.admit_connection(None).unwrap_err();
    assert_eq!(no, FaultCode::Busy);
    drop(watchers);
    assert!(connection_limits.admit_watcher().is_some());
}

#[test]
fn a_watcher_who_leaves_is_not_let_go_again() {
    let connection_limits = house(10);
    let places: Vec<_> = (0..7)
        .map(|_| connection_limits.admit_connection(None).unwrap())
        .collect();
    let (stays, leaves) = (
        connection_limits.admit_watcher().unwrap(),
        connection_limits.admit_watcher().unwrap(),
    );
    let _eighth = connection_limits.admit_connection(None).unwrap();
    drop(leaves);
    assert!(connection_limits.admit_known(Role::Bidder));
    assert!(stays.needed().is_cancelled());
    drop((places, stays));
    assert!(connection_limits.counts.lock().watchers.is_empty());
}

#[test]
fn commands_of_an_account_are_counted_wherever_they_come_from() {
    let connection_limits = connection_limits();
    let account = Uuid::from_u128(7);
    let begun: Vec<_> = (0..8)
        .map(|_| connection_limits.admit_command(account).unwrap())
        .collect();
    assert!(connection_limits.admit_command(account).is_none());
    assert!(
        connection_limits
            .admit_command(Uuid::from_u128(8))
            .is_some()
    );
    drop(begun);
    assert!(connection_limits.admit_command(account).is_some());
    assert!(connection_limits.counts.lock().deciding.is_empty());
}

/// Each refusal is kept for ever: whoever asks for nothing else is slowed down more than whoever bids.
#[test]
fn refused_commands_have_a_stricter_rate_than_accepted_ones() {
    let connection_limits = ConnectionLimits::new(&Limits {
        commands_per_second: per_second(20),
        refusals_per_second: per_second(5),
        ..Limits::default()
    });
    let (flood, honest) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let asks = |account, is_refused: bool| {
        let may = connection_limits.may_command(account);
        if may && is_refused {
            let permit = connection_limits.admit_command(account).unwrap();
            permit.refused();
        }
        may
    };
    let taken = |account, is_refused| (0..40).filter(|_| asks(account, is_refused)).count();
    assert_eq!(taken(flood, true), 11, "ten at once, and the one too many");
    assert_eq!(taken(honest, false), 40);
}
