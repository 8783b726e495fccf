//! The checksum that goes with each part: which one, and where it stands.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use partway_core::{Checksum, Failure, Step};
use partway_provider::PartTarget;

use super::S3;
use super::session::{Kept, Way};

/// Tells a storage at the start which checksum each part will bring (AWS, `CreateMultipartUpload`). Of which type that of the whole is,
/// is left to its default: of the parts' checksums, or where there is no such type (CRC-64/NVME) of the whole.
const ALGORITHM: &str = "x-amz-checksum-algorithm";

impl S3 {
    /// The one that an upload in parts has to be begun for; an MD5 goes with any.
    pub(crate) fn begun_for(&self) -> Option<Checksum> {
        self.settings.part_checksum.filter(|checksum| *checksum != Checksum::Md5)
    }

    /// The header that begins an upload for a checksum.
    pub(crate) fn algorithm(&self) -> Option<(String, String)> {
        let checksum = self.begun_for()?;
        Some((ALGORITHM.to_owned(), checksum.name().to_ascii_uppercase()))
    }

    /// The one that goes with each part of this upload: that which it was begun for, because another is refused in it.
    pub(crate) fn checksum_of(&self, kept: &Kept) -> Option<Checksum> {
        match kept.way {
            Way::OnePut(_) => self.settings.part_checksum,
            Way::UploadId(_) => {
                kept.checksum.or_else(|| self.settings.part_checksum.filter(|it| *it == Checksum::Md5))
            }
        }
    }

    /// The same target, which then takes a body with this checksum only.
    pub(crate) fn sealed(
        &self,
        kept: &Kept,
        target: PartTarget,
        checksum: Checksum,
        sum: &[u8],
    ) -> Result<PartTarget, Failure> {
        let header = checksum.header();
        // One that has it already takes the bytes that lie there, and no others.
        if target.headers.iter().any(|(name, _)| name == header) {
            return Ok(target);
        }
        let mut headers = target.headers;
        headers.push((header.to_owned(), BASE64.encode(sum)));
        Ok(self.target(self.now(Step::Part)?, kept, target.number, headers))
    }
}
