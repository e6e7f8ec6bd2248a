//! `mazad restore`: a copy brought back into a folder of its own, proved, with what it lacks.

mod lacks;
mod proof;

use std::fs;
use std::io;
use std::path::{Path, PathBuf, absolute};

use mazad_engine::codec::{DecodeError, decode};
use mazad_engine::limits::SUBSCRIPTION_BATCH_MAX;
use mazad_engine::store::log::{Copied, CopyError, CopyExtent, EmbeddedStore, OpenError, copy_log};
use mazad_engine::store::{EventStore as _, Position};
use mazad_texts::shown;
use serde_json::{Value, json};

use self::lacks::{Lack, Seen};
use self::proof::Proof;
use super::backup::{copy_failure, copy_key, open_key, tell, to_json};
use super::exit::{Advice, Exit, ExitResult, Failure};
use super::folder::{ReadFolder, key_file};
use super::output::Output;
use super::verify::hex;

/// What `restore` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// The backup, or any other copy of a data folder.
    from: PathBuf,

    /// The folder to make. It must not be there yet, or be empty.
    dir: PathBuf,

    /// The engine's key, as `backup --key-to` kept it; else the one that lies in the copy, if any.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// The original folder, if it can still be read: what it has and the copy has not is told.
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,

    /// What somebody has seen or holds a receipt of: a sale, and a revision in it. May be given more
    /// than once.
    #[arg(long, value_name = "SALE:REVISION")]
    seen: Vec<Seen>,
}

const NEXT: Advice = Advice {
    ar: "ليُكمل المزاد من هنا، وبعد أن تتأكد أن المجلد القديم لن يُكتب فيه ثانية: mazad serve --adopt \
         \"السبب\" --data",
    en: "To go on from here, once it is sure that nobody will ever write the old folder again: mazad \
         serve --adopt REASON --data",
};

/// What was brought back.
struct Restored {
    copied: Copied,
    /// Why the copy has no end of its own; `None`: it has one.
    cut: Option<String>,
    has_key: bool,
    proof: Proof,
    lacks: Vec<Lack>,
}

/// Runs `mazad restore`.
///
/// # Errors
/// The copy is not whole, the folder is in use, or what was written is not what was read.
pub(crate) async fn run(args: RestoreArgs, output: Output) -> ExitResult {
    must_be_apart(&args.from, &args.dir)?;
    must_be_empty(&args.dir)?;
    // Before anything is written: a folder that was begun would stand in the way of the next try.
    let key = key(&args);
    if let Some(key) = &key {
        must_fit(&args.from, key).await?;
    }
    let (copied, cut) = copy(&args).await?;
    if let Some(key) = &key {
        copy_key(key, &key_file(&args.dir))?;
    }
    let restored = ReadFolder::open(&args.dir)?;
    let original = match cut {
        // It cannot be opened; what was copied of it was compared byte by byte.
        Some(_) => None,
        None => Some(ReadFolder::open(&args.from)?),
    };
    let proof = proof::prove(&restored, original.as_ref(), output).await?;
    let lacks = lacks::find(&restored, &copied, args.against.as_deref(), &args.seen).await?;
    let told = Restored {
        copied,
        cut,
        has_key: key.is_some(),
        proof,
        lacks,
    };
    if output.is_json() {
        output.json(&told.to_json())?;
    } else {
        told.tell(output)?;
    }
    if !told.proof.is_equal() {
        return Ok(Exit::VerifyFailed);
    }
    let dir = args.dir.display();
    output.talk(format!("{} {dir}", NEXT.ar));
    output.talk(format!("{} {dir}", NEXT.en));
    if told.lacks.is_empty() {
        return Ok(Exit::Ok);
    }
    if let Some(Advice { ar, en }) = Exit::RestoredShort.advice() {
        output.talk(ar);
        output.talk(en);
    }
    Ok(Exit::RestoredShort)
}

fn must_be_empty(dir: &Path) -> Result<(), Failure> {
    let told = format!(
        "{} is not empty: restore into a folder of its own, and leave what is there as it is",
        dir.display()
    );
    match fs::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            Some(_) => Err(Failure::told(Exit::Usage, told)),
            None => Ok(()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Copies the log: all of it, or of a copy that was cut what is whole.
async fn copy(args: &RestoreArgs) -> Result<(Copied, Option<String>), Failure> {
    let (from, to) = (args.from.clone(), args.dir.clone());
    let copied =
        tokio::task::spawn_blocking(move || match copy_log(&from, &to, CopyExtent::Whole) {
            Err(CopyError::Source(OpenError::CutCopy(why))) => {
                copy_log(&from, &to, CopyExtent::UpToCut).map(|copied| (copied, Some(why.what)))
            }
            copied => copied.map(|copied| (copied, None)),
        });
    let copied = copied.await?;
    copied.map_err(|error| copy_failure(&args.from, &args.dir, error))
}

/// The key that goes into the folder, if there is one.
fn key(args: &RestoreArgs) -> Option<PathBuf> {
    let beside = key_file(&args.from);
    let beside = || beside.exists().then_some(beside);
    args.key.clone().or_else(beside)
}

/// Whether a key is one, and opens what is sealed in the copy, as far as that can be read before it is
/// brought back.
async fn must_fit(from: &Path, key: &Path) -> Result<(), Failure> {
    let vault = open_key(key)?;
    let store = match EmbeddedStore::open_read_only(from) {
        Ok(store) => store,
        // Told below, or read up to where it was cut.
        Err(_) => return Ok(()),
    };
    let mut next = Position(0);
    loop {
        let batch = store.read_all(next, SUBSCRIPTION_BATCH_MAX).await?;
        let Some(last) = batch.last() else {
            return Ok(());
        };
        next = Position(last.position.0.saturating_add(1));
        let sales = batch
            .iter()
            .filter(|event| event.stream.sale_id().is_some());
        for event in sales {
            if let Err(DecodeError::Seal) = decode(event, Some(&vault)) {
                let told = format!(
                    "{} is a key, and not the one of this copy: nothing was written",
                    key.display()
                );
                return Err(Failure::told(Exit::General, told));
            }
        }
    }
}

/// A folder within the copy would make it another one.
fn must_be_apart(from: &Path, to: &Path) -> Result<(), Failure> {
    // What is not there is told when it is opened.
    let from = from.canonicalize().or_else(|_| absolute(from))?;
    let to = to.canonicalize().or_else(|_| absolute(to))?;
    if to.starts_with(&from) || from.starts_with(&to) {
        let told = "the folder cannot lie in the copy, nor around it";
        return Err(Failure::told(Exit::Usage, told));
    }
    Ok(())
}

impl Restored {
    fn tell(&self, output: Output) -> io::Result<()> {
        tell(&self.copied, output)?;
        if let Some(why) = &self.cut {
            output.line(format!("cut      {}", shown(why)))?;
        }
        for stream in &self.proof.streams {
            output.line(format!(
                "stream   {}  {} events, {}",
                stream.stream,
                stream.events,
                hex(&stream.digest)
            ))?;
        }
        for state in &self.proof.states {
            let digest = state.digest.as_ref().map(|digest| hex(digest));
            output.line(format!(
                "state    {}  {}",
                state.sale,
                digest
                    .as_deref()
                    .unwrap_or("not opened: the key is missing")
            ))?;
        }
        for wrong in &self.proof.wrong {
            output.line(format!("WRONG    {}", shown(wrong)))?;
        }
        output.line(match (self.proof.compared, self.proof.is_equal()) {
            (_, false) => "NOT EQUAL",
            (true, true) => "EQUAL    streams and states of the copy and of the folder",
            (false, true) => "WHOLE    as far as the copy goes; its end is missing",
        })?;
        for lack in &self.lacks {
            output.line(format!("LACKS    {}", shown(&lack.to_string())))?;
        }
        if self.lacks.is_empty() {
            output.line("lacks    nothing that is known of")?;
        }
        if !self.has_key {
            output.line("key      missing: put engine.key into the folder before it is served")?;
        }
        Ok(())
    }

    fn to_json(&self) -> Value {
        let streams = self.proof.streams.iter().map(|stream| {
            json!({
                "stream": stream.stream.as_str(),
                "events": stream.events,
                "digest": hex(&stream.digest),
            })
        });
        let states = self.proof.states.iter().map(|state| {
            let digest = state.digest.as_ref().map(|digest| hex(digest));
            json!({ "sale": state.sale.to_string(), "digest": digest })
        });
        json!({
            "copied": to_json(&self.copied),
            "cut": self.cut,
            "withKey": self.has_key,
            "compared": self.proof.compared,
            "equal": self.proof.is_equal(),
            "wrong": self.proof.wrong,
            "streams": streams.collect::<Vec<_>>(),
            "states": states.collect::<Vec<_>>(),
            "lacks": self.lacks.iter().map(Lack::to_json).collect::<Vec<_>>(),
        })
    }
}
