//! `kill -9` at any moment: nothing that was confirmed goes again, and what arrives is the file.

use std::collections::BTreeSet;
use std::time::Duration;

use partway_engine::Bounds;
use serde_json::Value;

use crate::support::{Chance, DataCopy, House, Line, Made, Running, heavy, is};

const MIB: u64 = 1 << 20;
const KILLS: u64 = 10;

/// Parts in flight of one job at most.
fn in_flight() -> usize {
    Bounds::default().parts_per_job
}

/// What was known at the moment of a kill.
struct Kill {
    /// Lines that the sandbox's log had.
    lines: usize,
    /// What the journal had.
    confirmed: super::support::Confirmed,
}

#[test]
fn ten_kills_during_a_gib() {
    let _turn = heavy();
    let mut chance = Chance::of("ten_kills_during_a_gib");
    // 128 parts whose answers are held back a little: so kills fall also between a part that is stored and its answer.
    let house = House::with(&["--part-size", "8388608", "--fault", "slow@part:always", "--slow", "0.2"]);
    let file = house.file("long.mov", 1024 * MIB, &mut chance);

    let mut kills = Vec::new();
    let mut running = house.begin(["upload", "long.mov", "--json"]);
    // From here on the file is in the journal; before, nothing had begun.
    running.until_event("added");
    for kill in 0..KILLS {
        // The first moment lies in what happens before a part is through, the others spread over the parts.
        let (low, high) = (kill * 9, kill * 9 + 8);
        let parts = if kill == 0 { 0 } else { chance.between(low, high) };
        until_confirmed(&mut running, parts * 8 * MIB);
        std::thread::sleep(Duration::from_micros(chance.between(0, 250_000)));
        assert!(running.runs(), "kill {kill} would have come too late");
        running.kill();
        kills.push(Kill {
            lines: house.sandbox.log().len(),
            confirmed: DataCopy::of(&house.data()).confirmed(),
        });
        running = house.begin(["resume", "--json"]);
    }
    let ran = running.end();
    ran.assert_verified();
    file.assert_arrived(&house.sandbox.object("long.mov"));
    assert_eq!(house.sandbox.objects().len(), 1);
    judge(&kills, &house.sandbox.log());
}

/// Waits until so many bytes are confirmed, as the events tell.
fn until_confirmed(running: &mut Running, bytes: u64) {
    let confirmed = |event: &Value| event["confirmed"].as_u64().is_some_and(|confirmed| confirmed >= bytes);
    if bytes > 0 {
        running.until(&format!("{bytes} bytes"), confirmed);
    }
}

/// No part that the journal had is sent again, and for each kill no more are stored twice than were in flight.
fn judge(kills: &[Kill], log: &[Line]) {
    for (number, kill) in kills.iter().enumerate() {
        for line in log[kill.lines..].iter().filter(|line| line.step == "part") {
            let known = kill.confirmed.parts.contains(&line.part.unwrap());
            let same = line.session.as_deref().zip(kill.confirmed.session.as_deref());
            let same = same.is_some_and(|(line, journal)| journal.contains(line));
            assert!(!(known && same), "kill {number}: part {:?} was confirmed and is sent again", line.part);
        }
        // Over all kills so far: a part that was in flight at one of them may be stored again only after the next one.
        let next = kills.get(number + 1).map_or(log.len(), |next| next.lines);
        let again = stored_again(&log[..next]);
        assert!(
            again <= in_flight() * (number + 1),
            "{again} parts are stored twice after {} kills",
            number + 1
        );
    }
    let confirmed: Vec<_> = kills.iter().map(|kill| kill.confirmed.parts.len()).collect();
    println!("parts confirmed at the kills: {confirmed:?}; stored twice in all: {}", stored_again(log));
    assert!(
        confirmed.windows(2).all(|pair| pair[0] <= pair[1]),
        "{confirmed:?}: something confirmed was lost"
    );
    assert!(
        confirmed.last().is_some_and(|last| *last > 70),
        "{confirmed:?}: the kills did not reach into the upload"
    );
}

/// How often a part was stored that had been stored before.
fn stored_again(log: &[Line]) -> usize {
    let mut seen = BTreeSet::new();
    log.iter().filter(|line| line.stored && !seen.insert((line.session.as_deref(), line.part))).count()
}

#[test]
fn a_kill_while_the_whole_is_put_together() {
    for after in ["200", "404", "409"] {
        let house = House::with(&["--fault", "complete-slow", "--slow", "3", "--after-complete", after]);
        let file = house.file("a.mov", 3 * MIB, &mut Chance::of("kill_while_finishing"));
        let mut upload = house.begin(["upload", "a.mov", "--json"]);
        upload.until("finishing", |event| is(event, "state") && event["state"] == "finishing");
        // The object is there before the answer is.
        let begun = std::time::Instant::now();
        while house.sandbox.copies_of(&file.path) == 0 {
            assert!(begun.elapsed() < crate::support::PATIENCE, "{}", house.sandbox.words());
            std::thread::sleep(crate::support::LOOK);
        }
        assert!(upload.runs(), "{after}: {:#?}", upload.events);
        upload.kill();
        let ran = house.begin(["resume", "--json"]).end();
        let path = file.path.to_string_lossy();
        let state = &ran.finished(&path)["state"];
        let right = if after == "200" { "verified" } else { "uploaded" };
        assert_eq!((ran.code, state.as_str()), (Some(0), Some(right)), "{after}: {:#?}", ran.events);
        assert_eq!(house.sandbox.objects().len(), 1, "{after}: the file is there once");
        file.assert_arrived(&house.sandbox.object("a.mov"));
    }
}

#[test]
fn the_service_is_killed_and_comes_back() {
    let mut chance = Chance::of("the_service_is_killed");
    let mut house = House::with(&["--part-size", "1048576", "--fault", "slow@part:always", "--slow", "0.3"]);
    let file = house.file("a.mov", 48 * MIB, &mut chance);
    let mut upload = house.begin(["upload", "a.mov", "--json"]);
    for third in 1..=2 {
        until_confirmed(&mut upload, third * 12 * MIB + chance.between(0, 4) * MIB);
        house.sandbox.kill();
        // It is away long enough to be missed.
        std::thread::sleep(Duration::from_millis(chance.between(100, 1500)));
        house.sandbox.again();
    }
    let ran = upload.end();
    ran.assert_verified();
    file.assert_arrived(&house.sandbox.object("a.mov"));
    let log = house.sandbox.log();
    assert_eq!(log.iter().filter(|line| line.step == "start").count(), 1, "the session is still good");
    let parts: BTreeSet<_> = log.iter().filter(|line| line.stored).filter_map(|line| line.part).collect();
    assert_eq!(parts.len(), 48);
}

#[test]
fn the_power_goes_and_the_end_of_the_journal_is_torn() {
    let mut chance = Chance::of("the_power_goes");
    let house = House::with(&["--part-size", "1048576", "--fault", "slow@part:always", "--slow", "0.3"]);
    let file = house.file("a.mov", 128 * MIB, &mut chance);
    let mut upload = house.begin(["upload", "a.mov", "--json"]);
    until_confirmed(&mut upload, chance.between(8, 40) * MIB);
    // While it writes: what a disk holds when the power goes. Then the last page that was written is cut, too.
    let copy = DataCopy::of(&house.data());
    upload.kill();
    if let Ok(wal) = std::fs::OpenOptions::new().write(true).open(copy.wal()) {
        let size = wal.metadata().unwrap().len();
        wal.set_len(size.saturating_sub(chance.between(1, 4000))).unwrap();
    }
    let known = copy.confirmed();
    assert!(known.session.is_some(), "the session is journaled before the first part");
    let before = house.sandbox.log().len();
    let ran = Running::begin(house.command_on(copy.path(), ["resume", "--json"])).end();
    ran.assert_verified();
    file.assert_arrived(&house.sandbox.object("a.mov"));
    let again = house.sandbox.log()[before..]
        .iter()
        .filter(|line| line.step == "part" && line.part.is_some_and(|part| known.parts.contains(&part)))
        .count();
    assert_eq!(again, 0, "parts that the torn journal still had were sent again");
}

#[test]
fn two_kills_leave_a_queue_as_it_was() {
    let mut chance = Chance::of("two_kills_of_a_queue");
    let house = House::with(&["--part-size", "262144", "--fault", "slow:always", "--slow", "0.05"]);
    let files: Vec<Made> = (0..40)
        .map(|number| house.file(&format!("{number:02}.mov"), 300_000 + number, &mut chance))
        .collect();
    let names: Vec<String> = (0..40).map(|number| format!("{number:02}.mov")).collect();
    let mut running = house.begin(["upload", "--json"].into_iter().chain(names.iter().map(String::as_str)));
    for _ in 0..2 {
        for _ in 0..chance.between(3, 10) {
            running.until_event("finished");
        }
        running.kill();
        running = house.begin(["resume", "--json"]);
    }
    let ran = running.end();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(house.list().iter().all(|job| job["state"] == "verified"), "{:#?}", house.list());
    for file in &files {
        assert_eq!(house.sandbox.copies_of(&file.path), 1, "{}: {} bytes", file.path.display(), file.size);
    }
}
