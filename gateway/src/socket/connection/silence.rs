//! When a peer counts as silent.
//!
//! R0: a peer is not silent because this process stood still. Before anybody is cut, the process has been
//! at work for one whole heartbeat: it has read what lay in the kernel's buffers, it has asked for a sign
//! of life, and the peer had the time to give one.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::later;
use crate::limits::{SILENCE_LOOK, STOOD_STILL};

/// Since when nothing has been heard from a peer.
#[derive(Debug)]
pub(super) struct Silence {
    heard: Instant,
    /// How long a peer is silent when it is cut.
    patience: Duration,
    heartbeat: Duration,
    /// Its last heartbeat, which is looked at again and again.
    last: Option<LastHeartbeat>,
    /// Wound up only when it runs out early.
    timer: Pin<Box<Sleep>>,
}

#[derive(Debug, Clone, Copy)]
struct LastHeartbeat {
    since: Instant,
    looked: Instant,
}

/// What a look at a quiet peer came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// It has time left.
    Wait,
    /// Its last heartbeat begins: it is asked for a sign of life.
    Ask,
    /// It is cut.
    Silent,
}

impl Silence {
    pub(super) fn new(patience: Duration, heartbeat: Duration) -> Self {
        let heard = Instant::now();
        let timer = sleep_until(later(heard, patience.saturating_sub(heartbeat)));
        Self {
            heard,
            patience,
            heartbeat,
            last: None,
            timer: Box::pin(timer),
        }
    }

    pub(super) fn heard(&mut self) {
        self.heard = Instant::now();
    }

    /// Until it is time to look.
    pub(super) async fn passes(&mut self) {
        self.timer.as_mut().await;
    }

    pub(super) fn look(&mut self) -> Look {
        let now = Instant::now();
        let quiet = later(self.heard, self.patience.saturating_sub(self.heartbeat));
        if now < quiet {
            self.last = None;
            self.timer.as_mut().reset(quiet);
            return Look::Wait;
        }
        // Begun anew if this process stood still over it.
        let at_work = |last: &LastHeartbeat| now.duration_since(last.looked) <= STOOD_STILL;
        let (since, look) = match self.last.filter(at_work) {
            None => (now, Look::Ask),
            Some(last) if later(last.since, self.heartbeat) <= now => return Look::Silent,
            Some(last) => (last.since, Look::Wait),
        };
        self.last = Some(LastHeartbeat { since, looked: now });
        let next = later(now, SILENCE_LOOK).min(later(since, self.heartbeat));
        self.timer.as_mut().reset(next);
        look
    }
}
