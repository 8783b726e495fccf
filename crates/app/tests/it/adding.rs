//! Adding files: with and without a destination, with and without a countdown.

use partway_api::{Answer, Code, Command, HoldName, RawPath, Request, StateName};

use crate::rig::{Rig, add, added, destinations, ends, list, tell, until};

#[tokio::test]
async fn what_is_dropped_before_there_is_a_destination_is_taken_in_by_the_first_one() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    assert_eq!(keep(&app, &[rig.file("a.bin", 10)]).await, (1, Vec::new()));
    app.close(std::time::Duration::ZERO).await;

    // They outlive the process, too.
    let app = rig.open().await;
    assert!(list(&app).await.is_empty());
    rig.destination(&app, "Acme").await;
    let jobs = list(&app).await;
    assert_eq!(jobs.len(), 1);
    assert_eq!(
        (jobs[0].destination.as_str(), jobs[0].holds.as_slice()),
        ("Acme", [HoldName::Countdown].as_slice())
    );
    rig.destination(&app, "Fleet").await;
    assert_eq!(list(&app).await.len(), 1, "only once");
}

#[tokio::test]
async fn what_never_will_go_is_told_before_there_is_a_destination_and_not_kept() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let gone = rig.folder.path().join("gone.mov");
    let (kept, left) = keep(&app, &[gone.clone(), rig.file("a.bin", 10)]).await;
    assert_eq!((kept, left.len()), (1, 1));
    assert!(left[0].1.starts_with("gone.mov was not found at "), "{}", left[0].1);
    assert_eq!(keep(&app, &[gone]).await.0, 0);
    assert_eq!(added(&app, rig.draft("Acme"), rig.key()).await.unwrap().1, None, "nothing is left to tell");
    assert_eq!(list(&app).await.len(), 1);
}

#[tokio::test]
async fn what_went_away_while_it_waited_for_a_destination_is_told_with_it() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let file = rig.file("a.bin", 10);
    assert_eq!(keep(&app, std::slice::from_ref(&file)).await.0, 1);
    std::fs::remove_file(&file).unwrap();
    let told = added(&app, rig.draft("Acme"), rig.key()).await.unwrap().1.unwrap();
    assert!(told.starts_with("a.bin was not found at "), "{told}");
    assert_eq!(added(&app, rig.draft("Fleet"), rig.key()).await.unwrap().1, None, "only once");
}

/// Drops files before there is a destination: returns how many are kept, and what is left out.
async fn keep(app: &partway_app::App, files: &[std::path::PathBuf]) -> (usize, Vec<(String, String)>) {
    let paths =
        files.iter().map(|file| RawPath::from_bytes(&partway_engine::paths::to_bytes(file))).collect();
    let request = Request::Add {
        paths,
        destination: None,
        countdown: true,
        batch: None,
        fields: Default::default(),
        mime: None,
    };
    match app.ask(request).await.unwrap() {
        Answer::Kept { kept, left_out } => (kept, left_out),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_command_line_is_told_at_once_and_nothing_is_kept_for_it() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    assert_eq!(add(&app, &[rig.file("a", 1)], None, false).await.unwrap_err().code, Code::NoDestination);
    rig.destination(&app, "Acme").await;
    assert!(list(&app).await.is_empty());
    let refused = add(&app, &[rig.file("a", 1)], Some("Acne"), false).await.unwrap_err();
    assert!(refused.to_string().contains("There are: Acme."), "{refused}");
}

#[tokio::test]
async fn a_batch_with_a_countdown_waits_and_one_without_goes() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let (batch, held, _) = add(&app, &[rig.file("a", 10)], None, true).await.unwrap();
    let (_, jobs, _) = add(&app, &[rig.file("b", 10)], None, false).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);
    assert_eq!(until(&app, &held[0].id, |_| true).await.holds, [HoldName::Countdown]);
    tell(&app, Command::StartNow { batch: batch.unwrap() }).await.unwrap();
    assert_eq!(ends(&app, &held[0].id).await.state, StateName::Verified);
}

#[tokio::test]
async fn a_folder_chosen_in_the_header_goes_with_its_destination_and_no_other() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let acme = rig.destination(&app, "Acme").await;
    rig.destination(&app, "Fleet").await;
    let folder = Some("cuts/today".to_owned());
    tell(&app, Command::UseDestination { id: acme.id, folder }).await.unwrap();
    let shown = destinations(&app).await;
    assert_eq!(shown.iter().map(|to| to.chosen).collect::<Vec<_>>(), [true, false]);
    assert_eq!(shown[0].folder_now.as_deref(), Some("cuts/today"));

    let folders = async |to: Option<&str>| {
        let (_, jobs, _) = add(&app, &[rig.file("a", 1)], to, true).await.unwrap();
        match tell(&app, Command::Detail { job: jobs[0].id.clone() }).await.unwrap() {
            partway_api::Done::Detail { detail } => detail.to,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(folders(None).await, "Acme, cuts/today");
    assert_eq!(folders(Some("fleet")).await, "Fleet");
}

#[tokio::test]
async fn what_cannot_go_is_told_and_holds_up_nothing() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let gone = rig.folder.path().join("gone.mov");
    let (_, jobs, left) = add(&app, &[rig.file("a", 10), gone.clone()], None, false).await.unwrap();
    assert_eq!(jobs.len(), 1);
    assert_eq!(left[0].0, gone.to_string_lossy());
    assert!(left[0].1.starts_with("gone.mov was not found at "), "{}", left[0].1);
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);

    let (batch, jobs, left) = add(&app, &[gone], None, false).await.unwrap();
    assert_eq!((batch, jobs.len(), left.len()), (None, 0, 1));
}

#[tokio::test]
async fn a_batch_kept_by_its_panel_counts_down_again_after_the_process_ended() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let (batch, jobs, _) = add(&app, &[rig.file("a", 10)], None, true).await.unwrap();
    tell(&app, Command::KeepBatch { batch: batch.unwrap(), keep: true }).await.unwrap();
    let settings = partway_api::Settings { countdown_seconds: 1, ..partway_api::Settings::default() };
    tell(&app, Command::ChangeSettings { settings }).await.unwrap();
    app.close(std::time::Duration::ZERO).await;

    let app = rig.open().await;
    // Its key was lost with the last session, but it has started.
    let line = until(&app, &jobs[0].id, |line| !line.holds.contains(&HoldName::Countdown)).await;
    assert_ne!(line.state, StateName::Cancelled);
}

#[tokio::test]
async fn asked_again_under_the_same_id_nothing_is_taken_in_twice() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let ask = |id: &str, file: &std::path::Path| Request::Add {
        paths: vec![RawPath::from_bytes(&partway_engine::paths::to_bytes(file))],
        destination: Some("Acme".into()),
        countdown: true,
        batch: Some(id.into()),
        fields: Default::default(),
        mime: None,
    };
    let (a, b) = (rig.file("a", 1), rig.file("b", 1));
    let id = "0193d3c0-0000-7000-8000-000000000001";
    let Answer::Added { batch, jobs, .. } = app.ask(ask(id, &a)).await.unwrap() else { panic!("not added") };
    assert_eq!((batch.as_deref(), jobs.len()), (Some(id), 1));
    // Even if the paths differ now: the answer is about what was added first.
    let Answer::Added { batch, jobs: again, .. } = app.ask(ask(id, &b)).await.unwrap() else {
        panic!("not added")
    };
    assert_eq!((batch.as_deref(), again), (Some(id), jobs));
    assert_eq!(list(&app).await.len(), 1);
    for id in ["", "short", "../../../../../../etc/passwd", &"x".repeat(65)] {
        assert_eq!(app.ask(ask(id, &b)).await.unwrap_err().code, Code::Internal, "{id}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn where_a_file_lies_is_told_as_the_system_has_it() {
    use std::os::unix::ffi::OsStrExt as _;
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    // A name that is not valid text.
    let path = rig.folder.path().join(std::ffi::OsStr::from_bytes(b"z\xff.mov"));
    std::fs::rename(rig.file("a.mov", 10), &path).unwrap();
    let (_, jobs, _) = add(&app, std::slice::from_ref(&path), None, true).await.unwrap();
    let of = async |job: &str| app.ask(Request::FileOf { job: job.into() }).await;
    let Answer::File { path: raw } = of(&jobs[0].id).await.unwrap() else { panic!("no path") };
    assert_eq!(raw.bytes().unwrap(), path.as_os_str().as_bytes());
    assert_eq!(of("nobody").await.unwrap_err().code, Code::Refused);
    std::fs::remove_file(&path).unwrap();
    let gone = of(&jobs[0].id).await.unwrap_err();
    assert!(gone.code == Code::Refused && gone.message.ends_with(" is not there any more."), "{gone:?}");
}
