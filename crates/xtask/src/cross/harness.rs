//! What a program with tests told: Rust's own harness, a line of JSON for each thing that happens.
//!
//! Its exit status is not asked: Wine's is that of whichever thread ended last.

use serde_json::Value;
use std::collections::BTreeMap;

/// How one test went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// As it should.
    Passed,
    /// It did not.
    Failed,
    /// Not run: its own source says so.
    Ignored,
    /// It was begun, and the program ended before it did.
    Unfinished,
}

/// What is known of a program's run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Each test that was begun.
    pub(super) tests: BTreeMap<String, Went>,
    /// What those printed that did not pass.
    pub(super) printed: BTreeMap<String, String>,
    /// It told of its end.
    pub(super) whole: bool,
}

impl Told {
    /// How many went so.
    pub(super) fn count(&self, how: Went) -> usize {
        self.tests.values().filter(|went| **went == how).count()
    }
}

/// Reads it; what a test's own children print in between is passed over.
pub(super) fn read(output: &str) -> Told {
    let mut told = Told::default();
    let messages = output.lines().filter_map(|line| serde_json::from_str::<Value>(line.trim()).ok());
    for message in messages {
        let word = |name: &str| message[name].as_str().unwrap_or_default();
        match (word("type"), word("event")) {
            ("suite", "ok" | "failed") => told.whole = true,
            ("test", event) => {
                let went = match event {
                    "ok" => Went::Passed,
                    "failed" => Went::Failed,
                    "ignored" => Went::Ignored,
                    "started" => Went::Unfinished,
                    _ => continue,
                };
                if went == Went::Failed {
                    told.printed.insert(word("name").to_owned(), word("stdout").to_owned());
                }
                told.tests.insert(word("name").to_owned(), went);
            }
            _ => {}
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = r#"{ "type": "suite", "event": "started", "test_count": 4 }
{ "type": "test", "event": "started", "name": "a" }
hello from a child
{ "type": "test", "name": "a", "event": "ok" }
{ "type": "test", "event": "started", "name": "b" }
{ "type": "test", "name": "b", "event": "failed", "stdout": "boom\n" }
{ "type": "test", "event": "timeout", "name": "c" }
{ "type": "test", "name": "d", "event": "ignored" }
{ "type": "test", "event": "started", "name": "c" }
"#;

    #[test]
    fn each_test_is_told_and_an_end_that_is_missing_is_seen() {
        let told = read(OUTPUT);
        assert_eq!(told.tests["a"], Went::Passed);
        assert_eq!((told.tests["b"], &*told.printed["b"]), (Went::Failed, "boom\n"));
        assert_eq!((told.tests["c"], told.tests["d"]), (Went::Unfinished, Went::Ignored));
        assert!(!told.whole);
        let ended = format!("{OUTPUT}{}", r#"{ "type": "suite", "event": "failed", "passed": 1 }"#);
        assert!(read(&ended).whole);
    }
}
