//! The vendor said yes, or its answer was lost: the finished file is asked about, compared, and the job comes to its end.

use std::time::Duration;

use partway_core::proof::{self, Verdict};
use partway_core::{Cause, Event, Failure, FileReceipt, PartReceipt, RetryClass, Strength};
use partway_provider::IfExists;

use super::ends::{Found, Next};
use super::error::ROUNDS_HEADLESS;
use super::reread::Reread;
use super::retry::Refused;
use super::{Run, RunError};
use crate::job_file;
use crate::journal::sessions::{self, OpenSession};
use crate::journal::{JournalError, destinations};
use crate::log::Log;

/// "It is not there" is believed after as many looks more, with these waits before each: a store may find its own file only after a
/// moment.
const LOOK_AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

impl Run {
    /// The vendor confirmed. Its receipt is in the journal before anything else is asked, so that no crash asks for the whole again.
    pub(super) async fn confirmed(
        &mut self,
        session: &OpenSession,
        receipt: FileReceipt,
        parts: &[PartReceipt],
    ) -> Result<Next, RunError> {
        if !self.provider.capabilities().verify {
            return self.settle(session, receipt, parts).await;
        }
        let (id, kept) = (self.job.id.clone(), receipt.clone());
        self.state.journal.write(move |conn| sessions::set_receipt(conn, &id, &kept)).await?;
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
    ) -> Result<Next, RunError> {
        if !self.provider.capabilities().verify {
            return self.end(FileReceipt::unknown(), parts, false, Log::Presumed).await;
        }
        match self.look(session, parts, &FileReceipt::unknown(), &LOOK_AGAIN).await? {
            // Another file may lie there since before.
            Found::There(receipt) if !matches!(self.against(&receipt, parts), Verdict::OtherSize(_)) => {
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
    ) -> Result<Found, RunError> {
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
                Ok(found) if matches!(found.strength, Strength::Confirmed | Strength::Unproved) => {
                    return Ok(Found::There(found));
                }
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
                Err(Refused::RunError(halt @ (RunError::Overtaken | RunError::Journal(_)))) => {
                    return Err(halt);
                }
                // Confirmed is confirmed; else the job waits and asks again later.
                Err(Refused::RunError(halt)) if receipt.strength != Strength::Confirmed => return Err(halt),
                Err(Refused::RunError(_)) => return Ok(Found::CannotSay(cannot_say("it did not answer"))),
            }
        }
    }

    pub(super) fn against(&self, receipt: &FileReceipt, parts: &[PartReceipt]) -> Verdict {
        proof::verdict(receipt, self.job.identity.size, parts)
    }

    /// *Verified* only where everything that DESIGN.md names was compared and equal.
    pub(super) async fn settle(
        &mut self,
        session: &OpenSession,
        receipt: FileReceipt,
        parts: &[PartReceipt],
    ) -> Result<Next, RunError> {
        let equal = match self.against(&receipt, parts) {
            Verdict::Equal => true,
            Verdict::Open => false,
            Verdict::OtherSize(other) => {
                let said = format!("it has {other} bytes of this file instead of {}", self.job.identity.size);
                return Err(self.another_file(session, said).await?);
            }
        };
        self.not_contradicted(session, &receipt, parts).await?;
        let verified = equal && self.is_still_there(&receipt, parts).await?;
        let log = match receipt.strength {
            _ if verified => Log::Verified,
            Strength::Unproved => Log::Unproved,
            _ => Log::Uploaded,
        };
        self.end(receipt, parts, verified, log).await
    }

    /// A checksum of the whole that is not that of what was sent counts against it where an earlier file of ours showed how this storage
    /// builds one. Asked only where it is another, so that files cost no read.
    async fn not_contradicted(
        &self,
        session: &OpenSession,
        receipt: &FileReceipt,
        parts: &[PartReceipt],
    ) -> Result<(), RunError> {
        let Some(told) = proof::contradicted_by(receipt, parts) else { return Ok(()) };
        let to = self.destination.id.clone();
        let known = self.state.journal.read(move |conn| destinations::is_amazons_way(conn, &to)).await?;
        if !known || !self.provider.capabilities().etag_is_md5 {
            return Ok(());
        }
        let sent = proof::of_parts(parts);
        let said = format!(
            "the checksum of the finished file is {told} there, and {sent} of what was sent; earlier files had the right one"
        );
        Err(self.another_file(session, said).await?)
    }

    /// What it has is not this file: a later "I do not know that session" must not pass for an arrival.
    async fn another_file(&self, session: &OpenSession, said: String) -> Result<RunError, JournalError> {
        let (id, row) = (self.job.id.clone(), session.id);
        self.state
            .journal
            .write(move |conn| {
                sessions::forget_receipt(conn, &id)?;
                sessions::mark_complete_sent(conn, row, false)
            })
            .await?;
        Ok(RunError::Attention { cause: Cause::Refused { said }, detail: String::new() })
    }

    /// Whether the file is still what was sent. That may take long where its bytes have to be read: the vendor's yes is in the journal
    /// before, so that it is not asked for again should the process end meanwhile.
    async fn is_still_there(
        &mut self,
        receipt: &FileReceipt,
        parts: &[PartReceipt],
    ) -> Result<bool, RunError> {
        if job_file::identify(&self.state.drives, &self.job)
            .await
            .is_ok_and(|found| found == self.job.identity)
        {
            return Ok(true);
        }
        let (id, kept) = (self.job.id.clone(), receipt.clone());
        self.state.journal.write(move |conn| sessions::set_receipt(conn, &id, &kept)).await?;
        match self.is_what_was_sent(parts).await {
            Ok(read) => Ok(read == Reread::Same),
            // A drive that does not answer will say it when it does.
            Err(
                halt @ (RunError::Overtaken
                | RunError::Journal(_)
                | RunError::DriveSilent { .. }
                | RunError::Fetching { .. }),
            ) => Err(halt),
            // Nor can it be read just now. What never can needs nobody: the vendor has the file.
            Err(halt @ RunError::Unread { .. }) if !self.is_last_round() => Err(halt),
            // It is gone, or cannot be read.
            Err(_) => Ok(false),
        }
    }

    /// Whether the storage would have replaced what somebody else put there in the last moment, although nobody asked for that.
    async fn could_replace(&self) -> Result<bool, RunError> {
        if self.job.fields.if_exists == Some(IfExists::Overwrite) {
            return Ok(false);
        }
        // It may have been learnt with this very file.
        let id = self.destination.id.clone();
        let found = self.state.journal.read(move |conn| destinations::get(conn, &id)).await?;
        let keeps = found.map(|found| found.keeps).unwrap_or_default();
        let in_parts = self.job.plan.is_some_and(|plan| plan.count() > 1);
        Ok(if in_parts { keeps.parts } else { keeps.one_put } == Some(false))
    }

    /// Whether the file could not be read in so many rounds that the next one would need a person.
    fn is_last_round(&self) -> bool {
        self.state.memory().unread.get(&self.job.id).is_some_and(|(round, _)| *round >= ROUNDS_HEADLESS)
    }

    async fn end(
        &mut self,
        receipt: FileReceipt,
        parts: &[PartReceipt],
        verified: bool,
        log: Log,
    ) -> Result<Next, RunError> {
        let (id, checksum) = (self.job.id.clone(), proof::of_parts(parts));
        let shown = proof::shows_amazons_way(&receipt, parts).then(|| self.destination.id.clone());
        self.state
            .journal
            .write(move |conn| {
                sessions::settle(conn, &id, &receipt, Some(&checksum))?;
                shown.map_or(Ok(()), |to| destinations::note_amazons_way(conn, &to))
            })
            .await?;
        self.reload().await?;
        if self.could_replace().await? {
            self.log(Log::CouldReplace).await?;
        }
        self.state.went_through(&self.job.id).await?;
        self.step(Event::Settled { verified }, Some(log)).await?;
        Ok(Next::Settled)
    }
}

fn cannot_say(what: &str) -> Failure {
    let cause = Cause::KeepsFailing { what: what.into() };
    Failure::new(partway_core::Step::Verify, RetryClass::Unknown, cause, what)
}
