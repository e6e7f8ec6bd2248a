//! `mazad rebuild`: the read models from zero. They are folds of the log: nothing is lost by it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mazad_engine::store::EventStore;
use mazad_projections::sql::rebuild;

use super::exit::{Exit, ExitResult};
use super::folder::{ReadFolder, lock, model_failure};
use super::output::Output;

/// What `rebuild` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct RebuildArgs {
    /// The data folder. No server may run on it.
    dir: PathBuf,

    /// The file of the query model, if `serve` keeps it outside of the folder.
    #[arg(long, env = "MAZAD_QUERY_MODEL", value_name = "FILE")]
    query_model: Option<PathBuf>,
}

/// The file of the query model in a data folder.
pub(crate) fn model_file(dir: &Path) -> PathBuf {
    dir.join("queries.sqlite")
}

/// Runs `mazad rebuild`.
///
/// # Errors
/// A server runs on the folder, or a file cannot be written.
pub(crate) async fn run(args: RebuildArgs, output: Output) -> ExitResult {
    // The lock of the log also keeps a server from following into the old file meanwhile.
    drop(ReadFolder::open(&args.dir)?);
    let store: Arc<dyn EventStore> = lock(&args.dir, None)?;
    let bar = output.progress(*store.durable().borrow(), "events");
    let model = args.query_model.unwrap_or_else(|| model_file(&args.dir));
    let rebuilt = rebuild(store, &model, |done, _| bar.set_position(done)).await;
    bar.finish_and_clear();
    let rebuilt = rebuilt.map_err(model_failure)?;
    if output.is_json() {
        output.json(&serde_json::json!({ "events": rebuilt.events }))?;
    } else {
        output.line(format!(
            "{} events read, read models rebuilt",
            rebuilt.events
        ))?;
    }
    Ok(Exit::Ok)
}
