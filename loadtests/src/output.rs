//! Results on stdout, talk on stderr: the one place of this crate that prints.

use std::fmt::Display;
use std::io::Write;

use anyhow::Context;

/// A line of the result.
///
/// # Errors
/// Stdout is closed.
pub fn say(line: impl Display) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").context("stdout")
}

/// A line for whoever watches: progress, what is skipped. Lost if stderr is closed.
pub fn note(line: impl Display) {
    let mut out = std::io::stderr().lock();
    let _closed = writeln!(out, "{line}");
}
