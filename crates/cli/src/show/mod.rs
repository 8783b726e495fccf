//! What is shown while a command waits: NDJSON for programs, lines and bars for people.

mod bars;
mod people;
mod words;

use partway_api::{DestinationView, Event};

use self::people::People;
use crate::exit::Stopped;
use crate::print;

/// Says a sentence on standard error.
pub(crate) type Tell = Box<dyn Fn(&str) + Send + Sync>;

/// How what happens is shown.
pub(crate) enum Show {
    /// One JSON object a line on standard output, and nothing else there.
    Json,
    /// For people: ends on standard output, everything else on standard error.
    People(Box<People>),
}

impl Show {
    /// For programs or for people.
    pub(crate) fn new(json: bool) -> Self {
        if json { Self::Json } else { Self::People(Box::new(People::new())) }
    }

    /// Which destinations are *Practice*: what went there is not uploaded.
    pub(crate) fn know(&mut self, destinations: &[DestinationView]) {
        if let Self::People(people) = self {
            people.know(destinations);
        }
    }

    /// Shows what happened.
    ///
    /// # Errors
    /// Where nobody reads standard output any more.
    pub(crate) fn event(&mut self, event: &Event) -> Result<(), Stopped> {
        match self {
            Self::Json => print::json(event),
            Self::People(people) => people.event(event),
        }
    }

    /// A sentence about the command itself; on standard error for both.
    pub(crate) fn aside(&self, sentence: &str) {
        match self {
            Self::Json => print::aside(sentence),
            Self::People(people) => people.aside(sentence),
        }
    }

    /// What says such a sentence from elsewhere, whatever this command is waiting for.
    pub(crate) fn teller(&self) -> Tell {
        match self {
            Self::Json => Box::new(print::aside),
            Self::People(people) => people.teller(),
        }
    }

    /// All files have ended.
    ///
    /// # Errors
    /// Where nobody reads standard output any more.
    pub(crate) fn end(&mut self) -> Result<(), Stopped> {
        match self {
            Self::Json => Ok(()),
            Self::People(people) => people.end(),
        }
    }
}
