//! Two engines over one store: of those that begin at the same event, one writes.
#![cfg(test)]

use std::sync::Arc;

use mazad_engine::codec::meta_of;
use mazad_engine::domain::{CommandId, LotAct, LotNo, Paddle, Running};
use mazad_engine::store::{EventStore, Revision, StreamId};
use mazad_engine::testing::{TestEngine, lot_terms, sale_terms};
use mazad_engine::{SaleHealth, SubmitError};

/// The ids of an engine's own events are its own: the store must not take those of the second for a
/// repeat of the first one's, or both would answer.
#[tokio::test]
async fn of_two_that_start_from_the_same_event_one_owns_the_sale() {
    let first = TestEngine::start().await.unwrap();
    let lots = vec![lot_terms(Running::Clerked)];
    first.open_sale(sale_terms(), lots, &[Paddle(1)]).await;
    first.engine.stop().await;
    let head = first.store.head(&stream()).await.unwrap();

    let over = || TestEngine::over(Arc::clone(&first.store), Arc::clone(&first.clock));
    let (one, other) = tokio::join!(over(), over());
    let (one, other) = (one.unwrap(), other.unwrap());
    let told = [
        one.clerk(LotAct::Open.of(LotNo(1))).await,
        other.clerk(LotAct::Open.of(LotNo(1))).await,
    ];
    let owners = [&one, &other].map(|engine| engine.engine.state(TestEngine::SALE));
    let running = Some(SaleHealth::Running);
    assert_eq!(
        owners.iter().filter(|owner| **owner == running).count(),
        1,
        "{owners:?}"
    );
    assert_eq!(
        told.iter().filter(|answer| answer.is_ok()).count(),
        1,
        "{told:?}"
    );
    assert!(told.contains(&Err(SubmitError::Unknown)) || told.contains(&Err(SubmitError::Halted)));

    let from = Revision(head.unwrap().0 + 1);
    let since = first.store.read(&stream(), from, 10).await.unwrap();
    let starts = since.iter().filter(|event| &*event.kind == "WriterStarted");
    let starts: Vec<CommandId> = starts
        .map(|event| meta_of(event).unwrap().command)
        .collect();
    assert_eq!(starts.len(), 1, "one process writes: {since:?}");
}

fn stream() -> StreamId {
    StreamId::sale(TestEngine::SALE.0)
}
