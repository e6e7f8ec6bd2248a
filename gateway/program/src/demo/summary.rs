//! What came of a demo: the results, and whether everybody saw the same.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use mazad_engine::domain::{Event, Meta, Recorded, SaleId};
use mazad_engine::store::RecordedEvent;
use mazad_projections::export_text::{decimal_sum, quantity};
use mazad_projections::live::{BoardPhase, LiveSale, LotPhase};
use mazad_projections::results::{Results, whole_of};
use mazad_projections::view;
use mazad_proto::v1;
use mazad_texts::shown;
use serde_json::{Value, json};

use super::actor::{Report, ScriptedActor, Tally};
use super::bidder::Bidder;
use super::clerk::Clerk;
use crate::cli::{
    exit::Failure,
    folder::{ReadFolder, read_event},
    output::Output,
    replay::{Teller, both},
};

/// What one of the scripted people saw.
#[derive(Debug)]
struct Witness {
    who: String,
    tally: Tally,
    lots: BTreeMap<u32, v1::LotView>,
    answers: BTreeMap<String, v1::Answer>,
}

/// What came of a demo.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) sale: SaleId,
    speed: f64,
    witnesses: Vec<Witness>,
}

impl Summary {
    /// Nobody has reported yet.
    pub(super) const fn new(sale: SaleId, speed: f64) -> Self {
        Self {
            sale,
            speed,
            witnesses: Vec::new(),
        }
    }

    /// Takes the report of a bidder.
    pub(super) fn take_bidder(&mut self, bidder: Bidder) {
        let who = format!("paddle {} ({})", bidder.paddle, bidder.strategy.name());
        self.take(who, bidder.actor);
    }

    /// Takes the report of the clerk.
    pub(super) fn take_clerk(&mut self, clerk: Clerk) {
        self.take("clerk".to_owned(), clerk.actor);
    }

    fn take(&mut self, who: String, actor: ScriptedActor) {
        let Report {
            tally,
            lots,
            answers,
        } = actor.into_report();
        self.witnesses.push(Witness {
            who,
            tally,
            lots,
            answers,
        });
    }

    /// Everything that is not good: what people saw that must not be, a sale that has not ended as
    /// it should, a picture that differs from the log.
    pub(crate) fn wrong(&self, live: Option<&LiveSale>) -> Vec<String> {
        let Some(live) = live else {
            return vec!["the log has no such sale".to_owned()];
        };
        let mut wrong = Vec::new();
        let totals = Results::of(live).totals;
        if live.board().phase != BoardPhase::Ended || totals.ahead > 0 {
            wrong.push(format!(
                "the sale has not ended: {} lots ahead",
                totals.ahead
            ));
        }
        if totals.knocked_down == 0 {
            wrong.push("nothing was knocked down".to_owned());
        }
        for Witness {
            who, tally, lots, ..
        } in &self.witnesses
        {
            wrong.extend(tally.wrong.iter().map(|what| format!("{who}: {what}")));
            for (no, lot) in live.lots() {
                let logged = view::lot_view(*no, lot);
                if lot.phase == LotPhase::Closed && lots.get(&no.0) != Some(&logged) {
                    wrong.push(format!(
                        "{who} saw lot {no} end otherwise than the log has it"
                    ));
                }
            }
        }
        wrong
    }

    /// Every answer that somebody got and that the log does not have at its place: as good as a
    /// receipt for nothing.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) async fn misanswered(&self, folder: &ReadFolder) -> Result<Vec<String>, Failure> {
        let mut wrong: Vec<String> = Vec::new();
        let mut told: BTreeMap<u64, (&str, &v1::Answer)> = BTreeMap::new();
        for Witness { who, answers, .. } in &self.witnesses {
            for answer in answers.values() {
                let other = told.insert(answer.first_revision, (who, answer));
                if other.is_some() {
                    wrong.push(format!(
                        "{who} was answered {} at another's place",
                        answer.id
                    ));
                }
            }
        }
        let check = |event: &RecordedEvent| {
            if let Some((who, answer)) = told.remove(&event.revision.0)
                && !answers_so(&read_event(event)?, answer)
            {
                wrong.push(format!(
                    "{who} was answered {} otherwise than the log",
                    answer.id
                ));
            }
            Ok(true)
        };
        folder.each(self.sale, check).await?;
        for (who, answer) in told.values() {
            wrong.push(format!(
                "{who} was answered {}, which the log has not",
                answer.id
            ));
        }
        Ok(wrong)
    }

    /// Prints the results, the witnesses and the verdict.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn tell(
        &self,
        live: Option<&LiveSale>,
        wrong: &[String],
        dir: &Path,
        output: Output,
    ) -> io::Result<()> {
        if output.is_json() {
            return output.json(&self.to_json(live, wrong, dir));
        }
        if let Some(live) = live {
            tell_results(live, output)?;
        }
        output.line("")?;
        for Witness { who, tally, .. } in &self.witnesses {
            let Tally {
                sent,
                accepted,
                refused,
                faults,
                reconnects,
                looked_up,
                ..
            } = tally;
            output.line(format!(
                "{who:<32} {sent:>4} commands: {accepted} accepted, {refused} refused, {faults} \
                 faults; {reconnects} reconnects, {looked_up} looked up"
            ))?;
        }
        output.line("")?;
        for what in wrong {
            output.line(format!("WRONG  {what}"))?;
        }
        output.line(format!("folder {}", dir.display()))?;
        output.line(if wrong.is_empty() { "GOOD" } else { "NOT GOOD" })
    }

    fn to_json(&self, live: Option<&LiveSale>, wrong: &[String], dir: &Path) -> Value {
        let lots: Vec<Value> = live
            .into_iter()
            .flat_map(LiveSale::lots)
            .map(|(no, lot)| {
                json!({
                    "lot": no.0,
                    "outcome": lot.outcome.map(|outcome| view::outcome(outcome).as_str_name()),
                    "paddle": lot.buyer.map(|paddle| paddle.0),
                    "price": lot.price.map(|price| price.minor().to_string()),
                    "unit": lot.terms.unit,
                    "wholePrice": whole_of(lot).map(|whole| whole.minor().to_string()),
                    "bids": lot.bids,
                })
            })
            .collect();
        let totals = live.map(|live| Results::of(live).totals.hammer);
        let totals: Vec<Value> = totals
            .into_iter()
            .flatten()
            .map(|(unit, total)| {
                json!({
                    "unit": unit,
                    "lots": total.lots,
                    "price": total.price.to_string(),
                    "wholePrice": total.whole.map(|whole| whole.to_string()),
                })
            })
            .collect();
        json!({
            "good": wrong.is_empty(),
            "wrong": wrong,
            "sale": self.sale.to_string(),
            "speed": self.speed,
            "data": dir.display().to_string(),
            "lots": lots,
            "totals": totals,
        })
    }
}

/// Whether a recorded event is the first of a command that was answered so.
fn answers_so(recorded: &Recorded, answer: &v1::Answer) -> bool {
    let Meta { at, arrived, .. } = recorded.meta;
    let (verdict, code) = match &recorded.event {
        Event::Refused { refusal, .. } => (v1::Verdict::Refused, refusal.code.as_str()),
        _ => (v1::Verdict::Accepted, ""),
    };
    recorded.meta.command.to_string() == answer.id
        && (at.0, arrived.0) == (answer.at, answer.arrived)
        && (verdict, code) == (answer.verdict(), answer.code.as_str())
        && answer.last_revision >= answer.first_revision
}

fn tell_results(live: &LiveSale, output: Output) -> io::Result<()> {
    let board = live.board();
    let Some(terms) = &board.terms else {
        return Ok(());
    };
    let (title, en) = (shown(both(&terms.title)), shown(&terms.title.en));
    output.line(format!("{title}  ({en})"))?;
    output.line("")?;
    let teller = Teller::of(terms);
    for (no, lot) in board
        .order
        .iter()
        .filter_map(|no| Some((no, live.lot(*no)?)))
    {
        let outcome = lot
            .outcome
            .map_or_else(|| "not ended".to_owned(), |o| teller.outcome(o));
        let bids = lot.bids;
        output.line(format!(
            "{no:>4}  {bids:>3} bids  {outcome:<44}  {}",
            shown(&lot.terms.title.en)
        ))?;
        if let Some(whole) = whole_of(lot) {
            let times = quantity(lot.terms.quantity_milli);
            let unit = shown(&lot.terms.unit);
            let whole = teller.money(whole);
            output.line(format!("{:18}x {times} {unit} = {whole}", ""))?;
        }
    }
    let totals = Results::of(live).totals;
    output.line("")?;
    output.line(format!(
        "{} knocked down, {} passed, {} withdrawn, {} for decision",
        totals.knocked_down, totals.passed, totals.withdrawn, totals.for_decision
    ))?;
    for (unit, total) in &totals.hammer {
        let (sum, what) = match total.whole {
            Some(whole) => (
                whole,
                format!("price times quantity, by the {}", shown(unit)),
            ),
            None if unit.is_empty() => (total.price, "outright".to_owned()),
            None => (total.price, format!("for each {}", shown(unit))),
        };
        let (sum, code) = (decimal_sum(sum, terms.currency), terms.currency.code());
        output.line(format!("{sum:>18} {code} {what} ({} lots)", total.lots))?;
    }
    Ok(())
}
