//! One connection: a task that owns its socket, its outbox and everything it waits for.
//!
//! The loop in [`Session::run`] is the table of everything that wakes a connection. Reading goes on
//! while writing waits, so a bid is stamped when it arrives, however slowly its sender reads.

mod closing;
mod joined;
mod requests;
mod work;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use closing::farewell;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, Stream, StreamExt};
use governor::DefaultDirectRateLimiter;
use joined::{Ended, Joined, Own};
use mazad_engine::domain::SaleId;
use mazad_office::{Identity, Role};
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, FaultCode};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{
    Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep_until, timeout,
};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{
    Message,
    error::{CapacityError, Error as WsError},
};
use tokio_util::sync::CancellationToken;
use work::{Done, Work};

use crate::crowd;
use crate::crowd::{AccountPlace, Seat};
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::limits::JOINED_MAX;
use crate::outbox::{Outbox, Overflow};
use crate::wire::Frame;

pub(crate) use closing::Cut;
pub(crate) use work::{decide, look_up, prepare};

/// One connection.
#[derive(Debug)]
pub(crate) struct Session<S> {
    gateway: Gateway,
    encoding: Encoding,
    socket: WebSocketStream<S>,
    outbox: Outbox,
    identity: Identity,
    /// Cancelled when the login ends; a watcher's never is.
    life: CancellationToken,
    /// Held for as long as an account's socket is open.
    place: Option<AccountPlace>,
    greeting: Greeting,
    standing: Standing,
    /// Held for as long as it watches.
    seat: Option<Seat>,
    /// Cancelled when the watcher's seat is needed for somebody known.
    needed: CancellationToken,
    joined: Vec<Joined>,
    work: FuturesUnordered<Work>,
    /// Requests of the client that are being worked on.
    in_flight: usize,
    heard: Instant,
    ticks: Interval,
    /// Runs out when nothing has been heard for too long; wound up only when it runs out early.
    quiet: Pin<Box<Sleep>>,
    rates: Rates,
    /// Which side of the socket is looked at first: neither can starve the other.
    turn: Turn,
}

/// What the connection takes up in a full house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing yet: it has just come, and may still say who it is.
    New,
    /// A watcher's seat.
    Watches,
    /// A place that nobody else is given.
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
enum Wake {
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

impl<S> Session<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    pub(crate) fn new(gateway: Gateway, socket: WebSocketStream<S>, encoding: Encoding) -> Self {
        let limits = gateway.limits();
        let now = Instant::now();
        let mut ticks = interval_at(later(now, limits.heartbeat), limits.heartbeat);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let rates = Rates {
            frames: crowd::frames(limits.frames_per_second),
            over: crowd::strikes(limits.frames_over_rate),
            malformed: crowd::strikes(limits.malformed_frames),
        };
        Self {
            encoding,
            socket,
            outbox: Outbox::default(),
            identity: Identity::watcher(),
            life: CancellationToken::new(),
            place: None,
            greeting: Greeting::Possible,
            standing: Standing::New,
            seat: None,
            needed: CancellationToken::new(),
            joined: Vec::new(),
            work: FuturesUnordered::new(),
            in_flight: 0,
            heard: now,
            ticks,
            quiet: Box::pin(sleep_until(later(now, gateway.limits().silence))),
            rates,
            turn: Turn::Read,
            gateway,
        }
    }

    /// Serves the connection to its end, and says goodbye.
    pub(crate) async fn run(mut self) {
        let cut = match self.serve().await {
            Err(cut) => cut,
            Ok(never) => match never {},
        };
        if cut == Cut::Restart {
            self.finish_answers().await;
        }
        let metrics = self.gateway.metrics();
        metrics.frames_out(self.encoding, self.outbox.sent);
        metrics.cut(cut.word());
        tracing::debug!(
            cut = cut.word(),
            role = self.identity.role.name(),
            "connection ends"
        );
        farewell(self.socket, cut, self.gateway.limits().closing).await;
        drop((self.place, self.seat));
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, Cut> {
        self.welcome()?;
        loop {
            self.fill()?;
            match self.wake().await {
                Wake::Heard(None) => return Err(Cut::Bye),
                Wake::Heard(Some(Err(error))) => return Err(cut_of(&error)),
                Wake::Heard(Some(Ok(message))) => self.hear(&message)?,
                Wake::Wrote(Ok(())) | Wake::Changed => {}
                Wake::Wrote(Err(error)) => return Err(cut_of(&error)),
                Wake::Done(done) => self.done(done)?,
                Wake::Tick => {
                    // Whoever has said nothing by now watches.
                    self.sit()?;
                    self.joined.iter_mut().for_each(Joined::look_again);
                    self.outbox.ping();
                }
                Wake::Quiet => self.quiet()?,
                Wake::Stalled => self.stalled()?,
                Wake::LifeEnded => return Err(Cut::SessionEnded),
                Wake::Needed => return Err(Cut::Full),
                Wake::Closing => return Err(Cut::Restart),
            }
        }
    }

    /// Waits for the next thing. Every arm is safe to drop: the socket, the outbox and the work keep
    /// their own state, a tick or a change that is missed is found at the next look, and the
    /// tokens stay cancelled.
    async fn wake(&mut self) -> Wake {
        let deadline = self.outbox.deadline(self.gateway.limits().write);
        let is_idle = self.outbox.is_idle();
        let Self {
            socket,
            outbox,
            turn,
            work,
            joined,
            ticks,
            quiet,
            life,
            needed,
            gateway,
            ..
        } = self;
        tokio::select! {
            wake = poll_fn(|cx| poll_socket(socket, outbox, turn, cx)) => wake,
            Some(done) = work.next() => Wake::Done(done),
            // Only when something can be given: until then the changes gather in the hub.
            () = joined::changed(joined), if is_idle => Wake::Changed,
            _ = ticks.tick() => Wake::Tick,
            () = quiet.as_mut() => Wake::Quiet,
            () = until(deadline) => Wake::Stalled,
            () = life.cancelled() => Wake::LifeEnded,
            () = needed.cancelled() => Wake::Needed,
            () = gateway.closing().cancelled() => Wake::Closing,
        }
    }

    /// Gives what each sale has new, once everything before it has left.
    fn fill(&mut self) -> Result<(), Cut> {
        if !self.outbox.is_idle() {
            return Ok(());
        }
        for joined in &mut self.joined {
            joined
                .fill(&mut self.outbox, self.encoding)
                .map_err(|Ended| Cut::SaleHalted)?;
            if joined.own.as_mut().is_some_and(Own::start_asking) {
                self.work
                    .push(work::mine(&self.gateway, self.identity, joined.sale()));
            }
        }
        Ok(())
    }

    fn quiet(&mut self) -> Result<(), Cut> {
        let silence = self.gateway.limits().silence;
        if self.heard.elapsed() >= silence {
            return Err(Cut::Silent);
        }
        self.quiet.as_mut().reset(later(self.heard, silence));
        Ok(())
    }

    /// The peer has taken something since the time was set, or it is slow.
    fn stalled(&self) -> Result<(), Cut> {
        let deadline = self.outbox.deadline(self.gateway.limits().write);
        match deadline {
            Some(deadline) if deadline <= Instant::now() => Err(Cut::SlowReader),
            Some(_) | None => Ok(()),
        }
    }

    /// Takes a watcher's seat, if the connection has none and nobody's name.
    fn sit(&mut self) -> Result<(), Cut> {
        if self.standing == Standing::New {
            let seat = self.gateway.crowd().seat().ok_or(Cut::Full)?;
            self.needed = seat.needed();
            self.seat = Some(seat);
            self.standing = Standing::Watches;
        }
        Ok(())
    }

    fn done(&mut self, done: Done) -> Result<(), Cut> {
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
                let own = self.is_bidder_of(sale).then(Own::default);
                self.joined.push(Joined::new(hub, cursor, own));
                Ok(())
            }
            Done::Mine { sale, mine } => self.tell_mine(sale, mine),
        }
    }

    fn tell_mine(&mut self, sale: SaleId, mine: work::AskedMine) -> Result<(), Cut> {
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
        self.identity.role == Role::Bidder && self.identity.sale == Some(sale)
    }

    fn reply(&mut self, body: Body) -> Result<(), Cut> {
        let frame = Frame::own(body, self.encoding);
        self.outbox.reply(frame).map_err(|Overflow| Cut::Overflow)
    }

    fn fault(&mut self, fault: &Fault) -> Result<(), Cut> {
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
            let Self { socket, outbox, .. } = self;
            poll_fn(|cx| outbox.poll_drive(socket, cx))
                .await
                .map_err(|error| cut_of(&error))
        };
        // Late or gone: the answers stay queryable.
        let _late = timeout(patience, finish.map(drop)).await;
    }
}

fn poll_socket<S>(
    socket: &mut WebSocketStream<S>,
    outbox: &mut Outbox,
    turn: &mut Turn,
    cx: &mut Context<'_>,
) -> Poll<Wake>
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
            Turn::Read => Pin::new(&mut *socket).poll_next(cx).map(Wake::Heard),
            Turn::Write if outbox.is_idle() => Poll::Pending,
            Turn::Write => outbox.poll_drive(socket, cx).map(Wake::Wrote),
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
fn cut_of(error: &WsError) -> Cut {
    match error {
        WsError::Capacity(CapacityError::MessageTooLong { .. }) => Cut::TooLarge,
        WsError::Utf8(_) => Cut::NotUtf8,
        WsError::Protocol(
            tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        ) => Cut::Bye,
        WsError::Protocol(_) | WsError::Capacity(_) => Cut::Protocol,
        _ => Cut::Bye,
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
