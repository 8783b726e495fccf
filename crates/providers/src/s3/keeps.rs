//! Whether the storage protects existing objects from a conditional multipart upload, tested with a file of
//! our own.

use partway_core::{Cause, Failure, PartReceipt, Step};

use super::S3;
use super::session::{Kept, Way};

impl S3 {
    /// Opens a multipart upload at the place of a file that was sent whole.
    pub(crate) async fn upload_once_more(&self, kept: Kept) -> Result<Option<Kept>, Failure> {
        let Way::OnePut(headers) = &kept.way else { return Ok(None) };
        if !kept.only_if_free {
            return Ok(None);
        }
        let (_, id) = self.create(&kept.key, headers).await?;
        Ok(Some(Kept { way: Way::UploadId(id), checksum: self.begun_for(), ..kept }))
    }

    /// Completes it under the condition that nothing is there, although the file is: some storages support
    /// conditional writes for whole files only (Ceph's gateway).
    pub(crate) async fn refuses_to_replace(
        &self,
        kept: &Kept,
        receipts: &[PartReceipt],
    ) -> Result<bool, Failure> {
        let Way::UploadId(id) = &kept.way else { return Ok(true) };
        let failure = match self.complete_call(kept, id, receipts, true).await {
            Ok(answer) => {
                // A success status alone proves nothing.
                return self.put_together(kept, receipts, &answer).map(|_| false);
            }
            Err(failure) => failure,
        };
        if matches!(failure.cause, Cause::NameTaken { .. }) {
            return Ok(true);
        }
        if failure.may_be_the_condition() && self.look(Step::Check, &kept.key).await.is_ok() {
            // It does not support the condition, so files are sent without.
            return Ok(false);
        }
        Err(failure)
    }
}
