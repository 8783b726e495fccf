//! Support: the log, crash reports, and the diagnostics text.

use std::path::{Path, PathBuf};
use std::time::Duration;

use partway_api::{Command, Done, Look, Notice, NoticeAction, Selection};
use partway_app::{App, LogFile, keep_crash_reports};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::rig::{PATIENCE, Rig, add, add_destination, ends, in_variable, tell};

async fn notices(app: &App) -> Vec<Notice> {
    let mut watch = app.watch(Look::default());
    let tick = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap().unwrap();
    tick.notices.unwrap_or_default()
}

/// A rig whose key survives a restart: a notice about a missing one would get in the way of these tests.
async fn rig() -> Rig {
    let mut rig = Rig::new().await;
    rig.variables.insert("ACME_KEY".into(), rig.sandbox.key.clone());
    rig
}

async fn acme(rig: &Rig, app: &App) {
    add_destination(app, rig.draft("Acme"), in_variable("ACME_KEY")).await.unwrap();
}

async fn diagnostics(app: &App) -> String {
    match tell(app, Command::Diagnostics).await.unwrap() {
        Done::Diagnostics { text } => text,
        other => panic!("{other:?}"),
    }
}

fn crash(data_dir: &Path) {
    keep_crash_reports(data_dir);
    let crashing = std::thread::Builder::new().name("crashing".into()).spawn(|| {
        panic!("'/home/ada/secret.mov' of https://h/a?X-Amz-Signature=5EC2E7 broke it");
    });
    crashing.unwrap().join().unwrap_err();
}

#[tokio::test]
async fn a_crash_is_told_at_the_next_start_until_somebody_saw_it() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    assert_eq!(notices(&app).await, []);
    crash(&rig.data());
    app.close(Duration::ZERO).await;

    let app = rig.open().await;
    let told = notices(&app).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].title.starts_with("Partway stopped unexpectedly ("), "{told:?}");
    assert!(told[0].text.contains("A report was written on this computer"), "{told:?}");
    assert_eq!(told[0].buttons[0].action, NoticeAction::Diagnostics);
    let text = diagnostics(&app).await;
    assert!(
        text.contains("The last crash:") && text.contains("thread crashing, at crates/app/tests"),
        "{text}"
    );
    assert!(text.contains("broke it") && !text.contains("secret") && !text.contains("5EC2E7"), "{text}");
    assert!(text.contains("support::crash"), "who called whom is there: {text}");

    tell(&app, Command::Dismiss { notice: "crash".into() }).await.unwrap();
    assert_eq!(notices(&app).await, []);
    app.close(Duration::ZERO).await;
    let app = rig.open().await;
    assert_eq!(notices(&app).await, [], "a restart repeats nothing");
    assert!(diagnostics(&app).await.contains("The last crash:"), "it can still be handed on");
}

/// A copy of the data folder as a power cut would leave it: the running app cannot prepare for that.
fn cut_off(rig: &Rig, name: &str) -> PathBuf {
    let left = rig.folder.path().join(name);
    std::fs::create_dir(&left).unwrap();
    for entry in std::fs::read_dir(rig.data()).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), left.join(entry.file_name())).unwrap();
        }
    }
    left
}

fn ids(notices: &[Notice]) -> Vec<&str> {
    notices.iter().map(|notice| notice.id.as_str()).collect()
}

#[tokio::test]
async fn a_run_that_was_cut_off_in_the_middle_of_uploads_is_told_until_somebody_saw_it() {
    let rig = rig().await;
    let app = rig.open().await;
    acme(&rig, &app).await;
    let idle = cut_off(&rig, "idle");
    add(&app, &[rig.file("film.mov", 5_000)], None, true).await.unwrap();
    let left = cut_off(&rig, "left");
    app.close(Duration::ZERO).await;

    let app = rig.open().await;
    assert_eq!(notices(&app).await, [], "an end in order");
    app.close(Duration::ZERO).await;
    let app = rig.open_at(idle).await;
    assert_eq!(notices(&app).await, [], "whom nothing was uploading for, it is no news");
    app.close(Duration::ZERO).await;

    let app = rig.open_at(left.clone()).await;
    assert_eq!(ids(&notices(&app).await), ["unended"]);
    tell(&app, Command::Cancel { jobs: Selection::All }).await.unwrap();
    app.close(Duration::ZERO).await;
    let app = rig.open_at(left.clone()).await;
    let told = notices(&app).await;
    assert_eq!(
        ids(&told),
        ["unended"],
        "nobody saw it before that end in order, whatever else went on: {told:?}"
    );
    assert!(told[0].title.starts_with("Partway stopped unexpectedly ("), "{told:?}");
    assert!(
        told[0].text.contains("in the middle of uploads") && !told[0].text.contains("report"),
        "{told:?}"
    );
    assert!(!told[0].urgent);
    assert_eq!(told[0].buttons[0].action, NoticeAction::Diagnostics);
    tell(&app, Command::Dismiss { notice: "unended".into() }).await.unwrap();
    assert_eq!(notices(&app).await, []);
    app.close(Duration::ZERO).await;
    let app = rig.open_at(left).await;
    assert_eq!(notices(&app).await, [], "a restart repeats nothing");
}

#[tokio::test]
async fn a_command_that_was_cut_off_is_no_news_and_one_in_between_takes_none_away() {
    let mut rig = rig().await;
    rig.headless = true;
    let command = rig.open().await;
    acme(&rig, &command).await;
    add(&command, &[rig.file("film.mov", 5_000)], None, true).await.unwrap();
    let of_command = cut_off(&rig, "of-command");
    command.close(Duration::ZERO).await;
    rig.headless = false;
    let app = rig.open_at(of_command).await;
    assert_eq!(notices(&app).await, [], "commands end as they like");
    app.close(Duration::ZERO).await;

    let app = rig.open().await;
    let of_window = cut_off(&rig, "of-window");
    app.close(Duration::ZERO).await;
    rig.headless = true;
    for _ in 0..2 {
        rig.open_at(of_window.clone()).await.close(Duration::ZERO).await;
    }
    rig.headless = false;
    let app = rig.open_at(of_window).await;
    assert_eq!(ids(&notices(&app).await), ["unended"]);
}

#[tokio::test]
async fn a_crash_that_left_a_report_is_told_by_that_alone() {
    let rig = rig().await;
    let app = rig.open().await;
    acme(&rig, &app).await;
    add(&app, &[rig.file("film.mov", 5_000)], None, true).await.unwrap();
    let left = cut_off(&rig, "left");
    app.close(Duration::ZERO).await;
    std::fs::create_dir(left.join("crashes")).unwrap();
    std::fs::write(left.join("crashes/2030-01-01-1.txt"), "Partway crashed").unwrap();
    let app = rig.open_at(left.clone()).await;
    assert_eq!(ids(&notices(&app).await), ["crash"]);
    tell(&app, Command::Dismiss { notice: "crash".into() }).await.unwrap();
    assert_eq!(notices(&app).await, []);
    app.close(Duration::ZERO).await;
    let app = rig.open_at(left).await;
    assert_eq!(notices(&app).await, [], "both were one end");
}

#[tokio::test]
async fn the_text_for_whoever_helps_tells_what_happened_and_names_nothing() {
    let rig = Rig::with(|options| options.faults.push("500-once@part".into())).await;
    let log = LogFile::default();
    let subscriber = tracing_subscriber::registry().with(log.layer());
    // Global for all tests of this program: a thread's subscriber misses callsites that another thread
    // reached first.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let app = rig.open_logged(log).await;
    rig.destination(&app, "Secret customer").await;
    let (_, jobs, _) = add(&app, &[rig.file("secret film.mov", 5_000)], None, false).await.unwrap();
    ends(&app, &jobs[0].id).await;
    let (_, gone, _) = add(&app, &[rig.file("secret gone.mov", 5_000)], None, true).await.unwrap();
    std::fs::remove_file(rig.folder.path().join("secret gone.mov")).unwrap();
    ends(&app, &gone[0].id).await;

    let text = diagnostics(&app).await;
    for told in [
        concat!("Partway ", env!("CARGO_PKG_VERSION")),
        "1. autorender at http://127.0.0.1:",
        "Uploads: 2 in all",
        "1 need attention",
        " to 1: needs-attention, 5000 bytes",
        "state=\"verified\"",
        "opened",
    ] {
        assert!(text.contains(told), "{told} is missing in\n{text}");
    }
    for untold in ["secret", "Secret", rig.folder.path().to_str().unwrap(), rig.sandbox.key.as_str()] {
        assert!(!text.contains(untold), "{untold} stands in\n{text}");
    }
    app.close(Duration::ZERO).await;
    let kept = std::fs::read_to_string(rig.data().join("logs/partway.log")).unwrap();
    assert!(kept.contains("closed in order"), "{kept}");
}
