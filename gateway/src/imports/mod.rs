//! A catalogue that comes to the server as a spreadsheet: what it was understood as, what it would do,
//! and doing exactly that. `mazad-import` reads and plans; here a sale is read for it, and its commands
//! are submitted.

mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use mazad_engine::Engine;
use mazad_engine::codec::{command, decode};
use mazad_engine::domain::{
    Actor, Bilingual, Currency, Event, LotEvent, LotTerms, Refusal, Sale, SaleEvent, SaleId,
    SaleTerms, Time, Verdict,
};
use mazad_engine::store::{Revision, StreamId};
use mazad_import::{
    Differing, Hidden, Known, Pick, Plan, Problem, Problems, Setting, Sheet, SheetError, Table,
    parse_increments, parse_instant, read_table, sale_id,
};
use mazad_office::{Caller, Right, allow};
use mazad_proto::{Expected, FaultCode, Unreadable};
use uuid::Uuid;

use crate::faults::Fault;
use crate::limits::IMPORT_READ_EVENTS;

pub(crate) use told::{Done, ImportReply};

/// Names of what an import would do.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d61_7a61_6400_5000_8000_7570_6c6f_6164);

/// Which sale gets the lots, and how its table is to be read. Texts are as somebody sent them.
#[derive(Debug, Clone, Default)]
pub(crate) struct ImportAsk {
    /// A sale that is there.
    pub(crate) sale: Option<SaleId>,
    /// Else the terms of a new one, where they differ from the preset.
    pub(crate) title: Bilingual,
    pub(crate) currency: Option<String>,
    pub(crate) time_zone: Option<String>,
    /// When it opens by itself; empty: by hand.
    pub(crate) opens_at: Option<String>,
    /// R1: the steps of every lot whose row says none.
    pub(crate) increments: Option<String>,
    /// The sheet of a workbook.
    pub(crate) sheet: Option<String>,
    pub(crate) hidden: Option<Hidden>,
    /// What the file is called, for the places of mistakes.
    pub(crate) name: String,
}

/// A table that was understood, and what it would do.
#[derive(Debug)]
pub(crate) struct Understanding {
    pub(crate) table: Table,
    pub(crate) plan: Plan,
    pub(crate) setting: Setting,
    /// When the sale opens by itself.
    pub(crate) opens_at: Option<Time>,
    /// Names exactly this: the same file, for the sale as it is.
    pub(crate) name: Uuid,
}

/// Why a table was not understood.
#[derive(Debug)]
pub(crate) enum Misunderstanding {
    /// What stands in it.
    Table(Problems),
    /// The file is no table.
    File(Box<Problem>),
    /// What was asked beside it.
    Ask(Fault),
}

impl From<Fault> for Misunderstanding {
    fn from(fault: Fault) -> Self {
        Self::Ask(fault)
    }
}

/// How far a plan was carried out.
#[derive(Debug)]
pub(crate) enum Carried {
    Whole,
    /// Something else came in between: the same import again goes on from there.
    Refused(Refusal),
}

impl ImportAsk {
    /// Reads a table and plans what it would do. It keeps a core busy, and whatever a hostile file does
    /// to its reader ends with the thread that this is called on.
    pub(crate) fn understand(
        &self,
        bytes: &[u8],
        known: Option<Known>,
        now: Time,
    ) -> Result<Understanding, Misunderstanding> {
        let (sale, terms) = self.target(known.as_ref(), now)?;
        let mut setting = Setting::of(&terms).map_err(|_| unreadable("timeZone"))?;
        if let Some(known) = &known {
            setting = setting.with_known(known);
        }
        if let Some(steps) = given(&self.increments) {
            let steps = parse_increments(steps, terms.currency);
            setting.increments = Some(steps.ok_or_else(|| unreadable("increments"))?);
        }
        let pick = Pick {
            sheet: given(&self.sheet),
            hidden: self.hidden,
        };
        let sheet = Sheet::read(bytes, &self.name, pick).map_err(|error| match error {
            SheetError::Cell(problem) => Misunderstanding::Table(Problems::from(*problem)),
            other => Misunderstanding::File(Box::new(other.into_problem(&self.name))),
        })?;
        let opens_at = terms.opens_at;
        let table = read_table(&sheet, &setting).map_err(Misunderstanding::Table)?;
        // What differs is a mistake here: the clerk's room amends a lot, with its reason.
        let plan = Plan::new(sale, terms, &table, (known, &Differing::Refuse), now)
            .map_err(Misunderstanding::Table)?;
        let name = name_of(&plan, bytes);
        Ok(Understanding {
            table,
            plan,
            setting,
            opens_at,
            name,
        })
    }

    /// The sale that it would be for, before anything is read of it: that of a new one follows from its
    /// terms, so that the same import again finds it.
    pub(crate) fn sale(&self) -> Result<SaleId, Fault> {
        match self.sale {
            Some(sale) => Ok(sale),
            None => Ok(sale_id(&self.new_terms()?)),
        }
    }

    /// The sale, and the terms that are to hold in it: one that is there keeps its own.
    fn target(&self, known: Option<&Known>, now: Time) -> Result<(SaleId, SaleTerms), Fault> {
        if let Some(sale) = self.sale {
            let terms = known.and_then(|known| known.sale.terms.clone());
            return Ok((sale, terms.ok_or(FaultCode::SaleUnknown)?));
        }
        let terms = self.new_terms()?;
        if known.is_none() && terms.opens_at.is_some_and(|at| at < now) {
            return Err(unreadable("opensAt"));
        }
        Ok((sale_id(&terms), terms))
    }

    fn new_terms(&self) -> Result<SaleTerms, Fault> {
        let place = |field: &str, expected| Fault::from(Unreadable::new(field, expected));
        let code = given(&self.currency).unwrap_or("EGP");
        let currency =
            Currency::parse(code).ok_or_else(|| place("currency", Expected::Currency))?;
        let mut terms = SaleTerms::preset(self.title.clone(), currency);
        if let Some(zone) = given(&self.time_zone) {
            zone.clone_into(&mut terms.time_zone);
        }
        let setting = Setting::of(&terms).map_err(|_| unreadable("timeZone"))?;
        terms.opens_at = match given(&self.opens_at) {
            None => None,
            Some(text) => {
                let at = parse_instant(text, &setting.zone);
                Some(at.map_err(|_| unreadable("opensAt"))?)
            }
        };
        terms.check().map_err(|_| unreadable("titleAr"))?;
        Ok(terms)
    }
}

/// Names what a plan does, and the file that it comes from: whoever says it has seen just that.
fn name_of(plan: &Plan, bytes: &[u8]) -> Uuid {
    let mut said = Uuid::new_v5(&NAMESPACE, bytes).as_bytes().to_vec();
    for command in plan.commands() {
        said.extend(command.id.bytes());
    }
    Uuid::new_v5(&plan.sale().0, &said)
}

/// Does what is planned, in the order of the table, in the name of whoever asked.
///
/// # Errors
/// A right is missing, or the engine does not answer: the same import again goes on from there.
pub(crate) async fn carry_out(
    engine: &Engine,
    caller: &Caller,
    plan: &Plan,
) -> Result<Carried, Fault> {
    let actor: Actor = caller.actor().ok_or(FaultCode::NotPermitted)?;
    for wire in plan.commands() {
        let act = wire.act.as_ref().ok_or(FaultCode::Internal)?;
        allow(caller, Right::of(act), Some(plan.sale()))?;
        let hold = engine.arrive();
        let (sale, command) = command::command(&wire, actor, hold.stamp(), engine.vault())?;
        match engine.submit(sale, command, hold).await?.verdict {
            Verdict::Accepted(_) => {}
            Verdict::Refused(refusal) => return Ok(Carried::Refused(refusal)),
        }
    }
    Ok(Carried::Whole)
}

/// A sale as its log has it; `None` if there is none.
///
/// # Errors
/// The log cannot be read.
pub(crate) async fn known(engine: &Engine, id: SaleId) -> Result<Option<Known>, FaultCode> {
    let vault = Arc::clone(engine.vault());
    let stream = StreamId::sale(id.0);
    let (mut sale, mut lots) = (Sale::default(), BTreeMap::new());
    let mut from = Revision(0);
    loop {
        let page = engine.store().read(&stream, from, IMPORT_READ_EVENTS);
        let page = page.await.map_err(|error| {
            tracing::error!(sale = %id, %error, "events cannot be read");
            FaultCode::Internal
        })?;
        let Some(last) = page.last() else { break };
        from = Revision(last.revision.0.saturating_add(1));
        for event in &page {
            let recorded = decode(event, Some(&vault)).map_err(|_| FaultCode::Internal)?;
            match &recorded.event {
                Event::Lot(lot, LotEvent::Added { terms }) => {
                    lots.insert(*lot, LotTerms::clone(terms));
                }
                Event::Sale(SaleEvent::LotsCleared) => lots.clear(),
                Event::Sale(_) | Event::Lot(..) | Event::Refused { .. } => {}
            }
            sale.apply(&recorded);
        }
    }
    let is_there = sale.terms.is_some();
    Ok(is_there.then_some(Known { sale, lots, vault }))
}

fn given(field: &Option<String>) -> Option<&str> {
    field
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn unreadable(field: &str) -> Fault {
    Unreadable::new(field, Expected::Text).into()
}
