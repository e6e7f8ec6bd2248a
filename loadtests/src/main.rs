//! `mazad-loadtests`: figures and comparisons, each with the command line that made it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};
use mazad_loadtests::load::{self, Arrivals, BidLoad, Crowd, FanoutLoad};
use mazad_loadtests::{decide, figures, history, kill, output, process, races};
use mazad_proto::Encoding;

#[derive(Debug, Parser)]
#[command(version, about = "Load, recorded histories and crash rigs of Mazad")]
struct LoadCli {
    #[command(subcommand)]
    command: LoadCommand,
}

#[derive(Debug, Subcommand)]
enum LoadCommand {
    /// Run recorded proxy bids through the engine and compare the final prices
    History {
        /// CSV of recorded bids
        file: PathBuf,
        /// A running server; without it the engine runs in this process
        #[arg(long, requires = "token")]
        url: Option<String>,
        /// Bearer token of an admin of that server
        #[arg(long, env = "MAZAD_TOKEN", hide_env_values = true)]
        token: Option<String>,
    },
    /// How many bids one core decides, without socket and disk
    Decide {
        /// Open lots that the bids go to in turn; 1: a hot lot
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        lots: u32,
        /// Seconds for each figure
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
    /// How many bids a second are durable and answered, through the real socket
    Bids {
        /// Bidders, each on an own socket
        #[arg(long, default_value_t = 64)]
        clients: u32,
        /// Lots that the bids go to in turn; 1: a hot lot
        #[arg(long, default_value_t = 1)]
        lots: u32,
        /// How long to send, in seconds
        #[arg(long, default_value_t = 5)]
        seconds: u64,
        /// Bids a second by schedule; 0: as fast as they are answered
        #[arg(long, default_value_t = 0)]
        rate: u32,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// How long until every watcher of a hot lot has heard of a bid, and what it costs
    Fanout {
        /// Sockets that watch the lot
        #[arg(long, default_value_t = 200)]
        watchers: u32,
        /// Bids a second, by schedule
        #[arg(long, default_value_t = 20)]
        rate: u32,
        /// How long to bid, in seconds
        #[arg(long, default_value_t = 5)]
        seconds: u32,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// How long until every invited bidder behind one address is in
    Arrivals(Arrivals),
    /// How long a bidder waits while others open pages as fast as they can
    Crowd(Crowd),
    /// Race a hammer against a bid over real sockets, and see whom each lot is knocked down to
    Races {
        /// How often
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
        count: u32,
    },
    /// Kill the real server at random instants and compare every answer with the log
    Kill {
        /// How often to kill it
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        cycles: u32,
        /// Of the random instants and bids
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The mazad program; without it the one beside this tool
        #[arg(long)]
        program: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
struct ServerArgs {
    /// A running server; without it one is started over an empty folder
    #[arg(long, requires = "token")]
    url: Option<String>,
    /// Bearer token of an admin of that server
    #[arg(long, env = "MAZAD_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// JSON instead of protobuf frames
    #[arg(long)]
    json: bool,
}

impl ServerArgs {
    fn elsewhere(&self) -> Option<(&str, &str)> {
        self.url.as_deref().zip(self.token.as_deref())
    }

    fn encoding(&self) -> Encoding {
        if self.json {
            Encoding::Json
        } else {
            Encoding::Proto
        }
    }
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    match LoadCli::parse().command {
        LoadCommand::History { file, url, token } => {
            let comparison = match (url, token) {
                (Some(url), Some(token)) => {
                    runtime.block_on(history::through_server(&file, &url, &token))?
                }
                _ => history::in_memory(&file)?,
            };
            output::say(comparison)
        }
        LoadCommand::Races { count } => {
            let tally = runtime.block_on(races::run(count))?;
            output::say(&tally)?;
            anyhow::ensure!(tally.unseen == 0, "a lot went to a bid that was not seen");
            Ok(())
        }
        LoadCommand::Bids {
            clients,
            lots,
            seconds,
            rate,
            server,
        } => {
            output::say(figures::circumstances())?;
            let load = BidLoad {
                clients,
                lots,
                seconds,
                rate,
                encoding: server.encoding(),
            };
            output::say(runtime.block_on(load::bids(load.check()?, server.elsewhere()))?)
        }
        LoadCommand::Fanout {
            watchers,
            rate,
            seconds,
            server,
        } => {
            output::say(figures::circumstances())?;
            let load = FanoutLoad {
                watchers,
                rate,
                seconds,
                encoding: server.encoding(),
            };
            output::say(runtime.block_on(load::fanout(load, server.elsewhere()))?)
        }
        LoadCommand::Arrivals(load) => measure(&runtime, load::arrivals(load)),
        LoadCommand::Crowd(load) => measure(&runtime, load::crowd(load)),
        LoadCommand::Kill {
            cycles,
            seed,
            program,
        } => {
            output::say(figures::circumstances())?;
            let program = program.map_or_else(process::program, Ok)?;
            let folder = tempfile::tempdir()?;
            output::say(runtime.block_on(kill::run(&program, folder.path(), cycles, seed))?)
        }
        LoadCommand::Decide { lots, seconds } => {
            output::say(figures::circumstances())?;
            output::say(decide::measure(lots, Duration::from_secs(seconds))?)
        }
    }
}

fn measure(
    runtime: &tokio::runtime::Runtime,
    load: impl Future<Output = anyhow::Result<String>>,
) -> anyhow::Result<()> {
    output::say(figures::circumstances())?;
    output::say(runtime.block_on(load)?)
}
