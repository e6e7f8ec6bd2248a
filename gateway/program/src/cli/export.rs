//! `mazad export`: a sale as JSON lines or CSV, for whoever takes the record elsewhere.

use std::fs;
use std::fs::{File, Permissions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use mazad_engine::domain::SaleId;
use mazad_engine::store::RecordedEvent;
use mazad_projections::bids::BidBook;
use mazad_projections::export::{EventExport, Format, bids, lots};
use mazad_projections::live::LiveSale;
use mazad_projections::public::Audience;
use tempfile::NamedTempFile;
use uuid::Uuid;

use super::exit::{Exit, ExitResult, Failure};
use super::folder::{ReadFolder, export_failure, read_event};
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
    #[arg(long, value_enum, default_value_t = Exported::Events)]
    what: Exported,

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
enum Exported {
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
pub(crate) async fn run(args: ExportArgs, output: Output) -> ExitResult {
    if output.is_json() && args.format == Shape::Csv {
        let told = "--json and --format csv contradict each other";
        return Err(Failure::told(Exit::Usage, told));
    }
    let folder = ReadFolder::open(&args.dir)?;
    let sale = folder.choose(args.sale).await?;
    let Some(path) = &args.out else {
        let mut out = output.writer();
        write(&folder, sale, &args, &mut out).await?;
        out.flush()?;
        return Ok(Exit::Ok);
    };
    let named = || path.display().to_string();
    // Whatever was there stays until the new one is whole: also if this one cannot be finished.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let is_pipe = fs::metadata(&target).is_ok_and(|found| !found.is_file());
    if is_pipe {
        let mut out = BufWriter::new(File::create(&target).with_context(named)?);
        write(&folder, sale, &args, &mut out).await?;
        out.flush().with_context(named)?;
    } else {
        let mut out = BufWriter::new(draft_beside(&target).with_context(named)?);
        write(&folder, sale, &args, &mut out).await?;
        let draft = out
            .into_inner()
            .map_err(|error| error.into_error())
            .with_context(named)?;
        draft.as_file().sync_all().with_context(named)?;
        draft.persist(&target).with_context(named)?;
    }
    output.talk(format!("{} written", path.display()));
    Ok(Exit::Ok)
}

/// A file beside another, with the rights of any new file.
fn draft_beside(path: &Path) -> std::io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    tempfile::Builder::new()
        .prefix(".mazad-export-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder.unwrap_or_else(|| Path::new(".")))
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
    if args.what == Exported::Events {
        let audience = if args.staff {
            Audience::Staff
        } else {
            Audience::Everyone
        };
        let mut export = EventExport::new(out, format, sale, audience);
        let write = |event: &RecordedEvent| {
            export.write(event).map_err(export_failure)?;
            Ok(true)
        };
        folder.each(sale, write).await?;
        export.finish()?;
        return Ok(());
    }
    let (mut live, mut book) = (LiveSale::new(sale), BidBook::default());
    let fold = |event: &RecordedEvent| {
        let recorded = read_event(event)?;
        live.apply(&recorded);
        book.apply(&recorded, &live);
        Ok(true)
    };
    folder.each(sale, fold).await?;
    match args.what {
        Exported::Bids => bids(out, format, &live, &book)?,
        Exported::Lots | Exported::Events => lots(out, format, &live)?,
    }
    Ok(())
}
