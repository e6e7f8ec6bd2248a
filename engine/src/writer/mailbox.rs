//! The mailbox of a sale's writer: commands that wait, questions behind them.

use mazad_proto::v1;
use tokio::sync::oneshot;

use super::answers::{Lookup, Mine, Reply, SubmitError};
use super::core::Writer;
use super::disk_space;
use super::recall::Recaller;
use crate::codec;
use crate::domain::{AccountId, AnswerKey, Command, Refusal, Time, preview};
use crate::store::DiskSpace;

/// Something that a sale's writer is asked.
#[derive(Debug)]
pub(crate) enum Request {
    Command {
        command: Box<Command>,
        reply: Reply,
    },
    Lookup {
        key: AnswerKey,
        reply: oneshot::Sender<Result<Lookup, SubmitError>>,
    },
    Mine {
        account: AccountId,
        reply: oneshot::Sender<Mine>,
    },
    Preview {
        command: Box<Command>,
        reply: oneshot::Sender<Preview>,
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
    queries: Vec<Request>,
}

impl Mailbox {
    pub(crate) fn sort_out(&mut self) {
        for request in self.requests.drain(..) {
            match request {
                Request::Command { command, reply } => self.waiting.push((*command, reply)),
                query @ (Request::Lookup { .. }
                | Request::Mine { .. }
                | Request::Preview { .. }) => {
                    self.queries.push(query);
                }
            }
        }
    }

    /// Once every command that came before the questions has been decided.
    pub(crate) fn answer_queries(&mut self, writer: &Writer, recaller: &Recaller) {
        if self.waiting.is_empty() {
            for query in self.queries.drain(..) {
                answer(writer, recaller, query);
            }
        }
    }

    /// While the store had no space a moment ago: what is known is answered, what is new is not
    /// begun.
    pub(super) fn answer_known(&mut self, writer: &Writer, recaller: &Recaller) {
        for (command, reply) in self.waiting.drain(..) {
            match writer.recall(AnswerKey::of(&command)) {
                Some(recall) => recaller.repeat(recall, command.digest, reply),
                None => drop(reply.send(Err(SubmitError::StoreFull))),
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

fn answer(writer: &Writer, recaller: &Recaller, query: Request) {
    match query {
        Request::Lookup { key, reply } => match writer.recall(key) {
            Some(recall) => recaller.look_up(recall, reply),
            None => {
                let public_revision = writer.sale().public_revision;
                let _gone = reply.send(Ok(Lookup::NotSeen { public_revision }));
            }
        },
        Request::Mine { account, reply } => {
            let _gone = reply.send(writer.mine(account));
        }
        Request::Preview { command, reply } => {
            let at = command.arrived.max(writer.sale().now);
            let previews = preview(writer.sale(), &command, at);
            let in_schema = |lots: Vec<_>| lots.iter().map(codec::lot_preview).collect();
            let _gone = reply.send(previews.map(in_schema));
        }
        Request::Command { .. } => unreachable!("commands are not queries"),
    }
}
