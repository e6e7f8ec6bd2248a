//! What the program says about itself while it runs: for people on a terminal, JSON otherwise.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// Starts logging to standard error. `filter` is as in `MAZAD_LOG=mazad_gateway=debug,info`; a
/// filter that cannot be read is left out rather than stopping an auction.
pub(crate) fn start(filter: Option<&str>, preset: LevelFilter) {
    let filter = filter
        .and_then(|filter| filter.parse().ok())
        .unwrap_or_else(|| Targets::new().with_default(preset));
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
}
