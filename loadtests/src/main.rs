//! `mazad-loadtests`: figures and comparisons, each with the command line that made it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};
use mazad_loadtests::{decide, figures, history, kill, output, process};

#[derive(Debug, Parser)]
#[command(version, about = "Load, recorded histories and crash rigs of Mazad")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
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
    /// Kill the real server at random instants and compare every answer with the log
    Kill {
        /// How often
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

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    match Cli::parse().command {
        Command::History { file, url, token } => {
            let comparison = match (url, token) {
                (Some(url), Some(token)) => {
                    runtime.block_on(history::through_server(&file, &url, &token))?
                }
                _ => history::in_memory(&file)?,
            };
            output::say(comparison)
        }
        Command::Kill {
            cycles,
            seed,
            program,
        } => {
            output::say(figures::circumstances())?;
            let program = program.map_or_else(process::program, Ok)?;
            let folder = tempfile::tempdir()?;
            output::say(runtime.block_on(kill::run(&program, folder.path(), cycles, seed))?)
        }
        Command::Decide { lots, seconds } => {
            output::say(figures::circumstances())?;
            output::say(decide::measure(lots, Duration::from_secs(seconds))?)
        }
    }
}
