//! One holds the folder and runs the uploads; the others see them, steer them and add to them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Chance, House, Running, finished, is};

const PART: u64 = 1 << 16;

/// A service so slow that there is time to do something else meanwhile.
const SLOW: [&str; 6] = ["--part-size", "65536", "--fault", "slow@part:always", "--slow", "0.5"];

fn begun(house: &House, name: &str) -> (Running, String) {
    let mut upload = house.begin(["upload", name, "--to", "Acme", "--json"]);
    let part = upload.until_event("part");
    let id = part["id"].as_str().unwrap().to_owned();
    (upload, id)
}

fn held(event: &Value, hold: &str) -> bool {
    is(event, "state") && event["holds"].as_array().is_some_and(|holds| holds.iter().any(|one| one == hold))
}

#[test]
fn a_second_one_lists_pauses_resumes_and_cancels() {
    let house = House::with(&SLOW);
    let mut chance = Chance::of("second_one");
    let file = house.file("a.mov", 160 * PART, &mut chance);
    house.file("c.mov", 160 * PART, &mut chance);
    let (mut holder, id) = begun(&house, "a.mov");

    let list = house.list();
    assert_eq!((list.len(), list[0]["id"].as_str()), (1, Some(id.as_str())));
    assert_eq!((list[0]["state"].as_str(), list[0]["parts"].as_u64()), (Some("uploading"), Some(160)));
    assert_eq!(list[0]["file"], *file.path.to_string_lossy());

    assert_eq!(house.run(["pause", &id]).code, Some(0));
    holder.until("its pause", |event| held(event, "user"));
    assert_eq!(house.list()[0]["holds"], serde_json::json!(["user"]));
    let before = house.list()[0]["parts_confirmed"].as_u64().unwrap();
    assert!(before < 160, "it was through before it was paused");
    assert!(holder.runs(), "who waits for a paused file goes on waiting");

    let resume = house.begin(["resume", "--json"]);
    holder.until("its going on", |event| is(event, "state") && event["holds"] == serde_json::json!([]));
    // An end of an id is enough where it is the only one.
    let other = house.begin(["upload", "c.mov", "--json"]);
    let mut other = other;
    let other_id = other.until_event("part")["id"].as_str().unwrap().to_owned();
    assert_eq!(house.run(["cancel", &other_id[other_id.len() - 8..]]).code, Some(0));
    let cancelled = other.end();
    assert_eq!((cancelled.code, cancelled.finished("c.mov")["state"].as_str()), (Some(1), Some("cancelled")));

    resume.end().assert_verified_but("c.mov");
    holder.end().assert_verified();
    file.assert_arrived(&house.sandbox.object("a.mov"));
    assert_eq!(house.sandbox.objects().len(), 1, "what was cancelled is no object");
}

#[test]
fn a_file_that_is_handed_over_is_sent_by_the_holder() {
    let house = House::with(&SLOW);
    let mut chance = Chance::of("handed_over");
    let files = ["a.mov", "b.mov"].map(|name| house.file(name, 30 * PART, &mut chance));
    let (holder, _) = begun(&house, "a.mov");
    let guest = house.begin(["upload", "b.mov", "--to", "Acme", "--json"]).end();
    guest.assert_verified();
    assert_eq!(
        guest.events.iter().filter(|event| event["file"] != "b.mov" && !event["file"].is_null()).count(),
        0
    );
    let holder = holder.end();
    holder.assert_verified();
    assert_eq!(holder.events.iter().filter(|event| is(event, "finished")).count(), 1, "its own file only");
    for file in &files {
        assert_eq!(house.sandbox.copies_of(&file.path), 1);
    }
}

#[test]
fn a_guest_goes_on_when_the_holder_is_killed() {
    let house = House::with(&SLOW);
    let mut chance = Chance::of("holder_killed");
    let files = ["a.mov", "b.mov"].map(|name| house.file(name, 160 * PART, &mut chance));
    let (mut holder, id) = begun(&house, "a.mov");
    let mut guest = house.begin(["upload", "b.mov", "--to", "Acme", "--json"]);
    guest.until_event("part");
    holder.kill();
    let guest = guest.end();
    guest.assert_verified();
    assert!(guest.err.contains("this one goes on"), "{}", guest.err);
    finished(&guest.events, "b.mov");

    // The other file was taken up by the same engine; what it had time for stays.
    let rest = house.begin(["resume", "--json"]).end();
    assert_eq!(rest.code, Some(0), "{}", rest.err);
    let list = house.list();
    assert!(
        list.iter().any(|job| job["id"] == *id) && list.iter().all(|job| job["state"] == "verified"),
        "{list:#?}"
    );
    let log = house.sandbox.log();
    assert_eq!(log.iter().filter(|line| line.step == "start").count(), 2, "each went in one session");
    for file in &files {
        assert_eq!(house.sandbox.copies_of(&file.path), 1);
    }
}

#[test]
fn two_data_folders_do_not_touch() {
    let house = House::with(&SLOW);
    let mut chance = Chance::of("two_folders");
    house.file("a.mov", 20 * PART, &mut chance);
    house.file("b.mov", 20 * PART, &mut chance);
    let other = house.beside("other data");
    let words = ["destinations", "add", "Acme", "--kind", "autorender", "--url", &house.sandbox.url];
    let added =
        Running::begin(house.command_on(&other, words.iter().chain(&["--key-env", "ACME_KEY"]))).end();
    assert_eq!(added.code, Some(0), "{}", added.err);
    let (one, _) = begun(&house, "a.mov");
    let mut two = Running::begin(house.command_on(&other, ["upload", "b.mov", "--json"]));
    two.until_event("part");
    let names = |list: &[Value]| -> BTreeSet<String> {
        list.iter()
            .map(|job| job["file"].as_str().unwrap().rsplit(['/', '\\']).next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&house.list()), BTreeSet::from(["a.mov".to_owned()]));
    let listed = Running::begin(house.command_on(&other, ["list", "--json"])).end();
    assert_eq!(names(&listed.events), BTreeSet::from(["b.mov".to_owned()]));
    one.end().assert_verified();
    two.end().assert_verified();
}

#[test]
fn a_key_that_a_guest_lent_is_lent_again_when_it_takes_over() {
    let house = House::with(&SLOW);
    // The key of this destination is in no variable that is set: only the guest has it, and lends it.
    let words = ["destinations", "add", "Lent", "--kind", "autorender", "--url", &house.sandbox.url];
    let added = house.run(words.iter().chain(&["--key-env", "SET_NOWHERE"]));
    assert_eq!(added.code, Some(0), "{}", added.err);
    let mut chance = Chance::of("lent_again");
    house.file("a.mov", 160 * PART, &mut chance);
    house.file("b.mov", 40 * PART, &mut chance);
    let (mut holder, _) = begun(&house, "a.mov");
    let mut guest = house.begin(["upload", "b.mov", "--to", "Lent", "--key-env", "Lent=ACME_KEY", "--json"]);
    guest.until_event("part");
    holder.kill();
    let guest = guest.end();
    assert!(guest.err.contains("this one goes on"), "{}", guest.err);
    guest.assert_verified();
}

/// Begins two uploads in one process each, and waits until the holder is through with its own and stays for the other.
fn lingering(house: &House, chance: &mut Chance) -> (Running, Running) {
    // Long enough for the second process to be there before the first one is through, also on a busy machine.
    house.file("a.mov", 80 * PART, chance);
    house.file("b.mov", 240 * PART, chance);
    let (mut holder, _) = begun(house, "a.mov");
    let mut guest = house.begin(["upload", "b.mov", "--to", "Acme", "--json"]);
    guest.until_event("part");
    holder.until("its file's end", |event| is(event, "finished"));
    let begun = std::time::Instant::now();
    while !holder.said().contains("Staying while another Partway still waits") {
        assert!(begun.elapsed() < crate::support::PATIENCE && holder.runs(), "{}", holder.said());
        std::thread::sleep(crate::support::LOOK);
    }
    (holder, guest)
}

#[test]
fn a_holder_that_is_through_stays_for_those_who_still_wait() {
    let house = House::with(&SLOW);
    let (holder, guest) = lingering(&house, &mut Chance::of("lingers"));
    let guest = guest.end();
    guest.assert_verified();
    assert!(!guest.err.contains("this one goes on"), "{}", guest.err);
    holder.end().assert_verified();
}

#[cfg(unix)]
#[test]
fn a_holder_that_only_stays_for_others_hands_over_at_ctrl_c() {
    let house = House::with(&SLOW);
    let (holder, guest) = lingering(&house, &mut Chance::of("hands_over"));
    crate::support::signal("INT", holder.pid());
    let holder = holder.end();
    assert_eq!(holder.code, Some(0), "its own file is through: {}", holder.err);
    let guest = guest.end();
    guest.assert_verified();
    assert!(guest.err.contains("this one goes on"), "{}", guest.err);
}
