use super::*;
use crate::OwnStanding;

const SALE: &str = "sale";

fn lot(number: u32, revision: u64, price: i64) -> v1::LotView {
    v1::LotView {
        lot: number,
        revision,
        price,
        phase: v1::LotPhase::Open.into(),
        ..v1::LotView::default()
    }
}

fn board(revision: u64) -> v1::SaleView {
    v1::SaleView {
        revision,
        phase: v1::SalePhase::Open.into(),
        ..v1::SaleView::default()
    }
}

fn snapshot(epoch: u64, revision: u64) -> v1::Snapshot {
    v1::Snapshot {
        sale: SALE.to_owned(),
        cursor: Some(v1::Cursor { epoch, revision }),
        board: Some(board(1)),
        lots: vec![lot(1, 8, 100), lot(2, 9, 200)],
        ..v1::Snapshot::default()
    }
}

fn picture() -> SalePicture {
    let mut picture = SalePicture::new(SALE);
    picture.snapshot(snapshot(1, 10)).unwrap();
    picture
}

fn update(from: u64, to: u64, lots: Vec<v1::LotView>) -> v1::Update {
    v1::Update {
        sale: SALE.to_owned(),
        epoch: 1,
        from,
        to,
        lots,
        ..v1::Update::default()
    }
}

fn at(picture: &SalePicture) -> (u64, u64) {
    let cursor = picture.cursor().unwrap();
    (cursor.epoch, cursor.revision)
}

fn price(picture: &SalePicture, lot: u32) -> Option<i64> {
    picture.lot(lot).unwrap().price()
}

#[test]
fn update_applies_from_anywhere_between_its_ends() {
    for from in [8, 9, 10] {
        let mut picture = picture();
        let taken = picture.update(update(from, 12, vec![lot(1, 12, 300)]));
        assert_eq!(taken, Ok(UpdateOutcome::Applied));
        assert_eq!((at(&picture), price(&picture, 1)), ((1, 12), Some(300)));
    }
}

#[test]
fn what_is_known_is_ignored_and_what_is_missing_is_a_gap() {
    let mut nothing = SalePicture::new(SALE);
    assert_eq!(
        nothing.update(update(0, 12, vec![])),
        Ok(UpdateOutcome::Gap)
    );
    for (from, to, taken) in [
        (8, 10, UpdateOutcome::Known),
        (2, 5, UpdateOutcome::Known),
        (10, 10, UpdateOutcome::Known),
        (11, 12, UpdateOutcome::Gap),
        (99, 99, UpdateOutcome::Gap),
    ] {
        let mut picture = picture();
        let changed = vec![lot(1, to, 999)];
        assert_eq!(picture.update(update(from, to, changed)), Ok(taken));
        assert_eq!((at(&picture), price(&picture, 1)), ((1, 10), Some(100)));
    }
}

#[test]
fn update_of_a_new_epoch_is_taken_and_the_old_one_never_again() {
    let mut picture = picture();
    let next = v1::Update {
        epoch: 2,
        ..update(10, 11, vec![])
    };
    assert_eq!(picture.update(next), Ok(UpdateOutcome::Applied));
    assert_eq!(at(&picture), (2, 11));
    for (from, to) in [(11, 12), (5, 6), (20, 21)] {
        let told = picture.update(update(from, to, vec![])).unwrap_err();
        assert!(told.to_string().contains("epoch that falls"), "{told}");
    }
}

#[test]
fn snapshot_never_goes_back() {
    for (epoch, revision) in [(1, 10), (1, 11), (2, 10)] {
        picture().snapshot(snapshot(epoch, revision)).unwrap();
    }
    for (epoch, revision) in [(0, 10), (0, 11), (2, 9)] {
        let mut known = picture();
        let mut older = snapshot(epoch, revision);
        older.lots.clear();
        let told = known.snapshot(older).unwrap_err().to_string();
        assert!(told.contains("back to"), "{told}");
        assert_eq!((at(&known), known.lots().count()), ((1, 10), 2));
    }
}

#[test]
fn snapshot_that_contradicts_itself_is_refused() {
    let twice = vec![lot(1, 8, 100), lot(1, 8, 100)];
    for (broken, why) in [
        (
            v1::Snapshot {
                cursor: None,
                ..snapshot(1, 10)
            },
            "without a cursor",
        ),
        (
            v1::Snapshot {
                board: None,
                ..snapshot(1, 10)
            },
            "without a cursor or a board",
        ),
        (
            v1::Snapshot {
                board: Some(board(11)),
                ..snapshot(1, 10)
            },
            "a board from the future",
        ),
        (snapshot(1, 8), "lot 2 from the future"),
        (
            v1::Snapshot {
                lots: twice,
                ..snapshot(1, 10)
            },
            "lot 1 twice",
        ),
        (
            v1::Snapshot {
                sale: "other".to_owned(),
                ..snapshot(1, 10)
            },
            "of the sale \"other\"",
        ),
    ] {
        let mut picture = SalePicture::new(SALE);
        let told = picture.snapshot(broken).unwrap_err().to_string();
        assert!(told.contains(why), "{told}");
        assert_eq!(picture.cursor(), None);
    }
}

#[test]
fn server_that_breaks_the_order_is_found() {
    let next = |lots| update(10, 12, lots);
    let other = v1::Update {
        sale: "other".to_owned(),
        ..next(vec![])
    };
    let with_board = |revision| v1::Update {
        board: Some(v1::SaleView {
            pause_reason: "changed".to_owned(),
            ..board(revision)
        }),
        ..next(vec![])
    };
    for (broken, why) in [
        (update(12, 11, vec![]), "goes back"),
        (next(vec![lot(2, 9, 200)]), "did not change after 10"),
        (update(8, 12, vec![lot(2, 9, 999)]), "without a revision"),
        (next(vec![lot(1, 13, 300)]), "in an update to 12"),
        (update(8, 12, vec![lot(3, 9, 300)]), "kept back until 10"),
        (with_board(1), "a board that does not rise"),
        (with_board(13), "a board that does not rise"),
        (other, "of the sale"),
        // The first lot is good, and is not taken either.
        (next(vec![lot(1, 11, 300), lot(2, 13, 1)]), "update to 12"),
    ] {
        let mut picture = picture();
        let told = picture.update(broken).unwrap_err().to_string();
        assert!(told.contains(why), "{told}");
        assert_eq!((at(&picture), price(&picture, 1)), ((1, 10), Some(100)));
    }
}

#[test]
fn pictures_are_the_same_or_differ_somewhere() {
    let mut other = picture();
    picture().shows_same(&other).unwrap();
    other.update(update(10, 11, vec![])).unwrap();
    picture().shows_same(&other).unwrap();
    other.update(update(11, 12, vec![lot(2, 12, 300)])).unwrap();
    let told = picture().shows_same(&other).unwrap_err().to_string();
    assert!(told.contains("lot 2"), "{told}");
    assert_eq!(
        (picture().public_revision(), other.public_revision()),
        (9, 12)
    );
}

fn mine(revision: u64, lots: &[u32]) -> v1::Mine {
    let maxima = lots.iter().map(|lot| v1::OwnMaximum {
        lot: *lot,
        maximum: 500,
    });
    v1::Mine {
        sale: SALE.to_owned(),
        revision,
        paddle: 7,
        maxima: maxima.collect(),
        ..v1::Mine::default()
    }
}

fn answer(revision: u64, leader: u32) -> v1::Answer {
    v1::Answer {
        sale: SALE.to_owned(),
        lot: 1,
        verdict: v1::Verdict::Accepted.into(),
        result: v1::BidResult::Leading.into(),
        last_revision: revision,
        public_revision: revision,
        price: 400,
        ask: 500,
        leader,
        ..v1::Answer::default()
    }
}

#[test]
fn own_figures_only_grow_newer() {
    let mut picture = picture();
    assert_eq!(picture.own(mine(5, &[1])), Ok(UpdateOutcome::Applied));
    assert_eq!(picture.own(mine(4, &[1, 2])), Ok(UpdateOutcome::Known));
    assert_eq!(picture.mine().unwrap().revision, 5);
    assert_eq!(picture.paddle(), Some(7));
}

/// A folder was brought back from a copy and written on: what was private in the tail that is lost is
/// newer than what is told now, and no truer.
#[test]
fn own_figures_of_another_history_are_not_kept() {
    let mut picture = picture();
    picture.own(mine(9, &[1])).unwrap();
    picture.snapshot(snapshot(2, 12)).unwrap();
    assert!(picture.mine().is_none());
    assert_eq!(picture.own(mine(4, &[])), Ok(UpdateOutcome::Applied));
}

#[test]
fn own_answer_is_shown_until_an_update_overtakes_it() {
    let mut picture = picture();
    picture.own(mine(10, &[])).unwrap();
    picture.answered(&answer(9, 8));
    assert_eq!(price(&picture, 1), Some(100), "older than the picture");
    picture.answered(&answer(12, 7));
    let shown = picture.lot(1).unwrap();
    assert_eq!((shown.price(), shown.ask()), (Some(400), Some(500)));
    assert_eq!(shown.standing(), OwnStanding::Leading);
    assert_eq!(price(&picture, 2), Some(200));
    picture.answered(&answer(11, 8));
    assert_eq!(picture.lot(1).unwrap().leader(), Some(7), "the newer one");
    picture
        .update(update(10, 13, vec![lot(1, 13, 600)]))
        .unwrap();
    assert_eq!(price(&picture, 1), Some(600));
    assert_eq!(picture.lot(1).unwrap().standing(), OwnStanding::None);
}

#[test]
fn standing_is_told_by_who_leads_and_who_bid() {
    use v1::{LotOutcome as Outcome, LotPhase as Phase};
    let fallen = Outcome::KnockedDown;
    for (phase, leader, outcome, bids, standing) in [
        (
            Phase::Upcoming,
            0,
            Outcome::Unspecified,
            vec![],
            OwnStanding::None,
        ),
        (
            Phase::Open,
            0,
            Outcome::Unspecified,
            vec![],
            OwnStanding::None,
        ),
        (
            Phase::Open,
            8,
            Outcome::Unspecified,
            vec![],
            OwnStanding::None,
        ),
        (
            Phase::Open,
            7,
            Outcome::Unspecified,
            vec![1],
            OwnStanding::Leading,
        ),
        (
            Phase::Open,
            8,
            Outcome::Unspecified,
            vec![1],
            OwnStanding::Outbid,
        ),
        (
            Phase::Open,
            0,
            Outcome::Unspecified,
            vec![1],
            OwnStanding::Unled,
        ),
        (Phase::Closed, 7, fallen, vec![1], OwnStanding::Won),
        (Phase::Closed, 8, fallen, vec![1], OwnStanding::Lost),
        (
            Phase::Closed,
            7,
            Outcome::BelowBase,
            vec![1],
            OwnStanding::Lost,
        ),
        (Phase::Closed, 8, fallen, vec![], OwnStanding::None),
    ] {
        let mut picture = picture();
        let changed = v1::LotView {
            phase: phase.into(),
            leader,
            outcome: outcome.into(),
            ..lot(1, 11, 300)
        };
        picture.update(update(10, 11, vec![changed])).unwrap();
        assert_eq!(picture.lot(1).unwrap().standing(), OwnStanding::None);
        picture.own(mine(11, &bids)).unwrap();
        let told = picture.lot(1).unwrap().standing();
        assert_eq!(told, standing, "{phase:?} {leader} {outcome:?} {bids:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn time_left_is_told_by_the_engines_clock() {
    let mut picture = picture();
    let with = |revision, change: fn(&mut v1::LotView)| {
        let mut changed = lot(1, revision, 300);
        change(&mut changed);
        v1::Update {
            time: 5_000_000,
            ..update(10, revision, vec![changed])
        }
    };
    picture
        .update(with(11, |lot| lot.ends_at = 9_000_000))
        .unwrap();
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    assert_eq!(picture.now(), Some(6_000_000));
    let left = |picture: &SalePicture| {
        picture
            .lot(1)
            .unwrap()
            .time_left()
            .map(|left| left.as_secs())
    };
    assert_eq!(left(&picture), Some(3));
    tokio::time::advance(std::time::Duration::from_secs(9)).await;
    assert_eq!(
        left(&picture),
        Some(0),
        "past its end, until the engine says so"
    );
    picture
        .update(with(12, |lot| lot.remains = 2_000_000))
        .unwrap();
    assert_eq!(left(&picture), Some(2), "while the sale is paused");
    picture
        .update(with(13, |lot| lot.phase = v1::LotPhase::Closed.into()))
        .unwrap();
    assert_eq!(left(&picture), None);
}
