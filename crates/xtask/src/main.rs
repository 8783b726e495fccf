//! `cargo xtask run | test | build | package | cross`: everything that is done with this repository, from a bare machine on.
//!
//! It knows none of the other crates, so that it compiles in seconds where nothing is installed yet.

#![expect(
    clippy::disallowed_methods,
    reason = "a program for developers: cargo tells it where it is by its environment"
)]

mod binaries;
mod build;
mod chroot;
mod cross;
mod install;
mod leash;
mod machine;
mod mirror;
mod os;
mod package;
mod packages;
mod requirements;
mod run;
mod stamp;
mod stop;
mod test;
mod ui;
mod venv;
mod workspace;
#[cfg(test)]
mod written;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Partway's own commands. Each installs what it needs first.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Install missing system packages without asking.
    #[arg(long, global = true)]
    yes: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Build the app and open it; without a display, show one whole upload in a window of its own.
    Run(run::Arguments),
    /// Run every check and test of the project, the cheap ones first.
    Test(test::Arguments),
    /// Build the UI and the release binaries.
    Build,
    /// Build the release binaries and pack them for people: a .deb, or what else is asked for.
    Package(package::Arguments),
    /// Compile everything for Windows and macOS, and try the Windows programs under Wine.
    Cross(cross::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Command::Run(options) => run::run(options, arguments.yes),
        Command::Test(options) => test::test(options, arguments.yes),
        Command::Build => build::build(arguments.yes),
        Command::Package(options) => package::package(options, arguments.yes),
        Command::Cross(options) => cross::cross(options, arguments.yes),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            eprintln!("\n{}", stop.sentence);
            ExitCode::from(stop.code)
        }
    }
}
