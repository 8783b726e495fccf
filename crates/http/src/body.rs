//! A part's body, observed: how much was read, whether all of it, and errors on our own side.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;

/// Any error that can cross threads.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The state of a body while the connection owns it.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    all_taken: AtomicBool,
    stopped: AtomicBool,
    fault: Mutex<Option<io::Error>>,
}

impl Watch {
    /// Whether the connection has read every byte.
    pub(crate) fn all_taken(&self) -> bool {
        self.all_taken.load(Ordering::Acquire)
    }

    /// Stops reading: the answer has arrived.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    /// Takes the error from reading the body, if any.
    pub(crate) fn take_fault(&self) -> Option<io::Error> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn fail(&self, fault: io::Error) -> BoxError {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
        "the body could not be read".into()
    }
}

/// A body of exactly the announced length, or an error in its [`Watch`].
pub(crate) struct WatchedBody {
    inner: UnsyncBoxBody<Bytes, BoxError>,
    left: u64,
    watch: Arc<Watch>,
}

impl WatchedBody {
    /// Wraps a body of `length` bytes.
    pub(crate) fn new<B>(body: B, length: u64) -> (Self, Arc<Watch>)
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let watch = Arc::new(Watch { all_taken: AtomicBool::new(length == 0), ..Watch::default() });
        let inner = body.map_err(Into::into).boxed_unsync();
        (Self { inner, left: length, watch: Arc::clone(&watch) }, watch)
    }
}

impl Body for WatchedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.watch.stopped.load(Ordering::Acquire) {
            // An error here would make the connection drop the answer that is being read; it is dropped soon
            // anyway.
            return Poll::Pending;
        }
        let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(cx));
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.remaining() as u64);
                match self.left.checked_sub(length) {
                    Some(left) => {
                        self.left = left;
                        self.watch.all_taken.store(left == 0, Ordering::Release);
                        Some(Ok(frame))
                    }
                    None => Some(Err(self.watch.fail(io::Error::new(
                        io::ErrorKind::InvalidData,
                        "the part is longer than it was announced",
                    )))),
                }
            }
            Some(Err(error)) => {
                let fault = error.downcast::<io::Error>().map_or_else(io::Error::other, |fault| *fault);
                Some(Err(self.watch.fail(fault)))
            }
            None if self.left > 0 => Some(Err(self.watch.fail(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the part ended before its announced length",
            )))),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
