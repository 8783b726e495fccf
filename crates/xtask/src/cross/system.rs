//! The system that compiles for others: Debian's unstable release, for its Rust, the sources of Rust's library, mingw-w64 and Wine.
//!
//! Debian 12's Rust is of 1.63, and its Wine 8 lacks bcryptprimitives.dll, without which no program of Rust starts.

use crate::chroot::{self, Absent};
use crate::leash;
use crate::mirror::Source;
use crate::stop::{Outcome, Stop, at};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A counter: whoever changes how the system is made adds one, and every machine makes it anew.
const RECIPE: &str = "3";
const RELEASE: &str = "sid";
/// The compiler with what it builds its own library from; C for two crates that hold some; what links for Windows and what runs it.
const PACKAGES: [&str; 11] = [
    "ca-certificates",
    "cargo",
    "gcc",
    "gcc-mingw-w64-x86-64-posix",
    "libc6-dev",
    "pkg-config",
    "rust-clippy",
    "rust-src",
    "rustc",
    "wine",
    "wine64",
];
/// About half a gigabyte is fetched.
const LIMIT: Duration = Duration::from_secs(25 * 60);
/// The certificates that this machine trusts: there may be one of its own network's among them.
const CERTIFICATES: &str = "etc/ssl/certs/ca-certificates.crt";

/// The system's folder below `folder`, made unless it is there and whole; or why there is none.
pub(super) fn make(folder: &Path) -> Outcome<Result<PathBuf, Absent>> {
    let own = match chroot::sources() {
        Ok(sources) => sources[0].clone(),
        Err(absent) => return Ok(Err(absent)),
    };
    make_from(folder, &Source { suite: RELEASE.into(), ..own })
}

fn make_from(folder: &Path, source: &Source) -> Outcome<Result<PathBuf, Absent>> {
    let root = folder.join(RELEASE);
    let mark = root.join("made");
    let recipe = recipe(source);
    if is_whole(&root, &mark, &recipe) {
        println!("{} is as it should be", root.display());
        return Ok(Ok(root));
    }
    if !answers(folder, source) {
        return Ok(Err(Absent::Silent(RELEASE.into())));
    }
    // What ends here is the machine's or its mirror's, or the release's that moves on: nothing of the project.
    if let Err(Stop { sentence, .. }) = chroot::make(&root, source).and_then(|()| furnish(&root)) {
        return Ok(Err(Absent::HalfMade(sentence)));
    }
    fs::write(&mark, recipe).map_err(at(&mark))?;
    Ok(Ok(root))
}

fn recipe(source: &Source) -> String {
    format!("{RECIPE} {} {} {}\n", source.address, source.suite, PACKAGES.join(" "))
}

/// The mark is written last; what was taken out of it since is seen by asking the programs themselves.
fn is_whole(root: &Path, mark: &Path, recipe: &str) -> bool {
    let works = |words: &[&str]| {
        let mut command = Command::new("chroot");
        command.arg(root).args(words);
        command.output().is_ok_and(|answer| answer.status.success())
    };
    fs::read_to_string(mark).is_ok_and(|made| made == recipe)
        && works(&["cargo", "clippy", "--version"])
        && works(&["x86_64-w64-mingw32-gcc", "--version"])
        && works(&["test", "-d", "/usr/lib/x86_64-linux-gnu/wine"])
}

/// Asked before anything is taken away. apt's own way of fetching, so that what apt is set up with counts.
fn answers(folder: &Path, source: &Source) -> bool {
    let address = format!("{}/dists/{}/InRelease", source.address.trim_end_matches('/'), source.suite);
    let answer = folder.join("InRelease");
    let mut fetch = Command::new("/usr/lib/apt/apt-helper");
    fetch.arg("download-file").arg(address).arg(&answer);
    let answers = leash::succeed(&fetch, Some(Duration::from_secs(180))).is_ok();
    // It is not needed again, and may not be there.
    let _ = fs::remove_file(&answer);
    answers
}

fn furnish(root: &Path) -> Outcome<()> {
    settings(root)?;
    let install = "set -e; root=$1; shift; mount -t proc proc \"$root/proc\"; chroot \"$root\" apt-get update; \
        chroot \"$root\" apt-get install -y --no-install-recommends \"$@\"; chroot \"$root\" apt-get clean";
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "sh", "-c", install, "sh"]).arg(root).args(PACKAGES);
    unshare.env("DEBIAN_FRONTEND", "noninteractive");
    leash::succeed(&unshare, Some(LIMIT))?;
    let ours = Path::new("/").join(CERTIFICATES);
    if ours.exists() {
        fs::copy(&ours, root.join(CERTIFICATES)).map_err(at(&ours))?;
    }
    for place in super::inside::PLACES {
        let place = root.join(place.trim_start_matches('/'));
        fs::create_dir_all(&place).map_err(at(&place))?;
    }
    Ok(())
}

/// Half of what is unpacked is of no use there: pages to read, and what Wine has for programs of 32 bits.
const LEFT_OUT: &str = "path-exclude=/usr/lib/x86_64-linux-gnu/wine/i386-windows/*\n\
    path-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n";

/// apt's settings of this machine, such as a proxy, but for those that its packages brought; and dpkg's.
fn settings(root: &Path) -> Outcome<()> {
    let lean = root.join("etc/dpkg/dpkg.cfg.d/lean");
    fs::write(&lean, LEFT_OUT).map_err(at(&lean))?;
    // The smallest system does not know itself by name, and tests do. By one address: of two Wine hands the second over at an address that is
    // no multiple of 8, at which Rust's own library ends the program (`getaddrinfo`, with debug assertions).
    let hosts = root.join("etc/hosts");
    fs::write(&hosts, "127.0.0.1\tlocalhost\n").map_err(at(&hosts))?;
    let from = Path::new("/etc/apt/apt.conf.d");
    let names = fs::read_dir(from).map(|entries| entries.flatten().map(|entry| entry.file_name()));
    for name in names.into_iter().flatten() {
        let text = fs::read_to_string(from.join(&name)).unwrap_or_default();
        if text.contains("Acquire::") && !text.contains("DPkg::") {
            let to = root.join("etc/apt/apt.conf.d").join(&name);
            fs::write(&to, text).map_err(at(&to))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_without_its_mark_or_of_another_recipe_is_not_whole() {
        let root = tempfile::tempdir().unwrap();
        let mark = root.path().join("made");
        assert!(!is_whole(root.path(), &mark, "2"), "half made");
        fs::write(&mark, "1").unwrap();
        assert!(!is_whole(root.path(), &mark, "2"), "of another recipe");
        fs::write(&mark, "2").unwrap();
        assert!(!is_whole(root.path(), &mark, "2"), "nothing is in it");
    }

    /// A mirror that has the release's first page and nothing behind it.
    fn begun_only() -> Source {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/debian", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut asked = [0; 2048];
                let read = std::io::Read::read(&mut stream, &mut asked).unwrap_or(0);
                let status = match String::from_utf8_lossy(&asked[..read]).contains("InRelease ") {
                    true => "200 OK",
                    false => "404 Not Found",
                };
                let page = format!("HTTP/1.1 {status}\r\nContent-Length: 1\r\nConnection: close\r\n\r\n\n");
                let _ = std::io::Write::write_all(&mut stream, page.as_bytes());
            }
        });
        Source { address, suite: RELEASE.into() }
    }

    #[test]
    fn one_that_is_not_made_to_its_end_is_told_counts_for_nothing_and_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join(RELEASE);
        fs::create_dir_all(root.join("usr")).unwrap();
        fs::write(root.join("usr/half"), "of an earlier try").unwrap();
        let Ok(_) = chroot::sources() else {
            assert!(make(folder.path()).unwrap().is_err(), "where none can be made that is said");
            return;
        };
        let source = begun_only();
        let absent = make_from(folder.path(), &source).unwrap().unwrap_err();
        assert!(matches!(absent, Absent::HalfMade(_)), "{absent:?}");
        assert!(!root.join("usr/half").exists(), "it was begun anew");
        assert!(!is_whole(&root, &root.join("made"), &recipe(&source)));
        // The next run finds nothing in its way.
        assert!(matches!(make_from(folder.path(), &source).unwrap(), Err(Absent::HalfMade(_))));
    }

    #[test]
    fn what_is_there_stays_while_the_mirror_does_not_answer() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join(RELEASE).join("kept");
        fs::create_dir_all(&kept).unwrap();
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let source = Source { address: format!("http://{nobody}/debian"), suite: RELEASE.into() };
        assert_eq!(make_from(folder.path(), &source).unwrap(), Err(Absent::Silent(RELEASE.into())));
        assert!(kept.exists());
    }

    #[test]
    fn a_mirror_that_does_not_answer_is_told_before_anything_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let source = Source { address: format!("http://{nobody}/debian"), suite: RELEASE.into() };
        assert!(!answers(folder.path(), &source));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
