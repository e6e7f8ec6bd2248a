//! Which sale an import is for, and the terms that are to hold in it. A second run must never make a
//! second sale by itself.

use std::path::Path;

use mazad_engine::domain::{SaleId, SalePhase, SaleTerms, Time};
use mazad_import::{Known, sale_id};
use uuid::Uuid;

use super::known;
use super::sale_flags::SaleFlags;
use crate::cli::{
    exit::{Exit, Failure},
    folder::ReadFolder,
    sale_list::{self, SaleLine},
};

/// The sale that gets the lots.
#[derive(Debug)]
pub(super) struct TargetSale {
    pub(super) sale: SaleId,
    /// The terms that are to hold.
    pub(super) terms: SaleTerms,
    /// The sale as it is, if it is there.
    pub(super) known: Option<Known>,
}

/// What was said about the choice.
#[derive(Debug, Clone, Copy)]
pub(super) enum Choice {
    /// `--sale`.
    Named(SaleId),
    /// `--new`: the sale that these terms make, beside those there are.
    New,
    /// Nothing.
    Open,
}

impl Choice {
    pub(super) const fn of(sale: Option<Uuid>, new: bool) -> Self {
        match (sale, new) {
            (Some(sale), _) => Self::Named(SaleId(sale)),
            (None, true) => Self::New,
            (None, false) => Self::Open,
        }
    }
}

impl TargetSale {
    /// Finds it in a folder.
    ///
    /// # Errors
    /// There is no such sale, the choice is not clear, or the terms cannot be those of the sale.
    pub(super) async fn find(
        dir: &Path,
        choice: Choice,
        (flags, amends): (&SaleFlags, bool),
        now: Time,
    ) -> Result<Self, Failure> {
        let folder = known::open(dir)?;
        let target = match choice {
            Choice::Named(sale) => {
                let known = match &folder {
                    Some(folder) => known::read(dir, folder, sale).await?,
                    None => None,
                };
                let there = known.and_then(|known| Some((known.sale.terms.clone()?, known)));
                let (terms, known) = there.ok_or_else(|| {
                    let told = format!("no sale {sale} in {}", dir.display());
                    Failure::told(Exit::NotFound, told)
                })?;
                Self {
                    sale,
                    terms: flags.over(terms)?,
                    known: Some(known),
                }
            }
            Choice::New | Choice::Open => {
                let terms = flags.terms()?;
                let sale = match (&folder, choice) {
                    (Some(folder), Choice::Open) => unnamed(folder, sale_id(&terms)).await?,
                    _ => sale_id(&terms),
                };
                let known = match &folder {
                    Some(folder) => known::read(dir, folder, sale).await?,
                    None => None,
                };
                // R14: what was published was made of these terms, and may have been amended since.
                let published = known.as_ref().filter(|known| !known.is_draft());
                let stands = published.and_then(|known| known.sale.terms.clone());
                let terms = stands.unwrap_or(terms);
                Self { sale, terms, known }
            }
        };
        target.check(amends, now).map(|()| target)
    }

    /// What is published keeps its terms unless they are amended, and no sale opens in the past.
    fn check(&self, amends: bool, now: Time) -> Result<(), Failure> {
        let there = self.known.as_ref().and_then(|known| {
            let terms = known.sale.terms.as_ref()?;
            let may_change = match known.sale.phase {
                SalePhase::Draft => true,
                SalePhase::Announced => amends,
                SalePhase::Open | SalePhase::Ended => false,
            };
            Some((terms, may_change))
        });
        let has_passed = self.terms.opens_at.is_some_and(|at| at < now);
        match there {
            Some((terms, _)) if *terms == self.terms => Ok(()),
            Some((_, false)) => {
                let sale = self.sale;
                let told = format!(
                    "sale {sale} is published: its terms stand, leave the flags out, or amend them with \
                     --amend --reason until it opens / نُشر المزاد: اترك خيارات الشروط، أو عدّلها بالخيارين \
                     ‎--amend --reason‎ إلى أن يُفتح"
                );
                Err(Failure::told(Exit::Usage, told))
            }
            Some((_, true)) | None if has_passed => {
                Err(Failure::told(Exit::Usage, "--opens-at has passed"))
            }
            Some((_, true)) | None => Ok(()),
        }
    }
}

/// The sale that is meant where none is named: the one that these terms make, if it is there; else the
/// one draft; else a new one, if it is the first of the folder.
async fn unnamed(folder: &ReadFolder, of_terms: SaleId) -> Result<SaleId, Failure> {
    let sales = sale_list::list(folder).await?;
    if sales.is_empty() || sales.iter().any(|line| line.sale == of_terms) {
        return Ok(of_terms);
    }
    let drafts: Vec<&SaleLine> = sales.iter().filter(|line| line.is_draft).collect();
    if let [draft] = drafts.as_slice() {
        return Ok(draft.sale);
    }
    let told = format!(
        "which sale? Name one with --sale, or make another one with --new / أي مزاد؟ سمّ واحدا \
         بالخيار ‎--sale‎ أو أنشئ مزادا آخر بالخيار ‎--new{}",
        sale_list::shown(&sales)
    );
    Err(Failure::told(Exit::Usage, told))
}
