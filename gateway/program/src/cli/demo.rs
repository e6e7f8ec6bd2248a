//! `mazad demo`: a whole sale in one command, with scripted bidders on the real socket.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::exit::{Exit, ExitResult};
use super::folder::ReadFolder;
use super::limits::CLASSROOM;
use super::output::Output;
use super::verify;
use crate::demo::{Demo, Pace, Settings, Summary};

/// What `demo` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// The data folder; else a new one in the folder for temporary files, which is kept. A folder
    /// with a demo in it: that demo goes on.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// The address to listen on. 127.0.0.1 is for this machine alone; 0.0.0.0 lets everybody of the
    /// network in, in plain text: for a classroom, not for money.
    #[arg(long, default_value = "127.0.0.1", value_name = "IP")]
    listen: IpAddr,

    /// How many people bid: a link for each. Else 1, or 30 on a network.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1000))]
    guests: Option<u32>,

    /// The port to listen on; 0: any that is free.
    #[arg(long, default_value_t = 8080, value_name = "PORT")]
    port: u16,

    /// The bidders' values and dice: the same number, the same bidders. Else 7.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// How fast everything goes, from 0.1 to 100; 1 is a real hall and takes about ten minutes.
    #[arg(long, value_name = "TIMES")]
    speed: Option<Pace>,

    /// A scripted clerk drives the clerked lots; else you do, on the clerk's page.
    #[arg(long)]
    auto_clerk: bool,

    /// Scripted clerk; when the sale has ended print the results, check the log, and exit 0 only if
    /// all of it is good.
    #[arg(long)]
    until_end: bool,
}

/// Runs `mazad demo`.
///
/// # Errors
/// The folder cannot be used or the port not listened on.
pub(crate) async fn run(args: DemoArgs, output: Output) -> ExitResult {
    let alone = if args.listen.is_loopback() {
        1
    } else {
        CLASSROOM
    };
    let settings = Settings {
        port: args.port,
        listen: args.listen,
        guests: args.guests.unwrap_or(alone),
        seed: args.seed,
        speed: args.speed,
        auto_clerk: args.auto_clerk || args.until_end,
    };
    // Kept once there is something in it.
    let (dir, new) = match args.data {
        Some(dir) => (dir, None),
        None => {
            let new = tempfile::Builder::new().prefix("mazad-demo-").tempdir()?;
            (new.path().to_owned(), Some(new))
        }
    };
    let demo = Demo::start(&dir, settings, output).await?;
    let _kept = new.map(TempDir::keep);
    demo.tell(output, args.until_end)?;
    let summary = demo.run(args.until_end, output).await?;
    if !args.until_end {
        return Ok(Exit::Ok);
    }
    finish(&dir, &summary, output).await
}

/// The results, what the bidders saw, and the proof.
async fn finish(dir: &Path, summary: &Summary, output: Output) -> ExitResult {
    let verified = verify::check(dir, output).await?;
    let audited = verified.sale(summary.sale);
    let mut wrong = summary.wrong(audited.map(|audited| &audited.live));
    wrong.extend(summary.misanswered(&ReadFolder::open(dir)?).await?);
    if !verified.is_good() {
        wrong.push("the log does not hold what it must: see `mazad verify`".to_owned());
    }
    summary.tell(audited.map(|audited| &audited.live), &wrong, dir, output)?;
    if !verified.is_good() && !output.is_json() {
        verified.tell(output)?;
    }
    Ok(if wrong.is_empty() {
        Exit::Ok
    } else {
        Exit::DemoFailed
    })
}
