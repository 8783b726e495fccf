//! An object as its storage shows it, and how far that is what was sent.

use partway_core::{Etag, PartReceipt, proof};
use partway_http::ApiAnswer;

use super::session::Kept;

/// Two clocks of one storage may differ by so many seconds.
const SKEW: u64 = 2;

/// What a HEAD tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Object {
    /// Bytes.
    pub(crate) size: Option<u64>,
    /// Its ETag; `None` where it has none, or where a server-side key makes it something else than a checksum.
    pub(crate) etag: Option<Etag>,
    /// When it was written, Unix seconds; of an object of several parts, when its upload began.
    pub(crate) modified: Option<u64>,
}

impl Object {
    /// From the headers of the answer to a HEAD, or to a GET of its first byte.
    pub(crate) fn read(answer: &ApiAnswer) -> Self {
        let header = |name| answer.headers.get(name)?.to_str().ok();
        let size = match header("content-range") {
            Some(range) => range.rsplit('/').next(),
            None => header("content-length"),
        };
        Self {
            size: size.and_then(|size| size.parse().ok()),
            etag: answer.etag().filter(|_| !answer.is_encrypted()),
            modified: header("last-modified").and_then(partway_core::http_date),
        }
    }

    /// Whether this upload may have brought it: it has the file's size, and is not known to be older.
    pub(crate) fn may_be(&self, kept: &Kept) -> bool {
        let older = kept.began.zip(self.modified).is_some_and(|(began, written)| written + SKEW < began);
        self.size == Some(kept.size) && !older
    }

    /// Its ETag and the MD5 that this is, where it is one.
    pub(crate) fn md5(&self) -> Option<(Etag, [u8; 16])> {
        let etag = self.etag.as_ref()?;
        Some((etag.clone(), proof::md5_in(&etag.0)?))
    }

    /// Whether its ETag proves that its bytes are those that were sent.
    pub(crate) fn is_proved(&self, receipts: &[PartReceipt]) -> bool {
        self.etag.as_ref().is_some_and(|etag| proof::proves_whole(&etag.0, receipts))
    }

    /// Whether its ETag has the form of a checksum, with or without a number of parts.
    pub(crate) fn has_checksum(&self) -> bool {
        self.etag.as_ref().is_some_and(|etag| proof::has_form_of_checksum(&etag.0))
    }
}
