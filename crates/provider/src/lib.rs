//! The contract that every provider implements: the [`Provider`] trait and its plain types.
//!
//! A provider signs and keeps books; bytes never pass through it. All vendors hand out places to PUT a part
//! ([`PartTarget`]), so bytes move on one path, the engine's. What a vendor cannot do is declared in
//! [`Capabilities`], not a surprise.
//!
//! The feature `conformance` adds the test suite for every implementation.

mod capabilities;
#[cfg(feature = "conformance")]
pub mod conformance;
mod file;
mod session;
mod target;
pub mod template;

use async_trait::async_trait;
use partway_core::{Cause, Checksum, Failure, FileReceipt, Limits, PartNumber, PartPlan, PartReceipt};

pub use capabilities::{Capabilities, Planner};
pub use file::{Fields, FileFacts, FileHash, HashAlgorithm};
pub use partway_core::IfExists;
pub use session::{ListedPart, Session, Started};
pub use target::PartTarget;

/// One destination at one vendor.
///
/// Every call may fail with a [`Failure`] whose class says what to do. Providers never retry, because only
/// the engine knows permits, back-off and what the user wants.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What the vendor supports and reports.
    fn capabilities(&self) -> Capabilities;

    /// Sizes and counts that the vendor accepts.
    fn limits(&self) -> Limits;

    /// The host of its API, for permits and for messages ("127.0.0.1:4000").
    fn host(&self) -> String;

    /// Measures the vendor's clock, and checks host and key as far as possible.
    async fn check(&self) -> CheckReport;

    /// Why this file can never go there, as far as is known without a request: its type, a character of its
    /// name. [`limits`](Provider::limits) covers its size.
    fn refuses(&self, _file: &FileFacts) -> Option<Cause> {
        None
    }

    /// The name that this file will have there, if the destination holds one file per name and the name is
    /// known without a request. `None`: every file has its own place, whatever it is called.
    fn name(&self, _file: &FileFacts) -> Option<String> {
        None
    }

    /// The same session, changed to overwrite; `None` if that takes a new one. For a session that found its
    /// name taken at the end, when the user chooses "replace": what was sent need not be sent again.
    fn replacing(&self, _session: &Session) -> Option<Session> {
        None
    }

    /// Opens a session. `plan` is given if the client plans ([`Planner`]); if the server does, the plan is
    /// returned.
    async fn start(&self, file: &FileFacts, plan: Option<PartPlan>) -> Result<Started, Failure>;

    /// Requests part targets of an open session, at least for these parts. Called if
    /// [`Capabilities::refresh`] is set, for links that expired and for those that [`start`](Provider::start)
    /// did not bring.
    ///
    /// If the vendor gives links for missing parts only, a part that it has already may be left out: then
    /// [`list_parts`](Provider::list_parts) gives its ETag.
    async fn targets(&self, session: &Session, parts: &[PartNumber]) -> Result<Vec<PartTarget>, Failure>;

    /// Explains a storage's rejection of a part whose link was signed locally: the provider knows which of
    /// its settings made the link, and so which may be wrong. May send one more request to the storage.
    async fn explain(&self, failure: Failure) -> Failure {
        failure
    }

    /// The checksum that each part of this session has to bring, as a header that its target names ([`with_checksum`](Self::with_checksum)).
    fn part_checksum(&self, _session: &Session) -> Option<Checksum> {
        None
    }

    /// The target for a body with this checksum. Called for each part before it is sent, where there is one to be
    /// [brought](Self::part_checksum).
    ///
    /// # Errors
    /// [`Failure`] where such a target cannot be made.
    fn with_checksum(
        &self,
        _session: &Session,
        target: PartTarget,
        _checksum: Checksum,
        _sum: &[u8],
    ) -> Result<PartTarget, Failure> {
        Ok(target)
    }

    /// Lists the parts that the vendor has. Called if [`Capabilities::list`] is set.
    async fn list_parts(&self, session: &Session) -> Result<Vec<ListedPart>, Failure>;

    /// Asks the vendor to put the parts together. Receipts are in the order of their numbers.
    ///
    /// A failure of class `Unknown` means that the answer was lost; `Conflict`, that the vendor no longer
    /// knows the session or has completed it already.
    async fn complete(&self, session: &Session, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure>;

    /// Whether a [`complete`](Provider::complete) went through only without its conditional write (do not
    /// replace), because the storage does not support it.
    fn went_unconditionally(&self) -> bool {
        false
    }

    /// A second session for the place of a file that was just sent whole, to find out whether the storage
    /// protects it from being replaced. `None`: there is nothing to find out.
    async fn once_more(&self, _session: &Session) -> Result<Option<Session>, Failure> {
        Ok(None)
    }

    /// Completes such a session with a conditional write (do not replace); returns whether the storage
    /// refused it.
    async fn is_kept(&self, _session: &Session, _receipts: &[PartReceipt]) -> Result<bool, Failure> {
        Ok(true)
    }

    /// Asks about the finished file and adds the answer to `receipt` (what *complete* returned, or
    /// [`FileReceipt::unknown`] if its answer was lost). Called if [`Capabilities::verify`] is set.
    ///
    /// If a file is there, the receipt becomes `Confirmed`, even if it is not what was sent: the caller
    /// compares its size, and its checksum if that has the form "md5:…" or "etag:…". A file that may be this
    /// one, but by its ETag may have been replaced since, or cannot be compared, makes the receipt `Unproved`.
    /// A failure of class `Conflict` means that the file is not there; any other, that nothing is known.
    async fn verify(
        &self,
        _session: &Session,
        _receipts: &[PartReceipt],
        receipt: FileReceipt,
    ) -> Result<FileReceipt, Failure> {
        Ok(receipt)
    }

    /// Aborts the session. One that is gone already is no failure. Called if [`Capabilities::abort`] is set.
    async fn abort(&self, session: &Session) -> Result<(), Failure>;
}

/// One line of a destination's check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding<T> {
    /// Seen to hold.
    Good(T),
    /// Seen not to hold.
    Bad(Failure),
    /// The vendor offers no way to know; the sentence says so.
    CannotKnow(&'static str),
}

/// What can be learned about a destination without sending a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// The host answered, after this many milliseconds.
    pub host: Finding<u64>,
    /// The server's clock is ahead by this many seconds.
    pub clock_ahead: Finding<i64>,
    /// The key is accepted.
    pub key: Finding<()>,
}
