//! What a client knows of a sale, by the rules of `docs/PROTOCOL.md` under "Order and gaps". It checks
//! them too: a server that breaks one is found here.

use std::collections::{BTreeMap, BTreeSet};

use mazad_proto::v1;
use tokio::time::Instant;

use crate::LotPicture;
use crate::clock::EngineClock;

/// A client's picture of one sale. It takes a snapshot and what follows it, and nothing else: an update
/// after a gap, a repeat, an older epoch, or a lot that contradicts what was told before changes
/// nothing. A gap and a repeat happen; the rest is a server's mistake.
///
/// ```
/// use mazad_client::{SalePicture, UpdateOutcome, v1};
///
/// let mut picture = SalePicture::new("sale");
/// picture.snapshot(v1::Snapshot {
///     sale: "sale".to_owned(),
///     cursor: Some(v1::Cursor { epoch: 1, revision: 10 }),
///     board: Some(v1::SaleView::default()),
///     ..v1::Snapshot::default()
/// })?;
/// let update = |from, to| v1::Update {
///     sale: "sale".to_owned(), epoch: 1, from, to, ..v1::Update::default()
/// };
/// assert_eq!(picture.update(update(10, 12))?, UpdateOutcome::Applied);
/// assert_eq!(picture.update(update(10, 12))?, UpdateOutcome::Known);
/// assert_eq!(picture.update(update(15, 16))?, UpdateOutcome::Gap);
/// assert_eq!(picture.cursor().unwrap().revision, 12);
/// assert!(picture.update(v1::Update { epoch: 0, ..update(12, 13) }).is_err());
/// # Ok::<(), mazad_client::OrderError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SalePicture {
    sale: String,
    cursor: Option<v1::Cursor>,
    board: v1::SaleView,
    lots: BTreeMap<u32, v1::LotView>,
    mine: Option<v1::Mine>,
    /// By lot: the newest answer to an own command.
    answers: BTreeMap<u32, v1::Answer>,
    clock: EngineClock,
}

/// What became of an update.
///
/// ```
/// use mazad_client::UpdateOutcome;
///
/// let must_join_again = |taken| taken == UpdateOutcome::Gap;
/// assert!(!must_join_again(UpdateOutcome::Known));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UpdateOutcome {
    /// The picture moved on.
    Applied,
    /// Nothing in it that was not known: left alone.
    Known,
    /// Something is missing before it: left alone. The client joins again with its cursor.
    Gap,
}

/// A server told a sale in an order that cannot be: it has a bug, or lost what it had made durable. The
/// picture has not changed; nothing may be built on what follows over the same connection.
///
/// ```
/// use mazad_client::{SalePicture, v1};
///
/// let nothing = SalePicture::new("sale").snapshot(v1::Snapshot::default());
/// assert_eq!(nothing.unwrap_err().to_string(), "the server broke the order: a frame of the sale \"\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the server broke the order: {0}")]
pub struct OrderError(pub(crate) String);

impl SalePicture {
    /// A picture of which nothing is known yet.
    pub fn new(sale: &str) -> Self {
        Self {
            sale: sale.to_owned(),
            cursor: None,
            board: v1::SaleView::default(),
            lots: BTreeMap::new(),
            mine: None,
            answers: BTreeMap::new(),
            clock: EngineClock::new(),
        }
    }

    /// A picture of what a snapshot shows, of whatever sale.
    ///
    /// # Errors
    /// It contradicts itself.
    pub fn from_snapshot(snapshot: v1::Snapshot) -> Result<Self, OrderError> {
        let mut picture = Self::new(&snapshot.sale);
        picture.snapshot(snapshot)?;
        Ok(picture)
    }

    /// Takes everything: the first word of a sale, or a later one in place of what was missed.
    ///
    /// # Errors
    /// It contradicts itself, or is older than what is known: what was told is durable, so neither an
    /// epoch nor a revision ever falls.
    pub fn snapshot(&mut self, snapshot: v1::Snapshot) -> Result<(), OrderError> {
        self.same_sale(&snapshot.sale)?;
        let (Some(cursor), Some(board)) = (snapshot.cursor, snapshot.board) else {
            return broken("a snapshot without a cursor or a board");
        };
        if let Some(known) = self.cursor
            && (cursor.epoch < known.epoch || cursor.revision < known.revision)
        {
            return broken(format!("from {known:?} back to {cursor:?}"));
        }
        if board.revision > cursor.revision {
            return broken("a board from the future");
        }
        let is_other_history = self.cursor.is_some_and(|known| known.epoch != cursor.epoch);
        let mut lots = BTreeMap::new();
        for lot in snapshot.lots {
            let number = lot.lot;
            if lot.revision > cursor.revision {
                return broken(format!("lot {number} from the future"));
            }
            if lots.insert(number, lot).is_some() {
                return broken(format!("lot {number} twice"));
            }
        }
        if is_other_history {
            // Perhaps of a folder brought back from a copy: the server tells it anew.
            self.mine = None;
            self.answers.clear();
        }
        self.cursor = Some(cursor);
        self.board = board;
        self.lots = lots;
        self.clock.heard(snapshot.time, Instant::now());
        self.forget_answers();
        Ok(())
    }

    /// Takes what has changed.
    ///
    /// # Errors
    /// It contradicts the protocol, or what is known.
    pub fn update(&mut self, update: v1::Update) -> Result<UpdateOutcome, OrderError> {
        self.same_sale(&update.sale)?;
        let (from, to) = (update.from, update.to);
        if from > to {
            return broken(format!("an update that goes back, {from} to {to}"));
        }
        let Some(v1::Cursor { epoch, revision }) = self.cursor else {
            return Ok(UpdateOutcome::Gap);
        };
        if update.epoch < epoch {
            return broken(format!("an epoch that falls, {epoch} to {}", update.epoch));
        }
        if revision < from {
            return Ok(UpdateOutcome::Gap);
        }
        self.clock.heard(update.time, Instant::now());
        if to <= revision {
            return Ok(UpdateOutcome::Known);
        }
        for lot in &update.lots {
            self.may_follow(lot, from, to, revision)?;
        }
        if let Some(board) = &update.board {
            let is_new = board.revision > self.board.revision && board.revision <= to;
            if !is_new && *board != self.board {
                return broken("a board that does not rise");
            }
        }
        if let Some(board) = update.board {
            self.forget_lots(&board.order);
            self.board = board;
        }
        self.lots
            .extend(update.lots.into_iter().map(|lot| (lot.lot, lot)));
        let epoch = update.epoch;
        self.cursor = Some(v1::Cursor {
            epoch,
            revision: to,
        });
        self.forget_answers();
        Ok(UpdateOutcome::Applied)
    }

    /// Whether a lot of an update can be what has become of the lot that is known.
    fn may_follow(&self, lot: &v1::LotView, from: u64, to: u64, at: u64) -> Result<(), OrderError> {
        let (number, revision) = (lot.lot, lot.revision);
        if revision > to {
            return broken(format!("lot {number} at {revision} in an update to {to}"));
        }
        match self.lots.get(&number) {
            // What was joined for others may begin before this client's place.
            Some(_) if revision <= from => {
                broken(format!("lot {number} did not change after {from}"))
            }
            Some(known) if revision <= at && known != lot => {
                broken(format!("lot {number} changed without a revision"))
            }
            Some(known) if revision > at && revision <= known.revision => {
                let known = known.revision;
                broken(format!("lot {number} fell from {known} to {revision}"))
            }
            None if revision <= at => broken(format!("lot {number} was kept back until {at}")),
            Some(_) | None => Ok(()),
        }
    }

    /// Takes what only this bidder may know. What is older than what is known is left alone.
    ///
    /// # Errors
    /// It is of another sale.
    pub fn own(&mut self, mine: v1::Mine) -> Result<UpdateOutcome, OrderError> {
        self.same_sale(&mine.sale)?;
        let is_older = self
            .mine
            .as_ref()
            .is_some_and(|known| mine.revision < known.revision);
        if is_older {
            return Ok(UpdateOutcome::Known);
        }
        self.mine = Some(mine);
        Ok(UpdateOutcome::Applied)
    }

    /// Takes the answer to an own command: it says how the lot stands after it, often before the update
    /// does.
    pub fn answered(&mut self, answer: &v1::Answer) {
        let known = self.answers.get(&answer.lot);
        let is_newer = known.is_none_or(|known| known.last_revision < answer.last_revision);
        let is_ahead = self
            .cursor
            .is_none_or(|cursor| answer.public_revision > cursor.revision);
        if answer.lot > 0 && answer.sale == self.sale && is_newer && is_ahead {
            self.answers.insert(answer.lot, answer.clone());
        }
    }

    /// A draft whose lots were cleared has them no more.
    fn forget_lots(&mut self, order: &[u32]) {
        let kept: BTreeSet<u32> = order.iter().copied().collect();
        for gone in self.board.order.iter().filter(|lot| !kept.contains(lot)) {
            self.lots.remove(gone);
        }
    }

    /// Answers that an update has overtaken say nothing any more.
    fn forget_answers(&mut self) {
        let at = self.cursor.map_or(0, |cursor| cursor.revision);
        self.answers.retain(|_, answer| answer.public_revision > at);
    }

    fn same_sale(&self, sale: &str) -> Result<(), OrderError> {
        match self.sale == sale {
            true => Ok(()),
            false => broken(format!("a frame of the sale {sale:?}")),
        }
    }

    pub(crate) fn clock(&mut self) -> &mut EngineClock {
        &mut self.clock
    }

    /// Id of the sale.
    pub fn sale(&self) -> &str {
        &self.sale
    }

    /// Where it stands, for [`Connection::join`](crate::Connection::join); `None` before the first
    /// snapshot.
    pub const fn cursor(&self) -> Option<v1::Cursor> {
        self.cursor
    }

    /// The sale as a whole: its phase and the order of its lots.
    pub const fn board(&self) -> &v1::SaleView {
        &self.board
    }

    /// Whether the sale has ended for good.
    pub fn has_ended(&self) -> bool {
        self.board.phase() == v1::SalePhase::Ended
    }

    /// One lot by its number.
    pub fn lot(&self, number: u32) -> Option<LotPicture<'_>> {
        Some(self.of(self.lots.get(&number)?))
    }

    /// Every lot, by its number.
    ///
    /// ```
    /// # use mazad_client::SalePicture;
    /// # let picture = SalePicture::new("sale");
    /// let open = picture.lots().filter(|lot| lot.is_open()).count();
    /// assert_eq!(open, 0);
    /// ```
    pub fn lots(&self) -> impl Iterator<Item = LotPicture<'_>> {
        self.lots.values().map(|view| self.of(view))
    }

    fn of<'a>(&'a self, view: &'a v1::LotView) -> LotPicture<'a> {
        LotPicture {
            view,
            newer: self.answers.get(&view.lot),
            picture: self,
        }
    }

    /// What only this bidder may know: paddle, limit, exposure and own maxima; `None` for others.
    pub const fn mine(&self) -> Option<&v1::Mine> {
        self.mine.as_ref()
    }

    /// The own paddle.
    pub fn paddle(&self) -> Option<u32> {
        let paddle = self.mine.as_ref()?.paddle;
        (paddle > 0).then_some(paddle)
    }

    /// Whether there is an own bid in a lot.
    pub(crate) fn has_bid(&self, lot: u32) -> bool {
        let mut maxima = self.mine.iter().flat_map(|mine| &mine.maxima);
        let answer = self.answers.get(&lot);
        let is_bid = |answer: &v1::Answer| {
            answer.verdict() == v1::Verdict::Accepted
                && answer.result() != v1::BidResult::Unspecified
        };
        maxima.any(|own| own.lot == lot) || answer.is_some_and(is_bid)
    }

    /// The engine's time, microseconds since 1970 UTC, as far as it is known here; `None` before the
    /// first word. It may be late by as long as a frame takes.
    pub fn now(&self) -> Option<u64> {
        self.clock.time_at(Instant::now())
    }

    /// The last change that everyone may see. The cursor may be past it: refusals and private facts
    /// have revisions too.
    pub fn public_revision(&self) -> u64 {
        let lots = self.lots.values().map(|lot| lot.revision);
        lots.max().unwrap_or(0).max(self.board.revision)
    }

    /// Whether another picture shows the same sale in the same state.
    ///
    /// # Errors
    /// What differs.
    pub fn shows_same(&self, other: &Self) -> Result<(), OrderError> {
        if self.board != other.board {
            return broken(format!("{:?} and {:?}", self.board, other.board));
        }
        for (number, lot) in &other.lots {
            let own = self.lots.get(number);
            if own != Some(lot) {
                return broken(format!("lot {number}: {own:?} and {lot:?}"));
            }
        }
        match self.lots.len() == other.lots.len() {
            true => Ok(()),
            false => broken("lots that nobody knows"),
        }
    }
}

fn broken<T>(what: impl Into<String>) -> Result<T, OrderError> {
    Err(OrderError(what.into()))
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
