//! What the program says about itself while it runs: for people on a terminal, JSON otherwise.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error. `filter` is as in `MAZAD_LOG=mazad_gateway=debug,info`; a
/// filter that cannot be read is left out rather than stopping an auction.
pub(crate) fn start(filter: Option<&str>, preset: &str) {
    let filter = filter
        .and_then(|filter| EnvFilter::try_new(filter).ok())
        .unwrap_or_else(|| EnvFilter::new(preset));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    // A second start, in tests, changes nothing.
    let _ = if io::stderr().is_terminal() {
        builder.with_target(false).compact().try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
}
