//! What the program says about itself while it runs: for people on a terminal, JSON otherwise.

use std::io::{self, IsTerminal};
use std::str::FromStr as _;
use std::sync::OnceLock;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt, reload};

/// The filter of the process, which can be changed while it runs.
static FILTER: OnceLock<reload::Handle<Targets, Registry>> = OnceLock::new();

/// Starts logging to standard error. `filter` is as in `MAZAD_LOG=mazad_gateway=debug,info`; one
/// that cannot be read is told and left out rather than stopping an auction.
pub(crate) fn start(filter: Option<&str>, preset: LevelFilter) {
    let (read, unread) = match filter.map(Targets::from_str) {
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (quiet(preset), Some(error)),
        None => (quiet(preset), None),
    };
    let (filter, handle) = reload::Layer::new(read);
    // Standard error may be a terminal that has been closed: what cannot be told is not told, and
    // telling that would end the process.
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .log_internal_errors(false);
    let lines = if io::stderr().is_terminal() {
        lines.with_target(false).compact().boxed()
    } else {
        lines.json().flatten_event(true).boxed()
    };
    // A second start, in tests, changes nothing.
    let started = tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .try_init();
    if started.is_ok() {
        let _ = FILTER.set(handle);
    }
    if let Some(error) = unread {
        tracing::warn!(%error, "the filter of the log cannot be read and is left out");
    }
}

/// Logs by another filter from now on; none: what a server tells without one.
pub(crate) fn filter_by(filter: Option<&str>) {
    let read = match filter.map(Targets::from_str) {
        Some(Ok(filter)) => filter,
        Some(Err(error)) => {
            tracing::warn!(%error, "the filter of the log cannot be read: the old one stays");
            return;
        }
        None => quiet(LevelFilter::INFO),
    };
    if let Some(handle) = FILTER.get()
        && let Err(error) = handle.reload(read)
    {
        tracing::warn!(%error, "the filter of the log stays as it was");
    }
}

/// Of our own code what the preset says, of the libraries what goes wrong.
fn quiet(preset: LevelFilter) -> Targets {
    Targets::new()
        .with_default(preset.min(LevelFilter::WARN))
        .with_target("mazad", preset)
}
