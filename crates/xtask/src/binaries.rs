//! The three programs that Partway consists of, and how they are compiled.

use crate::leash;
use crate::stop::Outcome;
use crate::workspace::{Workspace, cargo};
use std::path::PathBuf;
use std::process::Command;

/// The programs, as they lie in the target folder; those without a window first, for what is wrong there shows early.
pub(crate) const PROGRAMS: [&str; 3] = ["partwayctl", "partway-sandbox", "partway"];

/// All packages but this one, which runs and so cannot be replaced everywhere. Always the same selection: cargo joins
/// the features of what is selected, and another selection would compile half of the dependencies once more.
pub(crate) const PACKAGES: [&str; 3] = ["--workspace", "--exclude", "partway-xtask"];

/// How fast to compile, or how fast the result shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Compiles in half the time.
    Dev,
    /// What people get.
    Release,
}

/// The folder in which cargo leaves programs of this profile.
pub(crate) fn folder(workspace: &Workspace, profile: Profile) -> PathBuf {
    workspace.target.join(match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    })
}

/// The path of the program `name`.
pub(crate) fn program(workspace: &Workspace, profile: Profile, name: &str) -> PathBuf {
    folder(workspace, profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Compiles all three programs, the two without a window first. The UI must have been built.
pub(crate) fn compile(workspace: &Workspace, profile: Profile) -> Outcome<()> {
    for name in PROGRAMS {
        let mut command = Command::new(cargo());
        command.arg("build").args(PACKAGES).args(["--bin", name]).current_dir(&workspace.root);
        if profile == Profile::Release {
            command.arg("--release");
        }
        leash::succeed(&command, None)?;
    }
    Ok(())
}
