//! The shell: window, tray, drops, dialogs, notifications. It translates between the desktop and the api. It stores nothing but where its
//! window stood, and decides nothing but what becomes of window and process: whether closing hides, asks or ends (`closing`), when a hidden
//! window's web view or an idle app goes (`rest`), how often a page that broke down is loaded anew (`lost`).
//!
//! What is absent: no path ever comes from the page, no state of an upload is kept here, and nothing here runs on the thread that draws.

mod adding;
mod args;
mod awake;
mod clipboard;
mod closing;
mod commands;
mod desktop;
mod dialogs;
mod drops;
mod engine;
#[cfg(test)]
mod fences;
mod folder;
mod glance;
mod intake;
#[cfg(windows)]
mod leaving;
mod logging;
mod login;
mod lost;
mod moved;
mod named;
#[cfg(target_os = "linux")]
mod notice_place;
mod notices;
mod notify;
mod options;
mod outside;
mod pace;
mod place;
mod poster;
mod refused;
mod rest;
mod screen;
#[cfg(target_os = "linux")]
mod session;
mod shown;
mod signals;
mod start;
mod ticks;
mod tray;
mod trouble;
mod visits;
mod watching;
mod window;
mod words;

use std::process::ExitCode;

/// Runs the app until it ends, or hands its files to the one that runs already.
pub fn main() -> ExitCode {
    let args = args::parse();
    logging::start();
    match start::start(&args) {
        Ok(Some(here)) => desktop::run(here, &args),
        Ok(None) => ExitCode::SUCCESS,
        Err(trouble) => {
            trouble::tell(&trouble);
            ExitCode::FAILURE
        }
    }
}
