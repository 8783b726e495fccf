//! The system's keychain, real: gnome-keyring on a D-Bus session with a home of its own.

use std::process::{Command, Output};

use tempfile::TempDir;

/// Unlocks (and the first time makes) the keyring whose password is "pw", and waits until it is on the bus: it says so
/// only after the command has ended.
const UNLOCK: &str = "printf 'pw\\n' | gnome-keyring-daemon --replace --unlock --components=secrets >/dev/null; \
    gdbus wait --session --timeout 20 org.freedesktop.secrets";

const LOCK: &str = "gdbus call --session -d org.freedesktop.secrets -o /org/freedesktop/secrets \
    -m org.freedesktop.Secret.Service.Lock \"['/org/freedesktop/secrets/collection/login']\" >/dev/null";

/// Stops the keyring where it stands: it is on the bus and says nothing.
const STOP: &str = "kill -STOP $(gdbus call --session -d org.freedesktop.DBus -o /org/freedesktop/DBus \
    -m org.freedesktop.DBus.GetConnectionUnixProcessID org.freedesktop.secrets | tr -cd '0-9 ' | \
    awk '{ print $NF }')";

/// A home that holds nothing of this machine's.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Runs a script on a session bus of its own, which is gone afterwards.
    fn session(&self, bus: &[&str], script: &str) -> Output {
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
fn inside(test: &str) -> String {
    let this = std::env::current_exe().unwrap();
    format!("'{}' --exact inside::{test} --ignored", this.display())
}

fn passed(output: &Output, times: usize) {
    let out = String::from_utf8_lossy(&output.stdout);
    let seen = out.matches("1 passed").count();
    assert!(
        output.status.success() && seen == times,
        "{out}\n{}\n(this test needs dbus and gnome-keyring: `cargo xtask test` installs them)",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_real_keychain_keeps_keys() {
    let home = Home::new();
    let first = home.session(&[], &format!("{UNLOCK}; {}", inside("keeps_replaces_and_forgets")));
    passed(&first, 1);
    // Another bus, another keyring process, the same file: it was kept for good.
    let later = inside("still_has_what_an_earlier_process_kept");
    passed(&home.session(&[], &format!("{UNLOCK}; {later}")), 1);
}

#[test]
fn a_locked_keychain_is_told_as_such() {
    passed(&Home::new().session(&[], &format!("{UNLOCK}; {LOCK}; {}", inside("is_locked"))), 1);
}

#[test]
fn a_machine_without_a_keychain_is_told_as_such() {
    let config = concat!("--config-file=", env!("CARGO_MANIFEST_DIR"), "/tests/it/no-services.conf");
    passed(&Home::new().session(&[config], &inside("is_absent")), 1);
    // And one without even a bus.
    let without = format!("unset DBUS_SESSION_BUS_ADDRESS; {}", inside("is_absent"));
    passed(&Home::new().session(&[config], &without), 1);
}

#[test]
fn a_keychain_that_does_not_answer_is_slow() {
    let script = format!("{UNLOCK}; {STOP}; {}", inside("is_slow"));
    passed(&Home::new().session(&[], &script), 1);
}
