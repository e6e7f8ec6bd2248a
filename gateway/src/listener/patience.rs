//! How long a peer that is slow is waited for.
//!
//! R0: a peer is not slow because this process stood still. A runtime that goes on after a stop tells its
//! timers before it has asked the kernel what came in meanwhile: one that runs out late is wound up once
//! more, and what lies in the buffers is read before it counts.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant as StdInstant};

use hyper::rt;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::limits::{SECOND_LOOK, TIMER_LATE_MAX};

/// A timer that does not count while this process stands still.
#[derive(Debug)]
pub(crate) struct Patience(Pin<Box<Sleep>>);

impl Patience {
    pub(crate) fn new(lasts: Duration) -> Self {
        Self(Box::pin(sleep(lasts)))
    }
}

impl Future for Patience {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.0.as_mut().poll(cx));
            let now = Instant::now();
            if now.duration_since(self.0.deadline()) <= TIMER_LATE_MAX {
                return Poll::Ready(());
            }
            self.0.as_mut().reset(now + SECOND_LOOK);
        }
    }
}

/// As [`tokio::time::timeout`], with patience.
///
/// # Errors
/// It has run out.
pub(crate) async fn timeout<T>(
    lasts: Duration,
    wanted: impl Future<Output = T>,
) -> Result<T, RanOut> {
    tokio::select! {
        biased;
        // What is done in time is not dropped, and what is late is dropped by intent.
        done = wanted => Ok(done),
        () = Patience::new(lasts) => Err(RanOut),
    }
}

/// A peer was waited for until patience ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RanOut;

/// What HTTP measures the patience with its peers by.
#[derive(Debug, Clone, Copy)]
pub(super) struct PatientTimer;

impl rt::Timer for PatientTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn rt::Sleep>> {
        Box::pin(Patience::new(duration))
    }

    fn sleep_until(&self, deadline: StdInstant) -> Pin<Box<dyn rt::Sleep>> {
        Box::pin(Patience(Box::pin(sleep_until(deadline.into()))))
    }

    fn now(&self) -> StdInstant {
        Instant::now().into_std()
    }
}

impl rt::Sleep for Patience {}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::Body;
    use hyper::Response;
    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::sync::oneshot;
    use tokio::task::yield_now;
    use tokio::time::advance;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);
    const STOP: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn what_came_during_a_stop_is_heard_though_the_timer_is_told_first() {
        let (say, heard) = oneshot::channel();
        let waiting = tokio::spawn(timeout(LIMIT, heard));
        yield_now().await;
        advance(STOP).await;
        yield_now().await;
        say.send(()).unwrap();
        waiting.await.unwrap().unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_says_nothing_has_its_time_and_after_a_stop_one_look_more() {
        let begun = Instant::now();
        let silent = timeout(LIMIT, std::future::pending::<()>()).await;
        assert_eq!(silent, Err(RanOut));
        assert_eq!(begun.elapsed().as_secs(), LIMIT.as_secs());
        let begun = Instant::now();
        let waiting = tokio::spawn(timeout(LIMIT, std::future::pending::<()>()));
        yield_now().await;
        advance(STOP).await;
        assert_eq!(waiting.await.unwrap(), Err(RanOut));
        assert_eq!(begun.elapsed().as_secs(), (STOP + SECOND_LOOK).as_secs());
    }

    /// As a stop finds it: between two requests, or in the middle of a head.
    #[tokio::test(start_paused = true)]
    async fn a_request_that_was_sent_during_a_stop_is_answered() {
        for before in ["", "POST / HT"] {
            let whole = "POST / HTTP/1.1\r\nhost: mazad\r\ncontent-length: 0\r\n\r\n";
            let (ours, mut theirs) = duplex(1024);
            let service =
                service_fn(|_| async { Ok::<_, Infallible>(Response::new(Body::from("heard"))) });
            let serving = http1::Builder::new()
                .timer(PatientTimer)
                .header_read_timeout(LIMIT)
                .serve_connection(TokioIo::new(ours), service);
            let serving = tokio::spawn(serving);
            theirs.write_all(before.as_bytes()).await.unwrap();
            yield_now().await;
            advance(STOP).await;
            yield_now().await;
            let rest = &whole.as_bytes()[before.len()..];
            theirs.write_all(rest).await.unwrap();
            let mut answer = [0; 15];
            theirs.read_exact(&mut answer).await.unwrap();
            assert_eq!(&answer, b"HTTP/1.1 200 OK");
            drop(theirs);
            serving.await.unwrap().unwrap();
        }
    }
}
