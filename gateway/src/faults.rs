//! A fault on its way out: its code, the id of the command that it is about, the place in a message
//! that cannot be read, and its sentence. Nothing that somebody wrote freely goes back in it.

use mazad_engine::SubmitError;
use mazad_engine::codec::wire_id::canonical_uuid;
use mazad_office::{Denied, OfficeError};
use mazad_proto::{FaultCode, FrameError, Unreadable, v1};

/// A fault with the id of the command it is about, if one is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: FaultCode,
    /// Id of the command; empty if there is none, or none that is an id.
    pub id: String,
    /// What cannot be read, if that is the fault.
    pub place: Option<Box<Unreadable>>,
}

impl From<FaultCode> for Fault {
    fn from(code: FaultCode) -> Self {
        Self {
            code,
            id: String::new(),
            place: None,
        }
    }
}

impl From<Unreadable> for Fault {
    fn from(place: Unreadable) -> Self {
        Self::from(FaultCode::Malformed).at(place)
    }
}

impl From<FrameError> for Fault {
    fn from(error: FrameError) -> Self {
        Self::from(FaultCode::from(&error)).at(error.place())
    }
}

impl From<OfficeError> for Fault {
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::Malformed(place) => place.into(),
            other => FaultCode::from(other).into(),
        }
    }
}

impl From<Denied> for Fault {
    fn from(why: Denied) -> Self {
        FaultCode::from(why).into()
    }
}

impl From<SubmitError> for Fault {
    fn from(error: SubmitError) -> Self {
        FaultCode::from(error).into()
    }
}

impl Fault {
    /// The fault about one command.
    pub fn about(why: impl Into<Self>, id: &str) -> Self {
        let id = canonical_uuid(id).map(|_| id.to_owned());
        Self {
            id: id.unwrap_or_default(),
            ..why.into()
        }
    }

    /// The fault with the place that it is about.
    #[must_use]
    pub(crate) fn at(self, place: Unreadable) -> Self {
        let place = Some(Box::new(place));
        Self { place, ..self }
    }

    /// The same, of a message that is a field of another one.
    #[must_use]
    pub(crate) fn within(self, outer: &str) -> Self {
        let place = self.place.map(|place| Box::new(place.within(outer)));
        Self { place, ..self }
    }

    /// The fault as it is sent.
    pub fn to_wire(&self) -> v1::Fault {
        let place = self.place.as_deref();
        v1::Fault {
            code: self.code.as_str().to_owned(),
            message: Some(match place {
                Some(place) => mazad_texts::fault_at(self.code, place),
                None => mazad_texts::fault(self.code),
            }),
            id: self.id.clone(),
            retry_ms: self.code.retry_ms(),
            path: place.map(|place| place.path.clone()).unwrap_or_default(),
            expected: place.map(|place| mazad_texts::expected(&place.expected)),
        }
    }
}
