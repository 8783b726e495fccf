//! A window on a folder that partwayctl holds.

use std::time::Duration;

use crate::support::{Desk, Driven, Made, Practice, Seed, bounded, program, resume, stop, until};

#[tokio::test]
async fn a_window_beside_a_running_partwayctl_shows_its_work_and_takes_over() {
    bounded(3, async {
        let mut seed = Seed::of("guest");
        let desk = Desk::set_up().await;
        let folder = desk.folder("takes");
        let first = Made::in_folder(&folder, "first.mov", 30_000_000, &mut seed);
        let second = Made::in_folder(&folder, "second.mov", 1_000_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;
        desk.press_keys("ctrl+q").await;
        until("the end of the app", Duration::from_secs(20), async || {
            desk.running("partway").is_empty().then_some(())
        })
        .await;
        drop(app);

        let mut upload = desk.command(program("partwayctl"));
        upload.arg("--data-dir").arg(desk.data()).arg("upload").arg(&first.path).args(["--to", "Practice"]);
        let mut upload = upload.stdout(desk.said()).stderr(desk.said()).spawn().unwrap();
        let helper = desk.helper().await;
        stop(&helper);

        let app = Driven::start(&desk, &[]).await;
        app.has_rows(1, Duration::from_secs(20)).await;
        app.shows("first.mov", Duration::from_secs(5)).await;
        app.picture("guest").await;
        resume(&helper);
        let ended = tokio::time::timeout(Duration::from_secs(60), upload.wait()).await.unwrap().unwrap();
        assert!(ended.success());
        app.rows_show("Practice finished", 1, Duration::from_secs(20)).await;

        // partwayctl has ended: the window holds the folder now, and takes in files by itself.
        desk.start_again(&[&second.path]).await;
        app.rows_show("Practice finished", 2, Duration::from_secs(60)).await;
        let practice = Practice::of(&desk);
        assert!(practice.has(&first) && practice.has(&second));
    })
    .await;
}
