//! A stand-in for the desktop's notification service, which writes down what it was told.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::wait::until;
use super::{Desk, process};

const SERVICE: [&str; 2] = ["org.freedesktop.Notifications", "/org/freedesktop/Notifications"];
const ASK: &str = "org.freedesktop.Notifications.GetServerInformation";
/// What it gets to come up on a machine that is busy.
const UP: Duration = Duration::from_secs(30);

/// The stand-in (python3-dbusmock) on a desk's bus.
pub(crate) struct Notifications {
    log: PathBuf,
    pid: u32,
}

impl Notifications {
    /// Starts it.
    pub(crate) async fn listen(desk: &mut Desk) -> Self {
        Self::start(desk, "body body-markup", "log").await
    }

    /// Starts one whose notifications have buttons.
    pub(crate) async fn with_buttons(desk: &mut Desk) -> Self {
        Self::start(desk, "body body-markup actions", "log").await
    }

    /// Ends it, and starts another one with buttons: its numbers begin anew.
    pub(crate) async fn start_anew(self, desk: &mut Desk) -> Self {
        process::kill_now(&[self.pid]);
        let [name, path] = SERVICE;
        let ask = ["call", "--session", "-d", name, "-o", path, "-m", ASK];
        until("the end of the service", UP, async || {
            (!desk.output("gdbus", ask).await.status.success()).then_some(())
        })
        .await;
        Self::start(desk, "body body-markup actions", "log-2").await
    }

    async fn start(desk: &mut Desk, capabilities: &str, log: &str) -> Self {
        let log = desk.folder("notifications").join(log);
        // The system's own interpreter: that is where the distribution puts the module.
        let mut service = desk.command("/usr/bin/python3");
        let capabilities = serde_json::json!({ "capabilities": capabilities }).to_string();
        service.args([
            "-m",
            "dbusmock",
            "--session",
            "--template",
            "notification_daemon",
            "-p",
            &capabilities,
        ]);
        service.arg("-l").arg(&log);
        let pid = desk.start(service);
        let [name, path] = SERVICE;
        let ask = ["call", "--session", "-d", name, "-o", path, "-m", ASK];
        until("the notification service", UP, async || {
            desk.output("gdbus", ask).await.status.success().then_some(())
        })
        .await;
        Self { log, pid }
    }

    /// Presses the button with these words, of what was told last.
    pub(crate) async fn press(&self, desk: &Desk, words: &str) {
        let told = self.told().pop().unwrap();
        let button = told.buttons.iter().find(|(_, button)| button == words);
        let (action, _) = button.unwrap_or_else(|| panic!("no button “{words}” in {told:?}"));
        self.invoke(desk, told.id, action).await;
    }

    /// Says that an action of a notification was invoked.
    pub(crate) async fn invoke(&self, desk: &Desk, id: u32, action: &str) {
        let [name, path] = SERVICE;
        let emit = "org.freedesktop.DBus.Mock.EmitSignal";
        let values = format!("[<uint32 {id}>, <'{action}'>]");
        let signal = [name, "ActionInvoked", "us", &values];
        desk.run(
            "gdbus",
            ["call", "--session", "-d", name, "-o", path, "-m", emit].into_iter().chain(signal),
        )
        .await;
    }

    /// Shows one of another program's, and gives the service's number for it.
    pub(crate) async fn told_by_another(&self, desk: &Desk, words: &str) -> u32 {
        let [name, path] = SERVICE;
        let call =
            ["call", "--session", "-d", name, "-o", path, "-m", "org.freedesktop.Notifications.Notify"];
        let values = ["Mail", "0", "", words, "", "[]", "{}", "0"];
        let answer = desk.run("gdbus", call.into_iter().chain(values)).await;
        // (uint32 1,)
        answer
            .chars()
            .skip_while(|c| *c != ' ')
            .filter(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .unwrap()
    }

    /// The numbers of those that were taken away so far, in order.
    pub(crate) fn withdrawn(&self) -> Vec<u32> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let gone =
            log.lines().filter_map(|line| line.split_once(" CloseNotification ")?.1.trim().parse().ok());
        gone.collect()
    }

    /// Waits until so many notifications were shown, and gives the last.
    pub(crate) async fn tells(&self, so_many: usize, bound: Duration) -> Told {
        let what = format!("notification {so_many}");
        until(&what, bound, async || (self.told().len() >= so_many).then_some(())).await;
        self.told().swap_remove(so_many - 1)
    }

    /// Waits until a notification was taken away.
    pub(crate) async fn withdraws(&self, id: u32, bound: Duration) {
        let taken = format!(" CloseNotification {id}");
        until(&format!("the end of notification {id}"), bound, async || {
            fs::read_to_string(&self.log).ok()?.lines().any(|line| line.ends_with(&taken)).then_some(())
        })
        .await;
    }

    /// Everything that was shown so far, oldest first.
    pub(crate) fn told(&self) -> Vec<Told> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let mut last = 0;
        let notify = |line: &str| {
            // time Notify "app" replaces "icon" "title" "text" ["action", "words", …] {hints} time-out
            let (_, said) = line.split_once(" Notify ")?;
            let replaces: u32 = said.split('"').nth(2)?.trim().parse().ok()?;
            let quoted: Vec<_> = said.split('"').skip(1).step_by(2).collect();
            let (_, actions) = said.split_once('[')?;
            let (actions, hints) = actions.split_once(']')?;
            let actions: Vec<_> = actions.split('"').skip(1).step_by(2).map(str::to_owned).collect();
            let id = if replaces == 0 { last + 1 } else { replaces };
            last = last.max(id);
            Some(Told {
                id,
                replaces: replaces != 0,
                words: format!("{}|{}", quoted.get(2)?, quoted.get(3)?),
                buttons: actions.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect(),
                silent: hints.contains("\"suppress-sound\": True"),
            })
        };
        log.lines().filter_map(notify).collect()
    }

    /// Title and text of everything that was shown so far, oldest first.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.told().into_iter().map(|told| told.words).collect()
    }
}

/// One notification as the service was given it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// The service's number for it.
    pub id: u32,
    /// Whether it took the place of an earlier one.
    pub replaces: bool,
    /// Title and text.
    pub words: String,
    /// Actions and their words; the one of pressing the notification itself is called "default".
    pub buttons: Vec<(String, String)>,
    /// Whether it was shown without a sound.
    pub silent: bool,
}

impl Told {
    /// The words of its buttons, as a row.
    pub(crate) fn row(&self) -> String {
        let buttons = self.buttons.iter().filter(|(action, _)| action != "default");
        buttons.map(|(_, words)| format!("[{words}]")).collect::<Vec<_>>().join(" ")
    }
}
