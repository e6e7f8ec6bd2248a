//! `/api/sales/{sale}/lots/{lot}`: one lot, and its public history.

use axum::extract::{Path, State};
use axum::response::Response;
use mazad_engine::codec;
use mazad_engine::codec::wire_id;
use mazad_engine::domain::LotNo;
use mazad_engine::store::{RecordedEvent, Revision, StreamId};
use mazad_projections::public::{Audience, WITHHELD};
use mazad_projections::{public, view};
use mazad_proto::{Expected, FaultCode, v1};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::authenticated::Reader;
use super::described::{Asked, Described, Field};
use super::respond::fresh;
use super::sales::hub_of;
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::hub::Hub;
use crate::limits::{PAGE_READ_EVENTS, PAGE_ROWS_MAX};

/// One lot: what is offered and how it stands.
#[derive(Debug, Serialize)]
pub(super) struct LotBook {
    sale: String,
    lot: u32,
    terms: v1::LotTerms,
    view: v1::LotView,
    /// Public revision that this reflects.
    revision: String,
}

/// Events, oldest first.
#[derive(Debug, Serialize)]
pub(super) struct EventPage {
    pub(super) events: Vec<EventLine>,
    /// Present if there is more: ask again with this as `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// An event as anyone may see it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventLine {
    /// In the log of a sale: its place in the stream. In the history of a lot: the public revision.
    pub(super) revision: String,
    /// In the history of a lot: its place in the stream, for those who may read every event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recorded: Option<String>,
    /// When it was decided, microseconds since 1970 UTC.
    pub(super) at: String,
    /// Its type, such as `BidAccepted`.
    pub(super) kind: String,
    /// The event, without anything sealed. Its shape is the message of that name.
    pub(super) data: Value,
    /// In the history of a lot: how the lot stood after it. Its ask, price and end, its leader, and
    /// what is counted; nothing that waits, and no note but the event's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<v1::LotView>,
    /// In the history of a lot: the sale was paused then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) paused: bool,
    /// Who and by which command; only for those who may read every event.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) author: Option<Author>,
}

/// Who brought an event about.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Author {
    /// When its frame arrived, microseconds since 1970 UTC.
    pub(super) arrived: String,
    /// Id of the command.
    pub(super) command: String,
    /// `engine`, `staff` or `bidder`.
    pub(super) actor: &'static str,
    /// The pseudonym, unless it was the engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
}

/// Which page of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    /// Only what comes after this revision.
    pub(super) after: Option<u64>,
    /// At most so many; never more than 500.
    pub(super) limit: Option<usize>,
}

impl Described for PageQuery {
    fn fields() -> Vec<Field> {
        vec![
            Field::optional("after", Expected::Number),
            Field::optional("limit", Expected::Number),
        ]
    }
}

impl PageQuery {
    pub(super) fn rows(&self) -> usize {
        self.limit.unwrap_or(PAGE_ROWS_MAX).clamp(1, PAGE_ROWS_MAX)
    }

    /// The first revision that may be on the page.
    pub(super) fn from(&self) -> u64 {
        self.after.map_or(0, |after| after.saturating_add(1))
    }
}

fn lot_of(number: &str) -> Result<LotNo, Fault> {
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    let number = number
        .parse()
        .ok()
        .filter(|_| is_plain)
        .ok_or(FaultCode::LotUnknown)?;
    wire_id::lot_no(number, "lot").map_err(|_| FaultCode::LotUnknown.into())
}

/// One lot: its terms and its view.
pub(super) async fn one(
    State(gateway): State<Gateway>,
    Path((sale, lot)): Path<(String, String)>,
    reader: Reader,
) -> Result<Response, Fault> {
    let hub = hub_of(&gateway, &sale, reader).await?;
    let no = lot_of(&lot)?;
    hub.read(|live| {
        let lot = live.lot(no).ok_or(FaultCode::LotUnknown)?;
        Ok(fresh(LotBook {
            sale: hub.sale().to_string(),
            lot: no.0,
            terms: view::catalogue_lot(lot),
            view: view::lot_view(no, lot),
            revision: live.public_revision().to_string(),
        }))
    })
}

/// Public events of a lot, oldest first, each with how the lot stood after it.
pub(super) async fn history(
    State(gateway): State<Gateway>,
    Path((sale, lot)): Path<(String, String)>,
    reader: Reader,
    Asked(page): Asked<PageQuery>,
) -> Result<Response, Fault> {
    let hub = hub_of(&gateway, &sale, reader).await?;
    let no = lot_of(&lot)?;
    if hub.read(|live| live.lot(no).is_none()) {
        return Err(FaultCode::LotUnknown.into());
    }
    let (wanted, is_more) = hub.lines(no, page.from(), page.rows());
    let revisions: Vec<u64> = wanted.iter().map(|line| line.revision).collect();
    let events = events_at(&gateway, &hub, &revisions).await?;
    let last = wanted.last().filter(|_| is_more);
    let next = last.map(|line| line.public_revision.to_string());
    let is_staff = reader.audience() == Audience::Staff;
    let told = events.iter().zip(&wanted).map(|(event, line)| {
        Ok(EventLine {
            revision: line.public_revision.to_string(),
            recorded: is_staff.then(|| line.revision.to_string()),
            after: Some(view::lot_after(no, line.public_revision, &line.after)),
            paused: line.after.paused,
            ..event_line(event, None)?
        })
    });
    let events = told.collect::<Result<_, Fault>>()?;
    Ok(fresh(EventPage { events, next }))
}

/// Reads events at rising revisions, neighbours together.
async fn events_at(
    gateway: &Gateway,
    hub: &Hub,
    wanted: &[u64],
) -> Result<Vec<RecordedEvent>, Fault> {
    let stream = StreamId::sale(hub.sale().0);
    let mut found: Vec<RecordedEvent> = Vec::with_capacity(wanted.len());
    let mut rest = wanted;
    while let Some(first) = rest.first() {
        let read = gateway
            .engine()
            .store()
            .read(&stream, Revision(*first), PAGE_READ_EVENTS);
        let batch = read.await.map_err(|error| {
            tracing::error!(sale = %hub.sale(), %error, "history cannot be read");
            FaultCode::Internal
        })?;
        let last = batch
            .last()
            .map(|event| event.revision.0)
            .ok_or(FaultCode::Internal)?;
        let (here, later) = rest.split_at(rest.partition_point(|revision| *revision <= last));
        let mut here = here.iter().peekable();
        found.extend(batch.into_iter().filter(|event| {
            here.next_if(|revision| **revision == event.revision.0)
                .is_some()
        }));
        rest = later;
    }
    Ok(found)
}

pub(super) fn event_line(
    event: &RecordedEvent,
    author: Option<Author>,
) -> Result<EventLine, Fault> {
    // Who may read every event may read what staff may; nobody reads what is a bidder's own.
    let audience = if author.is_some() {
        Audience::Staff
    } else {
        Audience::Everyone
    };
    let told = codec::meta_of(event).and_then(|meta| Ok((meta, public::body(event, audience)?)));
    let (meta, data) = told.map_err(|error| {
        tracing::error!(stream = %event.stream, revision = event.revision.0, %error, "unreadable");
        FaultCode::Internal
    })?;
    Ok(EventLine {
        revision: event.revision.to_string(),
        recorded: None,
        at: meta.at.to_string(),
        kind: data.as_ref().map_or(WITHHELD, |_| &event.kind).to_owned(),
        data: data.unwrap_or_default(),
        after: None,
        paused: false,
        author,
    })
}
