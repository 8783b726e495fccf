//! A TCP stream that a request can break: reset, half-closed, or closed after draining.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// How long to keep reading from a refused sender, so that it gets to read the answer before the connection
/// ends.
const LINGER: Duration = Duration::from_secs(3);
/// How much of a refused body is discarded meanwhile.
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// The stream that hyper (or TLS) reads and writes.
pub(crate) struct Tap {
    stream: Arc<TcpStream>,
    linger: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
    draining: Option<Drain>,
}

struct Drain {
    until: Pin<Box<Sleep>>,
    left: usize,
}

/// A request's handle on its connection.
#[derive(Clone)]
pub(crate) struct Line {
    stream: Weak<TcpStream>,
    linger: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

/// Splits a stream into the served half and the handle.
pub(crate) fn tap(stream: TcpStream) -> (Tap, Line) {
    let stream = Arc::new(stream);
    let linger = Arc::new(AtomicBool::new(false));
    let over = Arc::new(AtomicBool::new(false));
    let line = Line { stream: Arc::downgrade(&stream), linger: linger.clone(), over: over.clone() };
    (Tap { stream, linger, over, draining: None }, line)
}

impl Line {
    /// Turns the next close into a reset (RST instead of FIN). The request must then hang up.
    pub(crate) fn arm_reset(&self) {
        self.linger.store(false, Ordering::Release);
        if let Some(stream) = self.stream.upgrade() {
            let _ = SockRef::from(&*stream).set_linger(Some(Duration::ZERO));
        }
    }

    /// Closes the sending half: the client reads the end, while the server still reads what comes.
    pub(crate) fn half_close(&self) {
        if let Some(stream) = self.stream.upgrade() {
            let _ = SockRef::from(&*stream).shutdown(Shutdown::Write);
        }
    }

    /// Closes the connection at the next byte. For a request whose body was read: the byte belongs to the
    /// next request.
    pub(crate) fn close_at_next_byte(&self) {
        self.over.store(true, Ordering::Release);
    }

    /// Announces an answer before its request was fully read. Closing at once would reset the connection
    /// under the answer, so the close discards the rest first, within bounds.
    pub(crate) fn drain_on_close(&self) {
        self.linger.store(true, Ordering::Release);
    }
}

impl AsyncRead for Tap {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.stream.poll_read_ready(cx))?;
            match self.stream.try_read(buf.initialize_unfilled()) {
                // Hyper takes it for the client's end and closes.
                Ok(_) if self.over.load(Ordering::Acquire) => return Poll::Ready(Ok(())),
                Ok(n) => {
                    buf.advance(n);
                    return Poll::Ready(Ok(()));
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Err(e) => return Poll::Ready(Err(e)),
            }
        }
    }
}

impl AsyncWrite for Tap {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(cx))?;
            match self.stream.try_write(data) {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.draining.is_none() {
            let _ = SockRef::from(&*self.stream).shutdown(Shutdown::Write);
            if !self.linger.load(Ordering::Acquire) {
                return Poll::Ready(Ok(()));
            }
            let until = Box::pin(tokio::time::sleep(LINGER));
            self.draining = Some(Drain { until, left: LINGER_BYTES });
        }
        let this = &mut *self;
        let Some(drain) = &mut this.draining else { return Poll::Ready(Ok(())) };
        let mut sink = [0_u8; 64 * 1024];
        loop {
            if drain.until.as_mut().poll(cx).is_ready() || drain.left == 0 {
                return Poll::Ready(Ok(()));
            }
            if ready!(this.stream.poll_read_ready(cx)).is_err() {
                return Poll::Ready(Ok(()));
            }
            match this.stream.try_read(&mut sink) {
                Ok(0) => return Poll::Ready(Ok(())),
                Ok(n) => drain.left = drain.left.saturating_sub(n),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}
