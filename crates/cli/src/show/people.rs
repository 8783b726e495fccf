//! Lines and bars for people.

use std::collections::{HashMap, HashSet};
use std::io::IsTerminal as _;
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use partway_api::{DestinationView, Event, FinishedState, HoldName, StateName};

use super::bars::Bars;
use super::words::{self, End, Tally};
use crate::exit::Stopped;
use crate::{print, text};

/// Shows events to people, with the state needed for that.
pub(crate) struct People {
    bars: Option<Bars>,
    colours: bool,
    practice: HashSet<String>,
    files: HashMap<String, File>,
    tally: Tally,
}

struct File {
    size: u64,
    destination: String,
    began: Option<Instant>,
    told: Option<(StateName, Vec<HoldName>)>,
}

impl People {
    #[expect(clippy::disallowed_methods, reason = "a program that shows colours")]
    pub(crate) fn new() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            bars: std::io::stderr().is_terminal().then(|| Bars::new(!plain)),
            colours: std::io::stdout().is_terminal() && !plain,
            practice: HashSet::new(),
            files: HashMap::new(),
            tally: Tally::default(),
        }
    }

    pub(crate) fn know(&mut self, destinations: &[DestinationView]) {
        self.practice = destinations.iter().filter(|d| d.practice).map(|d| d.name.clone()).collect();
    }

    pub(crate) fn event(&mut self, event: &Event) -> Result<(), Stopped> {
        match event {
            Event::Added { id, size, destination, .. } => self.added(id, *size, destination),
            Event::State { id, file, state, holds, reason } => {
                self.state(id, file, *state, holds, reason.as_deref());
            }
            Event::Started { id, file, .. } => self.started(id, file),
            Event::Part { id, confirmed, .. } => {
                if let Some(bars) = &mut self.bars {
                    bars.confirmed(id, *confirmed);
                }
            }
            // A bar shows it until it moves on; as a line it would push finished files out of view.
            Event::Note { id, file, text } => match &mut self.bars {
                Some(bars) => bars.note(id, &text::printable(text)),
                None => self.aside(&format!("{}: {}", text::printable(file), text::printable(text))),
            },
            Event::Progress { id, file, confirmed, on_the_way, size, speed, seconds_left } => {
                if let Some(bars) = &mut self.bars {
                    bars.file(id, file, *size);
                    bars.confirmed(id, *confirmed);
                    bars.say(id, *speed, &words::progress(*on_the_way, *speed, *seconds_left));
                }
            }
            Event::Finished { .. } => self.finished(event)?,
            Event::Trouble { text: Some(text) } => self.aside(text),
            Event::Trouble { text: None } => self.aside("There is room again; going on."),
            // The tally at the end covers this command's files.
            Event::BatchFinished { .. } => {}
        }
        Ok(())
    }

    fn added(&mut self, id: &str, size: u64, destination: &str) {
        let file = File { size, destination: destination.to_owned(), began: None, told: None };
        self.files.insert(id.to_owned(), file);
        if let Some(bars) = &mut self.bars {
            bars.added(size);
        }
    }

    fn started(&mut self, id: &str, file: &str) {
        let Some(known) = self.files.get_mut(id) else { return };
        known.began.get_or_insert_with(Instant::now);
        if let Some(bars) = &mut self.bars {
            bars.file(id, file, known.size);
        }
    }

    fn state(&mut self, id: &str, file: &str, state: StateName, holds: &[HoldName], reason: Option<&str>) {
        let Some(known) = self.files.get_mut(id) else { return };
        if state != StateName::Waiting {
            known.began.get_or_insert_with(Instant::now);
        }
        let words = words::waits(state, holds, reason);
        if let Some(bars) = &mut self.bars {
            match &words {
                Some(words) => bars.say(id, 0, words),
                None if state == StateName::Waiting => bars.remove(id),
                None => {}
            }
            return;
        }
        // A repeated state, such as a countdown with every tick, must not print a line each time.
        let now = Some((state, holds.to_vec()));
        if known.told != now {
            known.told = now;
            if let Some(words) = words {
                self.aside(&format!("{}: {words}", text::printable(file)));
            }
        }
    }

    fn finished(&mut self, event: &Event) -> Result<(), Stopped> {
        let Event::Finished { id, file, state, receipt, reason, skipped, .. } = event else { return Ok(()) };
        let known = id.as_ref().and_then(|id| self.files.get(id));
        let destination = known.map(|known| known.destination.as_str());
        let end = End {
            file,
            destination,
            practice: destination.is_some_and(|name| self.practice.contains(name)),
            state: *state,
            skipped: *skipped,
            size: known.map_or(0, |known| known.size),
            took: known.and_then(|known| Some(known.began?.elapsed())),
            reason: reason.as_deref(),
            link: receipt.as_ref().and_then(|receipt| receipt.link.as_deref()),
        };
        self.tally.count(&end);
        let line = format!("{}  {}", self.paint(words::state(&end), *state, end.practice), words::end(&end));
        if let (Some(bars), Some(id)) = (&mut self.bars, id) {
            bars.ended(id);
        }
        self.line(&line)
    }

    fn paint(&self, word: &str, state: FinishedState, practice: bool) -> String {
        let colour = match state {
            FinishedState::Verified if !practice => AnsiColor::Green,
            FinishedState::NeedsAttention => AnsiColor::Red,
            _ => return word.to_owned(),
        };
        if !self.colours {
            return word.to_owned();
        }
        let style = Style::new().fg_color(Some(colour.into()));
        format!("{style}{word}{style:#}")
    }

    fn line(&self, line: &str) -> Result<(), Stopped> {
        match &self.bars {
            Some(bars) => bars.aside(|| print::line(line)),
            None => print::line(line),
        }
    }

    pub(crate) fn aside(&self, sentence: &str) {
        match &self.bars {
            Some(bars) => bars.aside(|| print::aside(sentence)),
            None => print::aside(sentence),
        }
    }

    pub(crate) fn teller(&self) -> super::Tell {
        match &self.bars {
            Some(bars) => bars.teller(),
            None => Box::new(print::aside),
        }
    }

    pub(crate) fn end(&mut self) -> Result<(), Stopped> {
        if let Some(bars) = self.bars.take() {
            bars.clear();
        }
        match self.tally.sentence() {
            Some(sentence) => print::line(&sentence),
            None => Ok(()),
        }
    }
}
