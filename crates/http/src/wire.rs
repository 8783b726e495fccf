//! A stream that delivers the peer's answer before our own write error.
//!
//! A server that refuses a part answers at once and closes; our next write then fails. Reporting the failed
//! write would lose the answer in the receive buffer. Here a failed write only waits: reading brings the
//! answer, or the end of the connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};

/// See the module's documentation.
pub(crate) struct AnswerFirst<T> {
    inner: T,
    broken: bool,
}

impl<T> AnswerFirst<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, broken: false }
    }

    fn outcome<V>(&mut self, cx: &Context<'_>, outcome: Poll<io::Result<V>>) -> Poll<io::Result<V>> {
        match outcome {
            Poll::Ready(Err(error)) if is_broken(error.kind()) => {
                self.broken = true;
                // The connection reads first in each turn: one more turn finds what came meanwhile, and if
                // there is nothing yet, the read side wakes us at the latest when the peer is gone.
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            other => other,
        }
    }
}

fn is_broken(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
    )
}

impl<T: Read + Unpin> Read for AnswerFirst<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<T: Write + Unpin> Write for AnswerFirst<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.broken {
            return Poll::Pending;
        }
        let outcome = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.outcome(cx, outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.broken {
            return Poll::Pending;
        }
        let outcome = Pin::new(&mut self.inner).poll_flush(cx);
        self.outcome(cx, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.broken {
            return Poll::Pending;
        }
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.outcome(cx, outcome)
    }
}

#[cfg(test)]
mod tests {
    use http::Request;
    use http_body_util::{BodyExt, Full};
    use hyper::client::conn::http1;

    use super::*;

    /// Fails at the first write; only after that can the peer's answer be read.
    #[derive(Default)]
    struct Refusing {
        written: bool,
        answer: &'static [u8],
    }

    impl Read for Refusing {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            mut buf: ReadBufCursor<'_>,
        ) -> Poll<io::Result<()>> {
            if !self.written {
                return Poll::Pending;
            }
            buf.put_slice(self.answer);
            self.answer = b"";
            Poll::Ready(Ok(()))
        }
    }

    impl Write for Refusing {
        fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            self.written = true;
            Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    async fn send(answer: &'static [u8]) -> Result<u16, hyper::Error> {
        let stream = AnswerFirst::new(Refusing { answer, ..Refusing::default() });
        let (mut sender, connection) = http1::handshake(stream).await?;
        tokio::spawn(connection);
        let request = Request::put("/").body(Full::new(bytes::Bytes::from_static(b"hello"))).unwrap();
        let (head, body) = sender.send_request(request).await?.into_parts();
        assert_eq!(body.collect().await?.to_bytes(), "no");
        Ok(head.status.as_u16())
    }

    #[tokio::test]
    async fn the_answer_is_told_and_not_the_broken_write() {
        assert_eq!(send(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno").await.unwrap(), 403);
    }

    #[tokio::test]
    async fn without_an_answer_the_end_of_the_connection_is_told() {
        assert!(send(b"").await.unwrap_err().is_incomplete_message());
    }
}
