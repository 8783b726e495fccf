//! Starts that must not be sent twice: each is journaled beforehand, so that a crash in between asks the
//! user instead of repeating it (VENDORS, Record360: "a GET that creates something, so never repeat it
//! blindly").

use std::sync::Arc;

use partway_core::{Cause, Failure, RetryClass, Step};
use partway_provider::Started;

use super::{Run, RunError};
use crate::journal::{JournalError, starts};
use crate::record::JobId;
use crate::state::EngineState;

impl Run {
    /// Fails if a start of this job is unanswered, so that the user is asked. The mark stays until the user
    /// retries, so that neither a second crash nor a retry meant for something else drops the question.
    pub(super) async fn no_start_unanswered(&self) -> Result<(), RunError> {
        let job = self.job.id.clone();
        let unanswered = self.state.journal.read(move |conn| starts::is_unanswered(conn, &job)).await?;
        if !unanswered {
            return Ok(());
        }
        let what = "Partway ended before the answer came".to_owned();
        Err(RunError::Attention { cause: Cause::PerhapsBegun { what: what.clone() }, detail: what })
    }
}

/// Sends a start, journaled first. An answer that proves that nothing was started removes the mark. If a
/// session was started, the mark is removed in the transaction that records it, so that there is no moment
/// without either.
pub(super) async fn start(
    state: &Arc<EngineState>,
    job: &JobId,
    send: impl Future<Output = Result<Started, Failure>>,
) -> Result<Started, Failure> {
    let marked = job.clone();
    let written = state.journal.write(move |conn| starts::mark(conn, &marked)).await;
    written.map_err(|error| unwritten(&error))?;
    let started = send.await;
    if started.as_ref().is_err_and(|failure| failure.class != RetryClass::Unknown) {
        let job = job.clone();
        // If this write fails, the user is asked once more than necessary.
        let _ = state.journal.write(move |conn| starts::answered(conn, &job)).await;
    }
    started
}

/// Without the mark the start is not sent; it is retried once the disk is writable.
fn unwritten(error: &JournalError) -> Failure {
    let what = error.to_string();
    Failure::new(Step::Start, RetryClass::Again, Cause::KeepsFailing { what: what.clone() }, what)
}
