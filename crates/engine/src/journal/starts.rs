//! Marks a start that was sent and not answered, for vendors whose start must not be repeated: a setting
//! named after the job. It is removed by an answer, by the session's row, or by the decision of a user who
//! was asked about this very start (`jobs::apply`).

use partway_core::{Cause, Event, State};
use rusqlite::Connection;

use super::{Result, settings};
use crate::record::JobId;

fn name(job: &JobId) -> String {
    format!("start_sent:{job}")
}

/// Written before the start is sent.
pub(crate) fn mark(conn: &Connection, job: &JobId) -> Result<()> {
    settings::set(conn, &name(job), "true")
}

pub(crate) fn is_unanswered(conn: &Connection, job: &JobId) -> Result<bool> {
    Ok(settings::get(conn, &name(job))?.is_some())
}

pub(crate) fn answered(conn: &Connection, job: &JobId) -> Result<()> {
    settings::take(conn, &name(job)).map(drop)
}

/// Whether this step removes the mark. A retry after any other failure does not: the user did not know that
/// the start may have worked.
pub(crate) const fn is_settled_by(before: &State, event: &Event, after: &State) -> bool {
    let told = matches!(before, State::NeedsAttention(Cause::PerhapsBegun { .. }));
    after.is_end() || (told && matches!(event, Event::Retry | Event::SendAgain))
}
