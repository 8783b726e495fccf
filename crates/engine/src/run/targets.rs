//! Where parts go: a window of targets at a time, and fresh ones for parts that have none or whose link ran out.

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

/// So many targets are in memory, and asked for, at a time; the rest stays in the journal, or is not asked for yet.
const WINDOW: u32 = 64;

/// One renewal of links that never worked, then it stops (VENDORS: "one refresh at most").
const RENEWALS_OF_BROKEN: u32 = 1;

/// Fresh links that run out before a single part went through are asked for so often; then the session is taken for ended.
const RENEWALS_IN_VAIN: u32 = 3;

/// One part's target, and what is known of its age.
pub(super) struct IssuedTarget {
    pub(super) target: PartTarget,
    /// Since when it lives at most, Unix milliseconds.
    pub(super) since: i64,
    /// After which renewal it came: one of an earlier one that does not do says nothing of the present ones.
    pub(super) renewal: u32,
}

/// The links of one session, as far as they are in memory.
pub(super) struct Targets {
    waiting: VecDeque<IssuedTarget>,
    /// Those that are not written down and whose part is on its way, or is not due yet.
    spare: BTreeMap<PartNumber, IssuedTarget>,
    /// Before this part every one has a receipt, is on its way, or waits here.
    next: u32,
    renewal: u32,
    in_vain: u32,
    broken: u32,
}

/// Why no link could be had, as if this part had been tried.
pub(super) struct NoTarget {
    pub(super) part: PartNumber,
    pub(super) renewal: u32,
    pub(super) end: PartEnd,
}

impl Targets {
    /// Those of a session; what came with it and is not written down is here already.
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

    /// A part went through: the links are good.
    pub(super) const fn went_through(&mut self) {
        self.in_vain = 0;
    }

    /// What waits is read anew, and this part with it.
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
    /// The next part to send, and where; `None`: each has its receipt, is on its way, or has no target.
    pub(super) async fn next_target(
        &mut self,
        targets: &mut Targets,
        session: &OpenSession,
        source: &Arc<JobFile>,
        plan: &PartPlan,
        in_flight: &InFlightParts,
    ) -> Result<Option<IssuedTarget>, NoTarget> {
        if let Some(issued) = targets.waiting.pop_front() {
            // Where they cannot be renewed the part itself says that its link ran out.
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
            // One that was signed here is made anew.
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
                // Also for those on their way: where their links never work, they come back for others one after the other.
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

    /// Asks for links of these parts, and writes down all that came. Some may be missing, where the vendor can list its parts.
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
            // Of those on their way one may have arrived in the meantime.
            Some(part) if !self.provider.capabilities().list => Err(PartEnd::BadTarget {
                expired: true,
                cause: Cause::LinksUnusable { what: "links for some parts are missing".into() },
                detail: format!("there was no link for part {part} among {} that came", fresh.len()),
            }),
            _ => Ok(fresh),
        }
    }

    /// A link did not do, and the vendor can give others: from now on they are asked for. `false`: that was done often enough.
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
        // Who is stopped meanwhile is told so when the links are asked for.
        let _ = self.pause_for(self.until_another(ended.since)).await;
        targets.in_vain += 1;
        targets.broken += u32::from(!expired);
        let given_up = targets.broken > RENEWALS_OF_BROKEN || targets.in_vain > RENEWALS_IN_VAIN;
        targets.renewal += 1;
        // The others that have none now, or come back for one, are asked for at once.
        targets.spare.clear();
        targets.next = 1;
        // Who tries again later begins with fresh ones: that is their one renewal.
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

    /// How long until a new link is another one: it tells its second (AWS, `X-Amz-Date`), so one of the same second is the same.
    fn until_another(&self, since: i64) -> Duration {
        let age = self.state.clock.unix_ms().saturating_sub(since);
        let left = 1000_i64.saturating_sub(age).clamp(0, 1000);
        Duration::from_millis(u64::try_from(left).unwrap_or(0))
    }

    fn is_valid(&self, target: &PartTarget, since: i64) -> bool {
        is_valid(&self.state, &self.provider.host(), target, since)
    }
}

/// What it means for a part that its link, or the vendor's list, could not be had.
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
