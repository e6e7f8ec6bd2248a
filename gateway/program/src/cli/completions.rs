//! `mazad completions` and `mazad man`: what a shell and `man` are told of these commands, made from
//! their own definitions.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use clap::Command;
use clap_complete::{Shell, generate};

use super::exit::{Exit, ExitResult};
use super::output::Output;

/// What `completions` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

/// What `man` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// The folder to write into, such as `/usr/local/share/man/man1`; it is made if there is none.
    dir: PathBuf,
}

/// Runs `mazad completions`.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn run(args: &CompletionsArgs, mut commands: Command, output: Output) -> ExitResult {
    let mut script = Vec::new();
    generate(args.shell, &mut commands, "mazad", &mut script);
    let mut out = output.writer();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Exit::Ok)
}

/// Runs `mazad man`.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn man(args: &ManArgs, commands: Command) -> ExitResult {
    fs::create_dir_all(&args.dir)?;
    clap_mangen::generate_to(commands, &args.dir)?;
    Ok(Exit::Ok)
}
