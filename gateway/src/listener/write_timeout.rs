//! A stream whose peer must take what it is sent: without this a client that asks for a large page
//! and never reads it would hold its connection for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::patience::Patience;
use crate::limits::BUSY_PATIENCE;

/// A stream that fails once a write has waited for too long, or once what was begun is still not
/// written after several such waits, however steadily a little was taken.
#[derive(Debug)]
pub(crate) struct WriteTimeout<S> {
    inner: S,
    limit: Duration,
    /// Made when a write has to wait, dropped when the peer takes something.
    waiting: Option<Patience>,
    /// Since when there has been something to write without a pause.
    busy: Option<Instant>,
}

impl<S> WriteTimeout<S> {
    pub(crate) const fn new(inner: S, limit: Duration) -> Self {
        Self {
            inner,
            limit,
            waiting: None,
            busy: None,
        }
    }

    fn judge<T>(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.waiting = None;
            return polled;
        }
        let whole = self.limit.saturating_mul(BUSY_PATIENCE);
        let busy = self.busy.get_or_insert_with(Instant::now).elapsed();
        let limit = self.limit.min(whole.saturating_sub(busy));
        let waiting = self.waiting.get_or_insert_with(|| Patience::new(limit));
        let late = Pin::new(waiting).poll(cx);
        late.map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteTimeout<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteTimeout<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.judge(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.judge(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.inner).poll_flush(cx);
        if polled.is_ready() {
            // Asked for only when everything has been written.
            self.busy = None;
        }
        self.judge(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.judge(cx, polled)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_ends_the_stream() {
        let (ours, _theirs) = duplex(16);
        let mut patient = WriteTimeout::new(ours, LIMIT);
        let begun = Instant::now();
        let failed = patient.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        assert_eq!(begun.elapsed().as_secs(), LIMIT.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_its_time_is_waited_for() {
        let (ours, mut theirs) = duplex(16);
        let mut patient = WriteTimeout::new(ours, LIMIT);
        let take = async {
            let mut taken = 0;
            let mut bytes = [0; 8];
            while taken < 64 {
                tokio::time::sleep(Duration::from_secs(29)).await;
                taken += theirs.read(&mut bytes).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(patient.write_all(&[0; 64]), take);
        written.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_a_little_for_ever_ends_the_stream() {
        let (ours, mut theirs) = duplex(16);
        let mut patient = WriteTimeout::new(ours, LIMIT);
        let drip = tokio::spawn(async move {
            let mut bytes = [0; 1];
            while theirs.read(&mut bytes).await.is_ok_and(|count| count > 0) {
                tokio::time::sleep(Duration::from_secs(29)).await;
            }
        });
        let begun = Instant::now();
        let failed = patient.write_all(&[0; 1024]).await.unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        assert_eq!(begun.elapsed(), LIMIT * BUSY_PATIENCE);
        drop(patient);
        drip.await.unwrap();
    }
}
