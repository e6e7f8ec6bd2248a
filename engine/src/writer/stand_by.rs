//! A sale that another engine writes, as this one follows it.

use std::sync::Arc;

use super::answers::SubmitError;
use super::core::Writer;
use super::ends::{Halt, SaleHealth};
use super::mailbox::Mailbox;
use super::recovery::{StartError, fold};
use super::task::WriterTask;
use crate::limits::BATCH_COMMANDS_MAX;
use crate::store::{ReadError, RecordedEvent, Revision, Subscription};

impl WriterTask {
    /// Another engine writes the sale: this one reads what that decides, answers what it knows from
    /// that, and decides nothing, until it shall write again.
    pub(super) async fn stand_by(
        &mut self,
        mut writer: Writer,
        mailbox: &mut Mailbox,
    ) -> Result<Writer, Halt> {
        tracing::warn!(sale = %self.sale, "another engine writes the sale");
        self.health.send_replace(SaleHealth::Following);
        // Asked for while it still wrote: that was nothing to do, and is no wish to write for ever.
        mailbox.take_own();
        let next = Revision(writer.sale().next_revision);
        let mut events = Subscription::stream(Arc::clone(&self.store), self.stream.clone(), next);
        loop {
            tokio::select! {
                // Safe to drop: what was read is taken in before anything else is waited for.
                batch = events.next_batch() => self.take_in(&mut writer, batch)?,
                count = self.queue.recv_many(&mut mailbox.requests, BATCH_COMMANDS_MAX) => {
                    if count == 0 {
                        return Err(Halt::Stopped);
                    }
                }
                _ = self.stop.changed() => return Err(Halt::Stopped),
            }
            mailbox.sort_out();
            if mailbox.take_own() {
                return self.begin(writer, mailbox).await;
            }
            mailbox.answer_known(&self.known(&writer), SubmitError::NotOwner);
            mailbox.answer_queries(&writer, &self.recaller);
        }
    }

    fn take_in(
        &mut self,
        writer: &mut Writer,
        batch: Result<Option<Vec<RecordedEvent>>, ReadError>,
    ) -> Result<(), Halt> {
        let broken = |error: StartError| Halt::Broken(error.to_string());
        let batch = batch.map_err(|error| broken(error.into()))?;
        let Some(batch) = batch else {
            return Err(Halt::Stopped);
        };
        for event in &batch {
            fold(writer, self.sale, event).map_err(broken)?;
        }
        if let Some(last) = batch.last() {
            let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
            let space = self.store.disk_space();
            self.keeper.grown(writer, last.position, count, space);
        }
        Ok(())
    }
}
