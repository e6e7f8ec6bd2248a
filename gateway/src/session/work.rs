//! What a session asks of the engine and waits for, beside everything else it does.
//!
//! Dropping such a wait takes nothing back: a command that is in its queue is decided, and its
//! answer stays to be looked up.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mazad_engine::codec::{command, wire_id};
use mazad_engine::domain::{
    AccountId, Actor, Answer, AnswerKey, Command, CommandId, SaleId, Verdict,
};
use mazad_engine::{ArrivalHold, Lookup, Mine, SubmitError};
use mazad_office::{Identity, Right, allow};
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{FaultCode, v1};

use crate::answer;
use crate::crowd::CommandPlace;
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

pub(super) fn find(gateway: &Gateway, sale: SaleId, cursor: Option<v1::Cursor>) -> Work {
    let gateway = gateway.clone();
    async move {
        Done::Found {
            sale,
            cursor,
            hub: gateway.hubs().created(sale).await,
        }
    }
    .boxed()
}

pub(super) fn mine(gateway: &Gateway, identity: Identity, sale: SaleId) -> Work {
    let gateway = gateway.clone();
    async move {
        let mine = gateway
            .engine()
            .mine(sale, AccountId(identity.account))
            .await;
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

/// A command that may be decided, and the place of its account that it holds until it is.
#[derive(Debug)]
pub(crate) struct Prepared {
    sale: SaleId,
    command: Command,
    _place: CommandPlace,
}

/// Who, may they, how often, and what exactly: everything that can be said of a command before it
/// takes a place in its sale's queue.
pub(crate) fn prepare(
    gateway: &Gateway,
    identity: &Identity,
    wire: &v1::Command,
    hold: &ArrivalHold,
) -> Result<Prepared, FaultCode> {
    let right = Right::of(command::act_of(wire)?);
    let sale = wire_id::sale_id(&wire.sale)?;
    allow(identity, right, Some(sale))?;
    let actor = identity.actor().ok_or(FaultCode::NotPermitted)?;
    let crowd = gateway.crowd();
    if !crowd.may_command(identity.account) {
        return Err(FaultCode::RateLimited);
    }
    let place = crowd.begin(identity.account);
    let _place = place.ok_or(FaultCode::TooManyInFlight)?;
    let vault = gateway.engine().vault();
    let (sale, command) = command::command(wire, actor, hold.stamp(), vault)?;
    Ok(Prepared {
        sale,
        command,
        _place,
    })
}

pub(super) fn submit(gateway: &Gateway, prepared: Prepared, hold: ArrivalHold) -> Work {
    let gateway = gateway.clone();
    async move {
        let (sale, id) = (prepared.sale, prepared.command.id);
        let body = match decide(&gateway, prepared, hold).await {
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

/// Has a command decided: its answer once that is durable.
#[tracing::instrument(level = "debug", skip_all, fields(
    sale = %prepared.sale, command = %prepared.command.id, outcome = tracing::field::Empty))]
pub(crate) async fn decide(
    gateway: &Gateway,
    prepared: Prepared,
    hold: ArrivalHold,
) -> Result<v1::Answer, FaultCode> {
    let Prepared {
        sale,
        command,
        _place,
    } = prepared;
    let id = command.id;
    let begun = std::time::Instant::now();
    let submitted = gateway.engine().submit(sale, command, hold).await;
    let metrics = gateway.metrics();
    let (answer, outcome) = match submitted {
        Ok(answer) => {
            metrics.answered(&answer, begun.elapsed());
            let spelled = spell(gateway, sale, id, &answer).await;
            (Ok(spelled), "answered")
        }
        Err(error) => {
            let code = match FaultCode::from(error) {
                // A stop ends the writers: the next process has them again in a moment.
                FaultCode::SaleHalted if gateway.stopping().is_cancelled() => FaultCode::Stopping,
                code => code,
            };
            metrics.undecided(code.as_str());
            (Err(code), code.as_str())
        }
    };
    tracing::Span::current().record("outcome", outcome);
    answer
}

/// The answer given before to a command of this author.
pub(crate) async fn look_up(
    gateway: &Gateway,
    sale: SaleId,
    actor: Actor,
    command: CommandId,
) -> Result<Body, FaultCode> {
    let key = AnswerKey { actor, command };
    match gateway.engine().lookup(sale, key).await? {
        Lookup::Answered(answer) => Ok(Body::Answer(spell(gateway, sale, command, &answer).await)),
        Lookup::NotSeen { revision } => {
            Ok(Body::NotSeen(answer::not_seen(sale, command, revision)))
        }
    }
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

/// The same bytes for the same answer, whenever: its sentence needs the sale's currency, which a
/// sale has from its first command on.
async fn spell(gateway: &Gateway, sale: SaleId, id: CommandId, answer: &Answer) -> v1::Answer {
    let has_figures = match &answer.verdict {
        Verdict::Accepted(_) => false,
        Verdict::Refused(refusal) => !refusal.figures.is_empty(),
    };
    let currency = if has_figures {
        gateway.hubs().currency(sale).await
    } else {
        None
    };
    answer::answer(sale, id, answer, currency)
}
