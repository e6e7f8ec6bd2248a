use std::time::Duration;

use super::*;
use crate::{bid, command};

const SALE: &str = "sale";
const MS: Duration = Duration::from_millis(1);

struct Desk {
    waiting: Waiting,
    now: Instant,
}

impl Desk {
    fn new(on_doubt: OnDoubt) -> Self {
        let waiting = Waiting {
            on_doubt,
            ..Waiting::default()
        };
        let now = Instant::now();
        Self { waiting, now }
    }

    fn put(&mut self, act: Act) -> v1::Command {
        let command = command(SALE, act);
        self.waiting.command(command.clone(), self.now).unwrap();
        command
    }

    fn said(&mut self) -> Vec<Said> {
        let (said, given_up) = self.waiting.offers(SALE, self.now);
        assert_eq!(given_up, []);
        said
    }

    /// So much later the connection is lost, and another one is there.
    fn cut_after(&mut self, time: Duration) -> Vec<Said> {
        self.now += time;
        self.waiting.doubt_all(self.now);
        self.said()
    }

    fn fault(&mut self, id: &str, code: &str, retry_ms: u32) -> Option<Ended> {
        let fault = v1::Fault {
            code: code.to_owned(),
            id: id.to_owned(),
            retry_ms,
            ..v1::Fault::default()
        };
        self.waiting.faulted(fault.into(), self.now)
    }
}

fn warn() -> Act {
    Act::WarnLot(v1::WarnLot { lot: 1 })
}

fn is_lookup(said: &[Said], id: &str) -> bool {
    matches!(said, [Said::Lookup(lookup)] if lookup.id == id && lookup.sale == SALE)
}

fn answer(id: &str, price: i64) -> v1::Answer {
    v1::Answer {
        id: id.to_owned(),
        price,
        ..v1::Answer::default()
    }
}

#[test]
fn command_is_said_once_and_again_unchanged_on_doubt() {
    let mut desk = Desk::new(OnDoubt::RepeatWhileFresh);
    let sent = desk.put(bid(1, 500));
    assert_eq!(desk.said(), [Said::Command(sent.clone())]);
    assert_eq!(desk.said(), [], "it is on its way");
    assert_eq!(desk.cut_after(MS), [Said::Command(sent.clone())]);
    desk.now += ANSWER_DOUBT;
    assert_eq!(desk.said(), [Said::Command(sent)], "silence is doubt");
    assert_eq!(
        (desk.waiting.counts.repeats, desk.waiting.counts.lookups),
        (2, 0)
    );
}

#[test]
fn old_command_is_asked_about_and_never_carried_out_late() {
    for (act, fresh) in [(bid(1, 500), BID_FRESH), (warn(), ACT_FRESH)] {
        let mut desk = Desk::new(OnDoubt::RepeatWhileFresh);
        let sent = desk.put(act);
        desk.said();
        assert_eq!(desk.cut_after(fresh), [Said::Command(sent.clone())]);
        let said = desk.cut_after(MS);
        assert!(is_lookup(&said, &sent.id), "{said:?}");
        let ended = desk.waiting.not_seen(&sent.id, desk.now);
        assert_eq!(ended, Some(Ended::NotSeen(sent.id.clone())));
        assert!(desk.waiting.is_empty());
        // The first one was still on its way.
        let late = desk.waiting.answered(answer(&sent.id, 1), Bytes::new());
        assert!(matches!(late, Ok(Some(Ended::Answered(_)))), "{late:?}");
    }
}

#[test]
fn stubborn_command_is_repeated_however_old() {
    let mut desk = Desk::new(OnDoubt::Repeat);
    let sent = desk.put(warn());
    desk.said();
    for _ in 2..=OFFERS_MAX {
        let said = desk.cut_after(BID_FRESH);
        assert_eq!(said, [Said::Command(sent.clone())]);
    }
    desk.waiting.doubt_all(desk.now);
    let (said, given_up) = desk.waiting.offers(SALE, desk.now);
    assert_eq!((said, given_up), (vec![], vec![Ended::NotSeen(sent.id)]));
}

#[test]
fn careful_command_is_asked_about_first() {
    let mut desk = Desk::new(OnDoubt::LookUp);
    let sent = desk.put(bid(1, 500));
    assert_eq!(desk.said(), [Said::Command(sent.clone())]);
    let said = desk.cut_after(MS);
    assert!(is_lookup(&said, &sent.id), "{said:?}");
    assert_eq!(desk.waiting.not_seen(&sent.id, desk.now), None);
    assert_eq!(desk.said(), [Said::Command(sent.clone())]);
    let said = desk.cut_after(MS);
    assert!(is_lookup(&said, &sent.id), "{said:?}");
    assert_eq!(
        (desk.waiting.counts.repeats, desk.waiting.counts.lookups),
        (1, 2)
    );
}

#[test]
fn fault_that_asks_to_come_back_is_obeyed_and_any_other_is_the_end() {
    let mut desk = Desk::new(OnDoubt::RepeatWhileFresh);
    let sent = desk.put(bid(1, 500));
    desk.said();
    assert_eq!(desk.fault(&sent.id, "busy", 1_000), None);
    assert_eq!(desk.said(), []);
    desk.now += Duration::from_millis(1_500);
    assert_eq!(desk.said(), [Said::Command(sent.clone())]);
    let ended = desk.fault(&sent.id, "not-permitted", 0);
    assert!(
        matches!(&ended, Some(Ended::NotDecided(command, fault))
            if command.as_ref() == Some(&sent) && fault.code == "not-permitted"),
        "{ended:?}"
    );
    assert_eq!(desk.fault(&sent.id, "not-permitted", 0), None, "a repeat");
}

#[test]
fn unknown_outcome_is_never_guessed() {
    let mut desk = Desk::new(OnDoubt::RepeatWhileFresh);
    let sent = desk.put(warn());
    desk.said();
    desk.now += ACT_FRESH + MS;
    assert_eq!(desk.fault(&sent.id, "outcome-unknown", 1_000), None);
    desk.now += Duration::from_millis(1_500);
    let said = desk.said();
    assert!(is_lookup(&said, &sent.id), "{said:?}");
    // Nothing was decided, and it is too old to be tried again.
    let ended = desk.fault(&sent.id, "busy", 1_000);
    assert!(matches!(ended, Some(Ended::NotDecided(..))), "{ended:?}");
}

#[test]
fn command_has_one_answer() {
    let mut desk = Desk::new(OnDoubt::Repeat);
    let sent = desk.put(bid(1, 500));
    desk.said();
    let first = desk.waiting.answered(answer(&sent.id, 1), Bytes::new());
    let Ok(Some(Ended::Answered(answered))) = first else {
        panic!("{first:?}")
    };
    assert_eq!(answered.command, Some(sent.clone()));
    let again = desk.waiting.answered(answer(&sent.id, 1), Bytes::new());
    assert_eq!(again, Ok(None));
    let other = desk.waiting.answered(answer(&sent.id, 2), Bytes::new());
    assert!(other.unwrap_err().to_string().contains("two answers"));
    let unasked = desk.waiting.answered(answer("never", 1), Bytes::new());
    assert!(unasked.unwrap_err().to_string().contains("nobody asked"));
    // Sent once more by its owner: the same answer again.
    desk.waiting.command(sent.clone(), desk.now).unwrap();
    let same = desk.waiting.answered(answer(&sent.id, 1), Bytes::new());
    assert!(matches!(same, Ok(Some(Ended::Answered(_)))), "{same:?}");
}

#[test]
fn lookup_has_an_answer_or_nobody_has_seen_it() {
    for on_doubt in [OnDoubt::RepeatWhileFresh, OnDoubt::Repeat, OnDoubt::LookUp] {
        let mut desk = Desk::new(on_doubt);
        desk.waiting.look_up("old", desk.now).unwrap();
        let said = desk.said();
        assert!(is_lookup(&said, "old"), "{said:?}");
        let ended = desk.waiting.not_seen("old", desk.now);
        assert_eq!(ended, Some(Ended::NotSeen("old".to_owned())));
    }
}

#[test]
fn no_more_wait_than_the_server_takes() {
    let mut desk = Desk::new(OnDoubt::Repeat);
    for _ in 0..WAITING_MAX {
        desk.put(warn());
    }
    let over = desk.waiting.command(command(SALE, warn()), desk.now);
    assert!(matches!(over, Err(ClientError::Waiting)));
}
