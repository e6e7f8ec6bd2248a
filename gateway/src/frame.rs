//! Frames on their way out: encoded once for each encoding, then only shared.

use std::sync::OnceLock;

use bytes::Bytes;
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, FaultCode, encode, v1};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// An encoded frame. Cloning it copies no bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// `mazad.v1.json`.
    Text(Utf8Bytes),
    /// `mazad.v1.proto`.
    Binary(Bytes),
}

impl Frame {
    /// Encodes what only one connection gets.
    pub fn own(body: Body, encoding: Encoding) -> Self {
        encode_frame(&v1::ServerFrame { body: Some(body) }, encoding)
    }

    /// Bytes of the payload.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Whether there is no payload: an empty message has no bytes in protobuf.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A frame that many connections get. Each encoding is made when the first of them needs it.
#[derive(Debug)]
pub struct SharedFrame {
    message: v1::ServerFrame,
    text: OnceLock<Frame>,
    binary: OnceLock<Frame>,
}

impl SharedFrame {
    pub(crate) fn new(body: Body) -> Self {
        let message = v1::ServerFrame { body: Some(body) };
        Self {
            message,
            text: OnceLock::new(),
            binary: OnceLock::new(),
        }
    }

    /// The frame in an encoding: the same bytes for everyone who asks.
    pub fn frame(&self, encoding: Encoding) -> Frame {
        let slot = match encoding {
            Encoding::Json => &self.text,
            Encoding::Proto => &self.binary,
        };
        slot.get_or_init(|| encode_frame(&self.message, encoding))
            .clone()
    }
}

fn encode_frame(message: &v1::ServerFrame, encoding: Encoding) -> Frame {
    let spelled = encode(message, encoding)
        .ok()
        .and_then(|bytes| spell(bytes, encoding));
    spelled.unwrap_or_else(|| {
        // Only an enum number that no version of the schema knows gets here.
        tracing::error!("a frame of ours has no spelling");
        let fault = v1::ServerFrame {
            body: Some(Body::Fault(internal())),
        };
        let bytes = encode(&fault, encoding).unwrap_or_default();
        spell(bytes, encoding).unwrap_or_else(|| Frame::Binary(Bytes::new()))
    })
}

fn internal() -> v1::Fault {
    crate::faults::Fault::from(FaultCode::Internal).to_wire()
}

fn spell(bytes: Bytes, encoding: Encoding) -> Option<Frame> {
    match encoding {
        Encoding::Json => Utf8Bytes::try_from(bytes).ok().map(Frame::Text),
        Encoding::Proto => Some(Frame::Binary(bytes)),
    }
}
