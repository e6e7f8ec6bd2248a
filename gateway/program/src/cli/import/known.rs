//! What a data folder knows of its sales.

use std::collections::BTreeMap;
use std::path::Path;

use mazad_engine::codec::decode;
use mazad_engine::domain::{Event, LotEvent, LotTerms, Sale, SaleEvent, SaleId};
use mazad_import::Known;

use crate::cli::{
    exit::{Exit, Failure},
    folder::{ReadFolder, decode_failure, key_file},
};

/// Opens a folder, perhaps beside the process that writes it; `None` if there is none yet.
///
/// # Errors
/// The folder is there but cannot be read.
pub(super) fn open(dir: &Path) -> Result<Option<ReadFolder>, Failure> {
    match ReadFolder::open(dir) {
        Ok(folder) => Ok(Some(folder)),
        Err(failure) if failure.exit == Exit::NotFound || !dir.exists() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// A sale with its lots; `None` if the folder has no such sale.
///
/// # Errors
/// The folder cannot be read, or its key is missing.
pub(super) async fn read(
    dir: &Path,
    folder: &ReadFolder,
    id: SaleId,
) -> Result<Option<Known>, Failure> {
    // Without the key, a secret base price that has changed would go unseen.
    let vault = folder.vault.clone().ok_or_else(|| {
        let told = format!("no key of the engine, {}", key_file(dir).display());
        Failure::told(Exit::NotFound, told)
    })?;
    let (mut sale, mut lots) = (Sale::default(), BTreeMap::new());
    folder
        .each(id, |event| {
            let recorded = decode(event, Some(&vault)).map_err(decode_failure)?;
            match &recorded.event {
                Event::Lot(lot, LotEvent::Added { terms } | LotEvent::Amended { terms, .. }) => {
                    lots.insert(*lot, LotTerms::clone(terms));
                }
                Event::Sale(SaleEvent::LotsCleared) => lots.clear(),
                _ => {}
            }
            sale.apply(&recorded);
            Ok(true)
        })
        .await?;
    let known = sale.terms.is_some();
    Ok(known.then_some(Known { sale, lots, vault }))
}
