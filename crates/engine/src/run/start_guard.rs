//! A start that may not be sent twice: that it goes is written down before it does, so that a crash in between asks a person and
//! does not repeat it (VENDORS, Record360: "a GET that creates something, so never repeat it blindly").

use std::sync::Arc;

use partway_core::{Cause, Failure, RetryClass, Step};
use partway_provider::Started;

use super::{Run, RunError};
use crate::journal::{JournalError, starts};
use crate::record::JobId;
use crate::state::EngineState;

impl Run {
    /// Nothing where no start of this job is unanswered; else a person is asked. The mark stays until that person tries again, so that
    /// neither a second crash nor a retry that was meant for something else takes the question away.
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

/// Sends a start that is written down first. An answer that proves that nothing was begun takes the mark away; that of a session is
/// taken away with the session's own row, so that there is no moment without either.
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
        // Should that not be written, a person is asked once more than need be.
        let _ = state.journal.write(move |conn| starts::answered(conn, &job)).await;
    }
    started
}

/// Without the mark the start is not sent; it is tried again when the disk takes something.
fn unwritten(error: &JournalError) -> Failure {
    let what = error.to_string();
    Failure::new(Step::Start, RetryClass::Again, Cause::KeepsFailing { what: what.clone() }, what)
}
