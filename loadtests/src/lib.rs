//! Load, recorded histories, and what the end-to-end tests share.

pub mod decide;
pub mod figures;
pub mod growth;
pub mod history;
pub mod kill;
pub mod load;
pub mod memory_sale;
pub mod output;
pub mod process;
pub mod races;
pub mod scene;
pub mod stage;
pub mod test_admin;

use std::time::Duration;

use mazad_client::ServerAddress;
use tokio::sync::watch;

/// Longest that anything of a test waits for: far above what a loaded machine needs.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Where the server is, for anybody; `None` while it is down.
pub type Whereabouts = watch::Receiver<Option<ServerAddress>>;
