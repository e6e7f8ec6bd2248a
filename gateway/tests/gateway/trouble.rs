//! A disk that takes its time, and one that is full.

use std::sync::Arc;
use std::time::Duration;

use mazad_engine::store::DiskSpace;
use mazad_engine::testing::ScriptedStore;
use mazad_gateway::{Limits, ServerOptions};
use mazad_office::Role;
use mazad_proto::Encoding;
use mazad_proto::v1::client_frame::Body as Said;

use crate::support::{ServedSale, get, post};

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
    let page = get(&first.server, &format!("/sales/{sale}"), None).await;
    assert_eq!(page.status, 200, "{}", page.head);
    first.server.stop().await.unwrap();
}
