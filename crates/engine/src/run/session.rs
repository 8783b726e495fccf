//! The vendor's session: opened late, journaled before the first byte, resumed, renewed or replaced.

use std::sync::Arc;

use partway_core::{Cause, Event, PartNumber, PartPlan, RetryClass, time_left};
use partway_provider::{FileFacts, IfExists, Started};

use super::reconcile::Standing;
use super::retry::Refused;
use super::{Run, RunError, start_guard};
use crate::journal::fields::lies_in;
use crate::journal::sessions::{self, OpenSession};
use crate::journal::starts;
use crate::log::Log;

/// After this many sessions that ended before the file was done, the user has to look at the figures.
const SESSIONS: u32 = 2;

/// Preferred minimum and maximum part size if the client plans. As small as most stores accept for files up
/// to 640 MiB, so that a slow line confirms one within two minutes and a long-distance one has many in
/// flight; larger for larger files, to keep the number of calls low.
const WISHED_PART: (u64, u64) = (5 << 20, 16 << 20);

/// Preferred number of parts, within those sizes.
const WISHED_PARTS: u64 = 128;

impl Run {
    /// The open session, or a new one.
    pub(super) async fn session(&mut self) -> Result<OpenSession, RunError> {
        let id = self.job.id.clone();
        if let Some(session) = self.state.journal.read(move |conn| sessions::current(conn, &id)).await? {
            let alive = session.session.expires_at.is_none_or(|until| until > self.server_now_s());
            match (self.job.plan, alive) {
                (Some(plan), true) => {
                    if let Some(session) = self.go_on(session, plan).await? {
                        return Ok(session);
                    }
                }
                _ => self.session_lost(&session, true).await?,
            }
        }
        self.open().await
    }

    /// Resumes a session. `None`: the vendor no longer knows it, and it was discarded.
    async fn go_on(&mut self, session: OpenSession, plan: PartPlan) -> Result<Option<OpenSession>, RunError> {
        let id = session.id;
        if self.signs_links() {
            // Written by an earlier version of Partway.
            self.state.journal.write(move |conn| sessions::forget_missing_targets(conn, id)).await?;
        }
        let Some(session) = self.that_replaces(session).await? else { return Ok(None) };
        let receipts = self.state.journal.read(move |conn| sessions::receipts(conn, id)).await?;
        if let Standing::Gone = self.recount(&session, &receipts).await? {
            self.session_lost(&session, false).await?;
            return Ok(None);
        }
        let receipts = self.state.journal.read(move |conn| sessions::receipts(conn, id)).await?;
        let confirmed: Vec<PartNumber> = receipts.iter().map(|receipt| receipt.number).collect();
        self.live.set_plan(plan, &confirmed);
        let count = u32::try_from(confirmed.len()).unwrap_or(u32::MAX);
        if count > 0 {
            self.log(Log::Resumed { confirmed: count, parts: plan.count() }).await?;
        }
        self.tell_started(count);
        Ok(Some(session))
    }

    /// The session, updated to overwrite if the user has chosen that since it was opened. `None`: it was
    /// discarded for a new one.
    async fn that_replaces(&mut self, session: OpenSession) -> Result<Option<OpenSession>, RunError> {
        if self.job.fields.if_exists != Some(IfExists::Overwrite) || session.replaces {
            return Ok(Some(session));
        }
        let Some(changed) = self.provider.replacing(&session.session) else {
            let job = self.job.id.clone();
            self.state.journal.write(move |conn| sessions::give_up(conn, &job)).await?;
            self.state.clear_away();
            self.reload().await?;
            return Ok(None);
        };
        let (id, written) = (session.id, changed.clone());
        self.state.journal.write(move |conn| sessions::set_replacing(conn, id, &written)).await?;
        Ok(Some(OpenSession { session: changed, replaces: true, ..session }))
    }

    async fn open(&mut self) -> Result<OpenSession, RunError> {
        self.pre_flight()?;
        if self.lacks_hash() {
            let source = self.open_source().await?;
            self.hash_in_peace(&source).await?;
        }
        let plan = self.own_plan()?;
        if !self.may_repeat_start() {
            self.no_start_unanswered().await?;
        }
        let mut from = 0;
        let started = loop {
            let file = self.named(from).await?;
            match self.begin_session(&file, plan).await {
                Err(Refused::Failure(failure)) if self.goes_beside(&failure, &file) => {
                    from = self.next_beside(&file)?;
                }
                begun => break begun?,
            }
        };
        // With links signed here, a start may not have contacted the server; then the finished file proves
        // the key.
        if !self.signs_links() {
            self.state.key_is_good(&self.destination.id, self.key).await?;
        }
        if let Some(ahead) = started.clock_ahead {
            self.state.memory().clock_ahead.insert(self.provider.host(), ahead);
        }
        self.keep(started).await
    }

    async fn begin_session(&mut self, file: &FileFacts, plan: Option<PartPlan>) -> Result<Started, Refused> {
        let repeatable = self.may_repeat_start();
        let (state, job) = (Arc::clone(&self.state), self.job.id.clone());
        let started = self
            .patiently(|provider| {
                let (file, state, job) = (file.clone(), Arc::clone(&state), job.clone());
                async move {
                    let start = provider.start(&file, plan);
                    if repeatable { start.await } else { start_guard::start(&state, &job, start).await }
                }
            })
            .await;
        match started {
            // The start was not answered. If repeating it is harmless, the job does so after a while.
            Err(Refused::Failure(failure)) if failure.class == RetryClass::Unknown && !repeatable => {
                let (what, detail) = (failure.plain().to_owned(), failure.to_string());
                Err(Refused::RunError(RunError::Attention { cause: Cause::PerhapsBegun { what }, detail }))
            }
            started => started,
        }
    }

    pub(super) fn facts(&self) -> FileFacts {
        let wanted = self.provider.capabilities().wants_hash;
        FileFacts {
            name: self.job.name.clone(),
            size: self.job.identity.size,
            mime: self.job.mime.clone(),
            hash: self.job.hash.clone().filter(|hash| Some(hash.algorithm) == wanted),
            fields: self.job.fields.clone(),
            beside: 0,
            lies_in: lies_in(&self.job.path).into_owned(),
            added_on: self.state.clock.date_of(self.job.created_at),
        }
    }

    /// Whether the destination can take this file at all, as far as is known without contacting it.
    pub(super) fn pre_flight(&self) -> Result<(), RunError> {
        match self.provider.refuses(&self.facts()) {
            Some(cause) => Err(RunError::Attention { cause, detail: String::new() }),
            None => self.own_plan().map(drop),
        }
    }

    fn may_repeat_start(&self) -> bool {
        self.provider.capabilities().start_repeatable
    }

    fn own_plan(&self) -> Result<Option<PartPlan>, RunError> {
        let (size, limits) = (self.job.identity.size, self.provider.limits());
        let too_large = limits.max_file.filter(|limit| size > *limit);
        if too_large.is_some() {
            return Err(RunError::Attention {
                cause: Cause::TooLarge { limit: too_large },
                detail: String::new(),
            });
        }
        let plan = self.provider.capabilities().planner.plan(size, wished_part(size), &limits);
        plan.map_err(|error| RunError::Attention {
            cause: Cause::TooLarge { limit: limits.max_file },
            detail: error.to_string(),
        })
    }

    async fn keep(&mut self, mut started: Started) -> Result<OpenSession, RunError> {
        let (now, job, plan) = (self.state.clock.unix_ms(), self.job.clone(), started.plan);
        self.brought = if self.signs_links() { std::mem::take(&mut started.targets) } else { Vec::new() };
        let session = self
            .state
            .journal
            .write(move |conn| {
                let id = sessions::open(conn, now, &job, &started)?;
                starts::answered(conn, &job.id)?;
                Ok(OpenSession {
                    id,
                    session: started.session,
                    opened_at: now,
                    complete_sent: false,
                    resumed: false,
                    replaces: job.fields.if_exists == Some(IfExists::Overwrite),
                    broken: 0,
                })
            })
            .await?;
        self.reload().await?;
        self.live.set_plan(plan, &[]);
        self.log(Log::Started { parts: plan.count() }).await?;
        self.tell_started(0);
        Ok(session)
    }

    /// The session is no longer usable. Logs it and sends everything again in a new one; after two, the
    /// file needs attention.
    pub(super) async fn session_lost(
        &mut self,
        session: &OpenSession,
        expired: bool,
    ) -> Result<(), RunError> {
        self.state.memory().resent.remove(&self.job.id);
        self.reload().await?;
        let bytes = self.job.confirmed;
        let id = self.job.id.clone();
        let ended = self.state.journal.write(move |conn| sessions::count_ended(conn, &id)).await?;
        self.log(Log::SessionLost { bytes, expired }).await?;
        self.was_in_vain(bytes, "its sessions end again and again").await?;
        if ended >= SESSIONS {
            let lived_ms = self.state.clock.unix_ms().saturating_sub(session.opened_at);
            let lived_seconds = u64::try_from(lived_ms / 1000).unwrap_or(0);
            // What the whole file would have taken at the speed of the confirmed parts; 0 if the speed is
            // unknown.
            let size = u128::from(self.job.identity.size);
            let needed = u128::from(lived_seconds.max(1)) * size / u128::from(bytes.max(1));
            let needed_seconds = if bytes == 0 { 0 } else { u64::try_from(needed).unwrap_or(u64::MAX) };
            let id = self.job.id.clone();
            self.state.journal.write(move |conn| sessions::give_up(conn, &id)).await?;
            self.state.clear_away();
            let detail = format!("{ended} sessions ended before the file was through");
            return Err(RunError::Attention {
                cause: Cause::SessionsExpired { lived_seconds, needed_seconds },
                detail,
            });
        }
        self.step(Event::SessionGone, None).await?;
        self.reload().await?;
        Ok(())
    }

    /// Warns once per session if, at the current speed, it will expire before the file is done.
    pub(super) async fn warn_of_short_life(
        &mut self,
        session: &OpenSession,
        plan: &PartPlan,
    ) -> Result<(), RunError> {
        let Some(until) = session.session.expires_at.filter(|_| !self.told_short) else { return Ok(()) };
        let speed = self.live.bytes_per_second(self.state.clock.steady());
        let left = (u64::from(plan.count()) - self.live.confirmed_count()) * plan.part_size();
        let Some(needs) = time_left(left, speed) else { return Ok(()) };
        let lives_seconds = until.saturating_sub(self.server_now_s());
        if needs.as_secs() <= lives_seconds {
            return Ok(());
        }
        self.told_short = true;
        self.log(Log::ShortLife { needs_seconds: needs.as_secs(), lives_seconds }).await
    }
}

/// Preferred part size in bytes if the client plans.
fn wished_part(file_size: u64) -> u64 {
    let (least, most) = WISHED_PART;
    file_size.div_ceil(WISHED_PARTS).next_multiple_of(1 << 20).clamp(least, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_have_small_parts_and_large_ones_not_too_many() {
        let mib = 1 << 20;
        for (file, part) in [(0, 5), (24, 5), (640, 5), (641, 6), (2_048, 16), (96 << 10, 16)] {
            assert_eq!(wished_part(file * mib), part * mib, "{file} MiB");
        }
    }
}
