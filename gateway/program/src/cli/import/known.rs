//! What a data folder knows of the sale that is to get lots.

use std::collections::BTreeMap;
use std::path::Path;

use mazad_engine::codec::decode;
use mazad_engine::domain::{Event, LotEvent, LotTerms, Sale, SaleId};
use mazad_engine::limits::SUBSCRIPTION_BATCH_MAX;
use mazad_engine::store::{EventStore as _, Revision, StreamId};
use mazad_import::Known;

use crate::cli::{
    exit::{Exit, Failure},
    folder::{ReadFolder, decode_failure, key_file},
};

/// Reads a folder, perhaps beside the process that writes it; `None` if it has no such sale.
///
/// # Errors
/// The folder is there but cannot be read.
pub(super) async fn read(dir: &Path, id: SaleId) -> Result<Option<Known>, Failure> {
    let folder = match ReadFolder::open(dir) {
        Ok(folder) => folder,
        Err(failure) if failure.exit == Exit::NotFound || !dir.exists() => return Ok(None),
        Err(failure) => return Err(failure),
    };
    // Without the key, a secret base price that has changed would go unseen.
    let vault = folder.vault.clone().ok_or_else(|| {
        let told = format!("no key of the engine, {}", key_file(dir).display());
        Failure::told(Exit::NotFound, told)
    })?;
    let stream = StreamId::sale(id.0);
    let (mut sale, mut lots, mut next) = (Sale::default(), BTreeMap::new(), Revision(0));
    loop {
        let batch = folder.store.read(&stream, next, SUBSCRIPTION_BATCH_MAX);
        let batch = batch.await?;
        let Some(last) = batch.last() else { break };
        next = Revision(last.revision.0.saturating_add(1));
        for event in &batch {
            let recorded = decode(event, Some(&vault)).map_err(decode_failure)?;
            if let Event::Lot(lot, LotEvent::Added { terms }) = &recorded.event {
                lots.insert(*lot, LotTerms::clone(terms));
            }
            sale.apply(&recorded);
        }
    }
    let known = sale.terms.is_some();
    Ok(known.then_some(Known { sale, lots, vault }))
}
