//! One sale in this process without a runtime: the engine's writer over a store in memory, driven
//! command by command at the times that the caller names.

use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use futures_util::FutureExt;
use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{
    AccountId, Act, Actor, Answer, Command, CommandId, Money, Paddle, Sale, SaleAct, SaleId,
    SaleTerms, StaffId, Time, Verdict, preview,
};
use mazad_engine::store::{EventStore, MemoryStore, RecordedEvent, Revision, StreamId};
use mazad_engine::writer::{Outcome, Writer};
use uuid::Uuid;

const SALE: SaleId = SaleId(Uuid::from_u128(1));

/// The clerk of every such sale.
const CLERK: Actor = Actor::Staff(StaffId(Uuid::from_u128(0xc1e4)));

/// A sale with its writer and its log.
#[derive(Debug)]
pub struct MemorySale {
    id: SaleId,
    vault: Arc<Vault>,
    writer: Writer,
    store: MemoryStore,
    now: Time,
    commands: u128,
}

/// The account that belongs to a paddle in every such sale.
pub fn account(paddle: Paddle) -> AccountId {
    AccountId(Uuid::from_u128(u128::from(paddle.0)))
}

impl MemorySale {
    /// A sale that has just been created, at a time.
    ///
    /// # Errors
    /// The terms are refused.
    pub fn create(terms: SaleTerms, now: Time) -> anyhow::Result<Self> {
        let id = SALE;
        let vault = Arc::new(Vault::from_key([7; 32]));
        let writer = Writer::new(id, Arc::clone(&vault));
        let store = MemoryStore::new();
        let mut sale = Self {
            id,
            vault,
            writer,
            store,
            now,
            commands: 0,
        };
        sale.clerk(Act::from(SaleAct::Create { terms }))?;
        Ok(sale)
    }

    /// The state of the sale.
    pub fn sale(&self) -> &Sale {
        self.writer.sale()
    }

    /// The log of the sale.
    pub fn store(&self) -> &MemoryStore {
        &self.store
    }

    /// Every event, as stored.
    ///
    /// # Errors
    /// The log cannot be read back.
    pub fn log(&self) -> anyhow::Result<Vec<RecordedEvent>> {
        let stream = StreamId::sale(self.id.0);
        let all = self
            .store
            .read(&stream, Revision(0), usize::MAX)
            .now_or_never();
        Ok(all.context("a store in memory answers at once")??)
    }

    /// The state as a new process would recover it from the log.
    ///
    /// # Errors
    /// The log cannot be read back.
    pub fn replayed(&self) -> anyhow::Result<Sale> {
        let mut writer = Writer::new(self.id, Arc::clone(&self.vault));
        for event in self.log()? {
            writer.recover(&event)?;
        }
        Ok(writer.sale().clone())
    }

    /// Lets the clock bring about whatever is due.
    ///
    /// # Errors
    /// The store fails, which a store in memory does not.
    pub fn let_time_pass(&mut self) -> anyhow::Result<()> {
        self.write(Vec::new())?;
        Ok(())
    }

    /// Moves the time on; it never falls.
    pub fn at(&mut self, now: Time) {
        self.now = self.now.max(now);
    }

    /// Lets a paddle bid, without a limit.
    ///
    /// # Errors
    /// It is refused.
    pub fn admit(&mut self, paddle: Paddle) -> anyhow::Result<()> {
        let account = Some(account(paddle));
        self.clerk(Act::from(SaleAct::AdmitPaddle {
            paddle,
            account,
            limit: None,
        }))
    }

    /// R12b: the standing that an act of the clerk would lead to, if it strikes out a bid.
    pub fn leads_to(&self, act: Act) -> Option<(Paddle, Money)> {
        let id = CommandId(Uuid::nil());
        let command = of_act((SALE, id), CLERK, self.now, act, &self.vault);
        let at = self.now.max(self.sale().now);
        let lots = preview(self.sale(), &command, at).ok()?;
        lots.first()?.leads_to
    }

    /// Has the clerk ask for something.
    ///
    /// # Errors
    /// The store fails, which a store in memory does not.
    pub fn ask_clerk(&mut self, act: Act) -> anyhow::Result<Answer> {
        self.submit(CLERK, act)
    }

    /// Has the clerk do something that must succeed.
    ///
    /// # Errors
    /// It is refused.
    pub fn clerk(&mut self, act: Act) -> anyhow::Result<()> {
        let answer = self.submit(CLERK, act)?;
        match answer.verdict {
            Verdict::Accepted(_) => Ok(()),
            Verdict::Refused(refusal) => bail!(
                "refused {} ({})",
                refusal.code.as_str(),
                refusal.code.rule()
            ),
        }
    }

    /// Has a bidder ask for something.
    ///
    /// # Errors
    /// The store fails, which a store in memory does not.
    pub fn bidder(&mut self, paddle: Paddle, act: Act) -> anyhow::Result<Answer> {
        self.submit(Actor::Bidder(account(paddle)), act)
    }

    fn submit(&mut self, actor: Actor, act: Act) -> anyhow::Result<Answer> {
        self.commands += 1;
        let id = CommandId(Uuid::from_u128(self.commands));
        let command = of_act((SALE, id), actor, self.now, act, &self.vault);
        match self.write(vec![(command, ())])?.pop() {
            Some(((), Outcome::Answered(answer))) => Ok(answer),
            other => Err(anyhow!("no answer: {other:?}")),
        }
    }

    fn write(&mut self, mut commands: Vec<(Command, ())>) -> anyhow::Result<Vec<((), Outcome)>> {
        let mut batch = self.writer.prepare(&mut commands, self.now, Time(u64::MAX));
        let events = std::mem::take(&mut batch.events);
        if !events.is_empty() {
            let stream = StreamId::sale(self.id.0);
            let appended = self
                .store
                .append(&stream, batch.expected, events)
                .now_or_never();
            appended.context("a store in memory answers at once")??;
        }
        Ok(self.writer.commit(batch))
    }
}
