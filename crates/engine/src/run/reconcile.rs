//! The vendor's own list of parts against the journal and the file: what counts, what is taken over, what goes again.

use std::collections::BTreeMap;
use std::sync::Arc;

use partway_core::{Etag, PartNumber, PartPlan, PartReceipt, RetryClass};
use partway_provider::ListedPart;

use super::links::part_end;
use super::part::PartEnd;
use super::patience::Refused;
use super::{Halt, Run};
use crate::happening::Happening;
use crate::job_file::JobFile;
use crate::journal::sessions::{self, OpenSession};
use crate::log::Log;

/// What the vendor says it has, by number.
type Listed = BTreeMap<PartNumber, ListedPart>;

/// Whether a session that was begun earlier can be gone on with.
pub(super) enum Standing {
    /// It is there, and every receipt that is left counts.
    Good,
    /// The vendor does not know it any more.
    Gone,
}

impl Run {
    async fn listed(&mut self, session: &OpenSession) -> Result<Listed, Refused> {
        let vendor = session.session.clone();
        let parts = self
            .patiently(|provider| {
                let vendor = vendor.clone();
                async move { provider.list_parts(&vendor).await }
            })
            .await?;
        Ok(parts.into_iter().map(|part| (part.number, part)).collect())
    }

    /// Before a session is gone on with: a receipt counts only if the vendor, where it can list, still has that very part.
    pub(super) async fn recount(
        &mut self,
        session: &OpenSession,
        receipts: &[PartReceipt],
    ) -> Result<Standing, Halt> {
        if receipts.is_empty() || !self.provider.capabilities().list {
            return Ok(Standing::Good);
        }
        let listed = match self.listed(session).await {
            Ok(listed) => listed,
            Err(Refused::Failure(failure)) => {
                return match failure.class {
                    // *Complete* went out: that it is not known any more may mean that it is done, and *complete* will tell.
                    RetryClass::SessionGone | RetryClass::Conflict if !session.complete_sent => {
                        Ok(Standing::Gone)
                    }
                    // A list that cannot be had says nothing of the parts; *complete* names those that are missing.
                    _ => {
                        tracing::info!(job = %self.job.id, %failure, "the vendor's list of parts could not be had");
                        Ok(Standing::Good)
                    }
                };
            }
            Err(Refused::Halt(halt)) => return Err(halt),
        };
        let gone = unlike(&listed, receipts);
        if !gone.is_empty() {
            self.take_back(session, gone).await?;
        }
        Ok(Standing::Good)
    }

    /// These receipts do not count any more; their parts go again, and that is told.
    pub(super) async fn take_back(&self, session: &OpenSession, parts: Vec<PartNumber>) -> Result<(), Halt> {
        let (id, job) = (session.id, self.job.id.clone());
        let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        let lost = self.inner.journal.write(move |conn| sessions::unconfirm(conn, &job, id, &parts)).await?;
        self.log(Log::PartsMissing { parts: count }).await?;
        self.was_in_vain(lost, "it misses parts that it had taken").await
    }

    /// Which of these receipts the vendor does not bear out: all of them where it cannot list.
    pub(super) async fn not_there(
        &mut self,
        session: &OpenSession,
        receipts: &[PartReceipt],
    ) -> Result<Vec<PartNumber>, Halt> {
        let listed =
            if self.provider.capabilities().list { self.listed(session).await? } else { Listed::new() };
        Ok(unlike(&listed, receipts))
    }

    /// Parts for which the vendor gave no link, because it has them: sent by an attempt whose answer was lost. One is taken only if
    /// its ETag is the MD5 of what is on the disk now. Any other cannot be sent again in this session.
    pub(super) async fn take_over(
        &mut self,
        session: &OpenSession,
        source: &Arc<JobFile>,
        plan: &PartPlan,
        parts: &[PartNumber],
    ) -> Result<(), PartEnd> {
        let listed = self.listed(session).await.map_err(part_end)?;
        for number in parts {
            self.still_wanted().map_err(PartEnd::Halt)?;
            let (Some(part), Some(there)) = (plan.part(*number), listed.get(number)) else {
                tracing::warn!(job = %self.job.id, part = %number, "the vendor gives no link for a part that it does not have");
                return Err(PartEnd::Session);
            };
            let md5 = self.md5_of(source, part.offset, part.len).await.map_err(PartEnd::Halt)?;
            source.unchanged().await.map_err(PartEnd::Source)?;
            let same = |etag: &Etag| bare(etag).eq_ignore_ascii_case(&hex::encode(md5));
            if there.size != part.len || !there.etag.as_ref().is_some_and(same) {
                tracing::warn!(job = %self.job.id, part = %number, "the vendor has other bytes of a part and gives no link for it");
                return Err(PartEnd::Session);
            }
            let etag = there.etag.clone();
            let receipt = PartReceipt { number: *number, size: part.len, md5, etag, compared: true };
            let (now, job, id) = (self.inner.clock.unix_ms(), self.job.id.clone(), session.id);
            let write =
                self.inner.journal.write(move |conn| sessions::confirm(conn, now, &job, id, &receipt));
            let confirmed = write.await.map_err(|error| PartEnd::Halt(error.into()))?;
            self.live.confirm(*number);
            self.inner.tell(Happening::Confirmed { job: self.job.id.clone(), part: number.get(), confirmed });
        }
        Ok(())
    }
}

/// The numbers of the receipts that the list does not bear out.
fn unlike(listed: &Listed, receipts: &[PartReceipt]) -> Vec<PartNumber> {
    let there = |receipt: &PartReceipt| listed.get(&receipt.number).is_some_and(|part| same(part, receipt));
    receipts.iter().filter(|receipt| !there(receipt)).map(|receipt| receipt.number).collect()
}

/// Number, size and ETag, where the list has one. Where the storage gave no ETag for what was sent, one that is an MD5 must be that of what was sent.
fn same(part: &ListedPart, receipt: &PartReceipt) -> bool {
    let etag = match (&receipt.etag, part.etag.as_ref().map(bare)) {
        (Some(etag), Some(told)) => bare(etag).eq_ignore_ascii_case(told),
        (None, Some(told)) => !is_md5(told) || told.eq_ignore_ascii_case(&hex::encode(receipt.md5)),
        // A list without them says that the part is there, and how long it is.
        (_, None) => true,
    };
    part.number == receipt.number && part.size == receipt.size && etag
}

/// An ETag without the quotes that belong to the header only (RFC 9110, 8.8.3).
fn bare(etag: &Etag) -> &str {
    etag.0.trim().trim_matches('"')
}

fn is_md5(etag: &str) -> bool {
    etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn listed(size: u64, etag: &str) -> Listed {
        let number = PartNumber::FIRST;
        [(number, ListedPart { number, size, etag: Some(Etag(etag.into())) })].into()
    }

    fn receipt(etag: Option<&str>) -> PartReceipt {
        let md5 = hex::decode(MD5).unwrap().try_into().unwrap();
        let etag = etag.map(|etag| Etag(etag.into()));
        PartReceipt { number: PartNumber::FIRST, size: 10, md5, etag, compared: false }
    }

    #[test]
    fn a_receipt_counts_only_if_number_size_and_etag_are_in_the_list() {
        let ours = [receipt(Some(MD5))];
        let quoted = format!("\"{}\"", MD5.to_uppercase());
        assert_eq!(unlike(&listed(10, &quoted), &ours), []);
        for list in [listed(9, MD5), listed(10, "another"), Listed::new()] {
            assert_eq!(unlike(&list, &ours), [PartNumber::FIRST]);
        }
        let number = PartNumber::FIRST;
        let without = |size| Listed::from([(number, ListedPart { number, size, etag: None })]);
        assert_eq!(unlike(&without(10), &ours), [], "a list without ETags");
        assert_eq!(unlike(&without(9), &ours), [number]);
        let none = [receipt(None)];
        assert_eq!(unlike(&listed(10, MD5), &none), []);
        assert_eq!(unlike(&listed(10, "some-kms-etag"), &none), []);
        assert_eq!(unlike(&listed(10, "00000000000000000000000000000000"), &none), [PartNumber::FIRST]);
    }
}
