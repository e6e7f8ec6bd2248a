//! A disk that takes its time, one that is full, a mailbox that is full, and a hub that breaks.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use mazad_engine::domain::{AccountId, Actor, AnswerKey, CommandId, Verdict};
use mazad_engine::limits::COMMAND_QUEUE_MAX;
use mazad_engine::store::DiskSpace;
use mazad_engine::testing::ScriptedStore;
use mazad_gateway::{Limits, ServerOptions};
use mazad_office::Role;
use mazad_proto::Encoding;
use mazad_proto::v1::client_frame::Body as Said;

use crate::support::{Client, ServedSale, get, post};

async fn stage(limits: Limits) -> (ServedSale, Arc<ScriptedStore>) {
    let disk = Arc::new(ScriptedStore::new());
    let options = ServerOptions {
        limits,
        ..ServerOptions::default()
    };
    let store = Arc::<ScriptedStore>::clone(&disk);
    (ServedSale::over(store, options, 1).await, disk)
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_unknown_and_can_be_looked_up() {
    let limits = Limits {
        request: Duration::from_millis(500),
        ..Limits::default()
    };
    let (stage, disk) = stage(limits).await;
    let (token, _) = stage.person(Role::Bidder, 7).await;
    let bid = stage.place(1, 2000);
    let path = format!("/api/sales/{}/commands", stage.sale);
    let body = serde_json::to_string(&bid).unwrap();
    disk.hold();
    let late = post(&stage.server, &path, Some(&token), &body).await;
    assert_eq!(
        (late.status, late.code().as_str()),
        (503, "outcome-unknown")
    );
    assert_eq!(late.json()["id"], bid.id);
    disk.release();
    let path = format!("/api/sales/{}/answers/{}", stage.sale, bid.id);
    let answer = get(&stage.server, &path, Some(&token)).await;
    assert_eq!(answer.json()["verdict"], "VERDICT_ACCEPTED", "{answer:?}");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_everywhere() {
    let (stage, disk) = stage(Limits::default()).await;
    let (token, clerk) = stage.person(Role::Clerk, 0).await;
    let mut client = stage.socket_of(&clerk, Encoding::Json).await;
    disk.set_disk_space(DiskSpace::Out);
    // What begins something; bids on a lot under the hammer go on.
    let open = mazad_proto::v1::OpenLot { lot: 1 };
    let asked = stage.command(mazad_proto::v1::command::Act::OpenLot(open));
    client.say(Said::Command(asked.clone())).await;
    let fault = client.fault().await;
    assert_eq!(
        (fault.code.as_str(), fault.id),
        ("store-full", asked.id.clone())
    );
    assert!(fault.retry_ms > 0);
    let path = format!("/api/sales/{}/commands", stage.sale);
    let body = serde_json::to_string(&asked).unwrap();
    let full = post(&stage.server, &path, Some(&token), &body).await;
    assert_eq!((full.status, full.code().as_str()), (503, "store-full"));
    let ready = get(&stage.server, "/readyz", None).await;
    assert_eq!((ready.status, &ready.json()["room"]), (503, &"out".into()));
    disk.set_disk_space(DiskSpace::Plenty);
    assert_eq!(get(&stage.server, "/readyz", None).await.status, 200);
    // Nothing was decided: the same command is now, by the rules. The lot is open already.
    client.say(Said::Command(asked)).await;
    let answer = client.answer().await;
    assert_eq!(answer.code, "lot-open", "{answer:?}");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_full_mailbox_is_busy_for_a_while_and_nothing_has_happened() {
    let (stage, disk) = stage(Limits::default()).await;
    let (token, bidder) = stage.person(Role::Bidder, 7).await;
    let mut client = stage.socket_of(&bidder, Encoding::Json).await;
    let (engine, before) = (stage.server.engine(), disk.appends());
    // The writer waits for the disk with one batch, and whatever comes now waits for the writer.
    disk.hold();
    let mut first = Box::pin(stage.bid(&bidder, 1, 1000));
    while disk.appends() == before {
        assert!((&mut first).now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    let key = AnswerKey {
        actor: Actor::Bidder(AccountId(bidder.account)),
        command: CommandId(uuid::Uuid::new_v4()),
    };
    let mut waiting = 0;
    // Whoever does not wait for an answer leaves the question where it is.
    while engine.lookup(stage.sale, key).now_or_never().is_none() {
        waiting += 1;
    }
    assert_eq!(waiting, COMMAND_QUEUE_MAX);

    let bid = stage.place(1, 2000);
    client.say(Said::Command(bid.clone())).await;
    let fault = client.fault().await;
    assert_eq!(
        (fault.code.as_str(), fault.id.as_str()),
        ("busy", bid.id.as_str())
    );
    assert!(fault.retry_ms > 0);
    let path = format!("/api/sales/{}/commands", stage.sale);
    let body = serde_json::to_string(&bid).unwrap();
    let full = post(&stage.server, &path, Some(&token), &body).await;
    assert_eq!((full.status, full.code().as_str()), (503, "busy"));

    disk.release();
    assert!(matches!(first.await.verdict, Verdict::Accepted(_)));
    let later = post(&stage.server, &path, Some(&token), &body).await;
    assert_eq!(later.json()["verdict"], "VERDICT_ACCEPTED", "{later:?}");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_hub_that_panics_is_rebuilt_from_the_log_for_whoever_comes_next() {
    let (stage, disk) = stage(Limits::default()).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
    watcher.say(stage.join(None)).await;
    watcher.snapshot().await;
    disk.next_read_panics();
    let answer = stage.bid(&bidder, 1, 2000).await;
    assert_eq!(watcher.closed().await, 4005, "the sale cannot be followed");
    let mut again = Client::connect(&stage.server, Encoding::Json).await;
    again.know(&watcher);
    again.say(stage.join(Some(watcher.cursor()))).await;
    again.reach(answer.public_revision).await;
    assert_eq!(again.cursor().revision, answer.public_revision);
    stage.server.stop().await.unwrap();
}

/// Addresses that say nothing once they are decoded.
#[tokio::test]
async fn an_address_that_is_no_text_is_not_found() {
    let (stage, _disk) = stage(Limits::default()).await;
    for path in [
        "/api/sales/%ff".to_owned(),
        format!("/api/sales/{}/lots/%ff", stage.sale),
        "/sales/%ff".to_owned(),
        "/%C3%28".to_owned(),
    ] {
        let answered = get(&stage.server, &path, None).await;
        let code = answered.code();
        assert_eq!(
            (answered.status, code.as_str()),
            (404, "not-found"),
            "{path}"
        );
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn the_page_of_a_sale_is_there_with_its_first_answer() {
    let (stage, _disk) = stage(Limits::default()).await;
    // Made past the pages: nobody has asked for it before.
    let sale = mazad_engine::domain::SaleId(uuid::Uuid::new_v4());
    let first = ServedSale { sale, ..stage };
    first
        .act(
            mazad_engine::domain::SaleAct::Create {
                terms: crate::support::sale_terms(),
            }
            .into(),
        )
        .await;
    first
        .act(mazad_engine::domain::SaleAct::Publish.into())
        .await;
    let page = get(&first.server, &format!("/sales/{sale}"), None).await;
    assert_eq!(page.status, 200, "{}", page.head);
    first.server.stop().await.unwrap();
}
