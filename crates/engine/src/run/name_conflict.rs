//! "That name is taken" after a lost answer: this very file may have taken it.

use std::sync::Arc;

use partway_core::proof;
use partway_core::{Cause, Failure, FileReceipt, PartPlan, PartReceipt};

use super::ends::Found;
use super::{Run, RunError};
use crate::event::EngineEvent;
use crate::job_file::JobFile;
use crate::journal::sessions::{self, OpenSession};

impl Run {
    /// For a file sent in one PUT whose answer was lost: if the object there has its size and checksum, it
    /// has arrived, and its part is confirmed.
    pub(super) async fn is_ours(
        &mut self,
        session: &OpenSession,
        source: &Arc<JobFile>,
        plan: &PartPlan,
    ) -> Result<bool, RunError> {
        let single = plan.parts().next().filter(|_| plan.count() == 1);
        let Some(part) = single.filter(|_| self.provider.capabilities().verify) else { return Ok(false) };
        let md5 = self.md5_of(source, part.offset, part.len).await?;
        self.unchanged(source).await?;
        // No answer gave it an ETag, but its content is proven.
        let receipt = PartReceipt {
            number: part.number,
            size: part.len,
            md5,
            etag: None,
            compared: true,
            checksum: None,
        };
        if self.arrived_before(session, std::slice::from_ref(&receipt)).await?.is_none() {
            return Ok(false);
        }
        let (now, job, id) = (self.state.clock.unix_ms(), self.job.id.clone(), session.id);
        let confirmed =
            self.state.journal.write(move |conn| sessions::confirm(conn, now, &job, id, &receipt)).await?;
        self.live.confirm(part.number);
        let job = self.job.id.clone();
        self.state.tell(EngineEvent::Confirmed { job, part: part.number.get(), confirmed });
        Ok(true)
    }

    /// The object that is there, if size and checksum prove that it is what was sent.
    pub(super) async fn arrived_before(
        &mut self,
        session: &OpenSession,
        parts: &[PartReceipt],
    ) -> Result<Option<FileReceipt>, RunError> {
        if !self.provider.capabilities().verify {
            return Ok(None);
        }
        Ok(match self.look(session, parts, &FileReceipt::unknown(), &[]).await? {
            Found::There(receipt) if proof::is_that_file(&receipt, self.job.identity.size, parts) => {
                Some(receipt)
            }
            _ => None,
        })
    }
}

/// Whether a failure says that the name is taken.
pub(super) const fn says_so(failure: &Failure) -> bool {
    matches!(failure.cause, Cause::NameTaken { .. })
}
