//! Progress and the number on the app's entry in a dock, as it is told on the session's bus.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::support::{Desk, Driven, Made, Seed, bounded, until};

const SOON: Duration = Duration::from_secs(20);
const DONE: Duration = Duration::from_secs(90);

#[tokio::test]
async fn a_dock_is_told_how_far_it_is_and_that_it_is_over() {
    bounded(3, async {
        let mut seed = Seed::of("dock");
        let mut desk = Desk::set_up().await;
        let heard = desk.folder("dock").join("heard");
        let mut monitor = desk.command("dbus-monitor");
        monitor.args(["--session", "type='signal',interface='com.canonical.Unity.LauncherEntry'"]);
        monitor.stdout(Stdio::from(fs::File::create(&heard).unwrap()));
        desk.start(monitor);
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 200_000_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;
        desk.hand_over(&made.path).await;
        app.rows_show("Practice finished", 1, DONE).await;
        let said = || fs::read_to_string(&heard).unwrap_or_default();
        until("the end of the progress", SOON, async || {
            let said = said();
            let last = said.rsplit("member=Update").next()?;
            (said.contains("boolean true") && !last.contains("boolean true")).then_some(())
        })
        .await;
        let said = said();
        assert!(said.contains("application://partway.desktop"), "{said}");
        let updates = said.matches("member=Update").count();
        assert!(updates < 60, "{updates} in a few seconds");
        // It is quiet from here on: nothing changes.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let later = fs::read_to_string(&heard).unwrap().matches("member=Update").count();
        assert_eq!(later, updates);
    })
    .await;
}
