//! What a front end hears, whether it holds the folder or not.

use partway_api::Event;
use partway_app::App;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::{Answers, EventSource};

/// One thing heard.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// Something happened.
    Event(Event),
    /// Events were dropped because this front end was too slow: ask `List` to catch up.
    Lagged,
    /// The holder of the folder ended. Open the folder again: this front end may become the holder.
    HolderGone,
}

/// The events of a front end that does not hold the folder.
pub struct ClientEvents(pub(crate) broadcast::Receiver<Heard>);

/// Events, from within or over the socket.
pub enum FrontEvents<A: Answers = App> {
    /// From the app that this process runs.
    Own(A::Events),
    /// From the process that holds the folder.
    Theirs(ClientEvents),
}

impl<A: Answers> FrontEvents<A> {
    /// The next. Cancel-safe.
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
