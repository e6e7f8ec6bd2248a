//! The table of rights, written out a second time as a person would read it aloud.

use uuid::Uuid;

use super::*;

/// w watcher, b bidder, c clerk, a auctioneer, n analyst, A admin.
const READ_ALOUD: &str = "
    WatchPublic      w b c a n A
    PlaceBid           b
    Reaffirm           b
    FloorBid             c     A
    ConfirmFloorBid      c a   A
    VoidBid              c a   A
    OpenLot              c a   A
    WarnLot              c a   A
    SetAsk               c a   A
    HammerLot            c a   A
    PassLot              c a   A
    WithdrawLot          c a   A
    ReofferLot           c a   A
    ReofferWithBase            A
    ReopenLot            c a   A
    ReorderLots          c     A
    RaiseCeiling         c     A
    OpenSale             c a   A
    PauseSale            c a   A
    ResumeSale           c a   A
    EndSale              c a   A
    AdmitPaddle          c     A
    BarPaddle            c     A
    SetLimit             c     A
    MarkPresence         c     A
    CreateSale                 A
    AddLots                    A
    AmendSale                  A
    AmendLots                  A
    ClearLots                  A
    PublishSale                A
    WatchDraft           c a n A
    Preview              c a   A
    ReadMine           b
    ReadAnswer         b c a   A
    ReadEvents               n A
    ReadMetrics              n A
    EndSession         b c a n A
    TakeTicket         b c a n A
    LinkDevice         b c a n A
    InviteBidder         c     A
    InviteStaff                A
    ReadPeople                 A
    Import                     A
    ReadBackup                 A
    EndOthers                  A
";

fn letter(role: Role) -> &'static str {
    match role {
        Role::Watcher => "w",
        Role::Bidder => "b",
        Role::Clerk => "c",
        Role::Auctioneer => "a",
        Role::Analyst => "n",
        Role::Admin => "A",
    }
}

fn person(role: Role, sale: Option<SaleId>) -> Caller {
    Caller {
        role,
        sale,
        ..Caller::watcher()
    }
}

#[test]
fn every_cell_is_as_read_aloud() {
    let lines: Vec<&str> = READ_ALOUD
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    assert_eq!(
        lines.len(),
        Right::ALL.len(),
        "a right is missing from the table read aloud"
    );
    for (right, line) in Right::ALL.iter().zip(lines) {
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some(format!("{right:?}").as_str()));
        let roles: Vec<&str> = words.collect();
        for role in Role::ALL {
            let expected = roles.contains(&letter(role));
            assert_eq!(may(role, *right), expected, "{role} {right:?}");
        }
        assert!(
            roles
                .iter()
                .all(|it| Role::ALL.iter().any(|role| letter(*role) == *it))
        );
    }
}

#[test]
fn the_gate_adds_the_sale_and_nothing_else() {
    let (own, other) = (SaleId(Uuid::from_u128(1)), SaleId(Uuid::from_u128(2)));
    for role in Role::ALL {
        let home = (role == Role::Bidder).then_some(own);
        for right in Right::ALL {
            let free = matches!(
                right,
                Right::WatchPublic | Right::EndSession | Right::TakeTicket
            );
            for sale in [None, Some(own), Some(other)] {
                let strayed = role == Role::Bidder && !free && sale != Some(own);
                let expected = match (may(role, *right), role) {
                    (false, Role::Watcher) => Err(Denied::LoginNeeded),
                    (false, _) => Err(Denied::RightMissing),
                    (true, _) if strayed => Err(Denied::OtherSale),
                    (true, _) => Ok(()),
                };
                assert_eq!(
                    allow(&person(role, home), *right, sale),
                    expected,
                    "{role} {right:?}"
                );
            }
        }
    }
    // A bidder of no sale, which nothing makes, may not bid anywhere.
    let stray = person(Role::Bidder, None);
    assert_eq!(allow(&stray, Right::PlaceBid, None), Err(Denied::OtherSale));
}

/// An act of the schema that `Right::of` forgets does not compile. This finds the other mistake: an
/// act that has another act's right.
#[test]
fn every_act_of_the_schema_has_the_right_of_its_own_name() {
    let schema = include_str!("../../../proto/mazad/v1/commands.proto");
    let command = schema.split("message Command {").nth(1).unwrap();
    let acts = command
        .split("oneof act {")
        .nth(1)
        .unwrap()
        .split('}')
        .next()
        .unwrap();
    let names: Vec<&str> = acts
        .lines()
        .filter_map(|line| {
            line.trim()
                .split_once(' ')
                .filter(|(_, rest)| rest.contains('='))
        })
        .map(|(name, _)| name)
        .collect();
    assert!(
        names.len() >= 28,
        "the schema was not understood: {names:?}"
    );
    for name in names {
        let key = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
        let json = format!("{{\"{key}\": {{}}}}");
        let command: v1::Command = serde_json::from_str(&json).unwrap();
        let right = Right::of(&command.act.unwrap());
        assert_eq!(format!("{right:?}"), name);
    }
}

#[test]
fn a_clerk_invites_bidders_and_nobody_else() {
    for role in Role::ALL {
        let clerk = may(Role::Clerk, Right::to_invite(role));
        assert_eq!(clerk, role == Role::Bidder, "{role}");
        assert!(may(Role::Admin, Right::to_invite(role)), "{role}");
    }
}
