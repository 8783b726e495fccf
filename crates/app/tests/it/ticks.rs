//! What a front end receives while it looks.

use std::time::Duration;

use partway_api::{Command, Filter, Look, StateName, Tick};
use partway_app::Watch;

use crate::rig::{PATIENCE, Rig, add, ends, one, tell};

pub(crate) fn look() -> Look {
    Look { limit: 50, ..Look::default() }
}

pub(crate) async fn next(watch: &mut Watch) -> Tick {
    tokio::time::timeout(PATIENCE, watch.next()).await.expect("no tick came").expect("the app closed")
}

/// Whether nothing arrives within the time of three ticks.
async fn is_quiet(watch: &mut Watch) -> bool {
    tokio::time::timeout(Duration::from_millis(350), watch.next()).await.is_err()
}

/// Reads until nothing changes any more, and returns all ticks.
async fn settle(watch: &mut Watch) -> Vec<Tick> {
    let mut ticks = Vec::new();
    while let Ok(Some(tick)) = tokio::time::timeout(Duration::from_millis(1500), watch.next()).await {
        ticks.push(tick);
    }
    ticks
}

#[tokio::test]
async fn the_first_tick_holds_everything_and_the_next_only_what_changed() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let acme = rig.destination(&app, "Acme").await;
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    ends(&app, &jobs[0].id).await;
    let mut watch = app.watch(look());
    let first = next(&mut watch).await;
    let rows = first.rows.unwrap();
    assert_eq!((rows.total, rows.offset, rows.order.len(), rows.changed.len()), (1, 0, 1, 1));
    assert_eq!(first.counts.unwrap().verified, 1);
    assert_eq!(first.destinations.unwrap()[0].id, acme.id);
    assert!(first.footer.is_some() && first.notices.is_some() && first.batches.is_some());
    assert!(first.settings.is_some() && first.intake.is_some());
    assert!(first.announce.is_empty(), "what is seen for the first time is not news");
    settle(&mut watch).await;
    assert!(is_quiet(&mut watch).await, "nothing happens, nothing is sent");

    let settings =
        partway_api::Settings { notify: partway_api::Notify::Never, ..partway_api::Settings::default() };
    tell(&app, Command::ChangeSettings { settings: settings.clone() }).await.unwrap();
    // The footer's graph of the last minute moves on by itself.
    let tick = Tick { footer: None, ..next(&mut watch).await };
    assert_eq!(tick, Tick { settings: Some(settings), ..Tick::default() });
}

#[tokio::test]
async fn a_hidden_window_is_sent_nothing_and_everything_when_it_is_back() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let mut watch = app.watch(Look { hidden: true, ..look() });
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    ends(&app, &jobs[0].id).await;
    assert!(is_quiet(&mut watch).await);
    watch.look(look());
    let rows = next(&mut watch).await.rows.unwrap();
    assert_eq!(rows.changed[0].state, StateName::Verified);
}

#[tokio::test]
async fn looking_elsewhere_brings_the_rows_of_the_new_window() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let files: Vec<_> = (0..30).map(|n| rig.file(&format!("{n:02}"), 10)).collect();
    let (_, jobs, _) = add(&app, &files, None, true).await.unwrap();
    let mut watch = app.watch(Look { limit: 10, ..look() });
    let ids = |from: usize, to: usize| jobs[from..to].iter().map(|job| job.id.clone()).collect::<Vec<_>>();
    let rows = next(&mut watch).await.rows.unwrap();
    assert_eq!((rows.total, rows.order), (30, ids(0, 10)));
    watch.look(Look { offset: 5, limit: 10, ..look() });
    let moved = async {
        loop {
            if let Some(rows) = next(&mut watch).await.rows.filter(|rows| rows.offset == 5) {
                return rows;
            }
        }
    };
    let rows = moved.await;
    assert_eq!(
        (rows.order.clone(), rows.changed.len()),
        (ids(5, 15), 10),
        "also the five that were shown before"
    );
    assert_eq!(rows.changed[0].name, "05");

    tell(&app, Command::Pause { jobs: one(&jobs[3].id) }).await.unwrap();
    watch.look(Look { filter: Filter::Paused, ..look() });
    let paused = async {
        loop {
            if let Some(rows) = next(&mut watch).await.rows.filter(|rows| rows.order.len() == 1) {
                return rows;
            }
        }
    };
    let rows = paused.await;
    assert_eq!(rows.order, ids(3, 4));
}

#[tokio::test]
async fn quarters_and_ends_are_announced_once() {
    let rig = Rig::with(|options| {
        options.slow = Duration::from_millis(250);
        options.faults.push("slow@part:every4".into());
    })
    .await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let settings = partway_api::Settings { parts_at_once: Some(1), ..partway_api::Settings::default() };
    tell(&app, Command::ChangeSettings { settings }).await.unwrap();
    let (batch, jobs, _) = add(&app, &[rig.file("a.mov", 16_000)], None, true).await.unwrap();
    let mut watch = app.watch(Look { selected: Some(jobs[0].id.clone()), ..look() });
    assert!(next(&mut watch).await.detail.is_some());
    tell(&app, Command::StartNow { batch: batch.unwrap() }).await.unwrap();
    let ticks = settle(&mut watch).await;
    let said: Vec<_> = ticks.iter().flat_map(|tick| tick.announce.clone()).collect();
    assert_eq!(said.last().map(String::as_str), Some("a.mov: Verified"));
    assert!(said.iter().any(|words| words.ends_with(" percent")), "{said:?}");
    let mut once = said.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), said.len(), "{said:?}");
    // Confirmed bytes never decrease within a session.
    let confirmed: Vec<_> =
        ticks.iter().filter_map(|tick| Some(tick.rows.as_ref()?.changed.first()?.confirmed)).collect();
    assert!(confirmed.is_sorted(), "{confirmed:?}");
}

#[tokio::test]
async fn for_a_front_end_that_does_not_read_two_ticks_wait_at_most_and_it_is_told_the_end() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let mut watch = app.watch(look());
    let mut events = app.follow();
    let mut reader = app.watch(look());
    next(&mut reader).await;
    // A second reader sees each change before the next one, so a tick was due for each.
    let mut settings = partway_api::Settings::default();
    for parts in 1..=6 {
        settings.parts_at_once = Some(parts);
        tell(&app, Command::ChangeSettings { settings: settings.clone() }).await.unwrap();
        while next(&mut reader).await.settings.as_ref() != Some(&settings) {}
    }
    // The first, the one that waited for room, and one with everything since.
    let mut ticks = 1;
    while next(&mut watch).await.settings.as_ref() != Some(&settings) {
        ticks += 1;
    }
    assert!(ticks <= 3, "{ticks} ticks were kept for it");
    app.close(Duration::ZERO).await;
    let ended = async { while watch.next().await.is_some() {} };
    tokio::time::timeout(PATIENCE, ended).await.unwrap();
    let ended = async { while events.next().await.is_some() {} };
    tokio::time::timeout(PATIENCE, ended).await.unwrap();
}

#[tokio::test]
async fn a_refused_key_is_one_banner_however_many_files_wait() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let wrong = crate::rig::typed_key("wrong");
    let acme = crate::rig::add_destination(&app, rig.draft("Acme"), wrong).await.unwrap();
    let files: Vec<_> = (0..12).map(|n| rig.file(&n.to_string(), 10)).collect();
    add(&app, &files, None, false).await.unwrap();
    let mut watch = app.watch(look());
    let told = async {
        loop {
            if let Some(notices) =
                next(&mut watch).await.notices.filter(|all| all.iter().any(|n| n.text.starts_with("12")))
            {
                return notices;
            }
        }
    };
    let notices = told.await;
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].title, "Acme no longer accepts this key.");
    assert_eq!(notices[0].text, "12 uploads wait, nothing is lost.");
    assert_eq!(
        notices[0].buttons[0].action,
        partway_api::NoticeAction::ReplaceKey { destination: acme.id.clone() }
    );
    tell(&app, Command::ReplaceKey { destination: acme.id, key: rig.key() }).await.unwrap();
    let gone = async { while next(&mut watch).await.notices.is_none_or(|all| !all.is_empty()) {} };
    gone.await;
}

#[tokio::test]
async fn a_journal_that_could_not_be_read_is_a_banner_until_somebody_has_seen_it() {
    let rig = Rig::new().await;
    std::fs::create_dir_all(rig.data()).unwrap();
    std::fs::write(rig.data().join("journal.db"), "no journal ".repeat(1000)).unwrap();
    rig.open().await.close(Duration::ZERO).await;

    // Not only the process that found it reports it.
    let app = rig.open().await;
    let mut watch = app.watch(look());
    let notices = next(&mut watch).await.notices.unwrap();
    let [notice] = notices.as_slice() else { panic!("{notices:?}") };
    assert!(notice.urgent && notice.title == "The record of your uploads could not be read.", "{notice:?}");
    let partway_api::NoticeAction::Dismiss { notice: id } = notice.buttons[0].action.clone() else {
        panic!("{notice:?}")
    };
    tell(&app, Command::Dismiss { notice: id }).await.unwrap();
    while next(&mut watch).await.notices.is_none_or(|all| !all.is_empty()) {}
    app.close(Duration::ZERO).await;
    let app = rig.open().await;
    assert_eq!(next(&mut app.watch(look())).await.notices.unwrap_or_default(), []);
    assert!(tell(&app, Command::Dismiss { notice: "another".into() }).await.is_err());
}

/// Sends four parts, each delayed by the service: returns the rows of all ticks until the file is done.
async fn rows_of_four_slow_parts(rig: &Rig, app: &partway_app::App) -> Vec<partway_api::JobRow> {
    let mut watch = app.watch(look());
    next(&mut watch).await;
    add(app, &[rig.file("a.mov", 4_000)], None, false).await.unwrap();
    let ticks = settle(&mut watch).await;
    ticks.into_iter().filter_map(|tick| tick.rows).flat_map(|rows| rows.changed).collect()
}

async fn slow() -> Rig {
    Rig::with(|options| {
        options.slow = Duration::from_millis(400);
        options.faults.push("slow@part:always".into());
    })
    .await
}

/// How many parts of a row are in flight.
fn flying(row: &partway_api::JobRow) -> usize {
    row.ribbon.chars().filter(|share| !matches!(share, 'd' | '.')).count()
}

#[tokio::test]
async fn bytes_on_the_way_are_shown_apart_from_those_that_are_confirmed() {
    let rig = slow().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let rows = rows_of_four_slow_parts(&rig, &app).await;
    assert!(
        rows.iter().any(|row| row.on_the_way == 2_000 && row.confirmed == 0),
        "the two that go at first are sent and none is answered: {rows:#?}"
    );
    assert!(rows.iter().all(|row| row.confirmed + row.on_the_way <= row.size));
    assert!(rows.iter().map(flying).max() >= Some(2), "{rows:#?}");
    assert_eq!(rows.last().map(|row| (row.on_the_way, row.confirmed)), Some((0, 4_000)));
}

#[tokio::test]
async fn the_number_of_parts_at_once_holds_after_a_restart() {
    let rig = slow().await;
    let app = rig.open().await;
    let settings = partway_api::Settings { parts_at_once: Some(1), ..partway_api::Settings::default() };
    tell(&app, Command::ChangeSettings { settings }).await.unwrap();
    app.close(Duration::ZERO).await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let rows = rows_of_four_slow_parts(&rig, &app).await;
    assert_eq!(rows.iter().map(flying).max(), Some(1), "{rows:#?}");
}
