//! Runs the real binary on its own data folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// One data folder, and a folder for files.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

/// The result of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The folder with the files, in which commands run.
    pub(crate) fn files(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts `partwayctl` as [`run`](Self::run) does, without waiting for it.
    pub(crate) fn begin(&self, words: &[&str], variables: &[(&str, &str)]) -> Begun {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_partwayctl"));
        command.env_clear().envs(system()).envs(variables.iter().copied());
        command.current_dir(self.files()).kill_on_drop(true);
        command.arg("--data-dir").arg(self.data()).args(words);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Begun(Some(command.spawn().unwrap()))
    }

    /// Runs `partwayctl` with only the given variables from the environment.
    pub(crate) fn run(&self, words: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_partwayctl"));
        command.env_clear().envs(system()).envs(variables.iter().copied()).current_dir(self.files());
        command.arg("--data-dir").arg(self.data()).args(words).stdin(Stdio::null());
        Ran::from(command.output().unwrap())
    }

    /// Adds a destination where nothing answers; its key is in `ACME_KEY`.
    pub(crate) fn with_destination(self, name: &str) -> Self {
        let url = "http://127.0.0.1:9";
        let ran = self.run(
            &["destinations", "add", name, "--kind", "autorender", "--url", url, "--key-env", "ACME_KEY"],
            &[],
        );
        assert_eq!(ran.code, 0, "{}", ran.err);
        self
    }
}

/// Windows programs have no network without this variable.
#[expect(clippy::disallowed_methods, reason = "a test is a program: it reads its environment")]
fn system() -> Option<(&'static str, std::ffi::OsString)> {
    if cfg!(windows) { std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)) } else { None }
}

/// A running command.
pub(crate) struct Begun(Option<tokio::process::Child>);

impl Begun {
    /// Sends Ctrl-C.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        self.signal("-INT");
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.0.as_ref().unwrap().id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Reads its standard output up to a line with these words.
    #[cfg(unix)]
    pub(crate) async fn says(&mut self, words: &str) -> String {
        line_with(self.0.as_mut().unwrap().stdout.as_mut().unwrap(), words).await
    }

    /// Reads its standard error up to a line with these words.
    #[cfg(unix)]
    pub(crate) async fn tells(&mut self, words: &str) -> String {
        line_with(self.0.as_mut().unwrap().stderr.as_mut().unwrap(), words).await
    }

    /// Waits for its end.
    pub(crate) async fn end(&mut self) -> Ran {
        let ended = self.0.take().unwrap().wait_with_output();
        Ran::from(tokio::time::timeout(std::time::Duration::from_secs(60), ended).await.unwrap().unwrap())
    }
}

/// The first line with these words; reads byte by byte, so that what follows is left for others.
#[cfg(unix)]
async fn line_with(from: &mut (impl tokio::io::AsyncRead + Unpin), words: &str) -> String {
    use tokio::io::AsyncReadExt as _;

    let read = async {
        let mut line = Vec::new();
        loop {
            match from.read_u8().await.unwrap() {
                b'\n' if String::from_utf8_lossy(&line).contains(words) => {
                    return String::from_utf8(line).unwrap();
                }
                b'\n' => line.clear(),
                byte => line.push(byte),
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), read).await.unwrap()
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Every line of standard output as JSON, each with `event`.
    pub(crate) fn json(&self) -> Vec<Value> {
        let lines: Vec<Value> = self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.iter().all(|line| line["event"].is_string()), "{}", self.out);
        lines
    }

    /// The `finished` events among them.
    pub(crate) fn finished(&self) -> Vec<Value> {
        self.json().into_iter().filter(|line| line["event"] == "finished").collect()
    }
}
