//! `mazad replay`: a sale line by line, or as it stood at a revision or an instant. Shows what
//! everyone may see, or staff; never a maximum, nor a reserve that has not been opened.

mod text;

use std::io::Write as _;
use std::path::PathBuf;

use jiff::Timestamp;
use mazad_engine::domain::{Event, Recorded, SaleEvent, SaleId, Time};
use mazad_engine::store::RecordedEvent;
use mazad_projections::export::EventExport;
use mazad_projections::export_text::rfc3339;
use mazad_projections::live::{BoardPhase, LiveSale, LotPhase};
use mazad_projections::public::Audience;
use mazad_projections::{export, view};
use mazad_proto::v1;
use mazad_texts::shown;
use uuid::Uuid;

use super::exit::{Exit, ExitResult, Failure};
use super::folder::{ReadFolder, export_failure, read_event};
use super::output::Output;

pub(crate) use self::text::{Teller, both};

/// What `replay` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct ReplayArgs {
    /// The data folder, also of a running server.
    dir: PathBuf,

    /// The sale; may be left out if there is only one.
    #[arg(long, value_name = "UUID")]
    sale: Option<Uuid>,

    /// How the sale stood after this revision.
    #[arg(long, value_name = "N", conflicts_with = "at_time")]
    at_revision: Option<u64>,

    /// How the sale stood at this instant (RFC 3339).
    #[arg(long, value_name = "TIME")]
    at_time: Option<Timestamp>,

    /// What staff may see (limits, who is barred) instead of what everyone may. Never a maximum.
    #[arg(long)]
    staff: bool,

    /// Lines for people, or JSON (also with --json).
    #[arg(long, value_enum, default_value_t = ReplayFormat::Text)]
    format: ReplayFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ReplayFormat {
    Text,
    Json,
}

/// Where a replay stops.
#[derive(Debug, Clone, Copy)]
enum StopAt {
    End,
    Revision(u64),
    Instant(Time),
}

impl StopAt {
    fn includes(self, recorded: &Recorded) -> bool {
        match self {
            Self::End => true,
            Self::Revision(last) => recorded.revision <= last,
            Self::Instant(last) => recorded.meta.at <= last,
        }
    }

    /// There is no telling how a sale stood before its first event or after its last one.
    fn is_reached(self, live: &LiveSale) -> Result<(), Failure> {
        let told = match self {
            Self::Revision(wanted) if live.next_revision() <= wanted => {
                format!("no revision {wanted} yet: the last is {}", live.head())
            }
            Self::Instant(_) if live.next_revision() == 0 => {
                "the sale has no event that is so old".to_owned()
            }
            Self::End | Self::Revision(_) | Self::Instant(_) => return Ok(()),
        };
        Err(Failure::told(Exit::NotFound, told))
    }
}

/// Runs `mazad replay`.
///
/// # Errors
/// The folder or the log cannot be read.
pub(crate) async fn run(args: ReplayArgs, output: Output) -> ExitResult {
    let until = match (args.at_revision, args.at_time) {
        (Some(revision), _) => StopAt::Revision(revision),
        (None, Some(at)) => StopAt::Instant(Time(u64::try_from(at.as_microsecond()).unwrap_or(0))),
        (None, None) => StopAt::End,
    };
    let is_json = output.is_json() || args.format == ReplayFormat::Json;
    let folder = ReadFolder::open(&args.dir)?;
    let sale = folder.choose(args.sale).await?;
    let audience = match args.staff {
        true => Audience::Staff,
        false => Audience::Everyone,
    };
    let mut out = output.writer();
    match (until, is_json) {
        (StopAt::End, true) => {
            let mut export = EventExport::new(&mut out, export::Format::JsonLines, sale, audience);
            let write = |event: &RecordedEvent| {
                export.write(event).map_err(export_failure)?;
                Ok(true)
            };
            folder.each(sale, write).await?;
            export.finish()?;
        }
        (StopAt::End, false) => {
            let mut teller = teller_of(&folder, sale).await?;
            fold(&folder, sale, until, |recorded, live| {
                for line in teller.lines(recorded, live, audience) {
                    writeln!(out, "{line}")?;
                }
                Ok(())
            })
            .await?;
        }
        (StopAt::Revision(_) | StopAt::Instant(_), is_json) => {
            let live = fold(&folder, sale, until, |_, _| Ok(())).await?;
            until.is_reached(&live)?;
            if is_json {
                serde_json::to_writer(&mut out, &snapshot(sale, &live))?;
                writeln!(out)?;
            } else {
                tell_state(&mut out, &live, &teller_of(&folder, sale).await?)?;
            }
        }
    }
    out.flush()?;
    Ok(Exit::Ok)
}

/// The events before the terms stand in the zone of the sale too.
async fn teller_of(folder: &ReadFolder, sale: SaleId) -> Result<Teller, Failure> {
    let mut teller = Teller::new();
    let find = |event: &RecordedEvent| {
        let Event::Sale(SaleEvent::Created { terms }) = read_event(event)?.event else {
            return Ok(true);
        };
        teller = Teller::of(&terms);
        Ok(false)
    };
    folder.each(sale, find).await?;
    Ok(teller)
}

/// Folds a sale up to a point and shows each event with the sale after it.
async fn fold(
    folder: &ReadFolder,
    sale: SaleId,
    until: StopAt,
    mut show: impl FnMut(&Recorded, &LiveSale) -> Result<(), Failure>,
) -> Result<LiveSale, Failure> {
    let mut live = LiveSale::new(sale);
    let visit = |event: &RecordedEvent| {
        let recorded = read_event(event)?;
        if !until.includes(&recorded) {
            return Ok(false);
        }
        live.apply(&recorded);
        show(&recorded, &live)?;
        Ok(true)
    };
    folder.each(sale, visit).await?;
    Ok(live)
}

fn snapshot(sale: SaleId, live: &LiveSale) -> v1::Snapshot {
    let lots = live
        .lots()
        .map(|(no, lot)| view::lot_view(*no, lot))
        .collect();
    v1::Snapshot {
        sale: sale.to_string(),
        cursor: Some(v1::Cursor {
            epoch: live.epoch(),
            revision: live.head(),
        }),
        time: live.board().at.0,
        board: Some(view::sale_view(live.board())),
        lots,
    }
}

fn tell_state(
    out: &mut impl std::io::Write,
    live: &LiveSale,
    teller: &Teller,
) -> std::io::Result<()> {
    let board = live.board();
    let title = board.terms.as_ref().map_or("", |terms| both(&terms.title));
    let phase = match board.phase {
        BoardPhase::Draft => "draft",
        BoardPhase::Announced => "announced",
        BoardPhase::Open => "open",
        BoardPhase::Paused => "paused",
        BoardPhase::Ended => "ended",
    };
    let at = rfc3339(board.at);
    writeln!(
        out,
        "{}: {phase}, after revision {} of {at}",
        shown(title),
        live.head()
    )?;
    for (no, lot) in board
        .order
        .iter()
        .filter_map(|no| Some((no, live.lot(*no)?)))
    {
        let stands = match (lot.phase, lot.outcome) {
            (LotPhase::Upcoming, _) => "upcoming".to_owned(),
            (LotPhase::Closed, Some(outcome)) => teller.outcome(outcome),
            (LotPhase::Open | LotPhase::Closed, _) => {
                let price = lot
                    .price
                    .map_or_else(|| "no bid".to_owned(), |p| teller.money(p));
                let leader = lot.leader.map(|leader| format!(", paddle {leader} leads"));
                let ask = lot.ask.map(|ask| format!(", ask {}", teller.money(ask)));
                let end = lot
                    .ends_at
                    .map(|end| format!(", ends at {}", teller.clock(end, 0)));
                let parts = [leader, ask, end].into_iter().flatten();
                format!("open: {price}{}", parts.collect::<String>())
            }
        };
        writeln!(
            out,
            "{no:>5}  {stands}  |  {}",
            shown(both(&lot.terms.title))
        )?;
    }
    Ok(())
}
