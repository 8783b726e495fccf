//! What every vendor must answer: the [`Provider`] trait and its plain types.
//!
//! A provider signs and keeps books; bytes never pass through it. All vendors hand out places to PUT a part ([`PartTarget`]),
//! so bytes move on one path, the engine's. What a vendor cannot do is a declared [`Capabilities`], not a surprise.
//!
//! With the feature `conformance` there is the suite that every implementation runs.

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
/// Every call may fail with a [`Failure`] whose class says what to do; none is repeated inside a provider, because only the
/// engine knows permits, back-off and what the user wants.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What the vendor can do and what it lets us know.
    fn capabilities(&self) -> Capabilities;

    /// Sizes and counts that the vendor accepts.
    fn limits(&self) -> Limits;

    /// The host that its API calls go to, for permits and for words ("127.0.0.1:4000").
    fn host(&self) -> String;

    /// The measured difference of the vendor's clock, and whether host and key answer, as far as can be known.
    async fn check(&self) -> CheckReport;

    /// Why this file can never go there, as far as that is known without asking anybody: its type, a character of its name.
    /// Its size is judged by [`limits`](Provider::limits).
    fn refuses(&self, _file: &FileFacts) -> Option<Cause> {
        None
    }

    /// The name that this file will have there, where the destination holds one file a name and it is known before anybody is asked.
    /// `None`: every file has a place of its own, whatever it is called.
    fn name(&self, _file: &FileFacts) -> Option<String> {
        None
    }

    /// The same session, from now on replacing what is there; `None` where that takes a new one. For a session that found its name taken
    /// at the end, when a person says "replace": what was sent need not be sent again.
    fn replacing(&self, _session: &Session) -> Option<Session> {
        None
    }

    /// Opens a session. `plan` is there where the client plans ([`Planner`]); where the server does, the plan comes back.
    async fn start(&self, file: &FileFacts, plan: Option<PartPlan>) -> Result<Started, Failure>;

    /// Part targets of an open session, at least for these parts. Called where [`Capabilities::refresh`] holds, for links that ran out
    /// and for those that [`start`](Provider::start) did not bring.
    ///
    /// A part that the vendor has already may be left out, where it gives links for missing parts only: then
    /// [`list_parts`](Provider::list_parts) tells its ETag.
    async fn targets(&self, session: &Session, parts: &[PartNumber]) -> Result<Vec<PartTarget>, Failure>;

    /// What a storage's no to a part means, where the links are signed here: whose settings made the link knows which of them is wrong.
    /// It may ask the storage once more.
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

    /// Which parts the vendor has. Called where [`Capabilities::list`] holds.
    async fn list_parts(&self, session: &Session) -> Result<Vec<ListedPart>, Failure>;

    /// Asks the vendor to put the parts together. Receipts come in the order of their numbers.
    ///
    /// A failure of class `Unknown` means that the answer was lost, `Conflict` that the vendor says it knows no such session
    /// (any more) or has done it already.
    async fn complete(&self, session: &Session, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure>;

    /// Whether a [`complete`](Provider::complete) of this object went through only without the condition that nothing be replaced: the
    /// storage does not know that condition.
    fn went_unconditionally(&self) -> bool {
        false
    }

    /// A second session for the place of a file that was just sent whole, to find out whether the storage keeps it from being replaced.
    /// `None`: there is nothing to be found out.
    async fn once_more(&self, _session: &Session) -> Result<Option<Session>, Failure> {
        Ok(None)
    }

    /// Completes such a session under the condition that nothing be replaced; whether the storage refused that.
    async fn is_kept(&self, _session: &Session, _receipts: &[PartReceipt]) -> Result<bool, Failure> {
        Ok(true)
    }

    /// Asks about the finished file, and adds what comes to `receipt` (what *complete* brought, or
    /// [`FileReceipt::unknown`] where its answer was lost). Called where [`Capabilities::verify`] holds.
    ///
    /// A file that is there makes the receipt `Confirmed`, also one that is not what was sent: its size, and its checksum where that has
    /// the form "md5:…" or "etag:…", are compared by whoever asks. One that can be this file, and that may have been replaced since as
    /// far as its ETag tells, makes it `Unproved`. A failure of class `Conflict` means that it is not there; any other, that
    /// nothing can be said.
    async fn verify(
        &self,
        _session: &Session,
        _receipts: &[PartReceipt],
        receipt: FileReceipt,
    ) -> Result<FileReceipt, Failure> {
        Ok(receipt)
    }

    /// Throws the session away. Throwing away what is gone already is no failure. Called where [`Capabilities::abort`] holds.
    async fn abort(&self, session: &Session) -> Result<(), Failure>;
}

/// One line of a destination's test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding<T> {
    /// It was seen.
    Good(T),
    /// It was seen not to hold.
    Bad(Failure),
    /// The vendor gives no way to know; the sentence says so.
    CannotKnow(&'static str),
}

/// What can be known of a destination without sending a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// The host answered after that many milliseconds.
    pub host: Finding<u64>,
    /// The server's clock is ahead by that many seconds.
    pub clock_ahead: Finding<i64>,
    /// The key is accepted.
    pub key: Finding<()>,
}
