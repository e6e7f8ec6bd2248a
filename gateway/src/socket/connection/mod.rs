//! One connection: a task that owns its socket, its outbox and everything it waits for.
//!
//! The loop in [`Connection::run`] is the table of everything that wakes a connection. Reading goes on
//! while writing waits, so a bid is stamped when it arrives, however slowly its sender reads.

mod joined;
mod requests;
mod silence;
mod work;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, Stream, StreamExt};
use governor::DefaultDirectRateLimiter;
use joined::{Ended, Joined, Own};
use mazad_engine::domain::SaleId;
use mazad_office::{Caller, Life, Role};
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, FaultCode};
use silence::{Look, Silence};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{
    Message,
    error::{CapacityError, Error as WsError},
};
use tokio_util::sync::CancellationToken;
use work::{Done, Work};

use super::close::{CloseReason, farewell};
use super::outbox::{Outbox, Overflow};

use crate::connection_limits;
use crate::connection_limits::{AccountPermit, PeerPermit, Place, WatcherPermit};
use crate::faults::Fault;
use crate::frame::Frame;
use crate::gateway::Gateway;
use crate::limits::JOINED_MAX;

#[derive(Debug)]
pub(crate) struct Connection<S> {
    gateway: Gateway,
    encoding: Encoding,
    socket: WebSocketStream<S>,
    outbox: Outbox,
    caller: Caller,
    /// Cancelled when the login ends; a watcher's never is.
    life: Life,
    /// Held for as long as an account's socket is open.
    permit: Option<AccountPermit>,
    greeting: Greeting,
    state: ConnectionState,
    /// What it counts as among those of its address or account; `None`: it is not counted.
    peer: Option<Arc<PeerPermit>>,
    /// Held for as long as it watches.
    watcher_permit: Option<WatcherPermit>,
    /// Cancelled when the watcher's place is needed for somebody known.
    needed: CancellationToken,
    joined: Vec<Joined>,
    work: FuturesUnordered<Work>,
    /// Requests of the client that are being worked on.
    in_flight: usize,
    ticks: Interval,
    silence: Silence,
    rates: Rates,
    /// Which side of the socket is looked at first: neither can starve the other.
    turn: Turn,
}

/// What the connection counts as among those who share the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConnectionState {
    /// Nothing yet: it has just come, and may still say who it is.
    New,
    /// As a watcher, who may be let go.
    Watching,
    /// As somebody known, who is never let go for another.
    Known,
}

/// Whether the client may still say who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Greeting {
    Possible,
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Read,
    Write,
}

#[derive(Debug)]
struct Rates {
    frames: DefaultDirectRateLimiter,
    over: DefaultDirectRateLimiter,
    malformed: DefaultDirectRateLimiter,
}

/// Everything that wakes a connection.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time lives on the stack of its loop; a box would cost each frame"
)]
enum Wakeup {
    /// The client said something, closed, or is gone.
    Heard(Option<Result<Message, WsError>>),
    /// Everything has left, or cannot.
    Wrote(Result<(), WsError>),
    /// Something that was asked of the engine or the office is answered.
    Done(Done),
    /// A sale that is followed has something new.
    Changed,
    /// Time for a heartbeat.
    Tick,
    /// Perhaps nothing has been heard for too long.
    Quiet,
    /// The peer has taken nothing for too long.
    Stalled,
    /// The login has ended.
    LifeEnded,
    /// Somebody known needs the place.
    Needed,
    /// The server says goodbye.
    Closing,
}

impl<S> Connection<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    pub(crate) fn new(
        gateway: Gateway,
        socket: WebSocketStream<S>,
        encoding: Encoding,
        peer: Option<Arc<PeerPermit>>,
    ) -> Self {
        let limits = gateway.limits();
        let now = Instant::now();
        let mut ticks = interval_at(later(now, limits.heartbeat), limits.heartbeat);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let rates = Rates {
            frames: connection_limits::frames(limits.frames_per_second),
            over: connection_limits::strikes(limits.frames_over_rate),
            malformed: connection_limits::strikes(limits.malformed_frames),
        };
        Self {
            encoding,
            socket,
            outbox: Outbox::default(),
            caller: Caller::watcher(),
            life: Life::default(),
            permit: None,
            greeting: Greeting::Possible,
            state: ConnectionState::New,
            peer,
            watcher_permit: None,
            needed: CancellationToken::new(),
            joined: Vec::new(),
            work: FuturesUnordered::new(),
            in_flight: 0,
            ticks,
            silence: Silence::new(limits.silence, limits.heartbeat),
            rates,
            turn: Turn::Read,
            gateway,
        }
    }

    /// Serves the connection to its end, and says goodbye.
    pub(crate) async fn run(mut self) {
        let reason = match self.serve().await {
            Err(reason) => reason,
            Ok(never) => match never {},
        };
        if reason == CloseReason::Restart {
            self.finish_answers().await;
        }
        if matches!(reason, CloseReason::Full | CloseReason::Policy) {
            // Why is said in a sentence too, as the last frame.
            self.say_last().await;
        }
        let metrics = self.gateway.metrics();
        metrics.frames_out(self.encoding, self.outbox.sent);
        metrics.closed(reason.word());
        tracing::debug!(
            reason = reason.word(),
            role = self.caller.role.name(),
            "connection ends"
        );
        farewell(self.socket, reason, self.gateway.limits().closing).await;
        drop((self.permit, self.watcher_permit));
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, CloseReason> {
        self.welcome()?;
        loop {
            self.fill()?;
            match self.wake().await {
                Wakeup::Heard(None) => return Err(CloseReason::Bye),
                Wakeup::Heard(Some(Err(error))) => return Err(close_reason(&error)),
                Wakeup::Heard(Some(Ok(message))) => self.hear(&message)?,
                Wakeup::Wrote(Ok(())) | Wakeup::Changed => {}
                Wakeup::Wrote(Err(error)) => return Err(close_reason(&error)),
                Wakeup::Done(done) => self.done(done)?,
                Wakeup::Tick => {
                    // Whoever has said nothing by now watches.
                    self.take_watcher_permit()?;
                    self.joined.iter_mut().for_each(Joined::look_again);
                    self.outbox.ping();
                }
                Wakeup::Quiet => match self.silence.look() {
                    Look::Wait => {}
                    Look::Ask => self.outbox.ping(),
                    Look::Silent => return Err(CloseReason::Silent),
                },
                Wakeup::Stalled => self.stalled()?,
                Wakeup::LifeEnded => return Err(CloseReason::of_login(self.life.why())),
                Wakeup::Needed => {
                    self.fault(&FaultCode::TooManyConnections.into())?;
                    return Err(CloseReason::Full);
                }
                Wakeup::Closing => return Err(CloseReason::Restart),
            }
        }
    }

    /// Waits for the next thing. Every arm is safe to drop: the socket, the outbox and the work keep
    /// their own state, a tick or a change that is missed is found at the next look, and the
    /// tokens stay cancelled.
    async fn wake(&mut self) -> Wakeup {
        let deadline = self.outbox.deadline(self.gateway.limits().write);
        let is_idle = self.outbox.is_idle();
        let Self {
            socket,
            outbox,
            turn,
            work,
            joined,
            ticks,
            silence,
            life,
            needed,
            gateway,
            ..
        } = self;
        tokio::select! {
            wake = poll_fn(|cx| poll_socket(socket, outbox, turn, cx)) => wake,
            Some(done) = work.next() => Wakeup::Done(done),
            // Only when something can be given: until then the changes gather in the hub.
            () = joined::changed(joined), if is_idle => Wakeup::Changed,
            _ = ticks.tick() => Wakeup::Tick,
            () = silence.passes() => Wakeup::Quiet,
            () = until(deadline) => Wakeup::Stalled,
            () = life.ended() => Wakeup::LifeEnded,
            () = needed.cancelled() => Wakeup::Needed,
            () = gateway.closing().cancelled() => Wakeup::Closing,
        }
    }

    /// Gives what each sale has new, once everything before it has left.
    fn fill(&mut self) -> Result<(), CloseReason> {
        if !self.outbox.is_idle() {
            return Ok(());
        }
        for joined in &mut self.joined {
            joined
                .fill(&mut self.outbox, self.encoding)
                .map_err(|Ended| CloseReason::SaleHalted)?;
            if joined.own.as_mut().is_some_and(Own::start_asking) {
                self.work
                    .push(work::mine(&self.gateway, self.caller, joined.sale()));
            }
        }
        Ok(())
    }

    /// The peer has taken something since the time was set, or it is slow. What it can take is given
    /// first: perhaps it was this process that stood still (R0).
    fn stalled(&mut self) -> Result<(), CloseReason> {
        let Self { socket, outbox, .. } = self;
        let driven = poll_fn(|cx| outbox.poll_drive(socket, cx)).now_or_never();
        if let Some(Err(error)) = driven {
            return Err(close_reason(&error));
        }
        let deadline = self.outbox.deadline(self.gateway.limits().write);
        match deadline {
            Some(deadline) if deadline <= Instant::now() => Err(CloseReason::SlowReader),
            Some(_) | None => Ok(()),
        }
    }

    /// Counts the connection as a watcher's, if it has no name and is not counted yet.
    fn take_watcher_permit(&mut self) -> Result<(), CloseReason> {
        if self.state == ConnectionState::New {
            let place = self
                .peer
                .as_ref()
                .map_or(Place::Own, |peer| peer.identify(None));
            let admitted = match place {
                Place::Own => self.gateway.connection_limits().admit_watcher(),
                Place::None => None,
            };
            let Some(watcher_permit) = admitted else {
                self.fault(&FaultCode::TooManyConnections.into())?;
                return Err(CloseReason::Full);
            };
            self.needed = watcher_permit.needed();
            self.watcher_permit = Some(watcher_permit);
            self.state = ConnectionState::Watching;
        }
        Ok(())
    }

    fn done(&mut self, done: Done) -> Result<(), CloseReason> {
        match done {
            Done::Replied { sale, body } => {
                self.in_flight = self.in_flight.saturating_sub(1);
                self.reply(body)?;
                if let Some(joined) = sale.and_then(|sale| self.joined_to(sale)) {
                    joined.want_own();
                }
                Ok(())
            }
            Done::Found { sale, cursor, hub } => {
                self.in_flight = self.in_flight.saturating_sub(1);
                let Some(hub) = hub else {
                    return self.fault(&FaultCode::SaleUnknown.into());
                };
                self.joined.retain(|joined| joined.sale() != sale);
                if self.joined.len() >= JOINED_MAX {
                    return self.fault(&FaultCode::TooManySales.into());
                }
                let own = self.is_bidder_of(sale).then(|| Own::of(self.caller.paddle));
                self.joined.push(Joined::new(hub, cursor, own));
                Ok(())
            }
            Done::Mine { sale, mine } => self.tell_mine(sale, mine),
        }
    }

    fn tell_mine(&mut self, sale: SaleId, mine: work::AskedMine) -> Result<(), CloseReason> {
        let Some(joined) = self.joined_to(sale) else {
            return Ok(());
        };
        let Some(own) = &mut joined.own else {
            return Ok(());
        };
        match mine {
            Err(_) => own.not_answered(),
            Ok((mine, wire)) => {
                if let Some(news) = own.answered(&mine, wire, &joined.hub) {
                    return self.reply(Body::Mine(news));
                }
            }
        }
        Ok(())
    }

    fn joined_to(&mut self, sale: SaleId) -> Option<&mut Joined> {
        self.joined.iter_mut().find(|joined| joined.sale() == sale)
    }

    fn is_bidder_of(&self, sale: SaleId) -> bool {
        self.caller.role == Role::Bidder && self.caller.sale == Some(sale)
    }

    fn reply(&mut self, body: Body) -> Result<(), CloseReason> {
        let frame = Frame::own(body, self.encoding);
        self.outbox
            .reply(frame)
            .map_err(|Overflow| CloseReason::Overflow)
    }

    fn fault(&mut self, fault: &Fault) -> Result<(), CloseReason> {
        self.gateway.metrics().fault(fault.code.as_str());
        self.reply(Body::Fault(fault.to_wire()))
    }

    /// The server stops: every answer that is on its way is waited for and sent.
    async fn finish_answers(&mut self) {
        let patience = self.gateway.limits().closing;
        let finish = async {
            while let Some(done) = self.work.next().await {
                self.done(done)?;
            }
            self.drain().await
        };
        // Late or gone: the answers stay queryable.
        let _late = timeout(patience, finish.map(drop)).await;
    }

    async fn say_last(&mut self) {
        let patience = self.gateway.limits().closing;
        let _late = timeout(patience, self.drain().map(drop)).await;
    }

    async fn drain(&mut self) -> Result<(), CloseReason> {
        let Self { socket, outbox, .. } = self;
        poll_fn(|cx| outbox.poll_drive(socket, cx))
            .await
            .map_err(|error| close_reason(&error))
    }
}

fn poll_socket<S>(
    socket: &mut WebSocketStream<S>,
    outbox: &mut Outbox,
    turn: &mut Turn,
    cx: &mut Context<'_>,
) -> Poll<Wakeup>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let first = *turn;
    *turn = match first {
        Turn::Read => Turn::Write,
        Turn::Write => Turn::Read,
    };
    for side in [first, *turn] {
        let polled = match side {
            Turn::Read => Pin::new(&mut *socket).poll_next(cx).map(Wakeup::Heard),
            Turn::Write if outbox.is_idle() => Poll::Pending,
            Turn::Write => outbox.poll_drive(socket, cx).map(Wakeup::Wrote),
        };
        if polled.is_ready() {
            return polled;
        }
    }
    Poll::Pending
}

fn later(instant: Instant, by: Duration) -> Instant {
    instant.checked_add(by).unwrap_or(instant)
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// What an error of the socket says to its peer.
fn close_reason(error: &WsError) -> CloseReason {
    match error {
        WsError::Capacity(CapacityError::MessageTooLong { .. }) => CloseReason::TooLarge,
        WsError::Utf8(_) => CloseReason::NotUtf8,
        WsError::Protocol(
            tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        ) => CloseReason::Bye,
        WsError::Protocol(_) | WsError::Capacity(_) => CloseReason::Protocol,
        _ => CloseReason::Bye,
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
