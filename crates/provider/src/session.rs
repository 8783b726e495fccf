//! The vendor's multipart upload, as the engine may know it: opaque, but it can be journaled.

use std::fmt;

use partway_core::{Etag, PartNumber, PartPlan, PartReceipt, proof};

use crate::PartTarget;

/// An open session. Its content belongs to the provider; the engine writes it to the journal before the first byte is sent.
///
/// No `Debug` of the content: with some vendors whoever has it can finish or abort the upload.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// What the provider needs to go on, as JSON of its own shape.
    pub body: String,
    /// Until when the session lives, Unix seconds, where the vendor says it.
    pub expires_at: Option<u64>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What opening a session brought.
#[derive(Debug, Clone)]
pub struct Started {
    /// The session.
    pub session: Session,
    /// How the file divides, checked against the file's size and the limits.
    pub plan: PartPlan,
    /// Where the parts go; all of them or the first window, in the order of their numbers.
    pub targets: Vec<PartTarget>,
    /// By how many seconds the vendor's clock is ahead of ours, where its reply told the time.
    pub clock_ahead: Option<i64>,
}

/// A part that the vendor says it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPart {
    /// Which part.
    pub number: PartNumber,
    /// Bytes; `None` where the list does not tell.
    pub size: Option<u64>,
    /// Its ETag; `None` where the list tells none.
    pub etag: Option<Etag>,
}

impl ListedPart {
    /// Whether it is the part of this receipt.
    #[must_use]
    pub fn is(&self, receipt: &PartReceipt) -> bool {
        self.number == receipt.number && proof::is_listed(self.size, self.etag.as_ref(), receipt)
    }
}
