//! `mazad admin`: invite people, list them, end their logins; publish a sale, set a limit, raise a
//! ceiling.
//!
//! A server that runs on the folder does it; if none runs, this process does it on the folder
//! itself. Either way it is the office (`auth`) or the engine that decides.

mod money;
mod sale_acts;
mod target;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use mazad_engine::domain::Time;
use mazad_gateway::auth::{InviteReply, InviteRequest, PersonLine, qr_text};
use mazad_office::{Person, Role};
use serde_json::json;
use uuid::Uuid;

use self::sale_acts::{PublishArgs, RaiseCeilingArgs, SetLimitArgs};
use self::target::AdminTarget;
use super::exit::{Exit, ExitResult, Failure};
use super::folder::ReadFolder;
use super::output::Output;

/// What `admin` is asked.
#[derive(Debug, Args)]
pub(crate) struct AdminArgs {
    /// The data folder. If a server runs on it, the server is asked.
    #[arg(
        long,
        env = "MAZAD_DATA",
        default_value = "mazad-data",
        value_name = "DIR",
        global = true
    )]
    data: PathBuf,

    #[command(subcommand)]
    act: AdminAct,
}

#[derive(Debug, Subcommand)]
enum AdminAct {
    /// Make a link that lets somebody in, once.
    Invite(InviteArgs),
    /// End a login, or withdraw a link that nobody has used, by its id.
    Revoke {
        /// As `admin people` shows it.
        id: Uuid,
    },
    /// Shut an account out for ever: all its logins and its open link end.
    Disable {
        /// As `admin people` shows it.
        account: Uuid,
    },
    /// List accounts with their open links and logins.
    People,
    /// Make a draft public, with all its lots at once.
    Publish(PublishArgs),
    /// R13: say how far all bids of a paddle together may go from now on.
    SetLimit(SetLimitArgs),
    /// R1: say how far the bids on a lot may go from now on.
    RaiseCeiling(RaiseCeilingArgs),
}

#[derive(Debug, Args)]
struct InviteArgs {
    /// As what.
    #[arg(long, value_parser = read_role, value_name = "ROLE")]
    role: Role,

    /// The sale of a bidder; else the only one in the folder.
    #[arg(long, value_name = "UUID")]
    sale: Option<Uuid>,

    /// The paddle of a bidder. Invited before: the same bidder gets another link.
    #[arg(long, required_if_eq("role", "bidder"), value_name = "NUMBER")]
    paddle: Option<u32>,

    /// How far all bids of a bidder together may go, in the sale's currency: `500000` or `500000.50`;
    /// `-` reads it from standard input, since others on this machine may read a command line.
    #[arg(long, value_name = "AMOUNT")]
    limit: Option<String>,

    /// The account of staff who get another link.
    #[arg(long, value_name = "UUID")]
    account: Option<Uuid>,

    /// What the desk calls it, such as `desk-1`. Never a person's name: it stays for ever.
    #[arg(long, default_value = "", value_name = "TEXT")]
    label: String,

    /// How long the link is good; else three days for bidders, one for staff.
    #[arg(long, value_name = "MINUTES")]
    valid_minutes: Option<u32>,

    /// Log out whoever is in under the account, now: the one who took the link was not the right one.
    #[arg(long)]
    end_logins: bool,

    /// What the link begins with: how people reach the server; else as the server knows it.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

fn read_role(name: &str) -> Result<Role, String> {
    let role = Role::of_name(name).filter(|role| *role != Role::Watcher);
    role.ok_or_else(|| "one of bidder, clerk, auctioneer, analyst, admin".to_owned())
}

/// Runs `admin`.
pub(crate) async fn run(args: AdminArgs, output: Output) -> ExitResult {
    let AdminArgs { data, act } = args;
    match act {
        AdminAct::Invite(invite) => {
            let request = invite.request(&data).await?;
            let mut target = AdminTarget::open(&data).await?;
            let reply = target.invite(&request, invite.url.as_deref()).await;
            target.close().await?;
            tell_invite(&reply?, output)
        }
        AdminAct::Revoke { id } => {
            let mut target = AdminTarget::open_existing(&data).await?;
            let ended = target.revoke(id).await;
            target.close().await?;
            ended.and_then(|()| tell_done("revoked", id, output))
        }
        AdminAct::Disable { account } => {
            let mut target = AdminTarget::open_existing(&data).await?;
            let ended = target.disable(account).await;
            target.close().await?;
            ended.and_then(|()| tell_done("disabled", account, output))
        }
        AdminAct::People => list(&data, output).await,
        AdminAct::Publish(args) => sale_acts::publish(&data, &args, output).await,
        AdminAct::SetLimit(args) => sale_acts::set_limit(&data, &args, output).await,
        AdminAct::RaiseCeiling(args) => sale_acts::raise_ceiling(&data, &args, output).await,
    }
}

impl InviteArgs {
    /// The request, with the sale found and the limit in its minor units.
    async fn request(&self, data: &Path) -> Result<InviteRequest, Failure> {
        let (mut sale, mut limit) = (None, None);
        if self.role == Role::Bidder {
            let folder = ReadFolder::open(data)?;
            let chosen = folder.choose(self.sale).await?;
            sale = Some(chosen.to_string());
            if let Some(text) = &self.limit {
                limit = Some(money::minor_units(text, &folder, chosen).await?.to_string());
            }
        } else if self.sale.is_some() || self.paddle.is_some() || self.limit.is_some() {
            return Err(Failure::told(
                Exit::Usage,
                "--sale, --paddle and --limit are for bidders",
            ));
        }
        Ok(InviteRequest {
            role: self.role.to_proto().as_str_name().to_owned(),
            sale,
            paddle: self.paddle,
            limit,
            account: self.account.map(|account| account.to_string()),
            label: self.label.clone(),
            valid_minutes: self.valid_minutes,
            end_logins: self.end_logins.then_some(true),
        })
    }
}

/// The link for whoever asked, its picture for whoever looks on.
fn tell_invite(reply: &InviteReply, output: Output) -> ExitResult {
    if output.is_json() {
        let mut told = serde_json::to_value(reply)?;
        if let Some(fields) = told.as_object_mut() {
            fields.remove("qrSvg");
        }
        output.json(&told)?;
    } else {
        output.talk(qr_text(&reply.link));
        let end = reply
            .expires_at
            .parse()
            .map_or_else(|_| String::new(), |end| time(Time(end)));
        output.talk(format!("one use, until {end}; id {}", reply.invite));
        output.line(&reply.link)?;
    }
    Ok(Exit::Ok)
}

fn tell_done(what: &str, id: Uuid, output: Output) -> ExitResult {
    if output.is_json() {
        output.json(&json!({ what: id.to_string() }))?;
    } else {
        output.line(format!("{what}: {id}"))?;
    }
    Ok(Exit::Ok)
}

async fn list(data: &Path, output: Output) -> ExitResult {
    let people = target::people(data).await?;
    if output.is_json() {
        let people: Vec<PersonLine> = people.into_iter().map(PersonLine::from).collect();
        output.json(&json!({ "people": people }))?;
        return Ok(Exit::Ok);
    }
    let mut out = output.writer();
    for person in &people {
        write_person(&mut out, person)?;
    }
    out.flush()?;
    output.talk(format!("{} accounts", people.len()));
    Ok(Exit::Ok)
}

fn write_person(out: &mut impl Write, person: &Person) -> std::io::Result<()> {
    let Person {
        account,
        role,
        sale,
        paddle,
        label,
        disabled,
        invite,
        tokens,
    } = person;
    write!(out, "{account} {role}")?;
    if let Some((sale, paddle)) = sale.zip(*paddle) {
        write!(out, " paddle {paddle} of sale {sale}")?;
    }
    if !label.is_empty() {
        write!(out, " \"{label}\"")?;
    }
    writeln!(out, "{}", if *disabled { " disabled" } else { "" })?;
    if let Some((id, end)) = invite {
        writeln!(out, "  link  {id} until {}", time(*end))?;
    }
    for (id, end) in tokens {
        writeln!(out, "  login {id} until {}", time(*end))?;
    }
    Ok(())
}

/// A time in UTC, to the second.
fn time(at: Time) -> String {
    let stamp = i64::try_from(at.0)
        .ok()
        .and_then(|at| Timestamp::from_microsecond(at).ok());
    stamp.map_or_else(
        || at.to_string(),
        |stamp| stamp.strftime("%F %T UTC").to_string(),
    )
}

#[cfg(test)]
#[path = "admin/admin_tests.rs"]
mod tests;
