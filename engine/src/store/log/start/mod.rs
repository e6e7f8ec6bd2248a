//! From a folder to a log that may be served: lock, examine, walk, tell a torn tail from damage, set
//! it aside, begin an epoch.

pub(crate) mod copy;
pub(crate) mod examine;
pub(crate) mod open;
pub(crate) mod options;
pub(crate) mod quarantine;
pub(crate) mod recover;
pub(crate) mod touched;
pub(crate) mod verify;
