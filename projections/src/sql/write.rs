//! Events to rows. Everything a row says comes from the event or from the fold that has just
//! applied it.

use mazad_engine::domain::{
    Actor, BidVoided, Event, LotEvent, LotNo, Money, Recorded, SaleEvent, SaleId, Time,
};
use mazad_engine::store::RecordedEvent;
use rusqlite::{Transaction, named_params};

use super::state;
use crate::bids::{self, BidEntry};
use crate::live::{LiveSale, LotPhase, Touched, undecided};
use crate::results::whole_of;
use crate::words;

/// SQLite's integers are signed; no time, revision or count comes near the end of its range.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn time(at: Time) -> i64 {
    int(at.0)
}

/// One event with what is known of it.
pub(super) struct Seen<'a> {
    pub(super) stored: &'a RecordedEvent,
    pub(super) recorded: &'a Recorded,
    /// Its body as staff may see it.
    pub(super) body: &'a str,
    pub(super) touched: &'a Touched,
    /// `None`: the event changes nothing of its sale, and the fold is not at hand.
    pub(super) live: Option<&'a LiveSale>,
    pub(super) sale: SaleId,
}

/// Writes everything but standings and the sale's own row, which are written once for a batch.
pub(super) fn event(to: &Transaction<'_>, seen: &Seen<'_>) -> rusqlite::Result<()> {
    event_row(to, seen)?;
    match seen.live {
        Some(live) => change(to, seen, live),
        None => Ok(()),
    }
}

fn change(to: &Transaction<'_>, seen: &Seen<'_>, live: &LiveSale) -> rusqlite::Result<()> {
    if let Some(entry) = bids::entry(seen.recorded, live) {
        bid(to, seen.sale, &entry)?;
    }
    match &seen.recorded.event {
        Event::Lot(no, LotEvent::Added { .. }) => {
            let last = live.board().order.len().saturating_sub(1);
            state::lot(to, seen.sale, *no, live)?;
            state::order(to, seen.sale, live, last)?;
        }
        Event::Lot(no, LotEvent::Amended { .. } | LotEvent::Reoffered { .. }) => {
            state::lot(to, seen.sale, *no, live)?;
        }
        Event::Sale(SaleEvent::LotsReordered { .. }) => state::order(to, seen.sale, live, 0)?,
        Event::Lot(
            no,
            LotEvent::Closed { .. } | LotEvent::Withdrawn { .. } | LotEvent::Reopened { .. },
        ) => result(to, seen, live, *no)?,
        Event::Lot(no, LotEvent::BidVoided(void)) => {
            strike(to, seen, *no, void)?;
            result(to, seen, live, *no)?;
        }
        Event::Sale(SaleEvent::LotsCleared) => state::clear_lots(to, seen.sale)?,
        Event::Sale(
            SaleEvent::PaddleAdmitted { .. }
            | SaleEvent::PaddleBarred { .. }
            | SaleEvent::LimitSet { .. }
            | SaleEvent::PresenceMarked { .. },
        ) => paddle(to, seen)?,
        Event::Sale(
            SaleEvent::Created { .. }
            | SaleEvent::Amended { .. }
            | SaleEvent::Published
            | SaleEvent::WriterStarted { .. }
            | SaleEvent::Opened
            | SaleEvent::Ended
            | SaleEvent::StoodStill { .. }
            | SaleEvent::Paused { .. }
            | SaleEvent::Resumed { .. },
        )
        | Event::Lot(
            _,
            LotEvent::Scheduled { .. }
            | LotEvent::Opened { .. }
            | LotEvent::Warned { .. }
            | LotEvent::Extended { .. }
            | LotEvent::CeilingRaised { .. }
            | LotEvent::VoidRequested { .. }
            | LotEvent::Bid(_),
        )
        | Event::Refused { .. } => {}
    }
    Ok(())
}

fn strike(
    to: &Transaction<'_>,
    seen: &Seen<'_>,
    lot: LotNo,
    void: &BidVoided,
) -> rusqlite::Result<()> {
    // For lost eligibility whatever else of its paddle stands in the attempt falls with it.
    to.prepare_cached(
        "UPDATE bids SET void_at = :at, void_cause = :cause, void_effect = :effect,
             void_note = :note
         FROM (SELECT paddle, attempt FROM bids
             WHERE sale = :sale AND lot = :lot AND bid = :bid) AS struck
         WHERE sale = :sale AND lot = :lot AND void_at IS NULL
             AND bids.attempt = struck.attempt
             AND (bid = :bid OR (:all_of_paddle AND bids.paddle = struck.paddle))",
    )?
    .execute(named_params! {
        ":sale": seen.sale.to_string(),
        ":lot": lot.0,
        ":bid": void.bid.0,
        ":all_of_paddle": void.all_of_paddle,
        ":at": time(seen.recorded.meta.at),
        ":cause": words::void_cause(void.cause),
        ":effect": words::effect(void.effect),
        ":note": void.note,
    })?;
    Ok(())
}

fn paddle(to: &Transaction<'_>, seen: &Seen<'_>) -> rusqlite::Result<()> {
    let sale = seen.sale.to_string();
    match &seen.recorded.event {
        Event::Sale(SaleEvent::PaddleAdmitted {
            paddle,
            account,
            limit,
        }) => {
            let account = account.map(|account| account.to_string());
            let limit = limit.map(Money::minor);
            to.prepare_cached(
                "INSERT INTO paddles (sale, paddle, account, spend_limit, present)
                 VALUES (?, ?, ?, ?, 0)",
            )?
            .execute((sale, paddle.0, account, limit))?;
        }
        Event::Sale(SaleEvent::PaddleBarred { paddle, reason }) => {
            let query = "UPDATE paddles SET barred_because = ? WHERE sale = ? AND paddle = ?";
            to.prepare_cached(query)?
                .execute((reason, sale, paddle.0))?;
        }
        Event::Sale(SaleEvent::LimitSet { paddle, limit }) => {
            let query = "UPDATE paddles SET spend_limit = ? WHERE sale = ? AND paddle = ?";
            let limit = limit.map(Money::minor);
            to.prepare_cached(query)?.execute((limit, sale, paddle.0))?;
        }
        Event::Sale(SaleEvent::PresenceMarked { paddle, present }) => {
            let query = "UPDATE paddles SET present = ? WHERE sale = ? AND paddle = ?";
            to.prepare_cached(query)?
                .execute((present, sale, paddle.0))?;
        }
        _ => {}
    }
    Ok(())
}

fn event_row(to: &Transaction<'_>, seen: &Seen<'_>) -> rusqlite::Result<()> {
    let Recorded { meta, event, .. } = seen.recorded;
    let actor_id = match meta.actor {
        Actor::Engine => None,
        Actor::Staff(staff) => Some(staff.to_string()),
        Actor::Bidder(account) => Some(account.to_string()),
    };
    let code = match event {
        Event::Refused { refusal, .. } => Some(refusal.code.as_str()),
        _ => None,
    };
    // A refusal may name a lot and has changed nothing of it.
    let after = event.lot().filter(|lot| seen.touched.lots.contains(lot));
    let after = after.and_then(|lot| seen.live?.lot(lot));
    to.prepare_cached(
        "INSERT INTO events (sale, revision, position, at, arrived, kind, lot, code, actor,
             actor_id, command, body, touched, price, leader, ask, ends_at, bids)
         VALUES (:sale, :revision, :position, :at, :arrived, :kind, :lot, :code, :actor,
             :actor_id, :command, :body, :touched, :price, :leader, :ask, :ends_at, :bids)",
    )?
    .execute(named_params! {
        ":sale": seen.sale.to_string(),
        ":revision": int(seen.stored.revision.0),
        ":position": int(seen.stored.position.0),
        ":at": time(meta.at),
        ":arrived": time(meta.arrived),
        ":kind": &*seen.stored.kind,
        ":lot": event.lot().map(|lot| lot.0),
        ":code": code,
        ":actor": words::actor(meta.actor),
        ":actor_id": actor_id,
        ":command": meta.command.to_string(),
        ":body": seen.body,
        ":touched": !seen.touched.is_empty(),
        ":price": after.and_then(|lot| lot.price).map(Money::minor),
        ":leader": after.and_then(|lot| lot.leader).map(|paddle| paddle.0),
        ":ask": after.and_then(|lot| lot.ask).map(Money::minor),
        ":ends_at": after.and_then(|lot| lot.ends_at).map(time),
        ":bids": after.map(|lot| lot.bids),
    })?;
    Ok(())
}

fn bid(to: &Transaction<'_>, sale: SaleId, entry: &BidEntry) -> rusqlite::Result<()> {
    to.prepare_cached(
        "INSERT INTO bids (sale, lot, bid, attempt, paddle, origin, shown, price, leader, at,
             revision)
         VALUES (:sale, :lot, :bid, :attempt, :paddle, :origin, :shown, :price, :leader, :at,
             :revision)",
    )?
    .execute(named_params! {
        ":sale": sale.to_string(),
        ":lot": entry.lot.0,
        ":bid": entry.bid.0,
        ":attempt": entry.attempt,
        ":paddle": entry.paddle.0,
        ":origin": words::origin(entry.origin),
        ":shown": entry.shown.minor(),
        ":price": entry.price.minor(),
        ":leader": entry.leader.0,
        ":at": time(entry.at),
        ":revision": int(entry.revision),
    })?;
    Ok(())
}

/// The result of a lot's attempt, as it stands: there while it is closed, gone when it is reopened.
fn result(
    to: &Transaction<'_>,
    seen: &Seen<'_>,
    live: &LiveSale,
    no: LotNo,
) -> rusqlite::Result<()> {
    let Some(lot) = live.lot(no) else {
        return Ok(());
    };
    let sale = seen.sale.to_string();
    let (LotPhase::Closed, Some(outcome), Some(closed_at)) =
        (lot.phase, lot.outcome, lot.closed_at)
    else {
        to.prepare_cached("DELETE FROM results WHERE sale = ? AND lot = ? AND attempt = ?")?
            .execute((sale, no.0, lot.attempt))?;
        return Ok(());
    };
    let undecided = undecided(outcome);
    let reckoned = undecided.and_then(|undecided| undecided.reckoned);
    to.prepare_cached(
        "REPLACE INTO results (sale, lot, attempt, outcome, price, whole_price, leader, buyer,
             decision, reckoned_price, reckoned_leader, bidders, reserve, reserve_salt, closed_at,
             revision)
         VALUES (:sale, :lot, :attempt, :outcome, :price, :whole_price, :leader, :buyer,
             :decision, :reckoned_price, :reckoned_leader, :bidders, :reserve, :reserve_salt,
             :closed_at, :revision)",
    )?
    .execute(named_params! {
        ":sale": sale,
        ":lot": no.0,
        ":attempt": lot.attempt,
        ":outcome": words::outcome(outcome),
        ":price": lot.price.map(Money::minor),
        ":whole_price": whole_of(lot).map(Money::minor),
        ":leader": lot.leader.map(|paddle| paddle.0),
        ":decision": undecided.map(|undecided| words::decision(undecided.cause)),
        ":reckoned_price": reckoned.map(|(_, price)| price.minor()),
        ":reckoned_leader": reckoned.map(|(leader, _)| leader.0),
        ":buyer": lot.buyer.map(|paddle| paddle.0),
        ":bidders": lot.bidders,
        ":reserve": lot.reserve.map(|reserve| reserve.amount.minor()),
        ":reserve_salt": lot.reserve.map(|reserve| reserve.salt),
        ":closed_at": time(closed_at),
        ":revision": int(seen.recorded.revision),
    })?;
    Ok(())
}
