//! The server's process: found, started, waited for, ended.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::{KEY, SECRET, Server, ports};

/// It takes 4 s on two idle cores; while others compile, ten times as long.
const START: Duration = Duration::from_secs(90);

/// It writes these, in any order, when it takes requests and when it has room for their bytes.
const UP: [&str; 2] = ["Start Seaweed S3 API Server", "added volume server"];

/// Somebody else may take a port before the server does.
const TRIES: u32 = 3;

/// Of what it says so many lines are kept for a start that did not work.
const LINES: usize = 20;

/// Ends the server when it goes, because it holds the leash's standard input.
#[derive(Debug)]
pub(crate) struct Process {
    leash: Child,
    stdin: Option<ChildStdin>,
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.leash.wait();
    }
}

pub(crate) fn start() -> Result<Server, String> {
    let mut last = String::new();
    for _ in 0..TRIES {
        match try_start() {
            Ok(server) => return Ok(server),
            Err(Stop::Never(why)) => return Err(why),
            Err(Stop::Perhaps(why)) => last = why,
        }
    }
    Err(last)
}

/// Why it did not start.
enum Stop {
    /// Another try brings the same.
    Never(String),
    Perhaps(String),
}

fn try_start() -> Result<Server, Stop> {
    let never = |why: std::io::Error| Stop::Never(format!("SeaweedFS could not be started: {why}"));
    let (weed, python) = (program("weed").map_err(Stop::Never)?, program("python").map_err(Stop::Never)?);
    let dir = tempfile::Builder::new().prefix("seaweed-").tempdir().map_err(never)?;
    let keys = dir.path().join("s3.json");
    let identities = format!(
        r#"{{"identities":[{{"name":"tests","credentials":[{{"accessKey":"{KEY}","secretKey":"{SECRET}"}}],
        "actions":["Admin","Read","Write","List","Tagging"]}}]}}"#
    );
    std::fs::write(&keys, identities).map_err(never)?;
    let ports: [u16; 8] = ports::free().map_err(never)?;
    let [_, _, _, filer, _, s3, _, _] = ports;
    // From here the leash clears the folder away.
    let dir = dir.keep();
    let mut leash = Command::new(python)
        .args(["-c", include_str!("leash.py")])
        .arg(&dir)
        .arg(weed)
        .args(arguments(&dir, &keys, ports))
        .current_dir(&dir)
        .env("TMPDIR", &dir)
        .env_remove("PYTHONPATH")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(never)?;
    let (stdin, stderr) = (leash.stdin.take(), leash.stderr.take());
    let process = Process { leash, stdin };
    let (tell, told) = channel();
    std::thread::spawn(move || {
        // Read to its end, or the server would one day wait for room.
        for line in stderr.into_iter().flat_map(|stderr| BufReader::new(stderr).lines()) {
            let Ok(line) = line else { break };
            // Nobody listens any more once it is up.
            let _ = tell.send(line);
        }
    });
    wait(&told).map_err(Stop::Perhaps)?;
    let filer = SocketAddr::from((Ipv4Addr::LOCALHOST, filer));
    Ok(Server { url: format!("http://127.0.0.1:{s3}"), filer, _process: process })
}

fn wait(told: &Receiver<String>) -> Result<(), String> {
    let until = Instant::now() + START;
    let mut lines = Vec::new();
    loop {
        match told.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                lines.push(line);
                if UP.iter().all(|up| lines.iter().any(|line| line.contains(up))) {
                    return Ok(());
                }
            }
            Err(_) => {
                let last = lines.split_off(lines.len().saturating_sub(LINES)).join("\n");
                return Err(format!("SeaweedFS did not start. It said last:\n{last}"));
            }
        }
    }
}

/// One process with master, volume server, filer and S3, each on ports that were handed in.
fn arguments(dir: &Path, keys: &Path, ports: [u16; 8]) -> Vec<String> {
    let [master, master_grpc, volume, filer, filer_grpc, s3, s3_grpc, volume_grpc] = ports;
    let (dir, keys) = (dir.display(), keys.display());
    let mut all: Vec<String> =
        ["-logtostderr=true", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"]
            .map(str::to_owned)
            .into();
    all.extend([
        format!("-dir={dir}"),
        format!("-master.port={master}"),
        format!("-master.port.grpc={master_grpc}"),
        format!("-volume.port={volume}"),
        format!("-volume.port.grpc={volume_grpc}"),
        format!("-filer.port={filer}"),
        format!("-filer.port.grpc={filer_grpc}"),
        format!("-s3.port={s3}"),
        format!("-s3.port.grpc={s3_grpc}"),
        format!("-s3.config={keys}"),
        format!("-s3.localSocket={dir}/s3.sock"),
        format!("-filer.localSocket={dir}/filer.sock"),
    ]);
    // Nothing but S3, nobody is told of it, and volumes take no room until they are written.
    let small = [
        "-master.telemetry=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-master.volumeSizeLimitMB=1024",
        "-volume.max=200", // each bucket takes seven
        "-master.volumePreallocate=false",
    ];
    all.extend(small.map(str::to_owned));
    all
}

/// A program of the tests' Python environment (`tests/requirements.txt`): "weed", "aws".
///
/// # Errors
/// A sentence that says how to make it, where it is missing.
pub fn program(name: &str) -> Result<PathBuf, String> {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/venv");
    let path = if cfg!(windows) {
        venv.join("Scripts").join(format!("{name}.exe"))
    } else {
        venv.join("bin").join(name)
    };
    if path.exists() {
        return Ok(path);
    }
    Err(format!(
        "{} is missing. Make it: cargo xtask test --only venv, or python3 -m venv target/venv && \
         target/venv/bin/pip install -r tests/requirements.txt",
        path.display()
    ))
}
