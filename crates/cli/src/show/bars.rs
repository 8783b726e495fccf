//! Progress bars on a terminal: one per running file, and a total.

use std::collections::HashMap;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{print, text};

/// Most bars at once; more would push each other out of a small terminal. The rest is in the total.
const BARS: usize = 8;
/// Width of a name in characters.
const NAME: usize = 28;
/// Redraws per second; each file sends one event a second, so this is for many files.
const DRAWS: u8 = 10;

/// The bars of a command.
pub(super) struct Bars {
    all: MultiProgress,
    files: HashMap<String, Bar>,
    total: ProgressBar,
    style: ProgressStyle,
    added: usize,
    through: usize,
    size: u64,
    /// Bytes of the files that ended.
    ended: u64,
}

struct Bar {
    line: Option<ProgressBar>,
    size: u64,
    confirmed: u64,
    speed: u64,
    words: String,
}

impl Bar {
    /// Formats the percentage itself, because the bar's own would round up to 100 before all is confirmed.
    fn draw(&self) {
        if let Some(line) = &self.line {
            line.set_position(self.confirmed);
            line.set_message(message(self.confirmed, self.size, &self.words));
        }
    }
}

fn message(confirmed: u64, size: u64, words: &str) -> String {
    format!("{:>3} %  {words}", text::percent(confirmed, size))
}

impl Bars {
    pub(super) fn new(colours: bool) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWS));
        let bar = if colours { "{bar:20.cyan/dim}" } else { "{bar:20}" };
        // Fall back to a default style if the template does not parse: the words still show.
        let style = ProgressStyle::with_template(&format!("{{prefix:{NAME}}} {bar} {{wide_msg}}"))
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━━─");
        let total = all.add(ProgressBar::new(0).with_style(style.clone()).with_prefix("Total"));
        Self { all, files: HashMap::new(), total, style, added: 0, through: 0, size: 0, ended: 0 }
    }

    pub(super) fn added(&mut self, size: u64) {
        self.added += 1;
        self.size = self.size.saturating_add(size);
        self.sum();
    }

    /// Shows a bar for a running file, if there is room.
    pub(super) fn file(&mut self, id: &str, file: &str, size: u64) {
        let shown = self.files.values().filter(|bar| bar.line.is_some()).count();
        let bar = self.files.entry(id.to_owned()).or_insert(Bar {
            line: None,
            size,
            confirmed: 0,
            speed: 0,
            words: String::new(),
        });
        if bar.line.is_none() && shown < BARS {
            let line = ProgressBar::new(size.max(1)).with_style(self.style.clone());
            let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
            let line = self.all.insert_before(&self.total, line);
            line.set_prefix(text::short_name(name, NAME));
            bar.line = Some(line);
            bar.draw();
        }
    }

    pub(super) fn confirmed(&mut self, id: &str, confirmed: u64) {
        if let Some(bar) = self.files.get_mut(id) {
            // Data that is checked again after a change counts anew, but a bar must not run backwards.
            bar.confirmed = bar.confirmed.max(confirmed).min(bar.size);
            if bar.confirmed == bar.size {
                bar.words.clear();
            }
            bar.draw();
            self.sum();
        }
    }

    pub(super) fn say(&mut self, id: &str, speed: u64, words: &str) {
        if let Some(bar) = self.files.get_mut(id) {
            bar.speed = speed;
            words.clone_into(&mut bar.words);
            bar.draw();
            self.sum();
        }
    }

    /// Shows a note beside a bar until it moves on.
    pub(super) fn note(&mut self, id: &str, words: &str) {
        if let Some(bar) = self.files.get_mut(id) {
            words.clone_into(&mut bar.words);
            bar.draw();
        }
    }

    /// Removes the bar of a file that waits again.
    pub(super) fn remove(&mut self, id: &str) {
        if let Some(line) = self.files.get_mut(id).and_then(|bar| bar.line.take()) {
            line.finish_and_clear();
            self.all.remove(&line);
        }
    }

    pub(super) fn ended(&mut self, id: &str) {
        self.remove(id);
        self.through += 1;
        if let Some(bar) = self.files.remove(id) {
            self.ended = self.ended.saturating_add(bar.size);
        }
        self.sum();
    }

    fn sum(&mut self) {
        if self.added < 2 {
            return;
        }
        let confirmed = self.files.values().fold(self.ended, |sum, bar| sum.saturating_add(bar.confirmed));
        let speed: u64 = self.files.values().map(|bar| bar.speed).sum();
        let left = self.size.saturating_sub(confirmed).checked_div(speed);
        self.total.set_length(self.size.max(1));
        self.total.set_position(confirmed);
        let moving = super::words::progress(0, speed, left);
        let dot = if moving.is_empty() { "" } else { " · " };
        let words = format!("{} of {} through{dot}{moving}", self.through, self.added);
        self.total.set_message(message(confirmed, self.size, &words));
    }

    /// Runs `act` with the bars out of the way.
    pub(super) fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        self.all.suspend(act)
    }

    /// A function that prints a sentence with the bars out of the way, for use elsewhere.
    pub(super) fn teller(&self) -> super::Tell {
        let all = self.all.clone();
        Box::new(move |sentence| all.suspend(|| print::aside(sentence)))
    }

    pub(super) fn clear(self) {
        // If the terminal is gone there is nothing to clear.
        let _ = self.all.clear();
    }
}
