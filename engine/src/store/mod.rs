//! Where events are kept: the port, what follows a store, and the stores themselves.

pub mod log;
mod memory;
mod port;
mod subscription;

pub use memory::MemoryStore;
pub use port::{
    AppendError, Appended, DiskSpace, EventStore, Expected, NewEvent, Position, ReadError,
    RecordedEvent, Revision, StoreId, StoreRefusal, StreamId,
};
pub use subscription::Subscription;
