//! A TCP stream that reports how much of what was written to it the peer has acknowledged.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};

use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::body::BoxError;
use crate::kernel::{retransmit_soon, unacknowledged};

/// Bytes that may be unsent in a socket before it accepts no more (`TCP_NOTSENT_LOWAT`): enough for one round
/// trip of a fast line.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT: u32 = 512 << 10;

/// If the kernel does not report acknowledgements, the send buffer is bounded, so that little of what it
/// accepted can be in flight.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
const SEND_BUFFER: usize = 256 << 10;

/// An open TCP connection that counts its bytes.
pub(crate) struct Stream {
    tcp: Arc<TcpStream>,
    written: Arc<AtomicU64>,
}

/// Observes a [`Stream`] from outside. Does not keep it open.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    tcp: Weak<TcpStream>,
    written: Arc<AtomicU64>,
}

impl Meter {
    /// Bytes passed to the kernel since the connection was made.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// How many of those the peer has acknowledged. `None` if the system does not report it, or the
    /// connection is closed.
    pub(crate) fn acknowledged(&self) -> Option<u64> {
        // In this order, so that bytes written meanwhile count as not acknowledged.
        let written = self.written();
        let queued = unacknowledged(&*self.tcp.upgrade()?)?;
        Some(written.saturating_sub(queued))
    }
}

impl Stream {
    fn new(tcp: TcpStream) -> Self {
        bound_what_is_unsent(&tcp);
        retransmit_soon(&tcp);
        Self { tcp: Arc::new(tcp), written: Arc::default() }
    }

    pub(crate) fn meter(&self) -> Meter {
        Meter { tcp: Arc::downgrade(&self.tcp), written: Arc::clone(&self.written) }
    }

    #[cfg(all(test, target_os = "linux"))]
    pub(crate) fn socket(&self) -> socket2::SockRef<'_> {
        socket2::SockRef::from(&*self.tcp)
    }

    fn counted(&self, outcome: io::Result<usize>) -> io::Result<usize> {
        outcome.inspect(|written| {
            self.written.fetch_add(*written as u64, Ordering::Release);
        })
    }
}

/// A hint that a system may refuse: it only affects how soon progress is known.
fn bound_what_is_unsent(tcp: &TcpStream) {
    let socket = socket2::SockRef::from(tcp);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let outcome = socket.set_tcp_notsent_lowat(UNSENT);
    #[cfg(target_vendor = "apple")]
    let outcome = {
        // Its own bound is left as it is.
        let _ = socket;
        io::Result::Ok(())
    };
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    let outcome = socket.set_send_buffer_size(SEND_BUFFER);
    drop(outcome);
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.tcp.poll_read_ready(cx))?;
            match self.tcp.try_read(buf.initialize_unfilled()) {
                Ok(read) => {
                    buf.advance(read);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.tcp.poll_write_ready(cx))?;
            match self.tcp.try_write(buf) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                outcome => return Poll::Ready(self.counted(outcome)),
            }
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.tcp.poll_write_ready(cx))?;
            match self.tcp.try_write_vectored(bufs) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                outcome => return Poll::Ready(self.counted(outcome)),
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(socket2::SockRef::from(&*self.tcp).shutdown(std::net::Shutdown::Write))
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// Opens counted streams.
#[derive(Debug, Clone)]
pub(crate) struct Connector(pub(crate) HttpConnector);

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move { Ok(TokioIo::new(Stream::new(connecting.await?.into_inner()))) })
    }
}

#[cfg(all(test, any(target_os = "linux", target_vendor = "apple")))]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// A peer that does not read acknowledges what its kernel buffers, but not what ours holds beyond that.
    #[tokio::test]
    async fn what_the_peer_has_not_acknowledged_is_told_apart_from_what_was_written() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut peer, _) = listener.accept().await.unwrap();
        let mut stream = Stream::new(ours);
        let meter = stream.meter();
        assert_eq!(meter.acknowledged(), Some(0));

        let block = vec![7; 1 << 20];
        while tokio::time::timeout(std::time::Duration::from_millis(300), stream.write(&block)).await.is_ok()
        {
        }
        let (written, acknowledged) = (meter.written(), meter.acknowledged().unwrap());
        assert!(acknowledged < written, "{acknowledged} of {written}");

        let mut left = written;
        let mut into = vec![0; 1 << 20];
        while left > 0 {
            left -= peer.read(&mut into).await.unwrap() as u64;
        }
        while meter.acknowledged() != Some(written) {
            tokio::task::yield_now().await;
        }
        drop(stream);
        assert_eq!(meter.acknowledged(), None, "a meter keeps no connection open");
        assert_eq!(peer.read(&mut into).await.unwrap(), 0);
    }
}
