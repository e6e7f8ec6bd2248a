//! The office as people meet it: links, logins, their ends, and two processes at once.

use std::sync::Arc;

use futures_util::future::join;
use mazad_engine::clock::{Clock, ManualClock};
use mazad_engine::domain::{Paddle, SaleId, Span, Time};
use mazad_engine::store::{
    EventStore, Expected, MemoryStore, NewEvent, Position, StoreRefusal, StreamId,
};
use mazad_engine::testing::{Scripted, ScriptedStore};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::limits::{
    INVITE_VALID_BIDDER, INVITE_VALID_MAX, INVITE_VALID_STAFF, LABEL_BYTES_MAX, TICKET_VALID,
    TOKEN_VALID_BIDDER, TOKEN_VALID_STAFF,
};
use crate::{
    Caller, Denied, IssuedInvite, Life, Login, LoginEnd, Logins, NewInvite, Office, OfficeError,
    Role, Secret,
};

const START: Time = Time(1_760_000_000_000_000);
const SALE: SaleId = SaleId(Uuid::from_u128(7));

struct TestOffice {
    store: Arc<dyn EventStore>,
    clock: Arc<ManualClock>,
    office: Office,
}

impl TestOffice {
    async fn new() -> Self {
        Self::on(Arc::new(MemoryStore::new())).await
    }

    async fn on(store: Arc<dyn EventStore>) -> Self {
        let clock = Arc::new(ManualClock::at(START));
        let office = open(&store, &clock).await;
        Self {
            store,
            clock,
            office,
        }
    }

    /// Another process on the same store, or this one after a restart.
    async fn again(&self) -> Office {
        open(&self.store, &self.clock).await
    }

    async fn invite(&self, new: NewInvite) -> IssuedInvite {
        self.office.invite(None, new).await.unwrap()
    }

    async fn login(&self, new: NewInvite) -> Login {
        let link = self.invite(new).await;
        self.office.redeem(link.secret.as_str()).await.unwrap()
    }

    async fn events(&self) -> u64 {
        self.store
            .head(&StreamId::office())
            .await
            .unwrap()
            .map_or(0, |head| head.0 + 1)
    }
}

async fn open(store: &Arc<dyn EventStore>, clock: &Arc<ManualClock>) -> Office {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    Office::open(Arc::clone(store), clock).await.unwrap()
}

fn bidder(paddle: u32) -> NewInvite {
    NewInvite {
        sale: Some(SALE),
        paddle: Some(Paddle(paddle)),
        ..staff(Role::Bidder)
    }
}

fn staff(role: Role) -> NewInvite {
    NewInvite {
        role,
        sale: None,
        paddle: None,
        account: None,
        label: "desk-1".to_owned(),
        valid_for: None,
        logins: Logins::Keep,
    }
}

fn operator() -> Caller {
    Caller::operator(None)
}

#[tokio::test]
async fn a_link_logs_in_once() {
    let desk = TestOffice::new().await;
    let link = desk.invite(bidder(12)).await;
    let session = desk.office.redeem(link.secret.as_str()).await.unwrap();
    let who = desk.office.identify(session.token.as_str()).unwrap();
    assert_eq!(who, session.caller);
    assert_eq!(
        (who.account, who.role, who.sale, who.paddle),
        (link.account, Role::Bidder, Some(SALE), Some(Paddle(12)))
    );
    let second = desk.office.redeem(link.secret.as_str()).await;
    assert!(matches!(second, Err(OfficeError::InviteInvalid)));
    assert_eq!(desk.events().await, 2);
}

#[tokio::test]
async fn a_wrong_secret_or_token_is_nobody() {
    let desk = TestOffice::new().await;
    let session = desk.login(bidder(12)).await;
    let token = session.token.as_str();
    let (head, last) = token.split_at(token.len() - 1);
    let nearly = format!("{head}{}", if last == "A" { "B" } else { "A" });
    for wrong in [
        "",
        "x",
        nearly.as_str(),
        &token[1..],
        Secret::random().as_str(),
    ] {
        assert_eq!(desk.office.identify(wrong), None, "{wrong:?}");
        let redeemed = desk.office.redeem(wrong).await;
        assert!(
            matches!(redeemed, Err(OfficeError::InviteInvalid)),
            "{wrong:?}"
        );
    }
    let as_link = desk.office.redeem(token).await;
    assert!(
        matches!(as_link, Err(OfficeError::InviteInvalid)),
        "a token is no link"
    );
}

#[tokio::test]
async fn links_and_logins_end_on_time() {
    for (new, link_for, login_for) in [
        (bidder(12), INVITE_VALID_BIDDER, TOKEN_VALID_BIDDER),
        (staff(Role::Clerk), INVITE_VALID_STAFF, TOKEN_VALID_STAFF),
    ] {
        let desk = TestOffice::new().await;
        let late = desk.invite(new.clone()).await;
        assert_eq!(late.expires_at, START.after(link_for));
        desk.clock.set(late.expires_at);
        let redeemed = desk.office.redeem(late.secret.as_str()).await;
        assert!(matches!(redeemed, Err(OfficeError::InviteInvalid)));

        let session = desk.login(new).await;
        let end = late.expires_at.after(login_for);
        assert_eq!(session.expires_at, end);
        let life = desk.office.life(&session.caller);
        desk.clock.set(Time(end.0 - 1));
        desk.office.look().await.unwrap();
        assert_eq!(
            desk.office.identify(session.token.as_str()),
            Some(session.caller)
        );
        assert!(!life.is_over());
        desk.clock.set(end);
        assert_eq!(desk.office.identify(session.token.as_str()), None);
        desk.office.look().await.unwrap();
        assert!(life.is_over(), "sockets hear that a login has expired");
    }
}

#[tokio::test]
async fn logging_out_ends_the_login_everywhere() {
    let desk = TestOffice::new().await;
    let session = desk.login(bidder(12)).await;
    let other = desk.login(bidder(13)).await;
    let own = session.caller.token.unwrap();
    let life = desk.office.life(&session.caller);
    let ticket = desk.office.ticket(&session.caller);

    let by_other = desk.office.revoke(&other.caller, own).await;
    assert!(matches!(
        by_other,
        Err(OfficeError::Denied(Denied::RightMissing))
    ));
    desk.office.revoke(&session.caller, own).await.unwrap();
    assert_eq!(desk.office.identify(session.token.as_str()), None);
    assert!(life.is_over());
    assert_eq!(desk.office.take_ticket(ticket.as_str()), None);
    assert!(
        desk.office.life(&session.caller).is_over(),
        "for one who asks too late"
    );

    assert_eq!(
        desk.office.identify(other.token.as_str()),
        Some(other.caller)
    );
    let again = desk.office.revoke(&session.caller, own).await;
    assert!(matches!(again, Err(OfficeError::NotFound)));
}

#[tokio::test]
async fn a_withdrawn_link_is_dead() {
    let desk = TestOffice::new().await;
    let link = desk.invite(staff(Role::Analyst)).await;
    desk.office.revoke(&operator(), link.invite).await.unwrap();
    let redeemed = desk.office.redeem(link.secret.as_str()).await;
    assert!(matches!(redeemed, Err(OfficeError::InviteInvalid)));
}

#[tokio::test]
async fn a_disabled_account_is_out_for_ever() {
    let desk = TestOffice::new().await;
    let (phone, laptop) = (desk.login(bidder(12)).await, desk.login(bidder(12)).await);
    let link = desk.invite(bidder(12)).await;
    let life = desk.office.life(&laptop.caller);
    assert_eq!(phone.caller.account, laptop.caller.account);
    desk.office
        .disable(&operator(), link.account)
        .await
        .unwrap();
    assert!(life.is_over());
    assert_eq!(desk.office.identify(phone.token.as_str()), None);
    assert_eq!(desk.office.identify(laptop.token.as_str()), None);
    let redeemed = desk.office.redeem(link.secret.as_str()).await;
    assert!(matches!(redeemed, Err(OfficeError::InviteInvalid)));
    let anew = desk.office.invite(None, bidder(12)).await;
    assert!(matches!(anew, Err(OfficeError::Disabled)));
    let twice = desk.office.disable(&operator(), link.account).await;
    assert!(matches!(twice, Err(OfficeError::Disabled)));
    let by_clerk = desk.login(staff(Role::Clerk)).await.caller;
    let denied = desk.office.disable(&by_clerk, link.account).await;
    assert!(matches!(
        denied,
        Err(OfficeError::Denied(Denied::RightMissing))
    ));
}

#[tokio::test]
async fn a_new_link_for_a_paddle_is_the_same_bidder_and_ends_the_old_link() {
    let desk = TestOffice::new().await;
    let lost = desk.invite(bidder(12)).await;
    let found = desk.invite(bidder(12)).await;
    assert_eq!(lost.account, found.account);
    let redeemed = desk.office.redeem(lost.secret.as_str()).await;
    assert!(matches!(redeemed, Err(OfficeError::InviteInvalid)));
    desk.office.redeem(found.secret.as_str()).await.unwrap();
    assert_ne!(desk.invite(bidder(13)).await.account, found.account);
    let elsewhere = NewInvite {
        sale: Some(SaleId(Uuid::from_u128(8))),
        ..bidder(12)
    };
    assert_ne!(desk.invite(elsewhere).await.account, found.account);
}

#[tokio::test]
async fn another_link_without_a_label_keeps_the_label() {
    let desk = TestOffice::new().await;
    desk.invite(bidder(12)).await;
    for (said, kept) in [("", "desk-1"), ("desk-2", "desk-2"), ("", "desk-2")] {
        let label = said.to_owned();
        desk.invite(NewInvite {
            label,
            ..bidder(12)
        })
        .await;
        let people = desk.office.people(&operator(), None, 1).unwrap();
        assert_eq!(people[0].label, kept);
    }
}

#[tokio::test]
async fn whoever_takes_another_link_ends_every_earlier_login() {
    let desk = TestOffice::new().await;
    let first = desk.login(bidder(12)).await;
    let life = desk.office.life(&first.caller);
    let link = desk.invite(bidder(12)).await;
    assert!(!life.is_over(), "a link that nobody has taken ends nothing");
    let second = desk.office.redeem(link.secret.as_str()).await.unwrap();
    assert!(life.is_over(), "and the sockets close");
    assert!(desk.office.identify(first.token.as_str()).is_none());
    assert_eq!(
        desk.office.identify(second.token.as_str()),
        Some(second.caller)
    );
    let after_restart = desk.again().await;
    assert!(after_restart.identify(first.token.as_str()).is_none());
    assert!(after_restart.identify(second.token.as_str()).is_some());
}

#[tokio::test]
async fn a_used_or_lost_link_is_replaced_by_whoever_gives_the_first() {
    let desk = TestOffice::new().await;
    for (index, (role, may)) in [
        (Role::Clerk, true),
        (Role::Auctioneer, false),
        (Role::Analyst, false),
        (Role::Admin, true),
    ]
    .into_iter()
    .enumerate()
    {
        let index = u32::try_from(index).unwrap();
        let (lost, used) = (100 + index, 200 + index);
        let by = desk.login(staff(role)).await.caller;
        let first = desk.invite(bidder(lost)).await;
        desk.login(bidder(used)).await;
        for paddle in [lost, used] {
            match desk.office.invite(Some(&by), bidder(paddle)).await {
                Ok(_) => assert!(may, "{role}"),
                Err(OfficeError::Denied(Denied::RightMissing)) => assert!(!may, "{role}"),
                Err(other) => panic!("{role}: {other}"),
            }
        }
        let earlier = desk.office.redeem(first.secret.as_str()).await;
        assert_eq!(earlier.is_err(), may, "{role}: the earlier link ends");
    }
}

#[tokio::test]
async fn a_link_in_place_of_another_ends_the_logins_if_it_is_asked_to() {
    let desk = TestOffice::new().await;
    let held = desk.login(bidder(12)).await;
    let life = desk.office.life(&held.caller);
    desk.invite(bidder(12)).await;
    assert!(!life.is_over(), "a link alone ends nothing");
    let link = desk
        .invite(NewInvite {
            logins: Logins::End,
            ..bidder(12)
        })
        .await;
    assert!(life.is_over());
    assert_eq!(desk.office.identify(held.token.as_str()), None);
    let after_restart = desk.again().await;
    assert_eq!(after_restart.identify(held.token.as_str()), None);
    let entered = desk.office.redeem(link.secret.as_str()).await.unwrap();
    assert_eq!(entered.caller.account, held.caller.account);
}

#[tokio::test]
async fn staff_get_another_link_in_the_same_role_only() {
    let desk = TestOffice::new().await;
    let clerk = desk.login(staff(Role::Clerk)).await.caller.account;
    let again = NewInvite {
        account: Some(clerk),
        ..staff(Role::Clerk)
    };
    assert_eq!(desk.login(again).await.caller.account, clerk);
    for (role, account) in [(Role::Admin, clerk), (Role::Clerk, Uuid::from_u128(5))] {
        let new = NewInvite {
            account: Some(account),
            ..staff(role)
        };
        let refused = desk.office.invite(None, new).await;
        assert!(matches!(refused, Err(OfficeError::NotFound)), "{role}");
    }
}

#[tokio::test]
async fn only_those_who_may_invite_do() {
    let desk = TestOffice::new().await;
    let admin = desk.login(staff(Role::Admin)).await.caller;
    let clerk = desk.login(staff(Role::Clerk)).await.caller;
    let guest = desk.login(bidder(1)).await.caller;
    desk.office.invite(Some(&clerk), bidder(2)).await.unwrap();
    desk.office
        .invite(Some(&admin), staff(Role::Admin))
        .await
        .unwrap();
    for (who, new, why) in [
        (clerk, staff(Role::Clerk), Denied::RightMissing),
        (guest, bidder(3), Denied::RightMissing),
        (Caller::watcher(), bidder(3), Denied::LoginNeeded),
    ] {
        let refused = desk.office.invite(Some(&who), new).await.unwrap_err();
        assert!(
            matches!(refused, OfficeError::Denied(said) if said == why),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn an_invite_that_makes_no_sense_is_refused() {
    let desk = TestOffice::new().await;
    let before = desk.events().await;
    let clerk = || staff(Role::Clerk);
    type Mistake = fn(&mut NewInvite);
    let table: [(NewInvite, Mistake, &str); 12] = [
        (clerk(), |it| it.role = Role::Watcher, "role"),
        (bidder(1), |it| it.sale = None, "sale"),
        (clerk(), |it| it.sale = Some(SALE), "sale"),
        (bidder(1), |it| it.paddle = None, "paddle"),
        (bidder(1), |it| it.paddle = Some(Paddle(0)), "paddle"),
        (clerk(), |it| it.paddle = Some(Paddle(1)), "paddle"),
        (bidder(1), |it| it.account = Some(Uuid::nil()), "account"),
        (
            bidder(1),
            |it| it.label = "x".repeat(LABEL_BYTES_MAX + 1),
            "label",
        ),
        (bidder(1), |it| it.label = "a\nb".to_owned(), "label"),
        (bidder(1), |it| it.label = "a\u{202e}b".to_owned(), "label"),
        (
            bidder(1),
            |it| it.valid_for = Some(Span::ZERO),
            "validMinutes",
        ),
        (
            bidder(1),
            |it| it.valid_for = Some(Span(INVITE_VALID_MAX.0 + 1)),
            "validMinutes",
        ),
    ];
    for (mut new, mistake, field) in table {
        mistake(&mut new);
        let refused = desk.office.invite(None, new).await.unwrap_err();
        assert!(
            matches!(&refused, OfficeError::Malformed(said) if said.path == field),
            "{refused}"
        );
    }
    assert_eq!(
        desk.events().await,
        before,
        "nothing is written for a refusal"
    );
}

#[tokio::test]
async fn tickets_name_the_one_who_asked_once() {
    let desk = TestOffice::new().await;
    let session = desk.login(bidder(12)).await;
    let ticket = desk.office.ticket(&session.caller);
    assert_eq!(
        desk.office.identify(ticket.as_str()),
        None,
        "a ticket is no token"
    );
    assert_eq!(
        desk.office.take_ticket(session.token.as_str()),
        None,
        "a token is no ticket"
    );
    assert_eq!(
        desk.office.take_ticket(ticket.as_str()),
        Some(session.caller)
    );
    assert_eq!(desk.office.take_ticket(ticket.as_str()), None);
    let late = desk.office.ticket(&session.caller);
    desk.clock.advance(TICKET_VALID);
    assert_eq!(desk.office.take_ticket(late.as_str()), None);
    let nobody = desk.office.ticket(&Caller::watcher());
    assert_eq!(desk.office.take_ticket(nobody.as_str()), None);
}

#[tokio::test]
async fn a_restart_changes_no_answer() {
    let desk = TestOffice::new().await;
    let live = desk.login(bidder(1)).await;
    let gone = desk.login(bidder(2)).await;
    desk.office
        .revoke(&gone.caller, gone.caller.token.unwrap())
        .await
        .unwrap();
    let out = desk.login(staff(Role::Clerk)).await;
    desk.office
        .disable(&operator(), out.caller.account)
        .await
        .unwrap();
    let used = desk.invite(bidder(3)).await;
    desk.office.redeem(used.secret.as_str()).await.unwrap();
    let unused = desk.invite(bidder(4)).await;
    let withdrawn = desk.invite(bidder(5)).await;
    desk.office
        .revoke(&operator(), withdrawn.invite)
        .await
        .unwrap();

    let office = desk.again().await;
    assert_eq!(
        office.people(&operator(), None, 100).unwrap(),
        desk.office.people(&operator(), None, 100).unwrap()
    );
    assert_eq!(office.identify(live.token.as_str()), Some(live.caller));
    for token in [&gone.token, &out.token] {
        assert_eq!(office.identify(token.as_str()), None);
    }
    for secret in [&used.secret, &withdrawn.secret] {
        assert!(matches!(
            office.redeem(secret.as_str()).await,
            Err(OfficeError::InviteInvalid)
        ));
    }
    office.redeem(unused.secret.as_str()).await.unwrap();
}

#[tokio::test]
async fn of_two_who_take_one_link_one_wins() {
    let desk = TestOffice::new().await;
    let elsewhere = desk.again().await;
    for paddle in 1..20 {
        let link = desk.invite(bidder(paddle)).await;
        elsewhere.look().await.unwrap();
        let secret = link.secret.as_str();
        for offices in [(&desk.office, &desk.office), (&desk.office, &elsewhere)] {
            let link = desk.invite(bidder(paddle)).await;
            elsewhere.look().await.unwrap();
            let secret = link.secret.as_str();
            let (one, two) = join(offices.0.redeem(secret), offices.1.redeem(secret)).await;
            let won: Vec<Login> = [one, two].into_iter().filter_map(Result::ok).collect();
            assert_eq!(won.len(), 1, "paddle {paddle}");
            for office in [&desk.office, &elsewhere] {
                office.look().await.unwrap();
                assert_eq!(office.identify(won[0].token.as_str()), Some(won[0].caller));
            }
        }
        assert!(matches!(
            elsewhere.redeem(secret).await,
            Err(OfficeError::InviteInvalid)
        ));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_take_one_link_one_wins() {
    let desk = TestOffice::new().await;
    let link = desk.invite(bidder(12)).await;
    let elsewhere = desk.again().await;
    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let office = if number % 2 == 0 {
                desk.office.clone()
            } else {
                elsewhere.clone()
            };
            let secret = link.secret.clone();
            tokio::spawn(async move { office.redeem(secret.as_str()).await.is_ok() })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += u32::from(task.await.unwrap());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn another_process_hears_of_an_end() {
    let desk = TestOffice::new().await;
    let session = desk.login(bidder(12)).await;
    let elsewhere = desk.again().await;
    let life = elsewhere.life(&session.caller);
    assert!(!life.is_over());
    desk.office
        .revoke(&session.caller, session.caller.token.unwrap())
        .await
        .unwrap();
    elsewhere.look().await.unwrap();
    assert!(life.is_over());
    assert_eq!(elsewhere.identify(session.token.as_str()), None);
}

#[tokio::test(start_paused = true)]
async fn time_is_kept_until_stopped() {
    let desk = TestOffice::new().await;
    let session = desk.login(bidder(12)).await;
    let life = desk.office.life(&session.caller);
    let stop = CancellationToken::new();
    let task = tokio::spawn(desk.office.clone().keep_time(stop.clone()));
    desk.clock.set(session.expires_at);
    let before = tokio::time::Instant::now();
    life.ended().await;
    // Paused time: how long it waits, not how long the machine takes.
    assert!(before.elapsed() <= std::time::Duration::from_secs(2));
    stop.cancel();
    task.await.unwrap();
}

#[tokio::test]
async fn local_tools_log_in_without_a_trace() {
    let desk = TestOffice::new().await;
    let before = desk.events().await;
    let tool = desk.office.local_login();
    assert_eq!(desk.office.identify(tool.token.as_str()), Some(tool.caller));
    assert_eq!(tool.caller.role, Role::Admin);
    let life = desk.office.life(&tool.caller);
    let ticket = desk.office.ticket(&tool.caller);
    assert_eq!(desk.office.take_ticket(ticket.as_str()), Some(tool.caller));
    let second = desk.office.local_login();
    assert!(life.is_over());
    assert_eq!(desk.office.identify(tool.token.as_str()), None);
    desk.office
        .revoke(&second.caller, second.caller.token.unwrap())
        .await
        .unwrap();
    assert_eq!(desk.office.identify(second.token.as_str()), None);
    assert_eq!(desk.events().await, before);
    assert_eq!(desk.again().await.identify(second.token.as_str()), None);
}

#[tokio::test]
async fn people_are_listed_page_by_page_to_admins() {
    let desk = TestOffice::new().await;
    for paddle in 1..=5 {
        desk.login(bidder(paddle)).await;
    }
    let all = desk.office.people(&operator(), None, 100).unwrap();
    assert_eq!(all.len(), 5);
    let first = desk.office.people(&operator(), None, 2).unwrap();
    let rest = desk
        .office
        .people(&operator(), Some(first[1].account), 100)
        .unwrap();
    assert_eq!([first, rest].concat(), all);
    assert!(
        all.iter()
            .all(|person| person.tokens.len() == 1 && person.invite.is_none())
    );
    let clerk = desk.login(staff(Role::Clerk)).await.caller;
    let denied = desk.office.people(&clerk, None, 1);
    assert!(matches!(
        denied,
        Err(OfficeError::Denied(Denied::RightMissing))
    ));
}

#[tokio::test]
async fn nothing_stored_or_shown_tells_a_secret() {
    let desk = TestOffice::new().await;
    let link = desk.invite(bidder(12)).await;
    let session = desk.office.redeem(link.secret.as_str()).await.unwrap();
    let stored = desk.store.read_all(Position(0), 100).await.unwrap();
    let shown = format!("{link:?} {session:?} {:?}", desk.office);
    for secret in [&link.secret, &session.token] {
        let secret = secret.as_str();
        assert!(!shown.contains(secret));
        for event in &stored {
            let bytes = [event.data.as_ref(), event.metadata.as_ref()].concat();
            assert!(
                !bytes
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes())
            );
        }
    }
}

#[tokio::test]
async fn an_office_that_cannot_be_read_is_not_opened() {
    let desk = TestOffice::new().await;
    let strange = NewEvent {
        id: Uuid::new_v4(),
        kind: "Strange".into(),
        version: 1,
        metadata: bytes::Bytes::new(),
        data: bytes::Bytes::new(),
    };
    let office = StreamId::office();
    desk.store
        .append(&office, Expected::NoStream, vec![strange])
        .await
        .unwrap();
    let clock: Arc<dyn Clock> = Arc::clone(&desk.clock) as _;
    let opened = Office::open(Arc::clone(&desk.store), clock).await;
    assert!(matches!(
        opened,
        Err(OfficeError::Damaged { revision: 0, .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_is_asked_again_and_never_guessed() {
    let store = Arc::new(ScriptedStore::new());
    let desk = TestOffice::on(Arc::clone(&store) as _).await;
    for script in [
        vec![Scripted::AnswerLost],
        vec![Scripted::LOST, Scripted::AnswerLost],
        vec![Scripted::AnswerLost, Scripted::LOST],
    ] {
        let before = desk.events().await;
        store.next_appends(script);
        let link = desk.invite(bidder(12)).await;
        assert_eq!(
            desk.events().await,
            before + 1,
            "once, however often it was offered"
        );
        desk.office.redeem(link.secret.as_str()).await.unwrap();
    }
    // It stays unknown: the caller is told so, and the office reads what became of it.
    let link = desk.invite(bidder(13)).await;
    store.every_append(Scripted::AnswerLost);
    let redeemed = desk.office.redeem(link.secret.as_str()).await;
    assert!(matches!(redeemed, Err(OfficeError::Unsure)));
    store.every_append(Scripted::Answered);
    let again = desk.office.redeem(link.secret.as_str()).await;
    assert!(
        matches!(again, Err(OfficeError::InviteInvalid)),
        "it had been taken"
    );
}

/// A store that is away keeps nobody waiting for long, and what became of the last offer is read.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_told_and_nothing_is_guessed() {
    for (lost, is_written) in [(Scripted::LOST, false), (Scripted::AnswerLost, true)] {
        let store = Arc::new(ScriptedStore::new());
        let desk = TestOffice::on(Arc::clone(&store) as _).await;
        let session = desk.login(bidder(12)).await;
        let link = desk.invite(bidder(13)).await;
        let before = desk.events().await;
        store.next_appends([lost]);
        store.every_append(Scripted::LOST);
        let (first, second) = join(
            desk.office.redeem(link.secret.as_str()),
            desk.office.invite(None, bidder(14)),
        )
        .await;
        assert!(matches!(first, Err(OfficeError::Unsure)), "{first:?}");
        assert!(matches!(second, Err(OfficeError::Busy)), "{second:?}");
        // Who is known is known, and who is shut out is out.
        assert!(desk.office.identify(session.token.as_str()).is_some());
        let token = session.caller.token.unwrap();
        let ended = desk.office.revoke(&operator(), token).await;
        assert!(matches!(ended, Err(OfficeError::Unsure)), "{ended:?}");
        assert_eq!(desk.office.identify(session.token.as_str()), None);

        store.every_append(Scripted::Answered);
        desk.office.look().await.unwrap();
        // The invite that was taken, or was not; and the end of the login, once.
        let written = desk.events().await;
        assert_eq!(written, before + 1 + u64::from(is_written));
        desk.office.look().await.unwrap();
        assert_eq!(desk.events().await, written, "once");
        let again = desk.office.redeem(link.secret.as_str()).await;
        assert_eq!(again.is_ok(), !is_written, "{again:?}");
        assert_eq!(desk.again().await.identify(session.token.as_str()), None);
    }
}

#[tokio::test]
async fn a_store_that_takes_nothing_is_told_and_tried_again_later() {
    let store = Arc::new(ScriptedStore::new());
    let desk = TestOffice::on(Arc::clone(&store) as _).await;
    let link = desk.invite(bidder(12)).await;
    store.next_appends([Scripted::FULL]);
    let refused = desk.office.redeem(link.secret.as_str()).await;
    assert!(matches!(
        refused,
        Err(OfficeError::Refused(StoreRefusal::DiskFull))
    ));
    desk.office.redeem(link.secret.as_str()).await.unwrap();
}

#[tokio::test]
async fn whoever_is_shut_out_is_out_although_the_disk_takes_nothing() {
    let store = Arc::new(ScriptedStore::new());
    let desk = TestOffice::on(Arc::clone(&store) as _).await;
    let (thief, rogue) = (desk.login(bidder(12)).await, desk.login(bidder(13)).await);
    let lives = [&thief, &rogue].map(|session| desk.office.life(&session.caller));
    store.next_appends([Scripted::FULL, Scripted::FULL]);
    let token = thief.caller.token.unwrap();
    let revoked = desk.office.revoke(&operator(), token).await;
    assert!(matches!(revoked, Err(OfficeError::Unsure)));
    let account = rogue.caller.account;
    let disabled = desk.office.disable(&operator(), account).await;
    assert!(matches!(disabled, Err(OfficeError::Unsure)));
    assert!(lives.iter().all(Life::is_over));
    assert_eq!(desk.office.identify(thief.token.as_str()), None);
    assert_eq!(desk.office.identify(rogue.token.as_str()), None);
    // Written with the next look, so that it also holds after a restart.
    assert!(desk.again().await.identify(thief.token.as_str()).is_some());
    desk.office.look().await.unwrap();
    let after_restart = desk.again().await;
    assert_eq!(after_restart.identify(thief.token.as_str()), None);
    assert_eq!(after_restart.identify(rogue.token.as_str()), None);
    let before = desk.events().await;
    desk.office.look().await.unwrap();
    assert_eq!(desk.events().await, before, "once");
}

/// One more login of the same person, by a link of one that lives.
async fn another_device(desk: &TestOffice, maker: &Login) -> Login {
    let link = desk.office.device_link(&maker.caller).unwrap();
    desk.office.redeem(link.secret.as_str()).await.unwrap()
}

#[tokio::test]
async fn a_person_is_on_a_phone_and_a_laptop_at_once() {
    let desk = TestOffice::new().await;
    let laptop = desk.login(bidder(12)).await;
    let link = desk.office.device_link(&laptop.caller).unwrap();
    let shown = desk.office.shown(link.secret.as_str()).unwrap();
    assert_eq!((shown.account, shown.token), (laptop.caller.account, None));
    let phone = desk.office.redeem(link.secret.as_str()).await.unwrap();
    assert_eq!(phone.caller.account, laptop.caller.account);
    assert_eq!(
        phone.expires_at, laptop.expires_at,
        "no longer than its maker"
    );
    for device in [&laptop, &phone] {
        let known = desk.office.identify(device.token.as_str());
        assert_eq!(known, Some(device.caller));
    }
    let again = desk.office.redeem(link.secret.as_str()).await;
    assert!(matches!(again, Err(OfficeError::InviteInvalid)), "once");
    // A link of the desk still ends whatever is there: it is for somebody who lost a device.
    let lives = [&laptop, &phone].map(|device| desk.office.life(&device.caller));
    desk.login(bidder(12)).await;
    for life in lives {
        assert!(life.is_over());
        assert_eq!(life.why(), LoginEnd::Replaced);
    }
}

#[tokio::test]
async fn one_device_too_many_ends_the_oldest_other_one() {
    let desk = TestOffice::new().await;
    let first = desk.login(bidder(12)).await;
    let mut devices = vec![first.clone()];
    for _ in 1..crate::limits::DEVICES_MAX {
        devices.push(another_device(&desk, &first).await);
    }
    let lives: Vec<_> = devices
        .iter()
        .map(|device| desk.office.life(&device.caller))
        .collect();
    assert!(lives.iter().all(|life| !life.is_over()));
    // The link is made on the first: that one is in hand, and the next oldest ends.
    let last = another_device(&desk, &first).await;
    let over: Vec<bool> = lives.iter().map(Life::is_over).collect();
    assert_eq!(over, [false, true, false, false]);
    assert_eq!(lives[1].why(), LoginEnd::TooManyDevices);
    assert_eq!(desk.office.identify(devices[1].token.as_str()), None);
    assert!(!desk.office.life(&last.caller).is_over());
    // So it is for whoever reads the log.
    let elsewhere = desk.again().await;
    assert_eq!(elsewhere.identify(devices[1].token.as_str()), None);
    assert_eq!(elsewhere.identify(last.token.as_str()), Some(last.caller));
}

#[tokio::test]
async fn a_link_for_a_device_ends_with_its_time_and_with_its_maker() {
    let desk = TestOffice::new().await;
    let laptop = desk.login(bidder(12)).await;
    let late = desk.office.device_link(&laptop.caller).unwrap();
    desk.clock.set(late.expires_at);
    let redeemed = desk.office.redeem(late.secret.as_str()).await;
    assert!(matches!(redeemed, Err(OfficeError::InviteInvalid)));
    let link = desk.office.device_link(&laptop.caller).unwrap();
    let own = laptop.caller.token.unwrap();
    desk.office.revoke(&laptop.caller, own).await.unwrap();
    for tried in [
        desk.office.shown(link.secret.as_str()).err(),
        desk.office.redeem(link.secret.as_str()).await.err(),
    ] {
        assert!(matches!(tried, Some(OfficeError::InviteInvalid)));
    }
    let nobody = desk.office.device_link(&Caller::watcher());
    assert!(matches!(
        nobody,
        Err(OfficeError::Denied(Denied::LoginNeeded))
    ));
    let tool = desk.office.local_login();
    let tool = desk.office.device_link(&tool.caller);
    assert!(matches!(
        tool,
        Err(OfficeError::Denied(Denied::RightMissing))
    ));
}
