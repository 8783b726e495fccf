//! A stand-in for the desktop's notification service, which writes down what it was told.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::Desk;
use super::wait::until;

const SERVICE: [&str; 2] = ["org.freedesktop.Notifications", "/org/freedesktop/Notifications"];
const ASK: &str = "org.freedesktop.Notifications.GetServerInformation";
/// What it gets to come up on a machine that is busy.
const UP: Duration = Duration::from_secs(30);

/// The stand-in (python3-dbusmock) on a desk's bus.
pub(crate) struct Notifications {
    log: PathBuf,
}

impl Notifications {
    /// Starts it.
    pub(crate) async fn listen(desk: &mut Desk) -> Self {
        let log = desk.folder("notifications").join("log");
        // The system's own interpreter: that is where the distribution puts the module.
        let mut service = desk.command("/usr/bin/python3");
        service.args(["-m", "dbusmock", "--session", "--template", "notification_daemon", "-l"]).arg(&log);
        desk.start(service);
        let [name, path] = SERVICE;
        let ask = ["call", "--session", "-d", name, "-o", path, "-m", ASK];
        until("the notification service", UP, async || {
            desk.output("gdbus", ask).await.status.success().then_some(())
        })
        .await;
        Self { log }
    }

    /// Presses the button of the first notification.
    pub(crate) async fn press_button(&self, desk: &Desk) {
        let [name, path] = SERVICE;
        let emit = "org.freedesktop.DBus.Mock.EmitSignal";
        let signal = [name, "ActionInvoked", "us", "[<uint32 1>, <'pressed'>]"];
        desk.run(
            "gdbus",
            ["call", "--session", "-d", name, "-o", path, "-m", emit].into_iter().chain(signal),
        )
        .await;
    }

    /// Title and text of everything that was shown so far, oldest first.
    pub(crate) fn heard(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let notify = |line: &str| {
            // time Notify "app" replaces "icon" "title" "text" …
            let quoted: Vec<_> = line.split_once(" Notify ")?.1.split('"').skip(1).step_by(2).collect();
            Some(format!("{}|{}", quoted.get(2)?, quoted.get(3)?))
        };
        log.lines().filter_map(notify).collect()
    }
}
