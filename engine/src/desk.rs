//! What lies before the writer of a sale: commands that wait, questions behind them.

use tokio::sync::oneshot;

use crate::domain::{AccountId, Answer, AnswerKey, Command, Time};
use crate::engine::{Lookup, SubmitError};
use crate::room;
use crate::store::Room;
use crate::writer::{Mine, Outcome, Writer};

/// Something that a sale's writer is asked.
#[derive(Debug)]
pub(crate) enum Request {
    Command {
        command: Box<Command>,
        reply: Reply,
    },
    Lookup {
        key: AnswerKey,
        reply: oneshot::Sender<Lookup>,
    },
    Mine {
        account: AccountId,
        reply: oneshot::Sender<Mine>,
    },
}

pub(crate) type Reply = oneshot::Sender<Result<Answer, SubmitError>>;

/// What one turn of the loop works on.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) requests: Vec<Request>,
    /// Commands that are not decided yet, the oldest first.
    pub(crate) waiting: Vec<(Command, Reply)>,
    /// Questions that came with or after them.
    queries: Vec<Request>,
    pub(crate) barrier: Option<Barrier>,
}

/// R0: a watermark, and how many requests stood in the queue when it was taken. Once those are
/// decided, nothing older than the watermark is on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Barrier {
    pub(crate) watermark: Time,
    pub(crate) ahead: usize,
}

impl Desk {
    pub(crate) fn sort_out(&mut self) {
        for request in self.requests.drain(..) {
            match request {
                Request::Command { command, reply } => self.waiting.push((*command, reply)),
                query @ (Request::Lookup { .. } | Request::Mine { .. }) => self.queries.push(query),
            }
        }
    }

    /// Once every command that came before the questions has been decided.
    pub(crate) fn answer_queries(&mut self, writer: &Writer) {
        if self.waiting.is_empty() {
            for query in self.queries.drain(..) {
                answer(writer, query);
            }
        }
    }
}

pub(crate) fn answered(outcome: Outcome) -> Result<Answer, SubmitError> {
    match outcome {
        Outcome::Answered(answer) => Ok(answer),
        Outcome::Reused => Err(SubmitError::Reused),
    }
}

/// While the store had no room a moment ago: what is known is answered, what is new is not begun.
pub(crate) fn answer_known(writer: &Writer, waiting: &mut Vec<(Command, Reply)>) {
    for (command, reply) in waiting.drain(..) {
        let known = writer.known(&command);
        let _gone = reply.send(known.map_or(Err(SubmitError::StoreFull), answered));
    }
}

/// Tells those whose commands the store has no room for, and drops the commands.
pub(crate) fn refuse_for_room(
    room: Room,
    writer: &Writer,
    waiting: &mut Vec<(Command, Reply)>,
    now: Time,
) {
    let sale = writer.sale();
    let is_refused =
        |(command, _): &mut (Command, Reply)| room::refuses(room, sale, command, now.max(sale.now));
    for (_, reply) in waiting.extract_if(.., is_refused) {
        let _gone = reply.send(Err(SubmitError::StoreFull));
    }
}

fn answer(writer: &Writer, query: Request) {
    match query {
        Request::Lookup { key, reply } => {
            let revision = writer.sale().next_revision.saturating_sub(1);
            let known = writer.answer(&key).cloned();
            let lookup = known.map_or(Lookup::NotSeen { revision }, Lookup::Answered);
            let _gone = reply.send(lookup);
        }
        Request::Mine { account, reply } => {
            let _gone = reply.send(writer.mine(account));
        }
        Request::Command { .. } => unreachable!("commands are not queries"),
    }
}
