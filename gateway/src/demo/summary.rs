//! What came of a demo: the results, and whether everybody saw the same.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use mazad_engine::domain::SaleId;
use mazad_projections::live::{BoardPhase, LiveSale, LotPhase};
use mazad_projections::results::Results;
use mazad_projections::text::decimal;
use mazad_proto::v1;
use serde_json::{Value, json};

use super::actor::Tally;
use super::bidder::Bidder;
use super::clerk::Clerk;
use crate::cli::output::Output;
use crate::cli::replay::{Teller, both};
use crate::translate;

/// What one of the scripted people saw.
#[derive(Debug)]
struct Witness {
    who: String,
    tally: Tally,
    lots: BTreeMap<u32, v1::LotView>,
}

/// What came of a demo.
#[derive(Debug)]
pub(crate) struct Summary {
    /// Its sale.
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
        let who = format!("paddle {} ({})", bidder.paddle, bidder.temper.name());
        self.take(who, bidder.actor);
    }

    /// Takes the report of the clerk.
    pub(super) fn take_clerk(&mut self, clerk: Clerk) {
        self.take("clerk".to_owned(), clerk.actor);
    }

    fn take(&mut self, who: String, actor: super::actor::Actor) {
        let lots = actor.picture.lots().clone();
        self.witnesses.push(Witness {
            who,
            tally: actor.tally,
            lots,
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
        if totals.sold == 0 {
            wrong.push("nothing was sold".to_owned());
        }
        for Witness { who, tally, lots } in &self.witnesses {
            wrong.extend(tally.wrong.iter().map(|what| format!("{who}: {what}")));
            for (no, lot) in live.lots() {
                let logged = translate::lot_view(*no, lot);
                if lot.phase == LotPhase::Closed && lots.get(&no.0) != Some(&logged) {
                    wrong.push(format!(
                        "{who} saw lot {no} end otherwise than the log has it"
                    ));
                }
            }
        }
        wrong
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
                    "outcome": lot.outcome.map(|outcome| translate::outcome(outcome).as_str_name()),
                    "paddle": lot.buyer.map(|paddle| paddle.0),
                    "price": lot.price.map(|price| price.minor().to_string()),
                    "bids": lot.bids,
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
        })
    }
}

fn tell_results(live: &LiveSale, output: Output) -> io::Result<()> {
    let board = live.board();
    let Some(terms) = &board.terms else {
        return Ok(());
    };
    output.line(format!("{}  ({})", both(&terms.title), terms.title.en))?;
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
            lot.terms.title.en
        ))?;
    }
    let totals = Results::of(live).totals;
    output.line("")?;
    output.line(format!(
        "{} sold, {} passed, {} withdrawn",
        totals.sold, totals.passed, totals.withdrawn
    ))?;
    for (unit, sum) in &totals.hammer {
        let sum = i64::try_from(*sum)
            .ok()
            .and_then(mazad_engine::domain::Money::new);
        let sum = sum
            .map(|sum| decimal(sum, terms.currency))
            .unwrap_or_default();
        let unit = if unit.is_empty() { "outright" } else { unit };
        output.line(format!("{sum:>18} {} {unit}", terms.currency.code()))?;
    }
    Ok(())
}
