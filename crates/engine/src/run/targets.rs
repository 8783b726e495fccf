//! Part targets: a window at a time, with fresh ones for parts without a link or with an expired one.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use partway_core::{Cause, PartNumber, PartPlan, RetryClass};
use partway_provider::PartTarget;

use super::ends::PartEnd;
use super::expiry::is_valid;
use super::in_flight::{EndedPart, InFlightParts};
use super::retry::Refused;
use super::{Run, RunError, name_conflict};
use crate::job_file::JobFile;
use crate::journal::sessions::{self, OpenSession};
use crate::log::Log;

/// Targets held in memory and requested at a time; the rest stays in the journal or is not requested yet.
const WINDOW: u32 = 64;

/// Renewals of links that never worked (VENDORS: "one refresh at most").
const RENEWALS_OF_BROKEN: u32 = 1;

/// Renewals of links that expire before a single part succeeds; then the session counts as ended.
const RENEWALS_IN_VAIN: u32 = 3;

/// A part's target and its age.
pub(super) struct IssuedTarget {
    pub(super) target: PartTarget,
    /// The earliest start of its lifetime, Unix milliseconds.
    pub(super) since: i64,
    /// The renewal it came from: a failing link of an earlier one says nothing about the current ones.
    pub(super) renewal: u32,
}

/// The links of one session that are in memory.
pub(super) struct Targets {
    waiting: VecDeque<IssuedTarget>,
    /// Links that are not journaled, for parts in flight or not yet due.
    spare: BTreeMap<PartNumber, IssuedTarget>,
    /// Every part before this one has a receipt, is in flight, or waits here.
    next: u32,
    renewal: u32,
    in_vain: u32,
    broken: u32,
}

/// Why no link is available, reported as if this part had been tried.
pub(super) struct NoTarget {
    pub(super) part: PartNumber,
    pub(super) renewal: u32,
    pub(super) end: PartEnd,
}

impl Targets {
    /// The targets of a session, including those it brought that are not journaled.
    pub(super) fn of(session: &OpenSession, brought: Vec<PartTarget>) -> Self {
        let since = session.opened_at;
        let spare =
            brought.into_iter().map(|target| (target.number, IssuedTarget { target, since, renewal: 0 }));
        Self {
            waiting: VecDeque::new(),
            spare: spare.collect(),
            next: 1,
            renewal: 0,
            in_vain: 0,
            broken: session.broken,
        }
    }

    /// A part succeeded: the links are good.
    pub(super) const fn went_through(&mut self) {
        self.in_vain = 0;
    }

    /// Rereads what is waiting, and this part too.
    pub(super) fn again_from(&mut self, part: PartNumber) {
        let first = self.waiting.front().map_or(part, |issued| issued.target.number);
        self.next = self.next.min(part.get()).min(first.get());
        self.spare.extend(self.waiting.drain(..).map(|issued| (issued.target.number, issued)));
    }

    fn without(&self, end: PartEnd) -> NoTarget {
        let part = PartNumber::new(self.next).unwrap_or(PartNumber::FIRST);
        NoTarget { part, renewal: self.renewal, end }
    }
}

impl Run {
    /// The next part to send and its target; `None`: each has its receipt, is in flight, or has no target.
    pub(super) async fn next_target(
        &mut self,
        targets: &mut Targets,
        session: &OpenSession,
        source: &Arc<JobFile>,
        plan: &PartPlan,
        in_flight: &InFlightParts,
    ) -> Result<Option<IssuedTarget>, NoTarget> {
        if let Some(issued) = targets.waiting.pop_front() {
            // If links cannot be renewed, the part itself reports that its link expired.
            if !self.provider.capabilities().refresh || self.is_valid(&issued.target, issued.since) {
                return Ok(Some(issued));
            }
            targets.again_from(issued.target.number);
        }
        while targets.waiting.is_empty() && targets.next <= plan.count() {
            let filled = self.fill(targets, session, source, plan, in_flight).await;
            filled.map_err(|end| targets.without(end))?;
        }
        Ok(targets.waiting.pop_front())
    }

    async fn fill(
        &mut self,
        targets: &mut Targets,
        session: &OpenSession,
        source: &Arc<JobFile>,
        plan: &PartPlan,
        in_flight: &InFlightParts,
    ) -> Result<(), PartEnd> {
        let (id, from, to) = (session.id, targets.next, plan.count());
        let limit = WINDOW.saturating_add(u32::try_from(in_flight.len()).unwrap_or(u32::MAX));
        let read = self.state.journal.read(move |conn| sessions::missing(conn, id, from, to, limit));
        let mut window = read.await.map_err(|error| PartEnd::RunError(error.into()))?;
        let after = window.last().map_or(to, |(last, _)| last.get()) + 1;
        let renewal = targets.renewal;
        for (_, known) in &mut window {
            // Links signed here are signed again.
            known.take_if(|_| self.signs_links());
        }
        let mut targets_of: BTreeMap<PartNumber, IssuedTarget> = std::mem::take(&mut targets.spare);
        for (part, target) in &mut window {
            if let Some(target) = target.take() {
                targets_of.insert(*part, IssuedTarget { target, since: session.opened_at, renewal });
            }
        }
        if self.provider.capabilities().refresh {
            let good = |part: &PartNumber| {
                targets_of.get(part).is_some_and(|issued| self.is_valid(&issued.target, issued.since))
            };
            let lacking: Vec<PartNumber> =
                window.iter().map(|(part, _)| *part).filter(|part| !good(part)).collect();
            if lacking.iter().any(|part| !in_flight.holds(*part)) {
                // Also for parts in flight: if their links do not work, each would come back for another
                // one separately.
                let fresh = self.fresh(session, &lacking, in_flight).await?;
                let left_out: Vec<_> = lacking
                    .into_iter()
                    .filter(|part| !fresh.contains_key(part) && !in_flight.holds(*part))
                    .collect();
                if !left_out.is_empty() {
                    self.take_over(session, source, plan, &left_out).await?;
                    window.retain(|(part, _)| !left_out.contains(part));
                }
                let since = self.state.clock.unix_ms();
                targets_of.extend(
                    fresh.into_iter().map(|(part, target)| (part, IssuedTarget { target, since, renewal })),
                );
            }
        }
        for (part, _) in window.iter().filter(|(part, _)| !in_flight.holds(*part)) {
            targets.waiting.extend(targets_of.remove(part));
        }
        if self.signs_links() {
            targets_of.retain(|part, _| in_flight.holds(*part));
            targets.spare = targets_of;
        }
        targets.next = after;
        Ok(())
    }

    pub(super) fn signs_links(&self) -> bool {
        self.provider.capabilities().signs_links
    }

    /// Requests links for these parts and journals all that come. Some may be missing if the vendor can
    /// list its parts.
    async fn fresh(
        &mut self,
        session: &OpenSession,
        parts: &[PartNumber],
        in_flight: &InFlightParts,
    ) -> Result<BTreeMap<PartNumber, PartTarget>, PartEnd> {
        let vendor = session.session.clone();
        let asked = self.patiently(|provider| {
            let (vendor, parts) = (vendor.clone(), parts.to_vec());
            async move { provider.targets(&vendor, &parts).await }
        });
        let targets = asked.await.map_err(part_end)?;
        if !self.signs_links() {
            let (id, kept) = (session.id, targets.clone());
            let written = self.state.journal.write(move |conn| sessions::put_targets(conn, id, &kept)).await;
            written.map_err(|error| PartEnd::RunError(error.into()))?;
        }
        let fresh: BTreeMap<_, _> = targets.into_iter().map(|target| (target.number, target)).collect();
        match parts.iter().find(|part| !fresh.contains_key(part) && !in_flight.holds(**part)) {
            // A part in flight may have arrived meanwhile.
            Some(part) if !self.provider.capabilities().list => Err(PartEnd::BadTarget {
                expired: true,
                cause: Cause::LinksUnusable { what: "links for some parts are missing".into() },
                detail: format!("there was no link for part {part} among {} that came", fresh.len()),
            }),
            _ => Ok(fresh),
        }
    }

    /// A link failed and the vendor can issue others: requests those from now on. `false`: that was done
    /// often enough.
    pub(super) async fn renew(
        &mut self,
        targets: &mut Targets,
        session: &OpenSession,
        ended: &EndedPart,
        expired: bool,
    ) -> Result<bool, RunError> {
        targets.again_from(ended.part);
        if ended.renewal < targets.renewal {
            return Ok(true);
        }
        // A stop is noticed when the links are requested.
        let _ = self.pause_for(self.until_another(ended.since)).await;
        targets.in_vain += 1;
        targets.broken += u32::from(!expired);
        let given_up = targets.broken > RENEWALS_OF_BROKEN || targets.in_vain > RENEWALS_IN_VAIN;
        targets.renewal += 1;
        // Parts that lack a link now, or come back for one, are requested at once.
        targets.spare.clear();
        targets.next = 1;
        // A later retry begins with fresh links, which is its one renewal.
        let (id, broken) = (session.id, targets.broken.min(RENEWALS_OF_BROKEN));
        self.state
            .journal
            .write(move |conn| {
                sessions::set_broken(conn, id, broken)?;
                sessions::forget_missing_targets(conn, id)
            })
            .await?;
        if given_up {
            return Ok(false);
        }
        if !self.signs_links() {
            self.log(Log::LinksRenewed).await?;
        }
        Ok(true)
    }

    /// How long until a new link differs: it contains its second (AWS, `X-Amz-Date`), so one from the same
    /// second is identical.
    fn until_another(&self, since: i64) -> Duration {
        let age = self.state.clock.unix_ms().saturating_sub(since);
        let left = 1000_i64.saturating_sub(age).clamp(0, 1000);
        Duration::from_millis(u64::try_from(left).unwrap_or(0))
    }

    fn is_valid(&self, target: &PartTarget, since: i64) -> bool {
        is_valid(&self.state, &self.provider.host(), target, since)
    }
}

/// Maps a failed request for links, or for the vendor's list, to the end of a part.
pub(super) fn part_end(refused: Refused) -> PartEnd {
    let failure = match refused {
        Refused::RunError(halt) => return PartEnd::RunError(halt),
        Refused::Failure(failure) => failure,
    };
    if name_conflict::says_so(&failure) {
        return PartEnd::Taken { detail: failure.to_string(), cause: failure.cause, looked: true };
    }
    match failure.class {
        RetryClass::SessionGone | RetryClass::Conflict => PartEnd::Session,
        RetryClass::LinkExpired => {
            PartEnd::BadTarget { expired: true, detail: failure.to_string(), cause: failure.cause }
        }
        _ => PartEnd::RunError(RunError::from_failure(&failure)),
    }
}
