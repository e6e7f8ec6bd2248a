use std::time::Duration;

use super::*;
use crate::{bid, command};

const SALE: &str = "sale";
const MS: Duration = Duration::from_millis(1);

struct Sender {
    waiting: Waiting,
    now: Instant,
}

impl Sender {
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
    let mut sender = Sender::new(OnDoubt::RepeatWhileFresh);
    let sent = sender.put(bid(1, 500));
    assert_eq!(sender.said(), [Said::Command(sent.clone())]);
    assert_eq!(sender.said(), [], "it is on its way");
    assert_eq!(sender.cut_after(MS), [Said::Command(sent.clone())]);
    sender.now += ANSWER_DOUBT;
    assert_eq!(sender.said(), [Said::Command(sent)], "silence is doubt");
    assert_eq!(
        (sender.waiting.counts.repeats, sender.waiting.counts.lookups),
        (2, 0)
    );
}

#[test]
fn old_command_is_asked_about_and_never_carried_out_late() {
    for (act, fresh) in [(bid(1, 500), BID_FRESH), (warn(), ACT_FRESH)] {
        let mut sender = Sender::new(OnDoubt::RepeatWhileFresh);
        let sent = sender.put(act);
        sender.said();
        assert_eq!(sender.cut_after(fresh), [Said::Command(sent.clone())]);
        let said = sender.cut_after(MS);
        assert!(is_lookup(&said, &sent.id), "{said:?}");
        let ended = sender.waiting.not_seen(&sent.id, sender.now);
        assert_eq!(ended, Some(Ended::NotSeen(sent.id.clone())));
        assert!(sender.waiting.is_empty());
        // The first one was still on its way.
        let late = sender.waiting.answered(answer(&sent.id, 1), Bytes::new());
        assert!(matches!(late, Ok(Some(Ended::Answered(_)))), "{late:?}");
    }
}

#[test]
fn stubborn_command_is_repeated_however_old() {
    let mut sender = Sender::new(OnDoubt::Repeat);
    let sent = sender.put(warn());
    sender.said();
    for _ in 2..=OFFERS_MAX {
        let said = sender.cut_after(BID_FRESH);
        assert_eq!(said, [Said::Command(sent.clone())]);
    }
    sender.waiting.doubt_all(sender.now);
    let (said, given_up) = sender.waiting.offers(SALE, sender.now);
    assert_eq!((said, given_up), (vec![], vec![Ended::NotSeen(sent.id)]));
}

#[test]
fn careful_command_is_asked_about_first() {
    let mut sender = Sender::new(OnDoubt::LookUp);
    let sent = sender.put(bid(1, 500));
    assert_eq!(sender.said(), [Said::Command(sent.clone())]);
    let said = sender.cut_after(MS);
    assert!(is_lookup(&said, &sent.id), "{said:?}");
    assert_eq!(sender.waiting.not_seen(&sent.id, sender.now), None);
    assert_eq!(sender.said(), [Said::Command(sent.clone())]);
    let said = sender.cut_after(MS);
    assert!(is_lookup(&said, &sent.id), "{said:?}");
    assert_eq!(
        (sender.waiting.counts.repeats, sender.waiting.counts.lookups),
        (1, 2)
    );
}

#[test]
fn fault_that_asks_to_come_back_is_obeyed_and_any_other_is_the_end() {
    let mut sender = Sender::new(OnDoubt::RepeatWhileFresh);
    let sent = sender.put(bid(1, 500));
    sender.said();
    assert_eq!(sender.fault(&sent.id, "busy", 1_000), None);
    assert_eq!(sender.said(), []);
    sender.now += Duration::from_millis(1_500);
    assert_eq!(sender.said(), [Said::Command(sent.clone())]);
    let ended = sender.fault(&sent.id, "not-permitted", 0);
    assert!(
        matches!(&ended, Some(Ended::NotDecided(no))
            if no.command.as_ref() == Some(&sent) && no.fault.code == "not-permitted"),
        "{ended:?}"
    );
    assert_eq!(sender.fault(&sent.id, "not-permitted", 0), None, "a repeat");
}

#[test]
fn unknown_outcome_is_never_guessed() {
    let mut sender = Sender::new(OnDoubt::RepeatWhileFresh);
    let sent = sender.put(warn());
    sender.said();
    sender.now += ACT_FRESH + MS;
    assert_eq!(sender.fault(&sent.id, "outcome-unknown", 1_000), None);
    sender.now += Duration::from_millis(1_500);
    let said = sender.said();
    assert!(is_lookup(&said, &sent.id), "{said:?}");
    // Nothing was decided, and it is too old to be tried again.
    let ended = sender.fault(&sent.id, "busy", 1_000);
    assert!(matches!(ended, Some(Ended::NotDecided(..))), "{ended:?}");
}

#[test]
fn command_has_one_answer() {
    let mut sender = Sender::new(OnDoubt::Repeat);
    let sent = sender.put(bid(1, 500));
    sender.said();
    let first = sender.waiting.answered(answer(&sent.id, 1), Bytes::new());
    let Ok(Some(Ended::Answered(answered))) = first else {
        panic!("{first:?}")
    };
    assert_eq!(answered.command, Some(sent.clone()));
    let again = sender.waiting.answered(answer(&sent.id, 1), Bytes::new());
    assert_eq!(again, Ok(None));
    let other = sender.waiting.answered(answer(&sent.id, 2), Bytes::new());
    assert!(other.unwrap_err().to_string().contains("two answers"));
    let unasked = sender.waiting.answered(answer("never", 1), Bytes::new());
    assert!(unasked.unwrap_err().to_string().contains("nobody asked"));
    // Sent once more by its owner: the same answer again.
    sender.waiting.command(sent.clone(), sender.now).unwrap();
    let same = sender.waiting.answered(answer(&sent.id, 1), Bytes::new());
    assert!(matches!(same, Ok(Some(Ended::Answered(_)))), "{same:?}");
}

#[test]
fn lookup_has_an_answer_or_nobody_has_seen_it() {
    for on_doubt in [OnDoubt::RepeatWhileFresh, OnDoubt::Repeat, OnDoubt::LookUp] {
        let mut sender = Sender::new(on_doubt);
        sender.waiting.look_up("old", sender.now).unwrap();
        let said = sender.said();
        assert!(is_lookup(&said, "old"), "{said:?}");
        let ended = sender.waiting.not_seen("old", sender.now);
        assert_eq!(ended, Some(Ended::NotSeen("old".to_owned())));
    }
}

#[test]
fn no_more_wait_than_the_server_takes() {
    let mut sender = Sender::new(OnDoubt::Repeat);
    for _ in 0..WAITING_MAX {
        sender.put(warn());
    }
    let over = sender.waiting.command(command(SALE, warn()), sender.now);
    assert!(matches!(over, Err(ClientError::Waiting)));
}
