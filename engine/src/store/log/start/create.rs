//! Making a store where there is none.

use uuid::Uuid;

use super::options::OpenOptions;
use crate::limits::SEGMENT_BYTES_MAX;
use crate::store::log::bytes::disk::read_file;
use crate::store::log::bytes::errors::{Damage, DiskError, OpenError};
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::is_zero;
use crate::store::log::bytes::identity::{IdentityFile, write_identity};
use crate::store::log::bytes::segment::{PrepareError, make_segment};
use crate::store::log::run::durable_mark::create_marks;

/// Makes a new store for this machine.
pub(super) fn create(
    folder: &Folder,
    options: &OpenOptions,
    host_mark: [u8; 32],
) -> Result<IdentityFile, OpenError> {
    let identity = IdentityFile {
        store: Uuid::new_v4(),
        unit: options.unit.bytes(),
        segment_bytes: options.segment_bytes,
        host_mark,
        is_copy: false,
    };
    make_store(folder, &identity)?;
    Ok(identity)
}

/// Makes a store without a batch. The identity comes last, so a half-made store is simply made again.
pub(crate) fn make_store(folder: &Folder, identity: &IdentityFile) -> Result<(), OpenError> {
    refuse_orphans(folder)?;
    create_marks(folder)?;
    make_segment(folder, 1, identity.segment_bytes).map_err(PrepareError::into_disk_error)?;
    Ok(write_identity(folder, identity)?)
}

/// A log without its identity file is damage, not a new store.
fn refuse_orphans(folder: &Folder) -> Result<(), OpenError> {
    for number in folder.segments()? {
        let path = folder.segment(number);
        let bytes = read_file(folder.disk.as_ref(), &path, SEGMENT_BYTES_MAX)
            .map_err(DiskError::at("read", &path))?;
        if !is_zero(&bytes) {
            let what = "identity file is missing, but there is a log";
            return Err(Damage::of_file(&folder.identity(), what).into());
        }
        folder
            .disk
            .remove(&path)
            .map_err(DiskError::at("remove", &path))?;
    }
    Ok(())
}
