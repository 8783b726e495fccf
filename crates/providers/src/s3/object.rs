//! An object as its storage reports it, and how far it matches what was sent.

use partway_core::{Etag, PartReceipt, proof};
use partway_http::ApiAnswer;

use super::session::Kept;

/// Two clocks of one storage may differ by this many seconds.
const SKEW: u64 = 2;

/// What a HEAD reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Object {
    /// Bytes.
    pub(crate) size: Option<u64>,
    /// Its ETag; `None` if it has none, or if server-side encryption makes it something other than a
    /// checksum.
    pub(crate) etag: Option<Etag>,
    /// When it was written, Unix seconds; for a multipart object, when its upload began.
    pub(crate) modified: Option<u64>,
}

impl Object {
    /// Reads the headers of the answer to a HEAD, or to a GET of the first byte.
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

    /// Whether this upload may have created it: it has the file's size, and is not known to be older.
    pub(crate) fn may_be(&self, kept: &Kept) -> bool {
        let older = kept.began.zip(self.modified).is_some_and(|(began, written)| written + SKEW < began);
        self.size == Some(kept.size) && !older
    }

    /// Its ETag with the MD5 that it contains, if it is one.
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
