//! Where parts go: a window of targets at a time, and fresh ones for parts that have none or whose link ran out.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use partway_core::{Cause, PartNumber, PartPlan, RetryClass};
use partway_provider::PartTarget;

use super::ends::PartEnd;
use super::expiry::is_valid;
use super::flight::{Flight, Landed};
use super::patience::Refused;
use super::{Halt, Run, taken};
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
pub(super) struct Link {
    pub(super) target: PartTarget,
    /// Since when it lives at most, Unix milliseconds.
    pub(super) since: i64,
    /// After which renewal it came: one of an earlier one that does not do says nothing of the present ones.
    pub(super) renewal: u32,
}

/// The links of one session, as far as they are in memory.
pub(super) struct Links {
    waiting: VecDeque<Link>,
    /// Those that are not written down and whose part is on its way, or is not due yet.
    spare: BTreeMap<PartNumber, Link>,
    /// Before this part every one has a receipt, is on its way, or waits here.
    next: u32,
    renewal: u32,
    in_vain: u32,
    broken: u32,
}

/// Why no link could be had, as if this part had been tried.
pub(super) struct NoLink {
    pub(super) part: PartNumber,
    pub(super) renewal: u32,
    pub(super) end: PartEnd,
}

impl Links {
    /// Those of a session; what came with it and is not written down is here already.
    pub(super) fn of(session: &OpenSession, brought: Vec<PartTarget>) -> Self {
        let since = session.opened_at;
        let spare = brought.into_iter().map(|target| (target.number, Link { target, since, renewal: 0 }));
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
        let first = self.waiting.front().map_or(part, |link| link.target.number);
        self.next = self.next.min(part.get()).min(first.get());
        self.spare.extend(self.waiting.drain(..).map(|link| (link.target.number, link)));
    }

    fn without(&self, end: PartEnd) -> NoLink {
        let part = PartNumber::new(self.next).unwrap_or(PartNumber::FIRST);
        NoLink { part, renewal: self.renewal, end }
    }
}

impl Run {
    /// The next part to send, and where; `None`: each has its receipt, is on its way, or has no link.
    pub(super) async fn next_link(
        &mut self,
        links: &mut Links,
        session: &OpenSession,
        source: &Arc<JobFile>,
        plan: &PartPlan,
        flight: &Flight,
    ) -> Result<Option<Link>, NoLink> {
        if let Some(link) = links.waiting.pop_front() {
            // Where they cannot be renewed the part itself says that its link ran out.
            if !self.provider.capabilities().refresh || self.is_valid(&link.target, link.since) {
                return Ok(Some(link));
            }
            links.again_from(link.target.number);
        }
        while links.waiting.is_empty() && links.next <= plan.count() {
            let filled = self.fill(links, session, source, plan, flight).await;
            filled.map_err(|end| links.without(end))?;
        }
        Ok(links.waiting.pop_front())
    }

    async fn fill(
        &mut self,
        links: &mut Links,
        session: &OpenSession,
        source: &Arc<JobFile>,
        plan: &PartPlan,
        flight: &Flight,
    ) -> Result<(), PartEnd> {
        let (id, from, to) = (session.id, links.next, plan.count());
        let limit = WINDOW.saturating_add(u32::try_from(flight.len()).unwrap_or(u32::MAX));
        let read = self.inner.journal.read(move |conn| sessions::missing(conn, id, from, to, limit));
        let mut window = read.await.map_err(|error| PartEnd::Halt(error.into()))?;
        let after = window.last().map_or(to, |(last, _)| last.get()) + 1;
        let renewal = links.renewal;
        for (_, known) in &mut window {
            // One that was signed here is made anew.
            known.take_if(|_| self.signs_links());
        }
        let mut links_of: BTreeMap<PartNumber, Link> = std::mem::take(&mut links.spare);
        for (part, target) in &mut window {
            if let Some(target) = target.take() {
                links_of.insert(*part, Link { target, since: session.opened_at, renewal });
            }
        }
        if self.provider.capabilities().refresh {
            let good = |part: &PartNumber| {
                links_of.get(part).is_some_and(|link| self.is_valid(&link.target, link.since))
            };
            let lacking: Vec<PartNumber> =
                window.iter().map(|(part, _)| *part).filter(|part| !good(part)).collect();
            if lacking.iter().any(|part| !flight.holds(*part)) {
                // Also for those on their way: where their links never work, they come back for others one after the other.
                let fresh = self.fresh(session, &lacking, flight).await?;
                let left_out: Vec<_> = lacking
                    .into_iter()
                    .filter(|part| !fresh.contains_key(part) && !flight.holds(*part))
                    .collect();
                if !left_out.is_empty() {
                    self.take_over(session, source, plan, &left_out).await?;
                    window.retain(|(part, _)| !left_out.contains(part));
                }
                let since = self.inner.clock.unix_ms();
                links_of
                    .extend(fresh.into_iter().map(|(part, target)| (part, Link { target, since, renewal })));
            }
        }
        for (part, _) in window.iter().filter(|(part, _)| !flight.holds(*part)) {
            links.waiting.extend(links_of.remove(part));
        }
        if self.signs_links() {
            links_of.retain(|part, _| flight.holds(*part));
            links.spare = links_of;
        }
        links.next = after;
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
        flight: &Flight,
    ) -> Result<BTreeMap<PartNumber, PartTarget>, PartEnd> {
        let vendor = session.session.clone();
        let asked = self.patiently(|provider| {
            let (vendor, parts) = (vendor.clone(), parts.to_vec());
            async move { provider.targets(&vendor, &parts).await }
        });
        let targets = asked.await.map_err(part_end)?;
        if !self.signs_links() {
            let (id, kept) = (session.id, targets.clone());
            let written = self.inner.journal.write(move |conn| sessions::put_targets(conn, id, &kept)).await;
            written.map_err(|error| PartEnd::Halt(error.into()))?;
        }
        let fresh: BTreeMap<_, _> = targets.into_iter().map(|target| (target.number, target)).collect();
        match parts.iter().find(|part| !fresh.contains_key(part) && !flight.holds(**part)) {
            // Of those on their way one may have arrived in the meantime.
            Some(part) if !self.provider.capabilities().list => Err(PartEnd::Links {
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
        links: &mut Links,
        session: &OpenSession,
        landed: &Landed,
        expired: bool,
    ) -> Result<bool, Halt> {
        links.again_from(landed.part);
        if landed.renewal < links.renewal {
            return Ok(true);
        }
        // Who is stopped meanwhile is told so when the links are asked for.
        let _ = self.pause_for(self.until_another(landed.since)).await;
        links.in_vain += 1;
        links.broken += u32::from(!expired);
        let given_up = links.broken > RENEWALS_OF_BROKEN || links.in_vain > RENEWALS_IN_VAIN;
        links.renewal += 1;
        // The others that have none now, or come back for one, are asked for at once.
        links.spare.clear();
        links.next = 1;
        // Who tries again later begins with fresh ones: that is their one renewal.
        let (id, broken) = (session.id, links.broken.min(RENEWALS_OF_BROKEN));
        self.inner
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
        let age = self.inner.clock.unix_ms().saturating_sub(since);
        let left = 1000_i64.saturating_sub(age).clamp(0, 1000);
        Duration::from_millis(u64::try_from(left).unwrap_or(0))
    }

    fn is_valid(&self, target: &PartTarget, since: i64) -> bool {
        is_valid(&self.inner, &self.provider.host(), target, since)
    }
}

/// What it means for a part that its link, or the vendor's list, could not be had.
pub(super) fn part_end(refused: Refused) -> PartEnd {
    let failure = match refused {
        Refused::Halt(halt) => return PartEnd::Halt(halt),
        Refused::Failure(failure) => failure,
    };
    if taken::says_so(&failure) {
        return PartEnd::Taken { detail: failure.to_string(), cause: failure.cause, looked: true };
    }
    match failure.class {
        RetryClass::SessionGone | RetryClass::Conflict => PartEnd::Session,
        RetryClass::LinkExpired => {
            PartEnd::Links { expired: true, detail: failure.to_string(), cause: failure.cause }
        }
        _ => PartEnd::Halt(Halt::from_failure(&failure)),
    }
}
