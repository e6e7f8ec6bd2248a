//! Counts and rates, and who goes when the house is full.

use super::*;

fn crowd() -> Arc<Crowd> {
    Crowd::new(&Limits {
        connections: 3,
        connections_per_address: 2,
        connections_per_account: 1,
        ..Limits::default()
    })
}

#[test]
fn an_address_has_so_many_connections_and_gets_them_back() {
    let crowd = crowd();
    let home: IpAddr = "2001:db8::1".parse().unwrap();
    let neighbour: IpAddr = "2001:db8::ffff:2".parse().unwrap();
    let elsewhere: IpAddr = "2001:db8:0:1::1".parse().unwrap();
    let first = crowd.connect(Some(home));
    let second = crowd.connect(Some(neighbour));
    assert!(first.is_some() && second.is_some());
    assert!(crowd.connect(Some(home)).is_none(), "the same /64");
    let third = crowd.connect(Some(elsewhere));
    assert!(third.is_some());
    assert!(
        crowd
            .connect(Some("203.0.113.1".parse().unwrap()))
            .is_none(),
        "full in all"
    );
    drop(first);
    assert!(crowd.connect(Some(home)).is_some());
    drop((second, third));
    assert!(crowd.counts.lock().addresses.is_empty());
    assert_eq!(crowd.len(), 0);
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
    let crowd = Crowd::new(&Limits::default());
    let address: IpAddr = "203.0.113.7".parse().unwrap();
    let taken = (0..100)
        .filter(|_| crowd.connect(Some(address)).is_some())
        .count();
    assert!((40..100).contains(&taken), "{taken}");
    let account = Uuid::from_u128(7);
    let taken = (0..1000).filter(|_| crowd.may_command(account)).count();
    assert!((40..1000).contains(&taken), "{taken}");
    assert!(
        crowd.may_command(Uuid::from_u128(8)),
        "another account has its own rate"
    );
}

#[test]
fn an_account_has_so_many_sockets() {
    let crowd = crowd();
    let first = crowd.enter(Uuid::from_u128(1));
    assert!(first.is_some());
    assert!(crowd.enter(Uuid::from_u128(1)).is_none());
    drop(first);
    assert!(crowd.enter(Uuid::from_u128(1)).is_some());
}

fn house(connections: usize) -> Arc<Crowd> {
    Crowd::new(&Limits {
        connections,
        ..Limits::default()
    })
}

#[test]
fn a_full_house_is_full_for_watchers_first_then_for_bidders_then_for_staff() {
    let crowd = house(10);
    assert_eq!(reserve(10), 3);
    let come = || crowd.connect(None).unwrap();
    let watchers: Vec<_> = (0..7).map(|_| (come(), crowd.seat().unwrap())).collect();
    let _eighth = come();
    assert!(crowd.seat().is_none(), "the reserve is not for watchers");
    assert!(crowd.is_crowded());
    let needed: Vec<_> = watchers.iter().map(|(_, seat)| seat.needed()).collect();
    let gone = || needed.iter().filter(|token| token.is_cancelled()).count();
    assert!(crowd.keep(Role::Bidder));
    assert_eq!(gone(), 1);
    assert!(needed[6].is_cancelled(), "the youngest");
    assert!(crowd.keep(Role::Clerk));
    assert_eq!(gone(), 2);
    for left in (0..5).rev() {
        assert!(crowd.keep(Role::Analyst));
        assert_eq!(gone(), 7 - left);
    }
    assert!(crowd.keep(Role::Bidder), "eight of ten: room is left");
    let _ninth = come();
    assert!(!crowd.keep(Role::Bidder), "nobody is left to go");
    assert!(crowd.keep(Role::Auctioneer));
    let _tenth = come();
    assert!(crowd.keep(Role::Admin));
    assert!(crowd.connect(None).is_none());
    drop(watchers);
    assert!(!crowd.is_crowded());
    assert!(crowd.seat().is_some());
}

#[test]
fn a_watcher_who_leaves_is_not_let_go_again() {
    let crowd = house(10);
    let places: Vec<_> = (0..7).map(|_| crowd.connect(None).unwrap()).collect();
    let (stays, leaves) = (crowd.seat().unwrap(), crowd.seat().unwrap());
    let _eighth = crowd.connect(None).unwrap();
    drop(leaves);
    assert!(crowd.keep(Role::Bidder));
    assert!(stays.needed().is_cancelled());
    drop((places, stays));
    assert!(crowd.counts.lock().watchers.is_empty());
}

#[test]
fn commands_of_an_account_are_counted_wherever_they_come_from() {
    let crowd = crowd();
    let account = Uuid::from_u128(7);
    let begun: Vec<_> = (0..8).map(|_| crowd.begin(account).unwrap()).collect();
    assert!(crowd.begin(account).is_none());
    assert!(crowd.begin(Uuid::from_u128(8)).is_some());
    drop(begun);
    assert!(crowd.begin(account).is_some());
    assert!(crowd.counts.lock().deciding.is_empty());
}
