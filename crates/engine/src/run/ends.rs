//! How a part, a call about the finished file and a whole round come to their ends: what the steps of a run hand each other.

use partway_core::{Cause, Failure, FileReceipt};

use super::RunError;
use crate::source::SourceError;

/// Why a part did not go.
pub(super) enum PartEnd {
    /// Its link ran out, or never worked.
    BadTarget { expired: bool, cause: Cause, detail: String },
    /// The vendor does not know the session any more.
    Session,
    /// Something of this name is there already, and it may be this very file: an answer was lost before.
    /// `looked`: somebody has seen that, so fresh links would not help.
    Taken { cause: Cause, detail: String, looked: bool },
    /// The file.
    Source(SourceError),
    /// Something that ends the run.
    RunError(RunError),
}

/// What asking about the finished file brought.
pub(super) enum Found {
    /// It is there.
    There(FileReceipt),
    /// It is not there.
    NotThere,
    /// Nothing can be said.
    CannotSay(Failure),
}

/// What follows on *complete*.
pub(super) enum Next {
    /// The job has ended.
    Settled,
    /// Parts have to go (again).
    SendMore,
}
