//! Parts for which the vendor gives no link because it already has them: sent by an attempt whose answer
//! was lost.

use std::sync::Arc;

use partway_core::proof::{self, Proof};
use partway_core::{PartNumber, PartPlan, PartReceipt, RetryClass};
use partway_provider::ListedPart;

use super::ends::PartEnd;
use super::error::By;
use super::reconcile::Listed;
use super::retry::Refused;
use super::targets::part_end;
use super::{Run, RunError};
use crate::event::EngineEvent;
use crate::job_file::JobFile;
use crate::journal::sessions::{self, OpenSession};

impl Run {
    /// Takes over parts whose ETag is the MD5 of what is on disk now. One with a different ETag cannot be
    /// sent again in this session. If the vendor cannot list parts, giving no link means that it has the
    /// part; *complete* then names the MD5 of what is on disk, and the storage judges it.
    pub(super) async fn take_over(
        &mut self,
        session: &OpenSession,
        source: &Arc<JobFile>,
        plan: &PartPlan,
        parts: &[PartNumber],
    ) -> Result<(), PartEnd> {
        let listed = self.listed_if_it_lists(session).await?;
        for number in parts {
            self.still_wanted().map_err(PartEnd::RunError)?;
            let Some(part) = plan.part(*number) else { return Err(PartEnd::Session) };
            let there = listed.as_ref().map(|listed| listed.get(number));
            if there == Some(None) {
                tracing::warn!(job = %self.job.id, part = %number, "the vendor gives no link for a part that it does not have");
                return Err(PartEnd::Session);
            }
            let md5 = self.md5_of(source, part.offset, part.len).await.map_err(PartEnd::RunError)?;
            source.unchanged().await.map_err(PartEnd::Source)?;
            let (etag, compared) = match there.flatten() {
                Some(there) if !is_that_part(there, part.len, &md5) => {
                    tracing::warn!(job = %self.job.id, part = %number, "the vendor has other bytes of a part and gives no link for it");
                    return Err(PartEnd::Session);
                }
                Some(there) => (there.etag.clone(), true),
                // *Complete* names the MD5 if there is no ETag.
                None => (None, false),
            };
            let checksum = match self.provider.part_checksum(&session.session) {
                Some(checksum) => {
                    let read = source.sum(checksum, part.offset, part.len).await;
                    Some(read.map_err(PartEnd::Source)?)
                }
                None => None,
            };
            let receipt = PartReceipt { number: *number, size: part.len, md5, etag, compared, checksum };
            let (now, job, id) = (self.state.clock.unix_ms(), self.job.id.clone(), session.id);
            let write =
                self.state.journal.write(move |conn| sessions::confirm(conn, now, &job, id, &receipt));
            let confirmed = write.await.map_err(|error| PartEnd::RunError(error.into()))?;
            self.live.confirm(*number);
            self.state.tell(EngineEvent::Confirmed {
                job: self.job.id.clone(),
                part: number.get(),
                confirmed,
            });
        }
        Ok(())
    }

    /// The vendor's list; `None` if it is unavailable.
    async fn listed_if_it_lists(&mut self, session: &OpenSession) -> Result<Option<Listed>, PartEnd> {
        if !self.provider.capabilities().list {
            return Ok(None);
        }
        match self.listed(session).await {
            Ok(listed) => Ok(Some(listed)),
            Err(Refused::Failure(failure))
                if !matches!(failure.class, RetryClass::SessionGone | RetryClass::Conflict) =>
            {
                tracing::info!(job = %self.job.id, %failure, "the vendor's list of parts could not be had");
                Ok(None)
            }
            Err(Refused::RunError(
                RunError::Busy { by: By::Call, detail, .. } | RunError::Offline { page: Some(_), detail },
            )) => {
                tracing::info!(job = %self.job.id, detail, "the vendor's list of parts keeps failing");
                Ok(None)
            }
            Err(refused) => Err(part_end(refused)),
        }
    }
}

fn is_that_part(there: &ListedPart, len: u64, md5: &[u8; 16]) -> bool {
    there.size.is_none_or(|size| size == len) && proof::of_part(there.etag.as_ref(), md5) == Proof::Same
}
