//! The mailbox of a sale's writer: commands that wait, questions behind them.

use mazad_proto::v1;
use tokio::sync::oneshot;

use super::answered::Recall;
use super::answers::{Lookup, Mine, Reply, SubmitError};
use super::core::Writer;
use super::disk_space;
use super::recall::Recaller;
use crate::codec;
use crate::domain::{AccountId, AnswerKey, Command, Refusal, Time, preview};
use crate::store::{DiskSpace, Revision};

/// Something that a sale's writer is asked.
#[derive(Debug)]
pub(crate) enum Request {
    Command {
        command: Box<Command>,
        reply: Reply,
    },
    Query(Query),
    /// Write the sale again, after another engine did.
    Own,
}

/// A question, which changes nothing.
#[derive(Debug)]
pub(crate) enum Query {
    Lookup {
        key: AnswerKey,
        reply: oneshot::Sender<Result<Lookup, SubmitError>>,
    },
    Mine {
        account: AccountId,
        reply: oneshot::Sender<Result<Mine, SubmitError>>,
    },
    Preview {
        command: Box<Command>,
        reply: oneshot::Sender<Result<Preview, SubmitError>>,
    },
}

/// The lots that an act would change, in the schema, or why it would be refused.
pub type Preview = Result<Vec<v1::LotPreview>, Refusal>;

/// What one turn of the loop works on.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    pub(crate) requests: Vec<Request>,
    /// Commands that are not decided yet, the oldest first.
    pub(crate) waiting: Vec<(Command, Reply)>,
    /// Questions that came with or after them.
    queries: Vec<Query>,
    owns: bool,
}

/// The answers that a sale has given for sure.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) writer: &'a Writer,
    pub(super) recaller: &'a Recaller,
    /// What stands here or later is not durable for certain.
    pub(super) before: Revision,
}

impl Known<'_> {
    fn recall(&self, key: AnswerKey) -> Option<Recall> {
        let recall = self.writer.recall(key)?;
        (recall.first < self.before).then_some(recall)
    }
}

impl Mailbox {
    pub(crate) fn sort_out(&mut self) {
        for request in self.requests.drain(..) {
            match request {
                Request::Command { command, reply } => self.waiting.push((*command, reply)),
                Request::Query(query) => self.queries.push(query),
                Request::Own => self.owns = true,
            }
        }
    }

    /// Whether the sale shall be written again, asked since the last look.
    pub(super) fn take_own(&mut self) -> bool {
        std::mem::take(&mut self.owns)
    }

    /// Once every command that came before the questions has been decided.
    pub(crate) fn answer_queries(&mut self, writer: &Writer, recaller: &Recaller) {
        if self.waiting.is_empty() {
            for query in self.queries.drain(..) {
                answer(writer, recaller, query);
            }
        }
    }

    /// Answers commands that are known from what is durable; whatever is new is not begun, and its author
    /// told why.
    pub(super) fn answer_known(&mut self, known: &Known<'_>, why: SubmitError) {
        for (command, reply) in self.waiting.drain(..) {
            match known.recall(AnswerKey::of(&command)) {
                Some(recall) => known.recaller.repeat(recall, command.digest, reply),
                None => drop(reply.send(Err(why))),
            }
        }
    }

    /// The same of questions, while the state is ahead of what is durable.
    pub(super) fn refuse_queries(&mut self, known: &Known<'_>, why: SubmitError) {
        for query in self.queries.drain(..) {
            match query {
                Query::Lookup { key, reply } => match known.recall(key) {
                    Some(recall) => known.recaller.look_up(recall, reply),
                    None => drop(reply.send(Err(why))),
                },
                Query::Mine { reply, .. } => drop(reply.send(Err(why))),
                Query::Preview { reply, .. } => drop(reply.send(Err(why))),
            }
        }
    }

    /// Tells those whose commands the store has no space for, and drops the commands.
    pub(super) fn refuse_for_space(&mut self, space: DiskSpace, writer: &Writer, now: Time) {
        if space == DiskSpace::Plenty {
            return;
        }
        let sale = writer.sale();
        let at = now.max(sale.now);
        let is_refused = |(command, _): &mut (Command, Reply)| {
            disk_space::refuses(space, sale, command, at)
                && writer.recall(AnswerKey::of(command)).is_none()
        };
        for (_, reply) in self.waiting.extract_if(.., is_refused) {
            let _gone = reply.send(Err(SubmitError::StoreFull));
        }
    }
}

fn answer(writer: &Writer, recaller: &Recaller, query: Query) {
    match query {
        Query::Lookup { key, reply } => match writer.recall(key) {
            Some(recall) => recaller.look_up(recall, reply),
            None => {
                let public_revision = writer.sale().public_revision;
                let _gone = reply.send(Ok(Lookup::NotSeen { public_revision }));
            }
        },
        Query::Mine { account, reply } => {
            let _gone = reply.send(Ok(writer.mine(account)));
        }
        Query::Preview { command, reply } => {
            let at = command.arrived.max(writer.sale().now);
            let previews = preview(writer.sale(), &command, at);
            let in_schema = |lots: Vec<_>| lots.iter().map(codec::lot_preview).collect();
            let _gone = reply.send(Ok(previews.map(in_schema)));
        }
    }
}
