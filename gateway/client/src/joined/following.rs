//! What moves a joined sale: [`JoinedSale::step`] is the table of it.

use std::ops::RangeInclusive;
use std::time::Duration;

use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{FaultCode, v1};
use tokio::time::{Instant, sleep_until};

use super::{JoinedSale, Line, Place};
use crate::limits::{DEAD_HEARTBEATS, FRAME_WAIT_MAX, RETURN_SPREAD, STALE_HEARTBEATS};
use crate::waiting::Ended;
use crate::{AfterClose, ClientError, Connection, Fault, Frame, Login, News, UpdateOutcome};

/// Everything that wakes a connection.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time lives on the stack of its loop; a box would cost each frame"
)]
enum ClientWake {
    Heard(Result<Frame, ClientError>),
    Due,
}

impl JoinedSale {
    pub(super) async fn step(&mut self) -> Result<(), ClientError> {
        match &mut self.line {
            Line::Away(until, from) => {
                tokio::select! {
                    // Both are safe to drop: an instant, and a place, stay what they are.
                    () = sleep_until(*until) => {}
                    () = self.client.server().moved_from(from.as_ref()), if from.is_some() => {}
                }
                let (client, encoding) = (self.client.clone(), self.encoding);
                let opening = async move { client.connect(encoding).await };
                self.line = Line::Opening(Box::pin(opening));
                Ok(())
            }
            Line::Opening(opening) => {
                let connection = opening.await?;
                self.opened(connection);
                Ok(())
            }
            Line::Open(_) => {
                self.say_all().await?;
                match self.wake().await {
                    ClientWake::Heard(frame) => self.take(frame?),
                    ClientWake::Due => self.due(),
                }
            }
        }
    }

    /// Waits for a frame, or until something is due. Safe to drop.
    async fn wake(&mut self) -> ClientWake {
        let waiting = self.waiting.due().filter(|_| self.place == Place::Joined);
        let joining = match self.place {
            Place::Later(at) | Place::Asked(at) => Some(at),
            Place::Joined => None,
        };
        let Line::Open(connection) = &mut self.line else {
            return ClientWake::Due;
        };
        let silence = match self.is_stale {
            false => STALE_HEARTBEATS,
            true => DEAD_HEARTBEATS,
        };
        let quiet = connection.heard() + connection.heartbeat() * silence;
        let due = [Some(quiet), waiting, joining].into_iter().flatten().min();
        tokio::select! {
            heard = connection.hear() => ClientWake::Heard(heard),
            () = sleep_until(due.unwrap_or(quiet)) => ClientWake::Due,
        }
    }

    fn opened(&mut self, connection: Connection) {
        self.line = Line::Open(Box::new(connection));
        self.connections = self.connections.saturating_add(1);
        self.is_stale = false;
        self.join();
        let now = Instant::now();
        self.pinged = Some(now);
        self.outgoing.push_back(Said::Ping(v1::Ping {
            echo: self.connections.into(),
        }));
    }

    fn join(&mut self) {
        self.place = Place::Asked(Instant::now() + FRAME_WAIT_MAX);
        self.outgoing.push_back(Said::Join(v1::Join {
            sale: self.picture.sale().to_owned(),
            cursor: self.picture.cursor(),
        }));
    }

    /// Something is due: joining, a command, or a word of the server.
    fn due(&mut self) -> Result<(), ClientError> {
        let now = Instant::now();
        match self.place {
            Place::Later(at) if at <= now => self.join(),
            Place::Asked(until) if until <= now => return Err(ClientError::Late),
            Place::Later(_) | Place::Asked(_) | Place::Joined => {}
        }
        self.offer(now);
        let Line::Open(connection) = &self.line else {
            return Ok(());
        };
        let (silent, heartbeat) = (connection.heard().elapsed(), connection.heartbeat());
        match self.is_stale {
            false if silent >= heartbeat * STALE_HEARTBEATS => {
                self.is_stale = true;
                self.news.push_back(News::Stale);
                Ok(())
            }
            true if silent >= heartbeat * DEAD_HEARTBEATS => Err(ClientError::Late),
            true | false => {
                self.is_stale = silent >= heartbeat * STALE_HEARTBEATS;
                Ok(())
            }
        }
    }

    /// Puts what is due of the commands on its way.
    fn offer(&mut self, now: Instant) {
        if self.place != Place::Joined {
            return;
        }
        let (said, given_up) = self.waiting.offers(self.picture.sale(), now);
        self.outgoing.extend(said);
        for ended in given_up {
            self.ended(ended);
        }
    }

    /// The same, and says it at once if there is a connection. One that breaks here is made anew by
    /// the next call.
    pub(super) async fn offer_now(&mut self) {
        self.offer(Instant::now());
        if matches!(self.line, Line::Open(_)) && self.say_all().await.is_err() {
            self.leave(Instant::now());
        }
    }

    /// Says what is to be said. If it is dropped, a frame may be said twice: none of ours minds.
    async fn say_all(&mut self) -> Result<(), ClientError> {
        let Line::Open(connection) = &mut self.line else {
            return Ok(());
        };
        while let Some(said) = self.outgoing.front() {
            connection.say(said.clone()).await?;
            self.outgoing.pop_front();
        }
        Ok(())
    }

    fn take(&mut self, Frame { body, bytes }: Frame) -> Result<(), ClientError> {
        self.is_stale = false;
        let now = Instant::now();
        match body {
            Body::Snapshot(snapshot) => {
                let lots = snapshot.lots.iter().map(|lot| lot.lot).collect();
                self.picture.snapshot(snapshot)?;
                self.moved(lots);
            }
            Body::Update(update) => {
                let lots = update.lots.iter().map(|lot| lot.lot).collect();
                match self.picture.update(update)? {
                    UpdateOutcome::Applied => self.moved(lots),
                    UpdateOutcome::Known if self.place == Place::Joined => {}
                    UpdateOutcome::Known => self.moved(Vec::new()),
                    UpdateOutcome::Gap if matches!(self.place, Place::Asked(_)) => {}
                    UpdateOutcome::Gap => self.join(),
                }
            }
            Body::Mine(mine) => {
                if self.picture.own(mine)? == UpdateOutcome::Applied {
                    self.news.push_back(News::Own);
                }
            }
            Body::Answer(answer) => {
                if let Some(ended) = self.waiting.answered(answer, bytes)? {
                    self.ended(ended);
                }
            }
            Body::NotSeen(not_seen) => {
                if let Some(ended) = self.waiting.not_seen(&not_seen.id, now) {
                    self.ended(ended);
                }
            }
            Body::Fault(fault) => self.faulted(fault.into(), now)?,
            Body::Pong(pong) => {
                if let Some(sent) = self.pinged.take() {
                    self.picture.clock().measured(sent, pong.time, now);
                }
            }
            Body::Welcome(_) => {}
        }
        Ok(())
    }

    /// The picture is what the engine last said.
    fn moved(&mut self, lots: Vec<u32>) {
        let was_joined = self.place == Place::Joined;
        self.place = Place::Joined;
        self.backoff.succeeded();
        self.news.push_back(News::Moved { lots });
        if !was_joined {
            self.offer(Instant::now());
        }
    }

    fn faulted(&mut self, fault: Fault, now: Instant) -> Result<(), ClientError> {
        self.waiting.counts.faults = self.waiting.counts.faults.saturating_add(1);
        if !fault.id.is_empty() {
            if let Some(ended) = self.waiting.faulted(fault, now) {
                self.ended(ended);
            }
            return Ok(());
        }
        match (self.place, fault.retry) {
            (Place::Asked(_), Some(retry)) => self.place = Place::Later(now + retry),
            (Place::Asked(_), None) => return Err(fault.into()),
            (Place::Later(_) | Place::Joined, _) => self.news.push_back(News::Fault(fault)),
        }
        Ok(())
    }

    fn ended(&mut self, ended: Ended) {
        self.news.push_back(match ended {
            Ended::Answered(answered) => {
                self.picture.answered(&answered.answer);
                News::Answered(answered)
            }
            Ended::NotDecided(no) => News::NotDecided(no),
            Ended::NotSeen(id) => News::NotSeen { id },
        });
    }

    /// The connection is of no use any more, or could not be made: whether to come back, and when.
    pub(super) fn lost(&mut self, error: ClientError) -> Result<(), ClientError> {
        let pause = self.pause_after(&error);
        let pause = pause.and_then(|pause| self.backoff.pause(pause));
        let now = Instant::now();
        self.leave(now + pause.unwrap_or_default());
        match pause {
            Some(_) if !is_mistake(&error) => {
                self.news.push_back(News::Cut(error));
                Ok(())
            }
            Some(_) | None => {
                // Whoever asks again has been told.
                if pause.is_none() {
                    self.backoff.succeeded();
                }
                Err(error)
            }
        }
    }

    /// How long to stay away; `None`: for good.
    fn pause_after(&self, error: &ClientError) -> Option<RangeInclusive<Duration>> {
        let login = match (&self.line, self.client.token()) {
            (Line::Open(connection), _) => connection.login(),
            (_, Some(_)) => Login::Known,
            (_, None) => Login::Anonymous,
        };
        match error {
            ClientError::Closed(code) => match code.after(login) {
                AfterClose::ComeBack(pause) => Some(pause),
                AfterClose::Stop | AfterClose::LogIn => None,
            },
            ClientError::Fault(fault) => match (fault.known(), fault.retry) {
                // The ticket was good for too short a time; a new one is made for each connection.
                (Some(FaultCode::TicketUnknown), _) => Some(Duration::ZERO..=RETURN_SPREAD),
                (_, Some(retry)) => Some(retry..=retry.saturating_mul(2)),
                (_, None) => None,
            },
            ClientError::Connect(_)
            | ClientError::Broken(_)
            | ClientError::Late
            | ClientError::Unreadable(_)
            | ClientError::Order(_) => Some(Duration::ZERO..=RETURN_SPREAD),
            ClientError::Address(_)
            | ClientError::Link
            | ClientError::Request(_)
            | ClientError::NotSeen(_)
            | ClientError::Waiting => None,
        }
    }

    pub(super) fn leave(&mut self, until: Instant) {
        let from = match &self.line {
            Line::Open(connection) => Some(connection.address().clone()),
            Line::Away(_, from) => from.clone(),
            Line::Opening(_) => None,
        };
        self.line = Line::Away(until, from);
        self.outgoing.clear();
        self.place = Place::Later(until);
        self.pinged = None;
        self.waiting.doubt_all(Instant::now());
    }
}

/// Of the server, or of this program: told, whatever is done about it.
fn is_mistake(error: &ClientError) -> bool {
    matches!(error, ClientError::Order(_) | ClientError::Unreadable(_))
}
