//! What an import would do to the store: which sale, which lots are new, which are there already,
//! and whether the engine will take every one of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use mazad_engine::codec::{Vault, command, terms};
use mazad_engine::domain::{
    Bilingual, Closes, Code, Command, LotNo, LotTerms, Money, Opens, Refusal, Running, Sale,
    SaleId, SaleTerms, Time, Verdict,
};
use mazad_engine::writer::{Outcome, Writer};
use mazad_office::Caller;
use mazad_proto::v1;
use mazad_proto::v1::command::Act;
use uuid::Uuid;

use crate::columns::Column;
use crate::limits::MESSAGE_BYTES_MAX;
use crate::lot::TableLot;
use crate::problem::{ExpectedValue, Problem, Problems, Spot, expected};
use crate::sheet::Sheet;
use crate::table::spot;

/// Names of ids made from content, so that a repeated import is harmless.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d61_7a61_6400_5000_8000_696d_706f_7274);

/// A sale as its log has it.
#[derive(Debug)]
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
    /// The terms of the sale that is to be made; `None` if it is there.
    create: Option<SaleTerms>,
    title: Bilingual,
    add: Vec<TableLot>,
    there: usize,
}

/// The id of a new sale: from its terms, so that the same import again finds the same sale.
pub fn sale_id(terms: &SaleTerms) -> SaleId {
    let wire = terms::sale_terms_to_proto(terms);
    SaleId(Uuid::new_v5(&NAMESPACE, &bytes_of(&wire)))
}

impl Plan {
    /// Compares a table with what is there, and rehearses what is to be done.
    ///
    /// # Errors
    /// A lot is in the sale already, with other terms; its time has passed; or the engine would not
    /// take it.
    pub fn new(
        sale: SaleId,
        terms: SaleTerms,
        lots: Vec<TableLot>,
        known: Option<Known>,
        sheet: &Sheet,
        now: Time,
    ) -> Result<Self, Problems> {
        let mut notes = Notes {
            sheet,
            problems: Problems::default(),
        };
        let mut plan = Self::whole(sale, terms, Vec::new());
        if known.is_some() {
            plan.create = None;
        }
        for lot in lots {
            match known.as_ref().and_then(|known| known.lots.get(&lot.lot)) {
                None => {
                    notes.past(&lot, now);
                    plan.add.push(lot);
                }
                Some(terms) => {
                    plan.there = plan.there.saturating_add(1);
                    notes.differences(&lot, terms);
                }
            }
        }
        plan.rehearse(known, now, &mut notes);
        notes.problems.sort();
        if notes.problems.is_empty() {
            Ok(plan)
        } else {
            Err(notes.problems)
        }
    }

    /// A new sale with its lots. Carried out again, it asks for nothing new.
    pub fn whole(sale: SaleId, terms: SaleTerms, lots: Vec<TableLot>) -> Self {
        Self {
            sale,
            title: terms.title.clone(),
            create: Some(terms),
            add: lots,
            there: 0,
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
        self.create.is_some()
    }

    /// The lots that are to be added, in the order of the table.
    pub fn adds(&self) -> &[TableLot] {
        &self.add
    }

    /// How many lots of the table are in the sale already.
    pub const fn there(&self) -> usize {
        self.there
    }

    /// Whether everything is there already.
    pub fn is_done(&self) -> bool {
        self.create.is_none() && self.add.is_empty()
    }

    /// What makes the sale, if it is new.
    pub fn create_command(&self) -> Option<v1::Command> {
        let terms = Some(terms::sale_terms_to_proto(self.create.as_ref()?));
        Some(named(self.sale, Act::CreateSale(v1::CreateSale { terms })))
    }

    /// What adds each new lot, in the order of the table.
    pub fn add_commands(&self) -> Vec<v1::Command> {
        self.add.iter().map(|lot| self.add_command(lot)).collect()
    }

    fn add_command(&self, lot: &TableLot) -> v1::Command {
        let add = v1::AddLot {
            lot: lot.lot.0,
            terms: Some(terms::lot_terms_to_proto(&lot.terms)),
            reserve: lot.reserve.map_or(0, Money::minor),
        };
        named(self.sale, Act::AddLot(add))
    }

    /// Does in memory what is to be done, by the engine's own writer: what it refuses is a mistake
    /// of the table before anything has been done.
    fn rehearse(&self, known: Option<Known>, now: Time, notes: &mut Notes<'_>) {
        let (sale, vault) = match known {
            Some(known) => (known.sale, known.vault),
            // A key for the rehearsal alone: nothing of it is kept.
            None => (Sale::default(), Arc::new(Vault::from_key([0; 32]))),
        };
        let mut commands = Vec::new();
        let wires = self.create_command().into_iter().map(|wire| (wire, None));
        let adds = self
            .add
            .iter()
            .map(|lot| (self.add_command(lot), Some(lot)));
        for (wire, lot) in wires.chain(adds) {
            match rehearsed(&wire, now, &vault) {
                Some(command) => commands.push((command, lot)),
                None => notes.refused(lot, &Refusal::new(Code::TermsInvalid)),
            }
            let bytes = serde_json::to_vec(&wire).map_or(usize::MAX, |json| json.len());
            if let Some(lot) = lot.filter(|_| bytes > MESSAGE_BYTES_MAX) {
                notes.too_large(lot, bytes);
            }
        }
        let mut writer = Writer::with_state(self.sale, vault, sale);
        while !commands.is_empty() {
            let batch = writer.prepare(&mut commands, now, Time(0));
            for (lot, outcome) in writer.commit(batch) {
                match outcome {
                    Outcome::Answered(answer) => {
                        if let Verdict::Refused(refusal) = &answer.verdict {
                            notes.refused(lot, refusal);
                        }
                    }
                    Outcome::Reused => notes.reused(lot),
                }
            }
        }
    }
}

/// What speaks against a plan, by the cells of its table.
struct Notes<'a> {
    sheet: &'a Sheet,
    problems: Problems,
}

impl Notes<'_> {
    fn note(&mut self, lot: &TableLot, column: Column, found: &str, words: ExpectedValue) {
        let at = spot(self.sheet, lot.row, column);
        let problem = Problem::new(&self.sheet.name, at, column.name(), found, words);
        self.problems.push(problem);
    }

    /// A lot that is there already must be the same one.
    fn differences(&mut self, lot: &TableLot, there: &LotTerms) {
        let reserve = there.method.reserve().and_then(|reserve| reserve.opening);
        let same = LotTerms {
            method: there.method.clone().with_reserve(None),
            ..there.clone()
        };
        if same != lot.terms {
            let words = expected(
                "lot-differs",
                "a lot that is not in the sale yet: this one is, with other terms",
                "لوط غير موجود في المزاد: هذا موجود ببنود أخرى",
            );
            self.note(lot, Column::Lot, &lot.lot.to_string(), words);
        } else if reserve.map(|reserve| reserve.amount) != lot.reserve {
            let words = expected(
                "lot-differs",
                "the reserve with which this lot is in the sale already",
                "الثمن الأساسي الموجود به هذا اللوط في المزاد",
            );
            self.note(lot, Column::Reserve, "", words);
        }
    }

    /// A lot that is new cannot begin or end before now.
    fn past(&mut self, lot: &TableLot, now: Time) {
        let Running::Timed {
            opens,
            closes,
            soft_close,
            ..
        } = &lot.terms.running
        else {
            return;
        };
        let opens = match opens {
            Opens::At(at) => Some(*at),
            Opens::AfterPrevious(_) => None,
        };
        let closes = match closes {
            Closes::At(at) => Some(*at),
            Closes::After(_) => None,
        };
        let stops = soft_close.and_then(|soft| soft.hard_stop);
        for (time, column) in [
            (opens, Column::OpensAt),
            (closes, Column::ClosesAt),
            (stops, Column::HardStop),
        ] {
            if let Some(time) = time.filter(|time| *time < now) {
                let words = expected(
                    "past",
                    "an instant that is still to come",
                    "موعد لم يمض بعد",
                );
                self.note(lot, column, &instant(time), words);
            }
        }
    }

    fn too_large(&mut self, lot: &TableLot, bytes: usize) {
        let words = expected(
            "lot-too-large",
            format!("a lot of at most {MESSAGE_BYTES_MAX} bytes on its way to the server"),
            format!("لوط لا يزيد على {MESSAGE_BYTES_MAX} بايت في طريقه إلى الخادم"),
        );
        self.note(lot, Column::Lot, &bytes.to_string(), words);
    }

    /// What the engine would not take. Its code is the code of the mistake.
    fn refused(&mut self, lot: Option<&TableLot>, refusal: &Refusal) {
        let sentence = mazad_texts::refusal(refusal, None);
        let words = expected(
            refusal.code.as_str(),
            format!("what the sale takes. {}", sentence.en),
            format!("ما يقبله المزاد. {}", sentence.ar),
        );
        self.about(lot, words);
    }

    /// What was asked before under the same id, of which only the reserve is no part, and refused.
    fn reused(&mut self, lot: Option<&TableLot>) {
        let words = expected(
            "command-id-reused",
            "the reserve with which this lot was refused before, or other terms",
            "الثمن الأساسي الذي رُفض به هذا اللوط من قبل، أو بنود أخرى",
        );
        self.about(lot, words);
    }

    /// A lot as a whole, or the sale.
    fn about(&mut self, lot: Option<&TableLot>, words: ExpectedValue) {
        match lot {
            Some(lot) => self.note(lot, Column::Lot, &lot.lot.to_string(), words),
            None => {
                let problem = Problem::new(&self.sheet.name, Spot::row(1), "", "", words);
                self.problems.push(problem);
            }
        }
    }
}

/// A command as the engine would get it; `None` if it could not be one.
fn rehearsed(wire: &v1::Command, now: Time, vault: &Vault) -> Option<Command> {
    let actor = Caller::operator(None).actor()?;
    let read = command::command(wire, actor, now, vault);
    read.ok().map(|(_, command)| command)
}

/// An instant for people, in UTC.
fn instant(time: Time) -> String {
    let micros = i64::try_from(time.0).unwrap_or(i64::MAX);
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |t| t.to_string())
}

/// A command whose id follows from its content: the same import again asks for nothing new. Ids are
/// public, and amounts are quickly tried through: the secret reserve is no part of it (R4).
fn named(sale: SaleId, act: Act) -> v1::Command {
    let mut command = v1::Command {
        id: String::new(),
        sale: sale.to_string(),
        act: Some(act),
    };
    let mut public = command.clone();
    if let Some(Act::AddLot(add)) = &mut public.act {
        add.reserve = 0;
    }
    command.id = Uuid::new_v5(&sale.0, &bytes_of(&public)).to_string();
    command
}

/// The one protobuf encoding of a message.
fn bytes_of(message: &impl prost::Message) -> Vec<u8> {
    message.encode_to_vec()
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
