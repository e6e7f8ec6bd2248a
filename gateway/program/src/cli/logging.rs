//! What the program says about itself while it runs: for people on a terminal, JSON otherwise.

use std::io::{self, IsTerminal};
use std::str::FromStr as _;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// Starts logging to standard error. `filter` is as in `MAZAD_LOG=mazad_gateway=debug,info`; one
/// that cannot be read is told and left out rather than stopping an auction.
pub(crate) fn start(filter: Option<&str>, preset: LevelFilter) {
    let (filter, unread) = match filter.map(Targets::from_str) {
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (Targets::new().with_default(preset), Some(error)),
        None => (Targets::new().with_default(preset), None),
    };
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = if io::stderr().is_terminal() {
        lines.with_target(false).compact().boxed()
    } else {
        lines.json().flatten_event(true).boxed()
    };
    // A second start, in tests, changes nothing.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .try_init();
    if let Some(error) = unread {
        tracing::warn!(%error, "the filter of the log cannot be read and is left out");
    }
}
