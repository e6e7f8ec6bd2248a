//! The sales of a folder, for whoever has to choose one.

use mazad_engine::domain::{Event, SaleEvent, SaleId, SaleTerms};

use super::exit::Failure;
use super::folder::{ReadFolder, read_event};
use super::replay::both;

/// A sale in a list, for whoever has to choose.
#[derive(Debug)]
pub(crate) struct SaleLine {
    pub(crate) sale: SaleId,
    /// Those that hold now.
    pub(crate) terms: SaleTerms,
    /// Not published yet.
    pub(crate) is_draft: bool,
}

/// Every sale of a folder.
///
/// # Errors
/// The log cannot be read.
pub(crate) async fn list(folder: &ReadFolder) -> Result<Vec<SaleLine>, Failure> {
    let mut lines = Vec::new();
    for sale in folder.sales().await? {
        let (mut held, mut is_draft) = (None, true);
        folder
            .each(sale, |event| {
                match read_event(event)?.event {
                    Event::Sale(
                        SaleEvent::Created { terms } | SaleEvent::Amended { terms, .. },
                    ) => {
                        held = Some(terms);
                    }
                    Event::Sale(SaleEvent::Published) => is_draft = false,
                    // R14: its terms stand from here on.
                    Event::Sale(SaleEvent::Opened | SaleEvent::Ended) => return Ok(false),
                    _ => {}
                }
                Ok(true)
            })
            .await?;
        lines.extend(held.map(|terms| SaleLine {
            sale,
            terms,
            is_draft,
        }));
    }
    Ok(lines)
}

/// The list as lines below a sentence that says that the choice is not clear.
pub(crate) fn shown(lines: &[SaleLine]) -> String {
    let line = |line: &SaleLine| {
        let state = if line.is_draft { "draft" } else { "published" };
        format!("\n  {} {state}: {}", line.sale, both(&line.terms.title))
    };
    lines.iter().map(line).collect()
}
