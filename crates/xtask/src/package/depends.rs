//! What the programs need of a Debian system: their libraries as dpkg-shlibdeps finds them, and what they speak to.

use crate::stop::{Outcome, at, not_passed, not_ready};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What no library tells. Servers' certificates are checked against the system's authorities.
const ALSO: &[&str] = &["ca-certificates"];

/// The app works without, and says what it lacks where a person asks for it: a session bus, a keychain, a notification service,
/// and what opens a link in the browser. The tray needs nothing: it speaks over that bus.
pub(crate) const RECOMMENDS: &[&str] = &[
    "default-dbus-session-bus | dbus-session-bus",
    "gnome-keyring | kwalletmanager | keepassxc",
    "notification-daemon",
    "xdg-utils",
];

/// The field `Depends` for these programs. `folder` is to work in.
pub(crate) fn depends(programs: &[PathBuf], folder: &Path) -> Outcome<String> {
    // It reads nothing of the file but wants to be in a source package.
    let control = folder.join("debian/control");
    fs::create_dir_all(folder.join("debian")).map_err(at(folder))?;
    fs::write(&control, "Source: partway\n\nPackage: partway\nArchitecture: any\n").map_err(at(&control))?;
    let answer = Command::new("dpkg-shlibdeps")
        .args(["-O", "--warnings=1"])
        .args(programs)
        .current_dir(folder)
        .output()
        .map_err(|cause| {
            not_ready(format!("dpkg-shlibdeps could not be started ({cause}). It is in dpkg-dev."))
        })?;
    if !answer.status.success() {
        let said = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
        return Err(not_passed(format!("dpkg-shlibdeps: {said}")));
    }
    let libraries = String::from_utf8_lossy(&answer.stdout).into_owned();
    joined(&libraries)
        .ok_or_else(|| not_passed(format!("dpkg-shlibdeps answered something else: {libraries}")))
}

fn joined(answer: &str) -> Option<String> {
    let libraries = answer.lines().find_map(|line| line.strip_prefix("shlibs:Depends="))?;
    let mut all: Vec<&str> = libraries.split(", ").map(str::trim).chain(ALSO.iter().copied()).collect();
    all.retain(|one| !one.is_empty());
    all.sort_unstable();
    all.dedup();
    Some(all.join(", "))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn libraries_and_the_rest_are_one_list() {
        assert_eq!(
            joined("shlibs:Depends=libgtk-3-0 (>= 3.21.5), libc6 (>= 2.34)\n").as_deref(),
            Some("ca-certificates, libc6 (>= 2.34), libgtk-3-0 (>= 3.21.5)")
        );
        assert_eq!(joined("something else\n"), None);
    }
}
