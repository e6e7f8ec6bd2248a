//! Counts and rates, and who goes when the house is full.

use super::*;

fn connection_limits() -> Arc<ConnectionLimits> {
    ConnectionLimits::new(&Limits {
        connections: 3,
        connections_per_address: 2,
        connections_per_account: 1,
        ..Limits::default()
    })
}

#[test]
fn an_address_has_so_many_connections_and_gets_them_back() {
    let connection_limits = connection_limits();
    let home: IpAddr = "2001:db8::1".parse().unwrap();
    let neighbour: IpAddr = "2001:db8::ffff:2".parse().unwrap();
    let elsewhere: IpAddr = "2001:db8:0:1::1".parse().unwrap();
    let first = connection_limits.admit_connection(Some(home));
    let second = connection_limits.admit_connection(Some(neighbour));
    assert!(first.is_some() && second.is_some());
    assert!(
        connection_limits.admit_connection(Some(home)).is_none(),
        "the same /64"
    );
    let third = connection_limits.admit_connection(Some(elsewhere));
    assert!(third.is_some());
    assert!(
        connection_limits
            .admit_connection(Some("203.0.113.1".parse().unwrap()))
            .is_none(),
        "full in all"
    );
    drop(first);
    assert!(connection_limits.admit_connection(Some(home)).is_some());
    drop((second, third));
    assert!(connection_limits.counts.lock().addresses.is_empty());
    assert_eq!(connection_limits.len(), 0);
}

#[test]
fn a_mapped_address_is_the_address_it_maps() {
    let mapped: IpAddr = "::ffff:203.0.113.7".parse().unwrap();
    assert_eq!(
        Prefix::of(mapped),
        Prefix::of("203.0.113.7".parse().unwrap())
    );
}

#[test]
fn handshakes_and_commands_have_a_rate() {
    let connection_limits = ConnectionLimits::new(&Limits::default());
    let address: IpAddr = "203.0.113.7".parse().unwrap();
    let taken = (0..100)
        .filter(|_| connection_limits.admit_connection(Some(address)).is_some())
        .count();
    assert!((40..100).contains(&taken), "{taken}");
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
    assert!(connection_limits.has_only_reserve());
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
    assert!(connection_limits.admit_connection(None).is_none());
    drop(watchers);
    assert!(!connection_limits.has_only_reserve());
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
