//! The mark of a start that was sent and not answered, for vendors whose start may not be repeated: a setting with the job's name. It goes
//! with an answer, with the session's own row, or with the word of a person who was asked about that very start (`jobs::apply`).

use partway_core::{Cause, Event, State};
use rusqlite::Connection;

use super::{Result, settings};
use crate::record::JobId;

fn name(job: &JobId) -> String {
    format!("start_sent:{job}")
}

/// Written before the start goes.
pub(crate) fn mark(conn: &Connection, job: &JobId) -> Result<()> {
    settings::set(conn, &name(job), "true")
}

pub(crate) fn is_unanswered(conn: &Connection, job: &JobId) -> Result<bool> {
    Ok(settings::get(conn, &name(job))?.is_some())
}

pub(crate) fn answered(conn: &Connection, job: &JobId) -> Result<()> {
    settings::take(conn, &name(job)).map(drop)
}

/// Whether this step takes the mark away. Whoever tries again after any other trouble was not told that the start may have worked.
pub(crate) const fn is_settled_by(before: &State, event: &Event, after: &State) -> bool {
    let told = matches!(before, State::NeedsAttention(Cause::PerhapsBegun { .. }));
    after.is_end() || (told && matches!(event, Event::Retry | Event::SendAgain))
}
