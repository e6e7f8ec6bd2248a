//! What the wire calls an engine that did not answer.

use mazad_proto::FaultCode;

use crate::SubmitError;

impl From<SubmitError> for FaultCode {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::UnknownSale => Self::SaleUnknown,
            SubmitError::QueueFull => Self::Busy,
            SubmitError::Reused => Self::CommandIdReused,
            SubmitError::Unknown => Self::OutcomeUnknown,
            SubmitError::StoreFull => Self::StoreFull,
            SubmitError::StoreAway => Self::StoreAway,
            SubmitError::NotOwner => Self::NotOwner,
            SubmitError::Halted => Self::SaleHalted,
        }
    }
}
