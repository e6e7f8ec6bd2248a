//! One sale as everyone may see it now: its board and its lots, folded from its events.
//!
//! The fold needs no key. It reads only the public values that events carry (price, leader and ask
//! *after* them), so that a bidder's screen, a replay and a stranger with the exported log all show
//! the same. `tests/live_agrees.rs` holds it against the engine's own state after every event.

mod amendment;
mod lot;

use std::collections::BTreeMap;
use std::sync::Arc;

use mazad_engine::domain::{
    Event, LotEvent, LotNo, Meta, Pause, Recorded, SaleEvent, SaleId, SaleTerms, Span, Time,
};

pub use amendment::Amendment;
pub use lot::{BidLine, Held, LotLive, LotPhase, Offer, undecided};

/// A sale, folded from its recorded events. A clone shares every lot until one of the two changes it, so
/// that whoever reads takes a picture at the cost of a pointer for each lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSale {
    board: SaleBoard,
    lots: BTreeMap<LotNo, Arc<LotLive>>,
    next_revision: u64,
}

/// What everyone may see of the sale as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleBoard {
    pub sale: SaleId,
    /// `None` until the sale is created; they may be amended until it opens.
    pub terms: Option<SaleTerms>,
    /// R14: how often they have been amended.
    pub amended: u32,
    /// Those that changed what everyone could see, oldest first; of a draft all of them.
    pub amendments: Vec<Arc<Amendment<SaleTerms>>>,
    pub phase: BoardPhase,
    /// Since when, why and by whom it is paused; `None` while it is not.
    pub pause: Option<Pause>,
    /// When it opens by itself, or when it was opened; `None`: by hand, not yet.
    pub opens_at: Option<Time>,
    pub ended_at: Option<Time>,
    /// Lots in the order of sale.
    pub order: Vec<LotNo>,
    /// Terms of writing, rising, each with the public revision at which it began.
    pub epochs: Vec<EpochStart>,
    /// Public revision of the last event that touched this board.
    pub revision: u64,
    /// Revision of the last event applied; 0 also before the first.
    pub head: u64,
    /// How many events changed what everyone may see. What is told to everyone is counted by it:
    /// `head` moves with refusals and private facts too, and would tell how many there were.
    pub public_revision: u64,
    /// Time of the last event applied.
    pub at: Time,
}

/// Where a sale stands, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum BoardPhase {
    /// What staff put together and staff alone see.
    #[default]
    Draft,
    /// Published; lots and paddles may still be added.
    Announced,
    /// Lots open and close.
    Open,
    /// At rest: no bids, and no end comes nearer.
    Paused,
    /// Nothing happens any more.
    Ended,
}

/// A process that writes the sale, as a picture is resumed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochStart {
    /// Its number, above that of every process before it.
    pub epoch: u64,
    /// Public revision when it began.
    pub from: u64,
}

/// What an event changed of what everyone may see. Empty for refusals and private facts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touched {
    /// The board changed. A new epoch alone is none: it changes no view, see [`LiveSale::epoch`].
    pub board: bool,
    /// Lots that changed, rising.
    pub lots: Vec<LotNo>,
}

impl Touched {
    /// Whether nothing that everyone may see has changed.
    pub fn is_empty(&self) -> bool {
        !self.board && self.lots.is_empty()
    }

    fn board() -> Self {
        Self {
            board: true,
            lots: Vec::new(),
        }
    }

    fn lots(lots: Vec<LotNo>) -> Self {
        Self { board: false, lots }
    }
}

impl LiveSale {
    /// A sale of which nothing is known yet.
    pub fn new(sale: SaleId) -> Self {
        let board = SaleBoard {
            sale,
            terms: None,
            amended: 0,
            amendments: Vec::new(),
            phase: BoardPhase::default(),
            pause: None,
            opens_at: None,
            ended_at: None,
            order: Vec::new(),
            epochs: Vec::new(),
            revision: 0,
            head: 0,
            public_revision: 0,
            at: Time::default(),
        };
        Self {
            board,
            lots: BTreeMap::new(),
            next_revision: 0,
        }
    }

    /// Applies the next event of the stream; one that was applied before changes nothing.
    ///
    /// # Panics
    /// If an event was left out: the fold would be wrong for ever after.
    pub fn apply(&mut self, recorded: &Recorded) -> Touched {
        let revision = recorded.revision;
        if revision < self.next_revision {
            return Touched::default();
        }
        assert!(revision == self.next_revision, "no event is left out");
        self.next_revision = revision.saturating_add(1);
        self.board.head = revision;
        self.board.at = recorded.meta.at;
        let touched = match &recorded.event {
            Event::Sale(event) => self.apply_to_sale(recorded.meta.at, event),
            Event::Lot(no, event) => self.apply_to_lot(*no, &recorded.meta, event),
            // A refusal is its asker's.
            Event::Refused { .. } => Touched::default(),
        };
        if recorded.event.is_public() {
            self.board.public_revision = self.board.public_revision.saturating_add(1);
        }
        let public_revision = self.board.public_revision;
        if touched.board {
            self.board.revision = public_revision;
        }
        for no in &touched.lots {
            if let Some(lot) = self.lots.get_mut(no) {
                Arc::make_mut(lot).revision = public_revision;
            }
        }
        touched
    }

    /// What everyone may see of the sale as a whole.
    pub fn board(&self) -> &SaleBoard {
        &self.board
    }

    /// What everyone may see of a lot.
    pub fn lot(&self, no: LotNo) -> Option<&LotLive> {
        self.lots.get(&no).map(Arc::as_ref)
    }

    /// The lots, by number.
    pub fn lots(&self) -> impl Iterator<Item = (&LotNo, &LotLive)> {
        self.lots.iter().map(|(no, lot)| (no, lot.as_ref()))
    }

    /// The epoch of the process that writes now; 0 before the first.
    pub fn epoch(&self) -> u64 {
        self.board.epochs.last().map_or(0, |last| last.epoch)
    }

    /// Revision of the last event applied; 0 also before the first.
    pub fn head(&self) -> u64 {
        self.board.head
    }

    /// How many events changed what everyone may see.
    pub fn public_revision(&self) -> u64 {
        self.board.public_revision
    }

    /// Revision that the next event must have: how many have been applied.
    pub fn next_revision(&self) -> u64 {
        self.next_revision
    }

    fn apply_to_lot(&mut self, no: LotNo, meta: &Meta, event: &LotEvent) -> Touched {
        if let LotEvent::Added { terms } = event {
            self.lots.insert(no, Arc::new(LotLive::new(terms)));
            self.board.order.push(no);
            return Touched {
                board: true,
                lots: vec![no],
            };
        }
        let paused = self.board.pause.as_ref().map(|pause| pause.since);
        let touched = self
            .lots
            .get_mut(&no)
            .is_some_and(|lot| Arc::make_mut(lot).apply(meta, paused, event));
        if touched {
            Touched::lots(vec![no])
        } else {
            Touched::default()
        }
    }

    fn apply_to_sale(&mut self, at: Time, event: &SaleEvent) -> Touched {
        let board = &mut self.board;
        match event {
            SaleEvent::Created { terms } => {
                board.opens_at = terms.opens_at;
                board.terms = Some(terms.clone());
            }
            SaleEvent::Amended {
                terms,
                before,
                reason,
            } => {
                board.opens_at = terms.opens_at;
                board.terms = Some(terms.clone());
                board.amended = board.amended.saturating_add(1);
                board.amendments.push(Arc::new(Amendment {
                    at,
                    before: (**before).clone(),
                    terms: terms.clone(),
                    reason: reason.clone(),
                }));
            }
            // Whoever followed the draft learns from the order that its lots are gone.
            SaleEvent::LotsCleared => {
                board.order.clear();
                self.lots.clear();
            }
            // What a draft held before is nobody's: it becomes public as it is.
            SaleEvent::Published => {
                board.phase = BoardPhase::Announced;
                board.amendments.clear();
                for lot in self.lots.values_mut() {
                    if !lot.amendments.is_empty() {
                        Arc::make_mut(lot).amendments.clear();
                    }
                }
            }
            SaleEvent::WriterStarted { epoch } => {
                let (epoch, from) = (*epoch, board.public_revision);
                board.epochs.push(EpochStart { epoch, from });
                return Touched::default();
            }
            SaleEvent::Opened => {
                board.phase = BoardPhase::Open;
                board.opens_at = Some(at);
            }
            SaleEvent::Ended => {
                board.phase = BoardPhase::Ended;
                board.ended_at = Some(at);
                board.pause = None;
            }
            SaleEvent::Paused { reason, cause } => {
                // An outage may fall into a pause that staff asked for: the clock stands since that.
                let since = board.pause.as_ref().map_or(at, |pause| pause.since);
                let (reason, cause) = (reason.clone(), *cause);
                return self.pause(Pause {
                    since,
                    reason,
                    cause,
                    // Only whoever decides needs to know where a clock has to go back to.
                    offset_before: 0,
                });
            }
            SaleEvent::Resumed { shift } => return self.resume(at, *shift),
            // What it cost is given back by events of its own.
            SaleEvent::StoodStill { .. } => return Touched::default(),
            SaleEvent::LotsReordered { order } => board.order.clone_from(order),
            // Who may bid, up to what and from where is nobody else's business.
            SaleEvent::PaddleAdmitted { .. }
            | SaleEvent::PaddleBarred { .. }
            | SaleEvent::LimitSet { .. }
            | SaleEvent::PresenceMarked { .. } => return Touched::default(),
        }
        Touched::board()
    }

    fn pause(&mut self, pause: Pause) -> Touched {
        let since = pause.since;
        self.board.phase = BoardPhase::Paused;
        self.board.pause = Some(pause);
        self.touch_each(|lot| lot.pause(since))
    }

    /// R3.7: everything still ahead moves by the length of the pause.
    fn resume(&mut self, at: Time, by: Span) -> Touched {
        let pause = self.board.pause.take();
        self.board.phase = BoardPhase::Open;
        let least = self.board.terms.as_ref();
        let least = at.after(least.map_or(Span::ZERO, |terms| terms.resume_minimum));
        self.touch_each(|lot| lot.resume(pause.as_ref(), by, least))
    }

    /// The board and every lot that a change of the whole sale moved.
    fn touch_each(&mut self, mut change: impl FnMut(&mut LotLive) -> bool) -> Touched {
        let mut touched = Touched::board();
        for (no, lot) in &mut self.lots {
            if change(Arc::make_mut(lot)) {
                touched.lots.push(*no);
            }
        }
        touched
    }
}
