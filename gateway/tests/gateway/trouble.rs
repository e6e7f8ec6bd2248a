//! A disk that takes its time, and one that is full.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mazad_engine::store::{
    AppendError, Appended, DiskSpace, EventStore, Expected, MemoryStore, NewEvent, Position,
    ReadError, RecordedEvent, Revision, StoreId, StreamId,
};
use mazad_gateway::{Limits, ServerOptions};
use mazad_office::Role;
use mazad_proto::Encoding;
use mazad_proto::v1::client_frame::Body as Said;
use tokio::sync::watch;

use crate::support::{Stage, get, post};

/// A disk whose state a test sets.
#[derive(Debug)]
struct Disk {
    inner: MemoryStore,
    now: watch::Receiver<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Stuck,
    Out,
}

impl EventStore for Disk {
    fn append<'a>(
        &'a self,
        stream: &'a StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        async move {
            let mut now = self.now.clone();
            drop(now.wait_for(|now| *now != State::Stuck).await);
            self.inner.append(stream, expected, events).await
        }
        .boxed()
    }

    fn read<'a>(
        &'a self,
        stream: &'a StreamId,
        from: Revision,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<RecordedEvent>, ReadError>> {
        self.inner.read(stream, from, limit)
    }

    fn read_all(
        &self,
        from: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, ReadError>> {
        self.inner.read_all(from, limit)
    }

    fn head<'a>(
        &'a self,
        stream: &'a StreamId,
    ) -> BoxFuture<'a, Result<Option<Revision>, ReadError>> {
        self.inner.head(stream)
    }

    fn streams(&self) -> BoxFuture<'_, Result<Vec<StreamId>, ReadError>> {
        self.inner.streams()
    }

    fn durable(&self) -> watch::Receiver<u64> {
        self.inner.durable()
    }

    fn identity(&self) -> StoreId {
        self.inner.identity()
    }

    fn disk_space(&self) -> DiskSpace {
        match *self.now.borrow() {
            State::Good | State::Stuck => DiskSpace::Plenty,
            State::Out => DiskSpace::Out,
        }
    }
}

async fn stage(limits: Limits) -> (Stage, watch::Sender<State>) {
    let (disk, now) = watch::channel(State::Good);
    let inner = MemoryStore::new();
    let options = ServerOptions {
        limits,
        ..ServerOptions::default()
    };
    (
        Stage::over(Arc::new(Disk { inner, now }), options, 1).await,
        disk,
    )
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
    disk.send_replace(State::Stuck);
    let late = post(&stage.server, &path, Some(&token), &body).await;
    assert_eq!(
        (late.status, late.code().as_str()),
        (503, "outcome-unknown")
    );
    assert_eq!(late.json()["id"], bid.id);
    disk.send_replace(State::Good);
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
    disk.send_replace(State::Out);
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
    disk.send_replace(State::Good);
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
    let first = Stage { sale, ..stage };
    first
        .act(mazad_engine::domain::Act::CreateSale {
            terms: crate::support::sale_terms(),
        })
        .await;
    let page = get(&first.server, &format!("/sales/{sale}"), None).await;
    assert_eq!(page.status, 200, "{}", page.head);
    first.server.stop().await.unwrap();
}
