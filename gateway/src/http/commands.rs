//! Commands, their answers and a bidder's own figures, for programs that need no live socket.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use mazad_engine::codec::wire_id;
use mazad_engine::domain::AccountId;
use mazad_office::{Right, Role};
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, Expected, FaultCode, Unreadable, decode, v1};
use tokio::time::timeout;

use super::authenticated::Authenticated;
use super::body::read;
use super::respond::{fresh, message};
use super::sales::hub_of;
use crate::answer;
use crate::commands;
use crate::commands::{authorise, decide, look_up};
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::limits::{ADMIN_BODY_BYTES_MAX, BODY_BYTES_MAX};

/// Has a command decided. The answer comes when it is durable.
pub(super) async fn send(
    State(gateway): State<Gateway>,
    Path(sale): Path<String>,
    caller: Authenticated,
    request: Request,
) -> Result<Response, Fault> {
    // Terms of a sale and of a lot have long texts, and only an admin sends them.
    let bytes_max = match caller.0.role {
        Role::Admin => ADMIN_BODY_BYTES_MAX,
        Role::Watcher | Role::Bidder | Role::Clerk | Role::Auctioneer | Role::Analyst => {
            BODY_BYTES_MAX
        }
    };
    let body = read(&gateway, request, bytes_max).await?;
    let hold = gateway.engine().arrive();
    let command: v1::Command = decode(&body, Encoding::Json)?;
    if command.sale != sale {
        let place = Unreadable::new("sale", Expected::AsInAddress);
        return Err(Fault::about(place, &command.id));
    }
    let about = |code: FaultCode| Fault::about(code, &command.id);
    let authorised = authorise(&gateway, &caller.0, &command, &hold);
    let authorised = authorised.map_err(|fault| Fault::about(fault, &command.id))?;
    let decided = decide(&gateway, authorised, hold);
    // Past this point it may be decided, however long it takes: what it came to can be asked for.
    let answered = timeout(gateway.limits().request, decided).await;
    let answer = answered.unwrap_or(Err(FaultCode::OutcomeUnknown));
    Ok(fresh(answer.map_err(about)?))
}

/// What an act of staff would lead to, or why it would be refused; nothing is decided. It takes the
/// command as it would be sent, also without an id.
pub(super) async fn preview(
    State(gateway): State<Gateway>,
    caller: Authenticated,
    request: Request,
) -> Result<Response, Fault> {
    caller.may(Right::Preview, None)?;
    let body = read(&gateway, request, BODY_BYTES_MAX).await?;
    let command: v1::Command = decode(&body, Encoding::Json)?;
    let asked = commands::preview(&gateway, &caller.0, &command);
    let previewed = timeout(gateway.limits().request, asked).await;
    let preview = previewed.unwrap_or_else(|_| Err(FaultCode::Timeout.into()));
    Ok(fresh(
        preview.map_err(|fault| Fault::about(fault, &command.id))?,
    ))
}

/// The answer to a command sent before, perhaps elsewhere.
pub(super) async fn answer(
    State(gateway): State<Gateway>,
    Path((sale, id)): Path<(String, String)>,
    caller: Authenticated,
) -> Result<Response, Fault> {
    let sale = wire_id::sale_id(&sale).map_err(|_| FaultCode::SaleUnknown)?;
    caller.may(Right::ReadAnswer, Some(sale))?;
    let id = wire_id::command_id(&id)?;
    let actor = caller.0.actor().ok_or(FaultCode::NotPermitted)?;
    Ok(message(look_up(&gateway, sale, actor, id).await?))
}

/// What only this bidder may know: limit, exposure and own maxima.
pub(super) async fn mine(
    State(gateway): State<Gateway>,
    Path(sale): Path<String>,
    caller: Authenticated,
) -> Result<Response, Fault> {
    let id = wire_id::sale_id(&sale).map_err(|_| FaultCode::SaleUnknown)?;
    caller.may(Right::ReadMine, Some(id))?;
    let hub = hub_of(&gateway, &sale, caller.reader()).await?;
    let mine = gateway
        .engine()
        .mine(hub.sale(), AccountId(caller.0.account))
        .await?;
    Ok(message(Body::Mine(answer::mine(hub.sale(), &mine))))
}
