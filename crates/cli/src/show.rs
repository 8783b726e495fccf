//! What a command shows while it waits: NDJSON for programs, lines and bars for people.

mod bars;
mod people;
mod words;

use partway_api::{DestinationView, Event};

use self::people::People;
use crate::exit::Stopped;
use crate::print;

/// Prints a sentence to standard error.
pub(crate) type Tell = Box<dyn Fn(&str) + Send + Sync>;

/// How events are shown.
pub(crate) enum Show {
    /// One JSON object per line on standard output, and nothing else there.
    Json,
    /// For people: finished files on standard output, everything else on standard error.
    People(Box<People>),
}

impl Show {
    /// For programs (`json`) or people.
    pub(crate) fn new(json: bool) -> Self {
        if json { Self::Json } else { Self::People(Box::new(People::new())) }
    }

    /// Learns which destinations are *Practice*: files sent there are not called uploaded.
    pub(crate) fn know(&mut self, destinations: &[DestinationView]) {
        if let Self::People(people) = self {
            people.know(destinations);
        }
    }

    /// Shows an event.
    ///
    /// # Errors
    /// Standard output is no longer read.
    pub(crate) fn event(&mut self, event: &Event) -> Result<(), Stopped> {
        match self {
            Self::Json => print::json(event),
            Self::People(people) => people.event(event),
        }
    }

    /// Prints a sentence about the command itself to standard error, in either mode.
    pub(crate) fn aside(&self, sentence: &str) {
        match self {
            Self::Json => print::aside(sentence),
            Self::People(people) => people.aside(sentence),
        }
    }

    /// A function that does the same from elsewhere, whatever this command waits for.
    pub(crate) fn teller(&self) -> Tell {
        match self {
            Self::Json => Box::new(print::aside),
            Self::People(people) => people.teller(),
        }
    }

    /// Called when all files have ended.
    ///
    /// # Errors
    /// Standard output is no longer read.
    pub(crate) fn end(&mut self) -> Result<(), Stopped> {
        match self {
            Self::Json => Ok(()),
            Self::People(people) => people.end(),
        }
    }
}
