//! How a connection ends: the codes of `docs/PROTOCOL.md`, and a farewell that is heard.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use mazad_office::LoginEnd;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::limits::LINGER_BYTES_MAX;

macro_rules! close_reasons {
    ($($variant:ident = $code:literal, $word:literal; $doc:literal)*) => {
        /// Why a connection ends.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum CloseReason { $(#[doc = $doc] $variant,)* }

        impl CloseReason {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The number in the close frame.
            pub(crate) const fn code(self) -> u16 {
                match self { $(Self::$variant => $code,)* }
            }

            /// The word in the close frame and in the metrics.
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

close_reasons! {
    Bye = 1000, "bye"; "The client closed, or is gone."
    Protocol = 1002, "protocol"; "It broke the rules of WebSocket."
    NotUtf8 = 1007, "not-utf8"; "A text frame was none."
    Policy = 1008, "policy"; "It kept exceeding its rate, or the account has too many sockets."
    TooLarge = 1009, "too-large"; "A frame was larger than allowed."
    Restart = 1012, "restart"; "The server stops or restarts."
    Full = 1013, "full"; "What is left of the room is kept for those who are known."
    Malformed = 4000, "malformed"; "It kept sending frames that cannot be read."
    SessionEnded = 4001, "session-ended"; "Logged out, revoked, disabled or expired."
    SlowReader = 4002, "slow-reader"; "It did not take what was sent."
    Silent = 4003, "silent"; "Nothing was heard from it."
    Overflow = 4004, "overflow"; "Too many answers wait for it."
    SaleHalted = 4005, "sale-halted"; "The sale's writer stopped, or its log cannot be read."
    TooManyDevices = 4006, "too-many-devices"; "The person came in on one device more than there may be."
}

impl CloseReason {
    /// Why the sockets of a login close that has ended.
    pub(super) const fn of_login(why: LoginEnd) -> Self {
        match why {
            LoginEnd::Ended | LoginEnd::Replaced => Self::SessionEnded,
            LoginEnd::TooManyDevices => Self::TooManyDevices,
        }
    }
}

/// Says why, waits a moment for the peer's half of the goodbye, and lets go. A peer that does not
/// read any more costs no longer than `patience`.
pub(super) async fn farewell<S>(
    mut socket: WebSocketStream<S>,
    reason: CloseReason,
    patience: Duration,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let frame = CloseFrame {
        code: CloseCode::from(reason.code()),
        reason: reason.word().into(),
    };
    let say = async {
        // Errors mean that the peer is gone already.
        let _gone = socket.send(Message::Close(Some(frame))).await;
        while let Some(Ok(_)) = socket.next().await {}
        let mut raw = socket.into_inner();
        let _gone = raw.shutdown().await;
        // A peer in the middle of a large message would get a reset before the close frame.
        let mut sink = [0; 4096];
        let mut left = LINGER_BYTES_MAX;
        while let Ok(count @ 1..) = raw.read(&mut sink).await {
            left = left.saturating_sub(count);
            if left == 0 {
                break;
            }
        }
    };
    let _late = timeout(patience, say).await;
}
