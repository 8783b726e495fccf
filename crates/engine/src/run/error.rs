//! Why a run ends before its file is done, and how that is recorded.

use std::sync::Arc;
use std::time::Duration;

use partway_core::{Backoff, Cause, Event, Failure, Hold, RetryClass, SentInVain, State, Step};

use partway_provider::IfExists;

use super::watchdog::STALLED;
use crate::journal::{JournalError, vain};
use crate::log::Log;
use crate::record::{Job, JobId, Standing};
use crate::state::{EngineState, PutOff};

/// Our own code for a failure without an answer: other bytes arrived than were sent.
pub(super) const DIFFERS: &str = "differs";

/// How long transient errors put a job off, growing each time.
const PUT_OFF: Backoff = Backoff { first: Duration::from_secs(5), cap: Duration::from_secs(120) };

/// Maximum wait for files to be closed, by Partway or another program: it is local, and looking again is
/// cheap.
const LACK: Duration = Duration::from_secs(30);
/// Like [`PUT_OFF`], for a part that the service rejects while a user may be there to see it: each attempt
/// costs its bytes, and a night is long.
const PUT_OFF_PARTS: Backoff = Backoff { first: Duration::from_secs(5), cap: Duration::from_secs(60 * 60) };

/// How many times in a row a job is put off by a failing service: about ten minutes headless, otherwise a
/// day.
pub(super) const ROUNDS_HEADLESS: u32 = 8;
const ROUNDS: u32 = 720;

/// Like [`ROUNDS_HEADLESS`], for a failing part: after the first round each is a single attempt, so the
/// same time takes more of them.
const ROUNDS_OF_PARTS_HEADLESS: u32 = 12;

/// Like [`ROUNDS_HEADLESS`], for broken connections with no part succeeding: nothing was rejected, and a
/// bad line may improve. About an hour.
const ROUNDS_OF_BREAKS_HEADLESS: u32 = 24;

/// How many times in a row a headless run checks whether another program has released its file: about an
/// hour.
const ROUNDS_IN_USE_HEADLESS: u32 = 120;

/// In an endless series of rounds, the log records this many, then ever fewer.
const ROUNDS_TOLD: u32 = 8;

/// How many times in a row a web page may come instead of an answer. A network's sign-in page disappears
/// after signing in; one that stays is the service's own, or the address is wrong, and only the user can
/// know.
const PAGES_HEADLESS: u32 = 4;
const PAGES: u32 = 40;

/// Why a run ends.
#[derive(Debug)]
pub(crate) enum RunError {
    /// The job was paused, cancelled or changed otherwise, or the process is ending: nothing to record.
    Overtaken,
    /// Needs the user's decision.
    Attention { cause: Cause, detail: String },
    /// The key is missing or was refused.
    Key { cause: Cause, detail: String },
    /// The refused key has been replaced meanwhile: the job runs again with the new one.
    OldKey,
    /// No network; or, with a cause, something else answers in its place.
    Offline { page: Option<Cause>, detail: String },
    /// The file's folder is missing: an unplugged drive or an unmounted share.
    SourceAway { detail: String },
    /// The file's drive does not answer.
    DriveSilent { detail: String },
    /// The file's content is still being fetched.
    Fetching { detail: String },
    /// The file could not be read, for a possibly transient reason.
    Unread { why: String, what: InTheWay, detail: String },
    /// The service is busy or keeps failing; `after` is its requested delay, if any. `what` is part of a
    /// sentence, `detail` is for Details.
    Busy { after: Option<Duration>, what: String, detail: String, by: By },
    /// Too much was sent in vain within an hour; nothing more is sent until it is over.
    InVain { left: Duration, bytes: u64, what: String },
    /// This computer lets Partway open no more files and connections. That passes as others are closed.
    OpenFiles { detail: String },
    /// The journal could not be written: nothing can be confirmed, so nothing is sent.
    Journal(JournalError),
}

/// What prevents a run from reading its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InTheWay {
    /// Its disk.
    Disk,
    /// The route to its drive, which comes back like a network.
    Way,
    /// Another program has it locked.
    Program,
}

impl InTheWay {
    /// How many rounds in a row may confirm nothing of the file; `None`: no limit.
    const fn rounds(self, headless: bool) -> Option<u32> {
        match (self, headless) {
            // A disk that cannot read one of its sectors never will.
            (Self::Disk, _) | (Self::Way, true) => Some(ROUNDS_HEADLESS),
            (Self::Way, false) => Some(ROUNDS),
            (Self::Program, true) => Some(ROUNDS_IN_USE_HEADLESS),
            (Self::Program, false) => None,
        }
    }
}

/// What stops a run from continuing for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The service is throttling.
    Wish,
    /// An API call fails.
    Call,
    /// A part is rejected with a transient error.
    Part,
    /// Connections stall, or bring no answer.
    Stall,
    /// Connections break within a part.
    Break,
}

impl By {
    fn of(failure: &Failure) -> Self {
        match failure.class {
            RetryClass::Throttled { .. } => Self::Wish,
            _ if failure.step != Step::Part => Self::Call,
            _ if is_answered(failure) => Self::Part,
            _ if failure.code.as_deref() == Some(STALLED) => Self::Stall,
            _ => Self::Break,
        }
    }

    /// How many rounds in a row may make no progress; `None`: no limit.
    const fn rounds(self, headless: bool) -> Option<u32> {
        match (self, headless) {
            (Self::Wish, _) | (Self::Stall | Self::Break, false) => None,
            (Self::Call | Self::Stall, true) => Some(ROUNDS_HEADLESS),
            (Self::Part, true) => Some(ROUNDS_OF_PARTS_HEADLESS),
            (Self::Break, true) => Some(ROUNDS_OF_BREAKS_HEADLESS),
            (Self::Call | Self::Part, false) => Some(ROUNDS),
        }
    }
}

impl From<JournalError> for RunError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl RunError {
    /// Ends a run because of a request that an immediate retry will not fix.
    pub(crate) fn from_failure(failure: &Failure) -> Self {
        let detail = failure.to_string();
        if failure.cause == Cause::OpenFiles {
            return Self::OpenFiles { detail };
        }
        match failure.class {
            RetryClass::Credentials => Self::Key { cause: failure.cause.clone(), detail },
            RetryClass::Offline => {
                let page = matches!(failure.cause, Cause::BrokenReply { .. }).then(|| failure.cause.clone());
                Self::Offline { page, detail }
            }
            RetryClass::Throttled { after } => {
                Self::Busy { after, what: failure.plain().to_owned(), detail, by: By::Wish }
            }
            RetryClass::Again | RetryClass::Unknown => {
                Self::Busy { after: None, what: failure.plain().to_owned(), detail, by: By::of(failure) }
            }
            _ => Self::Attention { cause: failure.cause.clone(), detail },
        }
    }
}

/// Records why a run ended; `used` is its choice for a taken name.
pub(super) async fn carry_out(
    state: &Arc<EngineState>,
    id: &JobId,
    used: Option<IfExists>,
    halt: RunError,
) -> Result<(), JournalError> {
    match halt {
        RunError::Overtaken => Ok(()),
        RunError::Attention {
            cause: cause @ (Cause::NameTaken { .. } | Cause::NameShared { .. }),
            detail,
        } => state.name_taken(id, used, cause, detail).await,
        RunError::Attention { cause, detail } => state.refuse(vec![id.clone()], cause, detail).await,
        RunError::Key { cause, detail } => key(state, id, cause, detail).await,
        RunError::OldKey => {
            let _ = state.apply(id, Event::Restarted, None).await?;
            Ok(())
        }
        RunError::Offline { page, detail } => {
            tracing::info!(job = %id, detail, "no network");
            let (log, round) = match &page {
                Some(_) => (Log::Page, put_off(state, id, |put_off| &mut put_off.pages)),
                None => (Log::NetworkLost, put_off(state, id, |put_off| &mut put_off.offline)),
            };
            match page {
                Some(cause) if round > if state.headless { PAGES_HEADLESS } else { PAGES } => {
                    return state.refuse(vec![id.clone()], cause, detail).await;
                }
                _ => {}
            }
            let first = state.memory().offline.insert(id.clone());
            hold(state, id, Hold::Offline, first.then_some(log)).await?;
            let wait = PUT_OFF.delay(round, state.chance.next()).min(Duration::from_secs(30));
            state.release_later(id.clone(), Hold::Offline, wait);
            Ok(())
        }
        // A headless run has no user to plug the drive in.
        RunError::SourceAway { detail } if state.headless => {
            state.refuse(vec![id.clone()], Cause::SourceMissing, detail).await
        }
        RunError::SourceAway { detail } => {
            tracing::info!(job = %id, detail, "the file's folder is gone");
            hold(state, id, Hold::SourceMissing, Some(Log::SourceAway)).await
        }
        RunError::DriveSilent { detail } => {
            tracing::info!(job = %id, detail, "the file's drive does not answer");
            hold(state, id, Hold::DriveSilent, Some(Log::DriveSilent)).await
        }
        RunError::Fetching { detail } => {
            tracing::info!(job = %id, detail, "the file's content is not here yet");
            hold(state, id, Hold::Fetching, Some(Log::Fetching)).await
        }
        RunError::Unread { why, what, detail } => unread(state, id, why, what, detail).await,
        RunError::Busy { after, what, detail, by } => {
            let round = put_off(state, id, |put_off| &mut put_off.failing);
            if by.rounds(state.headless).is_some_and(|rounds| round > rounds) {
                let cause = keeps_failing(state, id, what).await?;
                return state.refuse(vec![id.clone()], cause, detail).await;
            }
            let pace = if by == By::Part && !state.headless { PUT_OFF_PARTS } else { PUT_OFF };
            let wait = pace.delay_after(round, state.chance.next(), after);
            let seconds = wait.as_secs().max(1);
            let log = if by == By::Wish { Log::Throttled { seconds } } else { Log::PutOff { seconds } };
            let told = round <= ROUNDS_TOLD || round.is_power_of_two();
            hold(state, id, Hold::Throttled, told.then_some(log)).await?;
            state.release_later(id.clone(), Hold::Throttled, wait);
            Ok(())
        }
        RunError::OpenFiles { detail } => {
            tracing::warn!(job = %id, detail, "too many open files");
            let wait = PUT_OFF
                .delay(put_off(state, id, |put_off| &mut put_off.offline), state.chance.next())
                .min(LACK);
            let log = Log::OpenFiles { seconds: wait.as_secs().max(1) };
            hold(state, id, Hold::Throttled, Some(log)).await?;
            state.release_later(id.clone(), Hold::Throttled, wait);
            Ok(())
        }
        RunError::InVain { left, bytes, what } => {
            let log = Log::InVain { bytes, seconds: left.as_secs().max(1), why: what };
            hold(state, id, Hold::Throttled, Some(log)).await?;
            state.release_later(id.clone(), Hold::Throttled, left);
            Ok(())
        }
        RunError::Journal(error) => Err(error),
    }
}

/// The file will be read again later. Counts rounds in a row that confirmed nothing of it.
async fn unread(
    state: &Arc<EngineState>,
    id: &JobId,
    why: String,
    what: InTheWay,
    detail: String,
) -> Result<(), JournalError> {
    let confirmed = state.job(id).await.map_or(0, |job| job.confirmed);
    let round = {
        let mut memory = state.memory();
        let (round, at) = memory.unread.entry(id.clone()).or_default();
        *round = if *at == confirmed { *round + 1 } else { 1 };
        *at = confirmed;
        *round
    };
    if what.rounds(state.headless).is_some_and(|rounds| round > rounds) {
        state.memory().unread.remove(id);
        return state.refuse(vec![id.clone()], Cause::SourceUnreadable { why }, detail).await;
    }
    let wait = PUT_OFF.delay(round, state.chance.next());
    let (of, wait) = match what {
        InTheWay::Program => (Hold::InUse, wait.min(LACK)),
        InTheWay::Disk | InTheWay::Way => (Hold::Unread, wait),
    };
    let told = round <= ROUNDS_TOLD || round.is_power_of_two();
    let log = Log::Unread { why, seconds: wait.as_secs().max(1) };
    hold(state, id, of, told.then_some(log)).await?;
    state.release_later(id.clone(), of, wait);
    Ok(())
}

/// Counts one more round of that kind.
fn put_off(state: &EngineState, id: &JobId, of: impl FnOnce(&mut PutOff) -> &mut u32) -> u32 {
    let mut memory = state.memory();
    let round = of(memory.put_off.entry(id.clone()).or_default());
    *round = round.saturating_add(1);
    *round
}

/// The cause of a persistent failure, with figures if bytes were sent in vain.
async fn keeps_failing(state: &EngineState, id: &JobId, what: String) -> Result<Cause, JournalError> {
    let (now, job) = (state.clock.unix_ms(), id.clone());
    let sent = state.journal.read(move |conn| vain::of(conn, now, &job, None)).await?.vain;
    Ok(match sent.times {
        0 => Cause::KeepsFailing { what },
        times => Cause::SentInVain(Box::new(SentInVain { times, bytes: sent.bytes, said: what })),
    })
}

async fn hold(
    state: &Arc<EngineState>,
    id: &JobId,
    hold: Hold,
    log: Option<Log>,
) -> Result<(), JournalError> {
    // A finishing job cannot be paused, but it does wait for network and service.
    let _ = state.apply(id, Event::Held(hold), log).await?;
    Ok(())
}

/// A refused key affects every job of its destination: all of them wait for a new one. A headless run
/// cannot get one.
async fn key(state: &Arc<EngineState>, id: &JobId, cause: Cause, detail: String) -> Result<(), JournalError> {
    let Ok(job) = state.job(id).await else { return Ok(()) };
    let standing = match cause {
        Cause::KeyMissing { .. } | Cause::KeyUnread { .. } | Cause::KeyUnusable { .. } => Standing::Missing,
        _ => Standing::Refused,
    };
    state.key_changed(&job.destination);
    state.set_standing(&job.destination, standing).await?;
    let open = state.open_of_destination(&job.destination, Hold::Credentials, false).await?;
    if state.headless {
        state.refuse(open, cause.clone(), detail.clone()).await?;
        // Held earlier by a run with a user interface.
        let held = state.open_of_destination(&job.destination, Hold::Credentials, true).await?;
        state.refuse(held, cause, detail).await?;
    } else {
        let id = id.clone();
        // A key that cannot be read now was good a moment ago: what is in flight with it continues.
        let concerned =
            move |job: &Job| standing == Standing::Refused || job.id == id || job.state == State::Waiting;
        let held = (Event::Held(Hold::Credentials), None);
        state.apply_each(open, move |job| concerned(job).then(|| held.clone())).await?;
    }
    Ok(())
}

/// A probably transient failure of a part.
pub(super) fn passing(code: &str, what: &str) -> Failure {
    let cause = Cause::KeepsFailing { what: what.into() };
    Failure { code: Some(code.into()), ..Failure::new(Step::Part, RetryClass::Again, cause, what) }
}

/// Whether the service answered, or received other bytes; otherwise a connection broke and nothing was
/// rejected.
pub(super) fn is_answered(failure: &Failure) -> bool {
    failure.status.is_some() || failure.code.as_deref() == Some(DIFFERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_program_is_waited_for_as_long_as_it_takes_and_headless_about_an_hour() {
        assert_eq!(InTheWay::Program.rounds(false), None);
        let mut waited = Duration::ZERO;
        for round in 1..=InTheWay::Program.rounds(true).unwrap() {
            waited += PUT_OFF.delay(round, 0.5).min(LACK);
        }
        assert!((50..70).contains(&(waited.as_secs() / 60)), "{waited:?}");
        assert_eq!(InTheWay::Disk.rounds(false), InTheWay::Disk.rounds(true), "a disk is no program");
    }
}
