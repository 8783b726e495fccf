//! Sending the missing parts, several at once, until every one has its receipt.

use std::collections::VecDeque;
use std::sync::Arc;

use partway_core::{Cause, PartPlan};
use partway_provider::PartTarget;

use super::flight::Flight;
use super::part::{Part, PartEnd};
use super::patience::wait_for;
use super::{Halt, Run, check};
use crate::engine::Stop;
use crate::journal::sessions::{self, OpenSession};
use crate::source::Source;

/// So many targets are read from the journal at a time; the rest stays there.
const WINDOW: u32 = 64;

/// One renewal of links for each that never worked, then it stops (VENDORS: "one refresh at most").
const RENEWALS_OF_BROKEN: u32 = 1;

/// How sending went on from one session.
enum Ended {
    /// Every part has its receipt.
    All,
    /// Links ran out (`true`) or never worked.
    Links { expired: bool, cause: Cause, detail: String },
    /// The vendor does not know the session any more.
    Session,
}

impl Run {
    /// Sends what is missing. Comes back when every receipt is in the journal, in this session or in one that replaced it.
    pub(super) async fn send(&mut self, session: &OpenSession, source: &Arc<Source>) -> Result<(), Halt> {
        let mut session = session.clone();
        let mut broken = 0;
        loop {
            match self.send_once(&session, source).await? {
                Ended::All => return Ok(self.reload().await?),
                Ended::Links { expired, cause, detail } => {
                    broken += u32::from(!expired);
                    let refresh = self.provider.capabilities().refresh;
                    if !expired && (broken > RENEWALS_OF_BROKEN || !refresh) {
                        return Err(Halt::Attention { cause, detail });
                    }
                    if refresh {
                        self.renew(&session, 1).await?;
                    } else {
                        self.session_lost(&session, true).await?;
                        session = self.session().await?;
                    }
                }
                Ended::Session => {
                    self.session_lost(&session, false).await?;
                    session = self.session().await?;
                }
            }
        }
    }

    async fn send_once(&mut self, session: &OpenSession, source: &Arc<Source>) -> Result<Ended, Halt> {
        let Some(plan) = self.job.plan else { return Err(Halt::Overtaken) };
        let mut flight = Flight::default();
        let mut waiting: VecDeque<PartTarget> = VecDeque::new();
        let mut next = 1;
        let mut stop = self.stop.clone();
        loop {
            while flight.len() < self.inner.permits.parts_per_job() {
                if waiting.is_empty() && next <= plan.count() {
                    next = self.fetch(session.id, next, &plan, &mut waiting).await?;
                }
                let Some(target) = waiting.pop_front() else { break };
                if !flight.holds(target.number) {
                    flight.begin(self.part(session, source, plan, target)?);
                }
            }
            let ended = tokio::select! {
                // A part that only waited for its turn ends by the stop too: the stop itself is what counts.
                biased;
                _ = wait_for(&mut stop, Stop::TakenBack) => {
                    self.stop_sending(&mut flight, &plan).await?;
                    // What waited for its turn has left, and what is in flight is in the journal's list until it is confirmed.
                    waiting.clear();
                    next = 1;
                    continue;
                }
                ended = flight.next_end() => ended,
            };
            let end = match ended {
                None => return self.all_there(session.id, &plan).await,
                Some(Ok(Ok(()))) => {
                    self.warn_of_short_life(session, &plan).await?;
                    continue;
                }
                Some(Ok(Err(end))) => end,
                Some(Err(panic)) => {
                    return Err(Halt::Attention {
                        cause: Cause::KeepsFailing { what: "a fault of Partway's own".into() },
                        detail: panic.to_string(),
                    });
                }
            };
            if !matches!(end, PartEnd::Halt(_)) {
                // The others are of the same session, or of the same file: what they send is of no use any more.
                flight.shut_down().await;
            }
            return match end {
                PartEnd::Links { expired, cause, detail } => Ok(Ended::Links { expired, cause, detail }),
                PartEnd::Session => Ok(Ended::Session),
                PartEnd::Source(error) => Err(check::halt(&self.job, &error)),
                // What the others have nearly sent is worth waiting for a moment: it will not be sent again.
                PartEnd::Halt(halt) => {
                    flight.drain(self.stop.clone(), self.inner.grace).await;
                    Err(halt)
                }
            };
        }
    }

    async fn fetch(
        &self,
        session: i64,
        from: u32,
        plan: &PartPlan,
        waiting: &mut VecDeque<PartTarget>,
    ) -> Result<u32, Halt> {
        let targets = self
            .inner
            .journal
            .read(move |conn| sessions::missing_targets(conn, session, from, WINDOW))
            .await?;
        let next = targets.last().map_or(plan.count() + 1, |last| last.number.get() + 1);
        waiting.extend(targets);
        Ok(next)
    }

    /// No part is left to send: either all have receipts, or the journal lacks targets for some.
    async fn all_there(&self, session: i64, plan: &PartPlan) -> Result<Ended, Halt> {
        let receipts = self.inner.journal.read(move |conn| sessions::receipts(conn, session)).await?;
        let whole = receipts.len() == plan.count() as usize
            && receipts
                .iter()
                .all(|receipt| plan.part(receipt.number).is_some_and(|part| part.len == receipt.size));
        if whole {
            return Ok(Ended::All);
        }
        Ok(Ended::Links {
            expired: true,
            cause: Cause::LinksUnusable { what: "links for some parts are missing".into() },
            detail: format!(
                "{} of {} parts have receipts and no links are left",
                receipts.len(),
                plan.count()
            ),
        })
    }

    fn part(
        &self,
        session: &OpenSession,
        source: &Arc<Source>,
        plan: PartPlan,
        target: PartTarget,
    ) -> Result<Part, Halt> {
        let part = plan.part(target.number).ok_or_else(|| Halt::Attention {
            cause: Cause::BrokenReply {
                what: format!("a link for part {}, which the file does not have", target.number),
            },
            detail: String::new(),
        })?;
        Ok(Part {
            inner: Arc::clone(&self.inner),
            job: self.job.id.clone(),
            live: Arc::clone(&self.live),
            source: Arc::clone(source),
            session: session.id,
            opened_at: session.opened_at,
            api_host: self.provider.host(),
            stop: self.stop.clone(),
            part,
            target,
        })
    }
}
