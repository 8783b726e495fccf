//! The body of one part: positional reads on the drive's threads, at most one block ahead of the
//! connection.
//!
//! The connection never blocks on a read: if a block has not arrived, the body is `Pending` and the rest of
//! the runtime carries on. docs/decisions has the cost.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use md5::{Digest, Md5};
use partway_core::Part;
use partway_http::{Acknowledged, PART_BUFFER};

use crate::buffers::BLOCK;
use crate::job_file::JobFile;
use crate::source::SourceError;

/// Progress of one attempt, shared between its body, its watchdog and the progress display.
#[derive(Debug, Default)]
pub(crate) struct Attempt {
    taken: AtomicU64,
    finished: AtomicBool,
    waits_for_disk: AtomicBool,
    /// What the peer has acknowledged, if the system reports it.
    pub(crate) acknowledged: Acknowledged,
    md5: Mutex<Option<[u8; 16]>>,
}

impl Attempt {
    /// Bytes the connection has taken.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Bytes in flight: what the peer acknowledged, or, if that is unknown, what the connection has taken.
    pub(crate) fn on_the_way(&self) -> u64 {
        let taken = self.taken();
        self.acknowledged.bytes().map_or(taken, |acknowledged| acknowledged.min(taken))
    }

    /// Pretends that the connection took `bytes` more.
    #[cfg(test)]
    pub(crate) fn took(&self, bytes: u64) {
        self.taken.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Whether the last block was taken.
    pub(crate) fn all_taken(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }

    /// Whether the connection is waiting for a block that the drive has not delivered. A stall then says
    /// nothing about the connection; the body itself ends the attempt if the drive does not answer.
    pub(crate) fn waits_for_disk(&self) -> bool {
        self.waits_for_disk.load(Ordering::Acquire)
    }

    /// MD5 of the whole body, once the last block was taken.
    pub(crate) fn md5(&self) -> Option<[u8; 16]> {
        *self.md5.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, md5: Md5) {
        *self.md5.lock().unwrap_or_else(PoisonError::into_inner) = Some(md5.finalize().into());
        self.finished.store(true, Ordering::Release);
    }
}

/// A block and the hash state up to its end, or why it is unavailable.
type Read = Result<(Bytes, Md5), SourceError>;

/// The next block.
enum Next {
    /// Requested.
    Asked(Pin<Box<dyn Future<Output = Read> + Send>>),
    /// Read before it was needed.
    Here(Read),
    /// Not requested: the last block was taken.
    None,
}

/// A block is handed out in two pieces, the first of this size. The connection takes the second once less
/// than this is left to send; by then the previous block is sent and its buffer is free for the next one,
/// which is requested at that point. So a part never uses more than two buffers.
const FIRST: usize = PART_BUFFER;

/// The body of one attempt. Each attempt opens a new one.
pub(crate) struct PartBody {
    file: Arc<JobFile>,
    /// Where the next piece begins, and how much of the part remains from there.
    offset: u64,
    left: u64,
    next: Next,
    /// The rest of the current block, and the hash state up to its end.
    rest: Option<(Bytes, Md5)>,
    attempt: Arc<Attempt>,
}

impl PartBody {
    pub(crate) fn open(file: Arc<JobFile>, part: Part, attempt: Arc<Attempt>) -> Self {
        let (offset, left, next) = (part.offset, part.len, Next::None);
        let mut body = Self { file, offset, left, next, rest: None, attempt };
        match part.len {
            0 => body.attempt.end(Md5::new()),
            _ => body.ask(Md5::new()),
        }
        body
    }

    /// Requests the block at the current offset.
    fn ask(&mut self, md5: Md5) {
        let (file, offset, len) = (Arc::clone(&self.file), self.offset, self.left.min(BLOCK));
        self.next = Next::Asked(Box::pin(async move { file.block(offset, len, md5).await }));
    }

    /// Polls the next block, which also starts its read.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Read>> {
        match std::mem::replace(&mut self.next, Next::None) {
            Next::None => Poll::Ready(None),
            Next::Here(read) => Poll::Ready(Some(read)),
            Next::Asked(mut asked) => match asked.as_mut().poll(cx) {
                Poll::Ready(read) => Poll::Ready(Some(read)),
                Poll::Pending => {
                    self.next = Next::Asked(asked);
                    Poll::Pending
                }
            },
        }
    }

    /// Polls the next piece.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, SourceError>>> {
        let (piece, md5) = match self.rest.take() {
            Some((rest, md5)) => (rest, Some(md5)),
            None => match std::task::ready!(self.poll_next(cx)) {
                None => return Poll::Ready(None),
                Some(Err(trouble)) => return Poll::Ready(Some(Err(trouble))),
                Some(Ok((mut block, md5))) if block.len() > FIRST => {
                    let piece = block.split_to(FIRST);
                    self.rest = Some((block, md5));
                    (piece, None)
                }
                Some(Ok((block, md5))) => (block, Some(md5)),
            },
        };
        let length = piece.len() as u64;
        self.offset += length;
        self.left -= length;
        self.attempt.taken.fetch_add(length, Ordering::Relaxed);
        if let Some(md5) = md5 {
            self.block_ends(md5, cx);
        }
        Poll::Ready(Some(Ok(piece)))
    }

    /// The connection has taken the end of a block: requests the next one.
    fn block_ends(&mut self, md5: Md5, cx: &mut Context<'_>) {
        if self.left == 0 {
            return self.attempt.end(md5);
        }
        self.ask(md5);
        // Polling also starts the read.
        if let Poll::Ready(Some(read)) = self.poll_next(cx) {
            self.next = Next::Here(read);
        }
    }
}

impl Body for PartBody {
    type Data = Bytes;
    type Error = SourceError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SourceError>>> {
        let piece = self.poll_piece(cx);
        self.attempt.waits_for_disk.store(piece.is_pending(), Ordering::Release);
        piece.map(|piece| Some(piece?.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use http_body_util::BodyExt as _;

    use super::*;
    use crate::drive::{Before, Drives, Gate};
    use crate::place::Mounts;

    const PART: Part = Part { number: partway_core::PartNumber::FIRST, offset: 100, len: 3 * BLOCK + 5 };

    /// A file of several blocks behind `gate`.
    async fn file(gate: Gate) -> (tempfile::NamedTempFile, Arc<JobFile>, Vec<u8>) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..4 * BLOCK).map(|index| (index % 251) as u8).collect();
        std::fs::write(file.path(), &bytes).unwrap();
        let drive = Drives::new(Before { gate: Some(gate), ..Before::default() }).of(
            &Mounts::now(),
            file.path(),
            None,
        );
        let opened = JobFile::on(drive, file.path().into()).await.unwrap();
        (file, Arc::new(opened), bytes)
    }

    fn body(file: Arc<JobFile>) -> (PartBody, Arc<Attempt>) {
        let attempt = Arc::new(Attempt::default());
        (PartBody::open(file, PART, Arc::clone(&attempt)), attempt)
    }

    #[tokio::test]
    async fn the_body_is_the_part_of_the_file_and_its_md5() {
        let (_kept, file, bytes) = file(Arc::new(|_| Ok(()))).await;
        let (body, attempt) = body(file);
        let taken = body.collect().await.unwrap().to_bytes();
        let part = &bytes[100..100 + 3 * BLOCK as usize + 5];
        assert!(taken == part);
        assert_eq!(attempt.md5(), Some(Md5::digest(part).into()));
        assert!((attempt.taken(), attempt.all_taken()) == (PART.len, true));
    }

    #[tokio::test]
    async fn one_block_and_no_more_is_read_ahead() {
        let (asked, reads) = mpsc::channel();
        let gate: Gate = Arc::new(move |_| asked.send(()).map_err(std::io::Error::other));
        let (_kept, file, _) = file(gate).await;
        assert_eq!(reads.iter().take(1).count(), 1, "the look and the opening");
        let (mut body, attempt) = body(file);
        let mut settled = async |frames: usize| {
            for _ in 0..frames {
                body.frame().await.unwrap().unwrap();
            }
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            reads.try_iter().count()
        };
        assert_eq!(settled(1).await, 1, "the block before may not be sent yet: its buffer is not free");
        assert_eq!(attempt.taken(), FIRST as u64);
        // The next block; its thread may not have reached the gate yet.
        let behind = settled(1).await;
        assert_eq!(behind + reads.iter().take(1 - behind).count(), 1);
        assert_eq!((settled(0).await, attempt.taken()), (0, BLOCK));
    }

    /// Models a connection that holds what it was given until all of it is sent, and asks for more once
    /// less than its buffer is left (hyper).
    #[tokio::test]
    async fn a_part_never_has_more_than_two_buffers_however_the_connection_sends() {
        for sent_at_once in [1_000, PART_BUFFER - 1, PART_BUFFER, PART_BUFFER + 1, 1 << 20] {
            let (_kept, file, bytes) = file(Arc::new(|_| Ok(()))).await;
            let buffers = file.buffers();
            let (mut body, _) = body(file);
            let (mut held, mut got, mut most) = (std::collections::VecDeque::<Bytes>::new(), Vec::new(), 0);
            loop {
                while held.iter().map(Bytes::len).sum::<usize>() < PART_BUFFER {
                    let Some(frame) = body.frame().await else { break };
                    held.push_back(frame.unwrap().into_data().unwrap());
                    most = most.max(buffers.in_use());
                }
                let Some(first) = held.front_mut() else { break };
                got.extend_from_slice(&first.split_to(sent_at_once.min(first.len())));
                if first.is_empty() {
                    held.pop_front();
                }
            }
            assert!(got == bytes[100..100 + 3 * BLOCK as usize + 5]);
            assert!(most <= 2, "{most} buffers where {sent_at_once} bytes are sent at once");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_that_does_not_come_back_ends_the_body_and_holds_up_nothing_meanwhile() {
        let (open, opened) = mpsc::channel::<()>();
        let opened = Mutex::new((0, opened));
        let gate: Gate = Arc::new(move |_| {
            let mut opened = opened.lock().unwrap();
            opened.0 += 1;
            // The open and the first block pass; later reads block until the channel is closed.
            if opened.0 > 2 {
                let _ = opened.1.recv();
            }
            Ok(())
        });
        let (_kept, file, _) = file(gate).await;
        let (mut body, attempt) = body(file);
        for _ in 0..2 {
            body.frame().await.unwrap().unwrap();
        }
        assert!(!attempt.waits_for_disk(), "nobody has asked for the next one");
        let begun = tokio::time::Instant::now();
        let next = body.frame();
        tokio::pin!(next);
        tokio::select! {
            biased;
            _ = &mut next => panic!("it does not come back"),
            () = std::future::ready(()) => assert!(attempt.waits_for_disk()),
        }
        // A hanging thread keeps a paused clock from advancing by itself.
        tokio::time::advance(crate::drive::SILENT).await;
        let ended = next.await.unwrap();
        assert!(matches!(ended, Err(SourceError::Silent)) && !attempt.waits_for_disk());
        assert_eq!(begun.elapsed(), crate::drive::SILENT);
        drop(open);
    }
}
