//! The vendor confirmed, or its answer was lost: looks up the finished file, compares it, and ends the job.

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

/// Waits before repeated lookups until "not there" is believed: a store may take a moment to find its own
/// file.
const LOOK_AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

impl Run {
    /// The vendor confirmed. Journals its receipt before anything else is asked, so that no crash repeats
    /// *complete*.
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

    /// *Complete* may have worked, and the vendor no longer knows the session. If the file can be looked
    /// up, that decides; otherwise all available evidence says that it arrived.
    pub(super) async fn perhaps_arrived(
        &mut self,
        session: &OpenSession,
        parts: &[PartReceipt],
    ) -> Result<Next, RunError> {
        if !self.provider.capabilities().verify {
            return self.end(FileReceipt::unknown(), parts, false, Log::Presumed).await;
        }
        match self.look(session, parts, &FileReceipt::unknown(), &LOOK_AGAIN).await? {
            // A different file may have been there before.
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

    /// Looks up the finished file; repeats "not there" after each of `waits`.
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
                // Only a file that is there has this strength.
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
                // A confirmation stands; otherwise the job waits and asks again later.
                Err(Refused::RunError(halt)) if receipt.strength != Strength::Confirmed => return Err(halt),
                Err(Refused::RunError(_)) => return Ok(Found::CannotSay(cannot_say("it did not answer"))),
            }
        }
    }

    pub(super) fn against(&self, receipt: &FileReceipt, parts: &[PartReceipt]) -> Verdict {
        proof::verdict(receipt, self.job.identity.size, parts)
    }

    /// Ends the job. *Verified* only if everything that DESIGN.md names was compared and matches.
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

    /// A differing whole-file checksum counts against the file if an earlier one of ours showed how this
    /// storage computes it. Looked up only on a difference, so that files cost no read.
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

    /// The vendor has a different file: a later "unknown session" must not pass for an arrival.
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

    /// Whether the file is still what was sent. That may take long if it has to be read again; the vendor's
    /// confirmation is journaled first, so that it is not requested again if the process ends meanwhile.
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
            // An unresponsive drive: the comparison is made once it answers.
            Err(
                halt @ (RunError::Overtaken
                | RunError::Journal(_)
                | RunError::DriveSilent { .. }
                | RunError::Fetching { .. }),
            ) => Err(halt),
            // Unreadable at present. If it stays so, no action is needed: the vendor has the file.
            Err(halt @ RunError::Unread { .. }) if !self.is_last_round() => Err(halt),
            // It is gone or unreadable.
            Err(_) => Ok(false),
        }
    }

    /// Whether the storage would have replaced a file that appeared there at the last moment, although the
    /// user did not ask for that.
    async fn could_replace(&self) -> Result<bool, RunError> {
        if self.job.fields.if_exists == Some(IfExists::Overwrite) {
            return Ok(false);
        }
        // It may have been learned with this very file.
        let id = self.destination.id.clone();
        let found = self.state.journal.read(move |conn| destinations::get(conn, &id)).await?;
        let keeps = found.map(|found| found.keeps).unwrap_or_default();
        let in_parts = self.job.plan.is_some_and(|plan| plan.count() > 1);
        Ok(if in_parts { keeps.parts } else { keeps.one_put } == Some(false))
    }

    /// Whether the file has been unreadable for so many rounds that the next one would need attention.
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
