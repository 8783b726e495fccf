//! Processes of a desk: found by the mark in their environment, so that nothing else is ever touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable that marks everything that descends from a desk.
pub(crate) const MARK: &str = "PARTWAY_TEST_DESK";

/// One of the programs under test.
pub(crate) fn program(name: &str) -> PathBuf {
    let beside = || Some(std::env::current_exe().ok()?.parent()?.parent()?.to_path_buf());
    let folder = std::env::var_os("PARTWAY_BIN_DIR").map(PathBuf::from).or_else(beside).unwrap();
    let program = folder.join(name);
    assert!(program.is_file(), "{} is missing: build it first (cargo xtask test does)", program.display());
    fs::canonicalize(program).unwrap()
}

/// The living processes of a desk. A zombie has no environment any more, so it is not among them.
pub(crate) fn of_desk(mark: &str) -> Vec<u32> {
    let wanted = format!("{MARK}={mark}");
    let carries = |pid: &u32| {
        fs::read(format!("/proc/{pid}/environ"))
            .is_ok_and(|environ| environ.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes()))
    };
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(carries).collect()
}

/// Those of them that run this program.
pub(crate) fn named(mark: &str, program: &Path) -> Vec<u32> {
    let runs = |pid: &u32| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == program);
    of_desk(mark).into_iter().filter(runs).collect()
}

/// `kill -9`, as a crash or a power cut would.
pub(crate) fn kill_now(pids: &[u32]) {
    send("KILL", pids);
}

/// SIGTERM, as the end of a session would.
pub(crate) fn terminate(pids: &[u32]) {
    send("TERM", pids);
}

/// Puts processes to sleep.
pub(crate) fn stop(pids: &[u32]) {
    send("STOP", pids);
}

/// Wakes them up.
pub(crate) fn resume(pids: &[u32]) {
    send("CONT", pids);
}

/// The signal of that name.
pub(crate) fn send(name: &str, pids: &[u32]) {
    if !pids.is_empty() {
        // One that has just ended by itself is no fault.
        let _ = Command::new("kill").args(["-s", name]).args(pids.iter().map(u32::to_string)).output();
    }
}
