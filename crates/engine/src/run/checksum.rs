//! Per-part checksums: sent along if the storage wants one, and what happens if it reports a different one.

use partway_core::{Cause, Failure};
use partway_http::PutFailure;
use partway_provider::PartTarget;

use super::RunError;
use super::ends::PartEnd;
use super::error::{DIFFERS, passing};
use super::part::Part;
use crate::journal::sessions;

/// How many mismatches are tolerated before the file needs attention.
const DIFFERENCES: u32 = 3;

impl Part {
    /// The target of this attempt. If it must include a checksum, the part is read once beforehand.
    pub(super) async fn sealed(&self) -> Result<(PartTarget, Option<Vec<u8>>), PutFailure> {
        let Some((session, checksum)) = &self.sealing else { return Ok((self.target.clone(), None)) };
        let read = self.source.sum(*checksum, self.part.offset, self.part.len).await;
        let sum = read.map_err(|trouble| PutFailure::Body(std::io::Error::other(trouble)))?;
        Ok((self.provider.with_checksum(session, self.target.clone(), *checksum, &sum)?, Some(sum)))
    }

    /// Handles a checksum mismatch. The part is sent again; after a few times it needs attention, with the
    /// number of parts that matched. That distinguishes a line that corrupts data from a storage whose
    /// checksums are of another kind.
    pub(super) async fn different(&self, differences: u32) -> Result<Failure, PartEnd> {
        let part = self.part.number.get();
        if differences < DIFFERENCES {
            return Ok(passing(
                DIFFERS,
                "the storage answered with another checksum than that of what was sent",
            ));
        }
        let session = self.session;
        let receipts = self.state.journal.read(move |conn| sessions::receipts(conn, session)).await;
        let receipts = receipts.map_err(|error| PartEnd::RunError(error.into()))?;
        let matched = receipts.iter().filter(|receipt| receipt.compared).count();
        let matched = u32::try_from(matched).unwrap_or(u32::MAX);
        let detail =
            format!("part {part}: the checksum differed {differences} times, {matched} other parts matched");
        Err(PartEnd::RunError(RunError::Attention {
            cause: Cause::ChecksumDiffers { part, matched },
            detail,
        }))
    }
}
