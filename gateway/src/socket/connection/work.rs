//! What a connection asks of the engine and waits for, beside everything else it does.
//!
//! Dropping such a wait takes nothing back: a command that is in its queue is decided, and its
//! answer stays to be looked up.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mazad_engine::domain::{AccountId, Actor, CommandId, SaleId};
use mazad_engine::{ArrivalHold, Mine, SubmitError};
use mazad_office::Caller;
use mazad_proto::v1;
use mazad_proto::v1::server_frame::Body;

use crate::answer;
use crate::commands::{AuthorisedCommand, audience, decide, look_up};
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::hub::Hub;

/// Something that is waited for.
pub(super) type Work = BoxFuture<'static, Done>;

/// What the engine said of a bidder's own figures, and the same for the wire.
pub(super) type AskedMine = Result<(Mine, v1::Mine), SubmitError>;

/// What came of it.
#[derive(Debug)]
pub(super) enum Done {
    /// An answer for the client; with the sale, if its own figures may have moved.
    Replied { sale: Option<SaleId>, body: Body },
    /// The sale that the client wants to follow, or nothing.
    Found {
        sale: SaleId,
        cursor: Option<v1::Cursor>,
        hub: Option<Arc<Hub>>,
    },
    /// The bidder's own figures.
    Mine { sale: SaleId, mine: AskedMine },
}

/// A draft is found by staff alone.
pub(super) fn find(
    gateway: &Gateway,
    caller: &Caller,
    sale: SaleId,
    cursor: Option<v1::Cursor>,
) -> Work {
    let audience = audience(caller);
    let gateway = gateway.clone();
    async move {
        Done::Found {
            sale,
            cursor,
            hub: gateway.hubs().shown(sale, audience).await,
        }
    }
    .boxed()
}

pub(super) fn mine(gateway: &Gateway, caller: Caller, sale: SaleId) -> Work {
    let gateway = gateway.clone();
    async move {
        let mine = gateway.engine().mine(sale, AccountId(caller.account)).await;
        let with_wire = |mine: Mine| {
            let wire = answer::mine(sale, &mine);
            (mine, wire)
        };
        Done::Mine {
            sale,
            mine: mine.map(with_wire),
        }
    }
    .boxed()
}

pub(super) fn submit(gateway: &Gateway, authorised: AuthorisedCommand, hold: ArrivalHold) -> Work {
    let gateway = gateway.clone();
    async move {
        let (sale, id) = (authorised.sale, authorised.command.id);
        let body = match decide(&gateway, authorised, hold).await {
            Ok(answer) => Body::Answer(answer),
            Err(code) => Body::Fault(Fault::about(code, &id.to_string()).to_wire()),
        };
        Done::Replied {
            sale: Some(sale),
            body,
        }
    }
    .boxed()
}

pub(super) fn lookup(gateway: &Gateway, sale: SaleId, actor: Actor, id: CommandId) -> Work {
    let gateway = gateway.clone();
    async move {
        let body = look_up(&gateway, sale, actor, id)
            .await
            .unwrap_or_else(|code| Body::Fault(Fault::about(code, &id.to_string()).to_wire()));
        Done::Replied { sale: None, body }
    }
    .boxed()
}
