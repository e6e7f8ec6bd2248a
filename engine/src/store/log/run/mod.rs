//! The log while it is served: the one thread that writes, the queue before it, and what readers
//! are answered from.

pub(crate) mod durable_mark;
pub(crate) mod index;
pub(crate) mod log_writer;
pub(crate) mod preparer;
pub(crate) mod queue;
pub(crate) mod reader;
pub(crate) mod shared_log;
pub(crate) mod snapshot;
pub(crate) mod staging;
pub(crate) mod tail;
