//! A clean system of the same release as this machine, without anything of the project: what a package is tried on.

use super::mirror::{self, Source};
use crate::leash;
use crate::machine::{ask, is_root};
use crate::os;
use crate::stop::{Outcome, at, not_passed};
use crate::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// It takes a minute; a mirror that does not answer must not hold a run for ever.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Why there is none.
pub(crate) enum Absent {
    /// Only root may make and enter one.
    NotRoot,
    /// Root may not make namespaces here, as in a container without privileges.
    NotAllowed,
    /// apt's own files name no mirror of this machine's release.
    NoMirror,
}

impl Absent {
    /// Why, and what to do.
    pub(crate) const fn sentence(&self) -> &'static str {
        match self {
            Self::NotRoot => "Only root may make and enter a system of its own: run this step as root.",
            Self::NotAllowed => {
                "Root may not make namespaces here: run this step on a machine or in a container where it may."
            }
            Self::NoMirror => "apt's sources name no mirror of this system's own release.",
        }
    }
}

/// The system's folder, made unless it is there from the same sources; or why there is none.
pub(crate) fn system(workspace: &Workspace) -> Outcome<Result<PathBuf, Absent>> {
    if !is_root() {
        return Ok(Err(Absent::NotRoot));
    }
    if ask("unshare", &["--mount", "--pid", "--fork", "--mount-proc", "true"]).is_none() {
        return Ok(Err(Absent::NotAllowed));
    }
    let found = os::codename().map(|codename| mirror::sources(Path::new("/etc/apt"), &codename));
    let Some(sources) = found.filter(|sources| !sources.is_empty()) else {
        return Ok(Err(Absent::NoMirror));
    };
    let root = super::folder(workspace).join("clean");
    let list = list(&sources);
    // Written last, so a system that was left half made is made again.
    let mark = root.join("etc/apt/sources.list");
    if fs::read_to_string(&mark).is_ok_and(|text| text == list) {
        println!("{} is as it should be", workspace.shown(&root));
        return Ok(Ok(root));
    }
    debootstrap(&root, &sources[0])?;
    fs::write(&mark, list).map_err(at(&mark))?;
    Ok(Ok(root))
}

fn debootstrap(root: &Path, source: &Source) -> Outcome<()> {
    if root.exists() {
        nothing_mounted_below(root)?;
        fs::remove_dir_all(root).map_err(at(root))?;
    }
    let mut make = Command::new("unshare");
    // A mount namespace of its own: what it mounts goes with it, however it ends.
    make.args(["--mount", "debootstrap", "--variant=minbase", &source.suite]).arg(root).arg(&source.address);
    leash::succeed(&make, Some(LIMIT))?;
    // Its packages are not needed again, and nobody shall start services in it (the file is asked by invoke-rc.d).
    let policy = root.join("usr/sbin/policy-rc.d");
    fs::write(&policy, "#!/bin/sh\nexit 101\n").map_err(at(&policy))?;
    let mut chmod = Command::new("chmod");
    chmod.arg("755").arg(&policy);
    leash::succeed(&chmod, Some(LIMIT))?;
    // What a power cut would take from it is made again: no waiting for the disk after each file.
    let quick = root.join("etc/dpkg/dpkg.cfg.d/quick");
    fs::write(&quick, "force-unsafe-io\n").map_err(at(&quick))?;
    let names = root.join("etc/resolv.conf");
    fs::copy("/etc/resolv.conf", &names).map(drop).map_err(at(&names))
}

/// Removing a folder goes through what is mounted in it: then nothing is removed at all.
fn nothing_mounted_below(root: &Path) -> Outcome<()> {
    let mounts = Path::new("/proc/self/mounts");
    let text = fs::read_to_string(mounts).map_err(at(mounts))?;
    match mounted_below(&text, &root.to_string_lossy()) {
        Some(place) => Err(not_passed(format!("{place} is mounted. Unmount it first; nothing was removed."))),
        None => Ok(()),
    }
}

fn mounted_below<'a>(mounts: &'a str, root: &str) -> Option<&'a str> {
    let places = mounts.lines().filter_map(|line| line.split(' ').nth(1));
    places.into_iter().find(|place| place.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')))
}

fn list(sources: &[Source]) -> String {
    sources.iter().map(|source| format!("deb {} {} main\n", source.address, source.suite)).collect()
}

#[cfg(test)]
mod tests {
    use super::mounted_below;

    #[test]
    fn what_is_mounted_inside_is_seen() {
        let mounts = "dev /t/clean-old/dev devtmpfs rw 0 0\nproc /t/clean/proc proc rw 0 0\n";
        assert_eq!(mounted_below(mounts, "/t/clean"), Some("/t/clean/proc"));
        assert_eq!(mounted_below(mounts, "/t/cle"), None);
    }
}
