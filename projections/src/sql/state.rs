//! Rows that say how something stands now: the catalogue, the order of sale, standings, sales.

use mazad_engine::domain::{
    Event, LotNo, LotTerms, Money, Place, Recorded, Running, SaleEvent, SaleId,
};
use rusqlite::{Transaction, named_params};

use super::write::{int, time};
use crate::live::{LiveSale, LotLive, undecided};
use crate::search_text::normalised;
use crate::words;

/// The catalogue's row of a lot.
pub(super) fn lot(
    to: &Transaction<'_>,
    sale: SaleId,
    no: LotNo,
    live: &LiveSale,
) -> rusqlite::Result<()> {
    let Some(LotLive { terms, .. }) = live.lot(no) else {
        return Ok(());
    };
    let place = terms.place.as_ref();
    let point = place.and_then(Place::point);
    to.prepare_cached(
        "REPLACE INTO lots (sale, lot, label, reference, kind, unit, quantity_milli, title_ar, title_en,
             description_ar, description_en, place_ar, place_en, latitude_e6, longitude_e6,
             estimate_low, estimate_high, opening, runs, folded)
         VALUES (:sale, :lot, :label, :reference, :kind, :unit, :quantity_milli, :title_ar, :title_en,
             :description_ar, :description_en, :place_ar, :place_en, :latitude_e6, :longitude_e6,
             :estimate_low, :estimate_high, :opening, :runs, :folded)",
    )?
    .execute(named_params! {
        ":sale": sale.to_string(),
        ":lot": no.0,
        ":label": terms.label,
        ":reference": terms.reference,
        ":kind": terms.kind,
        ":unit": terms.unit,
        ":quantity_milli": terms.quantity_milli,
        ":title_ar": terms.title.ar,
        ":title_en": terms.title.en,
        ":description_ar": terms.description.ar,
        ":description_en": terms.description.en,
        ":place_ar": place.map(|place| &place.name.ar),
        ":place_en": place.map(|place| &place.name.en),
        ":latitude_e6": point.map(|(latitude, _)| latitude),
        ":longitude_e6": point.map(|(_, longitude)| longitude),
        ":estimate_low": terms.estimate.map(|(low, _)| low.minor()),
        ":estimate_high": terms.estimate.map(|(_, high)| high.minor()),
        ":opening": terms.method.opening().minor(),
        ":runs": match terms.running {
            Running::Timed { .. } => "timed",
            Running::Clerked => "clerked",
        },
        ":folded": searched(no, terms),
    })?;
    Ok(())
}

/// What a search looks at.
fn searched(no: LotNo, terms: &LotTerms) -> String {
    let number = no.to_string();
    let place = terms.place.as_ref().map(|place| &place.name);
    let texts = [
        &number,
        &terms.label,
        &terms.reference,
        &terms.kind,
        &terms.title.ar,
        &terms.title.en,
    ];
    let more = [&terms.description.ar, &terms.description.en];
    let places = place.iter().flat_map(|name| [&name.ar, &name.en]);
    let texts: Vec<&str> = texts
        .into_iter()
        .chain(more)
        .chain(places)
        .map(String::as_str)
        .collect();
    normalised(&texts.join(" "))
}

/// The order of sale, from a place on.
pub(super) fn order(
    to: &Transaction<'_>,
    sale: SaleId,
    live: &LiveSale,
    from: usize,
) -> rusqlite::Result<()> {
    let mut statement =
        to.prepare_cached("REPLACE INTO sale_order (sale, place, lot) VALUES (?, ?, ?)")?;
    let sale = sale.to_string();
    for (place, no) in (0_i64..).zip(&live.board().order).skip(from) {
        statement.execute((&sale, place, no.0))?;
    }
    Ok(())
}

/// A draft without lots: whatever is written of one is of a lot that has gone.
pub(super) fn clear_lots(to: &Transaction<'_>, sale: SaleId) -> rusqlite::Result<()> {
    let sale = sale.to_string();
    for query in [
        "DELETE FROM lots WHERE sale = ?",
        "DELETE FROM sale_order WHERE sale = ?",
        "DELETE FROM standings WHERE sale = ?",
    ] {
        to.prepare_cached(query)?.execute([&sale])?;
    }
    Ok(())
}

/// How a lot stands at the end of a batch.
pub(super) fn standing(
    to: &Transaction<'_>,
    sale: SaleId,
    no: LotNo,
    live: &LiveSale,
) -> rusqlite::Result<()> {
    let Some(lot) = live.lot(no) else {
        return Ok(());
    };
    let undecided = lot.outcome.and_then(undecided);
    let reckoned = undecided.and_then(|undecided| undecided.reckoned);
    to.prepare_cached(
        "REPLACE INTO standings (sale, lot, public_revision, phase, attempt, price, ask, leader, bids,
             opens_at, ends_at, closed_at, extensions, warnings, warned_at, last_bid, ceiling,
             outcome, decision, reckoned_price, reckoned_leader, buyer, note)
         VALUES (:sale, :lot, :public_revision, :phase, :attempt, :price, :ask, :leader, :bids,
             :opens_at, :ends_at, :closed_at, :extensions, :warnings, :warned_at, :last_bid,
             :ceiling, :outcome, :decision, :reckoned_price, :reckoned_leader, :buyer, :note)",
    )?
    .execute(named_params! {
        ":sale": sale.to_string(),
        ":lot": no.0,
        ":public_revision": int(lot.revision),
        ":phase": words::lot_phase(lot.phase),
        ":attempt": lot.attempt,
        ":price": lot.price.map(Money::minor),
        ":ask": lot.ask.map(Money::minor),
        ":leader": lot.leader.map(|paddle| paddle.0),
        ":bids": lot.bids,
        ":opens_at": lot.opens_at.map(time),
        ":ends_at": lot.ends_at.map(time),
        ":closed_at": lot.closed_at.map(time),
        ":extensions": lot.extensions,
        ":warnings": lot.warnings,
        ":warned_at": lot.warned_at.map(time),
        ":last_bid": lot.last_bid.map(|bid| bid.0),
        ":ceiling": lot.terms.ceiling.minor(),
        ":outcome": lot.outcome.map(words::outcome),
        ":decision": undecided.map(|undecided| words::decision(undecided.cause)),
        ":reckoned_price": reckoned.map(|(_, price)| price.minor()),
        ":reckoned_leader": reckoned.map(|(leader, _)| leader.0),
        ":buyer": lot.buyer.map(|paddle| paddle.0),
        ":note": lot.note,
    })?;
    Ok(())
}

/// How a sale stands at the end of a batch.
pub(super) fn sale(to: &Transaction<'_>, live: &LiveSale) -> rusqlite::Result<()> {
    let board = live.board();
    let terms = board.terms.as_ref();
    let pause = board.pause.as_ref();
    to.prepare_cached(
        "REPLACE INTO sales (sale, title_ar, title_en, currency, exponent, time_zone, phase,
             pause_reason, pause_cause, paused_at, opens_at, ended_at, lots, epoch,
             next_revision, at)
         VALUES (:sale, :title_ar, :title_en, :currency, :exponent, :time_zone, :phase,
             :pause_reason, :pause_cause, :paused_at, :opens_at, :ended_at, :lots, :epoch,
             :next_revision, :at)",
    )?
    .execute(named_params! {
        ":sale": board.sale.to_string(),
        ":title_ar": terms.map_or("", |terms| &terms.title.ar),
        ":title_en": terms.map_or("", |terms| &terms.title.en),
        ":currency": terms.map_or("", |terms| terms.currency.code()),
        ":exponent": terms.map_or(0, |terms| terms.currency.exponent()),
        ":time_zone": terms.map_or("", |terms| &terms.time_zone),
        ":phase": words::board_phase(board.phase),
        ":pause_reason": pause.map(|pause| &pause.reason),
        ":pause_cause": pause.map(|pause| words::pause(pause.cause)),
        ":paused_at": pause.map(|pause| time(pause.since)),
        ":opens_at": board.opens_at.map(time),
        ":ended_at": board.ended_at.map(time),
        ":lots": int(u64::try_from(board.order.len()).unwrap_or(u64::MAX)),
        ":epoch": int(live.epoch()),
        ":next_revision": int(live.next_revision()),
        ":at": time(board.at),
    })?;
    Ok(())
}

/// How far a sale has come, by an event that changes nothing else of it.
pub(super) fn head(
    to: &Transaction<'_>,
    sale: SaleId,
    recorded: &Recorded,
) -> rusqlite::Result<()> {
    let next = int(recorded.revision.saturating_add(1));
    let (at, sale) = (time(recorded.meta.at), sale.to_string());
    to.prepare_cached("UPDATE sales SET next_revision = ?, at = ? WHERE sale = ?")?
        .execute((next, at, &sale))?;
    if let Event::Sale(SaleEvent::WriterStarted { epoch }) = recorded.event {
        to.prepare_cached("UPDATE sales SET epoch = ? WHERE sale = ?")?
            .execute((int(epoch), &sale))?;
    }
    Ok(())
}
