//! Somebody with a socket: keeps a picture, sends commands, and sees to it that each is answered
//! once, also over a lost connection.

use std::collections::BTreeMap;
use std::time::Duration;

use mazad_proto::v1;
use mazad_proto::v1::client_frame::Body as Ask;
use mazad_proto::v1::command::Act;
use mazad_proto::v1::server_frame::Body as Told;
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

use super::client::{Access, Line, LineError};
use super::picture::{Picture, Took};

/// How long an answer may take before it is looked up on a new connection.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(8);

/// How often a connection is tried again before somebody goes home: a server that restarts is back
/// sooner.
const CONNECT_TRIES_MAX: u32 = 100;

/// What somebody has seen and done.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Commands sent for the first time.
    pub(crate) sent: u32,
    /// Accepted.
    pub(crate) accepted: u32,
    /// Refused.
    pub(crate) refused: u32,
    /// Faults: nothing was decided.
    pub(crate) faults: u32,
    /// Connections after the first.
    pub(crate) reconnects: u32,
    /// Commands whose answer came by looking it up.
    pub(crate) looked_up: u32,
    /// What must not happen.
    pub(crate) wrong: Vec<String>,
}

/// Somebody with a socket.
#[derive(Debug)]
pub(crate) struct Actor {
    access: Access,
    sale: String,
    line: Option<Line>,
    /// What has been told.
    pub(crate) picture: Picture,
    /// Commands without an answer yet.
    waiting: BTreeMap<String, v1::Command>,
    /// What was answered, by command.
    pub(crate) answers: BTreeMap<String, v1::Answer>,
    /// What has been seen and done.
    pub(crate) tally: Tally,
    was_there: bool,
}

/// An answer with the command that it answers.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) command: v1::Command,
    pub(crate) answer: v1::Answer,
}

impl Actor {
    /// Somebody who has not come in yet.
    pub(crate) fn new(access: Access, sale: Uuid) -> Self {
        Self {
            access,
            sale: sale.to_string(),
            line: None,
            picture: Picture::default(),
            waiting: BTreeMap::new(),
            answers: BTreeMap::new(),
            tally: Tally::default(),
            was_there: false,
        }
    }

    /// Whether a command waits for its answer.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether there is nothing more to do: the sale has ended and everything is answered.
    pub(crate) fn is_done(&self) -> bool {
        self.picture.has_ended() && !self.is_waiting()
    }

    /// Leaves without a word, as a phone in a tunnel does.
    pub(crate) fn hang_up(&mut self) {
        self.line = None;
    }

    /// Sends a command under a new id.
    pub(crate) async fn command(&mut self, act: Act) -> String {
        let id = Uuid::new_v4().to_string();
        let command = v1::Command {
            id: id.clone(),
            sale: self.sale.clone(),
            act: Some(act),
        };
        self.waiting.insert(id.clone(), command.clone());
        self.tally.sent = self.tally.sent.saturating_add(1);
        self.offer(&command).await;
        id
    }

    /// Sends a command that was sent before once more: a double click.
    pub(crate) async fn again(&mut self, id: &str) {
        if let Some(command) = self.waiting.get(id).cloned() {
            self.offer(&command).await;
        }
    }

    async fn offer(&mut self, command: &v1::Command) {
        let Some(line) = &mut self.line else {
            return;
        };
        // A line that breaks here is made anew, and the command looked up.
        if line.ask(Ask::Command(command.clone())).await.is_err() {
            self.line = None;
        }
    }

    /// Takes in what comes until an instant, or until a command of ours is answered. Comes back
    /// sooner if the sale ends.
    ///
    /// # Errors
    /// The server is gone for good.
    pub(crate) async fn follow(&mut self, until: Instant) -> Result<Option<Answered>, LineError> {
        loop {
            if self.line.is_none() {
                self.connect().await?;
            }
            let Some(line) = &mut self.line else {
                continue;
            };
            match timeout_at(until, line.told()).await {
                Err(_) => return Ok(None),
                Ok(Ok(Some(told))) => {
                    if let Some(answered) = self.take(told).await {
                        return Ok(Some(answered));
                    }
                    if self.is_done() {
                        return Ok(None);
                    }
                }
                Ok(Err(LineError::Frame(error))) => {
                    self.wrong(format!("a frame cannot be read: {error}"));
                    self.line = None;
                }
                Ok(Ok(None) | Err(_)) => self.line = None,
            }
        }
    }

    /// Waits for the answer to a command that was sent, looking it up if need be.
    ///
    /// # Errors
    /// The server is gone for good.
    pub(crate) async fn answer(&mut self) -> Result<Option<Answered>, LineError> {
        while self.is_waiting() {
            let answered = self.follow(Instant::now() + ANSWER_TIME_MAX).await?;
            if answered.is_some() {
                return Ok(answered);
            }
            // Perhaps the line is dead and nobody has told us.
            if self.is_waiting() {
                self.hang_up();
            }
        }
        Ok(None)
    }

    async fn connect(&mut self) -> Result<(), LineError> {
        let mut tries: u32 = 0;
        let mut line = loop {
            match Line::join(&self.access, &self.sale, self.picture.cursor()).await {
                Ok(line) => break line,
                Err(error) if tries >= CONNECT_TRIES_MAX => return Err(error),
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
            tries = tries.saturating_add(1);
        };
        if self.was_there {
            self.tally.reconnects = self.tally.reconnects.saturating_add(1);
        }
        self.was_there = true;
        for id in self.waiting.keys() {
            let (sale, id) = (self.sale.clone(), id.clone());
            self.tally.looked_up = self.tally.looked_up.saturating_add(1);
            if line
                .ask(Ask::Lookup(v1::Lookup { sale, id }))
                .await
                .is_err()
            {
                return Ok(());
            }
        }
        self.line = Some(line);
        Ok(())
    }

    async fn take(&mut self, told: Told) -> Option<Answered> {
        let took = match told {
            Told::Snapshot(snapshot) => self.picture.snapshot(snapshot),
            Told::Update(update) => self.picture.update(update),
            Told::Answer(answer) => return self.answered(answer),
            Told::NotSeen(not_seen) => {
                // Never decided: the same command again, under the same id.
                self.again(&not_seen.id).await;
                Took::Whole
            }
            Told::Fault(fault) => {
                self.fault(&fault);
                Took::Whole
            }
            Told::Welcome(_) | Told::Mine(_) | Told::Pong(_) => Took::Whole,
        };
        match took {
            Took::Whole => {}
            Took::Missed => self.hang_up(),
            Took::Wrong(what) => self.wrong(what.to_owned()),
        }
        None
    }

    fn answered(&mut self, answer: v1::Answer) -> Option<Answered> {
        if let Some(first) = self.answers.get(&answer.id) {
            if *first != answer {
                self.wrong(format!("command {} has two answers", answer.id));
            }
            return None;
        }
        let Some(command) = self.waiting.remove(&answer.id) else {
            self.wrong(format!("an answer to {}, which nobody asked", answer.id));
            return None;
        };
        let counted = match answer.verdict() {
            v1::Verdict::Accepted => &mut self.tally.accepted,
            v1::Verdict::Refused | v1::Verdict::Unspecified => &mut self.tally.refused,
        };
        *counted = counted.saturating_add(1);
        self.answers.insert(answer.id.clone(), answer.clone());
        Some(Answered { command, answer })
    }

    /// Nothing was decided: the command is dropped, unless its outcome is not known.
    fn fault(&mut self, fault: &v1::Fault) {
        self.tally.faults = self.tally.faults.saturating_add(1);
        match fault.code.as_str() {
            "outcome-unknown" => self.hang_up(),
            _ if fault.retry_ms > 0 => {
                self.waiting.remove(&fault.id);
            }
            code => {
                self.waiting.remove(&fault.id);
                self.wrong(format!("fault {code}"));
            }
        }
    }

    fn wrong(&mut self, what: String) {
        if self.tally.wrong.len() < 20 {
            self.tally.wrong.push(what);
        }
    }
}
