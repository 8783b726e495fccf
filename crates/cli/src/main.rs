//! `partwayctl`, the headless front end: destinations, uploads and the queue from a terminal or a script.
//!
//! Only this binary reads the environment. It holds the data folder itself or talks to the Partway that does;
//! the only place that knows the difference is `work`, which outlives a holder that ends. See
//! docs/partwayctl.md for the contract with scripts.

mod args;
mod data_dir;
mod destinations;
mod diagnostics;
mod exit;
mod generate;
mod jobs;
mod keys;
mod logging;
mod named;
mod open;
mod print;
mod resume;
mod show;
mod stop;
mod target;
mod text;
mod tracker;
mod upload;
mod watch;
mod wildcards;
mod words;
mod work;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Command, Generate};
use crate::exit::Exit;

fn main() -> ExitCode {
    let outcome = match Generate::asked(std::env::args_os()) {
        Some(what) => generate::run(&what),
        None => {
            logging::start();
            match Args::try_parse() {
                Ok(args) => run(args),
                Err(said) => return told(&said),
            }
        }
    };
    end(outcome)
}

/// Prints help, the version, or what is wrong with the command.
fn told(said: &clap::Error) -> ExitCode {
    match print(said) {
        Err(fault) if !said.use_stderr() => end(Err(print::stopped(&fault))),
        _ => u8::try_from(said.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from),
    }
}

/// As clap prints it, unless it repeats an argument with characters that a terminal would obey.
fn print(said: &clap::Error) -> std::io::Result<()> {
    let plain = said.render().to_string();
    let printable = text::printable_lines(&plain);
    if !said.use_stderr() || printable == plain {
        return said.print();
    }
    write!(std::io::stderr(), "{printable}")
}

fn end(outcome: Result<Exit, exit::Stopped>) -> ExitCode {
    match outcome {
        Ok(exit) => exit.into(),
        Err(stopped) => {
            if !stopped.sentence.is_empty() {
                // If stderr is closed, there is no way to report it.
                let _ = writeln!(std::io::stderr(), "{}", text::printable_lines(&stopped.sentence));
            }
            stopped.exit.into()
        }
    }
}

/// Checks for free file descriptors: Tokio's runtime panics if it finds none for its signal waker.
#[cfg(unix)]
fn open_files_for_a_runtime() -> std::io::Result<()> {
    let spare: std::io::Result<Vec<_>> = (0..8).map(|_| std::fs::File::open("/dev/null")).collect();
    spare.map(drop)
}

#[cfg(not(unix))]
const fn open_files_for_a_runtime() -> std::io::Result<()> {
    Ok(())
}

fn run(args: Args) -> Result<Exit, exit::Stopped> {
    let folder = data_dir::choose(args.data_dir)?;
    partway_app::keep_crash_reports(&folder);
    let runtime = open_files_for_a_runtime()
        .and_then(|()| tokio::runtime::Builder::new_multi_thread().enable_all().build())
        .map_err(|fault| {
            let why = partway_app::plain(&fault);
            exit::Stopped::here(format!("Partway cannot start its threads: {why}"))
        })?;
    let outcome = runtime.block_on(async {
        match args.command {
            Command::Destinations { what } => destinations::run(&folder, what).await,
            Command::Upload(upload) => upload::run(&folder, upload).await,
            Command::Resume(resume) => resume::run(&folder, resume).await,
            Command::Watch { what } => watch::run(&folder, what).await,
            Command::List(list) => jobs::list(&folder, list.json).await,
            Command::Pause(job) => jobs::pause(&folder, job.id).await,
            Command::Cancel(job) => jobs::cancel(&folder, job.id).await,
            Command::Retry(job) => jobs::retry(&folder, job.id).await,
            Command::Diagnostics => diagnostics::run(&folder).await,
        }
    });
    // A keychain that prompts the user may never answer; its thread must not keep the process alive.
    runtime.shutdown_background();
    outcome
}
