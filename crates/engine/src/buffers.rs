//! Reusable block buffers, so that an upload's memory use does not grow with its duration.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::time::Instant;

/// Size of one block. Reads larger than 256 KiB are no cheaper.
pub(crate) const BLOCK: u64 = 256 * 1024;

/// After this long without use, all buffers are returned to the system. Not at once: the system's allocator
/// retains some memory per freeing thread, so several files in a row would cost more memory than one.
const LINGER: Duration = Duration::from_secs(10);

/// A pool of buffers of one block each.
#[derive(Debug, Default)]
pub(crate) struct Buffers(Mutex<Pool>);

#[derive(Debug, Default)]
struct Pool {
    in_use: usize,
    free: Vec<Box<[u8]>>,
    /// When a buffer was last returned.
    given_back: Option<Instant>,
    /// A task is waiting to return them to the system.
    lingers: bool,
}

impl Buffers {
    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Number of buffers in use.
    #[cfg(test)]
    pub(crate) fn in_use(&self) -> usize {
        self.pool().in_use
    }

    /// Takes a buffer of `len` bytes, at most one block. It may contain data from an earlier use.
    pub(crate) fn take(self: &Arc<Self>, len: usize) -> Buffer {
        let mut pool = self.pool();
        pool.in_use += 1;
        let free = pool.free.pop_if(|free| free.len() >= len);
        drop(pool);
        // A small file needs no whole block.
        Buffer { bytes: free.unwrap_or_else(|| vec![0; len].into()), len, home: Arc::clone(self) }
    }

    /// Returns the buffers to the system once none has been used for a while.
    async fn linger(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LINGER).await;
            let mut pool = self.pool();
            let unused = pool.in_use == 0 && pool.given_back.is_none_or(|at| at.elapsed() >= LINGER);
            if unused {
                pool.free = Vec::new();
                pool.lingers = false;
                return;
            }
        }
    }
}

/// A buffer that returns to the pool when its last holder drops it.
pub(crate) struct Buffer {
    bytes: Box<[u8]>,
    len: usize,
    home: Arc<Buffers>,
}

impl Buffer {
    /// The writable region.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }

    /// Converts it to `Bytes` for sending.
    pub(crate) fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut pool = self.home.pool();
        pool.in_use -= 1;
        if bytes.len() as u64 != BLOCK {
            return;
        }
        pool.free.push(bytes);
        pool.given_back = Some(Instant::now());
        if !pool.lingers
            && let Ok(runtime) = Handle::try_current()
        {
            pool.lingers = true;
            runtime.spawn(Arc::clone(&self.home).linger());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: usize = BLOCK as usize;

    #[tokio::test(start_paused = true)]
    async fn a_buffer_serves_again_when_the_last_piece_of_it_is_gone_and_none_is_kept_for_long() {
        let buffers = Arc::new(Buffers::default());
        let block = buffers.take(WHOLE).freeze();
        let (place, piece) = (block.as_ptr(), block.slice(10..20));
        drop(block);
        assert_eq!(buffers.pool().free.len(), 0, "a piece of it is still to be sent");
        drop(piece);
        tokio::time::sleep(LINGER / 2).await;
        let again = buffers.take(5).freeze();
        assert!(again.as_ptr() == place && again.len() == 5);
        tokio::time::sleep(2 * LINGER).await;
        drop(again);
        tokio::time::sleep(LINGER / 2).await;
        assert_eq!(buffers.pool().free.len(), 1, "who reads the next file needs it");
        tokio::time::sleep(2 * LINGER).await;
        let pool = buffers.pool();
        assert_eq!((pool.in_use, pool.free.len(), pool.lingers), (0, 0, false));
    }

    #[test]
    fn a_small_file_needs_no_whole_block_and_leaves_none_behind_that_is_too_small() {
        let buffers = Arc::new(Buffers::default());
        let (_kept, small) = (buffers.take(WHOLE), buffers.take(10));
        assert_eq!(small.bytes.len(), 10);
        drop(small);
        assert_eq!(buffers.take(WHOLE).room().len(), WHOLE);
    }
}
