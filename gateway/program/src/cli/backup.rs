//! `mazad backup`: a consistent copy of a house, also of one that runs. The key goes apart.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use mazad_engine::clock::{Clock as _, SystemClock};
use mazad_engine::codec::Vault;
use mazad_engine::store::log::{Copied, CopyError, CopyExtent, copy_log};
use mazad_gateway::BackupNote;
use serde_json::{Value, json};

use super::exit::{Advice, Exit, ExitResult, Failure};
use super::folder::{key_file, open_failure};
use super::output::Output;
use super::verify::hex;

/// What `backup` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    /// The data folder, also of a running server.
    dir: PathBuf,

    /// Where the backup is, or is to be: on another disk. Only what is new is written to one that is
    /// there.
    to: PathBuf,

    /// Copy the engine's key into this file, apart from the backup: whoever has both can read every
    /// maximum.
    #[arg(long, value_name = "FILE")]
    key_to: Option<PathBuf>,
}

const WITHOUT_KEY: Advice = Advice {
    ar: "المفتاح engine.key ليس في النسخة، وبدونه لا تُفتح الحدود القصوى المختومة ولا يُكمل المزاد: احفظ \
         نسخة منه في مكان آخر (--key-to FILE).",
    en: "The key engine.key is not in the backup. Without it sealed maxima stay closed and no sale goes \
         on: keep a copy of it in another place (--key-to FILE).",
};

/// Runs `mazad backup`.
///
/// # Errors
/// The folder is not whole, or the copy cannot be written: it is then what it was before.
pub(crate) async fn run(args: BackupArgs, output: Output) -> ExitResult {
    let there = |error: io::Error| {
        let told = anyhow::Error::new(error).context(format!("data folder {}", args.dir.display()));
        Failure::new(Exit::NotFound, told)
    };
    let dir = args.dir.canonicalize().map_err(there)?;
    let to = std::path::absolute(&args.to)?;
    if to.starts_with(&dir) || dir.starts_with(&to) {
        let told =
            "the backup cannot lie in the data folder, nor around it: keep it on another disk";
        return Err(Failure::told(Exit::Usage, told));
    }
    if let Some(file) = &args.key_to
        && std::path::absolute(file)?.starts_with(&to)
    {
        let told = "the key goes apart from the backup: whoever has both can read every maximum";
        return Err(Failure::told(Exit::Usage, told));
    }
    if let Some(file) = &args.key_to {
        copy_key(&key_file(&dir), file)?;
    }
    let spinner = output.spinner("bytes and hashes");
    let copied = tokio::task::spawn_blocking({
        let (dir, to) = (dir.clone(), to.clone());
        move || copy_log(&dir, &to, CopyExtent::Whole)
    });
    let copied = copied.await;
    spinner.finish_and_clear();
    let copied = copied?.map_err(|error| copy_failure(&dir, &to, error))?;
    // The copy is whole without its note: somebody else may make backups than writes the house.
    if let Err(error) = note(&copied, &to).write(&dir) {
        output.talk(format!(
            "the admin's page cannot tell of this backup / لن تذكر صفحة المدير هذه النسخة: {error}"
        ));
    }
    let key = args.key_to.as_deref();
    if output.is_json() {
        let mut told = to_json(&copied);
        if let Value::Object(told) = &mut told {
            told.insert("key".to_owned(), json!(key));
        }
        output.json(&told)?;
    } else {
        tell(&copied, output)?;
        output.line(match key {
            Some(file) => format!("key      {}", file.display()),
            None => "key      not in it".to_owned(),
        })?;
    }
    if key.is_none() {
        output.talk(WITHOUT_KEY.ar);
        output.talk(WITHOUT_KEY.en);
    }
    Ok(Exit::Ok)
}

/// What the house tells of its last backup.
fn note(copied: &Copied, to: &Path) -> BackupNote {
    BackupNote {
        at: SystemClock::new().now().to_string(),
        to: to.display().to_string(),
        events: copied.events,
        bytes: copied.bytes,
        chain: hex(&copied.chain.0),
    }
}

/// Prints what a copy holds.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn tell(copied: &Copied, output: Output) -> io::Result<()> {
    let Copied {
        store,
        epoch,
        events,
        batches,
        bytes,
        chain,
        streams,
        events_added,
        bytes_added,
        ..
    } = copied;
    output.line(format!("store    {store}, epoch {epoch}"))?;
    output.line(format!(
        "log      {events} events in {batches} batches, {} streams, {bytes} bytes",
        streams.len()
    ))?;
    output.line(format!(
        "new      {events_added} events, {bytes_added} bytes"
    ))?;
    output.line(format!("chain    {}", hex(&chain.0)))?;
    output.line("proved: what was written was read back from the disk, every byte and hash of it")
}

/// What a copy holds, as JSON.
pub(super) fn to_json(copied: &Copied) -> Value {
    json!({
        "store": copied.store.to_string(),
        "epoch": copied.epoch,
        "events": copied.events,
        "batches": copied.batches,
        "bytes": copied.bytes,
        "streams": copied.streams.len(),
        "eventsAdded": copied.events_added,
        "bytesAdded": copied.bytes_added,
        "chain": hex(&copied.chain.0),
    })
}

/// The number for a copy that was not made.
pub(super) fn copy_failure(from: &Path, to: &Path, error: CopyError) -> Failure {
    match error {
        CopyError::Source(error) => open_failure(from, error),
        CopyError::Target(error) => {
            let mut failure = open_failure(to, error);
            failure.error = failure.error.context("the copy");
            failure
        }
        CopyError::NotABackup | CopyError::OtherStore(_) | CopyError::OtherHistory { .. } => {
            let told = anyhow::Error::new(error).context(to.display().to_string());
            Failure::new(Exit::General, told)
        }
    }
}

fn named(key: &Path) -> String {
    format!("key of the engine, {}", key.display())
}

/// A key that is one.
///
/// # Errors
/// There is none, or it is something else.
pub(super) fn open_key(file: &Path) -> Result<Vault, Failure> {
    Vault::open(file).map_err(|error| {
        let exit = match error.kind() {
            ErrorKind::NotFound => Exit::KeyMissing,
            _ => Exit::General,
        };
        Failure::new(exit, anyhow::Error::new(error).context(named(file)))
    })
}

/// Copies a key, readable by its owner alone. The same one may be there already; another one never
/// is written over.
///
/// # Errors
/// There is no key, or another one lies there.
pub(super) fn copy_key(from: &Path, to: &Path) -> Result<(), Failure> {
    open_key(from)?;
    let key = fs::read(from).with_context(|| named(from))?;
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(to);
    match opened {
        Ok(mut file) => {
            let written = file.write_all(&key).and_then(|()| file.sync_all());
            Ok(written.with_context(|| named(to))?)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if fs::read(to).with_context(|| named(to))? == key {
                return Ok(());
            }
            let told = format!(
                "{}: another file lies there, which may be another key",
                to.display()
            );
            Err(Failure::told(Exit::General, told))
        }
        Err(error) => Err(anyhow::Error::new(error).context(named(to)).into()),
    }
}
