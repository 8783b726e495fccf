//! A job as a row of the queue.

use partway_api::{Action, JobRow};
use partway_core::{Cause, Hold, PartNumber, State, Strength, time_left, visible};
use partway_engine::{Job, LiveView, Trouble, ribbon};
use partway_providers::web_link;

use super::{Named, reason, state};
use crate::words;

/// Most characters in a row's ribbon.
const RIBBON: u32 = 256;

/// The context needed to make a job's row.
pub(crate) struct Around<'a> {
    pub(crate) to: &'a Named,
    pub(crate) live: Option<&'a LiveView>,
    /// Which parts are confirmed, for a job that is not running.
    pub(crate) confirmed: &'a [bool],
    pub(crate) ahead: Option<u32>,
    pub(crate) kept_until: Option<u64>,
    pub(crate) now_ms: i64,
}

/// The row of a job.
pub(crate) fn row(job: &Job, around: &Around<'_>) -> JobRow {
    let practice = around.to.practice;
    let on_the_way = around.live.map_or(0, |live| live.on_the_way);
    let speed = around.live.map_or(0, |live| live.speed);
    let confirmed = confirmed(job, around.live);
    let left = job.identity.size.saturating_sub(confirmed).saturating_sub(on_the_way);
    #[expect(clippy::cast_precision_loss, reason = "a speed in bytes a second is far below 2^52")]
    let seconds_left = time_left(left, speed as f64).map(|left| left.as_secs());
    JobRow {
        id: job.id.0.clone(),
        batch: job.batch.0.clone(),
        name: visible(&job.name).into_owned(),
        path: visible(&job.path.to_string_lossy()).into_owned(),
        kind: kind(&job.name),
        size: job.identity.size,
        destination: visible(&around.to.name).into_owned(),
        practice,
        state: state(&job.state),
        holds: job.holds.iter().collect(),
        label: words::label(job, around.live, practice),
        sub: words::sub(job, around.live, around.ahead, around.kept_until, practice, around.now_ms),
        sentence: sentence(job, around).map(|said| visible(&said).into_owned()),
        confirmed,
        on_the_way,
        speed,
        seconds_left: (job.state == State::Uploading).then_some(seconds_left).flatten(),
        parts: job.plan.map_or(0, |plan| plan.count()),
        ribbon: shares(job, around, RIBBON),
        actions: actions(job, words::pausing(job, around.live).is_some(), practice),
    }
}

/// Confirmed bytes. For a running job they are summed from the same snapshot as its ribbon and the bytes in
/// flight: the journal was read a little earlier, and the figures must add up.
fn confirmed(job: &Job, live: Option<&LiveView>) -> u64 {
    match (job.plan, live) {
        (Some(plan), Some(live)) if !live.confirmed.is_empty() => {
            let there = (1..).zip(&live.confirmed).filter(|(_, confirmed)| **confirmed);
            there.filter_map(|(number, _)| plan.part(PartNumber::new(number)?)).map(|part| part.len).sum()
        }
        _ => job.confirmed,
    }
}

/// The parts as text, at most `width` characters.
pub(crate) fn shares(job: &Job, around: &Around<'_>, width: u32) -> String {
    let Some(plan) = job.plan else { return String::new() };
    match around.live {
        Some(live) if !live.confirmed.is_empty() => ribbon(&plan, &live.confirmed, &live.flying, width),
        _ if job.state.is_end() && job.state != State::Cancelled => {
            "d".repeat(plan.count().min(width) as usize)
        }
        _ => ribbon(&plan, around.confirmed, &[], width),
    }
}

fn sentence(job: &Job, around: &Around<'_>) -> Option<String> {
    let doubted = is_doubted(job);
    let to = &around.to.name;
    match &job.state {
        State::Uploading => match around.live.map(|live| (live.trouble, live.patience)) {
            Some((Some(Trouble::Throttled(_)), left)) => {
                Some(format!("{to} asked us to slow down, going on in {} s", left.as_secs() + 1))
            }
            Some((Some(Trouble::Network), _)) => {
                Some("The network does not answer; going on as soon as it does".into())
            }
            _ => None,
        },
        State::Finishing if around.live.is_some_and(|live| live.trouble == Some(Trouble::Unanswered)) => {
            Some(format!(
                "All data was sent but {to} has not confirmed. Asking again; do not upload again yet."
            ))
        }
        State::Waiting => words::pausing(job, around.live).map(|pausing| pausing.sentence()),
        State::NeedsAttention(_) => reason(job, &around.to.name),
        State::Uploaded if doubted => reason(job, &around.to.name),
        _ => None,
    }
}

/// Whether it may not have arrived, although it will not be checked again.
fn is_doubted(job: &Job) -> bool {
    let doubted = |strength| matches!(strength, Strength::Presumed | Strength::NotFound | Strength::Unproved);
    job.receipt.as_ref().is_some_and(|receipt| doubted(receipt.strength))
}

/// The file type by its extension, at most four letters, such as "MOV".
fn kind(name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let short = !ending.is_empty() && ending.chars().count() <= 4;
    if short { ending.to_uppercase() } else { String::new() }
}

fn actions(job: &Job, pausing: bool, practice: bool) -> Vec<Action> {
    use Action as Do;
    let linked = job.receipt.as_ref().and_then(|receipt| web_link(receipt.link.as_deref()?)).is_some();
    let doubted = is_doubted(job);
    let mut actions = match &job.state {
        State::Waiting if pausing => vec![Do::Resume, Do::StopNow],
        State::Waiting if job.holds.contains(Hold::User) => vec![Do::Resume],
        State::Waiting if job.holds.contains(Hold::Credentials) => vec![Do::ReplaceKey, Do::Pause],
        State::Waiting | State::Checking | State::Uploading => vec![Do::Pause],
        State::NeedsAttention(
            Cause::KeyRefused
            | Cause::KeyMissing { .. }
            | Cause::KeyUnread { .. }
            | Cause::KeyUnusable { .. },
        ) => {
            vec![Do::ReplaceKey, Do::Retry]
        }
        State::NeedsAttention(Cause::NeverConfirmed) => vec![Do::MarkArrived, Do::SendAgain],
        State::NeedsAttention(Cause::NameTaken { .. } | Cause::NameShared { .. }) => {
            vec![Do::Overwrite, Do::KeepBoth, Do::Skip]
        }
        State::NeedsAttention(_) => vec![Do::Retry],
        State::Uploaded if doubted => vec![Do::MarkArrived, Do::SendAgain],
        State::Finishing | State::Cancelling | State::Uploaded | State::Verified | State::Cancelled => vec![],
    };
    // A practice upload has no real address.
    if linked && !practice && job.state.is_end() {
        actions.insert(0, Do::CopyLink);
    }
    actions.push(Do::ShowFile);
    match job.state {
        State::Waiting | State::Checking | State::Uploading | State::NeedsAttention(_) => {
            actions.push(Do::Cancel);
        }
        State::Uploaded | State::Verified | State::Cancelled => actions.push(Do::Remove),
        State::Finishing | State::Cancelling => {}
    }
    actions
}

#[cfg(test)]
mod tests;
