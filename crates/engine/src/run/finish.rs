//! All parts are there: *complete*, and what its answer, or the lack of one, means.

use std::time::Duration;

use partway_core::proof::Verdict;
use partway_core::{Cause, Event, Failure, FileReceipt, PartReceipt, RetryClass, Strength};

use super::ends::{Found, Next};
use super::reread::Reread;
use super::{Run, RunError, name_conflict};
use crate::journal::sessions::{self, OpenSession};
use crate::log::Log;
use crate::progress::Trouble;
use crate::record::Keeps;

/// An unanswered *complete* is asked again after so long, the last for all further times ("checking every minute").
const ASK_AGAIN: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20), Duration::from_secs(60)];

/// And for at most a day (VENDORS: "is asked for at most 24 h").
const ASK_FOR_MS: i64 = 24 * 60 * 60 * 1000;

/// An answer that came whole and cannot be read is asked for so often in a row: what says the same three times will say it for a day.
const UNREADABLE: u32 = 3;

/// A 409 without a *complete* before it may be a passing conflict of the storage; it is asked again so often.
const CONFLICTS: u32 = 3;

impl Run {
    /// Completes the session.
    pub(super) async fn finish(&mut self) -> Result<Next, RunError> {
        let id = self.job.id.clone();
        let Some(session) = self.state.journal.read(move |conn| sessions::current(conn, &id)).await? else {
            self.step(Event::SessionGone, None).await?;
            return Ok(Next::SendMore);
        };
        let row = session.id;
        let receipts = self.state.journal.read(move |conn| sessions::receipts(conn, row)).await?;
        if self.job.plan.is_none_or(|plan| receipts.len() != plan.count() as usize) {
            self.step(Event::PartsMissing, None).await?;
            return Ok(Next::SendMore);
        }
        let confirmed = |receipt: &&FileReceipt| receipt.strength == Strength::Confirmed;
        if let Some(receipt) = self.job.receipt.as_ref().filter(confirmed).cloned() {
            // An earlier process got its yes, and ended before it could ask about the file.
            return self.confirmed(&session, receipt, &receipts).await;
        }
        if !session.complete_sent {
            // The file may have changed while its parts went: then they are of two files, and no vendor could tell.
            self.same_file(&receipts).await?;
        }
        self.state.journal.write(move |conn| sessions::mark_complete_sent(conn, row, true)).await?;
        self.ask(&session, &receipts).await
    }

    async fn same_file(&mut self, receipts: &[PartReceipt]) -> Result<(), RunError> {
        match self.is_what_was_sent(receipts).await? {
            // As it was read, each byte was what was sent: it is only not known that all of them were so at one moment.
            Reread::Same | Reread::Restless => Ok(()),
            Reread::Differs => {
                Err(RunError::Attention { cause: Cause::SourceChanged, detail: String::new() })
            }
        }
    }

    async fn ask(&mut self, session: &OpenSession, receipts: &[PartReceipt]) -> Result<Next, RunError> {
        // An earlier process sent it, or may have: then "unknown" and "conflict" can mean that it had worked.
        let mut perhaps_done = session.complete_sent;
        let (mut unanswered, mut conflicts, mut unreadable) = (0_usize, 0, 0);
        let begun = self.state.clock.unix_ms();
        loop {
            self.still_wanted()?;
            let failure = match self.provider.complete(&session.session, receipts).await {
                Ok(receipt) => {
                    if self.signs_links() {
                        self.state.key_is_good(&self.destination.id, self.key).await?;
                    }
                    if self.provider.went_unconditionally() {
                        let seen = Keeps { one_put: None, parts: Some(false) };
                        self.state.learn(&self.destination.id, seen).await?;
                    }
                    return self.confirmed(session, receipt, receipts).await;
                }
                Err(failure) => failure,
            };
            tracing::info!(job = %self.job.id, %failure, "complete did not succeed");
            match failure.class {
                RetryClass::Conflict | RetryClass::SessionGone if perhaps_done => {
                    return self.perhaps_arrived(session, receipts).await;
                }
                RetryClass::Conflict if failure.status == Some(409) && conflicts < CONFLICTS => {
                    conflicts += 1;
                }
                RetryClass::PartsMissing if self.state.memory().resent.insert(self.job.id.clone()) => {
                    return self.resend(session, receipts).await;
                }
                RetryClass::Conflict
                | RetryClass::SessionGone
                | RetryClass::LinkExpired
                | RetryClass::PartsMissing => {
                    self.session_lost(session, false).await?;
                    return Ok(Next::SendMore);
                }
                // A 5xx or a cut answer says nothing about whether the parts were put together.
                RetryClass::Unknown | RetryClass::Again => {
                    perhaps_done = true;
                    let first = unanswered == 0 && failure.class == RetryClass::Unknown;
                    self.unanswered(first.then_some(&failure)).await?;
                    // Asked again once, then by other means (VENDORS).
                    if unanswered > 0
                        && let Some(receipt) = self.is_there(session, receipts).await?
                    {
                        return self.settle(session, receipt, receipts).await;
                    }
                    unreadable = if is_unreadable(&failure) { unreadable + 1 } else { 0 };
                    if unreadable >= UNREADABLE || self.state.clock.unix_ms() - begun > ASK_FOR_MS {
                        return Err(never_confirmed(&failure));
                    }
                }
                // It may be this very file that took the name, when an answer was lost.
                RetryClass::Refused if perhaps_done && name_conflict::says_so(&failure) => {
                    if let Some(receipt) = self.arrived_before(session, receipts).await? {
                        return self.settle(session, receipt, receipts).await;
                    }
                    return Err(RunError::from_failure(&failure));
                }
                // These prove that nothing was put together: an expired session must not pass for an arrived file later.
                RetryClass::Throttled { .. } => self.not_done(session, perhaps_done).await?,
                _ => {
                    self.not_done(session, perhaps_done).await?;
                    return Err(RunError::from_failure(&failure));
                }
            }
            let wait = ASK_AGAIN[unanswered.min(ASK_AGAIN.len() - 1)];
            unanswered += 1;
            let asked = match failure.class {
                RetryClass::Throttled { after: Some(after) } => wait.max(after),
                _ => wait,
            };
            self.pause_for(asked.mul_f64(0.75 + self.state.chance.next() / 2.0)).await?;
        }
    }

    /// A look at the finished file while *complete* is not answered; nothing follows from "not there" yet.
    async fn is_there(
        &mut self,
        session: &OpenSession,
        parts: &[PartReceipt],
    ) -> Result<Option<FileReceipt>, RunError> {
        if !self.provider.capabilities().verify {
            return Ok(None);
        }
        Ok(match self.look(session, parts, &FileReceipt::unknown(), &[]).await? {
            Found::There(receipt) if !matches!(self.against(&receipt, parts), Verdict::OtherSize(_)) => {
                Some(receipt)
            }
            _ => None,
        })
    }

    /// *Complete* was answered with a plain no.
    async fn not_done(&self, session: &OpenSession, perhaps_done: bool) -> Result<(), RunError> {
        let id = session.id;
        if !perhaps_done {
            self.state.journal.write(move |conn| sessions::mark_complete_sent(conn, id, false)).await?;
        }
        Ok(())
    }

    /// The vendor misses parts that have receipts: those go again, all of them where it cannot say which.
    async fn resend(&mut self, session: &OpenSession, receipts: &[PartReceipt]) -> Result<Next, RunError> {
        let missing = self.not_there(session, receipts).await?;
        let id = session.id;
        self.state.journal.write(move |conn| sessions::mark_complete_sent(conn, id, false)).await?;
        self.take_back(session, missing).await?;
        self.step(Event::PartsMissing, None).await?;
        Ok(Next::SendMore)
    }

    /// What is told at the first time only.
    async fn unanswered(&self, first: Option<&Failure>) -> Result<(), RunError> {
        self.live.trouble(Some(Trouble::Unanswered));
        match first.map(|failure| &failure.cause) {
            Some(Cause::BrokenReply { what }) => {
                self.log(Log::CompleteUnclear { expected: what.clone() }).await
            }
            Some(_) => self.log(Log::CompleteUnanswered).await,
            None => Ok(()),
        }
    }
}

/// A yes by its status that says nothing else.
fn is_unreadable(failure: &Failure) -> bool {
    let success = failure.status.is_some_and(|status| (200..300).contains(&status));
    success && matches!(failure.cause, Cause::BrokenReply { .. })
}

fn never_confirmed(failure: &Failure) -> RunError {
    RunError::Attention { cause: Cause::NeverConfirmed, detail: failure.to_string() }
}
