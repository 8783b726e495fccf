//! Writes to standard output, and notices when nobody reads it any more.

use std::io::{self, Write};

use serde::Serialize;

use crate::exit::Stopped;
use crate::text::{printable_json, printable_lines};

/// Writes a line for people.
///
/// # Errors
/// Where nobody reads standard output any more.
pub(crate) fn line(text: &str) -> Result<(), Stopped> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", printable_lines(text)).and_then(|()| out.flush()).map_err(|_| Stopped::unread())
}

/// Writes one JSON object for programs.
///
/// # Errors
/// Where nobody reads standard output any more.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Stopped> {
    let text = serde_json::to_string(value).map_err(|fault| Stopped::here(fault.to_string()))?;
    line(&printable_json(&text))
}

/// Writes a line to standard error; where that is closed there is nobody to tell.
pub(crate) fn aside(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", printable_lines(text));
}

/// An object of `--json` that is not something that happened: each has `event` all the same.
#[derive(Serialize)]
pub(crate) struct Tagged<'a, T> {
    pub(crate) event: &'static str,
    #[serde(flatten)]
    pub(crate) value: &'a T,
}
