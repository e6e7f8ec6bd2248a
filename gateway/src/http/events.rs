//! `/api/sales/{sale}/events`: the whole log of a sale, for analysts. Nothing sealed is in it.

use axum::extract::{Path, State};
use axum::response::Response;
use mazad_engine::codec;
use mazad_engine::domain::Actor;
use mazad_engine::store::{RecordedEvent, Revision, StreamId};
use mazad_office::Right;
use mazad_proto::FaultCode;

use super::authenticated::Authenticated;
use super::described::Asked;
use super::lots::{Author, EventLine, EventPage, PageQuery, event_line};
use super::respond::fresh;
use super::sales::hub_of;
use crate::faults::Fault;
use crate::gateway::Gateway;

/// Every event of a sale, without sealed values.
pub(super) async fn list(
    State(gateway): State<Gateway>,
    Path(sale): Path<String>,
    caller: Authenticated,
    Asked(page): Asked<PageQuery>,
) -> Result<Response, Fault> {
    caller.may(Right::ReadEvents, None)?;
    let hub = hub_of(&gateway, &sale, caller.reader()).await?;
    let stream = StreamId::sale(hub.sale().0);
    let rows = page.rows();
    // One more than asked for tells whether there is more.
    let read =
        gateway
            .engine()
            .store()
            .read(&stream, Revision(page.from()), rows.saturating_add(1));
    let mut events = read.await.map_err(|error| {
        tracing::error!(sale = %hub.sale(), %error, "events cannot be read");
        FaultCode::Internal
    })?;
    let is_more = events.len() > rows;
    events.truncate(rows);
    let next = events
        .last()
        .filter(|_| is_more)
        .map(|last| last.revision.to_string());
    let events = events.iter().map(line).collect::<Result<_, _>>()?;
    Ok(fresh(EventPage { events, next }))
}

fn line(event: &RecordedEvent) -> Result<EventLine, Fault> {
    let meta = codec::meta_of(event).map_err(|_| FaultCode::Internal)?;
    let (actor, account) = match meta.actor {
        Actor::Engine => ("engine", None),
        Actor::Staff(staff) => ("staff", Some(staff.to_string())),
        Actor::Bidder(account) => ("bidder", Some(account.to_string())),
    };
    let author = Author {
        arrived: meta.arrived.to_string(),
        command: meta.command.to_string(),
        actor,
        account,
    };
    event_line(event, Some(author))
}
