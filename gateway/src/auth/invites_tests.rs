//! Inviting as a desk does it: a link, and for a bidder the paddle in a running sale.

use std::sync::Arc;

use mazad_engine::clock::{Clock, ManualClock};
use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{Act, Bilingual, Code, Currency, SaleAct, SaleTerms, StaffId, Time};
use mazad_engine::store::{EventStore, MemoryStore};
use mazad_office::Denied;

use super::*;

const SALE: Uuid = Uuid::from_u128(7);
const BASE: &str = "http://127.0.0.1:8080";

/// R13: whether a web paddle needs a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LimitNeeded {
    Yes,
    No,
}

struct TestHouse {
    office: Office,
    engine: Engine,
}

impl TestHouse {
    /// A sale that asks for no limits.
    async fn new() -> Self {
        Self::with(LimitNeeded::No).await
    }

    async fn with(limit_needed: LimitNeeded) -> Self {
        let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Time(1_760_000_000_000_000)));
        let vault = Arc::new(Vault::from_key([7; 32]));
        let office = Office::open(Arc::clone(&store), Arc::clone(&clock))
            .await
            .unwrap();
        let engine = Engine::start(store, vault, clock).await.unwrap();
        let desk = Self { office, engine };
        let title = Bilingual {
            ar: "مزاد".to_owned(),
            en: "Sale".to_owned(),
        };
        let terms = SaleTerms {
            limit_needed: limit_needed == LimitNeeded::Yes,
            ..SaleTerms::preset(title, Currency::parse("EGP").unwrap())
        };
        desk.act(Act::from(SaleAct::Create { terms })).await;
        desk
    }

    async fn act(&self, act: Act) -> Verdict {
        let hold = self.engine.arrive();
        let id = (SaleId(SALE), CommandId(Uuid::new_v4()));
        let clerk = Actor::Staff(StaffId(Uuid::from_u128(1)));
        let command = of_act(id, clerk, hold.stamp(), act, self.engine.vault());
        self.engine
            .submit(SaleId(SALE), command, hold)
            .await
            .unwrap()
            .verdict
    }

    async fn invite(&self, request: &InviteRequest) -> Result<InviteReply, InviteError> {
        self.invite_by(&Caller::operator(None), request).await
    }

    async fn invite_by(
        &self,
        by: &Caller,
        request: &InviteRequest,
    ) -> Result<InviteReply, InviteError> {
        invite(&self.office, &self.engine, by, request, BASE).await
    }

    async fn redeem(&self, reply: &InviteReply) -> Caller {
        let secret = reply.link.rsplit_once('#').unwrap().1;
        self.office.redeem(secret).await.unwrap().caller
    }
}

fn bidder(paddle: u32, limit: &str) -> InviteRequest {
    InviteRequest {
        sale: Some(SALE.to_string()),
        paddle: Some(paddle),
        limit: Some(limit.to_owned()),
        label: format!("paddle {paddle}"),
        ..staff(Role::Bidder)
    }
}

fn staff(role: Role) -> InviteRequest {
    let role = role.to_proto().as_str_name().to_owned();
    InviteRequest {
        role,
        ..InviteRequest::default()
    }
}

#[tokio::test]
async fn a_bidder_gets_a_link_and_a_paddle() {
    let desk = TestHouse::new().await;
    let reply = desk.invite(&bidder(12, "50000000")).await.unwrap();
    assert!(reply.link.starts_with("http://127.0.0.1:8080/enter#"));
    assert!(reply.qr_svg.contains("<svg"));
    let who = desk.redeem(&reply).await;
    assert_eq!(
        (who.account.to_string(), who.paddle),
        (reply.account, Some(Paddle(12)))
    );
    let mine = desk
        .engine
        .mine(SaleId(SALE), AccountId(who.account))
        .await
        .unwrap();
    assert_eq!(
        (mine.paddle, mine.limit),
        (Some(Paddle(12)), Money::new(50_000_000))
    );
}

#[tokio::test]
async fn another_link_for_a_paddle_admits_nobody_twice_and_changes_no_limit() {
    let desk = TestHouse::new().await;
    let first = desk.invite(&bidder(12, "500")).await.unwrap();
    for limit in ["", "500"] {
        let again = desk.invite(&bidder(12, limit)).await.unwrap();
        assert_eq!(again.account, first.account);
        assert_eq!(desk.redeem(&again).await.account.to_string(), first.account);
    }
    let held = desk.invite(&bidder(12, "")).await.unwrap();
    let other = desk.invite(&bidder(12, "600")).await.unwrap_err();
    assert!(
        matches!(&other, InviteError::Refused(it) if it.code == Code::PaddleTaken),
        "{other}"
    );
    let who = desk.redeem(&held).await;
    assert_eq!(
        who.account.to_string(),
        first.account,
        "the no ended no link"
    );
}

/// R13: whoever makes a link gives its limit, or there is no link.
#[tokio::test]
async fn a_sale_that_asks_for_limits_lets_nobody_in_without_one() {
    let desk = TestHouse::with(LimitNeeded::Yes).await;
    let refused = desk.invite(&bidder(12, "")).await.unwrap_err();
    assert!(
        matches!(&refused, InviteError::Refused(it) if it.code == Code::LimitNeeded),
        "{refused}"
    );
    let people = desk.office.people(&Caller::operator(None), None, 10);
    assert!(
        people.unwrap().iter().all(|person| person.invite.is_none()),
        "the link was withdrawn"
    );
    // Nor in the console's own way.
    let account = Some(AccountId(Uuid::from_u128(12)));
    let (paddle, limit) = (Paddle(13), None);
    let admit = SaleAct::AdmitPaddle {
        paddle,
        account,
        limit,
    };
    let Verdict::Refused(refused) = desk.act(admit.into()).await else {
        panic!("admitted without a limit")
    };
    assert_eq!(refused.code, Code::LimitNeeded);
    // With one it is the same bidder as before, and the next link needs none.
    let first = desk.invite(&bidder(12, "500")).await.unwrap();
    let again = desk.invite(&bidder(12, "")).await.unwrap();
    assert_eq!(first.account, again.account);
    let who = desk.redeem(&again).await;
    let mine = desk.engine.mine(SaleId(SALE), AccountId(who.account)).await;
    assert_eq!(mine.unwrap().limit, Money::new(500));
}

#[tokio::test]
async fn a_paddle_of_the_hall_is_nobodys_link() {
    let desk = TestHouse::new().await;
    let hall = Act::from(SaleAct::AdmitPaddle {
        paddle: Paddle(12),
        account: None,
        limit: None,
    });
    assert!(matches!(desk.act(hall).await, Verdict::Accepted(_)));
    let refused = desk.invite(&bidder(12, "")).await.unwrap_err();
    assert!(
        matches!(&refused, InviteError::Refused(it) if it.code == Code::PaddleTaken),
        "{refused}"
    );
    let people = desk
        .office
        .people(&Caller::operator(None), None, 10)
        .unwrap();
    assert!(
        people.iter().all(|person| person.invite.is_none()),
        "the link was withdrawn"
    );
}

#[tokio::test]
async fn two_desks_that_invite_one_paddle_at_once_leave_one_good_link() {
    let desk = TestHouse::new().await;
    let request = bidder(12, "");
    let (one, two) = futures_util::join!(desk.invite(&request), desk.invite(&request));
    let good: Vec<InviteReply> = [one, two].into_iter().filter_map(Result::ok).collect();
    let mut entered = 0;
    for reply in &good {
        let secret = reply.link.rsplit_once('#').unwrap().1;
        entered += u32::from(desk.office.redeem(secret).await.is_ok());
    }
    assert_eq!(entered, 1);
}

#[tokio::test]
async fn a_clerk_invites_bidders_and_a_bidder_nobody() {
    let desk = TestHouse::new().await;
    let clerk = desk.invite(&staff(Role::Clerk)).await.unwrap();
    let clerk = desk.redeem(&clerk).await;
    let guest = desk.invite_by(&clerk, &bidder(12, "")).await.unwrap();
    let guest = desk.redeem(&guest).await;
    for (who, request) in [(clerk, staff(Role::Admin)), (guest, bidder(13, ""))] {
        let denied = desk.invite_by(&who, &request).await.unwrap_err();
        assert!(matches!(
            denied,
            InviteError::Office(OfficeError::Denied(Denied::RightMissing))
        ));
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_before_anything_is_written() {
    let desk = TestHouse::new().await;
    let malformed = [
        InviteRequest {
            role: "Bidder".to_owned(),
            ..bidder(12, "")
        },
        staff(Role::Watcher),
        InviteRequest {
            limit: Some("5".to_owned()),
            ..staff(Role::Clerk)
        },
        bidder(12, "05"),
        bidder(12, "+5"),
        bidder(12, "5.00"),
        bidder(12, "٥"),
        bidder(12, "9223372036854775807"),
        InviteRequest {
            paddle: None,
            ..bidder(12, "")
        },
    ];
    for request in malformed {
        let refused = desk.invite(&request).await.unwrap_err();
        assert!(
            matches!(refused, InviteError::Office(OfficeError::Malformed(_))),
            "{request:?}"
        );
    }
    let elsewhere = InviteRequest {
        sale: Some(Uuid::from_u128(8).to_string()),
        ..bidder(12, "")
    };
    let refused = desk.invite(&elsewhere).await.unwrap_err();
    assert!(matches!(
        refused,
        InviteError::Submit(SubmitError::UnknownSale)
    ));
    assert_eq!(
        desk.office
            .people(&Caller::operator(None), None, 10)
            .unwrap(),
        []
    );
}

#[test]
fn the_body_has_no_other_fields_and_leaves_out_what_does_not_apply() {
    let request = staff(Role::Clerk);
    let body = r#"{"role":"ROLE_CLERK"}"#;
    assert_eq!(serde_json::to_string(&request).unwrap(), body);
    assert_eq!(
        serde_json::from_str::<InviteRequest>(body).unwrap(),
        request
    );
    for role in Role::ALL {
        let by_name = InviteRequest {
            role: role.name().to_owned(),
            ..InviteRequest::default()
        };
        assert_eq!(by_name.read().unwrap().0, staff(role).read().unwrap().0);
    }
    let empty = r#"{"role":"ROLE_CLERK","sale":"","paddle":0,"limit":"0","account":"","label":"","validMinutes":0}"#;
    let empty: InviteRequest = serde_json::from_str(empty).unwrap();
    assert_eq!(empty.read().unwrap(), request.read().unwrap());
    let body = r#"{"role":"ROLE_CLERK","admin":true}"#;
    serde_json::from_str::<InviteRequest>(body).unwrap_err();
}
