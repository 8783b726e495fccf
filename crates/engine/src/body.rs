//! The body of one part: read by position, hashed and counted block by block as the connection takes it.
//!
//! The read happens inside `poll_frame`: a block is taken from the page cache in less time than handing it over from another thread would
//! cost (docs/decisions). That is why the engine has a runtime of its own.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use md5::{Digest, Md5};
use partway_core::Part;
use partway_http::Acknowledged;

use crate::source::Source;

/// One block. 256 KiB is where larger reads stop being cheaper; each connection holds one or two of them.
const BLOCK: u64 = 256 * 1024;

/// How far an attempt is, shared between its body, its watchdog and whoever shows progress.
#[derive(Debug, Default)]
pub(crate) struct Attempt {
    taken: AtomicU64,
    finished: AtomicBool,
    /// What the peer has of it, where the system tells.
    pub(crate) acknowledged: Acknowledged,
    md5: Mutex<Option<[u8; 16]>>,
}

impl Attempt {
    /// Bytes that the connection has taken.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Bytes that are on the way: what the peer acknowledged, or where that is not told, what the connection has taken.
    pub(crate) fn on_the_way(&self) -> u64 {
        let taken = self.taken();
        self.acknowledged.bytes().map_or(taken, |acknowledged| acknowledged.min(taken))
    }

    /// Pretends that the connection took so many bytes more.
    #[cfg(test)]
    pub(crate) fn took(&self, bytes: u64) {
        self.taken.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Whether the last block was taken.
    pub(crate) fn all_taken(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }

    /// MD5 of everything that was read, once the last block was taken.
    pub(crate) fn md5(&self) -> Option<[u8; 16]> {
        *self.md5.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One attempt's body. Each attempt opens a new one.
pub(crate) struct PartBody {
    source: Arc<Source>,
    offset: u64,
    left: u64,
    md5: Option<Md5>,
    attempt: Arc<Attempt>,
}

impl PartBody {
    pub(crate) fn open(source: Arc<Source>, part: Part, attempt: Arc<Attempt>) -> Self {
        let mut body = Self { source, offset: part.offset, left: part.len, md5: Some(Md5::new()), attempt };
        if part.len == 0 {
            body.end();
        }
        body
    }

    fn end(&mut self) {
        if let Some(md5) = self.md5.take() {
            *self.attempt.md5.lock().unwrap_or_else(PoisonError::into_inner) = Some(md5.finalize().into());
        }
        self.attempt.finished.store(true, Ordering::Release);
    }

    fn block(&mut self) -> io::Result<Bytes> {
        let length = self.left.min(BLOCK);
        let mut block = BytesMut::zeroed(usize::try_from(length).map_err(io::Error::other)?);
        self.source.read_at(&mut block, self.offset)?;
        if let Some(md5) = &mut self.md5 {
            md5.update(&block);
        }
        self.offset += length;
        self.left -= length;
        self.attempt.taken.fetch_add(length, Ordering::Relaxed);
        if self.left == 0 {
            self.end();
        }
        Ok(block.freeze())
    }
}

impl Body for PartBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(self.block().map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
