//! `mazad replay`: a sale line by line, or as it stood at a revision or an instant. Shows what
//! everyone may see, never a maximum or a reserve that has not been opened.

mod text;

use std::io::Write as _;
use std::path::PathBuf;

use jiff::Timestamp;
use mazad_engine::codec::{decode, public_json};
use mazad_engine::domain::{Event, Recorded, SaleId, Time};
use mazad_engine::limits::SUBSCRIPTION_BATCH_MAX;
use mazad_engine::store::{EventStore, RecordedEvent, Revision, StreamId};
use mazad_projections::live::{BoardPhase, LiveSale, LotPhase};
use mazad_projections::text::rfc3339;
use mazad_proto::v1;
use serde_json::json;
use uuid::Uuid;

use super::exit::{Exit, Failure, Outcome};
use super::folder::ReadFolder;
use super::output::Output;
use crate::translate;

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

    /// Lines for people, or JSON (also with --json).
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Where a replay stops.
#[derive(Debug, Clone, Copy)]
enum Until {
    End,
    Revision(u64),
    Instant(Time),
}

impl Until {
    fn includes(self, recorded: &Recorded) -> bool {
        match self {
            Self::End => true,
            Self::Revision(last) => recorded.revision <= last,
            Self::Instant(last) => recorded.meta.at <= last,
        }
    }
}

/// Runs `mazad replay`.
///
/// # Errors
/// The folder or the log cannot be read.
pub(crate) async fn run(args: ReplayArgs, output: Output) -> Outcome {
    let until = match (args.at_revision, args.at_time) {
        (Some(revision), _) => Until::Revision(revision),
        (None, Some(at)) => Until::Instant(Time(u64::try_from(at.as_microsecond()).unwrap_or(0))),
        (None, None) => Until::End,
    };
    let is_json = output.is_json() || args.format == Format::Json;
    let folder = ReadFolder::open(&args.dir)?;
    let sale = folder.choose(args.sale).await?;
    let whole = matches!(until, Until::End);
    let mut out = output.writer();
    let mut teller = teller_of(&folder, sale).await?;
    let live = fold(&folder, sale, until, |event, recorded, live| {
        match (whole, is_json) {
            (false, _) => {
                teller.lines(recorded, live);
            }
            (true, true) => {
                serde_json::to_writer(&mut out, &event_json(event, recorded)?)?;
                writeln!(out)?;
            }
            (true, false) => {
                for line in teller.lines(recorded, live) {
                    writeln!(out, "{line}")?;
                }
            }
        }
        Ok(())
    })
    .await?;
    match (whole, is_json) {
        (true, _) => {}
        (false, true) => {
            serde_json::to_writer(&mut out, &snapshot(sale, &live))?;
            writeln!(out)?;
        }
        (false, false) => tell_state(&mut out, &live, &teller)?,
    }
    out.flush()?;
    Ok(Exit::Ok)
}

/// The events before the terms stand in the zone of the sale too.
async fn teller_of(folder: &ReadFolder, sale: SaleId) -> Result<Teller, Failure> {
    let mut teller = Teller::new();
    folder
        .each_event(sale, |recorded| {
            let event = recorded
                .map_err(|error| Failure::new(Exit::Damaged, error))?
                .event;
            let Event::SaleCreated { terms } = event else {
                return Ok(true);
            };
            teller = Teller::of(&terms);
            Ok(false)
        })
        .await?;
    Ok(teller)
}

/// Folds a sale up to a point and shows each event with the sale after it.
async fn fold(
    folder: &ReadFolder,
    sale: SaleId,
    until: Until,
    mut show: impl FnMut(&RecordedEvent, &Recorded, &LiveSale) -> Result<(), Failure>,
) -> Result<LiveSale, Failure> {
    let (stream, mut next) = (StreamId::sale(sale.0), Revision(0));
    let mut live = LiveSale::new(sale);
    loop {
        let batch = folder
            .store
            .read(&stream, next, SUBSCRIPTION_BATCH_MAX)
            .await?;
        let Some(last) = batch.last() else {
            return Ok(live);
        };
        next = Revision(last.revision.0.saturating_add(1));
        for event in &batch {
            // Without the key: what is shown here everyone may see.
            let recorded = decode(event, None).map_err(|e| Failure::new(Exit::Damaged, e))?;
            if !until.includes(&recorded) {
                return Ok(live);
            }
            live.apply(&recorded);
            show(event, &recorded, &live)?;
        }
    }
}

fn event_json(event: &RecordedEvent, recorded: &Recorded) -> Result<serde_json::Value, Failure> {
    let data = public_json(event).map_err(|e| Failure::new(Exit::Damaged, e))?;
    Ok(json!({
        "revision": recorded.revision,
        "at": rfc3339(recorded.meta.at),
        "kind": &*event.kind,
        "command": recorded.meta.command.to_string(),
        "data": data,
    }))
}

fn snapshot(sale: SaleId, live: &LiveSale) -> v1::Snapshot {
    let lots = live
        .lots()
        .map(|(no, lot)| translate::lot_view(*no, lot))
        .collect();
    v1::Snapshot {
        sale: sale.to_string(),
        cursor: Some(v1::Cursor {
            epoch: live.epoch(),
            revision: live.head(),
        }),
        time: live.board().at.0,
        board: Some(translate::sale_view(live.board())),
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
        BoardPhase::Announced => "announced",
        BoardPhase::Open => "open",
        BoardPhase::Paused => "paused",
        BoardPhase::Ended => "ended",
    };
    let at = rfc3339(board.at);
    writeln!(
        out,
        "{title}: {phase}, after revision {} of {at}",
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
        writeln!(out, "{no:>5}  {stands}  |  {}", both(&lot.terms.title))?;
    }
    Ok(())
}
