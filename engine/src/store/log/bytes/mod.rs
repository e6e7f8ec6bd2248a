//! What lies in the folder of a log: files, formats, records, segments, locks. Knows of no thread.

pub(crate) mod ballast;
pub(crate) mod disk;
pub(crate) mod errors;
pub(crate) mod folder;
pub(crate) mod format;
pub(crate) mod identity;
pub(crate) mod lock;
pub(crate) mod record;
pub(crate) mod segment;
pub(crate) mod walk;
