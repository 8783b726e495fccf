//! Every fault of docs/sandbox.md at every step that stands there: how the file ends, and in which words.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::case::Case;

/// Nearly all of the time is spent waiting, so that many go at once even where there are few cores.
const AT_ONCE: usize = 16;

/// How a file ends: `state`, exit code, and how many sessions the service opened for it.
type End = (&'static str, i32, usize);

#[test]
fn every_fault_has_an_end() {
    let cases = cases();
    assert!(cases.len() > 90, "docs/sandbox.md names only {} faults and steps", cases.len());
    let (next, rows, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match catch_unwind(AssertUnwindSafe(|| row(case))) {
                        Ok(row) => rows.lock().unwrap().push(row),
                        Err(_) => wrong.lock().unwrap().push(case),
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "each has told above what went wrong: {wrong:#?}");
    let mut rows = rows.into_inner().unwrap();
    rows.sort();
    let mut table = String::new();
    for (fault, state, reason) in rows {
        writeln!(table, "{fault}: {state}").unwrap();
        if !reason.is_empty() {
            writeln!(table, "    {reason}").unwrap();
        }
    }
    // How long a reply is depends on the sandbox's own names, and which part is the first to be refused on chance.
    let table = without_numbers(&without_numbers(&table, "breaks off after "), "answers part ");
    insta::assert_snapshot!(table);
}

fn row(case: &Case) -> (String, String, String) {
    let outcome = case.run();
    let (state, code, sessions) = end(&case.fault);
    let opened = outcome.sessions().len();
    let (said, reason) = (outcome.state().to_owned(), outcome.reason().to_owned());
    assert_eq!(
        (said.as_str(), outcome.ran.code, opened),
        (state, Some(code), sessions),
        "{}: {reason}\n{}",
        case.fault,
        outcome.house.sandbox.words()
    );
    (case.fault.clone(), said, reason)
}

/// The table of docs/sandbox.md, one case for each step. What it calls "not made yet" is left out.
fn cases() -> Vec<Case> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/sandbox.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 3);
    let mut cases = Vec::new();
    for row in rows {
        let cells: Vec<_> =
            row.trim_matches(['|', ' ']).split(" | ").map(|cell| cell.trim_matches('`')).collect();
        if !cells[3].contains("not made yet") {
            cases.extend(cells[1].split(", ").flat_map(steps).filter_map(|step| case(cells[0], step)));
        }
    }
    cases
}

/// The steps of AutoRender that a word of the table stands for; other vendors have more.
fn steps(word: &str) -> &'static [&'static str] {
    match word {
        "all" => &["part", "start", "complete"],
        "calls" => &["start", "complete"],
        "start" => &["start"],
        "part" => &["part"],
        "complete" => &["complete"],
        _ => &[],
    }
}

fn case(name: &str, step: &str) -> Option<Case> {
    let case = Case::of(&format!("{name}@{step}"));
    match (name, step) {
        // An API call is given up after five minutes at complete, where a service may have much to put together. Too long for a test.
        ("stall-mid-body", "complete") => None,
        // The body must be more than the system takes without anybody reading.
        ("stall-mid-body", "part") => Some(Case { part: 16 << 20, size: 20 << 20, ..case }),
        // For ever means asking for a day here; once is enough to see that it is not believed.
        ("json-huge" | "json-wrong-types" | "403-firewall", "complete") => {
            Some(Case { fault: format!("{}:1", case.fault), ..case })
        }
        _ => Some(case),
    }
}

/// What must come of a fault. What passes ends verified, over one session.
fn end(fault: &str) -> End {
    let (name, step) = fault.split_once('@').unwrap();
    match (name, step) {
        // A destination that refuses: 3. No session was opened where it refuses the start.
        ("401-key" | "403-permission" | "402-quota" | "413-too-large" | "415-type", "start") => refused(0),
        ("401-key" | "403-permission" | "402-quota" | "413-too-large" | "415-type", "complete") => refused(1),
        ("413-too-large", "part") => refused(1),
        // Something in between did not let it through: nobody refused anything.
        ("413-proxy" | "403-firewall" | "403-gateway", "start") => attention(0),
        ("403-firewall", "complete:1") => ("verified", 0, 1),
        ("413-proxy" | "403-firewall" | "403-gateway", _) => attention(1),
        // What the storage refuses is a link, not the key.
        ("403-permission" | "403-signature" | "403-headers-not-signed", "part") => attention(1),
        // The links are gone with the session, and only a new session brings new ones.
        ("403-expired" | "403-expired-r2" | "400-expired-token" | "404-no-such-upload", _) => {
            ("verified", 0, 2)
        }
        // Nothing to compare with.
        ("no-etag" | "kms-etag", _) => ("uploaded", 0, 1),
        // It says 200, and what it says cannot be.
        ("json-wrong-types" | "json-huge" | "parts-too-few" | "parts-too-many", "start") => attention(1),
        ("links-twice" | "links-swapped", _) => attention(1),
        // An answer that broke off is as good as none, and this start may be repeated.
        ("json-cut", "start") => ("verified", 0, 2),
        // A storage that computes its checksums otherwise, or wants one with each part: a setting, or a matter for the vendor.
        ("part-etag-other", _) => attention(1),
        (wanted, _) if wanted.starts_with("checksum-wanted") => attention(1),
        ("part-size-zero" | "part-size-absurd" | "poisoned-checksum", _) => attention(1),
        ("redirect-same-host" | "redirect-other-host" | "redirect-loop", "start") => attention(0),
        ("redirect-same-host" | "redirect-other-host" | "redirect-loop", _) => attention(1),
        _ => ("verified", 0, 1),
    }
}

/// The number that follows these words, left out wherever they stand.
fn without_numbers(text: &str, words: &str) -> String {
    let mut parts = text.split(words);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + words + "N" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

fn refused(sessions: usize) -> End {
    ("needs-attention", 3, sessions)
}

fn attention(sessions: usize) -> End {
    ("needs-attention", 1, sessions)
}
