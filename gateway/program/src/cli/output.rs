//! The one place that writes to the terminal: results on standard output, talk on standard error.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// How a command speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    /// Speaks JSON if asked to, else plain lines.
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether results are JSON.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// A line of the result.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn line(self, text: impl Display) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{text}")
    }

    /// A result as one line of JSON.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn json(self, value: &impl Serialize) -> io::Result<()> {
        let mut out = self.writer();
        serde_json::to_writer(&mut out, value)?;
        writeln!(out)?;
        out.flush()
    }

    /// Standard output for results of many lines. Flush it at the end.
    pub(crate) fn writer(self) -> BufWriter<StdoutLock<'static>> {
        BufWriter::with_capacity(64 * 1024, io::stdout().lock())
    }

    /// A word to whoever watches. That nobody listens is no failure.
    pub(crate) fn talk(self, text: impl Display) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// A bar for work of a known length; silent unless standard error is a terminal.
    pub(crate) fn progress(self, length: u64, what: &'static str) -> ProgressBar {
        if self.json || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(length).with_message(what);
        if let Ok(style) =
            ProgressStyle::with_template("{msg} [{bar:32}] {human_pos}/{human_len} {per_sec} {eta}")
        {
            bar.set_style(style.progress_chars("=> "));
        }
        bar
    }

    /// A spinner for work of unknown length; silent unless standard error is a terminal.
    pub(crate) fn spinner(self, what: &'static str) -> ProgressBar {
        if self.json || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new_spinner().with_message(what);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}
