//! The system's keychain, real: gnome-keyring on a D-Bus session with a private home.

use crate::bus::{Home, UNLOCK, inside, passed};

/// Locks the keyring.
pub(crate) const LOCK: &str = "gdbus call --session -d org.freedesktop.secrets -o /org/freedesktop/secrets \
    -m org.freedesktop.Secret.Service.Lock \"['/org/freedesktop/secrets/collection/login']\" >/dev/null";

/// Suspends the keyring: it stays on the bus and does not answer.
const STOP: &str = "kill -STOP $(gdbus call --session -d org.freedesktop.DBus -o /org/freedesktop/DBus \
    -m org.freedesktop.DBus.GetConnectionUnixProcessID org.freedesktop.secrets | tr -cd '0-9 ' | \
    awk '{ print $NF }')";

#[test]
fn a_real_keychain_keeps_keys() {
    let home = Home::new();
    let first = home.session(&[], &format!("{UNLOCK}; {}", inside("keeps_replaces_and_forgets")));
    passed(&first, 1);
    // Another bus, another keyring process, the same file: the key was stored permanently.
    let later = inside("still_has_what_an_earlier_process_kept");
    passed(&home.session(&[], &format!("{UNLOCK}; {later}")), 1);
}

#[test]
fn a_locked_keychain_is_told_as_such() {
    passed(&Home::new().session(&[], &format!("{UNLOCK}; {LOCK}; {}", inside("is_locked"))), 1);
}

#[test]
fn a_keychain_that_is_unlocked_again_is_read_again() {
    passed(&Home::new().session(&[], &format!("{UNLOCK}; {}", inside("is_locked_and_unlocked"))), 1);
}

#[test]
fn a_keychain_that_starts_anew_is_used_on() {
    passed(&Home::new().session(&[], &format!("{UNLOCK}; {}", inside("starts_anew"))), 1);
}

#[test]
fn a_keychain_without_a_keyring_is_told_as_such() {
    let started = "gnome-keyring-daemon --start --components=secrets >/dev/null; \
        gdbus wait --session --timeout 20 org.freedesktop.secrets";
    passed(&Home::new().session(&[], &format!("{started}; {}", inside("is_empty"))), 1);
}

#[test]
fn a_machine_without_a_keychain_is_told_as_such() {
    let config = concat!("--config-file=", env!("CARGO_MANIFEST_DIR"), "/tests/it/no-services.conf");
    passed(&Home::new().session(&[config], &inside("is_absent")), 1);
    // And without even a bus.
    let without = format!("unset DBUS_SESSION_BUS_ADDRESS; {}", inside("is_absent"));
    passed(&Home::new().session(&[config], &without), 1);
}

#[test]
fn a_keychain_that_does_not_answer_is_slow() {
    let script = format!("{UNLOCK}; {STOP}; {}", inside("is_slow"));
    passed(&Home::new().session(&[], &script), 1);
}
