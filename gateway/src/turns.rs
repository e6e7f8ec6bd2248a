//! Turns at work that keeps a core busy: a fair queue. So much is done at once; whoever waits is served
//! round by round, one of each key, so that somebody who asks a hundred times waits for his own
//! ninety-nine and for nobody's else.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::oneshot;

/// A queue of those who wait, by what they count as: an address or an account.
#[derive(Debug)]
pub(crate) struct Turns<K> {
    line: Arc<Mutex<Line<K>>>,
    limits: TurnLimits,
}

/// The bounds of such a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TurnLimits {
    /// Turns at once.
    pub(crate) at_once: usize,
    /// Waiting of one key.
    pub(crate) waiting_per_key: usize,
    /// Waiting in all.
    pub(crate) waiting: usize,
}

#[derive(Debug)]
struct Line<K> {
    running: usize,
    waiting: usize,
    /// Each key that waits, in the order of their next turns, with its own in the order they came.
    keys: VecDeque<(K, VecDeque<oneshot::Sender<Turn<K>>>)>,
}

/// A turn. Dropping it hands it on.
#[derive(Debug)]
pub(crate) struct Turn<K>(Option<Arc<Mutex<Line<K>>>>);

/// Too many wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowded;

impl<K: Eq> Turns<K> {
    pub(crate) fn new(limits: TurnLimits) -> Self {
        let line = Line {
            running: 0,
            waiting: 0,
            keys: VecDeque::new(),
        };
        Self {
            line: Arc::new(Mutex::new(line)),
            limits,
        }
    }

    /// A turn, if one is free now.
    pub(crate) fn take_now(&self) -> Option<Turn<K>> {
        let is_free = self.line.lock().start(self.limits);
        is_free.then(|| Turn(Some(Arc::clone(&self.line))))
    }

    /// Waits for a turn. Dropping the future gives up the place.
    pub(crate) async fn take(&self, key: K) -> Result<Turn<K>, Crowded> {
        let comes = {
            let mut line = self.line.lock();
            if line.start(self.limits) {
                drop(line);
                return Ok(Turn(Some(Arc::clone(&self.line))));
            }
            line.wait(key, self.limits)?
        };
        // The sender is dropped only with a line whose every turn has ended.
        comes.await.map_err(|_| Crowded)
    }
}

impl<K> Line<K> {
    /// Begins a turn, if one is free.
    fn start(&mut self, limits: TurnLimits) -> bool {
        let is_free = self.running < limits.at_once;
        self.running = self.running.saturating_add(usize::from(is_free));
        is_free
    }

    /// The next who waits: of the key at the front, which then goes to the end.
    fn next(&mut self) -> Option<oneshot::Sender<Turn<K>>> {
        loop {
            let (key, mut own) = self.keys.pop_front()?;
            let Some(next) = own.pop_front() else {
                continue;
            };
            if !own.is_empty() {
                self.keys.push_back((key, own));
            }
            self.waiting = self.waiting.saturating_sub(1);
            return Some(next);
        }
    }
}

impl<K: Eq> Line<K> {
    fn wait(&mut self, key: K, limits: TurnLimits) -> Result<oneshot::Receiver<Turn<K>>, Crowded> {
        if self.waiting >= limits.waiting {
            self.forget_gone();
        }
        if self.waiting >= limits.waiting {
            return Err(Crowded);
        }
        let (turn, comes) = oneshot::channel();
        match self.keys.iter_mut().find(|(known, _)| *known == key) {
            None => self.keys.push_back((key, VecDeque::from([turn]))),
            Some((_, own)) => {
                let before = own.len();
                own.retain(|waiting| !waiting.is_closed());
                self.waiting = self
                    .waiting
                    .saturating_sub(before.saturating_sub(own.len()));
                if own.len() >= limits.waiting_per_key {
                    return Err(Crowded);
                }
                own.push_back(turn);
            }
        }
        self.waiting = self.waiting.saturating_add(1);
        Ok(comes)
    }

    /// Those who have gone away keep nobody out.
    fn forget_gone(&mut self) {
        for (_, own) in &mut self.keys {
            own.retain(|waiting| !waiting.is_closed());
        }
        self.keys.retain(|(_, own)| !own.is_empty());
        self.waiting = self.keys.iter().map(|(_, own)| own.len()).sum();
    }
}

impl<K> Drop for Turn<K> {
    fn drop(&mut self) {
        let Some(line) = self.0.take() else {
            return;
        };
        loop {
            let mut locked = line.lock();
            let Some(next) = locked.next() else {
                locked.running = locked.running.saturating_sub(1);
                return;
            };
            drop(locked);
            match next.send(Turn(Some(Arc::clone(&line)))) {
                Ok(()) => return,
                // Gone in the meantime: the turn comes back without being handed on twice.
                Err(mut back) => back.0 = None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const LIMITS: TurnLimits = TurnLimits {
        at_once: 1,
        waiting_per_key: 3,
        waiting: 5,
    };

    #[tokio::test]
    async fn whoever_asks_often_waits_for_himself() {
        let turns = Turns::new(LIMITS);
        let first = turns.take("flood").await.unwrap();
        let mut flood: Vec<_> = (0..3).map(|_| Box::pin(turns.take("flood"))).collect();
        assert!(flood.iter_mut().all(|wait| wait.now_or_never().is_none()));
        assert_eq!(turns.take("flood").await.unwrap_err(), Crowded);
        let mut other = Box::pin(turns.take("other"));
        assert!((&mut other).now_or_never().is_none());
        drop(first);
        let second = flood.remove(0).now_or_never().unwrap().unwrap();
        assert!((&mut other).now_or_never().is_none());
        drop(second);
        let other = other.now_or_never().expect("next, not last").unwrap();
        assert!((&mut flood[0]).now_or_never().is_none());
        drop(other);
        drop(flood.remove(0).now_or_never().unwrap().unwrap());
    }

    #[tokio::test]
    async fn those_who_went_away_are_passed_over() {
        let turns = Turns::new(LIMITS);
        let first = turns.take(1).await.unwrap();
        for round in 0..10 {
            let mut gone = Box::pin(turns.take(2));
            assert!((&mut gone).now_or_never().is_none(), "{round}");
        }
        let mut waits = Box::pin(turns.take(3));
        assert!((&mut waits).now_or_never().is_none());
        drop(first);
        drop(waits.now_or_never().unwrap().unwrap());
        assert!(turns.take(4).now_or_never().is_some(), "nothing is lost");
    }

    #[tokio::test]
    async fn a_turn_that_nobody_came_for_is_handed_on() {
        let turns = Turns::new(LIMITS);
        let first = turns.take(1).await.unwrap();
        let mut given = Box::pin(turns.take(2));
        assert!((&mut given).now_or_never().is_none());
        drop(first);
        // It has been sent by now, and is dropped with its receiver.
        drop(given);
        assert!(turns.take(3).now_or_never().is_some());
    }

    #[tokio::test]
    async fn the_line_is_bounded() {
        let turns = Turns::new(LIMITS);
        let _first = turns.take(0).await.unwrap();
        let mut waiting: Vec<_> = (1..=5).map(|key| Box::pin(turns.take(key))).collect();
        assert!(waiting.iter_mut().all(|wait| wait.now_or_never().is_none()));
        assert_eq!(turns.take(6).await.unwrap_err(), Crowded);
        waiting.pop();
        assert!(turns.take(6).now_or_never().is_none(), "one has gone");
    }
}
