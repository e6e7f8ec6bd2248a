//! What a demo begins with: its folder served, its sale made through the import, its people let in.
//! Every step may have been done before by a process that was killed.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;

use mazad_engine::clock::{Clock as _, SystemClock};
use mazad_engine::domain::{SaleId, Span, Time};
use mazad_engine::store::EventStore as _;
use mazad_gateway::auth::InviteRequest;
use mazad_gateway::limits::per_second;
use mazad_gateway::{Limits, ServerOptions};
use mazad_import::Plan;
use mazad_proto::v1;
use mazad_proto::v1::command::Act;
use uuid::Uuid;

use super::catalogue::Worth;
use super::clerk::HALL_PADDLE;
use super::pace::Pace;
use super::record::Record;
use super::strategy::BIDDERS;
use super::{Settings, catalogue};
use crate::cli::{
    command_target::CommandTarget,
    exit::{Exit, Failure},
    folder::ReadFolder,
    import::carry_out,
    output::Output,
    rebuild::model_file,
    served_folder::ServedFolder,
};

/// Time between the start of the program and the opening of the sale: to open a page or two.
const LEAD: Span = Span::seconds(15);

/// Least lead, however fast the demo: importing takes a moment.
const LEAD_MIN: Span = Span::seconds(2);

/// The bidders of a demo that nobody chose others for.
const SEED: u64 = 7;

/// What is known of the sale once it is there.
#[derive(Debug)]
pub(super) struct Seeded {
    /// What each lot is thought to be worth.
    pub(super) worths: BTreeMap<u32, Worth>,
    /// When the last timed lot would end if nobody bid late.
    pub(super) last_end: Time,
}

/// Serves the folder to this machine, or to the network. Everybody of the demo comes from one address.
pub(super) async fn serve(dir: &Path, settings: Settings) -> Result<ServedFolder, Failure> {
    let (ip, port) = (settings.listen, settings.port);
    if !ip.is_loopback() && port == 0 {
        let told = "others must know where to come: name a port with --port";
        return Err(Failure::told(Exit::Usage, told));
    }
    let url = |ip| format!("http://{}", SocketAddr::new(ip, port));
    let limits = Limits {
        connections_per_address: 1000,
        handshakes_per_second: per_second(1000),
        commands_per_second: per_second(200),
        frames_per_second: per_second(500),
        ..Limits::default()
    };
    let options = ServerOptions {
        listen: SocketAddr::new(ip, port),
        public_url: (!ip.is_loopback()).then(|| url(on_network(ip))),
        limits,
        ..ServerOptions::default()
    };
    let started = ServedFolder::start(dir, model_file(dir), options, None).await;
    started.map_err(|failure| match failure.is_io(ErrorKind::AddrInUse) {
        true => failure.because("choose another port with --port"),
        false => failure,
    })
}

/// The address by which others of the network reach this machine. Nothing is sent to find it: it is
/// the one that a packet to the outside would come from.
fn on_network(listen: IpAddr) -> IpAddr {
    if !listen.is_unspecified() {
        return listen;
    }
    let outside = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 9));
    let found = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        socket.connect(outside)?;
        socket.local_addr()
    });
    found.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |own| own.ip())
}

/// Makes sure that a demo may use a folder: it writes a sale and people that stay for ever, and its
/// seed and speed are those that it began with.
pub(super) async fn may_use(dir: &Path, settings: Settings) -> Result<(), Failure> {
    if let Some(Record { seed, speed, .. }) = Record::read(dir)? {
        let same_seed = settings.seed.is_none_or(|wanted| wanted == seed);
        if same_seed && settings.speed.is_none_or(|wanted| wanted == speed) {
            return Ok(());
        }
        let told = format!(
            "the demo in this folder has seed {seed} and speed {}",
            speed.speed()
        );
        return Err(Failure::told(Exit::Usage, told));
    }
    let is_empty = match ReadFolder::open(dir) {
        Ok(folder) => folder.store.streams().await?.is_empty(),
        Err(failure) if failure.exit == Exit::NotFound => true,
        Err(failure) if failure.is_io(ErrorKind::NotFound) => true,
        Err(failure) => return Err(failure),
    };
    if is_empty {
        return Ok(());
    }
    let told = format!("{} has sales or people that are no demo's", dir.display());
    Err(Failure::told(Exit::Usage, told))
}

/// The record of the folder's demo, or a new one.
pub(super) fn record(dir: &Path, settings: Settings) -> Result<Record, Failure> {
    if let Some(record) = Record::read(dir)? {
        return Ok(record);
    }
    let pace = settings.speed.unwrap_or(Pace::HALL);
    let lead = pace.span(LEAD).max(LEAD_MIN);
    let record = Record {
        sale: Uuid::new_v4(),
        seed: settings.seed.unwrap_or(SEED),
        speed: pace,
        opens_at: SystemClock::new().now().after(lead).0,
        guests: 0,
        tokens: Vec::new(),
    };
    record.write(dir)?;
    Ok(record)
}

/// Makes the sale with its lots, unless they are there: the same import again asks for nothing new.
pub(super) async fn sale(
    served: &ServedFolder,
    record: &Record,
    output: Output,
) -> Result<Seeded, Failure> {
    let (opens_at, pace) = (Time(record.opens_at), record.speed);
    let terms = catalogue::sale_terms(opens_at, pace)?;
    let mut lots = catalogue::lots(&terms)?;
    catalogue::schedule(&mut lots, opens_at, pace);
    let seeded = Seeded {
        worths: catalogue::worths(&lots),
        last_end: catalogue::last_end(&lots).unwrap_or(opens_at),
    };
    let sale = SaleId(record.sale);
    if record.tokens.is_empty() {
        let plan = Plan::whole(sale, terms, lots);
        let mut target = CommandTarget::Engine(served.engine().clone());
        carry_out(&plan, &mut target, output).await?;
        publish(&mut target, record.sale).await?;
    }
    Ok(seeded)
}

/// Makes the draft public, with the paddle that the clerk bids with for the hall.
async fn publish(target: &mut CommandTarget, sale: Uuid) -> Result<(), Failure> {
    let admit = v1::AdmitPaddle {
        paddle: HALL_PADDLE,
        account: String::new(),
        limit: 0,
    };
    let acts = [
        ("hall", Act::AdmitPaddle(admit)),
        ("publish", Act::PublishSale(v1::PublishSale {})),
    ];
    let command = |(name, act): (&str, Act)| v1::Command {
        id: Uuid::new_v5(&sale, name.as_bytes()).to_string(),
        sale: sale.to_string(),
        act: Some(act),
    };
    target.submit(acts.map(command).to_vec(), |_| {}).await
}

/// Lets the scripted bidders and the clerk in, those who are not in yet.
pub(super) async fn people(
    dir: &Path,
    served: &ServedFolder,
    record: &mut Record,
) -> Result<(), Failure> {
    let bidder = |(paddle, _, pounds): (u32, _, i64)| InviteRequest {
        role: "bidder".to_owned(),
        sale: Some(record.sale.to_string()),
        paddle: Some(paddle),
        limit: Some(pounds.saturating_mul(100).to_string()),
        label: "scripted bidder".to_owned(),
        ..InviteRequest::default()
    };
    let clerk = InviteRequest {
        role: "clerk".to_owned(),
        label: "scripted clerk".to_owned(),
        ..InviteRequest::default()
    };
    let requests: Vec<InviteRequest> = BIDDERS.into_iter().map(bidder).chain([clerk]).collect();
    for request in requests.iter().skip(record.tokens.len()) {
        let link = served.invite(request).await?;
        record.tokens.push(served.redeem(&link).await?);
        record.write(dir)?;
    }
    Ok(())
}
