//! A command of the wire on its way to the engine and its answer on the way back, the same for the
//! socket and for HTTP: who, may they, how often, then decided, or looked up.

use mazad_engine::codec::{command, wire_id};
use mazad_engine::domain::{Actor, Answer, AnswerKey, Command, CommandId, SaleId, Verdict};
use mazad_engine::{ArrivalHold, Lookup};
use mazad_office::{Caller, Right, allow};
use mazad_projections::public::Audience;
use mazad_proto::v1::command::Act;
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{FaultCode, Unreadable, v1};
use uuid::Uuid;

use crate::answer;
use crate::connection_limits::CommandPermit;
use crate::faults::Fault;
use crate::gateway::Gateway;

/// What of the sales there is for somebody: staff see drafts too.
pub(crate) fn audience(caller: &Caller) -> Audience {
    match allow(caller, Right::WatchDraft, None) {
        Ok(()) => Audience::Staff,
        Err(_) => Audience::Everyone,
    }
}

/// A command that may be decided, and the permit of its account that it holds until it is.
#[derive(Debug)]
pub(crate) struct AuthorisedCommand {
    pub(crate) sale: SaleId,
    pub(crate) command: Command,
    permit: CommandPermit,
}

/// Who, may they, how often, and what exactly: everything that can be said of a command before it
/// takes a place in its sale's queue.
pub(crate) fn authorise(
    gateway: &Gateway,
    caller: &Caller,
    wire: &v1::Command,
    hold: &ArrivalHold,
) -> Result<AuthorisedCommand, Fault> {
    let act = wire.act.as_ref();
    let act = act.ok_or_else(|| Unreadable::choice("Command", "", 0))?;
    let right = Right::of(act);
    let sale = wire_id::sale_id(&wire.sale)?;
    allow(caller, right, Some(sale))?;
    let actor = caller.actor().ok_or(FaultCode::NotPermitted)?;
    let connection_limits = gateway.connection_limits();
    if !connection_limits.may_command(caller.account) {
        return Err(FaultCode::RateLimited.into());
    }
    let permit = connection_limits.admit_command(caller.account);
    let permit = permit.ok_or(FaultCode::TooManyInFlight)?;
    let vault = gateway.engine().vault();
    let (sale, command) = command::command(wire, actor, hold.stamp(), vault)?;
    Ok(AuthorisedCommand {
        sale,
        command,
        permit,
    })
}

/// Has a command decided: its answer once that is durable.
#[tracing::instrument(level = "debug", skip_all, fields(
    sale = %authorised.sale, command = %authorised.command.id, outcome = tracing::field::Empty))]
pub(crate) async fn decide(
    gateway: &Gateway,
    authorised: AuthorisedCommand,
    hold: ArrivalHold,
) -> Result<v1::Answer, FaultCode> {
    let AuthorisedCommand {
        sale,
        command,
        permit,
    } = authorised;
    let id = command.id;
    let begun = std::time::Instant::now();
    let submitted = gateway.engine().submit(sale, command, hold).await;
    let metrics = gateway.metrics();
    let (answer, outcome) = match submitted {
        Ok(answer) => {
            if let Verdict::Refused(_) = answer.verdict {
                permit.refused();
            }
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

/// What an act of staff would lead to, or why it would be refused. Nothing is decided, so nothing is
/// kept and no end waits for it; the command needs no id.
pub(crate) async fn preview(
    gateway: &Gateway,
    caller: &Caller,
    wire: &v1::Command,
) -> Result<v1::Preview, Fault> {
    let sale = wire_id::sale_id(&wire.sale)?;
    allow(caller, Right::Preview, Some(sale))?;
    let hold = gateway.engine().arrive();
    let mut asked = wire.clone();
    if asked.id.is_empty() {
        asked.id = Uuid::new_v4().to_string();
    }
    if let Some(act) = &mut asked.act {
        name_some_standing(act);
    }
    let authorised = authorise(gateway, caller, &asked, &hold)?;
    drop(hold);
    let previewed = gateway.engine().preview(sale, authorised.command).await?;
    Ok(match previewed {
        Ok(lots) => v1::Preview {
            lots,
            ..v1::Preview::default()
        },
        Err(refusal) => answer::refused(&refusal, gateway.hubs().currency(sale).await),
    })
}

/// What an act has to name of the standing, whoever asks where it leads need not know yet: the engine
/// puts the present one in its place.
fn name_some_standing(act: &mut Act) {
    match act {
        Act::HammerLot(act) => drop(act.seen.get_or_insert_default()),
        Act::PassLot(act) => drop(act.seen.get_or_insert_default()),
        Act::WithdrawLot(act) => drop(act.seen.get_or_insert_default()),
        Act::VoidBid(act) => drop(act.leads_to.get_or_insert_default()),
        Act::PlaceBid(_)
        | Act::Reaffirm(_)
        | Act::FloorBid(_)
        | Act::ConfirmFloorBid(_)
        | Act::OpenLot(_)
        | Act::WarnLot(_)
        | Act::SetAsk(_)
        | Act::ReofferLot(_)
        | Act::ReopenLot(_)
        | Act::ReorderLots(_)
        | Act::RaiseCeiling(_)
        | Act::OpenSale(_)
        | Act::PauseSale(_)
        | Act::ResumeSale(_)
        | Act::EndSale(_)
        | Act::AdmitPaddle(_)
        | Act::BarPaddle(_)
        | Act::SetLimit(_)
        | Act::MarkPresence(_)
        | Act::CreateSale(_)
        | Act::AddLots(_)
        | Act::AmendLots(_)
        | Act::AmendSale(_)
        | Act::ClearLots(_)
        | Act::PublishSale(_) => {}
    }
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
        Lookup::NotSeen { public_revision } => Ok(Body::NotSeen(answer::not_seen(
            sale,
            command,
            public_revision,
        ))),
    }
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
