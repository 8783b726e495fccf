//! What the bridge needs from its backend: an [`App`], or a stand-in in tests.

use std::future::Future;
use std::time::Duration;

use partway_api::{Answer, ApiError, Event, Look, Request, Tick};
use partway_app::App;

/// Answers requests. Cheap to clone; all clones are the same.
pub trait Answers: Clone + Send + Sync + 'static {
    /// The stream of events.
    type Events: EventSource;
    /// The stream of changes in a look.
    type Ticks: TickSource;

    /// Answers one request.
    fn ask(&self, request: Request) -> impl Future<Output = Result<Answer, ApiError>> + Send;
    /// Subscribes to events; one that follows this call is included.
    fn follow(&self) -> Self::Events;
    /// Watches for changes in a look.
    fn watch(&self, look: Look) -> Self::Ticks;
    /// Shuts down in order.
    fn close(&self, grace: Duration) -> impl Future<Output = ()> + Send;
}

/// A stream of [`Event`]s.
pub trait EventSource: Send + 'static {
    /// The next event; `Err(n)` when `n` were dropped because the reader was too slow, `None` at the end.
    /// Cancel-safe.
    fn next(&mut self) -> impl Future<Output = Option<Result<Event, u64>>> + Send;
}

/// A stream of [`Tick`]s.
pub trait TickSource: Send + 'static {
    /// The next tick; `None` at the end. Cancel-safe.
    fn next(&mut self) -> impl Future<Output = Option<Tick>> + Send;
    /// Changes the look.
    fn look(&self, look: Look);
}

impl Answers for App {
    type Events = partway_app::Events;
    type Ticks = partway_app::Watch;

    fn ask(&self, request: Request) -> impl Future<Output = Result<Answer, ApiError>> + Send {
        Self::ask(self, request)
    }

    fn follow(&self) -> Self::Events {
        Self::follow(self)
    }

    fn watch(&self, look: Look) -> Self::Ticks {
        Self::watch(self, look)
    }

    fn close(&self, grace: Duration) -> impl Future<Output = ()> + Send {
        Self::close(self, grace)
    }
}

impl EventSource for partway_app::Events {
    fn next(&mut self) -> impl Future<Output = Option<Result<Event, u64>>> + Send {
        Self::next(self)
    }
}

impl TickSource for partway_app::Watch {
    fn next(&mut self) -> impl Future<Output = Option<Tick>> + Send {
        Self::next(self)
    }

    fn look(&self, look: Look) {
        Self::look(self, look);
    }
}
