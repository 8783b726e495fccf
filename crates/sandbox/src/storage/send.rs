//! Sends a stored file, or a range of it.

use std::io::SeekFrom;
use std::path::Path;

use axum::body::Body;
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// How many bytes are read at once.
const BLOCK: u64 = 256 * 1024;

/// `length` bytes of a file, starting at `from`.
pub(crate) async fn stretch(path: &Path, from: u64, length: u64) -> std::io::Result<Body> {
    let mut file = tokio::fs::File::open(path).await?;
    file.seek(SeekFrom::Start(from)).await?;
    let blocks = futures_util::stream::try_unfold((file, length), |(mut file, left)| async move {
        let mut block = vec![0; usize::try_from(left.min(BLOCK)).unwrap_or_default()];
        let n = file.read(&mut block).await?;
        block.truncate(n);
        std::io::Result::Ok((n > 0).then(|| (Bytes::from(block), (file, left - n as u64))))
    });
    Ok(Body::from_stream(blocks))
}
