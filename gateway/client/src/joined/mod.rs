//! A sale that a program has joined: its picture, the commands to it, and as many connections as it
//! takes.
//!
//! No task runs behind it: whoever does not call [`JoinedSale::next`] hears nothing, is cut by the
//! server after a while, and resumes with the next call.

mod following;

use std::collections::VecDeque;
use std::fmt;

use futures_util::future::BoxFuture;
use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::v1::command::Act;
use mazad_proto::{Encoding, v1};
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::limits::STALE_HEARTBEATS;
use crate::waiting::Waiting;
use crate::{
    Answered, Client, ClientError, CommandCounts, CommandReply, Connection, News, OnDoubt,
    SalePicture, ServerAddress, command,
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
    /// It has been asked, and answers by this instant or is given up.
    Asked(Instant),
    /// The picture follows.
    Joined,
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
            place: Place::Later(Instant::now()),
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
        let Line::Open(connection) = &self.line else {
            return false;
        };
        let silence = connection.heartbeat() * STALE_HEARTBEATS;
        self.place == Place::Joined && connection.heard().elapsed() < silence
    }

    /// Whether a command has no answer yet.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// How often what has been done so far.
    pub fn counts(&self) -> CommandCounts {
        CommandCounts {
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
            Err(ClientError::Fault(fault)) if fault.id == id => Ok(CommandReply::Fault(fault)),
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
}
