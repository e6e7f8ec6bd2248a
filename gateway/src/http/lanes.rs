//! Who is answered first: work that keeps a core or the disk busy is done in turns. People who are known
//! have a lane of their own, in which they take turns by account; everybody else takes turns by address.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mazad_office::Caller;
use mazad_proto::FaultCode;
use uuid::Uuid;

use crate::connection_limits::Prefix;
use crate::faults::Fault;
use crate::limits::{KNOWN_LANE, PAGES_LANE, READ_BYTES_MAX, READS_LANE};
use crate::turns::{Crowded, Turn, Turns};

/// What a request counts as; set on each by the guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    Known(Uuid),
    Nobody(Prefix),
}

impl Asker {
    pub(super) fn new(caller: &Caller, address: IpAddr) -> Self {
        match caller.token {
            Some(_) => Self::Known(caller.account),
            None => Self::Nobody(Prefix::of(address)),
        }
    }

    /// The account, if it is known.
    pub(super) const fn account(self) -> Option<Uuid> {
        match self {
            Self::Known(account) => Some(account),
            Self::Nobody(_) => None,
        }
    }

    /// As the guard has set it.
    pub(super) fn of(request: &Request) -> Option<Self> {
        request.extensions().get::<Self>().copied()
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// A page that is rendered.
    Page,
    /// A read of the interface.
    Read,
}

/// The lanes of a server.
#[derive(Debug)]
pub(super) struct Lanes {
    pages: Turns<Prefix>,
    reads: Turns<Prefix>,
    known: Turns<Uuid>,
}

/// A turn in one of them. Dropping it hands it on.
#[derive(Debug)]
pub(super) enum LaneTurn {
    Address(#[expect(dead_code, reason = "it is held")] Turn<Prefix>),
    Account(#[expect(dead_code, reason = "it is held")] Turn<Uuid>),
}

impl Lanes {
    pub(super) fn new() -> Self {
        Self {
            pages: Turns::new(PAGES_LANE),
            reads: Turns::new(READS_LANE),
            known: Turns::new(KNOWN_LANE),
        }
    }

    /// A turn, if one is free now.
    pub(super) fn take_now(&self, asker: Asker, work: Work) -> Option<LaneTurn> {
        match asker {
            Asker::Known(_) => self.known.take_now().map(LaneTurn::Account),
            Asker::Nobody(_) => self.of(work).take_now().map(LaneTurn::Address),
        }
    }

    /// Waits for a turn; no, if too many wait.
    pub(super) async fn take(&self, asker: Asker, work: Work) -> Result<LaneTurn, FaultCode> {
        let taken = match asker {
            Asker::Known(account) => self.known.take(account).await.map(LaneTurn::Account),
            Asker::Nobody(prefix) => self.of(work).take(prefix).await.map(LaneTurn::Address),
        };
        taken.map_err(|Crowded| FaultCode::Busy)
    }

    const fn of(&self, work: Work) -> &Turns<Prefix> {
        match work {
            Work::Page => &self.pages,
            Work::Read => &self.reads,
        }
    }
}

/// Reads of the interface are made in turns. Commands are not: they have bounds of their own, and an
/// answer to a bid waits for nothing.
pub(super) async fn read_in_turn(
    State(lanes): State<Arc<Lanes>>,
    request: Request,
    next: Next,
) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD)
        && request.uri().path().starts_with("/api/");
    let asker = Asker::of(&request).filter(|_| is_read);
    let Some(asker) = asker else {
        return next.run(request).await;
    };
    match lanes.take(asker, Work::Read).await {
        Ok(_turn) => whole(next.run(request).await).await,
        Err(code) => Fault::from(code).into_response(),
    }
}

/// An answer with its whole body: what is packed on the way is packed within the turn, and a reader who
/// takes it slowly holds none.
async fn whole(answer: Response) -> Response {
    let (head, body) = answer.into_parts();
    match to_bytes(body, READ_BYTES_MAX).await {
        Ok(body) => Response::from_parts(head, Body::from(body)),
        Err(_) => Fault::from(FaultCode::Internal).into_response(),
    }
}
