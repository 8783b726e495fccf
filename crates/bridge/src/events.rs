//! Events as a front end receives them, whether it holds the folder or not.

use partway_api::Event;
use partway_app::App;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::{Answers, EventSource};

/// A received event or condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// An event.
    Event(Event),
    /// Events were dropped because this front end was too slow: ask `List` to catch up.
    Lagged,
    /// The holder of the folder ended. Open the folder again: this front end may become the holder.
    HolderGone,
}

/// The events of a front end that does not hold the folder.
pub struct ClientEvents(pub(crate) broadcast::Receiver<Heard>);

/// Events, from this process or over the socket.
pub enum FrontEvents<A: Answers = App> {
    /// From the app in this process.
    Own(A::Events),
    /// From the process that holds the folder.
    Theirs(ClientEvents),
}

impl<A: Answers> FrontEvents<A> {
    /// The next event. Cancel-safe.
    pub async fn next(&mut self) -> Heard {
        match self {
            Self::Own(events) => match events.next().await {
                Some(Ok(event)) => Heard::Event(event),
                Some(Err(_)) => Heard::Lagged,
                None => Heard::HolderGone,
            },
            Self::Theirs(events) => match events.0.recv().await {
                Ok(heard) => heard,
                Err(RecvError::Lagged(_)) => Heard::Lagged,
                Err(RecvError::Closed) => Heard::HolderGone,
            },
        }
    }
}
