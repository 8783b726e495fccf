//! Outcomes that the steps of a run pass to each other: of a part, of a lookup of the finished file, and of
//! a whole round.

use partway_core::{Cause, Failure, FileReceipt};

use super::RunError;
use crate::source::SourceError;

/// Why a part failed.
pub(super) enum PartEnd {
    /// Its link expired or never worked.
    BadTarget { expired: bool, cause: Cause, detail: String },
    /// The vendor no longer knows the session.
    Session,
    /// The name already exists, and it may be this very file: an answer was lost earlier. `looked`: this
    /// was checked, so fresh links would not help.
    Taken { cause: Cause, detail: String, looked: bool },
    /// The file could not be read.
    Source(SourceError),
    /// The run has to end.
    RunError(RunError),
}

/// The result of looking up the finished file.
pub(super) enum Found {
    /// Found.
    There(FileReceipt),
    /// Not found.
    NotThere,
    /// Unknown.
    CannotSay(Failure),
}

/// What follows *complete*.
pub(super) enum Next {
    /// The job has ended.
    Settled,
    /// Parts have to be sent (again).
    SendMore,
}
