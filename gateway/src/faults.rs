//! A fault on its way out: its code with the id of the command that it is about, and its sentence.

use mazad_proto::{FaultCode, v1};

/// A fault with the id of the command it is about, if one is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: FaultCode,
    /// Id of the command, as its sender wrote it.
    pub id: String,
}

/// Whatever has a code is a fault; which command it is about, its caller may know.
impl<E> From<E> for Fault
where
    FaultCode: From<E>,
{
    fn from(why: E) -> Self {
        Self {
            code: FaultCode::from(why),
            id: String::new(),
        }
    }
}

impl Fault {
    /// The fault about one command.
    pub fn about(code: FaultCode, id: &str) -> Self {
        Self {
            code,
            id: id.to_owned(),
        }
    }

    /// The fault as it is sent.
    pub fn to_wire(&self) -> v1::Fault {
        v1::Fault {
            code: self.code.as_str().to_owned(),
            message: Some(mazad_texts::fault(self.code)),
            id: self.id.clone(),
            retry_ms: self.code.retry_ms(),
        }
    }
}
