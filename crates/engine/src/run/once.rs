//! A start that may not be sent twice: that it goes is written down before it does, so that a crash in between asks a person and
//! does not repeat it (VENDORS, Record360: "a GET that creates something, so never repeat it blindly").

use std::sync::Arc;

use partway_core::{Cause, Failure, RetryClass, Step};
use partway_provider::Started;

use super::{Halt, Run};
use crate::engine::Inner;
use crate::journal::{JournalError, settings};
use crate::record::JobId;

/// The setting that says so of a job.
pub(crate) fn mark(job: &JobId) -> String {
    format!("start_sent:{job}")
}

impl Run {
    /// Nothing where no start of this job is unanswered; else a person is asked, once: whoever tries again has decided.
    pub(super) async fn no_start_unanswered(&self) -> Result<(), Halt> {
        let name = mark(&self.job.id);
        let unanswered = self.inner.journal.write(move |conn| settings::take(conn, &name)).await?;
        if !unanswered {
            return Ok(());
        }
        let what = "Partway ended before the answer came".to_owned();
        Err(Halt::Attention { cause: Cause::PerhapsBegun { what: what.clone() }, detail: what })
    }
}

/// Sends a start that is written down first. An answer that proves that nothing was begun takes the mark away; that of a session is
/// taken away with the session's own row, so that there is no moment without either.
pub(super) async fn start(
    inner: &Arc<Inner>,
    job: &JobId,
    send: impl Future<Output = Result<Started, Failure>>,
) -> Result<Started, Failure> {
    let name = mark(job);
    inner
        .journal
        .write(move |conn| settings::set(conn, &name, "true"))
        .await
        .map_err(|error| unwritten(&error))?;
    let started = send.await;
    if started.as_ref().is_err_and(|failure| failure.class != RetryClass::Unknown) {
        let name = mark(job);
        // Should that not be written, a person is asked once more than need be.
        let _ = inner.journal.write(move |conn| settings::take(conn, &name)).await;
    }
    started
}

/// Without the mark the start is not sent; it is tried again when the disk takes something.
fn unwritten(error: &JournalError) -> Failure {
    let what = error.to_string();
    Failure::new(Step::Start, RetryClass::Again, Cause::KeepsFailing { what: what.clone() }, what)
}
