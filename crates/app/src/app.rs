//! The one object that front ends hold.

use std::time::Duration;

use partway_api::{Answer, ApiError, Code, Event, Look, Request, Tick};

use crate::{AppOptions, OpenError};

/// A running Partway on one data folder. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct App {}

impl App {
    /// Opens the journal, takes up what was unfinished and starts the engine. The caller holds the folder's lock.
    ///
    /// # Errors
    /// A sentence: the journal is of a newer version, the folder cannot be written, …
    pub async fn open(_options: AppOptions) -> Result<Self, OpenError> {
        Ok(Self {})
    }

    /// Answers one request.
    ///
    /// # Errors
    /// An [`ApiError`] ready to be shown.
    pub async fn ask(&self, _request: Request) -> Result<Answer, ApiError> {
        Err(ApiError::new(Code::Internal, "not there yet"))
    }

    /// What happens from now on.
    #[must_use]
    pub fn follow(&self) -> Events {
        Events {}
    }

    /// Ticks for a look, at most one every 100 ms and only when something in it changed.
    #[must_use]
    pub fn watch(&self, _look: Look) -> Watch {
        Watch {}
    }

    /// Ends in order: no new part, those in flight get `grace`, then the journal is closed. Everything stays resumable.
    pub async fn close(&self, _grace: Duration) {}
}

/// A stream of [`Event`]s.
pub struct Events {}

impl Events {
    /// The next event; `Err(n)` when `n` were dropped because the reader was too slow, `None` after the app closed.
    pub async fn next(&mut self) -> Option<Result<Event, u64>> {
        None
    }
}

/// A stream of [`Tick`]s for one look.
pub struct Watch {}

impl Watch {
    /// The next tick; `None` after the app closed. Cancel-safe.
    pub async fn next(&mut self) -> Option<Tick> {
        None
    }

    /// Looks elsewhere; the next tick holds everything of the new look.
    pub fn look(&self, _look: Look) {}
}
