//! A watched folder while real programs write into it, and while its watcher is killed: each file arrives, and arrives once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use rusqlite::Connection;

use crate::support::{Chance, House, LOOK, Made, PATIENCE, Running, is};

const MIB: u64 = 1 << 20;

/// Makes a folder and watches it.
fn watch(house: &House, words: &[&str]) -> PathBuf {
    let folder = house.files().join("in");
    std::fs::create_dir(&folder).unwrap();
    let ran = house.run(["watch", "add", "in", "--to", "Acme"].iter().chain(words));
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    folder
}

/// Waits until `watch run` has told that a file is verified.
fn until_verified(running: &mut Running, file: &Path) {
    let path = file.to_string_lossy();
    let told = |events: &[serde_json::Value]| {
        events
            .iter()
            .any(|event| is(event, "finished") && event["file"] == *path && event["state"] == "verified")
    };
    if !told(&running.events) {
        running.until(&format!("the end of {path}"), |event| told(std::slice::from_ref(event)));
    }
}

/// Waits until something is so, which nobody tells.
fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(LOOK);
    }
}

fn jobs(house: &House) -> u32 {
    let conn = Connection::open(house.data().join("journal.db")).unwrap();
    conn.query_row("SELECT count(*) FROM job", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_program_that_writes_slowly_and_one_that_renames_are_both_waited_for() {
    let house = House::with(&["--part-size", "262144"]);
    let folder = watch(&house, &["--done", "sent"]);
    let mut run = house.begin(["watch", "run", "--json"]);
    // It opens the file anew for every piece, as many copy programs do: only its growing shows that it is not through.
    let script = "for piece in 1 2 3 4 5 6 7 8 9 10 11 12; do head -c 100000 /dev/urandom >> grows.mov; sleep 0.4; done";
    let writer = |script: &str| Command::new("sh").args(["-c", script]).current_dir(&folder).spawn().unwrap();
    let mut grows = writer(script);
    // And one that writes under another name, closes, and renames; its file is as still as can be meanwhile.
    let other = "head -c 700000 /dev/urandom > render.mov.part; sleep 3; mv render.mov.part render.mov";
    let mut renames = writer(other);
    assert!(renames.wait().unwrap().success());
    let moved = house.file("card.mov", 900_000, &mut Chance::of("watched_moved"));
    std::fs::copy(&moved.path, house.beside("card copy.mov")).unwrap();
    std::fs::rename(&moved.path, folder.join("card.mov")).unwrap();
    assert!(grows.wait().unwrap().success());

    for (name, size) in [("grows.mov", 1_200_000), ("render.mov", 700_000), ("card.mov", 900_000)] {
        until_verified(&mut run, &folder.join(name));
        let sent = house.files().join("sent").join(name);
        wait_for("the move", || sent.exists() && !folder.join(name).exists());
        assert_eq!(sent.metadata().unwrap().len(), size, "{name}");
        assert_eq!(house.sandbox.copies_of(&sent), 1, "{name} arrived once and whole");
    }
    assert_eq!((house.sandbox.objects().len(), jobs(&house)), (3, 3), "{:#?}", run.events);
    let (ran, code) = stopped(run);
    assert!(!cfg!(unix) || code == Some(143), "{code:?} {}", ran.err);
}

#[test]
fn killed_again_and_again_it_sends_each_file_once_and_forgets_none() {
    let mut chance = Chance::of("watched_killed");
    let house = House::with(&["--part-size", "262144", "--fault", "slow:always", "--slow", "0.05"]);
    let folder = watch(&house, &[]);
    let mut made: Vec<Made> = Vec::new();
    for round in 0..5 {
        // Some come while nobody watches, some while it runs.
        let mut put = |number: usize, made: &mut Vec<Made>| {
            let size = MIB + made.len() as u64;
            let name = format!("{round}-{number}.mov");
            let file = house.file(&name, size, &mut chance);
            std::fs::rename(&file.path, folder.join(&name)).unwrap();
            made.push(Made { path: folder.join(&name), size });
        };
        put(0, &mut made);
        put(1, &mut made);
        let mut run = house.begin(["watch", "run", "--json"]);
        put(2, &mut made);
        // The kill falls while the files of this round are taken in, go, or are through.
        match round {
            0 => wait_for("a file that was taken in", || jobs(&house) > 0),
            1 => drop(run.until_event("added")),
            2 => drop(run.until_event("part")),
            _ => drop(run.until_event("finished")),
        }
        std::thread::sleep(std::time::Duration::from_micros(chance.between(0, 300_000)));
        run.kill();
    }
    let run = house.begin(["watch", "run", "--json"]);
    wait_for("all of them", || {
        let conn = Connection::open(house.data().join("journal.db")).unwrap();
        let verified = "SELECT count(*) FROM watched_file WHERE verified_at IS NOT NULL";
        conn.query_row(verified, [], |row| row.get::<_, usize>(0)).unwrap() == made.len()
    });
    let (ran, _) = stopped(run);
    assert_eq!(jobs(&house) as usize, made.len(), "{}", ran.err);
    assert_eq!(house.sandbox.objects().len(), made.len());
    for file in &made {
        assert_eq!(house.sandbox.copies_of(&file.path), 1, "{}", file.path.display());
    }
}

/// The system's own limit, made small for this one program: no watch is left for the second folder in it.
#[cfg(target_os = "linux")]
#[test]
fn where_the_system_has_no_more_watches_to_give_it_says_so_and_looks_by_itself() {
    let house = House::with(&[]);
    let folder = watch(&house, &[]);
    std::fs::create_dir(folder.join("day")).unwrap();
    let run = house.command(["watch", "run", "--json"]);
    let mut limited = Command::new("/usr/bin/unshare");
    limited.args(["--user", "--map-root-user", "/bin/sh", "-c"]);
    limited.args(["echo 1 > /proc/sys/user/max_inotify_watches && exec \"$@\"", "sh"]);
    limited.arg(run.get_program()).args(run.get_args()).env_clear().current_dir(house.files());
    limited.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut run = Running::begin(limited);
    let says = "Looks every 10 s: the system has no more watches to give";
    wait_for(says, || house.run(["watch", "list"]).out.contains(says));
    let file = Made::at(&folder.join("day/a.mov"), MIB, &mut Chance::of("watched_polled"));
    until_verified(&mut run, &file.path);
    assert_eq!(house.sandbox.copies_of(&file.path), 1);
    stopped(run);
}

/// Ends it as a system does that shuts down; Windows sends no such signal to a program without a window, and ends it.
fn stopped(run: Running) -> (crate::support::Ran, Option<i32>) {
    #[cfg(unix)]
    crate::support::signal("TERM", run.pid());
    #[cfg(not(unix))]
    let run = {
        let mut run = run;
        run.kill();
        run
    };
    let ran = run.end();
    let code = ran.code;
    (ran, code)
}
