//! `cargo xtask cross`: everything compiled for Windows and macOS, and the Windows programs tried under Wine, on Debian and as root.

mod cargo;
mod harness;
mod inside;
mod known;
mod system;
mod wine;

use crate::chroot::Absent;
use crate::install;
use crate::leash;
use crate::packages::Purpose;
use crate::stop::{Outcome, at, not_ready};
use crate::workspace::Workspace;
use inside::Inside;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What can be said on the command line.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which; both unless told.
    systems: Vec<System>,
}

/// A system that is not this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum System {
    /// Checked, built, and its tests run by Wine.
    Windows,
    /// Checked: nothing of it can be linked or run here.
    Macos,
}

impl System {
    /// All of them, in the order in which most is learnt early.
    const ALL: [Self; 2] = [Self::Windows, Self::Macos];

    /// The one by GNU's linker: Microsoft's own needs files of theirs.
    const fn target(self) -> &'static str {
        match self {
            Self::Windows => "x86_64-pc-windows-gnu",
            Self::Macos => "aarch64-apple-darwin",
        }
    }
}

/// The packages whose tests are run by Wine. Not the shell: it would need Microsoft's WebView2.
const TRIED: [&str; 12] = [
    "partway-core",
    "partway-provider",
    "partway-http",
    "partway-engine",
    "partway-providers",
    "partway-api",
    "partway-keychain",
    "partway-bridge",
    "partway-cli",
    "partway-app",
    "partway-sandbox",
    "partway-journeys",
];

/// The command.
pub(crate) fn cross(arguments: &Arguments, yes: bool) -> Outcome<()> {
    install::install(Purpose::Cross, yes)?;
    let systems = if arguments.systems.is_empty() { &System::ALL[..] } else { &arguments.systems };
    let inside = match enter(&Workspace::find()?)? {
        Ok(inside) => inside,
        Err(absent) => return Err(not_ready(absent.sentence())),
    };
    for &system in systems {
        match system {
            System::Windows => {
                windows(&inside)?;
                under_wine(&inside, &TRIED)?;
            }
            System::Macos => macos(&inside)?,
        }
    }
    Ok(())
}

/// Those that every run tries: a minute in all, and none of them depends on how fast Wine is.
const QUICK: [&str; 5] =
    ["partway-core", "partway-provider", "partway-api", "partway-keychain", "partway-bridge"];

/// What every run of the tests has time for: whether all of it compiles for Windows, and some of the tests under Wine. Or why that could
/// not be tried.
pub(crate) fn quick(workspace: &Workspace) -> Outcome<Option<Absent>> {
    let inside = match enter(workspace)? {
        Ok(inside) => inside,
        Err(absent) => return Ok(Some(absent)),
    };
    windows(&inside)?;
    under_wine(&inside, &QUICK)?;
    Ok(None)
}

fn under_wine(inside: &Inside, packages: &[&str]) -> Outcome<()> {
    wine::run(inside, cargo::tests(inside, System::Windows.target(), packages)?, packages)
}

/// The way into the system, made where it is not there.
fn enter(workspace: &Workspace) -> Outcome<Result<Inside, Absent>> {
    let folder = workspace.target.join("cross");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let root = match system::make(&folder)? {
        Ok(root) => root,
        Err(absent) => return Ok(Err(absent)),
    };
    let inside = Inside { root, checkout: workspace.root.clone(), folder };
    for made in inside.folders() {
        fs::create_dir_all(&made).map_err(at(&made))?;
    }
    Ok(Ok(inside))
}

fn windows(inside: &Inside) -> Outcome<()> {
    let warnings = cargo::clippy(inside, System::Windows.target(), &[])?;
    println!("Windows: all of it compiles, {warnings} warnings");
    Ok(())
}

fn macos(inside: &Inside) -> Outcome<()> {
    tool(&inside.tools().join("apple-cc"), include_str!("cross/apple-cc.sh"))?;
    // Where Apple's headers lie, which a build script asks for.
    tool(&inside.tools().join("xcrun"), "#!/bin/sh\necho /tools\n")?;
    let variables = [
        ("SDKROOT", "/tools"),
        ("MACOSX_DEPLOYMENT_TARGET", "12.0"),
        ("CC_aarch64_apple_darwin", "apple-cc"),
        ("CXX_aarch64_apple_darwin", "apple-cc"),
        ("AR_aarch64_apple_darwin", "ar"),
    ];
    let warnings = cargo::clippy(inside, System::Macos.target(), &variables)?;
    println!("macOS: all of it compiles, {warnings} warnings");
    Ok(())
}

fn tool(path: &Path, text: &str) -> Outcome<()> {
    fs::write(path, text).map_err(at(path))?;
    let mut chmod = Command::new("chmod");
    chmod.arg("755").arg(path);
    leash::succeed(&chmod, Some(Duration::from_secs(60)))
}
