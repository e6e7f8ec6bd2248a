//! What a client knows of a sale, by the rules of docs/PROTOCOL.md under "Order and gaps". It checks
//! them too: a server that breaks one is found here.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use mazad_proto::v1;

/// A client's picture of one sale.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Where it stands.
    pub cursor: v1::Cursor,
    /// The board.
    pub board: v1::SaleView,
    /// Lots by number.
    pub lots: BTreeMap<u32, v1::LotView>,
}

/// What an update did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The picture moved on.
    Applied,
    /// Nothing that was not known.
    Ignored,
    /// Something is missing before it: the client must join again with its cursor.
    Gap,
}

impl Picture {
    /// A picture from everything.
    ///
    /// # Errors
    /// The snapshot contradicts itself.
    pub fn from_snapshot(snapshot: v1::Snapshot) -> anyhow::Result<Self> {
        let cursor = snapshot.cursor.context("a snapshot has a cursor")?;
        let board = snapshot.board.context("a snapshot has a board")?;
        ensure!(board.revision <= cursor.revision, "a board from the future");
        let mut lots = BTreeMap::new();
        for lot in snapshot.lots {
            ensure!(
                lot.revision <= cursor.revision,
                "lot {} from the future",
                lot.lot
            );
            let number = lot.lot;
            ensure!(lots.insert(number, lot).is_none(), "lot {number} twice");
        }
        Ok(Self {
            cursor,
            board,
            lots,
        })
    }

    /// Takes in a snapshot that came later.
    ///
    /// # Errors
    /// It is older than the picture: what has been heard is durable, so neither an epoch nor a
    /// revision ever falls.
    pub fn replace(&mut self, snapshot: v1::Snapshot) -> anyhow::Result<()> {
        let next = Self::from_snapshot(snapshot)?;
        let (was, is) = (self.cursor, next.cursor);
        let went_back = is.epoch < was.epoch || is.revision < was.revision;
        ensure!(!went_back, "from {was:?} back to {is:?}");
        *self = next;
        Ok(())
    }

    /// Takes in an update.
    ///
    /// # Errors
    /// It contradicts the protocol or what was known.
    pub fn update(&mut self, update: v1::Update) -> anyhow::Result<Taken> {
        let (from, to, at) = (update.from, update.to, self.cursor.revision);
        ensure!(from <= to, "an update that goes back, {from} to {to}");
        ensure!(update.epoch >= self.cursor.epoch, "an epoch that falls");
        if at < from {
            return Ok(Taken::Gap);
        }
        if to <= at {
            return Ok(Taken::Ignored);
        }
        for lot in update.lots {
            self.take_lot(lot, from, to)?;
        }
        if let Some(board) = update.board {
            let is_new = board.revision > self.board.revision && board.revision <= to;
            ensure!(is_new || board == self.board, "a board that does not rise");
            self.board = board;
        }
        self.cursor = v1::Cursor {
            epoch: update.epoch,
            revision: to,
        };
        Ok(Taken::Applied)
    }

    fn take_lot(&mut self, lot: v1::LotView, from: u64, to: u64) -> anyhow::Result<()> {
        ensure!(
            lot.revision <= to,
            "lot {} at {} in an update to {to}",
            lot.lot,
            lot.revision
        );
        let at = self.cursor.revision;
        match self.lots.get(&lot.lot) {
            // What was joined may begin before this client's place.
            Some(known) if lot.revision <= at => {
                ensure!(
                    lot.revision > from,
                    "lot {} did not change after {from}",
                    lot.lot
                );
                ensure!(*known == lot, "lot {} changed without a revision", lot.lot);
            }
            Some(known) if lot.revision <= known.revision => {
                bail!(
                    "lot {} fell from {} to {}",
                    lot.lot,
                    known.revision,
                    lot.revision
                )
            }
            Some(_) | None => {}
        }
        self.lots.insert(lot.lot, lot);
        Ok(())
    }

    /// The last change that everyone may see. The cursor may be past it: refusals have revisions too.
    pub fn public_revision(&self) -> u64 {
        let lots = self.lots.values().map(|lot| lot.revision);
        lots.max().unwrap_or(0).max(self.board.revision)
    }

    /// Whether another picture shows the same sale.
    ///
    /// # Errors
    /// What differs.
    pub fn shows_same(&self, other: &Self) -> anyhow::Result<()> {
        ensure!(
            self.board == other.board,
            "{:?} and {:?}",
            self.board,
            other.board
        );
        for (number, lot) in &other.lots {
            let own = self.lots.get(number);
            ensure!(own == Some(lot), "lot {number}: {own:?} and {lot:?}");
        }
        ensure!(
            self.lots.len() == other.lots.len(),
            "lots that nobody knows"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lot(number: u32, revision: u64, price: i64) -> v1::LotView {
        v1::LotView {
            lot: number,
            revision,
            price,
            ..v1::LotView::default()
        }
    }

    fn snapshot(epoch: u64, revision: u64) -> v1::Snapshot {
        let cursor = Some(v1::Cursor { epoch, revision });
        let board = Some(v1::SaleView::default());
        let lots = vec![lot(1, 8, 100), lot(2, 10, 200)];
        v1::Snapshot {
            cursor,
            board,
            lots,
            ..v1::Snapshot::default()
        }
    }

    fn picture() -> Picture {
        Picture::from_snapshot(snapshot(1, 10)).unwrap()
    }

    fn update(from: u64, to: u64, lots: Vec<v1::LotView>) -> v1::Update {
        v1::Update {
            epoch: 1,
            from,
            to,
            lots,
            ..v1::Update::default()
        }
    }

    #[test]
    fn update_applies_from_anywhere_between_its_ends() {
        for from in [8, 9, 10] {
            let mut picture = picture();
            let taken = picture
                .update(update(from, 12, vec![lot(1, 12, 300)]))
                .unwrap();
            assert_eq!(taken, Taken::Applied);
            assert_eq!((picture.cursor.revision, picture.lots[&1].price), (12, 300));
        }
    }

    #[test]
    fn what_is_known_is_ignored_and_what_is_missing_is_a_gap() {
        let known = picture()
            .update(update(8, 10, vec![lot(1, 10, 999)]))
            .unwrap();
        assert_eq!(known, Taken::Ignored);
        let missing = picture()
            .update(update(11, 12, vec![lot(1, 12, 300)]))
            .unwrap();
        assert_eq!(missing, Taken::Gap);
    }

    #[test]
    fn snapshot_never_goes_back() {
        for (epoch, revision) in [(1, 10), (1, 11), (2, 10)] {
            picture().replace(snapshot(epoch, revision)).unwrap();
        }
        for (epoch, revision) in [(0, 10), (0, 11), (2, 9)] {
            let mut ahead = Picture::from_snapshot(snapshot(1, 10)).unwrap();
            ahead.lots.clear();
            let mut older = snapshot(epoch, revision);
            older.lots.clear();
            let told = ahead.replace(older).unwrap_err().to_string();
            assert!(told.contains("back to"), "{told}");
        }
    }

    #[test]
    fn server_that_breaks_the_order_is_found() {
        for (broken, why) in [
            (update(12, 11, vec![]), "goes back"),
            (update(10, 12, vec![lot(2, 9, 200)]), "did not change after"),
            (
                update(9, 12, vec![lot(2, 10, 999)]),
                "changed without a revision",
            ),
            (update(10, 12, vec![lot(1, 13, 300)]), "in an update to 12"),
            (
                v1::Update {
                    epoch: 0,
                    ..update(10, 12, vec![])
                },
                "epoch that falls",
            ),
        ] {
            let told = picture().update(broken).unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
    }
}
