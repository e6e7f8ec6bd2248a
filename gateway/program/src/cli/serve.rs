//! `mazad serve`: everything in one process, on one data folder.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use mazad_gateway::{Limits, ServerOptions, Tls};
use serde_json::json;

use super::exit::{Exit, ExitResult};
use super::output::Output;
use super::served_folder::ServedFolder;

/// What `serve` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The data folder; it is made if there is none.
    #[arg(
        long,
        env = "MAZAD_DATA",
        default_value = "mazad-data",
        value_name = "DIR"
    )]
    data: PathBuf,

    /// The address to listen on.
    #[arg(
        long,
        env = "MAZAD_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDR"
    )]
    listen: SocketAddr,

    /// Where people reach the server, for links, such as `https://mazad.example`; else the address.
    #[arg(long, env = "MAZAD_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,

    /// Another site whose pages may talk to this server. May be given more than once.
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,

    /// Certificate chain, PEM.
    #[arg(long, requires = "tls_key", value_name = "FILE")]
    tls_cert: Option<PathBuf>,

    /// Private key, PEM.
    #[arg(long, requires = "tls_cert", value_name = "FILE")]
    tls_key: Option<PathBuf>,

    /// TLS with a certificate made here, for trials.
    #[arg(long, conflicts_with = "tls_cert")]
    tls_dev: bool,

    /// How many people may come from one address at once: a hall behind one router has as many as it
    /// has phones.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    per_address: Option<u32>,

    /// A proxy of ours: whom it speaks for is what it says last in `X-Forwarded-For`. May be given
    /// more than once.
    #[arg(long, value_name = "IP")]
    trusted_proxy: Vec<IpAddr>,

    /// Take over a folder that was written on another machine, which will never write it again. The
    /// reason is kept in the log.
    #[arg(long, value_name = "REASON")]
    adopt: Option<String>,

    /// Lift the limits on what one client may do: for load runs.
    #[arg(long, hide = true)]
    unhindered: bool,
}

/// Runs `mazad serve` until asked to stop.
///
/// # Errors
/// With the number that says what to do about it.
pub(crate) async fn run(args: ServeArgs, output: Output) -> ExitResult {
    let tls = match (args.tls_cert, args.tls_key) {
        (Some(cert), Some(key)) => Tls::Files { cert, key },
        _ if args.tls_dev => Tls::Dev {
            folder: args.data.clone(),
            names: names(args.listen),
        },
        _ => Tls::Off,
    };
    let limits = match args.per_address {
        _ if args.unhindered => Limits::unhindered(),
        Some(people) => Limits::shared_by(people),
        None => Limits::default(),
    };
    let options = ServerOptions {
        listen: args.listen,
        origins: args.origin,
        tls,
        public_url: args.public_url,
        limits: Limits {
            trusted_proxies: args.trusted_proxy,
            ..limits
        },
        ..ServerOptions::default()
    };
    let served = ServedFolder::start(&args.data, options, args.adopt).await?;
    served.warn_of_the_machine();
    // A full disk, or nobody who reads, keeps no sale from going on.
    let admin = served.admin_link().await;
    let admin = admin.inspect_err(|error| tracing::warn!(%error, "no link for a first admin"));
    tell(&served, &args.data, admin.ok().flatten().as_deref(), output)
        .unwrap_or_else(|error| tracing::warn!(%error, "the address cannot be told"));
    served.wait(std::future::pending()).await;
    output.talk("stopping");
    served.stop().await?;
    Ok(Exit::Ok)
}

/// Tells where it serves, once it does.
fn tell(
    served: &ServedFolder,
    data: &Path,
    admin: Option<&str>,
    output: Output,
) -> std::io::Result<()> {
    let (url, data) = (served.url(), data.display());
    if output.is_json() {
        return output.json(&json!({
            "url": url,
            "address": served.address().to_string(),
            "data": data.to_string(),
            "adminLink": admin,
        }));
    }
    output.line(format!("Mazad serves {data} at {url}"))?;
    output.line(format!("  public page   {url}/"))?;
    match admin {
        Some(admin) => output.line(format!("  first admin   {admin}   (good once, for a day)")),
        None => Ok(()),
    }
}

/// What a certificate made here is for, besides this machine's own names.
fn names(listen: SocketAddr) -> Vec<String> {
    let mut names = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    if !listen.ip().is_unspecified() && !listen.ip().is_loopback() {
        names.push(listen.ip().to_string());
    }
    names
}
