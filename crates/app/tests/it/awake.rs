//! The computer is kept awake while something uploads, and a sleep is detected by the clocks.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partway_api::{Command, Done, HoldName, Look, NoticeAction, StateName};
use partway_app::{App, KeepAwake};
use partway_engine::Clock;

use crate::rig::{PATIENCE, Rig, add, add_destination, ends, in_variable, one, tell, until};

/// Records what was asked of the system.
#[derive(Default)]
struct Asked {
    all: Mutex<Vec<bool>>,
    refuses: AtomicBool,
}

impl KeepAwake for Asked {
    fn keep(&self, awake: bool) -> Result<(), String> {
        self.all.lock().unwrap().push(awake);
        if self.refuses.load(Ordering::SeqCst) { Err("no system bus".into()) } else { Ok(()) }
    }
}

impl Asked {
    /// Waits for these requests.
    async fn until(&self, wanted: &[bool]) {
        let asked = async {
            while *self.all.lock().unwrap() != wanted {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, asked).await;
        assert!(found.is_ok(), "{wanted:?} was not asked, but {:?}", self.all.lock().unwrap());
    }
}

/// A rig whose vendor takes a minute per part, and what its app asks of the system.
async fn slow_rig() -> (Rig, Arc<Asked>) {
    let mut rig = Rig::with(|options| {
        options.faults = vec!["slow@part:always".into()];
        options.slow = Duration::from_secs(60);
    })
    .await;
    let asked = Arc::new(Asked::default());
    rig.awake = Some(Arc::clone(&asked) as _);
    (rig, asked)
}

async fn uploading(rig: &Rig, app: &App) -> String {
    rig.destination(app, "Acme").await;
    let (_, jobs, _) = add(app, &[rig.file("a", 3_000)], None, false).await.unwrap();
    until(app, &jobs[0].id, |line| line.state == StateName::Uploading).await;
    jobs[0].id.clone()
}

#[tokio::test]
async fn it_is_kept_awake_while_something_uploads_and_not_while_all_is_paused() {
    let (rig, asked) = slow_rig().await;
    let app = rig.open().await;
    let job = uploading(&rig, &app).await;
    asked.until(&[true]).await;
    tell(&app, Command::Pause { jobs: one(&job) }).await.unwrap();
    tell(&app, Command::StopNow { jobs: one(&job) }).await.unwrap();
    asked.until(&[true, false]).await;
    add(&app, &[rig.file("b", 3_000)], None, false).await.unwrap();
    asked.until(&[true, false, true]).await;

    let Done::Settings { mut settings } = tell(&app, Command::Settings).await.unwrap() else { panic!() };
    assert!(settings.keep_awake, "on, unless somebody switches it off");
    settings.keep_awake = false;
    tell(&app, Command::ChangeSettings { settings }).await.unwrap();
    asked.until(&[true, false, true, false]).await;
}

#[tokio::test]
async fn it_is_released_when_the_app_ends() {
    let (rig, asked) = slow_rig().await;
    let app = rig.open().await;
    uploading(&rig, &app).await;
    asked.until(&[true]).await;
    app.close(Duration::ZERO).await;
    asked.until(&[true, false]).await;
}

#[tokio::test]
async fn a_system_that_refuses_is_told_in_the_settings_only() {
    let (rig, asked) = slow_rig().await;
    asked.refuses.store(true, Ordering::SeqCst);
    let app = rig.open().await;
    uploading(&rig, &app).await;
    asked.until(&[true]).await;
    let told = async {
        loop {
            match tell(&app, Command::CheckAwake).await.unwrap() {
                Done::Awake { trouble: Some(trouble) } => return trouble,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    let told = tokio::time::timeout(PATIENCE, told).await.unwrap();
    insta::assert_snapshot!(told, @"This system does not let Partway keep the computer awake; uploads go on after it slept");
    assert_eq!(notices(&app).await, []);
}

async fn notices(app: &App) -> Vec<partway_api::Notice> {
    let mut watch = app.watch(Look::default());
    let tick = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap().unwrap();
    tick.notices.unwrap_or_default()
}

/// Clocks set by the test.
#[derive(Default)]
struct Hands {
    unix_ms: AtomicI64,
    since_boot_s: AtomicU64,
}

impl Clock for Hands {
    fn unix_ms(&self) -> i64 {
        self.unix_ms.load(Ordering::SeqCst)
    }

    fn steady(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn since_boot(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.since_boot_s.load(Ordering::SeqCst)))
    }

    fn date_of(&self, _: i64) -> String {
        "2026-11-21".into()
    }
}

#[tokio::test]
async fn after_a_sleep_one_line_says_how_long_until_it_was_seen() {
    let (mut rig, _) = slow_rig().await;
    let hands = Arc::new(Hands::default());
    rig.clock = Some(Arc::clone(&hands) as _);
    let app = rig.open().await;
    uploading(&rig, &app).await;
    hands.since_boot_s.store(8 * 3600, Ordering::SeqCst);
    hands.unix_ms.store(8 * 3_600_000, Ordering::SeqCst);
    let line = async {
        loop {
            if let [notice] = &notices(&app).await[..] {
                return notice.clone();
            }
        }
    };
    let line = tokio::time::timeout(PATIENCE, line).await.unwrap();
    assert!(
        line.title.starts_with("Asleep ") && line.title.ends_with(", going on at 0 %."),
        "{}",
        line.title
    );
    assert!(!line.urgent);
    let NoticeAction::Dismiss { notice } = line.buttons[0].action.clone() else { panic!() };
    tell(&app, Command::Dismiss { notice }).await.unwrap();
    assert_eq!(notices(&app).await, []);
}

#[tokio::test]
async fn a_sleep_is_told_to_who_has_files_that_only_wait() {
    let mut rig = Rig::new().await;
    let hands = Arc::new(Hands::default());
    rig.clock = Some(Arc::clone(&hands) as _);
    rig.variables.clear();
    let app = rig.open().await;
    add_destination(&app, rig.draft("Acme"), in_variable("NOT_SET")).await.unwrap();
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    until(&app, &jobs[0].id, |line| line.holds.contains(&HoldName::Credentials)).await;
    hands.since_boot_s.store(8 * 3600, Ordering::SeqCst);
    hands.unix_ms.store(8 * 3_600_000, Ordering::SeqCst);
    let told = async { while notices(&app).await.iter().all(|notice| notice.id != "slept") {} };
    tokio::time::timeout(PATIENCE, told).await.unwrap();
}

#[tokio::test]
async fn a_sleep_without_anything_to_upload_is_no_news() {
    let mut rig = Rig::new().await;
    let hands = Arc::new(Hands::default());
    rig.clock = Some(Arc::clone(&hands) as _);
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    ends(&app, &jobs[0].id).await;
    hands.since_boot_s.store(8 * 3600, Ordering::SeqCst);
    // Two looks later, nothing was shown.
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(notices(&app).await, []);
}
