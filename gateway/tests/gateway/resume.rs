//! Coming back: without a gap, without a repeat, and never into another history.

use std::sync::Arc;

use mazad_engine::domain::{Act, SaleAct, SaleId};
use mazad_engine::store::{EventStore, MemoryStore, StoreId};
use mazad_gateway::ServerOptions;
use mazad_office::Role;
use mazad_proto::v1::{client_frame::Body as Said, server_frame::Body};
use mazad_proto::{Encoding, v1};

use crate::support::{Client, ServedSale, sale_terms, serve_store};

#[tokio::test]
async fn a_cursor_resumes_after_what_the_client_has() {
    let stage = ServedSale::open(3).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut first = Client::connect(&stage.server, Encoding::Json).await;
    first.say(stage.join(None)).await;
    first.snapshot().await;
    let cursor = first.cursor();
    first.ws.close(None).await.unwrap();
    stage.bid(&bidder, 1, 2000).await;
    stage.bid(&bidder, 3, 2000).await;
    let head = stage.bid(&bidder, 1, 10).await.public_revision;

    let mut back = Client::connect(&stage.server, Encoding::Json).await;
    back.know(&first);
    back.say(stage.join(Some(cursor))).await;
    let mut lots = Vec::new();
    for update in back.reach(head).await {
        lots.extend(update.lots.iter().map(|lot| lot.lot));
    }
    lots.sort_unstable();
    lots.dedup();
    assert_eq!(lots, [1, 3], "what changed, and nothing else");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_cursor_at_the_head_gets_an_empty_update() {
    let stage = ServedSale::open(1).await;
    let mut client = Client::connect(&stage.server, Encoding::Proto).await;
    client.say(stage.join(None)).await;
    client.snapshot().await;
    let cursor = client.cursor();
    client.say(stage.join(Some(cursor))).await;
    let update = client.update().await;
    assert_eq!((update.from, update.to), (cursor.revision, cursor.revision));
    assert!(update.lots.is_empty() && update.board.is_none());
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_cursor_of_another_history_gets_a_snapshot() {
    let stage = ServedSale::open(1).await;
    let mut client = Client::connect(&stage.server, Encoding::Json).await;
    client.say(stage.join(None)).await;
    client.snapshot().await;
    let v1::Cursor { epoch, revision } = client.cursor();
    for cursor in [
        v1::Cursor {
            epoch: epoch + 1,
            revision,
        },
        v1::Cursor { epoch: 0, revision },
        v1::Cursor {
            epoch,
            revision: revision + 100,
        },
        v1::Cursor {
            epoch,
            revision: u64::MAX,
        },
        v1::Cursor {
            epoch: u64::MAX,
            revision: u64::MAX,
        },
    ] {
        client.say(stage.join(Some(cursor))).await;
        let snapshot = client.snapshot().await;
        assert_eq!(snapshot.cursor, Some(v1::Cursor { epoch, revision }));
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_client_of_the_time_before_a_restart_goes_on() {
    let identity = |epoch| StoreId {
        store: uuid::Uuid::from_u128(5),
        epoch,
    };
    let store = Arc::new(MemoryStore::with_identity(identity(1)));
    let shared: Arc<dyn EventStore> = store;
    let stage = ServedSale::over(Arc::clone(&shared), ServerOptions::default(), 1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut client = Client::connect(&stage.server, Encoding::Json).await;
    client.say(stage.join(None)).await;
    client.snapshot().await;
    let cursor = client.cursor();
    let sale = stage.sale;
    stage.server.stop().await.unwrap();
    assert_eq!(client.closed().await, 1012);

    let stage = ServedSale {
        server: serve_store(shared, ServerOptions::default()).await,
        sale,
    };
    let answer = stage.bid(&bidder, 1, 2000).await;
    let mut back = Client::connect(&stage.server, Encoding::Json).await;
    back.know(&client);
    back.say(stage.join(Some(cursor))).await;
    let updates = back.reach(answer.public_revision).await;
    assert_eq!(updates[0].from, cursor.revision);
    assert_eq!(updates.last().unwrap().lots[0].price, 1000);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn joining_what_is_not_there_and_leaving_what_is_not_joined() {
    let stage = ServedSale::open(1).await;
    let mut client = Client::connect(&stage.server, Encoding::Json).await;
    let nowhere = uuid::Uuid::new_v4().to_string();
    client
        .say(Said::Join(v1::Join {
            sale: nowhere.clone(),
            cursor: None,
        }))
        .await;
    assert_eq!(client.fault().await.code, "sale-unknown");
    client.say(Said::Leave(v1::Leave { sale: nowhere })).await;
    assert_eq!(client.fault().await.code, "not-joined");
    client
        .say(Said::Join(v1::Join {
            sale: "x".to_owned(),
            cursor: None,
        }))
        .await;
    assert_eq!(client.fault().await.code, "malformed");
    // After leaving, nothing more comes.
    client.say(stage.join(None)).await;
    client.snapshot().await;
    client
        .say(Said::Leave(v1::Leave {
            sale: stage.sale.to_string(),
        }))
        .await;
    client.say(Said::Ping(v1::Ping { echo: 1 })).await;
    assert!(matches!(client.next().await.unwrap(), Body::Pong(_)));
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    stage.bid(&bidder, 1, 2000).await;
    client.say(Said::Ping(v1::Ping { echo: 2 })).await;
    assert!(matches!(client.next().await.unwrap(), Body::Pong(_)));
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn one_socket_follows_several_sales() {
    let first = ServedSale::open(1).await;
    let (_, bidder) = first.person(Role::Bidder, 7).await;
    let one = first.sale;
    let second = ServedSale {
        sale: SaleId(uuid::Uuid::new_v4()),
        ..first
    };
    second
        .act(Act::from(SaleAct::Create {
            terms: sale_terms(),
        }))
        .await;
    second.act(Act::from(SaleAct::Publish)).await;
    let mut client = Client::connect(&second.server, Encoding::Json).await;
    client.say(second.join(None)).await;
    client.snapshot().await;
    client
        .say(Said::Join(v1::Join {
            sale: one.to_string(),
            cursor: None,
        }))
        .await;
    client.snapshot().await;
    let second_head = second.act(Act::from(SaleAct::Open)).await.public_revision;
    let Body::Update(update) = client.next().await.unwrap() else {
        panic!()
    };
    assert_eq!(
        (update.sale, update.to),
        (second.sale.to_string(), second_head)
    );
    let first = ServedSale {
        sale: one,
        ..second
    };
    let head = first.bid(&bidder, 1, 2000).await.public_revision;
    let Body::Update(update) = client.next().await.unwrap() else {
        panic!()
    };
    assert_eq!((update.sale, update.to), (one.to_string(), head));
    first.server.stop().await.unwrap();
}
