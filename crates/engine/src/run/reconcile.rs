//! Compares the vendor's list of parts with the journal and the file: what counts, what is taken over, what
//! is sent again.

use std::collections::BTreeMap;

use partway_core::{PartNumber, PartReceipt, RetryClass};
use partway_provider::ListedPart;

use super::error::By;
use super::retry::Refused;
use super::{Run, RunError};
use crate::journal::sessions::{self, OpenSession};
use crate::log::Log;

/// The parts the vendor has, by number.
pub(super) type Listed = BTreeMap<PartNumber, ListedPart>;

/// Whether an existing session can be resumed.
pub(super) enum Standing {
    /// It exists, and every remaining receipt counts.
    Good,
    /// The vendor no longer knows it.
    Gone,
}

impl Run {
    pub(super) async fn listed(&mut self, session: &OpenSession) -> Result<Listed, Refused> {
        let vendor = session.session.clone();
        let parts = self
            .patiently(|provider| {
                let vendor = vendor.clone();
                async move { provider.list_parts(&vendor).await }
            })
            .await?;
        Ok(parts.into_iter().map(|part| (part.number, part)).collect())
    }

    /// Run before resuming a session: a receipt counts only if the vendor, provided that it can list parts,
    /// still has that very part.
    pub(super) async fn recount(
        &mut self,
        session: &OpenSession,
        receipts: &[PartReceipt],
    ) -> Result<Standing, RunError> {
        if receipts.is_empty() || !self.provider.capabilities().list {
            return Ok(Standing::Good);
        }
        let listed = match self.listed(session).await {
            Ok(listed) => listed,
            Err(Refused::Failure(failure)) => {
                return match failure.class {
                    // *Complete* was sent: an unknown session may mean that it succeeded, which repeating
                    // *complete* will show.
                    RetryClass::SessionGone | RetryClass::Conflict if !session.complete_sent => {
                        Ok(Standing::Gone)
                    }
                    // An unavailable list says nothing about the parts; *complete* names those that are
                    // missing.
                    _ => {
                        tracing::info!(job = %self.job.id, %failure, "the vendor's list of parts could not be had");
                        Ok(Standing::Good)
                    }
                };
            }
            // A list that keeps failing is no reason to wait: the parts themselves will show whether the
            // storage is up.
            Err(Refused::RunError(
                RunError::Busy { by: By::Call, detail, .. } | RunError::Offline { page: Some(_), detail },
            )) => {
                tracing::info!(job = %self.job.id, detail, "the vendor's list of parts keeps failing");
                return Ok(Standing::Good);
            }
            Err(Refused::RunError(halt)) => return Err(halt),
        };
        let gone = if is_of_another_kind(&listed, receipts) { Vec::new() } else { unlike(&listed, receipts) };
        if !gone.is_empty() {
            self.take_back(session, gone).await?;
        }
        Ok(Standing::Good)
    }

    /// Revokes these receipts and logs it; their parts are sent again.
    pub(super) async fn take_back(
        &self,
        session: &OpenSession,
        parts: Vec<PartNumber>,
    ) -> Result<(), RunError> {
        let (id, job) = (session.id, self.job.id.clone());
        let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        let lost = self.state.journal.write(move |conn| sessions::unconfirm(conn, &job, id, &parts)).await?;
        self.log(Log::PartsMissing { parts: count }).await?;
        self.was_in_vain(lost, "it misses parts that it had taken").await
    }

    /// The receipts that the vendor does not confirm: all of them if it cannot list parts.
    pub(super) async fn not_there(
        &mut self,
        session: &OpenSession,
        receipts: &[PartReceipt],
    ) -> Result<Vec<PartNumber>, RunError> {
        if !self.provider.capabilities().list {
            return Ok(unlike(&Listed::new(), receipts));
        }
        match self.listed(session).await {
            Ok(listed) => Ok(unlike(&listed, receipts)),
            Err(Refused::Failure(failure)) if failure.class == RetryClass::Refused => {
                Ok(unlike(&Listed::new(), receipts))
            }
            Err(refused) => Err(refused.into()),
        }
    }
}

/// The numbers of the receipts that the list does not confirm.
fn unlike(listed: &Listed, receipts: &[PartReceipt]) -> Vec<PartNumber> {
    let there = |receipt: &PartReceipt| listed.get(&receipt.number).is_some_and(|part| part.is(receipt));
    receipts.iter().filter(|receipt| !there(receipt)).map(|receipt| receipt.number).collect()
}

/// Whether the list uses ETags of its own kind: every part is there with its size, there are several, and
/// none has the ETag from its upload. Sending all of them again would yield the same list; *complete* names
/// each ETag, and the storage judges it.
fn is_of_another_kind(listed: &Listed, receipts: &[PartReceipt]) -> bool {
    let in_size = |receipt: &PartReceipt| {
        listed
            .get(&receipt.number)
            .is_some_and(|part| part.size.is_none_or(|size| size == receipt.size) && part.etag.is_some())
    };
    receipts.len() > 1 && receipts.iter().all(in_size) && unlike(listed, receipts).len() == receipts.len()
}

#[cfg(test)]
mod tests {
    use partway_core::Etag;

    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn listed(size: u64, etag: &str) -> Listed {
        let number = PartNumber::FIRST;
        [(number, ListedPart { number, size: Some(size), etag: Some(Etag(etag.into())) })].into()
    }

    fn receipt(etag: Option<&str>) -> PartReceipt {
        let md5 = hex::decode(MD5).unwrap().try_into().unwrap();
        let etag = etag.map(|etag| Etag(etag.into()));
        PartReceipt { number: PartNumber::FIRST, size: 10, md5, etag, compared: false, checksum: None }
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
        let without = |size| Listed::from([(number, ListedPart { number, size: Some(size), etag: None })]);
        assert_eq!(unlike(&without(10), &ours), [], "a list without ETags");
        assert_eq!(unlike(&without(9), &ours), [number]);
        let none = [receipt(None)];
        assert_eq!(unlike(&listed(10, MD5), &none), []);
        assert_eq!(unlike(&listed(10, "some-kms-etag"), &none), []);
        assert_eq!(unlike(&listed(10, "00000000000000000000000000000000"), &none), [PartNumber::FIRST]);
        let no_etag = ListedPart { etag: None, ..listed(10, MD5)[&PartNumber::FIRST].clone() };
        assert_eq!(unlike(&[(PartNumber::FIRST, no_etag)].into(), &ours), []);
    }

    #[test]
    fn a_list_that_marks_every_part_in_its_own_way_speaks_against_none() {
        let number = |n| PartNumber::new(n).unwrap();
        let receipts = [receipt(Some(MD5)), PartReceipt { number: number(2), ..receipt(Some(MD5)) }];
        let list = |sizes: [u64; 2], etags: [&str; 2]| -> Listed {
            let part = |n: usize| ListedPart {
                number: number(u32::try_from(n).unwrap() + 1),
                size: Some(sizes[n]),
                etag: Some(Etag(etags[n].into())),
            };
            (0..2).map(part).map(|part| (part.number, part)).collect()
        };
        assert!(is_of_another_kind(&list([10, 10], ["x", "y"]), &receipts));
        // A single match shows that they are comparable; a different size means a different part.
        assert!(!is_of_another_kind(&list([10, 10], [MD5, "y"]), &receipts));
        assert!(!is_of_another_kind(&list([10, 9], ["x", "y"]), &receipts));
        assert!(!is_of_another_kind(&listed(10, "x"), &receipts[..1]), "of one part nothing can be said");
    }
}
