//! What an import would do to the store: which sale, its terms, which lots are new and which are there
//! already, and whether the engine will take every one of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use mazad_engine::codec::{Vault, terms};
use mazad_engine::domain::{Bilingual, LotNo, LotTerms, Sale, SaleId, SalePhase, SaleTerms, Time};
use mazad_proto::v1;
use mazad_proto::v1::command::Act;
use prost::Message as _;
use uuid::Uuid;

use crate::batches::{self, new_lot};
use crate::lot::TableLot;
use crate::notes::Notes;
use crate::problem::Problems;
use crate::rehearsal::rehearse;
use crate::table::Table;

/// Names of ids made from content, so that a repeated import is harmless.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d61_7a61_6400_5000_8000_696d_706f_7274);

/// A sale as its log has it.
#[derive(Debug, Clone)]
pub struct Known {
    pub sale: Sale,
    /// Its lots as they were added: a lot that is offered again has other terms since.
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
    there: usize,
    is_draft: bool,
}

/// How terms come to hold.
#[derive(Debug)]
enum TermsStep {
    /// The sale is to be made.
    Create(SaleTerms),
    /// Those of a draft are to be others.
    Change(SaleTerms),
}

/// The id of a new sale: from its terms, so that the same import again finds the same sale.
pub fn sale_id(terms: &SaleTerms) -> SaleId {
    let wire = terms::sale_terms_to_proto(terms);
    SaleId(Uuid::new_v5(&NAMESPACE, &wire.encode_to_vec()))
}

impl Known {
    /// Whether staff still put it together.
    pub fn is_draft(&self) -> bool {
        self.sale.phase == SalePhase::Draft
    }

    /// Whether its lots are the first ones of the table, as an import leaves them that was cut short.
    fn begins(&self, table: &[TableLot]) -> bool {
        let order = &self.sale.order;
        let mut pairs = order.iter().zip(table);
        order.len() <= table.len()
            && pairs.all(|(no, lot)| *no == lot.lot && self.has(lot) == Some(Sameness::Same))
    }

    /// How a lot of the table compares with the one of its number; `None`: there is none.
    fn has(&self, lot: &TableLot) -> Option<Sameness> {
        let there = self.lots.get(&lot.lot)?;
        let reserve = there.method.reserve().and_then(|reserve| reserve.opening);
        let open = LotTerms {
            method: there.method.clone().with_reserve(None),
            ..there.clone()
        };
        Some(if open != lot.terms {
            Sameness::OtherTerms
        } else if reserve.map(|reserve| reserve.amount) != lot.reserve {
            Sameness::OtherReserve
        } else {
            Sameness::Same
        })
    }
}

/// How a lot of the table compares with one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sameness {
    Same,
    OtherTerms,
    /// R4: the terms are the same, the secret base is not.
    OtherReserve,
}

impl Plan {
    /// Compares a table with what is there, and rehearses what is to be done. A draft becomes what the
    /// terms and the table say; a published sale keeps its terms and its lots, and gets those that are
    /// new.
    ///
    /// # Errors
    /// A lot is in a published sale already, with other terms; its time has passed; or the engine would
    /// not take it.
    pub fn new(
        sale: SaleId,
        terms: SaleTerms,
        table: &Table,
        known: Option<Known>,
        now: Time,
    ) -> Result<Self, Problems> {
        let mut notes = Notes::new(table);
        let lots = table.lots.clone();
        let plan = match &known {
            None => Self::whole(sale, terms, lots),
            Some(known) if known.is_draft() => Self::of_draft(sale, terms, lots, known),
            Some(known) => Self::of_published(sale, terms, lots, known, &mut notes),
        };
        for lot in &plan.add {
            notes.past(lot, now);
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
            there: 0,
            is_draft: true,
        }
    }

    /// A draft: whatever differs gives way to what is said now.
    fn of_draft(sale: SaleId, terms: SaleTerms, mut lots: Vec<TableLot>, known: &Known) -> Self {
        let changes = known.sale.terms.as_ref() != Some(&terms);
        let title = terms.title.clone();
        let there = known.sale.order.len();
        let (clears, there) = match known.begins(&lots) {
            true => (0, there),
            false => (there, 0),
        };
        Self {
            sale,
            title,
            revision: known.sale.next_revision,
            terms: changes.then_some(TermsStep::Change(terms)),
            clears,
            add: lots.split_off(there),
            there,
            is_draft: true,
        }
    }

    /// A published sale: what bidders have seen stands.
    fn of_published(
        sale: SaleId,
        terms: SaleTerms,
        lots: Vec<TableLot>,
        known: &Known,
        notes: &mut Notes<'_>,
    ) -> Self {
        let (mut add, mut there) = (Vec::new(), 0_usize);
        for lot in lots {
            match known.has(&lot) {
                None => add.push(lot),
                Some(sameness) => {
                    there = there.saturating_add(1);
                    notes.differences(&lot, sameness);
                }
            }
        }
        Self {
            sale,
            title: terms.title,
            revision: known.sale.next_revision,
            terms: None,
            clears: 0,
            add,
            there,
            is_draft: false,
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

    /// Whether a draft is to get other terms.
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
        self.terms.is_none() && self.clears == 0 && self.add.is_empty()
    }

    /// What is to be sent, one after the other: the terms, the clearing of a draft, then the lots in
    /// the order of the table, as many at once as one message takes.
    pub fn commands(&self) -> Vec<v1::Command> {
        let batches = batches::cut(self.add.iter().map(new_lot));
        let adds = batches
            .into_iter()
            .map(|lots| self.named(Act::AddLots(v1::AddLots { lots })));
        self.preparations().into_iter().chain(adds).collect()
    }

    /// What comes before the first lot.
    pub(crate) fn preparations(&self) -> Vec<v1::Command> {
        let wire = |terms: &SaleTerms| Some(terms::sale_terms_to_proto(terms));
        let terms = self.terms.as_ref().map(|step| match step {
            TermsStep::Create(terms) => Act::CreateSale(v1::CreateSale { terms: wire(terms) }),
            TermsStep::Change(terms) => Act::AmendSale(v1::AmendSale {
                terms: wire(terms),
                reason: String::new(),
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
        if let Act::AddLots(add) = &mut public {
            for lot in &mut add.lots {
                lot.reserve = 0;
            }
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
