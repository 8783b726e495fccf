//! What must be there before us: Rust with the C linker that it asks for, and Node with npm. Checked before all else.

use crate::machine::ask;
use crate::os::{self, Family};
use crate::stop::{Outcome, not_ready};
use crate::workspace::cargo;

/// Vite, which builds the UI, asks for Node 20.19 or newer (its package's `engines`).
const NODE: (u32, u32) = (20, 19);

/// npm's name as a program: a script, which Windows does not find without its ending.
pub(crate) const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Says which of the requirements are missing, all at once, and what to do.
///
/// `components` are parts of the Rust toolchain that the command needs beyond the compiler (`fmt`, `clippy`).
pub(crate) fn check(components: &[&str]) -> Outcome<()> {
    let mut missing = Vec::new();
    // We were compiled and linked here, so there was a linker; it may have gone since.
    if cfg!(unix) && ask("cc", &["--version"]).is_none() {
        missing.push(linker_advice(os::this()).to_owned());
    }
    for component in components {
        if ask(&cargo(), &[component, "--version"]).is_none() {
            missing.push(format!("`cargo {component}`: rustup component add rustfmt clippy"));
        }
    }
    match ask("node", &["--version"]) {
        None => {
            missing
                .push(format!("Node {} or newer: there is no `node` on the PATH. {NODE_ADVICE}", wanted()));
        }
        Some(version) if !new_enough(&version) => {
            missing.push(format!("Node {} or newer: this one is {version}. {NODE_ADVICE}", wanted()));
        }
        Some(_) => {}
    }
    if ask(NPM, &["--version"]).is_none() {
        missing.push("npm: there is none on the PATH. It comes with Node.".to_owned());
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(not_ready(format!("Missing before anything can start:\n  - {}", missing.join("\n  - "))))
}

/// Debian 12's own Node is too old, so its package manager is no help.
const NODE_ADVICE: &str =
    "Install it from nodejs.org or with a version manager (Debian 12's own package is 18).";

fn linker_advice(family: Family) -> &'static str {
    match family {
        Family::Debian => "the C linker `cc`: apt-get install -y --no-install-recommends gcc libc6-dev",
        Family::Fedora => "the C linker `cc`: dnf install gcc",
        Family::Arch => "the C linker `cc`: pacman -S --needed base-devel",
        Family::MacOs => "the C linker `cc`: xcode-select --install",
        Family::OtherUnix | Family::Windows => "the C linker `cc`: install a C compiler",
    }
}

fn wanted() -> String {
    format!("{}.{}", NODE.0, NODE.1)
}

/// Whether `version`, as `node --version` prints it, is new enough. What cannot be read is not.
fn new_enough(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= NODE,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for good in ["v20.19.0", "v20.100.1", "v22.0.0", "24.1.0\n"] {
            assert!(new_enough(good), "{good}");
        }
        for bad in ["v20.18.3", "v20.2.0", "v18.20.4", "v9.99.0", "", "v20", "twenty.nineteen"] {
            assert!(!new_enough(bad), "{bad}");
        }
    }

    #[test]
    fn what_this_machine_compiled_with_is_found() {
        assert_eq!(check(&[]), Ok(()));
    }
}
