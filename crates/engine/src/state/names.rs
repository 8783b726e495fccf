//! Names taken at the destination: what a run found and what the user decided.

use std::sync::Arc;

use partway_core::{Cause, Event};
use partway_provider::IfExists;
use rusqlite::Connection;

use super::EngineState;
use super::apply::{Written, ended, write};
use crate::journal::{JournalError, jobs, names, sessions};
use crate::log::Log;
use crate::record::{Job, JobId};

/// Maximum number of alternative names tried at the destination.
pub(crate) const BESIDE: u32 = 99;

/// Applies the decision to one file whose name is taken; nothing if it is still to be asked.
pub(crate) fn decide(
    conn: &Connection,
    now: i64,
    job: &JobId,
    how: IfExists,
) -> Result<Option<Written>, JournalError> {
    names::decide(conn, job, how)?;
    let Some((event, log)) = decided(how) else { return Ok(None) };
    sessions::reset_ended(conn, job)?;
    Ok(write(conn, now, job, &event, Some(log))?.ok())
}

/// What was sent under a replaceable name only has to be completed; under another name it must be sent
/// again.
const fn decided(how: IfExists) -> Option<(Event, Log)> {
    match how {
        IfExists::Ask => None,
        IfExists::Skip => Some((Event::Skip, Log::Skipped)),
        IfExists::Overwrite => Some((Event::Retry, Log::GoingOn)),
        IfExists::Rename => Some((Event::SendAgain, Log::GoingOn)),
    }
}

impl EngineState {
    /// The vendor, or another file in the list, has this job's name. `used` is the run's choice at that
    /// time: a later decision takes precedence; otherwise the user is asked.
    pub(crate) async fn name_taken(
        self: &Arc<Self>,
        id: &JobId,
        used: Option<IfExists>,
        cause: Cause,
        detail: String,
    ) -> Result<(), JournalError> {
        let (now, id) = (self.clock.unix_ms(), id.clone());
        // Skipping what already exists does not decide between two of the user's own files, since in the
        // end neither may be there.
        let shared = matches!(cause, Cause::NameShared { .. });
        let steps = self.journal.write(move |conn| {
            let Some(job) = jobs::get(conn, &id)? else { return Ok((Vec::new(), Vec::new())) };
            let mut steps = Vec::new();
            match job.fields.if_exists {
                Some(IfExists::Skip) if !shared => {
                    steps.extend(write(conn, now, &id, &Event::Skip, Some(Log::Skipped))?);
                }
                // Its own session found the name taken at the end: a new one uses the next name.
                Some(IfExists::Rename)
                    if used == Some(IfExists::Rename) && names::pass_over(conn, &id, BESIDE)? =>
                {
                    steps.extend(write(conn, now, &id, &Event::SessionGone, Some(Log::GoingOn))?);
                    steps.extend(write(conn, now, &id, &Event::Restarted, None)?);
                }
                since => {
                    let cause = named(conn, &job, cause)?;
                    if let Ok(mut written) =
                        write(conn, now, &id, &Event::Refused(cause), Some(Log::Attention))?
                    {
                        jobs::set_detail(conn, &id, &detail)?;
                        written.applied.job.detail = Some(detail);
                        steps.push(written);
                    }
                    // Tries again with the new decision; if the vendor still refuses, that is reported.
                    let new = since.filter(|how| since != used && !(shared && *how == IfExists::Skip));
                    if let Some((event, log)) = new.and_then(decided) {
                        steps.extend(write(conn, now, &id, &event, Some(log))?);
                    }
                }
            }
            let ended = ended(conn, now, &steps)?;
            Ok((steps, ended))
        });
        let (steps, ended) = steps.await?;
        for written in steps {
            self.carry_out(written);
        }
        self.tell_ended(ended);
        Ok(())
    }
}

/// The taken name, if the storage did not name it.
fn named(conn: &Connection, job: &Job, cause: Cause) -> Result<Cause, JournalError> {
    Ok(match cause {
        Cause::NameTaken { name } if name.is_empty() => {
            let took = names::taken_by(conn, &job.id)?;
            Cause::NameTaken { name: took.unwrap_or_else(|| job.name.clone()) }
        }
        cause => cause,
    })
}
