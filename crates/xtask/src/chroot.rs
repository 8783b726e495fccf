//! Systems of their own in a folder, made from this machine's mirror and entered through namespaces, so that nothing stays mounted.

use crate::leash;
use crate::machine::{ask, is_root};
use crate::mirror::{self, Source};
use crate::os;
use crate::stop::{Outcome, at, not_passed};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// It takes a minute; a mirror that does not answer must not hold a run for ever.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Why there is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// Only root may make and enter one.
    NotRoot,
    /// Root may not make namespaces here, as in a container without privileges.
    NotAllowed,
    /// What makes one is not installed.
    NoTool,
    /// apt's own files name no mirror of this machine's release.
    NoMirror,
    /// The mirror does not have this release, or does not answer.
    Silent(String),
    /// It was begun and not brought to its end.
    HalfMade(String),
}

impl Absent {
    /// Why, and what to do.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::NotRoot => "Only root may make and enter a system of its own: run this step as root.".into(),
            Self::NotAllowed => {
                "Root may not make namespaces here: run this step on a machine or in a container where it may.".into()
            }
            Self::NoTool => "debootstrap, which makes a system of its own, is not installed here.".into(),
            Self::NoMirror => "apt's sources name no mirror of this system's own release.".into(),
            Self::Silent(release) => {
                format!("The mirror that apt is set up with does not answer, or has no {release}.")
            }
            Self::HalfMade(why) => {
                format!("A system of its own was not made to its end, and is made anew by the next run: {why}.")
            }
        }
    }
}

/// Where a system of this machine's own release comes from, the release first and its updates after it; or why none can be made here.
pub(crate) fn sources() -> Result<Vec<Source>, Absent> {
    if !is_root() {
        return Err(Absent::NotRoot);
    }
    if ask("unshare", &["--mount", "--pid", "--fork", "--mount-proc", "true"]).is_none() {
        return Err(Absent::NotAllowed);
    }
    if ask("debootstrap", &["--version"]).is_none() {
        return Err(Absent::NoTool);
    }
    let found = os::codename().map(|codename| mirror::sources(Path::new("/etc/apt"), &codename));
    found.filter(|sources| !sources.is_empty()).ok_or(Absent::NoMirror)
}

/// Makes the smallest system of that release at `root`, where whatever is there goes first.
pub(crate) fn make(root: &Path, source: &Source) -> Outcome<()> {
    clear(root)?;
    let mut make = Command::new("unshare");
    // A mount namespace of its own: what it mounts goes with it, however it ends.
    make.args(["--mount", "debootstrap", "--variant=minbase", &source.suite]).arg(root).arg(&source.address);
    leash::succeed(&make, Some(LIMIT))?;
    // Nobody shall start services in it (the file is asked by invoke-rc.d).
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

/// Removes a folder that may be a system.
pub(crate) fn clear(root: &Path) -> Outcome<()> {
    if root.exists() {
        nothing_mounted_below(root)?;
        fs::remove_dir_all(root).map_err(at(root))?;
    }
    Ok(())
}

/// Removing a folder goes through what is mounted in it: then nothing is removed at all.
fn nothing_mounted_below(root: &Path) -> Outcome<()> {
    let mounts = Path::new("/proc/self/mounts");
    let text = fs::read_to_string(mounts).map_err(at(mounts))?;
    // As the kernel names it: a folder on the way may be a link.
    let root = root.canonicalize().map_err(at(root))?;
    match mounted_below(&text, &root.to_string_lossy()) {
        Some(place) => Err(not_passed(format!("{place} is mounted. Unmount it first; nothing was removed."))),
        None => Ok(()),
    }
}

fn mounted_below<'a>(mounts: &'a str, root: &str) -> Option<&'a str> {
    let places = mounts.lines().filter_map(|line| line.split(' ').nth(1));
    places.into_iter().find(|place| place.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::{Absent, mounted_below};

    #[test]
    fn what_is_mounted_inside_is_seen() {
        let mounts = "dev /t/clean-old/dev devtmpfs rw 0 0\nproc /t/clean/proc proc rw 0 0\n";
        assert_eq!(mounted_below(mounts, "/t/clean"), Some("/t/clean/proc"));
        assert_eq!(mounted_below(mounts, "/t/cle"), None);
    }

    #[test]
    fn why_there_is_none_is_one_sentence() {
        for why in [
            Absent::NotRoot,
            Absent::NoTool,
            Absent::Silent("sid".into()),
            Absent::HalfMade("it ended".into()),
        ] {
            let said = why.sentence();
            assert!(said.ends_with('.') && !said.contains('\n'), "{said}");
        }
    }
}
