//! A `partway-sandbox` of a test's own: begun, killed, begun again on the same folder and port, its log read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::program::{Ended, program};
use super::same_bytes;
use super::told::{Printed, text, told};

/// A server that runs.
pub(crate) struct Sandbox {
    folder: PathBuf,
    options: Vec<String>,
    child: Ended,
    err: Printed,
    /// The address that destinations are given.
    pub(crate) url: String,
    /// Its key.
    pub(crate) key: String,
    /// Every destination of its first line, a kind each.
    pub(crate) destinations: Vec<Value>,
}

/// A line of its log.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) step: String,
    pub(crate) session: Option<String>,
    pub(crate) part: Option<u64>,
    pub(crate) bytes: u64,
    pub(crate) status: Option<u64>,
    pub(crate) stored: bool,
    pub(crate) object: Option<String>,
    pub(crate) fault: Option<String>,
}

impl Sandbox {
    /// Begins one in this folder, with these options beside `--dir` and `--log`.
    pub(crate) fn begin(folder: &Path, options: &[&str]) -> Self {
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        let (child, err, first) = spawn(folder, &options);
        let destination = &first["destinations"][0];
        let word = |name: &str| destination[name].as_str().unwrap().to_owned();
        let destinations = first["destinations"].as_array().unwrap().clone();
        let (url, key) = (word("url"), word("key"));
        Self { folder: folder.to_owned(), options, child, err, url, key, destinations }
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill();
    }

    /// Begins again where it was, as a service that comes back.
    pub(crate) fn again(&mut self) {
        let (child, err, first) = spawn(&self.folder, &self.options);
        assert_eq!(first["destinations"][0]["url"], self.url, "the port of last time is taken");
        (self.child, self.err) = (child, err);
    }

    /// The same with other options, such as no fault any more.
    pub(crate) fn again_with(&mut self, options: &[&str]) {
        self.options = options.iter().map(|&option| option.to_owned()).collect();
        self.again();
    }

    /// Its log so far; a line that is being written is left for later.
    pub(crate) fn log(&self) -> Vec<Line> {
        let text = std::fs::read_to_string(self.log_file()).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(Line::read).collect()
    }

    /// Where the log lies.
    pub(crate) fn log_file(&self) -> PathBuf {
        self.folder.with_extension("log")
    }

    /// An object by its name, as a path.
    pub(crate) fn object(&self, name: &str) -> PathBuf {
        self.folder.join("objects").join(name)
    }

    /// All objects, as paths.
    pub(crate) fn objects(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.join("objects")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found.sort();
        found
    }

    /// Objects that hold exactly the bytes of this file.
    pub(crate) fn copies_of(&self, file: &Path) -> usize {
        self.objects().iter().filter(|object| same_bytes(file, object)).count()
    }

    /// Its log and what it said on standard error, for a test that failed.
    pub(crate) fn words(&self) -> String {
        let log = std::fs::read_to_string(self.log_file()).unwrap_or_default();
        format!("{log}{}", text(&self.err))
    }
}

fn spawn(folder: &Path, options: &[String]) -> (Ended, Printed, Value) {
    let mut command = program("partway-sandbox");
    command.arg("--dir").arg(folder).arg("--log").arg(folder.with_extension("log")).args(options);
    // So that it ends even where this process is killed before it can end it.
    command.arg("--end-with-stdin").stdin(std::process::Stdio::piped());
    let mut child = Ended(command.spawn().unwrap());
    let (_, lines) = told(child.0.stdout.take().unwrap());
    let (err, _) = told(child.0.stderr.take().unwrap());
    let Ok(first) = lines.recv_timeout(Duration::from_secs(30)) else {
        panic!("no first line from partway-sandbox {options:?}: {}", text(&err));
    };
    (child, err, serde_json::from_str(&first).unwrap())
}

impl Line {
    fn read(line: &str) -> Self {
        let line: Value = serde_json::from_str(line).unwrap();
        let word = |name: &str| line[name].as_str().map(str::to_owned);
        Self {
            step: word("step").unwrap(),
            session: word("session"),
            part: line["part"].as_u64(),
            bytes: line["bytes"].as_u64().unwrap(),
            status: line["status"].as_u64(),
            stored: line["stored"].as_bool().unwrap(),
            object: word("object"),
            fault: word("fault"),
        }
    }
}
