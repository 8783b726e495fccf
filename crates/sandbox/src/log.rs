//! The log: one JSON object per line and request, each written with one call; never a key or a signature.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::clock::Clock;
use crate::error::Error;

/// The log file; without one, lines are dropped.
#[derive(Clone)]
pub(crate) struct Log {
    file: Option<Arc<File>>,
    clock: Clock,
}

impl Log {
    /// Opens the file for appending.
    pub(crate) fn open(path: Option<&Path>, clock: Clock) -> Result<Self, Error> {
        let file = match path {
            Some(path) => {
                let file = OpenOptions::new().create(true).append(true).open(path);
                Some(Arc::new(file.map_err(Error::at(path))?))
            }
            None => None,
        };
        Ok(Self { file, clock })
    }

    /// Begins the line of one request. It is written when the entry is dropped, so a connection that dies is
    /// logged too.
    pub(crate) fn entry(&self, step: &'static str, kind: &str) -> Entry {
        Entry {
            line: Line {
                time: String::new(),
                step,
                kind: kind.to_owned(),
                session: None,
                part: None,
                bytes: 0,
                status: None,
                stored: false,
                object: None,
                fault: None,
                discarded: false,
                note: None,
            },
            log: self.clone(),
        }
    }
}

/// A line in progress.
pub(crate) struct Entry {
    line: Line,
    log: Log,
}

/// The fields of a line; docs/sandbox.md describes them for outside readers.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    time: String,
    pub(crate) step: &'static str,
    pub(crate) kind: String,
    pub(crate) session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) part: Option<u32>,
    pub(crate) bytes: u64,
    pub(crate) status: Option<u16>,
    pub(crate) stored: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) object: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) discarded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

impl std::ops::Deref for Entry {
    type Target = Line;
    fn deref(&self) -> &Line {
        &self.line
    }
}

impl std::ops::DerefMut for Entry {
    fn deref_mut(&mut self) -> &mut Line {
        &mut self.line
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.write();
    }
}

/// Longest logged session id: clients may make one up.
const LONGEST_ID: usize = 64;

impl Entry {
    /// Sets the session that the request refers to.
    pub(crate) fn is_about(&mut self, session: Option<&str>) {
        self.session = session.map(|id| id.chars().take(LONGEST_ID).collect());
    }

    /// Writes the line now, and only once: for a request that never ends.
    pub(crate) fn write(&mut self) {
        let Some(file) = self.log.file.take() else { return };
        self.line.time = self.log.clock.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        if let Ok(mut text) = serde_json::to_vec(&self.line) {
            text.push(b'\n');
            let _ = (&*file).write_all(&text); // a full disk must not take the server down with it
        }
    }
}
