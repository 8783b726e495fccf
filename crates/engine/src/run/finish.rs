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

/// Delays before an unanswered *complete* is repeated; the last applies from then on ("checking every
/// minute").
const ASK_AGAIN: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20), Duration::from_secs(60)];

/// The time limit for that, one day (VENDORS: "is asked for at most 24 h").
const ASK_FOR_MS: i64 = 24 * 60 * 60 * 1000;

/// How many unreadable answers in a row are accepted: what is the same three times will be the same all
/// day.
const UNREADABLE: u32 = 3;

/// Retries of a 409 without an earlier *complete*: it may be a transient conflict of the storage.
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
            // An earlier process got the confirmation and ended before it could look the file up.
            return self.confirmed(&session, receipt, &receipts).await;
        }
        if !session.complete_sent {
            // If the file changed while its parts were sent, they belong to two versions, which no vendor
            // could detect.
            self.same_file(&receipts).await?;
        }
        self.state.journal.write(move |conn| sessions::mark_complete_sent(conn, row, true)).await?;
        self.ask(&session, &receipts).await
    }

    async fn same_file(&mut self, receipts: &[PartReceipt]) -> Result<(), RunError> {
        match self.is_what_was_sent(receipts).await? {
            // Each byte was as sent when it was read; only whether all were so at the same moment is
            // unknown.
            Reread::Same | Reread::Restless => Ok(()),
            Reread::Differs => {
                Err(RunError::Attention { cause: Cause::SourceChanged, detail: String::new() })
            }
        }
    }

    async fn ask(&mut self, session: &OpenSession, receipts: &[PartReceipt]) -> Result<Next, RunError> {
        // An earlier process sent it, or may have: then "unknown" and "conflict" can mean that it worked.
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
                // A 5xx or a truncated answer does not reveal whether the parts were assembled.
                RetryClass::Unknown | RetryClass::Again => {
                    perhaps_done = true;
                    let first = unanswered == 0 && failure.class == RetryClass::Unknown;
                    self.unanswered(first.then_some(&failure)).await?;
                    // Repeated once, then checked by other means (VENDORS).
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
                // If an answer was lost, this very file may have taken the name.
                RetryClass::Refused if perhaps_done && name_conflict::says_so(&failure) => {
                    if let Some(receipt) = self.arrived_before(session, receipts).await? {
                        return self.settle(session, receipt, receipts).await;
                    }
                    return Err(RunError::from_failure(&failure));
                }
                // These prove that nothing was assembled: an expired session must not pass for an arrived
                // file later.
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

    /// Looks for the finished file while *complete* is unanswered; "not there" proves nothing yet.
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

    /// *Complete* was clearly rejected.
    async fn not_done(&self, session: &OpenSession, perhaps_done: bool) -> Result<(), RunError> {
        let id = session.id;
        if !perhaps_done {
            self.state.journal.write(move |conn| sessions::mark_complete_sent(conn, id, false)).await?;
        }
        Ok(())
    }

    /// The vendor lacks parts that have receipts: sends those again, or all if it cannot say which.
    async fn resend(&mut self, session: &OpenSession, receipts: &[PartReceipt]) -> Result<Next, RunError> {
        let missing = self.not_there(session, receipts).await?;
        let id = session.id;
        self.state.journal.write(move |conn| sessions::mark_complete_sent(conn, id, false)).await?;
        self.take_back(session, missing).await?;
        self.step(Event::PartsMissing, None).await?;
        Ok(Next::SendMore)
    }

    /// Logs only the first time.
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

/// A successful status with an unreadable body.
fn is_unreadable(failure: &Failure) -> bool {
    let success = failure.status.is_some_and(|status| (200..300).contains(&status));
    success && matches!(failure.cause, Cause::BrokenReply { .. })
}

fn never_confirmed(failure: &Failure) -> RunError {
    RunError::Attention { cause: Cause::NeverConfirmed, detail: failure.to_string() }
}
