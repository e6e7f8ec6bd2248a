//! The program's commands: one file for each. Results on standard output, talk on standard error,
//! JSON where asked for, and a number for each way to end (`exit.rs`, `docs/COMMANDS.md`).

mod admin;
mod backup;
pub(crate) mod command_target;
mod completions;
mod config;
mod damage;
mod demo;
mod doctor;
pub(crate) mod exit;
mod export;
pub(crate) mod folder;
pub(crate) mod import;
pub(crate) mod limits;
mod logging;
pub(crate) mod output;
pub(crate) mod reach;
pub(crate) mod rebuild;
mod reload;
pub(crate) mod replay;
mod restore;
mod sale_list;
mod serve;
pub(crate) mod served_folder;
pub(crate) mod verify;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use rustix::fs::Mode;
use tracing_subscriber::filter::LevelFilter;

use self::exit::{Advice, Detail, Exit, ExitResult, Failure};
use self::output::Output;

/// Mazad (مزاد): English auctions, live in the hall and on the web, from one log.
#[derive(Debug, Parser)]
#[command(name = "mazad", version, max_term_width = 100)]
struct Cli {
    /// Results as JSON.
    #[arg(long, global = true)]
    json: bool,

    /// What to log, such as `info` or `mazad_gateway=debug,warn`.
    #[arg(long, global = true, env = "MAZAD_LOG", value_name = "FILTER")]
    log: Option<String>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a data folder: engine, socket, pages, everything in one process.
    Serve(serve::ServeArgs),
    /// A whole sale in one command: a catalogue, scripted bidders, and links for you.
    Demo(demo::DemoArgs),
    /// Put lots from a spreadsheet into a sale: all of them, or none and a list of what is wrong.
    Import(import::ImportArgs),
    /// Check a data folder, offline: every byte, every event and, with the engine's key, every
    /// decision.
    Verify(verify::VerifyArgs),
    /// Copy a data folder, also of a running server: whole, proved, and next time only what is new.
    Backup(backup::BackupArgs),
    /// Bring a copy back into a folder of its own, prove it, and tell what it lacks.
    Restore(restore::RestoreArgs),
    /// Tell a sale line by line, or how it stood at a revision or an instant.
    Replay(replay::ReplayArgs),
    /// Write a sale as JSON lines or CSV.
    Export(export::ExportArgs),
    /// Make the read models anew from the log.
    Rebuild(rebuild::RebuildArgs),
    /// Is this machine fit to keep a log?
    Doctor(doctor::DoctorArgs),
    /// Let people in and out, publish a sale, change limits.
    Admin(admin::AdminArgs),
    /// Print what completes this program's commands in a shell.
    Completions(completions::CompletionsArgs),
    /// Write the manual pages of all commands into a folder.
    Man(completions::ManArgs),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    logging::start(cli.log.as_deref(), cli.command.log_preset());
    if !matches!(cli.command, Command::Export(_) | Command::Man(_)) {
        // What lies in a data folder (limits, pseudonyms, sealed values) is its owner's alone. What is
        // exported is made to be given away, and a manual is for everyone.
        rustix::process::umask(Mode::RWXG | Mode::RWXO);
    }
    let output = Output::new(cli.json);
    let ended = catch_unwind(AssertUnwindSafe(|| cli.command.run(cli.log, output)));
    let outcome = ended.unwrap_or_else(|_| Err(Failure::told(Exit::Internal, "a bug, told above")));
    let exit = match outcome {
        Ok(exit) => exit,
        Err(failure) if failure.is_broken_pipe() => Exit::Ok,
        Err(failure) => report(output, &failure),
    };
    exit.into()
}

impl Command {
    fn run(self, log: Option<String>, output: Output) -> ExitResult {
        match self {
            Self::Serve(args) => block_on(serve::run(args, log, output)),
            Self::Demo(args) => block_on(demo::run(args, output)),
            Self::Import(args) => block_on(import::run(args, output)),
            Self::Verify(args) => block_on(verify::run(args, output)),
            Self::Backup(args) => block_on(backup::run(args, output)),
            Self::Restore(args) => block_on(restore::run(args, output)),
            Self::Replay(args) => block_on(replay::run(args, output)),
            Self::Export(args) => block_on(export::run(args, output)),
            Self::Rebuild(args) => block_on(rebuild::run(args, output)),
            Self::Doctor(args) => block_on(doctor::run(args, output)),
            Self::Admin(args) => block_on(admin::run(args, output)),
            Self::Completions(args) => completions::run(&args, Cli::command(), output),
            Self::Man(args) => completions::man(&args, Cli::command()),
        }
    }

    /// Servers tell what they do; tools only what went wrong.
    fn log_preset(&self) -> LevelFilter {
        match self {
            Self::Serve(_) => LevelFilter::INFO,
            Self::Demo(_)
            | Self::Import(_)
            | Self::Verify(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Replay(_)
            | Self::Export(_)
            | Self::Rebuild(_)
            | Self::Doctor(_)
            | Self::Admin(_)
            | Self::Completions(_)
            | Self::Man(_) => LevelFilter::WARN,
        }
    }
}

fn report(output: Output, failure: &Failure) -> Exit {
    output.talk(format!("mazad: {failure}"));
    let (advice, detail) = (failure.exit.advice(), failure.detail.as_deref());
    if let Some(Detail { ar, en, .. }) = detail {
        output.talk(ar);
        output.talk(en);
    }
    if let Some(Advice { ar, en }) = advice {
        output.talk(ar);
        output.talk(en);
    }
    if output.is_json() {
        let told = serde_json::json!({
            "error": failure.to_string(),
            "exit": failure.exit.code(),
            "detail": detail.map(|detail| &detail.json),
            "advice": advice.map(|Advice { ar, en }| serde_json::json!({ "ar": ar, "en": en })),
        });
        // Nothing better can be done if nobody reads it.
        let _ = output.json(&told);
    }
    failure.exit
}

fn block_on(work: impl Future<Output = ExitResult>) -> ExitResult {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(work)
}
