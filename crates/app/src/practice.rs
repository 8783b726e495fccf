//! *Practice*: the bundled sandbox as a child process, so that the first drop works without an account.
//!
//! Its folder, port and key live in the data folder, so it comes back unchanged even after both processes
//! were killed. The child ends with this process: its standard input is a pipe that the system closes,
//! however the process ends.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use partway_core::ApiKey;
use partway_engine::plain;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// Largest file for *Practice*, in bytes: it takes up the same space again on this disk.
pub(crate) const LARGEST: u64 = 2_000_000_000;

/// The kind of destination used for *Practice*.
pub(crate) const KIND: &str = "autorender";

/// How long the child may take to print its first line.
const START: Duration = Duration::from_secs(20);

/// Handle to *Practice*. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Practice {
    binary: Option<PathBuf>,
    dir: PathBuf,
    running: Arc<Mutex<Option<Running>>>,
}

struct Running {
    child: Child,
    url: String,
    key: ApiKey,
}

impl Practice {
    pub(crate) fn new(binary: Option<PathBuf>, data_dir: &Path) -> Self {
        Self { binary, dir: data_dir.join("practice"), running: Arc::default() }
    }

    /// Whether the sandbox is installed.
    pub(crate) const fn is_there(&self) -> bool {
        self.binary.is_some()
    }

    pub(crate) async fn key(&self) -> Result<ApiKey, String> {
        Ok(self.ensure().await?.1)
    }

    /// The provider's settings.
    pub(crate) async fn settings(&self) -> Result<Value, String> {
        Ok(json!({ "url": self.ensure().await?.0 }))
    }

    /// Starts the child unless it is running.
    pub(crate) async fn ensure(&self) -> Result<(String, ApiKey), String> {
        let mut running = self.running.lock().await;
        if let Some(now) = running.as_mut()
            && matches!(now.child.try_wait(), Ok(None))
        {
            return Ok((now.url.clone(), now.key.clone()));
        }
        let started = tokio::time::timeout(START, self.start())
            .await
            .map_err(|_| "it printed nothing for 20 s".to_owned())??;
        let answer = (started.url.clone(), started.key.clone());
        *running = Some(started);
        Ok(answer)
    }

    async fn start(&self) -> Result<Running, String> {
        let binary = self.binary.as_ref().ok_or("partway-sandbox does not lie beside this program")?;
        let mut command = Command::new(binary);
        // CREATE_NO_WINDOW (winbase.h): Windows would give it a console window, and closing that would end
        // it.
        #[cfg(windows)]
        command.creation_flags(0x0800_0000);
        let mut child = command
            .arg("--dir")
            .arg(&self.dir)
            .arg("--log")
            .arg(self.dir.join("log.ndjson"))
            .args(["--part-size", "8388608", "--end-with-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| plain(&error))?;
        let out = child.stdout.take().ok_or("it has no output")?;
        let mut lines = BufReader::new(out).lines();
        let line = lines.next_line().await.map_err(|error| plain(&error))?.ok_or("it ended at once")?;
        let first: Value = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        let all = first["destinations"].as_array().map(Vec::as_slice).unwrap_or_default();
        let own = all.iter().find(|one| one["kind"] == KIND).ok_or("it names no destination for Practice")?;
        let text =
            |name: &str| own[name].as_str().map(str::to_owned).ok_or(format!("it did not tell its {name}"));
        Ok(Running { url: text("url")?, key: ApiKey::new(text("key")?), child })
    }

    /// Deletes the files sent to it; call this while nothing is being sent.
    pub(crate) async fn empty(&self) -> Result<(), String> {
        let objects = self.dir.join("objects");
        match tokio::fs::remove_dir_all(&objects).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(plain(&error)),
            _ => {}
        }
        tokio::fs::create_dir_all(&objects).await.map_err(|error| plain(&error))
    }

    pub(crate) async fn stop(&self) {
        if let Some(mut running) = self.running.lock().await.take() {
            let _ = running.child.kill().await;
        }
    }
}
