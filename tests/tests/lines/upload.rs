//! One file from the near end of a line to the sandbox at its far end, and what came of it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::line::{FAR, Line};

/// Longer than the slowest line needs for the largest file, so that one that never arrives is told.
const LIMIT: Duration = Duration::from_secs(1_500);

/// What came of an upload.
#[derive(Debug)]
pub(crate) struct Course {
    #[expect(dead_code, reason = "for whoever reads what a test printed")]
    kind: String,
    #[expect(dead_code, reason = "the same")]
    took: Duration,
    /// Bytes of parts that the sandbox received.
    pub(crate) sent: u64,
    pub(crate) largest_part: u64,
    /// The longest time without a confirmed part, the first one included.
    pub(crate) longest_wait: Duration,
    /// Of each attempt at a part: how long after the first call it ended, in seconds, what the sandbox received, and whether it took it.
    #[expect(dead_code, reason = "the same")]
    parts: Vec<(u64, u64, bool)>,
}

/// Uploads a file of so many bytes; `part` is the size where the server plans. Panics where it does not arrive whole.
pub(crate) fn upload(line: &Line, kind: &str, size: u64, part: u64) -> Course {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let up = line.up();
    let mut sandbox = up.far("partway-sandbox");
    sandbox.arg("--dir").arg(at("sandbox")).arg("--log").arg(at("log"));
    sandbox.args(["--address", FAR, "--tls", "--end-with-stdin", "--part-size", &part.to_string()]);
    let mut sandbox = sandbox.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(sandbox.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();

    let partwayctl = || {
        let mut command = up.near("partwayctl");
        command.env("SSL_CERT_FILE", first["ca"].as_str().unwrap()).arg("--data-dir").arg(at("data"));
        command
    };
    let mut add = partwayctl();
    add.args(["destinations", "add", "far"]);
    let entry = first["destinations"].as_array().unwrap().iter().find(|entry| entry["kind"] == kind).unwrap();
    for (name, value) in entry.as_object().unwrap() {
        let flag = name.replace('_', "-");
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if ["key", "secret"].contains(&name.as_str()) {
            add.args([&format!("--{flag}-env"), name]);
        } else {
            add.args([&format!("--{flag}"), &value]);
        }
    }
    let key = |name: &str| entry[name].as_str().unwrap_or_default();
    let added = add.env("key", key("key")).env("secret", key("secret")).output().unwrap();
    assert!(added.status.success(), "{kind}: {}", String::from_utf8_lossy(&added.stderr));

    let file = at("film.mp4");
    // No two blocks alike, so that one in another's place is noticed.
    let bytes: Vec<u8> =
        (0..size / 8).flat_map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes()).collect();
    std::fs::write(&file, &bytes).unwrap();
    let began = Instant::now();
    let mut going = partwayctl();
    going.arg("upload").arg(&file).args([
        "--to",
        "far",
        "--json",
        "--max-wait",
        &LIMIT.as_secs().to_string(),
    ]);
    let went = going.env("key", key("key")).env("secret", key("secret")).output().unwrap();
    let took = began.elapsed();
    let (log, words) = (log(&at("log")), String::from_utf8_lossy(&went.stdout).into_owned());
    assert!(went.status.success(), "{kind}, {line:?}, after {took:?}: {words}{}", log_text(&at("log")));

    drop(sandbox.stdin.take());
    sandbox.wait().unwrap();
    let objects = at("sandbox").join("objects");
    assert!(holds(&objects, &bytes), "{kind}: the object is not the file");
    let is_part = |line: &&Value| line["step"] == "part" || line["step"] == "put";
    let parts = || log.iter().filter(is_part);
    let number = |line: &Value| line["bytes"].as_u64().unwrap();
    let stored: Vec<_> = parts().filter(|line| line["stored"] == true).collect();
    let began = seconds(&log[0]);
    Course {
        kind: kind.to_owned(),
        took,
        sent: parts().map(number).sum(),
        largest_part: stored.iter().map(|line| number(line)).max().unwrap(),
        longest_wait: longest_wait(began, &stored),
        parts: parts()
            .map(|line| (since(began, line).round() as u64, number(line), line["stored"] == true))
            .collect(),
    }
}

/// Between the times of these lines, and from the first of the log.
fn longest_wait(began: f64, stored: &[&Value]) -> Duration {
    let mut times = vec![0.0];
    times.extend(stored.iter().map(|line| since(began, line)));
    Duration::from_secs_f64(times.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max))
}

/// Seconds from that time of the day to the end of that line's request. A day has passed where the clock ran backwards.
fn since(began: f64, line: &Value) -> f64 {
    (seconds(line) - began).rem_euclid(86_400.0)
}

fn seconds(line: &Value) -> f64 {
    let clock = line["time"].as_str().unwrap().split_once('T').unwrap().1.trim_end_matches('Z');
    clock.split(':').fold(0.0, |sum, figure| sum * 60.0 + figure.parse::<f64>().unwrap())
}

fn log_text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn log(path: &Path) -> Vec<Value> {
    log_text(path).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Whether some file below that folder holds exactly these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() { holds(&path, bytes) } else { std::fs::read(&path).unwrap() == bytes }
    })
}
