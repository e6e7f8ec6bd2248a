//! What an import would do to the store: which sale, its terms, which lots are new and which are there
//! already, and whether the engine will take every one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mazad_engine::codec::{Vault, terms};
use mazad_engine::domain::{
    Bilingual, LotNo, LotTerms, Phase, Sale, SaleId, SalePhase, SaleTerms, Time,
};
use mazad_proto::v1;
use mazad_proto::v1::command::Act;
use prost::Message as _;
use uuid::Uuid;

use crate::amendment::{self, CellChange, TableAmendment};
use crate::batches::{self, new_lot};
use crate::lot::TableLot;
use crate::notes::Notes;
use crate::problem::Problems;
use crate::rehearsal::rehearse;
use crate::setting::printed;
use crate::table::Table;

/// Names of ids made from content, so that a repeated import is harmless.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d61_7a61_6400_5000_8000_696d_706f_7274);

/// A sale as its log has it.
#[derive(Debug, Clone)]
pub struct Known {
    pub sale: Sale,
    /// Its lots as they were added, or amended last: a lot that is offered again has other terms since.
    pub lots: BTreeMap<LotNo, LotTerms>,
    /// The key that opens its secrets.
    pub vault: Arc<Vault>,
}

/// An import that nothing speaks against.
#[derive(Debug)]
pub struct Plan {
    sale: SaleId,
    title: Bilingual,
    /// What the sale is read at, before anything is done; 0: it is not there.
    revision: u64,
    /// The terms that are to hold, if they do not yet.
    terms: Option<TermsStep>,
    /// How many lots of a draft make room for the table.
    clears: usize,
    add: Vec<TableLot>,
    /// Lots that are to be other ones.
    amend: Vec<TableAmendment>,
    /// Printed numbers of lots that the table lacks: they stay.
    missing: Vec<String>,
    there: usize,
    is_draft: bool,
    /// Why lots and terms are amended.
    reason: String,
    /// What differs in the terms of the sale.
    terms_cells: Vec<CellChange>,
}

/// How terms come to hold.
#[derive(Debug)]
enum TermsStep {
    /// The sale is to be made.
    Create(SaleTerms),
    /// They are to be others.
    Change(SaleTerms),
}

/// The columns that say when a lot runs.
const TIMES: [&str; 3] = ["opens_at", "closes_at", "hard_stop"];

impl TermsStep {
    /// What is to be done so that these terms hold; `None`: nothing.
    fn from(known: &Known, terms: SaleTerms) -> Option<Self> {
        let differs = known.sale.terms.as_ref() != Some(&terms);
        differs.then_some(Self::Change(terms))
    }
}

/// The id of a new sale: from its terms, so that the same import again finds the same sale.
pub fn sale_id(terms: &SaleTerms) -> SaleId {
    let wire = terms::sale_terms_to_proto(terms);
    SaleId(Uuid::new_v5(&NAMESPACE, &wire.encode_to_vec()))
}

impl Known {
    /// What differs between its terms and others.
    fn terms_cells(&self, terms: &SaleTerms) -> Vec<CellChange> {
        let before = self.sale.terms.as_ref();
        before.map_or_else(Vec::new, |before| amendment::of_sale(before, terms))
    }

    /// Whether staff still put it together.
    pub fn is_draft(&self) -> bool {
        self.sale.phase == SalePhase::Draft
    }

    /// Whether its lots are the first ones of the table, as an import leaves them that was cut short.
    fn begins(&self, table: &[TableLot]) -> bool {
        let order = &self.sale.order;
        let mut pairs = order.iter().zip(table);
        order.len() <= table.len()
            && pairs.all(|(no, lot)| *no == lot.lot && matches!(self.compare(lot), Compared::Same))
    }

    /// What the table says of a lot otherwise than the sale does.
    fn compare(&self, lot: &TableLot) -> Compared {
        let Some(added) = self.lots.get(&lot.lot) else {
            return Compared::New;
        };
        let (Some(stands), Some(sale)) = (self.sale.lots.get(&lot.lot), &self.sale.terms) else {
            return Compared::New;
        };
        // What has moved since, a raised ceiling or a pause, makes no other lot of it.
        if TableAmendment::of(lot, added, sale).is_none() {
            return Compared::Same;
        }
        let is_upcoming = matches!(stands.phase, Phase::Upcoming { .. }) && stands.attempt == 1;
        let against = if is_upcoming {
            stands.terms()
        } else {
            added.clone()
        };
        match TableAmendment::of(lot, &against, sale) {
            None => Compared::Same,
            Some(amendment) if is_upcoming => Compared::Differs(amendment),
            Some(amendment) => Compared::HasOpened(amendment),
        }
    }
}

/// How a lot of the table compares with the one of its number.
#[derive(Debug)]
enum Compared {
    New,
    Same,
    Differs(TableAmendment),
    /// R14: it differs, and stands as it is.
    HasOpened(TableAmendment),
}

/// What an import does about lots that are in the sale already and say something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Differing {
    /// They are mistakes of the table.
    Refuse,
    /// R14: they are amended, for a reason that everyone may read; of a draft it may be empty.
    Amend { reason: String },
    /// A draft alone: all its lots make room for those of the table.
    Replace,
}

impl Plan {
    /// Compares a table with what is there, and rehearses what is to be done. Lots that are new are
    /// added, those that differ are dealt with as is said; those that the table lacks stay.
    ///
    /// # Errors
    /// A lot is in the sale already with other terms, and nothing or not this is to be done about it;
    /// its time has passed; or the engine would not take it.
    pub fn new(
        sale: SaleId,
        terms: SaleTerms,
        table: &Table,
        (known, differing): (Option<Known>, &Differing),
        now: Time,
    ) -> Result<Self, Problems> {
        let mut notes = Notes::new(table);
        let lots = table.lots.clone();
        let plan = match (&known, differing) {
            (None, _) => Self::whole(sale, terms, lots),
            (Some(known), Differing::Replace) => Self::replacing(sale, terms, lots, known),
            (Some(known), _) => Self::beside((sale, terms), lots, (known, differing), &mut notes),
        };
        for lot in &plan.add {
            notes.past(lot, now);
        }
        for amendment in &plan.amend {
            if amendment
                .cells
                .iter()
                .any(|cell| TIMES.contains(&cell.column))
            {
                notes.past(&amendment.lot, now);
            }
        }
        rehearse(&plan, known, now, &mut notes);
        notes.finish().map(|()| plan)
    }

    /// A new sale with its lots. Carried out again, it asks for nothing new.
    pub fn whole(sale: SaleId, terms: SaleTerms, lots: Vec<TableLot>) -> Self {
        Self {
            sale,
            title: terms.title.clone(),
            revision: 0,
            terms: Some(TermsStep::Create(terms)),
            clears: 0,
            add: lots,
            amend: Vec::new(),
            missing: Vec::new(),
            there: 0,
            is_draft: true,
            reason: String::new(),
            terms_cells: Vec::new(),
        }
    }

    /// A draft whose lots make room for those of the table, but for those that are there as they are to
    /// be, where an import was cut short.
    fn replacing(sale: SaleId, terms: SaleTerms, lots: Vec<TableLot>, known: &Known) -> Self {
        let mut lots = lots;
        let all = known.sale.order.len();
        let (clears, there) = if known.begins(&lots) {
            (0, all)
        } else {
            (all, 0)
        };
        let add = lots.split_off(there);
        Self {
            clears,
            there,
            add,
            is_draft: known.is_draft(),
            revision: known.sale.next_revision,
            terms: TermsStep::from(known, terms.clone()),
            terms_cells: known.terms_cells(&terms),
            ..Self::whole(sale, terms, Vec::new())
        }
    }

    /// A sale that keeps its lots.
    fn beside(
        (sale, terms): (SaleId, SaleTerms),
        lots: Vec<TableLot>,
        (known, differing): (&Known, &Differing),
        notes: &mut Notes<'_>,
    ) -> Self {
        let named: BTreeSet<LotNo> = lots.iter().map(|lot| lot.lot).collect();
        let missing = known.lots.iter().filter(|(no, _)| !named.contains(no));
        let missing = missing.map(|(no, terms)| printed(*no, terms)).collect();
        let (mut add, mut amend, mut there) = (Vec::new(), Vec::new(), 0_usize);
        for lot in lots {
            match (known.compare(&lot), differing) {
                (Compared::New, _) => add.push(lot),
                (Compared::Same, _) => there = there.saturating_add(1),
                (Compared::Differs(amendment), Differing::Amend { .. }) => amend.push(amendment),
                (Compared::Differs(amendment), _) => notes.differs(&amendment),
                (Compared::HasOpened(amendment), _) => notes.has_opened(&amendment),
            }
        }
        Self {
            sale,
            title: terms.title.clone(),
            revision: known.sale.next_revision,
            terms_cells: known.terms_cells(&terms),
            terms: TermsStep::from(known, terms),
            clears: 0,
            add,
            amend,
            missing,
            there,
            is_draft: known.is_draft(),
            reason: match differing {
                Differing::Amend { reason } => reason.clone(),
                Differing::Refuse | Differing::Replace => String::new(),
            },
        }
    }

    /// The sale that it is for.
    pub const fn sale(&self) -> SaleId {
        self.sale
    }

    /// The title of that sale.
    pub const fn title(&self) -> &Bilingual {
        &self.title
    }

    /// Whether the sale is to be made.
    pub const fn creates(&self) -> bool {
        matches!(self.terms, Some(TermsStep::Create(_)))
    }

    /// Whether the sale is to get other terms.
    pub const fn changes_terms(&self) -> bool {
        matches!(self.terms, Some(TermsStep::Change(_)))
    }

    /// How many lots are to be taken out of a draft first.
    pub const fn clears(&self) -> usize {
        self.clears
    }

    /// The lots that are to be added, in the order of the table.
    pub fn adds(&self) -> &[TableLot] {
        &self.add
    }

    /// What differs in the terms of the sale.
    pub fn terms_cells(&self) -> &[CellChange] {
        &self.terms_cells
    }

    /// The lots that are to be amended (R14), in the order of the table.
    pub fn amends(&self) -> &[TableAmendment] {
        &self.amend
    }

    /// The lots that the sale has and the table lacks, by their printed numbers: they stay as they are.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// R14: whether everybody has seen what is to be amended.
    pub fn needs_reason(&self) -> bool {
        !self.is_draft && (self.changes_terms() || !self.amend.is_empty())
    }

    /// How many lots of the table are in the sale already.
    pub const fn there(&self) -> usize {
        self.there
    }

    /// Whether the sale is a draft, which somebody has yet to publish.
    pub const fn is_draft(&self) -> bool {
        self.is_draft
    }

    /// Whether everything is there already.
    pub fn is_done(&self) -> bool {
        self.terms.is_none() && self.clears == 0 && self.add.is_empty() && self.amend.is_empty()
    }

    /// What is to be sent, one after the other: the terms, the clearing of a draft, what is amended,
    /// then the new lots in the order of the table, as many at once as one message takes.
    pub fn commands(&self) -> Vec<v1::Command> {
        let batches = batches::cut(self.add.iter().map(new_lot));
        let adds = batches
            .into_iter()
            .map(|lots| self.named(Act::AddLots(v1::AddLots { lots })));
        let before = self.preparations().into_iter().chain(self.amendments());
        before.chain(adds).collect()
    }

    /// What amends lots (R14).
    pub(crate) fn amendments(&self) -> Vec<v1::Command> {
        let batches = amendment::cut(&self.amend).into_iter();
        let amends = batches.map(|lots| {
            let reason = self.reason.clone();
            self.named(Act::AmendLots(v1::AmendLots { lots, reason }))
        });
        amends.collect()
    }

    /// What comes before the first lot.
    pub(crate) fn preparations(&self) -> Vec<v1::Command> {
        let wire = |terms: &SaleTerms| Some(terms::sale_terms_to_proto(terms));
        let terms = self.terms.as_ref().map(|step| match step {
            TermsStep::Create(terms) => Act::CreateSale(v1::CreateSale { terms: wire(terms) }),
            TermsStep::Change(terms) => Act::AmendSale(v1::AmendSale {
                terms: wire(terms),
                reason: self.reason.clone(),
            }),
        });
        let clear = (self.clears > 0).then_some(Act::ClearLots(v1::ClearLots {}));
        let acts = terms.into_iter().chain(clear);
        acts.map(|act| self.named(act)).collect()
    }

    /// What adds one lot alone.
    pub(crate) fn add_one(&self, lot: &TableLot) -> v1::Command {
        let lots = vec![new_lot(lot)];
        self.named(Act::AddLots(v1::AddLots { lots }))
    }

    /// A command whose id follows from what it says and from what the sale was read at: the same import
    /// again, from the same place, asks for nothing new, and a change there and back is asked for
    /// twice. Ids are public, and amounts are quickly tried through: the secret reserves are no part of
    /// it (R4).
    fn named(&self, act: Act) -> v1::Command {
        let mut public = act.clone();
        match &mut public {
            Act::AddLots(add) => add.lots.iter_mut().for_each(|lot| lot.reserve = 0),
            Act::AmendLots(amend) => amend.lots.iter_mut().for_each(|lot| lot.reserve = 0),
            _ => {}
        }
        let said = v1::Command {
            id: self.revision.to_string(),
            sale: self.sale.to_string(),
            act: Some(public),
        };
        v1::Command {
            id: Uuid::new_v5(&self.sale.0, &said.encode_to_vec()).to_string(),
            act: Some(act),
            ..said
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
