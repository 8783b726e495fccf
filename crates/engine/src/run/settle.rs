//! The vendor said yes, or its answer was lost: the finished file is asked about, compared, and the job comes to its end.

use std::time::Duration;

use md5::{Digest, Md5};
use partway_core::{Cause, Event, Failure, FileReceipt, PartReceipt, RetryClass, Strength};

use super::finish::Next;
use super::patience::Refused;
use super::reread::Reread;
use super::{Halt, Run};
use crate::job_file;
use crate::journal::sessions::{self, OpenSession};
use crate::log::Log;

/// "It is not there" is believed after as many looks more, with these waits before each: a store may find its own file only after a
/// moment.
const LOOK_AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// What asking about the finished file brought.
pub(super) enum Found {
    /// It is there.
    There(FileReceipt),
    /// It is not there.
    NotThere,
    /// Nothing can be said.
    CannotSay(Failure),
}

/// What a vendor's word on the whole proves.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// Size and bytes are those that were sent.
    Equal,
    /// Nothing speaks against it.
    Open,
    /// It is another file: what differs, in words.
    Other(String),
}

impl Run {
    /// The vendor confirmed. Its receipt is in the journal before anything else is asked, so that no crash asks for the whole again.
    pub(super) async fn confirmed(
        &mut self,
        session: &OpenSession,
        receipt: FileReceipt,
        parts: &[PartReceipt],
    ) -> Result<Next, Halt> {
        if !self.provider.capabilities().verify {
            return self.settle(session, receipt, parts).await;
        }
        let (id, kept) = (self.job.id.clone(), receipt.clone());
        self.inner.journal.write(move |conn| sessions::set_receipt(conn, &id, &kept)).await?;
        match self.look(session, parts, &receipt, &LOOK_AGAIN).await? {
            Found::There(more) => self.settle(session, more, parts).await,
            Found::NotThere => {
                let receipt = FileReceipt { strength: Strength::NotFound, ..receipt };
                self.end(receipt, parts, false, Log::NotFound).await
            }
            Found::CannotSay(failure) => {
                self.log(Log::NotLookedUp { why: failure.plain().to_owned() }).await?;
                self.settle(session, receipt, parts).await
            }
        }
    }

    /// *Complete* may have worked, and the vendor does not know the session any more. Where it can be asked about the file, that
    /// settles it; else all that can be known says that it arrived.
    pub(super) async fn perhaps_arrived(
        &mut self,
        session: &OpenSession,
        parts: &[PartReceipt],
    ) -> Result<Next, Halt> {
        if !self.provider.capabilities().verify {
            return self.end(FileReceipt::unknown(), parts, false, Log::Presumed).await;
        }
        match self.look(session, parts, &FileReceipt::unknown(), &LOOK_AGAIN).await? {
            // Another file may lie there since before.
            Found::There(receipt) if !matches!(self.against(&receipt, parts), Compared::Other(_)) => {
                self.settle(session, receipt, parts).await
            }
            Found::There(_) | Found::NotThere => {
                self.session_lost(session, false).await?;
                Ok(Next::SendMore)
            }
            Found::CannotSay(_) => self.end(FileReceipt::unknown(), parts, false, Log::Presumed).await,
        }
    }

    /// Asks about the finished file; "not there" as often again as there are waits.
    pub(super) async fn look(
        &mut self,
        session: &OpenSession,
        parts: &[PartReceipt],
        receipt: &FileReceipt,
        waits: &[Duration],
    ) -> Result<Found, Halt> {
        let mut waits = waits.iter();
        loop {
            let asked = self
                .patiently(|provider| {
                    let (vendor, parts, receipt) = (session.session.clone(), parts.to_vec(), receipt.clone());
                    async move { provider.verify(&vendor, &parts, receipt).await }
                })
                .await;
            match asked {
                // Only a file that is there makes it so.
                Ok(found) if found.strength == Strength::Confirmed => return Ok(Found::There(found)),
                Ok(_) => {
                    let what = "it says nothing of the finished file";
                    return Ok(Found::CannotSay(cannot_say(what)));
                }
                Err(Refused::Failure(failure)) if failure.class == RetryClass::Conflict => {
                    let Some(wait) = waits.next() else { return Ok(Found::NotThere) };
                    self.pause_for(*wait).await?;
                }
                Err(Refused::Failure(failure)) => {
                    tracing::info!(job = %self.job.id, %failure, "nothing was learnt of the finished file");
                    return Ok(Found::CannotSay(failure));
                }
                Err(Refused::Halt(halt @ (Halt::Overtaken | Halt::Journal(_)))) => return Err(halt),
                // Confirmed is confirmed; else the job waits and asks again later.
                Err(Refused::Halt(halt)) if receipt.strength != Strength::Confirmed => return Err(halt),
                Err(Refused::Halt(_)) => return Ok(Found::CannotSay(cannot_say("it did not answer"))),
            }
        }
    }

    pub(super) fn against(&self, receipt: &FileReceipt, parts: &[PartReceipt]) -> Compared {
        compare(receipt, self.job.identity.size, parts)
    }

    /// *Verified* only where everything that DESIGN.md names was compared and equal.
    pub(super) async fn settle(
        &mut self,
        session: &OpenSession,
        receipt: FileReceipt,
        parts: &[PartReceipt],
    ) -> Result<Next, Halt> {
        let equal = match self.against(&receipt, parts) {
            Compared::Equal => true,
            Compared::Open => false,
            Compared::Other(said) => {
                // What it has is not this file: a later "I do not know that session" must not pass for an arrival.
                let (id, row) = (self.job.id.clone(), session.id);
                self.inner
                    .journal
                    .write(move |conn| {
                        sessions::forget_receipt(conn, &id)?;
                        sessions::mark_complete_sent(conn, row, false)
                    })
                    .await?;
                return Err(Halt::Attention { cause: Cause::Refused { said }, detail: String::new() });
            }
        };
        let verified = equal && self.is_still_there(&receipt, parts).await?;
        self.end(receipt, parts, verified, if verified { Log::Verified } else { Log::Uploaded }).await
    }

    /// Whether the file is still what was sent. That may take long where its bytes have to be read: the vendor's yes is in the journal
    /// before, so that it is not asked for again should the process end meanwhile.
    async fn is_still_there(&mut self, receipt: &FileReceipt, parts: &[PartReceipt]) -> Result<bool, Halt> {
        if job_file::identify(&self.inner.drives, &self.job)
            .await
            .is_ok_and(|found| found == self.job.identity)
        {
            return Ok(true);
        }
        let (id, kept) = (self.job.id.clone(), receipt.clone());
        self.inner.journal.write(move |conn| sessions::set_receipt(conn, &id, &kept)).await?;
        match self.is_what_was_sent(parts).await {
            Ok(read) => Ok(read == Reread::Same),
            // A drive that does not answer will say it when it does.
            Err(halt @ (Halt::Overtaken | Halt::Journal(_) | Halt::DriveSilent { .. })) => Err(halt),
            // It is gone, or cannot be read.
            Err(_) => Ok(false),
        }
    }

    async fn end(
        &mut self,
        receipt: FileReceipt,
        parts: &[PartReceipt],
        verified: bool,
        log: Log,
    ) -> Result<Next, Halt> {
        let (id, checksum) = (self.job.id.clone(), of_whole(parts));
        self.inner.journal.write(move |conn| sessions::settle(conn, &id, &receipt, Some(&checksum))).await?;
        self.reload().await?;
        self.inner.went_through(&self.job.id).await?;
        self.step(Event::Settled { verified }, Some(log)).await?;
        Ok(Next::Settled)
    }
}

fn cannot_say(what: &str) -> Failure {
    let cause = Cause::KeepsFailing { what: what.into() };
    Failure::new(partway_core::Step::Verify, RetryClass::Unknown, cause, what)
}

/// The vendor's size and checksum of the whole against what was sent. A checksum of MD5s counts as much as those of all parts; its
/// form alone proves nothing where the storage encrypts, so it speaks against a file only where every part's ETag was its MD5.
fn compare(receipt: &FileReceipt, size: u64, parts: &[PartReceipt]) -> Compared {
    if let Some(other) = receipt.size.filter(|told| *told != size) {
        return Compared::Other(format!("it has {other} bytes of this file instead of {size}"));
    }
    let all = parts.iter().all(|part| part.compared);
    let told = told(receipt);
    let equal = match (told, ours(told, parts)) {
        (Some(told), Some(ours)) if told.eq_ignore_ascii_case(&ours) => true,
        (Some(told), Some(ours)) if all => {
            let said =
                format!("its checksum of the whole file is {told}, and that of what was sent is {ours}");
            return Compared::Other(said);
        }
        _ => all,
    };
    if equal && receipt.size.is_some() { Compared::Equal } else { Compared::Open }
}

/// Whether size and checksum prove that what is there is what was sent.
pub(super) fn is_ours(receipt: &FileReceipt, size: u64, parts: &[PartReceipt]) -> bool {
    let told = told(receipt);
    let equal = told.zip(ours(told, parts)).is_some_and(|(told, ours)| told.eq_ignore_ascii_case(&ours));
    equal && receipt.size == Some(size)
}

/// The vendor's checksum of the whole, where it may be made of MD5s; an ETag is, where it has their form and nothing is encrypted.
fn told(receipt: &FileReceipt) -> Option<&str> {
    let checksum = receipt.checksum.as_deref()?;
    checksum.strip_prefix("md5:").or_else(|| checksum.strip_prefix("etag:"))
}

/// Our checksum in the form of the vendor's, where there is one: the MD5 of a single part's bytes, or S3's MD5 of as many MD5s.
fn ours(told: Option<&str>, parts: &[PartReceipt]) -> Option<String> {
    let (digest, count) =
        told?.split_once('-').map_or((told?, None), |(digest, count)| (digest, Some(count)));
    let is_md5 = digest.len() == 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    match (count, parts) {
        (None, [single]) if is_md5 => Some(hex::encode(single.md5)),
        (Some(count), _) if is_md5 && count == parts.len().to_string() => Some(of_whole(parts)),
        _ => None,
    }
}

/// S3's custom for the ETag of a multipart object: MD5 of the parts' MD5s, and their number.
pub(super) fn of_whole(parts: &[PartReceipt]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(part.md5);
    }
    format!("{}-{}", hex::encode(md5.finalize()), parts.len())
}

#[cfg(test)]
mod tests {
    use partway_core::PartNumber;

    use super::*;

    fn parts(count: u32, compared: bool) -> Vec<PartReceipt> {
        (1..=count)
            .filter_map(PartNumber::new)
            .map(|number| PartReceipt { number, size: 5, md5: [7; 16], etag: None, compared })
            .collect()
    }

    fn receipt(size: Option<u64>, checksum: Option<String>) -> FileReceipt {
        FileReceipt { size, checksum, ..FileReceipt::unknown() }
    }

    #[test]
    fn a_checksum_of_the_whole_is_as_good_as_those_of_all_parts() {
        let single = Some(format!("md5:{}", hex::encode([7; 16]).to_uppercase()));
        assert_eq!(compare(&receipt(Some(5), single.clone()), 5, &parts(1, false)), Compared::Equal);
        let two = Some(format!("md5:{}", of_whole(&parts(2, false))));
        assert_eq!(compare(&receipt(Some(10), two.clone()), 10, &parts(2, false)), Compared::Equal);
        assert_eq!(compare(&receipt(None, two), 10, &parts(2, true)), Compared::Open, "without a size");
        assert_eq!(compare(&receipt(Some(10), None), 10, &parts(2, true)), Compared::Equal);
        assert_eq!(compare(&receipt(Some(10), None), 10, &parts(2, false)), Compared::Open);
        // The MD5 of two parts' bytes was never computed.
        assert_eq!(compare(&receipt(Some(10), single), 10, &parts(2, false)), Compared::Open);
    }

    #[test]
    fn another_size_or_checksum_is_another_file() {
        let other = Some(format!("etag:{}", hex::encode([8; 16])));
        assert!(matches!(compare(&receipt(Some(5), other.clone()), 5, &parts(1, true)), Compared::Other(_)));
        assert_eq!(compare(&receipt(Some(5), other), 5, &parts(1, false)), Compared::Open, "it may encrypt");
        assert!(matches!(compare(&receipt(Some(4), None), 5, &parts(1, false)), Compared::Other(_)));
        let more = Some(format!("md5:{}-3", hex::encode([8; 16])));
        assert_eq!(
            compare(&receipt(Some(10), more), 10, &parts(2, true)),
            Compared::Equal,
            "copied in other parts"
        );
    }
}
