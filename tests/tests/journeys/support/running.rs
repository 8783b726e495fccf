//! A `partwayctl` that runs, followed line by line where it prints JSON.

use std::process::Command;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::house::Ran;
use super::program::Ended;
use super::told::{Printed, text, told};
use super::{LOOK, PATIENCE, is};

/// A command that has begun.
pub(crate) struct Running {
    child: Ended,
    out: Printed,
    err: Printed,
    lines: Receiver<String>,
    /// What it told so far.
    pub(crate) events: Vec<Value>,
    words: String,
    json: bool,
    begun: Instant,
}

impl Running {
    pub(crate) fn begin(mut command: Command) -> Self {
        let words = format!("{:?}", command.get_args().collect::<Vec<_>>());
        let json = command.get_args().any(|word| word == "--json");
        let mut child = Ended(command.spawn().unwrap());
        let (out, lines) = told(child.0.stdout.take().unwrap());
        let (err, _) = told(child.0.stderr.take().unwrap());
        Self { child, out, err, lines, events: Vec::new(), words, json, begun: Instant::now() }
    }

    #[cfg(unix)]
    pub(crate) fn pid(&self) -> u32 {
        self.child.0.id()
    }

    /// Waits for the next event of this kind that comes from now on.
    pub(crate) fn until(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.next(end.saturating_duration_since(Instant::now())) {
                Some(event) if wanted(&event) => return event,
                Some(_) => {}
                None => panic!("{} never told of {what}:\n{}", self.words, self.so_far()),
            }
        }
    }

    /// Waits for an event of this name.
    pub(crate) fn until_event(&mut self, name: &str) -> Value {
        self.until(name, |event| is(event, name))
    }

    /// The next event, or `None` when the time is over or no more will come.
    pub(crate) fn next(&mut self, within: Duration) -> Option<Value> {
        let line = self.lines.recv_timeout(within).ok()?;
        if !self.json {
            return Some(Value::Null);
        }
        let event: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?} is no JSON: {error}"));
        assert!(event["event"].is_string(), "{line}");
        self.events.push(event.clone());
        Some(event)
    }

    /// What it said on standard error so far.
    pub(crate) fn said(&self) -> String {
        text(&self.err)
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.0.try_wait().unwrap().is_none()
    }

    /// `kill -9`. What it had told by then is in `events`.
    pub(crate) fn kill(&mut self) {
        self.child.kill();
        while self.next(Duration::from_secs(1)).is_some() {}
    }

    /// Waits for its own end.
    pub(crate) fn end(self) -> Ran {
        self.end_within(PATIENCE)
    }

    /// Waits for its own end, this long at most.
    pub(crate) fn end_within(mut self, limit: Duration) -> Ran {
        let end = Instant::now() + limit;
        let code = loop {
            while self.next(LOOK).is_some() {}
            match self.child.0.try_wait().unwrap() {
                Some(status) => break status.code(),
                None => assert!(Instant::now() < end, "{} has no end:\n{}", self.words, self.so_far()),
            }
            // Lines that end before the program does would make the wait above a busy one.
            std::thread::sleep(LOOK);
        };
        while self.next(Duration::from_secs(1)).is_some() {}
        Ran {
            code,
            out: text(&self.out),
            err: text(&self.err),
            events: self.events,
            took: self.begun.elapsed(),
        }
    }

    fn so_far(&self) -> String {
        let (out, err) = (text(&self.out), text(&self.err));
        let lines: Vec<_> = out.lines().collect();
        format!("{}\n{err}", lines[lines.len().saturating_sub(30)..].join("\n"))
    }
}
