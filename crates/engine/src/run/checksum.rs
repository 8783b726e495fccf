//! A part's checksum: sent with it where the storage wants one, and what follows where the storage answers with another.

use partway_core::{Cause, Failure};
use partway_http::PutFailure;
use partway_provider::PartTarget;

use super::RunError;
use super::ends::PartEnd;
use super::error::{DIFFERS, passing};
use super::part::Part;
use crate::journal::sessions;

/// The storage may so often answer with another checksum before a person is told.
const DIFFERENCES: u32 = 3;

impl Part {
    /// The target of this attempt. Where it has to name a checksum of its bytes, they are read once before they are sent.
    pub(super) async fn sealed(&self) -> Result<(PartTarget, Option<Vec<u8>>), PutFailure> {
        let Some((session, checksum)) = &self.sealing else { return Ok((self.target.clone(), None)) };
        let read = self.source.sum(*checksum, self.part.offset, self.part.len).await;
        let sum = read.map_err(|trouble| PutFailure::Body(std::io::Error::other(trouble)))?;
        Ok((self.provider.with_checksum(session, self.target.clone(), *checksum, &sum)?, Some(sum)))
    }

    /// What another checksum than that of the bytes means: they go again, and after a while a person is told, with how many others
    /// were right: that tells a line that changes bytes from a storage whose checksums are of another kind.
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
