//! `mazad export`: a sale as JSON lines or CSV, for whoever takes the record elsewhere.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use mazad_engine::codec::decode;
use mazad_engine::domain::SaleId;
use mazad_engine::limits::SUBSCRIPTION_BATCH_MAX;
use mazad_engine::store::{EventStore, RecordedEvent, Revision, StreamId};
use mazad_projections::bids::BidBook;
use mazad_projections::export::{EventExport, Format, bids, lots};
use mazad_projections::live::LiveSale;
use mazad_projections::public::Audience;
use uuid::Uuid;

use super::exit::{Exit, Failure, Outcome};
use super::folder::ReadFolder;
use super::output::Output;

/// What `export` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// The data folder, also of a running server.
    dir: PathBuf,

    /// The sale; may be left out if there is only one.
    #[arg(long, value_name = "UUID")]
    sale: Option<Uuid>,

    /// Every event, the lots as they stand, or every accepted bid.
    #[arg(long, value_enum, default_value_t = What::Events)]
    what: What,

    /// JSON lines, or CSV.
    #[arg(long, value_enum, default_value_t = Shape::Jsonl)]
    format: Shape,

    /// What staff may see (accounts, officers) instead of what everyone may. Never a maximum.
    #[arg(long)]
    staff: bool,

    /// The file to write; else standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    Events,
    Lots,
    Bids,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Shape {
    Jsonl,
    Csv,
}

/// Runs `mazad export`.
///
/// # Errors
/// The log cannot be read, or the file not written.
pub(crate) async fn run(args: ExportArgs, output: Output) -> Outcome {
    let folder = ReadFolder::open(&args.dir)?;
    let sale = folder.choose(args.sale).await?;
    let Some(path) = &args.out else {
        let mut out = output.writer();
        write(&folder, sale, &args, &mut out).await?;
        out.flush()?;
        return Ok(Exit::Ok);
    };
    let named = || path.display().to_string();
    let file = File::create(path).with_context(named)?;
    let mut out = BufWriter::new(file);
    write(&folder, sale, &args, &mut out).await?;
    let file = out
        .into_inner()
        .map_err(|error| error.into_error())
        .with_context(named)?;
    file.sync_all().with_context(named)?;
    output.talk(format!("{} written", path.display()));
    Ok(Exit::Ok)
}

async fn write(
    folder: &ReadFolder,
    sale: SaleId,
    args: &ExportArgs,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let format = match args.format {
        Shape::Jsonl => Format::JsonLines,
        Shape::Csv => Format::Csv,
    };
    if args.what == What::Events {
        let audience = if args.staff {
            Audience::Staff
        } else {
            Audience::Everyone
        };
        let mut export = EventExport::new(out, format, sale, audience);
        each(folder, sale, |event| Ok(export.write(event)?)).await?;
        export.finish()?;
        return Ok(());
    }
    let (mut live, mut book) = (LiveSale::new(sale), BidBook::default());
    each(folder, sale, |event| {
        let recorded = decode(event, None).map_err(|error| Failure::new(Exit::Damaged, error))?;
        live.apply(&recorded);
        book.apply(&recorded, &live);
        Ok(())
    })
    .await?;
    match args.what {
        What::Bids => bids(out, format, &live, &book)?,
        What::Lots | What::Events => lots(out, format, &live)?,
    }
    Ok(())
}

async fn each(
    folder: &ReadFolder,
    sale: SaleId,
    mut visit: impl FnMut(&RecordedEvent) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (stream, mut next) = (StreamId::sale(sale.0), Revision(0));
    loop {
        let batch = folder
            .store
            .read(&stream, next, SUBSCRIPTION_BATCH_MAX)
            .await?;
        let Some(last) = batch.last() else {
            return Ok(());
        };
        next = Revision(last.revision.0.saturating_add(1));
        for event in &batch {
            visit(event)?;
        }
    }
}
