//! The quarantine folder: bytes of writes that a crash had cut, set aside and not lost silently.

use crate::store::log::bytes::disk::{DiskFile, read_exact_at, write_all_at};
use crate::store::log::bytes::errors::{Damage, DiskError, OpenError};
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::{padded, sha256};
use crate::store::log::bytes::record::{Note, TailDiscarded};

/// Sets a torn tail aside: a durable copy first, then zeros in its place.
///
/// The note in the log comes after both. A crash in between leaves the copy, which the next start
/// finds without a note and notes then.
pub(crate) fn quarantine(
    folder: &Folder,
    torn: &TailDiscarded,
    file: &dyn DiskFile,
    unit: u32,
) -> Result<(), OpenError> {
    let path = folder.segment(torn.segment);
    let length = usize::try_from(torn.length).unwrap_or(usize::MAX);
    let mut bytes = vec![0; length];
    read_exact_at(file, &mut bytes, torn.offset).map_err(DiskError::at("read", &path))?;
    if sha256(&bytes) != torn.sha256 {
        let what = "the torn tail reads back as something else than a moment ago";
        let mut damage = Damage::of_file(&path, what);
        damage.offset = torn.offset;
        return Err(damage.into());
    }
    folder.replace(&folder.quarantine().join(quarantine_name(torn)), &bytes)?;
    let zeros = vec![0; usize::try_from(padded(torn.length, unit)).unwrap_or(length)];
    write_all_at(file, &zeros, torn.offset)
        .map_err(|(_, error)| DiskError::at("write", &path)(error))?;
    Ok(file.sync_data().map_err(DiskError::at("sync", &path))?)
}

fn quarantine_name(torn: &TailDiscarded) -> String {
    let hash: String = torn
        .sha256
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!(
        "{:020}-{}-{}-{hash}.torn",
        torn.segment, torn.offset, torn.length
    )
}

/// What lies in quarantine without a note in the log.
pub(crate) fn unnoted(folder: &Folder, notes: &[Note]) -> Result<Vec<TailDiscarded>, DiskError> {
    let mut found = Vec::new();
    for name in folder.list(&folder.quarantine())? {
        let Some(torn) = parse_quarantine_name(&name) else {
            continue;
        };
        let noted = notes
            .iter()
            .any(|note| *note == Note::TailDiscarded(torn.clone()));
        if !noted {
            found.push(torn);
        }
    }
    found.sort_unstable_by_key(|torn| (torn.segment, torn.offset, torn.sha256));
    Ok(found)
}

fn parse_quarantine_name(name: &str) -> Option<TailDiscarded> {
    let mut parts = name.strip_suffix(".torn")?.split('-');
    let torn = TailDiscarded {
        segment: parts.next()?.parse().ok()?,
        offset: parts.next()?.parse().ok()?,
        length: parts.next()?.parse().ok()?,
        sha256: parse_hash(parts.next()?)?,
    };
    parts.next().is_none().then_some(torn)
}

fn parse_hash(text: &str) -> Option<[u8; 32]> {
    let pairs = text.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
    bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()
}
