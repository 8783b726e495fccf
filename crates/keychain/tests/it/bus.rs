//! A private D-Bus session for a test, with an empty home.

use std::process::{Command, Output};

use tempfile::TempDir;

/// Unlocks the keyring with the password "pw" (creating it the first time), and waits until it is on the bus:
/// it appears only after the command has ended.
pub(crate) const UNLOCK: &str = "printf 'pw\\n' | gnome-keyring-daemon --replace --unlock --components=secrets >/dev/null; \
    gdbus wait --session --timeout 20 org.freedesktop.secrets";

/// An empty home, with nothing of this machine's.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Runs a script on a private session bus, which is gone afterwards.
    pub(crate) fn session(&self, bus: &[&str], script: &str) -> Output {
        let home = self.0.path();
        let runtime = home.join("runtime");
        std::fs::create_dir_all(&runtime).unwrap();
        Command::new("timeout")
            .args(["60", "dbus-run-session"])
            .args(bus)
            .args(["--", "sh", "-ec", script])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("XDG_DATA_HOME", home.join("data"))
            .output()
            .expect("dbus-run-session is there: `cargo xtask test` installs the package dbus")
    }
}

/// The command that runs one test of `inside`.
pub(crate) fn inside(test: &str) -> String {
    let this = std::env::current_exe().unwrap();
    format!("'{}' --exact inside::{test} --ignored", this.display())
}

/// Asserts that `times` tests ran and passed.
pub(crate) fn passed(output: &Output, times: usize) {
    let out = String::from_utf8_lossy(&output.stdout);
    let seen = out.matches("1 passed").count();
    assert!(
        output.status.success() && seen == times,
        "{out}\n{}\n(this test needs dbus and gnome-keyring: `cargo xtask test` installs them)",
        String::from_utf8_lossy(&output.stderr)
    );
}
