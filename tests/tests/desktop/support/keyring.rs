//! A real gnome-keyring on a desk's bus, which a journey locks and unlocks as nobody is there to type its password.

use std::time::Duration;

use super::Desk;
use super::wait::until;

const NAME: &str = "org.freedesktop.secrets";
/// What it gets to come up on a machine that is busy.
const UP: Duration = Duration::from_secs(30);
/// The keychain's own tests unlock it in the same way.
const UNLOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/keychain/tests/it/unlock.py");

/// The keyring of a desk.
pub(crate) struct Keyring;

impl Keyring {
    /// Starts it, unlocked.
    pub(crate) async fn start(desk: &mut Desk) -> Self {
        let mut daemon = desk.command("sh");
        daemon.args([
            "-c",
            "printf 'pw\\n' | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1",
        ]);
        desk.start(daemon);
        let locked = ["/org/freedesktop/secrets/collection/login", "org.freedesktop.DBus.Properties.Get"];
        let ask = ["call", "--session", "-d", NAME, "-o", locked[0], "-m", locked[1]];
        let ask = ask.into_iter().chain(["org.freedesktop.Secret.Collection", "Locked"]);
        until("the keyring", UP, async || {
            let answer = desk.output("gdbus", ask.clone()).await;
            String::from_utf8_lossy(&answer.stdout).contains("false").then_some(())
        })
        .await;
        Self
    }

    /// Locks it.
    pub(crate) async fn lock(&self, desk: &Desk) {
        let lock = ["org.freedesktop.Secret.Service.Lock", "['/org/freedesktop/secrets/collection/login']"];
        let call = ["call", "--session", "-d", NAME, "-o", "/org/freedesktop/secrets", "-m"];
        desk.run("gdbus", call.into_iter().chain(lock)).await;
    }

    /// Unlocks it. The system's own interpreter: that is where the distribution puts the module for D-Bus.
    pub(crate) async fn unlock(&self, desk: &Desk) {
        desk.run("/usr/bin/python3", [UNLOCK]).await;
    }

    /// Whether it holds anything of Partway's. It must be unlocked.
    pub(crate) async fn holds_keys(&self, desk: &Desk) -> bool {
        let found = desk.output("secret-tool", ["search", "--all", "service", "Partway"]).await;
        !found.stdout.is_empty()
    }
}
