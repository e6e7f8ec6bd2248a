//! An engine over a store that follows a script, by a clock that stands still: for tests of what the
//! writer's task does.

use std::sync::Arc;

use uuid::Uuid;

use super::scripted_store::ScriptedStore;
use super::terms::{add_lot, money};
use super::test_sale::{NOON, account, bidder};
use crate::clock::{Clock, ManualClock};
use crate::codec::Vault;
use crate::codec::command::of_act;
use crate::domain::{
    Act, Actor, Answer, BidKind, BidderAct, CommandId, LotNo, LotTerms, Paddle, SaleAct, SaleId,
    SaleTerms, StaffId, Time, Verdict,
};
use crate::engine::Engine;
use crate::store::{EventStore, Position};
use crate::writer::{ArrivalHold, StartError, SubmitError};

/// An engine with its store and its clock. [`TestEngine::SALE`] is the sale that its acts are of.
#[derive(Debug)]
pub struct TestEngine {
    /// The engine.
    pub engine: Engine,
    /// What it writes to.
    pub store: Arc<ScriptedStore>,
    /// What it goes by.
    pub clock: Arc<ManualClock>,
}

impl TestEngine {
    /// When the clock stands at first.
    pub const START: Time = NOON;
    /// The sale.
    pub const SALE: SaleId = SaleId(Uuid::from_u128(1));
    /// Who does what staff do.
    pub const CLERK: Actor = Actor::Staff(StaffId(Uuid::from_u128(99)));

    /// An engine over an empty store.
    ///
    /// # Errors
    /// [`StartError`], which an empty store does not give.
    pub async fn start() -> Result<Self, StartError> {
        let clock = Arc::new(ManualClock::at(Self::START));
        Self::over(Arc::new(ScriptedStore::new()), clock).await
    }

    /// An engine over a store that holds something already.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn over(
        store: Arc<ScriptedStore>,
        clock: Arc<ManualClock>,
    ) -> Result<Self, StartError> {
        let events: Arc<dyn EventStore> = Arc::<ScriptedStore>::clone(&store);
        let time: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let engine = Engine::start(events, Arc::new(Self::vault()), time).await?;
        Ok(Self {
            engine,
            store,
            clock,
        })
    }

    /// Stops the engine and starts another one over the same store.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn restart(self) -> Result<Self, StartError> {
        self.engine.stop().await;
        Self::over(self.store, self.clock).await
    }

    /// The key of every such engine.
    pub fn vault() -> Vault {
        Vault::from_key([7; 32])
    }

    /// Creates the sale, adds lots from 1 on, admits paddles without a limit, publishes it and opens
    /// it.
    ///
    /// # Panics
    /// One of it is refused.
    pub async fn open_sale(&self, terms: SaleTerms, lots: Vec<LotTerms>, paddles: &[Paddle]) {
        self.accepted(SaleAct::Create { terms }).await;
        for (lot, terms) in (1..).map(LotNo).zip(lots) {
            self.accepted(add_lot(lot, terms)).await;
        }
        for paddle in paddles {
            let act = SaleAct::AdmitPaddle {
                paddle: *paddle,
                account: Some(account(paddle.0)),
                limit: None,
            };
            self.accepted(act).await;
        }
        self.accepted(SaleAct::Publish).await;
        self.accepted(SaleAct::Open).await;
    }

    /// Offers a command that arrives now.
    ///
    /// # Errors
    /// [`SubmitError`].
    pub async fn submit(
        &self,
        sale: SaleId,
        actor: Actor,
        id: CommandId,
        act: Act,
    ) -> Result<Answer, SubmitError> {
        let hold = self.engine.arrive();
        self.submit_held(sale, (actor, id), act, hold).await
    }

    /// Offers a command that arrived some time ago.
    ///
    /// # Errors
    /// [`SubmitError`].
    pub async fn submit_held(
        &self,
        sale: SaleId,
        (actor, id): (Actor, CommandId),
        act: Act,
        hold: ArrivalHold,
    ) -> Result<Answer, SubmitError> {
        let vault = self.engine.vault();
        let command = of_act((sale, id), actor, hold.stamp(), act, vault);
        self.engine.submit(sale, command, hold).await
    }

    /// What the clerk asks, under an id of its own.
    ///
    /// # Errors
    /// [`SubmitError`].
    pub async fn clerk(&self, act: impl Into<Act>) -> Result<Answer, SubmitError> {
        let id = CommandId(Uuid::new_v4());
        self.submit(Self::SALE, Self::CLERK, id, act.into()).await
    }

    /// What the clerk asks and gets.
    ///
    /// # Panics
    /// There is no answer, or it is a refusal.
    pub async fn accepted(&self, act: impl Into<Act>) -> Answer {
        let answer = self.clerk(act).await.unwrap();
        assert!(matches!(answer.verdict, Verdict::Accepted(_)), "{answer:?}");
        answer
    }

    /// A bid, under an id of its own.
    ///
    /// # Errors
    /// [`SubmitError`].
    pub async fn bid(
        &self,
        paddle: Paddle,
        lot: LotNo,
        minor: i64,
        kind: BidKind,
    ) -> Result<Answer, SubmitError> {
        let act = BidderAct::PlaceBid {
            amount: money(minor),
            kind,
            confirms: None,
        };
        let id = CommandId(Uuid::new_v4());
        self.submit(Self::SALE, bidder(paddle), id, act.of(lot))
            .await
    }

    /// The names of all durable events, in order.
    ///
    /// # Panics
    /// The store cannot be read.
    pub async fn kinds(&self) -> Vec<String> {
        let all = self.store.read_all(Position(0), usize::MAX).await.unwrap();
        all.iter().map(|event| event.kind.to_string()).collect()
    }
}
