//! `mazad verify`: is this folder what was written, and does it follow the rules? Offline, without
//! a lock, without writing anything.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::ProgressBar;
use mazad_engine::clock::SystemClock;
use mazad_engine::codec::Vault;
use mazad_engine::domain::SaleId;
use mazad_engine::store::log::{EmbeddedStore, VerifyReport, verify};
use mazad_engine::store::{EventStore, RecordedEvent, StreamId};
use mazad_office::{Office, OfficeError};
use mazad_projections::audit::{Audit, Audited, Finding};
use mazad_texts::shown;
use serde_json::{Value, json};

use super::exit::{Exit, ExitResult, Failure};
use super::folder::{ReadFolder, each_event, open_failure, read_failure};
use super::output::Output;

/// What `verify` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// The data folder, also of a running server.
    dir: PathBuf,
}

/// What a check of a whole folder came to.
#[derive(Debug)]
pub(crate) struct Verified {
    report: VerifyReport,
    /// What is wrong outside the sales.
    elsewhere: Vec<String>,
    sales: Vec<(SaleId, Audited)>,
    has_key: bool,
}

const PROVES: &str = "\
proved: the log is whole and in one piece (checksums, SHA-256 chain, dense positions), and every event
  of every sale follows on those before it: time does not fall, only admitted paddles bid, in
  time, at least the ask and at most the ceiling, a void leaves nobody more to pay than the bids that
  stand, ends move for a cause and linked lots end together, no lot closes early, unwarned, below its
  base or to who is barred, opened bases are what was committed to, each command has one answer, no
  refusal contradicts the state that it was made on, and the office can be read.";
const PROVES_WITH_KEY: &str = "\
proved with the engine's key: each command, refused ones too, is the one that was sent, by its keyed
  digest, and what was recorded is what the rules decide again on the state before it; sealed maxima
  and reserves are what was committed to, and limits held.";
const PROVES_NOT: &str = "\
not proved: that nothing was cut off the end, or that the log was not made anew as a whole by somebody
  who had the folder and its key (compare the chain hash with one noted elsewhere), or who stood
  behind a pseudonym.";
const WITHOUT_KEY: &str = "\
without the engine's key not checked: what was asked, refused commands too, stays sealed, so that no
  decision was made again; sealed maxima stay closed; and whoever had the folder alone could have made
  the log anew.";

/// Runs `mazad verify`.
///
/// # Errors
/// The folder cannot be read; a damaged log has its own number.
pub(crate) async fn run(args: VerifyArgs, output: Output) -> ExitResult {
    let verified = check(&args.dir, output).await?;
    if output.is_json() {
        output.json(&verified.to_json())?;
    } else {
        verified.tell(output)?;
    }
    Ok(if verified.is_good() {
        Exit::Ok
    } else {
        Exit::VerifyFailed
    })
}

/// Checks a whole folder.
///
/// # Errors
/// The folder cannot be read.
pub(crate) async fn check(dir: &Path, output: Output) -> Result<Verified, Failure> {
    let spinner = output.spinner("bytes and hashes");
    let report = verify(dir).map_err(|error| open_failure(dir, error));
    spinner.finish_and_clear();
    let report = report?;
    let folder = ReadFolder::open(dir)?;
    let bar = output.progress(report.events, "events");
    let store: Arc<dyn EventStore> = Arc::<EmbeddedStore>::clone(&folder.store);
    let mut elsewhere = elsewhere(Arc::clone(&store)).await?;
    // A write of it that the power cut says nothing of the log.
    let changed = report.broken_mark.filter(|mark| !mark.is_cut_write);
    elsewhere.extend(changed.map(|mark| {
        let (slot, offset) = (mark.slot, mark.offset());
        format!("slot {slot} of the durability mark (watermark, byte {offset}) has changed since it was written")
    }));
    let mut sales = Vec::new();
    for sale in folder.sales().await? {
        let audited = audit(store.as_ref(), sale, folder.vault.as_ref(), &bar).await?;
        sales.push((sale, audited));
    }
    bar.finish_and_clear();
    Ok(Verified {
        report,
        elsewhere,
        sales,
        has_key: folder.vault.is_some(),
    })
}

/// Audits one sale of a store.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn audit(
    store: &dyn EventStore,
    sale: SaleId,
    vault: Option<&Arc<Vault>>,
    bar: &ProgressBar,
) -> Result<Audited, Failure> {
    let mut audit = Audit::new(sale, vault.cloned());
    let check = |event: &RecordedEvent| {
        bar.inc(1);
        Ok(audit.take(event))
    };
    each_event(store, sale, check).await?;
    Ok(audit.finish())
}

/// What is wrong outside the sales: people who cannot be read, as a server would find too, and
/// streams that no server of this kind writes.
async fn elsewhere(store: Arc<dyn EventStore>) -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    for stream in store.streams().await.map_err(read_failure)? {
        if stream.sale_id().is_none() && stream != StreamId::office() {
            wrong.push(format!("stream {stream} is neither a sale nor the office"));
        }
    }
    match Office::open(store, Arc::new(SystemClock::new())).await {
        Ok(_) => {}
        Err(OfficeError::Read(error)) => return Err(read_failure(error)),
        Err(error) => wrong.push(format!("the office: {error}")),
    }
    Ok(wrong)
}

impl Verified {
    /// Whether nothing was found.
    pub(crate) fn is_good(&self) -> bool {
        self.elsewhere.is_empty() && self.sales.iter().all(|(_, audited)| audited.found == 0)
    }

    /// The audit of one sale.
    pub(crate) fn sale(&self, sale: SaleId) -> Option<&Audited> {
        let found = self.sales.iter().find(|(id, _)| *id == sale);
        found.map(|(_, audited)| audited)
    }

    /// Prints it for people.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn tell(&self, output: Output) -> std::io::Result<()> {
        let VerifyReport {
            store,
            epoch,
            segments,
            batches,
            events,
            streams,
            bytes,
            chain,
            ..
        } = &self.report;
        output.line(format!("store    {store}, epoch {epoch}"))?;
        output.line(format!(
            "log      {events} events in {batches} batches, {streams} streams, {bytes} bytes, \
             {segments} segment files"
        ))?;
        output.line(format!("chain    {}", hex(&chain.0)))?;
        if let Some(torn) = &self.report.torn_tail {
            output.line(format!(
                "tail     cut short by a crash, never answered: {torn:?}"
            ))?;
        }
        if let Some(mark) = self.report.broken_mark.filter(|mark| mark.is_cut_write) {
            let (slot, offset) = (mark.slot, mark.offset());
            output.line(format!(
                "mark     slot {slot} of the durability mark (watermark, byte {offset}) is broken, as a write \
                 that the power cut leaves it; the next start writes it anew"
            ))?;
        }
        for what in &self.elsewhere {
            output.line(format!("WRONG    {}", shown(what)))?;
        }
        for (sale, audited) in &self.sales {
            tell_sale(*sale, audited, output)?;
        }
        output.line("")?;
        output.line(PROVES)?;
        output.line(if self.has_key {
            PROVES_WITH_KEY
        } else {
            WITHOUT_KEY
        })?;
        output.line(PROVES_NOT)?;
        output.line(if self.is_good() { "GOOD" } else { "NOT GOOD" })
    }

    fn to_json(&self) -> Value {
        let sales: Vec<Value> = self
            .sales
            .iter()
            .map(|(sale, audited)| {
                json!({
                    "sale": sale.to_string(),
                    "counts": audited.counts,
                    "stateDigest": audited.digest.as_ref().map(|digest| hex(digest)),
                    "found": audited.found,
                    "findings": audited.findings,
                })
            })
            .collect();
        json!({
            "good": self.is_good(),
            "store": self.report.store.to_string(),
            "epoch": self.report.epoch,
            "events": self.report.events,
            "batches": self.report.batches,
            "bytes": self.report.bytes,
            "segments": self.report.segments,
            "chain": hex(&self.report.chain.0),
            "tornTail": self.report.torn_tail.is_some(),
            "brokenMark": self.report.broken_mark.map(|mark| json!({
                "slot": mark.slot,
                "offset": mark.offset(),
                "cutWrite": mark.is_cut_write,
            })),
            "withKey": self.has_key,
            "elsewhere": self.elsewhere,
            "sales": sales,
        })
    }
}

fn tell_sale(sale: SaleId, audited: &Audited, output: Output) -> std::io::Result<()> {
    let counts = audited.counts;
    let title = audited
        .live
        .board()
        .terms
        .as_ref()
        .map(|terms| &terms.title);
    let title = title.map_or("", |title| {
        if title.ar.is_empty() {
            &title.en
        } else {
            &title.ar
        }
    });
    output.line("")?;
    output.line(format!("sale     {sale}  {}", shown(title)))?;
    output.line(format!(
        "         {} events: {} bids, {} refusals, {} closings, {} reserve commitments opened",
        counts.events, counts.bids, counts.refusals, counts.closings, counts.reserves
    ))?;
    output.line(format!(
        "         {} commands, {} of people answered once",
        counts.commands, counts.answers
    ))?;
    if audited.digest.is_some() {
        output.line(format!(
            "         {} of {} commands opened and as sent, {} of {} decided again and the same",
            counts.opened, counts.commands, counts.decided_again, counts.commands
        ))?;
    }
    if let Some(digest) = &audited.digest {
        output.line(format!("state    {}", hex(digest)))?;
    }
    for finding in &audited.findings {
        let Finding { revision, what } = finding;
        output.line(format!("WRONG    #{revision}: {}", shown(what)))?;
    }
    let more = audited.found.saturating_sub(audited.findings.len());
    if more > 0 {
        output.line(format!("WRONG    ... and {more} more"))?;
    }
    Ok(())
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use mazad_engine::store::log::OpenOptions;
    use mazad_engine::store::{Expected, NewEvent};
    use uuid::Uuid;

    use super::*;
    use crate::cli::folder::key_file;

    #[tokio::test]
    async fn an_office_that_cannot_be_read_is_a_finding() {
        let (dir, quiet) = (tempfile::tempdir().unwrap(), Output::new(true));
        Vault::open_or_create(&key_file(dir.path())).unwrap();
        let store = EmbeddedStore::open(dir.path(), OpenOptions::new()).unwrap();
        let garbage = NewEvent {
            id: Uuid::from_u128(9),
            kind: "InviteIssued".into(),
            version: 1,
            metadata: b"who".to_vec().into(),
            data: b"what".to_vec().into(),
        };
        let office = StreamId::office();
        let appended = store.append(&office, Expected::NoStream, vec![garbage]);
        appended.await.unwrap();
        let closed = tokio::task::spawn_blocking(move || store.close());
        closed.await.unwrap().unwrap();
        let args = VerifyArgs {
            dir: dir.path().to_owned(),
        };
        assert_eq!(run(args, quiet).await.unwrap().code(), 3);
    }
}
