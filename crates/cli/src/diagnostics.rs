//! `partwayctl diagnostics`: prints a text for support and sends nothing.

use std::path::Path;

use partway_api::{Answer, Command, Done, Request};

use crate::exit::{Exit, Stopped};
use crate::{open, print};

/// Prints it.
///
/// # Errors
/// Sentences for the user.
pub(crate) async fn run(folder: &Path) -> Result<Exit, Stopped> {
    let asked = Request::Command { command: Command::Diagnostics };
    if let Answer::Done { done: Done::Diagnostics { text } } = open::ask_once(folder, &asked).await? {
        text.lines().try_for_each(print::line)?;
    }
    Ok(Exit::Good)
}
