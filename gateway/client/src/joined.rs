//! A sale that a program has joined: its picture, the commands to it, and as many connections as it
//! takes.
//!
//! [`JoinedSale::step`] is the table of everything that moves it. No task runs behind it: whoever does
//! not call [`JoinedSale::next`] hears nothing, is cut by the server after a while, and resumes with the
//! next call.

use std::collections::VecDeque;
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use futures_util::future::BoxFuture;
use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::v1::command::Act;
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, FaultCode, v1};
use tokio::time::{Instant, sleep_until};

use crate::backoff::Backoff;
use crate::limits::{DEAD_HEARTBEATS, RETURN_SPREAD, STALE_HEARTBEATS};
use crate::waiting::{Ended, Waiting};
use crate::{
    AfterClose, Answered, Client, ClientError, CommandReply, Connection, Counts, Fault, Frame,
    NotDecided, OnDoubt, SalePicture, ServerAddress, Taken, command,
};

/// One sale, followed: the picture is kept, a lost connection comes back by itself with its cursor after
/// the pause that the protocol asks for, and commands are sent again unchanged until they are answered.
///
/// ```no_run
/// use mazad_client::{Client, Encoding, News, flat_bid};
///
/// # async fn follow(bidder: &Client, sale: &str) -> Result<(), mazad_client::ClientError> {
/// let mut sale = bidder.join(sale, Encoding::Proto);
/// while !sale.picture().has_ended() {
///     match sale.next().await? {
///         News::Moved { lots } => println!("{} lots have changed", lots.len()),
///         News::Answered(answered) => println!("{:?}", answered.answer.verdict()),
///         News::Cut(error) => println!("{error}; coming back"),
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct JoinedSale {
    client: Client,
    encoding: Encoding,
    picture: SalePicture,
    waiting: Waiting,
    line: Line,
    backoff: Backoff,
    /// What is to be said on this connection, in its order.
    outgoing: VecDeque<Said>,
    /// What was heard and not told yet.
    news: VecDeque<News>,
    place: Place,
    is_stale: bool,
    /// When the ping went out whose pong measures the engine's clock.
    pinged: Option<Instant>,
    connections: u32,
}

/// What has come of a joined sale.
///
/// ```
/// use mazad_client::News;
///
/// fn is_about_a_command(news: &News) -> bool {
///     matches!(news, News::Answered(_) | News::NotDecided(_) | News::NotSeen { .. })
/// }
/// assert!(!is_about_a_command(&News::Own));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum News {
    /// The picture is what the engine last said, and these lots have changed in it; none, if only the
    /// sale itself did, or if nothing has happened while the connection was lost.
    Moved {
        /// Numbers of lots.
        lots: Vec<u32>,
    },
    /// The own figures are new: [`SalePicture::mine`].
    Own,
    /// A command is decided: accepted or refused.
    Answered(Box<Answered>),
    /// Nothing was decided of a command, and it is not sent again.
    NotDecided(Box<NotDecided>),
    /// The server has not seen a command that was asked about, and it is not sent again.
    NotSeen {
        /// Its id.
        id: String,
    },
    /// A fault about no command.
    Fault(Fault),
    /// Nothing has come for two heartbeats: the picture may be old.
    Stale,
    /// The connection has ended, or could not be made; the next call makes another one.
    Cut(ClientError),
}

/// The connection there is.
enum Line {
    /// None, until an instant, or until the server is elsewhere than it was.
    Away(Instant, Option<ServerAddress>),
    /// It is being made.
    Opening(BoxFuture<'static, Result<Connection, ClientError>>),
    Open(Box<Connection>),
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away(until, _) => write!(f, "Away({until:?})"),
            Self::Opening(_) => f.write_str("Opening"),
            Self::Open(connection) => write!(f, "Open({connection:?})"),
        }
    }
}

/// How far joining is on this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The server wants to be asked again at this instant.
    Later(Instant),
    /// It has been asked.
    Asked,
    /// The picture follows.
    Joined,
}

/// Everything that wakes a connection.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time lives on the stack of its loop; a box would cost each frame"
)]
enum Wake {
    Heard(Result<Frame, ClientError>),
    Due,
}

impl JoinedSale {
    pub(crate) fn new(client: &Client, sale: &str, encoding: Encoding) -> Self {
        Self {
            // Whoever comes back has pauses of its own.
            client: client.trying(1),
            encoding,
            picture: SalePicture::new(sale),
            waiting: Waiting::default(),
            line: Line::Away(Instant::now(), None),
            backoff: Backoff::default(),
            outgoing: VecDeque::new(),
            news: VecDeque::new(),
            place: Place::Asked,
            is_stale: false,
            pinged: None,
            connections: 0,
        }
    }

    /// The same, with another answer to doubt.
    #[must_use]
    pub fn on_doubt(mut self, on_doubt: OnDoubt) -> Self {
        self.waiting.on_doubt = on_doubt;
        self
    }

    /// What is known of the sale.
    pub const fn picture(&self) -> &SalePicture {
        &self.picture
    }

    /// Who follows it.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the picture is what the engine last said, as far as anybody can know from here.
    pub fn is_live(&self) -> bool {
        matches!(self.line, Line::Open(_)) && self.place == Place::Joined && !self.is_stale
    }

    /// Whether a command has no answer yet.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// How often what has been done so far.
    pub fn counts(&self) -> Counts {
        Counts {
            reconnects: self.connections.saturating_sub(1),
            ..self.waiting.counts
        }
    }

    /// Sends an act under a new id, which is the answer. What comes of it is told by
    /// [`JoinedSale::next`]. While there is no connection the command waits for one.
    ///
    /// # Errors
    /// [`ClientError::Waiting`]: too many wait already.
    pub async fn send(&mut self, act: Act) -> Result<String, ClientError> {
        let command = command(self.picture.sale(), act);
        let id = command.id.clone();
        self.send_command(command).await?;
        Ok(id)
    }

    /// Sends a command, perhaps one that was sent before: with the same content it has the same answer.
    ///
    /// # Errors
    /// [`ClientError::Waiting`]: too many wait already.
    pub async fn send_command(&mut self, command: v1::Command) -> Result<(), ClientError> {
        self.waiting.command(command, Instant::now())?;
        self.offer_now().await;
        Ok(())
    }

    /// Sends a command that waits once more, as a double click does. It makes no difference.
    pub async fn repeat(&mut self, id: &str) {
        if let Some(command) = self.waiting.get(id).cloned() {
            self.outgoing.push_back(Said::Command(command));
            self.offer_now().await;
        }
    }

    /// Waits for the answer to a command that was sent. Meanwhile the picture moves on; what else comes
    /// of commands is told afterwards.
    ///
    /// # Errors
    /// Nothing was decided of it ([`ClientError::Fault`]) or nobody has seen it
    /// ([`ClientError::NotSeen`]); or as [`JoinedSale::next`].
    pub async fn answer_to(&mut self, id: &str) -> Result<Answered, ClientError> {
        let mut later = Vec::new();
        let answer = loop {
            match self.next().await {
                Ok(News::Answered(answered)) if answered.answer.id == id => break Ok(*answered),
                Ok(News::NotDecided(no)) if no.fault.id == id => break Err(no.fault.into()),
                Ok(News::NotSeen { id: own }) if own == id => {
                    break Err(ClientError::NotSeen(own));
                }
                Ok(news @ (News::Answered(_) | News::NotDecided(_) | News::NotSeen { .. })) => {
                    later.push(news);
                }
                Ok(_) => {}
                Err(error) => break Err(error),
            }
        };
        for news in later.into_iter().rev() {
            self.news.push_front(news);
        }
        answer
    }

    /// Sends a command and waits for its answer.
    ///
    /// ```no_run
    /// use mazad_client::{JoinedSale, bid, command};
    ///
    /// # async fn bid_once(sale: &mut JoinedSale) -> Result<(), mazad_client::ClientError> {
    /// let mine = command(sale.picture().sale(), bid(7, 120_000));
    /// let answered = sale.settle(mine).await?;
    /// println!("accepted: {}", answered.is_accepted());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`JoinedSale::answer_to`].
    pub async fn settle(&mut self, command: v1::Command) -> Result<Answered, ClientError> {
        let id = command.id.clone();
        self.send_command(command).await?;
        self.answer_to(&id).await
    }

    /// Asks what became of a command that was sent before, perhaps by another program.
    ///
    /// # Errors
    /// As [`JoinedSale::next`]; a fault and a command that nobody has seen are replies.
    pub async fn look_up(&mut self, id: &str) -> Result<CommandReply, ClientError> {
        self.waiting.look_up(id, Instant::now())?;
        self.offer_now().await;
        match self.answer_to(id).await {
            Ok(Answered { answer, bytes, .. }) => Ok(CommandReply::Answer(Box::new(answer), bytes)),
            Err(ClientError::NotSeen(id)) => Ok(CommandReply::NotSeen(v1::NotSeen {
                id,
                sale: self.picture.sale().to_owned(),
                ..v1::NotSeen::default()
            })),
            Err(ClientError::Fault(fault)) => Ok(CommandReply::Fault(fault)),
            Err(error) => Err(error),
        }
    }

    /// Lets go of the connection without a word, as a phone in a tunnel does. The next call makes
    /// another one.
    pub fn hang_up(&mut self) {
        self.leave(Instant::now());
    }

    /// The next thing that comes of the sale. Safe to drop: nothing is lost.
    ///
    /// # Errors
    /// The server must not be asked again before somebody has looked: the login has ended, the server
    /// says no, or it is gone for good ([`limits::RETURNS_MAX`](crate::limits::RETURNS_MAX)); or it has
    /// made a mistake ([`ClientError::Order`], [`ClientError::Unreadable`]). A later call begins anew,
    /// with what is known.
    pub async fn next(&mut self) -> Result<News, ClientError> {
        loop {
            if let Some(news) = self.news.pop_front() {
                return Ok(news);
            }
            if let Err(error) = self.step().await {
                self.lost(error)?;
            }
        }
    }

    async fn step(&mut self) -> Result<(), ClientError> {
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
                    Wake::Heard(frame) => self.take(frame?),
                    Wake::Due => self.due(),
                }
            }
        }
    }

    /// Waits for a frame, or until something is due. Safe to drop.
    async fn wake(&mut self) -> Wake {
        let waiting = self.waiting.due().filter(|_| self.place == Place::Joined);
        let joining = match self.place {
            Place::Later(at) => Some(at),
            Place::Asked | Place::Joined => None,
        };
        let Line::Open(connection) = &mut self.line else {
            return Wake::Due;
        };
        let silence = match self.is_stale {
            false => STALE_HEARTBEATS,
            true => DEAD_HEARTBEATS,
        };
        let quiet = connection.heard() + connection.heartbeat() * silence;
        let due = [Some(quiet), waiting, joining].into_iter().flatten().min();
        tokio::select! {
            heard = connection.hear() => Wake::Heard(heard),
            () = sleep_until(due.unwrap_or(quiet)) => Wake::Due,
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
        self.place = Place::Asked;
        self.outgoing.push_back(Said::Join(v1::Join {
            sale: self.picture.sale().to_owned(),
            cursor: self.picture.cursor(),
        }));
    }

    /// Something is due: joining, a command, or a word of the server.
    fn due(&mut self) -> Result<(), ClientError> {
        let now = Instant::now();
        if let Place::Later(at) = self.place
            && at <= now
        {
            self.join();
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
            true | false => Ok(()),
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
    async fn offer_now(&mut self) {
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
                    Taken::Applied => self.moved(lots),
                    Taken::Known if self.place == Place::Joined => {}
                    Taken::Known => self.moved(Vec::new()),
                    Taken::Gap if self.place == Place::Asked => {}
                    Taken::Gap => self.join(),
                }
            }
            Body::Mine(mine) => {
                if self.picture.own(mine)? == Taken::Applied {
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
            (Place::Asked, Some(retry)) => self.place = Place::Later(now + retry),
            (Place::Asked, None) => return Err(fault.into()),
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
    fn lost(&mut self, error: ClientError) -> Result<(), ClientError> {
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
            (_, Some(_)) => crate::Login::Known,
            (_, None) => crate::Login::Anonymous,
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

    fn leave(&mut self, until: Instant) {
        let from = match &self.line {
            Line::Open(connection) => Some(connection.address().clone()),
            Line::Away(_, from) => from.clone(),
            Line::Opening(_) => None,
        };
        self.line = Line::Away(until, from);
        self.outgoing.clear();
        self.place = Place::Asked;
        self.pinged = None;
        self.waiting.doubt_all(Instant::now());
    }
}

/// Of the server, or of this program: told, whatever is done about it.
fn is_mistake(error: &ClientError) -> bool {
    matches!(error, ClientError::Order(_) | ClientError::Unreadable(_))
}
