//! Progress and the number on the app's entry in a dock, and the tray's menu, as they are told on the session's bus.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::support::{Desk, Driven, Made, Seed, Vendor, bounded, until};

const SOON: Duration = Duration::from_secs(20);
const DONE: Duration = Duration::from_secs(90);

/// Six in a row take five seconds, and an ear that is late on a busy machine hears them in one less.
const ROW: usize = 6;
const SPAN: f64 = 4.0;

#[tokio::test]
async fn a_dock_is_told_how_far_it_is_and_that_it_is_over() {
    bounded(3, async {
        let mut seed = Seed::of("dock");
        let mut desk = Desk::set_up().await;
        let heard = desk.folder("dock").join("heard");
        let mut monitor = desk.command("dbus-monitor");
        let told = |interface| format!("type='signal',interface='{interface}'");
        monitor.args([
            "--session",
            &told("com.canonical.Unity.LauncherEntry"),
            &told("com.canonical.dbusmenu"),
        ]);
        monitor.stdout(Stdio::from(fs::File::create(&heard).unwrap()));
        desk.start(monitor);
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 400_000_000, &mut seed);
        // However fast the machine is, it takes a while: four parts at once, each answered a second late.
        let Vendor { url, key } = Vendor::slow(&mut desk).await;
        let app = Driven::start(&desk, &[]).await;
        app.use_vendor("Dailies", &url, &key).await;
        let mut settings = app.command(&json!({ "do": "settings" })).await["settings"].clone();
        settings["parts_at_once"] = 4.into();
        app.command(&json!({ "do": "change-settings", "settings": settings })).await;
        desk.hand_over(&made.path).await;
        app.rows_show("Verified", 1, DONE).await;
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
        for member in ["Update", "ItemsPropertiesUpdated"] {
            let times = times(&said, member);
            println!("{member} at {times:.1?}");
            assert!(times.len() > ROW, "it tells nothing: {member} at {times:?}");
            assert!(shortest(&times) > SPAN, "more often than once a second: {member} at {times:?}");
        }
        // It is quiet from here on: nothing changes.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let later = fs::read_to_string(&heard).unwrap().matches("member=Update").count();
        assert_eq!(later, updates);
    })
    .await;
}

/// When signals of that name were heard, in seconds: "signal time=1700000000.123456 sender=… member=Update".
fn times(said: &str, member: &str) -> Vec<f64> {
    let named = |line: &&str| line.starts_with("signal ") && line.ends_with(&format!("member={member}"));
    let time = |line: &str| line.split_once("time=")?.1.split_once(' ')?.0.parse().ok();
    said.lines().filter(named).filter_map(time).collect()
}

/// The shortest time in which so many in a row were heard, in seconds.
fn shortest(times: &[f64]) -> f64 {
    times.windows(ROW).map(|row| row[ROW - 1] - row[0]).fold(f64::INFINITY, f64::min)
}
