//! What the package's tests stand on.

mod clean;
mod screen;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

pub(crate) use clean::Clean;
pub(crate) use screen::Screen;

/// How often something is asked that nobody announces.
const LOOK: Duration = Duration::from_millis(200);

/// What `cargo xtask test` says in a variable.
pub(crate) fn told(name: &str) -> PathBuf {
    std::env::var_os(name)
        .map(PathBuf::from)
        .unwrap_or_else(|| panic!("{name} is not set: run `cargo xtask test --only package`"))
}

/// The package.
pub(crate) fn deb() -> PathBuf {
    told("PARTWAY_DEB")
}

/// The package's files, unpacked once.
pub(crate) fn unpacked() -> &'static Path {
    static UNPACKED: OnceLock<PathBuf> = OnceLock::new();
    UNPACKED.get_or_init(|| {
        let folder = deb().with_file_name("unpacked");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        said("dpkg-deb", [OsStr::new("-x"), deb().as_os_str(), folder.as_os_str()]);
        folder
    })
}

/// Runs a program that must end well; what it printed.
pub(crate) fn said<S: AsRef<OsStr>>(program: &str, words: impl IntoIterator<Item = S>) -> String {
    let output = Command::new(program).args(words).output().unwrap_or_else(|why| panic!("{program}: {why}"));
    well(program, &output)
}

/// What a program printed that must have ended well.
pub(crate) fn well(what: &str, output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{what}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// Asks until there is an answer, at most so long.
pub(crate) fn until<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < limit, "waited {} s in vain for {what}", limit.as_secs());
        std::thread::sleep(LOOK);
    }
}

/// The names of the files in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
