//! What helps when something went wrong: the log, the report of a crash, the text for whoever helps.

use std::path::Path;
use std::time::Duration;

use partway_api::{Command, Done, Look, Notice, NoticeAction};
use partway_app::{App, LogFile, keep_crash_reports};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::rig::{PATIENCE, Rig, add, ends, tell};

async fn notices(app: &App) -> Vec<Notice> {
    let mut watch = app.watch(Look::default());
    let tick = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap().unwrap();
    tick.notices.unwrap_or_default()
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

#[tokio::test]
async fn the_text_for_whoever_helps_tells_what_happened_and_names_nothing() {
    let rig = Rig::with(|options| options.faults.push("500-once@part".into())).await;
    let log = LogFile::default();
    let subscriber = tracing_subscriber::registry().with(log.layer());
    // For all tests of this program: one that is set for a thread is not heard by places that another thread reached first.
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
