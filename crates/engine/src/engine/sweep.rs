//! Cleanup: aborts discarded sessions where the vendor can, and wipes deleted links from the disk.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use partway_core::RetryClass;

use crate::journal::sessions::{self, Leftover};
use crate::journal::{JournalError, destinations};
use crate::log::Log;
use crate::record::DestinationId;
use crate::state::EngineState;

/// Minimum interval between wipes of deleted links: a wipe costs as much as a commit, and a batch of small
/// files ends in bursts.
const CALM: Duration = Duration::from_millis(500);

/// Delay before a failed abort is retried.
const AGAIN: Duration = Duration::from_secs(60);

/// Discarded sessions read at once.
const AT_ONCE: u32 = 100;

/// How long a shutdown waits for vendors to abort sessions, and how many attempts it makes.
pub(super) const LAST: Duration = Duration::from_secs(5);
const LAST_TRIES: u32 = 3;

pub(super) async fn serve(state: Arc<EngineState>) {
    loop {
        let all_clear = match clear(&state, false).await {
            Ok(all_clear) => all_clear,
            Err(error) => {
                tracing::warn!(%error, "what was given up could not be cleared away");
                false
            }
        };
        let wiped = state.journal.wipe_log().await;
        tokio::time::sleep(CALM).await;
        match wiped {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => tracing::warn!(%error, "deleted links could not be wiped yet"),
        }
        if all_clear {
            state.sweep.notified().await;
        } else {
            let _ = tokio::time::timeout(AGAIN, state.sweep.notified()).await;
        }
    }
}

/// The last sweep before shutdown: an upload cancelled just before must not stay open, and billed. What
/// does not succeed in time is retried at the next start.
pub(super) async fn last(state: &Arc<EngineState>, limit: Duration) {
    let all = async {
        for _ in 0..LAST_TRIES {
            match clear(state, true).await {
                Ok(true) => return,
                Ok(false) => tokio::time::sleep(CALM).await,
                Err(error) => return tracing::warn!(%error, "what was given up could not be cleared away"),
            }
        }
    };
    if tokio::time::timeout(limit, all).await.is_err() {
        tracing::warn!("what was given up is thrown away at the next start");
    }
}

/// Aborts discarded sessions. A destination that fails is skipped for the rest of the pass rather than
/// asked for each of a thousand sessions and, except at shutdown, is not asked again with every file that
/// ends.
async fn clear(state: &Arc<EngineState>, at_the_end: bool) -> Result<bool, JournalError> {
    let now = state.clock.steady();
    let mut refusing: HashSet<DestinationId> = match at_the_end {
        true => HashSet::new(),
        false => {
            let memory = state.memory();
            memory.abort_after.iter().filter(|(_, until)| now < **until).map(|(id, _)| id.clone()).collect()
        }
    };
    let (mut all_clear, mut after) = (true, 0);
    loop {
        let leftovers = state.journal.read(move |conn| sessions::leftovers(conn, after, AT_ONCE)).await?;
        let Some(last) = leftovers.last() else { return Ok(all_clear) };
        after = last.id;
        for leftover in leftovers {
            let destination = leftover.destination.clone();
            if refusing.contains(&destination) {
                all_clear = false;
            } else if !abort(state, leftover).await? {
                all_clear = false;
                state.memory().abort_after.insert(destination.clone(), now + AGAIN);
                refusing.insert(destination);
            }
        }
    }
}

/// Aborts one session; `false` means retry later.
async fn abort(state: &Arc<EngineState>, leftover: Leftover) -> Result<bool, JournalError> {
    let destination = leftover.destination.clone();
    let Some(destination) = state.journal.read(move |conn| destinations::get(conn, &destination)).await?
    else {
        return Ok(true);
    };
    let status = match state.providers.provider(&destination).await {
        Ok(provider) if provider.capabilities().abort => match provider.abort(&leftover.session).await {
            Ok(()) => "ended",
            Err(failure) if matches!(failure.class, RetryClass::SessionGone | RetryClass::Conflict) => {
                "ended"
            }
            Err(failure) => {
                tracing::warn!(%failure, "a session could not be thrown away yet");
                return Ok(false);
            }
        },
        Ok(_) => "left",
        Err(failure) => {
            tracing::warn!(%failure, "a session could not be thrown away yet");
            return Ok(false);
        }
    };
    let (id, until) = (leftover.id, leftover.session.expires_at);
    state.journal.write(move |conn| sessions::set_status(conn, id, status)).await?;
    if status == "left" {
        state.log(&leftover.job, Log::LeftBehind { until }).await?;
    }
    Ok(true)
}
