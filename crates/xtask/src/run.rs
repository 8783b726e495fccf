//! `cargo xtask run`: builds the app and opens it; without a display, shows one whole upload instead.

mod demonstration;
mod desktop;
mod http;
mod jobs;
mod picker;
mod sample;
mod wait;
mod webdriver;

use crate::binaries::{self, Profile};
use crate::build::prepare;
use crate::leash;
use crate::machine::has_display;
use crate::packages::Purpose;
use crate::stop::Outcome;
use std::ffi::OsString;
use std::process::Command;

/// What can be said on the command line.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Build as it is given to people: slower to compile, faster to use.
    #[arg(long)]
    release: bool,
    /// Do as if there were no display: show one upload in a window on a display of its own (Linux).
    #[arg(long)]
    headless: bool,
    /// Handed to the app: files, folders, `--data-dir D`.
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<OsString>,
}

/// Sets up, builds, opens.
pub(crate) fn run(options: &Arguments, yes: bool) -> Outcome<()> {
    let headless = options.headless || !has_display();
    let workspace = prepare(if headless { Purpose::Window } else { Purpose::Build }, yes)?;
    let profile = if options.release { Profile::Release } else { Profile::Dev };
    if profile == Profile::Dev {
        println!("Building for development, which is quicker; --release builds what people get.");
    }
    binaries::compile(&workspace, profile)?;
    if headless {
        return demonstration::show(&workspace, profile);
    }
    let mut app = Command::new(binaries::program(&workspace, profile, "partway"));
    app.args(&options.arguments);
    println!("Partway is open. Ctrl-C here ends it; uploads go on at the next start.");
    leash::succeed(&app, None)
}
