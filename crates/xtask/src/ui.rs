//! The UI's own tools: npm packages and the scripts of `ui/package.json`.

use crate::leash;
use crate::requirements::NPM;
use crate::stamp::Stamp;
use crate::stop::{Outcome, at, not_passed};
use crate::workspace::Workspace;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

/// Installing or building the UI takes seconds; a registry that does not answer must not hold a run for ever.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Installs exactly the locked npm packages, unless that was done since the lock changed.
pub(crate) fn install(workspace: &Workspace) -> Outcome<()> {
    let ui = workspace.ui();
    let stamp =
        Stamp::read(&ui.join("node_modules"), &[ui.join("package.json"), ui.join("package-lock.json")])?;
    if stamp.is_fresh() {
        println!("npm packages are as locked");
        return Ok(());
    }
    leash::succeed(&npm(workspace, &["ci", "--no-audit", "--no-fund"]), Some(LIMIT))?;
    stamp.set()
}

/// Runs the script `name`.
pub(crate) fn script(workspace: &Workspace, name: &str) -> Outcome<()> {
    leash::succeed(&npm(workspace, &["run", "--silent", name]), Some(LIMIT))
}

/// Whether `ui/package.json` has the script `name`.
pub(crate) fn has_script(workspace: &Workspace, name: &str) -> Outcome<bool> {
    let file = workspace.ui().join("package.json");
    let text = std::fs::read_to_string(&file).map_err(at(&file))?;
    let package: Value =
        serde_json::from_str(&text).map_err(|cause| not_passed(format!("{}: {cause}", file.display())))?;
    Ok(package["scripts"][name].is_string())
}

fn npm(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = Command::new(NPM);
    command.args(arguments).current_dir(workspace.ui());
    command
}
