//! A line between two namespaces, made by `line.py`, and programs at its ends.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Where a server at the far end listens.
pub(crate) const FAR: &str = "10.77.0.2";

/// What a line is like.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Each way.
    pub(crate) bytes_per_second: u64,
    /// Bytes that wait in it at most, each way.
    pub(crate) queue: u64,
    /// Seconds that it carries, and then loses everything.
    pub(crate) breaks: Option<(u32, u32)>,
}

impl Default for Line {
    fn default() -> Self {
        Self { bytes_per_second: 1_000_000, queue: 64 << 10, breaks: None }
    }
}

/// A line that is up; it and its namespaces are gone when this is dropped.
pub(crate) struct Up {
    pump: Child,
    near: String,
    far: String,
}

impl Line {
    pub(crate) fn up(&self) -> Up {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/lines/line.py");
        let mut command = Command::new("unshare");
        command.args(["--net", "python3"]).arg(script);
        command.args(["--rate", &self.bytes_per_second.to_string(), "--queue", &self.queue.to_string()]);
        if let Some((on, off)) = self.breaks {
            command.args(["--on", &on.to_string(), "--off", &off.to_string()]);
        }
        let mut pump = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(pump.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let Some((near, far)) = first.trim().split_once(' ') else { panic!("no line came up: {first}") };
        Up { near: near.to_owned(), far: far.to_owned(), pump }
    }
}

impl Up {
    /// One of the programs under test at this end, with nothing of this process' environment.
    pub(crate) fn near(&self, name: &str) -> Command {
        within(&self.near, &program(name))
    }

    /// The same at the other end.
    pub(crate) fn far(&self, name: &str) -> Command {
        within(&self.far, &program(name))
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        drop(self.pump.stdin.take());
        self.pump.wait().unwrap();
    }
}

fn within(pid: &str, program: &OsStr) -> Command {
    let mut command = Command::new("nsenter");
    command.arg(format!("--net=/proc/{pid}/ns/net")).arg(program).env_clear();
    command
}

fn program(name: &str) -> std::ffi::OsString {
    let beside = || Some(std::env::current_exe().ok()?.parent()?.parent()?.to_path_buf());
    let folder = std::env::var_os("PARTWAY_BIN_DIR").map(PathBuf::from).or_else(beside).unwrap();
    let program = folder.join(name);
    assert!(program.is_file(), "{} is missing: build it first (cargo xtask test does)", program.display());
    program.into_os_string()
}
