//! What leaves on one connection: a reply lane that loses nothing, and updates that are asked for
//! only when everything before them has left.
//!
//! Nothing here waits for room in memory. The reply lane is bounded, and the session closes the
//! connection when it is full; updates are never more than the session has just given, because it
//! gives them only while the outbox is idle.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Sink;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{
    Error as WsError, Message,
    protocol::frame::{
        Frame as WsFrame,
        coding::{Data, OpCode},
    },
};

use crate::frame::Frame;
use crate::limits::{BUSY_PATIENCE, PIECE_BYTES, REPLIES_MAX};

/// The reply lane is full: the client sends commands and does not read their answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overflow;

/// Frames on their way out of one connection.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    replies: VecDeque<Frame>,
    updates: VecDeque<Frame>,
    ping: bool,
    /// The rest of a large frame of which a part has left.
    rest: Option<Rest>,
    /// Something was handed to the socket and may not have left yet.
    unflushed: bool,
    /// A flush has begun and the peer has not taken everything yet.
    lags: bool,
    /// When the socket last took something, while it has not taken everything.
    since: Option<Instant>,
    /// Since when there has been something to send without a pause.
    busy: Option<Instant>,
    /// Frames handed to the socket.
    pub(crate) sent: u64,
}

#[derive(Debug)]
struct Rest {
    bytes: Bytes,
    opcode: Data,
}

impl Outbox {
    /// Queues an answer. Answers are never dropped and never joined.
    pub(crate) fn reply(&mut self, frame: Frame) -> Result<(), Overflow> {
        if self.replies.len() >= REPLIES_MAX {
            return Err(Overflow);
        }
        self.replies.push_back(frame);
        self.begin();
        Ok(())
    }

    /// Gives an update to an outbox that was idle.
    pub(crate) fn update(&mut self, frame: Frame) {
        self.updates.push_back(frame);
        self.begin();
    }

    /// Asks the peer for a sign of life; one at a time is enough.
    pub(crate) fn ping(&mut self) {
        self.ping = true;
        self.begin();
    }

    /// Whether everything has left.
    pub(crate) fn is_idle(&self) -> bool {
        self.since.is_none()
    }

    /// When the peer counts as a slow reader: it took nothing for one `patience`, or it has kept
    /// frames waiting for several, which would let it hold shared snapshots for ever.
    pub(crate) fn deadline(&self, patience: Duration) -> Option<Instant> {
        let still = self.since?.checked_add(patience)?;
        let whole = self
            .busy?
            .checked_add(patience.saturating_mul(BUSY_PATIENCE))?;
        Some(still.min(whole))
    }

    fn begin(&mut self) {
        if self.since.is_none() {
            self.since = Some(Instant::now());
            self.busy = self.since;
        }
    }

    /// Writes until everything has left. Polling it again after it was put aside goes on where it
    /// was: all state is here and in the socket.
    pub(crate) fn poll_drive<S>(
        &mut self,
        socket: &mut WebSocketStream<S>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), WsError>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        loop {
            // Once the peer lags, nothing more is gathered: what waits is counted in the lane.
            if self.lags {
                ready!(Pin::new(&mut *socket).poll_flush(cx))?;
                (self.lags, self.unflushed) = (false, false);
            }
            ready!(Pin::new(&mut *socket).poll_ready(cx))?;
            if let Some(message) = self.next_message() {
                Pin::new(&mut *socket).start_send(message)?;
                self.unflushed = true;
                self.since = Some(Instant::now());
                continue;
            }
            if self.unflushed {
                self.lags = true;
                continue;
            }
            (self.since, self.busy) = (None, None);
            return Poll::Ready(Ok(()));
        }
    }

    /// A begun frame is finished first; then answers before updates.
    fn next_message(&mut self) -> Option<Message> {
        if std::mem::take(&mut self.ping) {
            // Control frames may stand between the pieces of a message.
            return Some(Message::Ping(Bytes::new()));
        }
        if let Some(rest) = self.rest.take() {
            return Some(self.piece(rest));
        }
        let frame = self
            .replies
            .pop_front()
            .or_else(|| self.updates.pop_front())?;
        self.sent = self.sent.wrapping_add(1);
        if frame.len() <= PIECE_BYTES {
            return Some(match frame {
                Frame::Text(text) => Message::Text(text),
                Frame::Binary(bytes) => Message::Binary(bytes),
            });
        }
        let rest = match frame {
            Frame::Text(text) => Rest {
                bytes: text.into(),
                opcode: Data::Text,
            },
            Frame::Binary(bytes) => Rest {
                bytes,
                opcode: Data::Binary,
            },
        };
        Some(self.piece(rest))
    }

    fn piece(&mut self, mut rest: Rest) -> Message {
        let opcode = OpCode::Data(rest.opcode);
        let piece = rest.bytes.split_to(rest.bytes.len().min(PIECE_BYTES));
        let is_last = rest.bytes.is_empty();
        if !is_last {
            self.rest = Some(Rest {
                opcode: Data::Continue,
                ..rest
            });
        }
        Message::Frame(WsFrame::message(piece, opcode, is_last))
    }
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
