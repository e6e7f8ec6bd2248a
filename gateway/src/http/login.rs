//! `/api/session`: redeem an invite, ask who one is, log out.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use mazad_office::{Caller, Login, OfficeError, Right, Role, Secret};
use mazad_proto::{Expected, FaultCode};
use serde::{Deserialize, Serialize};

use super::authenticated::{Authenticated, cookie_name};
use super::body::JsonBody;
use super::described::{Described, Field};
use super::respond::{fresh, no_store};
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::listener::Peer;

/// A program says so in this header, and gets its token in the body.
const CLIENT: &str = "mazad-client";

/// What an invite's link carries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Redeem {
    /// The part of the link after `#`.
    secret: String,
}

impl Described for Redeem {
    fn fields() -> Vec<Field> {
        vec![Field::required("secret", Expected::Secret)]
    }
}

#[derive(Debug, Serialize)]
pub(super) struct WhoAmI {
    /// `ROLE_BIDDER` and so on; `ROLE_WATCHER` for everybody else.
    role: &'static str,
    /// The pseudonym.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// For a bidder: the one sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    sale: Option<String>,
    /// For a bidder: the paddle.
    #[serde(skip_serializing_if = "Option::is_none")]
    paddle: Option<u32>,
    /// For programs only, once: the bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl WhoAmI {
    fn of(caller: &Caller) -> Self {
        Self {
            role: caller.role.to_proto().as_str_name(),
            account: caller.token.map(|_| caller.account.to_string()),
            sale: caller.sale.map(|sale| sale.to_string()),
            paddle: caller.paddle.map(|paddle| paddle.0),
            token: None,
        }
    }
}

/// Where an invite is redeemed or looked at.
const DOORS: [&str; 3] = ["/api/session", "/api/v1/invitation", "/enter"];

/// Whether a request brings an invite, whose rate counts what is wrong alone.
pub(super) fn brings_invite(method: &Method, path: &str) -> bool {
    *method == Method::POST && DOORS.contains(&path)
}

/// Whom an invite lets in. It is not used up: programs that open every link find nothing here that
/// changes anything.
pub(super) async fn look(
    State(gateway): State<Gateway>,
    peer: Peer,
    JsonBody(told): JsonBody<Redeem>,
) -> Result<Response, Fault> {
    let shown = gateway.office().shown(&told.secret);
    let shown = missed(&gateway, peer, shown)?;
    Ok(fresh(WhoAmI::of(&shown)))
}

/// What the page of an invite sends where no script runs.
#[derive(Debug, Deserialize)]
pub(super) struct EnterForm {
    /// The link, or the part of it after `#`.
    secret: String,
}

/// The same as a form, from the page of an invite: logs in and goes to the right page.
pub(super) async fn enter(
    State(gateway): State<Gateway>,
    peer: Peer,
    form: Result<Form<EnterForm>, FormRejection>,
) -> Result<Response, Fault> {
    let Ok(Form(EnterForm { secret })) = form else {
        return Err(FaultCode::WrongEncoding.into());
    };
    let secret = secret.rsplit('#').next().unwrap_or_default().trim();
    let session = log_in(&gateway, peer, secret).await?;
    let cookie = new_cookie(&gateway, &session)?;
    let page = first_page(&gateway, &session.caller);
    let mut response = no_store(Redirect::to(&page).into_response());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Where somebody's work is. Staff are invited to the house, not to a sale: with one sale there is nothing
/// to choose.
fn first_page(gateway: &Gateway, caller: &Caller) -> String {
    if caller.role == Role::Admin {
        return "/admin".to_owned();
    }
    let sales = gateway.engine().sales();
    let only = || sales.first().copied().filter(|_| sales.len() == 1);
    let room = match caller.role {
        Role::Bidder => Some("bid"),
        Role::Clerk | Role::Auctioneer => Some("clerk"),
        Role::Analyst => Some("analyst"),
        Role::Watcher | Role::Admin => None,
    };
    match room.zip(caller.sale.or_else(only)) {
        Some((room, sale)) => format!("/{room}/{sale}"),
        None => "/".to_owned(),
    }
}

/// Redeems an invite, once, and logs in.
pub(super) async fn redeem(
    State(gateway): State<Gateway>,
    peer: Peer,
    headers: HeaderMap,
    JsonBody(told): JsonBody<Redeem>,
) -> Result<Response, Fault> {
    let session = log_in(&gateway, peer, &told.secret).await?;
    let mut who = WhoAmI::of(&session.caller);
    let is_program = headers
        .get(CLIENT)
        .is_some_and(|client| client == "program");
    if is_program {
        who.token = Some(session.token.as_str().to_owned());
        return Ok(fresh(who));
    }
    let mut response = fresh(who);
    response
        .headers_mut()
        .append(header::SET_COOKIE, new_cookie(&gateway, &session)?);
    Ok(response)
}

/// Takes an invite. Whoever brings a good secret is let in however many come from the same address; one
/// that is wrong counts, and after so many of them the address is told to wait.
async fn log_in(gateway: &Gateway, peer: Peer, secret: &str) -> Result<Login, Fault> {
    let redeemed = gateway.office().redeem(secret).await;
    missed(gateway, peer, redeemed)
}

/// Counts a wrong secret for its address.
fn missed<T>(gateway: &Gateway, peer: Peer, found: Result<T, OfficeError>) -> Result<T, Fault> {
    let is_wrong = matches!(found, Err(OfficeError::InviteInvalid));
    if is_wrong && !gateway.connection_limits().may_miss(peer.address) {
        return Err(FaultCode::RateLimited.into());
    }
    Ok(found?)
}

pub(super) async fn who(caller: Authenticated) -> Response {
    fresh(WhoAmI::of(&caller.0))
}

/// Logs out: the token ends, and its sockets close with 4001.
pub(super) async fn end(
    State(gateway): State<Gateway>,
    caller: Authenticated,
) -> Result<Response, Fault> {
    caller.may(Right::EndSession, None)?;
    let token = caller.0.token.ok_or(FaultCode::NotLoggedIn)?;
    gateway.office().revoke(&caller.0, token).await?;
    let mut response = no_store(StatusCode::NO_CONTENT.into_response());
    let (name, secure) = cookie_of(&gateway);
    let gone = format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict{secure}");
    let gone = HeaderValue::from_str(&gone).map_err(|_| FaultCode::Internal)?;
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

/// The cookie of a browser: its scripts cannot read it, other sites cannot make it be sent, and no
/// other host gets it.
fn new_cookie(gateway: &Gateway, session: &Login) -> Result<HeaderValue, Fault> {
    let now = gateway.engine().clock().now();
    let seconds = session
        .expires_at
        .since(now)
        .0
        .checked_div(1_000_000)
        .unwrap_or_default();
    let (name, secure) = cookie_of(gateway);
    let token: &Secret = &session.token;
    let token = token.as_str();
    let cookie =
        format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let mut value = HeaderValue::from_str(&cookie).map_err(|_| FaultCode::Internal)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Its name, and what follows where people come over TLS.
fn cookie_of(gateway: &Gateway) -> (&'static str, &'static str) {
    let is_secured = gateway.origins().are_secured();
    (
        cookie_name(is_secured),
        if is_secured { "; Secure" } else { "" },
    )
}
