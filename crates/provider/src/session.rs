//! The vendor's multipart upload as the engine sees it: opaque, but it can be journaled.

use std::fmt;

use partway_core::{Etag, PartNumber, PartPlan, PartReceipt, proof};

use crate::PartTarget;

/// An open session. Its content belongs to the provider; the engine journals it before the first byte is
/// sent.
///
/// `Debug` hides the content: with some vendors, anyone who has it can finish or abort the upload.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// What the provider needs to resume, as JSON in its own format.
    pub body: String,
    /// When the session expires, Unix seconds, if the vendor says so.
    pub expires_at: Option<u64>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// The result of opening a session.
#[derive(Debug, Clone)]
pub struct Started {
    /// The session.
    pub session: Session,
    /// How the file is divided, checked against its size and the limits.
    pub plan: PartPlan,
    /// Where the parts go: all of them or the first window, in the order of their numbers.
    pub targets: Vec<PartTarget>,
    /// By how many seconds the vendor's clock is ahead of ours, if its reply carried a time.
    pub clock_ahead: Option<i64>,
}

/// A part that the vendor reports to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPart {
    /// The part's number.
    pub number: PartNumber,
    /// Bytes; `None` if the list does not say.
    pub size: Option<u64>,
    /// Its ETag; `None` if the list has none.
    pub etag: Option<Etag>,
}

impl ListedPart {
    /// Whether this is the part of that receipt.
    #[must_use]
    pub fn is(&self, receipt: &PartReceipt) -> bool {
        self.number == receipt.number && proof::is_listed(self.size, self.etag.as_ref(), receipt)
    }
}
