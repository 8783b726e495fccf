//! The programs under test: where they lie, how they begin, and that none of them outlives its test.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// One of the programs under test, with nothing of this process' environment, so that no key, proxy or home of the machine has a say.
pub(crate) fn program(name: &str) -> Command {
    let beside = || Some(std::env::current_exe().ok()?.parent()?.parent()?.to_path_buf());
    let folder = std::env::var_os("PARTWAY_BIN_DIR").map(PathBuf::from).or_else(beside).unwrap();
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "{} is missing: build it first (cargo xtask test does)", program.display());
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if cfg!(windows) {
        command.env("SystemRoot", std::env::var_os("SystemRoot").unwrap_or_default());
    }
    command
}

/// A process that ends with this value, however its test ends.
pub(crate) struct Ended(pub(crate) Child);

impl Ended {
    /// `kill -9`, and waits until nothing of it is left.
    pub(crate) fn kill(&mut self) {
        // One that has just ended by itself is no fault here: who minds asks before.
        let _ = self.0.kill();
        self.0.wait().unwrap();
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends a signal by its name, such as `INT`.
#[cfg(unix)]
pub(crate) fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status().unwrap();
    assert!(sent.success(), "kill -{name} {pid}");
}
