//! What an import would do to the store: which sale, which lots are new, which are there already.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use mazad_engine::codec::{decode, terms};
use mazad_engine::domain::{Event, LotNo, LotTerms, Method, SaleId, SaleTerms};
use mazad_engine::limits::{LOTS_MAX, SUBSCRIPTION_BATCH_MAX};
use mazad_engine::store::embedded::{EmbeddedStore, OpenError};
use mazad_engine::store::{EventStore, Revision, StreamId};
use mazad_proto::v1;
use mazad_proto::v1::command::Act;
use uuid::Uuid;

use super::NAMESPACE;
use super::problem::{Problem, Problems, expected};
use super::submit::Target;
use super::table::TableLot;
use crate::cli::exit::{Exit, Failure};
use crate::cli::folder::open_failure;
use crate::cli::output::Output;
use crate::cli::replay::both;

/// What the store says about a sale.
#[derive(Debug)]
pub(crate) struct Known {
    /// Its terms.
    pub(crate) terms: SaleTerms,
    lots: BTreeMap<LotNo, LotTerms>,
    ended: bool,
}

/// An import that nothing speaks against.
#[derive(Debug)]
pub(crate) struct Plan {
    sale: SaleId,
    /// The terms of the sale that is to be made; `None` if it is there.
    create: Option<SaleTerms>,
    title: String,
    add: Vec<TableLot>,
    there: usize,
}

/// The id of a new sale: from its terms, so that the same import again finds the same sale.
pub(crate) fn sale_id(terms: &SaleTerms) -> SaleId {
    let wire = terms::sale_terms_to_proto(terms);
    SaleId(Uuid::new_v5(&NAMESPACE, &bytes_of(&wire)))
}

/// Reads what a folder knows of a sale, perhaps beside the process that writes it; `None` if
/// nothing.
///
/// # Errors
/// The folder is there but cannot be read.
pub(crate) async fn known(dir: &Path, sale: SaleId) -> Result<Option<Known>, Failure> {
    let store = match EmbeddedStore::open_read_only(dir) {
        Ok(store) => store,
        Err(OpenError::NotAStore { .. }) => return Ok(None),
        Err(OpenError::Disk(error)) if error.source.kind() == io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => return Err(open_failure(dir, error)),
    };
    read_known(&store, sale).await
}

async fn read_known(store: &EmbeddedStore, sale: SaleId) -> Result<Option<Known>, Failure> {
    let stream = StreamId::sale(sale.0);
    let (mut known, mut next) = (None, Revision(0));
    loop {
        let batch = store.read(&stream, next, SUBSCRIPTION_BATCH_MAX).await?;
        let Some(last) = batch.last() else {
            return Ok(known);
        };
        next = Revision(last.revision.0.saturating_add(1));
        for event in &batch {
            let recorded = decode(event, None).map_err(|e| Failure::new(Exit::Damaged, e))?;
            note(&mut known, recorded.event);
        }
    }
}

fn note(known: &mut Option<Known>, event: Event) {
    match (event, known) {
        (Event::SaleCreated { terms }, known) => {
            *known = Some(Known {
                terms,
                lots: BTreeMap::new(),
                ended: false,
            });
        }
        (Event::LotAdded { lot, terms }, Some(known)) => {
            known.lots.insert(lot, without_reserve(*terms));
        }
        (Event::SaleEnded, Some(known)) => known.ended = true,
        _ => {}
    }
}

fn without_reserve(mut terms: LotTerms) -> LotTerms {
    let Method::English(english) = &mut terms.method;
    english.reserve = None;
    terms
}

impl Plan {
    /// Compares a table with what is there.
    ///
    /// # Errors
    /// A lot is in the sale already, with other terms; or the sale takes no more.
    pub(crate) fn new(
        sale: SaleId,
        terms: SaleTerms,
        lots: Vec<TableLot>,
        known: Option<&Known>,
        sheet: &str,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut note = |row: usize, found: String, en: String, ar: String| {
            let words = expected(en, ar);
            problems.push(Problem {
                at: (row, 0),
                sheet: sheet.to_owned(),
                cell: format!("{row}:{row}"),
                column: "lot".to_owned(),
                found,
                expected_ar: words.ar,
                expected_en: words.en,
            });
        };
        let (mut add, mut there) = (Vec::new(), 0_usize);
        for lot in lots {
            match known.and_then(|known| known.lots.get(&lot.lot)) {
                None => add.push(lot),
                Some(terms) if *terms == lot.terms => there = there.saturating_add(1),
                Some(_) => note(
                    lot.row,
                    lot.lot.to_string(),
                    "a lot that is not in the sale yet: this one is, with other terms".to_owned(),
                    "لوط غير موجود في المزاد: هذا موجود ببنود أخرى".to_owned(),
                ),
            }
        }
        if known.is_some_and(|known| known.ended) && !add.is_empty() {
            let (en, ar) = ("a sale that has not ended", "مزاد لم ينته بعد");
            note(1, sale.to_string(), en.to_owned(), ar.to_owned());
        }
        let total = add
            .len()
            .saturating_add(known.map_or(0, |known| known.lots.len()));
        if total > LOTS_MAX {
            let (en, ar) = ("lots in the sale at most", "لوط في المزاد على الأكثر");
            note(
                1,
                total.to_string(),
                format!("{LOTS_MAX} {en}"),
                format!("{LOTS_MAX} {ar}"),
            );
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            sale,
            title: both(&terms.title).to_owned(),
            create: known.is_none().then_some(terms),
            add,
            there,
        })
    }

    /// A new sale with its lots. Carried out again, it asks for nothing new.
    pub(crate) fn whole(sale: SaleId, terms: SaleTerms, lots: Vec<TableLot>) -> Self {
        Self {
            sale,
            title: both(&terms.title).to_owned(),
            create: Some(terms),
            add: lots,
            there: 0,
        }
    }

    /// Does it: the sale if it is new, then each new lot in the order of the table.
    ///
    /// # Errors
    /// Something was refused or failed; the same import again goes on where this one stopped.
    pub(crate) async fn carry_out(
        &self,
        target: &mut Target,
        output: Output,
    ) -> Result<(), Failure> {
        if let Some(terms) = &self.create {
            let terms = Some(terms::sale_terms_to_proto(terms));
            let create = Act::CreateSale(v1::CreateSale { terms });
            target
                .submit(vec![command(self.sale, create)], |_| {})
                .await?;
        }
        let commands: Vec<v1::Command> = self
            .add
            .iter()
            .map(|lot| {
                command(
                    self.sale,
                    Act::AddLot(v1::AddLot {
                        lot: lot.lot.0,
                        terms: Some(terms::lot_terms_to_proto(&lot.terms)),
                        reserve: lot.reserve.map_or(0, |reserve| reserve.minor()),
                    }),
                )
            })
            .collect();
        let bar = output.progress(commands.len() as u64, "lots");
        let done = target.submit(commands, |_| bar.inc(1)).await;
        bar.finish_and_clear();
        done
    }

    /// Says what was done or would be.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn tell(&self, output: Output, done: bool) -> io::Result<()> {
        let (added, there) = (self.add.len(), self.there);
        if output.is_json() {
            return output.json(&serde_json::json!({
                "sale": self.sale.to_string(),
                "createsSale": self.create.is_some(),
                "adds": self.add.iter().map(|lot| lot.lot.0).collect::<Vec<_>>(),
                "alreadyThere": there,
                "dryRun": !done,
            }));
        }
        let (sale, add) = match done {
            true => ("created", "added"),
            false => ("would be created", "would be added"),
        };
        let sale_is = if self.create.is_some() {
            sale
        } else {
            "is there"
        };
        output.line(format!("sale {} {sale_is}: {}", self.sale, self.title))?;
        if !done {
            for lot in &self.add {
                output.line(format!(
                    "  row {} lot {}: {}",
                    lot.row,
                    lot.lot,
                    both(&lot.terms.title)
                ))?;
            }
        }
        output.line(format!("{added} lots {add}, {there} there already"))
    }
}

/// A command whose id follows from its content: the same import again asks for nothing new. Ids are
/// public, and amounts are quickly tried through: the secret reserve is no part of it (R4).
fn command(sale: SaleId, act: Act) -> v1::Command {
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
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_command_does_not_follow_from_its_reserve() {
        let add = |lot, reserve| {
            let terms = Some(v1::LotTerms::default());
            let act = Act::AddLot(v1::AddLot {
                lot,
                terms,
                reserve,
            });
            command(SaleId(Uuid::from_u128(7)), act)
        };
        assert_eq!(add(1, 0).id, add(1, 3_000_000).id);
        assert_eq!(add(1, 2_900_000).id, add(1, 3_000_000).id);
        assert_ne!(add(1, 0).id, add(2, 0).id);
        let carried = add(1, 3_000_000);
        assert!(matches!(carried.act, Some(Act::AddLot(add)) if add.reserve == 3_000_000));
    }
}
