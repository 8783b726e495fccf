//! A part's checksum: sent with it where the storage wants one, and compared with what the storage answers.

use partway_core::proof::{self, Proof};
use partway_core::{Cause, Failure};
use partway_http::{PutAnswer, PutFailure};
use partway_provider::PartTarget;

use super::Halt;
use super::ends::PartEnd;
use super::halt::DIFFERS;
use super::part::{Part, passing};
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
        let receipts = self.inner.journal.read(move |conn| sessions::receipts(conn, session)).await;
        let receipts = receipts.map_err(|error| PartEnd::Halt(error.into()))?;
        let matched = receipts.iter().filter(|receipt| receipt.compared).count();
        let matched = u32::try_from(matched).unwrap_or(u32::MAX);
        let detail =
            format!("part {part}: the checksum differed {differences} times, {matched} other parts matched");
        Err(PartEnd::Halt(Halt::Attention { cause: Cause::ChecksumDiffers { part, matched }, detail }))
    }
}

/// Whether a storage's answer bears out what was sent: `Some(compared)` where nothing speaks against it, `None` where the checksums
/// differ. `etag_is_md5` is false where somebody said that this storage's ETags are none.
pub(super) fn compare(answer: &PutAnswer, md5: [u8; 16], etag_is_md5: bool) -> Option<bool> {
    if !answer.comparable {
        return Some(false);
    }
    match proof::of_part(answer.etag.as_ref(), &md5) {
        Proof::Same => Some(true),
        Proof::Other if etag_is_md5 => None,
        Proof::Other | Proof::Silent => Some(false),
    }
}

/// Whether a target names a condition for what may be there.
pub(super) fn is_conditional(target: &PartTarget) -> bool {
    target
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("if-none-match") || name.eq_ignore_ascii_case("if-match"))
}

#[cfg(test)]
mod tests {
    use partway_core::Etag;

    use super::*;

    #[test]
    fn a_checksum_that_differs_is_no_receipt_and_one_that_is_no_md5_is_not_compared() {
        let answer = |etag: &str, comparable| PutAnswer {
            etag: Some(Etag(etag.into())),
            comparable,
            server_unix_time: None,
        };
        let empty = "D41D8CD98F00B204E9800998ECF8427E";
        let md5 = hex::decode(empty).unwrap().try_into().unwrap();
        for etag_is_md5 in [true, false] {
            assert_eq!(compare(&answer(empty, true), md5, etag_is_md5), Some(true));
            assert_eq!(compare(&answer("kms-etag", false), md5, etag_is_md5), Some(false));
            let other = compare(&answer("d41d8cd98f00b204e9800998ecf8427f", true), md5, etag_is_md5);
            assert_eq!(other, if etag_is_md5 { None } else { Some(false) });
        }
    }
}
