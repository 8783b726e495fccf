//! Bytes that a run sends in vain: journaled per attempt, and bounded.

use std::time::Duration;

use partway_core::{Cause, Failure, MaySend, SentInVain};

use super::ends::PartEnd;
use super::error::is_answered;
use super::part::Part;
use super::{Run, RunError};
use crate::journal::vain::{self, InVain};

/// The reason given for parts that made room for others.
const SLOW: &str = "the line is too slow for as many parts at once";

/// The reason given for an hour that an earlier run used up.
const BEFORE: &str = "no part was confirmed";

impl Part {
    /// Journals what the last attempt sent in vain. Returns how often the service rejected this part; fails
    /// once enough was sent.
    pub(super) async fn in_vain(&self, failure: &Failure) -> Result<u32, PartEnd> {
        self.went_in_vain(is_answered(failure), failure.plain(), &failure.to_string()).await
    }

    /// The last attempt made room for other parts: its bytes are sent again too, although nothing was
    /// rejected.
    pub(super) async fn made_room(&self) -> Result<(), PartEnd> {
        self.went_in_vain(false, SLOW, "").await.map(drop)
    }

    async fn went_in_vain(&self, answered: bool, said: &str, detail: &str) -> Result<u32, PartEnd> {
        let bytes = self.live.sent(self.part.number);
        // An attempt that sent no body costs nothing; the rounds bound those.
        if bytes == 0 {
            return Ok(0);
        }
        let (now, job, part) = (self.state.clock.unix_ms(), self.job.clone(), self.part.number);
        let written =
            self.state.journal.write(move |conn| vain::add(conn, now, &job, Some(part), bytes, answered));
        let sent = written.await.map_err(|error| PartEnd::RunError(error.into()))?;
        let plan = self.plan;
        match sent.vain.may_send(self.part.len, plan.largest_part(), plan.file_size()) {
            MaySend::GoOn => Ok(sent.vain.part_times),
            MaySend::NextHour => Err(PartEnd::RunError(next_hour(&sent, now, said))),
            MaySend::Enough => Err(PartEnd::RunError(enough(&sent, said, detail.to_owned()))),
        }
    }
}

impl Run {
    /// Fails while the hour's allowance is used up, including by earlier processes.
    pub(super) async fn hour_is_not_used_up(&self) -> Result<(), RunError> {
        let Some(plan) = self.job.plan else { return Ok(()) };
        let (now, job) = (self.state.clock.unix_ms(), self.job.id.clone());
        let sent = self.state.journal.read(move |conn| vain::of(conn, now, &job, None)).await?;
        if sent.vain.hour_is_used_up(plan.largest_part()) {
            Err(next_hour(&sent, now, BEFORE))
        } else {
            Ok(())
        }
    }

    /// Bytes whose confirmation was revoked have to be sent again, so they count as sent in vain.
    pub(super) async fn was_in_vain(&self, bytes: u64, why: &str) -> Result<(), RunError> {
        let Some(plan) = self.job.plan.filter(|_| bytes > 0) else { return Ok(()) };
        let (now, job) = (self.state.clock.unix_ms(), self.job.id.clone());
        let sent =
            self.state.journal.write(move |conn| vain::add(conn, now, &job, None, bytes, true)).await?;
        match sent.vain.may_send(0, plan.largest_part(), plan.file_size()) {
            MaySend::Enough => Err(enough(&sent, why, String::new())),
            MaySend::GoOn | MaySend::NextHour => Ok(()),
        }
    }
}

fn next_hour(sent: &InVain, now: i64, why: &str) -> RunError {
    let left = u64::try_from(sent.hour_until.saturating_sub(now)).unwrap_or(0);
    RunError::InVain {
        left: Duration::from_millis(left.max(1000)),
        bytes: sent.vain.hour_bytes,
        what: why.to_owned(),
    }
}

fn enough(sent: &InVain, said: &str, detail: String) -> RunError {
    let sent = SentInVain { times: sent.vain.times, bytes: sent.vain.bytes, said: said.to_owned() };
    RunError::Attention { cause: Cause::SentInVain(Box::new(sent)), detail }
}
