//! A sale that a connection follows: where the client stands, and what only this bidder may know.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::{pending, select_all};
use mazad_engine::Mine;
use mazad_engine::domain::{LotNo, Paddle, SaleId};
use mazad_proto::{Encoding, v1};
use tokio::sync::watch;

use crate::hub::{Hub, HubState, Joining, LotGlance, Next, Progress};
use crate::socket::outbox::Outbox;

/// A sale that a connection follows.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) hub: Arc<Hub>,
    progress: watch::Receiver<Progress>,
    stands: Stands,
    /// For bidders of this sale.
    pub(super) own: Option<Own>,
}

/// Where the client stands.
#[derive(Debug, Clone, Copy)]
enum Stands {
    /// It has asked to join and has got nothing yet.
    Outside(Option<v1::Cursor>),
    /// It has been given everything up to here.
    At(u64),
}

/// The sale cannot be followed any more.
#[derive(Debug)]
pub(super) struct Ended;

impl Joined {
    pub(super) fn new(hub: Arc<Hub>, cursor: Option<v1::Cursor>, own: Option<Own>) -> Self {
        let progress = hub.progress();
        Self {
            hub,
            progress,
            stands: Stands::Outside(cursor),
            own,
        }
    }

    pub(super) fn sale(&self) -> SaleId {
        self.hub.sale()
    }

    /// Gives an idle outbox what the client lacks, if it lacks anything.
    pub(super) fn fill(&mut self, outbox: &mut Outbox, encoding: Encoding) -> Result<(), Ended> {
        // Marked as seen before the board is read: what comes in between wakes us again.
        let progress = *self.progress.borrow_and_update();
        if progress.state == HubState::Ended {
            return Err(Ended);
        }
        if let Some(own) = &mut self.own {
            own.look_at_private(progress.private, &self.hub);
        }
        match self.stands {
            Stands::Outside(cursor) => {
                let (revision, frame) = match self.hub.join(cursor) {
                    Joining::Snapshot(all) => (all.revision, all.frame(encoding)),
                    Joining::Update(update) => (update.to, update.frame(encoding)),
                };
                outbox.update(frame);
                self.stands = Stands::At(revision);
                self.want_own();
            }
            Stands::At(revision) => match self.hub.after(revision) {
                Next::Nothing => {}
                Next::Shared(updates) => {
                    for update in updates {
                        outbox.update(update.frame(encoding));
                        self.stands = Stands::At(update.to);
                        self.look_at(&update.lots);
                    }
                }
                Next::Merged(update) => {
                    outbox.update(update.frame(encoding));
                    self.stands = Stands::At(update.to);
                    self.look_at(&update.lots);
                }
            },
        }
        Ok(())
    }

    /// The private view is due: after joining, after an own answer.
    pub(super) fn want_own(&mut self) {
        if let Some(own) = &mut self.own {
            own.wanted = true;
        }
    }

    pub(super) fn look_again(&mut self) {
        if let Some(own) = &mut self.own {
            own.look_again();
        }
    }

    fn look_at(&mut self, lots: &[LotGlance]) {
        if let Some(own) = &mut self.own {
            own.look_at(lots);
        }
    }
}

/// Resolves when one of the sales has something new. Dropping it loses nothing: what has changed
/// stays marked as unseen, or is found by the next fill.
pub(super) async fn changed(joined: &mut [Joined]) {
    match joined {
        [] => pending().await,
        // The usual case allocates nothing. An error means that the hub is gone; its state says so.
        [one] => drop(one.progress.changed().await),
        many => {
            let waits = many
                .iter_mut()
                .map(|joined| Box::pin(joined.progress.changed()));
            let _hub = select_all(waits).await;
        }
    }
}

/// What only this bidder may know, as last told, and when to ask again.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// Something may have changed.
    wanted: bool,
    /// The engine has been asked.
    asked: bool,
    /// It did not answer.
    missed: bool,
    told: Option<v1::Mine>,
    paddle: Option<Paddle>,
    /// Revision up to which it was looked for what only the owner of a paddle sees.
    private: u64,
    /// Lots with an own maximum: whether this bidder leads there, and how many bids stand.
    lots: BTreeMap<LotNo, (Leads, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leads {
    Yes,
    No,
}

impl Own {
    /// Nothing is told yet.
    pub(super) fn of(paddle: Option<Paddle>) -> Self {
        Self {
            paddle,
            ..Self::default()
        }
    }

    /// R13, R12a: a limit or a presence is told to its owner at once. Somebody else's costs a look.
    fn look_at_private(&mut self, last: u64, hub: &Hub) {
        let before = std::mem::replace(&mut self.private, last);
        if last > before
            && let Some(paddle) = self.paddle
        {
            self.wanted |= hub.private(paddle) > before;
        }
    }

    /// Whether to ask the engine now. One question at a time.
    pub(super) fn start_asking(&mut self) -> bool {
        let now = self.wanted && !self.asked;
        if now {
            (self.wanted, self.asked) = (false, true);
        }
        now
    }

    /// The engine did not say: ask again with the next heartbeat, or when something moves.
    pub(super) fn not_answered(&mut self) {
        (self.asked, self.missed) = (false, true);
    }

    /// A heartbeat: a question that found no answer is asked again.
    fn look_again(&mut self) {
        self.wanted |= std::mem::take(&mut self.missed);
    }

    /// What the engine said. Handed on if it is news.
    pub(super) fn answered(&mut self, mine: &Mine, wire: v1::Mine, hub: &Hub) -> Option<v1::Mine> {
        self.asked = false;
        self.paddle = mine.paddle;
        self.lots = hub.read(|live| {
            let glance = |(lot, _): &(LotNo, _)| {
                let view = live.lot(*lot)?;
                // The fold may already be past what the engine knew when it answered.
                self.wanted |= view.revision > mine.public_revision;
                Some((*lot, (leads(view.leader, mine.paddle), view.bids)))
            };
            mine.maxima.iter().filter_map(glance).collect()
        });
        let is_news = self.told.as_ref().is_none_or(|told| !is_same(told, &wire));
        is_news.then(|| self.told.insert(wire).clone())
    }

    /// R13 exposure and maxima move when the own lead comes or goes, with a lot won, and when a
    /// bid is struck out. Everyone else's bids below a maximum leave them alone: they do not make
    /// every bidder ask the engine after every bid.
    fn look_at(&mut self, lots: &[LotGlance]) {
        for glance in lots {
            let leads = leads(glance.leader, self.paddle);
            let known = self.lots.get_mut(&glance.lot);
            let before = known.as_deref().copied().unwrap_or((Leads::No, 0));
            if leads == Leads::Yes || before.0 == Leads::Yes || glance.bids < before.1 {
                self.wanted = true;
            }
            if let Some(known) = known {
                *known = (leads, glance.bids);
            }
        }
    }
}

fn leads(leader: Option<Paddle>, own: Option<Paddle>) -> Leads {
    if leader.is_some() && leader == own {
        Leads::Yes
    } else {
        Leads::No
    }
}

/// The same but for the revision that it was asked at.
fn is_same(told: &v1::Mine, now: &v1::Mine) -> bool {
    let at = told.revision;
    *told
        == v1::Mine {
            revision: at,
            ..now.clone()
        }
}
