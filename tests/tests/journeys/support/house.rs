//! A data folder, a folder of files and a sandbox, all of one test's own, and `partwayctl` on them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::program::program;
use super::{Chance, Made, Running, Sandbox, finished, of};

/// The variable that holds the key.
const KEY: &str = "ACME_KEY";

/// All that one journey needs. The sandbox goes before the folder that it writes into.
pub(crate) struct House {
    pub(crate) sandbox: Sandbox,
    /// What `ACME_KEY` holds.
    pub(crate) key: String,
    folder: tempfile::TempDir,
}

/// What came of a command.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) events: Vec<Value>,
    pub(crate) took: Duration,
}

impl House {
    /// One with a sandbox of these options, and a destination *Acme* that leads to it.
    pub(crate) fn with(options: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("partway-").tempdir().unwrap();
        std::fs::create_dir(folder.path().join("files")).unwrap();
        let sandbox = Sandbox::begin(&folder.path().join("sandbox"), options);
        let house = Self { key: sandbox.key.clone(), sandbox, folder };
        house.add_destination("Acme", &[]);
        house
    }

    /// One more destination that leads to the sandbox.
    pub(crate) fn add_destination(&self, name: &str, options: &[&str]) {
        let words = ["destinations", "add", name, "--kind", "autorender", "--url", &self.sandbox.url];
        let ran = self.run(words.iter().chain(&["--key-env", KEY]).chain(options));
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    }

    /// Partway's data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A place for another thing of this test.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the files lie, and where commands run.
    pub(crate) fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// Makes a file.
    pub(crate) fn file(&self, name: &str, size: u64, chance: &mut Chance) -> Made {
        Made::at(&self.files().join(name), size, chance)
    }

    /// `partwayctl` with these words, not begun yet.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Command {
        self.command_on(&self.data(), words)
    }

    /// The same on another data folder.
    pub(crate) fn command_on<S: AsRef<OsStr>>(
        &self,
        data: &Path,
        words: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = program("partwayctl");
        command.env(KEY, &self.key).current_dir(self.files());
        command.arg("--data-dir").arg(data).args(words);
        command
    }

    /// Begins a command.
    pub(crate) fn begin<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Running {
        Running::begin(self.command(words))
    }

    /// Runs a command to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Ran {
        self.begin(words).end()
    }

    /// `list --json`.
    pub(crate) fn list(&self) -> Vec<Value> {
        let ran = self.run(["list", "--json"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.events
    }
}

impl Ran {
    /// The end of a file.
    pub(crate) fn finished(&self, file: &str) -> &Value {
        finished(&self.events, file)
    }

    /// Fails unless all files were verified.
    pub(crate) fn assert_verified(&self) {
        assert_eq!(self.code, Some(0), "{:#?}\n{}", of(&self.events, "finished"), self.err);
        self.assert_verified_but("");
    }

    /// The same, one file of this name aside.
    pub(crate) fn assert_verified_but(&self, name: &str) {
        let ends = of(&self.events, "finished");
        let aside =
            |end: &Value| !name.is_empty() && end["file"].as_str().is_some_and(|file| file.ends_with(name));
        let verified = ends.iter().all(|end| aside(end) || end["state"] == "verified");
        assert!(verified && !ends.is_empty(), "{ends:#?}\n{}", self.err);
    }
}
