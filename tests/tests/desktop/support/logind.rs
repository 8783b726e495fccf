//! A stand-in for logind, which keeps a list of who holds the computer awake; a real one needs a system of its own.

use std::time::Duration;

use super::Desk;
use super::wait::until;

const AT: [&str; 5] = ["call", "--system", "-d", "org.freedesktop.login1", "-o"];
const PATH: &str = "/org/freedesktop/login1";
/// What it gets to come up on a machine that is busy.
const UP: Duration = Duration::from_secs(30);

/// The stand-in (python3-dbusmock) on a desk's bus, which is its system bus, too.
pub(crate) struct Logind;

impl Logind {
    /// Starts it.
    pub(crate) async fn start(desk: &mut Desk) -> Self {
        // The system's own interpreter: that is where the distribution puts the module.
        let mut service = desk.command("/usr/bin/python3");
        service.args(["-m", "dbusmock", "--template", "logind"]).stdout(std::process::Stdio::null());
        desk.start(service);
        let logind = Self;
        until("logind", UP, async || logind.list(desk).await).await;
        logind
    }

    async fn list(&self, desk: &Desk) -> Option<String> {
        let ask = [PATH, "-m", "org.freedesktop.login1.Manager.ListInhibitors"];
        let answer = desk.output("gdbus", AT.into_iter().chain(ask)).await;
        answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
    }

    /// Waits until Partway holds the computer awake, or holds it no longer.
    pub(crate) async fn is_held(&self, desk: &Desk, held: bool) {
        until(&format!("the computer's being held awake: {held}"), UP, async || {
            let list = self.list(desk).await?;
            // Idle sleep only: a wish to suspend is not refused. What delays the computer's end is another.
            assert!(!list.contains("'sleep"), "{list}");
            (list.contains("'idle', 'Partway'") == held).then_some(())
        })
        .await;
    }
}
