//! Why stored bytes cannot be read.

/// Why stored bytes are not an event of this program. Such a store is not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Written by a newer program, or not an event of a sale.
    #[error("event type `{0}` is not known")]
    UnknownKind(String),
    /// Written by a newer program.
    #[error("version {version} of event type `{kind}` is not known")]
    UnknownVersion {
        /// Name of the type as it stands in the store, such as `BidAccepted`.
        kind: String,
        /// Its version as it stands in the store; this program knows those up to [`super::VERSION`].
        version: u16,
    },
    /// Not protobuf, not canonical, or a value that its field cannot have.
    #[error("`{0}` is malformed")]
    Malformed(&'static str),
    /// A sealed value that this key does not open, or that is not what was committed to.
    #[error("a sealed value does not open to its commitment")]
    Seal,
    /// Written by a program from before the first release, which kept no commands in the log.
    #[error("the log was written before commands were kept in it")]
    BeforeRelease,
}
