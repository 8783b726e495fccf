//! systemd's logind, or who answers in its place: it holds as long as the descriptor that it gave is open.

use zbus::blocking::Connection;
use zbus::zvariant::OwnedFd;

use super::{NAME, WHY};

/// Closed, it gives it back; the system does the same when this process ends in any way.
pub(super) type Held = OwnedFd;

/// From now on until the answer is dropped.
pub(super) fn hold() -> Result<Held, String> {
    ask().map_err(|error| error.to_string())
}

fn ask() -> zbus::Result<Held> {
    let (name, path) = ("org.freedesktop.login1", "/org/freedesktop/login1");
    let manager = Some("org.freedesktop.login1.Manager");
    // "idle" and not "sleep": that one would refuse a person who presses Suspend.
    let wish = ("idle", NAME, WHY, "block");
    let answer = Connection::system()?.call_method(Some(name), path, manager, "Inhibit", &wish)?;
    answer.body().deserialize()
}
