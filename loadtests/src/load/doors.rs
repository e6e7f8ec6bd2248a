//! How people come in while many others are at the door: invited bidders behind one address, and a bidder
//! while three addresses open pages as fast as they can. The limits of the product hold.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use mazad_client::{Client, ClientError, Encoding, NewInvite, command, flat_bid, v1};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::figures::Latencies;
use crate::process::{Served, program};
use crate::stage::open_sale;

/// How long a person waits who was told to come back.
const AGAIN: Duration = Duration::from_millis(500);

/// Bidders who come at once, and who is there already.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Arrivals {
    /// Bidders who come at once
    #[arg(long, default_value_t = 500)]
    pub bidders: u32,
    /// Sockets of the same address that watch already
    #[arg(long, default_value_t = 64)]
    pub watchers: u32,
}

/// A crowd that opens pages, and how long a bidder works beside it.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Crowd {
    /// Addresses of the crowd
    #[arg(long, default_value_t = 3)]
    pub addresses: u8,
    /// Its connections in all, each of which asks for page after page
    #[arg(long, default_value_t = 150)]
    pub connections: u32,
    /// Lots of the sale
    #[arg(long, default_value_t = 1_000)]
    pub lots: u32,
    /// How long the bidder works, in seconds, alone and then in the crowd
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
}

/// Lets bidders behind one address in, all at once, each by page, press, ticket and socket; tells when
/// they were in.
///
/// # Errors
/// The server cannot be started, or somebody is never let in.
pub async fn arrivals(load: Arrivals) -> anyhow::Result<String> {
    let (served, _folder) = tokio::task::spawn_blocking(start).await??;
    let admin = served.admin();
    let sale = open_sale(&admin, 1).await?;
    let mut links = Vec::new();
    for paddle in 1..=load.bidders {
        let invite = NewInvite::bidder(&sale.id, paddle);
        links.push(
            again(|| admin.client().invite(&invite), &AtomicU64::new(0))
                .await?
                .link,
        );
    }
    let (anybody, mut watching) = (admin.client().without_token(), Vec::new());
    for _ in 0..load.watchers {
        let mut watcher = anybody.connect(Encoding::Json).await?;
        watcher.join_from_nothing(&sale.id).await?;
        watching.push(watcher);
    }
    let (told, begun) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let mut coming = JoinSet::new();
    for link in links {
        let (told, sale, address) = (Arc::clone(&told), sale.id.clone(), socket_of(served.url())?);
        coming.spawn(async move {
            open_page(address, None, "/enter").await?;
            let client = again(|| Client::enter(&link), &told).await?;
            let mut connection = again(|| client.connect(Encoding::Json), &told).await?;
            connection.join_from_nothing(&sale).await?;
            anyhow::Ok((begun.elapsed(), connection))
        });
    }
    let (mut latencies, mut inside, mut last) = (Latencies::new()?, Vec::new(), Duration::ZERO);
    while let Some(arrived) = coming.join_next().await {
        let (took, connection) = arrived??;
        latencies.record(took);
        last = last.max(took);
        inside.push(connection);
    }
    let mut text = String::new();
    writeln!(
        text,
        "{} invited bidders and {} watchers behind one address, limits of the product",
        load.bidders, load.watchers
    )?;
    writeln!(text, "until in: {}", latencies.summary())?;
    writeln!(text, "last in after {} ms", last.as_millis())?;
    writeln!(
        text,
        "asked to come back {} times, sockets held {}",
        told.load(Ordering::Relaxed),
        inside.len()
    )?;
    Ok(text)
}

/// Has a bidder open pages and bid, alone and then while others open pages without pause.
///
/// # Errors
/// The server cannot be started, or the bidder is turned away.
pub async fn crowd(load: Crowd) -> anyhow::Result<String> {
    let (served, _folder) = tokio::task::spawn_blocking(start).await??;
    let admin = served.admin();
    let sale = open_sale(&admin, load.lots).await?;
    let (one, two) = (sale.bidder(1).await?, sale.bidder(2).await?);
    // In turn, over both parts: nobody bids against themselves.
    let mut turns = [&one, &two].into_iter().cycle();
    let address = socket_of(served.url())?;
    let mut text = String::new();
    writeln!(
        text,
        "{} lots; {} addresses with {} connections open the page of the sale",
        load.lots, load.addresses, load.connections
    )?;
    let mut price = 1_000;
    let work = Duration::from_secs(load.seconds);
    let idle = bidder_at_work(address, &mut turns, &sale.id, &mut price, work).await?;
    writeln!(text, "alone\n{idle}")?;
    let stop = Arc::new(AtomicBool::new(false));
    let (served_pages, refused) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut crowd = JoinSet::new();
    for number in 0..load.connections {
        let from = u8::try_from(number % u32::from(load.addresses.max(1)))?;
        let from = IpAddr::V4(Ipv4Addr::new(127, 0, 1, from.saturating_add(1)));
        let path = format!("/sales/{}?x={number}", sale.id);
        let (stop, good, bad) = (
            Arc::clone(&stop),
            Arc::clone(&served_pages),
            Arc::clone(&refused),
        );
        crowd.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                match open_page(address, Some(from), &path).await {
                    Ok(200) => good.fetch_add(1, Ordering::Relaxed),
                    Ok(_) | Err(_) => bad.fetch_add(1, Ordering::Relaxed),
                };
            }
        });
    }
    let crowded = bidder_at_work(address, &mut turns, &sale.id, &mut price, work).await;
    stop.store(true, Ordering::Relaxed);
    crowd.join_all().await;
    writeln!(text, "in the crowd\n{}", crowded?)?;
    let (good, bad) = (
        served_pages.load(Ordering::Relaxed),
        refused.load(Ordering::Relaxed),
    );
    writeln!(
        text,
        "the crowd got {good} pages, and was asked to come back {bad} times"
    )?;
    Ok(text)
}

/// Two bidders in turn: page, catalogue, own figures and a bid.
async fn bidder_at_work<'a>(
    address: SocketAddr,
    turns: &mut impl Iterator<Item = &'a Client>,
    sale: &str,
    price: &mut i64,
    work: Duration,
) -> anyhow::Result<String> {
    let (mut pages, mut reads, mut bids) =
        (Latencies::new()?, Latencies::new()?, Latencies::new()?);
    let begun = Instant::now();
    while begun.elapsed() < work {
        let bidder = turns.next().context("two bidders")?;
        let token = bidder.token().context("a login")?;
        let asked = Instant::now();
        let status = request(address, None, &format!("/bid/{sale}"), token).await?;
        ensure!(status == 200, "the bidder's page: {status}");
        pages.record(asked.elapsed());
        let asked = Instant::now();
        bidder.snapshot(sale).await?;
        bidder.mine(sale).await?;
        reads.record(asked.elapsed());
        let asked = Instant::now();
        let answer = bidder.command(&command(sale, flat_bid(1, *price))).await?;
        ensure!(answer.verdict() == v1::Verdict::Accepted, "{answer:?}");
        bids.record(asked.elapsed());
        *price += 100;
        sleep(Duration::from_millis(50)).await;
    }
    Ok(format!(
        "  page  {}\n  reads {}\n  bid   {}",
        pages.summary(),
        reads.summary(),
        bids.summary()
    ))
}

/// Does it until it is done, and counts how often it was told to come back.
async fn again<T, F>(ask: impl Fn() -> F, told: &AtomicU64) -> anyhow::Result<T>
where
    F: Future<Output = Result<T, ClientError>>,
{
    for _ in 0..120 {
        match ask().await {
            Ok(done) => return Ok(done),
            Err(_) => told.fetch_add(1, Ordering::Relaxed),
        };
        sleep(AGAIN).await;
    }
    anyhow::bail!("never let in")
}

async fn open_page(address: SocketAddr, from: Option<IpAddr>, path: &str) -> anyhow::Result<u16> {
    request(address, from, path, "").await
}

/// One request over a connection of its own, read to its end; the status.
async fn request(
    address: SocketAddr,
    from: Option<IpAddr>,
    path: &str,
    token: &str,
) -> anyhow::Result<u16> {
    let mut stream = match from {
        None => TcpStream::connect(address).await?,
        Some(from) => {
            let socket = TcpSocket::new_v4()?;
            socket.set_reuseaddr(true)?;
            socket.bind(SocketAddr::new(from, 0))?;
            socket.connect(address).await?
        }
    };
    let bearer = match token {
        "" => String::new(),
        token => format!("authorization: Bearer {token}\r\n"),
    };
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\naccept: text/html\r\n\
         accept-encoding: gzip\r\n{bearer}\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let status = answer.get(9..12).context("a status")?;
    Ok(std::str::from_utf8(status)?.parse()?)
}

fn socket_of(url: &str) -> anyhow::Result<SocketAddr> {
    let address = url.strip_prefix("http://").context("plain text")?;
    Ok(address.parse()?)
}

fn start() -> anyhow::Result<(Served, TempDir)> {
    let program = program()?;
    let beside: &Path = program.parent().context("a folder")?;
    let folder = tempfile::Builder::new()
        .prefix("mazad-doors-")
        .tempdir_in(beside)?;
    let served = Served::start(&program, &folder.path().join("data"))?;
    Ok((served, folder))
}
