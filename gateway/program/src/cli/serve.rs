//! `mazad serve`: everything in one process, on one data folder.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use mazad_gateway::{Limits, ServerOptions, Tls};
use serde_json::json;

use super::config::ConfigFile;
use super::exit::{Exit, ExitResult, Failure};
use super::limits::PEOPLE_PER_ADDRESS_MAX;
use super::logging;
use super::output::Output;
use super::rebuild::model_file;
use super::reload::{HangUp, LogSource};
use super::served_folder::ServedFolder;

/// What `serve` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// A file with these options in it, in TOML: each key is a flag without its dashes, and a flag or
    /// the environment goes before it.
    #[arg(long, env = "MAZAD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// The data folder; it is made if there is none [default: mazad-data].
    #[arg(long, env = "MAZAD_DATA", value_name = "DIR")]
    data: Option<PathBuf>,

    /// The address to listen on [default: 127.0.0.1:8080].
    #[arg(long, env = "MAZAD_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,

    /// Where people reach the server, for links, such as `https://mazad.example`; else the address.
    #[arg(long, env = "MAZAD_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,

    /// Another site whose pages may talk to this server. May be given more than once.
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,

    /// Certificate chain, PEM. Read again on SIGHUP, and looked at every minute.
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,

    /// Private key, PEM.
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,

    /// TLS with a certificate made here, for trials.
    #[arg(long, conflicts_with = "tls_cert")]
    tls_dev: bool,

    /// How many people may come from one address at once: a hall behind one router has as many as it
    /// has phones.
    #[arg(long, value_name = "COUNT")]
    per_address: Option<u32>,

    /// A proxy of ours: whom it speaks for is what it says last in `X-Forwarded-For`. May be given
    /// more than once.
    #[arg(long, value_name = "IP")]
    trusted_proxy: Vec<IpAddr>,

    /// The file of the query model, on another disk if need be; else it lies in the data folder.
    #[arg(long, env = "MAZAD_QUERY_MODEL", value_name = "FILE")]
    query_model: Option<PathBuf>,

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
pub(crate) async fn run(args: ServeArgs, log: Option<String>, output: Output) -> ExitResult {
    let hang_up = HangUp::hear()?;
    let file = ConfigFile::read(args.config.as_deref())?;
    let log = match log {
        Some(_) => LogSource::Given,
        None => {
            logging::filter_by(file.log.as_deref());
            LogSource::File(args.config.clone())
        }
    };
    let args = args.over(file);
    let (data, listen) = (args.data(), args.listen());
    let options = args.server_options()?;
    let model = args.query_model.unwrap_or_else(|| model_file(&data));
    let served = ServedFolder::start(&data, model, options, args.adopt).await?;
    hang_up.reload(served.certificate(), log);
    served.warn_of_the_machine();
    // A full disk, or nobody who reads, keeps no sale from going on.
    let admin = served.admin_link().await;
    let admin = admin.inspect_err(|error| tracing::warn!(%error, "no link for a first admin"));
    // Who reads the line, or the log, takes it for a promise.
    served.must_be_written()?;
    tell(&served, &data, admin.ok().flatten().as_deref(), output)
        .unwrap_or_else(|error| tracing::warn!(%error, "the address cannot be told"));
    tracing::info!(url = served.url(), %listen, data = %data.display(), "serving");
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
    if let Some(admin) = admin {
        output.line(format!("  first admin   {admin}   (good once, for a day)"))?;
    }
    Ok(())
}

impl ServeArgs {
    /// What is left open is taken from the file.
    fn over(self, file: ConfigFile) -> Self {
        // A certificate that is made here is none of the file's.
        let (cert, key) = match self.tls_dev {
            true => (None, None),
            false => (file.tls_cert, file.tls_key),
        };
        let listed = |given: Vec<_>, of_file| if given.is_empty() { of_file } else { given };
        let proxies = match self.trusted_proxy.is_empty() {
            true => file.trusted_proxy,
            false => self.trusted_proxy,
        };
        Self {
            data: self.data.or(file.data),
            listen: self.listen.or(file.listen),
            public_url: self.public_url.or(file.public_url),
            origin: listed(self.origin, file.origin),
            tls_cert: self.tls_cert.or(cert),
            tls_key: self.tls_key.or(key),
            per_address: self.per_address.or(file.per_address),
            trusted_proxy: proxies,
            query_model: self.query_model.or(file.query_model),
            ..self
        }
    }

    fn data(&self) -> PathBuf {
        let given = self.data.clone();
        given.unwrap_or_else(|| PathBuf::from("mazad-data"))
    }

    fn listen(&self) -> SocketAddr {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        self.listen.unwrap_or(here)
    }

    fn server_options(&self) -> Result<ServerOptions, Failure> {
        let tls = match (self.tls_cert.clone(), self.tls_key.clone()) {
            (Some(cert), Some(key)) => Tls::Files { cert, key },
            (None, None) if self.tls_dev => Tls::Dev {
                folder: self.data(),
                names: names(self.listen()),
            },
            (None, None) => Tls::Off,
            (Some(_), None) | (None, Some(_)) => {
                let told = "--tls-cert and --tls-key go together";
                return Err(Failure::told(Exit::Usage, told));
            }
        };
        let limits = match self.per_address {
            _ if self.unhindered => Limits::unhindered(),
            Some(people @ 1..=PEOPLE_PER_ADDRESS_MAX) => Limits::shared_by(people),
            Some(people) => {
                let told = format!("per-address: {people} is not in 1..={PEOPLE_PER_ADDRESS_MAX}");
                return Err(Failure::told(Exit::Usage, told));
            }
            None => Limits::default(),
        };
        Ok(ServerOptions {
            listen: self.listen(),
            origins: self.origin.clone(),
            tls,
            public_url: self.public_url.clone(),
            limits: Limits {
                trusted_proxies: self.trusted_proxy.clone(),
                ..limits
            },
            ..ServerOptions::default()
        })
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
