//! `mazad admin` on a folder of its own and beside a server that holds the folder.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use clap::Parser;
use mazad_engine::clock::SystemClock;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{
    AccountId, Bilingual, CommandId, Currency, Money, Paddle, SaleAct, SaleId, SaleTerms, Verdict,
};
use mazad_engine::store::EventStore;
use mazad_gateway::Fault;
use mazad_gateway::auth::{InviteError, LocalAccess};
use mazad_office::{Caller, Office, OfficeError};
use mazad_proto::{FaultCode, v1};

use super::*;
use crate::cli::folder::OwnFolder;

const SALE: SaleId = SaleId(Uuid::from_u128(7));

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: AdminArgs,
}

fn parse(words: &[&str]) -> Result<InviteArgs, clap::Error> {
    let line = Line::try_parse_from([&["admin", "invite"], words].concat())?;
    match line.args.act {
        AdminAct::Invite(invite) => Ok(invite),
        other => panic!("{other:?}"),
    }
}

async fn create_sale(folder: &OwnFolder) {
    let title = Bilingual {
        ar: "مزاد".to_owned(),
        en: "Sale".to_owned(),
    };
    let terms = SaleTerms::preset(title, Currency::parse("EGP").unwrap());
    let hold = folder.engine.arrive();
    let id = (SALE, CommandId(Uuid::from_u128(1)));
    let actor = Caller::operator(None).actor().unwrap();
    let act = SaleAct::Create { terms }.into();
    let command = of_act(id, actor, hold.stamp(), act, folder.engine.vault());
    let answer = folder.engine.submit(SALE, command, hold).await.unwrap();
    assert!(matches!(answer.verdict, Verdict::Accepted(_)));
}

async fn invite(dir: &Path, words: &[&str]) -> Result<InviteReply, Failure> {
    let args = parse(words).unwrap();
    let request = args.request(dir).await?;
    let mut target = AdminTarget::open(dir).await?;
    let reply = target.invite(&request, args.url.as_deref()).await;
    target.close().await?;
    reply
}

#[tokio::test]
async fn the_first_admin_is_invited_before_the_first_start() {
    let dir = tempfile::tempdir().unwrap();
    let words = [
        "--role",
        "admin",
        "--label",
        "target-1",
        "--url",
        "https://mazad.example/",
    ];
    let reply = invite(dir.path(), &words).await.unwrap();
    assert!(
        reply.link.starts_with("https://mazad.example/enter#"),
        "{}",
        reply.link
    );

    let people = target::people(dir.path()).await.unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!(
        (people[0].role, people[0].label.as_str()),
        (Role::Admin, "target-1")
    );
    assert_eq!(people[0].invite.unwrap().0.to_string(), reply.invite);
    let mut shown = Vec::new();
    write_person(&mut shown, &people[0]).unwrap();
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.contains("admin \"target-1\""), "{shown}");
    assert!(!shown.contains(reply.link.rsplit_once('#').unwrap().1));

    for works in [true, false] {
        let mut target = AdminTarget::open_existing(dir.path()).await.unwrap();
        let revoked = target.revoke(reply.invite.parse().unwrap()).await;
        target.close().await.unwrap();
        assert_eq!(revoked.is_ok(), works);
    }
    let mut target = AdminTarget::open_existing(dir.path()).await.unwrap();
    target
        .disable(reply.account.parse().unwrap())
        .await
        .unwrap();
    assert_eq!(
        target.disable(Uuid::nil()).await.unwrap_err().exit,
        Exit::NotFound
    );
    target.close().await.unwrap();
    assert!(target::people(dir.path()).await.unwrap()[0].disabled);
}

#[tokio::test]
async fn a_bidder_is_admitted_with_a_limit_in_the_currency_of_the_sale() {
    let dir = tempfile::tempdir().unwrap();
    let folder = OwnFolder::open(dir.path(), None).await.unwrap();
    create_sale(&folder).await;
    folder.close().await.unwrap();

    let words = ["--role", "bidder", "--paddle", "12", "--limit", "500000"];
    let reply = invite(dir.path(), &words).await.unwrap();
    let folder = OwnFolder::open(dir.path(), None).await.unwrap();
    let mine = folder
        .engine
        .mine(SALE, AccountId(reply.account.parse().unwrap()))
        .await
        .unwrap();
    assert_eq!(
        (mine.paddle, mine.limit),
        (Some(Paddle(12)), Money::new(50_000_000))
    );
    folder.close().await.unwrap();

    let words = ["--role", "bidder", "--paddle", "13", "--limit", "5.005"];
    assert_eq!(
        invite(dir.path(), &words).await.unwrap_err().exit,
        Exit::Usage
    );
    let other = Uuid::from_u128(8).to_string();
    let words = ["--role", "bidder", "--paddle", "13", "--sale", &other];
    assert_eq!(
        invite(dir.path(), &words).await.unwrap_err().exit,
        Exit::NotFound
    );
}

/// What a server does for this command, with the smallest of handlers.
struct TestServer {
    folder: OwnFolder,
    office: Office,
    access: LocalAccess,
}

fn who(office: &Office, headers: &HeaderMap) -> Caller {
    let token = headers["authorization"]
        .to_str()
        .unwrap()
        .strip_prefix("Bearer ")
        .unwrap();
    office.identify(token).unwrap()
}

fn fault(error: OfficeError) -> (StatusCode, Json<v1::Fault>) {
    let code = FaultCode::from(error);
    (
        StatusCode::from_u16(code.status()).unwrap(),
        Json(Fault::from(code).to_wire()),
    )
}

impl TestServer {
    async fn start(dir: &Path) -> Self {
        let folder = OwnFolder::open(dir, None).await.unwrap();
        let store: Arc<dyn EventStore> = folder.store.clone();
        let office = Office::open(store, Arc::new(SystemClock::new()))
            .await
            .unwrap();
        let session = office.local_login();
        let (target, engine) = (office.clone(), folder.engine.clone());
        let invites = |headers: HeaderMap, Json(told): Json<InviteRequest>| async move {
            let who = who(&target, &headers);
            let made =
                mazad_gateway::auth::invite(&target, &engine, &who, &told, "http://192.0.2.1:8080");
            made.await.map(Json).map_err(|error| match error {
                InviteError::Office(error) => fault(error),
                other => panic!("{other}"),
            })
        };
        let target = office.clone();
        let revokes = |headers: HeaderMap, Json(told): Json<serde_json::Value>| async move {
            let id = told["id"].as_str().unwrap().parse().unwrap();
            let ended = target.revoke(&who(&target, &headers), id).await;
            ended.map(|()| StatusCode::NO_CONTENT).map_err(fault)
        };
        let target = office.clone();
        let disables = |headers: HeaderMap, Json(told): Json<serde_json::Value>| async move {
            let id = told["id"].as_str().unwrap().parse().unwrap();
            let ended = target.disable(&who(&target, &headers), id).await;
            ended.map(|()| StatusCode::NO_CONTENT).map_err(fault)
        };
        let router: Router = Router::new()
            .route("/api/invites", post(invites))
            .route("/api/people/revoke", post(revokes))
            .route("/api/people/disable", post(disables));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let access = LocalAccess::write(dir, &url, session.token.as_str()).unwrap();
        Self {
            folder,
            office,
            access,
        }
    }
}

#[tokio::test]
async fn a_server_that_holds_the_folder_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start(dir.path()).await;
    create_sale(&server.folder).await;

    let words = ["--role", "bidder", "--paddle", "12", "--limit", "9"];
    let reply = invite(dir.path(), &words).await.unwrap();
    let (base, secret) = reply.link.rsplit_once("/enter#").unwrap();
    assert_eq!(base, "http://192.0.2.1:8080");
    let session = server.office.redeem(secret).await.unwrap();
    assert_eq!(session.caller.account.to_string(), reply.account);
    assert_eq!(target::people(dir.path()).await.unwrap()[0].tokens.len(), 1);

    let again = ["--role", "bidder", "--paddle", "0"];
    let refused = invite(dir.path(), &again).await.unwrap_err();
    assert!(
        refused.error.to_string().starts_with("400 malformed"),
        "{}",
        refused.error
    );

    let mut target = AdminTarget::open_existing(dir.path()).await.unwrap();
    assert!(matches!(target, AdminTarget::Server(_)));
    target.revoke(session.caller.token.unwrap()).await.unwrap();
    assert_eq!(server.office.identify(session.token.as_str()), None);
    target
        .disable(reply.account.parse().unwrap())
        .await
        .unwrap();
    assert_eq!(
        target.revoke(Uuid::nil()).await.unwrap_err().exit,
        Exit::NotFound
    );
    target.close().await.unwrap();

    server.access.remove().unwrap();
    let nobody = AdminTarget::open(dir.path()).await.unwrap_err();
    assert_eq!(nobody.exit, Exit::Locked);
    server.folder.close().await.unwrap();
}

#[tokio::test]
async fn a_folder_without_a_store_is_not_made_by_a_question() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("typo");
    assert_eq!(
        target::people(&missing).await.unwrap_err().exit,
        Exit::NotFound
    );
    assert_eq!(
        AdminTarget::open_existing(&missing).await.unwrap_err().exit,
        Exit::NotFound
    );
    let bidder = ["--role", "bidder", "--paddle", "12"];
    assert_eq!(
        invite(&missing, &bidder).await.unwrap_err().exit,
        Exit::NotFound
    );
    assert!(!missing.exists());
}

#[test]
fn the_command_line_says_what_is_missing() {
    parse(&["--role", "bidder", "--paddle", "12"]).unwrap();
    parse(&["--role", "clerk"]).unwrap();
    for wrong in [
        &["--role", "bidder"][..],
        &["--role", "watcher"],
        &["--role", "chief"],
        &[],
    ] {
        assert!(parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn times_are_for_people() {
    assert_eq!(time(Time(1_760_000_000_000_000)), "2025-10-09 08:53:20 UTC");
    assert_eq!(time(Time(u64::MAX)), u64::MAX.to_string());
}
