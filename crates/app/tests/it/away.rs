//! Missing drives and folders: shown above the list as long as something waits for them.

use partway_api::{Command, HoldName, Look, Notice, StateName};
use partway_app::App;

use crate::rig::{PATIENCE, Rig, add, ends, tell, until};

/// The notices, once there are `many`.
async fn notices(app: &App, many: usize) -> Vec<Notice> {
    let mut watch = app.watch(Look::default());
    let found = async {
        let mut last = Vec::new();
        loop {
            last = watch.next().await.unwrap().notices.unwrap_or(last);
            if last.len() == many {
                return last;
            }
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("other notices")
}

/// The labels of the first rows.
async fn labels(app: &App) -> Vec<String> {
    let mut watch = app.watch(Look { limit: 10, ..Look::default() });
    let tick = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap().unwrap();
    tick.rows.unwrap().changed.into_iter().map(|row| row.label).collect()
}

#[tokio::test]
async fn each_is_one_banner_and_its_rows_name_it_and_both_go_when_it_is_back() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let (folder, gone) = (rig.folder.path().join("day 1"), rig.folder.path().join("gone"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.mov"), "a").unwrap();
    std::fs::write(folder.join("b.mov"), "b").unwrap();
    let files = [folder.join("a.mov"), folder.join("b.mov")];
    let (batch, jobs, _) = add(&app, &files, None, true).await.unwrap();
    std::fs::rename(&folder, &gone).unwrap();
    tell(&app, Command::StartNow { batch: batch.unwrap() }).await.unwrap();
    for job in &jobs {
        until(&app, &job.id, |line| line.holds.contains(&HoldName::SourceMissing)).await;
    }
    let told = notices(&app, 1).await;
    assert_eq!(told[0].title, "The folder day 1 is not there.");
    assert_eq!(told[0].text, "2 uploads wait, nothing is lost. They go on when it is back.");
    assert_eq!(labels(&app).await, ["Waiting for folder day 1"; 2]);

    std::fs::rename(&gone, &folder).unwrap();
    for job in &jobs {
        assert_eq!(ends(&app, &job.id).await.state, StateName::Verified);
    }
    assert_eq!(notices(&app, 0).await, []);
}
